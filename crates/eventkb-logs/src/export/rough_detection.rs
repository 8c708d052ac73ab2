//! Tells roughly that a text is an export, in a build that cannot read any: it is named then.

use crate::detect::{Format, Seen};
use crate::export::{NAMESPACE, text};

/// What kind of export a file seems to be.
pub(crate) fn look(prefix: &[u8], _whole: bool) -> Seen {
    let text = text::beginning(prefix);
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let begin = text.trim_start();
    if begin.starts_with("<Objs") && has(&["System.Diagnostics.Event"]) {
        Seen::Known(Format::Clixml)
    } else if begin.starts_with('<') && has(&[NAMESPACE]) {
        Seen::Known(Format::Xml)
    } else if begin.starts_with(['{', '[']) && has(&["event_id", "EventID", "EventId", "\"Id\""]) {
        Seen::Known(Format::Json)
    } else if begin.starts_with("Event[0]") {
        Seen::Known(Format::WevtutilText)
    } else if has(&["Event ID,", "EventID,", "Event Code,", "EventId,"]) {
        Seen::Known(Format::Csv)
    } else {
        Seen::Unknown
    }
}
