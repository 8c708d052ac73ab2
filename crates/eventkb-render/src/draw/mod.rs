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
