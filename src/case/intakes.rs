//! Intakes: one for a stage, or one for every period of a duty that comes round.

use super::decide::TAKEN_BACK;
use super::event::{Ask, TaskEnd};
use super::{Case, Intake, Task};

/// What an intake is kept under: its stage, and its period where there are several.
pub(super) fn intake_name(stage: &str, key: &str) -> String {
    if key.is_empty() { stage.to_string() } else { format!("{stage}/{key}") }
}

impl Case {
    /// The intake of a stage, of one period where there are several; `key` is that of its batch.
    pub fn intake(&self, stage: &str, key: &str) -> Option<&Intake> {
        self.intakes.get(&intake_name(stage, key))
    }

    /// The intake a task belongs to.
    pub fn intake_of(&self, task: &Task) -> Option<&Intake> {
        let key = task.batch.and_then(|b| self.batches.get(&b)).map_or("", |b| b.key.as_str());
        self.intake(task.stage.as_ref()?, key)
    }

    /// Expected offices that have neither handed in nor declined. One that did before the intake was opened again is not missing.
    pub fn missing(&self, stage: &str, key: &str) -> Vec<String> {
        let Some(intake) = self.intake(stage, key) else { return Vec::new() };
        let withdrawn = |t: &Task| {
            let mut theirs = self.all_items().filter(|i| i.task == Some(t.id));
            theirs.any(|i| i.label() == Some(TAKEN_BACK))
        };
        let before = |office: &String| {
            let mut answered = self.tasks.values().filter(|t| {
                t.stage.as_deref() == Some(stage)
                    && t.batch == Some(intake.batch)
                    && t.office == *office
                    && t.ask == Ask::Nominate
                    && t.closed == Some(TaskEnd::Answered)
            });
            answered.any(|t| !withdrawn(t))
        };
        intake.expected.iter().filter(|o| !intake.done.contains(*o) && !before(o)).cloned().collect()
    }

    /// The intakes of a stage by the keys of their batches.
    pub fn intakes_of<'a>(&'a self, stage: &'a str) -> impl Iterator<Item = (&'a str, &'a Intake)> {
        let of = |intake: &'a Intake| Some((self.batches.get(&intake.batch)?, intake));
        let here = self.intakes.values().filter_map(of).filter(move |(batch, _)| batch.stage == stage);
        here.map(|(batch, intake)| (batch.key.as_str(), intake))
    }
}
