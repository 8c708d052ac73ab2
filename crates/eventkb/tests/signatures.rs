//! The built-in signatures: all are compiled in, sound, and do what their examples say.

use std::path::Path;

use eventkb::signature::load;
use eventkb::{SignatureSet, check_signature, test_signatures};

fn files() -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("signatures");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of built-in signatures")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files
}

#[test]
fn every_file_is_compiled_in() {
    let set = SignatureSet::built_in();
    for file in files() {
        let stem = file
            .file_stem()
            .and_then(|stem| stem.to_str())
            .expect("a name");
        assert!(
            set.get(stem).is_some(),
            "{stem} is missing in the list of built-in signatures"
        );
    }
    assert_eq!(set.len(), files().len());
}

#[test]
fn every_file_is_sound_and_follows_the_recommendations() {
    let set = SignatureSet::built_in();
    let mut said = Vec::new();
    for file in files() {
        let text = std::fs::read_to_string(&file).expect("readable");
        if let Err(error) = load::read_text(&file.display().to_string(), &text) {
            said.push(error.to_string());
        }
        let (_, problems) = check_signature(&file, &set);
        said.extend(
            problems
                .iter()
                .map(|p| format!("{}:{}: {p}", file.display(), p.line)),
        );
    }
    assert!(said.is_empty(), "{}", said.join("\n"));
}

#[test]
fn every_example_does_what_it_says() {
    let wrong: Vec<String> = test_signatures(&SignatureSet::built_in())
        .into_iter()
        .filter(|result| !result.ok)
        .map(|r| {
            format!(
                "{} {:?}: {} instead of {}: {}",
                r.signature, r.example, r.got, r.wanted, r.detail
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
