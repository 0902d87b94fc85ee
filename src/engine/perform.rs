//! Doing what is owed, and recording its end. Each effect is harmless when done twice: files are named by their place and
//! written whole, letters carry one Message-ID, the page is written from the state.

use super::{Core, Engine, Error, acceptance, remember};
use crate::case::command::{Asked, Command};
use crate::case::decide::{self, ITSELF};
use crate::case::effect::Effect;
use crate::case::event::{ClockOf, Mode, Rung};
use crate::case::program::Program;
use crate::case::{Case, Document, form, story};
use crate::clock::Moment;
use crate::files;
use crate::mail::{self, Attachment, Correspondent, Letter, Security, Smtp, Transport};
use crate::outbox::Handlers;
use crate::spool::{claim, forms, names};
use crate::store::{self, Leased, Outcome, Settled, Verdict};
use futures::future::BoxFuture;
use serde_json::{Value, json};

/// What made a paper; recorded with it, so that verification knows whether bytes must be equal.
pub(super) const RENDERER: &str = concat!("banwen ", env!("CARGO_PKG_VERSION"), " typst 0.15.1 docx-rs 0.4.22");
/// How long an effect waits for the others of its case before it looks again.
const WAIT_FOR_OTHERS_SECONDS: u32 = 60;

/// Why an effect was not done.
pub(super) enum Trouble {
    /// try again
    Later(String),
    /// try again after so many seconds
    Wait(String, u32),
    /// never
    Never(String),
}

impl From<files::Error> for Trouble {
    fn from(error: files::Error) -> Trouble {
        Trouble::Later(error.to_string())
    }
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Trouble {
        Trouble::Later(error.to_string())
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::Later(error.to_string())
    }
}

impl Handlers for Engine {
    fn perform<'a>(&'a self, effect: &'a Leased) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(owed) = serde_json::from_value::<Effect>(effect.payload.clone()) else {
                return Outcome::Dead { error: "the effect cannot be understood".to_string() };
            };
            if let Err(blown) = self.fuse.burn("perform") {
                return Outcome::Defer { error: blown.to_string(), after_seconds: None };
            }
            match self.do_it(&effect.id, &owed).await {
                Ok(result) => Outcome::Done { result },
                Err(Trouble::Later(error)) => Outcome::Defer { error, after_seconds: None },
                Err(Trouble::Wait(error, seconds)) => Outcome::Defer { error, after_seconds: Some(seconds) },
                Err(Trouble::Never(error)) => Outcome::Dead { error },
            }
        })
    }

    fn settle<'a>(&'a self, effect: &'a Leased, outcome: &'a Outcome, now: Moment) -> BoxFuture<'a, Result<Settled, store::Error>> {
        Box::pin(async move {
            let blown = |error: Error| store::Error::Transient(error.to_string());
            self.fuse.burn("settle").map_err(blown)?;
            let mut core = self.core.lock().await;
            let case_id = case_of(&effect.id).to_string();
            let command = self.consequence(&core, &case_id, effect, &effect.judge(outcome, now));
            let decision = command.and_then(|command| {
                let case = core.cases.get(&case_id)?;
                let program = core.programs.get(&case.closure)?.clone();
                let asked = Asked { by: ITSELF.to_string(), on_behalf: None, cause: format!("effect {}", effect.id), command };
                match decide::decide(&program, case, &asked, &core.ledgers, now) {
                    Ok(decision) if !decision.events.is_empty() => Some((program, decision)),
                    Ok(_) => None,
                    Err(refusal) => {
                        tracing::error!("{}: {}", effect.id, super::sentences(&refusal));
                        None
                    }
                }
            });
            let Some((program, decision)) = decision else {
                return self.store.complete(effect, now, outcome, None).await;
            };
            let kept = acceptance(&program, &decision, None).map_err(|e| store::Error::Malformed(e.to_string()))?;
            let settled = self.store.complete(effect, now, outcome, Some(kept)).await?;
            self.fuse.burn("settled").map_err(blown)?;
            remember(&mut core, decision);
            Ok(settled)
        })
    }
}

/// The case an effect belongs to: its id without the last two parts.
fn case_of(effect: &str) -> &str {
    effect.rsplitn(3, '/').last().unwrap_or(effect)
}

impl Engine {
    /// What the end of an effect means to its case.
    fn consequence(&self, core: &Core, case_id: &str, effect: &Leased, verdict: &Verdict) -> Option<Command> {
        let owed = serde_json::from_value::<Effect>(effect.payload.clone()).ok();
        match (verdict, owed) {
            (Verdict::Wait { .. }, _) => None,
            (Verdict::Dead { error }, _) => {
                Some(Command::GivenUp { effect: effect.id.clone(), result: error.clone(), attempts: effect.attempt })
            }
            (Verdict::Done { .. }, None) => None,
            (Verdict::Done { result }, Some(owed)) => done(core.cases.get(case_id)?, owed, result, self.clock.now()),
        }
    }

    async fn do_it(&self, id: &str, owed: &Effect) -> Result<Value, Trouble> {
        let (case, program) = {
            let core = self.core.lock().await;
            let case = core.cases.get(case_of(id)).cloned().ok_or_else(|| Trouble::Never("its case is gone".to_string()))?;
            let program = core.programs.get(&case.closure).cloned().ok_or_else(|| Trouble::Later("its closure is not loaded".to_string()))?;
            (case, program)
        };
        if let Some(reason) = case.held.as_ref().filter(|_| !matches!(owed, Effect::Render { .. })) {
            return Err(Trouble::Wait(format!("the case is held: {reason}"), WAIT_FOR_OTHERS_SECONDS));
        }
        match owed {
            Effect::Sheet { task } => self.sheet(&program, &case, *task).await,
            Effect::SheetGone { task } => self.sheet_gone(&case, *task).await,
            Effect::Render { document, draft } => self.render(&program, &case, *document, *draft).await,
            Effect::Deliver { document, office, draft } => self.deliver(&case, *document, office, *draft).await,
            Effect::Mail { document, office } => self.mail(id, &case, *document, office).await,
            Effect::Publish { .. } | Effect::Unpublish { .. } => self.publish().await,
            Effect::Remind { clock, rung } => self.remind(id, &program, &case, *clock, rung).await,
            Effect::Archive => self.archive(id, &program, &case).await,
            Effect::Supplement { seq } => self.supplement(id, &case, *seq).await,
        }
    }

    fn mark_of(case: &Case, task: u64) -> String {
        format!("sheet/{}/{task}", case.id)
    }

    fn reminder_of(case: &Case, task: u64) -> String {
        format!("remind/{}/{task}", case.id)
    }

    /// Puts a task's workbook into 待办. A workbook there that is not ours is left alone; ours gets another name.
    async fn sheet(&self, program: &Program, case: &Case, task: u64) -> Result<Value, Trouble> {
        let Some(task) = case.tasks.get(&task).filter(|t| t.closed.is_none()) else { return Ok(json!({ "skipped": "closed" })) };
        let core = self.core.lock().await;
        let Some(folder) = core.ledgers.offices.offices.get(&task.office).and_then(|o| o.folder.clone()) else {
            return Err(Trouble::Never(format!("office {} has no folder", task.office)));
        };
        let form = form::of_task(program, case, &core.ledgers, task);
        let drawn = form::drawn(form, &core.ledgers);
        drop(core);
        let bytes = forms::write(&drawn).map_err(|e| Trouble::Never(e.to_string()))?;
        let digest = files::digest_hex(&bytes);
        let tasks = self.spool.office(&folder).tasks();
        let known = self.store.mark(&Self::mark_of(case, task.id)).await?;
        let (path, _) = known.as_deref().and_then(split_mark).unwrap_or_else(|| {
            let name = format!("{}-{}号.xlsx", drawn.title, task.id);
            let free = names::unique(&names::safe(&name), |n| tasks.join(n).exists());
            (format!("{folder}/{free}"), digest.clone())
        });
        let name = path.rsplit('/').next().unwrap_or(&path);
        self.fuse.burn("mark of a sheet")?;
        self.store.set_mark(&Self::mark_of(case, task.id), &format!("{path}\n{digest}")).await?;
        self.fuse.burn("sheet")?;
        files::write_atomic(&tasks.join(name), &bytes)?;
        self.fuse.burn("sheet written")?;
        Ok(json!({ "path": path, "digest": digest }))
    }

    /// Takes a task's workbook away, unless somebody changed it.
    async fn sheet_gone(&self, case: &Case, task: u64) -> Result<Value, Trouble> {
        let mut removed = Vec::new();
        for mark in [Self::mark_of(case, task), Self::reminder_of(case, task)] {
            let known = self.store.mark(&mark).await?;
            let Some((path, digest)) = known.as_deref().and_then(split_mark) else { continue };
            let Some((folder, name)) = path.split_once('/') else { continue };
            let path = self.spool.office(folder).tasks().join(name);
            self.fuse.burn("sheet gone")?;
            removed.push(format!("{:?}", files::remove_file_if_digest(&path, &digest)?));
        }
        Ok(json!({ "removed": removed }))
    }

    /// Makes Word and PDF of a draft and keeps them by digest.
    async fn render(&self, program: &Program, case: &Case, document: u32, draft: u32) -> Result<Value, Trouble> {
        let Some(paper) = case.documents.get(&document).filter(|d| d.draft == draft) else { return Ok(json!({ "skipped": "another draft" })) };
        let source = program.template(&paper.template).unwrap_or_default().to_string();
        let (word, pdf) = self.renderer.render(paper, &source, &self.fonts, self.font_directory.clone()).await?;
        let mut digests = Vec::new();
        for bytes in [&word, &pdf] {
            let digest = files::digest_hex(bytes);
            let path = self.spool.original(&digest);
            if let Some(parent) = path.parent() {
                files::create_dirs(parent)?;
            }
            self.fuse.burn("paper")?;
            files::write_atomic(&path, bytes)?;
            digests.push(digest);
        }
        Ok(json!({ "word": digests[0], "pdf": digests[1], "draft": draft, "fonts": self.fonts.digest() }))
    }

    /// The files of a paper: Word, PDF and, once sealed, the scan.
    pub(super) fn paper_files(&self, paper: &Document) -> Result<Vec<(String, Vec<u8>)>, files::Error> {
        let stem = paper_stem(paper);
        let mut found = Vec::new();
        if let Some((word, pdf)) = &paper.digests {
            found.push((format!("{stem}.docx"), claim::read_original(&self.spool, word)?));
            found.push((format!("{stem}.pdf"), claim::read_original(&self.spool, pdf)?));
        }
        if let Some(scan) = &paper.scan {
            let bytes = claim::read_original(&self.spool, scan)?;
            let kind = if bytes.starts_with(b"%PDF") { "pdf" } else if bytes.starts_with(&[0xFF, 0xD8]) { "jpg" } else if bytes.starts_with(b"\x89PNG") { "png" } else { "bin" };
            found.push((format!("{stem}（盖章件）.{kind}"), bytes));
        }
        Ok(found)
    }

    async fn deliver(&self, case: &Case, document: u32, office: &str, draft: bool) -> Result<Value, Trouble> {
        let Some(paper) = case.documents.get(&document) else { return Err(Trouble::Never("no such document".to_string())) };
        let folder = {
            let core = self.core.lock().await;
            core.ledgers.offices.offices.get(office).and_then(|o| o.folder.clone())
        };
        let Some(folder) = folder else { return Err(Trouble::Never(format!("office {office} has no folder"))) };
        let documents = self.spool.office(&folder).documents();
        files::create_dirs(&documents)?;
        for (name, bytes) in self.paper_files(paper)? {
            let name = if draft { format!("（第{}稿）{name}", paper.draft) } else { name };
            self.fuse.burn("delivery")?;
            files::write_atomic(&documents.join(names::safe(&name)), &bytes)?;
        }
        Ok(json!({ "office": office, "draft": draft }))
    }

    pub(super) fn transport(&self) -> Transport {
        match &self.settings.smtp {
            None => Transport::Files { dir: self.spool.mail() },
            Some(smtp) => Transport::Smtp(Smtp {
                host: smtp.host.clone(),
                port: smtp.port,
                security: match smtp.security.as_str() {
                    "none" => Security::None,
                    "tls" => Security::Tls,
                    _ => Security::StartTls,
                },
                user: smtp.user.clone(),
                password_file: smtp.password_file.clone(),
                authority_file: smtp.authority_file.clone(),
                timeout_seconds: 60,
            }),
        }
    }

    async fn mail(&self, id: &str, case: &Case, document: u32, office: &str) -> Result<Value, Trouble> {
        let Some(paper) = case.documents.get(&document) else { return Err(Trouble::Never("no such document".to_string())) };
        let office = {
            let core = self.core.lock().await;
            core.ledgers.offices.offices.get(office).cloned()
        };
        let Some(office) = office else { return Err(Trouble::Never("no such office".to_string())) };
        let Some(address) = office.mail.clone() else { return Err(Trouble::Never(format!("office {} has no mailbox", office.id))) };
        let number = paper.number.as_ref().map(|n| format!("（{n}）")).unwrap_or_default();
        let attachments = self.paper_files(paper)?.into_iter().map(|(file_name, bytes)| {
            let media_type = media_type(&file_name).to_string();
            Attachment { file_name, media_type, bytes }
        });
        let text = format!("{}：\n\n现将《{}》{number}随信送上，请查收。\n\n{}\n{}\n", office.title, paper.title, self.settings.from.0, story::date_cn(paper.date));
        self.send(id, &office.title, &address, &format!("{}{number}", paper.title), text, attachments.collect(), paper.issued).await
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one letter")]
    async fn send(
        &self,
        id: &str,
        to: &str,
        address: &str,
        subject: &str,
        text: String,
        attachments: Vec<Attachment>,
        date: Option<Moment>,
    ) -> Result<Value, Trouble> {
        let letter = Letter {
            effect_id: id.to_string(),
            from: Correspondent { name: self.settings.from.0.clone(), address: self.settings.from.1.clone() },
            to: vec![Correspondent { name: to.to_string(), address: address.to_string() }],
            subject: subject.to_string(),
            text,
            attachments,
            date: date.unwrap_or_else(|| self.clock.now()),
        };
        if let Some(answer) = self.next_mail_answer() {
            match answer.chars().next() {
                Some('4') => return Err(Trouble::Later(answer)),
                Some('5') => return Err(Trouble::Never(answer)),
                Some(_) | None => {}
            }
        }
        self.fuse.burn("letter")?;
        let sent = mail::send(&self.transport(), &letter).await;
        self.fuse.burn("letter sent")?;
        match sent {
            Ok(sent) => match (sent.refused.first(), sent.deferred.first()) {
                (Some(no), _) => Err(Trouble::Never(no.response.clone())),
                (None, Some(later)) => Err(Trouble::Later(later.response.clone())),
                (None, None) => Ok(json!({ "message": sent.message_id, "response": sent.response })),
            },
            Err(error) if error.is_transient() => Err(Trouble::Later(error.to_string())),
            Err(error) => Err(Trouble::Never(error.to_string())),
        }
    }

    /// Writes a 催办 note beside the open tasks a clock limits, and mails it where there is a mailbox.
    async fn remind(&self, id: &str, program: &Program, case: &Case, clock: u32, rung: &Rung) -> Result<Value, Trouble> {
        let Some(ClockOf::Answer(batch)) = case.clocks.get(&clock).map(|c| c.of.clone()) else { return Ok(json!({})) };
        let items = case.batches.get(&batch).map(|b| b.items.clone()).unwrap_or_default();
        let owes: Vec<_> = case.open_tasks().filter(|t| t.batch == Some(batch) || t.items.iter().any(|i| items.contains(i))).collect();
        let (ledgers, now) = {
            let core = self.core.lock().await;
            (core.ledgers.clone(), self.clock.now())
        };
        let mut told = Vec::new();
        for task in owes {
            let Some(office) = ledgers.offices.offices.get(&task.office) else { continue };
            let Some(folder) = &office.folder else { continue };
            let title = story::task_title(program, case, task);
            let due = story::due_sentence(case, &ledgers, task).unwrap_or_default();
            let word = if *rung == Rung::Due { "已经到期" } else { "即将到期" };
            let untaken = self.changed_in_place(case, task.id, folder).await;
            let text = format!("催办通知\r\n\r\n{}：\r\n\r\n“{title}”（{}）{word}，请尽快办理。{due}{untaken}\r\n", office.title, case.title);
            let name = format!("催办 {} {title}-{}号.txt", now.date(), task.id);
            let name = names::safe(&name);
            self.fuse.burn("reminder")?;
            self.forget_reminder(case, task.id).await?;
            let mark = format!("{folder}/{name}\n{}", files::digest_hex(text.as_bytes()));
            self.fuse.burn("mark of a reminder")?;
            self.store.set_mark(&Self::reminder_of(case, task.id), &mark).await?;
            files::write_atomic(&self.spool.office(folder).tasks().join(&name), text.as_bytes())?;
            if let Some(address) = &office.mail {
                self.send(&format!("{id}/{}", task.id), &office.title, address, &format!("催办：{title}"), text, Vec::new(), None).await?;
            }
            told.push(task.office.clone());
        }
        Ok(json!({ "told": told }))
    }

    /// A new reminder takes the place of the one before.
    async fn forget_reminder(&self, case: &Case, task: u64) -> Result<(), Trouble> {
        let known = self.store.mark(&Self::reminder_of(case, task)).await?;
        if let Some((path, digest)) = known.as_deref().and_then(split_mark) {
            if let Some((folder, name)) = path.split_once('/') {
                files::remove_file_if_digest(&self.spool.office(folder).tasks().join(name), &digest)?;
            }
        }
        Ok(())
    }

    /// A word to who filled a workbook in 待办 and never moved it (ANSWERS 81).
    async fn changed_in_place(&self, case: &Case, task: u64, folder: &str) -> &'static str {
        let known = self.store.mark(&Self::mark_of(case, task)).await.ok().flatten();
        let Some((path, digest)) = known.as_deref().and_then(split_mark) else { return "" };
        let name = path.rsplit('/').next().unwrap_or(&path);
        let there = files::digest_file(&self.spool.office(folder).tasks().join(name));
        match there {
            Ok(now) if now != digest => "\r\n\r\n“待办”中的表格已有填写，但还没有移到“交件”文件夹，尚未收到。请把填好的表格移到“交件”。",
            Ok(_) | Err(_) => "",
        }
    }
}

fn split_mark(mark: &str) -> Option<(String, String)> {
    mark.split_once('\n').map(|(path, digest)| (path.to_string(), digest.to_string()))
}

/// The stem of a paper's files: number and title, and its place in the case where several have the same.
pub(super) fn paper_stem(paper: &Document) -> String {
    let number = paper.number.as_ref().map(|n| format!("{n} ")).unwrap_or_default();
    names::safe(&format!("{number}{}-{}", paper.title, paper.id))
}

pub(super) fn media_type(name: &str) -> &'static str {
    match names::extension(name).as_str() {
        "pdf" => "application/pdf",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "jpg" => "image/jpeg",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

/// What a done effect tells its case.
fn done(case: &Case, owed: Effect, result: &Value, now: Moment) -> Option<Command> {
    let text = |name: &str| result.get(name).and_then(Value::as_str).map(str::to_string);
    match owed {
        Effect::Render { document, draft } => Some(Command::Rendered {
            document,
            draft,
            word: text("word")?,
            pdf: text("pdf")?,
            renderer: RENDERER.to_string(),
            fonts: text("fonts")?,
        }),
        Effect::Deliver { document, office, draft: false } => {
            Some(Command::Delivered { document, recipient: office, mode: Mode::Folder, message: None })
        }
        Effect::Mail { document, office } => {
            Some(Command::Delivered { document, recipient: office, mode: Mode::Mail, message: text("message") })
        }
        Effect::Publish { document } => {
            let paper = case.documents.get(&document)?;
            match paper.batch.filter(|_| paper.notice) {
                Some(batch) => Some(Command::Posted { batch, channel: text("channel")?, on: now.date() }),
                None => Some(Command::Delivered { document, recipient: "public".to_string(), mode: Mode::Page, message: None }),
            }
        }
        Effect::Archive => Some(Command::Sealed { digest: text("digest")?, number: text("number")? }),
        Effect::Sheet { .. } | Effect::SheetGone { .. } | Effect::Deliver { .. } | Effect::Unpublish { .. } | Effect::Remind { .. } | Effect::Supplement { .. } => None,
    }
}
