//! The same events give the same verdicts from every form of export that carries their strings.

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use common::written;
use eventkb_testkit::dialects::Dialect;
use eventkb_testkit::evtx::EvtxWriter;
use eventkb_testkit::scenario::{Attempt, START, background, mixed, three_calls};
use eventkb_testkit::{EventSpec, Rendering};
use serde_json::Value;

/// Writes one log of one host.
pub(crate) type Form = fn(&[EventSpec]) -> Vec<u8>;

pub(crate) const FORMS: &[(&str, Form)] = &[
    ("evtx", |events| EvtxWriter::new().write(events)),
    ("xml, saved by Event Viewer", |events| {
        written::xml_of_event_viewer(events).into_bytes()
    }),
    ("xml, wevtutil redirected by PowerShell", |events| {
        written::xml_of_wevtutil(events)
    }),
    ("json, evtx_dump", |events| {
        written::json_of_evtx_dump(events).into_bytes()
    }),
    ("json, our own lines", |events| {
        written::json_lines(events).into_bytes()
    }),
    ("clixml, Get-EventLog", |events| {
        written::clixml(events).into_bytes()
    }),
    ("csv, LogParser", |events| {
        let mut text = "EventLog,RecordNumber,TimeGenerated,EventID,EventType,EventCategory,SourceName,Strings,ComputerName\n".to_owned();
        for event in events {
            let time = event.time.to_rfc3339();
            let (time, kind) = (time[..19].replace('T', " "), kind(event).1);
            let (log, id, strings) = (&event.channel, event.event_id, event.strings.join("|"));
            let (source, computer, task) = (&event.provider, &event.computer, event.task);
            let _ = writeln!(
                text,
                "{log},1,{time},{id},{kind},{task},{source},\"{strings}\",{computer}"
            );
        }
        text.into_bytes()
    }),
    ("csv, collectors of Microsoft support", |events| {
        let mut text =
            "Date,Time,Type/Level,Computer Name,Event Code,Source,Task Category,Description\r\n"
                .to_owned();
        for event in events {
            let time = event.time.to_rfc3339();
            let date = format!("{}/{}/{}", &time[5..7], &time[8..10], &time[..4]);
            let hour: u32 = time[11..13].parse().expect("an hour");
            let half = if hour < 12 { "AM" } else { "PM" };
            let clock = format!("{:02}{} {half}", (hour + 11) % 12 + 1, &time[13..19]);
            let (kind, computer, source) = (kind(event).0, &event.computer, &event.provider);
            let (id, task, strings) = (event.event_id, event.task, event.strings.join(", "));
            let _ = write!(
                text,
                "{date},{clock},{kind},{computer},{id},{source},({task}),\"{{{strings}}}\"\r\n"
            );
        }
        text.into_bytes()
    }),
];

/// How a log is written.
enum Written {
    Form(Form),
    Dialect(Dialect),
}

impl Written {
    fn write(&self, events: &[EventSpec]) -> Vec<u8> {
        match self {
            Written::Form(write) => write(events),
            Written::Dialect(dialect) => {
                let events = events.iter().cloned().zip(1..);
                let events: Vec<EventSpec> = events.map(|(e, id)| e.record_id(id)).collect();
                dialect.write(&events).into_bytes()
            }
        }
    }
}

/// Dialects that keep all values of an event, whatever is in them, and its log; one that joins values
/// with a sign loses those which hold it, and where no log is named, nothing says what is missing.
fn with_strings(dialect: Dialect) -> bool {
    let joined = [
        Dialect::EvtxEcmdCsv,
        Dialect::EvtxEcmdJson,
        Dialect::Wmic,
        Dialect::WmicList,
        Dialect::FormatList,
        // Behind the first event a text may hold XML as well: no verdict above `possible` rests on it.
        Dialect::CopiedWithXml,
    ];
    let kept = dialect.keeps();
    kept.strings && kept.channel && !joined.contains(&dialect)
}

/// The word and the number of a classic event type.
fn kind(event: &EventSpec) -> (&'static str, u8) {
    match event.level {
        2 => ("Error", 1),
        3 => ("Warning", 2),
        _ => ("Information", 4),
    }
}

/// The logs of each host, for some cases and for those of `EVENTKB_SHARED`.
fn cases() -> Vec<(String, Vec<Vec<EventSpec>>)> {
    let own = own_cases().into_iter();
    let shared = common::shared_cases().into_iter().map(|case| {
        let logs = case.logs().into_iter().map(|(_, events)| events);
        (case.name.clone(), logs.collect())
    });
    own.map(|(case, logs)| (case.to_owned(), logs))
        .chain(shared)
        .collect()
}

fn own_cases() -> Vec<(&'static str, Vec<Vec<EventSpec>>)> {
    let (caller, called) = three_calls();
    vec![
        (
            "one server",
            vec![mixed(
                Attempt::on_one_computer(START).events(),
                background(1, "SEATTLE"),
            )],
        ),
        (
            "two servers",
            vec![
                mixed(caller.clone(), background(3, "SEATTLE")),
                mixed(called, background(4, "PORTLAND")),
            ],
        ),
        ("caller only", vec![mixed(caller, background(5, "SEATTLE"))]),
    ]
}

#[test]
fn every_export_gives_the_same_verdicts() {
    for (case, logs) in cases() {
        let mut first: Option<Value> = None;
        let forms = FORMS
            .iter()
            .map(|(form, write)| ((*form).to_owned(), Written::Form(*write)));
        let dialects = Dialect::ALL
            .into_iter()
            .filter(|dialect| with_strings(*dialect))
            .map(|dialect| (format!("{dialect:?}"), Written::Dialect(dialect)));
        for (form, written) in forms.chain(dialects) {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("exports-{case}"));
            // It may be there from an earlier run.
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).expect("a folder");
            for (at, events) in logs.iter().enumerate() {
                // Tables do not name their log; the names that collectors give them do.
                let path = folder.join(format!("{at}_evt_Application.txt"));
                fs::write(path, written.write(events)).expect("written");
            }
            let report = common::scan_built_in(std::slice::from_ref(&folder));
            let events: usize = logs.iter().map(Vec::len).sum();
            assert_eq!(report.totals.records_read, events as u64, "{case}: {form}");
            assert_eq!(report.totals.records_lost, 0, "{case}: {form}");
            let mut short = common::in_short(&report, &folder)["findings"].take();
            for finding in short.as_array_mut().expect("findings") {
                // What an export lacks may be a doubt of its own.
                finding["doubts"].take();
            }
            let findings = short.as_array().into_iter().flatten();
            let found = findings.into_iter().any(|f| f["id"] == "Q253307");
            // The cases from outside have names for what must be found, P, and what must not, N.
            assert!(found || case.starts_with('N'), "{case}: {form}: {short:#}");
            match &first {
                None => first = Some(short),
                Some(first) => assert_eq!(first, &short, "{case}: {form}"),
            }
        }
    }
}

/// What the message says where the strings are missing: as the article's events read.
fn message(event: &EventSpec) -> String {
    if let Some(rendering) = &event.rendering {
        return rendering.message.clone();
    }
    let mut strings = event.strings.clone();
    strings.resize(10, String::new());
    let s = |n: usize| strings[n - 1].as_str();
    let rest = |from: usize| strings[from - 1..event.strings.len()].join(" ");
    match event.event_id {
        9311 => format!(
            "A RAS communications error occurred for gateway {}. RAS error code returned: {}. \
             RAS Table index: {}. [{}] (12)",
            s(1),
            s(2),
            s(3),
            rest(4)
        ),
        9316 => format!(
            "An RPC communications error occurred. Locality table (LTAB) index: {}. \
             Windows NT error: {}. [{}] (14)",
            s(1),
            s(2),
            rest(3)
        ),
        9322 => format!(
            "An MtaBindBack over RPC has failed. Locality Table (LTAB) index: {}, \
             NT/MTA error code: {}. [{}] (14)",
            s(1),
            s(2),
            rest(7)
        ),
        289 => format!(
            "A connection to {} could not be opened. [{}] (12)",
            s(1),
            rest(2)
        ),
        1294 => format!(
            "An association with entity {} ended abnormally. [{}] (10)",
            s(1),
            rest(2)
        ),
        id => format!("A made up text of event {id}."),
    }
}

/// Rows of Event Viewer's table: a heading, the word for a warning, dates in this form.
fn viewer(events: &[EventSpec], heading: &str, word: &str, date: fn(&str) -> String) -> String {
    let row = |event: &EventSpec| {
        let (time, text) = (date(&event.time.to_rfc3339()), message(event));
        let (source, id) = (&event.provider, event.event_id);
        format!("{word},{time},{source},{id},None,\"{text}\"\r\n")
    };
    format!(
        "{heading}\r\n{}",
        events.iter().map(row).collect::<String>()
    )
}

/// Windows NT's Event Viewer: no heading, tabs.
fn classic(events: &[EventSpec], word: &str, date: fn(&str) -> String) -> String {
    let row = |event: &EventSpec| {
        let time = event.time.to_rfc3339();
        let fields = [
            &date(&time),
            &time[11..19],
            &event.provider,
            word,
            "Interface",
            &event.event_id.to_string(),
            "N/A",
            &event.computer,
            &message(event),
        ];
        fields.join("\t") + "\r\n"
    };
    events.iter().map(row).collect()
}

const TEXTS: &[(&str, Form)] = &[
    ("wevtutil", |events| {
        let block = |(n, event): (usize, &EventSpec)| {
            format!(
                "Event[{n}]:\r\n  Log Name: {}\r\n  Source: {}\r\n  Date: {}\r\n  Event ID: {}\r\n  \
                 Task: Interface\r\n  Level: Warning\r\n  Opcode: N/A\r\n  Keyword: Classic\r\n  \
                 User: N/A\r\n  User Name: N/A\r\n  Computer: {}\r\n  Description: \r\n{}\r\n\r\n",
                event.channel,
                event.provider,
                &event.time.to_rfc3339()[..23],
                event.event_id,
                event.computer,
                message(event)
            )
        };
        written::utf16(&events.iter().enumerate().map(block).collect::<String>())
    }),
    ("Event Viewer, English", |events| {
        let heading = "\u{feff}Level,Date and Time,Source,Event ID,Task Category";
        let date = |time: &str| {
            format!(
                "{}/{}/{} {}",
                &time[5..7],
                &time[8..10],
                &time[..4],
                &time[11..19]
            )
        };
        viewer(events, heading, "Warning", date).into_bytes()
    }),
    ("Event Viewer, French, Latin 1", |events| {
        let heading = "Niveau,Date et heure,Source,ID de l'\u{e9}v\u{e9}nement,Cat\u{e9}gorie de la t\u{e2}che";
        let date = |time: &str| {
            format!(
                "{}/{}/{} {}",
                &time[8..10],
                &time[5..7],
                &time[..4],
                &time[11..19]
            )
        };
        let text = viewer(events, heading, "Avertissement", date);
        text.chars().map(|c| c as u8).collect()
    }),
    ("Event Viewer, Japanese", |events| {
        let heading = "\u{feff}レベル,日付と時刻,ソース,イベント ID,タスクのカテゴリ";
        let date = |time: &str| {
            format!(
                "{}/{}/{} {}",
                &time[..4],
                &time[5..7],
                &time[8..10],
                &time[11..19]
            )
        };
        viewer(events, heading, "警告", date).into_bytes()
    }),
    ("Windows NT 4.0, English", |events| {
        let date = |time: &str| format!("{}/{}/{}", &time[5..7], &time[8..10], &time[2..4]);
        classic(events, "Warning", date).into_bytes()
    }),
    ("Windows NT 4.0, German", |events| {
        let date = |time: &str| format!("{}.{}.{}", &time[8..10], &time[5..7], &time[2..4]);
        classic(events, "Warnung", date).into_bytes()
    }),
    ("Windows 2000, Japanese", |events| {
        let date = |time: &str| format!("{}/{}/{}", &time[..4], &time[5..7], &time[8..10]);
        written::utf16(&classic(events, "警告", date))
    }),
];

/// Values are read from the text where a signature says how, and the finding says so; where the
/// text does not have them, nothing is claimed.
#[test]
fn texts_alone_give_what_they_hold() {
    let on_one: Vec<EventSpec> = Attempt::on_one_computer(START).events();
    let mute: Vec<EventSpec> = on_one
        .iter()
        .map(|event| EventSpec {
            rendering: Some(Rendering::english("Ein Fehler trat auf.", "Warning", "")),
            ..event.clone()
        })
        .collect();
    for (form, write) in TEXTS {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exports-texts");
        let scanned = |bytes: Vec<u8>| {
            // It may be there from an earlier run.
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(folder.join("export.txt"), bytes).expect("written");
            common::scan_built_in(std::slice::from_ref(&folder))
        };
        let report = scanned(write(&on_one));
        assert_eq!(report.totals.records_read, 5, "{form}");
        let best = report.best().unwrap_or_else(|| panic!("{form}: nothing"));
        let seen = (best.signature.id.as_str(), best.verdict.as_str());
        assert_eq!(seen, ("Q253307", "match"), "{form}");
        assert_eq!(best.cause.state.as_str(), "unknown", "{form}");
        for symptom in &best.symptoms {
            assert_eq!(symptom.state.as_str(), "found", "{form}: {}", symptom.id);
            let from_text = symptom.citations.iter().all(|c| c.from_text);
            assert!(
                from_text && !symptom.citations.is_empty(),
                "{form}: {}",
                symptom.id
            );
        }

        let report = scanned(write(&mute));
        let best = report.best().unwrap_or_else(|| panic!("{form}: nothing"));
        assert_eq!(best.verdict.as_str(), "possible", "{form}");
        for id in ["rpc_error", "bind_back"] {
            let symptom = best.symptoms.iter().find(|s| s.id == id).expect(id);
            assert_eq!(symptom.state.as_str(), "not_checkable", "{form}: {id}");
            let absence = symptom.absence.as_ref();
            assert_eq!(
                absence,
                Some(&eventkb::report::Absence::NoValues),
                "{form}: {id}"
            );
        }
    }
}
