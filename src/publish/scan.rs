//! The gate before anything public: finds identity numbers, telephones, bank cards and mail addresses in a text.
//!
//! The allow-list of fields cannot see a number typed into a deed summary (个人信息保护法 6, 28), so the text itself is read:
//! full-width digits, digits set apart by blanks, hyphens or brackets, and digits behind invisible characters count too; an identity
//! number, which proves itself by its check character, date of birth and province, whatever stands between its digits, and one with a
//! mistyped digit by the latter two; a telephone as it is read out (138、1234、5678) with strokes, commas or ends of lines within.
//! A finding shows itself masked and says where it stands; it is a refusal, not a warning. What an office publishes on
//! purpose (its own telephone, a number the definition or the opener calls public) is white-listed; an identity number never
//! is. Not found: numbers in Chinese characters, telephones without area code or cut by commas otherwise than they are read out,
//! what a picture shows.

use crate::files;

mod amount;
mod numbers;
mod picture;
mod runs;
#[cfg(test)]
mod tests;
mod word;

pub use picture::picture_says;
use runs::{runs, scan_run};
pub use word::scan_word;

/// Findings that one sentence tells; of more it gives the number.
const TOLD_MAX: usize = 10;
/// Digits in a row that a place shows: it must not tell the number it is about.
const PLACE_DIGITS_MAX: usize = 6;
/// Characters of a place that are told.
const PLACE_CHARS_MAX: usize = 80;
/// Before a number, what makes it the code of an organisation, a place or a project.
const CODES: [&str; 3] = ["代码", "识别号", "税号"];
/// Before figures that look like a telephone cut by commas, what makes them so many of several things.
const COUNTS: [&str; 5] = ["票", "户", "人", "分别", "依次"];
/// Blanks before and behind the @ of a mail address, at most.
const BLANKS_MAX: usize = 3;
/// How far before a number such a word may stand, in characters.
const CODE_AWAY_MAX: usize = 8;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// 18 digits by GB 11643, or the old 15
    Identity,
    /// 16 to 19 digits that pass the Luhn check
    BankCard,
    /// 11 digits from 13 to 19
    Mobile,
    /// area code and number
    Landline,
    /// a mail address
    MailAddress,
    /// where a picture was taken
    Whereabouts,
    /// comments of a picture that are not unpacked, and may say anything
    Packed,
}

impl FindingKind {
    /// What offices call it.
    pub fn title(self) -> &'static str {
        match self {
            FindingKind::Identity => "身份证号",
            FindingKind::BankCard => "银行卡号",
            FindingKind::Mobile => "手机号码",
            FindingKind::Landline => "固定电话",
            FindingKind::MailAddress => "电子邮箱",
            FindingKind::Whereabouts => "拍摄位置",
            FindingKind::Packed => "压缩的附注",
        }
    }
}

/// One private particular in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// what it is
    pub kind: FindingKind,
    /// the particular with its middle hidden, fit for a receipt or a log
    pub masked: String,
    /// 1-based line
    pub line: usize,
    /// 1-based column, in characters
    pub column: usize,
    /// what the text is of a file: `Word 文件第3段`; empty for a text that is a file
    pub within: String,
}

impl Finding {
    /// Where, what, and how it looks, for offices: `Word 文件第3段有手机号码138******78`.
    pub fn sentence(&self) -> String {
        let place = if self.within.is_empty() { format!("第{}行", self.line) } else { self.within.clone() };
        format!("{place}有{}{}", self.kind.title(), self.masked)
    }

    /// The same in another place: a text is a part of something.
    #[must_use]
    pub fn within(mut self, place: &str) -> Finding {
        // a place may name a part or quote a word, and the file is a stranger's
        let mut digits = 0;
        let plain: String = place
            .chars()
            .map(|c| {
                digits = if digit(c).is_some() { digits + 1 } else { 0 };
                if digits > PLACE_DIGITS_MAX {
                    '*'
                } else if c.is_control() || invisible(c) {
                    ' '
                } else {
                    c
                }
            })
            .collect();
        self.within = format!("{}{}", cut(&plain, PLACE_CHARS_MAX), self.within);
        self
    }
}

/// What an office publishes on purpose, as it is compared: digits of telephones and cards, and mail addresses.
struct Allowed<'a> {
    digits: Vec<String>,
    addresses: Vec<&'a str>,
}

impl Allowed<'_> {
    fn of(allowed: &[String]) -> Allowed<'_> {
        let parts = || allowed.iter().flat_map(|one| one.split(['、', '，', ',', '；', ';', '/']));
        let digits = parts().map(|one| one.chars().filter_map(digit).collect::<String>());
        Allowed {
            digits: digits.filter(|digits| !digits.is_empty()).collect(),
            addresses: parts().map(str::trim).filter(|one| one.contains('@')).collect(),
        }
    }

    /// Whether the number is one of them; an office may leave its area code out.
    fn has(&self, kind: FindingKind, found: &str) -> bool {
        let local = |own: &str| kind == FindingKind::Landline && matches!(own.len(), 7 | 8) && found.ends_with(own);
        match kind {
            FindingKind::Identity | FindingKind::Whereabouts | FindingKind::Packed => false,
            FindingKind::MailAddress => self.addresses.iter().any(|own| own.eq_ignore_ascii_case(found)),
            FindingKind::BankCard | FindingKind::Mobile | FindingKind::Landline => {
                self.digits.iter().any(|own| own == found || local(own))
            }
        }
    }
}

/// Every private particular of `text` that is not in `allowed` (telephones and addresses as an office writes them).
pub fn scan_private(text: &str, allowed: &[String]) -> Vec<Finding> {
    let characters: Vec<char> = text.chars().collect();
    let allowed = Allowed::of(allowed);
    let mut found: Vec<(usize, FindingKind, String)> = Vec::new();
    for run in runs(&characters) {
        for hit in scan_run(&run) {
            let (before, after) = (&characters[..hit.start], &characters[hit.end..]);
            let other = is_code(before, hit.kind, &hit.digits) || is_list(before, &hit);
            if !other && !amount::is_amount(before, &hit, after) && !allowed.has(hit.kind, &hit.digits) {
                found.push((hit.start, hit.kind, masked(&hit.digits)));
            }
        }
    }
    for (start, address) in mail_addresses(&characters) {
        if !allowed.has(FindingKind::MailAddress, &address) {
            found.push((start, FindingKind::MailAddress, masked_address(&address)));
        }
    }
    found.sort();
    found.into_iter().map(|(start, kind, masked)| placed(&characters, start, kind, masked)).collect()
}

/// Whether what looks like a card or an old identity number is said to be a code: those have no check digit of their own, or
/// one that a code meets by chance.
fn is_code(before: &[char], kind: FindingKind, digits: &str) -> bool {
    let checked = kind == FindingKind::Identity && numbers::identity_18(digits);
    let may = matches!(kind, FindingKind::BankCard | FindingKind::Identity) && !checked;
    let near = behind(before, CODE_AWAY_MAX);
    may && CODES.iter().any(|word| near.contains(word))
}

/// Whether figures cut as a list may be are one: so many of several things; or in lines, which may be cells side by side, where nobody
/// says before them that it is a number to call.
fn is_list(before: &[char], hit: &runs::Hit) -> bool {
    let near = behind(before, CODE_AWAY_MAX);
    // cards and identity numbers prove themselves
    let telephone = matches!(hit.kind, FindingKind::Mobile | FindingKind::Landline);
    telephone
        && hit.loose
        && (COUNTS.iter().any(|word| near.contains(word)) || hit.broken && !amount::is_to_call(before))
}

/// What was found, for a person: where, what, masked.
pub fn summary(findings: &[Finding]) -> String {
    let mut told: Vec<String> = Vec::new();
    for finding in findings {
        let sentence = finding.sentence();
        if !told.contains(&sentence) {
            told.push(sentence);
        }
    }
    let count = told.len();
    told.truncate(TOLD_MAX);
    let more = if count > TOLD_MAX { format!("；等{count}处") } else { String::new() };
    told.join("；") + &more
}

/// How digits are written besides ASCII, each row by its first and the figure that stands for.
const DIGITS: [(char, u32); 20] = [
    ('０', 0),
    ('⁰', 0),
    ('₀', 0),
    ('⓪', 0),
    ('⓿', 0),
    ('①', 1),
    ('⑴', 1),
    ('⒈', 1),
    ('⓵', 1),
    ('❶', 1),
    ('➀', 1),
    ('➊', 1),
    ('\u{0660}', 0),
    ('\u{06F0}', 0),
    // of mathematics: bold, doubled, without serifs, these bold, as of a typewriter
    ('\u{1D7CE}', 0),
    ('\u{1D7D8}', 0),
    ('\u{1D7E2}', 0),
    ('\u{1D7EC}', 0),
    ('\u{1D7F6}', 0),
    ('\u{1FBF0}', 0),
];

/// Digits as ASCII; full-width ones, those in rings and others that are read as digits, too.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '¹' => Some('1'),
        '²' => Some('2'),
        '³' => Some('3'),
        _ if c.is_ascii() => None,
        _ => DIGITS.iter().find_map(|(first, value)| {
            let figure = u32::from(c).checked_sub(u32::from(*first))? + value;
            // of the row that begins with a ring around nothing there is no other
            let row = !matches!(first, '⓪' | '⓿') || figure == 0;
            char::from_digit(figure, 10).filter(|_| row)
        }),
    }
}

fn cut(text: &str, most: usize) -> String {
    let cut: String = text.chars().take(most).collect();
    if cut.len() < text.len() { cut + "…" } else { cut }
}

/// The last characters of a text.
fn behind(text: &[char], most: usize) -> String {
    text[text.len().saturating_sub(most)..].iter().collect()
}

fn invisible(c: char) -> bool {
    // with them what makes a picture of a digit: 1️⃣
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}' | '\u{202A}'..='\u{202E}' | '\u{FE0F}' | '\u{20E3}')
}

fn mail_addresses(characters: &[char]) -> Vec<(usize, String)> {
    let user = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    let domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let half = |c: &char| match *c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(*c) - 0xFEE0).unwrap_or(*c),
        '。' | '｡' => '.',
        other => other,
    };
    let characters: Vec<char> = characters.iter().map(half).collect();
    let mut found = Vec::new();
    let blank = |c: &char| c.is_whitespace() || invisible(*c);
    for (at, _) in characters.iter().enumerate().filter(|(_, c)| **c == '@') {
        let (before, after) = (&characters[..at], &characters[at + 1..]);
        // people put blanks there, and lines are broken there
        let gaps =
            [before.iter().rev().take_while(|c| blank(c)).count(), after.iter().take_while(|c| blank(c)).count()];
        let end = at - gaps[0];
        let user = before[..end].iter().rev().take_while(|&&c| user(c)).count();
        let place: String = after[gaps[1]..].iter().take_while(|&&c| domain(c)).collect();
        let place = place.trim_end_matches(['.', '-']);
        let Some((_, last)) = place.rsplit_once('.').filter(|_| user > 0) else { continue };
        // 5 @ 3.5 is a price
        if gaps == [0, 0]
            || gaps.iter().all(|gap| *gap <= BLANKS_MAX) && last.starts_with(|c: char| c.is_ascii_alphabetic())
        {
            let name: String = characters[end - user..end].iter().collect();
            found.push((end - user, format!("{name}@{place}")));
        }
    }
    found
}

fn masked(digits: &str) -> String {
    let count = digits.len();
    digits.chars().enumerate().map(|(at, c)| if at < 3 || at + 2 >= count { c } else { '*' }).collect()
}

fn masked_address(address: &str) -> String {
    match address.split_once('@') {
        Some((user, domain)) => format!("{}***@{domain}", &user[..1]),
        None => files::digest_hex(address.as_bytes())[..8].to_owned(),
    }
}

fn placed(characters: &[char], start: usize, kind: FindingKind, masked: String) -> Finding {
    let before = &characters[..start];
    let line = before.iter().filter(|&&c| c == '\n').count() + 1;
    let column = before.iter().rev().take_while(|&&c| c != '\n').count() + 1;
    Finding { kind, masked, line, column, within: String::new() }
}
