//! Text by a simple rule of width: a Chinese character is one em wide, a Latin letter a little more than half of one.
//!
//! No face is asked: the picture is the same wherever it is made, and whatever face shows it has room.

/// Hundredths of an em.
const WIDE: i32 = 100;
const CAPITAL: i32 = 72;
const NARROW: i32 = 56;

/// Signs that do not begin a line.
const CLOSING: &str = "，。；：、！？）》”】〉』」)],.;:!?%";
/// Signs that do not end one.
const OPENING: &str = "（《“【〈『「([";

fn advance(sign: char) -> i32 {
    match sign {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        'A'..='Z' | 'm' | 'w' | '@' | '%' | '&' => CAPITAL,
        _ if sign.is_ascii() || (sign < '\u{370}' && sign.is_alphabetic()) => NARROW,
        _ => WIDE,
    }
}

/// Width in pixels of a text set at this size.
pub(super) fn width(text: &str, size: i32) -> i32 {
    (text.chars().map(advance).sum::<i32>() * size + 99) / 100
}

/// Breaks a text into lines of at most `room` pixels: between Chinese characters anywhere, in Latin text between words,
/// and inside a word only where it alone is too long.
pub(super) fn wrap(text: &str, size: i32, room: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for piece in pieces(&flat(text)) {
        if width(&line, size) + width(piece.trim_end(), size) <= room {
            line.push_str(&piece);
            continue;
        }
        if !line.trim().is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_string());
        }
        line = piece.trim_start().to_string();
        while width(&line, size) > room {
            let (head, rest) = split(&line, size, room);
            lines.push(head);
            line = rest;
        }
    }
    if !line.trim().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_string());
    }
    lines
}

/// On one line, without what a drawing cannot hold.
fn flat(text: &str) -> String {
    let seen = text.chars().filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'));
    let signs: String = seen.map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c }).collect();
    signs.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What is never broken: a Latin word with the space after it, a Chinese character, each with the signs that cling to it.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut cling = false;
    for sign in text.chars() {
        let last = pieces.last().and_then(|p| p.chars().next_back());
        let word = |c: char| c.is_ascii() && c != ' ' || (c < '\u{370}' && c.is_alphabetic());
        let joins = last.is_some_and(|last| (word(last) && word(sign)) || sign == ' ')
            || CLOSING.contains(sign)
            || advance(sign) == 0
            || cling;
        match pieces.last_mut().filter(|_| joins) {
            Some(piece) => piece.push(sign),
            None => pieces.push(sign.to_string()),
        }
        // what joins two emoji keeps the second with the first
        cling = OPENING.contains(sign) || sign == '\u{200d}';
    }
    pieces
}

/// The longest beginning that has room, at least one character, and the rest.
fn split(text: &str, size: i32, room: i32) -> (String, String) {
    let mut taken = String::new();
    for sign in text.chars() {
        if !taken.is_empty() && width(&taken, size) + (advance(sign) * size + 99) / 100 > room {
            break;
        }
        taken.push(sign);
    }
    let rest = text[taken.len()..].to_string();
    (taken, rest)
}

/// A text as it may stand in XML.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for sign in flat(text).chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(sign),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_where_a_reader_would() {
        assert_eq!(wrap("各单位都要报送，或声明没有", 10, 70), ["各单位都要报", "送，或声明没有"]);
        assert_eq!(wrap("to be or not", 10, 48), ["to be or", "not"]);
        assert_eq!(wrap("一二三四五六七八九十", 10, 30), ["一二三", "四五六", "七八九", "十"]);
        assert_eq!(wrap("", 10, 30), [""]);
        assert_eq!(wrap("a\nb\u{0}c", 10, 300), ["a b c"]);
        let long = wrap(&"x".repeat(40), 10, 60);
        assert!(long.iter().all(|line| width(line, 10) <= 60) && long.concat().len() == 40, "{long:?}");
        assert_eq!(wrap("（一）（二）", 10, 30), ["（一）", "（二）"]);
        assert_eq!(wrap("一", 10, 1), ["一"]);
    }
}
