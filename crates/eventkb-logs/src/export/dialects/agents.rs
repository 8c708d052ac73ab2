//! The rows of the table for agents that send events to a server, and for what servers make of them.

use super::table::NOTHING;
use super::{Dialect, Form, Zone};

/// Winlogbeat 7 and later and Elastic Agent; also evtx2json.
pub(super) static WINLOGBEAT: Dialect = Dialect {
    name: "Winlogbeat",
    marks: &[
        &[
            "winlog.provider_name",
            "winlog.event_id",
            "winlog.record_id",
            "winlog.channel",
        ],
        &["winlog.event_id", "event.code"],
    ],
    provider: &[
        "winlog.provider_name",
        "event.provider",
        "winlog.source_name",
    ],
    id: &["winlog.event_id", "event.code"],
    level: &["log.level", "winlog.level"],
    // `event.created` is when an agent saw the event.
    time: &["winlog.time_created", "@timestamp", "event.created"],
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
pub(super) static OLD_WINLOGBEAT: Dialect = Dialect {
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

/// The agent of Wazuh.
pub(super) static WAZUH: Dialect = Dialect {
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

/// The `winlog` and `winevtlog` inputs of Fluent Bit.
pub(super) static FLUENT_BIT: Dialect = Dialect {
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
pub(super) static NXLOG: Dialect = Dialect {
    name: "NXLog",
    marks: &[&["SourceName"], &["EventID"], &["EventTime"]],
    provider: &["SourceName"],
    id: &["EventID"],
    level: &["LevelValue"],
    kind: &["EventType", "Severity"],
    time: &["EventTime"],
    // The second is that of GELF, the third what Graylog makes of it.
    computer: &["Hostname", "host", "source"],
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
    values: &["EventData"],
    form: Form::MaybeSorted,
    own: &[
        "Keywords",
        "EventType",
        "SeverityValue",
        "Severity",
        "ProviderGuid",
        "Provider",
        "TaskValue",
        "Task",
        "Category",
        "OpcodeValue",
        "Opcode",
        "Version",
        "Domain",
        "AccountName",
        "AccountType",
        "UserID",
        "EventReceivedTime",
        "SourceModuleName",
        "SourceModuleType",
        "EventXML",
        // What GELF and Graylog add.
        "short_message",
        "full_message",
        "timestamp",
        "level",
        "host",
        "source",
        "gl2_*",
        "@*",
    ],
    message: &["Message", "full_message", "short_message"],
    ..NOTHING
};

/// The `windows_eventlog2` input of Fluentd, and others that use the names of System.
pub(super) static FLUENTD: Dialect = Dialect {
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
pub(super) static OSQUERY: Dialect = Dialect {
    name: "osquery",
    marks: &[&["provider_name"], &["eventid"], &["datetime"]],
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
pub(super) static AZURE: Dialect = Dialect {
    name: "Azure Monitor",
    marks: &[
        &["Source"],
        &["EventID"],
        &["EventLog"],
        &["RenderedDescription", "EventLevel", "EventLevelName"],
    ],
    provider: &["Source"],
    id: &["EventID"],
    // The number is a type or a level, as the agent is old or new.
    kind: &["EventLevelName", "EventLevel"],
    time: &["TimeGenerated", "TimeGenerated [UTC]"],
    zone: Zone::Utc,
    computer: &["Computer"],
    channel: &["EventLog"],
    category: &["EventCategory"],
    values: &["EventData", "ParameterXml"],
    message: &["RenderedDescription"],
    ..NOTHING
};

/// The `windows_events` input of Promtail and Alloy.
pub(super) static PROMTAIL: Dialect = Dialect {
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

/// Lines of Snare: fields have no names there, these are those of its manual.
pub(super) static SNARE: Dialect = Dialect {
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

/// Beats in Graylog: one level of keys, with underscores for dots.
pub(super) static GRAYLOG: Dialect = Dialect {
    name: "Graylog",
    marks: &[
        &["winlogbeat_winlog_event_id", "winlogbeat_event_code"],
        &[
            "winlogbeat_winlog_provider_name",
            "winlogbeat_event_provider",
        ],
    ],
    provider: &[
        "winlogbeat_winlog_provider_name",
        "winlogbeat_event_provider",
    ],
    id: &["winlogbeat_winlog_event_id", "winlogbeat_event_code"],
    level: &["winlogbeat_log_level"],
    time: &["timestamp", "winlogbeat_@timestamp"],
    zone: Zone::Utc,
    computer: &["winlogbeat_winlog_computer_name", "source"],
    channel: &["winlogbeat_winlog_channel"],
    record_id: &["winlogbeat_winlog_record_id"],
    values: &["winlogbeat_winlog_event_data"],
    form: Form::Sorted,
    message: &["message"],
    ..NOTHING
};

/// The Windows receiver of OpenTelemetry's collector.
pub(super) static OPEN_TELEMETRY: Dialect = Dialect {
    name: "OpenTelemetry",
    marks: &[&["provider.name"], &["event_id.id"], &["system_time"]],
    provider: &["provider.name"],
    id: &["event_id.id"],
    level: &["level"],
    time: &["system_time"],
    zone: Zone::Utc,
    computer: &["computer"],
    channel: &["channel"],
    record_id: &["record_id"],
    qualifiers: &["event_id.qualifiers"],
    category: &["task"],
    version: &["version"],
    process_id: &["execution.process_id"],
    thread_id: &["execution.thread_id"],
    user_sid: &["security.user_id"],
    activity_id: &["correlation.activity_id"],
    values: &["event_data.data", "event_data"],
    message: &["message"],
    ..NOTHING
};

/// The `win_eventlog` input of Telegraf.
pub(super) static TELEGRAF: Dialect = Dialect {
    name: "Telegraf",
    marks: &[
        &["tags.Source", "fields.Source"],
        &["tags.EventID", "fields.EventID"],
        &[
            "fields.TimeCreated",
            "fields.EventRecordID",
            "fields.Message",
        ],
    ],
    provider: &["tags.Source", "fields.Source"],
    id: &["tags.EventID", "fields.EventID"],
    level: &["tags.Level", "fields.Level", "tags.LevelText"],
    time: &["fields.TimeCreated", "timestamp"],
    zone: Zone::Utc,
    computer: &["tags.Computer", "fields.Computer", "tags.host"],
    channel: &["tags.Channel", "fields.Channel"],
    record_id: &["fields.EventRecordID"],
    version: &["fields.Version"],
    process_id: &["fields.ProcessID"],
    thread_id: &["fields.ThreadID"],
    keywords: &["tags.Keywords", "fields.Keywords"],
    values: &["fields.Data", "fields.UserData"],
    form: Form::Sorted,
    message: &["fields.Message"],
    ..NOTHING
};

/// Plaso (`psort -o json_line`), where it does not keep the XML.
pub(super) static PLASO: Dialect = Dialect {
    name: "Plaso",
    marks: &[&["data_type"], &["source_name"], &["event_identifier"]],
    provider: &["source_name"],
    id: &["message_identifier", "event_identifier"],
    level: &["event_level"],
    kind: &["event_type"],
    time: &["timestamp", "datetime"],
    zone: Zone::Utc,
    computer: &["computer_name"],
    record_id: &["record_number"],
    category: &["event_category"],
    user_sid: &["user_sid"],
    values: &["strings"],
    ..NOTHING
};

/// The `windows_eventlog` input of Fluentd, which the other one replaced.
pub(super) static FLUENTD_OLD: Dialect = Dialect {
    name: "Fluentd, its old input",
    marks: &[
        &["source_name"],
        &["event_id"],
        &["time_generated", "time_written"],
    ],
    provider: &["source_name"],
    id: &["event_id"],
    kind: &["event_type"],
    time: &["time_generated", "time_written"],
    computer: &["computer_name"],
    channel: &["channel"],
    record_id: &["record_number"],
    category: &["event_category"],
    values: &["string_inserts"],
    message: &["description"],
    ..NOTHING
};

/// The table `SecurityEvent` of Microsoft Sentinel.
pub(super) static SECURITY_EVENT: Dialect = Dialect {
    name: "Microsoft Sentinel, SecurityEvent",
    marks: &[
        &["EventSourceName"],
        &["EventID"],
        &["TimeGenerated", "TimeGenerated [UTC]"],
    ],
    provider: &["EventSourceName"],
    id: &["EventID"],
    level: &["Level"],
    // Audits have their type for a level.
    kind: &["Level"],
    time: &["TimeCollected", "TimeGenerated", "TimeGenerated [UTC]"],
    zone: Zone::Utc,
    computer: &["Computer"],
    channel: &["Channel"],
    record_id: &["EventRecordId"],
    category: &["Task"],
    values: &["EventData"],
    ..NOTHING
};

/// The table `WindowsEvent` of Microsoft Sentinel.
pub(super) static WINDOWS_EVENT: Dialect = Dialect {
    name: "Microsoft Sentinel, WindowsEvent",
    marks: &[
        &["Provider"],
        &["EventID"],
        &["EventLevel", "EventLevelName"],
        &["TimeGenerated", "TimeGenerated [UTC]", "TimeCreated"],
    ],
    provider: &["Provider"],
    id: &["EventID"],
    level: &["EventLevel", "EventLevelName"],
    time: &["TimeCreated", "TimeGenerated", "TimeGenerated [UTC]"],
    zone: Zone::Utc,
    computer: &["Computer"],
    channel: &["Channel"],
    record_id: &["EventRecordId"],
    category: &["Task"],
    version: &["Version"],
    opcode: &["Opcode"],
    keywords: &["Keywords"],
    process_id: &["SystemProcessId"],
    thread_id: &["SystemThreadId"],
    user_sid: &["SystemUserId"],
    values: &["EventData"],
    form: Form::Sorted,
    ..NOTHING
};

/// What System holds at the top, with the values beside it, as public collections of logs have it.
pub(super) static SYSTEM_AT_THE_TOP: Dialect = Dialect {
    name: "fields of System with values beside them",
    marks: &[
        &["SourceName", "Provider_Name"],
        &["EventID"],
        &["TimeCreated", "SystemTime", "@timestamp"],
        &["Channel", "Hostname", "Computer"],
    ],
    provider: &["Provider_Name", "SourceName"],
    id: &["EventID"],
    level: &["Level"],
    kind: &["EventType", "Severity"],
    time: &["TimeCreated", "SystemTime", "EventTime", "@timestamp"],
    zone: Zone::Utc,
    computer: &["Hostname", "Computer", "host"],
    channel: &["Channel"],
    record_id: &["EventRecordID", "RecordNumber"],
    category: &["Task"],
    version: &["Version"],
    opcode: &["OpcodeValue"],
    keywords: &["Keywords"],
    process_id: &["ExecutionProcessID"],
    thread_id: &["ExecutionThreadID"],
    user_sid: &["UserID"],
    activity_id: &["ActivityID"],
    values: &["EventData"],
    form: Form::Sorted,
    own: &[
        "TimeCreated",
        "EventTime",
        "EventReceivedTime",
        "Keywords",
        "EventType",
        "SeverityValue",
        "Severity",
        "ProviderGuid",
        "Provider_Guid",
        "Task",
        "TaskValue",
        "Category",
        "Opcode",
        "OpcodeValue",
        "Version",
        "Domain",
        "AccountName",
        "AccountType",
        "UserID",
        "SourceModuleName",
        "SourceModuleType",
        "host",
        "port",
        "tags",
        "type",
        "@*",
    ],
    message: &["Message"],
    ..NOTHING
};
