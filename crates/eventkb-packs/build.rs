//! Gathers the pack's files into one table of statics: deterministically, offline, and nothing
//! else. What is wrong with a file is found by the tests of `eventkb`, which say it better.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use serde_json::Value;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut out = String::new();
    for folder in ["signatures", "catalogue", "codes"] {
        println!("cargo:rerun-if-changed={folder}");
    }
    println!("cargo:rerun-if-changed=build.rs");
    let mut signatures = Vec::new();
    let mut examples = Vec::new();
    for path in json_files(&root.join("signatures"))? {
        let document = parse(&path)?;
        if let Some(id) = document.get("examples_of").and_then(Value::as_str) {
            examples.push((id.to_owned(), path));
        } else {
            signatures.push((path, document));
        }
    }
    out.push_str("static SIGNATURES: &[SignatureData] = &[\n");
    for (path, document) in &signatures {
        let family = path.parent().and_then(Path::file_name).unwrap_or_default();
        let text = |key: &str| {
            document
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let standing = document
            .get("standing")
            .and_then(Value::as_str)
            .unwrap_or("problem");
        let severity = document.get("severity").and_then(Value::as_str);
        let revision = document.get("revision").and_then(Value::as_u64);
        let mut events = Vec::new();
        events_of(document, &mut events);
        for (provider, ..) in &mut events {
            provider.make_ascii_lowercase();
        }
        events.sort();
        events.dedup();
        let mut symptoms = Vec::new();
        events_of(
            document.get("symptoms").unwrap_or(&Value::Null),
            &mut symptoms,
        );
        symptoms.sort();
        symptoms.dedup();
        writeln!(
            out,
            "SignatureData {{ id: {:?}, family: {:?}, title: {:?}, standing: {standing:?}, severity: {:?}, revision: {}, products: &{:?}, symptoms: &{symptoms:?}, events: &{events:?}, text: include_str!({path:?}) }},",
            text("id"),
            family.to_string_lossy(),
            text("title"),
            severity.unwrap_or("medium"),
            revision.unwrap_or(1),
            products_of(document),
        )?;
    }
    out.push_str("];\nstatic CATALOGUE: &[CatalogueData] = &[\n");
    for path in json_files(&root.join("catalogue"))? {
        let document = parse(&path)?;
        let provider = document.get("provider").and_then(Value::as_str);
        let list = |key: &str| {
            let names = document.get(key).and_then(Value::as_array);
            let names = names.into_iter().flatten().filter_map(Value::as_str);
            let names: Vec<String> = names.map(str::to_ascii_lowercase).collect();
            names
        };
        let exported_as = list("exported_as");
        let mut providers: Vec<String> =
            provider.map(str::to_ascii_lowercase).into_iter().collect();
        providers.extend(list("aliases"));
        providers.extend(exported_as.iter().cloned());
        writeln!(
            out,
            "CatalogueData {{ providers: &{providers:?}, exported_as: &{exported_as:?}, text: include_str!({path:?}) }},"
        )?;
    }
    out.push_str("];\nstatic CODES: &[CodesData] = &[\n");
    for path in json_files(&root.join("codes"))? {
        let document = parse(&path)?;
        let table = document.get("table").and_then(Value::as_str);
        writeln!(
            out,
            "CodesData {{ table: {:?}, text: include_str!({path:?}) }},",
            table.unwrap_or_default()
        )?;
    }
    out.push_str("];\nstatic EXAMPLES: &[(&str, &str)] = &[\n");
    for (id, path) in &examples {
        writeln!(out, "({id:?}, include_str!({path:?})),")?;
    }
    out.push_str("];\n");
    let target = PathBuf::from(env::var("OUT_DIR")?).join("pack.rs");
    fs::write(target, out)?;
    Ok(())
}

/// The JSON files of a folder and those below it, in the order of names.
fn json_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(json_files(&path)?);
        } else if path.extension().is_some_and(|ext| ext == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn parse(path: &Path) -> Result<Value, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Each product with its versions.
fn products_of(document: &Value) -> Vec<String> {
    let products = document.get("products").and_then(Value::as_array);
    let one = |product: &Value| {
        let name = product.get("name").and_then(Value::as_str);
        let versions = product.get("versions").and_then(Value::as_array);
        let versions = versions.into_iter().flatten().filter_map(Value::as_str);
        let versions: Vec<&str> = versions.collect();
        let text = format!("{} {}", name.unwrap_or_default(), versions.join(", "));
        text.trim().to_owned()
    };
    products.into_iter().flatten().map(one).collect()
}

/// Every event that any part of a signature asks for. Whatever has a `provider` and an `id` in a
/// list `events` is one.
fn events_of(value: &Value, events: &mut Vec<(String, u16, u16)>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if let (true, Some(list)) = (key == "events", value.as_array()) {
                    for selector in list {
                        let provider = selector.get("provider").and_then(Value::as_str);
                        let provider = provider.unwrap_or_default().to_owned();
                        let ids = selector.get("id").into_iter().flat_map(ranges_of);
                        events.extend(ids.map(|(low, high)| (provider.clone(), low, high)));
                    }
                } else {
                    events_of(value, events);
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| events_of(value, events)),
        _ => {}
    }
}

fn ranges_of(id: &Value) -> Vec<(u16, u16)> {
    match id {
        Value::Number(_) => {
            let id = id.as_u64().and_then(|id| u16::try_from(id).ok());
            id.map(|id| (id, id)).into_iter().collect()
        }
        Value::String(text) => {
            let (low, high) = text.split_once('-').unwrap_or((text, text));
            let ends = low.trim().parse().ok().zip(high.trim().parse().ok());
            ends.into_iter().collect()
        }
        Value::Array(list) => list.iter().flat_map(ranges_of).collect(),
        _ => Vec::new(),
    }
}
