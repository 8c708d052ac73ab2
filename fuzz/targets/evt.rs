//! A legacy .evt log.
#![no_main]

use eventkb_logs::evt::EvtLog;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(log) = EvtLog::read(data.to_vec()) else { return };
    let records = log.records().count();
    assert_eq!(records, log.raw_records().count());
    for defect in &log.summary().defects {
        assert!(!defect.to_string().is_empty());
    }
});
