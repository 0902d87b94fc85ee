//! An answer that one office gave is taken back (撤回答复) before anybody has gone on from it: its items stand again where they
//! stood, with the limit that ran, and whoever was asked next is asked no more.
//!
//! What must not have happened in between the fold looks after ([`crate::case::Before`] is kept only so long); what is to be
//! seen of how things stand now is looked at here.

use crate::case::decide::{Deciding, timers};
use crate::case::event::{Ask, Body, ClockOf, Hold, TaskEnd};
use crate::case::story::item_name;
use crate::case::{Batch, Before, Case, Item, Task};
use crate::workflow::{Each, Kind, Overdue, Stage, Workflow};
use std::collections::{BTreeMap, BTreeSet};

/// Names in a note before the list is cut.
const NAMES_MAX: usize = 20;

/// What the paper that takes back the answer to a task is called.
pub(in crate::case) fn paper_title(stage: &Stage, task: &Task) -> String {
    format!("撤回答复：{}{}号", stage.title, task.id)
}

/// Of these items, answered by this task, those that would be asked again if that were taken back now.
pub(in crate::case) fn may_be_retracted(workflow: &Workflow, case: &Case, task: &Task, answered: &[u32]) -> Vec<u32> {
    let stage = task.stage.as_ref().and_then(|s| workflow.stage(s)).filter(|stage| may_stage(workflow, case, stage));
    let Some(stage) = stage else { return Vec::new() };
    let free = |id: &u32| case.item(*id).is_some_and(|item| is_free(workflow, case, task, item));
    let free: Vec<u32> = answered.iter().copied().filter(free).collect();
    if stage.each == Each::Item {
        return free;
    }
    // what was answered together is taken back together
    let batches: BTreeSet<u32> = free.iter().filter_map(|id| Some(before(case, task, *id)?.batch)).collect();
    let whole = |id: &u32| {
        let all = batches.get(id).and_then(|id| case.batches.get(id));
        all.is_some_and(|batch| batch.items.iter().all(|item| free.contains(item)))
    };
    let whole: BTreeSet<u32> = batches.iter().copied().filter(whole).collect();
    free.into_iter().filter(|id| before(case, task, *id).is_some_and(|b| whole.contains(&b.batch))).collect()
}

fn before<'c>(case: &'c Case, task: &Task, id: u32) -> Option<&'c Before> {
    case.item(id)?.before.as_deref().filter(|before| before.task == task.id)
}

/// Whether answers of a stage are taken back at all: not once the case as a whole has been asked about behind it.
fn may_stage(workflow: &Workflow, case: &Case, stage: &Stage) -> bool {
    let one = matches!(stage.kind, Kind::Assess | Kind::Review | Kind::Decide);
    let at = workflow.stage_index(&stage.name).unwrap_or_default();
    let mut barriers = workflow.stages.iter().skip(at + 1).filter(|s| s.of_case);
    one && !stage.of_case && stage.ballot.is_none() && !barriers.any(|s| case.index.rounds(&s.name, "").is_some())
}

/// Whether nobody has gone on with an item since this task was answered.
fn is_free(workflow: &Workflow, case: &Case, task: &Task, item: &Item) -> bool {
    let Some(before) = before(case, task, item.id).filter(|_| item.lives()) else { return false };
    let harmless = item.holds.iter().all(|on| matches!(on, Hold::Stay | Hold::Returned));
    let quiet = harmless && case.living_sides(item.id).next().is_none();
    let next = item.batch().filter(|batch| *batch != before.batch);
    quiet && next.and_then(|id| case.batches.get(&id)).is_none_or(|batch| is_untouched(workflow, case, batch))
}

/// Whether a batch has only been opened.
fn is_untouched(workflow: &Workflow, case: &Case, batch: &Batch) -> bool {
    let Some(stage) = workflow.stage(&batch.stage) else { return false };
    let came = || case.clocks_of(&batch.waited()).next().is_none();
    let signed = |id: &u32| {
        let signed = case.item(*id).and_then(|i| i.signed.get(&batch.stage)).into_iter().flatten();
        signed.into_iter().any(|s| s.batch == Some(batch.id))
    };
    let fresh = batch.done.is_none() && batch.answered.is_none() && batch.sheets.is_empty() && batch.absent.is_empty();
    let plain = stage.kind != Kind::Publicise && stage.ballot.is_none();
    fresh
        && plain
        && case.papers(batch.id).next().is_none()
        && (batch.again || came())
        && !batch.items.iter().any(signed)
}

impl Deciding<'_> {
    /// The paper with which its office takes back the answer to a task at this moment; none where it cannot.
    pub(in crate::case::decide) fn retraction(&self, task: &Task) -> Option<String> {
        let workflow = self.program.workflow();
        let own = task.ask == Ask::Answer && self.stands_for(&task.office);
        let stage = task.stage.as_ref().and_then(|s| workflow.stage(s)).filter(|_| own)?;
        let items = may_be_retracted(workflow, &self.case, task, &self.answered_by(task));
        let free = !items.is_empty() && !items.iter().any(|id| self.would_fall_silent(stage, task, *id));
        free.then(|| paper_title(stage, task))
    }

    /// The living items that this task answered last.
    fn answered_by(&self, task: &Task) -> Vec<u32> {
        self.case.living().filter(|i| before(&self.case, task, i.id).is_some()).map(|i| i.id).collect()
    }

    /// Takes back what one office answered, of whatever nobody has gone on with.
    pub(super) fn take_back_single(&mut self, stage: &Stage, task: &Task, reason: &str) {
        let workflow = self.program.workflow();
        let answered = self.answered_by(task);
        let items = may_be_retracted(workflow, &self.case, task, &answered);
        if !self.stands_for(&task.office) || items.is_empty() {
            let way = self.way_to_correct(task);
            return self.refuse(
                "",
                format!("没有可以撤回的答复：答复之后已有人接着办理，或者已经发文、公示、办结。如需更正，{way}。"),
            );
        }
        if items.iter().any(|id| self.would_fall_silent(stage, task, *id)) {
            let way = self.way_to_correct(task);
            return self
                .refuse("", format!("答复的期限已过，撤回后会立即按逾期未答复处理，所以不能撤回。如需更正，{way}。"));
        }
        let undone = self.batches_undone(task, &items);
        let waiting = self.ask_no_more(&items, &undone);
        self.emit(Body::AnswerTakenBack { task: task.id, items: items.clone(), reason: reason.to_string(), waiting });
        for batch in undone {
            self.end_clocks(&ClockOf::Answer(batch));
            self.emit(Body::BatchDone { batch, passed_by: false });
        }
        self.ask_again(stage, &items);
        let named = items.iter().take(NAMES_MAX).filter_map(|id| self.case.item(*id));
        let mut names = named.map(|i| item_name(workflow, i)).collect::<Vec<_>>().join("、");
        if items.len() > NAMES_MAX {
            names.push('等');
        }
        self.notes.push(format!("已撤回对{names}的答复，请在“待办”里的新表上改正后重报。"));
        if items.len() < answered.len() {
            self.notes.push(format!("这次答复的其余{}件已有人接着办理，没有撤回。", answered.len() - items.len()));
        }
    }

    /// Whether the law's silence would fall on an item at once: the limit that ran is over, and goes on as it was.
    fn would_fall_silent(&self, stage: &Stage, task: &Task, id: u32) -> bool {
        let silent = matches!(stage.overdue, Some(Overdue::Outcome(..)));
        let Some(before) = before(&self.case, task, id).filter(|_| silent) else { return false };
        let limits = before.clocks.iter().filter_map(|clock| self.case.clocks.get(clock));
        let dues = limits.filter_map(|clock| timers::deadline(clock).due(&self.ledgers.calendar));
        dues.into_iter().any(|due| due.at <= self.now)
    }

    /// The batches that were opened with these items since, and are nobody's any more.
    fn batches_undone(&self, task: &Task, items: &[u32]) -> BTreeSet<u32> {
        let since = |id: &u32| {
            let own = before(&self.case, task, *id)?.batch;
            self.case.item(*id)?.batch().filter(|batch| *batch != own)
        };
        let open = |id: &u32| self.case.batches.get(id).is_some_and(|b| b.done.is_none());
        items.iter().filter_map(since).filter(open).collect()
    }

    /// Nobody is asked of these items any more, nor of the batches that are undone; whoever else was in one of them waits again.
    fn ask_no_more(&mut self, items: &[u32], undone: &BTreeSet<u32>) -> Vec<u32> {
        items.iter().for_each(|id| self.end_clocks(&ClockOf::Return(*id)));
        let still = |id: &u32| {
            let batch = self.case.item(*id).and_then(Item::batch);
            !items.contains(id) && batch.is_some_and(|batch| undone.contains(&batch))
        };
        let in_them = undone.iter().filter_map(|id| self.case.batches.get(id)).flat_map(|b| b.items.iter().copied());
        let waiting: Vec<u32> = in_them.filter(still).collect();
        let gone: BTreeSet<u32> = items.iter().chain(&waiting).copied().collect();
        let of_items = gone.iter().flat_map(|id| self.case.tasks_of(*id));
        let of_batches = undone.iter().flat_map(|id| self.case.tasks_in(*id)).filter(|t| t.items.is_empty());
        let asked: BTreeMap<u64, Vec<u32>> =
            of_items.chain(of_batches).map(|t| (t.id, t.items.iter().copied().collect())).collect();
        for (task, asks) in asked {
            let without: Vec<u32> = asks.iter().copied().filter(|id| gone.contains(id)).collect();
            match without.len() == asks.len() {
                true => self.emit(Body::TaskClosed { task, why: TaskEnd::Overtaken }),
                false => self.revise_task(task, without),
            }
        }
        waiting
    }

    /// Whoever answers a stage is asked of these items again, in the batches they were in.
    fn ask_again(&mut self, stage: &Stage, items: &[u32]) {
        let mut asked: BTreeMap<(Option<u32>, String), Vec<u32>> = BTreeMap::new();
        for id in items {
            let batch = self.case.item(*id).and_then(Item::batch).filter(|_| stage.each != Each::Item);
            for office in self.askers(stage, *id) {
                asked.entry((batch, office)).or_default().push(*id);
            }
        }
        for ((batch, office), items) in asked {
            let batch = batch.or_else(|| self.case.item(*items.first()?)?.batch());
            self.open_task(batch, Some(&stage.name), &office, items, Ask::Answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::case::command::{Asked, Command, HandIn};
    use crate::case::decide::tests::{Opened, opened};
    use crate::case::decide::{Refusal, decide};
    use crate::case::event::{Ask, Fields, Row};
    use crate::case::form;
    use serde_json::json;

    const TOWN: &str = "offices:\n  甲办: { title: 甲办 }\n  乙办: { title: 乙办 }\n  丙办: { title: 丙办 }\n";
    const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办, 乙: 乙办, 丙: 丙办 }
case: { title: 试, opened: { by: 甲 } }
items:
  事: { identity: [名称], fields: { 名称: name } }
stages:
  - { recommend: 提出, by: 甲, expect: all }
  - assess: 办
    by: 乙
    within: 3 workdays
    form: { item: { 意见: text } }
    outcomes: { 行: next, 再议: { stay: true }, 退: { back: 提出 }, 罢: { end: 罢 } }
  - { review: 核, by: 丙, form: { item: { 核意见: text } }, outcomes: { 准: next, 回: { to: 办 } } }
  - { file: 归档, by: 甲, fonds: \"0001\", class: SHI }
";

    fn told(of: &mut Opened, by: &str, command: Command) -> Result<(), Refusal> {
        let cause = format!("submission {}", of.log.len());
        let asked = Asked { by: by.into(), on_behalf: None, cause, command };
        let decision = decide(&of.program, &of.case, &asked, &of.ledgers, of.now)?;
        of.log.extend(decision.events);
        (of.case, of.ledgers) = (decision.case, decision.ledgers);
        let broken = crate::case::invariant::broken(&of.program, &of.case, &of.log, &of.ledgers);
        assert!(broken.is_empty(), "{broken:#?}");
        Ok(())
    }

    fn hand_in(of: &mut Opened, by: &str, rows: Vec<Row>) -> Result<(), Refusal> {
        let first = rows.iter().find_map(|row| row.item);
        let asks = |t: &&crate::case::Task| t.office == by && first.is_none_or(|id| t.items.contains(&id));
        let (task, revision) = of.case.open_tasks().find(asks).map(|t| (t.id, t.revision)).unwrap();
        let rows = rows.into_iter().map(|row| (row, String::new())).collect();
        let command = HandIn { task, revision, rows, submission: of.log.len().to_string(), ..blank() };
        told(of, by, Command::HandIn(command))
    }

    fn blank() -> HandIn {
        HandIn {
            task: 0,
            revision: 1,
            fields: Fields::new(),
            rows: Vec::new(),
            attachments: Vec::new(),
            complete: true,
            returned: Vec::new(),
            submission: String::new(),
        }
    }

    fn row(item: u32, field: &str, outcome: &str) -> Row {
        let fields = [(field.to_string(), json!("说"))].into_iter().collect();
        Row { item: Some(item), fields, outcome: Some(outcome.into()), ..Row::default() }
    }

    fn two_nominated() -> Opened {
        let mut of = opened(DEFINITION, None, TOWN);
        let named =
            |name: &str| Row { fields: [("名称".to_string(), json!(name))].into_iter().collect(), ..Row::default() };
        hand_in(&mut of, "甲办", vec![named("东河"), named("西溪")]).unwrap();
        of
    }

    fn back(of: &mut Opened, task: u64) -> Result<(), Refusal> {
        told(of, "乙办", Command::TakeBack { task, reason: "看错了".into() })
    }

    #[test]
    fn an_answer_comes_back_with_its_values_and_the_limit_that_ran() {
        let mut of = two_nominated();
        let due = |of: &Opened| of.case.running().map(|c| (c.id, c.from)).collect::<Vec<_>>();
        let before = due(&of);
        hand_in(&mut of, "乙办", vec![row(1, "意见", "行"), row(2, "意见", "行")]).unwrap();
        assert!(of.case.open_tasks().all(|t| t.office == "丙办"));
        of.now += chrono::Duration::days(1);
        back(&mut of, 2).unwrap();
        assert_eq!(due(&of), before);
        let open: Vec<_> = of.case.open_tasks().map(|t| (t.office.as_str(), t.items.len())).collect();
        assert_eq!(open, [("乙办", 2)]);
        let task = of.case.open_tasks().next().unwrap().clone();
        let form = form::of_task(&of.program, &of.case, &of.ledgers, &task);
        let said: Vec<_> = form.grids[0].lines.iter().map(|l| (&l.values["意见"], &l.values["outcome"])).collect();
        assert_eq!(said, [(&json!("说"), &json!("行")); 2]);
    }

    #[test]
    fn what_the_next_office_has_answered_stays_and_the_rest_comes_back() {
        let mut of = two_nominated();
        hand_in(&mut of, "乙办", vec![row(1, "意见", "行"), row(2, "意见", "行")]).unwrap();
        hand_in(&mut of, "丙办", vec![row(1, "核意见", "准")]).unwrap();
        back(&mut of, 2).unwrap();
        let at = |id: u32| of.case.item(id).and_then(|i| i.stage()).map(str::to_string);
        assert_eq!((at(1).as_deref(), at(2).as_deref()), (Some("归档"), Some("办")));
    }

    /// The office that nominated assesses, too: to ask for return is open to it, and taking back is quicker.
    #[test]
    fn a_later_hand_in_is_told_of_the_paper_that_takes_the_answer_back_while_it_does() {
        let definition = DEFINITION.replace("乙: 乙办", "乙: 甲办");
        let mut of = opened(&definition, None, TOWN);
        let named = |(name, value): (&str, &str)| (name.to_string(), json!(value));
        let fields = [("名称", "东河")].map(named).into_iter().collect();
        hand_in(&mut of, "甲办", vec![Row { fields, ..Row::default() }]).unwrap();
        hand_in(&mut of, "甲办", vec![row(1, "意见", "行")]).unwrap();
        let again = |of: &mut Opened| {
            let rows = vec![(row(1, "意见", "再议"), String::new())];
            let command = HandIn { task: 2, revision: 1, rows, complete: true, submission: "改".into(), ..blank() };
            told(of, "甲办", Command::HandIn(command)).unwrap_err().faults[0].say.clone()
        };
        let way = "如需更正，请先交“表样”中的“撤回答复：办2号”表，再把“待办”里的新表改好重报。";
        assert!(again(&mut of).ends_with(way), "{}", again(&mut of));
        let papers = form::standing(&of.program, &of.case, &of.ledgers, "甲办");
        assert!(papers.iter().any(|paper| paper.title.starts_with("撤回答复：办2号")), "it lies there");
        hand_in(&mut of, "丙办", vec![row(1, "核意见", "准")]).unwrap();
        assert!(!again(&mut of).contains("撤回答复"), "{}", again(&mut of));
    }

    #[test]
    fn once_the_next_office_has_acted_it_is_refused_with_the_way() {
        let mut of = two_nominated();
        hand_in(&mut of, "乙办", vec![row(1, "意见", "行"), row(2, "意见", "行")]).unwrap();
        hand_in(&mut of, "丙办", vec![row(1, "核意见", "准"), row(2, "核意见", "准")]).unwrap();
        let faults = back(&mut of, 2).unwrap_err().faults;
        assert_eq!(
            faults[0].say,
            "没有可以撤回的答复：答复之后已有人接着办理，或者已经发文、公示、办结。如需更正，请与甲办联系。"
        );
    }

    #[test]
    fn what_was_sent_back_or_put_off_comes_back_and_what_has_ended_does_not() {
        for (outcome, may) in [("再议", true), ("退", true), ("罢", false)] {
            let mut of = two_nominated();
            let row = Row { reason: Some("因".into()), ..row(1, "意见", outcome) };
            hand_in(&mut of, "乙办", vec![row]).unwrap();
            assert_eq!(back(&mut of, 2).is_ok(), may, "{outcome}");
            if may {
                let item = of.case.item(1).unwrap();
                assert_eq!((item.stage(), item.holds.len()), (Some("办"), 0), "{outcome}");
                assert!(!of.case.open_tasks().any(|t| t.ask == Ask::Correct), "{outcome}");
            }
        }
    }

    /// A line is left for later, or says how it ends: its outcome is asked like any field, and says nothing else.
    #[test]
    fn an_outcome_that_is_chosen_is_asked_of_every_line_that_is_filled_in() {
        let mut of = two_nominated();
        let task = of.case.open_tasks().find(|t| t.office == "乙办").unwrap().clone();
        let form = form::of_task(&of.program, &of.case, &of.ledgers, &task);
        let outcome = form.grids[0].columns.iter().find(|c| c.name == "outcome").unwrap();
        assert!(!outcome.optional, "nobody reads 可不填 of what is demanded");
        let without = Row { outcome: None, ..row(1, "意见", "") };
        let faults = hand_in(&mut of, "乙办", vec![without]).unwrap_err().faults;
        assert_eq!(faults[0].say, "请选择办理结果（行、再议、退、罢）。");
        hand_in(&mut of, "乙办", vec![row(1, "意见", "行"), Row { item: Some(2), ..Row::default() }]).unwrap();
        assert!(of.case.open_tasks().any(|t| t.office == "乙办" && t.items.contains(&2)), "the other line is left");
    }

    /// The limit goes on as it ran: what is taken back after it would be decided by silence at once.
    #[test]
    fn after_the_limit_nothing_is_taken_back_into_the_laws_silence() {
        for (overdue, may) in [("", true), ("\n    overdue: { outcome: 行, basis: 条例1 }", false)] {
            let definition = DEFINITION.replace("within: 3 workdays", &format!("within: 3 workdays{overdue}"));
            let mut of = opened(&definition, None, TOWN);
            let fields = [("名称".to_string(), json!("东河"))].into_iter().collect();
            hand_in(&mut of, "甲办", vec![Row { fields, ..Row::default() }]).unwrap();
            let again = Row { reason: Some("因".into()), ..row(1, "意见", "再议") };
            hand_in(&mut of, "乙办", vec![again]).unwrap();
            of.now += chrono::Duration::days(30);
            assert_eq!(back(&mut of, 2).is_ok(), may, "{overdue}");
        }
    }

    #[test]
    fn nobody_but_the_office_takes_it_back() {
        let mut of = two_nominated();
        hand_in(&mut of, "乙办", vec![row(1, "意见", "行")]).unwrap();
        assert!(told(&mut of, "丙办", Command::TakeBack { task: 2, reason: "看错了".into() }).is_err());
    }
}
