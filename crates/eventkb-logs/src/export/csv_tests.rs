use super::*;
use crate::detect::{self, Format};
use crate::event::Event;
use crate::export::testing::{self, read_with};
use crate::integrity::Defect;

fn incomplete(account: &crate::account::Account) -> String {
    let notes = account
        .integrity
        .defects
        .iter()
        .filter(|defect| defect.code == DefectCode::Incomplete);
    notes.map(|defect| defect.message.clone()).collect()
}

fn time(event: &Event) -> String {
    event.time.map(|time| time.to_string()).unwrap_or_default()
}

fn strings(event: &Event) -> Option<Vec<&str>> {
    Some(event.strings.as_ref()?.iter().map(String::as_str).collect())
}

const SUPPORT: &str = "Date,Time,Type/Level,Computer Name,Event Code,Source,Task Category,Username,Sid,Description\r\n\
    02/05/2000,06:20:40 PM,Warning,SEATTLE,9322,MSExchangeMTA,Interface,N/A,N/A,\"{68, 5, PORTLAND}\"\r\n\
    02/06/2000,12:00:00 AM,Error,SEATTLE,1000,Other,None,N/A,N/A,\"A text, with 'commas'\"\r\n\
    ,,,,,,[Info],,,\"[Computer: 'SEATTLE' TimeZone: '(GMT-08:00) Pacific Time' Days: 15]\"\r\n";

#[test]
fn tables_of_the_collectors_of_microsoft_support() {
    assert_eq!(detect::detect(SUPPORT.as_bytes()), Some(Format::Csv));
    let (events, account) = read_with(read, SUPPORT.as_bytes());
    let [first, second] = &events[..] else {
        panic!("{account:?}")
    };
    assert_eq!(
        (first.provider.as_str(), first.event_id, first.level),
        ("MSExchangeMTA", 9322, Some(3))
    );
    assert_eq!(
        (time(first).as_str(), first.computer.as_deref()),
        ("2000-02-05T18:20:40Z", Some("SEATTLE"))
    );
    assert_eq!(first.category_name.as_deref(), Some("Interface"));
    assert_eq!(
        (strings(first), &first.message),
        (Some(vec!["68", "5", "PORTLAND"]), &None)
    );
    assert_eq!(
        (time(second).as_str(), strings(second)),
        ("2000-02-06T00:00:00Z", None)
    );
    assert_eq!(
        (second.message.as_deref(), &second.category_name),
        (Some("A text, with 'commas'"), &None)
    );
    let note = incomplete(&account);
    assert!(
        note.contains("no insertion strings") && note.contains("Pacific Time"),
        "{note}"
    );
    assert_eq!(
        (account.integrity.failed, account.integrity.defects.len()),
        (0, 1)
    );
}

#[test]
fn event_viewer_since_vista_in_several_languages() {
    for (heading, level, date) in [
        (
            "Level,Date and Time,Source,Event ID,Task Category",
            "Error",
            "2/5/2000 6:20:40 PM",
        ),
        (
            "Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie",
            "Fehler",
            "05.02.2000 18:20:40",
        ),
        (
            "Niveau,Date et heure,Source,ID de l’événement,Catégorie de la tâche",
            "Erreur",
            "05/02/2000 18:20:40",
        ),
        (
            "Poziom,Data i godzina,Źródło,Identyfikator zdarzenia,Kategoria zadania",
            "2",
            "05.02.2000 18:20:40",
        ),
        (
            "\u{feff}Keywords,Date and Time,Source,Event ID,Task Category",
            "Audit Failure",
            "2000-02-05 18:20:40",
        ),
    ] {
        let text = format!(
            "{heading}\r\n{level},{date},MSExchangeMTA,9322,(5),\"Eine \"\"Zeile\"\",\r\nund noch eine\"\r\n"
        );
        assert_eq!(
            detect::detect(text.as_bytes()),
            Some(Format::Csv),
            "{heading}"
        );
        let (events, account) = read_with(read, text.as_bytes());
        let [event] = &events[..] else {
            panic!("{heading}: {account:?}")
        };
        assert_eq!(
            (event.provider.as_str(), event.event_id, event.category),
            ("MSExchangeMTA", 9322, Some(5))
        );
        assert_eq!(time(event), "2000-02-05T18:20:40Z", "{heading}");
        assert_eq!(
            event.level,
            if level == "Audit Failure" {
                Some(0)
            } else {
                Some(2)
            }
        );
        assert_eq!(
            event.message.as_deref(),
            Some("Eine \"Zeile\",\r\nund noch eine")
        );
        assert_eq!(strings(event), None);
    }
}

#[test]
fn event_viewer_before_vista_with_commas_and_tabs() {
    let row = "2/5/00,6:20:40 PM,MSExchangeMTA,Warning,Interface ,9322,N/A,SEATTLE,An error occurred. [BASE IL] (14) ";
    let second = "2/13/00,6:20:41 PM,MSExchangeMTA,Error,None,9311,N/A,SEATTLE,\"Two\r\nlines\"";
    let third = "2/14/00,6:20:41 PM,MSExchangeMTA,Error,None,9405,N/A,SEATTLE,Not quoted";
    for delimiter in [",", "\t"] {
        let text =
            format!("{row}\r\n{second}\r\n{third}\r\nand a line below\r\n").replace(',', delimiter);
        assert_eq!(detect::detect(text.as_bytes()), Some(Format::Csv));
        let (events, account) = read_with(read, text.as_bytes());
        let [first, second, third] = &events[..] else {
            panic!("{account:?}")
        };
        assert_eq!(
            (first.provider.as_str(), first.event_id, first.level),
            ("MSExchangeMTA", 9322, Some(3))
        );
        assert_eq!(
            (time(first).as_str(), first.computer.as_deref()),
            ("2000-02-05T18:20:40Z", Some("SEATTLE"))
        );
        assert_eq!(
            first.message.as_deref(),
            Some("An error occurred. [BASE IL] (14)")
        );
        assert_eq!(second.message.as_deref(), Some("Two\r\nlines"));
        assert_eq!(
            third.message.as_deref(),
            Some("Not quoted\nand a line below")
        );
        assert!(incomplete(&account).contains("no insertion strings"));
        assert_eq!(account.integrity.count(DefectCode::GuessedDates), 0);
    }
    let (_, account) = read_with(read, row.as_bytes());
    let guesses = |defect: &Defect| defect.code == DefectCode::GuessedDates;
    assert!(account.integrity.defects.iter().any(guesses));
}

#[test]
fn strings_of_texts_that_nothing_could_resolve() {
    let text = "2/5/00,6:20:40 PM,MSExchangeMTA,Warning,(5),9322,N/A,SEATTLE,\"The description for Event ID ( 9322 ) in Source ( MSExchangeMTA ) could not be found. It contains the following insertion string(s): 68, 5.\"\r\n";
    let (events, account) = read_with(read, text.as_bytes());
    assert_eq!(strings(&events[0]), Some(vec!["68", "5"]));
    assert!(events[0].message.is_some());
    assert!(incomplete(&account).contains("taken from texts"));
}

#[test]
fn logparser_dumpel_and_export_csv() {
    let logparser = "EventLog,RecordNumber,TimeGenerated,TimeWritten,EventID,EventType,EventTypeName,EventCategory,EventCategoryName,SourceName,Strings,ComputerName,SID,Message,Data\n\
        Application,17,2000-02-05 18:20:40,2000-02-05 18:20:41,9322,2,Warning event,5,Interface,MSExchangeMTA,68|5||PORTLAND,SEATTLE,,\"A text\",\n";
    let dumpel =
        "2/5/2000\t6:20:40 PM\t2\t5\t9322\tMSExchangeMTA\tN/A\tSEATTLE\t68\t5\t\tPORTLAND\n";
    let powershell = "#TYPE System.Diagnostics.EventLogEntry#Application/MSExchangeMTA/2147492970\n\
        \"EventID\",\"MachineName\",\"Data\",\"Index\",\"Category\",\"CategoryNumber\",\"EntryType\",\"Message\",\"Source\",\"ReplacementStrings\",\"InstanceId\",\"TimeGenerated\"\n\
        \"9322\",\"SEATTLE\",\"System.Byte[]\",\"17\",\"Interface\",\"5\",\"Warning\",\"A text\",\"MSExchangeMTA\",\"System.String[]\",\"2147492970\",\"2/5/2000 6:20:40 PM\"\n";
    for text in [logparser, dumpel, powershell] {
        assert_eq!(detect::detect(text.as_bytes()), Some(Format::Csv), "{text}");
        let (events, account) = read_with(read, text.as_bytes());
        let [event] = &events[..] else {
            panic!("{text}: {account:?}")
        };
        assert_eq!(
            (event.provider.as_str(), event.event_id, event.level),
            ("MSExchangeMTA", 9322, Some(3)),
            "{text}"
        );
        assert_eq!(
            (time(event).as_str(), event.computer.as_deref()),
            ("2000-02-05T18:20:40Z", Some("SEATTLE"))
        );
        assert_eq!(event.category, Some(5));
        let wanted = (text != powershell).then(|| vec!["68", "5", "", "PORTLAND"]);
        assert_eq!(strings(event), wanted);
    }
    let (events, _) = read_with(read, powershell.as_bytes());
    assert_eq!(
        (events[0].qualifiers, events[0].record_id),
        (Some(0x8000), Some(17))
    );
}

#[test]
fn other_tables_are_left_alone() {
    for text in [
        "Date,Time,Amount,Account\n02/05/2000,10:00,5,7\n",
        "Name,Date and Time,Source,Value\na,2/5/2000 1:00:00 PM,b,7\n",
        "2/5/2000,6:20:40 PM,x,y,z,9322,a,b,c\n",
        "a,b,c,d,e\n1,2,3,4,5,6\n",
        "Level,Message\nError,x\n",
        "one two three\n",
        "2000-02-05 18:20:40 1.2.3.4 GET /index.html 80 - 5.6.7.8 200\n",
        "\"a",
        ",,,,\n,,,,,,\n",
    ] {
        assert_eq!(detect::detect(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn two_rows_that_became_one_are_named() {
    let heading = "RecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,Computer,PayloadData1,Payload\r\n";
    for last in ["x", "\"x\""] {
        let row = |n: u32| {
            let start = "2000-02-06 00:53:32.6200000,1008,Error,Perflib";
            format!("{n},{n},{start},Application,PORTLAND,,{last}")
        };
        let sound = format!("{heading}{}\r\n{}\r\n", row(1), row(2));
        let damaged = format!("{heading}{}??{}\r\n", row(1), row(2));
        for (text, read_of_it, named) in [(sound, 2, false), (damaged, 1, true)] {
            let (events, account) = read_with(read, text.as_bytes());
            let gap = |defect: &Defect| defect.code == DefectCode::Gap;
            assert_eq!(events.len(), read_of_it, "{account:?}");
            assert_eq!(
                account.integrity.defects.iter().any(gap),
                named,
                "{account:?}"
            );
        }
    }
}

#[test]
fn a_bad_row_costs_only_itself() {
    let text = SUPPORT.replace("02/06/2000", "99/99/2000")
        + "02/07/2000,01:00:00 AM,Error,SEATTLE,7,Other,None,N/A,N/A,\"x\"\r\n";
    let (events, account) = read_with(read, text.as_bytes());
    assert_eq!(
        events
            .iter()
            .map(|event| event.event_id)
            .collect::<Vec<_>>(),
        [9322, 1000, 7]
    );
    // A time that cannot be understood does not cost the event, and is named.
    assert_eq!((events[1].time, account.integrity.failed), (None, 0));
    assert_eq!(account.integrity.count(DefectCode::NoTime), 1);
    let text = SUPPORT.replace(",1000,", ",x,");
    let (events, account) = read_with(read, text.as_bytes());
    assert_eq!((events.len(), account.integrity.failed), (1, 1));
    let twice = format!("{SUPPORT}{SUPPORT}");
    let (events, account) = read_with(read, twice.as_bytes());
    assert_eq!((events.len(), account.integrity.failed), (4, 0));
}

#[test]
fn damage_never_panics() {
    testing::damage(read, SUPPORT.as_bytes());
    testing::damage(
        read,
        b"Level,Date and Time,Source,Event ID,Task Category\nError,2/5/2000 6:20:40 PM,A,1,None,\"x\ny\"\nError,2/5/2000 6:20:41 PM,B,2,None,\"z\"\n",
    );
    testing::damage(
        read,
        b"2/5/00,6:20:40 PM,A,Error,None,1,N/A,C,x\n2/5/00,6:20:41 PM,B,Error,None,2,N/A,C,y\n",
    );
    testing::endless(
        read,
        b"Level,Date and Time,Source,Event ID,Task Category\nError,2/5/2000 6:20:40 PM,A,1,None,\"",
        b"Error,2/5/2000 6:20:41 PM,B,2,None,\"z\"\n",
    );
}
