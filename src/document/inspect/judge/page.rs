//! Paper, type area, colour, and what a PDF must have to be kept (9704 5).

use super::super::Kind;
use super::super::catalogue::*;
use super::super::facts::{Colour, Row};
use super::{Judge, mm};

/// 9704 5.2.1 allows a millimetre; what is measured on rows has the width of a stroke in it.
const MARGIN_MM: f64 = 1.05;
const ROWS_MM: f64 = 1.6;

impl Judge<'_> {
    pub(super) fn page_rules(&mut self) {
        let turned = matches!(self.kind, Kind::Sheet | Kind::Certificate);
        for page in &self.paper.pages {
            let (short, long) = (page.width.min(page.height), page.width.max(page.height));
            let a4 = (short - 210.0).abs() < 1.5 && (long - 297.0).abs() < 1.5;
            let first = std::ptr::eq(page, &self.paper.pages[0]);
            if !a4 || (first && page.is_landscape() && !turned) {
                self.add(PAGE_SIZE, None, format!("{}×{}", mm(page.width), mm(page.height)));
                break;
            }
        }
        self.file();
        if !turned {
            self.margins();
            self.grid_rules();
            self.colour();
        }
    }

    fn file(&mut self) {
        if !self.is_pdf() {
            return;
        }
        for font in self.paper.fonts.iter().filter(|font| !font.embedded) {
            self.add(FONTS_EMBEDDED, None, format!("字体“{}”没有嵌入", font.name));
        }
        for (font, characters) in &self.paper.blank {
            let (first, count) = (characters.iter().take(12).collect::<String>(), characters.len());
            self.add(GLYPHS_DRAWN, None, format!("字体“{font}”有{count}个字没有字形，显示为空白，如“{first}”"));
        }
        if self.paper.paragraphs.is_empty() {
            self.add(TEXT_EXTRACTABLE, None, "没有可以提取的文字，是扫描图像或者空白文件");
        } else if self.paper.unreadable > 0 {
            self.add(TEXT_EXTRACTABLE, None, format!("有{}个字符不能提取", self.paper.unreadable));
        }
        if !self.paper.archival {
            self.add(ARCHIVAL, None, "没有PDF/A标识");
        }
    }

    fn margins(&mut self) {
        let upright = self.paper.pages.iter().filter(|page| !page.is_landscape());
        let named = ["天头", "右白边", "地脚", "订口"];
        let standard = [37.0, 26.0, 35.0, 28.0];
        const FOOT: usize = 2;
        for (page, margins) in upright.filter_map(|page| Some((page, page.margins?))) {
            // where no text runs to it nobody sees a foot; LibreOffice saves that of a page of the 版记 otherwise
            let shown = |at: usize| at != FOOT || page.flows;
            let pairs = named.iter().zip(margins).zip(standard).enumerate().filter(|(at, _)| shown(*at));
            let wrong = pairs.map(|(_, pair)| pair).filter(|((_, is), should)| (is - should).abs() > MARGIN_MM);
            let wrong: Vec<String> =
                wrong.map(|((name, is), should)| format!("{name}{}（应为{should} mm）", mm(is))).collect();
            if !wrong.is_empty() {
                self.add(MARGINS, None, wrong.join("，"));
                return;
            }
        }
        if self.is_pdf() {
            self.edges();
        }
    }

    /// The edges that the rows of the text reach.
    fn edges(&mut self) {
        let body = self.all(&self.elements.body);
        let of_pages = |row: &&Row| self.paper.pages.get(row.page - 1).is_some_and(|page| !page.is_landscape());
        let rows: Vec<&Row> = body.iter().flat_map(|it| &it.rows).filter(of_pages).collect();
        // an opening bracket at the beginning of a row hangs out by its empty half
        let bare = |row: &&Row| !row.text.starts_with(['（', '“', '‘', '《', '〈', '〔', '【', '「']);
        let later: Vec<&Row> =
            body.iter().flat_map(|it| it.rows.iter().skip(1)).filter(of_pages).filter(bare).collect();
        let least = |list: &[&Row], of: fn(&Row) -> f64| list.iter().map(|row| of(row)).fold(f64::INFINITY, f64::min);
        let most =
            |list: &[&Row], of: fn(&Row) -> f64| list.iter().map(|row| of(row)).fold(f64::NEG_INFINITY, f64::max);
        let mut wrong = Vec::new();
        if later.len() >= 2 {
            let (left, right) = (least(&later, |it| it.left), most(&rows, |it| it.right));
            // one that hangs out whole is the mark after a full row
            let right = if right - 184.0 > 3.5 { most(&rows, Row::end) } else { right };
            if (left - 28.0).abs() > ROWS_MM {
                wrong.push(format!("正文左边缘距纸边{}（应为28 mm）", mm(left)));
            }
            // punctuation at the end of a row may hang out half a character
            if right - 184.0 > 3.5 || 184.0 - right > 6.5 {
                wrong.push(format!("正文右边缘距左纸边{}（应为184 mm）", mm(right)));
            }
        }
        let bottom = most(&rows, |it| it.baseline);
        if bottom > 262.0 + ROWS_MM {
            wrong.push(format!("正文最低一行距上纸边{}（版心下边缘为262 mm）", mm(bottom)));
        }
        if !wrong.is_empty() {
            self.add(MARGINS, body.first().copied(), wrong.join("，"));
        }
    }

    fn colour(&mut self) {
        let elements = self.elements;
        for paragraph in self.all(&elements.body).into_iter().chain(self.all(&elements.title)) {
            let coloured = paragraph.runs.iter().find(|run| run.colour != Colour::Black && !run.text.trim().is_empty());
            if let Some(run) = coloured {
                let colour = if run.colour == Colour::Red { "红色" } else { "彩色" };
                self.add(COLOUR, Some(paragraph), format!("“{}”为{colour}", run.text.trim()));
            }
        }
    }
}
