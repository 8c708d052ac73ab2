//! One computer: the log it fills, its starts and stops.

use super::DAY;
use crate::event::{EventSpec, FileTime};
use crate::rng::Rng;

/// What a computer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Windows Server 2022 as a domain controller with DNS.
    DomainController,
    /// Windows Server 2022, member of the domain.
    Server,
    /// Windows 11, member of the domain.
    Client,
}

/// Bytes of the SID S-1-5-18, the local system.
pub(super) const SYSTEM_SID: &[u8] = &[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
/// Keywords of manifest events without any of their own.
const MANIFEST: u64 = 0x8000_0000_0000_0000;

/// A computer and its log, which is put in order at the end.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) name: String,
    pub(super) kind: Kind,
    started: i64,
    rng: Rng,
    events: Vec<EventSpec>,
}

impl Machine {
    pub(super) fn new(name: &str, kind: Kind, rng: Rng) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            started: 0,
            rng,
            events: Vec::new(),
        }
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: i64) -> i64 {
        let end = usize::try_from(end).unwrap_or(1);
        i64::try_from(self.rng.below(end)).unwrap_or_default()
    }

    /// The log in order of time.
    pub(super) fn log(mut self) -> Vec<EventSpec> {
        self.events.sort_by_key(|event| event.time);
        self.events
    }

    /// The name without its domain, as accounts carry it.
    pub(super) fn short(&self) -> String {
        self.name.split('.').next().unwrap_or_default().to_owned()
    }

    /// Build of its Windows.
    pub(super) fn build(&self) -> &'static str {
        match self.kind {
            Kind::Client => "22631",
            _ => "20348",
        }
    }

    pub(super) fn add(&mut self, event: EventSpec, time: i64) {
        let nanos = 100 * u32::try_from(self.below(9_000_000)).unwrap_or_default();
        self.events
            .push(event.computer(&self.name.clone()).at(time, nanos));
    }

    /// An event of the classic interface.
    pub(super) fn classic(
        &mut self,
        time: i64,
        (channel, provider, id): (&str, &str, u16),
        strings: &[&str],
    ) {
        let event = EventSpec::new(provider, id)
            .channel(channel)
            .strings(strings);
        self.add(event, time);
    }

    /// An event with a manifest: its values have names.
    pub(super) fn named(
        &mut self,
        time: i64,
        (channel, provider, id): (&str, &str, u16),
        values: &[(&str, &str)],
    ) {
        let event = EventSpec::new(provider, id)
            .keywords(MANIFEST)
            .channel(channel)
            .user_sid(SYSTEM_SID)
            .named(values.iter().copied());
        self.add(event, time);
    }

    /// A warning with a manifest.
    pub(super) fn warning(
        &mut self,
        time: i64,
        (channel, provider, id): (&str, &str, u16),
        values: &[(&str, &str)],
    ) {
        let event = EventSpec::new(provider, id)
            .level(3)
            .keywords(MANIFEST)
            .channel(channel)
            .user_sid(SYSTEM_SID)
            .named(values.iter().copied());
        self.add(event, time);
    }

    /// An event whose values are elements below `UserData`.
    pub(super) fn in_user_data(
        &mut self,
        time: i64,
        (channel, provider, id): (&str, &str, u16),
        element: &str,
        values: &[(&str, &str)],
    ) {
        let event = EventSpec::new(provider, id)
            .keywords(MANIFEST)
            .channel(channel)
            .user_sid(SYSTEM_SID)
            .user_data(element)
            .named(values.iter().copied());
        self.add(event, time);
    }

    /// An audit.
    pub(super) fn audit(&mut self, time: i64, id: u16, values: &[(&str, &str)]) {
        let event = EventSpec::new("Microsoft-Windows-Security-Auditing", id)
            .level(0)
            .keywords(crate::event::AUDIT_SUCCESS_KEYWORD | MANIFEST)
            .channel("Security")
            .named(values.iter().copied());
        self.add(event, time);
    }

    /// A start, down to the first settings that were applied. Takes half a minute.
    pub(super) fn boot(&mut self, time: i64) {
        self.started = time;
        self.kernel_started(time);
        self.volumes_mounted(time + 2);
        for number in ["0", "1", "2", "3"] {
            self.processor(time + 3, number);
        }
        self.event_log_started(time + 5);
        self.services_started(time + 6);
        self.audit(time + 5, 4608, &[]);
        self.network_is_up(time + 8);
        if self.kind == Kind::DomainController {
            self.directory_started(time + 12);
        }
        self.clock_in_step(time + 20);
        self.policy_applied(time + 25, 3);
        self.harmless_of_a_start(time + 28);
    }

    fn kernel_started(&mut self, time: i64) {
        let clock = FileTime::from_unix(time, 500_000_000).to_rfc3339();
        let version = [
            ("MajorVersion", "10"),
            ("MinorVersion", "0"),
            ("BuildVersion", self.build()),
            ("QfeVersion", "2340"),
            ("ServiceVersion", "0"),
            ("BootMode", "0"),
            ("StartTime", clock.as_str()),
        ];
        let general = "Microsoft-Windows-Kernel-General";
        self.named(time, ("System", general, 12), &version);
        let boot = "Microsoft-Windows-Kernel-Boot";
        let loader: [(u16, &[(&str, &str)]); 6] = [
            (153, &[("EnableDisableReason", "0"), ("VsmPolicy", "0")]),
            (18, &[("EntryCount", "1")]),
            (
                20,
                &[("LastShutdownGood", "true"), ("LastBootGood", "true")],
            ),
            (25, &[("MenuPolicy", "1")]),
            (
                27,
                &[("BootType", "0"), ("LoadOptions", " NOEXECUTE=OPTIN")],
            ),
            (32, &[("Milliseconds", "0")]),
        ];
        for (id, values) in loader {
            self.named(time, ("System", boot, id), values);
        }
    }

    fn volumes_mounted(&mut self, time: i64) {
        let manager = ("System", "Microsoft-Windows-FilterManager", 6);
        for filter in [
            "FileInfo",
            "Wof",
            "WdFilter",
            "bindflt",
            "storqosflt",
            "wcifs",
            "luafv",
        ] {
            let length = filter.len().to_string();
            let values = [
                ("FinalStatus", "0x0"),
                ("DeviceVersionMajor", "10"),
                ("DeviceVersionMinor", "0"),
                ("DeviceNameLength", length.as_str()),
                ("DeviceName", filter),
                ("DeviceTime", "2023-05-05T10:12:00.0000000Z"),
            ];
            self.named(time, manager, &values);
        }
        for (drive, number) in [("C:", "3"), ("?", "1")] {
            let device = format!("\\Device\\HarddiskVolume{number}");
            let values = [
                ("DriveName", drive),
                ("DeviceName", device.as_str()),
                ("CorruptionActionState", "0"),
            ];
            self.named(time, ("System", "Microsoft-Windows-Ntfs", 98), &values);
        }
    }

    fn processor(&mut self, time: i64, number: &str) {
        self.named(
            time,
            ("System", "Microsoft-Windows-Kernel-Processor-Power", 55),
            &[
                ("Group", "0"),
                ("Number", number),
                ("IdleStateCount", "0"),
                ("IdleImplementation", "0"),
                ("NominalFrequency", "2445"),
                ("MaximumPerformancePercent", "100"),
                ("MinimumPerformancePercent", "100"),
                ("MinimumThrottlePercent", "100"),
                ("PerformanceImplementation", "0"),
            ],
        );
    }

    fn event_log_started(&mut self, time: i64) {
        let version = ["10.00.", self.build(), "", "Multiprocessor Free", "0"];
        self.classic(time, ("System", "EventLog", 6009), &version);
        self.classic(time, ("System", "EventLog", 6005), &[]);
        self.uptime(time);
    }

    /// The daily count of seconds since the start.
    pub(super) fn uptime(&mut self, time: i64) {
        let seconds = (time - self.started).clamp(0, 90 * DAY).to_string();
        let strings = [
            "",
            "",
            "",
            "",
            seconds.as_str(),
            "60",
            "0 Coordinated Universal Time",
        ];
        self.classic(time, ("System", "EventLog", 6013), &strings);
    }

    /// A stop in order, as a person or an installer asks for it.
    pub(super) fn shut_down(&mut self, time: i64, how: &str, why: &str) {
        let computer = self.short();
        let user = match self.kind {
            Kind::Client => "CONTOSO\\k.meyer",
            _ => "NT AUTHORITY\\SYSTEM",
        };
        let process = format!("C:\\Windows\\System32\\shutdown.exe ({computer})");
        let values = [
            ("param1", process.as_str()),
            ("param2", &computer),
            ("param3", why),
            ("param4", "0x80020010"),
            ("param5", how),
            ("param6", ""),
            ("param7", user),
        ];
        self.named(time, ("System", "User32", 1074), &values);
        for service in [
            "Windows Update",
            "Print Spooler",
            "DHCP Client",
            "Group Policy Client",
        ] {
            self.service(time + 8, service, "stopped");
        }
        self.classic(time + 12, ("System", "EventLog", 6006), &[]);
        self.in_user_data(
            time + 12,
            ("Security", "Microsoft-Windows-Eventlog", 1100),
            "ServiceShutdown",
            &[],
        );
        let action = [
            (
                "ShutdownActionType",
                if how == "restart" { "5" } else { "6" },
            ),
            ("ShutdownEventCode", "0"),
            ("ShutdownReason", "5"),
        ];
        self.named(
            time + 14,
            ("System", "Microsoft-Windows-Kernel-Power", 109),
            &action,
        );
        let clock = FileTime::from_unix(time + 15, 0).to_rfc3339();
        let general = "Microsoft-Windows-Kernel-General";
        self.named(time + 15, ("System", general, 13), &[("StopTime", &clock)]);
    }

    /// A stop and the start that follows.
    pub(super) fn restart(&mut self, time: i64, why: &str) {
        self.shut_down(time, "restart", why);
        self.boot(time + 70);
    }

    /// Sleep and waking up.
    pub(super) fn slept(&mut self, time: i64, seconds: i64) {
        let power = "Microsoft-Windows-Kernel-Power";
        let down = [
            ("TargetState", "4"),
            ("EffectiveState", "4"),
            ("Reason", "4"),
            ("Flags", "0"),
            ("TransitionsToOn", "1"),
        ];
        self.named(time, ("System", power, 42), &down);
        let woke = time + seconds;
        let up = [
            ("TargetState", "4"),
            ("EffectiveState", "4"),
            ("WakeFromState", "4"),
            ("ProgrammedWakeTimeAc", "1601-01-01T00:00:00.0000000Z"),
            ("ProgrammedWakeTimeDc", "1601-01-01T00:00:00.0000000Z"),
            ("WakeRequesterTypeAc", "0"),
            ("WakeRequesterTypeDc", "0"),
        ];
        self.named(woke, ("System", power, 107), &up);
        let (old, new) = (FileTime::from_unix(time, 0), FileTime::from_unix(woke, 0));
        let clock = [
            ("NewTime", new.to_rfc3339()),
            ("OldTime", old.to_rfc3339()),
            ("Reason", "2".to_owned()),
            ("ProcessName", String::new()),
            ("ProcessID", "4".to_owned()),
        ];
        let clock: Vec<(&str, &str)> = clock.iter().map(|(k, v)| (*k, v.as_str())).collect();
        self.named(
            woke,
            ("System", "Microsoft-Windows-Kernel-General", 1),
            &clock,
        );
        let slept = [
            ("SleepTime", old.to_rfc3339()),
            ("WakeTime", new.to_rfc3339()),
            ("SleepDuration", "1203".to_owned()),
            ("WakeDuration", "684".to_owned()),
            ("WakeSourceType", "1".to_owned()),
            ("WakeSourceTextLength", "0".to_owned()),
            ("WakeSourceText", String::new()),
        ];
        let slept: Vec<(&str, &str)> = slept.iter().map(|(k, v)| (*k, v.as_str())).collect();
        self.named(
            woke + 1,
            ("System", "Microsoft-Windows-Power-Troubleshooter", 1),
            &slept,
        );
    }
}
