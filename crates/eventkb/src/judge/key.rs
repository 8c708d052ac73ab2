//! The values that join events: the connector's name, a drive letter, an account.
//!
//! Within one signature each value is a number, and the numbers are in the order of the values: a
//! hundred thousand keys are compared, sorted and looked up many times each.

use std::collections::HashMap;
use std::num::NonZero;

use smallvec::{SmallVec, smallvec};

use crate::collect::evaluate::Captures;
use crate::signature::compile::{Compiled, Matcher};
use crate::signature::text;

/// One value, folded; see [`Values`].
pub(crate) type Value = NonZero<u32>;

/// A value for each part of the signature's key.
pub(crate) type Key = SmallVec<[Option<Value>; 4]>;

/// Whether no part that both keys carry differs.
pub(crate) fn keys_agree(a: &Key, b: &Key) -> bool {
    a.iter().zip(b).all(|(a, b)| match (a, b) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    })
}

/// The values of a key as an event writes them.
pub(crate) type Shown<'e> = SmallVec<[Option<&'e str>; 4]>;

/// The values of a signature's key that an event has, as written.
pub(super) fn key_of<'e>(
    compiled: &Compiled,
    matcher: &Matcher,
    captures: &'e Captures,
) -> Shown<'e> {
    let mut shown: Shown<'_> = smallvec![None; compiled.key.len()];
    for (n, value) in captures.iter() {
        let part = matcher.captures.get(n).and_then(|capture| capture.key);
        if let Some(slot) = part.and_then(|part| shown.get_mut(part))
            && slot.is_none()
        {
            *slot = Some(value);
        }
    }
    shown
}

/// All values of one signature's keys, in order.
#[derive(Debug, Default)]
pub(crate) struct Values(Vec<Box<str>>);

impl Values {
    pub(crate) fn text(&self, value: Value) -> &str {
        let at = value.get() as usize - 1;
        self.0.get(at).map_or("", |text| text)
    }
}

/// Makes keys of values as they come, and puts their numbers in order in the end.
#[derive(Default)]
pub(super) struct Keys {
    values: HashMap<Box<str>, Value>,
    /// By their values, in the order in which those came.
    keys: HashMap<Key, usize>,
}

impl Keys {
    /// The number of a key, in no order yet.
    pub(super) fn add(&mut self, compiled: &Compiled, shown: &[Option<&str>]) -> usize {
        let parts = shown.iter().zip(&compiled.key);
        let key: Key = parts
            .map(|(value, part)| {
                let value = (*value)?;
                if part.exact_case {
                    self.value(value)
                } else {
                    self.value(&text::fold(value))
                }
            })
            .collect();
        let next = self.keys.len();
        *self.keys.entry(key).or_insert(next)
    }

    fn value(&mut self, text: &str) -> Option<Value> {
        if let Some(known) = self.values.get(text) {
            return Some(*known);
        }
        // There are no more values than classes: limits::MAX_CLASSES times the parts of a key.
        let next = u32::try_from(self.values.len() + 1).ok();
        let next = next.and_then(NonZero::new)?;
        self.values.insert(text.into(), next);
        Some(next)
    }

    /// The keys by the numbers that were given for them, with their places in order.
    pub(super) fn in_order(self) -> (Values, Vec<(Key, usize)>) {
        let mut values: Vec<(Box<str>, Value)> = self.values.into_iter().collect();
        values.sort_unstable();
        let mut ranks: Vec<Option<Value>> = vec![None; values.len()];
        for (at, (_, value)) in values.iter().enumerate() {
            if let Some(rank) = ranks.get_mut(value.get() as usize - 1) {
                *rank = u32::try_from(at + 1).ok().and_then(NonZero::new);
            }
        }
        let ranked = |value: &Option<Value>| {
            let at = (*value)?.get() as usize - 1;
            ranks.get(at).copied().flatten()
        };
        let keys = self.keys.into_iter();
        let mut keys: Vec<(Key, usize)> = keys
            .map(|(key, number)| (key.iter().map(ranked).collect(), number))
            .collect();
        keys.sort_unstable();
        let mut by_number = vec![(Key::default(), 0); keys.len()];
        for (place, (key, number)) in keys.into_iter().enumerate() {
            if let Some(slot) = by_number.get_mut(number) {
                *slot = (key, place);
            }
        }
        let values = values.into_iter().map(|(text, _)| text);
        (Values(values.collect()), by_number)
    }
}
