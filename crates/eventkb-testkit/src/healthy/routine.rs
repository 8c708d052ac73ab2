//! What goes on all day: services, policy, time, updates, licences, scanners, backups, printing.

use super::machine::{Kind, Machine};
use super::{DAY, HOUR};
use crate::event::EventSpec;

const SERVICES: [&str; 8] = [
    "WinHTTP Web Proxy Auto-Discovery Service",
    "Windows Modules Installer",
    "Software Protection",
    "Network Setup Service",
    "Device Setup Manager",
    "Microsoft Software Shadow Copy Provider",
    "Volume Shadow Copy",
    "Background Intelligent Transfer Service",
];

impl Machine {
    /// The hours of a day from one to another.
    pub(super) fn through_the_day(&mut self, midnight: i64, from: i64, to: i64) {
        for hour in from..to {
            let time = midnight + hour * HOUR + 60 * self.below(55);
            self.service_came_and_went(time);
            self.service_came_and_went(time + 700);
            self.logon_and_logoff(time + 120);
            self.logon_and_logoff(time + 1400);
            if hour % 2 == 0 {
                self.policy_applied(time + 200, 0);
                self.user_policy_applied(time + 210);
            }
            match hour {
                9 => self.clock_in_step(time + 30),
                10 => self.scanner_reported(time + 40),
                11 => self.licence_checked(time + 50),
                14 => self.program_installed(time + 60),
                15 => self.install_of_a_service(time + 70),
                _ => {}
            }
            if self.kind == Kind::DomainController {
                self.tickets_given(time + 300);
            }
        }
        if from == 0 {
            self.uptime(midnight + 12 * HOUR);
            self.backed_up(midnight + 2 * HOUR);
            if self.kind == Kind::DomainController {
                self.directory_cleaned(midnight + DAY / 2);
            } else {
                self.files_replicated(midnight + DAY / 2);
            }
        }
        self.harmless_now_and_then(midnight + from * HOUR + 1000);
    }

    pub(super) fn service(&mut self, time: i64, name: &str, state: &str) {
        let values = [("param1", name), ("param2", state)];
        self.named(time, ("System", "Service Control Manager", 7036), &values);
    }

    /// A service that runs when it is needed.
    pub(super) fn service_came_and_went(&mut self, time: i64) {
        let at = usize::try_from(self.below(SERVICES.len() as i64)).unwrap_or_default();
        let name = SERVICES.get(at).copied().unwrap_or_default();
        self.service(time, name, "running");
        let stopped = time + 120 + self.below(600);
        self.service(stopped, name, "stopped");
    }

    pub(super) fn services_started(&mut self, time: i64) {
        let names = [
            "DHCP Client",
            "Windows Event Log",
            "DNS Client",
            "Workstation",
            "Netlogon",
        ];
        for (n, name) in (0..).zip(names) {
            self.service(time + n, name, "running");
        }
        self.named(
            time,
            (
                "Application",
                "Microsoft-Windows-User Profiles Service",
                1531,
            ),
            &[],
        );
        if self.kind == Kind::Client {
            self.classic(time + 9, ("Application", "SecurityCenter", 1), &[]);
        }
    }

    /// A program brings its service, and an administrator changes how one starts.
    pub(super) fn install_of_a_service(&mut self, time: i64) {
        let values = [
            ("ServiceName", "Contoso Agent"),
            (
                "ImagePath",
                "\"C:\\Program Files\\Contoso\\agent.exe\" /service",
            ),
            ("ServiceType", "user mode service"),
            ("StartType", "auto start"),
            ("AccountName", "LocalSystem"),
        ];
        self.named(time, ("System", "Service Control Manager", 7045), &values);
        let values = [
            ("param1", "Background Intelligent Transfer Service"),
            ("param2", "demand start"),
            ("param3", "auto start"),
            ("param4", "BITS"),
        ];
        self.named(
            time + 30,
            ("System", "Service Control Manager", 7040),
            &values,
        );
    }

    pub(super) fn network_is_up(&mut self, time: i64) {
        self.named(
            time,
            ("System", "Microsoft-Windows-Dhcp-Client", 50036),
            &[],
        );
        self.named(
            time,
            ("System", "Microsoft-Windows-DHCPv6-Client", 51046),
            &[],
        );
        let values = [("State", "1"), ("Reason", "6")];
        self.named(
            time + 1,
            ("System", "Microsoft-Windows-Kernel-Power", 172),
            &values,
        );
    }

    /// Settings of the computer were processed; `changed` objects are new.
    pub(super) fn policy_applied(&mut self, time: i64, changed: u32) {
        self.policy(time, if changed == 0 { 1500 } else { 1502 }, changed);
    }

    pub(super) fn user_policy_applied(&mut self, time: i64) {
        self.policy(time, 1501, 0);
    }

    fn policy(&mut self, time: i64, id: u16, changed: u32) {
        let took = (400 + self.below(1500)).to_string();
        let changed = changed.to_string();
        let mut values = vec![
            ("SupportInfo1", "1"),
            ("SupportInfo2", "3910"),
            ("ProcessingMode", "0"),
            ("ProcessingTimeInMilliseconds", took.as_str()),
            ("DCName", "\\\\DC01.contoso.example"),
        ];
        if id > 1501 {
            values.push(("NumberOfGroupPolicyObjects", &changed));
        }
        self.named(
            time,
            ("System", "Microsoft-Windows-GroupPolicy", id),
            &values,
        );
    }

    pub(super) fn clock_in_step(&mut self, time: i64) {
        let source = match self.kind {
            Kind::DomainController => {
                "time.contoso.example,0x8 (ntp.m|0x8|0.0.0.0:123->192.0.2.9:123)"
            }
            _ => "DC01.contoso.example (ntp.d|0x0|0.0.0.0:123->192.0.2.10:123)",
        };
        let service = "Microsoft-Windows-Time-Service";
        self.named(time, ("System", service, 37), &[("TimeSource", source)]);
        let values = [
            ("TimeSource", source),
            ("TimeSourceRefId", "167772682"),
            ("CurrentStratumNumber", "4"),
        ];
        self.named(time + 3, ("System", service, 35), &values);
        if self.kind == Kind::DomainController {
            self.named(time + 4, ("System", service, 139), &[]);
            self.named(time + 4, ("System", service, 143), &[]);
        }
    }

    /// An update is found, fetched and installed; that of a server stands in the Setup log too.
    pub(super) fn update_installed(&mut self, time: i64, with_packages: bool) {
        let title = match self.kind {
            Kind::Client => "2024-03 Cumulative Update for Windows 11 Version 23H2 (KB5035853)",
            _ => "2024-03 Cumulative Update for Windows Server 2022 (KB5035857)",
        };
        let values = [
            ("updateTitle", title),
            ("updateGuid", "{6b1f3b0e-2c7a-4a39-9f59-0c7f9a1d2e44}"),
            ("updateRevisionNumber", "1"),
            ("serviceGuid", "{9482f4b4-e343-43b6-b170-9a65bc822c77}"),
        ];
        let client = "Microsoft-Windows-WindowsUpdateClient";
        self.named(time, ("System", client, 44), &values[..3]);
        self.named(time + 300, ("System", client, 43), &values[..3]);
        if with_packages {
            for (n, id) in (0..).zip([1, 2]) {
                let values = [
                    ("PackageIdentifier", "KB5035857"),
                    ("IntendedPackageState", "5112"),
                    ("IntendedPackageStateTextized", "Installed"),
                    ("ErrorCode", "0x0"),
                    ("Client", "UpdateAgentLCU"),
                ];
                self.named(
                    time + 310 + n,
                    ("Setup", "Microsoft-Windows-Servicing", id),
                    &values,
                );
            }
        }
        self.named(time + 900, ("System", client, 19), &values);
    }

    /// The licence service runs for half a minute, every day.
    pub(super) fn licence_checked(&mut self, time: i64) {
        let provider = "Microsoft-Windows-Security-SPP";
        self.classic(time, ("Application", provider, 900), &[]);
        self.classic(
            time + 1,
            ("Application", provider, 902),
            &["10.0.20348.2340"],
        );
        let application = "55c92734-d682-4d71-983e-d6ec3f16059f";
        let list = "\n1: 1b2b0b9a-3fb6-4a8b-9e5f-0a6c5b6c0d7e, 1, 1 [(0 [0x00000000, 1, 0])]\n";
        self.classic(
            time + 2,
            ("Application", provider, 1003),
            &[application, list],
        );
        self.classic(time + 30, ("Application", provider, 16394), &[]);
        let until = ["2024-04-09T11:02:31Z", "RulesEngine"];
        self.classic(time + 31, ("Application", provider, 16384), &until);
        self.classic(time + 32, ("Application", provider, 903), &[]);
    }

    pub(super) fn scanner_reported(&mut self, time: i64) {
        let provider = "Microsoft-Windows-Windows Defender";
        let channel = "Microsoft-Windows-Windows Defender/Operational";
        let product = ("Product Name", "Microsoft Defender Antivirus");
        let version = ("Platform version", "4.18.24010.12");
        let values = [
            product,
            ("Product Version", "4.18.24010.12"),
            ("Current security intelligence Version", "1.407.120.0"),
            ("Previous security intelligence Version", "1.407.85.0"),
            ("Domain", "NT AUTHORITY"),
            ("User", "SYSTEM"),
            ("Security intelligence Type", "AntiVirus"),
            ("Update Type", "Delta"),
        ];
        self.named(time, (channel, provider, 2000), &values);
        self.named(time + 1, (channel, provider, 1150), &[product, version]);
        let scan = [
            product,
            ("Product Version", "4.18.24010.12"),
            ("Scan ID", "{7C1E5D35-9A37-4B6B-BB11-7F2E9D8A1C02}"),
            ("Scan Type", "Antimalware"),
            ("Scan Parameters", "Quick Scan"),
        ];
        self.named(time + 60, (channel, provider, 1000), &scan);
        self.named(time + 360, (channel, provider, 1001), &scan);
    }

    /// A package of the Windows Installer, and what it writes with success.
    pub(super) fn program_installed(&mut self, time: i64) {
        let provider = "MsiInstaller";
        let package = "C:\\ProgramData\\Contoso\\Setup\\viewer.msi";
        let session = [package, "5312", "(NULL)", "(NULL)", "(NULL)", "(NULL)", ""];
        self.classic(time, ("Application", provider, 1040), &session);
        let text = "Product: Contoso Viewer -- Installation completed successfully.";
        let none = "(NULL)";
        let said = [text, none, none, none, none, none, ""];
        self.classic(time + 20, ("Application", provider, 11707), &said);
        let done = ["Contoso Viewer", "7.4.1", "1033", "0", "Contoso", none, ""];
        self.classic(time + 20, ("Application", provider, 1033), &done);
        self.classic(time + 21, ("Application", provider, 1042), &session);
        let again = ["Contoso Agent", "3.0.2", "1033", "0", "Contoso", none, ""];
        self.classic(time + 40, ("Application", provider, 1035), &again);
        let manager = "Microsoft-Windows-RestartManager";
        let values = [
            ("RmSessionId", "0"),
            ("UTCStartTime", "2024-03-12T14:01:02.0000000Z"),
        ];
        self.in_user_data(
            time,
            ("Application", manager, 10000),
            "RmSessionEvent",
            &values,
        );
        self.in_user_data(
            time + 22,
            ("Application", manager, 10001),
            "RmSessionEvent",
            &values,
        );
    }

    /// A snapshot for the backup: the writers come, the oldest copy goes.
    fn backed_up(&mut self, time: i64) {
        self.service(time, "Volume Shadow Copy", "running");
        let values = [
            ("DeviceName", "\\Device\\HarddiskVolumeShadowCopy12"),
            ("VolumeName", "C:"),
        ];
        self.named(time + 30, ("System", "volsnap", 33), &values);
        self.classic(time + 480, ("Application", "VSS", 8224), &[""]);
        let came = ["svchost", "1904,D,0", "", "0", "10", "00", "20348", "0000"];
        let went = ["svchost", "1904,D,0", "", "0", "0", "[1] 0.000, [2] 0.000"];
        self.classic(time + 40, ("Application", "ESENT", 102), &came);
        self.classic(time + 45, ("Application", "ESENT", 103), &went);
        self.service(time + 500, "Volume Shadow Copy", "stopped");
    }

    fn files_replicated(&mut self, time: i64) {
        let channel = "DFS Replication";
        self.classic(time, (channel, "DFSR", 1206), &["DC01.contoso.example"]);
        self.classic(time, (channel, "DFSR", 1210), &["5722"]);
        self.classic(time, (channel, "DFSR", 1314), &["\\\\.\\C:"]);
        self.classic(time + 2, (channel, "DFSR", 6102), &[]);
    }

    pub(super) fn directory_started(&mut self, time: i64) {
        let directory = "Microsoft-Windows-ActiveDirectory_DomainService";
        let channel = "Directory Service";
        self.classic(time, (channel, directory, 1000), &["10.0.20348.2340"]);
        self.classic(time + 1, (channel, directory, 1394), &[]);
        let site = ["\\\\DC01.contoso.example", "Default-First-Site-Name"];
        self.classic(time + 4, (channel, directory, 1869), &site);
        let dns = "Microsoft-Windows-DNS-Server-Service";
        self.named(time + 6, ("DNS Server", dns, 2), &[]);
        self.named(time + 8, ("DNS Server", dns, 4), &[]);
        let volume = ["\\\\.\\C:", "7B4F1B0C-0000-0000-0000-100000000000"];
        self.classic(time + 5, ("DFS Replication", "DFSR", 1002), &[]);
        self.classic(time + 5, ("DFS Replication", "DFSR", 1004), &[]);
        self.classic(time + 9, ("DFS Replication", "DFSR", 2002), &volume);
    }

    fn directory_cleaned(&mut self, time: i64) {
        let file = "C:\\Windows\\NTDS\\ntds.dit";
        let strings = ["NTDS", "712,D,50", "NTDSA: ", file];
        self.classic(time, ("Directory Service", "NTDS ISAM", 700), &strings);
        self.classic(time + 90, ("Directory Service", "NTDS ISAM", 701), &strings);
        let host = ["PC-0117", "contoso.example"];
        self.classic(time + 200, ("System", "NETLOGON", 5823), &host);
    }

    pub(super) fn printed(&mut self, time: i64) {
        let provider = "Microsoft-Windows-PrintService";
        let values = [
            ("Param1", "14"),
            ("Param2", "Print Document"),
            ("Param3", "k.meyer"),
            ("Param4", "\\\\PC-0117"),
            ("Param5", "Floor 2 Color"),
            ("Param6", "IP_192.0.2.77"),
            ("Param7", "183204"),
            ("Param8", "3"),
        ];
        let channel = "Microsoft-Windows-PrintService/Operational";
        self.in_user_data(time, (channel, provider, 307), "DocumentPrinted", &values);
    }

    /// Warnings that come with a start and mean nothing.
    pub(super) fn harmless_of_a_start(&mut self, time: i64) {
        if self.kind != Kind::Client {
            return;
        }
        let values = [
            ("DriverNameLength", "48"),
            (
                "DriverName",
                "SWD\\WPDBUSENUM\\_??_USBSTOR#Disk&Ven_Contoso",
            ),
            ("Status", "3221226341"),
            ("FailureNameLength", "14"),
            ("FailureName", "\\Driver\\WudfRd"),
            ("Version", "0"),
        ];
        self.warning(
            time,
            ("System", "Microsoft-Windows-Kernel-PnP", 219),
            &values,
        );
        for package in ["msv1_0", "kerberos", "wdigest"] {
            let values = [("PackageName", package)];
            self.warning(time, ("System", "LsaSrv", 6155), &values);
        }
    }

    /// Warnings of a client that cannot reach what it does not need.
    pub(super) fn harmless_of_a_client(&mut self, time: i64) {
        let manager = "Microsoft-Windows-DeviceSetupManager";
        for id in [200, 201, 202] {
            self.warning(time + 5, (&format!("{manager}/Admin"), manager, id), &[]);
        }
        let (feature, version) = ("1568.60.0 (9100)", "1568.20.0");
        let strings = [
            "svchost",
            "4120,D,35",
            "DS_Token_DB: ",
            feature,
            version,
            "0x410022D8",
        ];
        let event = EventSpec::new("ESENT", 642).level(3).strings(strings);
        self.add(event, time + 6);
        let values = [
            ("QueryName", "wpad.contoso.example"),
            ("AddressLength", "128"),
            ("Address", "02000035C000020A0000000000000000"),
            ("ClientPID", "2196"),
        ];
        self.warning(
            time + 9,
            ("System", "Microsoft-Windows-DNS-Client", 1014),
            &values,
        );
    }

    fn harmless_now_and_then(&mut self, time: i64) {
        let account = self.short() + "$";
        let values = [
            ("param1", "application-specific"),
            ("param2", "Local"),
            ("param3", "Activation"),
            ("param4", "{2593F8B9-4EAF-457C-B68A-50F6B8EA6B54}"),
            ("param5", "{15C20B67-12E7-4BB6-92BB-7AFF07997402}"),
            ("param6", "CONTOSO"),
            ("param7", account.as_str()),
            ("param8", "S-1-5-18"),
            ("param9", "LocalHost (Using LRPC)"),
            ("param10", "Unavailable"),
            ("param11", "Unavailable"),
        ];
        self.warning(
            time,
            ("System", "Microsoft-Windows-DistributedCOM", 10016),
            &values,
        );
        let values = [("Provider", "PerfProvider"), ("Namespace", "root\\cimv2")];
        self.warning(
            time + 90,
            ("Application", "Microsoft-Windows-WMI", 63),
            &values,
        );
    }
}
