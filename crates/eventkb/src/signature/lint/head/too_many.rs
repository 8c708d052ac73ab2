//! Lists have an end.

use crate::limits;
use crate::signature::json_path::JsonPath;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::{CauseCheck, Signature};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK109",
    name: "too_many",
    severity: ProblemSeverity::Error,
    summary: "No list of a signature has more than 128 entries.",
    why: "Time and memory of a scan grow with them. An article that needs more is several \
          articles.",
    example: example(
        "",
        r#"{ "notes": ["a note", "... 129 in all"] }"#,
        r#"{ "notes": ["a note"] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let mut lists: Vec<(JsonPath, usize)> = vec![
        (walk::at("products"), signature.products.len()),
        (walk::at("resolution"), signature.resolution.len()),
        (walk::at("collect"), signature.collect.len()),
        (walk::at("references"), signature.references.len()),
        (walk::at("notes"), signature.notes.len()),
        (walk::at("logging"), signature.logging.len()),
        (walk::at("sides"), signature.sides.len()),
        (walk::at("symptoms"), signature.symptoms.len()),
        (walk::at("relations"), signature.relations.len()),
        (walk::at("rules_out"), signature.rules_out.len()),
        (walk::at("rivals"), signature.rivals.len()),
        (walk::at("cause_checks"), signature.cause_checks.len()),
        (walk::at("applies_to"), signature.applies_to.len()),
        (
            walk::at("join").key("objects"),
            signature.join.objects.len(),
        ),
        (walk::at("join").key("same"), signature.join.same.len()),
    ];
    for (path, events) in walk::event_lists(signature) {
        lists.push((path.key("events"), events.len()));
    }
    for part in walk::parts(signature) {
        lists.push((part.path.key("capture"), part.captures.len()));
    }
    for (n, symptom) in signature.symptoms.iter().enumerate() {
        let path = walk::at("symptoms").index(n);
        lists.push((path.key("only_if"), symptom.only_if.len()));
        lists.push((path.key("category"), symptom.category.len()));
    }
    for (n, check) in signature.cause_checks.iter().enumerate() {
        if let CauseCheck::ComputerNames(check) = check {
            let path = walk::at("cause_checks").index(n);
            lists.push((path.key("names"), check.names.len()));
            lists.push((path.key("own_names"), check.own_names.len()));
        }
    }
    for (n, version) in signature.applies_to.iter().enumerate() {
        let path = walk::at("applies_to").index(n);
        lists.push((path.key("versions"), version.versions.len()));
    }
    if let Some(fix) = &signature.fix {
        lists.push((walk::at("fix").key("updates"), fix.updates.len()));
    }
    let most = limits::MAX_SIGNATURE_ITEMS;
    for (path, count) in lists {
        if count > most {
            found.add(&path, format!("has {count} entries, more than {most}"));
        }
    }
}
