//! Leads: articles that name what nothing explains.
//!
//! An index knows which events an article names; a session knows which errors and warnings no finding
//! explains, and what their records say. [`rank()`](rank::rank) puts the two together. A lead is a
//! place to read on and no verdict.
//!
//! - `evidence`, `values`, `together`, `products`: what the logs show.
//! - `hits`: which articles name an event, and what of that the records bear out.
//! - `rank`: what comes first, and why.
//! - `shelf`: indexes that are opened when they are first needed.
//! - `find`: the same questions asked by hand.
//!
//! Nothing here reads a log or a signature; `judge::leads` says what is unexplained and what the
//! engine has ruled out.

pub(crate) mod evidence;
mod find;
mod hits;
mod products;
pub(crate) mod rank;
mod shelf;
mod together;
pub(crate) mod values;

pub use find::{ArticleQuery, Found, find_articles, find_articles_for};
pub use shelf::ArticleShelf;
