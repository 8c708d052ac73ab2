//! Four numbers with points between: the address of a machine, or the version of a program?
//!
//! What stands around them tells. Where nothing does they are unsure, and stay only where the same
//! four are known as a version and nowhere as an address.

use std::net::Ipv4Addr;

use super::known;

/// What four numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// An address.
    Address,
    /// A version.
    Version,
    /// Nothing tells.
    Unsure,
}

/// First numbers above this are of no version in use: programs that count by years stay below it.
const HIGHEST_MAJOR: u8 = 64;
/// Characters before a number that are looked at for the folders it lies in.
const LOOK_BACK: usize = 200;

/// Endings of programs, whose names often have their version in them.
const PROGRAMS: &[&str] = &[
    ".exe", ".dll", ".sys", ".msi", ".msp", ".msu", ".cab", ".appx", ".msix",
];

/// Folders in which programs lie, each in one that is called as its version.
const FOLDERS: &[&str] = &[
    "\\program files\\",
    "\\program files (x86)\\",
    "\\progra~1\\",
    "\\progra~2\\",
    "\\appdata\\local\\",
    "\\windowsapps\\",
    "\\winsxs\\",
    "\\assembly\\",
    "\\driverstore\\",
    "\\package cache\\",
    "\\windows defender\\",
];

/// What four numbers are, by what stands before and behind them.
pub(super) fn reading(address: Ipv4Addr, ahead: &str, behind: &str) -> Reading {
    let [major, ..] = address.octets();
    // No version begins with 192.168.
    let is_private = address.is_private() && major != 10 || address.is_link_local();
    if is_private || is_host(ahead, behind) {
        return Reading::Address;
    }
    let word = word_before(ahead);
    if known::is_version_word(&word) {
        return Reading::Version;
    }
    if major > HIGHEST_MAJOR || major == 10 || known::is_address_word(&word) {
        return Reading::Address;
    }
    if is_of_a_program(ahead, behind) {
        return Reading::Version;
    }
    Reading::Unsure
}

/// `\\1.2.3.4\x`, `http://1.2.3.4`, `jo@1.2.3.4`, `1.2.3.4:80`, `1.2.3.4[80]`, `1.2.3.4/24`.
fn is_host(ahead: &str, behind: &str) -> bool {
    let mut behind = behind.chars();
    let mark = behind.next();
    let number = behind.next().is_some_and(|c| c.is_ascii_digit());
    ["\\\\", "//", "@", "tcp:", "udp:"]
        .iter()
        .any(|mark| ahead.ends_with(mark))
        || number && matches!(mark, Some(':' | '[' | '/'))
}

/// A folder or a file of a program that is called as its version.
fn is_of_a_program(ahead: &str, behind: &str) -> bool {
    let behind: String = behind.chars().take(5).collect();
    let behind = behind.to_ascii_lowercase();
    if PROGRAMS.iter().any(|ending| behind.starts_with(ending)) {
        return true;
    }
    let from = ahead.char_indices().rev().nth(LOOK_BACK);
    let ahead = ahead.get(from.map_or(0, |(at, _)| at)..).unwrap_or("");
    // The path that the number is a part of, with spaces in it.
    let path = ahead
        .rsplit(['"', '\'', '<', '>', '|', '\n', '\r', '\t'])
        .next()
        .unwrap_or("");
    let path = path.to_lowercase().replace('/', "\\");
    path.ends_with(['\\', '_', '-']) && FOLDERS.iter().any(|folder| path.contains(folder))
}

/// The word before a number, in lower case, without the marks between: `Version: "`, `(Version `.
fn word_before(ahead: &str) -> String {
    let ahead = ahead.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, ':' | '=' | '"' | '\'' | '(' | '[' | '{' | '#' | '.')
    });
    let start = ahead
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphanumeric())
        .last()
        .map_or(ahead.len(), |(at, _)| at);
    ahead.get(start..).unwrap_or("").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_tells() {
        for (text, wanted) in [
            ("version |", Reading::Version),
            ("Product Version: |.", Reading::Version),
            ("(Version=\"|\")", Reading::Version),
            ("build |", Reading::Version),
            ("Versi\u{f3}n |", Reading::Version),
            (r"C:\Program Files\Contoso\Update\|\x.exe", Reading::Version),
            (r"C:\Temp\setup-|.exe", Reading::Version),
            ("|", Reading::Unsure),
            ("to |", Reading::Unsure),
            (r"D:\Backup\|\x", Reading::Unsure),
            (r"\\|\Program Files\x", Reading::Address),
            ("http://|/version", Reading::Address),
            ("version |:443", Reading::Address),
            ("address |", Reading::Address),
            ("IP=|", Reading::Address),
            ("SQL Server |", Reading::Unsure),
            ("ncacn_ip_tcp:|[3208]", Reading::Address),
            ("|/24", Reading::Address),
        ] {
            let (ahead, behind) = text.split_once('|').expect("a mark");
            let address = Ipv4Addr::new(1, 3, 31, 5);
            assert_eq!(reading(address, ahead, behind), wanted, "{text}");
        }
        for address in ["192.168.1.5", "172.16.3.4", "169.254.3.4"] {
            let address = address.parse().expect("an address");
            assert_eq!(reading(address, "version ", ""), Reading::Address);
        }
        for address in ["10.1.2.3", "110.1.2.3"] {
            let address = address.parse().expect("an address");
            assert_eq!(reading(address, "see ", ""), Reading::Address);
            assert_eq!(reading(address, "version ", ""), Reading::Version);
        }
    }
}
