//! What is known: signatures, the catalogue of events, meanings of codes. Nothing here sees a log.

mod adding;
pub mod catalogue;
pub mod codes;
mod head;
mod index;
mod set;

pub use adding::Added;
pub use head::SignatureHead;
pub use set::SignatureSet;
