//! Who put it there: with `owner_check: on`, a drop counts only from those to whom its office's folder belongs.

use crate::engine::{Core, Engine, Error};
use crate::spool::claim::{self, Claimed};
use crate::submission::Fault;

impl Engine {
    /// What is wrong with who put a drop there. It is not read then: no case hears of it, and only its own folder gets
    /// the answer.
    pub(super) fn put_by_a_stranger(&self, core: &Core, claimed: &Claimed) -> Result<Option<Fault>, Error> {
        if !self.settings.owner_check {
            return Ok(None);
        }
        let mut may = claim::owners_of(&self.spool, &claimed.folder)?;
        may.extend(core.ledgers.offices.by_folder(&claimed.folder).iter().flat_map(|o| o.owners.iter().copied()));
        let Some(stranger) = claimed.owners(&self.spool)?.into_iter().find(|owner| !may.contains(owner)) else {
            return Ok(None);
        };
        let id = format!("{}/{}", claimed.folder, claimed.id);
        tracing::warn!("{id}: it belongs to user {stranger}, to whom the office's folder does not: not read");
        let say = "放入此件的用户不是本单位的用户，此件没有读取。请用本单位的账号放入；账号无误的，请与系统管理员联系";
        Ok(Some(Fault::at("", say)))
    }
}
