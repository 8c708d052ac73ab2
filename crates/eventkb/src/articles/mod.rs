//! Articles without verdicts: which events thousands of articles name.
//!
//! A signature is one article made executable; there will never be one for every article. An
//! [`ArticleIndex`] says of any number of articles which events they name, with which codes and in
//! which role, so that an unexplained error comes with the articles that name it. It holds facts
//! and pointers (line numbers, a path or an address), and of the text itself nothing but the
//! descriptions of events, cut to short phrases with placeholders.
//!
//! # Who may know what
//!
//! - `model`: what is known of an article. Plain data.
//! - `index`: finds articles by event, code and id. Knows neither files nor texts.
//! - `file`: the index as bytes, and back, from whoever wrote them ([the format](
//!   https://github.com/eventkb/eventkb/blob/main/docs/article-index.md)).
//! - `error`: why that failed.
//! - `listed`: an article as programs get it.
//! - `passage`: the lines behind the facts, from the user's own copy.
//! - `names`: which names of a provider are the same.
//! - `signatures`: signatures as articles.
//! - `build` (feature `articles`): reads articles. Nothing else knows what an article looks like;
//!   it knows neither logs nor signatures, but for the names of the catalogue's providers.
//!
//! Nothing here judges: what an index says about logs is for its callers.

#[cfg(feature = "articles")]
mod build;
mod error;
mod file;
mod index;
mod listed;
mod model;
mod names;
mod passage;
mod signatures;

#[cfg(feature = "articles")]
pub use build::{BuildAccount, BuildOptions, Built, Left, LeftAlone, build, build_from_bytes};
pub use error::ArticleIndexError;
pub use file::INDEX_VERSION;
pub use index::{ArticleIndex, Fit, Hit, Place};
pub use listed::{Listed, ListedEvent};
pub use model::{
    Article, CodeNamed, EventNamed, EventRole, Lines, Phrase, PhrasePart, Problem, ProviderHow,
};
pub use names::provider_key;
pub use passage::{Missing, Passage, PassageLine, passage};
