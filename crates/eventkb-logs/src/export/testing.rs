//! What the tests of the export readers share.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::account::Account;
use crate::event::{Event, Head};
use crate::integrity::DefectCode;
use crate::limits;
use crate::sink::{Admission, Delivery, Sink};

/// Keeps every event.
struct Collect(Vec<Event>);

impl Sink for Collect {
    fn admit(&mut self, _: &Head<'_>) -> Admission {
        Admission::Full
    }

    fn event(&mut self, event: Event, _: Option<&[u8]>) -> ControlFlow<()> {
        self.0.push(event);
        ControlFlow::Continue(())
    }
}

pub(crate) type Reader = fn(&mut dyn Read, &mut Delivery<'_>);

/// Reads `input` as the file "x".
pub(crate) fn read_from(reader: Reader, input: &mut dyn Read) -> (Vec<Event>, Account) {
    let (mut account, mut sink) = (Account::default(), Collect(Vec::new()));
    reader(
        input,
        &mut Delivery::new(Arc::from("x"), &mut account, &mut sink),
    );
    (sink.0, account)
}

/// Reads `bytes` as the file "x".
pub(crate) fn read_with(reader: Reader, bytes: &[u8]) -> (Vec<Event>, Account) {
    let mut bytes = bytes;
    read_from(reader, &mut bytes)
}

/// What the account says is odd.
pub(crate) fn codes(account: &Account) -> Vec<DefectCode> {
    let defects = account.integrity.defects.iter();
    defects.map(|defect| defect.code).collect()
}

/// The events without where they stood.
pub(crate) fn without_offset(events: Vec<Event>) -> Vec<Event> {
    events
        .into_iter()
        .map(|event| Event {
            offset: None,
            ..event
        })
        .collect()
}

/// Cuts `bytes` everywhere and flips bits: the reader must not panic, and a cut must not change
/// the events before it.
pub(crate) fn damage(reader: Reader, bytes: &[u8]) {
    let (whole, _) = read_with(reader, bytes);
    assert!(!whole.is_empty());
    let mut most = 0;
    for end in 0..bytes.len() {
        let (events, account) = read_with(reader, bytes.get(..end).unwrap_or_default());
        // The last event may be one whose end is open in this format; those before it are not.
        let sure = events.len().saturating_sub(1);
        assert_eq!(events.get(..sure), whole.get(..sure), "cut at {end}");
        assert!(events.len() <= whole.len(), "cut at {end}");
        most = most.max(events.len());
        assert!(account.integrity.read as usize == events.len());
    }
    assert!(most + 1 >= whole.len());
    let mut state = 20_261_122_u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..3000 {
        let mut damaged = bytes.to_vec();
        for _ in 0..=random(3) {
            let at = random(damaged.len());
            damaged[at] ^= 1 << random(8);
        }
        read_with(reader, &damaged);
    }
}

/// Gives `begin`, then many times `x` on one line, then a line end and `end`.
struct Endless<'a> {
    parts: [&'a [u8]; 2],
    left: usize,
}

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let [begin, end] = &mut self.parts;
        let part = if !begin.is_empty() {
            begin
        } else if self.left > 0 {
            let length = self.left.min(buffer.len());
            buffer.iter_mut().take(length).for_each(|byte| *byte = b'x');
            self.left -= length;
            if self.left == 0 {
                // The line ends.
                buffer
                    .iter_mut()
                    .take(length)
                    .skip(length - 1)
                    .for_each(|byte| *byte = b'\n');
            }
            return Ok(length);
        } else {
            end
        };
        part.read(buffer)
    }
}

/// A line of 100 MB that begins like a record is refused, and the record after it is read.
pub(crate) fn endless(reader: Reader, begin: &[u8], after: &[u8]) {
    let mut input = Endless {
        parts: [begin, after],
        left: 100 * limits::MAX_EXPORT_RECORD,
    };
    let (events, account) = read_from(reader, &mut input);
    assert_eq!(events.len(), 1, "{account:?}");
    assert!(account.integrity.may_hide_records());
}
