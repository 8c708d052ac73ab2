//! The rows of the table: what each program calls the parts of an event.

use super::agents::{
    AZURE, FLUENT_BIT, FLUENTD, FLUENTD_OLD, GRAYLOG, NXLOG, OLD_WINLOGBEAT, OPEN_TELEMETRY,
    OSQUERY, PLASO, PROMTAIL, SECURITY_EVENT, SNARE, SYSTEM_AT_THE_TOP, TELEGRAF, WAZUH,
    WINDOWS_EVENT, WINLOGBEAT,
};
use super::{Dialect, Form, Types, Zone};
use crate::export::dates::Order;

/// A row without anything.
pub(super) const NOTHING: Dialect = Dialect {
    name: "",
    marks: &[],
    whole: &[],
    block: &[],
    provider: &[],
    id: &[],
    level: &[],
    kind: &[],
    types: Types::Classic,
    time: &[],
    date_and_clock: None,
    zone: Zone::Local,
    order: None,
    computer: &[],
    channel: &[],
    record_id: &[],
    qualifiers: &[],
    category: &[],
    version: &[],
    opcode: &[],
    keywords: &[],
    process_id: &[],
    thread_id: &[],
    user_sid: &[],
    activity_id: &[],
    related_activity_id: &[],
    values: &[],
    form: Form::Ordered,
    own: &[],
    binary: &[],
    message: &[],
};

/// Tables without a heading of their own words, or with one in another language: their columns are
/// called as here ([`super::layout`]).
pub(crate) static EVENT_VIEWER: Dialect = Dialect {
    name: "Event Viewer",
    marks: &[
        &["Source", "Computer"],
        &["Event ID"],
        &["Date and Time", "Date"],
        &["Level", "Kind", "Keywords"],
    ],
    provider: &["Source"],
    id: &["Event ID"],
    level: &["Level", "Keywords"],
    kind: &["Kind"],
    time: &["Date and Time"],
    date_and_clock: Some(("Date", "Time")),
    computer: &["Computer"],
    channel: &["Log", "Log Name"],
    record_id: &["Record Number", "Event Record ID"],
    category: &["Category", "Task Category"],
    values: &["Strings"],
    form: Form::Joined("|"),
    message: &["Description"],
    ..NOTHING
};

/// The collectors of Microsoft support (GetEvents.VBS).
pub(crate) static COLLECTORS: Dialect = Dialect {
    name: "collectors of Microsoft support",
    marks: &[&["Type/Level"], &["Event Code"], &["Computer Name"]],
    provider: &["Source"],
    id: &["Event Code"],
    kind: &["Type/Level"],
    time: &["Time Generated"],
    date_and_clock: Some(("Date", "Time")),
    order: Some(Order::MonthFirst),
    computer: &["Computer Name"],
    category: &["Task Category"],
    user_sid: &["Sid"],
    message: &["Description"],
    ..NOTHING
};

/// What `eventkb events --format csv` writes. Its rows are read as lines of our own JSON are.
pub(crate) static OURS: Dialect = Dialect {
    name: "eventkb events --format csv",
    marks: &[
        &["provider"],
        &["event_id"],
        &["strings"],
        &["named"],
        &["trust"],
    ],
    provider: &["provider"],
    id: &["event_id"],
    level: &["level"],
    time: &["time"],
    zone: Zone::Utc,
    computer: &["computer"],
    channel: &["channel"],
    record_id: &["record_id"],
    values: &["strings"],
    message: &["text"],
    ..NOTHING
};

/// All dialects that are known by their keys.
pub(crate) static DIALECTS: &[&Dialect] = &[
    &OURS,
    &XML_IN_A_FIELD,
    &BLOCK_IN_A_FIELD,
    &WINLOGBEAT,
    &GRAYLOG,
    &OPEN_TELEMETRY,
    &TELEGRAF,
    &EVTXECMD,
    &WAZUH,
    &RECORD,
    &AZURE,
    &ENTRY,
    &COLLECTORS,
    &SPLUNK,
    &PLASO,
    &WMI,
    &FLUENT_BIT,
    &NXLOG,
    &SNARE,
    &LOGPARSER,
    &OLD_WINLOGBEAT,
    &OSQUERY,
    &FLUENTD,
    &FLUENTD_OLD,
    &SECURITY_EVENT,
    &WINDOWS_EVENT,
    &NIRSOFT,
    &HUNTER,
    &PROMTAIL,
    &SYSTEM_AT_THE_TOP,
    &EVENT_VIEWER,
];

/// Splunk and others keep the event as XML in one field. Only fields that programs fill are named here:
/// whoever writes a message could put an event into it.
static XML_IN_A_FIELD: Dialect = Dialect {
    name: "XML in a field",
    marks: &[XML_FIELDS],
    whole: XML_FIELDS,
    ..NOTHING
};

const XML_FIELDS: &[&str] = &[
    "_raw",
    "EventXml",
    "XmlEvent",
    "Xml",
    "xml_string",
    "event.original",
    "originalMessage",
    "RawXml",
    "RawEventData",
    "System",
];

/// Splunk keeps events that it collected as text as lines of `Name=value` in one field.
static BLOCK_IN_A_FIELD: Dialect = Dialect {
    name: "Splunk",
    marks: &[&["_raw"]],
    block: &["_raw"],
    ..NOTHING
};

/// EvtxECmd, as CSV and as JSON: times are UTC; the values stand as JSON in `Payload`, unnamed ones
/// in one text with commas between.
static EVTXECMD: Dialect = Dialect {
    name: "EvtxECmd",
    marks: &[
        &["Provider"],
        &["EventId"],
        &["EventRecordId"],
        &["Payload", "PayloadData1"],
    ],
    provider: &["Provider"],
    id: &["EventId"],
    level: &["Level"],
    time: &["TimeCreated"],
    zone: Zone::Utc,
    computer: &["Computer"],
    channel: &["Channel"],
    record_id: &["EventRecordId"],
    process_id: &["ProcessId"],
    thread_id: &["ThreadId"],
    user_sid: &["UserId"],
    values: &["Payload"],
    form: Form::Joined(", "),
    ..NOTHING
};

/// `Get-WinEvent` (EventLogRecord), whatever it was written to.
static RECORD: Dialect = Dialect {
    name: "Get-WinEvent",
    marks: &[
        &["ProviderName"],
        &["Id"],
        &[
            "TimeCreated",
            "Properties",
            "Keywords",
            "LogName",
            "MachineName",
            "RecordId",
            "Message",
        ],
    ],
    provider: &["ProviderName"],
    id: &["Id"],
    level: &["Level", "LevelDisplayName"],
    time: &["TimeCreated"],
    computer: &["MachineName"],
    channel: &["LogName", "ContainerLog"],
    record_id: &["RecordId"],
    qualifiers: &["Qualifiers"],
    category: &["Task", "TaskDisplayName"],
    version: &["Version"],
    opcode: &["Opcode"],
    keywords: &["Keywords"],
    process_id: &["ProcessId"],
    thread_id: &["ThreadId"],
    user_sid: &["UserId"],
    activity_id: &["ActivityId"],
    related_activity_id: &["RelatedActivityId"],
    values: &["Properties"],
    message: &["Message"],
    ..NOTHING
};

/// `Get-EventLog` (EventLogEntry), whatever it was written to.
static ENTRY: Dialect = Dialect {
    name: "Get-EventLog",
    marks: &[
        &["Source"],
        &["InstanceId", "EventID"],
        &[
            "EntryType",
            "MachineName",
            "TimeGenerated",
            "ReplacementStrings",
            "CategoryNumber",
        ],
    ],
    provider: &["Source"],
    id: &["InstanceId", "EventID"],
    kind: &["EntryType"],
    time: &["TimeGenerated", "TimeWritten"],
    computer: &["MachineName"],
    channel: &["LogName", "Log"],
    record_id: &["Index"],
    category: &["CategoryNumber", "Category"],
    values: &["ReplacementStrings"],
    binary: &["Data"],
    message: &["Message"],
    ..NOTHING
};

/// Splunk's fields of an event that was collected as text.
static SPLUNK: Dialect = Dialect {
    name: "Splunk",
    marks: &[&["SourceName"], &["EventCode"], &["LogName"]],
    provider: &["SourceName"],
    id: &["EventIdentifier", "EventCode"],
    // `EventType` is a level or a type, as the system is new or old.
    kind: &["Type", "EventType"],
    time: &["_time", "TimeGenerated"],
    computer: &["ComputerName", "host"],
    channel: &["LogName"],
    record_id: &["RecordNumber"],
    category: &["TaskCategory"],
    user_sid: &["Sid"],
    message: &["Message"],
    ..NOTHING
};

/// `Win32_NTLogEvent` of WMI: `wmic ntevent`, `Get-WmiObject`.
static WMI: Dialect = Dialect {
    name: "WMI",
    marks: &[&["SourceName"], &["EventCode", "EventIdentifier"]],
    provider: &["SourceName"],
    id: &["EventIdentifier", "EventCode"],
    kind: &["EventType", "Type"],
    types: Types::Wmi,
    time: &["TimeGenerated", "TimeWritten"],
    computer: &["ComputerName"],
    channel: &["Logfile"],
    record_id: &["RecordNumber"],
    category: &["Category", "CategoryString"],
    values: &["InsertionStrings"],
    form: Form::InBraces(";"),
    message: &["Message"],
    ..NOTHING
};

/// LogParser's EVT input.
static LOGPARSER: Dialect = Dialect {
    name: "LogParser",
    marks: &[
        &["SourceName"],
        &["EventID"],
        &["TimeGenerated", "TimeWritten"],
    ],
    provider: &["SourceName"],
    id: &["EventID"],
    kind: &["EventType", "EventTypeName"],
    time: &["TimeGenerated", "TimeWritten"],
    computer: &["ComputerName"],
    channel: &["EventLog"],
    record_id: &["RecordNumber"],
    category: &["EventCategory", "EventCategoryName"],
    user_sid: &["SID"],
    values: &["Strings"],
    form: Form::Joined("|"),
    message: &["Message"],
    ..NOTHING
};

/// Rows that hunting artifacts of Velociraptor make of an event.
static HUNTER: Dialect = Dialect {
    name: "Velociraptor",
    marks: &[
        &["EventTime", "_Event_Time", "TimeCreated"],
        &["EventID"],
        &["Provider"],
        &["EventRecordID", "EventData", "Channel"],
    ],
    provider: &["Provider"],
    id: &["EventID"],
    level: &["Level"],
    time: &["EventTime", "_Event_Time", "TimeCreated"],
    zone: Zone::Utc,
    computer: &["Computer"],
    channel: &["Channel"],
    record_id: &["EventRecordID"],
    user_sid: &["UserSID"],
    values: &["EventData", "UserData"],
    message: &["Message"],
    ..NOTHING
};

/// FullEventLogView and EventLogSourcesView of NirSoft.
static NIRSOFT: Dialect = Dialect {
    name: "NirSoft FullEventLogView",
    marks: &[
        &["Event Time"],
        &["Event ID"],
        &["Provider"],
        &["Record ID", "Description"],
    ],
    provider: &["Provider"],
    id: &["Event ID"],
    level: &["Level"],
    time: &["Event Time"],
    computer: &["Computer"],
    channel: &["Channel"],
    record_id: &["Record ID"],
    category: &["Task"],
    process_id: &["Process ID"],
    thread_id: &["Thread ID"],
    values: &["Event Data"],
    message: &["Description"],
    ..NOTHING
};
