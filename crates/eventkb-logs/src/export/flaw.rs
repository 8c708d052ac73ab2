//! Why a record cannot be cut out of an export, and what the account says of it.

use crate::integrity::DefectCode;
use crate::sink::Delivery;

/// Why an element of XML or an object of JSON cannot be cut out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    #[error("the file ends inside it")]
    Cut,
    #[error("it is larger than the limit for one record")]
    TooLarge,
    #[error("its elements are nested too deep")]
    TooDeep,
    #[error("an end tag does not fit its start tag")]
    EndTag,
    #[error("a tag is damaged")]
    Tag,
    #[error("it holds a document type declaration, which no event has")]
    Declaration,
    #[error("its brackets do not fit")]
    Brackets,
    #[error("a text in it is not closed, or holds raw line ends")]
    Text,
    #[error("the next one begins before it ends")]
    NotClosed,
}

/// Notes a record that could not be cut out.
pub(crate) fn note(delivery: &mut Delivery<'_>, flaw: Flaw, offset: Option<u64>) {
    delivery.failed(offset, format!("an event could not be read: {flaw}"));
    match flaw {
        Flaw::Cut => delivery.defect(
            DefectCode::Truncated,
            offset,
            "the file ends inside an event",
        ),
        Flaw::TooLarge => {
            delivery.defect(
                DefectCode::Limit,
                offset,
                "an event is larger than the limit for one record",
            );
        }
        _ => {}
    }
}
