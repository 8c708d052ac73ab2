//! The way to a log in Event Viewer: "Applications and Services Logs > Microsoft > Windows > CAPI2 >
//! Operational", however its steps are parted and whatever is to be clicked between them.

/// Bytes behind the first step in which the others stand.
const LONGEST: usize = 240;

/// Words of a step.
const MOST_WORDS: usize = 6;

/// The last step of a way into a folder of several logs.
const LOGS: &[&str] = &[
    "admin",
    "analytic",
    "audit",
    "connectivity",
    "debug",
    "diagnostic",
    "operational",
];

/// A log at the end of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    /// `Microsoft-Windows-CAPI2/Operational`, `AD FS/Admin`.
    pub(super) log: String,
    /// What of it is the name of those who write there, unless it is one of the logs that several do.
    pub(super) source: Option<String>,
}

/// The logs to which a text shows the way.
pub(super) fn shown(text: &str) -> Vec<Way> {
    // Most paragraphs show none.
    if !text.contains("ervice") && !text.contains("icrosoft") {
        return Vec::new();
    }
    let low = text.to_ascii_lowercase();
    let mut found: Vec<Way> = Vec::new();
    let mut from = 0;
    while let Some((at, full)) = next_begin(&low, from) {
        from = at;
        let rest = text.get(at..).unwrap_or_default();
        let end = full_begin(&low, at).map_or(rest.len(), |next| next - at);
        let end = (0..=end.min(LONGEST))
            .rev()
            .find(|end| rest.is_char_boundary(*end));
        let rest = rest.get(..end.unwrap_or(0)).unwrap_or_default();
        // What stands behind in a sentence is no step: "the application and service log it".
        let sign = rest.trim_start_matches([' ', '*', '"', '`', '_']);
        let direct = sign.starts_with(['>', '\\', '/', '\u{bb}', '\u{2192}']);
        let found_way = way(&steps(rest), full).filter(|way| direct || way.source.is_some());
        let Some(way) = found_way else {
            continue;
        };
        if !found.contains(&way) {
            found.push(way);
        }
    }
    found
}

/// Where the steps begin behind a byte, and whether the first one, which is always the same, was there.
fn next_begin(low: &str, from: usize) -> Option<(usize, bool)> {
    let full = full_begin(low, from).map(|at| (at, true));
    let short = short_begin(low, from).map(|at| (at, false));
    full.into_iter().chain(short).min_by_key(|(at, _)| *at)
}

/// Behind "Applications and Services Logs".
fn full_begin(low: &str, from: usize) -> Option<usize> {
    let rest = low.get(from..)?;
    let of = |words: &'static str| {
        rest.match_indices(words).find_map(|(at, _)| {
            let before = rest.get(..at)?.trim_end();
            let joint = before
                .strip_suffix("and")
                .or_else(|| before.strip_suffix('&'))?
                .trim_end();
            let named = joint.ends_with("application") || joint.ends_with("applications");
            let end = at + words.len();
            let end = end + usize::from(rest.get(end..)?.starts_with('s'));
            named.then_some(from + end)
        })
    };
    ["services log", "service log"]
        .into_iter()
        .filter_map(of)
        .min()
}

/// Behind "Microsoft/Windows/" in "Microsoft/Windows/CAPI2/Operational".
fn short_begin(low: &str, from: usize) -> Option<usize> {
    let rest = low.get(from..)?;
    let of = |words: &'static str| {
        rest.match_indices(words).find_map(|(at, _)| {
            let own = at == 0 || rest.get(..at)?.ends_with(['\\', '/', ' ', '>', '"']);
            own.then_some(from + at + words.len())
        })
    };
    [
        "microsoft/windows/",
        "microsoft\\windows\\",
        "microsoft > windows > ",
    ]
    .into_iter()
    .filter_map(of)
    .min()
}

/// What is to be done between the steps.
const VERBS: &[&str] = &[
    "and ",
    "browse to ",
    "choose ",
    "click ",
    "double-click ",
    "expand ",
    "folder ",
    "go to ",
    "navigate to ",
    "open ",
    "right-click ",
    "select ",
    "the ",
    "then ",
    "to ",
    "under ",
];

/// Behind these the sentence goes on.
const ENDS: &[&str] = &[
    ". ",
    " and ",
    " as ",
    " channel",
    " event",
    " folder",
    " for ",
    " if ",
    " in ",
    " log",
    " node",
    " on ",
    " path",
    " section",
    " that",
    " to ",
    " where",
    " with ",
    ": ",
    "; ",
    " (",
    " \u{2013} ",
];

/// Names with words in them that end a step.
const WHOLE: &[&str] = &["Windows Firewall With Advanced Security"];

/// The steps up to the end of the way.
fn steps(rest: &str) -> Vec<String> {
    let rest = rest.replace(" and then ", ", ").replace(" then ", ", ");
    let mut steps = Vec::new();
    for piece in rest.split(['>', '\\', '/', '\u{bb}', '\u{2192}', ',', '|']) {
        let outside = |c: char| {
            c.is_whitespace() || "*\"'`-_[]()\u{201c}\u{201d}\u{e000}\u{e001}".contains(c)
        };
        let mut step = piece.trim_matches(outside);
        while let Some(inner) = VERBS.iter().find_map(|verb| {
            let begin = step.get(..verb.len())?;
            begin
                .eq_ignore_ascii_case(verb)
                .then(|| step.get(verb.len()..))
                .flatten()
        }) {
            step = inner.trim_matches(outside);
        }
        if step.is_empty() {
            // "Logs**, click" has nothing between two marks.
            continue;
        }
        let whole = WHOLE.iter().find(|name| {
            step.get(..name.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(name))
        });
        if let Some(name) = whole {
            steps.push((*name).to_owned());
            break;
        }
        let padded = format!("{step} ");
        let end = ENDS.iter().filter_map(|end| padded.find(end)).min();
        let name = step
            .get(..end.unwrap_or(step.len()).min(step.len()))
            .unwrap_or_default();
        let name = name.trim_end_matches(['.', ':', ';']).trim_matches(outside);
        let words = name.split_whitespace().count();
        let named = name.starts_with(char::is_alphanumeric) && words <= MOST_WORDS;
        if !named {
            break;
        }
        steps.push(name.to_owned());
        if end.is_some() || step.ends_with('.') {
            break;
        }
    }
    steps
}

/// `full`: the steps stand behind "Applications and Services Logs", else behind "Microsoft > Windows".
fn way(steps: &[String], full: bool) -> Option<Way> {
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    let is =
        |step: Option<&&str>, word: &str| step.is_some_and(|step| step.eq_ignore_ascii_case(word));
    let is_log = |step: &&&str| LOGS.contains(&step.to_ascii_lowercase().as_str());
    let rest = match (
        full,
        is(steps.first(), "microsoft"),
        is(steps.get(1), "windows"),
    ) {
        (false, ..) => steps.as_slice(),
        (true, true, true) => steps.get(2..)?,
        (true, true, false) => {
            let names: Vec<&str> = steps
                .iter()
                .take_while(|step| !is_log(step))
                .copied()
                .collect();
            let log = steps.get(names.len()).filter(is_log)?;
            let source = names.join("-");
            return (names.len() >= 2).then(|| Way {
                log: format!("{source}/{log}"),
                source: Some(source),
            });
        }
        (true, false, _) => {
            let first = steps.first()?;
            let log = steps.get(1).filter(is_log);
            let log = log.map_or_else(|| (*first).to_owned(), |log| format!("{first}/{log}"));
            return Some(Way { log, source: None });
        }
    };
    let name = rest.first()?;
    let log = rest.get(1).filter(is_log);
    // Elsewhere in a path the same two steps lead to keys of the registry and to tasks.
    if !full && log.is_none() || name.len() < 3 {
        return None;
    }
    let source = format!("Microsoft-Windows-{name}");
    let log = log.map_or_else(|| source.clone(), |log| format!("{source}/{log}"));
    Some(Way {
        log,
        source: Some(source),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_to_logs() {
        for (text, wanted) in [
            (
                "in Applications and Services Logs > Microsoft > Windows > CAPI2 > Operational, look",
                "Microsoft-Windows-CAPI2/Operational",
            ),
            (
                r"under Application and Services Logs\\Microsoft\\Windows, click AppLocker.",
                "Microsoft-Windows-AppLocker",
            ),
            (
                "Open Application and Service Logs/Microsoft/Windows/Win32k/Operational",
                "Microsoft-Windows-Win32k/Operational",
            ),
            (
                "expand Applications and Services Logs, expand Microsoft, expand Windows, and then click Task Scheduler.",
                "Microsoft-Windows-Task Scheduler",
            ),
            (
                "see Applications and Services Logs\\AD FS\\Admin for event 364",
                "AD FS/Admin",
            ),
            (
                "go to **Applications and Services Logs** > **Microsoft** > **Contoso** > **Agent** > **Admin**",
                "Microsoft-Contoso-Agent/Admin",
            ),
            (
                "in the Microsoft/Windows/Contoso/Operational log",
                "Microsoft-Windows-Contoso/Operational",
            ),
            (
                "Applications and Services Logs > Skype Room System in Event Viewer",
                "Skype Room System",
            ),
        ] {
            let found = shown(text);
            assert_eq!(
                found.first().map(|way| way.log.as_str()),
                Some(wanted),
                "{text}"
            );
            assert_eq!(found.len(), 1, "{text}");
        }
        for text in [
            r"HKLM\Software\Microsoft\Windows\CurrentVersion",
            "The application and service log it",
            "Task Scheduler > Microsoft > Windows > Contoso",
            "Applications and Services Logs",
        ] {
            assert_eq!(shown(text), vec![], "{text}");
        }
    }
}
