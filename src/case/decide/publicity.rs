//! Publicity: a notice goes up on every channel, stays for its whole period, comes down, and lets its items on (§8).
//!
//! The period starts on the day the last required channel is up, and is never shorter than its limit (条例, LAW §3).

#[cfg(test)]
mod tests;

use super::Deciding;
use super::papers::Order;
use crate::case::Batch;
use crate::case::command::HandIn;
use crate::case::event::{Ask, Body, ClockOf, TOLD};
use crate::case::{Item, Life, Task};
use crate::deadline::Budget;
use crate::workflow::offices::Channel;
use crate::workflow::{DocumentDefinition, DocumentEach, Stage};
use chrono::NaiveDate;

impl Deciding<'_> {
    pub(super) fn open_publicity(&mut self, stage: &Stage, batch: u32) {
        self.order_stage_papers(stage, batch, true);
        if stage.notice.is_some() {
            let here = self.living_in(batch);
            self.supersede(stage, batch, &here);
            self.order_notice(stage, batch);
        }
        self.start_limit(stage, batch);
    }

    /// A notice made anew by itself: what keeps it from being made is asked, and undoes nothing else.
    pub(super) fn order_notice_anew(&mut self, stage: &Stage, batch: u32) {
        let here = self.living_in(batch);
        self.attempt(stage, Some(batch), &here, |this| this.order_notice(stage, batch));
    }

    /// Orders the notice of a batch with what holds now: a draft that is not out yet is drafted again, one that is out is
    /// replaced.
    fn order_notice(&mut self, stage: &Stage, batch: u32) {
        let of_batch = |wanted: &[Life]| {
            let notices = self.case.papers(batch).filter(|d| d.notice && wanted.contains(&d.life));
            notices.last().map(|d| (d.id, d.draft, d.replaces))
        };
        let pending = of_batch(&[Life::Ordered, Life::Rendered]);
        let replaces = pending.map_or_else(|| of_batch(&[Life::Issued]).map(|(id, ..)| id), |(.., replaces)| replaces);
        let Some(definition) = notice_paper(stage) else { return };
        let order = Order {
            stage: Some(stage),
            batch: Some(batch),
            items: self.living_in(batch),
            notice: true,
            replaces,
            ..Order::of(&definition)
        };
        match pending {
            Some((document, draft, _)) => drop(self.order_draft(&order, document, draft + 1, None)),
            None => drop(self.order(&order)),
        }
    }

    /// The items that the notice of a batch names when it is made: those that live, but for what has been sent back from it
    /// or is noticed once more.
    pub(super) fn living_in(&self, batch: u32) -> Vec<u32> {
        let Some(open) = self.case.batches.get(&batch) else { return Vec::new() };
        let index = |stage: &str| self.program.workflow().stage_index(stage);
        let beyond = |item: &Item| item.stage().and_then(index) > index(&open.stage);
        let named = |i: &&u32| self.case.item(**i).is_some_and(|i| i.batch() == Some(batch) || beyond(i));
        open.items.iter().filter(named).copied().collect()
    }

    /// The notice is out: who must put it up by hand is told so. Where there is nobody, the opener is asked to see to it.
    pub(super) fn notice_issued(&mut self, batch: u32) {
        let program = self.program;
        let Some(open) = self.case.batches.get(&batch).cloned() else { return };
        let Some(stage) = program.workflow().stage(&open.stage) else { return };
        let by_hand = |c: &&String| self.ledgers.offices.channels.get(*c) == Some(&Channel::Hand);
        // A notice made anew is put up again by hand, in place of the old one.
        let asked = |c: &&String| self.case.tasks_in(batch).any(|t| t.ask == Ask::Post((*c).clone()));
        let channels = stage.channels.iter().filter(by_hand).filter(|c| !open.down.contains(*c) && !asked(c));
        let channels: Vec<String> = channels.cloned().collect();
        if channels.is_empty() {
            return;
        }
        let here = self.living_in(batch);
        self.attempt(stage, Some(batch), &here, |this| {
            let Some(office) = this.actors(&stage.by, open.items.first().copied()).into_iter().next() else {
                return this.refuse("", "没有张贴单位，请核对单位名录，以及对象中写明的承办单位。");
            };
            for channel in channels {
                this.open_task(Some(batch), Some(&stage.name), &office, Vec::new(), Ask::Post(channel));
            }
        });
    }

    /// What kept a notice back is seen to: one that nobody could put up is put up now, any other is made anew with what holds.
    pub(super) fn take_up_notice(&mut self, batch: u32) {
        let program = self.program;
        let Some(open) = self.case.batches.get(&batch).cloned() else { return };
        let Some(stage) = program.workflow().stage(&open.stage) else { return };
        let paper = self.case.papers(batch).filter(|d| d.notice && d.life == Life::Issued).last();
        let true_still = paper.is_some_and(|paper| paper.items == self.living_in(batch));
        let by_hand = |c: &String| self.ledgers.offices.channels.get(c) == Some(&Channel::Hand);
        let to_post = |c: &String| {
            let asked = self.case.tasks_in(batch).any(|t| t.ask == Ask::Post(c.clone()));
            by_hand(c) && !asked && !open.up.contains_key(c) && !open.down.contains(c)
        };
        match true_still && stage.channels.iter().any(to_post) {
            true => self.notice_issued(batch),
            false => self.renew_notice(batch),
        }
    }

    /// Somebody put the notice up by hand.
    pub(super) fn post(&mut self, task: &Task, hand_in: &HandIn, channel: &str) {
        let Some(batch) = task.batch else { return };
        let on = hand_in.fields.get("on").and_then(|v| v.as_str()).and_then(crate::case::eval::first_day);
        let opened = self.case.batches.get(&batch).map(|b| b.opened.date());
        let Some(on) = on else {
            return self.refuse("张贴日期", "请填写张贴日期。");
        };
        if on > self.now.date() || opened.is_some_and(|o| on < o) {
            return self.refuse("张贴日期", "张贴日期不能晚于今天，也不能早于公示文稿印发之日。");
        }
        self.answered(task, hand_in, true);
        self.posted(batch, channel, on, hand_in.attachments.first().map(|a| a.digest.clone()));
    }

    /// A channel shows the notice. The last required one starts the period.
    pub(super) fn posted(&mut self, batch: u32, channel: &str, on: NaiveDate, proof: Option<String>) {
        let program = self.program;
        let Some(open) = self.case.batches.get(&batch).cloned() else { return };
        if open.up.contains_key(channel) || open.down.contains(channel) || open.done.is_some() {
            return;
        }
        self.emit(Body::NoticeUp { batch, channel: channel.to_string(), on, proof });
        let Some(stage) = program.workflow().stage(&open.stage) else { return };
        let Some(period) = stage.period else { return };
        let up = self.case.batches.get(&batch).map(|b| b.up.clone()).unwrap_or_default();
        if !stage.channels.iter().all(|c| up.contains_key(c)) || self.clock_of(&ClockOf::Period(batch)).is_some() {
            return;
        }
        // what its limit asked for is done; nobody is to be reminded while the time runs
        self.end_clocks(&ClockOf::Answer(batch));
        let from = up.values().map(|(on, _)| *on).max().unwrap_or(on);
        self.start_clock(ClockOf::Period(batch), from, Budget::Span(period), stage.count_start, Vec::new());
        let stated = self.case.papers(batch).filter(|d| d.notice && d.life == Life::Issued).last().map(|d| d.date);
        if stated.is_some_and(|stated| stated != from) {
            self.order_notice_anew(stage, batch);
        }
    }

    /// The issued notice of a batch is made anew with what holds now.
    pub(super) fn renew_notice(&mut self, batch: u32) {
        let program = self.program;
        let Some(stage) = self.case.batches.get(&batch).and_then(|b| program.workflow().stage(&b.stage)) else {
            return;
        };
        if self.case.papers(batch).any(|d| d.notice && d.life == Life::Issued) {
            self.order_notice_anew(stage, batch);
        }
    }

    pub(super) fn clock_of(&self, of: &ClockOf) -> Option<&crate::case::Clock> {
        self.case.clocks_of(of).next()
    }

    /// A notice that names somebody who is gone is made anew.
    pub(super) fn refresh_notice(&mut self, item: &Item) {
        let program = self.program;
        let noticing = program.workflow().stages.iter().filter(|s| s.notice.is_some());
        let names = |b: &&Batch| b.items.contains(&item.id) && b.down.is_empty();
        let showing: Vec<(&Stage, Batch)> = noticing
            .flat_map(|stage| self.case.open_batches(&stage.name).filter(names).map(move |b| (stage, b.clone())))
            .collect();
        showing.into_iter().for_each(|(stage, batch)| self.show_the_rest(stage, batch.id));
    }

    /// A notice is made anew without what it names no longer; one that would name nobody comes down.
    pub(super) fn show_the_rest(&mut self, stage: &Stage, batch: u32) {
        let noticed = self.case.papers(batch).any(|d| d.notice && !matches!(d.life, Life::Replaced | Life::Void));
        match (noticed, self.living_in(batch).is_empty()) {
            (true, false) => self.order_notice_anew(stage, batch),
            (true, true) => self.take_down_early(batch, "公示对象均已撤下"),
            (false, _) => {}
        }
    }

    /// Takes the notice down before its time: whoever put it up by hand is told to take it off.
    pub(super) fn take_down_early(&mut self, batch: u32, why: &str) {
        let program = self.program;
        let Some(open) = self.case.batches.get(&batch).cloned() else { return };
        let title = self.case.papers(batch).filter(|d| d.notice).last().map(|d| d.title.clone()).unwrap_or_default();
        self.take_down(batch, why);
        let Some(stage) = program.workflow().stage(&open.stage) else { return };
        let by_hand = |c: &&String| self.ledgers.offices.channels.get(*c) == Some(&Channel::Hand);
        let shown: Vec<&String> = stage
            .channels
            .iter()
            .filter(by_hand)
            .filter(|c| open.up.contains_key(*c) && !open.down.contains(*c))
            .collect();
        let Some(first) = open.items.first().copied().filter(|_| !shown.is_empty()) else { return };
        let Some(office) = self.actors(&stage.by, Some(first)).into_iter().next() else { return };
        let named: Vec<String> = shown.iter().map(|channel| format!("“{channel}”")).collect();
        let say = format!("《{title}》不再公布（{why}），请即从{}撤下。", named.join("、"));
        let fields = [(TOLD.to_string(), serde_json::json!([say]))].into_iter().collect();
        self.emit(Body::Told { items: vec![first], roles: Vec::new(), to: vec![office], fields });
    }

    /// Takes the notice off every channel, also those it was on its way to.
    pub(super) fn take_down(&mut self, batch: u32, why: &str) {
        let program = self.program;
        let Some(open) = self.case.batches.get(&batch) else { return };
        let channels = program.workflow().stage(&open.stage).map(|s| s.channels.clone()).unwrap_or_default();
        let up: Vec<String> = channels.into_iter().filter(|c| !open.down.contains(c)).collect();
        for channel in up {
            self.emit(Body::NoticeDown { batch, channel, why: why.to_string() });
        }
        let pending: Vec<u32> = self
            .case
            .papers(batch)
            .filter(|d| d.notice && matches!(d.life, Life::Ordered | Life::Rendered))
            .map(|d| d.id)
            .collect();
        for document in pending {
            self.emit(Body::DocumentClosed { document, replaced_by: None, reason: why.to_string() });
        }
    }

    /// The period is over: the notice comes down, and the wait for letters begins.
    pub(super) fn period_over(&mut self, batch: u32, due: NaiveDate) {
        let program = self.program;
        let Some(stage) = self.case.batches.get(&batch).and_then(|b| program.workflow().stage(&b.stage)) else {
            return;
        };
        match stage.keep {
            Some(keep) => self.start_clock(ClockOf::Keep(batch), due, Budget::Span(keep), false, Vec::new()),
            None => self.take_down(batch, "公示期满"),
        }
        if let Some(grace) = stage.grace {
            self.start_clock(ClockOf::Grace(batch), due, Budget::Span(grace), false, Vec::new());
        }
    }

    pub(super) fn finish_publicity(&mut self, stage: &Stage, batch: &Batch) {
        let papers_out = self.case.papers(batch.id).all(|d| {
            let reached = |r: &String| d.delivered.iter().any(|(to, _)| to == r);
            match d.life {
                Life::Issued => d.notice || d.to.iter().all(reached),
                Life::Replaced | Life::Void => true,
                Life::Ordered | Life::Rendered => false,
            }
        });
        let up = stage.channels.iter().all(|c| batch.up.contains_key(c));
        let over = match (stage.period, stage.grace) {
            (None, _) => up,
            (Some(_), None) => self.rang(&ClockOf::Period(batch.id)),
            (Some(_), Some(_)) => self.rang(&ClockOf::Grace(batch.id)),
        };
        let over = over && self.all_served(stage, batch);
        let again = |i: &Item| i.stage() == Some(&stage.name) && i.batch().is_some_and(|now| now != batch.id);
        let binds = self.program.workflow().binds(stage);
        let gone = |i: &u32| self.case.item(*i).is_none_or(|i| !i.lives() || (binds && again(i)));
        // a notice that came down may be of those alone who were sent back from it, and come before it again or not
        let names_nobody = !batch.down.is_empty() && self.living_in(batch.id).is_empty();
        let nobody = !batch.items.is_empty() && (batch.items.iter().all(gone) || names_nobody);
        if !(papers_out && over || nobody) {
            return;
        }
        // a notice of nobody is down before its time, and nothing waits for its end
        self.end_clocks(&ClockOf::Period(batch.id));
        self.end_clocks(&ClockOf::Grace(batch.id));
        self.done(stage, batch.id);
    }

    /// Whether every paper for an outsider the stage serves has reached him, whichever stage made it.
    fn all_served(&self, stage: &Stage, batch: &Batch) -> bool {
        let outsiders: Vec<String> = stage
            .to
            .iter()
            .filter(|role| self.roles().is_outsider(role))
            .map(|role| format!("{}{role}", super::OUTSIDER))
            .collect();
        let answering = |i: &u32| self.case.item(*i).map(|i| self.case.answers_for(i).id);
        let about = |d: &crate::case::Document| d.items.iter().filter_map(answering).any(|i| batch.items.contains(&i));
        let waits = |d: &crate::case::Document| {
            let reached = |r: &String| d.delivered.iter().any(|(to, _)| to == r);
            let stands = !matches!(d.life, Life::Void | Life::Replaced);
            stands && about(d) && d.to.iter().any(|r| outsiders.contains(r) && !reached(r))
        };
        outsiders.is_empty() || !self.case.documents.values().any(|d| waits(d))
    }

    fn rang(&self, of: &ClockOf) -> bool {
        self.clock_of(of).is_some_and(|c| c.rang.contains(&crate::case::event::Rung::Due))
    }
}

/// The paper a notice is.
pub(super) fn notice_paper(stage: &Stage) -> Option<DocumentDefinition> {
    Some(DocumentDefinition {
        template: stage.notice.clone()?,
        each: DocumentEach::Batch,
        of: Vec::new(),
        when: None,
        at_open: true,
        to: stage.to.iter().chain(stage.by.iter()).cloned().collect(),
        copy: Vec::new(),
        number: None,
        seal: false,
        retention: None,
        date: None,
        place: stage.place.clone(),
    })
}
