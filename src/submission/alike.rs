//! Alike: texts as they are compared where it matters whether two of them mean the same person, place or thing.
//!
//! What is kept and printed stays as it was written. Only what two keyboards or programs write otherwise is made one: wide and
//! narrow letters and digits, blanks within Chinese text, the dots within a name, radicals and compatibility forms of characters.

use super::read::han;
use unicode_normalization::UnicodeNormalization;

/// The dot within a name.
const DOT: char = '·';
/// What stands for it: bullets and middle dots of other keyboards and fonts.
const DOTS: [char; 8] = ['·', '•', '・', '‧', '∙', '⋅', '․', '●'];

/// A text as it is compared; never shown.
pub fn folded(text: &str) -> String {
    // most names are such, and registers and cases have thousands
    if text.chars().all(|c| matches!(c, '\u{4E00}'..='\u{9FFF}') || c.is_ascii_graphic() && c != '.') {
        return text.to_owned();
    }
    let mut narrow = String::with_capacity(text.len());
    for c in text.chars() {
        match u32::from(c) {
            // what is only another form of a character; circled and raised digits are other characters
            0xFF00..=0xFFEF | 0x2E80..=0x2FDF => narrow.extend(std::iter::once(c).nfkc()),
            0x200B | 0xFEFF => {}
            _ => narrow.push(c),
        }
    }
    let mut kept: Vec<char> = Vec::with_capacity(narrow.len());
    let mut blank = false;
    for c in narrow.nfc() {
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        // a blank parts words of letters; in Chinese it is there for the looks
        if std::mem::take(&mut blank) && c.is_ascii() && kept.last().is_some_and(char::is_ascii) {
            kept.push(' ');
        }
        kept.push(if DOTS.contains(&c) { DOT } else { c });
    }
    let full_stop = |at: usize| {
        let beside = [at.checked_sub(1), at.checked_add(1)].map(|place| place.and_then(|place| kept.get(place)));
        kept.get(at) == Some(&'.') && beside.into_iter().all(|c| c.is_some_and(|c| han(*c)))
    };
    kept.iter().enumerate().map(|(at, c)| if full_stop(at) { DOT } else { *c }).collect()
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn one_thing_in_other_spelling_is_one() {
        let same = [
            ["买买提·艾力", "买买提•艾力"],
            ["买买提·艾力", "买买提・艾力"],
            ["买买提·艾力", "买买提‧艾力"],
            ["买买提·艾力", "买买提．艾力"],
            ["买买提·艾力", "买买提 . 艾力"],
            ["香山镇一村", "香山镇 一村"],
            ["一村3组", "一村　３组"],
            ["田一", "⽥一"],
            ["JOHN SMITH", "ＪＯＨＮ　 SMITH"],
        ];
        for [one, other] in same {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
        let apart =
            [["一村3组", "一村8组"], ["第1批", "第①批"], ["3.5元", "35元"], ["Ann Lee", "Annlee"], ["甲.1", "甲·1"]];
        for [one, other] in apart {
            assert_ne!(folded(one), folded(other), "{one} {other}");
        }
    }
}
