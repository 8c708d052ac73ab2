//! Errors and warnings, whatever signatures ask: by kind (provider, id, level, computer), and in
//! each kind by form (what the values are), so that the report can list those that nobody explains
//! with the services, codes and users that they name.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use eventkb_logs::event::Event;
use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::observation::Observation;
use super::records::{Keep, Records, sum_of};
use crate::limits;

/// What is kept of one form for citation: a record or two.
const KEEP: Keep = Keep {
    singles: 1,
    runs: 1,
};

/// All errors and warnings of a session.
///
/// Kinds and forms are bounded: those with the lowest numbers are kept. A number is a hash of the
/// content, so these are the same ones in whatever order events come, and each that is kept at the
/// end was kept from its first event on: its count is exact.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Errors {
    #[serde(with = "super::saved::pairs")]
    kinds: BTreeMap<u128, Kind>,
    /// Events of kinds that were dropped.
    pub(crate) dropped: u64,
}

/// One kind of error on one computer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kind {
    pub(crate) provider: String,
    pub(crate) event_id: u16,
    pub(crate) level: u8,
    pub(crate) computer: String,
    #[serde(with = "super::saved::pairs")]
    pub(crate) forms: BTreeMap<u128, Form>,
    /// Records of forms that are not kept apart.
    pub(crate) rest: Records,
    /// Some forms were not kept apart.
    pub(crate) more: bool,
}

/// One content of a kind of error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Form {
    /// One event with this content.
    #[serde(with = "super::saved::event")]
    pub(crate) event: Box<Event>,
    pub(crate) records: Records,
}

/// Whether records of this level are counted: critical, error, warning. Audit failures have level 0
/// or 4 and are none.
pub(crate) fn counts(level: Option<u8>) -> bool {
    level.is_some_and(|level| (1..=3).contains(&level))
}

impl Errors {
    /// Makes room for a kind and form of error; gives their numbers, to note its records by.
    pub(crate) fn make_room(&mut self, event: &Event, digest: &mut Digest) -> (u128, u128) {
        let kind = kind_of(event, digest);
        let form = form_of(event, digest);
        if let Entry::Vacant(vacant) = self.kinds.entry(kind) {
            vacant.insert(Kind::of(event));
            self.bound();
        }
        let most = self.most_forms();
        if let Some(known) = self.kinds.get_mut(&kind) {
            known.spell(&event.provider);
        }
        if let Some(known) = self.kinds.get_mut(&kind)
            && !known.forms.contains_key(&form)
            && known.has_room_for(form, most)
        {
            let records = Records::default();
            let event = content_only(event);
            known.forms.insert(form, Form { event, records });
            known.bound(most);
        }
        (kind, form)
    }

    /// Notes a record of an error that room was made for.
    pub(crate) fn again(&mut self, kind: u128, form: u128, observation: Observation) {
        match self.kinds.get_mut(&kind) {
            Some(kind) => kind.add(form, observation),
            None => self.dropped = self.dropped.saturating_add(1),
        }
    }

    /// Forms kept apart in each kind. It only ever gets smaller.
    fn most_forms(&self) -> usize {
        if self.kinds.len() < limits::MANY_CLASSES {
            limits::MAX_ERROR_FORMS
        } else {
            limits::FEW_OBSERVATIONS
        }
    }

    fn bound(&mut self) {
        while self.kinds.len() > limits::MAX_ERROR_KINDS {
            if let Some((_, dropped)) = self.kinds.pop_last() {
                self.dropped = self.dropped.saturating_add(dropped.given());
            }
        }
        if self.kinds.len() == limits::MANY_CLASSES {
            let most = self.most_forms();
            self.kinds.values_mut().for_each(|kind| kind.bound(most));
        }
    }

    pub(crate) fn merge(&mut self, other: Errors) {
        self.dropped = self.dropped.saturating_add(other.dropped);
        for (number, theirs) in other.kinds {
            match self.kinds.get_mut(&number) {
                Some(ours) => ours.merge(theirs),
                None => {
                    self.kinds.insert(number, theirs);
                }
            }
        }
        self.bound();
        let most = self.most_forms();
        self.kinds.values_mut().for_each(|kind| kind.bound(most));
    }

    /// Sorts in everything that was seen.
    pub(crate) fn settle(&mut self) {
        for kind in self.kinds.values_mut() {
            kind.rest.settle(KEEP);
            kind.forms
                .values_mut()
                .for_each(|form| form.records.settle(KEEP));
        }
    }

    /// Copies of whole files count for nothing.
    pub(crate) fn forget(&mut self, files: &BTreeSet<String>) {
        for kind in self.kinds.values_mut() {
            kind.rest.forget(files);
            kind.forms
                .values_mut()
                .for_each(|form| form.records.forget(files));
        }
    }

    pub(crate) fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }
}

impl Kind {
    fn of(event: &Event) -> Kind {
        Kind {
            provider: event.provider.clone(),
            event_id: event.event_id,
            level: event.level.unwrap_or_default(),
            computer: event.computer.clone().unwrap_or_default(),
            forms: BTreeMap::new(),
            rest: Records::default(),
            more: false,
        }
    }

    /// Of several spellings of one provider the first one in order is shown, whichever came first.
    fn spell(&mut self, provider: &str) {
        if provider < self.provider.as_str() {
            provider.clone_into(&mut self.provider);
        }
    }

    fn has_room_for(&mut self, form: u128, most: usize) -> bool {
        let room = self.forms.len() < most
            || self
                .forms
                .last_key_value()
                .is_some_and(|(last, _)| form < *last);
        self.more |= !room;
        room
    }

    fn add(&mut self, form: u128, observation: Observation) {
        match self.forms.get_mut(&form) {
            Some(form) => form.records.add(observation, KEEP),
            None => self.rest.add(observation, KEEP),
        }
    }

    fn bound(&mut self, most: usize) {
        while self.forms.len() > most {
            if let Some((_, dropped)) = self.forms.pop_last() {
                self.more = true;
                self.rest.absorb(dropped.records, KEEP);
            }
        }
    }

    fn merge(&mut self, other: Kind) {
        self.more |= other.more;
        self.spell(&other.provider);
        self.rest.merge(other.rest, KEEP);
        for (number, theirs) in other.forms {
            match self.forms.get_mut(&number) {
                Some(ours) => ours.records.merge(theirs.records, KEEP),
                None => {
                    self.forms.insert(number, theirs);
                }
            }
        }
    }

    fn given(&self) -> u64 {
        let forms = self.forms.values().map(|form| form.records.given());
        sum_of(forms.chain([self.rest.given()]))
    }
}

fn kind_of(event: &Event, digest: &mut Digest) -> u128 {
    digest.clear();
    digest.folded(&event.provider);
    digest.bytes(&event.event_id.to_le_bytes());
    digest.bytes(&[event.level.unwrap_or_default()]);
    digest.text(event.computer.as_deref().unwrap_or(""));
    digest.number()
}

fn form_of(event: &Event, digest: &mut Digest) -> u128 {
    digest.clear();
    content(event, digest);
    // A class tells weak records apart, and so which of them a finding explains.
    digest.bytes(&[u8::from(event.trust.is_weak())]);
    digest.number()
}

/// All that an event says, apart from when it was written and where it stands.
pub(crate) fn content(event: &Event, digest: &mut Digest) {
    let Event {
        provider,
        event_source,
        event_id,
        qualifiers,
        level,
        category,
        category_name,
        channel,
        computer,
        strings,
        named,
        message,
        version,
        opcode,
        keywords,
        process_id,
        thread_id: _,
        user_sid,
        binary,
        ..
    } = event;
    digest.text(provider);
    digest.bytes(&event_id.to_le_bytes());
    let number = |number: Option<u64>| {
        number.map_or([0xff; 9], |n| {
            let mut bytes = [0; 9];
            if let Some(slot) = bytes.get_mut(1..) {
                slot.copy_from_slice(&n.to_le_bytes());
            }
            bytes
        })
    };
    for value in [
        qualifiers.map(u64::from),
        level.map(u64::from),
        category.map(u64::from),
        version.map(u64::from),
        opcode.map(u64::from),
        *keywords,
        process_id.map(u64::from),
    ] {
        digest.bytes(&number(value));
    }
    for text in [
        event_source,
        category_name,
        channel,
        computer,
        message,
        user_sid,
    ] {
        digest.optional(text.as_deref());
    }
    let count = |items: Option<usize>| number(items.map(|n| n as u64));
    digest.bytes(&count(strings.as_ref().map(Vec::len)));
    strings.iter().flatten().for_each(|text| digest.text(text));
    digest.bytes(&count(Some(named.len())));
    for (name, value) in named {
        digest.text(name);
        digest.text(value);
    }
    digest.bytes(binary.as_deref().unwrap_or_default());
    digest.optional(unnamed_in(event).map(|file| &**file));
}

/// The file of an event that names no computer. What is in another such file may be of another
/// computer: tables saved without that column are like that.
pub(crate) fn unnamed_in(event: &Event) -> Option<&Arc<str>> {
    let is_named = event
        .computer
        .as_deref()
        .is_some_and(|name| !name.is_empty());
    (!is_named).then_some(&event.file)
}

/// What an event says, without when it was written and where it stands; but for the file, where no
/// computer is named.
pub(crate) fn content_only(event: &Event) -> Box<Event> {
    Box::new(Event {
        time: None,
        record_id: None,
        offset: None,
        file: unnamed_in(event).map_or_else(|| "".into(), Arc::clone),
        activity_id: None,
        related_activity_id: None,
        thread_id: None,
        ..event.clone()
    })
}
