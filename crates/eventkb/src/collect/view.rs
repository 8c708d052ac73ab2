//! An event as signatures look at it: values by position, by name, by field.

use std::borrow::Cow;

use eventkb_logs::event::Event;

use crate::knowledge::catalogue::EventFacts;
use crate::signature::compile::Subject;
use crate::signature::model::{BinaryWord, SystemValue};

/// An event with what the catalogue knows of it.
pub(crate) struct View<'e> {
    pub(crate) event: &'e Event,
    pub(crate) facts: Option<&'e EventFacts>,
    strings: Option<Cow<'e, [String]>>,
    /// The strings were read from the message text.
    pub(crate) from_text: bool,
}

impl<'e> View<'e> {
    /// A string that an export's text does not tell is empty, and an empty string answers no
    /// condition.
    pub(crate) fn of(event: &'e Event, facts: Option<&'e EventFacts>) -> View<'e> {
        if let Some(strings) = &event.strings {
            return View {
                event,
                facts,
                strings: Some(Cow::Borrowed(strings)),
                from_text: false,
            };
        }
        let read = event
            .message
            .as_deref()
            .zip(facts)
            .and_then(|(message, facts)| facts.strings_from_text(message));
        View {
            event,
            facts,
            from_text: read.is_some(),
            strings: read.map(Cow::Owned),
        }
    }

    /// The insertion strings, if the record or its text carries any.
    pub(crate) fn strings(&self) -> Option<&[String]> {
        self.strings.as_deref()
    }

    /// Every string, and every named value that is not among them. `None` when the record carries
    /// no values at all.
    pub(crate) fn values(&self) -> Option<impl Iterator<Item = &str>> {
        if self.strings.is_none() && self.event.named.is_empty() {
            return None;
        }
        let strings = self.strings.iter().flat_map(|strings| strings.iter());
        let named = self.event.named.iter().map(|(_, value)| value);
        Some(strings.chain(named).map(String::as_str))
    }

    /// A value; `None` when the record does not carry it. Not for [`Subject::AnyValue`].
    pub(crate) fn value(&self, subject: &Subject) -> Option<Cow<'_, str>> {
        match subject {
            Subject::String(at) => self.strings()?.get(*at).map(|s| Cow::Borrowed(s.as_str())),
            Subject::Value(name) => self.named(name).map(Cow::Borrowed),
            Subject::Message => self.event.message.as_deref().map(Cow::Borrowed),
            Subject::Binary(word) => self.word(*word).map(|n| Cow::Owned(n.to_string())),
            Subject::System(field) => self.system(*field),
            Subject::AnyValue => None,
        }
    }

    /// The value of this name: the record's own names first, then the catalogue's for positions.
    fn named(&self, name: &str) -> Option<&str> {
        let named = &self.event.named;
        let whole = named.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        if let Some((_, value)) = whole {
            return Some(value);
        }
        if let Some(at) = self.position(name) {
            return self.strings()?.get(at).map(String::as_str);
        }
        // UserData's names stand below the event's own element, which authors leave out.
        let inner = named.iter().find(|(key, _)| {
            key.len() > name.len()
                && key.is_char_boundary(key.len() - name.len())
                && key[..key.len() - name.len()].ends_with('.')
                && key[key.len() - name.len()..].eq_ignore_ascii_case(name)
        });
        inner.map(|(_, value)| value.as_str())
    }

    fn position(&self, name: &str) -> Option<usize> {
        let strings = self.strings()?;
        if let Some(at) = self.facts.and_then(|f| f.position(name, strings.len())) {
            return Some(at);
        }
        // Classic providers call their values param1, param2: what an export without names loses.
        let digits = name
            .get(..5)
            .filter(|head| head.eq_ignore_ascii_case("param"))
            .and_then(|_| name.get(5..))?;
        digits.parse::<usize>().ok()?.checked_sub(1)
    }

    fn word(&self, word: BinaryWord) -> Option<u64> {
        let end = word.offset.checked_add(usize::from(word.size))?;
        let bytes = self.event.binary.as_deref()?.get(word.offset..end)?;
        let byte = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(bytes.iter().rev().fold(0, byte))
    }

    fn system(&self, field: SystemValue) -> Option<Cow<'_, str>> {
        let event = self.event;
        let number = |number: Option<u64>| number.map(|n| Cow::Owned(n.to_string()));
        match field {
            SystemValue::Provider => Some(Cow::Borrowed(&event.provider)),
            SystemValue::EventId => number(Some(event.event_id.into())),
            SystemValue::Channel => event.channel.as_deref().map(Cow::Borrowed),
            SystemValue::Computer => event.computer.as_deref().map(Cow::Borrowed),
            SystemValue::UserSid => event.user_sid.as_deref().map(Cow::Borrowed),
            SystemValue::ProcessId => number(event.process_id.map(Into::into)),
            SystemValue::Keywords => number(event.keywords),
            SystemValue::Opcode => number(event.opcode.map(Into::into)),
            SystemValue::Task => number(event.category.map(Into::into)),
            SystemValue::Version => number(event.version.map(Into::into)),
            SystemValue::Qualifiers => number(event.qualifiers.map(Into::into)),
        }
    }
}
