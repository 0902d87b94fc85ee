//! Making a paper of what a closure keeps of its template: a text, or a text that means a Word file.
//!
//! Word templates lie in the spool by their digest, pictures among the originals by theirs; so a paper is a function of its
//! frozen fields and its closure, wherever it is made.

use crate::case::event::Fields;
use crate::document::both::{Both, Unmade as NotMade, both};
use crate::document::fill::{Filled, PICTURE_BYTES_MAX, TEMPLATE_BYTES_MAX, WordTemplate};
use crate::document::fonts::Fonts;
use crate::document::model::Document;
use crate::document::office::Office;
use crate::document::pdf::RenderError;
use crate::document::template::{Lacking, Template, TemplateError};
use crate::document::{html, pdf};
use crate::files;
use crate::spool::layout::Spool;
use crate::workflow::{WORD_MARK, word_file};
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// What made a paper of a text template, with the number of the layout, which goes up when papers come out otherwise; recorded with it, so that verification knows whether bytes must be equal.
pub(super) const RENDERER: &str =
    concat!("banwen ", env!("CARGO_PKG_VERSION"), " typst 0.15.1 docx-rs 0.4.22 layout 8");
/// The same of a Word template; what made its PDF follows.
pub(super) const WORD_RENDERER: &str = concat!("banwen ", env!("CARGO_PKG_VERSION"), " Word template");

/// A template that has been read.
#[derive(Clone)]
enum Form {
    Text(Template),
    Word(WordTemplate),
}

/// A paper before it is a file.
pub(super) enum Made {
    /// of a text template, with its 文种
    Text(Box<Document>, String),
    /// of a Word template
    Word(Box<Filled>),
}

/// The files of a paper.
pub(super) struct PaperFiles {
    pub(super) word: Vec<u8>,
    /// the PDF, or why there is none
    pub(super) pdf: Result<Vec<u8>, String>,
    pub(super) renderer: String,
    /// pages of a PDF that an office suite made
    pub(super) pages: Option<u32>,
}

/// Why a paper cannot be made: a line for operators, and sentences for offices.
pub(super) struct Unmade {
    pub(super) line: String,
    pub(super) sentences: Vec<String>,
}

/// Makes papers with the templates of a spool.
pub(super) struct Maker {
    spool: Spool,
    read: Mutex<BTreeMap<String, Form>>,
}

impl Maker {
    pub(super) fn new(spool: &Spool) -> Maker {
        Maker { spool: spool.clone(), read: Mutex::default() }
    }

    fn form(&self, name: &str, source: &str) -> Result<Form, String> {
        let key = files::digest_hex(source.as_bytes());
        if let Some(form) = self.read.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(&key) {
            return Ok(form.clone());
        }
        let told = |problems: Vec<crate::diag::Diagnostic>| {
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        };
        let form = match word_file(source) {
            None => Form::Text(Template::kept(name, source).map_err(told)?),
            Some((_, digest)) => {
                let path = self.spool.word_template(digest);
                let bytes = files::read_at_most(&path, TEMPLATE_BYTES_MAX as u64).map_err(|error| error.to_string())?;
                let bytes = bytes.filter(|it| files::digest_hex(it) == digest);
                let bytes = bytes.ok_or_else(|| format!("{} is not the file that was deployed", path.display()))?;
                let front = source.split_once(WORD_MARK).map_or("", |(front, _)| front);
                Form::Word(WordTemplate::kept(name, front, &bytes).map_err(told)?)
            }
        };
        self.read.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(key, form.clone());
        Ok(form)
    }

    /// Puts the data into the template.
    pub(super) fn make(&self, name: &str, source: &str, fields: &Fields) -> Result<Made, Unmade> {
        let form = self.form(name, source).map_err(|line| Unmade { sentences: vec![line.clone()], line })?;
        let data = Value::Object(fields.clone());
        match form {
            Form::Text(template) => match template.render(&data) {
                Ok(document) => Ok(Made::Text(Box::new(document), template.kind().to_string())),
                Err(error) => {
                    Err(Unmade { line: error.to_string(), sentences: all_that_lacks(&template, &data, &error) })
                }
            },
            Form::Word(template) => match template.fill(&data, &|value| self.picture(value)) {
                Ok(filled) => Ok(Made::Word(Box::new(filled))),
                Err(error) => Err(Unmade { line: error.to_string(), sentences: error.sentences() }),
            },
        }
    }

    /// The file that a field of a form holds, by its digest.
    fn picture(&self, digest: &str) -> Option<Vec<u8>> {
        let named = digest.len() == 64 && digest.bytes().all(|it| it.is_ascii_hexdigit());
        let path = named.then(|| self.spool.original(digest))?;
        files::read_at_most(&path, PICTURE_BYTES_MAX as u64).ok().flatten()
    }
}

/// Why a paper was not made. Offices read this; what only the operator can mend has the maker's words besides.
fn unmade(why: NotMade) -> String {
    match why {
        NotMade::Word(error) => error.to_string(),
        NotMade::Pdf(error) => match error {
            RenderError::TooLong { .. }
            | RenderError::Addressees { .. }
            | RenderError::OffPage { .. }
            | RenderError::MissingCharacter { .. } => error.sentence(),
            RenderError::FontGone | RenderError::Chart(_) | RenderError::Typesetter(_) => {
                format!("{}（{error}）", error.sentence())
            }
        },
    }
}

/// Every variable without a value, a sentence each; of any other error the one there is.
fn all_that_lacks(template: &Template, data: &Value, error: &TemplateError) -> Vec<String> {
    let TemplateError::Unfilled { .. } = error else { return vec![error.sentence()] };
    template.lacking(data).iter().map(Lacking::sentence).collect()
}

impl Made {
    /// 标题, on one line.
    pub(super) fn title(&self) -> String {
        match self {
            Made::Text(document, _) => document.subject.clone(),
            Made::Word(filled) => filled.title.clone(),
        }
    }

    /// All it says.
    pub(super) fn text(&self) -> String {
        match self {
            Made::Text(document, _) => html::text(document),
            // the symbols of Word's own symbol faces have no code of their own: no other face can be asked for them
            Made::Word(filled) => filled.text().replace(|it| matches!(it, '\u{E000}'..='\u{F8FF}'), ""),
        }
    }

    /// Why it does not fit the one page it may take, or its addressees the first, a sentence for offices.
    pub(super) fn overfull(&self, fonts: &Fonts) -> Option<String> {
        match self {
            Made::Text(document, _) => pdf::fits(document, fonts).err().map(|error| error.sentence()),
            Made::Word(_) => None,
        }
    }

    /// 文种, and the fragment for the page.
    pub(super) fn page(&self) -> (String, String) {
        match self {
            Made::Text(document, kind) => (kind.clone(), html::html(document)),
            Made::Word(filled) => (filled.kind.clone(), filled.html()),
        }
    }

    /// Its files. A paper of a Word template without an office suite, or with one that fails, has no PDF and says why:
    /// it is a paper all the same, and nothing waits.
    pub(super) fn files(&self, fields: &Fields, fonts: &Fonts, office: Option<&Office>) -> Result<PaperFiles, String> {
        match self {
            Made::Text(document, _) => {
                let Both { word, pdf } = both(document, fonts).map_err(unmade)?;
                Ok(PaperFiles { word, pdf: Ok(pdf), renderer: RENDERER.to_string(), pages: None })
            }
            Made::Word(filled) => {
                let word = filled.word().map_err(|e| e.to_string())?;
                let date = fields.get("成文日期").or_else(|| fields.get("today")).and_then(Value::as_str);
                let date = date.and_then(|it| it.parse::<NaiveDate>().ok()).unwrap_or_default();
                let made = match office {
                    Some(office) => office.pdf(&word, date, fonts),
                    None => Err("`libreoffice` is not set in banwen.yaml".to_string()),
                };
                Ok(match made {
                    Ok(pdf) => PaperFiles {
                        word,
                        pdf: Ok(pdf.bytes),
                        renderer: format!("{WORD_RENDERER}, {}", pdf.producer),
                        pages: Some(pdf.pages),
                    },
                    Err(why) => PaperFiles { word, pdf: Err(why), renderer: WORD_RENDERER.to_string(), pages: None },
                })
            }
        }
    }
}
