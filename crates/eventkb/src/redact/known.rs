//! Words that are the same on every machine, and so tell nothing of one: they stay.

/// Accounts and authorities that every Windows has, and words that stand where a name would.
const ACCOUNTS: &[&str] = &[
    "-",
    "--",
    ".",
    "?",
    "*",
    "n/a",
    "none",
    "null",
    "unknown",
    "nt authority",
    "nt-autorität",
    "autorite nt",
    "autorité nt",
    "builtin",
    "vordefiniert",
    "nt service",
    "nt-dienst",
    "nt virtual machine",
    "iis apppool",
    "font driver host",
    "window manager",
    "application package authority",
    "system",
    "local system",
    "localsystem",
    "local service",
    "localservice",
    "network service",
    "networkservice",
    "administrator",
    "administrators",
    "administrateur",
    "administrador",
    "guest",
    "guests",
    "gast",
    "users",
    "everyone",
    "jeder",
    "anonymous",
    "anonymous logon",
    "anonymous-anmeldung",
    "defaultaccount",
    "wdagutilityaccount",
    "krbtgt",
    "iusr",
    "interactive",
    "network",
    "batch",
    "service",
    "authenticated users",
    "creator owner",
    "self",
    "domain admins",
    "domain users",
    "domain guests",
    "domain computers",
    "domain controllers",
    "enterprise admins",
    "schema admins",
    "enterprise key admins",
    "key admins",
    "group policy creator owners",
    "read-only domain controllers",
    "cloneable domain controllers",
    "protected users",
    "cert publishers",
    "dnsadmins",
    "dnsupdateproxy",
    "power users",
    "backup operators",
    "account operators",
    "server operators",
    "print operators",
    "replicator",
    "remote desktop users",
    "network configuration operators",
    "performance log users",
    "performance monitor users",
    "distributed com users",
    "cryptographic operators",
    "event log readers",
    "hyper-v administrators",
    "iis_iusrs",
    "remote management users",
    "trustedinstaller",
    "nobody",
    "root",
    "localhost",
    "localdomain",
    "workgroup",
    "arbeitsgruppe",
    "mshome",
    "default",
    "public",
    "all users",
    "default user",
    "any",
    "all",
    "true",
    "false",
    "yes",
    "no",
    "sa",
    "dbo",
];

/// Last labels of DNS names, and labels in the middle that are as common.
const TOP_LABELS: &[&str] = &[
    "com",
    "net",
    "org",
    "edu",
    "gov",
    "mil",
    "int",
    "info",
    "biz",
    "local",
    "lan",
    "internal",
    "intern",
    "intra",
    "intranet",
    "corp",
    "home",
    "localdomain",
    "arpa",
    "in-addr",
    "ip6",
    "co",
    "ac",
    "uk",
    "us",
    "de",
    "at",
    "ch",
    "fr",
    "it",
    "es",
    "nl",
    "be",
    "eu",
    "se",
    "no",
    "dk",
    "fi",
    "pl",
    "cz",
    "ru",
    "jp",
    "cn",
    "kr",
    "tw",
    "in",
    "au",
    "nz",
    "ca",
    "br",
    "mx",
    "za",
    "ie",
    "pt",
    "hu",
    "gr",
    "tr",
    "il",
    "io",
    "test",
    "example",
    "invalid",
    "msft",
    "_msdcs",
    "_tcp",
    "_udp",
    "_sites",
    "dc",
    "gc",
    "domains",
    "forestdnszones",
    "domaindnszones",
];

/// Domains of the maker and of those that every Windows talks to.
const PUBLIC_DOMAINS: &[&str] = &[
    "microsoft.com",
    "windows.com",
    "windowsupdate.com",
    "windows.net",
    "azure.com",
    "live.com",
    "office.com",
    "office365.com",
    "office.net",
    "outlook.com",
    "microsoftonline.com",
    "msn.com",
    "bing.com",
    "msftncsi.com",
    "msftconnecttest.com",
    "skype.com",
    "digicert.com",
    "verisign.com",
    "w3.org",
    "xmlsoap.org",
    "schemas.microsoft.com",
    "nuget.org",
    "azureedge.net",
    "akamai.net",
    "asp.net",
    "ado.net",
    "system.net",
    "microsoft.net",
    "iana.org",
    "ietf.org",
];

/// Parts of DNs that come with the directory, not with who runs it.
const DIRECTORY: &[&str] = &[
    "configuration",
    "schema",
    "connections",
    "servers",
    "services",
    "sites",
    "recipients",
    "users",
    "computers",
    "builtin",
    "system",
    "domain controllers",
    "foreignsecurityprincipals",
    "managed service accounts",
    "program data",
    "lostandfound",
    "deleted objects",
    "infrastructure",
    "microsoft exchange",
    "microsoft exchange system objects",
    "administrative groups",
    "exchange administrative group (fydibohf23spdlt)",
    "routing groups",
    "addressing",
    "protocols",
    "policies",
    "global settings",
    "address lists container",
    "databases",
    "information store",
    "informationstore",
    "monitoring",
    "microsoft mta",
    "microsoft private mdb",
    "microsoft public mdb",
    "microsoft system attendant",
    "microsoft dsa",
    "site-addressing",
    "ntds settings",
    "ip",
    "smtp",
    "inter-site transports",
    "partitions",
    "extended-rights",
    "display specifiers",
    "windows nt",
    "directory service",
    "public key services",
    "certification authorities",
    "aia",
    "cdp",
    "ntds quotas",
    "default-first-site-name",
    "first administrative group",
    "x.400",
    "mta",
    "dsa",
    "aggregate",
    "us",
    "dns",
    "microsoftdns",
    "domaindnszones",
    "forestdnszones",
    "machine",
    "user",
    "winsock services",
    "rpcservices",
    "meetings",
    "comparisons",
    "file replication service",
    "dfsr-globalsettings",
];

/// Folders and files of Windows, of its logs and of the ways to collect them.
const PATHS: &[&str] = &[
    "windows",
    "winnt",
    "system32",
    "syswow64",
    "winevt",
    "logs",
    "log",
    "config",
    "drivers",
    "program files",
    "program files (x86)",
    "programdata",
    "common files",
    "users",
    "home",
    "documents and settings",
    "appdata",
    "application data",
    "local",
    "roaming",
    "locallow",
    "local settings",
    "temp",
    "tmp",
    "var",
    "opt",
    "mnt",
    "media",
    "data",
    "exchsrvr",
    "mdbdata",
    "mtadata",
    "inetpub",
    "wwwroot",
    "logfiles",
    "microsoft",
    "windows nt",
    "desktop",
    "documents",
    "downloads",
    "public",
    "default",
    "all users",
    "default user",
    "localservice",
    "networkservice",
    "application",
    "system",
    "security",
    "setup",
    "forwardedevents",
    "appevent",
    "sysevent",
    "secevent",
    "directory service",
    "dns server",
    "file replication service",
    "dns",
    "directory",
    "server",
    "file",
    "replication",
    "windows powershell",
    "internet explorer",
    "hardwareevents",
    "key management service",
    "archive",
    "archives",
    "archived",
    "evtx",
    "evt",
    "events",
    "event",
    "export",
    "exports",
    "backup",
    "old",
    "new",
    "all",
    "content",
    "readme",
    "localemetadata",
    "operational",
    "admin",
    "analytic",
    "debug",
    "case",
    "cases",
    "dump",
    "dumps",
    "collection",
    "collected",
    "test",
    "testdata",
    "stdin",
    "powershell",
    "applications",
    "services",
    "save",
    "device",
    "dev",
    "proc",
    "c",
    "d",
    "e",
    "f",
    "c$",
    "d$",
    "admin$",
    "ipc$",
    "sysvol",
    "netlogon",
    "print$",
];

/// First words of registry and device names, which look like `DOMAIN\name`.
const ROOTS: &[&str] = &[
    "hklm",
    "hkcu",
    "hkcr",
    "hku",
    "hkey_local_machine",
    "hkey_current_user",
    "hkey_users",
    "hkey_classes_root",
    "software",
    "system",
    "sam",
    "registry",
    "machine",
    "device",
    "globalroot",
    "microsoft",
    "windows",
    "winnt",
    "system32",
    "root",
    "currentcontrolset",
    "controlset001",
    "usb",
    "pci",
    "acpi",
    "scsi",
    "ide",
    "swd",
    "hid",
    "display",
    "storage",
    "usbstor",
    "hdaudio",
    "volume",
    "driver",
    "filesystem",
    "basenamedobjects",
    "pipe",
    "mailslot",
    "sessions",
    "classes",
    "nt authority",
    "builtin",
    "nt service",
    "iis apppool",
    "window manager",
    "font driver host",
    "bth",
    "htree",
    "umb",
    "sw",
    "wpdbusenumroot",
];

/// Endings of files, which are kept.
const ENDINGS: &[&str] = &[
    "evtx", "evt", "zip", "7z", "gz", "tgz", "tar", "bz2", "tbz", "tbz2", "xz", "txz", "zst",
    "tzst", "cab", "csv", "tsv", "txt", "xml", "clixml", "json", "jsonl", "ndjson", "log", "mta",
    "etl", "obs", "bak", "old", "html", "md",
];

fn has(list: &[&str], folded: &str) -> bool {
    list.contains(&folded)
}

/// Whether an account, a domain or the like is one that every Windows has. Takes lower case.
pub(super) fn is_account(folded: &str) -> bool {
    has(ACCOUNTS, folded)
        || ["dwm-", "umfd-", "defaultapppool", "iusr_", "healthmailbox"]
            .iter()
            .any(|start| folded.starts_with(start))
}

/// Whether a computer's name is no name.
pub(super) fn is_no_computer(folded: &str) -> bool {
    matches!(
        folded,
        "" | "-" | "." | "?" | "localhost" | "n/a" | "unknown"
    )
}

/// Whether a word is that of a log or a well-known account, and not looked for in texts.
pub(super) fn is_common(folded: &str) -> bool {
    is_account(folded)
        || has(PATHS, folded)
        || has(TOP_LABELS, folded)
        || has(DIRECTORY, folded)
        || has(COMMON, folded)
}

/// Words that a sentence about a server needs: a computer that is called so is replaced where it
/// stands as a name, and not in sentences.
const COMMON: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "by", "computer", "database", "disk", "domain", "error",
    "exchange", "failed", "for", "from", "host", "id", "in", "is", "it", "mail", "name", "not",
    "of", "on", "or", "process", "server", "sql", "that", "the", "this", "time", "to", "update",
    "user", "was", "with", "www",
];

/// Whether these two words before a colon call what follows, as messages of Windows do.
pub(super) fn is_label(first: &str, last: &str) -> bool {
    const LABELS: &[&str] = &[
        "account name",
        "account domain",
        "workstation name",
        "user name",
        "domain name",
        "computer name",
        "client name",
        "server name",
        "host name",
        "machine name",
        "logon account",
        "source workstation",
    ];
    has(LABELS, &format!("{first} {last}").to_lowercase())
}

/// Whether it is a class of services in Kerberos. Takes lower case.
pub(super) fn is_service_class(folded: &str) -> bool {
    const CLASSES: &[&str] = &[
        "host",
        "http",
        "cifs",
        "ldap",
        "gc",
        "dns",
        "mssqlsvc",
        "termsrv",
        "wsman",
        "restrictedkrbhost",
        "smtp",
        "smtpsvc",
        "exchangemdb",
        "exchangerfr",
        "exchangeab",
        "rpc",
        "nfs",
        "ftp",
        "imap",
        "pop",
        "hostnetbios",
        "vmrc",
        "microsoft virtual console service",
    ];
    has(CLASSES, folded)
}

/// Whether a number behind this word is a version. Takes lower case.
pub(super) fn is_version_word(folded: &str) -> bool {
    const WORDS: &[&str] = &[
        "v",
        "ver",
        "vers",
        "build",
        "release",
        "revision",
        "rev",
        "versi\u{f3}n",
        "versione",
        "versie",
        "vers\u{e3}o",
        "wersja",
        "verze",
        "verzi\u{f3}",
        "\u{432}\u{435}\u{440}\u{441}\u{438}\u{44f}",
        "\u{7248}\u{672c}",
        "\u{30d0}\u{30fc}\u{30b8}\u{30e7}\u{30f3}",
        "\u{bc84}\u{c804}",
    ];
    has(WORDS, folded) || folded.ends_with("version") || folded.ends_with("versions")
}

/// Whether four numbers behind this word are an address. Takes lower case.
pub(super) fn is_address_word(folded: &str) -> bool {
    const WORDS: &[&str] = &[
        "ip",
        "ipv4",
        "address",
        "addresses",
        "addr",
        "adresse",
        "host",
        "computer",
        "machine",
        "peer",
        "gateway",
        "dns",
        "subnet",
        "mask",
        "router",
        "source",
        "destination",
        "ping",
        "node",
        "workstation",
    ];
    has(WORDS, folded) || folded.ends_with("address") || folded.ends_with("ip")
}

/// Whether a label of a DNS name says nothing of who owns it.
pub(super) fn is_top_label(folded: &str) -> bool {
    has(TOP_LABELS, folded)
}

/// Whether a DNS name with this last label is likely to be one.
pub(super) fn ends_a_host(folded: &str) -> bool {
    has(TOP_LABELS, folded)
        && folded.len() > 1
        && !matches!(folded, "in" | "no" | "it" | "at" | "is")
}

/// Whether a DNS name is of the maker, or lies below one of its domains.
pub(super) fn is_public_host(folded: &str) -> bool {
    PUBLIC_DOMAINS.iter().any(|domain| {
        folded
            .strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// Whether a part of a DN comes with the directory.
pub(super) fn is_directory_part(folded: &str) -> bool {
    has(DIRECTORY, folded)
}

/// Whether a part of a path, or a word in it, says nothing.
pub(super) fn is_path_part(folded: &str) -> bool {
    has(PATHS, folded) || has(ENDINGS, folded)
}

/// Whether it is the ending of a file's name.
pub(super) fn is_ending(folded: &str) -> bool {
    has(ENDINGS, folded)
}

/// Whether what follows is a key or a device, not an account.
pub(super) fn is_root(folded: &str) -> bool {
    has(ROOTS, folded)
}

/// Whether a SID is the same everywhere, or says nothing of a domain or a computer.
pub(super) fn is_shared_sid(parts: &[&str]) -> bool {
    match parts {
        ["5", "21" | "83", ..] | ["12", "1", ..] => false,
        ["5", ..] => true,
        [authority, ..] => matches!(*authority, "0" | "1" | "2" | "3" | "4" | "15" | "16" | "18"),
        [] => true,
    }
}
