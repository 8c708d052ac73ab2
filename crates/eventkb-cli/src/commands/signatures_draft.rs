//! `signatures draft`: a first draft of a signature, from an article, from records, or from both.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use eventkb::articles::ArticleIndex;
use eventkb::{Draft, DraftWanted, Event};

use super::articles_find::record_of;
use super::leads;
use super::reading::{self, Account, Signatures};
use crate::args::{DraftArgs, GlobalArgs};
use crate::exit::Exit;
use crate::output::{Output, Stop};

pub(super) fn run(
    args: &DraftArgs,
    signatures: &Signatures,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<Exit, Stop> {
    let usage = |error: eventkb::DraftError| Stop::Usage(error.to_string());
    let set = &signatures.set;
    let draft = if args.record.is_empty() {
        let Some(id) = &args.id else {
            return Err(Stop::Usage(
                "name an article (with --articles), or records (--record FILE#RECORD)".into(),
            ));
        };
        let shelf = leads::shelf(&args.leads, global)?;
        let mut indexes = shelf.indexes().to_vec();
        if leads::complain(&shelf, output) {
            return Ok(Exit::Unusable);
        }
        // Rivals may be signatures that no index knows.
        indexes.push(ArticleIndex::of_signatures(set));
        let records = records_of(id, &indexes, args, output)?;
        eventkb::draft_of_article(id, &indexes, &records, set).map_err(usage)?
    } else {
        let records = named_records(args, output)?;
        let id = args.id.as_deref().unwrap_or("DRAFT1");
        eventkb::draft_of_records(id, &records, set).map_err(usage)?
    };
    if let Some(asked) = &args.id
        && set.get(asked).is_some()
    {
        output.warning(format!(
            "there is a signature `{asked}` already; the draft is `{}`",
            draft.signature.id
        ));
    }
    write(&draft, args.output.as_deref(), output)?;
    Ok(match signatures.refused {
        true => Exit::Unusable,
        false => Exit::Found,
    })
}

/// Records of the dump that the article may mean.
fn records_of(
    id: &str,
    indexes: &[ArticleIndex],
    args: &DraftArgs,
    output: &mut Output,
) -> Result<Vec<Event>, Stop> {
    if args.from.is_empty() {
        return Ok(Vec::new());
    }
    let (records, result) = eventkb::draft_records(&args.from, &DraftWanted::article(id, indexes));
    let account = Account::of_result(&result);
    if reading::complain(&args.from, &account, output) {
        return Err(Stop::Usage("no records can be taken from --from".into()));
    }
    if records.is_empty() {
        output.warning(
            "--from holds none of the article's events; the draft is made without records",
        );
    }
    Ok(records)
}

/// The records that the user names, in the order of the command line.
fn named_records(args: &DraftArgs, output: &mut Output) -> Result<Vec<Event>, Stop> {
    let mut found = Vec::new();
    for wanted in &args.record {
        if args.from.is_empty() || Path::new(&wanted.file).exists() {
            found.push(*record_of(wanted, output)?);
            continue;
        }
        let in_dump = DraftWanted::record(&wanted.file, wanted.record_id);
        let (mut records, result) = eventkb::draft_records(&args.from, &in_dump);
        let account = Account::of_result(&result);
        if records.is_empty() {
            reading::complain(&args.from, &account, output);
            return Err(Stop::Usage(format!(
                "no file in --from ends in `{}` and has a record {}; `eventkb events` lists them",
                wanted.file, wanted.record_id
            )));
        }
        found.append(&mut records);
    }
    Ok(found)
}

fn write(draft: &Draft, folder: Option<&Path>, output: &mut Output) -> Result<(), Stop> {
    let Some(folder) = folder else {
        return output.json(&draft.signature, true);
    };
    let failed = |path: &Path, error: std::io::Error| {
        Stop::Usage(format!("{}: cannot be written: {error}", path.display()))
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let id = &draft.signature.id;
    let texts = [
        (
            format!("{id}.json"),
            serde_json::to_string_pretty(&draft.signature),
        ),
        (
            format!("{id}.examples.json"),
            serde_json::to_string_pretty(&draft.examples),
        ),
    ];
    for (name, text) in texts {
        let path: PathBuf = folder.join(name);
        let text = text.map_err(|error| Stop::Output(error.into()))? + "\n";
        // What an author has worked on is never overwritten.
        let file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path);
        let mut file = file.map_err(|error| failed(&path, error))?;
        file.write_all(text.as_bytes())
            .map_err(|error| failed(&path, error))?;
        output.text(eventkb_render::Clean::new(&path.display().to_string()).as_str())?;
        output.text("\n")?;
    }
    Ok(())
}
