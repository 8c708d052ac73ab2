//! Records that say the same as one before need not be decoded again. That must not show: the
//! events of a sink that knows fingerprints are those of one that takes every event in full, but
//! for the ids of thread and activity.

use std::collections::HashMap;
use std::ops::ControlFlow;

use eventkb_logs::{Admission, Event, Head, ReadOptions, RecordRef, Sink, read_stream};
use eventkb_testkit::evtx::{DataShape, EvtxWriter, Layout, Style};
use eventkb_testkit::scenario::storm;

#[derive(Default)]
struct Collector {
    knows: bool,
    by_fingerprint: HashMap<Vec<u8>, Event>,
    repeated: usize,
    events: Vec<Event>,
}

impl Sink for Collector {
    fn admit(&mut self, _: &Head<'_>) -> Admission {
        Admission::Full
    }

    fn event(&mut self, event: Event, fingerprint: Option<&[u8]>) -> ControlFlow<()> {
        assert!(fingerprint.is_none() || self.knows, "nobody asked for it");
        if let Some(fingerprint) = fingerprint {
            let new = self
                .by_fingerprint
                .insert(fingerprint.into(), event.clone());
            assert!(new.is_none(), "a known fingerprint was decoded again");
        }
        self.events.push(event);
        ControlFlow::Continue(())
    }

    fn repeated(&mut self, fingerprint: &[u8], record: &RecordRef<'_>) -> bool {
        let Some(event) = self.by_fingerprint.get(fingerprint) else {
            return false;
        };
        self.repeated += 1;
        self.events.push(Event {
            time: record.time,
            record_id: record.record_id,
            offset: record.offset,
            trust: record.trust,
            file: record.file.clone(),
            ..event.clone()
        });
        true
    }

    fn knows_fingerprints(&self) -> bool {
        self.knows
    }
}

fn events(mut log: &[u8], knows: bool) -> (Vec<Event>, usize) {
    let mut sink = Collector {
        knows,
        ..Collector::default()
    };
    read_stream("log", &mut log, &ReadOptions::default(), &mut sink);
    let events = sink.events.into_iter().map(|event| Event {
        thread_id: None,
        activity_id: None,
        related_activity_id: None,
        ..event
    });
    (events.collect(), sink.repeated)
}

#[test]
fn repeated_records_say_what_they_say() {
    let mut seed = 0;
    for layout in [Layout::NameInTemplate, Layout::NameAsSubstitution] {
        for data in [DataShape::StringArray, DataShape::OneEach] {
            for style in [Style::Native, Style::Forwarded] {
                seed += 1;
                let log = EvtxWriter::new()
                    .layout(layout)
                    .data_shape(data)
                    .style(style)
                    .write(&storm(seed));
                let (wanted, none) = events(&log, false);
                let (got, repeated) = events(&log, true);
                assert_eq!(none, 0);
                assert!(repeated > 100, "{repeated} of {} repeat", got.len());
                assert!(got == wanted, "{layout:?} {data:?} {style:?}");
            }
        }
    }
}
