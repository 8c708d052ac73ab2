//! The rows of the table: what each program calls the parts of an event.

use super::{Dialect, Form, Zone};
use crate::export::dates::Order;

/// A row without anything.
const NOTHING: Dialect = Dialect {
    name: "",
    marks: &[],
    whole: &[],
    provider: &[],
    id: &[],
    level: &[],
    kind: &[],
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

/// All dialects that are known by their keys.
pub(crate) static DIALECTS: &[&Dialect] = &[
    &XML_IN_A_FIELD,
    &WINLOGBEAT,
    &EVTXECMD,
    &WAZUH,
    &RECORD,
    &ENTRY,
    &COLLECTORS,
    &SPLUNK,
    &WMI,
    &FLUENT_BIT,
    &NXLOG,
    &SNARE,
    &LOGPARSER,
    &OLD_WINLOGBEAT,
    &FLUENTD,
    &OSQUERY,
    &AZURE,
    &NIRSOFT,
    &HUNTER,
    &PROMTAIL,
    &EVENT_VIEWER,
];

/// Lines of Snare: fields have no names there, these are those of its manual.
static SNARE: Dialect = Dialect {
    name: "Snare",
    marks: &[&["EventLogSource"], &["SubmitTime"], &["EventID"]],
    provider: &["SourceName"],
    id: &["EventID"],
    kind: &["EventLogType"],
    time: &["SubmitTime"],
    computer: &["ComputerName"],
    channel: &["EventLogSource"],
    category: &["CategoryString"],
    message: &["ExpandedString"],
    ..NOTHING
};

/// Splunk and others keep the event as XML in one field.
static XML_IN_A_FIELD: Dialect = Dialect {
    name: "XML in a field",
    marks: &[&["_raw", "EventXml", "XmlEvent", "Xml"]],
    whole: &["_raw", "EventXml", "XmlEvent", "Xml"],
    ..NOTHING
};

/// Winlogbeat 7 and later and Elastic Agent; also evtx2json.
static WINLOGBEAT: Dialect = Dialect {
    name: "Winlogbeat",
    marks: &[
        &["winlog.event_id", "winlog.provider_name"],
        &["winlog.event_id", "event.code"],
    ],
    provider: &[
        "winlog.provider_name",
        "event.provider",
        "winlog.source_name",
    ],
    id: &["winlog.event_id", "event.code"],
    level: &["log.level", "winlog.level"],
    time: &["winlog.time_created", "event.created", "@timestamp"],
    zone: Zone::Utc,
    computer: &["winlog.computer_name", "host.name"],
    channel: &["winlog.channel"],
    record_id: &["winlog.record_id"],
    category: &["winlog.task"],
    version: &["winlog.version"],
    keywords: &["winlog.keywords"],
    process_id: &["winlog.process.pid"],
    thread_id: &["winlog.process.thread.id", "winlog.process.thread_id"],
    user_sid: &["winlog.user.identifier"],
    activity_id: &["winlog.activity_id"],
    related_activity_id: &["winlog.related_activity_id"],
    values: &["winlog.event_data", "winlog.user_data"],
    form: Form::Sorted,
    message: &["message"],
    ..NOTHING
};

/// Winlogbeat 5 and 6: the same names at the top.
static OLD_WINLOGBEAT: Dialect = Dialect {
    name: "Winlogbeat before version 7",
    marks: &[
        &["source_name"],
        &["event_id"],
        &["log_name", "computer_name", "event_data"],
    ],
    provider: &["source_name"],
    id: &["event_id"],
    level: &["level", "log.level"],
    time: &["@timestamp"],
    zone: Zone::Utc,
    computer: &["computer_name"],
    channel: &["log_name"],
    record_id: &["record_number"],
    category: &["task"],
    version: &["version"],
    keywords: &["keywords"],
    process_id: &["process_id"],
    thread_id: &["thread_id"],
    user_sid: &["user.identifier"],
    activity_id: &["activity_id"],
    related_activity_id: &["related_activity_id"],
    values: &["event_data", "user_data"],
    form: Form::Sorted,
    message: &["message"],
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

/// The agent of Wazuh.
static WAZUH: Dialect = Dialect {
    name: "Wazuh",
    marks: &[
        &["win.system.providerName", "data.win.system.providerName"],
        &["win.system.eventID", "data.win.system.eventID"],
    ],
    provider: &["win.system.providerName", "data.win.system.providerName"],
    id: &["win.system.eventID", "data.win.system.eventID"],
    level: &["win.system.level", "data.win.system.level"],
    time: &["win.system.systemTime", "data.win.system.systemTime"],
    zone: Zone::Utc,
    computer: &["win.system.computer", "data.win.system.computer"],
    channel: &["win.system.channel", "data.win.system.channel"],
    record_id: &["win.system.eventRecordID", "data.win.system.eventRecordID"],
    category: &["win.system.task", "data.win.system.task"],
    opcode: &["win.system.opcode", "data.win.system.opcode"],
    keywords: &["win.system.keywords", "data.win.system.keywords"],
    process_id: &["win.system.processID", "data.win.system.processID"],
    thread_id: &["win.system.threadID", "data.win.system.threadID"],
    values: &["win.eventdata", "data.win.eventdata"],
    form: Form::Sorted,
    message: &["win.system.message", "data.win.system.message"],
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
    kind: &["EventType", "Type"],
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

/// The `winlog` and `winevtlog` inputs of Fluent Bit.
static FLUENT_BIT: Dialect = Dialect {
    name: "Fluent Bit",
    marks: &[
        &["SourceName", "ProviderName"],
        &["EventID"],
        &["StringInserts"],
    ],
    provider: &["ProviderName", "SourceName"],
    id: &["EventID"],
    level: &["Level"],
    kind: &["EventType"],
    time: &["TimeCreated", "TimeGenerated"],
    computer: &["Computer", "ComputerName"],
    channel: &["Channel"],
    record_id: &["EventRecordID", "RecordNumber"],
    qualifiers: &["Qualifiers"],
    category: &["Task", "EventCategory"],
    version: &["Version"],
    opcode: &["Opcode"],
    keywords: &["Keywords"],
    process_id: &["ProcessID"],
    thread_id: &["ThreadID"],
    user_sid: &["UserID", "Sid"],
    values: &["StringInserts"],
    message: &["Message"],
    ..NOTHING
};

/// NXLog's own fields.
static NXLOG: Dialect = Dialect {
    name: "NXLog",
    marks: &[&["SourceName"], &["EventID"], &["EventTime"]],
    provider: &["SourceName"],
    id: &["EventID"],
    level: &["LevelValue"],
    kind: &["EventType", "Severity"],
    time: &["EventTime"],
    computer: &["Hostname"],
    channel: &["Channel", "FileName"],
    record_id: &["RecordNumber", "RecordID"],
    category: &["Task", "Category"],
    version: &["Version"],
    opcode: &["OpcodeValue"],
    keywords: &["Keywords"],
    process_id: &["ExecutionProcessID", "ProcessID"],
    thread_id: &["ExecutionThreadID", "ThreadID"],
    user_sid: &["UserID"],
    activity_id: &["ActivityID"],
    related_activity_id: &["RelatedActivityID"],
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

/// The `windows_eventlog2` input of Fluentd, and others that use the names of System.
static FLUENTD: Dialect = Dialect {
    name: "names of System",
    marks: &[
        &["ProviderName"],
        &["EventID"],
        &["EventRecordID", "TimeCreated", "Channel"],
    ],
    provider: &["ProviderName"],
    id: &["EventID"],
    level: &["Level", "LevelText"],
    time: &["TimeCreated"],
    zone: Zone::Utc,
    computer: &["Computer"],
    channel: &["Channel"],
    record_id: &["EventRecordID"],
    qualifiers: &["Qualifiers"],
    category: &["Task"],
    version: &["Version"],
    opcode: &["Opcode"],
    keywords: &["Keywords"],
    process_id: &["ProcessID"],
    thread_id: &["ThreadID"],
    user_sid: &["UserID"],
    activity_id: &["ActivityID"],
    related_activity_id: &["RelatedActivityID"],
    values: &["EventData"],
    message: &["Description", "Message"],
    ..NOTHING
};

/// The table `windows_eventlog` of osquery.
static OSQUERY: Dialect = Dialect {
    name: "osquery",
    marks: &[&["provider_name"], &["eventid"], &["datetime", "time"]],
    provider: &["provider_name"],
    id: &["eventid"],
    level: &["level"],
    time: &["datetime", "time"],
    zone: Zone::Utc,
    computer: &["computer_name", "computer"],
    channel: &["channel", "source"],
    category: &["task"],
    keywords: &["keywords"],
    process_id: &["pid"],
    thread_id: &["tid"],
    values: &["data"],
    ..NOTHING
};

/// The table `Event` of Azure Monitor (Log Analytics).
static AZURE: Dialect = Dialect {
    name: "Azure Monitor",
    marks: &[
        &["Source"],
        &["EventID"],
        &["EventLog"],
        &["RenderedDescription", "EventLevel", "EventLevelName"],
    ],
    provider: &["Source"],
    id: &["EventID"],
    kind: &["EventLevel", "EventLevelName"],
    time: &["TimeGenerated", "TimeGenerated [UTC]"],
    zone: Zone::Utc,
    computer: &["Computer"],
    channel: &["EventLog"],
    category: &["EventCategory"],
    values: &["EventData", "ParameterXml"],
    message: &["RenderedDescription"],
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

/// The `windows_events` input of Promtail and Alloy.
static PROMTAIL: Dialect = Dialect {
    name: "Promtail",
    marks: &[
        &["source"],
        &["event_id"],
        &["eventRecordID", "timeCreated"],
        &["channel"],
    ],
    provider: &["source"],
    id: &["event_id"],
    level: &["level", "levelText"],
    time: &["timeCreated"],
    zone: Zone::Utc,
    computer: &["computer"],
    channel: &["channel"],
    record_id: &["eventRecordID"],
    category: &["task"],
    version: &["version"],
    opcode: &["opCode"],
    keywords: &["keywords"],
    process_id: &["execution.processId"],
    thread_id: &["execution.threadId"],
    user_sid: &["security.userId"],
    values: &["event_data", "user_data"],
    message: &["message"],
    ..NOTHING
};
