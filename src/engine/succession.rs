//! Succession of offices: which cases are to hear that somebody's tasks pass on, and from which day the offices are looked at.
//!
//! Nothing is remembered of it: a case that has an open task of an office that is gone is to hear of it, whether the file
//! changed, its day came, the daemon was down meanwhile or the power went before the case was told.

use super::{Core, Engine};
use crate::case::decide::succession::concerned_by_folders;
use crate::case::{Case, Task};
use crate::clock::Moment;
use chrono::NaiveTime;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Engine {
    /// The offices as they stand today.
    pub(super) fn look_at_offices(&self, core: &mut Core) {
        let today = self.clock.now().date();
        if core.ledgers.offices.day != today {
            core.ledgers.offices = Arc::new(core.ledgers.offices.on(today));
            core.dirty = true;
        }
    }
}

/// Offices that owe something in open cases and stand in the file no longer, each with the cases.
pub(super) fn missing(core: &Core) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for case in core.cases.values().filter(|c| c.closed.is_none()) {
        let owes: BTreeSet<&String> = case.open_tasks().map(|task| &task.office).collect();
        for office in owes.into_iter().filter(|id| !core.ledgers.offices.offices.contains_key(*id)) {
            found.entry(office.clone()).or_default().push(case.id.clone());
        }
    }
    found
}

/// Cases with an open task that is to pass on, or that nobody sees. What an office handed in before its last day was over is answered first.
pub(super) fn passing(core: &Core, now: Moment) -> Vec<String> {
    let offices = &core.ledgers.offices;
    let passes = |office: &String| {
        let Some(gone) = offices.offices.get(office).filter(|o| o.is_gone(offices.day)) else { return false };
        let since = gone.until.and_then(|last| last.succ_opt()).map(|first| first.and_time(NaiveTime::MIN));
        since.is_none_or(|since| !core.drops.postpone(since, now))
    };
    let returns = |task: &Task| {
        let first = task.lent.as_ref().and_then(|(_, until)| until.succ_opt()).filter(|first| *first <= now.date());
        first.is_some_and(|first| !core.drops.postpone(first.and_time(NaiveTime::MIN), now))
    };
    let open = core.cases.values().filter(|c| c.closed.is_none() && c.held.is_none());
    let concerned = |case: &&Case| {
        case.open_tasks().any(|t| passes(&t.office) || returns(t)) || concerned_by_folders(case, offices)
    };
    open.filter(concerned).map(|c| c.id.clone()).collect()
}

/// When the next office is followed by another, or a task goes back to whom another acted for.
pub(super) fn next(core: &Core) -> Option<Moment> {
    let open = core.cases.values().filter(|c| c.closed.is_none() && c.held.is_none());
    let lent = open.flat_map(|c| c.open_tasks()).filter_map(|t| t.lent.as_ref()?.1.succ_opt());
    let first = lent.chain(core.ledgers.offices.next_succession()).min();
    first.map(|first| first.and_time(NaiveTime::MIN))
}
