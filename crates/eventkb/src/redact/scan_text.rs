//! Finds names in texts, and puts stand-ins in their place.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::book::{Names, fold};
use super::known;
use super::versions::{self, Reading};

/// A name as it is looked for in texts: at a word of it, with what stands before that.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// The name from its first word on, folded.
    pub(super) name: String,
    /// What is before its first word.
    lead: String,
    id: usize,
    /// It counts anywhere, not only where a name must stand.
    anywhere: bool,
}

impl Candidate {
    /// A candidate, with the first word of the name. `None` where there is no word in it.
    pub(super) fn new(folded: &str, id: usize, anywhere: bool) -> Option<(String, Candidate)> {
        let start = folded.find(char::is_alphanumeric)?;
        let (lead, name) = folded.split_at(start);
        let candidate = Candidate {
            name: name.to_owned(),
            lead: lead.to_owned(),
            id,
            anywhere,
        };
        Some((word_at(name).to_owned(), candidate))
    }
}

/// A name that shows by its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    /// Four numbers, and whether they are an address or the version of a program.
    V4(Ipv4Addr, Reading),
    V6(Ipv6Addr),
    /// Its digits in lower case, and the character between them.
    Mac(String, char),
    Sid(String),
}

/// Whether a letter is of a script that puts no spaces between words: each is a word of its own, and a
/// name beside it ends there (`SEATTLE\u{306b}`).
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' // Thai, Lao
        | '\u{1000}'..='\u{11ff}' // Myanmar, Hangul
        | '\u{2e80}'..='\u{9fff}' // Han, Kana
        | '\u{ac00}'..='\u{d7ff}' // Hangul
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ffdc}' // of half width
        | '\u{20000}'..='\u{3ffff}')
}

/// Whether a character makes one word with letters and digits beside it.
fn joins(c: char) -> bool {
    c.is_alphanumeric() && !is_unspaced(c)
}

/// The word that a text begins with: a run of letters and digits.
fn word_at(text: &str) -> &str {
    let end = match text.chars().next() {
        Some(first) if is_unspaced(first) => first.len_utf8(),
        _ => text.find(|c: char| !joins(c)).unwrap_or(text.len()),
    };
    text.get(..end).unwrap_or(text)
}

/// The length of an escape of a URL (`%5C`), behind which a word may begin.
fn escape_at(text: &str) -> Option<usize> {
    let [b'%', a, b, ..] = text.as_bytes() else {
        return None;
    };
    (a.is_ascii_hexdigit() && b.is_ascii_hexdigit()).then_some(3)
}

/// Tells every address and SID in a text that is to be replaced.
pub(super) fn patterns(text: &str, each: &mut dyn FnMut(Pattern)) {
    let mut at = 0;
    let mut before = None;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if let Some((length, pattern)) = pattern_at(text, at, before) {
            each(pattern);
            at += length;
            before = text.get(..at).and_then(|t| t.chars().next_back());
            continue;
        }
        at += c.len_utf8();
        before = Some(c);
    }
}

/// The pattern that begins at a place of a text, and its length.
fn pattern_at(text: &str, at: usize, before: Option<char>) -> Option<(usize, Pattern)> {
    let rest = text.get(at..)?;
    let first = *rest.as_bytes().first()?;
    if before.is_some_and(joins)
        || !(first.is_ascii_hexdigit() || matches!(first, b'S' | b's' | b':'))
    {
        return None;
    }
    sid(rest)
        .or_else(|| mac(rest))
        .or_else(|| v4(rest, text.get(..at)?))
        .or_else(|| v6(rest, before))
}

fn sid(text: &str) -> Option<(usize, Pattern)> {
    let digits = text.strip_prefix(['S', 's'])?.strip_prefix("-1-")?;
    let end = digits
        .find(|c: char| !c.is_ascii_digit() && c != '-')
        .unwrap_or(digits.len());
    let digits = digits.get(..end)?.trim_end_matches('-');
    let parts: Vec<&str> = digits.split('-').collect();
    if parts.len() < 2 || parts.iter().any(|part| part.is_empty()) || known::is_shared_sid(&parts) {
        return None;
    }
    Some((4 + digits.len(), Pattern::Sid(digits.to_owned())))
}

/// Six pairs of hex digits.
fn mac(text: &str) -> Option<(usize, Pattern)> {
    let bytes = text.as_bytes();
    let mark = *bytes.get(2).filter(|mark| matches!(mark, b'-' | b':'))?;
    let pairs = bytes.get(..17)?;
    let fits = pairs.iter().enumerate().all(|(at, byte)| match at % 3 {
        2 => *byte == mark,
        _ => byte.is_ascii_hexdigit(),
    });
    let goes_on = bytes
        .get(17)
        .is_some_and(|b| b.is_ascii_alphanumeric() || *b == mark);
    if !fits || goes_on {
        return None;
    }
    let digits: String = text.get(..17)?.to_ascii_lowercase().replace(['-', ':'], "");
    let tells = !matches!(digits.as_str(), "000000000000" | "ffffffffffff");
    tells.then_some((17, Pattern::Mac(digits, char::from(mark))))
}

fn v4(text: &str, ahead: &str) -> Option<(usize, Pattern)> {
    // `1.2.3.4.5` is no address, nor is a part of it.
    let mut back = ahead.chars().rev();
    if back.next() == Some('.') && back.next().is_some_and(|c| c.is_ascii_digit()) {
        return None;
    }
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let digits = text.get(..end)?.trim_end_matches('.');
    if text.get(end..)?.starts_with(joins) && digits.len() == end {
        return None;
    }
    let address: Ipv4Addr = digits.parse().ok()?;
    let tells = !(address.is_loopback() || address.is_unspecified() || address.is_broadcast());
    // `1.0.0.0` is a version, `2.5.5.12` an object of X.500.
    let [a, b, c, d] = address.octets();
    let is_number = a == 0 || a < 10 && c == 0 && d == 0 || a == 2 && b == 5;
    let behind = text.get(digits.len()..)?;
    (tells && !is_number).then(|| {
        let reading = versions::reading(address, ahead, behind);
        (digits.len(), Pattern::V4(address, reading))
    })
}

fn v6(text: &str, before: Option<char>) -> Option<(usize, Pattern)> {
    if before == Some(':') {
        return None;
    }
    let end = text
        .find(|c: char| !c.is_ascii_hexdigit() && c != ':' && c != '.')
        .unwrap_or(text.len());
    let digits = text.get(..end)?.trim_end_matches('.');
    // `a:b` needs no parser; and `::` with nothing is no address of anyone.
    if digits.bytes().filter(|byte| *byte == b':').count() < 2 {
        return None;
    }
    let digits = match digits.parse::<Ipv6Addr>() {
        Ok(_) => digits,
        Err(_) => digits.strip_suffix(':')?,
    };
    let address: Ipv6Addr = digits.parse().ok()?;
    let tells = !(address.is_loopback() || address.is_unspecified());
    // `Name::Def` of a program is none.
    let is_long = digits.bytes().filter(|byte| *byte == b':').count() >= 3;
    let lower = digits.to_ascii_lowercase();
    let begins = ["fe80:", "fc", "fd", "2", "::ffff:"]
        .iter()
        .any(|start| lower.starts_with(start));
    (tells && (is_long || begins)).then_some((digits.len(), Pattern::V6(address)))
}

/// What is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// A text: names that are common words count only where a name must stand.
    Text,
    /// A provider or a channel: only names of people and machines count.
    Source,
    /// A field that holds names: every name counts.
    Field,
    /// A field that holds versions.
    Version,
    /// A field that holds addresses.
    Address,
}

/// Where a name was found in a text.
struct Hit {
    start: usize,
    end: usize,
    id: usize,
}

impl Names {
    /// A text with stand-ins.
    pub(super) fn text(&mut self, text: &str) -> String {
        self.scan(text, Mode::Text)
    }

    /// A provider or channel with stand-ins.
    pub(super) fn source(&mut self, text: &str) -> String {
        if known::is_path_part(&fold(text)) {
            return text.to_owned();
        }
        self.scan(text, Mode::Source)
    }

    /// A field that holds one name.
    pub(super) fn field(&mut self, text: &str) -> String {
        let plain = text.trim().trim_matches(['"', '\'']);
        if let Some(id) = self.find(&fold(plain)) {
            let stand_in = self.stand_in(id, plain);
            return text.replacen(plain, &stand_in, 1);
        }
        self.scan(text, Mode::Field)
    }

    /// A field that holds a version: four numbers in it stay, unless they are known as an address.
    pub(super) fn version(&mut self, text: &str) -> String {
        self.scan(text, Mode::Version)
    }

    /// A field that holds an address.
    pub(super) fn address(&mut self, text: &str) -> String {
        self.scan(text, Mode::Address)
    }

    /// A DNS name with the stand-ins of its labels.
    pub(super) fn labels(&mut self, folded: &str) -> String {
        self.scan(folded, Mode::Field)
    }

    fn scan(&mut self, text: &str, mode: Mode) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        // From here on `out` is the text as it was.
        let mut as_it_was = 0;
        let mut before = None;
        while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
            if let Some(length) = escape_at(text.get(at..).unwrap_or("")) {
                out.push_str(text.get(at..at + length).unwrap_or(""));
                at += length;
                before = None;
                continue;
            }
            let begins = c.is_alphanumeric() && !(joins(c) && before.is_some_and(joins));
            let replaced = match pattern_at(text, at, before) {
                Some((length, pattern)) if mode != Mode::Source => {
                    let stand_in = match self.is_replaced(&pattern, mode) {
                        true => self.of(&pattern),
                        false => text.get(at..at + length).unwrap_or("").to_owned(),
                    };
                    Some((at, at + length, stand_in))
                }
                _ if begins => self
                    .hit(text, at, as_it_was, mode)
                    .map(|hit| {
                        let written = text.get(hit.start..hit.end).unwrap_or("");
                        (hit.start, hit.end, self.stand_in(hit.id, written))
                    })
                    .or_else(|| {
                        let (length, hex) = self.in_hex(text.get(at..)?)?;
                        Some((at, at + length, hex))
                    }),
                _ => None,
            };
            if let Some((start, end, stand_in)) = replaced {
                out.truncate(out.len() - (at - start));
                out.push_str(&stand_in);
                at = end;
                as_it_was = end;
                before = text.get(..at).and_then(|t| t.chars().next_back());
                continue;
            }
            let step = if begins {
                text.get(at..).map_or(0, |rest| word_at(rest).len())
            } else {
                c.len_utf8()
            };
            out.push_str(text.get(at..at + step).unwrap_or(""));
            at += step;
            before = text.get(..at).and_then(|t| t.chars().next_back());
        }
        out
    }

    /// The longest name at a word of a text.
    fn hit(&self, text: &str, at: usize, from: usize, mode: Mode) -> Option<Hit> {
        let rest = text.get(at..)?;
        let candidates = self.index.get(&fold(word_at(rest)))?;
        candidates.iter().find_map(|candidate| {
            if mode == Mode::Source && !self.is_strong(candidate.id) {
                return None;
            }
            let ahead = text.get(from..at)?;
            let start = at
                - ahead
                    .ends_with(&candidate.lead)
                    .then_some(candidate.lead.len())?;
            let end = at + matches_at(rest, &candidate.name)?;
            let counts =
                candidate.anywhere || mode == Mode::Field || is_place_of_name(text, start, end);
            counts.then_some(Hit {
                start,
                end,
                id: candidate.id,
            })
        })
    }

    /// A name that stands in hex, as the MTA writes addresses: it becomes its stand-in in hex.
    fn in_hex(&mut self, text: &str) -> Option<(usize, String)> {
        let word = word_at(text);
        if word.len() < 8
            || !word.len().is_multiple_of(2)
            || !word.bytes().all(|b| b.is_ascii_hexdigit())
        {
            return None;
        }
        let bytes: Option<Vec<u8>> = (0..word.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(word.get(at..at + 2)?, 16).ok())
            .collect();
        let plain = String::from_utf8(bytes?).ok()?;
        if !plain.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return None;
        }
        let replaced = self.text(&plain);
        let hex = || replaced.bytes().map(|byte| format!("{byte:02X}")).collect();
        (replaced != plain).then(|| (word.len(), hex()))
    }

    /// Whether a pattern is replaced here. In doubt it is.
    fn is_replaced(&self, pattern: &Pattern, mode: Mode) -> bool {
        let Pattern::V4(address, reading) = pattern else {
            return true;
        };
        let reading = match mode {
            Mode::Version => Reading::Version,
            Mode::Address => Reading::Address,
            _ => *reading,
        };
        let is_known = || self.seen.v4.contains(address) || self.given.v4.contains_key(address);
        match reading {
            Reading::Address => true,
            Reading::Version => is_known(),
            Reading::Unsure => is_known() || !self.seen.versions.contains(address),
        }
    }

    fn of(&mut self, pattern: &Pattern) -> String {
        match pattern {
            Pattern::V4(address, _) => self.v4(*address).to_string(),
            Pattern::V6(address) => self.v6(*address).to_string(),
            Pattern::Mac(digits, mark) => self.mac(digits, *mark),
            Pattern::Sid(sid) => self.sid(sid),
        }
    }

    fn v4(&mut self, address: Ipv4Addr) -> Ipv4Addr {
        if let Some(stand_in) = self.given.v4.get(&address) {
            return *stand_in;
        }
        // The three networks for documentation, then one that nobody uses.
        let documented = [[192, 0, 2], [198, 51, 100], [203, 0, 113]]
            .into_iter()
            .flat_map(|[a, b, c]| (1..=254).map(move |d| Ipv4Addr::new(a, b, c, d)));
        let reserved = (0xf000_0001..0xffff_fff0).map(Ipv4Addr::from_bits);
        let given = &self.given.v4;
        let after = given.len();
        let mut free = documented
            .chain(reserved)
            .skip(after)
            .filter(|stand_in| !self.seen.v4.contains(stand_in))
            .filter(|stand_in| after > 100_000 || !given.values().any(|g| g == stand_in));
        let stand_in = free.next().unwrap_or(Ipv4Addr::BROADCAST);
        self.given.v4.insert(address, stand_in);
        stand_in
    }

    fn v6(&mut self, address: Ipv6Addr) -> Ipv6Addr {
        if let Some(stand_in) = self.given.v6.get(&address) {
            return *stand_in;
        }
        let base = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0).to_bits();
        let mut number = self.given.v6.len() as u128 + 1;
        while self.seen.v6.contains(&Ipv6Addr::from_bits(base + number)) {
            number += 1 << 64;
        }
        let stand_in = Ipv6Addr::from_bits(base + number);
        self.given.v6.insert(address, stand_in);
        stand_in
    }

    fn mac(&mut self, digits: &str, mark: char) -> String {
        let next = self.given.macs.len() as u32 + 1;
        let number = *self.given.macs.entry(digits.to_owned()).or_insert(next);
        let [a, b, c, d] = number.to_be_bytes();
        // A locally administered address: no maker's.
        let pairs = [2, 0, a, b, c, d].map(|byte: u8| format!("{byte:02X}"));
        pairs.join(&mark.to_string())
    }

    /// A SID that keeps its form, and the account number where it is the same everywhere.
    fn sid(&mut self, sid: &str) -> String {
        let parts: Vec<&str> = sid.split('-').collect();
        let next = self.given.sid_domains.len() as u32 + 1;
        let (domain, rest) = match parts.as_slice() {
            ["5", "21", a, b, c, rest @ ..] => (format!("{a}-{b}-{c}"), rest),
            _ => {
                let number = *self.given.sid_domains.entry(sid.to_owned()).or_insert(next);
                let front: Vec<&str> = parts.iter().take(2).copied().collect();
                return format!("S-1-{}-0-0-{number}", front.join("-"));
            }
        };
        let number = *self.given.sid_domains.entry(domain).or_insert(next);
        let mut out = format!("S-1-5-21-0-0-{number}");
        for rid in rest {
            // Below 1000 are the accounts and groups that every domain has.
            let shared = rid.parse::<u32>().is_ok_and(|rid| rid < 1000);
            let key = (number, (*rid).to_owned());
            let next = 1000 + self.given.rids.len() as u32 + 1;
            match shared {
                true => out.push_str(&format!("-{rid}")),
                false => out.push_str(&format!("-{}", self.given.rids.entry(key).or_insert(next))),
            }
        }
        out
    }
}

/// The length of a text's beginning that is this folded name, if it ends with a word.
fn matches_at(text: &str, name: &str) -> Option<usize> {
    let mut wanted = name.chars();
    let mut chars = text.char_indices();
    let mut left = wanted.clone().count();
    let mut end = 0;
    while left > 0 {
        let (at, c) = chars.next()?;
        for folded in c.to_lowercase() {
            if wanted.next()? != folded {
                return None;
            }
            left -= 1;
        }
        end = at + c.len_utf8();
    }
    let ends_in_word = name.chars().next_back().is_some_and(joins);
    let goes_on = chars.next().is_some_and(|(_, c)| joins(c));
    (!(ends_in_word && goes_on)).then_some(end)
}

/// Whether a name must stand here: in `DOMAIN\name`, `\\server\share`, `cn=name`, `name@domain`,
/// `https://host`.
fn is_place_of_name(text: &str, start: usize, end: usize) -> bool {
    let ahead = text.get(..start).unwrap_or("");
    let behind = text.get(end..).unwrap_or("");
    // A registry key or a device is no account.
    let is_path =
        || ahead.ends_with(":\\") || behind.starts_with(".exe") || behind.starts_with(".dll");
    (ahead.ends_with(['\\', '=', '@']) || ahead.ends_with("://") || behind.starts_with('@'))
        && !is_path()
}
