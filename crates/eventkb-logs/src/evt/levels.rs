//! What a classic event's numbers and file names mean in the newer event log's terms.

/// The kind of a classic event.
///
/// Checked on a pair of logs that hold the same five events in both formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventType {
    /// 0: shown by Windows as information.
    Success,
    /// 1
    Error,
    /// 2
    Warning,
    /// 4
    Information,
    /// 8
    AuditSuccess,
    /// 16
    AuditFailure,
    /// Any other value; Windows writes none.
    Other(u16),
}

impl EventType {
    /// The type with this number.
    #[must_use]
    pub fn from_raw(raw: u16) -> Self {
        match raw {
            0 => Self::Success,
            1 => Self::Error,
            2 => Self::Warning,
            4 => Self::Information,
            8 => Self::AuditSuccess,
            16 => Self::AuditFailure,
            other => Self::Other(other),
        }
    }

    /// The number as stored.
    #[must_use]
    pub fn raw(self) -> u16 {
        match self {
            Self::Success => 0,
            Self::Error => 1,
            Self::Warning => 2,
            Self::Information => 4,
            Self::AuditSuccess => 8,
            Self::AuditFailure => 16,
            Self::Other(raw) => raw,
        }
    }

    /// The Keywords a newer Windows gives such an event: "classic", and the audit result.
    #[must_use]
    pub fn keywords(self) -> u64 {
        match self {
            Self::AuditSuccess => 0x00A0_0000_0000_0000,
            Self::AuditFailure => 0x0090_0000_0000_0000,
            _ => 0x0080_0000_0000_0000,
        }
    }
}

/// The Level a newer Windows gives an event of this type: 2 error, 3 warning, 4 information, and 0
/// ("always logged", no severity) for audits and for types that are not known.
#[must_use]
pub fn level_for(event_type: EventType) -> u8 {
    match event_type {
        EventType::Error => 2,
        EventType::Warning => 3,
        EventType::Success | EventType::Information => 4,
        EventType::AuditSuccess | EventType::AuditFailure | EventType::Other(_) => 0,
    }
}

/// File names as Windows gives them, and names as collectors spell them: lower case, no separators.
const CHANNELS: [(&str, &str); 20] = [
    ("appevent", "Application"),
    ("application", "Application"),
    ("sysevent", "System"),
    ("system", "System"),
    ("secevent", "Security"),
    ("security", "Security"),
    ("dnsevent", "DNS Server"),
    ("dnsserver", "DNS Server"),
    ("dns", "DNS Server"),
    ("ntds", "Directory Service"),
    ("directoryservice", "Directory Service"),
    ("ntfrs", "File Replication Service"),
    ("filereplicationservice", "File Replication Service"),
    ("filereplication", "File Replication Service"),
    ("internet", "Internet Explorer"),
    ("internetexplorer", "Internet Explorer"),
    ("windowspowershell", "Windows PowerShell"),
    ("powershell", "Windows PowerShell"),
    ("odiag", "Microsoft Office Diagnostics"),
    ("osession", "Microsoft Office Sessions"),
];

/// The log a file holds, by its name: the file itself does not say.
///
/// Knows the names Windows uses (`AppEvent.Evt`, `NTDS.Evt`, ...) and those of collectors, which put
/// the host first (`EX01_Application.evt`, `EX01_evt_System.evt`), in any case, and forgives a
/// counter or a date behind (`AppEvent (2).evt`, `System_20050601.evt`). A folder may stand before.
/// Tables that are made of a log are named like it (`EX01_evt_Application.csv`).
///
/// ```
/// use eventkb_logs::evt::channel_from_file_name;
/// assert_eq!(channel_from_file_name("EX01_evt_Directory Service.EVT"), Some("Directory Service"));
/// assert_eq!(channel_from_file_name("MyApplication.evt"), None);
/// ```
#[must_use]
pub fn channel_from_file_name(name: &str) -> Option<&'static str> {
    let name = name
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(name)
        .to_lowercase();
    let endings = [".evt", ".csv", ".txt", ".tsv"];
    let stem = endings.iter().find_map(|ending| name.strip_suffix(ending));
    let stem = stem.unwrap_or(&name);
    let stem = stem.trim_end_matches(|c: char| is_separator(c) || c.is_ascii_digit());
    let hit = CHANNELS
        .iter()
        .find(|(alias, _)| ends_with_word(stem, alias));
    hit.map(|(_, channel)| *channel)
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '_' | '-' | '.' | '(' | ')' | '[' | ']')
}

/// Whether `stem` ends in `alias`, separators aside, and nothing but a separator stands before it.
fn ends_with_word(stem: &str, alias: &str) -> bool {
    let mut rest = stem.chars().rev().peekable();
    for wanted in alias.chars().rev() {
        while rest.next_if(|c| is_separator(*c)).is_some() {}
        if rest.next() != Some(wanted) {
            return false;
        }
    }
    rest.peek().is_none_or(|c| is_separator(*c))
}
