//! Two or more articles side by side over the same logs.

use eventkb::report::{Report, RivalReport, SymptomReport, SymptomState};
use eventkb::signature::model::Signature;

use super::{Reader, judged, pile, signatures, words};
use crate::render::doc::{Cell, Doc, Line, Table, Tone};

/// What one article makes of one event.
enum Part<'a> {
    /// It is a symptom, with what became of it.
    Symptom(&'a SymptomReport),
    /// It is a symptom of which the report says nothing.
    Unjudged(Vec<String>),
    /// It speaks against the article.
    Against(Vec<String>),
    /// The article does not know it.
    Silent,
}

impl Part<'_> {
    /// What can be compared; `None` when the logs cannot say.
    fn outcome(&self) -> Option<&'static str> {
        match self {
            Part::Symptom(symptom) if symptom.state == SymptomState::NotCheckable => None,
            Part::Symptom(symptom) => Some(symptom.state.as_str()),
            Part::Unjudged(_) => Some("not_found"),
            Part::Against(_) => Some("against"),
            Part::Silent => Some("silent"),
        }
    }
}

/// The whole answer to `compare`.
pub(crate) fn doc(report: &Report, compared: &[&Signature], reader: &Reader) -> Doc {
    let mut doc = Doc::default();
    doc.heading(
        compared
            .iter()
            .map(|signature| signature.id.as_str())
            .collect::<Vec<_>>()
            .join(" or ")
            + "?",
    );
    add_verdicts(&mut doc, report, compared, reader);
    add_events(&mut doc, report, compared);
    add_differences(&mut doc, report, compared);
    pile::add(&mut doc, report, reader);
    doc
}

fn add_verdicts(doc: &mut Doc, report: &Report, compared: &[&Signature], reader: &Reader) {
    let when = reader.timed("first to last");
    let mut table = Table::new(&[
        "article", "title", "verdict", ">times", &when, "cause", "why",
    ]);
    for signature in compared {
        let id = Cell::toned(Tone::Strong, &signature.id);
        let title = Cell::from(&signature.title);
        let judged = judged(report, &signature.id);
        let why = judged.map_or("none of its events is here", |(_, finding)| {
            finding.reason.as_str()
        });
        table.row(match judged {
            Some((Some(verdict), finding)) => vec![
                id,
                title,
                Cell::toned(words::verdict_tone(verdict), words::verdict(verdict)),
                words::grouped(finding.occurrences).into(),
                reader.zone.span(finding.first, finding.last).into(),
                finding.cause.state.as_str().into(),
                why.into(),
            ],
            _ => {
                let dash = || Cell::from("-");
                vec![
                    id,
                    title,
                    "none".into(),
                    "0".into(),
                    dash(),
                    dash(),
                    why.into(),
                ]
            }
        });
    }
    if !reader.wide {
        // Seven columns do not fit: the title can be read elsewhere, the span too.
        drop_columns(&mut table, &[1, 3, 4]);
    }
    doc.table(table);
}

fn drop_columns(table: &mut Table, dropped: &[usize]) {
    let keep = |index: &usize| !dropped.contains(index);
    let columns = std::mem::take(&mut table.columns).into_iter().enumerate();
    table.columns = columns
        .filter(|(index, _)| keep(index))
        .map(|(_, column)| column)
        .collect();
    for row in &mut table.rows {
        let cells = std::mem::take(row).into_iter().enumerate();
        *row = cells
            .filter(|(index, _)| keep(index))
            .map(|(_, cell)| cell)
            .collect();
    }
}

fn add_events(doc: &mut Doc, report: &Report, compared: &[&Signature]) {
    doc.sub("Event by event");
    let mut titles = vec!["event"];
    titles.extend(compared.iter().map(|signature| signature.id.as_str()));
    titles.push("tells apart");
    let mut table = Table::new(&titles);
    for (provider, event_id) in events(compared) {
        let parts: Vec<Part> = compared
            .iter()
            .map(|signature| part(report, signature, &provider, event_id))
            .collect();
        let mut outcomes: Vec<&str> = parts.iter().filter_map(Part::outcome).collect();
        outcomes.sort_unstable();
        outcomes.dedup();
        let separates = outcomes.len() > 1 && parts.iter().any(is_evidence);
        let mut row = vec![Cell::lines(vec![
            Line::toned(Tone::Strong, event_id.to_string()),
            provider.as_str().into(),
        ])];
        row.extend(parts.iter().map(cell));
        row.push(if separates {
            Cell::toned(Tone::Strong, "<== yes")
        } else {
            "".into()
        });
        table.row(row);
    }
    doc.table(table);
}

/// Whether the logs say something here that an article must account for.
fn is_evidence(part: &Part) -> bool {
    match part {
        Part::Symptom(symptom) => symptom.state != SymptomState::NotCheckable,
        Part::Unjudged(_) => true,
        Part::Against(_) | Part::Silent => false,
    }
}

/// Every event that one of the articles knows, in the order they name them.
fn events(compared: &[&Signature]) -> Vec<(String, u16)> {
    let mut events: Vec<(String, u16)> = Vec::new();
    for signature in compared {
        let symptoms = signature
            .symptoms
            .iter()
            .map(|symptom| (&symptom.provider, symptom.event_id));
        let against = signature
            .rules_out
            .iter()
            .map(|rule| (&rule.provider, rule.event_id));
        for (providers, event_id) in symptoms.chain(against) {
            let provider = providers.first().map_or("", String::as_str);
            if !events
                .iter()
                .any(|(p, id)| *id == event_id && p.eq_ignore_ascii_case(provider))
            {
                events.push((provider.to_owned(), event_id));
            }
        }
    }
    events
}

fn part<'a>(report: &'a Report, signature: &Signature, provider: &str, event_id: u16) -> Part<'a> {
    let is_it = |providers: &[String], id: u16| {
        id == event_id
            && providers
                .iter()
                .any(|name| name.eq_ignore_ascii_case(provider))
    };
    if let Some(symptom) = signature
        .symptoms
        .iter()
        .find(|s| is_it(&s.provider, s.event_id))
    {
        let finding = judged(report, &signature.id).map(|(_, finding)| finding);
        let judged = finding.and_then(|f| f.symptoms.iter().find(|judged| judged.id == symptom.id));
        return match judged {
            Some(judged) => Part::Symptom(judged),
            None => Part::Unjudged(signatures::conditions(&symptom.conditions)),
        };
    }
    match signature
        .rules_out
        .iter()
        .find(|rule| is_it(&rule.provider, rule.event_id))
    {
        Some(rule) => Part::Against(signatures::conditions(&rule.conditions)),
        None => Part::Silent,
    }
}

fn cell(part: &Part) -> Cell {
    match part {
        Part::Silent => Cell::toned(Tone::Dim, "does not know it"),
        Part::Against(wanted) => {
            let mut lines: Vec<Line> = vec!["would speak against it".into()];
            lines.extend(wanted.iter().map(Line::from));
            Cell {
                lines,
                tone: Tone::Dim,
            }
        }
        Part::Unjudged(wanted) => {
            let mut lines: Vec<Line> = vec!["not found".into()];
            lines.extend(
                wanted
                    .iter()
                    .map(|wanted| format!("wanted: {wanted}").into()),
            );
            Cell {
                lines,
                tone: Tone::Warn,
            }
        }
        Part::Symptom(symptom) => {
            let mut head = words::state(symptom.state).to_owned();
            if symptom.count > 0 {
                head.push_str(&format!(", {}", words::times(symptom.count)));
            }
            let mut lines: Vec<Line> = vec![head.into()];
            lines.extend(
                symptom
                    .wanted
                    .iter()
                    .map(|wanted| format!("wanted: {wanted}").into()),
            );
            lines.extend(
                symptom
                    .values
                    .iter()
                    .map(|value| words::value(value).into()),
            );
            Cell {
                lines,
                tone: words::state_tone(symptom.state),
            }
        }
    }
}

/// What a finding says of a rival. What `explained` holds was not set against others.
fn told<'a>(report: &'a Report, id: &str, rival: &str) -> Option<&'a RivalReport> {
    let finding = report.findings.iter().find(|f| f.signature.id == id)?;
    finding.rivals.iter().find(|other| other.id == rival)
}

/// What the signatures themselves, or the findings, say of each other.
fn add_differences(doc: &mut Doc, report: &Report, compared: &[&Signature]) {
    let mut lines: Vec<Line> = Vec::new();
    for signature in compared {
        for rival in &signature.rivals {
            if !compared.iter().any(|other| other.id == rival.id) {
                continue;
            }
            let here = told(report, &signature.id, &rival.id);
            let there = told(report, &rival.id, &signature.id);
            let difference = here.map_or(&rival.difference, |told| &told.difference);
            let difference = difference.trim_end_matches('.');
            let line = Line::toned(Tone::Strong, &rival.id);
            let mut line = match difference.strip_prefix(&rival.id) {
                Some(rest) => line.plain(format!("{rest}.")),
                None => line.plain(format!(": {difference}.")),
            };
            // What to look for next is no help where the logs have said it.
            let is_open = [here, there].iter().flatten().all(|told| !told.separated);
            if let Some(next) = rival.next.as_ref().filter(|_| is_open) {
                line = line.plain(format!(" Next: {next}"));
            }
            lines.push(line);
        }
    }
    doc.bullets("What tells them apart", lines);
}
