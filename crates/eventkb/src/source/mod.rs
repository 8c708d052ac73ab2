//! Where events come from.

pub mod evt;
