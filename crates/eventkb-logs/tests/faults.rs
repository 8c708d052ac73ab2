//! Readers that fail or end at the n-th read, for every n: what comes out is part of what is
//! there, and the result says that it is not all.
#![cfg(all(feature = "archives", feature = "exports"))]
#![allow(clippy::print_stdout, reason = "it says what it met")]

#[path = "archives/build.rs"]
#[allow(dead_code, reason = "what the tests of archives build with")]
mod build;

use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eventkb_logs::limits::SPREAD_BYTES;
use eventkb_logs::{
    Admission, Event, EventKind, Head, Input, ReadOptions, ReadResult, Sink, read, read_stream,
};
use eventkb_testkit::EventSpec;
use eventkb_testkit::evt::EvtWriter;
use eventkb_testkit::evtx::EvtxWriter;
use eventkb_testkit::rng::Rng;
use eventkb_testkit::scenario::{Attempt, Noise, START, mixed};

/// Takes no event; only the account counts.
struct Nothing;

impl Sink for Nothing {
    /// Everything is passed over.
    fn passes_over(&self, _: &EventKind<'_>) -> bool {
        true
    }

    fn admit(&mut self, _: &Head<'_>) -> Admission {
        Admission::Skip
    }

    fn event(&mut self, _: Event, _: Option<&[u8]>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// What happens at the n-th read.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// It fails, and so does every later one.
    Error,
    /// The input ends.
    End,
    /// It was interrupted, and may be tried again.
    Interrupted,
}

/// Gives `step` bytes a read, up to the fault.
struct Faulty<'b> {
    rest: &'b [u8],
    step: usize,
    reads_left: usize,
    fault: Fault,
    happened: bool,
}

impl Read for Faulty<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.reads_left == 0 && !(self.happened && self.fault == Fault::Interrupted) {
            self.happened = true;
            return match self.fault {
                Fault::Error => Err(io::Error::other("a bad sector")),
                Fault::End => Ok(0),
                Fault::Interrupted => Err(io::ErrorKind::Interrupted.into()),
            };
        }
        self.reads_left = self.reads_left.saturating_sub(1);
        let count = self.step.min(buffer.len()).min(self.rest.len());
        let (now, rest) = self.rest.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.rest = rest;
        Ok(count)
    }
}

fn events() -> Vec<EventSpec> {
    let attempt = Attempt::on_one_computer(START).events();
    mixed(attempt, Noise::new(1).start(START - 900).take(90))
}

fn xml(events: &[EventSpec]) -> Vec<u8> {
    let body: String = events
        .iter()
        .map(|event| {
            let data: String = event
                .strings
                .iter()
                .map(|text| format!("<Data>{}</Data>", text.replace('&', "&amp;").replace('<', "&lt;")))
                .collect();
            format!(
                "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{}'/>\
                 <EventID>{}</EventID><TimeCreated SystemTime='{}'/><EventRecordID>{}</EventRecordID>\
                 <Channel>{}</Channel><Computer>{}</Computer></System><EventData>{data}</EventData></Event>\n",
                event.provider,
                event.event_id,
                event.time.to_rfc3339(),
                event.record_id,
                event.channel,
                event.computer,
            )
        })
        .collect();
    format!("<Events>{body}</Events>").into_bytes()
}

/// Every way to read: blocks, a whole .evt, a text, members of archives.
fn inputs() -> Vec<(&'static str, Vec<u8>)> {
    let events = events();
    let evtx = EvtxWriter::new().records_per_chunk(40).write(&events);
    let members: [(&str, &[u8]); 2] = [("a.evtx", &evtx), ("b.xml", &xml(&events))];
    vec![
        ("evt", EvtWriter::new().write(&events)),
        ("xml", xml(&events)),
        ("zip", build::deflated(&members)),
        ("tar.gz", build::gzip(None, &build::tar(&members))),
        ("tar", build::tar(&members)),
        ("xz", build::xz(&evtx)),
        ("bz2", build::bzip2(&evtx)),
        ("evtx", evtx),
    ]
}

/// Reads with a fault; gives the result and whether the fault was met.
fn read_faulty(bytes: &[u8], step: usize, at: usize, fault: Fault) -> (ReadResult, bool) {
    let mut input = Faulty {
        rest: bytes,
        step,
        reads_left: at,
        fault,
        happened: false,
    };
    let options = ReadOptions::default();
    let result = read_stream("dump", &mut input, &options, &mut Nothing);
    // An end where the input ends anyway is no fault.
    let met = input.happened && !(fault == Fault::End && input.rest.is_empty());
    (result, met)
}

fn inputs_of(result: &ReadResult) -> Vec<&Input> {
    result.files.iter().map(|file| &file.input).collect()
}

/// Records read of each input.
fn counts(result: &ReadResult) -> Vec<(String, u64)> {
    let count = |input: &&Input| (input.path.clone(), input.records_read);
    inputs_of(result).iter().map(count).collect()
}

fn says_so(result: &ReadResult) -> bool {
    inputs_of(result).iter().any(|input| {
        input.error.is_some()
            || input.records_lost > 0
            || input.defects.iter().any(|d| d.code.may_hide_records())
    })
}

#[test]
fn a_fault_at_any_read_leaves_a_part_and_a_word() {
    for (name, bytes) in inputs() {
        let step = (bytes.len() / 60).max(61);
        let (sound, _) = read_faulty(&bytes, step, usize::MAX, Fault::Error);
        assert!(!says_so(&sound), "{name}: {:?}", inputs_of(&sound));
        assert!(
            counts(&sound).iter().map(|(_, n)| n).sum::<u64>() >= 90,
            "{name}"
        );
        for fault in [Fault::Error, Fault::End, Fault::Interrupted] {
            let mut reads = 0;
            loop {
                let (result, met) = read_faulty(&bytes, step, reads, fault);
                if !met {
                    break;
                }
                let what = format!("{name}, {fault:?} at read {reads}");
                if fault == Fault::Interrupted {
                    assert_eq!(counts(&result), counts(&sound), "{what}");
                    assert!(!says_so(&result), "{what}: {:?}", inputs_of(&result));
                } else {
                    // A zip that ends inside its directory has given all members; so has a tar that
                    // ends behind its end mark, in padding.
                    let all_there =
                        matches!(name, "zip" | "tar") && counts(&result) == counts(&sound);
                    assert!(
                        says_so(&result) || all_there,
                        "{what}: {:#?}",
                        inputs_of(&result)
                    );
                    let all = counts(&sound);
                    for (path, count) in counts(&result) {
                        let most = all.iter().find(|(p, _)| *p == path).map_or(0, |(_, n)| *n);
                        assert!(count <= most, "{what}: {count} of {most} in {path}");
                    }
                }
                reads += 1;
                assert!(reads < 5_000, "{what}: it never ends");
            }
            assert!(reads > 40, "{name}: only {reads} reads");
        }
    }
}

/// Writes a log in place, so that it is never empty meanwhile.
fn put_back(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)
}

/// A log that another program writes, cuts or removes meanwhile: what comes out is part of what was
/// there, and the account adds up.
#[test]
fn a_log_that_changes_while_it_is_read_is_accounted_for() {
    let events: Vec<EventSpec> = Noise::new(9).take(4_000).collect();
    let whole = EvtxWriter::new().records_per_chunk(40).write(&events);
    assert!(
        whole.len() as u64 > SPREAD_BYTES,
        "it is read in regions, too"
    );
    let folder = std::env::temp_dir().join(format!("eventkb-changing-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("log.evtx");
    std::fs::write(&path, &whole).expect("written");
    let done = AtomicBool::new(false);
    let (mut short, mut gone, mut sound) = (0, 0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut rng = Rng::new(3);
            while !done.load(Ordering::Relaxed) {
                match rng.below(20) {
                    0 => {
                        drop(std::fs::remove_file(&path));
                        std::thread::sleep(Duration::from_micros(200));
                        drop(put_back(&path, &whole));
                    }
                    1..=9 => drop(put_back(&path, &whole)),
                    _ => {
                        let file = File::options().write(true).open(&path);
                        // Cut, and grown again by a hole.
                        let length = rng.below(whole.len() + 500_000) as u64;
                        drop(file.and_then(|file| file.set_len(length)));
                    }
                }
                std::thread::sleep(Duration::from_micros(rng.below(3_000) as u64));
            }
        });
        for round in 0..150 {
            let mut options = ReadOptions::default();
            options.threads = 1 + round % 2;
            let sinks = (0..options.sinks()).map(|_| Nothing).collect();
            let (result, _) = read(std::slice::from_ref(&path), &options, sinks);
            let inputs = inputs_of(&result);
            let [input] = inputs.as_slice() else {
                panic!("one log: {inputs:?}");
            };
            if let Some(promised) = input.records_promised {
                let accounted = input.records_read + input.records_lost;
                assert_eq!(promised, accounted, "{input:?}");
            }
            assert!(input.records_read <= 4_000, "{input:?}");
            match (&input.error, input.records_read) {
                (Some(_), _) => gone += 1,
                (None, 4_000) => sound += 1,
                (None, _) => {
                    short += 1;
                    assert!(says_so(&result), "{input:?}");
                }
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    println!("{sound} whole, {short} short, {gone} not there or no log");
    assert!(short > 10 && sound + gone > 0, "{sound} {short} {gone}");
    std::fs::remove_dir_all(&folder).expect("it is there");
}
