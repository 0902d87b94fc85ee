//! Letters and reminders. A letter has one Message-ID and one date however often it is tried; a mark in the store says
//! that it left, so that a retry for somebody else's sake mails nobody twice.

use super::papers::media_type;
use super::sheets::{Mark, note_mark};
use super::{Engine, Trouble};
use crate::case::event::{Ask, ClockOf, Rung};
use crate::case::program::Program;
use crate::case::{Case, Task, story};
use crate::clock::Moment;
use crate::files;
use crate::mail::{self, Attachment, Correspondent, Letter, Security, Smtp, Transport};
use crate::spool::names;
use crate::workflow::offices::Office;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a reminder's mark says when the mailbox refused it for good while others are still being tried.
const REFUSED: &str = "refused";

impl Engine {
    fn transport(&self) -> Transport {
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

    /// When an effect came to be owed: the same at every attempt.
    pub(in crate::engine) async fn owed_at(&self, id: &str) -> Result<Moment, Trouble> {
        Ok(self.store.effect(id).await?.map_or_else(|| self.clock.now(), |e| e.created_at))
    }

    fn letter(&self, effect_id: String, to: Correspondent, subject: String, text: String, date: Moment) -> Letter {
        let from = Correspondent { name: self.settings.from.0.clone(), address: self.settings.from.1.clone() };
        Letter { effect_id, from, to: vec![to], subject, text, attachments: Vec::new(), date }
    }

    /// Mails a paper. A letter that left is not sent again when only the recording of it failed.
    pub(super) async fn mail(
        &self,
        id: &str,
        case: &Case,
        program: &Program,
        document: u32,
        office: &str,
    ) -> Result<Value, Trouble> {
        let mark = format!("mailed/{id}");
        if let Some(result) = self.store.mark(&mark).await?.and_then(|m| serde_json::from_str(&m).ok()) {
            return Ok(result);
        }
        let Some(paper) = case.documents.get(&document) else {
            return Err(Trouble::Never("no such document".to_string()));
        };
        let office = {
            let core = self.core.lock().await;
            core.ledgers.offices.offices.get(core.ledgers.offices.standing(office)).cloned()
        };
        let Some(office) = office else { return Err(Trouble::Never("no such office".to_string())) };
        let Some(address) = office.mail.clone() else {
            return Err(Trouble::Never(format!("office {} has no mailbox", office.id)));
        };
        let number = paper.number.as_ref().map(|n| format!("（{n}）")).unwrap_or_default();
        let attachments = self.paper_files(program, case, paper)?.into_iter().map(|(file_name, bytes)| {
            let media_type = media_type(&file_name).to_string();
            Attachment { file_name, media_type, bytes }
        });
        let text = format!(
            "{}：\n\n现将《{}》{number}随信送上，请查收。\n\n{}\n{}\n",
            office.title,
            paper.title,
            self.settings.from.0,
            story::date_cn(paper.date)
        );
        let date = match paper.issued {
            Some(issued) => issued,
            None => self.owed_at(id).await?,
        };
        let to = Correspondent { name: office.title.clone(), address };
        let mut letter = self.letter(id.to_string(), to, format!("{}{number}", paper.title), text, date);
        letter.attachments = attachments.collect();
        let result = self.send(&letter).await?;
        self.set_mark(&mark, &result.to_string()).await?;
        Ok(result)
    }

    /// Mails a word that is no paper. One that left is not sent again when only the recording of it failed.
    pub(in crate::engine) async fn mail_word(
        &self,
        id: &str,
        office: &Office,
        subject: String,
        text: String,
    ) -> Result<Value, Trouble> {
        let mark = format!("mailed/{id}");
        if let Some(result) = self.store.mark(&mark).await?.and_then(|m| serde_json::from_str(&m).ok()) {
            return Ok(result);
        }
        let Some(address) = office.mail.clone() else {
            return Err(Trouble::Never(format!("office {} has no mailbox", office.id)));
        };
        let to = Correspondent { name: office.title.clone(), address };
        let at = self.owed_at(id).await?;
        let result = self.send(&self.letter(id.to_string(), to, subject, text, at)).await?;
        self.set_mark(&mark, &result.to_string()).await?;
        Ok(result)
    }

    async fn send(&self, letter: &Letter) -> Result<Value, Trouble> {
        let answer = self.mail_server.get().and_then(|s| s.answer(&letter.effect_id, self.clock.now()));
        if let Some(answer) = answer {
            match answer.chars().next() {
                Some('4') => return Err(Trouble::Later(answer)),
                Some('5') => return Err(Trouble::Never(answer)),
                Some(_) | None => {}
            }
        }
        self.fuse.burn("a letter is sent")?;
        let sent = mail::send(&self.transport(), letter).await;
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

    /// Writes a 催办 note beside the open tasks a clock limits, and mails it where there is a mailbox: all notes first, since
    /// no mail server may keep an office from its note.
    pub(super) async fn remind(
        &self,
        id: &str,
        program: &Program,
        case: &Case,
        clock: u32,
        rung: &Rung,
    ) -> Result<Value, Trouble> {
        let owes = owing(case, clock);
        let ledgers = self.core.lock().await.ledgers.clone();
        let at = self.owed_at(id).await?;
        // a reminder may come after the end, and is told again and again then
        let due = case.clocks.get(&clock).and_then(|c| story::due_of_clock(c, &ledgers));
        let over = due.is_some_and(|due| due.at <= at);
        let (mut told, mut letters) = (Vec::new(), Vec::new());
        for task in owes {
            let Some(office) = ledgers.offices.offices.get(&task.office) else { continue };
            let Some(folder) = &office.folder else { continue };
            let title = story::task_title(program, case, task);
            let due = story::due_sentence(case, &ledgers, task).unwrap_or_default();
            let word = if *rung == Rung::Due || over { "已经到期" } else { "即将到期" };
            let untaken = self.changed_in_place(case, task.id, folder).await;
            let text = format!(
                "催办通知\r\n\r\n{}：\r\n\r\n“{title}”（{}）{word}，请尽快办理。{due}{untaken}\r\n",
                office.title, case.title
            );
            self.note(case, task, folder, &format!("催办 {} {title}", at.date()), &text).await?;
            if let Some(address) = &office.mail {
                let to = Correspondent { name: office.title.clone(), address: address.clone() };
                letters
                    .push((task.id, self.letter(format!("{id}/{}", task.id), to, format!("催办：{title}"), text, at)));
            }
            told.push(task.office.clone());
        }
        self.mail_reminders(id, &letters).await?;
        Ok(json!({ "told": told }))
    }

    /// A note beside a task's workbook; it takes the place of the one before.
    async fn note(&self, case: &Case, task: &Task, folder: &str, stem: &str, text: &str) -> Result<(), Trouble> {
        let name = names::safe_with(stem, &format!("-{}号.txt", task.id));
        let mark = Mark::new(folder, &name, &files::digest_hex(text.as_bytes()));
        self.forget_note(&case.id, task.id).await?;
        self.set_mark(&note_mark(&case.id, task.id), &mark.text()).await?;
        self.write(&self.spool.office(folder).tasks().join(&name), text.as_bytes())?;
        Ok(())
    }

    /// Takes the note beside a task's workbook away.
    pub(in crate::engine) async fn forget_note(&self, case: &str, task: u64) -> Result<(), crate::engine::Error> {
        if let Some(mark) = self.marked(&note_mark(case, task)).await? {
            self.remove_marked(&mark)?;
        }
        Ok(())
    }

    /// Every mailbox has its turn whatever the others answered. Who has the letter, or refused it for good, is left out when
    /// the rest is tried again.
    async fn mail_reminders(&self, id: &str, letters: &[(u64, Letter)]) -> Result<(), Trouble> {
        let (mut later, mut never) = (Vec::new(), Vec::new());
        for (task, letter) in letters {
            let mark = format!("reminded/{id}/{task}");
            let known = self.store.mark(&mark).await?.unwrap_or_default();
            if let Some(no) = known.strip_prefix(REFUSED) {
                never.push((mark, no.trim_start().to_string()));
                continue;
            }
            if !known.is_empty() {
                continue;
            }
            match self.send(letter).await {
                Ok(result) => self.set_mark(&mark, &result.to_string()).await?,
                Err(Trouble::Later(error) | Trouble::Wait(error, _)) => later.push(error),
                Err(Trouble::Never(error)) => {
                    self.set_mark(&mark, &format!("{REFUSED} {error}")).await?;
                    never.push((mark, error));
                }
            }
        }
        if !later.is_empty() {
            return Err(Trouble::Later(later.join("; ")));
        }
        // This is the end of the effect; should an operator have it tried again, the refused are tried too.
        for (mark, _) in &never {
            self.set_mark(mark, "").await?;
        }
        if never.is_empty() {
            Ok(())
        } else {
            Err(Trouble::Never(never.into_iter().map(|(_, no)| no).collect::<Vec<_>>().join("; ")))
        }
    }

    /// A word to who filled a workbook in 待办 and never moved it (ANSWERS 81).
    async fn changed_in_place(&self, case: &Case, task: u64, folder: &str) -> &'static str {
        match self.laid_down(folder, &case.id, task).await {
            Ok((_, Some(_))) => {
                "\r\n\r\n“待办”中的表格已有填写，但还没有移到“交件”文件夹，尚未收到。请把填好的表格移到“交件”。"
            }
            Ok((_, None)) | Err(_) => "",
        }
    }
}

/// The open tasks a clock limits, each once.
pub(in crate::engine) fn owing(case: &Case, clock: u32) -> Vec<&Task> {
    let mut found: BTreeMap<u64, &Task> = BTreeMap::new();
    match case.clocks.get(&clock).map(|c| &c.of) {
        Some(ClockOf::Answer(batch)) => {
            let items = case.batches.get(batch).map(|b| b.items.as_slice()).unwrap_or_default();
            let tasks = items.iter().flat_map(|i| case.tasks_of(*i)).chain(case.tasks_in(*batch));
            let answers =
                |t: &&Task| matches!(t.ask, Ask::Answer | Ask::Nominate | Ask::Witness(_)) && !case.is_counted(t);
            found.extend(tasks.filter(answers).map(|t| (t.id, t)));
        }
        Some(ClockOf::Named { item, .. }) => {
            let sides = case.living_sides(*item).map(|s| s.id);
            let tasks = std::iter::once(*item).chain(sides).flat_map(|i| case.tasks_of(i));
            found.extend(tasks.map(|t| (t.id, t)));
        }
        Some(ClockOf::Period(_) | ClockOf::Grace(_) | ClockOf::Keep(_) | ClockOf::Return(_) | ClockOf::Gate { .. })
        | None => {}
    }
    found.into_values().collect()
}
