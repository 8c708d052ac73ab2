//! A job that runs again and again over logs that come in: it keeps what it has seen of each, and
//! judges all of it as one.
//!
//! ```text
//! cargo run --example nightly_job -- STATE-FOLDER LOG...
//! ```
//!
//! Of every log it keeps the observations, which are small: the logs themselves may be gone when
//! the next ones come. A log that was seen before is not read again. What it prints is the list
//! of findings over everything seen so far, and what is new in it.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eventkb::{Observations, ScanOptions, SignatureSet, merge, observe};
use eventkb_render::{Detail, Look, Reader};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args_os().skip(1).map(PathBuf::from);
    let state = words
        .next()
        .ok_or("usage: nightly_job STATE-FOLDER LOG...")?;
    let logs: Vec<PathBuf> = words.collect();
    fs::create_dir_all(&state)?;
    let signatures = Arc::new(SignatureSet::built_in());

    let mut read = 0;
    for log in &logs {
        let place = state.join(name(log)?);
        if place.exists() {
            continue;
        }
        let seen = observe(
            std::slice::from_ref(log),
            &signatures,
            &ScanOptions::default(),
        );
        // Whole or not at all: a job may be ended at any time.
        let unfinished = place.with_extension("part");
        fs::write(&unfinished, seen.to_bytes())?;
        fs::rename(&unfinished, &place)?;
        read += 1;
    }

    let mut parts = Vec::new();
    let mut outdated = 0;
    for entry in fs::read_dir(&state)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "seen")
        {
            match Observations::from_bytes(&fs::read(&path)?) {
                Ok(part) => parts.push(part),
                Err(error) => {
                    eprintln!("{}: {error}", path.display());
                    outdated += 1;
                }
            }
        }
    }
    let count = parts.len();
    // Signatures or program may be newer than what was kept: then those logs must be read again.
    let report = merge(&signatures, parts).map_err(|(_, error)| error)?;
    println!("{read} new logs read, {count} known, {outdated} outdated");
    let mut reader = Reader::default();
    reader.detail = Detail::Summary;
    let look = Look {
        width: 100,
        color: false,
        ascii: false,
    };
    print!(
        "{}",
        eventkb_render::terminal(&eventkb_render::scan(&report, &reader), look)
    );

    let known = state.join("known.txt");
    let before = fs::read_to_string(&known).unwrap_or_default();
    let offered = report
        .findings
        .iter()
        .filter(|finding| finding.is_offered());
    let ids: Vec<&str> = offered
        .map(|finding| finding.signature.id.as_str())
        .collect();
    for id in ids
        .iter()
        .filter(|id| !before.lines().any(|line| line == **id))
    {
        println!("new since last time: {id}");
    }
    fs::write(known, ids.join("\n"))?;
    Ok(())
}

/// The name under which a log's observations are kept: of its path, size and time.
fn name(log: &Path) -> Result<String, std::io::Error> {
    let data = fs::metadata(log)?;
    let mut hasher = DefaultHasher::new();
    (fs::canonicalize(log)?, data.len(), data.modified()?).hash(&mut hasher);
    Ok(format!("{:016x}.seen", hasher.finish()))
}
