//! Papers: made once, kept by their digests, laid into 公文 under names that no other paper has.

use super::{Engine, Trouble};
use crate::case::program::Program;
use crate::case::{Case, Document, public_numbers, story};
use crate::files;
use crate::spool::{claim, names};
use crate::workflow::DocumentEach;
use serde_json::{Value, json};

impl Engine {
    /// Makes Word and PDF of a draft and keeps them by digest.
    pub(super) async fn render(
        &self,
        program: &Program,
        case: &Case,
        document: u32,
        draft: u32,
    ) -> Result<Value, Trouble> {
        let Some(paper) = case.documents.get(&document).filter(|d| d.draft == draft) else {
            return Ok(json!({ "skipped": "another draft" }));
        };
        let source = program.template(&paper.template).unwrap_or_default().to_string();
        let public = match paper.to.iter().any(|to| to == "public") {
            true => Some(public_numbers(program, case, &self.core.lock().await.ledgers.offices)),
            false => None,
        };
        let made = self.renderer.render(paper, &source, public, &self.workshop).await?;
        // both wait for the disk at once
        let (pdf, no_pdf) = (made.pdf.as_deref().ok(), made.pdf.as_ref().err());
        let both: Vec<&[u8]> = [Some(made.word.as_slice()), pdf].into_iter().flatten().collect();
        let kept: Result<Vec<String>, Trouble> =
            files::side_by_side(both, |bytes| self.keep_paper(bytes)).into_iter().collect();
        let mut kept = kept?.into_iter();
        let (word, pdf) = (kept.next(), kept.next());
        if let Some(why) = no_pdf {
            tracing::warn!("{} document {document} ({}) has no PDF: {why}", case.id, paper.title);
        }
        let (fonts, renderer) = (self.workshop.fonts.digest(), made.renderer);
        Ok(json!({ "word": word, "pdf": pdf, "no_pdf": no_pdf, "draft": draft, "fonts": fonts, "renderer": renderer }))
    }

    /// Keeps a file of a paper by its digest. The bytes an office suite makes are the same again only as long as the suite is;
    /// so what counts is what the case is told: should a paper be made twice because the power went before that, the other
    /// PDF lies here under its own digest, and nobody is ever given it.
    fn keep_paper(&self, bytes: &[u8]) -> Result<String, Trouble> {
        let digest = files::digest_hex(bytes);
        let path = self.spool.original(&digest);
        if let Some(parent) = path.parent() {
            files::create_dirs(parent)?;
        }
        self.write(&path, bytes)?;
        Ok(digest)
    }

    /// The files of a paper: Word, PDF and, once sealed, the scan.
    pub(in crate::engine) fn paper_files(
        &self,
        program: &Program,
        case: &Case,
        paper: &Document,
    ) -> Result<Vec<(String, Vec<u8>)>, files::Error> {
        let named = |ending: &str| paper_name(program, case, paper, "", ending);
        let mut found = Vec::new();
        if let Some((word, pdf)) = &paper.digests {
            found.push((named(".docx"), claim::read_original(&self.spool, word)?));
            if let Some(pdf) = pdf {
                found.push((named(".pdf"), claim::read_original(&self.spool, pdf)?));
            }
        }
        if let Some(scan) = &paper.scan {
            let bytes = claim::read_original(&self.spool, scan)?;
            let kind = if bytes.starts_with(b"%PDF") {
                "pdf"
            } else if bytes.starts_with(&[0xFF, 0xD8]) {
                "jpg"
            } else if bytes.starts_with(b"\x89PNG") {
                "png"
            } else {
                "bin"
            };
            found.push((named(&format!("（盖章件）.{kind}")), bytes));
        }
        Ok(found)
    }

    /// Lays a paper, or its draft, into the 公文 of an office, or of who stands for it now.
    pub(super) async fn deliver(
        &self,
        program: &Program,
        case: &Case,
        document: u32,
        office: &str,
        draft: bool,
    ) -> Result<Value, Trouble> {
        let Some(paper) = case.documents.get(&document) else {
            return Err(Trouble::Never("no such document".to_string()));
        };
        let folder = {
            let core = self.core.lock().await;
            let offices = &core.ledgers.offices;
            offices.offices.get(offices.standing(office)).and_then(|o| o.folder.clone())
        };
        let Some(folder) = folder else { return Err(Trouble::Never(format!("office {office} has no folder"))) };
        let documents = self.spool.office(&folder).documents();
        files::create_dirs(&documents)?;
        let before = if draft { format!("（第{}稿）", paper.draft) } else { String::new() };
        for (name, bytes) in self.paper_files(program, case, paper)? {
            // The name was cut to leave room for its own ending; with the draft before it it may have to be cut again.
            let name = if draft { paper_name(program, case, paper, &before, ending_of(&name)) } else { name };
            self.write(&documents.join(name), &bytes)?;
        }
        Ok(json!({ "office": office, "draft": draft }))
    }
}

fn ending_of(name: &str) -> &str {
    let at = name.rfind("（盖章件）").or_else(|| name.rfind('.'));
    at.and_then(|at| name.get(at..)).unwrap_or_default()
}

/// The name of a file of a paper: number and title, whom it is about when that is one, its case unless the number tells it,
/// its place in the case. A long title is cut, never what tells the paper from others.
pub(in crate::engine) fn paper_name(
    program: &Program,
    case: &Case,
    paper: &Document,
    before: &str,
    ending: &str,
) -> String {
    let number = paper.number.as_ref().map(|n| format!("{n} ")).unwrap_or_default();
    let about = match paper.items.as_slice() {
        [one] if one_each(program, paper) => {
            case.items.get(one).map(|i| format!("（{}）", story::item_name(program.workflow(), i)))
        }
        [] | [..] => None,
    };
    let about = about.unwrap_or_default();
    // 第1号 there is of every series that runs on
    let of =
        if paper.number.as_ref().is_none_or(|it| it.year.is_none()) { format!("-{}", case.id) } else { String::new() };
    names::safe_with(&format!("{before}{number}{}", paper.title), &format!("{about}{of}-{}{ending}", paper.id))
}

/// Whether papers of this kind are made one for each item, so that only the item tells them apart.
fn one_each(program: &Program, paper: &Document) -> bool {
    let stages = program.workflow().stages.iter();
    let of_outcomes = stages.clone().flat_map(|s| s.outcomes.values()).flat_map(|o| &o.documents);
    stages
        .flat_map(|s| &s.documents)
        .chain(of_outcomes)
        .any(|d| d.template == paper.template && matches!(d.each, DocumentEach::Item | DocumentEach::About))
}

pub(super) fn media_type(name: &str) -> &'static str {
    match names::extension(name).as_str() {
        "pdf" => "application/pdf",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "jpg" => "image/jpeg",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}
