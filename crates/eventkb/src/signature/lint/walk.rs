//! Ways through a signature: everything of a kind, each with its path.

use crate::limits;
use crate::signature::compile::qualifier_symptom;
use crate::signature::json_path::JsonPath;
use crate::signature::model::{
    Capture, CauseCheck, Condition, EventSelector, NameSource, Qualifier, Role, Rule, Signature,
};

/// The path of a member at the top.
pub(super) fn at(key: &str) -> JsonPath {
    JsonPath::default().key(key)
}

/// The elements of a list, each with its path.
pub(super) fn each<'l, T>(list: &JsonPath, elements: &'l [T]) -> Vec<(JsonPath, &'l T)> {
    let elements = elements.iter().enumerate();
    elements
        .map(|(n, element)| (list.index(n), element))
        .collect()
}

/// What selects events, with what it asks and keeps of them: a symptom, a clause of `rules_out`, a
/// cause check or a version.
pub(super) struct Part<'s> {
    pub(super) path: JsonPath,
    pub(super) events: &'s [EventSelector],
    pub(super) conditions: &'s [Condition],
    pub(super) captures: Vec<(JsonPath, &'s Capture)>,
}

/// All parts that select events, but sources of names: see [`name_sources`].
pub(super) fn parts(signature: &Signature) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    for (path, symptom) in each(&at("symptoms"), &signature.symptoms) {
        parts.push(Part {
            events: &symptom.events,
            conditions: &symptom.conditions,
            captures: each(&path.key("capture"), &symptom.capture),
            path,
        });
    }
    for (path, clause) in each(&at("rules_out"), &signature.rules_out) {
        parts.push(Part {
            events: &clause.events,
            conditions: &clause.conditions,
            captures: each(&path.key("capture"), &clause.capture),
            path,
        });
    }
    for (path, check) in each(&at("cause_checks"), &signature.cause_checks) {
        let (events, conditions, captures): (_, _, &[Capture]) = match check {
            CauseCheck::ComputerNames(_) => continue,
            CauseCheck::Event(check) => (&check.events, &check.conditions, &check.capture),
            CauseCheck::Absence(check) => (&check.events, &check.conditions, &[]),
        };
        parts.push(Part {
            events,
            conditions,
            captures: each(&path.key("capture"), captures),
            path,
        });
    }
    for (path, version) in each(&at("applies_to"), &signature.applies_to) {
        // Where the logs show the version of Windows is no matter of the signature.
        if version.events.is_empty() && version.capture.is_none() {
            continue;
        }
        parts.push(Part {
            events: &version.events,
            conditions: &[],
            captures: version
                .capture
                .iter()
                .map(|capture| (path.key("capture"), capture))
                .collect(),
            path,
        });
    }
    parts
}

/// All places that give a computer's name.
pub(super) fn name_sources(signature: &Signature) -> Vec<(JsonPath, &NameSource)> {
    let mut all = Vec::new();
    for (path, check) in each(&at("cause_checks"), &signature.cause_checks) {
        if let CauseCheck::ComputerNames(check) = check {
            all.extend(each(&path.key("names"), &check.names));
            all.extend(each(&path.key("own_names"), &check.own_names));
        }
    }
    all
}

/// All lists of events, and the paths of what they belong to.
pub(super) fn event_lists(signature: &Signature) -> Vec<(JsonPath, &[EventSelector])> {
    let parts = parts(signature).into_iter().map(|p| (p.path, p.events));
    let sources = name_sources(signature);
    parts
        .chain(
            sources
                .into_iter()
                .map(|(path, s)| (path, s.events.as_slice())),
        )
        .collect()
}

/// All selectors of events.
pub(super) fn selectors(signature: &Signature) -> Vec<(JsonPath, &EventSelector)> {
    let mut all = Vec::new();
    for (path, events) in event_lists(signature) {
        all.extend(each(&path.key("events"), events));
    }
    all
}

/// All conditions, those inside `any` and `all` after what holds them; the depth counts from 0.
/// Deeper ones than the limit are left out: [`super::symptoms`] has a lint for them.
pub(super) fn conditions(signature: &Signature) -> Vec<(JsonPath, &Condition, usize)> {
    let mut all = Vec::new();
    for part in parts(signature) {
        conditions_of(&part.path.key("where"), part.conditions, 0, &mut all);
    }
    all
}

/// The same for one list.
pub(super) fn conditions_of<'s>(
    list: &JsonPath,
    conditions: &'s [Condition],
    depth: usize,
    all: &mut Vec<(JsonPath, &'s Condition, usize)>,
) {
    for (path, condition) in each(list, conditions) {
        all.push((path.clone(), condition, depth));
        if depth <= limits::MAX_RULE_DEPTH {
            conditions_of(&path.key("any"), &condition.any, depth + 1, all);
            conditions_of(&path.key("all"), &condition.all, depth + 1, all);
        }
    }
}

/// All conditions that make a test themselves.
pub(super) fn leaves(signature: &Signature) -> Vec<(JsonPath, &Condition)> {
    let all = conditions(signature).into_iter();
    all.filter(|(_, condition, _)| is_leaf(condition))
        .map(|(path, condition, _)| (path, condition))
        .collect()
}

/// Whether a condition makes a test itself.
pub(super) fn is_leaf(condition: &Condition) -> bool {
    condition.any.is_empty() && condition.all.is_empty()
}

/// All captures.
pub(super) fn captures(signature: &Signature) -> Vec<(JsonPath, &Capture)> {
    parts(signature)
        .into_iter()
        .flat_map(|p| p.captures)
        .collect()
}

/// All positions of strings.
pub(super) fn positions(signature: &Signature) -> Vec<(JsonPath, usize)> {
    let leaves = leaves(signature);
    let leaves = leaves.into_iter().map(|(path, c)| (path, c.string));
    let captures = captures(signature);
    let captures = captures.into_iter().map(|(path, c)| (path, c.string));
    let sources = name_sources(signature);
    let sources = sources.into_iter().map(|(path, s)| (path, s.string));
    leaves
        .chain(captures)
        .chain(sources)
        .filter_map(|(path, string)| Some((path.key("string"), string?)))
        .collect()
}

/// All patterns; whether one must have a capture group.
pub(super) fn patterns(signature: &Signature) -> Vec<(JsonPath, &str, bool)> {
    let mut all = Vec::new();
    for (path, condition) in leaves(signature) {
        if let Some(pattern) = &condition.pattern {
            all.push((path.key("pattern"), pattern.as_str(), false));
        }
        if let Some(part) = &condition.part {
            all.push((path.key("part"), part.as_str(), true));
        }
    }
    for (path, capture) in captures(signature) {
        if let Some(part) = &capture.part {
            all.push((path.key("part"), part.as_str(), true));
        }
    }
    for (path, source) in name_sources(signature) {
        for (key, pattern) in [("part", &source.part), ("from_text", &source.from_text)] {
            if let Some(pattern) = pattern {
                all.push((path.key(key), pattern.as_str(), true));
            }
        }
    }
    all
}

/// All rules with their parts, of `verdicts` and of `unless`; the depth counts from 0. Deeper ones
/// than the limit are left out: [`super::rules`] has a lint for them.
pub(super) fn rules(signature: &Signature) -> Vec<(JsonPath, &Rule, usize)> {
    let mut all = Vec::new();
    for (path, rule) in verdicts(signature) {
        rules_of(&path, rule, 0, &mut all);
    }
    for (path, clause) in each(&at("rules_out"), &signature.rules_out) {
        if let Some(rule) = &clause.unless {
            rules_of(&path.key("unless"), rule, 0, &mut all);
        }
    }
    all
}

/// The rules for verdicts that the author gives.
pub(super) fn verdicts(signature: &Signature) -> Vec<(JsonPath, &Rule)> {
    let Some(verdicts) = &signature.verdicts else {
        return Vec::new();
    };
    let path = at("verdicts");
    [
        ("match", &verdicts.full),
        ("likely", &verdicts.likely),
        ("possible", &verdicts.possible),
    ]
    .into_iter()
    .filter_map(|(key, rule)| Some((path.key(key), rule.as_ref()?)))
    .collect()
}

fn rules_of<'s>(
    path: &JsonPath,
    rule: &'s Rule,
    depth: usize,
    all: &mut Vec<(JsonPath, &'s Rule, usize)>,
) {
    all.push((path.clone(), rule, depth));
    if depth > limits::MAX_RULE_DEPTH {
        return;
    }
    let (key, parts) = match rule {
        Rule::All(parts) => ("all", parts),
        Rule::Any(parts) => ("any", parts),
        Rule::Not(part) => return rules_of(&path.key("not"), part, depth + 1, all),
        _ => return,
    };
    for (path, part) in each(&path.key(key), parts) {
        rules_of(&path, part, depth + 1, all);
    }
}

/// The symptoms that a rule names itself, and the path of the list.
pub(super) fn named<'s>(path: &JsonPath, rule: &'s Rule) -> Option<(JsonPath, &'s [String])> {
    Some(match rule {
        Rule::Found(ids) => (path.key("found"), ids),
        Rule::Seen(ids) => (path.key("seen"), ids),
        Rule::Contradicted(ids) => (path.key("contradicted"), ids),
        Rule::Absent(ids) => (path.key("absent"), ids),
        Rule::AtLeast { of, .. } => (path.key("at_least").key("of"), of),
        _ => return None,
    })
}

/// Every mention of a symptom by its id.
pub(super) fn mentions(signature: &Signature) -> Vec<(JsonPath, &str)> {
    let mut lists: Vec<(JsonPath, &[String])> = Vec::new();
    for (path, logging) in each(&at("logging"), &signature.logging) {
        lists.push((path.key("symptoms"), &logging.symptoms));
    }
    lists.push((at("join").key("anchor"), &signature.join.anchor));
    for (path, rule, _) in rules(signature) {
        lists.extend(named(&path, rule));
    }
    let listed = lists.iter().flat_map(|(list, ids)| each(list, ids));
    let asked = neighbours(signature)
        .into_iter()
        .map(|(path, id, _)| (path, id));
    listed
        .map(|(path, id)| (path, id.as_str()))
        .chain(asked)
        .collect()
}

/// The symptoms that `only_if` names: the path of the name, the name, the symptom that asks.
pub(super) fn neighbours(signature: &Signature) -> Vec<(JsonPath, &str, &str)> {
    let mut all = Vec::new();
    for (path, qualifier, symptom) in qualifiers(signature) {
        if let Some(other) = qualifier_symptom(qualifier) {
            all.push((path.key("symptom"), other, symptom));
        }
    }
    all
}

/// All members of `only_if`, with the path of what they hold and the symptom that asks.
pub(super) fn qualifiers(signature: &Signature) -> Vec<(JsonPath, &Qualifier, &str)> {
    let mut all = Vec::new();
    for (path, symptom) in each(&at("symptoms"), &signature.symptoms) {
        for (path, qualifier) in each(&path.key("only_if"), &symptom.only_if) {
            let key = match qualifier {
                Qualifier::Count(_) => "count",
                Qualifier::AtStart(_) => "at_start",
                Qualifier::AtShutdown(_) => "at_shutdown",
                Qualifier::PrecededBy(_) => "preceded_by",
                Qualifier::FollowedBy(_) => "followed_by",
                Qualifier::NotPrecededBy(_) => "not_preceded_by",
                Qualifier::NotFollowedBy(_) => "not_followed_by",
            };
            all.push((path.key(key), qualifier, symptom.id.as_str()));
        }
    }
    all
}

/// The seconds that a member of `only_if` asks for.
pub(super) fn within(qualifier: &Qualifier) -> u64 {
    match qualifier {
        Qualifier::Count(count) => count.within_s,
        Qualifier::AtStart(within) | Qualifier::AtShutdown(within) => within.within_s,
        Qualifier::PrecededBy(other)
        | Qualifier::FollowedBy(other)
        | Qualifier::NotPrecededBy(other)
        | Qualifier::NotFollowedBy(other) => other.within_s,
    }
}

/// The ids of all symptoms.
pub(super) fn symptom_ids(signature: &Signature) -> Vec<&str> {
    signature.symptoms.iter().map(|s| s.id.as_str()).collect()
}

/// The role of a symptom.
pub(super) fn role_of(signature: &Signature, id: &str) -> Option<Role> {
    let symptom = signature.symptoms.iter().find(|s| s.id == id)?;
    Some(symptom.role)
}

/// The text tests of a condition: their name and their texts.
pub(super) fn text_tests(condition: &Condition) -> Vec<(&'static str, &[String])> {
    [
        ("is", &condition.is),
        ("is_exactly", &condition.is_exactly),
        ("starts_with", &condition.starts_with),
        ("ends_with", &condition.ends_with),
        ("contains", &condition.contains),
    ]
    .into_iter()
    .filter_map(|(key, texts)| Some((key, texts.as_ref()?.as_slice())))
    .collect()
}
