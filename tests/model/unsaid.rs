//! What one office answered may be taken back while nobody has gone on from it; given anew, it leaves everything as it was.

use crate::command::Command;
use crate::play::{Play, Wrong};
use banwen::case::command::Command as Kernel;
use banwen::case::event::{Ask, Body};
use std::sync::atomic::{AtomicU64, Ordering};

/// How often that was tried and could be done.
pub(crate) static TAKEN_BACK: AtomicU64 = AtomicU64::new(0);

impl Play {
    /// Takes an answer back that was just given, on a copy; asked again, the office says the same.
    pub(crate) fn unsay_and_say(&self, command: &Command) -> Result<(), Wrong> {
        let Command::Answer { office, rows, .. } = command else { return Ok(()) };
        let answered = |body: &Body| match body {
            Body::TaskAnswered { task, part: false, .. } => Some(*task),
            _ => None,
        };
        let Some(task) = self.log.iter().rev().find_map(|event| answered(&event.body)) else { return Ok(()) };
        let mut copy = self.clone();
        let back = Kernel::TakeBack { task, reason: "看错了".to_string() };
        if copy.decide(office, "taken back", back)?.is_err() {
            return Ok(());
        }
        // of one workbook that was answered in two parts both come back, and only the second is given anew
        let back = copy.log.iter().rev().find_map(|event| match &event.body {
            Body::AnswerTakenBack { items, .. } => Some(items.iter().map(|id| *id as usize).collect::<Vec<_>>()),
            _ => None,
        });
        let said: Vec<usize> = rows.iter().map(|(id, _)| *id).collect();
        if back != Some(said) {
            return Ok(());
        }
        for id in rows.iter().filter_map(|(id, _)| u32::try_from(*id).ok()) {
            let asked = copy.case.tasks_of(id).any(|t| t.ask == Ask::Answer && t.office == *office);
            if !asked {
                return Err(format!("{command:?} taken back: {office} is not asked of item {id} again"));
            }
        }
        let again = copy.carry_out(command)?;
        again.map_err(|why| format!("{command:?} taken back, and refused when it was given anew: {why}"))?;
        copy.compare().map_err(|wrong| format!("{command:?} taken back and given anew:\n{wrong}"))?;
        TAKEN_BACK.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
