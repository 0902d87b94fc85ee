//! The closed set of functions (LANGUAGE §13), and the environment they live in.

use super::EXPRESSION_FUEL_MAX;
use crate::calendar::Calendar;
use crate::numerals;
use crate::tally::{Fraction, Unreckonable};
use crate::workflow::rule::RECKON;
use chrono::{Datelike, Months, NaiveDate};
use minijinja::value::{Object, ObjectRepr, Value};
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior};
use std::sync::{Arc, LazyLock};

/// The name the calendar goes by in a context; no definition can write it.
pub(super) const CALENDAR: &str = "calendar of the day";

/// The one environment of all expressions; what depends on the case is looked up in the context.
pub(super) static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(environment);

/// The calendar as a value of the context.
#[derive(Debug)]
pub(super) struct CalendarObject(pub(super) Arc<Calendar>);

impl Object for CalendarObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }
}

fn calendar(state: &State<'_, '_>) -> Result<Arc<CalendarObject>, Error> {
    let found = state.lookup(CALENDAR).and_then(|value| value.downcast_object::<CalendarObject>());
    found.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "there is no calendar here"))
}

/// How a value is written out.
type Written = fn(&str) -> Option<String>;
const WRITTEN: [(&str, Written); 4] = [
    ("cn", numerals::written),
    ("rmb", numerals::amount),
    ("date_cn", numerals::date_cn),
    ("mask", |text| Some(numerals::mask(text))),
];

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(EXPRESSION_FUEL_MAX));
    environment.add_function("count", |values: Value| aggregate(&values, Aggregate::Count));
    environment.add_function("sum", |values: Value| aggregate(&values, Aggregate::Sum));
    environment.add_function("min", |values: Value| aggregate(&values, Aggregate::Min));
    environment.add_function("max", |values: Value| aggregate(&values, Aggregate::Max));
    environment.add_function(RECKON, |steps: String, values: Vec<Value>| reckon(&steps, &values));
    environment.add_function("any", |values: Value| aggregate(&values, Aggregate::Any));
    environment.add_function("all", |values: Value| aggregate(&values, Aggregate::All));
    // what is missing is none
    environment.add_test("none", |value: &Value| value.is_none() || value.is_undefined());
    // what `names(…)` is given is names already
    environment.add_function("names", |names: Value| names);
    environment.add_function("len", |value: Value| value.len().unwrap_or(0) as i64);
    environment.add_function("months", |a: String, b: String| months_between(&a, &b));
    environment.add_function("years", |a: String, b: String| months_between(&a, &b).map(|m| m / 12));
    environment.add_function("days", |a: String, b: String| Ok::<_, Error>((day(&b)? - day(&a)?).num_days()));
    environment.add_function("workdays", |state: &State<'_, '_>, a: String, b: String| {
        workdays_between(&calendar(state)?.0, &a, &b)
    });
    for (name, written) in WRITTEN {
        environment.add_function(name, move |value: Value| {
            let text = value.to_string();
            let why = || Error::new(ErrorKind::InvalidOperation, format!("`{name}` cannot write `{text}`"));
            written(&text).ok_or_else(why)
        });
    }
    environment.add_function("add", |state: &State<'_, '_>, date: String, span: String| {
        add(&calendar(state)?.0, &date, &span)
    });
    environment
}

#[derive(Clone, Copy)]
enum Aggregate {
    Count,
    Sum,
    Min,
    Max,
    Any,
    All,
}

/// Takes a column (or a mapping, whose values count) together. `count` counts what is true; undefined counts as nothing.
fn aggregate(values: &Value, how: Aggregate) -> Result<Value, Error> {
    let mut all = Vec::new();
    flatten(values, &mut all)?;
    let numbers = || all.iter().map(number).collect::<Result<Vec<Fraction>, Error>>();
    let told = |number: Fraction| number.whole_or_nearest().map_or_else(Value::from, Value::from);
    Ok(match how {
        Aggregate::Count => Value::from(all.iter().filter(|v| v.is_true()).count() as i64),
        Aggregate::Any => Value::from(all.iter().any(Value::is_true)),
        Aggregate::All => Value::from(all.iter().all(Value::is_true)),
        Aggregate::Sum => Fraction::sum(numbers()?)
            .map(told)
            .map_err(|why| Error::new(ErrorKind::InvalidOperation, why.to_string()))?,
        Aggregate::Min => numbers()?.into_iter().min().map_or(Value::UNDEFINED, told),
        Aggregate::Max => numbers()?.into_iter().max().map_or(Value::UNDEFINED, told),
    })
}

/// Reckons exactly: each step takes the last one or two results, a number stands for a value.
fn reckon(steps: &str, values: &[Value]) -> Result<Value, Error> {
    let wrong = |why: &dyn std::fmt::Display| Error::new(ErrorKind::InvalidOperation, why.to_string());
    let mut results: Vec<Fraction> = Vec::new();
    let nothing = || wrong(&"a step has nothing to reckon with");
    for step in steps.split(' ') {
        let taken = match step.parse::<usize>() {
            Ok(place) => number(values.get(place).ok_or_else(nothing)?)?,
            Err(_) => {
                let right = results.pop().ok_or_else(nothing)?;
                let left = if step == "neg" { Fraction::ZERO } else { results.pop().ok_or_else(nothing)? };
                step_of(step, left, right).map_err(|why| wrong(&why))?
            }
        };
        results.push(taken);
    }
    let result = results.pop().ok_or_else(nothing)?;
    Ok(result.whole_or_nearest().map_or_else(Value::from, Value::from))
}

fn step_of(step: &str, left: Fraction, right: Fraction) -> Result<Fraction, Unreckonable> {
    match step {
        "+" => left.plus(right),
        "-" | "neg" => left.minus(right),
        "*" => left.times(right),
        "/" => left.over(right),
        "//" => left.over(right).map(Fraction::floor),
        "%" => left.minus(right.times(left.over(right)?.floor())?),
        "**" => left.to_the(right),
        _ => Err(Unreckonable::NotANumber),
    }
}

/// A number exactly. One with a point stands as the nearest binary number, whose shortest text is the decimal it came from.
fn number(value: &Value) -> Result<Fraction, Error> {
    let text = value.to_string();
    Fraction::parse(text.strip_suffix(".0").unwrap_or(&text))
        .map_err(|why| Error::new(ErrorKind::InvalidOperation, format!("`{text}`: {why}")))
}

fn flatten(value: &Value, into: &mut Vec<Value>) -> Result<(), Error> {
    if value.is_undefined() || value.is_none() {
        return Ok(());
    }
    let mapping = value.kind() == minijinja::value::ValueKind::Map;
    if !mapping && value.kind() != minijinja::value::ValueKind::Seq {
        into.push(value.clone());
        return Ok(());
    }
    for each in value.try_iter()? {
        let inner = if mapping { value.get_item(&each)? } else { each };
        flatten(&inner, into)?;
    }
    Ok(())
}

/// The first day a date, month or year text means.
pub fn first_day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('-');
    let year: i32 = parts.next()?.parse().ok()?;
    let month: u32 = parts.next().map_or(Some(1), |m| m.parse().ok())?;
    let day: u32 = parts.next().map_or(Some(1), |d| d.get(..2).unwrap_or(d).parse().ok())?;
    NaiveDate::from_ymd_opt(year, month, day)
}

fn day(text: &str) -> Result<NaiveDate, Error> {
    first_day(text).ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("`{text}` is not a date")))
}

fn months_between(a: &str, b: &str) -> Result<i64, Error> {
    let (a, b) = (day(a)?, day(b)?);
    let whole = i64::from(b.year() - a.year()) * 12 + i64::from(b.month()) - i64::from(a.month());
    Ok(if b.day() < a.day() { whole - 1 } else { whole })
}

fn workdays_between(calendar: &Calendar, a: &str, b: &str) -> Result<i64, Error> {
    let (a, b) = (day(a)?, day(b)?);
    Ok(a.iter_days().skip(1).take_while(|d| *d <= b).filter(|d| calendar.is_workday(*d)).count() as i64)
}

fn add(calendar: &Calendar, date: &str, span: &str) -> Result<String, Error> {
    use crate::deadline::Span;
    let from = day(date)?;
    let (back, span) = span.strip_prefix('-').map_or((false, span), |rest| (true, rest));
    let span = Span::parse(span).map_err(|e| Error::new(ErrorKind::InvalidOperation, e.to_string()))?;
    let days = |n: u32| {
        let days = chrono::Days::new(u64::from(n));
        if back { from.checked_sub_days(days) } else { from.checked_add_days(days) }
    };
    let months = |n: u32| {
        let months = Months::new(n);
        if back { from.checked_sub_months(months) } else { from.checked_add_months(months) }
    };
    let to = match span {
        Span::Workdays(n) => Some(calendar.add_workdays(from, if back { -i64::from(n) } else { i64::from(n) })),
        Span::Days(n) => days(n),
        Span::Months(n) => months(n),
        Span::Years(n) => months(n.saturating_mul(12)),
        Span::Hours(n) => days(n / 24),
    };
    to.map(|d| d.to_string()).ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "the date is out of range"))
}
