//! Events as properties in XML: `ConvertTo-Xml` of PowerShell (`<Object><Property Name="Id">`) and
//! LogParser (`<ROW><EventID>`). Each element becomes a bag of keys and values.

use std::io::Read;
use std::sync::Arc;

use crate::event_xml::{self, Take, XmlError};
use crate::export::clixml::deliver_once;
use crate::export::elements::{Elements, Piece};
use crate::export::flaw;
use crate::export::handover::Handover;
use crate::export::json::{Json, Object};
use crate::export::text::Window;
use crate::export::xml;
use crate::limits;
use crate::sink::Delivery;

/// The elements that hold one event each, and the ends of the elements around all.
const FORMS: [(&str, &str); 2] = [("<Object", "</Objects"), ("<ROW", "</ROOT")];

/// Whether a text begins as such an export, for all that can be seen of it: `None` when its first
/// event is not whole.
pub(crate) fn are_events(text: &str) -> Option<bool> {
    let Some((tag, end)) = form(text) else {
        return Some(false);
    };
    let mut bytes = text.as_bytes();
    let mut elements = Elements::new(Window::new(&mut bytes), tag, end);
    match elements.next()? {
        Piece::Whole(length) => {
            let text = elements.window.rest().get(..length).unwrap_or_default();
            let bag = bag(text).ok()?;
            Some(crate::export::dialects::find(&bag).is_some())
        }
        Piece::Damaged(_) => None,
    }
}

fn form(text: &str) -> Option<(&'static str, &'static str)> {
    FORMS.into_iter().find(|(tag, _)| {
        text.match_indices(tag).any(|(at, _)| {
            let rest = text.get(at + tag.len()..).unwrap_or_default();
            rest.starts_with([' ', '>', '\r', '\n', '\t'])
        })
    })
}

/// Reads the events of such an export.
pub fn read(reader: &mut dyn Read, delivery: &mut Delivery<'_>) {
    let mut window = Window::new(reader);
    while window.rest().len() < limits::DETECTION_TEXT && window.more() {}
    let (tag, end) = form(window.rest()).unwrap_or(("<Object", "</Objects"));
    let mut elements = Elements::new(window, tag, end);
    let file = Arc::clone(&delivery.file);
    let mut handover = Handover::new(delivery);
    while let Some(piece) = elements.next() {
        let offset = elements.window.offset();
        match &piece {
            Piece::Whole(length) => {
                elements.window.look_for_fills(*length);
                let text = elements.window.rest().get(..*length).unwrap_or_default();
                match bag(text) {
                    Ok(bag) => deliver_once(bag, &file, offset, &mut handover),
                    Err(error) => handover
                        .delivery
                        .failed(offset, format!("an event could not be read: {error}")),
                }
            }
            Piece::Damaged(flaw) => flaw::note(handover.delivery, *flaw, offset),
        }
        elements.pass(&piece);
        if handover.delivery.stopped() {
            break;
        }
    }
    handover.finish();
    xml::lost_beginnings(&elements, handover.delivery);
    xml::ended(&elements, handover.delivery);
}

/// The bag that an element is.
fn bag(text: &str) -> Result<Object, XmlError> {
    let mut tree = Tree::default();
    event_xml::walk(text, &mut tree)?;
    match tree.done {
        Some(Json::Object(bag)) => Ok(bag),
        _ => Err(XmlError::NotOne),
    }
}

#[derive(Default)]
struct Node {
    name: String,
    text: String,
    entries: Vec<(String, Json)>,
    items: Vec<Json>,
}

/// Makes keys and values of elements: a key is the name of an element, or what a property is
/// called.
#[derive(Default)]
struct Tree {
    open: Vec<Node>,
    done: Option<Json>,
}

impl Take for Tree {
    fn start(&mut self, name: &str) -> Result<(), XmlError> {
        if self.open.len() >= limits::MAX_XML_DEPTH {
            return Err(XmlError::TooDeep);
        }
        let name = if name == "Property" { "" } else { name };
        self.open.push(Node {
            name: name.to_owned(),
            ..Node::default()
        });
        Ok(())
    }

    fn attribute(&mut self, name: &str, value: &str) {
        if let Some(node) = self.open.last_mut()
            && name == "Name"
            && node.name.is_empty()
        {
            node.name = value.to_owned();
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
        let value = if !node.entries.is_empty() {
            Json::Object(Object::new(node.entries))
        } else if !node.items.is_empty() {
            Json::List(node.items)
        } else {
            // LogParser puts each value on a line of its own.
            Json::Text(node.text.trim().to_owned())
        };
        match self.open.last_mut() {
            None => self.done = Some(value),
            Some(parent) if node.name.is_empty() => parent.items.push(value),
            Some(parent) => parent.entries.push((node.name, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::testing::{self, read_with};

    const CONVERTED: &str = r#"<?xml version="1.0"?><Objects><Object Type="System.Diagnostics.EventLogEntry">
        <Property Name="Source" Type="System.String">MSExchangeMTA</Property><Property Name="EventID" Type="System.Int32">9322</Property>
        <Property Name="MachineName">SEATTLE</Property><Property Name="EntryType">Warning</Property>
        <Property Name="ReplacementStrings" Type="System.String[]"><Property Type="System.String">68</Property><Property Type="System.String"></Property></Property>
        <Property Name="TimeGenerated">2/13/2000 6:20:40 PM</Property></Object></Objects>"#;

    const LOGPARSER: &str = "<?xml version=\"1.0\"?><!DOCTYPE ROOT[<!ELEMENT ROW (EventLog)>]>\n<ROOT CREATED_BY=\"x\">\n <ROW>\n  <EventLog>\n  Application\n  </EventLog>\n  <TimeGenerated>\n  2000-02-13 18:20:40\n  </TimeGenerated>\n  <EventID>\n  9322\n  </EventID>\n  <EventType>\n  2\n  </EventType>\n  <SourceName>\n  MSExchangeMTA\n  </SourceName>\n  <Strings>\n  68|\n  </Strings>\n  <ComputerName>\n  SEATTLE\n  </ComputerName>\n </ROW>\n</ROOT>";

    #[test]
    fn converted_and_logparsers() {
        for text in [CONVERTED, LOGPARSER] {
            assert_eq!(are_events(text), Some(true));
            let (events, account) = read_with(read, text.as_bytes());
            let [event] = &events[..] else {
                panic!("{account:?}")
            };
            assert_eq!(
                (event.provider.as_str(), event.event_id, event.level),
                ("MSExchangeMTA", 9322, Some(3))
            );
            let time = event.time.map(|time| time.to_string());
            assert_eq!(time.as_deref(), Some("2000-02-13T18:20:40Z"));
            assert_eq!(event.computer.as_deref(), Some("SEATTLE"));
            assert_eq!(event.strings, Some(vec!["68".to_owned(), String::new()]));
        }
        assert_eq!(
            are_events("<Objects><Object><Property Name='x'>1</Property></Object></Objects>"),
            Some(false)
        );
        assert_eq!(are_events("<Objects><Object><Property"), None);
    }

    #[test]
    fn damage_never_panics() {
        testing::damage(read, CONVERTED.as_bytes());
        testing::damage(read, LOGPARSER.as_bytes());
    }
}
