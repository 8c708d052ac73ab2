//! Big logs for benchmarks, made quickly: a small pool of encoded chunks is repeated with fresh
//! record numbers, times and checksums; only chunks that hold relevant events are encoded anew.

use std::collections::HashSet;
use std::io::{self, Seek, SeekFrom, Write};

use crate::event::{EventSpec, FileTime};
use crate::evtx::{
    CHUNK_SIZE, Chunk, Encoder, FILE_HEADER_SIZE, Header, Layout, Place, Promise, RECORDS_END,
    Shape, Summary, file_header, repair_chunk_crcs,
};
use crate::manifest::ManifestNoise;
use crate::rng::Rng;
use crate::scenario::{Attempt, MTA, Noise, START};

/// How many different chunks of noise there are.
const POOL: usize = 48;

/// What the irrelevant records of a big log are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Background {
    /// Small classic events of a server of 2000; some articles ask for a few of them.
    #[default]
    Classic,
    /// Events of providers with a manifest, as modern logs are full of. No article asks for any.
    Manifest,
}

/// What a big log is to be like.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkSpec {
    /// Its size; the file is the nearest whole number of chunks below, at least one.
    pub bytes: u64,
    /// How many of 1000 records are of the article. They come five at a time, as attempts; with
    /// 1000 or more there is nothing else.
    pub relevant_per_mille: f64,
    /// What the others are.
    pub background: Background,
    /// How many different kinds of background sources.
    pub providers: usize,
    /// Where names are stored.
    pub layout: Layout,
    /// The seed: the same specification gives the same bytes.
    pub seed: u64,
}

/// What a big log holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BulkSummary {
    /// Bytes, chunks and records.
    pub file: Summary,
    /// Records of the article.
    pub relevant: u64,
}

impl BulkSpec {
    /// A log of this size with one relevant record in 1000 and 20 background sources.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        Self {
            bytes,
            relevant_per_mille: 1.0,
            background: Background::default(),
            providers: 20,
            layout: Layout::default(),
            seed: 1,
        }
    }

    /// Writes the log.
    ///
    /// # Errors
    ///
    /// When the destination fails.
    pub fn write_to<W: Write + Seek>(&self, out: &mut W) -> io::Result<BulkSummary> {
        let start = out.stream_position()?;
        out.write_all(&[0; FILE_HEADER_SIZE])?;
        let chunks =
            (self.bytes.saturating_sub(FILE_HEADER_SIZE as u64) / CHUNK_SIZE as u64).max(1);
        let mut maker = Maker::new(self);
        let mut done = BulkSummary::default();
        // Where all records are relevant, the pool has them: no chunk is made for its own.
        let all = self.relevant_per_mille >= 1000.0;
        let share = if all {
            0.0
        } else {
            self.relevant_per_mille / 1000.0
        };
        // Relevant records that the chunks so far should have held and did not.
        let mut wanted = 0.0;
        let mut buffer = vec![0; CHUNK_SIZE];
        for _ in 0..chunks {
            let coming = wanted + maker.typical as f64 * share;
            let image = maker.image((coming / 5.0).floor().max(0.0) as usize);
            wanted += image.places.len() as f64 * share - image.relevant as f64;
            buffer.copy_from_slice(&image.bytes);
            maker.clock = image.patch(&mut buffer, done.file.records, maker.clock);
            done.file.records += image.places.len() as u64;
            done.relevant += image.relevant;
            maker.keep(image);
            out.write_all(&buffer)?;
        }
        done.file.chunks = chunks;
        done.file.bytes = FILE_HEADER_SIZE as u64 + chunks * CHUNK_SIZE as u64;
        let end = out.stream_position()?;
        out.seek(SeekFrom::Start(start))?;
        out.write_all(&file_header(chunks, done.file.records + 1, false))?;
        out.seek(SeekFrom::Start(end))?;
        Ok(done)
    }
}

/// An encoded chunk, and where its records' numbers and times stand.
#[derive(Debug)]
struct Image {
    bytes: Vec<u8>,
    places: Vec<Place>,
    first: FileTime,
    last: FileTime,
    relevant: u64,
    /// Its place in the pool, when it came from there.
    pooled: Option<usize>,
}

impl Image {
    /// Gives the copy in `chunk` fresh numbers and times; returns the time for the next chunk.
    fn patch(&self, chunk: &mut [u8], before: u64, clock: FileTime) -> FileTime {
        let shift = clock.0 - self.first.0;
        for (id, place) in (before + 1..).zip(&self.places) {
            let header_time = place.offset + 16;
            put(chunk, place.offset + 8, id);
            for at in [Some(header_time), place.time_at].into_iter().flatten() {
                let time = std::array::from_fn(|i| chunk[at + i]);
                put(chunk, at, (i64::from_le_bytes(time) + shift) as u64);
            }
            if let Some(at) = place.id_at {
                put(chunk, at, id);
            }
        }
        let (first, last) = (before + 1, before + self.places.len() as u64);
        for (at, value) in [(8, first), (16, last), (24, first), (32, last)] {
            put(chunk, at, value);
        }
        repair_chunk_crcs(chunk);
        self.last.shifted(shift + 10_000_000)
    }
}

fn put(chunk: &mut [u8], at: usize, value: u64) {
    chunk[at..at + 8].copy_from_slice(&value.to_le_bytes());
}

/// What fills the chunks.
#[derive(Debug)]
enum Filler {
    Classic(Noise),
    Manifest(ManifestNoise),
    /// Nothing but attempts, one a minute: the events of the current one, and when the next begins.
    Attempts(std::vec::IntoIter<EventSpec>, i64),
}

impl Filler {
    fn of(spec: &BulkSpec) -> Self {
        if spec.relevant_per_mille >= 1000.0 {
            return Self::Attempts(Vec::new().into_iter(), START);
        }
        match spec.background {
            Background::Classic => {
                Self::Classic(Noise::new(spec.seed).providers(spec.providers).step(3))
            }
            Background::Manifest => Self::Manifest(ManifestNoise::new(spec.seed, spec.providers)),
        }
    }
}

impl Iterator for Filler {
    type Item = EventSpec;

    fn next(&mut self) -> Option<EventSpec> {
        match self {
            Self::Classic(noise) => noise.next(),
            Self::Manifest(noise) => noise.next(),
            Self::Attempts(events, time) => {
                if events.len() == 0 {
                    *events = Attempt::on_one_computer(*time).events().into_iter();
                    *time += 60;
                }
                events.next()
            }
        }
    }
}

/// Makes chunks, and keeps the pool.
#[derive(Debug)]
struct Maker {
    encoder: Encoder,
    chunk: Chunk,
    noise: Filler,
    rng: Rng,
    pool: Vec<Option<Image>>,
    /// Records of a typical chunk.
    typical: usize,
    clock: FileTime,
}

impl Maker {
    fn new(spec: &BulkSpec) -> Self {
        let shape = Shape {
            layout: spec.layout,
            ..Shape::default()
        };
        let mut maker = Self {
            encoder: Encoder::new(shape),
            chunk: Chunk::new(),
            noise: Filler::of(spec),
            rng: Rng::new(spec.seed.wrapping_add(1)),
            pool: Vec::new(),
            typical: 0,
            clock: FileTime::from_unix(START, 0),
        };
        for at in 0..POOL {
            let mut image = maker.encode(Vec::new());
            image.pooled = Some(at);
            maker.typical += image.places.len();
            maker.pool.push(Some(image));
        }
        maker.typical /= POOL;
        maker
    }

    /// A chunk with so many attempts: out of the pool when there are none.
    fn image(&mut self, attempts: usize) -> Image {
        if attempts == 0 {
            let at = self.rng.below(self.pool.len());
            if let Some(image) = self.pool.get_mut(at).and_then(Option::take) {
                return image;
            }
        }
        let attempts = attempts.min(self.typical / 5);
        let quiet = self.typical.saturating_sub(5 * attempts);
        let mut events: Vec<EventSpec> = self.noise.by_ref().take(quiet).collect();
        let times: Vec<i64> = events.iter().map(|e| e.time.unix_seconds()).collect();
        for _ in 0..attempts {
            let time = self.rng.pick(&times).copied().unwrap_or(START);
            events.extend(Attempt::on_one_computer(time).events());
        }
        events.sort_by_key(|event| event.time);
        self.encode(events)
    }

    /// Puts a chunk of the pool back.
    fn keep(&mut self, image: Image) {
        if let Some(place) = image.pooled.and_then(|at| self.pool.get_mut(at)) {
            *place = Some(image);
        }
    }

    /// Encodes the events, and noise behind them until the chunk is full.
    fn encode(&mut self, events: Vec<EventSpec>) -> Image {
        let mut image = Image {
            bytes: Vec::new(),
            places: Vec::new(),
            first: FileTime(0),
            last: FileTime(0),
            relevant: 0,
            pooled: None,
        };
        self.chunk.clear();
        let noise = &mut self.noise;
        for event in events.into_iter().chain(noise) {
            let mark = self.chunk.mark();
            let header = Header {
                id: 0,
                time: event.time,
            };
            let place = self.encoder.record(&mut self.chunk, &event, 0, header);
            let Some(place) = place.filter(|_| self.chunk.bytes.len() <= RECORDS_END) else {
                self.chunk.roll_back(&mark);
                break;
            };
            if image.places.is_empty() {
                image.first = event.time;
            }
            image.last = image.last.max(event.time);
            image.relevant += u64::from(event.provider == MTA);
            image.places.push(place);
        }
        let last = image.places.last().map_or(0, |place| place.offset);
        self.chunk.seal(&Promise {
            last_record: u32::try_from(last).unwrap_or_default(),
            ..Promise::default()
        });
        image.bytes.clone_from(&self.chunk.bytes);
        image
    }
}

/// The background sources that a log of `spec` draws from.
#[must_use]
pub fn sources(spec: &BulkSpec) -> HashSet<String> {
    let noise = Noise::new(spec.seed).providers(spec.providers);
    let some = noise.take(spec.providers.max(1) * 50);
    some.map(|event| event.provider).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn write(spec: &BulkSpec) -> (Vec<u8>, BulkSummary) {
        let mut out = Cursor::new(Vec::new());
        let summary = spec.write_to(&mut out).expect("memory takes it");
        (out.into_inner(), summary)
    }

    #[test]
    fn the_same_specification_gives_the_same_bytes() {
        let spec = BulkSpec::new(2_000_000);
        let (one, summary) = write(&spec);
        assert_eq!(one, write(&spec).0);
        assert_eq!(one.len() as u64, summary.file.bytes);
        assert_eq!(summary.file.chunks, 30);
        assert!(one.len() <= 2_000_000);
    }

    #[test]
    fn the_wanted_share_is_relevant() {
        for per_mille in [0.0, 1.0, 50.0, 500.0, 1000.0] {
            let spec = BulkSpec {
                relevant_per_mille: per_mille,
                ..BulkSpec::new(6_000_000)
            };
            let (_, summary) = write(&spec);
            let share = summary.relevant as f64 * 1000.0 / summary.file.records as f64;
            assert!(
                (share - per_mille).abs() <= 1.0 + per_mille / 10.0,
                "{share}"
            );
        }
    }

    #[test]
    fn noise_never_holds_the_name_of_the_article_s_source() {
        let spec = BulkSpec {
            relevant_per_mille: 0.0,
            providers: 40,
            ..BulkSpec::new(4_000_000)
        };
        let needle: Vec<u8> = MTA.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (file, _) = write(&spec);
        assert!(!file.windows(needle.len()).any(|bytes| bytes == needle));
        assert!(sources(&spec).len() > 30);
    }
}
