//! From reports, events and signatures to documents: what is shown, in which order and words.

pub(crate) mod answer;
pub(crate) mod compare;
pub(crate) mod events;
pub(crate) mod finding;
pub(crate) mod logs;
pub(crate) mod nothing;
pub(crate) mod pile;
pub(crate) mod signatures;
pub(crate) mod symptoms;
pub(crate) mod words;

use eventkb::report::{Finding, Report, Verdict};

use crate::render::doc::Doc;
use crate::times::Zone;

/// What views need to know of the reader.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub(crate) zone: Zone,
    /// There is room for tables of many columns.
    pub(crate) wide: bool,
}

impl Reader {
    /// A column's title with the zone of its times.
    pub(crate) fn timed(&self, title: &str) -> String {
        format!("{title} ({})", self.zone.name())
    }
}

/// The whole answer to `scan`.
pub(crate) fn scan(report: &Report, reader: &Reader) -> Doc {
    let mut doc = Doc::default();
    answer::add(&mut doc, report, reader);
    for finding in answer::offered(report) {
        finding::add(
            &mut doc,
            Some(finding.verdict),
            finding,
            finding::Depth::Evidence,
            reader,
        );
    }
    answer::add_ruled_out(&mut doc, report);
    if answer::offered(report).next().is_none() {
        nothing::add(&mut doc, report, reader);
    }
    pile::add(&mut doc, report, reader);
    doc
}

/// The whole answer to `explain`.
pub(crate) fn explain(report: &Report, id: &str, reader: &Reader) -> Doc {
    let mut doc = Doc::default();
    match judged(report, id) {
        Some((verdict, finding)) => {
            finding::add(&mut doc, verdict, finding, finding::Depth::Logic, reader)
        }
        None => {
            doc.heading(format!("{id}  no verdict"));
            doc.para("None of its events is in these logs.");
        }
    }
    let others = answer::offered(report)
        .filter(|other| !other.signature.id.eq_ignore_ascii_case(id))
        .map(|other| answer::one_line(other, reader).into())
        .collect();
    doc.bullets("Found in the same logs", others);
    pile::add(&mut doc, report, reader);
    doc
}

/// What the report says of a signature, with its verdict if it has one.
pub(crate) fn judged<'a>(report: &'a Report, id: &str) -> Option<(Option<Verdict>, &'a Finding)> {
    let is_it = |finding: &Finding| finding.signature.id.eq_ignore_ascii_case(id);
    let explained = report
        .explained
        .iter()
        .find(|explained| is_it(&explained.finding));
    let finding = || report.findings.iter().find(|finding| is_it(finding));
    explained
        .map(|explained| (explained.verdict, &explained.finding))
        .or_else(|| finding().map(|finding| (Some(finding.verdict), finding)))
}
