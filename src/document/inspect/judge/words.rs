//! The words themselves: what was left open, what has no glyph, quoted numbers, punctuation.

use super::super::catalogue::*;
use super::super::facts::is_han;
use super::super::read;
use super::Judge;

impl Judge<'_> {
    pub(super) fn word_rules(&mut self) {
        let heads = [self.elements.number, self.elements.signers];
        for (place, paragraph) in self.paper.paragraphs.iter().enumerate() {
            let text = paragraph.text();
            if let Some(mark) = ["{{", "}}", "{%", "%}"].iter().find(|mark| text.contains(**mark)) {
                self.add(UNFILLED, Some(paragraph), format!("“{mark}”"));
            }
            let broken = |c: &char| *c == char::REPLACEMENT_CHARACTER || ('\u{E000}'..='\u{F8FF}').contains(c);
            if let Some(character) = text.chars().find(broken) {
                self.add(MISSING_GLYPH, Some(paragraph), format!("U+{:04X}", u32::from(character)));
            }
            if !heads.contains(&Some(place)) {
                for number in read::wrongly_quoted(&text) {
                    self.add(NUMBER_QUOTED, Some(paragraph), number);
                }
            }
            if let Some(around) = half_width(&text) {
                self.add(PUNCTUATION, Some(paragraph), format!("“{around}”"));
            }
            if let Some(around) = misused(&text).filter(|_| !paragraph.table) {
                self.add(PUNCTUATION, Some(paragraph), format!("“{around}”"));
            }
        }
    }
}

/// Half-width punctuation between Han characters, or after the last of them, with those.
fn half_width(text: &str) -> Option<String> {
    // the end of a text is like a blank
    let characters: Vec<char> = text.trim_end().chars().chain([' ']).collect();
    let found = characters.windows(3).find(|three| {
        let [before, mark, after] = three else { return false };
        let own = |c: &char| is_han(*c) || "。，、；：！？）》”".contains(*c);
        match mark {
            ',' | ';' | ':' | '?' | '!' => own(before) && (is_han(*after) || after.is_whitespace()),
            // the points of 1. and of a name of a file stand after or before others
            '.' => is_han(*before) && (is_han(*after) || after.is_whitespace()),
            '(' => is_han(*after),
            ')' => is_han(*before),
            _ => false,
        }
    });
    found.map(|three| three.iter().collect::<String>().trim_end().to_owned())
}

/// What is told of a mark besides it, in characters on either side.
const AROUND: usize = 4;

/// Quotation marks the wrong way round, 《》 within 《》 where 〈〉 belong, digits as wide as Han characters, and a number parted by a
/// Chinese comma, each with what stands around it. Marks that are not closed in their paragraph are none: a quotation may be longer.
fn misused(text: &str) -> Option<String> {
    let characters: Vec<char> = text.chars().collect();
    let digit = |at: usize| characters.get(at).is_some_and(char::is_ascii_digit);
    let mut depth = 0_usize;
    let at = (0..characters.len()).find(|at| {
        let (before, after) = (&characters[..*at], &characters[at + 1..]);
        match characters[*at] {
            '《' => {
                depth += 1;
                depth > 1
            }
            '》' => {
                depth = depth.saturating_sub(1);
                false
            }
            '”' => !before.contains(&'“') && after.contains(&'“'),
            '’' => !before.contains(&'‘') && after.contains(&'‘'),
            '０'..='９' => true,
            '，' => {
                let thousands = (1..=3).all(|by| digit(at + by)) && !digit(at + 4);
                let whole = before.iter().rev().take_while(|it| it.is_ascii_digit()).count();
                let listed = before.len().checked_sub(whole + 1).is_some_and(|place| before[place] == '、');
                let counts = characters.get(at + 4).is_some_and(|unit| "万亿元人户亩吨".contains(*unit));
                thousands && counts && !listed && (1..=3).contains(&whole)
            }
            _ => false,
        }
    })?;
    let whole = &characters[at.saturating_sub(AROUND)..(at + 1 + AROUND).min(characters.len())];
    Some(whole.iter().collect::<String>().trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{half_width, misused};

    #[test]
    fn marks_the_wrong_way_round_and_wide_digits_are_found() {
        assert_eq!(misused("落实”三个一“要求").as_deref(), Some("落实”三个一“"));
        assert_eq!(misused("见《关于印发《办法》的通知》").as_deref(), Some("关于印发《办法》的"));
        assert_eq!(misused("见附件３。").as_deref(), Some("见附件３。"));
        assert_eq!(misused("共1，200万元").as_deref(), Some("共1，200万"));
        for good in [
            "落实“三个一”要求",
            "见《关于印发〈办法〉的通知》、《规定》",
            "编号为1、2，300人参加",
            "2024，2025年各办一次",
            "“上一段说起，",
            "到这里为止。”",
            "增长12，1200人参加",
        ] {
            assert_eq!(misused(good), None, "{good}");
        }
    }

    #[test]
    fn half_width_marks_are_found_between_han_characters_alone() {
        assert_eq!(half_width("通知如下:请").as_deref(), Some("下:请"));
        assert_eq!(half_width("各村(社区)").as_deref(), Some("(社区").map(|_| "村(社"));
        assert_eq!(half_width("请认真做好有关工作.").as_deref(), Some("作."));
        assert_eq!(half_width("请报名.联系人：张三。").as_deref(), Some("名.联"));
        assert_eq!(half_width("现通知如下: ").as_deref(), Some("下:"));
        for good in [
            "1.分级负责",
            "见附件.xlsx。",
            "增长3.5%",
            "www.example.cn",
            "Ａ．分类",
            "等等...",
            "上午9:30开会",
            "a,b",
            "网址http://x.cn/",
            "通知如下：请",
            "A4(297)",
        ] {
            assert_eq!(half_width(good), None, "{good}");
        }
    }
}
