//! `signatures`: list, show, check and test them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eventkb::signature::load::Document;
use eventkb::signature::schema;
use eventkb::{Problem, ProblemSeverity, Signature, SignatureSet};
use eventkb_render::{Clean, Reader, words};

use super::{reader, reading, signature_list, signatures_draft};
use crate::args::{GlobalArgs, PlainFormat, SignaturesCommand};
use crate::exit::Exit;
use crate::output::{Output, Stop};

pub(super) fn run(
    command: &SignaturesCommand,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<Exit, Stop> {
    if let SignaturesCommand::Schema = command {
        output.text(&schema::signature_schema())?;
        return Ok(Exit::Found);
    }
    let beside = match command {
        SignaturesCommand::Check { files } => knowledge_beside(files),
        _ => Vec::new(),
    };
    let loaded = reading::signatures_and(global, &beside, output);
    if let SignaturesCommand::Draft(args) = command {
        return signatures_draft::run(args, &loaded, global, output);
    }
    let set = &loaded.set;
    let reader = reader(global, output);
    let exit = match command {
        SignaturesCommand::List(args) => signature_list::list(args, set, &reader, output)?,
        SignaturesCommand::Show { id, format } => {
            show(known(set, id)?, *format, set, output)?;
            Exit::Found
        }
        SignaturesCommand::For { provider, id } => {
            let facts = set.catalogue().event(provider, None, *id);
            let asking = set
                .for_event(provider, *id)
                .filter_map(|head| head.document());
            let mut asking = asking.map(|document| &**document).peekable();
            let is_known = facts.is_some() || asking.peek().is_some();
            let doc = eventkb_render::known_event(provider, *id, facts.as_deref(), asking);
            output.tables(&doc)?;
            let meant = set.catalogue().probably_meant(provider);
            if let Some(meant) = meant.filter(|_| !is_known) {
                output.warning(format_args!(
                    "no source is called `{provider}` here; did you mean `{meant}`?"
                ));
            }
            if is_known { Exit::Found } else { Exit::Nothing }
        }
        SignaturesCommand::Check { files } => check(files, set, output)?,
        SignaturesCommand::Test { ids, all } => test(set, ids, *all, &reader, output)?,
        SignaturesCommand::Schema | SignaturesCommand::Draft(_) => Exit::Found,
    };
    Ok(if loaded.refused { Exit::Unusable } else { exit })
}

fn show(
    signature: &Signature,
    format: PlainFormat,
    set: &SignatureSet,
    output: &mut Output,
) -> Result<(), Stop> {
    let head = set.iter().find(|head| head.id() == signature.id);
    let (PlainFormat::Table, Some(head)) = (format, head) else {
        return output.json(signature, true);
    };
    let sharing = set.sharing(signature);
    let sharing: Vec<&Signature> = sharing
        .iter()
        .filter_map(|head| head.document())
        .map(|document| &**document)
        .collect();
    output.tables(&eventkb_render::signature(head, signature, &sharing))
}

/// The signature of this id. People write an article's number in several ways: `253307` and
/// `KB253307` stand for `Q253307`, where there is no signature of just that name.
pub(super) fn find<'a>(set: &'a SignatureSet, id: &str) -> Option<&'a Arc<Signature>> {
    let number = || self::number(id);
    let same = |other: &str| number().is_some() && number() == self::number(other);
    let by_number = || set.iter().find(|head| same(head.id()))?.document();
    set.get(id).or_else(by_number)
}

/// The digits of `Q253307`, `KB253307` and `253307`.
fn number(id: &str) -> Option<&str> {
    let letters = id.find(|c: char| c.is_ascii_digit())?;
    let (prefix, digits) = id.split_at(letters);
    let is_article = ["", "q", "kb"]
        .iter()
        .any(|p| prefix.eq_ignore_ascii_case(p));
    (is_article && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// The signature of this id, or a way to the right one.
pub(super) fn known<'a>(set: &'a SignatureSet, id: &str) -> Result<&'a Arc<Signature>, Stop> {
    find(set, id).ok_or_else(|| {
        if Path::new(id).exists() {
            return Stop::Usage(format!(
                "`{id}` is a path; the id of a signature comes first, such as Q253307 (`eventkb scan` \
                 finds out which one fits)"
            ));
        }
        let near = set.iter().map(|head| (distance(id, head.id()), head.id()));
        let mut near: Vec<(usize, &str)> = near.filter(|(distance, _)| *distance <= 2).collect();
        // Only those that are as near as the nearest.
        near.sort_unstable();
        let nearest = near.first().map(|(distance, _)| *distance);
        near.retain(|(distance, _)| Some(*distance) == nearest);
        let close: Vec<&str> = near.iter().take(3).map(|(_, id)| *id).collect();
        let hint = if close.is_empty() {
            String::new()
        } else {
            format!(" (did you mean {}?)", close.join(", "))
        };
        Stop::Usage(format!(
            "no signature is called `{id}`{hint}; `eventkb signatures list` shows all"
        ))
    })
}

/// Letters to change, add or drop to get from one id to the other, ignoring case.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.chars().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

fn check(files: &[PathBuf], set: &SignatureSet, output: &mut Output) -> Result<Exit, Stop> {
    let mut exit = Exit::Found;
    for file in &in_folders(files) {
        if file.is_dir() {
            exit = Exit::Unusable;
            let name = file.display().to_string();
            output.text(Clean::new(&name).as_str())?;
            output.text(": the folder holds no .json file\n")?;
            continue;
        }
        let (document, problems) = eventkb::check_file(file, set);
        for problem in &problems {
            print_problem(&file.display().to_string(), problem, output)?;
        }
        let errors = problems
            .iter()
            .filter(|p| p.severity == ProblemSeverity::Error)
            .count();
        let name = file.display();
        let verdict = match document {
            Some(document) if errors == 0 => format!("{name}: {} sound", what(&document)),
            _ => {
                exit = Exit::Unusable;
                format!(
                    "{name}: refused, {}",
                    words::count(errors.max(1) as u64, "error")
                )
            }
        };
        output.text(Clean::new(&verdict).as_str())?;
        output.text("\n")?;
    }
    Ok(exit)
}

/// Where the files to be checked have their catalogue and codes: in the same folder or below it, or
/// in folders `catalogue` and `codes` beside one they stand in.
fn knowledge_beside(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> = Vec::new();
    let mut add = |place: PathBuf| {
        if place.is_dir() && !places.contains(&place) {
            places.push(place);
        }
    };
    for file in files {
        let folder = match file.is_dir() {
            true => Some(file.as_path()),
            false => file.parent(),
        };
        let Some(folder) = folder else { continue };
        for above in folder.ancestors().skip(1).take(HIGHEST) {
            for name in ["catalogue", "codes"] {
                add(above.join(name));
            }
        }
        add(folder.to_owned());
    }
    places
}

/// Folders above a signature in which the catalogue is looked for: its family, and the pack.
const HIGHEST: usize = 2;

/// What a file holds, with its verb.
fn what(document: &Document) -> String {
    match document {
        Document::Signature(signature) => format!("{} is", signature.id),
        Document::Catalogue(entry) => format!("what is known of {} is", entry.provider),
        Document::Codes(_) => "the table of codes is".into(),
        Document::Examples(examples) => format!("the examples of {} are", examples.examples_of),
        _ => "it is".into(),
    }
}

/// Stands the `.json` files of a folder, and of folders in it, in for the folder.
fn in_folders(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        let mut inside = Vec::new();
        gather(path, 0, &mut inside);
        inside.sort();
        if inside.is_empty() {
            inside.push(path.clone());
        }
        files.extend(inside);
    }
    files
}

/// Folders within folders: more than anyone sorts signatures into, and an end to links in circles.
const DEEPEST: usize = 16;

fn gather(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() {
            if depth < DEEPEST {
                gather(&path, depth + 1, files);
            }
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            files.push(path);
        }
    }
}

fn print_problem(file: &str, problem: &Problem, output: &mut Output) -> Result<(), Stop> {
    let kind = match problem.severity {
        ProblemSeverity::Error => "error",
        ProblemSeverity::Warning => "warning",
    };
    let code = problem.code;
    let code = code.map_or_else(String::new, |code| format!("[{code}]"));
    let place = reading::place(file, problem);
    let text = format!("{place}: {kind}{code}: {}", problem.message);
    output.text(Clean::new(&text).as_str())?;
    for (label, more) in [("at", Some(&problem.path)), ("help", problem.help.as_ref())] {
        if let Some(more) = more.filter(|more| !more.is_empty()) {
            output.text(&format!("\n    {label}: {}", Clean::new(more).as_str()))?;
        }
    }
    output.text("\n")
}

fn test(
    set: &Arc<SignatureSet>,
    ids: &[String],
    all: bool,
    reader: &Reader,
    output: &mut Output,
) -> Result<Exit, Stop> {
    let mut results = Vec::new();
    if ids.is_empty() {
        results = eventkb::test_signatures(set);
    }
    for id in ids {
        results.extend(eventkb::test_signature(&known(set, id)?.id, set));
    }
    output.tables(&eventkb_render::examples(&results, all, reader))?;
    Ok(if results.iter().all(|result| result.is_ok()) {
        Exit::Found
    } else {
        Exit::Nothing
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_is_known_by_its_number() {
        let set = SignatureSet::built_in();
        for id in ["Q253307", "q253307", "253307", "KB253307", "kb253307"] {
            let found = find(&set, id).map(|signature| signature.id.as_str());
            assert_eq!(found, Some("Q253307"), "{id}");
        }
        for id in [
            "", "Q", "KB", "25330", "X253307", "Q253307a", "-253307", "é253307",
        ] {
            assert!(find(&set, id).is_none(), "{id}");
        }
    }

    #[test]
    fn distance_counts_typing_mistakes() {
        assert_eq!(distance("Q253307", "q253307"), 0);
        assert_eq!(distance("Q25307", "Q253307"), 1);
        assert_eq!(distance("Q235307", "Q253307"), 2);
        assert_eq!(distance("", "Q1"), 2);
    }
}
