//! Events as Arrow columns: written once into Arrow's own buffers by the thread that reads, and
//! handed to pandas, polars, DuckDB and others as they lie, through Arrow's C stream interface.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder, StructBuilder};
use arrow_array::{
    ArrayRef, BinaryArray, RecordBatch, StringArray, TimestampMicrosecondArray, UInt8Array,
    UInt16Array, UInt32Array, UInt64Array,
};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use eventkb::Event;

/// A column: its name, its type, and how it is made.
struct Column {
    name: &'static str,
    kind: fn() -> DataType,
    make: fn(&[Event]) -> ArrayRef,
}

/// Columns of numbers and texts that are fields of [`Event`] as they are.
macro_rules! column {
    ($name:ident, $kind:ident, $array:ident) => {
        Column {
            name: stringify!($name),
            kind: || DataType::$kind,
            make: |events| Arc::new($array::from_iter(events.iter().map(|event| event.$name))),
        }
    };
    ($name:ident) => {
        Column {
            name: stringify!($name),
            kind: || DataType::Utf8,
            make: |events| {
                let texts = events.iter().map(|event| event.$name.as_deref());
                Arc::new(StringArray::from_iter(texts))
            },
        }
    };
    ($name:ident, $text:expr) => {
        Column {
            name: stringify!($name),
            kind: || DataType::Utf8,
            make: |events| Arc::new(StringArray::from_iter_values(events.iter().map($text))),
        }
    };
}

/// Microseconds: Python's own times have no more, and nanoseconds would not reach the years that
/// damaged records name.
fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn pair_fields() -> Fields {
    let text = |name| Field::new(name, DataType::Utf8, true);
    Fields::from(vec![text("name"), text("value")])
}

/// All columns, in the order in which they stand.
static COLUMNS: [Column; 25] = [
    Column {
        name: "time",
        kind: time_type,
        make: |events| {
            let times = events
                .iter()
                .map(|event| event.time.map(|time| time.as_microsecond()));
            Arc::new(TimestampMicrosecondArray::from_iter(times).with_timezone("UTC"))
        },
    },
    column!(computer),
    column!(channel),
    column!(provider, |event| event.provider.as_str()),
    Column {
        name: "event_id",
        kind: || DataType::UInt16,
        make: |events| {
            Arc::new(UInt16Array::from_iter_values(
                events.iter().map(|event| event.event_id),
            ))
        },
    },
    column!(level, UInt8, UInt8Array),
    Column {
        name: "strings",
        kind: || DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))),
        make: strings,
    },
    Column {
        name: "named",
        kind: || {
            let pairs = DataType::Struct(pair_fields());
            DataType::List(Arc::new(Field::new_list_field(pairs, true)))
        },
        make: named,
    },
    column!(message),
    column!(record_id, UInt64, UInt64Array),
    column!(event_source),
    column!(qualifiers, UInt16, UInt16Array),
    column!(version, UInt8, UInt8Array),
    column!(opcode, UInt8, UInt8Array),
    column!(keywords, UInt64, UInt64Array),
    column!(category, UInt16, UInt16Array),
    column!(category_name),
    column!(process_id, UInt32, UInt32Array),
    column!(thread_id, UInt32, UInt32Array),
    column!(user_sid),
    column!(activity_id),
    Column {
        name: "binary",
        kind: || DataType::Binary,
        make: |events| {
            Arc::new(BinaryArray::from_iter(
                events.iter().map(|event| event.binary.as_deref()),
            ))
        },
    },
    column!(trust, |event| event.trust.as_str()),
    column!(file, |event| &*event.file),
    column!(offset, UInt64, UInt64Array),
];

fn strings(events: &[Event]) -> ArrayRef {
    let mut list = ListBuilder::new(StringBuilder::new());
    for event in events {
        for text in event.strings.iter().flatten() {
            list.values().append_value(text);
        }
        list.append(event.strings.is_some());
    }
    Arc::new(list.finish())
}

fn named(events: &[Event]) -> ArrayRef {
    let mut list = ListBuilder::new(StructBuilder::from_fields(pair_fields(), events.len()));
    for event in events {
        for (name, value) in &event.named {
            let pair = list.values();
            for (n, text) in [name, value].into_iter().enumerate() {
                if let Some(texts) = pair.field_builder::<StringBuilder>(n) {
                    texts.append_value(text);
                }
            }
            pair.append(true);
        }
        list.append(true);
    }
    Arc::new(list.finish())
}

/// The names of all columns.
pub(crate) fn names() -> Vec<&'static str> {
    COLUMNS.iter().map(|column| column.name).collect()
}

/// Some of the columns, to be made of events.
#[derive(Clone)]
pub(crate) struct Layout {
    columns: Vec<&'static Column>,
    pub(crate) schema: SchemaRef,
}

impl Layout {
    /// These columns, in this order; all of them when none is named. The error is a name that is
    /// no column's.
    pub(crate) fn of(names: &[String]) -> Result<Layout, String> {
        let find = |name: &String| {
            let mut all = COLUMNS.iter();
            all.find(|column| column.name == name)
                .ok_or_else(|| name.clone())
        };
        let columns: Vec<&'static Column> = match names {
            [] => COLUMNS.iter().collect(),
            names => names.iter().map(find).collect::<Result<_, _>>()?,
        };
        let field = |column: &&Column| Field::new(column.name, (column.kind)(), true);
        let fields: Vec<Field> = columns.iter().map(field).collect();
        Ok(Layout {
            columns,
            schema: Arc::new(Schema::new(fields)),
        })
    }

    /// The columns of these events.
    pub(crate) fn batch(&self, events: &[Event]) -> Result<RecordBatch, ArrowError> {
        let arrays = self
            .columns
            .iter()
            .map(|column| (column.make)(events))
            .collect();
        RecordBatch::try_new(Arc::clone(&self.schema), arrays)
    }
}
