//! Papers of every shipped template, one of each number of pages that the scenarios make, before other programs: the checker of Word files finds nothing in it,
//! LibreOffice sets as many pages as we do and the examination finds nothing on these, and qpdf finds the PDF sound.
//!
//! `BANWEN_PAPERS=DIR` leaves them there to be looked at: our PDF, the Word file, and LibreOffice's pages of it in `seen/`.

use super::common::root;
use super::outside;
use banwen::document::{inspect, office};
use banwen::engine::scenario::Scenario;
use banwen::ooxml::package::Package;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Papers that LibreOffice sets on another number of pages, and why.
const EXPLAINED: &str = include_str!("pages.txt");

/// A paper of a template; of several with as many pages the one with the last title.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Paper {
    pages: u32,
    title: String,
    word: Vec<u8>,
    pdf: Vec<u8>,
}

/// By the template's path below `templates/`, without its end, and the number of pages.
#[derive(Default)]
pub(crate) struct Papers(Mutex<BTreeMap<(String, u32), Paper>>);

impl Papers {
    /// Keeps a paper for later.
    pub(crate) fn keep(&self, template: String, title: &str, [word, pdf]: [Vec<u8>; 2]) {
        let paper = Paper { pages: office::pages(&pdf), title: title.to_owned(), word, pdf };
        let mut papers = self.0.lock().unwrap();
        let key = (template, paper.pages);
        if papers.get(&key).is_none_or(|kept| *kept < paper) {
            papers.insert(key, paper);
        }
    }

    /// What other programs find; `all` when every scenario was played, so that no template may be without a paper.
    pub(crate) fn wrong(&self, all: bool) -> Vec<String> {
        let papers = self.0.lock().unwrap();
        let mut wrong: Vec<String> = Vec::new();
        if all {
            let made: BTreeSet<&String> = papers.keys().map(|(template, _)| template).collect();
            let unmade = templates().into_iter().filter(|template| !made.contains(template));
            wrong.extend(unmade.map(|template| format!("of templates/{template} no scenario makes a paper")));
        }
        let kept = std::env::var_os("BANWEN_PAPERS").map(PathBuf::from);
        let temporary = tempfile::tempdir().unwrap();
        let folder = kept.as_deref().unwrap_or(temporary.path());
        std::fs::create_dir_all(folder).unwrap();
        // a file's name has no folder
        let name = |(template, pages): &(String, u32)| format!("{}-{pages}", template.replace('/', "-"));
        let files: Vec<_> = papers.iter().map(|(key, paper)| (name(key), paper.word.clone())).collect();
        let explained = outside::explained(EXPLAINED);
        if let Some(seen) = outside::converted(folder, &files) {
            for (key, paper) in papers.iter() {
                let (template, pages) = key;
                let theirs = std::fs::read(seen.join(format!("{}.pdf", name(key)))).unwrap();
                let counted = office::pages(&theirs);
                let said = explained.get(&(template.as_str(), *pages)).copied();
                if counted != said.unwrap_or(*pages) {
                    wrong.push(format!("{template} {counted} {pages} pages of Word and of the PDF"));
                }
                // where the pages are others, so is what stands on them
                if said.is_none() {
                    wrong.extend(marked(&paper.pdf, &theirs).into_iter().map(|it| format!("{template}: {it}")));
                }
            }
        }
        for ((template, _), paper) in papers.iter() {
            wrong.extend(
                headless(&paper.word).map(|it| format!("{template}: the table {it} does not repeat its header")),
            );
        }
        for (name, found) in outside::audited(&files).into_iter().flatten() {
            wrong.extend(found.into_iter().map(|it| format!("{name}: {it}")));
        }
        let gone = explained.keys().filter(|(it, pages)| all && !papers.contains_key(&((*it).to_owned(), *pages)));
        wrong.extend(gone.map(|(it, pages)| format!("{it}: explained, but there is no such paper of {pages} pages")));
        for (key, paper) in papers.iter() {
            let template = &key.0;
            let path = folder.join(format!("{}.pdf", name(key)));
            std::fs::write(&path, &paper.pdf).unwrap();
            let Some(unsound) = outside::unsound(&path) else { break };
            wrong.extend(unsound.map(|it| format!("{template}: {it}")));
        }
        wrong
    }
}

/// What a clerk would mark on the pages of a Word file as another program sets them.
fn marked(ours: &[u8], theirs: &[u8]) -> Vec<String> {
    let kind = inspect::examine(ours, None).unwrap().kind;
    let report = inspect::examine(theirs, Some(kind)).unwrap();
    let findings = report.findings.into_iter();
    findings.filter(|it| outside::asked(it.rule.id) && super::judged(it.rule.id)).map(|it| it.to_string()).collect()
}

/// The first table of a Word file that numbers its rows under a row that is no header, and so stands once, in the face of the text.
fn headless(word: &[u8]) -> Option<String> {
    let package = Package::read(word).unwrap();
    let text = String::from_utf8_lossy(package.part("word/document.xml").unwrap()).into_owned();
    let first_rows = text.split("<w:tbl>").skip(1).filter_map(|table| table.split("</w:tr>").next());
    let mut numbering = first_rows.filter(|row| row.contains(">序号</w:t>"));
    numbering.find(|row| !row.contains("<w:tblHeader")).map(|row| {
        let cells = row.split("</w:t>").filter_map(|cell| cell.rsplit_once('>'));
        cells.map(|(_, words)| words).collect::<Vec<_>>().join(" ")
    })
}

/// The path below `templates/` of a template of a scenario in `base`, if it stands there.
pub(crate) fn shipped(scenario: &Scenario, base: &Path, template: &str) -> Option<String> {
    let below = root().join("templates").canonicalize().unwrap();
    let own: Vec<PathBuf> = scenario.templates.iter().map(|folder| base.join(folder)).collect();
    let folders = if own.is_empty() { vec![below.clone()] } else { own };
    let file = folders.iter().rev().map(|it| it.join(format!("{template}.md"))).find(|file| file.is_file())?;
    let file = file.canonicalize().unwrap();
    Some(file.strip_prefix(below).ok()?.with_extension("").display().to_string())
}

/// Every shipped template that makes a paper.
fn templates() -> BTreeSet<String> {
    let below = root().join("templates");
    let folders = std::fs::read_dir(&below).unwrap().map(|it| it.unwrap().path()).filter(|it| it.is_dir());
    let files = folders.chain([below.clone()]).flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let files = files.map(|it| it.unwrap().path()).filter(|it| it.extension().is_some_and(|it| it == "md"));
    files.map(|it| it.strip_prefix(&below).unwrap().with_extension("").display().to_string()).collect()
}
