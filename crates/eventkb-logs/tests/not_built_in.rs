//! What a build without some features says of the files it cannot read.

use std::ops::ControlFlow;

use eventkb_logs::{Admission, Event, Head, ReadOptions, Sink, read_stream};

#[derive(Default)]
struct Count(usize);

impl Sink for Count {
    fn admit(&mut self, _: &Head<'_>) -> Admission {
        Admission::Full
    }

    fn event(&mut self, _: Event, _: Option<&[u8]>) -> ControlFlow<()> {
        self.0 += 1;
        ControlFlow::Continue(())
    }
}

/// Events read, and the error that the file is named with.
fn read(name: &str, mut bytes: &[u8]) -> (usize, Option<String>) {
    let mut count = Count::default();
    let result = read_stream(name, &mut bytes, &ReadOptions::default(), &mut count);
    let [file] = result.files.as_slice() else {
        panic!("{result:?}");
    };
    (count.0, file.input.error.clone())
}

#[test]
fn an_export_is_read_or_named() {
    let line = br#"{"provider":"disk","event_id":7}"#;
    let (events, error) = read("events.jsonl", line);
    if cfg!(feature = "exports") {
        assert_eq!((events, error), (1, None));
    } else {
        let error = error.expect("it is named");
        assert!(error.contains("not built in"), "{error}");
        assert_eq!(events, 0);
    }
}

#[test]
fn an_archive_is_read_or_named() {
    let log = eventkb_testkit::evtx::EvtxWriter::new()
        .write(&[eventkb_testkit::EventSpec::new("disk", 7)]);
    let zip = eventkb_testkit::zip::write(&[("a.evtx", &log)]);
    let (events, error) = read("logs.zip", &zip);
    if cfg!(feature = "archives") {
        assert_eq!((events, error), (1, None));
    } else {
        let error = error.expect("it is named");
        assert!(error.contains("not built in"), "{error}");
        assert_eq!(events, 0);
    }
}
