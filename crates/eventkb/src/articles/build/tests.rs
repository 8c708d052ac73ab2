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

#[test]
fn an_article_of_the_archive_without_a_list_of_products() {
    let article = one(
        "kb/900/Q900002/README.md",
        "---\nlayout: page\n---\n\n## Q900002: It stops\n\n\tArticle: Q900002\n\tProduct(s): Contoso Mail\n\tVersion(s): \n\n\tSYMPTOMS\n\t========\n\n\tThe system log has this event:\n\n\t  Event ID: 5718\n\t  Source: NETLOGON\n\n\tCAUSE\n\t=====\n\n\tA file is damaged.\n",
    );
    assert_eq!(facts(&article), ["NETLOGON/field 5718 symptom"]);
    assert_eq!(article.products.len(), 1);
}

#[test]
fn fields_that_people_write_in_their_own_way() {
    for (text, wanted) in [
        // The description slipped into the source, or the log did.
        (
            "Event ID: 3870\nSource: Workstation <computer name> is not a valid name for it.\n",
            "Workstation/field 3870 symptom",
        ),
        (
            "Source: Kernel-EventTracing/Admin\nEvent ID: 2\n",
            "Microsoft-Windows-Kernel-EventTracing/field 2 symptom",
        ),
        // Dashes in place of colons.
        (
            "Source - Health Service Modules\nEventID - 31552\nLevel - Error\n",
            "Health Service Modules/field 31552 symptom",
        ),
        // An id without a colon behind a source with one.
        (
            "Source: NTDS Replication\nEvent ID 1839\nType: Warning\n",
            "NTDS Replication/field 1839 symptom",
        ),
        // The name alone, below the id.
        (
            "Event ID: 1023\nMSExchangeIS Private\nType: Failure Audit\n",
            "MSExchangeIS Private/prose 1023 symptom",
        ),
        (
            "The event log has:\n\nContosoSync Event 6801:\n",
            "ContosoSync/inline 6801 symptom",
        ),
    ] {
        let found = facts(&one("a.txt", text));
        let wanted = match wanted.strip_prefix("Microsoft-Windows-Kernel-EventTracing") {
            // Its full name is known where the catalogue has it.
            Some(rest) if found != [wanted] => format!("Kernel-EventTracing{rest}"),
            _ => wanted.to_owned(),
        };
        assert_eq!(found, [wanted], "{text}");
    }
}

#[test]
fn a_named_source_is_the_whole_name() {
    for (text, wanted) in [
        (
            "The event log has Event ID (3004) in Source (Backup Exec 6.1) today.\n",
            "Backup Exec 6.1/prose 3004 symptom",
        ),
        (
            "The event log has event ID 411 with source AD FS Auditing. More.\n",
            "AD FS Auditing/prose 411 symptom",
        ),
        (
            "Look at the event log. Event 109 is logged.\n",
            "?/- 109 symptom",
        ),
    ] {
        assert_eq!(facts(&one("a.txt", text)), [wanted], "{text}");
    }
}

#[test]
fn titles_of_other_articles_and_settings_name_nothing() {
    for text in [
        "References\n==========\n\nThe event log:\n\n  Q217023 Event ID 5701 Starting Netlogon on a Controller\n",
        "The event log is told by:\n\n- 5 Replication Events = 5\n- 9 Internal Processing\n",
        "The event log:\n\n1 - Only error events\n2 - Warning and error events\n4 - Information, warning, and error events\n",
    ] {
        assert_eq!(facts(&one("a.txt", text)), [] as [&str; 0], "{text}");
    }
    let updates = one(
        "a.md",
        "# Updates\n\n|Article title|Article|\n|---|---|\n|Events 18210 and 3041 are logged in the event log|[3050765](https://example.com/help/3050765)|\n",
    );
    assert_eq!(facts(&updates), [] as [&str; 0]);
}

#[test]
fn numbers_below_a_promise() {
    let text = "Symptoms\n========\n\nYou may see the following events in the event log:\n\n  5730 - Replication of the group failed.\n\n  5731 - Replication of the other group failed.\n\nThen call us at:\n\n  5559 - the desk.\n";
    assert_eq!(
        facts(&one("a.txt", text)),
        ["?/- 5730 symptom", "?/- 5731 symptom"]
    );
}

#[test]
fn a_table_of_troubles_and_one_of_events() {
    let table = |last: &str| {
        let text = format!(
            "# Agent\n\n## Look into the event log\n\n|EventID|Source|{last}|\n|---|---|---|\n|2138|NETLOGON|Give it a password.|\n"
        );
        facts(&one("a.md", &text))
    };
    assert_eq!(table("Resolution"), ["NETLOGON/table 2138 symptom"]);
    assert_eq!(table("Notes"), ["NETLOGON/table 2138 reference"]);
    let hex = "# Events\n\nIn the event log:\n\n|Events|Severity|\n|---|---|\n|MessageId=0x1002 (4098)|Warning|\n";
    assert_eq!(facts(&one("a.md", hex)), ["?/- 4098 reference"]);
}

#[test]
fn lists_of_what_a_program_logs() {
    let text = "Summary\n=======\n\nThe DNS service writes these to the event log.\n\n2002 (Error) CONTOSO_BOOT_FAILED\nIt could not write.\n\n3150 (Informational) CONTOSO_WRITTEN\nIt wrote.\n";
    let article = one("a.txt", text);
    let found: Vec<(u16, Option<u8>)> = article
        .events()
        .map(|event| {
            let level = event.level.map(crate::signature::model::LevelName::number);
            (event.event_id, level)
        })
        .collect();
    assert_eq!(found, [(2002, Some(2)), (3150, Some(4))]);
    // So many in one breath are no signs of a problem.
    let article = one("a.txt", "The event log has event IDs 350 through 370.\n");
    assert!(
        article
            .events()
            .all(|event| event.role == EventRole::Reference)
    );
    assert_eq!(article.events().count(), 21);
    let table = "# Agent\n\n## Nothing to do (no action required)\n\nIn the event log:\n\n|Event ID|Cause|\n|---|---|\n|650|It begins.|\n";
    assert_eq!(facts(&one("a.md", table)), ["?/- 650 reference"]);
}

#[test]
fn both_in_one_cell() {
    let article = one(
        "a.md",
        "## Symptoms\n\n|Event Source and Event ID|Message|\n|---|---|\n|NTDS Replication 1839|It waits.|\n",
    );
    assert_eq!(facts(&article), ["NTDS Replication/table 1839 symptom"]);
    let article = one(
        "a.md",
        "## Symptoms\n\n|Log Name|Event sender|Event ID|Text|\n|---|---|---|---|\n|Application|Userenv|1500|It fails.|\n",
    );
    assert_eq!(facts(&article), ["Userenv/table 1500 symptom"]);
}

#[test]
fn roles_by_what_is_said_of_the_event_itself() {
    let role_of = |text: &str, id: u16| {
        let article = one("a.txt", text);
        let found = article.events().find(|event| event.event_id == id);
        found.map(|event| event.role)
    };
    // A number within another one is no mention, and what one event is, another is not.
    let text = "Symptoms\n========\n\nThe event log has event ID 51.\n\nMore information\n================\n\nThe system logs event ID 51 with 1009 others, and it can be ignored. Event ID 9 is treated as event ID 51 is.\n";
    assert_eq!(role_of(text, 51), Some(EventRole::Harmless));
    assert_ne!(role_of(text, 9), Some(EventRole::Harmless));
    // Other things can be ignored, too.
    let text = "Symptoms\n========\n\nThe event log has event ID 1311.\n\nWhen you look at event ID 1311, you can ignore the Options value.\n";
    assert_eq!(role_of(text, 1311), Some(EventRole::Symptom));
    let text = "Symptoms\n========\n\nThe event log has event ID 1500.\n\nWorkaround\n==========\n\nThis has no influence and should be ignored.\n";
    assert_eq!(role_of(text, 1500), Some(EventRole::Harmless));
    // Success, in the sentence before the one that introduces the event.
    let text = "More information\n================\n\nThe disk is brought online successfully next time. The following events may be in the event log:\n\n  Event ID: 1066\n  Source: ClusSvc\n";
    assert_eq!(role_of(text, 1066), Some(EventRole::Symptom));
    let text = "Resolution\n==========\n\nWhen the process is complete, event ID 13516 is logged in the event log to signal that it is operational.\n";
    assert_eq!(role_of(text, 13516), Some(EventRole::Reference));
}

#[test]
fn a_problem_does_not_end_above_its_beginning() {
    // The row ends on a line above the one that its cell stands on.
    let text = "<!DOCTYPE html>\n<br><th>r event ID: 7</tr><th>So";
    let built = build_from_bytes([("a.html", text.as_bytes())], &BuildOptions::default());
    let articles = built.index.articles();
    let problems = articles.iter().flat_map(|article| &article.problems);
    assert!(problems.clone().next().is_some());
    for problem in problems {
        assert!(problem.lines.first <= problem.lines.last, "{problem:?}");
    }
    let again = ArticleIndex::from_bytes(&built.index.to_bytes()).expect("an index");
    assert_eq!(again, built.index);
}

#[test]
fn tables_in_html_within_markdown() {
    let article = one(
        "a.md",
        "# The service stops\n\nThe event log has:\n\n<table>\n<tr><td><strong>Event ID</strong></td><td>Source</td></tr>\n<tr><td><p>1001</p></td><td>NETLOGON</td></tr>\n\n<tr>\n<td>1002</td>\n<td>NETLOGON</td>\n</tr>\n</table>\n\n<table><tr><td>1003</td><td>x</td></tr></table>\n",
    );
    assert_eq!(
        facts(&article),
        [
            "NETLOGON/table 1001 reference",
            "NETLOGON/table 1002 reference"
        ]
    );
    let open = one("a.md", &"<table>\n\n".repeat(20_000));
    assert_eq!(open.events().count(), 0);
}

#[test]
fn titles_in_a_table_of_updates_name_nothing() {
    let article = one(
        "a.md",
        "# Updates\n\nThe event log.\n\n<table><tr><td>2756402</td><td>It fails with Event ID 4</td><td><a href=\"https://support.microsoft.com/kb/2756402\">support.microsoft.com/kb/2756402</a></td></tr></table>\n",
    );
    assert_eq!(article.events().count(), 0);
}

#[test]
fn levels_and_numbers_alone_in_a_line() {
    let text = "# Monitor the service\n\nThe Application event log has:\n\nInformation **1000**\n\n**It has started.**\n\nWarning **2000**\n\nIt is slow.\n\nError **3000**\n\nIt failed.\n";
    let ids = |text: &str| -> Vec<u16> {
        let article = one("a.md", text);
        article.events().map(|event| event.event_id).collect()
    };
    assert_eq!(ids(text), [1000, 2000, 3000]);
    // An error with a number is no event by itself.
    let errors = "# It stops\n\nThe event log.\n\nError 1053\n\nError 1067\n\nError 1068\n";
    assert!(ids(errors).is_empty());
}

#[test]
fn numbers_of_a_program_in_its_events() {
    let article = one(
        "a.md",
        "# It starts again\n\nSee the event log:\n\n```output\nEvent code: 1003\nEvent message: It starts.\nEvent ID: 6e48fceea1194fcb\n```\n",
    );
    assert_eq!(article.events().count(), 0);
}

#[test]
fn the_log_says_the_source() {
    let article = one(
        "a.md",
        "# Logons fail\n\n## Symptoms\n\nEvent ID 4771 is logged in the Security log.\n\nThen:\n\n```output\nLog Name: Microsoft-Windows-GroupPolicy/Operational\nEvent ID: 7320\nLevel: Error\n```\n",
    );
    assert_eq!(
        facts(&article),
        [
            "Microsoft-Windows-Security-Auditing/prose 4771 symptom",
            "Microsoft-Windows-GroupPolicy/field 7320 symptom"
        ]
    );
}

#[test]
fn lists_of_audits_and_tables_headed_by_an_event() {
    let ids = |text: &str| -> Vec<u16> {
        let article = one("a.md", text);
        article.events().map(|event| event.event_id).collect()
    };
    let list = "# Audit other events\n\n**Events List:**\n\n- [5024](event-5024.md)(S): The firewall has started.\n\n- [5058](event-5058.md)(S, F): Key file operation.\n\nSee the security log.\n";
    assert_eq!(ids(list), [5024, 5058]);
    let table = "# Events of the service\n\nIn the event log:\n\n<table>\n<tr><th colspan=\"2\">Event ID: 1000</th></tr>\n<tr><td>Message:</td><td>A scan started.</td></tr>\n<tr><th colspan=\"2\">Event ID: 1001</th></tr>\n</table>\n";
    assert_eq!(ids(table), [1000, 1001]);
}

#[test]
fn sources_said_once_for_several_events() {
    let page = "# Failover events\n\nThese events all share the event source of **FailoverClustering**.\n\n### Event 1135: NODE_DOWN\n\nA node is gone.\n\n## Microsoft-Windows-Hyper-V-VMMS\n\n| Event ID | Message |\n|---|---|\n| 14098 | No driver |\n\n**Source: vhdmp**\n\n| Event ID | Message |\n|---|---|\n| 50 | failed |\n";
    let facts_of = |text: &str| -> Vec<String> {
        let article = one("a.md", text);
        let events = article.events();
        let named = events.map(|event| {
            let provider = event.provider.as_deref().unwrap_or("?");
            format!("{provider} {}", event.event_id)
        });
        named.collect()
    };
    assert_eq!(
        facts_of(page),
        [
            "Microsoft-Windows-FailoverClustering 1135",
            "Microsoft-Windows-Hyper-V-VMMS 14098",
            "Microsoft-Windows-VHDMP 50"
        ]
    );
    let way = "# Fonts\n\nOpen **Applications and Services Logs** > **Microsoft** > **Windows** > **CAPI2** > **Operational**.\n\nLook for event ID 30.\n\n## Later\n\nEvent ID 31 may be logged.\n";
    assert_eq!(facts_of(way), ["Microsoft-Windows-CAPI2 30", "? 31"]);
    let line =
        "# It stops\n\nThe event log has:\n\n> Event 5719 NETLOGON, Event 1129 GroupPolicy\n";
    assert_eq!(
        facts_of(line),
        ["Microsoft-Windows-GroupPolicy 1129", "NETLOGON 5719"]
    );
    let pasted = "# It stops\n\n> Event ID: 7011 Source: Service Control Manager Description: It waits. Event ID: 7000 Source: Service Control Manager Description: It fails.\n";
    assert_eq!(
        facts_of(pasted),
        [
            "Service Control Manager 7000",
            "Service Control Manager 7011"
        ]
    );
    let capitals = "# It stops\n\n<TABLE>\n<TR><TH>Event ID</TH><TH>Source</TH></TR>\n<TR><TD>2019</TD><TD>Srv</TD></TR>\n</TABLE>\n";
    assert_eq!(facts_of(capitals), ["srv 2019"]);
    let audits = "# Audit logon events\n\nThey are in the security log.\n\n## Events\n\n| Logon events | Text |\n|---|---|\n| 529 | It fails |\n";
    assert_eq!(facts_of(audits), ["Security 529"]);
}

#[test]
fn what_counts_up_and_what_commands_print() {
    let rows: Vec<String> = (10..30)
        .map(|n| format!("| Reg{n} | 0x{n} | Event type {n} |"))
        .collect();
    let registers = format!(
        "# Registers of event ids\n\n| Name | Number | What |\n|---|---|---|\n{}\n",
        rows.join("\n")
    );
    assert_eq!(one("a.md", &registers).events().count(), 0);
    let trace = "# Locks\n\nThe escalation event class is Event ID 60.\n";
    assert_eq!(one("a.md", trace).events().count(), 0);
    let tools = "# Scripts for event logs\n\n- **First.ps1**\n\n  Tracks changes of objects (Event IDs 5136 and 5137) in reports.\n";
    assert_eq!(
        facts(&one("a.md", tools)),
        ["?/- 5136 reference", "?/- 5137 reference"]
    );
    let command = "# Get-Contoso\n\n## SYNOPSIS\nGets events.\n\n## SYNTAX\n\n## Examples\n\n```output\nEntryType  Source  EventID  Message\n---------  ------  -------  -------\nError      NETLOGON   5719  It fails.\n```\n";
    assert_eq!(
        facts(&one("a.md", command)),
        ["NETLOGON/table 5719 reference"]
    );
}

/// What a picture shows is no text, in however many lines it is said.
#[test]
fn pictures_whose_text_is_broken_into_lines() {
    let text = "# The relay stops\n\n## Symptoms\n\na![A long text of a picture\néé names](p.png)\n\n\
                - Source: Contoso\n- Event ID: 4711\n";
    assert_eq!(
        facts(&one("a.md", text)),
        facts(&one("a.md", &text.replace("\néé", " éé")))
    );
    assert_eq!(facts(&one("a.md", text)).len(), 1);
    let told = "# The relay stops\n\n## Symptoms\n\n![Source: Contoso\nEvent ID: 4711](p.png)\n";
    assert_eq!(facts(&one("a.md", told)).len(), 1);
}
