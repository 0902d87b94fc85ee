//! What the words of a paper mean by their form: numbers, dates, numerals of headings, labels.

use super::facts::is_han;
use chrono::NaiveDate;

/// The document types of 条例8.
const TYPES: [&str; 17] = [
    "决议", "决定", "命令", "令", "公报", "公告", "通告", "意见", "通知", "通报", "报告", "请示", "批复", "议案", "函",
    "纪要", "公示",
];
const OPENING: [char; 8] = ['〔', '[', '【', '（', '(', '﹝', '［', '〖'];
const CLOSING: [char; 8] = ['〕', ']', '】', '）', ')', '﹞', '］', '〗'];

/// Whether this is a document type and nothing else.
pub(super) fn is_type(text: &str) -> bool {
    TYPES.contains(&text)
}

/// Without any white space.
pub(super) fn dense(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The first piece of a row that looks like the number of a paper, however badly written.
pub(super) fn number_in(text: &str) -> Option<String> {
    let before = without_serial(text.split("签发人").next().unwrap_or_default());
    let (number, rest) = before.split_at(before.find('号')? + '号'.len_utf8());
    let number = dense(number);
    // where several sign, the last of them stands beside it
    let whole = (rest.starts_with(['\t', '\u{3000}']) || rest.trim().is_empty()) && number.chars().count() <= 30;
    let bracketed = number.contains(OPENING.as_slice()) || number.contains(CLOSING.as_slice());
    let digits = number.chars().any(|c| c.is_ascii_digit() || is_numeral(c));
    ((bracketed || number.starts_with('第')) && digits && whole).then_some(number)
}

/// A row of a letter's head without the 份号 at its left: six digits (9704 7.2.1, 8.1).
pub(super) fn without_serial(row: &str) -> &str {
    let row = row.trim_start();
    let digits = row.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 6 { &row[digits..] } else { row }
}

/// Words of 紧急程度: of a paper, and of a telegram (9704 7.2.3).
pub(super) const URGENCIES: [&str; 4] = ["特急", "加急", "特提", "平急"];

/// Whether a row is a 紧急程度, be its words none of the standard: 十万火急, 急件.
pub(super) fn is_urgency(row: &str) -> bool {
    const CHARACTERS_MAX: usize = 5;
    let short = row.chars().count() <= CHARACTERS_MAX && row.chars().all(is_han);
    short && (URGENCIES.contains(&row) || row.ends_with('急') || row == "急件")
}

/// Whether a row is a 份号, be its digits as many as they may.
pub(super) fn is_serial(row: &str) -> bool {
    let digits = row.strip_prefix("No.").or_else(|| row.strip_prefix("份号")).unwrap_or(row);
    let digits = digits.trim_start_matches(['：', ':']);
    !digits.is_empty() && digits.len() <= 10 && digits.bytes().all(|it| it.is_ascii_digit())
}

/// Whether the number of a paper is written as 9704 7.2.5 wants it.
pub(super) fn is_number(number: &str) -> bool {
    let Some((organ, rest)) = number.split_once('〔') else { return false };
    let Some((year, rest)) = rest.split_once('〕') else { return false };
    let Some(sequence) = rest.strip_suffix('号') else { return false };
    let count = organ.chars().count();
    (1..=14).contains(&count)
        && organ.chars().all(|c| is_han(c) || c.is_ascii_alphabetic())
        && year.len() == 4
        && (year.starts_with("19") || year.starts_with("20"))
        && year.chars().all(|c| c.is_ascii_digit())
        && !sequence.is_empty()
        && !sequence.starts_with('0')
        && sequence.chars().all(|c| c.is_ascii_digit())
}

/// Whether the number of a command, or of a 公告, is `第n号` without padding.
pub(super) fn is_running_number(number: &str) -> bool {
    let inner = number.strip_prefix('第').and_then(|it| it.strip_suffix('号'));
    inner.is_some_and(|it| {
        let arabic = it.chars().all(|c| c.is_ascii_digit()) && !it.starts_with('0');
        !it.is_empty() && (arabic || it.chars().all(is_numeral))
    })
}

/// Quoted numbers whose year does not stand in 〔〕, or whose sequence is padded, in the order they are met.
pub(super) fn wrongly_quoted(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    for (at, opening) in characters.iter().enumerate() {
        if !OPENING.contains(opening) {
            continue;
        }
        let inside = characters.get(at + 1..at + 5).unwrap_or_default();
        let closing = characters.get(at + 5);
        let year = inside.len() == 4 && inside.iter().all(char::is_ascii_digit) && inside.starts_with(&['2', '0'])
            || inside.starts_with(&['1', '9']) && inside.iter().all(char::is_ascii_digit);
        if !year || !closing.is_some_and(|c| CLOSING.contains(c)) {
            continue;
        }
        let good = (*opening, closing) == ('〔', Some(&'〕')) && characters.get(at + 6) != Some(&'0');
        let rest: Vec<char> = characters.get(at + 6..).unwrap_or_default().iter().copied().take(8).collect();
        let digits = rest.iter().skip_while(|c| **c == ' ' || **c == '第').take_while(|c| c.is_ascii_digit()).count();
        let ended = rest.iter().find(|c| !(c.is_ascii_digit() || **c == ' ' || **c == '第')) == Some(&'号');
        let organ = at.checked_sub(1).and_then(|before| characters.get(before)).is_some_and(|c| is_han(*c));
        if digits > 0 && ended && organ && !good {
            let from = characters.get(..at).unwrap_or_default();
            let name = from.iter().rev().take_while(|c| is_han(**c)).count().min(6);
            let end = at + 6 + rest.iter().position(|c| *c == '号').unwrap_or(0) + 1;
            found.push(characters.get(at - name..end).unwrap_or_default().iter().collect());
        }
    }
    found
}

/// The type of paper a title names at its end; what stands in brackets after it is no part of it.
pub(super) fn type_of(title: &str) -> Option<&'static str> {
    let bare = bare_title(title);
    TYPES.iter().filter(|name| bare.ends_with(**name)).max_by_key(|name| name.len()).copied()
}

/// Whether a title is that of a paper to a superior: 请示, or a 报告 about something; a 年度报告 is published.
pub(super) fn is_upward(title: &str) -> bool {
    let bare = bare_title(title);
    bare.ends_with("请示") || bare.ends_with("的报告")
}

/// Two types a title names one after the other at its end.
pub(super) fn two_types(title: &str) -> Option<(&'static str, &'static str)> {
    let bare = bare_title(title);
    let last = type_of(&bare)?;
    let before = bare.strip_suffix(last)?;
    // 信函 and 来函 are words of their own
    let pairs = ["请示", "报告", "通知", "通报", "公告", "通告", "批复"];
    let first = pairs.iter().find(|name| before.ends_with(**name))?;
    // a notice that passes on another paper names it in 《》, and 通知 alone may follow 的
    (!before.ends_with('》')).then_some((first, last))
}

fn bare_title(title: &str) -> String {
    let dense = dense(title);
    match dense.rfind(['（', '(']) {
        Some(at) if dense.ends_with(['）', ')']) => dense.get(..at).unwrap_or_default().to_owned(),
        Some(_) | None => dense,
    }
}

fn is_numeral(character: char) -> bool {
    "〇○零一二三四五六七八九十百".contains(character)
}

/// What a Chinese numeral up to 99 counts.
fn count_of(text: &str) -> Option<u32> {
    const DIGITS: &str = "一二三四五六七八九";
    let digit = |c: char| DIGITS.chars().position(|it| it == c).and_then(|at| u32::try_from(at + 1).ok());
    match text.chars().collect::<Vec<_>>().as_slice() {
        ['十'] => Some(10),
        ['十', one] => Some(10 + digit(*one)?),
        [ten, '十'] => Some(10 * digit(*ten)?),
        [ten, '十', one] => Some(10 * digit(*ten)? + digit(*one)?),
        [one] => digit(*one),
        _ => None,
    }
}

/// The numeral a paragraph begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    /// 1 to 4
    pub(super) level: usize,
    pub(super) count: u32,
    /// whether it is written as the standard has it
    pub(super) good: bool,
    /// as it stands there
    pub(super) written: String,
}

/// The numeral at the beginning of a paragraph; `None` when it has none.
pub(super) fn heading(text: &str) -> Option<Heading> {
    let text = text.trim_start();
    let first = text.chars().next()?;
    let (level, inner, after, good) = if matches!(first, '（' | '(') {
        let (inner, after) = text.get(first.len_utf8()..)?.split_once(['）', ')'])?;
        let closing = text.chars().nth(1 + inner.chars().count())?;
        let level = if inner.chars().all(|c| c.is_ascii_digit()) { 4 } else { 2 };
        let good = first == '（' && closing == '）' && !after.starts_with(['、', '.', '．', '，']);
        (level, inner, after, good)
    } else {
        let digits = first.is_ascii_digit();
        let belongs = |c: char| if digits { c.is_ascii_digit() } else { is_numeral(c) };
        let end = text.find(|c| !belongs(c))?;
        let (inner, after) = text.split_at(end);
        let mark = after.chars().next()?;
        let good = if digits { matches!(mark, '.' | '．') } else { mark == '、' };
        let numbered = matches!(mark, '、' | '.' | '．');
        if !numbered || after.chars().nth(1).is_some_and(|c| c.is_ascii_digit()) {
            return None;
        }
        (if digits { 3 } else { 1 }, inner, after, good)
    };
    let short = inner.chars().count() <= 3 && !after.is_empty();
    let count = if level >= 3 { inner.parse().ok() } else { count_of(inner) };
    let written = text.chars().take(inner.chars().count() + if matches!(level, 2 | 4) { 2 } else { 1 }).collect();
    short.then_some(Heading { level, count: count?, good, written })
}

/// Whether a text is nothing but a date, however it is written.
pub(super) fn is_date_row(text: &str) -> bool {
    let dense = dense(text);
    let allowed = |c: char| c.is_ascii_digit() || is_numeral(c) || "年月日元×X".contains(c);
    let parts = [dense.find('年'), dense.find('月'), dense.find('日')];
    let ordered = matches!(parts, [Some(year), Some(month), Some(day)] if year < month && month < day);
    ordered && dense.ends_with('日') && dense.chars().all(allowed) && dense.chars().count() <= 16
}

/// The date a text is, written as 9704 7.3.5.4 wants it.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    let (year, rest) = text.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let day = rest.strip_suffix('日')?;
    let plain = |part: &str| part.chars().all(|c| c.is_ascii_digit()) && !part.starts_with('0');
    let good = year.len() == 4 && [year, month, day].into_iter().all(plain);
    if !good {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// The organ and the date of a row `…2022年6月20日印发`.
pub(super) fn printed(text: &str) -> Option<(String, String)> {
    let dense = dense(text);
    let before = dense.strip_suffix("印发")?;
    let day = before.ends_with('日') && before.contains('年');
    let year = before.rfind('年')?;
    let start = before.get(..year)?.char_indices().rev();
    let start = start.take_while(|(_, c)| c.is_ascii_digit() || is_numeral(*c)).last().map_or(year, |(at, _)| at);
    day.then(|| {
        (before.get(..start).unwrap_or_default().to_owned(), before.get(start..).unwrap_or_default().to_owned())
    })
}

/// Whether a row of the 版记 is `共印n份` and nothing else.
pub(super) fn is_copies(text: &str) -> bool {
    let dense = dense(text);
    let count = dense.strip_prefix("共印").and_then(|it| it.strip_suffix('份'));
    count.is_some_and(|it| !it.is_empty() && it.chars().all(|c| c.is_ascii_digit() || is_numeral(c)))
}

/// The number of an attachment's label: `附件` is 0, `附件2` is 2; `None` when the text is no label.
pub(super) fn label(text: &str) -> Option<u32> {
    let dense = dense(text);
    let (_, rest) = dense.split_once("附件").filter(|(before, _)| before.is_empty() || is_number(before))?;
    let rest = rest.trim_end_matches(['：', ':', '.', '、']);
    if rest.is_empty() { Some(0) } else { rest.parse().ok().or_else(|| count_of(rest)) }
}

/// The name in a row of 附件说明, with its number when it has one, and whether that is written in Chinese: `一、名单`.
pub(super) fn listed(text: &str) -> (Option<u32>, String, bool) {
    let text = text.trim_start();
    let rest = text.strip_prefix("附件").unwrap_or(text).trim_start_matches(['：', ':', ' ', '\u{3000}', '\t']);
    let in_chinese = rest.starts_with(is_numeral);
    let length = rest.find(|sign: char| !(if in_chinese { is_numeral(sign) } else { sign.is_ascii_digit() }));
    let (number, after) = rest.split_at(length.unwrap_or(rest.len()));
    let name = after.trim_start();
    let count = if in_chinese { count_of(number) } else { number.parse().ok() };
    match name.strip_prefix(['.', '．', '、']) {
        Some(name) if (1..=2).contains(&number.chars().count()) => (count, dense(name), in_chinese),
        Some(_) | None => (None, dense(rest), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_and_judged() {
        for (text, found, good) in [
            ("香发〔2022〕8号", Some("香发〔2022〕8号"), true),
            ("香发〔2022〕8号　　签发人：张三", Some("香发〔2022〕8号"), true),
            ("香发〔2022〕8号\t赵六", Some("香发〔2022〕8号"), true),
            ("000001\t香发〔2022〕8号", Some("香发〔2022〕8号"), true),
            ("202201\t香发〔2022〕08号", Some("香发〔2022〕08号"), false),
            ("香发〔2022〕8号\u{3000}赵六", Some("香发〔2022〕8号"), true),
            ("香发[2022]8号", Some("香发[2022]8号"), false),
            ("香发〔2022〕08号", Some("香发〔2022〕08号"), false),
            ("香发〔2022〕第8号", Some("香发〔2022〕第8号"), false),
            ("香发〔22〕8号", Some("香发〔22〕8号"), false),
            ("关于印发香发〔2022〕8号文的通知", None, false),
            ("第3号", Some("第3号"), false),
        ] {
            assert_eq!(number_in(text).as_deref(), found, "{text}");
            assert_eq!(found.is_some_and(is_number), good, "{text}");
        }
        assert!(is_running_number("第3号") && !is_running_number("第03号"));
        assert_eq!(
            wrongly_quoted("按照国办发【2016】80号、皖政〔2020〕1号和（2022）鄂01民终1号"),
            // the words before the year are given as they stand, whether they are its organ or not
            ["按照国办发【2016】80号"]
        );
        assert_eq!(wrongly_quoted("根据香政发〔2022〕05号、皖政〔2020〕10号"), ["根据香政发〔2022〕05号"]);
    }

    #[test]
    fn numerals_of_headings_are_read() {
        let of = |text| heading(text).map(|it| (it.level, it.count, it.good));
        assert_eq!(of("十二、总体要求"), Some((1, 12, true)));
        assert_eq!(of("（三）工作目标"), Some((2, 3, true)));
        assert_eq!(of("(三)工作目标"), Some((2, 3, false)));
        assert_eq!(of("（三）、工作目标"), Some((2, 3, false)));
        assert_eq!(of("4.任务"), Some((3, 4, true)));
        assert_eq!(of("4、任务"), Some((3, 4, false)));
        assert_eq!(of("（5）任务"), Some((4, 5, true)));
        for none in ["1.5万元", "2022年", "一个地方", "（此件公开发布）", "三是加强", "一", "（一）"]
        {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn dates_are_read_as_strictly_as_they_must_be() {
        assert!(date("2022年6月1日").is_some());
        for wrong in ["2022年06月1日", "22年6月1日", "2022年2月30日", "二〇二二年六月一日", "2022年6月日"]
        {
            assert!(is_date_row(wrong), "{wrong}");
            assert_eq!(date(wrong), None, "{wrong}");
        }
        assert!(!is_date_row("2022年6月1日印发"));
        let split = printed("香泉镇党政办公室　　2022年6月20日印发");
        assert!(is_copies("共印 30 份") && !is_copies("共印份") && !is_copies("共印30份材料"));
        assert_eq!(split, Some(("香泉镇党政办公室".to_owned(), "2022年6月20日".to_owned())));
    }

    #[test]
    fn titles_tell_their_type() {
        assert_eq!(type_of("香泉镇关于做好防汛工作的通知（试行）"), Some("通知"));
        assert_eq!(type_of("县长办公会议纪要"), Some("纪要"));
        assert!(is_upward("关于2022年工作情况的报告") && !is_upward("2022年政府信息公开工作年度报告"));
        assert_eq!(two_types("关于拨付经费的请示报告"), Some(("请示", "报告")));
        assert_eq!(two_types("关于转发《通知》的通知"), None);
        assert_eq!(label("附件 2"), Some(2));
        assert_eq!(label("附件：名单"), None);
        assert_eq!(listed("附件：1. 名单"), (Some(1), "名单".to_owned(), false));
        assert_eq!(listed("附件：一、名单"), (Some(1), "名单".to_owned(), true));
        assert_eq!(listed("附件：一户一表"), (None, "一户一表".to_owned(), false));
        assert_eq!(listed("附件：2022年名单"), (None, "2022年名单".to_owned(), false));
    }
}
