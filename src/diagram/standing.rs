//! A case over its definition: how many items stand where, who owes what by when, what holds an item, how others ended.
//!
//! Of an item only a name is told, and that only where the definition lists its name field as public.

use super::Diagram;
use super::build::{node_of, of_workflow};
use crate::case::event::{Ask, ClockOf};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::{Case, Item, Task, story};
use crate::clock::Moment;
use crate::workflow::rule::text_names;
use crate::workflow::{ItemType, Stage, Workflow};
use std::collections::BTreeMap;

/// Names that are told; more are counted.
const NAMES_MAX: usize = 8;

/// The diagram of a case as it stands at `now`.
pub fn of_case(program: &Program, case: &Case, ledgers: &Ledgers, now: Moment) -> Diagram {
    let workflow = program.workflow();
    let mut diagram = of_workflow(workflow, Some(&ledgers.offices));
    let seen = Seen { program, case, ledgers, now };
    diagram.title = seen.title();
    diagram.subtitle.push(seen.status());
    diagram.subtitle.extend(case.parent.as_ref().map(|parent| format!("由案卷“{}”开办", parent.case)));
    for (index, stage) in workflow.stages.iter().enumerate() {
        if let Some(node) = diagram.nodes.get_mut(node_of(index)) {
            node.now = seen.stage(stage);
            node.rows.extend(seen.done(stage).map(|done| ("已办", done)));
        }
    }
    let notes = std::mem::take(&mut diagram.notes);
    diagram.notes = seen.notes().into_iter().chain(notes).collect();
    diagram
}

struct Seen<'a> {
    program: &'a Program,
    case: &'a Case,
    ledgers: &'a Ledgers,
    now: Moment,
}

impl Seen<'_> {
    fn workflow(&self) -> &Workflow {
        self.program.workflow()
    }

    /// The case's title, unless it is made of what is not public: where a case is about one thing, fields of that may stand
    /// in it.
    fn title(&self) -> String {
        let workflow = self.workflow();
        let private = |of: &ItemType, name: &String| of.fields.contains_key(name) && !of.public.contains(name);
        let Ok(names) = text_names(&workflow.case.title.source) else { return self.case.title.clone() };
        let mut names = names.iter().filter_map(|mention| mention.path.first());
        match workflow.only_type() {
            Some(only) if names.any(|name| private(only, name)) => workflow.title.clone(),
            Some(_) | None => self.case.title.clone(),
        }
    }

    fn status(&self) -> String {
        let standing = match (&self.case.closed, &self.case.held) {
            (Some((end, at)), _) => format!("已于{}结案（{end:?}）", story::date_cn(at.date())),
            (None, Some(reason)) => format!("已暂停：{reason}"),
            (None, None) => "正在办理".to_string(),
        };
        format!("案卷 {}，{standing}；截至{}", self.case.id, self.now.format("%Y-%m-%d %H:%M"))
    }

    fn stage(&self, stage: &Stage) -> Vec<String> {
        let mut lines = Vec::new();
        let here: Vec<&Item> = self.case.standing(&stage.name).collect();
        let (held, free): (Vec<&Item>, Vec<&Item>) = here.into_iter().partition(|i| !i.holds.is_empty());
        let (open, waiting): (Vec<&Item>, Vec<&Item>) = free.into_iter().partition(|i| i.batch().is_some());
        for (word, items) in [("在办", open), ("等候", waiting)] {
            if !items.is_empty() {
                lines.push(format!("{word}{}", self.counted(&items)));
            }
        }
        lines.extend(
            held.iter()
                .take(NAMES_MAX)
                .map(|item| format!("{}：{}", self.name(item), story::holds(self.program, self.case, item).join("，"))),
        );
        if held.len() > NAMES_MAX {
            lines.push(format!("另有{}项暂停", held.len() - NAMES_MAX));
        }
        lines.extend(self.periods(stage));
        let of_stage = |t: &&Task| t.stage.as_deref() == Some(stage.name.as_str());
        lines.extend(self.case.open_tasks().filter(of_stage).map(|task| self.task(task)));
        lines
    }

    fn done(&self, stage: &Stage) -> Option<String> {
        let done = self.case.batches.values().filter(|b| b.stage == stage.name && b.done.is_some()).count();
        (done > 0).then(|| format!("{done}批"))
    }

    /// `3项：甲、乙、丙`; without names where they are many or not for everybody.
    fn counted(&self, items: &[&Item]) -> String {
        if items.len() > NAMES_MAX {
            return format!("{}项", items.len());
        }
        let names: Vec<String> = items.iter().map(|item| self.name(item)).collect();
        format!("{}项：{}", items.len(), names.join("、"))
    }

    /// What an item is called where that is a public field of its own, else its type and number.
    fn name(&self, item: &Item) -> String {
        let of = self.workflow().items.get(&item.of);
        let called = story::item_name(self.workflow(), item);
        let said = |name: &String| item.fields.get(name).and_then(|value| value.as_str());
        let public = of.is_some_and(|of| of.public.iter().any(|name| said(name) == Some(called.as_str())));
        if public { called } else { format!("{}{}号", of.map_or(item.of.as_str(), |t| t.title.as_str()), item.id) }
    }

    /// Times of notices that run, each with the day it is over.
    fn periods(&self, stage: &Stage) -> Vec<String> {
        let of_batch = |batch: &u32| self.case.batches.get(batch).is_some_and(|b| b.stage == stage.name);
        let of_item = |item: &u32| self.case.item(*item).is_some_and(|i| i.stage() == Some(stage.name.as_str()));
        let told = self.case.running().filter_map(|clock| {
            let (word, here) = match &clock.of {
                ClockOf::Period(batch) => ("公示期".to_string(), of_batch(batch)),
                ClockOf::Grace(batch) => ("邮寄宽限期".to_string(), of_batch(batch)),
                ClockOf::Keep(batch) => ("公示保留期".to_string(), of_batch(batch)),
                ClockOf::Named { clock, item } => (format!("“{clock}”期限"), of_item(item)),
                ClockOf::Gate { stage: of, .. } => ("等候未到对象".to_string(), *of == stage.name),
                ClockOf::Answer(_) | ClockOf::Return(_) => return None,
            };
            let until = match story::due_of_clock(clock, self.ledgers).filter(|_| here) {
                None if here => return Some(format!("{word}：暂停计时")),
                None => return None,
                Some(due) if due.provisional => format!("{}（暂定）", story::date_cn(due.date)),
                Some(due) => story::date_cn(due.date),
            };
            Some(format!("{word}至{until}"))
        });
        told.collect()
    }

    fn task(&self, task: &Task) -> String {
        let office = self.ledgers.offices.title(&task.office);
        let stage = task.stage.as_ref().and_then(|s| self.workflow().stage(s));
        // the titles of these two have the names of items in them
        let title = match &task.ask {
            Ask::Correct => format!("{}补正表", stage.map_or("", |s| s.title.as_str())),
            Ask::Question(_) => "待定事项答复表".to_string(),
            Ask::Nominate
            | Ask::Answer
            | Ask::Post(_)
            | Ask::Seal(_)
            | Ask::Report(_)
            | Ask::Serve(_)
            | Ask::Witness(_)
            | Ask::Copies
            | Ask::Acknowledge(_) => story::task_title(self.program, self.case, task),
        };
        let count = if task.items.is_empty() { String::new() } else { format!("（{}项）", task.items.len()) };
        let due = story::due_of_task(self.case, self.ledgers, task).map(|due| {
            let late = if due.at <= self.now { "（已逾期）" } else { "" };
            format!("，{}前{late}", story::date_cn(due.date))
        });
        format!("待办：{office}，{title}{count}{}", due.unwrap_or_default())
    }

    fn notes(&self) -> Vec<(String, String)> {
        let mut notes = Vec::new();
        let mut ended: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for item in self.case.all_items() {
            if let Some(label) = item.label() {
                *ended.entry((item.of.as_str(), label)).or_default() += 1;
            }
        }
        let told: Vec<String> = ended.iter().map(|((of, label), count)| format!("{of}：{label}{count}项")).collect();
        if !told.is_empty() {
            notes.push(("已结束".to_string(), told.join("；")));
        }
        let elsewhere = self.case.open_tasks().filter(|t| t.stage.is_none());
        notes.extend(elsewhere.map(|task| ("另有待办".to_string(), self.task(task))));
        notes
    }
}
