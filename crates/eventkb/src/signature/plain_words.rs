//! What serde says of a wrong document, in words that authors know.

/// What is wrong, and what can be done, where the message itself tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// A message of serde in plain words. One that is not known stays as it is.
pub(super) fn of(message: &str) -> Said {
    let said = |message: String| Said {
        message,
        help: None,
    };
    if let Some(name) = quoted(message, "unknown field `") {
        return Said {
            help: Some(near(&name, message)),
            message: format!("there is no member `{name}` here"),
        };
    }
    if let Some(name) = quoted(message, "missing field `") {
        return said(format!("`{name}` is missing"));
    }
    if let Some(name) = quoted(message, "unknown variant `") {
        return Said {
            help: Some(near(&name, message)),
            message: format!("`{name}` is none of the words that can stand here"),
        };
    }
    if let Some(name) = message.strip_prefix("data did not match any variant of untagged enum ") {
        return said(untagged(name).to_owned());
    }
    if message.starts_with("invalid length") {
        return said("must be a pair: a name and a value".to_owned());
    }
    let wrong = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "));
    match wrong.and_then(|wrong| wrong.rsplit_once(", expected ")) {
        Some((got, expected)) => said(format!("must be {}, not {}", wanted(expected), given(got))),
        None => said(message.to_owned()),
    }
}

fn untagged(name: &str) -> &'static str {
    match name {
        "Ids" | "IdOrRange" => {
            "an id is a number to 65535, a range such as `\"5-9\"`, or a list of both"
        }
        "Number" => "a number is whole: `5`, `\"0x80070005\"` or `\"%%1053\"`",
        "OneOrMany" => "must be a text or a list of texts",
        _ => "is none of what can stand here",
    }
}

fn wanted(expected: &str) -> String {
    let words = match expected {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" | "usize" => "a whole number from 0",
        "i64" => "a whole number",
        "f64" => "a number",
        "a string" | "string" | "str" => "a text",
        "a boolean" => "`true` or `false`",
        "a sequence" => "a list",
        "a map" => "an object",
        "string or map" => "one of the words that can stand here",
        "map with a single key" => "an object with one member",
        "a tuple of size 2" => "a pair: a name and a value",
        // `struct Symptom`, `internally tagged enum CauseCheck`.
        _ if expected.starts_with("struct ") || expected.contains("tagged enum ") => "an object",
        _ => return expected.to_owned(),
    };
    words.to_owned()
}

fn given(got: &str) -> String {
    if let Some(text) = got.strip_prefix("string ") {
        return format!("the text {text}");
    }
    for kind in ["integer ", "floating point ", "boolean "] {
        if let Some(value) = got.strip_prefix(kind) {
            return value.trim_matches('`').to_owned();
        }
    }
    match got {
        "map" => "an object".to_owned(),
        "sequence" => "a list".to_owned(),
        "unit value" | "null" => "null".to_owned(),
        "unit variant" => "a word alone".to_owned(),
        _ => got.to_owned(),
    }
}

/// The name that stands in back quotes after `prefix`.
pub(super) fn quoted(message: &str, prefix: &str) -> Option<String> {
    let rest = message.strip_prefix(prefix)?;
    rest.split('`').next().map(str::to_owned)
}

/// The names that serde expected.
pub(super) fn expected(message: &str) -> Vec<&str> {
    let names = message.rsplit_once("expected ").map(|(_, names)| names);
    names
        .into_iter()
        .flat_map(|names| names.split('`').skip(1).step_by(2))
        .collect()
}

fn near(name: &str, message: &str) -> String {
    super::nearest::did_you_mean(name, &expected(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jargon_becomes_words() {
        for (message, wanted) in [
            ("missing field `id`", "`id` is missing"),
            (
                "invalid type: string \"two\", expected u32",
                "must be a whole number from 0, not the text \"two\"",
            ),
            (
                "invalid value: integer `70000`, expected u16",
                "must be a whole number from 0 to 65535, not 70000",
            ),
            (
                "invalid type: map, expected a sequence",
                "must be a list, not an object",
            ),
            (
                "invalid type: null, expected struct Symptom",
                "must be an object, not null",
            ),
            (
                "data did not match any variant of untagged enum OneOrMany",
                "must be a text or a list of texts",
            ),
            ("something new", "something new"),
        ] {
            assert_eq!(of(message).message, wanted);
        }
    }

    #[test]
    fn near_names_are_offered() {
        let said = of("unknown field `rolle`, expected one of `id`, `role`");
        assert_eq!(said.help.as_deref(), Some("did you mean `role`?"));
        let said = of("unknown field `xyzzy`, expected `id` or `role`");
        assert_eq!(said.help.as_deref(), Some("there are: `id`, `role`"));
    }
}
