//! Gathers the pack's files into one table of statics: deterministically, offline, and nothing
//! else. What is wrong with a file is found by the tests of `eventkb`, which say it better.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    for folder in ["signatures", "catalogue", "codes"] {
        println!("cargo:rerun-if-changed={folder}");
    }
    println!("cargo:rerun-if-changed=build.rs");
    let mut signatures = Vec::new();
    let mut examples = Vec::new();
    for path in json_files(&root.join("signatures"))? {
        let document = parse(&path)?;
        if let Some(id) = document.get("examples_of").and_then(Value::as_str) {
            examples.push(format!("({id:?}, include_str!({path:?}))"));
        } else {
            signatures.push(signature(&path, &document));
        }
    }
    let each =
        |folder: &str, entry: fn(&Path, &Value) -> String| -> Result<Vec<_>, Box<dyn Error>> {
            let files = json_files(&root.join(folder))?.into_iter();
            files.map(|path| Ok(entry(&path, &parse(&path)?))).collect()
        };
    let mut out = String::new();
    for (name, kind, entries) in [
        ("SIGNATURES", "SignatureData", signatures),
        ("CATALOGUE", "CatalogueData", each("catalogue", catalogue)?),
        ("CODES", "CodesData", each("codes", codes)?),
        ("EXAMPLES", "(&str, &str)", examples),
    ] {
        let entries = entries.join(",\n");
        writeln!(out, "static {name}: &[{kind}] = &[\n{entries}\n];")?;
    }
    let target = PathBuf::from(env::var("OUT_DIR")?).join("pack.rs");
    fs::write(target, out)?;
    Ok(())
}

/// A signature with what is asked of it before it is parsed.
fn signature(path: &Path, document: &Value) -> String {
    let family = path.parent().and_then(Path::file_name).unwrap_or_default();
    let text = |key: &str, default: &'static str| {
        let text = document.get(key).and_then(Value::as_str);
        text.unwrap_or(default).to_owned()
    };
    let revision = document.get("revision").and_then(Value::as_u64);
    let mut events = events_of(document);
    for (provider, ..) in &mut events {
        provider.make_ascii_lowercase();
    }
    events.sort();
    events.dedup();
    let symptoms = document.get("symptoms").map(events_of).unwrap_or_default();
    format!(
        "SignatureData {{ id: {:?}, family: {:?}, title: {:?}, standing: {:?}, severity: {:?}, revision: {}, products: &{:?}, symptoms: &{symptoms:?}, events: &{events:?}, text: include_str!({path:?}) }}",
        text("id", ""),
        family.to_string_lossy(),
        text("title", ""),
        text("standing", "problem"),
        text("severity", "medium"),
        revision.unwrap_or(1),
        products_of(document),
    )
}

/// A file of the catalogue with the names of its provider.
fn catalogue(path: &Path, document: &Value) -> String {
    let provider = document.get("provider").and_then(Value::as_str);
    let list = |key: &str| -> Vec<String> {
        let names = document.get(key).and_then(Value::as_array);
        let names = names.into_iter().flatten().filter_map(Value::as_str);
        names.map(str::to_ascii_lowercase).collect()
    };
    let exported_as = list("exported_as");
    let mut providers: Vec<String> = provider.map(str::to_ascii_lowercase).into_iter().collect();
    providers.extend(list("aliases"));
    providers.extend(exported_as.iter().cloned());
    format!(
        "CatalogueData {{ providers: &{providers:?}, exported_as: &{exported_as:?}, text: include_str!({path:?}) }}"
    )
}

/// A table of codes.
fn codes(path: &Path, document: &Value) -> String {
    let table = document.get("table").and_then(Value::as_str);
    format!(
        "CodesData {{ table: {:?}, text: include_str!({path:?}) }}",
        table.unwrap_or_default()
    )
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

/// Every event that any part of a signature asks for, in order, each once. Whatever has a `provider`
/// and an `id` in a list `events` is one.
fn events_of(value: &Value) -> Vec<(String, u16, u16)> {
    let mut events = Vec::new();
    gather(value, &mut events);
    events.sort();
    events.dedup();
    events
}

fn gather(value: &Value, events: &mut Vec<(String, u16, u16)>) {
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
                    gather(value, events);
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| gather(value, events)),
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
