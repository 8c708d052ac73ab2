//! The built-in pack is sound: every document is of the format, every signature compiles, every
//! example does what it says.

mod common;

use eventkb::signature::model::{Role, Symptom};
use eventkb::{Signature, SignatureSet, check_text, test_signatures};

#[test]
fn every_document_is_of_the_format() {
    let others = SignatureSet::empty();
    let mut wrong = Vec::new();
    let signatures = eventkb_packs::signatures().iter().map(|s| (s.id, s.text));
    let catalogue = eventkb_packs::catalogue()
        .iter()
        .map(|c| (c.providers[0], c.text));
    let codes = eventkb_packs::codes().iter().map(|c| (c.table, c.text));
    let examples = eventkb_packs::examples()
        .iter()
        .map(|(id, text)| (*id, *text));
    for (name, text) in signatures.chain(catalogue).chain(codes).chain(examples) {
        let (document, problems) = check_text(text, &others);
        for problem in &problems {
            if problem.severity == eventkb::ProblemSeverity::Error {
                wrong.push(format!("{name}: {problem}"));
            }
        }
        if document.is_none() && problems.is_empty() {
            wrong.push(format!("{name}: no document"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_signature_compiles_and_has_examples() {
    let set = common::built_in();
    let mut wrong = Vec::new();
    for head in set.iter() {
        if head.document().is_none() {
            wrong.push(format!("{}: not of the format", head.id()));
        } else if set
            .examples(head.id())
            .is_none_or(|e| e.examples.is_empty())
        {
            wrong.push(format!("{}: no examples", head.id()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_example_does_what_it_says() {
    let set = common::built_in();
    let results = test_signatures(&set);
    let wrong: Vec<String> = results
        .iter()
        .filter(|result| !result.is_ok())
        .map(|result| {
            format!(
                "{}: \"{}\": {:?}: wanted {:?}, got {:?}; cause {:?}; first {:?}; objects {:?}",
                result.signature,
                result.example,
                result.mismatches,
                result.wanted,
                result.got,
                result.cause_got,
                result.first,
                result.finding.as_ref().map(|f| f
                    .objects
                    .iter()
                    .map(|o| o.name.clone())
                    .collect::<Vec<_>>()),
            )
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} wrong:\n{}",
        wrong.len(),
        results.len(),
        wrong.join("\n")
    );
}

/// The core symptoms of an article that can be a match.
fn core_of_a_match(signature: &Signature) -> Vec<&Symptom> {
    let verdicts = signature.verdicts.as_ref();
    if verdicts.is_some_and(|verdicts| verdicts.full.is_none()) {
        return Vec::new();
    }
    let symptoms = signature.symptoms.iter();
    symptoms.filter(|s| s.role == Role::Core).collect()
}

/// Whether one article's core events are all core events of another one that asks less of them.
fn is_special_case(ours: &[&Symptom], theirs: &[&Symptom]) -> bool {
    let [theirs] = theirs else {
        return false;
    };
    let is_narrower = |ours: &&Symptom| {
        ours.conditions.len() > theirs.conditions.len()
            && theirs
                .conditions
                .iter()
                .all(|c| ours.conditions.contains(c))
    };
    let events_meet = |ours: &&Symptom| {
        let mut pairs = ours.events.iter();
        // "Any provider" means drivers, not every program that has the number.
        pairs.any(|a| a.provider != "*" && theirs.events.iter().any(|b| a.meets(b)))
    };
    !ours.is_empty()
        && ours
            .iter()
            .all(|ours| is_narrower(ours) && events_meet(ours))
}

#[test]
fn a_special_case_says_which_article_is_the_general_one() {
    let set = common::built_in();
    let documents: Vec<&Signature> = set
        .iter()
        .filter_map(|head| head.document())
        .map(|document| &**document)
        .collect();
    let cores: Vec<(&Signature, Vec<&Symptom>)> = documents
        .into_iter()
        .map(|document| (document, core_of_a_match(document)))
        .collect();
    let mut silent = Vec::new();
    let mut said = 0;
    for (one, ours) in &cores {
        for (other, theirs) in &cores {
            if one.id == other.id || !is_special_case(ours, theirs) {
                continue;
            }
            let mut rivals = one.rivals.iter();
            match rivals.any(|rival| rival.id == other.id) {
                true => said += 1,
                false => silent.push(format!("{} of {}", one.id, other.id)),
            }
        }
    }
    assert!(said > 5, "no special case was found");
    assert!(silent.is_empty(), "not said: {}", silent.join(", "));
}
