//! What Event Viewer shows when it has no text for an event: a sorry, and then the insertion
//! strings. They are as good as gold where an export carries nothing else.
//!
//! Folklore it knows: NT 4.0 and 2000 put commas between the strings, XP and 2003 semicolons,
//! .NET quotes each, Vista and later give each a line. A comma inside a string cannot be told from
//! one between strings; what is read here is therefore marked as uncertain by the reader.

use crate::limits;

/// The insertion strings in such a text; `None` if it is another text.
pub(crate) fn strings(message: &str) -> Option<Vec<String>> {
    let message = message.trim();
    if !message
        .get(..28)?
        .eq_ignore_ascii_case("The description for Event ID")
    {
        return None;
    }
    let after = |mark: &str| message.split_once(mark).map(|(_, rest)| rest.trim());
    if let Some(rest) = after("insertion string(s):").or_else(|| after("is part of the event:")) {
        if let Some(quoted) = rest.strip_prefix('\'') {
            let quoted = quoted
                .trim_end_matches('.')
                .strip_suffix('\'')
                .unwrap_or(quoted);
            return Some(split(quoted, "', '"));
        }
        let rest = rest.strip_suffix('.').unwrap_or(rest);
        return Some(split(rest, if rest.contains("; ") { "; " } else { ", " }));
    }
    let lines = after("included with the event:")?.lines().map(str::trim);
    Some(
        lines
            .take_while(|line| !line.is_empty())
            .take(limits::MAX_STRINGS)
            .map(str::to_owned)
            .collect(),
    )
}

/// The strings between braces: how the collectors of Microsoft support write what has no text.
pub(crate) fn in_braces(description: &str) -> Option<Vec<String>> {
    let inner = description.trim().strip_prefix('{')?.strip_suffix('}')?;
    Some(split(inner, ", "))
}

fn split(text: &str, sign: &str) -> Vec<String> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    text.split(sign)
        .take(limits::MAX_STRINGS)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_saying_sorry() {
        let want = Some(
            ["68", "5", "PORTLAND", "ncacn_ip_tcp:172.16.0.2[3208]"]
                .map(str::to_owned)
                .to_vec(),
        );
        for text in [
            "The description for Event ID ( 9322 ) in Source ( MSExchangeMTA ) could not be found. It contains the following insertion string(s): 68, 5, PORTLAND, ncacn_ip_tcp:172.16.0.2[3208].",
            "The description for Event ID ( 9322 ) in Source ( MSExchangeMTA ) cannot be found. The local computer may not have the necessary registry information or message DLL files to display messages from a remote computer. The following information is part of the event: 68; 5; PORTLAND; ncacn_ip_tcp:172.16.0.2[3208].",
            "The description for Event ID '9322' in Source 'MSExchangeMTA' cannot be found.  The following information is part of the event:'68', '5', 'PORTLAND', 'ncacn_ip_tcp:172.16.0.2[3208]'",
            "The description for Event ID 9322 from source MSExchangeMTA cannot be found. Either the component is not installed.\r\n\r\nThe following information was included with the event: \r\n\r\n68\r\n5\r\nPORTLAND\r\nncacn_ip_tcp:172.16.0.2[3208]\r\n\r\nThe message resource is present but the message was not found in the message table",
        ] {
            assert_eq!(strings(text), want, "{text}");
        }
        assert_eq!(
            in_braces("{68, 5, PORTLAND, ncacn_ip_tcp:172.16.0.2[3208]}"),
            want
        );
        assert_eq!(in_braces("{}"), Some(vec![]));
        assert_eq!(in_braces("an {ordinary} text"), None);
        assert_eq!(strings("The service was stopped."), None);
        assert_eq!(strings("éééééééééééééééééééé"), None);
        assert_eq!(
            strings(
                "The description for Event ID ( 1 ) in Source ( x ) cannot be found. The following information is part of the event: ."
            ),
            Some(vec![])
        );
    }
}
