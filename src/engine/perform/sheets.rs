//! Workbooks in 待办, and the Word forms beside them. One that an office changed in place is theirs: it is never written over and never removed; what is
//! asked anew lies beside it.
//!
//! A mark in the store says which file is ours and which bytes we gave it. While it is being written anew both the old and
//! the new bytes are known as ours, so that a crash in between never makes our own file look like an office's.

use super::{Engine, Trouble};
use crate::case::event::Ask;
use crate::case::program::Program;
use crate::case::{Case, form};
use crate::files;
use crate::spool::{forms, names};
use serde_json::{Value, json};
use std::path::Path;

/// Which file of ours lies where: `folder/name`, and the digests it may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Mark {
    path: String,
    digests: Vec<String>,
}

impl Mark {
    pub(in crate::engine) fn new(folder: &str, name: &str, digest: &str) -> Mark {
        Mark { path: format!("{folder}/{name}"), digests: vec![digest.to_string()] }
    }

    /// None when nothing of ours lies anywhere.
    pub(in crate::engine) fn read(text: &str) -> Option<Mark> {
        let (path, digests) = text.split_once('\n')?;
        Some(Mark { path: path.to_string(), digests: digests.lines().map(str::to_string).collect() })
    }

    pub(in crate::engine) fn text(&self) -> String {
        format!("{}\n{}", self.path, self.digests.join("\n"))
    }

    /// The folder of the office it lies with.
    fn folder(&self) -> &str {
        self.path.split('/').next().unwrap_or(&self.path)
    }

    /// The file's own name.
    pub(in crate::engine) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether bytes of this digest are ours.
    pub(in crate::engine) fn is_ours(&self, digest: &str) -> bool {
        self.digests.iter().any(|d| d == digest)
    }
}

/// What an office finds of us in its 待办 for a task.
fn sheet_mark(case: &str, task: u64) -> String {
    format!("sheet/{case}/{task}")
}

/// The Word form beside it.
fn word_mark(case: &str, task: u64) -> String {
    format!("word/{case}/{task}")
}

/// The 催办 or 提醒 beside it.
pub(in crate::engine) fn note_mark(case: &str, task: u64) -> String {
    format!("remind/{case}/{task}")
}

impl Engine {
    /// What a mark says.
    pub(in crate::engine) async fn marked(&self, mark: &str) -> Result<Option<Mark>, crate::store::Error> {
        Ok(self.store.mark(mark).await?.as_deref().and_then(Mark::read))
    }

    /// Takes what a mark names away, unless somebody changed it.
    pub(in crate::engine) fn remove_marked(&self, mark: &Mark) -> Result<files::Removal, crate::engine::Error> {
        let Some((folder, name)) = mark.path.split_once('/') else { return Ok(files::Removal::Absent) };
        self.remove_ours(&self.spool.office(folder).tasks().join(name), &mark.digests)
    }

    /// Puts a task's workbook into 待办. A workbook there that is not ours any more is left alone; ours gets another name.
    /// What lies with an office that passed the task on is taken away first.
    pub(super) async fn sheet(&self, program: &Program, case: &Case, task: u64) -> Result<Value, Trouble> {
        let Some(task) = case.tasks.get(&task).filter(|t| t.closed.is_none()) else {
            return Ok(json!({ "skipped": "closed" }));
        };
        let core = self.core.lock().await;
        let Some(folder) = core.ledgers.offices.offices.get(&task.office).and_then(|o| o.folder.clone()) else {
            return Err(Trouble::Never(format!("office {} has no folder", task.office)));
        };
        let form = form::of_task(program, case, &core.ledgers, task);
        let drawn = form::drawn(form, &core.ledgers);
        drop(core);
        let written = |bytes: Result<Vec<u8>, forms::FormError>| bytes.map_err(|e| Trouble::Never(e.to_string()));
        if self.marked(&sheet_mark(&case.id, task.id)).await?.is_some_and(|known| known.folder() != folder) {
            self.sheet_gone(case, task.id).await?;
        }
        let named = |kind: &str| names::safe_with(&drawn.title, &format!("-{}号.{kind}", task.id));
        let bytes = written(forms::write(&drawn))?;
        let ours = self.lay_down(&folder, &sheet_mark(&case.id, task.id), &named("xlsx"), &bytes).await?;
        let mut told = json!({ "path": ours.path, "digest": ours.digests.concat() });
        let stage = task.stage.as_ref().and_then(|stage| program.workflow().stage(stage));
        let asks = matches!(task.ask, Ask::Nominate | Ask::Answer | Ask::Correct);
        if asks && stage.is_some_and(|stage| stage.word) {
            let bytes = written(forms::write_word(&drawn))?;
            let ours = self.lay_down(&folder, &word_mark(&case.id, task.id), &named("docx"), &bytes).await?;
            told["word"] = json!({ "path": ours.path, "digest": ours.digests.concat() });
        }
        Ok(told)
    }

    /// Lays a file of ours into a 待办, where the mark says it lies, or under its usual name.
    async fn lay_down(&self, folder: &str, mark: &str, usual: &str, bytes: &[u8]) -> Result<Mark, Trouble> {
        let digest = files::digest_hex(bytes);
        let tasks = self.spool.office(folder).tasks();
        let known = self.marked(mark).await?.filter(|known| known.folder() == folder);
        let place = place_of(&tasks, usual, known.as_ref(), &digest)?;
        let ours = Mark::new(folder, &place.name, &digest);
        let mut both = ours.clone();
        both.digests.extend(place.was.clone().filter(|was| *was != digest));
        self.set_mark(mark, &both.text()).await?;
        if place.was.as_ref() != Some(&digest) {
            self.write(&tasks.join(&place.name), bytes)?;
        }
        if both != ours {
            self.set_mark(mark, &ours.text()).await?;
        }
        Ok(ours)
    }

    /// Takes a task's workbook, its Word form and the note beside them away, unless somebody changed them.
    pub(super) async fn sheet_gone(&self, case: &Case, task: u64) -> Result<Value, Trouble> {
        let mut removed = Vec::new();
        for mark in [sheet_mark(&case.id, task), word_mark(&case.id, task), note_mark(&case.id, task)] {
            let Some(mark) = self.marked(&mark).await? else { continue };
            removed.push(format!("{:?}", self.remove_marked(&mark)?));
        }
        Ok(json!({ "removed": removed }))
    }

    /// What of ours lies with an office for a task, and what of that it filled in without moving it; the workbook first.
    pub(in crate::engine) async fn laid_down(
        &self,
        folder: &str,
        case: &str,
        task: u64,
    ) -> Result<(Option<Mark>, Option<Mark>), crate::store::Error> {
        let tasks = self.spool.office(folder).tasks();
        let filled = |mark: &Mark| files::digest_file(&tasks.join(mark.name())).is_ok_and(|now| !mark.is_ours(&now));
        let marks = [self.marked(&sheet_mark(case, task)).await?, self.marked(&word_mark(case, task)).await?];
        let changed = marks.iter().flatten().find(|mark| filled(mark)).cloned();
        Ok((marks.into_iter().flatten().next(), changed))
    }
}

/// Where a file of ours goes, and which bytes of ours lie there.
pub(in crate::engine) struct Place {
    pub(in crate::engine) name: String,
    pub(in crate::engine) was: Option<String>,
}

/// The place of a file of ours: where it was, unless somebody else's bytes lie there now; then a free name beside it. Bytes
/// that are the `new` ones already are ours: a crash kept us from marking them.
pub(in crate::engine) fn place_of(
    folder: &Path,
    usual: &str,
    known: Option<&Mark>,
    new: &str,
) -> Result<Place, files::Error> {
    let there = |name: &str| files::digest_file(&folder.join(name));
    if let Some(mark) = known {
        let name = mark.name().to_string();
        match there(&name) {
            Ok(digest) if mark.is_ours(&digest) || digest == new => return Ok(Place { name, was: Some(digest) }),
            Err(error) if error.is_absent() => return Ok(Place { name, was: None }),
            Err(error) if error.is_transient() => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    let is_new = |name: &str| there(name).is_ok_and(|digest| digest == new);
    let name = names::unique(usual, |n| folder.join(n).exists() && !is_new(n));
    let was = is_new(&name).then(|| new.to_string());
    Ok(Place { name, was })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_office_changed_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("表-1号.xlsx");
        let digest = files::digest_hex(b"ours");
        let mark = Mark::new("组织办", "表-1号.xlsx", &digest);
        let place = |known| place_of(folder.path(), "表-1号.xlsx", known, "new").unwrap();
        assert_eq!(place(Some(&mark)).name, "表-1号.xlsx", "it was taken away, so it comes back");
        std::fs::write(&path, b"ours").unwrap();
        assert_eq!((place(Some(&mark)).name, place(Some(&mark)).was), ("表-1号.xlsx".into(), Some(digest)));
        std::fs::write(&path, b"filled").unwrap();
        assert_eq!((place(Some(&mark)).name.as_str(), place(Some(&mark)).was), ("表-1号（2）.xlsx", None));
        assert_eq!(place(None).name, "表-1号（2）.xlsx", "a file that was there before is not ours");
        let again = place_of(folder.path(), "表-1号.xlsx", None, &files::digest_hex(b"filled")).unwrap();
        assert_eq!(again.name, "表-1号.xlsx", "written, and the power went before it was marked");
        let mark = Mark::read(&mark.text()).unwrap();
        assert_eq!(mark.name(), "表-1号.xlsx");
    }
}
