//! Redaction: a report, or a list of events, that can leave the house.
//!
//! Names of computers, users, domains and folders, SIDs, addresses and the names in DNs become
//! stand-ins, the same one wherever a name occurs: `SEATTLE` is `COMPUTER-1` as a field, in
//! `\\seattle\mail`, in `seattle.contoso.com` and in a sentence. Spellings that differ in case only
//! keep differing in case only, because an article may be about just that.
//!
//! It works in two steps. [`Learning`] sees everything first and learns which words are names: by
//! their fields, by what the catalogue says of an event's values, and by the forms of SIDs,
//! addresses, paths and DNs. [`Redactor`] then replaces. A field that nobody thought of is
//! searched like any other; only what the program and the authors of signatures say is left as it
//! is, because a text that everybody knows would give away what was replaced in it.
//!
//! Verdicts are not its business: it changes words in a finished report, never what they mean.

mod book;
mod called;
mod fields;
mod forms;
mod known;
mod map;
mod paths;
mod scan_text;
mod spelling;
mod versions;

use eventkb_logs::Event;

pub use map::MapError;

pub use crate::report::{NameKind, Redaction, Remaining, Replaced};

use crate::knowledge::SignatureSet;
use crate::report::Report;
use book::Book;
use fields::Meaning;

/// Looks at everything that will be redacted, and learns the names in it.
#[derive(Debug, Clone, Default)]
pub struct Learning {
    book: Book,
}

impl Learning {
    /// Knows no name yet.
    pub fn new() -> Self {
        Learning::default()
    }

    /// Goes on with a map that [`Redactor::map`] gave: its names keep their stand-ins.
    ///
    /// # Errors
    /// When it is no such map.
    pub fn with_map(bytes: &[u8]) -> Result<Self, MapError> {
        let mut book = Book::default();
        map::read(bytes, &mut book)?;
        Ok(Learning { book })
    }

    /// Learns the names of a report. The catalogue of `set` says which values are names.
    pub fn report(&mut self, report: &Report, set: &SignatureSet) {
        // A report that does not become JSON cannot be printed either.
        if let Ok(mut value) = serde_json::to_value(report) {
            fields::visit_report(&mut value, set, &mut |meaning, text| {
                self.learn(meaning, text);
            });
        }
    }

    /// Learns the names of an event.
    pub fn event(&mut self, event: &Event, set: &SignatureSet) {
        fields::each_of_event(event, set, &mut |meaning, text| self.learn(meaning, text));
    }

    fn learn(&mut self, meaning: Meaning, text: &str) {
        match meaning {
            Meaning::Name(kind) => self.book.field(kind, text),
            Meaning::Version => self.book.version(text),
            Meaning::Address => self.book.address(text),
            Meaning::Path => self.book.path(text),
            Meaning::Text | Meaning::Source => self.book.text(text),
            Meaning::Prose => self.book.prose(text),
        }
    }

    /// Whether there are more names than are kept: what is redacted now would not be safe.
    pub fn is_full(&self) -> bool {
        self.book.is_full()
    }

    /// Ends the learning.
    pub fn done(self) -> Redactor {
        Redactor {
            names: self.book.close(),
        }
    }
}

/// Replaces names by their stand-ins.
#[derive(Debug)]
pub struct Redactor {
    names: book::Names,
}

impl Redactor {
    /// A report with stand-ins, which says that it was redacted. One that was before is given
    /// back as it is: its stand-ins are no names.
    ///
    /// # Errors
    /// When the report cannot be written as JSON and read back, which no report of this version
    /// gives reason for.
    pub fn report(&mut self, report: &Report, set: &SignatureSet) -> serde_json::Result<Report> {
        if report.redaction.is_some() {
            return Ok(report.clone());
        }
        let mut value = serde_json::to_value(report)?;
        fields::visit_report(&mut value, set, &mut |meaning, text| {
            *text = self.replace(meaning, text);
        });
        let mut redacted: Report = serde_json::from_value(value)?;
        redacted.redaction = Some(self.summary());
        Ok(redacted)
    }

    /// An event with stand-ins. Its binary data is left out: nothing is known of its content.
    pub fn event(&mut self, event: &Event, set: &SignatureSet) -> Event {
        fields::map_event(event, set, &mut |meaning, text| self.replace(meaning, text))
    }

    /// A text with stand-ins, such as a title that the user chose.
    pub fn text(&mut self, text: &str) -> String {
        self.names.text(text)
    }

    fn replace(&mut self, meaning: Meaning, text: &str) -> String {
        match meaning {
            Meaning::Name(_) => self.names.field(text),
            Meaning::Version => self.names.version(text),
            Meaning::Address => self.names.address(text),
            Meaning::Path => self.names.path(text),
            Meaning::Text | Meaning::Prose => self.names.text(text),
            Meaning::Source => self.names.source(text),
        }
    }

    /// What was looked for, and what may remain.
    pub fn summary(&self) -> Redaction {
        let replaced = NameKind::ALL.map(|kind| Replaced {
            kind,
            names: self.names.count(kind),
        });
        let mut may_remain = vec![Remaining::FreeText, Remaining::ObjectNames];
        let count = self.names.common_words();
        if count > 0 {
            may_remain.push(Remaining::CommonWords { count });
        }
        Redaction {
            replaced: replaced.into(),
            may_remain,
        }
    }

    /// Which name became which stand-in: to be kept where the names may be known. It can be given
    /// to [`Learning::with_map`].
    pub fn map(&self) -> String {
        map::write(&self.names)
    }
}

/// A report with stand-ins for its names, and the [`Redactor`] that has the map.
///
/// ```
/// use std::sync::Arc;
///
/// use eventkb::redact::redact;
/// use eventkb::{Event, Session, SignatureSet};
///
/// let signatures = Arc::new(SignatureSet::built_in());
/// let mut session = Session::new(&signatures);
/// session.feed(&Event {
///     provider: "MSExchangeMTA".into(),
///     event_id: 9316,
///     computer: Some("SEATTLE".into()),
///     time: "2000-02-06T01:20:01Z".parse().ok(),
///     strings: Some(["7", "9301"].map(String::from).to_vec()),
///     ..Event::default()
/// });
/// let report = session.finish();
/// let (redacted, redactor) = redact(&report, &signatures)?;
/// assert_eq!(redacted.findings[0].computers, ["COMPUTER-1"]);
/// assert_eq!(redacted.findings[0].verdict, report.findings[0].verdict);
/// assert!(redactor.map().contains("SEATTLE"));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
/// See [`Redactor::report`].
pub fn redact(report: &Report, set: &SignatureSet) -> serde_json::Result<(Report, Redactor)> {
    let mut learning = Learning::new();
    learning.report(report, set);
    let mut redactor = learning.done();
    Ok((redactor.report(report, set)?, redactor))
}
