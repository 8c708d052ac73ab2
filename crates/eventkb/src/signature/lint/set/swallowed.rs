//! Signatures of which nothing is their own.

use std::collections::BTreeMap;

use crate::signature::compile::ids_of;
use crate::signature::lint::{Check, Found, Lint, Others, example, walk};
use crate::signature::model::Signature;
use crate::signature::model::{Condition, Role, Symptom};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK401",
    name: "swallowed",
    severity: ProblemSeverity::Warning,
    summary: "Not all that a signature asks for is asked for by another one as well.",
    why: "Wherever the other one is found, this one is found too, and nothing says which of \
          the two it is.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "error", "number": 1069 }], "events": [{ "provider": "Service Control Manager", "id": 7038 }] }"#,
        r#"{ "where": [{ "value": "error", "number": 1053 }] }"#,
    ),
    check: Check::InSet(check),
};

fn check(signature: &Signature, others: &Others<'_>, found: &mut Found<'_>) {
    let mut sharing: BTreeMap<usize, &Signature> = BTreeMap::new();
    for selector in signature.symptoms.iter().flat_map(|s| &s.events) {
        for (low, _) in ids_of(&selector.id).unwrap_or_default() {
            sharing.extend(others.set.asking_for_event(&selector.provider, low));
        }
    }
    for other in sharing.into_values() {
        if !other.id.eq_ignore_ascii_case(&signature.id) && is_swallowed(signature, other) {
            let id = &other.id;
            found.add_help(
                &walk::at("symptoms"),
                format!("all its symptoms are symptoms of {id} as well, and nothing tells the two apart"),
                "add a condition, a symptom or a `rules_out` that tells the two apart, or name it in `rivals`",
            );
        }
    }
}

/// Whether everything that `signature` asks for is also asked for by `other`, with nothing on
/// either side to tell them apart.
fn is_swallowed(signature: &Signature, other: &Signature) -> bool {
    let mut rivals = signature.rivals.iter();
    let told_apart = rivals.any(|rival| rival.id.eq_ignore_ascii_case(&other.id))
        || !signature.rules_out.is_empty();
    !told_apart
        && signature.symptoms.iter().all(|symptom| {
            let mut theirs = other.symptoms.iter();
            theirs.any(|theirs| asks_no_more(symptom, theirs))
        })
}

/// Whether every event that meets `theirs` meets `ours` too.
fn asks_no_more(ours: &Symptom, theirs: &Symptom) -> bool {
    let same_event = theirs.events.iter().all(|theirs| {
        ours.events.iter().any(|ours| {
            ours.provider.eq_ignore_ascii_case(&theirs.provider) && ours.id == theirs.id
        })
    });
    let test = |condition: &Condition| Condition {
        meaning: None,
        ..condition.clone()
    };
    let has = |want: &Condition| {
        theirs
            .conditions
            .iter()
            .any(|have| test(have) == test(want))
    };
    same_event
        && ours
            .only_if
            .iter()
            .all(|want| theirs.only_if.contains(want))
        && ours.conditions.iter().all(has)
        && (ours.role != Role::Supporting
            || theirs.role == Role::Supporting
            || ours.conditions.is_empty())
}
