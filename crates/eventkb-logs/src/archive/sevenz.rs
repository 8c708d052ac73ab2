//! 7z, through a crate: its index is a format of its own. What the crate does not bound is
//! checked before it is asked: how large the index gets, and the memory that a stream asks for.

use std::io::{self, Read, SeekFrom};

use sevenz_rust2::{Archive, ArchiveEntry, Block, BlockDecoder, EncoderMethod, Error, Password};

use super::guard::{Metered, Terms};
use super::reader::{ReadSeek, Reading, Stop, read_full, u32_at, u64_at};
use super::refusal::Refusal;
use crate::limits::{MAX_ARCHIVE_INDEX_BYTES, MAX_LZMA_DICTIONARY};

const HEADER_SIZE: usize = 32;
/// Rounds of making a key, as a power of two; 7-Zip takes 19.
const MAX_KEY_POWER: u8 = 24;
/// Bytes unpacked to tell which of several passwords is right: garbage ends long before.
const MOST_TRIED: u64 = 8 * 1024 * 1024;

/// Reads a 7z archive.
pub(super) fn read(reading: &mut Reading<'_>, file: &mut dyn ReadSeek) -> Result<(), Stop> {
    let Some(index) = check_index(file)? else {
        return Ok(());
    };
    let archive = open(reading, file, index.encrypted)?;
    let mut file = SeekMetered {
        inner: Metered::new(file),
    };
    let mut stop = None;
    for number in 0..archive.blocks.len() {
        read_block(reading, &archive, number, &mut file, &mut stop)?;
        if let Some(stop) = stop.take() {
            return Err(stop);
        }
    }
    // Files without data lie in no block, and hold nothing to read.
    Ok(())
}

/// The index of an archive, with a password where it needs one.
fn open(
    reading: &Reading<'_>,
    file: &mut dyn ReadSeek,
    encrypted: Option<u64>,
) -> Result<Archive, Refusal> {
    let Some(work) = encrypted else {
        return Archive::read(&mut &mut *file, &Password::empty()).map_err(|e| refusal(&e));
    };
    let candidates = candidates(reading);
    for (number, password) in &candidates {
        work_on_password(reading, work)?;
        if let Ok(archive) = Archive::read(&mut &mut *file, password) {
            fits(reading, *number);
            return Ok(archive);
        }
    }
    Err(closed(candidates.len()))
}

/// Why an encrypted archive stays closed.
fn closed(tried: usize) -> Refusal {
    match tried {
        0 => Refusal::Encrypted,
        tried => Refusal::WrongPassword { tried },
    }
}

#[cfg(feature = "passwords")]
fn candidates(reading: &Reading<'_>) -> Vec<(u64, Password)> {
    let candidates = reading.budget.candidates().into_iter();
    candidates
        .map(|(number, password)| (number, Password::new(&password)))
        .collect()
}

#[cfg(feature = "passwords")]
fn work_on_password(reading: &Reading<'_>, work: u64) -> Result<(), Refusal> {
    reading.budget.try_password(work)
}

#[cfg(feature = "passwords")]
fn fits(reading: &Reading<'_>, number: u64) {
    reading.budget.fits(number);
}

/// Without the feature `passwords` there is none to try.
#[cfg(not(feature = "passwords"))]
fn candidates(_: &Reading<'_>) -> Vec<(u64, Password)> {
    Vec::new()
}

#[cfg(not(feature = "passwords"))]
fn work_on_password(_: &Reading<'_>, _: u64) -> Result<(), Refusal> {
    Err(Refusal::Encrypted)
}

#[cfg(not(feature = "passwords"))]
fn fits(_: &Reading<'_>, _: u64) {}

/// The work of making a key of a password, by the properties of the coder: as many rounds as the
/// archive says.
fn key_work(properties: &[u8]) -> Result<u64, Refusal> {
    match properties.first().map(|first| first & 0x3f) {
        Some(power @ 0..=MAX_KEY_POWER) => Ok((1u64 << power >> 14).max(1)),
        // The key is the password itself.
        Some(0x3f) => Ok(1),
        Some(power) => Err(Refusal::unsupported(format!(
            "a 7z key of 2^{power} rounds"
        ))),
        None => Err(Refusal::damaged("nothing says how it is encrypted")),
    }
}

/// The coder of a block that encrypts it.
fn encryption(block: &Block) -> Option<&[u8]> {
    let mut coders = block.coders.iter();
    let coder =
        coders.find(|coder| coder.encoder_method_id() == EncoderMethod::ID_AES256_SHA256)?;
    Some(coder.properties())
}

/// The password of a block: the one that fits where there are several, which only a try shows.
fn password_of(
    reading: &Reading<'_>,
    archive: &Archive,
    number: usize,
    file: &mut SeekMetered<'_>,
) -> Result<Password, Refusal> {
    let Some(properties) = archive.blocks.get(number).and_then(encryption) else {
        return Ok(Password::empty());
    };
    let work = key_work(properties)?;
    let candidates = candidates(reading);
    let Some((_, only)) = candidates.first() else {
        return Err(Refusal::Encrypted);
    };
    work_on_password(reading, work)?;
    if candidates.len() == 1 {
        return Ok(only.clone());
    }
    for (at, (candidate, password)) in candidates.iter().enumerate() {
        if at > 0 {
            work_on_password(reading, work)?;
        }
        if makes_sense(archive, number, password, file) {
            fits(reading, *candidate);
            return Ok(password.clone());
        }
    }
    Err(closed(candidates.len()))
}

/// Whether the first file of a block is what its checksum says, as far as it is tried.
fn makes_sense(
    archive: &Archive,
    number: usize,
    password: &Password,
    file: &mut SeekMetered<'_>,
) -> bool {
    let mut sense = false;
    let tried = BlockDecoder::new(1, number, archive, password, file).for_each_entries(
        &mut |entry, data| {
            let mut checksum = crc32fast::Hasher::new();
            let mut block = [0; 16 * 1024];
            let mut out = 0;
            let mut data = data.take(MOST_TRIED);
            loop {
                match data.read(&mut block) {
                    Ok(0) => break,
                    Ok(read) => {
                        checksum.update(block.get(..read).unwrap_or_default());
                        out += read as u64;
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(Error::Io(error, "".into())),
                }
            }
            let fits = !entry.has_crc || u64::from(checksum.finalize()) == entry.crc;
            sense = out >= MOST_TRIED || fits && out == entry.size;
            // An empty file tells nothing.
            Ok(sense && out == 0)
        },
    );
    tried.is_ok() && sense
}

/// A file that can be sought in, with the bytes counted that were read of it.
struct SeekMetered<'a> {
    inner: Metered<&'a mut dyn ReadSeek>,
}

impl Read for SeekMetered<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buf)
    }
}

impl io::Seek for SeekMetered<'_> {
    fn seek(&mut self, pos: SeekFrom) -> io::Result<u64> {
        self.inner.get_mut().seek(pos)
    }
}

/// Reads the files of one block, which are packed as one.
fn read_block(
    reading: &mut Reading<'_>,
    archive: &Archive,
    number: usize,
    file: &mut SeekMetered<'_>,
    stop: &mut Option<Stop>,
) -> Result<(), Stop> {
    let meter = file.inner.meter();
    let checked = archive.blocks.get(number).map_or(Ok(()), check_block);
    let password = checked.and_then(|()| password_of(reading, archive, number, file));
    let (password, checked) = match password {
        Ok(password) => (password, Ok(())),
        Err(refusal) => (Password::empty(), Err(refusal)),
    };
    let doubtful = archive
        .blocks
        .get(number)
        .is_some_and(|block| encryption(block).is_some());
    let decoder = BlockDecoder::new(1, number, archive, &password, file);
    let entries = decoder.entries().iter();
    let names: Vec<Option<String>> = entries
        .map(|entry| (!entry.is_directory).then(|| entry.name.clone()))
        .collect();
    let last = decoder
        .entries()
        .iter()
        .rposition(|entry| entry.has_stream && entry.size > 0);
    let mut done = 0;
    let result = match checked {
        Ok(()) => decoder.for_each_entries(&mut |entry, data| {
            done += 1;
            // What nobody reads must be unpacked for what follows, and counts like the rest.
            let to_end = last.is_some_and(|last| done <= last);
            let terms = Terms {
                meter: Some(meter.clone()),
                to_end,
                doubtful,
                ..Terms::default()
            };
            match deliver(reading, entry, data, terms) {
                Ok(goes_on) => Ok(goes_on),
                Err(stopped) => {
                    *stop = Some(stopped);
                    Ok(false)
                }
            }
        }),
        Err(refusal) => Err(Error::Io(refusal.into(), "".into())),
    };
    if stop.is_some() {
        return Ok(());
    }
    let lost = match result {
        Ok(_) => Refusal::damaged("what is packed before it could not be read"),
        Err(error) => refusal(&error),
    };
    let lost = match lost {
        Refusal::Checksum | Refusal::Damaged { .. } | Refusal::Truncated if doubtful => {
            Refusal::DoubtfulPassword
        }
        other => other,
    };
    // Whatever ended the block, ended it for all that follows in it.
    for name in names.iter().skip(done).flatten() {
        reading.entry()?;
        let path = reading.paths.member(name);
        reading.refused(&path, lost.clone());
    }
    Ok(())
}

/// Delivers one file; whether the block goes on after it.
fn deliver(
    reading: &mut Reading<'_>,
    entry: &ArchiveEntry,
    data: &mut dyn Read,
    terms: Terms,
) -> Result<bool, Stop> {
    reading.entry()?;
    if entry.is_directory || entry.is_anti_item {
        return Ok(true);
    }
    let path = reading.paths.member(&entry.name);
    let terms = Terms {
        size: Some(entry.size),
        crc: entry
            .has_crc
            .then(|| u32::try_from(entry.crc).unwrap_or_default()),
        ..terms
    };
    Ok(reading.deliver(&path, data, terms)?.is_none())
}

fn refusal(error: &Error) -> Refusal {
    match error {
        Error::Io(error, _) | Error::MaybeBadPassword(error) => Refusal::from(error),
        Error::PasswordRequired => Refusal::Encrypted,
        Error::UnsupportedCompressionMethod(name) if name.contains("AES") => Refusal::Encrypted,
        Error::UnsupportedCompressionMethod(name) => {
            Refusal::unsupported(format!("7z compression {name}"))
        }
        Error::Unsupported(what) => Refusal::unsupported(what.clone()),
        Error::ChecksumVerificationFailed | Error::NextHeaderCrcMismatch => Refusal::Checksum,
        other => Refusal::damaged(other.to_string()),
    }
}

/// Whether a block can be read within the limits.
fn check_block(block: &Block) -> Result<(), Refusal> {
    for coder in &block.coders {
        check_dictionary(coder.encoder_method_id(), coder.properties())?;
    }
    Ok(())
}

fn check_dictionary(method: &[u8], properties: &[u8]) -> Result<(), Refusal> {
    let size = match (method, properties) {
        (EncoderMethod::ID_LZMA, [_, size @ ..]) => u64::from(u32_at(size, 0)),
        (EncoderMethod::ID_LZMA2, [bits @ 0..40, ..]) => {
            u64::from(2 | (*bits & 1)) << (*bits / 2 + 11)
        }
        (EncoderMethod::ID_LZMA2, [_, ..]) => u64::from(u32::MAX),
        _ => 0,
    };
    if size > MAX_LZMA_DICTIONARY {
        return Err(Refusal::unsupported(format!(
            "a 7z dictionary of {size} bytes"
        )));
    }
    Ok(())
}

/// Refuses an index that is too large, packed or not, before anything is read of it. Whether
/// there is one: an empty archive has none.
fn check_index(file: &mut dyn ReadSeek) -> Result<Option<Index>, Stop> {
    let mut header = [0; HEADER_SIZE];
    file.seek(SeekFrom::Start(0))?;
    if read_full(file, &mut header)? < HEADER_SIZE {
        return Err(Refusal::Truncated.into());
    }
    let (offset, size) = (u64_at(&header, 12), u64_at(&header, 20));
    // An archive that was never closed: the crate would try every byte as the index.
    if u32_at(&header, 8) == 0 {
        return Err(Refusal::Truncated.into());
    }
    if size == 0 {
        return Ok(None);
    }
    let too_large = || Refusal::damaged("its index is larger than any real one");
    if size > MAX_ARCHIVE_INDEX_BYTES {
        return Err(too_large().into());
    }
    let length = file.seek(SeekFrom::End(0))?;
    let begins = offset.saturating_add(HEADER_SIZE as u64);
    if begins.saturating_add(size) > length {
        return Err(Refusal::Truncated.into());
    }
    file.seek(SeekFrom::Start(begins))?;
    let mut index = Vec::new();
    file.take(size).read_to_end(&mut index)?;
    let mut found = Index { encrypted: None };
    if let Some((0x17, packed)) = index.split_first() {
        let mut packed = PackedIndex {
            bytes: packed,
            encrypted: None,
        };
        let sizes = packed.check()?;
        found.encrypted = packed.encrypted;
        if sizes.is_none_or(|size| size > MAX_ARCHIVE_INDEX_BYTES) {
            return Err(too_large().into());
        }
    }
    Ok(Some(found))
}

/// What is known of an index before it is read.
struct Index {
    /// It is encrypted: the work of making its key.
    encrypted: Option<u64>,
}

/// The description of a packed index, read for the sizes in it.
struct PackedIndex<'a> {
    bytes: &'a [u8],
    /// The work of making its key, where it is encrypted.
    encrypted: Option<u64>,
}

impl PackedIndex<'_> {
    /// The largest size that any step of unpacking it gives; `None` when it cannot be told.
    fn check(&mut self) -> Result<Option<u64>, Refusal> {
        Ok(match self.streams()? {
            Some(outputs) => self.sizes(outputs),
            None => None,
        })
    }

    /// Skips to the sizes; gives how many there are.
    fn streams(&mut self) -> Result<Option<u64>, Refusal> {
        let Some(()) = self.pack_info() else {
            return Ok(None);
        };
        let coders = (|| {
            // Unpack info, folders, one of them, described here.
            (self.byte()? == 7 && self.byte()? == 0xb && self.number()? == 1 && self.byte()? == 0)
                .then_some(())?;
            self.number().filter(|coders| *coders <= 4)
        })();
        let Some(coders) = coders else {
            return Ok(None);
        };
        let (mut inputs, mut outputs) = (0u64, 0u64);
        for _ in 0..coders {
            let Some((coder_in, coder_out)) = self.coder()? else {
                return Ok(None);
            };
            inputs = inputs.saturating_add(coder_in);
            outputs = outputs.saturating_add(coder_out);
        }
        let bonds = outputs.saturating_sub(1);
        let packed = inputs.saturating_sub(bonds);
        let skipped = bonds
            .saturating_mul(2)
            .saturating_add(if packed > 1 { packed } else { 0 });
        let skipped =
            (skipped <= 64).then(|| (0..skipped).try_for_each(|_| self.number().map(drop)));
        Ok(skipped.flatten().map(|()| outputs))
    }

    /// Where the packed index lies and how large it is.
    fn pack_info(&mut self) -> Option<()> {
        (self.byte()? == 6).then_some(())?;
        self.number()?;
        let streams = self.number().filter(|streams| *streams <= 4)?;
        loop {
            match self.byte()? {
                0 => return Some(()),
                9 => (0..streams).try_for_each(|_| self.number().map(drop))?,
                // Checksums: all of them there.
                0xa if self.byte()? == 1 => self.skip(usize::try_from(streams).ok()? * 4)?,
                _ => return None,
            }
        }
    }

    /// One coder: its inputs and outputs.
    fn coder(&mut self) -> Result<Option<(u64, u64)>, Refusal> {
        let coder = (|| {
            let flags = self.byte()?;
            let id = self.take(usize::from(flags & 0xf))?;
            let streams = if flags & 0x10 == 0 {
                (1, 1)
            } else {
                (self.number()?, self.number()?)
            };
            let size = if flags & 0x20 == 0 { 0 } else { self.number()? };
            let properties = self.take(usize::try_from(size).ok()?)?;
            Some((id, properties, streams))
        })();
        let Some((id, properties, streams)) = coder else {
            return Ok(None);
        };
        if id == EncoderMethod::ID_AES256_SHA256 {
            self.encrypted = Some(key_work(properties)?);
        }
        check_dictionary(id, properties)?;
        Ok(Some(streams))
    }

    fn sizes(&mut self, outputs: u64) -> Option<u64> {
        (self.byte()? == 0xc).then_some(())?;
        (0..outputs)
            .map(|_| self.number())
            .try_fold(0, |most, size| Some(size?.max(most)))
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.bytes = self.bytes.get(count..)?;
        Some(())
    }

    /// A number whose first byte tells by its high bits how many bytes follow.
    fn number(&mut self) -> Option<u64> {
        let first = self.byte()?;
        let mut value = 0u64;
        for at in 0..8 {
            let bit = 0x80u8 >> at;
            if first & bit == 0 {
                let high = u64::from(first & (bit - 1));
                return Some(value | high.checked_shl(8 * at).unwrap_or(0));
            }
            value |= u64::from(self.byte()?) << (8 * at);
        }
        Some(value)
    }
}

impl<'a> PackedIndex<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }
}
