//! The targets, and by how much they are met or missed.

use std::fmt::Write;

use crate::measure::{Results, Row};
use crate::{JOBS, NOTHING};

struct Target {
    what: String,
    wanted: String,
    got: f64,
    met: bool,
    unit: &'static str,
}

/// A table of all targets that the results can tell.
pub(crate) fn table(results: &Results) -> String {
    let mut targets = Vec::new();
    against_evtx_dump(results, &mut targets);
    against_reading(results, &mut targets);
    each_record(results, &mut targets);
    among_ourselves(results, &mut targets);
    memory(results, &mut targets);
    if let Some(seconds) = results.first_byte {
        targets.push(at_most(
            "first byte of `signatures list`".to_owned(),
            1e3 * seconds,
            10.0,
            " ms",
        ));
    }
    let mut table = "| target | wanted | measured | |\n|---|---|---|---|".to_owned();
    for target in targets {
        let met = if target.met { "met" } else { "missed" };
        // Writing to a string cannot fail.
        let _ = write!(
            table,
            "\n| {} | {} | {:.2}{} | {met} |",
            target.what, target.wanted, target.got, target.unit
        );
    }
    table
}

/// How each job stands against the other programs, over the logs with these names.
pub(crate) fn ratios(results: &Results, logs: &[&str]) -> String {
    let mut table = "| case | times as fast as evtx_dump | wanted | | time, of reading |\n\
                     |---|---|---|---|---|"
        .to_owned();
    let jobs = || JOBS.iter().map(|(job, _, wanted)| (*job, *wanted));
    let jobs = || jobs().chain([NOTHING]);
    let of_jobs = logs
        .iter()
        .flat_map(|log| jobs().map(move |job| (*log, job)));
    for (log, (job, wanted)) in of_jobs {
        for row in results.find(&format!("{log}, {job},"), "", "eventkb") {
            let against = |other: &str| results.find(&row.case, &row.case, other).next();
            let shown = |ratio: Option<f64>| ratio.map_or("-".to_owned(), |r| format!("{r:.2}x"));
            let dump = against("evtx_dump").map(|dump| dump.wall / row.wall);
            let met = dump.map_or("", |dump| if dump >= wanted { "met" } else { "missed" });
            let reading = against("reading").map(|reading| row.wall / reading.wall);
            // Writing to a string cannot fail.
            let _ = write!(
                table,
                "\n| {} | {} | {wanted:.2}x | {met} | {} |",
                row.case,
                shown(dump),
                shown(reading)
            );
        }
    }
    table
}

fn at_most(what: String, got: f64, most: f64, unit: &'static str) -> Target {
    Target {
        what,
        wanted: format!("at most {most}{unit}"),
        got,
        met: got <= most,
        unit,
    }
}

fn at_least(what: String, got: f64, least: f64, unit: &'static str) -> Target {
    Target {
        what,
        wanted: format!("at least {least}{unit}"),
        got,
        met: got >= least,
        unit,
    }
}

/// Rows of two programs, or of two cases, that belong together.
fn pairs<'r>(
    results: &'r Results,
    begins: &str,
    ours: &str,
    theirs: &str,
) -> Vec<(&'r Row, &'r Row)> {
    let other = |row: &Row| results.find(&row.case, &row.case, theirs).next();
    results
        .find(begins, "", ours)
        .filter_map(|row| Some((row, other(row)?)))
        .collect()
}

fn against_evtx_dump(results: &Results, targets: &mut Vec<Target>) {
    for (begins, least) in [
        ("nothing relevant", 10.0),
        ("0.1 % relevant", 1.0),
        ("every record", 1.0),
    ] {
        for (ours, theirs) in pairs(results, begins, "eventkb", "evtx_dump") {
            let what = format!("{}: times as fast as evtx_dump", ours.case);
            targets.push(at_least(what, theirs.wall / ours.wall, least, "x"));
        }
    }
}

fn against_reading(results: &Results, targets: &mut Vec<Target>) {
    for (begins, most) in [
        ("nothing relevant", 2.5),
        ("5000 files", 3.0),
        ("10000 files", 3.0),
    ] {
        for (ours, theirs) in pairs(results, begins, "eventkb", "reading") {
            let what = format!("{}: time, of reading and one search", ours.case);
            targets.push(at_most(what, ours.wall / theirs.wall, most, "x"));
        }
    }
}

/// What guards and accounting may cost over the plain crate.
fn each_record(results: &Results, targets: &mut Vec<Target>) {
    for (theirs, what) in [
        ("evtx crate, JSON values", "JSON values"),
        ("evtx crate, JSON text", "JSON text, which has no fields"),
    ] {
        for (ours, theirs) in pairs(results, "each record", "eventkb, events", theirs) {
            let what = format!("{}: time, of the plain crate's {what}", ours.case);
            targets.push(at_most(what, ours.wall / theirs.wall, 1.1, "x"));
        }
    }
}

fn among_ourselves(results: &Results, targets: &mut Vec<Target>) {
    for one in results.find("", "1 thread", "eventkb") {
        let twice = one.case.replace("1 thread", "2 threads");
        if let Some(two) = results.find(&twice, &twice, "eventkb").next() {
            targets.push(at_least(
                format!("{twice}: times as fast as one"),
                one.wall / two.wall,
                1.7,
                "x",
            ));
        }
    }
    let of = |count: &str| {
        results
            .find("signatures", "", &format!("eventkb, {count} sig"))
            .next()
    };
    for count in ["400", "5000"] {
        if let (Some(one), Some(many)) = (of("1"), of(count)) {
            let what = format!("{}: {count} against one", one.case);
            targets.push(at_most(what, many.wall / one.wall, 1.2, "x"));
        }
    }
}

fn memory(results: &Results, targets: &mut Vec<Target>) {
    for row in results.find("nothing relevant", "1 thread", "eventkb") {
        if let Some(rss) = row.rss {
            targets.push(at_most(format!("{}: peak RSS", row.case), rss, 32.0, " MB"));
        }
    }
    for begins in ["0.1 % relevant", "every record"] {
        for row in results.find(begins, "", "eventkb") {
            if let Some(rss) = row.rss {
                let most = 64.0 + 100.0 * row.relevant as f64 / 1e6;
                targets.push(at_most(
                    format!("{}: peak RSS", row.case),
                    rss,
                    most.round(),
                    " MB",
                ));
            }
        }
    }
}
