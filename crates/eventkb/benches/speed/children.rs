//! What runs in a process of its own, so that it is measured like the programs: the bare reading
//! and inflating that nobody can beat, and scans with other signatures than the built-in ones.

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use eventkb::{EventFilter, ReadOptions, ScanOptions, SignatureSet, list_events, scan};
use evtx::{EvtxParser, ParserSettings};

/// A name that is in no log.
const NEEDLE: &str = "MSExchangeMTA";

/// Does a child's job; `None` when it is none.
pub(crate) fn run(job: &str, arguments: &[String]) -> Option<ExitCode> {
    let result = match (job, arguments) {
        ("child-read", [path]) => read(Path::new(path)),
        ("child-inflate", [path]) => inflate(Path::new(path)),
        ("child-events", [path]) => events(path),
        ("child-crate-values", [path]) => crate_values(path),
        ("child-crate-text", [path]) => crate_text(path),
        ("child-scan", [signatures, path]) => library(Path::new(signatures), path),
        _ => return None,
    };
    Some(match result {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{job}: {problem}");
            ExitCode::FAILURE
        }
    })
}

/// Reads a file, or all files of a folder, and searches them for one name.
fn read(path: &Path) -> io::Result<String> {
    let needle: Vec<u8> = NEEDLE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let finder = memchr::memmem::Finder::new(&needle);
    let mut buffer = vec![0; 1 << 20];
    let mut hits = 0;
    for file in files(path)? {
        let mut file = File::open(file)?;
        loop {
            let read = file.read(&mut buffer)?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            hits += finder.find_iter(bytes).count();
        }
    }
    Ok(format!("{hits} hits"))
}

fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files: Vec<PathBuf> = std::fs::read_dir(path)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<io::Result<_>>()?;
    files.sort();
    Ok(files)
}

/// Inflates all members of a zip.
fn inflate(path: &Path) -> io::Result<String> {
    let mut zip = zip::ZipArchive::new(File::open(path)?).map_err(io::Error::other)?;
    let mut bytes = 0;
    for n in 0..zip.len() {
        bytes += io::copy(
            &mut zip.by_index(n).map_err(io::Error::other)?,
            &mut io::sink(),
        )?;
    }
    Ok(format!("{bytes} bytes"))
}

/// Scans with the signatures of a folder and no others, on one thread.
fn library(folder: &Path, path: &str) -> io::Result<String> {
    let mut signatures = SignatureSet::empty();
    signatures
        .add_path(folder)
        .map_err(|errors| io::Error::other(format!("{errors:?}")))?;
    let mut options = ScanOptions::default();
    options.threads = 1;
    options.skip_unexplained = true;
    let report = scan(&[path.into()], &Arc::new(signatures), &options);
    Ok(format!(
        "{} records, {} findings",
        report.totals.records_read,
        report.findings.len()
    ))
}

/// Every record as an event. Stale ones are left out, as the plain crate leaves them out.
fn events(path: &str) -> io::Result<String> {
    let (mut records, mut strings) = (0, 0);
    let options = ReadOptions::default();
    let filter = EventFilter::default();
    list_events(&[path.into()], &filter, &options, &mut |event| {
        records += 1;
        strings += event.strings.map_or(0, |strings| strings.len());
        ControlFlow::Continue(())
    });
    Ok(format!("{records} records, {strings} strings"))
}

fn parser(path: &str) -> io::Result<EvtxParser<File>> {
    let settings = ParserSettings::default().num_threads(1).indent(false);
    let parser = EvtxParser::from_path(path).map_err(io::Error::other)?;
    Ok(parser.with_configuration(settings))
}

fn crate_values(path: &str) -> io::Result<String> {
    let mut parser = parser(path)?;
    let records = parser.records_json_value();
    let whole = records.flatten().filter(|record| record.data.is_object());
    Ok(format!("{} records", whole.count()))
}

fn crate_text(path: &str) -> io::Result<String> {
    let mut parser = parser(path)?;
    let bytes = parser.records_json().flatten().map(|r| r.data.len());
    Ok(format!("{} bytes", bytes.sum::<usize>()))
}
