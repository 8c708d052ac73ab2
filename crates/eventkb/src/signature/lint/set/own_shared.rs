//! An event of one's own is nobody else's.

use crate::signature::compile::Selector;
use crate::signature::lint::{Check, Found, Lint, Others, example, walk};
use crate::signature::model::Signature;
use crate::signature::model::{Role, Symptom};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK403",
    name: "own_shared",
    severity: ProblemSeverity::Warning,
    summary: "No other signature has an event, whatever its values, for a core symptom that this one calls its `own`.",
    why: "`own` says that nothing else writes the event, so that it alone makes the article \
          likely. Two articles cannot both say so of one event.",
    example: example("symptoms[1]", r#"{ "own": true }"#, r#"{ "own": false }"#),
    check: Check::InSet(check),
};

fn check(signature: &Signature, others: &Others<'_>, found: &mut Found<'_>) {
    for (n, symptom) in signature.symptoms.iter().enumerate() {
        if let Some(other) = symptom
            .own
            .then(|| other_user(signature, symptom, others))
            .flatten()
        {
            found.add_help(
                &walk::at("symptoms").index(n).key("own"),
                format!("{other} asks for the same event, whatever its values"),
                "add a condition, or leave out `own`",
            );
        }
    }
}

/// Another signature that takes the event as evidence with any values.
fn other_user(signature: &Signature, symptom: &Symptom, others: &Others<'_>) -> Option<String> {
    symptom.events.iter().find_map(|selector| {
        let ids = Selector::of(selector)?.ids;
        ids.into_iter().find_map(|(low, _)| {
            let asking = others.set.asking_for_event(&selector.provider, low);
            let (_, other) = asking.into_iter().find(|(_, other)| {
                !other.id.eq_ignore_ascii_case(&signature.id)
                    && takes_any(other, &selector.provider, low)
            })?;
            Some(other.id.clone())
        })
    })
}

fn takes_any(document: &Signature, provider: &str, id: u16) -> bool {
    document.symptoms.iter().any(|theirs| {
        // Only what an article cannot be without is claimed by it.
        theirs.role == Role::Core
            && theirs.conditions.is_empty()
            && theirs.only_if.is_empty()
            && theirs
                .events
                .iter()
                .filter_map(Selector::of)
                .any(|s| s.fits(&[provider], id))
    })
}
