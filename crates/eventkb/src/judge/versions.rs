//! Whether an article applies to what the logs show: versions, and updates that mend it.

use jiff::Timestamp;

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
    let fix = document.fix.as_ref()?;
    let first = timestamp(occurrence.first);
    let collection = court.collection;
    let in_effect = |update: &&Landmark| {
        // An update works from the next start on; where no log tells of starts, at once.
        let mut starts = collection
            .landmarks_of(occurrence.machine)
            .filter(|l| matches!(l.what, LandmarkKind::Start))
            .peekable();
        match starts.peek() {
            None => update.time < first,
            Some(_) => starts.any(|start| start.time > update.time && start.time < first),
        }
    };
    let mut installed = updates(court, occurrence.machine, &fix.updates);
    let update = installed.find(|update| in_effect(update))?;
    let LandmarkKind::Update { id } = &update.what else {
        return None;
    };
    Some(NotApplicable::Fixed {
        update: id.clone(),
        installed: update.time,
    })
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
    let pick = |mut seen: Vec<(i64, String)>| {
        seen.sort();
        let before = seen
            .iter()
            .rev()
            .find(|(second, _)| *second <= occurrence.last);
        before
            .or_else(|| seen.first())
            .map(|(_, version)| version.clone())
    };
    if applies.product.eq_ignore_ascii_case("Windows") {
        let of = court.collection.landmarks_of(occurrence.machine);
        let builds = of.filter_map(|landmark| match &landmark.what {
            LandmarkKind::Version { build } => Some((landmark.time.as_second(), build.to_string())),
            _ => None,
        });
        return pick(builds.collect());
    }
    let evidence = court.items.evidence.iter();
    let of = evidence
        .filter(|e| e.role == PartRole::Version(at) && e.machine == occurrence.machine)
        .flat_map(|evidence| {
            let version = evidence.evaluation.captures.first().map(|(_, value)| value);
            evidence
                .points
                .iter()
                .filter_map(move |point| Some((point.second, version?.clone())))
        });
    pick(of.collect())
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
