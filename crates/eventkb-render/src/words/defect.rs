//! What is wrong with a file.

use eventkb::report::{Defect, Input};

use super::{count, grouped};

/// A defect as a clause, with how often and where. The message is made where the damage is found.
pub(crate) fn defect(defect: &Defect) -> String {
    let mut text = defect.message.clone();
    if defect.count > 1 {
        text.push_str(&format!(" ({} times)", grouped(defect.count)));
    }
    if let Some(offset) = defect.offset {
        text.push_str(&format!(" [first at byte {offset}]"));
    }
    text
}

/// What a file lost or holds besides, in numbers.
pub(crate) fn numbers(input: &Input) -> Vec<String> {
    [
        (input.records_lost, "lost"),
        (input.records_recovered, "recovered"),
        (input.records_duplicate, "there twice"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| format!("{} {what}", count(number, "record")))
    .collect()
}

/// Whether something of the file may be missing or wrong.
pub(crate) fn is_damaged(input: &Input) -> bool {
    input.error.is_some()
        || input.records_lost > 0
        || input
            .defects
            .iter()
            .any(|defect| defect.code.may_hide_records())
}

/// What is missing of a damaged file, in one line.
pub(crate) fn damage(input: &Input) -> String {
    if let Some(error) = &input.error {
        return error.clone();
    }
    match (input.records_lost, what(input)) {
        (0, what) => what,
        (lost, what) if what.is_empty() => format!("{} lost", count(lost, "record")),
        (lost, what) => format!("{} lost; {what}", count(lost, "record")),
    }
}

/// The same without how much is lost.
pub(crate) fn what(input: &Input) -> String {
    if let Some(error) = &input.error {
        return error.clone();
    }
    let mut parts = Vec::new();
    let hiding = || {
        input
            .defects
            .iter()
            .filter(|defect| defect.code.may_hide_records())
    };
    parts.extend(hiding().next().map(|defect| defect.message.clone()));
    let more = hiding().count().saturating_sub(1) as u64;
    if more > 0 {
        parts.push(format!("and {}", count(more, "more defect")));
    }
    parts.join("; ")
}
