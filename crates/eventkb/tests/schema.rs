//! `docs/signature.schema.json` is the schema of the signature types as they are, and every
//! built-in signature points at it.
#![cfg(feature = "schema")]

use std::fs;
use std::path::Path;

use eventkb::signature::schema::signature_schema;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn the_published_schema_is_current() {
    let published = fs::read_to_string(root().join("docs/signature.schema.json")).expect("there");
    assert!(
        published == signature_schema(),
        "run `cargo run -- signatures schema > docs/signature.schema.json`"
    );
}

#[test]
fn every_built_in_signature_points_at_it() {
    let schema = fs::canonicalize(root().join("docs/signature.schema.json")).expect("there");
    for entry in fs::read_dir(root().join("crates/eventkb/signatures")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("readable");
        let signature: Value = serde_json::from_str(&text).expect("JSON");
        let pointer = signature["$schema"].as_str().expect("a $schema");
        let target = path.parent().expect("a folder").join(pointer);
        let target = fs::canonicalize(target).expect("the schema it points at");
        assert_eq!(target, schema, "{}", path.display());
    }
}
