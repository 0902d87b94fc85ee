//! Why an expression or a text has no value, in words for the office that is told (the evaluator's own are for programmers).

use minijinja::{Error, ErrorKind};

/// A sentence's part: `why` it could not be reckoned, and of what is `missing`.
pub(super) fn told(why: &Error, missing: impl FnOnce() -> Vec<String>) -> String {
    if why.kind() == ErrorKind::OutOfFuel {
        return "计算量过大".to_owned();
    }
    if why.kind() != ErrorKind::UndefinedError {
        return format!("算不出来（{}）", why.detail().map_or_else(|| why.kind().to_string(), str::to_owned));
    }
    let missing: Vec<String> = missing().into_iter().map(|name| format!("“{name}”")).collect();
    if missing.is_empty() {
        "所用的内容还没有填写".to_owned()
    } else {
        format!("{}还没有填写", missing.join("、"))
    }
}
