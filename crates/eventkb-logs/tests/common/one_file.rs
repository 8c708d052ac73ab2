//! Reads one file that is in memory.

#[path = "all.rs"]
mod all;

use all::All;
use eventkb_logs::{Event, Input, ReadOptions, read_stream};

/// The events of a file, and its account.
pub(crate) fn read(mut bytes: &[u8]) -> (Vec<Event>, Input) {
    let mut all = All::default();
    let result = read_stream("x", &mut bytes, &ReadOptions::default(), &mut all);
    let mut files = result.files.into_iter();
    let file = files
        .next()
        .unwrap_or_else(|| panic!("{:?}", result.ignored));
    (all.0, file.input)
}
