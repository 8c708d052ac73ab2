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
    /// Name the files' hashes.
    pub(crate) hashes: bool,
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

#[cfg(test)]
mod tests {
    use eventkb::SignatureSet;

    use super::*;
    use crate::render::{Look, terminal};

    const MATCH: &str = include_str!("../../tests/fixtures/match.json");

    type Checked = Result<(), Box<dyn std::error::Error>>;

    fn reader(wide: bool) -> Reader {
        Reader {
            zone: Zone::default(),
            wide,
            hashes: false,
        }
    }

    fn drawn(doc: &Doc, width: usize) -> String {
        let text = terminal(
            doc,
            Look {
                width,
                color: false,
                ascii: false,
            },
        );
        for line in text.lines() {
            assert!(line.chars().count() <= width, "{line}");
        }
        text
    }

    #[test]
    fn the_inventory_names_spans_gaps_and_damage() -> Checked {
        let report: Report = serde_json::from_str(MATCH)?;
        for (width, wide) in [(80, false), (160, true)] {
            let text = drawn(&logs::doc(&report, &reader(wide)), width);
            for wanted in ["SEATTLE", "cleared", "13 records", "dirty", "readme.txt"] {
                // `dirty` is a code for programs; people read the sentence.
                assert_eq!(
                    text.contains(wanted),
                    wanted != "dirty",
                    "{wanted} at {width}:\n{text}"
                );
            }
        }
        Ok(())
    }

    #[test]
    fn a_comparison_marks_what_tells_apart() -> Checked {
        let report: Report = serde_json::from_str(MATCH)?;
        let set = SignatureSet::built_in();
        let one = set.get("Q253307").ok_or("built in")?;
        let mut other = one.clone();
        other.id = "Q217142".into();
        other.symptoms.retain(|symptom| symptom.event_id != 9311);
        for (width, wide) in [(80, false), (160, true)] {
            let text = drawn(&compare::doc(&report, &[one, &other], &reader(wide)), width);
            assert!(text.contains("Q253307 or Q217142?"), "{text}");
            assert!(
                text.contains("<== yes") && text.contains("does not know it"),
                "{text}"
            );
        }
        Ok(())
    }

    #[test]
    fn explaining_a_ruled_out_article_offers_no_cure() -> Checked {
        let report: Report = serde_json::from_str(MATCH)?;
        let text = drawn(&explain(&report, "q217142", &reader(false)), 80);
        assert!(
            text.contains("Q217142  ruled out") && text.contains("Better   Q253307"),
            "{text}"
        );
        assert!(!text.contains("What to do"), "{text}");
        assert!(
            text.contains("Found in the same logs\n- Q253307 match"),
            "{text}"
        );
        Ok(())
    }
}
