//! Damages any file in ways that know nothing of its format: what disks, cut copies and careless
//! transfers do.

use std::ops::Range;

use crate::rng::Rng;

/// A kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ByteDamage {
    /// So many single bits anywhere.
    Bits(usize),
    /// So many bytes become random ones.
    Noise(usize),
    /// So many bytes become this one: what formatted disks and cheap controllers leave.
    Filled(usize, u8),
    /// So many bytes are taken out, and the rest moves up.
    Removed(usize),
    /// So many random bytes are put in.
    Inserted(usize),
    /// So many bytes are there twice, one behind the other.
    Doubled(usize),
    /// Two pieces of so many bytes change places.
    Swapped(usize),
    /// A sector of so many bytes holds what stands in another one.
    Copied(usize),
    /// The file ends early.
    Cut,
}

impl ByteDamage {
    /// Every kind, in usual sizes.
    pub const ALL: &'static [ByteDamage] = &[
        ByteDamage::Bits(1),
        ByteDamage::Bits(8),
        ByteDamage::Noise(16),
        ByteDamage::Noise(600),
        ByteDamage::Filled(512, 0),
        ByteDamage::Filled(1024, 0xf6),
        ByteDamage::Filled(300, 0xcc),
        ByteDamage::Filled(300, 0x01),
        ByteDamage::Removed(1),
        ByteDamage::Removed(700),
        ByteDamage::Inserted(3),
        ByteDamage::Inserted(700),
        ByteDamage::Doubled(900),
        ByteDamage::Swapped(400),
        ByteDamage::Cut,
    ];

    /// More kinds, for texts: fills that look like text, and sectors of it in the wrong place.
    pub const OF_TEXTS: &'static [ByteDamage] = &[
        ByteDamage::Filled(300, b' '),
        ByteDamage::Filled(512, b'A'),
        ByteDamage::Copied(512),
    ];

    /// Damages a file, and gives the bytes of it that were hit, as they stood before. The same file,
    /// damage and seed give the same result.
    pub fn apply(self, file: &mut Vec<u8>, seed: u64) -> Range<usize> {
        let mut rng = Rng::new(seed ^ 0xda3a_9e00);
        if file.is_empty() {
            return 0..0;
        }
        let size = file.len();
        let mut piece = |bytes: usize| {
            let bytes = bytes.min(size);
            let at = rng.below(size - bytes + 1);
            at..at + bytes
        };
        match self {
            ByteDamage::Bits(count) => {
                let places: Vec<usize> = (0..count).map(|_| piece(1).start).collect();
                for &at in &places {
                    let bit = 1 << rng.below(8);
                    if let Some(byte) = file.get_mut(at) {
                        *byte ^= bit;
                    }
                }
                let first = places.iter().min().copied().unwrap_or(0);
                let last = places.iter().max().copied().unwrap_or(0);
                first..last + 1
            }
            ByteDamage::Noise(bytes) => {
                let range = piece(bytes);
                file[range.clone()].fill_with(|| rng.byte());
                range
            }
            ByteDamage::Filled(bytes, with) => {
                let range = piece(bytes);
                file[range.clone()].fill(with);
                range
            }
            ByteDamage::Removed(bytes) => {
                let range = piece(bytes);
                file.drain(range.clone());
                range
            }
            ByteDamage::Inserted(bytes) => {
                let at = piece(0).start;
                let new: Vec<u8> = (0..bytes).map(|_| rng.byte()).collect();
                file.splice(at..at, new);
                at..at
            }
            ByteDamage::Doubled(bytes) => {
                let range = piece(bytes);
                let again = file[range.clone()].to_vec();
                file.splice(range.end..range.end, again);
                range
            }
            ByteDamage::Swapped(bytes) => {
                let bytes = bytes.min(size / 2);
                let first = rng.below(size - 2 * bytes + 1);
                let second = first + bytes + rng.below(size - first - 2 * bytes + 1);
                for n in 0..bytes {
                    file.swap(first + n, second + n);
                }
                first..second + bytes
            }
            ByteDamage::Copied(bytes) => copy_sector(file, bytes.max(1), &mut rng),
            ByteDamage::Cut => {
                let at = rng.below(size);
                file.truncate(at);
                at..size
            }
        }
    }
}

/// Puts one sector of so many bytes in the place of another.
fn copy_sector(file: &mut [u8], bytes: usize, rng: &mut Rng) -> Range<usize> {
    let size = file.len();
    let sectors = (size / bytes).max(1);
    let from = rng.below(sectors) * bytes;
    let mut to = rng.below(sectors) * bytes;
    if to == from {
        to = (from + bytes) % (sectors * bytes);
    }
    let length = bytes.min(size - from.max(to));
    file.copy_within(from..from + length, to);
    to..to + length
}

#[cfg(test)]
mod tests {
    use super::ByteDamage;

    #[test]
    fn it_hits_something_and_the_same_again() {
        let sound: Vec<u8> = (0..5_000_u32)
            .map(|n| (n.wrapping_mul(n) / 7 % 251) as u8)
            .collect();
        for &damage in ByteDamage::ALL.iter().chain(ByteDamage::OF_TEXTS) {
            for seed in 0..20 {
                let (mut one, mut two) = (sound.clone(), sound.clone());
                damage.apply(&mut one, seed);
                damage.apply(&mut two, seed);
                assert_eq!(one, two);
                assert_ne!(one, sound, "{damage:?} {seed}");
            }
            damage.apply(&mut Vec::new(), 1);
            damage.apply(&mut vec![7], 1);
        }
    }
}
