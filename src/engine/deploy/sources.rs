//! The files of definitions and templates, read; nothing is judged here but whether a file is one.

use super::{listed, nearest, text, words};
use crate::diag::Diagnostic;
use crate::engine::Error;
use crate::workflow::Workflow;
use crate::workflow::parse::{self, Parsed};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The sources of a folder of definitions: workflows and templates by path, registers by the names a closure gives them.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    pub(crate) workflows: BTreeMap<String, String>,
    pub(crate) beside: Vec<Workflow>,
    pub(crate) registers: BTreeMap<String, String>,
    pub(crate) templates: BTreeMap<PathBuf, String>,
    pub(crate) problems: Vec<Diagnostic>,
    /// Word templates by digest
    pub(crate) words: BTreeMap<String, Vec<u8>>,
    /// what is wrong with Word templates, by the path of the text beside them
    pub(crate) unfit: BTreeMap<PathBuf, Vec<Diagnostic>>,
}

impl Sources {
    /// What stands beside the definition at a path, by the names a closure gives it.
    pub(crate) fn beside(&self, path: &str) -> BTreeMap<String, String> {
        let meant = nearest(Path::new(path), self.templates.keys().map(PathBuf::as_path)).into_iter();
        let templates =
            meant.filter_map(|(name, at)| Some((format!("templates/{name}.md"), self.templates.get(at)?.clone())));
        templates.chain(self.registers.clone()).collect()
    }

    /// Paths of the files that are no definition as they stand.
    pub(crate) fn unread(&self) -> BTreeSet<&str> {
        self.problems.iter().map(|p| p.place.path.as_str()).collect()
    }
}

/// Reads every definition and template below two folders.
pub(crate) fn sources(workflows: &Path, templates: &Path) -> Result<Sources, Error> {
    let mut found = Sources::default();
    for path in walk(workflows, is_yaml)? {
        let Some(text) = text(&path)? else { continue };
        let shown = path.display().to_string();
        match parse::read(&shown, &text).0 {
            Some(Parsed::Register(register)) => {
                found.registers.insert(format!("registers/{}.yaml", register.name), text);
            }
            Some(Parsed::Workflow(workflow)) => {
                found.beside.push(*workflow);
                found.workflows.insert(shown, text);
            }
            Some(Parsed::Offices(_)) => {}
            None => found.problems.extend(parse::read(&shown, &text).1),
        }
    }
    let templates = walk(templates, is_template)?;
    for path in templates.iter().filter(|path| path.extension().is_some_and(|end| end == "md")) {
        if let Some(text) = text(path)? {
            found.templates.insert(path.clone(), text);
        }
    }
    words::read(&templates, &mut found)?;
    Ok(found)
}

/// The files of a folder, and of those one level deeper, that have such a name.
pub(super) fn walk(folder: &Path, wanted: fn(&str) -> bool) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for name in listed(folder)? {
        let path = folder.join(&name);
        if path.is_dir() {
            found.extend(listed(&path)?.into_iter().filter(|n| wanted(n)).map(|n| path.join(n)));
        } else if wanted(&name) {
            found.push(path);
        }
    }
    Ok(found)
}

pub(super) fn is_yaml(name: &str) -> bool {
    name.ends_with(".yaml") || name.ends_with(".yml")
}

/// Word lays a file that begins with `~$` beside one that is open.
pub(super) fn is_template(name: &str) -> bool {
    name.ends_with(".md") || name.ends_with(".docx") && !name.starts_with("~$")
}
