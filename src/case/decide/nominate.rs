//! Nominations: items come to be, within quota, once each, with what is demanded beside them.

use super::Deciding;
use super::movement::Leg;
use super::twins::{Known, Suspected};
use crate::case::command::HandIn;
use crate::case::event::{Body, Hold, Row, TaskEnd};
use crate::case::fold::change;
use crate::case::public_numbers;
use crate::case::{Item, Task};
use crate::submission::texts;
use crate::workflow::{Kind, Stage};
use serde_json::Value;

/// What is known of an item that is mended: what it had, and what is said now.
fn own_and_said(item: &Item, row: &Row) -> crate::case::Fields {
    let mut fields = item.fields.clone();
    change(&mut fields, &row.fields);
    fields
}

/// What is said of an attachment that is not there.
pub fn not_beside(name: &str) -> String {
    format!(
        "缺少附件“{name}”。请把表格和“{name}”的扫描件放进同一个文件夹（文件名中含“{name}”），再把整个文件夹放入“交件”。"
    )
}

impl<'a> Deciding<'a> {
    pub(super) fn nominate(&mut self, task: &Task, hand_in: &HandIn) {
        let Some((index, stage)) = self.stage_of(task) else { return };
        if self.case.intake_of(task).is_some_and(|i| i.closed) && !stage.late_items_next_round {
            return self.refuse("", format!("“{}”已结束收件。", stage.title));
        }
        let workflow = self.program.workflow();
        let here = |i: &Item| !workflow.is_side(&i.of) || stage.of.contains(&i.of);
        let earlier = self.case.items.values().any(|i| self.standing(&i.owner) == task.office && here(i));
        if hand_in.rows.is_empty() && !(earlier && hand_in.complete) {
            self.refuse("", "表中没有填写任何对象。没有推荐对象的，请交“表样”中的“无推荐对象”表。");
        }
        if hand_in.rows.len() > 1 && self.program.workflow().only_type().is_some() {
            self.refuse("", "本案只办一件，请只填写一行；其余的另行发起。");
        }
        self.check_facts(stage, hand_in);
        self.check_attachments(stage, hand_in);
        let mut opened = Vec::new();
        let mut suspected = Vec::new();
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
            self.fill_item(Some(stage), &of, row.category.as_deref(), &mut row.fields);
            let (row, id) = (&row, self.next_item());
            let known = Known { about, ..Known::said(&of, &task.office, row) };
            let faults = self.faults.len();
            suspected.extend(self.look_for_twin(&twins, &known, id, place));
            let again = self.faults.len() > faults;
            self.look_for_private(&of, row, place);
            if again {
                // who is there already takes no place a second time
                continue;
            }
            twins.insert(self.program.workflow(), &known, id);
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
        if self.faults.is_empty() {
            self.answered(task, hand_in, hand_in.complete);
            self.ask_about_twins(suspected);
            self.nominated(task, (index, stage), opened);
        }
    }

    /// Who is in goes on, or waits for the copies that follow on paper.
    fn nominated(&mut self, task: &Task, (index, stage): (usize, &Stage), opened: Vec<(u32, Row, String)>) {
        let outcome = stage.outcomes.keys().next().cloned().unwrap_or_default();
        self.act(&stage.actions, &opened.iter().map(|(id, ..)| *id).collect::<Vec<_>>());
        if stage.paper > 0 && !opened.is_empty() {
            self.await_copies(stage, task.batch, opened.iter().map(|(id, ..)| *id).collect());
            return;
        }
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
        self.check_facts(stage, hand_in);
        self.check_attachments(stage, hand_in);
        let mut mended = Vec::new();
        let mut suspected: Vec<Suspected> = Vec::new();
        let twins = self.twins();
        for (row, place) in &hand_in.rows {
            let Some(item) = row.item.and_then(|id| self.case.items.get(&id)).cloned() else { continue };
            let now = Row { category: item.category.clone(), fields: own_and_said(&item, row), ..row.clone() };
            let known = Known { about: item.about, ..Known::said(&item.of, &item.owner, &now) };
            suspected.extend(self.look_for_twin(&twins, &known, item.id, place));
            self.look_for_private(&item.of, row, place);
            let mut changed = row.fields.clone();
            changed.retain(|name, value| item.fields.get(name).unwrap_or(&Value::Null) != value);
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
        self.ask_about_twins(suspected);
        for (item, _, _, changed) in mended {
            self.set_hold(item.id, Hold::Returned, false);
            self.end_clocks(&crate::case::event::ClockOf::Return(item.id));
            let outcome = stage.outcomes.keys().next().cloned().unwrap_or_default();
            match item.resume.clone() {
                Some(returner) => {
                    let round = item.round();
                    let leg = self.straight(&item, &returner, &changed);
                    // from a notice that is made again it goes straight on
                    let resume = (leg.to != returner).then_some(returner);
                    self.emit(Body::ItemMoved {
                        item: item.id,
                        from: stage.name.clone(),
                        to: leg.to,
                        round,
                        outcome,
                        reason: None,
                        code: None,
                        straight: resume.is_some(),
                        resume,
                        back: false,
                        unjudged: leg.unjudged,
                    });
                }
                None => self.onward(item.id, index + 1, &outcome, None, None),
            }
        }
    }

    /// Where a mended item goes straight to: the stage that returned it, or a notice before it that shows what changed.
    fn straight(&mut self, item: &Item, to: &str, changed: &crate::case::Fields) -> Leg {
        let workflow = self.program.workflow();
        let public = workflow.items.get(&item.of).map(|t| t.public.as_slice()).unwrap_or_default();
        let changed = changed.keys().any(|k| public.contains(k));
        let from = item.stage().and_then(|s| workflow.stage_index(s)).unwrap_or_default();
        self.notice_on_the_way(item, from, to, changed).unwrap_or_else(|| Leg::to(to))
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
                self.refuse("", not_beside(&demanded.name));
            }
        }
    }

    /// What will be public may hold no private particulars: who wrote them is told before anybody prints them.
    pub(super) fn look_for_private(&mut self, of: &str, row: &Row, place: &str) {
        let program = self.program;
        let Some(definition) = program.workflow().items.get(of) else { return };
        let allowed = public_numbers(program, &self.case, &self.ledgers.offices);
        for field in definition.public.iter().filter_map(|name| definition.fields.get(name)) {
            let said = row.fields.get(&field.name).map(texts).unwrap_or_default();
            let mut found: Vec<String> =
                said.into_iter().flat_map(|text| program.proof.private(text, &allowed)).collect();
            found.dedup();
            if !found.is_empty() {
                let say = format!("“{}”将对外公开，其中含有{}，请删去后重报。", field.title, found.join("、"));
                self.refuse(place, say);
            }
        }
    }

    pub(super) fn decline(&mut self, task: u64, reason: &str, submission: &str) {
        let Some(task) = self.case.tasks.get(&task).filter(|t| t.closed.is_none()).cloned() else {
            return self.refuse("", "没有这项待办，或已经办结。");
        };
        let Some((_, stage)) = self.stage_of(&task) else { return };
        if task.office != self.by || stage.kind != Kind::Recommend || !stage.decline {
            return self.refuse("", "这项待办不能以“无推荐”答复。");
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
            saw: Vec::new(),
        });
        self.emit(Body::TaskClosed { task: task.id, why: TaskEnd::Answered });
    }
}
