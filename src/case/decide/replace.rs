//! A later hand-in takes the place of what an office handed in before, as long as nobody has gone on with that.
//!
//! It is a taking back and a handing in, in one decision: both, or neither. The receipt says what is otherwise, field by field. What
//! others have gone on with is asked for by `RequestReturn`.

use super::signers::{last_said, open_signing};
use super::signing::signatures;
use super::{Deciding, TAKEN_BACK};
use crate::case::command::HandIn;
use crate::case::event::{Ask, Body, Fields, TaskEnd};
use crate::case::ledger;
use crate::case::story::{item_name, value_words};
use crate::case::{Case, Item, Task};
use crate::numerals;
use crate::submission::{Attachment, Type};
use crate::workflow::{Field, Workflow};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Why what was handed in before no longer stands.
pub const REPLACED: &str = "以后交的为准";
/// Characters of a value in a sentence about what changed; a longer text is not repeated.
const VALUE_CHARACTERS_MAX: usize = 30;

/// The task a later hand-in is taken for in place of the earlier one: as it was asked. Nothing, when it comes too late for that.
pub fn replaceable(workflow: &Workflow, case: &Case, task: &Task) -> Option<Task> {
    if task.closed != Some(TaskEnd::Answered) || case.closed.is_some() {
        return None;
    }
    if task.ask == Ask::Answer {
        return said_last(workflow, case, task);
    }
    let newer = |t: &Task| t.opened_for == task.opened_for && t.stage == task.stage && t.ask == task.ask;
    let free = task.ask == Ask::Nominate && !acted_upon(case, task) && !case.open_tasks().any(newer);
    (free && super::may_be_taken_back(case, task)).then(|| task.clone())
}

/// What an office signed last, by this task or by the one that took its place, asked again. Sheets of ballots have their own way.
fn said_last(workflow: &Workflow, case: &Case, task: &Task) -> Option<Task> {
    let stage =
        task.stage.as_ref().and_then(|s| workflow.stage(s)).filter(|s| s.ballot.is_none() && s.takes_several())?;
    let again = |t: &Task| Task { items: last_said(workflow, case, t).into(), ..t.clone() };
    let own = Some(again(task)).filter(|t| !t.items.is_empty());
    let same = |t: &&Task| {
        t.ask == Ask::Answer && t.office == task.office && t.stage.as_ref() == Some(&stage.name) && t.closed.is_some()
    };
    let others = || case.tasks.values().map(AsRef::as_ref).filter(same).map(again);
    own.or_else(|| {
        let mut later = others().filter(|t| t.id > task.id && !t.items.is_empty());
        later.next().filter(|_| later.next().is_none())
    })
}

/// Whether an item with this label was taken back by the office that handed it in.
pub fn is_taken_back(label: &str) -> bool {
    label == TAKEN_BACK || label == super::WITHDRAWN
}

/// The items an office handed in for a task that live.
pub(super) fn of_task<'c>(case: &'c Case, task: &'c Task) -> impl Iterator<Item = &'c Item> {
    case.living().filter(|item| item.task == Some(task.id))
}

/// Whether somebody else goes on with what was handed in for a task.
pub(in crate::case) fn acted_upon(case: &Case, task: &Task) -> bool {
    let answered = |i: &Item| !i.answers.is_empty() || i.signed.values().any(|s| !s.is_empty());
    case.intake_of(task).is_some_and(|i| i.closed) || of_task(case, task).any(answered)
}

impl Deciding<'_> {
    /// Takes a hand-in in place of what was handed in for this task, `again` as it was asked.
    pub(super) fn replace(&mut self, task: &Task, again: &Task, hand_in: &HandIn) {
        if !hand_in.returned.is_empty() {
            return self.refuse("", "先前已经报送过，更正须整份重报：请把有误的行改好，再整份交来。");
        }
        self.speak_for(task);
        if task.ask == Ask::Nominate {
            self.nominate_anew(task, hand_in);
        } else {
            self.answer_anew(again, hand_in);
        }
    }

    fn nominate_anew(&mut self, task: &Task, hand_in: &HandIn) {
        if hand_in.rows.is_empty() {
            return self.refuse("", "表中没有填写任何对象。要收回已经报送的，请交“表样”中的“撤回报送”表。");
        }
        let before: Vec<Item> = of_task(&self.case, task).cloned().collect();
        let carry: Vec<bool> = before.iter().map(|item| self.carries_others(item.id)).collect();
        if carry.contains(&true) {
            return;
        }
        for item in &before {
            self.end_item(item.id, TAKEN_BACK, None, Some(REPLACED.to_string()), None);
        }
        if let Some(stage) = task.stage.as_ref().filter(|_| !hand_in.complete) {
            self.reopen_for(task, stage);
        }
        self.nominate(task, hand_in);
        if self.faults.is_empty() {
            let submission = Some(&hand_in.submission);
            // also who had nothing before him and is through already; the same bytes may have come before and been replaced
            let came = |i: &&Item| i.submission.as_ref() == submission && self.origin.0.item(i.id).is_none();
            let now: Vec<Item> = self.case.all_items().filter(came).cloned().collect();
            let stood: BTreeSet<&String> = before.iter().filter_map(|item| item.submission.as_ref()).collect();
            let before_it = beside(task, |submission| stood.contains(submission));
            // after what was taken back everything comes anew
            let attached = if before.is_empty() { Vec::new() } else { attached(&before_it, hand_in) };
            self.tell_nominated_anew(&before, &now, attached);
        }
    }

    /// What the items of a nomination say otherwise than those it takes the place of.
    fn tell_nominated_anew(&mut self, before: &[Item], now: &[Item], attached: Vec<String>) {
        let workflow = self.program.workflow();
        let mut left: Vec<&Item> = before.iter().collect();
        let (mut lines, mut new) = (Vec::new(), Vec::new());
        for item in now {
            let known = |other: &&Item| is_same(workflow, item, other);
            let called = |other: &&Item| other.of == item.of && item_name(workflow, other) == item_name(workflow, item);
            let place = left.iter().position(known).or_else(|| left.iter().position(called));
            let Some(old) = place.map(|place| left.remove(place)) else {
                new.push(item_name(workflow, item));
                continue;
            };
            let titles = titles(workflow, item);
            let mut changes = changes(&titles, &old.fields, &item.fields);
            if old.category != item.category {
                changes.insert(0, changed("类别", &word(old.category.as_ref()), &word(item.category.as_ref())));
            }
            if !changes.is_empty() {
                lines.push(format!("{}：{}", item_name(workflow, item), changes.join("；")));
            }
        }
        // whoever drops other people only may mean to add them: nobody is lost by a guess
        if !before.is_empty() && left.len() == before.len() {
            return self.refuse("", "表中没有一个先前报送过的对象，看不出是更正还是另报。更正或者增加的，请把先前报送过、仍要报送的对象一并填上，整份再交；全部更换的，请先交“表样”中的“撤回报送”表。");
        }
        if !new.is_empty() {
            lines.push(format!("新增：{}", new.join("、")));
        }
        if !left.is_empty() {
            let gone: Vec<String> = left.into_iter().map(|item| item_name(workflow, item)).collect();
            lines.push(format!("不再报送：{}", gone.join("、")));
        }
        lines.extend(attached);
        self.tell_replaced(lines);
    }

    fn answer_anew(&mut self, again: &Task, hand_in: &HandIn) {
        let workflow = self.program.workflow();
        let Some(stage) = again.stage.as_ref().and_then(|s| workflow.stage(s)) else { return };
        let named: Vec<u32> =
            hand_in.rows.iter().filter(|(row, _)| !row.is_blank()).filter_map(|(r, _)| r.item).collect();
        let items: Vec<u32> = again.items.iter().copied().filter(|id| named.is_empty() || named.contains(id)).collect();
        if !self.current(again, &HandIn { revision: again.revision, ..hand_in.clone() }) {
            return;
        }
        let before: Vec<(u32, Fields)> = items.iter().filter_map(|id| Some((*id, self.said(again, *id)?))).collect();
        self.emit(Body::AnswerTakenBack {
            task: again.id,
            items: items.clone(),
            reason: REPLACED.to_string(),
            waiting: Vec::new(),
        });
        self.settle(stage, &items, "");
        let asked = |t: &&Task| {
            t.office == again.office
                && t.stage == again.stage
                && t.ask == again.ask
                && items.iter().all(|id| t.items.contains(id))
        };
        let Some(open) = self.case.open_tasks().find(asked).cloned() else {
            return self.refuse("", self.takes_no_more(again));
        };
        self.answer(&open, &HandIn { task: open.id, revision: open.revision, ..hand_in.clone() });
        if !self.faults.is_empty() {
            return;
        }
        let titles: BTreeMap<&str, &Field> =
            stage.form.item.values().chain(stage.form.case.values()).map(|f| (f.name.as_str(), f)).collect();
        let mut lines = Vec::new();
        for (id, before) in before {
            let changes = changes(&titles, &before, &self.said(&open, id).unwrap_or_default());
            let name = self.case.item(id).map(|i| item_name(workflow, i)).unwrap_or_default();
            lines.extend((!changes.is_empty()).then(|| format!("{name}：{}", changes.join("；"))));
        }
        let last = again.attached.last().map(|(submission, _)| submission);
        lines.extend(attached(&beside(again, |submission| last == Some(submission)), hand_in));
        self.tell_replaced(lines);
    }

    /// What an office said of an item for a task, its outcome and reason under the headings they have in its form.
    fn said(&self, task: &Task, id: u32) -> Option<Fields> {
        let workflow = self.program.workflow();
        let (item, stage) = (self.case.item(id)?, task.stage.as_ref()?);
        let signed = open_signing(workflow, &self.case, item).and_then(|(_, batch)| {
            signatures(item, stage, batch.id, &batch.signers).filter(|s| s.task == task.id).last()
        });
        let signed = signed.or_else(|| item.signed.get(stage)?.iter().rfind(|s| s.task == task.id))?;
        let mut said = signed.fields.clone();
        said.extend(signed.outcome.clone().map(|outcome| ("办理结果".to_string(), outcome.into())));
        said.extend(signed.reason.clone().map(|reason| ("办理理由".to_string(), reason.into())));
        Some(said)
    }

    fn tell_replaced(&mut self, lines: Vec<String>) {
        self.notes.push("本次报送代替先前的报送，先前的不再有效。".to_string());
        if lines.is_empty() {
            self.notes.push("与先前报送的内容没有不同。".to_string());
        }
        self.notes.extend(lines);
    }
}

/// What lay beside those of a task's submissions.
fn beside(task: &Task, of: impl Fn(&String) -> bool) -> Vec<&Attachment> {
    task.attached.iter().filter(|(submission, _)| of(submission)).map(|(_, one)| one).collect()
}

/// What lies beside a hand-in otherwise than beside what it takes the place of. Files that fill a field are told of there.
fn attached(before: &[&Attachment], hand_in: &HandIn) -> Vec<String> {
    let filled = |one: &Attachment| {
        let said = hand_in.rows.iter().flat_map(|(row, _)| row.fields.values()).chain(hand_in.fields.values());
        said.filter_map(Value::as_str).any(|value| value == one.digest)
    };
    let now: Vec<&Attachment> = hand_in.attachments.iter().filter(|one| !filled(one)).collect();
    let same = |one: &Attachment, all: &[&Attachment]| all.iter().any(|other| other.digest == one.digest);
    let called = |one: &Attachment, all: &[&Attachment]| all.iter().any(|other| other.name == one.name);
    let names = |of: &mut dyn Iterator<Item = &&Attachment>| {
        of.map(|one| one.name.clone()).collect::<BTreeSet<String>>().into_iter().collect::<Vec<String>>()
    };
    let other = names(&mut now.iter().filter(|one| !same(one, before) && called(one, before)));
    let new = names(&mut now.iter().filter(|one| !same(one, before) && !called(one, before)));
    let here: Vec<&Attachment> = hand_in.attachments.iter().collect();
    let gone = names(&mut before.iter().filter(|one| !same(one, &here) && !called(one, &here)));
    let lines = [("附件已更换", other), ("新附", new), ("不再附", gone)];
    let told = lines.into_iter().filter(|(_, names)| !names.is_empty());
    told.map(|(what, names)| format!("{what}：{}", names.join("、"))).collect()
}

/// Whether two items are of the same person or matter, by what their type is known by.
fn is_same(workflow: &Workflow, one: &Item, other: &Item) -> bool {
    let Some(of) = workflow.items.get(&one.of).filter(|of| one.of == other.of && !of.identity.is_empty()) else {
        return false;
    };
    let known = |i: &Item| ledger::identity(of, &i.owner, i.about, i.category.as_deref(), &i.fields);
    !ledger::says_nothing(&known(one)) && known(one) == known(other)
}

fn titles<'w>(workflow: &'w Workflow, item: &Item) -> BTreeMap<&'w str, &'w Field> {
    let of_type = workflow.items.get(&item.of).into_iter().flat_map(|of| of.fields.values());
    let of_stages = workflow.stages.iter().flat_map(|stage| stage.form.item.values());
    let all = of_stages.chain(of_type).filter(|f| f.is.is_none());
    all.map(|f| (f.name.as_str(), f)).collect()
}

/// What is otherwise, field by field.
fn changes(titles: &BTreeMap<&str, &Field>, before: &Fields, now: &Fields) -> Vec<String> {
    let names = now.keys().chain(before.keys().filter(|name| !now.contains_key(*name)));
    let differs = names.filter(|name| before.get(*name).unwrap_or_default() != now.get(*name).unwrap_or_default());
    let say = |name: &String| {
        let field = titles.get(name.as_str());
        let computed = field.is_none() && name != "办理结果" && name != "办理理由";
        let title = field.map_or(name.as_str(), |f| f.title.as_str());
        let file = field.is_some_and(|f| f.kind.holds(&|kind| matches!(kind, Type::File | Type::Image)));
        // a receipt says no more of a person than it must
        let personal = field.is_some_and(|f| f.kind.holds(&Type::is_personal));
        let words = |fields: &Fields| fields.get(name).map(value_words).unwrap_or_default();
        match (computed, file || personal) {
            (true, _) => None,
            (false, true) => Some(format!("“{title}”已更换")),
            (false, false) => Some(changed(title, &words(before), &words(now))),
        }
    };
    differs.filter_map(say).collect()
}

fn changed(title: &str, before: &str, now: &str) -> String {
    let shown = |text: &str| match text.chars().count() {
        0 => Some("空".to_string()),
        1..=VALUE_CHARACTERS_MAX => Some(format!("“{}”", numerals::veiled(text))),
        _ => None,
    };
    match (shown(before), shown(now)) {
        (Some(before), Some(now)) => format!("“{title}”由{before}改为{now}"),
        (Some(_) | None, _) => format!("“{title}”已改写"),
    }
}

fn word(text: Option<&String>) -> String {
    text.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests;
