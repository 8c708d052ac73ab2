//! What of a record could not be understood: it is a defect of the file, and never an absence.

use crate::integrity::DefectCode;
use crate::sink::Delivery;

/// A field of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Time,
    EventId,
    Level,
    RecordId,
    Keywords,
    /// A number that says how an event was logged: of its version, process, thread and the like.
    Number,
    Trust,
    /// The list of insertion strings, or that of values with names.
    Values,
}

impl Field {
    fn as_str(self) -> &'static str {
        match self {
            Field::Time => "time",
            Field::EventId => "event id",
            Field::Level => "level",
            Field::RecordId => "record id",
            Field::Keywords => "keywords",
            Field::Number => "number in a field",
            Field::Trust => "trust",
            Field::Values => "values",
        }
    }
}

/// Fields that are there and could not be understood, and values that were left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Unread {
    fields: Vec<(Field, String)>,
    left_out: u64,
}

/// Characters of a foreign text that are shown.
const SHOWN: usize = 60;

impl Unread {
    /// Notes a field and what stands in it.
    pub(crate) fn note(&mut self, field: Field, text: &str) {
        let plain = |c: &char| !c.is_control();
        let text = text.trim().chars().filter(plain).take(SHOWN).collect();
        self.fields.push((field, text));
    }

    /// Notes values beyond the limit.
    pub(crate) fn left_out(&mut self, values: usize) {
        self.left_out += values as u64;
    }

    /// Adds what another part of the same record lacks.
    pub(crate) fn add(&mut self, other: Unread) {
        self.fields.extend(other.fields);
        self.left_out += other.left_out;
    }

    /// Notes it in the account of the file.
    pub(crate) fn tell(self, offset: Option<u64>, delivery: &mut Delivery<'_>) {
        for (field, text) in self.fields {
            let code = match field {
                Field::Time => DefectCode::NoTime,
                _ => DefectCode::UnreadableField,
            };
            let name = field.as_str();
            let message = format!("the {name} of a record could not be understood: \"{text}\"");
            delivery.defect(code, offset, message);
        }
        if self.left_out > 0 {
            delivery.account.integrity.note_many(
                DefectCode::ValuesLeftOut,
                offset,
                self.left_out,
                "values of a record beyond the limit were left out",
            );
        }
    }
}
