//! Making a paper's files: in this process, or in a child that ends with the paper.
//!
//! The typesetter touches every byte of every face and keeps them mapped; the daemon therefore renders in a child (its own
//! program, started with `render-paper`), stays small between papers, and survives one that fails. One child makes one
//! paper: the request comes on its stdin as JSON, Word and PDF go back on its stdout, the reason of a failure on stderr.

use super::Error;
use super::making::{Maker, PaperFiles};
use super::perform::Trouble;
use crate::case::Document;
use crate::document::fonts::Fonts;
use crate::document::office::Office;
use crate::spool::layout::Spool;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;

/// Longest answer of a child.
const ANSWER_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Where papers are made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Renderer {
    /// in this process
    #[default]
    Here,
    /// by this program, started with `render-paper`
    Child(PathBuf),
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
}

/// What a child is asked.
#[derive(Debug, Serialize, Deserialize)]
struct Request {
    template: String,
    source: String,
    fields: Value,
    fonts: Option<PathBuf>,
    spool: PathBuf,
    libreoffice: Option<PathBuf>,
}

/// What a child says before the bytes of its files.
#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    word_bytes: usize,
    /// why there is no PDF
    no_pdf: Option<String>,
    renderer: String,
    pages: Option<u32>,
}

impl Renderer {
    /// A child of this very program, also when its file has been replaced meanwhile.
    pub fn child() -> Renderer {
        Renderer::Child(PathBuf::from("/proc/self/exe"))
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
                    tokio::task::spawn_blocking(move || workshop.files_of(&paper.template, &source, &paper.fields));
                made.await.map_err(|e| Trouble::Later(e.to_string()))?.map_err(Trouble::Never)
            }
            Renderer::Child(program) => {
                let request = Request {
                    template: paper.template.clone(),
                    source: source.to_string(),
                    fields: Value::Object(paper.fields.clone()),
                    fonts: workshop.font_directory.clone(),
                    spool: workshop.spool.root().to_path_buf(),
                    libreoffice: workshop.libreoffice.clone(),
                };
                ask_child(program, &request).await
            }
        }
    }
}

/// The child ends with 1 when the paper cannot be made, ever; with anything else when it was the child that failed.
async fn ask_child(program: &PathBuf, request: &Request) -> Result<PaperFiles, Trouble> {
    let request = serde_json::to_vec(request).map_err(|e| Trouble::Never(e.to_string()))?;
    let mut command = tokio::process::Command::new(program);
    command.arg("render-paper").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|e| Trouble::Later(format!("the renderer could not be started: {e}")))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(&request).await.map_err(|e| Trouble::Later(format!("the renderer does not listen: {e}")))?;
    }
    let answer = child.wait_with_output().await.map_err(|e| Trouble::Later(e.to_string()))?;
    let said = String::from_utf8_lossy(&answer.stderr);
    let last = || said.lines().rev().find(|l| !l.trim().is_empty()).unwrap_or("it said nothing").to_string();
    match answer.status.code() {
        Some(0) => split(answer.stdout).ok_or_else(|| Trouble::Later("the renderer's answer is cut short".to_string())),
        Some(1) => Err(Trouble::Never(last())),
        Some(_) | None => Err(Trouble::Later(format!("the renderer failed ({}): {}", answer.status, last()))),
    }
}

/// A line of JSON, the Word file, the PDF.
fn split(answer: Vec<u8>) -> Option<PaperFiles> {
    if answer.len() > ANSWER_BYTES_MAX {
        return None;
    }
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    let told: Answer = serde_json::from_slice(answer.get(..end)?).ok()?;
    let mut word = answer.get(end + 1..)?.to_vec();
    if word.len() < told.word_bytes {
        return None;
    }
    let pdf = word.split_off(told.word_bytes);
    let pdf = match told.no_pdf {
        Some(why) => Err(why),
        None if pdf.is_empty() => return None,
        None => Ok(pdf),
    };
    Some(PaperFiles { word, pdf, renderer: told.renderer, pages: told.pages })
}

/// The child's side: reads a request, writes the paper.
///
/// # Errors
/// Why there is no paper; the caller says it on stderr and ends with a status that is not 0.
pub fn serve_one(mut from: impl Read, mut to: impl Write) -> Result<(), String> {
    let mut request = Vec::new();
    from.read_to_end(&mut request).map_err(|e| e.to_string())?;
    let request: Request = serde_json::from_slice(&request).map_err(|e| e.to_string())?;
    let fonts = match &request.fonts {
        Some(directory) => Fonts::with_directory(directory).map_err(|e| Error::Fonts(e.to_string()).to_string())?,
        None => Fonts::bundled(),
    };
    let spool = Spool::at(&request.spool);
    let (maker, font_directory) = (Arc::new(Maker::new(&spool)), request.fonts);
    let workshop = Workshop { spool, maker, fonts, font_directory, libreoffice: request.libreoffice };
    let fields = request.fields.as_object().cloned().unwrap_or_default();
    let made = workshop.files_of(&request.template, &request.source, &fields)?;
    let no_pdf = made.pdf.as_ref().err().cloned();
    let answer = Answer { word_bytes: made.word.len(), no_pdf, renderer: made.renderer, pages: made.pages };
    let mut told = serde_json::to_vec(&answer).map_err(|e| e.to_string())?;
    told.push(b'\n');
    let pdf = made.pdf.unwrap_or_default();
    [told, made.word, pdf]
        .iter()
        .try_for_each(|part| to.write_all(part))
        .and_then(|()| to.flush())
        .map_err(|e| e.to_string())
}
