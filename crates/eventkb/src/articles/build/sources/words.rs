//! Words that tell where a source's name begins and ends in a sentence.

/// Words behind an id that still mean this event.
pub(super) const OWN: &[&str] = &[
    "error",
    "warning",
    "information",
    "events",
    "event",
    "messages",
    "message",
];

/// Words between a source and its event: "the Netlogon service logs event 5719".
pub(super) const IDLE: &[&str] = &[
    "service",
    "services",
    "with",
    "log",
    "logs",
    "logged",
    "error",
    "warning",
    "reports",
    "event",
    "events",
    "generates",
    "records",
    "specify",
    "that",
    "following",
    "informational",
    "may",
    "will",
    "can",
    "also",
    "might",
    "information",
    "critical",
    "an",
    "the",
    "additional",
    "errors",
    "diagnostic",
    "message",
    "in",
    "as",
];

/// Names of sources that are words of the language, or of logs: in a sentence they need more.
pub(super) const ORDINARY: &[&str] = &[
    "active",
    "alerter",
    "application",
    "backup",
    "browser",
    "cluster",
    "com",
    "directory",
    "eventlog",
    "http",
    "license",
    "mail",
    "mouse",
    "network",
    "power",
    "print",
    "replicator",
    "router",
    "schedule",
    "scsi",
    "security",
    "serial",
    "server",
    "service",
    "setup",
    "spooler",
    "system",
    "transport",
    "user",
    "windows",
    "workstation",
];

/// Names of sources that are programs, too: a title that has one speaks of the program.
pub(super) const PRODUCTS: &[&str] = &["outlook"];

/// Short names that stand for one source only.
pub(super) const ABBREVIATIONS: &[(&str, &str)] = &[
    ("mta", "MSExchangeMTA"),
    ("dnsserver", "DNS"),
    ("ras", "RemoteAccess"),
    ("remoteaccessservice", "RemoteAccess"),
    ("scm", "Service Control Manager"),
    ("dr", "DrWatson"),
    ("drwtsn32", "DrWatson"),
    ("imc", "MSExchangeIMC"),
    ("msexchangeispriv", "MSExchangeIS Private"),
    ("msexchangeispri", "MSExchangeIS Private"),
    ("msexchangeispub", "MSExchangeIS Public"),
];
