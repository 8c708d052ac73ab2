//! Encrypted members: opened with the right password, named with the wrong one.

use std::io::{Cursor, Write};

use eventkb_logs::archive::Refusal;
use zip::unstable::write::FileOptionsExt;
use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod, ZipWriter};

use crate::build::log;
use crate::got::{Got, Way, open_locked};

/// How a member is locked.
#[derive(Debug, Clone, Copy)]
enum Lock {
    Old,
    Aes(AesMode),
}

const LOCKS: [Lock; 4] = [
    Lock::Old,
    Lock::Aes(AesMode::Aes128),
    Lock::Aes(AesMode::Aes192),
    Lock::Aes(AesMode::Aes256),
];

/// A zip whose members have a password each.
fn locked(members: &[(&str, &[u8], &str)], lock: Lock, method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content, password) in members {
        let options = SimpleFileOptions::default().compression_method(method);
        let options = match lock {
            Lock::Old => options
                .with_deprecated_encryption(password.as_bytes())
                .unwrap(),
            Lock::Aes(mode) => options.with_aes_encryption(mode, password),
        };
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn the_right_password_opens_a_zip() {
    let content = log(1, 200_000);
    for lock in LOCKS {
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let bytes = locked(&[("a.evt", &content, "right")], lock, method);
            for way in [Way::File, Way::Stream] {
                let got = open_locked("a.zip", &bytes, way, &["wrong", "", "right"]);
                let got = got.expect_sound();
                assert!(
                    got.content("a.zip!/a.evt") == content,
                    "{lock:?} {method:?}"
                );
            }
        }
    }
}

#[test]
fn a_missing_or_wrong_password_is_named_for_each_member() {
    let content = log(2, 5_000);
    for lock in LOCKS {
        let bytes = locked(
            &[("a.evt", &content, "one"), ("b.evt", &content, "two")],
            lock,
            CompressionMethod::Deflated,
        );
        let none = open_locked("a.zip", &bytes, Way::File, &[]);
        assert_eq!(*none.refusal("a.zip!/a.evt"), Refusal::Encrypted);
        assert_eq!(*none.refusal("a.zip!/b.evt"), Refusal::Encrypted);
        let said = none.refusal("a.zip!/a.evt").to_string();
        assert!(said.contains("--password-file"), "{said}");

        let some = open_locked("a.zip", &bytes, Way::File, &["two", "three"]);
        assert!(some.content("a.zip!/b.evt") == content, "{lock:?}");
        // The old cipher takes one of 256 wrong ones for right, until something comes out.
        let refusal = some.refusal("a.zip!/a.evt");
        let wrong = Refusal::WrongPassword { tried: 2 };
        assert!(
            [&wrong, &Refusal::DoubtfulPassword].contains(&refusal),
            "{lock:?}: {refusal}"
        );
        // A password is nothing to be shown.
        assert!(!format!("{:?}", eventkb_logs::Passwords::new(["two".to_owned()])).contains("two"));
    }
}

/// Among many wrong passwords some fit the one byte that the old cipher checks.
#[test]
fn passwords_that_only_seem_to_fit_are_told_from_the_right_one() {
    let content = log(3, 40_000);
    let mut many: Vec<String> = (0..60).map(|n| format!("wrong{n}")).collect();
    many.push("right".into());
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for seed in 0..12u8 {
        let content = [&content[..], &[seed; 5]].concat();
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let bytes = locked(&[("a.evt", &content, "right")], Lock::Old, method);
            let got = open_locked("a.zip", &bytes, Way::File, &many).expect_sound();
            assert!(got.content("a.zip!/a.evt") == content, "{seed} {method:?}");
        }
    }
}

#[test]
fn damage_behind_a_password_is_found() {
    let content = log(4, 50_000);
    for lock in LOCKS {
        let mut bytes = locked(
            &[("a.evt", &content, "right")],
            lock,
            CompressionMethod::Stored,
        );
        bytes[30_000] ^= 1;
        let got = open_locked("a.zip", &bytes, Way::File, &["right"]);
        assert_eq!(
            *got.refusal("a.zip!/a.evt"),
            Refusal::DoubtfulPassword,
            "{lock:?}"
        );
    }
}

/// Tries in vain end, however many members there are.
#[test]
fn work_on_passwords_is_limited() {
    let names: Vec<String> = (0..120).map(|n| format!("{n}.evt")).collect();
    let members: Vec<(&str, &[u8], &str)> = names
        .iter()
        .map(|name| (name.as_str(), &b"x"[..], "right"))
        .collect();
    let bytes = locked(
        &members,
        Lock::Aes(AesMode::Aes256),
        CompressionMethod::Stored,
    );
    let wrong: Vec<String> = (0..64).map(|n| format!("wrong{n}")).collect();
    let wrong: Vec<&str> = wrong.iter().map(String::as_str).collect();
    let got = open_locked("a.zip", &bytes, Way::File, &wrong);
    assert_eq!(got.refused.len(), 120);
    assert_eq!(
        *got.refusal("a.zip!/0.evt"),
        Refusal::WrongPassword { tried: 64 }
    );
    assert_eq!(*got.refusal("a.zip!/119.evt"), Refusal::PasswordWork);
}

/// Written by Info-ZIP 3.0.
const INFO_ZIP: &str = "\
504b03040a000900000023377a5df51abda5260000001a00000005000000612e657674a0ba33876e\
4aa141e5636903650dbd2415dceb090359ad1258cdcd7bd86a2575d1220057df22504b0708f51abd\
a5260000001a000000504b01021e030a000900000023377a5df51abda5260000001a000000050000\
000000000001000000a48100000000612e657674504b050600000000010001003300000059000000\
0000";

#[test]
fn what_another_tool_locked_is_opened() {
    let got = open_locked("s.zip", &bytes(INFO_ZIP), Way::File, &["Wörd 1"]).expect_sound();
    assert_eq!(got.content("s.zip!/a.evt"), b"a log that Info-ZIP locked");
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let digits = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digits).collect()
}

#[cfg(feature = "sevenz")]
mod sevenz {
    use sevenz_rust2::encoder_options::{AesEncoderOptions, Lzma2Options};
    use sevenz_rust2::{ArchiveEntry, ArchiveWriter, Password};

    use super::*;

    /// A .7z in which a file is a block of its own, with a password each.
    fn locked(members: &[(&str, &[u8], &str)], names_too: bool) -> Vec<u8> {
        let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
        writer.set_encrypt_header(names_too);
        for (name, content, password) in members {
            let aes = AesEncoderOptions::new(Password::new(password));
            writer.set_content_methods(vec![aes.into(), Lzma2Options::from_level(1).into()]);
            writer
                .push_archive_entry(ArchiveEntry::new_file(name), Some(*content))
                .unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn the_right_password_opens_a_7z() {
        let content = log(5, 300_000);
        for names_too in [false, true] {
            let bytes = locked(
                &[("a.evt", &content, "right"), ("b.evt", b"b", "right")],
                names_too,
            );
            for passwords in [&["right"][..], &["wrong", "right"]] {
                for way in [Way::File, Way::Stream] {
                    let got = open_locked("a.7z", &bytes, way, passwords).expect_sound();
                    assert!(got.content("a.7z!/a.evt") == content, "{names_too}");
                    assert_eq!(got.content("a.7z!/b.evt"), b"b");
                }
            }
        }
    }

    #[test]
    fn a_missing_or_wrong_password_of_a_7z_is_named() {
        let members: [(&str, &[u8], &str); 2] =
            [("a.evt", b"first", "one"), ("b.evt", b"second", "two")];
        let bytes = locked(&members, false);
        let none = open_locked("a.7z", &bytes, Way::File, &[]);
        assert_eq!(*none.refusal("a.7z!/a.evt"), Refusal::Encrypted);
        let some = open_locked("a.7z", &bytes, Way::File, &["two", "three"]);
        assert_eq!(some.content("a.7z!/b.evt"), b"second");
        assert_eq!(
            *some.refusal("a.7z!/a.evt"),
            Refusal::WrongPassword { tried: 2 }
        );
        let one = open_locked("a.7z", &bytes, Way::File, &["two"]);
        assert_eq!(one.content("a.7z!/b.evt"), b"second");
        assert_eq!(*one.refusal("a.7z!/a.evt"), Refusal::DoubtfulPassword);

        let hidden = locked(&members[..1], true);
        for (passwords, wanted) in [
            (&[][..], Refusal::Encrypted),
            (&["x", "y"], Refusal::WrongPassword { tried: 2 }),
        ] {
            let Got {
                refused, members, ..
            } = open_locked("a.7z", &hidden, Way::File, passwords);
            assert_eq!(refused, [("a.7z".to_owned(), wanted)]);
            assert!(members.is_empty());
        }
    }
}
