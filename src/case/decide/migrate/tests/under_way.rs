//! What somebody has answered in part, a list that is put up and a limit that runs are not moved to other rules.

use super::*;
use crate::case::ballots::Counting;
use crate::case::event::Sheet;

const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办, 委: { offices: [甲办, 乙办, 丙办] } }
case: { title: 试, key: [年度], opened: { by: 甲 }, params: { 年度: year } }
items:
  事项:
    identity: [名称]
    fields: { 名称: text, 数: integer }
    public: [名称]
  函: { about: 事项, fields: { 内容: text } }
clocks:
  办结: { of: 事项, run: 20 workdays, from: opened, until: 定, stops: [函], reasons: [专家评审], remind: [-2 workdays] }
stages:
  - { recommend: 提出, of: 事项, by: 甲 }
  - { review: 表决, of: 事项, by: 甲, sign: { vote: 委, quorum: 2/3, pass: more than 1/2 of present, veto: [乙办] }, outcomes: { 同意: next, 不同意: { end: 未通过 } } }
  - assess: 评分
    of: 事项
    by: 委
    within: 5 workdays
    score: { criteria: { 实绩: 60, 作风: 40 }, scale: 100, assessors: { min: 2 } }
    rank: { by: [得分 down] }
    lists: { 优: { first: 1 } }
  - { assess: 测评, of: 事项, by: 甲, ballot: { options: { 满意: 2, 不满意: 0 }, sheets: tally } }
  - { assess: 核实, of: 优, by: 甲, collects: 函, form: { 情况: text } }
  - { review: 复函, of: 函, by: 甲, outcomes: { 复: { end: 已复 } } }
  - { decide: 定, of: 事项, by: 甲, form: { case: { 日期: date } }, lists: { 优: {} } }
  - { file: 归档, of: 事项, by: 甲 }
";

/// The case from its opening on, each hand-in by the office that is asked.
struct Run {
    program: Program,
    ledgers: Ledgers,
    case: Case,
}

impl Run {
    fn begun() -> Run {
        let (program, ledgers) = (program(DEFINITION), ledgers());
        let case = opened(&program, &ledgers);
        let mut run = Run { program, ledgers, case };
        let row = Row { fields: row(json!({ "名称": "东河清淤", "数": 3 })), ..Row::default() };
        run.answer("甲办", vec![row]);
        assert_eq!(run.case.item(1).unwrap().stage(), Some("表决"));
        run
    }

    fn answer(&mut self, office: &str, rows: Vec<Row>) {
        let task = self.case.open_tasks().find(|t| t.office == office).unwrap().clone();
        self.case = hand_in(&self.program, &self.case, &self.ledgers, &task, rows);
    }

    fn vote(&mut self, office: &str) {
        let row = Row { item: Some(1), outcome: Some("同意".into()), ..Row::default() };
        self.answer(office, vec![row]);
    }

    fn mark(&mut self, office: &str) {
        let marks = row(json!({ "实绩": 80, "作风": 90 }));
        let row = Row { item: Some(1), fields: marks, assessor: Some(format!("{office}的人")), ..Row::default() };
        self.answer(office, vec![row]);
    }

    /// Voted on by all, and marked by all but one.
    fn marked() -> Run {
        let mut run = Run::begun();
        ["甲办", "乙办", "丙办"].iter().for_each(|office| run.vote(office));
        ["甲办", "乙办"].iter().for_each(|office| run.mark(office));
        run
    }

    /// Marked by all: the list is made, and ballots are cast.
    fn listed() -> Run {
        let mut run = Run::marked();
        run.mark("丙办");
        assert_eq!(run.case.item(1).unwrap().stage(), Some("测评"));
        assert!(run.case.item(1).unwrap().lists.contains("优"));
        run
    }

    fn lines(&self, old: &str, new: &str) -> (bool, Vec<String>) {
        assert!(DEFINITION.contains(old), "{old}");
        let to = program(&DEFINITION.replace(old, new));
        let plan = migrate((&self.program, &to), &self.case, &Mapping::default(), "operator", &self.ledgers, at(5));
        (plan.decision.is_some(), told(&plan.lines))
    }

    fn blocked(&self, old: &str, new: &str, expected: &str) {
        let (moves, lines) = self.lines(old, new);
        assert!(!moves, "{old} → {new}: {lines:#?}");
        assert!(lines.iter().any(|l| l.starts_with("blocked") && l.contains(expected)), "{old} → {new}: {lines:#?}");
    }

    fn goes_on(&self, old: &str, new: &str, expected: &str) {
        let (moves, lines) = self.lines(old, new);
        assert!(moves, "{old} → {new}: {lines:#?}");
        assert!(lines.iter().any(|l| l.contains(expected)), "{old} → {new}: {lines:#?}");
    }
}

/// Rules of a vote, each as it was and as it is.
const VOTES: [(&str, &str, &str); 5] = [
    ("quorum: 2/3", "quorum: 1/3", "quorum 2/3 → 1/3"),
    ("more than 1/2 of present", "at least 2/3 of members", "pass more than 1/2 of present → at least 2/3 of members"),
    ("veto: [乙办]", "veto: [丙办]", "veto 乙办 → 丙办"),
    ("veto: [乙办] }", "veto: [乙办], abstain: left out }", "abstain counts → left out"),
    ("不同意: { end: 未通过 }", "不同意: { end: 否决 }", "不同意 (end 未通过) → 同意 (next), 不同意 (end 否决)"),
];

#[test]
fn a_vote_that_has_begun_is_counted_by_the_rules_it_began_with() {
    let mut run = Run::begun();
    for (old, new, expected) in VOTES {
        run.goes_on(old, new, expected);
    }
    run.blocked(
        "委: { offices: [甲办, 乙办, 丙办] }",
        "委: { offices: [甲办, 乙办] }",
        "it is signed by 甲办、乙办、丙办",
    );
    run.vote("甲办");
    for (old, new, expected) in VOTES {
        run.blocked(old, new, expected);
    }
    run.goes_on("实绩: 60, 作风: 40", "实绩: 50, 作风: 50", "batch 2 of 表决: goes on");
}

#[test]
fn marks_are_reckoned_as_they_were_given() {
    let mut run = Run::marked();
    run.blocked("实绩: 60, 作风: 40", "实绩: 50, 作风: 50", "weight of 实绩 60 → 50; weight of 作风 40 → 50");
    run.blocked("作风: 40", "作风: 30, 廉洁: 10", "weight of 廉洁 none → 10");
    run.blocked("min: 2 }", "min: 3 }", "assessors 2 → 3");
    run.goes_on("quorum: 2/3", "quorum: 1/3", "goes on");
    run.case = Run::listed().case;
    run.goes_on("实绩: 60, 作风: 40", "实绩: 50, 作风: 50", "goes on");
}

#[test]
fn a_list_is_decided_on_as_it_was_made() {
    let run = Run::listed();
    run.blocked("first: 1 }", "first: 2 }", "list 优: it was made by another rule (takes first 1 → first 2)");
    run.goes_on("quorum: 2/3", "quorum: 1/3", "list 优: is decided on as it was made");
}

#[test]
fn ballots_are_counted_by_the_rules_they_were_cast_under() {
    let mut run = Run::listed();
    run.goes_on("满意: 2", "满意: 1", "points of 满意 2 → 1");
    let batch = run.case.open_batches("测评").next().unwrap().id;
    let sheet = Counting {
        sheet: Sheet { ballots: 9, ..Sheet::default() },
        office: "甲办".into(),
        digest: String::new(),
        at: at(4),
        counts: Vec::new(),
    };
    Arc::make_mut(run.case.batches.get_mut(&batch).unwrap()).sheets.push(Arc::new(sheet));
    run.blocked("满意: 2", "满意: 1", "answered in part under other rules (points of 满意 2 → 1)");
    run.blocked("sheets: tally", "sheets: tally, abstain: 1", "abstain 0 → 1");
}

#[test]
fn a_limit_that_runs_is_kept_and_says_so() {
    let mut run = Run::marked();
    run.blocked("until: 定", "until: 表决", "it would run until 表决, and the item is at 评分, past it");
    run.goes_on("until: 定", "until: 归档", "runs on as it began; from now on until 定 → 归档");
    run.goes_on(
        "run: 20 workdays",
        "run: 10 workdays",
        "due 2025-03-31; run 20 workdays → 10 workdays holds for those",
    );
    run.goes_on("within: 5 workdays", "within: 9 workdays", "within 5 workdays → 9 workdays holds for those");
    run.blocked("of: 事项, run: 20", "of: 函, run: 20", "it is of 函 now, and this is 事项");
    let halt =
        Command::StopClock { clock: "办结".into(), item: 1, date: at(4).date(), reason: "专家评审".into() };
    let asked = Asked { by: "丙办".into(), on_behalf: None, cause: "submission 9".into(), command: halt };
    run.case = decide(&run.program, &run.case, &asked, &run.ledgers, at(5)).unwrap_or_else(|r| panic!("{r:#?}")).case;
    run.goes_on("until: 定", "until: 归档", "from now on until 定 → 归档");
    run.blocked(
        "reasons: [专家评审], ",
        "",
        "what somebody entered by hand has stopped it, and would not let it run again",
    );
}
