//! Limits: where they start, what they may use up, and the clocks that count them.

use super::Deciding;
use super::timers::deadline;
use crate::case::Batch;
use crate::case::eval::Target;
use crate::case::event::{Body, ClockOf};
use crate::deadline::{Budget, Deadline, Offset, Span};
use crate::workflow::{Limit, SERVED, Stage, rule};

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
    fn limit(&mut self, limit: &Limit, batch: u32) -> Option<(chrono::NaiveDate, Budget)> {
        if let Some(span) = self.counts_from_service(limit, batch) {
            return self.served(batch, span);
        }
        let items = self.case.batches.get(&batch).map(|b| b.items.clone()).unwrap_or_default();
        self.limit_of_all(limit, &items)
    }

    /// The same for one item of a batch.
    pub(super) fn limit_of_one(&mut self, limit: &Limit, batch: u32, item: u32) -> Option<(chrono::NaiveDate, Budget)> {
        match self.counts_from_service(limit, batch) {
            Some(span) => self.served(batch, span),
            None => self.limit_of(limit, item),
        }
    }

    fn counts_from_service(&self, limit: &Limit, batch: u32) -> Option<Span> {
        let Limit::From(span, from) = limit else { return None };
        (from == SERVED && self.case.batches.contains_key(&batch)).then_some(*span)
    }

    fn served(&self, batch: u32, span: Span) -> Option<(chrono::NaiveDate, Budget)> {
        let served = self.case.papers(batch).filter_map(|d| d.served).max();
        served.map(|day| (day, Budget::Span(span)))
    }

    /// The same for items that are taken together: what one of them says limits all, and of several the earliest.
    pub(super) fn limit_of_all(&mut self, limit: &Limit, items: &[u32]) -> Option<(chrono::NaiveDate, Budget)> {
        let source = match limit {
            Limit::Span(_) => "",
            Limit::From(_, field) => field.as_str(),
            Limit::By(expression) => expression.source.as_str(),
        };
        let params = &self.program.workflow().case.params;
        let alike = !rule::names(source).iter().any(|name| !params.contains_key(name));
        if alike || items.len() < 2 {
            let item = items.first().copied();
            return self.limit_from(limit, item.map_or(Target::Case, Target::Item));
        }
        let each = items.iter().filter_map(|item| self.limit_of(limit, *item));
        each.min_by_key(|(from, budget)| if let Budget::By(day) = budget { *day } else { *from })
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

#[cfg(test)]
mod tests {
    use crate::case::command::{Asked, Command, HandIn};
    use crate::case::decide::decide;
    use crate::case::decide::tests::opened;
    use crate::case::event::{Ask, ClockOf, Row};
    use serde_json::json;

    const TOWN: &str = "offices:\n  甲办: {}\n  乙办: {}\n";

    /// The limit of what is taken together, of three whose dates are these.
    fn limit(stage: &str, dates: [&str; 3]) -> Option<String> {
        let definition = format!(
            "workflow: 试
roles: {{ 甲: 甲办, 乙: 乙办 }}
case: {{ title: 试, opened: {{ by: 甲 }} }}
items: {{ 事: {{ identity: [名称], fields: {{ 名称: text, 日期: {{ type: date, optional: true }} }} }} }}
stages:
  - {{ recommend: 提出, by: 甲, expect: all }}
  - {{ review: 议, by: 乙, each: case, {stage} }}
  - {{ file: 归档, by: 甲, fonds: \"0001\", class: SHI }}
"
        );
        let of = opened(&definition, None, TOWN);
        let task = of.case.open_tasks().find(|t| t.ask == Ask::Nominate).unwrap();
        let row = |(n, date): (usize, &str)| {
            let date = if date.is_empty() { json!(null) } else { json!(date) };
            let fields = json!({ "名称": n.to_string(), "日期": date }).as_object().cloned().unwrap_or_default();
            (Row { fields, ..Row::default() }, String::new())
        };
        let rows = dates.into_iter().enumerate().map(row).collect();
        let (task, revision, submission) = (task.id, task.revision, "1".to_string());
        let command = Command::HandIn(HandIn { task, revision, rows, complete: true, submission, ..HandIn::default() });
        let asked = Asked { by: "甲办".into(), on_behalf: None, cause: "submission 1".into(), command };
        let of_case = decide(&of.program, &of.case, &asked, &of.ledgers, of.now).unwrap().case;
        let clock = of_case.running().find(|c| matches!(c.of, ClockOf::Answer(_)))?;
        let due = super::deadline(clock).due(&of.ledgers.calendar)?;
        Some(due.date.to_string())
    }

    #[test]
    fn the_earliest_date_limits_what_is_taken_together() {
        let dates = ["2025-05-12", "2025-04-21", "2025-06-03"];
        assert_eq!(limit("within: { by: 日期 }", dates).as_deref(), Some("2025-04-21"));
        assert_eq!(limit("within: { run: 5 days, from: 日期 }", dates).as_deref(), Some("2025-04-27"));
        assert_eq!(limit("within: { by: 日期 }", ["", "2025-04-21", ""]).as_deref(), Some("2025-04-21"));
        assert_eq!(limit("within: { by: 日期 }", ["", "", ""]), None);
    }
}
