//! Lints: each finds its wrong example and nothing in the right one, all are registered, and
//! docs/lints.md is what they say.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use eventkb::signature::lint::{Lint, lints};
use eventkb::{ProblemSeverity, SignatureSet, check_text};
use serde_json::{Value, json};

/// A signature in which no lint finds anything.
fn signature() -> Value {
    json!({
        "format": 2,
        "id": "KB1",
        "revision": 1,
        "title": "Service does not start",
        "url": "https://example.com/kb1",
        "severity": "low",
        "cause": "The service's process ends too early.",
        "resolution": ["Repair the service."],
        "sides": [{ "name": "client", "description": "runs the service" }],
        "symptoms": [
            {
                "id": "failed",
                "description": "the service did not start",
                "events": [{ "provider": "Service Control Manager", "id": 7000 }],
                "role": "core",
                "where": [{ "value": "error", "number": 1053 }],
                "capture": [{ "name": "service", "value": "service" }]
            },
            {
                "id": "timed_out",
                "description": "the service did not connect in time",
                "events": [{ "provider": "Service Control Manager", "id": 7009 }],
                "role": "strong",
                "capture": [{ "name": "service", "value": "service" }]
            },
            {
                "id": "retried",
                "description": "the service is started again",
                "events": [{ "provider": "Service Control Manager", "id": 7031 }],
                "role": "supporting",
                "capture": [{ "name": "service", "string": 1 }]
            }
        ],
        "join": { "objects": ["service"], "anchor": ["failed"] },
        "relations": [
            { "id": "same_service", "left": "timed_out.service", "is": "same", "right": "retried.service" }
        ],
        "cause_checks": [
            {
                "kind": "event",
                "events": [{ "provider": "Application Error", "id": 1000 }],
                "proves": "confirmed",
                "says": "The process crashed."
            },
            {
                "kind": "computer_names",
                "names": [{ "events": [{ "provider": "Service Control Manager", "id": 7000 }], "string": 1 }],
                "confirmed_by": ["different"],
                "contradicted_by": ["equal"],
                "confirmed": "Another name.",
                "contradicted": "The same name.",
                "unknown": "Compare the names."
            }
        ],
        "applies_to": [{ "product": "Windows", "versions": ["14393-20348"] }]
    })
}

fn catalogue() -> Value {
    json!({
        "catalogue": 1,
        "provider": "Service Control Manager",
        "channel": "System",
        "events": [
            {
                "id": 7000,
                "values": ["service", "error"],
                "sentence": "The service {service} did not start: {error}.",
                "codes": { "error": "win32" }
            },
            { "id": 7009, "values": ["milliseconds", "service"], "sentence": "{service} timed out." },
            { "id": 7038, "values": ["service", "account", "error"], "sentence": "{service} cannot log on." }
        ]
    })
}

fn codes() -> Value {
    json!({
        "codes": 1,
        "table": "win32",
        "entries": { "5": { "name": "ERROR_ACCESS_DENIED", "says": "access denied" } }
    })
}

fn examples() -> Value {
    json!({
        "examples_of": "KB1",
        "examples": [
            {
                "name": "it fails",
                "verdict": "likely",
                "events": [
                    { "provider": "Service Control Manager", "event_id": 7000, "strings": ["Spooler", "%%1053"] }
                ]
            },
            {
                "name": "another code",
                "verdict": "not_offered",
                "events": [
                    { "provider": "Service Control Manager", "event_id": 7000, "strings": ["Spooler", "%%5"] }
                ]
            }
        ]
    })
}

/// Another signature, which lints of the set find.
fn other() -> Value {
    json!({
        "format": 2,
        "id": "KB2",
        "revision": 1,
        "title": "Service cannot log on",
        "severity": "low",
        "cause": "The password was changed.",
        "resolution": ["Set the password."],
        "symptoms": [
            {
                "id": "no_logon",
                "description": "the service cannot log on",
                "events": [{ "provider": "Service Control Manager", "id": 7038 }],
                "role": "core",
                "where": [{ "value": "error", "number": 1069 }]
            },
            {
                "id": "late",
                "description": "the service did not connect in time",
                "events": [{ "provider": "Service Control Manager", "id": 7009 }],
                "role": "core"
            },
            {
                "id": "again",
                "description": "the service is started again",
                "events": [{ "provider": "Service Control Manager", "id": 7031 }],
                "role": "supporting"
            }
        ]
    })
}

fn set() -> SignatureSet {
    let mut set = SignatureSet::empty();
    for document in [catalogue(), codes(), signature(), other(), examples()] {
        let added = set.add_text("base", "base", &document.to_string());
        added.expect("the bases are sound");
    }
    set
}

fn base_of(lint: &Lint) -> Value {
    match lint.document() {
        "signature" => signature(),
        "catalogue" => catalogue(),
        "codes" => codes(),
        _ => examples(),
    }
}

/// RFC 7396: members of `patch` go into `value`, `null` takes one out.
fn merge(value: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *value = patch;
        return;
    };
    if !value.is_object() {
        *value = json!({});
    }
    let members = value.as_object_mut().expect("an object");
    for (key, patch) in patch {
        if patch.is_null() {
            members.remove(&key);
        } else {
            merge(members.entry(key).or_insert(Value::Null), patch);
        }
    }
}

/// `"... 129 in all"` in a list stands for so many of what stands before it.
fn repeat(value: &mut Value) {
    match value {
        Value::Array(list) => {
            let count = list.last().and_then(Value::as_str).and_then(|text| {
                let count = text.strip_prefix("... ")?.strip_suffix(" in all")?;
                count.parse::<usize>().ok()
            });
            if let Some(count) = count {
                list.pop();
                let last = list.last().cloned().expect("something to repeat");
                list.resize(count, last);
            }
            list.iter_mut().for_each(repeat);
        }
        Value::Object(map) => map.values_mut().for_each(repeat),
        _ => {}
    }
}

/// A base with the members of an example at its place.
fn with(lint: &Lint, members: &str) -> String {
    let mut document = base_of(lint);
    let path = lint.example.at.replace('[', ".").replace(']', "");
    let place = path
        .split('.')
        .filter(|step| !step.is_empty())
        .fold(&mut document, |at, step| {
            match (at.is_array(), step.parse::<usize>()) {
                (true, Ok(index)) => &mut at[index],
                _ => &mut at[step],
            }
        });
    let mut members: Value = serde_json::from_str(members)
        .unwrap_or_else(|error| panic!("{}: {error}: {members}", lint.code));
    repeat(&mut members);
    merge(place, members);
    document.to_string()
}

fn codes_found(text: &str, set: &SignatureSet) -> BTreeSet<String> {
    let (_, problems) = check_text(text, set);
    let code = |problem: &eventkb::Problem| match problem.code {
        Some(code) => code.to_owned(),
        None => problem.to_string(),
    };
    problems.iter().map(code).collect()
}

#[test]
fn the_bases_are_clean() {
    let set = set();
    for document in [signature(), catalogue(), codes(), examples()] {
        let (_, problems) = check_text(&document.to_string(), &set);
        assert!(problems.is_empty(), "{problems:#?}");
    }
}

#[test]
fn each_finds_its_wrong_example_and_nothing_in_the_right_one() {
    let set = set();
    let mut wrong = Vec::new();
    for lint in lints() {
        // EK404 is about a signature of which nothing is known, EK606 about one without objects.
        let mut plain = SignatureSet::empty();
        let mut without = other();
        without["id"] = json!("KB1");
        for document in [catalogue(), without] {
            let added = plain.add_text("plain", "", &document.to_string());
            added.expect("sound");
        }
        let is_of_plain = ["EK404", "EK606"].contains(&lint.code);
        let expected = BTreeSet::from([lint.code.to_owned()]);
        let around = if is_of_plain { &plain } else { &set };
        let found = codes_found(&with(lint, lint.example.wrong), around);
        if found != expected {
            wrong.push(format!(
                "{} {}: wrong example: {found:?}",
                lint.code, lint.name
            ));
        }
        let found = codes_found(&with(lint, lint.example.right), &set);
        if !found.is_empty() {
            wrong.push(format!(
                "{} {}: right example: {found:?}",
                lint.code, lint.name
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_is_registered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/signature/lint");
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("the folder of lints") {
        let path = entry.expect("an entry").path();
        if !path.is_dir() {
            continue;
        }
        for entry in fs::read_dir(path).expect("a folder of lints") {
            let path = entry.expect("an entry").path();
            let stem = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .expect("a name");
            if stem != "mod" {
                files.insert(stem.to_owned());
            }
        }
    }
    let registered: BTreeSet<String> = lints().map(|lint| lint.name.to_owned()).collect();
    assert_eq!(files, registered);
    assert_eq!(lints().count(), registered.len(), "names are different");
}

#[test]
fn codes_are_in_order_and_say_their_kind() {
    let codes: Vec<&str> = lints().map(|lint| lint.code).collect();
    let mut sorted = codes.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(codes, sorted);
    for lint in lints() {
        let folder = match &lint.code[..3] {
            "EK1" | "EK2" | "EK3" | "EK4" => "signature",
            "EK5" => "catalogue",
            _ => "examples",
        };
        let document = if lint.document() == "codes" {
            "catalogue"
        } else {
            lint.document()
        };
        assert_eq!(document, folder, "{}", lint.code);
        assert!(
            lint.summary.ends_with('.') && lint.why.ends_with('.'),
            "{}",
            lint.code
        );
    }
}

fn severity(lint: &Lint) -> &'static str {
    match lint.severity {
        ProblemSeverity::Error => "error",
        ProblemSeverity::Warning => "recommendation",
    }
}

/// docs/lints.md.
fn page() -> String {
    let mut page = String::from(
        "# Lints\n\n\
         What `eventkb signatures check` finds, beyond what is no JSON of the format at all. An *error* is what a\n\
         document asks and the engine cannot honour: it is refused. A *recommendation* is advice.\n\
         This page is made from the lints (`EVENTKB_BLESS=1 cargo test -p eventkb --test lints`); tests run each\n\
         example. In the examples `null` stands for a member that is left out.\n\n\
         | code | name | | of a | |\n|---|---|---|---|---|\n",
    );
    for lint in lints() {
        let (code, name, summary) = (lint.code, lint.name, lint.summary);
        let anchor = code.to_lowercase();
        let _ = writeln!(
            page,
            "| [{code}](#{anchor}-{name}) | {name} | {} | {} | {} |",
            severity(lint),
            lint.document(),
            summary.replace('|', "\\|")
        );
    }
    for lint in lints() {
        let _ = write!(
            page,
            "\n## {} {}\n\n{} {}\n\n",
            lint.code, lint.name, lint.summary, lint.why
        );
        let at = match lint.example.at {
            "" => format!("In a {}", lint.document()),
            at => format!("In `{at}` of a {}", lint.document()),
        };
        let at = at
            .replace("a codes", "a table of codes")
            .replace("a examples", "a file of examples")
            .replace("a catalogue", "a catalogue file");
        let _ = write!(
            page,
            "{at}:\n\n```json\n{}\n```\n\nbecomes\n\n```json\n{}\n```\n",
            lint.example.wrong, lint.example.right
        );
    }
    page
}

#[test]
fn the_page_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/lints.md");
    if std::env::var_os("EVENTKB_BLESS").is_some() {
        fs::write(&path, page()).expect("written");
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == page(),
        "docs/lints.md is old: EVENTKB_BLESS=1 cargo test -p eventkb --test lints"
    );
}
