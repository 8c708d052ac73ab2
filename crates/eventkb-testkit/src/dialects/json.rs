//! What programs write as JSON.

use std::fmt::Write;

use super::tables::wmi_type;
use super::{description, escaped, level, list, params, text, xml};
use crate::event::EventSpec;

pub(super) fn splunk_json(event: &EventSpec) -> String {
    format!(
        "{{\"preview\":false,\"result\":{{\"_raw\":{},\"host\":\"x\"}}}}",
        text(&xml(event))
    )
}

pub(super) fn xmltodict(event: &EventSpec) -> String {
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

pub(super) fn winlogbeat_dotted(event: &EventSpec) -> String {
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

pub(super) fn winlogbeat_old(event: &EventSpec) -> String {
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

pub(super) fn evtxecmd_json(event: &EventSpec) -> String {
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

pub(super) fn fluent_bit(event: &EventSpec) -> String {
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

pub(super) fn wazuh(event: &EventSpec) -> String {
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

/// The elements of an event as keys, with its time as a number.
pub(super) fn plain_elements(event: &EventSpec) -> String {
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

pub(super) fn winlogbeat(event: &EventSpec) -> String {
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

pub(super) fn powershell(event: &EventSpec, old: bool) -> String {
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

pub(super) fn payload(event: &EventSpec) -> String {
    let joined = event.strings.join(", ");
    format!(
        "{{\"EventData\":{{\"Data\":{},\"Binary\":\"\"}}}}",
        text(&joined)
    )
}

/// NXLog's own fields; values with names stand beside them, others are in the message only.
pub(super) fn nxlog(event: &EventSpec) -> String {
    let time = event.time.to_rfc3339().replace('T', " ");
    let mut line = format!(
        "{{\"EventTime\":\"{}\",\"Hostname\":{},\"Keywords\":\"36028797018963968\",\"EventType\":\"{}\",\"SeverityValue\":3,\"EventID\":{},\"SourceName\":{},\"TaskValue\":{},\"RecordNumber\":{},\"ExecutionProcessID\":4,\"Channel\":{},\"Message\":{}",
        time.get(..19).unwrap_or_default(),
        text(&event.computer),
        event_type(event),
        event.event_id,
        text(&event.provider),
        event.task,
        event.record_id,
        text(&event.channel),
        text(&description(event))
    );
    for (value, n) in event.strings.iter().zip(1..) {
        let _ = write!(line, ",\"param{n}\":{}", text(value));
    }
    line + ",\"EventReceivedTime\":\"2001-01-01 00:00:00\",\"SourceModuleType\":\"im_msvistalog\"}"
}

/// The same as GELF: what is not GELF's own has an underscore.
pub(super) fn gelf(event: &EventSpec) -> String {
    let own = nxlog(event)
        .replace(",\"", ",\"_")
        .replacen("{\"", "{\"_", 1);
    let own = own.replacen("\"_Hostname\"", "\"host\"", 1);
    own.replacen("\"_Message\"", "\"full_message\"", 1)
        .replacen(
            '{',
            "{\"version\":\"1.1\",\"short_message\":\"m\",\"timestamp\":978307200.5,\"level\":4,",
            1,
        )
}

/// NXLog's words for an event type.
fn event_type(event: &EventSpec) -> &'static str {
    match event.level {
        2 => "ERROR",
        3 => "WARNING",
        _ => "INFO",
    }
}

/// The receiver of OpenTelemetry's collector.
pub(super) fn open_telemetry(event: &EventSpec) -> String {
    let data = event
        .strings
        .iter()
        .map(|value| format!("{{\"\":{}}}", text(value)));
    format!(
        "{{\"channel\":{},\"computer\":{},\"event_data\":{{\"data\":[{}]}},\"event_id\":{{\"id\":{},\"qualifiers\":{}}},\"level\":\"{}\",\"message\":\"m\",\"provider\":{{\"event_source\":\"\",\"guid\":\"\",\"name\":{}}},\"record_id\":{},\"system_time\":\"{}\",\"task\":\"x\"}}",
        text(&event.channel),
        text(&event.computer),
        data.collect::<Vec<_>>().join(","),
        event.event_id,
        event.qualifiers,
        level(event),
        text(&event.provider),
        event.record_id,
        event.time.to_rfc3339()
    )
}

/// The old input of Fluentd.
pub(super) fn fluentd_old(event: &EventSpec) -> String {
    let time = event.time.to_rfc3339().replace('T', " ");
    format!(
        "{{\"channel\":{},\"record_number\":\"{}\",\"time_generated\":\"{} +0000\",\"event_id\":\"{}\",\"event_type\":\"{}\",\"event_category\":\"{}\",\"source_name\":{},\"computer_name\":{},\"description\":\"m\",\"string_inserts\":{}}}",
        text(&event.channel),
        event.record_id,
        time.get(..19).unwrap_or_default(),
        event.event_id,
        level(event).to_lowercase(),
        event.task,
        text(&event.provider),
        text(&event.computer),
        list(event)
    )
}

/// The `windows_eventlog2` input of Fluentd.
pub(super) fn fluentd(event: &EventSpec) -> String {
    format!(
        "{{\"ProviderName\":{},\"EventID\":\"{}\",\"Level\":\"{}\",\"Task\":\"{}\",\"TimeCreated\":\"{}\",\"EventRecordID\":\"{}\",\"Channel\":{},\"Computer\":{},\"Description\":\"m\",\"EventData\":{}}}",
        text(&event.provider),
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

/// Plaso's `json_line`, without the XML.
pub(super) fn plaso(event: &EventSpec) -> String {
    format!(
        "{{\"data_type\":\"windows:evtx:record\",\"computer_name\":{},\"event_identifier\":{},\"event_level\":{},\"record_number\":{},\"source_name\":{},\"strings\":{},\"timestamp\":{}000000}}",
        text(&event.computer),
        event.event_id,
        event.level,
        event.record_id,
        text(&event.provider),
        list(event),
        event.time.unix_seconds()
    )
}

/// The `windows_events` input of Promtail.
pub(super) fn promtail(event: &EventSpec) -> String {
    let data: String = event
        .strings
        .iter()
        .map(|value| format!("<Data>{}</Data>", escaped(value)))
        .collect();
    format!(
        "{{\"source\":{},\"channel\":{},\"computer\":{},\"event_id\":{},\"level\":{},\"timeCreated\":\"{}\",\"eventRecordID\":{},\"event_data\":{}}}",
        text(&event.provider),
        text(&event.channel),
        text(&event.computer),
        event.event_id,
        event.level,
        event.time.to_rfc3339(),
        event.record_id,
        text(&data)
    )
}

/// A row of osquery's table, as its log of results has it.
pub(super) fn osquery(event: &EventSpec) -> String {
    let data = format!("{{\"EventData\":{{\"Data\":{}}}}}", list(event));
    format!(
        "{{\"name\":\"x\",\"columns\":{{\"channel\":{},\"computer_name\":{},\"data\":{},\"datetime\":\"{}\",\"eventid\":\"{}\",\"level\":\"{}\",\"provider_name\":{}}},\"action\":\"added\"}}",
        text(&event.channel),
        text(&event.computer),
        text(&data),
        event.time.to_rfc3339(),
        event.event_id,
        event.level,
        text(&event.provider)
    )
}

/// A row of Velociraptor's hunts.
pub(super) fn hunt(event: &EventSpec) -> String {
    format!(
        "{{\"EventTime\":\"{}\",\"Computer\":{},\"Channel\":{},\"Provider\":{},\"EventID\":{},\"EventRecordID\":{},\"Level\":{},\"EventData\":{{\"Data\":{}}}}}",
        event.time.to_rfc3339(),
        text(&event.computer),
        text(&event.channel),
        text(&event.provider),
        event.event_id,
        event.record_id,
        event.level,
        list(event)
    )
}

/// The table `WindowsEvent` of Sentinel.
pub(super) fn windows_event(event: &EventSpec) -> String {
    format!(
        "{{\"TimeGenerated\":\"{}\",\"Provider\":{},\"Channel\":{},\"Computer\":{},\"EventLevel\":{},\"EventData\":{},\"EventID\":{},\"EventRecordId\":\"{}\"}}",
        event.time.to_rfc3339(),
        text(&event.provider),
        text(&event.channel),
        text(&event.computer),
        event.level,
        params(event),
        event.event_id,
        event.record_id
    )
}

/// Fields of System and values side by side, as public collections of logs have them.
pub(super) fn flat(event: &EventSpec) -> String {
    let params = params(event);
    format!(
        "{{\"SourceName\":{},\"Level\":\"{}\",\"Channel\":{},\"Hostname\":{},\"TimeCreated\":\"{}\",\"@timestamp\":\"2001-01-01T00:00:00Z\",\"EventID\":{},\"RecordNumber\":{}{}{}",
        text(&event.provider),
        event.level,
        text(&event.channel),
        text(&event.computer),
        event.time.to_rfc3339(),
        event.event_id,
        event.record_id,
        if event.strings.is_empty() { "" } else { "," },
        params.trim_start_matches('{')
    )
}

/// Winlogbeat as Graylog keeps it.
pub(super) fn graylog(event: &EventSpec) -> String {
    let values = event.strings.iter().zip(1..);
    let values: String = values
        .map(|(value, n)| format!(",\"winlogbeat_winlog_event_data_param{n}\":{}", text(value)))
        .collect();
    format!(
        "{{\"timestamp\":\"{}\",\"source\":\"relay\",\"winlogbeat_winlog_event_id\":\"{}\",\"winlogbeat_winlog_provider_name\":{},\"winlogbeat_winlog_channel\":{},\"winlogbeat_winlog_computer_name\":{},\"winlogbeat_winlog_record_id\":{},\"winlogbeat_log_level\":\"{}\"{values}}}",
        event.time.to_rfc3339(),
        event.event_id,
        text(&event.provider),
        text(&event.channel),
        text(&event.computer),
        event.record_id,
        level(event).to_lowercase()
    )
}

/// JSON as `xml2js` makes it: each element is a list.
pub(super) fn xml2js(event: &EventSpec) -> String {
    format!(
        "{{\"Event\":{{\"$\":{{\"xmlns\":\"x\"}},\"System\":[{{\"Provider\":[{{\"$\":{{\"Name\":{}}}}}],\"EventID\":[{{\"_\":\"{}\",\"$\":{{\"Qualifiers\":\"{}\"}}}}],\"Level\":[\"{}\"],\"TimeCreated\":[{{\"$\":{{\"SystemTime\":\"{}\"}}}}],\"EventRecordID\":[\"{}\"],\"Channel\":[{}],\"Computer\":[{}]}}],\"EventData\":[{{\"Data\":{}}}]}}}}",
        text(&event.provider),
        event.event_id,
        event.qualifiers,
        event.level,
        event.time.to_rfc3339(),
        event.record_id,
        text(&event.channel),
        text(&event.computer),
        list(event)
    )
}

/// `Get-CimInstance Win32_NTLogEvent | ConvertTo-Json`.
pub(super) fn cim(event: &EventSpec) -> String {
    format!(
        "{{\"Category\":{},\"EventCode\":{},\"EventIdentifier\":{},\"InsertionStrings\":{},\"LogFile\":{},\"RecordNumber\":{},\"SourceName\":{},\"TimeGenerated\":\"\\/Date({}000)\\/\",\"Type\":\"x\",\"EventType\":{},\"ComputerName\":{}}}",
        event.task,
        event.event_id,
        u32::from(event.qualifiers) << 16 | u32::from(event.event_id),
        list(event),
        text(&event.channel),
        event.record_id,
        text(&event.provider),
        event.time.unix_seconds(),
        wmi_type(event),
        text(&event.computer)
    )
}
