//! What happened, one English line per event with the names as they stand, for whoever runs the machine.
//!
//! Every event has a line ([`full`]); a timeline leaves out what only repeats another ([`line`]). A date is never told
//! without its reason.

mod words;

use super::super::event::{Body, Event};
use super::super::ledger::Ledgers;
use super::super::program::Program;
use super::super::Case;
use words::Words;

/// The line of an event in a timeline; None when another event's line says as much.
pub fn line(program: &Program, case: &Case, event: &Event, ledgers: &Ledgers) -> Option<String> {
    is_told(&event.body).then(|| full(program, case, event, ledgers))
}

/// The line of any event: when, who, what.
pub fn full(program: &Program, case: &Case, event: &Event, ledgers: &Ledgers) -> String {
    let words = Words { program, case, ledgers };
    headed(event, &words.say(&event.body))
}

/// The line of an event that belongs to no case, such as an entry of a register.
pub fn shared(event: &Event) -> String {
    let said = match &event.body {
        Body::RegisterWritten { register, key, entry, change, reason, .. } => {
            words::register(register, key, *entry, *change, reason.as_deref())
        }
        other => words::kind(other),
    };
    headed(event, &said)
}

fn headed(event: &Event, said: &str) -> String {
    let behalf = event.on_behalf.as_ref().map(|b| format!(" for {b}")).unwrap_or_default();
    format!("{}  {}{behalf}  {said}", event.at.format("%Y-%m-%d %H:%M"), event.by)
}

/// Whether a timeline tells it: moves onward are told by the batch they go to, files by the paper they belong to.
fn is_told(body: &Body) -> bool {
    match body {
        Body::ItemMoved { reason, round, .. } => reason.is_some() || *round > 1,
        Body::EffectSettled { result, .. } => result != "done",
        Body::CaseOpened { .. }
        | Body::CaseAmended { .. }
        | Body::CaseHeld { .. }
        | Body::CaseClosed { .. }
        | Body::CaseSealed { .. }
        | Body::IntakeClosed { .. }
        | Body::ItemOpened { .. }
        | Body::ItemHeld { .. }
        | Body::ItemEnded { .. }
        | Body::BatchOpened { .. }
        | Body::TaskAnswered { .. }
        | Body::RuleWaived { .. }
        | Body::QuestionAsked { .. }
        | Body::QuestionAnswered { .. }
        | Body::ClockStarted { .. }
        | Body::ClockRang { .. }
        | Body::DocumentOrdered { .. }
        | Body::DocumentIssued { .. }
        | Body::DocumentClosed { .. }
        | Body::NoticeUp { .. }
        | Body::NoticeDown { .. }
        | Body::RegisterWritten { .. }
        | Body::ScheduleFell { .. }
        | Body::CommandRefused { .. } => true,
        Body::ClockChanged { change, .. } => matches!(change, super::super::event::ClockChange::Recount { .. }),
        Body::ItemChanged { .. }
        | Body::ItemFreed { .. }
        | Body::BatchDone { .. }
        | Body::TaskOpened { .. }
        | Body::TaskClosed { .. }
        | Body::DocumentRendered { .. }
        | Body::Delivered { .. } => false,
    }
}
