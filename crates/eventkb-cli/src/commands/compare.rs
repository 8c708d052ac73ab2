//! `compare`: articles side by side over the same logs.

use std::path::{Path, PathBuf};

use eventkb::report::Verdict;
use eventkb::{Signature, SignatureSet};

use super::{reading, signatures};
use crate::args::{CompareArgs, GlobalArgs};
use crate::exit::Exit;
use crate::output::{Output, Stop};
use crate::view;

pub(super) fn run(
    args: &CompareArgs,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<Exit, Stop> {
    let loaded = reading::signatures(global, output);
    let (compared, paths) = sort_words(&args.words, &loaded.set)?;
    let mut options = reading::options(&args.read, global)?;
    options.explain = compared
        .iter()
        .map(|signature| signature.id.clone())
        .collect();
    let report = reading::watched(&options, global, || {
        eventkb::scan(&paths, &loaded.set, &options)
    });
    let unusable = reading::complain(&paths, &report, output) || loaded.refused;
    let how = super::Print {
        format: args.format,
        hashes: args.read.hash,
        global,
    };
    super::print(&report, &how, output, |reader| {
        view::compare::doc(&report, &compared, reader)
    })?;
    let found = report.findings.iter().any(|finding| {
        finding.verdict >= Verdict::Possible && options.explain.contains(&finding.signature.id)
    });
    Ok(reading::exit(found, unusable, &report, args.read.strict))
}

/// Tells ids from paths.
fn sort_words<'a>(
    words: &[PathBuf],
    set: &'a SignatureSet,
) -> Result<(Vec<&'a Signature>, Vec<PathBuf>), Stop> {
    let mut compared: Vec<&Signature> = Vec::new();
    let mut paths = Vec::new();
    for word in words {
        // A bare number may well be the name of a folder.
        let find = |word: &str| match set.get(word) {
            None if Path::new(word).exists() => None,
            _ => signatures::find(set, word),
        };
        match word.to_str().and_then(find) {
            Some(signature) if compared.iter().any(|other| other.id == signature.id) => {}
            Some(signature) => compared.push(signature),
            None => paths.push(word.clone()),
        }
    }
    if compared.len() < 2 {
        // A mistyped id looks like a path that is not there.
        let strange = paths.iter().find(|path| !path.exists());
        let hint = match strange {
            Some(word) => format!("; `{}` is neither a signature nor a path", word.display()),
            None => String::new(),
        };
        return Err(Stop::Usage(format!(
            "compare needs the ids of at least two signatures, then a path; ids given: {}{hint}; \
             `eventkb signatures list` shows them",
            compared.len()
        )));
    }
    if paths.is_empty() {
        return Err(Stop::Usage(
            "compare needs a file, folder or archive after the ids".into(),
        ));
    }
    Ok((compared, paths))
}
