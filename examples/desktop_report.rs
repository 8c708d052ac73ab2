//! What a desktop program does: it reads in the background, shows how far it has come, lets the
//! user stop it, and writes a page that a browser shows.
//!
//! ```text
//! cargo run --example desktop_report -- examples/modern-dump report.html
//! ```
//!
//! The window is made of lines here; where they are printed, a program would draw.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use eventkb::{Progress, Report, ScanOptions, SignatureSet, scan};
use eventkb_render::{Clean, Detail, Page, Reader, Zone};

/// How often the window is drawn anew.
const FRAME: Duration = Duration::from_millis(100);

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [folder, page] = words.as_slice() else {
        return Err("usage: desktop_report FOLDER PAGE.html".into());
    };
    let progress = Arc::new(Progress::default());
    let worker = {
        let (folder, progress) = (folder.clone(), Arc::clone(&progress));
        std::thread::spawn(move || {
            let signatures = Arc::new(SignatureSet::built_in());
            let mut options = ScanOptions::default();
            options.progress = progress;
            scan(&[folder], &signatures, &options)
        })
    };
    while !worker.is_finished() {
        std::thread::sleep(FRAME);
        println!("{}", status(&progress));
        // A button "Stop" would do this; the report is then about what was read.
        if std::env::var_os("STOP").is_some() {
            progress.cancel.store(true, Ordering::Relaxed);
        }
    }
    let report = worker.join().map_err(|_| "the scan failed")?;
    std::fs::write(page, drawn(&report))?;
    println!("{}", title(&report));
    println!("written to {}", page.display());
    Ok(())
}

/// The line at the bottom of the window.
fn status(progress: &Progress) -> String {
    let bytes = progress.bytes.load(Ordering::Relaxed);
    let total = progress
        .bytes_total
        .load(Ordering::Relaxed)
        .max(bytes)
        .max(1);
    let records = progress.records.load(Ordering::Relaxed);
    format!("{} % read, {records} records", bytes * 100 / total)
}

/// The window's title.
fn title(report: &Report) -> String {
    match report.best() {
        Some(best) => {
            let title = Clean::new(&best.signature.title);
            format!("{}: {}", best.signature.id, title.as_str())
        }
        None if report.cancelled => "Stopped before the end: nothing found so far".into(),
        None if report.may_hide_something() => "Nothing found, but not all could be read".into(),
        None => "Nothing found".into(),
    }
}

/// The page: everything there is to say, with details folded away, in the user's own time zone.
fn drawn(report: &Report) -> String {
    let mut reader = Reader::default();
    reader.detail = Detail::Full;
    reader.zone = "local".parse().unwrap_or_else(|_| Zone::default());
    let page = Page {
        title: title(report),
        lines: eventkb_render::page_lines(report, &reader),
    };
    eventkb_render::html(&eventkb_render::scan(report, &reader), &page)
}
