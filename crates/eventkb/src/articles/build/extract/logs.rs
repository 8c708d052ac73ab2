//! Logs that a text names, and the source that alone writes into one of them.

use super::found::Found;
use super::roles;
use crate::articles::model::ProviderHow;

/// Numbers of the Security log's events since Windows Vista. What else writes there has others.
const AUDITS: &[(u16, u16)] = &[
    (4608, 5180),
    (5376, 5379),
    (5440, 5485),
    (5632, 5633),
    (5712, 5712),
    (5888, 5890),
    (6144, 6145),
    (6272, 6281),
    (6400, 6425),
];

/// And before Windows Vista.
const OLD_AUDITS: (u16, u16) = (512, 861);

/// Logs of one source each, as texts name them in small letters, with the source.
const OF_ONE: &[(&str, &str)] = &[
    ("ad fs", "AD FS"),
    ("ad fs admin", "AD FS"),
    ("ad fs/admin", "AD FS"),
    ("ad fs 2.0", "AD FS 2.0"),
    ("ad fs 2.0/admin", "AD FS 2.0"),
    ("dfs replication", "DFSR"),
    ("dns server", "DNS"),
    ("file replication service", "NtFrs"),
];

/// Channels whose writer is not called as they are.
const OTHERWISE: &[&str] = &["microsoft-windows-ntlm"];

/// Ends of a channel's name.
const CHANNELS: &[&str] = &["/admin", "/analytic", "/audit", "/debug", "/operational"];

/// A source that the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Writer {
    /// The log as it is written.
    pub(super) written: String,
    pub(super) name: String,
    pub(super) how: ProviderHow,
    /// Whether the name must be a known one: it was made of the channel's.
    pub(super) of_channel: bool,
}

/// The source of an event whose article says none, where the log that the article gives is one that
/// one source alone writes into.
pub(super) fn writer(found: &Found) -> Option<Writer> {
    if let Some(log) = &found.log {
        return of_log(log, found.id).map(|(name, of_channel)| Writer {
            written: log.clone(),
            name,
            how: ProviderHow::Field,
            of_channel,
        });
    }
    let lead = match found.structured {
        true => roles::ending(&found.lead, 1),
        false => &found.lead,
    };
    let log = named(lead)?;
    let (name, of_channel) = of_log(&log, found.id)?;
    Some(Writer {
        written: log,
        name,
        how: ProviderHow::Prose,
        of_channel,
    })
}

fn of_log(log: &str, id: u16) -> Option<(String, bool)> {
    let low = log.trim().to_lowercase();
    if low == "security" {
        let within = |(first, last): &(u16, u16)| (*first..=*last).contains(&id);
        return match id {
            _ if AUDITS.iter().any(within) => {
                Some(("Microsoft-Windows-Security-Auditing".to_owned(), false))
            }
            _ if within(&OLD_AUDITS) => Some(("Security".to_owned(), false)),
            _ => None,
        };
    }
    if let Some((_, source)) = OF_ONE.iter().find(|(name, _)| *name == low) {
        return Some(((*source).to_owned(), false));
    }
    let begin = CHANNELS.iter().find_map(|end| low.strip_suffix(end))?;
    let sound = begin.starts_with("microsoft-windows-") && !OTHERWISE.contains(&begin);
    let name = log.trim().get(..begin.len())?;
    sound.then(|| (name.to_owned(), true))
}

/// The one log that a sentence names, if it is one of those above.
fn named(sentence: &str) -> Option<String> {
    let low = sentence.to_lowercase();
    let mut found: Vec<String> = Vec::new();
    let channels = sentence.split(|c: char| c.is_whitespace() || "()[]\"'*,;".contains(c));
    found.extend(channels.filter_map(|word| {
        let word = word.trim_end_matches(['.', ':']);
        let ends = CHANNELS
            .iter()
            .any(|end| word.to_lowercase().ends_with(end));
        (ends && word.len() > 12).then(|| word.to_owned())
    }));
    let security = [
        "security log",
        "security event log",
        "security event viewer log",
    ];
    if security.iter().any(|words| low.contains(words)) {
        found.push("Security".to_owned());
    }
    for (name, _) in OF_ONE {
        let is_said = ["log", "event log"]
            .iter()
            .any(|log| low.contains(&format!("{name} {log}")));
        if is_said && !found.iter().any(|one| one.eq_ignore_ascii_case(name)) {
            found.push((*name).to_owned());
        }
    }
    // "in the Security log and in the System log": it cannot be told which is meant.
    let others = [
        "system log",
        "system event log",
        "application log",
        "application event log",
    ];
    let others = others.iter().any(|words| low.contains(words));
    match found.as_slice() {
        [one] if !others => Some(one.clone()),
        _ => None,
    }
}

/// The log that a sentence names.
pub(super) fn log_of(lead: &str) -> Option<String> {
    let low = lead.to_ascii_lowercase();
    let named = [
        ("application", "Application"),
        ("system", "System"),
        ("security", "Security"),
        ("directory service", "Directory Service"),
        ("directory services", "Directory Service"),
        ("dns server", "DNS Server"),
        ("file replication service", "File Replication Service"),
        ("operations manager", "Operations Manager"),
    ];
    let found = named.iter().find(|(word, _)| {
        [
            "log",
            "event log",
            "section of event viewer",
            "log file",
            "logs",
        ]
        .iter()
        .any(|log| low.contains(&format!("{word} {log}")))
    });
    found.map(|(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(id: u16, lead: &str) -> Option<String> {
        let found = Found {
            id,
            lead: lead.into(),
            ..Found::default()
        };
        writer(&found).map(|writer| writer.name)
    }

    #[test]
    fn what_the_log_says() {
        for (id, lead, wanted) in [
            (
                4771,
                "Event ID 4771 is logged in the Security log.",
                Some("Microsoft-Windows-Security-Auditing"),
            ),
            (
                537,
                "Event 537 in the Security event log.",
                Some("Security"),
            ),
            (5719, "Event 5719 in the Security log.", None),
            (4771, "Event ID 4771 is logged in the System log.", None),
            (
                4771,
                "4771 in the Security log, 5719 in the System log.",
                None,
            ),
            (
                2213,
                "the DFS Replication event log has event 2213",
                Some("DFSR"),
            ),
            (
                30,
                "in the Microsoft-Windows-CAPI2/Operational log.",
                Some("Microsoft-Windows-CAPI2"),
            ),
            (8004, "in Microsoft-Windows-NTLM/Operational", None),
            (7, "in Contoso/Operational", None),
        ] {
            assert_eq!(source(id, lead).as_deref(), wanted, "{lead}");
        }
        let field = Found {
            id: 4625,
            log: Some("Security".into()),
            ..Found::default()
        };
        let writer = writer(&field).unwrap();
        assert_eq!(writer.how, ProviderHow::Field);
        assert_eq!(writer.written, "Security");
    }
}
