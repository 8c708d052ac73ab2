//! Writes seeds for the fuzz targets: `fuzz_seeds TESTDATA PACKS CORPUS`. It is here and not in
//! `fuzz/`, where everything is instrumented and only targets can be linked.
//!
//! Exports and archives are written as their tests write them. Those of two kinds need features:
//! run it with `--all-features`.

#[path = "../../eventkb-logs/tests/archives/build.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "what tests build with")]
mod archives;
#[path = "../tests/export_forms.rs"]
#[allow(dead_code, unused_imports, reason = "a test; only its forms are used")]
mod exports;

use std::fs;
use std::path::{Path, PathBuf};

use eventkb::{ScanOptions, SignatureSet, observe};
use eventkb_testkit::EventSpec;
use eventkb_testkit::damage::Damage;
use eventkb_testkit::dialects::Dialect;
use eventkb_testkit::evt::EvtWriter;
use eventkb_testkit::evtx::{CHUNK_SIZE, DataShape, EvtxWriter, FILE_HEADER_SIZE, Layout, Style};
use eventkb_testkit::scenario::{Attempt, Noise, mixed};

/// Articles, with a byte before each that says what it is; and an index of them.
fn article_seeds(testdata: &Path, corpus: &Path) {
    let folder = testdata.join("../examples/articles");
    for (n, (kind, name)) in [
        (0, "kb/900/Q900001/README.md"),
        (0, "learn/agent-stops.md"),
        (1, "runbooks/backup.txt"),
        (2, "runbooks/tape.html"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut seed = vec![kind];
        seed.extend(fs::read(folder.join(name)).expect("an article"));
        put(corpus, "articles", &format!("article-{n}"), &seed);
    }
    let built = eventkb::articles::build(&[folder], &eventkb::articles::BuildOptions::default());
    let index = built.index.to_bytes();
    put(corpus, "articles", "index", &index);
    // The content behind a byte and the magic: the target writes the head.
    let mut content = vec![0];
    content.extend_from_slice(&index[..8]);
    content.extend_from_slice(&index[36..]);
    put(corpus, "articles", "content", &content);
}

fn main() {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let (Some(testdata), Some(packs), Some(corpus)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        panic!("fuzz_seeds TESTDATA PACKS CORPUS");
    };
    let events = mixed(
        Attempt::on_one_computer(949_800_000).events(),
        Noise::new(1).take(12),
    );
    article_seeds(&testdata, &corpus);
    // A record or two in each slot: a file of a few kilobytes when its zeroes are left out.
    let pair = &Attempt::on_one_computer(949_800_000).events()[..4];
    for (n, log) in logs(pair, 2).into_iter().enumerate() {
        put(&corpus, "evtx", &format!("made-{n}"), &laid_out(&log));
        put(
            &corpus,
            "chunk",
            &format!("made-{n}"),
            without_zeroes(&log[FILE_HEADER_SIZE..FILE_HEADER_SIZE + CHUNK_SIZE]),
        );
        for (kind, damage) in Damage::ALL.iter().enumerate() {
            let mut damaged = log.clone();
            if damage.apply(&mut damaged, n as u64).is_some() {
                let seed = laid_out(&damaged);
                put(&corpus, "evtx", &format!("damaged-{n}-{kind}"), &seed);
            }
        }
    }
    put(&corpus, "evt", "made", &EvtWriter::new().write(&events));
    put(
        &corpus,
        "evt",
        "ring",
        &EvtWriter::new().max_size(4096).write(&events),
    );
    let few = &events[events.len().saturating_sub(5)..];
    for (n, (_, form)) in exports::FORMS.iter().enumerate() {
        put(&corpus, "stream", &format!("export-{n}"), &form(few));
    }
    // Whose form it is, and two edits.
    for (form, dialect) in (0_u8..).step_by(2).zip(Dialect::ALL) {
        let text = dialect.write(few);
        put(
            &corpus,
            "stream",
            &format!("dialect-{form}"),
            text.as_bytes(),
        );
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        put(&corpus, "stream", &format!("dialect-{form}-wide"), &wide);
        let seed = [form + 1, 200, 0, 0, b'"', 90, 1, 2, 30];
        put(&corpus, "export", &format!("wide-{form}"), &seed);
        let seed = [form, 200, 0, 0, b'"', 90, 1, 2, 30];
        put(&corpus, "export", &format!("form-{form}"), &seed);
    }
    for (name, archive) in packed(&exports::FORMS[1].1(few)) {
        put(&corpus, "stream", name, &archive);
    }
    for file in files(&testdata) {
        let bytes = fs::read(&file).expect("readable");
        let name = format!("{:08x}", fnv(file.to_string_lossy().as_bytes()));
        if bytes.len() > 512 * 1024 {
            continue;
        }
        put(&corpus, "stream", &name, &bytes);
        let extension = file.extension().map(|e| e.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            // Layout 0: the file as it is.
            Some("evtx") => put(&corpus, "evtx", &name, &[&[0], bytes.as_slice()].concat()),
            Some("evt") => put(&corpus, "evt", &name, &bytes),
            _ => {}
        }
    }
    documents(&packs, &corpus);
    saved_seeds(&testdata, &corpus);
    let bytes: Vec<u8> = (0..600_u32).map(|n| (n * 37 % 251) as u8).collect();
    put(&corpus, "session", "mixed", &bytes);
}

/// Observations as the file that is saved, and their content alone, for which the target vouches.
fn saved_seeds(testdata: &Path, corpus: &Path) {
    let options = ScanOptions::default();
    let saved = observe(
        &[testdata.join("q253307-two-servers")],
        &std::sync::Arc::new(SignatureSet::built_in()),
        &options,
    );
    let saved = saved.to_bytes();
    let head = saved
        .iter()
        .position(|byte| *byte == b'\n')
        .expect("a head line");
    put(corpus, "saved", "two-servers", &saved);
    put(
        corpus,
        "saved",
        "two-servers-content",
        saved[head + 1..].trim_ascii_end(),
    );
}

/// One document in so many of the packs' becomes a seed: there are thousands, alike in kind.
const EVERY: usize = 12;

/// Signatures with their examples behind a zero byte, the catalogue, and codes.
fn documents(packs: &Path, corpus: &Path) {
    let name = |file: &Path| {
        file.file_name()
            .expect("a file")
            .to_string_lossy()
            .into_owned()
    };
    let is_example = |file: &PathBuf| name(file).ends_with(".examples.json");
    let signatures = files(&packs.join("signatures"));
    for file in signatures
        .iter()
        .filter(|file| !is_example(file))
        .step_by(EVERY)
    {
        let mut text = fs::read(file).expect("readable");
        if let Ok(examples) = fs::read(file.with_extension("examples.json")) {
            text.push(0);
            text.extend(examples);
        }
        put(corpus, "signature", &name(file), &text);
    }
    let knowledge = files(&packs.join("catalogue")).into_iter().step_by(EVERY);
    for file in knowledge.chain(files(&packs.join("codes"))) {
        put(
            corpus,
            "signature",
            &name(&file),
            &fs::read(&file).expect("readable"),
        );
    }
}

/// A file in archives of every kind.
fn packed(content: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let members: [(&str, &[u8]); 2] = [("a.xml", content), ("logs/b.xml", content)];
    let tar = archives::tar(&members);
    #[cfg_attr(not(any(feature = "cab", feature = "sevenz")), expect(unused_mut))]
    let mut packed = vec![
        ("zip", archives::deflated(&members)),
        (
            "zip-stored",
            archives::zip(&members, zip::CompressionMethod::Stored),
        ),
        ("gz", archives::gzip(Some("a.xml"), content)),
        ("bz2", archives::bzip2(content)),
        ("xz", archives::xz(content)),
        ("tar-gz", archives::gzip(None, &tar)),
        (
            "zip-in-zip",
            archives::deflated(&[("in.zip", &archives::deflated(&members))]),
        ),
        ("tar", tar),
    ];
    #[cfg(feature = "cab")]
    packed.extend([
        ("cab", archives::cab(&members, cab::CompressionType::None)),
        (
            "cab-mszip",
            archives::cab(&members, cab::CompressionType::MsZip),
        ),
    ]);
    #[cfg(feature = "sevenz")]
    packed.extend([
        ("7z", archives::sevenz(&members, false)),
        ("7z-solid", archives::sevenz(&members, true)),
    ]);
    packed
}

/// A log as the target `evtx` takes it apart: the layout, 128 bytes of file header, and slots of
/// equal length without the zeroes at their ends.
fn laid_out(log: &[u8]) -> Vec<u8> {
    let (header, slots) = log.split_at(FILE_HEADER_SIZE.min(log.len()));
    let slots: Vec<&[u8]> = slots
        .chunks(CHUNK_SIZE)
        .take(3)
        .map(without_zeroes)
        .collect();
    let longest = slots.iter().map(|slot| slot.len()).max().unwrap_or(0);
    let mut seed = vec![u8::try_from(slots.len()).unwrap_or(3) | 8];
    seed.extend_from_slice(&header[..128]);
    for slot in slots {
        seed.extend_from_slice(slot);
        seed.resize(seed.len() + longest - slot.len(), 0);
    }
    seed
}

fn without_zeroes(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |at| at + 1);
    &bytes[..end]
}

/// Logs of every shape that the testkit writes.
fn logs(events: &[EventSpec], records_per_chunk: usize) -> Vec<Vec<u8>> {
    let mut logs = Vec::new();
    for layout in [Layout::NameInTemplate, Layout::NameAsSubstitution] {
        for data in [DataShape::StringArray, DataShape::OneEach] {
            for style in [Style::Native, Style::Forwarded] {
                let writer = EvtxWriter::new()
                    .records_per_chunk(records_per_chunk)
                    .layout(layout)
                    .data_shape(data)
                    .style(style);
                logs.push(writer.write(events));
            }
        }
    }
    logs
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path)
            } else {
                files.push(path)
            }
        }
    }
    files.sort();
    files
}

fn put(corpus: &Path, target: &str, name: &str, bytes: &[u8]) {
    let folder = corpus.join(target);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(name), bytes).expect("it can be written");
}

fn fnv(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}
