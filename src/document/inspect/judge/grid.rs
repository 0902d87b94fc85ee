//! The grid: 22 rows a page, 28 characters a row (9704 5.2.3).

use super::super::catalogue::*;
use super::super::facts::{Align, MM_PER_POINT, Page, Paragraph, ROW_MM, Row};
use super::Judge;

/// Paragraphs of a paper so short that text and signature are to fit one page, however close its rows must stand for it.
const CLOSER_PARAGRAPHS_MAX: usize = 8;
/// Points of rows that stand closer: at least, and on a paper that fits one page when it is closed up by a row.
const CLOSER_POINTS_MIN: f64 = 21.9;
const CLOSER_BY_A_ROW_POINTS_MIN: f64 = 26.9;
/// The last row of a page that is filled stands below this.
const FILLED_MM: f64 = 262.0 - 2.0 * ROW_MM;
/// Rows on a page.
const PAGE_ROWS: usize = 22;
/// Characters in a row.
const ROW_CHARACTERS: usize = 28;
/// Full rows of a PDF that are counted at least: a mark that must not begin a row takes a character along, and the row has one less.
const FULL_ROWS_MIN: usize = 4;
/// The edges a full row reaches, in millimetres from the paper's left edge.
const FULL_LEFT_MM: f64 = 29.0;
const FULL_RIGHT_MM: f64 = 181.0;
/// A row is full to the hair: files say their lengths in twentieths of a point.
const HAIR_POINTS: f64 = 0.1;

impl Judge<'_> {
    pub(super) fn grid_rules(&mut self) {
        self.rows();
        let body = self.all(&self.elements.body);
        let counted = if self.is_pdf() { in_full_rows(&body) } else { self.in_word_rows(&body) };
        if let Some((count, paragraph)) = counted.filter(|(count, _)| *count != ROW_CHARACTERS) {
            self.add(GRID, Some(paragraph), format!("每行{count}个字"));
        }
    }

    /// Whether text and signature stand on the first page, and down to its foot.
    fn fills_first_page(&self, body: &[&Paragraph]) -> bool {
        let signed = self.elements.note.or(self.elements.date).and_then(|at| self.paper.paragraphs.get(at));
        let Some(last) = signed.and_then(|it| it.rows.last()) else { return false };
        let first = body.first().and_then(|it| it.rows.first()).map(|it| it.page);
        first == Some(last.page) && last.baseline > FILLED_MM
    }

    /// Characters that find room in a row of the text, by the first paragraph that fills one.
    fn in_word_rows<'p>(&self, body: &[&'p Paragraph]) -> Option<(usize, &'p Paragraph)> {
        let page = self.paper.pages.first().filter(|page| !page.is_landscape())?;
        let [_, right, _, left] = page.margins?;
        let width = (page.width - left - right) / MM_PER_POINT + HAIR_POINTS;
        let fills = |it: &&&Paragraph| it.align == Align::Left && it.text().chars().count() > ROW_CHARACTERS;
        let paragraph = body.iter().find(fills)?;
        let longest = paragraph.runs.iter().max_by_key(|run| run.text.chars().count())?;
        let character = longest.points + longest.spread + page.spread.unwrap_or(0.0);
        (character > 1.0).then_some(((width / character) as usize, paragraph))
    }

    fn rows(&mut self) {
        let body = self.all(&self.elements.body);
        let closer = closer(&body).filter(|_| !self.is_pdf() || self.fills_first_page(&body));
        if self.is_pdf() {
            let mut steps: Vec<f64> = Vec::new();
            for paragraph in &body {
                let pairs = paragraph.rows.windows(2).filter(|pair| pair[0].page == pair[1].page);
                steps.extend(pairs.map(|pair| (pair[1].baseline - pair[0].baseline) / MM_PER_POINT));
            }
            steps.sort_by(f64::total_cmp);
            let middle = steps.get(steps.len() / 2).copied();
            if let Some(step) = middle.filter(|step| !(closer.unwrap_or(27.8)..=29.6).contains(step)) {
                self.add(GRID, body.first().copied(), format!("行距{step:.1}磅"));
            }
            return;
        }
        let of_page = self.paper.pages.first().and_then(|page: &Page| page.pitch);
        let fits = |points: f64| (closer.unwrap_or(27.9)..=29.4).contains(&points);
        // what stands in the middle is the name of a table or a picture
        let wrong = body.iter().filter(|it| it.align != Align::Centre);
        let wrong = wrong.into_iter().find(|it| !it.pitch.or(of_page).is_some_and(fits));
        if let Some(paragraph) = wrong {
            let found = paragraph.pitch.or(of_page);
            let found =
                found.map_or("没有固定行距，也没有文档网格".to_owned(), |it| format!("行距{it:.1}磅"));
            self.add(GRID, Some(paragraph), found);
        }
    }
}

/// How close the rows of a short paper may stand, so that its signature has company (7.3.5.5).
fn closer(body: &[&Paragraph]) -> Option<f64> {
    if body.len() <= CLOSER_PARAGRAPHS_MAX {
        return Some(CLOSER_POINTS_MIN);
    }
    let rows: usize = body.iter().map(|it| it.text().chars().count().div_ceil(ROW_CHARACTERS).max(1)).sum();
    (rows <= PAGE_ROWS).then_some(CLOSER_BY_A_ROW_POINTS_MIN)
}

/// Whether a row has more characters than the grid, and may have them because its marks are squeezed to half their width, as at 》《.
fn may_be_squeezed(row: &str) -> bool {
    let row = row.trim();
    let more = row.chars().count().saturating_sub(ROW_CHARACTERS);
    let marks = row.chars().filter(|it| "，。、；：！？（）《》〈〉“”‘’【】〔〕「」".contains(*it)).count();
    more > 0 && 2 * more <= marks
}

/// Characters in the middle one of all rows that are full, when there are enough of them.
fn in_full_rows<'p>(body: &[&'p Paragraph]) -> Option<(usize, &'p Paragraph)> {
    let full = |row: &&Row| {
        row.left < FULL_LEFT_MM && row.right > FULL_RIGHT_MM && !row.text.contains(|it: char| it.is_ascii())
    };
    let of = |paragraph: &'p Paragraph| {
        paragraph
            .rows
            .iter()
            .filter(full)
            .filter(|row| !may_be_squeezed(&row.text))
            .map(move |row| (row.text.chars().count(), paragraph))
    };
    let mut rows: Vec<(usize, &Paragraph)> = body.iter().flat_map(|it| of(it)).collect();
    rows.sort_by_key(|(count, _)| *count);
    (rows.len() >= FULL_ROWS_MIN).then(|| rows[rows.len() / 2])
}
