//! The dialects in which other programs write events: one row for each says under which keys it
//! keeps what. The same rows serve objects of JSON, headings of tables, properties in XML and
//! blocks of `Name : value` lines: whatever the form, what was read is a bag of keys and values.
//!
//! To add a dialect, add a row to [`DIALECTS`] and an example to `dialects_tests.rs`. Rows come in
//! the order in which they are tried: those with more particular marks first.
//!
//! Keys are paths with dots; a key may hold the dots itself (`"winlog.event_id": 7`). Capitals,
//! blanks and underscores make no difference.

use crate::export::dates::Order;
use crate::export::json::Object;

/// Keys under which the same thing may stand, the best first.
pub(crate) type Keys = &'static [&'static str];

/// What a time means that does not say its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    Utc,
    /// The local time of the server, or of the one who exported.
    Local,
}

/// How the values of an event are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A list is the insertion strings; an object has names and values, in the order of the event.
    Ordered,
    /// An object has names and values, sorted by name: the order of the strings is lost, unless
    /// the names tell it.
    Sorted,
    /// One text, with this sign between the strings.
    Joined(&'static str),
    /// One text in braces, with this sign between the strings.
    InBraces(&'static str),
}

/// Where one program keeps what.
#[derive(Debug)]
pub(crate) struct Dialect {
    /// For people who read the table, and for its test.
    #[cfg_attr(not(test), allow(dead_code, reason = "only shown by tests"))]
    pub(crate) name: &'static str,
    /// One key of each group must be there to know the dialect.
    pub(crate) marks: &'static [Keys],
    /// The whole event as XML. Where it is there, nothing else is looked at.
    pub(crate) whole: Keys,
    pub(crate) provider: Keys,
    /// The event id; all 32 bits of a classic identifier before the lower 16.
    pub(crate) id: Keys,
    /// A level by its number or its word.
    pub(crate) level: Keys,
    /// A classic event type by its number or its word.
    pub(crate) kind: Keys,
    pub(crate) time: Keys,
    /// Date and time of day, where they stand apart.
    pub(crate) date_and_clock: Option<(&'static str, &'static str)>,
    pub(crate) zone: Zone,
    /// The order of day and month that it always uses.
    pub(crate) order: Option<Order>,
    pub(crate) computer: Keys,
    pub(crate) channel: Keys,
    pub(crate) record_id: Keys,
    pub(crate) qualifiers: Keys,
    /// A category by its number or by its name.
    pub(crate) category: Keys,
    pub(crate) version: Keys,
    pub(crate) opcode: Keys,
    pub(crate) keywords: Keys,
    pub(crate) process_id: Keys,
    pub(crate) thread_id: Keys,
    pub(crate) user_sid: Keys,
    pub(crate) activity_id: Keys,
    pub(crate) related_activity_id: Keys,
    pub(crate) values: Keys,
    pub(crate) form: Form,
    pub(crate) binary: Keys,
    pub(crate) message: Keys,
}

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

/// Keys under which the event itself stands, beside what a program adds.
pub(crate) const WRAPPERS: Keys = &["_source", "result", "fields", "Event", "jsonPayload"];

/// Paths of lists that hold the events of a whole answer or file.
pub(crate) const LISTS: Keys = &[
    "hits.hits",
    "results",
    "value",
    "records",
    "Events.Event",
    "rows",
    "data",
];

/// The dialect of a bag of keys and values.
pub(crate) fn find(bag: &Object) -> Option<&'static Dialect> {
    DIALECTS.iter().copied().find(|dialect| dialect.fits(bag))
}

impl Dialect {
    fn fits(&self, bag: &Object) -> bool {
        let is_there = |keys: &Keys| keys.iter().any(|key| bag.path(key).is_some());
        let marked = self.marks.iter().all(is_there);
        marked && (self.whole.is_empty() || self.whole_event(bag).is_some())
    }

    /// The event as XML, where it stands in one field.
    pub(crate) fn whole_event(&self, bag: &Object) -> Option<String> {
        let texts = self.whole.iter().filter_map(|key| bag.path(key)?.text());
        texts
            .map(|text| text.trim().to_owned())
            .find(|text| text.starts_with("<Event") && text.contains("<System"))
    }
}
