//! What is known: signatures, the catalogue of events, meanings of codes. Nothing here sees a log.

pub mod catalogue;
pub mod catalogue_model;
pub mod codes;
mod index;
pub mod set;
