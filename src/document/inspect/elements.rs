//! Which paragraph is which element of 9704, found by what they look like and where they stand.

use super::facts::{Align, Paper, Paragraph, is_han};
use super::read;

/// A mark and a title are larger than text.
const LARGE_POINTS: f64 = 17.5;
/// Red above the title is a mark even where a long name left it hardly larger than text.
const MARK_POINTS: f64 = 16.6;
/// The 版记 is smaller than text.
const BODY_POINTS: f64 = 15.0;
/// Paragraphs at the top of a paper among which the elements of its head are looked for.
const HEAD_COUNT: usize = 14;

/// What a paragraph that leads over to what follows ends with before its colon; one that names offices does not.
const LEADS: [&str; 14] =
    ["决定", "如下", "通知", "通报", "公告", "意见", "要求", "报告", "请示", "批复", "函告", "函复", "议定", "指出"];
/// Rows of a 题注.
const NOTED_ROWS_MAX: usize = 4;

/// An attachment bound with the paper.
#[derive(Debug, Clone, Default)]
pub(super) struct Attached {
    pub(super) label: usize,
    /// its number, 0 without one
    pub(super) number: u32,
    pub(super) title: Vec<usize>,
}

/// The elements, as places in the list of paragraphs.
#[derive(Debug, Clone, Default)]
pub(super) struct Elements {
    pub(super) secret: Option<usize>,
    pub(super) urgency: Option<usize>,
    /// 份号
    pub(super) serial: Option<usize>,
    pub(super) mark: Vec<usize>,
    pub(super) number: Option<usize>,
    pub(super) signers: Option<usize>,
    pub(super) title: Vec<usize>,
    pub(super) main_to: Option<usize>,
    pub(super) body: Vec<usize>,
    pub(super) listed: Vec<usize>,
    pub(super) signature: Vec<usize>,
    pub(super) date: Option<usize>,
    pub(super) note: Option<usize>,
    pub(super) attached: Vec<Attached>,
    /// 主送 that found no room below the title and stands in the 版记
    pub(super) sent_to: Option<usize>,
    pub(super) copy_to: Option<usize>,
    pub(super) printed: Option<usize>,
    /// 共印份数
    pub(super) copies: Option<usize>,
}

impl Elements {
    pub(super) fn of(paper: &Paper) -> Elements {
        let all = &paper.paragraphs;
        // what stands in tables is no element
        let flow: Vec<usize> = (0..all.len()).filter(|at| !all[*at].table).collect();
        let mut found = Elements::default();
        let after_head = found.head(all, &flow, paper.pages.first().is_some_and(super::facts::Page::is_landscape));
        let after_title = found.title(all, &flow, after_head);
        found.imprint(all, &flow, after_title);
        let imprint = [found.sent_to, found.copy_to, found.printed, found.copies].into_iter().flatten().min();
        let end = flow.iter().position(|at| Some(*at) == imprint).unwrap_or(flow.len());
        let rest = flow.get(after_title..end).unwrap_or_default();
        found.attachments(all, rest);
        let main_end = found
            .attached
            .first()
            .map_or(rest.len(), |first| rest.iter().position(|at| *at == first.label).unwrap_or(rest.len()));
        found.ending(all, rest.get(..main_end).unwrap_or_default());
        found
    }

    /// Everything above the title; the place in `flow` where it ends.
    fn head(&mut self, all: &[Paragraph], flow: &[usize], landscape: bool) -> usize {
        let mut end = 0;
        for (place, at) in flow.iter().enumerate().take(HEAD_COUNT) {
            let paragraph = &all[*at];
            let text = read::dense(&paragraph.text());
            let plain = read::dense(&text).replace(['★', '☆'], "");
            if paragraph.is_red() && paragraph.points() >= MARK_POINTS && !landscape {
                if !self.mark.is_empty() && self.number.is_some() {
                    break;
                }
                self.mark.push(*at);
            } else if is_secrecy(&text, &plain) {
                self.secret = Some(*at);
            } else if read::is_urgency(&text) {
                self.urgency = Some(*at);
            } else if self.mark.is_empty() && read::is_serial(&text) {
                self.serial = Some(*at);
            } else if let Some(urgency) = ["特急", "加急"].iter().find(|it| text.starts_with(**it))
                && read::number_in(&text.replacen(urgency, "", 1)).is_some()
            {
                // in a letter both stand in one row
                (self.urgency, self.number) = (Some(*at), Some(*at));
            } else if self.number.is_none() && read::number_in(&paragraph.text()).is_some() && !self.mark.is_empty() {
                self.number = Some(*at);
            } else if !text.contains("签发人") {
                if paragraph.points() >= LARGE_POINTS || place > 8 {
                    break;
                }
                continue;
            }
            if text.contains("签发人") {
                self.signers.get_or_insert(*at);
            }
            end = place + 1;
        }
        // further signers stand below the first, in rows of their own
        let more = |at: &&usize| all[**at].points() < LARGE_POINTS && all[**at].first > 10.0;
        end + if self.signers.is_some() { flow.iter().skip(end).take_while(more).count() } else { 0 }
    }

    /// The title and whom the paper is for; the place in `flow` where they end.
    fn title(&mut self, all: &[Paragraph], flow: &[usize], from: usize) -> usize {
        let rest = flow.get(from..).unwrap_or_default();
        let large = |at: &usize| all[*at].points() >= LARGE_POINTS && !self.mark.contains(at);
        let near = rest.iter().take(4).position(large);
        let centred = |at: &usize| all[*at].align == Align::Centre;
        let start = near.or_else(|| rest.iter().take(3).position(centred));
        let Some(start) = start else { return from };
        let same = |at: &&usize| {
            let (first, next) = (&all[rest[start]], &all[**at]);
            next.page == first.page && (next.points() - first.points()).abs() < 1.0 && next.align == first.align
        };
        self.title = rest.iter().skip(start).take_while(same).take(8).copied().collect();
        let mut end = from + start + self.title.len();
        let subtitle = |at: &usize| all[*at].align == Align::Centre && all[*at].text().chars().count() < 60;
        while flow.get(end).is_some_and(subtitle) {
            // 令号, or the meeting that adopted a paper
            if let Some(at) = flow.get(end).filter(|at| read::number_in(&all[**at].text()).is_some()) {
                self.number.get_or_insert(*at);
            }
            end += 1;
        }
        end += noted(all, flow.get(end..).unwrap_or_default());
        let addressed = |at: &&usize| {
            let text = all[**at].text();
            let text = text.trim();
            let next = flow.get(end + 1).map(|at| &all[*at]);
            let named = all[**at].first < 0.9 && text.chars().count() <= 60 && !text.ends_with(['。', '；', '！']);
            let before_text = next.is_some_and(|it| it.first > 1.2);
            let leads =
                all[**at].first > 1.2 && LEADS.iter().any(|lead| text.trim_end_matches(['：', ':']).ends_with(lead));
            let colon = text.ends_with(['：', ':']) && all[**at].first < 4.0 && read::heading(text).is_none() && !leads;
            colon || (named && before_text && read::heading(text).is_none() && !text.starts_with("附件"))
        };
        self.main_to = flow.get(end).filter(addressed).copied();
        end + usize::from(self.main_to.is_some())
    }

    fn imprint(&mut self, all: &[Paragraph], flow: &[usize], from: usize) {
        for at in flow.iter().skip(from).rev().take(8) {
            let text = read::dense(&all[*at].text());
            if self.printed.is_none() && text.ends_with("印发") && read::printed(&text).is_some() {
                self.printed = Some(*at);
            } else if self.copy_to.is_none() && ["抄送", "分送"].iter().any(|it| text.starts_with(it)) {
                self.copy_to = Some(*at);
            } else if self.main_to.is_none() && all[*at].points() < BODY_POINTS && text.starts_with("主送：") {
                self.sent_to = Some(*at);
            } else if self.copies.is_none() && read::is_copies(&text) {
                self.copies = Some(*at);
            }
        }
    }

    fn attachments(&mut self, all: &[Paragraph], rest: &[usize]) {
        for (place, at) in rest.iter().enumerate() {
            let Some(number) = read::label(&all[*at].text()) else { continue };
            let titles = rest.iter().skip(place + 1);
            let title =
                titles.take_while(|at| all[**at].align == Align::Centre && read::label(&all[**at].text()).is_none());
            let title: Vec<usize> = title.copied().collect();
            let size = title.first().map_or(0.0, |at| all[*at].points());
            let title = title.into_iter().take_while(|at| (all[*at].points() - size).abs() < 1.0).collect();
            self.attached.push(Attached { label: *at, number, title });
        }
    }

    /// From the text to the note below the date.
    fn ending(&mut self, all: &[Paragraph], rest: &[usize]) {
        let date = rest.iter().rposition(|at| read::is_date_row(&all[*at].text()));
        self.date = date.map(|place| rest[place]);
        let mut end = date.unwrap_or(rest.len());
        if let Some(place) = date {
            while end > 0 && place - end < 12 && signs(&all[rest[end - 1]]) {
                end -= 1;
            }
            self.signature = rest.get(end..place).unwrap_or_default().to_vec();
            let note = rest.get(place + 1).filter(|at| {
                let text = all[**at].text();
                text.trim_start().starts_with(['（', '(']) || text.contains("联系") || text.contains("此件")
            });
            self.note = note.copied();
        }
        let text = rest.get(..end).unwrap_or_default();
        let lists = |at: &usize| {
            let text = all[*at].text();
            text.trim_start().starts_with("附件") && read::label(&text).is_none() && text.chars().count() < 80
        };
        let starts = text.iter().rposition(lists).filter(|start| {
            let is_row = |text: &str| {
                read::heading(text).is_some_and(|it| it.level == 3) || matches!(read::listed(text), (Some(_), _, true))
            };
            text.iter().skip(start + 1).all(|at| is_row(&all[*at].text()))
        });
        let (body, listed) = text.split_at(starts.unwrap_or(text.len()));
        (self.body, self.listed) = (body.to_vec(), listed.to_vec());
    }
}

/// How many rows the 题注 below a title takes that is too long to stand in the middle: from bracket to bracket.
fn noted(all: &[Paragraph], below: &[usize]) -> usize {
    let text = |at: &usize| all[*at].text().trim().to_owned();
    if !below.first().is_some_and(|at| text(at).starts_with('（') && all[*at].first < 1.2) {
        return 0;
    }
    let closed = below.iter().take(NOTED_ROWS_MAX).position(|at| text(at).ends_with('）'));
    closed.map_or(0, |at| at + 1)
}

/// Whether a paragraph above a date is the name of an organ, or several.
fn signs(paragraph: &Paragraph) -> bool {
    let text = paragraph.text();
    let text = text.trim();
    let placed = paragraph.align != Align::Left || paragraph.first > 3.5 || are_names(text);
    let sentence = text.ends_with(['。', '；', '：', ':', '，', '！', '？']);
    placed && !sentence && text.chars().count() <= 60 && !text.starts_with("附件") && read::heading(text).is_none()
}

/// Whether a row is the names of several organs side by side, as a joint paper is signed.
fn are_names(row: &str) -> bool {
    const CHARACTERS_MIN: usize = 4;
    /// a shorter name is an organ's by its last character: 县委办, 县妇联
    const SHORT_MIN: usize = 3;
    const ORGANS: &str = "办委局部院厅署联";
    let mut names = row.split(['\u{3000}', '\t', '\n']).map(str::trim).filter(|it| !it.is_empty()).peekable();
    let several = row.contains(['\u{3000}', '\t']);
    let is_name = |name: &str| {
        let count = name.chars().count();
        let long = count >= CHARACTERS_MIN || count >= SHORT_MIN && name.ends_with(|it| ORGANS.contains(it));
        long && name.chars().all(|it| is_han(it) || "（）()".contains(it))
    };
    several && names.peek().is_some() && names.all(is_name)
}

/// The text of several paragraphs without its breaks.
pub(super) fn joined(all: &[Paragraph], places: &[usize]) -> String {
    places.iter().flat_map(|at| all[*at].lines()).map(|line| read::dense(&line)).collect()
}

/// Whether a row is a 密级, alone or with its time: 机密★1年. 秘密投票办法 is none.
fn is_secrecy(text: &str, plain: &str) -> bool {
    ["绝密", "机密", "秘密"].iter().any(|mark| {
        let time = plain.strip_prefix(mark).filter(|_| text.chars().count() <= 10);
        time.is_some_and(|time| {
            time.is_empty()
                || text.contains(['★', '☆'])
                || time == "长期"
                || time.starts_with(|c: char| c.is_ascii_digit())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{are_names, is_secrecy};

    #[test]
    fn names_side_by_side_sign() {
        assert!(are_names("香泉县人力资源和社会保障局\u{3000}香泉县农业农村局"));
        assert!(are_names("县委办\u{3000}县政府办公室\u{3000}县人民武装部"));
        for none in [
            "香泉县农业农村局",
            "张\u{3000}三\u{3000}李四",
            "县委办\u{3000}张三三",
            "单位：香泉镇\u{3000}\u{3000}负责人：张三三",
            "2026年6月\u{3000}香泉县水利局",
        ] {
            assert!(!are_names(none), "{none}");
        }
    }

    #[test]
    fn a_mark_of_secrecy_is_a_row_of_its_own() {
        let is = |text: &str| is_secrecy(text, &text.replace(['★', '☆'], ""));
        assert!(["机密", "秘密★3年", "绝密★长期", "机密1年"].iter().all(|text| is(text)));
        assert!(!["秘密投票办法", "机密文件管理规定", "绝密★1年以内的文件管理办法"].iter().any(|text| is(text)));
    }
}
