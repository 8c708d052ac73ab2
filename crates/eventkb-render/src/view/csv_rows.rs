//! CSV: findings with their evidence, and events, in columns of the same names.
//!
//! RFC 4180 by the crate `csv`. What a spreadsheet would compute is made harmless here, and nowhere
//! else.

use eventkb::report::{Citation, Finding, Report, SymptomReport};
use jiff::Timestamp;

use super::Reader;
use super::events::{EventRow, text};
use crate::Clean;
use crate::words::{event as said, verdict};

/// The columns of [`event_csv`]; [`FINDING_COLUMNS`] ends with them.
pub const EVENT_COLUMNS: [&str; 12] = [
    "time",
    "level",
    "provider",
    "event_id",
    "channel",
    "computer",
    "record_id",
    "text",
    "strings",
    "named",
    "file",
    "trust",
];

/// The columns of [`finding_rows`].
pub const FINDING_COLUMNS: [&str; 22] = [
    "row",
    "finding",
    "title",
    "standing",
    "verdict",
    "cause",
    "symptom",
    "state",
    "count",
    "last",
    "time",
    "level",
    "provider",
    "event_id",
    "channel",
    "computer",
    "record_id",
    "text",
    "strings",
    "named",
    "file",
    "trust",
];

/// The first row, with its line end.
pub fn csv_header(columns: &[&str]) -> String {
    line(columns.iter().map(|column| (*column).to_owned()))
}

/// One record as a row, with its line end. Times are RFC 3339 in UTC.
pub fn event_csv(row: &EventRow) -> String {
    let event = &row.event;
    let named: Vec<(&str, &str)> = event
        .named
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    line([
        time(event.time),
        said::level(event.level).to_owned(),
        event.provider.clone(),
        event.event_id.to_string(),
        event.channel.clone().unwrap_or_default(),
        event.computer.clone().unwrap_or_default(),
        number(event.record_id),
        text(row),
        event.strings.as_ref().map_or_else(String::new, list),
        if named.is_empty() {
            String::new()
        } else {
            list(&named)
        },
        event.file.to_string(),
        event.trust.as_str().to_owned(),
    ])
}

/// All findings as rows under [`FINDING_COLUMNS`]: for each one of the kind `finding`, then one of
/// the kind `symptom` for each symptom, found or not, and behind it those of the kind `evidence`,
/// one for each record that is cited. With [`Detail::Summary`](super::Detail::Summary) only the
/// first kind.
pub fn finding_rows(report: &Report, reader: &Reader) -> String {
    let mut out = csv_header(&FINDING_COLUMNS);
    for finding in &report.findings {
        out.push_str(&finding_row(finding, reader).line());
        if reader.detail == super::Detail::Summary {
            continue;
        }
        for symptom in &finding.symptoms {
            out.push_str(&symptom_row(finding, symptom).line());
            for citation in &symptom.citations {
                out.push_str(&evidence_row(finding, symptom, citation).line());
            }
        }
    }
    out
}

/// One row under [`FINDING_COLUMNS`]: what is not set stays empty.
#[derive(Default)]
struct Row {
    kind: &'static str,
    /// Finding, title, standing, verdict, cause.
    of: [String; 5],
    symptom: String,
    state: &'static str,
    count: Option<u64>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    provider: String,
    event_id: Option<u64>,
    computer: String,
    record_id: Option<u64>,
    text: String,
    strings: String,
    file: String,
    trust: &'static str,
}

impl Row {
    fn line(self) -> String {
        let [finding, title, standing, verdict, cause] = self.of;
        line([
            self.kind.to_owned(),
            finding,
            title,
            standing,
            verdict,
            cause,
            self.symptom,
            self.state.to_owned(),
            number(self.count),
            time(self.last),
            time(self.first),
            String::new(),
            self.provider,
            number(self.event_id),
            String::new(),
            self.computer,
            number(self.record_id),
            self.text,
            self.strings,
            String::new(),
            self.file,
            self.trust.to_owned(),
        ])
    }
}

fn of(finding: &Finding) -> [String; 5] {
    [
        finding.signature.id.clone(),
        finding.signature.title.clone(),
        finding.standing.as_str().to_owned(),
        finding.verdict.as_str().to_owned(),
        finding.cause.state.as_str().to_owned(),
    ]
}

fn finding_row(finding: &Finding, reader: &Reader) -> Row {
    Row {
        kind: "finding",
        of: of(finding),
        count: Some(finding.occurrences),
        first: finding.first,
        last: finding.last,
        computer: finding.computers.join("; "),
        text: verdict::why(finding, &reader.zone),
        ..Row::default()
    }
}

fn symptom_row(finding: &Finding, symptom: &SymptomReport) -> Row {
    Row {
        kind: "symptom",
        of: of(finding),
        symptom: symptom.id.clone(),
        state: symptom.state.as_str(),
        count: Some(symptom.count),
        first: symptom.first,
        last: symptom.last,
        provider: symptom.provider.clone(),
        event_id: Some(symptom.event_id.into()),
        text: symptom.description.clone(),
        ..Row::default()
    }
}

fn evidence_row(finding: &Finding, symptom: &SymptomReport, citation: &Citation) -> Row {
    Row {
        kind: "evidence",
        of: of(finding),
        symptom: symptom.id.clone(),
        state: symptom.state.as_str(),
        first: citation.time,
        provider: symptom.provider.clone(),
        event_id: Some(symptom.event_id.into()),
        computer: citation.computer.clone().unwrap_or_default(),
        record_id: citation.record_id,
        strings: list(&citation.strings),
        file: citation.file.clone(),
        trust: citation.trust.as_str(),
        ..Row::default()
    }
}

fn time(time: Option<Timestamp>) -> String {
    time.map_or_else(String::new, |time| time.to_string())
}

fn number(number: Option<u64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

/// A list as JSON. What would be changed to be harmless is an escape of JSON in it, so that it is read back as
/// it was.
fn list(values: &impl serde::Serialize) -> String {
    let json = serde_json::to_string(values).unwrap_or_default();
    let json = crate::safe_json(&json);
    let mut out = String::with_capacity(json.len());
    let mut begins = false;
    for c in json.chars() {
        if begins && matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
        begins = c == ';' || begins && c == ' ';
    }
    out
}

/// A row with its line end.
fn line(fields: impl IntoIterator<Item = String>) -> String {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let fields = fields.into_iter().map(|field| harmless(&field));
    // Neither can fail: memory takes all, and every field is UTF-8.
    let written = writer.write_record(fields);
    let bytes = written.ok().and_then(|()| writer.into_inner().ok());
    String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
}

/// Text that no spreadsheet computes. Line ends, tabs and other characters that act are escapes
/// then; a `'` stands before what would begin a formula, also behind a `;`, at which some
/// spreadsheets begin a cell.
fn harmless(text: &str) -> String {
    let clean = Clean::new(text);
    let mut out = String::with_capacity(clean.as_str().len() + 1);
    let mut begins = true;
    for c in clean.as_str().chars() {
        if begins && matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') {
            out.push('\'');
        }
        out.push(c);
        begins = c == ';' || begins && c == ' ';
    }
    out
}

#[cfg(test)]
mod tests {
    use eventkb_logs::Event;

    use super::*;

    #[test]
    fn csv_computes_nothing_and_quotes_what_must_be() {
        let row = EventRow {
            event: Event {
                provider: "MSExchangeMTA".into(),
                event_id: 9318,
                level: Some(2),
                computer: Some("SEATTLE".into()),
                time: "2000-02-06T01:20:02Z".parse().ok(),
                record_id: Some(7),
                strings: Some(vec!["=cmd|'/c calc'!A0".into(), "a\r\nb\u{1b}[2J".into()]),
                file: "a.evtx".into(),
                ..Event::default()
            },
            sentence: None,
        };
        let csv = event_csv(&row);
        assert_eq!(
            csv,
            "2000-02-06T01:20:02Z,error,MSExchangeMTA,9318,,SEATTLE,7,\
             '=cmd|'/c calc'!A0; a\\r\\nb\\x1b[2J,\
             \"[\"\"=cmd|'/c calc'!A0\"\",\"\"a\\r\\nb\\u001b[2J\"\"]\",,a.evtx,intact\r\n"
        );
        assert!(!csv.trim_end().contains(['\n', '\r', '\u{1b}']));
    }

    #[test]
    fn lists_are_read_back_as_they_were() {
        let values = ["a;=b; -c", "\u{202e}\u{85}\u{7f}", "\\u{202e}"];
        let cell = harmless(&list(&values));
        let back: Vec<String> = serde_json::from_str(&cell).expect("JSON");
        assert_eq!(back, values);
        assert!(!cell.contains(";="), "{cell}");
    }

    #[test]
    fn what_begins_a_formula_is_text() {
        for (text, wanted) in [
            ("-1", "'-1"),
            ("@x", "'@x"),
            (" =x", " '=x"),
            ("\t=x", "\\t=x"),
            ("\r=x", "\\r=x"),
            ("a;=x", "a;'=x"),
            ("a=x", "a=x"),
        ] {
            assert_eq!(harmless(text), wanted);
        }
        assert_eq!(
            line(["a,b".into(), "c\"d".into()]),
            "\"a,b\",\"c\"\"d\"\r\n"
        );
    }

    #[test]
    fn events_have_the_last_columns_of_findings() {
        assert!(FINDING_COLUMNS.ends_with(&EVENT_COLUMNS));
        assert_eq!(
            Row::default().line().matches(',').count(),
            FINDING_COLUMNS.len() - 1
        );
    }
}
