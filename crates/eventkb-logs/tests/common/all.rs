//! A sink that takes every event.

use std::ops::ControlFlow;

use eventkb_logs::{Admission, Event, Head, Sink};

/// Every event that was read.
#[derive(Default)]
pub(crate) struct All(pub(crate) Vec<Event>);

impl Sink for All {
    fn admit(&mut self, _: &Head<'_>) -> Admission {
        Admission::Full
    }

    fn event(&mut self, event: Event, _: Option<&[u8]>) -> ControlFlow<()> {
        self.0.push(event);
        ControlFlow::Continue(())
    }
}
