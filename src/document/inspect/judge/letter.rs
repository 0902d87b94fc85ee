//! 信函格式 and 证书: what their pages have and have not (9704 8.1).

use super::super::Kind;
use super::super::catalogue::*;
use super::super::facts::{Colour, Drawn, Stroke, Which};
use super::super::read;
use super::{Judge, mm};

/// Two lines closer than this make a double rule.
const DOUBLE_MM: f64 = 3.0;

impl Judge<'_> {
    pub(super) fn letter_rules(&mut self) {
        if self.kind == Kind::Certificate && self.is_pdf() && self.paper.pages.len() > 1 {
            self.add(CERTIFICATE_PAGE, None, format!("共{}面", self.paper.pages.len()));
        }
        if self.kind != Kind::Letter {
            return;
        }
        let mark = self.elements.mark.last().map(|at| self.at(*at));
        if let Some(mark) = mark.filter(|it| read::dense(&it.text()).ends_with("文件")) {
            self.add(LETTER_MARK, Some(mark), mark.text().trim().to_owned());
        }
        if let Some(printed) = self.elements.printed.map(|at| self.at(at)) {
            self.add(LETTER_IMPRINT, Some(printed), printed.text().trim().to_owned());
        }
        self.first_number();
        if self.is_pdf() { self.drawn_rules() } else { self.written_rules() }
    }

    fn first_number(&mut self) {
        let differs = self.paper.pages.first().is_some_and(|page| page.first_differs);
        let wrong = self.paper.numbers.iter().find(|it| match it.which {
            Which::Page(page) => page == 1,
            Which::First => true,
            Which::Every => !differs,
            Which::Even => false,
        });
        if let Some(number) = wrong {
            self.add(LETTER_FIRST_PAGE, Some(&number.paragraph), "首页有页码");
        }
    }

    /// Of a Word file it can be seen that there are two red double rules, not where.
    fn written_rules(&mut self) {
        let red = self.paper.strokes.iter().filter(|it| it.colour == Colour::Red);
        let count: usize = red.map(|it| if it.double { 2 } else { 1 }).sum();
        if count < 4 {
            self.add(LETTER_RULES, None, format!("有{count}条红线，应为两组双线"));
        }
    }

    /// From the rule to the ink of the number, which stands in the first row below it unless 签发人 stands above it.
    fn number_gap(&mut self, (rule, at): (&Stroke, Drawn)) {
        const WANTED_MM: f64 = 4.9;
        const TOLERANCE_MM: f64 = 1.5;
        let number = self.elements.number.filter(|_| self.elements.signers.is_none()).map(|at| self.at(at));
        if let Some((number, (baseline, _))) = number.and_then(|it| Some((it, super::baselines(it)?))) {
            let gap = baseline - super::ink(16.0) - at.y - rule.thickness / 2.0;
            if (gap - WANTED_MM).abs() > TOLERANCE_MM {
                self.add(LETTER_NUMBER_GAP, Some(number), format!("距红色双线{}", mm(gap)));
            }
        }
    }

    fn drawn_rules(&mut self) {
        let mut red: Vec<(&Stroke, Drawn)> = self
            .strokes_on(1, 100.0)
            .into_iter()
            .filter(|it| it.colour == Colour::Red)
            .filter_map(|it| Some((it, it.at?)))
            .collect();
        // a program that fills a rule and draws its edge, too, draws one line twice
        red.dedup_by(|two, one| (two.1.y - one.1.y).abs() < 0.2 && (two.1.left - one.1.left).abs() < 1.0);
        let pairs: Vec<_> = red.windows(2).filter(|two| two[1].1.y - two[0].1.y < DOUBLE_MM).collect();
        let ([upper, lower], true) = (pairs.as_slice(), red.len() == 4) else {
            return self.add(LETTER_RULES, None, format!("首页有{}条红线，应为两组双线", red.len()));
        };
        let thicker = |two: &[(&Stroke, Drawn)]| two[0].0.thickness > two[1].0.thickness;
        if !thicker(upper) || thicker(lower) {
            self.add(LETTER_RULES, None, "双线粗细颠倒");
        }
        let mut wrong = Vec::new();
        for (_, at) in &red {
            if ((at.right - at.left) - 170.0).abs() > 2.0 {
                wrong.push(format!("线长{}", mm(at.right - at.left)));
                break;
            }
        }
        let mark = self.elements.mark.last().and_then(|at| super::baselines(self.at(*at)));
        if let Some((_, baseline)) = mark {
            // the ink of a large mark hangs two or three millimetres below its baseline
            let gap = upper[0].1.y - baseline;
            if !(3.0..=9.0).contains(&gap) {
                wrong.push(format!("上一条在发文机关标志基线下{}", mm(gap)));
            }
        }
        self.number_gap(upper[1]);
        let below = self.paper.pages.first().map_or(0.0, |page| page.height) - lower[1].1.y;
        if (below - 20.0).abs() > 2.0 {
            wrong.push(format!("下一条距下页边{}", mm(below)));
        }
        if !wrong.is_empty() {
            self.add(LETTER_RULE_PLACE, None, wrong.join("，"));
        }
    }
}
