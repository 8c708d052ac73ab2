//! Where the parts of a record stand: its definition, and its table of values.

use std::ops::Range;

use crate::bytes::u32_at;
use crate::evtx::binxml;
use crate::evtx::system::{DEFINITION_HEAD, TokenSpan};
use crate::evtx::template::Template;
use crate::evtx::value::{DecodeError, Fuel, Unsupported, Value};
use crate::limits;

/// Where the parts of a record, or of a nested value, stand.
pub(super) enum Start {
    /// An instance of a template: the place of its definition, and of its table of values.
    Instance { definition: usize, values: usize },
    /// Elements without a template: their place. A few old providers write such records.
    Inline(usize),
}

impl Start {
    /// The place by which the tokens are known within the chunk.
    pub(super) fn tokens_at(&self) -> usize {
        match self {
            Start::Instance { definition, .. } => *definition,
            Start::Inline(at) => *at,
        }
    }

    pub(super) fn values(&self) -> Option<usize> {
        match self {
            Start::Instance { values, .. } => Some(*values),
            Start::Inline(_) => None,
        }
    }

    pub(super) fn span(&self, chunk: &[u8], body: &Range<usize>) -> Result<TokenSpan, DecodeError> {
        match self {
            Start::Instance { definition, .. } => TokenSpan::of_definition(chunk, *definition),
            Start::Inline(at) => Ok(TokenSpan {
                tokens: *at..body.end,
                is_template: false,
            }),
        }
    }
}

pub(super) fn start_of(
    chunk: &[u8],
    body: &Range<usize>,
    fuel: &mut Fuel,
) -> Result<Start, DecodeError> {
    let mut at = body.start;
    if chunk.get(at) == Some(&binxml::FRAGMENT) {
        at += binxml::FRAGMENT_BYTES;
    }
    match chunk.get(at) {
        Some(&binxml::TEMPLATE_INSTANCE) => {}
        Some(token) if token & !binxml::MORE == binxml::START_ELEMENT => {
            return Ok(Start::Inline(at));
        }
        _ => return Err(Unsupported),
    }
    let definition = u32_at(chunk, at + 6).ok_or(Unsupported)? as usize;
    at += 10;
    if definition == at {
        // First use in the chunk: the definition itself stands here.
        at = behind_definition(chunk, at, body.end, fuel)?;
    }
    Ok(Start::Instance {
        definition,
        values: at,
    })
}

/// Where the values stand behind a definition that stands at `at` itself. Few records bring one.
#[cold]
fn behind_definition(
    chunk: &[u8],
    at: usize,
    end: usize,
    fuel: &mut Fuel,
) -> Result<usize, DecodeError> {
    let size = u32_at(chunk, at + 20).ok_or(Unsupported)? as usize;
    let claimed = at.checked_add(DEFINITION_HEAD + size).ok_or(Unsupported)?;
    // Behind the values stand the token that ends the fragment, and what pads a record to a multiple
    // of eight bytes.
    if let Ok(reached) = read_first_values(chunk, claimed, end, 0, &mut Vec::new())
        && (1..=8).contains(&(end - reached))
    {
        return Ok(claimed);
    }
    // The size is damaged, or the values are: the definition's own tokens decide.
    let span = TokenSpan::of_definition(chunk, at)?;
    Template::end(chunk, &span, fuel)
}

/// Reads the first values of the table that follows an instance, as many as are `wanted`, and sees to
/// it that the others end where the record does, at `end`: what [`read_values`] would refuse is
/// refused. Gives where the last value ends.
pub(super) fn read_first_values(
    chunk: &[u8],
    at: usize,
    end: usize,
    wanted: usize,
    values: &mut Vec<Value>,
) -> Result<usize, DecodeError> {
    let count = u32_at(chunk, at).ok_or(Unsupported)? as usize;
    let table = at + 4;
    let mut place = table
        .checked_add(count.checked_mul(4).ok_or(Unsupported)?)
        .ok_or(Unsupported)?;
    if count > limits::MAX_TEMPLATE_NODES || place > end {
        return Err(Unsupported);
    }
    let descriptors = chunk
        .get(table..place)
        .ok_or(Unsupported)?
        .as_chunks::<4>()
        .0;
    let (first, others) = descriptors.split_at(wanted.min(descriptors.len()));
    for [size, more, kind, _] in first {
        let bytes = place..place + usize::from(u16::from_le_bytes([*size, *more]));
        place = bytes.end;
        values.push(Value { kind: *kind, bytes });
    }
    for [size, more, _, _] in others {
        place += usize::from(u16::from_le_bytes([*size, *more]));
    }
    if place > end {
        return Err(Unsupported);
    }
    Ok(place)
}

/// Reads the table of values that follows an instance; gives where the last value ends, at `end` at
/// most. Of a record whose end is gone (`cut`), values that are not there whole are null.
pub(super) fn read_values(
    chunk: &[u8],
    at: usize,
    (end, cut): (usize, bool),
    values: &mut Vec<Value>,
) -> Result<usize, DecodeError> {
    values.clear();
    let count = u32_at(chunk, at).ok_or(Unsupported)? as usize;
    let table = at + 4;
    let mut place = table
        .checked_add(count.checked_mul(4).ok_or(Unsupported)?)
        .ok_or(Unsupported)?;
    if count > limits::MAX_TEMPLATE_NODES || place > end {
        return Err(Unsupported);
    }
    for descriptor in chunk.get(table..place).ok_or(Unsupported)?.chunks_exact(4) {
        let [size, more, kind, _] = descriptor else {
            return Err(Unsupported);
        };
        let bytes = place..place + usize::from(u16::from_le_bytes([*size, *more]));
        place = bytes.end;
        values.push(if cut && place > end {
            Value {
                kind: binxml::kind::NULL,
                bytes: end..end,
            }
        } else {
            Value { kind: *kind, bytes }
        });
    }
    if place > end && !cut {
        values.clear();
        return Err(Unsupported);
    }
    Ok(place)
}
