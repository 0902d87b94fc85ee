//! What stands on a notice is what is decided: whether a notice would show of an item today what it showed of it.
//!
//! What a paper says is frozen into it, so the two are compared value by value, and only what its template reads.

use super::eval::{Sight, Target};
use super::event::Hold;
use super::ledger::Ledgers;
use super::program::Program;
use super::{Case, Document, Item, Life, data, decide};
use crate::clock::Moment;
use crate::workflow::{Expression, Shown, Stage, TableFrom, rule};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A notice that shows of an item what is not so any more.
pub(in crate::case) struct Otherwise<'a> {
    /// the notice
    pub(in crate::case) stage: &'a Stage,
    /// its paper
    pub(in crate::case) paper: u32,
    /// what it shows otherwise
    pub(in crate::case) fields: Vec<Shown>,
}

/// The paper that last named an item at a notice, unless it was given up.
fn paper_of<'a>(case: &'a Case, stage: &Stage, item: &Item) -> Option<&'a Document> {
    let paper = case.documents.get(item.noticed.get(&stage.name)?)?;
    (paper.life != Life::Void).then_some(paper)
}

/// What the template of a notice reads.
struct Reads {
    /// fields of items
    items: Vec<Shown>,
    /// params of the case
    params: Vec<Shown>,
}

/// What a paper told, by id of the item, in their order: its place in the paper's list.
type Places = Vec<(u64, usize)>;

/// What was looked up of the notices of a case while one thing is decided: thousands of items may stand on one.
#[derive(Default)]
pub(in crate::case) struct Notices {
    /// by template
    reads: RefCell<BTreeMap<String, Rc<Reads>>>,
    /// by paper and draft
    told: RefCell<BTreeMap<(u32, u32), Rc<Places>>>,
}

impl Notices {
    fn reads(&self, program: &Program, template: &str) -> Rc<Reads> {
        if let Some(known) = self.reads.borrow().get(template) {
            return known.clone();
        }
        #[cfg(test)]
        tests::PARSED.with(|parsed| parsed.set(parsed.get() + 1));
        let reads = Rc::new(Reads { items: shown_by(program, template), params: params_shown(program, template) });
        self.reads.borrow_mut().insert(template.to_string(), reads.clone());
        reads
    }

    /// What a paper told of an item.
    fn told<'d>(&self, paper: &'d Document, item: u32) -> Option<&'d Value> {
        let all = paper.fields.get("items").and_then(Value::as_array)?;
        let key = (paper.id, paper.draft);
        let known = self.told.borrow().get(&key).cloned();
        let places = known.unwrap_or_else(|| {
            let id = |told: &Value| told.get("id").and_then(Value::as_u64);
            let mut places: Places =
                all.iter().enumerate().filter_map(|(place, told)| Some((id(told)?, place))).collect();
            places.sort_unstable();
            let places = Rc::new(places);
            self.told.borrow_mut().insert(key, places.clone());
            places
        });
        let first = places.partition_point(|(id, _)| *id < u64::from(item));
        let (_, place) = places.get(first).filter(|(id, _)| *id == u64::from(item))?;
        all.get(*place)
    }

    /// Whether any notice of a case shows this of the case itself, or of its items under the same name.
    pub(in crate::case) fn shows(&self, program: &Program, field: &str) -> bool {
        let shows = |shown: &Shown| shown.stage.is_none() && shown.field == field;
        let mut templates = program.workflow().stages.iter().filter_map(|stage| stage.notice.as_ref());
        templates.any(|template| {
            let reads = self.reads(program, template);
            reads.items.iter().chain(&reads.params).any(shows)
        })
    }

    /// Whether the notice of a stage says by itself which fields of an item it shows.
    pub(in crate::case) fn names_fields(&self, program: &Program, stage: &Stage) -> bool {
        stage.notice.as_ref().is_some_and(|template| !self.reads(program, template).items.is_empty())
    }
}

/// Whether an item has been named by a notice of this stage.
pub(in crate::case) fn named_at(case: &Case, stage: &Stage, item: &Item) -> bool {
    paper_of(case, stage, item).is_some()
}

/// The fields of items that a template reads, also by the tables it prints.
fn shown_by(program: &Program, template: &str) -> Vec<Shown> {
    let source = program.template(template).unwrap_or_default();
    let mentions = rule::text_names(&source).unwrap_or_default();
    let mut found: Vec<Shown> = Vec::new();
    for shown in mentions.iter().flat_map(|m| program.workflow().shown(&m.path)) {
        if !found.contains(&shown) {
            found.push(shown);
        }
    }
    found
}

/// The params that a template reads, also by the tables of items it prints.
fn params_shown(program: &Program, template: &str) -> Vec<Shown> {
    let workflow = program.workflow();
    let source = program.template(template).unwrap_or_default();
    let mentions = rule::text_names(&source).unwrap_or_default();
    let mut read: BTreeSet<String> = BTreeSet::new();
    for name in mentions.iter().filter_map(|mention| mention.path.first()) {
        match workflow.tables.get(name) {
            Some(table) if matches!(table.from, TableFrom::Items(_)) => {
                let paths = table.sources().into_iter().flat_map(rule::mentioned);
                read.extend(paths.filter_map(|path| path.into_iter().next()));
            }
            Some(_) => {}
            None => drop(read.insert(name.clone())),
        }
    }
    let param = |name: String| workflow.case.params.contains_key(&name).then_some(Shown { stage: None, field: name });
    read.into_iter().filter_map(param).collect()
}

/// The fields that the notice of a stage showed of an item otherwise than they are, lists it is on and params among them; none
/// where it never named it.
pub(in crate::case) fn differing(
    program: &Program,
    case: &Case,
    ledgers: &Ledgers,
    notices: &Notices,
    stage: &Stage,
    item: &Item,
) -> Vec<Shown> {
    let Some((paper, template)) = paper_of(case, stage, item).zip(stage.notice.as_ref()) else { return Vec::new() };
    let Some(told) = notices.told(paper, item.id) else { return Vec::new() };
    let workflow = program.workflow();
    let reads = notices.reads(program, template);
    let now = data::of_item(program, case, ledgers, item, paper.to.iter().any(|to| to == "public"));
    // what an earlier version of the definition did not know was not withheld by it
    let same_version = paper.closure == case.closure;
    let (at, index) = (workflow.stage_index(&stage.name), |name: &str| workflow.stage_index(name));
    // whom a decision has put on a list or taken off it, it has decided on
    let confirmed = |shown: &Shown| shown.stage.is_none() && case.confirmed.contains(&shown.field);
    let differs = |shown: &Shown| {
        let earlier = match &shown.stage {
            Some(name) => index(name) < at,
            // what is listed after the notice is no news to it
            None => workflow.list_stage(&shown.field).is_none_or(|made| Some(made) < at),
        };
        let (then, now) = (value(told, shown), value(&now, shown));
        earlier && (then.is_some() || same_version) && blank(then) != blank(now)
    };
    let told = |shown: &Shown| blank(paper.fields.get(&shown.field));
    let amended =
        |shown: &Shown| (told(shown).is_some() || same_version) && told(shown) != blank(case.params.get(&shown.field));
    let params = reads.params.iter().filter(|shown| amended(shown));
    reads.items.iter().filter(|shown| differs(shown) && !confirmed(shown)).chain(params).cloned().collect()
}

fn value<'v>(item: &'v Value, shown: &Shown) -> Option<&'v Value> {
    let of = match &shown.stage {
        Some(stage) => item.get(stage)?,
        None => item,
    };
    of.get(&shown.field)
}

/// What is not filled in shows as nothing, however it is kept.
fn blank(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null() && value.as_str() != Some(""))
}

/// The first notice an item stands at or has come past that shows it otherwise. One that still waits for its notice will be
/// shown as it is, and a notice whose condition holds of it no more is none of its own.
pub(in crate::case) fn otherwise<'a>(
    program: &'a Program,
    case: &Case,
    ledgers: &Ledgers,
    notices: &Notices,
    item: &Item,
    now: Moment,
) -> Option<Otherwise<'a>> {
    if !item.lives() || item.noticed.is_empty() || item.erased.is_some() {
        return None;
    }
    let workflow = program.workflow();
    let at = workflow.stage_index(item.stage()?)?;
    workflow.stages.iter().take(at + 1).filter(|stage| workflow.binds(stage)).find_map(|stage| {
        let paper = paper_of(case, stage, item)?;
        if item.stage() == Some(&stage.name) && item.batch() != paper.batch {
            return None;
        }
        let fields = differing(program, case, ledgers, notices, stage, item);
        let holds = |when: &Expression| {
            Sight::new(program, case, ledgers, now).holds(&when.source, &Target::Item(item.id)).unwrap_or(true)
        };
        let still = !fields.is_empty() && stage.when.as_ref().is_none_or(holds);
        still.then_some(Otherwise { stage, paper: paper.id, fields })
    })
}

/// Undecided items of which a notice shows what is not so, in words; of what somebody is asked about he knows.
pub(in crate::case) fn untrue(program: &Program, case: &Case, ledgers: &Ledgers, now: Moment) -> Vec<String> {
    let mut found = Vec::new();
    let notices = Notices::default();
    for item in case.living().filter(|i| !i.holds.iter().any(|hold| matches!(hold, Hold::Question(_)))) {
        let Some(other) = otherwise(program, case, ledgers, &notices, item, now) else { continue };
        let at = program.workflow().stage_index(&other.stage.name).unwrap_or_default();
        if !decide::decided_at(program.workflow(), item, at) {
            let fields: Vec<String> = other.fields.iter().map(ToString::to_string).collect();
            found.push(format!("6: the notice `{}` shows {fields:?} of item {} otherwise", other.stage.name, item.id));
        }
    }
    found
}

#[cfg(test)]
pub(in crate::case) mod tests {
    use std::cell::Cell;

    thread_local! {
        /// Templates that were parsed on this thread.
        pub(in crate::case) static PARSED: Cell<u32> = const { Cell::new(0) };
    }
}
