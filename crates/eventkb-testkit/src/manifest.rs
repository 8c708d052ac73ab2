//! What a modern server logs all day: events of providers with a manifest, whose names stand in
//! every record as values, with a dozen and more named values each. No article asks for any.

use crate::event::{AUDIT_SUCCESS_KEYWORD, EventSpec};
use crate::rng::Rng;
use crate::scenario::START;

/// Names of the values; real templates use such names over and over.
const NAMES: &[&str] = &[
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
    "TargetUserSid",
    "TargetUserName",
    "TargetDomainName",
    "TargetLogonId",
    "LogonType",
    "LogonProcessName",
    "AuthenticationPackageName",
    "WorkstationName",
    "LogonGuid",
    "TransmittedServices",
    "LmPackageName",
    "KeyLength",
    "ProcessId",
    "ProcessName",
    "IpAddress",
    "IpPort",
    "ImpersonationLevel",
    "RestrictedAdminMode",
    "ElevatedToken",
    "PrivilegeList",
];

/// What stands in them; `#` becomes a number.
const TEXTS: &[&str] = &[
    "S-1-5-21-3623811015-3361044348-30300820-#",
    "svc-backup-#",
    "CONTOSO",
    "0x3e#",
    "S-1-5-18",
    "SEATTLE$",
    "NT AUTHORITY",
    "0x#a7f1",
    "3",
    "Kerberos",
    "Negotiate",
    "WORKSTATION-#",
    "{f3c1d0#-52a1-11ea-8d77-2e728ce88125}",
    "-",
    "NTLM V2",
    "128",
    "0x#",
    "C:\\Windows\\System32\\svchost.exe",
    "192.0.2.#",
    "#",
    "%%1833",
    "-",
    "%%1842",
    "SeSecurityPrivilege SeBackupPrivilege SeRestorePrivilege SeTakeOwnershipPrivilege",
];

/// A service account's SID, S-1-5-18.
const SYSTEM_SID: &[u8] = &[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];

/// Different events of one provider.
const KINDS: usize = 4;

/// An endless, seeded stream of such events: one log of one computer.
#[derive(Debug, Clone)]
pub struct ManifestNoise {
    rng: Rng,
    /// Milliseconds since 1970.
    time: i64,
    providers: usize,
}

impl ManifestNoise {
    /// Events of so many providers, one about every second.
    #[must_use]
    pub fn new(seed: u64, providers: usize) -> Self {
        Self {
            rng: Rng::new(seed),
            time: 1000 * START,
            providers: providers.max(1),
        }
    }
}

impl Iterator for ManifestNoise {
    type Item = EventSpec;

    fn next(&mut self) -> Option<EventSpec> {
        // Few of a log's providers write most of it.
        let provider = self
            .rng
            .below(self.providers)
            .min(self.rng.below(self.providers));
        let kind = self.rng.below(KINDS).min(self.rng.below(KINDS));
        // Three to sixteen values: records of 400 to 1,500 bytes.
        let values = 3 + (provider * 5 + kind * 7) % 14;
        let number = (1000 + self.rng.below(9000)).to_string();
        let named = (0..values).map(|n| {
            let at = (n + 3 * kind) % NAMES.len();
            let text = TEXTS.get(at).copied().unwrap_or_default();
            (
                NAMES.get(at).copied().unwrap_or_default(),
                text.replace('#', &number),
            )
        });
        let millis = u32::try_from(self.time.rem_euclid(1000)).unwrap_or_default();
        let event = EventSpec::new(
            &format!("Contoso-Windows-Component-{provider:02}"),
            u16::try_from(4600 + 10 * provider + kind).unwrap_or_default(),
        )
        .level(4)
        .task(u16::try_from(12_544 + kind).unwrap_or_default())
        .keywords(AUDIT_SUCCESS_KEYWORD)
        .channel("Contoso-Windows/Operational")
        .computer("SEATTLE.contoso.example")
        .user_sid(SYSTEM_SID)
        .named(named)
        .at(self.time.div_euclid(1000), 1_000_000 * millis);
        self.time += i64::try_from(self.rng.below(2000)).unwrap_or_default();
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evtx::{EvtxWriter, Layout};

    #[test]
    fn records_are_as_large_as_real_ones() {
        let events: Vec<EventSpec> = ManifestNoise::new(1, 20).take(2000).collect();
        let file = EvtxWriter::new()
            .layout(Layout::NameAsSubstitution)
            .write(&events);
        let each = file.len() / events.len();
        assert!((600..1200).contains(&each), "{each}");
        assert!(events.windows(2).all(|pair| pair[0].time <= pair[1].time));
    }
}
