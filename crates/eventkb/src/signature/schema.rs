//! The JSON Schema of the signature format, generated from its types.

use super::model::Signature;

/// The schema as pretty-printed JSON. `docs/signature.schema.json` is this text; a test keeps it
/// current.
pub fn signature_schema() -> String {
    let schema = schemars::schema_for!(Signature);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
