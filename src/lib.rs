//! Banwen (办文) carries official paper through a Chinese township or county office.
//!
//! Modules stand in the order data flows; a module uses only what stands above it. Edges do not know each other; only
//! `engine` knows all of them; only `cli` and `main` print.

// ground: knows nothing of workflows
pub mod diag;
pub mod clock;
pub mod files;
pub mod numerals;
pub mod yaml;
pub mod config;
pub mod calendar;
// kernel: pure
pub mod deadline;
pub mod offices;
pub mod submission;
pub mod tally;
pub mod workflow;
pub mod case;
pub mod diagram;
// edges: none knows another
pub mod ooxml;
pub mod spool;
pub mod store;
pub mod document;
pub mod mail;
pub mod publish;
pub mod archive;
// motor
pub mod outbox;
pub mod engine;
pub mod service;
// desk
pub mod cli;
