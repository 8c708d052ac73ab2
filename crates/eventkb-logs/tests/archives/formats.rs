//! Every format gives what was put in, read as a file and as a stream.

use eventkb_logs::archive::{ArchiveKind, Refusal, detect};
use zip::CompressionMethod;

use super::build::{self, RawZip};
use super::got::{Way, open, open_stream, open_with};

const NAMES: [&str; 3] = [
    "SEATTLE/AppEvent.Evt",
    "SEATTLE/Logs/Microsoft-Windows-Kernel-PnP%4Configuration.evtx",
    "empty.txt",
];

fn contents() -> [Vec<u8>; 3] {
    [build::log(1, 100_000), build::log(2, 300_001), Vec::new()]
}

/// Every kind, with its members' names.
fn all(contents: &[Vec<u8>; 3]) -> Vec<(&'static str, ArchiveKind, Vec<u8>)> {
    let members: Vec<(&str, &[u8])> = NAMES
        .into_iter()
        .zip(contents.iter().map(Vec::as_slice))
        .collect();
    #[allow(unused_mut)]
    let mut all = vec![
        (
            "stored.zip",
            ArchiveKind::Zip,
            build::zip(&members, CompressionMethod::Stored),
        ),
        ("deflated.zip", ArchiveKind::Zip, build::deflated(&members)),
        ("gnu.tar", ArchiveKind::Tar, build::tar(&members)),
    ];
    #[cfg(feature = "cab")]
    {
        let none = build::cab(&members, cab::CompressionType::None);
        let mszip = build::cab(&members, cab::CompressionType::MsZip);
        all.push(("none.cab", ArchiveKind::Cab, none));
        all.push(("mszip.cab", ArchiveKind::Cab, mszip));
    }
    #[cfg(feature = "sevenz")]
    {
        all.push((
            "apart.7z",
            ArchiveKind::SevenZip,
            build::sevenz(&members, false),
        ));
        // The writer of the crate cannot put an empty file into a solid block.
        let full = build::sevenz(&members[..2], true);
        all.push(("solid.7z", ArchiveKind::SevenZip, full));
    }
    all
}

#[test]
fn archives_give_what_was_put_in() {
    let contents = contents();
    for (place, kind, bytes) in all(&contents) {
        assert_eq!(detect(&bytes), Some(kind), "{place}");
        for way in [Way::File, Way::Stream] {
            let got = open_with(place, &bytes, way, Default::default()).expect_sound();
            for (name, content) in NAMES.iter().zip(&contents) {
                if kind == ArchiveKind::SevenZip && content.is_empty() {
                    continue;
                }
                let path = format!("{place}!/{name}");
                assert!(got.content(&path) == content.as_slice(), "{path} differs");
            }
        }
    }
}

#[test]
fn packed_files_give_one_member() {
    let content = build::log(3, 500_000);
    let mut twice = build::gzip(None, &content[..200_000]);
    twice.extend(build::gzip(None, &content[200_000..]));
    let table = [
        (
            "a/App.evtx.gz",
            "App.evtx",
            ArchiveKind::Gzip,
            build::gzip(None, &content),
        ),
        (
            "x.gz",
            "App.evtx",
            ArchiveKind::Gzip,
            build::gzip(Some("../App.evtx"), &content),
        ),
        ("App.evtx.gz", "App.evtx", ArchiveKind::Gzip, twice),
        (
            "App.evtx.bz2",
            "App.evtx",
            ArchiveKind::Bzip2,
            build::bzip2(&content),
        ),
        (
            "App.evtx.xz",
            "App.evtx",
            ArchiveKind::Xz,
            build::xz(&content),
        ),
    ];
    for (place, name, kind, bytes) in table {
        assert_eq!(detect(&bytes), Some(kind), "{place}");
        let got = open(place, &bytes).expect_sound();
        assert_eq!(got.names(), [format!("{place}!/{name}")]);
        assert!(got.members[0].1 == content, "{place}");
        let cut = open(place, &bytes[..bytes.len() - 9]);
        assert_eq!(cut.refused.len(), 1, "{place}: {:?}", cut.refused);
        assert_eq!(cut.refused[0].1, Refusal::Truncated, "{place}");
    }
}

#[test]
fn deflate64_is_read() {
    // Made by .NET's algorithm: "hello" deflated with fixed codes is the same in both.
    let content = b"MSExchangeMTA 9322 9277 57 MSExchangeMTA 9322";
    let (claims, data) = build::deflate(content);
    let mut zip = RawZip::default();
    zip.member(
        b"a.evt",
        build::Claims {
            method: 9,
            ..claims
        },
        &data,
    );
    let bytes = zip.finish();
    let got = open("a.zip", &bytes).expect_sound();
    assert_eq!(got.content("a.zip!/a.evt"), content);
    let end = bytes
        .windows(4)
        .position(|bytes| bytes == b"PK\x01\x02")
        .unwrap();
    assert_eq!(
        open("a.zip", &bytes[..end]).content("a.zip!/a.evt"),
        content
    );
}

#[test]
fn zips_of_other_packers() {
    let content = build::log(9, 300_000);
    let (claims, _) = build::deflate(&content);
    let table = [
        ("bzip2", 12, build::bzip2(&content)),
        ("lzma", 14, build::zip_lzma(&content, false)),
        ("lzma with its end", 14, build::zip_lzma(&content, true)),
        ("xz", 95, build::xz(&content)),
    ];
    for (what, method, data) in table {
        let claims = build::Claims {
            method,
            packed: data.len() as u32,
            ..claims
        };
        let zip = |claims, data: &[u8]| {
            let mut zip = RawZip::default();
            zip.member(b"a.evt", claims, data);
            zip.member(b"b.evt", build::stored(b"b"), b"b");
            zip.finish()
        };
        let bytes = zip(claims, &data);
        let got = open("a.zip", &bytes).expect_sound();
        assert!(got.content("a.zip!/a.evt") == content, "{what}");
        assert_eq!(got.content("a.zip!/b.evt"), b"b", "{what}");
        let got = open_stream("a.zip", &bytes).expect_sound();
        assert!(got.content("a.zip!/a.evt") == content, "{what}");

        // Damaged, cut, or with another size: the rest is still read.
        let mut broken = data.clone();
        broken[data.len() / 2] ^= 0x55;
        let short = build::Claims {
            packed: 5,
            ..claims
        };
        let small = build::Claims {
            size: 1000,
            ..claims
        };
        for bytes in [
            zip(claims, &broken),
            zip(short, &data[..5]),
            zip(small, &data),
        ] {
            let got = open("a.zip", &bytes);
            assert_eq!(got.content("a.zip!/b.evt"), b"b", "{what}");
            assert_eq!(got.refused.len(), 1, "{what}: {:?}", got.refused);
        }
    }
}

#[test]
fn nests_are_opened_all_the_way() {
    let content = build::log(4, 200_000);
    let inner = build::deflated(&[("AppEvent.Evt", &content)]);
    let tar = build::tar(&[("inner.zip", &inner), ("b/SysEvent.Evt", &content)]);
    let gz = build::gzip(None, &tar);
    let middle = build::zip(&[("all.tar.gz", &gz)], CompressionMethod::Stored);
    let outer = build::deflated(&[("middle.zip", &middle)]);
    let got = open("case.zip", &outer).expect_sound();
    let tar = "case.zip!/middle.zip!/all.tar.gz!/all.tar";
    assert_eq!(
        got.names(),
        [
            format!("{tar}!/inner.zip!/AppEvent.Evt"),
            format!("{tar}!/b/SysEvent.Evt")
        ]
    );
    assert!(got.members.iter().all(|(_, got)| *got == content));
}

#[test]
fn a_nested_zip_too_large_to_hold_is_read_on_the_way() {
    let content = build::log(5, 400_000);
    let limits = || eventkb_logs::archive::ArchiveLimits {
        nested_zip_bytes: 1000,
        ..Default::default()
    };
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let members: [(&str, &[u8]); 3] =
            [("a.evt", &content), ("b.evt", b"b"), ("c.evt", &content)];
        let inner = build::zip(&members, method);
        let outer = build::zip(
            &[("inner.zip", &inner), ("d", b"d")],
            CompressionMethod::Stored,
        );
        let got = open_with("o.zip", &outer, Way::File, limits()).expect_sound();
        assert_eq!(got.names().len(), 4);
        assert!(got.content("o.zip!/inner.zip!/c.evt") == content);
        assert_eq!(got.content("o.zip!/d"), b"d");
    }
    // Sizes after the data, as a writer without seeking leaves them.
    let (claims, data) = build::deflate(&content);
    let mut zip = RawZip::default();
    for name in [b"a.evt", b"b.evt"] {
        let offset = zip.position();
        zip.local(
            name,
            build::Claims {
                flags: 8,
                crc: 0,
                packed: 0,
                size: 0,
                ..claims
            },
        );
        zip.data(&data);
        zip.data(b"PK\x07\x08");
        for value in [claims.crc, claims.packed, claims.size] {
            zip.data(&value.to_le_bytes());
        }
        zip.list(name, build::Claims { flags: 8, ..claims }, offset);
    }
    let bytes = zip.finish();
    for way in [Way::File, Way::Stream] {
        let got = open_with("z.zip", &bytes, way, limits()).expect_sound();
        assert_eq!(got.names(), ["z.zip!/a.evt", "z.zip!/b.evt"]);
        assert!(got.members.iter().all(|(_, got)| *got == content));
    }
}

#[test]
fn odd_names_and_doubles_keep_their_own_places() {
    let mut zip = RawZip::default();
    let names: [&[u8]; 6] = [
        b"LOGS\\App%4Event.Evt",
        b"../../LOGS/App%4Event.Evt",
        b"/etc/passwd",
        b"M\x81ller.evt",
        "Müller.evt".as_bytes(),
        b"",
    ];
    for (at, name) in names.iter().enumerate() {
        let content = [at as u8];
        zip.member(name, build::stored(&content), &content);
    }
    let got = open("odd.zip", &zip.finish()).expect_sound();
    assert_eq!(
        got.names(),
        [
            "odd.zip!/LOGS/App%4Event.Evt",
            "odd.zip!/LOGS/App%4Event.Evt#2",
            "odd.zip!/etc/passwd",
            "odd.zip!/Müller.evt",
            "odd.zip!/Müller.evt#2",
            "odd.zip!/(no name)",
        ]
    );
    let contents: Vec<u8> = got.members.iter().map(|(_, content)| content[0]).collect();
    assert_eq!(contents, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_read() {
    let mut zip = RawZip::default();
    let (claims, data) = build::deflate(b"secret");
    zip.member(b"secret.evt", build::Claims { flags: 1, ..claims }, &data);
    zip.member(
        b"aes.evt",
        build::Claims {
            flags: 1,
            method: 99,
            ..claims
        },
        &data,
    );
    zip.member(
        b"ppmd.evt",
        build::Claims {
            method: 98,
            ..claims
        },
        &data,
    );
    zip.member(
        b"wavpack.evt",
        build::Claims {
            method: 97,
            ..claims
        },
        &data,
    );
    zip.member(b"crc.evt", build::Claims { crc: 1, ..claims }, &data);
    zip.member(b"folder/", build::stored(b""), b"");
    zip.member(b"good.evt", claims, &data);
    let got = open("a.zip", &zip.finish());
    assert_eq!(got.content("a.zip!/good.evt"), b"secret");
    assert_eq!(got.names(), ["a.zip!/crc.evt", "a.zip!/good.evt"]);
    assert_eq!(*got.refusal("a.zip!/secret.evt"), Refusal::Encrypted);
    assert_eq!(*got.refusal("a.zip!/aes.evt"), Refusal::Encrypted);
    assert_eq!(*got.refusal("a.zip!/crc.evt"), Refusal::Checksum);
    let said: Vec<String> = got
        .refused
        .iter()
        .map(|(_, refusal)| refusal.to_string())
        .collect();
    assert_eq!(said[2], "zip compression method 98 (PPMd) is not supported");
    assert_eq!(
        said[3],
        "zip compression method 97 (WavPack) is not supported"
    );
    assert_eq!(got.refused.len(), 5);
}

#[test]
fn a_zip_behind_a_program_and_an_empty_one() {
    let content = build::log(6, 5000);
    let mut bytes = b"PK\x03\x04 this is a program that unpacks itself".repeat(20);
    bytes.extend(build::deflated(&[("a.evt", &content)]));
    let got = open("setup.exe", &bytes).expect_sound();
    assert!(got.content("setup.exe!/a.evt") == content);
    let empty = build::deflated(&[]);
    assert_eq!(detect(&empty), Some(ArchiveKind::Zip));
    assert!(open("empty.zip", &empty).expect_sound().members.is_empty());
    assert!(
        open_stream("empty.zip", &empty)
            .expect_sound()
            .members
            .is_empty()
    );
}

#[test]
fn long_names_in_tars() {
    let long = format!("{}/AppEvent.Evt", "folder/".repeat(40));
    let got = open("a.tar", &build::tar(&[(&long, b"x")])).expect_sound();
    assert_eq!(got.names(), [format!("a.tar!/{}", long.replace("//", "/"))]);

    let mut builder = tar::Builder::new(Vec::new());
    let pax = [("path", "Müller/☃.evt".as_bytes())];
    builder.append_pax_extensions(pax).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_size(1);
    header.set_cksum();
    builder
        .append_data(&mut header, "short", &b"y"[..])
        .unwrap();
    let got = open("a.tar", &builder.into_inner().unwrap()).expect_sound();
    assert_eq!(got.names(), ["a.tar!/Müller/☃.evt"]);

    // The form of 1979: no magic.
    let mut header = tar::Header::new_old();
    header.set_path("old.evt").unwrap();
    header.set_size(1);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend([b'z'; 512]);
    bytes.extend([0; 1024]);
    assert_eq!(detect(&bytes), Some(ArchiveKind::Tar));
    assert_eq!(
        open("a.tar", &bytes)
            .expect_sound()
            .content("a.tar!/old.evt"),
        b"z"
    );
}

#[test]
fn nothing_else_is_taken_for_an_archive() {
    let files: [&[u8]; 8] = [
        b"",
        b"PK",
        b"ElfFile\0",
        b"BZhello",
        b"MSCFoo",
        b"\x1f\x8b\x00",
        &[0; 1024],
        &[0xff; 1024],
    ];
    for file in files {
        assert_eq!(detect(file), None, "{file:?}");
    }
}

#[cfg(feature = "cab")]
#[test]
fn lzx_cabinets_are_read() {
    // makecab's, from the tests of the cab crate (MIT).
    let bytes: &[u8] = b"\x4d\x53\x43\x46\x00\x00\x00\x00\x97\x00\x00\x00\x00\x00\x00\
        \x00\x2c\x00\x00\x00\x00\x00\x00\x00\x03\x01\x01\x00\x02\x00\
        \x00\x00\x2d\x05\x00\x00\x5b\x00\x00\x00\x01\x00\x03\x13\x0f\
        \x00\x00\x00\x00\x00\x00\x00\x00\x00\x21\x53\x0d\xb2\x20\x00\
        \x68\x69\x2e\x74\x78\x74\x00\x10\x00\x00\x00\x0f\x00\x00\x00\
        \x00\x00\x21\x53\x0b\xb2\x20\x00\x62\x79\x65\x2e\x74\x78\x74\
        \x00\x5c\xef\x2a\xc7\x34\x00\x1f\x00\x5b\x80\x80\x8d\x00\x30\
        \xf0\x01\x10\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x48\
        \x65\x6c\x6c\x6f\x2c\x20\x77\x6f\x72\x6c\x64\x21\x0d\x0a\x53\
        \x65\x65\x20\x79\x6f\x75\x20\x6c\x61\x74\x65\x72\x21\x0d\x0a\
        \x00";
    let got = open("a.cab", bytes).expect_sound();
    assert_eq!(got.content("a.cab!/hi.txt"), b"Hello, world!\r\n");
    assert_eq!(got.content("a.cab!/bye.txt"), b"See you later!\r\n");
    // Whatever is done to the data, it is no panic that leaves the library.
    for at in 0x5b..bytes.len() {
        for bit in 0..8 {
            let mut broken = bytes.to_vec();
            broken[at] ^= 1 << bit;
            // Without a checksum, so that the decoder sees it.
            broken[0x5b..0x5f].fill(0);
            open("a.cab", &broken);
        }
    }
}
