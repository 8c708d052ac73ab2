//! The signatures a scan asks, indexed by the events they care about.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::load::{self, Problem, ProblemSeverity, SignatureError};
use super::model::{NameSource, RuleOut, Signature, Symptom};
use super::sentence;
use crate::event::Event;
use crate::matcher::evaluate::SignaturePatterns;

/// The built-in signatures: file name and text. A test compares the list with the folder.
pub(crate) const BUILT_IN: &[(&str, &str)] = &[
    (
        "Q150927.json",
        include_str!("../../signatures/Q150927.json"),
    ),
    (
        "Q153758.json",
        include_str!("../../signatures/Q153758.json"),
    ),
    (
        "Q157630.json",
        include_str!("../../signatures/Q157630.json"),
    ),
    (
        "Q158279.json",
        include_str!("../../signatures/Q158279.json"),
    ),
    (
        "Q159182.json",
        include_str!("../../signatures/Q159182.json"),
    ),
    (
        "Q166308.json",
        include_str!("../../signatures/Q166308.json"),
    ),
    (
        "Q169113.json",
        include_str!("../../signatures/Q169113.json"),
    ),
    (
        "Q169716.json",
        include_str!("../../signatures/Q169716.json"),
    ),
    (
        "Q170056.json",
        include_str!("../../signatures/Q170056.json"),
    ),
    (
        "Q176396.json",
        include_str!("../../signatures/Q176396.json"),
    ),
    (
        "Q181513.json",
        include_str!("../../signatures/Q181513.json"),
    ),
    (
        "Q181721.json",
        include_str!("../../signatures/Q181721.json"),
    ),
    (
        "Q189494.json",
        include_str!("../../signatures/Q189494.json"),
    ),
    (
        "Q191594.json",
        include_str!("../../signatures/Q191594.json"),
    ),
    (
        "Q193380.json",
        include_str!("../../signatures/Q193380.json"),
    ),
    (
        "Q194031.json",
        include_str!("../../signatures/Q194031.json"),
    ),
    (
        "Q196045.json",
        include_str!("../../signatures/Q196045.json"),
    ),
    (
        "Q196381.json",
        include_str!("../../signatures/Q196381.json"),
    ),
    (
        "Q217142.json",
        include_str!("../../signatures/Q217142.json"),
    ),
    (
        "Q225196.json",
        include_str!("../../signatures/Q225196.json"),
    ),
    (
        "Q225206.json",
        include_str!("../../signatures/Q225206.json"),
    ),
    (
        "Q228901.json",
        include_str!("../../signatures/Q228901.json"),
    ),
    (
        "Q232389.json",
        include_str!("../../signatures/Q232389.json"),
    ),
    (
        "Q232602.json",
        include_str!("../../signatures/Q232602.json"),
    ),
    (
        "Q247782.json",
        include_str!("../../signatures/Q247782.json"),
    ),
    (
        "Q248488.json",
        include_str!("../../signatures/Q248488.json"),
    ),
    (
        "Q253307.json",
        include_str!("../../signatures/Q253307.json"),
    ),
    (
        "Q253310.json",
        include_str!("../../signatures/Q253310.json"),
    ),
    (
        "Q254818.json",
        include_str!("../../signatures/Q254818.json"),
    ),
    (
        "Q254909.json",
        include_str!("../../signatures/Q254909.json"),
    ),
    (
        "Q257727.json",
        include_str!("../../signatures/Q257727.json"),
    ),
    (
        "Q257995.json",
        include_str!("../../signatures/Q257995.json"),
    ),
    (
        "Q261251.json",
        include_str!("../../signatures/Q261251.json"),
    ),
    (
        "Q275468.json",
        include_str!("../../signatures/Q275468.json"),
    ),
    (
        "Q279537.json",
        include_str!("../../signatures/Q279537.json"),
    ),
    (
        "Q280449.json",
        include_str!("../../signatures/Q280449.json"),
    ),
    (
        "Q300048.json",
        include_str!("../../signatures/Q300048.json"),
    ),
    (
        "Q303156.json",
        include_str!("../../signatures/Q303156.json"),
    ),
    (
        "Q306959.json",
        include_str!("../../signatures/Q306959.json"),
    ),
    (
        "Q323733.json",
        include_str!("../../signatures/Q323733.json"),
    ),
];

/// What a signature wants to know of an event: one reason to look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Subscription {
    /// Index of the signature in its set.
    pub(crate) signature: u32,
    /// What the event is to it.
    pub(crate) part: Part,
}

/// What an event can be to a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Part {
    /// Symptom by index.
    Symptom(u16),
    /// `rules_out` clause by index.
    RuleOut(u16),
    /// A name of another computer, by index into `cause_check.names`.
    Name(u16),
    /// The computer's own name, by index into `cause_check.own_names`.
    OwnName(u16),
}

/// All events that any signature cares about: provider (folded) and event id.
#[derive(Debug, Clone, Default)]
pub struct Interest {
    providers: HashMap<String, HashMap<u16, Vec<Subscription>>>,
}

impl Interest {
    /// Whether an event of this provider and id could matter. Providers compare ignoring ASCII
    /// case; `event_source` is the classic source name, where the event has one.
    pub fn wants(&self, provider: &str, event_source: Option<&str>, event_id: u16) -> bool {
        self.ids_of(provider)
            .is_some_and(|ids| ids.contains_key(&event_id))
            || event_source
                .and_then(|source| self.ids_of(source))
                .is_some_and(|ids| ids.contains_key(&event_id))
    }

    /// Whether any event of this provider could matter.
    pub fn knows(&self, provider: &str) -> bool {
        self.ids_of(provider).is_some()
    }

    /// The provider names, folded to lower case, in no order.
    pub fn providers(&self) -> impl Iterator<Item = &str> {
        self.providers.keys().map(String::as_str)
    }

    fn ids_of(&self, provider: &str) -> Option<&HashMap<u16, Vec<Subscription>>> {
        // Most names are written as the signatures write them; fold only when that fails. The
        // stack buffer keeps the common miss free of allocation.
        let mut folded = [0_u8; 96];
        let bytes = provider.as_bytes();
        match folded.get_mut(..bytes.len()) {
            Some(slot) => {
                slot.copy_from_slice(bytes);
                slot.make_ascii_lowercase();
                self.providers.get(std::str::from_utf8(slot).ok()?)
            }
            None => self.providers.get(&provider.to_ascii_lowercase()),
        }
    }

    /// The subscriptions to an event, each once, in the order of the set.
    pub(crate) fn subscriptions(&self, event: &Event) -> Cow<'_, [Subscription]> {
        let of = |name: &str| {
            self.ids_of(name)
                .and_then(|ids| ids.get(&event.event_id))
                .map_or(&[][..], |s| s)
        };
        let of_provider = of(&event.provider);
        let Some(source) = &event.event_source else {
            return Cow::Borrowed(of_provider);
        };
        let mut all = of_provider.to_vec();
        all.extend_from_slice(of(source));
        all.sort_unstable();
        all.dedup();
        Cow::Owned(all)
    }

    fn add(&mut self, providers: &[String], event_id: u16, subscription: Subscription) {
        for provider in providers {
            let list = self
                .providers
                .entry(provider.to_ascii_lowercase())
                .or_default()
                .entry(event_id)
                .or_default();
            if !list.contains(&subscription) {
                list.push(subscription);
            }
        }
    }
}

/// A set of signatures, ready to be asked.
#[derive(Debug, Clone, Default)]
pub struct SignatureSet {
    signatures: Vec<Signature>,
    /// The compiled patterns of each signature, in the same order.
    patterns: Vec<SignaturePatterns>,
    by_id: HashMap<String, usize>,
    interest: Interest,
    built_in: usize,
}

impl SignatureSet {
    /// A set without any signature.
    pub fn empty() -> Self {
        SignatureSet::default()
    }

    /// The signatures compiled into the library.
    pub fn built_in() -> Self {
        let mut set = SignatureSet::empty();
        for (_, text) in BUILT_IN {
            // The files are checked by the tests; at run time they only need to be decoded.
            if let Ok(signature) = serde_json::from_str(text) {
                set.insert(signature);
            }
        }
        set.built_in = set.signatures.len();
        set
    }

    /// Adds one signature.
    ///
    /// # Errors
    /// When the set already has a signature with this id.
    pub fn add(&mut self, file: &str, signature: Signature) -> Result<(), SignatureError> {
        if self.by_id.contains_key(&signature.id) {
            return Err(refused(
                file,
                format!("there is a signature `{}` already", signature.id),
            ));
        }
        self.insert(signature);
        Ok(())
    }

    /// Adds a signature file, or every `.json` file of a folder (not of the folders below it), in
    /// the order of names. Sound files are added even when others are not. Gives the number added.
    ///
    /// # Errors
    /// One for each file that is not a usable signature, with all its problems.
    pub fn add_path(&mut self, path: &Path) -> Result<usize, Vec<SignatureError>> {
        let files = match signature_files(path) {
            Ok(files) => files,
            Err(error) => return Err(vec![error]),
        };
        let mut added = 0;
        let mut errors = Vec::new();
        for file in files {
            let name = file.display().to_string();
            match load::read_file(&file).and_then(|signature| self.add(&name, signature)) {
                Ok(()) => added += 1,
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() {
            Ok(added)
        } else {
            Err(errors)
        }
    }

    fn insert(&mut self, signature: Signature) {
        let index = self.signatures.len();
        let at = u32::try_from(index).unwrap_or(u32::MAX);
        let mut subscribe = |providers: &[String], event_id: u16, part: Part| {
            self.interest.add(
                providers,
                event_id,
                Subscription {
                    signature: at,
                    part,
                },
            );
        };
        let number = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        for (
            n,
            Symptom {
                provider, event_id, ..
            },
        ) in signature.symptoms.iter().enumerate()
        {
            subscribe(provider, *event_id, Part::Symptom(number(n)));
        }
        for (
            n,
            RuleOut {
                provider, event_id, ..
            },
        ) in signature.rules_out.iter().enumerate()
        {
            subscribe(provider, *event_id, Part::RuleOut(number(n)));
        }
        if let Some(cause) = &signature.cause_check {
            for (
                n,
                NameSource {
                    provider, event_id, ..
                },
            ) in cause.names.iter().enumerate()
            {
                subscribe(provider, *event_id, Part::Name(number(n)));
            }
            for (
                n,
                NameSource {
                    provider, event_id, ..
                },
            ) in cause.own_names.iter().enumerate()
            {
                subscribe(provider, *event_id, Part::OwnName(number(n)));
            }
        }
        self.by_id.insert(signature.id.clone(), index);
        self.patterns.push(SignaturePatterns::of(&signature));
        self.signatures.push(signature);
    }

    /// The signature with this id; ids compare ignoring case, so that `q253307` can be typed.
    pub fn get(&self, id: &str) -> Option<&Signature> {
        self.position(id).and_then(|at| self.signatures.get(at))
    }

    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied().or_else(|| {
            self.signatures
                .iter()
                .position(|s| s.id.eq_ignore_ascii_case(id))
        })
    }

    pub(crate) fn at(&self, index: usize) -> Option<&Signature> {
        self.signatures.get(index)
    }

    pub(crate) fn patterns(&self, index: usize) -> Option<&SignaturePatterns> {
        self.patterns.get(index)
    }

    /// All signatures, built-in ones first.
    pub fn iter(&self) -> impl Iterator<Item = &Signature> {
        self.signatures.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.signatures.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.signatures.is_empty()
    }

    /// How many of them are built in.
    pub fn built_in_count(&self) -> usize {
        self.built_in
    }

    /// The events that any of them cares about.
    pub fn interest(&self) -> &Interest {
        &self.interest
    }

    /// A classic event as a sentence in our own words, if any signature has one for it: the one
    /// that tells most of several. An event that carries its own text needs none.
    pub fn sentence(&self, event: &Event) -> Option<String> {
        self.interest
            .subscriptions(event)
            .iter()
            .filter_map(|subscription| {
                let signature = self.signatures.get(subscription.signature as usize)?;
                let Part::Symptom(n) = subscription.part else {
                    return None;
                };
                sentence::fill(signature.symptoms.get(usize::from(n))?, event)
            })
            // Of equally long ones the first: the answer must not depend on chance.
            .rev()
            .max_by_key(String::len)
    }
}

fn refused(file: &str, message: String) -> SignatureError {
    SignatureError {
        file: file.to_owned(),
        problems: vec![Problem {
            line: 0,
            column: 0,
            place: String::new(),
            message,
            help: None,
            severity: ProblemSeverity::Error,
        }],
    }
}

/// The signature files at `path`: itself, or the `.json` files of a folder.
fn signature_files(path: &Path) -> Result<Vec<PathBuf>, SignatureError> {
    let name = path.display().to_string();
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path)
        .map_err(|error| refused(&name, format!("cannot read the folder: {error}")))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|file| {
            file.extension()
                .is_some_and(|ext| ext.eq_ignore_ascii_case("json"))
        })
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(refused(&name, "the folder holds no .json file".to_owned()));
    }
    Ok(files)
}
