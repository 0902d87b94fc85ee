//! Succession: what an office that is gone still owes, its successor owes (LANGUAGE §4, ANSWERS 60).

mod lost;

pub use lost::concerned_by_folders;

use super::Deciding;
use super::signing::signatures;
use crate::case::Task;
use crate::case::event::{Ask, Body};

impl Deciding<'_> {
    /// Passes every open task of an office that is gone to the office that now stands for it. Nothing happens when there is
    /// none, so that it can be asked at any time.
    pub(super) fn pass_on(&mut self) {
        self.give_back();
        let open: Vec<Task> = self.case.open_tasks().cloned().collect();
        for task in open {
            let to = self.standing(&task.office);
            if to == task.office {
                continue;
            }
            self.pass_task(&task, to, "单位变更");
        }
        self.pass_signing_on();
        self.look_for_the_lost();
    }

    /// What somebody owes for another through a day goes back after it.
    fn give_back(&mut self) {
        let today = self.now.date();
        let over = |t: &&Task| t.lent.as_ref().is_some_and(|(_, until)| *until < today);
        let over: Vec<Task> = self.case.open_tasks().filter(over).cloned().collect();
        for task in over {
            let Some((office, _)) = task.lent else { continue };
            let (to, why) = (self.standing(&office), "代办期满".to_string());
            if to != task.office {
                self.emit(Body::TaskPassed { task: task.id, from: task.office, to, why, until: None });
            }
        }
    }

    /// Whoever acts for an office (代理) has its new tasks through his last day. Nominations stay: what is nominated is the
    /// office's own; and nobody signs twice.
    pub(super) fn lend(&mut self, task: u64) {
        let Some(task) = self.case.tasks.get(&task).filter(|t| t.ask != Ask::Nominate).cloned() else { return };
        let acting = self.ledgers.offices.stand_in(&task.office).map(|(to, until)| (to.to_string(), until));
        let Some((to, until)) = acting else { return };
        let signs = |item: &u32| {
            let batch = self.case.item(*item).and_then(|i| i.batch()).and_then(|b| self.case.batches.get(&b));
            batch.is_some_and(|b| b.signers.contains(&to))
        };
        let asked = self.case.open_tasks().any(|t| t.office == to && asks_as_much(t, &task));
        if asked || task.items.iter().any(signs) {
            return;
        }
        let why = "代理".to_string();
        self.emit(Body::TaskPassed { task: task.id, from: task.office.clone(), to, why, until: Some(until) });
    }

    /// Who has not been asked yet to sign is followed by whoever stands for him; what he signed stays his.
    fn pass_signing_on(&mut self) {
        let signed = self.case.index.open.values().flatten().filter_map(|id| self.case.batches.get(id));
        let signed: Vec<_> = signed.filter(|b| !b.signers.is_empty()).cloned().collect();
        for batch in signed {
            let answered = |office: &String| {
                let items = batch.items.iter().filter_map(|id| self.case.item(*id));
                items
                    .into_iter()
                    .any(|i| signatures(i, &batch.stage, batch.id, &batch.signers).any(|s| s.office == *office))
            };
            let stands = |office: &String| if answered(office) { office.clone() } else { self.standing(office) };
            let mut signers: Vec<String> = Vec::new();
            for office in batch.signers.iter().map(stands) {
                if !signers.contains(&office) {
                    signers.push(office);
                }
            }
            if signers != batch.signers {
                let absent = batch.absent.iter().map(stands).collect();
                let reason = "单位变更".to_string();
                self.emit(Body::SignersChanged { batch: batch.id, signers, absent, reason });
            }
        }
    }
}

/// Whether who answers the one has answered the other.
fn asks_as_much(one: &Task, other: &Task) -> bool {
    (one.batch, &one.stage, &one.ask) == (other.batch, &other.stage, &other.ask)
        && other.items.iter().all(|item| one.items.contains(item))
}
