//! Template definitions: the shape that the records of a chunk share.
//!
//! A record names its template by its place in the chunk and brings only the values. The
//! definition of a wanted record is read once for each chunk, into a flat list of steps. Heads
//! need less: see [`super::system`].

use std::ops::Range;
use std::rc::Rc;

use super::names::{self, Texts};
use super::slot::u16_at;
use super::system::Shape;
use super::value::{Fuel, Hurdle, NotDirect, utf16};
use crate::limits;

/// One step through a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// An element begins.
    Start {
        name: Rc<str>,
        /// It is left out when this value is null.
        depends: Option<u16>,
        /// Index of its `End`.
        end: usize,
    },
    /// An attribute begins; its value are the parts up to `AttributeEnd`.
    Attribute(Rc<str>),
    AttributeEnd,
    /// Text of the template itself.
    Text(Box<str>),
    /// A place for a value.
    Place {
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

impl Template {
    /// Reads a template's definition, or the whole of a record without a template.
    pub(super) fn read(
        chunk: &[u8],
        shape: &Shape,
        names: &mut Texts,
        fuel: &mut Fuel,
    ) -> Result<Template, Hurdle> {
        let mut reader = Reader::new(chunk, shape, names, fuel);
        reader.read()?;
        Ok(Template {
            system: system(&reader.steps),
            steps: reader.steps,
            unreadable: reader.unreadable,
        })
    }

    /// Where a template's definition ends by its own tokens, whatever size it claims.
    pub(super) fn end(chunk: &[u8], shape: &Shape, fuel: &mut Fuel) -> Result<usize, Hurdle> {
        let mut names = Texts::default();
        let mut reader = Reader::new(chunk, shape, &mut names, fuel);
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

struct Reader<'a> {
    chunk: &'a [u8],
    names: &'a mut Texts,
    fuel: &'a mut Fuel,
    at: usize,
    end: usize,
    depends: bool,
    steps: Vec<Step>,
    /// Indices of the `Start` of open elements.
    open: Vec<usize>,
    unreadable: bool,
}

impl<'a> Reader<'a> {
    fn new(chunk: &'a [u8], shape: &Shape, names: &'a mut Texts, fuel: &'a mut Fuel) -> Reader<'a> {
        Reader {
            chunk,
            names,
            fuel,
            at: shape.tokens.start,
            end: shape.tokens.end,
            depends: shape.is_template,
            steps: Vec::new(),
            open: Vec::new(),
            unreadable: false,
        }
    }

    fn byte(&mut self) -> Result<u8, Hurdle> {
        let byte = self
            .chunk
            .get(self.at..self.end)
            .and_then(|rest| rest.first());
        let byte = *byte.ok_or(NotDirect)?;
        self.at += 1;
        Ok(byte)
    }

    fn u16(&mut self) -> Result<u16, Hurdle> {
        let value = u16_at(self.chunk, self.at).ok_or(NotDirect)?;
        self.at += 2;
        Ok(value)
    }

    /// Reads all tokens to the end of the fragment.
    fn read(&mut self) -> Result<(), Hurdle> {
        let mut attribute = false;
        loop {
            if self.steps.len() > limits::MAX_TEMPLATE_NODES
                || self.open.len() > limits::MAX_XML_DEPTH
            {
                return Err(Hurdle::TooMuch);
            }
            self.fuel.burn(1)?;
            let token = self.byte()?;
            // Bit 6 says that more attributes or more parts follow; the tokens tell as well.
            let plain = token & !0x40;
            let goes_on = matches!(plain, 0x05 | 0x08 | 0x09 | 0x0d | 0x0e);
            if attribute && !goes_on {
                self.steps.push(Step::AttributeEnd);
                attribute = false;
            }
            match plain {
                // Zeroes where a definition should stand are none.
                0x00 if self.open.is_empty() && !self.steps.is_empty() => return Ok(()),
                0x0f => self.at += 3,
                0x01 => self.start(token & 0x40 != 0)?,
                0x06 => {
                    let name = self.name()?;
                    self.steps.push(Step::Attribute(name));
                    attribute = true;
                }
                0x02 => {}
                0x03 | 0x04 => {
                    let start = self.open.pop().ok_or(NotDirect)?;
                    let at = self.steps.len();
                    if let Some(Step::Start { end, .. }) = self.steps.get_mut(start) {
                        *end = at;
                    }
                    self.steps.push(Step::End);
                }
                0x05 => self.text()?,
                0x0d | 0x0e => {
                    let value = self.u16()?;
                    self.at += 1;
                    self.steps.push(Step::Place {
                        value,
                        optional: plain == 0x0e,
                    });
                }
                0x08 => {
                    let unit = self.u16()?;
                    let text = char::from_u32(u32::from(unit)).ok_or(NotDirect)?;
                    self.steps.push(Step::Text(text.to_string().into()));
                }
                0x09 => self.entity()?,
                // CDATA and processing instructions were never seen in an event.
                _ => return Err(NotDirect),
            }
        }
    }

    fn start(&mut self, has_attributes: bool) -> Result<(), Hurdle> {
        let depends = if self.depends { self.u16()? } else { u16::MAX };
        self.at += 4;
        let name = self.name()?;
        if has_attributes {
            self.at += 4;
        }
        self.open.push(self.steps.len());
        let depends = (depends != u16::MAX).then_some(depends);
        self.steps.push(Step::Start {
            name,
            depends,
            end: 0,
        });
        Ok(())
    }

    /// A name: inline where it is first used in the chunk, by its place afterwards. One that stands
    /// elsewhere and cannot be read is no reason to give up what stands here.
    fn name(&mut self) -> Result<Rc<str>, Hurdle> {
        let place = names::place(self.chunk, self.at)?;
        self.at += 4;
        let inline = place == self.at;
        match self.names.read(self.chunk, place) {
            Ok((name, end)) if !name.is_empty() => {
                if inline {
                    self.at = end;
                }
                self.fuel.burn_bytes(name.len())?;
                Ok(name)
            }
            _ if inline => Err(NotDirect),
            _ => {
                self.unreadable = true;
                Ok(names::UNREADABLE.into())
            }
        }
    }

    fn text(&mut self) -> Result<(), Hurdle> {
        if self.byte()? != super::value::STRING {
            return Err(NotDirect);
        }
        let count = usize::from(self.u16()?);
        let chars = self
            .chunk
            .get(self.at..self.at + 2 * count)
            .ok_or(NotDirect)?;
        self.at += 2 * count;
        let mut text = String::new();
        utf16(chars, &mut text);
        self.steps.push(Step::Text(text.into()));
        Ok(())
    }

    fn entity(&mut self) -> Result<(), Hurdle> {
        let text = match self.name()?.as_ref() {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            _ => return Err(NotDirect),
        };
        self.steps.push(Step::Text(text.into()));
        Ok(())
    }
}
