//! Template definitions: the span that the records of a chunk share.
//!
//! A record names its template by its offset in the chunk and brings only the values. The
//! definition of a wanted record is read once for each chunk, into a flat list of steps. Heads
//! need less: see [`super::system`].

use std::ops::Range;
use std::rc::Rc;

use super::binxml;
use super::names::{self, Texts};
use super::system::TokenSpan;
use super::value::{DecodeError, Fuel, Unsupported, utf16};
use crate::bytes::u16_at;
use crate::limits;

/// One step through a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// An element begins.
    Start {
        name: Rc<str>,
        /// It is left out when this value is null.
        dependency_id: Option<u16>,
        /// Index of its `End`.
        end: usize,
    },
    /// An attribute begins; its value are the parts up to `AttributeEnd`.
    Attribute(Rc<str>),
    AttributeEnd,
    /// Text of the template itself.
    Text(Box<str>),
    /// One of the record's values.
    Substitution {
        value: u16,
        optional: bool,
    },
    End,
}

/// A template definition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Template {
    pub(super) steps: Vec<Step>,
    /// A name could not be read: what it names is kept without it.
    pub(super) unreadable: bool,
    /// The steps of `Event/System`, whose fields [`System`](super::system::System) finds.
    pub(super) system: Option<Range<usize>>,
}

/// Where a definition names a name.
#[derive(Debug)]
pub(super) struct Reference {
    /// The place of the name's offset.
    pub(super) at: usize,
    /// Where the name stands.
    pub(super) name: Range<usize>,
}

/// Which names of a definition must be readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    All,
    /// What a name that cannot be read names is kept without it.
    AsManyAsCan,
}

/// A template as it was read.
pub(super) struct ReadTemplate {
    pub(super) template: Template,
    pub(super) references: Vec<Reference>,
    /// Where its tokens end.
    pub(super) end: usize,
}

impl Template {
    /// Reads a template's definition, or the whole of a record without a template.
    ///
    /// # Errors
    /// [`DecodeError::UnreadableName`] if a name cannot be read and [all are needed](Names::All).
    pub(super) fn read(
        chunk: &[u8],
        span: &TokenSpan,
        needed: Names,
        (names, fuel): (&mut Texts, &mut Fuel),
    ) -> Result<ReadTemplate, DecodeError> {
        let mut reader = Reader::new(chunk, span, names, fuel);
        reader.needed = needed;
        reader.read()?;
        let template = Template {
            system: system(&reader.steps),
            steps: reader.steps,
            unreadable: reader.unreadable,
        };
        Ok(ReadTemplate {
            template,
            references: reader.references,
            end: reader.at,
        })
    }

    /// Where a template's definition ends by its own tokens, whatever size it claims.
    pub(super) fn end(
        chunk: &[u8],
        span: &TokenSpan,
        fuel: &mut Fuel,
    ) -> Result<usize, DecodeError> {
        let mut names = Texts::default();
        let mut reader = Reader::new(chunk, span, &mut names, fuel);
        reader.read()?;
        Ok(reader.at)
    }
}

/// The steps of the first element inside of the first one, if they are System and Event.
fn system(steps: &[Step]) -> Option<Range<usize>> {
    let is =
        |step: &Step, wanted: &str| matches!(step, Step::Start { name, .. } if &**name == wanted);
    is(steps.first()?, "Event").then_some(())?;
    let first = steps
        .iter()
        .skip(1)
        .position(|step| matches!(step, Step::Start { .. } | Step::End))?;
    match steps.get(first + 1)? {
        step @ Step::Start { end, .. } if is(step, "System") => Some(first + 1..end + 1),
        _ => None,
    }
}

/// Steps of most templates.
const USUAL_STEPS: usize = 128;

struct Reader<'a> {
    chunk: &'a [u8],
    names: &'a mut Texts,
    fuel: &'a mut Fuel,
    at: usize,
    end: usize,
    has_dependency_ids: bool,
    steps: Vec<Step>,
    /// Indices of the `Start` of open elements.
    open: Vec<usize>,
    references: Vec<Reference>,
    needed: Names,
    unreadable: bool,
}

impl<'a> Reader<'a> {
    fn new(
        chunk: &'a [u8],
        span: &TokenSpan,
        names: &'a mut Texts,
        fuel: &'a mut Fuel,
    ) -> Reader<'a> {
        Reader {
            chunk,
            names,
            fuel,
            at: span.tokens.start,
            end: span.tokens.end,
            has_dependency_ids: span.is_template,
            steps: Vec::with_capacity(USUAL_STEPS),
            open: Vec::with_capacity(8),
            references: match span.is_template {
                true => Vec::with_capacity(USUAL_STEPS / 4),
                false => Vec::new(),
            },
            needed: Names::AsManyAsCan,
            unreadable: false,
        }
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        let byte = self
            .chunk
            .get(self.at..self.end)
            .and_then(|rest| rest.first());
        let byte = *byte.ok_or(Unsupported)?;
        self.at += 1;
        Ok(byte)
    }

    fn u16(&mut self) -> Result<u16, DecodeError> {
        let value = u16_at(self.chunk, self.at).ok_or(Unsupported)?;
        self.at += 2;
        Ok(value)
    }

    /// Reads all tokens to the end of the fragment.
    fn read(&mut self) -> Result<(), DecodeError> {
        let mut attribute = false;
        loop {
            if self.steps.len() > limits::MAX_TEMPLATE_NODES
                || self.open.len() > limits::MAX_XML_DEPTH
            {
                return Err(DecodeError::OverBudget);
            }
            self.fuel.burn(1)?;
            let token = self.byte()?;
            // That more attributes or more parts follow is seen from the tokens as well.
            let plain = token & !binxml::MORE;
            let goes_on = matches!(
                plain,
                binxml::VALUE_TEXT
                    | binxml::CHARACTER
                    | binxml::ENTITY
                    | binxml::SUBSTITUTION
                    | binxml::OPTIONAL_SUBSTITUTION
            );
            if attribute && !goes_on {
                self.steps.push(Step::AttributeEnd);
                attribute = false;
            }
            match plain {
                // Zeroes where a definition should stand are none.
                binxml::END_OF_FRAGMENT if self.open.is_empty() && !self.steps.is_empty() => {
                    return Ok(());
                }
                binxml::FRAGMENT => self.at += binxml::FRAGMENT_BYTES - 1,
                binxml::START_ELEMENT => self.start(token & binxml::MORE != 0)?,
                binxml::ATTRIBUTE => {
                    let name = self.name()?;
                    self.steps.push(Step::Attribute(name));
                    attribute = true;
                }
                binxml::CLOSE_START_TAG => {}
                binxml::CLOSE_EMPTY_ELEMENT | binxml::END_ELEMENT => {
                    let start = self.open.pop().ok_or(Unsupported)?;
                    let at = self.steps.len();
                    if let Some(Step::Start { end, .. }) = self.steps.get_mut(start) {
                        *end = at;
                    }
                    self.steps.push(Step::End);
                }
                binxml::VALUE_TEXT => self.text()?,
                binxml::SUBSTITUTION | binxml::OPTIONAL_SUBSTITUTION => {
                    let value = self.u16()?;
                    self.at += 1;
                    self.steps.push(Step::Substitution {
                        value,
                        optional: plain == binxml::OPTIONAL_SUBSTITUTION,
                    });
                }
                binxml::CHARACTER => {
                    let unit = self.u16()?;
                    let text = char::from_u32(u32::from(unit)).ok_or(Unsupported)?;
                    self.steps.push(Step::Text(text.to_string().into()));
                }
                binxml::ENTITY => self.entity()?,
                // CDATA and processing instructions were never seen in an event.
                _ => return Err(Unsupported),
            }
        }
    }

    fn start(&mut self, has_attributes: bool) -> Result<(), DecodeError> {
        let dependency_id = if self.has_dependency_ids {
            self.u16()?
        } else {
            u16::MAX
        };
        self.at += 4;
        let name = self.name()?;
        if has_attributes {
            self.at += 4;
        }
        self.open.push(self.steps.len());
        let dependency_id = (dependency_id != u16::MAX).then_some(dependency_id);
        self.steps.push(Step::Start {
            name,
            dependency_id,
            end: 0,
        });
        Ok(())
    }

    /// A name: inline where it is first used in the chunk, by its offset afterwards. One that stands
    /// elsewhere and cannot be read is no reason to give up what stands here.
    fn name(&mut self) -> Result<Rc<str>, DecodeError> {
        let offset = names::offset_at(self.chunk, self.at)?;
        self.at += 4;
        let inline = offset == self.at;
        match self.names.read(self.chunk, offset) {
            Ok((name, end)) if !name.is_empty() => {
                // Only templates come again.
                if self.has_dependency_ids {
                    self.references.push(Reference {
                        at: self.at - 4,
                        name: offset..end,
                    });
                }
                if inline {
                    self.at = end;
                }
                self.fuel.burn_bytes(name.len())?;
                Ok(name)
            }
            _ if inline => Err(Unsupported),
            _ if self.needed == Names::All => Err(DecodeError::UnreadableName),
            _ => {
                self.unreadable = true;
                Ok(names::UNREADABLE.into())
            }
        }
    }

    fn text(&mut self) -> Result<(), DecodeError> {
        if self.byte()? != binxml::kind::STRING {
            return Err(Unsupported);
        }
        let count = usize::from(self.u16()?);
        let chars = self
            .chunk
            .get(self.at..self.at + 2 * count)
            .ok_or(Unsupported)?;
        self.at += 2 * count;
        let mut text = String::with_capacity(count);
        utf16(chars, &mut text);
        self.steps.push(Step::Text(text.into()));
        Ok(())
    }

    fn entity(&mut self) -> Result<(), DecodeError> {
        let text = match self.name()?.as_ref() {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            _ => return Err(Unsupported),
        };
        self.steps.push(Step::Text(text.into()));
        Ok(())
    }
}
