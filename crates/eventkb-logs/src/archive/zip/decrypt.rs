//! Encrypted members: the old stream cipher of PKZIP, and AES as WinZip has it.
//!
//! A password shows to be wrong early: by one byte with the old cipher, by two with AES. With the
//! old one a wrong password seems to fit once in 256 times.

use std::io::{self, BufRead, BufReader, Read, SeekFrom};

use aes::cipher::{KeyIvInit, StreamCipher};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::{AES, ENCRYPTED, MASKED, Packing, SIZES_FOLLOW, STRONG, decoder};
use crate::archive::reader::{ReadSeek, Reading, read_full};
use crate::archive::refusal::Refusal;

/// Bytes before an old-style encrypted member.
const HEAD: usize = 12;
/// Bytes of the seal behind one encrypted with AES.
const SEAL: usize = 10;
/// As the format has it.
const ROUNDS: u32 = 1000;
/// Bytes unpacked to tell which of several passwords is right: garbage ends long before.
const MOST_TRIED: u64 = 16 * 1024 * 1024;

/// The packed bytes behind the encryption, and how they are packed.
pub(super) fn open<'a>(
    reading: &Reading<'_>,
    packing: &Packing,
    packed: impl BufRead + 'a,
) -> Result<(Box<dyn BufRead + 'a>, u16), Refusal> {
    if packing.flags & (MASKED | STRONG) != 0 {
        return Err(Refusal::unsupported("encryption of PKZIP's own kind"));
    }
    if reading.budget.passwords() == 0 {
        return Err(Refusal::Encrypted);
    }
    if packing.method != AES {
        let old = old_cipher(reading, packing, packed)?;
        return Ok((Box::new(BufReader::new(old)), packing.method));
    }
    let Some(aes) = packing.aes else {
        return Err(Refusal::damaged("nothing says how it is encrypted"));
    };
    let sealed = sealed(reading, packing, packed)?;
    Ok((Box::new(BufReader::new(sealed)), aes.method))
}

/// Finds out which of several passwords that seem to fit a member is the right one, and has it
/// tried first.
pub(super) fn settle(
    reading: &Reading<'_>,
    packing: &Packing,
    file: &mut dyn ReadSeek,
    begins: u64,
    size: u64,
) -> Result<(), Refusal> {
    let is_old = packing.flags & ENCRYPTED != 0 && packing.method != AES;
    if !is_old || reading.budget.passwords() < 2 || packing.flags & (MASKED | STRONG) != 0 {
        return Ok(());
    }
    let mut head = [0; HEAD];
    let read = file
        .seek(SeekFrom::Start(begins))
        .and_then(|_| read_full(file, &mut head));
    if !matches!(read, Ok(HEAD)) {
        return Ok(());
    }
    let fitting = fitting(reading, packing, &head);
    if fitting.len() < 2 {
        return Ok(());
    }
    for (number, keys) in fitting {
        reading.budget.try_password(1)?;
        let place = begins + HEAD as u64;
        if file.seek(SeekFrom::Start(place)).is_err() {
            return Ok(());
        }
        let packed = packing.packed.unwrap_or(0).saturating_sub(HEAD as u64);
        let inner = BufReader::new((&mut *file).take(packed));
        if makes_sense(reading, packing, OldCipher { keys, inner }, size) {
            reading.budget.fits(number);
            break;
        }
    }
    Ok(())
}

/// Whether what comes out unpacks, and is what its checksum says.
fn makes_sense(reading: &Reading<'_>, packing: &Packing, plain: impl Read, size: u64) -> bool {
    let packed = Box::new(BufReader::new(plain));
    let Ok(decoder) = decoder(&reading.budget, packing.method, packed, Some(size)) else {
        return false;
    };
    let mut decoder = decoder.take(MOST_TRIED);
    let mut block = [0; 16 * 1024];
    let mut checksum = crc32fast::Hasher::new();
    let mut out = 0;
    loop {
        match decoder.read(&mut block) {
            Ok(0) => break,
            Ok(read) => {
                checksum.update(block.get(..read).unwrap_or_default());
                out += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return false,
        }
    }
    out >= MOST_TRIED || checksum.finalize() == packing.crc
}

/// The state of the old cipher.
#[derive(Debug, Clone, Copy)]
struct Keys([u32; 3]);

impl Keys {
    fn of(password: &str) -> Keys {
        let mut keys = Keys([0x1234_5678, 0x2345_6789, 0x3456_7890]);
        password.bytes().for_each(|byte| keys.update(byte));
        keys
    }

    fn update(&mut self, byte: u8) {
        let Keys([a, b, c]) = self;
        *a = crc_step(*a, byte);
        *b = b
            .wrapping_add(*a & 0xff)
            .wrapping_mul(134_775_813)
            .wrapping_add(1);
        *c = crc_step(*c, b.to_be_bytes()[0]);
    }

    fn decrypt(&mut self, byte: u8) -> u8 {
        let Keys([_, _, c]) = *self;
        let low = (c | 2) & 0xffff;
        let mask = (low.wrapping_mul(low ^ 1) >> 8).to_le_bytes()[0];
        let plain = byte ^ mask;
        self.update(plain);
        plain
    }
}

/// One byte more into a CRC-32 that is not inverted at its ends.
fn crc_step(crc: u32, byte: u8) -> u32 {
    let mut crc = crc ^ u32::from(byte);
    for _ in 0..8 {
        crc = crc >> 1 ^ 0xedb8_8320 * (crc & 1);
    }
    crc
}

/// Passwords that fit the head of a member, with the state behind it.
fn fitting(reading: &Reading<'_>, packing: &Packing, head: &[u8; HEAD]) -> Vec<(u64, Keys)> {
    // What the last byte of the head must be.
    let check = match packing.flags & SIZES_FOLLOW != 0 {
        true => packing.time.to_be_bytes()[0],
        false => packing.crc.to_be_bytes()[0],
    };
    let mut fitting = Vec::new();
    for (number, password) in reading.budget.candidates() {
        let mut keys = Keys::of(&password);
        let mut last = 0;
        for byte in head {
            last = keys.decrypt(*byte);
        }
        if last == check {
            fitting.push((number, keys));
        }
    }
    fitting
}

fn old_cipher<R: BufRead>(
    reading: &Reading<'_>,
    packing: &Packing,
    mut packed: R,
) -> Result<OldCipher<R>, Refusal> {
    let mut head = [0; HEAD];
    if read_full(&mut packed, &mut head).map_err(|error| Refusal::from(&error))? < HEAD {
        return Err(Refusal::Truncated);
    }
    let Some((number, keys)) = fitting(reading, packing, &head).into_iter().next() else {
        return Err(wrong(reading));
    };
    reading.budget.fits(number);
    Ok(OldCipher {
        keys,
        inner: packed,
    })
}

fn wrong(reading: &Reading<'_>) -> Refusal {
    Refusal::WrongPassword {
        tried: reading.budget.passwords(),
    }
}

struct OldCipher<R> {
    keys: Keys,
    inner: R,
}

impl<R: Read> Read for OldCipher<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        for byte in buffer.iter_mut().take(read) {
            *byte = self.keys.decrypt(*byte);
        }
        Ok(read)
    }
}

/// Opens a member that is encrypted with AES.
fn sealed<R: BufRead>(
    reading: &Reading<'_>,
    packing: &Packing,
    mut packed: R,
) -> Result<Sealed<R>, Refusal> {
    let strength = packing.aes.map_or(0, |aes| aes.strength);
    let key_size = match strength {
        1 => 16,
        2 => 24,
        3 => 32,
        other => return Err(Refusal::unsupported(format!("AES of strength {other}"))),
    };
    let salt_size = key_size / 2;
    let around = (salt_size + 2 + SEAL) as u64;
    let left = packing.packed.and_then(|packed| packed.checked_sub(around));
    let Some(left) = left else {
        return Err(Refusal::Truncated);
    };
    let mut head = [0; 16 + 2];
    let head = head.get_mut(..salt_size + 2).unwrap_or_default();
    if read_full(&mut packed, head).map_err(|error| Refusal::from(&error))? < head.len() {
        return Err(Refusal::Truncated);
    }
    let (salt, check) = head.split_at(salt_size);
    for (number, password) in reading.budget.candidates() {
        let mut derived = [0; 2 * 32 + 2];
        let derived = derived.get_mut(..2 * key_size + 2).unwrap_or_default();
        pbkdf2::pbkdf2_hmac::<Sha1>(password.as_bytes(), salt, ROUNDS, derived);
        let (keys, mark) = derived.split_at(2 * key_size);
        if mark == check {
            reading.budget.fits(number);
            let (key, seal_key) = keys.split_at(key_size);
            let (Some(cipher), Ok(seal)) = (Cipher::new(key), Hmac::new_from_slice(seal_key))
            else {
                break;
            };
            return Ok(Sealed {
                inner: packed,
                left,
                cipher,
                seal: Some(seal),
            });
        }
        reading.budget.try_password(1)?;
    }
    Err(wrong(reading))
}

/// AES in the mode that counts blocks, from 1 on.
enum Cipher {
    Aes128(Box<ctr::Ctr128LE<aes::Aes128>>),
    Aes192(Box<ctr::Ctr128LE<aes::Aes192>>),
    Aes256(Box<ctr::Ctr128LE<aes::Aes256>>),
}

impl Cipher {
    fn new(key: &[u8]) -> Option<Cipher> {
        let first = 1u128.to_le_bytes();
        Some(match key.len() {
            16 => Cipher::Aes128(Box::new(KeyIvInit::new_from_slices(key, &first).ok()?)),
            24 => Cipher::Aes192(Box::new(KeyIvInit::new_from_slices(key, &first).ok()?)),
            32 => Cipher::Aes256(Box::new(KeyIvInit::new_from_slices(key, &first).ok()?)),
            _ => return None,
        })
    }

    fn apply(&mut self, bytes: &mut [u8]) {
        match self {
            Cipher::Aes128(cipher) => cipher.apply_keystream(bytes),
            Cipher::Aes192(cipher) => cipher.apply_keystream(bytes),
            Cipher::Aes256(cipher) => cipher.apply_keystream(bytes),
        }
    }
}

/// Decrypts, and checks the seal at the end.
struct Sealed<R> {
    inner: R,
    left: u64,
    cipher: Cipher,
    /// Taken when the end was seen.
    seal: Option<Hmac<Sha1>>,
}

impl<R: Read> Read for Sealed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let most = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let Some(room) = buffer.get_mut(..most).filter(|room| !room.is_empty()) else {
            return self.end().map(|()| 0);
        };
        let read = self.inner.read(room)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read as u64;
        let bytes = room.get_mut(..read).unwrap_or_default();
        if let Some(seal) = &mut self.seal {
            seal.update(bytes);
        }
        self.cipher.apply(bytes);
        Ok(read)
    }
}

impl<R: Read> Sealed<R> {
    fn end(&mut self) -> io::Result<()> {
        let Some(seal) = self.seal.take() else {
            return Ok(());
        };
        let mut written = [0; SEAL];
        self.inner.read_exact(&mut written)?;
        match seal.verify_truncated_left(&written) {
            Ok(()) => Ok(()),
            Err(_) => Err(Refusal::Checksum.into()),
        }
    }
}
