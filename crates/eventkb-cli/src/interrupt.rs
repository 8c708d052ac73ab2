//! Ctrl-C: the first one ends the reading, and what was read is reported; the second one ends the
//! program at once.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::SIGINT;
use signal_hook::flag;

use crate::exit::Exit;

/// Sets `cancel` at the first Ctrl-C.
///
/// Where no handler can be set, Ctrl-C does what it always does: it ends the program.
pub(crate) fn listen(cancel: &Arc<AtomicBool>) {
    // In this order: a handler that came second would see the flag set by the first Ctrl-C.
    let ends =
        flag::register_conditional_shutdown(SIGINT, Exit::Interrupted as i32, Arc::clone(cancel));
    if ends.is_ok() {
        let _ = flag::register(SIGINT, Arc::clone(cancel));
    }
}
