//! Evaluating the expressions of a definition against a case: strict, bounded, without clock, chance or I/O.
//!
//! Dates, months and years are texts of fixed width, so comparison is comparison of text; numbers are whole numbers.
//! Names are looked up when an expression asks for them. In a rule judged `per` group every field name stands for the
//! column of its values over the group, which is what `count(…)` and `sum(…)` take.

use super::event::Fields;
use super::ledger::Ledgers;
use super::program::Program;
use super::{Case, Item};
use crate::calendar::Calendar;
use crate::clock::Moment;
use crate::submission::Type;
use crate::workflow::{Field, Subject};
use chrono::{Datelike, Months, NaiveDate};
use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr, Rest, Value};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use std::fmt;
use std::sync::Arc;

/// Steps an expression may take.
pub const EXPRESSION_FUEL_MAX: u64 = 50_000;

/// What an expression is about.
#[derive(Debug, Clone)]
pub enum Target {
    /// the case
    Case,
    /// an item, by id
    Item(u32),
    /// a group of items
    Group(Vec<u32>),
}

/// Everything an expression can see.
#[derive(Debug)]
pub struct Sight {
    program: Program,
    case: Case,
    ledgers: Ledgers,
    now: Moment,
}

impl Sight {
    /// What is seen at this moment.
    pub fn new(program: &Program, case: &Case, ledgers: &Ledgers, now: Moment) -> Arc<Sight> {
        Arc::new(Sight { program: program.clone(), case: case.clone(), ledgers: ledgers.clone(), now })
    }

    /// Evaluates an expression.
    ///
    /// # Errors
    /// MiniJinja's words; a checked definition gives none.
    pub fn value(self: &Arc<Sight>, source: &str, target: &Target) -> Result<Value, String> {
        let environment = environment(self.ledgers.calendar.clone());
        let context = Value::from_object(Context { sight: self.clone(), target: target.clone() });
        let expression = environment.compile_expression(source).map_err(|e| words(&e))?;
        expression.eval(context).map_err(|e| words(&e))
    }

    /// Whether a condition holds.
    ///
    /// # Errors
    /// As [`Sight::value`].
    pub fn holds(self: &Arc<Sight>, source: &str, target: &Target) -> Result<bool, String> {
        Ok(self.value(source, target)?.is_true())
    }

    /// Fills `{{ … }}` in a text.
    ///
    /// # Errors
    /// As [`Sight::value`].
    pub fn text(self: &Arc<Sight>, source: &str, target: &Target) -> Result<String, String> {
        let environment = environment(self.ledgers.calendar.clone());
        let context = Value::from_object(Context { sight: self.clone(), target: target.clone() });
        environment.render_str(source, context).map_err(|e| words(&e))
    }
}

fn words(error: &Error) -> String {
    error.detail().map_or_else(|| error.to_string(), |detail| format!("{}: {detail}", error.kind()))
}

fn environment(calendar: Arc<Calendar>) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(EXPRESSION_FUEL_MAX));
    environment.add_function("count", |values: Value| aggregate(&values, Aggregate::Count));
    environment.add_function("sum", |values: Value| aggregate(&values, Aggregate::Sum));
    environment.add_function("min", |values: Value| aggregate(&values, Aggregate::Min));
    environment.add_function("max", |values: Value| aggregate(&values, Aggregate::Max));
    environment.add_function("any", |values: Value| aggregate(&values, Aggregate::Any));
    environment.add_function("all", |values: Value| aggregate(&values, Aggregate::All));
    environment.add_function("len", |value: Value| value.len().unwrap_or(0) as i64);
    environment.add_function("months", |a: String, b: String| months_between(&a, &b));
    environment.add_function("years", |a: String, b: String| months_between(&a, &b).map(|m| m / 12));
    environment.add_function("days", |a: String, b: String| Ok::<_, Error>((day(&b)? - day(&a)?).num_days()));
    let of = calendar.clone();
    environment.add_function("workdays", move |a: String, b: String| workdays_between(&of, &a, &b));
    environment.add_function("add", move |date: String, span: String| add(&calendar, &date, &span));
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
    let numbers = || all.iter().map(|v| i64::try_from(v.clone())).collect::<Result<Vec<i64>, Error>>();
    Ok(match how {
        Aggregate::Count => Value::from(all.iter().filter(|v| v.is_true()).count() as i64),
        Aggregate::Any => Value::from(all.iter().any(Value::is_true)),
        Aggregate::All => Value::from(all.iter().all(Value::is_true)),
        Aggregate::Sum => Value::from(numbers()?.iter().sum::<i64>()),
        Aggregate::Min => numbers()?.into_iter().min().map_or(Value::UNDEFINED, Value::from),
        Aggregate::Max => numbers()?.into_iter().max().map_or(Value::UNDEFINED, Value::from),
    })
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
    let span = Span::parse(span).map_err(|e| Error::new(ErrorKind::InvalidOperation, e.to_string()))?;
    let to = match span {
        Span::Workdays(n) => Some(calendar.add_workdays(from, i64::from(n))),
        Span::Days(n) => from.checked_add_days(chrono::Days::new(u64::from(n))),
        Span::Months(n) => from.checked_add_months(Months::new(n)),
        Span::Years(n) => from.checked_add_months(Months::new(n.saturating_mul(12))),
        Span::Hours(n) => from.checked_add_days(chrono::Days::new(u64::from(n / 24))),
    };
    to.map(|d| d.to_string()).ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "the date is out of range"))
}

#[derive(Debug)]
struct Context {
    sight: Arc<Sight>,
    target: Target,
}

impl Object for Context {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, name: &str) -> Option<Value> {
        self.sight.common(name).or_else(|| match &self.target {
            Target::Case => None,
            Target::Item(id) => self.sight.of_item(self.sight.case.items.get(id)?, name),
            Target::Group(ids) => self.sight.column(ids, name),
        })
    }
}

impl Sight {
    fn common(self: &Arc<Sight>, name: &str) -> Option<Value> {
        let workflow = self.program.workflow();
        if let Some(param) = workflow.case.params.get(name) {
            return self.case.params.get(name).map(|v| self.shaped(v, param)).or(Some(Value::UNDEFINED));
        }
        match name {
            "today" => return Some(Value::from(self.now.date().to_string())),
            "opener" => return Some(self.office(&self.case.opener)),
            "month" => return Some(Value::from(self.now.format("%Y-%m").to_string())),
            "year" => return Some(Value::from(self.now.year())),
            _ => {}
        }
        if self.program.closure.registers.contains_key(name) {
            return Some(Value::from_object(RegisterObject { sight: self.clone(), name: name.to_string() }));
        }
        None
    }

    fn column(self: &Arc<Sight>, ids: &[u32], name: &str) -> Option<Value> {
        let items: Vec<&Item> = ids.iter().filter_map(|id| self.case.items.get(id)).collect();
        match name {
            "items" => return Some(Value::from(items.iter().map(|i| self.object(i)).collect::<Vec<_>>())),
            "owner" => return items.first().map(|i| self.office(&i.owner)),
            "category" => return items.first().and_then(|i| i.category.clone()).map(Value::from),
            _ => {}
        }
        let values: Vec<Value> = items.iter().map(|i| self.of_item(i, name)).collect::<Option<Vec<_>>>()?;
        Some(Value::from(values.into_iter().filter(|v| !v.is_undefined()).collect::<Vec<_>>()))
    }

    fn object(self: &Arc<Sight>, item: &Item) -> Value {
        Value::from_object(Context { sight: self.clone(), target: Target::Item(item.id) })
    }

    fn of_item(self: &Arc<Sight>, item: &Item, name: &str) -> Option<Value> {
        let workflow = self.program.workflow();
        match name {
            "category" => return Some(item.category.clone().map_or(Value::UNDEFINED, Value::from)),
            "owner" => return Some(self.office(&item.owner)),
            "who" => return Some(who(workflow, item).map_or(Value::UNDEFINED, Value::from)),
            "round" => return Some(Value::from(item.round())),
            "code" => return Some(item.code.clone().map_or(Value::UNDEFINED, |c| Value::from(c.0))),
            "about" => {
                let about = item.about.and_then(|a| self.case.items.get(&a));
                return Some(about.map_or(Value::UNDEFINED, |a| self.object(a)));
            }
            _ => {}
        }
        let of = workflow.items.get(&item.of)?;
        if let Some(field) = of.fields.get(name) {
            return Some(item.fields.get(name).map_or(Value::UNDEFINED, |v| self.shaped(v, field)));
        }
        if workflow.items.get(name).is_some_and(|side| side.about.as_deref() == Some(item.of.as_str())) {
            return Some(self.sides(item, name));
        }
        if let Some(stage) = workflow.stage(name) {
            return Some(self.stage(item, &stage.name));
        }
        for stage in &workflow.stages {
            if let Some(field) = stage.form.item.get(name) {
                let answer = item.answers.get(&stage.name)?;
                return Some(answer.fields.get(name).map_or(Value::UNDEFINED, |v| self.shaped(v, field)));
            }
        }
        let fact = item.fields.get(name).map(shape);
        fact.or_else(|| workflow.rules.iter().any(|r| r.name == name).then_some(Value::UNDEFINED))
    }

    fn sides(&self, item: &Item, kind: &str) -> Value {
        let all: Vec<&Item> = self.case.items.values().filter(|s| s.about == Some(item.id) && s.of == kind).collect();
        let open = all.iter().filter(|s| s.lives()).count() as i64;
        Value::from_pairs([("count", all.len() as i64), ("open", open)])
    }

    fn stage(self: &Arc<Sight>, item: &Item, name: &str) -> Value {
        let Some(answer) = item.answers.get(name) else { return Value::UNDEFINED };
        let head = answer.batch.and_then(|b| self.case.batches.get(&b)).map(|b| b.fields.clone()).unwrap_or_default();
        let stage = self.program.workflow().stage(name);
        let mut values: Vec<(String, Value)> = Vec::new();
        for (key, value) in head.iter().chain(answer.fields.iter()) {
            let field = stage.and_then(|s| s.form.item.get(key).or_else(|| s.form.case.get(key)));
            values.push((key.clone(), field.map_or_else(|| shape(value), |f| self.shaped(value, f))));
        }
        values.push(("done".into(), Value::from(answer.at.date().to_string())));
        values.push(("outcome".into(), answer.outcome.clone().map_or(Value::UNDEFINED, Value::from)));
        values.push(("reason".into(), answer.reason.clone().map_or(Value::UNDEFINED, Value::from)));
        Value::from_pairs(values)
    }

    fn office(&self, id: &str) -> Value {
        Value::from_object(OfficeObject { id: id.to_string(), title: self.ledgers.offices.title(id).to_string() })
    }

    fn shaped(&self, value: &serde_json::Value, field: &Field) -> Value {
        match (&field.kind, value) {
            (_, serde_json::Value::Null) => Value::UNDEFINED,
            (Type::Office, serde_json::Value::String(id)) => self.office(id),
            (Type::Table(..), serde_json::Value::Object(rows)) => Value::from_object(TableObject(rows.clone())),
            (_, other) => shape(other),
        }
    }
}

/// A JSON value as the expression language has it; numbers are whole.
fn shape(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::UNDEFINED,
        serde_json::Value::Bool(b) => Value::from(*b),
        serde_json::Value::Number(n) => n.as_i64().map_or_else(|| Value::from(n.to_string()), Value::from),
        serde_json::Value::String(s) => Value::from(s.clone()),
        serde_json::Value::Array(list) => Value::from(list.iter().map(shape).collect::<Vec<_>>()),
        serde_json::Value::Object(map) => Value::from_pairs(map.iter().map(|(k, v)| (k.clone(), shape(v)))),
    }
}

/// What a register knows an item by: a person by name and identity number, an organisation by credit code or name, an
/// office by its id (LANGUAGE §13).
pub fn who(workflow: &crate::workflow::Workflow, item: &Item) -> Option<String> {
    let of = workflow.items.get(&item.of)?;
    let first = |wanted: &dyn Fn(&Type) -> bool| {
        let field = of.fields.values().find(|f| wanted(&f.kind) && item.fields.contains_key(&f.name))?;
        item.fields.get(&field.name)?.as_str().map(str::to_string)
    };
    let name = || first(&|t| matches!(t, Type::Name));
    match workflow.subject(&item.of, item.category.as_deref())? {
        Subject::Person => Some(join_key(&name()?, first(&|t| matches!(t, Type::IdNumber)).as_deref())),
        Subject::Organisation => first(&|t| matches!(t, Type::CreditCode)).or_else(name),
        Subject::Office => item.fields.get("subject").and_then(|v| v.as_str().map(str::to_string)),
        Subject::Matter | Subject::Document => name(),
    }
}

/// The key of a person: name and identity number.
pub fn join_key(name: &str, id_number: Option<&str>) -> String {
    id_number.map_or_else(|| name.to_string(), |id| format!("{name}|{id}"))
}

#[derive(Debug)]
struct OfficeObject {
    id: String,
    title: String,
}

impl Object for OfficeObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value_by_str(self: &Arc<Self>, name: &str) -> Option<Value> {
        match name {
            "id" => Some(Value::from(self.id.clone())),
            "title" => Some(Value::from(self.title.clone())),
            _ => None,
        }
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<std::cmp::Ordering> {
        Some(self.id.cmp(&other.downcast_ref::<OfficeObject>()?.id))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

/// A table param: indexed by text or by an office.
#[derive(Debug)]
struct TableObject(Fields);

impl Object for TableObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(&key.to_string()).map(shape)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.keys().map(|k| Value::from(k.clone())).collect())
    }
}

#[derive(Debug)]
struct RegisterObject {
    sight: Arc<Sight>,
    name: String,
}

impl Object for RegisterObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call_method(self: &Arc<Self>, _: &mut minijinja::State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        let (rest, options): (Rest<Value>, minijinja::value::Kwargs) = minijinja::value::from_args(args)?;
        let Some(definition) = self.sight.program.closure.registers.get(&self.name) else {
            return Err(Error::new(ErrorKind::UnknownMethod, format!("no register `{}`", self.name)));
        };
        let entries = self.sight.ledgers.registers.get(&self.name).cloned().unwrap_or_default();
        let key = rest.first().filter(|k| !k.is_undefined()).map(ToString::to_string);
        let asked = super::register::Asked {
            key,
            since: options.get::<Option<String>>("since")?,
            until: options.get::<Option<String>>("until")?,
            today: self.sight.now.date().to_string(),
            year: rest.get(1).and_then(|v| i64::try_from(v.clone()).ok()),
        };
        options.assert_all_used()?;
        let answer = match method {
            "has" => Value::from(!super::register::matching(definition, &entries, &asked).is_empty()),
            "count" => Value::from(super::register::matching(definition, &entries, &asked).len()),
            "last" => super::register::matching(definition, &entries, &asked)
                .last()
                .map_or(Value::UNDEFINED, |e| shape(&serde_json::Value::Object(e.fields.clone()))),
            "running" => Value::from(super::register::running(definition, &entries, &asked)),
            _ => return Err(Error::new(ErrorKind::UnknownMethod, format!("a register has no `{method}`"))),
        };
        Ok(answer)
    }
}
