//! Looks names up, to make indices of them; and the rules that hold where an author gives none.

use super::{
    CompiledCapture, CompiledRelation, CompiledRule, CompiledSymptom, KeyPart, LazyRegex, Subject,
};
use crate::signature::model::{Capture, Role, Rule, Signature, Verdict};

/// Looks names up, to make indices of them.
pub(super) struct Names<'a> {
    signature: &'a Signature,
    /// Objects, then what must agree besides.
    key: Vec<&'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn of(signature: &'a Signature) -> Names<'a> {
        let join = &signature.join;
        Names {
            signature,
            key: join
                .objects
                .iter()
                .chain(&join.same)
                .map(String::as_str)
                .collect(),
        }
    }

    pub(super) fn symptom(&self, id: &str) -> Option<usize> {
        self.signature.symptoms.iter().position(|s| s.id == id)
    }

    pub(super) fn captures(&self, captures: &[Capture]) -> Vec<CompiledCapture> {
        captures
            .iter()
            .map(|capture| CompiledCapture {
                name: capture.name.clone(),
                subject: if let Some(position) = capture.string {
                    position.checked_sub(1).map(Subject::String)
                } else if let Some(name) = &capture.value {
                    Some(Subject::Value(name.clone()))
                } else if let Some(value) = capture.system {
                    Some(Subject::System(value))
                } else if capture.message {
                    Some(Subject::Message)
                } else if capture.any_value {
                    Some(Subject::AnyValue)
                } else {
                    None
                },
                shape: capture.shape,
                part: capture.part.as_deref().map(LazyRegex::new),
                strings: None,
                from_text: None,
                encoding: capture.encoding,
                key: self.key.iter().position(|name| *name == capture.name),
                is_peer: self.signature.join.peer.as_deref() == Some(&*capture.name),
            })
            .collect()
    }

    pub(super) fn key_parts(&self) -> Vec<KeyPart> {
        let all = || {
            let symptoms = self.signature.symptoms.iter().flat_map(|s| &s.capture);
            symptoms.chain(self.signature.rules_out.iter().flat_map(|r| &r.capture))
        };
        self.key
            .iter()
            .map(|name| KeyPart {
                name: (*name).to_owned(),
                exact_case: all().any(|capture| capture.name == *name && capture.exact_case),
            })
            .collect()
    }

    /// Local symptoms, most telling first.
    pub(super) fn anchors(&self, symptoms: &[CompiledSymptom]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..symptoms.len())
            .filter(|&n| symptoms.get(n).is_some_and(|s| s.local && s.is_evidence()))
            .collect();
        order.sort_by_key(|&n| {
            let id = self.signature.symptoms.get(n).map(|s| s.id.as_str());
            let anchor = &self.signature.join.anchor;
            let named = anchor.iter().position(|name| Some(name.as_str()) == id);
            let role = symptoms.get(n).map(|s| s.role);
            (named.unwrap_or(usize::MAX), role, n)
        });
        order
    }

    pub(super) fn rules(&self) -> Option<Vec<(Verdict, CompiledRule)>> {
        let Some(verdicts) = &self.signature.verdicts else {
            return Some(self.standard_rules());
        };
        [
            (Verdict::Match, &verdicts.full),
            (Verdict::Likely, &verdicts.likely),
            (Verdict::Possible, &verdicts.possible),
        ]
        .into_iter()
        .filter_map(|(verdict, rule)| {
            let rule = rule.as_ref()?;
            Some(self.rule(rule).map(|rule| (verdict, rule)))
        })
        .collect()
    }

    /// The rules that hold where an author gives none; see docs/signature-format.md.
    pub(super) fn standard_rules(&self) -> Vec<(Verdict, CompiledRule)> {
        let with = |role: Role| -> Vec<usize> {
            let symptoms = self.signature.symptoms.iter().enumerate();
            symptoms
                .filter(|(_, symptom)| symptom.role == role)
                .map(|(n, _)| n)
                .collect()
        };
        let (core, strong) = (with(Role::Core), with(Role::Strong));
        let specific = core.len() > 1
            || core.iter().any(|&n| {
                self.signature.symptoms.get(n).is_some_and(|symptom| {
                    symptom.own || !symptom.conditions.is_empty() || !symptom.only_if.is_empty()
                })
            });
        let all: Vec<usize> = core.iter().chain(&strong).copied().collect();
        let mut rules = Vec::new();
        if specific || !strong.is_empty() {
            rules.push((Verdict::Match, CompiledRule::Found(all)));
        }
        if specific {
            rules.push((Verdict::Likely, CompiledRule::Found(core.clone())));
        } else if !strong.is_empty() {
            let both = vec![
                CompiledRule::Found(core.clone()),
                CompiledRule::AtLeast(1, strong),
            ];
            rules.push((Verdict::Likely, CompiledRule::All(both)));
        }
        rules.push((Verdict::Possible, CompiledRule::AtLeast(1, core)));
        rules
    }

    pub(super) fn rule(&self, rule: &Rule) -> Option<CompiledRule> {
        let rules = |parts: &[Rule]| -> Option<Vec<CompiledRule>> {
            parts.iter().map(|part| self.rule(part)).collect()
        };
        let symptoms = |ids: &[String]| -> Option<Vec<usize>> {
            ids.iter().map(|id| self.symptom(id)).collect()
        };
        Some(match rule {
            Rule::All(parts) => CompiledRule::All(rules(parts)?),
            Rule::Any(parts) => CompiledRule::Any(rules(parts)?),
            Rule::Not(part) => CompiledRule::Not(Box::new(self.rule(part)?)),
            Rule::Found(ids) => CompiledRule::Found(symptoms(ids)?),
            Rule::AtLeast { count, of } => CompiledRule::AtLeast(*count, symptoms(of)?),
            Rule::Seen(ids) => CompiledRule::Seen(symptoms(ids)?),
            Rule::Contradicted(ids) => CompiledRule::Contradicted(symptoms(ids)?),
            Rule::Absent(ids) => CompiledRule::Absent(symptoms(ids)?),
            Rule::Relation(id) => {
                let at = self.signature.relations.iter().position(|r| r.id == *id)?;
                CompiledRule::Relation(at)
            }
            Rule::Cause(state) => CompiledRule::Cause(*state),
        })
    }

    pub(super) fn relations(&self) -> Option<Vec<CompiledRelation>> {
        let side = |written: &str| {
            let (symptom, capture) = written.split_once('.')?;
            Some((self.symptom(symptom)?, capture.to_owned()))
        };
        let relations = self.signature.relations.iter();
        relations
            .map(|relation| {
                Some(CompiledRelation {
                    left: side(&relation.left)?,
                    right: side(&relation.right)?,
                    is: relation.is,
                })
            })
            .collect()
    }
}
