//! Saved observations: a file from elsewhere. What is accepted can be judged, and saved again.
//!
//! Data that begins as a file of observations does is taken as it is. All other data is the content
//! line of one, and gets a head that vouches for it: no mutation would come past the checksum.
#![no_main]

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use eventkb::{Observations, Session, SignatureSet, merge};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};

struct World {
    signatures: Arc<SignatureSet>,
    /// The head of a file of this build, parsed.
    head: serde_json::Value,
}

static WORLD: OnceLock<World> = OnceLock::new();

fn world() -> &'static World {
    WORLD.get_or_init(|| {
        let signatures = Arc::new(SignatureSet::built_in());
        let empty = Session::new(&signatures).save().to_bytes();
        let end = empty.iter().position(|byte| *byte == b'\n').expect("a head line");
        let head = serde_json::from_slice(&empty[..end]).expect("the head is JSON");
        World { signatures, head }
    })
}

/// A file with this content and a sound checksum.
fn vouched_for(content: &[u8]) -> Vec<u8> {
    let mut sum = String::new();
    for byte in Sha256::digest(content) {
        write!(sum, "{byte:02x}").expect("a string");
    }
    let mut head = world().head.clone();
    head["checksum"] = sum.into();
    let mut file = serde_json::to_vec(&head).expect("JSON");
    file.push(b'\n');
    file.extend_from_slice(content);
    file.push(b'\n');
    file
}

fuzz_target!(|data: &[u8]| {
    let is_file = data.starts_with(b"{\"observations_version\"");
    let file = if is_file { data.to_vec() } else { vouched_for(data) };
    let Ok(saved) = Observations::from_bytes(&file) else { return };
    let again = Observations::from_bytes(&saved.to_bytes()).expect("what was written is read");
    if let Ok(report) = merge(&world().signatures, [saved, again]) {
        serde_json::to_string(&report).expect("a report can always be written");
    }
});
