//! The verdict over one occurrence: first fast, as a yes or no; in full, as a tree, only where it
//! is asked for.

use std::collections::BTreeSet;

use smallvec::{SmallVec, smallvec};

use super::Collection;
use super::computers::Machine;
use super::coverage::Whose;
use super::items::{Evidence, Item, ItemKind, Items, Standing};
use super::occurrence::Occurrence;
use super::versions::{self, NotApplicable};
use crate::report::{CauseReport, CauseState, RuleNode, RuleOp, SymptomState, Verdict};
use crate::signature::compile::{Compiled, CompiledRelation, CompiledRule};
use crate::signature::model::{Comparison, Role};
use crate::signature::{number, text};

/// What became of one symptom in one occurrence. In the order in which one event outweighs another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    Found,
    /// The event is there with its values, but `only_if` does not hold.
    Unqualified,
    Contradicted,
    /// The event is there, but the record or the logs do not carry what would tell.
    Unreadable,
    Absent,
}

/// By symptom.
pub(crate) type States = SmallVec<[State; 16]>;

/// One occurrence, judged.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub(crate) occurrence: Occurrence,
    /// Its place in the order in which occurrences are built.
    pub(crate) number: usize,
    /// By symptom.
    pub(crate) states: States,
    pub(crate) verdict: Option<Verdict>,
    /// The item that rules the article out, by index.
    pub(crate) ruled_out_by: Option<usize>,
    pub(crate) not_applicable: Option<Box<NotApplicable>>,
    /// The verdict that evidence would give which is not firm.
    pub(crate) otherwise: Option<Verdict>,
    pub(crate) cause: CauseState,
    /// How much its evidence says: see [`super::ranking::weight`].
    pub(crate) weight: f64,
}

/// One signature over one collection, as far as a verdict needs it.
pub(crate) struct Court<'a> {
    pub(crate) collection: &'a Collection<'a>,
    pub(crate) compiled: &'a Compiled,
    pub(crate) items: &'a Items<'a>,
}

impl Court<'_> {
    /// Judges one occurrence.
    pub(crate) fn judge(
        &self,
        (number, occurrence): (usize, Occurrence),
        cause: &CauseReport,
    ) -> Judged {
        let states = self.states(&occurrence, Believed::All);
        let (verdict, ruled_out_by) =
            self.verdict(&occurrence, &states, cause.state, Believed::All);
        let mut judged = Judged {
            states,
            verdict,
            ruled_out_by,
            not_applicable: None,
            otherwise: None,
            cause: cause.state,
            weight: 0.0,
            number,
            occurrence,
        };
        judged.weight = super::ranking::weight(self.items, &judged);
        if judged.verdict > Some(Verdict::Possible) && !self.collection.is_firm() {
            let firm = self.firm(&judged.occurrence, cause);
            let held = firm.max(Some(Verdict::Possible));
            if held < judged.verdict {
                judged.otherwise = judged.verdict;
                judged.verdict = held;
            }
        }
        if judged.verdict.is_some() {
            let why = versions::not_applicable(self, &judged.occurrence);
            judged.not_applicable = why.map(Box::new);
            if judged.not_applicable.is_some() {
                judged.verdict = Some(Verdict::RuledOut);
            }
        }
        judged
    }

    /// The verdict for what can be believed: without weak records, and, of files that name no
    /// computer, with one at a time.
    fn firm(&self, occurrence: &Occurrence, cause: &CauseReport) -> Option<Verdict> {
        let cause = if super::cause::is_weak(cause) {
            CauseState::Unknown
        } else {
            cause.state
        };
        let evidence = occurrence.items.iter().filter_map(|&n| self.items.get(n));
        let unnamed = evidence.filter(|(_, evidence)| evidence.is_unnamed());
        let mut places: BTreeSet<Machine> = unnamed.map(|(_, e)| e.seen.place).collect();
        if places.is_empty() {
            places.insert(occurrence.machine);
        }
        let verdicts = places.into_iter().map(|place| {
            let believed = Believed::In(place);
            let states = self.states(occurrence, believed);
            self.verdict(occurrence, &states, cause, believed).0
        });
        verdicts.max().flatten()
    }

    fn verdict(
        &self,
        occurrence: &Occurrence,
        states: &[State],
        cause: CauseState,
        believed: Believed,
    ) -> (Option<Verdict>, Option<usize>) {
        let facts = Facts {
            court: self,
            occurrence,
            states,
            cause,
            believed,
        };
        let ruled_out_by = occurrence.against.iter().copied().find(|&n| {
            let Some(ItemKind::RuleOut(clause)) = self.items.all.get(n).map(|item| item.kind)
            else {
                return false;
            };
            let unless = self
                .compiled
                .rules_out
                .get(clause)
                .and_then(|c| c.unless.as_ref());
            !unless.is_some_and(|rule| facts.holds(rule))
        });
        let evidence = self.compiled.symptoms.iter().zip(states);
        let seen = |wanted: &[State]| {
            evidence
                .clone()
                .any(|(symptom, state)| symptom.is_evidence() && wanted.contains(state))
        };
        if ruled_out_by.is_some() && seen(&[State::Found, State::Unqualified, State::Contradicted])
        {
            return (Some(Verdict::RuledOut), ruled_out_by);
        }
        let by_rule = self
            .compiled
            .rules
            .iter()
            .find(|(_, rule)| facts.holds(rule));
        let verdict = by_rule
            .map(|(verdict, _)| *verdict)
            .or_else(|| self.is_contradicted(states).then_some(Verdict::RuledOut));
        (verdict, None)
    }

    /// Whether a telling symptom is there with other values only. A supporting one goes with many
    /// problems: that it has other values says nothing of this one.
    fn is_contradicted(&self, states: &[State]) -> bool {
        let mut symptoms = self.compiled.symptoms.iter().zip(states);
        symptoms
            .any(|(symptom, state)| symptom.role <= Role::Strong && *state == State::Contradicted)
    }

    /// What became of each symptom, by the evidence that is believed.
    fn states(&self, occurrence: &Occurrence, believed: Believed) -> States {
        let mut states: States = smallvec![State::Absent; self.compiled.symptoms.len()];
        for &n in &occurrence.items {
            let Some((item, evidence)) = self.items.get(n) else {
                continue;
            };
            let ItemKind::Symptom(symptom) = item.kind else {
                continue;
            };
            let Some(standing) = believed.standing(item, evidence) else {
                continue;
            };
            let state = match standing {
                Standing::Yes => State::Found,
                Standing::Unqualified => State::Unqualified,
                Standing::No => State::Contradicted,
                Standing::Unknown => State::Unreadable,
            };
            if let Some(known) = states.get_mut(symptom) {
                *known = state.min(*known);
            }
        }
        states
    }

    /// Whether logs cover the place and the time of an occurrence, so that a symptom that was not
    /// seen was not written.
    fn is_truly_absent(&self, occurrence: &Occurrence, symptom: usize) -> bool {
        let Some(asked) = self.compiled.symptoms.get(symptom) else {
            return false;
        };
        let window = if asked.local {
            self.compiled.window_s
        } else {
            self.compiled.across_window_s
        };
        let whose = if asked.local {
            Whose::Of(&occurrence.computer)
        } else {
            Whose::OfAny
        };
        let collection = self.collection;
        let channel = collection.channel_of(self.compiled, symptom);
        let from = occurrence.first.saturating_sub(window);
        let to = occurrence.last.saturating_add(window);
        let coverage = &collection.coverage;
        coverage.touches(&collection.computers, whose, &channel, (from, to))
    }

    fn relation_holds(
        &self,
        occurrence: &Occurrence,
        relation: &CompiledRelation,
        believed: Believed,
    ) -> bool {
        let values = |(symptom, capture): &(usize, String)| -> Vec<&str> {
            let items = occurrence.items.iter().filter_map(|&n| self.items.get(n));
            items
                .filter(|(item, evidence)| {
                    item.kind == ItemKind::Symptom(*symptom)
                        && believed.standing(item, evidence) == Some(Standing::Yes)
                })
                .filter_map(|(_, evidence)| {
                    let part = self.compiled.parts.get(evidence.part)?;
                    evidence.captured(&part.matcher, capture)
                })
                .collect()
        };
        let (left, right) = (values(&relation.left), values(&relation.right));
        left.iter()
            .any(|a| right.iter().any(|b| compares(a, relation.is, b)))
    }
}

fn compares(a: &str, is: Comparison, b: &str) -> bool {
    let numbers = number::parse(a).zip(number::parse(b));
    let same = match numbers {
        Some((a, b)) => a == b,
        None => text::is_folded(a, &text::fold(b)),
    };
    match is {
        Comparison::Same => same,
        Comparison::Different => !same,
        Comparison::Less => numbers.is_some_and(|(a, b)| a < b),
        Comparison::Greater => numbers.is_some_and(|(a, b)| a > b),
    }
}

/// Which evidence counts.
#[derive(Debug, Clone, Copy)]
enum Believed {
    All,
    /// Records of sound trust; of those that name no computer, the ones of this place.
    In(Machine),
}

impl Believed {
    /// How an item stands, if it counts.
    fn standing(self, item: &Item, evidence: &Evidence<'_>) -> Option<Standing> {
        match self {
            Believed::All => Some(item.standing),
            Believed::In(place) => {
                let there = !evidence.is_unnamed() || evidence.seen.place == place;
                (there && !evidence.seen.class.weak).then_some(item.firm)
            }
        }
    }
}

struct Facts<'a> {
    court: &'a Court<'a>,
    occurrence: &'a Occurrence,
    states: &'a [State],
    cause: CauseState,
    believed: Believed,
}

impl Facts<'_> {
    fn state(&self, symptom: usize) -> State {
        self.states.get(symptom).copied().unwrap_or(State::Absent)
    }

    fn holds(&self, rule: &CompiledRule) -> bool {
        let found = |n: &usize| self.state(*n) == State::Found;
        match rule {
            CompiledRule::All(parts) => parts.iter().all(|part| self.holds(part)),
            CompiledRule::Any(parts) => parts.iter().any(|part| self.holds(part)),
            CompiledRule::Not(part) => !self.holds(part),
            CompiledRule::Found(list) => list.iter().all(found),
            CompiledRule::AtLeast(count, of) => of.iter().filter(|n| found(n)).count() >= *count,
            CompiledRule::Seen(list) => list.iter().all(|n| self.state(*n) != State::Absent),
            CompiledRule::Contradicted(list) => {
                list.iter().any(|n| self.state(*n) == State::Contradicted)
            }
            CompiledRule::Absent(list) => list.iter().all(|n| {
                self.state(*n) == State::Absent && self.court.is_truly_absent(self.occurrence, *n)
            }),
            CompiledRule::Relation(n) => self
                .court
                .compiled
                .relations
                .get(*n)
                .is_some_and(|r| self.court.relation_holds(self.occurrence, r, self.believed)),
            CompiledRule::Cause(wanted) => self.cause == *wanted,
        }
    }
}

/// The whole logic of a signature over one occurrence. `state_of` is what the report says of a
/// symptom.
pub(crate) fn tree(
    court: &Court<'_>,
    judged: &Judged,
    state_of: &dyn Fn(usize) -> SymptomState,
) -> Vec<RuleNode> {
    let facts = Facts {
        court,
        occurrence: &judged.occurrence,
        states: &judged.states,
        cause: judged.cause,
        believed: Believed::All,
    };
    let rules = court.compiled.rules.iter();
    rules
        .map(|(verdict, rule)| {
            let child = node(&facts, rule, state_of);
            RuleNode {
                op: RuleOp::Verdict { verdict: *verdict },
                met: child.met,
                children: vec![child],
            }
        })
        .collect()
}

fn node(
    facts: &Facts<'_>,
    rule: &CompiledRule,
    state_of: &dyn Fn(usize) -> SymptomState,
) -> RuleNode {
    let parts = |parts: &[CompiledRule]| -> Vec<RuleNode> {
        parts
            .iter()
            .map(|part| node(facts, part, state_of))
            .collect()
    };
    let document = &facts.court.compiled.document;
    let leaves = |list: &[usize], is_met: &dyn Fn(State) -> bool| -> Vec<RuleNode> {
        let leaf = |&n: &usize| RuleNode {
            op: RuleOp::Symptom {
                id: document
                    .symptoms
                    .get(n)
                    .map(|s| s.id.clone())
                    .unwrap_or_default(),
                state: state_of(n),
            },
            met: is_met(facts.state(n)),
            children: Vec::new(),
        };
        list.iter().map(leaf).collect()
    };
    let found = |state: State| state == State::Found;
    let (op, children) = match rule {
        CompiledRule::All(list) => (RuleOp::All, parts(list)),
        CompiledRule::Any(list) => (RuleOp::Any, parts(list)),
        CompiledRule::Not(part) => (RuleOp::Not, vec![node(facts, part, state_of)]),
        CompiledRule::Found(list) => (RuleOp::Found, leaves(list, &found)),
        CompiledRule::AtLeast(count, list) => {
            let count = *count as u64;
            (RuleOp::AtLeast { count }, leaves(list, &found))
        }
        CompiledRule::Seen(list) => (RuleOp::Seen, leaves(list, &|state| state != State::Absent)),
        CompiledRule::Contradicted(list) => (
            RuleOp::Contradicted,
            leaves(list, &|state| state == State::Contradicted),
        ),
        CompiledRule::Absent(list) => (
            RuleOp::Absent,
            leaves(list, &|state| state == State::Absent),
        ),
        CompiledRule::Relation(n) => {
            let relation = document.relations.get(*n);
            let op = relation.map_or(RuleOp::All, |relation| RuleOp::Relation {
                id: relation.id.clone(),
                left: relation.left.clone(),
                is: relation.is,
                right: relation.right.clone(),
            });
            (op, Vec::new())
        }
        CompiledRule::Cause(wanted) => {
            let is = facts.cause;
            (
                RuleOp::Cause {
                    wanted: *wanted,
                    is,
                },
                Vec::new(),
            )
        }
    };
    RuleNode {
        op,
        met: facts.holds(rule),
        children,
    }
}
