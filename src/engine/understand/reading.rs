//! Which file of a drop is its form, and what stands in it.

use super::{Core, Engine, Error, words};
use crate::case::{decide, form};
use crate::spool::claim::{self, Claimed, ClaimedFile};
use crate::spool::names;
use crate::submission::{Answers, Fault, Filled, Form};

/// Most files of one drop that are read in search of its form.
const CANDIDATES_MAX: usize = 10;
/// How the files end that may be such a form, Word forms apart.
const SHEETS: [&str; 9] = ["xlsx", "xls", "et", "ods", "csv", "tsv", "yaml", "yml", "json"];

/// The form of a drop and the names of its files, or what is wrong with them.
pub(in crate::engine) type ReadForm = Result<Result<(Filled, Vec<String>), Vec<Fault>>, Error>;

impl Engine {
    /// The form among the files of a drop, and the names of the files it stands in.
    pub(in crate::engine) async fn read_form(&self, claimed: &Claimed) -> ReadForm {
        let named = |kinds: &[&str]| -> Vec<&ClaimedFile> {
            claimed.contents().filter(|f| kinds.contains(&names::extension(&f.name).as_str())).collect()
        };
        if let [only] = claimed.contents().collect::<Vec<_>>().as_slice() {
            let read = self.read_one(only, None).await?;
            return Ok(read.map(|filled| (filled, vec![only.name.clone()])));
        }
        let (candidates, papers) = (named(&SHEETS), named(&["docx"]));
        let one = |say: String| Ok(Err(vec![Fault::at("", say)]));
        if candidates.is_empty() && papers.is_empty() {
            return one("文件夹（压缩包）里没有表格。请把“待办”中的表格填好，与附件放进同一个文件夹，再把整个文件夹放入“交件”。"
                .to_string());
        }
        if candidates.len() > CANDIDATES_MAX {
            return one(format!(
                "文件夹里有{}个表格文件，最多{CANDIDATES_MAX}个。请只留要交的表格，其余转成 PDF 作附件。",
                candidates.len()
            ));
        }
        let mut sheets = Vec::new();
        for file in candidates {
            sheets.push((self.read_one(file, None).await?, file.name.clone()));
        }
        let mut forms = Vec::new();
        for file in papers {
            forms.push((self.read_one(file, None).await?, file.name.clone()));
        }
        Ok(the_form(sheets, forms))
    }

    /// Reads a form that does not say what it answers as an answer to the task it is found to answer. Word forms are read
    /// already: what their labels mean is seen when they are understood.
    pub(super) async fn read_unmarked(
        &self,
        core: &Core,
        claimed: &Claimed,
        office: &str,
        filled: Filled,
        forms: &[String],
    ) -> Result<Result<(Answers, Filled), Vec<Fault>>, Error> {
        let answers = match self.find_task(core, claimed, office, &filled, forms).await? {
            Ok(answers) => answers,
            Err(faults) => return Ok(Err(faults)),
        };
        if !filled.tables.is_empty() {
            return Ok(Ok((answers, filled)));
        }
        let case = answers.case.as_ref().and_then(|id| core.cases.get(id));
        let task = case.zip(answers.task).and_then(|(case, id)| Some((case, case.tasks.get(&id)?)));
        let asked = task.and_then(|(case, task)| {
            let program = core.programs.get(&case.closure)?;
            let again = decide::replaceable(program.workflow(), case, task);
            Some(form::of_task(program, case, &core.ledgers, again.as_ref().unwrap_or(task)))
        });
        let Some(asked) = asked else { return Err(Error::Log(format!("{} answers no task", claimed.id))) };
        Ok(self.read_again(claimed, forms, asked).await?.map(|filled| (answers, filled)))
    }

    /// Reads a form of people's own once more, where it is known what may be asked.
    pub(super) async fn read_again(
        &self,
        claimed: &Claimed,
        forms: &[String],
        asked: Form,
    ) -> Result<Result<Filled, Vec<Fault>>, Error> {
        let Some(file) = claimed.contents().find(|file| forms.contains(&file.name)) else {
            return Err(Error::Log(format!("{} has no file {}", claimed.id, forms.concat())));
        };
        self.read_one(file, Some(asked)).await
    }

    /// Reads one file beside the loop: a hostile workbook costs seconds, and others must not wait for it.
    async fn read_one(&self, file: &ClaimedFile, asked: Option<Form>) -> Result<Result<Filled, Vec<Fault>>, Error> {
        let (spool, file) = (self.spool.clone(), file.clone());
        let reading = tokio::task::spawn_blocking(move || {
            let original = claim::checked_original(&spool, &file.digest)?;
            spool.reader().read(&original, &file.name, asked)
        });
        Ok(reading.await.map_err(|e| Error::Log(format!("a file could not be read: {e}")))??)
    }
}

/// A file read, and its name.
pub(super) type Read = (Result<Filled, Vec<Fault>>, String);

/// Which of the files read is the form: those Word forms, or that other file, that say what they answer; when none does, the only
/// one that looks like a form and is broken, or, where there are none but Word files, those.
pub(super) fn the_form(mut read: Vec<Read>, papers: Vec<Read>) -> Result<(Filled, Vec<String>), Vec<Fault>> {
    let says = |(read, _): &Read| read.as_ref().is_ok_and(|f| f.answers.is_some());
    let listed: Vec<&str> = read.iter().map(|(_, name)| name.as_str()).collect();
    let several = format!("文件夹里有几个表格（{}），一个文件夹只能放一个表格，请分开交。", listed.join("、"));
    match (read.iter().any(says), papers.iter().any(says)) {
        (true, true) => return Err(vec![words::beside(&read, &papers)]),
        (false, true) => return words::together(papers.into_iter().filter(says).collect()),
        (false, false) if read.is_empty() => return words::together(papers),
        (true, false) | (false, false) => {}
    }
    if read.len() > 1 {
        if read.iter().any(says) {
            read.retain(says);
        } else {
            read.retain(|(read, _)| read.is_err());
        }
    }
    match (read.pop(), read.is_empty()) {
        (Some((form, name)), true) => form.map(|filled| (filled, vec![name])),
        (Some(_) | None, _) => Err(vec![Fault::at("", several)]),
    }
}
