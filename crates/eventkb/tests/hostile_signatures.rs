//! Signatures written to be slow: windows over a month, occurrences that never pause or are all
//! apart, patterns that other engines run on for years, documents without end. The time stays linear
//! in the events, and what goes beyond the limits is refused at once.
#![allow(clippy::print_stdout, reason = "it says how long things took")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use eventkb::jiff::Timestamp;
use eventkb::signature::load;
use eventkb::{Event, Report, Session, SignatureSet};
use serde_json::{Value, json};

fn text() -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/custom-signature/EX1000.json"
    );
    std::fs::read_to_string(path).expect("the example")
}

fn catalogue(name: &str) -> String {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/custom-signature"
    );
    std::fs::read_to_string(format!("{folder}/{name}")).expect("the catalogue")
}

/// The worked example, changed.
fn signature(change: fn(&mut Value)) -> Arc<SignatureSet> {
    let mut json: Value = serde_json::from_str(&text()).expect("JSON");
    change(&mut json);
    let mut set = SignatureSet::empty();
    for text in [
        catalogue("contoso-backup.json"),
        catalogue("contoso-antivirus.json"),
        json.to_string(),
    ] {
        set.add_text("hostile.json", "", &text)
            .expect("within the limits");
    }
    Arc::new(set)
}

/// Events of all symptoms in turns, a second apart, each with a value of its own.
fn events(count: usize, computers: usize) -> impl Iterator<Item = Event> {
    let kinds = [
        ("Contoso AntiVirus", 210),
        ("Contoso Backup", 4101),
        ("Contoso Backup", 4107),
        ("Disk", 11),
    ];
    (0..count).map(move |n| {
        let (provider, event_id) = kinds[n % kinds.len()];
        let value = format!("E:\\{}", "x".repeat(n % 60) + &n.to_string());
        let strings = match event_id {
            4101 => vec!["Nightly".to_owned(), value, "32".to_owned()],
            _ => vec![value, "15".to_owned()],
        };
        let time = Timestamp::from_second(950_000_000 + n as i64).expect("a time");
        Event {
            provider: provider.to_owned(),
            event_id,
            computer: Some(format!("HOST{}", n % computers)),
            time: Some(time),
            record_id: Some(n as u64),
            strings: Some(strings),
            file: "log.evtx".into(),
            ..Event::default()
        }
    })
}

fn judged(set: &Arc<SignatureSet>, count: usize, computers: usize) -> (Report, Duration) {
    let begun = Instant::now();
    let mut session = Session::new(set);
    for event in events(count, computers) {
        session.feed(&event);
    }
    (session.finish(), begun.elapsed())
}

const MONTH: u64 = 31 * 24 * 3600;

type Case = (&'static str, fn(&mut Value));

const WORST: [Case; 6] = [
    ("a month, one occurrence", |json| {
        json["join"]["window_s"] = json!(MONTH);
        json["join"]["attempt_gap_s"] = json!(MONTH);
    }),
    ("a month, each an occurrence", |json| {
        json["join"]["window_s"] = json!(MONTH);
        json["join"]["attempt_gap_s"] = json!(1);
    }),
    ("a month, no key", |json| {
        json["join"] = json!({ "window_s": MONTH, "attempt_gap_s": 1, "anchor": ["job_failed"] });
    }),
    ("a month, on any computer", |json| {
        json["join"] = json!({
            "window_s": MONTH, "across_window_s": MONTH, "attempt_gap_s": 1,
            "anchor": ["job_failed"],
        });
        json["symptoms"][1]["locality"] = json!("any_computer");
        json["symptoms"][2]["locality"] = json!("any_computer");
        json["rules_out"][0]["locality"] = json!("any_computer");
    }),
    ("a month, counted", |json| {
        json["join"] = json!({ "window_s": MONTH });
        json["symptoms"][0]["only_if"] = json!([
            { "count": { "at_least": 1000, "within_s": MONTH } },
            { "not_followed_by": { "symptom": "retry", "within_s": MONTH } },
        ]);
    }),
    ("a slow pattern", |json| {
        let slow = json!({ "value": "error", "pattern": "^(([0-9]+)*)*[0-9]*$" });
        json["symptoms"][0]["where"] = json!([slow]);
    }),
];

#[test]
fn time_is_linear_in_the_events() {
    for (name, change) in WORST {
        let set = signature(change);
        for computers in [1, 50] {
            let few = (0..3).map(|_| judged(&set, 5_000, computers).1).min();
            let few = few.expect("three");
            let (report, many) = judged(&set, 40_000, computers);
            let times = many.as_secs_f64() / few.as_secs_f64();
            println!("{name}, {computers} computers: {few:?}, {many:?} for eight times as many");
            assert!(report.findings.len() <= 1, "one signature");
            // Eight times as many events; in the square of them it would be 64 times.
            assert!(
                times < 32.0,
                "{name}, {computers} computers: {times:.1} times"
            );
        }
    }
}

fn refused(text: &str, what: &str) {
    let begun = Instant::now();
    let error = load::read_document("hostile.json", text).expect_err(what);
    let said: Vec<String> = error.problems.iter().map(|p| p.message.clone()).collect();
    assert!(
        said.iter().any(|message| message.contains(what)),
        "{what}: {said:?}"
    );
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{what}: {:?}",
        begun.elapsed()
    );
}

#[test]
fn what_goes_beyond_the_limits_is_refused() {
    let cases: [Case; 14] = [
        ("2678400", |json| {
            json["join"]["window_s"] = json!(MONTH + 1)
        }),
        ("512", |json| {
            let pattern = "a".repeat(513);
            json["symptoms"][0]["where"] = json!([{ "value": "error", "pattern": pattern }]);
        }),
        ("nested deeper", |json| {
            let mut rule = json!({ "found": ["job_failed"] });
            for _ in 0..20 {
                rule = json!({ "all": [rule] });
            }
            json["verdicts"]["match"] = rule;
        }),
        ("nested deeper", |json| {
            let mut condition = json!({ "value": "error", "number": 5 });
            for _ in 0..20 {
                condition = json!({ "any": [condition] });
            }
            json["symptoms"][0]["where"] = json!([condition]);
        }),
        ("recursion limit", |json| {
            let mut rule = json!({ "found": ["job_failed"] });
            for _ in 0..100 {
                rule = json!({ "all": [rule] });
            }
            json["verdicts"]["match"] = rule;
        }),
        ("more than 128", |json| {
            let symptom = json["symptoms"][0].clone();
            let many = (0..200).map(|n| {
                let mut symptom = symptom.clone();
                symptom["id"] = json!(format!("s{n}"));
                symptom
            });
            json["symptoms"] = many.collect();
        }),
        ("more than 256", |json| {
            let condition = json!({ "value": "error", "number": 5 });
            json["symptoms"][0]["where"] = json!([{ "any": vec![condition; 300] }]);
        }),
        ("size limit", |json| {
            // Repeats of repeats: a program of billions of steps.
            let pattern = "((((a{1000}){1000}){1000}){1000})";
            json["symptoms"][0]["where"] = json!([{ "value": "error", "pattern": pattern }]);
        }),
        ("takes too long to look for", |json| {
            // Short to write, and minutes for a megabyte of values.
            let pattern = "(?:a.{0,300}b.{0,300}){1,9}z";
            json["symptoms"][0]["where"] = json!([{ "value": "error", "pattern": pattern }]);
        }),
        ("take too long to look for together", |json| {
            let slow = json!({ "value": "error", "pattern": ".{0,40}z" });
            json["symptoms"][0]["where"] = json!(vec![slow; 9]);
        }),
        ("1 to 32768", |json| {
            json["symptoms"][0]["where"] = json!([{ "string": 100_000, "is": "x" }]);
        }),
        ("an id begins", |json| json["id"] = json!("..")),
        ("an id begins", |json| json["id"] = json!("--help")),
        ("an id begins", |json| json["id"] = json!("a/../../b")),
    ];
    for (what, change) in cases {
        let mut json: Value = serde_json::from_str(&text()).expect("JSON");
        change(&mut json);
        refused(&json.to_string(), what);
    }
}

#[test]
fn documents_without_end_are_refused_at_once() {
    refused(&"[".repeat(500_000), "not valid JSON");
    refused(&"{\"a\":".repeat(100_000), "not valid JSON");
    let repeated = format!("{{\"format\": 2, {}}}", "\"x\": 1, ".repeat(2) + "\"y\": 2");
    refused(&repeated, "stands twice");
    // One mistake for each of many elements.
    let names = vec!["\"wrong\""; 5_000].join(",");
    let many = text().replacen("\"anchor\": [", &format!("\"anchor\": [{names},"), 1);
    refused(&many, "there is no symptom `wrong`");
    let members: Vec<String> = (0..2_000).map(|n| format!("\"m{n}\": {n}")).collect();
    let many = text().replacen('{', &format!("{{{},", members.join(",")), 1);
    refused(&many, "there is no member `m1` here");
}

#[test]
fn an_example_of_billions_of_events_is_refused() {
    let text = json!({
        "examples_of": "EX1000",
        "examples": [{
            "name": "storm",
            "verdict": "match",
            "events": [{ "provider": "Contoso Backup", "event_id": 4101, "times": 4_000_000_000_u32 }],
        }],
    });
    refused(&text.to_string(), "more than 10000 events");
}
