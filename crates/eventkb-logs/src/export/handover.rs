//! What stands between the readers of exports and the delivery: it settles the dates of a file,
//! counts what could not be understood, and notes at the end what an export lacks.
//!
//! Events whose dates could be read either way wait here until a later one tells, or the file ends:
//! the file is read once, so that streams are read like files. How much may wait is limited; what
//! is decided at the limit is said to be a guess.

use std::collections::VecDeque;

use crate::event::{Event, Trust, is_set};
use crate::export::dates::{Dates, Order, Stamp, Unreadable};
use crate::export::dialects::Zone;
use crate::integrity::DefectCode;
use crate::limits;
use crate::sink::Delivery;
use crate::unread::{Field, Unread};

/// An event as a reader has it: complete but for its time.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) event: Event,
    /// Its time, where that is not in the event yet.
    pub(crate) stamp: Option<Stamp>,
    /// Its time is UTC though it does not say so.
    pub(crate) utc: bool,
    /// Its insertion strings come from a text that says there is no text.
    pub(crate) from_text: bool,
    /// Its year was counted from 543 BC.
    pub(crate) buddhist: bool,
    /// Its text holds what looks like another event.
    pub(crate) holds_another: bool,
    pub(crate) unread: Unread,
}

impl Draft {
    /// An event of which nothing is open.
    pub(crate) fn of(event: Event, unread: Unread) -> Draft {
        Draft {
            event,
            unread,
            ..Draft::default()
        }
    }

    /// Reads its time.
    pub(crate) fn time(&mut self, text: &str, zone: Zone) {
        self.utc = zone == Zone::Utc;
        match crate::export::dates::parse(text) {
            Ok((stamp, buddhist)) => {
                self.stamp = Some(stamp);
                self.buddhist = buddhist;
            }
            Err(why) => self.unread.note(Field::Time, &why_no_time(text, why)),
        }
    }

    /// Bytes of memory that it takes, about.
    pub(crate) fn size(&self) -> usize {
        let event = &self.event;
        let strings = event.strings.iter().flatten().map(|text| text.len() + 24);
        let named = event.named.iter().map(|(a, b)| a.len() + b.len() + 48);
        let texts = event.provider.len() + event.message.as_ref().map_or(0, String::len);
        size_of::<Draft>() + texts + strings.sum::<usize>() + named.sum::<usize>()
    }
}

fn why_no_time(text: &str, why: Unreadable) -> String {
    match why {
        Unreadable::NotATime => text.to_owned(),
        Unreadable::Calendar => format!("{text} (a calendar that is not known)"),
        Unreadable::Order => format!("{text} (day and month in another order than elsewhere)"),
    }
}

/// Takes the events of one file.
pub(crate) struct Handover<'d, 'a> {
    pub(crate) delivery: &'d mut Delivery<'a>,
    /// What the export says of its zone.
    pub(crate) zone: Option<String>,
    dates: Dates,
    waiting: VecDeque<Draft>,
    waiting_bytes: usize,
    missing: Missing,
    /// Events from here on cannot be told from what the text of another one may hold.
    pub(crate) in_doubt: bool,
}

/// What an export lacks. One note per file: the same shortcoming repeats with every record.
#[derive(Debug, Default)]
struct Missing {
    without_strings: u64,
    from_text: u64,
    local_times: u64,
    first: Option<u64>,
}

impl<'d, 'a> Handover<'d, 'a> {
    pub(crate) fn new(delivery: &'d mut Delivery<'a>) -> Self {
        Handover {
            delivery,
            zone: None,
            dates: Dates::default(),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            missing: Missing::default(),
            in_doubt: false,
        }
    }

    /// From here on events cannot be told from what the text of another one may hold: they are trusted less.
    pub(crate) fn doubt(&mut self, offset: Option<u64>) {
        self.in_doubt = true;
        self.delivery.defect(
            DefectCode::HeaderMismatch,
            offset,
            "events of this form cannot be told from what the message of the one before them may hold: they \
             are trusted less",
        );
    }

    /// The export always writes its dates in this order.
    pub(crate) fn in_order(&mut self, order: Option<Order>) {
        if order.is_some() {
            self.dates = Dates::in_order(order);
        }
    }

    /// A date of the file that is no event's time: it tells the order all the same.
    pub(crate) fn evidence(&mut self, text: &str) {
        if let Ok((stamp, _)) = crate::export::dates::parse(text) {
            self.dates.see(&stamp);
        }
    }

    /// Takes an event. Events are handed on in the order they come.
    pub(crate) fn event(&mut self, mut draft: Draft) {
        if self.in_doubt {
            draft.event.trust = draft.event.trust.max(Trust::HeaderMismatch);
        }
        if let Some(stamp) = &draft.stamp {
            self.dates.see(stamp);
        }
        if self.waiting.is_empty() && self.dates.knows(draft.stamp.as_ref()) {
            return self.hand_on(draft);
        }
        self.waiting_bytes += draft.size();
        self.waiting.push_back(draft);
        if self.waiting_bytes > limits::MAX_WAITING_BYTES {
            self.dates.settle();
        }
        let first = self.waiting.front();
        if first.is_some_and(|draft| self.dates.knows(draft.stamp.as_ref())) {
            self.flush();
        }
    }

    fn flush(&mut self) {
        while let Some(draft) = self.waiting.pop_front() {
            self.hand_on(draft);
        }
        self.waiting_bytes = 0;
    }

    fn hand_on(&mut self, mut draft: Draft) {
        let mut local = false;
        if let Some(stamp) = &draft.stamp {
            match self.dates.moment(stamp) {
                Ok(moment) => {
                    draft.event.time = Some(moment.time);
                    local = moment.local && !draft.utc;
                }
                Err(why) => draft.unread.note(Field::Time, &why_no_time("a date", why)),
            }
        }
        self.dates.buddhist += u64::from(draft.buddhist);
        let mut event = draft.event;
        event.time = event.time.filter(is_set);
        let without_strings = event.strings.is_none();
        self.missing.without_strings += u64::from(without_strings);
        self.missing.local_times += u64::from(local);
        self.missing.from_text += u64::from(draft.from_text);
        if self.missing.first.is_none() && (without_strings || local || draft.from_text) {
            self.missing.first = event.offset;
        }
        if draft.holds_another {
            let message = "the text of an event holds what looks like another: a line between them may be damaged";
            self.delivery.defect(DefectCode::Gap, event.offset, message);
        }
        draft.unread.tell(event.offset, self.delivery);
        self.delivery.event(event);
    }

    /// No more events will come.
    pub(crate) fn finish(&mut self) {
        self.dates.settle();
        self.flush();
        let missing = std::mem::take(&mut self.missing);
        let mut parts = Vec::new();
        if missing.without_strings > 0 {
            parts.push("no insertion strings in this export".to_owned());
        }
        if missing.from_text > 0 {
            let text = "insertion strings are taken from texts, where a comma inside one cuts it";
            parts.push(text.to_owned());
        }
        if missing.local_times > 0 {
            let zone = self.zone.take().map_or_else(
                || ", its zone is unknown".to_owned(),
                |zone| format!(" ({zone})"),
            );
            parts.push(format!(
                "times are local time of the server{zone}: shown as if UTC"
            ));
        }
        let count = missing
            .without_strings
            .max(missing.local_times)
            .max(missing.from_text);
        let integrity = &mut self.delivery.account.integrity;
        integrity.note_many(
            DefectCode::Incomplete,
            missing.first,
            count,
            parts.join("; "),
        );
        if let Some(order) = self.dates.guess() {
            let order = order.as_str();
            let message = format!(
                "whether day or month comes first in its dates is a guess: they were read with {order}"
            );
            integrity.note(DefectCode::GuessedDates, None, message);
        }
        integrity.note_many(
            DefectCode::Calendar,
            None,
            self.dates.buddhist,
            "years are counted from 543 BC, as in Thailand: they were converted",
        );
    }
}
