//! The logic of verdicts, as a signature has it and as a report shows it over one occurrence.

use eventkb::report::{RuleNode, RuleOp, SymptomReport};
use eventkb::signature::model::{Comparison, Relation, Rule};

use super::{UNKNOWN, either, symptom, verdict};
use crate::doc::{Line, Node, Tone};

const FOUND: &str = "found";
const SEEN: &str = "there, whatever the values";
const CONTRADICTED: &str = "one of these is there only with other values";
const ABSENT: &str = "none of these is there, though the logs cover it";

/// A rule of a signature in words.
pub(crate) fn rule(rule: &Rule) -> String {
    let joined = |rules: &[Rule], word: &str| {
        let parts: Vec<String> = rules.iter().map(part).collect();
        parts.join(&format!(" {word} "))
    };
    match rule {
        Rule::All(rules) => joined(rules, "and"),
        Rule::Any(rules) => joined(rules, "or"),
        Rule::Not(rule) => format!("not {}", part(rule)),
        Rule::Found(ids) => format!("{FOUND}: {}", ids.join(", ")),
        Rule::AtLeast { count, of } => format!("at least {count} {FOUND} of {}", of.join(", ")),
        Rule::Seen(ids) => format!("{SEEN}: {}", ids.join(", ")),
        Rule::Contradicted(ids) => format!("{CONTRADICTED}: {}", ids.join(", ")),
        Rule::Absent(ids) => format!("{ABSENT}: {}", ids.join(", ")),
        Rule::Relation(id) => format!("the relation {id} holds"),
        Rule::Cause(state) => format!("the cause check says {}", state.as_str()),
    }
}

fn part(rule: &Rule) -> String {
    format!("({})", self::rule(rule))
}

/// A comparison of captured values.
pub(crate) fn relation(relation: &Relation) -> String {
    let text = compared(&relation.left, relation.is, &relation.right);
    match &relation.meaning {
        Some(meaning) => format!("{text} ({meaning})"),
        None => text,
    }
}

fn compared(left: &str, is: Comparison, right: &str) -> String {
    let is = match is {
        Comparison::Same => "is the same as",
        Comparison::Different => "differs from",
        Comparison::Less => "is less than",
        Comparison::Greater => "is greater than",
    };
    format!("{left} {is} {right}")
}

/// The logic of a report, ready to be drawn.
pub(crate) fn tree(nodes: &[RuleNode], symptoms: &[SymptomReport]) -> Vec<Node> {
    nodes
        .iter()
        .map(|node| self::node(node, true, symptoms))
        .collect()
}

/// `wanted` is whether the node helps when it is met: below `not` it is the other way round.
fn node(node: &RuleNode, wanted: bool, symptoms: &[SymptomReport]) -> Node {
    let mut label = Line::toned(Tone::Strong, label(&node.op, symptoms));
    if let RuleOp::Symptom { id, state } = &node.op {
        label = label
            .plain(": ")
            .and(symptom::state_tone(*state), symptom::state(*state));
        if let Some(symptom) = symptoms.iter().find(|symptom| symptom.id == *id)
            && !symptom.description.is_empty()
        {
            label = label.plain(format!(" ({})", symptom.description));
        }
    } else if !node.met && wanted {
        label = label.and(Tone::Bad, " (not met)");
    }
    let wanted_below = wanted != matches!(node.op, RuleOp::Not);
    let children = node.children.iter();
    Node {
        met: node.met,
        good: node.met == wanted,
        label,
        children: children
            .map(|child| self::node(child, wanted_below, symptoms))
            .collect(),
    }
}

pub(super) fn label(op: &RuleOp, symptoms: &[SymptomReport]) -> String {
    match op {
        RuleOp::Verdict { verdict } => verdict::verdict(*verdict).into(),
        RuleOp::All => "all of".into(),
        RuleOp::Any => "at least one of".into(),
        RuleOp::Not => "not".into(),
        RuleOp::Found => FOUND.into(),
        RuleOp::AtLeast { count } => format!("at least {count} {FOUND} of"),
        RuleOp::Seen => SEEN.into(),
        RuleOp::Contradicted => CONTRADICTED.into(),
        RuleOp::Absent => ABSENT.into(),
        RuleOp::Relation {
            id,
            left,
            is,
            right,
        } => format!("{id}: {}", compared(left, *is, right)),
        RuleOp::Cause { wanted, is } => {
            let is = match wanted == is {
                true => String::new(),
                false => format!(", but says {}", is.as_str()),
            };
            format!("the cause check says {}{is}", wanted.as_str())
        }
        RuleOp::Symptom { id, .. } => symptom::name(symptoms, id),
        _ => UNKNOWN.into(),
    }
}

/// Versions that an article is about.
pub(crate) fn versions(product: &str, versions: &[String]) -> String {
    format!("{product} {}", either(versions))
}
