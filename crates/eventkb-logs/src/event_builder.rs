//! Builds an event from the elements of an `<Event>`, wherever they come from: BinXML or text.
//!
//! Folklore it knows:
//! - numbers may be stored as text (forwarded events), and `EventID` may hold all 32 bits;
//! - classic events carry `<Data>` without a name, services use `param1` to `paramN`, manifests
//!   use real names: all of them are insertion strings in the order they stand;
//! - `UserData` has elements of any name: each leaf is a string, and a named value;
//! - a `Data` whose name ends in `Count` and that says how many `ComplexData` of one name follow is the
//!   length of that list and no string, though a named value;
//! - what lies deeper, and the attributes of such elements, are named by their path with dots
//!   (`Certificate.subjectName`): below the one element that `UserData` has, whose name says
//!   nothing, and below a `ComplexData`;
//! - names may carry a prefix (`ns0:Event`), which is left out.

use std::sync::Arc;

use jiff::Timestamp;

use crate::complex_data::Lists;
use crate::event::{Event, Trust, is_set};
use crate::export::{dates, localized_levels};
use crate::limits;
use crate::numbers::{bits, bytes_of_hex, whole_number};
use crate::unread::{Field, Unread};

/// Room made at once for the strings of an event.
const USUAL_STRINGS: usize = 12;

/// Which part of an event an element belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Area {
    Outside,
    Event,
    System,
    Data,
    UserData,
    Rendering,
}

/// Takes elements in document order and gives an [`Event`].
#[derive(Debug)]
pub(crate) struct EventBuilder {
    event: Event,
    strings: Vec<String>,
    /// Names of the open elements.
    open: Vec<Element>,
    /// Closed elements, whose buffers are used again.
    spare: Vec<Element>,
    area: Area,
    /// Characters of text kept so far.
    size: usize,
    /// Which single elements of System were there: a second one means the event is forged.
    seen: u32,
    forged: bool,
    too_large: bool,
    unread: Unread,
    /// Characters of paths built so far.
    paths: usize,
    lists: Lists,
}

#[derive(Debug, Default)]
struct Element {
    name: String,
    text: String,
    data_name: Option<String>,
    /// Attributes that are values, until the element's name is known.
    attributes: Vec<(String, String)>,
    has_children: bool,
}

impl Element {
    fn clear(&mut self) {
        self.name.clear();
        self.text.clear();
        self.data_name = None;
        self.attributes.clear();
        self.has_children = false;
    }
}

impl EventBuilder {
    pub(crate) fn new(file: &Arc<str>, offset: Option<u64>, trust: Trust) -> Self {
        EventBuilder {
            event: Event {
                file: Arc::clone(file),
                offset,
                trust,
                ..Event::default()
            },
            strings: Vec::new(),
            open: Vec::new(),
            spare: Vec::new(),
            area: Area::Outside,
            size: 0,
            seen: 0,
            forged: false,
            too_large: false,
            unread: Unread::default(),
            paths: 0,
            lists: Lists::default(),
        }
    }

    /// Begins with what the head of a record says: its System part need not be taken again. One
    /// that comes all the same is a second one, as in a forged record.
    pub(crate) fn with_head(event: Event) -> Self {
        let mut builder = EventBuilder::new(&event.file, event.offset, event.trust);
        builder.event = event;
        builder.seen = u32::MAX;
        builder
    }

    /// The file of the event, and its offset there.
    pub(crate) fn origin(&self) -> (Arc<str>, Option<u64>) {
        (Arc::clone(&self.event.file), self.event.offset)
    }

    /// Whether it began with a head.
    pub(crate) fn has_head(&self) -> bool {
        self.seen == u32::MAX
    }

    /// An element begins.
    pub(crate) fn start(&mut self, name: &str) {
        let name = local_name(name);
        self.attributes_are_values();
        if let Some(parent) = self.open.last_mut() {
            parent.has_children = true;
        }
        let depth = self.open.len();
        self.area = match (self.area, depth, name) {
            (Area::Outside, _, "Event") => Area::Event,
            (Area::Event, 1, "System") => Area::System,
            (Area::Event, 1, "EventData") => Area::Data,
            (Area::Event, 1, "UserData") => Area::UserData,
            (Area::Event, 1, "RenderingInfo") => Area::Rendering,
            (area, _, _) => area,
        };
        if self.area == Area::System && depth == 2 {
            self.once(name);
        }
        let mut element = self.spare.pop().unwrap_or_default();
        element.name.push_str(name);
        self.open.push(element);
    }

    /// Names inside an event come from the log. One that ends up twice in System can only have
    /// been smuggled in, so that readers of the second see another event than readers of the first.
    fn once(&mut self, name: &str) {
        const SINGLE: [&str; 14] = [
            "Provider",
            "EventID",
            "Level",
            "Task",
            "TimeCreated",
            "EventRecordID",
            "Channel",
            "Computer",
            "Version",
            "Opcode",
            "Keywords",
            "Execution",
            "Security",
            "Correlation",
        ];
        if let Some(at) = SINGLE.iter().position(|single| *single == name) {
            let bit = 1_u32 << at;
            self.forged |= self.seen & bit != 0;
            self.seen |= bit;
        }
    }

    /// Whether the element that began last, or an attribute of it, is of any use: most of System is
    /// not, and need not be written as text.
    pub(crate) fn wants(&self, attribute: Option<&str>) -> bool {
        let Some(element) = self.open.last() else {
            return false;
        };
        match (self.area, element.name.as_str(), attribute) {
            (Area::System, "Provider", name) => matches!(name, Some("Name" | "EventSourceName")),
            (Area::System, "EventID", name) => matches!(name, None | Some("Qualifiers")),
            (Area::System, "TimeCreated", name) => name == Some("SystemTime"),
            (Area::System, "Execution", name) => matches!(name, Some("ProcessID" | "ThreadID")),
            (Area::System, "Security", name) => name == Some("UserID"),
            (Area::System, "Correlation", name) => {
                matches!(name, Some("ActivityID" | "RelatedActivityID"))
            }
            (
                Area::System,
                "Level" | "Task" | "EventRecordID" | "Channel" | "Computer" | "Version" | "Opcode"
                | "Keywords",
                name,
            ) => name.is_none(),
            (Area::System, ..) => false,
            (Area::Data | Area::UserData, _, Some(name)) => {
                name == "Name" || self.keeps_attributes() && !is_namespace(name)
            }
            (_, _, name) => name.is_none(),
        }
    }

    /// Whether attributes of the element that began last are values: in UserData and ComplexData.
    fn keeps_attributes(&self) -> bool {
        match self.area {
            Area::UserData => self.open.len() > 2,
            Area::Data => {
                let below = self.open.get(2);
                below.is_some_and(|element| element.name != "Data" && element.name != "Binary")
            }
            _ => false,
        }
    }

    /// Whether the element that began last is a part of System.
    #[cfg(feature = "exports")]
    pub(crate) fn is_in_system(&self) -> bool {
        self.area == Area::System && self.open.len() > 2
    }

    /// Whether it is the event's time, its record id, or the id of its thread or activity: what
    /// tells events apart that say the same.
    pub(crate) fn tells_equal_events_apart(&self, attribute: Option<&str>) -> bool {
        self.area == Area::System
            && self.open.len() == 3
            && self.open.last().is_some_and(|element| {
                matches!(
                    (element.name.as_str(), attribute),
                    ("TimeCreated", Some("SystemTime"))
                        | ("EventRecordID", None)
                        | ("Execution", Some("ThreadID"))
                        | ("Correlation", _)
                )
            })
    }

    /// The time of `TimeCreated`, if that is the element that began last.
    pub(crate) fn created(&mut self, time: Timestamp) {
        if self.area == Area::System && self.open.last().is_some_and(|e| e.name == "TimeCreated") {
            self.event.time = Some(time);
        }
    }

    /// An attribute of the element that began last.
    pub(crate) fn attribute(&mut self, name: &str, value: &str) {
        let Some(element) = self.open.last_mut() else {
            return;
        };
        match (self.area, element.name.as_str(), name) {
            (Area::System, "Provider", "Name") => value.clone_into(&mut self.event.provider),
            (Area::System, "Provider", "EventSourceName") if !value.is_empty() => {
                self.event.event_source = Some(value.to_owned());
            }
            (Area::System, "EventID", "Qualifiers") => self.event.qualifiers = number(value),
            (Area::System, "TimeCreated", "SystemTime") => {
                self.event.time = time(value);
                if self.event.time.is_none() && !value.trim().is_empty() {
                    self.unread.note(Field::Time, value);
                }
            }
            (Area::System, "Execution", "ProcessID") => self.event.process_id = number(value),
            (Area::System, "Execution", "ThreadID") => self.event.thread_id = number(value),
            (Area::System, "Security", "UserID") => self.event.user_sid = given(value),
            (Area::System, "Correlation", "ActivityID") => self.event.activity_id = given(value),
            (Area::System, "Correlation", "RelatedActivityID") => {
                self.event.related_activity_id = given(value);
            }
            (Area::Data | Area::UserData, _, "Name") => element.data_name = Some(value.to_owned()),
            (Area::Data | Area::UserData, ..) if !is_namespace(name) => {
                if self.keeps_attributes()
                    && self.has_room(value.len())
                    && let Some(element) = self.open.last_mut()
                {
                    let name = local_name(name).to_owned();
                    element.attributes.push((name, value.to_owned()));
                }
            }
            _ => {}
        }
    }

    /// Counts text that is kept; `false` when there is too much.
    fn has_room(&mut self, bytes: usize) -> bool {
        self.size += bytes;
        self.too_large |= self.size > limits::MAX_RECORD_TEXT;
        !self.too_large
    }

    /// The attributes of the innermost element become values, now that its name is known.
    fn attributes_are_values(&mut self) {
        let Some(element) = self.open.last_mut() else {
            return;
        };
        let attributes = std::mem::take(&mut element.attributes);
        if attributes.is_empty() {
            return;
        }
        let path = self.path(None);
        for (name, value) in attributes {
            let name = match path.is_empty() {
                true => name,
                false => format!("{path}.{name}"),
            };
            self.named(name, value);
        }
    }

    /// The names of the open elements below `EventData`, or below the one element in `UserData`,
    /// and of `last`, with dots between.
    fn path(&self, last: Option<&str>) -> String {
        let above = match self.area {
            Area::UserData => 3,
            _ => 2,
        };
        let open = self.open.get(above..).unwrap_or(&[]);
        let names = open
            .iter()
            .map(|element| element.data_name.as_deref().unwrap_or(&element.name));
        let names: Vec<&str> = names.chain(last).collect();
        names.join(".")
    }

    /// Whether it holds more text or strings than any real event.
    pub(crate) fn is_too_large(&self) -> bool {
        self.too_large
    }

    /// Whether the element that began last holds the record's binary data.
    pub(crate) fn is_binary(&self) -> bool {
        self.area == Area::Data
            && self.open.len() == 3
            && self.open.last().is_some_and(|e| e.name == "Binary")
    }

    /// The record's binary data, where [`EventBuilder::is_binary`].
    pub(crate) fn binary(&mut self, bytes: &[u8]) {
        self.size += bytes.len();
        if self.size > limits::MAX_RECORD_TEXT {
            self.too_large = true;
        } else if self.event.binary.is_none() && !bytes.is_empty() {
            self.event.binary = Some(bytes.to_vec());
        }
    }

    /// Text of the element that began last.
    pub(crate) fn text(&mut self, text: &str) {
        let Some(element) = self.open.last_mut() else {
            return;
        };
        self.size += text.len();
        if self.size > limits::MAX_RECORD_TEXT {
            self.too_large = true;
            return;
        }
        element.text.push_str(text);
    }

    /// The element that began last ends.
    pub(crate) fn end(&mut self) {
        self.attributes_are_values();
        let Some(mut element) = self.open.pop() else {
            return;
        };
        match self.area {
            Area::System if self.open.len() == 2 => self.system(&element),
            Area::Data if self.open.len() >= 2 => self.data(&mut element),
            Area::UserData if self.open.len() >= 2 => self.user_data(&mut element),
            Area::Rendering if self.open.len() >= 2 => self.rendering(&element),
            _ => {}
        }
        element.clear();
        self.spare.push(element);
        self.area = match self.open.len() {
            0 => Area::Outside,
            1 => Area::Event,
            _ => self.area,
        };
    }

    fn system(&mut self, element: &Element) {
        let text = element.text.trim();
        match element.name.as_str() {
            "EventID" => {
                if let Some(id) = whole_number(text).and_then(|id| u32::try_from(id).ok()) {
                    let (event_id, qualifiers) = words_of(id);
                    self.event.event_id = event_id;
                    self.event.qualifiers = self.event.qualifiers.or(qualifiers);
                } else {
                    self.unread.note(Field::EventId, text);
                }
            }
            "Level" => {
                // Some tools put the word for the number.
                self.event.level = number(text).or_else(|| localized_levels::level(text));
                if self.event.level.is_none() && !text.is_empty() {
                    self.unread.note(Field::Level, text);
                }
            }
            "Task" => self.event.category = number(text),
            "Version" => self.event.version = number(text),
            "Opcode" => self.event.opcode = number(text),
            "Keywords" => self.event.keywords = bits(text),
            "EventRecordID" => {
                self.event.record_id = text.parse().ok().or_else(|| number(text));
                if self.event.record_id.is_none() && !text.is_empty() {
                    self.unread.note(Field::RecordId, text);
                }
            }
            "Channel" if !text.is_empty() => self.event.channel = Some(text.to_owned()),
            "Computer" if !text.is_empty() => self.event.computer = Some(text.to_owned()),
            _ => {}
        }
    }

    fn data(&mut self, element: &mut Element) {
        let direct = self.open.len() == 2;
        if direct && element.name == "ComplexData" {
            self.lists.entry(element.data_name.clone());
        }
        let parent = self.open.last().map(|parent| parent.name.as_str());
        // What stands inside a Data belongs to it.
        if !direct && parent == Some("Data") {
            if let Some(parent) = self.open.last_mut() {
                parent.text.push_str(&element.text);
            }
            return;
        }
        // Binary is the record's data, not a string.
        if direct && element.name == "Binary" {
            if self.event.binary.is_none() && !element.text.is_empty() {
                self.event.binary = bytes_of_hex(&element.text);
            }
            return;
        }
        if element.name != "Data" && element.has_children {
            return;
        }
        let name = match element.data_name.take() {
            Some(name) => Some(name),
            None if element.name == "Data" => None,
            None => Some(std::mem::take(&mut element.name)),
        };
        let name = match (direct, name) {
            (true, name) => name,
            (false, name) => Some(self.path(name.as_deref())),
        };
        if direct && name.as_deref().is_some_and(|name| name.ends_with("Count")) {
            self.lists.length(self.strings.len(), &element.text);
        }
        self.value(name, std::mem::take(&mut element.text));
    }

    fn user_data(&mut self, element: &mut Element) {
        if element.has_children {
            return;
        }
        let name = element
            .data_name
            .take()
            .unwrap_or_else(|| std::mem::take(&mut element.name));
        let name = if self.open.len() > 3 {
            self.path(Some(&name))
        } else {
            name
        };
        self.value(Some(name), std::mem::take(&mut element.text));
    }

    fn value(&mut self, name: Option<String>, value: String) {
        if self.strings.len() >= limits::MAX_STRINGS {
            self.unread.left_out(1);
            return;
        }
        if self.strings.is_empty() {
            self.strings.reserve(USUAL_STRINGS);
            self.event
                .named
                .reserve(if name.is_some() { USUAL_STRINGS } else { 0 });
        }
        if let Some(name) = name {
            self.named(name, value.clone());
        }
        self.strings.push(value);
    }

    fn named(&mut self, name: String, value: String) {
        // A path is built for each value: very many long ones would be much text.
        if self.event.named.len() >= limits::MAX_STRINGS || !self.has_room_for_path(&name) {
            self.unread.left_out(1);
            return;
        }
        self.event.named.push((name, value));
    }

    /// Names are made longer by paths only: their own text is bounded by the record's.
    fn has_room_for_path(&mut self, name: &str) -> bool {
        if name.contains('.') {
            self.paths += name.len();
        }
        self.paths <= limits::MAX_RECORD_TEXT
    }

    fn rendering(&mut self, element: &Element) {
        let text = element.text.trim();
        if text.is_empty() {
            return;
        }
        match element.name.as_str() {
            "Message" => self.event.message = Some(text.to_owned()),
            "Task" => self.event.category_name = Some(text.to_owned()),
            "Channel" if self.event.channel.is_none() => {
                self.event.channel = Some(text.to_owned());
            }
            _ => {}
        }
    }

    /// The event, or why it cannot be believed.
    pub(crate) fn finish(self) -> Result<Event, BuildError> {
        self.finish_with_unread().map(|(event, _)| event)
    }

    /// The event and what of it could not be understood, or why it cannot be believed.
    pub(crate) fn finish_with_unread(mut self) -> Result<(Event, Unread), BuildError> {
        if self.forged {
            return Err(BuildError::Forged);
        }
        if self.too_large {
            return Err(BuildError::TooLarge);
        }
        if self.seen == 0 {
            return Err(BuildError::NoSystem);
        }
        self.lists.take_lengths_out(&mut self.strings);
        let mut event = self.event;
        event.strings = Some(self.strings);
        Ok((event, self.unread))
    }
}

/// Why elements make no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BuildError {
    #[error("an element of System is there twice, as in a forged record")]
    Forged,
    #[error("its text is larger than the limit")]
    TooLarge,
    #[error("it has no System part")]
    NoSystem,
}

/// The event ID that people see, and the qualifiers where the number has all 32 bits of a classic
/// identifier.
pub(crate) fn words_of(id: u32) -> (u16, Option<u16>) {
    let high = (id >> 16) as u16;
    ((id & 0xffff) as u16, (high > 0).then_some(high))
}

/// A text that is not empty.
fn given(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn number<T: TryFrom<i64>>(text: &str) -> Option<T> {
    whole_number(text).and_then(|value| T::try_from(value).ok())
}

/// Reads a time as logs and the tools that read them write it; one without a zone is UTC, as
/// TimeCreated is.
pub(crate) fn time(text: &str) -> Option<Timestamp> {
    dates::unambiguous(text).filter(is_set)
}

/// A name without the prefix that stands for its namespace.
fn local_name(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, name)| name)
}

/// Whether an attribute only names a namespace.
fn is_namespace(name: &str) -> bool {
    name == "xmlns" || name.starts_with("xmlns:") || name.starts_with("xsi:")
}
