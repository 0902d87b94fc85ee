//! The hidden sheet: what a workbook answers and where its sheets keep their headings, with a digest over it.
//!
//! The digest guards against an accident (a sheet pasted over, a cell cleared), not against a forger: who may answer
//! what is decided from the folder, never from here.

use crate::submission::Answers;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Name of the hidden sheet.
pub(super) const HIDDEN: &str = "banwen";
/// First cell of the hidden sheet.
pub(super) const MARK: &str = "办文系统使用，请勿修改";
/// Characters of the description per cell; below the limit of a cell in every program.
const PIECE_CHARACTERS: usize = 8_000;

/// Everything the hidden sheet says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) answers: Answers,
    pub(super) sheets: Vec<SheetRecord>,
}

/// One visible sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SheetRecord {
    /// name of the sheet in the workbook
    pub(super) name: String,
    /// what it holds
    pub(super) holds: Holds,
    /// grid name, or title of the table-typed entry
    pub(super) of: String,
    /// 0-based row of the heading
    pub(super) heading: u32,
    /// heading as written, and the title behind it; on the head sheet, the labels
    pub(super) columns: Vec<(String, String)>,
}

/// What a sheet holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Holds {
    /// labels with their values
    Head,
    /// rows
    Grid,
    /// rows keyed by their first column: one value of the head
    Table,
}

impl Record {
    /// The digest and the pieces of the description, each short enough for a cell and not ending in blanks.
    pub(super) fn pieces(&self) -> Result<(String, Vec<String>), serde_json::Error> {
        let text = serde_json::to_string(self)?;
        let mut pieces = Vec::new();
        let mut piece = String::new();
        let mut characters = 0;
        for c in text.chars() {
            // a blank at the edge of a cell may be lost when another program saves the file
            let blank = c.is_whitespace() || piece.ends_with(char::is_whitespace);
            if characters >= PIECE_CHARACTERS && !blank {
                pieces.push(std::mem::take(&mut piece));
                characters = 0;
            }
            piece.push(c);
            characters += 1;
        }
        pieces.push(piece);
        Ok((digest(&text), pieces))
    }

    /// Reads the description back; `None` when it was changed.
    pub(super) fn of_pieces(said: &str, pieces: &[String]) -> Option<Record> {
        let text = pieces.concat();
        if digest(&text) != said.trim() {
            return None;
        }
        serde_json::from_str(&text).ok()
    }
}

pub(super) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a clerk sees as the same heading: without blanks, line breaks and our own marks.
pub(super) fn bare(heading: &str) -> String {
    heading.replace("（可不填）", "").chars().filter(|c| !c.is_whitespace()).collect()
}
