//! What an aggregate over a group is of, when it is more than a field: `count(身份 == '委员')` is judged item by item.
//!
//! In a rule by group a name is the column of its values, and a column compares with nothing. The argument is therefore
//! handed to [`EACH`] as a text, which is evaluated once for every item of the group.

use minijinja::machinery::ast;

/// The function of a context that evaluates a text for every item of the group; no definition can write it.
pub const EACH: &str = "__each";

/// The functions over a group.
const AGGREGATES: [&str; 6] = ["count", "sum", "min", "max", "any", "all"];

/// An expression of a group, with what its aggregates are of put to each item.
pub fn by_item(source: &str) -> String {
    let mut told = String::new();
    let mut at = 0;
    while let Some((open, close)) = call(source, at) {
        let argument = &source[open..close];
        told.push_str(&source[at..open]);
        if of_each(argument) {
            let text = argument.replace('\\', "\\\\").replace('\'', "\\'");
            told.push_str(&format!("{EACH}('{text}')"));
        } else {
            told.push_str(&by_item(argument));
        }
        at = close;
    }
    told.push_str(&source[at..]);
    told
}

/// Whether an argument is a reckoning over fields, or a part of one: neither a name, which is a column already, nor a row
/// of a table, which is the same for the whole group, nor an aggregate itself.
fn of_each(argument: &str) -> bool {
    let named = |e: &ast::Expr<'_>| matches!(e, ast::Expr::Var(_) | ast::Expr::GetItem(_) | ast::Expr::List(_));
    let plain = |e: &ast::Expr<'_>| named(e) || e.as_const().is_some();
    super::expression(argument).is_ok_and(|parsed| !plain(&parsed)) && call(argument, 0).is_none()
}

/// Where the next aggregate's one argument stands: from after its bracket to before the one that closes it.
fn call(source: &str, from: usize) -> Option<(usize, usize)> {
    let outside = outside(source);
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let opens = outside.iter().filter(|(at, c)| *at >= from && *c == '(').map(|(at, _)| *at);
    for open in opens {
        let before = source[..open].trim_end();
        let name = before.rsplit(|c| !word(c)).next().unwrap_or_default();
        if !AGGREGATES.contains(&name) {
            continue;
        }
        let (mut depth, mut several) = (0_i32, false);
        for (at, c) in outside.iter().filter(|(at, _)| *at >= open) {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                ',' if depth == 1 => several = true,
                _ => {}
            }
            if depth == 0 {
                if several || source[open + 1..*at].trim().is_empty() {
                    break;
                }
                return Some((open + 1, *at));
            }
        }
    }
    None
}

/// The characters that stand in no quotation.
pub(super) fn outside(source: &str) -> Vec<(usize, char)> {
    let mut found = Vec::new();
    let (mut quote, mut escaped) = (None, false);
    for (at, c) in source.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(mark) if c == mark => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None => found.push((at, c)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reckoning_is_put_to_each_item_and_a_name_is_a_column() {
        let kept = [
            "count(是否支部书记) * 5 <= sum(名额[owner])",
            "count()",
            "max(3, 4)",
            "异议.count > 0",
            "'count(a > 1)' == 名",
        ];
        for source in kept {
            assert_eq!(by_item(source), source);
        }
        assert_eq!(by_item("count(户数 > 0) <= 5"), "count(__each('户数 > 0')) <= 5");
        assert_eq!(by_item("any(身份 == '委员') or 1 > 2"), "any(__each('身份 == \\'委员\\'')) or 1 > 2");
        assert_eq!(by_item("count( a in (1, 2) ) + sum(b)"), "count(__each(' a in (1, 2) ')) + sum(b)");
        assert_eq!(by_item("sum(活动.人数)"), "sum(__each('活动.人数'))", "a column has no parts, each item has");
        assert_eq!(by_item("max(count(a > 1), 2)"), "max(count(__each('a > 1')), 2)");
        assert_eq!(by_item("count(名 == ')') == 0"), "count(__each('名 == \\')\\'')) == 0");
    }
}
