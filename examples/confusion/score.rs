//! What came of the logs, counted by family and listed by article.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use eventkb::report::{Finding, Report, Standing, Verdict};
use eventkb::signature::examples::{Example, ExampleVerdict};
use eventkb::{SignatureHead, SignatureSet};

use crate::logs::{Form, QUIET};

/// Percent of the separable logs in which the right article must come first.
const WANTED: f64 = 95.0;

#[derive(Default)]
pub(crate) struct Score {
    families: BTreeMap<String, Counts>,
    /// Article to what is to be said of it, with how often.
    remarks: BTreeMap<String, BTreeMap<String, usize>>,
}

#[derive(Default, Clone, Copy)]
struct Counts {
    runs: usize,
    /// The right article stands above every other that rests on its telling records.
    first: usize,
    undecided: usize,
    missed: usize,
    wrong: usize,
    /// Logs of two rivals.
    pairs: usize,
    pairs_missed: usize,
}

/// A record: file, id, time in nanoseconds.
type Key = (String, Option<u64>, Option<i128>);

/// Records of symptoms that were found, all of them and the telling ones.
struct Evidence {
    all: BTreeSet<Key>,
    telling: BTreeSet<Key>,
}

impl Evidence {
    fn of(finding: &Finding) -> Evidence {
        let mut evidence = Evidence {
            all: BTreeSet::new(),
            telling: BTreeSet::new(),
        };
        for symptom in &finding.symptoms {
            let is_telling = matches!(symptom.role.as_str(), "core" | "strong");
            for proof in &symptom.citations {
                let time = proof.time.map(|time| time.as_nanosecond());
                let key = (proof.file.clone(), proof.record_id, time);
                if is_telling {
                    evidence.telling.insert(key.clone());
                }
                evidence.all.insert(key);
            }
        }
        evidence
    }

    fn is_background(&self) -> bool {
        !self.all.is_empty() && self.all.iter().all(|(file, ..)| file.starts_with(QUIET))
    }
}

impl Score {
    /// Judges a log that holds one example of one signature.
    pub(crate) fn judge(
        &mut self,
        set: &SignatureSet,
        head: &SignatureHead,
        example: &Example,
        form: Form,
        report: &Report,
    ) {
        let offered = || {
            report
                .findings
                .iter()
                .filter(|finding| finding.is_offered())
        };
        let id = head.id();
        let own = offered().find(|finding| finding.signature.id == id);
        let own_evidence = own.map(Evidence::of);
        let mut counts = Counts {
            runs: 1,
            ..Counts::default()
        };
        match (own, &own_evidence) {
            (Some(own), Some(evidence)) => {
                let above = offered().take_while(|other| other.signature.id != id);
                let above = above.filter(|other| other.standing <= own.standing);
                // Companion events have articles of their own, which may be worse problems.
                let mut rivals = above
                    .filter(|other| !Evidence::of(other).telling.is_disjoint(&evidence.telling));
                match rivals.next() {
                    None => counts.first = 1,
                    Some(better) if example.better.as_ref() == Some(&better.signature.id) => {
                        counts.first = 1;
                    }
                    Some(better) if is_inseparable(set, own, better, example) => {
                        counts.undecided = 1;
                        self.remark(id, format!("~ {}", better.signature.id));
                    }
                    Some(better) => {
                        self.remark(
                            id,
                            format!("AFTER {} ({})", better.signature.id, form.as_str()),
                        );
                    }
                }
            }
            _ => {
                counts.missed = 1;
                let what = format!("MISSED {:?} ({})", example.name, form.as_str());
                self.remark(id, what);
            }
        }
        for other in offered().filter(|other| other.signature.id != id) {
            if is_wrong(example, own_evidence.as_ref(), other) {
                counts.wrong += 1;
                self.remark(id, format!("WRONG MATCH {}", other.signature.id));
            }
        }
        self.add(head, counts);
    }

    /// Judges a log that holds an example of each of two rivals.
    pub(crate) fn judge_together(&mut self, pair: [&SignatureHead; 2], report: &Report) {
        let [head, rival] = pair;
        let is_offered = |id: &str| report.finding(id).is_some_and(Finding::is_offered);
        let mut missed = 0;
        for (id, beside) in [(head.id(), rival.id()), (rival.id(), head.id())] {
            if !is_offered(id) {
                missed = 1;
                self.remark(head.id(), format!("{id} MISSED BESIDE {beside}"));
            }
        }
        let counts = Counts {
            pairs: 1,
            pairs_missed: missed,
            ..Counts::default()
        };
        self.add(head, counts);
    }

    fn add(&mut self, head: &SignatureHead, counts: Counts) {
        self.families
            .entry(head.family().to_owned())
            .or_default()
            .add(counts);
    }

    fn remark(&mut self, id: &str, what: String) {
        *self
            .remarks
            .entry(id.to_owned())
            .or_default()
            .entry(what)
            .or_default() += 1;
    }

    /// The table, the articles with something to say of them, and the exit code.
    pub(crate) fn print(&self, verbose: bool) -> ExitCode {
        println!(
            "{:<28} {:>5} {:>5} {:>9} {:>6} {:>6} {:>5} {:>12}",
            "family", "logs", "first", "undecided", "missed", "wrong", "pairs", "pairs missed"
        );
        let mut sum = Counts::default();
        for (family, counts) in &self.families {
            line(family, *counts);
            sum.add(*counts);
        }
        line("all", sum);
        println!();
        for (id, remarks) in &self.remarks {
            let shown = |text: &&String| verbose || !text.starts_with('~');
            let remarks: Vec<String> = remarks
                .iter()
                .filter(|(text, _)| shown(text))
                .map(|(text, count)| format!("{text} {count}x"))
                .collect();
            if !remarks.is_empty() {
                println!("{id}: {}", remarks.join(", "));
            }
        }
        let separable = sum.runs - sum.undecided;
        let share = 100.0 * sum.first as f64 / separable.max(1) as f64;
        println!(
            "right article first in {} of {separable} separable logs ({share:.1} %), {} undecided, \
             {} wrong matches; of {} logs with two rivals {} miss one",
            sum.first, sum.undecided, sum.wrong, sum.pairs, sum.pairs_missed
        );
        // A wrong match is a mistake to be mended where it was made.
        match share >= WANTED && sum.wrong == 0 {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        }
    }
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.runs += other.runs;
        self.first += other.first;
        self.undecided += other.undecided;
        self.missed += other.missed;
        self.wrong += other.wrong;
        self.pairs += other.pairs;
        self.pairs_missed += other.pairs_missed;
    }
}

fn line(name: &str, counts: Counts) {
    println!(
        "{name:<28} {:>5} {:>5} {:>9} {:>6} {:>6} {:>5} {:>12}",
        counts.runs,
        counts.first,
        counts.undecided,
        counts.missed,
        counts.wrong,
        counts.pairs,
        counts.pairs_missed
    );
}

/// Whether the log cannot tell the right article from one that stands above it.
fn is_inseparable(set: &SignatureSet, own: &Finding, better: &Finding, example: &Example) -> bool {
    let named = named_as_rivals(set, &own.signature.id, &better.signature.id);
    let equal = Evidence::of(own).telling == Evidence::of(better).telling;
    let said = own
        .rivals
        .iter()
        .any(|r| r.id == better.signature.id && !r.separated);
    let same_verdict = own.verdict == better.verdict;
    // A part of the article's events may be all of a rival's.
    let part = example.verdict == ExampleVerdict::Possible;
    (same_verdict && (equal || (said && named))) || (part && (equal || named))
}

/// Whether an author named one of the two as a rival of the other.
fn named_as_rivals(set: &SignatureSet, a: &str, b: &str) -> bool {
    let names = |a: &str, b: &str| {
        let rivals = set.get(a).map(|signature| &signature.rivals);
        rivals.is_some_and(|rivals| rivals.iter().any(|rival| rival.id == b))
    };
    names(a, b) || names(b, a)
}

/// Whether a `match` of another article is wrong: see the program's head.
fn is_wrong(example: &Example, own: Option<&Evidence>, other: &Finding) -> bool {
    if other.verdict != Verdict::Match || other.standing != Standing::Problem {
        return false;
    }
    let evidence = Evidence::of(other);
    if evidence.is_background() {
        return true;
    }
    let Some(own) = own else {
        return false;
    };
    let shares = !evidence.telling.is_disjoint(&own.telling);
    let part = example.verdict == ExampleVerdict::Possible;
    shares && evidence.telling != own.telling && !part
}
