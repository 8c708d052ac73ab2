//! Gigabytes of holes cost nothing, in whatever file they are: what lies before and behind them is read,
//! they are named, and so is the good log beside them.
#![cfg(any(target_os = "linux", target_vendor = "apple"))]
#![expect(clippy::expect_used, clippy::print_stdout, reason = "tests may panic")]

#[path = "common/folder.rs"]
mod folder;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use eventkb_logs::integrity::DefectCode;
use eventkb_logs::{EventFilter, ReadOptions, ReadResult, list_events};
use eventkb_testkit::EventSpec;
use eventkb_testkit::dialects::Dialect;
use eventkb_testkit::evt::EvtWriter;
use eventkb_testkit::evtx::EvtxWriter;
use eventkb_testkit::holes::{self, Piece};
use eventkb_testkit::rng::Rng;
use eventkb_testkit::scenario::{Attempt, START};
use eventkb_testkit::zip;
use folder::Folder;

/// As much as a disk of today may hold.
const HOLE: u64 = 8 << 40;
/// One that .evt files can have.
const SMALL_HOLE: u64 = 300 << 20;

fn events() -> Vec<EventSpec> {
    let events = Attempt::on_one_computer(START).events();
    let all = events.into_iter().zip(1..);
    all.map(|(event, id)| event.record_id(id)).collect()
}

/// Whether files here have holes.
fn has_holes(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    let path = folder.join("probe");
    holes::write(&path, &[Piece::Hole(1 << 30), Piece::Data(b"x")]).expect("written");
    let blocks = fs::metadata(&path).expect("there").blocks();
    fs::remove_file(path).expect("there");
    println!("a file with a hole of a gigabyte has {blocks} blocks");
    blocks < 1000
}

/// Reads a file of these pieces beside a good log: within seconds, and the good log whole.
fn read(folder: &Path, what: &str, pieces: &[Piece<'_>]) -> ReadResult {
    let path = folder.join("with-holes");
    if let Err(error) = holes::write(&path, pieces) {
        panic!("{what}: {error}");
    }
    let good = EvtxWriter::new().write(&events());
    fs::write(folder.join("good.evtx"), good).expect("written");
    let start = Instant::now();
    let filter = EventFilter::default();
    let paths = [folder.to_path_buf()];
    let result = list_events(&paths, &filter, &ReadOptions::default(), &mut |_| {
        ControlFlow::Continue(())
    });
    let took = start.elapsed();
    fs::remove_file(path).expect("there");
    assert!(took < Duration::from_secs(4), "{what}: {took:?}");
    let good = result
        .files
        .iter()
        .find(|f| f.input.path.ends_with("good.evtx"));
    let read = good.map(|file| (file.input.records_read, file.input.defects.len()));
    assert_eq!(read, Some((events().len() as u64, 0)), "{what}");
    result
}

fn records(result: &ReadResult) -> u64 {
    let others = result
        .files
        .iter()
        .filter(|f| !f.input.path.ends_with("good.evtx"));
    others.map(|file| file.input.records_read).sum()
}

fn names(result: &ReadResult, code: DefectCode) -> bool {
    let mut defects = result.files.iter().flat_map(|file| &file.input.defects);
    defects.any(|defect| defect.code == code)
}

#[test]
fn of_exports() {
    let folder = Folder::new("holes-exports");
    if !has_holes(&folder.0) {
        return;
    }
    let events = events();
    let whole = events.len() as u64;
    let mut rng = Rng::new(7);
    for dialect in Dialect::ALL {
        let bytes = dialect.write(&events).into_bytes();
        let what = format!("{dialect:?}, behind it");
        let result = read(&folder.0, &what, &[Piece::Data(&bytes), Piece::Hole(HOLE)]);
        assert!(
            records(&result) + 1 >= whole,
            "{what}: {}",
            records(&result)
        );
        assert!(
            names(&result, DefectCode::Gap),
            "{what}: {:?}",
            result.files
        );
        // Detection needs the first record.
        for _ in 0..4 {
            let at = bytes.len() / 3 + rng.below(bytes.len() / 2);
            let what = format!("{dialect:?}, at {at} of {}", bytes.len());
            let (before, behind) = bytes.split_at(at);
            let pieces = [Piece::Data(before), Piece::Hole(HOLE), Piece::Data(behind)];
            let result = read(&folder.0, &what, &pieces);
            assert!(
                names(&result, DefectCode::Gap),
                "{what}: {:?}",
                result.files
            );
            assert!(records(&result) >= 1, "{what}: {:?}", result.files);
        }
    }
}

#[test]
fn of_logs() {
    let folder = Folder::new("holes-logs");
    if !has_holes(&folder.0) {
        return;
    }
    let events = events();
    let whole = events.len() as u64;
    let evtx = EvtxWriter::new().records_per_chunk(20).write(&events);
    let evt = EvtWriter::new().write(&events);
    let pieces = [Piece::Data(&evtx), Piece::Hole(HOLE & !0xffff)];
    assert_eq!(records(&read(&folder.0, "evtx", &pieces)), whole);
    for hole in [SMALL_HOLE, HOLE] {
        let pieces = [Piece::Data(&evt), Piece::Hole(hole)];
        let result = read(&folder.0, "evt", &pieces);
        assert_eq!(records(&result), whole, "{:?}", result.files);
        assert!(names(&result, DefectCode::Gap));
    }
    // Records behind a hole of an .evt that is not too large are found.
    let many: Vec<EventSpec> = (0..40)
        .flat_map(|_| events.clone())
        .zip(1..)
        .map(|(event, id)| event.record_id(id))
        .collect();
    let whole = many.len() as u64;
    let evt = EvtWriter::new().write(&many);
    let (before, behind) = evt.split_at((evt.len() / 2) & !0xfff);
    let pieces = [
        Piece::Data(before),
        Piece::Hole(SMALL_HOLE & !0xfff),
        Piece::Data(behind),
    ];
    let result = read(&folder.0, "evt, within it", &pieces);
    assert!(records(&result) > whole / 2, "{:?}", result.files);
    // One that is too large is refused at once.
    let pieces = [Piece::Data(&evt), Piece::Hole(HOLE), Piece::Data(&evt)];
    let result = read(&folder.0, "evt, too large", &pieces);
    let refused = result.files.iter().any(|file| file.input.error.is_some());
    assert!(refused, "{:?}", result.files);
}

#[test]
fn of_archives() {
    let folder = Folder::new("holes-archives");
    if !has_holes(&folder.0) {
        return;
    }
    let events = events();
    let whole = events.len() as u64;
    let log = EvtxWriter::new().write(&events);
    let packed = zip::write(&[("a.evtx", &log)]);
    // A zip that lost its directory: another one behind the hole.
    let headless = packed.get(..packed.len() - 22).expect("there");
    let pieces = [
        Piece::Data(headless),
        Piece::Hole(HOLE),
        Piece::Data(headless),
    ];
    let result = read(&folder.0, "zip", &pieces);
    assert_eq!(records(&result), 2 * whole, "{:?}", result.files);
    // A zip behind a hole, as something may be put before one.
    let tar = |name: &str, size: u64| {
        let mut header = [0_u8; 512];
        for (at, bytes) in [
            (0, name.as_bytes()),
            (100, b"0000644\0"),
            (124, format!("{size:011o}\0").as_bytes()),
            (148, b"        "),
            (156, b"0"),
            (257, b"ustar\0"),
        ] {
            if let Some(field) = header.get_mut(at..at + bytes.len()) {
                field.copy_from_slice(bytes);
            }
        }
        if size >= 8 << 30 {
            header[124] = 0x80;
            header[125..128].fill(0);
            header[128..136].copy_from_slice(&size.to_be_bytes());
        }
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        header
    };
    let mut first = tar("a.evtx", log.len() as u64).to_vec();
    first.extend(&log);
    first.resize(first.len().next_multiple_of(512), 0);
    let end = [0; 1024];
    // A member that is a hole, a log behind it; and a second tar behind a hole of padding.
    let image = tar("disk.img", HOLE);
    for (what, pieces, count) in [
        (
            "tar, a member",
            vec![
                Piece::Data(&image),
                Piece::Hole(HOLE),
                Piece::Data(&first),
                Piece::Data(&end),
            ],
            whole,
        ),
        (
            "tar, two of them",
            vec![
                Piece::Data(&first),
                Piece::Hole(HOLE),
                Piece::Data(&first),
                Piece::Data(&end),
            ],
            whole,
        ),
    ] {
        let result = read(&folder.0, what, &pieces);
        assert!(records(&result) >= count, "{what}: {:?}", result.files);
    }
    // Behind what is packed alone a hole is padding.
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01\x05\0\xfa\xffhello\x86\xa6\x10\x36\x05\0\0\0";
    let pieces = [Piece::Data(gzip), Piece::Hole(HOLE)];
    read(&folder.0, "gzip", &pieces);
}
