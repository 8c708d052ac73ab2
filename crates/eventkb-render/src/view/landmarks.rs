//! What happened to the computers, whatever the articles ask: starts, stops, clocks, updates.

use super::Context;
use crate::doc::{Doc, Table};
use crate::words::{self, landmark};

/// Rows before the rest is only counted.
const MOST_ROWS: usize = 40;

/// Adds them in order of time; the last ones, where there are many.
pub(super) fn add(doc: &mut Doc, context: &Context) {
    let landmarks = &context.report.landmarks;
    if landmarks.is_empty() {
        return;
    }
    doc.heading("What happened to the computers");
    let earlier = landmarks.len().saturating_sub(MOST_ROWS);
    if earlier > 0 {
        let earlier = words::count(earlier as u64, "earlier one");
        doc.para(format!("The last {MOST_ROWS}; {earlier} are not shown."));
    }
    let when = context.reader.timed("time");
    let mut table = Table::new(
        "What happened to the computers",
        &[&when, "computer", "what"],
    );
    for mark in landmarks.iter().skip(earlier) {
        table.row(vec![
            context.zone().cell(mark.time).into(),
            mark.computer.as_str().into(),
            landmark::what(&mark.what).into(),
        ]);
    }
    doc.table(table);
}
