//! Whoever writes into a message can write what looks like an event in the form of an export. What such a text
//! makes is never taken for an event that is as good as others.
#![cfg(feature = "exports")]

#[path = "common/one_file.rs"]
mod one_file;

use eventkb_logs::Input;
use eventkb_logs::integrity::DefectCode;
use eventkb_testkit::EventSpec;
use eventkb_testkit::dialects::{Dialect, with_forged_text, xml};
use eventkb_testkit::rng::Rng;
use one_file::read;

const FORGED: &str = "Forged";

fn events(count: u64) -> Vec<EventSpec> {
    let event = |n: u64| {
        let id = u16::try_from(n).expect("few");
        EventSpec::new("Contoso", id).record_id(n).strings(["a"])
    };
    (1..=count).map(event).collect()
}

fn has(input: &Input, code: DefectCode) -> bool {
    input.defects.iter().any(|defect| defect.code == code)
}

/// What is wrong with one try, if something is.
fn attempt(dialect: Dialect, seed: u64) -> Option<String> {
    let mut rng = Rng::new(seed);
    let events = events(3 + rng.below(6) as u64);
    let at = rng.below(events.len() - 1);
    let forged = EventSpec::new(FORGED, 4624).record_id(rng.below(20) as u64);
    // Mostly the number that comes next, as who wants to be believed would write.
    let number = *rng.pick(&[at + 1, at + 1, at + 1, at, at + 2, 0])?;
    let text = with_forged_text(dialect, &events, at, &forged, number);
    let (read, input) = read(text.as_bytes());
    let believed = read
        .iter()
        .filter(|e| e.provider == FORGED && !e.trust.is_weak());
    let what = format!("{dialect:?}, seed {seed}: number {number} in the text of event {at}");
    if believed.count() > 0 {
        return Some(format!("{what}: a forged event is believed"));
    }
    if read.iter().any(|e| e.provider == FORGED) && !has(&input, DefectCode::HeaderMismatch) {
        return Some(format!("{what}: forged events are not named"));
    }
    let seen = |spec: &EventSpec| read.iter().any(|e| e.event_id == spec.event_id);
    let lost = events.iter().filter(|spec| !seen(spec)).count() as u64;
    (lost > input.records_lost && input.error.is_none() && !has(&input, DefectCode::Gap))
        .then(|| format!("{what}: {lost} gone: {input:?}"))
}

#[test]
fn no_text_makes_an_event_that_is_believed() {
    let tries = std::env::var("EVENTKB_TRIES").ok();
    let tries: u64 = tries.and_then(|n| n.parse().ok()).unwrap_or(40);
    let seeds = |dialect| (0..tries).map(move |seed| (dialect, seed));
    let all = Dialect::ALL.into_iter();
    // That form is made by changing the signs of another one, which a text may hold as well.
    let all = all.filter(|dialect| *dialect != Dialect::ElasticFields);
    let wrong: Vec<String> = all
        .flat_map(seeds)
        .filter_map(|(dialect, seed)| attempt(dialect, seed))
        .collect();
    let first: Vec<&String> = wrong.iter().take(10).collect();
    assert!(wrong.is_empty(), "{} tries: {first:#?}", wrong.len());
}

#[test]
fn xml_in_a_text_above_the_event_is_not_believed() {
    let forged = xml(&EventSpec::new(FORGED, 4624));
    let mut all = events(3);
    all[0].strings = vec![forged];
    let (read, input) = read(Dialect::CopiedWithXml.write(&all).as_bytes());
    let believed: Vec<&str> = read
        .iter()
        .filter(|event| !event.trust.is_weak())
        .map(|event| event.provider.as_str())
        .collect();
    assert!(believed.is_empty(), "{believed:?}");
    assert!(has(&input, DefectCode::HeaderMismatch));
    // Where no text holds any, the first one is as good as in other forms.
    let sound = Dialect::CopiedWithXml.write(&events(3));
    let (read, _) = self::read(sound.as_bytes());
    let weak: Vec<bool> = read.iter().map(|event| event.trust.is_weak()).collect();
    assert_eq!(weak, [false, true, true]);
}

#[test]
fn joined_exports_are_read_and_trusted_less() {
    let one = Dialect::WevtutilText.write(&events(4));
    let (read, input) = read(format!("{one}\r\n{one}").as_bytes());
    let weak: Vec<bool> = read.iter().map(|event| event.trust.is_weak()).collect();
    assert_eq!(weak, [false, false, false, false, true, true, true, true]);
    assert!(has(&input, DefectCode::HeaderMismatch));
    assert_eq!(input.records_lost, 0);
}

/// Tables of an old Event Viewer: no heading, and texts without quotes.
#[test]
fn rows_behind_a_text_without_quotes_are_trusted_less() {
    let row = |source: &str, text: &str| {
        format!("2/13/2000,6:20:40 PM,{source},Warning,None,9322,N/A,SEATTLE,{text}\r\n")
    };
    let forged = row(FORGED, "y");
    let text = row("A", &format!("x\r\n{forged}z")) + &row("B", "t");
    let weak = |text: &str| -> Vec<bool> {
        let (read, _) = read(text.as_bytes());
        read.iter().map(|event| event.trust.is_weak()).collect()
    };
    assert_eq!(weak(&text), [false, true, true]);
    let quoted = row("A", "\"x\r\ny\"") + &row("B", "\"t\"");
    assert_eq!(weak(&quoted), [false, false]);
}

/// A table that puts texts as they are, as `wmic /format:csv` does.
#[test]
fn rows_behind_one_that_is_broken_are_trusted_less() {
    let heading = "Node,ComputerName,EventCode,EventType,InsertionStrings,Logfile,RecordNumber,SourceName,TimeGenerated";
    let row = |source: &str, string: &str| {
        format!("A,A,7,1,{{{string}}},System,1,{source},20000206012000.000000+000\r\n")
    };
    let string = format!("x\r\n{}y", row(FORGED, "z"));
    let text = format!(
        "{heading}\r\n{}{}{}",
        row("A", "a"),
        row("B", &string),
        row("C", "c")
    );
    let (read, input) = read(text.as_bytes());
    let believed: Vec<&str> = read
        .iter()
        .filter(|event| !event.trust.is_weak())
        .map(|event| event.provider.as_str())
        .collect();
    assert_eq!(believed, ["A"]);
    assert!(has(&input, DefectCode::HeaderMismatch) && input.records_lost > 0);
}
