//! Captures that are mentioned.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK302",
    name: "unknown_capture",
    severity: ProblemSeverity::Error,
    summary: "What `objects`, `same` and `peer` name is captured by some symptom; `peer` may be captured by a clause of `rules_out`.",
    why: "A name that nothing captures tells no two occurrences apart and links no two \
          computers.",
    example: example(
        "join",
        r#"{ "objects": ["servce"] }"#,
        r#"{ "objects": ["service"] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let symptoms = signature.symptoms.iter().flat_map(|s| &s.capture);
    let mut known: Vec<&str> = symptoms.map(|c| c.name.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    let join = &signature.join;
    for (key, names) in [("objects", &join.objects), ("same", &join.same)] {
        let list = walk::at("join").key(key);
        for (n, name) in names.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                found.add_help(
                    &list.index(n),
                    format!("no symptom captures `{name}`"),
                    crate::signature::nearest::did_you_mean(name, &known),
                );
            }
        }
    }
    // Which computer an event is about also matters where it speaks against the article.
    let against = signature.rules_out.iter().flat_map(|r| &r.capture);
    known.extend(against.map(|c| c.name.as_str()));
    let peer = join.peer.as_deref();
    if let Some(name) = peer.filter(|name| !known.contains(name)) {
        found.add_help(
            &walk::at("join").key("peer"),
            format!("nothing captures `{name}`"),
            crate::signature::nearest::did_you_mean(name, &known),
        );
    }
}
