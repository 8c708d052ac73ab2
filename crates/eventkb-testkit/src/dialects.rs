//! Writes events in the dialects in which other programs export them, each with the order of keys,
//! the encoding and the line ends that somebody's system has.
//!
//! The layouts are made from what the programs' documentation and users show; names and times are
//! those of the events that are given.

use std::fmt::Write;

use crate::event::EventSpec;

/// A program's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// XML as Event Viewer saves it.
    Xml,
    /// The same with a prefix on each name.
    XmlPrefixed,
    /// One event a line, behind a prefix of syslog.
    XmlSyslog,
    /// Times as an old `evtx_dump` writes them, and levels in words.
    XmlOldDump,
    /// XML in a column of a table, as Splunk exports it.
    SplunkCsv,
    /// XML in a field of JSON, as Splunk exports it.
    SplunkJson,
    /// JSON as `xmltodict` makes it.
    Xmltodict,
    /// JSON as `golang-evtx` and Velociraptor's `dumpevtx` write it.
    GolangEvtx,
    /// Rows of Velociraptor's `parse_evtx`.
    Velociraptor,
    /// Winlogbeat 8.
    Winlogbeat,
    /// The same with dots in its keys.
    WinlogbeatDotted,
    /// Winlogbeat 6 as Elasticsearch keeps it.
    WinlogbeatOld,
    /// The answer of a search in Elasticsearch.
    ElasticHits,
    /// `Get-WinEvent | ConvertTo-Json` of Windows PowerShell.
    PowerShell5,
    /// The same of PowerShell 7.
    PowerShell7,
    /// EvtxECmd's JSON.
    EvtxEcmdJson,
    /// EvtxECmd's CSV.
    EvtxEcmdCsv,
    /// Fluent Bit.
    FluentBit,
    /// Wazuh's agent.
    Wazuh,
    /// `wmic ntevent get /format:csv`.
    Wmic,
    /// LogParser's XML.
    LogParserXml,
    /// `Get-EventLog | ConvertTo-Xml`.
    ConvertToXml,
    /// CSV of Event Viewer: no strings, and messages over several lines.
    EventViewerCsv,
    /// `wevtutil qe /f:text`: no strings.
    WevtutilText,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Dialect; 22] = [
        Dialect::Xml,
        Dialect::XmlPrefixed,
        Dialect::XmlSyslog,
        Dialect::XmlOldDump,
        Dialect::SplunkCsv,
        Dialect::SplunkJson,
        Dialect::Xmltodict,
        Dialect::GolangEvtx,
        Dialect::Velociraptor,
        Dialect::Winlogbeat,
        Dialect::WinlogbeatDotted,
        Dialect::WinlogbeatOld,
        Dialect::ElasticHits,
        Dialect::PowerShell5,
        Dialect::PowerShell7,
        Dialect::EvtxEcmdJson,
        Dialect::EvtxEcmdCsv,
        Dialect::FluentBit,
        Dialect::Wazuh,
        Dialect::Wmic,
        Dialect::LogParserXml,
        Dialect::ConvertToXml,
    ];

    /// Writes events; they need no names for their values.
    #[must_use]
    pub fn write(self, events: &[EventSpec]) -> String {
        match self {
            Dialect::Xml => format!("<Events>{}</Events>", lines(events, "", xml)),
            Dialect::XmlPrefixed => prefixed(events),
            Dialect::XmlSyslog => lines(events, "\n", |event| {
                format!("<13>Feb  6 09:40:30 relay win: {}", xml(event))
            }),
            Dialect::XmlOldDump => old_dump(events),
            Dialect::SplunkCsv => {
                let row = |event: &EventSpec| {
                    let xml = xml(event).replace('"', "\"\"");
                    format!(
                        "\"{xml}\",\"{}\",{}",
                        event.time.to_rfc3339(),
                        event.computer
                    )
                };
                format!("\"_raw\",\"_time\",host\n{}", lines(events, "\n", row))
            }
            Dialect::ElasticHits => format!(
                "{{\"took\":5,\"hits\":{{\"total\":{{\"value\":1}},\"hits\":[{}]}}}}",
                lines(events, ",", |event| format!(
                    "{{\"_index\":\"x\",\"_source\":{}}}",
                    winlogbeat(event)
                ))
            ),
            Dialect::EvtxEcmdCsv => {
                let heading = "RecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,Computer,PayloadData1,Payload";
                format!("{heading}\r\n{}", lines(events, "\r\n", evtxecmd_row))
            }
            Dialect::Wmic => {
                let heading = "\r\nNode,Category,ComputerName,EventCode,EventIdentifier,EventType,InsertionStrings,Logfile,RecordNumber,SourceName,TimeGenerated";
                format!("{heading}\r\n{}", lines(events, "\r\n", wmic_row))
            }
            Dialect::LogParserXml => format!(
                "<?xml version=\"1.0\"?>\n<ROOT CREATED_BY=\"Microsoft Log Parser V2.2\">\n{}</ROOT>\n",
                lines(events, "", logparser_row)
            ),
            Dialect::EventViewerCsv => format!(
                "Level,Date and Time,Source,Event ID,Task Category\r\n{}",
                lines(events, "\r\n", viewer_row)
            ),
            Dialect::WevtutilText => {
                let numbered = events.iter().enumerate();
                let all: Vec<String> = numbered.map(|(n, e)| wevtutil_text(n, e)).collect();
                all.join("\r\n")
            }
            Dialect::ConvertToXml => format!(
                "<?xml version=\"1.0\"?><Objects>{}</Objects>",
                lines(events, "", converted)
            ),
            Dialect::PowerShell5 | Dialect::PowerShell7 => {
                let item = |event: &EventSpec| powershell(event, self == Dialect::PowerShell5);
                format!("[\n{}\n]", lines(events, ",\n", item))
            }
            _ => lines(events, "\n", |event| self.json(event)),
        }
    }

    fn json(self, event: &EventSpec) -> String {
        match self {
            Dialect::SplunkJson => splunk_json(event),
            Dialect::Xmltodict => xmltodict(event),
            Dialect::GolangEvtx => format!("{{\"Event\":{}}}", plain_elements(event)),
            Dialect::Velociraptor => plain_elements(event),
            Dialect::Winlogbeat => winlogbeat(event),
            Dialect::WinlogbeatDotted => winlogbeat_dotted(event),
            Dialect::WinlogbeatOld => winlogbeat_old(event),
            Dialect::EvtxEcmdJson => evtxecmd_json(event),
            Dialect::FluentBit => fluent_bit(event),
            _ => wazuh(event),
        }
    }
}

fn splunk_json(event: &EventSpec) -> String {
    format!(
        "{{\"preview\":false,\"result\":{{\"_raw\":{},\"host\":\"x\"}}}}",
        text(&xml(event))
    )
}

fn xmltodict(event: &EventSpec) -> String {
    format!(
        "{{\"Event\":{{\"System\":{{\"Provider\":{{\"@Name\":{}}},\"EventID\":{{\"@Qualifiers\":\"{}\",\"#text\":\"{}\"}},\"Level\":\"{}\",\"Task\":\"{}\",\"TimeCreated\":{{\"@SystemTime\":\"{}\"}},\"EventRecordID\":\"{}\",\"Channel\":{},\"Computer\":{}}},\"EventData\":{{\"Data\":{}}}}}}}",
        text(&event.provider),
        event.qualifiers,
        event.event_id,
        event.level,
        event.task,
        event.time.to_rfc3339(),
        event.record_id,
        text(&event.channel),
        text(&event.computer),
        list(event)
    )
}

fn winlogbeat_dotted(event: &EventSpec) -> String {
    let mut line = format!(
        "{{\"message\":\"m\",\"winlog.event_id\":\"{}\",\"winlog.provider_name\":{},\"winlog.channel\":{},\"winlog.computer_name\":{},\"winlog.record_id\":{},\"log.level\":\"{}\",\"@timestamp\":\"{}\"",
        event.event_id,
        text(&event.provider),
        text(&event.channel),
        text(&event.computer),
        event.record_id,
        level(event),
        event.time.to_rfc3339()
    );
    for (value, n) in event.strings.iter().zip(1..) {
        let _ = write!(line, ",\"winlog.event_data.param{n}\":{}", text(value));
    }
    line + "}"
}

fn winlogbeat_old(event: &EventSpec) -> String {
    format!(
        "{{\"_index\":\"winlogbeat-6\",\"_source\":{{\"@timestamp\":\"{}\",\"computer_name\":{},\"event_data\":{},\"event_id\":{},\"level\":\"{}\",\"log_name\":{},\"record_number\":\"{}\",\"source_name\":{}}}}}",
        event.time.to_rfc3339(),
        text(&event.computer),
        params(event),
        event.event_id,
        level(event),
        text(&event.channel),
        event.record_id,
        text(&event.provider)
    )
}

fn evtxecmd_json(event: &EventSpec) -> String {
    format!(
        "{{\"PayloadData1\":\"x\",\"Computer\":{},\"Payload\":{},\"Channel\":{},\"Provider\":{},\"EventId\":{},\"EventRecordId\":\"{}\",\"Level\":\"{}\",\"TimeCreated\":\"{}\"}}",
        text(&event.computer),
        text(&payload(event)),
        text(&event.channel),
        text(&event.provider),
        event.event_id,
        event.record_id,
        level(event),
        event.time.to_rfc3339().replace('Z', "+00:00")
    )
}

fn fluent_bit(event: &EventSpec) -> String {
    format!(
        "{{\"ProviderName\":{},\"EventID\":{},\"Qualifiers\":{},\"Level\":{},\"Task\":{},\"TimeCreated\":\"{} +0000\",\"EventRecordID\":{},\"Channel\":{},\"Computer\":{},\"Message\":\"\",\"StringInserts\":{}}}",
        text(&event.provider),
        event.event_id,
        event.qualifiers,
        event.level,
        event.task,
        event
            .time
            .to_rfc3339()
            .replace('T', " ")
            .trim_end_matches('Z'),
        event.record_id,
        text(&event.channel),
        text(&event.computer),
        list(event)
    )
}

fn wazuh(event: &EventSpec) -> String {
    format!(
        "{{\"win\":{{\"system\":{{\"providerName\":{},\"eventID\":\"{}\",\"level\":\"{}\",\"systemTime\":\"{}\",\"eventRecordID\":\"{}\",\"channel\":{},\"computer\":{}}},\"eventdata\":{{\"data\":\"x\"}}}}}}",
        text(&event.provider),
        event.event_id,
        event.level,
        event.time.to_rfc3339(),
        event.record_id,
        text(&event.channel),
        text(&event.computer)
    )
}

fn lines(events: &[EventSpec], between: &str, each: impl Fn(&EventSpec) -> String) -> String {
    let all: Vec<String> = events.iter().map(each).collect();
    all.join(between)
}

/// A description over two lines.
fn description(event: &EventSpec) -> String {
    format!("Something happened:\r\n{}. (12)", event.strings.join(", "))
}

fn viewer_row(event: &EventSpec) -> String {
    let time = event.time.to_rfc3339();
    format!(
        "{},{} {},{},{},({}),\"{}\"",
        level(event),
        time.get(..10).unwrap_or_default(),
        time.get(11..19).unwrap_or_default(),
        event.provider,
        event.event_id,
        event.task,
        description(event).replace('"', "\"\"")
    )
}

fn wevtutil_text(n: usize, event: &EventSpec) -> String {
    format!(
        "Event[{n}]:\r\n  Log Name: {}\r\n  Source: {}\r\n  Date: {}\r\n  Event ID: {}\r\n  \
         Task: ({})\r\n  Level: {}\r\n  Opcode: Info\r\n  Keyword: Classic\r\n  User: N/A\r\n  \
         User Name: N/A\r\n  Computer: {}\r\n  Description: \r\n{}\r\n",
        event.channel,
        event.provider,
        event.time.to_rfc3339().get(..23).unwrap_or_default(),
        event.event_id,
        event.task,
        level(event),
        event.computer,
        description(event)
    )
}

/// A text in JSON.
fn text(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
    out + "\""
}

fn list(event: &EventSpec) -> String {
    let all: Vec<String> = event.strings.iter().map(|value| text(value)).collect();
    format!("[{}]", all.join(","))
}

fn params(event: &EventSpec) -> String {
    let mut pairs: Vec<String> = event
        .strings
        .iter()
        .zip(1..)
        .map(|(value, n)| format!("\"param{n}\":{}", text(value)))
        .collect();
    // Sorted by name, as the program does it.
    pairs.sort();
    format!("{{{}}}", pairs.join(","))
}

/// The word for its level.
#[must_use]
pub fn level(event: &EventSpec) -> &'static str {
    match event.level {
        1 => "Critical",
        2 => "Error",
        3 => "Warning",
        _ => "Information",
    }
}

/// A text in XML.
#[must_use]
pub fn escaped(value: &str) -> String {
    value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\'', "&apos;")
}

/// An event as XML.
#[must_use]
pub fn xml(event: &EventSpec) -> String {
    let data: String = event
        .strings
        .iter()
        .map(|value| format!("<Data>{}</Data>", escaped(value)))
        .collect();
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{}'/><EventID Qualifiers='{}'>{}</EventID><Level>{}</Level><Task>{}</Task><TimeCreated SystemTime='{}'/><EventRecordID>{}</EventRecordID><Channel>{}</Channel><Computer>{}</Computer></System><EventData>{data}</EventData></Event>",
        escaped(&event.provider),
        event.qualifiers,
        event.event_id,
        event.level,
        event.task,
        event.time.to_rfc3339(),
        event.record_id,
        escaped(&event.channel),
        escaped(&event.computer)
    )
}

fn prefixed(events: &[EventSpec]) -> String {
    let plain = lines(events, "", xml)
        .replace(
            " xmlns='http://schemas.microsoft.com/win/2004/08/events/event'",
            "",
        )
        .replace("</", "\u{1}")
        .replace('<', "<ns0:")
        .replace('\u{1}', "</ns0:");
    format!(
        "<?xml version='1.0' encoding='utf-8'?>\n<ns0:Events xmlns:ns0=\"http://schemas.microsoft.com/win/2004/08/events/event\">{plain}</ns0:Events>"
    )
}

fn old_dump(events: &[EventSpec]) -> String {
    lines(events, "\n", |event| {
        let time = event.time.to_rfc3339();
        let old = time.replace('T', " ").replace("0Z", " UTC");
        let xml = xml(event).replace(&time, &old).replace(
            &format!("<Level>{}<", event.level),
            &format!("<Level>{}<", level(event)),
        );
        format!("Record {}\n<?xml version=\"1.0\"?>\n{xml}", event.record_id)
    })
}

/// The elements of an event as keys, with its time as a number.
fn plain_elements(event: &EventSpec) -> String {
    format!(
        "{{\"EventData\":{{\"Data\":{}}},\"System\":{{\"Provider\":{{\"Name\":{}}},\"EventID\":{{\"Value\":{},\"Qualifiers\":{}}},\"Level\":{},\"Task\":{},\"TimeCreated\":{{\"SystemTime\":{}.25}},\"EventRecordID\":{},\"Channel\":{},\"Computer\":{}}}}}",
        list(event),
        text(&event.provider),
        event.event_id,
        event.qualifiers,
        event.level,
        event.task,
        event.time.unix_seconds(),
        event.record_id,
        text(&event.channel),
        text(&event.computer)
    )
}

fn winlogbeat(event: &EventSpec) -> String {
    format!(
        "{{\"@timestamp\":\"{}\",\"agent\":{{\"type\":\"winlogbeat\"}},\"log\":{{\"level\":\"{}\"}},\"message\":{},\"winlog\":{{\"channel\":{},\"computer_name\":{},\"event_data\":{},\"event_id\":\"{}\",\"provider_name\":{},\"record_id\":{}}}}}",
        event.time.to_rfc3339(),
        level(event).to_lowercase(),
        text(event.rendering.as_ref().map_or("", |shown| &shown.message)),
        text(&event.channel),
        text(&event.computer),
        params(event),
        event.event_id,
        text(&event.provider),
        event.record_id
    )
}

fn powershell(event: &EventSpec, old: bool) -> String {
    let time = if old {
        format!("\\/Date({}000)\\/", event.time.unix_seconds())
    } else {
        event.time.to_rfc3339().replace('Z', "+00:00")
    };
    let values: Vec<String> = event
        .strings
        .iter()
        .map(|value| format!("{{\"Value\":{}}}", text(value)))
        .collect();
    format!(
        "  {{\n    \"Id\":  {},\n    \"Qualifiers\":  {},\n    \"Level\":  {},\n    \"RecordId\":  {},\n    \"ProviderName\":  {},\n    \"LogName\":  {},\n    \"MachineName\":  {},\n    \"TimeCreated\":  \"{time}\",\n    \"Properties\":  [{}]\n  }}",
        event.event_id,
        event.qualifiers,
        event.level,
        event.record_id,
        text(&event.provider),
        text(&event.channel),
        text(&event.computer),
        values.join(",")
    )
}

fn payload(event: &EventSpec) -> String {
    let joined = event.strings.join(", ");
    format!(
        "{{\"EventData\":{{\"Data\":{},\"Binary\":\"\"}}}}",
        text(&joined)
    )
}

fn evtxecmd_row(event: &EventSpec) -> String {
    format!(
        "{},{},{},{},{},{},{},{},,\"{}\"",
        event.record_id,
        event.record_id,
        event
            .time
            .to_rfc3339()
            .replace('T', " ")
            .trim_end_matches('Z'),
        event.event_id,
        if event.level == 4 {
            "Info"
        } else {
            level(event)
        },
        event.provider,
        event.channel,
        event.computer,
        payload(event).replace('"', "\"\"")
    )
}

fn wmic_row(event: &EventSpec) -> String {
    let time = event.time.to_rfc3339();
    let digits: String = time.chars().filter(char::is_ascii_digit).take(14).collect();
    let kind = match event.level {
        2 => 1,
        3 => 2,
        _ => 3,
    };
    format!(
        "SRV,{},{},{},{},{kind},\"{{{}}}\",{},{},{},{digits}.000000+000",
        event.task,
        event.computer,
        event.event_id,
        u32::from(event.qualifiers) << 16 | u32::from(event.event_id),
        event.strings.join(";"),
        event.channel,
        event.record_id,
        event.provider
    )
}

fn logparser_row(event: &EventSpec) -> String {
    let time = event.time.to_rfc3339();
    let kind = match event.level {
        2 => 1,
        3 => 2,
        _ => 4,
    };
    let mut row = String::from(" <ROW>\n");
    for (name, value) in [
        ("EventLog", event.channel.clone()),
        ("RecordNumber", event.record_id.to_string()),
        (
            "TimeGenerated",
            time.get(..19).unwrap_or_default().replace('T', " "),
        ),
        ("EventID", event.event_id.to_string()),
        ("EventType", kind.to_string()),
        ("SourceName", event.provider.clone()),
        ("Strings", event.strings.join("|")),
        ("ComputerName", event.computer.clone()),
    ] {
        let _ = write!(row, "  <{name}>\n  {}\n  </{name}>\n", escaped(&value));
    }
    row + " </ROW>\n"
}

fn converted(event: &EventSpec) -> String {
    let time = event.time.to_rfc3339();
    let strings: String = event
        .strings
        .iter()
        .map(|value| {
            format!(
                "<Property Type=\"System.String\">{}</Property>",
                escaped(value)
            )
        })
        .collect();
    let mut object = String::from("<Object Type=\"System.Diagnostics.EventLogEntry\">");
    for (name, value) in [
        ("EventID", event.event_id.to_string()),
        ("MachineName", event.computer.clone()),
        ("Index", event.record_id.to_string()),
        ("EntryType", level(event).to_owned()),
        ("Source", event.provider.clone()),
        (
            "TimeGenerated",
            time.get(..19).unwrap_or_default().replace('T', " "),
        ),
        ("LogName", event.channel.clone()),
    ] {
        let value = escaped(&value);
        let _ = write!(
            object,
            "<Property Name=\"{name}\" Type=\"System.String\">{value}</Property>"
        );
    }
    format!(
        "{object}<Property Name=\"ReplacementStrings\" Type=\"System.String[]\">{strings}</Property></Object>"
    )
}
