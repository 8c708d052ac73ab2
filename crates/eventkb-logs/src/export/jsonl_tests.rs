use super::*;
use crate::export::testing::{self, read_with};

const DUMPED: &str = concat!(
    r##"{"Event":{"#attributes":{"xmlns":"http://schemas.microsoft.com/win/2004/08/events/event"},"System":{"Provider":{"#attributes":{"Name":"Service Control Manager","Guid":"{555908d1}","EventSourceName":"Old"}},"EventID":{"#attributes":{"Qualifiers":16384},"#text":7036},"Level":4,"Task":0,"Keywords":"0x8080000000000000","TimeCreated":{"#attributes":{"SystemTime":"2012-03-14T04:17:38.2763402Z"}},"EventRecordID":12050,"Correlation":null,"Channel":"System","Computer":"WKS","Security":null},"EventData":{"param1":"Windows Modules Installer","param2":"stopped","Binary":"5400"}}}"##,
    "\n",
    r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"PowerShell"}},"EventID":{"#attributes":{"Qualifiers":"0"},"#text":"600"},"Level":"4","Computer":"B"},"EventData":{"Data":{"#text":["Registry","","x\r\ny"]},"Binary":null}}}"##,
    "\n",
    r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"One"}},"EventID":5},"UserData":{"Outer":{"#attributes":{"xmlns":"x"},"A":1,"A_1":"two","Sub":{"B":true}}}}}"##,
    "\n",
);

fn strings(event: &Event) -> Vec<&str> {
    event.strings.iter().flatten().map(String::as_str).collect()
}

#[test]
fn evtx_dump_lines() {
    let (events, account) = read_with(read, DUMPED.as_bytes());
    assert_eq!(account.integrity.defects, []);
    let [first, second, third] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(first.provider, "Service Control Manager");
    assert_eq!(first.event_source.as_deref(), Some("Old"));
    assert_eq!(
        (first.event_id, first.qualifiers, first.level),
        (7036, Some(16384), Some(4))
    );
    assert_eq!(
        first.time.map(|t| t.to_string()).as_deref(),
        Some("2012-03-14T04:17:38.2763402Z")
    );
    assert_eq!(
        (first.record_id, first.computer.as_deref()),
        (Some(12050), Some("WKS"))
    );
    assert_eq!(strings(first), ["Windows Modules Installer", "stopped"]);
    assert_eq!(first.named[1], ("param2".to_owned(), "stopped".to_owned()));
    assert_eq!((second.event_id, second.level), (600, Some(4)));
    assert_eq!(strings(second), ["Registry", "", "x\r\ny"]);
    assert_eq!(strings(third), ["1", "two", "true"]);
    assert_eq!(third.named[1].0, "A");
    assert_eq!(
        third.offset,
        Some(DUMPED.trim_end().rfind('\n').expect("lines") as u64 + 1)
    );
}

#[test]
fn attributes_beside_their_elements() {
    let text = r##"{"Event_attributes":{"xmlns":"x"},"Event":{"System":{"Provider_attributes":{"Name":"P"},"EventID_attributes":{"Qualifiers":3},"EventID":7,"TimeCreated_attributes":{"SystemTime":"2012-03-14T04:17:38Z"}},"EventData":{"Data_attributes":{"Name":"n"},"Data":"v","ComplexData_attributes":{"Name":"c"},"ComplexData":"00"}}}"##;
    let (events, account) = read_with(read, text.as_bytes());
    assert_eq!(account.integrity.defects, []);
    assert_eq!(
        (
            events[0].provider.as_str(),
            events[0].event_id,
            events[0].qualifiers
        ),
        ("P", 7, Some(3))
    );
    assert!(events[0].time.is_some());
    assert_eq!(
        events[0].named,
        [("n", "v"), ("c", "00")].map(|(n, v)| (n.to_owned(), v.to_owned()))
    );
}

#[test]
fn what_is_there_twice_is_refused() {
    for text in [
        r##"{"Event":{"System":{"EventID":1,"EventID":4624}}}"##,
        r##"{"Event":{"System":{"EventID":1},"System":{"EventID":4624}}}"##,
        r##"{"Event":{"System":{"EventID":1},"EventData":{"A":1,"A":2}}}"##,
        r##"{"provider":"p","event_id":1,"event_id":2}"##,
        r##"{"provider":"p","event_id":1,"named":[],"named":{}}"##,
        r##"{"provider":"p","event_id":1,"named":{"a":"1","a":"2"}}"##,
        r##"{"provider":"p","event_id":1,"named":[{"name":"a","value":"1","value":"2"}]}"##,
        r##"{"winlog":{"event_id":1,"provider_name":"x","event_id":2}}"##,
    ] {
        let (events, account) = read_with(read, text.as_bytes());
        assert_eq!((events.len(), account.integrity.failed), (0, 1), "{text}");
    }
}

#[test]
fn our_own_lines_come_back_as_they_were() {
    let event = Event {
        provider: "MSExchangeMTA \"x\"".to_owned(),
        event_source: Some("Old\u{1}".to_owned()),
        event_id: 9322,
        qualifiers: Some(0x8000),
        level: Some(3),
        category: Some(5),
        category_name: Some("Interface".to_owned()),
        channel: Some("Application".to_owned()),
        computer: Some("SEATTLE".to_owned()),
        time: "2000-02-05T23:20:40.1234567Z".parse().ok(),
        record_id: Some(u64::MAX),
        version: Some(2),
        opcode: Some(255),
        keywords: Some(0x8000_0000_0000_0001),
        process_id: Some(u32::MAX),
        thread_id: Some(0),
        user_sid: Some("S-1-5-18".to_owned()),
        activity_id: Some("{0}".to_owned()),
        related_activity_id: Some(String::new()),
        binary: Some(vec![0, 0xff, 0x10]),
        strings: Some(vec![
            "68".to_owned(),
            String::new(),
            "{\n}\u{202e}😀".to_owned(),
        ]),
        named: vec![
            ("a".to_owned(), "1".to_owned()),
            ("a".to_owned(), "2".to_owned()),
        ],
        message: Some("two\r\nlines".to_owned()),
        trust: Trust::ChecksumFailed,
        file: Arc::from("x"),
        offset: None,
    };
    let empty = Event {
        file: Arc::from("x"),
        ..Event::default()
    };
    let lists = Event {
        strings: Some(Vec::new()),
        trust: Trust::Recovered,
        ..empty.clone()
    };
    let events = vec![event, empty, lists];
    let lines: Vec<String> = events
        .iter()
        .map(|event| serde_json::to_string(&crate::JsonEvent::from(event)).expect("JSON"))
        .collect();
    let pretty: Vec<String> = events
        .iter()
        .map(|event| serde_json::to_string_pretty(&crate::JsonEvent::from(event)).expect("JSON"))
        .collect();
    for text in [
        lines.join("\n"),
        format!("[{}]", lines.join(",")),
        pretty.join("\n"),
    ] {
        let (read, account) = read_with(read, text.as_bytes());
        assert_eq!(testing::without_offset(read), events);
        assert_eq!(account.integrity.failed, 0);
    }
}

#[test]
fn what_our_own_lines_say_of_themselves_is_not_believed() {
    // The file that is cited is the one that was read, and what stands beside it in no list.
    let line = r#"{"provider":"P","event_id":1,"file":"/etc/passwd","offset":7,"trust":"intact"}"#;
    let text = format!("\n{line}\n{}\n", line.replace("intact", "believe me"));
    let (events, account) = read_with(read, text.as_bytes());
    let cited: Vec<(&str, Option<u64>)> = events.iter().map(|e| (&*e.file, e.offset)).collect();
    assert_eq!(cited, [("x", Some(1)), ("x", Some(2 + line.len() as u64))]);
    // A word that nobody knows is no reason to believe it.
    let trust: Vec<Trust> = events.iter().map(|event| event.trust).collect();
    assert_eq!(trust, [Trust::Intact, Trust::HeaderMismatch]);
    assert_eq!(account.integrity.count(DefectCode::UnreadableField), 1);
}

#[test]
fn fields_of_our_own_that_are_not_understood_are_named() {
    for field in [
        r#""level":"schlimm""#,
        r#""record_id":"x""#,
        r#""keywords":"0xz""#,
        r#""strings":"a""#,
        r#""named":[["a"]]"#,
        r#""named":"a""#,
        r#""process_id":-1"#,
        r#""binary":"0""#,
        r#""trust":7"#,
    ] {
        let line = format!(r#"{{"provider":"P","event_id":1,{field}}}"#);
        let (events, account) = read_with(read, line.as_bytes());
        let count = account.integrity.count(DefectCode::UnreadableField);
        assert_eq!((events.len(), count), (1, 1), "{field}");
    }
}

#[test]
fn short_forms_of_our_own() {
    let text = r#"[
      {"time": 949800000, "computer": "SEATTLE", "provider": "MSExchangeMTA", "event_id": 9311, "level": "warning", "category": "Field Engineering", "strings": ["a", 718, null], "named": {"x": "1", "y": 2}},
      {"time": 949800000.25, "provider": "P", "event_id": "7", "category": "5", "named": [["x", "1"]]}
    ]"#;
    let (events, account) = read_with(read, text.as_bytes());
    let [first, second] = &events[..] else {
        panic!("{account:?}")
    };
    assert_eq!(
        first.time.map(|t| t.to_string()).as_deref(),
        Some("2000-02-06T01:20:00Z")
    );
    assert_eq!(
        (first.level, first.category, first.category_name.as_deref()),
        (Some(3), None, Some("Field Engineering"))
    );
    assert_eq!(strings(first), ["a", "718", ""]);
    assert_eq!(first.named.len(), 2);
    assert_eq!(&*first.file, "x");
    assert_eq!(
        second.time.map(|t| t.to_string()).as_deref(),
        Some("2000-02-06T01:20:00.25Z")
    );
    assert_eq!(
        (second.event_id, second.category, second.strings.is_none()),
        (7, Some(5), true)
    );
    assert_eq!(second.named, [("x".to_owned(), "1".to_owned())]);
    assert_eq!(account.integrity.defects[0].code, DefectCode::Incomplete);
}

#[test]
fn winlogbeat_and_powershell() {
    let text = concat!(
        r#"{"@timestamp":"2020-01-01T00:00:00.000Z","winlog":{"provider_name":"P","event_id":7,"record_id":"12","channel":"System","computer_name":"C","event_data":{"param1":"a","param10":"j","param2":"b","param3":"c","param4":"d","param5":"e","param6":"f","param7":"g","param8":"h","param9":"i","Binary":"00"}},"log":{"level":"error"},"message":"m"}"#,
        "\n",
        r#"{"@timestamp":"2020-01-01T00:00:00.000Z","source_name":"P","event_id":7,"log_name":"System","computer_name":"C","level":"Information","event_data":{"Zeta":"1","Alpha":"2"}}"#,
        "\n",
        r#"{"Id":9322,"Qualifiers":32768,"Level":3,"Task":5,"RecordId":17,"ProviderName":"MSExchangeMTA","LogName":"Application","MachineName":"SEATTLE","TimeCreated":"\/Date(949792840000)\/","Message":"m","LevelDisplayName":"Warning","Properties":[{"Value":"68"},{"Value":5},{"Value":[1,2]}]}"#,
        "\n",
        r#"{"EventID":9322,"MachineName":"SEATTLE","Index":17,"Category":"Interface","CategoryNumber":5,"EntryType":1,"Message":"m","Source":"MSExchangeMTA","ReplacementStrings":["68","5"],"InstanceId":2147492970,"TimeGenerated":{"value":"\/Date(949792840000)\/","DateTime":"x"}}"#,
    );
    let (events, account) = read_with(read, text.as_bytes());
    assert_eq!(
        (events.len(), account.integrity.failed),
        (4, 0),
        "{account:?}"
    );
    assert_eq!(
        strings(&events[0]),
        ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
    );
    assert_eq!((events[0].level, events[0].record_id), (Some(2), Some(12)));
    assert_eq!(
        (events[1].level, &events[1].strings, events[1].named.len()),
        (Some(4), &None, 2)
    );
    assert_eq!(strings(&events[2]), ["68", "5"]);
    assert_eq!(
        (events[2].qualifiers, events[2].level, events[2].category),
        (Some(32768), Some(3), Some(5))
    );
    assert_eq!(strings(&events[3]), ["68", "5"]);
    assert_eq!(
        (events[3].qualifiers, events[3].level, events[3].event_id),
        (Some(0x8000), Some(2), 9322)
    );
    assert_eq!(events[3].time, events[2].time);
}

#[test]
fn foreign_objects_are_named_not_counted() {
    let (events, account) = read_with(read, b"{\"name\":\"x\",\"version\":\"1\"}");
    assert!(events.is_empty());
    assert_eq!(account.integrity.defects[0].code, DefectCode::Malformed);
}

#[test]
fn damage_never_panics() {
    testing::damage(read, DUMPED.as_bytes());
    testing::endless(read, b"{\"Event\":\"", br#"{"provider":"p","event_id":3}"#);
}
