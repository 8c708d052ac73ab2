//! A collection scanned in parts and merged gives the report of one scan over all of it.

mod common;

use std::path::Path;
use std::process::Command;

fn eventkb(words: &[&str]) -> (Option<i32>, Vec<u8>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_eventkb"))
        .args(words)
        .output()
        .expect("eventkb runs");
    (
        output.status.code(),
        output.stdout,
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn two_servers_scanned_apart_are_the_same_as_together() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/q253307-two-servers");
    let folder = std::env::temp_dir().join(format!("eventkb-merge-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let whole = eventkb(&["scan", "--format", "json", root.to_str().expect("text")]);
    assert_eq!(whole.0, Some(0));
    let mut parts = Vec::new();
    for server in ["PORTLAND", "SEATTLE"] {
        let part = folder.join(server);
        let from = root.join(server);
        let words = [
            "scan",
            "--emit-observations",
            part.to_str().expect("text"),
            from.to_str().expect("text"),
        ];
        assert_eq!(eventkb(&words).0, Some(0));
        parts.push(part.to_str().expect("text").to_owned());
    }
    for order in [[0, 1], [1, 0]] {
        let merged = eventkb(&[
            "merge",
            "--format",
            "json",
            &parts[order[0]],
            &parts[order[1]],
        ]);
        assert_eq!(merged.0, Some(0), "{}", merged.2);
        // The expected.json beside the logs is no log: only the whole scan walks over it.
        assert_eq!(without_ignored(&merged.1), without_ignored(&whole.1));
    }
    let refused = eventkb(&["merge", root.join("expected.json").to_str().expect("text")]);
    assert_eq!(refused.0, Some(2));
    assert!(refused.2.contains("not observations"), "{}", refused.2);
    std::fs::remove_dir_all(&folder).expect("it can be removed");
}

#[test]
fn a_part_that_cannot_be_read_does_not_go_unnoticed() {
    let file = std::env::temp_dir().join(format!("eventkb-part-{}", std::process::id()));
    let file = file.to_str().expect("text");
    let data = |name: &str| format!("{}/../../testdata/{name}", env!("CARGO_MANIFEST_DIR"));
    for (path, more, code) in [
        ("no-such-server", "--quiet", 2),
        ("dirty-truncated", "--strict", 3),
        ("dirty-truncated", "--quiet", 0),
        ("healthy", "--quiet", 0),
    ] {
        let part = eventkb(&["scan", "--emit-observations", file, &data(path), more]);
        assert_eq!(part.0, Some(code), "{path} {more}: {}", part.2);
        // The observations are written all the same.
        assert_ne!(eventkb(&["merge", file]).0, Some(2), "{path}");
        std::fs::remove_file(file).expect("it is there");
        if code == 2 {
            assert!(
                part.2.contains("no-such-server: no such file"),
                "{}",
                part.2
            );
        }
    }
}

fn without_ignored(report: &[u8]) -> String {
    let mut report: serde_json::Value = serde_json::from_slice(report).expect("JSON");
    report.as_object_mut().expect("an object").remove("ignored");
    report.to_string()
}

/// A file with a hole of terabytes is no observations, and nobody reads it to its end.
#[test]
fn a_file_of_zeroes_is_refused_at_once() {
    let path = std::env::temp_dir().join(format!("eventkb-merge-hole-{}", std::process::id()));
    let begun = b"{\"observations_version\"";
    std::fs::write(&path, begun).expect("written");
    let file = std::fs::File::options().write(true).open(&path);
    file.expect("a file").set_len(1 << 42).expect("room");
    let start = std::time::Instant::now();
    let refused = eventkb(&["merge", path.to_str().expect("text")]);
    std::fs::remove_file(path).expect("it is there");
    assert_eq!(refused.0, Some(2), "{}", refused.2);
    assert!(refused.2.contains("not observations"), "{}", refused.2);
    assert!(start.elapsed() < std::time::Duration::from_secs(4));
}
