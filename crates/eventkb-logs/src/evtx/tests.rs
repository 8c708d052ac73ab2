//! The direct way against the crate's, record by record.
#![allow(
    clippy::print_stdout,
    reason = "a test over many logs says what it saw"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::account::Stated;
use super::chunk;
use super::deliver::BlockDecoder;
use super::record::Decoder;
use crate::event::{Event, Head, Trust};
use crate::event_builder::EventBuilder;
use crate::integrity::Integrity;
use crate::json_line;
use crate::limits::{self, CHUNK_SIZE, FILE_HEADER_SIZE};

/// What both ways must agree on. XML cannot hold control characters, so the crate writes `_` for
/// them (and for what is no character at all); the direct way keeps what the log holds.
fn essence(event: &Event) -> Event {
    let plain = |text: &String| -> String {
        let odd =
            |c: char| (c.is_control() && !"\r\n\t".contains(c)) || c == char::REPLACEMENT_CHARACTER;
        text.chars().map(|c| if odd(c) { '_' } else { c }).collect()
    };
    Event {
        trust: Trust::Intact,
        strings: event
            .strings
            .as_ref()
            .map(|strings| strings.iter().map(plain).collect()),
        named: event
            .named
            .iter()
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect(),
        ..event.clone()
    }
}

/// What System says.
fn system(event: &Event) -> Event {
    Event {
        strings: None,
        named: Vec::new(),
        message: None,
        category_name: None,
        binary: None,
        ..event.clone()
    }
}

/// How the records of some logs were read.
#[derive(Debug, Default)]
struct Tally {
    all: usize,
    /// By their layout, without walking elements.
    laid_out: usize,
    /// Written as a line of JSON without an event.
    lines: usize,
    /// Without the crate.
    direct: usize,
    /// The most work for one chunk.
    work: usize,
    wrong: Vec<String>,
}

/// Compares all live records of a log.
fn compare(bytes: &[u8], name: &str, tally: &mut Tally) {
    let file: Arc<str> = name.into();
    let mut decoder = Decoder::default();
    // One that does not count as work what the other ways do.
    let mut writer = Decoder::default();
    for chunk in bytes
        .get(FILE_HEADER_SIZE..)
        .unwrap_or(&[])
        .chunks_exact(CHUNK_SIZE)
    {
        let mut integrity = Integrity::default();
        let found = chunk::read(chunk, CHUNK_SIZE, (0, Stated::NOTHING), &mut integrity);
        decoder.next_chunk(found.sound);
        writer.next_chunk(found.sound);
        for frame in &found.frames {
            if frame.trust == Trust::Recovered {
                continue;
            }
            tally.all += 1;
            let laid_out = decoder.laid_out(chunk, frame, &file, None);
            tally.laid_out += usize::from(laid_out.is_ok());
            let checked = writer.check(chunk, frame);
            if checked.is_ok() != laid_out.is_ok() {
                tally.wrong.push(format!(
                    "{name} at {}: checked {checked:?}, laid out {laid_out:?}",
                    frame.start
                ));
            }
            if let Ok(event) = &laid_out {
                let mut line = String::new();
                writer
                    .full_head(chunk, frame)
                    .expect("it was laid out")
                    .begin_line(&mut line);
                tally.lines += usize::from(writer.line(chunk, frame, &mut line).is_ok());
                json_line::end(None, &file, None, frame.trust, &mut line);
                let mut wanted = String::new();
                json_line::push_event(event, &mut wanted);
                if line != wanted {
                    let at = frame.start;
                    let what = format!("{name} at {at}: as a line\n  {line}  {wanted}");
                    tally.wrong.push(what);
                }
            }
            let mut builder = EventBuilder::new(&file, None, frame.trust);
            if decoder.walk(chunk, frame, &mut builder).is_err() {
                assert!(laid_out.is_err(), "{name}: laid out, but cannot be walked");
                continue;
            }
            let Ok(ours) = builder.finish() else { continue };
            tally.direct += 1;
            if let Ok(laid_out) = laid_out
                && laid_out != ours
            {
                let at = frame.start;
                let what = format!("{name} at {at}: laid out\n  {laid_out:?}\n  {ours:?}");
                tally.wrong.push(what);
            }
            let Ok(theirs) = BlockDecoder::default().rendered(chunk, frame, None, &file) else {
                continue;
            };
            if essence(&ours) != essence(&theirs) {
                tally.wrong.push(format!(
                    "{name} at {}:\n  {ours:?}\n  {theirs:?}",
                    frame.start
                ));
            }
            if let Ok(record) = decoder.full_head(chunk, frame) {
                let head = record.event(&file, None);
                let wanted = Event {
                    trust: frame.trust,
                    ..ours.clone()
                };
                if record.head != Head::of(&wanted) || system(&head) != system(&wanted) {
                    tally
                        .wrong
                        .push(format!("{name} at {}: head {head:?}", frame.start));
                }
            }
        }
        tally.work = tally.work.max(decoder.work());
    }
}

fn logs_below(folder: &Path, logs: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            logs_below(&path, logs);
        } else if path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("evtx"))
        {
            logs.push(path);
        }
    }
}

#[test]
#[ignore = "needs real logs: set EVENTKB_SHARED"]
fn real_records_are_the_same_both_ways() {
    let shared = std::env::var_os("EVENTKB_SHARED").expect("EVENTKB_SHARED");
    let mut logs = Vec::new();
    logs_below(&Path::new(&shared).join("corpus/evtx"), &mut logs);
    let mut tally = Tally::default();
    for log in &logs {
        let bytes = std::fs::read(log).expect("readable");
        compare(&bytes, &log.display().to_string(), &mut tally);
    }
    let Tally {
        all,
        laid_out,
        lines,
        direct,
        work,
        wrong,
    } = tally;
    println!(
        "{direct} of {all} records of {} logs go the direct way, {laid_out} by their layout",
        logs.len()
    );
    println!(
        "the most work for one chunk: {work} of {}",
        limits::MAX_CHUNK_WORK
    );
    assert!(
        4 * work <= limits::MAX_CHUNK_WORK,
        "real chunks come near the limit"
    );
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(
        direct * 100 >= all * 90,
        "only {direct} of {all} go the direct way"
    );
    assert_eq!(lines, laid_out, "what has a layout makes a line");
    assert!(
        laid_out * 100 >= all * 90,
        "only {laid_out} of {all} have a layout"
    );
}

#[test]
fn made_records_are_the_same_both_ways() {
    use eventkb_testkit::EventSpec;
    use eventkb_testkit::evtx::{DataShape, EvtxWriter, Layout, Style};

    const TEXTS: [&str; 4] = ["", "C:\\a \"path\"", "naïve 日本 \u{1f600}", "two\r\nlines"];
    let event = |n: u16| {
        let strings = (0..n % 5).map(|k| format!("value {k}"));
        let mut event = EventSpec::new("Contoso", n).strings(strings);
        let named = (0..n / 5 % 4).map(|k| {
            let text = TEXTS[usize::from(n + k) % TEXTS.len()];
            (format!("param{k}"), text.to_owned())
        });
        event.named = named.collect();
        event.user_data = (n % 7 == 6).then(|| "Contoso_Data".to_owned());
        event
    };
    let events: Vec<EventSpec> = (0..80).map(event).collect();
    let mut tally = Tally::default();
    for layout in [Layout::NameInTemplate, Layout::NameAsSubstitution] {
        for shape in [DataShape::StringArray, DataShape::OneEach] {
            for style in Style::ALL {
                let writer = EvtxWriter::new().layout(layout).data_shape(shape);
                let log = writer.style(style).write(&events);
                let laid_out = tally.laid_out;
                compare(&log, &format!("{layout:?} {shape:?} {style:?}"), &mut tally);
                let of_style = tally.laid_out - laid_out;
                assert!(
                    of_style * 10 >= events.len() * 9,
                    "{style:?}: {of_style} have a layout"
                );
            }
        }
    }
    assert!(tally.wrong.is_empty(), "{}", tally.wrong.join("\n"));
    assert!(tally.direct == tally.all, "{tally:?}");
}

#[test]
fn a_time_of_eight_numbers_is_written_as_others_are() {
    use super::binxml::kind;
    use super::value::Value;

    let numbers = [2017_u16, 4, 6, 22, 9, 41, 26, 7];
    let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
    let value = Value {
        kind: kind::SYSTEMTIME,
        bytes: 0..16,
    };
    let mut text = String::new();
    value.write(&bytes, &mut text).expect("a time");
    assert_eq!(text, "2017-04-22T09:41:26.0070000Z");
    // What is none is left to the crate: no year, no such month, a minute of 60 seconds.
    for (at, number) in [(0, 0), (2, 13), (12, 60)] {
        let mut bytes = bytes.clone();
        bytes[at] = number;
        bytes[at + 1] = 0;
        assert!(value.write(&bytes, &mut text).is_err() && !value.is_readable(&bytes));
    }
}
