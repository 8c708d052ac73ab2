//! The names that were learned, and their stand-ins.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{Ipv4Addr, Ipv6Addr};

use xxhash_rust::xxh3::xxh3_64;

use super::scan_text::{self, Candidate, Pattern};
use super::versions::Reading;
use super::{NameKind, forms, known, paths, spelling};

/// Names that are kept at most. A collection with more is no collection of one customer; what
/// each takes is some hundred bytes.
const MOST_NAMES: usize = 1_000_000;
/// Digits from which on a number may be somebody's name, and is looked for in texts.
const LONG_NUMBER: usize = 6;

/// Letters of a computer's name for NetBIOS.
const NETBIOS_LENGTH: usize = 15;

/// Lower case, letter by letter, so that places in a text can be compared.
pub(super) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Numbers and spellings of an earlier redaction.
#[derive(Debug, Clone, Default)]
pub(super) struct Prior {
    pub(super) number: usize,
    pub(super) spellings: BTreeMap<String, String>,
}

/// What is known of a word.
#[derive(Debug, Clone)]
struct Word {
    kind: NameKind,
    /// A DNS name of which a label is too common to be replaced alone: its stand-in is made of
    /// those of its labels.
    composed: bool,
}

/// Names while they are learned.
#[derive(Debug, Clone, Default)]
pub(super) struct Book {
    words: HashMap<String, Word>,
    /// Names of DNs in sentences, perhaps with words behind them that are not theirs.
    unsure: BTreeSet<String>,
    /// `domain\name` in texts, of which the domain may be none.
    accounts: BTreeSet<(String, String)>,
    paths: BTreeSet<String>,
    pub(super) seen: Seen,
    pub(super) prior: BTreeMap<String, (NameKind, Prior)>,
    pub(super) known: Given,
    full: bool,
}

/// Originals of names that show by their form.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) v4: BTreeSet<Ipv4Addr>,
    /// Four numbers that are a version or an address.
    unsure_v4: BTreeSet<Ipv4Addr>,
    /// Versions that could be addresses too.
    pub(super) versions: BTreeSet<Ipv4Addr>,
    pub(super) v6: BTreeSet<Ipv6Addr>,
    pub(super) macs: BTreeSet<String>,
    pub(super) sids: BTreeSet<String>,
}

/// Stand-ins that were given to them.
#[derive(Debug, Clone, Default)]
pub(super) struct Given {
    pub(super) v4: BTreeMap<Ipv4Addr, Ipv4Addr>,
    pub(super) v6: BTreeMap<Ipv6Addr, Ipv6Addr>,
    pub(super) macs: BTreeMap<String, u32>,
    /// Domains and computers by the numbers after `S-1-5-21`, and other SIDs as a whole.
    pub(super) sid_domains: BTreeMap<String, u32>,
    /// Accounts of a domain.
    pub(super) rids: BTreeMap<(u32, String), u32>,
}

impl Book {
    /// Learns what shows by its form in a text.
    pub(super) fn text(&mut self, text: &str) {
        self.forms(text, false, None);
    }

    /// A field that holds a version.
    pub(super) fn version(&mut self, text: &str) {
        self.forms(text, false, Some(Reading::Version));
    }

    /// A field that holds an address.
    pub(super) fn address(&mut self, text: &str) {
        self.forms(text, false, Some(Reading::Address));
    }

    /// The same in sentences, where the end of a name with spaces in it is not sure.
    pub(super) fn prose(&mut self, text: &str) {
        self.forms(text, true, None);
    }

    /// `reading` says what four numbers are, where the field does.
    fn forms(&mut self, text: &str, prose: bool, reading: Option<Reading>) {
        let mut found: Vec<(NameKind, String)> = Vec::new();
        forms::names(text, prose, &mut |kind, name| {
            found.push((kind, name.to_owned()))
        });
        let mut values: Vec<(NameKind, String)> = Vec::new();
        if text.contains(':') {
            forms::labelled(text, &mut |kind, value| {
                values.push((kind, value.to_owned()))
            });
        }
        for (kind, value) in values {
            self.whole(kind, &value);
        }
        for (kind, name) in found {
            match kind {
                NameKind::Domain if name.contains('\\') => self.account(&name),
                NameKind::Computer | NameKind::Domain => self.dns(kind, &name),
                NameKind::Directory if prose && name.contains(' ') && !self.full => {
                    self.unsure.insert(fold(&name));
                    self.full |= self.unsure.len() > MOST_NAMES;
                }
                kind => self.add(kind, &name),
            }
        }
        scan_text::patterns(text, &mut |pattern| self.pattern(pattern, reading));
    }

    /// `DOMAIN\name` in a text. Where it is not written as a domain's name is, it must be known as
    /// one from elsewhere.
    fn account(&mut self, pair: &str) {
        let Some((domain, user)) = pair.split_once('\\') else {
            return;
        };
        if forms::looks_like_a_domain(domain) {
            self.dns(NameKind::Domain, domain);
            forms::person(user, &mut |kind, name| self.add(kind, name));
        } else if self.accounts.len() < MOST_NAMES {
            self.accounts.insert((fold(domain), user.to_owned()));
        }
    }

    fn pattern(&mut self, pattern: Pattern, by_field: Option<Reading>) {
        match pattern {
            Pattern::V4(address, by_text) => {
                let of = match by_field.unwrap_or(by_text) {
                    Reading::Address => &mut self.seen.v4,
                    Reading::Version => &mut self.seen.versions,
                    Reading::Unsure => &mut self.seen.unsure_v4,
                };
                of.insert(address);
            }
            Pattern::V6(address) => drop(self.seen.v6.insert(address)),
            Pattern::Mac(digits, _) => drop(self.seen.macs.insert(digits)),
            Pattern::Sid(sid) => drop(self.seen.sids.insert(sid)),
        }
        let seen = &self.seen;
        let v4 = seen.v4.len() + seen.unsure_v4.len() + seen.versions.len();
        self.full |= v4 + seen.v6.len() + seen.macs.len() + seen.sids.len() > MOST_NAMES;
    }

    /// Learns a field that holds a name of this kind.
    pub(super) fn field(&mut self, kind: NameKind, text: &str) {
        self.text(text);
        let plain = text.trim().trim_matches(['"', '\'']);
        let is_list = kind == NameKind::Computer
            && plain.contains([',', ';'])
            && plain
                .chars()
                .all(|c| forms::is_host_char(c) || ", ;.$:[]\\".contains(c));
        // The name as a whole is one too, whatever it is made of.
        if !is_list || plain.len() <= forms::LONGEST_NAME {
            self.whole(kind, plain);
        }
        if is_list {
            for part in plain.split([',', ';']) {
                self.whole(kind, part.trim());
            }
        }
    }

    fn whole(&mut self, kind: NameKind, text: &str) {
        let is_sentence = text.split_whitespace().count() > 5 && kind != NameKind::Computer;
        if text.is_empty()
            || is_sentence
            || is_no_name(text)
            || text.contains('=') && kind != NameKind::Computer
        {
            return;
        }
        let text = text.trim_start_matches("\\\\");
        if let Some((domain, name)) = text.split_once('\\')
            && !domain.is_empty()
            && !name.is_empty()
            && !name.contains('\\')
        {
            if !known::is_account(&fold(domain)) {
                self.dns(NameKind::Domain, domain);
                self.plain(kind, name);
            }
            return;
        }
        self.plain(kind, text);
    }

    fn plain(&mut self, kind: NameKind, name: &str) {
        // `SEATTLE:135`, `[10.0.0.1]:443`
        let name = match name.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => name,
        };
        let bare = name.trim_matches(['[', ']']);
        if bare.parse::<std::net::IpAddr>().is_ok() || fold(name).starts_with("s-1-") {
            return;
        }
        match kind {
            NameKind::User => match name.split_once('@') {
                Some((user, domain)) => {
                    forms::person(user, &mut |kind, name| self.add(kind, name));
                    self.dns(NameKind::Domain, domain);
                }
                None => forms::person(name, &mut |kind, name| self.add(kind, name)),
            },
            NameKind::Computer => self.dns(kind, name.strip_suffix('$').unwrap_or(name)),
            NameKind::Domain => self.dns(kind, name),
            _ => self.add(kind, name),
        }
    }

    /// A name that may be a DNS name.
    fn dns(&mut self, kind: NameKind, name: &str) {
        let name = name.trim_end_matches('.');
        if !forms::is_dns_name(name) {
            self.add(kind, name);
            return;
        }
        let mut common = false;
        let mut labels = Vec::new();
        forms::labels(name, kind, &mut |kind, label| {
            common |= !is_looked_for(kind, &fold(label));
            labels.push((kind, label.to_owned()));
        });
        if common && !labels.is_empty() {
            self.insert(kind, fold(name), true);
        }
        for (kind, label) in labels {
            self.add(kind, &label);
        }
    }

    fn add(&mut self, kind: NameKind, name: &str) {
        let name = name.trim();
        let folded = fold(name);
        let is_known = match kind {
            NameKind::Computer => known::is_no_computer(&folded),
            NameKind::Directory => known::is_directory_part(&folded) || known::is_account(&folded),
            NameKind::Share => known::is_path_part(&folded),
            _ => known::is_account(&folded),
        };
        let is_too_long = name.len() > forms::LONGEST_NAME && kind != NameKind::Computer;
        if folded.is_empty() || is_known || is_too_long {
            return;
        }
        // NetBIOS cuts a computer's name.
        if let Some((at, _)) = folded.char_indices().nth(NETBIOS_LENGTH)
            && kind == NameKind::Computer
            && folded.chars().all(forms::is_host_char)
            && let Some(front) = folded.get(..at)
        {
            self.insert(kind, front.to_owned(), false);
        }
        self.insert(kind, folded, false);
    }

    fn insert(&mut self, kind: NameKind, folded: String, composed: bool) {
        if let Some(word) = self.words.get_mut(&folded) {
            // What came first must not decide.
            word.kind = word.kind.min(kind);
            word.composed &= composed;
        } else if self.words.len() < MOST_NAMES {
            self.words.insert(folded, Word { kind, composed });
        } else {
            self.full = true;
        }
    }

    /// Learns the path of an input.
    pub(super) fn path(&mut self, path: &str) {
        self.text(path);
        if self.paths.contains(path) {
            return;
        }
        if self.paths.len() < MOST_NAMES {
            self.paths.insert(path.to_owned());
        } else {
            self.full = true;
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Gives every name its stand-in. The order of numbers says nothing of the names: it is that
    /// of their hashes.
    pub(super) fn close(mut self) -> Names {
        for (folded, (kind, _)) in &self.prior {
            let word = Word {
                kind: *kind,
                composed: false,
            };
            self.words.entry(folded.clone()).or_insert(word);
        }
        for (domain, user) in std::mem::take(&mut self.accounts) {
            let is_one = |word: &Word| matches!(word.kind, NameKind::Computer | NameKind::Domain);
            if self.words.get(&domain).is_some_and(is_one) {
                forms::person(&user, &mut |kind, name| self.add(kind, name));
            }
        }
        // The shortest first, so that a longer one is known by its beginning.
        let mut unsure: Vec<String> = std::mem::take(&mut self.unsure).into_iter().collect();
        unsure.sort_by_key(String::len);
        for name in unsure {
            let spaces = name.match_indices(' ').map(|(at, _)| at);
            let mut beginnings = spaces.filter_map(|at| name.get(..at));
            if !beginnings.any(|beginning| self.words.contains_key(beginning)) {
                self.add(NameKind::Directory, &name);
            }
        }
        let mut seen = self.seen;
        let unsure = std::mem::take(&mut seen.unsure_v4);
        let unsure = unsure.into_iter();
        let addresses: Vec<Ipv4Addr> = unsure.filter(|v4| !seen.versions.contains(v4)).collect();
        seen.v4.extend(addresses);
        let mut names = Names {
            seen,
            given: self.known,
            ..Names::default()
        };
        let mut all: Vec<(String, Word)> = self.words.into_iter().collect();
        all.sort_unstable_by_key(|(folded, _)| (xxh3_64(folded.as_bytes()), folded.clone()));
        let taken: BTreeSet<String> = all.iter().map(|(folded, _)| folded.clone()).collect();
        let (composed, plain): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|(_, word)| word.composed);
        for (folded, word) in plain {
            names.add(folded, word.kind, &self.prior, &taken);
        }
        // Parts of paths are names where no other name stands in them.
        let parts: BTreeSet<String> = self
            .paths
            .iter()
            .flat_map(|path| paths::unknown_parts(path, &names))
            .collect();
        let mut parts: Vec<String> = parts.into_iter().collect();
        parts.sort_unstable_by_key(|part| (xxh3_64(part.as_bytes()), part.clone()));
        for part in parts {
            names.add(part, NameKind::Path, &self.prior, &taken);
        }
        for (folded, _) in composed {
            let stand_in = names.labels(&folded);
            names.add_fixed(&folded, stand_in);
        }
        for path in self.paths {
            let stand_in = names.path(&path);
            if stand_in != path {
                names.add_fixed(&fold(&path), stand_in);
            }
        }
        names.index.values_mut().for_each(|candidates| {
            // The longest first; all of one length are different names.
            candidates.sort_by(|a, b| b.name.len().cmp(&a.name.len()).then(a.name.cmp(&b.name)));
        });
        names
    }
}

/// Whether a value is a number, a message's number or a GUID, whatever its field is called; or has
/// an address in it, which is replaced as such.
fn is_no_name(text: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_number = text.strip_prefix("0x").is_some_and(is_hex) || text.starts_with("%%");
    let guid = text.trim_matches(['{', '}']);
    let is_guid = guid.len() == 36 && guid.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let mut has_address = false;
    scan_text::patterns(text, &mut |_| has_address = true);
    is_number || is_guid || has_address
}

/// Whether a name is looked for in texts, and not only in its fields.
fn is_looked_for(kind: NameKind, folded: &str) -> bool {
    let letters = folded.chars().filter(|c| c.is_alphanumeric()).count();
    let is_number = folded.chars().all(|c| !c.is_alphabetic());
    let is_long_enough = if is_number {
        letters >= LONG_NUMBER
    } else {
        letters >= 2
    };
    // Folders are called by any word: those that look like a name of their own are looked for.
    let looks_own = || letters >= 4 && folded.chars().any(|c| !c.is_ascii_alphabetic());
    is_long_enough && !known::is_common(folded) && (kind != NameKind::Path || looks_own())
}

/// One name and its stand-ins.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) kind: NameKind,
    pub(super) number: usize,
    /// Looked for in texts too.
    looked_for: bool,
    /// The stand-in of a path or a composed name, however it is written.
    fixed: Option<String>,
    pub(super) spellings: BTreeMap<String, String>,
    mixed: usize,
}

/// All names with their stand-ins.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    pub(super) entries: Vec<Entry>,
    exact: HashMap<String, usize>,
    /// Names by their first word.
    pub(super) index: HashMap<String, Vec<Candidate>>,
    numbers: BTreeMap<NameKind, usize>,
    pub(super) seen: Seen,
    pub(super) given: Given,
}

impl Names {
    fn add(
        &mut self,
        folded: String,
        kind: NameKind,
        prior: &BTreeMap<String, (NameKind, Prior)>,
        taken: &BTreeSet<String>,
    ) {
        if self.exact.contains_key(&folded) {
            return;
        }
        let (kind, before) = match prior.get(&folded) {
            Some((kind, before)) => (*kind, before.clone()),
            None => (kind, Prior::default()),
        };
        let number = match before.number {
            0 => self.next_number(kind, prior, taken),
            number => number,
        };
        let looked_for = is_looked_for(kind, &folded);
        let mixed = before
            .spellings
            .keys()
            .filter(|written| spelling::shape(written) == spelling::Shape::Mixed)
            .count();
        let id = self.entries.len();
        self.exact.insert(folded.clone(), id);
        self.find_by(&folded, id, looked_for);
        self.entries.push(Entry {
            name: folded,
            kind,
            number,
            looked_for,
            fixed: None,
            spellings: before.spellings,
            mixed,
        });
    }

    /// The next number whose stand-in is nobody's name.
    fn next_number(
        &mut self,
        kind: NameKind,
        prior: &BTreeMap<String, (NameKind, Prior)>,
        taken: &BTreeSet<String>,
    ) -> usize {
        let first = || {
            let used = prior.values().filter(|(of, _)| *of == kind);
            used.map(|(_, prior)| prior.number).max().unwrap_or(0)
        };
        let number = match self.numbers.get(&kind) {
            Some(number) => *number,
            None => first(),
        };
        let mut number = number + 1;
        while taken.contains(&format!("{}-{number}", word(kind))) {
            number += 1;
        }
        self.numbers.insert(kind, number);
        number
    }

    fn add_fixed(&mut self, folded: &str, stand_in: String) {
        if self.exact.contains_key(folded) {
            return;
        }
        let id = self.entries.len();
        self.exact.insert(folded.to_owned(), id);
        self.find_by(folded, id, true);
        self.entries.push(Entry {
            name: folded.to_owned(),
            kind: NameKind::Path,
            number: 0,
            looked_for: true,
            fixed: Some(stand_in),
            spellings: BTreeMap::new(),
            mixed: 0,
        });
    }

    /// Lets a name be found in texts: as a whole, and without what is around its words.
    fn find_by(&mut self, folded: &str, id: usize, looked_for: bool) {
        let trimmed = folded.trim_matches(|c: char| !c.is_alphanumeric());
        let mut forms = vec![folded];
        if trimmed != folded && is_looked_for(NameKind::Computer, trimmed) {
            forms.push(trimmed);
        }
        for form in forms {
            if let Some((word, candidate)) = Candidate::new(form, id, looked_for) {
                self.index.entry(word).or_default().push(candidate);
            }
        }
    }

    pub(super) fn find(&self, folded: &str) -> Option<usize> {
        self.exact.get(folded).copied()
    }

    /// Whether a name of people or machines, as opposed to a folder's or a DN's.
    pub(super) fn is_strong(&self, id: usize) -> bool {
        self.entries.get(id).is_some_and(|entry| {
            entry.fixed.is_none()
                && matches!(
                    entry.kind,
                    NameKind::Computer | NameKind::User | NameKind::Domain
                )
        })
    }

    /// The stand-in of a name for this spelling of it.
    pub(super) fn stand_in(&mut self, id: usize, written: &str) -> String {
        let Some(entry) = self.entries.get_mut(id) else {
            return String::new();
        };
        if let Some(fixed) = &entry.fixed {
            return fixed.clone();
        }
        if let Some(stand_in) = entry.spellings.get(written) {
            return stand_in.clone();
        }
        let base = format!("{}-{}", word(entry.kind), entry.number);
        let shape = spelling::shape(written);
        let stand_in = spelling::write(&base, shape, entry.mixed);
        entry.mixed += usize::from(shape == spelling::Shape::Mixed);
        entry.spellings.insert(written.to_owned(), stand_in.clone());
        stand_in
    }

    /// How many different names of a kind are replaced.
    pub(super) fn count(&self, kind: NameKind) -> u64 {
        let number = match kind {
            NameKind::Sid => self.seen.sids.len(),
            NameKind::Address => self.seen.v4.len() + self.seen.v6.len(),
            NameKind::Mac => self.seen.macs.len(),
            kind => self
                .entries
                .iter()
                .filter(|entry| entry.kind == kind && entry.fixed.is_none())
                .count(),
        };
        number as u64
    }

    /// Names that are not looked for in texts. Folders are not counted: they stand in paths.
    pub(super) fn common_words(&self) -> u64 {
        let common = |entry: &&Entry| !entry.looked_for && entry.kind != NameKind::Path;
        self.entries.iter().filter(common).count() as u64
    }
}

/// The beginning of the stand-ins of a kind.
fn word(kind: NameKind) -> &'static str {
    match kind {
        NameKind::Computer => "computer",
        NameKind::User => "person",
        NameKind::Domain => "domain",
        NameKind::Directory => "entry",
        NameKind::Share => "share",
        NameKind::Path => "folder",
        NameKind::Sid => "sid",
        NameKind::Address => "address",
        NameKind::Mac => "mac",
    }
}
