//! Where the values of a template's records end up, worked out once for each template.
//!
//! Nearly all events are written in one of a few ways: `EventData` with a row of `Data`, or
//! `UserData` with one element that holds the others, often as a template of its own inside the
//! first. For these the strings and names of an event follow from a short list, without walking
//! elements. Whatever is written otherwise has no layout, and is walked ([`super::walk`]); a test
//! compares both ways over all records of real and made logs.

use std::rc::Rc;
use std::sync::Arc;

use super::Decoder;
use super::inline;
use super::start::{read_values, start_of};
use super::take::{Checked, Name, Search, Take, Values};
use crate::event::Event;
use crate::evtx::binxml::kind;
use crate::evtx::frames::Frame;
use crate::evtx::template::{Step, Template};
use crate::evtx::value::DecodeError::NoLayout;
use crate::evtx::value::{DecodeError, Unsupported, Value};
use crate::json_line::LineValues;
use crate::wanted_text::WantedText;

/// The layouts of one template, by where its instance stands.
#[derive(Debug, Default)]
pub(super) struct Layouts {
    by_place: [Option<Layout>; 3],
}

/// Where an instance of a template stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It is the record.
    Record,
    /// Inside of `Event`.
    InEvent,
    /// Inside of `UserData`.
    InUserData,
}

impl Layouts {
    pub(super) fn of(template: &Template) -> Layouts {
        Layouts {
            by_place: [Place::Record, Place::InEvent, Place::InUserData]
                .map(|place| Layout::of(template, place)),
        }
    }

    fn at(&self, place: Place) -> Option<&Layout> {
        self.by_place.get(place as usize)?.as_ref()
    }
}

#[derive(Debug, Default)]
struct Layout {
    /// A record where this value is null has no event to speak of.
    needs: Option<u16>,
    items: Vec<Item>,
}

#[derive(Debug)]
struct Item {
    /// It is left out when one of these values is null.
    depends_on: Box<[u16]>,
    what: What,
}

#[derive(Debug)]
enum What {
    /// A string, which may have a name.
    Text {
        name: Option<Name>,
        content: Content,
    },
    /// The record's binary data.
    Binary(u16),
    /// An instance of another template.
    Nested(u16, Place),
}

#[derive(Debug)]
enum Content {
    Nothing,
    Fixed(Box<str>),
    Value(u16),
}

/// Goes through the steps of a template.
struct Steps<'t> {
    steps: &'t [Step],
    at: usize,
    items: Vec<Item>,
    /// What the open elements depend on.
    depends_on: Vec<u16>,
}

impl Layout {
    fn of(template: &Template, place: Place) -> Option<Layout> {
        let mut steps = Steps {
            steps: &template.steps,
            at: 0,
            items: Vec::new(),
            depends_on: Vec::new(),
        };
        let mut needs = None;
        match place {
            Place::Record => {
                let system = template.system.clone()?;
                needs = steps.enter("Event")?;
                (steps.at == system.start).then_some(())?;
                steps.at = system.end;
                while !steps.leave() {
                    steps.in_event()?;
                }
            }
            Place::InEvent => steps.in_event()?,
            Place::InUserData => steps.in_user_data()?,
        }
        (steps.at == template.steps.len()).then_some(Layout {
            needs,
            items: steps.items,
        })
    }
}

impl Steps<'_> {
    fn step(&self) -> Option<&Step> {
        self.steps.get(self.at)
    }

    /// The beginning of an element: its name, which has no prefix.
    fn start(&mut self) -> Option<(Rc<str>, Option<u16>)> {
        let Step::Start {
            name,
            dependency_id,
            ..
        } = self.step()?
        else {
            return None;
        };
        let start = (Rc::clone(name), *dependency_id);
        self.at += 1;
        (!start.0.contains(':')).then_some(start)
    }

    /// The beginning of an element of this name, whose attributes say nothing. Gives what the
    /// element depends on.
    fn enter(&mut self, wanted: &str) -> Option<Option<u16>> {
        let (name, dependency_id) = self.start()?;
        (*name == *wanted).then_some(())?;
        while let Some((name, text)) = self.attribute() {
            // A value in its place may be one that is left to the crate.
            (*name != *"Name" || text.is_some()).then_some(())?;
        }
        Some(dependency_id)
    }

    /// Whether the element ends here.
    fn leave(&mut self) -> bool {
        let ends = matches!(self.step(), Some(Step::End));
        self.at += usize::from(ends);
        ends
    }

    /// The next attribute: its name, and its text if that is all its own.
    fn attribute(&mut self) -> Option<(Rc<str>, Option<String>)> {
        let Some(Step::Attribute(name)) = self.step() else {
            return None;
        };
        let name = Rc::clone(name);
        self.at += 1;
        let mut text = Some(String::new());
        loop {
            match self.steps.get(self.at)? {
                Step::AttributeEnd => break,
                Step::Text(part) => {
                    if let Some(text) = &mut text {
                        text.push_str(part);
                    }
                }
                _ => text = None,
            }
            self.at += 1;
        }
        self.at += 1;
        Some((name, text))
    }

    fn push(&mut self, dependency_id: Option<u16>, what: What) {
        let depends_on = self.depends_on.iter().copied().chain(dependency_id);
        self.items.push(Item {
            depends_on: depends_on.collect(),
            what,
        });
    }

    fn nested(&mut self, place: Place) -> Option<()> {
        let Some(Step::Substitution { value, .. }) = self.step() else {
            return None;
        };
        let value = *value;
        self.at += 1;
        self.push(None, What::Nested(value, place));
        Some(())
    }

    /// What stands inside of `Event` besides `System`.
    fn in_event(&mut self) -> Option<()> {
        match self.step()? {
            Step::Substitution { .. } => self.nested(Place::InEvent),
            Step::Start { name, .. } if **name == *"EventData" => {
                let dependency_id = self.enter("EventData")?;
                self.depends_on.extend(dependency_id);
                while !self.leave() {
                    self.data()?;
                }
                self.depends_on.clear();
                Some(())
            }
            Step::Start { name, .. } if **name == *"UserData" => {
                let dependency_id = self.enter("UserData")?;
                self.depends_on.extend(dependency_id);
                while !self.leave() {
                    match self.step()? {
                        Step::Substitution { .. } => self.nested(Place::InUserData)?,
                        _ => self.in_user_data()?,
                    }
                }
                self.depends_on.clear();
                Some(())
            }
            _ => None,
        }
    }

    /// One element of `EventData`.
    fn data(&mut self) -> Option<()> {
        let (element, dependency_id) = self.start()?;
        let mut name = None;
        while let Some((attribute, text)) = self.attribute() {
            match (&*element, &*attribute) {
                ("Data", "Name") => name = Some(Rc::from(text?)),
                // Others of a Data are not kept.
                ("Data", _) => {}
                _ => return None,
            }
        }
        let what = match (&*element, self.content()?) {
            ("Data", content) => What::Text {
                name: name.map(Name::new),
                content,
            },
            ("Binary", Content::Nothing) => return Some(()),
            ("Binary", Content::Value(value)) => What::Binary(value),
            ("Binary", Content::Fixed(_)) => return None,
            (_, content) => What::Text {
                name: Some(Name::new(element)),
                content,
            },
        };
        self.push(dependency_id, what);
        Some(())
    }

    /// The one element of `UserData`: a text, or elements that are.
    fn in_user_data(&mut self) -> Option<()> {
        let (name, dependency_id) = self.start()?;
        self.namespaces()?;
        if !matches!(self.step()?, Step::Start { .. }) {
            let content = self.content()?;
            let name = Some(Name::new(name));
            self.push(dependency_id, What::Text { name, content });
            return Some(());
        }
        let outer = self.depends_on.len();
        self.depends_on.extend(dependency_id);
        let mut is_never_empty = false;
        while !self.leave() {
            let (name, dependency_id) = self.start()?;
            self.namespaces()?;
            let (name, content) = (Some(Name::new(name)), self.content()?);
            is_never_empty |= dependency_id.is_none();
            self.push(dependency_id, What::Text { name, content });
        }
        self.depends_on.truncate(outer);
        // Without any of its elements it would be a text itself.
        is_never_empty.then_some(())
    }

    /// Attributes that only name namespaces: others are values.
    fn namespaces(&mut self) -> Option<()> {
        while let Some((name, _)) = self.attribute() {
            (*name == *"xmlns" || name.starts_with("xmlns:")).then_some(())?;
        }
        Some(())
    }

    /// The whole content of an element, and its end.
    fn content(&mut self) -> Option<Content> {
        let content = match self.step()? {
            Step::End => Content::Nothing,
            Step::Text(text) => {
                let text = text.clone();
                self.at += 1;
                Content::Fixed(text)
            }
            Step::Substitution { value, .. } => {
                let value = *value;
                self.at += 1;
                Content::Value(value)
            }
            _ => return None,
        };
        self.leave().then_some(content)
    }
}

impl Decoder {
    /// The whole event of a record that has a layout. `NoLayout` when it must be walked; any other
    /// error is one that the walk would find, too.
    pub(in crate::evtx) fn laid_out(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        file: &Arc<str>,
        offset: Option<u64>,
    ) -> Result<Event, DecodeError> {
        let event = self.full_head(chunk, frame)?.event(file, offset);
        self.complete(chunk, frame, event)
    }

    /// The same for an event that has all that the head says.
    pub(in crate::evtx) fn complete(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        mut event: Event,
    ) -> Result<Event, DecodeError> {
        self.unreadable = false;
        let mut found = Values::default();
        self.fill(chunk, &frame.body, Place::Record, &mut found)?;
        event.strings = Some(found.strings);
        event.named = found.named;
        event.binary = found.binary;
        Ok(event)
    }

    /// Whether a record that has a layout has a text among its values; its chunk has it somewhere, or
    /// not. What comes out is the same for its event.
    pub(in crate::evtx) fn has_text(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        wanted: &WantedText,
        in_chunk: bool,
    ) -> Result<bool, DecodeError> {
        let mut search = Search::new(wanted, in_chunk);
        let left = self.fuel.clone();
        let filled = self.fill(chunk, &frame.body, Place::Record, &mut search);
        // What is found is read once more.
        self.fuel = left;
        filled.map(|()| search.has_found())
    }

    /// Adds a record that has a layout as a line of JSON; `begin` adds what its head says. Whatever
    /// comes out otherwise: the record must be read in another way, and what was added is worth nothing.
    pub(in crate::evtx) fn line(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        out: &mut String,
    ) -> Result<(), DecodeError> {
        let mut room = std::mem::take(&mut self.line);
        let left = self.fuel.clone();
        let mut values = LineValues::new(out, &mut room);
        let filled = self.fill(chunk, &frame.body, Place::Record, &mut values);
        match filled {
            Ok(()) => values.finish(),
            // Escaping makes text longer: what it costs must not decide what can be read.
            Err(_) => self.fuel = left,
        }
        self.line = room;
        filled
    }

    /// Whether all values of a record that has a layout can be read; what else comes out is what
    /// [`Decoder::laid_out`] would say.
    pub(in crate::evtx) fn check(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
    ) -> Result<(), DecodeError> {
        self.unreadable = false;
        self.fill(chunk, &frame.body, Place::Record, &mut Checked::default())
    }

    fn fill(
        &mut self,
        chunk: &[u8],
        body: &std::ops::Range<usize>,
        place: Place,
        found: &mut impl Take,
    ) -> Result<(), DecodeError> {
        let start = start_of(chunk, body, &mut self.fuel)?;
        let Some(table) = start.values() else {
            let (fuel, names) = (&mut self.fuel, &mut self.value_names);
            return match place {
                Place::Record => inline::fill(chunk, &start.span(chunk, body)?, fuel, names, found),
                Place::InEvent | Place::InUserData => Err(NoLayout),
            };
        };
        let traits = self.traits(chunk, body, &start)?;
        let layout = traits.layouts.at(place).ok_or(NoLayout)?;
        let mut values = self.spare.pop().unwrap_or_default();
        read_values(chunk, table, (body.end, false), &mut values)?;
        self.fuel.burn(1 + values.len())?;
        let value = |at: u16| values.get(usize::from(at));
        let is_null = |at: &u16| value(*at).is_some_and(Value::is_null);
        if layout.needs.as_ref().is_some_and(is_null) {
            return Err(NoLayout);
        }
        found.expect(layout.items.len());
        let before = found.size();
        for item in &layout.items {
            if item.depends_on.iter().any(is_null) {
                continue;
            }
            match &item.what {
                What::Text { name, content } => {
                    let name = name.as_ref();
                    match content {
                        Content::Nothing => found.fixed(name, "")?,
                        Content::Fixed(text) => found.fixed(name, text)?,
                        Content::Value(at) => texts(chunk, value(*at), name, found)?,
                    }
                }
                What::Binary(at) => binary(chunk, value(*at), found)?,
                What::Nested(at, place) => match value(*at) {
                    None => {}
                    Some(value) if value.is_null() => {}
                    Some(value) if value.kind != kind::BINXML => return Err(NoLayout),
                    Some(value) if value.bytes.is_empty() => {}
                    Some(value) => {
                        let bytes = value.bytes.clone();
                        self.fill(chunk, &bytes, *place, found)?;
                    }
                },
            }
        }
        self.fuel.burn(layout.items.len())?;
        self.fuel.burn_bytes(found.size().saturating_sub(before))?;
        self.spare.push(values);
        Ok(())
    }
}

/// The texts of a value: one, or one for each item of an array.
fn texts(
    chunk: &[u8],
    value: Option<&Value>,
    name: Option<&Name>,
    found: &mut impl Take,
) -> Result<(), DecodeError> {
    match value {
        None => found.fixed(name, ""),
        Some(value) if value.is_null() => found.fixed(name, ""),
        Some(value) if value.kind == kind::BINXML => Err(NoLayout),
        Some(value) if value.kind == kind::STRING_ARRAY => {
            if value.bytes.is_empty() {
                return found.fixed(name, "");
            }
            value
                .items(chunk)
                .try_for_each(|item| found.item(name, item))
        }
        Some(value) => found.value(name, chunk, value),
    }
}

fn binary(chunk: &[u8], value: Option<&Value>, found: &mut impl Take) -> Result<(), DecodeError> {
    match value {
        None => Ok(()),
        Some(value) if value.is_null() => Ok(()),
        Some(value) if value.kind == kind::BINARY => {
            found.binary(chunk.get(value.bytes.clone()).ok_or(Unsupported)?)
        }
        Some(_) => Err(NoLayout),
    }
}
