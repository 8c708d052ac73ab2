//! `compare`: articles side by side over the same logs.

use std::path::{Path, PathBuf};

use std::sync::Arc;

use eventkb::{Signature, SignatureSet};

use super::reading::{self, Account};
use super::{Lines, Print, print, signatures};
use crate::args::{CompareArgs, GlobalArgs};
use crate::exit::Exit;
use crate::output::{Output, Stop};

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
    let account = Account::of(&report);
    let unusable = reading::complain(&paths, &account, output) || loaded.refused;
    let how = Print {
        show: &args.show,
        inputs: &super::into_file::inputs_of_reading(&paths, Some(&args.read), global),
        signatures: Some(&loaded.set),
        lines: Lines::Findings,
        summary: false,
        hashes: args.read.hash,
        global,
    };
    let compared: Vec<&Signature> = compared.iter().map(|signature| &***signature).collect();
    print(&report, &how, output, |report, reader| {
        eventkb_render::compare(report, &compared, reader)
    })?;
    let mut asked = options.explain.iter().filter_map(|id| report.finding(id));
    let found = asked.any(|finding| finding.is_offered());
    Ok(account.exit(found, unusable, args.read.strict))
}

/// Tells ids from paths.
fn sort_words<'a>(
    words: &[PathBuf],
    set: &'a SignatureSet,
) -> Result<(Vec<&'a Arc<Signature>>, Vec<PathBuf>), Stop> {
    let mut compared: Vec<&Arc<Signature>> = Vec::new();
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
