//! The checksum over a chunk's header, and the one wrong bit that it can put right.
//!
//! A header says which records are a chunk's own. Where one bit of it fell over, its checksum tells
//! which one: else nothing would say any more how far the chunk reaches, and stale or forged
//! records behind its end would pass for its own.

use super::chunk::HEADER;
use crate::bytes::u32_at;

/// What the checksum covers: not its own place, nor the flags before it.
const COVERED: [std::ops::Range<usize>; 2] = [0..120, 128..HEADER];
/// Where it stands.
const OWN: usize = 124;
/// The polynomial of CRC-32, lowest power first.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// The checksum that a header should have.
pub(super) fn of(header: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for part in COVERED {
        hasher.update(header.get(part).unwrap_or(&[]));
    }
    hasher.finalize()
}

/// A header whose checksum fails, with the one bit put right that makes it hold. `None` where more
/// than one is wrong.
pub(super) fn mended(header: &[u8]) -> Option<[u8; HEADER]> {
    let mut header: [u8; HEADER] = header.try_into().ok()?;
    let wrong = of(&header) ^ u32_at(&header, OWN)?;
    if wrong.count_ones() == 1 {
        // The checksum itself.
        let bit = wrong.trailing_zeros() as usize;
        flip(&mut header, OWN + bit / 8, bit % 8)?;
        return Some(header);
    }
    // What a flipped bit does to the checksum depends on how many bits follow it alone: one step of
    // the register for each.
    let mut effect = POLYNOMIAL;
    for at in COVERED.into_iter().flatten().rev() {
        for bit in (0..8).rev() {
            if effect == wrong {
                flip(&mut header, at, bit)?;
                return Some(header);
            }
            let carry = effect & 1 == 1;
            effect = effect >> 1 ^ if carry { POLYNOMIAL } else { 0 };
        }
    }
    None
}

fn flip(header: &mut [u8], at: usize, bit: usize) -> Option<()> {
    *header.get_mut(at)? ^= 1 << bit;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_single_bit_is_put_right_and_no_two() {
        let mut sound: [u8; HEADER] = std::array::from_fn(|n| (n * 37 % 251) as u8);
        let crc = of(&sound).to_le_bytes();
        sound[OWN..OWN + 4].copy_from_slice(&crc);
        for at in (0..HEADER).filter(|at| !(120..124).contains(at)) {
            for bit in 0..8 {
                let mut damaged = sound;
                damaged[at] ^= 1 << bit;
                assert_eq!(mended(&damaged), Some(sound), "{at}.{bit}");
                damaged[(at + 9) % 120] ^= 4;
                assert_eq!(mended(&damaged), None, "{at}.{bit}");
            }
        }
    }
}
