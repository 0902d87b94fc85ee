//! Nominations: items come to be, within quota, once each, with what is demanded beside them.

use super::Deciding;
use crate::case::command::HandIn;
use crate::case::event::{Body, Hold, Row, TaskEnd};
use crate::case::lists::is_meant;
use crate::case::story::item_name;
use crate::case::{Item, Task};
use crate::offices::Offices;
use crate::workflow::{Bound, Kind, Over, Quota, Stage, TwinsThen};
use std::collections::BTreeMap;

/// Items by type and identity.
type Twins = BTreeMap<(String, String), u32>;

/// What an item is known by: the values of the fields its type names.
fn identity(
    of: &crate::workflow::ItemType,
    owner: &str,
    fields: &crate::case::Fields,
    category: Option<&str>,
    about: Option<u32>,
) -> String {
    let value = |name: &String| match name.as_str() {
        "category" => category.unwrap_or_default().to_string(),
        "owner" => owner.to_string(),
        "about" => about.map(|id| id.to_string()).unwrap_or_default(),
        other => fields.get(other).map(ToString::to_string).unwrap_or_default(),
    };
    of.identity.iter().map(value).collect::<Vec<_>>().join("\u{1f}")
}

/// What is known of an item that is mended: what it had, and what is said now.
fn own_and_said(item: &Item, row: &Row) -> crate::case::Fields {
    let mut fields = item.fields.clone();
    fields.extend(row.fields.clone());
    fields
}

/// What an item is known by.
pub(super) fn identity_of(of: &crate::workflow::ItemType, item: &Item) -> String {
    identity(of, &item.owner, &item.fields, item.category.as_deref(), item.about)
}

impl<'a> Deciding<'a> {
    pub(super) fn nominate(&mut self, task: &Task, hand_in: &HandIn) {
        let Some((index, stage)) = self.stage_of(task) else { return };
        if self.case.intake_of(task).is_some_and(|i| i.closed) && !stage.late_items_next_round {
            self.refuse("", format!("“{}”已结束收件。", stage.title));
            return;
        }
        let here = |i: &Item| i.about.is_none() || stage.of.contains(&i.of);
        let earlier = self.case.items.values().any(|i| self.standing(&i.owner) == task.office && here(i));
        if hand_in.rows.is_empty() && !(earlier && hand_in.complete) {
            self.refuse("", "表中没有填写任何对象。没有推荐对象的，请交“表样”中的“无推荐对象”表。");
        }
        if hand_in.rows.len() > 1 && self.program.workflow().only_type().is_some() {
            self.refuse("", "本案只办一件，请只填写一行；其余的另行发起。");
        }
        self.check_attachments(stage, hand_in);
        let mut opened = Vec::new();
        let mut twins = self.twins();
        let period = self.period_fields(task.batch);
        if hand_in.rows.len() > 1 && !period.is_empty() {
            self.refuse("", "每期只报一份，请只填写一行。");
        }
        for (row, place) in &hand_in.rows {
            let mut row = row.clone();
            row.fields.extend(period.clone());
            let Some(of) = self.type_of(stage, &row) else {
                self.refuse(place.clone(), "看不出推荐的是哪一类对象，请填在相应的工作表内，或写明类别。");
                continue;
            };
            let about = self.about_of(&of, &mut row, place);
            let row = &row;
            self.look_for_twin(&twins, &of, &task.office, row, (None, about), place);
            self.look_for_private(&of, row, place);
            let id = self.next_item();
            if let Some(definition) = self.program.workflow().items.get(&of).filter(|d| !d.identity.is_empty()) {
                let known = identity(definition, &task.office, &row.fields, row.category.as_deref(), about);
                twins.insert((of.clone(), known), id);
            }
            self.open_item(Body::ItemOpened {
                item: id,
                of,
                category: row.category.clone(),
                owner: task.office.clone(),
                about,
                stage: stage.name.clone(),
                fields: row.fields.clone(),
                waiver: row.waiver.clone(),
                submission: Some(hand_in.submission.clone()),
            });
            if let Some(about) = about {
                self.hold_for_side(about, id);
            }
            opened.push((id, row.clone(), place.clone()));
        }
        self.check_quotas(stage, &opened, |_| true);
        self.judge(&stage.name, &opened);
        if !self.faults.is_empty() {
            return;
        }
        self.answered(task, hand_in, hand_in.complete);
        let outcome = stage.outcomes.keys().next().cloned().unwrap_or_default();
        self.act(&stage.actions, &opened.iter().map(|(id, ..)| *id).collect::<Vec<_>>());
        for (id, ..) in opened {
            self.onward(id, index + 1, &outcome, None, None);
        }
    }

    /// The stage a task belongs to, with its place in the list.
    pub(super) fn stage_of(&mut self, task: &Task) -> Option<(usize, &'a Stage)> {
        let workflow = self.program.workflow();
        let found = task.stage.as_ref().and_then(|name| Some((workflow.stage_index(name)?, workflow.stage(name)?)));
        if found.is_none() {
            self.refuse("", "这项待办所属的环节已不存在，请联系管理员。");
        }
        found
    }

    /// The type a nominated row is of: the one whose category it names, or the stage's only one.
    fn type_of(&self, stage: &Stage, row: &Row) -> Option<String> {
        let workflow = self.program.workflow();
        let takes = |of: &&crate::workflow::ItemType| match &row.category {
            Some(category) => {
                of.categories.contains_key(category) && workflow.means(&stage.of, &of.name, Some(category))
            }
            None => of.categories.is_empty() && workflow.means(&stage.of, &of.name, None),
        };
        let main_or_named = |of: &&crate::workflow::ItemType| of.about.is_none() || stage.of.contains(&of.name);
        workflow.items.values().filter(main_or_named).find(takes).map(|of| of.name.clone())
    }

    /// A mended item comes back: what changed is recorded, and it goes on where it was returned.
    pub(super) fn correct(&mut self, task: &Task, hand_in: &HandIn) {
        let Some((index, stage)) = self.stage_of(task) else { return };
        self.check_attachments(stage, hand_in);
        let mut mended = Vec::new();
        let twins = self.twins();
        for (row, place) in &hand_in.rows {
            let Some(item) = row.item.and_then(|id| self.case.items.get(&id)).cloned() else { continue };
            self.look_for_twin(
                &twins,
                &item.of,
                &item.owner,
                &Row { category: item.category.clone(), fields: own_and_said(&item, row), ..row.clone() },
                (Some(item.id), item.about),
                place,
            );
            self.look_for_private(&item.of, row, place);
            let mut changed = row.fields.clone();
            changed.retain(|name, value| item.fields.get(name) != Some(value));
            let changed = self.changed_with_computed(item.id, changed);
            if !changed.is_empty() {
                self.emit(Body::ItemChanged { item: item.id, fields: changed.clone(), why: "补正".to_string() });
            }
            let named = Row { category: item.category.clone(), ..row.clone() };
            mended.push((item, named, place.clone(), changed));
        }
        let rows: Vec<_> = mended.iter().map(|(i, r, p, _)| (i.id, r.clone(), p.clone())).collect();
        self.check_quotas(stage, &rows, |_| true);
        self.judge(&stage.name, &rows);
        if !self.faults.is_empty() {
            return;
        }
        let left = task.items.iter().filter(|i| !rows.iter().any(|(id, ..)| id == *i)).count();
        self.answered(task, hand_in, left == 0);
        for (item, _, _, changed) in mended {
            self.set_hold(item.id, Hold::Returned, false);
            self.end_clocks(&crate::case::event::ClockOf::Return(item.id));
            let outcome = stage.outcomes.keys().next().cloned().unwrap_or_default();
            let straight = item.resume.clone().and_then(|to| self.straight(&item, &to, &changed));
            match straight {
                Some(to) => {
                    let round = item.round();
                    self.emit(Body::ItemMoved {
                        item: item.id,
                        from: stage.name.clone(),
                        to,
                        round,
                        outcome,
                        reason: None,
                        code: None,
                        resume: None,
                        back: false,
                    });
                }
                None => self.onward(item.id, index + 1, &outcome, None, None),
            }
        }
    }

    /// Where a mended item goes straight to: the stage that returned it, or a notice before it whose public fields changed.
    fn straight(&self, item: &Item, to: &str, changed: &crate::case::Fields) -> Option<String> {
        let workflow = self.program.workflow();
        let (from, until) = (workflow.stage_index(item.stage()?)?, workflow.stage_index(to)?);
        let public = workflow.items.get(&item.of).map(|t| t.public.as_slice()).unwrap_or_default();
        let notices_change = changed.keys().any(|k| public.contains(k));
        let notice = workflow
            .stages
            .iter()
            .take(until)
            .skip(from)
            .find(|s| s.kind == Kind::Publicise && !s.of_case && is_meant(workflow, &s.of, item));
        Some(notice.filter(|_| notices_change).map_or_else(|| to.to_string(), |s| s.name.clone()))
    }

    pub(super) fn check_attachments(&mut self, stage: &Stage, hand_in: &HandIn) {
        let workflow = self.program.workflow();
        for demanded in &stage.attach {
            let wanted = demanded.of.is_empty()
                || hand_in.rows.iter().any(|(row, _)| {
                    workflow.items.values().any(|t| workflow.means(&demanded.of, &t.name, row.category.as_deref()))
                });
            let there = hand_in.attachments.iter().any(|a| a.name.contains(&demanded.name));
            if wanted && !there {
                self.refuse(
                    "",
                    format!("缺少附件“{0}”。请把表格和“{0}”的扫描件放进同一个文件夹（文件名中含“{0}”），再把整个文件夹放入“交件”。", demanded.name),
                );
            }
        }
    }

    /// The same person or organisation again is seen by identity, not by the file (LANGUAGE §5 `twins`).
    fn look_for_twin(
        &mut self,
        twins: &Twins,
        of: &str,
        owner: &str,
        row: &Row,
        (own, about): (Option<u32>, Option<u32>),
        place: &str,
    ) {
        let workflow = self.program.workflow();
        let Some(definition) = workflow.items.get(of) else { return };
        let known =
            twins.get(&(of.to_string(), identity(definition, owner, &row.fields, row.category.as_deref(), about)));
        let Some(twin) = known.filter(|id| Some(**id) != own).and_then(|id| self.case.item(*id)).cloned() else {
            return;
        };
        let whose = self.ledgers.offices.title(&twin.owner).to_string();
        let say = format!("{}已由{whose}报送过，不能重复报送。", item_name(workflow, &twin));
        match definition.twins.then {
            TwinsThen::Refuse | TwinsThen::Ask => self.refuse(place, say),
            TwinsThen::Note => self.notes.push(say),
        }
    }

    /// Living items by what they are known by; types without an identity have no twins.
    fn twins(&self) -> Twins {
        let workflow = self.program.workflow();
        let known = self.case.living().filter_map(|item| {
            let definition = workflow.items.get(&item.of).filter(|d| !d.identity.is_empty())?;
            Some(((item.of.clone(), identity_of(definition, item)), item.id))
        });
        known.collect()
    }

    /// What will be public may hold no private particulars: who wrote them is told before anybody prints them.
    fn look_for_private(&mut self, of: &str, row: &Row, place: &str) {
        let program = self.program;
        let Some(definition) = program.workflow().items.get(of) else { return };
        for field in definition.public.iter().filter_map(|name| definition.fields.get(name)) {
            let text = row.fields.get(&field.name).and_then(|v| v.as_str()).unwrap_or_default();
            let found = program.proof.private(text);
            if !found.is_empty() {
                let say = format!("“{}”将对外公开，其中含有{}，请删去后重报。", field.title, found.join("、"));
                self.refuse(place, say);
            }
        }
    }

    /// Quotas of a stage over the groups these rows touch. `counts` says which of the items already there count.
    pub(super) fn check_quotas(&mut self, stage: &Stage, rows: &[(u32, Row, String)], counts: impl Fn(&Item) -> bool) {
        let workflow = self.program.workflow();
        for quota in &stage.quota {
            let mut groups: BTreeMap<Vec<String>, Vec<&(u32, Row, String)>> = BTreeMap::new();
            for row in rows {
                let Some(item) = self.case.items.get(&row.0) else { continue };
                if is_meant(workflow, &quota.of, item) {
                    groups.entry(self.group(quota, item)).or_default().push(row);
                }
            }
            let mut over = Vec::new();
            for (group, members) in &groups {
                let used = self.used(stage, quota, group, &counts);
                if let Some(max) = self.bound(quota.max.as_ref(), group).filter(|max| used > *max) {
                    over.push((
                        group.clone(),
                        max,
                        used,
                        members.iter().map(|m| (m.1.clone(), m.2.clone())).collect::<Vec<_>>(),
                    ));
                }
            }
            for (group, max, used, members) in over {
                self.over_quota(quota, &group, max, used, &members);
            }
        }
    }

    fn over_quota(&mut self, quota: &Quota, group: &[String], max: i64, used: i64, members: &[(Row, String)]) {
        let names: Vec<String> = group.iter().map(|g| self.ledgers.offices.title(g).to_string()).collect();
        let say = format!(
            "{}名额{max}个，连同本次已报{used}个，超出{}个。请减去超出的人选后整表重报。",
            names.join("、"),
            used - max
        );
        let reasoned = members.iter().any(|(row, _)| row.waiver.is_some());
        if quota.over == Over::Reason && reasoned {
            self.notes.push(say);
            return;
        }
        let place = members.last().map(|(_, place)| place.clone()).unwrap_or_default();
        self.refuse(place, say);
    }

    fn group(&self, quota: &Quota, item: &Item) -> Vec<String> {
        quota.per.iter().map(|by| super::gate::group_value(&self.ledgers.offices, item, by)).collect()
    }

    /// How many items of the group count: those nominated at an intake, those going forward at a later stage.
    fn used(&self, stage: &Stage, quota: &Quota, group: &[String], counts: &impl Fn(&Item) -> bool) -> i64 {
        let workflow = self.program.workflow();
        let here = |item: &&Item| {
            (item.lives() || item.label() == Some("办结"))
                && is_meant(workflow, &quota.of, item)
                && is_meant(workflow, &stage.of, item)
                && self.group(quota, item) == group
                && counts(item)
        };
        self.case.all_items().filter(here).count() as i64
    }

    /// What a quota allows a group; None when nothing is said of it.
    pub(in crate::case) fn bound(&self, bound: Option<&Bound>, group: &[String]) -> Option<i64> {
        bound_of(&self.ledgers.offices, &self.case.params, bound?, group)
    }

    pub(super) fn decline(&mut self, task: u64, reason: &str, submission: &str) {
        let Some(task) = self.case.tasks.get(&task).filter(|t| t.closed.is_none()).cloned() else {
            self.refuse("", "没有这项待办，或已经办结。");
            return;
        };
        let Some((_, stage)) = self.stage_of(&task) else { return };
        if task.office != self.by || stage.kind != Kind::Recommend || !stage.decline {
            self.refuse("", "这项待办不能以“无推荐”答复。");
            return;
        }
        self.emit(Body::TaskAnswered {
            task: task.id,
            submission: submission.to_string(),
            fields: crate::case::Fields::new(),
            rows: Vec::new(),
            attachments: Vec::new(),
            declined: Some(reason.to_string()),
            complete: true,
            part: false,
            count: None,
        });
        self.emit(Body::TaskClosed { task: task.id, why: TaskEnd::Answered });
    }
}

/// Walks a param table by the group's values; a row of one column stands for its value. What a table gives an office that
/// is gone adds to what it gives its successor.
pub(in crate::case) fn bound_of(
    offices: &Offices,
    params: &crate::case::Fields,
    bound: &Bound,
    group: &[String],
) -> Option<i64> {
    match bound {
        Bound::Number(n) => Some(*n),
        Bound::Table(table) => {
            let key = group.last()?;
            table.iter().filter(|(id, _)| offices.standing(id) == key).map(|(_, n)| *n).reduce(i64::saturating_add)
        }
        Bound::Expression(_) => None,
        Bound::Param(name) => {
            let mut value = params.get(name)?.clone();
            for key in group {
                let Some(rows) = value.as_object() else { break };
                match offices.rows_standing(rows).shift_remove(key) {
                    Some(inner) => value = inner,
                    None => return Some(0),
                }
            }
            match value.as_object() {
                Some(row) if row.len() == 1 => row.values().next()?.as_i64(),
                Some(_) | None => value.as_i64(),
            }
        }
    }
}
