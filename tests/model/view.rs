//! What both sides are compared by: positions, holds, batches, gates, who is asked what, and when time matters next.

use crate::definition::{CATEGORIES, Kind, LIST, name};
use crate::plain::{About, Hold, Model, Place};
use banwen::case::decide;
use banwen::case::event::{self, Ask, QuestionAbout};
use banwen::case::ledger::Ledgers;
use banwen::case::program::Program;
use banwen::case::{Case, Item, Position};
use std::collections::BTreeSet;

/// A case, line by line, in an order that says nothing.
pub(crate) fn of_model(model: &Model) -> Vec<String> {
    let mut lines = Vec::new();
    for id in model.ids() {
        let item = &model.items[id - 1];
        let place = match &item.place {
            Place::At { stage, round, batch, unjudged } => {
                format!("at {} round {round} {}", name(*stage), standing(batch.is_some(), *unjudged))
            }
            Place::Ended(label) => format!("ended {label}"),
        };
        let holds: Vec<String> = item.holds.iter().map(|h| told(*h)).collect();
        let kind = if item.about.is_some() { "side" } else { CATEGORIES[item.category] };
        let resume = item.resume.filter(|_| item.stage().is_some()).map(name).unwrap_or_default();
        let listed = if item.listed { LIST } else { "" };
        let owner = item.owner;
        lines.push(format!("item {id} {kind} of {owner} {place} held {holds:?} straight to {resume} on {listed}"));
        let asks = if item.holds.contains(&Hold::Returned) { "mend" } else { "answer" };
        let whom = if asks == "mend" { vec![item.owner] } else { model.askers(id) };
        let asked = if model.closed.is_none() { whom } else { Vec::new() };
        lines.extend(asked.iter().map(|office| format!("{office} asked to {asks} item {id}")));
    }
    for (number, batch) in model.batches.iter().enumerate().filter(|(_, b)| !b.done && model.closed.is_none()) {
        let (stage, left) = (name(batch.stage), &batch.left);
        let members = model.members(number);
        lines.push(format!("batch {stage}/{} round {} of {members:?} left {left:?}", batch.key, batch.round));
        let about_the_case = batch.items.is_empty() && !batch.answered;
        let whom = if about_the_case { model.actors(batch.stage, None) } else { Vec::new() };
        lines.extend(whom.iter().map(|office| format!("{office} asked of the case at {stage}")));
    }
    for (stage, intake) in &model.intakes {
        let open = if intake.closed { "closed" } else { "open" };
        lines.push(format!("intake {} {open} done {:?}", name(*stage), intake.done));
    }
    lines.extend(
        model
            .forms
            .iter()
            .filter(|f| f.open && model.closed.is_none())
            .map(|f| format!("{} nominates at {}", f.office, name(f.stage))),
    );
    let questions = model.questions.iter().enumerate().filter(|(_, q)| q.open && model.closed.is_none());
    lines.extend(questions.map(|(n, q)| {
        let about = match &q.about {
            About::Return(item) => format!("return of {item}"),
            About::Late(item, _) => format!("late side of {item}"),
            About::Gate((stage, key, round)) => format!("who is late at {}/{key} round {round}", name(*stage)),
        };
        format!("{} asked question {} {about}", q.to, n + 1)
    }));
    lines.push(format!("held {} closed {:?}", model.held, model.closed));
    lines.push(format!("due {:?}", model.due().into_iter().min()));
    lines.sort();
    lines
}

fn told(hold: Hold) -> String {
    match hold {
        Hold::Side(item) => format!("side {item}"),
        Hold::Question(question) => format!("question {question}"),
        Hold::Returned => "returned".to_string(),
        Hold::Stay => "stay".to_string(),
    }
}

/// The kernel's case in the same words.
pub(crate) fn of_case(program: &Program, case: &Case, ledgers: &Ledgers) -> Vec<String> {
    let mut lines: Vec<String> = case.items.values().map(|item| item_line(item)).collect();
    let closed = case.closed.as_ref().map(|(end, _)| format!("{end:?}"));
    for batch in case.batches.values().filter(|b| b.done.is_none() && closed.is_none()) {
        if program.workflow().stage(&batch.stage).is_some_and(|s| s.kind == banwen::workflow::Kind::Recommend) {
            continue;
        }
        let here = |id: &u32| case.items.get(id).is_some_and(|i| i.batch() == Some(batch.id));
        let members: BTreeSet<u32> = batch.items.iter().copied().filter(here).collect();
        let members: Vec<u32> = members.into_iter().collect();
        let left: BTreeSet<u32> = batch.left.iter().copied().collect();
        lines.push(format!("batch {}/{} round {} of {members:?} left {left:?}", batch.stage, batch.key, batch.round));
    }
    for (stage, intake) in &case.intakes {
        let open = if intake.closed { "closed" } else { "open" };
        lines.push(format!("intake {stage} {open} done {:?}", intake.done));
    }
    for task in case.open_tasks() {
        let stage = task.stage.clone().unwrap_or_default();
        let office = &task.office;
        match &task.ask {
            Ask::Nominate => lines.push(format!("{office} nominates at {stage}")),
            Ask::Correct => lines.extend(task.items.iter().map(|id| format!("{office} asked to mend item {id}"))),
            Ask::Answer if task.items.is_empty() => lines.push(format!("{office} asked of the case at {stage}")),
            Ask::Answer => lines.extend(task.items.iter().map(|id| format!("{office} asked to answer item {id}"))),
            Ask::Question(question) => {
                let about = match case.questions.get(question).map(|q| &q.about) {
                    Some(QuestionAbout::Return { item }) => format!("return of {item}"),
                    Some(QuestionAbout::LateSide { about, .. }) => {
                        format!("late side of {}", about.unwrap_or_default())
                    }
                    Some(QuestionAbout::Late { stage, key, round }) => {
                        format!("who is late at {stage}/{key} round {round}")
                    }
                    other => format!("{other:?}"),
                };
                lines.push(format!("{office} asked question {question} {about}"));
            }
            Ask::Post(_)
            | Ask::Seal(_)
            | Ask::Report(_)
            | Ask::Serve(_)
            | Ask::Witness(_)
            | Ask::Copies
            | Ask::Acknowledge(_) => {
                lines.push(format!("{office} asked {:?}", task.ask));
            }
        }
    }
    lines.push(format!("held {} closed {closed:?}", case.held.is_some()));
    lines.push(format!("due {:?}", decide::next_wake(program, case, &ledgers.calendar)));
    lines.sort();
    lines
}

fn item_line(item: &Item) -> String {
    let place = match &item.position {
        Position::At { stage, round, batch, unjudged } => {
            format!("at {stage} round {round} {}", standing(batch.is_some(), *unjudged))
        }
        Position::Ended { label, .. } => format!("ended {label}"),
    };
    // in the order of the model's holds
    let holds: BTreeSet<Hold> = item
        .holds
        .iter()
        .map(|hold| match hold {
            event::Hold::Side(item) => Hold::Side(*item as usize),
            event::Hold::Question(question) => Hold::Question(*question as usize),
            event::Hold::Returned => Hold::Returned,
            event::Hold::Stay => Hold::Stay,
            event::Hold::Child(opening) => unreachable!("no definition of the model opens cases, and {opening} is one"),
        })
        .collect();
    let holds: Vec<String> = holds.into_iter().map(told).collect();
    let kind = item.category.as_deref().unwrap_or("side");
    let resume = item.resume.clone().filter(|_| item.lives()).unwrap_or_default();
    let listed = if item.lists.iter().any(|list| list == LIST) { LIST } else { "" };
    format!("item {} {kind} of {} {place} held {holds:?} straight to {resume} on {listed}", item.id, item.owner)
}

/// Lines that only one side has.
pub(crate) fn difference(model: &[String], case: &[String]) -> Option<String> {
    let mut told = String::new();
    let count = |lines: &[String], line: &String| lines.iter().filter(|l| *l == line).count();
    let all: BTreeSet<&String> = model.iter().chain(case).collect();
    for line in all {
        let (ours, theirs) = (count(model, line), count(case, line));
        if ours != theirs {
            told.push_str(&format!("  {ours} times in the model, {theirs} times in the kernel: {line}\n"));
        }
    }
    (!told.is_empty()).then_some(told)
}

/// Whether a stage is one that takes items in.
pub(crate) fn takes_in(model: &Model, stage: usize) -> bool {
    model.definition.stages.get(stage).is_some_and(|s| s.kind == Kind::Recommend)
}

/// How an item stands at a stage.
fn standing(taken_in: bool, unjudged: bool) -> &'static str {
    match (taken_in, unjudged) {
        (true, _) => "taken in",
        (false, true) => "unjudged",
        (false, false) => "waiting",
    }
}
