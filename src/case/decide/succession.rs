//! Succession: what an office that is gone still owes, its successor owes (LANGUAGE §4, ANSWERS 60).

use super::Deciding;
use super::signing::signatures;
use crate::case::Task;
use crate::case::event::{Body, TaskEnd};

impl Deciding<'_> {
    /// Passes every open task of an office that is gone to the office that now stands for it. Nothing happens when there is
    /// none, so that it can be asked at any time.
    pub(super) fn pass_on(&mut self) {
        let open: Vec<Task> = self.case.open_tasks().cloned().collect();
        for task in open {
            let to = self.standing(&task.office);
            if to == task.office {
                continue;
            }
            let twice = self.case.open_tasks().any(|t| t.office == to && asks_as_much(t, &task));
            self.emit(Body::TaskPassed { task: task.id, from: task.office, to, why: "单位变更".to_string() });
            if twice {
                self.emit(Body::TaskClosed { task: task.id, why: TaskEnd::Overtaken });
            }
        }
        self.pass_signing_on();
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
