//! 附件说明, 署名, 成文日期, 附注, 附件 (9704 7.3.4 to 7.3.7).

use super::super::Kind;
use super::super::catalogue::*;
use super::super::elements::{Attached, joined};
use super::super::faces::Family;
use super::super::facts::{Align, CHARACTER_MM, Paragraph, short};
use super::super::read;
use super::Judge;
use super::head::look;

impl Judge<'_> {
    pub(super) fn ending_rules(&mut self) {
        self.date();
        if let Some(note) = self.elements.note.map(|at| self.at(at))
            && let Some(words) = secrecy(&read::dense(&note.text()))
        {
            self.add(SECRET, Some(note), format!("附注标有“{words}”"));
        }
        if matches!(self.kind, Kind::Sheet | Kind::Certificate) {
            return;
        }
        self.listed();
        self.attached();
        self.signature();
        if let Some(note) = self.elements.note.map(|at| self.at(at)) {
            let text = read::dense(&note.text());
            if !(text.starts_with('（') && text.ends_with('）')) || note.first < 1.2 {
                self.add(NOTE_BRACKETS, Some(note), short(&text));
            }
        }
    }

    fn date(&mut self) {
        let Some(paragraph) = self.elements.date.map(|at| self.at(at)) else {
            if matches!(self.kind, Kind::Document | Kind::Upward | Kind::Letter | Kind::Command) {
                self.add(DATE_MISSING, None, "没有成文日期");
            }
            return;
        };
        let text = read::dense(&paragraph.text());
        if read::date(&text).is_none() {
            self.add(DATE_FORM, Some(paragraph), text);
        }
    }

    fn signature(&mut self) {
        let dated = self.elements.date.map(|at| self.at(at));
        let names = self.all(&self.elements.signature);
        for paragraph in self.all(&self.elements.body) {
            if read::dense(&paragraph.text()).contains("此页无正文") {
                self.add(BLANK_PAGE, Some(paragraph), "此页无正文");
            }
        }
        let Some(date) = dated else { return };
        self.company(date);
        if names.is_empty() {
            if self.kind.has_head() && self.kind != Kind::Command {
                self.add(SIGNATURE_MISSING, Some(date), "成文日期上没有署名");
            }
            return;
        }
        if self.kind == Kind::Command {
            return;
        }
        self.signed_by_another(&names);
        if let ([name], Some(row)) = (names.as_slice(), date.rows.first()) {
            let Some(above) = name.rows.last().filter(|_| name.rows.len() == 1) else { return };
            let several = name.text().trim().contains(['\u{3000}', '\t']);
            let middle = |it: &super::super::facts::Row| f64::midpoint(it.left, it.right);
            let centred = (middle(row) - middle(above)).abs() < 0.8 * CHARACTER_MM && date.right > 0.8;
            let stepped = (row.left - above.left - 2.0 * CHARACTER_MM).abs() < 0.8 * CHARACTER_MM;
            // a stamp of who signs is a picture, and his post stands at its left (7.3.5.3)
            let stamped = is_post(&name.text()) && date.right > 2.5;
            if !centred && !stepped && !several && !stamped {
                let apart = (row.left - above.left) / CHARACTER_MM;
                self.add(
                    SIGNATURE_POSITION,
                    Some(date),
                    format!("日期首字比署名首字右移{apart:.1}字，两者也不居中对齐"),
                );
            }
        }
        // 7.3.5.3: where the name is little longer than the date, two characters to the right of its first is near the edge
        let start = |it: &Paragraph| it.right + width(&it.text());
        let stepped = names.last().is_some_and(|name| {
            let drawn = name.rows.first().zip(date.rows.first());
            let by = drawn.map(|(name, date)| (date.left - name.left) / CHARACTER_MM);
            (by.unwrap_or_else(|| start(name) - start(date)) - 2.0).abs() < 1.0
        });
        let flush_right = date.align == Align::Right && date.right < 1.0 && !stepped;
        let flush_left = date.align == Align::Left && date.first < 6.0 && !stepped;
        if flush_right || flush_left {
            let found = if flush_right { "日期顶格居右" } else { "日期居左" };
            self.add(SIGNATURE_POSITION, Some(date), found);
        }
    }

    /// Who signs is who stands in the mark, where each is one: in full, or as it is shortened (7.2.4).
    fn signed_by_another(&mut self, names: &[&Paragraph]) {
        let marks = self.all(&self.elements.mark);
        let ([mark], [name]) = (marks.as_slice(), names) else { return };
        let mark = read::dense(&mark.text());
        let mark = mark.strip_suffix("文件").unwrap_or(&mark);
        let whole = name.text();
        let name_alone = read::dense(&whole);
        let one = !whole.trim().contains([' ', '\u{3000}', '\t']) && !is_post(&whole);
        if one && self.kind != Kind::Minutes && !shortens(mark, &name_alone) && !shortens(&name_alone, mark) {
            self.add(SIGNATURE_MARK, Some(name), format!("署名“{name_alone}”，发文机关标志“{}”", short(mark)));
        }
    }

    /// 7.3.5.5: a page of a PDF that begins with the signature, with no text above it.
    fn company(&mut self, date: &Paragraph) {
        // what is not read, a picture, may stand above a signature further below
        const TOP_MM: f64 = 120.0;
        let Some(row) = date.rows.first().filter(|row| row.page > 1 && row.baseline < TOP_MM) else { return };
        let with = |it: &Paragraph| it.rows.iter().any(|it| it.page == row.page);
        let text = self.elements.body.iter().chain(&self.elements.listed).any(|at| with(self.at(*at)));
        let table = self.paper.paragraphs.iter().any(|it| it.table && with(it));
        if self.kind.has_head() && self.is_pdf() && !text && !table {
            self.add(BLANK_PAGE, Some(date), "署名、日期单独成面，没有正文");
        }
    }

    fn listed(&mut self) {
        let rows = self.all(&self.elements.listed);
        let Some(first) = rows.first() else { return };
        let text = first.text();
        if !text.trim_start().starts_with("附件：") || !(1.2..3.2).contains(&first.first) {
            self.add(ATTACHMENT_FORM, Some(first), format!("左空{:.1}字，{}", first.first, short(&text)));
        }
        let several = rows.len() > 1;
        for (place, row) in rows.iter().enumerate() {
            let (number, name, in_chinese) = read::listed(&row.text());
            let due = u32::try_from(place + 1).unwrap_or(0);
            if in_chinese {
                self.add(ATTACHMENT_FORM, Some(row), format!("第{due}个附件的序号用了汉字：{}", short(&row.text())));
            }
            if several && number != Some(due) {
                self.add(
                    ATTACHMENT_FORM,
                    Some(row),
                    format!("第{due}个附件的序号为{}", number.map_or("空".to_owned(), |n| n.to_string())),
                );
            }
            if name.ends_with(['。', '；', '，', '、', ';', ',', '.']) {
                self.add(ATTACHMENT_STOP, Some(row), short(&name));
            }
        }
    }

    fn attached(&mut self) {
        let attached = self.elements.attached.clone();
        for one in &attached {
            self.label(one, attached.len());
        }
        let names: Vec<String> = self.all(&self.elements.listed).iter().map(|it| read::listed(&it.text()).1).collect();
        if attached.is_empty() || attached.iter().all(|it| it.title.is_empty()) {
            return;
        }
        let bare = |text: &str| text.trim_end_matches(['。', '；', '，', '、', ';', ',', '.']).to_owned();
        for (place, one) in attached.iter().enumerate() {
            let label = self.at(one.label);
            let title = joined(&self.paper.paragraphs, &one.title);
            // one that is sent by itself is listed and not bound: its number is left out among the labels
            let listed = usize::try_from(one.number).ok().and_then(|number| number.checked_sub(1)).unwrap_or(place);
            match names.get(listed) {
                None => self.add(ATTACHMENT_NAMES, Some(label), format!("附件说明没有“{}”", short(&title))),
                Some(name) if bare(name) != bare(&title) && !title.is_empty() => {
                    let found = format!("附件说明为“{}”，附件标题为“{}”", short(name), short(&title));
                    self.add(ATTACHMENT_NAMES, Some(label), found);
                }
                Some(_) => {}
            }
        }
        if names.len() > attached.len() {
            let row = self.elements.listed.last().map(|at| self.at(*at));
            let found = format!("附件说明列有{}个附件，正文后有{}个", names.len(), attached.len());
            self.add(ATTACHMENT_MISSING, row, found);
        }
    }

    fn label(&mut self, one: &Attached, count: usize) {
        let paragraph = self.at(one.label);
        let text = read::dense(&paragraph.text());
        let due = count > 1 || one.number > 0;
        let family = paragraph.han().next().map(|(_, family, _)| family);
        let marked = text.ends_with(['：', ':', '.', '、']);
        if one.number > 0 && !text.contains(|sign: char| sign.is_ascii_digit()) {
            self.add(ATTACHMENT_LABEL, Some(paragraph), format!("“{text}”的序号用了汉字"));
        }
        let placed = paragraph.align == Align::Left && paragraph.first < 0.6;
        if family != Some(Family::Hei) || marked || !placed || (paragraph.points() - 16.0).abs() > 0.6 {
            self.add(ATTACHMENT_LABEL, Some(paragraph), format!("{text}：{}", look(paragraph)));
        }
        let before = self.elements.attached.iter().take_while(|it| it.label != one.label).last();
        let after = before.map_or(0, |it| it.number);
        if due && one.number <= after {
            self.add(ATTACHMENT_NAMES, Some(paragraph), format!("“附件{after}”之后的附件标为“{text}”"));
        }
        if !paragraph.new_page {
            self.add(ATTACHMENT_PAGE, Some(paragraph), "没有另面编排");
        }
    }
}

/// Whether the one has the characters of the other in their order: 县委 and 县委员会.
fn shortens(short: &str, long: &str) -> bool {
    let mut rest = long.chars();
    short.chars().all(|character| rest.any(|it| it == character))
}

/// What of a 附注 says that the paper is secret, or for how long: （秘密★1年）, （此件为机密件，保密期限3年）. Secrets that are spoken of are none.
fn secrecy(note: &str) -> Option<&'static str> {
    const LEVELS: [&str; 3] = ["绝密", "机密", "秘密"];
    const TERMS: [&str; 2] = ["密级", "保密期"];
    let term = TERMS.into_iter().find(|term| {
        let mut places = note.match_indices(term);
        places.any(|(at, _)| {
            let (before, after) = (&note[..at], note[at + term.len()..].trim_start_matches(['限', '：', ':']));
            !before.ends_with(['无', '不', '非', '未']) && !after.starts_with('无')
        })
    });
    let level = LEVELS.into_iter().find(|level| {
        let mut places = note.match_indices(level);
        places.any(|(at, _)| {
            let (before, after) = (&note[..at], &note[at + level.len()..]);
            let marks = before.is_empty() || before.ends_with(['（', '(', '为', '是', '：', ':', '属', '，', '按']);
            let ends = after.is_empty() || after.starts_with(['★', '☆', '级', '件', '）', ')', '，', '、', '。', '；']);
            marks && (ends || after.starts_with(|c: char| c.is_ascii_digit()))
        })
    });
    level.or(term)
}

/// Whether a row names a post and nobody: 镇长, 县应急管理局局长.
fn is_post(row: &str) -> bool {
    const POSTS: [&str; 5] = ["长", "主任", "书记", "主席", "经理"];
    POSTS.iter().any(|post| row.trim().ends_with(post))
}

/// The width of a text in characters; those of Latin take half a place.
fn width(text: &str) -> f64 {
    text.trim().chars().map(|c| if c.is_ascii() { 0.5 } else { 1.0 }).sum()
}

#[cfg(test)]
mod tests {
    use super::{is_post, secrecy};

    #[test]
    fn a_post_is_told_from_the_name_of_an_organ() {
        assert!(["主任", "香泉镇镇长 ", "镇党委书记"].into_iter().all(is_post));
        assert!(!["香泉镇人民政府", "县政府办公室", "县委", "赵一鸣"].into_iter().any(is_post));
    }

    #[test]
    fn a_note_that_says_a_paper_is_secret_is_found_and_one_that_speaks_of_secrets_is_not() {
        let secret = ["（秘密★1年）", "（此件为机密件，阅后退回）", "（密级：秘密）", "（保密期限3年）", "（绝密）"];
        assert!(secret.iter().all(|note| secrecy(note).is_some()), "{secret:?}");
        let open = [
            "（此件公开发布）",
            "（此件不涉密）",
            "（本件无密级，可以公开）",
            "（密级：无）",
            "（涉及商业秘密的除外）",
            "（请注意保守国家秘密）",
        ];
        assert_eq!(open.map(secrecy), [None; 6]);
    }
}
