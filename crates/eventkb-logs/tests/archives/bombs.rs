//! Bombs: refused by name, at once, and the rest of the archive is read.

use std::time::{Duration, Instant};

use eventkb_logs::archive::{ArchiveLimits, Refusal, RunBudget};
use zip::CompressionMethod;

use super::build::{self, Claims, RawZip};
use super::got::{Got, Way, open, open_of_run, open_with, skim};

const RATIO: u64 = eventkb_logs::limits::MAX_ARCHIVE_RATIO;

/// Runs within the time that a bomb may take, on a slow machine and without optimisation.
fn quick(run: impl FnOnce() -> Got) -> Got {
    let start = Instant::now();
    let got = run();
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "took {:?}",
        start.elapsed()
    );
    got
}

fn ten_gigabytes() -> (Claims, Vec<u8>) {
    let data = build::zeroes(10 * 1024);
    let claims = Claims {
        flags: 0,
        method: 8,
        crc: 0,
        packed: data.len() as u32,
        size: u32::MAX - 1,
    };
    (claims, data)
}

#[test]
fn ten_gigabytes_of_zeroes() {
    let (claims, data) = ten_gigabytes();
    let mut zip = RawZip::default();
    zip.member(b"before.evt", build::stored(b"before"), b"before");
    zip.member(b"bomb.evt", claims, &data);
    zip.member(b"after.evt", build::stored(b"after"), b"after");
    let bytes = zip.finish();
    let got = quick(|| skim("a.zip", &bytes));
    assert_eq!(
        got.names(),
        ["a.zip!/before.evt", "a.zip!/bomb.evt", "a.zip!/after.evt"]
    );
    assert_eq!(
        *got.refusal("a.zip!/bomb.evt"),
        Refusal::Ratio { limit: RATIO }
    );
    assert_eq!(got.refused.len(), 1);
    assert!(got.bytes < 40 << 20, "{} bytes came out", got.bytes);

    // The same in a zip without its directory, and in a gzip.
    let end = bytes
        .windows(5)
        .rposition(|bytes| bytes == b"after")
        .unwrap();
    let end = bytes[..end]
        .windows(5)
        .rposition(|bytes| bytes == b"after")
        .unwrap()
        + 5;
    let got = quick(|| skim("a.zip", &bytes[..end]));
    assert_eq!(got.content("a.zip!/after.evt"), b"after");
    assert_eq!(
        *got.refusal("a.zip!/bomb.evt"),
        Refusal::Ratio { limit: RATIO }
    );
    let mut gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\xff".to_vec();
    gzip.extend_from_slice(&data);
    let got = quick(|| skim("a.gz", &gzip));
    assert_eq!(*got.refusal("a.gz!/a"), Refusal::Ratio { limit: RATIO });
}

#[test]
fn bzip2_and_xz_and_7z_bombs() {
    let zeroes = vec![0; 64 << 20];
    #[allow(unused_mut)]
    let mut table = vec![
        ("a.bz2", "a", build::bzip2(&zeroes)),
        ("a.xz", "a", build::xz(&zeroes)),
    ];
    #[cfg(feature = "sevenz")]
    {
        let members: [(&str, &[u8]); 3] = [("a.evt", b"a"), ("b.evt", &zeroes), ("c.evt", b"c")];
        table.push(("a.7z", "b.evt", build::sevenz(&members, false)));
    }
    for (place, name, bytes) in table {
        let got = quick(|| skim(place, &bytes));
        assert_eq!(
            *got.refusal(&format!("{place}!/{name}")),
            Refusal::Ratio { limit: RATIO }
        );
        assert!(got.bytes < 40 << 20);
        if place == "a.7z" {
            assert_eq!(got.content("a.7z!/c.evt"), b"c");
        }
    }
}

#[test]
fn a_real_log_full_of_zeroes_is_no_bomb() {
    let mut log = build::log(7, 1 << 20);
    log.resize(20 << 20, 0);
    let bytes = build::deflated(&[("Application.evtx", &log)]);
    assert!(open("a.zip", &bytes).expect_sound().members[0].1 == log);
}

/// A nest as 42.zip is one: 16 zips in each of 16 zips in each ..., with a bomb in every last one.
fn nest(levels: usize) -> Vec<u8> {
    let data = build::zeroes(4 * 1024);
    let claims = Claims {
        flags: 0,
        method: 8,
        crc: 0,
        packed: data.len() as u32,
        size: u32::MAX - 1,
    };
    let mut zip = RawZip::default();
    zip.member(b"0.dll", claims, &data);
    let mut bytes = zip.finish();
    for _ in 0..levels {
        let names: Vec<String> = (0..16).map(|at| format!("lib {at:x}.zip")).collect();
        let members: Vec<(&str, &[u8])> = names
            .iter()
            .map(|name| (name.as_str(), bytes.as_slice()))
            .collect();
        bytes = build::deflated(&members);
    }
    bytes
}

#[test]
fn a_nest_of_bombs() {
    let nest = nest(4);
    let mut zip = RawZip::default();
    zip.member(b"good.evt", build::stored(b"good"), b"good");
    let (claims, data) = (build::stored(&nest), &nest);
    zip.member(b"42.zip", claims, data);
    zip.member(b"more.zip", claims, data);
    zip.member(b"last.evt", build::stored(b"last"), b"last");
    let bytes = zip.finish();
    let got = quick(|| skim("a.zip", &bytes));
    assert_eq!(got.content("a.zip!/good.evt"), b"good");
    assert_eq!(got.content("a.zip!/last.evt"), b"last");
    for nest in ["a.zip!/42.zip", "a.zip!/more.zip"] {
        assert!(matches!(got.refusal(nest), Refusal::TotalRatio { .. }));
    }
    assert!(got.bytes < 300 << 20, "{} bytes came out", got.bytes);
}

#[test]
fn nests_deeper_than_the_limit() {
    let mut bytes = b"x".to_vec();
    let mut name = "x".to_owned();
    for level in 0..12 {
        bytes = build::zip(&[(&name, &bytes)], CompressionMethod::Stored);
        name = format!("{level}.zip");
    }
    let got = open("a.zip", &bytes);
    assert!(got.members.is_empty());
    assert_eq!(got.refused.len(), 1);
    assert_eq!(got.refused[0].1, Refusal::Depth { limit: 8 });
}

#[test]
fn a_hundred_thousand_entries() {
    let mut zip = RawZip::default();
    for at in 0..100_000 {
        zip.member(format!("{at}.evt").as_bytes(), build::stored(b"x"), b"x");
    }
    let bytes = zip.finish();
    let got = quick(|| open("a.zip", &bytes));
    assert_eq!(got.members.len(), 65_535);
    assert_eq!(
        got.refused,
        [("a.zip".to_owned(), Refusal::Entries { limit: 65_535 })]
    );

    // The limit is for all archives in a member together; what lies beside them is still read.
    let limits = ArchiveLimits {
        entries: 10,
        ..Default::default()
    };
    let members: [(&str, &[u8]); 4] = [("a", b"a"), ("b", b"b"), ("c", b"c"), ("d", b"d")];
    let inner = build::deflated(&members);
    let outer = build::deflated(&[
        ("1.zip", &inner),
        ("2.zip", &inner),
        ("3.zip", &inner),
        ("4.evt", b"4"),
    ]);
    let got = open_with("a.zip", &outer, Way::File, limits);
    assert_eq!(got.members.len(), 4 + 4 + 2 + 1);
    assert_eq!(got.content("a.zip!/4.evt"), b"4");
    assert_eq!(
        got.refused,
        [("a.zip!/3.zip".to_owned(), Refusal::Entries { limit: 10 })]
    );
}

#[test]
fn lying_sizes() {
    let content = build::log(8, 100_000);
    let (claims, data) = build::deflate(&content);
    let mut zip = RawZip::default();
    zip.member(
        b"more.evt",
        Claims {
            size: 1000,
            ..claims
        },
        &data,
    );
    zip.member(
        b"less.evt",
        Claims {
            size: u32::MAX - 1,
            ..claims
        },
        &data,
    );
    zip.member(
        b"stored.evt",
        Claims {
            size: 4000,
            ..build::stored(b"stored")
        },
        b"stored",
    );
    zip.member(b"good.evt", claims, &data);
    let got = open("a.zip", &zip.finish());
    assert_eq!(
        *got.refusal("a.zip!/more.evt"),
        Refusal::Larger { declared: 1000 }
    );
    assert!(got.content("a.zip!/more.evt") == &content[..1000]);
    let less = Refusal::Smaller {
        declared: u64::from(u32::MAX - 1),
        got: 100_000,
    };
    assert_eq!(*got.refusal("a.zip!/less.evt"), less);
    assert!(matches!(
        got.refusal("a.zip!/stored.evt"),
        Refusal::Smaller { got: 6, .. }
    ));
    assert!(got.content("a.zip!/good.evt") == content);
    assert_eq!(got.refused.len(), 3);

    // A tar that promises more than it has.
    let mut tar = build::tar(&[("a.evt", b"a"), ("b.evt", &content)]);
    tar.truncate(3000);
    let got = open("a.tar", &tar);
    assert_eq!(got.content("a.tar!/a.evt"), b"a");
    assert!(matches!(
        got.refusal("a.tar!/b.evt"),
        Refusal::Smaller {
            declared: 100_000,
            ..
        }
    ));
    assert_eq!(*got.refusal("a.tar"), Refusal::Truncated);
}

#[test]
fn overlapping_entries() {
    // Thousands of names for one bomb.
    let (claims, data) = ten_gigabytes();
    let mut zip = RawZip::default();
    zip.member(b"good.evt", build::stored(b"good"), b"good");
    let offset = zip.position();
    zip.member(b"kernel", claims, &data);
    for at in 0..10_000 {
        zip.list(format!("{at}").as_bytes(), claims, offset);
    }
    let got = quick(|| skim("a.zip", &zip.finish()));
    assert_eq!(got.content("a.zip!/good.evt"), b"good");
    assert_eq!(*got.refusal("a.zip!/9999"), Refusal::Overlap);
    assert_eq!(got.refused.len(), 10_001);
    assert!(got.bytes < 40 << 20);

    // Members that quote the headers of those after them.
    let mut zip = RawZip::default();
    let inner = b"inner";
    let size = 30 + 5 + inner.len() as u32;
    let quote = Claims {
        packed: size,
        size,
        ..build::stored(b"")
    };
    zip.local(b"quote", quote);
    let at = zip.position();
    zip.member(b"inner", build::stored(inner), inner);
    zip.list(b"quote", quote, at - 35);
    zip.member(b"good", build::stored(b"good"), b"good");
    let got = open("a.zip", &zip.finish());
    assert_eq!(*got.refusal("a.zip!/quote"), Refusal::Overlap);
    assert_eq!(*got.refusal("a.zip!/inner"), Refusal::Overlap);
    assert_eq!(got.names(), ["a.zip!/good"]);
}

#[test]
fn a_tar_name_of_ten_gigabytes() {
    let mut header = tar::Header::new_gnu();
    header.set_path("././@LongLink").unwrap();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(10 << 30);
    header.set_cksum();
    // gzip of the header, then of zeroes without end.
    let mut gzip = build::gzip(None, header.as_bytes());
    gzip.extend_from_slice(b"\x1f\x8b\x08\0\0\0\0\0\0\xff");
    gzip.extend(build::zeroes(10 * 1024));
    let got = quick(|| skim("a.tgz", &gzip));
    assert_eq!(
        *got.refusal("a.tgz!/a.tar"),
        Refusal::Ratio { limit: RATIO }
    );
    assert!(got.members.is_empty());
}

#[test]
fn an_archive_that_must_be_held_and_is_too_large() {
    let limits = ArchiveLimits {
        held_bytes: 1000,
        ..Default::default()
    };
    let big = build::zip(
        &[
            ("big.cab", &[&b"MSCF\0\0\0\0"[..], &[7; 5000]].concat()),
            ("good", b"good"),
        ],
        CompressionMethod::Stored,
    );
    let got = open_with("a.zip", &big, Way::File, limits);
    assert_eq!(got.content("a.zip!/good"), b"good");
    let refusal = got.refusal("a.zip!/big.cab");
    if cfg!(feature = "cab") {
        assert_eq!(*refusal, Refusal::Held { limit: 1000 });
    } else {
        assert_eq!(refusal.to_string(), "cab (in this build) is not supported");
    }
}

#[cfg(feature = "sevenz")]
#[test]
fn a_7z_index_of_a_gigabyte() {
    // A packed index: one stream, LZMA2, one coder, and the size that it claims.
    let index = |size: u64| {
        let mut index =
            b"\x17\x06\x00\x01\x09\x01\x00\x07\x0b\x01\x00\x01\x21\x21\x01\x18\x0c\xff".to_vec();
        index.extend_from_slice(&size.to_le_bytes());
        index.extend_from_slice(&[0, 0]);
        index
    };
    let archive = |index: &[u8]| {
        let mut start = Vec::new();
        for value in [1, index.len() as u64] {
            start.extend_from_slice(&u64::to_le_bytes(value));
        }
        start.extend_from_slice(&crc32fast::hash(index).to_le_bytes());
        let mut bytes = b"7z\xbc\xaf\x27\x1c\0\x04".to_vec();
        bytes.extend_from_slice(&crc32fast::hash(&start).to_le_bytes());
        bytes.extend_from_slice(&start);
        bytes.push(0);
        bytes.extend_from_slice(index);
        bytes
    };
    let got = quick(|| open("a.7z", &archive(&index(1 << 30))));
    let refusal = got.refusal("a.7z").to_string();
    assert_eq!(
        refusal,
        "it is damaged: its index is larger than any real one"
    );
    // One of a fair size is tried, and holds nothing.
    let got = open("a.7z", &archive(&index(100)));
    assert_ne!(got.refusal("a.7z").to_string(), refusal);
}

/// Streams that hold nothing cost a decoder each: they are counted, and what stands beside them is
/// read.
#[test]
fn very_many_empty_streams() {
    let limit = eventkb_logs::limits::MAX_EMPTY_STREAMS;
    for (name, one, whole) in [
        ("bomb.evt.bz2", build::bzip2(b""), build::bzip2(b"content")),
        (
            "bomb.evt.gz",
            build::gzip(None, b""),
            build::gzip(None, b"content"),
        ),
    ] {
        let many = one.repeat(50_000);
        let bytes = build::deflated(&[(name, &many), ("after.evt", b"after")]);
        let got = quick(|| open("a.zip", &bytes));
        assert_eq!(got.content("a.zip!/after.evt"), b"after", "{name}");

        let got = quick(|| open(name, &many));
        let inside = format!("{name}!/bomb.evt");
        assert_eq!(*got.refusal(&inside), Refusal::Streams { limit }, "{name}");

        // As many as that with something in them are what parallel tools write.
        let few = [one.repeat(1_000), whole].concat();
        let got = open(name, &few).expect_sound();
        assert_eq!(got.content(&inside), b"content", "{name}");
    }
}

/// A member that thousands of names point at is one, whatever they are called.
#[test]
fn twenty_thousand_names_of_one_member() {
    let mut zip = RawZip::default();
    let at = zip.position();
    let claims = build::stored(b"content");
    zip.member(b"a.evt", claims, b"content");
    for n in 0..20_000_u32 {
        // One name again and again, and names that would be another one's with a number behind it.
        let name = match n % 3 {
            0 => format!("a.evt#{n}"),
            _ => "a.evt".to_owned(),
        };
        zip.list(name.as_bytes(), claims, at);
    }
    let bytes = zip.finish();
    let got = quick(|| open("a.zip", &bytes));
    assert_eq!(got.members.len(), 1);
    assert_eq!(got.content("a.zip!/a.evt"), b"content");
    assert_eq!(got.refused.len(), 20_000);
    assert!(got.refused.iter().all(|(_, why)| *why == Refusal::Overlap));
}

/// Three levels of twelve zips each, with a text of 180 KB in every last one.
#[test]
fn a_small_nest_of_many_texts() {
    let mut inner = b"{\"provider\": \"disk\", \"event_id\": 153}\n".repeat(4_500);
    let mut name = "0.jsonl";
    for _ in 0..3 {
        let names: Vec<String> = (0..12).map(|n| format!("{n}-{name}")).collect();
        let members: Vec<(&str, &[u8])> = names
            .iter()
            .map(|name| (name.as_str(), inner.as_slice()))
            .collect();
        inner = build::deflated(&members);
        name = "inner.zip";
    }
    assert!(inner.len() < 64 * 1024, "{}", inner.len());
    let got = quick(|| skim("a.zip", &inner));
    let total = eventkb_logs::limits::ARCHIVE_RATIO_FREE_TOTAL;
    assert!(got.bytes < 2 * total, "{} bytes came out", got.bytes);
    let is_named = |why: &Refusal| matches!(why, Refusal::TotalRatio { .. });
    assert!(got.refused.iter().any(|(_, why)| is_named(why)));
}

/// Each bomb for itself is within its free bytes. Together they are not, and what is no bomb is read.
#[test]
fn a_hundred_bombs_beside_each_other() {
    let bomb = build::bzip2(&vec![0; 31 << 20]);
    let good = build::bzip2(&build::log(3, 60_000));
    let run = RunBudget::default();
    let mut bytes = 0;
    let mut refused = 0;
    let start = Instant::now();
    for n in 0..100 {
        let got = open_of_run(&format!("{n}.bz2"), &bomb, &run);
        bytes += got.members.iter().map(|(_, m)| m.len()).sum::<usize>();
        refused += usize::from(
            got.refused
                .iter()
                .any(|(_, why)| matches!(why, Refusal::RunRatio { .. })),
        );
        let got = open_of_run("good.bz2", &good, &run).expect_sound();
        assert_eq!(got.content("good.bz2!/good").len(), 60_000);
    }
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(refused > 80 && bytes < 600 << 20, "{refused} {bytes}");
}
