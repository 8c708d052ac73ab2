//! One `<Event>` as XML text.

use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::Event as Token;

use super::build::EventBuilder;
use crate::event::{Event, Trust};

/// Reads one event.
///
/// # Errors
/// Why the text is no event.
pub(crate) fn event(
    text: &[u8],
    file: &Arc<str>,
    offset: Option<u64>,
    trust: Trust,
) -> Result<Event, String> {
    let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
    let mut reader = Reader::from_str(text);
    let mut builder = EventBuilder::new(file, offset, trust);
    loop {
        let token = reader.read_event().map_err(|error| error.to_string())?;
        match token {
            Token::Eof => break,
            Token::Start(tag) => start(&mut builder, &tag)?,
            Token::Empty(tag) => {
                start(&mut builder, &tag)?;
                builder.end();
            }
            Token::End(_) => builder.end(),
            Token::Text(part) => {
                builder.text(&part);
            }
            Token::GeneralRef(name) => {
                let text = match name.resolve_char_ref() {
                    Ok(Some(c)) => c.to_string(),
                    _ => match &*name {
                        "amp" => "&".to_owned(),
                        "lt" => "<".to_owned(),
                        "gt" => ">".to_owned(),
                        "quot" => "\"".to_owned(),
                        "apos" => "'".to_owned(),
                        other => return Err(format!("unknown entity {other}")),
                    },
                };
                builder.text(&text);
            }
            Token::CData(part) => {
                builder.text(&part);
            }
            Token::Comment(_) | Token::Decl(_) | Token::PI(_) | Token::DocType(_) => {}
        }
    }
    builder.finish().map_err(|error| error.to_string())
}

fn start(builder: &mut EventBuilder, tag: &quick_xml::events::BytesStart<'_>) -> Result<(), String> {
    let name = tag.local_name();
    builder.start(name.as_ref());
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
        builder.attribute(attribute.key.as_ref(), &value);
    }
    Ok(())
}
