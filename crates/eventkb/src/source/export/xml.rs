//! Events as XML: Event Viewer's "Save as XML", `wevtutil qe` (with and without rendered texts),
//! `evtx_dump -o xml`.
//!
//! Names inside an event come from the log, and careless writers copy them raw: what is not well
//! formed is refused as a whole, never guessed at. Entities beyond the five that XML has are
//! refused as well; there is no way to define any.

use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event as Xml};

use crate::event::{Event, Trust};
use crate::integrity::DefectCode;
use crate::limits;
use crate::source::Delivery;
use crate::source::build::{BuildError, EventBuilder};
use crate::source::export::elements::{Elements, Flaw, Piece};
use crate::source::export::text::Window;

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

/// Reads the events of an XML export.
pub fn read(reader: &mut dyn Read, delivery: &mut Delivery<'_>) {
    let mut elements = Elements::new(Window::new(reader), "<Event", "</Events");
    let file = Arc::clone(&delivery.file);
    while let Some(piece) = elements.next() {
        let place = elements.window.place();
        match &piece {
            Piece::Whole(length) => {
                let text = elements.window.rest().get(..*length).unwrap_or_default();
                match event(text.as_bytes(), &file, place, Trust::Intact) {
                    Ok(event) => delivery.event(event),
                    Err(error) => {
                        delivery.failed(place, format!("an event could not be read: {error}"))
                    }
                }
            }
            Piece::Damaged(flaw) => damaged(delivery, *flaw, place),
        }
        elements.pass(&piece);
        if delivery.stopped() {
            return;
        }
    }
    ended(&elements, delivery);
}

/// Notes what is missing at the end of the file.
pub(crate) fn ended(elements: &Elements<'_>, delivery: &mut Delivery<'_>) {
    if elements.unclosed() {
        delivery.defect(
            DefectCode::Truncated,
            elements.window.place(),
            "the end of the file is missing",
        );
    }
    delivery.ended(&elements.window);
}

/// Notes an element that could not be cut out.
pub(crate) fn damaged(delivery: &mut Delivery<'_>, flaw: Flaw, place: Option<u64>) {
    delivery.failed(place, format!("an event could not be read: {flaw}"));
    match flaw {
        Flaw::Cut => delivery.defect(
            DefectCode::Truncated,
            place,
            "the file ends inside an event",
        ),
        Flaw::TooLarge => {
            delivery.defect(
                DefectCode::Limit,
                place,
                "an event is larger than the limit for one record",
            );
        }
        _ => {}
    }
}

/// Reads one `<Event>` element; a declaration before it is allowed.
pub(crate) fn event(
    xml: &[u8],
    file: &Arc<str>,
    offset: Option<u64>,
    trust: Trust,
) -> Result<Event, XmlError> {
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
    Ok(builder.finish()?)
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
    use crate::source::export::testing::{self, read_with};

    const SAVED: &str = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>\
        <Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
        <Provider Name='MSExchangeMTA'/><EventID Qualifiers='32768'>9322</EventID><Level>3</Level><Task>5</Task>\
        <Keywords>0x80000000000000</Keywords><TimeCreated SystemTime='2000-02-05T23:20:40.000000000Z'/>\
        <EventRecordID>17</EventRecordID><Channel>Application</Channel><Computer>SEATTLE</Computer><Security/></System>\
        <EventData><Data>68</Data><Data></Data><Data/><Data>A &amp; B &#x41;&lt;/Event&gt;</Data><Binary>00FF</Binary></EventData>\
        <RenderingInfo Culture='de-DE'><Message>Ein Fehler\r\nin zwei Zeilen</Message><Level>Warnung</Level><Task>Schnittstelle</Task>\
        <Opcode></Opcode><Channel></Channel><Provider></Provider><Keywords><Keyword>Klassisch</Keyword></Keywords></RenderingInfo></Event>\
        <Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
        <Provider Name='Service' EventSourceName='Old name'/><EventID>1073748860</EventID><Level>4</Level><Computer>B</Computer></System>\
        <EventData><Data Name='param1'>x</Data><Data Name='param2'>y</Data></EventData></Event></Events>";

    #[test]
    fn event_viewer_saves_as_xml() {
        let (events, account) = read_with(read, SAVED.as_bytes());
        assert_eq!(account.integrity.defects, []);
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
            first.time.map(|time| time.to_string()).as_deref(),
            Some("2000-02-05T23:20:40Z")
        );
        let strings = ["68", "", "", "A & B A</Event>"]
            .map(str::to_owned)
            .to_vec();
        assert_eq!(first.strings, Some(strings));
        assert_eq!(
            first.message.as_deref(),
            Some("Ein Fehler\r\nin zwei Zeilen")
        );
        assert_eq!(first.category_name.as_deref(), Some("Schnittstelle"));
        assert_eq!(
            (first.channel.as_deref(), first.computer.as_deref()),
            (Some("Application"), Some("SEATTLE"))
        );
        assert!(
            first
                .offset
                .is_some_and(|at| SAVED.as_bytes()[at as usize..].starts_with(b"<Event "))
        );
        assert_eq!((second.event_id, second.qualifiers), (7036, Some(16384)));
        assert_eq!(second.event_source.as_deref(), Some("Old name"));
        assert_eq!(second.named[1], ("param2".to_owned(), "y".to_owned()));
    }

    #[test]
    fn fragments_in_every_encoding_give_the_same() {
        let (wanted, _) = read_with(read, SAVED.as_bytes());
        let body = SAVED
            .split_once("<Events>")
            .map_or("", |(_, body)| body)
            .replace("</Events>", "\r\n");
        let fragments = body.replace(
            "<Event ",
            "\n<?xml version='1.0' encoding='utf-16'?>\n<Event ",
        );
        let utf16: Vec<u8> = std::iter::once(0xfeff)
            .chain(fragments.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        for bytes in [fragments.clone().into_bytes(), utf16] {
            let (events, account) = read_with(read, &bytes);
            assert_eq!(account.integrity.defects, []);
            assert_eq!(
                testing::without_place(events),
                testing::without_place(wanted.clone())
            );
        }
    }

    #[test]
    fn a_damaged_event_costs_only_itself() {
        let good = |id: u16| {
            format!("<Event><System><Provider Name='P'/><EventID>{id}</EventID></System></Event>\n")
        };
        for bad in [
            "<Event><System><EventID>1</System></Event>",
            "<Event><System><EventID>1</EventID><EventID>2</EventID></System></Event>",
            "<Event><System><EventID>&boom;</EventID></System></Event>",
            "<Event><System><EventID>1</EventID></System><EventData><A\":1>x</A\":1></EventData></Event>",
            "<Event><System><EventID a='1' a='2'>1</EventID></System></Event>",
            "<Event>no system</Event>",
            "<Event><System>",
        ] {
            let (events, account) =
                read_with(read, format!("{}{bad}{}", good(7), good(8)).as_bytes());
            assert_eq!(
                events
                    .iter()
                    .map(|event| event.event_id)
                    .collect::<Vec<_>>(),
                [7, 8],
                "{bad}"
            );
            assert_eq!(account.integrity.failed, 1, "{bad}");
        }
    }

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

    #[test]
    fn a_cut_file_says_so() {
        let whole = SAVED.trim_end_matches("</Events>");
        let (events, account) = read_with(read, whole.as_bytes());
        assert_eq!(
            (events.len(), account.integrity.defects[0].code),
            (2, DefectCode::Truncated)
        );
    }

    #[test]
    fn what_came_before_a_failing_disk_is_kept() {
        struct Failing<'a>(&'a [u8]);
        impl Read for Failing<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                match self.0.read(buffer) {
                    Ok(0) => Err(std::io::Error::other("bad sector")),
                    other => other,
                }
            }
        }
        let cut = SAVED.len() - 20;
        let mut input = Failing(&SAVED.as_bytes()[..cut]);
        let (events, account) = testing::read_from(read, &mut input);
        assert_eq!(events.len(), 1);
        let codes: Vec<_> = account
            .integrity
            .defects
            .iter()
            .map(|defect| defect.code)
            .collect();
        assert!(codes.contains(&DefectCode::ReadError), "{codes:?}");
    }

    #[test]
    fn damage_never_panics() {
        testing::damage(read, SAVED.as_bytes());
        testing::endless(
            read,
            b"<Event><System>",
            b"<Event><System><EventID>3</EventID></System></Event>",
        );
    }
}
