//! What may be changed while several sign: who signs (加签, 减签, 缺席), whose task it is (转办), what was said (撤回).

mod taken;
#[cfg(test)]
mod tests;

pub(in crate::case) use taken::{may_be_retracted, paper_title};

use super::Deciding;
use super::signing::signatures;
use crate::case::command::SignerChange;
use crate::case::event::{Ask, Body};
use crate::case::story::item_name;
use crate::case::{Batch, Case, Item, Task};
use crate::workflow::{Sign, Stage, Workflow};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// The batch in which several sign an item and nothing is decided yet.
pub(in crate::case) fn open_signing<'w, 'c>(
    workflow: &'w Workflow,
    case: &'c Case,
    item: &Item,
) -> Option<(&'w Stage, &'c Batch)> {
    let stage = workflow.stage(item.stage()?).filter(|s| s.takes_several())?;
    let batch = case.batches.get(&item.batch()?).filter(|b| b.done.is_none())?;
    case.outcome_in(item, batch.id).is_none().then_some((stage, batch.as_ref()))
}

/// Items of a task an office may still say otherwise of: it spoke last, and nothing is decided.
pub(in crate::case) fn last_said(workflow: &Workflow, case: &Case, task: &Task) -> Vec<u32> {
    let Some(stage) = &task.stage else { return Vec::new() };
    let last = |item: &&Item| {
        let Some((at, batch)) = open_signing(workflow, case, item).filter(|(s, _)| s.name == *stage) else {
            return false;
        };
        let last = signatures(item, &at.name, batch.id, &batch.signers).last();
        last.is_some_and(|s| s.task == task.id && s.office == task.office)
    };
    case.standing(stage).filter(last).map(|i| i.id).collect()
}

impl Deciding<'_> {
    /// The opener lets another office sign, lets one not sign, or has one down as absent.
    pub(super) fn change_signers(&mut self, id: u32, change: SignerChange, office: &str, reason: &str) {
        let program = self.program;
        let Some(item) = self.case.item(id).cloned() else {
            return self.refuse("", "没有这个对象。");
        };
        let name = item_name(program.workflow(), &item);
        let Some((stage, batch)) = open_signing(program.workflow(), &self.case, &item) else {
            return self.refuse("", format!("{name}目前不在会签、会审或表决之中，签署单位不能变更。"));
        };
        let (batch, title) = (batch.clone(), self.ledgers.offices.title(office).to_string());
        let opener = self.standing(&self.case.opener);
        if self.by != opener {
            return self.refuse("", format!("只有{}可以变更签署单位。", self.ledgers.offices.title(&opener)));
        }
        let signs = batch.signers.iter().any(|s| s == office);
        let answered = signatures(&item, &stage.name, batch.id, &batch.signers).any(|s| s.office == office);
        let folder = self.ledgers.offices.offices.get(office).is_some_and(|o| o.folder.is_some());
        let refused = match change {
            SignerChange::Add if signs => Some(format!("{title}已是签署单位。")),
            SignerChange::Add if !folder => Some(format!("{title}没有收件文件夹，不能加签。")),
            SignerChange::Remove | SignerChange::Absent if !signs => Some(format!("{title}不是签署单位。")),
            SignerChange::Remove if batch.signers.len() == 1 => {
                Some(format!("{title}是唯一的签署单位，不能减签；请先加签其他单位。"))
            }
            SignerChange::Remove if answered => {
                Some(format!("{title}已经答复，不能减签；答复有误的，由该单位撤回或更正。"))
            }
            SignerChange::Absent if !matches!(stage.sign, Sign::Vote(_)) => {
                Some("只有表决才记缺席；会签单位不能办理的，请减签或转办。".to_string())
            }
            SignerChange::Absent if answered => Some(format!("{title}已经表决，不能记为缺席。")),
            SignerChange::Add | SignerChange::Remove | SignerChange::Absent => None,
        };
        if let Some(say) = refused {
            return self.refuse("", say);
        }
        let (mut signers, mut absent): (Vec<String>, BTreeSet<String>) = (batch.signers.clone(), batch.absent.clone());
        absent.remove(office);
        match change {
            SignerChange::Add => signers.push(office.to_string()),
            SignerChange::Remove => signers.retain(|s| s != office),
            SignerChange::Absent => drop(absent.insert(office.to_string())),
        }
        let absent = absent.into_iter().collect();
        self.emit(Body::SignersChanged { batch: batch.id, signers, absent, reason: reason.to_string() });
        self.settle(stage, &[id], "");
    }

    /// An office that signs lets another sign in its place.
    pub(super) fn delegate(&mut self, task: u64, to: &str, until: Option<NaiveDate>, reason: &str) {
        let program = self.program;
        let Some(task) = self.case.tasks.get(&task).filter(|t| t.closed.is_none()).cloned() else {
            return self.refuse("", "没有这项待办，或已经办结。");
        };
        let stage = task.stage.as_ref().and_then(|s| program.workflow().stage(s)).filter(|s| s.takes_several());
        if task.office != self.by || task.ask != Ask::Answer || stage.is_none() {
            return self.refuse("", "这项待办不能转办。");
        }
        let title = self.ledgers.offices.title(to).to_string();
        let signs = |id: &u32| {
            let batch = self.case.item(*id).and_then(Item::batch).and_then(|b| self.case.batches.get(&b));
            batch.is_some_and(|b| b.signers.iter().any(|s| s == to))
        };
        if until.is_some_and(|until| until < self.now.date()) {
            self.refuse("代办至", "代办的最后一天不能早于今天。");
        } else if task.items.iter().any(signs) {
            self.refuse("", format!("{title}本就是签署单位，请转给其他单位。"));
        } else if self.ledgers.offices.offices.get(to).is_none_or(|o| o.folder.is_none()) {
            self.refuse("", format!("{title}没有收件文件夹，不能承办。"));
        } else {
            let why = format!("转办：{reason}");
            self.emit(Body::TaskPassed { task: task.id, from: task.office.clone(), to: to.to_string(), why, until });
        }
    }

    /// Takes back what an office said, as long as nobody has spoken after it.
    pub(super) fn take_back_answer(&mut self, task: &Task, reason: &str) {
        let program = self.program;
        let Some(stage) = task.stage.as_ref().and_then(|s| program.workflow().stage(s)) else { return };
        if !stage.takes_several() {
            self.take_back_single(stage, task, reason);
            return;
        }
        let items = last_said(program.workflow(), &self.case, task);
        if !self.stands_for(&task.office) || items.is_empty() {
            let way = self.way_to_correct(task);
            let say = format!("没有可以撤回的答复：其他单位已在其后答复，或已有结果。如需更正，{way}。");
            return self.refuse("", say);
        }
        if items.iter().any(|id| self.silence_has_come(stage, *id)) {
            let way = self.way_to_correct(task);
            let say = format!("答复的期限已过，撤回后会立即按逾期未答复处理，所以不能撤回。如需更正，{way}。");
            return self.refuse("", say);
        }
        self.emit(Body::AnswerTakenBack {
            task: task.id,
            items: items.clone(),
            reason: reason.to_string(),
            waiting: Vec::new(),
        });
        self.settle(stage, &items, "");
    }
}
