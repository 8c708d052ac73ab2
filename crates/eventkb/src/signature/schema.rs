//! The JSON Schemas of the documents that authors write, generated from their types.

use schemars::JsonSchema;

use super::catalogue::{CodeFile, ProviderEntry};
use super::examples::Examples;
use super::model::Signature;

/// The schema of signatures as pretty-printed JSON: `docs/signature.schema.json`.
pub fn signature_schema() -> String {
    schema_of::<Signature>()
}

/// The schemas of all kinds of documents by name: `signature`, `examples`, `catalogue` and
/// `codes`. `docs/NAME.schema.json` are these texts; a test keeps them current.
pub fn schemas() -> [(&'static str, String); 4] {
    [
        ("signature", signature_schema()),
        ("examples", schema_of::<Examples>()),
        ("catalogue", schema_of::<ProviderEntry>()),
        ("codes", schema_of::<CodeFile>()),
    ]
}

fn schema_of<T: JsonSchema>() -> String {
    let schema = schemars::schema_for!(T);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
