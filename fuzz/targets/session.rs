//! Events made of what signatures ask for, in any order and in two sessions: the report of the
//! merged sessions is that of one session over all.
//!
//! The first byte chooses one signature, or all of them: a report over one is made many times as
//! fast, and nearly all events then matter.
#![no_main]

use std::sync::OnceLock;

use eventkb::event::{Event, Trust};
use eventkb::{Session, SignatureSet, example_events};
use jiff::{SignedDuration, Timestamp};
use libfuzzer_sys::fuzz_target;

struct World {
    signatures: SignatureSet,
    /// Events of all examples: what signatures care about.
    events: Vec<Event>,
}

impl World {
    fn of(signatures: SignatureSet) -> World {
        let events = signatures.iter().flat_map(|s| &s.examples).flat_map(example_events).collect();
        World { signatures, events }
    }
}

static WORLDS: OnceLock<Vec<World>> = OnceLock::new();

fn world(choice: u8) -> &'static World {
    let worlds = WORLDS.get_or_init(|| {
        let all = SignatureSet::built_in();
        let alone = all.iter().map(|signature| {
            let mut one = SignatureSet::empty();
            one.add("fuzz.json", signature.clone()).expect("a built-in signature");
            World::of(one)
        });
        let mut worlds: Vec<World> = alone.filter(|world| !world.events.is_empty()).collect();
        worlds.push(World::of(all));
        worlds
    });
    &worlds[usize::from(choice) % worlds.len()]
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
