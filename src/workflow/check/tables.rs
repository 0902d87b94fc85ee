//! Tables (LANGUAGE §12): what they count is there, what they print may be seen, what they check is printed.

use super::Checker;
use crate::diag::Place;
use crate::submission::Type;
use crate::workflow::rule::{self, Kind, Pair, Scope, Typed};
use crate::workflow::{
    Heads, ItemType, Label, Measure, OF_CLOCKS, OF_DOCUMENTS, Register, TOTALS, TableDefinition, TableFrom, Workflow,
};
use std::collections::BTreeSet;

/// What heads rows of items beside their fields.
const WORDS: [&str; 4] = ["item", "stage", "month", "category"];

pub(super) fn check(checker: &mut Checker<'_>) {
    for table in checker.workflow.tables.values() {
        one(checker, table);
    }
}

/// What a table counts, as far as it is known here.
#[derive(Clone, Copy)]
enum Source<'a> {
    Items(&'a Workflow, &'a str),
    Register(&'a Register),
    Records,
}

fn one(checker: &mut Checker<'_>, table: &TableDefinition) {
    if let Some(role) = &table.missing {
        checker.role(role, &table.place, &[]);
    }
    let Some((source, scope)) = source(checker, table) else { return };
    checker.condition(table.filter.as_ref(), &scope);
    for heads in std::iter::once(&table.rows).chain(&table.columns) {
        headed(checker, table, heads, &scope);
    }
    for value in &table.values {
        measured(checker, &value.measure, &value.place, &scope);
    }
    personal(checker, table, source);
    exhaustive(checker, table, source);
    checks(checker, table, source);
    timed(checker, table);
}

/// What a table counts and what is known of it; None when that is unknown, which is said, or stands elsewhere.
fn source<'a>(checker: &mut Checker<'a>, table: &TableDefinition) -> Option<(Source<'a>, Scope<'a>)> {
    let workflow = checker.workflow;
    let registers = checker.around.registers;
    let none = |record: Vec<(String, Typed)>| Scope {
        table: true,
        record: Some(record),
        ..Scope::of_pairs(workflow, registers, Vec::new())
    };
    let of_items = |of: &'a Workflow, pairs: Vec<Pair>| Scope { table: true, ..Scope::of_pairs(of, registers, pairs) };
    let unknown = match &table.from {
        TableFrom::Items(of) => match workflow.items.get_key_value(of) {
            Some((of, _)) => {
                let pairs = workflow.pairs(std::slice::from_ref(of));
                return Some((Source::Items(workflow, of), of_items(workflow, pairs)));
            }
            None => format!("`{of}` is no item type"),
        },
        TableFrom::Cases(name) => {
            let beside = checker.around.beside?;
            match beside.iter().find(|w| w.name == *name) {
                Some(other) => {
                    let one = other.only_type().map(|of| of.name.as_str());
                    let pairs = one.map(|of| other.pairs(&[of.to_owned()])).unwrap_or_default();
                    return Some((Source::Items(other, one.unwrap_or_default()), of_items(other, pairs)));
                }
                None => format!("there is no workflow `{name}`"),
            }
        }
        TableFrom::Register(name) => match registers.get(name) {
            Some(register) => return Some((Source::Register(register), none(of_register(register)))),
            None => format!("there is no register `{name}`"),
        },
        TableFrom::Clocks => return Some((Source::Records, none(of_clocks()))),
        TableFrom::Documents => return Some((Source::Records, none(of_documents()))),
    };
    let hint = "a table counts an item type, `{ cases: WORKFLOW }`, `{ register: REGISTER }`, `clocks` or `documents`";
    checker.error("table-from-unknown", &table.place, unknown, hint);
    None
}

fn of_register(register: &Register) -> Vec<(String, Typed)> {
    let fields = register
        .fields
        .values()
        .map(|f| (f.name.clone(), Typed { kind: Kind::of(&f.kind), maybe: f.optional && f.default.is_none() }));
    fields.chain([("key".to_owned(), Typed::sure(Kind::Text))]).collect()
}

fn of_clocks() -> Vec<(String, Typed)> {
    let typed = |name: &&str| {
        let typed = match *name {
            "owner" => Typed { kind: Kind::Office, maybe: true },
            "from" => Typed::sure(Kind::Date),
            "due" => Typed { kind: Kind::Date, maybe: true },
            "ended" | "overdue" => Typed::sure(Kind::YesNo),
            _ => Typed { kind: Kind::Text, maybe: *name == "stage" },
        };
        ((*name).to_owned(), typed)
    };
    OF_CLOCKS.iter().map(typed).collect()
}

fn of_documents() -> Vec<(String, Typed)> {
    let typed = |name: &&str| {
        let typed = match *name {
            "date" => Typed::sure(Kind::Date),
            "issued" => Typed { kind: Kind::Date, maybe: true },
            _ => Typed { kind: Kind::Text, maybe: matches!(*name, "stage" | "number") },
        };
        ((*name).to_owned(), typed)
    };
    OF_DOCUMENTS.iter().map(typed).collect()
}

fn headed(checker: &mut Checker<'_>, table: &TableDefinition, heads: &Heads, scope: &Scope<'_>) {
    let field = |checker: &mut Checker<'_>, path: &str, place: &Place| {
        if WORDS.contains(&path) && scope.record.is_none() {
            return;
        }
        checker.inferred(path, place, scope);
    };
    match heads {
        Heads::Item => {}
        Heads::Field(path) => field(checker, path, &table.place),
        Heads::Labels(labels) => {
            let texts = matches!(table.rows, Heads::Item);
            for label in labels.values() {
                if texts {
                    checker.inferred(&label.when.source, &label.when.place, scope);
                } else {
                    checker.condition(Some(&label.when), scope);
                }
                if let Some(split) = &label.split {
                    field(checker, split, &label.when.place);
                }
            }
        }
    }
}

/// A sum or mean is of numbers: a field, a column of a table (`活动.人数`), its rows (`活动.count`), side items (`场次.count`).
fn measured(checker: &mut Checker<'_>, measure: &Measure, place: &Place, scope: &Scope<'_>) {
    let Some(path) = measure.path() else { return };
    if let Some((whole, part)) = path.rsplit_once('.') {
        let found = rule::infer(whole, scope);
        if let Kind::Table(columns, _) = &found.typed.kind {
            let column = columns.iter().find(|(name, _)| name == part).map(|(_, kind)| kind.clone());
            let kind = if part == "count" { Some(Kind::Number) } else { column };
            match kind {
                Some(kind) if kind.numeric() => {}
                Some(kind) => numbers(checker, path, &kind, place),
                None => {
                    let message = format!("the table `{whole}` has no column `{part}`");
                    checker.error("rule-unknown-name", place, message, "`count` is the number of its rows");
                }
            }
            return;
        }
    }
    let found = checker.inferred(path, place, scope);
    let first = matches!(measure, Measure::First(_));
    if found.problems.is_empty() && !first && !found.typed.kind.numeric() {
        numbers(checker, path, &found.typed.kind, place);
    }
}

fn numbers(checker: &mut Checker<'_>, path: &str, kind: &Kind, place: &Place) {
    let message = format!("only numbers are added, `{path}` is {}", kind.word());
    checker.error("rule-wrong-type", place, message, "name a number, or `count` the records");
}

/// Nobody's particulars head lines or stand in cells.
fn personal(checker: &mut Checker<'_>, table: &TableDefinition, source: Source<'_>) {
    for path in table.shown() {
        let kind = match source {
            Source::Items(workflow, of) => workflow.type_at(of, path),
            Source::Register(register) => register.fields.get(path).map(|f| &f.kind),
            Source::Records => None,
        };
        if kind.is_some_and(|k| k.holds(&Type::is_personal)) {
            let message = format!("`{path}` is personal and cannot stand in a table");
            checker.error("table-personal-field", &table.place, message, "count by something else");
        }
    }
    let Source::Items(workflow, of) = source else { return };
    let (sealed, at): (_, Vec<&ItemType>) = (workflow.sealed(), workflow.items.get(of).into_iter().collect());
    // a head that asks for a value tells of whom it is true, and of one record the sum is the value itself
    let read: BTreeSet<&str> = table.sources().into_iter().filter_map(|source| sealed.told(&at, source)).collect();
    for field in read {
        let message = format!("`{field}` is sealed and cannot stand in a table");
        let hint = format!("count by something else; `{field} is defined` may be counted");
        checker.error("table-personal-field", &table.place, message, &hint);
    }
}

/// The values a field can have, where they are known beforehand.
fn choices(source: Source<'_>, path: &str) -> Option<Vec<String>> {
    match source {
        Source::Items(workflow, of) => workflow.choices(of, path),
        Source::Register(register) => register.choices(path),
        Source::Records => None,
    }
}

/// Rows written out that each compare one choice with a word leave no word of it out.
fn exhaustive(checker: &mut Checker<'_>, table: &TableDefinition, source: Source<'_>) {
    let Heads::Labels(labels) = &table.rows else { return };
    let Some((path, named)) = compared(labels.values()) else { return };
    let Some(options) = choices(source, &path) else { return };
    let left: Vec<String> = options.into_iter().filter(|o| !named.contains(o)).collect();
    if !left.is_empty() {
        let message = format!("no row of `{}` counts {}", table.name, left.join(", "));
        let hint = format!("add a row, or `where:` leaves them out on purpose; `rows: {path}` prints them all");
        checker.warn("table-rows-not-exhaustive", &table.place, message, &hint);
    }
}

/// The one field that all conditions compare with words, and the words.
fn compared<'l>(labels: impl Iterator<Item = &'l Label>) -> Option<(String, BTreeSet<String>)> {
    let mut field: Option<String> = None;
    let mut words = BTreeSet::new();
    for label in labels {
        let (path, said) = rule::one_of(&label.when.source)?;
        if field.as_ref().is_some_and(|f| *f != path) {
            return None;
        }
        field = Some(path);
        words.extend(said);
    }
    Some((field?, words))
}

/// A check names rows that are always printed.
fn checks(checker: &mut Checker<'_>, table: &TableDefinition, source: Source<'_>) {
    let params = checker.workflow.case.params.values().filter(|p| p.kind == Type::Integer);
    let params: Vec<&str> = params.map(|p| p.name.as_str()).collect();
    let known: Vec<String> = match &table.rows {
        Heads::Labels(labels) => labels.keys().cloned().collect(),
        Heads::Field(path) => choices(source, path).unwrap_or_default(),
        Heads::Item => Vec::new(),
    };
    for check in &table.checks {
        let balance = match rule::balance(&check.source) {
            Ok(balance) => balance,
            Err(error) => {
                let kind = if error.full_width.is_some() { "full-width-punctuation" } else { "bad-expression" };
                checker.error(kind, &check.place, error.message, "");
                continue;
            }
        };
        for row in
            balance.rows().into_iter().filter(|r| *r != TOTALS && !params.contains(r) && !known.iter().any(|k| k == r))
        {
            let printed = format!("rows that are always printed: {}", known.join(", "));
            let hint = crate::workflow::parse::meant(row, &known, &printed);
            let message = format!("the check names `{row}`, which is no row of `{}`", table.name);
            checker.error("check-unknown-row", &check.place, message, &hint);
        }
    }
}

/// A table that asks for its period stands in a scheduled report, or in a case that is for one.
fn timed(checker: &mut Checker<'_>, table: &TableDefinition) {
    let workflow = checker.workflow;
    let asks = table.sources().into_iter().flat_map(rule::names).any(|name| name == "period");
    if !asks || workflow.has_period() {
        return;
    }
    let reported = workflow.reports.values().any(|r| r.tables.contains(&table.name));
    let read = |template: &str| {
        let paths = (checker.around.templates)(template).unwrap_or_default();
        paths.iter().any(|(path, _)| path.first() == Some(&table.name))
    };
    let stages = workflow.stages.iter().flat_map(|s| s.all_documents().map(|d| &d.template).chain(&s.notice));
    let in_paper = stages.into_iter().any(|template| read(template));
    if !reported || in_paper {
        let message = format!("`{}` asks for the period, and there is none where it is used", table.name);
        let hint = "use it in a scheduled report, or give the case a year, month or period as its key";
        checker.error("table-without-period", &table.place, message, hint);
    }
}

/// The fields by which the rows of a table of items are called.
pub(super) fn names<'a>(workflow: &'a Workflow, table: &TableDefinition) -> impl Iterator<Item = &'a String> + use<'a> {
    let of = match (&table.from, &table.rows) {
        (TableFrom::Items(of), Heads::Item) => workflow.items.get(of),
        (_, _) => None,
    };
    let fields = of.into_iter().flat_map(|item| item.fields.values());
    fields.filter(|field| field.kind == Type::Name).map(|field| &field.name)
}

/// What a paper for the public shows of other cases and of registers is on their allow-lists.
pub(super) fn visible(checker: &mut Checker<'_>, paths: &super::TemplatePaths, beyond: bool) {
    let workflow = checker.workflow;
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (path, place) in paths.iter().filter(|_| beyond) {
        let Some(table) = path.first().and_then(|name| workflow.tables.get(name)) else { continue };
        let (public, choices): (&[String], _) = match &table.from {
            TableFrom::Items(_) | TableFrom::Clocks | TableFrom::Documents => continue,
            TableFrom::Register(name) => {
                let register = checker.around.registers.get(name);
                (register.map_or(&[], |r| &r.public), register.map(Source::Register))
            }
            TableFrom::Cases(name) => {
                let other = checker.around.beside.and_then(|all| all.iter().find(|w| w.name == *name));
                let of = other.and_then(Workflow::only_type);
                (of.map_or(&[], |of| &of.public), other.zip(of).map(|(w, of)| Source::Items(w, &of.name)))
            }
        };
        // a count by one of several known words tells of nobody
        let counted = |field: &str| {
            ["owner", "category", "stage", "month", "code"].contains(&field)
                || choices.is_some_and(|source| self::choices(source, field).is_some())
        };
        let mut shown = table.shown().into_iter();
        let hidden = shown.find(|field| !counted(field) && !public.iter().any(|p| p == field));
        let named = matches!(table.rows, Heads::Item).then_some("item");
        if let Some(field) = hidden.or(named).filter(|_| told.insert(&table.name)) {
            let message = format!("the table `{}` shows `{field}` to those who may not see it", table.name);
            let hint = "count by a field on the `public:` list of what it counts";
            checker.error("field-invisible-to-recipient", place, message, hint);
        }
    }
}
