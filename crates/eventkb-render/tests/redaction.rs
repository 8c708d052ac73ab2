//! Redaction: no name of a dump survives in any format, and the findings stay what they were.
//!
//! The dumps are those of hostile names, and fifty that are made here, with names in every place
//! where real logs have them.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use eventkb::logs::{Admission, ReadOptions, Sink, read_stream};
use eventkb::redact::{Learning, Redactor, redact};
use eventkb::report::{CauseEvidence, Finding, Report, TimelineWindow};
use eventkb::{Event, Head, ScanOptions, SignatureSet, scan_stream};
use eventkb_render::{Around, Detail, Doc, EventRow, Files, Look, Page, Reader};
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
    let mut short = Reader::default();
    short.commands = true;
    let mut summary = short.clone();
    summary.detail = Detail::Summary;
    let docs = [
        eventkb_render::scan(report, &reader),
        eventkb_render::scan(report, &short),
        eventkb_render::scan(report, &summary),
        eventkb_render::explain(report, &["Q253307"], &reader),
        eventkb_render::compare(report, &compared, &reader),
        eventkb_render::logs(report, Files::All, &reader),
        eventkb_render::logs(report, Files::Damaged, &short),
    ];
    let mut out = vec![
        ("json", serde_json::to_string_pretty(report).expect("JSON")),
        ("csv", eventkb_render::finding_rows(report, &reader)),
    ];
    for finding in &report.findings {
        out.push(("jsonl", serde_json::to_string(finding).expect("JSON")));
    }
    let lines = eventkb_render::page_lines(report, &reader);
    for doc in &docs {
        out.extend(drawn(doc, lines.clone()));
    }
    out
}

/// A document as it is drawn.
fn drawn(doc: &Doc, lines: Vec<String>) -> [(&'static str, String); 3] {
    let look = Look {
        width: 1000,
        color: false,
        ascii: false,
    };
    let page = Page {
        title: "Event logs".into(),
        lines,
    };
    [
        ("table", eventkb_render::terminal(doc, look)),
        ("markdown", eventkb_render::markdown(doc)),
        ("html", eventkb_render::html(doc, &page)),
    ]
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

/// Redacts the events of a file, and checks that no name is left in any format, and that what is no
/// name is.
fn check_events(what: &str, path: &str, bytes: &[u8], names: &[String], kept: &[String]) {
    let set = built_in();
    let mut events = Collected::default();
    read_stream(path, &mut &*bytes, &ReadOptions::default(), &mut events);
    assert!(events.0.len() > 5, "{what}");
    // As `events --around` does: a list, and a report with a timeline beside it.
    let mut options = ScanOptions::default();
    options.timeline = Some(TimelineWindow::default());
    let report = scan_stream(path, &mut &*bytes, &set, &options);
    let mut learning = Learning::new();
    for event in &events.0 {
        learning.event(event, &set);
    }
    learning.report(&report, &set);
    let mut redactor = learning.done();
    let report = redactor.report(&report, &set).expect("redacted");
    let reader = Reader::default();
    let mut rows = Vec::new();
    let mut all = String::new();
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
            all.push_str(&text);
        }
        rows.push(row);
    }
    let first = &rows[0].event;
    let around = Around {
        time: first.time.expect("a time"),
        record: first.record_id.map(|id| (&*first.file, id)),
        within_s: 36_000,
        rows: &rows,
        later: 0,
    };
    for doc in [
        eventkb_render::events(&rows, &reader),
        eventkb_render::around(&around, &report, &reader),
    ] {
        for (format, text) in drawn(&doc, Vec::new()) {
            assert_gone(&format!("{what}, {format}"), &text, names);
        }
    }
    for text in kept {
        assert!(all.contains(text), "{what}: {text} is gone");
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
    check_events("hostile", path, &bytes, &names, &[]);
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
    /// What must not be taken for a name.
    kept: Vec<String>,
}

#[expect(clippy::too_many_lines, reason = "one dump, told from top to bottom")]
fn dump(seed: u64) -> Dump {
    let rng = &mut Rng::new(seed);
    let words: Vec<String> = (0..22).map(|_| word(rng)).collect();
    let [
        caller,
        called,
        domain,
        user,
        second,
        org,
        site,
        unit,
        share,
        folder,
        mailbox,
        agent,
        late,
        client,
        service,
        labelled,
        flat,
        escaped,
        old,
        forest,
        long,
        proxy,
    ] = <[String; 22]>::try_from(words.clone()).expect("as many as there are");
    let full = rng.below(3) == 0;
    let computer = |name: &str| match full {
        true => format!("{}.{domain}.local", name.to_uppercase()),
        false => name.to_uppercase(),
    };
    let ip = format!(
        "10.{}.{}.{}",
        rng.below(200),
        rng.below(200),
        1 + rng.below(200)
    );
    let sid = format!(
        "S-1-5-21-{}-{}-{}-1{}",
        rng.below(1 << 30),
        rng.below(1 << 30),
        rng.below(1 << 30),
        rng.below(900) + 100
    );
    // Addresses and versions of the same form.
    let quad = |rng: &mut Rng| {
        let [a, b, c] = [(); 3].map(|()| 1 + rng.below(250));
        format!("{}.{a}.{b}.{c}", 3 + rng.below(50))
    };
    let (bare, public) = (quad(rng), quad(rng));
    let version = format!("4.17.{}.{}", 1 + rng.below(99), 1 + rng.below(99));
    let file_version = format!("21.{}.3.9", 1 + rng.below(99));
    let v6 = format!(
        "2001:470:{:x}::{:x}",
        1 + rng.below(0xffff),
        1 + rng.below(0xffff)
    );
    let mac = format!("00-15-5D-{:02X}-{:02X}-7F", rng.below(256), rng.below(256));
    let long = format!("{long}{long}{long}");
    let attempt = |n: i64| Attempt {
        caller: computer(&caller),
        called: computer(&called),
        connector: format!(
            "/o={}/ou={}/cn=Configuration/cn=Connections/cn=Link to {}",
            capital(&org),
            capital(&site),
            capital(&called)
        ),
        remote_name: capital(&caller),
        ..Attempt::between_two(START + 600 * n, "")
    };
    let mut events: Vec<Value> = (0..2)
        .flat_map(|n| attempt(n).events())
        .map(|e| line(&e))
        .collect();
    let (user_up, domain_up) = (capital(&user), domain.to_uppercase());
    // Errors that nobody explains: they come with sentences, values and an example.
    let texts = [
        format!(r"\\{called}\{share}$\x.dat"),
        format!(r"{domain_up}\{user}"),
        format!("{mailbox}@{domain}.example.com"),
        format!(
            "https://{}.{domain}.local:8443/owa?x=1",
            called.to_uppercase()
        ),
        format!(r"C:\Users\{user_up}\AppData\Local\x.log"),
        sid.clone(),
        format!(
            "CN=Link {second},OU={},DC={domain},DC=local",
            capital(&unit)
        ),
        format!("ncacn_ip_tcp:{ip}[3208]"),
        format!("{}${}", caller.to_uppercase(), domain_up),
        format!("/home/{user}/x"),
        format!(
            "c=US;a= ;p={};o={};s={second};g=Jo;",
            capital(&org),
            capital(&site)
        ),
        format!("HTTP/{service}.{forest}.local:8080"),
        format!(
            "Target Account:\r\n\tAccount Name:\t\t{labelled}\r\n\tAccount Domain:\t\t{}\r\n",
            forest.to_uppercase()
        ),
        format!(
            "Logon failed: Account Name: {flat} Account Domain: {} Workstation Name: {} x",
            forest.to_uppercase(),
            client.to_uppercase()
        ),
        format!(
            "https://sts.{domain}.local/adfs/ls?username={}%5C{escaped}&wctx={escaped}%40{domain}.local",
            domain.to_uppercase()
        ),
        format!("{}\\{escaped}", domain.to_uppercase()),
        format!(
            "\u{30b3}\u{30f3}\u{30d4}\u{30e5}\u{30fc}\u{30bf}{}\u{304c}{ip}\u{306b}",
            caller.to_uppercase()
        ),
        format!(
            "\u{c0ac}\u{c6a9}\u{c790}{}\\{user}\u{c5d0}\u{c11c} \\\\{}\\{share}\u{7684}",
            domain.to_uppercase(),
            called
        ),
        format!(
            "C:\\Documents and Settings\\{old}.{}\\NTUSER.DAT",
            domain.to_uppercase()
        ),
        format!("{long} is {}.", long[..15].to_uppercase()),
        format!("\\\\{long}.{forest}.local\\c$"),
        format!("proxy={proxy}.{forest}.com:3128; {bare}, {v6}, {mac}"),
        format!("see {public}:443"),
    ];
    for n in 0..3 {
        for (at, text) in texts.iter().enumerate() {
            events.push(json!({
                "provider": "Tailspin Toys Agent", "event_id": 100 + at, "level": 2, "channel": "Application",
                "computer": computer(if n == 0 { &caller } else { &called }),
                "time": format!("2000-02-06T02:{n:02}:{at:02}Z"), "record_id": 1000 + n * 100 + at, "strings": [text],
                "message": format!("It failed for {text}. {} and {} are not there: see {user_up}, {late}.", caller, called.to_uppercase()),
            }));
        }
    }
    // Only here does it show who these are.
    let computer_account = format!("{}$", caller.to_uppercase());
    let logon = [
        ("SubjectUserSid", "S-1-5-18"),
        ("SubjectUserName", &computer_account),
        ("SubjectDomainName", &domain_up),
        ("SubjectLogonId", "0x3e7"),
        ("TargetUserSid", &sid),
        ("TargetUserName", &late),
        ("TargetDomainName", &domain_up),
        ("Status", "0xc000006d"),
        ("FailureReason", "%%2313"),
        ("SubStatus", "0xc000006a"),
        ("LogonType", "3"),
        ("LogonProcessName", "NtLmSsp "),
        ("AuthenticationPackageName", "NTLM"),
        ("WorkstationName", &client.to_uppercase()),
        ("TransmittedServices", "-"),
        ("LmPackageName", "-"),
        ("KeyLength", "0"),
        ("ProcessId", "0x0"),
        ("ProcessName", "-"),
        ("IpAddress", &ip),
        ("IpPort", "50123"),
    ];
    let named: Vec<Value> = logon
        .iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    events.push(json!({
        "provider": "Microsoft-Windows-Security-Auditing", "event_id": 4625, "level": 0,
        "channel": "Security", "computer": computer(&caller), "time": "2000-02-06T03:00:00Z",
        "record_id": 5000, "user_sid": sid, "strings": logon.map(|(_, value)| value), "named": named,
    }));
    // The catalogue knows the second value of the first as a version, the record that of the other.
    events.push(json!({
        "provider": "MsiInstaller", "event_id": 1033, "level": 4, "channel": "Application",
        "computer": computer(&caller), "time": "2000-02-06T03:00:01Z", "record_id": 5002,
        "strings": ["Tailspin Agent", version, "1033", "0", "Tailspin Toys", "(NULL)", ""],
        "message": format!("Tailspin Agent {version} was installed. Product Version: {version}."),
    }));
    events.push(json!({
        "provider": "Tailspin Toys Agent", "event_id": 900, "level": 2, "channel": "Application",
        "computer": computer(&caller), "time": "2000-02-06T03:00:02Z", "record_id": 5003,
        "strings": [file_version, public], "named": [
            {"name": "FileVersion", "value": file_version}, {"name": "PeerAddress", "value": public}
        ],
    }));
    // A warning whose values the catalogue knows by name.
    events.push(json!({
        "provider": "NETLOGON", "event_id": 5722, "level": 2, "channel": "System", "computer": computer(&called),
        "time": "2000-02-06T03:01:00Z", "record_id": 5001, "strings": [agent.to_uppercase(), format!("{agent}$"), "%%5"],
    }));
    let noise = Noise::new(seed)
        .start(START)
        .step(300)
        .computers([computer(&called)])
        .take(20);
    events.extend(noise.map(|event| line(&event)));
    let mut lines = Vec::new();
    for event in events {
        lines.extend(event.to_string().into_bytes());
        lines.push(b'\n');
    }
    let mut names = words;
    names.extend([ip, sid, bare, public, v6, mac]);
    Dump {
        path: format!(
            "/home/{user}/{folder}-case/{}_Application.jsonl",
            caller.to_uppercase()
        ),
        lines,
        names,
        kept: vec![version, file_version],
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
        let Dump {
            path,
            lines,
            names,
            kept,
        } = dump(seed);
        let what = format!("dump {seed}");
        let mut options = ScanOptions::default();
        options.explain = vec!["Q253307".into(), "Q217142".into()];
        options.timeline = Some(TimelineWindow::default());
        let report = scan_stream(&path, &mut &*lines, &built_in(), &options);
        let best = report.best().expect("a finding");
        assert_eq!(best.signature.id, "Q253307", "{what}");
        confirmed += usize::from(best.cause.state == eventkb::report::CauseState::Confirmed);
        check(&what, &report, &names);
        check_events(&what, &path, &lines, &names, &kept);
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
        "127.0.0.1 and ::1, version 10.0.17763.1 and 5.5.2653.23",
        "Product Version: 7.1.2.3 (build 10.0.14.3), v9.1.2.3, System.Xml, Version=3.5.0.0",
        r"C:\Program Files\Google\Update\1.3.31.5\x.msi and setup_4.1.2.3.exe",
        r"SAM\Domains\Account\Users\000001F4; Intel Xeon CPU E5-2697 v4 @ 2.30GHz",
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
