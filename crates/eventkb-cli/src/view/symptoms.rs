//! The table of symptoms: what was wanted, what became of it, and the records that prove it.

use eventkb::report::{SymptomReport, SymptomState};

use super::finding::Depth;
use super::{Reader, words};
use crate::render::doc::{Cell, Doc, Line, Table, Tone};

/// Records shown for one symptom; JSON has more.
const MOST_CITATIONS: usize = 3;
/// Values shown for one symptom.
const MOST_VALUES: usize = 8;

/// Adds the table.
pub(crate) fn add(doc: &mut Doc, symptoms: &[SymptomReport], depth: Depth, reader: &Reader) {
    if symptoms.is_empty() {
        return;
    }
    doc.sub("Symptoms");
    let evidence = reader.timed("evidence; times");
    let mut table = if reader.wide {
        Table::new(&["symptom", "state", ">times", "wanted", &evidence])
    } else {
        Table::new(&["symptom", "state", &evidence])
    };
    for symptom in symptoms {
        let mut name = name(symptom);
        let state = Cell::toned(
            words::state_tone(symptom.state),
            words::state(symptom.state),
        );
        let mut evidence = evidence_lines(symptom, reader);
        if depth == Depth::Logic {
            evidence.extend(
                symptom
                    .note
                    .as_ref()
                    .map(|note| format!("note: {note}").into()),
            );
        }
        let evidence = Cell::lines(evidence);
        table.row(if reader.wide {
            let times = words::grouped(symptom.count);
            vec![
                Cell::lines(name),
                state,
                times.into(),
                Cell::lines(wanted(symptom)),
                evidence,
            ]
        } else {
            name.extend(
                symptom
                    .wanted
                    .iter()
                    .map(|wanted| Line::from(format!("wanted: {wanted}"))),
            );
            let mut state = state;
            if symptom.count > 0 {
                state.lines.push(words::times(symptom.count).into());
            }
            vec![Cell::lines(name), state, evidence]
        });
    }
    doc.table(table);
}

fn name(symptom: &SymptomReport) -> Vec<Line> {
    let mut traits: Vec<&str> = Vec::new();
    traits.extend((!symptom.role.is_empty()).then_some(symptom.role.as_str()));
    traits.extend(symptom.side.as_deref());
    let traits = if traits.is_empty() {
        String::new()
    } else {
        format!(" ({})", traits.join(", "))
    };
    let mut lines = vec![
        Line::toned(Tone::Strong, symptom.event_id.to_string())
            .plain(format!(" {}", symptom.provider)),
        format!("{}{traits}", symptom.id).into(),
    ];
    if !symptom.description.is_empty() {
        lines.push(symptom.description.as_str().into());
    }
    lines
}

fn wanted(symptom: &SymptomReport) -> Vec<Line> {
    if symptom.wanted.is_empty() {
        return vec!["the event".into()];
    }
    symptom.wanted.iter().map(Line::from).collect()
}

fn evidence_lines(symptom: &SymptomReport, reader: &Reader) -> Vec<Line> {
    let mut lines = Vec::new();
    if !symptom.reason.is_empty() {
        lines.push(symptom.reason.as_str().into());
    }
    lines.extend(
        symptom
            .values
            .iter()
            .take(MOST_VALUES)
            .map(|value| Line::from(words::value(value))),
    );
    if symptom.values.len() > MOST_VALUES {
        lines.push(format!("and {} more values", symptom.values.len() - MOST_VALUES).into());
    }
    if symptom.count > MOST_CITATIONS as u64 {
        lines.push(reader.zone.span(symptom.first, symptom.last).into());
    }
    let shown = &symptom.citations[..symptom.citations.len().min(MOST_CITATIONS)];
    // The file of several records in a row is said once, behind the last of them.
    for run in shown.chunk_by(|one, next| one.file == next.file) {
        lines.extend(
            run.iter()
                .map(|citation| Line::from(words::place(citation, reader))),
        );
        lines.extend(run.first().map(|citation| Line::from(&citation.file)));
    }
    let more = symptom.count.saturating_sub(shown.len() as u64);
    if symptom.state == SymptomState::Found && more > 0 && !shown.is_empty() {
        lines.push(format!("and {} more", words::count(more, "record")).into());
    }
    lines
}
