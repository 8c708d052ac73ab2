//! Writes events in the dialects in which other programs export them, each with the order of keys,
//! the encoding and the line ends that somebody's system has.
//!
//! The layouts are made from what the programs' documentation and users show; names and times are
//! those of the events that are given.

mod json;
mod tables;

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
    /// JSON as `xml2js` makes it.
    Xml2js,
    /// An answer of Elasticsearch with `fields`: each value is a list.
    ElasticFields,
    /// NXLog.
    NxLog,
    /// The same behind what a relay of syslog puts before it.
    NxLogSyslog,
    /// The same as GELF.
    Gelf,
    /// Winlogbeat as Graylog keeps it.
    Graylog,
    /// OpenTelemetry's collector.
    OpenTelemetry,
    /// Fluentd.
    Fluentd,
    /// The old input of Fluentd.
    FluentdOld,
    /// Plaso's `json_line`.
    Plaso,
    /// Promtail.
    Promtail,
    /// osquery.
    Osquery,
    /// Velociraptor's hunts.
    Hunt,
    /// The table `WindowsEvent` of Sentinel.
    WindowsEvent,
    /// Fields of System and values side by side.
    Flat,
    /// `Get-CimInstance Win32_NTLogEvent | ConvertTo-Json`.
    Cim,
    /// The table `Event` of Azure Monitor, as CSV.
    AzureCsv,
    /// The table `SecurityEvent` of Sentinel, as CSV.
    SecurityEventCsv,
    /// LogParser's CSV.
    LogParserCsv,
    /// `wmic ntevent get /format:list`.
    WmicList,
    /// `Get-EventLog | Format-List`.
    FormatList,
    /// `Get-WinEvent | Export-Csv`: no strings.
    GetWinEventCsv,
    /// NirSoft's viewer: no strings.
    NirSoft,
    /// Events that Splunk collected as text: no strings.
    SplunkRaw,
    /// The same in a field of JSON.
    SplunkRawJson,
    /// The same in a column of a table.
    SplunkRawCsv,
    /// What Event Viewer copies as text: no strings.
    Copied,
    /// The same with the XML below it.
    CopiedWithXml,
    /// `Get-EventLog | Export-Clixml`.
    Clixml,
    /// Snare over syslog: no strings.
    Snare,
    /// CSV of Event Viewer: no strings, and messages over several lines.
    EventViewerCsv,
    /// `wevtutil qe /f:text`: no strings.
    WevtutilText,
    /// `eventkb events --format csv`.
    Ours,
}

/// What an event keeps in a form, beside provider, id, level and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Insertion strings in their order.
    pub strings: bool,
    /// The log.
    pub channel: bool,
    /// The computer.
    pub computer: bool,
    /// The record id.
    pub record_id: bool,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Dialect; 55] = [
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
        Dialect::Xml2js,
        Dialect::ElasticFields,
        Dialect::NxLog,
        Dialect::NxLogSyslog,
        Dialect::Gelf,
        Dialect::Graylog,
        Dialect::OpenTelemetry,
        Dialect::Fluentd,
        Dialect::FluentdOld,
        Dialect::Plaso,
        Dialect::Promtail,
        Dialect::Osquery,
        Dialect::Hunt,
        Dialect::WindowsEvent,
        Dialect::Flat,
        Dialect::Cim,
        Dialect::AzureCsv,
        Dialect::SecurityEventCsv,
        Dialect::LogParserCsv,
        Dialect::WmicList,
        Dialect::FormatList,
        Dialect::GetWinEventCsv,
        Dialect::NirSoft,
        Dialect::SplunkRaw,
        Dialect::SplunkRawJson,
        Dialect::SplunkRawCsv,
        Dialect::Copied,
        Dialect::CopiedWithXml,
        Dialect::Clixml,
        Dialect::Snare,
        Dialect::EventViewerCsv,
        Dialect::WevtutilText,
        Dialect::Ours,
    ];

    /// Writes events; they need no names for their values.
    #[must_use]
    pub fn write(self, events: &[EventSpec]) -> String {
        if let Some(written) = self.xml(events).or_else(|| self.text(events)) {
            return written;
        }
        match self {
            Dialect::ElasticHits => format!(
                "{{\"took\":5,\"hits\":{{\"total\":{{\"value\":1}},\"hits\":[{}]}}}}",
                lines(events, ",", |event| format!(
                    "{{\"_index\":\"x\",\"_source\":{}}}",
                    json::winlogbeat(event)
                ))
            ),
            Dialect::EvtxEcmdCsv => {
                let heading = "RecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,Computer,PayloadData1,Payload";
                format!(
                    "{heading}\r\n{}",
                    lines(events, "\r\n", tables::evtxecmd_row)
                )
            }
            Dialect::Wmic => {
                let heading = "\r\nNode,Category,ComputerName,EventCode,EventIdentifier,EventType,InsertionStrings,Logfile,RecordNumber,SourceName,TimeGenerated";
                format!("{heading}\r\n{}", lines(events, "\r\n", tables::wmic_row))
            }
            Dialect::EventViewerCsv => format!(
                "Level,Date and Time,Source,Event ID,Task Category\r\n{}",
                lines(events, "\r\n", tables::viewer_row)
            ),
            Dialect::NxLogSyslog => lines(events, "\n", |event| {
                format!("<14>Feb  6 09:40:30 relay nxlog: {}", json::nxlog(event))
            }),
            Dialect::ElasticFields => elastic_fields(events),
            Dialect::AzureCsv
            | Dialect::SecurityEventCsv
            | Dialect::LogParserCsv
            | Dialect::GetWinEventCsv
            | Dialect::Ours
            | Dialect::NirSoft => self.table(events),
            Dialect::PowerShell5 | Dialect::PowerShell7 => {
                let item =
                    |event: &EventSpec| json::powershell(event, self == Dialect::PowerShell5);
                format!("[\n{}\n]", lines(events, ",\n", item))
            }
            _ => lines(events, "\n", |event| self.json(event)),
        }
    }

    /// Dialects of XML, also in a column or behind a prefix.
    fn xml(self, events: &[EventSpec]) -> Option<String> {
        Some(match self {
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
            Dialect::LogParserXml => format!(
                "<?xml version=\"1.0\"?>\n<ROOT CREATED_BY=\"Microsoft Log Parser V2.2\">\n{}</ROOT>\n",
                lines(events, "", tables::logparser_row)
            ),
            Dialect::ConvertToXml => format!(
                "<?xml version=\"1.0\"?><Objects>{}</Objects>",
                lines(events, "", tables::converted)
            ),
            Dialect::Clixml => format!(
                "<Objs Version='1.1.0.1' xmlns='http://schemas.microsoft.com/powershell/2004/04'>{}</Objs>",
                lines(events, "", tables::clixml)
            ),
            _ => return None,
        })
    }

    /// Dialects that are text for people, also in other forms.
    fn text(self, events: &[EventSpec]) -> Option<String> {
        Some(match self {
            Dialect::SplunkRaw => lines(events, "\n", tables::splunk_raw),
            Dialect::SplunkRawJson => lines(events, "\n", |event| {
                let raw = text(&tables::splunk_raw(event));
                format!("{{\"preview\":false,\"result\":{{\"_raw\":{raw}}}}}")
            }),
            Dialect::SplunkRawCsv => {
                let row = |event: &EventSpec| {
                    let raw = tables::splunk_raw(event).replace('"', "\"\"");
                    format!("\"{raw}\",{}", event.computer)
                };
                format!("_raw,host\n{}", lines(events, "\n", row))
            }
            Dialect::Snare => lines(events, "\n", tables::snare),
            Dialect::WmicList => lines(events, "", tables::wmic_list),
            Dialect::FormatList => lines(events, "", tables::format_list),
            Dialect::Copied => lines(events, "\r\n", tables::copied),
            Dialect::CopiedWithXml => lines(events, "\r\n", |event| {
                format!("{}Event Xml:\r\n{}\r\n", tables::copied(event), xml(event))
            }),
            Dialect::WevtutilText => {
                let numbered = events.iter().enumerate();
                let all: Vec<String> = numbered.map(|(n, e)| tables::wevtutil_text(n, e)).collect();
                all.join("\r\n")
            }
            _ => return None,
        })
    }

    /// A table with a heading.
    fn table(self, events: &[EventSpec]) -> String {
        let (heading, row): (&str, fn(&EventSpec) -> String) = match self {
            Dialect::AzureCsv => (
                "TimeGenerated,Source,EventLog,Computer,EventLevelName,ParameterXml,EventID,RenderedDescription",
                tables::azure_row,
            ),
            Dialect::SecurityEventCsv => (
                "TimeGenerated,Computer,EventSourceName,Channel,Level,EventID,EventData",
                tables::security_event_row,
            ),
            Dialect::LogParserCsv => (
                "EventLog,RecordNumber,TimeGenerated,EventID,EventTypeName,SourceName,Strings,ComputerName",
                tables::logparser_csv_row,
            ),
            Dialect::Ours => (
                "time,level,provider,event_id,channel,computer,record_id,text,strings,named,file,trust",
                tables::our_row,
            ),
            Dialect::GetWinEventCsv => (
                "\"Message\",\"Id\",\"Level\",\"RecordId\",\"ProviderName\",\"LogName\",\"MachineName\",\"TimeCreated\"",
                tables::get_winevent_row,
            ),
            _ => (
                "Event Time,Record ID,Event ID,Level,Channel,Provider,Description,Computer",
                tables::nirsoft_row,
            ),
        };
        format!("{heading}\r\n{}", lines(events, "\r\n", row))
    }

    /// What an event keeps in this form.
    #[must_use]
    pub fn keeps(self) -> Kept {
        let all = Kept {
            strings: true,
            channel: true,
            computer: true,
            record_id: true,
        };
        match self {
            Dialect::Wazuh
            | Dialect::GetWinEventCsv
            | Dialect::NirSoft
            | Dialect::SplunkRaw
            | Dialect::SplunkRawJson
            | Dialect::SplunkRawCsv => Kept {
                strings: false,
                ..all
            },
            Dialect::Plaso => Kept {
                channel: false,
                ..all
            },
            Dialect::Osquery | Dialect::AzureCsv | Dialect::SecurityEventCsv => Kept {
                record_id: false,
                ..all
            },
            Dialect::Copied | Dialect::Snare | Dialect::WevtutilText => Kept {
                strings: false,
                record_id: false,
                ..all
            },
            Dialect::EventViewerCsv => Kept {
                strings: false,
                channel: false,
                computer: false,
                record_id: false,
            },
            _ => all,
        }
    }

    fn json(self, event: &EventSpec) -> String {
        match self {
            Dialect::Xml2js => json::xml2js(event),
            Dialect::NxLog => json::nxlog(event),
            Dialect::Gelf => json::gelf(event),
            Dialect::Graylog => json::graylog(event),
            Dialect::OpenTelemetry => json::open_telemetry(event),
            Dialect::Fluentd => json::fluentd(event),
            Dialect::FluentdOld => json::fluentd_old(event),
            Dialect::Plaso => json::plaso(event),
            Dialect::Promtail => json::promtail(event),
            Dialect::Osquery => json::osquery(event),
            Dialect::Hunt => json::hunt(event),
            Dialect::WindowsEvent => json::windows_event(event),
            Dialect::Flat => json::flat(event),
            Dialect::Cim => json::cim(event),
            Dialect::SplunkJson => json::splunk_json(event),
            Dialect::Xmltodict => json::xmltodict(event),
            Dialect::GolangEvtx => format!("{{\"Event\":{}}}", json::plain_elements(event)),
            Dialect::Velociraptor => json::plain_elements(event),
            Dialect::Winlogbeat => json::winlogbeat(event),
            Dialect::WinlogbeatDotted => json::winlogbeat_dotted(event),
            Dialect::WinlogbeatOld => json::winlogbeat_old(event),
            Dialect::EvtxEcmdJson => json::evtxecmd_json(event),
            Dialect::FluentBit => json::fluent_bit(event),
            _ => json::wazuh(event),
        }
    }
}

/// What a form holds when the text of an event looks like another one in that form: `forged` with its last
/// string in place of which it stands, in the event at `at`. The numbers of `wevtutil` go on behind it
/// from `number`.
#[must_use]
pub fn with_forged_text(
    dialect: Dialect,
    events: &[EventSpec],
    at: usize,
    forged: &EventSpec,
    number: usize,
) -> String {
    let text = match dialect {
        Dialect::WevtutilText => tables::wevtutil_text(number, forged),
        other => other.write(std::slice::from_ref(forged)),
    };
    let mut events = events.to_vec();
    if let Some(event) = events.get_mut(at) {
        event.strings = vec![format!("x\r\n\r\n{text}\r\n")];
    }
    dialect.write(&events)
}

/// Each value as a list, under keys with dots.
fn elastic_fields(events: &[EventSpec]) -> String {
    let hit = |event: &EventSpec| {
        let dotted = json::winlogbeat_dotted(event);
        let fields = dotted
            .replace("\":\"", "\":[\"")
            .replace("\",\"", "\"],\"")
            .replace("\"}", "\"]}");
        format!("{{\"_index\":\"x\",\"fields\":{fields}}}")
    };
    format!("{{\"hits\":{{\"hits\":[{}]}}}}", lines(events, ",", hit))
}

fn lines(events: &[EventSpec], between: &str, each: impl Fn(&EventSpec) -> String) -> String {
    let all: Vec<String> = events.iter().map(each).collect();
    all.join(between)
}

/// A description over two lines.
fn description(event: &EventSpec) -> String {
    format!("Something happened:\r\n{}. (12)", event.strings.join(", "))
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
