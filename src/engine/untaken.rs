//! The most frequent mistake of all (ANSWERS 81): a workbook filled and saved in 待办, and never moved to 交件. It is never
//! taken as an answer; a day later a note beside it says so, once a day until it is moved.

use super::perform::{Mark, note_mark};
use super::{Engine, Error};
use crate::case::story;
use crate::files;
use crate::spool::names;

/// How the name of such a note begins.
const NOTE: &str = "提醒 ";

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

    async fn remind_of(
        &self,
        case: &str,
        task: u64,
        folder: &str,
        title: &str,
        today: chrono::NaiveDate,
    ) -> Result<(), Error> {
        let (laid, filled) = self.laid_down(folder, case, task).await?;
        let changed = filled.is_some();
        let Some(sheet) = filled.or(laid) else { return Ok(()) };
        let tasks = self.spool.office(folder).tasks();
        let seen = format!("untaken/{case}/{task}");
        let since = self.store.mark(&seen).await?.and_then(|s| s.parse::<chrono::NaiveDate>().ok());
        let name = sheet.name();
        let Some(since) = since.filter(|_| changed) else {
            // The first look remembers what was found; a later day that finds it still there speaks.
            return match (changed, since) {
                (true, _) => self.set_mark(&seen, &today.to_string()).await,
                (false, Some(_)) => self.taken_after_all(case, task, &seen).await,
                (false, None) => Ok(()),
            };
        };
        if since >= today {
            return Ok(());
        }
        let text = format!(
            "提醒\r\n\r\n“{title}”的表格已有填写，但还留在“待办”，没有移到“交件”，尚未收到。\r\n请把填好的表格移到“交件”文件夹。\r\n"
        );
        let note = names::safe_with(&format!("{NOTE}{}", names::stem(name)), &format!("-{task}号.txt"));
        let mark = Mark::new(folder, &note, &files::digest_hex(text.as_bytes()));
        if self.marked(&note_mark(case, task)).await?.as_ref() == Some(&mark) && tasks.join(&note).exists() {
            return Ok(());
        }
        self.forget_note(case, task).await?;
        self.set_mark(&note_mark(case, task), &mark.text()).await?;
        self.write(&tasks.join(&note), text.as_bytes())
    }

    /// The workbook was moved, or is as we gave it: what was said of it is no longer so. A 催办 stays.
    async fn taken_after_all(&self, case: &str, task: u64, seen: &str) -> Result<(), Error> {
        if self.marked(&note_mark(case, task)).await?.is_some_and(|note| note.name().starts_with(NOTE)) {
            self.forget_note(case, task).await?;
            self.set_mark(&note_mark(case, task), "").await?;
        }
        self.set_mark(seen, "").await
    }
}
