//! The second net: what the first version found over testdata and over the examples of its 40
//! signatures, recorded before the engine was rewritten. What was meant to differ is listed in
//! `baseline/differences.json`, each with its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eventkb::{Report, ScanOptions, Session, SignatureSet, example_events, scan};
use serde::Deserialize;

#[derive(Deserialize)]
struct Baseline<T> {
    logs: T,
}

#[derive(Deserialize)]
struct Forms {
    logs: Vec<String>,
    findings: Vec<String>,
}

type OfExamples = BTreeMap<String, BTreeMap<String, Vec<Forms>>>;

/// A log, what the first version said of it, and why this one says something else.
#[derive(Deserialize)]
struct Difference {
    log: String,
    now: Vec<String>,
    why: String,
}

fn read<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/baseline")
        .join(name);
    let text = std::fs::read_to_string(&path).expect("a baseline");
    serde_json::from_str(&text).expect("JSON")
}

/// `id verdict cause occurrences`, best first, of the first version's signatures only.
fn lines(report: &Report, old: &BTreeSet<String>) -> Vec<String> {
    let findings = report
        .findings
        .iter()
        .filter(|f| old.contains(&f.signature.id));
    findings
        .map(|finding| {
            format!(
                "{} {} {} {}",
                finding.signature.id,
                finding.verdict.as_str(),
                finding.cause.state.as_str(),
                finding.occurrences
            )
        })
        .collect()
}

/// What is offered, in order; the order of what is ruled out means nothing.
fn comparable(lines: &[String]) -> (Vec<&String>, BTreeSet<&String>) {
    let (out, offered): (Vec<&String>, Vec<&String>) =
        lines.iter().partition(|line| line.contains(" ruled_out "));
    (offered, out.into_iter().collect())
}

struct Compared {
    differences: BTreeMap<String, Difference>,
    used: BTreeSet<String>,
    wrong: Vec<String>,
    same: usize,
}

impl Compared {
    fn new() -> Compared {
        let list: Vec<Difference> = read("differences.json");
        let differences = list.into_iter().map(|d| (d.log.clone(), d)).collect();
        Compared {
            differences,
            used: BTreeSet::new(),
            wrong: Vec::new(),
            same: 0,
        }
    }

    fn compare(&mut self, log: &str, was: &[String], now: &[String]) {
        let listed = self.differences.get(log);
        let wanted = listed.map_or(was, |difference| &difference.now);
        if let Some(difference) = listed {
            assert!(!difference.why.is_empty(), "{log} has no reason");
            self.used.insert(log.to_owned());
        }
        if comparable(wanted) == comparable(now) {
            self.same += 1;
        } else {
            self.wrong
                .push(format!("{log}\n  was {wanted:?}\n  now {now:?}"));
        }
    }

    fn end(self, what: &str) {
        let wrong = self.wrong.len();
        assert!(
            wrong == 0,
            "{wrong} differ, {} {what} are the same\n{}",
            self.same,
            self.wrong.join("\n")
        );
    }
}

#[test]
fn testdata_gives_what_the_first_version_gave() {
    let baseline: Baseline<BTreeMap<String, Vec<String>>> = read("testdata.json");
    let old: Baseline<OfExamples> = read("confusion.json");
    let old: BTreeSet<String> = old.logs.into_keys().collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let set = Arc::new(SignatureSet::built_in());
    let mut compared = Compared::new();
    for (log, was) in baseline
        .logs
        .iter()
        .filter(|(log, _)| log.starts_with("testdata"))
    {
        let paths: [PathBuf; 1] = [root.join(log)];
        let report = scan(&paths, &set, &ScanOptions::default());
        compared.compare(log, was, &lines(&report, &old));
    }
    compared.end("folders");
}

#[test]
fn examples_give_what_the_first_version_gave() {
    let baseline: Baseline<OfExamples> = read("confusion.json");
    let old: BTreeSet<String> = baseline.logs.keys().cloned().collect();
    let set = Arc::new(SignatureSet::built_in());
    let mut compared = Compared::new();
    for (id, examples) in &baseline.logs {
        let known = set.examples(id).expect("examples");
        for (name, forms) in examples {
            let Some(example) = known.examples.iter().find(|e| e.name == *name) else {
                panic!("{id}: the example \"{name}\" is gone");
            };
            let one = forms
                .iter()
                .find(|form| form.logs.iter().any(|log| log == "one file"));
            let mut session = Session::new(&set);
            for event in example_events(&example.events, &set) {
                session.feed(&event);
            }
            let now = lines(&session.finish(), &old);
            compared.compare(
                &format!("{id}: {name}"),
                &one.expect("a form").findings,
                &now,
            );
        }
    }
    compared.end("examples");
}
