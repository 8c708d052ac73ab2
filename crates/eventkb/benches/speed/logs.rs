//! The logs, archives and signatures that are measured, made when they are first asked for.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use eventkb_testkit::bulk::{Background, BulkSpec};
use eventkb_testkit::event::EventSpec;
use eventkb_testkit::evt::EvtWriter;
use eventkb_testkit::evtx::real::{shuffled_chunks, write_chunks};
use eventkb_testkit::evtx::{CHUNK_SIZE, Layout};
use eventkb_testkit::manifest::ManifestNoise;
use eventkb_testkit::scenario::Noise;
use serde_json::json;

/// How large they are, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) nothing: &'static [u64],
    /// Of these, the size for other cases.
    pub(crate) main: u64,
    pub(crate) all: u64,
    pub(crate) files: usize,
    pub(crate) zip: u64,
    pub(crate) evt: u64,
    /// A log of real chunks.
    pub(crate) real: u64,
}

impl Sizes {
    pub(crate) const QUICK: Sizes = Sizes {
        nothing: &[250_000_000, 500_000_000],
        main: 500_000_000,
        all: 100_000_000,
        files: 5000,
        zip: 300_000_000,
        evt: 64_000_000,
        real: 250_000_000,
    };
    pub(crate) const FULL: Sizes = Sizes {
        nothing: &[250_000_000, 1_000_000_000, 4_000_000_000],
        main: 1_000_000_000,
        all: 250_000_000,
        files: 10_000,
        zip: 1_000_000_000,
        evt: 256_000_000,
        real: 1_000_000_000,
    };
}

/// Something to be read, and how large it is once it is open.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    /// Records of the article, where they matter.
    pub(crate) relevant: u64,
}

impl Made {
    /// A log that was there before.
    pub(crate) fn found(path: &Path) -> io::Result<Made> {
        Ok(Made {
            path: path.to_owned(),
            bytes: fs::metadata(path)?.len(),
            relevant: 0,
        })
    }
}

/// The folder they are made in.
#[derive(Debug)]
pub(crate) struct Logs {
    folder: PathBuf,
    pub(crate) sizes: Sizes,
    keep: bool,
    /// The last big log: only one is kept at a time, so that the disk and the page cache hold it.
    big: RefCell<Option<PathBuf>>,
}

impl Logs {
    /// With `keep`, no log is removed before the end.
    pub(crate) fn new(folder: &Path, sizes: Sizes, keep: bool) -> io::Result<Logs> {
        fs::create_dir_all(folder)?;
        Ok(Logs {
            folder: folder.to_owned(),
            sizes,
            keep,
            big: RefCell::default(),
        })
    }

    /// A log of modern providers that no signature asks for.
    pub(crate) fn nothing(&self, bytes: u64) -> io::Result<Made> {
        self.log("nothing", bytes, 0.0)
    }

    /// The same with one record of the article in 1000.
    pub(crate) fn some(&self, bytes: u64) -> io::Result<Made> {
        self.log("some", bytes, 1.0)
    }

    /// Nothing but records of the article.
    pub(crate) fn all(&self, bytes: u64) -> io::Result<Made> {
        self.log("all", bytes, 1000.0)
    }

    fn log(&self, name: &str, bytes: u64, relevant_per_mille: f64) -> io::Result<Made> {
        let path = self.folder.join(format!("{name}-{bytes}.evtx"));
        let spec = BulkSpec {
            relevant_per_mille,
            background: Background::Manifest,
            layout: Layout::NameAsSubstitution,
            ..BulkSpec::new(bytes)
        };
        let before = self.big.replace(Some(path.clone()));
        if let Some(before) = before.filter(|before| *before != path && !self.keep) {
            fs::remove_file(before)?;
        }
        let count = path.with_extension("relevant");
        if !path.is_file() {
            let mut out = File::create(&path)?;
            let done = spec.write_to(&mut out)?;
            fs::write(&count, done.relevant.to_string())?;
        }
        let relevant = fs::read_to_string(count)?.parse().unwrap_or(0);
        Ok(Made {
            bytes: fs::metadata(&path)?.len(),
            path,
            relevant,
        })
    }

    /// Thousands of logs of one chunk.
    pub(crate) fn many(&self) -> io::Result<Made> {
        let path = self.folder.join(format!("many-{}", self.sizes.files));
        if !path.is_dir() {
            let making = self.folder.join("making");
            fs::create_dir_all(&making)?;
            for n in 0..self.sizes.files {
                let spec = BulkSpec {
                    relevant_per_mille: 0.0,
                    background: Background::Manifest,
                    layout: Layout::NameAsSubstitution,
                    seed: 1 + (n % 100) as u64,
                    ..BulkSpec::new(69_632)
                };
                self.small(&making.join(format!("{n:05}.evtx")), &spec, n)?;
            }
            fs::rename(making, &path)?;
        }
        let bytes = 69_632 * self.sizes.files as u64;
        Ok(Made {
            path,
            bytes,
            relevant: 0,
        })
    }

    /// A hundred logs are made; the others are copies.
    fn small(&self, path: &Path, spec: &BulkSpec, n: usize) -> io::Result<()> {
        match path.parent().filter(|_| n >= 100) {
            Some(parent) => fs::copy(parent.join(format!("{:05}.evtx", n % 100)), path).map(drop),
            None => spec.write_to(&mut File::create(path)?).map(drop),
        }
    }

    /// A log of the sound chunks of all .evtx files below a folder, or of those that are full,
    /// shuffled and repeated.
    pub(crate) fn real(&self, corpus: &Path, full: bool) -> io::Result<Made> {
        let bytes = self.sizes.real;
        let which = if full { "full" } else { "real" };
        let path = self.folder.join(format!("{which}-{bytes}.evtx"));
        if !path.is_file() {
            let mut chunks = shuffled_chunks(corpus)?;
            chunks.retain(|chunk| !full || chunk.is_full());
            if chunks.is_empty() {
                return Err(io::Error::other("EVENTKB_CORPUS has no full chunk"));
            }
            let wanted = usize::try_from(bytes / CHUNK_SIZE as u64).unwrap_or(1);
            let mut out = BufWriter::new(File::create(&path)?);
            write_chunks(&mut out, chunks.iter().cycle().take(wanted))?;
            out.flush()?;
        }
        Made::found(&path)
    }

    /// A zip of one log, compressed as zips usually are.
    pub(crate) fn zip(&self) -> io::Result<Made> {
        let bytes = self.sizes.zip;
        let path = self.folder.join(format!("log-{bytes}.zip"));
        if !path.is_file() {
            let mut zip = zip::ZipWriter::new(BufWriter::new(File::create(&path)?));
            let options = zip::write::SimpleFileOptions::default().large_file(true);
            zip.start_file("logs/Contoso.evtx", options)
                .map_err(io::Error::other)?;
            // The generator seeks, a zip does not.
            let log = self.nothing(bytes)?;
            io::copy(&mut File::open(log.path)?, &mut zip)?;
            zip.finish().map_err(io::Error::other)?.flush()?;
        }
        Ok(Made {
            path,
            bytes,
            relevant: 0,
        })
    }

    /// A log of an NT 4 server.
    pub(crate) fn evt(&self) -> io::Result<Made> {
        let path = self.folder.join(format!("log-{}.evt", self.sizes.evt));
        if !path.is_file() {
            let count = usize::try_from(self.sizes.evt / 200).unwrap_or(0);
            let unwanted = |event: &EventSpec| event.provider.starts_with("Contoso Service");
            let events: Vec<EventSpec> = Noise::new(1)
                .providers(60)
                .filter(unwanted)
                .take(count)
                .collect();
            fs::write(&path, EvtWriter::new().write(&events))?;
        }
        Ok(Made {
            bytes: fs::metadata(&path)?.len(),
            path,
            relevant: 0,
        })
    }

    /// A folder of so many signatures, of hundreds of providers that are in no log.
    pub(crate) fn signatures(&self, count: usize) -> PathBuf {
        let folder = self.folder.join(format!("signatures-{count}"));
        if let Err(problem) = write_signatures(&folder, count) {
            eprintln!("speed: {}: {problem}", folder.display());
        }
        folder
    }
}

fn write_signatures(folder: &Path, count: usize) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for n in 0..count {
        let symptom = |id: &str, step: usize| {
            let provider = format!("Fabrikam Service {:03}", (n + step) % 700);
            json!({
                "id": id, "description": "the service could not do its work",
                "events": [{ "provider": provider, "id": 100 + (n + step) % 4000 }],
                "role": "core",
                "conditions": [{ "value": "2", "number": 5, "meaning": "access denied" }]
            })
        };
        let text = json!({
            "format": 2, "id": format!("GEN{n:05}"), "revision": 1,
            "title": "A service cannot do its work", "severity": "low",
            "cause": "Made up for a measurement.", "resolution": ["Nothing to do."],
            "symptoms": [symptom("first", 0), symptom("second", 1)],
            "join": { "window_s": 600 }
        });
        fs::write(folder.join(format!("GEN{n:05}.json")), text.to_string())?;
    }
    Ok(())
}

/// Records of the background, for whoever wants to know what is measured.
pub(crate) fn typical_record_bytes() -> usize {
    let events: Vec<EventSpec> = ManifestNoise::new(1, 20).take(1000).collect();
    let writer = eventkb_testkit::evtx::EvtxWriter::new().layout(Layout::NameAsSubstitution);
    writer.write(&events).len() / events.len()
}
