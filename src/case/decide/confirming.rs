//! Lists an assess stage proposed, confirmed by a decision or changed by it with a reason (§8 decide `lists`).
//!
//! Until then a list is provisional (拟). What being on a confirmed list brings is done for its members, list by list in the
//! order the definition has them.

use super::Deciding;
use crate::case::eval::Target;
use crate::case::event::{Body, Row};
use crate::case::form::{OFF, ON};
use crate::case::story::item_name;
use crate::workflow::{Go, ListDefinition, Stage};

/// What a decision says of an item and a list.
struct Said {
    item: u32,
    /// it is on the list from now on
    on: bool,
    /// why it is, where that was not so before
    reason: Option<String>,
    place: String,
}

impl Deciding<'_> {
    /// Fixes the lists this stage confirms, for the items of these rows. A change is one of its own, with its reason.
    pub(super) fn confirm_lists(&mut self, stage: &Stage, rows: &[(Row, String)]) {
        for list in stage.confirms.keys() {
            let said: Vec<Said> =
                rows.iter().filter_map(|(row, place)| self.said_of(stage, list, row, place)).collect();
            let kept: Vec<u32> = said.iter().filter(|s| s.on && s.reason.is_none()).map(|s| s.item).collect();
            let listed =
                |items, off, reason| Body::Listed { list: list.clone(), items, off, provisional: false, reason };
            if !kept.is_empty() {
                self.emit(listed(kept, Vec::new(), None));
            }
            for change in said.iter().filter(|s| s.reason.is_some()) {
                let (items, off) = if change.on { (vec![change.item], vec![]) } else { (vec![], vec![change.item]) };
                self.emit(listed(items, off, change.reason.clone()));
            }
            for added in said.iter().filter(|s| s.on && s.reason.is_some()) {
                self.may_be_added(list, added);
            }
        }
    }

    /// None where nothing is said: an item that is not on the list and stays off it, or of which nothing is decided yet.
    fn said_of(&mut self, stage: &Stage, list: &str, row: &Row, place: &str) -> Option<Said> {
        let (id, outcome) = (row.item?, stage.outcomes.get(row.outcome.as_ref()?)?);
        let item = self.case.item(id)?;
        let (was, name) = (item.lists.contains(list), item_name(self.program.workflow(), item));
        let wished = row.fields.get(list).and_then(|v| v.as_str()).map(|word| word == ON);
        let place = place.to_string();
        match outcome.go {
            Go::Next => {}
            // whoever is not passed is on no list
            Go::End(_) if was => {
                let why = row.reason.as_ref().map(|r| format!("：{r}")).unwrap_or_default();
                return Some(Said { item: id, on: false, reason: Some(format!("{}{why}", outcome.name)), place });
            }
            Go::End(_) | Go::Stay | Go::To(_) | Go::Back(..) => return None,
        }
        let on = wished.unwrap_or(was);
        if on != was && row.reason.is_none() {
            let word = if on { ON } else { OFF };
            self.refuse(place.clone(), format!("{name}改为{word}“{list}”，须在“办理理由”栏写明理由。"));
        }
        let reason = row.reason.clone().filter(|_| on != was);
        (on || was).then_some(Said { item: id, on, reason, place })
    }

    /// Nobody is put on a list by hand who would be struck from it: by its `unless`, its `not_in`, or a conflict.
    fn may_be_added(&mut self, list: &str, added: &Said) {
        let workflow = self.program.workflow();
        let Some(stage) = workflow.list_stage(list).and_then(|at| workflow.stages.get(at)) else { return };
        let Some((definition, item)) = stage.lists.get(list).zip(self.case.item(added.item)) else { return };
        let name = item_name(workflow, item);
        if !crate::case::lists::is_meant(workflow, &stage.of, item) {
            return self.refuse(added.place.clone(), format!("{name}不属于“{list}”所列的对象，不能列入。"));
        }
        let excluding = stage.conflicts.iter().filter(|c| c.lists.iter().any(|l| l == list)).flat_map(|c| &c.lists);
        let others: Vec<&String> = definition.not_in.iter().chain(excluding.filter(|l| *l != list)).collect();
        let other = others.into_iter().find(|other| item.lists.contains(*other)).cloned();
        if let Some(other) = other {
            self.refuse(added.place.clone(), format!("{name}已列入“{other}”，不能同时列入“{list}”。"));
        } else if self.is_struck(definition, added.item) {
            self.refuse(added.place.clone(), format!("{name}按规定不得列入“{list}”。"));
        }
    }

    fn is_struck(&mut self, definition: &ListDefinition, item: u32) -> bool {
        let Some(unless) = &definition.unless else { return false };
        self.sight().holds(&unless.source, &Target::Item(item)) != Ok(false)
    }

    /// Does what being on a confirmed list brings, for those of these items that are on it.
    pub(super) fn act_for_lists(&mut self, stage: &Stage, items: &[u32]) {
        for (list, confirmation) in &stage.confirms {
            let members = self.members(list, items);
            self.act(&confirmation.actions, &members);
        }
    }

    /// Those of these items that are on a list.
    pub(super) fn members(&self, list: &str, items: &[u32]) -> Vec<u32> {
        let on = |id: &&u32| self.case.item(**id).is_some_and(|i| i.lists.contains(list));
        items.iter().filter(on).copied().collect()
    }
}
