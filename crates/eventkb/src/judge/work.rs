//! Counts the steps of joining: what tests hold against the number of events, so that a crafted
//! collection costs no more than its size.

use std::cell::Cell;

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// Counts some steps.
pub(crate) fn steps(count: usize) {
    STEPS.with(|steps| steps.set(steps.get().wrapping_add(count as u64)));
}

/// Steps that this thread has made so far.
pub fn made() -> u64 {
    STEPS.with(Cell::get)
}
