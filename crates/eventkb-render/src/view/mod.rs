//! From reports, events and signatures to documents: what is shown, and in which order.

mod answer;
mod around;
mod articles;
mod axis;
mod cited;
mod clock;
mod compare;
mod csv_rows;
mod events;
mod files;
mod finding;
mod landmarks;
mod logs;
mod signatures;
mod symptoms;
mod timeline;
mod unexplained;

use std::collections::BTreeSet;

use eventkb::report::{Explanation, Finding, Report};
use eventkb_logs::event::short_name;

use crate::doc::{Anchor, Doc, Line};
use crate::times::Zone;
use crate::words;

pub use around::{Around, around};
pub use articles::{article, articles, checked_articles};
pub use compare::compare;
pub use csv_rows::{EVENT_COLUMNS, FINDING_COLUMNS, csv_header, event_csv, finding_rows};
pub use events::{EventRow, event_line, events};
pub use logs::{Files, logs};
pub use signatures::{examples, family, known_event, signature, signatures_listed};
pub use unexplained::found_articles;

/// From this width on, tables have more columns.
const WIDE: usize = 116;
/// Folders with shorter names are not worth being left out.
const LONG_FOLDER: usize = 16;

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Detail {
    /// One line for each finding, and nothing else.
    Summary,
    /// What a reader needs to act.
    #[default]
    Short,
    /// All evidence, what is missing and why, rivals, ranking.
    Full,
    /// The logic of the verdicts too.
    Logic,
}

/// For whom a document is made.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Reader {
    /// The zone in which all times are shown.
    pub zone: Zone,
    /// How much is told.
    pub detail: Detail,
    /// Columns there are; `None` where lines have no end.
    pub width: Option<usize>,
    /// Name the files' hashes.
    pub hashes: bool,
    /// Name commands of the program `eventkb` that show more.
    pub commands: bool,
}

impl Reader {
    /// Whether there is room for tables of many columns.
    fn is_wide(&self) -> bool {
        self.width.is_none_or(|width| width >= WIDE)
    }

    /// A column's title with the zone of its times.
    fn timed(&self, title: &str) -> String {
        format!("{title} ({})", self.zone.name())
    }

    /// A command that shows more, as the end of a sentence.
    fn hint(&self, command: &str, does: &str) -> String {
        match self.commands {
            true => format!("; `{command}` {does}"),
            false => String::new(),
        }
    }
}

/// What all parts of a view need.
#[derive(Clone, Copy)]
struct Context<'a> {
    report: &'a Report,
    reader: &'a Reader,
    /// The folder or archive that all files are in, which paths leave out.
    folder: &'a str,
    /// The collection has no two computers with one first label.
    has_short_names: bool,
}

impl<'a> Context<'a> {
    fn new(report: &'a Report, reader: &'a Reader) -> Context<'a> {
        Context {
            report,
            reader,
            folder: common_folder(report),
            has_short_names: has_short_names(report),
        }
    }

    /// Names of computers for a list: without their domains, where that is clear.
    fn short_names<'n>(&self, names: &'n [String]) -> Vec<&'n str> {
        let short = |name: &'n String| match self.has_short_names {
            true => short_name(name),
            false => name.as_str(),
        };
        names.iter().map(short).collect()
    }

    fn zone(&self) -> &'a Zone {
        &self.reader.zone
    }

    fn is_full(&self) -> bool {
        self.reader.detail >= Detail::Full
    }

    /// A path without the common folder.
    fn path<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(self.folder).unwrap_or(path)
    }

    /// Says that names were replaced, and what may remain.
    fn redaction_lines(&self) -> impl Iterator<Item = Line> + use<> {
        let redaction = self.report.redaction.as_ref();
        let lines = redaction.map(words::redaction::lines).unwrap_or_default();
        lines.into_iter().map(Line::from)
    }

    /// The same in a line, where the end of the document says more.
    fn redaction_line(&self) -> Option<Line> {
        let redaction = self.report.redaction.as_ref()?;
        let replaced = words::redaction::replaced(redaction);
        Some(format!("{replaced}; what may remain is said at the end.").into())
    }

    /// Names the common folder, to be said once.
    fn folder_line(&self) -> Option<Line> {
        (!self.folder.is_empty()).then(|| Line::from("Paths are in ").plain(self.folder))
    }
}

/// Whether the first label of each computer's name says which one it is.
fn has_short_names(report: &Report) -> bool {
    let seen = report
        .findings
        .iter()
        .flat_map(|finding| &finding.computers);
    let read = report.coverage.iter().map(|span| &span.computer);
    let names = seen.chain(read).map(|name| name.to_ascii_lowercase());
    let names: BTreeSet<String> = names.collect();
    // A name without a domain stands for the full name, as nothing says otherwise.
    let full = || {
        names
            .iter()
            .filter(|name| short_name(name) != name.as_str())
    };
    let short: BTreeSet<&str> = full().map(|name| short_name(name)).collect();
    short.len() == full().count()
}

/// The folder or archive that all files are in, if its name is long.
fn common_folder(report: &Report) -> &str {
    let mut paths = report.inputs.iter().map(|input| input.path.as_str());
    let Some(first) = paths.next() else { return "" };
    let mut common = folder_of(first);
    for path in paths {
        let same = common.bytes().zip(path.bytes()).take_while(|(a, b)| a == b);
        let same = common.get(..same.count()).unwrap_or("");
        common = folder_of(same);
    }
    if common.len() < LONG_FOLDER {
        ""
    } else {
        common
    }
}

fn folder_of(path: &str) -> &str {
    let end = path.rfind('/').map_or(0, |at| at + 1);
    path.get(..end).unwrap_or("")
}

/// The whole answer to `scan`: the answer itself first, then the details of each finding.
pub fn scan(report: &Report, reader: &Reader) -> Doc {
    let context = Context::new(report, reader);
    let mut doc = Doc::default();
    answer::add(&mut doc, &context);
    timeline::add(&mut doc, &context);
    if reader.detail == Detail::Summary {
        return doc;
    }
    for finding in answer::detailed(&context) {
        finding::add(&mut doc, finding, reader.detail, &context);
    }
    answer::add_ruled_out(&mut doc, &context);
    unexplained::add_details(&mut doc, &context);
    // A timeline has them, too.
    if reader.detail >= Detail::Full && report.timeline.is_none() {
        landmarks::add(&mut doc, &context);
    }
    files::add(&mut doc, &context);
    doc
}

/// The whole answer to `explain`: everything about these articles, whatever came out.
pub fn explain(report: &Report, ids: &[&str], reader: &Reader) -> Doc {
    let context = Context::new(report, reader);
    let mut doc = Doc::default();
    doc.list(
        context
            .redaction_line()
            .into_iter()
            .chain(context.folder_line())
            .collect(),
    );
    for id in ids {
        match judged(report, id) {
            Some(Judged::Finding(finding)) => {
                finding::add(&mut doc, finding, Detail::Logic, &context);
            }
            Some(Judged::NoVerdict {
                signature,
                symptoms,
                tree,
            }) => {
                finding::add_without_verdict(&mut doc, signature, symptoms, tree, &context);
            }
            None => {
                doc.heading_at(format!("{id}  no verdict"), Anchor::new(id));
                doc.para("None of its events is in these logs.");
            }
        }
    }
    let is_asked = |finding: &Finding| {
        let id = &finding.signature.id;
        ids.iter().any(|asked| asked.eq_ignore_ascii_case(id))
    };
    let others = answer::offered(report).filter(|finding| !is_asked(finding));
    let others: Vec<Line> = others
        .map(|other| answer::one_line(other, reader).into())
        .collect();
    if !others.is_empty() {
        doc.heading("Found in the same logs");
        doc.list(others);
    }
    files::add(&mut doc, &context);
    doc
}

/// What a report says of a signature that was asked for.
enum Judged<'a> {
    Finding(&'a Finding),
    NoVerdict {
        signature: &'a eventkb::report::SignatureRef,
        symptoms: &'a [eventkb::report::SymptomReport],
        tree: &'a [eventkb::report::RuleNode],
    },
}

fn judged<'a>(report: &'a Report, id: &str) -> Option<Judged<'a>> {
    let explained = report
        .explained
        .iter()
        .find(|explained| explained.signature().id.eq_ignore_ascii_case(id));
    match explained {
        Some(Explanation::Finding(finding)) => Some(Judged::Finding(finding)),
        Some(Explanation::NoVerdict {
            signature,
            symptoms,
            tree,
        }) => Some(Judged::NoVerdict {
            signature,
            symptoms,
            tree,
        }),
        None => report.finding(id).map(Judged::Finding),
    }
}

/// A page's lines under its title: what was read, and by which version.
pub fn page_lines(report: &Report, reader: &Reader) -> Vec<String> {
    vec![
        files::totals(report, reader),
        format!(
            "{} {}, {}",
            report.tool.name,
            report.tool.version,
            words::count(report.signatures.count as u64, "signature")
        ),
    ]
}
