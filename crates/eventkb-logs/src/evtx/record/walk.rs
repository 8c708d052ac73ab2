//! The whole of a record: template and values walked together, element by element.

use std::ops::Range;
use std::rc::Rc;

use jiff::Timestamp;

use super::Decoder;
use crate::event_builder::EventBuilder;
use crate::evtx::binxml::kind;
use crate::evtx::frames::Frame;
use crate::evtx::template::{Step, Template};
use crate::evtx::value::{DecodeError, Unsupported, Value, utf16};
use crate::limits;

/// One instance of a template: the template and its values.
struct Instance {
    template: Rc<Template>,
    values: Vec<Value>,
}

impl Decoder {
    /// Walks the whole record.
    pub(in crate::evtx) fn walk(
        &mut self,
        chunk: &[u8],
        frame: &Frame,
        builder: &mut EventBuilder,
    ) -> Result<(), DecodeError> {
        self.left_out = false;
        self.unreadable = false;
        self.fragment(chunk, &frame.body, builder, 0)?;
        if builder.is_too_large() {
            return Err(DecodeError::OverBudget);
        }
        // Only now it is known that the record is of a size that the crate should render.
        if self.left_out {
            Err(Unsupported)
        } else {
            Ok(())
        }
    }

    /// Whether the record walked last has a name that cannot be read: it was read without it.
    pub(in crate::evtx) fn left_a_name_out(&self) -> bool {
        self.unreadable
    }

    /// Notes a value that is left to the crate. The rest is walked all the same, to know how large
    /// the record is; an array would be rendered as one element for each item.
    fn leave_out(&mut self, value: &Value) -> Result<(), DecodeError> {
        self.left_out = true;
        self.fuel.burn(value.bytes.len())
    }

    /// Walks a fragment that is one instance of a template, as records and nested values are.
    fn fragment(
        &mut self,
        chunk: &[u8],
        body: &Range<usize>,
        builder: &mut EventBuilder,
        depth: usize,
    ) -> Result<(), DecodeError> {
        if depth > limits::MAX_XML_DEPTH / 4 {
            return Err(DecodeError::OverBudget);
        }
        let mut values = self.spare.pop().unwrap_or_default();
        let template = self.instance(chunk, body, &mut values)?;
        self.unreadable |= template.unreadable;
        let instance = Instance { template, values };
        let all = 0..instance.template.steps.len();
        // What the head says needs no second reading.
        let known = depth == 0 && builder.has_head();
        match instance.template.system.clone().filter(|_| known) {
            Some(system) => {
                self.steps(chunk, &instance, 0..system.start, builder, depth)?;
                self.steps(chunk, &instance, system.end..all.end, builder, depth)?;
            }
            None => self.steps(chunk, &instance, all, builder, depth)?,
        }
        self.spare.push(instance.values);
        Ok(())
    }

    fn steps(
        &mut self,
        chunk: &[u8],
        instance: &Instance,
        range: Range<usize>,
        builder: &mut EventBuilder,
        depth: usize,
    ) -> Result<(), DecodeError> {
        let steps = &instance.template.steps;
        let value = |at: u16| instance.values.get(usize::from(at));
        let mut buffer = String::new();
        let mut at = range.start;
        while at < range.end {
            let Some(step) = steps.get(at) else { break };
            self.fuel.burn(1)?;
            match step {
                Step::Start {
                    name,
                    dependency_id,
                    end,
                } => {
                    if dependency_id.and_then(value).is_some_and(Value::is_null) {
                        at = end + 1;
                        continue;
                    }
                    if let Some(items) = array_substitution(steps, at).and_then(value)
                        && items.kind == kind::STRING_ARRAY
                        // An array without items leaves the element there once, and empty.
                        && !items.bytes.is_empty()
                    {
                        self.repeat(chunk, instance, at, items, builder)?;
                        at = end + 1;
                        continue;
                    }
                    builder.start(name);
                }
                Step::Attribute(name) => {
                    let end = attribute_end(steps, at);
                    let parts = steps.get(at + 1..end).unwrap_or(&[]);
                    if !builder.wants(Some(name)) {
                        // Nobody would read it.
                    } else if let Some(time) = created(chunk, name, parts, &instance.values) {
                        builder.created(time);
                    } else if self.attribute(chunk, parts, &instance.values, &mut buffer)? {
                        builder.attribute(name, &buffer);
                    }
                    at = end;
                }
                Step::AttributeEnd => {}
                Step::Text(text) => builder.text(text),
                Step::End => builder.end(),
                Step::Substitution { value: at, .. } => {
                    if let Some(value) = value(*at) {
                        self.substitution(chunk, value, builder, depth, &mut buffer)?;
                    }
                }
            }
            at += 1;
        }
        Ok(())
    }

    fn substitution(
        &mut self,
        chunk: &[u8],
        value: &Value,
        builder: &mut EventBuilder,
        depth: usize,
        buffer: &mut String,
    ) -> Result<(), DecodeError> {
        match value.kind {
            kind::NULL => Ok(()),
            kind::BINXML | kind::STRING_ARRAY if value.bytes.is_empty() => Ok(()),
            kind::BINXML => self.fragment(chunk, &value.bytes, builder, depth + 1),
            _ if !builder.wants(None) => Ok(()),
            kind::BINARY if builder.is_binary() => {
                let bytes = chunk.get(value.bytes.clone()).ok_or(Unsupported)?;
                builder.binary(bytes);
                self.fuel.burn_bytes(bytes.len())
            }
            _ => {
                buffer.clear();
                if value.write(chunk, buffer).is_err() {
                    return self.leave_out(value);
                }
                builder.text(buffer);
                self.fuel.burn_bytes(buffer.len())
            }
        }
    }

    /// An element whose content is an array stands there once for each item: this is how classic
    /// events bring all their insertion strings in one value.
    fn repeat(
        &mut self,
        chunk: &[u8],
        instance: &Instance,
        start: usize,
        items: &Value,
        builder: &mut EventBuilder,
    ) -> Result<(), DecodeError> {
        let steps = &instance.template.steps;
        let Some(Step::Start { name, .. }) = steps.get(start) else {
            return Err(Unsupported);
        };
        let mut attributes: Vec<(&str, String)> = Vec::new();
        let mut at = start + 1;
        while let Some(Step::Attribute(attribute)) = steps.get(at) {
            let end = attribute_end(steps, at);
            let mut text = String::new();
            let parts = steps.get(at + 1..end).unwrap_or(&[]);
            if self.attribute(chunk, parts, &instance.values, &mut text)? {
                attributes.push((attribute, text));
            }
            at = end + 1;
        }
        let mut text = String::new();
        for item in items.items(chunk) {
            builder.start(name);
            for (attribute, value) in &attributes {
                builder.attribute(attribute, value);
                self.fuel.burn_bytes(value.len())?;
            }
            self.fuel.burn(1 + attributes.len())?;
            self.fuel.burn_bytes(item.len())?;
            text.clear();
            utf16(item, &mut text);
            builder.text(&text);
            builder.end();
        }
        Ok(())
    }

    /// Puts an attribute's value together; `false` when its only part is an optional value without
    /// a value, and the attribute is left out.
    fn attribute(
        &mut self,
        chunk: &[u8],
        parts: &[Step],
        values: &[Value],
        out: &mut String,
    ) -> Result<bool, DecodeError> {
        out.clear();
        for part in parts {
            match part {
                Step::Text(text) => out.push_str(text),
                Step::Substitution { value, optional } => {
                    let Some(value) = values.get(usize::from(*value)) else {
                        continue;
                    };
                    if *optional && parts.len() == 1 && value.is_empty(chunk) {
                        return Ok(false);
                    }
                    if value.write(chunk, out).is_err() {
                        self.leave_out(value)?;
                    }
                }
                _ => return Err(Unsupported),
            }
            // Parts are paid one by one: each could add 64 KiB.
            self.fuel.burn(1)?;
            self.fuel.burn_bytes(out.len())?;
        }
        Ok(true)
    }
}

/// The value that is the whole content of the element at `start`, if it is one.
fn array_substitution(steps: &[Step], start: usize) -> Option<u16> {
    let mut at = start + 1;
    while let Some(Step::Attribute(_)) = steps.get(at) {
        at = attribute_end(steps, at) + 1;
    }
    match (steps.get(at)?, steps.get(at + 1)?) {
        (Step::Substitution { value, .. }, Step::End) => Some(*value),
        _ => None,
    }
}

fn attribute_end(steps: &[Step], start: usize) -> usize {
    let rest = steps.get(start..).unwrap_or(&[]);
    start
        + rest
            .iter()
            .position(|step| *step == Step::AttributeEnd)
            .unwrap_or(rest.len())
}

/// The time of `TimeCreated`, where it is stored as a number: no need to write and read it as text.
fn created(chunk: &[u8], name: &str, parts: &[Step], values: &[Value]) -> Option<Timestamp> {
    let [Step::Substitution { value, .. }] = parts else {
        return None;
    };
    let value = values
        .get(usize::from(*value))
        .filter(|value| name == "SystemTime" && value.kind == kind::FILETIME)?;
    value.time(chunk)
}
