//! Files with the same content: every log sent twice would count twice.
//!
//! What is counted by the file, its records and what it covers, is taken from the first of them in
//! the order of paths.
//!
//! A log that was exported twice in two time zones, with local times, cannot be folded: which of them has
//! the right times is not known, and most such exports have no record ids. It is named.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use crate::account::Input;
use crate::evt::channel_from_file_name;
use crate::integrity::{Defect, DefectCode};

/// Marks files that are copies of another one, and gives their paths. The inputs are in the order
/// of paths.
pub fn fold(inputs: &mut [Input]) -> BTreeSet<String> {
    // What decides that two files give the same events: their content, and the channel, which some
    // formats take from the name of the file.
    let mut first: HashMap<(String, Option<&'static str>), String> = HashMap::new();
    let mut copies = BTreeSet::new();
    for input in inputs.iter_mut().filter(|input| input.error.is_none()) {
        let Some(sha256) = &input.sha256 else {
            continue;
        };
        let channel = matches!(input.format.as_str(), "evt" | "csv")
            .then(|| channel_from_file_name(&input.path))
            .flatten();
        let original = first
            .entry((sha256.clone(), channel))
            .or_insert_with(|| input.path.clone());
        if *original == input.path {
            continue;
        }
        input.records_duplicate = input.records_read;
        // What is wrong with the content is told of the first one; what was wrong with the way to it, as
        // a checksum of its archive, is its own.
        let of_way = [DefectCode::ReadError, DefectCode::Malformed];
        input.defects.retain(|defect| of_way.contains(&defect.code));
        input.defects.push(Defect {
            code: DefectCode::Duplicate,
            message: format!("the same content as {original}: it counts once"),
            offset: None,
            count: 1,
        });
        input.gaps.clear();
        input.many_gaps = false;
        copies.insert(input.path.clone());
    }
    note_shifted(inputs, &copies);
    copies
}

/// Records from which on two files with as many, of as many sources each, and with the same time between
/// the first and the last, are hardly two logs.
const ENOUGH_RECORDS: u64 = 8;
/// Zones differ by quarters of an hour.
const QUARTER: i64 = 15 * 60;
/// And by no more than this: from 12 hours behind UTC to 14 before it.
const MOST_APART: i64 = 26 * 60 * 60;
/// Files that one is compared with.
const MOST_ALIKE: usize = 64;

/// How many records a file has, and how many of each of its sources.
type Likeness = (u64, Vec<u64>);

/// Names files that seem to hold the records of another one at other hours.
fn note_shifted(inputs: &mut [Input], copies: &BTreeSet<String>) {
    let mut alike: HashMap<Likeness, Vec<(Seconds, String)>> = HashMap::new();
    for input in inputs.iter_mut() {
        let (Some(first), Some(last)) = (input.first, input.last) else {
            continue;
        };
        if input.records_read < ENOUGH_RECORDS || first == last || copies.contains(&input.path) {
            continue;
        }
        let mut sources: Vec<u64> = input
            .top_sources
            .iter()
            .map(|source| source.count)
            .collect();
        sources.sort_unstable();
        let times = Seconds::of(first, last);
        let others = alike.entry((input.records_read, sources)).or_default();
        let other = others
            .iter()
            .find_map(|(other, path)| Some((times.zones_behind(*other)?, path)));
        if let Some((seconds, path)) = other {
            let minutes = seconds.abs() / 60;
            input.defects.push(Defect {
                code: DefectCode::ShiftedTimes,
                message: format!(
                    "it seems to hold the records of {path}, {}:{:02} hours {}: exported in another time \
                     zone; both count",
                    minutes / 60,
                    minutes % 60,
                    if seconds > 0 { "later" } else { "earlier" },
                ),
                offset: None,
                count: 1,
            });
            input.defects.sort();
        } else if others.len() < MOST_ALIKE {
            others.push((times, input.path.clone()));
        }
    }
}

/// First and last second of a file: not all forms keep parts of seconds.
#[derive(Debug, Clone, Copy)]
struct Seconds {
    first: i64,
    last: i64,
}

impl Seconds {
    fn of(first: Timestamp, last: Timestamp) -> Seconds {
        Seconds {
            first: first.as_second(),
            last: last.as_second(),
        }
    }

    /// By how many seconds all lies behind another, if that is what zones differ by.
    fn zones_behind(self, other: Seconds) -> Option<i64> {
        let apart = self.first - other.first;
        let is_of_zones = apart != 0 && apart % QUARTER == 0 && apart.abs() <= MOST_APART;
        (is_of_zones && self.last - other.last == apart).then_some(apart)
    }
}
