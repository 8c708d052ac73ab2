//! A first draft of a signature: what an article's entry in an index says, what records of a dump
//! show, and a note on everything that was guessed.
//!
//! A draft is sound JSON of the second format, with examples that it passes. It is no signature yet:
//! an index knows which events an article names and where, but neither which of them decide nor
//! what the article says of cause and cure. `notes` list what to look at, each with its line.
//!
//! - `parts`: the symptoms, from articles and from records.
//! - `values`: what a symptom asks of values, and which it keeps.
//! - `records`: the records of a dump that it is made of.
//! - `example`: a log that the draft must match, and one that it must not.

mod example;
mod parts;
mod records;
mod values;

use eventkb_logs::event::Event;

use crate::articles::{Article, ArticleIndex, EventRole, Problem};
use crate::knowledge::SignatureSet;
use crate::report::{Severity, Standing};
use crate::signature::examples::Examples;
use crate::signature::lint;
use crate::signature::model::{FORMAT, Join, Product, Rival, Role, Rule, Signature, Verdicts};
use parts::{Part, Parts};

pub use records::{DraftWanted, draft_records};

/// Longest title of a signature.
const LONGEST_TITLE: usize = 120;

/// Rivals that are written down.
const MOST_RIVALS: usize = 12;

/// Letters of an id that are kept before what tells a draft apart, and how many ids are tried.
const LONGEST_ID: usize = 50;
const MOST_TRIED: usize = 1_000;

/// Most symptoms of a draft: an article that names more is a catalogue of events.
const MOST_SYMPTOMS: usize = 32;

/// A draft with its examples.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Draft {
    /// The draft. Its `notes` say what to review.
    pub signature: Signature,
    /// A log it matches, and one it must not match.
    pub examples: Examples,
}

/// Why there is no draft.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DraftError {
    /// No index has the article.
    #[error("no index has an article `{id}`; `eventkb articles find --text WORDS` looks for one")]
    NoArticle {
        /// What was asked for.
        id: String,
    },
    /// The article names no event that is a sign of its problem.
    #[error(
        "{id} names no event that is a sign of its problem; give records of it (--from, --record)"
    )]
    NoEvents {
        /// The article.
        id: String,
    },
    /// There are no records to start from.
    #[error("there are no records to make a draft of")]
    NoRecords,
}

/// Makes a draft of an article of these indexes. `records` are records of the events that it names,
/// if there are any: values and layouts are taken from them.
///
/// # Errors
/// When no index has the article, or it names no events.
pub fn draft_of_article(
    id: &str,
    indexes: &[ArticleIndex],
    records: &[Event],
    set: &SignatureSet,
) -> Result<Draft, DraftError> {
    let article = indexes.iter().find_map(|index| index.by_id(id).next());
    let article = article.ok_or_else(|| DraftError::NoArticle { id: id.to_owned() })?;
    let (at, problem) = main_problem(article).ok_or_else(|| DraftError::NoEvents {
        id: article.id.to_string(),
    })?;
    let mut parts = Parts::of_problem(problem, indexes, records, set);
    parts.notes.extend(other_problems(article, at));
    if parts.parts.len() > MOST_SYMPTOMS {
        let named = parts.parts.len();
        parts.parts.truncate(MOST_SYMPTOMS);
        parts.notes.push(format!(
            "review: the article names {named} events; the draft has {MOST_SYMPTOMS} of them"
        ));
    }
    let mut signature = head(article);
    let harmless = problem
        .events
        .iter()
        .all(|event| event.role != EventRole::Symptom);
    if harmless {
        signature.standing = Standing::Harmless;
        signature.severity = Severity::Low;
    }
    signature.rivals = rivals(article, &parts, indexes);
    Ok(finish(signature, parts, set))
}

/// Makes a draft of records alone: those of the problem that shall be known again.
///
/// # Errors
/// When there are none.
pub fn draft_of_records(
    id: &str,
    records: &[Event],
    set: &SignatureSet,
) -> Result<Draft, DraftError> {
    if records.is_empty() {
        return Err(DraftError::NoRecords);
    }
    let parts = Parts::of_records(records, set);
    let mut signature = blank(id);
    signature.title = format!("{} (draft)", parts.named());
    signature.title = cut(&signature.title);
    signature.notes.push(
        "DRAFT made of records. Review every field, then delete these notes; names and addresses in \
         the examples are those of the log."
            .into(),
    );
    Ok(finish(signature, parts, set))
}

/// The problem with the most symptoms, of several the first, and its number.
fn main_problem(article: &Article) -> Option<(usize, &Problem)> {
    let signs = |problem: &Problem| {
        let is_sign = |role| matches!(role, EventRole::Symptom | EventRole::Harmless);
        problem
            .events
            .iter()
            .filter(|event| is_sign(event.role))
            .count()
    };
    let problems = article.problems.iter().enumerate();
    let with = problems.filter(|(_, problem)| signs(problem) > 0);
    with.max_by_key(|(at, problem)| (signs(problem), std::cmp::Reverse(*at)))
}

fn other_problems(article: &Article, main: usize) -> impl Iterator<Item = String> {
    let others = article.problems.iter().enumerate();
    let others = others.filter(move |(at, problem)| *at != main && !problem.events.is_empty());
    others.map(|(_, problem)| {
        let ids: Vec<String> = problem.events.iter().map(|e| e.event_id.to_string()).collect();
        format!(
            "review: lines {} to {} are about another problem, perhaps a signature of its own: events {}",
            problem.lines.first,
            problem.lines.last,
            ids.join(", ")
        )
    })
}

fn blank(id: &str) -> Signature {
    Signature {
        schema: None,
        format: FORMAT,
        id: usable_id(id),
        revision: 1,
        title: String::new(),
        url: None,
        products: Vec::new(),
        standing: Standing::Problem,
        severity: Severity::Medium,
        cause: "TO DO: the cause, in short own words.".into(),
        resolution: vec!["TO DO: what to do, step by step, in own words.".into()],
        collect: Vec::new(),
        references: Vec::new(),
        notes: Vec::new(),
        logging: Vec::new(),
        sides: Vec::new(),
        symptoms: Vec::new(),
        join: Join::default(),
        verdicts: None,
        relations: Vec::new(),
        rules_out: Vec::new(),
        rivals: Vec::new(),
        cause_checks: Vec::new(),
        applies_to: Vec::new(),
        fix: None,
    }
}

/// An id that a signature may have, as near to the given one as can be.
fn usable_id(id: &str) -> String {
    let mut usable = String::new();
    for c in id.trim().chars().take(64) {
        let plain = c.is_ascii_alphanumeric() || "-_.".contains(c);
        let c = if plain { c } else { '-' };
        // No two dots in a row, and a letter or digit first.
        let fits = match c {
            '.' => !usable.is_empty() && !usable.ends_with('.'),
            c => !usable.is_empty() || c.is_ascii_alphanumeric(),
        };
        if fits {
            usable.push(c);
        }
    }
    let usable = usable.trim_end_matches(['-', '.']).to_owned();
    if lint::is_id(&usable) {
        usable
    } else {
        "DRAFT".into()
    }
}

/// At most as long as a title may be.
fn cut(text: &str) -> String {
    match text.chars().count() {
        0..=LONGEST_TITLE => text.to_owned(),
        _ => {
            let start: String = text.chars().take(LONGEST_TITLE - 3).collect();
            start.trim_end().to_owned() + "..."
        }
    }
}

fn head(article: &Article) -> Signature {
    let mut signature = blank(&article.id);
    signature.title = match article.title.trim() {
        "" => format!("TO DO: a title ({})", article.id),
        title => cut(title),
    };
    signature.url = article.url.as_deref().map(str::to_owned);
    signature.products = article.products.iter().map(|name| product(name)).collect();
    let source = article.source().unwrap_or("an index of articles");
    signature.notes.push(format!(
        "DRAFT of {} ({source}), made of what an index knows of it. Review every field, then delete \
         these notes.",
        article.id
    ));
    signature.notes.push(
        "review: title: it is the article's; say it in own words. cause, resolution: to be written. \
         severity: guessed"
            .into(),
    );
    if !signature.products.is_empty() {
        let note = "review: products: as the article's head lists them".into();
        signature.notes.push(note);
    }
    signature
}

/// `Microsoft Exchange Server, version 5.5` is a name and a version.
fn product(written: &str) -> Product {
    let marks = [", version ", ", versions ", " version ", " versions "];
    let split = marks.iter().find_map(|mark| written.split_once(mark));
    let (name, versions) = split.unwrap_or((written, ""));
    let versions = versions
        .split([',', ' '])
        .filter(|v| v.starts_with(|c: char| c.is_ascii_digit()));
    Product {
        name: name.trim().to_owned(),
        versions: versions.map(str::to_owned).collect(),
    }
}

/// Articles that name the same events, those with the most in common first.
fn rivals(article: &Article, parts: &Parts, indexes: &[ArticleIndex]) -> Vec<Rival> {
    let mut shared: Vec<(usize, &Article)> = Vec::new();
    for other in parts.naming(indexes) {
        if other.id.eq_ignore_ascii_case(&article.id) || !lint::is_id(&other.id) {
            continue;
        }
        match shared.iter_mut().find(|(_, known)| known.id == other.id) {
            Some((count, _)) => *count += 1,
            None => shared.push((1, other)),
        }
    }
    // In the order of the index among equals.
    shared.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let rivals = shared
        .iter()
        .take(MOST_RIVALS - 1)
        .map(|(count, other)| Rival {
            id: other.id.to_string(),
            difference: parts.difference(other, *count),
            general: false,
            next: None,
        });
    rivals.collect()
}

/// A signature that is there keeps its id: a draft under the same one could not be loaded beside it.
fn take_free_id(signature: &mut Signature, set: &SignatureSet) {
    let taken = signature.id.clone();
    if set.get(&taken).is_none() {
        return;
    }
    let begin: String = taken.chars().take(LONGEST_ID).collect();
    let ids = (1_u32..).map(|n| match n {
        1 => format!("{begin}-draft"),
        n => format!("{begin}-draft{n}"),
    });
    let free = ids.take(MOST_TRIED).find(|id| set.get(id).is_none());
    signature.id = free.unwrap_or(taken.clone());
    signature.notes.push(format!(
        "review: id: there is a signature `{taken}` already; see `eventkb signatures show {taken}`"
    ));
    signature.rivals.insert(
        0,
        Rival {
            id: taken,
            difference: "TO DO: there is a signature of this article already; say what tells them \
                         apart."
                .into(),
            general: false,
            next: None,
        },
    );
}

/// Roles, rules, notes and examples.
fn finish(mut signature: Signature, mut parts: Parts, set: &SignatureSet) -> Draft {
    take_free_id(&mut signature, set);
    let all: Vec<String> = parts
        .parts
        .iter()
        .map(|part| part.symptom.id.clone())
        .collect();
    let is_core = |part: &&Part| part.symptom.role == Role::Core;
    let cores: Vec<String> = parts
        .parts
        .iter()
        .filter(is_core)
        .map(|part| part.symptom.id.clone())
        .collect();
    if all.len() > 1 {
        // An article hardly ever says whether all of its events are logged: any of those that tell
        // is a start, and more is more.
        let some = |count: usize, of: &[String]| Rule::AtLeast {
            count,
            of: of.to_vec(),
        };
        signature.verdicts = Some(Verdicts {
            full: Some(Rule::Found(all.clone())),
            likely: (all.len() > 2).then(|| Rule::All(vec![some(1, &cores), some(2, &all)])),
            possible: Some(some(1, &cores)),
        });
        parts.notes.push(
            "review: verdicts: that the events are logged together is guessed; `possible` asks for \
             one of the most telling"
                .into(),
        );
    }
    signature.join.window_s = parts.window_s.unwrap_or(signature.join.window_s);
    signature.symptoms = parts
        .parts
        .iter()
        .map(|part| part.symptom.clone())
        .collect();
    signature.notes.append(&mut parts.notes);
    if !signature.rivals.is_empty() {
        let note =
            "review: rivals: worked out from the events they share; say what tells them apart";
        signature.notes.push(note.into());
    }
    let examples = example::examples(&mut signature, &parts.parts, set);
    Draft {
        signature,
        examples,
    }
}
