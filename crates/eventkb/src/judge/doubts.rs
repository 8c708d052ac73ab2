//! What a reader of a finding should be careful about.

use std::collections::BTreeMap;

use super::Collection;
use super::case::Case;
use super::items::{ItemKind, timestamp};
use super::verdict::Judged;
use crate::limits;
use crate::report::{Absence, Doubt, LandmarkKind, SymptomReport, Trust};

/// Joins across computers that are named.
const MOST_SKEWS: usize = 3;

pub(crate) fn doubts(
    collection: &Collection<'_>,
    case: &Case<'_>,
    counted: &[&Judged],
    symptoms: &[SymptomReport],
) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    if let Some(best) = case.best() {
        doubts.extend(skew(case, best));
        doubts.extend(time_changes(collection, best));
    }
    let mut trusts: BTreeMap<Trust, u64> = BTreeMap::new();
    for (n, _, _) in counted.iter().flat_map(|judged| case.items_of(judged)) {
        for proof in case
            .items
            .proof(n)
            .filter(|proof| proof.trust != Trust::Intact)
        {
            *trusts.entry(proof.trust).or_default() += 1;
        }
    }
    let trusts = trusts.into_iter();
    doubts.extend(trusts.map(|(trust, count)| Doubt::Trust { trust, count }));
    if symptoms
        .iter()
        .any(|s| s.citations.iter().any(|c| c.from_text))
    {
        doubts.push(Doubt::FromText);
    }
    let in_damage =
        |s: &SymptomReport| matches!(s.absence, Some(Absence::LookedFor { damaged: true, .. }));
    if symptoms.iter().any(in_damage) {
        doubts.push(Doubt::DamagedLog);
    }
    if collection.dropped > 0 {
        doubts.push(Doubt::EvidenceDropped {
            count: collection.dropped,
            limit: limits::MAX_CLASSES as u64,
        });
    }
    if case.items.left_out > 0 {
        doubts.push(Doubt::EvidenceDropped {
            count: case.items.left_out,
            limit: limits::MAX_CLASSES_RULED_OUT as u64,
        });
    }
    if case.items.untimed > 0 {
        doubts.push(Doubt::NoTime {
            count: case.items.untimed,
        });
    }
    doubts
}

/// Joins across computers that only hold because clocks may differ.
fn skew(case: &Case<'_>, best: &Judged) -> Vec<Doubt> {
    let occurrence = &best.occurrence;
    let join = &case.compiled.document.join;
    case.items_of(best)
        .filter(|(_, item, evidence)| {
            evidence.machine != occurrence.machine
                && matches!(item.kind, ItemKind::Symptom(_))
                && occurrence.reach(item.second) > case.compiled.window_s
        })
        .map(|(_, item, evidence)| {
            let before = occurrence.first - item.second;
            let after = item.second - occurrence.last;
            Doubt::ClockSkew {
                provider: evidence.seen.class.event.provider.clone(),
                event_id: evidence.seen.class.event.event_id,
                computer: evidence.computer().to_owned(),
                against: occurrence.computer.to_string(),
                seconds: before.max(after),
                before: before > after,
                window_s: join.window_s,
                across_window_s: join.across_window_s,
            }
        })
        .take(MOST_SKEWS)
        .collect()
}

/// Clock changes of more than a minute during the best occurrence: what lies between two events is
/// then not what it seems.
fn time_changes(collection: &Collection<'_>, best: &Judged) -> Vec<Doubt> {
    let occurrence = &best.occurrence;
    let (from, to) = (timestamp(occurrence.first), timestamp(occurrence.last));
    let of = collection.landmarks_of(occurrence.machine);
    let changes = of.filter(|landmark| {
        let large = match landmark.what {
            LandmarkKind::TimeChanged { by_s } => by_s.is_some_and(|by| by.abs() > 60),
            _ => false,
        };
        large && (from..=to).contains(&landmark.time)
    });
    changes
        .map(|landmark| Doubt::TimeChanged {
            computer: landmark.computer.clone(),
            time: landmark.time,
        })
        .take(1)
        .collect()
}
