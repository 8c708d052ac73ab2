//! Sentences that name events of no problem: what a step leaves in the log, and what a script looks for.

use super::roles::has;

/// "Tracks changes of objects (event IDs 5136 and 5137)": what a script is for.
pub(super) fn describes_a_tool(lead: &str) -> bool {
    const VERBS: &[&str] = &[
        "analyzes",
        "audits",
        "collects",
        "compiles",
        "exports",
        "generates",
        "identifies",
        "monitors",
        "queries",
        "retrieves",
        "searches",
        "tracks",
    ];
    let lead = lead.trim_start_matches(|c: char| !c.is_alphanumeric());
    let word = lead.split(' ').next().unwrap_or_default();
    VERBS.contains(&word)
}

/// "When the task is completed, event 102 is logged": what a step leaves in the log that went well.
pub(super) fn marks_a_step(lead: &str) -> bool {
    let begins = ["when ", "after ", "once ", "as soon as "];
    let lead = lead.trim_start_matches(|c: char| !c.is_alphanumeric());
    let clause = lead
        .split_once(", ")
        .filter(|_| begins.iter().any(|word| lead.starts_with(word)));
    let Some((clause, rest)) = clause else {
        return has(lead, &["indicates the status of", "indicate the status of"]);
    };
    let done = has(
        clause,
        &[
            " is applied",
            " is complete",
            " is created",
            " is enabled",
            " is finished",
            " is successful",
            " is triggered",
            " completes",
            " finishes",
            " succeeds",
            " successfully",
        ],
    );
    done && has(rest, &["logged", "logs"])
        && !has(
            lead,
            &["cannot", "can't", "error", "fail", "not ", "warning"],
        )
}
