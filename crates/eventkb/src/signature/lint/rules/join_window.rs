//! Windows of join.

use crate::limits;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::model::Join;
use crate::signature::model::Signature;
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK305",
    name: "join_window",
    severity: ProblemSeverity::Error,
    summary: "The times of `join` are between 1 second and 31 days, and `attempt_gap_s` is not longer than `window_s`.",
    why: "Logs count in whole seconds. Over more than a month everything goes with everything. \
          A gap longer than the window would join what the window keeps apart.",
    example: example("join", r#"{ "window_s": 0 }"#, r#"{ "window_s": 600 }"#),
    check: Check::Signature(check),
};

fn check(signature: &Signature, found: &mut Found<'_>) {
    let join = &signature.join;
    let path = walk::at("join");
    let most = limits::MAX_WINDOW_S;
    for (key, seconds) in [
        ("window_s", join.window_s),
        ("across_window_s", join.across_window_s),
        ("attempt_gap_s", join.attempt_gap_s),
    ] {
        if !(1..=most).contains(&seconds) {
            found.add(
                &path.key(key),
                format!("must be between 1 and {most} seconds"),
            );
        }
    }
    // One who only asks for a short window did not ask for the usual gap.
    let is_default = join.attempt_gap_s == Join::default().attempt_gap_s;
    if join.attempt_gap_s > join.window_s && join.window_s > 0 && !is_default {
        found.add(&path.key("attempt_gap_s"), "must not exceed `window_s`");
    }
}
