//! Evaluating the expressions of a definition against a case: strict, bounded, without clock, chance or I/O.
//!
//! Dates, months and years are texts of fixed width, so comparison is comparison of text; numbers are whole numbers.
//! Names are looked up when an expression asks for them. In a rule judged `per` group every field name stands for the
//! column of its values over the group, which is what `count(…)` and `sum(…)` take.

mod expressions;
mod failing;
mod functions;
mod keys;
mod objects;
mod of_case;
mod target;
#[cfg(test)]
mod tests;
mod values;

pub use expressions::Expressions;
pub use functions::first_day;
use functions::{CALENDAR, CalendarObject, ENVIRONMENT};
pub use keys::{Sought, has_number, join_key, who};
use objects::{EachItem, OfficeObject, PeriodObject, RegisterObject, RowsObject, TableObject};
pub use target::Target;
pub(super) use values::whole_part;
use values::{fact_value, period, said, shape};

use super::decide::{TAKEN_BACK, TWIN, WITHDRAWN};
use super::ledger::Ledgers;
use super::lists::is_meant;
use super::program::Program;
use super::story::item_name;
use super::{Case, Item};
use crate::clock::Moment;
use crate::deadline::Period;
use crate::submission::{TableKey, Type};
use crate::workflow::ItemType;
use crate::workflow::rule::{self, EACH, asked_text, exact_text};
use chrono::Datelike;
use minijinja::value::{Object, Value};
use minijinja::{Error, ErrorKind};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// Steps an expression may take.
pub const EXPRESSION_FUEL_MAX: u64 = 50_000;

/// Everything an expression can see.
#[derive(Debug)]
pub struct Sight {
    program: Program,
    case: Case,
    ledgers: Ledgers,
    now: Moment,
    /// in a table: the time it is for
    table: Option<Option<Period>>,
    /// where it is noted which entries of registers are found
    saw: Saw,
}

/// Entries of registers that were found, each as `stream/seq` of the event that wrote it last.
pub type Saw = Arc<Mutex<BTreeSet<String>>>;

impl Sight {
    /// What is seen at this moment.
    pub fn new(program: &Program, case: &Case, ledgers: &Ledgers, now: Moment) -> Arc<Sight> {
        Sight::noting(program, case, ledgers, now, &Saw::default())
    }

    /// The same; which entries of registers are found is noted.
    pub fn noting(program: &Program, case: &Case, ledgers: &Ledgers, now: Moment, saw: &Saw) -> Arc<Sight> {
        Sight::at(program, case, ledgers, now, None, saw)
    }

    /// What a table for a time sees of a case as it stood then.
    pub fn of_table(
        program: &Program,
        case: &Case,
        ledgers: &Ledgers,
        as_of: Moment,
        period: Option<Period>,
    ) -> Arc<Sight> {
        Sight::at(program, case, ledgers, as_of, Some(period), &Saw::default())
    }

    fn at(
        program: &Program,
        case: &Case,
        ledgers: &Ledgers,
        now: Moment,
        table: Option<Option<Period>>,
        saw: &Saw,
    ) -> Arc<Sight> {
        let (program, case, ledgers) = (program.clone(), case.clone(), ledgers.clone());
        Arc::new(Sight { program, case, ledgers, now, table, saw: saw.clone() })
    }

    /// The case it sees.
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// The definition the case runs by.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The ledgers it sees.
    pub fn ledgers(&self) -> &Ledgers {
        &self.ledgers
    }

    /// Evaluates an expression.
    ///
    /// # Errors
    /// What is missing or cannot be reckoned, as an office is told; a checked definition gives little of it.
    pub fn value(self: &Arc<Sight>, source: &str, target: &Target) -> Result<Value, String> {
        self.evaluated(source, target).map_err(|why| failing::told(&why, || self.missing(source, target)))
    }

    /// What an expression mentions and nobody has filled in.
    fn missing(self: &Arc<Sight>, source: &str, target: &Target) -> Vec<String> {
        let mut missing: Vec<String> = Vec::new();
        for name in rule::mentioned(source).iter().map(|path| path.join(".")) {
            let value = self.evaluated(&name, target);
            let lacks = value.map_or_else(|why| why.kind() == ErrorKind::UndefinedError, |value| value.is_undefined());
            if lacks && !missing.contains(&name) {
                missing.push(name);
            }
        }
        missing
    }

    fn evaluated(self: &Arc<Sight>, source: &str, target: &Target) -> Result<Value, Error> {
        let context = Value::from_object(Context { sight: self.clone(), target: target.clone() });
        let expression = match target {
            Target::Group(_) => self.program.expressions.of_group(source)?,
            Target::Case | Target::Item(_) | Target::Record { .. } | Target::Assessor { .. } => {
                self.program.expressions.compiled(source)?
            }
        };
        expression.eval(context)
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
        let context = Value::from_object(Context { sight: self.clone(), target: target.clone() });
        let text = ENVIRONMENT.render_str(&exact_text(&asked_text(source)), context);
        text.map_err(|why| failing::told(&why, Vec::new))
    }
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
        if let Some(found) = self.sight.of_table_alone(name, &self.target) {
            return Some(found);
        }
        let found = self.sight.common(name).or_else(|| match &self.target {
            Target::Case | Target::Record { .. } => None,
            Target::Item(id) => self.sight.of_item(self.sight.case.items.get(id)?, name),
            Target::Group(ids) => self.sight.column(ids, name),
            Target::Assessor { item, name: who, office } => match name {
                "考核人" => Some(Value::from(who.clone())),
                "考核人单位" => Some(self.sight.office(office)),
                other => {
                    self.sight.called(other).or_else(|| self.sight.of_item(self.sight.case.items.get(item)?, other))
                }
            },
        });
        let of_case = || self.sight.case.period.as_deref().filter(|_| name == "period").map(period);
        found.or_else(of_case).or_else(|| self.sight.asked_of_case(name))
    }
}

impl Sight {
    /// What means something in a table alone, or something else there: its time, and the fields of a record.
    fn of_table_alone(self: &Arc<Sight>, name: &str, target: &Target) -> Option<Value> {
        let period = self.table.as_ref()?;
        match (name, target) {
            ("period", _) => Some(period.map_or(Value::UNDEFINED, |p| Value::from_object(PeriodObject(p)))),
            ("as_of", _) => Some(Value::from(self.now.date().to_string())),
            ("own_period", Target::Item(id)) => self.case.item(*id)?.fields.get("period")?.as_str().map(self::period),
            ("own_period", Target::Record { fields, .. }) => fields.get("period")?.as_str().map(self::period),
            (_, Target::Record { fields, register }) => {
                let value = fields.get(name)?;
                let register = register.as_ref().and_then(|r| self.program.closure.registers.get(r));
                let field = register.and_then(|r| r.fields.get(name));
                let office = name == "owner" && register.is_none();
                Some(match (field, value.as_str()) {
                    (Some(field), _) => self.shaped(value, &field.kind),
                    (None, Some(id)) if office => self.office(id),
                    (None, _) => shape(value),
                })
            }
            (_, Target::Case | Target::Item(_) | Target::Group(_) | Target::Assessor { .. }) => None,
        }
    }

    fn common(self: &Arc<Sight>, name: &str) -> Option<Value> {
        let workflow = self.program.workflow();
        if let Some(param) = workflow.case.params.get(name) {
            return self.case.params.get(name).map(|v| self.shaped(v, &param.kind)).or(Some(Value::UNDEFINED));
        }
        match name {
            CALENDAR => return Some(Value::from_object(CalendarObject(self.ledgers.calendar.clone()))),
            "today" => return Some(Value::from(self.now.date().to_string())),
            "opener" => return Some(self.office(&self.case.opener)),
            "month" => return Some(Value::from(self.now.format("%Y-%m").to_string())),
            "year" => return Some(Value::from(self.now.year())),
            _ => {}
        }
        if workflow.items.get(name).is_some_and(ItemType::is_about_case) {
            return Some(self.sides(None, name));
        }
        if self.program.closure.registers.contains_key(name) {
            return Some(Value::from_object(RegisterObject { sight: self.clone(), name: name.to_string() }));
        }
        None
    }

    fn column(self: &Arc<Sight>, ids: &[u32], name: &str) -> Option<Value> {
        let items: Vec<&Item> = ids.iter().filter_map(|id| self.case.item(*id)).collect();
        match name {
            EACH => return Some(Value::from_object(EachItem { sight: self.clone(), items: ids.to_vec() })),
            "items" => return Some(Value::from(items.iter().map(|i| self.object(i)).collect::<Vec<_>>())),
            "owner" => return items.first().map(|i| self.office(&i.owner)),
            "category" => return items.first().and_then(|i| i.category.clone()).map(Value::from),
            _ => {}
        }
        let values: Vec<Value> = items.iter().map(|i| self.of_item(i, name)).collect::<Option<Vec<_>>>()?;
        Some(Value::from(values.into_iter().filter(|v| !v.is_undefined()).collect::<Vec<_>>()))
    }

    /// What the items of a type, category or list are called.
    fn called(&self, of: &str) -> Option<Value> {
        let workflow = self.program.workflow();
        let category = workflow.items.values().any(|t| t.name == of || t.categories.contains_key(of));
        if !category && workflow.list_stage(of).is_none() {
            return None;
        }
        let of = [of.to_string()];
        let meant = self.case.all_items().filter(|i| is_meant(workflow, &of, i));
        Some(Value::from(meant.map(|i| item_name(workflow, i)).collect::<Vec<_>>()))
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
            "subject" => {
                let office = item.fields.get("subject").and_then(|v| v.as_str()).map(|id| self.office(id));
                return Some(office.or_else(|| who(workflow, item).map(Value::from)).unwrap_or(Value::UNDEFINED));
            }
            "period" => return item.fields.get("period").and_then(|v| v.as_str()).map(period),
            TWIN => return Some(item.fields.get(TWIN).map_or(Value::UNDEFINED, shape)),
            "round" => return Some(Value::from(item.round())),
            "child" => {
                let child = self.case.child_of(item);
                let end = child.and_then(|c| c.end).map(|end| ("end", Value::from(format!("{end:?}"))));
                return Some(Value::from_pairs(end));
            }
            "code" => return Some(item.code.clone().map_or(Value::UNDEFINED, |c| Value::from(c.0))),
            "code_date" => return Some(item.code.as_ref().map_or(Value::UNDEFINED, |c| c.1.date().to_string().into())),
            "stage" => return item.stage().or(item.label()).map(Value::from),
            "outcome" => return Some(said(item, |a| a.outcome.clone())),
            "reason" => return Some(said(item, |a| a.reason.clone())),
            "about" => {
                let about = item.about.and_then(|a| self.case.items.get(&a));
                return Some(about.map_or(Value::UNDEFINED, |a| self.object(a)));
            }
            _ => {}
        }
        let of = workflow.items.get(&item.of)?;
        if let Some(field) = of.fields.get(name) {
            return Some(item.fields.get(name).map_or(Value::UNDEFINED, |v| self.shaped(v, &field.kind)));
        }
        if workflow.items.get(name).is_some_and(|side| side.about.as_deref() == Some(item.of.as_str())) {
            return Some(self.sides(Some(item.id), name));
        }
        if workflow.list_stage(name).is_some() {
            return Some(Value::from(item.lists.contains(name)));
        }
        if let Some(stage) = workflow.stage(name).filter(|s| !s.of_case) {
            return Some(self.stage(item, &stage.name));
        }
        for stage in workflow.stages.iter().filter(|s| !s.of_case) {
            if let Some(field) = stage.form.item.get(name) {
                let answer = item.answers.get(&stage.name)?;
                return Some(answer.fields.get(name).map_or(Value::UNDEFINED, |v| self.shaped(v, &field.kind)));
            }
            if let Some(field) = stage.form.case.get(name) {
                let batch = item.answers.get(&stage.name)?.batch.and_then(|b| self.case.batches.get(&b));
                let said = batch.and_then(|b| b.fields.get(name));
                return Some(said.map_or(Value::UNDEFINED, |v| self.shaped(v, &field.kind)));
            }
            if let Some(fact) = item.answers.get(&stage.name).and_then(|a| a.fields.get(name))
                && stage.facts().iter().any(|f| f.name == name)
            {
                return Some(fact_value(fact));
            }
        }
        let fact = item.fields.get(name).map(shape);
        fact.or_else(|| workflow.rules.iter().any(|r| r.name == name).then_some(Value::UNDEFINED))
    }

    /// The side items of a type about an item, or about the case; what was taken back was never there.
    fn sides(&self, about: Option<u32>, kind: &str) -> Value {
        let withdrawn = |s: &Item| s.label().is_some_and(|label| [TAKEN_BACK, WITHDRAWN].contains(&label));
        let meant = |s: &&Item| s.about == about && s.of == kind && !withdrawn(s);
        let all: Vec<&Item> = self.case.all_items().filter(meant).collect();
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
            values.push((key.clone(), field.map_or_else(|| fact_value(value), |f| self.shaped(value, &f.kind))));
        }
        values.push(("done".into(), Value::from(answer.at.date().to_string())));
        values.push(("outcome".into(), answer.outcome.clone().map_or(Value::UNDEFINED, Value::from)));
        values.push(("reason".into(), answer.reason.clone().map_or(Value::UNDEFINED, Value::from)));
        Value::from_pairs(values)
    }

    /// An office is whoever stands for it now, so that what was said of offices before a merger fits what is said after it.
    fn office(&self, id: &str) -> Value {
        let id = self.ledgers.offices.standing(id);
        let known = self.ledgers.offices.offices.get(id);
        Value::from_object(OfficeObject {
            id: id.to_string(),
            title: self.ledgers.offices.title(id).to_string(),
            phone: known.and_then(|office| office.phone.clone()),
            address: known.and_then(|office| office.address.clone()),
            tags: known.map(|office| office.tags.clone()).unwrap_or_default(),
        })
    }

    fn shaped(&self, value: &serde_json::Value, kind: &Type) -> Value {
        match (kind, value) {
            (_, serde_json::Value::Null) => Value::UNDEFINED,
            (Type::Office, serde_json::Value::String(id)) => self.office(id),
            (Type::Period, serde_json::Value::String(name)) => period(name),
            (Type::Table(_, Some(TableKey::Office)), serde_json::Value::Object(rows)) => {
                Value::from_object(TableObject(self.ledgers.offices.rows_standing(rows)))
            }
            (Type::Table(..), serde_json::Value::Object(rows)) => Value::from_object(TableObject(rows.clone())),
            (Type::Table(columns, None), serde_json::Value::Array(rows)) => {
                let cells = |(name, kind): &(String, Type)| {
                    let there = rows.iter().filter_map(|row| row.get(name)).map(|cell| self.shaped(cell, kind));
                    (name.clone(), there.collect())
                };
                let columns = columns.iter().map(cells).collect();
                Value::from_object(RowsObject { rows: rows.iter().map(shape).collect(), columns })
            }
            (Type::Decimal(_) | Type::Money | Type::Percent, number) => fact_value(number),
            (Type::AboutNumber, serde_json::Value::String(_)) => {
                let number = super::table::written(value).map(|w| w.number.whole_or_nearest());
                number.map_or_else(|| shape(value), |n| n.map_or_else(Value::from, Value::from))
            }
            (_, other) => shape(other),
        }
    }
}
