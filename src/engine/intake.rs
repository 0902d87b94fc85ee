//! Taking drops in: settle, claim, understand, decide, answer. Every drop ends with exactly one answer.
//!
//! The answer is committed in the same transaction as what it caused; the receipt and the return are written after it, from
//! the record, and again after a crash. The same content for the same task again is answered with the first receipt.

use super::{Core, Engine, Error};
use crate::case::command::{Asked, Command, HandIn};
use crate::case::decide::{self, EnterRegister, OpenCase, Refusal};
use crate::case::event::{Ask, Body, Change, Event, Fields, Row};
use crate::case::{Task, form, story};
use crate::clock::Moment;
use crate::spool::claim::{self, Answer, ClaimError, Claimed, ClaimedFile};
use crate::spool::receipt::{ReceiptFacts, ReturnFacts, receipt_name, receipt_text, return_text, sealed_text};
use crate::spool::settle::scan::{DropFolder, Look};
use crate::spool::settle::{Patience, Settled, Settler};
use crate::spool::{forms, names};
use crate::store::{SubmissionOutcome, SubmissionRecord};
use crate::submission::read::{Understood, understand};
use crate::submission::{Answers, Attachment, Fault, Filled, Form, What};
use std::collections::BTreeMap;

/// Name of the mark that says when the daemon was last seen alive.
pub(crate) const ALIVE: &str = "alive";

/// How long limits wait at most for the drops of an outage to settle.
const AFTER_OUTAGE_SECONDS_MAX: i64 = 300;

/// The watched folders, by folder name.
pub(crate) struct Drops {
    patience: Patience,
    watched: BTreeMap<String, (DropFolder, Settler)>,
    outage: Option<Moment>,
    handed_in_meanwhile: BTreeMap<(String, std::ffi::OsString), Moment>,
    patient_until: Option<Moment>,
}

impl Drops {
    pub(super) fn new(patience: Patience) -> Drops {
        Drops { patience, watched: BTreeMap::new(), outage: None, handed_in_meanwhile: BTreeMap::new(), patient_until: None }
    }

    /// Drops found in the first look count as handed in when the outage began.
    pub(super) fn after_outage(&mut self, since: Option<Moment>, now: Moment) {
        self.outage = since;
        self.patient_until = Some(now + chrono::TimeDelta::seconds(AFTER_OUTAGE_SECONDS_MAX));
    }

    /// Whether drops of the outage are still settling: no limit may ring over them before they are answered.
    pub(super) fn settling(&mut self, now: Moment) -> bool {
        if self.patient_until.is_some_and(|until| now >= until) {
            self.handed_in_meanwhile.clear();
        }
        self.outage.is_some() || !self.handed_in_meanwhile.is_empty()
    }
}

/// What a drop asks for, understood.
struct Meant {
    title: String,
    task: Option<String>,
    act: Act,
}

enum Act {
    Open { workflow: String, params: Fields },
    Case { id: String, command: Command },
    Register { name: String, rows: Vec<(Option<u32>, Change, String, Fields, Option<String>)> },
}

/// What came of it.
enum Carried {
    Accepted,
    Refused(Vec<Fault>),
}

impl Engine {
    /// Looks into every office's 交件 once, and answers what is complete; gives how many drops it answered.
    ///
    /// # Errors
    /// The store's and the disk's; what was claimed is answered at the next start or look.
    pub async fn look(&self) -> Result<usize, Error> {
        let mut core = self.core.lock().await;
        let now = self.clock.now();
        let mut complete: Vec<(String, Settled)> = Vec::new();
        let folders: Vec<String> = core.ledgers.offices.offices.values().filter_map(|o| o.folder.clone()).collect();
        let patience = core.drops.patience;
        let outage = core.drops.outage.take();
        let Core { drops, .. } = &mut *core;
        for folder in folders {
            let path = self.spool.office(&folder).handed_in();
            let fresh = || (DropFolder::new(path), Settler::new(patience));
            let (drop_folder, settler) = drops.watched.entry(folder.clone()).or_insert_with(fresh);
            let (observations, away_since) = match drop_folder.look(now) {
                Look::Here { observations, away_since, .. } => (observations, away_since),
                Look::Away { why, .. } => {
                    tracing::warn!("{folder}: 交件 cannot be looked at: {why}");
                    continue;
                }
            };
            // What the first look after an outage finds was handed in meanwhile, however long it takes to settle.
            if let Some(since) = away_since.into_iter().chain(outage).min() {
                let names = observations.iter().filter_map(|o| o.path.iter().next());
                drops.handed_in_meanwhile.extend(names.map(|name| ((folder.clone(), name.to_os_string()), since)));
            }
            for mut settled in settler.observe(now, &observations) {
                let since = drops.handed_in_meanwhile.remove(&(folder.clone(), settled.name.clone()));
                settled.first_seen_complete = since.unwrap_or(now).min(settled.first_seen_complete);
                complete.push((folder.clone(), settled));
            }
        }
        complete.sort_by(|a, b| (a.1.first_seen_complete, &a.0, &a.1.name).cmp(&(b.1.first_seen_complete, &b.0, &b.1.name)));
        let mut answered = 0;
        for (folder, settled) in complete {
            self.fuse.burn("claim")?;
            match claim::claim(&self.spool, &folder, &settled, now) {
                Ok(claimed) => {
                    self.answer(&mut core, claimed).await?;
                    answered += 1;
                }
                Err(ClaimError::Secret { folder, mark, sealed }) => {
                    tracing::error!("{folder}: a drop marked {mark} was sealed unread in {}", sealed.display());
                    let title = core.ledgers.offices.by_folder(&folder).map_or(folder.clone(), |o| o.title.clone());
                    claim::sealed_note(&self.spool, &folder, now, &sealed_text(&title, now))?;
                    answered += 1;
                }
                Err(ClaimError::Vanished { .. }) => {}
                Err(error) => tracing::warn!("{folder}: not claimed now: {error}"),
            }
        }
        Ok(answered)
    }

    /// Answers what a crash left claimed.
    pub(super) async fn answer_left_over(&self) -> Result<(), Error> {
        let mut core = self.core.lock().await;
        let seen = self.store.mark(ALIVE).await?;
        let since = seen.and_then(|s| Moment::parse_from_str(&s, "%Y-%m-%dT%H:%M:%S").ok());
        core.drops.after_outage(since, self.clock.now());
        let recovery = claim::recover(&self.spool)?;
        for trouble in recovery.troubles {
            tracing::warn!("a claim cannot be brought back now: {trouble}");
        }
        for claimed in recovery.claims {
            self.answer(&mut core, claimed).await?;
        }
        Ok(())
    }

    /// Answers one claim: decides, commits, writes the answer, files the claim.
    async fn answer(&self, core: &mut Core, mut claimed: Claimed) -> Result<(), Error> {
        let id = format!("{}/{}", claimed.folder, claimed.id);
        let office = core.ledgers.offices.by_folder(&claimed.folder).map(|o| o.id.clone()).unwrap_or_else(|| claimed.folder.clone());
        let record = match self.store.submission(&id).await? {
            Some(record) => record,
            None => self.decide_on(core, &claimed, &id, &office).await?,
        };
        self.fuse.burn("answer")?;
        let failed = |error: ClaimError| Error::Log(error.to_string());
        let answer = match record.outcome {
            SubmissionOutcome::Accepted => {
                let name = receipt_name(claimed.handed_in.date(), &claimed.name);
                claim::receipt(&self.spool, &claimed.folder, &name, &record.answer)?;
                Answer::Accepted
            }
            SubmissionOutcome::Returned => {
                claim::return_whole(&self.spool, &mut claimed, &record.answer).map_err(failed)?;
                Answer::Returned
            }
        };
        self.fuse.burn("finish")?;
        let finished = claim::finish(&self.spool, &claimed, answer).map_err(failed)?;
        self.fuse.burn("finished")?;
        match finished {
            claim::Finished::Filed => {}
            claim::Finished::PutBack(path) => tracing::info!("{}: still written to, put back", path.display()),
        }
        tracing::info!("{id} {} status={}", names::shown(&claimed.name), record.outcome.word());
        Ok(())
    }

    async fn decide_on(&self, core: &mut Core, claimed: &Claimed, id: &str, office: &str) -> Result<SubmissionRecord, Error> {
        let now = self.clock.now().max(claimed.handed_in);
        let meant = if claimed.faults.is_empty() { self.understand(core, claimed, office) } else { Err(claimed.faults.clone()) };
        let mut record = SubmissionRecord {
            id: id.to_string(),
            office: office.to_string(),
            task: None,
            digest: claimed.digest.clone(),
            name: claimed.name.clone(),
            received_at: claimed.handed_in,
            outcome: SubmissionOutcome::Returned,
            answer: String::new(),
            first_event: None,
        };
        let meant = match meant {
            Ok(meant) => meant,
            Err(faults) => return self.return_it(core, claimed, record, faults, None).await,
        };
        record.task.clone_from(&meant.task);
        if let Some(first) = self.store.submission_by(office, meant.task.as_deref(), &claimed.digest).await? {
            let lasting = !matches!(meant.act, Act::Open { .. } | Act::Register { .. });
            if first.outcome == SubmissionOutcome::Accepted && lasting {
                return self.repeat(core, claimed, record, &meant).await;
            }
        }
        record.outcome = SubmissionOutcome::Accepted;
        let case = match &meant.act {
            Act::Case { id, .. } => Some(id.clone()),
            Act::Open { .. } | Act::Register { .. } => None,
        };
        let title = meant.title.clone();
        match self.carry_out(core, claimed, record.clone(), meant, now).await? {
            Carried::Accepted => {
                let kept = self.store.submission(id).await?;
                kept.ok_or_else(|| Error::Log(format!("submission {id} ({title}) was not kept")))
            }
            Carried::Refused(faults) => {
                record.outcome = SubmissionOutcome::Returned;
                self.return_it(core, claimed, record, faults, case).await
            }
        }
    }

    /// Records a return; a refusal of a case is told to the case too, once.
    async fn return_it(
        &self,
        core: &mut Core,
        claimed: &Claimed,
        mut record: SubmissionRecord,
        faults: Vec<Fault>,
        case: Option<String>,
    ) -> Result<SubmissionRecord, Error> {
        let facts = ReturnFacts {
            number: claimed.id.clone(),
            file: claimed.name.clone(),
            office_title: core.ledgers.offices.title(&record.office).to_string(),
            at: claimed.handed_in,
            faults: faults.clone(),
            way_out: "请按上述各条改正后，重新放入“交件”文件夹。".to_string(),
        };
        record.answer = return_text(&facts);
        let mut acceptance = crate::store::Acceptance::at(self.clock.now());
        let living = case.and_then(|id| core.cases.get(&id)).filter(|c| c.closed.is_none()).cloned();
        if let Some(mut case) = living {
            let event = Event {
                stream: case.id.clone(),
                seq: case.seq + 1,
                at: self.clock.now().max(case.latest),
                by: record.office.clone(),
                on_behalf: None,
                cause: format!("submission {}", claimed.digest),
                body: Body::CommandRefused {
                    submission: claimed.digest.clone(),
                    office: record.office.clone(),
                    reasons: faults.iter().map(|f| f.say.clone()).collect(),
                },
            };
            acceptance.events.push(super::draft(&event)?);
            case.apply(&event);
            core.ends.insert(case.id.clone(), event.seq);
            core.cases.insert(case.id.clone(), case);
        }
        acceptance.submission = Some(record.clone());
        self.fuse.burn("accept")?;
        self.store.accept(acceptance).await?;
        Ok(record)
    }

    /// The same content again: the first receipt stands.
    async fn repeat(&self, core: &Core, claimed: &Claimed, mut record: SubmissionRecord, meant: &Meant) -> Result<SubmissionRecord, Error> {
        record.outcome = SubmissionOutcome::Accepted;
        record.task = None;
        let facts = self.receipt_facts(core, claimed, &record.office, &meant.title, Vec::new(), Vec::new(), true);
        record.answer = receipt_text(&facts);
        let mut acceptance = crate::store::Acceptance::at(self.clock.now());
        acceptance.submission = Some(record.clone());
        self.fuse.burn("accept")?;
        self.store.accept(acceptance).await?;
        Ok(record)
    }

    #[expect(clippy::too_many_arguments, reason = "the facts of one receipt")]
    fn receipt_facts(
        &self,
        core: &Core,
        claimed: &Claimed,
        office: &str,
        title: &str,
        accepted: Vec<String>,
        next: Vec<String>,
        again: bool,
    ) -> ReceiptFacts {
        ReceiptFacts {
            number: claimed.id.clone(),
            file: claimed.name.clone(),
            office_title: core.ledgers.offices.title(office).to_string(),
            at: claimed.handed_in,
            taken_for: title.to_string(),
            accepted,
            next,
            again,
        }
    }

    /// Puts what is meant to the kernel and keeps what it decides, with the record of the submission.
    async fn carry_out(
        &self,
        core: &mut Core,
        claimed: &Claimed,
        mut record: SubmissionRecord,
        meant: Meant,
        now: Moment,
    ) -> Result<Carried, Error> {
        let cause = format!("submission {}", claimed.digest);
        let (program, decided) = match meant.act {
            Act::Register { name, rows } => return self.enter_register(core, claimed, record, &meant.title, &name, rows, now).await,
            Act::Open { workflow, params } => {
                let program = core.deployed.get(&workflow).and_then(|d| core.programs.get(d)).cloned();
                let Some(program) = program else {
                    return Ok(Carried::Refused(vec![Fault::at("", format!("没有“{workflow}”这个流程，请联系管理员。"))]));
                };
                let asked = OpenCase { office: record.office.clone(), params, cause };
                let decided = decide::open(&program, &asked, &core.ledgers, now);
                (program, decided)
            }
            Act::Case { id, command } => {
                let Some((case, program)) = core.cases.get(&id).and_then(|c| Some((c, core.programs.get(&c.closure)?.clone()))) else {
                    return Ok(Carried::Refused(vec![Fault::at("", format!("没有案卷“{id}”。"))]));
                };
                let asked = Asked { by: record.office.clone(), on_behalf: None, cause, command };
                let decided = decide::decide(&program, case, &asked, &core.ledgers, now);
                (program, decided)
            }
        };
        let decision = match decided {
            Ok(decision) => decision,
            Err(Refusal { faults }) => return Ok(Carried::Refused(faults)),
        };
        let mut accepted = told(&program, &decision.case, &decision.events);
        accepted.extend(decision.notes.iter().cloned());
        let next = story::next_steps(&program, &decision.case, &decision.ledgers, now);
        let facts = self.receipt_facts(core, claimed, &record.office, &meant.title, accepted, next, false);
        record.answer = receipt_text(&facts);
        self.keep(core, &program, decision, Some(record)).await?;
        Ok(Carried::Accepted)
    }

    #[expect(clippy::too_many_arguments, reason = "one register's hand-in")]
    async fn enter_register(
        &self,
        core: &mut Core,
        claimed: &Claimed,
        mut record: SubmissionRecord,
        title: &str,
        name: &str,
        rows: Vec<(Option<u32>, Change, String, Fields, Option<String>)>,
        now: Moment,
    ) -> Result<Carried, Error> {
        let Some(register) = core.registers.get(name).cloned() else {
            return Ok(Carried::Refused(vec![Fault::at("", format!("没有“{name}”这个台账。"))]));
        };
        let stream = format!("register/{name}");
        let seq = core.ends.get(&stream).copied().unwrap_or(0);
        let count = rows.len();
        let cause = format!("submission {}", claimed.digest);
        let asked = EnterRegister { register: name.to_string(), office: record.office.clone(), cause, rows, seq };
        let events = match decide::enter_register(&register, &asked, &core.ledgers, now) {
            Ok(events) => events,
            Err(Refusal { faults }) => return Ok(Carried::Refused(faults)),
        };
        let accepted = vec![format!("登记{count}条。")];
        let facts = self.receipt_facts(core, claimed, &record.office, title, accepted, Vec::new(), false);
        record.answer = receipt_text(&facts);
        let mut acceptance = crate::store::Acceptance::at(now);
        for event in &events {
            acceptance.events.push(super::draft(event)?);
        }
        acceptance.submission = Some(record);
        self.fuse.burn("accept")?;
        self.store.accept(acceptance).await?;
        for event in &events {
            core.ledgers.apply(event);
            core.ends.insert(stream.clone(), event.seq);
        }
        core.dirty = true;
        Ok(Carried::Accepted)
    }

    /// What a claim says, and what it asks for.
    fn understand(&self, core: &Core, claimed: &Claimed, office: &str) -> Result<Meant, Vec<Fault>> {
        let (filled, form_file) = self.read_form(claimed)?;
        let attachments = claimed.files.iter().filter(|f| f.name != form_file).map(attachment).collect();
        let filled = Filled { attachments, ..filled };
        let answers = match &filled.answers {
            Some(answers) => answers.clone(),
            None => only_task(core, office)?,
        };
        if answers.office != office {
            let theirs = core.ledgers.offices.title(&answers.office);
            return Err(vec![Fault::at("", format!("这是{theirs}的表格，请放到{theirs}的“交件”文件夹，不要放在本单位的。"))]);
        }
        let office_case = answers.case.as_ref().and_then(|id| core.cases.get(id));
        match answers.what {
            What::Open => self.meant_open(core, &answers, &filled),
            What::Register => self.meant_register(core, &answers, &filled),
            What::Task
            | What::Raise
            | What::Withdraw
            | What::Decline
            | What::RequestReturn
            | What::TakeBack
            | What::CloseIntake
            | What::Amend => {
                let Some(case) = office_case else {
                    return Err(vec![Fault::at("", "表格所属的案卷不存在，请使用“待办”或“表样”文件夹中的最新表格。")]);
                };
                let case_id = case.id.clone();
                meant_case(core, &case_id, &answers, &filled, &claimed.digest)
            }
        }
    }

    /// The one form among a claim's files.
    fn read_form(&self, claimed: &Claimed) -> Result<(Filled, String), Vec<Fault>> {
        let readable = |f: &&ClaimedFile| ["xlsx", "yaml", "yml", "json"].contains(&names::extension(&f.name).as_str());
        let candidates: Vec<&ClaimedFile> =
            if let [only] = claimed.files.as_slice() { vec![only] } else { claimed.files.iter().filter(readable).collect() };
        let bytes = |file: &ClaimedFile| {
            claim::read_original(&self.spool, &file.digest).map_err(|_| vec![Fault::at(file.name.clone(), "文件无法读取，请重新交一次。")])
        };
        match candidates.as_slice() {
            [] => Err(vec![Fault::at("", "文件夹里没有表格。请把“待办”中的表格填好，与附件放进同一个文件夹，再把整个文件夹放入“交件”。")]),
            [one] => Ok((forms::read(&one.name, &bytes(one)?)?, one.name.clone())),
            several => {
                let mut ours = Vec::new();
                for file in several {
                    if let Ok(filled) = forms::read(&file.name, &bytes(file)?) {
                        if filled.answers.is_some() {
                            ours.push((filled, file.name.clone()));
                        }
                    }
                }
                if ours.len() == 1 {
                    return ours.pop().ok_or_else(Vec::new);
                }
                let listed: Vec<&str> = several.iter().map(|f| f.name.as_str()).collect();
                Err(vec![Fault::at("", format!("文件夹里有几个表格（{}），一个文件夹只能放一个表格，请分开交。", listed.join("、")))])
            }
        }
    }

    fn meant_open(&self, core: &Core, answers: &Answers, filled: &Filled) -> Result<Meant, Vec<Fault>> {
        let program = core.deployed.get(&answers.about).and_then(|d| core.programs.get(d));
        let Some(program) = program else {
            return Err(vec![Fault::at("", format!("没有“{}”这个流程，请联系管理员。", answers.about))]);
        };
        let form = form::opening(program, &core.ledgers, &answers.office);
        let understood = understand(&form, filled, &core.ledgers.offices)?;
        let act = Act::Open { workflow: answers.about.clone(), params: understood.head };
        Ok(Meant { title: form.title, task: None, act })
    }

    fn meant_register(&self, core: &Core, answers: &Answers, filled: &Filled) -> Result<Meant, Vec<Fault>> {
        let Some(register) = core.registers.get(&answers.about) else {
            return Err(vec![Fault::at("", format!("没有“{}”这个台账。", answers.about))]);
        };
        let form = form::of_register(register, &core.ledgers);
        let understood = understand(&form, filled, &core.ledgers.offices)?;
        let rows = understood.rows.into_iter().map(|row| register_row(register, row.values)).collect();
        Ok(Meant { title: form.title, task: None, act: Act::Register { name: answers.about.clone(), rows } })
    }
}

fn attachment(file: &ClaimedFile) -> Attachment {
    Attachment { name: file.name.clone(), digest: file.digest.clone(), bytes: file.bytes }
}

/// The only task an office has open, when its file does not say what it answers.
fn only_task(core: &Core, office: &str) -> Result<Answers, Vec<Fault>> {
    let mut open = Vec::new();
    for case in core.cases.values().filter(|c| c.closed.is_none()) {
        let Some(program) = core.programs.get(&case.closure) else { continue };
        for task in case.open_tasks().filter(|t| t.office == office) {
            open.push((case, task, story::task_title(program, case, task)));
        }
    }
    match open.as_slice() {
        [(case, task, _)] => Ok(Answers {
            what: What::Task,
            office: office.to_string(),
            about: case.workflow.clone(),
            stage: task.stage.clone(),
            case: Some(case.id.clone()),
            task: Some(task.id),
            revision: task.revision,
        }),
        [] => Err(vec![Fault::at("", "看不出这份文件是办什么的，贵单位目前也没有待办。请使用“待办”或“表样”文件夹中的表格。")]),
        several => {
            let titles: Vec<&str> = several.iter().map(|(_, _, title)| title.as_str()).collect();
            Err(vec![Fault::at("", format!("看不出这份文件答复的是哪一项待办（{}），请使用“待办”文件夹中的表格填写。", titles.join("、")))])
        }
    }
}

fn register_row(
    register: &crate::workflow::Register,
    mut values: Fields,
) -> (Option<u32>, Change, String, Fields, Option<String>) {
    let text = |v: Option<serde_json::Value>| v.and_then(|v| v.as_str().map(str::to_string));
    let entry = values.shift_remove("entry").and_then(|v| v.as_u64()).and_then(|v| u32::try_from(v).ok());
    let change = match text(values.shift_remove("change")).as_deref() {
        Some("更正") => Change::Correct,
        Some("终止") => Change::End,
        Some(_) | None => Change::Enter,
    };
    let reason = text(values.shift_remove("reason"));
    let name = text(values.shift_remove("name"));
    let id_number = text(values.shift_remove("id_number"));
    let key = match (&register.key, name) {
        (crate::workflow::RegisterKey::Fields(fields), _) => {
            let value = |f: &String| values.get(f).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_string)).unwrap_or_default();
            fields.iter().map(value).collect::<Vec<_>>().join("|")
        }
        (crate::workflow::RegisterKey::Subjects(_), name) => {
            crate::case::eval::join_key(&name.unwrap_or_default(), id_number.as_deref())
        }
    };
    (entry, change, key, values, reason)
}

fn meant_case(core: &Core, case_id: &str, answers: &Answers, filled: &Filled, digest: &str) -> Result<Meant, Vec<Fault>> {
    let Some((case, program)) = core.cases.get(case_id).and_then(|c| Some((c, core.programs.get(&c.closure)?))) else {
        return Err(vec![Fault::at("", "表格所属的案卷不存在。")]);
    };
    if answers.what == What::Task {
        let Some(task) = answers.task.and_then(|id| case.tasks.get(&id)) else {
            return Err(vec![Fault::at("", "没有这项待办，请使用“待办”文件夹中的最新表格。")]);
        };
        let form = form::of_task(program, case, &core.ledgers, task);
        let title = format!("{}（{}）", form.title, case.title);
        let task_key = Some(format!("{}/{}", case.id, task.id));
        // An answer to a task that is over is refused by the kernel, which says why; its rows need not be understood.
        let understood = match task.closed {
            Some(_) => Understood { head: Fields::new(), rows: Vec::new(), attachments: Vec::new() },
            None => understand(&form, filled, &core.ledgers.offices)?,
        };
        let hand_in = hand_in(program, task, answers, understood, digest);
        return Ok(Meant { title, task: task_key, act: Act::Case { id: case.id.clone(), command: Command::HandIn(hand_in) } });
    }
    let wanted = |f: &&Form| f.answers.what == answers.what && f.answers.task == answers.task && f.answers.stage == answers.stage;
    let forms = form::standing(program, case, &core.ledgers, &answers.office);
    let Some(form) = forms.iter().find(wanted) else {
        return Err(vec![Fault::at("", "这种表格现在不适用（对象已办结、环节已过或不属本单位），请使用“表样”文件夹中的最新表格。")]);
    };
    let understood = understand(form, filled, &core.ledgers.offices)?;
    let command = standing_command(answers, understood.head, digest).ok_or_else(|| vec![Fault::at("", "表格内容不完整。")])?;
    Ok(Meant { title: form.title.clone(), task: None, act: Act::Case { id: case.id.clone(), command } })
}

fn hand_in(
    program: &crate::case::program::Program,
    task: &Task,
    answers: &Answers,
    understood: Understood,
    digest: &str,
) -> HandIn {
    let mut head = understood.head;
    let complete = head.shift_remove("complete").and_then(|v| v.as_bool()).unwrap_or(true);
    let sheets = task.stage.as_ref().and_then(|s| program.workflow().stage(s)).map(|s| form::sheets(program, s)).unwrap_or_default();
    let rows = understood.rows.into_iter().map(|row| {
        let mut values = row.values;
        let mut text = |name: &str| values.shift_remove(name).and_then(|v| v.as_str().map(str::to_string));
        let (outcome, reason, waiver) = (text("outcome"), text("reason"), text("waiver"));
        values.retain(|name, _| !name.starts_with('~'));
        let nominated = task.ask == Ask::Nominate;
        let category = sheets.iter().find(|(name, ..)| nominated && *name == row.grid).and_then(|(_, _, c)| c.clone());
        (Row { item: row.item, category, fields: values, outcome, reason, waiver }, row.place)
    });
    HandIn {
        task: task.id,
        revision: answers.revision,
        fields: head,
        rows: rows.collect(),
        attachments: understood.attachments,
        complete,
        submission: digest.to_string(),
    }
}

fn standing_command(answers: &Answers, mut head: Fields, digest: &str) -> Option<Command> {
    let mut text = |name: &str| head.shift_remove(name).and_then(|v| v.as_str().map(str::to_string));
    let submission = digest.to_string();
    Some(match answers.what {
        What::Raise => {
            let about = story::item_of_label(&text("about")?)?;
            let kind = answers.about.clone();
            Command::RaiseSide { kind, about, fields: head, submission }
        }
        What::Withdraw => Command::WithdrawItem { item: story::item_of_label(&text("item")?)?, reason: text("reason")? },
        What::RequestReturn => Command::RequestReturn { item: story::item_of_label(&text("item")?)?, reason: text("reason")? },
        What::Decline => Command::Decline { task: answers.task?, reason: text("reason")?, submission },
        What::TakeBack => Command::TakeBack { task: answers.task?, reason: text("reason")? },
        What::CloseIntake => {
            let reopen = text("action")? == "重开收件";
            Command::CloseIntake { stage: text("stage")?, reopen, reason: text("reason")? }
        }
        What::Amend => {
            let (param, reason) = (answers.stage.clone()?, text("reason")?);
            Command::AmendCase { value: head.get(&param)?.clone(), param, reason }
        }
        What::Open | What::Task | What::Register => return None,
    })
}

/// What was taken in, in the office's words.
fn told(program: &crate::case::program::Program, case: &crate::case::Case, events: &[Event]) -> Vec<String> {
    let workflow = program.workflow();
    let name = |id: &u32| case.items.get(id).map(|i| story::item_label(workflow, i)).unwrap_or_default();
    let mut lines = Vec::new();
    for event in events {
        match &event.body {
            Body::CaseOpened { title, .. } => lines.push(format!("已启动：{title}")),
            Body::ItemOpened { item, .. } => lines.push(format!("收到 {}", name(item))),
            Body::TaskAnswered { rows, .. } => {
                let said = rows.iter().filter_map(|r| Some(format!("{}：{}", name(&r.item?), r.outcome.as_ref()?)));
                lines.extend(said);
            }
            Body::ItemEnded { item, label, .. } => lines.push(format!("{}已办结（{label}）", name(item))),
            Body::DocumentOrdered { title, number, .. } => {
                let number = number.as_ref().map(|n| format!("，文号{n}")).unwrap_or_default();
                lines.push(format!("将生成《{title}》{number}"));
            }
            Body::DocumentIssued { document, .. } => {
                let title = case.documents.get(document).map(|d| d.title.clone()).unwrap_or_default();
                lines.push(format!("《{title}》已发出"));
            }
            Body::RuleWaived { rule, reason, .. } => lines.push(format!("已记录情况说明（{rule}）：{reason}")),
            _ => {}
        }
    }
    lines.dedup();
    lines
}
