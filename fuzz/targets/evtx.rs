//! A whole .evtx file, read as any stream is.
//!
//! The first byte says how the file is laid out. Its two lowest bits: 0, the rest is the file as it
//! is; else the rest is a file header cut to 128 bytes, and that many slots of equal length, each
//! without the zeroes at its end. So a few kilobytes make a file of several slots, and a run takes
//! a fraction of the time. The third bit has all checksums put right.
//!
//! What does not begin as a log is read as one, too, but not by a session: it would be looked at as an
//! export or an archive, which is what `stream` is for.
#![no_main]

use std::sync::{Arc, OnceLock};

use eventkb::{HashFiles, ReadOptions, Session, SignatureSet};
use eventkb_testkit::damage::repair_crcs;
use eventkb_testkit::evtx::{CHUNK_SIZE, FILE_HEADER_SIZE};
use libfuzzer_sys::fuzz_target;

static SIGNATURES: OnceLock<Arc<SignatureSet>> = OnceLock::new();

const HEADER: usize = 128;

fn file(layout: u8, data: &[u8]) -> Vec<u8> {
    let slots = usize::from(layout & 3);
    let mut file = if slots == 0 {
        data.to_vec()
    } else {
        let (header, records) = data.split_at(data.len().min(HEADER));
        let mut file = header.to_vec();
        file.resize(FILE_HEADER_SIZE, 0);
        let each = records.len().div_ceil(slots).clamp(1, CHUNK_SIZE);
        for (number, slot) in records.chunks(each).take(slots).enumerate() {
            file.extend_from_slice(slot);
            // The last slot stays as short as it is: a file that was cut.
            if number + 1 < slots || layout & 8 != 0 {
                file.resize(FILE_HEADER_SIZE + CHUNK_SIZE * (number + 1), 0);
            }
        }
        file
    };
    if layout & 4 != 0 {
        repair_crcs(&mut file);
    }
    file
}

fuzz_target!(|data: &[u8]| {
    let Some((layout, data)) = data.split_first() else { return };
    let file = file(*layout, data);
    eventkb_fuzz::read_evtx(&file, true);
    let has = |at: usize, magic: &[u8]| file.get(at..).is_some_and(|rest| rest.starts_with(magic));
    if !has(0, b"ElfFile\0") && !has(0, b"ElfChnk\0") && !has(FILE_HEADER_SIZE, b"ElfChnk\0") {
        return;
    }
    let signatures = SIGNATURES.get_or_init(|| Arc::new(SignatureSet::built_in()));
    let mut options = ReadOptions::default();
    options.threads = 1;
    // Nothing here depends on it, and it takes half of the time.
    options.hash = HashFiles::None;
    let mut session = Session::new(signatures);
    session.read_bytes("log.evtx", &file, &options);
    let report = session.finish();
    serde_json::to_writer(std::io::sink(), &report).expect("a report can always be written");
});
