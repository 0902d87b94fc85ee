//! Tasks that nobody sees: whose office has no folder on this spool, or stands no longer in offices.yaml.
//!
//! The opener is asked, once a task, and may see to it himself; when the office has a folder again its workbook is laid there and
//! the question ends by itself. Nothing is asked where the opener is not seen to either: the operator reads of it in the log.

use super::asks_as_much;
use crate::case::decide::Deciding;
use crate::case::decide::trouble::{AGAIN, SEEN_TO};
use crate::case::effect::Effect;
use crate::case::event::{Ask, Body, QuestionAbout, TaskEnd};
use crate::case::story::task_title;
use crate::case::{Case, Question, Task};
use crate::offices::Offices;

/// The answer by which the opener takes a task over.
const TAKEN_OVER: &str = "由本单位代办";
/// What stands for the effect where none was given up: the offices changed.
const OFFICES: &str = "offices";

/// Whether offices without a folder, or that have one again, concern a case: somebody is to be asked, or need not be any more.
pub fn concerned_by_folders(case: &Case, offices: &Offices) -> bool {
    lost(case, offices).next().is_some() || found(case, offices).next().is_some()
}

/// Open tasks nobody sees that nobody has been asked about.
fn lost<'c>(case: &'c Case, offices: &'c Offices) -> impl Iterator<Item = &'c Task> {
    let opener = offices.standing(&case.opener);
    let unseen = move |task: &&Task| has_no_folder(offices, &task.office) && offices.standing(&task.office) != opener;
    let asks = !has_no_folder(offices, opener);
    case.open_tasks().filter(move |_| asks).filter(unseen).filter(|task| !is_asked(case, task.id))
}

/// Questions about tasks whose office can be asked after all.
fn found<'c>(case: &'c Case, offices: &'c Offices) -> impl Iterator<Item = &'c Question> {
    case.open_questions().filter(move |question| {
        let QuestionAbout::Effect { owed: Effect::Sheet { task }, effect } = &question.about else { return false };
        let task = case.tasks.get(task).filter(|task| task.closed.is_none());
        effect == OFFICES && task.is_some_and(|task| !has_no_folder(offices, &task.office))
    })
}

fn has_no_folder(offices: &Offices, office: &str) -> bool {
    offices.offices.get(offices.standing(office)).is_none_or(|office| office.folder.is_none())
}

fn is_asked(case: &Case, task: u64) -> bool {
    case.questions.values().any(|question| {
        let QuestionAbout::Effect { owed: Effect::Sheet { task: about }, effect } = &question.about else {
            return false;
        };
        *about == task && (effect == OFFICES || question.answer.is_none())
    })
}

impl Deciding<'_> {
    /// Asks about the tasks nobody sees, and about those no more that somebody sees again.
    pub(in crate::case::decide) fn look_for_the_lost(&mut self) {
        let found: Vec<u32> = found(&self.case, &self.ledgers.offices).map(|question| question.id).collect();
        for question in found {
            self.overtake(question, AGAIN.to_string(), "单位名录已经补上");
        }
        let lost: Vec<Task> = lost(&self.case, &self.ledgers.offices).cloned().collect();
        for task in lost {
            self.ask_of_lost(&task);
        }
    }

    /// A workbook that could not be laid because its office has no folder: its opener is asked, unless he has been. False where
    /// that is not why.
    pub(in crate::case::decide) fn is_lost(&mut self, task: u64) -> bool {
        let Some(task) = self.case.tasks.get(&task).filter(|task| task.closed.is_none()).cloned() else { return false };
        if !has_no_folder(&self.ledgers.offices, &task.office) {
            return false;
        }
        if lost(&self.case, &self.ledgers.offices).any(|other| other.id == task.id) {
            self.ask_of_lost(&task);
        }
        true
    }

    fn ask_of_lost(&mut self, task: &Task) {
        let offices = &self.ledgers.offices;
        let known = offices.offices.contains_key(offices.standing(&task.office));
        let why = if known { "没有收件文件夹" } else { "已不在单位名录中" };
        let form = task_title(self.program, &self.case, task);
        let (mut help, mut answers) = (String::new(), vec![AGAIN]);
        if task.ask == Ask::Nominate {
            help.push_str("不再等候其报送的，请交“结束或重开收件”表结束收件。");
        } else if self.may_be_taken_over(task) {
            help.push_str(&format!("答“{TAKEN_OVER}”的，由本单位填表办理。"));
            answers.push(TAKEN_OVER);
        }
        answers.push(SEEN_TO);
        let office = offices.title(&task.office);
        let text = format!(
            "{office}{why}，{}号待办“{form}”不能送达，无人办理。{help}管理员已在单位名录中补上的，答“{AGAIN}”，再次送达。",
            task.id
        );
        let about = QuestionAbout::Effect { effect: OFFICES.to_string(), owed: Effect::Sheet { task: task.id } };
        self.ask_opener(text, &answers, about);
    }

    /// Nominations are the office's own, and nobody signs twice.
    fn may_be_taken_over(&self, task: &Task) -> bool {
        let opener = self.standing(&self.case.opener);
        let signs = |item: &u32| {
            let batch = self.case.item(*item).and_then(|i| i.batch()).and_then(|b| self.case.batches.get(&b));
            batch.is_some_and(|b| b.signers.contains(&opener))
        };
        !task.items.iter().any(signs)
    }

    /// The opener answers about a task nobody sees.
    pub(in crate::case::decide) fn answer_of_lost(&mut self, task: u64, answer: &str) {
        let open = self.case.tasks.get(&task).filter(|task| task.closed.is_none()).cloned();
        if let Some(task) = open.filter(|_| answer == TAKEN_OVER) {
            let to = self.standing(&self.case.opener);
            self.pass_task(&task, to, "转办：原单位无文件夹");
        }
    }

    /// Passes a task on for good; where who gets it has been asked as much already, he is asked once.
    pub(in crate::case::decide) fn pass_task(&mut self, task: &Task, to: String, why: &str) {
        let twice = self.case.open_tasks().any(|t| t.office == to && t.id != task.id && asks_as_much(t, task));
        let (from, why) = (task.office.clone(), why.to_string());
        self.emit(Body::TaskPassed { task: task.id, from, to, why, until: None });
        if twice {
            self.emit(Body::TaskClosed { task: task.id, why: TaskEnd::Overtaken });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::command::{Asked, Command, HandIn};
    use crate::case::decide::decide;
    use crate::case::decide::tests::{Opened, opened};
    use crate::case::event::{Fields, Row};
    use crate::workflow::parse::{Parsed, parse};
    use serde_json::json;
    use std::sync::Arc;

    const TOWN: &str = "offices:\n  甲办: { title: 甲办 }\n  乙办: { title: 乙办 }\n  丙办: { title: 丙办 }\n";
    const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办, 乙: 乙办, 众: { offices: [甲办, 丙办] } }
case: { title: 试, opened: { by: 甲 } }
items: { 事: { identity: [名称], fields: { 名称: text } } }
rules: [{ name: 问, of: 事, at: [审], by: 乙, ask: 名称 == '二', answers: [可, 否], say: 问 }]
stages:
  - { recommend: 提出, by: 众, expect: all }
  - { assess: 查, by: 乙, form: { 所见: text } }
  - { review: 审, by: 甲 }
  - { file: 归档, by: 甲, fonds: \"0001\", class: SHI }
";

    fn told(of: &mut Opened, by: &str, command: Command) {
        let cause = format!("submission {}", of.log.len());
        let asked = Asked { by: by.into(), on_behalf: None, cause, command };
        let decision = decide(&of.program, &of.case, &asked, &of.ledgers, of.now).unwrap();
        of.log.extend(decision.events);
        (of.case, of.ledgers) = (decision.case, decision.ledgers);
    }

    fn hand_in(of: &mut Opened, by: &str, ask: fn(&Ask) -> bool, fields: serde_json::Value, rows: Vec<Row>) {
        let task = of.case.open_tasks().find(|t| t.office == by && ask(&t.ask)).unwrap();
        let (task, revision) = (task.id, task.revision);
        let rows = rows.into_iter().map(|row| (row, String::new())).collect();
        let submission = of.log.len().to_string();
        let fields = fields.as_object().cloned().unwrap_or_default();
        let hand_in = HandIn { task, revision, fields, rows, complete: true, submission, ..HandIn::default() };
        told(of, by, Command::HandIn(hand_in));
    }

    fn fields(of: serde_json::Value) -> Fields {
        of.as_object().cloned().unwrap_or_default()
    }

    fn town(of: &mut Opened, text: &str) {
        let Parsed::Offices(town) = parse("offices.yaml", text).unwrap() else { panic!("these are offices") };
        of.ledgers.offices = Arc::new(town);
        if concerned_by_folders(&of.case, &of.ledgers.offices) {
            told(of, crate::case::decide::ITSELF, Command::OfficesChanged);
        }
        assert!(!concerned_by_folders(&of.case, &of.ledgers.offices), "asked once, and no more");
    }

    fn questions(of: &Opened) -> Vec<(String, String)> {
        of.case.open_questions().map(|q| (q.text.clone(), q.answers.join("/"))).collect()
    }

    fn at_work() -> Opened {
        let mut of = opened(DEFINITION, None, TOWN);
        let entry = |name: &str| Row { fields: fields(json!({ "名称": name })), ..Row::default() };
        hand_in(&mut of, "甲办", |ask| *ask == Ask::Nominate, json!({}), vec![entry("一"), entry("二")]);
        of
    }

    const WITHOUT: &str = "offices:\n  甲办: {}\n  乙办: { folder: false, mail: y@example.org }\n";

    #[test]
    fn who_opened_the_case_is_asked_about_tasks_nobody_sees_and_may_see_to_them() {
        let mut of = at_work();
        town(&mut of, WITHOUT);
        let asked = questions(&of);
        let nominate = "丙办已不在单位名录中，2号待办“提出表”不能送达，无人办理。不再等候其报送的，请交“结束或重开收件”表结束收件。\
                        管理员已在单位名录中补上的，答“重试”，再次送达。";
        assert!(asked.contains(&(nominate.to_string(), "重试/已另行处理".to_string())), "{asked:#?}");
        let answer = asked.iter().find(|(text, _)| text.starts_with("乙办没有收件文件夹")).unwrap();
        assert_eq!(answer.1, "重试/由本单位代办/已另行处理");
        assert!(!asked.iter().any(|(text, _)| text.contains(|c: char| c.is_ascii_alphabetic())), "{asked:#?}");
        // each is asked about by itself; 甲办 takes over what 乙办 owes
        let about = |of: &Opened| {
            let question = of.case.open_questions().find(|q| q.text.starts_with("乙办")).unwrap();
            let task = of.case.open_tasks().find(|t| t.ask == Ask::Question(question.id)).unwrap();
            (task.id, task.revision)
        };
        let count = of.case.open_tasks().filter(|t| t.office == "乙办").count();
        assert!(count > 0);
        for _ in 0..count {
            let (task, revision) = about(&of);
            let fields = fields(json!({ "answer": TAKEN_OVER }));
            let hand_in = HandIn { task, revision, fields, submission: of.log.len().to_string(), ..HandIn::default() };
            told(&mut of, "甲办", Command::HandIn(hand_in));
        }
        assert_eq!(of.case.open_tasks().filter(|t| t.office == "乙办").count(), 0);
        let seen = |item| Row { item: Some(item), fields: fields(json!({ "所见": "可" })), ..Row::default() };
        for item in [1, 2] {
            let task = of.case.open_tasks().find(|t| t.ask == Ask::Answer && t.items.contains(&item)).unwrap();
            assert_eq!(task.office, "甲办");
            let rows = vec![(seen(item), String::new())];
            let (task, revision) = (task.id, task.revision);
            let submission = of.log.len().to_string();
            let hand_in = HandIn { task, revision, rows, complete: true, submission, ..HandIn::default() };
            told(&mut of, "甲办", Command::HandIn(hand_in));
        }
        assert_eq!(of.case.all_items().filter_map(|i| i.stage()).collect::<Vec<_>>(), ["审", "审"]);
    }

    #[test]
    fn an_office_that_has_a_folder_again_is_asked_itself() {
        let mut of = at_work();
        town(&mut of, WITHOUT);
        assert!(!questions(&of).is_empty());
        let before = of.log.len();
        town(&mut of, TOWN);
        assert_eq!(questions(&of), []);
        let again =
            of.log.iter().skip(before).flat_map(|event| {
                crate::case::effect::owed(of.program.workflow(), &of.ledgers.offices, &of.case, event)
            });
        let sheets = again.filter(|(_, owed)| matches!(owed, Effect::Sheet { .. })).count();
        assert!(sheets > 0, "its workbooks are laid anew");
    }

    #[test]
    fn a_question_that_reaches_nobody_is_told_to_who_opened_the_case() {
        let mut of = at_work();
        let seen = |item| Row { item: Some(item), fields: fields(json!({ "所见": "可" })), ..Row::default() };
        for item in [1, 2] {
            let task = of.case.open_tasks().find(|t| t.ask == Ask::Answer && t.items.contains(&item)).unwrap();
            let rows = vec![(seen(item), String::new())];
            let (task, revision) = (task.id, task.revision);
            let submission = of.log.len().to_string();
            let hand_in = HandIn { task, revision, rows, complete: true, submission, ..HandIn::default() };
            told(&mut of, "乙办", Command::HandIn(hand_in));
        }
        let yes = |item| Row { item: Some(item), outcome: Some("同意".into()), ..Row::default() };
        let task = of.case.open_tasks().find(|t| t.office == "甲办" && t.items.contains(&2)).unwrap();
        let (task, revision, submission) = (task.id, task.revision, of.log.len().to_string());
        let rows = vec![(yes(2), String::new())];
        told(
            &mut of,
            "甲办",
            Command::HandIn(HandIn { task, revision, rows, complete: true, submission, ..HandIn::default() }),
        );
        let (task, question) = of
            .case
            .open_tasks()
            .find_map(|t| if let Ask::Question(q) = t.ask { Some((t.id, q)) } else { None })
            .unwrap();
        assert_eq!(of.case.tasks.get(&task).unwrap().office, "乙办");
        let Parsed::Offices(bare) = parse("offices.yaml", WITHOUT).unwrap() else { panic!("these are offices") };
        of.ledgers.offices = Arc::new(bare);
        // the effect is given up before the change of offices is told, and the other way round it is asked once too
        let owed = Some(Effect::Sheet { task });
        let given_up = || Command::GivenUp {
            effect: "试/9/1".into(),
            owed: owed.clone(),
            result: "office 乙办 has no folder".into(),
            attempts: 1,
        };
        told(&mut of, crate::case::decide::ITSELF, given_up());
        told(&mut of, crate::case::decide::ITSELF, Command::OfficesChanged);
        let about = |of: &Opened| {
            let of_task = |q: &&Question| matches!(&q.about, QuestionAbout::Effect { owed: Effect::Sheet { task: t }, .. } if *t == task);
            of.case.open_questions().filter(of_task).map(|q| q.id).collect::<Vec<_>>()
        };
        let [asked] = about(&of)[..] else { panic!("{:?}", questions(&of)) };
        let open = of.case.open_tasks().find(|t| t.ask == Ask::Question(asked)).unwrap();
        assert_eq!(open.office, "甲办");
        let (open, revision, submission) = (open.id, open.revision, of.log.len().to_string());
        let taken = fields(json!({ "answer": TAKEN_OVER }));
        told(
            &mut of,
            "甲办",
            Command::HandIn(HandIn { task: open, revision, fields: taken, submission, ..HandIn::default() }),
        );
        let task = of.case.open_tasks().find(|t| t.ask == Ask::Question(question)).unwrap();
        assert_eq!(task.office, "甲办", "and answers it himself");
    }
}
