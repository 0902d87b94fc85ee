//! The public page, written whole from the state: current notices with the days left, decisions that stay.

use super::perform::Trouble;
use super::{Core, Engine};
use crate::case::{Batch, Case, Document, Life, story};
use crate::document::html;
use crate::document::template::Template;
use crate::publish::{self, Contact, Download, Notice, Paper, PublishError, Site, State};
use crate::workflow::offices::Channel;
use serde_json::{Value, json};

impl Engine {
    /// Writes the page. Nothing is written when any text on it is not fit to be public.
    pub(super) async fn publish(&self) -> Result<Value, Trouble> {
        let core = self.core.lock().await;
        let channel = core.ledgers.offices.channels.iter().find(|(_, how)| **how == Channel::Web).map(|(name, _)| name.clone());
        let site = self.site(&core)?;
        drop(core);
        self.fuse.burn("page")?;
        let written = publish::write(&self.spool.public(), &site).map_err(|error| match &error {
            PublishError::Folder(_) if error.is_transient() => Trouble::Later(error.to_string()),
            PublishError::Folder(_) | PublishError::Unsafe { .. } | PublishError::Private { .. } | PublishError::Duplicate(_) => {
                Trouble::Never(error.to_string())
            }
        })?;
        Ok(json!({ "channel": channel, "written": written.written.len(), "removed": written.removed.len() }))
    }

    /// What a new day brings: the page with the days left, and a word about workbooks that were filled and never moved.
    ///
    /// # Errors
    /// Those of the disk, as text for the log.
    pub async fn refresh_page(&self) -> Result<(), String> {
        self.remind_of_untaken().await.map_err(|error| error.to_string())?;
        match self.publish().await {
            Ok(_) => Ok(()),
            Err(Trouble::Later(why) | Trouble::Wait(why, _) | Trouble::Never(why)) => Err(why),
        }
    }

    fn site(&self, core: &Core) -> Result<Site, Trouble> {
        let mut notices = Vec::new();
        let mut papers = Vec::new();
        for case in core.cases.values() {
            let issued = case.documents.values().filter(|d| d.life == Life::Issued && d.to.iter().any(|t| t == "public"));
            for paper in issued {
                match paper.batch.and_then(|b| case.batches.get(&b)).filter(|_| paper.notice) {
                    Some(batch) => notices.extend(self.notice(core, case, batch, paper)?),
                    None => papers.push(self.paper(core, case, paper)?),
                }
            }
        }
        let contacts = core.ledgers.offices.offices.values();
        let public_contacts = contacts.flat_map(|o| [o.phone.clone(), o.mail.clone()]).flatten().collect();
        Ok(Site { office_title: self.settings.title.clone(), notices, papers, public_contacts, now: self.clock.now() })
    }

    fn body(&self, core: &Core, case: &Case, paper: &Document) -> Result<(String, String), Trouble> {
        let program = core.programs.get(&case.closure).ok_or_else(|| Trouble::Later("its closure is not loaded".to_string()))?;
        let source = program.template(&paper.template).unwrap_or_default();
        let template = Template::parse(&paper.template, source).map_err(|p| Trouble::Never(format!("{p:?}")))?;
        let document = template.render(&Value::Object(paper.fields.clone())).map_err(|e| Trouble::Never(e.to_string()))?;
        Ok((template.kind().to_string(), html::html(&document)))
    }

    fn downloads(&self, paper: &Document) -> Result<(Option<Download>, Option<Download>), Trouble> {
        let mut found = self.paper_files(paper)?.into_iter();
        let mut next = || found.next().map(|(file_name, bytes)| Download { file_name, bytes });
        Ok((next(), next()))
    }

    fn notice(&self, core: &Core, case: &Case, batch: &Batch, paper: &Document) -> Result<Option<Notice>, Trouble> {
        let down = core.ledgers.offices.channels.iter().any(|(name, how)| *how == Channel::Web && batch.down.contains(name));
        if down {
            return Ok(None);
        }
        let (kind, html_body) = self.body(core, case, paper)?;
        let (word, pdf) = self.downloads(paper)?;
        let told = |name: &str| paper.fields.get("公示").and_then(|p| p.get(name)).and_then(Value::as_str).map(str::to_string);
        let stated = |name: &str| told(name).and_then(|t| crate::case::eval::first_day(&t));
        let running = story::period(case, &core.ledgers, batch);
        let from = running.as_ref().map(|(from, ..)| *from).or_else(|| stated("开始日期")).unwrap_or(paper.date);
        let until = running.as_ref().map(|(_, due, _)| due.date).or_else(|| stated("截止日期"));
        let contact = |name: &str| {
            paper.fields.get("受理").and_then(|c| c.get(name)).and_then(Value::as_str).unwrap_or_default().to_string()
        };
        let contact = Contact { office: contact("单位"), phone: contact("电话"), email: contact("邮箱"), address: contact("地址") };
        Ok(Some(Notice {
            id: format!("{}/{}", case.id, batch.id),
            title: paper.title.clone(),
            office: core.ledgers.offices.title(&paper.issuer).to_string(),
            kind,
            html_body,
            word,
            pdf,
            from,
            until,
            days_left_text: until.map(|u| self.days_left(core, u)).unwrap_or_default(),
            count_explanation: running.as_ref().map(|(.., why)| why.clone()).or_else(|| told("计算说明")).unwrap_or_default(),
            provisional: running.as_ref().is_some_and(|(_, due, _)| due.provisional),
            contact,
            state: State::Current,
        }))
    }

    fn days_left(&self, core: &Core, until: chrono::NaiveDate) -> String {
        let today = self.clock.now().date();
        if until < today {
            return "公示期已满".to_string();
        }
        let left = today.iter_days().skip(1).take_while(|d| *d <= until).filter(|d| core.ledgers.calendar.is_workday(*d)).count();
        if left == 0 { "今天是公示期最后一天".to_string() } else { format!("还剩{left}个工作日") }
    }

    fn paper(&self, core: &Core, case: &Case, paper: &Document) -> Result<Paper, Trouble> {
        let (kind, html_body) = self.body(core, case, paper)?;
        let (word, pdf) = self.downloads(paper)?;
        Ok(Paper {
            id: format!("{}/文书{}", case.id, paper.id),
            title: paper.title.clone(),
            office: core.ledgers.offices.title(&paper.issuer).to_string(),
            kind,
            number: paper.number.as_ref().map(ToString::to_string),
            date: paper.date,
            html_body,
            word,
            pdf,
            contact: None,
        })
    }
}
