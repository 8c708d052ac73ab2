//! Mistakes in a signature: all of them at once, each at its place, and no others.

use std::path::Path;

use eventkb::signature::load;

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

/// Places and messages, as far as the `expected one of` of serde.
fn problems(text: &str) -> Vec<String> {
    let error = load::read_text("file", text).expect_err("a mistake");
    let line = |problem: &eventkb::Problem| {
        let message = problem
            .message
            .split(", expected")
            .next()
            .unwrap_or_default();
        let found = text.lines().nth(problem.line - 1).unwrap_or_default();
        assert!(!found.is_empty(), "{problem:?}");
        format!("{}: {message}", problem.place)
    };
    error.problems.iter().map(line).collect()
}

#[test]
fn a_sound_signature_has_none() {
    assert!(load::read_text("file", &sound()).is_ok());
}

#[test]
fn a_mistyped_field_is_one_mistake_and_hides_no_other() {
    let text = with(&[
        (r#""role": "core""#, r#""rolle": "core""#),
        (r#""field": "error""#, r#""field": "eror""#),
        (r#""window_s": 1800"#, r#""window_s": 0"#),
        (
            r#"["job_failed", "scan_started"] }"#,
            r#"["job_failed", "scan_startd"] }"#,
        ),
    ]);
    assert_eq!(
        problems(&text),
        [
            "symptoms[0].rolle: unknown field `rolle`",
            "symptoms[0].where[0].field: no layout has a field `eror`",
            "join.attempt_gap_s: must not exceed `window_s`",
            "join.window_s: must be between 1 and 2678400 seconds",
            "verdicts.likely.found[1]: there is no symptom `scan_startd`",
        ]
    );
    let error = load::read_text("file", &text).expect_err("a mistake");
    assert_eq!(
        error.problems[0].help.as_deref(),
        Some("did you mean `role`?")
    );
}

#[test]
fn problems_below_a_mistyped_field_are_found_where_they_stand() {
    let text = with(&[
        (
            r#""where": [{ "field": "error", "number": 32"#,
            r#""wher": [{ "field": "error", "number": "x""#,
        ),
        (r#""join": {"#, r#""jion": {"#),
        (r#""anchor": ["job_failed"]"#, r#""anchor": ["job"]"#),
    ]);
    let found = problems(&text);
    assert_eq!(
        found,
        [
            "symptoms[0].wher: unknown field `wher`",
            "symptoms[0].wher[0].number: invalid type: string \"x\"",
            "jion: unknown field `jion`",
            "jion.anchor[0]: there is no symptom `job`",
        ]
    );
}

#[test]
fn missing_and_wrong_values_are_one_mistake_each() {
    let text = with(&[
        (r#""event_id": 4101,"#, ""),
        (r#""event_id": 210,"#, r#""event_id": "two","#),
        (r#""severity": "high""#, r#""severity": "hgh""#),
        (r#""role": "supporting""#, r#""role": 7"#),
        (r#""verdict": "possible""#, r#""verdict": "possibel""#),
        (
            r#""possible": { "found": ["job_failed"] }"#,
            r#""possible": { "fond": ["job_failed"] }"#,
        ),
    ]);
    assert_eq!(
        problems(&text),
        [
            "severity: unknown variant `hgh`",
            "symptoms[0]: missing field `event_id`",
            "symptoms[1].event_id: invalid type: string \"two\"",
            "symptoms[2].role: invalid type: integer `7`",
            "verdicts.possible: unknown variant `fond`",
            "examples[1].verdict: unknown variant `possibel`",
        ]
    );
}

#[test]
fn too_little_to_go_on_with_still_says_what_is_wrong() {
    assert!(problems("{}").contains(&": missing field `symptoms`".to_owned()));
    for text in ["[]", "7", "{\"symptoms\": 5}", "{\"id\": {}}", "null"] {
        assert!(!problems(text).is_empty(), "{text}");
    }
}
