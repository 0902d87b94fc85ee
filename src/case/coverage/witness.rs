//! What one decision reached: its events, one after the other, over the case as it stood before each.

use super::parts::{self, Part, Verdict};
use super::same::{is_of, says};
use crate::case::decide::group_value;
use crate::case::eval::{Sight, Target};
use crate::case::event::{Ask, Body, Change, ClockChange, ClockOf, Event, QuestionAbout, Row, Rung};
use crate::case::ledger::Ledgers;
use crate::case::lists::is_meant;
use crate::case::program::Program;
use crate::case::{Case, Item};
use crate::clock::Moment;
use crate::deadline;
use crate::workflow::{Action, Go, Outcome, Rule, Stage, Strength, Verb, Workflow};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Sees the events of one decision.
pub(super) struct Witness<'a> {
    program: &'a Program,
    pub(super) found: BTreeSet<Part>,
    /// items that came to be
    opened: Vec<u32>,
    /// stages that were answered, and the items their rules were judged for
    judged: Vec<(String, Vec<u32>)>,
    /// outcomes that were taken: stage, outcome
    taken: BTreeSet<(String, String)>,
    /// stages a batch of which was done
    done: BTreeSet<String>,
    /// registers that were written, and how
    written: Vec<(String, Change)>,
    /// lists a decision confirmed
    confirmed: BTreeSet<String>,
    /// facts that were set
    set: BTreeSet<String>,
    /// workflows of which something is to be opened
    owed: BTreeSet<String>,
    /// answers that questions of actions left to choose from
    put: BTreeSet<Vec<String>>,
    /// roles that were told something
    told: BTreeSet<Vec<String>>,
    /// clocks that were turned by an action, or by hand
    turned: BTreeSet<String>,
}

impl<'a> Witness<'a> {
    pub(super) fn new(program: &'a Program) -> Witness<'a> {
        Witness {
            program,
            found: BTreeSet::new(),
            opened: Vec::new(),
            judged: Vec::new(),
            taken: BTreeSet::new(),
            done: BTreeSet::new(),
            written: Vec::new(),
            confirmed: BTreeSet::new(),
            set: BTreeSet::new(),
            owed: BTreeSet::new(),
            put: BTreeSet::new(),
            told: BTreeSet::new(),
            turned: BTreeSet::new(),
        }
    }

    fn workflow(&self) -> &'a Workflow {
        self.program.workflow()
    }

    /// One event over the case before it.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few events reach a part of the definition")]
    pub(super) fn see(&mut self, event: &Event, case: &Case) {
        match &event.body {
            Body::BatchOpened { stage, .. } => drop(self.found.insert(parts::stage(stage))),
            Body::ItemOpened { item, of, .. } => {
                if self.workflow().is_side(of) {
                    self.found.insert(parts::side(of));
                }
                self.opened.push(*item);
            }
            Body::TaskAnswered { task, rows, declined: None, part: false, .. } => self.answered(case, *task, rows),
            Body::Counted { batch, rows, .. } => {
                if let Some(stage) = case.batches.get(batch).map(|b| b.stage.clone()) {
                    self.came_to(&stage, rows);
                }
            }
            Body::Listed { list, items, provisional: false, .. } if !items.is_empty() => {
                self.confirmed.insert(list.clone());
            }
            Body::ItemMoved { from, outcome, .. } => self.took(from, outcome),
            Body::ItemEnded { item, label, outcome: Some(outcome), .. } => self.ended(case, *item, label, outcome),
            Body::BatchDone { batch, passed_by: false } => self.batch_done(case, *batch),
            Body::RuleWaived { rule, .. } => self.ruled(rule, Verdict::Waived),
            Body::CommandRefused { reasons, .. } => self.refused(reasons),
            Body::QuestionAsked { about: QuestionAbout::Action { .. }, answers, .. } => {
                self.put.insert(answers.clone());
            }
            Body::QuestionAsked { about, .. } => self.asked(case, about),
            // rules about the case are judged over its params
            Body::CaseOpened { .. } | Body::CaseAmended { .. } => self.judged.push((String::new(), Vec::new())),
            Body::Told { roles, .. } => drop(self.told.insert(roles.clone())),
            Body::QuestionAnswered { question, answer, .. } => {
                let about = case.questions.get(question).map(|q| &q.about);
                if let Some(QuestionAbout::Rule { rule, .. }) = about {
                    self.found.insert(parts::answer(rule, answer));
                }
            }
            Body::ClockChanged { clock, change: ClockChange::Entered { entries, source, .. } } => {
                if let (None, Some(ClockOf::Named { clock, .. })) = (source, case.clocks.get(clock).map(|c| &c.of)) {
                    self.turned.insert(clock.clone());
                }
                self.entered(case, *clock, entries);
            }
            Body::ClockRang { clock, rung, late } => self.rang(case, *clock, rung, *late),
            Body::DocumentIssued { document, .. } => self.issued(case, *document),
            Body::RegisterWritten { register, change, .. } => self.written.push((register.clone(), *change)),
            Body::ChildOwed { workflow, .. } => drop(self.owed.insert(workflow.clone())),
            Body::ItemChanged { fields, why, .. } if why == "set" => self.set.extend(fields.keys().cloned()),
            _ => {}
        }
    }

    fn outcome(&self, stage: &str, outcome: &str) -> Option<&'a Outcome> {
        self.workflow().outcome_at(stage, outcome).map(|(_, outcome)| outcome)
    }

    fn took(&mut self, stage: &str, outcome: &str) {
        if let Some((stage, outcome)) = self.workflow().outcome_at(stage, outcome) {
            self.found.insert(parts::outcome(&stage.name, &outcome.name));
            self.taken.insert((stage.name.clone(), outcome.name.clone()));
        }
    }

    fn answered(&mut self, case: &Case, task: u64, rows: &[Row]) {
        let Some(task) = case.tasks.get(&task) else { return };
        let Some(stage) = task.stage.clone() else { return };
        if task.ask == Ask::Nominate {
            self.judged.push((stage, self.opened.clone()));
        } else if task.ask == Ask::Correct {
            self.judged.push((stage, rows.iter().filter_map(|row| row.item).collect()));
        } else if task.ask == Ask::Answer {
            self.came_to(&stage, rows);
        }
    }

    /// The answer of a stage, one office's or what several came to.
    fn came_to(&mut self, stage: &str, rows: &[Row]) {
        let onward = |row: &&Row| {
            let outcome = row.outcome.as_ref().and_then(|name| self.outcome(stage, name));
            outcome.is_some_and(|o| o.go == Go::Next)
        };
        let forward = rows.iter().filter(onward).filter_map(|row| row.item).collect();
        self.judged.push((stage.to_string(), forward));
        for outcome in rows.iter().filter_map(|row| row.outcome.as_ref()) {
            self.took(stage, outcome);
        }
    }

    /// An item ends by an outcome of its own stage, or because of what is about it.
    fn ended(&mut self, case: &Case, item: u32, label: &str, outcome: &str) {
        let Some(stage) = case.item(item).and_then(Item::stage) else { return };
        let own = self.outcome(stage, outcome).is_some_and(|o| match &o.go {
            Go::End(end) => end == label,
            Go::Next => true,
            Go::To(_) | Go::Back(..) | Go::Stay => false,
        });
        if own {
            self.took(stage, outcome);
        }
    }

    /// What is about the case itself goes on when its batch is done; so does filing that has no item.
    fn batch_done(&mut self, case: &Case, batch: u32) {
        let Some(batch) = case.batches.get(&batch) else { return };
        let Some(stage) = self.workflow().stage(&batch.stage) else { return };
        self.done.insert(stage.name.clone());
        if stage.of_case || batch.items.is_empty() {
            let onward = stage.outcomes.values().filter(|o| o.go == Go::Next);
            onward.for_each(|o| self.took(&stage.name, &o.name));
        }
    }

    fn ruled(&mut self, name: &str, verdict: Verdict) {
        if let Some(rule) = self.workflow().rules.iter().find(|r| r.name == name) {
            self.found.insert(parts::rule(rule, verdict));
        }
    }

    pub(super) fn refused(&mut self, reasons: &[String]) {
        for rule in &self.workflow().rules {
            let refuses = matches!(rule.strength, Strength::Require | Strength::Expect);
            if refuses && reasons.iter().any(|reason| says(rule, reason)) {
                self.found.insert(parts::rule(rule, Verdict::Broken));
            }
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a definition has few questions of its own")]
    fn asked(&mut self, case: &Case, about: &QuestionAbout) {
        match about {
            QuestionAbout::Rule { rule, .. } => self.ruled(rule, Verdict::Broken),
            QuestionAbout::LateSide { kind, .. } => drop(self.found.insert(parts::question(kind, parts::LATE))),
            QuestionAbout::Overdue { clock, .. } => drop(self.found.insert(parts::question(clock, parts::RAN_OUT))),
            QuestionAbout::Extend { clock, .. } => {
                if let Some(ClockOf::Named { clock, .. }) = case.clocks.get(clock).map(|c| &c.of) {
                    self.found.insert(parts::question(clock, parts::MORE_TIME));
                }
            }
            QuestionAbout::Above { stage, .. } => drop(self.found.insert(parts::question(stage, parts::ABOVE))),
            QuestionAbout::Short { stage, .. } => drop(self.found.insert(parts::question(stage, parts::SHORT))),
            QuestionAbout::Twin { item, .. } => {
                self.found.extend(case.item(*item).map(|i| parts::question(&i.of, parts::TWIN)))
            }
            // the definition has no part in the others, or its clock says as much
            _ => {}
        }
    }

    fn rang(&mut self, case: &Case, clock: u32, rung: &Rung, late: bool) {
        let Some(clock) = case.clocks.get(&clock) else { return };
        let stage = |batch: &u32, which: &str| {
            let stage = self.workflow().stage(&case.batches.get(batch)?.stage)?;
            Some((parts::of_stage(stage, which), stage.remind.as_slice()))
        };
        let known = match &clock.of {
            ClockOf::Answer(batch) => stage(batch, parts::WITHIN),
            ClockOf::Period(batch) => stage(batch, parts::FOR),
            ClockOf::Grace(batch) => stage(batch, parts::GRACE),
            ClockOf::Keep(batch) => stage(batch, parts::KEEP),
            ClockOf::Return(item) => {
                case.item(*item).and_then(|item| self.sent_back(item)).map(|whose| (whose, [].as_slice()))
            }
            ClockOf::Gate { stage, .. } => {
                let stage = self.workflow().stage(stage);
                stage.map(|stage| (parts::of_stage(stage, parts::WAIT), [].as_slice()))
            }
            ClockOf::Named { clock, .. } => {
                self.workflow().clocks.get(clock).map(|c| (c.name.clone(), c.remind.as_slice()))
            }
        };
        let Some((whose, remind)) = known else { return };
        match rung {
            Rung::Due => drop(self.found.insert(parts::clock(&whose, parts::OVER))),
            // one that is late was passed over for a later one, and reminded nobody
            Rung::Remind(n) | Rung::Again(n, _) if !late => {
                self.found.extend(remind.get(*n).map(|offset| parts::reminder(&whose, offset)));
            }
            Rung::Remind(_) | Rung::Again(..) => {}
        }
    }

    /// The limit of the outcome that sent an item back: the last with a limit that was said of it.
    fn sent_back(&self, item: &Item) -> Option<String> {
        let limited = |stage: &str, outcome: &str| {
            self.outcome(stage, outcome).is_some_and(|o| matches!(o.go, Go::Back(..)) && o.within.is_some())
        };
        let said = item.answers.iter().filter_map(|(stage, answer)| Some((answer.at, stage, answer.outcome.as_ref()?)));
        let last = said.filter(|(_, stage, outcome)| limited(stage, outcome)).max();
        last.map(|(_, stage, outcome)| parts::of_return(stage, outcome))
    }

    /// A named clock stood still, began anew or got longer.
    fn entered(&mut self, case: &Case, clock: u32, entries: &[deadline::Change]) {
        let Some(ClockOf::Named { clock, .. }) = case.clocks.get(&clock).map(|c| &c.of) else { return };
        let Some(defined) = self.workflow().clocks.get(clock) else { return };
        for entry in entries {
            match entry {
                deadline::Change::Stop { reason, .. } => {
                    let by = defined.stops.iter().map(|stop| &stop.of).find(|of| reason.starts_with(*of));
                    let by = defined.reasons.iter().find(|known| *known == reason).or(by);
                    self.found.extend(by.map(|by| parts::stopped(&defined.name, by)));
                }
                deadline::Change::Restart { .. } => {
                    self.found.insert(parts::clock(&defined.name, parts::RESTARTED));
                }
                deadline::Change::Extend { .. } => {
                    self.found.insert(parts::clock(&defined.name, parts::EXTENDED));
                }
                deadline::Change::Resume { .. } | deadline::Change::Announce { .. } | deadline::Change::End { .. } => {}
            }
        }
    }

    fn issued(&mut self, case: &Case, document: u32) {
        let Some(paper) = case.documents.get(&document) else { return };
        let workflow = self.workflow();
        if let Some(report) = paper.report.as_ref().and_then(|name| workflow.reports.get(name)) {
            self.found.insert(parts::report(&report.name, &report.template));
        }
        let Some(stage) = paper.stage.as_ref().and_then(|name| workflow.stage(name)) else {
            let clocks = workflow.clocks.values().filter_map(|c| Some((c, c.extend.as_ref()?.document.as_ref()?)));
            let fitting = clocks.filter(|(_, d)| d.template == paper.template);
            self.found.extend(fitting.map(|(clock, d)| parts::document(&clock.name, d)));
            return;
        };
        if paper.notice {
            self.found.extend(stage.notice.as_ref().map(|template| parts::notice(&stage.name, template)));
            return;
        }
        let fitting = stage.all_documents().filter(|d| d.template == paper.template && is_of(workflow, case, paper, d));
        self.found.extend(fitting.map(|d| parts::document(&stage.name, d)));
    }

    /// After the decision: which actions were carried out, and which rules what was accepted kept.
    pub(super) fn judge(&mut self, case: &Case, ledgers: &Ledgers, now: Moment) {
        let workflow = self.workflow();
        for stage in &workflow.stages {
            if self.done.contains(&stage.name) {
                self.acted(stage, None, &stage.actions);
            }
            for outcome in stage.outcomes.values() {
                if self.taken.contains(&(stage.name.clone(), outcome.name.clone())) {
                    self.acted(stage, Some(&outcome.name), &outcome.actions);
                }
            }
            for (list, confirmation) in &stage.confirms {
                if self.confirmed.contains(list) {
                    self.acted(stage, Some(list), &confirmation.actions);
                }
            }
        }
        let sight = Sight::new(self.program, case, ledgers, now);
        for (stage, items) in std::mem::take(&mut self.judged) {
            let items: Vec<&Item> = items.iter().filter_map(|id| case.item(*id)).collect();
            let at = (!stage.is_empty()).then_some(stage.as_str());
            for rule in workflow.rules.iter().filter(|r| r.is_judged_at(at)) {
                self.verdict(rule, case, ledgers, &items, &sight);
            }
        }
    }

    fn acted(&mut self, stage: &Stage, of: Option<&str>, actions: &[Action]) {
        for action in actions {
            let seen = match &action.verb {
                Verb::Enter(register, _) => self.written.contains(&(register.clone(), Change::Enter)),
                Verb::Leave(register, _) => self.written.contains(&(register.clone(), Change::End)),
                Verb::Set(facts) => facts.keys().any(|fact| self.set.contains(fact)),
                Verb::Ask(ask) => self.put.contains(&ask.answers),
                Verb::Tell(tell) => self.told.contains(&tell.to),
                Verb::Open(open) => self.owed.contains(&open.workflow),
                Verb::Clock(turned) => self.turned.contains(&turned.clock),
            };
            if seen {
                self.found.insert(parts::action(&stage.name, of, action));
            }
        }
    }

    fn verdict(&mut self, rule: &Rule, case: &Case, ledgers: &Ledgers, items: &[&Item], sight: &Arc<Sight>) {
        let workflow = self.workflow();
        let meant = |item: &&&Item| is_meant(workflow, &rule.of, item);
        let of_items = items.iter().filter(meant).filter(|_| !rule.of_case).map(|item| {
            if rule.per.is_empty() { Target::Item(item.id) } else { self.group(rule, case, ledgers, item) }
        });
        let targets: Vec<Target> = of_items.chain(rule.of_case.then_some(Target::Case)).collect();
        for target in targets {
            let applies = rule.when.as_ref().is_none_or(|when| sight.holds(&when.source, &target) == Ok(true));
            let held = sight.holds(&rule.test.source, &target);
            match (rule.strength, held) {
                (Strength::Require | Strength::Expect, Ok(true)) | (Strength::Ask | Strength::Note, Ok(false)) => {
                    if applies {
                        self.found.insert(parts::rule(rule, Verdict::Held));
                    }
                }
                // what a note remarks stands on the receipt and in no event
                (Strength::Note, Ok(true)) if applies => drop(self.found.insert(parts::rule(rule, Verdict::Broken))),
                (Strength::Require | Strength::Expect | Strength::Ask | Strength::Note, Ok(_) | Err(_)) => {}
            }
        }
    }

    /// The living items of an item's group, as the kernel judges them.
    fn group(&self, rule: &Rule, case: &Case, ledgers: &Ledgers, of: &Item) -> Target {
        let offices = &ledgers.offices;
        let key = |item: &Item| rule.per.iter().map(|by| group_value(offices, item, by)).collect::<Vec<_>>();
        let meant = |item: &&Item| is_meant(self.workflow(), &rule.of, item);
        let wanted = key(of);
        Target::Group(case.living().filter(meant).filter(|i| key(i) == wanted).map(|i| i.id).collect())
    }
}
