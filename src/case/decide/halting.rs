//! A named clock stopped and resumed by hand, for what its definition allows (LANGUAGE §10 `reasons`).
//!
//! The day of the fact is entered; the event has the day it was recorded. Entries are counted by their days, so it does not
//! matter in which order they, other stops and extensions came.

#[cfg(test)]
mod tests;

use super::Deciding;
use crate::case::event::ClockOf;
use crate::case::story::{date_cn, item_name};
use crate::case::{Case, Clock};
use crate::deadline::Change;
use chrono::NaiveDate;

/// How the source of a stop by hand begins within its clock; its number follows.
const BY_HAND: &str = "hand/";

/// The source of the latest stop by hand of a clock, and whether it is over.
fn latest(clock: &Clock) -> Option<(String, bool)> {
    let named = |n: &usize| format!("{BY_HAND}{n}");
    let last = (1..).take_while(|n| clock.sources.contains_key(&named(n))).last()?;
    let entries = clock.sources.get(&named(&last)).copied().unwrap_or_default();
    Some((named(&last), entries > 1))
}

impl Case {
    /// Whether a named clock of an item stands still because somebody stopped it by hand.
    pub fn is_stopped_by_hand(&self, name: &str, item: u32) -> bool {
        let of = ClockOf::Named { clock: name.to_string(), item };
        self.clocks_of(&of).last().and_then(latest).is_some_and(|(_, over)| !over)
    }
}

impl Deciding<'_> {
    pub(super) fn stop_by_hand(&mut self, name: &str, item: u32, date: NaiveDate, reason: &str) {
        let reasons = self.program.workflow().clocks.get(name).map(|c| c.reasons.clone()).unwrap_or_default();
        let Some(clock) = self.clock_in_hand(name, item, date) else { return };
        if !reasons.iter().any(|allowed| allowed == reason) {
            let allowed = reasons.join("、");
            return self.refuse("原因", format!("“{name}”期限只能因以下情形停止计时：{allowed}。请从中选择。"));
        }
        let before = latest(&clock);
        if before.as_ref().is_some_and(|(_, over)| !over) {
            return self.refuse("", format!("“{name}”期限已经停止计时，恢复之前不能再停。"));
        }
        if super::timers::deadline(&clock).due(&self.ledgers.calendar).is_some_and(|due| date > due.date) {
            return self.refuse("日期", format!("“{name}”期限在该日之前已经届满，不能停止计时。"));
        }
        let n = clock.sources.keys().filter(|source| source.starts_with(BY_HAND)).count() + 1;
        let change = Change::stop(date, reason);
        self.enter_clock(clock.id, vec![change], Some(format!("{BY_HAND}{n}")));
        let since = self.since(&clock, date);
        self.notes.push(format!("“{name}”期限自{since}起停止计时（{reason}）。"));
    }

    pub(super) fn resume_by_hand(&mut self, name: &str, item: u32, date: NaiveDate) {
        let Some(clock) = self.clock_in_hand(name, item, date) else { return };
        let Some((source, false)) = latest(&clock) else {
            return self.refuse("", format!("“{name}”期限没有因人工登记停止计时，无需恢复。"));
        };
        let reasons = self.program.workflow().clocks.get(name).map(|c| c.reasons.as_slice()).unwrap_or_default();
        let by_hand = |entry: &&Change| matches!(entry, Change::Stop { reason, .. } if reasons.contains(reason));
        let stopped = clock.ledger.iter().rfind(by_hand).map(Change::date);
        if stopped.is_some_and(|stopped| date < stopped) {
            return self.refuse("日期", "恢复计时的日期不能早于停止计时的日期。");
        }
        self.enter_clock(clock.id, vec![Change::resume(date)], Some(source));
        let due = self.case.clocks.get(&clock.id).and_then(|c| super::timers::deadline(c).due(&self.ledgers.calendar));
        let exact = |due: &crate::deadline::Due| due.at.format("%H:%M").to_string();
        let told = due.map(|due| {
            let time = if due.exact { exact(&due) } else { String::new() };
            format!("，期限届满日为{}{time}", date_cn(due.date))
        });
        let (since, told) = (self.since(&clock, date), told.unwrap_or_default());
        self.notes.push(format!("“{name}”期限自{since}起恢复计时{told}。"));
    }

    /// From when an entry of this moment for a day counts: days from the day after, hours from now or from the end of the day.
    fn since(&self, clock: &Clock, date: NaiveDate) -> String {
        match (super::timers::deadline(clock).counts_hours(), date == self.now.date()) {
            (false, _) => format!("{}的次日", date_cn(date)),
            (true, true) => format!("{}{}", date_cn(date), self.now.format("%H:%M")),
            (true, false) => format!("{}24:00", date_cn(date)),
        }
    }

    /// The clock of an item that the asking office deals with, if its definition lets it be stopped and it runs on that day.
    fn clock_in_hand(&mut self, name: &str, id: u32, date: NaiveDate) -> Option<Clock> {
        let workflow = self.program.workflow();
        let allows = workflow.clocks.get(name).is_some_and(|c| !c.reasons.is_empty());
        let item = self.case.item(id).map(|i| item_name(workflow, i)).unwrap_or_default();
        if !allows {
            self.refuse("", format!("“{name}”期限不能人工停止计时。"));
            return None;
        }
        if !self.case.tasks_of(id).any(|task| task.office == self.by) {
            self.refuse("对象", format!("{item}不在贵单位办理，不能停止或恢复“{name}”期限。"));
            return None;
        }
        let of = ClockOf::Named { clock: name.to_string(), item: id };
        let running = self.case.clocks_of(&of).last().filter(|c| !c.ended).cloned();
        if running.is_none() {
            self.refuse("对象", format!("{item}的“{name}”期限没有在计时。"));
        }
        let clock = running?;
        if date > self.now.date() || date < clock.from {
            let from = date_cn(clock.from);
            self.refuse("日期", format!("日期不能晚于今天，也不能早于“{name}”期限起算之日（{from}）。"));
            return None;
        }
        Some(clock)
    }
}
