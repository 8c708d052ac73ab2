//! The keys of a class's records, packed: some two bytes each instead of sixteen.
//!
//! A storm repeats an event millions of times. To tell copies of a record from the next record, and
//! to know all their times, a key of each is kept; in order they differ by little, and the
//! differences are what is stored.

use std::iter::Peekable;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;

/// A record's second, and a mark that copies of it in other files share: its record id, or a hash
/// of its strings where it has none.
pub(crate) type RecordKey = (i64, u64);

/// Keys in order, each once.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RecordKeySet {
    /// Of one record it takes no memory of its own.
    packed: SmallVec<[u8; 24]>,
    count: usize,
    last: RecordKey,
}

impl RecordKeySet {
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Adds keys that are in order; those that are there already are left out.
    pub(crate) fn unite(&mut self, new: &[RecordKey]) {
        let Some(first) = new.first() else { return };
        if self.count == 0 || *first > self.last {
            // Logs are mostly in order: nothing that is there need be touched.
            new.iter().for_each(|key| self.push(*key));
            return;
        }
        let mut both = RecordKeySet::default();
        both.packed.reserve(self.packed.len() + 2 * new.len());
        for key in merged(self.iter(), new.iter().copied()) {
            both.push(key);
        }
        *self = both;
    }

    /// Adds a key that is not before the last one; the last one again is left out.
    fn push(&mut self, key: RecordKey) {
        if self.count > 0 && key == self.last {
            return;
        }
        let (second, mark) = self.last;
        self.number(key.0.wrapping_sub(second).cast_unsigned());
        let step = key.1.wrapping_sub(mark).cast_signed();
        // Small steps up and down alike become small numbers.
        self.number(((step << 1) ^ (step >> 63)).cast_unsigned());
        self.last = key;
        self.count += 1;
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    fn number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.packed.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.packed.push(number as u8);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = RecordKey> {
        let mut bytes = self.packed.iter();
        let mut last = RecordKey::default();
        std::iter::from_fn(move || {
            let mut number = || {
                let mut number = 0;
                let mut shift = 0;
                loop {
                    let byte = *bytes.next()?;
                    number |= u64::from(byte & 0x7f) << shift;
                    if byte < 0x80 {
                        return Some(number);
                    }
                    shift += 7;
                }
            };
            let second = number()?.cast_signed();
            let zigzag = number()?;
            let step = (zigzag >> 1).cast_signed() ^ -((zigzag & 1).cast_signed());
            last = (
                last.0.wrapping_add(second),
                last.1.wrapping_add(step.cast_unsigned()),
            );
            Some(last)
        })
    }
}

/// Two rows in order as one.
fn merged(
    one: impl Iterator<Item = RecordKey>,
    other: impl Iterator<Item = RecordKey>,
) -> impl Iterator<Item = RecordKey> {
    fn next(
        one: &mut Peekable<impl Iterator<Item = RecordKey>>,
        other: &mut Peekable<impl Iterator<Item = RecordKey>>,
    ) -> Option<RecordKey> {
        match (one.peek(), other.peek()) {
            (Some(a), Some(b)) if a <= b => one.next(),
            (Some(_), None) => one.next(),
            _ => other.next(),
        }
    }
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || next(&mut one, &mut other))
}

impl FromIterator<RecordKey> for RecordKeySet {
    fn from_iter<I: IntoIterator<Item = RecordKey>>(keys: I) -> RecordKeySet {
        let mut keys: Vec<RecordKey> = keys.into_iter().collect();
        keys.sort_unstable();
        let mut packed = RecordKeySet::default();
        packed.unite(&keys);
        packed
    }
}

/// Saved as they are.
impl Serialize for RecordKeySet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for RecordKeySet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RecordKeySet, D::Error> {
        let keys = Vec::<RecordKey>::deserialize(deserializer)?;
        // Whoever counts with seconds may rely on it that they are times.
        let times = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
        if keys.iter().any(|(second, _)| !times.contains(second)) {
            return Err(serde::de::Error::custom("a second that is no time"));
        }
        Ok(keys.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn prints_come_back_in_order_and_once() {
        let edges = [
            (i64::MIN, 0),
            (i64::MIN, u64::MAX),
            (-1, 5),
            (0, 0),
            (7, 3),
            (7, 4),
            (7, 1 << 63),
            (i64::MAX, u64::MAX),
        ];
        let packed: RecordKeySet = edges.into_iter().rev().chain(edges).collect();
        assert_eq!(packed.iter().collect::<Vec<_>>(), edges);
        assert_eq!(packed.len(), edges.len());
    }

    #[test]
    fn united_in_any_way_they_are_the_same() {
        let key = |n: u64| ((n * 7_919 % 1_000).cast_signed() - 300, n * 31 % 97);
        let all: Vec<RecordKey> = (0..3_000).map(key).collect();
        let wanted: BTreeSet<RecordKey> = all.iter().copied().collect();
        for size in [1, 2, 50, 3_000] {
            let mut packed = RecordKeySet::default();
            for part in all.chunks(size) {
                let mut part = part.to_vec();
                part.sort_unstable();
                packed.unite(&part);
            }
            assert!(packed.iter().eq(wanted.iter().copied()), "{size}");
            assert_eq!(packed, wanted.iter().copied().collect(), "{size}");
        }
    }

    #[test]
    fn records_of_a_storm_take_two_bytes_each() {
        let storm: RecordKeySet = (0..10_000)
            .map(|n: u64| ((n / 3).cast_signed(), n))
            .collect();
        assert!(storm.packed.len() <= 2 * storm.len() + 20);
    }
}
