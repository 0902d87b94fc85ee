//! The words of what offices are asked, answer, sign and hand over.

use super::{NAMES_MAX, Words, because};
use crate::case::event::{Body, TaskEnd};

impl Words<'_> {
    pub(super) fn of_task(&self, body: &Body) -> Option<String> {
        Some(match body {
            Body::TaskOpened { task, office, revision, .. } => {
                let again = if *revision > 1 { format!(" (revision {revision})") } else { String::new() };
                format!("asked of {office}: {}{again}", self.task(*task))
            }
            Body::TaskAnswered { task, count: Some(count), .. } => {
                let sheet = count.sheet.as_ref().map(|s| {
                    let again = if s.changed.is_empty() { "" } else { ", in place of the one before" };
                    format!(": sheet {}{} of {} ballots{again}", s.area, s.group, s.ballots)
                });
                let over = if count.over { "; nothing more to count" } else { "" };
                format!("handed in: {}{}{over}", self.task(*task), sheet.unwrap_or_default())
            }
            Body::TaskAnswered { task, rows, attachments, declined: None, saw, .. } => {
                let counts = [(rows.len(), "rows"), (attachments.len(), "attachments")];
                let counts: Vec<String> =
                    counts.iter().filter(|(n, _)| *n > 0).map(|(n, of)| format!("{n} {of}")).collect();
                let counts = if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) };
                format!("handed in: {}{counts}{}", self.answered(*task, rows), found(saw))
            }
            Body::TaskAnswered { task, declined: Some(reason), .. } => {
                format!("declined: {}: {reason}", self.task(*task))
            }
            Body::SignersChanged { batch, signers, absent, reason } => {
                let absent =
                    if absent.is_empty() { String::new() } else { format!(", absent {}", self.offices(absent)) };
                format!("{} is signed by {}{absent}: {reason}", self.batch(*batch), self.offices(signers))
            }
            Body::Counted { batch, rows, why, .. } => {
                let come_to =
                    rows.iter().filter_map(|r| Some(format!("{} {}", self.item(r.item?), r.outcome.as_ref()?)));
                let come_to: Vec<String> = come_to.take(NAMES_MAX).collect();
                format!("{} comes to: {} ({why})", self.batch(*batch), come_to.join("、"))
            }
            Body::Listed { list, items, off, provisional, reason } => {
                let how = if *provisional { "provisionally" } else { "as decided" };
                let on = if items.is_empty() { "nobody".to_string() } else { self.items(items) };
                let off = if off.is_empty() { String::new() } else { format!("; not {}", self.items(off)) };
                format!("list {list}, {how}: {on}{off}{}", because(reason.as_deref()))
            }
            Body::AnswerTakenBack { task, items, reason, .. } => {
                format!("taken back: {} ({}){}", self.task(*task), self.items(items), because(Some(reason)))
            }
            Body::TaskPassed { task, from, to, why, .. } => {
                format!("passed from {from} to {to} ({why}): {}", self.task(*task))
            }
            Body::TaskRevised { task, without, revision } => {
                let without =
                    if without.is_empty() { String::new() } else { format!(", without {}", self.items(without)) };
                format!("workbook written anew (revision {revision}{without}): {}", self.task(*task))
            }
            Body::TaskClosed { task, why } => {
                let why = match why {
                    TaskEnd::Answered => "answered",
                    TaskEnd::TakenBack => "taken back",
                    TaskEnd::Overtaken => "no longer needed",
                    TaskEnd::CaseEnded => "the case ended",
                };
                format!("task closed, {why}: {}", self.task(*task))
            }
            Body::Told { items, to, .. } => format!("told {}: {}", self.offices(to), self.items(items)),
            Body::QuestionAsked { question, to, text, answers, .. } => {
                let text = if text.is_empty() { "(erased)" } else { text };
                format!("question {question} to {to}: {text} [{}]", answers.join(" / "))
            }
            Body::QuestionAnswered { question, answer, reason } => {
                format!("question {question} answered: {answer}{}", because(reason.as_deref()))
            }
            _ => return None,
        })
    }
}

/// The entries of registers that were found as an answer was decided on.
fn found(saw: &[String]) -> String {
    if saw.is_empty() { String::new() } else { format!("; saw {}", saw.join(", ")) }
}
