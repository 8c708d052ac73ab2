//! What can come of a signature at best, before anything is joined.
//!
//! Many articles ask for the same events with other values. Of a hundred thousand objects in trouble
//! each of them is ruled out a hundred thousand times, and that is one line of a list. Where no
//! event has the values that its rules ask for, no join can offer it: a part of the evidence then
//! says as much as all of it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::Collection;
use crate::report::{Answer, Verdict};
use crate::signature::compile::{Compiled, CompiledRule, PartRole};
use crate::signature::model::Role;

/// Numbers of symptoms; a signature has no more than these.
type Symptoms = u128;

/// The symptoms of which there is any evidence.
#[derive(Debug, Default, Clone, Copy)]
struct There {
    /// With all its values.
    found: Symptoms,
    /// With other values.
    contradicted: Symptoms,
    /// With whatever values.
    seen: Symptoms,
    /// An event that a clause asks for which rules the article out.
    against: bool,
}

fn has(symptoms: Symptoms, n: usize) -> bool {
    u32::try_from(n).is_ok_and(|n| symptoms.checked_shr(n).unwrap_or(0) & 1 == 1)
}

/// The classes to judge a signature by.
pub(crate) struct Thinned<'c> {
    pub(crate) classes: Cow<'c, [usize]>,
    /// Records of the others.
    pub(crate) left_out: u64,
    /// Some occurrence may rule the article out, so that a part of the evidence without a verdict is
    /// not the whole answer.
    pub(crate) may_be_ruled_out: bool,
}

/// All classes, unless there are very many, and no occurrence can be above `ruled_out`. Then, of those
/// that answer the same, the first ones, and one of each computer.
pub(crate) fn thinned<'c>(
    collection: &Collection<'_>,
    compiled: &Compiled,
    signature: usize,
    classes: &'c [usize],
    most: usize,
) -> Thinned<'c> {
    let mut thinned = Thinned {
        classes: Cow::Borrowed(classes),
        left_out: 0,
        may_be_ruled_out: false,
    };
    if classes.len() <= most {
        return thinned;
    }
    let Some(there) = There::of(collection, compiled, signature, classes) else {
        return thinned;
    };
    let holds = |verdict: Verdict| {
        let mut rules = compiled.rules.iter().filter(|(of, _)| *of == verdict);
        rules.any(|(_, rule)| could_hold(compiled, there, rule))
    };
    if [Verdict::Match, Verdict::Likely, Verdict::Possible]
        .into_iter()
        .any(holds)
    {
        return thinned;
    }
    let mut symptoms = compiled.symptoms.iter().enumerate();
    let contradicted =
        symptoms.any(|(n, symptom)| symptom.role <= Role::Strong && has(there.contradicted, n));
    thinned.may_be_ruled_out = contradicted || there.against || holds(Verdict::RuledOut);
    // Few ways of answering are ever seen, and most classes answer as the one before.
    let mut ways: HashMap<Vec<(usize, Answer)>, usize> = HashMap::new();
    let mut counts: Vec<usize> = Vec::new();
    let mut of_computer: HashSet<(usize, usize)> = HashSet::new();
    let mut answers: Vec<(usize, Answer)> = Vec::new();
    let kept = classes.iter().copied().filter(|&number| {
        let Some(seen) = collection.classes.get(number) else {
            return false;
        };
        answers.clear();
        answers.extend(collection.answers(number, signature));
        let way = ways.get(&answers).copied().unwrap_or_else(|| {
            ways.insert(answers.clone(), counts.len());
            counts.push(0);
            counts.len() - 1
        });
        let Some(count) = counts.get_mut(way) else {
            return false;
        };
        *count += 1;
        let keep = of_computer.insert((way, seen.machine)) || *count <= most;
        if !keep {
            thinned.left_out = thinned.left_out.saturating_add(seen.count);
        }
        keep
    });
    thinned.classes = Cow::Owned(kept.collect());
    thinned
}

impl There {
    /// `None` where that cannot be said.
    fn of(
        collection: &Collection<'_>,
        compiled: &Compiled,
        signature: usize,
        classes: &[usize],
    ) -> Option<There> {
        let mut there = There::default();
        let answers = classes
            .iter()
            .flat_map(|&n| collection.answers(n, signature));
        for (part, answer) in answers {
            let n = match compiled.parts.get(part)?.role {
                PartRole::Symptom(n) => n,
                PartRole::RuleOut(_) => {
                    there.against |= answer == Answer::Yes;
                    continue;
                }
                _ => continue,
            };
            let bit = 1_u128.checked_shl(u32::try_from(n).ok()?)?;
            there.seen |= bit;
            match answer {
                Answer::Yes => there.found |= bit,
                Answer::No => there.contradicted |= bit,
                Answer::Unknown => {}
            }
        }
        Some(there)
    }
}

/// Whether a rule can hold in some occurrence. Where that is hard to say, it can.
fn could_hold(compiled: &Compiled, there: There, rule: &CompiledRule) -> bool {
    let found = |n: &usize| has(there.found, *n);
    match rule {
        CompiledRule::All(parts) => parts.iter().all(|part| could_hold(compiled, there, part)),
        CompiledRule::Any(parts) => parts.iter().any(|part| could_hold(compiled, there, part)),
        CompiledRule::Found(list) => list.iter().all(found),
        CompiledRule::AtLeast(count, of) => of.iter().filter(|n| found(n)).count() >= *count,
        CompiledRule::Seen(list) => list.iter().all(|n| has(there.seen, *n)),
        CompiledRule::Contradicted(list) => list.iter().any(|n| has(there.contradicted, *n)),
        CompiledRule::Relation(n) => compiled
            .relations
            .get(*n)
            .is_some_and(|relation| found(&relation.left.0) && found(&relation.right.0)),
        CompiledRule::Not(_) | CompiledRule::Absent(_) | CompiledRule::Cause(_) => true,
    }
}
