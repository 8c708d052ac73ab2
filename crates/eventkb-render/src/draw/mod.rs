//! From a document to text: terminal, Markdown, HTML.
//!
//! Renderers know nothing of reports; they take a [`Doc`](crate::Doc), whose every text is already
//! [`Clean`](crate::Clean).

mod columns;
mod entries;
mod html;
mod lanes;
mod markdown;
mod svg;
mod terminal;
mod wrap;

pub use html::{Page, html};
pub use markdown::markdown;
pub use terminal::{Look, terminal};

use crate::doc::Tone;

/// The class of a tone, for the style sheet of pages.
fn class(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Plain => None,
        Tone::Strong => Some("strong"),
        Tone::Good => Some("good"),
        Tone::Warn => Some("warn"),
        Tone::Bad => Some("bad"),
        Tone::Dim => Some("dim"),
    }
}
