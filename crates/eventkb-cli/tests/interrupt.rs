//! Ctrl-C: the first ends the reading and the answer is printed, the second ends the program.
#![cfg(unix)]

mod common;

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use eventkb_testkit::EventSpec;
use eventkb_testkit::evtx::EvtxWriter;

fn started() -> Child {
    let child = common::eventkb(&["logs", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    child.expect("the program starts")
}

fn interrupt(child: &Child) {
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.expect("kill runs").success());
    std::thread::sleep(Duration::from_millis(300));
}

/// A log of several blocks.
fn log() -> Vec<u8> {
    let long = "x".repeat(8000);
    let events: Vec<EventSpec> = (0..400)
        .map(|n| {
            EventSpec::new("Strange", 7)
                .level(2)
                .at(n, 0)
                .strings([&long])
        })
        .collect();
    EvtxWriter::new().write(&events)
}

#[test]
fn the_first_one_prints_what_was_read() {
    let log = log();
    assert!(log.len() > 4 << 20);
    let mut child = started();
    let mut input = child.stdin.take().expect("piped");
    // The program waits for the second half when the signal comes.
    input.write_all(&log[..1 << 21]).expect("taken");
    std::thread::sleep(Duration::from_millis(700));
    interrupt(&child);
    // It may be gone before it took all.
    let _ = input.write_all(&log[1 << 21..]);
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let (text, complaint) = (common::stdout(&output), common::stderr(&output));
    assert_eq!(output.status.code(), Some(130), "{text}{complaint}");
    // Lines are broken to the width of the page.
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("Reading was stopped before its end."),
        "{text}"
    );
    assert!(words.contains("reading was stopped here"), "{text}");
    assert!(!text.contains("the header counts"), "{text}");
    assert!(complaint.contains("stopped by Ctrl-C"), "{complaint}");
}

#[test]
fn the_second_one_ends_at_once() {
    let mut child = started();
    let mut input = child.stdin.take().expect("piped");
    input.write_all(&log()[..5000]).expect("taken");
    std::thread::sleep(Duration::from_millis(700));
    interrupt(&child);
    interrupt(&child);
    let mut text = String::new();
    child
        .stdout
        .take()
        .expect("piped")
        .read_to_string(&mut text)
        .expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert!(text.is_empty(), "{text}");
}
