//! Collections that would cost more than their size where every event is held against every other:
//! very many objects, retries for months, storms, events without an object.

use crate::event::EventSpec;
use crate::rng::Rng;
use crate::scenario::{
    BindBackLayout, START, association_ended, bind_back, connection_not_opened, ras_error,
    rpc_error,
};

/// A kind of crowd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crowd {
    /// Each event names an object of its own; on two computers, within so many seconds.
    Objects(i64),
    /// One object, tried again every hour.
    Retries,
    /// One object, several events in each second.
    Storm,
    /// Events that name no object, among those of many objects.
    Keyless,
    /// Each event names another computer that nobody knows.
    Names,
}

impl Crowd {
    /// All kinds.
    pub const ALL: [Crowd; 6] = [
        Crowd::Objects(600),
        Crowd::Objects(1_728_000),
        Crowd::Retries,
        Crowd::Storm,
        Crowd::Keyless,
        Crowd::Names,
    ];

    /// So many events of it. The same seed makes the same ones.
    #[must_use]
    pub fn events(self, count: usize, seed: u64) -> Vec<EventSpec> {
        let mut rng = Rng::new(seed ^ 0xc20d);
        let one = "/o=C/ou=x/cn=one";
        let all = (0..count).map(|n| {
            let step = i64::try_from(n).unwrap_or(i64::MAX);
            let who = ["S0", "S1"][rng.below(2)];
            match self {
                Crowd::Objects(within) => {
                    let span = usize::try_from(within).unwrap_or(1).max(1);
                    let at = START + i64::try_from(rng.below(span)).unwrap_or(0);
                    let dn = format!("/o=C/ou={}/cn={n}", rng.below(9));
                    match rng.below(12) {
                        0 => rpc_error(at, who, 9301),
                        1 => bind_back(at, who, "S0", 5, BindBackLayout::TenStrings),
                        kind => of_object(kind, at, who, &dn),
                    }
                }
                Crowd::Retries => {
                    let at = START + step / 5 * 3600 + step % 5;
                    match n % 5 {
                        3 => rpc_error(at, "S0", 9301),
                        4 => bind_back(at, "S0", "S1", 5, BindBackLayout::TenStrings),
                        kind => of_object(kind, at, "S0", one),
                    }
                }
                Crowd::Storm => {
                    let at = START + step / 7;
                    match rng.below(5) {
                        3 => rpc_error(at, who, 9301),
                        4 => bind_back(at, who, "S1", 5, BindBackLayout::TenStrings),
                        kind => of_object(kind, at, who, one),
                    }
                }
                Crowd::Keyless => {
                    let at = START + i64::try_from(rng.below(900)).unwrap_or(0);
                    match rng.below(4) {
                        0 => of_object(n, at, who, &format!("/o=C/cn={n}")),
                        1 => bind_back(at, who, "S9", 5, BindBackLayout::TenStrings),
                        _ => rpc_error(at, who, 9301),
                    }
                }
                Crowd::Names => {
                    let at = START + i64::try_from(rng.below(900)).unwrap_or(0);
                    match rng.below(3) {
                        0 => of_object(n, at, who, &format!("/o=C/cn={n}")),
                        _ => bind_back(at, who, &format!("X{n}"), 5, BindBackLayout::TenStrings),
                    }
                }
            }
        });
        let numbered = all.zip(1..);
        numbered.map(|(event, id)| event.record_id(id)).collect()
    }
}

fn of_object(kind: usize, at: i64, who: &str, dn: &str) -> EventSpec {
    match kind % 3 {
        0 => ras_error(at, who, dn, 718),
        1 => association_ended(at, who, &dn.to_uppercase()),
        _ => connection_not_opened(at, who, &dn.to_uppercase()),
    }
}
