//! `make-log`: writes a big .evtx file for benchmarks.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use eventkb_testkit::bulk::{Background, BulkSpec};
use eventkb_testkit::evtx::real::{shuffled_chunks, write_chunks};
use eventkb_testkit::evtx::{CHUNK_SIZE, Layout, Summary};

const USAGE: &str = "\
make-log [--mb N] [--relevant N%] [--providers N] [--seed N] [--substituted] [--manifest] [--real FOLDER] OUT.evtx

  --mb N           size in MiB (default 256)
  --relevant N%    share of records of the flagship article (default 0.1%)
  --providers N    number of background sources (default 20)
  --seed N         another seed gives another log (default 1)
  --substituted    names as values of every record, not in the templates
  --manifest       background of modern providers, substituted, that no article asks for
  --real FOLDER    in place of all that: the sound chunks of the folder's logs, mixed, numbered
                   anew and repeated to the size
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Job { spec, real, path } = match parse(&arguments) {
        Ok(job) => job,
        Err(problem) => {
            eprintln!("make-log: {problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let begun = Instant::now();
    if let Some(folder) = real {
        return match write_real(&folder, spec.bytes, &path) {
            Ok(summary) => {
                println!(
                    "{path}: {} bytes, {} records",
                    summary.bytes, summary.records
                );
                ExitCode::SUCCESS
            }
            Err(problem) => {
                eprintln!("make-log: {problem}");
                ExitCode::FAILURE
            }
        };
    }
    match File::create(&path).and_then(|mut file| spec.write_to(&mut file)) {
        Ok(done) => {
            let seconds = begun.elapsed().as_secs_f64();
            println!(
                "{path}: {} bytes, {} chunks, {} records, {} of them relevant, {seconds:.2} s, {:.0} MB/s",
                done.file.bytes,
                done.file.chunks,
                done.file.records,
                done.relevant,
                done.file.bytes as f64 / 1e6 / seconds
            );
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("make-log: {path}: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// What is to be written.
struct Job {
    spec: BulkSpec,
    /// A folder of logs whose chunks it is made of.
    real: Option<String>,
    path: String,
}

fn write_real(folder: &str, bytes: u64, path: &str) -> io::Result<Summary> {
    let chunks = shuffled_chunks(Path::new(folder))?;
    let wanted = usize::try_from(bytes / CHUNK_SIZE as u64).unwrap_or(1);
    let mut out = BufWriter::new(File::create(path)?);
    let summary = write_chunks(&mut out, chunks.iter().cycle().take(wanted))?;
    out.flush()?;
    Ok(summary)
}

fn parse(arguments: &[String]) -> Result<Job, String> {
    let mut spec = BulkSpec::new(256 << 20);
    let mut real = None;
    let mut path = None;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || {
            let next = rest.next().map(String::as_str);
            next.ok_or_else(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--mb" => spec.bytes = number::<u64>(argument, value()?)?.saturating_mul(1 << 20),
            "--providers" => spec.providers = number(argument, value()?)?,
            "--seed" => spec.seed = number(argument, value()?)?,
            "--relevant" => {
                let text = value()?;
                let percent: f64 = number(argument, text.trim_end_matches('%'))?;
                if !(0.0..=100.0).contains(&percent) {
                    return Err(format!("{argument}: {text} is no share"));
                }
                spec.relevant_per_mille = percent * 10.0;
            }
            "--real" => real = Some(value()?.to_owned()),
            "--substituted" => spec.layout = Layout::NameAsSubstitution,
            "--manifest" => {
                spec.layout = Layout::NameAsSubstitution;
                spec.background = Background::Manifest;
            }
            other if other.starts_with("--") => return Err(format!("unknown option {other}")),
            other if path.is_none() => path = Some(other.to_owned()),
            other => return Err(format!("one file too many: {other}")),
        }
    }
    let path = path.ok_or("no file named")?;
    Ok(Job { spec, real, path })
}

fn number<T: std::str::FromStr>(option: &str, text: &str) -> Result<T, String> {
    let parsed = text.parse();
    parsed.map_err(|_| format!("{option}: {text} is not a number that fits"))
}
