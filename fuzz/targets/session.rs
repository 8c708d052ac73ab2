//! Events made of what signatures ask for, in any order and in two sessions: the report of the
//! merged sessions is that of one session over all.
//!
//! The first byte chooses one signature, or all of them: a report over one is made many times as
//! fast, and nearly all events then matter.
#![no_main]

use std::sync::{Arc, OnceLock};

use eventkb::{Event, Session, SignatureSet, Trust, example_events};
use jiff::{SignedDuration, Timestamp};
use libfuzzer_sys::fuzz_target;

struct World {
    signatures: Arc<SignatureSet>,
    /// Events of all examples: what signatures care about.
    events: Vec<Event>,
}

/// Worlds to choose from by one byte: one of all signatures, and as many of a single one.
const WORLDS: usize = 256;

static ALL: OnceLock<Arc<SignatureSet>> = OnceLock::new();
static MADE: [OnceLock<World>; WORLDS] = [const { OnceLock::new() }; WORLDS];

fn all() -> &'static Arc<SignatureSet> {
    ALL.get_or_init(|| Arc::new(SignatureSet::built_in()))
}

fn world(choice: u8) -> &'static World {
    MADE[usize::from(choice)].get_or_init(|| match choice {
        u8::MAX => {
            let events = all().iter().flat_map(|head| events_of(head.id())).collect();
            World { signatures: Arc::clone(all()), events }
        }
        // Every so many signatures, so that all families have some.
        choice => {
            let at = usize::from(choice) * all().len() / WORLDS;
            let head = all().iter().nth(at).expect("there are as many");
            let document = head.document().expect("a built-in signature is sound");
            let mut one = SignatureSet::knowledge_only();
            one.add("fuzz.json", (**document).clone()).expect("a built-in signature is sound");
            World { signatures: Arc::new(one), events: events_of(head.id()) }
        }
    })
}

/// The events of a signature's examples.
fn events_of(id: &str) -> Vec<Event> {
    let examples = all().examples(id);
    let examples = examples.iter().flat_map(|examples| &examples.examples);
    examples.flat_map(|example| example_events(&example.events, all())).collect()
}

/// Six bytes make an event.
fn event(world: &World, bytes: [u8; 6]) -> Event {
    let pick = usize::from(u16::from_le_bytes([bytes[0], bytes[1]])) % world.events.len();
    let mut event = world.events[pick].clone();
    let shift = i64::from(i16::from_le_bytes([bytes[2], bytes[3]]));
    let time = event.time.unwrap_or(Timestamp::UNIX_EPOCH);
    event.time = time.checked_add(SignedDuration::from_secs(shift)).ok();
    event.record_id = (bytes[4] & 1 == 0).then(|| u64::from(bytes[2]));
    event.trust = [Trust::Intact, Trust::Repaired, Trust::ChecksumFailed, Trust::Recovered]
        [usize::from(bytes[4] >> 1 & 3)];
    if bytes[4] & 0x10 != 0 {
        event.computer = Some(format!("HOST{}", bytes[5] & 3));
    }
    if bytes[4] & 0x20 != 0 {
        event.time = None;
    }
    if bytes[4] & 0x40 != 0 {
        event.strings = None;
    }
    if let (true, Some(strings)) = (bytes[4] & 0x80 != 0, &mut event.strings) {
        strings.reverse();
    }
    event.file = format!("{}.evtx", bytes[5] >> 5).into();
    event
}

fuzz_target!(|data: &[u8]| {
    let Some((choice, data)) = data.split_first() else { return };
    let world = world(*choice);
    if world.events.is_empty() {
        return;
    }
    let events: Vec<Event> = data.as_chunks::<6>().0.iter().map(|bytes| event(world, *bytes)).collect();
    let mut whole = Session::new(&world.signatures);
    let mut backwards = Session::new(&world.signatures);
    let mut parts = [Session::new(&world.signatures), Session::new(&world.signatures)];
    for (n, event) in events.iter().enumerate() {
        whole.feed(event);
        parts[usize::from(data[n * 6 + 5] >> 2 & 1)].feed(event);
    }
    for event in events.iter().rev() {
        backwards.feed(event);
    }
    let [mut one, two] = parts;
    one.merge(two);
    let whole = whole.finish();
    assert!(whole == backwards.finish(), "the order of events matters");
    assert!(whole == one.finish(), "the split matters");
    serde_json::to_writer(std::io::sink(), &whole).expect("a report can always be written");
});
