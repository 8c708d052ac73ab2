//! Event XML pasted into an article: `<Provider Name="Srv"/>`, `<EventID>2019</EventID>`.

use super::fields::Label;

/// The fields of a line of event XML; `None` for any other line.
pub(super) fn fields(line: &str) -> Option<Vec<(Label, String)>> {
    if !line.contains('<') {
        return None;
    }
    let low = line.to_ascii_lowercase();
    let mut found = Vec::new();
    if let Some(at) = low.find("<provider ")
        && let Some(name) = attribute(&low, line, at, "name=")
    {
        found.push((Label::Source, name));
    }
    for (tag, label) in [
        ("<eventid", Label::Id),
        ("<level", Label::Level),
        ("<channel", Label::Log),
    ] {
        if let Some(value) = content(&low, line, tag) {
            found.push((label, value));
        }
    }
    let is_xml = !found.is_empty()
        || [
            "<event ",
            "<system>",
            "</system>",
            "<eventdata",
            "</eventdata>",
            "</event>",
            "<version>",
            "<task>",
            "<opcode>",
            "<keywords>",
            "<timecreated",
            "<eventrecordid>",
            "<correlation",
            "<execution ",
            "<computer>",
            "<security ",
            "<data name",
            "<data>",
        ]
        .iter()
        .any(|tag| low.trim_start().starts_with(tag));
    is_xml.then_some(found)
}

fn attribute(low: &str, line: &str, at: usize, name: &str) -> Option<String> {
    let begin = at + low.get(at..)?.find(name)? + name.len();
    let rest = line.get(begin..)?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = rest.get(1..)?.split(quote).next()?;
    Some(value.to_owned()).filter(|value| !value.is_empty())
}

fn content(low: &str, line: &str, tag: &str) -> Option<String> {
    let at = low.find(tag)?;
    let rest = low.get(at + tag.len()..)?;
    if !rest.starts_with(['>', ' ']) {
        return None;
    }
    let begin = at + tag.len() + rest.find('>')? + 1;
    let value = line.get(begin..)?.split('<').next()?.trim();
    Some(value.to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_event_xml() {
        let line =
            "<Provider Name='Srv' /> <EventID Qualifiers=\"49152\">2019</EventID><Level>2</Level>";
        assert_eq!(
            fields(line),
            Some(vec![
                (Label::Source, "Srv".into()),
                (Label::Id, "2019".into()),
                (Label::Level, "2".into())
            ])
        );
        assert_eq!(fields("<Version>0</Version>"), Some(vec![]));
        assert_eq!(fields("the <server name> stops"), None);
    }
}
