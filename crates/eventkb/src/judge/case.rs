//! One signature over one collection: its evidence, and the occurrences as judged.

use std::sync::Arc;

use super::class_numbers::ClassNumbers;
use super::items::{Evidence, Item, ItemKind, Items, Standing};
use super::verdict::{Judged, State};
use crate::report::Verdict;
use crate::signature::compile::Compiled;

/// One signature over one collection.
pub(crate) struct Case<'a> {
    pub(crate) compiled: &'a Arc<Compiled>,
    pub(crate) items: Items<'a>,
    /// Best first.
    pub(crate) judged: Vec<Judged>,
}

impl<'a> Case<'a> {
    pub(crate) fn id(&self) -> &str {
        &self.compiled.document.id
    }

    pub(crate) fn verdict(&self) -> Option<Verdict> {
        self.best().and_then(|judged| judged.verdict)
    }

    pub(crate) fn is_offered(&self) -> bool {
        self.verdict() > Some(Verdict::RuledOut)
    }

    pub(crate) fn best(&self) -> Option<&Judged> {
        self.judged.first()
    }

    /// The occurrences a finding counts: those with a verdict that offers the article, or, when
    /// there is none, those that rule it out.
    pub(crate) fn counted(&self) -> impl Iterator<Item = &Judged> {
        let offered = self.is_offered();
        self.judged
            .iter()
            .filter(move |judged| match judged.verdict {
                Some(Verdict::RuledOut) => !offered,
                Some(_) => true,
                None => false,
            })
    }

    /// The items of an occurrence, with their indices.
    pub(crate) fn items_of<'s>(
        &'s self,
        judged: &'s Judged,
    ) -> impl Iterator<Item = (usize, &'s Item, &'s Evidence<'a>)> {
        let items = judged.occurrence.items.iter();
        items.filter_map(|&n| {
            self.items
                .get(n)
                .map(|(item, evidence)| (n, item, evidence))
        })
    }

    /// The items of an occurrence that made a symptom's state.
    pub(crate) fn items_with<'s>(
        &'s self,
        judged: &'s Judged,
        symptom: usize,
        state: State,
    ) -> impl Iterator<Item = (usize, &'s Item, &'s Evidence<'a>)> {
        let standing = match state {
            State::Found => Some(Standing::Yes),
            State::Unqualified => Some(Standing::Unqualified),
            State::Contradicted => Some(Standing::No),
            State::Unreadable => Some(Standing::Unknown),
            State::Absent => None,
        };
        self.items_of(judged).filter(move |(_, item, _)| {
            item.kind == ItemKind::Symptom(symptom) && Some(item.standing) == standing
        })
    }

    /// Whether a symptom is evidence: anything but context.
    pub(crate) fn is_evidence(&self, symptom: usize) -> bool {
        self.compiled
            .symptoms
            .get(symptom)
            .is_some_and(|s| s.is_evidence())
    }

    /// Classes that the counted occurrences hold as found evidence.
    pub(crate) fn found_classes(&self) -> ClassNumbers {
        let items = self.counted().flat_map(|judged| self.items_of(judged));
        items
            .filter(|(_, item, _)| {
                item.standing == Standing::Yes
                    && matches!(item.kind, ItemKind::Symptom(n) if self.is_evidence(n))
            })
            .map(|(_, _, evidence)| evidence.class_number)
            .collect()
    }
}
