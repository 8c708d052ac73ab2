//! The published JSON Schemas are those of the types as they are.
#![cfg(feature = "schema")]

use std::fs;
use std::path::Path;

use eventkb::signature::schema::schemas;
use serde_json::Value;

#[test]
fn the_published_schemas_are_current() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    for (name, text) in schemas() {
        let path = docs.join(format!("{name}.schema.json"));
        if std::env::var_os("EVENTKB_BLESS").is_some() {
            fs::write(&path, &text).expect("written");
        }
        let published = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            published == text,
            "docs/{name}.schema.json is old: EVENTKB_BLESS=1 cargo test -p eventkb --features schema --test schema"
        );
    }
}

/// Every member that a document of the pack uses is one that the schema has.
#[test]
fn the_schemas_know_what_the_pack_uses() {
    let schemas: Vec<(&str, Value)> = schemas()
        .into_iter()
        .map(|(name, text)| (name, serde_json::from_str(&text).expect("JSON")))
        .collect();
    let of = |kind: &str| {
        &schemas
            .iter()
            .find(|(name, _)| *name == kind)
            .expect("a schema")
            .1
    };
    let signatures = eventkb_packs::signatures()
        .iter()
        .map(|s| ("signature", s.text));
    let catalogue = eventkb_packs::catalogue()
        .iter()
        .map(|c| ("catalogue", c.text));
    let codes = eventkb_packs::codes().iter().map(|c| ("codes", c.text));
    let examples = eventkb_packs::examples()
        .iter()
        .map(|(_, text)| ("examples", *text));
    for (kind, text) in signatures.chain(catalogue).chain(codes).chain(examples) {
        let document: Value = serde_json::from_str(text).expect("JSON");
        let schema = of(kind);
        let properties = schema["properties"].as_object().expect("properties");
        for key in document.as_object().expect("an object").keys() {
            assert!(properties.contains_key(key), "{kind}: {key}");
        }
        for key in schema["required"].as_array().expect("required members") {
            let key = key.as_str().expect("a name");
            assert!(document.get(key).is_some(), "{kind} without {key}: {text}");
        }
    }
}
