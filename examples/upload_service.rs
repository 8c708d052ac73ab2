//! A web service that takes logs as uploads and answers with the report.
//!
//! ```text
//! cargo run --example upload_service -- 127.0.0.1:8080
//! curl --data-binary @case.zip 'http://127.0.0.1:8080/scan?case-7.zip'
//! curl http://127.0.0.1:8080/progress
//! ```
//!
//! An upload is read as it comes in: nothing is written to disk, and memory does not grow with it.
//! The service has limits of its own beside those of the library: bytes and time of an upload, and
//! uploads at a time. `--try FILE` starts it, uploads a file to itself, prints the answer and ends.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use eventkb::{Progress, ScanOptions, SignatureSet, scan_stream};
use tiny_http::{Header, Method, Request, Response, Server};

/// An upload may have so many bytes.
const MOST_BYTES: u64 = 2 << 30;
/// An upload may take so long.
const LONGEST: Duration = Duration::from_secs(600);
/// Uploads at a time; others wait for their turn.
const AT_A_TIME: usize = 4;

/// What all uploads share.
struct Service {
    server: Server,
    signatures: Arc<SignatureSet>,
    /// Uploads that are being read.
    running: Mutex<BTreeMap<u64, (String, Arc<Progress>)>>,
    next: AtomicU64,
}

type Answer = (u16, &'static str, String);

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (address, file) = match words.as_slice() {
        ["--try", file] => ("127.0.0.1:0", Some(*file)),
        [address] => (*address, None),
        _ => return Err("usage: upload_service ADDRESS | --try FILE".into()),
    };
    let service = Arc::new(Service {
        server: Server::http(address).map_err(|error| error.to_string())?,
        signatures: Arc::new(SignatureSet::built_in()),
        running: Mutex::default(),
        next: AtomicU64::new(1),
    });
    println!("listening on http://{}", service.server.server_addr());
    let workers: Vec<_> = (0..AT_A_TIME)
        .map(|_| {
            let service = Arc::clone(&service);
            std::thread::spawn(move || {
                while let Ok(request) = service.server.recv() {
                    service.answer(request);
                }
            })
        })
        .collect();
    if let Some(file) = file {
        return upload(&service.server.server_addr().to_string(), file);
    }
    for worker in workers {
        worker.join().map_err(|_| "a worker failed")?;
    }
    Ok(())
}

impl Service {
    fn answer(&self, mut request: Request) {
        let url = request.url().to_owned();
        let (path, name) = url.split_once('?').unwrap_or((&url, "upload"));
        let (code, kind, text) = match (request.method(), path) {
            (Method::Post, "/scan") => self.scan(name, &mut request),
            (Method::Get, "/progress") => (200, "application/json", self.progress()),
            _ => (
                404,
                "text/plain",
                "POST /scan?NAME or GET /progress\n".into(),
            ),
        };
        let header = Header::from_bytes("Content-Type", kind);
        let response = Response::from_string(text).with_status_code(code);
        let response = header.into_iter().fold(response, Response::with_header);
        // Whoever has gone away needs no answer.
        let _ = request.respond(response);
    }

    fn scan(&self, name: &str, request: &mut Request) -> Answer {
        let begun = Instant::now();
        let mut options = ScanOptions::default();
        options.threads = 1;
        let progress = Arc::new(Progress::with_callback(move |progress| {
            if begun.elapsed() > LONGEST {
                progress.cancel.store(true, Ordering::Relaxed);
            }
        }));
        options.progress = Arc::clone(&progress);
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.running().insert(number, (name.to_owned(), progress));
        let mut body = Limited {
            inner: request.as_reader(),
            left: MOST_BYTES,
            exceeded: false,
        };
        let report = scan_stream(name, &mut body, &self.signatures, &options);
        let exceeded = body.exceeded;
        self.running().remove(&number);
        if exceeded {
            return (
                413,
                "text/plain",
                format!("an upload may have {MOST_BYTES} bytes\n"),
            );
        }
        if report.cancelled {
            return (
                408,
                "text/plain",
                format!("an upload may take {LONGEST:?}\n"),
            );
        }
        match serde_json::to_string(&report) {
            Ok(json) => (200, "application/json", json),
            Err(error) => (500, "text/plain", error.to_string()),
        }
    }

    fn progress(&self) -> String {
        let row = |(number, (name, progress)): (&u64, &(String, Arc<Progress>))| {
            serde_json::json!({
                "number": number,
                "name": name,
                "bytes": progress.bytes.load(Ordering::Relaxed),
                "records": progress.records.load(Ordering::Relaxed),
            })
        };
        serde_json::Value::from_iter(self.running().iter().map(row)).to_string()
    }

    fn running(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, (String, Arc<Progress>)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream that ends with an error when it is longer than allowed.
struct Limited<'a> {
    inner: &'a mut dyn Read,
    left: u64,
    exceeded: bool,
}

impl Read for Limited<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => {
                self.exceeded = true;
                return Err(io::Error::other("the upload is too large"));
            }
        }
        Ok(read)
    }
}

/// Uploads a file as any client would, and prints what comes back of the best finding.
fn upload(address: &str, file: &str) -> Result<(), Box<dyn Error>> {
    let body = std::fs::read(file)?;
    let mut stream = TcpStream::connect(address)?;
    let head = format!(
        "POST /scan?{} HTTP/1.0\r\nContent-Length: {}\r\n\r\n",
        file.replace(' ', "+"),
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, json) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    let report: eventkb::Report = serde_json::from_str(json)?;
    let best = report.best().ok_or("nothing found")?;
    println!(
        "{} {}: {}",
        best.verdict.as_str(),
        best.signature.id,
        best.signature.title
    );
    Ok(())
}
