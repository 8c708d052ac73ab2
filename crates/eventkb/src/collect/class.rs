//! Events that say the same to every signature.

use std::num::NonZero;

use eventkb_logs::event::Event;

use super::content::{Commons, Content, Strings};
use super::digest::Digest;
use super::errors;
use super::records::Records;
use crate::report::Answer;

/// Events that say the same to every signature.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Class {
    /// One of its events: what signatures make of it, they make of all.
    pub(crate) event: Content,
    /// Its records cannot be believed by themselves.
    pub(crate) weak: bool,
    pub(crate) records: Records,
    /// What it answers each part that asks for its event, in the order of the subscriptions. Made
    /// anew where it is not there: observations that were saved come without.
    #[serde(skip)]
    pub(crate) answers: Option<Box<[Answer]>>,
    /// What its event says, as a number, once that was asked: unpacking it takes longer.
    #[serde(skip)]
    pub(super) says: Option<NonZero<u128>>,
}

impl Class {
    /// Shows another of its events where that goes first: not the one that came first by chance.
    /// They differ in what no signature asks for, such as the case of the provider's name.
    pub(super) fn show(&mut self, event: &Event, commons: &mut Commons) {
        let provider = event.provider.as_str().cmp(&self.event.provider);
        if provider.is_gt() {
            return;
        }
        let theirs = says(event);
        if provider.is_eq() {
            let shown = &self.event;
            if theirs >= *self.says.get_or_insert_with(|| says(&shown.whole())) {
                return;
            }
        }
        let strings = Strings::of(event.strings.as_deref().unwrap_or(&[]));
        self.event = Content::of(event, &strings, commons);
        self.says = Some(theirs);
    }
}

/// All that an event says, as a number.
fn says(event: &Event) -> NonZero<u128> {
    let mut digest = Digest::default();
    errors::content(event, &mut digest);
    NonZero::new(digest.number()).unwrap_or(NonZero::<u128>::MIN)
}
