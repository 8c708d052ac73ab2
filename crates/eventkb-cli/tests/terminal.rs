//! What a terminal gets to see when everything that others wrote is hostile: records, computers,
//! names of files and of signatures. The program runs on a pseudo-terminal, as for a user.
#![cfg(unix)]

mod common;

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use eventkb_testkit::EventSpec;
use eventkb_testkit::evtx::EvtxWriter;
use eventkb_testkit::scenario::{Attempt, BindBackLayout, Noise, START};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// Moves the cursor, fills the clipboard, sets the title, forges a line, turns text around, hides
/// text, and is markup, a formula and a link.
const EVIL: &str = "=1+1\u{1b}[2J\u{1b}]52;c;cm0=\u{7}\u{1b}]0;t\u{9c}\u{9b}35m\u{1b}[35m\u{8}\u{7f}\
    \r\nFORGED  match\n\u{202e}moc\u{2066}\u{200b}\u{feff}\u{e0041}|<script>alert(1)</script>`x`[a](javascript:b)";

struct Hostile(PathBuf);

impl Hostile {
    fn new(name: &str) -> Hostile {
        let folder = std::env::temp_dir().join(format!("eventkb-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        // No name of a file may hold a slash.
        let inner = folder.join("dump").join(EVIL.replace('/', "_"));
        fs::create_dir_all(&inner).expect("a folder");
        let attempt = Attempt {
            time: START,
            caller: format!("SEATTLE{EVIL}"),
            called: format!("PORTLAND{EVIL}"),
            connector: format!("/o=Contoso/cn={EVIL}"),
            remote_name: format!("Seattle{EVIL}"),
            bind_back: BindBackLayout::TenStrings,
            clock_skew: 0,
        };
        let mut events = attempt.events();
        events.extend(Noise::new(1).start(START).take(5).map(hostile));
        let events: Vec<EventSpec> = events
            .into_iter()
            .zip(1..)
            .map(|(event, id)| event.record_id(id))
            .collect();
        let mut log = EvtxWriter::new().write(&events);
        fs::write(inner.join("a\u{1b}[35m.evtx"), &log).expect("written");
        log.truncate(70_000);
        fs::write(inner.join("cut.evtx"), &log).expect("written");
        fs::write(folder.join("dump/\u{202e}no log.txt"), EVIL).expect("written");
        Hostile(folder)
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn hostile(event: EventSpec) -> EventSpec {
    EventSpec {
        provider: format!("{}{EVIL}", event.provider),
        channel: EVIL.to_owned(),
        ..event.level(2).strings([EVIL, "x"])
    }
}

/// Runs the program with all its output on a terminal of 100 columns.
fn on_terminal(folder: &Path, args: &[&str]) -> String {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
    let master = openpt(flags).expect("a pseudo-terminal");
    grantpt(&master).expect("granted");
    unlockpt(&master).expect("unlocked");
    let size = Winsize {
        ws_row: 50,
        ws_col: 100,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&master, size).expect("it has a size");
    let name = ptsname(&master, Vec::new()).expect("it has a name");
    let name = name.into_string().expect("it is ASCII");
    let slave = File::options().read(true).write(true).open(name);
    let slave = slave.expect("it opens");
    let mut command = common::eventkb(args);
    command
        .current_dir(folder)
        .env("TERM", "xterm-256color")
        .stdout(slave.try_clone().expect("a second one"))
        .stderr(slave);
    let mut child = command.spawn().expect("the program starts");
    // The terminal ends when nobody holds its other side any more.
    drop(command);
    let mut master = File::from(master);
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = master.read(&mut buffer) {
        seen.extend_from_slice(&buffer[..read]);
    }
    child.wait().expect("it ends");
    String::from_utf8(seen).expect("it is UTF-8")
}

/// What acts on the display and is not of our own: `None` when there is nothing.
fn acting(text: &str) -> Option<String> {
    const OWN: [&str; 11] = [
        "[0m", "[1m", "[1;32m", "[33m", "[31m", "[2m", "[K", "[39m", "[22m", "[32m", "[4m",
    ];
    // The terminal's driver puts a carriage return before each line feed.
    let text = text.replace("\r\n", "\n").replace("\r\u{1b}[K", "");
    let mut rest = text.as_str();
    while let Some(at) = rest.find(acts) {
        let place = &rest[at..];
        let Some(own) = OWN.iter().find(|own| {
            place
                .strip_prefix('\u{1b}')
                .is_some_and(|p| p.starts_with(**own))
        }) else {
            return Some(place.chars().take(40).collect());
        };
        rest = &place[1 + own.len()..];
    }
    None
}

fn acts(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

#[test]
fn nothing_that_others_wrote_acts_on_a_terminal() {
    let hostile = Hostile::new("terminal");
    let commands: [&[&str]; 15] = [
        &["scan", "dump"],
        &["scan", "dump", "--ascii", "--color", "always"],
        &["scan", "dump", "--format", "json"],
        &["scan", "dump", "--format", "markdown"],
        &["scan", "dump", "--format", "html"],
        &["explain", "Q253307", "dump"],
        &["compare", "Q253307", "Q217142", "dump"],
        &["logs", "dump"],
        &["events", "dump"],
        &["events", "dump", "--format", "jsonl"],
        &["logs", "dump", "--format", "markdown"],
        &["events", "dump", "--format", EVIL],
        &["events", "dump", "--provider", EVIL],
        &["scan", EVIL],
        &["scan", "dump", "--signatures", EVIL],
    ];
    for args in commands {
        let text = on_terminal(&hostile.0, args);
        assert!(text.len() > 40, "{args:?}: {text}");
        assert_eq!(acting(&text), None, "{args:?}");
        let forged = text.lines().find(|line| line.starts_with("FORGED"));
        assert_eq!(forged, None, "{args:?}");
    }
    // What is watched for is really there, and coloured.
    let text = on_terminal(&hostile.0, &["scan", "dump"]);
    assert!(
        text.contains("Q253307") && text.contains("\u{1b}[1"),
        "{text}"
    );
    assert!(text.contains("\\x1b[2J"), "{text}");
}

#[test]
fn the_watch_sees_what_acts() {
    for text in [
        EVIL,
        "\u{1b}[2J",
        "a\u{202e}b",
        "\u{1b}[38;5;1m",
        "x\ry",
        "\u{9b}K",
    ] {
        assert!(acting(text).is_some(), "{text:?}");
    }
    assert_eq!(acting("\u{1b}[1ma\u{1b}[0m\r\n"), None);
}
