//! Files packed alone: gzip, bzip2 and xz. Each is read as an archive with one member, which may
//! be a tar.

use std::io::{self, BufRead, BufReader, Read};

use super::guard::{Metered, Supply, Terms};
use super::names::{decode, last_part};
use super::reader::{Reading, Stop, read_full};
use super::refusal::Refusal;
use crate::limits::{MAX_EMPTY_STREAMS, MAX_LZMA_DICTIONARY, STREAM_BYTES};

pub(super) type Input<'a> = Metered<BufReader<Supply<'a>>>;

pub(super) fn metered(input: Supply<'_>) -> Input<'_> {
    Metered::new(BufReader::with_capacity(64 * 1024, input))
}

/// Reads a .gz, whose parts, if there are several, make one member.
pub(super) fn gzip(reading: &mut Reading<'_>, input: Supply<'_>) -> Result<(), Stop> {
    let input = metered(input);
    let meter = input.meter();
    let decoder = flate2::bufread::GzDecoder::new(input);
    let named = decoder
        .header()
        .and_then(|header| header.filename())
        .map(decode);
    let name = named.filter(|name| !last_part(name).is_empty());
    let mut decoder = Streams::new(Gzip(decoder));
    single(
        reading,
        name,
        &[(".tgz", ".tar"), (".gz", "")],
        &mut decoder,
        meter,
    )
}

/// A decoder of one stream.
trait Stream<R>: Read {
    /// A decoder of what the input holds.
    fn begin(input: R) -> Self;
    /// The input behind the stream, once it has ended; `false` if nothing more is to be decoded.
    fn behind(self) -> io::Result<(R, bool)>;
}

struct Gzip<R: BufRead>(flate2::bufread::GzDecoder<R>);

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: BufRead> Stream<R> for Gzip<R> {
    fn begin(input: R) -> Self {
        Gzip(flate2::bufread::GzDecoder::new(input))
    }

    /// Zeroes behind one are padding, as tapes and block devices make it.
    fn behind(self) -> io::Result<(R, bool)> {
        let mut input = self.0.into_inner();
        let more = without_padding(&mut input)?;
        Ok((input, more))
    }
}

struct Bzip2<R: BufRead>(::bzip2::bufread::BzDecoder<R>);

impl<R: BufRead> Read for Bzip2<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: BufRead> Stream<R> for Bzip2<R> {
    fn begin(input: R) -> Self {
        Bzip2(::bzip2::bufread::BzDecoder::new(input))
    }

    fn behind(self) -> io::Result<(R, bool)> {
        let mut input = self.0.into_inner();
        let more = !input.fill_buf()?.is_empty();
        Ok((input, more))
    }
}

/// The streams of a file, one after the other. Those that hold next to nothing are counted: a few
/// bytes of them cost as much as a whole block.
struct Streams<R, S> {
    open: Option<S>,
    begun: u64,
    out: u64,
    input: std::marker::PhantomData<R>,
}

impl<R, S: Stream<R>> Streams<R, S> {
    fn new(first: S) -> Self {
        Streams {
            open: Some(first),
            begun: 1,
            out: 0,
            input: std::marker::PhantomData,
        }
    }
}

impl<R, S: Stream<R>> Read for Streams<R, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(decoder) = &mut self.open else {
                return Ok(0);
            };
            let read = decoder.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                self.out = self.out.saturating_add(read as u64);
                return Ok(read);
            }
            let Some((input, true)) = self.open.take().map(S::behind).transpose()? else {
                return Ok(0);
            };
            if self.begun >= MAX_EMPTY_STREAMS + self.out / STREAM_BYTES {
                return Err(Refusal::Streams { limit: self.begun }.into());
            }
            self.begun += 1;
            self.open = Some(S::begin(input));
        }
    }
}

/// Passes over zeroes; `false` when nothing is behind them.
fn without_padding(input: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let waiting = input.fill_buf()?;
        if waiting.is_empty() {
            return Ok(false);
        }
        let zeroes = waiting.iter().take_while(|byte| **byte == 0).count();
        let more = zeroes < waiting.len();
        input.consume(zeroes);
        if more {
            return Ok(true);
        }
    }
}

/// Reads a .bz2, whose parts, if there are several, make one member.
pub(super) fn bzip2(reading: &mut Reading<'_>, input: Supply<'_>) -> Result<(), Stop> {
    let input = metered(input);
    let meter = input.meter();
    let mut decoder = unbzip2(input);
    let endings = [(".tbz2", ".tar"), (".tbz", ".tar"), (".bz2", "")];
    single(reading, None, &endings, &mut decoder, meter)
}

/// Reads an .xz, whose streams, if there are several, make one member.
pub(super) fn xz(reading: &mut Reading<'_>, input: Supply<'_>) -> Result<(), Stop> {
    let input = metered(input);
    let meter = input.meter();
    let mut decoder = unxz(input);
    single(
        reading,
        None,
        &[(".txz", ".tar"), (".xz", "")],
        &mut decoder,
        meter,
    )
}

/// Unpacks bzip2.
pub(super) fn unbzip2(input: impl BufRead) -> impl Read {
    Streams::new(Bzip2::begin(input))
}

/// Unpacks xz.
pub(super) fn unxz(input: impl BufRead) -> impl Read {
    // The crate counts what it needs beyond the dictionary too, below one MiB.
    let memory = u32::try_from(MAX_LZMA_DICTIONARY / 1024 + 1024).unwrap_or(u32::MAX);
    lzma_rust2::XzReader::new_mem_limit(input, true, memory)
}

/// Unpacks LZMA as a zip has it: a version and the size of what follows, the properties, and then
/// the stream, which may tell its own end.
pub(super) fn unlzma(mut input: impl BufRead, size: Option<u64>) -> Result<impl Read, Refusal> {
    let mut head = [0; 9];
    let read = read_full(&mut input, &mut head).map_err(|error| Refusal::from(&error))?;
    let [_, _, five, zero, properties, d0, d1, d2, d3] = head;
    let dictionary = u32::from_le_bytes([d0, d1, d2, d3]);
    if read < head.len() || [five, zero] != [5, 0] {
        return Err(Refusal::damaged("its LZMA properties are not there"));
    }
    if u64::from(dictionary) > MAX_LZMA_DICTIONARY {
        return Err(Refusal::unsupported(format!(
            "an LZMA dictionary of {dictionary} bytes"
        )));
    }
    // One that is larger than what comes out would only be memory.
    let dictionary = size.map_or(dictionary, |size| {
        dictionary.min(u32::try_from(size.max(4096)).unwrap_or(u32::MAX))
    });
    let size = size.unwrap_or(u64::MAX);
    lzma_rust2::LzmaReader::new_with_props(input, size, properties, dictionary, None)
        .map_err(|error| Refusal::from(&error))
}

pub(super) fn single(
    reading: &mut Reading<'_>,
    name: Option<String>,
    endings: &[(&str, &str)],
    decoder: &mut dyn Read,
    meter: super::guard::Meter,
) -> Result<(), Stop> {
    reading.entry()?;
    let name = match name {
        // gzip keeps no folders; where there are some, someone put them there.
        Some(name) => last_part(&name).to_owned(),
        None => unpacked_name(last_part(reading.paths.archive()), endings),
    };
    let path = reading.paths.member(&name);
    reading.deliver(
        &path,
        decoder,
        Terms {
            meter: Some(meter),
            ..Terms::default()
        },
    )?;
    Ok(())
}

/// The name of a packed file without its ending.
fn unpacked_name(packed: &str, endings: &[(&str, &str)]) -> String {
    for (ending, instead) in endings {
        let Some(at) = packed.len().checked_sub(ending.len()) else {
            continue;
        };
        if at > 0
            && let (Some(stem), Some(end)) = (packed.get(..at), packed.get(at..))
            && end.eq_ignore_ascii_case(ending)
        {
            return format!("{stem}{instead}");
        }
    }
    "content".to_owned()
}

#[cfg(test)]
mod tests {
    use super::unpacked_name;

    #[test]
    fn names_lose_their_ending() {
        let endings = [(".tgz", ".tar"), (".gz", "")];
        let table = [
            ("AppEvent.Evt.gz", "AppEvent.Evt"),
            ("case.TGZ", "case.tar"),
            ("case.tar.gz", "case.tar"),
            (".gz", "content"),
            ("log", "content"),
            ("ü.gz", "ü"),
        ];
        for (packed, unpacked) in table {
            assert_eq!(unpacked_name(packed, &endings), unpacked);
        }
    }
}
