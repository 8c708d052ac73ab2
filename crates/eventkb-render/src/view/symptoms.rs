//! Symptoms with their evidence: a line each, or a table with everything.

use std::collections::BTreeSet;

use eventkb::report::{Answer, Citation, SymptomReport, SymptomState};

use super::cited::CitedFiles;
use super::clock::Clock;
use super::{Context, Detail, timeline};
use crate::doc::{Cell, Doc, Line, Table, Tone};
use crate::words::{self, absence, event, symptom as said};

/// Records shown for one symptom; JSON has more.
const MOST_CITATIONS: usize = 3;
/// Symptoms that are not there, named in one line.
const MOST_MISSING: usize = 4;
/// Values shown for one symptom.
const MOST_VALUES: usize = 8;

/// Whether a symptom has a line of its own: it is there, or everything is wanted.
fn has_line(symptom: &SymptomReport, detail: Detail) -> bool {
    let is_there = matches!(
        symptom.state,
        SymptomState::Found | SymptomState::Contradicted | SymptomState::Unqualified
    );
    match symptom.role == "context" {
        true => symptom.state == SymptomState::Found,
        false => is_there || detail >= Detail::Full,
    }
}

/// What the records that [`lines`] cites have in common, to be said once.
pub(super) struct Cited<'c> {
    pub(super) files: CitedFiles,
    pub(super) clock: Clock<'c>,
    /// They are of several computers.
    several_computers: bool,
}

impl<'c> Cited<'c> {
    pub(super) fn of(symptoms: &[SymptomReport], detail: Detail, context: &Context<'c>) -> Self {
        let shown = symptoms.iter().filter(|symptom| {
            let is_cited = matches!(
                symptom.state,
                SymptomState::Found | SymptomState::Contradicted
            );
            is_cited && has_line(symptom, detail)
        });
        let cited = || {
            shown
                .clone()
                .filter_map(|symptom| symptom.citations.first())
        };
        let computers: BTreeSet<&str> = cited()
            .filter_map(|citation| citation.computer.as_deref())
            .collect();
        Cited {
            files: CitedFiles::of(cited().map(|citation| citation.file.as_str())),
            clock: Clock::of(cited().filter_map(|citation| citation.time), context.zone()),
            several_computers: computers.len() > 1,
        }
    }

    /// Where a citation is, as far as it is not said for all of them.
    fn place(&self, citation: &Citation, context: &Context) -> String {
        let mut text = format!(
            "{}{}",
            self.files.mark(&citation.file),
            event::record(citation)
        );
        if let Some(computer) = citation
            .computer
            .as_deref()
            .filter(|_| self.several_computers)
        {
            text.push_str(&format!(" of {}", timeline::name(computer, context)));
        }
        if let Some(time) = citation.time {
            text.push_str(&format!(", {}", self.clock.cell(time)));
        }
        text
    }
}

/// One line for each symptom that is there; what is not there in one line, unless everything is
/// wanted. Symptoms that only give context are left out where they are not found.
pub(super) fn lines(
    symptoms: &[SymptomReport],
    detail: Detail,
    cited: &Cited<'_>,
    context: &Context,
) -> Vec<Line> {
    let shown = symptoms.iter().filter(|symptom| has_line(symptom, detail));
    let mut lines: Vec<Line> = shown
        .map(|symptom| line(symptom, symptoms, cited, context))
        .collect();
    for (state, says) in [
        (SymptomState::NotFound, "not there"),
        (SymptomState::NotCheckable, "cannot be checked"),
    ] {
        let missing = symptoms.iter().filter(|symptom| {
            symptom.state == state && symptom.role != "context" && !has_line(symptom, detail)
        });
        let missing: Vec<String> = missing
            .map(|symptom| event::event(&symptom.provider, symptom.event_id))
            .collect();
        if !missing.is_empty() {
            lines.push(
                Line::toned(said::state_tone(state), says)
                    .plain(format!(": {}", words::some(&missing, MOST_MISSING))),
            );
        }
    }
    lines
}

fn line(
    symptom: &SymptomReport,
    all: &[SymptomReport],
    cited: &Cited<'_>,
    context: &Context,
) -> Line {
    let line = Line::toned(said::state_tone(symptom.state), said::state(symptom.state))
        .plain(" ")
        .and(
            Tone::Strong,
            event::event(&symptom.provider, symptom.event_id),
        );
    let line = match symptom.description.as_str() {
        "" => line,
        description => line.plain(format!(", {}", words::clause(description))),
    };
    match short_evidence(symptom, all, cited, context) {
        Some(evidence) => line.plain(format!(": {evidence}")),
        None => line,
    }
}

fn short_evidence(
    symptom: &SymptomReport,
    all: &[SymptomReport],
    cited: &Cited<'_>,
    context: &Context,
) -> Option<String> {
    let cited = || Some(cited.place(symptom.citations.first()?, context));
    match symptom.state {
        SymptomState::Found => {
            let values = symptom.values.iter().take(2);
            let values: Vec<String> = values.map(event::short_value).collect();
            let mut parts = Vec::new();
            if symptom.count > 1 {
                parts.push(words::times(symptom.count));
            }
            parts.extend((!values.is_empty()).then(|| values.join(", ")));
            parts.extend(cited());
            (!parts.is_empty()).then(|| parts.join("; "))
        }
        SymptomState::Contradicted => {
            let failed = symptom
                .conditions
                .iter()
                .find(|condition| condition.holds == Some(Answer::No));
            let failed = failed
                .map(said::judged)
                .or_else(|| why(symptom, all, context));
            let parts: Vec<String> = failed.into_iter().chain(cited()).collect();
            (!parts.is_empty()).then(|| parts.join("; "))
        }
        _ => why(symptom, all, context),
    }
}

fn why(symptom: &SymptomReport, all: &[SymptomReport], context: &Context) -> Option<String> {
    let absence = symptom.absence.as_ref()?;
    Some(absence::absence(absence, all, context.zone()))
}

/// Adds the table with everything: conditions, values, records, reasons.
pub(super) fn add(doc: &mut Doc, symptoms: &[SymptomReport], notes: bool, context: &Context) {
    if symptoms.is_empty() {
        return;
    }
    let is_wide = context.reader.is_wide();
    let evidence = context.reader.timed("evidence; times");
    let mut table = if is_wide {
        Table::new(
            "Symptoms",
            &["symptom", "state", ">times", "wanted", &evidence],
        )
    } else {
        Table::new("Symptoms", &["symptom", "state", &evidence])
    };
    for symptom in symptoms {
        let mut name = name(symptom);
        let mut state = Cell::toned(said::state_tone(symptom.state), said::state(symptom.state));
        let mut evidence = evidence_lines(symptom, symptoms, context);
        if notes {
            let note = symptom.note.as_ref();
            evidence.extend(note.map(|note| Line::from(format!("note: {note}"))));
        }
        let evidence = Cell::lines(evidence);
        let wanted = wanted(symptom);
        table.row(if is_wide {
            let times = words::grouped(symptom.count);
            vec![
                Cell::lines(name),
                state,
                times.into(),
                Cell::lines(wanted),
                evidence,
            ]
        } else {
            name.extend(wanted);
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
    let traits = match traits.is_empty() {
        true => String::new(),
        false => format!(" ({})", traits.join(", ")),
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
    symptom
        .conditions
        .iter()
        .map(|condition| {
            let tone = match condition.holds {
                Some(Answer::No) => Tone::Bad,
                Some(Answer::Unknown) => Tone::Dim,
                _ => Tone::Plain,
            };
            Line::toned(tone, said::judged(condition))
        })
        .collect()
}

fn evidence_lines(symptom: &SymptomReport, all: &[SymptomReport], context: &Context) -> Vec<Line> {
    let zone = context.zone();
    let mut lines: Vec<Line> = Vec::new();
    lines.extend(why(symptom, all, context).map(|why| Line::from(words::sentence(&why))));
    let values = symptom.values.iter().take(MOST_VALUES);
    lines.extend(values.map(|value| Line::from(event::value(value))));
    if symptom.values.len() > MOST_VALUES {
        lines.push(format!("and {} more values", symptom.values.len() - MOST_VALUES).into());
    }
    if symptom.count > MOST_CITATIONS as u64 {
        lines.push(zone.span(symptom.first, symptom.last).into());
    }
    let shown = symptom
        .citations
        .get(..MOST_CITATIONS)
        .unwrap_or(&symptom.citations);
    // The file of several records in a row is said once, behind the last of them.
    for run in shown.chunk_by(|one, next| one.file == next.file) {
        lines.extend(
            run.iter()
                .map(|citation| Line::from(event::place(citation, zone))),
        );
        lines.extend(
            run.first()
                .map(|citation| Line::from(context.path(&citation.file))),
        );
    }
    let more = symptom.count.saturating_sub(shown.len() as u64);
    if symptom.state == SymptomState::Found && more > 0 && !shown.is_empty() {
        lines.push(format!("and {}", words::count(more, "more record")).into());
    }
    lines
}
