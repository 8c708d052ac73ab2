//! Two conditions that exclude each other.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Condition;
use crate::signature::model::Signature;
use crate::signature::number;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK251",
    name: "conflicting_conditions",
    severity: ProblemSeverity::Warning,
    summary: "Conditions on one value do not exclude each other.",
    why: "All conditions of a list must hold. A value that must be 5 and 32 at once never is.",
    example: example(
        "symptoms[0]",
        r#"{ "where": [{ "value": "error", "number": 5 }, { "value": "error", "number": 32 }] }"#,
        r#"{ "where": [{ "value": "error", "number_in": [5, 32] }] }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let mut lists: Vec<_> = walk::parts(signature)
        .into_iter()
        .map(|part| (part.path.key("where"), part.conditions))
        .collect();
    for (path, condition, _) in walk::conditions(signature) {
        lists.push((path.key("all"), &condition.all));
    }
    for (list, conditions) in lists {
        for (n, a) in conditions.iter().enumerate() {
            for b in conditions.iter().take(n) {
                if let (true, Some((x, y))) = (same_subject(a, b), wanted(a).zip(wanted(b)))
                    && x != y
                {
                    let message =
                        format!("the same value cannot be {y} and {x}, so this can never hold");
                    found.add_help(&list.index(n), message, "use `number_in` for either");
                }
            }
        }
    }
}

fn wanted(condition: &Condition) -> Option<i64> {
    let number = condition.number.as_ref().filter(|_| !condition.not)?;
    number::of(number)
}

fn same_subject(a: &Condition, b: &Condition) -> bool {
    // Different lines and parts of a value may well be different.
    let whole = |c: &Condition| !c.each_line && c.part.is_none();
    let same_value = match (&a.value, &b.value) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => false,
    };
    let same = a.string.is_some() && a.string == b.string
        || a.system.is_some() && a.system == b.system
        || a.binary.is_some() && a.binary == b.binary
        || same_value;
    same && whole(a) && whole(b)
}
