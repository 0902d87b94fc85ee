//! What was left open: dates without day, places held for words that never came.
//!
//! Only the text of a paper with a 版头 is looked at: its attachments and tables may be forms that others fill in by hand. What hides
//! a person (张××, 李某某, 4408××××1234) is a lawful mask and no gap.

use super::super::catalogue::*;
use super::super::facts::{Paragraph, is_han};
use super::Judge;

/// Crosses that stand for words.
const CROSSES: [char; 3] = ['×', 'X', 'Ｘ'];
/// What is told of a gap besides it, in characters on either side.
const AROUND: usize = 4;
/// Words in 【】 that are a value's name and not a heading.
const NAMED: [&str; 5] = ["姓名", "单位名称", "职务", "文号", "金额"];

impl Judge<'_> {
    pub(super) fn open_rules(&mut self) {
        if !self.kind.has_head() {
            return;
        }
        let elements = self.elements;
        let places = elements.title.iter().chain(&elements.main_to).chain(&elements.body).chain(&elements.listed);
        let paragraphs: Vec<&Paragraph> = places.map(|at| self.at(*at)).filter(|it| !it.table).collect();
        for paragraph in paragraphs {
            let text: Vec<char> = paragraph.text().chars().collect();
            if let Some(gap) = date(&text).or_else(|| asked(&text)) {
                self.add(UNFILLED, Some(paragraph), format!("“{gap}”"));
            } else {
                let gaps: Vec<String> = held(&text).iter().map(|gap| format!("“{gap}”")).collect();
                if !gaps.is_empty() {
                    self.add(PLACEHOLDER, Some(paragraph), gaps.join("、"));
                }
            }
        }
    }
}

/// The characters of a place and some around it.
fn around(text: &[char], from: usize, to: usize) -> String {
    let whole: String = text[from.saturating_sub(AROUND)..(to + AROUND).min(text.len())].iter().collect();
    whole.trim().to_owned()
}

/// How many characters of this kind stand before a place.
fn run_before(text: &[char], at: usize, of: impl Fn(char) -> bool) -> usize {
    text[..at].iter().rev().take_while(|c| of(**c)).count()
}

fn run_from(text: &[char], at: usize, of: impl Fn(char) -> bool) -> usize {
    text.get(at..).unwrap_or_default().iter().take_while(|c| of(**c)).count()
}

/// Whether so many blanks are room for words: two, or one as wide as a character.
fn is_room(blanks: &[char]) -> bool {
    !blanks.is_empty() && blanks.iter().all(|c| c.is_whitespace()) && (blanks.len() > 1 || blanks.contains(&'\u{3000}'))
}

/// A date whose month or day is crosses or room: 请于　月　日前, 20××年×月×日. One of birth is hidden and not open.
fn date(text: &[char]) -> Option<String> {
    let value = |c: char| c.is_ascii_digit() || CROSSES.contains(&c) || c.is_whitespace();
    for (at, _) in text.iter().enumerate().filter(|(_, c)| **c == '月') {
        let month = &text[at - run_before(text, at, value)..at];
        let start = at - month.len();
        let year = start.checked_sub(1).filter(|before| text[*before] == '年');
        let year = year.map(|end| &text[end - run_before(text, end, value)..end]).unwrap_or_default();
        let first = start - if year.is_empty() { 0 } else { year.len() + 1 };
        let day = &text[at + 1..at + 1 + run_from(text, at + 1, value)];
        let end = at + 1 + day.len();
        let dated = text.get(end) == Some(&'日');
        let crossed = |part: &[char]| part.iter().any(|c| CROSSES.contains(c));
        let blank = |part: &[char]| !part.is_empty() && part.iter().all(|c| c.is_whitespace());
        let open = crossed(month) || crossed(year) || dated && crossed(day);
        let empty = dated && (blank(month) && blank(day) || is_room(day) && month.iter().any(char::is_ascii_digit));
        let born = text.get(end + 1..end + 3).is_some_and(|it| it.contains(&'生'))
            || text[first.saturating_sub(3)..first].contains(&'生');
        if (open && (dated || !year.is_empty()) || empty) && !born {
            return Some(around(text, first, end + 1));
        }
    }
    None
}

/// Words that ask to be replaced: （此处填写）.
fn asked(text: &[char]) -> Option<String> {
    const CHARACTERS_MAX: usize = 12;
    let opening = |c: char| "（(【[〔".contains(c);
    let closing = |c: char| "）)】]〕".contains(c);
    for (at, _) in text.iter().enumerate().filter(|(_, c)| opening(**c)) {
        let length = run_from(text, at + 1, |c| !closing(c) && !opening(c));
        let inner: String = text[at + 1..at + 1 + length].iter().collect();
        let closed = text.get(at + 1 + length).is_some_and(|c| closing(*c));
        let asks = inner.contains("此处") && ["填", "写", "插入", "补充"].iter().any(|it| inner.contains(it))
            || ["待填写", "待补充"].contains(&inner.as_str());
        if closed && length <= CHARACTERS_MAX && asks {
            return Some(around(text, at, at + length + 2));
        }
    }
    None
}

/// Boxes that stand before a choice: □同意 □不同意.
fn choices(text: &[char]) -> usize {
    let is_box = |c: char| "□☐■☑☒".contains(c);
    let begins = |at: usize| at.checked_sub(1).is_none_or(|before| !is_han(text[before]) && !is_box(text[before]));
    let named = |at: usize| text.get(at + 1).is_some_and(|c| is_han(*c) || c.is_ascii_alphanumeric());
    (0..text.len()).filter(|at| is_box(text[*at]) && begins(*at) && named(*at)).count()
}

/// Places held for words: ×××同志, ____, 金额为　　元, （　）, 【姓名】, and a box in the place of a character.
fn held(text: &[char]) -> Vec<String> {
    let mut gaps = Vec::new();
    let choices = choices(text);
    let mut at = 0;
    while at < text.len() {
        let c = text[at];
        let run = run_from(text, at, |it| it == c);
        let before = at.checked_sub(1).map(|it| text[it]);
        let after = text.get(at + run).copied();
        let beside = |it: Option<char>| it.is_some_and(|c| c.is_ascii_alphanumeric());
        let surname = before.is_some_and(is_han);
        let found = match c {
            '×' => run > 2 && !beside(before) && !beside(after),
            // XX alone may be a numeral
            'X' | 'Ｘ' => {
                let words = run > 2 || surname || before == Some('：') || after.is_some_and(is_han);
                run > 1 && !beside(before) && !beside(after) && words
            }
            '_' | '＿' => run > 2,
            // one is told of, and several stand for choices
            '□' | '☐' => before.is_none_or(|it| it != '在') && (run > 1 || choices < 2),
            '某' => run > 1 && !surname && text.get(at + run..at + run + 2) == Some(&['同', '志']),
            '（' | '(' => {
                let blanks = run_from(text, at + 1, char::is_whitespace);
                matches!(text.get(at + 1 + blanks), Some('）' | ')'))
            }
            '【' => {
                let length = run_from(text, at + 1, |it| it != '】');
                let inner: String = text[at + 1..at + 1 + length].iter().collect();
                let after = text.get(at + length + 2);
                NAMED.contains(&inner.as_str()) && !matches!(after, None | Some('：' | ':' | ' ' | '\u{3000}'))
            }
            _ if c.is_whitespace() => {
                let run = run_from(text, at, char::is_whitespace);
                let counted = text.get(at + run).is_some_and(|it| "元万亿人名份个".contains(*it));
                let told = before.is_some_and(|it| "为共计约".contains(it));
                counted && told && is_room(&text[at..at + run])
            }
            _ => false,
        };
        if found {
            gaps.push(around(text, at, at + run));
        }
        at += run;
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&'static str> {
        let text: Vec<char> = text.chars().collect();
        if date(&text).is_some() || asked(&text).is_some() {
            return Some("unfilled");
        }
        held(&text).first().map(|_| "placeholder")
    }

    #[test]
    fn gaps_are_found() {
        for text in [
            "请于 XX 月 XX 日前报送材料。",
            "请于××月××日前报送材料。",
            "请于  月  日前报送。",
            "请于2026年\u{3000}月\u{3000}日前报送。",
            "请于6月\u{3000}日前报送。",
            "自20××年1月1日起施行。",
            "2026年X月印发。",
            "联系人：张三，电话：（此处填写）。",
        ] {
            assert_eq!(found(text), Some("unfilled"), "{text}");
        }
        for text in [
            "现将×××同志的情况通知如下。",
            "《×××办法》",
            "XX村、XXX局：",
            "联系人：____，电话：________。",
            "联系人：（），电话：1234。",
            "联系人：XXX，电话：XXXXXXX。",
            "联系人：XX，电话：1234。",
            "【姓名】同志：",
            "金额为\u{3000}\u{3000}元",
            "某某同志",
            "经研究，同意张□同志任职。",
            "请于□□前报送。",
            "联系人：□，电话：1234。",
        ] {
            assert_eq!(found(text), Some("placeholder"), "{text}");
        }
    }

    #[test]
    fn every_gap_of_a_paragraph_is_told() {
        let text: Vec<char> = "具体金额：____元，联系人：XXX。".chars().collect();
        assert_eq!(held(&text), ["体金额：____元，联系", "联系人：XXX。"]);
    }

    #[test]
    fn masks_and_words_are_no_gaps() {
        for text in [
            "张××、李×于2026年3月1日受处分。",
            "王某某，男，1980年×月×日出生，身份证号440811××××××××1234。",
            "生于19××年×月×日。",
            "电话138××××8000，车牌粤A×××12。",
            "香泉镇××村一组。",
            "填写出生年月日和单位。",
            "2026年6月 1 日前，每月日均气温。",
            "5 月 20 日，X光检查，XXL号，A、X两组。",
            "身份证号：XXXXXXXXXXXXXX1234，电话138XXXX8000。",
            "【联系方式】电话1234。",
            "【日期】2026年6月1日",
            "共 30 人，金额为5万元。",
            "（一）压实责任",
            "file_name_a@example.cn",
            "是否公开：□主动公开　□依申请公开　☑不予公开。",
            "请在□内打√。",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
