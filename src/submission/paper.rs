//! A Word form as it stands: its tables, cell by cell, before anybody has asked which cell is a label and which a value.
//!
//! A workbook of ours says where its headings are; a form an office typed does not, so its cells can only be told apart by whoever
//! knows what was asked (`read`).

use super::Type;
use serde::{Deserialize, Serialize};

/// Signs that say yes.
pub const TICKED: [char; 8] = ['☑', '☒', '■', '√', '✓', '✔', '●', '▣'];
/// Boxes left empty.
pub const OPEN: [char; 5] = ['□', '☐', '○', '▢', '◻'];

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// which it is, for the clerk: `表1`, or `张三.docx 表1` where several papers came together
    pub place: String,
    /// the paper it stands in, where several came together: one paper is about one object
    pub paper: usize,
    /// lines above it, the nearest last
    pub captions: Vec<String>,
    /// its cells, row by row; merged cells are one
    pub slots: Vec<Slot>,
    /// it is the text outside the tables, a cell a line
    #[serde(default)]
    pub prose: bool,
}

/// One cell of a table, merged ones as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// first row, from 0
    pub row: usize,
    /// first column, from 0
    pub column: usize,
    /// rows it covers
    pub rows: usize,
    /// columns it covers
    pub columns: usize,
    /// what stands in it, paragraphs on lines of their own; check boxes as ☑ and □
    pub text: String,
    /// the same with Word's own numbers before its paragraphs, where it has some
    #[serde(default)]
    pub numbered: Option<String>,
    /// it holds a picture
    pub picture: bool,
    /// the digest of the only picture in it, where it can be taken out
    #[serde(default)]
    pub image: Option<String>,
}

impl Slot {
    /// What stands in it, as a value of a type: the numbers before its paragraphs are part of a text, and of nothing else.
    pub fn said(&self, kind: &Type) -> &str {
        self.numbered.as_deref().filter(|_| matches!(kind, Type::Text(_))).unwrap_or(&self.text)
    }
}
