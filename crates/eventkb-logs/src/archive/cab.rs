//! Cabinets: MPSReports and other collectors of the NT and 2003 days wrote them.
//!
//! The container is read here rather than by a crate, so that a folder is unpacked once and not
//! once for each of its files, and so that no number in it can lead outside of it.

use std::collections::BTreeMap;
use std::io::{self, Read, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use flate2::{Decompress, FlushDecompress, Status};
use lzxd::{Lzxd, WindowSize};

use super::guard::{Meter, Terms};
use super::names::decode;
use super::reader::{ReadSeek, Reading, Stop, read_full, u16_at, u32_at};
use super::refusal::Refusal;

const HEADER_SIZE: usize = 36;
const HAS_PREVIOUS: u16 = 1;
const HAS_NEXT: u16 = 2;
const HAS_RESERVE: u16 = 4;

/// Folder numbers from here on say that a file goes on in another cabinet.
const SPLIT: u16 = 0xfffd;

/// Bytes of data that one block holds at most, unpacked; the window of MSZIP too.
const BLOCK: usize = 0x8000;

struct Folder {
    data_at: u64,
    blocks: u16,
    packing: u16,
}

struct File {
    name: String,
    size: u64,
    /// Where it begins in the unpacked folder.
    offset: u64,
}

struct Cabinet {
    folders: Vec<Folder>,
    files: BTreeMap<u16, Vec<File>>,
    block_reserve: usize,
    /// The directory ends before its end.
    damaged: bool,
    more: bool,
}

/// Reads a cabinet.
pub(super) fn read(reading: &mut Reading<'_>, file: &mut dyn ReadSeek) -> Result<(), Stop> {
    let most = usize::try_from(reading.budget.entries_left()).unwrap_or(usize::MAX);
    let cabinet = directory(file, most)?;
    for (number, mut files) in cabinet.files {
        files.sort_by_key(|file| file.offset);
        let Some(folder) = cabinet.folders.get(usize::from(number)) else {
            let refusal = if number >= SPLIT {
                Refusal::unsupported("a file that is split over several cabinets")
            } else {
                Refusal::damaged("it lies in a folder that the cabinet does not have")
            };
            refuse_all(reading, &files, &refusal)?;
            continue;
        };
        let unpacker = match Unpacker::new(folder.packing) {
            Ok(unpacker) => unpacker,
            Err(refusal) => {
                refuse_all(reading, &files, &refusal)?;
                continue;
            }
        };
        let mut stream = FolderStream {
            file,
            next_at: folder.data_at,
            blocks_left: folder.blocks,
            reserve: cabinet.block_reserve,
            unpacker,
            block: Vec::new(),
            used: 0,
            meter: Meter::default(),
            failed: None,
        };
        read_folder(reading, &mut stream, &files)?;
    }
    if cabinet.more {
        reading.entry()?;
    }
    if cabinet.damaged {
        return Err(Refusal::damaged("its directory breaks off").into());
    }
    Ok(())
}

fn refuse_all(reading: &mut Reading<'_>, files: &[File], refusal: &Refusal) -> Result<(), Stop> {
    for file in files {
        reading.entry()?;
        let path = reading.paths.member(&file.name);
        reading.refused(&path, refusal.clone());
    }
    Ok(())
}

/// Reads the files of one folder, in the order of their data.
fn read_folder(
    reading: &mut Reading<'_>,
    stream: &mut FolderStream<'_>,
    files: &[File],
) -> Result<(), Stop> {
    let mut at = 0;
    let mut lost = None;
    for file in files {
        reading.entry()?;
        let path = reading.paths.member(&file.name);
        let refusal = match &lost {
            Some(_) if file.offset < at => None,
            other => other.clone(),
        };
        if let Some(refusal) = refusal {
            reading.refused(&path, refusal);
            continue;
        }
        if file.offset < at {
            reading.refused(&path, Refusal::Overlap);
            continue;
        }
        let skipped = skip(reading, stream, file.offset - at);
        if let Err(refusal) = skipped {
            reading.refused(&path, refusal.clone());
            if refusal.is_final() {
                return Err(refusal.into());
            }
            lost = Some(refusal);
            continue;
        }
        let meter = Some(stream.meter.clone());
        let mut data = stream.take(file.size);
        let terms = Terms {
            meter,
            size: Some(file.size),
            ..Terms::default()
        };
        let refusal = reading.deliver(&path, &mut data, terms)?;
        at = file.offset.saturating_add(file.size - data.limit());
        // What one file could not give, those after it cannot either.
        lost = refusal.filter(|refusal| !matches!(refusal, Refusal::EntryBytes { .. }));
    }
    Ok(())
}

/// Unpacks what nobody read, at the expense of the budget.
fn skip(reading: &Reading<'_>, stream: &mut FolderStream<'_>, bytes: u64) -> Result<(), Refusal> {
    let mut left = bytes;
    let mut block = vec![0; BLOCK];
    while left > 0 {
        let want = usize::try_from(left).unwrap_or(BLOCK).min(BLOCK);
        let n = stream
            .read(block.get_mut(..want).unwrap_or_default())
            .map_err(|error| Refusal::from(&error))?;
        if n == 0 {
            return Err(Refusal::Truncated);
        }
        reading.budget.deliver(block.get(..n).unwrap_or_default())?;
        left -= n as u64;
    }
    Ok(())
}

fn directory(file: &mut dyn ReadSeek, most: usize) -> Result<Cabinet, Stop> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = io::BufReader::new(file);
    let header = bytes::<HEADER_SIZE>(&mut reader)?;
    let flags = u16_at(&header, 30);
    let mut folder_reserve = 0;
    let mut block_reserve = 0;
    if flags & HAS_RESERVE != 0 {
        let [low, high, folder, block] = bytes::<4>(&mut reader)?;
        folder_reserve = usize::from(folder);
        block_reserve = usize::from(block);
        drop_bytes(&mut reader, usize::from(u16::from_le_bytes([low, high])))?;
    }
    for flag in [HAS_PREVIOUS, HAS_NEXT] {
        if flags & flag != 0 {
            // The names of a neighbour's file and of its disk.
            text(&mut reader)?;
            text(&mut reader)?;
        }
    }
    let mut folders = Vec::new();
    for _ in 0..u16_at(&header, 26) {
        let folder = bytes::<8>(&mut reader)?;
        drop_bytes(&mut reader, folder_reserve)?;
        folders.push(Folder {
            data_at: u64::from(u32_at(&folder, 0)),
            blocks: u16_at(&folder, 4),
            packing: u16_at(&folder, 6),
        });
    }
    io::Seek::seek(&mut reader, SeekFrom::Start(u64::from(u32_at(&header, 16))))?;
    let mut cabinet = Cabinet {
        folders,
        files: BTreeMap::new(),
        block_reserve,
        damaged: false,
        more: false,
    };
    for number in 0..usize::from(u16_at(&header, 28)) {
        if number >= most {
            cabinet.more = true;
            break;
        }
        let Ok((folder, file)) = file_entry(&mut reader) else {
            cabinet.damaged = true;
            break;
        };
        cabinet.files.entry(folder).or_default().push(file);
    }
    Ok(cabinet)
}

fn file_entry(reader: &mut dyn Read) -> io::Result<(u16, File)> {
    let entry = bytes::<16>(reader)?;
    let file = File {
        size: u64::from(u32_at(&entry, 0)),
        offset: u64::from(u32_at(&entry, 4)),
        name: decode(&text(reader)?),
    };
    Ok((u16_at(&entry, 8), file))
}

fn bytes<const N: usize>(reader: &mut dyn Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn drop_bytes(reader: &mut dyn Read, count: usize) -> io::Result<()> {
    reader.read_exact(&mut vec![0; count])
}

/// A name: up to 256 bytes and a zero.
fn text(reader: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    loop {
        match bytes::<1>(reader)? {
            [0] => return Ok(text),
            [byte] if text.len() < 256 => text.push(byte),
            _ => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "a name has no end",
                ));
            }
        }
    }
}

/// The unpacked bytes of a folder, one block at a time.
struct FolderStream<'a> {
    file: &'a mut dyn ReadSeek,
    next_at: u64,
    blocks_left: u16,
    reserve: usize,
    unpacker: Unpacker,
    block: Vec<u8>,
    used: usize,
    meter: Meter,
    failed: Option<Refusal>,
}

impl FolderStream<'_> {
    fn load(&mut self) -> Result<(), Refusal> {
        let from = |error: io::Error| Refusal::from(&error);
        self.blocks_left -= 1;
        self.file
            .seek(SeekFrom::Start(self.next_at))
            .map_err(from)?;
        let header = bytes::<8>(&mut self.file).map_err(from)?;
        let packed_size = usize::from(u16_at(&header, 4));
        let size = usize::from(u16_at(&header, 6));
        let mut packed = vec![0; self.reserve + packed_size];
        if read_full(&mut self.file, &mut packed).map_err(from)? < packed.len() {
            return Err(Refusal::Truncated);
        }
        self.next_at += (header.len() + packed.len()) as u64;
        self.meter.add(packed.len() as u64);
        let stored = u32_at(&header, 0);
        if stored != 0 {
            let sum = checksum(&packed, 0);
            let sizes = header.get(4..).unwrap_or_default();
            if checksum(sizes, sum) != stored {
                return Err(Refusal::Checksum);
            }
        }
        if size > BLOCK {
            return Err(Refusal::damaged("one of its blocks is too large"));
        }
        if size == 0 {
            return Err(Refusal::unsupported(
                "a block that is split over several cabinets",
            ));
        }
        let data = packed.get(self.reserve..).unwrap_or_default();
        self.block = self.unpacker.unpack(data, size)?;
        self.used = 0;
        Ok(())
    }
}

impl Read for FolderStream<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(refusal) = &self.failed {
            return Err(refusal.clone().into());
        }
        if self.used >= self.block.len() {
            if self.blocks_left == 0 {
                return Ok(0);
            }
            if let Err(refusal) = self.load() {
                self.failed = Some(refusal.clone());
                return Err(refusal.into());
            }
        }
        let rest = self.block.get(self.used..).unwrap_or_default();
        let n = rest.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        self.used += n;
        Ok(n)
    }
}

/// Four bytes at a time, exclusive or; the last one to three count from the other end.
fn checksum(data: &[u8], seed: u32) -> u32 {
    let (words, rest) = data.as_chunks::<4>();
    let sum = words
        .iter()
        .fold(seed, |sum, word| sum ^ u32::from_le_bytes(*word));
    sum ^ rest
        .iter()
        .fold(0, |word, byte| word << 8 | u32::from(*byte))
}

enum Unpacker {
    Stored,
    MsZip {
        inflate: Box<Decompress>,
        window: Vec<u8>,
    },
    Lzx(Box<Lzxd>),
}

impl Unpacker {
    fn new(packing: u16) -> Result<Unpacker, Refusal> {
        match packing & 0xf {
            0 => Ok(Unpacker::Stored),
            1 => {
                let inflate = Box::new(Decompress::new(false));
                Ok(Unpacker::MsZip {
                    inflate,
                    window: Vec::new(),
                })
            }
            2 => Err(Refusal::unsupported("cabinet compression Quantum")),
            3 => {
                let window = match packing >> 8 {
                    15 => WindowSize::KB32,
                    16 => WindowSize::KB64,
                    17 => WindowSize::KB128,
                    18 => WindowSize::KB256,
                    19 => WindowSize::KB512,
                    20 => WindowSize::MB1,
                    21 => WindowSize::MB2,
                    other => {
                        let window = format!("cabinet compression LZX with window {other}");
                        return Err(Refusal::unsupported(window));
                    }
                };
                Ok(Unpacker::Lzx(Box::new(Lzxd::new(window))))
            }
            other => Err(Refusal::unsupported(format!("cabinet compression {other}"))),
        }
    }

    fn unpack(&mut self, data: &[u8], size: usize) -> Result<Vec<u8>, Refusal> {
        let block = match self {
            Unpacker::Stored => data.to_vec(),
            Unpacker::MsZip { inflate, window } => mszip(inflate, window, data, size)?,
            Unpacker::Lzx(lzx) => {
                // The crate asserts what crafted data can break; its state is not used again
                // after a failure.
                let result = catch_unwind(AssertUnwindSafe(|| {
                    lzx.decompress_next(data, size).map(<[u8]>::to_vec)
                }));
                match result {
                    Ok(Ok(block)) => block,
                    _ => return Err(Refusal::damaged("its LZX data is corrupt")),
                }
            }
        };
        if block.len() != size {
            return Err(Refusal::damaged(
                "one of its blocks has another size than it declares",
            ));
        }
        Ok(block)
    }
}

/// A block of MSZIP is a deflate stream of its own, whose window goes on from block to block.
fn mszip(
    inflate: &mut Decompress,
    window: &mut Vec<u8>,
    data: &[u8],
    size: usize,
) -> Result<Vec<u8>, Refusal> {
    let corrupt = || Refusal::damaged("its MSZIP data is corrupt");
    let data = data.strip_prefix(b"CK").ok_or_else(corrupt)?;
    inflate.reset(false);
    if !window.is_empty() {
        inflate.set_dictionary(window).map_err(|_| corrupt())?;
    }
    // One byte more than declared, to see what is longer.
    let mut block = Vec::with_capacity(size + 1);
    let status = inflate
        .decompress_vec(data, &mut block, FlushDecompress::Finish)
        .map_err(|_| corrupt())?;
    if status == Status::BufError && block.len() > size {
        return Err(corrupt());
    }
    window.extend_from_slice(&block);
    window.drain(..window.len().saturating_sub(BLOCK));
    Ok(block)
}
