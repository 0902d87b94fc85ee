//! 表样: the blank papers an office may hand in by itself at this moment. A view of the state, written again when it changes.

use super::{Core, Engine, Error};
use crate::case::form;
use crate::files;
use crate::spool::{forms, names};
use crate::submission::Form;
use std::collections::BTreeMap;

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
        let offices: Vec<(String, String)> =
            core.ledgers.offices.offices.values().filter_map(|o| Some((o.id.clone(), o.folder.clone()?))).collect();
        for (office, folder) in offices {
            let wanted = blanks(&core, &office);
            self.lay_out(&core, &folder, wanted).await?;
        }
        core.dirty = false;
        Ok(())
    }

    async fn lay_out(&self, core: &Core, folder: &str, wanted: Vec<Form>) -> Result<(), Error> {
        let mark = format!("blanks/{folder}");
        let known = self.store.mark(&mark).await?.unwrap_or_default();
        let old: BTreeMap<String, (String, String)> = serde_json::from_str(&known).unwrap_or_default();
        let place = self.spool.office(folder).blanks();
        let mut new: BTreeMap<String, (String, String)> = BTreeMap::new();
        for asked in wanted {
            let drawn = form::drawn(asked, &core.ledgers);
            let name = names::safe(&format!("{}.xlsx", drawn.title));
            let shape = files::digest_hex(serde_json::to_string(&drawn).unwrap_or_default().as_bytes());
            let unchanged = old.get(&name).filter(|(was, _)| *was == shape && place.join(&name).exists());
            let digest = match unchanged {
                Some((_, digest)) => digest.clone(),
                None => {
                    let bytes = forms::write(&drawn).map_err(|e| Error::Log(e.to_string()))?;
                    self.fuse.burn("blank")?;
                    files::write_atomic(&place.join(&name), &bytes)?;
                    files::digest_hex(&bytes)
                }
            };
            new.insert(name, (shape, digest));
        }
        for (name, (_, digest)) in &old {
            if !new.contains_key(name) {
                self.fuse.burn("blank gone")?;
                files::remove_file_if_digest(&place.join(name), digest)?;
            }
        }
        let told = serde_json::to_string(&new).unwrap_or_default();
        if told != known {
            self.fuse.burn("mark of the blanks")?;
            self.store.set_mark(&mark, &told).await?;
        }
        Ok(())
    }
}

/// Every blank an office may use now.
fn blanks(core: &Core, office: &str) -> Vec<Form> {
    let mut found = Vec::new();
    for digest in core.deployed.values() {
        let Some(program) = core.programs.get(digest) else { continue };
        let opens = program.workflow().case.opened_by.iter().flat_map(|role| match program.workflow().roles.get(role).map(|r| &r.who) {
            Some(crate::workflow::Who::Offices(selectors)) => selected(core, selectors),
            Some(_) | None => Vec::new(),
        });
        if opens.into_iter().any(|o| o == office) {
            found.push(form::opening(program, &core.ledgers, office));
        }
    }
    for register in core.registers.values().filter(|r| r.by.as_deref() == Some(office)) {
        found.push(form::of_register(register, &core.ledgers));
    }
    for case in core.cases.values().filter(|c| c.closed.is_none()) {
        if let Some(program) = core.programs.get(&case.closure) {
            found.extend(form::standing(program, case, &core.ledgers, office));
        }
    }
    found
}

fn selected(core: &Core, selectors: &[crate::workflow::Selector]) -> Vec<String> {
    let mut found = Vec::new();
    for selector in selectors {
        match selector {
            crate::workflow::Selector::Id(id) => found.push(id.clone()),
            crate::workflow::Selector::Tag(tag) => found.extend(core.ledgers.offices.tagged(tag).map(|o| o.id.clone())),
        }
    }
    found
}
