//! Which file of a drop is its form, and what stands in it.

use super::{Core, Engine, Error, files, only_task};
use crate::case::form;
use crate::spool::claim::{self, Claimed, ClaimedFile};
use crate::spool::{forms, names};
use crate::submission::{Answers, Fault, Filled, Form};

/// Most files of one drop that are read in search of its form.
const CANDIDATES_MAX: usize = 10;

impl Engine {
    /// The form among the files of a drop, and its name.
    pub(super) async fn read_form(&self, claimed: &Claimed) -> Result<Result<(Filled, String), Vec<Fault>>, Error> {
        let readable = |f: &&ClaimedFile| {
            ["xlsx", "xls", "et", "ods", "csv", "tsv", "yaml", "yml", "json"]
                .contains(&names::extension(&f.name).as_str())
        };
        let mut candidates: Vec<&ClaimedFile> = claimed.contents().collect();
        if candidates.len() > 1 {
            candidates.retain(readable);
        }
        let one = |say: String| Ok(Err(vec![Fault::at("", say)]));
        if candidates.is_empty() {
            return one("文件夹（压缩包）里没有表格。请把“待办”中的表格填好，与附件放进同一个文件夹，再把整个文件夹放入“交件”。"
                .to_string());
        }
        if candidates.len() > CANDIDATES_MAX {
            return one(format!(
                "文件夹里有{}个表格文件，最多{CANDIDATES_MAX}个。请只留要交的表格，其余转成 PDF 作附件。",
                candidates.len()
            ));
        }
        let listed: Vec<&str> = candidates.iter().map(|f| f.name.as_str()).collect();
        let several = format!("文件夹里有几个表格（{}），一个文件夹只能放一个表格，请分开交。", listed.join("、"));
        let mut read = Vec::new();
        for file in candidates {
            read.push((self.read_one(file, None).await?, file.name.clone()));
        }
        Ok(the_form(read, several))
    }

    /// Reads a form that does not say what it answers as an answer to the only task there is.
    pub(super) async fn read_unmarked(
        &self,
        core: &Core,
        claimed: &Claimed,
        office: &str,
        form_file: &str,
    ) -> Result<Result<(Answers, Filled), Vec<Fault>>, Error> {
        let answers = match only_task(core, office) {
            Ok(answers) => answers,
            Err(faults) => return Ok(Err(faults)),
        };
        let case = answers.case.as_ref().and_then(|id| core.cases.get(id));
        let task = case.zip(answers.task).and_then(|(case, id)| Some((case, case.tasks.get(&id)?)));
        let asked = task
            .and_then(|(case, task)| Some(form::of_task(core.programs.get(&case.closure)?, case, &core.ledgers, task)));
        let Some(file) = claimed.contents().find(|file| file.name == form_file) else {
            return Err(Error::Log(format!("{} has no file {form_file}", claimed.id)));
        };
        Ok(self.read_one(file, asked).await?.map(|filled| (answers, filled)))
    }

    /// Reads one file beside the loop: a hostile workbook costs seconds, and others must not wait for it.
    async fn read_one(&self, file: &ClaimedFile, asked: Option<Form>) -> Result<Result<Filled, Vec<Fault>>, Error> {
        let (spool, file) = (self.spool.clone(), file.clone());
        let reading = tokio::task::spawn_blocking(move || -> Result<_, files::Error> {
            let bytes = claim::read_original(&spool, &file.digest)?;
            Ok(match &asked {
                Some(form) => forms::read_for(&file.name, &bytes, form),
                None => forms::read(&file.name, &bytes),
            })
        });
        Ok(reading.await.map_err(|e| Error::Log(format!("a file could not be read: {e}")))??)
    }
}

/// Which of the files read is the form: the only one, the only one that says what it answers, or, when none does, the
/// only one that looks like a form and is broken.
pub(super) fn the_form(
    mut read: Vec<(Result<Filled, Vec<Fault>>, String)>,
    several: String,
) -> Result<(Filled, String), Vec<Fault>> {
    if read.len() > 1 {
        let says = |(read, _): &(Result<Filled, Vec<Fault>>, String)| read.as_ref().is_ok_and(|f| f.answers.is_some());
        if read.iter().any(says) {
            read.retain(says);
        } else {
            read.retain(|(read, _)| read.is_err());
        }
    }
    match (read.pop(), read.is_empty()) {
        (Some((form, name)), true) => form.map(|filled| (filled, name)),
        (Some(_) | None, _) => Err(vec![Fault::at("", several)]),
    }
}
