//! `accept: rows` (LANGUAGE §6): of a form of several rows those that are right are taken in, and the others returned.
//!
//! What is wrong with a row is what is said of its place. What is wrong with the whole (its head, an attachment, a quota, a
//! rule over a group) returns the whole: which rows make way for the others is the office's business.

use super::{Deciding, Decision, Refusal, decide_whole};
use crate::case::Case;
use crate::case::command::{Asked, Command, HandIn};
use crate::case::event::{Ask, Body};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::clock::Moment;

/// Decides again without the rows that are wrong, until nothing is wrong with what is left.
pub(super) fn good_rows(
    program: &Program,
    case: &Case,
    asked: &Asked,
    ledgers: &Ledgers,
    now: Moment,
    mut refusal: Refusal,
) -> Result<Decision, Refusal> {
    let Command::HandIn(hand_in) = &asked.command else { return Err(refusal) };
    let task = case.tasks.get(&hand_in.task);
    if !task.is_some_and(|task| task.accepts_rows(program.workflow())) {
        return Err(refusal);
    }
    let mut left = hand_in.clone();
    loop {
        let wrong = |place: &String| refusal.faults.iter().any(|fault| fault.place == *place);
        let (bad, good): (Vec<_>, Vec<_>) = left.rows.iter().cloned().partition(|(_, place)| wrong(place));
        if bad.is_empty() || good.is_empty() {
            refusal.faults.splice(0..0, left.returned);
            return Err(refusal);
        }
        let of_rows = refusal.faults.into_iter().filter(|fault| bad.iter().any(|(_, place)| *place == fault.place));
        left.returned.extend(of_rows);
        left.rows = good;
        let asked = Asked { command: Command::HandIn(left.clone()), ..asked.clone() };
        match decide_whole(program, case, &asked, ledgers, now) {
            Ok(decision) => return Ok(decision),
            Err(next) => refusal = next,
        }
    }
}

impl Deciding<'_> {
    /// Records what is returned of a form; what is left of it is not all the office has.
    pub(super) fn return_rows(&mut self, ask: &Ask, hand_in: &HandIn) -> HandIn {
        if hand_in.returned.is_empty() {
            return hand_in.clone();
        }
        self.emit(Body::CommandRefused {
            submission: hand_in.submission.clone(),
            office: self.by.clone(),
            reasons: hand_in.returned.iter().map(|fault| fault.say.clone()).collect(),
        });
        self.returned.clone_from(&hand_in.returned);
        HandIn { complete: hand_in.complete && *ask != Ask::Nominate, ..hand_in.clone() }
    }
}
