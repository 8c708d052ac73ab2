//! What an event is before it is written: plain data, no file format.

/// Seconds between 1601-01-01 (FILETIME) and 1970-01-01 (Unix), both UTC.
const EPOCH_GAP_SECONDS: i64 = 11_644_473_600;

/// A point in time as Windows stores it: 100 ns steps since 1601-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileTime(
    /// The number of 100 ns steps.
    pub i64,
);

impl FileTime {
    /// The time `seconds` and `nanos` after 1970-01-01 UTC; `nanos` is cut to 100 ns steps.
    #[must_use]
    pub fn from_unix(seconds: i64, nanos: u32) -> Self {
        let ticks = seconds
            .saturating_add(EPOCH_GAP_SECONDS)
            .saturating_mul(10_000_000);
        Self(ticks.saturating_add(i64::from(nanos / 100)))
    }

    /// Whole seconds since 1970-01-01 UTC, rounded down.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.0.div_euclid(10_000_000) - EPOCH_GAP_SECONDS
    }

    /// This time moved by `ticks` steps of 100 ns.
    #[must_use]
    pub fn shifted(self, ticks: i64) -> Self {
        Self(self.0.saturating_add(ticks))
    }

    /// The time as Event Viewer's XML writes it: `2000-02-06T01:20:00.0000000Z`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let seconds = self.unix_seconds();
        let (day, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, dom) = civil_from_days(day);
        let fraction = self.0.rem_euclid(10_000_000);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        format!("{year:04}-{month:02}-{dom:02}T{hour:02}:{minute:02}:{second:02}.{fraction:07}Z")
    }
}

/// The proleptic Gregorian date of a day counted from 1970-01-01.
fn civil_from_days(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468; // days since 0000-03-01
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let dom = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, dom)
}

/// The text a forwarded event or an export carries beside the data: what a reader saw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rendering {
    /// The `Culture` attribute, such as `en-US`.
    pub culture: String,
    /// The whole message.
    pub message: String,
    /// The level's name, such as `Warning`.
    pub level: String,
    /// The category's name, such as `Interface`.
    pub task: String,
}

impl Rendering {
    /// English rendering with a message, a level name and a category name.
    #[must_use]
    pub fn english(message: &str, level: &str, task: &str) -> Self {
        Self {
            culture: "en-US".to_owned(),
            message: message.to_owned(),
            level: level.to_owned(),
            task: task.to_owned(),
        }
    }
}

/// One event to be written. Every field is public; the methods only save typing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSpec {
    /// The provider's name (classic: the event source).
    pub provider: String,
    /// `EventSourceName`: the classic name of a provider that also has a manifest name.
    pub event_source_name: Option<String>,
    /// The event id people see: the low 16 bits.
    pub event_id: u16,
    /// The high 16 bits of a classic event identifier.
    pub qualifiers: u16,
    /// 1 critical, 2 error, 3 warning, 4 information, 0 audit.
    pub level: u8,
    /// The category number.
    pub task: u16,
    /// The keyword bits; bit 55 marks a classic event.
    pub keywords: u64,
    /// The opcode: a step within a task.
    pub opcode: u8,
    /// The process that logged the event.
    pub process_id: u32,
    /// When the event happened.
    pub time: FileTime,
    /// The record number inside `System`; 0 means "one more than the record before".
    pub record_id: u64,
    /// The log's name. A .evt file has no place for it.
    pub channel: String,
    /// The computer that logged the event.
    pub computer: String,
    /// The insertion strings, unnamed.
    pub strings: Vec<String>,
    /// Named data (`<Data Name="param1">`), written after the unnamed strings.
    pub named: Vec<(String, String)>,
    /// Name of the element below `UserData` that holds the named values as elements of their own
    /// names; without it they stand in `EventData`. In a name with a dot, what follows the dot is an
    /// attribute of the element before it. A .evt file has no place for it.
    pub user_data: Option<String>,
    /// The user's SID in its binary form.
    pub user_sid: Option<Vec<u8>>,
    /// The binary data of the event.
    pub binary: Option<Vec<u8>>,
    /// Rendered texts (`RenderingInfo`). A .evt file has no place for them.
    pub rendering: Option<Rendering>,
}

/// The keyword bit of every event that came through the classic API.
pub const CLASSIC_KEYWORD: u64 = 0x0080_0000_0000_0000;
/// The keyword bit of a successful audit.
pub const AUDIT_SUCCESS_KEYWORD: u64 = 0x0020_0000_0000_0000;
/// The keyword bit of a failed audit.
pub const AUDIT_FAILURE_KEYWORD: u64 = 0x0010_0000_0000_0000;

impl EventSpec {
    /// An informational classic event of the Application log of `SEATTLE`, without strings.
    #[must_use]
    pub fn new(provider: &str, event_id: u16) -> Self {
        Self {
            provider: provider.to_owned(),
            event_source_name: None,
            event_id,
            qualifiers: 0,
            level: 4,
            task: 0,
            keywords: CLASSIC_KEYWORD,
            opcode: 0,
            process_id: 0,
            time: FileTime::from_unix(949_800_000, 0),
            record_id: 0,
            channel: "Application".to_owned(),
            computer: "SEATTLE".to_owned(),
            strings: Vec::new(),
            named: Vec::new(),
            user_data: None,
            user_sid: None,
            binary: None,
            rendering: None,
        }
    }

    /// Sets `EventSourceName`.
    #[must_use]
    pub fn event_source_name(mut self, name: &str) -> Self {
        self.event_source_name = Some(name.to_owned());
        self
    }

    /// Sets the qualifiers.
    #[must_use]
    pub fn qualifiers(mut self, qualifiers: u16) -> Self {
        self.qualifiers = qualifiers;
        self
    }

    /// Sets the level.
    #[must_use]
    pub fn level(mut self, level: u8) -> Self {
        self.level = level;
        self
    }

    /// Sets the category number.
    #[must_use]
    pub fn task(mut self, task: u16) -> Self {
        self.task = task;
        self
    }

    /// Sets the keyword bits.
    #[must_use]
    pub fn keywords(mut self, keywords: u64) -> Self {
        self.keywords = keywords;
        self
    }

    /// Sets the opcode.
    #[must_use]
    pub fn opcode(mut self, opcode: u8) -> Self {
        self.opcode = opcode;
        self
    }

    /// Sets the process.
    #[must_use]
    pub fn process_id(mut self, process_id: u32) -> Self {
        self.process_id = process_id;
        self
    }

    /// Sets the time from Unix seconds and nanoseconds.
    #[must_use]
    pub fn at(mut self, seconds: i64, nanos: u32) -> Self {
        self.time = FileTime::from_unix(seconds, nanos);
        self
    }

    /// Sets the record number.
    #[must_use]
    pub fn record_id(mut self, record_id: u64) -> Self {
        self.record_id = record_id;
        self
    }

    /// Sets the log's name.
    #[must_use]
    pub fn channel(mut self, channel: &str) -> Self {
        self.channel = channel.to_owned();
        self
    }

    /// Sets the computer.
    #[must_use]
    pub fn computer(mut self, computer: &str) -> Self {
        self.computer = computer.to_owned();
        self
    }

    /// Sets the insertion strings.
    #[must_use]
    pub fn strings<S: AsRef<str>>(mut self, strings: impl IntoIterator<Item = S>) -> Self {
        self.strings = strings.into_iter().map(|s| s.as_ref().to_owned()).collect();
        self
    }

    /// Sets named data, in order.
    #[must_use]
    pub fn named<K: AsRef<str>, V: AsRef<str>>(
        mut self,
        named: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.named = named
            .into_iter()
            .map(|(k, v)| (k.as_ref().to_owned(), v.as_ref().to_owned()))
            .collect();
        self
    }

    /// Puts the named values below `UserData`, in an element of this name.
    #[must_use]
    pub fn user_data(mut self, element: &str) -> Self {
        self.user_data = Some(element.to_owned());
        self
    }

    /// Sets named data `param1`, `param2`, ... from positional strings.
    #[must_use]
    pub fn params<S: AsRef<str>>(self, strings: impl IntoIterator<Item = S>) -> Self {
        let named: Vec<(String, String)> = strings
            .into_iter()
            .enumerate()
            .map(|(at, s)| (format!("param{}", at + 1), s.as_ref().to_owned()))
            .collect();
        self.named(named)
    }

    /// Sets the user's SID (binary form).
    #[must_use]
    pub fn user_sid(mut self, sid: &[u8]) -> Self {
        self.user_sid = Some(sid.to_vec());
        self
    }

    /// Sets the binary data.
    #[must_use]
    pub fn binary(mut self, binary: &[u8]) -> Self {
        self.binary = Some(binary.to_vec());
        self
    }

    /// Sets the rendered texts.
    #[must_use]
    pub fn rendering(mut self, rendering: Rendering) -> Self {
        self.rendering = Some(rendering);
        self
    }
}

/// A SID in its text form (`S-1-5-18`), or `S-?` when the bytes are no SID.
#[must_use]
pub(crate) fn sid_text(sid: &[u8]) -> String {
    let Some((head, subs)) = sid.split_at_checked(8) else {
        return "S-?".to_owned();
    };
    let authority = head[2..]
        .iter()
        .fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
    let mut text = format!("S-{}-{authority}", head[0]);
    for sub in subs.as_chunks::<4>().0 {
        text.push_str(&format!("-{}", u32::from_le_bytes(*sub)));
    }
    text
}

/// The binary form of a SID's text form (`S-1-5-18`); nothing where it is none.
#[must_use]
pub fn sid_bytes(text: &str) -> Option<Vec<u8>> {
    let mut parts = text.strip_prefix("S-")?.split('-');
    let revision: u8 = parts.next()?.parse().ok()?;
    let authority: u64 = parts.next()?.parse().ok()?;
    let subs: Vec<u32> = parts.map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let mut bytes = vec![revision, u8::try_from(subs.len()).ok()?];
    bytes.extend_from_slice(authority.to_be_bytes().get(2..)?);
    subs.iter()
        .for_each(|sub| bytes.extend_from_slice(&sub.to_le_bytes()));
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_windows_writes_them() {
        let time = FileTime::from_unix(949_800_000, 123_456_789);
        assert_eq!(time.to_rfc3339(), "2000-02-06T01:20:00.1234567Z");
        assert_eq!(time.unix_seconds(), 949_800_000);
        assert_eq!(FileTime(0).to_rfc3339(), "1601-01-01T00:00:00.0000000Z");
        assert_eq!(
            FileTime::from_unix(951_782_400, 0).to_rfc3339(),
            "2000-02-29T00:00:00.0000000Z"
        );
        assert_eq!(
            FileTime::from_unix(-1, 0).to_rfc3339(),
            "1969-12-31T23:59:59.0000000Z"
        );
    }

    #[test]
    fn sids_have_a_text_form() {
        assert_eq!(sid_text(&[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]), "S-1-5-18");
        assert_eq!(sid_text(&[1, 1]), "S-?");
        let long = "S-1-5-21-3623811015-3361044348-30300820-1013";
        assert_eq!(sid_text(&sid_bytes(long).expect("a SID")), long);
        assert_eq!(sid_bytes("S-1"), None);
    }
}
