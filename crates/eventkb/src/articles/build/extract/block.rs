//! An event that is being read, field by field.

use super::fields::{self, Field, Label};
use super::found::{Found, Source};
use super::heads;
use crate::articles::model::ProviderHow;

/// An event that is being read, field by field.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) ids: Vec<u16>,
    pub(super) found: Found,
    pub(super) indent: u16,
    pub(super) in_description: bool,
    /// A blank line came since.
    pub(super) paused: bool,
    /// The last field had no value: it may stand on the next line.
    pub(super) waits: Option<Label>,
    /// Lines that belong to it, to be read as sentences if no event comes of it.
    pub(super) lines: Vec<usize>,
    /// Its id was called "ID".
    pub(super) bare_id: bool,
    /// It begins with what looks like an event id.
    pub(super) promised: bool,
    /// A line "Event 6165" began it; a field may say the id.
    pub(super) headed: bool,
}

impl Block {
    /// "ID: 1602" below an error message is no event: nothing else of one stands there.
    pub(super) fn is_number_alone(&self) -> bool {
        let found = &self.found;
        self.bare_id
            && found.source.is_none()
            && found.level.is_none()
            && found.log.is_none()
            && found.category.is_none()
            && !found.lead.to_ascii_lowercase().contains("event")
    }

    /// Fields that only an event has, whatever its id is.
    pub(super) fn shows_an_event(&self) -> bool {
        let found = &self.found;
        found.source.is_some() && (found.level.is_some() || found.log.is_some())
    }

    pub(super) fn take(&mut self, field: &Field<'_>, number: u32) {
        let value = field.value.trim();
        if value.is_empty() {
            self.waits = Some(field.label);
        }
        match field.label {
            Label::Id => {
                self.bare_id = field.is_bare_id();
                self.take_id(value, number);
            }
            Label::Instance if self.ids.is_empty() => self.take_id(value, number),
            Label::Source if !value.is_empty() && self.found.source.is_none() => {
                // "Source: ContosoMTA   Field Engineering": the category stands in the same line.
                let (name, category) = value.split_once("  ").unwrap_or((value, ""));
                let parted = heads::is_source_like(name);
                if parted && !category.is_empty() && self.found.category.is_none() {
                    self.found.category = Some(category.trim().to_owned());
                }
                self.found.source = Some(Source {
                    written: if parted { name } else { value }.to_owned(),
                    how: ProviderHow::Field,
                    line: number,
                });
            }
            Label::Level => {
                if let Some(level) = fields::level(value) {
                    self.found.level = self.found.level.or(Some((level, number)));
                }
            }
            Label::Category => {
                let said = !value.is_empty() && !value.eq_ignore_ascii_case("none");
                if said && self.found.category.is_none() {
                    self.found.category = Some(value.to_owned());
                }
            }
            Label::Log if !value.is_empty() => self.found.log = Some(value.to_owned()),
            Label::Description => {
                self.in_description = true;
                if !value.is_empty() {
                    self.found.description.push((number, value.to_owned()));
                }
            }
            Label::Source | Label::Log | Label::Instance | Label::Other => {}
        }
    }

    /// "9322", "1010: The server ...", "10014 Description", "1170 Contoso Interface".
    fn take_id(&mut self, value: &str, number: u32) {
        self.headed = false;
        self.promised = true;
        self.found.id_line = number;
        let Some(opening) = heads::after_label(value) else {
            return;
        };
        self.ids = opening.ids;
        if let Some(written) = opening.source {
            self.found.source = Some(Source {
                written,
                how: ProviderHow::Inline,
                line: number,
            });
        }
        if let Some(level) = opening.level {
            self.found.level = Some((level, number));
        }
        if !opening.rest.is_empty() {
            self.in_description = true;
            self.found.description.push((number, opening.rest));
        }
    }
}
