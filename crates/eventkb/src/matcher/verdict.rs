//! The verdict over one occurrence: first fast, as a yes or no, then in full, as a tree that says
//! of each part whether it holds and what was seen.

use super::evaluate::Met;
use super::occurrence::{Item, Occurrence, Role};
use crate::report::{CauseState, OutcomeNode, Verdict};
use crate::signature::model::{Rule, Signature};

/// What became of one symptom in one occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Found,
    Contradicted,
    /// The event is there, but the record does not carry the values asked for.
    Unreadable,
    Absent,
}

/// One occurrence, judged.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub(crate) occurrence: Occurrence,
    /// By symptom.
    pub(crate) states: Vec<State>,
    pub(crate) verdict: Option<Verdict>,
    /// The clause that rules the article out, by index, with the item that shows it.
    pub(crate) ruled_out_by: Option<(usize, usize)>,
}

/// Judges one occurrence.
pub(crate) fn judge(
    signature: &Signature,
    items: &[Item<'_>],
    occurrence: Occurrence,
    cause: CauseState,
) -> Judged {
    let states = (0..signature.symptoms.len())
        .map(|n| state(n, items, &occurrence))
        .collect();
    let facts = Facts {
        signature,
        states: &states,
        cause,
    };
    let ruled_out_by = occurrence.against.iter().find_map(|&n| {
        let Role::RuleOut(clause) = items.get(n)?.role else {
            return None;
        };
        let unless = signature.rules_out.get(clause)?.unless.as_ref();
        (!unless.is_some_and(|rule| facts.holds(rule))).then_some((clause, n))
    });
    let seen = |wanted: State| states.contains(&wanted);
    let verdict = if ruled_out_by.is_some() && (seen(State::Found) || seen(State::Contradicted)) {
        Some(Verdict::RuledOut)
    } else {
        rules(signature)
            .find(|(_, rule)| facts.holds(rule))
            .map(|(verdict, _)| verdict)
            .or_else(|| seen(State::Contradicted).then_some(Verdict::RuledOut))
    };
    Judged {
        occurrence,
        states,
        verdict,
        ruled_out_by,
    }
}

fn rules(signature: &Signature) -> impl Iterator<Item = (Verdict, &Rule)> {
    let verdicts = &signature.verdicts;
    [
        (Verdict::Match, verdicts.full.as_ref()),
        (Verdict::Likely, verdicts.likely.as_ref()),
        (Verdict::Possible, verdicts.possible.as_ref()),
    ]
    .into_iter()
    .filter_map(|(verdict, rule)| Some((verdict, rule?)))
}

fn state(symptom: usize, items: &[Item<'_>], occurrence: &Occurrence) -> State {
    occurrence
        .items
        .iter()
        .filter_map(|&n| items.get(n))
        .filter(|item| item.role == Role::Symptom(symptom))
        .fold(State::Absent, |state, item| match (state, item.met) {
            (State::Found, _) | (_, Met::Yes) => State::Found,
            (State::Contradicted, _) | (_, Met::No) => State::Contradicted,
            _ => State::Unreadable,
        })
}

struct Facts<'a> {
    signature: &'a Signature,
    states: &'a Vec<State>,
    cause: CauseState,
}

impl Facts<'_> {
    fn state(&self, id: &str) -> State {
        let position = self
            .signature
            .symptoms
            .iter()
            .position(|symptom| symptom.id == id);
        position
            .and_then(|n| self.states.get(n))
            .copied()
            .unwrap_or(State::Absent)
    }

    fn holds(&self, rule: &Rule) -> bool {
        let found = |id: &String| self.state(id) == State::Found;
        match rule {
            Rule::All(parts) => parts.iter().all(|part| self.holds(part)),
            Rule::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Rule::Not(part) => !self.holds(part),
            Rule::Found(ids) => ids.iter().all(found),
            Rule::AtLeast { count, of } => of.iter().filter(|id| found(id)).count() >= *count,
            Rule::Seen(ids) => ids.iter().all(|id| self.state(id) != State::Absent),
            Rule::Contradicted(ids) => ids.iter().any(|id| self.state(id) == State::Contradicted),
            Rule::Cause(wanted) => self.cause == *wanted,
        }
    }
}

/// The whole logic of a signature over one occurrence, or over nothing at all. `leaf` tells about
/// a symptom: its description and what was seen or where it was looked for.
pub(crate) fn tree(
    signature: &Signature,
    states: &Vec<State>,
    cause: CauseState,
    leaf: &dyn Fn(usize) -> OutcomeNode,
) -> Vec<OutcomeNode> {
    let facts = Facts {
        signature,
        states,
        cause,
    };
    rules(signature)
        .map(|(verdict, rule)| {
            let child = node(&facts, rule, leaf);
            OutcomeNode {
                label: verdict.as_str().to_owned(),
                met: child.met,
                detail: String::new(),
                children: vec![child],
            }
        })
        .collect()
}

fn node(facts: &Facts<'_>, rule: &Rule, leaf: &dyn Fn(usize) -> OutcomeNode) -> OutcomeNode {
    let leaves = |ids: &[String]| -> Vec<OutcomeNode> {
        ids.iter()
            .filter_map(|id| facts.signature.symptoms.iter().position(|s| s.id == *id))
            .map(leaf)
            .collect()
    };
    let (label, children) = match rule {
        Rule::All(parts) => (
            "all of".to_owned(),
            parts.iter().map(|p| node(facts, p, leaf)).collect(),
        ),
        Rule::Any(parts) => (
            "any of".to_owned(),
            parts.iter().map(|p| node(facts, p, leaf)).collect(),
        ),
        Rule::Not(part) => ("not".to_owned(), vec![node(facts, part, leaf)]),
        Rule::Found(ids) => ("found, with the values asked for".to_owned(), leaves(ids)),
        Rule::AtLeast { count, of } => (format!("at least {count} found of"), leaves(of)),
        Rule::Seen(ids) => ("seen, whatever the values".to_owned(), leaves(ids)),
        Rule::Contradicted(ids) => ("there only with other values".to_owned(), leaves(ids)),
        Rule::Cause(wanted) => {
            let detail = format!("it is {}", facts.cause.as_str());
            let label = format!("cause is {}", wanted.as_str());
            return OutcomeNode {
                label,
                met: facts.holds(rule),
                detail,
                children: Vec::new(),
            };
        }
    };
    let children = match rule {
        // Under these, a leaf is met by another state than `found`.
        Rule::Seen(ids) | Rule::Contradicted(ids) => relabel(facts, rule, ids, children),
        _ => children,
    };
    OutcomeNode {
        label,
        met: facts.holds(rule),
        detail: String::new(),
        children,
    }
}

fn relabel(
    facts: &Facts<'_>,
    rule: &Rule,
    ids: &[String],
    mut children: Vec<OutcomeNode>,
) -> Vec<OutcomeNode> {
    for (child, id) in children.iter_mut().zip(ids) {
        child.met = match rule {
            Rule::Seen(_) => facts.state(id) != State::Absent,
            _ => facts.state(id) == State::Contradicted,
        };
    }
    children
}
