//! Events as elements that hold their own text, without a template.

use super::binxml::{self, Content};
use super::chunk::Chunk;
use super::encode::XMLNS;
use crate::event::{EventSpec, sid_text};

/// Writes the elements of an event. Nothing comes back when a text is too long for the format.
pub(super) fn event(chunk: &mut Chunk, event: &EventSpec, id: u64) -> Option<()> {
    let named = event.named.iter().map(|(_, value)| value);
    let is_short = |text: &String| text.encode_utf16().count() <= usize::from(u16::MAX);
    event
        .strings
        .iter()
        .chain(named)
        .all(is_short)
        .then_some(())?;
    chunk.in_definition = false;
    let root = binxml::open(chunk, "Event", &[("xmlns", Content::Text(XMLNS))]);
    system(chunk, event, id);
    match &event.user_data {
        Some(root) => user_data(chunk, event, root),
        None => event_data(chunk, event),
    }
    if let Some(rendering) = &event.rendering {
        let culture = [("Culture", Content::Text(&rendering.culture))];
        let root = binxml::open(chunk, "RenderingInfo", &culture);
        text(chunk, "Message", &rendering.message);
        text(chunk, "Level", &rendering.level);
        text(chunk, "Task", &rendering.task);
        binxml::close(chunk, &root);
    }
    binxml::close(chunk, &root);
    chunk.in_definition = true;
    Some(())
}

fn text(chunk: &mut Chunk, name: &str, text: &str) {
    let content = Some(text).filter(|text| !text.is_empty());
    binxml::leaf(chunk, name, None, &[], content.map(Content::Text));
}

fn attribute(chunk: &mut Chunk, name: &str, attributes: &[(&str, &str)]) {
    let attributes = attributes.iter();
    let attributes: Vec<_> = attributes
        .map(|(name, text)| (*name, Content::Text(text)))
        .collect();
    binxml::leaf(chunk, name, None, &attributes, None);
}

fn system(chunk: &mut Chunk, event: &EventSpec, id: u64) {
    let system = binxml::open(chunk, "System", &[]);
    let mut provider = vec![("Name", event.provider.as_str())];
    if let Some(source) = &event.event_source_name {
        provider.push(("EventSourceName", source));
    }
    attribute(chunk, "Provider", &provider);
    let qualifiers = event.qualifiers.to_string();
    let number = event.event_id.to_string();
    let qualifiers = [("Qualifiers", Content::Text(&qualifiers))];
    let number = Some(Content::Text(&number));
    binxml::leaf(chunk, "EventID", None, &qualifiers, number);
    text(chunk, "Version", "0");
    text(chunk, "Level", &event.level.to_string());
    text(chunk, "Task", &event.task.to_string());
    text(chunk, "Opcode", &event.opcode.to_string());
    text(chunk, "Keywords", &format!("{:#x}", event.keywords));
    attribute(
        chunk,
        "TimeCreated",
        &[("SystemTime", &event.time.to_rfc3339())],
    );
    text(chunk, "EventRecordID", &id.to_string());
    binxml::leaf(chunk, "Correlation", None, &[], None);
    let process = event.process_id.to_string();
    attribute(
        chunk,
        "Execution",
        &[("ProcessID", &process), ("ThreadID", "0")],
    );
    text(chunk, "Channel", &event.channel);
    text(chunk, "Computer", &event.computer);
    let user = event.user_sid.as_deref().map(sid_text);
    let user: Vec<(&str, &str)> = user.iter().map(|sid| ("UserID", sid.as_str())).collect();
    attribute(chunk, "Security", &user);
    binxml::close(chunk, &system);
}

fn event_data(chunk: &mut Chunk, event: &EventSpec) {
    let root = binxml::open(chunk, "EventData", &[]);
    for string in &event.strings {
        text(chunk, "Data", string);
    }
    for (name, value) in &event.named {
        let content = Some(value.as_str()).filter(|value| !value.is_empty());
        let name = [("Name", Content::Text(name))];
        binxml::leaf(chunk, "Data", None, &name, content.map(Content::Text));
    }
    if let Some(binary) = &event.binary {
        let digits: String = binary.iter().map(|byte| format!("{byte:02X}")).collect();
        text(chunk, "Binary", &digits);
    }
    binxml::close(chunk, &root);
}

fn user_data(chunk: &mut Chunk, event: &EventSpec, root: &str) {
    let outer = binxml::open(chunk, "UserData", &[]);
    let inner = binxml::open(chunk, root, &[("xmlns", Content::Text("Event_NS"))]);
    for (name, value) in &event.named {
        match name.split_once('.') {
            Some((element, name)) => attribute(chunk, element, &[(name, value)]),
            None => text(chunk, name, value),
        }
    }
    binxml::close(chunk, &inner);
    binxml::close(chunk, &outer);
}
