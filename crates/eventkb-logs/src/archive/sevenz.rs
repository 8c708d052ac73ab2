//! 7z, through a crate: its index is a format of its own. What the crate does not bound is
//! checked before it is asked: how large the index gets, and the memory that a stream asks for.

use std::io::{self, Read, SeekFrom};

use sevenz_rust2::{Archive, ArchiveEntry, Block, BlockDecoder, EncoderMethod, Error, Password};

use super::guard::{Metered, Terms};
use super::reader::{ReadSeek, Reading, Stop, read_full, u32_at, u64_at};
use super::refusal::Refusal;
use crate::limits::{MAX_ARCHIVE_INDEX_BYTES, MAX_LZMA_DICTIONARY};

const HEADER_SIZE: usize = 32;

/// Reads a 7z archive.
pub(super) fn read(reading: &mut Reading<'_>, file: &mut dyn ReadSeek) -> Result<(), Stop> {
    if !check_index(file)? {
        return Ok(());
    }
    let archive = Archive::read(&mut &mut *file, &Password::empty()).map_err(|e| refusal(&e))?;
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
    let password = Password::empty();
    let decoder = BlockDecoder::new(1, number, archive, &password, file);
    let entries = decoder.entries().iter();
    let names: Vec<Option<String>> = entries
        .map(|entry| (!entry.is_directory).then(|| entry.name.clone()))
        .collect();
    let last = decoder
        .entries()
        .iter()
        .rposition(|entry| entry.has_stream && entry.size > 0);
    let checked = archive.blocks.get(number).map_or(Ok(()), check_block);
    let mut done = 0;
    let result = match checked {
        Ok(()) => decoder.for_each_entries(&mut |entry, data| {
            done += 1;
            // What nobody reads must be unpacked for what follows, and counts like the rest.
            let to_end = last.is_some_and(|last| done <= last);
            let terms = Terms {
                meter: Some(meter.clone()),
                to_end,
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
        if coder.encoder_method_id() == EncoderMethod::ID_AES256_SHA256 {
            return Err(Refusal::Encrypted);
        }
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
fn check_index(file: &mut dyn ReadSeek) -> Result<bool, Stop> {
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
        return Ok(false);
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
    if let Some((0x17, packed)) = index.split_first() {
        let sizes = PackedIndex { bytes: packed }.check()?;
        if sizes.is_none_or(|size| size > MAX_ARCHIVE_INDEX_BYTES) {
            return Err(too_large().into());
        }
    }
    Ok(true)
}

/// The description of a packed index, read for the sizes in it.
struct PackedIndex<'a> {
    bytes: &'a [u8],
}

impl PackedIndex<'_> {
    /// The largest size that any step of unpacking it gives; `None` when it cannot be told.
    fn check(mut self) -> Result<Option<u64>, Refusal> {
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
            return Err(Refusal::Encrypted);
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
