//! Signatures as tables: the list, one of them, and what their examples gave.

use eventkb::ExampleResult;
use eventkb::signature::model::{Condition, Rule, Severity, Signature, Symptom};

use crate::render::doc::{Block, Cell, Doc, Line, Table, Tone};

/// All signatures.
pub(crate) fn list<'a>(signatures: impl Iterator<Item = &'a Signature>) -> Doc {
    let mut table = Table::new(&["id", ">rev", "title", "severity", "product", ">events"]);
    for signature in signatures {
        table.row(vec![
            Cell::toned(Tone::Strong, &signature.id),
            signature.revision.to_string().into(),
            signature.title.as_str().into(),
            severity(signature.severity).into(),
            Cell::lines(products(signature)),
            signature.symptoms.len().to_string().into(),
        ]);
    }
    let mut doc = Doc::default();
    doc.table(table);
    doc
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
    }
}

fn products(signature: &Signature) -> Vec<Line> {
    let product = signature.products.iter();
    product
        .map(|product| {
            format!("{} {}", product.name, product.versions.join(", "))
                .trim()
                .into()
        })
        .collect()
}

/// One signature, in full.
pub(crate) fn show(signature: &Signature) -> Doc {
    let mut doc = Doc::default();
    doc.heading(format!("{}  {}", signature.id, signature.title));
    doc.blocks.push(Block::Fields(vec![
        ("Products", products(signature)),
        ("Severity", vec![severity(signature.severity).into()]),
        ("Revision", vec![signature.revision.to_string().into()]),
        ("Log", vec![signature.channel.as_str().into()]),
        ("Cause", vec![signature.cause.as_str().into()]),
    ]));
    doc.sub("Looks for");
    let mut table = Table::new(&["symptom", "event", "role", "wanted"]);
    for symptom in &signature.symptoms {
        table.row(symptom_row(symptom));
    }
    doc.table(table);
    doc.bullets("Joined", vec![joined(signature).into()]);
    doc.bullets("Verdicts", verdicts(signature));
    let against = signature.rules_out.iter().map(|rule| {
        let better = rule
            .better
            .as_ref()
            .map_or_else(String::new, |id| format!("; better: {id}"));
        let wanted = conditions(&rule.conditions);
        let wanted = if wanted.is_empty() {
            String::new()
        } else {
            format!(" with {}", wanted.join(" and "))
        };
        let unless = rule
            .unless
            .as_ref()
            .map_or_else(String::new, |rule| format!("; unless {}", logic(rule)));
        Line::toned(Tone::Strong, rule.event_id.to_string()).plain(format!(
            " {}{wanted}: {}{unless}{better}",
            rule.provider.join(" or "),
            rule.reason
        ))
    });
    doc.bullets("Speaks against it", against.collect());
    let rivals = signature.rivals.iter().map(|rival| {
        Line::toned(Tone::Strong, &rival.id)
            .plain(": ")
            .plain(&rival.difference)
    });
    doc.bullets("Easily confused with", rivals.collect());
    let logging = signature.logging.iter().map(|logging| {
        format!(
            "{} at {}, for {}",
            logging.category,
            logging.level,
            logging.symptoms.join(", ")
        )
        .into()
    });
    doc.bullets("Needs diagnostics logging", logging.collect());
    doc.steps(
        "What to do",
        signature.resolution.iter().map(Line::from).collect(),
    );
    doc.bullets(
        "What to ask for",
        signature.collect.iter().map(Line::from).collect(),
    );
    let references = signature.references.iter();
    doc.bullets(
        "Read on",
        references
            .map(|r| format!("{}: {}", r.id, r.note).into())
            .collect(),
    );
    doc.bullets("Notes", signature.notes.iter().map(Line::from).collect());
    doc
}

fn symptom_row(symptom: &Symptom) -> Vec<Cell> {
    let mut wanted: Vec<Line> = conditions(&symptom.conditions)
        .iter()
        .map(Line::from)
        .collect();
    if wanted.is_empty() {
        wanted.push("the event, with any values".into());
    }
    wanted.extend(
        symptom
            .note
            .as_ref()
            .map(|note| format!("note: {note}").into()),
    );
    let mut role = vec![Line::from(symptom.role.as_str())];
    role.extend(
        symptom
            .side
            .as_ref()
            .map(|side| format!("on the {side}").into()),
    );
    vec![
        Cell::lines(vec![
            Line::toned(Tone::Strong, &symptom.id),
            symptom.description.as_str().into(),
        ]),
        Cell::lines(vec![
            symptom.event_id.to_string().into(),
            symptom.provider.join(", ").into(),
        ]),
        Cell::lines(role),
        Cell::lines(wanted),
    ]
}

/// Conditions in words.
pub(crate) fn conditions(conditions: &[Condition]) -> Vec<String> {
    conditions.iter().map(condition).collect()
}

fn condition(condition: &Condition) -> String {
    let subject = match condition {
        Condition {
            string: Some(position),
            ..
        } => format!("string {position}"),
        Condition {
            field: Some(field), ..
        } => field.clone(),
        Condition {
            named: Some(name), ..
        } => name.clone(),
        Condition {
            any_string: true, ..
        } => "any string".into(),
        _ => "the message".into(),
    };
    let test = match condition {
        Condition {
            number: Some(number),
            ..
        } => number.to_string(),
        Condition {
            number_in: Some(numbers),
            ..
        } => {
            format!(
                "one of {}",
                numbers
                    .iter()
                    .map(i64::to_string)
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
        Condition {
            text: Some(text), ..
        } => format!("\"{text}\""),
        Condition {
            text_ignoring_case: Some(text),
            ..
        } => format!("\"{text}\" in any case"),
        Condition {
            pattern: Some(pattern),
            ..
        } => format!("like /{pattern}/"),
        _ => "anything".into(),
    };
    let is = if condition.not { "is not" } else { "is" };
    match &condition.meaning {
        Some(meaning) => format!("{subject} {is} {test} ({meaning})"),
        None => format!("{subject} {is} {test}"),
    }
}

fn joined(signature: &Signature) -> String {
    let join = &signature.join;
    let key = match &join.key {
        Some(key) => format!("same computer and {key}"),
        None => "same computer".into(),
    };
    format!(
        "{key}, within {} s; across computers within {} s",
        join.window_s, join.across_window_s
    )
}

fn verdicts(signature: &Signature) -> Vec<Line> {
    let verdicts = &signature.verdicts;
    [
        ("match", &verdicts.full),
        ("likely", &verdicts.likely),
        ("possible", &verdicts.possible),
    ]
    .into_iter()
    .filter_map(|(name, rule)| {
        let rule = rule.as_ref()?;
        Some(Line::toned(Tone::Strong, name).plain(format!(" when {}", logic(rule))))
    })
    .collect()
}

/// A rule in words.
fn logic(rule: &Rule) -> String {
    let joined = |rules: &[Rule], word: &str| {
        rules
            .iter()
            .map(part)
            .collect::<Vec<_>>()
            .join(&format!(" {word} "))
    };
    match rule {
        Rule::All(rules) => joined(rules, "and"),
        Rule::Any(rules) => joined(rules, "or"),
        Rule::Not(rule) => format!("not {}", part(rule)),
        Rule::Found(ids) => format!("found: {}", ids.join(", ")),
        Rule::AtLeast { count, of } => format!("at least {count} found of {}", of.join(", ")),
        Rule::Seen(ids) => format!("seen with any values: {}", ids.join(", ")),
        Rule::Contradicted(ids) => format!("contradicted: {}", ids.join(" or ")),
        Rule::Cause(state) => format!("the cause check says {}", state.as_str()),
    }
}

fn part(rule: &Rule) -> String {
    format!("({})", logic(rule))
}

/// What the examples gave: the failed ones, or all.
pub(crate) fn tested(results: &[ExampleResult], all: bool) -> Doc {
    let mut table = Table::new(&["signature", "example", "result", "wanted", "got"]);
    for result in results.iter().filter(|result| all || !result.ok) {
        let verdict = match result.ok {
            true => Cell::toned(Tone::Good, "passed"),
            false => Cell::toned(Tone::Bad, "failed"),
        };
        let with_cause = |verdict: &str, cause: &Option<String>| match cause {
            Some(cause) => format!("{verdict}, cause {cause}"),
            None => verdict.to_owned(),
        };
        let mut got: Vec<Line> = vec![with_cause(&result.got, &result.cause_got).into()];
        if !result.ok && !result.detail.is_empty() {
            got.push(result.detail.as_str().into());
        }
        table.row(vec![
            result.signature.as_str().into(),
            result.example.as_str().into(),
            verdict,
            with_cause(&result.wanted, &result.cause_wanted).into(),
            Cell::lines(got),
        ]);
    }
    let passed = results.iter().filter(|result| result.ok).count();
    let mut doc = Doc::default();
    doc.table(table);
    doc.para(format!("{passed} of {} examples passed.", results.len()));
    doc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_read_as_sentences() {
        let access = Condition {
            string: Some(2),
            number: Some(5),
            meaning: Some("access denied".into()),
            ..Default::default()
        };
        assert_eq!(condition(&access), "string 2 is 5 (access denied)");
        let not = Condition {
            message: true,
            pattern: Some("x+".into()),
            not: true,
            ..Default::default()
        };
        assert_eq!(condition(&not), "the message is not like /x+/");
    }

    #[test]
    fn rules_read_as_sentences() {
        let rule = Rule::All(vec![
            Rule::Found(vec!["a".into(), "b".into()]),
            Rule::Not(Box::new(Rule::Contradicted(vec!["c".into()]))),
        ]);
        assert_eq!(logic(&rule), "(found: a, b) and (not (contradicted: c))");
    }
}
