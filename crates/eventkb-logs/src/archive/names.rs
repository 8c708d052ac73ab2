//! Names of members: what an archive calls them, and the path that reports show.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::limits::MAX_MEMBER_NAME;

/// The paths of one archive's members, each given once.
pub(super) struct MemberPaths {
    archive: String,
    /// Hashes of paths given: names may be long and many. Two paths with one hash would only
    /// put a number behind a name that needs none.
    given: HashSet<u64>,
    /// The number that was put behind a name last. To count from one again for each of a thousand
    /// members of one name would take minutes.
    numbers: HashMap<u64, u64>,
}

impl MemberPaths {
    pub(super) fn of(archive: &str) -> Self {
        MemberPaths {
            archive: archive.to_owned(),
            given: HashSet::new(),
            numbers: HashMap::new(),
        }
    }

    pub(super) fn archive(&self) -> &str {
        &self.archive
    }

    /// The path of the member that the archive calls `name`.
    pub(super) fn member(&mut self, name: &str) -> String {
        let plain = format!("{}!/{}", self.archive, normal(name));
        let name = hash(&plain);
        if self.given.insert(name) {
            return plain;
        }
        let number = self.numbers.entry(name).or_insert(1);
        loop {
            *number += 1;
            let path = format!("{plain}#{number}");
            if self.given.insert(hash(&path)) {
                return path;
            }
        }
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// A member's name as it is shown: forward slashes, no leading slash, no `.` and no `..`. Nothing
/// is ever written to such a path; it only must not look like another one.
fn normal(name: &str) -> String {
    let mut shown = String::new();
    let parts = name
        .split(['/', '\\'])
        .filter(|part| !matches!(*part, "" | "." | ".."));
    for part in parts {
        if !shown.is_empty() {
            shown.push('/');
        }
        shown.push_str(part);
    }
    if shown.is_empty() {
        return "(no name)".to_owned();
    }
    if shown.len() > MAX_MEMBER_NAME {
        // The end of a path tells more than its beginning.
        let mut from = shown.len() - MAX_MEMBER_NAME;
        while !shown.is_char_boundary(from) {
            from += 1;
        }
        shown.replace_range(..from, "...");
    }
    shown
}

/// The last part of a path or path.
pub(super) fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Text of a name in bytes: UTF-8 if it is that, else the code page 437 of DOS, which zip and cab
/// fall back to.
pub(super) fn decode(name: &[u8]) -> String {
    let name = name.get(..4 * MAX_MEMBER_NAME).unwrap_or(name);
    match std::str::from_utf8(name) {
        Ok(text) => text.to_owned(),
        // Cut inside a character by the line above, or a bad byte near the end.
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(name).into_owned(),
        Err(_) => name.iter().map(|byte| cp437(*byte)).collect(),
    }
}

fn cp437(byte: u8) -> char {
    const HIGH: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
    match byte {
        0..=0x7f => char::from(byte),
        _ => HIGH
            .chars()
            .nth(usize::from(byte) - 0x80)
            .unwrap_or('\u{fffd}'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_lead_elsewhere() {
        let table = [
            ("AppEvent.Evt", "AppEvent.Evt"),
            (r"SEATTLE\Logs\AppEvent.Evt", "SEATTLE/Logs/AppEvent.Evt"),
            ("../../etc/passwd", "etc/passwd"),
            ("/etc/passwd", "etc/passwd"),
            (r"C:\Windows\.\..\a", "C:/Windows/a"),
            ("a//b/./c", "a/b/c"),
            (
                "Microsoft-Windows-Kernel-PnP%4Configuration.evtx",
                "Microsoft-Windows-Kernel-PnP%4Configuration.evtx",
            ),
            ("..", "(no name)"),
            ("", "(no name)"),
        ];
        for (name, shown) in table {
            assert_eq!(normal(name), shown);
        }
        assert_eq!(normal(&"ä".repeat(5000)).len(), MAX_MEMBER_NAME + 3);
    }

    #[test]
    fn a_place_is_given_once() {
        let mut paths = MemberPaths::of("case.zip");
        let all: Vec<String> = ["a", "a", "./a", "a#2", "b"]
            .iter()
            .map(|name| paths.member(name))
            .collect();
        assert_eq!(
            all,
            [
                "case.zip!/a",
                "case.zip!/a#2",
                "case.zip!/a#3",
                "case.zip!/a#2#2",
                "case.zip!/b"
            ]
        );
    }

    #[test]
    fn names_are_utf8_or_dos() {
        assert_eq!(decode("Müller/☃.evtx".as_bytes()), "Müller/☃.evtx");
        assert_eq!(decode(b"M\x81ller \x80\xff"), "Müller Ç\u{a0}");
        assert_eq!((0..=255).map(cp437).filter(|c| *c == '\u{fffd}').count(), 0);
    }
}
