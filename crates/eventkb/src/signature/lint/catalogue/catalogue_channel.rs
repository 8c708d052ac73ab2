//! Where events are written to.

use crate::signature::catalogue::ProviderEntry;
use crate::signature::lint::{Check, Found, Lint, example, walk};
use crate::signature::problem::ProblemSeverity;

pub(in crate::signature::lint) const LINT: Lint = Lint {
    code: "EK503",
    name: "catalogue_channel",
    severity: ProblemSeverity::Error,
    summary: "Channels have a name.",
    why: "A channel says where an absent event would have been: without a name, nothing could \
          ever be missed.",
    example: example("", r#"{ "channel": "" }"#, r#"{ "channel": "System" }"#),
    check: Check::Catalogue(check),
};

fn check(entry: &ProviderEntry, found: &mut Found<'_>) {
    let mut channels = vec![(walk::at("channel"), entry.channel.as_str())];
    for (n, event) in entry.events.iter().enumerate() {
        let path = walk::at("events").index(n).key("channel");
        channels.extend(event.channel.as_deref().map(|channel| (path, channel)));
    }
    for (path, channel) in channels {
        if channel.trim().is_empty() {
            found.add(&path, "must not be empty");
        }
    }
}
