//! EK5xx: the catalogue and tables of codes.

mod catalogue_channel;
mod catalogue_provider;
mod catalogue_version;
mod code_full_stop;
mod code_number;
mod code_of_nothing;
mod code_words;
mod codes_version;
mod event_twice;
mod layout_twice;
mod sentence;
mod text_pattern;
mod value_twice;

use super::Lint;

pub(super) const LINTS: &[Lint] = &[
    catalogue_version::LINT,
    catalogue_provider::LINT,
    catalogue_channel::LINT,
    event_twice::LINT,
    value_twice::LINT,
    layout_twice::LINT,
    sentence::LINT,
    text_pattern::LINT,
    code_of_nothing::LINT,
    codes_version::LINT,
    code_number::LINT,
    code_words::LINT,
    code_full_stop::LINT,
];
