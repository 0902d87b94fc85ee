//! Succession: what an office that is gone still owes, its successor owes (LANGUAGE §4, ANSWERS 60).

use super::Deciding;
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
    }
}

/// Whether who answers the one has answered the other.
fn asks_as_much(one: &Task, other: &Task) -> bool {
    (one.batch, &one.stage, &one.ask) == (other.batch, &other.stage, &other.ask)
        && other.items.iter().all(|item| one.items.contains(item))
}
