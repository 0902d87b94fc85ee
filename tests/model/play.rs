//! One run: every command goes to the kernel and to the model, and both must do the same.

use crate::command::Command;
use crate::definition::{CATEGORIES, Definition, GROUPS, Kind, OPENER, Of, SIDE, name};
use crate::plain::Model;
use crate::view;
use banwen::case::command::{self as kernel, Asked, HandIn};
use banwen::case::decide::{self, Decision, OpenCase};
use banwen::case::event::{Ask, Event, Fields, Mode, Row, TaskEnd};
use banwen::case::ledger::Ledgers;
use banwen::case::program::Program;
use banwen::case::{Case, Document, Life, Task, invariant};
use banwen::clock::Moment;
use chrono::NaiveDate;
use serde_json::json;
use std::sync::Arc;

/// A number no workbook has.
const NO_TASK: u64 = 9_999;

/// A run, as far as it has come.
#[derive(Clone)]
pub(crate) struct Play {
    program: Arc<Program>,
    pub(crate) model: Model,
    pub(crate) case: Case,
    ledgers: Ledgers,
    pub(crate) log: Vec<Event>,
    /// submissions so far
    handed_in: usize,
    /// whether the invariants are looked at after every event, or only after every command
    every_event: bool,
}

/// How a run went wrong.
pub(crate) type Wrong = String;

impl Play {
    /// Opens a case on both sides; None when the checker refuses the definition.
    pub(crate) fn open(definition: &Definition, every_event: bool) -> Option<Result<Play, Wrong>> {
        let (program, ledgers) = definition.program()?;
        let now = NaiveDate::from_ymd_opt(2025, 3, 3).and_then(|d| d.and_hms_opt(9, 0, 0)).unwrap();
        let open = OpenCase {
            office: OPENER.into(),
            by: OPENER.into(),
            params: Fields::new(),
            one: None,
            period: None,
            parent: None,
            shared: false,
            cause: "submission 0".into(),
        };
        let opened = decide::open(&program, &open, &ledgers, now).unwrap();
        let mut play = Play {
            program: Arc::new(program),
            model: Model::open(Arc::new(definition.clone()), now),
            case: opened.case.clone(),
            ledgers,
            log: Vec::new(),
            handed_in: 0,
            every_event,
        };
        Some(play.take(opened).and_then(|()| play.compare()).map(|()| play))
    }

    /// Tells both sides a command; true when both did it, false when both refused.
    pub(crate) fn tell(&mut self, command: &Command) -> Result<bool, Wrong> {
        let obeyed = self.model.obey(command);
        let did = if *command == Command::Settle { self.settle()? } else { self.carry_out(command)? };
        if obeyed != did.is_ok() {
            let (model, case) = (self.said(obeyed), did.err().unwrap_or("does it".to_string()));
            return Err(format!("{command:?}: the model {model}, the kernel {case}"));
        }
        self.compare()?;
        if obeyed && self.every_event {
            self.unsay_and_say(command)?;
        }
        Ok(obeyed)
    }

    fn said(&self, obeyed: bool) -> &'static str {
        if obeyed { "does it" } else { "refuses" }
    }

    /// The kernel's answer: what it refused in its words.
    pub(crate) fn carry_out(&mut self, command: &Command) -> Result<Result<(), String>, Wrong> {
        let (by, command) = self.translated(command);
        self.decide(by, &format!("submission {}", self.handed_in), command)
    }

    pub(crate) fn decide(
        &mut self,
        by: &str,
        cause: &str,
        command: kernel::Command,
    ) -> Result<Result<(), String>, Wrong> {
        let asked = Asked { by: by.to_string(), on_behalf: None, cause: cause.to_string(), command };
        match decide::decide(&self.program, &self.case, &asked, &self.ledgers, self.now()) {
            Ok(decision) => self.take(decision).map(Ok),
            Err(refusal) => {
                Ok(Err(format!("refuses: {:?}", refusal.faults.iter().map(|f| &f.say).collect::<Vec<_>>())))
            }
        }
    }

    fn now(&self) -> Moment {
        self.model.now
    }

    /// Takes in what was decided, event by event.
    fn take(&mut self, decision: Decision) -> Result<(), Wrong> {
        for event in &decision.events {
            self.log.push(event.clone());
            match Case::opened(event) {
                Some(case) => self.case = case,
                None => self.case.apply(event),
            }
            if self.every_event {
                self.hold(invariant::broken_amid(&self.program, &self.case, &self.log, &self.ledgers))?;
            }
        }
        self.ledgers = decision.ledgers;
        if format!("{:?}", self.case) != format!("{:?}", decision.case) {
            return Err("what was decided is not the fold of its events".to_string());
        }
        if decision.events.is_empty() {
            return Ok(());
        }
        self.hold(invariant::broken(&self.program, &self.case, &self.log, &self.ledgers))
    }

    /// What the invariants would say if the log were otherwise.
    pub(crate) fn broken_if(&self, change: impl Fn(&mut Vec<Event>)) -> Vec<String> {
        let mut log = self.log.clone();
        change(&mut log);
        for (n, event) in log.iter_mut().enumerate() {
            event.seq = n as u64 + 1;
        }
        let case = Case::replay(&log).unwrap();
        invariant::broken(&self.program, &case, &log, &self.ledgers)
    }

    fn hold(&self, broken: Vec<String>) -> Result<(), Wrong> {
        if broken.is_empty() { Ok(()) } else { Err(format!("invariants broken: {broken:#?}")) }
    }

    pub(crate) fn compare(&self) -> Result<(), Wrong> {
        let case = view::of_case(&self.program, &self.case, &self.ledgers);
        view::difference(&view::of_model(&self.model), &case).map_or(Ok(()), Err)
    }

    /// What the daemon does for papers: renders them, and puts notices up; until nothing is owed.
    fn settle(&mut self) -> Result<Result<(), String>, Wrong> {
        while self.case.held.is_none() && self.case.closed.is_none() {
            let ordered = self.case.documents.values().find(|d| d.life == Life::Ordered).cloned();
            if let Some(paper) = ordered {
                let text = || "x".to_string();
                let (document, draft) = (paper.id, paper.draft);
                let rendered = kernel::Command::Rendered {
                    document,
                    draft,
                    word: text(),
                    pdf: Some(text()),
                    no_pdf: None,
                    renderer: text(),
                    fonts: text(),
                };
                self.decide(decide::ITSELF, "effect", rendered)?.map_err(|why| format!("a rendered paper: {why}"))?;
                continue;
            }
            let fresh = |d: &&Arc<Document>| d.life == Life::Issued && d.delivered.is_empty();
            let Some(paper) = self.case.documents.values().find(fresh).cloned() else { break };
            let batch = paper.batch.unwrap_or_default();
            let posted = kernel::Command::Posted { batch, channel: "网页".into(), on: self.now().date() };
            self.decide(decide::ITSELF, "effect", posted)?.map_err(|why| format!("a posted notice: {why}"))?;
            for office in paper.to.iter().filter(|to| *to != "public") {
                let (document, recipient) = (paper.id, office.clone());
                let delivered = kernel::Command::Delivered { document, recipient, mode: Mode::Folder, message: None };
                self.decide(decide::ITSELF, "effect", delivered)?.map_err(|why| format!("a delivery: {why}"))?;
            }
        }
        Ok(Ok(()))
    }

    /// An open task.
    fn task(&self, wanted: impl Fn(&Task) -> bool) -> (u64, u32) {
        self.case.open_tasks().find(|t| wanted(t)).map_or((NO_TASK, 1), |t| (t.id, t.revision))
    }

    /// The office and the kernel's words for a command.
    fn translated(&mut self, command: &Command) -> (&'static str, kernel::Command) {
        self.handed_in += 1;
        let reason = || "理由".to_string();
        match command {
            Command::Nominate { stage, office, entries, complete } => {
                let place = name(*stage);
                let task =
                    self.task(|t| t.ask == Ask::Nominate && t.office == *office && t.stage.as_ref() == Some(&place));
                (office, self.hand_in(task, Fields::new(), entries.iter().map(entered).collect(), *complete))
            }
            Command::NominateAnew { stage, office, entries, complete } => {
                let place = name(*stage);
                let answered = |t: &&Arc<Task>| {
                    t.ask == Ask::Nominate
                        && t.office == *office
                        && t.stage.as_ref() == Some(&place)
                        && t.closed == Some(TaskEnd::Answered)
                };
                let task = self.case.tasks.values().rfind(answered).map_or((NO_TASK, 1), |t| (t.id, t.revision));
                (office, self.hand_in(task, Fields::new(), entries.iter().map(entered).collect(), *complete))
            }
            Command::AnswerAnew { stage, office, rows } => {
                let item = rows.first().and_then(|(id, _)| self.case.item(*id as u32));
                let said = item.and_then(|i| i.signed.get(&name(*stage))?.last()).map_or(NO_TASK, |s| s.task);
                let revision = self.case.tasks.get(&said).map_or(1, |t| t.revision);
                (office, self.say(*stage, (said, revision), rows))
            }
            Command::Decline { stage, office } => {
                let place = name(*stage);
                let wanted =
                    |t: &Task| t.ask == Ask::Nominate && t.office == *office && t.stage.as_ref() == Some(&place);
                let (task, _) = self.task(wanted);
                let submission = self.handed_in.to_string();
                (office, kernel::Command::Decline { task, reason: reason(), submission })
            }
            Command::TakeBack { stage, office } => {
                let mine = |t: &&Arc<Task>| {
                    t.ask == Ask::Nominate
                        && t.office == *office
                        && t.stage == Some(name(*stage))
                        && !t.submissions.is_empty()
                };
                let task = self.case.tasks.values().rfind(mine).map_or(NO_TASK, |t| t.id);
                (office, kernel::Command::TakeBack { task, reason: reason() })
            }
            Command::Answer { stage, office, rows } => (office, self.answer(*stage, office, rows)),
            Command::Unsay { item, office } => {
                let item = self.case.item(*item as u32);
                let said = item.and_then(|i| Some((i, i.stage()?))).and_then(|(i, stage)| i.signed.get(stage)?.last());
                (office, kernel::Command::TakeBack { task: said.map_or(NO_TASK, |s| s.task), reason: reason() })
            }
            Command::Mend { item, office, number } => {
                let item = *item as u32;
                let task = self.task(|t| t.ask == Ask::Correct && t.office == *office && t.items.contains(&item));
                let row = Row { item: Some(item), fields: fields(json!({ "数": number })), ..Row::default() };
                (office, self.hand_in(task, Fields::new(), vec![row], true))
            }
            Command::Close { stage, office, reopen } => {
                (office, kernel::Command::CloseIntake { stage: name(*stage), reopen: *reopen, reason: reason() })
            }
            Command::Withdraw { item, office } => {
                (office, kernel::Command::WithdrawItem { item: *item as u32, reason: reason() })
            }
            Command::AskBack { item, office } => {
                (office, kernel::Command::RequestReturn { item: *item as u32, reason: reason() })
            }
            Command::Raise { about, office } => {
                let (kind, about, submission) = (SIDE.to_string(), Some(*about as u32), self.handed_in.to_string());
                let fields = fields(json!({ "内容": format!("议{}", self.handed_in) }));
                (office, kernel::Command::RaiseSide { kind, about, fields, submission })
            }
            Command::Reply { question, office, yes } => {
                let id = *question as u32;
                let task = self.task(|t| t.ask == Ask::Question(id) && t.office == *office);
                let answers = self.case.questions.get(&id).map(|q| q.answers.clone()).unwrap_or_default();
                let answer = answers.get(usize::from(!yes)).cloned().unwrap_or_default();
                (office, self.hand_in(task, fields(json!({ "answer": answer })), Vec::new(), true))
            }
            Command::Wait | Command::Settle => (decide::ITSELF, kernel::Command::Ring),
            Command::Hold => (decide::OPERATOR, kernel::Command::Hold { reason: reason() }),
            Command::Release => (decide::OPERATOR, kernel::Command::Release { reason: reason() }),
            Command::Cancel => (decide::OPERATOR, kernel::Command::Cancel { reason: reason() }),
        }
    }

    fn answer(&self, stage: usize, office: &str, rows: &[(usize, Option<&'static str>)]) -> kernel::Command {
        let place = name(stage);
        let first = rows.first().map(|(id, _)| *id as u32);
        let asks = |t: &Task| t.ask == Ask::Answer && t.office == office && t.stage.as_ref() == Some(&place);
        let about = |t: &Task| first.map_or(t.items.is_empty(), |id| t.items.contains(&id));
        let own = self.task(|t| asks(t) && about(t));
        let theirs = || self.task(|t| t.ask == Ask::Answer && t.stage.as_ref() == Some(&place) && about(t));
        let task = if own.0 == NO_TASK { theirs() } else { own };
        self.say(stage, task, rows)
    }

    fn say(&self, stage: usize, task: (u64, u32), rows: &[(usize, Option<&'static str>)]) -> kernel::Command {
        let row = |(id, outcome): &(usize, Option<&'static str>)| Row {
            item: Some(*id as u32),
            fields: fields(json!({ format!("意见{stage}"): "意见" })),
            outcome: outcome.map(str::to_string),
            reason: Some("理由".to_string()),
            ..Row::default()
        };
        let head = match self.model.definition.stages.get(stage) {
            Some(s) if s.of == Of::Case => json!({ format!("须{}", name(stage)): self.model.yes() }),
            Some(s) if s.kind == Kind::Decide => json!({ format!("日期{stage}"): "2025-03-03" }),
            Some(_) | None => json!({}),
        };
        self.hand_in(task, fields(head), rows.iter().map(row).collect(), true)
    }

    fn hand_in(&self, (task, revision): (u64, u32), fields: Fields, rows: Vec<Row>, complete: bool) -> kernel::Command {
        let placed = rows.into_iter().enumerate().map(|(n, row)| (row, format!("第{}行", n + 1))).collect();
        kernel::Command::HandIn(HandIn {
            task,
            revision,
            fields,
            rows: placed,
            attachments: Vec::new(),
            complete,
            returned: Vec::new(),
            submission: self.handed_in.to_string(),
        })
    }
}

/// A nomination as a row of its workbook.
fn entered(entry: &crate::command::Entry) -> Row {
    Row {
        category: Some(CATEGORIES[entry.category].to_string()),
        fields: fields(json!({ "名": entry.name, "数": entry.number, "组": GROUPS[entry.group] })),
        ..Row::default()
    }
}

fn fields(value: serde_json::Value) -> Fields {
    value.as_object().cloned().unwrap_or_default()
}
