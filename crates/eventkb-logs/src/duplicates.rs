//! Files with the same content: every log sent twice would count twice.
//!
//! What is counted by the file, its records and what it covers, is taken from the first of them in
//! the order of paths.

use std::collections::{BTreeSet, HashMap};

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
    copies
}
