//! The fingerprint of a record: bytes that are equal only for records that differ in nothing but their
//! time, their record id, and the ids of their thread and activity, as far as an event keeps what
//! they say. Threads and activities take turns in what is otherwise the same storm.
//!
//! A failing server writes the same few events over and over. Comparing what a record says as the
//! bytes it is costs a tenth of decoding it.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::Decoder;
use super::layout::Layouts;
use super::start::{Start, read_values, start_of};
use crate::event::Trust;
use crate::event_builder::EventBuilder;
use crate::evtx::binxml::kind;
use crate::evtx::frames::Frame;
use crate::evtx::template::{Names, Step, Template};
use crate::evtx::value::{DecodeError, Unsupported};
use crate::limits;

/// What is worked out once for each template.
#[derive(Debug)]
pub(super) struct Traits {
    /// Tells the template from all others, whatever chunk it stands in.
    number: u64,
    /// For each value of a record: whether what it says reaches an event. Fingerprints are made of
    /// these.
    counts: Vec<bool>,
    /// Where the values end up.
    pub(super) layouts: Layouts,
}

/// Templates met before: every chunk has its own copy of each.
#[derive(Debug, Default)]
pub(super) struct Templates {
    known: HashMap<Rc<Template>, Rc<Traits>>,
    last: u64,
}

/// Templates remembered from chunk to chunk. Real logs have tens.
const MOST_TEMPLATES: usize = 1024;

impl Templates {
    pub(super) fn traits(&mut self, template: &Rc<Template>) -> Rc<Traits> {
        if let Some(traits) = self.known.get(template) {
            return Rc::clone(traits);
        }
        if self.known.len() >= MOST_TEMPLATES {
            self.known.clear();
        }
        // Numbers are never given twice.
        self.last += 1;
        let traits = Rc::new(Traits {
            number: self.last,
            counts: counting(&template.steps),
            layouts: Layouts::of(template),
        });
        self.known.insert(Rc::clone(template), Rc::clone(&traits));
        traits
    }
}

/// Which values reach an event, by where the template places them. The record's time, its id, and
/// those of its thread and activity do not count: they are what tells equal events apart.
fn counting(steps: &[Step]) -> Vec<bool> {
    let mut counts = Vec::new();
    let mut count = |value: u16| {
        let at = usize::from(value);
        if counts.len() <= at {
            counts.resize(at + 1, false);
        }
        if let Some(counts) = counts.get_mut(at) {
            *counts = true;
        }
    };
    // A builder knows what an event keeps of which element; it is only asked, and gives no event.
    let mut builder = EventBuilder::new(&Arc::from(""), None, Trust::Intact);
    let mut attribute: Option<&str> = None;
    for step in steps {
        match step {
            Step::Start { name, .. } => builder.start(name),
            Step::Attribute(name) => attribute = Some(name),
            Step::AttributeEnd => attribute = None,
            Step::Substitution { value, .. }
                if builder.wants(attribute) && !builder.tells_equal_events_apart(attribute) =>
            {
                count(*value);
            }
            Step::Substitution { .. } | Step::Text(_) => {}
            Step::End => builder.end(),
        }
    }
    counts
}

impl Decoder {
    /// Makes the fingerprint of a record; `false` when it has a span that is not made for it.
    pub(in crate::evtx) fn make_fingerprint(&mut self, chunk: &[u8], frame: &Frame) -> bool {
        let mut fingerprint = std::mem::take(&mut self.fingerprint);
        fingerprint.clear();
        let done = self.fingerprint_fragment(chunk, &frame.body, &mut fingerprint, 0);
        self.fingerprint = fingerprint;
        done.is_ok()
    }

    /// The fingerprint that was made last.
    pub(in crate::evtx) fn fingerprint(&self) -> &[u8] {
        &self.fingerprint
    }

    fn fingerprint_fragment(
        &mut self,
        chunk: &[u8],
        body: &Range<usize>,
        fingerprint: &mut Vec<u8>,
        depth: usize,
    ) -> Result<(), DecodeError> {
        if depth > limits::MAX_XML_DEPTH / 4 {
            return Err(Unsupported);
        }
        let start = start_of(chunk, body, &mut self.fuel)?;
        // What a record without a template says stands in no table.
        let table = start.values().ok_or(Unsupported)?;
        let mut values = Vec::new();
        if depth == 0 {
            values = std::mem::take(&mut self.values);
        }
        let read = read_values(chunk, table, (body.end, false), &mut values);
        let traits = read.and_then(|_| self.traits(chunk, body, &start));
        let done = traits.and_then(|traits| {
            fingerprint.extend_from_slice(&traits.number.to_le_bytes());
            self.fuel.burn(1)?;
            // How many values there are, and the types and lengths of all.
            let end = table + 4 + 4 * values.len();
            fingerprint.extend_from_slice(chunk.get(table..end).ok_or(Unsupported)?);
            // Values stand in a row: those that count are taken an interval at a time.
            let mut interval = end..end;
            for (at, value) in values.iter().enumerate() {
                if value.kind == kind::BINXML {
                    self.fingerprint_fragment(chunk, &value.bytes, fingerprint, depth + 1)?;
                    continue;
                }
                // Where a nested fragment ends up is not known: all of it counts.
                if depth == 0 && !traits.counts.get(at).is_some_and(|counts| *counts) {
                    continue;
                }
                if interval.end != value.bytes.start {
                    fingerprint.extend_from_slice(chunk.get(interval).ok_or(Unsupported)?);
                    interval = value.bytes.start..value.bytes.start;
                }
                interval.end = value.bytes.end;
            }
            fingerprint.extend_from_slice(chunk.get(interval).ok_or(Unsupported)?);
            Ok(())
        });
        if depth == 0 {
            self.values = values;
        }
        done
    }

    pub(super) fn traits(
        &mut self,
        chunk: &[u8],
        body: &Range<usize>,
        start: &Start,
    ) -> Result<Rc<Traits>, DecodeError> {
        let known = self.entries.of(start)?;
        if let Some(traits) = &known.traits {
            return Ok(Rc::clone(traits));
        }
        // What a record lacks must be said of each.
        let template = self.template(chunk, body, start, Names::All);
        let template = template.map_err(|error| match error {
            DecodeError::UnreadableName => Unsupported,
            _ => error,
        })?;
        let known = self.entries.of(start)?;
        let shapes = &mut self.shapes;
        let traits = known.traits.get_or_insert_with(|| shapes.traits(&template));
        Ok(Rc::clone(traits))
    }
}
