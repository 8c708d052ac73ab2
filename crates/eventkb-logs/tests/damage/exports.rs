//! Damaged exports: what lies between two records that were read is accounted for, and no event goes
//! without a word. Used by the tests and by `examples/export_damage_table.rs`.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use eventkb_logs::account::RecordGap;
use eventkb_logs::event::{Event, Head};
use eventkb_logs::integrity::DefectCode;
use eventkb_logs::{Admission, Input, ReadOptions, Sink, read_stream};
use eventkb_testkit::EventSpec;
use eventkb_testkit::bytes::ByteDamage;
use eventkb_testkit::dialects::Dialect;
use eventkb_testkit::scenario::{Attempt, Noise, START, mixed};

/// Takes every event.
#[derive(Default)]
struct Every(Vec<Event>);

impl Sink for Every {
    fn admit(&mut self, _: &Head<'_>) -> Admission {
        Admission::Full
    }

    fn event(&mut self, event: Event, _: Option<&[u8]>) -> ControlFlow<()> {
        self.0.push(event);
        ControlFlow::Continue(())
    }
}

/// What was read of an export; no account where it was not taken for one.
pub(crate) fn read(mut bytes: &[u8]) -> (Vec<Event>, Option<Input>) {
    let mut every = Every::default();
    let result = read_stream("x", &mut bytes, &ReadOptions::default(), &mut every);
    (
        every.0,
        result.files.into_iter().next().map(|file| file.input),
    )
}

/// A sound export.
pub(crate) struct Export {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) events: usize,
    /// Codes that the sound one has.
    known: Vec<DefectCode>,
    /// What it tells of missing record ids.
    gaps: (Vec<RecordGap>, bool),
}

/// Numbers the events of each log, as logs do.
fn with_record_ids(events: Vec<EventSpec>) -> Vec<EventSpec> {
    let mut last: HashMap<(String, String), u64> = HashMap::new();
    let numbered = events.into_iter().map(|event| {
        let log = (event.computer.clone(), event.channel.clone());
        let id = last.entry(log).or_insert(100);
        *id += 1;
        let id = *id;
        event.record_id(id)
    });
    numbered.collect()
}

/// The same events in every dialect.
pub(crate) fn made() -> Vec<Export> {
    let events = Attempt::on_one_computer(START).events();
    let events: Vec<EventSpec> = mixed(events, Noise::new(11).take(35)).into_iter().collect();
    let events = with_record_ids(events);
    Dialect::ALL
        .into_iter()
        .map(|dialect| {
            let bytes = dialect.write(&events).into_bytes();
            let (read, input) = read(&bytes);
            assert_eq!(read.len(), events.len(), "{dialect:?}: {input:?}");
            let input = input.expect("an export");
            Export {
                name: format!("{dialect:?}"),
                bytes,
                events: events.len(),
                known: input.defects.iter().map(|defect| defect.code).collect(),
                gaps: (input.gaps, input.many_gaps),
            }
        })
        .collect()
}

/// What came of tries.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    pub(crate) tries: usize,
    /// Events that did not come out.
    pub(crate) lost: usize,
    /// Events that came out and were none.
    pub(crate) extra: usize,
    /// Tries in which events went and the account says nothing at all.
    pub(crate) silent: usize,
    /// What must never be, in words.
    pub(crate) broken: Vec<String>,
}

impl Outcome {
    pub(crate) fn add(&mut self, other: Outcome) {
        self.tries += other.tries;
        self.lost += other.lost;
        self.extra += other.extra;
        self.silent += other.silent;
        self.broken.extend(other.broken);
    }
}

/// One try.
pub(crate) fn attempt(export: &Export, damage: ByteDamage, seed: u64) -> Outcome {
    let mut bytes = export.bytes.clone();
    damage.apply(&mut bytes, seed);
    let mut outcome = Outcome {
        tries: 1,
        ..Outcome::default()
    };
    let what = format!("{damage:?} seed {seed} on {}", export.name);
    let Ok((events, input)) = catch_unwind(AssertUnwindSafe(|| read(&bytes))) else {
        outcome.broken.push(format!("{what}: panic"));
        return outcome;
    };
    // Nothing is left of it that could be taken for an export: it is named as such.
    let Some(input) = input else {
        return outcome;
    };
    outcome.lost = export.events.saturating_sub(events.len());
    outcome.extra = events.len().saturating_sub(export.events);
    let told = input.records_lost > 0
        || input.error.is_some()
        || (input.gaps.as_slice(), input.many_gaps) != (export.gaps.0.as_slice(), export.gaps.1)
        || input
            .defects
            .iter()
            .any(|defect| defect.code.may_hide_records() && !export.known.contains(&defect.code));
    // A piece that is taken out or stands in the place of another, or a cut, can leave a row that is whole; where records have no
    // numbers, nothing can tell.
    let tells = !matches!(
        damage,
        ByteDamage::Removed(_) | ByteDamage::Copied(_) | ByteDamage::Cut
    );
    if outcome.lost > 0 && !told {
        outcome.silent = 1;
    }
    if outcome.lost > 0 && !told && tells {
        outcome.broken.push(format!(
            "{what}: {} of {} gone without a word: {:?}",
            outcome.lost, export.events, input.defects
        ));
    }
    if input.records_read != events.len() as u64 {
        outcome.broken.push(format!(
            "{what}: {} read, {} came out",
            input.records_read,
            events.len()
        ));
    }
    outcome
}
