//! Numbers as logs write them.

use crate::signature::json_path::JsonPath;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Number;
use crate::signature::model::Signature;
use crate::signature::number;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK213",
    name: "number_syntax",
    severity: ProblemSeverity::Error,
    summary: "Numbers are whole: `5`, `\"0x80070005\"`, `\"%%1053\"`; ranges such as `\"5-10\"` stand in `number_in` and `contains_number`.",
    why: "A number that is not understood could never be met, and an empty list neither.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "error", "number": "5-10" }] }"#,
        r#"{ "where": [{ "value": "error", "number_in": ["5-10"] }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    for (path, condition) in walk::leaves(signature) {
        let mut single = vec![
            (path.key("number"), &condition.number),
            (path.key("more_than"), &condition.more_than),
            (path.key("less_than"), &condition.less_than),
        ];
        let bits = condition.bits.clone();
        let (mask, set) = (bits.as_ref().map(|b| b.mask.clone()), bits.map(|b| b.set));
        single.push((path.key("bits").key("mask"), &mask));
        single.push((path.key("bits").key("set"), &set));
        for (path, wanted) in single {
            let Some(wanted) = wanted.as_ref().filter(|n| number::of(n).is_none()) else {
                continue;
            };
            let help = if number::range_of(wanted).is_some() {
                "a range stands in `number_in`"
            } else {
                HELP
            };
            found.add_help(
                &path,
                format!("`{}` is no whole number", shown(wanted)),
                help,
            );
        }
        for (key, list) in [
            ("number_in", &condition.number_in),
            ("contains_number", &condition.contains_number),
        ] {
            if let Some(list) = list {
                check_list(&path.key(key), list, found);
            }
        }
    }
}

fn check_list(path: &JsonPath, list: &[Number], found: &mut Found<'_>) {
    if list.is_empty() {
        found.add(path, "names no number, so it can never hold");
    }
    for (n, wanted) in list.iter().enumerate() {
        if number::range_of(wanted).is_none() {
            let message = format!("`{}` is no whole number and no range", shown(wanted));
            found.add_help(&path.index(n), message, HELP);
        }
    }
}

const HELP: &str =
    "write `5`, `\"0x80070005\"`, `\"%%1053\"` or, in a list, `\"5-10\"` with the lower one first";

fn shown(number: &Number) -> String {
    match number {
        Number::Plain(value) => value.to_string(),
        Number::Written(text) => text.clone(),
    }
}
