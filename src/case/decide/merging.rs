//! Merging (LANGUAGE §7 `merge`): an answer names the item another ends into, and whatever that one gets is made for both.

use super::Deciding;
use super::papers::Order;
use crate::case::eval::{Sight, Target};
use crate::case::event::Row;
use crate::case::story::item_name;
use crate::case::{Item, merge};
use crate::submission::Fault;
use crate::workflow::{Outcome, Stage};
use std::sync::Arc;

impl Deciding<'_> {
    /// Whoever merges names what into; whoever does not, does not.
    pub(super) fn check_target(&mut self, stage: &Stage, outcome: &Outcome, row: &Row, place: &str) {
        let Some(id) = row.item else { return };
        let workflow = self.program.workflow();
        let name = |this: &Self, id: u32| {
            this.case.item(id).map_or_else(|| format!("{id}号"), |i| item_name(this.program.workflow(), i))
        };
        let target = match (outcome.merge, row.merge_into) {
            (false, None) => return,
            (false, Some(_)) => {
                let merges = stage.offered().find(|o| o.merge).map(|o| o.name.clone()).unwrap_or_default();
                return self.refuse(place, format!("“并入”栏只在办理结果选择“{merges}”时填写，请改选或清空。"));
            }
            (true, None) => {
                let say = format!("选择“{}”须在“并入”栏选定并入哪一件。", outcome.name);
                return self.refuse(place, say);
            }
            (true, Some(target)) => target,
        };
        let sides: Vec<String> = self.case.living_sides(id).map(|s| item_name(workflow, s)).collect();
        if !sides.is_empty() {
            let say = format!("{}尚有未办结的{}，办结前不能并入另一件。", name(self, id), sides.join("、"));
            return self.refuse(place, say);
        }
        let why = match self.case.item(target) {
            _ if target == id => "不能并入自身",
            Some(other) if !other.lives() => "该件已经办结",
            Some(_) | None => "该件不在可并入之列",
        };
        let permitted = merge::targets(self.program, &self.case, &self.ledgers, stage, &self.by, id);
        if !permitted.contains(&target) {
            let say = format!("{}不能并入{}：{why}。请在“并入”栏的列表中另选。", name(self, id), name(self, target));
            self.refuse(place, say);
        }
    }

    /// What is merged takes nothing in at the same time: the last of a chain is named by each.
    pub(super) fn check_chains(&mut self, rows: &[(Row, String)]) {
        let merged: Vec<u32> =
            rows.iter().filter(|(r, _)| r.merge_into.is_some()).filter_map(|(r, _)| r.item).collect();
        for (row, place) in rows {
            let other = row.merge_into.filter(|target| Some(*target) != row.item && merged.contains(target));
            let Some(target) = other else { continue };
            let name = self.case.item(target).map(|i| item_name(self.program.workflow(), i)).unwrap_or_default();
            let say = format!("{name}在本表中也要并入另一件，请直接写明最终并入哪一件。");
            self.faults.push(Fault::at(place.clone(), say));
        }
    }

    /// What others have been merged into is not withdrawn: they would be left without an answer.
    pub(super) fn carries_others(&mut self, id: u32) -> bool {
        let workflow = self.program.workflow();
        let names: Vec<String> = self
            .case
            .all_merged(id)
            .iter()
            .filter_map(|m| self.case.item(*m))
            .map(|m| item_name(workflow, m))
            .collect();
        let name = self.case.item(id).map(|i| item_name(workflow, i)).unwrap_or_default();
        if !names.is_empty() {
            self.refuse("", format!("{}已并入{name}一并办理，{name}不能撤回。", names.join("、")));
        }
        !names.is_empty()
    }

    /// What is seen of an item: of one merged into another what it says itself, and what the other was answered.
    pub(super) fn sight_of(&mut self, target: &Target) -> Arc<Sight> {
        let merged = match target {
            Target::Item(id) => self.case.item(*id).filter(|i| i.merged_into.is_some()).cloned(),
            Target::Case | Target::Group(_) | Target::Assessor { .. } | Target::Record { .. } => None,
        };
        let Some(merged) = merged else { return self.sight() };
        let mut case = self.case.clone();
        let answers = self.case.answers_for(&merged).answers.clone();
        case.items.insert(merged.id, Arc::new(Item { answers, ..merged }));
        self.sight_in(&case)
    }

    /// The items whose offices a paper reaches: a notice, and a paper about many, reach those merged into one of them as well;
    /// of a paper about one they get their own.
    pub(super) fn everybody_in(&self, order: &Order<'_>) -> Vec<u32> {
        let own = order.items.len() == 1 && !order.notice;
        let merged = order.items.iter().filter(|_| !own).flat_map(|id| self.case.all_merged(*id));
        order.items.iter().copied().chain(merged).collect()
    }

    /// The paper of one item once more for everybody merged into it whom the paper itself does not reach. A person reads in it
    /// what he said himself, and the answer that both were given.
    pub(super) fn order_for_merged(&mut self, order: &Order<'_>) {
        let [only] = order.items.as_slice() else { return };
        if order.notice || order.report.is_some() || order.replaces.is_some() {
            return;
        }
        let reached = self.recipients(&order.definition.to, &order.items);
        for id in self.case.all_merged(*only) {
            let theirs = self.recipients(&order.definition.to, &[id]);
            if theirs.iter().any(|r| r.starts_with(super::OUTSIDER) || !reached.contains(r)) {
                let again = Order { items: vec![id], ..order.clone() };
                self.order_one(&again);
            }
        }
    }
}
