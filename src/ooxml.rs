//! Office Open XML as we need it: a small tree over XML, a package of parts, and the order the schema wants.
//!
//! It knows nothing of papers. Word output, form reading and template filling sit on it; quick-xml and zip appear nowhere else.

pub mod field;
pub mod order;
pub mod package;
pub mod xml;
