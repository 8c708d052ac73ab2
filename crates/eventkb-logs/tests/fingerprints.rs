//! Records that say the same as one before need not be decoded again. That must not show: the
//! events of a sink that knows fingerprints are those of one that takes every event in full, but
//! for the ids of thread and activity.

use std::collections::HashMap;
use std::ops::ControlFlow;

use eventkb_logs::{Admission, Event, Head, ReadOptions, RecordRef, Sink, read_stream};
use eventkb_testkit::EventSpec;
use eventkb_testkit::evtx::{DataShape, EvtxWriter, Layout, Style};
use eventkb_testkit::rng::Rng;
use eventkb_testkit::scenario::{
    Attempt, BindBackLayout, START, association_ended, bind_back, connection_not_opened, ras_error,
    rpc_error,
};

/// Events that differ in one small thing, many times over.
fn storm(seed: u64) -> Vec<EventSpec> {
    let mut rng = Rng::new(seed);
    let dns = ["/o=A/ou=B/cn=C", "/o=A/ou=B/cn=c", "/o=A/ou=B/cn=D"];
    let computers = ["SEATTLE", "Seattle", "PORTLAND"];
    let mut events = Vec::new();
    for n in 0..600 {
        let time = START + 7 * n;
        let dn = rng.pick(&dns).copied().unwrap_or_default();
        let computer = rng.pick(&computers).copied().unwrap_or_default();
        let code = [5, 50, 9301, 1783][rng.below(4)];
        let event = match rng.below(6) {
            0 => ras_error(time, computer, dn, code),
            1 => rpc_error(time, computer, code),
            2 => connection_not_opened(time, computer, dn),
            3 => association_ended(time, computer, dn),
            4 => {
                events.extend(Attempt::on_one_computer(time).events());
                continue;
            }
            _ => bind_back(time, computer, "Seattle", code, BindBackLayout::TenStrings),
        };
        // Some differ in what no insertion string tells.
        events.push(match rng.below(5) {
            0 => event.level(2),
            1 => event.task(9),
            2 => event.channel("System"),
            3 => event.user_sid(&[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]),
            _ => event,
        });
    }
    events
        .into_iter()
        .zip(1..)
        .map(|(event, id)| event.record_id(id))
        .collect()
}

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
