//! Updates as logs name them.

use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK114",
    name: "update_id",
    severity: ProblemSeverity::Error,
    summary: "`fix.updates` holds ids such as `KB5034439`, at least one.",
    why: "Logs of installations name updates so; nothing else is ever found in them.",
    example: example(
        "",
        r#"{ "fix": { "updates": ["5034439"] } }"#,
        r#"{ "fix": { "updates": ["KB5034439"] } }"#,
    ),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let Some(fix) = &signature.fix else {
        return;
    };
    let path = walk::at("fix").key("updates");
    if fix.updates.is_empty() {
        found.add(&path, "names no update");
    }
    for (n, update) in fix.updates.iter().enumerate() {
        let digits = update.get(..2).filter(|kb| kb.eq_ignore_ascii_case("KB"));
        let digits = digits.and_then(|_| update.get(2..));
        let is_update = digits.is_some_and(|digits| {
            (5..=8).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
        });
        if !is_update {
            let message = "an update is `KB` and its number, such as `KB5034439`";
            found.add(&path.index(n), message);
        }
    }
}
