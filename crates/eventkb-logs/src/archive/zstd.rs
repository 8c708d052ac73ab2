//! Zstandard: .zst files, and members of zips. The frames are walked here, their content is unpacked
//! by a crate: it reads one frame only, and the window that a frame asks for must be counted before.

use std::io::{self, BufRead, Read};

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::budget::{Budget, Held};
use super::compress::{metered, single};
use super::guard::Supply;
use super::reader::{Reading, Stop, read_full, u32_at};
use super::refusal::Refusal;
use crate::limits::MAX_ZSTD_WINDOW;

const FRAME: [u8; 4] = *b"\x28\xb5\x2f\xfd";
/// Magic, descriptor, window, dictionary, content size.
const LONGEST_HEADER: usize = 18;

/// Reads a .zst, whose frames, if there are several, make one member.
pub(super) fn read(reading: &mut Reading<'_>, input: Supply<'_>) -> Result<(), Stop> {
    let input = metered(input);
    let meter = input.meter();
    let mut decoder = Frames::new(input, &reading.budget);
    let endings = [(".tzst", ".tar"), (".zst", ""), (".zstd", "")];
    single(reading, None, &endings, &mut decoder, meter)
}

/// The content of frames, one after the other.
pub(super) struct Frames<R> {
    source: Source<R>,
    decoder: FrameDecoder,
    budget: Budget,
    held: Option<(u64, Held)>,
    in_frame: bool,
    seen_frame: bool,
}

impl<R: BufRead> Frames<R> {
    pub(super) fn new(source: R, budget: &Budget) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_ZSTD_WINDOW);
        Frames {
            source: Source {
                inner: source,
                ended: false,
                error: None,
            },
            decoder,
            budget: budget.clone(),
            held: None,
            in_frame: false,
            seen_frame: false,
        }
    }

    /// Begins the next frame; `false` when there is none.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            let mut magic = [0; 4];
            match read_full(&mut self.source, &mut magic)? {
                0 if self.seen_frame => return Ok(false),
                4 => {}
                _ => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
            if magic == FRAME {
                return self.header(magic).map(|()| true);
            }
            let [first, rest @ ..] = magic;
            if first & 0xf0 != 0x50 || rest != *b"\x2a\x4d\x18" {
                return Err(Refusal::damaged("there are bytes behind its last frame").into());
            }
            let mut size = [0; 4];
            self.source.read_exact(&mut size)?;
            let size = u64::from(u32::from_le_bytes(size));
            let skipped = io::copy(&mut self.source.by_ref().take(size), &mut io::sink())?;
            if skipped < size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            // An archive of nothing but skipped frames is empty.
            self.seen_frame = true;
        }
    }

    /// Reads the header of a frame, and makes room for its window.
    fn header(&mut self, magic: [u8; 4]) -> io::Result<()> {
        let mut descriptor = [0];
        self.source.read_exact(&mut descriptor)?;
        let [descriptor] = descriptor;
        let single_segment = descriptor & 0x20 != 0;
        let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
        let content = match descriptor >> 6 {
            0 => usize::from(single_segment),
            1 => 2,
            2 => 4,
            _ => 8,
        };
        let window = usize::from(!single_segment);
        let mut header = Vec::with_capacity(LONGEST_HEADER);
        header.extend(magic);
        header.push(descriptor);
        let begins = header.len();
        header.resize(begins + window + dictionary + content, 0);
        self.source
            .read_exact(header.get_mut(begins..).unwrap_or_default())?;
        let asked = match single_segment {
            false => {
                let bits = header.get(begins).copied().unwrap_or(0);
                let base = 1u64 << (10 + (bits >> 3));
                base + base / 8 * u64::from(bits & 7)
            }
            true => content_size(header.get(begins + dictionary..).unwrap_or_default()),
        };
        self.make_room(asked)?;
        let begun = self.decoder.reset(header.as_slice());
        begun.map_err(|error| self.explain(&error))?;
        self.in_frame = true;
        self.seen_frame = true;
        Ok(())
    }

    fn make_room(&mut self, window: u64) -> io::Result<()> {
        if window > MAX_ZSTD_WINDOW {
            let what = format!("a zstd window of {window} bytes");
            return Err(Refusal::unsupported(what).into());
        }
        if self.held.as_ref().is_none_or(|(held, _)| *held < window) {
            self.held = None;
            self.held = Some((window, self.budget.hold(window)?));
        }
        Ok(())
    }

    /// What ended the decoder: the source, if that failed or ended.
    fn explain(&mut self, error: &dyn std::fmt::Display) -> io::Error {
        match (self.source.error.take(), self.source.ended) {
            (Some(error), _) => error,
            (None, true) => io::ErrorKind::UnexpectedEof.into(),
            (None, false) => Refusal::damaged(error.to_string()).into(),
        }
    }

    fn check(&mut self) -> io::Result<()> {
        self.in_frame = false;
        let decoder = &self.decoder;
        match (
            decoder.get_checksum_from_data(),
            decoder.get_calculated_checksum(),
        ) {
            (Some(written), Some(found)) if written != found => Err(Refusal::Checksum.into()),
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.in_frame && !self.begin()? {
                return Ok(0);
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let blocks = BlockDecodingStrategy::UptoBlocks(1);
                if let Err(error) = self.decoder.decode_blocks(&mut self.source, blocks) {
                    return Err(self.explain(&error));
                }
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            self.check()?;
        }
    }
}

/// The size of the content, which is the window where there is no other.
fn content_size(field: &[u8]) -> u64 {
    match *field {
        [a] => a.into(),
        [a, b] => u64::from(u16::from_le_bytes([a, b])) + 256,
        [_, _, _, _] => u32_at(field, 0).into(),
        _ => super::reader::u64_at(field, 0),
    }
}

/// Remembers how reading ended: the decoder's own errors do not tell.
struct Source<R> {
    inner: R,
    ended: bool,
    error: Option<io::Error>,
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(read) => {
                self.ended |= read == 0 && !buffer.is_empty();
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let kept = match Refusal::of(&error) {
                    Some(refusal) => refusal.clone().into(),
                    None => io::Error::new(error.kind(), error.to_string()),
                };
                self.error = Some(kept);
                Err(error)
            }
        }
    }
}
