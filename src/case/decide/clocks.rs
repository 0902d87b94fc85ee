//! Named clocks (LANGUAGE §10): they run over several stages, are stopped by side items, stays and returns, begin anew,
//! are extended, and say what happens when they run out.
//!
//! Whatever is known of an item is looked at again when it changes; what a clock's ledger lacks is entered then, dated by the
//! fact and not by the entry. Each source of a stop has a name within the clock, so that nothing is entered twice.

use super::Deciding;
use super::papers::Order;
use crate::case::eval::{Target, first_day};
use crate::case::event::{Body, ClockChange, ClockOf, Hold, QuestionAbout, Rung};
use crate::case::lists::is_meant;
use crate::case::story::item_name;
use crate::case::{Clock, Item};
use crate::deadline::Change;
use crate::workflow::{ClockAction, ClockDefinition, ClockStop, Limit, Overdue, Turn};
use chrono::NaiveDate;

/// The answer that grants an extension.
const GRANTED: &str = "同意延期";
/// The answer that refuses it.
const NOT_GRANTED: &str = "不同意延期";
/// The answer to a clock that ran out and asks.
const SEEN: &str = "已知悉，继续办理";

impl<'a> Deciding<'a> {
    /// Starts, stops, resumes and ends the named clocks of the items this decision touched.
    pub(super) fn tend_clocks(&mut self) {
        let program = self.program;
        let workflow = program.workflow();
        if workflow.clocks.is_empty() {
            return;
        }
        for id in self.touched.facts() {
            let about = self.case.item(id).and_then(|i| i.about);
            for id in [Some(id), about].into_iter().flatten() {
                for definition in workflow.clocks.values() {
                    let of = std::slice::from_ref(&definition.of);
                    if self.case.item(id).is_some_and(|i| is_meant(workflow, of, i)) {
                        self.tend_clock(definition, id);
                    }
                }
            }
        }
    }

    fn tend_clock(&mut self, definition: &'a ClockDefinition, id: u32) {
        let of = ClockOf::Named { clock: definition.name.clone(), item: id };
        let Some(item) = self.case.item(id).cloned() else { return };
        let over = !item.lives() || definition.until.as_ref().is_some_and(|until| item.left.contains_key(until));
        match self.case.clocks_of(&of).last().cloned() {
            None if !over => self.start_named(definition, &item, of),
            Some(clock) if over && !clock.ended => {
                self.emit(Body::ClockChanged { clock: clock.id, change: ClockChange::End });
            }
            Some(clock) if !clock.ended => {
                self.stop_and_go(definition, &item, clock.id);
                self.clock_fallen_silent(definition, clock.id, id);
            }
            Some(_) | None => {}
        }
    }

    /// A clock exists from when its date is known and its condition true, and runs from that date, however long ago it is.
    fn start_named(&mut self, definition: &ClockDefinition, item: &Item, of: ClockOf) {
        let target = Target::Item(item.id);
        let holds = |this: &mut Self, when: &str| this.sight().holds(when, &target).unwrap_or(false);
        if definition.when.as_ref().is_some_and(|when| !holds(self, &when.source)) {
            return;
        }
        let limit = match &definition.run {
            Limit::Span(span) => {
                self.clock_from(definition, item).map(|from| (from, crate::deadline::Budget::Span(*span)))
            }
            other @ (Limit::From(..) | Limit::By(_)) => self.limit_of(other, item.id),
        };
        let Some((from, budget)) = limit else { return };
        let remind = definition.remind.iter().map(ToString::to_string).collect();
        self.start_clock(of.clone(), from, budget, false, remind);
        if let Some(clock) = self.clock_of(&of).map(|c| c.id) {
            self.stop_and_go(definition, item, clock);
        }
    }

    /// The date a clock runs from: a date field, the day a stage was left, or the case's opening.
    fn clock_from(&mut self, definition: &ClockDefinition, item: &Item) -> Option<NaiveDate> {
        if definition.from == "opened" {
            return Some(self.case.opened.date());
        }
        if self.program.workflow().stage(&definition.from).is_some() {
            return item.left.get(&definition.from).map(chrono::NaiveDateTime::date);
        }
        let value = self.sight().value(&definition.from, &Target::Item(item.id)).ok()?;
        first_day(value.as_str()?)
    }

    /// Enters what the ledger lacks.
    fn stop_and_go(&mut self, definition: &ClockDefinition, item: &Item, clock: u32) {
        for stop in &definition.stops {
            if self.program.workflow().stage(&stop.of).is_some() {
                self.stop_while_staying(item, clock, &stop.of);
            } else {
                self.stop_for_sides(item, clock, stop);
            }
        }
        if let Some(stage) = &definition.restarts {
            self.stop_while_returned(definition, item, clock, stage);
        }
    }

    /// An action stops, resumes or restarts a clock of an item, or of what it is about.
    pub(super) fn turn_clock(&mut self, action: &ClockAction, id: u32) {
        let name = &action.clock;
        let about = self.case.item(id).and_then(|i| i.about);
        let running = [Some(id), about].into_iter().flatten().find_map(|item| {
            let of = ClockOf::Named { clock: name.clone(), item };
            self.case.clocks_of(&of).last().filter(|c| !c.ended).map(|c| c.id)
        });
        let Some(clock) = running else {
            self.notes.push(format!("“{name}”期限没有在计时，未作调整。"));
            return;
        };
        let value = self.sight().value(&action.date.source, &Target::Item(id));
        let Some(date) = value.ok().and_then(|v| first_day(v.as_str()?)) else {
            return self.refuse("", format!("“{name}”期限从哪天调整无法确定，请填写日期。"));
        };
        if date > self.now.date() {
            return self.refuse("", format!("“{name}”期限不能从以后的日期调整。"));
        }
        let stage = self.case.item(id).and_then(|i| i.stage()).unwrap_or_default().to_string();
        let change = match action.turn {
            Turn::Stop => Change::stop(date, stage),
            Turn::Resume => Change::resume(date),
            Turn::Restart => Change::restart(date),
        };
        self.enter_clock(clock, vec![change], None);
    }

    fn entered(&self, clock: u32, source: &str) -> u32 {
        self.case.clocks.get(&clock).and_then(|c| c.sources.get(source)).copied().unwrap_or_default()
    }

    fn stop_for_sides(&mut self, item: &Item, clock: u32, stop: &ClockStop) {
        let of_it = |i: &&Item| i.about == Some(item.id) && i.of == stop.of;
        let sides: Vec<Item> = self.case.all_items().filter(of_it).cloned().collect();
        for side in sides {
            let source = format!("side/{}", side.id);
            let stated = |field: &Option<String>| field.as_ref().and_then(|f| stated_date(&side, f));
            if self.entered(clock, &source) == 0 {
                let date = stated(&stop.from).unwrap_or(side.opened.date());
                let change = Change::stop(date, stop.of.clone());
                self.enter_clock(clock, vec![change], Some(source.clone()));
            }
            if self.entered(clock, &source) == 1 && !side.lives() {
                let date = stated(&stop.to).or_else(|| self.silent_until(&side)).unwrap_or(self.now.date());
                self.enter_clock(clock, vec![Change::resume(date)], Some(source));
            }
        }
    }

    /// The last day a side item was waited for that ended by the law's silence, whenever that was noticed.
    fn silent_until(&self, side: &Item) -> Option<NaiveDate> {
        let last = self.case.batches.values().rfind(|b| b.items.contains(&side.id))?;
        let stage = self.program.workflow().stage(&last.stage)?;
        if !matches!(stage.overdue, Some(Overdue::Outcome(..))) || self.case.outcome_in(side, last.id).is_some() {
            return None;
        }
        let limit = self.clock_of(&ClockOf::Answer(last.id)).filter(|c| c.rang.contains(&Rung::Due))?;
        Some(super::timers::deadline(limit).due(&self.ledgers.calendar)?.date)
    }

    fn stop_while_staying(&mut self, item: &Item, clock: u32, stage: &str) {
        let stays = item.stage() == Some(stage) && item.holds.contains(&Hold::Stay);
        let today = self.now.date();
        let stop = Change::stop(today, format!("{stage}缓议"));
        self.while_it_lasts(clock, &format!("stay/{stage}"), stays, stop, vec![Change::resume(today)]);
    }

    /// Returned to be mended the clock stands still; mended, its budget begins anew: from its date when that was set anew,
    /// else from the day it came back.
    fn stop_while_returned(&mut self, definition: &ClockDefinition, item: &Item, clock: u32, stage: &str) {
        let returned =
            item.stage() == Some(stage) && (item.holds.contains(&Hold::Returned) || item.sent_back.is_some());
        let today = self.now.date();
        let stop = Change::stop(today, "退回补正");
        let from = self.clock_from(definition, item);
        // what was granted meanwhile says nothing of when it came back
        let granted = |entry: &&Change| matches!(entry, Change::Extend { .. });
        let before = self.case.clocks.get(&clock).map(|c| c.ledger.iter().filter(|entry| !granted(entry)));
        let stopped = before.and_then(|before| before.map(Change::date).max());
        let date = from.filter(|from| Some(*from) > stopped).unwrap_or(today);
        self.while_it_lasts(clock, "return", returned, stop, vec![Change::resume(date), Change::restart(date)]);
    }

    /// Enters a stop when something begins and what follows when it is over, each time it happens.
    fn while_it_lasts(&mut self, clock: u32, what: &str, lasts: bool, stop: Change, after: Vec<Change>) {
        let begun = (1..).take_while(|n| self.entered(clock, &format!("{what}/{n}")) > 0).count() + 1;
        let last = format!("{what}/{}", begun.saturating_sub(1));
        match (lasts, self.entered(clock, &last)) {
            (true, 0 | 2..) => self.enter_clock(clock, vec![stop], Some(format!("{what}/{begun}"))),
            (false, 1) => self.enter_clock(clock, after, Some(last)),
            (true, 1) | (false, 0 | 2..) => {}
        }
    }

    /// Somebody who deals with the item asks for more time.
    pub(super) fn ask_to_extend(&mut self, name: &str, id: u32, reason: &str) {
        let program = self.program;
        let definition = program.workflow().clocks.get(name);
        let Some((definition, extension)) = definition.and_then(|d| Some((d, d.extend.as_ref()?))) else {
            return self.refuse("", format!("“{name}”不能延期。"));
        };
        let of = ClockOf::Named { clock: definition.name.clone(), item: id };
        let Some(clock) = self.case.clocks_of(&of).last().filter(|c| !c.ended).cloned() else {
            return self.refuse("", format!("“{name}”没有在计时，无需延期。"));
        };
        if !self.may_still_extend(&clock, extension.times) {
            return;
        }
        let asked =
            |q: &crate::case::Question| matches!(&q.about, QuestionAbout::Extend { clock: c, .. } if *c == clock.id);
        if self.case.open_questions().any(asked) {
            return self.refuse("", "已经申请延期，正在等候答复。");
        }
        let approver = self.actors(std::slice::from_ref(&extension.approve), Some(id)).into_iter().next();
        let to = approver.unwrap_or_else(|| self.case.opener.clone());
        let about = self.case.item(id).map(|i| item_name(program.workflow(), i)).unwrap_or_default();
        let by = self.ledgers.offices.title(&self.by).to_string();
        let text = format!("{by}申请将{about}的“{name}”期限延长{}，理由：{reason}。是否同意？", extension.by.title());
        let answers = vec![GRANTED.to_string(), NOT_GRANTED.to_string()];
        self.ask(&to, text, answers, QuestionAbout::Extend { clock: clock.id, reason: reason.to_string() });
    }

    /// Not after it has run out, and not more often than allowed.
    fn may_still_extend(&mut self, clock: &Clock, times: u32) -> bool {
        let due = super::timers::deadline(clock).due(&self.ledgers.calendar);
        if due.is_some_and(|due| due.at <= self.now) {
            self.refuse("", "期限已过，不能再延期。");
            return false;
        }
        let granted = extensions(clock);
        if granted >= times as usize {
            self.refuse("", format!("已经延期{granted}次，不能再延期。"));
            return false;
        }
        true
    }

    /// What follows from the approver's answer.
    pub(super) fn extend(&mut self, clock: u32, reason: &str, answer: &str) {
        let program = self.program;
        let Some(clock) = self.case.clocks.get(&clock).cloned() else { return };
        let ClockOf::Named { clock: name, item } = &clock.of else { return };
        let Some(extension) = program.workflow().clocks.get(name).and_then(|d| d.extend.as_ref()) else { return };
        if answer != GRANTED || !self.may_still_extend(&clock, extension.times) {
            return;
        }
        let change = Change::Extend { span: extension.by, date: self.now.date(), reason: reason.to_string() };
        self.enter_clock(clock.id, vec![change], None);
        let Some(definition) = &extension.document else { return };
        let (items, reason) = (vec![*item], Some(reason.to_string()));
        self.order(&Order { items, reason, ..Order::of(definition) });
    }

    /// A named clock ran out: who is to be told is told by the effect; who is to be asked is asked.
    pub(super) fn named_ran_out(&mut self, name: &str, item: u32) {
        let program = self.program;
        let overdue = program.workflow().clocks.get(name).and_then(|d| d.overdue.as_ref());
        if let Some(Overdue::Ask(role)) = overdue {
            self.ask_about_overdue(role, name, name, Some(item));
        }
    }

    /// Somebody is asked to see to what is overdue, and says what he did.
    pub(super) fn ask_about_overdue(&mut self, role: &String, title: &str, clock: &str, item: Option<u32>) {
        let program = self.program;
        let asked = self.actors(std::slice::from_ref(role), item).into_iter().next();
        let to = asked.unwrap_or_else(|| self.case.opener.clone());
        let about = item.and_then(|i| self.case.item(i)).map(|i| format!("{}的", item_name(program.workflow(), i)));
        let text =
            format!("{}“{title}”期限已经届满，尚未办结。请督促办理，并填写处理意见。", about.unwrap_or_default());
        let about = QuestionAbout::Overdue { clock: clock.to_string(), item };
        self.ask(&to, text, vec![SEEN.to_string()], about);
    }
}

/// How often a clock has been extended.
pub(in crate::case) fn extensions(clock: &Clock) -> usize {
    clock.ledger.iter().filter(|change| matches!(change, Change::Extend { .. })).count()
}

/// A date an item states in a field of its own or of an answer.
fn stated_date(item: &Item, field: &str) -> Option<NaiveDate> {
    let value = item.answers.values().find_map(|a| a.fields.get(field)).or_else(|| item.fields.get(field));
    value.and_then(|v| v.as_str()).and_then(first_day)
}
