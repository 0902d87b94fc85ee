//! What goes wrong by itself and what becomes of it: always a question to the opener, never a word in the log alone.
//!
//! A step that happens by itself and cannot (a paper that cannot be made, a condition that cannot be judged) is undone whole;
//! its items are held by the question, and the others go on. A page that was down too long, a report that cannot be made, an
//! effect that was given up: the same.

use super::Deciding;
use crate::case::effect::Effect;
use crate::case::event::{Ask, Body, ClockChange, ClockOf, Hold, QuestionAbout, TaskEnd};
use crate::case::story::item_name;
use crate::case::{Case, Life};
use crate::clock::Moment;
use crate::deadline::{Change, Period};
use crate::workflow::offices::Channel;
use crate::workflow::{Kind, Report, Stage};
use chrono::{NaiveDate, NaiveTime, TimeDelta};

/// The answer that lets a blocked step be tried again.
pub(super) const MENDED: &str = "已处理，请继续";
/// The answer that lets a given-up effect be done again.
pub(in crate::case::decide) const AGAIN: &str = "重试";
/// The answer that says it has been taken care of.
pub(in crate::case::decide) const SEEN_TO: &str = "已另行处理";
/// Items that a question names; of more it gives the number.
const NAMED_MAX: usize = 5;
/// A page that was down for longer than this on working days is asked about (LANGUAGE §8, publicise).
const OUTAGE_HOURS_MAX: i64 = 24;

/// Whether an answer asks for a given-up effect to be done again.
pub(in crate::case) fn asks_again(answer: &str) -> bool {
    answer == AGAIN
}

/// Whether the clock is that of a notice of which nobody has yet said whether its outage counts.
pub(super) fn outage_is_asked(case: &Case, of: &ClockOf) -> bool {
    let ClockOf::Period(batch) = of else { return false };
    let about = |q: &QuestionAbout| matches!(q, QuestionAbout::Outage { batch: b, .. } if b == batch);
    case.open_questions().any(|q| about(&q.about))
}

/// Whether somebody has been asked to see to this very step and has not answered yet.
pub(super) fn is_blocked(case: &Case, stage: &Stage, batch: Option<u32>) -> bool {
    let same = |about: &QuestionAbout| {
        let QuestionAbout::Blocked { stage: s, batch: b, items } = about else { return false };
        *s == stage.name && *b == batch && (batch.is_some() || items.is_empty())
    };
    case.open_questions().any(|q| same(&q.about))
}

impl Deciding<'_> {
    /// Takes a step that happens by itself. When it cannot be taken it is as if it had not been tried, its items are held,
    /// and the opener is asked to see to it. True when it was taken.
    pub(super) fn attempt(
        &mut self,
        stage: &Stage,
        batch: Option<u32>,
        items: &[u32],
        step: impl FnOnce(&mut Self),
    ) -> bool {
        if self.blocked(stage, batch) || !self.faults.is_empty() {
            return false;
        }
        let (events, notes) = (self.events.len(), self.notes.len());
        step(self);
        if self.faults.is_empty() {
            return true;
        }
        let mut reasons: Vec<String> = std::mem::take(&mut self.faults).into_iter().map(|f| f.say).collect();
        reasons.dedup();
        self.back_to(events);
        self.notes.truncate(notes);
        let text = format!("“{}”{}无法继续：{}请处理后答复。", stage.title, self.of_whom(items), sentences(&reasons));
        let about = QuestionAbout::Blocked { stage: stage.name.clone(), batch, items: items.to_vec() };
        let question = self.ask_opener(text, &[MENDED], about);
        for item in items {
            let lives = self.case.items.get(item).is_some_and(|i| i.lives());
            self.set_hold(*item, Hold::Question(question), lives);
        }
        false
    }

    /// Whom a step is about, in brackets.
    fn of_whom(&self, items: &[u32]) -> String {
        let named = self.named(items);
        if named.is_empty() { named } else { format!("（{named}）") }
    }

    /// The first of some items by name, and how many there are.
    pub(super) fn named(&self, items: &[u32]) -> String {
        let workflow = self.program.workflow();
        let named = items.iter().take(NAMED_MAX).filter_map(|id| self.case.item(*id));
        let names: Vec<String> = named.map(|item| item_name(workflow, item)).collect();
        let more = if items.len() > names.len() { format!("等{}个", items.len()) } else { String::new() };
        if names.is_empty() { String::new() } else { format!("{}{more}", names.join("、")) }
    }

    /// Whether somebody has been asked to see to this very step and has not answered yet.
    pub(super) fn blocked(&self, stage: &Stage, batch: Option<u32>) -> bool {
        is_blocked(&self.case, stage, batch)
    }

    pub(super) fn ask_opener(&mut self, text: String, answers: &[&str], about: QuestionAbout) -> u32 {
        let opener = self.case.opener.clone();
        self.ask(&opener, text, answers.iter().map(ToString::to_string).collect(), about)
    }

    /// What was blocked may be tried again; a notice that could not be made anew is made now.
    pub(super) fn unblock(&mut self, question: u32, stage: &str, batch: Option<u32>, items: &[u32]) {
        for item in items {
            self.set_hold(*item, Hold::Question(question), false);
        }
        let publicised = self.program.workflow().stage(stage).is_some_and(|s| s.kind == Kind::Publicise);
        if let (true, Some(batch)) = (publicised, batch) {
            self.take_up_notice(batch);
        }
    }

    /// Orders a scheduled report; one that cannot be made stops no other timer.
    pub(super) fn try_report(&mut self, report: &Report, period: &Period) {
        self.order_report(report, period);
        let reasons: Vec<String> = std::mem::take(&mut self.faults).into_iter().map(|f| f.say).collect();
        if reasons.is_empty() {
            return;
        }
        let text = format!("“{}”（{}）无法生成：{}请处理后答复。", report.name, period.title(), sentences(&reasons));
        let about = QuestionAbout::Report { report: report.name.clone(), period: period.name().to_string() };
        self.ask_opener(text, &[MENDED], about);
    }

    pub(super) fn report_again(&mut self, report: &str, period: &str) {
        let program = self.program;
        if let Some((report, period)) = program.workflow().reports.get(report).zip(Period::parse(period)) {
            self.try_report(report, &period);
        }
    }

    /// The daemon was away. Notices on the page may not have been seen meanwhile: whether their time counts is for the
    /// opener to say, once for each outage.
    pub(super) fn outage(&mut self, from: Moment, until: Moment) {
        let down = self.case.running().filter_map(|c| {
            let ClockOf::Period(batch) = c.of else { return None };
            Some((batch, c.from))
        });
        let down: Vec<(u32, NaiveDate)> = down.collect();
        for (batch, posted) in down {
            let from = from.max(posted.and_time(NaiveTime::MIN));
            let about = QuestionAbout::Outage { batch, from: from.date(), until: until.date() };
            if self.on_the_page(batch)
                && self.hours_down(batch, from, until) > OUTAGE_HOURS_MAX
                && !self.asked_of(batch, from.date())
            {
                let text = format!(
                    "系统于{}至{}停机，其间公示网页可能无法查看，影响公示期。是否顺延公示期，补足停机占用的工作日？",
                    told(from),
                    told(until)
                );
                self.ask_opener(text, &["顺延", "不顺延"], about);
            }
        }
    }

    fn on_the_page(&self, batch: u32) -> bool {
        let web = |channel: &String| self.ledgers.offices.channels.get(channel) == Some(&Channel::Web);
        self.case.batches.get(&batch).is_some_and(|b| b.up.keys().any(web))
    }

    fn asked_of(&self, batch: u32, began: NaiveDate) -> bool {
        let same = |q: &QuestionAbout| matches!(q, QuestionAbout::Outage { batch: b, from, .. } if *b == batch && *from == began);
        self.case.questions.values().any(|q| same(&q.about))
    }

    /// Hours of an outage that fell on days on which the notice's time counts.
    fn hours_down(&self, batch: u32, from: Moment, until: Moment) -> i64 {
        let region = self.clock_of(&ClockOf::Period(batch)).and_then(|c| c.region.as_deref());
        let calendar = self.ledgers.calendar.of(region);
        let days = from.date().iter_days().take_while(|d| *d <= until.date());
        let spent = days.filter(|d| calendar.is_workday(*d)).map(|day| {
            let begins = day.and_time(NaiveTime::MIN);
            until.min(begins + TimeDelta::days(1)) - from.max(begins)
        });
        spent.sum::<TimeDelta>().num_hours()
    }

    /// The days of an outage, the first and the last whole, do not count.
    pub(super) fn make_up_for(&mut self, batch: u32, from: NaiveDate, until: NaiveDate) {
        let Some(clock) = self.clock_of(&ClockOf::Period(batch)).filter(|c| !c.ended).cloned() else { return };
        let stop = from.pred_opt().unwrap_or(from).max(clock.from);
        let entries = vec![Change::stop(stop, "系统停机，公示网页不能查看"), Change::resume(until)];
        self.enter_clock(clock.id, entries, None);
        self.renew_notice(batch);
    }

    /// Enters what happened to a clock into its ledger, with the dates before and after.
    pub(super) fn enter_clock(&mut self, clock: u32, entries: Vec<Change>, source: Option<String>) {
        let due = |this: &Self| {
            super::timers::deadline(this.case.clocks.get(&clock)?).due(&this.ledgers.calendar).map(|d| d.date)
        };
        let before = due(self);
        let Some(known) = self.case.clocks.get(&clock) else { return };
        let mut grown = super::timers::deadline(known);
        let to_the_minute = |entry: Change| entry.to_the_minute(self.now);
        let entries: Vec<Change> =
            if grown.counts_hours() { entries.into_iter().map(to_the_minute).collect() } else { entries };
        grown.ledger.extend(entries.iter().cloned());
        let after = grown.due(&self.ledgers.calendar).map(|d| d.date);
        let again = super::timers::again(known, &grown, &self.ledgers.calendar, self.now);
        self.emit(Body::ClockChanged { clock, change: ClockChange::Entered { entries, source, before, after, again } });
    }

    /// An effect was given up: what people would miss is somebody's task.
    pub(super) fn given_up(&mut self, effect: &str, owed: Option<&Effect>, why: &str, attempts: u32) {
        let unmade = owed.and_then(|owed| self.may_be_made_anew(owed));
        let (id, result) = (effect.to_string(), why.to_string());
        self.emit(Body::EffectSettled { effect: id, result, attempts, document: unmade });
        if let (Some(document), Some(owed)) = (unmade, owed) {
            self.ask_of_unmade(document, effect, owed);
            return;
        }
        if let Some(Effect::Sheet { task }) = owed
            && self.is_lost(*task)
        {
            return;
        }
        let Some((owed, what)) = owed.and_then(|owed| Some((owed.clone(), self.missed(owed)?))) else { return };
        let why = if self.has_no_place(&owed) { "该单位没有收件文件夹" } else { why };
        // How often it was tried stands in the event alone: a crash adds a try, and the question stays the same.
        let text = format!("{what}（{why}）。请处理后答复。");
        self.ask_opener(text, &[AGAIN, SEEN_TO], QuestionAbout::Effect { effect: effect.to_string(), owed });
    }

    /// What people miss when an effect is not done; None when it is the operator's business alone.
    fn missed(&self, owed: &Effect) -> Option<String> {
        let paper = |id: &u32| self.case.documents.get(id).map(|d| format!("《{}》", d.title)).unwrap_or_default();
        let office = |id: &String| self.ledgers.offices.title(id).to_string();
        match owed {
            Effect::Sheet { task } => {
                let task = self.case.tasks.get(task)?;
                // What cannot be put before the opener would be followed by another that cannot be put before him either.
                let opener = self.standing(&self.case.opener) == self.standing(&task.office);
                let asked = opener && matches!(task.ask, Ask::Question(_)) || task.closed.is_some();
                (!asked).then(|| format!("{}的{}号待办表格未能送到", office(&task.office), task.id))
            }
            Effect::Render { document, draft } => {
                // what became of an earlier draft is nobody's concern
                let meant =
                    self.case.documents.get(document).is_some_and(|d| d.draft == *draft && d.life == Life::Ordered);
                meant.then(|| format!("{}未能生成", paper(document)))
            }
            Effect::Deliver { document, office: to, .. } | Effect::Keep { document, office: to } => {
                Some(format!("{}未能送入{}的“公文”文件夹", paper(document), office(to)))
            }
            Effect::Mail { document, office: to } => Some(format!("{}未能以邮件发给{}", paper(document), office(to))),
            Effect::Publish { document } => Some(format!("{}未能在网页上发布", paper(document))),
            Effect::Unpublish { .. } => Some("到期的公示未能从网页上撤下".to_string()),
            Effect::Tell { office: to, .. } => Some(format!("给{}的知会未能送到", office(to))),
            Effect::SheetGone { .. }
            | Effect::Remind { .. }
            | Effect::TellMissing { .. }
            | Effect::TellOverdue { .. }
            | Effect::Archive
            | Effect::Supplement { .. } => None,
        }
    }

    /// Whether a paper was to be laid where there is no folder.
    fn has_no_place(&self, owed: &Effect) -> bool {
        let (Effect::Deliver { office, .. } | Effect::Keep { office, .. }) = owed else { return false };
        let offices = &self.ledgers.offices;
        offices.offices.get(offices.standing(office)).is_none_or(|office| office.folder.is_none())
    }

    /// An effect that had been given up was done after all: nobody need see to it any more.
    pub(super) fn done_after_all(&mut self) {
        let Some(done) = self.cause.strip_prefix("effect ").map(str::to_string) else { return };
        let same =
            |q: &&crate::case::Question| matches!(&q.about, QuestionAbout::Effect { effect, .. } if *effect == done);
        let asked = self.case.open_questions().find(same).filter(|q| q.unmade().is_none());
        let Some(question) = asked.map(|q| q.id) else { return };
        let reason = Some("管理员重试成功".to_string());
        self.emit(Body::QuestionAnswered { question, answer: SEEN_TO.to_string(), reason });
        self.close_tasks(|t| t.ask == Ask::Question(question), TaskEnd::Overtaken);
    }
}

/// Reasons as sentences of one text.
pub(super) fn sentences(reasons: &[String]) -> String {
    reasons.iter().map(|r| format!("{}。", r.trim_end_matches('。'))).collect()
}

fn told(at: Moment) -> String {
    format!("{}{}", crate::case::story::date_cn(at.date()), at.format("%H:%M"))
}
