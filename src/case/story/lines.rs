//! What happened, one English line per event with the names as they stand, for whoever runs the machine.
//!
//! Every event has a line ([`full`]); a timeline leaves out what only repeats another ([`line`]). A date is never told
//! without its reason.

#[cfg(test)]
mod tests;
mod words;

use super::super::Case;
use super::super::event::{Body, Event};
use super::super::ledger::Ledgers;
use super::super::program::Program;
use words::Words;

/// The line of one event in a timeline; None when another event's line says as much.
pub fn line(program: &Program, case: &Case, event: &Event, ledgers: &Ledgers) -> Option<String> {
    is_told(&event.body).then(|| full(program, case, event, ledgers))
}

/// The timeline of a run of events; what many did alike at one moment is one line.
pub fn timeline(program: &Program, case: &Case, events: &[Event], ledgers: &Ledgers) -> Vec<String> {
    let words = Words { program, case, ledgers };
    let mut lines: Vec<String> = Vec::new();
    let mut alike: Vec<(&Event, String, String)> = Vec::new();
    for event in events.iter().filter(|e| is_told(&e.body)) {
        let common = words.common(&event.body);
        let joins = |(first, shared, _): &(&Event, String, String)| {
            first.at == event.at && first.by == event.by && common.as_ref().is_some_and(|(s, _)| s == shared)
        };
        if !alike.first().is_some_and(joins) {
            lines.extend(told(&words, &mut alike));
        }
        match common {
            Some((shared, own)) => alike.push((event, shared, own)),
            None => lines.push(headed(event, &words.say(&event.body))),
        }
    }
    lines.extend(told(&words, &mut alike));
    lines
}

/// The line of events that are alike, which are then forgotten.
fn told(words: &Words<'_>, alike: &mut Vec<(&Event, String, String)>) -> Option<String> {
    let alike = std::mem::take(alike);
    match alike.as_slice() {
        [] => None,
        [(only, _, _)] => Some(headed(only, &words.say(&only.body))),
        [(first, shared, _), ..] => {
            let own: Vec<&str> = alike.iter().map(|(_, _, own)| own.as_str()).collect();
            Some(headed(first, &format!("{shared} {} ({})", own.join("、"), own.len())))
        }
    }
}

/// The line of any event: when, who, what.
pub fn full(program: &Program, case: &Case, event: &Event, ledgers: &Ledgers) -> String {
    let words = Words { program, case, ledgers };
    headed(event, &words.say(&event.body))
}

/// The line of an event that belongs to no case, such as an entry of a register, or a schedule that opens cases.
#[expect(clippy::wildcard_enum_match_arm, reason = "what none of these tells is told by its name")]
pub fn shared(event: &Event) -> String {
    let said = match &event.body {
        Body::RegisterWritten { register, key, entry, change, reason, .. } => {
            words::register(register, key, *entry, *change, reason.as_deref())
        }
        Body::ScheduleFell { schedule, period, skipped } => words::fell(schedule, period, "", skipped),
        other => words::kind(other),
    };
    headed(event, &said)
}

fn headed(event: &Event, said: &str) -> String {
    let behalf = event.on_behalf.as_ref().map(|b| format!(" for {b}")).unwrap_or_default();
    format!("{}  {}{behalf}  {said}", event.at.format("%Y-%m-%d %H:%M"), event.by)
}

/// Whether a timeline tells it: moves onward are told by the batch they go to, files by the paper they belong to.
#[expect(clippy::wildcard_enum_match_arm, reason = "what is not known here to repeat another is told")]
fn is_told(body: &Body) -> bool {
    match body {
        Body::ItemMoved { reason, round, unjudged, .. } => reason.is_some() || *round > 1 || *unjudged,
        Body::EffectSettled { result, .. } => result != "done",
        Body::ClockChanged { change, .. } => !matches!(change, super::super::event::ClockChange::End),
        Body::FiledWithParent { .. }
        | Body::ChildOwed { .. }
        | Body::ItemChanged { .. }
        | Body::ItemFreed { .. }
        | Body::TaskOpened { .. }
        | Body::TaskRevised { .. }
        | Body::TaskClosed { .. }
        | Body::Delivered { .. } => false,
        Body::BatchDone { passed_by, .. } => *passed_by,
        Body::DocumentRendered { pdf, .. } => pdf.is_none(),
        _ => true,
    }
}
