//! Windows event logs since Vista: `.evtx`.
//!
//! | room | job |
//! |---|---|
//! | `file` | header, and blocks of 64 KiB chunks; no log is held whole |
//! | `account` | what the file itself claims, against what was found |
//! | `chunk` | one chunk: checksums, promises, and what is found of its records |
//! | `frames` | where the records of a chunk stand, by their frames |
//! | `record` | one record, read directly: head, whole event, fingerprint |
//! | `template`, `system`, `names`, `value`, `binxml` | the parts that records are made of |
//! | `fallback` | a record of an unusual form, through the `evtx` crate |
//! | `mta` | message texts that lie beside an exported log |
//! | `deliver`, `failure` | records to the delivery, or why there is none |
//!
//! The rooms of [`evt`](crate::evt) have the same names for the same jobs.

mod account;
mod binxml;
mod chunk;
mod deliver;
mod failure;
mod fallback;
mod file;
mod frames;
mod header_crc;
pub(crate) mod mta;
mod names;
mod record;
mod system;
mod template;
mod tokens;
mod value;

pub use account::FileAccount;
pub(crate) use account::Stated;
pub use deliver::BlockDecoder;
pub(crate) use file::read_chunks;
pub use file::{Block, Blocks};
pub(crate) use frames::holds_records;

#[cfg(test)]
mod tests;
