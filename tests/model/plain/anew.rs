//! Handed in again: what is said later takes the place of what was said before, as long as nobody has gone on with that.

use super::act::only_if;
use super::{Form, Model};
use crate::command::Entry;
use std::collections::BTreeSet;

impl Model {
    /// What an office handed in last is taken back, and this taken in. Somebody it named before is named again: who names others
    /// only may mean to add them.
    pub(super) fn nominate_anew(
        &mut self,
        stage: usize,
        office: &'static str,
        entries: &[Entry],
        complete: bool,
    ) -> Option<()> {
        let theirs = |f: &Form| f.stage == stage && f.office == office;
        let last = self.forms.iter().rposition(|f| theirs(f) && f.answered)?;
        only_if(!entries.is_empty() && !self.intakes.get(&stage)?.closed && self.open_form(stage, office).is_none())?;
        let living = self.living();
        let before: Vec<usize> = self.forms[last].items.iter().copied().filter(|id| living.contains(id)).collect();
        let item = |id: &usize| &self.items[id - 1];
        let untouched = |id: &usize| item(id).said.is_empty() && item(id).signed.is_empty();
        let again = |id: &usize| entries.iter().any(|entry| entry.name == item(id).name);
        only_if(before.iter().all(untouched) && (before.is_empty() || before.iter().any(again)))?;
        before.into_iter().for_each(|id| self.end(id, "撤回"));
        if !complete {
            self.intakes.get_mut(&stage)?.done.remove(office);
        }
        self.fill_in(last, entries, complete)
    }

    /// One of several who sign says otherwise of some of what it said at once, while nobody has spoken after it.
    pub(super) fn answer_anew(
        &mut self,
        stage: usize,
        office: &'static str,
        rows: &[(usize, Option<&str>)],
    ) -> Option<()> {
        let mut at_once = BTreeSet::new();
        for (id, _) in rows {
            let asked = self.item(*id)?.stage() == Some(stage) && self.asked(*id);
            let last = self.signatures(*id).last().map(|s| (s.office, s.at_once))?;
            only_if(asked && last.0 == office)?;
            at_once.insert(last.1);
        }
        only_if(at_once.len() == 1 && self.stage(stage).several_sign())?;
        for (id, _) in rows {
            self.get(*id).signed.retain(|s| !at_once.contains(&s.at_once));
        }
        self.answer(stage, office, rows)
    }
}
