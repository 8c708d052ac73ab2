//! The logs below `testdata/` and `examples/`: each is written here, from plain events, and nowhere
//! else.
//!
//! Everything is seeded, so that the same bytes come out on every machine. What a scan must give
//! for each folder is not made here: it stands in its `expected.json`.

use crate::event::EventSpec;
use crate::evt::EvtWriter;
use crate::evtx::{CHUNK_SIZE, EvtxWriter, FILE_HEADER_SIZE, Layout};
use crate::scenario::{
    Attempt, BindBackLayout, CALLED, CALLER, CONNECTOR, Noise, START, bind_back, bind_failed,
    connection_not_opened, mixed, ras_error, rpc_error,
};
use crate::zip;

/// One file that is made here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestFile {
    /// Where it belongs, below its folder, with `/` between the parts.
    pub path: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

fn file(path: &'static str, bytes: Vec<u8>) -> TestFile {
    TestFile { path, bytes }
}

/// All files below `testdata`, in the order of their paths.
#[must_use]
pub fn files() -> Vec<TestFile> {
    let mut files = vec![
        caller_only(),
        one_server(),
        dirty_truncated(),
        hostile_names(),
        nested_zip(),
    ];
    files.extend(two_servers_evtx());
    files.extend(two_servers_evt());
    files.extend(two_servers_mixed());
    files.extend(rival());
    files.extend(healthy());
    files.sort_by_key(|file| file.path);
    files
}

/// Background events of one computer and one log, half an hour before the first attempt until
/// half an hour after the last: what a support engineer would export.
fn background(seed: u64, computer: &str, channel: &str, step: i64) -> Vec<EventSpec> {
    let (begin, end) = (START - 1800, START + 3000);
    Noise::new(seed)
        .start(begin)
        .step(step)
        .computers([computer])
        .take_while(|event| event.time.unix_seconds() <= end)
        .filter(|event| event.channel == channel)
        .collect()
}

/// Three calls between the two servers, ten minutes apart. The called server's connector knows
/// the caller as `Seattle`, its clock is four seconds ahead.
fn calls() -> Vec<Attempt> {
    let call = |n: i64| Attempt {
        clock_skew: 4,
        ..Attempt::between_two(START + 600 * n, "Seattle")
    };
    (0..3).map(call).collect()
}

/// The events of the two servers' Application logs.
struct TwoServers {
    caller: Vec<EventSpec>,
    called: Vec<EventSpec>,
}

fn two_servers() -> TwoServers {
    let caller = calls().iter().flat_map(Attempt::caller_events).collect();
    let called = calls().iter().map(Attempt::called_event).collect();
    TwoServers {
        caller: mixed(caller, background(11, CALLER, "Application", 40)),
        called: mixed(called, background(12, CALLED, "Application", 40)),
    }
}

fn one_server() -> TestFile {
    let call = |n: i64| Attempt::on_one_computer(START + 600 * n).events();
    let events = (0..3).flat_map(call).collect();
    let events = mixed(events, background(10, CALLER, "Application", 40));
    file(
        "q253307-one-server/AppEvent.evtx",
        EvtxWriter::new().write(&events),
    )
}

fn two_servers_evtx() -> Vec<TestFile> {
    let servers = two_servers();
    let system = background(13, CALLER, "System", 40);
    // One log with names in its templates and one with names in every record: both occur.
    let other = EvtxWriter::new().layout(Layout::NameAsSubstitution);
    vec![
        file(
            "q253307-two-servers/PORTLAND/Application.evtx",
            other.write(&servers.called),
        ),
        file(
            "q253307-two-servers/SEATTLE/Application.evtx",
            EvtxWriter::new().write(&servers.caller),
        ),
        file(
            "q253307-two-servers/SEATTLE/System.evtx",
            EvtxWriter::new().write(&system),
        ),
    ]
}

/// The same two Application logs as Exchange 5.5 itself wrote them. The caller's is a copy of a
/// log in use: its header knows nothing of the newest events.
fn two_servers_evt() -> Vec<TestFile> {
    let servers = two_servers();
    let live = EvtWriter::new()
        .dirty(true)
        .header_after(servers.caller.len() / 3);
    vec![
        file(
            "evt-two-servers/PORTLAND/AppEvent.Evt",
            EvtWriter::new().write(&servers.called),
        ),
        file(
            "evt-two-servers/SEATTLE/AppEvent.Evt",
            live.write(&servers.caller),
        ),
    ]
}

fn two_servers_mixed() -> Vec<TestFile> {
    let servers = two_servers();
    vec![
        file(
            "mixed-evt-evtx/PORTLAND_Application.evt",
            EvtWriter::new().write(&servers.called),
        ),
        file(
            "mixed-evt-evtx/SEATTLE_Application.evtx",
            EvtxWriter::new().write(&servers.caller),
        ),
    ]
}

/// The same two logs as a customer sends them: an archive with one log, and within it another
/// archive with the other.
fn nested_zip() -> TestFile {
    let servers = two_servers();
    let caller = EvtWriter::new().write(&servers.caller);
    let called = EvtWriter::new().write(&servers.called);
    let inner = zip::write(&[("PORTLAND/AppEvent.Evt", &called)]);
    let outer = zip::write(&[
        ("case/readme.txt", b"Both servers, as asked for.\r\n"),
        ("case/SEATTLE/AppEvent.Evt", &caller),
        ("case/portland.zip", &inner),
    ]);
    file("nested-zip/case.zip", outer)
}

fn caller_only() -> TestFile {
    file(
        "caller-only/SEATTLE_Application.evtx",
        EvtxWriter::new().write(&two_servers().caller),
    )
}

/// Q217142: the same 9322 with code 5, but the caller logs 9318 and neither 9316 nor 9311.
fn rival() -> Vec<TestFile> {
    let layout = BindBackLayout::TenStrings;
    let mut caller = Vec::new();
    let mut called = Vec::new();
    for at in [START, START + 600] {
        caller.push(bind_failed(at, CALLER, CALLED, 5));
        caller.push(connection_not_opened(
            at + 2,
            CALLER,
            &CONNECTOR.to_uppercase(),
        ));
        called.push(bind_back(at + 7, CALLED, CALLER, 5, layout));
    }
    let caller = mixed(caller, background(14, CALLER, "Application", 40));
    let called = mixed(called, background(15, CALLED, "Application", 40));
    vec![
        file(
            "q217142-near-miss/PORTLAND_Application.evtx",
            EvtxWriter::new().write(&called),
        ),
        file(
            "q217142-near-miss/SEATTLE_Application.evtx",
            EvtxWriter::new().write(&caller),
        ),
    ]
}

fn healthy() -> Vec<TestFile> {
    let log = |seed, channel| EvtxWriter::new().write(&background(seed, CALLER, channel, 30));
    vec![
        file("healthy/Application.evtx", log(16, "Application")),
        file("healthy/System.evtx", log(17, "System")),
    ]
}

/// A live copy of the caller's log that broke off: the header is stale and dirty, the last chunk
/// is cut in the middle of its records.
fn dirty_truncated() -> TestFile {
    let events = two_servers().caller;
    let mut bytes = EvtxWriter::new()
        .dirty(true)
        .records_per_chunk(events.len().div_ceil(2))
        .header_chunks(1)
        .write(&events);
    bytes.truncate(FILE_HEADER_SIZE + CHUNK_SIZE + 12_000);
    file("dirty-truncated/SEATTLE_Application.evtx", bytes)
}

/// Names an attacker would choose: every string that a report shows could carry them.
fn hostile_names() -> TestFile {
    let connector = format!(
        "{CONNECTOR}\u{1b}[2J\u{1b}]0;owned\u{7} \u{202e}lave\u{202c}<script>alert(1)</script>\r\nQ000000 match"
    );
    let call = Attempt {
        connector: connector.clone(),
        remote_name: "=HYPERLINK(\"http://contoso.example\",\"Seattle\")".to_owned(),
        ..Attempt::on_one_computer(START)
    };
    let mut events = call.events();
    let later = START + 600;
    events.push(ras_error(later, CALLER, &connector, 718));
    events.push(rpc_error(later + 1, CALLER, 9301));
    // Sources and computers are foreign text as well.
    for (at, computer) in [
        (5, "\u{1b}[31mSEATTLE"),
        (6, "@SUM(A1:A9)"),
        (7, "<b>x</b>"),
    ] {
        events.push(
            EventSpec::new("+cmd|' /C calc'!A0 \u{202e}\u{200b}", 1)
                .level(2)
                .computer(computer)
                .at(START + at, 0)
                .strings(["\u{9b}31m", "a\tb\r\nc", "x\u{feff}\u{e0041}"]),
        );
    }
    let events = mixed(events, background(18, CALLER, "Application", 120));
    file(
        "hostile-names/SEATTLE_Application.evtx",
        EvtxWriter::new().write(&events),
    )
}

/// The logs of the worked example of a custom signature, below `examples/custom-signature`: one
/// that it explains, and one that only looks like it.
#[must_use]
pub fn example_files() -> Vec<TestFile> {
    let log = |scanned: &str, error: &str| {
        let backup = |at: i64, id: u16, level: u8, strings: &[&str]| {
            let event = EventSpec::new("Contoso Backup", id).strings(strings);
            event.level(level).computer("BACKUP01").at(at, 0)
        };
        let scan = |at: i64| {
            let event = EventSpec::new("Contoso AntiVirus", 210).strings([scanned]);
            event.computer("BACKUP01").at(at, 0)
        };
        let night = 24 * 3600;
        let events = (0..2).flat_map(|n| {
            let at = START + n * night;
            [
                scan(at),
                backup(at + 300, 4101, 2, &["Nightly", "e:\\backup", error]),
                backup(at + 301, 4107, 3, &["Nightly", "15"]),
            ]
        });
        let noise = background(19, "BACKUP01", "Application", 600);
        EvtWriter::new().write(&mixed(events.collect(), noise))
    };
    vec![
        file("failing/BACKUP01_Application.evt", log("E:\\Backup", "32")),
        file(
            "full-disk/BACKUP01_Application.evt",
            log("C:\\Users", "112"),
        ),
    ]
}
