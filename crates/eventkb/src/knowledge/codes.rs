//! Meanings of codes, in words.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::signature::catalogue::{CodeEntry, CodeFile, CodeTable};
use crate::signature::number;

/// The tables of codes, each parsed when it is first asked.
#[derive(Debug, Default)]
pub struct Codes {
    texts: Vec<(CodeTable, &'static str)>,
    added: HashMap<CodeTable, HashMap<i64, CodeEntry>>,
    parsed: OnceLock<HashMap<CodeTable, OnceLock<HashMap<i64, CodeEntry>>>>,
}

/// Facility 7 of an HRESULT: the low half is a Win32 error.
const FACILITY_WIN32: i64 = 0x8007_0000;

impl Codes {
    /// Adds a table that is parsed when it is first asked. Must come before the first question.
    #[cfg(feature = "packs")]
    pub(crate) fn add_text(&mut self, table: &str, text: &'static str) {
        let table = serde_json::from_value(serde_json::Value::String(table.to_owned()));
        if let Ok(table) = table {
            self.texts.push((table, text));
        }
    }

    /// Adds codes; they go before those that were there.
    pub(crate) fn add_file(&mut self, file: CodeFile) {
        let table = self.added.entry(file.table).or_default();
        table.extend(entries(file));
    }

    fn entry(&self, table: CodeTable, code: i64) -> Option<&CodeEntry> {
        if let Some(entry) = self.added.get(&table).and_then(|added| added.get(&code)) {
            return Some(entry);
        }
        let parsed = self.parsed.get_or_init(|| {
            let tables = self
                .texts
                .iter()
                .map(|(table, _)| (*table, OnceLock::new()));
            tables.collect()
        });
        let entries = parsed.get(&table)?.get_or_init(|| {
            let texts = self.texts.iter().filter(|(known, _)| *known == table);
            texts
                .filter_map(|(_, text)| serde_json::from_str::<CodeFile>(text).ok())
                .flat_map(entries)
                .collect()
        });
        entries.get(&code)
    }

    /// A code in words: "access denied". `table` says which codes these are; without it, only
    /// forms that say themselves what they are have a meaning: `%%1053` (Win32), `0x8...` and
    /// negative numbers (HRESULT), `0xC...` (NTSTATUS).
    pub fn meaning(&self, table: Option<CodeTable>, value: &str) -> Option<String> {
        let value = value.trim();
        // Application Error writes its exception as bare hex: `c0000005`. Only a value that is
        // known to be a code is read so.
        let bare = || {
            let is_bare = table.is_some() && value.len() == 8;
            is_bare
                .then(|| i64::from_str_radix(value, 16).ok())
                .flatten()
        };
        let code = number::parse(value).or_else(bare)?;
        let tables: &[CodeTable] = match table {
            Some(CodeTable::Win32) => &[CodeTable::Win32, CodeTable::Winsock, CodeTable::Hresult],
            Some(CodeTable::Ntstatus) => &[CodeTable::Ntstatus, CodeTable::Win32],
            Some(CodeTable::Hresult) => {
                &[CodeTable::Hresult, CodeTable::Ntstatus, CodeTable::Win32]
            }
            Some(CodeTable::Bugcheck) => &[CodeTable::Bugcheck],
            Some(CodeTable::TlsAlert) => &[CodeTable::TlsAlert],
            Some(CodeTable::Kerberos) => &[CodeTable::Kerberos, CodeTable::Ntstatus],
            Some(CodeTable::Winsock) => &[CodeTable::Winsock, CodeTable::Win32],
            Some(CodeTable::Directory) => &[CodeTable::Directory, CodeTable::Win32],
            Some(CodeTable::Ese) => &[CodeTable::Ese],
            None if value.starts_with("%%") => &[CodeTable::Win32, CodeTable::Hresult],
            None if code >= 0xc000_0000 => &[CodeTable::Ntstatus, CodeTable::Hresult],
            None if code >= 0x8000_0000 => &[CodeTable::Hresult, CodeTable::Ntstatus],
            None => return None,
        };
        // 0 is success in all of them, but in most records only "nothing".
        if code == 0 {
            return None;
        }
        let win32 = (code & !0xffff == FACILITY_WIN32).then_some(code & 0xffff);
        let own = tables.iter().find_map(|table| self.entry(*table, code));
        let entry = own.or_else(|| self.entry(CodeTable::Win32, win32?))?;
        Some(entry.says.clone())
    }
}

fn entries(file: CodeFile) -> impl Iterator<Item = (i64, CodeEntry)> {
    let entries = file.entries.into_iter();
    entries.filter_map(|(code, entry)| Some((number::parse(&code)?, entry)))
}
