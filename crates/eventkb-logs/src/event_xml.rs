//! One event as an XML element: as exports have it, and as the `evtx` crate renders a record.
//!
//! Names inside an event come from the log, and careless writers copy them raw: what is not well
//! formed is refused as a whole, never guessed at. Entities beyond the five that XML has are
//! refused as well; there is no way to define any.

use std::borrow::Cow;
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event as Xml};

use crate::event::{Event, Trust};
use crate::event_builder::{BuildError, EventBuilder};
use crate::limits;
use crate::unread::Unread;

/// Why an element is no event.
#[derive(Debug, thiserror::Error)]
pub(crate) enum XmlError {
    #[error("it is not UTF-8")]
    NotUtf8,
    #[error("it is not well formed: {0}")]
    Syntax(String),
    #[error("a name in it is not one that XML allows")]
    Name,
    #[error("it refers to an entity that does not exist")]
    Entity,
    #[error("its elements are nested too deep")]
    TooDeep,
    #[error("it is not exactly one element")]
    NotOne,
    #[error("it holds a document type declaration, which no event has")]
    Declaration,
    #[error(transparent)]
    Event(#[from] BuildError),
}

/// Reads one `<Event>` element; a declaration before it is allowed.
pub(crate) fn event(
    xml: &[u8],
    file: &Arc<str>,
    offset: Option<u64>,
    trust: Trust,
) -> Result<Event, XmlError> {
    event_with_unread(xml, file, offset, trust).map(|(event, _)| event)
}

/// The same, and what of it could not be understood.
pub(crate) fn event_with_unread(
    xml: &[u8],
    file: &Arc<str>,
    offset: Option<u64>,
    trust: Trust,
) -> Result<(Event, Unread), XmlError> {
    let text = std::str::from_utf8(xml).map_err(|_| XmlError::NotUtf8)?;
    let mut builder = EventBuilder::new(file, offset, trust);
    let mut target = Target {
        depth: 0,
        roots: 0,
        builder: &mut builder,
    };
    walk(text, &mut target)?;
    if target.roots != 1 {
        return Err(XmlError::NotOne);
    }
    Ok(builder.finish_with_unread()?)
}

/// Reads `EventData` or `UserData`, or what stands in one of them, into a builder that has the
/// event's head; `None` where it is not well formed.
#[cfg(feature = "exports")]
pub(crate) fn values(xml: &str, head: Event) -> Option<EventBuilder> {
    let mut builder = EventBuilder::with_head(head);
    let whole = ["<EventData", "<UserData"]
        .iter()
        .any(|tag| xml.starts_with(tag));
    builder.start("Event");
    if !whole {
        builder.start("EventData");
    }
    let mut target = Target {
        depth: 1,
        roots: 0,
        builder: &mut builder,
    };
    walk(xml, &mut target).ok()?;
    if !whole {
        builder.end();
    }
    builder.end();
    Some(builder)
}

/// What takes the pieces of one element.
pub(crate) trait Take {
    fn start(&mut self, name: &str) -> Result<(), XmlError>;
    fn attribute(&mut self, name: &str, value: &str);
    fn text(&mut self, text: &str) -> Result<(), XmlError>;
    fn end(&mut self);
}

struct Target<'b> {
    depth: usize,
    roots: usize,
    builder: &'b mut EventBuilder,
}

impl Take for Target<'_> {
    fn start(&mut self, name: &str) -> Result<(), XmlError> {
        if self.depth == 0 {
            self.roots += 1;
        }
        if self.depth >= limits::MAX_XML_DEPTH {
            return Err(XmlError::TooDeep);
        }
        self.depth += 1;
        self.builder.start(name);
        Ok(())
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.builder.attribute(name, value);
    }

    fn text(&mut self, text: &str) -> Result<(), XmlError> {
        if self.depth == 0 && !text.trim().is_empty() {
            return Err(XmlError::NotOne);
        }
        self.builder.text(text);
        Ok(())
    }

    fn end(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.builder.end();
    }
}

/// Parses `text` strictly and gives its pieces to `target`.
pub(crate) fn walk(text: &str, target: &mut dyn Take) -> Result<(), XmlError> {
    let syntax = |error: quick_xml::Error| XmlError::Syntax(error.to_string());
    let mut reader = quick_xml::Reader::from_str(text);
    let mut open = 0_usize;
    loop {
        match reader.read_event().map_err(syntax)? {
            Xml::Start(tag) => {
                open += 1;
                start(&tag, target)?;
            }
            Xml::Empty(tag) => {
                start(&tag, target)?;
                target.end();
            }
            Xml::End(_) => {
                open = open.saturating_sub(1);
                target.end();
            }
            // Line ends stay as they are: strings must equal those of the log.
            Xml::Text(text) => target.text(&text)?,
            Xml::CData(text) => target.text(&text)?,
            Xml::GeneralRef(name) => {
                let c = reference(&name).ok_or(XmlError::Entity)?;
                target.text(c.encode_utf8(&mut [0; 4]))?;
            }
            Xml::DocType(_) => return Err(XmlError::Declaration),
            Xml::Comment(_) | Xml::Decl(_) | Xml::PI(_) => {}
            Xml::Eof if open == 0 => return Ok(()),
            Xml::Eof => return Err(XmlError::Syntax("an element is not closed".to_owned())),
        }
    }
}

fn start(tag: &BytesStart<'_>, target: &mut dyn Take) -> Result<(), XmlError> {
    let name = tag.name();
    if !is_name(name.as_ref()) {
        return Err(XmlError::Name);
    }
    target.start(name.as_ref())?;
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| XmlError::Syntax(error.to_string()))?;
        if !is_name(attribute.key.as_ref()) {
            return Err(XmlError::Name);
        }
        target.attribute(attribute.key.as_ref(), &unescape(&attribute.value)?);
    }
    Ok(())
}

/// Whether XML allows this as a name (names beyond ASCII are not looked at closely).
fn is_name(name: &str) -> bool {
    let begins = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':') || !c.is_ascii();
    name.starts_with(begins)
        && name
            .chars()
            .all(|c| begins(c) || c.is_ascii_digit() || matches!(c, '-' | '.'))
}

/// The character that `&name;` stands for. A number that is no character (half a surrogate pair,
/// as some writers make of emoji) gives the replacement character.
fn reference(name: &str) -> Option<char> {
    let number = match name {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "apos" => return Some('\''),
        "quot" => return Some('"'),
        _ => name.strip_prefix('#')?,
    };
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16),
        None => (number, 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).ok()?;
    Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
}

fn unescape(raw: &str) -> Result<Cow<'_, str>, XmlError> {
    let Some((plain, rest)) = raw.split_once('&') else {
        return Ok(Cow::Borrowed(raw));
    };
    let mut text = plain.to_owned();
    for part in rest.split('&') {
        let (name, plain) = part.split_once(';').ok_or(XmlError::Entity)?;
        text.push(reference(name).ok_or(XmlError::Entity)?);
        text.push_str(plain);
    }
    Ok(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_event_with_its_declaration_and_no_more() {
        let file = Arc::from("x");
        let read = |text: &str| event(text.as_bytes(), &file, None, Trust::Intact);
        let good = "<?xml version='1.0'?>\n<Event><System><EventID>1</EventID></System></Event>\n";
        assert!(read(good).is_ok());
        assert!(matches!(
            read(&format!("{good}{good}")),
            Err(XmlError::NotOne)
        ));
        assert!(matches!(read(&format!("{good}x")), Err(XmlError::NotOne)));
        assert!(matches!(
            read("<!DOCTYPE a><Event/>"),
            Err(XmlError::Declaration)
        ));
        assert!(matches!(read(""), Err(XmlError::NotOne)));
        assert!(matches!(read(&"<a>".repeat(200)), Err(XmlError::TooDeep)));
    }

    #[test]
    fn references() {
        assert_eq!(reference("#65"), Some('A'));
        assert_eq!(reference("#x1f600"), Some('😀'));
        assert_eq!(reference("#xD83D"), Some('\u{fffd}'));
        for name in ["", "#", "#x", "nbsp", "#+1", "#99999999999"] {
            assert_eq!(reference(name), None, "{name}");
        }
        assert_eq!(
            unescape("a&lt;b&amp;&quot;").ok().as_deref(),
            Some("a<b&\"")
        );
        assert!(unescape("a & b").is_err());
    }
}
