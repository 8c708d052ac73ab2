//! Archives: what is in them comes out, whatever was done to them, and never more than is allowed.
#![cfg(feature = "archives")]

mod bombs;
mod build;
mod corpus;
mod damage;
mod formats;
mod got;
#[cfg(feature = "passwords")]
mod passwords;
#[cfg(feature = "zstd")]
mod zstd;
