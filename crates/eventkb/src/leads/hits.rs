//! Which articles name a kind of event, and what of it the records bear out.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::KindSeen;
use super::values::{evened, has_words};
use crate::articles::{Article, ArticleIndex, EventNamed, EventRole, Fit, Hit, PhrasePart, Place};
use crate::limits;

/// Shorter pieces of a description stand in any message.
const SHORTEST_PIECE: usize = 16;

/// An event of an article that a kind of event may be, with what speaks for it.
#[derive(Debug)]
pub(crate) struct Match<'a> {
    /// Number of the kind in the evidence.
    pub(crate) kind: usize,
    pub(crate) event: &'a EventNamed,
    pub(crate) fit: Fit,
    /// Codes that it names and a record carries, as the record writes them.
    pub(crate) codes: Vec<String>,
    /// Words that stand in both.
    pub(crate) phrase: Option<String>,
    /// Codes that it names, where the records carry numbers and none of these.
    pub(crate) other_codes: Vec<String>,
    /// Articles that name the event.
    pub(crate) of_articles: usize,
    /// Articles that name it, and everything of it that is borne out here.
    pub(crate) as_well: usize,
}

impl Match<'_> {
    /// Whether the records bear out more than the id.
    pub(crate) fn is_borne_out(&self) -> bool {
        !self.codes.is_empty() || self.phrase.is_some()
    }

    /// How rare what is borne out is, from nearly 0 (every article names it) to 1 (one does).
    pub(crate) fn rarity(&self, articles: usize) -> f64 {
        let all = articles as f64 + 1.0;
        (all / self.as_well.max(1) as f64).ln() / all.max(2.0).ln()
    }

    /// How much it says that the article names this event.
    pub(crate) fn weight(&self, articles: usize, level: u8) -> f64 {
        let role = match self.event.role {
            EventRole::Symptom | EventRole::Harmless => 1.0,
            EventRole::Reference => 0.35,
            EventRole::AfterFix => 0.0,
        };
        let source = match (self.fit, self.is_borne_out()) {
            (Fit::Same, _) => 1.0,
            (Fit::Family, _) => 0.9,
            (Fit::Unknown, true) => 0.6,
            (Fit::Unknown, false) => 0.2,
        };
        let codes = if self.other_codes.is_empty() {
            1.0
        } else {
            0.5
        };
        let level = match self.event.level {
            Some(named) if !named.is(level) => 0.9,
            _ => 1.0,
        };
        self.rarity(articles) * role * source * codes * level
    }
}

/// What of one hit is borne out.
struct Borne<'a> {
    /// Number of the index.
    index: usize,
    hit: Hit<'a>,
    codes: BTreeMap<i64, String>,
    phrase: Option<String>,
    other_codes: Vec<String>,
}

/// What may still be spent on holding texts against each other: an index may come from a stranger,
/// who lets each article describe each event at length. Real ones need a thousandth of it.
#[derive(Debug)]
pub(crate) struct Work(usize);

impl Work {
    pub(crate) fn new() -> Work {
        Work(limits::MAX_LEAD_WORK)
    }

    /// Takes so many bytes of what is left, if there are as many.
    fn may(&mut self, bytes: usize) -> bool {
        match self.0.checked_sub(bytes) {
            Some(left) => self.0 = left,
            None => return false,
        }
        true
    }
}

/// Which articles may be looked at for a kind of event: the number of the index, the article, the
/// kind.
pub(crate) type Admits<'a> = dyn Fn(usize, &Article, &KindSeen<'_>) -> bool + 'a;

/// The events that name a kind, each with the number of its index.
pub(crate) fn of_kind<'a>(
    indexes: &[&'a ArticleIndex],
    kind: &KindSeen<'_>,
    number: usize,
    admits: &Admits<'_>,
    work: &mut Work,
) -> Vec<(usize, Place, Match<'a>)> {
    let mut naming = BTreeSet::new();
    let mut borne = Vec::new();
    for (n, index) in indexes.iter().enumerate() {
        for hit in index.naming(&kind.provider, kind.source.as_deref(), kind.event_id) {
            let earlier = indexes.get(..n).unwrap_or(&[]);
            let is_known = earlier
                .iter()
                .any(|index| index.by_id(&hit.article.id).next().is_some());
            if is_known {
                continue;
            }
            // How rare the event is does not depend on which of them may be leads here.
            if hit.fit != Fit::Unknown {
                naming.insert((n, hit.place.article));
            }
            if !admits(n, hit.article, kind) {
                continue;
            }
            if borne.len() < limits::MAX_LEAD_CANDIDATES {
                borne.push(Borne::of(n, hit, kind, work));
            }
        }
    }
    let mut unsure = naming.clone();
    unsure.extend(borne.iter().map(Borne::article));
    let mut found = Vec::new();
    for one in &borne {
        let of_articles = match one.hit.fit {
            Fit::Unknown => unsure.len(),
            _ => naming.len(),
        };
        let as_well = match one.codes.is_empty() && one.phrase.is_none() {
            true => of_articles,
            false => as_well(&borne, one),
        };
        found.push((
            one.index,
            one.hit.place,
            Match {
                kind: number,
                event: one.hit.event,
                fit: one.hit.fit,
                codes: one.codes.values().cloned().collect(),
                phrase: one.phrase.clone(),
                other_codes: one.other_codes.clone(),
                of_articles,
                as_well,
            },
        ));
    }
    found
}

/// In how many articles all that is borne out of one event is borne out.
fn as_well(all: &[Borne<'_>], one: &Borne<'_>) -> usize {
    let has = |other: &&Borne<'_>| {
        one.codes.keys().all(|code| other.codes.contains_key(code))
            && one.phrase.as_ref().is_none_or(|phrase| {
                other
                    .phrase
                    .as_ref()
                    .is_some_and(|theirs| has_words(&evened(theirs), &evened(phrase)))
            })
    };
    let articles: BTreeSet<(usize, u32)> = all.iter().filter(has).map(Borne::article).collect();
    articles.len()
}

impl<'a> Borne<'a> {
    fn article(&self) -> (usize, u32) {
        (self.index, self.hit.place.article)
    }

    fn of(index: usize, hit: Hit<'a>, kind: &KindSeen<'_>, work: &mut Work) -> Borne<'a> {
        let said = &kind.said;
        let mut codes = BTreeMap::new();
        let named = hit.event.codes.iter().take(limits::MAX_LEAD_CODES);
        let named = named.filter(|code| code.value != 0);
        for code in named.clone() {
            if let Some(written) = said.written(code.value) {
                codes.insert(code.value, written.to_owned());
            }
        }
        let mut other_codes = Vec::new();
        if codes.is_empty() && said.has_numbers() {
            other_codes.extend(named.take(4).map(|code| code.written.to_string()));
        }
        // Codes that the article names apart from the event say less, but they are there.
        for code in hit.article.codes.iter().take(limits::MAX_LEAD_CODES) {
            if code.value != 0
                && code.value != i64::from(kind.event_id)
                && let Some(written) = said.written(code.value)
            {
                codes
                    .entry(code.value)
                    .or_insert_with(|| written.to_owned());
                other_codes.clear();
            }
        }
        Borne {
            index,
            phrase: phrase(hit.event, kind, work),
            hit,
            codes,
            other_codes,
        }
    }
}

/// The longest words that stand in the article's description of an event and in a record: a value
/// of the record, or a piece of the description in a record's message.
fn phrase(event: &EventNamed, kind: &KindSeen<'_>, work: &mut Work) -> Option<String> {
    let mut best: Option<String> = None;
    let mut offer = |words: &str| {
        let longer = best.as_ref().is_none_or(|best| {
            (words.len(), std::cmp::Reverse(words)) > (best.len(), std::cmp::Reverse(best))
        });
        if longer {
            best = Some(words.to_owned());
        }
    };
    for phrase in &event.phrases {
        if !work.may(phrase.text.len().saturating_mul(kind.said.texts())) {
            break;
        }
        if let Some(value) = kind.said.in_text(&evened(&phrase.text)) {
            offer(value);
        }
        if !kind.said.has_messages() {
            continue;
        }
        for part in phrase.parts() {
            let PhrasePart::Text(text) = part else {
                continue;
            };
            let piece = text.trim_matches(|c: char| !c.is_alphanumeric());
            if piece.len() >= SHORTEST_PIECE && kind.said.has(&evened(piece)) {
                offer(piece);
            }
        }
    }
    best
}
