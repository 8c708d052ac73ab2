//! Why an article is a lead: reason by reason, and all of it in one line.

use eventkb::report::{Lead, LeadReason, NamedAs};

use super::{UNKNOWN, both, count, duration, grouped};

/// Events named in one line.
const MOST_EVENTS: usize = 4;

/// A reason for a lead, as a clause.
pub(crate) fn reason(reason: &LeadReason) -> String {
    match reason {
        LeadReason::NamesEvent {
            provider,
            event_id,
            of_articles,
            named_as,
            provider_unsure,
        } => {
            let event = event(provider, *event_id);
            let unsure = match provider_unsure {
                true => ", without saying which source writes it",
                false => "",
            };
            let among = among(*of_articles).map_or_else(String::new, |among| format!(" ({among})"));
            format!("{}{unsure}{among}", names(&event, *named_as))
        }
        LeadReason::NamesCode {
            code,
            provider,
            event_id,
        } => format!("names the code {code}{}", of(provider, *event_id)),
        LeadReason::NamesPhrase {
            phrase,
            provider,
            event_id,
        } => format!("uses the words \"{phrase}\"{}", of(provider, *event_id)),
        LeadReason::OtherCodes {
            provider,
            event_id,
            named,
        } => format!(
            "names other codes for {} than are here: {}",
            event(provider, *event_id),
            both(named)
        ),
        LeadReason::Together {
            events,
            within_s,
            computer,
        } => format!(
            "its {} lie within {} on {}",
            match events {
                1 => "one kind of event".to_owned(),
                more => format!("{} kinds of events", grouped(*more)),
            },
            about(*within_s),
            super::computer(computer)
        ),
        LeadReason::OthersMissing { events } => format!(
            "{} it names {} not among the errors and warnings here",
            count(*events, "more event"),
            if *events == 1 { "is" } else { "are" }
        ),
        LeadReason::Product { product } => format!("is about {product}, which the logs show"),
        LeadReason::OtherVersion { product, seen } => {
            format!("is about {product}, and the logs show build {seen} of Windows")
        }
        LeadReason::FixInPlace { provider, event_id } => format!(
            "says that {} is logged only after its fix, and it is here",
            event(provider, *event_id)
        ),
        _ => UNKNOWN.into(),
    }
}

/// `Service Control Manager 7024`.
fn event(provider: &str, event_id: u16) -> String {
    match provider {
        "" => format!("event {event_id}"),
        provider => format!("{provider} {event_id}"),
    }
}

fn of(provider: &str, event_id: u16) -> String {
    match event_id {
        0 => String::new(),
        id => format!(" for {}", event(provider, id)),
    }
}

fn names(event: &str, named_as: NamedAs) -> String {
    match named_as {
        NamedAs::Symptom => format!("names {event}"),
        NamedAs::Reference => format!("mentions {event}"),
        NamedAs::AfterFix => format!("names {event} as logged after its fix"),
        NamedAs::Harmless => format!("says that {event} can be ignored"),
        _ => format!("names {event} {UNKNOWN}"),
    }
}

/// `1 of 26 articles that name it`; nothing where nobody counted.
fn among(of_articles: u64) -> Option<String> {
    match of_articles {
        0 => None,
        1 => Some("no other article does".into()),
        more => Some(format!("1 of {} articles that do", grouped(more))),
    }
}

/// Everything in one line: what it names, how near that lies, how rare it is, what speaks against it.
pub(crate) fn line(lead: &Lead) -> String {
    let mut parts = named(lead);
    parts.extend(lead.reasons.iter().find_map(|reason| near(lead, reason)));
    parts.extend(rarity(lead));
    parts.extend(alone(lead));
    parts.extend(lead.reasons.iter().filter_map(against));
    parts.extend(equals(lead));
    parts.join("; ")
}

/// A time in a unit that is easy to read, rounded up: within 90 s, 12 min, 5 h.
fn about(seconds: u64) -> String {
    match seconds {
        0..=120 => duration(seconds),
        121..=7_200 => duration(seconds.div_ceil(60) * 60),
        more => duration(more.div_ceil(3_600) * 3_600),
    }
}

/// What others are as good.
pub(crate) fn equals(lead: &Lead) -> Option<String> {
    let are = if lead.equals == 1 { "is" } else { "are" };
    (lead.equals > 0).then(|| format!("{} {are} as good", count(lead.equals, "other article")))
}

/// `names A 7024 with 5925 and B 1073`: events with the codes and words that bear them out, by what
/// the article says they are.
fn named(lead: &Lead) -> Vec<String> {
    let mut parts = Vec::new();
    for role in [NamedAs::Symptom, NamedAs::Harmless, NamedAs::Reference] {
        let mut events = Vec::new();
        let mut last = None;
        for reason in &lead.reasons {
            let LeadReason::NamesEvent {
                provider,
                event_id,
                named_as,
                ..
            } = reason
            else {
                continue;
            };
            if *named_as != role {
                continue;
            }
            // A source that was just named is not named again.
            let name = match last.replace(provider) {
                Some(last) if last == provider && !provider.is_empty() => event_id.to_string(),
                _ => event(provider, *event_id),
            };
            let text = name + &borne_out(lead, provider, *event_id);
            if !events.contains(&text) {
                events.push(text);
            }
        }
        let more = events.len().saturating_sub(MOST_EVENTS);
        events.truncate(MOST_EVENTS);
        if more > 0 {
            events.push(format!("{} more", grouped(more as u64)));
        }
        if !events.is_empty() {
            parts.push(names(&both(&events), role));
        }
    }
    parts
}

/// ` with 5925 and "Cluster Service"`.
fn borne_out(lead: &Lead, of: &str, id: u16) -> String {
    let mut with = Vec::new();
    for reason in &lead.reasons {
        match reason {
            LeadReason::NamesCode {
                code,
                provider,
                event_id,
            } if provider == of && *event_id == id => with.push(code.clone()),
            LeadReason::NamesPhrase {
                phrase,
                provider,
                event_id,
            } if provider == of && *event_id == id => with.push(format!("\"{phrase}\"")),
            _ => {}
        }
    }
    with.dedup();
    match with.is_empty() {
        true => String::new(),
        false => format!(" with {}", both(&with)),
    }
}

/// `both within 2 s on FS01`.
fn near(lead: &Lead, reason: &LeadReason) -> Option<String> {
    let LeadReason::Together {
        events,
        within_s,
        computer,
    } = reason
    else {
        return None;
    };
    let all = lead.events.len() as u64;
    let which = match events {
        2 if all == 2 => "both".to_owned(),
        some if *some >= all => format!("all {}", grouped(*some)),
        some => format!("{} of them", grouped(*some)),
    };
    Some(format!(
        "{which} here within {} on {}",
        about(*within_s),
        super::computer(computer)
    ))
}

/// `1 of 26 articles that name 7024`, for the rarest event.
fn rarity(lead: &Lead) -> Option<String> {
    let counts = lead.reasons.iter().filter_map(|reason| match reason {
        LeadReason::NamesEvent {
            event_id,
            of_articles,
            ..
        } if *of_articles > 0 => Some((*of_articles, *event_id)),
        _ => None,
    });
    let (articles, event_id) = counts.min()?;
    Some(match articles {
        1 => format!("no other article names {event_id}"),
        more => format!("1 of {} articles that name {event_id}", grouped(more)),
    })
}

/// Codes and words that belong to no event.
fn alone(lead: &Lead) -> Option<String> {
    let alone = lead.reasons.iter().find(|reason| {
        matches!(
            reason,
            LeadReason::NamesCode { event_id: 0, .. } | LeadReason::NamesPhrase { event_id: 0, .. }
        )
    });
    alone.map(reason)
}

fn against(reason: &LeadReason) -> Option<String> {
    match reason {
        LeadReason::OtherCodes { named, .. } => {
            Some(format!("but it says {}, which is not here", both(named)))
        }
        LeadReason::OtherVersion { product, seen } => Some(format!(
            "but it is about {product}, and the logs show build {seen}"
        )),
        LeadReason::FixInPlace { event_id, .. } => Some(format!(
            "but {event_id}, logged only after its fix, is here too"
        )),
        LeadReason::OthersMissing { events: 1 } => Some("1 more it names is not here".into()),
        LeadReason::OthersMissing { events } => {
            Some(format!("{} more it names are not here", grouped(*events)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead(reasons: &str, events: &str) -> Lead {
        let text = format!(
            r#"{{"article": {{"id": "EX1", "title": "t", "source": "s"}},
                "events": {events}, "reasons": {reasons}, "equals": 2, "score": 1.0}}"#
        );
        serde_json::from_str(&text).expect("a lead")
    }

    #[test]
    fn all_of_it_in_one_line() {
        let lead = lead(
            r#"[{"kind": "names_event", "provider": "Service Control Manager", "event_id": 7024, "of_articles": 26},
                {"kind": "names_code", "code": "5925", "provider": "Service Control Manager", "event_id": 7024},
                {"kind": "names_event", "provider": "ClusSvc", "event_id": 1073, "of_articles": 30},
                {"kind": "together", "events": 2, "within_s": 2, "computer": "NODE1"},
                {"kind": "others_missing", "events": 1}]"#,
            r#"[{"provider": "Service Control Manager", "event_id": 7024},
                {"provider": "ClusSvc", "event_id": 1073}]"#,
        );
        assert_eq!(
            line(&lead),
            "names Service Control Manager 7024 with 5925 and ClusSvc 1073; both here within 2 s on \
             NODE1; 1 of 26 articles that name 7024; 1 more it names is not here; 2 other articles are \
             as good"
        );
    }

    #[test]
    fn what_speaks_against_it_is_said() {
        let lead = lead(
            r#"[{"kind": "names_event", "provider": "Srv", "event_id": 2013, "of_articles": 1, "named_as": "harmless"},
                {"kind": "other_codes", "provider": "Srv", "event_id": 2013, "named": ["0x5", "7"]},
                {"kind": "other_version", "product": "Windows NT", "seen": "17763"}]"#,
            r#"[{"provider": "Srv", "event_id": 2013}]"#,
        );
        assert_eq!(
            line(&lead),
            "says that Srv 2013 can be ignored; no other article names 2013; but it says 0x5 and 7, \
             which is not here; but it is about Windows NT, and the logs show build 17763; 2 other \
             articles are as good"
        );
    }
}
