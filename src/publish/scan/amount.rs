//! Amount: when eleven digits are so much of something, and no mobile telephone.
//!
//! Nothing stands between an amount and its unit but decimals, and nobody says before it that it is a number to call. Cards,
//! telephones with area codes and identity numbers are never amounts: no town has a million milliards, and no amount begins with 0.

use super::runs::Hit;
use super::{FindingKind, behind, digit};

/// What there may be so much of in one town.
const UNITS: [&str; 3] = ["元", "平方", "立方"];
/// Behind 元, what makes another word of it: 元旦, 元月, 元宵, 元老, 元素, 元帅, 元首, 元勋, 元年, 元朝, 元代, 元件.
const OTHER_WORDS: [char; 12] = ['旦', '月', '宵', '老', '素', '帅', '首', '勋', '年', '朝', '代', '件'];
/// Before a number, what makes it one to call.
const TO_CALL: [&str; 8] = ["电话", "手机", "联系", "号码", "热线", "微信", "拨打", "致电"];
/// How far before a number such a word may stand, in characters.
const CALL_AWAY_MAX: usize = 8;
/// How many decimals an amount may have, with the point and the unit behind them.
const DECIMALS_AND_UNIT_MAX: usize = 16;

/// Whether what looks like a mobile telephone is said to be so much of something.
pub(super) fn is_amount(before: &[char], hit: &Hit, after: &[char]) -> bool {
    if hit.kind != FindingKind::Mobile || !hit.figure {
        return false;
    }
    let near: String = after.iter().take(DECIMALS_AND_UNIT_MAX).collect();
    let unit = match near.strip_prefix('.').filter(|rest| rest.starts_with(|c| digit(c).is_some())) {
        Some(decimals) => decimals.trim_start_matches(|c| digit(c).is_some()),
        None => near.as_str(),
    };
    let said = UNITS.iter().filter_map(|it| unit.strip_prefix(it)).any(|rest| !rest.starts_with(OTHER_WORDS));
    said && !is_to_call(before)
}

/// Whether a number is said to be one to call.
pub(super) fn is_to_call(before: &[char]) -> bool {
    let near = behind(before, CALL_AWAY_MAX);
    TO_CALL.iter().any(|word| near.contains(word))
}
