//! Two or more articles side by side over the same logs.

use eventkb::report::{
    Absence, Finding, Report, RivalReport, SymptomReport, SymptomState, VerdictReason,
};
use eventkb::signature::model::{EventSelector, IdOrRange, Ids, RuleOut, Signature};

use super::{Context, Judged, Reader, files, judged};
use crate::doc::{Cell, Doc, Line, Table, Tone};
use crate::words::{self, condition, event, symptom as said, verdict};

/// What one article makes of one event.
enum Part<'a> {
    /// It is a symptom, with what became of it.
    Symptom(&'a SymptomReport),
    /// It is a symptom of which the report says nothing.
    Unjudged(String),
    /// It speaks against the article, and it is here.
    Against(String),
    /// It would speak against the article.
    WouldSpeak(String),
    /// The article does not know it.
    Silent,
}

impl Part<'_> {
    /// What the logs say for (`Less` than nothing is against it) the article by this event; `None`
    /// where they say nothing.
    fn weight(&self) -> Option<i8> {
        match self {
            Part::Symptom(symptom) => match (symptom.state, &symptom.absence) {
                (SymptomState::Found, _) => Some(1),
                (SymptomState::Contradicted | SymptomState::Unqualified, _) => Some(-1),
                // Only a log that covers the time decides that something is not there.
                (SymptomState::NotFound, Some(Absence::LookedFor { .. })) => Some(-1),
                _ => None,
            },
            Part::Against(_) => Some(-1),
            Part::Silent => Some(0),
            Part::Unjudged(_) | Part::WouldSpeak(_) => None,
        }
    }
}

/// The whole answer to `compare`.
pub fn compare(report: &Report, compared: &[&Signature], reader: &Reader) -> Doc {
    let context = Context::new(report, reader);
    let mut doc = Doc::default();
    let ids: Vec<&str> = compared
        .iter()
        .map(|signature| signature.id.as_str())
        .collect();
    doc.heading(ids.join(" or ") + "?");
    doc.list(context.redaction_line().into_iter().collect());
    add_verdicts(&mut doc, compared, &context);
    add_events(&mut doc, compared, &context);
    add_differences(&mut doc, compared, &context);
    files::add(&mut doc, &context);
    doc
}

fn add_verdicts(doc: &mut Doc, compared: &[&Signature], context: &Context) {
    let is_wide = context.reader.is_wide();
    let when = context.reader.timed("first to last");
    let mut table = if is_wide {
        let titles = ["article", "title", "verdict", "seen", &when, "cause", "why"];
        Table::new("Verdicts", &titles)
    } else {
        Table::new("Verdicts", &["article", "verdict", "cause", "why"])
    };
    for signature in compared {
        let mut id = Cell::toned(Tone::Strong, &signature.id);
        if !is_wide {
            id = Cell::lines(vec![
                Line::toned(Tone::Strong, &signature.id),
                signature.title.as_str().into(),
            ]);
        }
        let mut row = vec![id];
        if is_wide {
            row.push(signature.title.as_str().into());
        }
        row.extend(verdict_cells(&signature.id, is_wide, context));
        table.row(row);
    }
    doc.table(table);
}

fn verdict_cells(id: &str, is_wide: bool, context: &Context) -> Vec<Cell> {
    let Some(finding) = finding(context.report, id) else {
        let why = match judged(context.report, id) {
            Some(Judged::NoVerdict { symptoms, .. }) if symptoms.iter().any(|s| s.count > 0) => {
                "too few of its events are here"
            }
            _ => "none of its events is here",
        };
        let dashes = if is_wide { 3 } else { 1 };
        let mut cells = vec![Cell::from("none")];
        cells.resize(1 + dashes, "-".into());
        cells.push(why.into());
        return cells;
    };
    let mut cells = vec![Cell::toned(
        verdict::verdict_tone(finding.verdict),
        verdict::verdict(finding.verdict),
    )];
    if is_wide {
        cells.push(verdict::occurrences(finding).into());
        cells.push(context.zone().span(finding.first, finding.last).into());
    }
    cells.push(finding.cause.state.as_str().into());
    cells.push(verdict::why(finding, context.zone()).into());
    cells
}

fn finding<'a>(report: &'a Report, id: &str) -> Option<&'a Finding> {
    match judged(report, id) {
        Some(Judged::Finding(finding)) => Some(finding),
        _ => None,
    }
}

fn add_events(doc: &mut Doc, compared: &[&Signature], context: &Context) {
    doc.sub("Event by event");
    let mut titles = vec!["event"];
    titles.extend(compared.iter().map(|signature| signature.id.as_str()));
    titles.push("tells apart");
    let mut table = Table::new("Event by event", &titles);
    for wanted in events(compared) {
        let parts: Vec<Part> = compared
            .iter()
            .map(|signature| part(context.report, signature, wanted))
            .collect();
        let weights: Vec<i8> = parts.iter().filter_map(Part::weight).collect();
        let separates = weights.iter().any(|weight| Some(weight) != weights.first());
        let mut row = vec![Cell::lines(vec![
            Line::toned(Tone::Strong, condition::ids(&wanted.id)),
            wanted.provider.as_str().into(),
        ])];
        row.extend(parts.iter().map(cell));
        row.push(match separates {
            true => Cell::toned(Tone::Strong, "<== yes"),
            false => "".into(),
        });
        table.row(row);
    }
    doc.table(table);
}

/// Every kind of event that one of the articles knows, in the order they name them.
fn events<'a>(compared: &[&'a Signature]) -> Vec<&'a EventSelector> {
    let mut events: Vec<&EventSelector> = Vec::new();
    for signature in compared {
        let symptoms = signature
            .symptoms
            .iter()
            .flat_map(|symptom| &symptom.events);
        let against = signature.rules_out.iter().flat_map(|clause| &clause.events);
        for selector in symptoms.chain(against) {
            if !events.iter().any(|known| overlap(known, selector)) {
                events.push(selector);
            }
        }
    }
    events
}

fn overlap(one: &EventSelector, other: &EventSelector) -> bool {
    let names = |one: &str, other: &str| match one.strip_suffix('*') {
        Some(start) => other
            .get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start)),
        None => one.eq_ignore_ascii_case(other),
    };
    (names(&one.provider, &other.provider) || names(&other.provider, &one.provider))
        && ranges(&one.id).iter().any(|(low, high)| {
            ranges(&other.id)
                .iter()
                .any(|(from, to)| low <= to && from <= high)
        })
}

fn ranges(ids: &Ids) -> Vec<(u16, u16)> {
    let range = |text: &str| {
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        Some((low.trim().parse().ok()?, high.trim().parse().ok()?))
    };
    match ids {
        Ids::One(id) => vec![(*id, *id)],
        Ids::Range(text) => range(text).into_iter().collect(),
        Ids::Many(several) => several
            .iter()
            .filter_map(|one| match one {
                IdOrRange::One(id) => Some((*id, *id)),
                IdOrRange::Range(text) => range(text),
            })
            .collect(),
    }
}

fn part<'a>(report: &'a Report, signature: &Signature, wanted: &EventSelector) -> Part<'a> {
    let is_it = |events: &[EventSelector]| events.iter().any(|event| overlap(event, wanted));
    let asked: Vec<_> = signature
        .symptoms
        .iter()
        .filter(|symptom| is_it(&symptom.events))
        .collect();
    let reports: &[SymptomReport] = match judged(report, &signature.id) {
        Some(Judged::Finding(finding)) => &finding.symptoms,
        Some(Judged::NoVerdict { symptoms, .. }) => symptoms,
        None => &[],
    };
    // Of several symptoms with this event, the one that says most.
    let best = reports
        .iter()
        .filter(|judged| asked.iter().any(|symptom| symptom.id == judged.id))
        .min_by_key(|judged| match judged.state {
            SymptomState::Found => 0,
            SymptomState::Contradicted => 1,
            SymptomState::Unqualified => 2,
            SymptomState::NotFound => 3,
            SymptomState::NotCheckable => 4,
        });
    if let Some(judged) = best {
        return Part::Symptom(judged);
    }
    if let Some(symptom) = asked.first() {
        return Part::Unjudged(condition::conditions(&symptom.conditions));
    }
    match signature
        .rules_out
        .iter()
        .find(|clause| is_it(&clause.events))
    {
        Some(clause) if speaks(report, signature, clause) => {
            Part::Against(condition::conditions(&clause.conditions))
        }
        Some(clause) => Part::WouldSpeak(condition::conditions(&clause.conditions)),
        None => Part::Silent,
    }
}

/// Whether a clause is why the article is ruled out.
fn speaks(report: &Report, signature: &Signature, clause: &RuleOut) -> bool {
    let reasons = finding(report, &signature.id).map(|finding| finding.reasons.as_slice());
    reasons.unwrap_or(&[]).iter().any(
        |reason| matches!(reason, VerdictReason::RuledOutBy { clause: id, .. } if *id == clause.id),
    )
}

fn cell(part: &Part) -> Cell {
    let wanted = |head: &str, wanted: &str, tone| {
        let mut lines: Vec<Line> = vec![head.into()];
        lines.extend((!wanted.is_empty()).then(|| Line::from(format!("wanted: {wanted}"))));
        Cell { lines, tone }
    };
    match part {
        Part::Silent => Cell::toned(Tone::Dim, "does not know it"),
        Part::Against(conditions) => wanted("speaks against it", conditions, Tone::Bad),
        Part::WouldSpeak(conditions) => wanted("would speak against it", conditions, Tone::Dim),
        Part::Unjudged(conditions) => wanted("not seen", conditions, Tone::Dim),
        Part::Symptom(symptom) => {
            let mut head = said::state(symptom.state).to_owned();
            if symptom.count > 0 {
                head.push_str(&format!(", {}", words::times(symptom.count)));
            }
            let mut lines: Vec<Line> = vec![head.into()];
            let conditions = symptom.conditions.iter();
            lines.extend(conditions.map(|condition| Line::from(said::judged(condition))));
            lines.extend(
                symptom
                    .values
                    .iter()
                    .map(|value| Line::from(event::value(value))),
            );
            Cell {
                lines,
                tone: said::state_tone(symptom.state),
            }
        }
    }
}

/// What a finding says of a rival.
fn told<'a>(report: &'a Report, id: &str, rival: &str) -> Option<&'a RivalReport> {
    let rivals = &report.finding(id)?.rivals;
    rivals
        .iter()
        .find(|other| other.id.eq_ignore_ascii_case(rival))
}

/// What the signatures themselves, or the findings, say of each other.
fn add_differences(doc: &mut Doc, compared: &[&Signature], context: &Context) {
    let mut lines: Vec<Line> = Vec::new();
    for signature in compared {
        for other in compared.iter().filter(|other| other.id != signature.id) {
            let here = told(context.report, &signature.id, &other.id);
            let there = told(context.report, &other.id, &signature.id);
            // What tells the one from the other tells the other from the one.
            let is_separated = [here, there]
                .into_iter()
                .flatten()
                .any(|told| told.separated);
            if let Some(here) = here {
                let mut here = here.clone();
                here.separated = is_separated;
                let line = Line::toned(Tone::Strong, &signature.id).plain(" or ");
                let mut line = line;
                line.spans
                    .extend(super::finding::rival(&here, context).spans);
                lines.push(line);
                continue;
            }
            let authored = signature.rivals.iter();
            let mut authored = authored.filter(|rival| rival.id.eq_ignore_ascii_case(&other.id));
            if let Some(rival) = authored.next() {
                let difference = words::clause(&rival.difference);
                let mut line = Line::toned(Tone::Strong, &signature.id)
                    .plain(" or ")
                    .and(Tone::Strong, &rival.id)
                    .plain(format!(": {difference}."));
                // What to look for next is no help where the logs have said it.
                if let Some(next) = rival.next.as_ref().filter(|_| !is_separated) {
                    line = line.plain(format!(" Next: {next}"));
                }
                lines.push(line);
            }
        }
    }
    doc.bullets("What tells them apart", lines);
}
