//! Which comes first: occurrences of one signature, findings of one report.

use super::Assessed;
use super::case::Case;
use super::items::{ItemKind, Items, Standing};
use super::verdict::{Judged, State};
use crate::collect::records::sum_of;
use crate::limits;
use crate::report::{
    CauseState, Finding, NearMiss, Ranking, RankingReason, Standing as ArticleStanding,
};

/// Weight of the evidence: what many signatures share says little, what only this one asks for says
/// most. The weights come from the loaded signatures themselves.
pub(crate) fn weight(items: &Items<'_>, judged: &Judged) -> f64 {
    let symptoms = 0..judged.states.len();
    let shared = symptoms.filter_map(|n| least_shared(items, judged, n));
    shared.map(|signatures| 1.0 / signatures as f64).sum()
}

/// How few signatures ask for the events that were found of a symptom.
fn least_shared(items: &Items<'_>, judged: &Judged, symptom: usize) -> Option<usize> {
    let own = judged
        .occurrence
        .items
        .iter()
        .filter_map(|&at| items.get(at));
    own.filter(|(item, _)| {
        item.kind == ItemKind::Symptom(symptom) && item.standing == Standing::Yes
    })
    .map(|(_, evidence)| evidence.seen.shared_by.max(1))
    .min()
}

fn cause_rank(cause: CauseState) -> u8 {
    match cause {
        CauseState::Confirmed => 0,
        CauseState::Unknown => 1,
        CauseState::Contradicted => 2,
    }
}

/// Best first.
pub(crate) fn order_occurrences(judged: &mut [Judged]) {
    let found = |judged: &Judged| {
        let states = judged.states.iter();
        states.filter(|state| **state == State::Found).count()
    };
    // Numbers make it stable: a stable sort takes half as much memory again.
    judged.sort_unstable_by(|a, b| {
        (b.verdict, found(b))
            .cmp(&(a.verdict, found(a)))
            .then(cause_rank(a.cause).cmp(&cause_rank(b.cause)))
            .then(b.weight.total_cmp(&a.weight))
            .then(a.occurrence.first.cmp(&b.occurrence.first))
            .then_with(|| a.occurrence.computer.cmp(&b.occurrence.computer))
            .then_with(|| a.occurrence.key.cmp(&b.occurrence.key))
            .then(a.number.cmp(&b.number))
    });
}

/// Why a finding stands where it stands.
pub(crate) fn ranking(case: &Case<'_>, history: bool) -> Ranking {
    let Some(best) = case.best() else {
        return Ranking::default();
    };
    let mut shared: Vec<(usize, RankingReason)> = Vec::new();
    for (n, symptom) in case.compiled.document.symptoms.iter().enumerate() {
        let Some(signatures) = least_shared(&case.items, best, n).filter(|_| case.is_evidence(n))
        else {
            continue;
        };
        let event = case
            .items_with(best, n, State::Found)
            .map(|(_, _, evidence)| evidence.seen.class.event.event_id)
            .next();
        shared.push((
            signatures,
            RankingReason::Shared {
                symptom: symptom.id.clone(),
                event_id: event.unwrap_or_default(),
                signatures: signatures as u64,
                values: !symptom.conditions.is_empty(),
            },
        ));
    }
    shared.sort_by_key(|(signatures, _)| *signatures);
    let mut reasons: Vec<RankingReason> = shared.into_iter().map(|(_, reason)| reason).collect();
    match best.cause {
        CauseState::Confirmed => reasons.insert(0, RankingReason::CauseConfirmed),
        CauseState::Contradicted => reasons.push(RankingReason::CauseContradicted),
        CauseState::Unknown => {}
    }
    if history {
        reasons.push(RankingReason::History);
    }
    let counted = case.counted().flat_map(|judged| case.items_of(judged));
    let explains = counted.filter(|(_, item, _)| {
        item.standing == Standing::Yes
            && matches!(item.kind, ItemKind::Symptom(n) if case.is_evidence(n))
    });
    let explains = sum_of(explains.map(|(_, item, _)| item.count));
    Ranking {
        score: best.weight,
        explains,
        reasons,
    }
}

/// Best first: problems before notices before what is harmless, history behind what is not; then
/// verdict, cause, weight of the evidence, how recent and how often. `ruled_out` last of all.
///
/// A confirmed cause only lifts a finding that no other one outdoes: where another article explains
/// all of its records and more, a weak check of names must not put it first.
pub(crate) fn order(assessed: &mut Vec<Assessed>) {
    let standing = |finding: &Finding| match finding.standing {
        ArticleStanding::Problem => 0,
        ArticleStanding::Notice => 1,
        ArticleStanding::Harmless => 2,
    };
    let outdone = |own: &Assessed| {
        assessed.iter().any(|other| {
            other.finding.is_offered()
                && own.classes.len() < other.classes.len()
                && own.classes.is_subset(&other.classes)
        })
    };
    let ranks: Vec<u8> = assessed
        .iter()
        .map(|own| match own.finding.cause.state {
            CauseState::Confirmed if outdone(own) => cause_rank(CauseState::Unknown),
            state => cause_rank(state),
        })
        .collect();
    let mut ranked: Vec<(u8, Assessed)> = ranks.into_iter().zip(std::mem::take(assessed)).collect();
    ranked.sort_by(|(cause_a, a), (cause_b, b)| {
        let (a, b) = (&a.finding, &b.finding);
        b.is_offered()
            .cmp(&a.is_offered())
            .then(standing(a).cmp(&standing(b)))
            .then(a.history.cmp(&b.history))
            .then(b.verdict.cmp(&a.verdict))
            .then(cause_a.cmp(cause_b))
            .then(b.ranking.score.total_cmp(&a.ranking.score))
            .then(b.last.cmp(&a.last))
            .then(b.occurrences.cmp(&a.occurrences))
            .then_with(|| a.signature.id.cmp(&b.signature.id))
    });
    assessed.extend(ranked.into_iter().map(|(_, assessed)| assessed));
}

/// Closest first, and only a few.
pub(crate) fn order_near_misses(near_misses: &mut Vec<NearMiss>) {
    near_misses.sort_by(|a, b| {
        b.closeness
            .total_cmp(&a.closeness)
            .then_with(|| a.signature.id.cmp(&b.signature.id))
    });
    near_misses.truncate(limits::MAX_NEAR_MISSES);
}
