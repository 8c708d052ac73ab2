//! Mistakes in a document: all of them at once, each at its place, in words, and no others.

use std::path::Path;

use eventkb::signature::load;
use eventkb::{Problem, SignatureError, SignatureSet, check_text};

fn sound() -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/custom-signature/EX1000.json"
    );
    std::fs::read_to_string(Path::new(path)).expect("the example")
}

/// The text with replacements made, each of which must fit.
fn with(changes: &[(&str, &str)]) -> String {
    let mut text = sound();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    text
}

fn refused(text: &str) -> SignatureError {
    load::read_document("file", text).expect_err("a mistake")
}

/// Paths and messages. Each must lead to a line of the text.
fn problems(text: &str) -> Vec<String> {
    let line = |problem: &Problem| {
        let found = text.lines().nth(problem.line.saturating_sub(1));
        assert!(found.is_some_and(|line| !line.is_empty()), "{problem:?}");
        format!("{}: {}", problem.path, problem.message)
    };
    refused(text).problems.iter().map(line).collect()
}

#[test]
fn a_sound_signature_has_none() {
    assert!(load::read_text("file", &sound()).is_ok());
}

#[test]
fn a_mistyped_member_is_one_mistake_and_hides_no_other() {
    let text = with(&[
        (r#""role": "core""#, r#""rolle": "core""#),
        (r#""side": "server""#, r#""side": "sever""#),
        (r#""window_s": 1800"#, r#""window_s": 0"#),
        (
            r#"["job_failed", "scan_started"] }"#,
            r#"["job_failed", "scan_startd"] }"#,
        ),
    ]);
    assert_eq!(
        problems(&text),
        [
            "symptoms[0].rolle: there is no member `rolle` here",
            "symptoms[0].side: there is no side `sever`",
            "join.window_s: must be between 1 and 2678400 seconds",
            "verdicts.likely.found[1]: there is no symptom `scan_startd`",
        ]
    );
    let helps: Vec<_> = refused(&text)
        .problems
        .into_iter()
        .map(|p| p.help)
        .collect();
    let helps: Vec<_> = helps.iter().map(Option::as_deref).collect();
    assert_eq!(
        helps,
        [
            Some("did you mean `role`?"),
            Some("did you mean `server`?"),
            None,
            Some("did you mean `scan_started`?"),
        ]
    );
}

#[test]
fn problems_below_a_mistyped_member_are_found_where_they_stand() {
    let text = with(&[
        (
            r#""where": [{ "value": "error", "number": 32"#,
            r#""wher": [{ "value": "error", "number": [1]"#,
        ),
        (r#""join": {"#, r#""jion": {"#),
        (r#""anchor": ["job_failed"]"#, r#""anchor": ["job"]"#),
    ]);
    assert_eq!(
        problems(&text),
        [
            "symptoms[0].wher: there is no member `wher` here",
            "symptoms[0].wher[0].number: a number is whole: `5`, `\"0x80070005\"` or `\"%%1053\"`",
            "jion: there is no member `jion` here",
            "jion.anchor[0]: there is no symptom `job`",
        ]
    );
}

#[test]
fn missing_and_wrong_values_are_one_mistake_each_in_plain_words() {
    let text = with(&[
        (r#""id": 4101 }"#, r#""id": true }"#),
        (r#""role": "strong","#, ""),
        (r#""severity": "high""#, r#""severity": "hgh""#),
        (r#""role": "supporting""#, r#""role": 7"#),
        (r#""revision": 1"#, r#""revision": "one""#),
        (
            r#""possible": { "found": ["job_failed"] }"#,
            r#""possible": { "fond": ["job_failed"] }"#,
        ),
    ]);
    assert_eq!(
        problems(&text),
        [
            "revision: must be a whole number from 0, not the text \"one\"",
            "severity: `hgh` is none of the words that can stand here",
            "symptoms[0].events[0].id: an id is a number to 65535, a range such as `\"5-9\"`, or a list of both",
            "symptoms[1]: `role` is missing",
            "symptoms[2].role: must be one of the words that can stand here, not 7",
            "verdicts.possible: `fond` is none of the words that can stand here",
        ]
    );
}

#[test]
fn mistakes_within_cause_checks_stand_at_their_place() {
    let checks = r#""cause_checks": [
      { "kind": "computer_names", "names": [{ "events": [{ "provider": "x", "id": 1 }], "strng": 1 }],
        "confirmed_by": ["equl"], "confirmed": "a", "contradicted": "b", "unknown": "c" },
      { "kind": "evnt", "events": [], "proves": "confirmed", "says": "d" }
    ],
    "sides""#;
    let text = with(&[(r#""sides""#, checks)]);
    assert_eq!(
        problems(&text),
        [
            "cause_checks[0].names[0].strng: there is no member `strng` here",
            "cause_checks[0].confirmed_by[0]: `equl` is none of the words that can stand here",
            "cause_checks[1].kind: `evnt` is none of the words that can stand here",
        ]
    );
}

#[test]
fn an_element_that_is_given_up_hides_nothing_and_makes_no_new_mistake() {
    let text = with(&[
        (r#""symptoms": ["#, r#""symptoms": [ 5,"#),
        (r#""anchor": ["job_failed"]"#, r#""anchor": ["job"]"#),
    ]);
    assert_eq!(
        problems(&text),
        [
            "symptoms[0]: must be an object, not 5",
            "join.anchor[0]: there is no symptom `job`",
        ]
    );
}

#[test]
fn other_documents_are_read_past_their_mistakes_too() {
    let catalogue = r#"{
      "catalogue": 1, "provider": "x*y", "chanel": "System",
      "events": [{ "id": "one", "sentence": "{1}" }, { "id": 2, "sentence": "{gone}", "values": ["a"] }]
    }"#;
    assert_eq!(
        problems(catalogue),
        [
            "provider: `*` stands for any rest, and only at the end",
            "chanel: there is no member `chanel` here",
            "events[0].id: must be a whole number from 0 to 65535, not the text \"one\"",
            "events[1].sentence: nothing fills in `{gone}`",
        ]
    );
    let codes =
        r#"{ "codes": 1, "table": "win31", "entries": { "five": { "name": "A", "says": "b" } } }"#;
    assert_eq!(
        problems(codes),
        [
            "table: `win31` is none of the words that can stand here",
            "entries.five: `five` is no number",
        ]
    );
    let examples = r#"{
      "examples_of": "EX1000",
      "examples": [
        { "name": "a", "verdict": "possibel", "events": [{ "provider": "x", "event_id": 70000 }] },
        { "name": "a", "verdict": "none", "events": [{ "provider": "x", "event_id": 1, "named": [["one"]], "binary": "0x" }] }
      ]
    }"#;
    assert_eq!(
        problems(examples),
        [
            "examples[0].verdict: `possibel` is none of the words that can stand here",
            "examples[0].events[0].event_id: must be a whole number from 0 to 65535, not 70000",
            "examples[1].name: `a` is there twice",
            "examples[1].events[0].named[0]: must be a pair: a name and a value",
            "examples[1].events[0].binary: binary data is written in pairs of hex digits, such as `0f00`",
        ]
    );
}

#[test]
fn other_versions_say_so_and_nothing_else() {
    for (text, wanted) in [
        (
            r#"{ "format": 3, "what": 1 }"#,
            "format: this eventkb reads `\"format\": 2`",
        ),
        (
            r#"{ "catalogue": 2 }"#,
            "catalogue: this eventkb reads `\"catalogue\": 1`",
        ),
        (
            r#"{ "codes": 2, "table": "win32" }"#,
            "codes: this eventkb reads `\"codes\": 1`",
        ),
    ] {
        assert_eq!(problems(text), [wanted]);
        assert!(refused(text).problems.iter().all(|p| p.code.is_some()));
    }
    // The first format had no number.
    let error = refused(r#"{ "id": "EX1", "symptoms": [] }"#);
    assert!(error.to_string().contains("first format"), "{error}");
}

#[test]
fn too_little_to_go_on_with_still_says_what_is_wrong() {
    let found = problems("{}");
    assert!(
        found.contains(&": `symptoms` is missing".to_owned()),
        "{found:?}"
    );
    for text in [
        "[]",
        "7",
        "{\"symptoms\": 5}",
        "{\"id\": {}}",
        "null",
        "",
        "{\"format\": 2, \"symptoms\": [[[]]]}",
    ] {
        assert!(!refused(text).problems.is_empty(), "{text}");
    }
}

#[test]
fn members_that_stand_twice_are_refused() {
    let text = with(&[(r#""revision": 1,"#, "\"revision\": 1,\n  \"revision\": 2,")]);
    assert_eq!(
        problems(&text),
        ["revision: `revision` stands twice in one object"]
    );
}

#[test]
fn byte_order_marks_and_utf_16_are_read() {
    let folder = std::env::temp_dir().join(format!("eventkb-problems-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let wide = |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let units = sound();
        let units = units.encode_utf16().flat_map(unit);
        mark.into_iter().chain(units).collect()
    };
    let with_mark = [&b"\xef\xbb\xbf"[..], sound().as_bytes()].concat();
    for (name, bytes) in [
        ("bom.json", with_mark),
        ("le.json", wide([0xff, 0xfe], u16::to_le_bytes)),
        ("be.json", wide([0xfe, 0xff], u16::to_be_bytes)),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, bytes).expect("written");
        let mut set = SignatureSet::empty();
        let added = set.add_path(&path).expect("readable");
        assert_eq!(added.signatures, 1, "{name}");
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn problems_come_in_the_order_of_the_file_with_recommendations_between() {
    let text = with(&[
        (r#""number": 32"#, r#""is": "32""#),
        (r#""side": "server""#, r#""side": "sever""#),
    ]);
    let (_, problems) = check_text(&text, &SignatureSet::empty());
    let lines: Vec<usize> = problems.iter().map(|p| p.line).collect();
    assert!(lines.is_sorted(), "{problems:?}");
    let codes: Vec<_> = problems.iter().filter_map(|p| p.code).collect();
    assert_eq!(codes, ["EK110", "EK252"]);
}
