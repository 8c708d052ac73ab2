//! One chunk of an .evtx file: triage, heads and records. An odd length has its checksums put
//! right, so that the ways for sound chunks are met too.
#![no_main]

use eventkb_testkit::damage::repair_crcs;
use eventkb_testkit::evtx::{CHUNK_SIZE, FILE_HEADER_SIZE};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut file = vec![0; FILE_HEADER_SIZE];
    file.extend_from_slice(&data[..data.len().min(CHUNK_SIZE)]);
    if data.len() % 2 == 1 {
        file.resize(FILE_HEADER_SIZE + CHUNK_SIZE, 0);
        repair_crcs(&mut file);
    }
    eventkb_fuzz::read_evtx(&file, false);
    eventkb_fuzz::read_evtx(&file, true);
});
