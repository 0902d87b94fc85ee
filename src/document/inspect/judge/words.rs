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

#[cfg(test)]
mod tests {
    use super::half_width;

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
