//! What the writer writes, the evtx crate reads: the same values in the same order.

mod common;

use common::{ReadBack, read_back};
use eventkb_testkit::evtx::{DataShape, EvtxWriter, Layout, Style};
use eventkb_testkit::{EventSpec, Rendering};

fn samples() -> Vec<EventSpec> {
    let dn = "/o=Contoso/ou=Seattle/cn=Configuration/cn=Connections/cn=DRAS to Portland";
    vec![
        EventSpec::new("MSExchangeMTA", 9311)
            .level(3)
            .task(5)
            .qualifiers(0x8000)
            .at(949_800_000, 0)
            .strings([dn, "718", "0", "BASE IL", "PIPE RAS", "35", "230"]),
        EventSpec::new("EventLog", 6005)
            .channel("System")
            .at(949_800_001, 123_456_700),
        EventSpec::new("Microsoft-Windows-Contoso", 7036)
            .event_source_name("Service Control Manager")
            .user_sid(&[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0])
            .params(["Messenger", "stopped"])
            .at(949_800_002, 0),
        EventSpec::new("ESENT", 100)
            .strings(["svchost", "", "", "4"])
            .binary(&[1, 2, 3, 4]),
        EventSpec::new("ESENT", 101).strings(["", "x"]),
        EventSpec::new("Überwachung", 1).strings(["Zürich \u{1f4be} <&>\"'", "日本語"]),
        EventSpec::new("MSExchangeMTA", 9316)
            .computer("PORTLAND")
            .record_id(4711)
            .strings(["one"]),
    ]
}

fn check(file: Vec<u8>, wanted: &[EventSpec]) -> Vec<ReadBack> {
    let read = read_back(file);
    assert_eq!(read.len(), wanted.len());
    let mut id = 0;
    for (read, wanted) in read.iter().zip(wanted) {
        id = match wanted.record_id {
            0 => id + 1,
            given => given,
        };
        let time = wanted.time.to_rfc3339();
        assert_eq!(read.provider, wanted.provider);
        assert_eq!(read.source, wanted.event_source_name);
        assert_eq!(read.event_id, wanted.event_id.to_string());
        assert_eq!(read.qualifiers, wanted.qualifiers.to_string());
        assert_eq!(read.level, wanted.level.to_string());
        assert_eq!(read.task, wanted.task.to_string());
        assert_eq!(read.time[..23], time[..23]);
        assert_eq!(read.record_id, id.to_string());
        assert_eq!(read.channel, wanted.channel);
        assert_eq!(read.computer, wanted.computer);
        assert_eq!(read.strings, wanted.strings, "{}", wanted.event_id);
        assert_eq!(read.named, wanted.named);
        assert_eq!(read.user.is_some(), wanted.user_sid.is_some());
        assert_eq!(
            read.message.as_ref(),
            wanted.rendering.as_ref().map(|r| &r.message)
        );
    }
    read
}

/// Keeps a file for a look with other readers.
fn keep(name: &str, file: &[u8]) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join(name), file).expect("a writable target folder");
}

#[test]
fn every_layout_reads_back() {
    for layout in [Layout::NameInTemplate, Layout::NameAsSubstitution] {
        for data in [DataShape::StringArray, DataShape::OneEach] {
            for style in Style::ALL {
                let writer = EvtxWriter::new()
                    .layout(layout)
                    .data_shape(data)
                    .style(style);
                let mut events = samples();
                if style != Style::Native {
                    for (at, event) in events.iter_mut().enumerate() {
                        let text = format!("Message {at}");
                        event.rendering = Some(Rendering::english(&text, "Warning", "Interface"));
                    }
                }
                let file = writer.write(&events);
                keep(&format!("layout-{layout:?}-{data:?}-{style:?}.evtx"), &file);
                check(file, &events);
            }
        }
    }
}

#[test]
fn many_records_fill_many_chunks() {
    let events: Vec<EventSpec> = (0..3000)
        .map(|n| {
            EventSpec::new(&format!("Provider {}", n % 40), 100 + n)
                .at(949_800_000 + i64::from(n), 0)
                .strings([format!("string {n}"), "x".repeat(usize::from(n % 90))])
        })
        .collect();
    let file = EvtxWriter::new().write(&events);
    assert_eq!((file.len() - 4096) % 65_536, 0);
    assert!(file.len() > 4096 + 5 * 65_536, "several chunks");
    keep("many.evtx", &file);
    check(file, &events);
}

#[test]
fn records_per_chunk_is_a_limit() {
    let events = samples();
    let file = EvtxWriter::new().records_per_chunk(2).write(&events);
    assert_eq!(file.len(), 4096 + 4 * 65_536);
    check(file, &events);
}

#[test]
fn dirty_files_with_a_stale_header_read_back() {
    let events = samples();
    let writer = EvtxWriter::new()
        .dirty(true)
        .records_per_chunk(2)
        .header_chunks(1);
    let file = writer.write(&events);
    assert_eq!(file[42..44], [1, 0], "one chunk promised");
    assert_eq!(file[24], 3, "next record id after the first chunk");
    assert_eq!(file[120], 1, "dirty");
    keep("dirty-stale.evtx", &file);
    check(file, &events);
}

#[test]
fn exports_renumber_and_restamp_record_headers() {
    let events = samples();
    let writer = EvtxWriter::new()
        .header_ids_from(100)
        .header_time_shift(30 * 10_000_000);
    let read = check(writer.write(&events), &events);
    let ids: Vec<u64> = read.iter().map(|r| r.header_id).collect();
    assert_eq!(ids, (100..107).collect::<Vec<u64>>());
}

#[test]
fn an_empty_log_has_an_empty_chunk() {
    let file = EvtxWriter::new().write(&[]);
    assert_eq!(file.len(), 4096 + 65_536);
    keep("empty.evtx", &file);
    assert_eq!(read_back(file), []);
}

#[test]
fn the_largest_event_fits_and_a_larger_one_is_refused() {
    let fits = EventSpec::new("Contoso", 1).strings(["x".repeat(31_000)]);
    check(
        EvtxWriter::new().write(std::slice::from_ref(&fits)),
        &[fits],
    );
    let mut out = std::io::Cursor::new(Vec::new());
    let too_big = EventSpec::new("Contoso", 2).strings(["x".repeat(32_700)]);
    let error = EvtxWriter::new().write_to(&mut out, std::iter::once(too_big));
    assert!(error.is_err());
}

#[test]
fn user_data_reads_back_as_elements_and_attributes() {
    let event = EventSpec::new("Microsoft-Windows-Contoso", 11)
        .opcode(2)
        .process_id(4711)
        .named([
            ("Plain", "one <two>"),
            ("Info.Process", "svchost.exe"),
            ("Info.Path", "C:\\Windows"),
            ("Result.value", "800B0101"),
            ("Result", "expired"),
        ])
        .user_data("EventXML");
    for layout in [Layout::NameInTemplate, Layout::NameAsSubstitution] {
        let file = EvtxWriter::new()
            .layout(layout)
            .write(std::slice::from_ref(&event));
        let mut parser = evtx::EvtxParser::from_buffer(file).expect("a file header");
        let records: Vec<_> = parser.records().collect();
        let [Ok(record)] = records.as_slice() else {
            panic!("{records:?}");
        };
        let flat: Vec<&str> = record.data.lines().map(str::trim).collect();
        let flat = flat.join("");
        for wanted in [
            "<UserData><EventXML xmlns=\"Event_NS\">",
            "<Plain>one &lt;two&gt;</Plain>",
            "<Info Process=\"svchost.exe\" Path=\"C:\\Windows\"/>",
            "<Result value=\"800B0101\">expired</Result>",
            "<Opcode>2</Opcode>",
            "ProcessID=\"4711\"",
        ] {
            assert!(flat.contains(wanted), "{wanted}\n{flat}");
        }
    }
}
