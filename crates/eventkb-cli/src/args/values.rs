//! Values of options that are more than a text or a number, and how they are read.

use std::ops::RangeInclusive;
use std::str::FromStr;

/// A record: the file it stands in, and its record id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordArg {
    pub(crate) file: String,
    pub(crate) record_id: u64,
}

impl FromStr for RecordArg {
    type Err = String;

    fn from_str(text: &str) -> Result<RecordArg, String> {
        let parts = text.rsplit_once('#').filter(|(file, _)| !file.is_empty());
        let record = parts.and_then(|(file, id)| {
            Some(RecordArg {
                file: file.to_owned(),
                record_id: id.trim().parse().ok()?,
            })
        });
        record.ok_or_else(|| {
            "give a file and a record id, such as `System.evtx#4711` (`eventkb events` lists them)"
                .into()
        })
    }
}

/// One event id, or a range of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdRange(pub(crate) RangeInclusive<u16>);

impl FromStr for IdRange {
    type Err = String;

    fn from_str(text: &str) -> Result<IdRange, String> {
        let number = |text: &str| {
            text.trim()
                .parse::<u16>()
                .map_err(|_| format!("`{text}` is no event id (0 to 65535)"))
        };
        let (first, last) = match text.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(text)?, number(text)?),
        };
        if first > last {
            return Err(format!("the range is upside down; write {last}-{first}"));
        }
        Ok(IdRange(first..=last))
    }
}

/// Level numbers meant by a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LevelArg(pub(crate) Vec<u8>);

impl FromStr for LevelArg {
    type Err = String;

    fn from_str(text: &str) -> Result<LevelArg, String> {
        let levels = match text.trim().to_ascii_lowercase().as_str() {
            "critical" | "crit" => vec![1],
            "error" | "err" => vec![2],
            "warning" | "warn" => vec![3],
            // Classic logs and audits write 0.
            "information" | "info" => vec![4, 0],
            "verbose" => vec![5],
            other => vec![other.parse().map_err(|_| {
                "give critical, error, warning, information, verbose, or a number".to_owned()
            })?],
        };
        Ok(LevelArg(levels))
    }
}

/// Seconds before and after an instant.
pub(super) fn within(text: &str) -> Result<u64, String> {
    let seconds = crate::times::ago(text).map(|ago| ago.as_secs().unsigned_abs());
    let fitting = seconds.filter(|seconds| (1..=MOST_WITHIN_S).contains(seconds));
    fitting.ok_or_else(|| "give how far, such as 30s, 5m or 2h; at most 31d".into())
}

/// Who wants more than a month lists events with --since and --until.
const MOST_WITHIN_S: u64 = 31 * 86_400;

/// An event id.
pub(super) fn event_id(text: &str) -> Result<u16, String> {
    let id = text.trim().parse();
    id.map_err(|_| "give an event id, a number from 0 to 65535".into())
}

/// How many records.
pub(super) fn limit(text: &str) -> Result<u64, String> {
    let limit = text.trim().parse();
    limit.map_err(|_| "give how many records, such as 20".into())
}

/// How many threads.
pub(super) fn threads(text: &str) -> Result<usize, String> {
    let threads = text.trim().parse();
    threads.map_err(|_| "give how many threads, or 0 for one on every processor".into())
}

/// Columns of tables and text.
pub(super) fn width(text: &str) -> Result<u16, String> {
    let number = text
        .parse()
        .ok()
        .filter(|width| (40..=1000).contains(width));
    number.ok_or_else(|| "give a number of columns, from 40 to 1000".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_ids_and_ranges_are_read() {
        assert_eq!("9311".parse(), Ok(IdRange(9311..=9311)));
        assert_eq!("9316-9322".parse(), Ok(IdRange(9316..=9322)));
        for text in ["", "-", "65536", "9322-9316", "a", "1-2-3"] {
            assert!(text.parse::<IdRange>().is_err(), "{text}");
        }
    }

    #[test]
    fn levels_are_read_by_name_and_number() {
        assert_eq!("Error".parse(), Ok(LevelArg(vec![2])));
        assert_eq!("info".parse(), Ok(LevelArg(vec![4, 0])));
        assert_eq!("warn".parse(), Ok(LevelArg(vec![3])));
        assert_eq!("3".parse(), Ok(LevelArg(vec![3])));
        assert!("bad".parse::<LevelArg>().is_err());
    }
}
