//! The elements of an event as JSON: what programs make of the XML of an event, with its attributes
//! under `#attributes`, `@Name`, `$` or beside the element, or simply as keys.

use crate::event_builder::EventBuilder;
use crate::export::dates;
use crate::export::json::{Json, Object};

/// Keys under which all attributes of an element stand.
const ATTRIBUTES: [&str; 4] = ["#attributes", "@attributes", "_attributes", "$"];
/// Keys under which the text of an element stands.
const TEXTS: [&str; 6] = ["#text", "_text", "$t", "_", "#", "$value"];

/// Gives an element to the builder. `beside` are attributes that stand beside it.
pub(crate) fn element(
    builder: &mut EventBuilder,
    name: &str,
    value: &Json,
    beside: Option<&Object>,
) {
    match value {
        Json::List(items) => items
            .iter()
            .for_each(|item| element(builder, name, item, beside)),
        Json::Object(object) => {
            let attributes = ATTRIBUTES
                .iter()
                .find_map(|key| object.object(key))
                .or(beside);
            let text = TEXTS.iter().find_map(|key| object.get(key));
            // Elements of one name are drawn together: their texts are a list.
            if let Some(Json::List(texts)) = text {
                texts
                    .iter()
                    .for_each(|text| leaf(builder, name, text, attributes));
                return;
            }
            open(builder, name, attributes);
            let in_system = builder.is_in_system();
            for (key, value) in &object.entries {
                match key.strip_prefix('@') {
                    Some(attribute) => give(builder, attribute, value),
                    // Programs that know System keep attributes as plain keys.
                    None if in_system && !matches!(value, Json::Object(_) | Json::List(_)) => {
                        give(builder, key, value);
                    }
                    None => {}
                }
            }
            let text = text.or_else(|| object.get("Value").filter(|_| in_system));
            if let Some(text) = text.and_then(Json::text) {
                builder.text(&text);
            }
            if !in_system {
                children(builder, object);
            }
            builder.end();
        }
        scalar => leaf(builder, name, scalar, beside),
    }
}

/// The elements below one.
pub(crate) fn children(builder: &mut EventBuilder, object: &Object) {
    for (key, value) in &object.entries {
        if key.starts_with('@')
            || TEXTS.contains(&key.as_str())
            || ATTRIBUTES.contains(&key.as_str())
        {
            continue;
        }
        let apart = key
            .strip_suffix("_attributes")
            .filter(|_| matches!(value, Json::Object(_)));
        match (apart, value) {
            // Comes with its element, unless that has nothing but attributes.
            (Some(base), Json::Object(attributes)) => {
                if !object.has(base) {
                    leaf(
                        builder,
                        numbered(object, base),
                        &Json::Null,
                        Some(attributes),
                    );
                }
            }
            _ => {
                let beside = object.object(&format!("{key}_attributes"));
                element(builder, numbered(object, key), value, beside);
            }
        }
    }
}

/// A repeated name gets a number: `Param`, `Param_1`, `Param_2`.
fn numbered<'k>(object: &Object, key: &'k str) -> &'k str {
    match key.rsplit_once('_') {
        Some((base, number))
            if !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
                && (object.has(base) || object.has(&format!("{base}_attributes"))) =>
        {
            base
        }
        _ => key,
    }
}

fn leaf(builder: &mut EventBuilder, name: &str, value: &Json, attributes: Option<&Object>) {
    open(builder, name, attributes);
    builder.text(&value.text().unwrap_or_default());
    builder.end();
}

fn open(builder: &mut EventBuilder, name: &str, attributes: Option<&Object>) {
    builder.start(name);
    for (key, value) in attributes.iter().flat_map(|attributes| &attributes.entries) {
        give(builder, key, value);
    }
}

fn give(builder: &mut EventBuilder, name: &str, value: &Json) {
    let number = match value {
        Json::Whole(number) if name == "SystemTime" => dates::of_whole_number(*number),
        Json::Real(number) if name == "SystemTime" => dates::of_number(*number),
        _ => None,
    };
    match number {
        Some(time) => builder.created(time),
        None => builder.attribute(name, &value.text().unwrap_or_default()),
    }
}
