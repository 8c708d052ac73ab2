//! Random signatures and streams of events: small ones, with times at the edges of windows.

use eventkb::signature::examples::EventNote;
use eventkb::signature::model::Signature;
use eventkb_testkit::rng::Rng;
use serde_json::{Value, json};

use super::Span;

/// One signature, a stream of events, and what the logs cover, where it is not what they span.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    pub(crate) signature: Signature,
    pub(crate) events: Vec<EventNote>,
    pub(crate) spans: Option<Vec<Span>>,
}

/// The same seed makes the same trial.
pub(crate) fn trial(seed: u64) -> Trial {
    let mut make = Make(Rng::new(seed));
    let signature = make.sound_signature();
    let events = make.events(&signature);
    let spans = make.one_in(3).then(|| make.spans(&events));
    Trial {
        signature,
        events,
        spans,
    }
}

struct Make(Rng);

const IDS: [&str; 5] = ["a", "b", "c", "d", "e"];

impl Make {
    fn below(&mut self, end: usize) -> usize {
        self.0.below(end)
    }

    fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// A signature that the lints let pass: what they refuse has no meaning to agree on.
    fn sound_signature(&mut self) -> Signature {
        for _ in 0..1000 {
            let document = self.signature();
            let signature: Signature = serde_json::from_value(document).expect("of the format");
            let mut set = eventkb::SignatureSet::empty();
            if set.add("made", signature.clone()).is_ok() {
                return signature;
            }
        }
        panic!("no sound signature in a thousand");
    }

    fn signature(&mut self) -> Value {
        let many = 2 + self.below(3);
        let objects: &[&str] = self.pick(&[&[][..], &["obj"], &["obj"], &["obj", "sub"]]);
        let same: &[&str] = if objects.len() < 2 && self.one_in(4) {
            &["sub"]
        } else {
            &[]
        };
        let peer = self.one_in(3);
        let mut captures: Vec<&str> = objects.iter().chain(same).copied().collect();
        if peer {
            captures.push("peer");
        }
        let mut symptoms: Vec<Value> = (0..many)
            .map(|n| self.symptom(n, many, &captures))
            .collect();
        for (n, symptom) in symptoms.iter_mut().enumerate() {
            if self.one_in(3) {
                symptom["only_if"] = self.only_if(n, many);
            }
        }
        let mut join = json!({
            "objects": objects,
            "same": same,
            "window_s": self.pick(&[10, 60, 61, 300]),
            "across_window_s": self.pick(&[20, 60, 400]),
            "attempt_gap_s": self.pick(&[1, 5, 20, 60]),
        });
        if peer {
            join["peer"] = json!("peer");
        }
        if self.one_in(3) {
            join["anchor"] = json!([IDS[self.below(many)]]);
        }
        let clauses = self.pick(&[0, 0, 1, 2]);
        let rules_out: Vec<Value> = (0..clauses)
            .map(|n| self.clause(n, many, &captures))
            .collect();
        let mut document = json!({
            "format": 2, "id": "T1", "revision": 1, "title": "Made", "severity": "low",
            "cause": "Made.", "resolution": ["None."],
            "symptoms": symptoms, "join": join, "rules_out": rules_out,
        });
        if self.one_in(2) {
            document["verdicts"] = self.verdicts(many);
        }
        document
    }

    fn symptom(&mut self, n: usize, many: usize, captures: &[&str]) -> Value {
        let first = n == 0;
        let role = match self.below(8) {
            _ if first => "core",
            0 | 1 => "core",
            2 | 3 => "supporting",
            4 if many > 2 => "context",
            _ => "strong",
        };
        let mut symptom = json!({
            "id": IDS[n],
            "description": "made",
            "events": self.selectors(4),
            "role": role,
            "capture": self.captures(captures, first),
        });
        if self.one_in(2) {
            symptom["where"] = json!([self.condition(0)]);
        }
        if !first && self.one_in(4) {
            symptom["locality"] = json!("any_computer");
        }
        if self.one_in(10) {
            symptom["level"] = json!(["error"]);
        }
        if self.one_in(10) {
            symptom["own"] = json!(true);
        }
        symptom
    }

    fn selectors(&mut self, ids: usize) -> Value {
        let one = |id: usize| json!({ "provider": "App", "id": id + 1 });
        let first = self.below(ids);
        let mut selectors = vec![one(first)];
        if self.one_in(6) {
            selectors.push(one((first + 1) % ids));
        }
        json!(selectors)
    }

    fn captures(&mut self, names: &[&str], all: bool) -> Value {
        let mut captures = Vec::new();
        for name in names {
            if all || self.below(4) > 0 {
                let position = match *name {
                    "obj" => 2,
                    "sub" => 3,
                    _ => 4,
                };
                let mut capture = json!({ "name": name, "string": position });
                if self.one_in(12) {
                    capture["exact_case"] = json!(true);
                }
                captures.push(capture);
            }
        }
        json!(captures)
    }

    fn condition(&mut self, depth: usize) -> Value {
        let mut condition = match self.below(8) {
            0..=4 => json!({ "string": 1, "number": self.below(3) }),
            5 => json!({ "string": 2, "is": "X" }),
            6 => json!({ "string": 3, "present": self.one_in(2) }),
            _ if depth > 1 => json!({ "string": 1, "number": 1 }),
            _ => {
                let parts = json!([self.condition(depth + 1), self.condition(depth + 1)]);
                let kind = self.pick(&["any", "all"]);
                json!({ kind: parts })
            }
        };
        if self.one_in(6) {
            condition["not"] = json!(true);
        }
        condition
    }

    fn only_if(&mut self, n: usize, many: usize) -> Value {
        let within_s = self.pick(&[5, 20, 60]);
        let other = IDS[(n + 1 + self.below(many - 1)) % many];
        let neighbour = json!({ "symptom": other, "within_s": within_s });
        let at_least = 2 + self.below(3);
        let mut qualifiers = vec![match self.below(8) {
            0 | 1 => json!({ "count": { "at_least": at_least, "within_s": within_s } }),
            2 => json!({ "at_start": { "within_s": within_s } }),
            3 => json!({ "at_shutdown": { "within_s": within_s } }),
            4 => json!({ "preceded_by": neighbour }),
            5 => json!({ "followed_by": neighbour }),
            6 => json!({ "not_preceded_by": neighbour }),
            _ => json!({ "not_followed_by": neighbour }),
        }];
        if self.one_in(6) {
            qualifiers.push(json!({ "count": { "at_least": 2, "within_s": 60 } }));
        }
        json!(qualifiers)
    }

    fn clause(&mut self, n: usize, many: usize, captures: &[&str]) -> Value {
        let mut clause = json!({
            "id": format!("r{n}"),
            "reason": "made",
            "events": self.selectors(6),
            "capture": self.captures(captures, false),
        });
        if self.one_in(2) {
            clause["where"] = json!([self.condition(1)]);
        }
        if self.one_in(2) {
            clause["locality"] = json!("any_computer");
        }
        if self.one_in(4) {
            clause["unless"] = self.rule(many, 1);
        }
        clause
    }

    fn verdicts(&mut self, many: usize) -> Value {
        let mut verdicts = json!({
            "match": self.rule(many, 0),
            "likely": self.rule(many, 0),
            "possible": self.rule(many, 0),
        });
        if self.one_in(2) {
            // Every occurrence counts, whatever is in it.
            let seen = json!({ "seen": ["a"] });
            verdicts["possible"] = json!({ "any": [seen, { "not": seen }] });
        }
        verdicts
    }

    fn rule(&mut self, many: usize, depth: usize) -> Value {
        let mut ids: Vec<&str> = Vec::new();
        for id in &IDS[..many] {
            if self.one_in(2) {
                ids.push(id);
            }
        }
        if ids.is_empty() {
            ids.push(IDS[self.below(many)]);
        }
        match self.below(if depth > 1 { 5 } else { 8 }) {
            0 | 1 => json!({ "found": ids }),
            2 => json!({ "at_least": { "count": 1 + self.below(ids.len()), "of": ids } }),
            3 => json!({ "seen": ids }),
            4 => {
                let op = self.pick(&["contradicted", "absent"]);
                json!({ op: ids })
            }
            5 => json!({ "all": [self.rule(many, depth + 1), self.rule(many, depth + 1)] }),
            6 => json!({ "any": [self.rule(many, depth + 1), self.rule(many, depth + 1)] }),
            _ => json!({ "not": self.rule(many, depth + 1) }),
        }
    }

    fn events(&mut self, signature: &Signature) -> Vec<EventNote> {
        let join = &signature.join;
        let (window, gap) = (
            join.window_s.cast_signed(),
            join.attempt_gap_s.cast_signed(),
        );
        let across = join.across_window_s.cast_signed();
        let steps = [
            0,
            0,
            1,
            1,
            2,
            3,
            5,
            6,
            19,
            20,
            21,
            60,
            61,
            gap,
            gap + 1,
            window / 2,
            window / 2 + 1,
            window,
            window + 1,
            across,
            across + 1,
        ];
        let computers: &[&str] = self.pick(&[
            &["SRV01"][..],
            &["SRV01", "srv01"],
            &["SRV01", "SRV02"],
            &["SRV01", "SRV02", "SRV03"],
            &["SRV01", "srv01.a.test", "SRV02.a.test", "SRV02.b.test"],
            // Tables without a column for the computer.
            &["", "", "SRV01"],
            &[""],
        ]);
        let storm = self.one_in(300);
        let many = match self.below(10) {
            _ if storm => 280 + self.below(60),
            0..=4 => 1 + self.below(10),
            5..=8 => 5 + self.below(25),
            _ => 30 + self.below(30),
        };
        let mut at = 0;
        let mut events = Vec::new();
        for n in 0..many {
            if !self.one_in(4) {
                at += if storm {
                    self.pick(&[0, 1, 2])
                } else {
                    self.pick(&steps)
                };
            }
            let computer = self.pick(computers);
            events.push(self.event(at, computer, n as u64 + 1));
        }
        events
    }

    fn event(&mut self, at: i64, computer: &str, record_id: u64) -> EventNote {
        let mut note = json!({ "at_s": at, "computer": computer, "record_id": record_id });
        if self.one_in(10) {
            note["provider"] = json!("EventLog");
            note["event_id"] = json!(self.pick(&[6005, 6006, 6009]));
            note["channel"] = json!("System");
            note["level"] = json!("information");
        } else {
            note["provider"] = json!(self.pick(&["App", "App", "app"]));
            note["event_id"] = json!(1 + self.below(6));
            if self.one_in(6) {
                note["level"] = json!("warning");
            }
            if self.one_in(12) {
                // An export without strings.
                note["message"] = json!("words");
            } else {
                note["strings"] = self.strings();
            }
        }
        if self.one_in(20) {
            note["recovered"] = json!(true);
        }
        serde_json::from_value(note).expect("an event")
    }

    fn strings(&mut self) -> Value {
        let code = self.pick(&["0", "1", "1", "2", ""]);
        let obj = self.pick(&["x", "X", "y", "y", "z", ""]);
        let sub = self.pick(&["s", "t", "", ""]);
        let peer = self.pick(&[
            "SRV01",
            "srv02",
            "SRV02.a.test",
            "SRV03",
            "OTHER",
            "srv01.a.test",
            "",
            "",
        ]);
        let mut strings = vec![code, obj, sub, peer];
        if self.one_in(8) {
            strings.truncate(self.below(4));
        }
        json!(strings)
    }

    /// The log in two or three files: with or without something between them, and with record ids
    /// that say so, or do not.
    fn torn(&mut self, whole: &Span, last: i64) -> Vec<Span> {
        let mut files = Vec::new();
        let mut rest = whole.clone();
        let mut id = 1;
        for _ in 0..1 + self.below(2) {
            let end = self
                .below(last.max(1).cast_unsigned() as usize + 1)
                .cast_signed() as i64;
            let next = end + self.pick(&[-3, 0, 1, 2, 5, 40]);
            if end < rest.from || next > rest.to || next < rest.from {
                break;
            }
            let ids = (!self.one_in(4)).then_some((id, id + 9));
            id += self.pick(&[10, 10, 11]);
            files.push(Span {
                to: end,
                ids,
                ..rest.clone()
            });
            rest.from = next;
        }
        rest.ids = Some((id, id + 9));
        files.push(rest);
        files
    }

    fn spans(&mut self, events: &[EventNote]) -> Vec<Span> {
        let mut spans = Vec::new();
        let last = events.last().map_or(0, |event| event.at_s as i64);
        let mut names: Vec<&str> = events.iter().map(|event| event.computer.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for computer in names.into_iter().filter(|name| !name.is_empty()) {
            for channel in ["Application", "System"] {
                if self.one_in(5) {
                    continue;
                }
                let from = if self.one_in(3) {
                    self.below(200).cast_signed() as i64
                } else {
                    -1000
                };
                let until = if self.one_in(3) {
                    last - self.below(200) as i64
                } else {
                    last + 1000
                };
                let whole = Span {
                    computer: computer.to_owned(),
                    channel: channel.to_owned(),
                    from,
                    to: until.max(from),
                    ids: None,
                    damaged: self.one_in(10),
                };
                if self.one_in(3) {
                    spans.extend(self.torn(&whole, last));
                } else {
                    spans.push(whole);
                }
            }
        }
        spans
    }
}
