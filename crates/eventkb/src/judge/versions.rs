//! Whether an article applies to what the logs show: versions, and updates that mend it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use jiff::Timestamp;

use super::computers::Machine;
use super::items::timestamp;
use super::occurrence::Occurrence;
use super::verdict::Court;
use crate::report::{FixReport, Landmark, LandmarkKind};
use crate::signature::compile::PartRole;
use crate::signature::model::AppliesTo;

/// Why an article does not apply to an occurrence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotApplicable {
    /// The logs show a version that it is not about.
    Version {
        /// Number in `applies_to`.
        at: usize,
        seen: String,
    },
    /// The update that mends it was in effect.
    Fixed {
        update: String,
        installed: Timestamp,
    },
}

/// Why the article does not apply to an occurrence, if so.
pub(crate) fn not_applicable(court: &Court<'_>, occurrence: &Occurrence) -> Option<NotApplicable> {
    let document = &court.compiled.document;
    for (at, applies) in document.applies_to.iter().enumerate() {
        let Some(seen) = version_of(court, occurrence, at, applies) else {
            continue;
        };
        if !applies
            .versions
            .iter()
            .any(|wanted| is_within(&seen, wanted))
        {
            return Some(NotApplicable::Version { at, seen });
        }
    }
    document.fix.as_ref()?;
    let first = timestamp(occurrence.first);
    let fixes = court.items.versions.fixes(court, occurrence.machine);
    let (_, update, installed) = fixes.iter().find(|(effect, _, _)| *effect < first)?;
    Some(NotApplicable::Fixed {
        update: update.clone(),
        installed: *installed,
    })
}

/// What the logs tell of each computer, looked up once: a storm has a hundred thousand occurrences.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    /// By computer and number in `applies_to`: when a version shows, in order.
    shown: RefCell<HashMap<(Machine, usize), Shown>>,
    fixes: RefCell<HashMap<Machine, Fixes>>,
}

type Shown = Rc<[(i64, String)]>;

/// From when on an update is in effect, its id and when it was installed; in order of installation.
type Fixes = Rc<[(Timestamp, String, Timestamp)]>;

impl Versions {
    /// The updates that mend the problem, on a computer. An update works from the next start on; where
    /// no log tells of starts, at once.
    fn fixes(&self, court: &Court<'_>, machine: Machine) -> Fixes {
        if let Some(known) = self.fixes.borrow().get(&machine) {
            return Rc::clone(known);
        }
        let wanted = court.compiled.document.fix.as_ref();
        let wanted = wanted.map_or(&[][..], |fix| &fix.updates);
        let of = court.collection.landmarks_of(machine);
        let starts = of.filter(|l| matches!(l.what, LandmarkKind::Start));
        let mut starts: Vec<Timestamp> = starts.map(|start| start.time).collect();
        starts.sort_unstable();
        let fixes = updates(court, machine, wanted).filter_map(|update| {
            let LandmarkKind::Update { id } = &update.what else {
                return None;
            };
            let next = starts.partition_point(|start| *start <= update.time);
            let effect = if starts.is_empty() {
                update.time
            } else {
                *starts.get(next)?
            };
            Some((effect, id.clone(), update.time))
        });
        let fixes: Fixes = fixes.collect();
        self.fixes.borrow_mut().insert(machine, Rc::clone(&fixes));
        fixes
    }

    /// The versions that the logs show for a computer, in order of time.
    fn shown(&self, court: &Court<'_>, machine: Machine, at: usize, applies: &AppliesTo) -> Shown {
        if let Some(known) = self.shown.borrow().get(&(machine, at)) {
            return Rc::clone(known);
        }
        let mut seen: Vec<(i64, String)> = if applies.product.eq_ignore_ascii_case("Windows") {
            let of = court.collection.landmarks_of(machine);
            let builds = of.filter_map(|landmark| match &landmark.what {
                LandmarkKind::Version { build } => {
                    Some((landmark.time.as_second(), build.to_string()))
                }
                _ => None,
            });
            builds.collect()
        } else {
            let evidence = court.items.evidence.iter();
            let of = evidence
                .filter(|e| e.role == PartRole::Version(at) && e.machine == machine)
                .flat_map(|evidence| {
                    let version = evidence.captures.first();
                    let points = evidence.seen.points.iter();
                    points.filter_map(move |point| Some((point.second, version?.to_owned())))
                });
            of.collect()
        };
        seen.sort();
        let seen: Shown = seen.into();
        let mut known = self.shown.borrow_mut();
        known.insert((machine, at), Rc::clone(&seen));
        seen
    }
}

/// Installations of any of these updates on a computer, in order of time.
fn updates<'c>(
    court: &'c Court<'_>,
    machine: usize,
    wanted: &'c [String],
) -> impl Iterator<Item = &'c Landmark> {
    let of = court.collection.landmarks_of(machine);
    of.filter(|landmark| match &landmark.what {
        LandmarkKind::Update { id } => wanted.iter().any(|w| w.eq_ignore_ascii_case(id)),
        _ => false,
    })
}

/// What the logs say of the update that mends it, and whether all these occurrences are history.
pub(crate) fn fix_report(
    court: &Court<'_>,
    occurrences: &[&Occurrence],
) -> (Option<FixReport>, bool) {
    let Some(fix) = &court.compiled.document.fix else {
        return (None, false);
    };
    let mut machines: Vec<usize> = occurrences.iter().map(|o| o.machine).collect();
    machines.sort_unstable();
    machines.dedup();
    let mut installed: Vec<Landmark> = machines
        .iter()
        .flat_map(|machine| updates(court, *machine, &fix.updates))
        .cloned()
        .collect();
    installed.sort();
    installed.truncate(MOST_UPDATES);
    let mended = |occurrence: &&Occurrence| {
        let last = timestamp(occurrence.last);
        updates(court, occurrence.machine, &fix.updates).any(|update| update.time > last)
    };
    let history = !occurrences.is_empty() && occurrences.iter().all(mended);
    let report = FixReport {
        updates: fix.updates.clone(),
        note: fix.note.clone(),
        installed,
    };
    (Some(report), history)
}

/// Installations listed for one finding.
const MOST_UPDATES: usize = 10;

/// The version that the logs show for the computer of an occurrence: the last one before it, else
/// the first one after.
fn version_of(
    court: &Court<'_>,
    occurrence: &Occurrence,
    at: usize,
    applies: &AppliesTo,
) -> Option<String> {
    let versions = &court.items.versions;
    let seen = versions.shown(court, occurrence.machine, at, applies);
    let later = seen.partition_point(|(second, _)| *second <= occurrence.last);
    let before = later.checked_sub(1).and_then(|at| seen.get(at));
    let picked = before.or_else(|| seen.first());
    picked.map(|(_, version)| version.clone())
}

/// Whether a dotted version is one of `wanted`: a version that stands for all that begin so, or a
/// range with both ends in it.
pub(crate) fn is_within(version: &str, wanted: &str) -> bool {
    let numbers = |text: &str| -> Vec<u64> {
        let parts = text.trim().split('.');
        parts.map_while(|part| part.parse().ok()).collect()
    };
    let version = numbers(version);
    if version.is_empty() {
        // What cannot be read decides nothing.
        return true;
    }
    let begins = |wanted: &[u64]| version.get(..wanted.len()) == Some(wanted);
    match wanted.split_once('-') {
        None => begins(&numbers(wanted)),
        Some((low, high)) => {
            let (low, high) = (numbers(low), numbers(high));
            version >= low && (version <= high || begins(&high))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn versions_and_ranges() {
        assert!(is_within("17763", "17763"));
        assert!(is_within("17763.1", "17763"));
        assert!(!is_within("17764", "17763"));
        assert!(is_within("17763", "14393-20348"));
        assert!(is_within("20348.5", "14393-20348"));
        assert!(!is_within("20349", "14393-20348"));
        assert!(is_within("15.0.4100", "15.0-15.0.4200"));
        assert!(!is_within("15.0.4300", "15.0-15.0.4200"));
        assert!(is_within("?", "1"));
    }
}
