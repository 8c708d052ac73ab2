//! Stand-in for the library calls while they are being written; goes away with the merge.
#![allow(
    dead_code,
    unused_variables,
    clippy::unnecessary_wraps,
    clippy::needless_pass_by_value
)]

use std::ops::{ControlFlow, RangeInclusive};
use std::path::{Path, PathBuf};

use eventkb::event::Event;
use eventkb::report::{Report, SignatureCount, Tool};
use eventkb::signature::model::Signature;
use jiff::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProblemSeverity {
    Error,
    Warning,
}
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) severity: ProblemSeverity,
}
#[derive(Debug, Clone)]
pub(crate) struct SignatureError {
    pub(crate) file: String,
    pub(crate) problems: Vec<Problem>,
}
#[derive(Debug, Clone, Default)]
pub(crate) struct SignatureSet {
    all: Vec<Signature>,
}
impl SignatureSet {
    pub(crate) fn built_in() -> Self {
        let text = include_str!("../../eventkb/signatures/Q253307.json");
        SignatureSet {
            all: serde_json::from_str(text).into_iter().collect(),
        }
    }
    pub(crate) fn add_path(&mut self, path: &Path) -> Result<usize, Vec<SignatureError>> {
        Ok(0)
    }
    pub(crate) fn get(&self, id: &str) -> Option<&Signature> {
        self.all
            .iter()
            .find(|signature| signature.id.eq_ignore_ascii_case(id))
    }
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Signature> {
        self.all.iter()
    }
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }
    pub(crate) fn sentence(&self, event: &Event) -> Option<String> {
        None
    }
}
#[derive(Debug, Clone, Default)]
pub(crate) struct ScanOptions {
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) computers: Vec<String>,
    pub(crate) channels: Vec<String>,
    pub(crate) recovered: bool,
    pub(crate) threads: usize,
    pub(crate) hash: bool,
    pub(crate) explain: Vec<String>,
}
#[derive(Debug, Clone, Default)]
pub(crate) struct EventFilter {
    pub(crate) providers: Vec<String>,
    pub(crate) ids: Vec<RangeInclusive<u16>>,
    pub(crate) levels: Vec<u8>,
    pub(crate) text: Option<String>,
}
#[derive(Debug, Clone)]
pub(crate) struct ExampleResult {
    pub(crate) signature: String,
    pub(crate) example: String,
    pub(crate) wanted: String,
    pub(crate) got: String,
    pub(crate) cause_wanted: Option<String>,
    pub(crate) cause_got: Option<String>,
    pub(crate) ok: bool,
    pub(crate) detail: String,
}
fn empty() -> Report {
    Report {
        report_version: 1,
        tool: Tool {
            name: "eventkb".into(),
            version: "0.1.0".into(),
        },
        signatures: SignatureCount {
            count: 1,
            built_in: 1,
        },
        scope: Default::default(),
        findings: vec![],
        explained: vec![],
        near_misses: vec![],
        unexplained: vec![],
        coverage: vec![],
        inputs: vec![],
        ignored: vec![],
        totals: Default::default(),
    }
}
pub(crate) fn scan(paths: &[PathBuf], signatures: &SignatureSet, options: &ScanOptions) -> Report {
    empty()
}
pub(crate) fn inventory(paths: &[PathBuf], options: &ScanOptions) -> Report {
    empty()
}
pub(crate) fn list_events(
    paths: &[PathBuf],
    filter: &EventFilter,
    options: &ScanOptions,
    sink: &mut dyn FnMut(Event) -> ControlFlow<()>,
) -> Report {
    empty()
}
pub(crate) fn check_signature(file: &Path) -> Result<Signature, SignatureError> {
    Err(SignatureError {
        file: file.display().to_string(),
        problems: vec![],
    })
}
pub(crate) fn test_signatures(set: &SignatureSet) -> Vec<ExampleResult> {
    vec![]
}
pub(crate) fn signature_schema() -> String {
    "{}".into()
}
