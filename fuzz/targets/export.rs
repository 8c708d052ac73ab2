//! Exports: a sound one of a program's form, with edits. The first byte says whose form; each edit is
//! a place (two bytes), what is done there, and a byte.
#![no_main]

use std::sync::OnceLock;

use eventkb_fuzz::Counter;
use eventkb_logs::{ReadOptions, read_stream};
use eventkb_testkit::EventSpec;
use eventkb_testkit::dialects::Dialect;
use eventkb_testkit::scenario::{Attempt, START};
use libfuzzer_sys::fuzz_target;

static EXPORTS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();

fn exports() -> Vec<Vec<u8>> {
    let events: Vec<EventSpec> = Attempt::on_one_computer(START)
        .events()
        .into_iter()
        .zip(1..)
        .map(|(event, id)| event.record_id(id))
        .collect();
    // In UTF-16 as well: its readers see other bytes.
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let forms = Dialect::ALL.into_iter().map(|dialect| dialect.write(&events));
    forms.flat_map(|text| [text.clone().into_bytes(), wide(&text)]).collect()
}

fuzz_target!(|data: &[u8]| {
    let exports = EXPORTS.get_or_init(exports);
    let Some((which, edits)) = data.split_first() else { return };
    let mut bytes = exports[usize::from(*which) % exports.len()].clone();
    for edit in edits.chunks_exact(4) {
        let at = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % (bytes.len() + 1);
        let end = (at + usize::from(edit[3])).min(bytes.len());
        match edit[2] % 5 {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = edit[3];
                }
            }
            1 => bytes.insert(at, edit[3]),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            _ => bytes.truncate(at.max(100)),
        }
    }
    let mut counter = Counter { wants_all: true, live: 0, recovered: 0 };
    let mut input = bytes.as_slice();
    let result = read_stream("x", &mut input, &ReadOptions::default(), &mut counter);
    let read: u64 = result.files.iter().map(|file| file.input.records_read).sum();
    assert_eq!(read, counter.live + counter.recovered, "{:?}", result.files);
});
