//! Coverage of a made-up definition by made-up logs: each event reaches what it should, and nothing else.

use super::*;
use crate::calendar::Calendar;
use crate::case::event::{Ask, Body, Change, ClockChange, ClockOf, Fields, Hold, QuestionAbout, Row, Rung};
use crate::case::program::{Proof, Proofed};
use crate::clock::Moment;
use crate::deadline::{Budget, Change as Entry, Span};
use crate::workflow::check::reload;
use serde_json::{Value, json};
use std::sync::Arc;

const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办, 乙: 乙办 }
case: { title: 试, opened: { by: 甲 }, params: { 年度: year } }
items:
  事项:
    identity: [名称]
    fields: { 名称: name, 数: integer, 急: yes-no }
  意见: { about: 事项, identity: [内容], fields: { 内容: text } }
rules:
  - { name: 不超, require: \"数 <= 5\", say: \"{{ 名称 }}的数不得超过5\" }
  - { name: 宜少, expect: \"数 <= 3\", say: 一般不超过3 }
  - { name: 问急, ask: 急, by: 乙, answers: [照办, 缓办], say: 是否照办 }
  - { name: 留意, note: \"数 == 2\", say: 请留意 }
  - { name: 只急, require: \"数 <= 4\", when: 急, say: 急件不得超过4 }
clocks:
  办结: { of: 事项, run: 20 workdays, from: opened, until: 归档, stops: [意见, 审核], restarts: 提出, extend: { by: 5 workdays, times: 1, approve: 乙 }, remind: [+1 workday repeat], overdue: { ask: 乙 } }
stages:
  - { recommend: 提出, of: 事项, by: 甲, within: 5 workdays, remind: [-2 workdays, 0] }
  - review: 审核
    of: 事项
    by: 乙
    collects: 意见
    outcomes:
      同意: { next: true, do: [{ set: { 级别: 数 } }, { enter: 台账, with: {} }] }
      退回: { back: 提出, within: 3 workdays }
      不同意: { end: 未通过 }
  - { review: 处理, of: 意见, by: 乙, outcomes: { 不同意: { end: 不采纳, about: { end: 撤下 } } } }
  - { file: 归档, by: 甲, do: [{ leave: 台账, reason: 办结 }] }
";

struct NoProof;

impl Proof for NoProof {
    fn proof(&self, _: &str, _: &str, _: &Fields) -> Result<Proofed, Vec<String>> {
        Err(Vec::new())
    }
}

fn at(text: &str) -> Moment {
    Moment::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
}

fn fields(value: Value) -> Fields {
    value.as_object().unwrap().clone()
}

/// A log of one case, decision by decision.
struct Log {
    program: Program,
    events: Vec<Event>,
}

impl Log {
    fn open() -> Log {
        let sources = BTreeMap::from([("workflow.yaml".to_string(), DEFINITION.to_string())]);
        let closure = Arc::new(reload(&sources).unwrap_or_else(|p| panic!("{p:#?}")));
        let (workflow, digest) = (closure.workflow.name.clone(), closure.digest.clone());
        let mut log = Log { program: Program::new(closure, Arc::new(NoProof)), events: Vec::new() };
        let opened = Body::CaseOpened {
            workflow,
            closure: digest,
            key: Vec::new(),
            title: "试".into(),
            opener: "甲办".into(),
            params: Fields::new(),
            period: None,
            parent: None,
        };
        let begun = Body::BatchOpened {
            batch: 1,
            stage: "提出".into(),
            key: String::new(),
            round: 1,
            items: Vec::new(),
            left: Vec::new(),
            expected: Vec::new(),
            signers: Vec::new(),
        };
        log.decide(vec![opened, begun, task(1, Some(1), "提出", &[], Ask::Nominate)]);
        log
    }

    fn decide(&mut self, bodies: Vec<Body>) {
        // one decision has one cause and one moment
        let cause = format!("submission {}", self.events.len());
        let at = at("2026-03-02T09:00") + chrono::TimeDelta::minutes(self.events.len() as i64);
        for body in bodies {
            let (stream, by, cause) = ("试-1".to_string(), "甲办".to_string(), cause.clone());
            let seq = self.events.len() as u64 + 1;
            self.events.push(Event { stream, seq, at, by, on_behalf: None, cause, body });
        }
    }

    /// What is reached, by name.
    fn reached(&self) -> BTreeSet<String> {
        let mut coverage = Coverage::of(self.program.workflow());
        let programs = BTreeMap::from([(self.program.closure.digest.clone(), self.program.clone())]);
        let ledgers = Ledgers::new(Arc::default(), Arc::new(Calendar::shipped().clone()));
        coverage.watch("一", &programs, ledgers, &self.events);
        let all = coverage.parts().filter(|(_, by)| !by.is_empty());
        all.map(|(part, by)| {
            assert_eq!(by, ["一"]);
            format!("{} {part}", part.kind().word())
        })
        .collect()
    }
}

fn task(task: u64, batch: Option<u32>, stage: &str, items: &[u32], ask: Ask) -> Body {
    let (stage, office, items) = (Some(stage.to_string()), "甲办".to_string(), items.to_vec());
    Body::TaskOpened { task, batch, stage, office, items, revision: 1, ask }
}

fn opened(item: u32, stage: &str, of: &str, about: Option<u32>, said: Value) -> Body {
    Body::ItemOpened {
        item,
        of: of.into(),
        category: None,
        owner: "甲办".into(),
        about,
        stage: stage.into(),
        fields: fields(said),
        waiver: None,
        submission: None,
    }
}

fn answered(task: u64, rows: &[(u32, &str)]) -> Body {
    let row =
        |(item, outcome): &(u32, &str)| Row { item: Some(*item), outcome: Some(outcome.to_string()), ..Row::default() };
    Body::TaskAnswered {
        task,
        submission: String::new(),
        fields: Fields::new(),
        rows: rows.iter().map(row).collect(),
        attachments: Vec::new(),
        declined: None,
        complete: true,
        part: false,
        count: None,
        saw: Vec::new(),
    }
}

fn moved(item: u32, from: &str, to: &str, outcome: &str) -> Body {
    Body::ItemMoved {
        item,
        from: from.into(),
        to: to.into(),
        round: 1,
        outcome: outcome.into(),
        reason: None,
        code: None,
        resume: None,
        back: false,
        straight: false,
        unjudged: false,
    }
}

fn refused(reason: &str) -> Body {
    Body::CommandRefused { submission: String::new(), office: "甲办".into(), reasons: vec![reason.into()] }
}

fn has(reached: &BTreeSet<String>, yes: &[&str], no: &[&str]) {
    for part in yes {
        assert!(reached.contains(*part), "{part} is not in {reached:#?}");
    }
    for part in no {
        assert!(!reached.contains(*part), "{part} is in {reached:#?}");
    }
}

#[test]
fn what_nobody_did_is_not_reached() {
    let log = Log::open();
    assert_eq!(log.reached(), BTreeSet::from(["stage 提出".to_string()]));
    let coverage = Coverage::of(log.program.workflow());
    assert_eq!(coverage.never().len(), coverage.parts().count());
    let words: BTreeSet<String> = coverage.never().iter().map(|p| format!("{} {p}", p.kind().word())).collect();
    for part in [
        "outcome 审核 → 不同意",
        "rule 宜少 (一般不超过3): waived",
        "clock 提出 within: reminder -2 workdays",
        "clock 审核 → 退回 within: over",
        "action 审核 → 同意: set 级别",
        "action 归档: leave 台账",
        "side type 意见",
        "question 问急: answered 缓办",
        "question 意见: asked whether to take it late",
    ] {
        assert!(words.contains(part), "{part} is not in {words:#?}");
    }
}

#[test]
fn rules_are_held_broken_and_waived() {
    let mut log = Log::open();
    log.decide(vec![refused("物一的数不得超过5。")]);
    log.decide(vec![refused("一般不超过3。如确需报送，请在“情况说明”栏写明理由后重报。")]);
    let reached = log.reached();
    has(
        &reached,
        &["rule 不超 ({{ 名称 }}的数不得超过5): broken", "rule 宜少 (一般不超过3): broken"],
        &["rule 不超 ({{ 名称 }}的数不得超过5): held", "rule 只急 (急件不得超过4): broken"],
    );
    let waived = Body::RuleWaived { rule: "宜少".into(), items: vec![1], reason: "确需".into() };
    let nominated = opened(1, "提出", "事项", None, json!({ "名称": "物一", "数": 4, "急": false }));
    log.decide(vec![nominated, waived, answered(1, &[]), moved(1, "提出", "审核", "报送")]);
    has(
        &log.reached(),
        &[
            "rule 不超 ({{ 名称 }}的数不得超过5): held",
            "rule 宜少 (一般不超过3): waived",
            "rule 问急 (是否照办): held",
            "rule 留意 (请留意): held",
            "outcome 提出 → 报送",
        ],
        &["rule 宜少 (一般不超过3): held", "rule 只急 (急件不得超过4): held", "rule 留意 (请留意): broken"],
    );
    log.decide(vec![task(2, Some(1), "提出", &[], Ask::Nominate)]);
    let urgent = opened(2, "提出", "事项", None, json!({ "名称": "物二", "数": 2, "急": true }));
    let about = QuestionAbout::Rule { rule: "问急".into(), item: 2 };
    let asked =
        Body::QuestionAsked { question: 1, to: "乙办".into(), text: String::new(), answers: Vec::new(), about };
    log.decide(vec![urgent, asked, answered(2, &[])]);
    let said = Body::QuestionAnswered { question: 1, answer: "缓办".into(), reason: None };
    log.decide(vec![said]);
    has(
        &log.reached(),
        &[
            "rule 只急 (急件不得超过4): held",
            "rule 宜少 (一般不超过3): held",
            "rule 留意 (请留意): broken",
            "rule 问急 (是否照办): broken",
            "question 问急: answered 缓办",
        ],
        &["question 问急: answered 照办"],
    );
}

#[test]
fn outcomes_actions_and_side_items_are_told_apart() {
    let mut log = Log::open();
    let nominated = opened(1, "提出", "事项", None, json!({ "名称": "物一", "数": 1, "急": false }));
    log.decide(vec![nominated, answered(1, &[]), moved(1, "提出", "审核", "报送")]);
    let side = opened(2, "处理", "意见", Some(1), json!({ "内容": "不妥" }));
    log.decide(vec![side, Body::ItemHeld { item: 1, on: Hold::Side(2) }]);
    log.decide(vec![task(2, None, "处理", &[2], Ask::Answer)]);
    // the side item ends by its own outcome, what it is about by the same word, which is not the outcome of its stage
    let ended = |item, label: &str| Body::ItemEnded {
        item,
        label: label.into(),
        outcome: Some("不同意".into()),
        reason: None,
        merged_into: None,
        code: None,
    };
    log.decide(vec![answered(2, &[(2, "不同意")]), ended(2, "不采纳"), ended(1, "撤下")]);
    has(
        &log.reached(),
        &["side type 意见", "outcome 处理 → 不同意"],
        &["outcome 审核 → 不同意", "outcome 审核 → 同意", "action 审核 → 同意: set 级别"],
    );
    log.decide(vec![task(3, None, "审核", &[1], Ask::Answer)]);
    let set = Body::ItemChanged { item: 1, fields: fields(json!({ "级别": 1 })), why: "set".into() };
    let entered = Body::RegisterWritten {
        register: "台账".into(),
        key: "物一".into(),
        entry: 1,
        change: Change::Enter,
        fields: Fields::new(),
        reason: None,
    };
    log.decide(vec![answered(3, &[(1, "同意")]), set, entered]);
    has(
        &log.reached(),
        &["outcome 审核 → 同意", "action 审核 → 同意: set 级别", "action 审核 → 同意: enter 台账"],
        &["action 归档: leave 台账"],
    );
}

#[test]
fn a_rung_reaches_its_clock_and_one_passed_over_reminds_nobody() {
    let mut log = Log::open();
    let started = |clock, of| Body::ClockStarted {
        region: None,
        due: None,
        since: None,
        clock,
        of,
        from: at("2026-03-02T09:00").date(),
        budget: Budget::Span(Span::Workdays(5)),
        count_start: false,
        remind: Vec::new(),
        calendar: String::new(),
        closes: None,
    };
    let rang = |clock, rung, late| Body::ClockRang { clock, rung, late };
    log.decide(vec![started(1, ClockOf::Answer(1))]);
    log.decide(vec![rang(1, Rung::Remind(0), true), rang(1, Rung::Remind(1), false)]);
    has(
        &log.reached(),
        &["clock 提出 within: reminder 0"],
        &["clock 提出 within: reminder -2 workdays", "clock 提出 within: over"],
    );
    log.decide(vec![rang(1, Rung::Due, true)]);
    let nominated = opened(1, "提出", "事项", None, json!({ "名称": "物一", "数": 1, "急": false }));
    log.decide(vec![nominated, answered(1, &[]), moved(1, "提出", "审核", "报送")]);
    log.decide(vec![task(2, None, "审核", &[1], Ask::Answer)]);
    log.decide(vec![answered(2, &[(1, "退回")]), moved(1, "审核", "提出", "退回"), started(2, ClockOf::Return(1))]);
    log.decide(vec![rang(2, Rung::Due, false)]);
    assert!(!log.reached().iter().any(|part| part.contains("办结: ")));
    log.decide(vec![started(3, ClockOf::Named { clock: "办结".into(), item: 1 })]);
    let date = at("2026-03-03T09:00").date();
    let entered = |entries: Vec<Entry>| {
        let change = ClockChange::Entered { entries, source: None, before: None, after: None, again: Vec::new() };
        Body::ClockChanged { clock: 3, change }
    };
    log.decide(vec![entered(vec![Entry::stop(date, "审核缓议")])]);
    log.decide(vec![entered(vec![Entry::resume(date), Entry::restart(date)])]);
    log.decide(vec![rang(3, Rung::Again(0, at("2026-03-31T00:00")), false)]);
    has(
        &log.reached(),
        &["clock 办结: stopped by 审核", "clock 办结: restarted", "clock 办结: reminder +1 workday repeat"],
        &["clock 办结: stopped by 意见", "clock 办结: extended", "clock 办结: over"],
    );
    let asked = |about| {
        let (to, text, answers) = ("乙办".to_string(), String::new(), Vec::new());
        Body::QuestionAsked { question: 1, to, text, answers, about }
    };
    log.decide(vec![asked(QuestionAbout::Extend { clock: 3, reason: "确需".into() })]);
    log.decide(vec![entered(vec![Entry::Extend { span: Span::Workdays(5), date, reason: "确需".into() }])]);
    log.decide(vec![rang(3, Rung::Due, false), asked(QuestionAbout::Overdue { clock: "办结".into(), item: Some(1) })]);
    has(
        &log.reached(),
        &["clock 办结: extended", "clock 办结: over"],
        &["clock 办结: stopped by 意见", "question 意见: asked whether to take it late"],
    );
    has(&log.reached(), &["question 办结: asked for more time", "question 办结: asked when it ran out"], &[]);
    has(&log.reached(), &["clock 提出 within: over", "clock 审核 → 退回 within: over", "outcome 审核 → 退回"], &[]);
}
