//! EK6xx: examples.

mod example_asks;
mod example_binary;
mod example_events;
mod example_name;
mod example_signature;
mod example_size;
mod no_match_example;
mod no_near_miss;

use super::Lint;

pub(super) const LINTS: &[Lint] = &[
    example_events::LINT,
    example_name::LINT,
    example_binary::LINT,
    example_size::LINT,
    example_signature::LINT,
    example_asks::LINT,
    no_match_example::LINT,
    no_near_miss::LINT,
];
