//! Making a paper's files: in this process, or in a child that is kept while papers follow one another.
//!
//! The typesetter touches every byte of every face and keeps them mapped; the daemon therefore renders in a child (its own
//! program, started with `render-paper`), stays small between papers, and survives one that fails. A child is kept for as
//! long as papers follow one another: starting one takes five times as long as a certificate.

use super::making::{Maker, PaperFiles};
use super::perform::Trouble;
use crate::case::Document;
use crate::document::fonts::Fonts;
use crate::document::office::Office;
use crate::spool::layout::Spool;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;

mod child;
mod examine;
mod privacy;
mod process;

pub use child::{Children, serve};
pub(super) use privacy::placed;

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

    /// The same of a paper that is to be issued: what must not go out is not made.
    /// With `public`, everybody will read it, and nothing private but these numbers may stand in it.
    fn issued(
        &self,
        template: &str,
        source: &str,
        fields: &crate::case::event::Fields,
        public: Option<&[String]>,
    ) -> Result<PaperFiles, String> {
        let made = self.maker.make(template, source, fields).map_err(|unmade| unmade.line)?;
        let files = made.files(fields, &self.fonts, self.office().as_ref())?;
        examine::examined(&made, &files)?;
        public.map_or(Ok(()), |meant| privacy::examined(&made, &files, fields, meant))?;
        Ok(files)
    }
}

/// What a child is asked.
#[derive(Debug, Serialize, Deserialize)]
struct Request {
    template: String,
    source: String,
    fields: Value,
    /// numbers that may stand in a paper for everybody; nothing for other papers
    public: Option<Vec<String>>,
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
        public: Option<Vec<String>>,
        workshop: &Workshop,
    ) -> Result<PaperFiles, Trouble> {
        match self {
            Renderer::Here => {
                let (paper, source, workshop) = (paper.clone(), source.to_string(), workshop.clone());
                let made = tokio::task::spawn_blocking(move || {
                    workshop.issued(&paper.template, &source, &paper.fields, public.as_deref())
                });
                made.await.map_err(|e| Trouble::Later(e.to_string()))?.map_err(Trouble::Never)
            }
            Renderer::Child(children) => {
                let request = Request {
                    template: paper.template.clone(),
                    source: source.to_string(),
                    fields: Value::Object(paper.fields.clone()),
                    public,
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
