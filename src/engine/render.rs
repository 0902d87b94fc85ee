//! Making a paper's files: in this process, or in a child that ends with the paper.
//!
//! The typesetter touches every byte of every face and keeps them mapped; the daemon therefore renders in a child (its own
//! program, started with `render-paper`), stays small between papers, and survives one that fails. One child makes one
//! paper: the request comes on its stdin as JSON, Word and PDF go back on its stdout, the reason of a failure on stderr.

use super::Error;
use super::perform::Trouble;
use crate::case::Document;
use crate::document::fonts::Fonts;
use crate::document::inspect::{self, Kind};
use crate::document::model::{self, Layout};
use crate::document::template::Template;
use crate::document::{pdf, word};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Stdio;
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

/// What a child is asked.
#[derive(Debug, Serialize, Deserialize)]
struct Request {
    template: String,
    source: String,
    fields: Value,
    fonts: Option<PathBuf>,
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
        fonts: &Fonts,
        directory: Option<PathBuf>,
    ) -> Result<(Vec<u8>, Vec<u8>), Trouble> {
        match self {
            Renderer::Here => {
                let (paper, source, fonts) = (paper.clone(), source.to_string(), fonts.clone());
                let made = tokio::task::spawn_blocking(move || {
                    examined_files_of(&paper.template, &source, &paper.fields, &fonts)
                });
                let made = made.await;
                made.map_err(|e| Trouble::Later(e.to_string()))?.map_err(Trouble::Never)
            }
            Renderer::Child(program) => {
                let fields = Value::Object(paper.fields.clone());
                let request =
                    Request { template: paper.template.clone(), source: source.to_string(), fields, fonts: directory };
                ask_child(program, &request).await
            }
        }
    }
}

/// Makes both files of a paper from its template and frozen data.
pub(super) fn files_of(
    template: &str,
    source: &str,
    fields: &crate::case::event::Fields,
    fonts: &Fonts,
) -> Result<(Vec<u8>, Vec<u8>), String> {
    make(template, source, fields, fonts).map(|(_, word, pdf)| (word, pdf))
}

/// The same of a paper that is to be issued: what must not go out is not made (9704; `inspect` knows nothing of the writers).
fn examined_files_of(
    template: &str,
    source: &str,
    fields: &crate::case::event::Fields,
    fonts: &Fonts,
) -> Result<(Vec<u8>, Vec<u8>), String> {
    let (document, word, pdf) = make(template, source, fields, fonts)?;
    let kind = kind_of(&document);
    let mut wrong: Vec<(&str, String)> = Vec::new();
    for (file, bytes) in [("PDF", &pdf), ("Word", &word)] {
        let report = inspect::examine(bytes, Some(kind)).map_err(|e| format!("the {file} file: {e}"))?;
        for finding in report.grave() {
            // both files say the same words: a rule that both break is told once
            if !wrong.iter().any(|(rule, _)| *rule == finding.rule.id) {
                wrong.push((finding.rule.id, finding.sentence()));
            }
        }
    }
    if wrong.is_empty() {
        return Ok((word, pdf));
    }
    let sentences: Vec<String> = wrong.into_iter().map(|(_, sentence)| sentence).collect();
    Err(format!("不符合公文格式，不能发出：{}", sentences.join("；")))
}

/// The kind of paper a layout is, by whose rules it is examined.
fn kind_of(document: &model::Document) -> Kind {
    match document.layout {
        Layout::Document if document.signers.is_empty() => Kind::Document,
        Layout::Document => Kind::Upward,
        Layout::Letter => Kind::Letter,
        Layout::Plain => Kind::Plain,
        Layout::Sheet => Kind::Sheet,
        Layout::Certificate => Kind::Certificate,
    }
}

fn make(
    template: &str,
    source: &str,
    fields: &crate::case::event::Fields,
    fonts: &Fonts,
) -> Result<(model::Document, Vec<u8>, Vec<u8>), String> {
    let template = Template::parse(template, source)
        .map_err(|p| p.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
    let document = template.render(&Value::Object(fields.clone())).map_err(|e| e.to_string())?;
    let word = word::word(&document).map_err(|e| e.to_string())?;
    let pdf = pdf::pdf(&document, fonts).map_err(|e| e.to_string())?;
    Ok((document, word, pdf))
}

/// The child ends with 1 when the paper cannot be made, ever; with anything else when it was the child that failed.
async fn ask_child(program: &PathBuf, request: &Request) -> Result<(Vec<u8>, Vec<u8>), Trouble> {
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

fn split(mut answer: Vec<u8>) -> Option<(Vec<u8>, Vec<u8>)> {
    if answer.len() > ANSWER_BYTES_MAX {
        return None;
    }
    let length = usize::try_from(u64::from_le_bytes(answer.get(..8)?.try_into().ok()?)).ok()?;
    let end = length.checked_add(8)?;
    if answer.len() < end {
        return None;
    }
    let pdf = answer.split_off(end);
    Some((answer.split_off(8), pdf))
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
    let fields = request.fields.as_object().cloned().unwrap_or_default();
    let (word, pdf) = examined_files_of(&request.template, &request.source, &fields, &fonts)?;
    let length = (word.len() as u64).to_le_bytes();
    let write =
        |to: &mut dyn Write| to.write_all(&length).and_then(|()| to.write_all(&word)).and_then(|()| to.write_all(&pdf));
    write(&mut to).and_then(|()| to.flush()).map_err(|e| e.to_string())
}
