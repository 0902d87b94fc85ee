//! Official papers: a template and data make one document model, from which Word, PDF and the page are made.
//!
//! [`template`] turns a text file and data into [`model::Document`]; [`pdf`], [`word`] and [`html`] write it. [`fill`] fills a
//! Word file of an office's own, which [`office`] brings to PDF. No writer
//! knows another, and none reads a clock or a random number: the same input gives the same bytes.

pub mod both;
pub mod chart;
mod fit;
pub mod fill;
pub mod fonts;
pub mod gallery;
pub mod html;
pub mod inspect;
pub mod markdown;
pub mod model;
pub mod office;
pub mod pdf;
pub mod strokes;
pub mod template;
mod title;
pub mod word;

pub use fit::{ImprintPage, Pages};

#[cfg(test)]
mod tests;
