//! 版头: mark, number, signers, the red rule (9704 7.2, 8.1 to 8.3).

use super::super::Kind;
use super::super::catalogue::*;
use super::super::faces::Family;
use super::super::facts::{Align, Colour, Paragraph, ROW_MM, Stroke, is_han};
use super::super::read;
use super::{Judge, baselines, ink, mm};

impl Judge<'_> {
    pub(super) fn head_rules(&mut self) {
        if let Some(at) = self.elements.secret {
            self.add(SECRET, Some(self.at(at)), "标有密级");
        }
        if !self.kind.has_head() {
            return;
        }
        self.serial();
        self.urgency();
        self.mark();
        self.number();
        self.signers();
        if !matches!(self.kind, Kind::Letter | Kind::Command) {
            self.red_rule();
        }
    }

    fn serial(&mut self) {
        let Some(paragraph) = self.elements.serial.map(|at| self.at(at)) else { return };
        let text = read::dense(&paragraph.text());
        if text.len() != 6 || !text.bytes().all(|it| it.is_ascii_digit()) {
            self.add(SERIAL, Some(paragraph), text);
        }
    }

    fn urgency(&mut self) {
        let Some(paragraph) = self.elements.urgency.map(|at| self.at(at)) else { return };
        let text = read::dense(&paragraph.text());
        // in a letter the number stands in the same row
        if read::is_urgency(&text) && !read::URGENCIES.contains(&text.as_str()) {
            return self.add(URGENCY, Some(paragraph), format!("写作“{text}”"));
        }
        let label = paragraph.han().next();
        let wrong = label.is_some_and(|(_, family, run)| family != Family::Hei || (run.points - 16.0).abs() > 0.6);
        if wrong || paragraph.align != Align::Left || paragraph.first > 0.6 {
            self.add(URGENCY, Some(paragraph), look(paragraph));
        }
    }

    fn mark(&mut self) {
        let marks = self.all(&self.elements.mark);
        let Some(first) = marks.first().copied() else {
            return self.add(MARK_MISSING, None, "没有红色的大字标志");
        };
        for mark in &marks {
            if mark.han().any(|(_, family, _)| !matches!(family, Family::Title)) {
                self.add(MARK_FACE, Some(mark), look(mark));
            }
            // of a joint mark 文件 stands at the side, and the rows are read apart
            if mark.align != Align::Centre && marks.len() == 1 && mark.rows.len() <= 1 {
                self.add(MARK_CENTRED, Some(mark), "没有居中");
            }
        }
        let top = match self.kind {
            Kind::Letter => 30.0,
            Kind::Command => 57.0,
            Kind::Document | Kind::Upward | Kind::Minutes | Kind::Plain | Kind::Sheet | Kind::Certificate => 72.0,
        };
        if let Some((baseline, _)) = baselines(first) {
            let found = baseline - ink(first.points());
            if (found - top).abs() > 3.0 {
                let found = format!("上边缘距上纸边{}，应为{top} mm", mm(found));
                self.add(MARK_POSITION, Some(first), found);
            }
        }
    }

    fn number(&mut self) {
        let Some(paragraph) = self.elements.number.map(|at| self.at(at)) else {
            if self.kind == Kind::Command {
                self.add(COMMAND_NUMBER, None, "没有令号");
            } else if self.kind != Kind::Minutes {
                self.add(NUMBER_MISSING, None, "没有发文字号");
            }
            return;
        };
        let bare = paragraph.text().replace("特急", "").replace("加急", "");
        let number = read::number_in(&bare).unwrap_or_default();
        match self.kind {
            Kind::Command if !read::is_running_number(&number) => {
                self.add(COMMAND_NUMBER, Some(paragraph), number.clone());
            }
            Kind::Minutes if number.starts_with('第') || number.starts_with('〔') => {}
            Kind::Command => {}
            Kind::Document
            | Kind::Upward
            | Kind::Letter
            | Kind::Minutes
            | Kind::Plain
            | Kind::Sheet
            | Kind::Certificate => {
                if !(read::is_number(&number) || self.announces() && read::is_running_number(&number)) {
                    self.add(NUMBER_FORM, Some(paragraph), number.clone());
                }
            }
        }
        self.number_place(paragraph);
        let year = number.split_once('〔').and_then(|(_, rest)| rest.split_once('〕')).map(|(year, _)| year);
        let date = self.elements.date.map(|at| read::dense(&self.at(at).text()));
        let dated = date.as_ref().and_then(|date| date.split_once('年')).map(|(year, _)| year);
        if let (Some(year), Some(dated)) = (year, dated)
            && read::is_number(&number)
            && [dated.len(), year.len()] == [4, 4]
            && year != dated
        {
            self.add(NUMBER_YEAR, Some(paragraph), format!("{number}，成文日期在{dated}年"));
        }
    }

    /// Whether it is a 公告 or 通告, whose number may be 第n号.
    fn announces(&self) -> bool {
        let title = super::super::elements::joined(&self.paper.paragraphs, &self.elements.title);
        matches!(read::type_of(&title), Some("公告" | "通告"))
    }

    fn number_place(&mut self, paragraph: &Paragraph) {
        let signed = self.elements.signers == self.elements.number;
        let wrong = match self.kind {
            Kind::Upward => (!(0.4..2.0).contains(&paragraph.first)).then_some("没有居左空一字"),
            // urgency or 份号 at the left and number at the right make one row
            Kind::Letter if self.elements.urgency == self.elements.number => None,
            Kind::Letter if read::without_serial(&paragraph.text()).len() < paragraph.text().trim_start().len() => None,
            Kind::Letter => {
                // a tab goes as far as its stop, which a reader sees and a file of Word does not show
                let tabbed = paragraph.text().starts_with('\t');
                let right = paragraph.align == Align::Right || paragraph.first > 12.0 || tabbed;
                (!right || paragraph.right > 0.8).then_some("没有顶格居版心右边缘")
            }
            Kind::Document | Kind::Command | Kind::Minutes | Kind::Plain | Kind::Sheet | Kind::Certificate => {
                (paragraph.align != Align::Centre && !signed).then_some("没有居中")
            }
        };
        if let Some(found) = wrong {
            self.add(NUMBER_POSITION, Some(paragraph), found);
        }
        let mark = self.elements.mark.last().map(|at| self.at(*at));
        let first_row = self.elements.signers.map_or(paragraph, |at| self.at(at));
        if self.kind != Kind::Letter
            && let Some((mark, (_, above))) = mark.and_then(|it| Some((it, baselines(it)?)))
            && let Some((below, _)) = baselines(first_row)
        {
            // from the foot of the mark's ink to the head of the number's
            let rows = (below - ink(16.0) - above - 0.1 * ink(mark.points())) / ROW_MM;
            if !(1.2..3.0).contains(&rows) {
                self.add(NUMBER_GAP, Some(paragraph), format!("空{rows:.1}行"));
            }
        }
    }

    fn signers(&mut self) {
        let title = super::super::elements::joined(&self.paper.paragraphs, &self.elements.title);
        let upward = read::is_upward(&title);
        let Some(paragraph) = self.elements.signers.map(|at| self.at(at)) else {
            if self.kind == Kind::Upward || (upward && self.kind == Kind::Document) {
                self.add(SIGNER_MISSING, self.elements.number.map(|at| self.at(at)), "没有签发人");
            }
            return;
        };
        let text = read::dense(&paragraph.text());
        let name = text.split_once("签发人").map_or("", |(_, after)| after.trim_start_matches(['：', ':']));
        if name.is_empty() {
            return self.add(SIGNER_MISSING, Some(paragraph), "“签发人”后没有姓名");
        }
        let downward = read::type_of(&title).is_some_and(|it| !matches!(it, "请示" | "报告" | "意见" | "议案" | "函"));
        if downward {
            self.add(SIGNER_UNWANTED, Some(paragraph), format!("标注了签发人：{name}"));
        }
        let letters: String = name.chars().filter(|c| is_han(*c)).collect();
        // set like the words before it, it is one run with them
        let of_name = paragraph.han().filter(|(han, ..)| name.contains(han.as_str()) || han.ends_with(&letters));
        if let Some((han, family, run)) = of_name.last()
            && family != Family::Kai
        {
            let han = if han.len() > letters.len() { &letters } else { &han };
            self.add(SIGNER_FACE, Some(paragraph), format!("姓名“{han}”用{}（{}）", family.title(), run.face));
        }
    }

    fn red_rule(&mut self) {
        let above = self.elements.number.or(self.elements.mark.last().copied()).map(|at| self.at(at));
        let below = self.elements.title.first().map_or(usize::MAX, |at| self.at(*at).number);
        let is_red = |it: &&Stroke| it.colour == Colour::Red && !it.margin && it.after < below;
        let red: Vec<&Stroke> = self.strokes_on(1, 100.0).into_iter().filter(is_red).collect();
        let Some(rule) = red.first() else {
            return self.add(RED_RULE, above, "没有红色分隔线");
        };
        if rule.length.is_some_and(|length| (length - 156.0).abs() > 2.5) {
            self.add(RED_RULE, above, format!("红色分隔线长{}", mm(rule.length.unwrap_or(0.0))));
        }
        // 8.3: who made 纪要 and when stands between the number and the rule
        let made = self.paper.paragraphs.iter().find(|it| it.number == rule.after && self.kind == Kind::Minutes);
        if let Some((at, (_, baseline))) = rule.at.zip(made.or(above).and_then(baselines)) {
            // a character hangs a little below its baseline
            let gap = at.y - baseline - 0.7;
            if self.elements.number.is_some() && !(2.5..=5.5).contains(&gap) {
                self.add(RED_RULE_GAP, above, format!("距发文字号{}", mm(gap)));
            }
        }
    }
}

/// What a paragraph looks like: faces, size, place.
pub(super) fn look(paragraph: &Paragraph) -> String {
    let mut faces: Vec<String> = Vec::new();
    for (_, family, run) in paragraph.han() {
        let face = format!("{}（{}）", family.title(), if run.face.is_empty() { "未指定字体" } else { &run.face });
        if !faces.contains(&face) {
            faces.push(face);
        }
    }
    format!("{}，{}磅", faces.join("、"), (paragraph.points() * 10.0).round() / 10.0)
}
