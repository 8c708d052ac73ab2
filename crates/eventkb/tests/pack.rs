//! The built-in pack is sound: every document is of the format, every signature compiles, every
//! example does what it says.

mod common;

use eventkb::{SignatureSet, check_text, test_signatures};

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
