//! Logons, and the tickets of a domain controller: successes, all of them.

use super::machine::{Kind, Machine};

/// The domain's part of every SID.
const DOMAIN_SID: &str = "S-1-5-21-3623811015-3361044348-30300820";

impl Machine {
    /// A logon over the network with privileges, and its end.
    pub(super) fn logon_and_logoff(&mut self, time: i64) {
        self.logon(time, "svc-backup", "3");
    }

    /// A person at the keyboard.
    pub(super) fn user_came(&mut self, time: i64) {
        self.logon(time, "k.meyer", "2");
        let sid = format!("{DOMAIN_SID}-1131");
        let values = [("TSId", "1"), ("UserSid", sid.as_str())];
        self.named(
            time,
            ("System", "Microsoft-Windows-Winlogon", 7001),
            &values,
        );
        self.session(time, 21);
        self.user_policy_applied(time + 4);
    }

    /// The person leaves.
    pub(super) fn user_left(&mut self, time: i64) {
        let sid = format!("{DOMAIN_SID}-1131");
        let values = [("TSId", "1"), ("UserSid", sid.as_str())];
        self.named(
            time,
            ("System", "Microsoft-Windows-Winlogon", 7002),
            &values,
        );
        self.session(time, 23);
    }

    fn session(&mut self, time: i64, id: u16) {
        let provider = "Microsoft-Windows-TerminalServices-LocalSessionManager";
        let channel = format!("{provider}/Operational");
        let values = [
            ("User", "CONTOSO\\k.meyer"),
            ("SessionID", "1"),
            ("Address", "LOCAL"),
        ];
        self.in_user_data(time, (&channel, provider, id), "EventXML", &values);
    }

    fn logon(&mut self, time: i64, user: &str, kind: &str) {
        let id = format!("0x{:x}", 0x4_0000 + self.below(0xf_ffff));
        let sid = format!("{DOMAIN_SID}-{}", 1100 + user.len());
        let computer = self.short();
        let port = (49_152 + self.below(16_000)).to_string();
        let values = [
            ("SubjectUserSid", "S-1-0-0"),
            ("SubjectUserName", "-"),
            ("SubjectDomainName", "-"),
            ("SubjectLogonId", "0x0"),
            ("TargetUserSid", &sid),
            ("TargetUserName", user),
            ("TargetDomainName", "CONTOSO"),
            ("TargetLogonId", &id),
            ("LogonType", kind),
            ("LogonProcessName", "Kerberos"),
            ("AuthenticationPackageName", "Kerberos"),
            ("WorkstationName", &computer),
            ("LogonGuid", "{9c8f1fba-3d6e-7a3c-2f63-0f1f6c9e5a10}"),
            ("TransmittedServices", "-"),
            ("LmPackageName", "-"),
            ("KeyLength", "0"),
            ("ProcessId", "0x0"),
            ("ProcessName", "-"),
            ("IpAddress", "192.0.2.31"),
            ("IpPort", &port),
            ("ImpersonationLevel", "%%1833"),
            ("RestrictedAdminMode", "-"),
            ("TargetOutboundUserName", "-"),
            ("TargetOutboundDomainName", "-"),
            ("VirtualAccount", "%%1843"),
            ("TargetLinkedLogonId", "0x0"),
            ("ElevatedToken", "%%1842"),
        ];
        self.audit(time, 4624, &values);
        let values = [
            ("SubjectUserSid", sid.as_str()),
            ("SubjectUserName", user),
            ("SubjectDomainName", "CONTOSO"),
            ("SubjectLogonId", &id),
            (
                "PrivilegeList",
                "SeSecurityPrivilege\n\t\t\tSeBackupPrivilege",
            ),
        ];
        self.audit(time, 4672, &values);
        let values = [
            ("TargetUserSid", sid.as_str()),
            ("TargetUserName", user),
            ("TargetDomainName", "CONTOSO"),
            ("TargetLogonId", &id),
            ("LogonType", kind),
        ];
        let after = 5 + self.below(300);
        self.audit(time + after, 4634, &values);
    }

    /// Tickets of a domain controller.
    pub(super) fn tickets_given(&mut self, time: i64) {
        debug_assert_eq!(self.kind, Kind::DomainController);
        let sid = format!("{DOMAIN_SID}-1131");
        let values = [
            ("TargetUserName", "k.meyer"),
            ("TargetDomainName", "CONTOSO"),
            ("TargetSid", &sid),
            ("ServiceName", "krbtgt"),
            ("ServiceSid", &format!("{DOMAIN_SID}-502")),
            ("TicketOptions", "0x40810010"),
            ("Status", "0x0"),
            ("TicketEncryptionType", "0x12"),
            ("PreAuthType", "2"),
            ("IpAddress", "::ffff:192.0.2.31"),
            ("IpPort", "50712"),
            ("CertIssuerName", ""),
            ("CertSerialNumber", ""),
            ("CertThumbprint", ""),
        ];
        self.audit(time, 4768, &values);
        let values = [
            ("TargetUserName", "k.meyer@CONTOSO.EXAMPLE"),
            ("TargetDomainName", "CONTOSO.EXAMPLE"),
            ("ServiceName", "FS01$"),
            ("ServiceSid", &format!("{DOMAIN_SID}-1107")),
            ("TicketOptions", "0x40810000"),
            ("TicketEncryptionType", "0x12"),
            ("IpAddress", "::ffff:192.0.2.31"),
            ("IpPort", "50713"),
            ("Status", "0x0"),
            ("LogonGuid", "{d2c8c1a5-04a3-9f5b-0f35-5c2b8f1f7a02}"),
            ("TransmittedServices", "-"),
        ];
        self.audit(time + 1, 4769, &values);
        let values = [
            ("PackageName", "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0"),
            ("TargetUserName", "svc-backup"),
            ("Workstation", "FS01"),
            ("Status", "0x0"),
        ];
        self.audit(time + 2, 4776, &values);
    }
}
