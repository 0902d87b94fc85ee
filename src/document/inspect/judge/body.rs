//! 正文: faces, indents, numerals of headings (9704 5.2.2, 7.3.3).

use super::super::Kind;
use super::super::catalogue::*;
use super::super::faces::Family;
use super::super::facts::{Align, Paragraph};
use super::super::read::{self, Heading};
use super::Judge;
use super::head::look;

/// A heading on a row of its own is no longer than this.
const HEADING_CHARACTERS_MAX: usize = 40;

impl Judge<'_> {
    pub(super) fn body_rules(&mut self) {
        if matches!(self.kind, Kind::Sheet | Kind::Certificate) {
            return;
        }
        let body = self.all(&self.elements.body);
        if self.kind.has_head() {
            self.first_page(&body);
        }
        self.faces(&body);
        self.headings(&body);
    }

    fn first_page(&mut self, body: &[&Paragraph]) {
        let begins = body.iter().flat_map(|it| &it.rows).any(|row| row.page == 1);
        // a paper that is all table shows that
        let shown = begins || self.paper.paragraphs.iter().any(|it| it.table && it.page == Some(1));
        if self.is_pdf() && !shown {
            self.add(BODY_FIRST_PAGE, body.first().copied(), "首页没有正文");
        }
    }

    fn faces(&mut self, body: &[&Paragraph]) {
        let mut unlike = Vec::new();
        for paragraph in body.iter().filter(|it| !is_label(it) && it.align != Align::Centre) {
            // a name or a word of lead at the beginning may stand in another face
            let text: Vec<(usize, Family)> =
                paragraph.han().map(|(han, family, _)| (han.chars().count(), family)).collect();
            let lead = text.iter().take_while(|(_, family)| matches!(family, Family::Hei | Family::Kai)).count();
            let text = text.get(lead..).filter(|rest| !rest.is_empty()).unwrap_or(&text);
            let all: usize = text.iter().map(|(count, _)| count).sum();
            let fang: usize = text.iter().filter(|(_, family)| *family == Family::Fang).map(|(count, _)| count).sum();
            if all > 0 && fang * 2 < all {
                unlike.push(*paragraph);
            }
            if all > 0 && (paragraph.points() - 16.0).abs() > 0.6 {
                self.add(BODY_SIZE, Some(paragraph), format!("{}磅", paragraph.points()));
            }
            if paragraph.align == Align::Left && !(1.4..3.0).contains(&paragraph.first) {
                self.add(BODY_INDENT, Some(paragraph), format!("左空{:.1}字", paragraph.first));
            }
        }
        if let Some(first) = unlike.first() {
            self.add(BODY_FACE, Some(first), format!("{}个自然段，如{}", unlike.len(), look(first)));
        }
    }

    fn headings(&mut self, body: &[&Paragraph]) {
        let headings: Vec<(&Paragraph, Heading)> =
            body.iter().filter_map(|it| Some((*it, read::heading(&it.text())?))).collect();
        // a text in chapters begins again in each
        let parted = body.iter().any(|it| is_part(&read::dense(&it.text())));
        let first_level = headings.iter().any(|(_, it)| it.level == 1);
        let mut counted = [0_u32; 5];
        for (paragraph, it) in &headings {
            if !it.good {
                self.add(HEADING_FORM, Some(paragraph), it.written.clone());
            }
            let before = counted[it.level];
            if it.count != 1 && it.count != before + 1 {
                let found = if before == 0 {
                    "前面没有同级序数".to_owned()
                } else {
                    format!("前一个同级序数为{before}")
                };
                self.add(HEADING_ORDER, Some(paragraph), format!("“{}”，{found}", it.written));
            }
            if it.level == 1 && it.count == 1 && before > 0 && !parted {
                self.add(HEADING_ORDER, Some(paragraph), format!("“{}”又从一起，前一个同级序数为{before}", it.written));
            }
            if it.level == 2 && counted[1] == 0 && first_level {
                self.add(HEADING_LEVEL, Some(paragraph), format!("“{}”前没有第一层标题", it.written));
            }
            if it.level == 4 && counted[3] == 0 && counted[2] > 0 {
                self.add(HEADING_LEVEL, Some(paragraph), format!("“{}”前没有第三层标题“1.”", it.written));
            }
            counted[it.level] = it.count;
            counted.iter_mut().skip(it.level + 1).for_each(|deeper| *deeper = 0);
            self.heading_look(paragraph, it);
        }
    }

    fn heading_look(&mut self, paragraph: &Paragraph, it: &Heading) {
        let wanted = match it.level {
            1 => Family::Hei,
            2 => Family::Kai,
            _ => return,
        };
        let text = paragraph.text();
        let text = text.trim_end();
        let own_row = text.chars().count() <= HEADING_CHARACTERS_MAX && !text.ends_with(['。', '；', '：', '，']);
        let first = paragraph.han().next();
        if own_row
            && let Some((_, family, run)) = first
            && family != wanted
        {
            let found = format!("用{}（{}），应为{}", family.title(), run.face, wanted.title());
            self.add(HEADING_FACE, Some(paragraph), found);
        }
        let alone = paragraph.han().all(|(_, family, _)| family == wanted);
        if alone && text.ends_with('。') && text.matches('。').count() == 1 {
            self.add(HEADING_STOP, Some(paragraph), "以“。”结尾");
        }
    }
}

/// Whether a paragraph is no text: a heading of the first two levels, or a short one in another face on a row of its own.
fn is_label(paragraph: &Paragraph) -> bool {
    let text = paragraph.text();
    let text = text.trim_end();
    let short = text.chars().count() <= HEADING_CHARACTERS_MAX && !text.ends_with(['。', '；', '，', '！', '？']);
    let marked = paragraph.han().all(|(_, family, _)| matches!(family, Family::Hei | Family::Kai));
    read::heading(text).is_some_and(|it| it.level <= 2) || (short && marked)
}

/// Whether a paragraph begins a chapter or a part of a text: 第二章, 第三部分.
fn is_part(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('第') else { return false };
    let number = rest.chars().take_while(|it| "一二三四五六七八九十百0123456789".contains(*it)).count();
    let rest: String = rest.chars().skip(number).collect();
    number > 0 && ["章", "节", "篇", "编", "部分"].iter().any(|part| rest.starts_with(part))
}
