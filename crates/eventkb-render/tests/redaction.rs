//! Redaction: no name of a dump survives in any format, and the findings stay what they were.
//!
//! The dumps are those of hostile names, and fifty that are made here, with names in every place
//! where real logs have them.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use eventkb::logs::{Admission, ReadOptions, Sink, read_stream};
use eventkb::redact::{Learning, Redactor, redact};
use eventkb::report::{CauseEvidence, Finding, Report};
use eventkb::{Event, Head, ScanOptions, SignatureSet, scan_stream};
use eventkb_render::{Detail, EventRow, Files, Look, Page, Reader};
use eventkb_testkit::EventSpec;
use eventkb_testkit::rng::Rng;
use eventkb_testkit::scenario::{Attempt, Noise, START};
use serde_json::{Value, json};

fn built_in() -> Arc<SignatureSet> {
    static SET: LazyLock<Arc<SignatureSet>> = LazyLock::new(|| Arc::new(SignatureSet::built_in()));
    Arc::clone(&SET)
}

/// A report in every format.
fn formats(report: &Report) -> Vec<(&'static str, String)> {
    let mut reader = Reader::default();
    reader.detail = Detail::Logic;
    reader.hashes = true;
    let set = built_in();
    let compared = ["Q253307", "Q217142"].map(|id| Arc::clone(set.get(id).expect("built in")));
    let compared: Vec<_> = compared.iter().map(|signature| &**signature).collect();
    let docs = [
        eventkb_render::scan(report, &reader),
        eventkb_render::explain(report, &["Q253307"], &reader),
        eventkb_render::compare(report, &compared, &reader),
        eventkb_render::logs(report, Files::All, &reader),
    ];
    let look = Look {
        width: 1000,
        color: false,
        ascii: false,
    };
    let page = Page {
        title: "Event logs".into(),
        lines: eventkb_render::page_lines(report, &reader),
    };
    let mut out = vec![
        ("json", serde_json::to_string_pretty(report).expect("JSON")),
        ("csv", eventkb_render::finding_rows(report, &reader)),
    ];
    for doc in &docs {
        out.push(("table", eventkb_render::terminal(doc, look)));
        out.push(("markdown", eventkb_render::markdown(doc)));
        out.push(("html", eventkb_render::html(doc, &page)));
    }
    out
}

/// What must not change.
fn judged(report: &Report) -> Vec<Value> {
    let of = |finding: &Finding| {
        let compared: Vec<Value> = finding
            .cause
            .evidence
            .iter()
            .filter_map(|evidence| match evidence {
                CauseEvidence::Name(name) => {
                    let same = name.name.eq_ignore_ascii_case(&name.compared_with);
                    Some(json!([name.result, same, name.name == name.compared_with]))
                }
                _ => None,
            })
            .collect();
        json!({
            "id": finding.signature.id, "verdict": finding.verdict, "cause": finding.cause.state,
            "compared": compared, "occurrences": finding.occurrences, "first": finding.first,
            "computers": finding.computers.len(), "objects": finding.objects.len(),
            "symptoms": finding.symptoms.iter().map(|s| json!([s.id, s.state, s.count])).collect::<Vec<_>>(),
        })
    };
    report.findings.iter().map(of).collect()
}

fn assert_gone(what: &str, text: &str, names: &[String]) {
    let folded = text.to_lowercase();
    for name in names {
        let name = name.to_lowercase();
        if let Some(at) = folded.find(&name) {
            let from = folded[..at]
                .char_indices()
                .rev()
                .nth(80)
                .map_or(0, |(at, _)| at);
            let around: String = folded[from..].chars().take(200).collect();
            panic!("{what}: `{name}` survived: {around}");
        }
    }
}

/// Redacts a report, and checks all that is promised of it.
fn check(what: &str, report: &Report, names: &[String]) -> Redactor {
    let set = built_in();
    let (redacted, redactor) = redact(report, &set).expect("redacted");
    for (format, text) in formats(&redacted) {
        assert_gone(&format!("{what}, {format}"), &text, names);
    }
    assert_eq!(judged(report), judged(&redacted), "{what}");
    assert_eq!(report.inputs.len(), redacted.inputs.len());
    // Twice the same, and a second time nothing.
    let (again, _) = redact(report, &set).expect("redacted");
    assert!(again == redacted, "{what}: not the same twice");
    let (twice, _) = redact(&redacted, &set).expect("redacted");
    assert!(twice == redacted, "{what}: stand-ins were redacted");
    // With its map, the names get the same stand-ins.
    let mut learning = Learning::with_map(redactor.map().as_bytes()).expect("its own map");
    learning.report(report, &set);
    let with_map = learning.done().report(report, &set).expect("redacted");
    assert!(with_map == redacted, "{what}: the map was not gone on with");
    redactor
}

#[derive(Default)]
struct Collected(Vec<Event>);

impl Sink for Collected {
    fn admit(&mut self, _: &Head<'_>) -> Admission {
        Admission::Full
    }

    fn event(&mut self, event: Event, _: Option<&[u8]>) -> ControlFlow<()> {
        self.0.push(event);
        ControlFlow::Continue(())
    }
}

/// Redacts the events of a file, and checks that no name is left in any format.
fn check_events(what: &str, path: &str, bytes: &[u8], names: &[String]) {
    let set = built_in();
    let mut events = Collected::default();
    read_stream(path, &mut &*bytes, &ReadOptions::default(), &mut events);
    assert!(events.0.len() > 5, "{what}");
    let mut learning = Learning::new();
    for event in &events.0 {
        learning.event(event, &set);
    }
    let mut redactor = learning.done();
    let reader = Reader::default();
    for event in &events.0 {
        let event = redactor.event(event, &set);
        let row = EventRow {
            event,
            sentence: None,
        };
        let json = serde_json::to_string(&eventkb_render::JsonEvent::from(&row.event));
        let texts = [
            json.expect("JSON"),
            eventkb_render::event_csv(&row),
            eventkb_render::event_line(&row, &reader),
            format!("{:?}", row.event),
        ];
        for text in texts {
            assert_gone(what, &text, names);
        }
    }
}

#[test]
fn nothing_of_the_hostile_dump_survives() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../testdata/hostile-names/SEATTLE_Application.evtx");
    let bytes = std::fs::read(path).expect("testdata");
    let names = [
        "seattle",
        "portland",
        "contoso",
        "sum(a1",
        "hyperlink",
        "<b>x",
        "&lt;b&gt;x",
        "alert(1",
        "owned",
        "172.16.0.2",
        "jobrown",
        "northwind",
    ];
    let names = names.map(String::from);
    let path = "/home/jobrown/northwind-2024/SEATTLE_Application.evtx";
    let options = ScanOptions::default();
    let report = scan_stream(path, &mut &*bytes, &built_in(), &options);
    assert_eq!(
        report.best().map(|best| best.signature.id.as_str()),
        Some("Q253307")
    );
    check("hostile", &report, &names);
    check_events("hostile", path, &bytes, &names);
}

/// A word that is nobody's and in no text.
fn word(rng: &mut Rng) -> String {
    let mut letters = |from: &[u8], out: &mut String| {
        out.push(char::from(*rng.pick(from).expect("letters")));
    };
    let mut out = String::new();
    for _ in 0..3 {
        letters(b"bdgkpqvxz", &mut out);
        letters(b"aeiou", &mut out);
    }
    letters(b"kqxz", &mut out);
    out
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

/// A dump with names wherever logs have them.
struct Dump {
    path: String,
    lines: Vec<u8>,
    names: Vec<String>,
}

/// The names of a customer.
struct Names {
    caller: String,
    called: String,
    domain: String,
    user: String,
    second: String,
    org: String,
    site: String,
    unit: String,
    share: String,
    folder: String,
    mailbox: String,
    agent: String,
    late: String,
    client: String,
    /// Computers are named with their domain.
    full: bool,
    ip: String,
    sid: String,
}

impl Names {
    /// Names that nobody has, and all of them as a list.
    fn new(rng: &mut Rng) -> (Names, Vec<String>) {
        let mut all: Vec<String> = (0..14).map(|_| word(rng)).collect();
        let mut words = all.clone().into_iter();
        let mut next = || words.next().expect("fourteen");
        let mut names = Names {
            caller: next(),
            called: next(),
            domain: next(),
            user: next(),
            second: next(),
            org: next(),
            site: next(),
            unit: next(),
            share: next(),
            folder: next(),
            mailbox: next(),
            agent: next(),
            late: next(),
            client: next(),
            full: rng.below(3) == 0,
            ip: String::new(),
            sid: String::new(),
        };
        names.ip = format!(
            "10.{}.{}.{}",
            rng.below(200),
            rng.below(200),
            1 + rng.below(200)
        );
        names.sid = format!(
            "S-1-5-21-{}-{}-{}-1{}",
            rng.below(1 << 30),
            rng.below(1 << 30),
            rng.below(1 << 30),
            rng.below(900) + 100
        );
        all.extend([names.ip.clone(), names.sid.clone()]);
        (names, all)
    }

    fn computer(&self, name: &str) -> String {
        match self.full {
            true => format!("{}.{}.local", name.to_uppercase(), self.domain),
            false => name.to_uppercase(),
        }
    }

    /// A call of the article.
    fn attempt(&self, n: i64) -> Attempt {
        Attempt {
            caller: self.computer(&self.caller),
            called: self.computer(&self.called),
            connector: format!(
                "/o={}/ou={}/cn=Configuration/cn=Connections/cn=Link to {}",
                capital(&self.org),
                capital(&self.site),
                capital(&self.called)
            ),
            remote_name: capital(&self.caller),
            ..Attempt::between_two(START + 600 * n, "")
        }
    }

    /// Errors that nobody explains: they come with sentences, values and an example.
    fn unexplained(&self) -> Vec<Value> {
        let Names {
            caller,
            called,
            domain,
            user,
            second,
            share,
            mailbox,
            late,
            ip,
            sid,
            ..
        } = self;
        let (caller_up, called_up) = (caller.to_uppercase(), called.to_uppercase());
        let (user_up, domain_up) = (capital(user), domain.to_uppercase());
        let (org, site, unit) = (capital(&self.org), capital(&self.site), capital(&self.unit));
        let texts = [
            format!(r"\\{called}\{share}$\x.dat"),
            format!(r"{domain_up}\{user}"),
            format!("{mailbox}@{domain}.example.com"),
            format!("https://{called_up}.{domain}.local:8443/owa?x=1"),
            format!(r"C:\Users\{user_up}\AppData\Local\x.log"),
            sid.clone(),
            format!("CN=Link {second},OU={unit},DC={domain},DC=local"),
            format!("ncacn_ip_tcp:{ip}[3208]"),
            format!("{caller_up}${domain_up}"),
            format!("/home/{user}/x"),
            format!("c=US;a= ;p={org};o={site};s={second};g=Jo;"),
        ];
        let mut events = Vec::new();
        for n in 0..3 {
            for (at, text) in texts.iter().enumerate() {
                events.push(json!({
                    "provider": "Tailspin Toys Agent", "event_id": 100 + at, "level": 2, "channel": "Application",
                    "computer": self.computer(if n == 0 { caller } else { called }),
                    "time": format!("2000-02-06T02:{n:02}:{at:02}Z"), "record_id": 1000 + n * 100 + at, "strings": [text],
                    "message": format!("It failed for {text}. {caller} and {called_up} are not there: see {user_up}, {late}."),
                }));
            }
        }
        events
    }

    /// A logon that failed: only here does it show who some of these are.
    fn logon(&self) -> Value {
        let computer_account = format!("{}$", self.caller.to_uppercase());
        let domain = self.domain.to_uppercase();
        let logon = [
            ("SubjectUserSid", "S-1-5-18"),
            ("SubjectUserName", &computer_account),
            ("SubjectDomainName", &domain),
            ("SubjectLogonId", "0x3e7"),
            ("TargetUserSid", &self.sid),
            ("TargetUserName", &self.late),
            ("TargetDomainName", &domain),
            ("Status", "0xc000006d"),
            ("FailureReason", "%%2313"),
            ("SubStatus", "0xc000006a"),
            ("LogonType", "3"),
            ("LogonProcessName", "NtLmSsp "),
            ("AuthenticationPackageName", "NTLM"),
            ("WorkstationName", &self.client.to_uppercase()),
            ("TransmittedServices", "-"),
            ("LmPackageName", "-"),
            ("KeyLength", "0"),
            ("ProcessId", "0x0"),
            ("ProcessName", "-"),
            ("IpAddress", &self.ip),
            ("IpPort", "50123"),
        ];
        let named: Vec<Value> = logon
            .iter()
            .map(|(name, value)| json!({"name": name, "value": value}))
            .collect();
        json!({
            "provider": "Microsoft-Windows-Security-Auditing", "event_id": 4625, "level": 0,
            "channel": "Security", "computer": self.computer(&self.caller), "time": "2000-02-06T03:00:00Z",
            "record_id": 5000, "user_sid": self.sid, "strings": logon.map(|(_, value)| value), "named": named,
        })
    }
}

fn dump(seed: u64) -> Dump {
    let (who, names) = Names::new(&mut Rng::new(seed));
    let called = who.computer(&who.called);
    let calls = (0..2).flat_map(|n| who.attempt(n).events());
    let mut events: Vec<Value> = calls.map(|event| line(&event)).collect();
    events.extend(who.unexplained());
    events.push(who.logon());
    // A warning whose values the catalogue knows by name.
    let agent = &who.agent;
    events.push(json!({
        "provider": "NETLOGON", "event_id": 5722, "level": 2, "channel": "System", "computer": called,
        "time": "2000-02-06T03:01:00Z", "record_id": 5001, "strings": [agent.to_uppercase(), format!("{agent}$"), "%%5"],
    }));
    let noise = Noise::new(seed).start(START).step(300).computers([called]);
    events.extend(noise.take(20).map(|event| line(&event)));
    let mut lines = Vec::new();
    for event in events {
        lines.extend(event.to_string().into_bytes());
        lines.push(b'\n');
    }
    let (user, folder, caller) = (&who.user, &who.folder, who.caller.to_uppercase());
    Dump {
        path: format!("/home/{user}/{folder}-case/{caller}_Application.jsonl"),
        lines,
        names,
    }
}

/// An event as `events --format jsonl` has it.
fn line(event: &EventSpec) -> Value {
    json!({
        "provider": event.provider, "event_id": event.event_id, "level": event.level,
        "category": event.task, "channel": event.channel, "computer": event.computer,
        "time": event.time.to_rfc3339(), "strings": event.strings, "record_id": event.record_id,
    })
}

#[test]
fn nothing_of_fifty_dumps_survives() {
    let mut confirmed = 0;
    for seed in 0..50 {
        let Dump { path, lines, names } = dump(seed);
        let what = format!("dump {seed}");
        let mut options = ScanOptions::default();
        options.explain = vec!["Q253307".into(), "Q217142".into()];
        let report = scan_stream(&path, &mut &*lines, &built_in(), &options);
        let best = report.best().expect("a finding");
        assert_eq!(best.signature.id, "Q253307", "{what}");
        confirmed += usize::from(best.cause.state == eventkb::report::CauseState::Confirmed);
        check(&what, &report, &names);
        check_events(&what, &path, &lines, &names);
    }
    assert!(confirmed > 40, "{confirmed}");
}

/// What becomes of texts, once these names were seen.
#[test]
fn names_are_words_and_what_everybody_has_stays() {
    let set = built_in();
    let mut learning = Learning::new();
    let named = [
        ("TargetUserName", "jodoe"),
        ("TargetDomainName", "FABRIKAM"),
        ("WorkstationName", "SERVER"),
        ("SubjectUserName", "SYSTEM"),
        ("SubjectDomainName", "NT AUTHORITY"),
    ];
    let text = r"\\files01\payroll$\x; C:\Users\mdupont\y; 10.1.2.3; S-1-5-21-1-2-3-1105; S-1-5-18; \\10.1.2.3\c$";
    learning.event(
        &Event {
            provider: "Any".into(),
            computer: Some("SEATTLE.fabrikam.com".into()),
            strings: Some(vec![text.into()]),
            named: named
                .map(|(name, value)| (name.into(), value.into()))
                .into(),
            file: "/data/fabrikam-case/SEATTLE_System.evtx".into(),
            ..Event::default()
        },
        &set,
    );
    let mut redactor = learning.done();
    let gone = [
        "seattle", "fabrikam", "jodoe", "files01", "payroll", "mdupont", "10.1.2.3", "1105",
    ];
    let gone = gone.map(String::from);
    for text in [
        text,
        "SEATTLE, Seattle and seattle.fabrikam.com; (SEATTLE)",
        r"FABRIKAM\jodoe, jodoe@fabrikam.com, SEATTLE$",
        "53454154544C45 is a name in hex",
        "/data/fabrikam-case/SEATTLE_System.evtx: cut",
        "https://seattle.fabrikam.com:8443/x?u=jodoe#10.1.2.3",
        "SEATTLE_jodoe-10.1.2.3[3208]",
    ] {
        let redacted = redactor.text(text);
        assert_gone(text, &redacted, &gone);
        assert!(
            !redacted.to_uppercase().contains("53454154544C45"),
            "{redacted}"
        );
    }
    // Spellings stay apart, and equal ignoring case.
    let [upper, capital, lower] = ["SEATTLE", "Seattle", "seattle"].map(|name| redactor.text(name));
    assert!(upper.eq_ignore_ascii_case(&capital) && upper.eq_ignore_ascii_case(&lower));
    assert!(upper != capital && capital != lower && upper != lower);
    // The same name, the same stand-in, wherever it stands.
    let full = redactor.text("seattle.fabrikam.com");
    assert_eq!(full.split('.').next(), Some(lower.as_str()));
    for text in [
        r"NT AUTHORITY\SYSTEM",
        r"C:\Windows\System32\drivers\etc",
        "S-1-5-18 and S-1-5-32-544",
        "127.0.0.1 and ::1, version 10.0.17763.1",
        "The server service was not started; see support.microsoft.com.",
        "2000-02-06 01:20:00, 12:34:56, 0x80070005, {8ca0b0a4-7a3c-4b8f-9a2e-0123456789ab}",
        "seattles and SEATTLE1 are other names",
        "",
    ] {
        assert_eq!(redactor.text(text), text);
    }
    // A computer that is called as a common word is replaced where a name must stand.
    assert!(!redactor.text(r"\\SERVER\x").contains("SERVER"));
    assert_eq!(
        redactor
            .text("-500 is S-1-5-21-1-2-3-500")
            .split('-')
            .next_back(),
        Some("500")
    );
}
