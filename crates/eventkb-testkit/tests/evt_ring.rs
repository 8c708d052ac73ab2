//! The .evt ring: every shape that real files have, checked by walking it independently.

use eventkb_testkit::EventSpec;
use eventkb_testkit::event::AUDIT_FAILURE_KEYWORD;
use eventkb_testkit::evt::{EVT_HEADER_SIZE, EvtFile, EvtWriter};

fn events(count: u16) -> Vec<EventSpec> {
    (0..count)
        .map(|n| {
            EventSpec::new("MSExchangeMTA", 9000 + n)
                .at(949_800_000 + i64::from(n), 0)
                .strings([
                    format!("string {n}"),
                    "x".repeat(usize::from(n % 7)),
                    String::new(),
                ])
        })
        .collect()
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

/// Walks from the oldest record to the end record, as the end record says.
fn walk(file: &EvtFile) -> Vec<(u32, u16)> {
    let bytes = &file.bytes;
    let byte = |at: usize| {
        let past = at.checked_sub(bytes.len());
        bytes[past.map_or(at, |past| EVT_HEADER_SIZE + past)]
    };
    let word = |at: usize| u32::from_le_bytes(std::array::from_fn(|i| byte(at + i)));
    assert_eq!(word(file.eof + 4), 0x1111_1111);
    assert_eq!(word(file.eof + 0x18) as usize, file.eof);
    let mut at = word(file.eof + 0x14) as usize;
    let mut found = Vec::new();
    while at != file.eof {
        if bytes.len() - at < 0x38 {
            assert!(bytes[at..].chunks(4).all(|word| word == [0x27, 0, 0, 0]));
            at = EVT_HEADER_SIZE;
            continue;
        }
        let length = word(at) as usize;
        assert_eq!(word(at + 4), u32::from_le_bytes(*b"LfLe"), "at {at:#x}");
        assert_eq!(word(at + length - 4) as usize, length);
        found.push((word(at + 8), word(at + 0x14) as u16));
        at += length;
        if at >= bytes.len() {
            at = at - bytes.len() + EVT_HEADER_SIZE;
        }
    }
    found
}

fn keep(name: &str, file: &EvtFile) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join(name), &file.bytes).expect("a writable target folder");
}

fn numbers(file: &EvtFile) -> Vec<(u32, u16)> {
    let id = |event: usize| 9000 + u16::try_from(event).expect("few events");
    file.live.iter().map(|p| (p.number, id(p.event))).collect()
}

#[test]
fn a_clean_file_ends_behind_its_end_record() {
    let file = EvtWriter::new().write_placed(&events(20));
    keep("clean.evt", &file);
    assert_eq!(walk(&file), numbers(&file));
    assert_eq!(file.live.len(), 20);
    assert_eq!(u32_at(&file.bytes, 0x14) as usize, file.eof);
    assert_eq!(u32_at(&file.bytes, 0x18), 21);
    assert_eq!(u32_at(&file.bytes, 0x24), 0);
    assert_eq!(file.bytes.len(), file.eof + 0x28);
}

#[test]
fn a_dirty_header_is_stale() {
    let writer = EvtWriter::new().dirty(true).header_after(15);
    let file = writer.write_placed(&events(20));
    keep("dirty.evt", &file);
    assert_eq!(walk(&file).len(), 20);
    assert_eq!(u32_at(&file.bytes, 0x18), 16);
    assert_eq!(u32_at(&file.bytes, 0x24), 1);
    assert!((u32_at(&file.bytes, 0x14) as usize) < file.eof);
}

#[test]
fn rings_of_every_size_hold_together() {
    let events = events(60);
    let (mut split, mut filler, mut split_eof) = (0, 0, 0);
    for size in (0x400..0x800).step_by(4) {
        let file = EvtWriter::new().max_size(size).write_placed(&events);
        assert_eq!(file.bytes.len(), size);
        assert_eq!(walk(&file), numbers(&file), "{size:#x}");
        assert!(file.wrapped);
        assert_eq!(file.live.last().map(|p| p.event), Some(59), "newest kept");
        let splits = file.live.iter().any(|p| p.split);
        let eof_splits = file.eof + 0x28 > size;
        let fills = !splits && !eof_splits && file.bytes.ends_with(&[0x27, 0, 0, 0]);
        for (seen, count, name) in [
            (splits, &mut split, "split.evt"),
            (fills, &mut filler, "filler.evt"),
            (eof_splits, &mut split_eof, "split-eof.evt"),
        ] {
            if seen {
                *count += 1;
                keep(name, &file);
            }
        }
    }
    assert!(
        split > 0 && filler > 0 && split_eof > 0,
        "{split} {filler} {split_eof}"
    );
}

#[test]
fn dropping_more_leaves_whole_stale_records() {
    let writer = EvtWriter::new().max_size(0x800).drop_extra(3);
    let file = writer.write_placed(&events(60));
    keep("stale.evt", &file);
    assert_eq!(walk(&file), numbers(&file));
    assert!(!file.stale.is_empty());
    for place in &file.stale {
        assert_eq!(u32_at(&file.bytes, place.offset + 8), place.number);
    }
}

#[test]
fn a_cleared_log_keeps_old_bytes() {
    let empty = EvtWriter::new().cleared_after(20).write_placed(&events(20));
    keep("cleared-empty.evt", &empty);
    assert_eq!(walk(&empty), []);
    assert_eq!(u32_at(&empty.bytes, 0x1c), 0);
    assert!(empty.stale.len() >= 18);
    let reused = EvtWriter::new().cleared_after(15).write_placed(&events(20));
    keep("cleared-reused.evt", &reused);
    assert_eq!(walk(&reused).len(), 5);
    assert_eq!(walk(&reused)[0], (1, 9015));
    assert!(!reused.stale.is_empty());
}

#[test]
fn every_field_has_its_place() {
    let sid = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
    let event = EventSpec::new("Security", 529)
        .level(0)
        .keywords(AUDIT_FAILURE_KEYWORD)
        .task(2)
        .qualifiers(0xc004)
        .computer("PORTLAND")
        .at(949_800_000, 0)
        .strings(["Zürich", ""])
        .params(["third"])
        .user_sid(&sid)
        .binary(&[1, 2, 3, 4, 5]);
    let file = EvtWriter::new()
        .first_number(4711)
        .written_delay(2)
        .write_placed(&[event]);
    keep("fields.evt", &file);
    let place = file.live[0];
    let record = &file.bytes[place.offset..place.offset + place.length];
    assert_eq!(u32_at(record, 0x08), 4711);
    assert_eq!(u32_at(record, 0x0c), 949_800_000);
    assert_eq!(u32_at(record, 0x10), 949_800_002);
    assert_eq!(u32_at(record, 0x14), 0xc004_0211);
    assert_eq!(
        record[0x18..0x1e],
        [16, 0, 3, 0, 2, 0],
        "type, strings, category"
    );
    let field = |at: usize, length: usize| {
        let start = u32_at(record, at) as usize;
        &record[start..start + length]
    };
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    assert_eq!(field(0x2c, u32_at(record, 0x28) as usize), sid);
    assert_eq!(field(0x34, u32_at(record, 0x30) as usize), [1, 2, 3, 4, 5]);
    let strings = utf16("Zürich\0\0third\0");
    assert_eq!(field(0x24, strings.len()), strings);
    let names = utf16("Security\0PORTLAND\0");
    assert_eq!(record[0x38..0x38 + names.len()], names);
}
