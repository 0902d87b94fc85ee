//! What owners and operators may do beside answering: withdraw, take back, ask for return, close an intake, hold, cancel.

use super::Deciding;
use super::answer::taken_in_by;
pub(in crate::case) use super::replace::acted_upon;
use super::replace::of_task;
use super::side::decided_at;
use crate::case::event::{Ask, Body, CaseEnd, Fields, Hold, QuestionAbout, TOLD, TaskEnd};
use crate::case::story::item_name;
use crate::case::{Case, Item, Life, Task};
use crate::workflow::{Kind, Workflow};

impl Deciding<'_> {
    /// The owner withdraws an item nobody has decided on yet.
    pub(super) fn withdraw(&mut self, id: u32, reason: &str) {
        let program = self.program;
        let Some(item) = self.case.items.get(&id).cloned() else {
            return self.refuse("", "没有这个对象。");
        };
        let name = item_name(program.workflow(), &item);
        if !self.stands_for(&item.owner) {
            let owner = self.standing(&item.owner);
            return self.refuse("", format!("{name}由{}报送，只能由该单位撤回。", self.ledgers.offices.title(&owner)));
        }
        if let Some(label) = item.label() {
            return self.refuse("", format!("{name}已办结（{label}），不能撤回。"));
        }
        if self.decided(id) {
            return self.refuse("", format!("{name}已作出决定，不能撤回；确需更正的，请按撤销程序办理。"));
        }
        if self.carries_others(id) {
            return;
        }
        self.end_item(id, super::WITHDRAWN, None, Some(reason.to_string()), None);
    }

    /// Takes back a nomination none of whose items anybody has acted on.
    pub(super) fn take_back(&mut self, task: u64, reason: &str) {
        let Some(task) = self.case.tasks.get(&task).cloned() else {
            return self.refuse("", "没有这项待办。");
        };
        if task.ask == Ask::Answer {
            self.take_back_answer(&task, reason);
            return;
        }
        if !self.stands_for(&task.office) || task.ask != Ask::Nominate || task.submissions.is_empty() {
            return self.refuse("", "只有本单位已报送的推荐可以撤回。");
        }
        if !may_be_taken_back(&self.case, &task) {
            return self.refuse("", "这次报送此前已经撤回，并已重新报送；如需撤回，请使用“表样”中最新的撤回报送表。");
        }
        let mine: Vec<_> = of_task(&self.case, &task).cloned().collect();
        if acted_upon(&self.case, &task) {
            return self.refuse("", "下一环节已经开始办理，不能撤回。如需更正，请交“申请退回”表。");
        }
        if mine.iter().any(|item| self.carries_others(item.id)) {
            return;
        }
        for item in mine {
            self.end_item(item.id, super::TAKEN_BACK, None, Some(reason.to_string()), None);
        }
        if task.closed.is_none() {
            self.emit(Body::TaskClosed { task: task.id, why: TaskEnd::TakenBack });
        }
        let stage = task.stage.clone();
        // who had not handed in everything has a workbook for the rest
        let asked =
            self.case.open_tasks().any(|t| t.batch == task.batch && t.office == task.office && t.ask == task.ask);
        if !asked {
            self.open_task(task.batch, stage.as_deref(), &task.office, Vec::new(), Ask::Nominate);
        }
        if let Some(stage) = stage {
            self.reopen_for(&task, &stage);
        }
        self.pass_on();
        self.notes.push("先前报送的全部收回，先前的回执不再有效".to_string());
        self.notes.push("要再报的，用“待办”中的新表；不再报的，交“表样”中的“无推荐对象”表".to_string());
    }

    pub(super) fn reopen_for(&mut self, task: &Task, stage: &str) {
        let office = &task.office;
        let done = self.case.intake_of(task).is_some_and(|i| i.done.contains(office));
        if done {
            let batch = task.batch.and_then(|b| self.case.batches.get(&b));
            self.emit(Body::IntakeClosed {
                stage: stage.to_string(),
                key: batch.map(|b| b.key.clone()).unwrap_or_default(),
                missing: Vec::new(),
                why: format!("{office}撤回重报"),
                reopened: true,
            });
        }
    }

    /// The owner asks whoever has the item now to send it back.
    pub(super) fn request_return(&mut self, id: u32, reason: &str) {
        let program = self.program;
        let Some(item) = self.case.item(id).filter(|i| i.lives()).cloned() else {
            return self.refuse("", "没有这个对象，或已经办结。");
        };
        let name = item_name(program.workflow(), &item);
        if !self.stands_for(&item.owner) {
            return self.refuse("", format!("{name}不是本单位报送的对象。"));
        }
        let Some(stage) = item.stage().and_then(|s| program.workflow().stage(s)) else { return };
        if self.taken_in_by(&item).is_none() {
            return self.refuse("", format!("{name}不是经报送环节列入的，没有可以退回的环节。"));
        }
        let about = QuestionAbout::Return { item: id };
        let asked = self.case.open_questions().find(|q| q.about == about).map(|q| self.standing(&q.to));
        if let Some(to) = asked.map(|to| self.ledgers.offices.title(&to).to_string()) {
            return self.refuse("", format!("{name}已经申请退回，正等{to}答复，不必再交。"));
        }
        if item.holds.contains(&Hold::Returned) {
            return self.refuse("", format!("{name}已经退回补正，请改好“待办”中的补正表再交。"));
        }
        if !may_be_sent_back(program.workflow(), &item) {
            let way = self.way_beside_return(may_be_withdrawn(program.workflow(), &self.case, &item));
            return self.refuse("", format!("{name}现处“{}”环节，不能申请退回。{way}。", stage.title));
        }
        // where nobody has it, the opener decides
        let opener = || self.standing(&self.case.opener);
        let to = self.actors(&stage.by, Some(id)).into_iter().next().unwrap_or_else(opener);
        let text = format!("{}申请退回{name}，理由：{reason}。是否同意？", self.ledgers.offices.title(&self.by));
        let question = self.ask(&to, text, vec!["同意退回".to_string(), "不同意退回".to_string()], about);
        self.set_hold(id, Hold::Question(question), true);
        let whom = if to == self.by { "贵单位" } else { self.ledgers.offices.title(&to) }.to_string();
        self.notes.push(format!("已请{whom}决定是否退回{name}，理由：{reason}。"));
        self.notes.push(format!("答复之前，{name}停在“{}”环节，已报送的内容不变", stage.title));
        self.notes
            .push("同意退回的，“待办”里会放入补正表，改好再交；不同意的，“回执”里会有通知，照常往下办理".to_string());
    }

    /// Tells the owner that an item stays where it is.
    pub(super) fn not_sent_back(&mut self, id: u32, reason: Option<&String>) {
        let Some(item) = self.case.item(id) else { return };
        let (name, owner) = (item_name(self.program.workflow(), item), self.standing(&item.owner));
        if owner == self.by {
            return;
        }
        let by = self.ledgers.offices.title(&self.by);
        let text = match reason {
            Some(reason) => format!("{by}不同意退回{name}，理由：{reason}。已报送的内容不变，照常往下办理。"),
            None => format!("{by}不同意退回{name}。已报送的内容不变，照常往下办理。"),
        };
        let fields = Fields::from_iter([(TOLD.to_string(), vec![text].into())]);
        self.emit(Body::Told { items: vec![id], roles: Vec::new(), to: vec![owner], fields });
    }

    /// The opener closes an intake before its limit, or opens it again for a substitute.
    pub(super) fn close_intake_by_hand(&mut self, stage: &str, reopen: bool, reason: &str) {
        let program = self.program;
        let Some(stage) = program.workflow().stage(stage).filter(|s| self.case.intakes.contains_key(&s.name)) else {
            return self.refuse("", "没有这个收件环节，或尚未开始收件。");
        };
        let opener = self.standing(&self.case.opener);
        if self.by != opener && self.by != super::OPERATOR {
            return self.refuse("", format!("只有{}可以结束或重开收件。", self.ledgers.offices.title(&opener)));
        }
        let Some(intake) = self.case.intakes.get(&stage.name).cloned() else { return };
        match (intake.closed, reopen) {
            (false, false) => {
                let missing = self.case.missing(&stage.name, "");
                self.close_intake(stage, "", missing, reason);
            }
            (true, true) => self.reopen_intake(stage, reason, &[]),
            (true, false) => self.refuse("", "该环节已经结束收件。"),
            (false, true) => self.refuse("", "该环节正在收件，无需重开。"),
        }
    }

    pub(super) fn amend(&mut self, param: &str, value: &serde_json::Value, reason: &str) {
        let program = self.program;
        let Some(field) = program.workflow().case.params.get(param) else {
            return self.refuse("", format!("没有参数“{param}”。"));
        };
        let key = program.workflow().case.key.iter().any(|k| k == param);
        let opener = self.standing(&self.case.opener);
        if field.fixed || key {
            self.refuse("", format!("“{}”不能更改。", field.title));
        } else if self.by != opener {
            self.refuse("", format!("只有{}可以更改参数。", self.ledgers.offices.title(&opener)));
        } else if reason.trim().is_empty() {
            self.refuse("", "请写明更改理由。");
        } else {
            let params = [(param.to_string(), value.clone())].into_iter().collect();
            self.check_params(&params);
            self.emit(Body::CaseAmended { param: param.to_string(), params, reason: reason.to_string() });
            self.judge_case(None);
            self.keep_decided_notices(param, &field.title);
        }
    }

    pub(super) fn hold(&mut self, held: bool, reason: &str) {
        if self.case.held.is_some() == held {
            let say = if held { "案卷已经处于暂停状态。" } else { "案卷没有暂停。" };
            return self.refuse("", say);
        }
        self.emit(Body::CaseHeld { held, reason: reason.to_string() });
    }

    /// Ends the case: notices down, unissued papers void, tasks closed; the archive is still made.
    pub(super) fn cancel(&mut self, reason: &str) {
        // What is owed at the end of a case is done, whoever had stopped it.
        if self.case.held.is_some() {
            self.hold(false, reason);
        }
        let showing: Vec<u32> = self
            .case
            .batches
            .values()
            .filter(|b| self.case.papers(b.id).any(|d| d.notice && !matches!(d.life, Life::Replaced | Life::Void)))
            .map(|b| b.id)
            .collect();
        let living: Vec<u32> = self.case.living().map(|i| i.id).collect();
        for batch in showing {
            self.take_down_early(batch, "案卷撤销");
        }
        let unissued: Vec<u32> = self
            .case
            .documents
            .values()
            .filter(|d| matches!(d.life, Life::Ordered | Life::Rendered))
            .map(|d| d.id)
            .collect();
        for document in unissued {
            if let Some(sealed) = self.case.documents.get(&document).filter(|d| d.seal).cloned() {
                self.take_back_decision(&sealed, &format!("案卷撤销：{reason}"));
            }
            self.emit(Body::DocumentClosed { document, replaced_by: None, reason: format!("案卷撤销：{reason}") });
        }
        self.give_up_children(&format!("案卷撤销：{reason}"));
        for id in living {
            let Some(item) = self.case.item(id).filter(|i| i.lives()) else { continue };
            // What it waited for goes on.
            let goes_on = self.case.waited_for_by(item).into_iter().map(|child| format!("子案卷“{child}”继续办理"));
            let reason = std::iter::once(reason.to_string()).chain(goes_on).collect::<Vec<_>>().join("；");
            self.emit(Body::ItemEnded {
                item: id,
                label: "撤销".to_string(),
                outcome: None,
                reason: Some(reason),
                merged_into: None,
                code: None,
            });
        }
        self.close_tasks(|_| true, TaskEnd::CaseEnded);
        self.emit(Body::CaseClosed { end: CaseEnd::撤销, reason: Some(reason.to_string()) });
    }
}

/// Whether whoever has an item may still send it back for correction.
pub(in crate::case) fn may_be_sent_back(workflow: &Workflow, item: &Item) -> bool {
    let stage = item.stage().and_then(|s| workflow.stage(s));
    let decided = |kind: Kind| matches!(kind, Kind::Decide | Kind::File);
    taken_in_by(workflow, item).is_some()
        && stage.is_some_and(|stage| !decided(stage.kind))
        && !item.holds.contains(&Hold::Returned)
}

/// Whether its owner may still withdraw an item: nobody has decided on it, and none is merged into it.
pub(in crate::case) fn may_be_withdrawn(workflow: &Workflow, case: &Case, item: &Item) -> bool {
    item.lives() && !decided_at(workflow, item, 0) && case.all_merged(item.id).is_empty()
}

/// Whether what was handed in for a task is there to be taken back: it is the latest of its office, or something of it lives.
pub(in crate::case) fn may_be_taken_back(case: &Case, task: &Task) -> bool {
    is_latest(case, task) || case.living().any(|item| item.task == Some(task.id))
}

/// Whether an office, or on its behalf its successor, was asked to nominate at this stage by no later task.
pub(in crate::case) fn is_latest(case: &Case, task: &Task) -> bool {
    let later =
        |t: &&Task| t.id > task.id && t.opened_for == task.opened_for && t.stage == task.stage && t.ask == task.ask;
    !case.tasks.values().any(|t| later(&t.as_ref()))
}

#[cfg(test)]
mod tests {
    use crate::case::command::{Command, HandIn};
    use crate::case::decide::tests::{Opened, opened, row, says};
    use crate::case::form;
    use crate::submission::Type;
    use serde_json::json;

    const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办, 乙: 乙办, 丙: 丙办 }
case: { title: 试, opened: { by: 甲 } }
items:
  事: { identity: [名称], fields: { 名称: name, 备注: { type: text, optional: true } } }
stages:
  - { recommend: 提出, by: 乙, expect: all }
  - { review: 核, by: 丙, outcomes: { 准: next, 退: { back: 提出 } } }
  - { file: 归档, by: 甲, fonds: \"0001\", class: SHI }
";
    const TOWN: &str = "offices: { 甲办: {}, 乙办: {}, 丙办: {} }";

    fn handed_in(names: &[&str]) -> Opened {
        let mut run = opened(DEFINITION, None, TOWN);
        let rows = names.iter().map(|name| row(None, &json!({ "名称": name }))).collect();
        run.fill(run.now, "乙办", rows).unwrap();
        run
    }

    /// The items that a paper lists which lies in 乙办's folder; none where it does not lie there.
    fn listed(run: &Opened, title: &str) -> Option<Vec<String>> {
        let forms = form::offered(&run.program, &run.case, &run.ledgers, "乙办");
        let form = forms.into_iter().find(|form| form.title.starts_with(title))?;
        let Type::One(labels) = form.head.into_iter().next()?.kind else { panic!("it lists nothing") };
        Some(labels)
    }

    #[test]
    fn a_paper_lists_only_what_it_would_be_taken_for() {
        let mut run = handed_in(&["东河", "西溪"]);
        run.fill(run.now, "丙办", vec![says(1, "准")]).unwrap();
        assert_eq!(run.case.item(1).and_then(|item| item.stage()), Some("归档"));
        assert_eq!(listed(&run, "申请退回").unwrap(), ["2号 西溪"]);
        assert_eq!(listed(&run, "撤回对象").unwrap(), ["1号 东河", "2号 西溪"]);
        let ask = |item| Command::RequestReturn { item, reason: "写错了".into() };
        let told = run.tell(run.now, "乙办", ask(1)).unwrap_err();
        assert_eq!(told, ["东河现处“归档”环节，不能申请退回。请与甲办联系；不再报送的，请交“撤回对象”表。"]);
        run.tell(run.now, "乙办", ask(2)).unwrap();
        assert_eq!(listed(&run, "申请退回"), None, "it has been asked for");
        assert!(run.tell(run.now, "乙办", ask(2)).unwrap_err()[0].contains("正等丙办答复"));
        let question = run.questions()[0].0;
        run.answer(run.now, question, json!("同意退回"));
        assert_eq!(listed(&run, "申请退回"), None, "it has come back");
        let told = run.tell(run.now, "乙办", ask(2)).unwrap_err();
        assert_eq!(told, ["西溪已经退回补正，请改好“待办”中的补正表再交。"]);
    }

    #[test]
    fn a_list_handed_in_again_too_late_is_told_the_way_that_is_left() {
        let mut run = handed_in(&["东河"]);
        let again = |run: &mut Opened| {
            let rows = vec![(row(None, &json!({ "名称": "东河", "备注": "新" })), String::new())];
            let hand_in =
                HandIn { task: 1, revision: 1, rows, complete: true, submission: "改".into(), ..HandIn::default() };
            run.tell(run.now, "乙办", Command::HandIn(hand_in)).unwrap_err()[0].clone()
        };
        run.fill(run.now, "丙办", vec![says(1, "准")]).unwrap();
        let said = again(&mut run);
        assert!(said.ends_with("如需更正，请与甲办联系；不再报送的，请交“撤回对象”表。"), "{said}");
        run.tell(run.now, "乙办", Command::WithdrawItem { item: 1, reason: "不报了".into() }).unwrap();
    }
}
