//! Events as BinXML: which template an event needs, and the values it fills in.

use super::binxml::{self, Content, Values, kind};
use super::chunk::Chunk;
use super::{DataShape, Layout, Style, elements};
use crate::event::{EventSpec, FileTime, sid_text};

/// The namespace of every event.
pub(super) const XMLNS: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// Numbers of the substitutions of the outer template.
mod slot {
    pub(super) const LEVEL: u16 = 0;
    pub(super) const TASK: u16 = 1;
    pub(super) const ID: u16 = 2;
    pub(super) const QUALIFIERS: u16 = 3;
    pub(super) const KEYWORDS: u16 = 4;
    pub(super) const TIME: u16 = 5;
    pub(super) const RECORD_ID: u16 = 6;
    pub(super) const USER: u16 = 7;
    pub(super) const VERSION: u16 = 8;
    pub(super) const OPCODE: u16 = 9;
    pub(super) const PROCESS: u16 = 10;
    pub(super) const THREAD: u16 = 11;
    /// Provider, source name, channel and computer, in the layout that substitutes them.
    pub(super) const NAMES: u16 = 12;
    /// Message, level and task of `RenderingInfo`; they come before the event data.
    pub(super) const RENDERED: u16 = 16;
    pub(super) const EVENT_DATA: u16 = 19;
}

/// How events are laid out.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Shape {
    pub(crate) layout: Layout,
    pub(crate) data: DataShape,
    pub(crate) style: Style,
}

/// Where a record was put in its chunk, and where the fields stand that can be patched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) offset: usize,
    /// `TimeCreated` (FILETIME), where it is stored as a number.
    pub(crate) time_at: Option<usize>,
    /// `EventRecordID` (u64), where it is stored as a number.
    pub(crate) id_at: Option<usize>,
}

/// Id and time of the record's own header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub(crate) id: u64,
    pub(crate) time: FileTime,
}

/// Writes events into chunks; keeps its buffers between events.
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    shape: Shape,
    outer: Values,
    inner: Values,
}

impl Encoder {
    pub(crate) fn new(shape: Shape) -> Self {
        Self {
            shape,
            ..Self::default()
        }
    }

    /// Appends a record. Nothing comes back when a value is too long for the format. The chunk
    /// may then, or when it has outgrown its size, be rolled back by the caller.
    pub(crate) fn record(
        &mut self,
        chunk: &mut Chunk,
        event: &EventSpec,
        id: u64,
        header: Header,
    ) -> Option<Place> {
        let offset = chunk.bytes.len();
        chunk.raw(&[0x2a, 0x2a, 0, 0]);
        chunk.u32(0);
        chunk.u64(header.id);
        chunk.raw(&header.time.0.to_le_bytes());
        binxml::fragment_header(chunk);
        let mut place = Place {
            offset,
            time_at: None,
            id_at: None,
        };
        match self.shape.style {
            Style::WithoutTemplate => elements::event(chunk, event, id)?,
            Style::Native | Style::Forwarded => self.instances(chunk, event, id, &mut place)?,
        }
        chunk.u8(0);
        let unpadded = chunk.bytes.len() - offset + 4;
        chunk
            .bytes
            .resize(offset + unpadded.next_multiple_of(8) - 4, 0);
        let size = u32::try_from(unpadded.next_multiple_of(8)).ok()?;
        chunk.u32(size);
        chunk.patch_u32(offset + 4, size);
        Some(place)
    }

    /// The instances of two templates, one within the other, with their values.
    fn instances(
        &mut self,
        chunk: &mut Chunk,
        event: &EventSpec,
        id: u64,
        place: &mut Place,
    ) -> Option<()> {
        self.system_template(chunk, event);
        let (time, record_id) = self.system_values(event, id);
        let written = self.outer.write(chunk, true)?;
        let inner_at = chunk.bytes.len();
        binxml::fragment_header(chunk);
        self.event_data(chunk, event)?;
        chunk.u8(0);
        let inner_size = u16::try_from(chunk.bytes.len() - inner_at).ok()?;
        chunk.bytes[written.size_at..written.size_at + 2]
            .copy_from_slice(&inner_size.to_le_bytes());
        if self.shape.style == Style::Native {
            place.time_at = Some(written.values_at + time);
            place.id_at = Some(written.values_at + record_id);
        }
        Some(())
    }

    /// The instance token of the outer template, with its definition at the first use.
    fn system_template(&self, chunk: &mut Chunk, event: &EventSpec) {
        let mut identity = Identity::new("system");
        identity.number(self.shape.layout as usize);
        identity.number(self.shape.style as usize);
        identity.number(usize::from(event.event_source_name.is_some()));
        if self.shape.layout == Layout::NameInTemplate {
            for text in [&event.provider, &event.channel, &event.computer] {
                identity.text(text);
            }
            identity.text(event.event_source_name.as_deref().unwrap_or_default());
        }
        identity.text(event.rendering.as_ref().map_or("", |r| &r.culture));
        identity.number(usize::from(event.rendering.is_some()));
        instance(chunk, &identity, |chunk| self.define_system(chunk, event));
    }

    fn define_system(&self, chunk: &mut Chunk, event: &EventSpec) {
        let root = binxml::open(chunk, "Event", &[("xmlns", Content::Text(XMLNS))]);
        let system = binxml::open(chunk, "System", &[]);
        self.define_provider(chunk, event);
        let qualifiers = self.number(slot::QUALIFIERS, kind::U16);
        let id = self.number(slot::ID, kind::U16);
        binxml::leaf(
            chunk,
            "EventID",
            Some(slot::ID),
            &[("Qualifiers", qualifiers)],
            Some(id),
        );
        for (name, slot, kind) in [
            ("Version", slot::VERSION, kind::U8),
            ("Level", slot::LEVEL, kind::U8),
            ("Task", slot::TASK, kind::U16),
            ("Opcode", slot::OPCODE, kind::U8),
            ("Keywords", slot::KEYWORDS, kind::HEX64),
        ] {
            let value = self.number(slot, kind);
            binxml::leaf(chunk, name, Some(slot), &[], Some(value));
        }
        let time = self.number(slot::TIME, kind::FILETIME);
        binxml::leaf(chunk, "TimeCreated", None, &[("SystemTime", time)], None);
        let record_id = self.number(slot::RECORD_ID, kind::U64);
        binxml::leaf(
            chunk,
            "EventRecordID",
            Some(slot::RECORD_ID),
            &[],
            Some(record_id),
        );
        binxml::leaf(chunk, "Correlation", None, &[], None);
        let process = self.number(slot::PROCESS, kind::U32);
        let thread = self.number(slot::THREAD, kind::U32);
        let ids = [("ProcessID", process), ("ThreadID", thread)];
        binxml::leaf(chunk, "Execution", None, &ids, None);
        let channel = self.named(slot::NAMES + 2, &event.channel);
        binxml::leaf(chunk, "Channel", None, &[], Some(channel));
        let computer = self.named(slot::NAMES + 3, &event.computer);
        binxml::leaf(chunk, "Computer", None, &[], Some(computer));
        let user = self.number(slot::USER, kind::SID);
        binxml::leaf(chunk, "Security", None, &[("UserID", user)], None);
        binxml::close(chunk, &system);
        chunk.u8(0x0e);
        chunk.u16(slot::EVENT_DATA);
        chunk.u8(kind::BINXML);
        if let Some(rendering) = &event.rendering {
            let culture = Content::Text(&rendering.culture);
            define_rendering(chunk, culture);
        }
        binxml::close(chunk, &root);
    }

    fn define_provider(&self, chunk: &mut Chunk, event: &EventSpec) {
        let mut attributes = vec![("Name", self.named(slot::NAMES, &event.provider))];
        if let Some(source) = &event.event_source_name {
            attributes.push(("EventSourceName", self.named(slot::NAMES + 1, source)));
        }
        binxml::leaf(chunk, "Provider", None, &attributes, None);
    }

    /// A number of `System`: of its own type, or text in forwarded events.
    fn number(&self, slot: u16, kind: u8) -> Content<'static> {
        match self.shape.style {
            Style::Native => Content::Optional(slot, kind),
            _ => Content::Optional(slot, kind::STRING),
        }
    }

    fn named<'a>(&self, slot: u16, text: &'a str) -> Content<'a> {
        match self.shape.layout {
            Layout::NameInTemplate => Content::Text(text),
            Layout::NameAsSubstitution => Content::Normal(slot, kind::STRING),
        }
    }

    /// Fills the outer values and returns where time and record id stand among them.
    fn system_values(&mut self, event: &EventSpec, id: u64) -> (usize, usize) {
        self.outer.clear();
        let places = match self.shape.style {
            Style::Native => self.native_numbers(event, id),
            _ => self.text_numbers(event, id),
        };
        let values = &mut self.outer;
        if self.shape.layout == Layout::NameAsSubstitution {
            values.string(&event.provider);
            match &event.event_source_name {
                Some(source) => values.string(source),
                None => values.null(),
            }
            values.string(&event.channel);
            values.string(&event.computer);
        } else {
            (0..4).for_each(|_| values.null());
        }
        match &event.rendering {
            Some(rendering) => {
                values.string(&rendering.message);
                values.string(&rendering.level);
                values.string(&rendering.task);
            }
            None => (0..3).for_each(|_| values.null()),
        }
        places
    }

    fn native_numbers(&mut self, event: &EventSpec, id: u64) -> (usize, usize) {
        let values = &mut self.outer;
        values.push(kind::U8, &[event.level]);
        values.push(kind::U16, &event.task.to_le_bytes());
        values.push(kind::U16, &event.event_id.to_le_bytes());
        values.push(kind::U16, &event.qualifiers.to_le_bytes());
        values.push(kind::HEX64, &event.keywords.to_le_bytes());
        let time = values.push(kind::FILETIME, &event.time.0.to_le_bytes());
        let record_id = values.push(kind::U64, &id.to_le_bytes());
        values.optional(kind::SID, event.user_sid.as_deref());
        values.push(kind::U8, &[0]);
        values.push(kind::U8, &[event.opcode]);
        values.push(kind::U32, &event.process_id.to_le_bytes());
        values.push(kind::U32, &[0; 4]);
        (time, record_id)
    }

    fn text_numbers(&mut self, event: &EventSpec, id: u64) -> (usize, usize) {
        let values = &mut self.outer;
        values.string(&event.level.to_string());
        values.string(&event.task.to_string());
        values.string(&event.event_id.to_string());
        values.string(&event.qualifiers.to_string());
        values.string(&format!("{:#x}", event.keywords));
        values.string(&event.time.to_rfc3339());
        values.string(&id.to_string());
        match &event.user_sid {
            Some(sid) => values.string(&sid_text(sid)),
            None => values.null(),
        }
        values.string("0");
        values.string(&event.opcode.to_string());
        values.string(&event.process_id.to_string());
        values.string("0");
        (0, 0)
    }

    /// The instance of the inner template: strings, named data, binary data.
    fn event_data(&mut self, chunk: &mut Chunk, event: &EventSpec) -> Option<()> {
        if let Some(root) = &event.user_data {
            return self.user_data(chunk, event, root);
        }
        let data = self.shape.data;
        let mut identity = Identity::new("data");
        identity.number(data as usize);
        if data == DataShape::OneEach {
            identity.number(event.strings.len());
        }
        identity.number(usize::from(event.binary.is_some()));
        for (name, _) in &event.named {
            identity.text(name);
        }
        instance(chunk, &identity, |chunk| define_data(chunk, event, data));
        let values = &mut self.inner;
        values.clear();
        match data {
            DataShape::StringArray => values.string_array(&event.strings),
            DataShape::OneEach => event.strings.iter().for_each(|text| values.string(text)),
        }
        for (_, value) in &event.named {
            values.string(value);
        }
        if let Some(binary) = &event.binary {
            values.push(kind::BINARY, binary);
        }
        values.write(chunk, false).map(drop)
    }

    /// The instance of an inner template whose values are elements of their own names.
    fn user_data(&mut self, chunk: &mut Chunk, event: &EventSpec, root: &str) -> Option<()> {
        let mut identity = Identity::new("user data");
        identity.text(root);
        event.named.iter().for_each(|(name, _)| identity.text(name));
        instance(chunk, &identity, |chunk| {
            define_user_data(chunk, event, root)
        });
        let values = &mut self.inner;
        values.clear();
        event
            .named
            .iter()
            .for_each(|(_, value)| values.string(value));
        values.write(chunk, false).map(drop)
    }
}

fn define_user_data(chunk: &mut Chunk, event: &EventSpec, root: &str) {
    let outer = binxml::open(chunk, "UserData", &[]);
    let inner = binxml::open(chunk, root, &[("xmlns", Content::Text("Event_NS"))]);
    let mut values = (0_u16..).zip(&event.named).peekable();
    while let Some((slot, (name, _))) = values.next() {
        let value = Content::Normal(slot, kind::STRING);
        let Some((element, attribute)) = name.split_once('.') else {
            binxml::leaf(chunk, name, None, &[], Some(value));
            continue;
        };
        // Attributes of one element stand together; its text may follow under its bare name.
        let mut attributes = vec![(attribute, value)];
        let mut text = None;
        while let Some((slot, (name, _))) = values.peek() {
            let value = Content::Normal(*slot, kind::STRING);
            match name.split_once('.') {
                Some((other, attribute)) if other == element => attributes.push((attribute, value)),
                None if name == element => text = Some(value),
                _ => break,
            }
            values.next();
        }
        binxml::leaf(chunk, element, None, &attributes, text);
    }
    binxml::close(chunk, &inner);
    binxml::close(chunk, &outer);
}

fn define_rendering(chunk: &mut Chunk, culture: Content<'_>) {
    let root = binxml::open(chunk, "RenderingInfo", &[("Culture", culture)]);
    for (at, name) in ["Message", "Level", "Task"].into_iter().enumerate() {
        let slot = slot::RENDERED + u16::try_from(at).unwrap_or_default();
        let text = Content::Normal(slot, kind::STRING);
        binxml::leaf(chunk, name, None, &[], Some(text));
    }
    binxml::close(chunk, &root);
}

fn define_data(chunk: &mut Chunk, event: &EventSpec, shape: DataShape) {
    let root = binxml::open(chunk, "EventData", &[]);
    let mut slot = 0;
    match shape {
        DataShape::StringArray => {
            let array = Content::Optional(slot, kind::STRING_ARRAY);
            binxml::leaf(chunk, "Data", Some(slot), &[], Some(array));
            slot += 1;
        }
        DataShape::OneEach => {
            for _ in &event.strings {
                let text = Content::Normal(slot, kind::STRING);
                binxml::leaf(chunk, "Data", None, &[], Some(text));
                slot += 1;
            }
        }
    }
    for (name, _) in &event.named {
        let text = Content::Normal(slot, kind::STRING);
        let attributes = [("Name", Content::Text(name))];
        binxml::leaf(chunk, "Data", None, &attributes, Some(text));
        slot += 1;
    }
    if event.binary.is_some() {
        let bytes = Content::Optional(slot, kind::BINARY);
        binxml::leaf(chunk, "Binary", Some(slot), &[], Some(bytes));
    }
    binxml::close(chunk, &root);
}

/// Writes a template instance's head, and the definition when the chunk does not hold it yet.
fn instance(chunk: &mut Chunk, identity: &Identity, define: impl FnOnce(&mut Chunk)) {
    let guid = identity.guid();
    chunk.raw(&[0x0c, 1]);
    chunk.raw(&guid[..4]);
    if let Some(at) = chunk.definition(&guid) {
        chunk.u32(at);
        return;
    }
    chunk.u32(chunk.position() + 4);
    let next = chunk.enter_definition(guid);
    chunk.u32(next);
    chunk.raw(&guid);
    let size_at = chunk.bytes.len();
    chunk.u32(0);
    binxml::fragment_header(chunk);
    define(chunk);
    chunk.u8(0);
    let size = chunk.bytes.len() - size_at - 4;
    chunk.patch_u32(size_at, u32::try_from(size).unwrap_or(u32::MAX));
}

/// Everything that tells one template from another, folded into a GUID.
#[derive(Debug)]
struct Identity([u64; 2]);

impl Identity {
    fn new(what: &str) -> Self {
        let mut identity = Self([0xcbf2_9ce4_8422_2325, 0x9ae1_6a3b_2f90_404f]);
        identity.text(what);
        identity
    }

    fn text(&mut self, text: &str) {
        text.bytes().for_each(|byte| self.step(u64::from(byte)));
        self.step(0x100);
    }

    fn number(&mut self, number: usize) {
        self.step(0x200 + number as u64);
    }

    fn step(&mut self, value: u64) {
        self.0[0] = (self.0[0] ^ value).wrapping_mul(0x0000_0100_0000_01b3);
        self.0[1] = (self.0[1] ^ value)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(23);
    }

    fn guid(&self) -> [u8; 16] {
        let mut guid = [0; 16];
        guid[..8].copy_from_slice(&self.0[0].to_le_bytes());
        guid[8..].copy_from_slice(&self.0[1].to_le_bytes());
        guid
    }
}
