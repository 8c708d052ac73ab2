//! `signatures`: list, show, check and test them.

use std::path::{Path, PathBuf};

use eventkb::signature::schema;
use eventkb::{Problem, ProblemSeverity, Signature, SignatureSet};

use super::reading;
use crate::args::{GlobalArgs, SignaturesCommand};
use crate::exit::Exit;
use crate::output::{Output, Stop};
use crate::sanitize::Clean;
use crate::view::{self, words};

pub(super) fn run(
    command: &SignaturesCommand,
    global: &GlobalArgs,
    output: &mut Output,
) -> Result<Exit, Stop> {
    match command {
        SignaturesCommand::List => {
            let loaded = reading::signatures(global, output);
            output.tables(&view::signatures::list(loaded.set.iter()))?;
            Ok(if loaded.refused {
                Exit::Unusable
            } else {
                Exit::Found
            })
        }
        SignaturesCommand::Show { id } => {
            let loaded = reading::signatures(global, output);
            output.tables(&view::signatures::show(known(&loaded.set, id)?))?;
            Ok(if loaded.refused {
                Exit::Unusable
            } else {
                Exit::Found
            })
        }
        SignaturesCommand::Check { files } => {
            let loaded = reading::signatures(global, output);
            check(files, &loaded.set, output)
        }
        SignaturesCommand::Test { ids, all } => {
            let loaded = reading::signatures(global, output);
            let exit = test(&loaded.set, ids, *all, output)?;
            Ok(if loaded.refused { Exit::Unusable } else { exit })
        }
        SignaturesCommand::Schema => {
            output.text(&schema::signature_schema())?;
            Ok(Exit::Found)
        }
    }
}

/// The signature of this id. People write an article's number in several ways: `253307` and
/// `KB253307` stand for `Q253307`, where there is no signature of just that name.
pub(super) fn find<'a>(set: &'a SignatureSet, id: &str) -> Option<&'a Signature> {
    let same = |s: &&Signature| number(id).is_some() && number(id) == number(&s.id);
    set.get(id).or_else(|| set.iter().find(same))
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
pub(super) fn known<'a>(set: &'a SignatureSet, id: &str) -> Result<&'a Signature, Stop> {
    find(set, id).ok_or_else(|| {
        if Path::new(id).exists() {
            return Stop::Usage(format!(
                "`{id}` is a path; the id of a signature comes first, such as Q253307 (`eventkb scan` \
                 finds out which one fits)"
            ));
        }
        let close = set
            .iter()
            .map(|s| s.id.as_str())
            .filter(|other| distance(id, other) <= 2);
        let close: Vec<&str> = close.take(3).collect();
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
        let (signature, problems) = eventkb::check_signature(file, set);
        for problem in &problems {
            print_problem(&file.display().to_string(), problem, output)?;
        }
        let errors = problems
            .iter()
            .filter(|p| p.severity == ProblemSeverity::Error)
            .count();
        let name = file.display();
        let verdict = match signature {
            Some(signature) if errors == 0 => format!("{name}: {} is sound", signature.id),
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

/// Stands the `.json` files of a folder in for the folder.
fn in_folders(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        let is_json = |file: &PathBuf| file.extension().is_some_and(|ext| ext == "json");
        let entries = std::fs::read_dir(path)
            .into_iter()
            .flatten()
            .filter_map(Result::ok);
        let mut inside: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_json).collect();
        inside.sort();
        if inside.is_empty() {
            inside.push(path.clone());
        }
        files.extend(inside);
    }
    files
}

fn print_problem(file: &str, problem: &Problem, output: &mut Output) -> Result<(), Stop> {
    let kind = match problem.severity {
        ProblemSeverity::Error => "error",
        ProblemSeverity::Warning => "warning",
    };
    let text = format!(
        "{}: {kind}: {}",
        reading::place(file, problem),
        problem.message
    );
    output.text(Clean::new(&text).as_str())?;
    for (label, more) in [
        ("at", Some(&problem.place)),
        ("help", problem.help.as_ref()),
    ] {
        if let Some(more) = more.filter(|more| !more.is_empty()) {
            output.text(&format!("\n    {label}: {}", Clean::new(more).as_str()))?;
        }
    }
    output.text("\n")
}

fn test(set: &SignatureSet, ids: &[String], all: bool, output: &mut Output) -> Result<Exit, Stop> {
    let ids = ids
        .iter()
        .map(|id| Ok(known(set, id)?.id.as_str()))
        .collect::<Result<Vec<_>, Stop>>()?;
    let mut results = eventkb::test_signatures(set);
    results.retain(|result| ids.is_empty() || ids.contains(&result.signature.as_str()));
    output.tables(&view::signatures::tested(&results, all))?;
    Ok(if results.iter().all(|result| result.ok) {
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
