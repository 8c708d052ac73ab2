//! Decodes a JSON document into a signature, past every mistake in it.
//!
//! serde stops at the first mistake. So each is noted with its place and put right as well as can
//! be: a mistyped name is taken for the near one, a missing or wrong value gets a stand-in, anything
//! else is taken out. Then the rest is tried again. Putting right matters: a symptom that is taken
//! out for a typo makes everything that mentions it look wrong as well.

use serde_json::{Value, json};
use serde_path_to_error::Segment;

use super::load::{Note, without_position};
use super::locate::{Place, Step};
use super::model::Signature;

/// What came of a document.
pub(super) struct Decoded {
    /// The signature, with stand-ins where it had mistakes; `None` when too much is missing.
    pub(super) signature: Option<Signature>,
    /// The mistakes.
    pub(super) found: Vec<(Place, Note)>,
    /// Places whose value is a stand-in.
    pub(super) put_in: Vec<Place>,
    /// Mistyped names: the place as it should be, and the name as it was written.
    pub(super) renamed: Vec<(Place, String)>,
}

/// Decodes a document.
pub(super) fn decode(mut document: Value) -> Decoded {
    let mut decoded = Decoded {
        signature: None,
        found: Vec::new(),
        put_in: Vec::new(),
        renamed: Vec::new(),
    };
    // Every round puts one mistake right or takes it out, so this ends; the bound is for the eye.
    for _ in 0..1000 {
        let error = match serde_path_to_error::deserialize::<_, Signature>(&document) {
            Ok(signature) => {
                decoded.signature = Some(signature);
                break;
            }
            Err(error) => error,
        };
        let place = place_of(error.path());
        let message = without_position(&error.inner().to_string());
        if !decoded.put_right(&mut document, place, message) {
            break;
        }
    }
    decoded
}

/// A place of the repaired document as the author wrote it.
pub(super) fn as_written(renamed: &[(Place, String)], mut place: Place) -> Place {
    for (right, written) in renamed {
        if place.is_within(right)
            && let Some(at) = right.0.len().checked_sub(1)
            && let Some(step) = place.0.get_mut(at)
        {
            *step = Step::Key(written.clone());
        }
    }
    place
}

impl Decoded {
    /// Notes a mistake and puts it right; `false` when there is no way on.
    fn put_right(&mut self, document: &mut Value, mut place: Place, message: String) -> bool {
        if let Some(field) = quoted(&message, "unknown field `") {
            if place.0.last() != Some(&Step::Key(field.clone())) {
                place = place.key(&field);
            }
            let near = nearest(&field, &message);
            self.note(&place, message, near.as_deref());
            let renamed = near.is_some_and(|near| self.rename(document, &place, &field, &near));
            return renamed || remove(document, &place);
        }
        if let Some(field) = quoted(&message, "missing field `") {
            let missing = place.key(&field);
            // What was taken out above is missing now; that is no new mistake.
            if !self.found.iter().any(|(at, _)| *at == missing) {
                self.note(&place, message, None);
            }
            // Without a stand-in the whole part goes, if it is one of several.
            return self.stand_in(document, &missing)
                || (matches!(place.0.last(), Some(Step::Index(_))) && remove(document, &place));
        }
        let near = quoted(&message, "unknown variant `").and_then(|name| nearest(&name, &message));
        self.note(&place, message, near.as_deref());
        self.stand_in(document, &place) || remove(document, &place)
    }

    fn note(&mut self, place: &Place, message: String, near: Option<&str>) {
        let mut note = Note::error(message);
        if let Some(near) = near {
            note = note.help(format!("did you mean `{near}`?"));
        }
        self.found
            .push((as_written(&self.renamed, place.clone()), note));
    }

    /// Gives a mistyped member the name it should have, if that is not taken.
    fn rename(&mut self, document: &mut Value, place: &Place, field: &str, near: &str) -> bool {
        let Some(Value::Object(map)) = parent(document, place) else {
            return false;
        };
        if map.contains_key(near) {
            return false;
        }
        let Some(value) = map.remove(field) else {
            return false;
        };
        map.insert(near.to_owned(), value);
        let mut right = place.clone();
        right.0.pop();
        self.renamed.push((right.key(near), field.to_owned()));
        true
    }

    /// Puts a value of the right type in place of a missing or wrong one, once.
    fn stand_in(&mut self, document: &mut Value, place: &Place) -> bool {
        let Some(Step::Key(key)) = place.0.last() else {
            return false;
        };
        // Everything refers to the symptoms: without them there is nothing to go on with.
        if self.put_in.contains(place) || (place.0.len() == 1 && key == "symptoms") {
            return false;
        }
        let (Some(value), Some(Value::Object(map))) = (stand_in(key), parent(document, place))
        else {
            return false;
        };
        map.insert(key.clone(), value);
        self.put_in.push(place.clone());
        true
    }
}

/// A value of the type that a member of this name has: of those that must be there, and of those
/// whose absence would be another mistake.
fn stand_in(key: &str) -> Option<Value> {
    Some(match key {
        "id" | "title" | "cause" | "name" | "note" | "level" | "description" | "category"
        | "difference" | "reason" | "confirmed" | "contradicted" | "unknown" | "pattern"
        | "text" | "text_ignoring_case" | "field" | "named" => json!("?"),
        "revision" | "event_id" | "string" | "count" | "number" => json!(1),
        "number_in" => json!([1]),
        "shape" => json!("dn"),
        "products" | "symptoms" | "fields" | "names" | "events" | "of" => json!([]),
        "resolution" | "provider" => json!(["?"]),
        "severity" => json!("low"),
        "role" => json!("core"),
        "verdict" => json!("none"),
        "confirmed_by" => json!(["equal"]),
        "verdicts" => json!({ "possible": { "found": [] } }),
        "match" | "likely" | "possible" => json!({ "found": [] }),
        _ => return None,
    })
}

fn place_of(path: &serde_path_to_error::Path) -> Place {
    let mut steps = Vec::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => steps.push(Step::Index(*index)),
            Segment::Map { key } => steps.push(Step::Key(key.clone())),
            Segment::Enum { variant } => steps.push(Step::Key(variant.clone())),
            Segment::Unknown => {}
        }
    }
    Place(steps)
}

/// The value that holds `place`.
fn parent<'v>(document: &'v mut Value, place: &Place) -> Option<&'v mut Value> {
    let (_, parents) = place.0.split_last()?;
    parents.iter().try_fold(document, |at, step| match step {
        Step::Key(key) => at.get_mut(key),
        Step::Index(index) => at.get_mut(index),
    })
}

/// Takes the value at `place` out of the document.
fn remove(document: &mut Value, place: &Place) -> bool {
    match (place.0.last(), parent(document, place)) {
        (Some(Step::Key(key)), Some(Value::Object(map))) => map.remove(key).is_some(),
        // Keep the other elements where they are: their places are still to be reported.
        (Some(Step::Index(index)), Some(Value::Array(list))) if *index + 1 == list.len() => {
            list.pop().is_some()
        }
        (Some(Step::Index(index)), Some(Value::Array(list))) => {
            // An element in the middle is replaced by a copy of a sound neighbour, if any.
            let sound = list.get(index + 1).cloned();
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

fn quoted(message: &str, prefix: &str) -> Option<String> {
    let rest = message.strip_prefix(prefix)?;
    rest.split('`').next().map(str::to_owned)
}

/// The expected name that is nearest to a mistyped one, if one is near.
fn nearest(field: &str, message: &str) -> Option<String> {
    let expected = message.split_once("expected")?.1;
    expected
        .split('`')
        .skip(1)
        .step_by(2)
        .map(|name| (distance(field, name), name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .min()
        .map(|(_, name)| name.to_owned())
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}
