//! `offices.yaml`: reading who there is.

pub mod parse;

pub use parse::unknown_calendars;

pub use crate::offices::{Acting, Channel, Office, Offices};

/// A town that can run the workflows shipped: `offices.yaml` of an example spool.
pub const EXAMPLE: &str = include_str!("../../spool/offices.yaml");
