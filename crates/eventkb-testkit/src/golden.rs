//! Golden files: what a program printed when somebody looked at it and found it right.

use std::fs;
use std::path::Path;

/// Compares a text with a golden file, or rewrites it where `EVENTKB_BLESS` is 1.
///
/// # Panics
/// When they differ, with the first line that does.
pub fn compare(path: &Path, text: &str) {
    if std::env::var_os("EVENTKB_BLESS").is_some_and(|value| value == "1") {
        fs::write(path, text).expect("the golden file can be written");
        return;
    }
    let wanted = fs::read_to_string(path).unwrap_or_default();
    if wanted != text {
        let differs = wanted.lines().zip(text.lines()).position(|(a, b)| a != b);
        let line = differs.unwrap_or_else(|| wanted.lines().count().min(text.lines().count()));
        panic!(
            "{} differs from line {}\nwanted: {:?}\n   got: {:?}\nEVENTKB_BLESS=1 rewrites it",
            path.file_name().unwrap_or_default().to_string_lossy(),
            line + 1,
            wanted.lines().nth(line),
            text.lines().nth(line),
        );
    }
}
