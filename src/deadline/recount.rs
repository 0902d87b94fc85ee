//! A new calendar under a running deadline: both dates, and the one in force.

use super::count::keep;
use super::{Deadline, Due};
use crate::calendar::Calendar;

/// What a new calendar makes of a deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recount {
    /// under the old calendar; none while it stands still
    pub before: Option<Due>,
    /// under the new one
    pub after: Option<Due>,
    /// the one that holds: `after`, unless that would undercut what was announced
    pub in_force: Option<Due>,
    /// true when `after` is earlier than was announced and does not take effect. Enter a [`super::Change::Announce`] of
    /// `in_force` then, so that later replays keep it
    pub kept: bool,
}

impl Recount {
    /// True when the day in force moves, or is provisional no longer, or now is.
    pub fn changes(&self) -> bool {
        self.before != self.in_force
    }
}

/// Counts `deadline` by both calendars. With `announced` the old day was told to the public or to a citizen: a publicity
/// period is never shortened then.
pub fn recount(deadline: &Deadline, old: &Calendar, new: &Calendar, announced: bool) -> Recount {
    let before = deadline.due(old);
    let after = deadline.due(new);
    let mut in_force = after.clone();
    let mut kept = false;
    if let (true, Some(before), Some(due)) = (announced, &before, &mut in_force)
        && before.at > due.at
    {
        keep(due, Some(before.date), deadline.closes);
        kept = true;
    }
    Recount { before, after, in_force, kept }
}
