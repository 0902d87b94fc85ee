//! What would fit where a template fails: in English for operators, in Chinese for offices.

use crate::workflow::parse::nearest;
use minijinja::ErrorKind;
use std::fmt;

/// Names that are listed where none is near.
const NAMED_MAX: usize = 12;
/// What a template may call.
pub(super) const FUNCTIONS: [&str; 11] =
    ["range", "dict", "namespace", "date_cn", "date_han", "month_cn", "cn", "rmb", "pad_name", "mask", "debug"];
/// What a template may ask with `is`.
pub(super) const TESTS: [&str; 15] = [
    "defined",
    "undefined",
    "none",
    "odd",
    "even",
    "number",
    "string",
    "sequence",
    "mapping",
    "divisibleby",
    "startingwith",
    "endingwith",
    "in",
    "eq",
    "true",
];

/// What would fit. `Display` is for operators, [`Hint::sentence`] for offices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// the nearest name there is
    Near(String),
    /// a value for a name, and the names that stand beside it
    Beside(String, Vec<String>),
    /// what to do, in both languages
    Way(&'static str, &'static str),
}

impl Hint {
    /// For a name that is not among those there are.
    pub(in crate::document) fn of(name: &str, there: &[String]) -> Hint {
        // among names of one or two characters everything is near
        let alike = |close: &String| close.chars().any(|it| name.contains(it));
        match nearest(name, there).filter(alike) {
            Some(close) => Hint::Near(close),
            None => Hint::Beside(name.to_owned(), there.to_vec()),
        }
    }

    /// For an expression that cannot be evaluated; `reason` is what the evaluator says.
    pub(in crate::document) fn of_evaluation(kind: ErrorKind, reason: &str) -> Hint {
        let unknown = |known: &[&str]| {
            let name = reason.split([' ', '`', '"']).find(|word| nearest(word, known).is_some());
            name.and_then(|name| nearest(name, known)).map(Hint::Near)
        };
        if kind == ErrorKind::OutOfFuel {
            return Hint::Way(
                "its loops go round too often: let them go over lists of the data",
                "循环次数过多，请减少循环",
            );
        }
        let function = Some(kind).filter(|it| *it == ErrorKind::UnknownFunction).and_then(|_| unknown(&FUNCTIONS));
        let found =
            function.or_else(|| Some(kind).filter(|it| *it == ErrorKind::UnknownTest).and_then(|_| unknown(&TESTS)));
        let written = WRITTEN.iter().find(|(what, ..)| reason.contains(what));
        found.or_else(|| written.map(|(_, english, chinese)| Hint::Way(english, chinese))).unwrap_or(Hint::Way(
            "look at what stands in it: a number is reckoned with numbers, a list is gone through with `for`",
            "请核对其中各项的类型",
        ))
    }

    /// A clause in Chinese, with the comma before it; empty where there is nothing to say.
    pub fn sentence(&self) -> String {
        match self {
            Hint::Near(close) => format!("，是否应为“{close}”"),
            Hint::Beside(_, there) if there.is_empty() => String::new(),
            Hint::Beside(_, there) => {
                let more = if there.len() > NAMED_MAX { "等" } else { "" };
                let named: Vec<&str> = there.iter().take(NAMED_MAX).map(String::as_str).collect();
                format!("（同处可用的有{}{more}）", named.join("、"))
            }
            Hint::Way(_, chinese) => format!("，{chinese}"),
        }
    }
}

/// What the evaluator says of values that are not what a filter takes, and how they are written.
const WRITTEN: [(&str, &str, &str); 5] = [
    ("is not a date", "a date is written 2026-01-05", "日期应写作2026-01-05"),
    ("is not a month", "a month is written 2026-01", "月份应写作2026-01"),
    ("is not a whole number", "write a whole number in digits", "应为整数"),
    ("is not an amount of money", "write an amount in digits, with two places at most", "应为金额数字，至多两位小数"),
    ("a map has no text", "name one of its members: `NAME.PART`", "应写明取其中哪一项"),
];

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hint::Near(close) => write!(f, "there is `{close}`; did you mean that?"),
            Hint::Beside(name, there) => {
                write!(f, "give `{name}` a value")?;
                if there.is_empty() {
                    return Ok(());
                }
                let more = if there.len() > NAMED_MAX { ", …" } else { "" };
                let named: Vec<&str> = there.iter().take(NAMED_MAX).map(String::as_str).collect();
                write!(f, "; beside it there are {}{more}", named.join(", "))
            }
            Hint::Way(english, _) => f.write_str(english),
        }
    }
}
