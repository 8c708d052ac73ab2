//! The damage experiment: a sound log is damaged in one place and read by the plain `evtx` crate
//! and by eventkb. Used by `tests/damage/` and by `examples/damage_table.rs`.
//!
//! A record is known by its place in the file. *Others* are the records whose own bytes were not
//! hit: they should come out as before.

#[path = "../common/all.rs"]
mod all;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

pub(crate) use all::All;
use eventkb_logs::Delivery;
use eventkb_logs::account::Account;
use eventkb_logs::event::{Event, Trust};
use eventkb_logs::evtx::{BlockDecoder, Blocks};
use eventkb_logs::integrity::{DefectCode, Integrity};
use eventkb_testkit::EventSpec;
use eventkb_testkit::damage::{Damage, DamageReport, repair_crcs};
use eventkb_testkit::evtx::map::Map;
use eventkb_testkit::evtx::{CHUNK_SIZE, DataShape, EvtxWriter, FILE_HEADER_SIZE, Layout, Style};
use eventkb_testkit::rng::Rng;
use eventkb_testkit::scenario::Noise;

/// What eventkb reads of a file.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Live records by their place.
    pub(crate) live: BTreeMap<usize, Event>,
    /// Places where a second live record was given.
    pub(crate) twice: usize,
    /// Stale records.
    pub(crate) recovered: usize,
    pub(crate) integrity: Integrity,
}

/// Reads a file with eventkb.
pub(crate) fn read(bytes: &[u8]) -> Reading {
    let mut sink = All::default();
    let mut account = Account::default();
    let mut delivery = Delivery::new("log.evtx".into(), &mut account, &mut sink);
    let mut blocks = Blocks::new(bytes);
    let mut decoder = BlockDecoder::default();
    let mut used = 0;
    while let Some(block) = blocks.next_block(&mut Vec::new()) {
        used += decoder.decode(&block, &mut delivery);
    }
    let closing = blocks.finish();
    let mut whole = closing.close(used);
    whole.add(account);
    // Closing the account compares chunks with each other.
    let input = whole.clone().close("log.evtx", "evtx", None).input;
    let integrity = Integrity {
        defects: input.defects,
        ..whole.integrity
    };
    let mut reading = Reading {
        integrity,
        ..Reading::default()
    };
    for event in sink.0 {
        if event.trust == Trust::Recovered {
            reading.recovered += 1;
            continue;
        }
        let place = usize::try_from(event.offset.unwrap_or(0)).unwrap_or(0);
        reading.twice += usize::from(reading.live.insert(place, event).is_some());
    }
    reading
}

/// What the plain crate reads: records by place, and how many errors it gives.
pub(crate) fn plain(bytes: &[u8]) -> (BTreeMap<usize, String>, usize) {
    let settings = evtx::ParserSettings::default().num_threads(1);
    let mut records = BTreeMap::new();
    let mut errors = 0;
    let Ok(parser) = evtx::EvtxParser::from_buffer(bytes.to_vec()) else {
        return (records, 1);
    };
    let mut parser = parser.with_configuration(settings.clone());
    let settings = std::sync::Arc::new(settings);
    for chunk in parser.chunks() {
        let Ok(mut chunk) = chunk else {
            errors += 1;
            continue;
        };
        let number = usize::try_from(chunk.number.unwrap_or(0)).unwrap_or(0);
        let start = FILE_HEADER_SIZE + number * CHUNK_SIZE;
        let Ok(mut chunk) = chunk.parse(std::sync::Arc::clone(&settings)) else {
            errors += 1;
            continue;
        };
        for record in chunk.iter() {
            let rendered = record.and_then(|record| {
                let place = start + usize::try_from(record.binxml_offset).unwrap_or(0) - 24;
                Ok((place, record.into_json()?.data))
            });
            match rendered {
                Ok((place, json)) => {
                    records.insert(place, json);
                }
                Err(_) => errors += 1,
            }
        }
    }
    (records, errors)
}

/// A sound log, and what both readers make of it.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    ours: BTreeMap<usize, Event>,
    theirs: BTreeMap<usize, String>,
}

impl Sample {
    pub(crate) fn new(name: impl Into<String>, bytes: Vec<u8>) -> Sample {
        let ours = read(&bytes).live;
        let (theirs, _) = plain(&bytes);
        Sample {
            name: name.into(),
            bytes,
            ours,
            theirs,
        }
    }

    pub(crate) fn records(&self) -> usize {
        self.ours.len()
    }
}

/// Logs of every shape that the testkit writes, and one with stale records.
pub(crate) fn made() -> Vec<Sample> {
    let mut samples = Vec::new();
    let layouts = [Layout::NameInTemplate, Layout::NameAsSubstitution];
    for (n, layout) in layouts.into_iter().enumerate() {
        for data in [DataShape::StringArray, DataShape::OneEach] {
            for style in [Style::Native, Style::Forwarded] {
                let events: Vec<EventSpec> = Noise::new(3 + n as u64).take(70).collect();
                let writer = EvtxWriter::new()
                    .layout(layout)
                    .data_shape(data)
                    .style(style);
                let name = format!("{layout:?} {data:?} {style:?}");
                samples.push(Sample::new(
                    name,
                    writer.records_per_chunk(35).write(&events),
                ));
            }
        }
    }
    let export = EvtxWriter::new()
        .records_per_chunk(30)
        .header_ids_from(7_000)
        .header_time_shift(9);
    let events: Vec<EventSpec> = Noise::new(8).take(60).collect();
    samples.push(Sample::new("export", export.write(&events)));
    samples.push(Sample::new("stale", stale()));
    samples
}

/// A log that was around once: new records overwrite the beginning of an old chunk.
fn stale() -> Vec<u8> {
    let old: Vec<EventSpec> = Noise::new(5).take(90).collect();
    let old = EvtxWriter::new().records_per_chunk(90).write(&old);
    let new: Vec<EventSpec> = Noise::new(6).take(35).map(|e| shifted(e, 5_000)).collect();
    let new = EvtxWriter::new().records_per_chunk(35).write(&new);
    let map = Map::of(&new);
    let end = map
        .records
        .last()
        .map_or(FILE_HEADER_SIZE, |record| record.range().end);
    let mut bytes = old;
    bytes.truncate(FILE_HEADER_SIZE + CHUNK_SIZE);
    let (head, _) = bytes.split_at_mut(end);
    head.copy_from_slice(&new[..end]);
    bytes
}

fn shifted(event: EventSpec, by: u64) -> EventSpec {
    let id = event.record_id + by;
    if event.record_id == 0 {
        event.clone().record_id(0)
    } else {
        event.record_id(id)
    }
}

/// Chunks of real logs that are sound, each as a log of its own (or in pairs).
pub(crate) fn real(folder: &Path, most: usize) -> Vec<Sample> {
    let mut logs = Vec::new();
    logs_below(folder, &mut logs);
    // Every chunk has the same chance, however many are in its log.
    let mut places = Vec::new();
    for log in &logs {
        let size = std::fs::metadata(log).map_or(0, |meta| meta.len());
        let slots = usize::try_from(size).unwrap_or(0) / CHUNK_SIZE;
        places.extend((0..slots).map(|slot| (log, FILE_HEADER_SIZE + CHUNK_SIZE * slot)));
    }
    let mut rng = Rng::new(1);
    let mut samples = Vec::new();
    let mut tries = 0;
    while samples.len() < most && tries < 20 * most {
        tries += 1;
        let Some(&(log, first)) = rng.pick(&places) else {
            break;
        };
        let Ok(bytes) = std::fs::read(log) else {
            continue;
        };
        let end = first + CHUNK_SIZE * (rng.below(2) + 1);
        let end = end.min(bytes.len());
        let (Some(head), Some(chunks)) = (bytes.get(..FILE_HEADER_SIZE), bytes.get(first..end))
        else {
            continue;
        };
        let count = u16::try_from(chunks.len() / CHUNK_SIZE).unwrap_or(0);
        let mut log_bytes = [head, chunks].concat();
        log_bytes[42..44].copy_from_slice(&count.to_le_bytes());
        log_bytes[120..124].fill(0);
        // Only the file header changes: chunks with damage of their own are no sound samples.
        let sound = log_bytes.clone();
        repair_crcs(&mut log_bytes);
        if log_bytes[FILE_HEADER_SIZE..] != sound[FILE_HEADER_SIZE..] {
            continue;
        }
        let sample = Sample::new(log.display().to_string(), log_bytes);
        let reading = read(&sample.bytes);
        let mapped = Map::of(&sample.bytes).records.len();
        if sample.records() == mapped && mapped > 1 && !reading.integrity.may_hide_records() {
            samples.push(sample);
        }
    }
    samples
}

fn logs_below(folder: &Path, logs: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            logs_below(&path, logs);
        } else if path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("evtx"))
        {
            logs.push(path);
        }
    }
}

/// What one reader did to the others in one try, or in many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Loss {
    /// Others that did not come out.
    pub(crate) lost: usize,
    /// Tries in which records were lost and the reader said nothing.
    pub(crate) silent: usize,
    /// Others that came out different, without a flag.
    pub(crate) wrong: usize,
    /// The reader panicked.
    pub(crate) panics: usize,
}

impl Loss {
    fn add(&mut self, other: Loss) {
        self.lost += other.lost;
        self.silent += other.silent;
        self.wrong += other.wrong;
        self.panics += other.panics;
    }
}

/// The outcome of one try, or of many.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) tries: usize,
    pub(crate) others: usize,
    pub(crate) plain: Loss,
    pub(crate) ours: Loss,
    /// Records that eventkb gave as live, and that were none.
    pub(crate) extra: usize,
    /// What must never be, in words.
    pub(crate) broken: Vec<String>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Tally) {
        self.tries += other.tries;
        self.others += other.others;
        self.plain.add(other.plain);
        self.ours.add(other.ours);
        self.extra += other.extra;
        self.broken.extend(other.broken);
    }
}

/// One try; `None` when the sample has nothing that the damage could hit. `with_plain` also runs
/// the crate.
pub(crate) fn attempt(
    sample: &Sample,
    damage: Damage,
    seed: u64,
    with_plain: bool,
) -> Option<Tally> {
    let mut bytes = sample.bytes.clone();
    let report = damage.apply(&mut bytes, seed)?;
    let hidden = Rng::new(!seed).below(2) == 1;
    if hidden {
        repair_crcs(&mut bytes);
    }
    let mut tally = Tally {
        tries: 1,
        ..Tally::default()
    };
    let trial = Trial {
        sample,
        report: &report,
        seed,
        hidden,
    };
    tally.others = sample
        .ours
        .keys()
        .filter(|&&place| !trial.hit(place))
        .count();
    match catch_unwind(AssertUnwindSafe(|| read(&bytes))) {
        Ok(reading) => trial.judge(&reading, &mut tally),
        Err(_) => {
            tally.ours.panics += 1;
            tally.broken.push(format!("{trial}: panic"));
        }
    }
    if with_plain {
        match catch_unwind(AssertUnwindSafe(|| plain(&bytes))) {
            Ok((records, errors)) => {
                let mut missing = 0;
                for (place, text) in &sample.theirs {
                    let now = trial.moved(*place).and_then(|place| records.get(&place));
                    missing += usize::from(now.is_none());
                    if trial.hit(*place) {
                        continue;
                    }
                    tally.plain.lost += usize::from(now.is_none());
                    tally.plain.wrong += usize::from(now.is_some_and(|now| now != text));
                }
                tally.plain.silent += usize::from(missing > 0 && errors == 0);
            }
            Err(_) => tally.plain.panics += 1,
        }
    }
    Some(tally)
}

/// One damaged log.
struct Trial<'t> {
    sample: &'t Sample,
    report: &'t DamageReport,
    seed: u64,
    /// The checksums were put right behind the damage.
    hidden: bool,
}

impl std::fmt::Display for Trial<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (damage, name) = (self.report.damage, &self.sample.name);
        write!(f, "{damage:?} seed {} on {name}", self.seed)
    }
}

impl Trial<'_> {
    /// Whether the record that stood at `place` was hit itself.
    fn hit(&self, place: usize) -> bool {
        self.report
            .records
            .iter()
            .any(|record| record.offset == place)
    }

    fn judge(&self, reading: &Reading, tally: &mut Tally) {
        let integrity = &reading.integrity;
        let mut missing = 0;
        let mut places = Vec::new();
        for (place, event) in &self.sample.ours {
            let now = self
                .moved(*place)
                .and_then(|place| reading.live.get(&place));
            places.extend(self.moved(*place));
            missing += u64::from(now.is_none());
            let changed = now.is_some_and(|now| !same(event, now));
            let flagged = now.is_some_and(|now| now.trust != Trust::Intact);
            if changed && !flagged && !self.hidden {
                tally.broken.push(format!(
                    "{}: changed content at {place} without a flag",
                    self
                ));
            }
            if self.report.is_inside_one_record() && !self.hit(*place) && (now.is_none() || changed)
            {
                tally.broken.push(format!(
                    "{}: one record was hit, and that at {place} suffered",
                    self
                ));
            }
            if !self.hit(*place) {
                tally.ours.lost += usize::from(now.is_none());
                tally.ours.wrong += usize::from(changed && !flagged);
            }
        }
        let extra = reading
            .live
            .keys()
            .filter(|place| !places.contains(place))
            .count()
            + reading.twice;
        tally.extra += extra;
        let doubled = integrity
            .defects
            .iter()
            .any(|defect| defect.code == DefectCode::Duplicate);
        if extra > 0 && !doubled && !integrity.may_hide_records() {
            tally.broken.push(format!(
                "{}: {extra} records that were none, without a word",
                self
            ));
        }
        if missing > 0 && !integrity.may_hide_records() {
            tally.ours.silent += 1;
            tally
                .broken
                .push(format!("{}: {missing} missing without a word", self));
        }
        let promised = integrity.promised.unwrap_or(0);
        if promised != integrity.read + integrity.failed + integrity.lost {
            tally.broken.push(format!(
                "{}: the account does not add up: {integrity:?}",
                self
            ));
        }
        if integrity.read != (reading.live.len() + reading.twice) as u64 {
            tally.broken.push(format!(
                "{}: {} read, {} came out",
                self,
                integrity.read,
                reading.live.len()
            ));
        }
        if integrity.recovered != reading.recovered as u64 {
            tally.broken.push(format!(
                "{}: {} recovered by the account, {} came out",
                self, integrity.recovered, reading.recovered
            ));
        }
    }

    /// Where a record stands after the damage; `None` when it was cut out.
    fn moved(&self, place: usize) -> Option<usize> {
        let report = self.report;
        match report.damage {
            Damage::ChunkDuplicated if place >= report.range.start => Some(place + CHUNK_SIZE),
            Damage::ChunkRemoved if report.range.contains(&place) => None,
            Damage::ChunkRemoved if place >= report.range.end => Some(place - CHUNK_SIZE),
            _ => Some(place),
        }
    }
}

/// Whether two readings of a record say the same, wherever it stands.
fn same(a: &Event, b: &Event) -> bool {
    let bare = |event: &Event| Event {
        offset: None,
        trust: Trust::Intact,
        ..event.clone()
    };
    bare(a) == bare(b)
}
