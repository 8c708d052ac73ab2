//! A whole .evtx file, read as any stream is.
#![no_main]

use std::sync::OnceLock;

use eventkb::{ScanOptions, SignatureSet, scan_stream};
use libfuzzer_sys::fuzz_target;

static SIGNATURES: OnceLock<SignatureSet> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    eventkb_fuzz::read_evtx(data, true);
    let signatures = SIGNATURES.get_or_init(SignatureSet::built_in);
    let mut input = data;
    let report = scan_stream("log.evtx", &mut input, signatures, &ScanOptions::default());
    serde_json::to_string(&report).expect("a report can always be written");
});
