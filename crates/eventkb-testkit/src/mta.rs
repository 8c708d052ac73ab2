//! Writes .MTA files: the message texts that Windows puts beside an exported log, in
//! `LocaleMetaData/<log>_<LCID>.MTA`.
//!
//! The texts are those of the events' [`Rendering`](crate::Rendering): write the log itself with
//! events that have none.

use std::collections::BTreeMap;

use crate::event::EventSpec;

/// Header of a page: 64 bytes of index, its number, places of the next page, of itself, and of
/// up to 100 records.
const PAGE: usize = 888;
const RECORDS_PER_PAGE: usize = 100;

/// The texts of a log with these events, in this order.
#[must_use]
pub fn write(events: &[EventSpec]) -> Vec<u8> {
    let mut texts = Texts::default();
    let mut entries = Vec::new();
    // Names by provider: of levels, and of tasks.
    let mut names: BTreeMap<&str, [BTreeMap<u32, u32>; 2]> = BTreeMap::new();
    let mut last_id = 0;
    for event in events {
        last_id = match event.record_id {
            0 => last_id + 1,
            id => id,
        };
        let [levels, tasks] = names.entry(&event.provider).or_default();
        let mut message = u64::MAX;
        if let Some(rendering) = &event.rendering {
            message = u64::from(texts.add(&rendering.message));
            levels.insert(event.level.into(), texts.add(&rendering.level));
            tasks.insert(event.task.into(), texts.add(&rendering.task));
        }
        entries.push([last_id.to_le_bytes(), message.to_le_bytes()].concat());
    }
    let publishers: Vec<Vec<u8>> = names
        .iter()
        .map(|(name, [levels, tasks])| publisher(name, levels, tasks))
        .collect();
    file(&[
        ("EVT", section(&entries)),
        ("MSG", section(&texts.records)),
        ("PUB", section(&publishers)),
    ])
}

/// Texts with their index; each one is stored once.
#[derive(Default)]
struct Texts {
    known: BTreeMap<String, u32>,
    records: Vec<Vec<u8>>,
}

impl Texts {
    fn add(&mut self, text: &str) -> u32 {
        if let Some(index) = self.known.get(text) {
            return *index;
        }
        let index = number(self.records.len());
        self.known.insert(text.to_owned(), index);
        self.records.push(sized(&utf16(&format!("{text}\0"))));
        index
    }
}

fn publisher(name: &str, levels: &BTreeMap<u32, u32>, tasks: &BTreeMap<u32, u32>) -> Vec<u8> {
    let mut out = Vec::new();
    let nothing = BTreeMap::new();
    for table in [levels, tasks, &nothing, &nothing] {
        out.extend(number(table.len()).to_le_bytes());
        for (value, text) in table {
            out.extend(value.to_le_bytes());
            out.extend(text.to_le_bytes());
        }
    }
    out.extend(sized(&utf16(name)));
    out
}

/// Records in pages of 100; without records one empty page.
fn section(records: &[Vec<u8>]) -> Vec<u8> {
    let mut pages: Vec<&[Vec<u8>]> = records.chunks(RECORDS_PER_PAGE).collect();
    if pages.is_empty() {
        pages.push(&[]);
    }
    let mut out = Vec::new();
    let mut index = 0_u32;
    for (n, page) in pages.iter().enumerate() {
        let start = out.len();
        let mut header = Vec::with_capacity(PAGE);
        header.extend(if page.is_empty() { 0 } else { u32::MAX }.to_le_bytes());
        header.resize(64, 0);
        header.extend((n as u64).to_le_bytes());
        let mut body = Vec::new();
        let mut places = Vec::new();
        for record in *page {
            places.extend(((start + PAGE + body.len()) as u64).to_le_bytes());
            body.extend(index.to_le_bytes());
            body.extend(sized(record));
            index += 1;
        }
        let is_last = n + 1 == pages.len();
        let next = if is_last {
            start
        } else {
            start + PAGE + body.len()
        };
        header.extend((next as u64).to_le_bytes());
        header.extend((start as u64).to_le_bytes());
        header.extend(places);
        header.resize(PAGE, 0);
        out.extend(header);
        out.extend(body);
    }
    out
}

fn file(sections: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let table: usize = sections
        .iter()
        .map(|(name, _)| 20 + utf16(name).len())
        .sum();
    let mut out = b"MTAFile\0".to_vec();
    for value in [1, 1, number(table), number(sections.len())] {
        out.extend(value.to_le_bytes());
    }
    let mut place = out.len() + table;
    for (name, data) in sections {
        out.extend((place as u64).to_le_bytes());
        out.extend((data.len() as u64).to_le_bytes());
        out.extend(sized(&utf16(name)));
        place += data.len();
    }
    sections.iter().for_each(|(_, data)| out.extend(data));
    out
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    let mut out = number(bytes.len()).to_le_bytes().to_vec();
    out.extend(bytes);
    out
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The format counts in 32 bits, test logs are far from that.
fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
