//! Saved observations: a file from elsewhere. What is accepted can be judged, and saved again.
#![no_main]

use std::sync::OnceLock;

use eventkb::{Observations, SignatureSet, merge};
use libfuzzer_sys::fuzz_target;

static SIGNATURES: OnceLock<SignatureSet> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let Ok(saved) = serde_json::from_slice::<Observations>(data) else { return };
    let signatures = SIGNATURES.get_or_init(SignatureSet::built_in);
    if let Ok(report) = merge(signatures, vec![saved.clone(), saved]) {
        serde_json::to_string(&report).expect("a report can always be written");
    }
});
