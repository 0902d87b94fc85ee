//! What names stand for in an expression beyond plain values: offices, tables, registers.

use super::{Sight, Target, shape};
use crate::case::event::Fields;
use crate::case::ledger::Entry;
use crate::case::register;
use crate::deadline::Period;
use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr, Rest, Value};
use minijinja::{Error, ErrorKind, State};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct OfficeObject {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) phone: Option<String>,
    pub(super) address: Option<String>,
    pub(super) tags: Vec<String>,
}

impl Object for OfficeObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value_by_str(self: &Arc<Self>, name: &str) -> Option<Value> {
        match name {
            "id" => Some(Value::from(self.id.clone())),
            "title" => Some(Value::from(self.title.clone())),
            "phone" => self.phone.clone().map(Value::from),
            "address" => self.address.clone().map(Value::from),
            "tags" => Some(Value::from(self.tags.clone())),
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

/// A reckoning that is put to each item of a group; where it reads what an item has not, the item counts for nothing.
#[derive(Debug)]
pub(super) struct EachItem {
    pub(super) sight: Arc<Sight>,
    pub(super) items: Vec<u32>,
}

impl Object for EachItem {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, given: &[Value]) -> Result<Value, Error> {
        let source = given.first().and_then(Value::as_str).unwrap_or_default();
        let mut values = Vec::new();
        for id in &self.items {
            match self.sight.evaluated(source, &Target::Item(*id)) {
                Ok(value) if value.is_undefined() => {}
                Ok(value) => values.push(value),
                Err(error) if error.kind() == ErrorKind::UndefinedError => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Value::from(values))
    }
}

/// A week, a month, a quarter …
#[derive(Debug)]
pub(super) struct PeriodObject(pub(super) Period);

impl Object for PeriodObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value_by_str(self: &Arc<Self>, name: &str) -> Option<Value> {
        match name {
            "start" => Some(Value::from(self.0.start().to_string())),
            "end" => Some(Value::from(self.0.end().to_string())),
            "title" => Some(Value::from(self.0.title())),
            _ => None,
        }
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        let (date,): (String,) = minijinja::value::from_args(args)?;
        if method != "has" {
            return Err(Error::new(ErrorKind::UnknownMethod, format!("a period has no `{method}`")));
        }
        Ok(Value::from(super::first_day(&date).is_some_and(|day| self.0.has(day))))
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<std::cmp::Ordering> {
        Some(self.0.cmp(&other.downcast_ref::<PeriodObject>()?.0))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.name())
    }
}

/// A table param: indexed by text or by an office.
#[derive(Debug)]
pub(super) struct TableObject(pub(super) Fields);

impl Object for TableObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(&key.to_string()).map(shape)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.keys().map(|k| Value::from(k.clone())).collect())
    }
}

/// A table whose rows have no key: the list of its rows, each column as the list of what stands in it, and the number of rows.
#[derive(Debug)]
pub(super) struct RowsObject {
    pub(super) rows: Vec<Value>,
    pub(super) columns: BTreeMap<String, Vec<Value>>,
}

impl Object for RowsObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let Some(name) = key.as_str() else { return self.rows.get(usize::try_from(key.clone()).ok()?).cloned() };
        let column = self.columns.get(name).cloned().map(Value::from);
        column.or_else(|| (name == "count").then(|| Value::from(self.rows.len())))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.rows.clone())
    }
}

#[derive(Debug)]
pub(super) struct RegisterObject {
    pub(super) sight: Arc<Sight>,
    pub(super) name: String,
}

impl Object for RegisterObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        let (rest, options): (Rest<Value>, minijinja::value::Kwargs) = minijinja::value::from_args(args)?;
        let Some(definition) = self.sight.program.closure.registers.get(&self.name) else {
            return Err(Error::new(ErrorKind::UnknownMethod, format!("no register `{}`", self.name)));
        };
        let entries = self.sight.ledgers.registers.get(&self.name).cloned().unwrap_or_default();
        let key = rest.first().filter(|k| !k.is_undefined()).map(ToString::to_string);
        let asked = register::Asked {
            key,
            // a year is a number, a month and a date are texts
            since: options.get::<Option<Value>>("since")?.map(|v| v.to_string()),
            until: options.get::<Option<Value>>("until")?.map(|v| v.to_string()),
            today: self.sight.now.date().to_string(),
            year: rest.get(1).and_then(|v| i64::try_from(v.clone()).ok()),
        };
        options.assert_all_used()?;
        let found = register::matching(definition, &entries, &asked);
        if let Ok(mut saw) = self.sight.saw.lock() {
            saw.extend(found.iter().map(|entry| entry.source.clone()));
        }
        let fields = |entry: &Entry| shape(&serde_json::Value::Object(entry.fields.clone()));
        let answer = match method {
            "has" => Value::from(!found.is_empty()),
            "count" => Value::from(found.len()),
            "last" => found.last().map_or(Value::UNDEFINED, fields),
            "running" => Value::from(register::running(definition, &entries, &asked)),
            _ => return Err(Error::new(ErrorKind::UnknownMethod, format!("a register has no `{method}`"))),
        };
        Ok(answer)
    }
}
