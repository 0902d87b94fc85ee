//! Making a paper's files: in this process, or in a child that is kept while papers follow one another.
//!
//! The typesetter touches every byte of every face and keeps them mapped; the daemon therefore renders in a child (its own
//! program, started with `render-paper`), stays small between papers, and survives one that fails. A child is kept for as
//! long as papers follow one another: starting one takes five times as long as a certificate.

use super::making::{Made, Maker, PaperFiles};
use super::perform::Trouble;
use crate::case::Document;
use crate::document::fonts::Fonts;
use crate::document::inspect::{self, Kind, Seen};
use crate::document::model::{self, Layout};
use crate::document::office::Office;
use crate::spool::layout::Spool;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;

mod child;
mod process;

pub use child::{Children, serve};

/// Where papers are made.
#[derive(Debug, Clone, Default)]
pub enum Renderer {
    /// in this process
    #[default]
    Here,
    /// by children of this program, started with `render-paper`
    Child(Arc<Children>),
}

/// What papers of a spool are made with.
#[derive(Clone)]
pub(crate) struct Workshop {
    pub(super) spool: Spool,
    pub(super) maker: Arc<Maker>,
    pub(super) fonts: Fonts,
    pub(super) font_directory: Option<PathBuf>,
    pub(super) libreoffice: Option<PathBuf>,
}

impl Workshop {
    /// The office suite, when one is set.
    pub(super) fn office(&self) -> Option<Office> {
        Some(Office::new(self.libreoffice.clone()?, self.spool.office_suite()))
    }

    /// The files of a paper by its template's text and its frozen data.
    pub(super) fn files_of(
        &self,
        template: &str,
        source: &str,
        fields: &crate::case::event::Fields,
    ) -> Result<PaperFiles, String> {
        let made = self.maker.make(template, source, fields).map_err(|unmade| unmade.line)?;
        made.files(fields, &self.fonts, self.office().as_ref())
    }

    /// The same of a paper that is to be issued: what must not go out is not made (9704; `inspect` knows nothing of the
    /// writers). What an office lays out in a Word file of its own is its own affair.
    fn issued(&self, template: &str, source: &str, fields: &crate::case::event::Fields) -> Result<PaperFiles, String> {
        let made = self.maker.make(template, source, fields).map_err(|unmade| unmade.line)?;
        let files = made.files(fields, &self.fonts, self.office().as_ref())?;
        match &made {
            Made::Text(document, _) => examined(document, &files)?,
            Made::Word(_) => {}
        }
        Ok(files)
    }
}

/// Nothing, or why a paper must not go out.
///
/// The Word file says what its paragraphs are; in a PDF they are found by their places. What both could show and only the PDF
/// seems to is not held against a paper of ours.
fn examined(document: &model::Document, files: &PaperFiles) -> Result<(), String> {
    let kind = kind_of(document);
    let examine = |file: &str, bytes: &[u8]| {
        inspect::examine(bytes, Some(kind)).map_err(|error| format!("the {file} file: {error}"))
    };
    let word = examine("Word", &files.word)?;
    let pdf = files.pdf.as_ref().ok().map(|bytes| examine("PDF", bytes)).transpose()?;
    let of_pdf = pdf.iter().flat_map(inspect::Report::grave).filter(|finding| finding.rule.seen == Seen::Pdf);
    // that nothing is left open, and that every character has a shape, is known of a paper of ours before it is made; what an
    // office entered may look like a gap and is none
    let known = |finding: &&inspect::Finding| !["unfilled", "missing-glyph"].contains(&finding.rule.id);
    let sentences: Vec<String> = word.grave().chain(of_pdf).filter(known).map(inspect::Finding::sentence).collect();
    if sentences.is_empty() {
        Ok(())
    } else {
        Err(format!("不符合公文格式，不能发出：{}", sentences.join("；")))
    }
}

/// The kind of paper a layout is, by whose rules it is examined.
fn kind_of(document: &model::Document) -> Kind {
    match document.layout {
        Layout::Document if document.signers.is_empty() => Kind::Document,
        Layout::Document => Kind::Upward,
        Layout::Letter => Kind::Letter,
        Layout::Plain => Kind::Plain,
        Layout::Order => Kind::Command,
        Layout::Minutes => Kind::Minutes,
        Layout::Sheet | Layout::Form => Kind::Sheet,
        Layout::Certificate | Layout::Plaque => Kind::Certificate,
    }
}

/// What a child is asked.
#[derive(Debug, Serialize, Deserialize)]
struct Request {
    template: String,
    source: String,
    fields: Value,
    fonts: Option<PathBuf>,
    /// the digest of the faces the paper was proofed with
    faces: String,
    spool: PathBuf,
    libreoffice: Option<PathBuf>,
}

impl Renderer {
    /// A child of this very program, also when its file has been replaced meanwhile.
    pub fn child() -> Renderer {
        Renderer::Child(Children::of(PathBuf::from("/proc/self/exe")))
    }

    /// Word and PDF of a paper.
    pub(super) async fn render(
        &self,
        paper: &Document,
        source: &str,
        workshop: &Workshop,
    ) -> Result<PaperFiles, Trouble> {
        match self {
            Renderer::Here => {
                let (paper, source, workshop) = (paper.clone(), source.to_string(), workshop.clone());
                let made =
                    tokio::task::spawn_blocking(move || workshop.issued(&paper.template, &source, &paper.fields));
                made.await.map_err(|e| Trouble::Later(e.to_string()))?.map_err(Trouble::Never)
            }
            Renderer::Child(children) => {
                let request = Request {
                    template: paper.template.clone(),
                    source: source.to_string(),
                    fields: Value::Object(paper.fields.clone()),
                    fonts: workshop.font_directory.clone(),
                    faces: workshop.fonts.digest(),
                    spool: workshop.spool.root().to_path_buf(),
                    libreoffice: workshop.libreoffice.clone(),
                };
                children.make(&request).await
            }
        }
    }
}
