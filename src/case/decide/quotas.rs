//! Quotas (LANGUAGE §8): how many of a group may come in or go on, how many must, and who says what is to be done otherwise.

use super::Deciding;
use crate::case::Item;
use crate::case::eval::Target;
use crate::case::event::{Ask, Body, Hold, QuestionAbout, Row};
use crate::case::lists::is_meant;
use crate::case::story::item_name;
use crate::offices::Offices;
use crate::workflow::{Bound, Over, Quota, Stage};
use std::collections::{BTreeMap, BTreeSet};

/// The answers about what is above a quota.
const ABOVE: [&str; 2] = ["准予超额", "不予超额"];
/// How an item ends that was not let through above a quota.
const NOT_ABOVE: &str = "超出名额";
/// The answers about an intake that took in too few.
const REOPEN: &str = "重开收件";
const GO_ON: &str = "继续办理";

/// Those of a group in one hand-in, and what the group has.
struct Excess<'r> {
    group: Vec<String>,
    max: i64,
    used: i64,
    here: Vec<u32>,
    members: Vec<&'r (u32, Row, String)>,
}

impl<'a> Deciding<'a> {
    /// Quotas of a stage over the groups these rows touch. `counts` says which of the items already there count.
    pub(super) fn check_quotas(&mut self, stage: &Stage, rows: &[(u32, Row, String)], counts: impl Fn(&Item) -> bool) {
        let workflow = self.program.workflow();
        for (place, quota) in stage.quota.iter().enumerate().filter(|(_, q)| q.max.is_some()) {
            let mut groups: BTreeMap<Vec<String>, Vec<&(u32, Row, String)>> = BTreeMap::new();
            for row in rows {
                let Some(item) = self.case.items.get(&row.0) else { continue };
                if is_meant(workflow, &quota.of, item) {
                    groups.entry(self.group(quota, item)).or_default().push(row);
                }
            }
            for (group, members) in groups {
                let here = self.of_group(stage, quota, &group, &counts);
                let used = here.len() as i64;
                let max = self.bound(quota.max.as_ref(), &group, here.clone()).filter(|max| used > *max);
                if let Some(max) = max {
                    self.over_quota(stage, (place, quota), &Excess { group, max, used, here, members });
                }
            }
        }
    }

    fn over_quota(&mut self, stage: &Stage, (place, quota): (usize, &Quota), excess: &Excess<'_>) {
        let Excess { group, max, used, members, .. } = excess;
        let over = used - max;
        let say = format!("{}名额{max}个，连同本次已报{used}个，超出{over}个。", self.names(stage, group));
        let reasoned = members.iter().any(|(_, row, _)| row.waiver.is_some());
        match quota.over {
            Over::Ask => self.ask_above((stage, place), &say, excess),
            Over::Reason if reasoned => self.notes.push(format!("{say}已记录情况说明。")),
            Over::Refuse | Over::Reason => {
                // who makes way for the others is the office's business
                let last = members.last().filter(|_| !stage.accept_rows);
                let place = last.map(|(_, _, place)| place.clone()).unwrap_or_default();
                let or = match quota.over {
                    Over::Reason => "；确需超出的，请在超出的一行填写情况说明",
                    Over::Refuse | Over::Ask => "",
                };
                self.refuse(place, format!("{say}请减去超出的人选后整表重报{or}。"));
            }
        }
    }

    /// Puts the question whether those above the quota may stay; the last of them wait for the answer. Of whom it was asked
    /// before, it is not asked again.
    fn ask_above(&mut self, (stage, quota): (&Stage, usize), say: &str, excess: &Excess<'_>) {
        let known: BTreeSet<u32> = self.asked_above(&stage.name, quota);
        let asked = excess.here.iter().filter(|id| known.contains(id)).count() as i64;
        let fresh: Vec<u32> = excess.members.iter().map(|(id, ..)| *id).filter(|id| !known.contains(id)).collect();
        let extra = usize::try_from(excess.used - excess.max - asked).unwrap_or(0).min(fresh.len());
        let items = fresh[fresh.len() - extra..].to_vec();
        if items.is_empty() {
            return;
        }
        let workflow = self.program.workflow();
        let names: Vec<String> =
            items.iter().filter_map(|id| self.case.item(*id)).map(|i| item_name(workflow, i)).collect();
        let text = format!("{say}是否准予{}超额？不予超额的，以“{NOT_ABOVE}”办结。", names.join("、"));
        let opener = self.standing(&self.case.opener);
        let about = QuestionAbout::Above { stage: stage.name.clone(), quota, items: items.clone() };
        let question = self.ask(&opener, text, ABOVE.map(str::to_string).to_vec(), about);
        for item in items {
            self.set_hold(item, Hold::Question(question), true);
        }
    }

    /// Items about which it was asked whether they may be above this quota of a stage.
    fn asked_above(&self, stage: &str, place: usize) -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        for question in self.case.questions.values() {
            if let QuestionAbout::Above { stage: of, quota, items } = &question.about
                && (of.as_str(), *quota) == (stage, place)
            {
                found.extend(items.iter().copied());
            }
        }
        found
    }

    /// What follows from the answer about items above a quota.
    pub(super) fn above_answered(&mut self, question: u32, items: &[u32], granted: bool, reason: Option<&String>) {
        for item in items {
            self.set_hold(*item, Hold::Question(question), false);
            if !granted {
                self.end_item(*item, NOT_ABOVE, None, reason.cloned(), None);
            }
        }
    }

    /// An intake has closed: where it took in fewer than it must, the opener says whether it opens again or the case goes on.
    pub(super) fn check_minimum(&mut self, stage: &Stage) {
        let mut short = Vec::new();
        let mut offices: BTreeSet<String> = BTreeSet::new();
        let mut everybody = false;
        for quota in stage.quota.iter().filter(|q| q.min.is_some()) {
            let owner = quota.per.iter().position(|by| by == "owner");
            for group in self.groups_expected(stage, quota) {
                let here = self.of_group(stage, quota, &group, &|_| true);
                let has = here.len() as i64;
                let Some(min) = self.bound(quota.min.as_ref(), &group, here).filter(|min| has < *min) else { continue };
                short.push(format!("{}应报不少于{min}个，实报{has}个", self.names(stage, &group)));
                match owner.and_then(|at| group.get(at)) {
                    Some(office) => drop(offices.insert(office.clone())),
                    None => everybody = true,
                }
            }
        }
        if short.is_empty() {
            return;
        }
        let offices = if everybody { Vec::new() } else { offices.into_iter().collect() };
        let opener = self.standing(&self.case.opener);
        let text = format!(
            "“{}”收件已结束，但{}。请选择：{REOPEN}，由其补报；或{GO_ON}，并写明理由。",
            stage.title,
            short.join("；")
        );
        let about = QuestionAbout::Short { stage: stage.name.clone(), offices };
        self.ask(&opener, text, vec![REOPEN.to_string(), GO_ON.to_string()], about);
    }

    /// Where too few of a group go on at a stage that takes them together, whoever answers it says why. Of whom some are still
    /// to come there, it is not known yet.
    pub(super) fn check_fewest(&mut self, stage: &Stage, rows: &[(Row, String)], goes_on: impl Fn(&Item) -> bool) {
        let workflow = self.program.workflow();
        let index = workflow.stage_index(&stage.name);
        let reasoned = rows.iter().any(|(row, _)| row.waiver.is_some());
        let answered: BTreeSet<u32> = rows.iter().filter_map(|(row, _)| row.item).collect();
        for quota in stage.quota.iter().filter(|q| q.min.is_some()) {
            for group in self.groups_expected(stage, quota) {
                let to_come = self.of_group(stage, quota, &group, &|item: &Item| {
                    let at = item.stage().and_then(|at| workflow.stage_index(at));
                    at.is_some() && at <= index && !answered.contains(&item.id)
                });
                let here = self.of_group(stage, quota, &group, &goes_on);
                let has = here.len() as i64;
                let min = self.bound(quota.min.as_ref(), &group, here).filter(|min| has < *min && to_come.is_empty());
                let Some(min) = min else { continue };
                let say = format!("{}应不少于{min}个，现为{has}个", self.names(stage, &group));
                if reasoned {
                    self.notes.push(format!("{say}。已记录情况说明。"));
                } else {
                    self.refuse("", format!("{say}；确需如此的，请在“情况说明”栏写明理由后重报。"));
                }
            }
        }
    }

    /// Whether an answer about too few may stand: going on wants a reason.
    pub(super) fn goes_on_with_reason(&mut self, answer: &str, reason: Option<&String>) -> bool {
        let bare = answer == GO_ON && reason.is_none_or(|r| r.trim().is_empty());
        if bare {
            self.refuse("理由", format!("选择“{GO_ON}”须填写理由。"));
        }
        !bare
    }

    pub(super) fn short_answered(&mut self, stage: &str, offices: &[String], answer: &str) {
        let program = self.program;
        if let Some(stage) = program.workflow().stage(stage).filter(|_| answer == REOPEN) {
            self.reopen_intake(stage, "报送不足，重开收件", offices);
        }
    }

    /// Opens an intake again for these offices, or for everybody who is expected.
    pub(super) fn reopen_intake(&mut self, stage: &Stage, why: &str, offices: &[String]) {
        let Some(intake) = self.case.intakes.get(&stage.name).filter(|i| i.closed).cloned() else { return };
        self.emit(Body::IntakeClosed {
            stage: stage.name.clone(),
            key: String::new(),
            missing: Vec::new(),
            why: why.to_string(),
            reopened: true,
        });
        self.overtake_questions(
            |asked| {
                matches!(asked, QuestionAbout::Short { stage: s, .. } | QuestionAbout::LeftOut { stage: s } if *s == stage.name)
            },
            "已重开收件",
        );
        let theirs =
            |office: &String| offices.is_empty() || offices.iter().any(|o| self.standing(o) == self.standing(office));
        let asked: Vec<String> =
            if stage.from.opens_itself() { Vec::new() } else { intake.expected.into_iter().filter(theirs).collect() };
        // who was late still has his workbook where late items come in a next round
        let has_one = |this: &Self, office: &String| {
            this.case.tasks_in(intake.batch).any(|t| t.ask == Ask::Nominate && t.office == *office)
        };
        for office in asked {
            if has_one(self, &office) {
                continue;
            }
            self.open_task(Some(intake.batch), Some(&stage.name), &office, Vec::new(), Ask::Nominate);
        }
        self.run_again(intake.batch);
        self.pass_on();
    }

    /// Whether it is asked what is to become of what an intake took in.
    pub(super) fn is_asked_about(&self, intake: &str) -> bool {
        self.case.open_questions().any(|q| {
            matches!(&q.about, QuestionAbout::Short { stage, .. } | QuestionAbout::LeftOut { stage } if stage == intake)
        })
    }

    /// Every group of a quota an intake might have had: of its offices, its categories, and whatever else there is.
    fn groups_expected(&self, stage: &Stage, quota: &Quota) -> Vec<Vec<String>> {
        let workflow = self.program.workflow();
        let there: Vec<Vec<String>> = self
            .case
            .all_items()
            .filter(|i| is_meant(workflow, &stage.of, i) && is_meant(workflow, &quota.of, i))
            .map(|i| self.group(quota, i))
            .collect();
        let last = quota.per.len().saturating_sub(1);
        let mut groups: Vec<Vec<String>> = vec![Vec::new()];
        for (at, by) in quota.per.iter().enumerate() {
            let mut values: BTreeSet<String> = there.iter().filter_map(|g| g.get(at).cloned()).collect();
            if by == "owner" {
                let expected = self.case.intake(&stage.name, "").map(|i| i.expected.clone()).unwrap_or_default();
                values.extend(expected.iter().map(|o| self.standing(o)));
            }
            if by == "category" {
                let of = if quota.of.is_empty() { &stage.of } else { &quota.of };
                values.extend(workflow.pairs(of).into_iter().filter_map(|p| p.category));
            }
            match &quota.min {
                Some(Bound::Table(table)) if at == last => values.extend(table.keys().cloned()),
                // a row of the table for every value
                Some(Bound::Param(param)) if last == 0 => {
                    let rows = self.case.params.get(param).and_then(|v| v.as_object());
                    let keyed = rows.into_iter().filter(|rows| rows.values().any(|row| row.is_object()));
                    values.extend(keyed.flat_map(|rows| rows.keys()).map(|key| self.standing(key)));
                }
                Some(Bound::Table(_) | Bound::Param(_) | Bound::Number(_) | Bound::Expression(_)) | None => {}
            }
            let extended = |group: &Vec<String>| {
                let group = group.clone();
                values
                    .iter()
                    .map(move |value| group.iter().cloned().chain([value.clone()]).collect())
                    .collect::<Vec<_>>()
            };
            groups = groups.iter().flat_map(extended).collect();
        }
        groups
    }

    /// Whom a quota speaks of: the group, or all who come to the stage.
    fn names(&self, stage: &Stage, group: &[String]) -> String {
        let names: Vec<String> = group.iter().map(|g| self.ledgers.offices.title(g).to_string()).collect();
        if names.is_empty() { format!("“{}”", stage.title) } else { names.join("、") }
    }

    fn group(&self, quota: &Quota, item: &Item) -> Vec<String> {
        quota.per.iter().map(|by| super::gate::group_value(&self.ledgers.offices, item, by)).collect()
    }

    /// The items of the group that count: those nominated at an intake, those going forward at a later stage.
    fn of_group(&self, stage: &Stage, quota: &Quota, group: &[String], counts: &impl Fn(&Item) -> bool) -> Vec<u32> {
        let workflow = self.program.workflow();
        let here = |item: &&Item| {
            (item.lives() || item.label() == Some("办结"))
                && is_meant(workflow, &quota.of, item)
                && is_meant(workflow, &stage.of, item)
                && self.group(quota, item) == group
                && counts(item)
        };
        self.case.all_items().filter(here).map(|i| i.id).collect()
    }

    /// What a quota allows a group; None when nothing is said of it. An expression is judged over the group's items.
    fn bound(&mut self, bound: Option<&Bound>, group: &[String], members: Vec<u32>) -> Option<i64> {
        let Bound::Expression(expression) = bound? else {
            return bound_of(&self.ledgers.offices, &self.case.params, bound?, group);
        };
        match self.sight().value(&expression.source, &Target::Group(members)) {
            Ok(value) => crate::case::eval::whole_part(&value),
            Err(why) => {
                self.refuse("", format!("名额无法计算：{why}。请联系管理员核对流程定义。"));
                None
            }
        }
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
        // judged where the items are at hand
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
