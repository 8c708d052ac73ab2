use super::*;
use crate::articles::{Article, EventRole};

fn one(path: &str, text: &str) -> Article {
    let built = build_from_bytes([(path, text.as_bytes())], &BuildOptions::default());
    built.index.articles().first().cloned().unwrap_or_default()
}

/// `provider/how id role`, of each event.
fn facts(article: &Article) -> Vec<String> {
    let events = article.events().map(|event| {
        let how = event
            .provider_how
            .map_or("-", crate::articles::ProviderHow::as_str);
        let provider = event.provider.as_deref().unwrap_or("?");
        format!(
            "{provider}/{how} {} {}",
            event.event_id,
            event.role.as_str()
        )
    });
    events.collect()
}

#[test]
fn fields_in_any_layout() {
    for text in [
        "Symptoms\n========\n\nEvent ID: 7024\nSource: Service Control Manager\nType: Error\n",
        "Event Source: service control manager\nEvent ID   : 7024\n",
        "Event ID: 7024, Source: Service Control Manager, Type: Error\n",
        "Event ID = 7024\nSource  Service Control Manager\n",
        "Log Name: System\nSource: Service Control Manager\nDate: 1/1/2020\nEvent ID: 7024\nLevel: Error\nDescription:\nIt stopped.\n",
    ] {
        let article = one("a.txt", text);
        assert_eq!(
            facts(&article),
            ["Service Control Manager/field 7024 symptom"],
            "{text}"
        );
    }
}

#[test]
fn a_description_ends_where_the_next_event_begins() {
    let article = one(
        "a.txt",
        "The log has:\n\n  Event ID: 1\n  Source: NETLOGON\n  Description: It stopped with error 5.\n\n  Event ID: 2\n  Source: NETLOGON\n  Description: It started.\n\nCall us.\n",
    );
    assert_eq!(
        facts(&article),
        ["NETLOGON/field 1 symptom", "NETLOGON/field 2 symptom"]
    );
    let phrases: Vec<&str> = article
        .events()
        .flat_map(|event| &event.phrases)
        .map(|p| &*p.text)
        .collect();
    assert_eq!(phrases, ["It stopped with error 5.", "It started."]);
    let codes: Vec<i64> = article
        .events()
        .flat_map(|event| &event.codes)
        .map(|c| c.value)
        .collect();
    assert_eq!(codes, [5]);
    let lines: Vec<(u32, u32)> = article
        .events()
        .map(|e| (e.lines.first, e.lines.last))
        .collect();
    assert_eq!(lines, [(3, 5), (7, 9)]);
}

#[test]
fn what_is_not_said_stays_unknown() {
    let article = one(
        "a.txt",
        "Event Viewer may record events 1014, 1004, and 7023.\n",
    );
    assert_eq!(
        facts(&article),
        ["?/- 1004 symptom", "?/- 1014 symptom", "?/- 7023 symptom"]
    );
}

#[test]
fn markdown_of_today() {
    let article = one(
        "support/stops.md",
        "---\ntitle: It stops\nms.date: 10/19/2020\n---\n# It stops\n\n_Original KB number:_ &nbsp; 9000001\n\n## Symptoms\n\nThe following event is logged:\n\n> Log Name: System  \n> Source: Microsoft-Windows-Time-Service  \n> Event ID: 142  \n> Level: Warning  \n> Description:  \n> It has stopped.\n\n## Resolution\n\nAfter you apply the fix, event ID 35 is logged by Microsoft-Windows-Time-Service.\n",
    );
    assert_eq!((&*article.id, &*article.title), ("KB9000001", "It stops"));
    assert_eq!(article.date.as_deref(), Some("2020-10-19"));
    assert_eq!(
        facts(&article),
        [
            "Microsoft-Windows-Time-Service/field 142 symptom",
            "Microsoft-Windows-Time-Service/prose 35 after_fix"
        ]
    );
    let first = article.events().next().unwrap();
    assert_eq!(first.log.as_deref(), Some("System"));
    assert_eq!(
        first.level.map(crate::signature::model::LevelName::number),
        Some(3)
    );
}

#[test]
fn tables_and_event_xml() {
    let article = one(
        "a.md",
        "# Events\n\nThe event log has these:\n\n|Netlogon event ID|Event message text|\n|---|---|\n|5832|It allowed one.|\n|5833|It blocked one.|\n",
    );
    assert_eq!(
        facts(&article),
        [
            "NETLOGON/table 5832 reference",
            "NETLOGON/table 5833 reference"
        ]
    );
    let article = one(
        "a.md",
        "## Symptoms\n\n```xml\n<Event xmlns=\"x\">\n<System>\n<Provider Name=\"Microsoft-Windows-Time-Service\" />\n<EventID>142</EventID>\n<Level>3</Level>\n</System>\n</Event>\n```\n",
    );
    assert_eq!(
        facts(&article),
        ["Microsoft-Windows-Time-Service/field 142 symptom"]
    );
}

#[test]
fn harmless_and_expected_events() {
    let article = one(
        "a.txt",
        "Symptoms\n========\n\nEvent ID: 27\nSource: KDC\n\nResolution\n==========\n\nEvent ID 27 can safely be ignored.\n",
    );
    assert_eq!(
        article.events().map(|event| event.role).collect::<Vec<_>>(),
        [EventRole::Harmless]
    );
}

#[test]
fn a_file_of_pages_of_nothing_names_nothing() {
    for text in [
        "",
        "\n\n\n",
        "# Title\n",
        "Event ID:\n",
        "Source: x\n",
        "The Click event 5 fires.\n",
        "|a|b|\n|-|-|\n|1|2|\n",
        "> > > > > > >",
        "Event ID: Event ID: Event ID:",
        "Description:\nDescription:\n",
        "<EventID>",
        "\u{e000}\u{e001}",
    ] {
        for path in ["a.md", "a.txt", "a.html"] {
            assert_eq!(facts(&one(path, text)), [] as [&str; 0], "{text:?}");
        }
    }
}

#[test]
fn the_order_of_files_does_not_matter() {
    let texts = [
        (
            "a.txt",
            "Event ID: 7\nSource: Contoso\nDescription: The agent could not open the queue again today\n",
        ),
        (
            "b.txt",
            "Event ID: 7\nDescription: The agent could not open the queue again today\n",
        ),
        ("c.txt", "Event ID: 8\nSource: contoso\n"),
    ];
    let build = |order: [usize; 3]| {
        let texts = order.map(|n| (texts[n].0, texts[n].1.as_bytes()));
        build_from_bytes(texts, &BuildOptions::default())
            .index
            .to_bytes()
    };
    let first = build([0, 1, 2]);
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        assert_eq!(build(order), first);
    }
}
