//! One article with its evidence, doubts and way out.

use eventkb::report::{CauseReport, Finding, Group, OutcomeNode, TimelineEntry, Verdict};

use super::{Reader, symptoms, words};
use crate::render::doc::{Block, Doc, Line, Node, Table, Tone};
use crate::times;

/// Groups and comparisons listed before the rest is only counted.
const MOST_ROWS: usize = 10;

/// How much is told of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The evidence and what follows from it.
    Evidence,
    /// The verdict's whole logic too.
    Logic,
}

/// Adds everything that is known of one finding. Without a verdict, parts that only a finding
/// has stay away.
pub(crate) fn add(
    doc: &mut Doc,
    verdict: Option<Verdict>,
    finding: &Finding,
    depth: Depth,
    reader: &Reader,
) {
    let (id, title) = (&finding.signature.id, &finding.signature.title);
    let (tone, word) = match verdict {
        Some(verdict) => (words::verdict_tone(verdict), words::verdict(verdict)),
        None => (Tone::Dim, "no verdict"),
    };
    doc.heading(
        Line::from(format!("{id}  "))
            .and(tone, word)
            .plain(format!("  {title}")),
    );
    doc.blocks
        .push(Block::Fields(fields(verdict, finding, reader)));
    symptoms::add(doc, &finding.symptoms, depth, reader);
    add_timeline(doc, &finding.timeline, reader);
    add_groups(doc, &finding.groups, reader);
    if depth == Depth::Logic {
        add_tree(doc, &finding.tree);
    }
    doc.bullets(
        "Doubts",
        finding
            .doubts
            .iter()
            .map(|doubt| doubt.message.as_str().into())
            .collect(),
    );
    doc.bullets("It could also be", rivals(finding, false));
    // A cure for what it is not would mislead.
    if verdict >= Some(Verdict::Possible) {
        doc.steps(
            "What to do",
            finding.resolution.iter().map(Line::from).collect(),
        );
    }
    doc.bullets(
        "What to ask for",
        finding.collect.iter().map(Line::from).collect(),
    );
    doc.bullets(
        "Similar, but these logs tell them apart",
        rivals(finding, true),
    );
    if verdict.is_some() {
        doc.bullets(
            "Why it ranks where it does",
            finding.ranking.reasons.iter().map(Line::from).collect(),
        );
    }
    doc.bullets(
        "Read on",
        finding.references.iter().map(Line::from).collect(),
    );
}

fn fields(
    verdict: Option<Verdict>,
    finding: &Finding,
    reader: &Reader,
) -> Vec<(&'static str, Vec<Line>)> {
    let mut fields = vec![("Why", vec![finding.reason.as_str().into()])];
    if finding.occurrences > 0 {
        let seen = format!(
            "{} on {}, {}",
            words::times(finding.occurrences),
            words::some(&finding.computers, MOST_ROWS),
            reader.zone.full_span(finding.first, finding.last)
        );
        fields.push(("Seen", vec![seen.into()]));
    }
    let sides: Vec<Line> = finding
        .sides
        .iter()
        .map(|side| {
            let who = if side.computers.is_empty() {
                "none of its events here".to_owned()
            } else {
                words::some(&side.computers, MOST_ROWS)
            };
            format!("{}: {who} ({})", side.name, side.description).into()
        })
        .collect();
    if verdict.is_some() && !sides.is_empty() {
        fields.push(("Computers", sides));
    }
    if !finding.cause_text.is_empty() {
        fields.push(("Cause", vec![finding.cause_text.as_str().into()]));
    }
    if verdict.is_some() {
        fields.push(("Checked", cause_check(&finding.cause)));
    }
    if let Some(better) = &finding.better {
        fields.push(("Better", vec![better.as_str().into()]));
    }
    fields
}

/// What the logs say of the cause, with the names that were compared.
fn cause_check(cause: &CauseReport) -> Vec<Line> {
    let mut lines = vec![
        Line::toned(
            words::cause_tone(cause.state),
            format!("cause {}", cause.state.as_str()),
        )
        .plain(format!(": {}", cause.reason)),
    ];
    for evidence in cause.evidence.iter().take(MOST_ROWS) {
        let result = match evidence.result.as_str() {
            "equal" => "is letter by letter",
            "case_only" => "differs in case only from",
            "different" => "is another name than",
            other => other,
        };
        let record = format!(
            "{}, {}",
            words::record(&evidence.citation),
            evidence.citation.file
        );
        let (name, other) = (&evidence.name, &evidence.compared_with);
        // The sentence may name the names already; the record it never does.
        let is_said = cause.reason.contains(&format!("\"{name}\""));
        lines.push(match is_said {
            true => format!("read in {record}").into(),
            false => format!("\"{name}\" {result} \"{other}\": {record}").into(),
        });
    }
    if cause.evidence.len() > MOST_ROWS {
        lines.push(format!("and {} more comparisons", cause.evidence.len() - MOST_ROWS).into());
    }
    lines
}

fn add_timeline(doc: &mut Doc, timeline: &[TimelineEntry], reader: &Reader) {
    let Some(first) = timeline.first() else {
        return;
    };
    doc.sub("How they belong together");
    doc.para(format!(
        "The best occurrence, against its anchor event; {}.",
        windows(timeline, first)
    ));
    let when = reader.timed("time");
    let mut table = if reader.wide {
        Table::new(&[
            &when,
            ">from anchor",
            ">event",
            "symptom",
            "computer",
            "what it says",
        ])
    } else {
        Table::new(&[&when, ">from anchor", "event"])
    };
    for entry in timeline {
        let time = entry
            .time
            .map_or_else(|| "no time".into(), |time| reader.zone.cell(time));
        let delta = match (entry.anchor, entry.delta_s) {
            (true, _) => "anchor".to_owned(),
            (false, Some(seconds)) => times::delta(seconds),
            (false, None) => "unknown".into(),
        };
        table.row(if reader.wide {
            vec![
                time.into(),
                delta.into(),
                entry.event_id.to_string().into(),
                entry.symptom.as_str().into(),
                entry.computer.as_str().into(),
                entry.text.as_str().into(),
            ]
        } else {
            let event = format!("{} on {}: {}", entry.event_id, entry.computer, entry.text);
            vec![time.into(), delta.into(), event.into()]
        });
    }
    doc.table(table);
}

/// How far apart the events may lie, said once where it is the same for all.
fn windows(timeline: &[TimelineEntry], first: &TimelineEntry) -> String {
    let usual = timeline
        .iter()
        .find(|entry| entry.anchor)
        .unwrap_or(first)
        .window_s;
    let mut text = format!("they may lie {} s apart", words::grouped(usual));
    let mut said = vec![usual];
    for entry in timeline {
        if !said.contains(&entry.window_s) {
            said.push(entry.window_s);
            let same = timeline
                .iter()
                .filter(|other| other.window_s == entry.window_s);
            let mut ids: Vec<String> = same.map(|other| other.event_id.to_string()).collect();
            ids.dedup();
            text.push_str(&format!(
                ", {} for {}",
                words::grouped(entry.window_s),
                ids.join(", ")
            ));
        }
    }
    text
}

/// Worth a table only when there is more than one group.
fn add_groups(doc: &mut Doc, groups: &[Group], reader: &Reader) {
    if groups.len() < 2 {
        return;
    }
    doc.sub("Seen where");
    let mut table = Table::new(&[
        "computer",
        "joined by",
        "verdict",
        ">times",
        &reader.timed("first to last"),
    ]);
    for group in groups.iter().take(MOST_ROWS) {
        table.row(vec![
            group.computer.as_str().into(),
            group.key.as_deref().unwrap_or("time only").into(),
            words::verdict(group.verdict).into(),
            words::grouped(group.occurrences).into(),
            reader.zone.span(group.first, group.last).into(),
        ]);
    }
    doc.table(table);
    if groups.len() > MOST_ROWS {
        doc.para(format!(
            "and {} more; --format json has all.",
            groups.len() - MOST_ROWS
        ));
    }
}

fn add_tree(doc: &mut Doc, tree: &[OutcomeNode]) {
    if !tree.is_empty() {
        doc.sub("Condition by condition");
        doc.blocks.push(Block::Tree(
            tree.iter().map(|outcome| node(outcome, true)).collect(),
        ));
    }
}

/// `wanted` is whether the node helps when it is met: below `not` it is the other way round.
fn node(outcome: &OutcomeNode, wanted: bool) -> Node {
    let mut label = Line::toned(Tone::Strong, &outcome.label);
    if !outcome.met && wanted {
        label = label.and(Tone::Bad, " (not met)");
    }
    if !outcome.detail.is_empty() {
        label = label.plain(format!(": {}", outcome.detail));
    }
    let wanted_below = wanted != (outcome.label == "not");
    let children = outcome
        .children
        .iter()
        .map(|child| node(child, wanted_below))
        .collect();
    Node {
        met: outcome.met,
        good: outcome.met == wanted,
        label,
        children,
    }
}

/// The articles that are much like this one: those that the logs tell from it, or those that they
/// do not.
fn rivals(finding: &Finding, separated: bool) -> Vec<Line> {
    finding
        .rivals
        .iter()
        .filter(|rival| rival.separated == separated)
        .map(|rival| {
            let mut head = rival.id.clone();
            if let Some(verdict) = rival.verdict {
                head.push_str(&format!(" ({} here)", words::verdict(verdict)));
            }
            let mut line = Line::toned(Tone::Strong, &head);
            if !rival.title.is_empty() {
                line = line.plain(format!(", {}", rival.title));
            }
            let difference = rival.difference.trim_end_matches('.');
            line = match difference.strip_prefix(&rival.id) {
                // The sentence begins with the id anyway.
                Some(rest) if line.text() == rival.id => line.plain(format!("{rest}.")),
                _ => line.plain(format!(": {difference}.")),
            };
            if separated {
                return line;
            }
            line = line.and(Tone::Warn, " The logs do not tell them apart.");
            match &rival.next {
                Some(next) => line.plain(format!(" Next: {next}")),
                None => line,
            }
        })
        .collect()
}
