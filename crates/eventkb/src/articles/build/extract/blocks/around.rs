//! What the lines above and below say of a line: whether it is a field, and whose.

use super::Walk;
use crate::articles::build::extract::fields::{self, Field, Label};
use crate::articles::build::extract::found::Source;
use crate::articles::build::extract::heads;
use crate::articles::build::page::Line;
use crate::articles::model::ProviderHow;

impl Walk<'_> {
    /// "Event code: 3005" above "Event message: ...": ASP.NET's own number, in the text of its event.
    pub(super) fn is_program_code(&self, line: &Line) -> bool {
        let begins = |line: &Line, word: &str| {
            let text = fields::unmarked(&line.text);
            text.get(..word.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(word))
        };
        let next = self.lines.get(self.at + 1);
        begins(line, "event code") && next.is_some_and(|next| begins(next, "event message"))
    }

    /// Whether a field with an event id stands below, before the next line of this kind.
    pub(super) fn id_follows(&self) -> bool {
        let next = self.lines.iter().skip(self.at + 1);
        let mut next = next
            .filter(|line| !line.is_blank())
            .take(12)
            .take_while(|line| line.heading().is_none() && !heads::is_counter(&line.text));
        next.any(|line| {
            let fields = fields::fields(&line.text);
            fields.iter().any(|field| field.label == Label::Id)
        })
    }

    /// Whether a field without a colon makes sense here: the block lacks it.
    pub(super) fn takes_bare(&self, label: Label) -> bool {
        let Some(block) = &self.block else {
            return false;
        };
        let lacks = match label {
            Label::Source => block.found.source.is_none(),
            Label::Level => block.found.level.is_none(),
            Label::Category => block.found.category.is_none(),
            Label::Description => block.found.description.is_empty(),
            _ => false,
        };
        // "Event ID 13005", a blank line, "Source ContosoPOP3".
        let apart = block.paused && label == Label::Source && !block.ids.is_empty();
        lacks && (!block.paused || apart) && block.found.description.is_empty()
    }

    /// In a description, words that look like fields may be its own. They begin another event only
    /// where an id is near.
    pub(super) fn is_new_field(&self, read: &[Field<'_>]) -> bool {
        let in_description = self
            .block
            .as_ref()
            .is_some_and(|block| block.in_description && !block.found.description.is_empty());
        // "ID: 2620" in the text of an event whose own id is called "Event ID".
        let bare = self.block.as_ref().is_some_and(|block| block.bare_id);
        if !in_description
            || read
                .iter()
                .any(|field| field.label == Label::Id && (bare || !field.is_bare_id()))
        {
            return true;
        }
        let Some(first) = read.first() else {
            return false;
        };
        if matches!(first.label, Label::Description | Label::Category) {
            return false;
        }
        let next = self.lines.iter().skip(self.at + 1);
        let next = next.filter(|line| !line.is_blank()).take(7);
        for line in next {
            let near = fields::fields(&line.text);
            if near.iter().any(|field| field.label == Label::Id) {
                return true;
            }
            if near.is_empty() {
                return false;
            }
        }
        false
    }

    /// "Event ID 8005", and in the next line nothing but "ContosoSync": the source.
    pub(super) fn is_named_below(&mut self, line: &Line) -> bool {
        let at = self.at;
        let Some(block) = &mut self.block else {
            return false;
        };
        let found = &mut block.found;
        let bare =
            found.source.is_none() && found.description.is_empty() && found.last + 1 == line.number;
        if block.ids.is_empty() || !bare || block.paused || !heads::is_source_like(&line.text) {
            return false;
        }
        found.source = Some(Source {
            written: line.text.clone(),
            how: ProviderHow::Inline,
            line: line.number,
        });
        found.last = line.number;
        block.lines.push(at);
        true
    }

    /// "Event ID 57", "ContosoMTA", and in the next line nothing but "Warning".
    pub(super) fn is_level_below(&mut self, line: &Line) -> bool {
        let at = self.at;
        let Some(block) = &mut self.block else {
            return false;
        };
        let found = &mut block.found;
        let bare =
            found.level.is_none() && found.description.is_empty() && found.last + 1 == line.number;
        let word = ["Critical", "Error", "Warning", "Information"].contains(&line.text.as_str());
        if block.ids.is_empty() || !bare || block.paused || !word {
            return false;
        }
        found.level = fields::level(&line.text).map(|level| (level, line.number));
        found.last = line.number;
        block.lines.push(at);
        true
    }

    /// "ErrorTime: 10:00" between "Source: Contoso" and "Event ID: 5": a field that is not known.
    pub(super) fn is_field_between(&mut self, line: &Line) -> bool {
        let at = self.at;
        let Some(block) = &mut self.block else {
            return false;
        };
        let (name, value) = line.text.split_once(':').unwrap_or_default();
        let words = name.split_whitespace().count();
        let named = (1..=2).contains(&words)
            && name.starts_with(char::is_uppercase)
            && !value.is_empty()
            && value.split_whitespace().count() <= 4;
        if !block.ids.is_empty() || block.paused || block.found.source.is_none() || !named {
            return false;
        }
        block.lines.push(at);
        true
    }
}
