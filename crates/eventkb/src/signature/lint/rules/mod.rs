//! EK3xx: join, rules, relations and cause checks: what refers to other parts.

mod anchor_place;
mod at_least_count;
mod cause_without_check;
mod check_window;
mod empty_rule;
mod join_window;
mod name_check;
mod name_source;
mod no_core;
mod no_verdict;
mod object_missing;
mod relation_value;
mod rule_depth;
mod supporting_anchor;
mod unknown_capture;
mod unknown_relation;
mod unknown_symptom;
mod unused_symptom;
mod verdict_without_evidence;

use super::Lint;

pub(super) const LINTS: &[Lint] = &[
    unknown_symptom::LINT,
    unknown_capture::LINT,
    relation_value::LINT,
    unknown_relation::LINT,
    join_window::LINT,
    anchor_place::LINT,
    empty_rule::LINT,
    at_least_count::LINT,
    rule_depth::LINT,
    no_verdict::LINT,
    no_core::LINT,
    verdict_without_evidence::LINT,
    cause_without_check::LINT,
    name_check::LINT,
    name_source::LINT,
    check_window::LINT,
    supporting_anchor::LINT,
    object_missing::LINT,
    unused_symptom::LINT,
];
