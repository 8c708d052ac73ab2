//! The events of article Q253307 (a Dynamic RAS Connector that fails because two names differ
//! in case), and the background noise of a server, as plain events.
//!
//! Names, times and numbers are made up; the order of the strings is the one the article and
//! its relatives imply. Times are Unix seconds.

use crate::event::EventSpec;
use crate::rng::Rng;

/// The source of all events of the article.
pub const MTA: &str = "MSExchangeMTA";
/// The connector of the default scenario, in the case that events 9311 and 9316 keep.
pub const CONNECTOR: &str =
    "/o=Contoso/ou=Seattle/cn=Configuration/cn=Connections/cn=DRAS to Portland";
/// The server that dials.
pub const CALLER: &str = "SEATTLE";
/// The server that is called.
pub const CALLED: &str = "PORTLAND";
/// A time for scenarios to start at: 2000-02-06 01:20:00 UTC.
pub const START: i64 = 949_800_000;

/// Category numbers of the MTA's events.
pub mod category {
    /// X.400 Service: events 289 and 1294.
    pub const X400_SERVICE: u16 = 1;
    /// Interface: events 9316, 9318 and 9322.
    pub const INTERFACE: u16 = 4;
    /// Field Engineering: event 9311.
    pub const FIELD_ENGINEERING: u16 = 5;
}

/// How many strings a build of the MTA passes with event 9322.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BindBackLayout {
    /// Service packs of 5.5 and later: the fifth string is the remote server's name.
    #[default]
    TenStrings,
    /// Older builds: no communication errors, no server name, no protocol string.
    SixStrings,
}

fn warning(time: i64, computer: &str, id: u16, task: u16) -> EventSpec {
    EventSpec::new(MTA, id)
        .level(3)
        .task(task)
        .qualifiers(0x8000)
        .computer(computer)
        .at(time, 0)
}

/// Event 9311: the gateway `dn` could not be dialled; the article's RAS error is 718.
#[must_use]
pub fn ras_error(time: i64, computer: &str, dn: &str, code: u32) -> EventSpec {
    let code = code.to_string();
    warning(time, computer, 9311, category::FIELD_ENGINEERING)
        .strings([dn, &code, "0", "BASE IL", "PIPE RAS", "35", "230"])
}

/// Event 9316: an RPC communications error; the article's error is 9301.
#[must_use]
pub fn rpc_error(time: i64, computer: &str, code: u32) -> EventSpec {
    let code = code.to_string();
    warning(time, computer, 9316, category::INTERFACE)
        .strings(["7", &code, "BASE IL", "PIPE RAS", "36", "500"])
}

/// Event 9322: binding back to the caller failed; the article's error is 5, access denied.
/// `remote_name` is only in the layout of ten strings.
#[must_use]
pub fn bind_back(
    time: i64,
    computer: &str,
    remote_name: &str,
    code: u32,
    layout: BindBackLayout,
) -> EventSpec {
    let code = code.to_string();
    let event = warning(time, computer, 9322, category::INTERFACE);
    let protocol = "ncacn_ip_tcp:172.16.0.2[3208]";
    match layout {
        BindBackLayout::TenStrings => {
            let front = ["68", &code, &code, "0", remote_name, protocol];
            let bracket = ["BASE IL", "INCOMING RPC", "39", "507"];
            event.strings(front.into_iter().chain(bracket))
        }
        BindBackLayout::SixStrings => {
            event.strings(["68", &code, "BASE IL", "INCOMING RPC", "39", "507"])
        }
    }
}

/// Event 9318: binding to another server failed. Not of this article: a rival's event.
#[must_use]
pub fn bind_failed(time: i64, computer: &str, remote_name: &str, code: u32) -> EventSpec {
    let code = code.to_string();
    let front = ["70", &code, &code, "0", remote_name];
    let bracket = ["BASE IL", "MAIN BASE", "1", "500"];
    warning(time, computer, 9318, category::INTERFACE).strings(front.into_iter().chain(bracket))
}

/// Event 289: a connection to `dn` could not be opened.
#[must_use]
pub fn connection_not_opened(time: i64, computer: &str, dn: &str) -> EventSpec {
    warning(time, computer, 289, category::X400_SERVICE).strings([dn, "MTA", "XFER-IN", "17", "26"])
}

/// Event 1294: an association with `dn` ended abnormally.
#[must_use]
pub fn association_ended(time: i64, computer: &str, dn: &str) -> EventSpec {
    let numbers = ["198", "1", "0", "1"];
    let bracket = ["PLATFORM", "KERNEL", "20", "130"];
    warning(time, computer, 1294, category::X400_SERVICE)
        .strings([dn].into_iter().chain(numbers).chain(bracket))
}

/// One attempt of the connector to get through, with all five events of the article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When the caller dials (Unix seconds).
    pub time: i64,
    /// The dialling server: it logs 9311, 9316, 1294 and 289.
    pub caller: String,
    /// The server that logs 9322.
    pub called: String,
    /// The connector's name; 1294 and 289 carry it in upper case.
    pub connector: String,
    /// The remote server's name in 9322.
    pub remote_name: String,
    /// How many strings 9322 has.
    pub bind_back: BindBackLayout,
    /// By how many seconds the called server's clock is ahead.
    pub clock_skew: i64,
}

impl Attempt {
    /// An attempt as the article has it: five events on one computer.
    #[must_use]
    pub fn on_one_computer(time: i64) -> Self {
        Self {
            time,
            caller: CALLER.to_owned(),
            called: CALLER.to_owned(),
            connector: CONNECTOR.to_owned(),
            remote_name: CALLED.to_owned(),
            bind_back: BindBackLayout::TenStrings,
            clock_skew: 0,
        }
    }

    /// An attempt between two servers, both in the dump; 9322 names the caller `remote_name`.
    #[must_use]
    pub fn between_two(time: i64, remote_name: &str) -> Self {
        Self {
            called: CALLED.to_owned(),
            remote_name: remote_name.to_owned(),
            ..Self::on_one_computer(time)
        }
    }

    /// The caller's four events, oldest first.
    #[must_use]
    pub fn caller_events(&self) -> Vec<EventSpec> {
        let (at, who) = (self.time, self.caller.as_str());
        let upper = self.connector.to_uppercase();
        vec![
            ras_error(at, who, &self.connector, 718),
            rpc_error(at + 1, who, 9301),
            association_ended(at + 3, who, &upper),
            connection_not_opened(at + 4, who, &upper),
        ]
    }

    /// The called server's event.
    #[must_use]
    pub fn called_event(&self) -> EventSpec {
        let at = self.time + 10 + self.clock_skew;
        bind_back(at, &self.called, &self.remote_name, 5, self.bind_back)
    }

    /// All five events; the called server's comes last.
    #[must_use]
    pub fn events(&self) -> Vec<EventSpec> {
        let mut events = self.caller_events();
        events.push(self.called_event());
        events
    }
}

/// A kind of background event: source, id, level, category, qualifiers, channel, strings.
type Kind = (
    &'static str,
    u16,
    u8,
    u16,
    u16,
    &'static str,
    &'static [&'static str],
);

/// What a server logs all day. `#` in a string becomes a number.
const KINDS: &[Kind] = &[
    ("EventLog", 6005, 4, 0, 0x8000, "System", &[]),
    ("EventLog", 6006, 4, 0, 0x8000, "System", &[]),
    (
        "EventLog",
        6009,
        4,
        0,
        0x8000,
        "System",
        &["4.0", "1381", "Service Pack 6", "Uniprocessor Free"],
    ),
    (
        "Service Control Manager",
        7036,
        4,
        0,
        0x4000,
        "System",
        &["Print Spooler", "running"],
    ),
    (
        "Service Control Manager",
        7031,
        2,
        0,
        0xc000,
        "System",
        &["Contoso Agent", "#", "60000", "1", "Restart the service"],
    ),
    (
        "MSExchangeIS Private",
        1221,
        4,
        6,
        0x4004,
        "Application",
        &["#", "Mailbox Store (SEATTLE)"],
    ),
    (
        "MSExchangeIS Public",
        3079,
        2,
        12,
        0xc004,
        "Application",
        &["0x8004010f"],
    ),
    (
        "Perflib",
        1008,
        2,
        0,
        0xc000,
        "Application",
        &["OpenExchange", "ExchangeIS", "exctrs.dll"],
    ),
    (
        "Perflib",
        2003,
        3,
        0,
        0x8000,
        "Application",
        &["winspool.drv", "Spooler"],
    ),
    (
        "ESENT",
        100,
        4,
        1,
        0,
        "Application",
        &["svchost", "#", "", "5", "02", "3790", "3959"],
    ),
    (
        "ESE BACKUP",
        901,
        4,
        1,
        0,
        "Application",
        &["Information Store (#)", ""],
    ),
    (
        "W32Time",
        64,
        3,
        0,
        0x8000,
        "System",
        &["time.contoso.example", "#"],
    ),
    (
        "Srv",
        2013,
        3,
        0,
        0x8000,
        "System",
        &["\\Device\\LanmanServer", "C:"],
    ),
    (
        "BROWSER",
        8033,
        4,
        0,
        0x4000,
        "System",
        &["\\Device\\NetBT_Tcpip"],
    ),
    (
        "Dhcp",
        1003,
        3,
        0,
        0,
        "System",
        &["00A0C9#", "The semaphore timeout period has expired."],
    ),
    (
        "MSExchangeSA",
        9097,
        2,
        1,
        0xc000,
        "Application",
        &["# of 12 directories"],
    ),
];

/// An endless, seeded stream of background events, none of them of the article's source.
#[derive(Debug, Clone)]
pub struct Noise {
    rng: Rng,
    /// When the next event happens, in milliseconds since 1970.
    time: i64,
    step: i64,
    computers: Vec<String>,
    providers: usize,
}

impl Noise {
    /// Noise of [`CALLER`] from [`START`], an event every 17 seconds on average.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            rng: Rng::new(seed),
            time: 1000 * START,
            step: 17,
            computers: vec![CALLER.to_owned()],
            providers: KINDS.len(),
        }
    }

    /// The time of the first event (Unix seconds).
    #[must_use]
    pub fn start(mut self, time: i64) -> Self {
        self.time = 1000 * time;
        self
    }

    /// The mean distance of events in seconds.
    #[must_use]
    pub fn step(mut self, seconds: i64) -> Self {
        self.step = seconds.max(1);
        self
    }

    /// The computers that log. Without one, the setting is left as it was.
    #[must_use]
    pub fn computers<S: AsRef<str>>(mut self, computers: impl IntoIterator<Item = S>) -> Self {
        let names: Vec<String> = computers
            .into_iter()
            .map(|name| name.as_ref().to_owned())
            .collect();
        if !names.is_empty() {
            self.computers = names;
        }
        self
    }

    /// How many different kinds of sources to draw from; beyond the known ones they are called
    /// `Contoso Service 17` and so on.
    #[must_use]
    pub fn providers(mut self, count: usize) -> Self {
        self.providers = count.max(1);
        self
    }

    fn event(&mut self) -> EventSpec {
        let which = self.rng.below(self.providers);
        let number = self.rng.below(5000).to_string();
        let computer = self.rng.pick(&self.computers).cloned().unwrap_or_default();
        let event = match KINDS.get(which) {
            Some(&(provider, id, level, task, qualifiers, channel, strings)) => {
                EventSpec::new(provider, id)
                    .level(level)
                    .task(task)
                    .qualifiers(qualifiers)
                    .channel(channel)
                    .strings(strings.iter().map(|text| text.replace('#', &number)))
            }
            None => {
                let id = u16::try_from(1000 + self.rng.below(40)).unwrap_or_default();
                let level = [4, 4, 4, 3, 2][self.rng.below(5)];
                EventSpec::new(&format!("Contoso Service {which:02}"), id)
                    .level(level)
                    .strings(["worker", &number, "The operation took longer than usual."])
            }
        };
        let millis = u32::try_from(self.time.rem_euclid(1000)).unwrap_or_default();
        let seconds = self.time.div_euclid(1000);
        event.computer(&computer).at(seconds, 1_000_000 * millis)
    }
}

impl Iterator for Noise {
    type Item = EventSpec;

    fn next(&mut self) -> Option<EventSpec> {
        let event = self.event();
        let twice = usize::try_from(2000 * self.step).unwrap_or(1);
        self.time += i64::try_from(self.rng.below(twice + 1)).unwrap_or_default();
        Some(event)
    }
}

/// Mixes events into noise and sorts all by time, keeping the order of equal times.
#[must_use]
pub fn mixed(events: Vec<EventSpec>, noise: impl IntoIterator<Item = EventSpec>) -> Vec<EventSpec> {
    let mut all = events;
    all.extend(noise);
    all.sort_by_key(|event| event.time);
    all
}

/// Forty events of a host's Application log that say nothing of the article, at whole seconds: .evt
/// and tables know no others.
#[must_use]
pub fn background(seed: u64, host: &str) -> Vec<EventSpec> {
    let noise = Noise::new(seed)
        .start(START - 900)
        .step(90)
        .computers([host]);
    let application = noise.filter(|event| event.channel == "Application");
    application
        .take(40)
        .map(|event| {
            let second = event.time.unix_seconds();
            event.at(second, 0)
        })
        .collect()
}

/// Three calls between two servers: what the caller writes, and what the called one does.
#[must_use]
pub fn three_calls() -> (Vec<EventSpec>, Vec<EventSpec>) {
    let calls = (0..3).map(|n| Attempt::between_two(START + 600 * n, "Seattle"));
    let calls: Vec<Attempt> = calls.collect();
    (
        calls.iter().flat_map(Attempt::caller_events).collect(),
        calls.iter().map(Attempt::called_event).collect(),
    )
}

/// Events that differ in one small thing, many times over.
#[must_use]
pub fn storm(seed: u64) -> Vec<EventSpec> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_has_the_five_events_of_the_article() {
        let ids: Vec<u16> = Attempt::on_one_computer(START)
            .events()
            .iter()
            .map(|event| event.event_id)
            .collect();
        assert_eq!(ids, [9311, 9316, 1294, 289, 9322]);
        let two = Attempt::between_two(START, "Seattle");
        assert_eq!(two.called_event().computer, CALLED);
        assert_eq!(two.called_event().strings[4], "Seattle");
    }

    #[test]
    fn both_layouts_of_9322_keep_the_code_in_place_two() {
        for (layout, count) in [
            (BindBackLayout::TenStrings, 10),
            (BindBackLayout::SixStrings, 6),
        ] {
            let event = bind_back(START, CALLED, CALLER, 5, layout);
            assert_eq!(event.strings.len(), count);
            assert_eq!(event.strings[1], "5");
        }
    }

    #[test]
    fn noise_is_seeded_ordered_and_never_of_the_article() {
        let one: Vec<EventSpec> = Noise::new(3).providers(30).take(500).collect();
        let two: Vec<EventSpec> = Noise::new(3).providers(30).take(500).collect();
        assert_eq!(one, two);
        assert!(one.windows(2).all(|pair| pair[0].time <= pair[1].time));
        assert!(one.iter().all(|event| event.provider != MTA));
        let names: std::collections::HashSet<&str> =
            one.iter().map(|event| event.provider.as_str()).collect();
        assert!(names.len() > 20);
    }
}
