//! `articles find`: articles by event, by code, by text, by a record.

use eventkb::articles::ArticleIndex;
use eventkb::{ArticleQuery, Event, Found};

use super::reading::{self, Account};
use super::{leads, reader};
use crate::args::{ArticlesFindArgs, FoundFormat, GlobalArgs, RecordArg};
use crate::exit::Exit;
use crate::output::{Output, Stop};

pub(super) fn run(
    args: &ArticlesFindArgs,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<Exit, Stop> {
    let signatures = reading::signatures(global, output);
    let shelf = leads::shelf(&args.leads, global)?;
    // Opened first: only then is it known which of them cannot be used.
    shelf.indexes();
    let unusable = leads::complain(&shelf, output) || signatures.refused;
    let mut indexes = leads::indexes(shelf);
    indexes.push(ArticleIndex::of_signatures(&signatures.set));
    let found = match &args.like {
        Some(record) => {
            let event = record_of(record, output)?;
            eventkb::find_articles_for(&indexes, &event, args.limit)
        }
        None => eventkb::find_articles(&indexes, &query(args)?, args.limit),
    };
    print(&found, args, global, output)?;
    Ok(Exit::of_reading(
        !found.leads.is_empty(),
        unusable,
        false,
        false,
    ))
}

fn query(args: &ArticlesFindArgs) -> Result<ArticleQuery, Stop> {
    let mut query = ArticleQuery::default();
    query.provider.clone_from(&args.provider);
    query.event_id = args.id;
    query.code.clone_from(&args.code);
    query.text.clone_from(&args.text);
    match (&query.code, query.code_number()) {
        (Some(code), None) => Err(Stop::Usage(format!(
            "--code: `{code}` is no number; give one such as 5, %%1053 or 0x80070005 (--text looks for \
             words)"
        ))),
        _ => Ok(query),
    }
}

/// The record that is asked for; complains about its file where it is not there.
pub(super) fn record_of(wanted: &RecordArg, output: &mut Output) -> Result<Box<Event>, Stop> {
    let options = eventkb::ReadOptions::default();
    eventkb::read_record(&wanted.file, wanted.record_id, &options).map_err(|result| {
        let account = Account::of_result(&result);
        let path = wanted.file.split("!/").next().unwrap_or(&wanted.file);
        let unusable = reading::complain(&[path.into()], &account, output);
        let RecordArg { file, record_id } = wanted;
        Stop::Usage(match unusable {
            true => format!("record {record_id} cannot be looked for"),
            false => format!(
                "{file} has no record {record_id}; `eventkb events {file}` lists those it has"
            ),
        })
    })
}

fn print(
    found: &Found,
    args: &ArticlesFindArgs,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<(), Stop> {
    if args.format == FoundFormat::Json {
        return output.json(found, true);
    }
    let reader = reader(global, output);
    output.tables(&eventkb_render::found_articles(found, &reader))
}
