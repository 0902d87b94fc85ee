//! The gate before anything public: finds identity numbers, telephones, bank cards and mail addresses in a text.
//!
//! The allow-list of fields cannot see a number typed into a deed summary (个人信息保护法 6, 28), so the text itself is read:
//! full-width digits, digits set apart by blanks, hyphens or brackets, and digits behind invisible characters count too.
//! A finding shows itself masked and says where it stands; it is a refusal, not a warning. What an office publishes on
//! purpose (its own telephone) is white-listed. Not found: numbers in Chinese characters, telephones without area code,
//! anything inside pictures.

use crate::files;
use std::io::{Cursor, Read};

/// Separators between two groups of digits that may still be one number.
const SEPARATORS_MAX: usize = 3;
/// Groups one number may be cut into: an identity number with every digit set apart.
const GROUPS_MAX: usize = 19;
/// Bytes of text taken out of one Word file; more is refused.
const WORD_TEXT_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Parts of one Word file; more is refused.
const WORD_PARTS_MAX: usize = 2000;

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
}

/// Every private particular of `text` that is not in `allowed` (telephones and addresses as an office writes them).
pub fn scan_private(text: &str, allowed: &[String]) -> Vec<Finding> {
    let characters: Vec<char> = text.chars().collect();
    let allowed_digits: Vec<String> = allowed.iter().map(|one| one.chars().filter_map(digit).collect()).collect();
    let mut found: Vec<(usize, FindingKind, String)> = Vec::new();
    for run in runs(&characters) {
        for (start, kind, digits) in scan_run(&run) {
            if !allowed_digits.contains(&digits) {
                found.push((start, kind, masked(&digits)));
            }
        }
    }
    let known = |address: &str| allowed.iter().any(|one| one.trim().eq_ignore_ascii_case(address));
    for (start, address) in mail_addresses(&characters) {
        if !known(&address) {
            found.push((start, FindingKind::MailAddress, masked_address(&address)));
        }
    }
    found.sort();
    found.into_iter().map(|(start, kind, masked)| placed(&characters, start, kind, masked)).collect()
}

/// The same for a Word file: body, tables, headers, comments, tracked changes and properties.
///
/// # Errors
/// A sentence when the file cannot be read as a Word file or is out of all proportion.
pub fn scan_word(bytes: &[u8], allowed: &[String]) -> Result<Vec<Finding>, String> {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    if package.len() > WORD_PARTS_MAX {
        return Err(format!("{} parts; {WORD_PARTS_MAX} are possible", package.len()));
    }
    let mut found = Vec::new();
    let mut left = WORD_TEXT_BYTES_MAX;
    for index in 0..package.len() {
        let part = package.by_index(index).map_err(|error| error.to_string())?;
        let name = part.name().to_owned();
        if !(name.ends_with(".xml") || name.ends_with(".rels")) {
            continue;
        }
        let mut xml = String::new();
        let read = part.take(left + 1).read_to_string(&mut xml).map_err(|error| format!("{name}: {error}"))?;
        left = left.checked_sub(read as u64).ok_or_else(|| format!("more than {WORD_TEXT_BYTES_MAX} bytes of text"))?;
        found.extend(scan_private(&super::fragment::text_of(&xml), allowed));
    }
    Ok(found)
}

/// A short id of what was found, for one log line: kinds and masked forms only.
pub fn summary(findings: &[Finding]) -> String {
    let one = |finding: &Finding| {
        format!("{} {} (line {}, column {})", finding.kind.title(), finding.masked, finding.line, finding.column)
    };
    findings.iter().map(one).collect::<Vec<_>>().join("; ")
}

struct Group {
    digits: String,
    start: usize,
}

/// Digits as ASCII, full-width ones too.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        _ => None,
    }
}

fn invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}' | '\u{202A}'..='\u{202E}')
}

fn separator(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '\u{3000}' | '\u{2002}'..='\u{200A}' | '-' | '－' | '\u{2010}'..='\u{2015}')
        || matches!(c, '.' | '·' | '(' | ')' | '（' | '）')
}

/// Groups of digits with nothing but separators between them.
fn runs(characters: &[char]) -> Vec<Vec<Group>> {
    let mut runs: Vec<Vec<Group>> = Vec::new();
    let mut gap = usize::MAX;
    for (at, &c) in characters.iter().enumerate() {
        if let Some(digit) = digit(c) {
            match runs.last_mut() {
                Some(run) if gap == 0 => run.last_mut().into_iter().for_each(|group| group.digits.push(digit)),
                Some(run) if gap <= SEPARATORS_MAX => run.push(Group { digits: digit.to_string(), start: at }),
                _ => runs.push(vec![Group { digits: digit.to_string(), start: at }]),
            }
            gap = 0;
        } else if matches!(c, 'x' | 'X' | 'ｘ' | 'Ｘ') && gap <= SEPARATORS_MAX {
            // the check character of an identity number; anything else it ends
            if let Some(group) = runs.last_mut().and_then(|run| run.last_mut()) {
                group.digits.push('X');
            }
            gap = usize::MAX;
        } else if separator(c) && gap <= SEPARATORS_MAX {
            gap += 1;
        } else if !invisible(c) {
            gap = usize::MAX;
        }
    }
    runs
}

fn scan_run(run: &[Group]) -> Vec<(usize, FindingKind, String)> {
    let mut found = Vec::new();
    let mut used = vec![false; run.len()];
    let kinds = [FindingKind::Identity, FindingKind::BankCard, FindingKind::Mobile, FindingKind::Landline];
    for kind in kinds {
        for from in 0..run.len() {
            for to in from + 1..=run.len().min(from + GROUPS_MAX) {
                if used[from..to].contains(&true) {
                    break;
                }
                if let Some(digits) = matched(kind, run, from, to) {
                    used[from..to].fill(true);
                    found.push((run[from].start, kind, digits));
                    break;
                }
            }
        }
    }
    found
}

/// The number that the groups `from..to` make up, if it is one of `kind`.
fn matched(kind: FindingKind, run: &[Group], from: usize, to: usize) -> Option<String> {
    let lengths: Vec<usize> = run[from..to].iter().map(|group| group.digits.len()).collect();
    let digits: String = run[from..to].iter().map(|group| group.digits.as_str()).collect();
    let single = |index: usize| run.get(index).is_some_and(|group| group.digits.len() == 1);
    // digits set apart one by one are a number only when they are all of the row: else every tally sheet would be one
    let whole_row = !(from > 0 && single(from - 1) || single(to));
    let one_by_one = lengths.len() > 1
        && whole_row
        && lengths.iter().all(|&length| length == 1 || length == 2)
        && lengths.iter().filter(|&&length| length == 2).all(|_| digits.ends_with('X'));
    let loose = lengths.len() == 1 || one_by_one || lengths.iter().all(|&length| length >= 3);
    match kind {
        FindingKind::Identity if lengths.len() == 1 && digits.len() > 18 => (0..=digits.len() - 18)
            .map(|start| &digits[start..start + 18])
            .find(|part| identity_18(part))
            .map(str::to_owned),
        FindingKind::Identity => {
            let old = identity_15(&digits) && (lengths.len() == 1 || one_by_one || lengths == [6, 6, 3]);
            (identity_18(&digits) || old).then_some(digits)
        }
        FindingKind::BankCard => {
            let fours =
                lengths.split_last().is_some_and(|(last, rest)| *last <= 4 && rest.iter().all(|&length| length == 4));
            let shape = lengths.len() == 1 || one_by_one || fours || (lengths.len() == 2 && lengths[0] == 6);
            (shape && bank_card(&digits)).then_some(digits)
        }
        FindingKind::Mobile if loose => {
            let prefixes = ["0086", "86", "0", ""];
            prefixes
                .iter()
                .filter_map(|prefix| digits.strip_prefix(prefix))
                .find(|rest| mobile(rest))
                .map(str::to_owned)
        }
        FindingKind::Landline if loose => landline(&digits).then_some(digits),
        FindingKind::Mobile | FindingKind::Landline | FindingKind::MailAddress => None,
    }
}

/// GB 11643: region, date of birth, order, check character.
fn identity_18(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let (true, Some((body, check))) = (text.len() == 18, text.split_at_checked(17)) else { return false };
    let Some(values) = body.chars().map(|c| c.to_digit(10)).collect::<Option<Vec<u32>>>() else { return false };
    let sum: u32 = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    let century = matches!(&body[6..8], "18" | "19" | "20");
    values[0] != 0 && century && date(&body[10..14]) && check.starts_with(CHECKS[(sum % 11) as usize])
}

/// The form before 1999: region, date of birth with two digits of the year, order.
fn identity_15(text: &str) -> bool {
    text.len() == 15
        && text.bytes().all(|b| b.is_ascii_digit())
        && text[..2]
            .parse::<u32>()
            .is_ok_and(|province| matches!(province, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65))
        && date(&text[8..12])
}

fn date(month_and_day: &str) -> bool {
    let number = |text: &str| text.parse::<u32>().unwrap_or(0);
    (1..=12).contains(&number(&month_and_day[..2])) && (1..=31).contains(&number(&month_and_day[2..]))
}

fn mobile(text: &str) -> bool {
    text.len() == 11 && text.starts_with('1') && text.bytes().all(|b| b.is_ascii_digit()) && text.as_bytes()[1] >= b'3'
}

fn landline(text: &str) -> bool {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let code = if text.starts_with("010") || text.starts_with("02") { 3 } else { 4 };
    let known = text.starts_with("010") || text.starts_with('0') && text.as_bytes().get(1).is_some_and(|&b| b >= b'2');
    let local = text.as_bytes().get(code).is_some_and(|b| (b'2'..=b'8').contains(b));
    digits && known && local && matches!(text.len() - code, 7 | 8)
}

fn bank_card(text: &str) -> bool {
    let shape = (16..=19).contains(&text.len()) && matches!(text.as_bytes()[0], b'3'..=b'6' | b'9');
    let Some(values) = text.chars().map(|c| c.to_digit(10)).collect::<Option<Vec<u32>>>() else { return false };
    let luhn = |(place, value): (usize, &u32)| match place % 2 {
        0 => *value,
        _ => value * 2 / 10 + value * 2 % 10,
    };
    shape && values.iter().rev().enumerate().map(luhn).sum::<u32>() % 10 == 0 && !credit_code(&values)
}

/// GB 32100: the public code of an organisation may be all digits and pass the Luhn check by chance.
fn credit_code(values: &[u32]) -> bool {
    const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let sum: u32 = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    values.len() == 18 && values[17] == (31 - sum % 31) % 31
}

fn mail_addresses(characters: &[char]) -> Vec<(usize, String)> {
    let user = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    let domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let mut found = Vec::new();
    for (at, _) in characters.iter().enumerate().filter(|(_, c)| matches!(c, '@' | '＠')) {
        let before = characters[..at].iter().rev().take_while(|&&c| user(c)).count();
        let after: String = characters[at + 1..].iter().take_while(|&&c| domain(c)).collect();
        let after = after.trim_end_matches(['.', '-']);
        if before > 0 && after.contains('.') {
            let name: String = characters[at - before..at].iter().collect();
            found.push((at - before, format!("{name}@{after}")));
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
    Finding { kind, masked, line, column }
}
