//! Checks what the types alone cannot: that a signature asks only for what the matcher can do.
//!
//! What a signature asks and the engine cannot honour is an error, never ignored. What it could
//! do better is a recommendation.

use std::collections::HashSet;

use regex_lite::Regex;

use super::load::Note;
use super::locate::Place;
use super::model;
use super::model::{
    Capture, CauseCheck, Condition, ExampleVerdict, FromText, Layout, NameSource, Rule, Signature,
    Symptom,
};
use crate::limits;

/// Adds everything there is to say about `signature` to `found`.
pub(crate) fn check(signature: &Signature, found: &mut Vec<(Place, Note)>) {
    let mut check = Check {
        signature,
        found,
        root: Place::default(),
    };
    check.head();
    check.symptoms();
    check.join();
    check.verdicts();
    check.rules_out();
    check.cause();
    check.examples();
}

struct Check<'a> {
    signature: &'a Signature,
    found: &'a mut Vec<(Place, Note)>,
    root: Place,
}

impl Check<'_> {
    fn error(&mut self, place: Place, message: impl Into<String>) {
        self.found.push((place, Note::error(message)));
    }

    fn error_help(&mut self, place: Place, message: impl Into<String>, help: impl Into<String>) {
        self.found.push((place, Note::error(message).help(help)));
    }

    fn warn(&mut self, place: Place, message: impl Into<String>, help: impl Into<String>) {
        self.found.push((place, Note::warning(message, help)));
    }

    fn at(&self, key: &str) -> Place {
        self.root.key(key)
    }

    fn head(&mut self) {
        let signature = self.signature;
        let id_ok = !signature.id.is_empty()
            && signature.id.len() <= 64
            && signature
                .id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if !id_ok {
            self.error(
                self.at("id"),
                "an id has 1 to 64 letters, digits, `-`, `_` and `.`",
            );
        }
        if signature.revision == 0 {
            self.error(self.at("revision"), "revisions count from 1");
        }
        for (key, text, most) in [
            ("title", &signature.title, 120),
            ("cause", &signature.cause, 2000),
        ] {
            if text.trim().is_empty() {
                self.error(self.at(key), "must not be empty");
            } else if text.chars().count() > most {
                self.error(self.at(key), format!("has more than {most} characters"));
            }
        }
        if signature.resolution.is_empty() {
            self.error(self.at("resolution"), "needs at least one step");
        }
        let sides: Vec<&str> = signature
            .sides
            .iter()
            .map(|side| side.name.as_str())
            .collect();
        self.unique("sides", &sides);
        let ids: HashSet<&str> = signature.symptoms.iter().map(|s| s.id.as_str()).collect();
        for (n, logging) in signature.logging.iter().enumerate() {
            let place = self.at("logging").index(n).key("symptoms");
            self.known(&place, &logging.symptoms, &ids, "symptom");
        }
    }

    fn unique(&mut self, list: &str, names: &[&str]) {
        let mut seen = HashSet::new();
        for (n, name) in names.iter().enumerate() {
            if !seen.insert(*name) {
                self.error(self.at(list).index(n), format!("`{name}` is there twice"));
            }
        }
        if names.len() > limits::MAX_SIGNATURE_ITEMS {
            self.error(
                self.at(list),
                format!("more than {} entries", limits::MAX_SIGNATURE_ITEMS),
            );
        }
    }

    fn known(&mut self, place: &Place, names: &[String], known: &HashSet<&str>, what: &str) {
        for (n, name) in names.iter().enumerate() {
            if !known.contains(name.as_str()) {
                let mut all: Vec<&str> = known.iter().copied().collect();
                all.sort_unstable();
                self.error_help(
                    place.index(n),
                    format!("there is no {what} `{name}`"),
                    format!("there are: {}", all.join(", ")),
                );
            }
        }
    }

    fn symptoms(&mut self) {
        let signature = self.signature;
        if signature.symptoms.is_empty() {
            self.error(self.at("symptoms"), "needs at least one symptom");
        }
        let ids: Vec<&str> = signature.symptoms.iter().map(|s| s.id.as_str()).collect();
        self.unique("symptoms", &ids);
        for (n, symptom) in signature.symptoms.iter().enumerate() {
            let place = self.at("symptoms").index(n);
            self.symptom(&place, symptom);
        }
    }

    fn symptom(&mut self, place: &Place, symptom: &Symptom) {
        if symptom.id.is_empty() {
            self.error(place.key("id"), "must not be empty");
        }
        self.providers(place, &symptom.provider);
        if let Some(side) = &symptom.side
            && !self.signature.sides.iter().any(|known| known.name == *side)
        {
            self.error(place.key("side"), format!("there is no side `{side}`"));
        }
        for (n, category) in symptom.category.iter().enumerate() {
            if category.name.is_none() && category.number.is_none() {
                self.error(place.key("category").index(n), "needs a name or a number");
            }
        }
        self.values(
            place,
            &symptom.layouts,
            &symptom.conditions,
            &symptom.capture,
        );
        if let Some(sentence) = &symptom.sentence {
            self.sentence(&place.key("sentence"), sentence, &symptom.layouts);
        }
        for (n, from_text) in symptom.from_text.iter().enumerate() {
            self.text_pattern(&place.key("from_text").index(n), from_text);
        }
    }

    fn providers(&mut self, place: &Place, providers: &[String]) {
        if providers.is_empty() {
            self.error(place.key("provider"), "needs at least one provider");
        }
        for (n, provider) in providers.iter().enumerate() {
            if provider.trim().is_empty() {
                self.error(place.key("provider").index(n), "must not be empty");
            }
        }
    }

    fn values(
        &mut self,
        place: &Place,
        layouts: &[Layout],
        conditions: &[Condition],
        captures: &[Capture],
    ) {
        let mut counts = HashSet::new();
        for (n, layout) in layouts.iter().enumerate() {
            let at = place.key("layouts").index(n);
            if !counts.insert(layout.fields.len()) {
                self.error(
                    at,
                    "another layout has the same number of strings, so neither can be told",
                );
            }
        }
        for (n, condition) in conditions.iter().enumerate() {
            self.condition(&place.key("where").index(n), condition, layouts);
        }
        self.conflicts(place, conditions);
        let mut names = HashSet::new();
        for (n, capture) in captures.iter().enumerate() {
            let at = place.key("capture").index(n);
            if !names.insert(&capture.name) {
                self.error(at.clone(), format!("`{}` is captured twice", capture.name));
            }
            let subjects = usize::from(capture.string.is_some())
                + usize::from(capture.field.is_some())
                + usize::from(capture.named.is_some());
            if subjects > 1 || (subjects == 0 && capture.shape.is_none()) {
                self.error(
                    at.clone(),
                    "needs exactly one of `string`, `field`, `named`, or a `shape` alone",
                );
            }
            self.subject(&at, capture.string, capture.field.as_deref(), layouts);
        }
    }

    fn subject(
        &mut self,
        place: &Place,
        string: Option<usize>,
        field: Option<&str>,
        layouts: &[Layout],
    ) {
        if let Some(string) = string {
            let most = layouts.iter().map(|layout| layout.fields.len()).max();
            if string == 0 || string > limits::MAX_STRINGS {
                self.error(
                    place.key("string"),
                    format!("strings are counted from 1 to {}", limits::MAX_STRINGS),
                );
            } else if let Some(most) = most
                && string > most
            {
                self.warn(
                    place.key("string"),
                    format!("no layout has a string {string}, so this can never hold"),
                    "use a position that a layout has, or correct the layouts",
                );
            }
        }
        if let Some(field) = field
            && !layouts
                .iter()
                .any(|layout| layout.fields.iter().any(|name| name == field))
        {
            self.error(
                place.key("field"),
                format!("no layout has a field `{field}`"),
            );
        }
    }

    fn condition(&mut self, place: &Place, condition: &Condition, layouts: &[Layout]) {
        let subjects = [
            condition.string.is_some(),
            condition.field.is_some(),
            condition.any_string,
            condition.named.is_some(),
            condition.message,
        ];
        if subjects.iter().filter(|given| **given).count() != 1 {
            self.error(
                place.clone(),
                "needs exactly one subject: `string`, `field`, `any_string`, `named` or `message`",
            );
        }
        let tests = [
            condition.number.is_some(),
            condition.number_in.is_some(),
            condition.text.is_some(),
            condition.text_ignoring_case.is_some(),
            condition.pattern.is_some(),
        ];
        if tests.iter().filter(|given| **given).count() != 1 {
            self.error(
                place.clone(),
                "needs exactly one test: `number`, `number_in`, `text`, `text_ignoring_case` or `pattern`",
            );
        }
        self.subject(place, condition.string, condition.field.as_deref(), layouts);
        if condition.number_in.as_ref().is_some_and(Vec::is_empty) {
            self.error(
                place.key("number_in"),
                "names no number, so it can never hold",
            );
        }
        if let Some(pattern) = &condition.pattern {
            self.pattern(&place.key("pattern"), pattern, None);
        }
        for (key, text) in [
            ("text", &condition.text),
            ("text_ignoring_case", &condition.text_ignoring_case),
        ] {
            if let Some(text) = text
                && !text.is_empty()
                && text.trim().parse::<i64>().is_ok()
            {
                self.warn(
                    place.key(key),
                    format!("the number {text} is compared as text"),
                    "use `number`, which reads `05` and `0x5` as well and never takes 50 for 5",
                );
            }
        }
    }

    /// Two conditions on one subject that exclude each other can never both hold.
    fn conflicts(&mut self, place: &Place, conditions: &[Condition]) {
        for (n, a) in conditions.iter().enumerate() {
            for b in conditions.iter().take(n) {
                let same = a.string.is_some() && a.string == b.string
                    || a.field.is_some() && a.field == b.field
                    || a.named.is_some() && a.named == b.named;
                if same
                    && !a.not
                    && !b.not
                    && let (Some(x), Some(y)) = (a.number, b.number)
                    && x != y
                {
                    self.warn(
                        place.key("where").index(n),
                        format!("the same value cannot be {x} and {y}, so this can never hold"),
                        "use `number_in` for either",
                    );
                }
            }
        }
    }

    fn pattern(&mut self, place: &Place, pattern: &str, groups: Option<usize>) {
        if pattern.len() > limits::MAX_PATTERN_BYTES {
            self.error(
                place.clone(),
                format!(
                    "a pattern may have at most {} bytes",
                    limits::MAX_PATTERN_BYTES
                ),
            );
            return;
        }
        match Regex::new(pattern) {
            Err(error) => self.error(place.clone(), format!("not a pattern: {error}")),
            Ok(regex) => {
                let have = regex.captures_len() - 1;
                if let Some(want) = groups
                    && have != want
                {
                    self.error_help(
                        place.clone(),
                        format!("has {have} capture groups, must have exactly {want}"),
                        "write (?:...) for groups that capture nothing",
                    );
                }
            }
        }
    }

    fn text_pattern(&mut self, place: &Place, from_text: &FromText) {
        if from_text.string == 0 || from_text.string > limits::MAX_STRINGS {
            self.error(place.key("string"), "strings are counted from 1");
        }
        self.pattern(&place.key("pattern"), &from_text.pattern, Some(1));
    }

    fn sentence(&mut self, place: &Place, sentence: &str, layouts: &[Layout]) {
        for name in super::sentence::placeholders(sentence) {
            let known = match name.parse::<usize>() {
                Ok(position) => (1..=limits::MAX_STRINGS).contains(&position),
                Err(_) => layouts
                    .iter()
                    .any(|layout| layout.fields.iter().any(|f| f == name)),
            };
            if !known {
                self.error_help(
                    place.clone(),
                    format!("nothing fills in `{{{name}}}`"),
                    "use a position from 1 or a field of a layout",
                );
            }
        }
    }

    fn join(&mut self) {
        let signature = self.signature;
        let join = &signature.join;
        let place = self.at("join");
        let captures = |captures: &[Capture], name: &str| captures.iter().any(|c| c.name == name);
        let symptoms = &signature.symptoms;
        let captured = |name: &str| symptoms.iter().any(|s| captures(&s.capture, name));
        let against = |name: &str| {
            let clauses = &signature.rules_out;
            clauses.iter().any(|clause| captures(&clause.capture, name))
        };
        if let Some(name) = join.key.as_ref().filter(|name| !captured(name)) {
            self.error(place.key("key"), format!("no symptom captures `{name}`"));
        }
        // Which computer an event is about also matters where it speaks against the article.
        let peer = join.peer.as_ref();
        if let Some(name) = peer.filter(|name| !captured(name) && !against(name)) {
            self.error(place.key("peer"), format!("nothing captures `{name}`"));
        }
        for (key, window) in [
            ("window_s", join.window_s),
            ("across_window_s", join.across_window_s),
            ("attempt_gap_s", join.attempt_gap_s),
        ] {
            if window == 0 || window > limits::MAX_WINDOW_S {
                self.error(
                    place.key(key),
                    format!("must be between 1 and {} seconds", limits::MAX_WINDOW_S),
                );
            }
        }
        if join.attempt_gap_s > join.window_s {
            self.error(place.key("attempt_gap_s"), "must not exceed `window_s`");
        }
        for (n, anchor) in join.anchor.iter().enumerate() {
            let at = place.key("anchor").index(n);
            match signature.symptoms.iter().find(|s| s.id == *anchor) {
                None => self.error(at, format!("there is no symptom `{anchor}`")),
                Some(symptom) if symptom.place == model::Place::AnyComputer => self.error(
                    at,
                    "a symptom that may sit on any computer cannot anchor an occurrence",
                ),
                Some(_) => {}
            }
        }
        let local = signature
            .symptoms
            .iter()
            .filter(|s| s.place == model::Place::SameComputer)
            .count();
        if join.anchor.is_empty() && local > 1 {
            self.warn(
                place,
                "a window without an anchor: occurrences are built around the symptoms by role",
                "name the most telling symptom in `anchor`",
            );
        }
    }

    fn verdicts(&mut self) {
        let verdicts = &self.signature.verdicts;
        let place = self.at("verdicts");
        if verdicts.full.is_none() && verdicts.likely.is_none() && verdicts.possible.is_none() {
            self.error(
                place.clone(),
                "needs at least one of `match`, `likely` and `possible`",
            );
        }
        for (key, rule) in [
            ("match", &verdicts.full),
            ("likely", &verdicts.likely),
            ("possible", &verdicts.possible),
        ] {
            if let Some(rule) = rule {
                self.rule(&place.key(key), rule, 0);
            }
        }
    }

    fn rule(&mut self, place: &Place, rule: &Rule, depth: usize) {
        if depth > limits::MAX_RULE_DEPTH {
            self.error(
                place.clone(),
                format!("nested deeper than {}", limits::MAX_RULE_DEPTH),
            );
            return;
        }
        let ids: HashSet<&str> = self
            .signature
            .symptoms
            .iter()
            .map(|s| s.id.as_str())
            .collect();
        match rule {
            Rule::All(parts) | Rule::Any(parts) => {
                let key = if matches!(rule, Rule::All(_)) {
                    "all"
                } else {
                    "any"
                };
                if parts.is_empty() {
                    self.error(place.key(key), "must not be empty");
                }
                for (n, part) in parts.iter().enumerate() {
                    self.rule(&place.key(key).index(n), part, depth + 1);
                }
            }
            Rule::Not(part) => self.rule(&place.key("not"), part, depth + 1),
            Rule::Found(names) => self.names(&place.key("found"), names, &ids),
            Rule::Seen(names) => self.names(&place.key("seen"), names, &ids),
            Rule::Contradicted(names) => self.names(&place.key("contradicted"), names, &ids),
            Rule::AtLeast { count, of } => {
                let place = place.key("at_least");
                self.names(&place.key("of"), of, &ids);
                if *count == 0 || *count > of.len() {
                    self.error(
                        place.key("count"),
                        format!(
                            "must be between 1 and {}, the number of symptoms in `of`",
                            of.len()
                        ),
                    );
                }
            }
            Rule::Cause(_) => {
                if self.signature.cause_check.is_none() {
                    self.error(
                        place.clone(),
                        "asks for the cause, but there is no `cause_check`",
                    );
                }
            }
        }
    }

    fn names(&mut self, place: &Place, names: &[String], ids: &HashSet<&str>) {
        if names.is_empty() {
            self.error(place.clone(), "must not be empty");
        }
        self.known(place, names, ids, "symptom");
    }

    fn rules_out(&mut self) {
        let signature = self.signature;
        let ids: Vec<&str> = signature.rules_out.iter().map(|r| r.id.as_str()).collect();
        self.unique("rules_out", &ids);
        for (n, clause) in signature.rules_out.iter().enumerate() {
            let place = self.at("rules_out").index(n);
            self.providers(&place, &clause.provider);
            self.values(&place, &clause.layouts, &clause.conditions, &clause.capture);
            if let Some(rule) = &clause.unless {
                self.rule(&place.key("unless"), rule, 0);
            }
            if clause.better.as_deref() == Some(signature.id.as_str()) {
                self.error(place.key("better"), "names this signature itself");
            }
        }
        for (n, rival) in signature.rivals.iter().enumerate() {
            if rival.id == signature.id {
                self.error(
                    self.at("rivals").index(n).key("id"),
                    "names this signature itself",
                );
            }
        }
    }

    fn cause(&mut self) {
        let Some(cause) = &self.signature.cause_check else {
            return;
        };
        let place = self.at("cause_check");
        let CauseCheck {
            names,
            own_names,
            confirmed_by,
            contradicted_by,
            ..
        } = cause;
        if names.is_empty() {
            self.error(
                place.key("names"),
                "needs at least one place that gives a name",
            );
        }
        if confirmed_by.is_empty() {
            self.error(
                place.key("confirmed_by"),
                "names no result, so nothing could confirm the cause",
            );
        }
        for (n, result) in contradicted_by.iter().enumerate() {
            if confirmed_by.contains(result) {
                self.error(
                    place.key("contradicted_by").index(n),
                    "the same result cannot confirm and contradict",
                );
            }
        }
        for (list, sources) in [("names", names), ("own_names", own_names)] {
            for (n, source) in sources.iter().enumerate() {
                self.name_source(&place.key(list).index(n), source);
            }
        }
    }

    fn name_source(&mut self, place: &Place, source: &NameSource) {
        self.providers(place, &source.provider);
        if source.string.is_none() && source.pattern.is_none() {
            self.error(place.clone(), "needs a `string`, a `pattern` or both");
        }
        if source.string == Some(0) {
            self.error(place.key("string"), "strings are counted from 1");
        }
        for (key, pattern) in [
            ("pattern", &source.pattern),
            ("from_text", &source.from_text),
        ] {
            if let Some(pattern) = pattern {
                self.pattern(&place.key(key), pattern, Some(1));
            }
        }
    }

    fn examples(&mut self) {
        let signature = self.signature;
        let names: Vec<&str> = signature.examples.iter().map(|e| e.name.as_str()).collect();
        self.unique("examples", &names);
        let offered = |verdict: ExampleVerdict| {
            matches!(
                verdict,
                ExampleVerdict::Match | ExampleVerdict::Likely | ExampleVerdict::Possible
            )
        };
        if !signature
            .examples
            .iter()
            .any(|example| offered(example.verdict))
        {
            self.warn(
                self.at(if signature.examples.is_empty() {
                    "id"
                } else {
                    "examples"
                }),
                "has no example that it must match",
                "add the events of the article as an example",
            );
        }
        if !signature
            .examples
            .iter()
            .any(|example| !offered(example.verdict))
        {
            self.warn(
                self.at(if signature.examples.is_empty() {
                    "id"
                } else {
                    "examples"
                }),
                "has no example that it must not match",
                "add the events of the closest rival with the verdict `not_offered`",
            );
        }
        for (n, example) in signature.examples.iter().enumerate() {
            let place = self.at("examples").index(n);
            if example.events.is_empty() {
                self.error(place.key("events"), "needs at least one event");
            }
            if example.cause.is_some() && signature.cause_check.is_none() {
                self.error(place.key("cause"), "there is no `cause_check`");
            }
        }
    }
}
