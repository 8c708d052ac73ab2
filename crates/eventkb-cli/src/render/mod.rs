//! From a document to text: terminal, Markdown, HTML.
//!
//! Renderers know nothing of reports; they take a [`doc::Doc`], whose every text is already
//! [`Clean`](crate::sanitize::Clean).

mod columns;
pub(crate) mod doc;
mod html;
mod markdown;
mod terminal;
mod wrap;

pub(crate) use html::html;
pub(crate) use markdown::markdown;
pub(crate) use terminal::{Look, terminal};
