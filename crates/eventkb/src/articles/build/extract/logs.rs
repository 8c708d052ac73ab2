//! Logs that a text names, and the source that alone writes into one of them.

use super::found::Found;
use super::paths::Way;
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
    ("ad fs tracing/debug", "AD FS Tracing"),
    ("dfs replication", "DFSR"),
    ("dfsr", "DFSR"),
    ("dns server", "DNS"),
    ("file replication service", "NtFrs"),
    ("frs", "NtFrs"),
];

/// Channels whose writer is not called as they are, and what it is called, if that is one.
const OTHERWISE: &[(&str, Option<&str>)] = &[
    (
        "microsoft-windows-appxdeploymentserver",
        Some("Microsoft-Windows-AppXDeployment-Server"),
    ),
    (
        "microsoft-windows-appxpackaging",
        Some("Microsoft-Windows-AppxPackagingOM"),
    ),
    (
        "microsoft-windows-bitlocker",
        Some("Microsoft-Windows-BitLocker-API"),
    ),
    (
        "microsoft-windows-kerberos",
        Some("Microsoft-Windows-Security-Kerberos"),
    ),
    ("microsoft-windows-mbam-web", None),
    // As pages call it in which one product's name was replaced by another's.
    (
        "microsoft-windows-microsoft entra id",
        Some("Microsoft-Windows-AAD"),
    ),
    ("microsoft-windows-ntlm", None),
    (
        "microsoft-windows-user profile service",
        Some("Microsoft-Windows-User Profiles Service"),
    ),
];

/// Ends of a channel's name.
const CHANNELS: &[&str] = &[
    "/admin",
    "/analytic",
    "/audit",
    "/connectivity",
    "/debug",
    "/operational",
    "-admin",
    "-operational",
];

/// How much a name is to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// That of the source.
    Sure,
    /// As it is written, or as records have it.
    Written,
    /// Made of words: only if it is a known one.
    IfKnown,
}

/// A source that the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Writer {
    /// The log as it is written.
    pub(super) written: String,
    pub(super) name: String,
    pub(super) how: ProviderHow,
    pub(super) named: Named,
}

/// The source of an event whose article says none, where the log that the article gives is one that
/// one source alone writes into.
pub(super) fn writer(found: &Found) -> Option<Writer> {
    if let Some(log) = &found.log {
        return of_log(log, found.id).map(|(name, named)| Writer {
            written: log.clone(),
            name,
            how: ProviderHow::Field,
            named,
        });
    }
    let lead = match found.structured {
        true => roles::ending(&found.lead, 1),
        false => &found.lead,
    };
    let said = named(lead).and_then(|log| Some((of_log(&log, found.id)?, log)));
    let ((name, named), log) = match said {
        Some(said) => said,
        None if found.audited && log_of(lead).is_none() => {
            (of_log("Security", found.id)?, "Security".to_owned())
        }
        // Another log is named beside the event than that to which the way was shown.
        None if log_of(lead).is_some() => return None,
        None => of_way(found.way.as_ref()?, found.id)?,
    };
    Some(Writer {
        written: log,
        name,
        how: ProviderHow::Prose,
        named,
    })
}

/// The source at the end of a way, and the log.
fn of_way(way: &Way, id: u16) -> Option<((String, Named), String)> {
    let writer = match &way.source {
        Some(source) => otherwise(source).unwrap_or_else(|| Some(source.clone()))?,
        None => return Some((of_log(&way.log, id)?, way.log.clone())),
    };
    Some(((writer, Named::Written), way.log.clone()))
}

/// What the writer of a channel is called that has another name than the channel, if that can be told.
fn otherwise(name: &str) -> Option<Option<String>> {
    let low = name.to_lowercase();
    let (_, writer) = OTHERWISE.iter().find(|(channel, _)| *channel == low)?;
    Some(writer.map(str::to_owned))
}

fn of_log(log: &str, id: u16) -> Option<(String, Named)> {
    let low = log.trim().to_lowercase();
    if low == "security" {
        let within = |(first, last): &(u16, u16)| (*first..=*last).contains(&id);
        return match id {
            _ if AUDITS.iter().any(within) => Some((
                "Microsoft-Windows-Security-Auditing".to_owned(),
                Named::Sure,
            )),
            _ if within(&OLD_AUDITS) => Some(("Security".to_owned(), Named::Sure)),
            _ => None,
        };
    }
    if let Some((_, source)) = OF_ONE.iter().find(|(name, _)| *name == low) {
        return Some(((*source).to_owned(), Named::Sure));
    }
    let begin = CHANNELS.iter().find_map(|end| low.strip_suffix(end))?;
    let name = log.trim().get(..begin.len())?;
    if !begin.starts_with("microsoft-") {
        // "WMI-Activity/Operational", as Event Viewer shows it.
        return Some((format!("Microsoft-Windows-{name}"), Named::IfKnown));
    }
    let name = otherwise(name).unwrap_or_else(|| Some(name.to_owned()))?;
    Some((name, Named::Written))
}

/// The one log that a sentence names, if it is one of those above.
fn named(sentence: &str) -> Option<String> {
    let low = sentence.to_lowercase();
    let mut found: Vec<String> = Vec::new();
    let channels = sentence.split(|c: char| c.is_whitespace() || "()[]\"'*,;".contains(c));
    let spaced = spaced(sentence);
    found.extend(channels.filter_map(|word| {
        let word = word.trim_end_matches(['.', ':']);
        let ends = CHANNELS
            .iter()
            .any(|end| word.to_lowercase().ends_with(end));
        let part = spaced.iter().any(|log| log.ends_with(word));
        (ends && word.len() > 12 && !part).then(|| word.to_owned())
    }));
    found.extend(spaced);
    if found.is_empty() {
        found.extend(short(sentence));
    }
    let security = [
        "security log",
        "security event log",
        "security event viewer log",
        "security events",
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

/// "Microsoft-Windows-User Device Registration/Admin": a channel with words in its name.
fn spaced(sentence: &str) -> Option<String> {
    let begin = sentence.find("Microsoft-Windows-")?;
    let rest = sentence.get(begin..)?;
    let low = rest.to_ascii_lowercase();
    let end = CHANNELS
        .iter()
        .filter(|end| end.starts_with('/'))
        .filter_map(|end| Some(low.find(end)? + end.len()))
        .min()?;
    let name = rest.get(..end)?;
    let sound = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '/');
    (end <= 80 && name.contains(' ') && name.chars().all(sound)).then(|| name.to_owned())
}

/// "in the CAPI2 log": one of Windows' own under the name that Event Viewer shows.
fn short(sentence: &str) -> Option<String> {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let log = |word: &str| {
        let word = word.trim_end_matches(['.', ',', ':', ';', ')']);
        ["log", "logs"].contains(&word)
    };
    words.iter().enumerate().find_map(|(at, word)| {
        let before = log(word).then(|| at.checked_sub(1)).flatten()?;
        let before = match *words.get(before)? {
            "event" | "Event" | "Operational" | "operational" | "Admin" | "admin" => {
                before.checked_sub(1)?
            }
            _ => before,
        };
        let name = words
            .get(before)?
            .trim_matches(|c: char| !c.is_alphanumeric());
        // No word of the language is written so.
        let odd = name
            .chars()
            .skip(1)
            .any(|c| c.is_uppercase() || c.is_ascii_digit() || c == '-');
        (odd && name.len() >= 4).then(|| format!("{name}/Operational"))
    })
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
            (
                7,
                "in Contoso-Agent/Operational",
                Some("Microsoft-Windows-Contoso-Agent"),
            ),
            (
                7,
                "in Microsoft-Windows-Contoso Agent/Admin.",
                Some("Microsoft-Windows-Contoso Agent"),
            ),
            (
                7,
                "logged in the CAPI2 event log",
                Some("Microsoft-Windows-CAPI2"),
            ),
            (7, "logged in the Server log", None),
            (13516, "in the FRS event log", Some("NtFrs")),
            (
                9,
                "in Microsoft-Windows-Kerberos/Operational",
                Some("Microsoft-Windows-Security-Kerberos"),
            ),
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

    #[test]
    fn what_the_way_says() {
        let way = Way {
            log: "Microsoft-Windows-CAPI2/Operational".into(),
            source: Some("Microsoft-Windows-CAPI2".into()),
        };
        for (lead, wanted) in [
            ("Look for event 30.", Some("Microsoft-Windows-CAPI2")),
            ("Event 30 in the System log.", None),
        ] {
            let found = Found {
                id: 30,
                lead: lead.into(),
                way: Some(way.clone()),
                ..Found::default()
            };
            assert_eq!(writer(&found).map(|w| w.name).as_deref(), wanted, "{lead}");
        }
    }
}
