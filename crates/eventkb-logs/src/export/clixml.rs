//! Events that PowerShell wrote with `Export-Clixml`, as Exchange's log collectors do.
//!
//! Folklore it knows:
//! - a line end is `_x000D__x000A_`, a character beyond 16 bits two such units, and an underscore
//!   that could be mistaken for one is `_x005F_`;
//! - the name of the log stands in the name of the type only:
//!   `System.Diagnostics.EventLogEntry#Application/MSExchangeMTA/9322`, once for each such name,
//!   later objects refer to it;
//! - `Export-Clixml -InputObject $list` puts all events into the list of one object;
//! - what lies deeper than two levels is only there as the name of its type, unless `-Depth` said
//!   otherwise: the `Properties` of `Get-WinEvent` are lost that way.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use crate::event_xml::{self, Take, XmlError};
use crate::export::dialects;
use crate::export::elements::{Elements, Piece};
use crate::export::fields;
use crate::export::flaw::{self, Flaw};
use crate::export::handover::Handover;
use crate::export::json::{Json, Object};
use crate::export::text::Window;
use crate::export::xml;
use crate::integrity::DefectCode;
use crate::limits::{self, CHUNK_SIZE};
use crate::sink::Delivery;

/// Reads the events of a CLIXML file.
pub fn read(reader: &mut dyn Read, delivery: &mut Delivery<'_>) {
    let mut elements = Elements::new(Window::new(reader), "<Obj", "</Objs");
    let file = Arc::clone(&delivery.file);
    let mut channels = Channels::default();
    let mut handover = Handover::new(delivery);
    while let Some(piece) = elements.next() {
        let offset = elements.window.offset();
        match &piece {
            Piece::Whole(length) => {
                let text = elements.window.rest().get(..*length).unwrap_or_default();
                match value(text, &mut channels) {
                    Ok(Json::List(items)) => {
                        items
                            .iter()
                            .for_each(|item| deliver(item, &file, offset, &mut handover));
                    }
                    Ok(item) => deliver(&item, &file, offset, &mut handover),
                    Err(error) => handover
                        .delivery
                        .failed(offset, format!("an event could not be read: {error}")),
                }
            }
            // A list of events is no event: the search goes on inside it.
            Piece::Damaged(flaw) if !is_list(elements.window.rest()) => {
                flaw::note(handover.delivery, *flaw, offset)
            }
            Piece::Damaged(Flaw::Cut) => {
                handover.delivery.defect(
                    DefectCode::Truncated,
                    offset,
                    "the file ends inside a list of events",
                );
            }
            Piece::Damaged(_) => {}
        }
        elements.pass(&piece);
        if handover.delivery.stopped() {
            break;
        }
    }
    handover.finish();
    xml::ended(&elements, handover.delivery);
}

/// Hands over the event that a bag of properties describes. Other forms of properties use it too.
/// The same for forms in which no name may be there twice: which of the two a program believes is chance.
pub(crate) fn deliver_once(
    bag: Object,
    file: &Arc<str>,
    offset: Option<u64>,
    handover: &mut Handover<'_, '_>,
) {
    if bag.repeats() {
        let why = "an event could not be read: a name in it is there twice, as in a forged record";
        return handover.delivery.failed(offset, why);
    }
    deliver(&Json::Object(bag), file, offset, handover);
}

pub(crate) fn deliver(
    item: &Json,
    file: &Arc<str>,
    offset: Option<u64>,
    handover: &mut Handover<'_, '_>,
) {
    let known = match item {
        Json::Object(bag) => dialects::find(bag).map(|dialect| (bag, dialect)),
        _ => None,
    };
    let Some((bag, dialect)) = known else {
        return handover.delivery.defect(
            DefectCode::Malformed,
            offset,
            "an object is no event in any form that is known",
        );
    };
    match fields::event(bag, dialect, file, offset) {
        Ok(draft) => handover.event(draft),
        Err(why) => handover
            .delivery
            .failed(offset, format!("an event could not be read: {why}")),
    }
}

/// Whether an object is a list: before its elements stand only the names of its type.
fn is_list(text: &str) -> bool {
    let mut tags = text.split('<').skip(2).take(64);
    let decides = |tag: &str| {
        ["LST>", "IE>", "QUE>", "STK>", "Props>", "MS>", "Obj "]
            .iter()
            .any(|name| tag.starts_with(name))
    };
    tags.find(|tag| decides(tag)).is_some_and(|tag| {
        !["Props>", "MS>", "Obj "]
            .iter()
            .any(|name| tag.starts_with(name))
    })
}

/// The log that a type's name tells, by the number under which later objects refer to the type.
#[derive(Debug, Default)]
struct Channels(HashMap<String, String>);

/// Reads one object.
fn value(text: &str, channels: &mut Channels) -> Result<Json, XmlError> {
    let mut tree = Tree {
        channels,
        open: Vec::new(),
        done: None,
    };
    event_xml::walk(text, &mut tree)?;
    tree.done.ok_or(XmlError::NotOne)
}

/// An element that is open.
#[derive(Debug, Default)]
struct Node {
    tag: String,
    name: Option<String>,
    reference: Option<String>,
    text: String,
    properties: Vec<(String, Json)>,
    items: Option<Vec<Json>>,
    /// A value of the object itself: what its base type holds, or how it shows itself.
    shown: Option<Json>,
    channel: Option<String>,
}

struct Tree<'c> {
    channels: &'c mut Channels,
    open: Vec<Node>,
    done: Option<Json>,
}

impl Take for Tree<'_> {
    fn start(&mut self, name: &str) -> Result<(), XmlError> {
        if self.open.len() >= limits::MAX_XML_DEPTH {
            return Err(XmlError::TooDeep);
        }
        self.open.push(Node {
            tag: name.to_owned(),
            ..Node::default()
        });
        Ok(())
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let Some(node) = self.open.last_mut() else {
            return;
        };
        match name {
            "N" => node.name = Some(decode(value)),
            "RefId" => node.reference = Some(value.to_owned()),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) -> Result<(), XmlError> {
        if let Some(node) = self.open.last_mut() {
            node.text.push_str(text);
        }
        Ok(())
    }

    fn end(&mut self) {
        let Some(node) = self.open.pop() else { return };
        let Some(parent) = self.open.last_mut() else {
            self.done = Some(finish(node));
            return;
        };
        match node.tag.as_str() {
            "Props" | "MS" => parent.properties.extend(node.properties),
            "LST" | "IE" | "QUE" | "STK" => parent.items = Some(node.items.unwrap_or_default()),
            "T" => {
                // The first name is the most special one.
                if parent.channel.is_none() {
                    parent.channel = channel_of(&decode(&node.text));
                }
            }
            "TN" => {
                if let (Some(channel), Some(number)) = (&node.channel, node.reference)
                    && self.channels.0.len() < limits::MAX_CLIXML_TYPES
                {
                    self.channels.0.insert(number, channel.clone());
                }
                parent.channel = node.channel;
            }
            "TNRef" => {
                parent.channel = node
                    .reference
                    .and_then(|number| self.channels.0.get(&number).cloned());
            }
            "ToString" => parent.shown = Some(Json::Text(decode(&node.text))),
            "DCT" | "En" => {}
            _ => {
                let name = node.name.clone();
                let value = finish(node);
                match (parent.tag.as_str(), name) {
                    ("Props" | "MS", Some(name)) => parent.properties.push((name, value)),
                    ("LST" | "IE" | "QUE" | "STK", _) => {
                        parent.items.get_or_insert_default().push(value)
                    }
                    ("Obj", _) if parent.shown.is_none() => parent.shown = Some(value),
                    _ => {}
                }
            }
        }
    }
}

/// The value of an element that has ended.
fn finish(node: Node) -> Json {
    match node.tag.as_str() {
        "Obj" => {
            let mut properties = node.properties;
            if properties.is_empty() {
                return node
                    .items
                    .map(Json::List)
                    .or(node.shown)
                    .unwrap_or(Json::Null);
            }
            if let Some(channel) = node.channel
                && !properties.iter().any(|(name, _)| name == "LogName")
            {
                properties.push(("LogName".to_owned(), Json::Text(channel)));
            }
            Json::Object(Object::new(properties))
        }
        "Nil" | "Ref" => Json::Null,
        // Binary data: a list of bytes, so that it is no insertion string.
        "BA" => Json::List(
            base64(&node.text)
                .into_iter()
                .map(|byte| Json::Whole(byte.into()))
                .collect(),
        ),
        _ => Json::Text(decode(&node.text)),
    }
}

/// The bytes of a text in base 64; none where it is longer than a record can make it, or no such
/// text.
fn base64(text: &str) -> Vec<u8> {
    const LONGEST: usize = 2 * CHUNK_SIZE;
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        match digit(byte) {
            _ if text.len() > LONGEST => break,
            Some(digit) => {
                bits = bits << 6 | u32::from(digit);
                count += 6;
            }
            None if byte == b'=' => break,
            None => return Vec::new(),
        }
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    bytes
}

fn channel_of(type_name: &str) -> Option<String> {
    let (kind, rest) = type_name.split_once('#')?;
    let (channel, _) = rest.split_once('/')?;
    (kind.ends_with("EventLogEntry") && !channel.is_empty()).then(|| channel.to_owned())
}

/// Undoes `_xHHHH_`.
fn decode(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some((unit, after)) = unit(rest) {
            units.push(unit);
            rest = after;
            continue;
        }
        flush(&mut units, &mut out);
        // On to the next underscore, if this one is no escape.
        let next = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| *c == '_')
            .map_or(rest.len(), |(at, _)| at);
        let (plain, after) = rest.split_at(next);
        out.push_str(plain);
        rest = after;
    }
    flush(&mut units, &mut out);
    out
}

fn unit(text: &str) -> Option<(u16, &str)> {
    let (digits, rest) = text.strip_prefix("_x")?.split_at_checked(4)?;
    let rest = rest.strip_prefix('_')?;
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some((u16::from_str_radix(digits, 16).ok().filter(|_| hex)?, rest))
}

fn flush(units: &mut Vec<u16>, out: &mut String) {
    let units = std::mem::take(units);
    out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::export::testing::{self, read_with};

    /// What the tests' events look like, in the form of `Get-EventLog | Export-Clixml`.
    const ENTRIES: &str = r#"<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
  <Obj RefId="0">
    <TN RefId="0">
      <T>System.Diagnostics.EventLogEntry#Application/MSExchangeMTA/2147492970</T>
      <T>System.Diagnostics.EventLogEntry</T>
      <T>System.Object</T>
    </TN>
    <ToString>System.Diagnostics.EventLogEntry</ToString>
    <Props>
      <S N="MachineName">SEATTLE</S>
      <BA N="Data">AAE=</BA>
      <I32 N="Index">17</I32>
      <S N="Category">Interface</S>
      <I16 N="CategoryNumber">5</I16>
      <Obj N="EntryType" RefId="1">
        <TN RefId="1"><T>System.Diagnostics.EventLogEntryType</T><T>System.Enum</T></TN>
        <ToString>Warning</ToString>
        <I32>2</I32>
      </Obj>
      <S N="Message">An error_x000D__x000A_occurred &lt;&amp;&gt;</S>
      <S N="Source">MSExchangeMTA</S>
      <Obj N="ReplacementStrings" RefId="2">
        <TN RefId="2"><T>System.String[]</T><T>System.Array</T></TN>
        <LST><S>68</S><S></S><S>a_x005F_x000A_b_xD83D__xDE00_</S></LST>
      </Obj>
      <I64 N="InstanceId">2147492970</I64>
      <DT N="TimeGenerated">2000-02-05T18:20:40-05:00</DT>
      <DT N="TimeWritten">2000-02-05T18:20:41-05:00</DT>
      <Nil N="UserName" />
    </Props>
    <MS><I32 N="EventID">9322</I32></MS>
  </Obj>
  <Obj RefId="3">
    <TNRef RefId="0" />
    <ToString>System.Diagnostics.EventLogEntry</ToString>
    <Props>
      <S N="MachineName">SEATTLE</S><S N="Category">(0)</S><S N="Source">Other</S>
      <Obj N="EntryType" RefId="4"><TNRef RefId="1" /><ToString>FailureAudit</ToString><I32>16</I32></Obj>
      <Obj N="ReplacementStrings" RefId="5"><TNRef RefId="2" /><LST /></Obj>
      <I64 N="InstanceId">529</I64>
    </Props>
  </Obj>
</Objs>"#;

    const RECORDS: &str = r#"<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
  <Obj RefId="0"><TN RefId="0"><T>System.Collections.ArrayList</T></TN><LST>
    <Obj RefId="1">
      <TN RefId="1"><T>System.Diagnostics.Eventing.Reader.EventLogRecord</T><T>System.Object</T></TN>
      <ToString>System.Diagnostics.Eventing.Reader.EventLogRecord</ToString>
      <Props>
        <I32 N="Id">9322</I32><By N="Version">0</By><I32 N="Qualifiers">32768</I32><By N="Level">3</By>
        <I32 N="Task">5</I32><I64 N="RecordId">17</I64><S N="ProviderName">MSExchangeMTA</S>
        <S N="LogName">Application</S><S N="MachineName">SEATTLE</S>
        <DT N="TimeCreated">2000-02-05T23:20:40Z</DT><S N="TaskDisplayName">Interface</S>
        <Obj N="Properties" RefId="2"><TN RefId="2"><T>System.Collections.Generic.List`1</T></TN><LST>
          <Obj RefId="3"><TN RefId="3"><T>System.Diagnostics.Eventing.Reader.EventProperty</T></TN>
            <Props><S N="Value">68</S></Props></Obj>
          <Obj RefId="4"><TNRef RefId="3" /><Props><I32 N="Value">5</I32></Props></Obj>
          <Obj RefId="5"><TNRef RefId="3" /><Props><BA N="Value">AAE=</BA></Props></Obj>
        </LST></Obj>
      </Props>
      <MS><S N="Message">m</S></MS>
    </Obj>
    <Obj RefId="6">
      <TNRef RefId="1" />
      <Props>
        <I32 N="Id">7</I32><Nil N="Qualifiers" /><S N="ProviderName">P</S><S N="MachineName">B</S>
        <Obj N="Properties" RefId="7"><TNRef RefId="2" /><LST>
          <S>System.Diagnostics.Eventing.Reader.EventProperty</S></LST></Obj>
      </Props>
    </Obj>
  </LST></Obj>
</Objs>"#;

    fn strings(event: &Event) -> Option<Vec<&str>> {
        Some(event.strings.as_ref()?.iter().map(String::as_str).collect())
    }

    #[test]
    fn entries_of_get_eventlog() {
        let (events, account) = read_with(read, ENTRIES.as_bytes());
        assert_eq!(account.integrity.defects, []);
        let [first, second] = &events[..] else {
            panic!("{events:?}")
        };
        assert_eq!(
            (first.provider.as_str(), first.event_id, first.qualifiers),
            ("MSExchangeMTA", 9322, Some(0x8000))
        );
        assert_eq!(first.binary, Some(vec![0, 1]));
        assert_eq!(
            (first.level, first.category, first.record_id),
            (Some(3), Some(5), Some(17))
        );
        assert_eq!(first.category_name.as_deref(), Some("Interface"));
        assert_eq!(
            first.time.map(|time| time.to_string()).as_deref(),
            Some("2000-02-05T23:20:40Z")
        );
        assert_eq!(
            (first.channel.as_deref(), first.computer.as_deref()),
            (Some("Application"), Some("SEATTLE"))
        );
        assert_eq!(first.message.as_deref(), Some("An error\r\noccurred <&>"));
        assert_eq!(strings(first), Some(vec!["68", "", "a_x000A_b😀"]));
        assert_eq!(
            (second.event_id, second.level, second.category),
            (529, Some(0), Some(0))
        );
        assert_eq!(
            (second.category_name.as_deref(), second.channel.as_deref()),
            (None, Some("Application"))
        );
        assert_eq!(strings(second), Some(vec![]));
    }

    #[test]
    fn records_of_get_winevent_in_one_list() {
        let (events, account) = read_with(read, RECORDS.as_bytes());
        let [first, second] = &events[..] else {
            panic!("{events:?}")
        };
        assert_eq!(
            (first.provider.as_str(), first.event_id, first.qualifiers),
            ("MSExchangeMTA", 9322, Some(32768))
        );
        assert_eq!(
            (first.level, first.category, first.record_id),
            (Some(3), Some(5), Some(17))
        );
        assert_eq!(
            (strings(first), first.message.as_deref()),
            (Some(vec!["68", "5"]), Some("m"))
        );
        assert_eq!((second.event_id, strings(second)), (7, None));
        assert_eq!(testing::codes(&account), [DefectCode::Incomplete]);
    }

    #[test]
    fn a_list_larger_than_a_record_may_be() {
        let (head, rest) = RECORDS.split_once("<LST>").expect("a list");
        let (events, tail) = rest.rsplit_once("</LST>").expect("a list");
        let many = format!("{head}<LST>{}</LST>{tail}", events.repeat(1000));
        assert!(many.len() > limits::MAX_EXPORT_RECORD);
        let (events, account) = read_with(read, many.as_bytes());
        assert_eq!((events.len(), account.integrity.failed), (2000, 0));
    }

    #[test]
    fn escapes() {
        assert_eq!(decode("a_x000A_b"), "a\nb");
        assert_eq!(decode("_x005F_x000A_"), "_x000A_");
        assert_eq!(decode("_x00"), "_x00");
        assert_eq!(decode("_xD83D_"), "\u{fffd}");
        assert_eq!(decode("é_x+00A_é_x000_é"), "é_x+00A_é_x000_é");
    }

    #[test]
    fn damage_never_panics() {
        testing::damage(read, ENTRIES.as_bytes());
        testing::endless(
            read,
            b"<Objs><Obj><Props>",
            b"<Obj><Props><S N='Source'>S</S><I32 N='EventID'>3</I32><S N='MachineName'>C</S></Props></Obj></Objs>",
        );
    }
}
