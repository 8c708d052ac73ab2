//! Where the fields of `Event/System` stand in a template, read without building anything.
//!
//! Every chunk brings its own copies of its templates, so this is done many times for each
//! megabyte: it allocates nothing, and stops at the end of System.

use std::ops::Range;

use super::names::{self, Name};
use super::slot::u16_at;
use super::value::{Fuel, Hurdle, NotDirect, STRING};
use crate::limits;

/// Where one field stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Field {
    #[default]
    Missing,
    /// UTF-16 text of the template itself: its bytes in the chunk.
    Text(Range<usize>),
    /// The record's value with this number.
    Value(u16),
}

/// Where the fields of System stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct System {
    pub(super) provider: Field,
    pub(super) event_source: Field,
    pub(super) event_id: Field,
    pub(super) qualifiers: Field,
    pub(super) level: Field,
    pub(super) task: Field,
    pub(super) time: Field,
    pub(super) record_id: Field,
    pub(super) channel: Field,
    pub(super) computer: Field,
}

impl System {
    /// Reads the fields from a template's definition, or from a record without a template.
    pub(super) fn read(chunk: &[u8], shape: &Shape, fuel: &mut Fuel) -> Result<System, Hurdle> {
        let mut walk = Walk {
            chunk,
            sound: shape.sound,
            fuel,
            at: shape.tokens.start,
            end: shape.tokens.end,
            depends: shape.is_template,
            depth: 0,
            in_system: false,
            child: Child::Other,
            seen: 0,
            slot: None,
        };
        let mut system = System::default();
        walk.run(&mut system)?;
        if system.provider == Field::Missing && system.event_source == Field::Missing {
            return Err(NotDirect);
        }
        Ok(system)
    }
}

/// Where the tokens of an event stand: in a template's definition or in the record itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) tokens: Range<usize>,
    /// Elements of a definition name the value they depend on; those of a record do not.
    pub(super) is_template: bool,
    /// The chunk's checksums hold, so that names need not be compared with their hashes.
    pub(super) sound: bool,
}

impl Shape {
    /// The definition at `at` in the chunk. Its tokens tell where it ends; the size it claims is
    /// not asked, for one damaged size would cost all records that use it.
    pub(super) fn of_definition(chunk: &[u8], at: usize, sound: bool) -> Result<Shape, Hurdle> {
        let start = at.checked_add(DEFINITION_HEAD).ok_or(NotDirect)?;
        Ok(Shape {
            tokens: start..chunk.len(),
            is_template: true,
            sound,
        })
    }
}

/// Bytes of a definition's head: next definition, GUID, size of what follows.
pub(super) const DEFINITION_HEAD: usize = 24;

/// Elements of System that are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Child {
    Provider,
    EventId,
    Level,
    Task,
    TimeCreated,
    RecordId,
    Channel,
    Computer,
    Other,
}

const CHILDREN: [(&str, Child); 8] = [
    ("Provider", Child::Provider),
    ("EventID", Child::EventId),
    ("Level", Child::Level),
    ("Task", Child::Task),
    ("TimeCreated", Child::TimeCreated),
    ("EventRecordID", Child::RecordId),
    ("Channel", Child::Channel),
    ("Computer", Child::Computer),
];

/// The field that the parts now read belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Name,
    Source,
    Qualifiers,
    Time,
    Content(Child),
}

struct Walk<'a> {
    chunk: &'a [u8],
    sound: bool,
    fuel: &'a mut Fuel,
    at: usize,
    end: usize,
    depends: bool,
    depth: usize,
    in_system: bool,
    child: Child,
    /// Which elements were there: a second one of a kind is left to the long way.
    seen: u8,
    slot: Option<Slot>,
}

impl<'a> Walk<'a> {
    fn run(&mut self, system: &mut System) -> Result<(), Hurdle> {
        // Each step moves on by at least one byte; the bound is for crafted definitions.
        for _ in 0..4 * limits::MAX_TEMPLATE_NODES {
            if self.at >= self.end {
                return Err(NotDirect);
            }
            self.fuel.burn(1)?;
            let token = *self.chunk.get(self.at).ok_or(NotDirect)?;
            self.at += 1;
            match token & !0x40 {
                0x0f => self.at += 3,
                0x01 => self.start(token & 0x40 != 0)?,
                0x06 => self.attribute()?,
                0x02 => self.slot = self.content_slot(),
                0x03 | 0x04 => {
                    self.slot = None;
                    self.depth = self.depth.checked_sub(1).ok_or(NotDirect)?;
                    if self.depth == 1 && self.in_system {
                        return Ok(());
                    }
                }
                0x05 => {
                    let text = self.text()?;
                    self.put(system, Field::Text(text))?;
                }
                0x0d | 0x0e => {
                    let value = u16_at(self.chunk, self.at).ok_or(NotDirect)?;
                    self.at += 3;
                    self.put(system, Field::Value(value))?;
                }
                // Anything else in System is left to the long way.
                _ => return Err(NotDirect),
            }
        }
        Err(NotDirect)
    }

    fn start(&mut self, has_attributes: bool) -> Result<(), Hurdle> {
        self.at += if self.depends { 6 } else { 4 };
        let name = self.name()?;
        self.depth += 1;
        self.slot = None;
        match self.depth {
            2 => self.in_system = name.is("System"),
            3 if self.in_system => {
                let known = CHILDREN.iter().position(|(known, _)| name.is(known));
                self.child = Child::Other;
                if let Some(at) = known {
                    self.child = CHILDREN[at].1;
                    let bit = 1 << at;
                    if self.seen & bit != 0 {
                        return Err(NotDirect);
                    }
                    self.seen |= bit;
                }
            }
            _ => {}
        }
        if has_attributes {
            self.at += 4;
        }
        Ok(())
    }

    fn attribute(&mut self) -> Result<(), Hurdle> {
        let name = self.name()?;
        self.slot = match self.child {
            _ if !self.in_system || self.depth != 3 => None,
            Child::Provider if name.is("Name") => Some(Slot::Name),
            Child::Provider if name.is("EventSourceName") => Some(Slot::Source),
            Child::EventId if name.is("Qualifiers") => Some(Slot::Qualifiers),
            Child::TimeCreated if name.is("SystemTime") => Some(Slot::Time),
            _ => None,
        };
        Ok(())
    }

    fn content_slot(&self) -> Option<Slot> {
        let holds_text = !matches!(
            self.child,
            Child::Other | Child::Provider | Child::TimeCreated
        );
        (self.in_system && self.depth == 3 && holds_text).then_some(Slot::Content(self.child))
    }

    /// Notes a part of a field. A field of several parts, or one that is there twice, is left to
    /// the long way.
    fn put(&mut self, system: &mut System, part: Field) -> Result<(), Hurdle> {
        let Some(slot) = self.slot else { return Ok(()) };
        let field = match slot {
            Slot::Name => &mut system.provider,
            Slot::Source => &mut system.event_source,
            Slot::Qualifiers => &mut system.qualifiers,
            Slot::Time => &mut system.time,
            Slot::Content(Child::EventId) => &mut system.event_id,
            Slot::Content(Child::Level) => &mut system.level,
            Slot::Content(Child::Task) => &mut system.task,
            Slot::Content(Child::RecordId) => &mut system.record_id,
            Slot::Content(Child::Channel) => &mut system.channel,
            Slot::Content(Child::Computer) => &mut system.computer,
            Slot::Content(_) => return Ok(()),
        };
        if *field != Field::Missing {
            return Err(NotDirect);
        }
        *field = part;
        Ok(())
    }

    /// A name: inline where it is first used in the chunk.
    fn name(&mut self) -> Result<Name<'a>, Hurdle> {
        let place = names::place(self.chunk, self.at)?;
        self.at += 4;
        let read = if self.sound {
            names::read_sound
        } else {
            names::read
        };
        let inline = place == self.at;
        match read(self.chunk, place) {
            Ok((name, end)) => {
                if inline {
                    self.at = end;
                }
                Ok(name)
            }
            Err(hurdle) if inline => Err(hurdle),
            Err(_) => Ok(Name::Known(names::UNREADABLE)),
        }
    }

    fn text(&mut self) -> Result<Range<usize>, Hurdle> {
        if self.chunk.get(self.at) != Some(&STRING) {
            return Err(NotDirect);
        }
        let count = usize::from(u16_at(self.chunk, self.at + 1).ok_or(NotDirect)?);
        let start = self.at + 3;
        self.at = start + 2 * count;
        if self.at > self.end {
            return Err(NotDirect);
        }
        Ok(start..self.at)
    }
}
