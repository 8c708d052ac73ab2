//! Conditions and captures of signatures in words: one spelling, wherever they are shown.

use eventkb::signature::model::{
    Capture, Condition, ConditionTest, Encoding, EventSelector, IdOrRange, Ids, Number, OneOrMany,
    Qualifier, Shape, SystemValue,
};

use super::{duration, either, times};

/// A condition in words.
pub(crate) fn condition(condition: &Condition) -> String {
    let joined = |parts: &[Condition], word: &str| {
        let parts: Vec<String> = parts.iter().map(self::condition).collect();
        let text = parts.join(&format!(" {word} "));
        if condition.not {
            format!("not ({text})")
        } else if parts.len() > 1 {
            format!("({text})")
        } else {
            text
        }
    };
    let text = if !condition.any.is_empty() {
        joined(&condition.any, "or")
    } else if !condition.all.is_empty() {
        joined(&condition.all, "and")
    } else {
        format!("{} {}", subject(condition), test(condition))
    };
    match &condition.meaning {
        Some(meaning) => format!("{text} ({meaning})"),
        None => text,
    }
}

/// Several conditions that must all hold.
pub(crate) fn conditions(conditions: &[Condition]) -> String {
    let all: Vec<String> = conditions.iter().map(condition).collect();
    all.join(" and ")
}

fn subject(condition: &Condition) -> String {
    let of = if let Some(position) = condition.string {
        format!("string {position}")
    } else if let Some(name) = &condition.value {
        name.clone()
    } else if condition.any_value {
        "any value".into()
    } else if condition.message {
        "the message".into()
    } else if let Some(word) = condition.binary {
        format!(
            "the {}-byte word at {} of the binary data",
            word.size, word.offset
        )
    } else if let Some(field) = condition.system {
        system(field).into()
    } else {
        "the event".into()
    };
    let line = if condition.each_line {
        format!("a line of {of}")
    } else {
        of
    };
    match &condition.part {
        Some(part) => format!("the part /{part}/ of {line}"),
        None => line,
    }
}

/// The verb and what it is about.
fn test(condition: &Condition) -> String {
    let not = condition.not;
    let is = if not { "is not" } else { "is" };
    let verb = |plain: &str, turned: &str| {
        if not {
            turned.to_owned()
        } else {
            plain.to_owned()
        }
    };
    let texts = |texts: &OneOrMany| {
        let quoted: Vec<String> = texts
            .as_slice()
            .iter()
            .map(|t| format!("\"{t}\""))
            .collect();
        either(&quoted)
    };
    let numbers = |all: &[Number]| {
        let all: Vec<String> = all.iter().map(number).collect();
        either(&all)
    };
    let Some(test) = condition.tests().next() else {
        return format!("{is} anything");
    };
    match test {
        ConditionTest::Number(wanted) => format!("{is} {}", number(wanted)),
        ConditionTest::NumberIn(wanted) => format!("{is} {}", numbers(wanted)),
        ConditionTest::ContainsNumber(wanted) => {
            let contains = verb("contains the number", "does not contain the number");
            format!("{contains} {}", numbers(wanted))
        }
        ConditionTest::MoreThan(limit) => format!("{is} more than {}", number(limit)),
        ConditionTest::LessThan(limit) => format!("{is} less than {}", number(limit)),
        ConditionTest::Bits(bits) => {
            let has = verb("has", "does not have");
            let (set, mask) = (number(&bits.set), number(&bits.mask));
            format!("{has} {set} under the mask {mask}")
        }
        ConditionTest::Is(wanted) => format!("{is} {}", texts(wanted)),
        ConditionTest::IsExactly(wanted) => format!("{is} exactly {}", texts(wanted)),
        ConditionTest::StartsWith(wanted) => {
            let begins = verb("begins with", "does not begin with");
            format!("{begins} {}", texts(wanted))
        }
        ConditionTest::EndsWith(wanted) => {
            let ends = verb("ends with", "does not end with");
            format!("{ends} {}", texts(wanted))
        }
        ConditionTest::Contains(wanted) => {
            let contains = verb("contains", "does not contain");
            format!("{contains} {}", texts(wanted))
        }
        ConditionTest::Pattern(pattern) => {
            format!("{} /{pattern}/", verb("fits", "does not fit"))
        }
        ConditionTest::Present(present) if present != not => "has a value".into(),
        ConditionTest::Present(_) => "has no value".into(),
    }
}

fn number(number: &Number) -> String {
    match number {
        Number::Plain(number) => number.to_string(),
        Number::Written(text) => text.clone(),
    }
}

pub(super) fn system(field: SystemValue) -> &'static str {
    match field {
        SystemValue::Provider => "the provider",
        SystemValue::EventId => "the event ID",
        SystemValue::Channel => "the channel",
        SystemValue::Computer => "the computer",
        SystemValue::UserSid => "the user's SID",
        SystemValue::ProcessId => "the process ID",
        SystemValue::Keywords => "the keywords",
        SystemValue::Opcode => "the opcode",
        SystemValue::Task => "the task",
        SystemValue::Version => "the event's version",
        SystemValue::Qualifiers => "the qualifiers",
    }
}

/// Event ids in words: `7000`, `17204-17210 or 17300`.
pub(crate) fn ids(ids: &Ids) -> String {
    match ids {
        Ids::One(id) => id.to_string(),
        Ids::Range(range) => range.clone(),
        Ids::Many(several) => {
            let several: Vec<String> = several
                .iter()
                .map(|id| match id {
                    IdOrRange::One(id) => id.to_string(),
                    IdOrRange::Range(range) => range.clone(),
                })
                .collect();
            either(&several)
        }
    }
}

/// One kind of event, as a signature selects it.
pub(crate) fn selector(selector: &EventSelector) -> String {
    let provider = match selector.provider.as_str() {
        "*" => "any provider",
        provider => provider,
    };
    format!("{} {provider}", ids(&selector.id))
}

/// Where a captured value is read.
pub(crate) fn capture(capture: &Capture) -> String {
    let mut text = if let Some(position) = capture.string {
        format!("string {position}")
    } else if let Some(name) = &capture.value {
        name.clone()
    } else if let Some(field) = capture.system {
        system(field).to_owned()
    } else if capture.message {
        "the message".into()
    } else {
        "the first value that fits".into()
    };
    if let Some(part) = &capture.part {
        text = format!("the part /{part}/ of {text}");
    }
    if let Some(shape) = capture.shape {
        text.push_str(&format!(", where it looks like {}", self::shape(shape)));
    }
    if capture.encoding == Encoding::HexAscii {
        text.push_str(", written as hex digits");
    }
    if capture.exact_case {
        text.push_str(", with its case");
    }
    text
}

pub(super) fn shape(shape: Shape) -> &'static str {
    match shape {
        Shape::Dn => "an X.500 name",
        Shape::Number => "a number",
        Shape::ComputerName => "a computer name",
        Shape::Ipv4 => "an IPv4 address",
        Shape::Guid => "a GUID",
        Shape::Sid => "a SID",
        Shape::Path => "a path",
    }
}

/// What must be so around an event, as a clause. `name` says what a symptom's id stands for.
pub(crate) fn qualifier(qualifier: &Qualifier, name: &dyn Fn(&str) -> String) -> String {
    around(qualifier, true, name)
}

/// The opposite of [`qualifier`].
pub(crate) fn not_qualified(qualifier: &Qualifier, name: &dyn Fn(&str) -> String) -> String {
    around(qualifier, false, name)
}

fn around(qualifier: &Qualifier, holds: bool, name: &dyn Fn(&str) -> String) -> String {
    let comes = if holds {
        "it comes"
    } else {
        "it does not come"
    };
    let neighbour = |symptom: &str, within_s: u64, side: &str, is_there: bool| {
        let within = duration(within_s);
        match is_there {
            true => format!("{} comes within {within} {side} it", name(symptom)),
            false => format!("no {} comes within {within} {side} it", name(symptom)),
        }
    };
    match qualifier {
        Qualifier::Count(count) => {
            let within = duration(count.within_s);
            match holds {
                true => format!(
                    "it comes at least {} within {within}",
                    times(count.at_least)
                ),
                false => format!(
                    "it comes fewer than {} within {within}",
                    super::count(count.at_least, "time")
                ),
            }
        }
        Qualifier::AtStart(start) => {
            format!(
                "{comes} within {} after a start of its computer",
                duration(start.within_s)
            )
        }
        Qualifier::AtShutdown(stop) => {
            format!(
                "{comes} within {} of a shutdown of its computer",
                duration(stop.within_s)
            )
        }
        Qualifier::PrecededBy(n) => neighbour(&n.symptom, n.within_s, "before", holds),
        Qualifier::FollowedBy(n) => neighbour(&n.symptom, n.within_s, "after", holds),
        Qualifier::NotPrecededBy(n) => neighbour(&n.symptom, n.within_s, "before", !holds),
        Qualifier::NotFollowedBy(n) => neighbour(&n.symptom, n.within_s, "after", !holds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(json: &str) -> String {
        condition(&serde_json::from_str(json).expect("a condition"))
    }

    #[test]
    fn conditions_read_as_clauses() {
        for (json, wanted) in [
            (
                r#"{"string": 2, "number": 5, "meaning": "access denied"}"#,
                "string 2 is 5 (access denied)",
            ),
            (
                r#"{"value": "error", "number_in": [5, "10-20", "%%1069"]}"#,
                "error is 5, 10-20 or %%1069",
            ),
            (
                r#"{"value": "types", "contains_number": [17, "20-30"], "not": true}"#,
                "types does not contain the number 17 or 20-30",
            ),
            (
                r#"{"message": true, "pattern": "x+", "not": true}"#,
                "the message does not fit /x+/",
            ),
            (
                r#"{"any_value": true, "contains": ["a", "b"]}"#,
                "any value contains \"a\" or \"b\"",
            ),
            (
                r#"{"value": "a", "is": "b", "not": true}"#,
                "a is not \"b\"",
            ),
            (r#"{"value": "a", "is_exactly": "b"}"#, "a is exactly \"b\""),
            (
                r#"{"value": "a", "starts_with": "b"}"#,
                "a begins with \"b\"",
            ),
            (
                r#"{"value": "a", "ends_with": "b", "not": true}"#,
                "a does not end with \"b\"",
            ),
            (r#"{"value": "a", "present": false}"#, "a has no value"),
            (
                r#"{"value": "a", "present": false, "not": true}"#,
                "a has a value",
            ),
            (
                r#"{"value": "a", "more_than": "0x10"}"#,
                "a is more than 0x10",
            ),
            (
                r#"{"system": "user_sid", "less_than": 3}"#,
                "the user's SID is less than 3",
            ),
            (
                r#"{"binary": {"offset": 12, "size": 4}, "bits": {"mask": "0xF0", "set": "0x10"}}"#,
                "the 4-byte word at 12 of the binary data has 0x10 under the mask 0xF0",
            ),
            (
                r#"{"value": "a", "each_line": true, "part": "c (\\d+)", "number": 1}"#,
                "the part /c (\\d+)/ of a line of a is 1",
            ),
            (
                r#"{"any": [{"value": "a", "number": 1}, {"all": [{"value": "b", "number": 2}, {"value": "c", "number": 3}]}]}"#,
                "(a is 1 or (b is 2 and c is 3))",
            ),
            (
                r#"{"any": [{"value": "a", "number": 1}], "not": true}"#,
                "not (a is 1)",
            ),
        ] {
            assert_eq!(said(json), wanted);
        }
    }

    #[test]
    fn qualifiers_read_as_clauses_both_ways() {
        let name = |id: &str| format!("`{id}`");
        for (json, wanted, turned) in [
            (
                r#"{"count": {"at_least": 3, "within_s": 600}}"#,
                "it comes at least 3 times within 10 min",
                "it comes fewer than 3 times within 10 min",
            ),
            (
                r#"{"at_start": {"within_s": 300}}"#,
                "it comes within 5 min after a start of its computer",
                "it does not come within 5 min after a start of its computer",
            ),
            (
                r#"{"at_shutdown": {"within_s": 60}}"#,
                "it comes within 1 min of a shutdown of its computer",
                "it does not come within 1 min of a shutdown of its computer",
            ),
            (
                r#"{"preceded_by": {"symptom": "x", "within_s": 60}}"#,
                "`x` comes within 1 min before it",
                "no `x` comes within 1 min before it",
            ),
            (
                r#"{"followed_by": {"symptom": "x", "within_s": 60}}"#,
                "`x` comes within 1 min after it",
                "no `x` comes within 1 min after it",
            ),
            (
                r#"{"not_preceded_by": {"symptom": "x", "within_s": 60}}"#,
                "no `x` comes within 1 min before it",
                "`x` comes within 1 min before it",
            ),
            (
                r#"{"not_followed_by": {"symptom": "x", "within_s": 60}}"#,
                "no `x` comes within 1 min after it",
                "`x` comes within 1 min after it",
            ),
        ] {
            let it: Qualifier = serde_json::from_str(json).expect("a qualifier");
            assert_eq!(qualifier(&it, &name), wanted);
            assert_eq!(not_qualified(&it, &name), turned);
        }
    }
}
