//! Feeds events from a source of one's own: here, lines of a made-up monitoring system.
//!
//! A session takes events in any order, from anywhere. It keeps small observations, not the
//! events, so it can be fed from a stream, and sessions over parts of a collection can be merged.
//!
//! ```text
//! cargo run --example own_source
//! ```
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use eventkb::logs::event::level_name;
use eventkb::{Event, Session, SignatureSet, Trust};
use eventkb_render::{Look, Reader, terminal};

/// `time computer level source id string|string|...`, from two servers.
const SEATTLE: &str = "\
2000-02-06T01:20:00Z SEATTLE 3 MSExchangeMTA 9311 /o=Contoso/ou=Seattle/cn=Configuration/cn=Connections/cn=DRAS|718|0|BASE IL|PIPE RAS|35|230
2000-02-06T01:20:01Z SEATTLE 3 MSExchangeMTA 9316 7|9301|BASE IL|PIPE RAS|36|500
2000-02-06T01:20:02Z SEATTLE 4 EventLog 6005
2000-02-06T01:20:04Z SEATTLE 3 MSExchangeMTA 289 /O=CONTOSO/OU=SEATTLE/CN=CONFIGURATION/CN=CONNECTIONS/CN=DRAS|MTA|XFER-IN|17|26
";
const PORTLAND: &str = "\
2000-02-06T01:20:12Z PORTLAND 3 MSExchangeMTA 9322 68|5|5|0|Seattle|ncacn_ip_tcp:172.16.0.2[3208]|BASE IL|INCOMING RPC|39|507
";

/// Reads one line; `number` becomes the record id, so that findings can cite it.
fn event(line: &str, file: &str, number: u64) -> Result<Event, Box<dyn Error>> {
    let mut parts = line.splitn(6, ' ');
    let mut next = || parts.next().ok_or("a line has five or six parts");
    let (time, computer, level) = (next()?, next()?, next()?);
    let (provider, id) = (next()?, next()?);
    let strings = parts.next().unwrap_or_default();
    let strings = strings.split('|').filter(|_| !strings.is_empty());
    Ok(Event {
        provider: provider.to_owned(),
        event_id: id.parse()?,
        level: Some(level.parse()?),
        channel: Some("Application".to_owned()),
        computer: Some(computer.to_owned()),
        time: Some(time.parse()?),
        record_id: Some(number),
        strings: Some(strings.map(str::to_owned).collect()),
        trust: Trust::Intact,
        file: file.into(),
        ..Event::default()
    })
}

/// One session for each part, as if they were read on different machines.
fn session(
    signatures: &Arc<SignatureSet>,
    text: &str,
    file: &str,
) -> Result<Session, Box<dyn Error>> {
    let mut session = Session::new(signatures);
    for (line, number) in text.lines().zip(1..) {
        let event = event(line, file, number)?;
        let level = event.level.map_or("", level_name);
        println!(
            "{file}:{number}: {} {} ({level})",
            event.provider, event.event_id
        );
        session.feed(&event);
    }
    Ok(session)
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let signatures = Arc::new(SignatureSet::built_in());
    let mut all = session(&signatures, SEATTLE, "seattle.log")?;
    all.merge(session(&signatures, PORTLAND, "portland.log")?);
    let report = all.finish();
    // The words: a document that can also be drawn as Markdown or a web page.
    let reader = Reader::default();
    let look = Look {
        width: 100,
        color: false,
        ascii: false,
    };
    println!(
        "\n{}",
        terminal(&eventkb_render::scan(&report, &reader), look)
    );
    Ok(match report.best() {
        Some(_) => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    })
}
