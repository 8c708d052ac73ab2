//! Archives: what is in them comes out, whatever was done to them, and never more than is allowed.

mod bombs;
mod build;
mod corpus;
mod damage;
mod formats;
mod got;
