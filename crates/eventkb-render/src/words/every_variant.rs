//! Every variant of every reason has words of its own. The variants are asked of serde, so that a
//! new one without words fails here.

use std::collections::BTreeSet;

use eventkb::report::{
    Absence, CauseEvidence, ContextMissing, Doubt, GapKind, NamedAs, RankingReason, RivalStanding,
    RuleOp, SymptomState, Trust, VerdictReason,
};
use eventkb::signature::model::{NameResult, Qualifier, Shape, SystemValue};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{UNKNOWN, absence, cause, condition, doubt, event, finding, landmark, lead, ranking};
use super::{rule, symptom, timeline, verdict};
use crate::times::Zone;

/// The names that serde knows, out of its complaint about another one.
fn known<T: DeserializeOwned>(nonsense: Value) -> BTreeSet<String> {
    let complaint = match serde_json::from_value::<T>(nonsense) {
        Ok(_) => panic!("nonsense was read"),
        Err(error) => error.to_string(),
    };
    let (_, expected) = complaint.split_once("expected").expect("a list of names");
    let names = expected.split('`').skip(1).step_by(2);
    names.map(str::to_owned).collect()
}

/// Checks that the samples are all variants, and that each says something of its own.
fn check<T: DeserializeOwned>(tag: &str, samples: &[Value], words: impl Fn(&T) -> String) {
    let nonsense = match tag {
        "" => json!("no such variant"),
        "=" => json!({"no such variant": 1}),
        tag => json!({tag: "no such variant"}),
    };
    let known = known::<T>(nonsense);
    let name = |sample: &Value| match (tag, sample) {
        ("" | "=", Value::String(name)) => name.clone(),
        ("=", Value::Object(object)) => object.keys().next().expect("a tag").clone(),
        (tag, sample) => sample[tag].as_str().expect("a tag").to_owned(),
    };
    let shown: BTreeSet<String> = samples.iter().map(name).collect();
    let type_name = std::any::type_name::<T>();
    assert_eq!(known, shown, "variants of {type_name}");
    let mut all = BTreeSet::new();
    for sample in samples {
        let value: T = serde_json::from_value(sample.clone()).expect("a sample");
        let text = words(&value);
        assert!(
            !text.is_empty() && !text.contains(UNKNOWN),
            "{sample}: {text}"
        );
        assert!(!text.contains("  "), "{sample}: {text}");
        assert!(all.insert(text.clone()), "{sample}: said before: {text}");
    }
}

fn citation() -> Value {
    json!({"file": "a.evtx", "record_id": 1, "time": null, "computer": "S", "strings": []})
}

const T: &str = "2000-02-06T01:20:02Z";

#[test]
fn verdicts() {
    check(
        "kind",
        &[
            json!({"kind": "rule", "computer": "", "found": 1, "contradicted": 1, "unreadable": 1, "of": 3}),
            json!({"kind": "ruled_out_by", "clause": "c", "says": "It is off.", "provider": "P",
                   "event_id": 1, "citation": citation()}),
            json!({"kind": "contradicted", "symptoms": ["a", "b"]}),
            json!({"kind": "version", "product": "Windows", "seen": "1", "wanted": ["2", "3"]}),
            json!({"kind": "fixed", "update": "KB1", "installed": T}),
            json!({"kind": "weak_evidence", "otherwise": "match"}),
            json!({"kind": "unnamed_computers", "files": 2, "otherwise": "match"}),
            json!({"kind": "outdone", "by": "KB1"}),
        ],
        |reason: &VerdictReason| verdict::reason(reason, &[], &Zone::default()),
    );
}

#[test]
fn absences() {
    let around = json!({"at_start": {"within_s": 60}});
    let not_covered =
        json!({"kind": "not_covered", "computer": "S", "channel": "System", "why": "no_log"});
    check(
        "kind",
        &[
            json!({"kind": "looked_for", "computers": ["S"], "channel": "System", "from": T, "to": T}),
            json!({"kind": "elsewhere", "computer": "S", "time": T, "key": [["a", "b"]]}),
            json!({"kind": "nowhere"}),
            not_covered,
            json!({"kind": "logging_off", "category": "c", "level": "maximum", "computer": "S"}),
            json!({"kind": "no_values"}),
            json!({"kind": "other_values"}),
            json!({"kind": "other_values", "level_or_category": true}),
            json!({"kind": "unqualified", "condition": around}),
            json!({"kind": "qualifier_unknown", "condition": around}),
        ],
        |one: &Absence| absence::absence(one, &[], &Zone::default()),
    );
    let why = [
        "no_log",
        "no_channel",
        "begins_later",
        "ends_earlier",
        "begins_within",
        "gap",
        "cleared",
        "no_times",
        "no_computers",
    ];
    for (computer, other_than) in [
        (json!("S"), false),
        (json!("S"), true),
        (json!(null), false),
    ] {
        check("", &why.map(|why| json!(why)), |why: &ContextMissing| {
            let absence = json!({"kind": "not_covered", "computer": computer, "channel": "System",
                                 "other_than": other_than, "why": why, "at": T});
            let one: Absence = serde_json::from_value(absence).expect("an absence");
            absence::absence(&one, &[], &Zone::default())
        });
    }
}

#[test]
fn causes() {
    check(
        "kind",
        &[
            json!({"kind": "no_check"}),
            json!({"kind": "decided", "says": "It is off."}),
            json!({"kind": "no_names", "says": "Ask."}),
            json!({"kind": "nothing_to_compare", "name": "n", "says": "Ask."}),
            json!({"kind": "not_seen"}),
        ],
        cause::reason,
    );
    let name = |result: &str| json!({"kind": "name", "name": "a", "compared_with": "b", "result": result, "citation": citation()});
    check(
        "kind",
        &[
            name("equal"),
            json!({"kind": "event", "provider": "P", "event_id": 1, "citation": citation()}),
            json!({"kind": "absence", "provider": "P", "event_id": 1, "absence": {"kind": "nowhere"}}),
        ],
        |one: &CauseEvidence| cause::evidence(one, &Zone::default(), &str::to_owned),
    );
    check(
        "",
        &["equal", "case_only", "different"].map(|r| json!(r)),
        |result: &NameResult| {
            let one: CauseEvidence = serde_json::from_value(name(result.as_str())).expect("one");
            cause::evidence(&one, &Zone::default(), &str::to_owned)
        },
    );
}

#[test]
fn doubts() {
    check(
        "code",
        &[
            json!({"code": "clock_skew", "provider": "P", "event_id": 1, "computer": "A", "against": "B",
                   "seconds": 700, "before": false, "window_s": 600, "across_window_s": 900}),
            json!({"code": "damaged_evidence", "trust": "recovered", "count": 2}),
            json!({"code": "from_text"}),
            json!({"code": "damaged_log"}),
            json!({"code": "evidence_dropped", "count": 2, "limit": 1}),
            json!({"code": "no_time", "count": 2}),
            json!({"code": "time_changed", "computer": "A", "time": T}),
        ],
        |one: &Doubt| doubt::doubt(one, &Zone::default()),
    );
    let names = Trust::ALL.map(|trust| json!(trust.as_str()));
    check("", &names, |trust: &Trust| {
        event::trust(*trust).unwrap_or("intact").to_owned()
    });
}

#[test]
fn ranks_and_leads() {
    check(
        "kind",
        &[
            json!({"kind": "shared", "symptom": "a", "event_id": 1, "signatures": 1, "values": true}),
            json!({"kind": "shared", "symptom": "a", "event_id": 1, "signatures": 2, "values": false}),
            json!({"kind": "cause_confirmed"}),
            json!({"kind": "cause_contradicted"}),
            json!({"kind": "history"}),
        ],
        |reason: &RankingReason| ranking::ranking(reason, &[]),
    );
    check(
        "kind",
        &[
            json!({"kind": "names_event", "provider": "P", "event_id": 1, "of_articles": 1}),
            json!({"kind": "names_event", "provider": "P", "event_id": 1, "of_articles": 2,
                   "named_as": "reference", "provider_unsure": true}),
            json!({"kind": "names_code", "code": "5"}),
            json!({"kind": "names_phrase", "phrase": "a b"}),
            json!({"kind": "other_codes", "provider": "P", "event_id": 1, "named": ["5"]}),
            json!({"kind": "together", "events": 2, "within_s": 60, "computer": "S"}),
            json!({"kind": "others_missing", "events": 2}),
            json!({"kind": "product", "product": "Windows"}),
            json!({"kind": "other_version", "product": "Windows NT", "seen": "17763"}),
            json!({"kind": "fix_in_place", "provider": "P", "event_id": 1}),
        ],
        lead::reason,
    );
    let roles = ["symptom", "reference", "after_fix", "harmless"];
    check("", &roles.map(|role| json!(role)), |role: &NamedAs| {
        let one = json!({"kind": "names_event", "provider": "P", "event_id": 1,
                         "of_articles": 0, "named_as": role});
        lead::reason(&serde_json::from_value(one).expect("a reason"))
    });
}

#[test]
fn rules() {
    check(
        "kind",
        &[
            json!({"kind": "verdict", "verdict": "ruled_out"}),
            json!({"kind": "all"}),
            json!({"kind": "any"}),
            json!({"kind": "not"}),
            json!({"kind": "found"}),
            json!({"kind": "at_least", "count": 2}),
            json!({"kind": "seen"}),
            json!({"kind": "contradicted"}),
            json!({"kind": "absent"}),
            json!({"kind": "relation", "id": "r", "left": "a.x", "is": "less", "right": "b.x"}),
            json!({"kind": "cause", "wanted": "confirmed", "is": "unknown"}),
            json!({"kind": "symptom", "id": "a", "state": "found"}),
        ],
        |op: &RuleOp| rule::label(op, &[]),
    );
    check(
        "=",
        &[
            json!({"all": [{"found": ["a"]}, {"seen": ["b"]}]}),
            json!({"any": [{"found": ["a"]}, {"seen": ["b"]}]}),
            json!({"not": {"contradicted": ["a"]}}),
            json!({"found": ["a", "b"]}),
            json!({"at_least": {"count": 1, "of": ["a", "b"]}}),
            json!({"seen": ["a"]}),
            json!({"contradicted": ["a"]}),
            json!({"absent": ["a"]}),
            json!({"relation": "r"}),
            json!({"cause": "confirmed"}),
        ],
        rule::rule,
    );
}

#[test]
fn conditions() {
    let around = |name: &str| json!({name: {"symptom": "x", "within_s": 60}});
    check(
        "=",
        &[
            json!({"count": {"at_least": 3, "within_s": 60}}),
            json!({"at_start": {"within_s": 60}}),
            json!({"at_shutdown": {"within_s": 60}}),
            around("preceded_by"),
            around("followed_by"),
            around("not_preceded_by"),
            around("not_followed_by"),
        ],
        |one: &Qualifier| condition::qualifier(one, &str::to_owned),
    );
    let fields: Vec<Value> = known::<SystemValue>(json!("?"))
        .iter()
        .map(|f| json!(f))
        .collect();
    check("", &fields, |field: &SystemValue| {
        condition::system(*field).to_owned()
    });
    let shapes: Vec<Value> = known::<Shape>(json!("?"))
        .iter()
        .map(|s| json!(s))
        .collect();
    check("", &shapes, |shape: &Shape| {
        condition::shape(*shape).to_owned()
    });
}

#[test]
fn timelines() {
    check(
        "kind",
        &[
            json!({"kind": "finding", "signature": "Q1", "standing": "problem", "verdict": "match",
                   "occurrences": 1}),
            json!({"kind": "event", "signatures": ["Q1"], "provider": "P", "event_id": 1, "file": "a",
                   "record_id": 1}),
            json!({"kind": "landmark", "what": {"kind": "start"}}),
        ],
        timeline::mark,
    );
    check(
        "kind",
        &[
            json!({"kind": "missing_records", "after": 1, "before": 3}),
            json!({"kind": "many_missing"}),
            json!({"kind": "damaged", "file": "a", "records_lost": 2}),
        ],
        |one: &GapKind| timeline::gap_kind(one, "System", ""),
    );
}

#[test]
fn the_rest() {
    check(
        "kind",
        &[
            json!({"kind": "start"}),
            json!({"kind": "stop"}),
            json!({"kind": "unclean_stop"}),
            json!({"kind": "version", "build": 17763}),
            json!({"kind": "cleared", "channel": "System"}),
            json!({"kind": "time_changed", "by_s": 60}),
            json!({"kind": "time_changed", "by_s": null}),
            json!({"kind": "update", "id": "KB1"}),
        ],
        landmark::what,
    );
    let states: Vec<Value> = known::<SymptomState>(json!("?"))
        .iter()
        .map(|s| json!(s))
        .collect();
    check("", &states, |state: &SymptomState| {
        symptom::state(*state).to_owned()
    });
    let standings: Vec<Value> = known::<RivalStanding>(json!("?"))
        .iter()
        .map(|s| json!(s))
        .collect();
    check("", &standings, |one: &RivalStanding| {
        finding::rival_standing(*one).to_owned()
    });
}
