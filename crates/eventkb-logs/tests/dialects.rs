//! The same events in the forms of other programs come out as the same events: dialects in every
//! encoding, with and without a byte order mark, with either kind of line ends; tables in the dates
//! and words of many countries.
#![cfg(feature = "exports")]

#[path = "common/one_file.rs"]
mod one_file;

use std::ops::ControlFlow;

use eventkb_logs::integrity::DefectCode;
use eventkb_logs::{Event, Input, ReadOptions};
use eventkb_testkit::dialects::{Dialect, Kept};
use eventkb_testkit::scenario::{Attempt, START};
use eventkb_testkit::{EventSpec, Rendering};
use one_file::read;
use serde_json::Value;

fn specs() -> Vec<EventSpec> {
    let events = Attempt::on_one_computer(START).events();
    // The article's events are warnings: numbers of other levels are told apart as well.
    let mut others = events.clone();
    for (event, level) in others.iter_mut().zip([4, 2]) {
        event.level = level;
    }
    let events = events.into_iter().chain(others.into_iter().take(2));
    events
        .zip(17..)
        .map(|(event, number)| event.record_id(number))
        .collect()
}

fn encodings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = |big: bool| -> Vec<u8> {
        let bytes = |unit: u16| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        };
        text.encode_utf16().flat_map(bytes).collect()
    };
    let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    vec![
        ("UTF-8", text.as_bytes().to_vec()),
        (
            "UTF-8 with a mark",
            marked(b"\xef\xbb\xbf", text.as_bytes().to_vec()),
        ),
        ("UTF-16", marked(b"\xff\xfe", utf16(false))),
        ("UTF-16, big", marked(b"\xfe\xff", utf16(true))),
        ("UTF-16 without a mark", utf16(false)),
        ("UTF-16, big, without a mark", utf16(true)),
    ]
}

/// What must come out, whatever the dialect.
fn check(spec: &EventSpec, event: &Event, kept: Kept, what: &str) {
    assert_eq!(event.provider, spec.provider, "{what}");
    assert_eq!(event.event_id, spec.event_id, "{what}");
    let computer = kept.computer.then_some(spec.computer.as_str());
    assert_eq!(event.computer.as_deref(), computer, "{what}");
    let channel = kept.channel.then_some(spec.channel.as_str());
    assert_eq!(event.channel.as_deref(), channel, "{what}");
    assert_eq!(event.level, Some(spec.level), "{what}");
    let record_id = kept.record_id.then_some(spec.record_id);
    assert_eq!(event.record_id, record_id, "{what}");
    let time = event.time.map(|time| time.as_second());
    assert_eq!(time, Some(spec.time.unix_seconds()), "{what}");
    let strings = kept.strings.then_some(&spec.strings);
    assert_eq!(event.strings.as_ref(), strings, "{what}");
}

/// The same text with other line ends.
fn with_line_ends(text: &str) -> [(&'static str, String); 3] {
    let plain = text.replace("\r\r\n", "\n").replace("\r\n", "\n");
    [
        ("as written", text.to_owned()),
        ("line feeds", plain.clone()),
        ("carriage returns", plain.replace('\n', "\r")),
    ]
}

/// JSON with its keys in another order: by name, or from the last to the first.
fn json_in_order(text: &str, backwards: bool) -> Option<String> {
    fn write(value: &Value, backwards: bool, out: &mut String) {
        match value {
            Value::Object(object) => {
                // serde_json keeps keys by name.
                let mut keys: Vec<&String> = object.keys().collect();
                if backwards {
                    keys.reverse();
                }
                out.push('{');
                for (n, key) in keys.into_iter().enumerate() {
                    out.push_str(if n > 0 { ", " } else { " " });
                    out.push_str(&Value::from(key.as_str()).to_string());
                    out.push_str(" : ");
                    write(&object[key], backwards, out);
                }
                out.push('}');
            }
            Value::Array(items) => {
                out.push('[');
                for (n, item) in items.iter().enumerate() {
                    out.push_str(if n > 0 { "," } else { "" });
                    write(item, backwards, out);
                }
                out.push(']');
            }
            other => out.push_str(&other.to_string()),
        }
    }
    let ordered = |text: &str| {
        let value: Value = serde_json::from_str(text).ok()?;
        let mut out = String::new();
        write(&value, backwards, &mut out);
        Some(out)
    };
    ordered(text).or_else(|| {
        let lines: Option<Vec<String>> = text.lines().map(ordered).collect();
        Some(lines?.join("\n"))
    })
}

/// A table with its columns from the last to the first; `None` for what is no table with a heading.
fn columns_backwards(text: &str) -> Option<String> {
    if text.starts_with(['{', '[', '<']) {
        return None;
    }
    let mut rows: Vec<Vec<String>> = vec![vec![String::new()]];
    let mut quoted = false;
    for c in text.trim().chars() {
        let row = rows.last_mut()?;
        match c {
            '"' => {
                quoted = !quoted;
                row.last_mut()?.push('"');
            }
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            '\r' if !quoted => {}
            c => row.last_mut()?.push(c),
        }
    }
    let columns = rows.first()?.len();
    let table = columns > 3 && rows.iter().all(|row| row.len() == columns);
    let lines = rows.into_iter().map(|mut row| {
        row.reverse();
        row.join(",")
    });
    table.then(|| lines.collect::<Vec<_>>().join("\r\n"))
}

/// Reads the events of a dialect in every encoding, with every kind of line ends and order of keys.
/// Says how many other orders of JSON there were, and of a table.
fn in_every_form(dialect: Dialect, specs: &[EventSpec]) -> (usize, usize) {
    let text = dialect.write(specs);
    let mut forms: Vec<(String, String)> = with_line_ends(&text)
        .map(|(ends, text)| (ends.to_owned(), text))
        .into();
    let json: Vec<(String, String)> = [false, true]
        .into_iter()
        .filter_map(|backwards| {
            let text = json_in_order(&text, backwards)?;
            Some((format!("keys backwards: {backwards}"), text))
        })
        .collect();
    let table = columns_backwards(&text);
    let orders = (json.len(), usize::from(table.is_some()));
    forms.extend(json);
    forms.extend(table.map(|text| ("columns backwards".to_owned(), text)));
    for (form, text) in forms {
        for (encoding, bytes) in encodings(&text) {
            let what = format!("{dialect:?}, {form}, in {encoding}");
            let (events, input) = read(&bytes);
            assert_eq!(events.len(), specs.len(), "{what}: {input:?}");
            for (spec, event) in specs.iter().zip(&events) {
                check(spec, event, dialect.keeps(), &what);
            }
            assert_eq!(input.records_lost, 0, "{what}");
            // Some write American dates, of which none tells the order here.
            let known = [
                DefectCode::Incomplete,
                DefectCode::HeaderMismatch,
                DefectCode::GuessedDates,
            ];
            let strange = input.defects.iter().find(|d| !known.contains(&d.code));
            assert_eq!(strange, None, "{what}");
        }
    }
    orders
}

#[test]
fn every_dialect_gives_the_same_events() {
    let specs = specs();
    let (mut orders, mut tables, mut wrong) = (0, 0, Vec::new());
    for dialect in Dialect::ALL {
        match std::panic::catch_unwind(|| in_every_form(dialect, &specs)) {
            Ok((json, table)) => {
                orders += json;
                tables += table;
            }
            Err(_) => wrong.push(dialect),
        }
    }
    assert_eq!(wrong, []);
    // All dialects of JSON, and tables with a heading, were there in other orders.
    assert!(orders >= 58 && tables >= 8, "{orders}, {tables}");
}

#[test]
fn a_first_message_may_be_long() {
    let mut specs = specs();
    let text = "A long text. ".repeat(40_000);
    let shown = Rendering::english(&text, "Warning", "Interface");
    specs[0].rendering = Some(shown);
    for dialect in [Dialect::Winlogbeat, Dialect::ElasticHits] {
        for (encoding, bytes) in encodings(&dialect.write(&specs)) {
            let (events, _) = read(&bytes);
            assert_eq!(events.len(), specs.len(), "{dialect:?} in {encoding}");
            check(&specs[0], &events[0], dialect.keeps(), encoding);
        }
    }
    let heading = "Level,Date and Time,Source,Event ID,Task Category";
    let row = "Warning,2000-02-06 01:20:00,MSExchangeMTA,9322,None,";
    let table = format!("{heading}\r\n{row}\"{text}\"\r\n{row}\"short\"\r\n");
    let (events, _) = read(table.as_bytes());
    assert_eq!(events.len(), 2);
    // Of words that nobody knows only the first row shows what it is.
    let table = table.replace(heading, "A,B,C,D,E");
    let (events, _) = read(table.get(..20_000).expect("long").as_bytes());
    assert!(events.is_empty() || events.len() == 1);
}

#[test]
fn a_character_cut_at_the_end_of_the_window_is_no_other_encoding() {
    let row =
        |text: &str| format!("오류,2000-02-06 오전 1:20:00,MSExchangeMTA,9322,없음,\"{text}\"\r\n");
    for shift in 0..4 {
        let text = format!(
            "수준,날짜 및 시간,원본,이벤트 ID,작업 범주\r\n{}{}",
            row(&"x".repeat(shift)),
            row("가나다라마바사").repeat(200)
        );
        let (events, input) = read(text.as_bytes());
        assert_eq!((events.len(), input.records_lost), (201, 0));
        assert_eq!(events[0].level, Some(2));
    }
}

/// Dates as `Export-Csv` and others write them, for 2000-02-06 13:20:05, that no table above has.
const DATES: &[&str] = &[
    "6.2.2000 г. 13:20:05 ч.",
    "6/02/2000 1:20:05 PTG",
    "6.2.2000 1:20:05 e pasdites",
    "06-02-2000 1:20:05 म.नं.",
    "06/02/2000 01:20:05 p. m.",
    "06/02/2000 01:20:05 p.\u{a0}m.",
    "6.2.2000. 13.20.05",
    "6. 02. 2000 13:20:05",
    "06-02-2000 13.20.05",
    "2000-02-06 1:20:05 PM",
    "٠٦/٠٢/٢٠٠٠ ٠١:٢٠:٠٥ م",
    "2000年2月6日 13:20:05",
    "2000년 2월 6일 오후 1:20:05",
    "domingo, 6 de febrero de 2000 13:20:05",
    "Sonntag, 6. Februar 2000 13:20:05",
    "Feb 6, 2000 @ 13:20:05.000",
    "Sun, 06 Feb 2000 13:20:05 GMT",
    "Sun Feb 06 13:20:05 2000",
    "2000-02-06T14:20:05.0000000+01:00",
    "20000206142005.000000+060",
    "949843205",
    "dimanche 6 février 2000 13:20:05",
    "mardi 6 févr. 2000 à 13:20:05",
    "martes, 6 de febrero de 2000 13:20:05",
    "niedziela, 6 lutego 2000 13:20:05",
    "6 февраля 2000 г. 13:20:05",
    "6 Şubat 2000 Pazar 13:20:05",
    "2000. február 6. 13:20:05",
    "6. helmikuuta 2000 13.20.05",
    "06-fév-2000 13:20:05",
];

#[test]
fn dates_of_many_countries() {
    for date in DATES {
        let text = format!(
            "Id,ProviderName,LevelDisplayName,TimeCreated,Message\r\n9322,MSExchangeMTA,Warning,\"{date}\",m\r\n"
        );
        let (events, input) = read(text.as_bytes());
        let time = events.first().and_then(|event| event.time);
        let time = time.map(|time| time.to_string());
        assert_eq!(time.as_deref(), Some("2000-02-06T13:20:05Z"), "{date}");
        let mut defects = input.defects.iter();
        let guess = defects.find(|d| d.code == DefectCode::GuessedDates);
        assert_eq!(guess, None, "{date}");
    }
}

/// A table of Event Viewer in one country's words and dates, for 2000-02-06 13:20:05.
const COUNTRIES: &[(&str, &str, &str, &str)] = &[
    (
        "Korea",
        "수준,날짜 및 시간,원본,이벤트 ID,작업 범주",
        "경고",
        "2000-02-06 오후 1:20:05",
    ),
    (
        "Taiwan",
        "等級,日期和時間,來源,事件識別碼,工作類別",
        "警告",
        "2000/2/6 下午 01:20:05",
    ),
    (
        "China",
        "级别,日期和时间,来源,事件 ID,任务类别",
        "警告",
        "2000/2/6 13:20:05",
    ),
    (
        "Japan",
        "レベル,日付と時刻,ソース,イベント ID,タスクのカテゴリ",
        "警告",
        "2000/02/06 13:20:05",
    ),
    (
        "Hungary",
        "Szint,Dátum és idő,Forrás,Eseményazonosító,Feladatkategória",
        "Figyelmeztetés",
        "2000. 02. 06. 13:20:05",
    ),
    (
        "Czechia",
        "Úroveň,Datum a čas,Zdroj,ID události,Kategorie úlohy",
        "Upozornění",
        "06.02.2000 13:20:05",
    ),
    (
        "Slovakia",
        "Úroveň,Dátum a čas,Zdroj,Identifikácia udalosti,Kategória úlohy",
        "Upozornenie",
        "6. 2. 2000 13:20:05",
    ),
    (
        "Bulgaria",
        "Ниво,Дата и час,Източник,ИД на събитие,Категория",
        "Предупреждение",
        "6.2.2000 г. 13:20:05",
    ),
    (
        "Greece",
        "Επίπεδο,Ημερομηνία και ώρα,Προέλευση,Αναγνωριστικό συμβάντος,Κατηγορία",
        "Προειδοποίηση",
        "6/2/2000 1:20:05 μμ",
    ),
    (
        "Egypt",
        "المستوى,التاريخ والوقت,المصدر,معرف الحدث,فئة المهمة",
        "تحذير",
        "\u{200f}06/02/2000 01:20:05 م",
    ),
    (
        "Thailand",
        "ระดับ,วันที่และเวลา,แหล่งที่มา,รหัสเหตุการณ์,ประเภทงาน",
        "คำเตือน",
        "6/2/2543 13:20:05",
    ),
    (
        "Australia",
        "Level,Date and Time,Source,Event ID,Task Category",
        "Warning",
        "6/02/2000 1:20:05 pm",
    ),
    (
        "Finland",
        "Taso,Päivämäärä ja aika,Lähde,Tapahtumatunnus,Tehtäväluokka",
        "Varoitus",
        "6.2.2000 13.20.05",
    ),
    (
        "Denmark",
        "Niveau,Dato og klokkeslæt,Kilde,Hændelses-id,Opgavekategori",
        "Advarsel",
        "06-02-2000 13:20:05",
    ),
    (
        "Vietnam",
        "Mức,Ngày và Giờ,Nguồn,ID Sự kiện,Thể loại",
        "Cảnh báo",
        "06/02/2000 1:20:05 CH",
    ),
    (
        "Romania",
        "Nivel,Data și ora,Sursă,ID eveniment,Categorie activitate",
        "Avertisment",
        "06.02.2000 13:20:05",
    ),
    (
        "Indonesia",
        "Tingkat,Tanggal dan Waktu,Sumber,ID Kejadian,Kategori Tugas",
        "Peringatan",
        "06.02.2000 13.20.05",
    ),
    (
        "Catalonia",
        "Nivell,Data i hora,Origen,ID d'esdeveniment,Categoria de la tasca",
        "Avís",
        "06.02.2000 13:20:05",
    ),
    (
        "Germany",
        "Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie",
        "Warnung",
        "06.02.2000 13:20:05",
    ),
];

#[test]
fn tables_of_many_countries() {
    for (country, heading, level, date) in COUNTRIES {
        let text =
            format!("{heading}\r\n{level},{date},MSExchangeMTA,9322,,\"Text\r\nin lines\"\r\n");
        for (encoding, bytes) in encodings(&text) {
            let what = format!("{country} in {encoding}");
            let (events, input) = read(&bytes);
            let [event] = events.as_slice() else {
                panic!("{what}: {input:?}")
            };
            assert_eq!(event.level, Some(3), "{what}");
            let time = event.time.map(|time| time.to_string());
            assert_eq!(time.as_deref(), Some("2000-02-06T13:20:05Z"), "{what}");
            let guesses = input
                .defects
                .iter()
                .filter(|d| d.code == DefectCode::GuessedDates);
            assert_eq!(guesses.count(), 0, "{what}");
            let converted = input.defects.iter().any(|d| d.code == DefectCode::Calendar);
            assert_eq!(converted, *country == "Thailand", "{what}");
        }
    }
}

#[test]
fn the_order_of_day_and_month_is_one_for_a_file() {
    let heading = "\"Message\",\"Id\",\"Level\",\"ProviderName\",\"TimeCreated\"";
    let row = |date: &str| {
        format!("\"An error.\nOn lines.\n\",\"9322\",\"3\",\"MSExchangeMTA\",\"{date}\"\n")
    };
    let times = |dates: &[&str]| -> (Vec<String>, Input) {
        let rows: String = dates.iter().map(|date| row(date)).collect();
        let (events, input) = read(format!("{heading}\n{rows}").as_bytes());
        assert_eq!(events.len(), dates.len());
        let times = events
            .iter()
            .map(|event| event.time.map_or_else(String::new, |t| t.to_string()));
        (times.collect(), input)
    };
    // The deciding day comes late.
    let mut many = vec!["2/6/2000 13:00:00"; 300];
    many.push("2/25/2000 13:00:00");
    let (read, input) = times(&many);
    assert!(
        read.iter()
            .take(300)
            .all(|time| time == "2000-02-06T13:00:00Z")
    );
    assert_eq!(
        input
            .defects
            .iter()
            .filter(|d| d.code == DefectCode::GuessedDates)
            .count(),
        0
    );
    // Nothing decides: the guess is said once, and reading is not sound.
    let (_, input) = times(&["2/6/2000 13:00:00", "2/6/2000 13:00:01"]);
    let guess = input
        .defects
        .iter()
        .find(|d| d.code == DefectCode::GuessedDates);
    assert_eq!(guess.map(|guess| guess.count), Some(1));
    assert!(DefectCode::GuessedDates.may_hide_records());
    // What contradicts the rest is refused, and named.
    let (read, input) = times(&["2/25/2000 13:00:00", "25/2/2000 13:00:00"]);
    assert_eq!(read, ["2000-02-25T13:00:00Z", ""]);
    assert_eq!(input.records_without_time, 1);
    // A calendar that is not known is refused, and named.
    let (read, input) = times(&["1420/11/01 13:00:00"]);
    assert_eq!(read, [""]);
    let defect = input
        .defects
        .iter()
        .find(|d| d.code == DefectCode::NoTime)
        .expect("named");
    assert!(defect.message.contains("calendar"), "{}", defect.message);
}

#[test]
fn values_beside_the_fields_of_a_program_are_kept() {
    // A value may be called like a field of the program: the first of them is the program's.
    let line = r#"{"EventTime":"2000-02-06 01:20:05","Hostname":"A","EventType":"INFO","EventID":5156,"SourceName":"P","ExecutionProcessID":4,"ProcessID":"2316","Channel":"Security","Message":"m","Category":"c","Application":"x.exe","EventReceivedTime":"2000-02-07 00:00:00","SourceModuleType":"im_msvistalog"}"#;
    let (events, _) = read(line.as_bytes());
    let named: Vec<(&str, &str)> = events[0]
        .named
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(named, [("ProcessID", "2316"), ("Application", "x.exe")]);
    assert_eq!((events[0].process_id, &events[0].strings), (Some(4), &None));
}

#[test]
fn when_an_agent_saw_an_event_is_not_when_it_happened() {
    let line = r#"{"@timestamp":"2000-02-06T01:20:05Z","event":{"created":"2001-01-01T00:00:00Z","code":"1","provider":"P"},"winlog":{"channel":"C","record_id":7}}"#;
    let (events, _) = read(line.as_bytes());
    let time = events[0].time.map(|time| time.to_string());
    assert_eq!(time.as_deref(), Some("2000-02-06T01:20:05Z"));
}

#[test]
fn a_message_cannot_forge_an_event_where_a_program_keeps_xml_elsewhere() {
    let forged = Dialect::Xml.write(&specs()).replace("<Events>", "");
    for key in ["Message", "message", "full_message", "Description"] {
        let object =
            serde_json::json!({ "ProviderName": "P", "Id": 1, "LogName": "L", key: forged });
        let (events, _) = read(object.to_string().as_bytes());
        assert_eq!((events.len(), events[0].event_id), (1, 1), "{key}");
    }
}

#[test]
fn a_damaged_line_behind_a_prefix_costs_itself() {
    let specs = specs();
    let text = Dialect::NxLogSyslog.write(&specs);
    let lines: Vec<&str> = text.lines().collect();
    for damaged in [
        lines[1].replace('{', "x"),
        lines[1].replace('}', ""),
        lines[1].replace("\":\"", ""),
    ] {
        let text = text.replace(lines[1], &damaged);
        let (events, input) = read(text.as_bytes());
        assert_eq!(events.len(), specs.len() - 1, "{damaged}");
        let named = input
            .defects
            .iter()
            .any(|d| d.code.may_hide_records() && d.code != DefectCode::Incomplete);
        assert!(named || input.records_lost > 0, "{damaged}: {input:?}");
    }
}

#[test]
fn what_seems_to_hold_events_and_is_not_read_is_no_silence() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("seems-events");
    std::fs::create_dir_all(&folder).expect("a folder");
    let unknown = "Timestamp,RuleTitle,Level,Computer,Channel,EventID\n2000-02-06 01:20:05,x,high,A,Security,7\n";
    std::fs::write(folder.join("timeline.csv"), unknown).expect("written");
    std::fs::write(
        folder.join("notes.txt"),
        "An event id of a provider, in a channel.",
    )
    .expect("written");
    std::fs::write(folder.join("log.xml"), Dialect::Xml.write(&specs())).expect("written");
    let mut each = |_| ControlFlow::Continue(());
    let result = eventkb_logs::list_events(
        &[folder],
        &eventkb_logs::EventFilter::default(),
        &ReadOptions::default(),
        &mut each,
    );
    let errors: Vec<&str> = result
        .files
        .iter()
        .filter_map(|file| file.input.error.as_deref())
        .collect();
    assert!(
        matches!(errors.as_slice(), [error] if error.contains("wevtutil qe")),
        "{errors:?}"
    );
    assert_eq!(result.ignored.len(), 1, "{:?}", result.ignored);
}

#[test]
fn fields_that_are_not_understood_are_counted() {
    let line =
        r#"{"ProviderName":"","Id":7,"TimeCreated":"yesterday","LevelDisplayName":"schlimm"}"#;
    let (events, input) = read(line.as_bytes());
    assert_eq!(events.len(), 1);
    assert_eq!(
        (input.records_without_provider, input.records_without_time),
        (1, 1)
    );
    for code in [
        DefectCode::NoProvider,
        DefectCode::NoTime,
        DefectCode::UnreadableField,
    ] {
        let defect = input.defects.iter().find(|defect| defect.code == code);
        assert_eq!(defect.map(|defect| defect.count), Some(1), "{code:?}");
        assert!(code.may_hide_records());
    }
}

#[test]
fn a_file_of_which_no_row_could_be_read_is_an_error() {
    let heading = "RecordId,ProviderName,Id,TimeCreated,Message\n";
    let (events, input) = read(format!("{heading}1,P,x,2000-02-06 01:20:00,m\n").as_bytes());
    assert!(events.is_empty());
    let error = input.error.expect("an error");
    assert!(error.contains("could not be read"), "{error}");
    assert_eq!(input.records_lost, 1);
    // An empty table is sound.
    let (_, input) = read(heading.replace(",Message", ",Level").as_bytes());
    assert_eq!((input.error, input.records_lost), (None, 0));
}

/// Events as `wevtutil` prints them, with names in English or in German.
fn printed(specs: &[EventSpec], german: bool) -> String {
    let names = if german {
        [
            "Protokollname",
            "Quelle",
            "Datum",
            "Ereignis-ID",
            "Aufgabe",
            "Ebene",
            "Opcode",
            "Schlüsselwort",
            "Benutzer",
            "Benutzername",
            "Computer",
            "Beschreibung",
        ]
    } else {
        [
            "Log Name",
            "Source",
            "Date",
            "Event ID",
            "Task",
            "Level",
            "Opcode",
            "Keyword",
            "User",
            "User Name",
            "Computer",
            "Description",
        ]
    };
    let mut text = String::new();
    for (n, spec) in specs.iter().enumerate() {
        let time = spec.time.to_rfc3339();
        let values = [
            spec.channel.clone(),
            spec.provider.clone(),
            time.get(..23).expect("a time").to_owned(),
            spec.event_id.to_string(),
            "N/A".to_owned(),
            if german { "Warnung" } else { "Warning" }.to_owned(),
            "N/A".to_owned(),
            "N/A".to_owned(),
            "N/A".to_owned(),
            "N/A".to_owned(),
            spec.computer.clone(),
            format!("\r\nA text of {}.\r\nNo.\r\n", spec.strings.join(", ")),
        ];
        text += &format!("Event[{n}]:\r\n");
        for (name, value) in names.iter().zip(&values) {
            text += &format!("  {name}: {value}\r\n");
        }
    }
    text
}

#[test]
fn what_wevtutil_prints_in_any_language() {
    let specs = specs();
    for german in [false, true] {
        let (events, input) = read(printed(&specs, german).as_bytes());
        assert_eq!(events.len(), specs.len(), "{input:?}");
        for (spec, event) in specs.iter().zip(&events) {
            let got = (event.provider.as_str(), event.event_id, event.level);
            assert_eq!(got, (spec.provider.as_str(), spec.event_id, Some(3)));
            let time = event.time.map(|time| time.as_second());
            assert_eq!(time, Some(spec.time.unix_seconds()));
            assert_eq!(event.computer.as_deref(), Some(spec.computer.as_str()));
            assert!(
                event
                    .message
                    .as_deref()
                    .is_some_and(|m| m.starts_with("A text of"))
            );
        }
        assert_eq!(input.records_lost, 0);
    }
}

fn table(specs: &[EventSpec]) -> String {
    let mut text = "Level,Date and Time,Source,Event ID,Task Category\r\n".to_owned();
    for spec in specs {
        let time = spec.time.to_rfc3339().replace('T', " ");
        let time = time.get(..19).expect("a time");
        let strings = spec.strings.join(", ");
        text += &format!(
            "Warning,{time},{},{},None,\"A text of {strings}.\"\r\n",
            spec.provider, spec.event_id
        );
    }
    text
}

#[test]
fn one_flipped_bit_loses_no_event_in_silence() {
    let specs: Vec<EventSpec> = specs().into_iter().cycle().take(12).collect();
    let forms = [
        ("XML", Dialect::Xml.write(&specs)),
        ("evtx_dump", Dialect::GolangEvtx.write(&specs)),
        ("Winlogbeat", Dialect::WinlogbeatDotted.write(&specs)),
        ("wevtutil", printed(&specs, false)),
        ("table", table(&specs)),
    ];
    for (form, text) in forms {
        let (whole, _) = read(text.as_bytes());
        assert_eq!(whole.len(), specs.len(), "{form}");
        let mut silent = Vec::new();
        for at in (0..text.len()).step_by(3) {
            for bit in [0, 1, 3, 5] {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let (events, input) = read(&bytes);
                let named = input.records_lost > 0
                    || input.error.is_some()
                    || input.defects.iter().any(|defect| {
                        defect.code.may_hide_records() && defect.code != DefectCode::Incomplete
                    });
                if events.len() < specs.len() && !named {
                    let around = text.get(at.saturating_sub(20)..at + 8).unwrap_or_default();
                    silent.push((at, bit, events.len(), around.to_owned()));
                }
            }
        }
        assert_eq!(silent, [], "{form}");
    }
}

/// Tables in which the headings and the texts are in quotes, and the first column is not.
#[test]
fn one_changed_byte_at_the_end_of_a_row_is_named() {
    let headings = [
        ("\"TimeCreated\",\"ProviderName\",\"Id\",\"Message\"", false),
        ("\"Id\",\"ProviderName\",\"TimeCreated\"", true),
    ];
    let mut silent = Vec::new();
    for (heading, short) in headings {
        for ends in ["\r\n", "\n"] {
            let row = |n: u32| {
                let time = format!("2000-02-06 01:20:{n:02}");
                match short {
                    true => format!("{},\"Contoso\",\"{time}\"{ends}", 7000 + n),
                    false => format!("{time},\"Contoso\",\"{n}\",\"A text of {n}.\"{ends}"),
                }
            };
            let rows: String = (1..=6).map(row).collect();
            let text = format!("{heading}{ends}{rows}");
            let (sound, _) = read(text.as_bytes());
            assert_eq!(sound.len(), 6);
            let end_of_rows = text.match_indices(ends).map(|(at, _)| at);
            // The last row has none behind it.
            for end in end_of_rows.take(6) {
                for at in end - 1..end + ends.len() {
                    for byte in 0..=u8::MAX {
                        let mut bytes = text.clone().into_bytes();
                        bytes[at] = byte;
                        let (events, input) = read(&bytes);
                        let told = input.records_lost > 0
                            || input.error.is_some()
                            || input.defects.iter().any(|defect| {
                                let known = [DefectCode::Incomplete, DefectCode::GuessedDates];
                                defect.code.may_hide_records() && !known.contains(&defect.code)
                            });
                        if events.len() < 6 && !told {
                            silent.push((heading, ends.len(), at - end, byte));
                        }
                    }
                }
            }
        }
    }
    let first: Vec<_> = silent.iter().take(10).collect();
    assert!(silent.is_empty(), "{}: {first:?}", silent.len());
}

#[test]
fn gaps_are_told_for_each_log_of_a_file() {
    let event = |computer: &str, channel: &str, id: u64| {
        EventSpec::new("Contoso", 7)
            .computer(computer)
            .channel(channel)
            .record_id(id)
    };
    let log = |computer: &'static str, channel: &'static str, ids: Vec<u64>| {
        ids.into_iter()
            .map(move |id| event(computer, channel, id))
            .collect::<Vec<_>>()
    };
    let gaps = |logs: Vec<Vec<EventSpec>>| {
        let events: Vec<EventSpec> = logs.into_iter().flatten().collect();
        let (_, input) = read(Dialect::Xml.write(&events).as_bytes());
        let gaps = input.gaps.into_iter();
        let gaps = gaps.map(|gap| (gap.computer, gap.channel, gap.after, gap.before));
        (gaps.collect::<Vec<_>>(), input.many_gaps)
    };
    let holed: Vec<u64> = (1..=40).filter(|id| !(20..23).contains(id)).collect();
    let whole = || log("B", "System", (100..160).collect());
    let of_a = |after, before| {
        (
            Some("A".to_owned()),
            Some("System".to_owned()),
            after,
            before,
        )
    };
    assert_eq!(
        gaps(vec![log("A", "System", holed.clone()), whole()]),
        (vec![of_a(19, 23)], false)
    );
    // Filtered: each fifth record.
    let filtered = (1..=40).map(|n| n * 5).collect();
    assert_eq!(
        gaps(vec![log("A", "System", filtered), whole()]),
        (vec![], false)
    );
    // The computer was called otherwise for a while.
    let renamed = log("A.contoso.com", "System", vec![20, 21, 22]);
    assert_eq!(
        gaps(vec![log("A", "System", holed.clone()), renamed]),
        (vec![], false)
    );
    // The ids of another channel fill nothing.
    let other = log("A", "Application", vec![20, 21, 22]);
    assert_eq!(
        gaps(vec![log("A", "System", holed), other]),
        (vec![of_a(19, 23)], false)
    );
}

#[test]
fn files_that_were_put_behind_each_other() {
    let specs = specs();
    // A list of JSON, XML with a root and an answer of a search have ends.
    for dialect in [
        Dialect::GolangEvtx,
        Dialect::Winlogbeat,
        Dialect::GetWinEventCsv,
        Dialect::EventViewerCsv,
        Dialect::Ours,
        Dialect::WevtutilText,
        Dialect::Copied,
        Dialect::FormatList,
        Dialect::SplunkRaw,
        Dialect::Snare,
        Dialect::PowerShell5,
    ] {
        let one = dialect.write(&specs);
        let text = format!("\u{feff}{one}\r\n\u{feff}{one}");
        for (encoding, bytes) in encodings(&text) {
            let (events, input) = read(&bytes);
            let what = format!("{dialect:?} in {encoding}: {input:?}");
            assert_eq!(events.len(), 2 * specs.len(), "{what}");
            assert_eq!(input.records_lost, 0, "{what}");
            let gap = input.defects.iter().any(|d| d.code == DefectCode::Gap);
            assert!(!gap, "{what}");
        }
    }
}

#[test]
fn tables_with_other_columns_behind_each_other() {
    let first = "\"TimeCreated\",\"ProviderName\",\"Id\",\"Level\"\r\n\"2000-02-06T01:20:05Z\",\"A\",\"7\",\"3\"\r\n";
    let other = "\"Level\",\"Id\",\"ProviderName\",\"RecordId\"\r\n\"2\",\"4\",\"B\",\"9\"\r\n";
    let (events, input) = read(format!("{first}{other}").as_bytes());
    let is: Vec<_> = events
        .iter()
        .map(|event| (event.provider.as_str(), event.event_id, event.level))
        .collect();
    assert_eq!(is, [("A", 7, Some(3)), ("B", 4, Some(2))], "{input:?}");
}

#[test]
fn text_of_another_encoding_behind_is_named() {
    let table = "Id,ProviderName,TimeCreated\r\n7,P,2000-02-06T01:20:05Z\r\n";
    let wide = "8,P,2000-02-06T01:20:06Z\r\n".encode_utf16();
    let wide = wide.flat_map(u16::to_le_bytes);
    let bytes: Vec<u8> = table.bytes().chain(wide).collect();
    let (events, input) = read(&bytes);
    assert_eq!(
        events.first().map(|event| event.event_id),
        Some(7),
        "{input:?}"
    );
    let named = |defect: &eventkb_logs::integrity::Defect| defect.code == DefectCode::Malformed;
    assert!(input.defects.iter().any(named), "{input:?}");
}

#[test]
fn a_column_that_is_there_twice_is_named() {
    let text = "Id,ProviderName,TimeCreated,Id\n7,P,2000-02-06T01:20:05Z,8\n";
    let (events, input) = read(text.as_bytes());
    assert_eq!(events.first().map(|event| event.event_id), Some(7));
    let named = |defect: &eventkb_logs::integrity::Defect| defect.code == DefectCode::Malformed;
    assert!(input.defects.iter().any(named));
}

#[test]
fn numbers_as_floats_and_times_of_many_digits() {
    let json = r#"{"provider":"P","event_id":7.0,"level":3.0,"record_id":12.0,"time":"2000-02-06T01:20:05.123456789Z"}"#;
    let table = "Id,Level,ProviderName,RecordId,TimeCreated\n7.0,3.0,P,12.0,2000-02-06T01:20:05.123456789012Z\n";
    for text in [json, table] {
        let (events, input) = read(text.as_bytes());
        let event = events.first().unwrap_or_else(|| panic!("{input:?}"));
        let is = (event.event_id, event.level, event.record_id);
        assert_eq!(is, (7, Some(3), Some(12)), "{text}");
        let time = event.time.map(|time| time.to_string());
        assert_eq!(time.as_deref(), Some("2000-02-06T01:20:05.123456789Z"));
    }
    for (zone, wanted) in [
        ("+0530", "2000-02-05T19:50:05Z"),
        (" +05:45", "2000-02-05T19:35:05Z"),
        ("-03:30", "2000-02-06T04:50:05Z"),
        (" UTC+2:00", ""),
        (" EST", ""),
    ] {
        let text = format!("Id,ProviderName,TimeCreated\n7,P,2000-02-06 01:20:05{zone}\n");
        let (events, input) = read(text.as_bytes());
        let time = events[0]
            .time
            .map(|time| time.to_string())
            .unwrap_or_default();
        assert_eq!(time, wanted, "{zone}");
        let named = input.defects.iter().any(|d| d.code == DefectCode::NoTime);
        assert_eq!(named, wanted.is_empty(), "{zone}");
    }
}

#[test]
fn numbers_that_cannot_be_read_are_named() {
    let heading = "Id,ProviderName,TimeCreated,Keywords,RecordId,ProcessId";
    let row = |keywords: &str, record: &str, process: &str| {
        let text = format!("{heading}\n7,P,2000-02-06T01:20:05Z,{keywords},{record},{process}\n");
        let (events, input) = read(text.as_bytes());
        assert_eq!(events.len(), 1, "{input:?}");
        let defect = input.defects.iter();
        let mut defect = defect.filter(|defect| defect.code == DefectCode::UnreadableField);
        (
            defect.next().map_or(0, |defect| defect.count),
            events[0].keywords,
        )
    };
    assert_eq!(
        row("0x8080000000000000", "12", "4"),
        (0, Some(0x8080_0000_0000_0000))
    );
    assert_eq!(
        row("36028797018963968.0", "12.0", "4.0"),
        (0, Some(0x80_0000_0000_0000))
    );
    assert_eq!(row("0x80800000000000zz", "1x", "4"), (2, None));
    assert_eq!(row("Classic", "", "4y"), (1, None));
    assert_eq!(row("\"Audit Success,(70368744177664)\"", "", ""), (0, None));
}

const CERTIFICATE: &str = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
    <Provider Name='Microsoft-Windows-CAPI2'/><EventID>11</EventID><TimeCreated SystemTime='2000-02-06T01:20:00Z'/>\
    </System><UserData><CertGetCertificateChain xmlns='x' auxId='7'><Certificate fileRef='A.cer' subjectName='CN=A'/>\
    <Chain><Element n='1'>x</Element><Element n='2'>y</Element></Chain><Result value='800B0109'>untrusted</Result>\
    </CertGetCertificateChain></UserData></Event>";

#[test]
fn attributes_and_nested_values_are_named_by_their_path() {
    let (events, input) = read(CERTIFICATE.as_bytes());
    assert_eq!(input.defects, []);
    let named: Vec<(&str, &str)> = events[0]
        .named
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        named,
        [
            ("auxId", "7"),
            ("Certificate.fileRef", "A.cer"),
            ("Certificate.subjectName", "CN=A"),
            ("Certificate", ""),
            ("Chain.Element.n", "1"),
            ("Chain.Element", "x"),
            ("Chain.Element.n", "2"),
            ("Chain.Element", "y"),
            ("Result.value", "800B0109"),
            ("Result", "untrusted"),
        ]
    );
    // Attributes are no insertion strings: those keep their places.
    let strings = ["", "x", "y", "untrusted"].map(str::to_owned).to_vec();
    assert_eq!(events[0].strings, Some(strings));
    let complex = "<Event><System><Provider Name='P'/><EventID>1</EventID><TimeCreated SystemTime='2000-02-06T01:20:00Z'/></System>\
        <EventData><Data Name='Count'>1</Data><ComplexData Name='Entry'><Data Name='a'>x</Data><Data>y</Data></ComplexData></EventData></Event>";
    let (events, _) = read(complex.as_bytes());
    let named: Vec<&str> = events[0]
        .named
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(named, ["Count", "Entry.a", "Entry"]);
    // How long the list is, is no string.
    assert_eq!(events[0].strings, Some(vec!["x".into(), "y".into()]));
}

#[test]
fn very_many_values_are_kept_and_those_beyond_the_limit_are_named() {
    let event = |values: usize| {
        let data = "<Data>v</Data>".repeat(values);
        format!(
            "<Event><System><Provider Name='P'/><EventID>1</EventID><TimeCreated SystemTime='2000-02-06T01:20:00Z'/></System><EventData>{data}</EventData></Event>"
        )
    };
    let (events, input) = read(event(600).as_bytes());
    assert_eq!(events[0].strings.as_ref().map(Vec::len), Some(600));
    assert_eq!(input.defects, []);
    let (events, input) = read(event(40_000).as_bytes());
    assert_eq!(events[0].strings.as_ref().map(Vec::len), Some(32_768));
    let defect = input.defects.first().expect("named");
    assert_eq!(
        (defect.code, defect.count),
        (DefectCode::ValuesLeftOut, 40_000 - 32_768)
    );
    let names = (0..290).map(|n| (format!("n{n}"), "v".to_owned()));
    let spec = EventSpec::new("P", 1).named(names);
    let log = eventkb_testkit::evtx::EvtxWriter::new().write(&[spec]);
    let (events, input) = read(&log);
    assert_eq!(events[0].named.len(), 290);
    assert_eq!((input.records_read, input.records_lost), (1, 0));
}

#[test]
fn a_log_without_its_first_pages_is_read() {
    let specs: Vec<EventSpec> = specs().into_iter().cycle().take(400).collect();
    let log = eventkb_testkit::evtx::EvtxWriter::new()
        .records_per_chunk(100)
        .write(&specs);
    let (whole, _) = read(&log);
    let bare = log.get(4096..).expect("chunks");
    let (events, input) = read(bare);
    assert_eq!(events.len(), whole.len());
    assert!(
        input
            .defects
            .iter()
            .any(|defect| defect.code == DefectCode::FileHeader)
    );
    for byte in [0_u8, 0xf6, 0xff] {
        let mut wiped = log.clone();
        wiped[..8192].fill(byte);
        let (events, input) = read(&wiped);
        assert!(events.len() >= 300, "{byte:x}: {} events", events.len());
        assert!(input.records_lost > 0, "{byte:x}");
        let sum = input.records_read + input.records_lost;
        assert_eq!(input.records_promised, Some(sum), "{byte:x}");
    }
    let evt = eventkb_testkit::evt::EvtWriter::new().write(&specs);
    let mut wiped = evt.clone();
    wiped[..4096].fill(0);
    let (events, input) = read(&wiped);
    assert!(events.len() > 300, "{} events", events.len());
    assert!(
        input
            .defects
            .iter()
            .any(|defect| defect.code.may_hide_records())
    );
}

#[test]
fn a_chunk_without_checksums_is_believed_less() {
    let log = eventkb_testkit::evtx::EvtxWriter::new().write(&specs());
    let mut switched = log.clone();
    switched[4096 + 120] |= 4;
    // Where the checksums hold all the same they vouch, but the flag is named.
    let (events, input) = read(&switched);
    assert!(
        events
            .iter()
            .all(|event| event.trust == eventkb_logs::Trust::Intact)
    );
    assert!(
        input
            .defects
            .iter()
            .any(|defect| defect.code == DefectCode::NoChecksum)
    );
    // Two bits of the checksum over them: one alone is put right.
    switched[4096 + 52] ^= 3;
    let (events, input) = read(&switched);
    assert!(
        events
            .iter()
            .all(|event| event.trust == eventkb_logs::Trust::NoChecksum)
    );
    assert!(
        !input
            .defects
            .iter()
            .any(|defect| defect.code == DefectCode::DataCrc)
    );
}

#[test]
fn the_head_of_a_record_whose_end_is_gone_is_kept() {
    let log = eventkb_testkit::evtx::EvtxWriter::new().write(&specs());
    let (whole, _) = read(&log);
    let last = whole.last().expect("events");
    let at = usize::try_from(last.offset.expect("an offset")).expect("small");
    let size = u32::from_le_bytes(log[at + 4..at + 8].try_into().expect("four bytes")) as usize;
    let mut kept = 0;
    for end in at + 28..at + size - 8 {
        let cut = log.get(..end).expect("inside");
        let mut zeroed = log.clone();
        zeroed[end..].fill(0);
        for bytes in [cut, &zeroed] {
            let (events, input) = read(bytes);
            let sum = input.records_read + input.records_lost;
            assert_eq!(input.records_promised, Some(sum), "cut at {end}");
            assert!(
                input
                    .defects
                    .iter()
                    .any(|defect| defect.code.may_hide_records())
            );
            let before: Vec<_> = events.iter().map(|event| &event.strings).collect();
            let wanted: Vec<_> = whole.iter().map(|event| &event.strings).collect();
            let others = whole.len() - 1;
            assert_eq!(before.get(..others), wanted.get(..others), "cut at {end}");
            let Some(event) = events.get(whole.len() - 1) else {
                continue;
            };
            kept += 1;
            assert_eq!(event.provider, last.provider);
            assert_eq!((event.event_id, event.time), (last.event_id, last.time));
            assert_ne!(event.trust, eventkb_logs::Trust::Intact, "cut at {end}");
        }
    }
    assert!(kept > 100, "{kept} of {size}");
}
