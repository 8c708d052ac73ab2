//! What is wrong with a signature beyond its types, and what could be better. Each lint has a code,
//! a file of its own and words on why; docs/lints.md is made from them.

use super::json_path::JsonPath;
use super::load::ProblemSeverity;
use super::model::Signature;
use crate::knowledge::catalogue_model::{CodeFile, ProviderEntry};

/// What a lint found at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) code: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) severity: ProblemSeverity,
}

impl Finding {
    /// A mistake that no lint has a code for: the document is not of the format.
    pub(crate) fn error(message: impl Into<String>) -> Finding {
        Finding {
            code: None,
            message: message.into(),
            help: None,
            severity: ProblemSeverity::Error,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }
}

/// Adds everything there is to say about a signature.
pub(crate) fn check(signature: &Signature, found: &mut Vec<(JsonPath, Finding)>) {
    let _ = (signature, found);
}

/// Adds everything there is to say about a file of the catalogue.
pub(crate) fn check_catalogue(entry: &ProviderEntry, found: &mut Vec<(JsonPath, Finding)>) {
    let _ = (entry, found);
}

/// Adds everything there is to say about a table of codes.
pub(crate) fn check_codes(codes: &CodeFile, found: &mut Vec<(JsonPath, Finding)>) {
    let _ = (codes, found);
}
