//! 页码: form, face, side, place (9704 7.5).

use super::super::Kind;
use super::super::catalogue::*;
use super::super::faces::{self, Family};
use super::super::facts::{Align, PageNumber, Which};
use super::super::read;
use super::{Judge, mm};

impl Judge<'_> {
    pub(super) fn foot_rules(&mut self) {
        if matches!(self.kind, Kind::Certificate) {
            return;
        }
        self.missing();
        for number in &self.paper.numbers {
            let paragraph = &number.paragraph;
            let text = read::dense(&paragraph.text());
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            if text.replace(digits.as_str(), "") != "——" || (!digits.is_empty() && text != format!("—{digits}—"))
            {
                self.add(PAGE_NUMBER_FORM, Some(paragraph), paragraph.text().trim().to_owned());
            }
            let run = paragraph.runs.iter().find(|run| run.text.contains(|c: char| c.is_ascii_digit()));
            if let Some(run) = run.or(paragraph.runs.first()) {
                let family = faces::family(&run.latin);
                if family != Family::Song || (run.points - 14.0).abs() > 0.6 {
                    self.add(PAGE_NUMBER_FACE, Some(paragraph), format!("{}，{}磅", run.latin, run.points));
                }
            }
            self.side(number);
            if self.kind != Kind::Sheet
                && let Some(baseline) = number.baseline
                && !(268.0..=274.0).contains(&baseline)
            {
                // the dash stands a third of the size above the baseline
                let found = format!("距版心下边缘{}", mm(baseline - 1.9 - 262.0));
                self.add(PAGE_NUMBER_PLACE, Some(paragraph), found);
            }
        }
    }

    fn missing(&mut self) {
        let numbers = &self.paper.numbers;
        if !self.is_pdf() {
            if numbers.is_empty() {
                self.add(PAGE_NUMBER_MISSING, None, "页脚没有页码");
            }
            return;
        }
        let empty = |page: usize| !self.paper.paragraphs.iter().any(|it| it.rows.iter().any(|row| row.page == page));
        let turned = |page: usize| self.paper.pages.get(page - 1).is_some_and(|it| it.turned_number);
        let has = |page: usize| turned(page) || numbers.iter().any(|it| it.which == Which::Page(page));
        // a blank page, and the page of the 版记 after it, have none; a letter's first page neither
        let excused =
            |page: usize| empty(page) || (page > 1 && empty(page - 1)) || (page == 1 && self.kind == Kind::Letter);
        let missing: Vec<String> = (1..=self.paper.pages.len())
            .filter(|page| !has(*page) && !excused(*page))
            .map(|page| page.to_string())
            .collect();
        if !missing.is_empty() {
            self.add(PAGE_NUMBER_MISSING, None, format!("第{}面没有页码", missing.join("、")));
        }
    }

    fn side(&mut self, number: &PageNumber) {
        let paragraph = &number.paragraph;
        if paragraph.outside {
            return;
        }
        // what an office counts is what it printed on the page
        let printed = read::dense(&paragraph.text()).chars().filter(char::is_ascii_digit).collect::<String>();
        let odd = match number.which {
            Which::Page(page) => printed.parse().unwrap_or(page) % 2 == 1,
            Which::Even => false,
            Which::Every if !self.paper.even_and_odd => {
                if self.paper.pages.len() > 1 || !self.is_pdf() {
                    self.add(PAGE_NUMBER_SIDE, Some(paragraph), "单双页页脚相同");
                }
                return;
            }
            Which::Every | Which::First => true,
        };
        let good = if odd {
            paragraph.align == Align::Right && (0.3..2.2).contains(&paragraph.right)
        } else {
            paragraph.align == Align::Left && (0.3..2.2).contains(&paragraph.first)
        };
        if !good {
            let page = if odd { "单页" } else { "双页" };
            let found = format!("{page}码左空{:.1}字、右空{:.1}字", paragraph.first, paragraph.right);
            self.add(PAGE_NUMBER_SIDE, Some(paragraph), found);
        }
    }
}
