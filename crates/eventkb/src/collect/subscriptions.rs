//! Which parts of which signatures ask for a kind of event, and what its events answer them.

use std::ops::Range;
use std::sync::Arc;

use super::digest::Digest;
use super::evaluate::EvaluationSink;
use crate::knowledge::SignatureSet;
use crate::knowledge::catalogue::EventFacts;
use crate::report::Answer;
use crate::signature::compile::Compiled;

/// Who asks for a kind of event, and what is known of it.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    /// In the order of the set.
    pub(crate) subscriptions: Vec<Subscription>,
    pub(crate) facts: Option<Arc<EventFacts>>,
}

/// One part of one signature that asks for an event.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    /// Number of the signature in the set.
    pub(crate) signature: usize,
    /// Number of the part in the signature.
    pub(crate) part: usize,
    pub(crate) compiled: Arc<Compiled>,
}

impl Resolved {
    /// Who asks for an event of these providers and this id, in the order of the set.
    pub(crate) fn of(
        set: &SignatureSet,
        provider: &str,
        event_source: Option<&str>,
        event_id: u16,
    ) -> Resolved {
        let meant = set.meant(provider, event_source);
        let names = [Some(provider), event_source, meant.as_deref()];
        let providers: Vec<&str> = names.into_iter().flatten().collect();
        let mut subscriptions = Vec::new();
        for signature in set.asking_for(provider, event_source, event_id) {
            let Some(compiled) = set.compiled(signature) else {
                continue;
            };
            for (part, asked) in compiled.parts.iter().enumerate() {
                if asked
                    .matcher
                    .events
                    .iter()
                    .any(|s| s.fits(&providers, event_id))
                {
                    subscriptions.push(Subscription {
                        signature,
                        part,
                        compiled: Arc::clone(compiled),
                    });
                }
            }
        }
        Resolved {
            subscriptions,
            facts: set
                .catalogue()
                .event(provider, event_source.or(meant.as_deref()), event_id),
        }
    }

    /// Where the subscriptions of one signature stand.
    pub(crate) fn of_signature(&self, signature: usize) -> Range<usize> {
        let all = &self.subscriptions;
        let start = all.partition_point(|s| s.signature < signature);
        let own = all.iter().skip(start);
        let count = own.take_while(|s| s.signature == signature).count();
        start..start + count
    }
}

/// Makes a number of an evaluation, and keeps its answer.
pub(super) struct Answering<'s> {
    pub(super) digest: &'s mut Digest,
    pub(super) answers: &'s mut Vec<Answer>,
}

impl EvaluationSink for Answering<'_> {
    fn condition(&mut self, answer: Answer, seen: Option<&str>) {
        self.digest.bytes(&[answer as u8]);
        self.digest.optional(seen);
    }

    fn capture(&mut self, capture: usize, value: &str) {
        self.digest.bytes(&(capture as u64).to_le_bytes());
        self.digest.text(value);
    }

    fn end(&mut self, answer: Answer, kind_fits: bool, from_text: bool) {
        self.answers.push(answer);
        let end = [answer as u8, u8::from(kind_fits), u8::from(from_text)];
        self.digest.bytes(&end);
    }
}
