//! Which values are names: by what the catalogue, a signature or the record calls them.

use super::NameKind;

/// What values that hold names of one kind are called: whole, or how it ends.
struct Called {
    kind: NameKind,
    whole: &'static [&'static str],
    endings: &'static [&'static str],
}

/// The kind of name that a value is, by what it is called.
pub(super) fn kind_of_value(name: &str) -> Option<NameKind> {
    let last = name.rsplit('.').next().unwrap_or(name);
    let name: String = last
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(NO_NAMES) {
        return None;
    }
    let mut kinds = CALLED.iter();
    let called = kinds.find(|one| one.whole.contains(&name.as_str()) || ends(one.endings))?;
    Some(called.kind)
}

/// Whether a value is the version of a program, by what it is called.
pub(super) fn is_version(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let endings = [
        "version",
        "versions",
        "build",
        "builds",
        "build number",
        "buildnumber",
        "release",
        "revision",
    ];
    endings.iter().any(|ending| name.ends_with(ending))
}

/// Whether a value is an address, by what it is called.
pub(super) fn is_address(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let endings = [
        "address",
        "addresses",
        "addr",
        "ip",
        "ipv4",
        "gateway",
        "subnet",
        "netmask",
    ];
    endings.iter().any(|ending| name.ends_with(ending))
}

/// Ends of what values are called that tell of a name and do not hold it.
const NO_NAMES: &[&str] = &[
    "length",
    "len",
    "process",
    "processname",
    "guid",
    "port",
    "type",
    "sid",
    "time",
    "state",
];

/// Tried from the top.
const CALLED: &[Called] = &[
    Called {
        kind: NameKind::User,
        whole: &[
            "user",
            "users",
            "account",
            "login",
            "owner",
            "jobowner",
            "member",
            "membername",
            "caller",
            "mailbox",
            "samaccountname",
            "principalname",
            "principalsamname",
            "subscriber",
            "upn",
            "accounttoreset",
            "serviceaccount",
            "loginname",
            "logonname",
            "sessionuser",
        ],
        endings: &["username", "accountname", "principalname", "upn", "user"],
    },
    Called {
        kind: NameKind::Computer,
        whole: &[
            "computer",
            "computers",
            "client",
            "server",
            "servers",
            "servernames",
            "host",
            "node",
            "nodes",
            "machine",
            "machines",
            "dc",
            "kdc",
            "issuingkdc",
            "partner",
            "peer",
            "workstation",
            "userworkstations",
            "mtaname",
            "cluster",
            "clustername",
            "vm",
            "vmname",
            "replica",
            "witness",
            "broker",
            "domaincontroller",
            "domainpeer",
            "manualpeer",
            "sentupdateserver",
            "dnsname",
            "fqdn",
            "listenername",
            "sourcedc",
            "netbiosname",
            "templatedsobjectfqdn",
            "other",
            "authenticationserver",
            "partnerdns",
            "remoteserver",
            "resourceserverdns",
            "configurednames",
            "recoveryserver",
        ],
        endings: &[
            "computername",
            "servername",
            "machinename",
            "hostname",
            "workstationname",
            "nodename",
            "dcname",
            "dcdnsname",
            "machinefqdn",
            "clientname",
            "clientmachine",
            "remoteserver",
            "dnsserver",
            "targetserver",
            "resourceserver",
            "dnshostname",
            "workstation",
        ],
    },
    Called {
        kind: NameKind::Domain,
        whole: &[
            "workgroup",
            "tenantname",
            "toplevelname",
            "resourcedomaindns",
            "dnssuffix",
            "zone",
        ],
        endings: &["domain", "domainname", "realm", "suffix"],
    },
    Called {
        kind: NameKind::Share,
        whole: &["share", "sharename"],
        endings: &[],
    },
    Called {
        kind: NameKind::Directory,
        whole: &[
            "site",
            "caname",
            "ca",
            "connector",
            "refusingconnector",
            "entity",
        ],
        endings: &[],
    },
];
