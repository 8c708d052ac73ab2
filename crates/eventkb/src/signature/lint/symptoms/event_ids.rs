//! Ids, ranges and lists of both.

use crate::signature::compile::ids_of;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::model::{IdOrRange, Ids};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK204",
    name: "event_ids",
    severity: ProblemSeverity::Error,
    summary: "An `id` is a number to 65535, a range such as `\"5-9\"`, or a list of both.",
    why: "Ids are the low 16 bits of an identifier, as event viewers show them. An empty list \
          names no event.",
    example: example(
        "symptoms[0]",
        r#"{ "events": [{ "provider": "Service Control Manager", "id": "7009-7000" }] }"#,
        r#"{ "events": [{ "provider": "Service Control Manager", "id": "7000-7009" }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, selector) in walk::selectors(signature) {
        let path = path.key("id");
        match &selector.id {
            Ids::Many(list) if list.is_empty() => found.add(&path, "names no id"),
            Ids::Many(list) => {
                for (n, entry) in list.iter().enumerate() {
                    let alone = match entry {
                        IdOrRange::One(id) => Ids::One(*id),
                        IdOrRange::Range(text) => Ids::Range(text.clone()),
                    };
                    one(&path.index(n), &alone, found);
                }
            }
            id => one(&path, id, found),
        }
    }
}

fn one(path: &crate::signature::json_path::JsonPath, id: &Ids, found: &mut Found<'_>) {
    if let (Ids::Range(text), None) = (id, ids_of(id)) {
        let message = format!("`{text}` is no range of ids");
        found.add_help(
            path,
            message,
            "write `\"5-9\"`, the lower id first, none above 65535",
        );
    }
}
