//! What is wrong with a document beyond its types, and what could be better.
//!
//! What a signature asks and the engine cannot honour is an error, never ignored; what it could do
//! better is a recommendation. Each lint has a code, a name, a file of its own with the words on
//! why, and a wrong and a right example that the tests run. `docs/lints.md` is made from them.
//!
//! | codes | folder | about |
//! |---|---|---|
//! | EK1xx | `head` | the article: texts, address, versions, updates |
//! | EK2xx | `symptoms` | events, conditions, captures, `only_if` |
//! | EK3xx | `rules` | join, rules, relations, cause checks: what refers to other parts |
//! | EK4xx | `set` | recommendations that look at the other signatures |
//! | EK5xx | `catalogue` | the catalogue and tables of codes |
//! | EK6xx | `examples` | examples |

mod catalogue;
mod examples;
mod head;
mod rules;
mod set;
mod symptoms;
mod walk;

use std::sync::Arc;

use super::catalogue::{CodeFile, ProviderEntry};
use super::compile;
use super::examples::Examples;
use super::json_path::JsonPath;
use super::model::Signature;
use super::nearest::did_you_mean;
use super::problem::ProblemSeverity;

/// One thing that documents are checked for.
#[derive(Debug)]
#[non_exhaustive]
pub struct Lint {
    /// Its code, such as `EK201`. Codes are never used for something else.
    pub code: &'static str,
    /// Its name, such as `no_symptoms`.
    pub name: &'static str,
    /// Whether a document is refused because of it.
    pub severity: ProblemSeverity,
    /// What must or should be so, in a sentence.
    pub summary: &'static str,
    /// Why.
    pub why: &'static str,
    /// What it finds, and how that is put right.
    pub example: LintExample,
    check: Check,
}

impl Lint {
    /// The kind of document that it looks at: `signature`, `catalogue`, `codes` or `examples`.
    pub fn document(&self) -> &'static str {
        match self.check {
            Check::Signature(_) | Check::InSet(_) => "signature",
            Check::Catalogue(_) => "catalogue",
            Check::Codes(_) => "codes",
            Check::Examples(_) | Check::ExamplesOf(_) => "examples",
        }
    }
}

/// A mistake and the same place without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LintExample {
    /// Where in a document, such as `symptoms[0]`; empty for its top.
    pub at: &'static str,
    /// Members that make the mistake; `null` stands for a member that is left out.
    pub wrong: &'static str,
    /// The same members without it.
    pub right: &'static str,
}

const fn example(at: &'static str, wrong: &'static str, right: &'static str) -> LintExample {
    LintExample { at, wrong, right }
}

/// What a lint looks at.
#[derive(Debug)]
enum Check {
    /// A signature alone.
    Signature(fn(&Signature, &mut Found<'_>)),
    /// A signature among others. Asked only of signatures without mistakes.
    InSet(fn(&Signature, &Others<'_>, &mut Found<'_>)),
    /// A file of the catalogue.
    Catalogue(fn(&ProviderEntry, &mut Found<'_>)),
    /// A table of codes.
    Codes(fn(&CodeFile, &mut Found<'_>)),
    /// A file of examples alone.
    Examples(fn(&Examples, &mut Found<'_>)),
    /// A file of examples with its signature.
    ExamplesOf(fn(&Examples, &Signature, &mut Found<'_>)),
}

/// The signatures and the catalogue among which a signature stands.
pub(crate) trait Neighbours {
    /// The signatures that ask for an event, each with its place in the order of all.
    fn asking_for_event(&self, provider: &str, event_id: u16) -> Vec<(usize, &Signature)>;
    /// The names that the catalogue has for values of an event.
    fn value_names(&self, provider: &str, event_id: u16) -> Vec<String>;
}

/// What stands around a signature.
pub(crate) struct Others<'s> {
    pub(crate) set: &'s dyn Neighbours,
    /// The examples of the signature itself, where there are any.
    pub(crate) examples: Option<Arc<Examples>>,
}

/// All lints, in the order of their codes.
const LINTS: [&[Lint]; 6] = [
    head::LINTS,
    symptoms::LINTS,
    rules::LINTS,
    set::LINTS,
    catalogue::LINTS,
    examples::LINTS,
];

/// All lints, in the order of their codes.
pub fn lints() -> impl Iterator<Item = &'static Lint> {
    LINTS.into_iter().flatten()
}

/// What a lint found at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) code: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) severity: ProblemSeverity,
}

impl Finding {
    /// A mistake that no lint has a code for: the document is not of the format.
    pub(crate) fn error(message: impl Into<String>) -> Finding {
        Finding {
            code: None,
            message: message.into(),
            help: None,
            severity: ProblemSeverity::Error,
        }
    }
}

/// Takes down what one lint finds.
struct Found<'f> {
    lint: &'static Lint,
    all: &'f mut Vec<(JsonPath, Finding)>,
}

impl Found<'_> {
    fn add(&mut self, path: &JsonPath, message: impl Into<String>) {
        self.push(path, message.into(), None);
    }

    fn add_help(&mut self, path: &JsonPath, message: impl Into<String>, help: impl Into<String>) {
        self.push(path, message.into(), Some(help.into()));
    }

    /// A name that is not among the known ones.
    fn unknown(&mut self, path: &JsonPath, what: &str, name: &str, known: &[&str]) {
        self.add_help(
            path,
            format!("there is no {what} `{name}`"),
            did_you_mean(name, known),
        );
    }

    fn push(&mut self, path: &JsonPath, message: String, help: Option<String>) {
        let finding = Finding {
            code: Some(self.lint.code),
            message,
            help,
            severity: self.lint.severity,
        };
        self.all.push((path.clone(), finding));
    }
}

/// Everything that lints find, in the order of their codes.
pub(crate) type Findings = Vec<(JsonPath, Finding)>;

fn run(found: &mut Findings, mut ask: impl FnMut(&Check, &mut Found<'_>)) {
    for lint in lints() {
        ask(&lint.check, &mut Found { lint, all: found });
    }
}

/// Adds everything there is to say about a signature alone.
pub(crate) fn check(signature: &Signature, found: &mut Findings) {
    run(found, |check, found| {
        if let Check::Signature(check) = check {
            check(signature, found);
        }
    });
}

/// Adds what there is to say about a signature without mistakes among others.
pub(crate) fn check_in_set(signature: &Signature, others: &Others<'_>, found: &mut Findings) {
    run(found, |check, found| {
        if let Check::InSet(check) = check {
            check(signature, others, found);
        }
    });
}

/// Adds everything there is to say about a file of the catalogue.
pub(crate) fn check_catalogue(entry: &ProviderEntry, found: &mut Findings) {
    run(found, |check, found| {
        if let Check::Catalogue(check) = check {
            check(entry, found);
        }
    });
}

/// Adds everything there is to say about a table of codes.
pub(crate) fn check_codes(codes: &CodeFile, found: &mut Findings) {
    run(found, |check, found| {
        if let Check::Codes(check) = check {
            check(codes, found);
        }
    });
}

/// Adds everything there is to say about a file of examples alone.
pub(crate) fn check_examples(examples: &Examples, found: &mut Findings) {
    run(found, |check, found| {
        if let Check::Examples(check) = check {
            check(examples, found);
        }
    });
}

/// Adds what there is to say about a file of examples without mistakes, beside its signature.
pub(crate) fn check_examples_of(examples: &Examples, signature: &Signature, found: &mut Findings) {
    run(found, |check, found| {
        if let Check::ExamplesOf(check) = check {
            check(examples, signature, found);
        }
    });
}

/// Whether a text can be an article's id: it is typed on command lines and makes file names.
pub(crate) fn is_id(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= MAX_ID
        && bytes.next().is_some_and(|b| b.is_ascii_alphanumeric())
        && bytes.all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        && !text.contains("..")
}

/// Letters of an id.
const MAX_ID: usize = 64;

/// What is wrong with a provider's name, if anything.
fn provider_mistake(provider: &str) -> Option<&'static str> {
    if provider.trim().is_empty() {
        return Some("a provider has a name");
    }
    if provider.trim() != provider {
        return Some("space around a provider's name is part of it, so no record has it");
    }
    let star = provider.find('*');
    star.is_some_and(|at| at + 1 < provider.len())
        .then_some("`*` stands for any rest, and only at the end")
}

/// What is wrong with a pattern, if anything.
fn pattern_mistake(pattern: &str) -> Option<String> {
    let most = crate::limits::MAX_PATTERN_BYTES;
    if pattern.len() > most {
        return Some(format!("a pattern has at most {most} bytes"));
    }
    if pattern.is_empty() {
        return Some("an empty pattern fits everything".to_owned());
    }
    if compile::pattern(pattern).is_ok() {
        return None;
    }
    Some(match regex_lite::Regex::new(pattern) {
        Ok(_) => "a pattern that counts so far takes too long to look for: ask for fewer repetitions (`+` and \
                  `*` cost nothing)"
            .to_owned(),
        Err(error) => format!("not a pattern: {error}"),
    })
}

/// The capture groups of a pattern that is one.
fn groups(pattern: &str) -> Option<usize> {
    if pattern.len() > crate::limits::MAX_PATTERN_BYTES {
        return None;
    }
    let regex = compile::pattern(pattern).ok()?;
    Some(regex.captures_len().saturating_sub(1))
}
