//! The public page, written whole from the state: current notices with the days left, decisions that stay.

use super::perform::Trouble;
use super::{Core, Engine, Error, render};
use crate::case::effect::on_the_page;
use crate::case::program::Program;
use crate::case::{Batch, Case, Document, Life, public_numbers, revoked, story};
use crate::publish::{self, Contact, Download, Notice, Paper, Placed, Site, State};
use crate::workflow::offices::Channel;
use serde_json::{Value, json};
use std::sync::PoisonError;

/// What became of the page.
pub(super) struct Page {
    channel: Option<String>,
    written: usize,
    removed: usize,
    left_out: Vec<(String, String)>,
}

impl Page {
    /// As the result of an effect.
    pub(super) fn told(&self) -> Value {
        json!({ "channel": self.channel, "written": self.written, "removed": self.removed })
    }
}

impl Engine {
    /// Writes the page and takes off it what has to go. What is not fit to be public is left out and told.
    pub(super) async fn publish(&self) -> Result<Page, Trouble> {
        let core = self.core.lock().await;
        let channel =
            core.ledgers.offices.channels.iter().find(|(_, how)| **how == Channel::Web).map(|(name, _)| name.clone());
        let (site, mut left_out) = self.site(&core)?;
        drop(core);
        self.fuse.burn("the page is written")?;
        let written = publish::write(&self.spool.public(), &site).map_err(|error| match error.is_transient() {
            true => Trouble::Later(error.to_string()),
            false => Trouble::Never(error.to_string()),
        })?;
        left_out.extend(written.refused);
        self.say_left_out(&left_out).await?;
        Ok(Page { channel, written: written.written.len(), removed: written.removed.len(), left_out })
    }

    /// Writes the page for one paper's sake: its effect fails when that very paper was left out, and only then.
    pub(super) async fn publish_one(&self, case: &Case, document: u32) -> Result<Value, Trouble> {
        let page = self.publish().await?;
        let id = case.documents.get(&document).map(|paper| entry_id(case, paper));
        match page.left_out.iter().find(|(left, _)| Some(left) == id.as_ref()) {
            Some((_, why)) => Err(Trouble::Never(why.clone())),
            None => Ok(page.told()),
        }
    }

    /// Each reason once, not once a day.
    async fn say_left_out(&self, left_out: &[(String, String)]) -> Result<(), Error> {
        for (id, why) in left_out {
            let mark = format!("unfit/{id}");
            if self.store.mark(&mark).await?.as_ref() != Some(why) {
                tracing::error!("{id} is left out of the page: {why}");
                self.set_mark(&mark, why).await?;
            }
        }
        Ok(())
    }

    /// What a new day brings: the page with the days left, and a word about workbooks that were filled and never moved.
    ///
    /// # Errors
    /// The page could not be written now, as text for the log. What is not fit for it is no error, nor a reminder that
    /// could not be written: that is only logged.
    pub async fn refresh_page(&self) -> Result<(), String> {
        match self.publish().await {
            Ok(_) => {}
            Err(Trouble::Later(why) | Trouble::Wait(why, _) | Trouble::Never(why)) => return Err(why),
        }
        match self.remind_of_untaken().await {
            // where a test cuts the power nothing goes on
            Err(error) if self.fuse.blown() => Err(error.to_string()),
            Err(error) => {
                tracing::error!("workbooks filled and not moved could not be told of: {error}");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// All that is to stand there, and what cannot, with the reason.
    fn site(&self, core: &Core) -> Result<(Site, Vec<(String, String)>), Trouble> {
        let (mut notices, mut papers, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for case in core.cases.values() {
            let issued =
                case.documents.values().filter(|d| d.life == Life::Issued && d.to.iter().any(|t| t == "public"));
            for paper in issued {
                let program = core
                    .programs
                    .get(&paper.closure)
                    .ok_or_else(|| Trouble::Later("its closure is not loaded".to_string()))?;
                if !on_the_page(program.workflow(), &core.ledgers.offices, case, paper) {
                    continue;
                }
                let entry = match notice_batch(case, paper) {
                    Some(batch) => self.notice(core, program, case, batch, paper).map(|n| notices.extend(n)),
                    None => self.paper(core, program, case, paper).map(|p| papers.push(p)),
                };
                match entry {
                    Ok(()) => {}
                    Err(Trouble::Never(why)) => left_out.push((entry_id(case, paper), why)),
                    // A notice that runs must not vanish because the disk is slow: the whole page waits.
                    Err(later @ (Trouble::Later(_) | Trouble::Wait(..))) => return Err(later),
                }
            }
        }
        let contacts = core.ledgers.offices.offices.values();
        let public_contacts = contacts.flat_map(|o| [o.phone.clone(), o.mail.clone()]).flatten().collect();
        Ok((
            Site { office_title: self.settings.title.clone(), notices, papers, public_contacts, now: self.clock.now() },
            left_out,
        ))
    }

    fn downloads(
        &self,
        program: &Program,
        case: &Case,
        paper: &Document,
    ) -> Result<(Option<Download>, Option<Download>), Trouble> {
        let found = self.paper_files(program, case, paper).map_err(|error| match error.is_transient() {
            true => Trouble::Later(error.to_string()),
            false => Trouble::Never(error.to_string()),
        })?;
        let mut found = found.into_iter().map(|(file_name, bytes)| Download { file_name, bytes, texts: Vec::new() });
        let word = found.next();
        let Some(digest) = paper.digests.as_ref().and_then(|(_, pdf)| pdf.as_ref()) else { return Ok((word, None)) };
        let Some(mut pdf) = found.next() else { return Ok((word, None)) };
        pdf.texts = self.suspects(digest, &pdf.bytes)?;
        Ok((word, Some(pdf)))
    }

    /// The texts of a PDF that may hold something private; each file is read once, for the page is written every day.
    fn suspects(&self, digest: &str, pdf: &[u8]) -> Result<Vec<Placed>, Trouble> {
        let known = || self.suspects.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(texts) = known().get(digest) {
            return Ok(texts.clone());
        }
        let mut texts = render::placed(pdf).map_err(Trouble::Never)?;
        texts.retain(|it| !publish::scan_private(&it.text, &[]).is_empty());
        known().insert(digest.to_owned(), texts.clone());
        Ok(texts)
    }

    fn notice(
        &self,
        core: &Core,
        program: &Program,
        case: &Case,
        batch: &Batch,
        paper: &Document,
    ) -> Result<Option<Notice>, Trouble> {
        let down =
            core.ledgers.offices.channels.iter().any(|(name, how)| *how == Channel::Web && batch.down.contains(name));
        if down {
            return Ok(None);
        }
        let (kind, html_body) = self.body(program, paper)?;
        let (word, pdf) = self.downloads(program, case, paper)?;
        let told =
            |name: &str| paper.fields.get("公示").and_then(|p| p.get(name)).and_then(Value::as_str).map(str::to_string);
        let stated = |name: &str| told(name).and_then(|t| crate::case::eval::first_day(&t));
        let running = story::period(case, &core.ledgers, batch);
        let from = running.as_ref().map(|(from, ..)| *from).or_else(|| stated("开始日期")).unwrap_or(paper.date);
        let until = running.as_ref().map(|(_, due, _)| due.date).or_else(|| stated("截止日期"));
        let contact = |name: &str| {
            paper.fields.get("受理").and_then(|c| c.get(name)).and_then(Value::as_str).unwrap_or_default().to_string()
        };
        let contact = Contact {
            office: contact("单位"),
            phone: contact("电话"),
            email: contact("邮箱"),
            address: contact("地址"),
        };
        Ok(Some(Notice {
            id: entry_id(case, paper),
            title: paper.title.clone(),
            office: issuer(paper),
            kind,
            html_body,
            word,
            pdf,
            from,
            until,
            days_left_text: until.map(|u| self.days_left(core, u)).unwrap_or_default(),
            count_explanation: running
                .as_ref()
                .map(|(.., why)| why.clone())
                .or_else(|| told("计算说明"))
                .unwrap_or_default(),
            provisional: running.as_ref().is_some_and(|(_, due, _)| due.provisional),
            contact,
            public_numbers: public_numbers(program, case, &core.ledgers.offices),
            state: State::Current,
        }))
    }

    fn days_left(&self, core: &Core, until: chrono::NaiveDate) -> String {
        let today = self.clock.now().date();
        if until < today {
            return "公示期已满".to_string();
        }
        let left = today
            .iter_days()
            .skip(1)
            .take_while(|d| *d <= until)
            .filter(|d| core.ledgers.calendar.is_workday(*d))
            .count();
        if left == 0 { "今天是公示期最后一天".to_string() } else { format!("还剩{left}个工作日") }
    }

    /// 文种 and text of a paper, as the page shows them.
    fn body(&self, program: &Program, paper: &Document) -> Result<(String, String), Trouble> {
        let source = program.template(&paper.template).unwrap_or_default();
        let made = self.workshop.maker.make(&paper.template, &source, &paper.fields);
        made.map(|made| made.page()).map_err(|unmade| Trouble::Never(unmade.line))
    }

    fn paper(&self, core: &Core, program: &Program, case: &Case, paper: &Document) -> Result<Paper, Trouble> {
        let (kind, html_body) = self.body(program, paper)?;
        let (word, pdf) = self.downloads(program, case, paper)?;
        Ok(Paper {
            id: entry_id(case, paper),
            title: paper.title.clone(),
            office: issuer(paper),
            kind,
            number: paper.number.as_ref().map(ToString::to_string),
            date: paper.date,
            html_body,
            word,
            pdf,
            contact: None,
            standing: revoked(program, case, &core.ledgers, paper),
            public_numbers: public_numbers(program, case, &core.ledgers.offices),
        })
    }
}

/// The title of the office that issued a paper, as it was then.
pub(super) fn issuer(paper: &Document) -> String {
    let title = paper.fields.get("发文机关").and_then(|o| o.get("title")).and_then(Value::as_str);
    title.unwrap_or(&paper.issuer).to_string()
}

fn notice_batch<'a>(case: &'a Case, paper: &Document) -> Option<&'a Batch> {
    paper.batch.and_then(|b| case.batches.get(&b)).filter(|_| paper.notice).map(AsRef::as_ref)
}

/// Under which id a paper stands on the page.
fn entry_id(case: &Case, paper: &Document) -> String {
    match notice_batch(case, paper) {
        Some(batch) => format!("{}/{}", case.id, batch.id),
        None => format!("{}/文书{}", case.id, paper.id),
    }
}
