//! Judging: each part of the standard against what was seen.

use super::catalogue::{Rule, Severity};
use super::elements::Elements;
use super::facts::{Format, Paper, Paragraph, Stroke};
use super::{Finding, Kind};

mod body;
mod ending;
mod foot;
mod grid;
mod head;
mod imprint;
mod letter;
mod open;
mod page;
mod title;
mod words;

/// Findings of one rule that are told one by one; more are counted.
const SAME_COUNT_MAX: usize = 3;

/// A paper before its judge.
pub(super) struct Judge<'a> {
    pub(super) paper: &'a Paper,
    pub(super) elements: &'a Elements,
    pub(super) kind: Kind,
    findings: Vec<Finding>,
}

/// All findings on a paper, the worst first.
pub(super) fn judge(paper: &Paper, elements: &Elements, kind: Kind) -> Vec<Finding> {
    let mut judge = Judge { paper, elements, kind, findings: Vec::new() };
    judge.page_rules();
    if paper.paragraphs.is_empty() {
        // a picture of a paper: nothing more can be seen on it
        return judge.findings;
    }
    judge.head_rules();
    judge.title_rules();
    judge.body_rules();
    judge.ending_rules();
    judge.imprint_rules();
    judge.foot_rules();
    judge.letter_rules();
    judge.word_rules();
    judge.open_rules();
    let mut findings = judge.findings;
    findings.sort_by_key(|finding| finding.rule.severity);
    findings
}

impl<'a> Judge<'a> {
    /// Adds a finding, unless the rule has been broken often enough already.
    fn add(&mut self, rule: Rule, at: Option<&Paragraph>, found: impl Into<String>) {
        let same = self.findings.iter().filter(|it| it.rule.id == rule.id).count();
        if same < SAME_COUNT_MAX || rule.severity == Severity::P0 && same < 20 {
            let words = at.map(Paragraph::words).unwrap_or_default();
            let (page, paragraph) = (at.and_then(|it| it.page), at.map(|it| it.number));
            self.findings.push(Finding { rule, page, paragraph, words, found: found.into() });
        }
    }

    fn is_pdf(&self) -> bool {
        self.paper.format == Format::Pdf
    }

    fn at(&self, place: usize) -> &'a Paragraph {
        &self.paper.paragraphs[place]
    }

    fn all(&self, places: &[usize]) -> Vec<&'a Paragraph> {
        places.iter().map(|place| self.at(*place)).collect()
    }

    /// Rules drawn on a page, longer than `length`, from top to bottom; those of a Word file in the order of the file.
    fn strokes_on(&self, page: usize, length: f64) -> Vec<&'a Stroke> {
        let on = |it: &&Stroke| it.at.is_none_or(|at| at.page == page) && it.length.is_none_or(|it| it >= length);
        let mut strokes: Vec<&Stroke> = self.paper.strokes.iter().filter(on).collect();
        strokes.sort_by(|a, b| {
            let y = |it: &Stroke| it.at.map_or(0.0, |at| at.y);
            y(a).total_cmp(&y(b))
        });
        strokes
    }
}

/// A length as people write it.
fn mm(length: f64) -> String {
    format!("{length:.1} mm")
}

/// The baseline of a paragraph's first row, and of its last.
fn baselines(paragraph: &Paragraph) -> Option<(f64, f64)> {
    Some((paragraph.rows.first()?.baseline, paragraph.rows.last()?.baseline))
}

/// How far the ink of a Han character of this size reaches above its baseline, in millimetres.
fn ink(points: f64) -> f64 {
    const PART_OF_SIZE: f64 = 0.85;
    points * super::facts::MM_PER_POINT * PART_OF_SIZE
}
