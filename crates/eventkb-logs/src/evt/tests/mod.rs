//! Tests with logs built by hand, byte by byte.

mod damage;
mod image;
mod reading;
mod records;
