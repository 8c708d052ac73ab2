//! Reads written files back with the evtx crate, and compares with what was meant.

use evtx::{EvtxParser, ParserSettings};
use serde_json::Value;

/// One record as the evtx crate reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadBack {
    pub(crate) header_id: u64,
    pub(crate) provider: String,
    pub(crate) source: Option<String>,
    pub(crate) event_id: String,
    pub(crate) qualifiers: String,
    pub(crate) level: String,
    pub(crate) task: String,
    pub(crate) time: String,
    pub(crate) record_id: String,
    pub(crate) channel: String,
    pub(crate) computer: String,
    pub(crate) user: Option<String>,
    pub(crate) strings: Vec<String>,
    pub(crate) named: Vec<(String, String)>,
    pub(crate) message: Option<String>,
}

/// Every record of the file; a record that cannot be read fails the test.
pub(crate) fn read_back(file: Vec<u8>) -> Vec<ReadBack> {
    let settings = ParserSettings::default()
        .num_threads(1)
        .validate_checksums(true)
        .separate_json_attributes(false);
    let mut parser = EvtxParser::from_buffer(file)
        .expect("a file header")
        .with_configuration(settings);
    parser
        .records_json()
        .map(|record| {
            let record = record.expect("a sound record");
            let json: Value = serde_json::from_str(&record.data).expect("JSON");
            from_json(record.event_record_id, &json["Event"])
        })
        .collect()
}

fn from_json(header_id: u64, event: &Value) -> ReadBack {
    let system = &event["System"];
    let provider = &system["Provider"]["#attributes"];
    let id = &system["EventID"];
    let attribute = |value: &Value, element: &str, name: &str| {
        let found = &value[element]["#attributes"][name];
        (!found.is_null()).then(|| text(found))
    };
    ReadBack {
        header_id,
        provider: text(&provider["Name"]),
        source: (!provider["EventSourceName"].is_null())
            .then(|| text(&provider["EventSourceName"])),
        event_id: text(&id["#text"]),
        qualifiers: text(&id["#attributes"]["Qualifiers"]),
        level: text(&system["Level"]),
        task: text(&system["Task"]),
        time: attribute(system, "TimeCreated", "SystemTime").expect("a time"),
        record_id: text(&system["EventRecordID"]),
        channel: text(&system["Channel"]),
        computer: text(&system["Computer"]),
        user: attribute(system, "Security", "UserID"),
        strings: unnamed(&event["EventData"]["Data"]),
        named: named(&event["EventData"]),
        message: event["RenderingInfo"]["Message"]
            .as_str()
            .map(str::to_owned),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn unnamed(data: &Value) -> Vec<String> {
    match data {
        Value::Null => Vec::new(),
        Value::Object(map) => unnamed(map.get("#text").unwrap_or(&Value::Null)),
        Value::Array(items) => items.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

fn named(data: &Value) -> Vec<(String, String)> {
    let Some(map) = data.as_object() else {
        return Vec::new();
    };
    map.iter()
        .filter(|(name, _)| !["Data", "Binary", "#attributes"].contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}
