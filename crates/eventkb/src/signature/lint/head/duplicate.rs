//! What is named has a name of its own.

use std::collections::HashSet;

use crate::signature::json_path::JsonPath;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK108",
    name: "duplicate",
    severity: ProblemSeverity::Error,
    summary: "Symptoms, clauses, relations, sides and the captures of one symptom have different names; lists name nothing twice.",
    why: "Rules refer to them by name: of two with one name, only the first would ever be \
          meant.",
    example: example(
        "join",
        r#"{ "objects": ["service", "service"] }"#,
        r#"{ "objects": ["service"] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let ids = |list: &str, names: &[&str], key: &str| -> Vec<(JsonPath, String)> {
        let list = walk::at(list);
        let names = names.iter().enumerate();
        names
            .map(|(n, name)| (list.index(n).key(key), (*name).to_owned()))
            .collect()
    };
    let plain = |path: JsonPath, names: &[String]| -> Vec<(JsonPath, String)> {
        let names = names.iter().enumerate();
        names
            .map(|(n, name)| (path.index(n), name.clone()))
            .collect()
    };
    let sides: Vec<&str> = signature.sides.iter().map(|s| s.name.as_str()).collect();
    let clauses: Vec<&str> = signature.rules_out.iter().map(|r| r.id.as_str()).collect();
    let relations: Vec<&str> = signature.relations.iter().map(|r| r.id.as_str()).collect();
    let join = &signature.join;
    let mut key = plain(walk::at("join").key("objects"), &join.objects);
    key.extend(plain(walk::at("join").key("same"), &join.same));
    let mut lists = vec![
        ids("sides", &sides, "name"),
        ids("symptoms", &walk::symptom_ids(signature), "id"),
        ids("rules_out", &clauses, "id"),
        ids("relations", &relations, "id"),
        key,
        plain(walk::at("join").key("anchor"), &join.anchor),
    ];
    for part in walk::parts(signature) {
        let names = part.captures.into_iter();
        lists.push(
            names
                .map(|(path, c)| (path.key("name"), c.name.clone()))
                .collect(),
        );
    }
    for (path, rule, _) in walk::rules(signature) {
        if let Some((path, names)) = walk::named(&path, rule) {
            lists.push(plain(path, names));
        }
    }
    for list in lists {
        twice(list, found);
    }
}

fn twice(names: Vec<(JsonPath, String)>, found: &mut Found<'_>) {
    let mut seen = HashSet::new();
    for (path, name) in names {
        if seen.contains(&name) {
            found.add(&path, format!("`{name}` is there twice"));
        }
        seen.insert(name);
    }
}
