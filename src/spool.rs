//! The spool: the shared folders through which offices hand in and receive.
//!
//! The order of a drop: [`settle`] says when it is complete, [`claim`] takes it out of the office's hands and keeps its
//! bytes by digest, [`forms`] reads it, [`receipt`] words the answer, [`claim::finish`] closes the journal. Nothing
//! here knows workflows or the store; nothing dropped is deleted before its bytes are kept.

pub mod claim;
pub mod forms;
pub mod layout;
pub mod lock;
pub mod names;
pub mod probe;
pub mod reader;
pub mod receipt;
pub mod settle;
