//! The limits of one session.

use crate::limits;

/// How much a session keeps and looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most {
    /// See [`limits::MAX_CLASSES`].
    pub(crate) classes: usize,
    /// See [`limits::MAX_SINGLE_OBSERVATIONS`].
    pub(crate) singles: usize,
    /// See [`limits::FEW_OBSERVATIONS`].
    pub(crate) few: usize,
    /// See [`limits::MAX_CLASSES_RULED_OUT`].
    pub(crate) ruled_out: usize,
}

impl Default for Most {
    fn default() -> Most {
        Most {
            classes: limits::MAX_CLASSES,
            singles: limits::MAX_SINGLE_OBSERVATIONS,
            few: limits::FEW_OBSERVATIONS,
            ruled_out: limits::MAX_CLASSES_RULED_OUT,
        }
    }
}
