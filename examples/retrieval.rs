//! How well do leads find the right article?
//!
//! For every article of an index that names events with their sources, a log is written that holds
//! these events, a few seconds apart, among the records of a healthy server, and scanned with the
//! index and without any signature. Where does the article stand among the leads?
//!
//! ```text
//! cargo run --release --example retrieval -- [-v] [--events] [--half odd|even] [--noise SHAPE] [--apart] kb.ekb [ID]...
//! ```
//!
//! Instead of an index, a folder of articles may be named: the index is built of it first.
//!
//! The records are classic ones in an .evtx file (`--events` feeds events instead, which is faster).
//! Their strings are what the article's own description gives: numbers in the order in which they
//! stand in the user's copy of the article, read from the lines that the index names, or, where there
//! is no copy, the codes of the index; then some values that no article knows. Levels are those of
//! the article, or error. Events that it says are informational are in the log too, and no lead can
//! see them.
//!
//! `--half` takes the articles whose id has an odd or an even hash, so that one half can be looked at
//! and the other one measured; the index is the whole one all the same. `--noise` puts more into each
//! log: `strange` are forty errors of sources that no article knows, in the same minutes; `common` are
//! three of the twenty events that most articles name, each some hours before, as most real dumps
//! have them. With `--apart` the article's own events are an hour from each other.
//!
//! Two articles cannot be told apart where the logs made of them are the same: the same sources, ids
//! and codes. Those are counted and left out of the figures. So are articles of which every event is
//! informational: leads are for errors and warnings.
//!
//! Ends with exit code 1 where the right article is first in less than 90 % of the logs, or among the
//! first five in less than 97 %.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use eventkb::articles::{Article, ArticleIndex, BuildOptions, EventNamed, EventRole, provider_key};
use eventkb::report::Report;
use eventkb::signature::model::LevelName;
use eventkb::{ArticleShelf, Event, ReadOptions, ScanOptions, SignatureSet};
use eventkb_testkit::EventSpec;
use eventkb_testkit::evtx::EvtxWriter;
use eventkb_testkit::healthy;
use eventkb_testkit::rng::Rng;

/// When the events happen.
const NOW: i64 = healthy::WEEK_START + 86_400;
const SERVER: &str = "FS01.contoso.example";
/// Seconds of a healthy server's records before and after.
const AROUND: i64 = 1_800;
const FIRST: f64 = 0.90;
const AMONG_FIVE: f64 = 0.97;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_set = |name: &str| arguments.iter().any(|argument| argument == name);
    let (verbose, fed) = (is_set("-v"), is_set("--events"));
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).map(String::as_str)
    };
    let (half, noise) = (value("--half"), value("--noise"));
    let is_value = |a: &String| [half, noise].contains(&Some(a.as_str()));
    let mut names = arguments
        .iter()
        .filter(|a| !a.starts_with('-') && !is_value(a));
    let sound = half.is_none_or(|half| ["odd", "even"].contains(&half))
        && noise.is_none_or(|noise| ["strange", "common"].contains(&noise));
    let Some(path) = names.next().filter(|_| sound) else {
        eprintln!(
            "retrieval [-v] [--events] [--half odd|even] [--noise strange|common] [--apart] INDEX [ID]..."
        );
        return ExitCode::from(2);
    };
    let wanted: Vec<&String> = names.collect();
    let index = match Path::new(path) {
        folder if folder.is_dir() => {
            let built = eventkb::articles::build(&[folder.into()], &BuildOptions::default());
            Ok(built.index)
        }
        file => ArticleIndex::read(file),
    };
    let index = match index {
        Ok(index) => index,
        Err(error) => {
            eprintln!("{path}: {error}");
            return ExitCode::from(2);
        }
    };
    let mut figures = Figures::default();
    let mut same: BTreeMap<BTreeSet<Fact>, usize> = BTreeMap::new();
    for article in index.articles() {
        *same.entry(facts(article)).or_default() += 1;
    }
    let bench = Bench {
        set: Arc::new(SignatureSet::empty()),
        shelf: Arc::new(ArticleShelf::of(vec![index.clone()])),
        fed,
        apart: if is_set("--apart") { 3_600 } else { 3 },
        noise: match noise {
            Some("strange") => Noise::Strange,
            Some("common") => Noise::Common(common(&index)),
            _ => Noise::Quiet,
        },
    };
    for article in index.articles() {
        let is_odd = hash(&article.id) % 2 == 1;
        if half.is_some_and(|half| (half == "odd") != is_odd) {
            continue;
        }
        let is_wanted = |id: &&String| id.eq_ignore_ascii_case(&article.id);
        let facts = facts(article);
        if facts.is_empty() || !(wanted.is_empty() || wanted.iter().any(is_wanted)) {
            continue;
        }
        figures.structured += 1;
        if signs(article).all(|event| !is_counted(event)) {
            figures.informational += 1;
            continue;
        }
        let report = bench.scan(article);
        let mut ids = report.leads.iter().map(|lead| lead.article.id.as_str());
        let place = ids.position(|id| id == &*article.id);
        let twins = same.get(&facts).copied().unwrap_or(1);
        figures.count(place, twins > 1);
        if verbose && place != Some(0) && twins == 1 {
            let before = report.leads.iter().take(place.unwrap_or(3).min(3));
            let before: Vec<String> = before
                .map(|lead| format!("{} {:.3}", lead.article.id, lead.score))
                .collect();
            let own = place
                .and_then(|at| report.leads.get(at))
                .map_or(0.0, |lead| lead.score);
            let place = place.map_or_else(|| "none".to_owned(), |at| (at + 1).to_string());
            println!(
                "{} is {place} ({own:.3}), after {}",
                article.id,
                before.join(", ")
            );
        }
    }
    figures.print();
    let is_good =
        figures.share(figures.first) >= FIRST && figures.share(figures.five) >= AMONG_FIVE;
    ExitCode::from(u8::from(!is_good))
}

/// What makes logs of two articles the same.
type Fact = (String, u16, Vec<i64>);

/// The events that are signs of an article's problem and whose source is known.
fn signs(article: &Article) -> impl Iterator<Item = &EventNamed> {
    let is_sign = |role| matches!(role, EventRole::Symptom | EventRole::Harmless);
    article
        .events()
        .filter(move |event| is_sign(event.role) && event.provider.is_some())
}

fn facts(article: &Article) -> BTreeSet<Fact> {
    let facts = signs(article).map(|event| {
        let mut codes: Vec<i64> = event.codes.iter().map(|code| code.value).collect();
        codes.sort_unstable();
        codes.dedup();
        let provider = event.provider.as_deref().unwrap_or_default();
        (provider_key(provider), event.event_id, codes)
    });
    facts.collect()
}

fn level(event: &EventNamed) -> u8 {
    event.level.map_or(2, LevelName::number)
}

/// Whether leads can see it.
fn is_counted(event: &EventNamed) -> bool {
    (1..=3).contains(&level(event))
}

struct Bench {
    set: Arc<SignatureSet>,
    shelf: Arc<ArticleShelf>,
    fed: bool,
    /// Seconds between two events of the article.
    apart: i64,
    noise: Noise,
}

/// What else is in a log, beside a healthy server's records.
enum Noise {
    Quiet,
    /// Errors of sources that no article knows.
    Strange,
    /// These events, which many articles name.
    Common(Vec<(Arc<str>, u16)>),
}

/// The events that most articles name.
fn common(index: &ArticleIndex) -> Vec<(Arc<str>, u16)> {
    let mut counts: BTreeMap<(Arc<str>, u16), usize> = BTreeMap::new();
    for article in index.articles() {
        let own: BTreeSet<(Arc<str>, u16)> = signs(article)
            .filter_map(|event| Some((event.provider.clone()?, event.event_id)))
            .collect();
        for event in own {
            *counts.entry(event).or_default() += 1;
        }
    }
    let mut counts: Vec<((Arc<str>, u16), usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
        .into_iter()
        .take(20)
        .map(|(event, _)| event)
        .collect()
}

/// A fixed hash of an id.
fn hash(id: &str) -> u64 {
    let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    id.bytes().fold(0xcbf2_9ce4_8422_2325, fnv) >> 7
}

impl Bench {
    fn scan(&self, article: &Article) -> Report {
        let mut options = ScanOptions::default();
        options.articles = Arc::clone(&self.shelf);
        let mut session = options.session(&self.set);
        let log = self.log(article);
        if self.fed {
            for spec in &log {
                session.feed(&event(spec));
            }
        } else {
            let bytes = EvtxWriter::new().write(&log);
            session.read_bytes("System.evtx", &bytes, &ReadOptions::default());
        }
        session.finish()
    }

    /// The article's events among the records of a healthy server, in order of time.
    fn log(&self, article: &Article) -> Vec<EventSpec> {
        let text = article
            .path
            .as_deref()
            .and_then(|path| std::fs::read(path).ok());
        let text = text.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let mut rng = Rng::new(hash(&article.id));
        let mut log = healthy::quiet(11, SERVER, NOW - AROUND, NOW + AROUND, 20);
        for (n, named) in signs(article).enumerate() {
            let provider = named.provider.as_deref().unwrap_or_default();
            let mut strings = match &text {
                Some(text) => numbers_of(named, text),
                None => named
                    .codes
                    .iter()
                    .map(|code| code.written.to_string())
                    .collect(),
            };
            for _ in 0..2 {
                strings.push(format!("CONTOSO-{}", rng.below(100_000)));
            }
            let at = NOW + self.apart * i64::try_from(n).unwrap_or(0);
            log.push(record(provider, named.event_id, level(named), at).strings(strings));
        }
        self.add_noise(article, &mut rng, &mut log);
        log.sort_by_key(|spec| spec.time);
        log
    }

    fn add_noise(&self, article: &Article, rng: &mut Rng, log: &mut Vec<EventSpec>) {
        let value = |rng: &mut Rng| format!("CONTOSO-{}", rng.below(100_000));
        match &self.noise {
            Noise::Quiet => {}
            Noise::Strange => {
                for n in 0..40_u16 {
                    let provider = format!("ContosoAgent{}", n % 7);
                    let at = NOW - 600 + 30 * i64::from(n);
                    let strings = vec![value(rng), (1_000 + n).to_string()];
                    log.push(record(&provider, 60_000 + n % 9, 2, at).strings(strings));
                }
            }
            Noise::Common(events) => {
                let own = |event: &&(Arc<str>, u16)| {
                    signs(article).any(|named| named.event_id == event.1)
                };
                let mut others: Vec<&(Arc<str>, u16)> =
                    events.iter().filter(|event| !own(event)).collect();
                for n in 1..=3 {
                    let at = rng.below(others.len());
                    if at < others.len() {
                        let (provider, id) = others.swap_remove(at);
                        let strings = vec![value(rng), value(rng)];
                        log.push(record(provider, *id, 2, NOW - n * 9_000).strings(strings));
                    }
                }
            }
        }
    }
}

fn record(provider: &str, id: u16, level: u8, at: i64) -> EventSpec {
    EventSpec::new(provider, id)
        .level(level)
        .computer(SERVER)
        .channel("System")
        .at(at, 0)
}

/// The numbers in the lines in which an article describes an event, but for its id.
fn numbers_of(event: &EventNamed, text: &str) -> Vec<String> {
    let first = event.lines.first.saturating_sub(1) as usize;
    let lines = text.lines().skip(first);
    let count = (event.lines.last.saturating_sub(event.lines.first) + 1) as usize;
    let splits = |c: char| !(c.is_ascii_alphanumeric() || "-%".contains(c));
    let words = lines.take(count).flat_map(|line| line.split(splits));
    let is_number = |word: &&str| {
        let digits = word.trim_start_matches(['-', '%']);
        let hex = digits
            .strip_prefix("0x")
            .or_else(|| digits.strip_prefix("0X"));
        match hex {
            Some(hex) => !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit()),
            // Exceptions are written as eight bare hex digits.
            None if word.len() == 8 && word.bytes().all(|b| b.is_ascii_hexdigit()) => true,
            None => !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()),
        }
    };
    let id = event.event_id.to_string();
    words
        .filter(is_number)
        .filter(|word| **word != *id)
        .map(str::to_owned)
        .collect()
}

fn event(spec: &EventSpec) -> Event {
    Event {
        provider: spec.provider.clone(),
        event_id: spec.event_id,
        level: Some(spec.level),
        channel: Some(spec.channel.clone()),
        computer: Some(spec.computer.clone()),
        time: jiff::Timestamp::from_second(spec.time.unix_seconds()).ok(),
        strings: Some(spec.strings.clone()),
        named: spec.named.clone(),
        ..Event::default()
    }
}

#[derive(Default)]
struct Figures {
    /// Articles that name events with their sources.
    structured: usize,
    /// Of those, the ones without any error or warning.
    informational: usize,
    /// Logs of articles that can be told apart, and where the right one came.
    separable: usize,
    first: usize,
    five: usize,
    none: usize,
    /// The same for those that cannot.
    alike: usize,
    alike_five: usize,
}

impl Figures {
    fn count(&mut self, place: Option<usize>, has_twin: bool) {
        let in_five = usize::from(place.is_some_and(|place| place < 5));
        if has_twin {
            self.alike += 1;
            self.alike_five += in_five;
            return;
        }
        self.separable += 1;
        self.first += usize::from(place == Some(0));
        self.five += in_five;
        self.none += usize::from(place.is_none());
    }

    fn share(&self, of: usize) -> f64 {
        of as f64 / self.separable.max(1) as f64
    }

    fn print(&self) {
        println!(
            "{} articles name events with their sources",
            self.structured
        );
        println!("{} of them only informational ones", self.informational);
        println!(
            "{} can be told apart: first in {} ({:.1} %), among five in {} ({:.1} %), nowhere in {}",
            self.separable,
            self.first,
            100.0 * self.share(self.first),
            self.five,
            100.0 * self.share(self.five),
            self.none
        );
        println!(
            "{} have a twin with the same sources, ids and codes: among five in {}",
            self.alike, self.alike_five
        );
    }
}
