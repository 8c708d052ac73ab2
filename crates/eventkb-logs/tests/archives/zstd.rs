//! Zstandard: frames, one or many, in files, tars and zips, and what is wrong with them.

use std::io::{Cursor, Write};

use eventkb_logs::archive::{ArchiveLimits, Refusal};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use crate::build::{Claims, RawZip, log, stored, tar};
use crate::got::{Way, open, open_stream, open_with};

fn packed(content: &[u8]) -> Vec<u8> {
    compress_to_vec(content, CompressionLevel::Fastest)
}

/// A frame as the format has it: no checksum, a window of 1 KiB and more, these blocks.
fn frame(window: u8, blocks: &[(u8, u32, &[u8])]) -> Vec<u8> {
    let mut bytes = b"\x28\xb5\x2f\xfd\x00".to_vec();
    bytes.push(window);
    for (at, (kind, size, data)) in blocks.iter().enumerate() {
        let last = u32::from(at + 1 == blocks.len());
        let header = last | u32::from(*kind) << 1 | size << 3;
        bytes.extend(&header.to_le_bytes()[..3]);
        bytes.extend(*data);
    }
    bytes
}

fn skipped(size: usize) -> Vec<u8> {
    let mut bytes = b"\x51\x2a\x4d\x18".to_vec();
    bytes.extend(u32::try_from(size).unwrap().to_le_bytes());
    bytes.extend(vec![7; size]);
    bytes
}

/// Written by zstd 1.5, with its checksum.
const BY_ZSTD: &str = "28b52ffd24332d0100f07061636b6564206279207a73746420697473656c662c2074776963653a200100864f390100b0af38";

fn by_zstd() -> Vec<u8> {
    let digits = |at| u8::from_str_radix(&BY_ZSTD[at..at + 2], 16).unwrap();
    (0..BY_ZSTD.len()).step_by(2).map(digits).collect()
}

#[test]
fn frames_come_out_as_one_file() {
    let content = log(1, 400_000);
    let many = [
        packed(&content),
        skipped(5),
        packed(b"more"),
        skipped(0),
        by_zstd(),
    ]
    .concat();
    for got in [open("a.evt.zst", &many), open_stream("a.evt.zst", &many)] {
        let got = got.expect_sound();
        let wanted = [
            &content[..],
            b"more",
            b"packed by zstd itself, twice: packed by zstd itself",
        ]
        .concat();
        assert!(got.content("a.evt.zst!/a.evt") == wanted);
    }
    let first = [skipped(100), packed(b"first is skipped")].concat();
    assert_eq!(
        open("b.zst", &first).expect_sound().content("b.zst!/b"),
        b"first is skipped"
    );
}

#[test]
fn a_tar_in_zstd_is_read() {
    let content = log(2, 100_000);
    let tar = tar(&[("SEATTLE/AppEvent.Evt", &content)]);
    let got = open("case.tar.zst", &packed(&tar)).expect_sound();
    assert!(got.content("case.tar.zst!/case.tar!/SEATTLE/AppEvent.Evt") == content);
    let got = open("case.tzst", &packed(&tar)).expect_sound();
    assert!(got.content("case.tzst!/case.tar!/SEATTLE/AppEvent.Evt") == content);
}

#[test]
fn zips_have_it_too() {
    let content = log(3, 100_000);
    let data = packed(&content);
    let mut zip = RawZip::default();
    for method in [93, 20] {
        let claims = Claims {
            method,
            packed: u32::try_from(data.len()).unwrap(),
            ..stored(&content)
        };
        zip.member(format!("{method}.evt").as_bytes(), claims, &data);
    }
    let bytes = zip.finish();
    for got in [open("a.zip", &bytes), open_stream("a.zip", &bytes)] {
        let got = got.expect_sound();
        assert!(got.content("a.zip!/93.evt") == content && got.content("a.zip!/20.evt") == content);
    }
}

#[test]
fn damage_is_named() {
    let content = log(4, 300_000);
    let whole = packed(&content);
    let cut = open("a.zst", &whole[..whole.len() / 2]);
    assert_eq!(*cut.refusal("a.zst!/a"), Refusal::Truncated);
    let mut wrong = by_zstd();
    let last = wrong.len() - 1;
    wrong[last] ^= 1;
    assert_eq!(
        *open("a.zst", &wrong).refusal("a.zst!/a"),
        Refusal::Checksum
    );
    let behind = [&whole[..], b"something else"].concat();
    let got = open("a.zst", &behind);
    assert!(got.content("a.zst!/a") == content);
    assert!(matches!(got.refusal("a.zst!/a"), Refusal::Damaged { .. }));
    // No change of one byte panics, and none that alters what comes out goes unseen.
    let small = by_zstd();
    let sound = open("a.zst", &small).expect_sound();
    for at in 4..small.len() {
        for bit in 0..8 {
            let mut bytes = small.clone();
            bytes[at] ^= 1 << bit;
            let got = open("a.zst", &bytes);
            let same = got.members.first().map(|m| &m.1) == sound.members.first().map(|m| &m.1);
            assert!(same || !got.refused.is_empty(), "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn bombs_end_at_the_limits() {
    // Blocks of one byte that stand for 128 KiB each.
    let blocks: Vec<(u8, u32, &[u8])> = vec![(1, 128 * 1024, &b"x"[..]); 2000];
    let got = open("a.zst", &frame(0x38, &blocks));
    assert!(matches!(got.refusal("a.zst!/a"), Refusal::Ratio { .. }));
    assert!(got.bytes < 64 * 1024 * 1024);

    // A window of 256 MiB, and one of terabytes.
    for window in [0x90, 0xff] {
        let got = open("a.zst", &frame(window, &[(0, 1, b"x")]));
        assert!(matches!(
            got.refusal("a.zst!/a"),
            Refusal::Unsupported { .. }
        ));
    }
    // Windows within windows: memory is counted for all of them.
    let mut nest = frame(0x88, &[(0, 1, b"x")]);
    for _ in 0..4 {
        nest = frame(0x88, &[(0, u32::try_from(nest.len()).unwrap(), &nest)]);
    }
    let got = open_with("a.zst", &nest, Way::File, ArchiveLimits::default());
    assert!(
        got.refused
            .iter()
            .any(|(_, refusal)| matches!(refusal, Refusal::Held { .. })),
        "{:?}",
        got.refused
    );
    let mut nothing = Cursor::new(Vec::new());
    nothing.write_all(b"\x28\xb5\x2f\xfd").unwrap();
    assert_eq!(
        *open("a.zst", nothing.get_ref()).refusal("a.zst!/a"),
        Refusal::Truncated
    );
}
