//! Damaged archives: no panic, no hang, and what lies before the damage is still read.

use eventkb_logs::archive::Refusal;
use zip::CompressionMethod;

use super::build::{self, RawZip};
use super::got::{Got, open, open_stream};

fn contents() -> Vec<(String, Vec<u8>)> {
    (0..12u64)
        .map(|at| {
            (
                format!("dir/{at}.evt"),
                build::log(at, 700 + 400 * at as usize),
            )
        })
        .collect()
}

fn all() -> Vec<(&'static str, Vec<u8>)> {
    let contents = contents();
    let members: Vec<(&str, &[u8])> = contents
        .iter()
        .map(|(name, content)| (name.as_str(), content.as_slice()))
        .collect();
    let tar = build::tar(&members);
    #[allow(unused_mut)]
    let mut all = vec![
        ("a.zip", build::deflated(&members)),
        ("s.zip", build::zip(&members, CompressionMethod::Stored)),
        ("a.tar.gz", build::gzip(None, &tar)),
        ("a.tar.bz2", build::bzip2(&tar)),
        ("a.tar.xz", build::xz(&tar)),
        ("a.tar", tar),
    ];
    #[cfg(feature = "cab")]
    all.push(("a.cab", build::cab(&members, cab::CompressionType::MsZip)));
    #[cfg(feature = "sevenz")]
    {
        all.push(("a.7z", build::sevenz(&members, false)));
        all.push(("s.7z", build::sevenz(&members, true)));
    }
    all
}

/// Members that came out whole.
fn whole(got: &Got, contents: &[(String, Vec<u8>)]) -> usize {
    let is_whole = |name: &str, content: &[u8]| {
        got.members
            .iter()
            .any(|(path, got)| path.ends_with(name) && got == content)
    };
    contents
        .iter()
        .filter(|(name, content)| is_whole(name, content))
        .count()
}

#[test]
fn truncated_anywhere() {
    let contents = contents();
    for (place, bytes) in all() {
        let mut before = 0;
        for length in (0..bytes.len()).step_by(97) {
            let got = open(place, &bytes[..length]);
            let count = whole(&got, &contents);
            let told = !got.refused.is_empty() || count == contents.len();
            // Too short to be told from any other file; a tar may end between two members.
            let excused = length < 600 || place == "a.tar";
            assert!(
                told || excused,
                "{place} cut to {length}: {count} whole, nothing said"
            );
            // The longer, the more; a 7z has its index at the end, and xz and bzip2 give nothing
            // of a block that is not whole.
            if matches!(place, "a.zip" | "s.zip" | "a.tar" | "a.tar.gz") {
                assert!(
                    count >= before,
                    "{place} cut to {length}: {count} after {before}"
                );
                before = count;
            }
            open_stream(place, &bytes[..length]);
        }
        if matches!(place, "a.zip" | "s.zip" | "a.tar") {
            assert_eq!(
                before,
                contents.len(),
                "{place}: all lie before the directory"
            );
        }
    }
}

#[test]
fn bits_flipped_anywhere() {
    let contents = contents();
    let mut state = 0x5eed_u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize) % below
    };
    for (place, bytes) in all() {
        let (mut sum, mut tries) = (0, 0);
        for _ in 0..400 {
            let mut broken = bytes.clone();
            for _ in 0..1 + random(3) {
                let at = random(broken.len());
                broken[at] ^= 1 << random(8);
            }
            let got = open(place, &broken);
            for (path, content) in &got.members {
                let told = got
                    .refused
                    .iter()
                    .any(|(refused, _)| path.starts_with(refused.as_str()));
                let right = contents.iter().any(|(_, right)| right == content);
                // A tar has no checksum over its data, nor has the writer's cabinet.
                let unchecked = place == "a.tar" || place == "a.cab";
                assert!(
                    told || right || unchecked,
                    "{place}: wrong bytes in {path}, nothing said"
                );
            }
            sum += whole(&got, &contents);
            tries += 1;
            open_stream(place, &broken);
        }
        if matches!(place, "a.zip" | "s.zip" | "a.tar") {
            // Damage to one member is damage to one member.
            assert!(
                sum * 10 >= tries * contents.len() * 7,
                "{place}: {sum} whole in {tries} tries"
            );
        }
    }
}

#[test]
fn a_directory_that_breaks_off_loses_nothing() {
    let contents = contents();
    let mut bytes = all().swap_remove(0).1;
    let entries: Vec<usize> = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, window)| window == b"PK\x01\x02")
        .map(|(at, _)| at)
        .collect();
    assert_eq!(entries.len(), contents.len());
    bytes[entries[4]] ^= 0xff;
    let got = open("a.zip", &bytes);
    assert_eq!(whole(&got, &contents), contents.len());
    assert_eq!(got.members.len(), contents.len(), "each once");
    assert_eq!(
        got.refusal("a.zip").to_string(),
        "it is damaged: its directory breaks off"
    );
}

#[test]
fn a_tar_cut_between_two_members_says_so() {
    let (one, two) = (build::log(1, 1024), build::log(2, 1024));
    let tar = build::tar(&[("a.evtx", &one), ("b.evtx", &two)]);
    for (length, members, word) in [
        (512 + 1024, 1, true),
        (2 * (512 + 1024), 2, true),
        (2 * (512 + 1024) + 512, 2, false),
        (tar.len(), 2, false),
    ] {
        let got = open("logs.tar", &tar[..length]);
        assert_eq!(got.members.len(), members, "cut to {length}");
        let said = got.refused.iter().any(|(_, why)| *why == Refusal::NoEnd);
        assert_eq!(said, word, "cut to {length}: {:?}", got.refused);
    }
}

/// What stands in a zip and is not in its directory: zips that were joined, a directory that was altered.
#[test]
fn members_that_the_directory_does_not_list() {
    let (one, two) = (build::log(1, 3_000), build::log(2, 4_000));
    let joined = [
        build::deflated(&[("one.evtx", &one)]),
        build::deflated(&[("two.evtx", &two)]),
    ]
    .concat();
    let mut hidden = RawZip::default();
    hidden.local(b"one.evtx", build::stored(&one));
    hidden.data(&one);
    hidden.member(b"two.evtx", build::stored(&two), &two);
    let mut last = RawZip::default();
    last.member(b"two.evtx", build::stored(&two), &two);
    last.local(b"one.evtx", build::stored(&one));
    last.data(&one);
    for (what, bytes) in [
        ("joined", joined),
        ("hidden", hidden.finish()),
        ("the last", last.finish()),
    ] {
        let got = open("a.zip", &bytes);
        assert!(got.content("a.zip!/one.evtx") == one, "{what}");
        assert!(got.content("a.zip!/two.evtx") == two, "{what}");
        assert_eq!(
            got.refusal("a.zip").to_string(),
            "it is damaged: its directory does not list all members",
            "{what}"
        );
    }
}

#[test]
fn a_link_in_a_tar_is_named() {
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    tar.append_link(&mut header, "a.evtx", "/etc/passwd")
        .unwrap();
    let bytes = tar.into_inner().unwrap();
    let got = open("a.tar", &bytes);
    assert_eq!(*got.refusal("a.tar!/a.evtx"), Refusal::Link);
    assert!(got.members.is_empty());
}
