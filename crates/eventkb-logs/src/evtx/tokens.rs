//! The tokens of binary XML, one after another, read without building anything.

use std::ops::Range;

use super::binxml::{self, kind::STRING};
use super::names::{self, Name};
use super::system::TokenSpan;
use super::value::{DecodeError, Fuel, Unsupported};
use crate::bytes::u16_at;

/// One token. That more attributes or parts follow shows in what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'c> {
    /// An element begins.
    Start(Name<'c>),
    /// An attribute begins; its parts follow.
    Attribute(Name<'c>),
    /// The attributes are over.
    Close,
    /// The element ends, with a tag of its own or without.
    End,
    /// Text that stands here: its bytes in the chunk, UTF-16LE.
    Text(Range<usize>),
    /// One of the record's values.
    Value(u16),
    /// The fragment ends.
    EndOfFragment,
}

/// Reads tokens from their beginning.
pub(super) struct Tokens<'c, 'f> {
    chunk: &'c [u8],
    fuel: &'f mut Fuel,
    at: usize,
    end: usize,
    has_dependency_ids: bool,
}

impl<'c, 'f> Tokens<'c, 'f> {
    pub(super) fn new(chunk: &'c [u8], span: &TokenSpan, fuel: &'f mut Fuel) -> Tokens<'c, 'f> {
        Tokens {
            chunk,
            fuel,
            at: span.tokens.start,
            end: span.tokens.end,
            has_dependency_ids: span.is_template,
        }
    }

    /// The next token.
    ///
    /// # Errors
    /// When there is none, or one that hardly any event has: references to characters and entities,
    /// CDATA and instructions.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Token<'c>, DecodeError> {
        loop {
            if self.at >= self.end {
                return Err(Unsupported);
            }
            self.fuel.burn(1)?;
            let token = *self.chunk.get(self.at).ok_or(Unsupported)?;
            self.at += 1;
            return Ok(match token & !binxml::MORE {
                binxml::FRAGMENT => {
                    self.at += binxml::FRAGMENT_BYTES - 1;
                    continue;
                }
                binxml::START_ELEMENT => Token::Start(self.start(token & binxml::MORE != 0)?),
                binxml::ATTRIBUTE => Token::Attribute(self.name()?),
                binxml::CLOSE_START_TAG => Token::Close,
                binxml::CLOSE_EMPTY_ELEMENT | binxml::END_ELEMENT => Token::End,
                binxml::VALUE_TEXT => Token::Text(self.text()?),
                binxml::SUBSTITUTION | binxml::OPTIONAL_SUBSTITUTION => {
                    let value = u16_at(self.chunk, self.at).ok_or(Unsupported)?;
                    self.at += 3;
                    Token::Value(value)
                }
                binxml::END_OF_FRAGMENT => Token::EndOfFragment,
                _ => return Err(Unsupported),
            });
        }
    }

    fn start(&mut self, has_attributes: bool) -> Result<Name<'c>, DecodeError> {
        self.at += if self.has_dependency_ids { 6 } else { 4 };
        let name = self.name()?;
        if has_attributes {
            self.at += 4;
        }
        Ok(name)
    }

    /// A name: inline where it is first used in the chunk.
    fn name(&mut self) -> Result<Name<'c>, DecodeError> {
        let offset = names::offset_at(self.chunk, self.at)?;
        self.at += 4;
        let inline = offset == self.at;
        match names::read(self.chunk, offset) {
            Ok((name, end)) => {
                if inline {
                    self.at = end;
                }
                Ok(name)
            }
            Err(error) if inline => Err(error),
            Err(_) => Ok(Name::Known(names::UNREADABLE)),
        }
    }

    fn text(&mut self) -> Result<Range<usize>, DecodeError> {
        if self.chunk.get(self.at) != Some(&STRING) {
            return Err(Unsupported);
        }
        let count = usize::from(u16_at(self.chunk, self.at + 1).ok_or(Unsupported)?);
        let start = self.at + 3;
        self.at = start + 2 * count;
        if self.at > self.end {
            return Err(Unsupported);
        }
        Ok(start..self.at)
    }
}
