//! `banwen verify`: the chain is whole, every case folds to a state that holds the invariants, every paper is what the log
//! yields: stored bytes by digest, and the same bytes again under the same renderer and fonts.

use super::making::{PaperFiles, RENDERER, WORD_RENDERER};
use super::render::Workshop;
use super::{Error, deploy, revive};
use crate::case::event::Event;
use crate::case::program::Program;
use crate::case::{Case, invariant};
use crate::document::office;
use crate::files;
use crate::spool::claim;
use crate::spool::layout::Spool;
use crate::store::Store;
use std::collections::BTreeMap;

/// What verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// events read
    pub events: usize,
    /// cases folded
    pub cases: usize,
    /// papers compared byte for byte
    pub same_bytes: usize,
    /// papers made by another renderer or other fonts, whose stored bytes have their digest
    pub other_renderer: usize,
    /// archive packages checked
    pub packages: usize,
    /// everything that is wrong, one sentence each
    pub problems: Vec<String>,
}

/// Verifies a spool; `programs` gives the closure of a case.
///
/// # Errors
/// The store's.
pub(crate) async fn verify(
    spool: &Spool,
    store: &dyn Store,
    workshop: &Workshop,
    programs: &BTreeMap<String, Program>,
    ledgers: &crate::case::ledger::Ledgers,
) -> Result<Report, Error> {
    let mut report = Report::default();
    for problem in store.verify().await? {
        report.problems.push(format!("{}/{}: {}", problem.stream, problem.seq, problem.says));
    }
    let mut logs: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for end in store.streams().await? {
        for recorded in store.events(&end.stream).await? {
            report.events += 1;
            match revive(recorded) {
                Ok(event) => logs.entry(end.stream.clone()).or_default().push(event),
                Err(error) => report.problems.push(error.to_string()),
            }
        }
    }
    let mut cases: BTreeMap<String, Case> = BTreeMap::new();
    for (stream, log) in &logs {
        let Some(case) = Case::replay(log) else { continue };
        report.cases += 1;
        let Some(program) = programs.get(&case.closure) else {
            report.problems.push(format!("{stream}: its closure {} is missing", case.closure));
            continue;
        };
        let broken = invariant::broken(program, &case, log, ledgers);
        report.problems.extend(broken.into_iter().map(|b| format!("{stream}: invariant {b}")));
        papers(spool, workshop, programs, &case, &mut report);
        cases.insert(stream.clone(), case);
    }
    let all: Vec<&[Event]> = logs.values().map(Vec::as_slice).collect();
    report.problems.extend(invariant::series_whole(&all));
    report.problems.extend(invariant::children_whole(&cases, &all));
    packages(spool, &mut report);
    Ok(report)
}

fn papers(spool: &Spool, workshop: &Workshop, programs: &BTreeMap<String, Program>, case: &Case, report: &mut Report) {
    for paper in case.documents.values() {
        let (Some((word, pdf)), Some((renderer, faces))) = (&paper.digests, &paper.renderer) else { continue };
        for digest in std::iter::once(word).chain(pdf) {
            if let Err(error) = claim::read_original(spool, digest) {
                report.problems.push(format!("{} document {}: {error}", case.id, paper.id));
            }
        }
        let of_word = renderer.starts_with(WORD_RENDERER);
        if !of_word && (renderer != RENDERER || *faces != workshop.fonts.digest()) {
            report.other_renderer += 1;
            continue;
        }
        let source = programs.get(&paper.closure).and_then(|p| p.template(&paper.template)).unwrap_or_default();
        let again = workshop.files_of(&paper.template, &source, &paper.fields);
        let same = again.as_ref().is_ok_and(|again| {
            let pdf_again = again.pdf.as_ref().ok().map(|pdf| files::digest_hex(pdf));
            files::digest_hex(&again.word) == *word && if of_word { true } else { pdf_again == *pdf }
        });
        match again {
            Ok(again) if same && of_word => match other_pages(spool, renderer, pdf.as_deref(), &again) {
                None => report.same_bytes += 1,
                Some(differs) => report.problems.push(format!("{} document {}: {differs}", case.id, paper.id)),
            },
            Ok(_) if same => report.same_bytes += 1,
            Ok(_) => report
                .problems
                .push(format!("{} document {} ({}): differs from what the log yields", case.id, paper.id, paper.title)),
            Err(error) => {
                report.problems.push(format!("{} document {}: cannot be made again: {error}", case.id, paper.id))
            }
        }
    }
}

/// How the PDF that an office suite made has other pages now, made again by the same version of it. Its bytes are no
/// promise; its pages are what was signed.
fn other_pages(spool: &Spool, renderer: &str, pdf: Option<&str>, again: &PaperFiles) -> Option<String> {
    let now = again.pages.filter(|_| again.renderer == renderer)?;
    let before = office::pages(&claim::read_original(spool, pdf?).ok()?);
    (before != now).then(|| format!("its PDF has {before} pages, made again it has {now}"))
}

fn packages(spool: &Spool, report: &mut Report) {
    let folders = |path: &std::path::Path| -> Vec<std::path::PathBuf> {
        let names = files::list(path).unwrap_or_default().into_iter();
        names
            .map(|n| path.join(n))
            .filter(|p| p.is_dir() && !p.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.')))
            .collect()
    };
    for year in folders(&spool.archive()) {
        for package in folders(&year) {
            report.packages += 1;
            let found = crate::archive::verify(&package);
            report.problems.extend(found.into_iter().map(|p| format!("{}: {p:?}", package.display())));
        }
    }
}

/// What papers of a spool are made with.
///
/// # Errors
/// [`Error::Fonts`], and [`Error::Text`] for settings that cannot be read.
pub(crate) fn workshop_of(spool: &Spool) -> Result<Workshop, Error> {
    deploy::workshop(spool, &deploy::settings(spool)?)
}
