//! The most frequent mistake of all (ANSWERS 81): a workbook filled and saved in 待办, and never moved to 交件. It is never
//! taken as an answer; a day later a note beside it says so, once a day until it is moved.

use super::{Engine, Error};
use crate::case::story;
use crate::files;
use crate::spool::names;

impl Engine {
    /// Looks once a day for workbooks in 待办 that somebody changed the day before or earlier, and says so beside them.
    ///
    /// # Errors
    /// The store's and the disk's.
    pub async fn remind_of_untaken(&self) -> Result<(), Error> {
        let core = self.core.lock().await;
        let today = self.clock.now().date();
        for case in core.cases.values().filter(|c| c.closed.is_none() && c.held.is_none()) {
            let Some(program) = core.programs.get(&case.closure) else { continue };
            for task in case.open_tasks() {
                let Some(office) = core.ledgers.offices.offices.get(&task.office) else { continue };
                let Some(folder) = &office.folder else { continue };
                let title = format!("{}（{}）", story::task_title(program, case, task), case.title);
                self.remind_of(&case.id, task.id, folder, &title, today).await?;
            }
        }
        Ok(())
    }

    async fn remind_of(&self, case: &str, task: u64, folder: &str, title: &str, today: chrono::NaiveDate) -> Result<(), Error> {
        let sheet = self.store.mark(&format!("sheet/{case}/{task}")).await?.unwrap_or_default();
        let Some((path, ours)) = sheet.split_once('\n') else { return Ok(()) };
        let tasks = self.spool.office(folder).tasks();
        let name = path.rsplit('/').next().unwrap_or(path);
        let Ok(there) = files::digest_file(&tasks.join(name)) else { return Ok(()) };
        let seen = format!("untaken/{case}/{task}");
        if there == ours {
            return Ok(());
        }
        // The first look remembers what was found; a later day that finds it still there speaks.
        let since = self.store.mark(&seen).await?;
        let Some(since) = since.and_then(|s| s.parse::<chrono::NaiveDate>().ok()) else {
            return Ok(self.store.set_mark(&seen, &today.to_string()).await?);
        };
        if since >= today {
            return Ok(());
        }
        let text = format!("提醒\r\n\r\n“{title}”的表格已有填写，但还留在“待办”，没有移到“交件”，尚未收到。\r\n请把填好的表格移到“交件”文件夹。\r\n");
        let note = names::safe(&format!("提醒 {}-{task}号.txt", names::stem(name)));
        let reminder = format!("remind/{case}/{task}");
        let digest = files::digest_hex(text.as_bytes());
        if self.store.mark(&reminder).await?.is_some_and(|m| m.ends_with(&digest)) && tasks.join(&note).exists() {
            return Ok(());
        }
        self.store.set_mark(&reminder, &format!("{folder}/{note}\n{digest}")).await?;
        self.fuse.burn("reminder")?;
        files::write_atomic(&tasks.join(&note), text.as_bytes())?;
        Ok(())
    }
}
