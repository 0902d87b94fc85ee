//! Answers of assess, review, decide and file: outcomes are chosen or computed, rules judged, papers ordered, items moved.

#[cfg(test)]
mod tests;

use super::Deciding;
use super::signing::{ABSTAINS, computed};
use crate::case::command::HandIn;
use crate::case::eval::Target;
use crate::case::event::{Ask, Body, ClockOf, Hold, Row};
use crate::case::story::item_name;
use crate::case::{Item, Task};
use crate::submission::Fault;
use crate::workflow::{Each, Go, Kind, Outcome, Sign, Stage, Workflow};
use std::collections::BTreeSet;

impl<'a> Deciding<'a> {
    pub(super) fn answer(&mut self, task: &Task, hand_in: &HandIn) {
        let Some((_, stage)) = self.stage_of(task) else { return };
        self.check_facts(stage, hand_in);
        if let Some(ballot) = &stage.ballot {
            return self.count(stage, ballot, task, hand_in);
        }
        let whole = stage.each != Each::Item;
        self.check_attachments_of_answer(stage, task, hand_in);
        let mut rows = self.fill_confirmed(stage, task, hand_in);
        self.check_marks(stage, &mut rows);
        let said: BTreeSet<u32> = rows.iter().filter_map(|(r, _)| r.item).collect();
        let said: Vec<u32> = said.into_iter().collect();
        let together = whole.then_some(&task.items).into_iter().flatten();
        for id in together.filter(|id| said.binary_search(id).is_err()) {
            let name = self.case.items.get(id).map(|i| item_name(self.program.workflow(), i)).unwrap_or_default();
            self.refuse("", format!("{name}没有填写办理结果。本环节须一并作出决定，请补全后重报。"));
        }
        if rows.is_empty() && !task.items.is_empty() {
            self.refuse("", "表中没有填写任何办理结果。");
        }
        for (row, place) in rows.iter_mut().filter(|(row, _)| row.assessor.is_none()) {
            self.fill_answer(stage, row);
            self.choose(stage, row, place);
        }
        self.check_chains(&rows);
        if !self.faults.is_empty() {
            return;
        }
        let left = task.items.len().saturating_sub(said.len());
        let taken = HandIn { rows: rows.clone(), fields: self.fill_head(stage, &hand_in.fields), ..hand_in.clone() };
        self.answered(task, &taken, left == 0);
        if stage.takes_several() {
            let place = rows.last().map(|(_, place)| place.clone()).unwrap_or_default();
            self.settle(stage, &said, &place);
            return;
        }
        self.first_answer_counts(task, &said);
        if stage.of_case {
            self.judge_case(Some(&stage.name));
        }
        self.follow(stage, task.batch, &rows);
    }

    /// Of several offices the first answer counts: the others are no longer asked of these items.
    fn first_answer_counts(&mut self, task: &Task, said: &[u32]) {
        let others = |t: &&Task| t.id != task.id && t.ask == Ask::Answer && t.stage == task.stage;
        for id in said {
            let asked: Vec<(u64, bool)> =
                self.case.tasks_of(*id).filter(others).map(|t| (t.id, t.items.iter().all(|i| i == id))).collect();
            for (other, alone) in asked {
                self.drop_from_task(other, *id, alone);
            }
        }
    }

    /// A form that asks for nothing per item answers for all of them by being handed in.
    fn fill_confirmed(&self, stage: &Stage, task: &Task, hand_in: &HandIn) -> Vec<(Row, String)> {
        if !stage.asks_each() && stage.score.is_none() {
            let row = |id: &u32| (Row { item: Some(*id), ..Row::default() }, String::new());
            return task.items.iter().map(row).collect();
        }
        let filled = |(row, _): &&(Row, String)| !row.is_blank() || stage.kind == Kind::File;
        hand_in.rows.iter().filter(filled).cloned().collect()
    }

    pub(super) fn check_attachments_of_answer(&mut self, stage: &Stage, task: &Task, hand_in: &HandIn) {
        if stage.attach.is_empty() {
            return;
        }
        let of_items = HandIn {
            rows: task
                .items
                .iter()
                .filter_map(|id| self.case.items.get(id))
                .map(|i| (Row { category: i.category.clone(), ..Row::default() }, String::new()))
                .collect(),
            ..hand_in.clone()
        };
        self.check_attachments(stage, &of_items);
    }

    /// Settles a row's outcome: the condition that holds first, or the one a person chose.
    pub(super) fn choose(&mut self, stage: &Stage, row: &mut Row, place: &str) {
        let Some(id) = row.item else { return };
        if stage.takes_several() && (computed(stage) || abstains(stage, row)) {
            return;
        }
        let computed = computed(stage) || stage.minutes().is_some();
        let only = stage.offered().next().filter(|_| stage.offered().count() == 1);
        if let Some(vote) = stage.minutes() {
            row.outcome = self.outcome_of_minutes(stage, vote, row, place);
            if row.outcome.is_none() {
                return;
            }
        } else if computed {
            row.outcome = self.first_true(stage, row, id);
        } else if row.outcome.is_none() {
            row.outcome = only.map(|o| o.name.clone());
        }
        let named =
            |name: &String| if computed { stage.outcomes.get(name) } else { stage.offered().find(|o| o.name == *name) };
        let Some(outcome) = row.outcome.as_ref().and_then(named) else {
            let allowed: Vec<&str> = stage.offered().map(|o| o.name.as_str()).collect();
            return self.refuse(place, format!("请选择办理结果（{}）。", allowed.join("、")));
        };
        self.check_target(stage, outcome, row, place);
        if outcome.reason && row.reason.is_none() {
            self.refuse(place, format!("选择“{}”须填写理由。", outcome.name));
        }
        if outcome.once && self.has_had(stage, outcome, id) {
            self.refuse(place, format!("“{}”对同一对象只能使用一次。", outcome.name));
        }
    }

    fn has_had(&self, stage: &Stage, outcome: &Outcome, id: u32) -> bool {
        let known = (stage.name.clone(), outcome.name.clone());
        self.case.item(id).is_some_and(|i| i.used.contains(&known))
    }

    pub(super) fn first_true(&mut self, stage: &Stage, row: &Row, id: u32) -> Option<String> {
        let trial = self.with_answer(stage, row, id);
        // what falls once at most, and has, is passed over
        let had = |o: &Outcome| o.once && self.has_had(stage, o, id);
        let offered: Vec<&Outcome> = stage.outcomes.values().filter(|o| o.when.is_none() || !had(o)).collect();
        for outcome in offered {
            let Some(when) = &outcome.when else { return Some(outcome.name.clone()) };
            match trial.holds(&when.source, &Target::Item(id)) {
                Ok(true) => return Some(outcome.name.clone()),
                Ok(false) => {}
                Err(why) => self.refuse("", format!("结果“{}”的条件无法判断：{why}。请联系管理员。", outcome.name)),
            }
        }
        None
    }

    /// What the rules would see if the row had been taken already.
    fn with_answer(&self, stage: &Stage, row: &Row, id: u32) -> std::sync::Arc<crate::case::eval::Sight> {
        let mut case = self.case.clone();
        if let Some(item) = case.items.get_mut(&id).map(std::sync::Arc::make_mut) {
            let answer = crate::case::Answer {
                fields: row.fields.clone(),
                outcome: row.outcome.clone(),
                reason: row.reason.clone(),
                batch: item.batch(),
                office: self.by.clone(),
                at: self.now,
            };
            item.answers.insert(stage.name.clone(), answer);
        }
        self.sight_in(&case)
    }

    /// What comes of answers that were taken: rules, papers, moves. `batch` is that of an answer about no item.
    pub(super) fn follow(&mut self, stage: &Stage, batch: Option<u32>, rows: &[(Row, String)]) {
        let chosen = |row: &Row| row.outcome.as_ref().and_then(|name| stage.outcomes.get(name));
        let forward: Vec<(u32, Row, String)> = rows
            .iter()
            .filter(|(r, _)| chosen(r).is_some_and(|o| o.go == Go::Next))
            .filter_map(|(r, p)| Some((r.item?, r.clone(), p.clone())))
            .collect();
        self.confirm_lists(stage, rows);
        let decided = |item: &crate::case::Item| passed(item, stage);
        self.check_quotas(stage, &forward, decided);
        self.check_fewest(stage, rows, decided);
        self.judge(&stage.name, &forward);
        self.check_open_sides(stage, &forward);
        if !self.faults.is_empty() {
            return;
        }
        let mut batches: Vec<u32> = rows.iter().filter_map(|(r, _)| self.case.items.get(&r.item?)?.batch()).collect();
        batches.extend(batch.filter(|_| rows.is_empty()));
        batches.sort_unstable();
        batches.dedup();
        // What is merged into another ends before the other goes on, so that whatever the other gets is made for both.
        let mut ordered: Vec<&Row> = rows.iter().map(|(row, _)| row).collect();
        ordered.sort_by_key(|row| row.merge_into.is_none());
        for row in ordered {
            let (Some(id), Some(outcome)) = (row.item, chosen(row)) else { continue };
            self.set_hold(id, Hold::Stay, false);
            self.act(&outcome.actions, &[id]);
            self.go(stage, id, outcome, row.reason.clone(), row.merge_into);
        }
        self.act_for_lists(stage, &forward.iter().map(|(id, ..)| *id).collect::<Vec<_>>());
        for batch in batches.into_iter().filter(|_| !stage.goes_together()) {
            self.order_stage_papers(stage, batch, false);
        }
    }

    /// No decision on an item while an objection to it is open (DESIGN §12).
    fn check_open_sides(&mut self, stage: &Stage, forward: &[(u32, Row, String)]) {
        if stage.kind != Kind::Decide {
            return self.check_papers_of_waiting(stage, forward);
        }
        let index = self.program.workflow().stage_index(&stage.name).unwrap_or_default();
        let raised = self.raised_before(index, stage).filter(|_| stage.of_case || !forward.is_empty());
        if let Some(of) = raised.map(|side| side.of.clone()) {
            self.refuse("", format!("本案尚有未办结的{of}，办结前不能作出决定。"));
        }
        for (id, _, place) in forward {
            let Some(item) = self.case.items.get(id) else { continue };
            let name = item_name(self.program.workflow(), item);
            let side =
                self.case.living_sides(*id).next().map(|s| format!("{name}尚有未办结的{}，办结前不能作出决定。", s.of));
            let asked = item.holds.iter().any(|h| matches!(h, Hold::Question(_)));
            let question =
                asked.then(|| format!("{name}尚有待定事项没有答复，答复前不能作出决定；不能等候的，可先选缓议。"));
            if let Some(say) = side.or(question) {
                self.faults.push(Fault::at(place.clone(), say));
            }
        }
    }

    /// What waits for its side items may be answered, and goes on when they have ended: the receipt says so. A paper about it
    /// would be out before that, so an answer that brings one is given when they have.
    fn check_papers_of_waiting(&mut self, stage: &Stage, forward: &[(u32, Row, String)]) {
        if stage.goes_together() {
            return;
        }
        let own = stage.each == Each::Item && stage.documents.iter().any(|d| !d.at_open);
        let mut waiting: Vec<(u32, String)> = Vec::new();
        for (id, row, place) in forward {
            let side = self.case.living_sides(*id).find(|side| stage.collects.contains(&side.of)).map(|s| s.of.clone());
            let Some(side) = side else { continue };
            let outcome = row.outcome.as_ref().and_then(|name| stage.outcomes.get(name));
            if own || outcome.is_some_and(|o| !o.documents.is_empty()) {
                let name = self.case.item(*id).map(|i| item_name(self.program.workflow(), i)).unwrap_or_default();
                let say =
                    format!("{name}尚有未办结的{side}，办结前不能这样答复：答复后文书即行发出。请待{side}办结后再报。");
                self.faults.push(Fault::at(place.clone(), say));
            }
            waiting.push((*id, side));
        }
        let mut kinds: Vec<&str> = waiting.iter().map(|(_, side)| side.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if !kinds.is_empty() {
            let named = self.named(&waiting.iter().map(|(id, _)| *id).collect::<Vec<_>>());
            let say = format!("{named}尚有未办结的{}，办结后才转入下一环节，此前仍在本环节等候。", kinds.join("、"));
            self.notes.push(say);
        }
    }

    /// Moves an item as its outcome says. What goes forward waits for the batch to be done.
    pub(super) fn go(
        &mut self,
        stage: &Stage,
        id: u32,
        outcome: &Outcome,
        reason: Option<String>,
        merged: Option<u32>,
    ) {
        match &outcome.go {
            Go::Next => {}
            Go::Stay => self.set_hold(id, Hold::Stay, true),
            Go::End(label) => self.end_item(id, label, Some(&outcome.name), reason.clone(), merged),
            Go::To(to) => self.move_item(id, to, outcome, reason.clone(), None, true),
            Go::Back(to, straight) => self.send_back(stage, id, to.as_deref(), *straight, outcome, reason.clone()),
        }
        self.move_about(id, outcome, reason);
    }

    pub(super) fn move_item(
        &mut self,
        id: u32,
        to: &str,
        outcome: &Outcome,
        reason: Option<String>,
        resume: Option<String>,
        anew: bool,
    ) {
        let Some(item) = self.case.items.get(&id) else { return };
        let (from, round) = (item.stage().unwrap_or_default().to_string(), item.round() + u32::from(anew));
        self.end_clocks(&ClockOf::Return(id));
        self.emit(Body::ItemMoved {
            item: id,
            from,
            to: to.to_string(),
            round,
            outcome: outcome.name.clone(),
            reason,
            // what comes back mended is answered otherwise; what never does has its code when it ends
            code: outcome.code.clone().filter(|_| !matches!(outcome.go, Go::Back(..))),
            resume,
            back: matches!(outcome.go, Go::Back(..)),
            straight: false,
            unjudged: false,
        });
    }

    /// The stage that takes in items like this one; none for a side item.
    pub(super) fn taken_in_by(&self, item: &Item) -> Option<&'a Stage> {
        taken_in_by(self.program.workflow(), item)
    }

    pub(super) fn send_back(
        &mut self,
        stage: &Stage,
        id: u32,
        to: Option<&str>,
        straight: bool,
        outcome: &Outcome,
        reason: Option<String>,
    ) {
        let program = self.program;
        let workflow = program.workflow();
        let Some(item) = self.case.items.get(&id).cloned() else { return };
        let target = to.and_then(|t| workflow.stage(t)).or_else(|| self.taken_in_by(&item));
        let Some(target) = target else { return };
        // from where it may not even have belonged it goes its route again
        let straight = straight && !item.is_unjudged();
        let resume = Some(if straight { stage.name.clone() } else { target.name.clone() });
        self.move_item(id, &target.name, outcome, reason, resume.filter(|r| *r != target.name), false);
        if target.kind == Kind::Recommend {
            self.set_hold(id, Hold::Returned, true);
            let owner = self.standing(&item.owner);
            self.open_task(None, Some(&target.name), &owner, vec![id], Ask::Correct);
        }
        let limit =
            outcome.within.as_ref().and_then(|limit| self.limit_of_one(limit, item.batch().unwrap_or_default(), id));
        if let Some((from, budget)) = limit {
            self.start_clock(ClockOf::Return(id), from, budget, false, Vec::new());
        }
    }
}

/// A vote neither for nor against.
fn abstains(stage: &Stage, row: &Row) -> bool {
    matches!(stage.sign, Sign::Vote(_)) && row.outcome.as_deref() == Some(ABSTAINS)
}

/// Whether an item left a stage forwards, or is about to.
fn passed(item: &crate::case::Item, stage: &Stage) -> bool {
    let chosen = item.answers.get(&stage.name).and_then(|a| a.outcome.as_ref()).and_then(|o| stage.outcomes.get(o));
    chosen.is_some_and(|o| o.go == Go::Next)
}

/// The stage at which offices hand in items of this kind.
pub(super) fn taken_in_by<'a>(workflow: &'a Workflow, item: &Item) -> Option<&'a Stage> {
    let takes_in = |s: &&Stage| s.kind == Kind::Recommend && workflow.means(&s.of, &item.of, item.category.as_deref());
    workflow.stages.iter().find(takes_in)
}
