//! EK1xx: the article: its texts, address, versions and updates.

mod article_id;
mod duplicate;
mod empty_text;
mod format_version;
mod harmless_severity;
mod long_text;
mod names_itself;
mod no_resolution;
mod no_web_address;
mod revision;
mod too_many;
mod unknown_side;
mod update_id;
mod version_source;
mod version_syntax;
mod web_address;

use super::Lint;

pub(super) const LINTS: &[Lint] = &[
    format_version::LINT,
    article_id::LINT,
    revision::LINT,
    empty_text::LINT,
    long_text::LINT,
    no_resolution::LINT,
    web_address::LINT,
    duplicate::LINT,
    too_many::LINT,
    unknown_side::LINT,
    names_itself::LINT,
    version_source::LINT,
    version_syntax::LINT,
    update_id::LINT,
    no_web_address::LINT,
    harmless_severity::LINT,
];
