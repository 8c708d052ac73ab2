//! What happened to a computer or a log, whatever the articles ask.

use eventkb::report::LandmarkKind;

use super::{UNKNOWN, lasting};

/// A landmark as a clause without its computer and time.
pub(crate) fn what(what: &LandmarkKind) -> String {
    match what {
        LandmarkKind::Start => "started".into(),
        LandmarkKind::Stop => "shut down".into(),
        LandmarkKind::UncleanStop => "started without having shut down in order".into(),
        LandmarkKind::Version { build } => format!("started with build {build}"),
        LandmarkKind::Cleared { channel } => format!("its {channel} log was cleared"),
        LandmarkKind::TimeChanged { by_s: Some(by) } => format!(
            "its clock was set {} by {}",
            if *by < 0 { "back" } else { "forward" },
            lasting(by.unsigned_abs())
        ),
        LandmarkKind::TimeChanged { by_s: None } => "its clock was set".into(),
        LandmarkKind::Update { id } => format!("{id} was installed"),
        _ => format!("something happened {UNKNOWN}"),
    }
}
