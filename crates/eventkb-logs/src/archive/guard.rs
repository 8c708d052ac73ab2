//! Stands between a decoder and whoever reads the member: counts, checks and ends at limits.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read, SeekFrom};
use std::rc::Rc;

use super::budget::Budget;
use super::reader::{ReadSeek, read_full};
use super::refusal::Refusal;
use crate::limits::MAX_HOLE_IN_MEMBER;

/// Counts the packed bytes that a decoder took, exactly: a bomb of 10 GiB is 10 MB, of which a
/// read-ahead would be a large part.
#[derive(Debug, Clone, Default)]
pub(super) struct Meter(Rc<Cell<u64>>);

impl Meter {
    pub(super) fn get(&self) -> u64 {
        self.0.get()
    }

    pub(super) fn add(&self, bytes: u64) {
        self.0.set(self.0.get().saturating_add(bytes));
    }
}

/// A reader whose consumed bytes are counted.
pub(super) struct Metered<R> {
    inner: R,
    meter: Meter,
}

impl<R> Metered<R> {
    pub(super) fn new(inner: R) -> Self {
        Metered {
            inner,
            meter: Meter::default(),
        }
    }

    pub(super) fn meter(&self) -> Meter {
        self.meter.clone()
    }

    #[cfg(feature = "sevenz")]
    pub(super) fn get_mut(&mut self) -> &mut R {
        &mut self.inner
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.meter.add(n as u64);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.inner.consume(n);
        self.meter.add(n as u64);
    }
}

/// The bytes of an archive that is read from its beginning on. Counts what is read of the outermost
/// one where its size is not known beforehand.
pub(super) struct Supply<'a> {
    inner: Source<'a>,
    /// Where it counts.
    budget: Option<Budget>,
}

enum Source<'a> {
    Stream(&'a mut dyn Read),
    File(Present<'a>),
}

/// A file that is read from some place on, and that refuses to read large holes where that is asked
/// for: what lies in one is on no disk.
pub(super) struct Present<'a> {
    file: &'a mut dyn ReadSeek,
    at: u64,
    size: u64,
    refuses_holes: bool,
    /// Up to here it is known what is a hole.
    looked_until: u64,
}

impl<'a> Present<'a> {
    /// Reads from a place on, and refuses large holes.
    pub(super) fn new(file: &'a mut dyn ReadSeek, at: u64) -> io::Result<Self> {
        let size = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(at))?;
        Ok(Present {
            file,
            at,
            size,
            refuses_holes: true,
            looked_until: at,
        })
    }

    fn go_to(&mut self, at: u64) -> io::Result<()> {
        self.at = at.min(self.size);
        self.looked_until = self.at;
        self.file.seek(SeekFrom::Start(self.at))?;
        Ok(())
    }

    /// Bytes of the hole in which it stands.
    fn hole(&mut self) -> u64 {
        let data = self.file.next_data(self.at, self.size);
        data.saturating_sub(self.at)
    }
}

impl Read for Present<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.refuses_holes && self.at >= self.looked_until {
            let bytes = self.hole();
            self.go_to(self.at)?;
            if bytes > MAX_HOLE_IN_MEMBER {
                return Err(Refusal::Hole { bytes }.into());
            }
            self.looked_until = self.at.saturating_add(bytes.max(1024 * 1024));
        }
        let read = self.file.read(buf)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl<'a> Supply<'a> {
    pub(super) fn new(inner: &'a mut dyn Read, budget: &Budget) -> Self {
        Supply {
            inner: Source::Stream(inner),
            budget: Some(budget.clone()).filter(Budget::is_outermost),
        }
    }

    /// A stream whose bytes are counted elsewhere.
    pub(super) fn counted(inner: &'a mut dyn Read) -> Self {
        Supply {
            inner: Source::Stream(inner),
            budget: None,
        }
    }

    /// A file from its beginning on, whose size was counted.
    pub(super) fn of_file(file: &'a mut dyn ReadSeek) -> io::Result<Self> {
        let mut file = Present::new(file, 0)?;
        file.refuses_holes = false;
        Ok(Supply {
            inner: Source::File(file),
            budget: None,
        })
    }

    /// Whether large holes are refused: they are in members, and not between them.
    pub(super) fn refuse_holes(&mut self, refuses: bool) {
        if let Source::File(file) = &mut self.inner {
            file.refuses_holes = refuses;
        }
    }

    /// Passes over bytes, as far as there are any.
    pub(super) fn skip(&mut self, bytes: u64) -> io::Result<()> {
        if let Source::File(file) = &mut self.inner {
            return file.go_to(file.at.saturating_add(bytes));
        }
        // Large steps: a member that nobody wants may be gigabytes.
        let mut block = vec![0; usize::try_from(bytes).unwrap_or(usize::MAX).min(256 * 1024)];
        let mut left = bytes;
        while left > 0 {
            let want = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
            let Some(part) = block.get_mut(..want) else {
                break;
            };
            match read_full(self, part)? {
                0 => break,
                n => left = left.saturating_sub(n as u64),
            }
        }
        Ok(())
    }

    /// Passes over the rest of a hole, in steps of `unit` bytes, and gives how many bytes that were.
    pub(super) fn skip_hole(&mut self, unit: u64) -> io::Result<u64> {
        let Source::File(file) = &mut self.inner else {
            return Ok(0);
        };
        let hole = file.hole();
        let passed = hole - hole % unit.max(1);
        file.go_to(file.at + passed)?;
        Ok(passed)
    }
}

impl Read for Supply<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        // An interrupted read is no failure, but not every decoder tries again.
        let n = loop {
            let read = match &mut self.inner {
                Source::Stream(stream) => stream.read(buf),
                Source::File(file) => file.read(buf),
            };
            match read {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        if let Some(budget) = &self.budget {
            budget.supply(n as u64);
        }
        Ok(n)
    }
}

/// A buffered reader that can pass over the hole that it stands in.
pub(super) trait PassHoles: BufRead {
    /// Passes over the rest of a hole, once all that was buffered is consumed, and gives how many
    /// bytes that were.
    fn pass_hole(&mut self) -> io::Result<u64>;
}

impl PassHoles for BufReader<Supply<'_>> {
    fn pass_hole(&mut self) -> io::Result<u64> {
        match self.buffer().is_empty() {
            true => self.get_mut().skip_hole(1),
            false => Ok(0),
        }
    }
}

impl<R: PassHoles> PassHoles for Metered<R> {
    fn pass_hole(&mut self) -> io::Result<u64> {
        let passed = self.inner.pass_hole()?;
        self.meter.add(passed);
        Ok(passed)
    }
}

/// What is known of a member before it is read, and to be checked while it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Terms {
    /// Counts the packed bytes; `None` for members that are not packed.
    pub(super) meter: Option<Meter>,
    /// The size that the archive declares.
    pub(super) size: Option<u64>,
    /// The CRC-32 that the archive declares.
    pub(super) crc: Option<u32>,
    /// Read it to its end even if nobody wants it: what follows can only be found that way.
    pub(super) to_end: bool,
    /// It was decrypted with a password that only seems to fit.
    pub(super) doubtful: bool,
}

/// The reader that is handed out for one member.
pub(super) struct Guarded<'a> {
    source: &'a mut dyn Read,
    terms: Terms,
    budget: Budget,
    /// What the meter showed at the beginning.
    packed_before: u64,
    out: u64,
    crc: crc32fast::Hasher,
    ended: bool,
    refusal: Option<Refusal>,
}

impl<'a> Guarded<'a> {
    pub(super) fn new(source: &'a mut dyn Read, terms: Terms, budget: Budget) -> Self {
        let packed_before = terms.meter.as_ref().map_or(0, Meter::get);
        Guarded {
            source,
            terms,
            budget,
            packed_before,
            out: 0,
            crc: crc32fast::Hasher::new(),
            ended: false,
            refusal: None,
        }
    }

    /// Why it ended before its time, if it did.
    pub(super) fn into_refusal(self) -> Option<Refusal> {
        self.refusal
    }

    /// Reads what nobody read.
    pub(super) fn drain(&mut self) {
        let mut block = vec![0; 64 * 1024];
        while !self.ended && self.refusal.is_none() {
            // Errors are kept as the refusal; an interrupted read comes again.
            let _ = self.read(&mut block);
        }
    }

    /// Whether the member must still be read for what follows to be found.
    pub(super) fn must_drain(&self) -> bool {
        self.terms.to_end && !self.ended && self.refusal.is_none()
    }

    fn refuse(&mut self, refusal: Refusal) -> io::Error {
        let refusal = match refusal {
            Refusal::Checksum
            | Refusal::Damaged { .. }
            | Refusal::Truncated
            | Refusal::Smaller { .. }
                if self.terms.doubtful =>
            {
                Refusal::DoubtfulPassword
            }
            other => other,
        };
        self.refusal = Some(refusal.clone());
        refusal.into()
    }

    fn end(&mut self) -> Result<(), Refusal> {
        self.ended = true;
        if let Some(declared) = self.terms.size
            && self.out < declared
        {
            return Err(Refusal::Smaller {
                declared,
                got: self.out,
            });
        }
        if let Some(declared) = self.terms.crc
            && self.crc.clone().finalize() != declared
        {
            return Err(Refusal::Checksum);
        }
        Ok(())
    }

    /// Counts bytes that came out, before anyone sees them.
    fn count(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.out = self.out.saturating_add(bytes.len() as u64);
        self.budget.deliver(bytes)?;
        let limits = self.budget.limits();
        if self.out > limits.entry_bytes {
            return Err(Refusal::EntryBytes {
                limit: limits.entry_bytes,
            });
        }
        if let Some(meter) = &self.terms.meter
            && self.out > limits.ratio_free_bytes
        {
            let packed = meter.get().saturating_sub(self.packed_before);
            if self.out / limits.ratio.max(1) > packed {
                return Err(Refusal::Ratio {
                    limit: limits.ratio,
                });
            }
        }
        if self.terms.crc.is_some() {
            self.crc.update(bytes);
        }
        Ok(())
    }
}

impl Read for Guarded<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(refusal) = &self.refusal {
            return Err(refusal.clone().into());
        }
        if self.ended || buf.is_empty() {
            return Ok(0);
        }
        let n = match self.source.read(buf) {
            Ok(0) => {
                return match self.end() {
                    Ok(()) => Ok(0),
                    Err(refusal) => Err(self.refuse(refusal)),
                };
            }
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => return Err(self.refuse(Refusal::from(&error))),
        };
        let bytes = buf.get(..n).unwrap_or_default();
        if let Err(refusal) = self.count(bytes) {
            return Err(self.refuse(refusal));
        }
        if let Some(declared) = self.terms.size
            && self.out > declared
        {
            // What was declared is still worth reading; the rest is not believed.
            let excess = usize::try_from(self.out - declared).unwrap_or(n);
            let error = self.refuse(Refusal::Larger { declared });
            return match n.saturating_sub(excess) {
                0 => Err(error),
                n => Ok(n),
            };
        }
        Ok(n)
    }
}
