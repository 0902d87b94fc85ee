//! A paper in both its forms: as the pages of the PDF came out, so the Word file has its 版记 and the text of a certificate.

use super::fonts::Fonts;
use super::model::Document;
use super::pdf::{self, RenderError};
use super::word::{self, WordError};

/// The files of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Both {
    /// the Word file
    pub word: Vec<u8>,
    /// the PDF
    pub pdf: Vec<u8>,
}

/// Why a paper was not made in both forms.
#[derive(Debug, thiserror::Error)]
pub enum Unmade {
    /// no PDF
    #[error(transparent)]
    Pdf(#[from] RenderError),
    /// no Word file
    #[error(transparent)]
    Word(#[from] WordError),
}

/// Makes both files of a paper in these faces. The same document and faces give the same bytes.
///
/// # Errors
/// Which of the two could not be made, and why.
pub fn both(document: &Document, fonts: &Fonts) -> Result<Both, Unmade> {
    let set = pdf::set(document, fonts)?;
    let word = word::word_in(document, fonts, set.pages)?;
    Ok(Both { word, pdf: set.bytes })
}
