//! The files of a drop that may be its form, read; and its form, with what it answers.

use super::choosing::the_form;
use super::{Core, Engine, Error, finding, words};
use crate::case::{decide, form};
use crate::spool::claim::{self, Claimed, ClaimedFile};
use crate::spool::names;
use crate::submission::paper::Table;
use crate::submission::{Answers, Fault, Filled, Form, What};

/// Most files of one drop that are read in search of its form.
const CANDIDATES_MAX: usize = 10;
/// How the files end that may be such a form, Word forms apart.
const SHEETS: [&str; 9] = ["xlsx", "xls", "et", "ods", "csv", "tsv", "yaml", "yml", "json"];

/// How the files end that may be such a form but for their format, and what they are to be saved as.
const OF_WORD: [&str; 9] = ["doc", "dot", "wps", "wpt", "rtf", "odt", "docm", "dotx", "uot"];
const OF_SHEETS: [&str; 9] = ["xlsm", "xlsb", "xlt", "xltx", "xltm", "ett", "uos", "ots", "fods"];
/// How the files end that show something, and can be no form.
const SHOWN: [&str; 12] = ["pdf", "ofd", "jpg", "jpeg", "jfif", "png", "gif", "bmp", "tif", "tiff", "webp", "heic"];

/// A file read, and its name.
pub(super) type Read = (Result<Filled, Vec<Fault>>, String);

/// What a drop answers, its form, and the names of the files it stands in.
pub(super) type Chosen = (Answers, Filled, Vec<String>);

/// The files of a drop that may be its form, read, or what is wrong with them.
pub(in crate::engine) type ReadForm = Result<Result<Found, Vec<Fault>>, Error>;

/// The files of a drop that may be its form.
#[derive(Default)]
pub(in crate::engine) struct Found {
    pub(super) sheets: Vec<Read>,
    /// Word files
    pub(super) papers: Vec<Read>,
    /// what to say of files in formats that nobody reads, where they should have been the form
    pub(super) unreadable: Vec<Fault>,
}

impl Found {
    fn all(&self) -> impl Iterator<Item = &Read> {
        self.sheets.iter().chain(&self.papers)
    }

    /// What the first file that says so answers.
    pub(super) fn answers(&self) -> Option<Answers> {
        self.all().find_map(|(read, _)| read.as_ref().ok()?.answers.clone())
    }

    /// Whether files are among them that do not say what they answer: then what is asked has to be known.
    fn has_own(&self) -> bool {
        self.all().any(is_own)
    }

    /// What is held against the tasks of an office: a list of its own, or else its Word files, with their names.
    fn probable(&self) -> (Filled, Vec<String>) {
        let read = if self.sheets.is_empty() { &self.papers } else { &self.sheets };
        let names = read.iter().map(|(_, name)| name.clone()).collect();
        let mut all = Filled::default();
        let good = read.iter().filter_map(|(read, _)| read.as_ref().ok()).enumerate();
        for (paper, filled) in good {
            all.tables.extend(filled.tables.iter().map(|table| Table { paper, ..table.clone() }));
        }
        (all, names)
    }
}

impl Engine {
    /// Reads the files of a drop that may be its form.
    pub(in crate::engine) async fn read_candidates(&self, claimed: &Claimed) -> ReadForm {
        let contents: Vec<&ClaimedFile> = claimed.contents().collect();
        let named = |kinds: &[&str]| -> Vec<&ClaimedFile> {
            contents.iter().filter(|f| kinds.contains(&names::extension(&f.name).as_str())).copied().collect()
        };
        let mut found = Found::default();
        if let ([only], true) = (contents.as_slice(), named(&SHOWN).is_empty()) {
            let read = self.read_one(only, None).await?;
            let paper = read.as_ref().is_ok_and(|filled| !filled.tables.is_empty());
            if paper { &mut found.papers } else { &mut found.sheets }.push((read, only.name.clone()));
            return Ok(Ok(found));
        }
        let (candidates, papers) = (named(&SHEETS), named(&["docx"]));
        let unreadable =
            [words::unreadable(&named(&OF_WORD), true), words::unreadable(&named(&OF_SHEETS), false)].concat();
        if candidates.is_empty() && papers.is_empty() {
            let none = || vec![words::no_form(contents.as_slice())];
            found.unreadable = if unreadable.is_empty() { none() } else { unreadable };
            return Ok(Ok(found));
        }
        found.unreadable = unreadable;
        if candidates.len() > CANDIDATES_MAX {
            return Ok(Err(vec![Fault::at(
                "",
                format!(
                    "文件夹里有{}个表格文件，最多{CANDIDATES_MAX}个。请只留要交的表格，其余转成 PDF 作附件。",
                    candidates.len()
                ),
            )]));
        }
        for (files, read) in [(candidates, &mut found.sheets), (papers, &mut found.papers)] {
            for file in files {
                read.push((self.read_one(file, None).await?, file.name.clone()));
            }
        }
        Ok(Ok(found))
    }

    /// The form of a drop with what it answers, and the names of the files it stands in. One that does not say what it answers
    /// answers the task it is found to answer.
    pub(super) async fn read_form(
        &self,
        core: &Core,
        claimed: &Claimed,
        office: &str,
        found: Found,
    ) -> Result<Result<Chosen, Vec<Fault>>, Error> {
        if found.all().next().is_none() {
            // what is expected is no fault of its own: it stands behind the last one
            let mut faults = found.unreadable;
            match (faults.last_mut(), finding::expected(core, office)) {
                (Some(last), Some(expected)) => last.say.push_str(&expected.say),
                (_, expected) => faults.extend(expected),
            }
            return Ok(Err(faults));
        }
        let said = found.answers();
        // what is wrong with the files themselves is said first
        let wrong = found.sheets.len() > 1 || found.all().any(|(read, _)| read.is_err());
        let answers = match said.clone() {
            Some(answers) => answers,
            None => {
                let (filled, names) = found.probable();
                match self.find_task(core, claimed, office, &filled, &names).await? {
                    Ok(answers) => answers,
                    Err(faults) if wrong => return Ok(the_form(found, None).and(Err(faults))),
                    Err(faults) => return Ok(Err(faults)),
                }
            }
        };
        let asked = if said.is_none() || found.has_own() { asked(core, &answers) } else { None };
        let mut found = found;
        if let (Some(_), Some(asked)) = (&said, &asked) {
            self.read_beside(claimed, &mut found, asked).await?;
        }
        let (filled, forms) = match the_form(found, asked.as_ref()) {
            Ok(chosen) => chosen,
            Err(faults) => return Ok(Err(faults)),
        };
        if said.is_some() || !filled.tables.is_empty() {
            return Ok(Ok((answers, filled, forms)));
        }
        let Some(asked) = asked else { return Err(Error::Log(format!("{} answers no task", claimed.id))) };
        Ok(self.read_again(claimed, &forms, asked).await?.map(|filled| (answers, filled, forms)))
    }

    /// Reads the lists of people's own that lie beside a form once more, now that it is known what may be filled in in them.
    async fn read_beside(&self, claimed: &Claimed, found: &mut Found, asked: &Form) -> Result<(), Error> {
        for (read, name) in found.sheets.iter_mut().filter(|one| is_own(one)) {
            let Some(file) = claimed.contents().find(|file| file.name == *name) else { continue };
            if let Ok(again) = self.read_one(file, Some(asked.clone())).await? {
                *read = Ok(again);
            }
        }
        Ok(())
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

/// Whether a file was read and does not say what it answers.
fn is_own((read, _): &Read) -> bool {
    read.as_ref().is_ok_and(|filled| filled.answers.is_none())
}

/// What is asked by whom it answers.
fn asked(core: &Core, answers: &Answers) -> Option<Form> {
    if answers.what == What::Open {
        let program = core.deployed.get(&answers.about).and_then(|deployed| core.programs.get(deployed))?;
        return Some(form::opening(program, &core.ledgers, &answers.office));
    }
    let case = core.cases.get(answers.case.as_ref()?)?;
    let task = case.tasks.get(&answers.task?).filter(|_| answers.what == What::Task)?;
    let program = core.programs.get(&case.closure)?;
    // what came before may be replaced by what comes now: then it is asked as it was
    let again = decide::replaceable(program.workflow(), case, task);
    Some(form::of_task(program, case, &core.ledgers, again.as_ref().unwrap_or(task)))
}
