//! Gates: when a batch of many may open, and with whom (LANGUAGE §1).
//!
//! It opens when every intake that feeds it is closed and no living item of its key stands upstream, except those that are
//! held and may be left for a later round.

use super::Deciding;
use crate::case::Item;
use crate::case::event::Hold;
use crate::case::lists::may_be_meant;
use crate::offices::Offices;
use crate::workflow::{Each, ItemType, Kind, Late, Stage, Workflow};
use std::collections::BTreeMap;

/// The gates of a stage, key by key.
#[derive(Default)]
pub(super) struct Gates {
    /// those that may open: key, items taken in, items left for a later round
    pub(super) open: Vec<(String, Vec<u32>, Vec<u32>)>,
    /// those that somebody upstream alone keeps shut
    pub(super) behind: Vec<Behind>,
}

/// A gate that is kept shut by those who are late.
pub(super) struct Behind {
    pub(super) key: String,
    /// one of those who wait at it
    pub(super) waiting: u32,
    /// those upstream
    pub(super) behind: Vec<u32>,
}

impl<'a> Deciding<'a> {
    /// Batches of many that may open now, and those that wait for the late alone.
    pub(super) fn open_gates(&mut self, index: usize, stage: &Stage) -> Gates {
        let mut gates = Gates::default();
        let Some(waiting) = self.case.index.waiting.get(&stage.name).cloned() else { return gates };
        let waits_for_all = match stage.late {
            Late::Leave => stage.within.is_none() || self.awaits_its_limit(stage, ""),
            Late::Wait => true,
            Late::Exclude | Late::Ask => false,
        };
        if waits_for_all && self.awaits_somebody(index, stage)
            || self.collects_still(index, stage)
            || self.case_is_raised(index, stage)
        {
            return gates;
        }
        let mut batches: BTreeMap<String, (Vec<u32>, Vec<u32>)> = BTreeMap::new();
        for id in waiting {
            batches.entry(self.key(stage, id)).or_default().0.push(id);
        }
        let feeding = self.intakes_of_gate(index, stage);
        batches.retain(|key, _| feeding.iter().all(|intake| self.intake_over(intake, stage, key)));
        for id in self.upstream(index, stage) {
            if let Some(batch) = batches.get_mut(&self.key(stage, id)) {
                batch.1.push(id);
            }
        }
        for (key, (items, upstream)) in batches {
            let held = |id: &u32| self.case.item(*id).is_some_and(|i| !i.holds.is_empty());
            let may_be_left = match stage.late {
                Late::Leave => upstream.iter().all(held) || self.goes_without_them(stage, &key),
                Late::Wait | Late::Exclude => upstream.is_empty(),
                Late::Ask => upstream.is_empty() || self.goes_without_them(stage, &key),
            };
            if may_be_left {
                gates.open.push((key, items, upstream));
            } else if let Some(first) = items.first() {
                gates.behind.push(Behind { key, waiting: *first, behind: upstream });
            }
        }
        gates
    }

    /// Whether somebody upstream whom nothing holds keeps the one gate of a stage shut; found without looking at everybody.
    fn awaits_somebody(&self, index: usize, stage: &Stage) -> bool {
        let workflow = self.program.workflow();
        let comes = |id: &u32| {
            let item = self.case.items.get(id);
            item.is_some_and(|i| may_be_meant(workflow, &stage.of, i))
        };
        let earlier = workflow.stages.iter().take(index).filter_map(|s| self.case.index.free.get(&s.name));
        stage.each == Each::Case && earlier.flatten().any(comes)
    }

    /// Whether everybody who comes to a stage has come: its intakes are closed, and nobody stands upstream.
    pub(super) fn all_have_come(&self, index: usize, stage: &Stage) -> bool {
        let workflow = self.program.workflow();
        let comes = |item: &Item| may_be_meant(workflow, &stage.of, item);
        let earlier = workflow.stages.iter().take(index);
        let closed = self.intakes_of_gate(index, stage).iter().all(|intake| self.intake_closed_for_good(intake));
        let open = !closed || self.collects_still(index, stage);
        !open && !earlier.flat_map(|s| self.case.standing(&s.name)).any(comes)
    }

    /// Whether nothing stands before a stage about the case itself.
    pub(super) fn nothing_upstream(&self, index: usize) -> bool {
        let stages = &self.program.workflow().stages;
        let before = || stages.iter().take(index);
        let closed = before().filter(|s| s.kind == Kind::Recommend).all(|s| self.intake_closed_for_good(s));
        let mut free = before().filter_map(|s| self.case.index.free.get(&s.name)).flatten();
        closed && !free.any(|id| self.case.items.get(id).is_some_and(|i| i.about.is_none()))
    }

    /// The intakes whose items come to a gate.
    fn intakes_of_gate(&self, index: usize, stage: &Stage) -> Vec<&'a Stage> {
        feeding(self.program.workflow(), index, stage)
    }

    /// Whether side items that a stage collects may still be handed in elsewhere: until then nobody leaves it.
    pub(super) fn gathers_still(&self, stage: &Stage) -> bool {
        let mut intakes = stage.collects.iter().filter_map(|side| self.program.workflow().side_intake(side));
        intakes.any(|intake| !self.intake_closed_for_good(intake))
    }

    /// Whether an open batch before a gate may still let in side items that come to it.
    fn collects_still(&self, index: usize, stage: &Stage) -> bool {
        let workflow = self.program.workflow();
        workflow.stages.iter().take(index).any(|s| {
            s.collects.iter().any(|side| workflow.means(&stage.of, side, None))
                && self.case.index.open.contains_key(&s.name)
        })
    }

    /// Living items that would still come to this stage, and those at it that are held.
    fn upstream(&self, index: usize, stage: &Stage) -> Vec<u32> {
        let workflow = self.program.workflow();
        let comes = |item: &Item| may_be_meant(workflow, &stage.of, item);
        let mut found = Vec::new();
        for (at, earlier) in workflow.stages.iter().enumerate().take(index + 1) {
            for item in self.case.standing(&earlier.name) {
                let waits_here = at == index && (item.batch().is_some() || item.holds.is_empty());
                if comes(item) && !waits_here {
                    found.push(item.id);
                }
            }
        }
        found
    }

    /// The key of the batch of a stage that an item belongs to.
    pub(super) fn key(&self, stage: &Stage, id: u32) -> String {
        let Some(item) = self.case.items.get(&id) else { return String::new() };
        match &stage.each {
            Each::Case => String::new(),
            Each::Item => id.to_string(),
            Each::About => item.about.map(|a| a.to_string()).unwrap_or_default(),
            Each::Fields(fields) => {
                fields.iter().map(|f| group_value(&self.ledgers.offices, item, f)).collect::<Vec<_>>().join("/")
            }
        }
    }

    /// Holds or frees an item.
    pub(super) fn set_hold(&mut self, item: u32, on: Hold, held: bool) {
        let has = self.case.items.get(&item).is_some_and(|i| i.holds.contains(&on));
        if held && !has {
            self.emit(crate::case::event::Body::ItemHeld { item, on });
        } else if !held && has {
            self.emit(crate::case::event::Body::ItemFreed { item, on });
        }
    }
}

/// The intakes before a stage whose items come to it.
pub(super) fn feeding<'w>(workflow: &'w Workflow, index: usize, stage: &Stage) -> Vec<&'w Stage> {
    let feeds = |s: &&Stage| {
        s.kind == Kind::Recommend && !s.of_case && workflow.items.values().any(|of| meets(workflow, stage, s, of))
    };
    workflow.stages.iter().take(index).filter(feeds).collect()
}

/// Whether some item of this type could pass both stages.
fn meets(workflow: &Workflow, a: &Stage, b: &Stage, of: &ItemType) -> bool {
    let both =
        |category: Option<&str>| workflow.means(&a.of, &of.name, category) && workflow.means(&b.of, &of.name, category);
    if of.categories.is_empty() { both(None) } else { of.categories.keys().any(|category| both(Some(category))) }
}

/// The value by which an item belongs to a group: `owner` (the office that stands for it now, so that offices that were
/// merged are one group), `category`, `month` of arrival (of a periodic duty the month it is due), or a field.
pub(in crate::case) fn group_value(offices: &Offices, item: &Item, by: &str) -> String {
    match by {
        "owner" => offices.standing(&item.owner).to_string(),
        "category" => item.category.clone().unwrap_or_default(),
        "month" => {
            let due = item.fields.get("due").and_then(|v| v.as_str()).and_then(|day| day.get(..7));
            due.map_or_else(|| item.opened.format("%Y-%m").to_string(), str::to_string)
        }
        field => {
            let value = item.fields.get(field).or_else(|| item.answers.values().find_map(|a| a.fields.get(field)));
            value.map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_string)).unwrap_or_default()
        }
    }
}
