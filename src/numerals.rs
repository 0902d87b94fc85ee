//! Numbers, dates and names as official papers write them.
//!
//! Pure functions over text; what cannot be read is `None`, never a guess.

use chrono::{Datelike, NaiveDate};
use std::ops::Range;

/// GB/T 15835: what counts has 零, what numbers (a year, digit by digit) has 〇.
const COUNTING: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const CAPITALS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

/// Fewest digits of a number that names somebody, fewest of a piece of one, and characters between two pieces at most.
const NAMING_DIGITS_MIN: usize = 11;
const PIECE_DIGITS_MIN: usize = 3;
const JOINT_CHARACTERS_MAX: usize = 3;

/// A text in quotation marks; those within it become single ones (GB/T 15834 4.8): `“启动‘七一’表彰”`.
pub fn quoted(text: &str) -> String {
    format!("“{}”", text.replace('“', "‘").replace('”', "’"))
}

/// `2022-06-01` as `2022年6月1日`: Arabic digits, whole year, no padding (9704 7.3.5.4).
pub fn date_cn(text: &str) -> Option<String> {
    let date: NaiveDate = text.get(..10)?.parse().ok()?;
    let rest = &text[10..];
    let date_only = rest.is_empty() || rest.starts_with('T') || rest.starts_with(' ');
    date_only.then(|| date_text(date))
}

/// A date as `2022年6月1日`.
pub fn date_text(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// `2022-06-21` as `二〇二二年六月二十一日`, for what is engraved or ceremonial; papers have Arabic digits.
pub fn date_han(text: &str) -> Option<String> {
    date_cn(text)?;
    let date: NaiveDate = text.get(..10)?.parse().ok()?;
    let year: String =
        text.get(..4)?.chars().filter_map(|it| it.to_digit(10)).map(|it| digit(&DIGITS, it.into())).collect();
    Some(format!("{year}年{}月{}日", cn(date.month().into())?, cn(date.day().into())?))
}

/// `1978-03` as `1978年3月`; a whole date loses its day.
pub fn month_cn(text: &str) -> Option<String> {
    let month = text.get(..7)?;
    let date: NaiveDate = format!("{month}-01").parse().ok()?;
    let rest = &text[7..];
    let whole = rest.is_empty() || date_cn(text).is_some();
    whole.then(|| format!("{}年{}月", date.year(), date.month()))
}

/// A number in words: 12 → 十二, 105 → 一百零五, 10000 → 一万. Numbers up to 9999 亿.
pub fn cn(number: u64) -> Option<String> {
    if number == 0 {
        return Some("零".to_owned());
    }
    let text = words(number, &COUNTING, ['十', '百', '千'])?;
    // 十二, not 一十二: only at the very beginning.
    Some(text.strip_prefix("一十").map(|rest| format!("十{rest}")).unwrap_or(text))
}

/// A whole number written in digits, in words.
pub fn written(digits: &str) -> Option<String> {
    cn(digits.parse().ok()?)
}

/// An amount in 元 written in digits, with at most two decimals, in capitals.
pub fn amount(yuan: &str) -> Option<String> {
    let (yuan, part) = yuan.split_once('.').unwrap_or((yuan, ""));
    let fen = (part.len() <= 2).then(|| format!("{yuan}{part:0<2}"))?;
    rmb(fen.parse().ok()?)
}

/// An amount of money in capitals, the amount in 分: 123450 → 壹仟贰佰叁拾肆元伍角整.
pub fn rmb(fen: u64) -> Option<String> {
    let (yuan, jiao, fen) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut text = String::new();
    if yuan > 0 {
        text.push_str(&words(yuan, &CAPITALS, ['拾', '佰', '仟'])?);
        text.push('元');
    }
    match (jiao, fen) {
        (0, 0) if yuan == 0 => text.push_str("零元整"),
        (0, 0) => text.push('整'),
        (jiao, 0) => text.extend([digit(&CAPITALS, jiao), '角', '整']),
        (0, fen) if yuan == 0 => text.extend([digit(&CAPITALS, fen), '分']),
        (0, fen) => text.extend(['零', digit(&CAPITALS, fen), '分']),
        (jiao, fen) => text.extend([digit(&CAPITALS, jiao), '角', digit(&CAPITALS, fen), '分']),
    }
    Some(text)
}

/// The numeral of a heading (9704 7.3.3): 一、 （一） 1. （1）. Level 1 to 4; `None` for any other.
pub fn heading(level: u8, number: u64) -> Option<String> {
    match level {
        1 => Some(format!("{}、", cn(number)?)),
        2 => Some(format!("（{}）", cn(number)?)),
        3 => Some(format!("{number}.")),
        4 => Some(format!("（{number}）")),
        _ => None,
    }
}

/// A name of two characters is set as wide as one of three: 张三 → 张　三; every other name stays as it is.
pub fn pad_name(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    match characters[..] {
        [first, last] if han(first) && han(last) => format!("{first}\u{3000}{last}"),
        _ => name.to_owned(),
    }
}

/// Hides the middle of what identifies a person. An identity number keeps 6 and 4 characters, a mobile number 3 and 4,
/// a name its first character; anything else keeps its first and last quarter.
pub fn mask(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let length = characters.len();
    let digits = characters.iter().filter(|it| it.is_ascii_digit()).count();
    let (head, tail) = match length {
        0 => (0, 0),
        18 if digits >= 17 => (6, 4),
        11 if digits == 11 => (3, 4),
        1..=4 if digits == 0 => (1, 0),
        _ => (length / 4, length / 4),
    };
    let shown = |(place, it): (usize, &char)| if place < head || place >= length - tail { *it } else { '*' };
    characters.iter().enumerate().map(shown).collect()
}

/// A text in which no number is shown that may name somebody: eleven digits and more, in one piece or in those that telephones, cards
/// and identity numbers are written in, are shown as [`mask`] shows them. Dates and amounts with commas stay.
pub fn veiled(text: &str) -> String {
    let mut shown: Vec<char> = text.chars().collect();
    let groups = groups(&shown);
    let mut rest = groups.as_slice();
    while !rest.is_empty() {
        let joined = rest.windows(2).take_while(|two| is_joint(&shown[two[0].end..two[1].start])).count() + 1;
        let (row, after) = rest.split_at(joined);
        rest = after;
        let lengths: Vec<usize> = row.iter().map(|group| group.len()).collect();
        let large =
            lengths.iter().all(|length| *length >= PIECE_DIGITS_MIN) && lengths.iter().any(|length| *length != 8);
        let number = lengths.iter().sum::<usize>() >= NAMING_DIGITS_MIN && (large || lengths.iter().all(|it| *it == 1));
        let single = lengths.iter().any(|length| *length >= NAMING_DIGITS_MIN);
        let hidden: Vec<Vec<usize>> = match (single, number) {
            (true, _) => row.iter().filter(|it| it.len() >= NAMING_DIGITS_MIN).map(|it| it.clone().collect()).collect(),
            (false, true) => vec![row.iter().cloned().flatten().collect()],
            (false, false) => Vec::new(),
        };
        for places in hidden {
            let digits: String = places.iter().filter_map(|place| half_width(shown[*place])).collect();
            places
                .iter()
                .zip(mask(&digits).chars())
                .filter(|(_, c)| *c == '*')
                .for_each(|(place, _)| shown[*place] = '*');
        }
    }
    shown.into_iter().collect()
}

/// The same of what stands in quotation marks: what a sentence says itself stays.
pub fn veiled_quotes(sentence: &str) -> String {
    let Some((before, rest)) = sentence.split_once('“') else { return sentence.to_owned() };
    let (quoted, after) = rest.split_once('”').unwrap_or((rest, ""));
    let mark = if quoted.len() < rest.len() { "”" } else { "" };
    format!("{before}“{}{mark}{}", veiled(quoted), veiled_quotes(after))
}

/// Digits in a row, full-width ones too; an X behind seventeen of them is one.
fn groups(text: &[char]) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.iter().enumerate() {
        let last = groups.last_mut().filter(|group| group.end == at);
        match (c.is_ascii_digit() || ('０'..='９').contains(c), last) {
            (true, Some(group)) => group.end = at + 1,
            (true, None) => groups.push(at..at + 1),
            (false, Some(group)) if matches!(c, 'x' | 'X' | 'ｘ' | 'Ｘ') && group.len() == 17 => group.end = at + 1,
            (false, _) => {}
        }
    }
    groups
}

/// What may stand between the pieces of one number.
fn is_joint(between: &[char]) -> bool {
    let joint = |c: &char| c.is_whitespace() || "-－—–·()（）/_".contains(*c);
    (1..=JOINT_CHARACTERS_MAX).contains(&between.len()) && between.iter().all(joint)
}

fn half_width(c: char) -> Option<char> {
    match c {
        '０'..='９' | 'ｘ' | 'Ｘ' => char::from_u32(u32::from(c) - 0xFEE0),
        other => Some(other),
    }
}

/// True for a Han character.
pub(crate) fn han(character: char) -> bool {
    matches!(u32::from(character), 0x3400..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff | 0x3007)
}

fn digit(digits: &[char; 10], value: u64) -> char {
    digits[usize::try_from(value % 10).unwrap_or(0)]
}

/// Groups of four digits with 万 and 亿 between; one zero for any run of them inside.
fn words(number: u64, digits: &[char; 10], units: [char; 3]) -> Option<String> {
    if number >= 1_0000_0000_0000 {
        return None;
    }
    let mut text = String::new();
    let mut zero_owed = false;
    for (group, unit) in [(number / 1_0000_0000, "亿"), (number / 1_0000 % 1_0000, "万"), (number % 1_0000, "")] {
        if group == 0 {
            zero_owed = !text.is_empty();
            continue;
        }
        for (place, unit) in [(1000, Some(units[2])), (100, Some(units[1])), (10, Some(units[0])), (1, None)] {
            let value = group / place % 10;
            if value == 0 {
                zero_owed = !text.is_empty() && group % place != 0 || zero_owed;
                continue;
            }
            if zero_owed && !text.is_empty() {
                text.push(digit(digits, 0));
            }
            zero_owed = false;
            text.push(digit(digits, value));
            text.extend(unit);
        }
        text.push_str(unit);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotation_marks_within_others_are_single() {
        assert_eq!(quoted("启动“七一”表彰"), "“启动‘七一’表彰”");
    }

    #[test]
    fn dates_have_no_padding() {
        assert_eq!(date_cn("2022-06-01").as_deref(), Some("2022年6月1日"));
        assert_eq!(date_cn("2022-06-10T17:00:00").as_deref(), Some("2022年6月10日"));
        assert_eq!(month_cn("1978-03").as_deref(), Some("1978年3月"));
        assert_eq!(month_cn("1978-03-05").as_deref(), Some("1978年3月"));
        for wrong in ["", "2022-6-1", "2022-02-30", "年年年年", "2022-06-01abc"] {
            assert_eq!(date_cn(wrong), None, "{wrong}");
        }
        assert_eq!(month_cn("1978-13"), None);
        for (day, words) in [
            ("2022-06-01", "二〇二二年六月一日"),
            ("2010-10-10", "二〇一〇年十月十日"),
            ("2030-12-31", "二〇三〇年十二月三十一日"),
            ("2000-01-20", "二〇〇〇年一月二十日"),
        ] {
            assert_eq!(date_han(day).as_deref(), Some(words));
        }
        assert_eq!(date_han("2022-13-01"), None);
    }

    #[test]
    fn numbers_in_words() {
        let pairs = [
            (0, "零"),
            (1, "一"),
            (10, "十"),
            (12, "十二"),
            (20, "二十"),
            (21, "二十一"),
            (100, "一百"),
            (105, "一百零五"),
            (110, "一百一十"),
            (1000, "一千"),
            (1001, "一千零一"),
            (1010, "一千零一十"),
            (10000, "一万"),
            (10005, "一万零五"),
            (100_000, "十万"),
            (1_0000_0001, "一亿零一"),
            (2022, "二千零二十二"),
            (1_0010, "一万零一十"),
            (11_0010, "十一万零一十"),
            (100_0001, "一百万零一"),
            (1_0000_1000, "一亿零一千"),
            (1_0001_0000, "一亿零一万"),
            (12_0000_0000, "十二亿"),
            (9999_9999_9999, "九千九百九十九亿九千九百九十九万九千九百九十九"),
        ];
        for (number, text) in pairs {
            assert_eq!(cn(number).as_deref(), Some(text), "{number}");
        }
        assert_eq!(cn(u64::MAX), None);
    }

    #[test]
    fn money_in_capitals() {
        let pairs = [
            (0, "零元整"),
            (5, "伍分"),
            (50, "伍角整"),
            (123_450, "壹仟贰佰叁拾肆元伍角整"),
            (100_005, "壹仟元零伍分"),
            (1_000_000, "壹万元整"),
            (1_000_100, "壹万零壹元整"),
            (1_234, "壹拾贰元叁角肆分"),
            // the examples of 支付结算办法, appendix 1
            (140_950, "壹仟肆佰零玖元伍角整"),
            (600_714, "陆仟零柒元壹角肆分"),
            (168_032, "壹仟陆佰捌拾元叁角贰分"),
            (10_700_053, "壹拾万柒仟元伍角叁分"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (32_504, "叁佰贰拾伍元零肆分"),
            (1, "壹分"),
            (10, "壹角整"),
            (11, "壹角壹分"),
            (100, "壹元整"),
            (101, "壹元零壹分"),
            (110, "壹元壹角整"),
            (1_000, "壹拾元整"),
            (1_001, "壹拾元零壹分"),
            (2_000_000, "贰万元整"),
            (1_000_001, "壹万元零壹分"),
            (10_000_000, "壹拾万元整"),
            (10_001_000, "壹拾万零壹拾元整"),
            (100_100_000, "壹佰万壹仟元整"),
            (1_000_000_000, "壹仟万元整"),
            (10_000_000_000, "壹亿元整"),
            (10_000_000_100, "壹亿零壹元整"),
            (10_001_000_000, "壹亿零壹万元整"),
            (10_010_001_010, "壹亿零壹拾万零壹拾元壹角整"),
            (100_000_001_000, "壹拾亿零壹拾元整"),
        ];
        for (fen, text) in pairs {
            assert_eq!(rmb(fen).as_deref(), Some(text), "{fen}");
        }
    }

    #[test]
    fn numbers_that_may_name_somebody_are_veiled_and_others_stay() {
        for (text, shown) in [
            ("442000197803129058", "442000********9058"),
            ("证号44200019780312905X。", "证号442000********905X。"),
            ("442000 19780312 9058", "442000 ******** 9058"),
            ("４４２０００１９７８０３１２９０５８", "４４２０００********９０５８"),
            ("4 4 2 0 0 0 1 9 7 8 0 3", "4 4 2 * * * * * * 8 0 3"),
            ("13812345678元整", "138****5678元整"),
            ("138-1234-5678", "138-****-5678"),
            ("（0565）5312345", "（056*）***2345"),
            ("6222021234567890128", "6222***********0128"),
            ("13812345678 13912345678", "138****5678 139****5678"),
            ("2022-05-01 2022-05-31", "2022-05-01 2022-05-31"),
            ("20220501-20220531", "20220501-20220531"),
            ("1234567890", "1234567890"),
            ("12,345,678,901.50", "12,345,678,901.50"),
            ("香政发〔2022〕8号", "香政发〔2022〕8号"),
        ] {
            assert_eq!(veiled(text), shown);
        }
        let said = "“性别”只能填“男”，现在是“442000197803129058”，例如 0565-5312345。";
        assert_eq!(veiled_quotes(said), said.replace("442000197803129058", "442000********9058"));
        assert_eq!(veiled_quotes("完“13812345678"), "完“138****5678");
    }

    #[test]
    fn headings_names_and_masks() {
        let heads: Vec<_> = (1..=5).map(|level| heading(level, 2)).collect();
        assert_eq!(heads, [Some("二、".into()), Some("（二）".into()), Some("2.".into()), Some("（2）".into()), None]);
        assert_eq!(pad_name("张三"), "张　三");
        assert_eq!(pad_name("王小明"), "王小明");
        for whole in ["欧阳晓兰", "买买提·吐尔逊", "司马", "李", "", "A三", "Li", "张　三", "张 三"]
        {
            let expected = if whole == "司马" { "司　马" } else { whole };
            assert_eq!(pad_name(whole), expected);
        }
        assert_eq!(pad_name("𬭊䶮"), "𬭊　䶮");
        assert_eq!(mask("440811197803051234"), "440811********1234");
        assert_eq!(mask("13800138000"), "138****8000");
        assert_eq!(mask("欧阳娜"), "欧**");
        assert_eq!(mask(""), "");
    }
}
