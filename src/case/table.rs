//! Named tables (§12): reckoned exactly, frozen with their digest when a paper uses them.
//!
//! Guarantees: a table is a function of the case, the ledgers and its time. In a scheduled report everything is seen as it
//! stood at the end of the reported period, whenever it is made, but for what comes in about that time by a duty, a scheduled
//! case or a dated entry of a register (`returns`); in other papers as it stands. A check that does not hold is an error with its figures: no wrong total is ever printed.

mod figures;
mod heads;
mod records;
mod returns;

use super::Case;
use super::command::Command;
use super::eval::Sight;
use super::event::Fields;
use super::ledger::Ledgers;
use super::program::Program;
use super::story::date_cn;
use crate::clock::Moment;
use crate::deadline::Period;
use crate::submission::Type;
use crate::tally::Fraction;
use crate::workflow::{Heads, Reckoned, TOTALS, TableDefinition, TableFrom, Workflow, rule};
use chrono::{NaiveDate, NaiveTime};
pub(in crate::case) use figures::written;
use figures::{Cell, reckon};
use heads::Group;
use records::Record;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Most cells a table may have.
pub const TABLE_CELLS_MAX: usize = 20_000;

/// What a table is reckoned from.
pub struct Asked<'a> {
    /// the case's definition
    pub program: &'a Program,
    /// the case
    pub case: &'a Case,
    /// the ledgers, with what lies beside them
    pub ledgers: &'a Ledgers,
    /// when it is made
    pub now: Moment,
    /// the time it is for
    pub period: Option<Period>,
    /// it stands in a scheduled report: everything is seen as it stood at the end of the period, but for what duties hand in
    /// about that time, which counts whenever it came in
    pub report: bool,
    /// when the report before it was made
    pub told: Option<Moment>,
}

/// A table as a paper prints it: `columns`, `heads` over them, `rows` with `label`, `values`, `parts` and, where they are
/// wanted, totals; who is `missing`; the day it is `as_of`.
///
/// # Errors
/// In Chinese: a condition that cannot be judged, a value that is no number, a check that does not hold, a table too large.
pub fn freeze(asked: &Asked<'_>, name: &str) -> Result<Value, String> {
    let program = asked.program;
    let Some(table) = program.workflow().tables.get(name) else { return Err(format!("没有表“{name}”")) };
    let told = |why: String| format!("表“{name}”{why}");
    reckoned(asked, table).map_err(told)
}

/// The digest a frozen table goes by.
pub fn digest(frozen: &Value) -> String {
    Sha256::digest(frozen.to_string()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The time a case is for: the period it was opened for, or the year, month or period among its key.
pub fn period_of(workflow: &Workflow, case: &Case) -> Option<Period> {
    let opened = case.period.as_deref().and_then(Period::parse);
    let keyed = || {
        workflow.case.key.iter().find_map(|key| {
            let param = workflow.case.params.get(key)?;
            let value = case.params.get(key)?;
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_string);
            matches!(param.kind, Type::Year | Type::Month | Type::Period).then(|| Period::parse(&text))?
        })
    };
    opened.or_else(keyed)
}

/// The tables a template prints.
pub fn read_by<'a>(program: &'a Program, template: &str) -> Vec<&'a TableDefinition> {
    let tables = &program.workflow().tables;
    if tables.is_empty() {
        return Vec::new();
    }
    let source = program.template(template).unwrap_or_default();
    let mentions = rule::text_names(&source).unwrap_or_default();
    let named: BTreeSet<&String> = mentions.iter().filter_map(|m| m.path.first()).collect();
    tables.values().filter(|t| named.contains(&t.name)).collect()
}

/// What must lie beside the ledgers for the tables of a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// workflows whose cases are counted
    pub workflows: BTreeSet<String>,
    /// days at whose end cases are looked at
    pub days: BTreeSet<NaiveDate>,
}

/// What the tables of a case may look at beside it when something is decided now; `asked` of it, where that is known.
pub fn wanted(
    program: &Program,
    case: Option<&Case>,
    asked: Option<&Command>,
    ledgers: &Ledgers,
    now: Moment,
) -> Wanted {
    let workflow = program.workflow();
    let mut wanted = Wanted::default();
    for table in workflow.tables.values() {
        if let TableFrom::Cases(name) = &table.from {
            wanted.workflows.insert(name.clone());
        }
    }
    let Some(case) = case.filter(|_| !workflow.tables.is_empty()) else { return wanted };
    let reported = super::decide::reported_now(program, case, asked, &ledgers.calendar, now);
    wanted.days.extend(reported.into_iter().map(Period::end).filter(|end| *end < now.date()));
    wanted
}

impl Asked<'_> {
    /// The moment everything is told of: the end of the period once that is over.
    fn as_of(&self) -> Moment {
        let end = self.period.map(Period::end).filter(|end| *end < self.now.date());
        end.map_or(self.now, then_of)
    }

    /// The day at whose end everything is looked at; None: as it stands.
    fn rewound(&self) -> Option<NaiveDate> {
        self.period.map(Period::end).filter(|end| self.report && *end < self.now.date())
    }

    /// A case as it stood then; None: it was not open yet.
    fn then(&self, case: &Case) -> Result<Option<Case>, String> {
        let Some(day) = self.rewound() else { return Ok(Some(case.clone())) };
        match self.ledgers.beside.past.get(&(case.id.clone(), day)) {
            Some(past) => Ok(past.clone()),
            None if case.latest.date() <= day => Ok(Some(case.clone())),
            None => Err(format!("缺少案卷“{}”{}的状态", case.id, date_cn(day))),
        }
    }

    fn ledgers_then(&self) -> Ledgers {
        let mut ledgers = self.ledgers.clone();
        if self.rewound().is_some() {
            let at = self.as_of();
            let then = ledgers.registers.iter().map(|(name, e)| (name.clone(), super::register::as_of(e, at)));
            ledgers.registers = then.collect();
        }
        ledgers
    }

    fn sight(&self, program: &Program, case: &Case, ledgers: &Ledgers) -> std::sync::Arc<Sight> {
        Sight::of_table(program, case, ledgers, self.as_of(), self.period)
    }
}

fn reckoned(asked: &Asked<'_>, table: &TableDefinition) -> Result<Value, String> {
    let records = records::of(asked, table)?;
    let (rows, missing) = heads::rows(asked, table, &records)?;
    let columns = heads::columns(asked, table, &records)?;
    let figures = table.figures();
    let places = figures.iter().map(|figure| figures::places(asked, table, &figure.measure)).collect();
    let grid = Grid { table, records: &records, columns: &columns, figures, places, params: &asked.case.params };
    let cells = rows.len().saturating_mul(grid.titles().len().max(1));
    if cells > TABLE_CELLS_MAX {
        return Err(format!("有{cells}格，最多{TABLE_CELLS_MAX}格，请缩小统计范围"));
    }
    let all = Group::of_all(&records);
    let totals = grid.line(&all)?;
    let mut lines = Vec::new();
    for row in &rows {
        lines.push(grid.line(row)?);
    }
    let told: Vec<Value> = rows.iter().zip(&lines).map(|(row, line)| grid.row(row, line)).collect::<Result<_, _>>()?;
    grid.checked(&rows, &lines, &totals)?;
    let nothing = |office: &&String| rows.iter().any(|row| row.key == **office && row.members.is_empty());
    let titles = &asked.ledgers.offices;
    let absent: Vec<&str> = missing.iter().filter(nothing).map(|office| titles.title(office)).collect();
    let mut frozen = json!({
        "columns": grid.titles(),
        "rows": told,
        "missing": absent,
        "as_of": asked.as_of().date().to_string(),
    });
    if let Some(map) = frozen.as_object_mut() {
        let told = [("outstanding", returns::owed(asked, table)), ("late", returns::late(asked, table))];
        map.extend(told.into_iter().filter_map(|(name, told)| Some((name.to_string(), json!(told?)))));
        if grid.figures.len() > 1 && table.columns.is_some() {
            let figures: Vec<&str> = grid.figures.iter().map(|f| f.label.as_str()).collect();
            let heads = columns.iter().map(|c| json!({ "label": c.label, "columns": figures })).collect();
            map.insert("heads".into(), Value::Array(heads));
        }
        if table.totals {
            map.insert("totals".into(), totals.values());
            map.insert("total".into(), totals.total());
        }
    }
    Ok(frozen)
}

/// The last moment of a day.
fn then_of(day: NaiveDate) -> Moment {
    day.and_time(NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default())
}

/// A table's columns over its records.
struct Grid<'a> {
    table: &'a TableDefinition,
    records: &'a [Record],
    columns: &'a [Group],
    figures: Vec<Reckoned>,
    /// behind the point, of each figure
    places: Vec<u32>,
    params: &'a Fields,
}

/// The cells of a row and of its total.
struct Line {
    texts: Vec<String>,
    cells: Vec<Cell>,
    total: Vec<Cell>,
}

impl Line {
    fn values(&self) -> Value {
        let texts = self.texts.iter().map(|text| Value::from(text.as_str()));
        texts.chain(self.cells.iter().map(|c| c.value.clone())).collect()
    }

    fn total(&self) -> Value {
        match self.total.as_slice() {
            [] => Value::from(""),
            [one] => one.value.clone(),
            several => several.iter().map(|c| c.value.clone()).collect(),
        }
    }
}

impl Grid<'_> {
    /// What stands over each column.
    fn titles(&self) -> Vec<String> {
        let texts = self.table.texts().into_iter().map(|(label, _)| label.to_string());
        let over = |column: &Group, figure: &Reckoned| match (column.label.as_str(), figure.label.as_str()) {
            (head, "") => head.to_string(),
            ("", figure) => figure.to_string(),
            (head, figure) => format!("{head}·{figure}"),
        };
        texts.chain(self.columns.iter().flat_map(|c| self.figures.iter().map(move |f| over(c, f)))).collect()
    }

    fn line(&self, row: &Group) -> Result<Line, String> {
        let among = |members: &BTreeSet<usize>| -> Vec<&Record> {
            members.iter().filter_map(|n| self.records.get(*n)).collect()
        };
        let mut line = Line { texts: Vec::new(), cells: Vec::new(), total: Vec::new() };
        for (_, source) in self.table.texts() {
            let only = among(&row.members);
            line.texts.push(if let [one] = only.as_slice() { one.text(source)? } else { String::new() });
        }
        for column in self.columns {
            let here: BTreeSet<usize> = row.members.intersection(&column.members).copied().collect();
            for (figure, places) in self.figures.iter().zip(&self.places) {
                line.cells.push(reckon(&figure.measure, *places, &among(&here))?);
            }
        }
        let alone = self.table.columns.is_none() || matches!(self.table.rows, Heads::Item);
        if alone && self.figures.len() != 1 {
            return Ok(line);
        }
        for (figure, places) in self.figures.iter().zip(&self.places) {
            line.total.push(reckon(&figure.measure, *places, &among(&row.members))?);
        }
        Ok(line)
    }

    fn row(&self, row: &Group, line: &Line) -> Result<Value, String> {
        let mut told = json!({ "label": row.label, "values": line.values() });
        let parts =
            row.parts.iter().map(|part| self.row(part, &self.line(part)?)).collect::<Result<Vec<_>, String>>()?;
        if let Some(map) = told.as_object_mut() {
            if self.table.totals {
                map.insert("total".into(), line.total());
            }
            if !parts.is_empty() {
                map.insert("parts".into(), Value::Array(parts));
            }
        }
        Ok(told)
    }

    /// A number among the params.
    fn param(&self, name: &str) -> Option<Fraction> {
        figures::written(self.params.get(name)?).map(|written| written.number)
    }

    /// Every check holds in every column, or the table is not made.
    fn checked(&self, rows: &[Group], lines: &[Line], totals: &Line) -> Result<(), String> {
        let titles = self.titles();
        let texts = self.table.texts().len();
        let mut broken = Vec::new();
        let mut judge = |source: &str, title: String, cell: &dyn Fn(&Line) -> Option<Cell>| {
            let balance = rule::balance(source).map_err(|e| e.to_string())?;
            if cell(totals).is_none_or(|c| c.figure.is_none()) {
                return Ok::<(), String>(());
            }
            let figure = |name: &str| {
                let line = rows.iter().position(|r| r.label == name).and_then(|at| lines.get(at));
                let line = if name == TOTALS { Some(totals) } else { line };
                let told = line.and_then(cell).and_then(|c| c.figure);
                told.or_else(|| self.param(name)).unwrap_or(Fraction::ZERO)
            };
            let found = balance.broken(&figure).map_err(|e| e.to_string())?;
            broken.extend(found.map(|what| if title.is_empty() { what } else { format!("“{title}”一栏：{what}") }));
            Ok(())
        };
        for check in &self.table.checks {
            for (n, title) in titles.iter().skip(texts).enumerate() {
                judge(&check.source, title.clone(), &|line| line.cells.get(n).cloned())?;
            }
            if self.table.columns.is_some() {
                for n in 0..self.figures.len() {
                    judge(&check.source, TOTALS.to_string(), &|line| line.total.get(n).cloned())?;
                }
            }
        }
        if broken.is_empty() { Ok(()) } else { Err(format!("数据不平衡：{}", broken.join("；"))) }
    }
}
