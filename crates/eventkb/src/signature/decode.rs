//! Decodes a JSON document into a value, past every mistake in it.
//!
//! serde stops at the first mistake. So each is noted with its path and put right as well as can
//! be: a mistyped name is taken for the near one, a missing or wrong value gets a stand-in, anything
//! else is taken out. Then the rest is tried again. Putting right matters: a symptom that is taken
//! out for a typo makes everything that mentions it look wrong as well.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use serde_path_to_error::Segment;

use super::json_path::{JsonPath, Step};
use super::lint::{Finding, Findings};
use super::model::{AbsenceCheck, ComputerNameCheck, EventCheck};
use super::nearest::nearest;
use super::plain_words::{self, quoted};
use super::problem::without_position;

/// What came of a document.
pub(super) struct Decoded<T> {
    /// The value, with stand-ins where it had mistakes; `None` when too much is missing.
    pub(super) value: Option<T>,
    /// The mistakes.
    pub(super) found: Findings,
    /// Places whose value is a stand-in.
    pub(super) put_in: Vec<JsonPath>,
    /// Mistyped names: the path as it should be, and the name as it was written.
    pub(super) renamed: Vec<(JsonPath, String)>,
}

/// Decodes a document.
pub(super) fn decode<T: DeserializeOwned>(mut document: Value) -> Decoded<T> {
    let mut decoded = Decoded {
        value: None,
        found: Vec::new(),
        put_in: Vec::new(),
        renamed: Vec::new(),
    };
    // Every round puts one mistake right or takes it out, so this ends; the bound is for the eye.
    for _ in 0..1000 {
        let error = match serde_path_to_error::deserialize::<_, T>(&document) {
            Ok(value) => {
                decoded.value = Some(value);
                break;
            }
            Err(error) => error,
        };
        let path = path_of(error.path());
        let message = without_position(&error.inner().to_string());
        let (path, message) = within_check(&document, &path).unwrap_or((path, message));
        if !decoded.put_right(&mut document, path, message) {
            break;
        }
    }
    decoded
}

/// A path of the repaired document as the author wrote it.
pub(super) fn as_written(renamed: &[(JsonPath, String)], mut path: JsonPath) -> JsonPath {
    for (right, written) in renamed {
        if path.is_within(right)
            && let Some(at) = right.0.len().checked_sub(1)
            && let Some(step) = path.0.get_mut(at)
        {
            *step = Step::Key(written.clone());
        }
    }
    path
}

impl<T> Decoded<T> {
    /// Notes a mistake and puts it right; `false` when there is no way on.
    fn put_right(&mut self, document: &mut Value, mut path: JsonPath, message: String) -> bool {
        if let Some(field) = quoted(&message, "unknown field `") {
            if path.0.last() != Some(&Step::Key(field.clone())) {
                path = path.key(&field);
            }
            self.note(&path, &message);
            let near = nearest(&field, plain_words::expected(&message));
            let renamed = near.is_some_and(|near| self.rename(document, &path, &field, near));
            return renamed || remove(document, &path);
        }
        if let Some(field) = quoted(&message, "missing field `") {
            let missing = path.key(&field);
            // What was taken out above is missing now; that is no new mistake.
            if !self.found.iter().any(|(at, _)| *at == missing) {
                self.note(&path, &message);
            }
            // Without a stand-in the whole part goes, if it is one of several.
            return self.stand_in(document, &missing)
                || (matches!(path.0.last(), Some(Step::Index(_))) && self.give_up(document, path));
        }
        self.note(&path, &message);
        self.stand_in(document, &path) || self.give_up(document, path)
    }

    /// Takes out what cannot be put right.
    fn give_up(&mut self, document: &mut Value, path: JsonPath) -> bool {
        // Once: a neighbour that is wrong itself would come again and again.
        if matches!(path.0.last(), Some(Step::Index(_))) && self.put_in.contains(&path) {
            return false;
        }
        let is_out = remove(document, &path);
        // A list that is empty for this was not written empty.
        if let Some((Step::Index(_), list)) = path.0.split_last()
            && parent(document, &path)
                .and_then(|l| l.as_array())
                .is_some_and(Vec::is_empty)
        {
            self.put_in.push(JsonPath(list.to_vec()));
        }
        // Its neighbour may stand in for it now, and has been looked at where it stands.
        self.put_in.push(path);
        is_out
    }

    fn note(&mut self, path: &JsonPath, message: &str) {
        let said = plain_words::of(message);
        let note = Finding {
            help: said.help,
            ..Finding::error(said.message)
        };
        self.found
            .push((as_written(&self.renamed, path.clone()), note));
    }

    /// Gives a mistyped member the name it should have, if that is not taken.
    fn rename(&mut self, document: &mut Value, path: &JsonPath, field: &str, near: &str) -> bool {
        let Some(Value::Object(map)) = parent(document, path) else {
            return false;
        };
        if map.contains_key(near) {
            return false;
        }
        let Some(value) = map.remove(field) else {
            return false;
        };
        map.insert(near.to_owned(), value);
        let mut right = path.clone();
        right.0.pop();
        self.renamed.push((right.key(near), field.to_owned()));
        true
    }

    /// Puts a value of the right type in path of a missing or wrong one, once.
    fn stand_in(&mut self, document: &mut Value, path: &JsonPath) -> bool {
        let Some(Step::Key(key)) = path.0.last() else {
            return false;
        };
        // Everything refers to the symptoms: without them there is nothing to go on with.
        if self.put_in.contains(path) || (path.0.len() == 1 && key == "symptoms") {
            return false;
        }
        let (Some(value), Some(Value::Object(map))) = (stand_in(path, key), parent(document, path))
        else {
            return false;
        };
        map.insert(key.clone(), value);
        self.put_in.push(path.clone());
        true
    }
}

/// A value of the type that a member of this name has: of those that must be there, and of those
/// whose absence would be another mistake.
fn stand_in(path: &JsonPath, key: &str) -> Option<Value> {
    Some(match key {
        "id" if path
            .0
            .iter()
            .any(|step| *step == Step::Key("events".into())) =>
        {
            json!(1)
        }
        "id" | "title" | "cause" | "name" | "note" | "level" | "description" | "category"
        | "difference" | "reason" | "confirmed" | "contradicted" | "unknown" | "pattern"
        | "provider" | "channel" | "sentence" | "says" | "symptom" | "left" | "right"
        | "product" | "value" | "is" | "part" | "from_text" => json!("?"),
        "format" => json!(2),
        "revision" | "string" | "count" | "number" | "event_id" | "at_least" | "within_s" => {
            json!(1)
        }
        "number_in" | "contains_number" => json!([1]),
        "shape" => json!("dn"),
        "products" | "symptoms" | "values" | "names" | "events" | "of" | "examples" => json!([]),
        "resolution" | "versions" | "updates" => json!(["?"]),
        "severity" => json!("low"),
        "table" => json!("win32"),
        "entries" => json!({}),
        "role" => json!("core"),
        "verdict" => json!("none"),
        "proves" => json!("confirmed"),
        "confirmed_by" => json!(["equal"]),
        "match" | "likely" | "possible" => json!({ "found": [] }),
        _ => return None,
    })
}

/// The path within a cause check, and what is wrong there: serde reads these by their `kind`, and
/// then knows no more where it is.
fn within_check(document: &Value, path: &JsonPath) -> Option<(JsonPath, String)> {
    fn error_in<T: DeserializeOwned>(check: &Value) -> Option<(JsonPath, String)> {
        let error = serde_path_to_error::deserialize::<_, T>(check).err()?;
        let message = without_position(&error.inner().to_string());
        Some((path_of(error.path()), message))
    }
    let [Step::Key(list), Step::Index(index)] = path.0.as_slice() else {
        return None;
    };
    let mut check = document
        .get(list)
        .filter(|_| list == "cause_checks")?
        .get(index)?
        .clone();
    let kind = check.as_object_mut()?.remove("kind")?;
    let (inner, message) = match kind.as_str()? {
        "computer_names" => error_in::<ComputerNameCheck>(&check),
        "event" => error_in::<EventCheck>(&check),
        "absence" => error_in::<AbsenceCheck>(&check),
        _ => None,
    }?;
    let steps = path.0.iter().chain(&inner.0);
    Some((JsonPath(steps.cloned().collect()), message))
}

fn path_of(path: &serde_path_to_error::Path) -> JsonPath {
    let mut steps = Vec::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => steps.push(Step::Index(*index)),
            Segment::Map { key } => steps.push(Step::Key(key.clone())),
            Segment::Enum { variant } => steps.push(Step::Key(variant.clone())),
            Segment::Unknown => {}
        }
    }
    JsonPath(steps)
}

/// The value that holds `path`.
fn parent<'v>(document: &'v mut Value, path: &JsonPath) -> Option<&'v mut Value> {
    let (_, parents) = path.0.split_last()?;
    parents.iter().try_fold(document, |at, step| match step {
        Step::Key(key) => at.get_mut(key),
        Step::Index(index) => at.get_mut(index),
    })
}

/// Takes the value at `path` out of the document.
fn remove(document: &mut Value, path: &JsonPath) -> bool {
    match (path.0.last(), parent(document, path)) {
        (Some(Step::Key(key)), Some(Value::Object(map))) => map.remove(key).is_some(),
        // Keep the other elements where they are: their paths are still to be reported.
        (Some(Step::Index(index)), Some(Value::Array(list))) if *index + 1 == list.len() => {
            list.pop().is_some()
        }
        (Some(Step::Index(index)), Some(Value::Array(list))) => {
            // An element in the middle is replaced by a copy of a sound neighbour, if any.
            let mut sound = list.get(index + 1).cloned();
            for key in ["id", "name"] {
                // A name that stands twice would be a mistake that nobody made.
                if let Some(Value::String(name)) = sound.as_mut().and_then(|s| s.get_mut(key)) {
                    *name = format!("{name}{index}");
                }
            }
            match (sound, list.get_mut(*index)) {
                (Some(sound), Some(slot)) if *slot != sound => {
                    *slot = sound;
                    true
                }
                _ => false,
            }
        }
        _ => false,
    }
}
