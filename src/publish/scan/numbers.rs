//! Which digits are an identity number, a telephone or a bank card.

/// GB 11643: region, date of birth, order, check character.
pub(super) fn identity_18(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let (true, Some((body, check))) = (text.len() == 18, text.split_at_checked(17)) else { return false };
    let Some(values) = body.chars().map(|c| c.to_digit(10)).collect::<Option<Vec<u32>>>() else { return false };
    let sum: u32 = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    let century = matches!(&body[6..8], "18" | "19" | "20");
    values[0] != 0 && century && date(&body[10..14]) && check.starts_with(CHECKS[(sum % 11) as usize])
}

/// An identity number of somebody who may be alive, by its province and a day that was. With the check character that is
/// enough to know one by, whatever stands between its digits.
pub(super) fn resident(text: &str) -> bool {
    identity_18(text) && province(text) && matches!(&text[6..8], "19" | "20") && day(&text[6..14])
}

/// An identity number of somebody grown up with one character mistyped: province and day of birth are enough to know one by.
/// What begins with a place and a later day is the number of a paper rather, and what is the code of an organisation is public.
pub(super) fn mistyped(text: &str) -> bool {
    const BORN_MAX: u32 = 2012;
    let (true, Some((body, check))) = (text.len() == 18, text.split_at_checked(17)) else { return false };
    let digits =
        body.bytes().all(|b| b.is_ascii_digit()) && check.starts_with(|c: char| c.is_ascii_digit() || c == 'X');
    let values: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
    let born = || body[6..10].parse::<u32>().is_ok_and(|year| (1900..=BORN_MAX).contains(&year)) && day(&body[6..14]);
    // 9: foreigners, and nearly every company
    digits && province(body) && !body.starts_with('9') && born() && !values.is_some_and(|values| credit_code(&values))
}

/// The form before 1999: region, date of birth with two digits of the year, order.
pub(super) fn identity_15(text: &str) -> bool {
    text.len() == 15 && text.bytes().all(|b| b.is_ascii_digit()) && province(text) && date(&text[8..12])
}

/// GB/T 2260, 港澳台 (81 to 83) and foreigners (9) included.
fn province(text: &str) -> bool {
    let number = text[..2].parse::<u32>().unwrap_or(0);
    matches!(number, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 90..=99)
}

/// A day of the calendar, as eight digits.
fn day(text: &str) -> bool {
    let number = |text: &str| text.parse::<u32>().unwrap_or(0);
    let (year, month) = (number(&text[..4]), number(&text[4..6]));
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    date(&text[4..8]) && number(&text[6..8]) <= last
}

fn date(month_and_day: &str) -> bool {
    let number = |text: &str| text.parse::<u32>().unwrap_or(0);
    (1..=12).contains(&number(&month_and_day[..2])) && (1..=31).contains(&number(&month_and_day[2..]))
}

pub(super) fn mobile(text: &str) -> bool {
    text.len() == 11 && text.starts_with('1') && text.bytes().all(|b| b.is_ascii_digit()) && text.as_bytes()[1] >= b'3'
}

pub(super) fn landline(text: &str) -> bool {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let code = if text.starts_with("010") || text.starts_with("02") { 3 } else { 4 };
    let known = text.starts_with("010") || text.starts_with('0') && text.as_bytes().get(1).is_some_and(|&b| b >= b'2');
    let local = text.as_bytes().get(code).is_some_and(|b| (b'2'..=b'8').contains(b));
    digits && known && local && matches!(text.len() - code, 7 | 8)
}

pub(super) fn bank_card(text: &str) -> bool {
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
