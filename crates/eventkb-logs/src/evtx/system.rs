//! Where the fields of `Event/System` stand in a template, read without building anything.
//!
//! Every chunk brings its own copies of its templates, so this is done many times for each
//! megabyte: it allocates nothing, and stops at the end of System.

use std::ops::Range;

use super::names::{self, Name};
use super::tokens::{Token, Tokens};
use super::value::{DecodeError, Fuel, Unsupported};
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

impl Field {
    /// Whether it is the same for every record of the template.
    pub(super) fn is_fixed(&self) -> bool {
        !matches!(self, Field::Value(_))
    }
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
    pub(super) version: Field,
    pub(super) opcode: Field,
    pub(super) keywords: Field,
    pub(super) process_id: Field,
    pub(super) thread_id: Field,
    pub(super) user_sid: Field,
    pub(super) activity_id: Field,
    pub(super) related_activity_id: Field,
    values_used: usize,
}

impl System {
    /// Reads the fields from a template's definition, or from a record without a template.
    pub(super) fn read(
        chunk: &[u8],
        span: &TokenSpan,
        fuel: &mut Fuel,
    ) -> Result<System, DecodeError> {
        let mut walk = Walk {
            tokens: Tokens::new(chunk, span, fuel),
            depth: 0,
            in_system: false,
            child: Child::Other,
            seen: 0,
            field: None,
        };
        let mut system = System::default();
        walk.run(&mut system)?;
        if system.provider == Field::Missing && system.event_source == Field::Missing {
            return Err(Unsupported);
        }
        let of_head = [
            &system.provider,
            &system.event_source,
            &system.event_id,
            &system.level,
            &system.time,
            &system.record_id,
            &system.channel,
            &system.computer,
        ];
        let used = of_head.into_iter().map(|field| match field {
            Field::Value(at) => usize::from(*at) + 1,
            _ => 0,
        });
        system.values_used = used.max().unwrap_or_default();
        Ok(system)
    }

    /// The same for a copy of the definition: what stood `from` on stands `to` on. `None` when a text
    /// of it stands before that.
    pub(super) fn moved(&self, from: usize, to: usize) -> Option<System> {
        let mut moved = self.clone();
        for field in moved.fields_mut() {
            if let Field::Text(text) = field {
                let place = |at: usize| at.checked_sub(from)?.checked_add(to);
                *text = place(text.start)?..place(text.end)?;
            }
        }
        Some(moved)
    }

    fn fields_mut(&mut self) -> [&mut Field; 18] {
        [
            &mut self.provider,
            &mut self.event_source,
            &mut self.event_id,
            &mut self.qualifiers,
            &mut self.level,
            &mut self.task,
            &mut self.time,
            &mut self.record_id,
            &mut self.channel,
            &mut self.computer,
            &mut self.version,
            &mut self.opcode,
            &mut self.keywords,
            &mut self.process_id,
            &mut self.thread_id,
            &mut self.user_sid,
            &mut self.activity_id,
            &mut self.related_activity_id,
        ]
    }

    /// How many of a record's first values the account of a record needs at most.
    pub(super) fn values_used(&self) -> usize {
        self.values_used
    }
}

/// Where the tokens of an event stand: in a template's definition or in the record itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TokenSpan {
    pub(super) tokens: Range<usize>,
    /// Elements of a definition name the value they depend on; those of a record do not.
    pub(super) is_template: bool,
}

impl TokenSpan {
    /// The definition at `at` in the chunk. Its tokens tell where it ends; the size it claims is
    /// not asked, for one damaged size would cost all records that use it.
    pub(super) fn of_definition(chunk: &[u8], at: usize) -> Result<TokenSpan, DecodeError> {
        let start = at.checked_add(DEFINITION_HEAD).ok_or(Unsupported)?;
        Ok(TokenSpan {
            tokens: start..chunk.len(),
            is_template: true,
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
    Version,
    Opcode,
    Keywords,
    Execution,
    Security,
    Correlation,
    Other,
}

const CHILDREN: [(&str, Child); 14] = [
    ("Provider", Child::Provider),
    ("EventID", Child::EventId),
    ("Level", Child::Level),
    ("Task", Child::Task),
    ("TimeCreated", Child::TimeCreated),
    ("EventRecordID", Child::RecordId),
    ("Channel", Child::Channel),
    ("Computer", Child::Computer),
    ("Version", Child::Version),
    ("Opcode", Child::Opcode),
    ("Keywords", Child::Keywords),
    ("Execution", Child::Execution),
    ("Security", Child::Security),
    ("Correlation", Child::Correlation),
];

/// The field that the parts now read belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SystemField {
    Name,
    Source,
    Qualifiers,
    Time,
    ProcessId,
    ThreadId,
    UserSid,
    ActivityId,
    RelatedActivityId,
    Content(Child),
}

struct Walk<'a, 'f> {
    tokens: Tokens<'a, 'f>,
    depth: usize,
    in_system: bool,
    child: Child,
    /// Which elements were there: a second one of a kind is left to the fallback.
    seen: u16,
    field: Option<SystemField>,
}

impl<'a> Walk<'a, '_> {
    fn run(&mut self, system: &mut System) -> Result<(), DecodeError> {
        // Each step moves on by at least one byte; the bound is for crafted definitions.
        for _ in 0..4 * limits::MAX_TEMPLATE_NODES {
            match self.tokens.next()? {
                Token::Start(name) => self.start(name)?,
                Token::Attribute(name) => self.attribute(name),
                Token::Close => self.field = self.content_field(),
                Token::End => {
                    self.field = None;
                    self.depth = self.depth.checked_sub(1).ok_or(Unsupported)?;
                    if self.depth == 1 && self.in_system {
                        return Ok(());
                    }
                }
                Token::Text(text) => self.put(system, Field::Text(text))?,
                Token::Value(value) => self.put(system, Field::Value(value))?,
                Token::EndOfFragment => return Err(Unsupported),
            }
        }
        Err(Unsupported)
    }

    fn start(&mut self, name: Name<'a>) -> Result<(), DecodeError> {
        self.depth += 1;
        self.field = None;
        match self.depth {
            // What is no event has no head either: counting and decoding must say the same.
            1 if !name.is("Event") && !name.is(names::UNREADABLE) => return Err(Unsupported),
            2 => self.in_system = name.is("System"),
            3 if self.in_system => {
                let known = CHILDREN
                    .iter()
                    .zip(0_u32..)
                    .find(|((known, _), _)| name.is(known));
                self.child = Child::Other;
                if let Some(((_, child), at)) = known {
                    self.child = *child;
                    let bit = 1 << at;
                    if self.seen & bit != 0 {
                        return Err(Unsupported);
                    }
                    self.seen |= bit;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn attribute(&mut self, name: Name<'a>) {
        self.field = match self.child {
            _ if !self.in_system || self.depth != 3 => None,
            Child::Provider if name.is("Name") => Some(SystemField::Name),
            Child::Provider if name.is("EventSourceName") => Some(SystemField::Source),
            Child::EventId if name.is("Qualifiers") => Some(SystemField::Qualifiers),
            Child::TimeCreated if name.is("SystemTime") => Some(SystemField::Time),
            Child::Execution if name.is("ProcessID") => Some(SystemField::ProcessId),
            Child::Execution if name.is("ThreadID") => Some(SystemField::ThreadId),
            Child::Security if name.is("UserID") => Some(SystemField::UserSid),
            Child::Correlation if name.is("ActivityID") => Some(SystemField::ActivityId),
            Child::Correlation if name.is("RelatedActivityID") => {
                Some(SystemField::RelatedActivityId)
            }
            _ => None,
        };
    }

    fn content_field(&self) -> Option<SystemField> {
        let holds_text = !matches!(
            self.child,
            Child::Other
                | Child::Provider
                | Child::TimeCreated
                | Child::Execution
                | Child::Security
                | Child::Correlation
        );
        (self.in_system && self.depth == 3 && holds_text)
            .then_some(SystemField::Content(self.child))
    }

    /// Notes a part of a field. A field of several parts, or one that is there twice, is left to
    /// the fallback.
    fn put(&mut self, system: &mut System, part: Field) -> Result<(), DecodeError> {
        let Some(target) = self.field else {
            return Ok(());
        };
        let field = match target {
            SystemField::Name => &mut system.provider,
            SystemField::Source => &mut system.event_source,
            SystemField::Qualifiers => &mut system.qualifiers,
            SystemField::Time => &mut system.time,
            SystemField::Content(Child::EventId) => &mut system.event_id,
            SystemField::Content(Child::Level) => &mut system.level,
            SystemField::Content(Child::Task) => &mut system.task,
            SystemField::Content(Child::RecordId) => &mut system.record_id,
            SystemField::Content(Child::Channel) => &mut system.channel,
            SystemField::Content(Child::Computer) => &mut system.computer,
            SystemField::Content(Child::Version) => &mut system.version,
            SystemField::Content(Child::Opcode) => &mut system.opcode,
            SystemField::Content(Child::Keywords) => &mut system.keywords,
            SystemField::ProcessId => &mut system.process_id,
            SystemField::ThreadId => &mut system.thread_id,
            SystemField::UserSid => &mut system.user_sid,
            SystemField::ActivityId => &mut system.activity_id,
            SystemField::RelatedActivityId => &mut system.related_activity_id,
            SystemField::Content(_) => return Ok(()),
        };
        if *field != Field::Missing {
            return Err(Unsupported);
        }
        *field = part;
        Ok(())
    }
}
