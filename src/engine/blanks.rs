//! 表样: the blank papers an office may hand in by itself at this moment, as workbooks, and as Word forms where their definition says so. A
//! view of the state, written again when it changes.

use super::perform::{Mark, place_of};
use super::{Core, Engine, Error};
use crate::case::form;
use crate::case::program::Program;
use crate::files;
use crate::spool::{forms, names};
use crate::submission::Form;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A blank as we laid it out: what it asks, its bytes, and its file's name.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Blank {
    shape: String,
    digest: String,
    file: String,
}

impl Engine {
    /// Brings every office's 表样 up to date, if anything changed since the last time.
    ///
    /// # Errors
    /// The store's and the disk's.
    pub async fn lay_out_blanks(&self) -> Result<(), Error> {
        let mut core = self.core.lock().await;
        if !core.dirty {
            return Ok(());
        }
        let today = self.clock.now().date();
        let offices: Vec<(String, String)> =
            core.ledgers.offices.offices.values().filter_map(|o| Some((o.id.clone(), o.folder.clone()?))).collect();
        for (office, folder) in offices {
            let wanted = blanks(&core, &office, today);
            self.lay_out(&core, &folder, wanted).await?;
        }
        core.dirty = false;
        Ok(())
    }

    /// A blank that somebody filled where it lay is theirs: a new one lies beside it.
    async fn lay_out(&self, core: &Core, folder: &str, wanted: Vec<(Form, bool)>) -> Result<(), Error> {
        let mark = format!("blanks/{folder}");
        let known = self.store.mark(&mark).await?.unwrap_or_default();
        let old: BTreeMap<String, Blank> = serde_json::from_str(&known).unwrap_or_default();
        let place = self.spool.office(folder).blanks();
        let mut new: BTreeMap<String, Blank> = BTreeMap::new();
        let kinds = |(asked, word): (Form, bool)| {
            let drawn = form::drawn(asked, &core.ledgers);
            let word = word.then(|| (drawn.clone(), "docx"));
            std::iter::once((drawn, "xlsx")).chain(word)
        };
        for (drawn, kind) in wanted.into_iter().flat_map(kinds) {
            let usual = names::unique(&names::safe(&format!("{}.{kind}", drawn.title)), |n| new.contains_key(n));
            let shape = files::digest_hex(serde_json::to_string(&drawn).unwrap_or_default().as_bytes());
            let was = old.get(&usual);
            if let Some(blank) = was.filter(|b| b.shape == shape && place.join(&b.file).exists()) {
                new.insert(usual, blank.clone());
                continue;
            }
            let bytes = if kind == "docx" { forms::write_word(&drawn) } else { forms::write(&drawn) };
            let bytes = bytes.map_err(|e| Error::Log(e.to_string()))?;
            let digest = files::digest_hex(&bytes);
            let file =
                place_of(&place, &usual, was.map(|b| Mark::new(folder, &b.file, &b.digest)).as_ref(), &digest)?.name;
            self.write(&place.join(&file), &bytes)?;
            new.insert(usual, Blank { shape, digest, file });
        }
        for (name, blank) in &old {
            if !new.contains_key(name) {
                self.remove_ours(&place.join(&blank.file), std::slice::from_ref(&blank.digest))?;
            }
        }
        let told = serde_json::to_string(&new).unwrap_or_default();
        if told != known {
            self.set_mark(&mark, &told).await?;
        }
        Ok(())
    }
}

/// Every blank an office may use now, and whether there is a Word form of it, too.
fn blanks(core: &Core, office: &str, today: NaiveDate) -> Vec<(Form, bool)> {
    let workbook = |form| (form, false);
    let mut found = Vec::new();
    for digest in core.deployed.values() {
        let Some(program) = core.programs.get(digest) else { continue };
        if opens(core, program, office) {
            let word = program.workflow().opening_stage().is_some_and(|(stage, _)| stage.word);
            found.push((form::opening(program, &core.ledgers, office), word));
        }
    }
    for register in core
        .registers
        .values()
        .filter(|r| r.by.as_deref().is_some_and(|by| core.ledgers.offices.standing(by) == office))
    {
        found.push(workbook(form::of_register_on(register, &core.ledgers, today)));
    }
    for case in core.cases.values().filter(|c| c.closed.is_none()) {
        if let Some(program) = core.programs.get(&case.closure) {
            found.extend(form::offered(program, case, &core.ledgers, office).into_iter().map(workbook));
        }
    }
    found
}

/// Whether an office may open cases of a workflow.
pub(super) fn opens(core: &Core, program: &Program, office: &str) -> bool {
    let workflow = program.workflow();
    let mut openers = workflow.case.opened_by.iter().flat_map(|role| match workflow.roles.get(role).map(|r| &r.who) {
        Some(crate::workflow::Who::Offices(selectors)) => selected(core, selectors),
        Some(_) | None => Vec::new(),
    });
    openers.any(|opener| opener == office)
}

fn selected(core: &Core, selectors: &[crate::workflow::Selector]) -> Vec<String> {
    let mut found = Vec::new();
    for selector in selectors {
        match selector {
            crate::workflow::Selector::Id(id) => found.push(core.ledgers.offices.standing(id).to_string()),
            crate::workflow::Selector::Tag(tag) => found.extend(core.ledgers.offices.tagged(tag).map(|o| o.id.clone())),
        }
    }
    found
}
