//! A week of computers that nothing is wrong with: a domain controller, a member server and a
//! client, with everything such machines log all day, the warnings that are harmless by design
//! included. No article may explain any of it as a problem.
//!
//! The layouts are those of real records; names, addresses, times and numbers are made up.

mod machine;
mod routine;
mod security;

use crate::event::EventSpec;
use crate::rng::Rng;

pub use machine::Kind;
use machine::Machine;

/// 2024-03-11 00:00 UTC, a Monday.
pub const WEEK_START: i64 = 1_710_115_200;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// The log of each computer of a small domain over seven days, in order of time.
#[must_use]
pub fn week(seed: u64) -> Vec<(String, Vec<EventSpec>)> {
    let machines = [
        ("DC01.contoso.example", Kind::DomainController),
        ("FS01.contoso.example", Kind::Server),
        ("APP02.contoso.example", Kind::Server),
        ("PC-0117.contoso.example", Kind::Client),
        ("PC-0242.contoso.example", Kind::Client),
    ];
    let logs = machines
        .into_iter()
        .zip(seed..)
        .map(|((name, kind), seed)| {
            let mut machine = Machine::new(name, kind, Rng::new(seed));
            match kind {
                Kind::Client => client_week(&mut machine),
                _ => server_week(&mut machine),
            }
            (name.to_owned(), machine.log())
        });
    logs.collect()
}

/// What a healthy server logs while nobody starts, stops or changes it: a background for events
/// that matter, `step` seconds from one event to the next.
#[must_use]
pub fn quiet(seed: u64, computer: &str, from: i64, to: i64, step: i64) -> Vec<EventSpec> {
    let mut machine = Machine::new(computer, Kind::Server, Rng::new(seed));
    let mut time = from;
    while time < to {
        match machine.below(6) {
            0 => machine.service_came_and_went(time),
            1 => machine.logon_and_logoff(time),
            2 => machine.policy_applied(time, 0),
            3 => machine.licence_checked(time),
            4 => machine.scanner_reported(time),
            _ => machine.clock_in_step(time),
        }
        time += step.max(1) + machine.below(5);
    }
    machine.log()
}

/// Runs all week; updates and restarts once, on Wednesday night.
fn server_week(machine: &mut Machine) {
    machine.boot(WEEK_START - 2 * DAY);
    for day in 0..7 {
        let midnight = WEEK_START + day * DAY;
        machine.through_the_day(midnight, 0, 24);
        if day == 2 {
            let night = midnight + 23 * HOUR;
            machine.update_installed(night, true);
            machine.restart(night + 1200, "Operating System: Service pack (Planned)");
        }
    }
}

/// Is started in the morning, sleeps over lunch and is shut down in the evening, on workdays.
fn client_week(machine: &mut Machine) {
    for day in 0..5 {
        let morning = WEEK_START + day * DAY + 7 * HOUR + 60 * machine.below(50);
        machine.boot(morning);
        machine.user_came(morning + 90);
        machine.harmless_of_a_client(morning + 120);
        machine.through_the_day(WEEK_START + day * DAY, 8, 12);
        machine.slept(WEEK_START + day * DAY + 12 * HOUR, 2400);
        machine.through_the_day(WEEK_START + day * DAY, 13, 17);
        if day == 1 {
            machine.update_installed(WEEK_START + day * DAY + 15 * HOUR, false);
        }
        machine.printed(WEEK_START + day * DAY + 14 * HOUR);
        machine.user_left(WEEK_START + day * DAY + 17 * HOUR + 1700);
        machine.shut_down(
            WEEK_START + day * DAY + 17 * HOUR + 1800,
            "power off",
            "Other (Planned)",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evtx::EvtxWriter;

    #[test]
    fn a_week_has_thousands_of_records_in_order() {
        let week = week(1);
        assert_eq!(week.len(), 5);
        for (name, events) in &week {
            assert!(events.len() > 400, "{name}: {}", events.len());
            assert!(events.windows(2).all(|pair| pair[0].time <= pair[1].time));
            assert!(events.iter().all(|event| event.computer == *name));
            assert!(!EvtxWriter::new().write(events).is_empty());
        }
        assert_eq!(week, super::week(1), "the same seed gives the same week");
    }

    #[test]
    fn a_quiet_hour_has_no_start() {
        let events = quiet(7, "SRV01", WEEK_START, WEEK_START + HOUR, 20);
        assert!(events.len() > 150);
        assert!(events.iter().all(|event| event.provider != "EventLog"));
    }
}
