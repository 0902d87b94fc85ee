//! `x.y is defined` where `x` may be missing: whoever asks for a part asks for the whole, too.
//!
//! The evaluator is strict: a part of what is missing is an error, also where it is only asked for. What asks is therefore
//! written out with every whole it is a part of, and likewise what `default` stands in for. Nothing else is changed.

use super::each::outside;
use super::exact::with_braces;

/// Filters that stand in for what is missing.
const DEFAULTS: [&str; 2] = ["default", "d"];

/// An expression in which a part of what is missing may be asked for.
pub fn asked(source: &str) -> String {
    let outside = outside(source);
    let (mut told, mut at) = (String::new(), 0);
    for (mark, _) in outside.iter().filter(|(mark, c)| *c == '|' || source[*mark..].starts_with("is ")) {
        let rest = &source[*mark..];
        let Some((length, meant)) = asks(rest).filter(|_| rest.starts_with('|') || begins_a_word(source, *mark)) else {
            continue;
        };
        let Some(start) = path(source, &outside, *mark).filter(|start| *start >= at) else { continue };
        let end = *mark + length;
        let part = source[start..*mark].trim_end();
        let wholes = wholes(part);
        if wholes.is_empty() {
            continue;
        }
        told.push_str(&source[at..start]);
        told.push_str(&meant.written(part, &wholes, &source[*mark..end]));
        at = end;
    }
    told + &source[at..]
}

/// The same within the braces of a text.
pub fn asked_text(text: &str) -> String {
    let is_tag = |braces: &str| braces.starts_with("{{") || braces.starts_with("{%");
    with_braces(text, |braces| if is_tag(braces) { asked(braces) } else { braces.to_owned() })
}

/// What is asked of a path.
enum Meant {
    There,
    Missing,
    Default,
}

impl Meant {
    /// The question, with the wholes asked for before the part; `test` is what follows the part.
    fn written(&self, part: &str, wholes: &[&str], test: &str) -> String {
        let each = |word: &str| wholes.iter().map(|whole| format!("{whole} {word} ")).collect::<String>();
        match self {
            Meant::There => format!("({}{part} {test})", each("is defined and")),
            Meant::Missing => format!("({}{part} {test})", each("is not defined or")),
            Meant::Default => {
                let there = each("is defined and");
                format!("({part} if {}){test}", there.trim_end_matches(" and "))
            }
        }
    }
}

/// How long the question is that a text begins with, and what it asks.
fn asks(rest: &str) -> Option<(usize, Meant)> {
    if let Some(filter) = rest.strip_prefix('|') {
        let named = filter.trim_start();
        let word: String = named.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let length = rest.len() - named.len() + word.len();
        return DEFAULTS.contains(&word.as_str()).then_some((length, Meant::Default));
    }
    let mut words = rest.split_whitespace();
    let (_, second) = (words.next(), words.next()?);
    let negated = second == "not";
    let test = if negated { words.next()? } else { second };
    let test: String = test.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let missing = match test.as_str() {
        "defined" => negated,
        "undefined" | "none" => !negated,
        _ => return None,
    };
    let length = rest.find(&test)? + test.len();
    Some((length, if missing { Meant::Missing } else { Meant::There }))
}

/// Whether no letter stands before.
fn begins_a_word(source: &str, at: usize) -> bool {
    source[..at].chars().next_back().is_some_and(char::is_whitespace)
}

/// Where the path begins that ends before a mark; brackets belong to it.
fn path(source: &str, outside: &[(usize, char)], mark: usize) -> Option<usize> {
    let end = source[..mark].trim_end().len();
    let (mut start, mut depth) = (None, 0_usize);
    for (at, c) in source[..end].char_indices().rev() {
        // what is quoted stands in brackets
        let counts = outside.binary_search(&(at, c)).is_ok();
        match c {
            ')' | ']' if counts => depth += 1,
            '(' | '[' if counts && depth > 0 => depth -= 1,
            _ if depth > 0 || c.is_alphanumeric() || c == '_' || c == '.' => {}
            _ => break,
        }
        start = Some(at);
    }
    start.filter(|start| depth == 0 && source[*start..].starts_with(|c: char| c.is_alphabetic() || c == '_'))
}

/// What a path is a part of, the largest first: of `a.b(c).d` `a` and `a.b(c)`.
fn wholes(part: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    for (at, c) in outside(part) {
        if depth == 0 && matches!(c, '.' | '[') {
            found.push(&part[..at]);
        }
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_for_a_part_asks_for_the_whole() {
        for (source, told) in [
            ("x.y is defined", "(x is defined and x.y is defined)"),
            ("not x.y.z is not defined", "not (x is not defined or x.y is not defined or x.y.z is not defined)"),
            (
                "甲 > 1 and 台账.last(who).年度 is defined",
                "甲 > 1 and (台账 is defined and 台账.last(who) is defined and 台账.last(who).年度 is defined)",
            ),
            (
                "(x.y is none) or 名额['a.b'].数 is not none",
                "((x is not defined or x.y is none)) or (名额 is defined and 名额['a.b'] is defined and 名额['a.b'].数 is not none)",
            ),
            ("x.y|default('无')|upper", "(x.y if x is defined)|default('无')|upper"),
            ("x.y | d(1) + x.z|d(2)", "(x.y if x is defined)| d(1) + (x.z if x is defined)|d(2)"),
        ] {
            assert_eq!(asked(source), told);
        }
        for kept in ["x is defined", "this.y == 1", "'x.y is defined'", "x.y is odd", "1.5 is defined", "x.y|upper"] {
            assert_eq!(asked(kept), kept);
        }
    }

    #[test]
    fn in_a_text_only_what_stands_in_braces_asks() {
        let text =
            "x.y is defined {# x.y is defined #}{% if x.y is defined %}{{ x.y }}{% else %}{{ x.y|d }}{% endif %}";
        let told = "x.y is defined {# x.y is defined #}{% if (x is defined and x.y is defined) %}{{ x.y }}{% else %}{{ (x.y if x is defined)|d }}{% endif %}";
        assert_eq!(asked_text(text), told);
        assert_eq!(asked_text("a { b {{"), "a { b {{");
    }
}
