//! Making a paper's files: in this process, or in a child that is kept while papers follow one another.
//!
//! The typesetter touches every byte of every face and keeps them mapped; the daemon therefore renders in a child (its own
//! program, started with `render-paper`), stays small between papers, and survives one that fails. A child is kept for as
//! long as papers follow one another: starting one takes five times as long as a certificate.

use super::perform::Trouble;
use crate::case::Document;
use crate::document::fonts::Fonts;
use crate::document::inspect::{self, Kind};
use crate::document::model::{self, Layout};
use crate::document::template::Template;
use crate::document::{pdf, word};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;

mod child;

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
        Renderer::Child(Children::of(PathBuf::from("/proc/self/exe")))
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
            Renderer::Child(children) => {
                let fields = Value::Object(paper.fields.clone());
                let request =
                    Request { template: paper.template.clone(), source: source.to_string(), fields, fonts: directory };
                children.make(&request).await
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
        Layout::Order => Kind::Command,
        Layout::Minutes => Kind::Minutes,
        Layout::Sheet | Layout::Form => Kind::Sheet,
        Layout::Certificate | Layout::Plaque => Kind::Certificate,
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
    let word = word::word_in(&document, fonts).map_err(|e| e.to_string())?;
    let pdf = pdf::pdf(&document, fonts).map_err(|e| e.to_string())?;
    Ok((document, word, pdf))
}
