//! Any stream: logs, exports of every kind, archives in archives.
#![no_main]

use std::sync::{Arc, OnceLock};

use eventkb::{ScanOptions, SignatureSet, scan_stream};
use libfuzzer_sys::fuzz_target;

static SIGNATURES: OnceLock<Arc<SignatureSet>> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let signatures = SIGNATURES.get_or_init(|| Arc::new(SignatureSet::built_in()));
    let mut input = data;
    let mut options = ScanOptions::default();
    options.threads = 1;
    let report = scan_stream("dump", &mut input, signatures, &options);
    for input in &report.inputs {
        if let Some(promised) = input.records_promised {
            assert_eq!(promised, input.records_read + input.records_lost, "{input:?}");
        }
    }
    serde_json::to_string(&report).expect("a report can always be written");
});
