//! What the lints let through, the engine can honour: signatures of the pack, changed at random,
//! either have a problem with a code or compile, and no event makes them panic.

use std::sync::Arc;

use eventkb::{Session, Signature, SignatureSet, example_events};
use serde_json::{Value, json};

/// A small generator, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}

/// JSON pointers of all values below the top.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                all.push(at.clone());
                pointers(value, &at, all);
            }
        }
        Value::Array(list) => {
            for (n, value) in list.iter().enumerate() {
                let at = format!("{at}/{n}");
                all.push(at.clone());
                pointers(value, &at, all);
            }
        }
        _ => {}
    }
}

fn pool(random: &mut Random) -> Value {
    let values = [
        json!(0),
        json!(1),
        json!(-1),
        json!(3),
        json!(65_535),
        json!(70_000),
        json!(99_999_999),
        json!(""),
        json!(" "),
        json!(".."),
        json!("*"),
        json!("a*b"),
        json!("5-3"),
        json!("5-9"),
        json!("%%1053"),
        json!("0xZZ"),
        json!("("),
        json!("(a)(b)"),
        json!("(.*)"),
        json!("x.y"),
        json!([]),
        json!({}),
        json!(true),
        json!(false),
        json!("any_computer"),
        json!("context"),
        json!("supporting"),
        json!({ "found": [] }),
        json!({ "not": { "found": ["x"] } }),
        json!({ "mask": 1, "set": 2 }),
        json!({ "offset": 1, "size": 3 }),
    ];
    values[random.below(values.len())].clone()
}

/// Changes one place of a document.
fn change(document: &mut Value, random: &mut Random) {
    let mut all = Vec::new();
    pointers(document, "", &mut all);
    let at = all[random.below(all.len())].clone();
    let other = all[random.below(all.len())].clone();
    let (above, last) = at.rsplit_once('/').expect("below the top");
    let value = match random.below(5) {
        // Another part of the same document: names of other symptoms, other conditions.
        0 | 1 => document.pointer(&other).cloned(),
        2 | 3 => Some(pool(random)),
        _ => None,
    };
    match (document.pointer_mut(above), value) {
        (Some(Value::Object(map)), None) => {
            map.remove(last);
        }
        (Some(Value::Array(list)), None) => {
            let n = last.parse::<usize>().expect("an index");
            if random.below(2) == 0 {
                list.remove(n);
            } else {
                list.push(list[n].clone());
            }
        }
        (Some(_), Some(value)) => *document.pointer_mut(&at).expect("there") = value,
        _ => {}
    }
}

#[test]
fn what_is_checked_compiles() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let pack = SignatureSet::built_in();
    let (mut added, mut refused) = (0, 0);
    for data in eventkb_packs::signatures() {
        let document: Value = serde_json::from_str(data.text).expect("JSON");
        for round in 0..24 {
            let mut document = document.clone();
            for _ in 0..=round % 3 {
                change(&mut document, &mut random);
            }
            let Ok(signature) = serde_json::from_value::<Signature>(document.clone()) else {
                continue;
            };
            let mut set = SignatureSet::empty();
            match set.add("changed", signature) {
                Err(error) => {
                    refused += 1;
                    let coded = error.problems.iter().all(|p| p.code.is_some());
                    assert!(coded, "{}: {error}\n{document:#}", data.id);
                }
                Ok(()) => {
                    added += 1;
                    let examples = pack.examples(data.id).filter(|_| round == 0);
                    let set = Arc::new(set);
                    for example in examples.iter().flat_map(|e| &e.examples) {
                        let mut session = Session::new(&set);
                        for event in example_events(&example.events, &pack) {
                            session.feed(&event);
                        }
                        session.finish();
                    }
                }
            }
        }
    }
    // Changes that go nowhere would show nothing.
    assert!(
        added > 1_000 && refused > 1_000,
        "{added} added, {refused} refused"
    );
}
