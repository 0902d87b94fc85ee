//! Text as an office typed it: kept as it is, or refused with a sentence; never mended.
//!
//! What only looks like markup, a formula or a path is text. Blanks at the edges and invisible marks that other programs
//! leave behind (zero-width space, byte order mark) are not part of it.

use crate::submission::{Entry, Raw};
use unicode_normalization::UnicodeNormalization;

/// Characters of a name of a person or organisation at most.
pub(super) const NAME_CHARACTERS_MAX: usize = 40;
/// Characters of a postal address at most.
pub(super) const ADDRESS_CHARACTERS_MAX: usize = 200;

/// Digits in a row that no name has, and numbers that name a person do.
const NUMBER_DIGITS_MIN: usize = 11;

/// Said of a cell that holds a formula.
const FORMULA: &str = "单元格是公式，请改为直接填写数值（复制后选择性粘贴为“值”）。";
/// What no name of a person or organisation has, and formulas, paths and markup do.
const STRANGE_IN_NAMES: &str = "=<>@\\/|*?{}";

/// Said of one that shows a picture (`=DISPIMG(…)` of WPS).
const PICTURE: &str = "单元格里是图片，读不了。图片请另存为文件，和表格放进同一个文件夹再交，这一格里写文字。";
/// How such a formula is called.
const OF_PICTURES: [&str; 2] = ["DISPIMG(", "IMAGE("];
/// What titles of fields say that ask for the name of something else than a person.
const OF_THINGS: [&str; 34] = [
    "名称", "单位", "组织", "机构", "部门", "公司", "企业", "支部", "学校", "社区", "村", "事项", "事由", "标题",
    "题目", "主题", "内容", "项目", "活动", "工程", "课题", "产品", "作品", "成果", "文件", "会议", "议题", "地点",
    "位置", "摊位", "荣誉", "称号", "职务", "件名",
];
/// Characters of a person's name of Chinese characters without a dot.
const PERSON_CHARACTERS: std::ops::RangeInclusive<usize> = 2..=4;
/// What a workbook shows with a power of ten has twelve digits before the point, or more.
const SHORTENED_POWER_MIN: u32 = 11;

/// What parts the names of several persons.
const BETWEEN_PERSONS: [char; 5] = ['、', '，', '；', ',', ';'];

/// Zero-width marks that no clerk types.
pub(super) fn invisible(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{FEFF}')
}

/// True when nothing was filled in.
pub(super) fn is_empty(raw: &Raw) -> bool {
    match raw {
        Raw::Empty => true,
        Raw::Text(text) => text.chars().all(|c| c.is_whitespace() || invisible(c)),
        Raw::List(values) => values.iter().all(is_empty),
        Raw::Map(entries) => entries.iter().all(|(_, raw)| is_empty(raw)),
        Raw::Number(_) | Raw::Date(_) | Raw::Flag(_) | Raw::Formula(_) | Raw::Broken(_) => false,
    }
}

/// The text of a cell that holds one value.
pub(super) fn of(raw: &Raw) -> Result<String, String> {
    match raw {
        Raw::Empty => Ok(String::new()),
        Raw::Text(text) => clean(text),
        Raw::Number(number) => super::number::digits(*number),
        Raw::Date(text) => Ok(text.clone()),
        Raw::Flag(flag) => Ok(if *flag { "是" } else { "否" }.to_string()),
        Raw::List(_) | Raw::Map(_) => Err("只能填一项内容，不能写成清单或分项。".to_string()),
        Raw::Formula(formula) if OF_PICTURES.iter().any(|name| formula.to_uppercase().contains(name)) => {
            Err(PICTURE.to_string())
        }
        Raw::Formula(_) => Err(FORMULA.to_string()),
        Raw::Broken(error) => Err(format!("单元格里是错误值（{error}），请重新填写。")),
    }
}

/// Text of at most so many characters; the entry's own bounds count characters too.
pub(super) fn bounded(entry: &Entry, raw: &Raw, characters_max: usize) -> Result<String, String> {
    let text = of(raw)?;
    if is_spoilt_number(&text) {
        return Err(super::number::destroyed(&compact(&text)));
    }
    let characters = text.chars().count();
    let own = |bound: &Option<String>| bound.as_ref().and_then(|bound| bound.parse::<usize>().ok());
    let max = own(&entry.max).map_or(characters_max, |own| own.min(characters_max));
    if characters > max {
        return Err(format!("共{characters}字，最多{max}字，请删减。"));
    }
    match own(&entry.min).filter(|min| characters < *min) {
        Some(min) => Err(format!("共{characters}字，至少{min}字，请补充。")),
        None => Ok(text),
    }
}

/// A name: one line; blanks between Han characters (张　三) only make it wider on paper and are not part of it. Where a person's is asked,
/// it is that of one.
pub(super) fn name(entry: &Entry, raw: &Raw) -> Result<String, String> {
    let text = of(raw)?;
    if is_spoilt_number(&text) {
        return Err(super::number::destroyed(&compact(&text)));
    }
    if text.contains('\n') {
        return Err("不能换行，一格只填一个名称。".to_string());
    }
    let of_person = entry.title.contains("姓名") || !OF_THINGS.iter().any(|thing| entry.title.contains(thing));
    if of_person && text.contains(BETWEEN_PERSONS) {
        return Err("一格只填一个人的姓名；有几个人的，一人一行。".to_string());
    }
    if of_person && is_several(&text) {
        return Err("像是几个人的姓名，一格只填一个人；有几个人的，一人一行。是一个人或者一个单位的，请删去中间的空格，少数民族姓名用“·”隔开。".to_string());
    }
    if let Some(c) = text.chars().find(|c| STRANGE_IN_NAMES.contains(*c)) {
        return Err(format!("名称中不应有“{c}”，请核对。"));
    }
    if compact(&text).split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= NUMBER_DIGITS_MIN) {
        return Err("像是证件、电话或者银行卡的号码，不是名称，请核对是不是填错了栏。".to_string());
    }
    let characters: Vec<char> = text.chars().collect();
    let mut name = String::new();
    for (place, c) in characters.iter().enumerate() {
        let after = characters[place..].iter().find(|c| !c.is_whitespace());
        let padding = c.is_whitespace() && name.ends_with(han) && after.is_some_and(|c| han(*c));
        if !padding {
            name.push(*c);
        }
    }
    let length = name.chars().count();
    if length > NAME_CHARACTERS_MAX {
        return Err(format!("共{length}字，名称最多{NAME_CHARACTERS_MAX}字，请核对。"));
    }
    Ok(name)
}

/// Whether names of several persons stand one beside the other: a blank within one (张　三) leaves a part of one character.
fn is_several(text: &str) -> bool {
    let parts: Vec<&str> = text.split_whitespace().collect();
    let person = |part: &&str| PERSON_CHARACTERS.contains(&part.chars().count()) && part.chars().all(han);
    parts.len() > 1 && parts.iter().all(person)
}

/// Whether a text is nothing but a number as a workbook shortens it: `6.22202E+18`. The rest of its digits is lost.
fn is_spoilt_number(text: &str) -> bool {
    let upper = compact(text).to_uppercase();
    let power = upper.split_once("E+").and_then(|(_, power)| power.parse().ok());
    super::number::scientific(text) && power.is_some_and(|power: u32| power >= SHORTENED_POWER_MIN)
}

/// A postal address: one line.
pub(super) fn address(entry: &Entry, raw: &Raw) -> Result<String, String> {
    let text = bounded(entry, raw, ADDRESS_CHARACTERS_MAX)?;
    if text.contains('\n') { Err("不能换行，请写在一行内。".to_string()) } else { Ok(text) }
}

/// Text without what no printer could print: the sentence names the first such character.
pub(super) fn clean(text: &str) -> Result<String, String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text: String = text.chars().filter(|c| !invisible(*c)).collect();
    let text = text.trim();
    for (place, c) in text.chars().enumerate() {
        let place = place + 1;
        let code = u32::from(c);
        match c {
            '\u{FFFD}' => {
                return Err(format!("第{place}个字是乱码（�），原来的字已经丢失。请对照原件重新输入。"));
            }
            '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' => {
                return Err(format!(
                    "第{place}个字是自造字（U+{code:04X}），换一台电脑就显示不出来。生僻字请用标准字库的输入法重新输入。"
                ));
            }
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                return Err(format!("第{place}个字处有看不见的控制符（U+{code:04X}）。请重新输入，不要粘贴。"));
            }
            '\n' => {}
            c if c.is_control() => {
                return Err(format!("第{place}个字处有控制符（U+{code:04X}，如制表符）。请删去后重新输入。"));
            }
            _ => {}
        }
    }
    if let Some(say) = super::damage::of(text) {
        return Err(say);
    }
    // a compatibility ideograph has another shape than what NFC makes of it, and a name is printed as its owner writes it
    let shaped = |c: char| matches!(u32::from(c), 0xF900..=0xFAFF | 0x2F800..=0x2FA1F);
    Ok(if text.contains(shaped) { text.to_string() } else { text.nfc().collect() })
}

/// Full-width letters, digits and signs as half-width ones, without any blanks.
pub(super) fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(half).collect()
}

fn half(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '—' | '–' | '−' | '‐' | '‑' => '-',
        other => other,
    }
}

pub(in crate::submission) fn han(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF | 0x3007)
}
