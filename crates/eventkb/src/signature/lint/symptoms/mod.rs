//! EK2xx: symptoms, their events, conditions, captures and `only_if`.

mod binary_word;
mod bits;
mod capture_subject;
mod category;
mod condition_depth;
mod condition_mixed;
mod condition_subject;
mod condition_test;
mod conflicting_conditions;
mod empty_text_test;
mod event_ids;
mod no_events;
mod no_symptoms;
mod number_as_pattern;
mod number_as_text;
mod number_syntax;
mod part_name;
mod pattern;
mod pattern_group;
mod present_narrowed;
mod provider;
mod qualifier_beyond_join;
mod qualifier_count;
mod qualifier_symptom;
mod qualifier_window;
mod sample_value;
mod string_position;

use super::Lint;

pub(super) const LINTS: &[Lint] = &[
    no_symptoms::LINT,
    no_events::LINT,
    provider::LINT,
    event_ids::LINT,
    part_name::LINT,
    category::LINT,
    condition_subject::LINT,
    condition_test::LINT,
    condition_mixed::LINT,
    condition_depth::LINT,
    string_position::LINT,
    binary_word::LINT,
    number_syntax::LINT,
    empty_text_test::LINT,
    pattern::LINT,
    pattern_group::LINT,
    bits::LINT,
    present_narrowed::LINT,
    qualifier_window::LINT,
    qualifier_count::LINT,
    qualifier_symptom::LINT,
    capture_subject::LINT,
    conflicting_conditions::LINT,
    number_as_text::LINT,
    sample_value::LINT,
    qualifier_beyond_join::LINT,
    number_as_pattern::LINT,
];
