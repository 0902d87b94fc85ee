//! What was ticked: `☑男 □女`, `男√ 女`, `（√）是 （ ）否`.
//!
//! A box stands before its choice when the cell begins with one, else behind it. Choices without a box of their own may share a line
//! with ticked ones.

use crate::submission::paper::{OPEN, TICKED};
use crate::submission::read::heading::key;
use crate::submission::read::value::listed;
use crate::submission::{Raw, Type};

/// What a cell with boxes says; nothing when it has none, or is of a type that is not chosen.
pub(super) fn read(kind: &Type, text: &str) -> Option<Result<Raw, String>> {
    let choices = choices(kind)?;
    // a choice may itself have such a sign
    if choices.iter().any(|choice| key(choice) == key(text)) {
        return None;
    }
    let text = boxed(text);
    if !text.contains(is_mark) {
        return None;
    }
    let mut ticked: Vec<String> = Vec::new();
    for said in pieces(&text).into_iter().filter(|(ticked, _)| *ticked).map(|(_, said)| said) {
        let said = said.as_deref().unwrap_or_default();
        let chosen = chosen(&choices, said, text.trim_start().starts_with(is_mark));
        if !ticked.contains(&chosen) {
            ticked.push(chosen);
        }
    }
    Some(match (kind, ticked.as_slice()) {
        (_, []) => Ok(Raw::Empty),
        (Type::YesNo, [alone]) if alone.is_empty() => Ok(Raw::Text("是".to_string())),
        (_, [alone]) if alone.is_empty() => Ok(Raw::Text(text.trim().to_string())),
        (Type::Any(_), several) => Ok(Raw::List(several.iter().map(|one| Raw::Text(one.clone())).collect())),
        (_, [one]) => Ok(Raw::Text(one.clone())),
        (_, several) => Err(format!("只能选一项，现在勾了{}。", listed(several))),
    })
}

/// What may be chosen of a type that is chosen.
pub(super) fn choices(kind: &Type) -> Option<Vec<String>> {
    match kind {
        Type::YesNo => Some(vec!["是".to_string(), "否".to_string()]),
        Type::One(choices) | Type::Any(choices) => Some(choices.clone()),
        Type::Text(_) | Type::Name | Type::IdNumber | Type::CreditCode | Type::Phone | Type::Email | Type::Address => {
            None
        }
        Type::Integer | Type::Decimal(_) | Type::Money | Type::Percent | Type::AboutNumber => None,
        Type::Date | Type::Month | Type::Year | Type::Time | Type::Period => None,
        Type::Office | Type::File | Type::Image | Type::List(..) | Type::Table(..) => None,
    }
}

fn is_mark(c: char) -> bool {
    TICKED.contains(&c) || OPEN.contains(&c)
}

/// Brackets with a tick or with nothing in them are boxes.
fn boxed(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while let Some(c) = characters.get(at) {
        let inside = matches!(c, '（' | '(' | '[' | '［' | '【');
        let end = characters[at..].iter().take(8).position(|c| matches!(c, '）' | ')' | ']' | '］' | '】'));
        match end.filter(|_| inside).map(|end| &characters[at + 1..at + end]) {
            Some(held) if held.iter().all(|c| c.is_whitespace() || is_mark(*c)) => {
                out.push(if held.iter().any(|c| TICKED.contains(c)) { '☑' } else { '□' });
                at += held.len() + 2;
            }
            Some(_) | None => {
                out.push(*c);
                at += 1;
            }
        }
    }
    out
}

/// Every box, whether it is ticked, and the text that belongs to it. Signs beside each other are one box.
fn pieces(text: &str) -> Vec<(bool, Option<String>)> {
    let leading = text.trim_start().starts_with(is_mark);
    let mut pieces: Vec<(bool, Option<String>)> = Vec::new();
    let mut said = String::new();
    for c in text.chars() {
        if !is_mark(c) {
            said.push(c);
            continue;
        }
        let before = std::mem::take(&mut said);
        let bare = before.trim().is_empty();
        if leading && !bare {
            if let Some(last) = pieces.last_mut() {
                last.1 = Some(before);
            }
        } else if bare && let Some(last) = pieces.last_mut() {
            last.0 |= TICKED.contains(&c);
            continue;
        } else if !leading {
            pieces.push((TICKED.contains(&c), Some(before)));
            continue;
        }
        pieces.push((TICKED.contains(&c), None));
    }
    if leading && let Some(last) = pieces.last_mut().filter(|_| !said.trim().is_empty()) {
        last.1 = Some(said);
    }
    pieces
}

/// The choice a ticked text means: the longest with which it begins, or ends; else the text itself.
fn chosen(choices: &[String], said: &str, leading: bool) -> String {
    let whole = key(said);
    let means = |choice: &&String| {
        let choice = key(choice);
        !choice.is_empty() && if leading { whole.starts_with(&choice) } else { whole.ends_with(&choice) }
    };
    let longest = choices.iter().filter(means).max_by_key(|choice| key(choice).chars().count());
    longest.cloned().unwrap_or_else(|| said.trim().trim_end_matches(['、', '，', '；', ';', '/']).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Option<Result<Raw, String>> {
        let choices = ["男", "女", "优秀", "优", "其他（说明）"].map(str::to_string).to_vec();
        read(&Type::One(choices), text)
    }

    fn says(text: &str) -> Option<Result<Raw, String>> {
        Some(Ok(Raw::Text(text.to_string())))
    }

    #[test]
    fn a_box_stands_before_its_choice_or_behind_it() {
        for text in [
            "☑男 □女",
            "男√ 女□",
            "√男　女",
            "■ 男\n□ 女",
            "（√）男（ ）女",
            "男[√] 女[ ]",
            "□女 □√男",
            "☒男☐女",
            "√ □ 男 □女",
        ] {
            assert_eq!(one(text), says("男"), "{text}");
        }
        for (text, choice) in
            [("□优 ☑优秀", "优秀"), ("☑优 □优秀", "优"), ("优秀□ 优√", "优"), ("☑其他（说明）：兼职", "其他（说明）")]
        {
            assert_eq!(one(text), says(choice), "{text}");
        }
    }

    #[test]
    fn nothing_ticked_is_no_answer_and_two_are_not_one() {
        assert_eq!(one("□男 □女"), Some(Ok(Raw::Empty)));
        assert_eq!(one("男"), None);
        assert_eq!(one("☑男 ☑女"), Some(Err("只能选一项，现在勾了“男”“女”。".to_string())));
        assert_eq!(one("☑未知 □女"), says("未知"), "the reader of values says what may be chosen");
        let several = read(&Type::Any(vec!["甲".into(), "乙".into(), "丙".into()]), "☑甲 □乙 ☑丙");
        assert_eq!(several, Some(Ok(Raw::List(vec![Raw::Text("甲".into()), Raw::Text("丙".into())]))));
    }

    #[test]
    fn a_box_alone_is_yes_when_ticked() {
        assert_eq!(read(&Type::YesNo, " ☑ "), says("是"));
        assert_eq!(read(&Type::YesNo, "□"), Some(Ok(Raw::Empty)));
        assert_eq!(read(&Type::YesNo, "□是　☑否"), says("否"));
        assert_eq!(read(&Type::Name, "√张三"), None);
    }
}
