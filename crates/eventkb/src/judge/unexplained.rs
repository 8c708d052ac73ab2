//! Errors and warnings that no finding explains, with what their values are.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::Collection;
use super::items::timestamp;
use crate::collect::errors::{Form, Kind};
use crate::collect::records::{Records, sum_of};
use crate::collect::session::Session;
use crate::knowledge::catalogue::EventFacts;
use crate::limits;
use crate::report::{Unexplained, ValueCount, ValueCounts};

/// The rows of the list, and how many kinds are not listed.
pub(crate) struct Listed {
    pub(crate) rows: Vec<Unexplained>,
    pub(crate) more: u64,
}

/// One kind of error over all computers.
pub(crate) struct Sum<'a> {
    /// By computer, those with unexplained records.
    pub(crate) kinds: Vec<&'a Kind>,
    /// Contents that no finding explains.
    pub(crate) forms: Vec<&'a Form>,
    /// By computer, those that are explained altogether.
    pub(crate) closed: Vec<&'a Kind>,
    /// Contents that findings explain.
    pub(crate) explained: Vec<&'a Form>,
    /// Records that nothing explains.
    pub(crate) count: u64,
    /// Records of forms that were not kept apart.
    more: bool,
}

impl Sum<'_> {
    /// The kind on some computer: they differ in nothing but their computers.
    pub(crate) fn any(&self) -> Option<&Kind> {
        self.kinds.first().or(self.closed.first()).copied()
    }
}

/// All kinds of errors and warnings: critical ones before errors before warnings, then those with
/// the most unexplained records.
pub(crate) fn sums<'a>(session: &'a Session, explained: &BTreeSet<u128>) -> Vec<Sum<'a>> {
    if session.errors.is_empty() {
        return Vec::new();
    }
    let mut sorter = Sorter::new(session, explained);
    let mut sums: BTreeMap<(String, u16, u8), Sum<'_>> = BTreeMap::new();
    for kind in session.errors.kinds() {
        let (closed, open): (Vec<&Form>, Vec<&Form>) = kind
            .forms
            .values()
            .partition(|form| sorter.is_explained(form));
        // What was not kept apart counts with the forms that were.
        let rest = if open.is_empty() && !kind.forms.is_empty() {
            0
        } else {
            kind.rest.count()
        };
        let open_ones = open.iter().map(|form| form.records.count());
        let count = sum_of(open_ones.chain([rest]));
        let key = (
            kind.provider.to_ascii_lowercase(),
            kind.event_id,
            kind.level,
        );
        let sum = sums.entry(key).or_insert_with(|| Sum {
            kinds: Vec::new(),
            forms: Vec::new(),
            closed: Vec::new(),
            explained: Vec::new(),
            count: 0,
            more: false,
        });
        sum.explained.extend(closed);
        if count == 0 {
            sum.closed.push(kind);
            continue;
        }
        sum.kinds.push(kind);
        sum.forms.extend(open);
        sum.count = sum.count.saturating_add(count);
        sum.more |= kind.more;
    }
    let mut ordered: Vec<Sum<'_>> = sums.into_values().collect();
    // The map's order settles the rest.
    ordered.sort_by_key(|sum| {
        let level = sum.any().map(|kind| kind.level);
        (level, std::cmp::Reverse(sum.count))
    });
    ordered
}

/// The rows of the kinds that have unexplained records. `leads` are ids, for each of `sums`.
pub(crate) fn list(collection: &Collection<'_>, sums: &[Sum<'_>], leads: &[Vec<String>]) -> Listed {
    let open = || sums.iter().enumerate().filter(|(_, sum)| sum.count > 0);
    let rows = open().take(limits::MAX_UNEXPLAINED).filter_map(|(n, sum)| {
        let row = row(collection, sum)?;
        Some(Unexplained {
            leads: leads.get(n).cloned().unwrap_or_default(),
            ..row
        })
    });
    Listed {
        rows: rows.collect(),
        more: open().count().saturating_sub(limits::MAX_UNEXPLAINED) as u64,
    }
}

/// Tells whether the class of a form is one that a finding explains.
struct Sorter<'a> {
    session: Session,
    explained: &'a BTreeSet<u128>,
    known: HashMap<(String, Option<String>, u16), bool>,
}

impl<'a> Sorter<'a> {
    fn new(session: &Session, explained: &'a BTreeSet<u128>) -> Sorter<'a> {
        Sorter {
            session: Session::new(&session.set),
            explained,
            known: HashMap::new(),
        }
    }

    fn is_explained(&mut self, form: &Form) -> bool {
        if self.explained.is_empty() {
            return false;
        }
        let event = &form.event;
        let source = event.event_source.clone();
        let key = (event.provider.clone(), source, event.event_id);
        let set = &self.session.set;
        let asked = *self.known.entry(key).or_insert_with(|| {
            set.wants(
                &event.provider,
                event.event_source.as_deref(),
                event.event_id,
            )
        });
        asked
            && self
                .session
                .class_number(event)
                .is_some_and(|class| self.explained.contains(&class))
    }
}

fn row(collection: &Collection<'_>, sum: &Sum<'_>) -> Option<Unexplained> {
    let kind = sum.kinds.first()?;
    let most = sum.forms.iter().max_by_key(|form| {
        // Of equally frequent ones the first by content, whatever the order of computers.
        (form.records.count(), std::cmp::Reverse(&form.event.strings))
    });
    let event = most.map(|form| &form.event);
    let source = event.and_then(|event| event.event_source.clone());
    let catalogue = collection.set.catalogue();
    let facts = catalogue.event(&kind.provider, source.as_deref(), kind.event_id);
    let codes = collection.set.codes();
    let sentence = event.zip(facts.as_deref()).map(|(event, facts)| {
        let strings = event.strings.as_deref().unwrap_or(&[]);
        facts.sentence(codes, strings, &event.named)
    });
    let records = || {
        let forms = sum.forms.iter().map(|form| &form.records);
        forms.chain(sum.kinds.iter().map(|kind| &kind.rest))
    };
    let spans = || records().filter_map(Records::span);
    let computers: BTreeSet<&str> = sum
        .kinds
        .iter()
        .map(|kind| kind.computer.as_str())
        .filter(|name| !name.is_empty())
        .collect();
    let example = most.and_then(|form| {
        let proof = form.records.any_proof()?;
        let computer = form.event.computer.as_deref().unwrap_or("");
        Some(proof.citation(computer, false))
    });
    Some(Unexplained {
        provider: kind.provider.clone(),
        event_id: kind.event_id,
        level: kind.level,
        count: sum.count,
        first: spans().map(|(first, _)| timestamp(first)).min(),
        last: spans().map(|(_, last)| timestamp(last)).max(),
        computers: computers
            .into_iter()
            .take(limits::MAX_COMPUTERS_LISTED)
            .map(str::to_owned)
            .collect(),
        sentence,
        values: values(collection, sum, facts.as_ref()),
        example,
        leads: Vec::new(),
    })
}

/// Values that have as many contents as there are events say nothing: times, addresses, handles.
const TOO_VARIED: u64 = 20;

/// How often each value has which content.
fn values(
    collection: &Collection<'_>,
    sum: &Sum<'_>,
    facts: Option<&Arc<EventFacts>>,
) -> Vec<ValueCounts> {
    let codes = collection.set.codes();
    let mut counts: BTreeMap<(usize, String), BTreeMap<&str, u64>> = BTreeMap::new();
    for form in &sum.forms {
        let strings = form.event.strings.as_deref().unwrap_or(&[]);
        let times = form.records.count();
        for (at, value) in strings.iter().enumerate().take(limits::MAX_FORM_STRINGS) {
            let value = value.trim();
            if value.is_empty() || value.len() > limits::MAX_FORM_BYTES {
                continue;
            }
            let name = value_name(form, facts, at, strings.len());
            let contents = counts.entry((at, name)).or_default();
            let count: &mut u64 = contents.entry(value).or_default();
            *count = count.saturating_add(times);
        }
    }
    let mut listed = Vec::new();
    for ((at, name), contents) in counts {
        let distinct = contents.len() as u64;
        let total = sum_of(contents.values().copied());
        if distinct > TOO_VARIED && distinct * 2 > total {
            continue;
        }
        let mut top: Vec<(&str, u64)> = contents.into_iter().collect();
        top.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        top.truncate(limits::MAX_TOP_VALUES);
        listed.push(ValueCounts {
            top: top
                .into_iter()
                .map(|(value, count)| ValueCount {
                    value: value.to_owned(),
                    meaning: match facts {
                        Some(facts) => facts.meaning(codes, &name, at, value),
                        None => codes.meaning(None, value),
                    },
                    count,
                })
                .collect(),
            name,
            distinct,
            at_least: sum.more,
        });
    }
    listed
}

/// The catalogue's name of a value, else the record's own, else its position.
fn value_name(form: &Form, facts: Option<&Arc<EventFacts>>, at: usize, count: usize) -> String {
    let known = facts.and_then(|facts| facts.name_of(at, count));
    let own = || {
        let named = &form.event.named;
        let (name, _) = named.get(at).filter(|_| named.len() == count)?;
        Some(name.as_str())
    };
    known
        .or_else(own)
        .map_or_else(|| (at + 1).to_string(), str::to_owned)
}
