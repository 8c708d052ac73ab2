//! Any stream: logs, exports of every kind, archives in archives.
#![no_main]

use std::sync::{Arc, OnceLock};

use eventkb::{HashFiles, ReadOptions, Session, SignatureSet};
use libfuzzer_sys::fuzz_target;

static SIGNATURES: OnceLock<Arc<SignatureSet>> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let signatures = SIGNATURES.get_or_init(|| Arc::new(SignatureSet::built_in()));
    let mut options = ReadOptions::default();
    options.threads = 1;
    // Nothing here depends on it, and it takes half of the time.
    options.hash = HashFiles::None;
    let mut session = Session::new(signatures);
    session.read_bytes("dump", data, &options);
    let report = session.finish();
    for input in &report.inputs {
        if let Some(promised) = input.records_promised {
            assert_eq!(promised, input.records_read + input.records_lost, "{input:?}");
        }
    }
    serde_json::to_string(&report).expect("a report can always be written");
});
