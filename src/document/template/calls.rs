//! Filters, tests and functions that a text uses otherwise than they can be: found when a template is read.
//!
//! The language itself is asked: what is written out is handed over as it stands, what is not as anything it might be; only
//! what is refused whatever it is put to is wrong.

use super::hint::{FUNCTIONS, TESTS};
use crate::workflow::parse::nearest;
use crate::workflow::rule::{MISCALLED, Mistake, Used, Word};
use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind, Value};
use serde_json::json;

/// Arguments that are not written out, up to which a call is tried.
const UNKNOWN_MAX: usize = 2;
/// How what takes arguments is written.
const WRITTEN: [(&str, &str); 22] = [
    ("sort", "`sort(attribute=\"NAME\", reverse=true)`"),
    ("by_strokes", "`by_strokes(attribute=\"NAME\")`"),
    ("map", "`map(attribute=\"NAME\")` or `map(\"FILTER\")`"),
    ("groupby", "`groupby(\"NAME\")`"),
    ("sum", "`sum(attribute=\"NAME\")`"),
    ("min", "`min(attribute=\"NAME\")`"),
    ("max", "`max(attribute=\"NAME\")`"),
    ("unique", "`unique(attribute=\"NAME\")`"),
    ("selectattr", "`selectattr(\"NAME\")` or `selectattr(\"NAME\", \"eq\", VALUE)`"),
    ("rejectattr", "`rejectattr(\"NAME\")` or `rejectattr(\"NAME\", \"eq\", VALUE)`"),
    ("select", "`select` or `select(\"TEST\")`"),
    ("reject", "`reject` or `reject(\"TEST\")`"),
    ("join", "`join` or `join(\"，\")`"),
    ("default", "`default(\"…\")`"),
    ("round", "`round(2)`"),
    ("replace", "`replace(\"OLD\", \"NEW\")`"),
    ("split", "`split(\"，\")`"),
    ("batch", "`batch(3)`"),
    ("slice", "`slice(3)`"),
    ("range", "`range(5)` or `range(1, 6)`"),
    ("divisibleby", "`is divisibleby(3)`"),
    ("in", "`is in([…])`"),
];
/// Names of arguments.
const NAMED: [&str; 6] = ["attribute", "reverse", "case_sensitive", "default", "start", "by"];

/// What is wrong with one use of the language; None where it may be right.
#[expect(clippy::wildcard_enum_match_arm, reason = "kinds of errors are a library's, and more may come")]
pub(in crate::document) fn wrong(used: &Used, environment: &Environment<'_>) -> Option<Mistake> {
    let told = |kind: &'static str, message: String, hint: String| Mistake {
        kind,
        piece: used.piece.clone(),
        line: used.line,
        column: used.column,
        message,
        hint,
    };
    if let Some(inner) = inner_filter(used)
        && tried(environment, Word::Filter, &inner, &[Value::from("甲")])
            .is_some_and(|it| it.kind() == ErrorKind::UnknownFilter)
    {
        return Some(told(
            "template-filter-unknown",
            format!("there is no filter `{inner}`"),
            super::filters::fitting(&inner),
        ));
    }
    let error = refused(used, environment)?;
    let name = &used.name;
    let hint = WRITTEN.iter().find(|(it, _)| it == name).map(|(_, written)| format!("it is written {written}"));
    Some(match error.kind() {
        // told by whoever looks for filters
        ErrorKind::UnknownFilter => return None,
        ErrorKind::UnknownTest => {
            let test = inner_test(used).unwrap_or_else(|| name.clone());
            let near = nearest(&test, &TESTS).map(|near| format!("did you mean `{near}`?"));
            let hint = near.unwrap_or_else(|| format!("there are {}", TESTS.join(" ")));
            told(MISCALLED, format!("there is no test `{test}`"), hint)
        }
        ErrorKind::UnknownFunction => {
            let near = nearest(name, &FUNCTIONS).map(|near| format!("did you mean `{near}`?"));
            told(MISCALLED, format!("there is no function `{name}`"), near.unwrap_or_default())
        }
        _ => {
            let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            let close = reason
                .split(['`', '\''])
                .nth(1)
                .and_then(|it| nearest(it, &NAMED))
                .filter(|_| reason.contains("keyword"));
            let hint = close.map(|it| format!("did you mean `{it}`?")).or(hint);
            told(MISCALLED, format!("`{name}` does not take this: {reason}"), hint.unwrap_or_else(|| bare(used)))
        }
    })
}

/// How one that takes nothing is written.
fn bare(used: &Used) -> String {
    match used.what {
        Word::Filter => format!("it is written `NAME|{}`", used.name),
        Word::Test => format!("it is written `NAME is {}`", used.name),
        Word::Function => format!("it is written `{}(NAME)`", used.name),
    }
}

/// The filter that `map` puts each member to.
fn inner_filter(used: &Used) -> Option<String> {
    let (name, value) = used.arguments.as_ref()?.first()?;
    let is_map = used.what == Word::Filter && used.name == "map" && name.is_none();
    value.as_ref().filter(|_| is_map)?.as_str().map(str::to_owned)
}

/// The test that `select` and `selectattr` put each member to.
fn inner_test(used: &Used) -> Option<String> {
    let at = match (used.what, used.name.as_str()) {
        (Word::Filter, "select" | "reject") => 0,
        (Word::Filter, "selectattr" | "rejectattr") => 1,
        _ => return None,
    };
    used.arguments.as_ref()?.get(at)?.1.as_ref()?.as_str().map(str::to_owned)
}

/// What the language says against a use, when it refuses it whatever it is put to.
fn refused(used: &Used, environment: &Environment<'_>) -> Option<Error> {
    let given = used.arguments.as_ref()?;
    let unknown = given.iter().filter(|(_, value)| value.is_none()).count();
    if unknown > UNKNOWN_MAX {
        return None;
    }
    let anything = anything();
    let of = usize::from(used.what != Word::Function);
    let mut first: Option<Error> = None;
    for turn in 0..anything.len().pow(u32::try_from(unknown + of).unwrap_or(0)) {
        let mut turn = turn;
        let mut next = || {
            let one = anything[turn % anything.len()].clone();
            turn /= anything.len();
            one
        };
        let mut handed: Vec<Value> = (0..of).map(|_| next()).collect();
        let mut named: Vec<(String, Value)> = Vec::new();
        for (name, value) in given {
            let value = value.clone().unwrap_or_else(&mut next);
            match name {
                Some(name) => named.push((name.clone(), value)),
                None => handed.push(value),
            }
        }
        if !named.is_empty() {
            handed.push(Value::from(named.into_iter().collect::<Kwargs>()));
        }
        let error = tried(environment, used.what, &used.name, &handed)?;
        // what is said of the arguments themselves tells more
        let tells = |it: &Error| {
            matches!(it.kind(), ErrorKind::TooManyArguments | ErrorKind::MissingArgument | ErrorKind::UnknownTest)
        };
        if first.as_ref().is_none_or(|known| tells(&error) && !tells(known)) {
            first = Some(error);
        }
    }
    first
}

/// What the language says against a call, if anything.
fn tried(environment: &Environment<'_>, what: Word, name: &str, handed: &[Value]) -> Option<Error> {
    let mut state = environment.empty_state();
    match what {
        Word::Filter => state.apply_filter(name, handed).err(),
        Word::Test => state.perform_test(name, handed).err(),
        Word::Function => match state.lookup(name) {
            Some(function) => function.call(&mut state, handed).err(),
            None => Some(Error::from(ErrorKind::UnknownFunction)),
        },
    }
}

/// Values of every kind that papers have.
fn anything() -> Vec<Value> {
    let all = json!(["甲", "2026-01-05", "2026-01", "1", 1, true, [], ["甲"], [1], [{ "甲": 1 }], {}, { "甲": 1 }]);
    all.as_array().into_iter().flatten().map(super::values::value).collect()
}
