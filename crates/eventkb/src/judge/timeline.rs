//! Builds the timeline of a report: marks of findings, their records, landmarks and gaps, by
//! computer. Everything works on sorted lists and is bounded.

use std::collections::{BTreeMap, BTreeSet};

use eventkb_logs::account::LogSpan;
use jiff::{SignedDuration, Timestamp};

use super::case::Case;
use super::computers::Machine;
use super::items::{ItemKind, Standing};
use super::key::Value;
use super::{Assessed, Collection};
use crate::collect::record_times::TimelineNotes;
use crate::collect::session::Session;
use crate::limits;
use crate::report::{
    Finding, GapKind, Landmark, LandmarkKind, Lane, MarkKind, TimeSpan, Timeline, TimelineGap,
    TimelineMark, TimelineWindow, Verdict,
};
use crate::signature::text;

/// A mark before its computer has a name.
#[derive(Debug, Clone)]
pub(crate) struct PlacedMark {
    machine: Machine,
    time: Timestamp,
    until: Timestamp,
    what: MarkKind,
}

/// The marks of one signature's counted occurrences, and of the records behind them.
pub(crate) fn marks_of(
    collection: &Collection<'_>,
    case: &Case<'_>,
    window: &TimelineWindow,
) -> Vec<PlacedMark> {
    if !case.is_offered() {
        return Vec::new();
    }
    let mut marks = occurrence_marks(case, window);
    marks.extend(event_marks(collection, case, window));
    marks
}

/// One mark for each occurrence on each computer that takes part; those that follow each other
/// closely share one where there are many.
fn occurrence_marks(case: &Case<'_>, window: &TimelineWindow) -> Vec<PlacedMark> {
    let document = &case.compiled.document;
    let mut by_machine: BTreeMap<Machine, Vec<Spell>> = BTreeMap::new();
    for judged in case.counted() {
        let Some(verdict) = judged.verdict else {
            continue;
        };
        let mut spans: BTreeMap<Machine, Spell> = BTreeMap::new();
        for (n, _, evidence) in case.items_of(judged) {
            let (first, last) = (case.items.first_time(n), case.items.last_time(n));
            let spell = spans.entry(evidence.machine).or_insert_with(|| Spell {
                first,
                last,
                verdict,
                occurrences: 1,
                objects: BTreeMap::new(),
            });
            spell.first = spell.first.min(first);
            spell.last = spell.last.max(last);
            let shown = evidence.key_shown(case.compiled);
            let objects = evidence.key.iter().zip(shown);
            for (folded, shown) in objects.take(case.compiled.objects) {
                if let (Some(folded), Some(shown)) = (folded, shown) {
                    let object = spell.objects.entry(*folded);
                    object.or_insert_with(|| shown.to_owned());
                }
            }
        }
        for (machine, spell) in spans {
            if window.meets(spell.first, spell.last) {
                by_machine.entry(machine).or_default().push(spell);
            }
        }
    }
    let most = limits::MAX_FINDING_MARKS / by_machine.len().max(1);
    let spells = by_machine
        .into_iter()
        .flat_map(|(machine, spells)| joined(spells, most.max(1)).map(move |s| (machine, s)));
    spells
        .map(|(machine, spell)| PlacedMark {
            machine,
            time: spell.first,
            until: spell.last,
            what: MarkKind::Finding {
                signature: document.id.clone(),
                standing: document.standing,
                verdict: spell.verdict,
                occurrences: spell.occurrences,
                objects: spell
                    .objects
                    .into_values()
                    .take(limits::MAX_MARK_OBJECTS)
                    .collect(),
            },
        })
        .collect()
}

/// Occurrences of one signature on one computer that follow each other closely.
#[derive(Debug, Clone)]
struct Spell {
    first: Timestamp,
    last: Timestamp,
    verdict: Verdict,
    occurrences: u64,
    /// As written, by what joins them: their case does not tell objects apart.
    objects: BTreeMap<Value, String>,
}

/// At most so many spells: the pause that parts two is taken longer until they are few enough.
fn joined(mut spells: Vec<Spell>, most: usize) -> impl Iterator<Item = Spell> {
    spells.sort_by_key(|spell| (spell.first, spell.last));
    let mut pause = SignedDuration::from_secs(limits::RUN_GAP_S);
    while spells.len() > most {
        let mut fewer: Vec<Spell> = Vec::new();
        for spell in spells {
            match fewer.last_mut() {
                Some(before) if spell.first.duration_since(before.last) <= pause => {
                    before.last = before.last.max(spell.last);
                    before.verdict = before.verdict.max(spell.verdict);
                    before.occurrences = before.occurrences.saturating_add(spell.occurrences);
                    before.objects.extend(spell.objects);
                }
                _ => fewer.push(spell),
            }
        }
        spells = fewer;
        pause = pause.checked_mul(2).unwrap_or(SignedDuration::MAX);
    }
    spells.into_iter()
}

/// The records that may be cited of the counted occurrences, best occurrence first.
fn event_marks<'c>(
    collection: &'c Collection<'_>,
    case: &'c Case<'_>,
    window: &'c TimelineWindow,
) -> impl Iterator<Item = PlacedMark> + 'c {
    let items = case.counted().flat_map(|judged| case.items_of(judged));
    let found = items.filter(|(_, item, _)| {
        item.standing == Standing::Yes && matches!(item.kind, ItemKind::Symptom(_))
    });
    let proofs = found.flat_map(|(n, _, evidence)| {
        let proofs = case.items.proof(n);
        proofs.map(move |proof| (evidence, proof))
    });
    let marks = proofs.filter_map(move |(evidence, proof)| {
        let time = proof.time.filter(|time| window.meets(*time, *time))?;
        let event = evidence.seen.class.event.whole();
        let facts = collection.classes.get(evidence.class_number);
        let facts = facts.and_then(|seen| seen.resolved.facts.as_deref());
        let codes = collection.set.codes();
        let strings = proof.strings.to_vec();
        Some(PlacedMark {
            machine: evidence.machine,
            time,
            until: time,
            what: MarkKind::Event {
                signatures: vec![case.id().to_owned()],
                provider: event.provider.clone(),
                event_id: event.event_id,
                file: proof.file.to_string(),
                record_id: proof.record_id,
                sentence: facts.map(|facts| facts.sentence(codes, &strings, &event.named)),
            },
        })
    });
    marks.take(limits::MAX_FINDING_EVENTS)
}

/// The timeline that a session was asked for.
pub(crate) fn build(
    session: &Session,
    collection: &Collection<'_>,
    assessed: &[Assessed],
    spans: &[LogSpan],
) -> Option<Timeline> {
    let notes = session.timeline.as_ref()?;
    let window = notes.window;
    // Rivals explain nothing that the finding above them does not.
    let shown = assessed
        .iter()
        .filter(|a| a.finding.is_offered() && a.finding.rival_of.is_none());
    let marks = shown.flat_map(|assessed| {
        let marks = assessed.marks.iter();
        marks.map(|mark| held(mark, &assessed.finding))
    });
    let mut marks: Vec<PlacedMark> = marks.collect();
    let with_findings: BTreeSet<Machine> = marks.iter().map(|mark| mark.machine).collect();
    marks.extend(landmarks(session, collection, &window));
    share_events(&mut marks);
    let mut lanes = lanes(session, collection, notes, spans);
    let names: BTreeMap<Machine, String> = lanes
        .iter()
        .map(|(machine, lane)| (*machine, lane.computer.clone()))
        .collect();
    let marks_more = most_important(&mut marks);
    lanes.sort_by(|(a, lane), (b, other)| {
        let order = |machine: &Machine, lane: &Lane| {
            let name = lane.computer.to_lowercase();
            (!with_findings.contains(machine), name.is_empty(), name)
        };
        order(a, lane).cmp(&order(b, other))
    });
    let lanes_more = lanes.len().saturating_sub(limits::MAX_LANES) as u64;
    let mut marks: Vec<TimelineMark> = marks
        .into_iter()
        .map(|mark| TimelineMark {
            time: mark.time,
            until: (mark.until > mark.time).then_some(mark.until),
            computer: names.get(&mark.machine).cloned().unwrap_or_default(),
            what: mark.what,
        })
        .collect();
    marks.sort_by(|a, b| {
        (a.time, &a.computer, class(&a.what))
            .cmp(&(b.time, &b.computer, class(&b.what)))
            .then_with(|| key(&a.what).cmp(&key(&b.what)))
    });
    Some(Timeline {
        window,
        lanes: lanes
            .into_iter()
            .take(limits::MAX_LANES)
            .map(|(_, lane)| lane)
            .collect(),
        lanes_more,
        marks,
        marks_more,
    })
}

/// A mark that says no more than its finding: a closer article may have lowered the verdict, and of
/// objects only those are named that the finding lists, with what kind of name they are.
fn held(mark: &PlacedMark, finding: &Finding) -> PlacedMark {
    let mut mark = mark.clone();
    if let MarkKind::Finding {
        verdict, objects, ..
    } = &mut mark.what
    {
        *verdict = (*verdict).min(finding.verdict);
        objects.retain(|name| {
            let listed = finding.objects.iter();
            listed
                .map(|object| text::fold(&object.name))
                .any(|listed| listed == text::fold(name))
        });
    }
    mark
}

/// The order in which marks give way when there are too many: the later, the sooner.
fn class(what: &MarkKind) -> u8 {
    match what {
        MarkKind::Finding { .. } => 0,
        MarkKind::Landmark { what } => match what {
            LandmarkKind::UncleanStop => 1,
            LandmarkKind::Cleared { .. } => 2,
            LandmarkKind::TimeChanged { .. } => 3,
            LandmarkKind::Start | LandmarkKind::Stop => 4,
            LandmarkKind::Update { .. } => 6,
            _ => 7,
        },
        MarkKind::Event { .. } => 5,
    }
}

/// What tells marks of one class apart.
fn key(what: &MarkKind) -> (&str, u64, u16, &str) {
    match what {
        MarkKind::Finding { signature, .. } => (signature, 0, 0, ""),
        MarkKind::Event {
            file,
            record_id,
            event_id,
            provider,
            ..
        } => (file, record_id.unwrap_or(0), *event_id, provider),
        MarkKind::Landmark { what } => match what {
            LandmarkKind::Cleared { channel } => (channel, 0, 0, ""),
            LandmarkKind::Update { id } => (id, 0, 0, ""),
            LandmarkKind::Start => ("start", 0, 0, ""),
            _ => ("", 0, 0, ""),
        },
    }
}

/// Keeps the most important marks, the earliest of each class; gives how many went.
fn most_important(marks: &mut Vec<PlacedMark>) -> u64 {
    marks.sort_by(|a, b| {
        (class(&a.what), a.time, a.machine)
            .cmp(&(class(&b.what), b.time, b.machine))
            .then_with(|| key(&a.what).cmp(&key(&b.what)))
    });
    let more = marks.len().saturating_sub(limits::MAX_TIMELINE_MARKS) as u64;
    marks.truncate(limits::MAX_TIMELINE_MARKS);
    more
}

/// A record that several findings rest on is one mark.
fn share_events(marks: &mut Vec<PlacedMark>) {
    let place = |mark: &PlacedMark| match &mark.what {
        MarkKind::Event {
            file,
            record_id,
            event_id,
            provider,
            ..
        } => Some((file.clone(), *record_id, *event_id, provider.clone())),
        _ => None,
    };
    marks.sort_by_cached_key(|mark| (mark.machine, mark.time, place(mark)));
    marks.dedup_by(|later, first| {
        let same = (later.machine, later.time) == (first.machine, first.time)
            && place(later).is_some()
            && place(later) == place(first);
        if !same {
            return false;
        }
        if let (
            MarkKind::Event {
                signatures: more, ..
            },
            MarkKind::Event { signatures, .. },
        ) = (&mut later.what, &mut first.what)
        {
            signatures.append(more);
            signatures.sort();
            signatures.dedup();
        }
        true
    });
}

/// Landmarks of the window. What several providers log of one start or stop is one.
fn landmarks(
    session: &Session,
    collection: &Collection<'_>,
    window: &TimelineWindow,
) -> Vec<PlacedMark> {
    let mut recent: BTreeMap<(Machine, LandmarkKind), Timestamp> = BTreeMap::new();
    let mut marks = Vec::new();
    for Landmark {
        time,
        computer,
        what,
    } in session.landmarks.iter()
    {
        let machine = collection.computers.of(computer);
        match what {
            LandmarkKind::Version { .. } => continue,
            LandmarkKind::TimeChanged { by_s: Some(by) }
                if by.saturating_abs() <= limits::CLOCK_ADJUSTED_S =>
            {
                continue;
            }
            _ => {}
        }
        let before = recent.insert((machine, what.clone()), *time);
        let again = before.is_some_and(|before| {
            time.duration_since(before) <= SignedDuration::from_secs(limits::SAME_LANDMARK_S)
        });
        if !again && window.meets(*time, *time) {
            marks.push(PlacedMark {
                machine,
                time: *time,
                until: *time,
                what: MarkKind::Landmark { what: what.clone() },
            });
        }
    }
    marks
}

/// The lanes of all computers that the user wants to see.
fn lanes(
    session: &Session,
    collection: &Collection<'_>,
    notes: &TimelineNotes,
    spans: &[LogSpan],
) -> Vec<(Machine, Lane)> {
    let computers = &collection.computers;
    let wanted = |name: &str| session.scope.has_computer(name);
    let mut lanes: BTreeMap<Machine, Lane> = BTreeMap::new();
    for name in computers.names().iter().filter(|name| wanted(name)) {
        let lane = lanes.entry(computers.of(name)).or_default();
        // A full name says more than one without its domain.
        if lane.computer.is_empty() || (name.contains('.') && !lane.computer.contains('.')) {
            lane.computer.clone_from(name);
        }
    }
    let lost: BTreeMap<&str, u64> = session
        .inputs
        .iter()
        .map(|input| (input.path.as_str(), input.records_lost))
        .collect();
    for span in spans.iter().filter(|span| wanted(&span.computer)) {
        let (Some(from), Some(to)) = (span.first, span.last) else {
            continue;
        };
        let lane = lanes.entry(computers.of(&span.computer)).or_default();
        lane.covered.push(TimeSpan { from, to });
        if span.damaged && notes.window.meets(from, to) {
            lane.gaps.push(TimelineGap {
                from,
                to,
                channel: span.channel.clone(),
                what: GapKind::Damaged {
                    file: span.file.clone(),
                    records_lost: lost.get(span.file.as_str()).copied().unwrap_or(0),
                },
            });
        }
    }
    missing_records(&mut lanes, collection, notes, spans);
    for lane in lanes.values_mut() {
        united(&mut lane.covered);
        lane.gaps.sort();
        lane.gaps.dedup();
        lane.gaps_more = lane.gaps.len().saturating_sub(limits::MAX_GAPS_OF_LANE) as u64;
        lane.gaps.truncate(limits::MAX_GAPS_OF_LANE);
    }
    lanes.retain(|_, lane| !lane.covered.is_empty() || !lane.computer.is_empty());
    lanes.into_iter().collect()
}

fn missing_records(
    lanes: &mut BTreeMap<Machine, Lane>,
    collection: &Collection<'_>,
    notes: &TimelineNotes,
    spans: &[LogSpan],
) {
    for (computer, channel, rows) in notes.logs() {
        let Some(lane) = lanes.get_mut(&collection.computers.of(computer)) else {
            continue;
        };
        let gap = |from, to, what| TimelineGap {
            from,
            to,
            channel: channel.to_owned(),
            what,
        };
        if rows.many || rows.missing().count() > limits::MAX_GAPS_OF_LOG {
            let mine = spans
                .iter()
                .filter(|span| span.computer == computer && span.channel == channel);
            let from = mine.clone().filter_map(|span| span.first).min();
            let to = mine.filter_map(|span| span.last).max();
            if let (Some(from), Some(to)) = (from, to)
                && notes.window.meets(from, to)
            {
                lane.gaps.push(gap(from, to, GapKind::ManyMissing));
            }
            continue;
        }
        let missing = rows.missing();
        lane.gaps.extend(
            missing
                .filter(|ids| notes.window.meets(ids.from, ids.to))
                .map(|ids| {
                    let what = GapKind::MissingRecords {
                        after: ids.after,
                        before: ids.before,
                    };
                    gap(ids.from, ids.to, what)
                }),
        );
    }
}

/// Makes one span of those that touch.
fn united(spans: &mut Vec<TimeSpan>) {
    spans.sort();
    spans.dedup_by(|later, first| {
        let touches = later.from <= first.to;
        if touches {
            first.to = first.to.max(later.to);
        }
        touches
    });
}
