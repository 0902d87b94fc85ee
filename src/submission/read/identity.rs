//! Numbers that name somebody: identity numbers (GB 11643), credit codes (GB 32100), telephones, mailboxes.

use super::date;
use super::number::{destroyed, scientific};
use super::text::{compact, of};
use crate::submission::Raw;

/// Weights of the first seventeen digits of an identity number.
const ID_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check characters of an identity number, by the remainder.
const ID_CHECKS: &[u8; 11] = b"10X98765432";
/// Characters of a credit code, in the order of their values.
const CREDIT_CHARACTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of the first seventeen characters of a credit code.
const CREDIT_WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// Characters of a mailbox at most (RFC 5321).
const MAILBOX_CHARACTERS_MAX: usize = 254;

/// What a workbook leaves of the last digits of a number of eighteen.
const CUT: &str = "000";
/// Characters of such a number that are repeated to its office: its end is what is wrong with it.
const END_CHARACTERS: usize = 3;

/// The end of a number, behind dots.
fn end_of(text: &str) -> String {
    let end: String = text.chars().skip(text.chars().count().saturating_sub(END_CHARACTERS)).collect();
    format!("…{end}")
}

/// The characters of a number, upper case, half-width, without blanks.
fn code(raw: &Raw) -> Result<String, String> {
    let text = compact(&of(raw)?).to_uppercase();
    if scientific(&text) { Err(destroyed(&text)) } else { Ok(text) }
}

/// A resident identity number of eighteen digits.
pub(super) fn id_number(raw: &Raw) -> Result<String, String> {
    let text = code(raw)?;
    let length = text.chars().count();
    if length == 15 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Err("是15位的旧号码，请填写现在的18位身份证号。".to_string());
    }
    if length != 18 {
        return Err(format!("应当是18位，现在是{length}位，请核对。"));
    }
    let (body, check) = text.split_at_checked(17).ok_or("应当由17位数字和1位数字或X组成，请核对。")?;
    if !body.bytes().all(|b| b.is_ascii_digit()) || !check.bytes().all(|b| b.is_ascii_digit() || b == b'X') {
        return Err("应当由17位数字和1位数字或X组成，请核对。".to_string());
    }
    let sum: u32 = body.bytes().zip(ID_WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let wanted = ID_CHECKS.get(usize::try_from(sum % 11).unwrap_or(0)).copied();
    if check.bytes().next() != wanted {
        return Err(if text.ends_with(CUT) {
            destroyed(&end_of(&text))
        } else {
            "校验不对，至少有一位写错了，请对照证件逐位核对。".to_string()
        });
    }
    if date::calendar_day(&body[6..10], &body[10..12], &body[12..14]).is_none() {
        return Err("第7至14位不是一个日期，请对照证件逐位核对。".to_string());
    }
    Ok(text)
}

/// A unified social credit code of eighteen characters.
pub(super) fn credit_code(raw: &Raw) -> Result<String, String> {
    let text = code(raw)?;
    let length = text.chars().count();
    if length != 18 {
        return Err(format!("应当是18位，现在是{length}位，请核对。"));
    }
    let mut values = Vec::with_capacity(18);
    for c in text.chars() {
        let value = CREDIT_CHARACTERS.find(c);
        values.push(value.ok_or_else(|| format!("不能有“{c}”（代码里没有字母 I、O、S、V、Z），请核对。"))?);
    }
    let sum: usize = values.iter().zip(CREDIT_WEIGHTS).map(|(value, weight)| value * weight).sum();
    if values.last() == Some(&((31 - sum % 31) % 31)) {
        return Ok(text);
    }
    Err(if text.ends_with(CUT) {
        destroyed(&end_of(&text))
    } else {
        "校验不对，至少有一位写错了，请对照证照逐位核对。".to_string()
    })
}

/// A telephone number as it was written, without blanks.
pub(super) fn phone(raw: &Raw) -> Result<String, String> {
    let text = code(raw)?.to_lowercase().replace('（', "(").replace('）', ")");
    let marks = |c: char| matches!(c, '-' | '(' | ')' | '+' | '转');
    if let Some(wrong) = text.chars().find(|c| !c.is_ascii_digit() && !marks(*c)) {
        return Err(format!("不能有“{wrong}”，一格只填一个号码，例如 0565-5312345。"));
    }
    let home = text.strip_prefix("+86").unwrap_or(&text);
    let home = home.strip_prefix('-').unwrap_or(home);
    let number = home.split_once('转').map_or(home, |(number, _)| number);
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let foreign = text.starts_with('+') && !text.starts_with("+86");
    let mobile = digits.len() == 11 && digits.starts_with('1') && digits.as_bytes().get(1).is_some_and(|b| *b >= b'3');
    let trunk = digits.starts_with('0') && (10..=18).contains(&digits.len());
    let local = (5..=8).contains(&digits.len()) && !digits.starts_with('0');
    let service = digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800"));
    if mobile || trunk || local || service || foreign && (7..=15).contains(&digits.len()) {
        return Ok(text);
    }
    if matches!(raw, Raw::Number(_)) && (9..=11).contains(&digits.len()) {
        return Err("区号开头的“0”被 Excel 去掉了。请先把该列设为“文本”格式，再重新输入。".to_string());
    }
    Err("不像电话号码。手机号11位；固定电话写区号，例如 0565-5312345。".to_string())
}

/// A mailbox.
pub(super) fn email(raw: &Raw) -> Result<String, String> {
    let text = compact(&of(raw)?);
    let wrong = || format!("不像邮箱地址：“{text}”，例如 bangong@example.org。");
    let (local, domain) = text.split_once('@').ok_or_else(wrong)?;
    let letter = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    let local_fits = !local.is_empty() && local.chars().all(letter) && !local.starts_with('.') && !local.ends_with('.');
    let label_fits = |label: &str| {
        let inner = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        !label.is_empty() && inner && !label.starts_with('-') && !label.ends_with('-')
    };
    let domain_fits = domain.contains('.') && domain.split('.').all(label_fits);
    if local_fits && domain_fits && text.len() <= MAILBOX_CHARACTERS_MAX { Ok(text.clone()) } else { Err(wrong()) }
}
