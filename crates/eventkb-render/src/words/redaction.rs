//! What was replaced in a report, and what may remain.

use eventkb::report::{NameKind, Redaction, Remaining};

use super::{count, grouped};

/// What was replaced, as the beginning of a sentence: `Redacted: stand-ins for 3 computers`.
pub(crate) fn replaced(redaction: &Redaction) -> String {
    let replaced: Vec<String> = redaction
        .replaced
        .iter()
        .filter(|replaced| replaced.names > 0)
        .map(|replaced| {
            let (one, many) = name(replaced.kind);
            let name = if replaced.names == 1 { one } else { many };
            format!("{} {name}", grouped(replaced.names))
        })
        .collect();
    let replaced = match replaced.is_empty() {
        true => "nothing".into(),
        false => replaced.join(", "),
    };
    format!("Redacted: stand-ins for {replaced}")
}

/// What was done, in two sentences: what was replaced, and what may remain.
pub fn lines(redaction: &Redaction) -> Vec<String> {
    let none: Vec<String> = redaction
        .replaced
        .iter()
        .filter(|replaced| replaced.names == 0)
        .map(|replaced| name(replaced.kind).1.to_owned())
        .collect();
    let none = match none.is_empty() {
        true => String::new(),
        false => format!("; looked for and not seen: {}", none.join(", ")),
    };
    let remaining: Vec<String> = redaction.may_remain.iter().map(remains).collect();
    let mut lines = vec![format!("{}{none}.", replaced(redaction))];
    if !remaining.is_empty() {
        lines.push(format!(
            "What may remain: {}. Read it before it leaves the house.",
            remaining.join("; ")
        ));
    }
    lines
}

/// One name of a kind, and several.
fn name(kind: NameKind) -> (&'static str, &'static str) {
    match kind {
        NameKind::Computer => ("computer", "computers"),
        NameKind::User => ("user", "users"),
        NameKind::Domain => ("domain", "domains"),
        NameKind::Directory => ("name in DNs", "names in DNs"),
        NameKind::Share => ("share", "shares"),
        NameKind::Path => ("folder or file", "folders and files"),
        NameKind::Sid => ("SID", "SIDs"),
        NameKind::Address => ("IP address", "IP addresses"),
        NameKind::Mac => ("hardware address", "hardware addresses"),
        _ => ("other name", "other names"),
    }
}

/// What may remain.
pub(crate) fn remains(remaining: &Remaining) -> String {
    match remaining {
        Remaining::FreeText => {
            "names in texts that no field, path, address or DN shows to be names".into()
        }
        Remaining::ObjectNames => {
            "names of products, services, databases, printers and groups, which are kept".into()
        }
        Remaining::CommonWords { count: 1 } => {
            "1 name that reads like a common word, replaced in its fields only".into()
        }
        Remaining::CommonWords { count: number } => format!(
            "{} that read like common words, replaced in their fields only",
            count(*number, "name")
        ),
        _ => super::UNKNOWN.into(),
    }
}
