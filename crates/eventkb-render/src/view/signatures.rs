//! Signatures as tables: the list, one of them, what is known of an event, what examples gave.

use eventkb::knowledge::catalogue::EventFacts;
use eventkb::report::{CauseState, Standing};
use eventkb::signature::examples::ExampleVerdict;
use eventkb::signature::model::{
    CauseCheck, Condition, EventSelector, Ids, Join, Role, Signature, Symptom, Verdicts,
};
use eventkb::{ExampleResult, Mismatch, SignatureHead};

use super::Reader;
use crate::doc::{Cell, Doc, Line, Table, Tone};
use crate::words::{self, cause, condition as said, rule, verdict};

/// Articles over the same events that are listed for a signature.
const MOST_SHARING: usize = 10;

/// The signatures of one family.
pub fn family<'a>(
    name: &str,
    heads: impl Iterator<Item = &'a SignatureHead>,
    reader: &Reader,
) -> Doc {
    let mut doc = Doc::default();
    if !name.is_empty() {
        doc.heading(name);
    }
    let titles: &[&str] = match reader.is_wide() {
        true => &[
            "id", ">rev", "title", "standing", "severity", "product", ">events",
        ],
        false => &["id", "title", "severity", "product"],
    };
    let mut table = Table::new("Signatures", titles);
    for head in heads {
        table.row(head_row(head, reader.is_wide()));
    }
    doc.table(table);
    doc
}

fn head_row(head: &SignatureHead, is_wide: bool) -> Vec<Cell> {
    let id = Cell::toned(Tone::Strong, head.id());
    let title = Cell::from(head.title());
    let mut severity = vec![Line::from(verdict::severity(head.severity()))];
    let products = head.products();
    let products = Cell::lines(
        products
            .iter()
            .map(|text| Line::from(text.as_ref()))
            .collect(),
    );
    if is_wide {
        let revision = head.revision().to_string().into();
        let standing = verdict::standing(head.standing()).into();
        let events = head.events().len().to_string().into();
        return vec![
            id,
            revision,
            title,
            standing,
            Cell::lines(severity),
            products,
            events,
        ];
    }
    if head.standing() != Standing::Problem {
        severity.push(head.standing().as_str().into());
    }
    vec![id, title, Cell::lines(severity), products]
}

/// What was listed, in a sentence.
pub fn signatures_listed(signatures: usize, families: usize) -> Doc {
    let mut doc = Doc::default();
    let signatures = words::count(signatures as u64, "signature");
    doc.para(match families {
        0 | 1 => format!("{signatures}."),
        more => format!("{signatures} in {more} families."),
    });
    doc
}

fn products(signature: &Signature) -> Vec<Line> {
    let products = signature.products.iter();
    let line = |name: &str, versions: String| format!("{name} {versions}").trim().into();
    products
        .map(|product| line(&product.name, product.versions.join(", ")))
        .collect()
}

/// One signature, in full, with those that rest on the same events.
pub fn signature(head: &SignatureHead, signature: &Signature, sharing: &[&Signature]) -> Doc {
    let mut doc = Doc::default();
    doc.heading(format!("{}  {}", signature.id, signature.title));
    doc.fields(fields(head, signature));
    doc.sub("Looks for");
    let mut table = Table::new("Symptoms", &["symptom", "event", "role", "wanted"]);
    for symptom in &signature.symptoms {
        table.row(symptom_row(symptom, signature));
    }
    doc.table(table);
    doc.bullets("Joined", joined(&signature.join));
    doc.bullets("Verdicts", verdicts(signature.verdicts.as_ref()));
    let relations = signature.relations.iter().map(|relation| {
        Line::toned(Tone::Strong, &relation.id).plain(format!(": {}", rule::relation(relation)))
    });
    doc.bullets("Relations", relations.collect());
    doc.bullets("Speaks against it", against(signature));
    let checks = signature
        .cause_checks
        .iter()
        .map(|check| cause_check(check).into());
    doc.bullets("Cause checks", checks.collect());
    let versions = signature.applies_to.iter();
    let versions = versions.map(|it| rule::versions(&it.product, &it.versions).into());
    doc.bullets("Applies to", versions.collect());
    let rivals = signature.rivals.iter().map(|rival| {
        Line::toned(Tone::Strong, &rival.id)
            .plain(": ")
            .plain(&rival.difference)
    });
    doc.bullets("Easily confused with", rivals.collect());
    doc.bullets("Rests on the same events", others(signature, sharing));
    let logging = signature.logging.iter().map(|logging| {
        let (category, level) = (&logging.category, &logging.level);
        format!("{category} at {level}, for {}", logging.symptoms.join(", ")).into()
    });
    doc.bullets("Needs diagnostics logging", logging.collect());
    let texts = |texts: &[String]| texts.iter().map(Line::from).collect();
    doc.steps("What to do", texts(&signature.resolution));
    doc.bullets("What to ask for", texts(&signature.collect));
    let references = signature.references.iter().map(|reference| {
        Line::from(format!("{}: {} ", reference.id, reference.note))
            .address(reference.url.as_deref().unwrap_or(""))
    });
    doc.bullets("Read on", references.collect());
    doc.bullets("Notes", texts(&signature.notes));
    doc
}

/// Other articles over the same events, with what they want of them.
fn others(signature: &Signature, sharing: &[&Signature]) -> Vec<Line> {
    let named = |other: &&&Signature| signature.rivals.iter().all(|rival| rival.id != other.id);
    let others = sharing.iter().filter(named).take(MOST_SHARING);
    let mut lines: Vec<Line> = others
        .map(|other| {
            Line::toned(Tone::Strong, &other.id).plain(format!(
                "  {}: {}",
                other.title,
                wants(signature, other)
            ))
        })
        .collect();
    let more = sharing
        .iter()
        .filter(named)
        .count()
        .saturating_sub(MOST_SHARING) as u64;
    if more > 0 {
        lines.push(words::count(more, "more signature").into());
    }
    lines
}

/// What another article wants of the events that it has in common with one.
fn wants(signature: &Signature, other: &Signature) -> String {
    let telling = signature.symptoms.iter();
    let telling = telling.filter(|symptom| symptom.role <= Role::Strong);
    let mut parts: Vec<String> = Vec::new();
    for selector in telling.flat_map(|symptom| &symptom.events) {
        for theirs in other.symptoms_resting_on(selector) {
            let part = format!("{}{}", selectors(&theirs.events), with(&theirs.conditions));
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
    }
    words::both(&parts)
}

fn fields(head: &SignatureHead, signature: &Signature) -> Vec<(&'static str, Vec<Line>)> {
    let mut fields = vec![
        ("Family", vec![head.family().into()]),
        ("Products", products(signature)),
        (
            "Standing",
            vec![verdict::standing(signature.standing).into()],
        ),
        (
            "Severity",
            vec![verdict::severity(signature.severity).into()],
        ),
        ("Revision", vec![signature.revision.to_string().into()]),
        ("Cause", vec![signature.cause.as_str().into()]),
    ];
    if let Some(fix) = &signature.fix {
        let note = fix.note.as_ref();
        let note = note.map_or_else(String::new, |note| format!(" ({})", words::clause(note)));
        let updates = words::either(&fix.updates);
        fields.push(("Fix", vec![format!("{updates}{note}").into()]));
    }
    if let Some(url) = &signature.url {
        fields.push(("Article", vec![Line::default().address(url)]));
    }
    if head.family().is_empty() {
        fields.retain(|(name, _)| *name != "Family");
    }
    fields.retain(|(_, lines)| !lines.is_empty());
    fields
}

fn symptom_row(symptom: &Symptom, signature: &Signature) -> Vec<Cell> {
    let mut wanted: Vec<Line> = symptom
        .conditions
        .iter()
        .map(|condition| Line::from(said::condition(condition)))
        .collect();
    let levels: Vec<String> = symptom
        .level
        .iter()
        .map(|level| words::event::level(Some(level.number())).to_owned())
        .collect();
    if !levels.is_empty() {
        wanted.push(format!("the level is {}", words::either(&levels)).into());
    }
    let categories: Vec<String> = symptom
        .category
        .iter()
        .map(|category| match (&category.name, category.number) {
            (Some(name), _) => name.clone(),
            (None, number) => number.map_or_else(String::new, |number| number.to_string()),
        })
        .collect();
    if !categories.is_empty() {
        wanted.push(format!("the category is {}", words::either(&categories)).into());
    }
    let name = |id: &str| match signature.symptoms.iter().any(|other| other.id == id) {
        true => id.to_owned(),
        false => format!("`{id}`"),
    };
    let around = symptom.only_if.iter();
    wanted.extend(around.map(|one| Line::from(format!("only if {}", said::qualifier(one, &name)))));
    if wanted.is_empty() {
        wanted.push("the event, with any values".into());
    }
    let kept = symptom.capture.iter();
    wanted
        .extend(kept.map(|one| Line::from(format!("keeps {}: {}", one.name, said::capture(one)))));
    let note = symptom.note.as_ref();
    wanted.extend(note.map(|note| Line::from(format!("note: {note}"))));
    let mut role = vec![Line::from(symptom.role.as_str())];
    role.extend(symptom.own.then(|| Line::from("its own event")));
    let side = symptom.side.as_ref();
    role.extend(side.map(|side| Line::from(format!("on the {side}"))));
    vec![
        Cell::lines(vec![
            Line::toned(Tone::Strong, &symptom.id),
            symptom.description.as_str().into(),
        ]),
        Cell::lines(
            symptom
                .events
                .iter()
                .map(|event| said::selector(event).into())
                .collect(),
        ),
        Cell::lines(role),
        Cell::lines(wanted),
    ]
}

fn joined(join: &Join) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let keys: Vec<&str> = join
        .objects
        .iter()
        .chain(&join.same)
        .map(String::as_str)
        .collect();
    let key = match keys.is_empty() {
        true => "same computer".to_owned(),
        false => format!("same computer, same {}", words::both(&keys)),
    };
    lines.push(
        format!(
            "{key}, within {}; across computers within {}",
            words::duration(join.window_s),
            words::duration(join.across_window_s)
        )
        .into(),
    );
    let gap = words::duration(join.attempt_gap_s);
    lines.push(format!("a new occurrence after {gap} of silence").into());
    if !join.anchor.is_empty() {
        lines.push(format!("built around {}", words::either(&join.anchor)).into());
    }
    if let Some(peer) = &join.peer {
        lines.push(format!("{peer} names the other computer").into());
    }
    lines
}

fn verdicts(verdicts: Option<&Verdicts>) -> Vec<Line> {
    let Some(verdicts) = verdicts else {
        return vec!["by the standard rules".into()];
    };
    [
        ("match", &verdicts.full),
        ("likely", &verdicts.likely),
        ("possible", &verdicts.possible),
    ]
    .into_iter()
    .filter_map(|(name, wanted)| {
        let when = rule::rule(wanted.as_ref()?);
        Some(Line::toned(Tone::Strong, name).plain(format!(" when {when}")))
    })
    .collect()
}

fn selectors(events: &[EventSelector]) -> String {
    let events: Vec<String> = events.iter().map(said::selector).collect();
    words::either(&events)
}

fn with(conditions: &[Condition]) -> String {
    match conditions.is_empty() {
        true => String::new(),
        false => format!(" with {}", said::conditions(conditions)),
    }
}

fn against(signature: &Signature) -> Vec<Line> {
    let line = |out: &eventkb::signature::model::RuleOut| {
        let better = out.better.as_ref();
        let better = better.map_or_else(String::new, |id| format!("; better: {id}"));
        let unless = out.unless.as_ref();
        let unless = unless.map_or_else(String::new, |it| format!("; unless {}", rule::rule(it)));
        let reason = words::clause(&out.reason);
        Line::toned(Tone::Strong, selectors(&out.events)).plain(format!(
            "{}: {reason}{unless}{better}",
            with(&out.conditions)
        ))
    };
    signature.rules_out.iter().map(line).collect()
}

fn cause_check(check: &CauseCheck) -> String {
    match check {
        CauseCheck::ComputerNames(names) => {
            let from: Vec<String> = names
                .names
                .iter()
                .map(|name| selectors(&name.events))
                .collect();
            format!(
                "compares computer names of {} with the computers of the collection: {}",
                words::both(&from),
                words::clause(&names.confirmed)
            )
        }
        CauseCheck::Event(event) => format!(
            "{}{} {}: {}",
            selectors(&event.events),
            with(&event.conditions),
            cause::proves(event.proves),
            words::clause(&event.says)
        ),
        CauseCheck::Absence(absence) => format!(
            "no {}{} {}: {}",
            selectors(&absence.events),
            with(&absence.conditions),
            cause::proves(absence.proves),
            words::clause(&absence.says)
        ),
    }
}

/// What is known of one event, and the signatures that ask for it.
pub fn known_event<'a>(
    provider: &str,
    event_id: u16,
    facts: Option<&EventFacts>,
    asking: impl Iterator<Item = &'a Signature>,
) -> Doc {
    let mut doc = Doc::default();
    match facts {
        Some(facts) => {
            doc.heading(words::event::event(facts.provider(), event_id));
            let level = facts.level().map(|level| level.number());
            let mut fields: Vec<(&'static str, Vec<Line>)> = vec![
                ("Says", vec![facts.sentence_template().into()]),
                ("Log", vec![facts.channel().into()]),
            ];
            if level.is_some() {
                fields.push(("Level", vec![words::event::level(level).into()]));
            }
            if let Some(note) = facts.note() {
                fields.push(("Note", vec![note.into()]));
            }
            doc.fields(fields);
        }
        None => doc.para("The catalogue does not know this event."),
    }
    let mut table = Table::new(
        "Signatures",
        &["id", "title", "role", "wanted of the event"],
    );
    for signature in asking {
        let (role, wanted) = asked(signature, provider, event_id);
        table.row(vec![
            Cell::toned(Tone::Strong, &signature.id),
            signature.title.as_str().into(),
            Cell::lines(role),
            Cell::lines(wanted),
        ]);
    }
    match table.rows.is_empty() {
        true => doc.para("No signature asks for it."),
        false => {
            doc.heading("Signatures that ask for it");
            doc.table(table);
        }
    }
    doc
}

/// What a signature asks an event for: roles, and what it wants of its values.
fn asked(signature: &Signature, provider: &str, event_id: u16) -> (Vec<Line>, Vec<Line>) {
    let event = EventSelector {
        provider: provider.to_owned(),
        id: Ids::One(event_id),
    };
    let is_it = |events: &[EventSelector]| events.iter().any(|one| one.meets(&event));
    let mut role: Vec<Line> = Vec::new();
    let mut wanted: Vec<Line> = Vec::new();
    let mut add = |part: &str, conditions: &[Condition]| {
        role.push(part.into());
        wanted.push(match conditions.is_empty() {
            true => "any values".into(),
            false => said::conditions(conditions).into(),
        });
    };
    for symptom in signature.symptoms.iter().filter(|s| is_it(&s.events)) {
        add(symptom.role.as_str(), &symptom.conditions);
    }
    for clause in signature.rules_out.iter().filter(|c| is_it(&c.events)) {
        add("against it", &clause.conditions);
    }
    if role.is_empty() {
        role.push("check".into());
    }
    (role, wanted)
}

/// What examples gave: the failed ones, or all.
pub fn examples(results: &[ExampleResult], all: bool, reader: &Reader) -> Doc {
    let titles = ["signature", "example", "result", "wanted", "got"];
    let mut table = Table::new("Examples", &titles);
    for result in results.iter().filter(|result| all || !result.is_ok()) {
        let (passed, tone) = match result.is_ok() {
            true => ("passed", Tone::Good),
            false => ("failed", Tone::Bad),
        };
        table.row(vec![
            result.signature.as_str().into(),
            result.example.as_str().into(),
            Cell::toned(tone, passed),
            with_cause(wanted_verdict(result.wanted), result.cause_wanted).into(),
            Cell::lines(got(result, reader)),
        ]);
    }
    let passed = results.iter().filter(|result| result.is_ok()).count();
    let passed = words::grouped(passed as u64);
    let mut doc = Doc::default();
    doc.table(table);
    let number = words::count(results.len() as u64, "example");
    doc.para(format!("{passed} of {number} passed."));
    doc
}

fn wanted_verdict(wanted: ExampleVerdict) -> &'static str {
    match wanted {
        ExampleVerdict::Match => "match",
        ExampleVerdict::Likely => "likely",
        ExampleVerdict::Possible => "possible",
        ExampleVerdict::RuledOut => "ruled out",
        ExampleVerdict::None => "not reported",
        ExampleVerdict::NotOffered => "not offered",
    }
}

fn with_cause(verdict: &str, cause: Option<CauseState>) -> String {
    match cause {
        Some(cause) => format!("{verdict}, cause {}", cause.as_str()),
        None => verdict.to_owned(),
    }
}

fn got(result: &ExampleResult, reader: &Reader) -> Vec<Line> {
    let got = result.got.map_or("not reported", verdict::verdict);
    let mut lines: Vec<Line> = vec![with_cause(got, result.cause_got).into()];
    if result.is_ok() {
        return lines;
    }
    for mismatch in &result.mismatches {
        let text = match mismatch {
            Mismatch::Verdict => "another verdict than wanted".to_owned(),
            Mismatch::Cause => "another result of the cause check than wanted".into(),
            Mismatch::Objects => {
                let objects = result.finding.iter().flat_map(|finding| &finding.objects);
                let names: Vec<&str> = objects.map(|object| object.name.as_str()).collect();
                format!("other objects than wanted: {}", words::both(&names))
            }
            Mismatch::Occurrences => {
                let number = result
                    .finding
                    .as_ref()
                    .map_or(0, |finding| finding.occurrences);
                format!("another number of occurrences than wanted: {number}")
            }
            Mismatch::Better => match &result.first {
                Some(first) => format!("{first} comes first"),
                None => "no article comes first".into(),
            },
            _ => words::UNKNOWN.into(),
        };
        lines.push(text.into());
    }
    if let Some(finding) = &result.finding {
        lines.push(verdict::why(finding, &reader.zone).into());
    }
    lines
}
