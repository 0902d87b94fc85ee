//! 版记: 抄送, 印发机关 and 印发日期 between rules (9704 7.4).

use super::super::Kind;
use super::super::catalogue::*;
use super::super::faces::Family;
use super::super::facts::{Colour, Paragraph, Stroke, short};
use super::super::read;
use super::head::look;
use super::{Judge, mm};

/// How far a drawn rule may differ from what it should be.
const THICKNESS_MM: f64 = 0.09;

impl<'a> Judge<'a> {
    pub(super) fn imprint_rules(&mut self) {
        if !self.kind.has_head() {
            return;
        }
        let copy = self.elements.copy_to.map(|at| self.at(at));
        let printed = self.elements.printed.map(|at| self.at(at));
        let sent = self.elements.sent_to.map(|at| self.at(at));
        let copies = self.elements.copies.map(|at| self.at(at));
        self.copy_to(copy);
        if let Some(row) = printed {
            self.printed(row);
        }
        for row in [sent, copy, printed, copies].into_iter().flatten() {
            let wrong = row.han().any(|(_, family, run)| family != Family::Fang || (run.points - 14.0).abs() > 0.6);
            if wrong {
                self.add(IMPRINT_FACE, Some(row), look(row));
            }
        }
        if self.kind == Kind::Letter {
            return;
        }
        // no rule parts 主送 from 抄送 below it (7.3.2)
        let rows: Vec<&'a Paragraph> = [copy.or(sent), printed, copies].into_iter().flatten().collect();
        if printed.is_none() {
            self.add(IMPRINT_MISSING, rows.first().copied(), "没有印发机关和印发日期");
        }
        if !rows.is_empty() {
            self.rules(&rows);
            self.place(&rows);
        }
    }

    fn copy_to(&mut self, row: Option<&Paragraph>) {
        let Some(row) = row else { return };
        let text = read::dense(&row.text());
        if !text.ends_with('。') || !(text.starts_with("抄送：") || text.starts_with("分送：")) {
            self.add(COPY_TO_STOP, Some(row), short(&text));
        }
    }

    fn printed(&mut self, row: &Paragraph) {
        let Some((_, day)) = read::printed(&row.text()) else { return };
        let Some(printed) = read::date(&day) else {
            return self.add(PRINTED_FORM, Some(row), day);
        };
        let dated = self.elements.date.and_then(|at| read::date(&read::dense(&self.at(at).text())));
        if let Some(dated) = dated.filter(|dated| printed < *dated) {
            let found = format!("{day}印发，早于成文日期{}", crate::numerals::date_text(dated));
            self.add(PRINTED_DATE, Some(row), found);
        }
    }

    /// What stands in the 版记 above these rows: 主送 that found no room on the first page, the beginning of a long organ.
    fn with_above(&self, rows: &[&'a Paragraph]) -> Vec<&'a Paragraph> {
        let mut rows = rows.to_vec();
        let all = &self.paper.paragraphs;
        while let Some(first) = rows.iter().min_by_key(|row| row.number).copied() {
            let above = all.iter().take_while(|it| it.number < first.number).last().filter(|it| {
                let small = (it.points() - 14.0).abs() < 0.6 && it.han().any(|(_, family, _)| family == Family::Fang);
                small && !it.table && it.page == first.page
            });
            let Some(above) = above else { break };
            rows.push(above);
        }
        rows
    }

    /// The rules around the rows of the 版记.
    fn around(&self, rows: &[&'a Paragraph]) -> Vec<&'a Stroke> {
        let rows = self.with_above(rows);
        let first = rows.iter().map(|row| row.number).min().unwrap_or(0);
        let black = |it: &&&Stroke| it.colour != Colour::Red && !it.margin;
        if !self.is_pdf() {
            return self.paper.strokes.iter().filter(|it| it.after + 1 >= first && black(&it)).collect();
        }
        let page = rows.first().and_then(|row| row.rows.first()).map_or(0, |row| row.page);
        let all = rows.iter().flat_map(|row| &row.rows).filter(|row| row.page == page).map(|row| row.baseline);
        let (top, bottom) = (all.clone().fold(f64::INFINITY, f64::min), all.fold(0.0, f64::max));
        let near = |it: &&&Stroke| it.at.is_some_and(|at| (top - 14.0..bottom + 10.0).contains(&at.y));
        let strokes = self.strokes_on(page, 80.0);
        let mut kept: Vec<&'a Stroke> = Vec::new();
        for stroke in strokes.iter().filter(near).filter(black) {
            // a program that draws borders of two cells draws one line twice
            let again = kept.last().and_then(|it| it.at).zip(stroke.at).is_some_and(|(a, b)| (a.y - b.y).abs() < 0.6);
            if !again {
                kept.push(stroke);
            }
        }
        kept
    }

    fn rules(&mut self, rows: &[&'a Paragraph]) {
        let strokes = self.around(rows);
        let thick: Vec<f64> = strokes.iter().map(|it| it.thickness).collect();
        let far = |is: &f64, should: f64| (is - should).abs() > THICKNESS_MM;
        let told: Vec<String> = thick.iter().map(|it| format!("{it:.2}")).collect();
        let (first, last) = (thick.first(), thick.last());
        let between = thick.get(1..thick.len().saturating_sub(1)).unwrap_or_default();
        // of a rule above 共印份数 the standard says nothing
        let fewest = rows.len() + usize::from(self.elements.copies.is_none());
        let wrong = !(fewest..=rows.len() + 1).contains(&thick.len())
            || first.is_none_or(|it| far(it, 0.35))
            || last.is_none_or(|it| far(it, 0.35))
            || between.iter().any(|it| far(it, 0.25));
        if wrong {
            let found = if told.is_empty() {
                "没有分隔线".to_owned()
            } else {
                format!("{}条线，粗{} mm", told.len(), told.join("、"))
            };
            self.add(IMPRINT_RULES, rows.first().copied(), found);
        }
        let short = strokes.iter().filter_map(|it| it.length).find(|length| (length - 156.0).abs() > 2.5);
        if let Some(length) = short {
            self.add(IMPRINT_WIDTH, rows.first().copied(), mm(length));
        }
        let foot = strokes.last().and_then(|it| it.at).map(|at| at.y);
        if let Some(foot) = foot.filter(|foot| (foot - 262.0).abs() > 2.0) {
            self.add(
                IMPRINT_PLACE,
                rows.last().copied(),
                format!("末条分隔线距上纸边{}，版心下边缘为262 mm", mm(foot)),
            );
        }
    }

    fn place(&mut self, rows: &[&Paragraph]) {
        let Some(page) = rows.last().and_then(|row| row.page) else { return };
        let last = self.paper.pages.len();
        if page != last {
            self.add(IMPRINT_PLACE, rows.first().copied(), format!("在第{page}面，公文共{last}面"));
        } else if last % 2 == 1 {
            self.add(EVEN_LAST_PAGE, rows.first().copied(), format!("版记在第{page}面"));
        }
    }
}
