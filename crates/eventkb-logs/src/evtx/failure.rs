//! Records that gave no event, and why.

use crate::integrity::DefectCode;
use crate::sink::Delivery;

/// Why a record gave no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// Its content cannot be decoded. What its head says can be true all the same.
    Damaged(String),
    /// It was decoded, and is no event to believe.
    Refused(String),
    Limit(&'static str),
}

impl Failure {
    pub(super) fn words(&self) -> &str {
        match self {
            Failure::Damaged(why) | Failure::Refused(why) => why,
            Failure::Limit(why) => why,
        }
    }
}

pub(super) fn failed(delivery: &mut Delivery<'_>, offset: Option<u64>, why: &Failure) {
    delivery.account.integrity.failed += 1;
    let code = match why {
        Failure::Damaged(_) | Failure::Refused(_) => DefectCode::FailedRecord,
        Failure::Limit(_) => DefectCode::Limit,
    };
    delivery.defect(
        code,
        offset,
        format!("a record was found but not decoded: {}", why.words()),
    );
}
