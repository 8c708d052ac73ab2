//! What an event says besides its strings comes out of every format that holds it: keywords, user,
//! process, thread, version, opcode and binary data.

#[path = "common/all.rs"]
mod all;

use all::All;
use eventkb_logs::integrity::DefectCode;
use eventkb_logs::{Event, JsonEvent, ReadOptions, read_stream};
use eventkb_testkit::EventSpec;
use eventkb_testkit::evt::EvtWriter;
use eventkb_testkit::evtx::{EvtxWriter, Layout, Style};

fn read(mut bytes: &[u8]) -> Vec<Event> {
    let mut all = All::default();
    let result = read_stream("x", &mut bytes, &ReadOptions::default(), &mut all);
    let codes: Vec<_> = result.files.iter().map(|f| &f.input.defects).collect();
    assert!(codes.iter().all(|defects| defects.is_empty()), "{codes:?}");
    all.0
}

const SYSTEM: [u8; 12] = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
const AUDIT_FAILURE: u64 = 0x0090_0000_0000_0000;

fn spec() -> EventSpec {
    EventSpec {
        keywords: AUDIT_FAILURE,
        level: 0,
        binary: Some(vec![0, 0xff, 0x10]),
        ..EventSpec::new("Security", 529)
            .user_sid(&SYSTEM)
            .channel("Security")
            .strings(["SYSTEM".to_owned()])
    }
}

fn check(event: &Event, what: &str) {
    assert_eq!(event.keywords, Some(AUDIT_FAILURE), "{what}");
    assert_eq!(event.user_sid.as_deref(), Some("S-1-5-18"), "{what}");
    assert_eq!(event.binary, Some(vec![0, 0xff, 0x10]), "{what}");
    assert_eq!(event.strings, Some(vec!["SYSTEM".to_owned()]), "{what}");
}

#[test]
fn logs_of_both_kinds_give_keywords_user_and_binary_data() {
    for layout in [Layout::NameInTemplate, Layout::NameAsSubstitution] {
        for style in Style::ALL {
            let log = EvtxWriter::new()
                .layout(layout)
                .style(style)
                .write(&[spec()]);
            let events = read(&log);
            let what = format!("{layout:?} {style:?}");
            check(events.first().expect("an event"), &what);
        }
    }
    let events = read(&EvtWriter::new().write(&[spec()]));
    check(events.first().expect("an event"), "evt");
}

/// Times and defects of a file.
fn times(mut bytes: &[u8]) -> (Vec<Option<String>>, u64) {
    let mut all = All::default();
    let result = read_stream("x", &mut bytes, &ReadOptions::default(), &mut all);
    let without = result.files.iter().flat_map(|file| &file.input.defects);
    let without = without.filter(|defect| defect.code == DefectCode::NoTime);
    let times = all
        .0
        .iter()
        .map(|event| event.time.map(|time| time.to_string()));
    (times.collect(), without.map(|defect| defect.count).sum())
}

/// Zero stands for "no time": taken as one it would tie all such events together.
#[test]
fn a_time_that_was_not_set_is_none() {
    const YEAR_1601: i64 = -11_644_473_600;
    let unset = (vec![None], 1);
    for seconds in [YEAR_1601, YEAR_1601 + 3_600, 0] {
        let spec = spec().at(seconds, 0);
        for layout in [Layout::NameInTemplate, Layout::NameAsSubstitution] {
            for style in Style::ALL {
                let log = EvtxWriter::new().layout(layout).style(style);
                let log = log.write(std::slice::from_ref(&spec));
                assert_eq!(times(&log), unset, "{seconds} {layout:?} {style:?}");
            }
        }
    }
    assert_eq!(times(&EvtWriter::new().write(&[spec().at(0, 0)])), unset);
    let set = (vec![Some("1970-01-01T00:00:01Z".to_owned())], 0);
    assert_eq!(times(&EvtWriter::new().write(&[spec().at(1, 0)])), set);
    assert_eq!(times(&EvtxWriter::new().write(&[spec().at(1, 0)])), set);
}

#[cfg(feature = "exports")]
mod exports {
    use super::*;

    #[test]
    fn a_time_that_was_not_set_is_none_in_exports() {
        for time in [
            r#""1601-01-01T00:00:00Z""#,
            r#""1601-01-01T00:59:00.1234567Z""#,
            r#""1970-01-01T00:00:00Z""#,
            "0",
            r#""/Date(0)/""#,
        ] {
            let ours = format!(r#"{{"provider":"p","event_id":7,"time":{time},"strings":["a"]}}"#);
            assert_eq!(times(ours.as_bytes()), (vec![None], 1), "{time}");
        }
        let xml = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
                   <Provider Name='P'/><EventID>7</EventID>\
                   <TimeCreated SystemTime='1601-01-01T00:00:00Z'/></System></Event>";
        assert_eq!(times(xml.as_bytes()), (vec![None], 1));
    }

    fn one(text: &str) -> Event {
        let mut events = read(text.as_bytes());
        assert_eq!(events.len(), 1, "{text}");
        events.remove(0)
    }

    /// As every form below holds it.
    fn check_all(event: &Event, what: &str) {
        assert_eq!(
            (event.version, event.process_id, event.thread_id),
            (Some(2), Some(644), Some(8)),
            "{what}"
        );
        let sid = event.user_sid.as_deref();
        assert_eq!(sid, Some("S-1-5-18"), "{what}");
        let activity = "{0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0}";
        assert_eq!(event.activity_id.as_deref(), Some(activity), "{what}");
        assert_eq!(event.related_activity_id, None, "{what}");
        assert_eq!(event.keywords, Some(0x8000_0000_0000_0000), "{what}");
    }

    #[test]
    fn xml_and_json_give_all_of_system() {
        let xml = one(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
             <Provider Name='P'/><EventID>7</EventID><Version>2</Version><Opcode>1</Opcode>\
             <TimeCreated SystemTime='2000-02-06T01:20:00Z'/>\
             <Keywords>0x8000000000000000</Keywords><Correlation \
             ActivityID='{0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0}' RelatedActivityID=''/>\
             <Execution ProcessID='644' ThreadID='8'/><Security UserID='S-1-5-18'/></System>\
             <EventData><Binary>00FF10</Binary></EventData></Event>",
        );
        check_all(&xml, "XML");
        assert_eq!(
            (xml.opcode, xml.binary.as_deref()),
            (Some(1), Some(&[0, 255, 16][..]))
        );
        let json = one(
            r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":7,"Version":2,
            "Opcode":1,"Keywords":"0x8000000000000000","TimeCreated":{"#attributes":{"SystemTime":
            "2000-02-06T01:20:00Z"}},"Correlation":{"#attributes":{"ActivityID":
            "{0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0}"}},"Execution":{"#attributes":{"ProcessID":644,
            "ThreadID":8}},"Security":{"#attributes":{"UserID":"S-1-5-18"}}},
            "EventData":{"Binary":"00FF10"}}}"##,
        );
        check_all(&json, "JSON of evtx_dump");
        assert_eq!((json.opcode, &json.binary), (Some(1), &xml.binary));
        let ours = serde_json::to_string(&JsonEvent::from(&xml)).expect("JSON");
        let back = one(&ours);
        assert_eq!(back, xml);
    }

    #[test]
    fn powershell_and_winlogbeat_give_what_they_have() {
        let powershell = one(
            r#"[{"ProviderName":"P","Id":7,"Version":2,"Opcode":1,"Keywords":-9223372036854775808,
            "TimeCreated":"2000-02-06T01:20:00Z","ProcessId":644,"ThreadId":8,"UserId":{"BinaryLength":12,"Value":"S-1-5-18"},
            "ActivityId":"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0","RelatedActivityId":null,
            "Properties":[{"Value":"a"},{"Value":[0,255,16]}]}]"#,
        );
        check_all(&powershell, "PowerShell");
        assert_eq!(powershell.strings, Some(vec!["a".to_owned()]));
        assert_eq!(powershell.binary, Some(vec![0, 255, 16]));
        let beat = one(
            r#"{"@timestamp":"2024-05-01T10:00:00Z","winlog":{"provider_name":"P","event_id":7,
            "version":2,"keywords":"0x8000000000000000","process":{"pid":644,"thread":{"id":8}},
            "user":{"identifier":"S-1-5-18"},"event_data":{"param1":"a"},
            "activity_id":"{0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0}"}}"#,
        );
        check_all(&beat, "Winlogbeat");
    }
}
