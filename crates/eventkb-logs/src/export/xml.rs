//! Events as XML: Event Viewer's "Save as XML", `wevtutil qe` (with and without rendered texts),
//! `evtx_dump -o xml`.
//!
//! Finds the events, whatever stands between them: a prefix of syslog on each line, the lines of
//! `evtxexport`. Each is parsed by `event_xml`.

use std::io::Read;
use std::sync::Arc;

use crate::event::{Event, Trust};
use crate::event_xml;
use crate::export::NAMESPACE;
use crate::export::copied;
use crate::export::elements::{Elements, Piece};
use crate::export::flaw;
use crate::export::handover::{Draft, Handover};
use crate::export::text::{self, Window};
use crate::integrity::DefectCode;
use crate::limits;
use crate::sink::Delivery;

/// Reads the events of an XML export.
pub fn read(reader: &mut dyn Read, delivery: &mut Delivery<'_>) {
    let mut window = Window::new(reader);
    while window.rest().len() < limits::DETECTION_TEXT && window.more() {}
    let prefix = prefix(window.rest());
    // Texts stand as they are between the XML of events there, and may hold some.
    let copied = copied::are_events(window.rest()) == Some(true);
    let mut copied = copied.then(|| copied::First::of(window.rest()));
    let (tag, end) = (format!("<{prefix}Event"), format!("</{prefix}Events"));
    let mut elements = Elements::new(window, &tag, &end);
    let file = Arc::clone(&delivery.file);
    let mut handover = Handover::new(delivery);
    while let Some(piece) = elements.next() {
        let offset = elements.window.offset();
        match &piece {
            Piece::Whole(length) => {
                elements.window.look_for_fills(*length);
                let text = elements.window.rest().get(..*length).unwrap_or_default();
                let bytes = text.as_bytes();
                match event_xml::event_with_unread(bytes, &file, offset, Trust::Intact) {
                    Ok((event, unread)) => {
                        below_text(&mut copied, &event, &mut handover);
                        handover.event(Draft::of(event, unread));
                    }
                    Err(error) => handover
                        .delivery
                        .failed(offset, format!("an event could not be read: {error}")),
                }
            }
            Piece::Damaged(flaw) => flaw::note(handover.delivery, *flaw, offset),
        }
        elements.pass(&piece);
        if handover.delivery.stopped() {
            return;
        }
    }
    handover.finish();
    lost_beginnings(&elements, handover.delivery);
    ended(&elements, handover.delivery);
}

/// Of events below the text that Event Viewer copies, the first one is as good as others, if it is the one
/// that the lines above it name. The others may stand in a text.
fn below_text(copied: &mut Option<copied::First>, event: &Event, handover: &mut Handover<'_, '_>) {
    let Some(first) = copied else { return };
    if !handover.in_doubt && !first.is(event) {
        handover.doubt(event.offset);
    }
    first.passed = true;
}

/// The prefix that stands for the namespace of events in the names of elements, with its colon;
/// mostly there is none.
pub(crate) fn prefix(text: &str) -> String {
    let declared = text.match_indices("xmlns:").find_map(|(at, mark)| {
        let (name, value) = text.get(at + mark.len()..)?.split_once('=')?;
        let named = !name.is_empty()
            && name.len() <= 20
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        (named && value.get(1..)?.starts_with(NAMESPACE)).then(|| format!("{name}:"))
    });
    // One may be declared and not used.
    declared
        .filter(|prefix| text.contains(&format!("<{prefix}Event")))
        .unwrap_or_default()
}

/// Notes elements of which only the end is there.
pub(crate) fn lost_beginnings(elements: &Elements<'_>, delivery: &mut Delivery<'_>) {
    let (strays, first) = elements.strays();
    let integrity = &mut delivery.account.integrity;
    integrity.failed += strays;
    integrity.note_many(
        DefectCode::Gap,
        first,
        strays,
        "between events there are ends of others whose beginnings are damaged",
    );
}

/// Notes what is missing at the end of the file.
pub(crate) fn ended(elements: &Elements<'_>, delivery: &mut Delivery<'_>) {
    if elements.unclosed() {
        delivery.defect(
            DefectCode::Truncated,
            elements.window.offset(),
            "the end of the file is missing",
        );
    }
    text::note_failure(delivery, &elements.window);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::testing::{self, read_with};

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
                testing::without_offset(events),
                testing::without_offset(wanted.clone())
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
        let codes = testing::codes(&account);
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
