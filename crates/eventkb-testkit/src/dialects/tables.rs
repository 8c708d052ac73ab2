//! What programs write as tables, as blocks of lines and as properties in XML.

use std::fmt::Write;

use super::json::payload;
use super::{description, escaped, level};
use crate::event::EventSpec;

pub(super) fn viewer_row(event: &EventSpec) -> String {
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

pub(super) fn wevtutil_text(n: usize, event: &EventSpec) -> String {
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

pub(super) fn evtxecmd_row(event: &EventSpec) -> String {
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

pub(super) fn wmic_row(event: &EventSpec) -> String {
    let time = event.time.to_rfc3339();
    let digits: String = time.chars().filter(char::is_ascii_digit).take(14).collect();
    let kind = wmi_type(event);
    format!(
        "SRV,{},{},{},{},{kind},\"{{{}}}\",{},{},{},{digits}.000000+000",
        event.task,
        event.computer,
        event.event_id,
        u32::from(event.qualifiers) << 16 | u32::from(event.event_id),
        event.strings.join(";").replace('"', "\"\""),
        event.channel,
        event.record_id,
        event.provider
    )
}

pub(super) fn logparser_row(event: &EventSpec) -> String {
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

pub(super) fn converted(event: &EventSpec) -> String {
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

/// WMI's number of an event type.
pub(super) fn wmi_type(event: &EventSpec) -> u8 {
    match event.level {
        2 => 1,
        3 => 2,
        _ => 3,
    }
}

/// `wmic ntevent get /format:list`: each line ends with two carriage returns.
pub(super) fn wmic_list(event: &EventSpec) -> String {
    let time = event.time.to_rfc3339();
    let digits: String = time.chars().filter(char::is_ascii_digit).take(14).collect();
    let mut block = String::from("\r\r\n\r\r\n");
    for (name, value) in [
        ("ComputerName", event.computer.clone()),
        ("EventCode", event.event_id.to_string()),
        ("EventType", wmi_type(event).to_string()),
        (
            "InsertionStrings",
            format!("{{\"{}\"}}", event.strings.join("\",\"")),
        ),
        ("Logfile", event.channel.clone()),
        ("Message", description(event)),
        ("RecordNumber", event.record_id.to_string()),
        ("SourceName", event.provider.clone()),
        ("TimeGenerated", format!("{digits}.000000-000")),
    ] {
        let _ = write!(block, "{name}={value}\r\r\n");
    }
    block
}

/// An event that Splunk collected as text.
pub(super) fn splunk_raw(event: &EventSpec) -> String {
    format!(
        "{}\nLogName={}\nEventCode={}\nEventType={}\nComputerName={}\nSourceName={}\nType={}\nRecordNumber={}\nTaskCategory=None\nMessage={}",
        us_time(event),
        event.channel,
        event.event_id,
        event.level,
        event.computer,
        event.provider,
        level(event),
        event.record_id,
        description(event)
    )
}

/// `02/06/2000 01:20:00 AM`.
fn us_time(event: &EventSpec) -> String {
    let time = event.time.to_rfc3339();
    let part = |from: usize, to: usize| time.get(from..to).unwrap_or_default();
    let hour: u32 = part(11, 13).parse().unwrap_or_default();
    let half = if hour < 12 { "AM" } else { "PM" };
    format!(
        "{}/{}/{} {:02}{} {half}",
        part(5, 7),
        part(8, 10),
        part(0, 4),
        (hour + 11) % 12 + 1,
        part(13, 19)
    )
}

/// What Event Viewer copies as text.
pub(super) fn copied(event: &EventSpec) -> String {
    format!(
        "Log Name:      {}\r\nSource:        {}\r\nDate:          {}\r\nEvent ID:      {}\r\nTask Category: ({})\r\nLevel:         {}\r\nKeywords:      Classic\r\nUser:          N/A\r\nComputer:      {}\r\nDescription:\r\n{}\r\n",
        event.channel,
        event.provider,
        us_time(event),
        event.event_id,
        event.task,
        level(event),
        event.computer,
        description(event)
    )
}

/// A row of the table `Event` of Azure Monitor.
pub(super) fn azure_row(event: &EventSpec) -> String {
    let time = event.time.to_rfc3339();
    let values = event.strings.iter();
    let values: String = values
        .map(|value| format!("<Param>{}</Param>", escaped(value)))
        .collect();
    format!(
        "{},{},{},{},{},\"{}\",{},\"{}\"",
        time,
        event.provider,
        event.channel,
        event.computer,
        level(event),
        values.replace('"', "\"\""),
        event.event_id,
        description(event).replace('"', "\"\"")
    )
}

/// A row of the table `SecurityEvent` of Sentinel.
pub(super) fn security_event_row(event: &EventSpec) -> String {
    let values = event.strings.iter();
    let values: String = values
        .map(|value| format!("<Data>{}</Data>", escaped(value)))
        .collect();
    format!(
        "{},{},{},{},{},{},\"<EventData>{}</EventData>\"",
        event.time.to_rfc3339(),
        event.computer,
        event.provider,
        event.channel,
        event.level,
        event.event_id,
        values.replace('"', "\"\"")
    )
}

/// A row of LogParser's CSV.
pub(super) fn logparser_csv_row(event: &EventSpec) -> String {
    let time = event.time.to_rfc3339().replace('T', " ");
    format!(
        "{},{},{},{},{} event,{},\"{}\",{}",
        event.channel,
        event.record_id,
        time.get(..19).unwrap_or_default(),
        event.event_id,
        level(event),
        event.provider,
        event.strings.join("|").replace('"', "\"\""),
        event.computer
    )
}

/// `Get-WinEvent | Export-Csv`: the message first, over lines, and no strings.
pub(super) fn get_winevent_row(event: &EventSpec) -> String {
    format!(
        "\"{}\",\"{}\",\"{}\",\"{}\",\"{}\",\"{}\",\"{}\",\"{}\"",
        description(event).replace('"', "\"\""),
        event.event_id,
        event.level,
        event.record_id,
        event.provider,
        event.channel,
        event.computer,
        us_time(event)
    )
}

/// A row of our own.
pub(super) fn our_row(event: &EventSpec) -> String {
    format!(
        "{},{},{},{},{},{},{},\"{}\",\"{}\",,x.evtx,intact",
        event.time.to_rfc3339(),
        level(event).to_lowercase(),
        event.provider,
        event.event_id,
        event.channel,
        event.computer,
        event.record_id,
        description(event).replace("\r\n", " ").replace('"', "\"\""),
        super::list(event).replace('"', "\"\"")
    )
}

/// A row of NirSoft's viewer.
pub(super) fn nirsoft_row(event: &EventSpec) -> String {
    format!(
        "{},{},{},{},{},{},\"{}\",{}",
        us_time(event),
        event.record_id,
        event.event_id,
        level(event),
        event.channel,
        event.provider,
        description(event).replace('"', "\"\""),
        event.computer
    )
}

/// `Get-EventLog | Format-List`, with `$FormatEnumerationLimit = -1`.
pub(super) fn format_list(event: &EventSpec) -> String {
    let text = description(event).replace("\r\n", &format!("\r\n{:21}", ""));
    format!(
        "\r\nIndex              : {}\r\nEntryType          : {}\r\nInstanceId         : {}\r\nMessage            : {text}\r\nCategory           : ({})\r\nReplacementStrings : {{{}}}\r\nSource             : {}\r\nTimeGenerated      : {}\r\nLogName            : {}\r\nMachineName        : {}\r\n",
        event.record_id,
        level(event),
        event.event_id,
        event.task,
        event
            .strings
            .join(", ")
            .replace("\r\n", &format!("\r\n{:21}", "")),
        event.provider,
        us_time(event),
        event.channel,
        event.computer
    )
}

/// An entry of `Get-EventLog | Export-Clixml`.
pub(super) fn clixml(event: &EventSpec) -> String {
    let strings = event.strings.iter();
    let strings: String = strings.map(|s| format!("<S>{}</S>", escaped(s))).collect();
    let instance = u32::from(event.qualifiers) << 16 | u32::from(event.event_id);
    format!(
        "<Obj RefId='0'><TN RefId='0'><T>System.Diagnostics.EventLogEntry#{}/x/1</T></TN>\
         <Props><S N='MachineName'>{}</S><I32 N='Index'>{}</I32><I16 N='CategoryNumber'>{}</I16>\
         <Obj N='EntryType' RefId='1'><ToString>{}</ToString></Obj>\
         <S N='Source'>{}</S><Obj N='ReplacementStrings' RefId='2'><LST>{strings}</LST></Obj>\
         <I64 N='InstanceId'>{instance}</I64><DT N='TimeGenerated'>{}</DT></Props></Obj>",
        event.channel,
        event.computer,
        event.record_id,
        event.task,
        level(event),
        escaped(&event.provider),
        event.time.to_rfc3339(),
    )
}

/// A line of Snare.
pub(super) fn snare(event: &EventSpec) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let time = event.time.to_rfc3339();
    let part = |from: usize, to: usize| time.get(from..to).unwrap_or_default();
    let month: usize = part(5, 7).parse().unwrap_or(1);
    format!(
        "<13>Feb  6 09:40:30 relay {}\tMSWinEventLog\t1\t{}\t{}\tSun {} {} {} {}\t{}\t{}\tN/A\tN/A\t{}\t{}\tNone\t\t{}\t7",
        event.computer,
        event.channel,
        event.record_id,
        MONTHS.get(month - 1).copied().unwrap_or_default(),
        part(8, 10),
        part(11, 19),
        part(0, 4),
        event.event_id,
        event.provider,
        level(event),
        event.computer,
        description(event).replace("\r\n", " ")
    )
}
