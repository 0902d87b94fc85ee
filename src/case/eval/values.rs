//! Values as the expression language has them: what is kept as JSON, and back.

use super::objects::PeriodObject;
use crate::case::{Answer, Item};
use crate::deadline::Period;
use crate::tally::Fraction;
use minijinja::Value;

/// What the latest answer about an item says.
pub(super) fn said(item: &Item, what: impl Fn(&Answer) -> Option<String>) -> Value {
    item.latest_answer().and_then(what).map_or(Value::UNDEFINED, Value::from)
}

/// The whole part of a number, as a quota is counted.
pub(in crate::case) fn whole_part(value: &Value) -> Option<i64> {
    i64::try_from(value.clone()).ok().or_else(|| {
        let floor = f64::try_from(value.clone()).ok()?.floor();
        format!("{floor:.0}").parse().ok()
    })
}

/// A period by its name.
pub(super) fn period(name: &str) -> Value {
    Period::parse(name).map_or_else(|| Value::from(name), |period| Value::from_object(PeriodObject(period)))
}

/// A JSON value as the expression language has it; numbers are whole.
pub(super) fn shape(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::UNDEFINED,
        serde_json::Value::Bool(b) => Value::from(*b),
        serde_json::Value::Number(n) => n.as_i64().map_or_else(|| Value::from(n.to_string()), Value::from),
        serde_json::Value::String(s) => Value::from(s.clone()),
        serde_json::Value::Array(list) => Value::from(list.iter().map(shape).collect::<Vec<_>>()),
        serde_json::Value::Object(map) => Value::from_pairs(map.iter().map(|(k, v)| (k.clone(), shape(v)))),
    }
}

/// What was counted, as the expression language has it. A fraction is kept exactly (`a/b`) and compared as the nearest binary
/// number: two fractions of counts, or a fraction and a number written in a definition, differ by far more than that is off,
/// and equal ones give the same number.
pub(super) fn fact_value(value: &serde_json::Value) -> Value {
    let exact = value.as_str().and_then(|text| Fraction::parse(text).ok());
    exact.map_or_else(|| shape(value), |fraction| fraction.whole_or_nearest().map_or_else(Value::from, Value::from))
}
