//! What the targets share.

use std::ops::ControlFlow;

use eventkb_logs::account::{Account, FileReport};
use eventkb_logs::event::{Event, Head, Trust};
use eventkb_logs::evtx::{BlockDecoder, Blocks};
use eventkb_logs::integrity::Integrity;
use eventkb_logs::{Admission, Delivery, EventKind, Sink};

/// Counts events; takes all of them or none.
pub struct Counter {
    pub wants_all: bool,
    pub live: u64,
    pub recovered: u64,
}

impl Sink for Counter {
    fn passes_over(&self, _kind: &EventKind<'_>) -> bool {
        !self.wants_all
    }

    fn admit(&mut self, _head: &Head<'_>) -> Admission {
        if self.wants_all { Admission::Full } else { Admission::Skip }
    }

    fn event(&mut self, event: Event, _fingerprint: Option<&[u8]>) -> ControlFlow<()> {
        if event.trust == Trust::Recovered {
            self.recovered += 1;
        } else {
            self.live += 1;
        }
        ControlFlow::Continue(())
    }
}

/// Reads a whole .evtx file and checks that its account adds up.
pub fn read_evtx(bytes: &[u8], wants_all: bool) {
    let mut sink = Counter { wants_all, live: 0, recovered: 0 };
    let mut account = Account::default();
    let mut delivery = Delivery::new("log.evtx".into(), &mut account, &mut sink);
    let mut blocks = Blocks::new(bytes);
    let mut decoder = BlockDecoder::default();
    let mut used = 0;
    while let Some(block) = blocks.next_block(&mut Vec::new()) {
        used += decoder.decode(&block, &mut delivery);
    }
    let closing = blocks.finish();
    let mut whole = closing.close(used);
    whole.add(account);
    let integrity = whole.integrity.clone();
    adds_up(&integrity);
    if wants_all {
        assert_eq!(integrity.read, sink.live, "{integrity:?}");
        assert_eq!(integrity.recovered, sink.recovered, "{integrity:?}");
    }
    let FileReport { input, spans, .. } = whole.close("log.evtx", "evtx", None);
    assert_eq!(input.records_lost, integrity.failed + integrity.lost);
    assert!(spans.len() <= 4096);
}

/// promised = read + failed + lost, where a format keeps count.
pub fn adds_up(integrity: &Integrity) {
    if let Some(promised) = integrity.promised {
        assert_eq!(promised, integrity.read + integrity.failed + integrity.lost, "{integrity:?}");
    }
}
