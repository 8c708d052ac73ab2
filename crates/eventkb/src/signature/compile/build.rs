//! Makes a compiled signature of a checked document.

use std::sync::Arc;

use super::names::Names;
use super::{
    Compiled, CompiledCapture, CompiledRuleOut, CompiledSymptom, LazyRegex, Leaf, Matcher, Node,
    Part, PartRole, Selector, Subject, Test,
};
use crate::signature::model::{
    self, CauseCheck, Condition, ConditionTest, EventSelector, Locality, Signature,
};
use crate::signature::{number, text};

/// Compiles a document; `None` where it names what is not there, which the check reports in words.
pub(crate) fn compile(document: Arc<Signature>) -> Option<Compiled> {
    let signature = &*document;
    let names = Names::of(signature);
    let mut parts = Vec::new();
    for (n, symptom) in signature.symptoms.iter().enumerate() {
        let matcher = Matcher {
            events: selectors(&symptom.events)?,
            levels: symptom.level.clone(),
            categories: symptom.category.clone(),
            conditions: nodes(&symptom.conditions)?,
            captures: names.captures(&symptom.capture),
        };
        let role = PartRole::Symptom(n);
        parts.push(Part { role, matcher });
    }
    for (n, clause) in signature.rules_out.iter().enumerate() {
        let captures = names.captures(&clause.capture);
        let matcher = plain(&clause.events, &clause.conditions, captures)?;
        let role = PartRole::RuleOut(n);
        parts.push(Part { role, matcher });
    }
    for (n, check) in signature.cause_checks.iter().enumerate() {
        cause_parts(n, check, &names, &mut parts)?;
    }
    for (n, version) in signature.applies_to.iter().enumerate() {
        if let Some(capture) = &version.capture {
            let captures = names.captures(std::slice::from_ref(capture));
            let matcher = plain(&version.events, &[], captures)?;
            let role = PartRole::Version(n);
            parts.push(Part { role, matcher });
        }
    }
    let symptoms = signature.symptoms.iter().map(|symptom| {
        let only_if = symptom.only_if.iter().map(|qualifier| {
            let other = qualifier_symptom(qualifier);
            Some((
                qualifier.clone(),
                other.map_or(Some(None), |id| names.symptom(id).map(Some))?,
            ))
        });
        Some(CompiledSymptom {
            role: symptom.role,
            local: symptom.locality == Locality::SameComputer,
            only_if: only_if.collect::<Option<_>>()?,
        })
    });
    let symptoms: Vec<CompiledSymptom> = symptoms.collect::<Option<_>>()?;
    let rules_out = signature.rules_out.iter().map(|clause| {
        Some(CompiledRuleOut {
            local: clause.locality == Locality::SameComputer,
            unless: match &clause.unless {
                Some(rule) => Some(names.rule(rule)?),
                None => None,
            },
        })
    });
    let rules_out: Vec<CompiledRuleOut> = rules_out.collect::<Option<_>>()?;
    let unless = rules_out.iter().filter_map(|clause| clause.unless.as_ref());
    let rules_out_ask_cause = unless.into_iter().any(|rule| rule.asks_cause());
    let rules = names.rules()?;
    let relations = names.relations()?;
    let seconds = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    Some(Compiled {
        anchors: names.anchors(&symptoms),
        symptoms,
        rules_out,
        cause_decides: rules.iter().any(|(_, rule)| rule.asks_cause()) || rules_out_ask_cause,
        rules,
        relations,
        objects: signature.join.objects.len(),
        window_s: seconds(signature.join.window_s),
        across_window_s: seconds(signature.join.across_window_s),
        attempt_gap_s: seconds(signature.join.attempt_gap_s),
        key: names.key_parts(),
        parts,
        document,
    })
}

fn cause_parts(
    n: usize,
    check: &CauseCheck,
    names: &Names<'_>,
    parts: &mut Vec<Part>,
) -> Option<()> {
    match check {
        CauseCheck::ComputerNames(check) => {
            let sources = check.names.iter().map(|source| (PartRole::Name(n), source));
            let own = check
                .own_names
                .iter()
                .map(|source| (PartRole::OwnName(n), source));
            for (role, source) in sources.chain(own) {
                let matcher = plain(&source.events, &[], vec![name_capture(source)])?;
                parts.push(Part { role, matcher });
            }
        }
        CauseCheck::Event(check) => {
            let captures = names.captures(&check.capture);
            let matcher = plain(&check.events, &check.conditions, captures)?;
            let role = PartRole::CauseEvent(n);
            parts.push(Part { role, matcher });
        }
        CauseCheck::Absence(check) => {
            let matcher = plain(&check.events, &check.conditions, Vec::new())?;
            let role = PartRole::CauseEvent(n);
            parts.push(Part { role, matcher });
        }
    }
    Some(())
}

fn plain(
    events: &[EventSelector],
    conditions: &[Condition],
    captures: Vec<CompiledCapture>,
) -> Option<Matcher> {
    Some(Matcher {
        events: selectors(events)?,
        levels: Vec::new(),
        categories: Vec::new(),
        conditions: nodes(conditions)?,
        captures,
    })
}

fn selectors(events: &[EventSelector]) -> Option<Vec<Selector>> {
    events.iter().map(Selector::of).collect()
}

fn nodes(conditions: &[Condition]) -> Option<Vec<Node>> {
    conditions.iter().map(node).collect()
}

fn node(condition: &Condition) -> Option<Node> {
    if !condition.any.is_empty() {
        return Some(Node::Any(nodes(&condition.any)?, condition.not));
    }
    if !condition.all.is_empty() {
        return Some(Node::All(nodes(&condition.all)?, condition.not));
    }
    Some(Node::Leaf(Leaf {
        subject: subject(condition)?,
        each_line: condition.each_line,
        part: condition.part.as_deref().map(LazyRegex::new),
        test: test(condition)?,
        not: condition.not,
    }))
}

fn subject(condition: &Condition) -> Option<Subject> {
    if let Some(position) = condition.string {
        return Some(Subject::String(position.checked_sub(1)?));
    }
    if let Some(name) = &condition.value {
        return Some(Subject::Value(name.clone()));
    }
    if let Some(word) = condition.binary {
        return Some(Subject::Binary(word));
    }
    if let Some(value) = condition.system {
        return Some(Subject::System(value));
    }
    if condition.message {
        return Some(Subject::Message);
    }
    condition.any_value.then_some(Subject::AnyValue)
}

fn test(condition: &Condition) -> Option<Test> {
    let folded = |texts: &model::OneOrMany| -> Vec<String> {
        texts.as_slice().iter().map(|t| text::fold(t)).collect()
    };
    let lower = |texts: &model::OneOrMany| -> Vec<String> {
        texts.as_slice().iter().map(|t| t.to_lowercase()).collect()
    };
    let ranges = |numbers: &[model::Number]| -> Option<Vec<(i64, i64)>> {
        numbers.iter().map(number::range_of).collect()
    };
    Some(match condition.tests().next()? {
        ConditionTest::Number(wanted) => {
            let value = number::of(wanted)?;
            Test::Numbers(vec![(value, value)])
        }
        ConditionTest::NumberIn(wanted) => Test::Numbers(ranges(wanted)?),
        ConditionTest::ContainsNumber(wanted) => Test::ContainsNumber(ranges(wanted)?),
        ConditionTest::MoreThan(wanted) => Test::MoreThan(number::signed_of(wanted)?),
        ConditionTest::LessThan(wanted) => Test::LessThan(number::signed_of(wanted)?),
        ConditionTest::Bits(bits) => Test::Bits {
            mask: number::of(&bits.mask)?.cast_unsigned(),
            set: number::of(&bits.set)?.cast_unsigned(),
        },
        ConditionTest::Is(texts) => Test::Is(folded(texts)),
        ConditionTest::IsExactly(texts) => Test::IsExactly(texts.as_slice().to_vec()),
        ConditionTest::StartsWith(texts) => Test::StartsWith(lower(texts)),
        ConditionTest::EndsWith(texts) => Test::EndsWith(lower(texts)),
        ConditionTest::Contains(texts) => Test::Contains(lower(texts)),
        ConditionTest::Pattern(pattern) => Test::Pattern(LazyRegex::new(pattern)),
        ConditionTest::Present(wanted) => Test::Present(wanted),
    })
}

fn name_capture(source: &model::NameSource) -> CompiledCapture {
    CompiledCapture {
        name: "name".to_owned(),
        subject: match (source.string, &source.value) {
            (Some(position), _) => position.checked_sub(1).map(Subject::String),
            (None, Some(name)) => Some(Subject::Value(name.clone())),
            (None, None) => Some(Subject::AnyValue),
        },
        shape: None,
        part: source.part.as_deref().map(LazyRegex::new),
        strings: source.strings,
        from_text: source.from_text.as_deref().map(LazyRegex::new),
        encoding: source.encoding,
        key: None,
        is_peer: false,
    }
}

/// The symptom that a qualifier names.
pub(crate) fn qualifier_symptom(qualifier: &model::Qualifier) -> Option<&str> {
    match qualifier {
        model::Qualifier::PrecededBy(other)
        | model::Qualifier::FollowedBy(other)
        | model::Qualifier::NotPrecededBy(other)
        | model::Qualifier::NotFollowedBy(other) => Some(&other.symptom),
        model::Qualifier::Count(_)
        | model::Qualifier::AtStart(_)
        | model::Qualifier::AtShutdown(_) => None,
    }
}
