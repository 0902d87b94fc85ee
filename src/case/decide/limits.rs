//! Limits: where they start, what they may use up, and the clocks that count them.

use super::Deciding;
use super::timers::deadline;
use crate::case::Batch;
use crate::case::eval::Target;
use crate::case::event::{Body, ClockOf};
use crate::deadline::{Budget, Deadline, Offset, Span};
use crate::workflow::{Limit, SERVED, Stage};

impl Deciding<'_> {
    /// Starts the limit of an open batch whose date was not known when it opened, once it is; ends one that binds nobody any
    /// more: whoever was asked has answered, and what is still waited for is another's to say.
    pub(super) fn tend_limit(&mut self, stage: &Stage, batch: &Batch) {
        let waited = batch.waited();
        let starts = self.clock_of(&ClockOf::Answer(batch.id)).is_none() && !self.used_up_in_waiting(stage, &waited);
        if stage.within.is_some() && starts {
            self.start_limit(stage, batch.id);
        }
        if stage.takes_several() && !self.all_answered(batch) && !self.asks_somebody(batch) {
            self.end_clocks(&ClockOf::Answer(batch.id));
        }
    }

    fn asks_somebody(&self, batch: &Batch) -> bool {
        let here = batch.items.iter().filter(|id| self.in_batch(**id, batch.id));
        here.flat_map(|id| self.case.tasks_of(*id)).chain(self.case.tasks_in(batch.id)).next().is_some()
    }

    pub(super) fn start_limit(&mut self, stage: &Stage, batch: u32) {
        let Some((from, budget)) = stage.within.as_ref().and_then(|l| self.limit(l, batch)) else { return };
        let remind = stage.remind.iter().map(ToString::to_string).collect();
        self.start_clock(ClockOf::Answer(batch), from, budget, false, remind);
    }

    /// The limit of an intake that was closed before its time and is open again runs on as it was, while its day is to come.
    pub(super) fn run_again(&mut self, batch: u32) {
        let of = ClockOf::Answer(batch);
        let Some(clock) = self.case.clocks_of(&of).last().filter(|c| c.ended).cloned() else { return };
        let calendar = self.ledgers.calendar.clone();
        let Some(due) = deadline(&clock).due(&calendar).filter(|due| due.at > self.now) else { return };
        let own = calendar.of(clock.region.as_deref());
        let to_come = |text: &String| Offset::parse(text).is_ok_and(|o| o.first(&due, own) > self.now);
        let remind = clock.remind.iter().filter(|text| to_come(text)).cloned().collect();
        // what happened to it is not carried on: it begins with an empty ledger
        self.run(of, Deadline { ledger: Vec::new(), ..deadline(&clock) }, remind);
    }

    /// Where a limit starts and what it may use up; None while its date is not set.
    pub(super) fn limit(&mut self, limit: &Limit, batch: u32) -> Option<(chrono::NaiveDate, Budget)> {
        if let (Limit::From(span, from), true) = (limit, self.case.batches.contains_key(&batch))
            && from == SERVED
        {
            return Some((self.case.papers(batch).filter_map(|d| d.served).max()?, Budget::Span(*span)));
        }
        let item = self.case.batches.get(&batch).and_then(|b| b.items.first().copied());
        self.limit_from(limit, item.map_or(Target::Case, Target::Item))
    }

    /// The same for an item.
    pub(super) fn limit_of(&mut self, limit: &Limit, item: u32) -> Option<(chrono::NaiveDate, Budget)> {
        self.limit_from(limit, Target::Item(item))
    }

    fn limit_from(&mut self, limit: &Limit, target: Target) -> Option<(chrono::NaiveDate, Budget)> {
        let today = self.now.date();
        let date = |this: &mut Self, source: &str| {
            let value = this.sight().value(source, &target).ok()?;
            crate::case::eval::first_day(value.as_str()?)
        };
        match limit {
            Limit::Span(span) => Some((today, Budget::Span(*span))),
            Limit::From(span, field) => Some((date(self, field)?, Budget::Span(*span))),
            Limit::By(expression) => {
                let literal = crate::deadline::date_literal(&expression.source, self.case.opened.date()).ok();
                let day = literal.or_else(|| date(self, &expression.source))?;
                Some((today, Budget::By(day)))
            }
        }
    }

    pub(super) fn start_clock(
        &mut self,
        of: ClockOf,
        from: chrono::NaiveDate,
        budget: Budget,
        count_start: bool,
        remind: Vec<String>,
    ) {
        self.start_clock_until(of, (from, budget), count_start, remind, None);
    }

    /// The same of a limit that is over at a time of its last day.
    pub(super) fn start_clock_until(
        &mut self,
        of: ClockOf,
        (from, budget): (chrono::NaiveDate, Budget),
        count_start: bool,
        remind: Vec<String>,
        closes: Option<chrono::NaiveTime>,
    ) {
        let since = self.hours_since(&of, from, &budget).unwrap_or_default();
        let limit = Deadline::new(from.and_time(since), budget, &self.ledgers.calendar);
        self.run(of, Deadline { count_start, closes, ..limit }, remind);
    }

    /// Days are counted from a day; hours from the moment something happened, where one is known, else from 0:00 of the day.
    fn hours_since(&self, of: &ClockOf, from: chrono::NaiveDate, budget: &Budget) -> Option<chrono::NaiveTime> {
        if !matches!(budget, Budget::Span(Span::Hours(_))) {
            return None;
        }
        let workflow = self.program.workflow();
        let happened = match of {
            ClockOf::Named { clock, item } => match workflow.clocks.get(clock)?.from.as_str() {
                "opened" => Some(self.case.opened),
                stage => self.case.item(*item)?.left.get(stage).copied(),
            },
            ClockOf::Answer(batch) => {
                let stage = workflow.stage(&self.case.batches.get(batch)?.stage)?;
                matches!(stage.within, Some(Limit::Span(_))).then_some(self.now)
            }
            ClockOf::Period(_) | ClockOf::Grace(_) | ClockOf::Keep(_) | ClockOf::Return(_) | ClockOf::Gate { .. } => {
                Some(self.now)
            }
        };
        happened.filter(|at| at.date() == from).map(|at| at.time())
    }

    pub(super) fn end_clocks(&mut self, of: &ClockOf) {
        let running: Vec<u32> = self.case.clocks_of(of).filter(|c| !c.ended).map(|c| c.id).collect();
        for clock in running {
            self.emit(Body::ClockChanged { clock, change: crate::case::event::ClockChange::End });
        }
    }
}
