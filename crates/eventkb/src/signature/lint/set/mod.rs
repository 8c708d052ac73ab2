//! EK4xx: recommendations that look at the other signatures and at examples.

mod no_examples;
mod own_shared;
mod swallowed;
mod unknown_value;

use super::Lint;

pub(super) const LINTS: &[Lint] = &[
    swallowed::LINT,
    unknown_value::LINT,
    own_shared::LINT,
    no_examples::LINT,
];
