//! Records without a template: elements that hold their own text, as forwarded and exported records
//! have them, and those of a few old providers. No other record is made of the same elements, so
//! there is nothing to remember: their values are taken in one pass.
//!
//! Only what has a layout where there is a template ([`super::layout`]) is read in this way, and in the
//! same sense; all else is walked.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use super::take::{Name, Take};
use crate::bytes::utf16;
use crate::evtx::names;
use crate::evtx::system::TokenSpan;
use crate::evtx::tokens::{Token, Tokens};
use crate::evtx::value::DecodeError::NoLayout;
use crate::evtx::value::{DecodeError, Fuel};

/// The names of values met before, by the UTF-16 that they stand in the log as.
#[derive(Debug, Default)]
pub(super) struct ValueNames {
    places: HashMap<Box<[u8]>, usize>,
    known: Vec<Known>,
    /// The place of the name that was asked for last.
    last: usize,
}

#[derive(Debug)]
struct Known {
    bytes: Box<[u8]>,
    name: Name,
    /// The place of the name that came after it the last time: records of one kind have the same names.
    next: usize,
}

/// Names remembered from record to record. Real logs have hundreds.
const MOST_NAMES: usize = 4096;

impl ValueNames {
    fn get(&mut self, bytes: &[u8]) -> Option<&Name> {
        let guess = self.known.get(self.last).map_or(0, |last| last.next);
        let is_guessed = self
            .known
            .get(guess)
            .is_some_and(|known| *known.bytes == *bytes);
        let at = if is_guessed { guess } else { self.place(bytes) };
        if let Some(last) = self.known.get_mut(self.last) {
            last.next = at;
        }
        self.last = at;
        self.known.get(at).map(|known| &known.name)
    }

    fn place(&mut self, bytes: &[u8]) -> usize {
        if let Some(at) = self.places.get(bytes) {
            return *at;
        }
        if self.known.len() >= MOST_NAMES {
            *self = ValueNames::default();
        }
        let mut text = String::new();
        utf16(bytes, &mut text);
        let at = self.known.len();
        self.places.insert(bytes.into(), at);
        self.known.push(Known {
            bytes: bytes.into(),
            name: Name::new(Rc::from(text)),
            next: 0,
        });
        at
    }
}

/// Takes the values of a record whose elements stand at `span`.
///
/// # Errors
/// [`NoLayout`] when it must be walked, or what `found` says.
pub(super) fn fill(
    chunk: &[u8],
    span: &TokenSpan,
    fuel: &mut Fuel,
    names: &mut ValueNames,
    found: &mut impl Take,
) -> Result<(), DecodeError> {
    let before = found.size();
    let mut elements = Elements {
        chunk,
        tokens: Tokens::new(chunk, span, fuel),
        ahead: None,
        names,
    };
    elements.event(found)?;
    fuel.burn_bytes(found.size().saturating_sub(before))
}

struct Elements<'c, 'f, 'n> {
    chunk: &'c [u8],
    tokens: Tokens<'c, 'f>,
    ahead: Option<Token<'c>>,
    names: &'n mut ValueNames,
}

impl<'c> Elements<'c, '_, '_> {
    fn next(&mut self) -> Result<Token<'c>, DecodeError> {
        if let Some(token) = self.ahead.take() {
            return Ok(token);
        }
        match self.tokens.next() {
            // The walk says that a name is missing.
            Ok(Token::Start(name) | Token::Attribute(name)) if name.is(names::UNREADABLE) => {
                Err(NoLayout)
            }
            Ok(token) => Ok(token),
            Err(DecodeError::OverBudget) => Err(DecodeError::OverBudget),
            // It may be read by walking.
            Err(_) => Err(NoLayout),
        }
    }

    fn peek(&mut self) -> Result<&Token<'c>, DecodeError> {
        let token = self.next()?;
        Ok(self.ahead.insert(token))
    }

    /// The next token, if it begins an element, whose name has no prefix.
    fn start(&mut self) -> Result<Option<names::Name<'c>>, DecodeError> {
        let Token::Start(name) = self.peek()? else {
            return Ok(None);
        };
        let name = *name;
        self.ahead = None;
        match name.is_plain() {
            true => Ok(Some(name)),
            false => Err(NoLayout),
        }
    }

    /// Whether the element ends here.
    fn leave(&mut self) -> Result<bool, DecodeError> {
        let ends = matches!(self.peek()?, Token::End);
        if ends {
            self.ahead = None;
        }
        Ok(ends)
    }

    /// The next attribute and its text; after the last one, what closes the start tag is passed.
    fn attribute(&mut self) -> Result<Option<(names::Name<'c>, Range<usize>)>, DecodeError> {
        match self.peek()? {
            Token::Attribute(name) => {
                let name = *name;
                self.ahead = None;
                let Token::Text(text) = self.next()? else {
                    return Err(NoLayout);
                };
                // A text in several parts is put together by the walk.
                match self.peek()? {
                    Token::Text(_) | Token::Value(_) => Err(NoLayout),
                    _ => Ok(Some((name, text))),
                }
            }
            Token::Close => {
                self.ahead = None;
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// Attributes that say nothing.
    fn pass_attributes(&mut self) -> Result<(), DecodeError> {
        while self.attribute()?.is_some() {}
        Ok(())
    }

    /// Attributes that only name namespaces: others are values.
    fn pass_namespaces(&mut self) -> Result<(), DecodeError> {
        while let Some((name, _)) = self.attribute()? {
            if !name.is_namespace() {
                return Err(NoLayout);
            }
        }
        Ok(())
    }

    /// The text that is the whole content of an element, if it has any; and its end.
    fn content(&mut self) -> Result<Option<Range<usize>>, DecodeError> {
        match self.next()? {
            Token::End => Ok(None),
            Token::Text(text) if self.leave()? => Ok(Some(text)),
            _ => Err(NoLayout),
        }
    }

    fn event(&mut self, found: &mut impl Take) -> Result<(), DecodeError> {
        let is = |name: Option<names::Name<'_>>, wanted| name.is_some_and(|name| name.is(wanted));
        if !is(self.start()?, "Event") {
            return Err(NoLayout);
        }
        self.pass_attributes()?;
        // What System says is known from the head.
        if !is(self.start()?, "System") {
            return Err(NoLayout);
        }
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Token::Start(_) => depth += 1,
                Token::End => depth -= 1,
                Token::EndOfFragment => return Err(NoLayout),
                _ => {}
            }
        }
        while !self.leave()? {
            match self.start()? {
                Some(name) if name.is("EventData") => {
                    self.pass_attributes()?;
                    while !self.leave()? {
                        self.data(found)?;
                    }
                }
                Some(name) if name.is("UserData") => {
                    self.pass_attributes()?;
                    while !self.leave()? {
                        self.in_user_data(found)?;
                    }
                }
                _ => return Err(NoLayout),
            }
        }
        match self.next()? {
            Token::EndOfFragment => Ok(()),
            _ => Err(NoLayout),
        }
    }

    /// One element of `EventData`.
    fn data(&mut self, found: &mut impl Take) -> Result<(), DecodeError> {
        let element = self.start()?.ok_or(NoLayout)?;
        if element.is("Data") {
            let mut name = None;
            while let Some((attribute, text)) = self.attribute()? {
                // Others of a Data are not kept.
                if attribute.is("Name") {
                    name = Some(text);
                }
            }
            let text = self.content()?;
            let name = name.map(|name| self.chunk.get(name).ok_or(NoLayout));
            return self.found(name.transpose()?, text, found);
        }
        // Attributes of others are values.
        if self.attribute()?.is_some() {
            return Err(NoLayout);
        }
        let text = self.content()?;
        if element.is("Binary") {
            return text.map_or(Ok(()), |_| Err(NoLayout));
        }
        self.found(Some(written(element)?), text, found)
    }

    /// The one element of `UserData`: a text, or elements that are.
    fn in_user_data(&mut self, found: &mut impl Take) -> Result<(), DecodeError> {
        let name = self.start()?.ok_or(NoLayout)?;
        self.pass_namespaces()?;
        if !matches!(self.peek()?, Token::Start(_)) {
            let text = self.content()?;
            return self.found(Some(written(name)?), text, found);
        }
        while !self.leave()? {
            let name = self.start()?.ok_or(NoLayout)?;
            self.pass_namespaces()?;
            let text = self.content()?;
            self.found(Some(written(name)?), text, found)?;
        }
        Ok(())
    }

    /// A value was found: its name, and its text if it has any.
    fn found(
        &mut self,
        name: Option<&[u8]>,
        text: Option<Range<usize>>,
        found: &mut impl Take,
    ) -> Result<(), DecodeError> {
        let name = match name {
            Some(name) => Some(self.names.get(name).ok_or(NoLayout)?),
            None => None,
        };
        match text {
            Some(text) => found.item(name, self.chunk.get(text).ok_or(NoLayout)?),
            None => found.fixed(name, ""),
        }
    }
}

/// The UTF-16 of a name. One that was put right has none: such a record is walked.
fn written(name: names::Name<'_>) -> Result<&[u8], DecodeError> {
    match name {
        names::Name::Written(bytes) => Ok(bytes),
        names::Name::Known(_) => Err(NoLayout),
    }
}
