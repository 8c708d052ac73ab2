//! Passwords for archives, as the user gives them.

use std::fmt;
use std::sync::Arc;

/// Passwords to try on encrypted members of archives, in their order. What is shown of it is only
/// how many there are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Passwords(Arc<[String]>);

impl Passwords {
    /// Passwords to try; empty ones are left out.
    pub fn new(candidates: impl IntoIterator<Item = String>) -> Self {
        let candidates = candidates
            .into_iter()
            .filter(|password| !password.is_empty());
        Passwords(candidates.collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[cfg(feature = "passwords")]
    pub(crate) fn as_slice(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passwords({})", self.0.len())
    }
}
