//! Templates that are unfit by themselves, and Word templates in their folder: `NAME.docx` with its front matter in `NAME.md`.
//!
//! What a closure keeps of one is a text with the digest of the file; the file itself is kept in the spool by that digest before
//! the closure is, so that no closure ever names a file that is not there.

use super::{Sources, nearest};
use crate::diag::{Diagnostic, Place, Severity};
use crate::document::fill::{TEMPLATE_BYTES_MAX, WordTemplate};
use crate::document::template::Template;
use crate::engine::{Engine, Error};
use crate::files;
use crate::workflow::check::{Deployed, templates_of, told_once};
use crate::workflow::parse::{self, Parsed};
use crate::workflow::rule::pieces;
use crate::workflow::{Closure, word_file};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Reads every Word template among these files; its text takes the place of its front matter.
pub(super) fn read(templates: &[PathBuf], found: &mut Sources) -> Result<(), Error> {
    for path in templates.iter().filter(|path| path.extension().is_some_and(|end| end == "docx")) {
        let (front_path, stem) = (path.with_extension("md"), path.file_stem().unwrap_or_default().to_string_lossy());
        let read = match (found.templates.get(&front_path), files::read_at_most(path, TEMPLATE_BYTES_MAX as u64)?) {
            (Some(front), Some(bytes)) => {
                let read = WordTemplate::read(&stem, &format!("templates/{stem}.docx"), front, &bytes);
                // the names it reads are told with the rest; it is never deployed
                let partly = read.as_ref().err().and_then(|_| WordTemplate::partly(front, &bytes));
                found.templates.extend(partly.map(|text| (front_path.clone(), text)));
                read.map(|template| (template, bytes))
            }
            (Some(_), None) => Err(vec![too_long(&path.display().to_string())]),
            (None, _) => Err(vec![alone(&path.display().to_string(), &stem)]),
        };
        match read {
            Ok((template, bytes)) => {
                found.templates.insert(front_path, template.source().to_string());
                found.words.insert(template.digest().to_string(), bytes);
            }
            Err(problems) => drop(found.unfit.insert(front_path, problems)),
        }
    }
    Ok(())
}

fn whole(path: &str, message: String, hint: String) -> Diagnostic {
    let place = Place { path: path.to_string(), line: 0, column: 0 };
    Diagnostic { kind: "word-template-refused", severity: Severity::Error, place, message, hint: Some(hint) }
}

/// A Word template that is longer than is read.
pub(crate) fn too_long(path: &str) -> Diagnostic {
    whole(path, format!("it is longer than {TEMPLATE_BYTES_MAX} bytes"), "make its pictures smaller".to_string())
}

/// A Word template without the text that says what it is and what it is called.
pub(crate) fn alone(path: &str, stem: &str) -> Diagnostic {
    let hint = format!("write {stem}.md beside it with the four lines ---, 文种: …, 标题: …, ---");
    whole(path, format!("there is no {stem}.md beside it to say its 文种 and 标题"), hint)
}

/// What deploying a definition gave, unless a template that it names is unfit: then all that is wrong, of both.
pub(in crate::engine) fn fit(
    found: &Sources,
    path: &str,
    definition: &str,
    deployed: Result<Deployed, Vec<Diagnostic>>,
) -> Result<Deployed, Vec<Diagnostic>> {
    let Some(Parsed::Workflow(workflow)) = parse::read("", definition).0 else { return deployed };
    let named = templates_of(&workflow);
    let known: BTreeSet<&PathBuf> = found.templates.keys().chain(found.unfit.keys()).collect();
    let meant = nearest(Path::new(path), known.into_iter().map(PathBuf::as_path));
    let beside = found.beside(path);
    let told = |name: &String| meant.get(name).and_then(|at| found.unfit.get(*at).cloned());
    let unfit: Vec<Diagnostic> =
        named.iter().flat_map(|name| told(name).unwrap_or_else(|| unfit(&beside, name))).collect();
    if unfit.is_empty() {
        return deployed;
    }
    let mut all = deployed.err().unwrap_or_default();
    // what both readers see is told once
    all.retain(|told| !unfit.iter().any(|it| it.kind == told.kind && it.place == told.place));
    all.extend(unfit);
    told_once(&mut all);
    Err(all)
}

/// What is wrong with a template by itself.
fn unfit(beside: &BTreeMap<String, String>, name: &str) -> Vec<Diagnostic> {
    let key = format!("templates/{name}.md");
    let text = beside.get(&key).filter(|text| word_file(text).is_none());
    let read = text.map(|text| Template::parse(&key, &pieces::linked(text, beside)));
    read.and_then(Result::err).unwrap_or_default()
}

impl Engine {
    /// Keeps the Word templates of a closure.
    pub(super) fn keep_words(&self, found: &Sources, closure: &Closure) -> Result<(), Error> {
        let named = closure.sources.iter().filter_map(|(name, text)| Some((name, word_file(text)?.1)));
        for (name, digest) in named {
            if let Some(bytes) = found.words.get(digest) {
                let path = self.spool.word_template(digest);
                if !path.exists() {
                    self.write(&path, bytes)?;
                    if self.workshop.libreoffice.is_none() {
                        tracing::warn!(
                            "{name}: papers made from its Word file have no PDF: `libreoffice` is not set in banwen.yaml"
                        );
                    }
                }
            }
        }
        Ok(())
    }
}
