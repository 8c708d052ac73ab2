//! One article with its evidence, doubts and way out.

use eventkb::report::{
    CauseReason, CauseState, Finding, Group, RivalReport, RuleNode, SignatureRef, SymptomReport,
    TimelineEntry,
};

use super::symptoms::Cited;
use super::{Context, Detail, symptoms};
use crate::doc::{Anchor, Block, Doc, Line, Table, Tone};
use crate::times;
use crate::words::{self, absence, cause, doubt, finding as about, ranking, rule, verdict as said};

/// Groups and comparisons listed before the rest is only counted.
const MOST_ROWS: usize = 10;
/// Objects listed, and all that are listed where everything is wanted.
const MOST_OBJECTS: [usize; 2] = [5, 25];

/// Adds a finding: what a reader needs to act, and the rest where it is wanted.
pub(super) fn add(doc: &mut Doc, finding: &Finding, detail: Detail, context: &Context) {
    let signature = &finding.signature;
    let mut title = Line::from(format!("{}  ", signature.id))
        .and(
            said::verdict_tone(finding.verdict),
            said::verdict(finding.verdict),
        )
        .plain(format!("  {}", signature.title));
    if finding.history {
        title = title.and(Tone::Warn, "  (history)");
    }
    doc.heading_at(title, Anchor::new(&signature.id));
    doc.fields(fields(finding, detail, context));
    add_evidence(doc, &finding.symptoms, detail, context);
    // A cure for what it is not would mislead.
    if finding.is_offered() {
        let title = match finding.cause.state {
            CauseState::Contradicted => "What to do, were it this cause after all",
            _ => "What to do",
        };
        doc.steps(title, lines(&finding.resolution));
    }
    let is_settled = finding.verdict == eventkb::report::Verdict::Match
        && finding.cause.state == CauseState::Confirmed;
    if !is_settled || detail >= Detail::Full {
        doc.bullets("What to ask for", lines(&finding.collect));
    }
    if detail < Detail::Full {
        return;
    }
    doc.folded("Symptoms with their conditions and records", |doc| {
        symptoms::add(doc, &finding.symptoms, detail >= Detail::Logic, context);
    });
    doc.folded("How the events belong together", |doc| {
        add_timeline(doc, &finding.timeline, context);
        add_groups(doc, &finding.groups, context);
    });
    if detail >= Detail::Logic {
        add_tree(doc, &finding.tree, &finding.symptoms);
    }
    doc.folded("Other articles", |doc| {
        doc.bullets("It could also be", rivals(finding, false, context));
        doc.bullets(
            "Similar, but these logs tell them apart",
            rivals(finding, true, context),
        );
    });
    doc.folded("Why it ranks where it does", |doc| {
        let reasons = finding.ranking.reasons.iter();
        let mut lines: Vec<Line> = reasons
            .map(|reason| ranking::ranking(reason, &finding.symptoms).into())
            .collect();
        if finding.ranking.explains > 0 {
            let explains = words::count(finding.ranking.explains, "event");
            lines.insert(0, format!("it explains {explains}").into());
        }
        doc.list(lines);
    });
    let references = finding.references.iter().map(|reference| {
        let line = Line::toned(Tone::Strong, &reference.id).plain(format!(": {}", reference.note));
        match reference.url.as_deref() {
            Some(url) if !url.is_empty() => line.plain(" ").address(url),
            _ => line,
        }
    });
    doc.bullets("Read on", references.collect());
}

/// Adds what is known of an article that reached no verdict.
pub(super) fn add_without_verdict(
    doc: &mut Doc,
    signature: &SignatureRef,
    symptoms: &[SymptomReport],
    tree: &[RuleNode],
    context: &Context,
) {
    let title = Line::from(format!("{}  ", signature.id))
        .and(Tone::Dim, "no verdict")
        .plain(format!("  {}", signature.title));
    doc.heading_at(title, Anchor::new(&signature.id));
    add_evidence(doc, symptoms, Detail::Full, context);
    doc.folded("Symptoms with their conditions and records", |doc| {
        symptoms::add(doc, symptoms, true, context);
    });
    add_tree(doc, tree, symptoms);
}

/// A line for each symptom; the files that records are cited from are named once, above them.
fn add_evidence(doc: &mut Doc, symptoms: &[SymptomReport], detail: Detail, context: &Context) {
    let cited = Cited::of(symptoms, detail, context);
    let lines = symptoms::lines(symptoms, detail, &cited, context);
    if lines.is_empty() {
        return;
    }
    doc.sub(cited.clock.title_of("Evidence", context.reader));
    if cited.files.len() > 0 {
        doc.para(cited.files.line(context));
    }
    doc.list(lines);
}

fn lines(texts: &[String]) -> Vec<Line> {
    texts.iter().map(Line::from).collect()
}

fn add_tree(doc: &mut Doc, tree: &[RuleNode], symptoms: &[SymptomReport]) {
    doc.folded("Condition by condition", |doc| {
        if !tree.is_empty() {
            doc.blocks.push(Block::Tree(rule::tree(tree, symptoms)));
        }
    });
}

type Fields = Vec<(&'static str, Vec<Line>)>;

fn fields(finding: &Finding, detail: Detail, context: &Context) -> Fields {
    let zone = context.zone();
    let mut fields: Fields = Vec::new();
    let why = said::why(finding, zone);
    if !why.is_empty() {
        fields.push(("Why", vec![why.into()]));
    }
    if finding.occurrences > 0 {
        let on = match finding.computers.is_empty() {
            true => String::new(),
            false => format!(" on {}", words::some(&finding.computers, MOST_ROWS)),
        };
        let span = zone.full_span(finding.first, finding.last);
        fields.push((
            "Seen",
            vec![format!("{}{on}, {span}", said::occurrences(finding)).into()],
        ));
    }
    let objects = objects(finding, detail, context);
    if !objects.is_empty() {
        fields.push(("About", objects));
    }
    if detail >= Detail::Full {
        let sides = sides(finding);
        if !sides.is_empty() {
            fields.push(("Computers", sides));
        }
    }
    if !finding.cause_text.is_empty() {
        fields.push(("Cause", vec![finding.cause_text.as_str().into()]));
    }
    // That the events cannot show the cause is nothing to act on.
    if finding.cause.reason != CauseReason::NoCheck || detail >= Detail::Full {
        fields.push(("Checked", cause_check(finding, detail, context)));
    }
    if let Some(fix) = about::fix(finding, zone) {
        fields.push(("Fix", vec![fix.into()]));
    }
    if let Some(better) = &finding.better {
        fields.push(("Better", vec![better.as_str().into()]));
    }
    let doubts = finding
        .doubts
        .iter()
        .map(|one| doubt::doubt(one, zone).into());
    let doubts: Vec<Line> = doubts.collect();
    if !doubts.is_empty() {
        fields.push(("Care", doubts));
    }
    if let Some(rival) = &finding.rival_of {
        let text = format!("explains no more than what {rival} explains");
        fields.push(("Rival", vec![text.into()]));
    }
    if let Some(url) = &finding.signature.url {
        fields.push(("Article", vec![Line::default().address(url)]));
    }
    fields
}

fn objects(finding: &Finding, detail: Detail, context: &Context) -> Vec<Line> {
    let most = MOST_OBJECTS[usize::from(detail >= Detail::Full)];
    let shown = finding.objects.iter().take(most);
    let mut lines: Vec<Line> = shown
        .map(|object| about::object(object, finding, detail >= Detail::Full, context.zone()).into())
        .collect();
    let listed = lines.len() as u64;
    let more = finding.objects.len() as u64 + finding.objects_more - listed;
    if more > 0 {
        lines.push(format!("and {} more", words::grouped(more)).into());
    }
    lines
}

fn sides(finding: &Finding) -> Vec<Line> {
    let side = |side: &eventkb::report::Side| {
        let who = match side.computers.is_empty() {
            true => "none of its events here".to_owned(),
            false => words::some(&side.computers, MOST_ROWS),
        };
        format!("{}: {who} ({})", side.name, side.description).into()
    };
    finding.sides.iter().map(side).collect()
}

/// What the logs say of the cause, with what was compared.
fn cause_check(finding: &Finding, detail: Detail, context: &Context) -> Vec<Line> {
    let check = &finding.cause;
    let mut lines = vec![
        Line::toned(
            said::cause_tone(check.state),
            format!("cause {}", check.state.as_str()),
        )
        .plain(format!(
            ": {}.",
            words::clause(&cause::reason(&check.reason))
        )),
    ];
    // The most telling piece says why; the rest is for who wants everything.
    let most = if detail >= Detail::Full { MOST_ROWS } else { 1 };
    let path = |path: &str| context.path(path).to_owned();
    for evidence in check.evidence.iter().take(most) {
        lines.push(cause::evidence(evidence, context.zone(), &path).into());
    }
    let more = check.evidence.len().saturating_sub(most);
    if more > 0 && detail >= Detail::Full {
        lines.push(format!("and {more} more").into());
    }
    lines
}

fn add_timeline(doc: &mut Doc, timeline: &[TimelineEntry], context: &Context) {
    let Some(first) = timeline.first() else {
        return;
    };
    doc.para(format!(
        "The best occurrence, against its anchor event; {}.",
        windows(timeline, first)
    ));
    let is_wide = context.reader.is_wide();
    let when = context.reader.timed("time");
    let mut table = if is_wide {
        let titles = [
            &when,
            ">from anchor",
            ">event",
            "symptom",
            "computer",
            "what it says",
        ];
        Table::new("The best occurrence", &titles)
    } else {
        Table::new("The best occurrence", &[&when, ">from anchor", "event"])
    };
    for entry in timeline {
        let time = entry.time;
        let time = time.map_or_else(|| "no time".into(), |time| context.zone().cell(time));
        let delta = match (entry.anchor, entry.delta_s) {
            (true, _) => "anchor".to_owned(),
            (false, Some(seconds)) => times::delta(seconds),
            (false, None) => "unknown".into(),
        };
        let text = entry.sentence.as_deref().unwrap_or("");
        table.row(if is_wide {
            vec![
                time.into(),
                delta.into(),
                entry.event_id.to_string().into(),
                entry.symptom.as_str().into(),
                entry.computer.as_str().into(),
                text.into(),
            ]
        } else {
            let event = format!("{} on {}: {text}", entry.event_id, entry.computer);
            let event = event.trim_end_matches([':', ' ']);
            vec![time.into(), delta.into(), event.into()]
        });
    }
    doc.table(table);
}

/// How far apart the events may lie, said once where it is the same for all.
fn windows(timeline: &[TimelineEntry], first: &TimelineEntry) -> String {
    let anchor = timeline.iter().find(|entry| entry.anchor);
    let usual = anchor.unwrap_or(first).window_s;
    let mut text = format!("they may lie {} apart", words::duration(usual));
    let mut said = vec![usual];
    for entry in timeline {
        if !said.contains(&entry.window_s) {
            said.push(entry.window_s);
            let same = timeline
                .iter()
                .filter(|other| other.window_s == entry.window_s);
            let mut ids: Vec<String> = same.map(|other| other.event_id.to_string()).collect();
            ids.dedup();
            let window = words::duration(entry.window_s);
            text.push_str(&format!(", {window} for {}", ids.join(", ")));
        }
    }
    text
}

/// Worth a table only when there is more than one group.
fn add_groups(doc: &mut Doc, groups: &[Group], context: &Context) {
    if groups.len() < 2 {
        return;
    }
    let when = context.reader.timed("first to last");
    let titles = ["computer", "joined by", "verdict", ">times", &when];
    let mut table = Table::new("Where it was seen", &titles);
    for group in groups.iter().take(MOST_ROWS) {
        let key = match group.key.is_empty() {
            true => "time only".to_owned(),
            false => absence::key(&group.key),
        };
        table.row(vec![
            group.computer.as_str().into(),
            key.into(),
            said::verdict(group.verdict).into(),
            words::grouped(group.occurrences).into(),
            context.zone().span(group.first, group.last).into(),
        ]);
    }
    doc.table(table);
    if groups.len() > MOST_ROWS {
        doc.para(format!("and {} more.", groups.len() - MOST_ROWS));
    }
}

/// The articles that are much like this one: those that the logs tell from it, or those that they
/// do not.
fn rivals(finding: &Finding, separated: bool, context: &Context) -> Vec<Line> {
    let rivals = finding.rivals.iter();
    rivals
        .filter(|rival| rival.separated == separated)
        .map(|rival| self::rival(rival, context))
        .collect()
}

/// One rival, with what separates it and what to look at next.
pub(super) fn rival(rival: &RivalReport, context: &Context) -> Line {
    let stands = match rival.verdict {
        Some(verdict) => format!("{} here", said::verdict(verdict)),
        None => about::rival_standing(rival.standing).to_owned(),
    };
    let mut line = Line::toned(Tone::Strong, &rival.id).plain(format!(" ({stands})"));
    if !rival.title.is_empty() {
        line = line.plain(format!(", {}", words::clause(&rival.title)));
    }
    line = line.plain(".");
    if let Some(difference) = &rival.difference {
        line = line.plain(format!(" {}.", words::clause(difference)));
    }
    let unmet = rival.unmet.iter().take(3);
    let unmet: Vec<String> = unmet
        .map(|unmet| about::unmet(unmet, context.zone()))
        .collect();
    if !unmet.is_empty() {
        line = line.plain(format!(" It asks for {}.", unmet.join("; and for ")));
    }
    if rival.separated {
        return line;
    }
    line = line.and(Tone::Warn, " The logs do not tell them apart.");
    match &rival.next {
        Some(next) => line.plain(format!(" Next: {next}")),
        None => line,
    }
}
