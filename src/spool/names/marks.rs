//! Marks: where a name or a text bears a secrecy mark (绝密, 机密, 秘密), and where it merely speaks of one.
//!
//! In a text a mark stands in a row of its own, among nothing but what heads of papers hold besides: 密级, 保密期限, 份号, 紧急程度; or it
//! stands before its star. Rows that offer several levels are a question, and mark by a tick only. In a name a mark stands
//! apart from the words, ends them, or stands before nothing but a kind of paper. Where it is doubtful, it is a mark.

use super::{invisible, stem};
use encoding_rs::GB18030;
use unicode_normalization::UnicodeNormalization;

/// 密级, the gravest first.
pub(in crate::spool) const SECRECY_MARKS: [&str; 3] = ["绝密", "机密", "秘密"];
const STARS: [char; 2] = ['★', '☆'];
/// What is typed for the star, before a term.
const ASTERISKS: [char; 2] = ['*', '＊'];
/// Characters of before 1956, as they are read.
const TRADITIONAL: [(char, char); 8] =
    [('絕', '绝'), ('機', '机'), ('祕', '秘'), ('級', '级'), ('編', '编'), ('號', '号'), ('長', '长'), ('啟', '启')];
/// What heads of papers hold beside a mark; numbers and signs do not count.
const OF_HEADS: [&str; 34] = [
    "密级",
    "秘密等级",
    "涉密等级",
    "保密等级",
    "保密级别",
    "保密期限",
    "期限",
    "级",
    "长期",
    "永久",
    "启用前",
    "公布前",
    "解密前",
    "个月",
    "年",
    "月",
    "日",
    "天",
    "紧急程度",
    "特急",
    "加急",
    "特提",
    "平急",
    "急件",
    "平件",
    "编号",
    "份号",
    "序号",
    "第",
    "号",
    "共",
    "页",
    "份",
    "印",
];
const NUMERALS: &str = "一二三四五六七八九十两〇零";
/// Ticks, and boxes without.
const TICKS: [char; 8] = ['☑', '☒', '✓', '✔', '√', '■', '●', '◉'];
const BOXES: [char; 4] = ['□', '☐', '○', '◯'];
/// Before the word 秘密, what makes it a word of a sentence.
const SPEAKING: [&str; 8] = ["国家", "商业", "工作", "技术", "保守", "保护", "泄露", "个人"];
/// Kinds of papers: a mark before nothing else marks them.
const PAPERS: [&str; 48] = [
    "文件",
    "材料",
    "资料",
    "通知",
    "通报",
    "公告",
    "报告",
    "请示",
    "批复",
    "函",
    "意见",
    "决定",
    "决议",
    "纪要",
    "会议",
    "记录",
    "方案",
    "工作",
    "名单",
    "人员",
    "干部",
    "附件",
    "文档",
    "档案",
    "电报",
    "传真",
    "信函",
    "表格",
    "表",
    "清单",
    "计划",
    "总结",
    "讲话",
    "稿",
    "件",
    "信息",
    "数据",
    "照片",
    "台账",
    "合同",
    "图纸",
    "简报",
    "专报",
    "卷宗",
    "案卷",
    "内部",
    "登记表",
    "情况",
];
/// What is written behind a finished name.
const VERSIONS: [&str; 14] =
    ["副本", "定稿", "终稿", "最终", "扫描", "盖章", "正本", "修改", "送审", "草", "稿", "件", "版", "新"];

/// The secrecy mark a file name bears, if any. Names that merely speak of it (计算机密码, 国家秘密, 秘密战线先进人物推荐表) bear none.
pub fn secrecy_marked(name: &str) -> Option<&'static str> {
    let plain = plain(&name.nfc().collect::<String>());
    let signs: Vec<char> = stem(&plain).chars().collect();
    SECRECY_MARKS
        .into_iter()
        .find(|mark| places(&signs, mark).any(|(from, to)| marks(&signs[..from], mark, &signs[to..])))
}

/// Where a mark stands, its characters perhaps set apart by blanks.
fn places<'a>(signs: &'a [char], mark: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
    let mut two = mark.chars();
    let (first, second) = (two.next(), two.next());
    (0..signs.len()).filter(move |at| signs.get(*at).copied() == first).filter_map(move |at| {
        let blanks = signs[at + 1..].iter().take_while(|sign| sign.is_whitespace()).count();
        let end = at + 1 + blanks;
        (signs.get(end).copied() == second).then_some((at, end + 1))
    })
}

fn marks(before: &[char], mark: &str, after: &[char]) -> bool {
    let text = |signs: &[char]| signs.iter().filter(|sign| !sign.is_whitespace()).collect::<String>();
    let said = text(before);
    if mark == "秘密" && SPEAKING.iter().any(|word| said.ends_with(word)) {
        return false;
    }
    let after = after.strip_prefix(&['级']).unwrap_or(after);
    let rest = text(after);
    let apart =
        said.chars().all(|sign| !sign.is_alphabetic()) || before.last().is_some_and(|sign| !sign.is_alphanumeric());
    let parted = after.first().is_some_and(|sign| !sign.is_alphanumeric());
    rest.starts_with(STARS)
        || is_made_of(&rest, &VERSIONS)
        || apart && (parted || is_made_of(&rest, &PAPERS) || rest.starts_with("关于") || begins_with_term(&rest))
}

/// `5年`, `五年`, `6个月`, `长期`.
fn begins_with_term(text: &str) -> bool {
    let unit = text.trim_start_matches(|sign: char| sign.is_numeric() || NUMERALS.contains(sign));
    let counted = unit.len() < text.len() && ["年", "个月", "月", "天"].iter().any(|it| unit.starts_with(it));
    counted || ["长期", "永久"].iter().any(|it| text.starts_with(it))
}

/// Whether a text holds these words, numbers and signs, and nothing else.
fn is_made_of(text: &str, words: &[&str]) -> bool {
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let word = words.iter().filter_map(|word| rest.strip_prefix(word)).min_by_key(|rest| rest.len());
        match word {
            Some(after) => rest = after,
            None if sign.is_numeric() || !sign.is_alphanumeric() => rest = &rest[sign.len_utf8()..],
            None => return false,
        }
    }
    true
}

/// The secrecy mark among the paragraphs or cells of a text (one a line), if any. A sentence that speaks of secrets bears none.
pub fn secrecy_marked_paragraphs(text: &str) -> Option<&'static str> {
    let rows: Vec<String> = text.lines().map(plain).filter(|row| !row.trim().is_empty()).collect();
    let alone =
        |at: usize| rows.get(at).and_then(|row| SECRECY_MARKS.into_iter().find(|mark| without_blanks(row) == *mark));
    // levels one below the other are what somebody may choose from
    let offered = |at: usize| {
        let mut beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(alone);
        alone(at).is_some_and(|own| beside.any(|other| other != own))
    };
    let marked = |(at, row): (usize, &String)| of_row(row).filter(|_| !offered(at));
    rows.iter().enumerate().find_map(marked).or_else(|| rows.windows(2).find_map(of_column))
}

/// The secrecy mark at the head of a text, if any: in a row or a value, as among paragraphs. Reads UTF-8, UTF-16 with a mark, GB18030.
pub fn secrecy_marked_text(head: &[u8]) -> Option<&'static str> {
    let apart = |sign: char| ":：,，;；{}[]【】()（）〔〕《》<>\"'“”#|".contains(sign);
    let text = text_of(head).replace("&nbsp;", " ").replace('\r', "\n");
    let asked = |row: &&str| levels(&without_blanks(&plain(row))).len() > 1;
    let values = || text.lines().filter(|row| !asked(row)).flat_map(|row| row.split(apart));
    secrecy_marked_paragraphs(&text).or_else(|| values().find_map(|value| of_row(&plain(value))))
}

fn text_of(head: &[u8]) -> String {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).map(|sign| sign.unwrap_or('\u{fffd}')).collect::<String>()
    };
    match head {
        [0xff, 0xfe, rest @ ..] => return wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return wide(rest, u16::from_be_bytes),
        _ => {}
    }
    match std::str::from_utf8(head) {
        // the head may end inside a character, which does not make it another encoding
        Err(error) if error.error_len().is_some() => GB18030.decode_without_bom_handling(head).0.into_owned(),
        Ok(_) | Err(_) => String::from_utf8_lossy(head).into_owned(),
    }
}

/// Without what cannot be seen, in the characters of today. Blanks stay.
fn plain(text: &str) -> String {
    let seen = text.chars().filter(|sign| sign.is_whitespace() || !invisible(*sign));
    seen.map(|sign| TRADITIONAL.iter().find(|(old, _)| *old == sign).map_or(sign, |(_, new)| *new)).collect()
}

fn without_blanks(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_whitespace()).collect()
}

/// The levels that a row names.
fn levels(row: &str) -> Vec<&'static str> {
    SECRECY_MARKS.into_iter().filter(|mark| row.contains(mark)).collect()
}

fn of_row(row: &str) -> Option<&'static str> {
    let bare = without_blanks(row);
    let levels = levels(&bare);
    let starred = |mark: &&str| {
        let mut behind = bare.match_indices(*mark).map(|(at, _)| &bare[at + mark.len()..]);
        behind.any(|rest| rest.starts_with(STARS) || rest.strip_prefix(ASTERISKS).is_some_and(begins_with_term))
    };
    let starred = levels.iter().copied().find(starred);
    if starred.is_some() || levels.is_empty() {
        return starred;
    }
    if levels.len() > 1 {
        return ticked(&bare, &levels);
    }
    // a piece at the end or the beginning of a row, far from the rest: 机密    中共香山镇委员会文件
    let pieces = row.trim().split('\t').flat_map(|part| part.split("  ")).flat_map(|part| part.split("　　"));
    let head =
        |piece: &str| is_made_of(piece, &[&OF_HEADS[..], &SECRECY_MARKS[..]].concat()) && piece.contains(levels[0]);
    let found = head(&bare) || pieces.map(without_blanks).any(|piece| head(&piece));
    found.then(|| levels[0])
}

/// The level with a tick before it, or behind it where the boxes stand there.
fn ticked(row: &str, levels: &[&'static str]) -> Option<&'static str> {
    let first = levels.iter().filter_map(|mark| row.find(mark)).min()?;
    let leading = row[..first].ends_with(TICKS) || row[..first].ends_with(BOXES);
    let chosen = |mark: &&str| {
        let mut at = row.match_indices(*mark).map(|(at, _)| at);
        at.any(|at| if leading { row[..at].ends_with(TICKS) } else { row[at + mark.len()..].starts_with(TICKS) })
    };
    levels.iter().copied().find(chosen)
}

/// A mark set upright, its characters one below the other.
fn of_column(rows: &[String]) -> Option<&'static str> {
    let [first, second] = rows else { return None };
    let first = without_blanks(first);
    let mut signs = first.chars();
    let one = signs.next().filter(|sign| "绝机秘".contains(*sign) && signs.next().is_none())?;
    second.trim_start().starts_with('密').then(|| of_row(&format!("{one}{}", second.trim_start())))?
}
