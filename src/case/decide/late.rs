//! What becomes of those who are late at a gate (LANGUAGE §1 `late`): at its limit they are left out (`exclude`), or somebody
//! says whether to wait for them (`ask`; `leave`, of those whom nothing holds).
//!
//! The limit runs from the day on which those upstream are all that keeps the gate shut. Who answers that they be waited for
//! is asked again when the same span has passed once more; of a limit that is a date, every [`ASKED_AGAIN`].

use super::Deciding;
use crate::case::event::{ClockOf, QuestionAbout, Rung};
use crate::case::story::item_name;
use crate::deadline::{Budget, Span};
use crate::workflow::{Late, Limit, Stage};

/// How an item ends that had not come to its gate by the limit.
const LEFT_OUT: &str = "逾期未参加";
/// The answers about those who are late.
const WAIT: &str = "等候";
const GO_ON: &str = "不等";
/// After which time it is asked again, where the limit is a date that has passed.
const ASKED_AGAIN: Span = Span::Workdays(5);
/// Names of those who are late before the list is cut.
const NAMES_MAX: usize = 20;

impl<'a> Deciding<'a> {
    /// The wait of a gate for its next batch.
    pub(super) fn gate_clock(&self, stage: &Stage, key: &str) -> ClockOf {
        let round = self.case.index.wait(&stage.name, key);
        ClockOf::Gate { stage: stage.name.clone(), key: key.to_string(), round }
    }

    /// Whether somebody has said that this round of a gate is not to wait any longer.
    pub(super) fn goes_without_them(&self, stage: &Stage, key: &str) -> bool {
        let about = self.late_question(stage, key);
        let said = |q: &crate::case::Question| q.about == about && q.answer.as_deref() == Some(GO_ON);
        matches!(stage.late, Late::Ask | Late::Leave) && self.case.questions.values().any(|q| said(q))
    }

    /// Whether nothing is to be done about the late but to wait: the limit of the gate runs, or somebody is asked.
    pub(super) fn awaits_its_limit(&self, stage: &Stage, key: &str) -> bool {
        let about = self.late_question(stage, key);
        let runs = self.case.clocks_of(&self.gate_clock(stage, key)).any(|c| !c.ended);
        runs || self.case.open_questions().any(|q| q.about == about)
    }

    fn late_question(&self, stage: &Stage, key: &str) -> QuestionAbout {
        let round = self.case.index.wait(&stage.name, key);
        QuestionAbout::Late { stage: stage.name.clone(), key: key.to_string(), round }
    }

    /// Lets the limit of a gate run that those upstream alone keep shut.
    pub(super) fn await_the_late(&mut self, stage: &Stage, key: &str) {
        let of = self.gate_clock(stage, key);
        let again = self.case.clocks_of(&of).next().is_some();
        let Some(within) = stage.within.as_ref().filter(|_| !self.awaits_its_limit(stage, key)) else { return };
        let limit = match (within, again) {
            (Limit::From(..) | Limit::By(_), true) => Some((self.now.date(), Budget::Span(ASKED_AGAIN))),
            (Limit::Span(_) | Limit::From(..) | Limit::By(_), _) => {
                let here = self.case.index.waiting.get(&stage.name).into_iter().flatten().copied();
                let here: Vec<u32> = here.filter(|id| self.key(stage, *id) == key).collect();
                self.limit_of_all(within, &here)
            }
        };
        if let Some((from, budget)) = limit {
            self.start_clock(of, from, budget, false, Vec::new());
        }
    }

    /// The limit of a gate has passed.
    pub(super) fn gate_over(&mut self, stage: &str, key: &str) {
        let program = self.program;
        let workflow = program.workflow();
        let Some((index, stage)) = workflow.stage_index(stage).zip(workflow.stage(stage)) else { return };
        let behind = self.open_gates(index, stage).behind.into_iter().find(|late| late.key == key);
        let Some(late) = behind else { return };
        match stage.late {
            Late::Exclude => {
                for id in late.behind {
                    let reason = format!("“{}”的期限已到，尚未办到该环节", stage.title);
                    self.end_item(id, LEFT_OUT, None, Some(reason), None);
                }
            }
            Late::Ask => self.ask_about_the_late(stage, key, late.waiting, &late.behind),
            Late::Leave => {
                // who is held is left in any case
                let held = |id: &u32| self.case.item(*id).is_some_and(|i| !i.holds.is_empty());
                let (_, free): (Vec<u32>, Vec<u32>) = late.behind.into_iter().partition(held);
                self.ask_about_the_late(stage, key, late.waiting, &free);
            }
            Late::Wait => {}
        }
    }

    fn ask_about_the_late(&mut self, stage: &Stage, key: &str, waiting: u32, behind: &[u32]) {
        let roles = stage.late_by.as_ref().map_or(stage.by.as_slice(), std::slice::from_ref);
        let asked = self.actors(roles, Some(waiting)).into_iter().next();
        let to = asked.unwrap_or_else(|| self.standing(&self.case.opener));
        let workflow = self.program.workflow();
        let items = behind.iter().take(NAMES_MAX).filter_map(|id| self.case.item(*id));
        let told: Vec<String> = items
            .map(|item| {
                let stage = item.stage().and_then(|s| workflow.stage(s)).map_or("", |s| s.title.as_str());
                format!("{}（现处“{stage}”）", item_name(workflow, item))
            })
            .collect();
        let more = if behind.len() > NAMES_MAX { "等" } else { "" };
        let text = format!(
            "“{}”的期限已到，仍有{}件未到：{}{more}。是否继续等候？答“{WAIT}”的，期限再满时再问；答“{GO_ON}”的，先办已到的，其余下一轮另办。",
            stage.title,
            behind.len(),
            told.join("、")
        );
        let about = self.late_question(stage, key);
        self.ask(&to, text, vec![WAIT.to_string(), GO_ON.to_string()], about);
    }

    /// The wait that is over for items of which a batch is to be opened. They come through the gate, and nobody need be waited for
    /// or asked about any more; but of what was put off it is over long since, and who waits at the gate waits on.
    pub(super) fn waited(&mut self, stage: &Stage, key: &str, items: &[u32]) -> ClockOf {
        if let Some(round) = self.case.wait_before(items) {
            return ClockOf::Gate { stage: stage.name.clone(), key: key.to_string(), round };
        }
        let of = self.gate_clock(stage, key);
        if stage.late != Late::Wait && stage.within.is_some() {
            let about = self.late_question(stage, key);
            self.end_clocks(&of);
            self.overtake_questions(|asked| *asked == about, "已到齐，无须再答");
        }
        of
    }

    /// Whether the limit of a gate that opens was a date and has passed in waiting: it limits the answer no longer.
    pub(super) fn used_up_in_waiting(&self, stage: &Stage, of: &ClockOf) -> bool {
        let rang = self.case.clocks_of(of).any(|c| c.rang.contains(&Rung::Due));
        rang && matches!(stage.within, Some(Limit::By(_) | Limit::From(..)))
    }
}

#[cfg(test)]
mod tests {
    use crate::case::command::{Asked, Command, HandIn};
    use crate::case::decide::decide;
    use crate::case::decide::tests::{Opened, opened};
    use crate::case::event::{Ask, ClockOf, Fields, Row};
    use serde_json::json;

    const TOWN: &str = "offices:\n  甲办: { title: 甲办 }\n  乙办: { title: 乙办 }\n";
    const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办, 乙: 乙办 }
case: { title: 试, opened: { by: 甲 } }
items: { 事: { identity: [名称], fields: { 名称: text } } }
stages:
  - { recommend: 提出, by: 甲, expect: all }
  - { assess: 看, by: 甲, form: { item: { 所见: text } } }
  - review: 议
    by: 乙
    each: case
    late: ask
    within: { by: 2025-03-05 }
    overdue: { outcome: 视为同意, basis: 条例1 }
    outcomes: { 同意: next, 视为同意: next, 缓议: { stay: true } }
  - { file: 归档, by: 甲, fonds: \"0001\", class: SHI }
";

    fn told(of: &mut Opened, by: &str, command: Command) {
        let cause = format!("submission {}", of.log.len());
        let asked = Asked { by: by.into(), on_behalf: None, cause, command };
        let decision = decide(&of.program, &of.case, &asked, &of.ledgers, of.now).unwrap();
        of.log.extend(decision.events);
        (of.case, of.ledgers) = (decision.case, decision.ledgers);
    }

    fn hand_in(of: &mut Opened, by: &str, ask: fn(&Ask) -> bool, fields: Fields, rows: Vec<Row>) {
        let task = of.case.open_tasks().find(|t| t.office == by && ask(&t.ask)).unwrap();
        let (task, revision) = (task.id, task.revision);
        let rows = rows.into_iter().map(|row| (row, String::new())).collect();
        let submission = of.log.len().to_string();
        let hand_in = HandIn { task, revision, fields, rows, complete: true, submission, ..HandIn::default() };
        told(of, by, Command::HandIn(hand_in));
    }

    fn fields(of: serde_json::Value) -> Fields {
        of.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_date_that_passed_in_waiting_does_not_limit_what_is_put_off_either() {
        let mut of = opened(DEFINITION, None, TOWN);
        let entry = |name: &str| Row { fields: fields(json!({ "名称": name })), ..Row::default() };
        hand_in(&mut of, "甲办", |ask| *ask == Ask::Nominate, Fields::new(), vec![entry("一"), entry("二")]);
        let seen = Row { item: Some(1), fields: fields(json!({ "所见": "可" })), ..Row::default() };
        hand_in(&mut of, "甲办", |ask| *ask == Ask::Answer, Fields::new(), vec![seen]);
        of.now += chrono::TimeDelta::days(4);
        told(&mut of, super::super::ITSELF, Command::Ring);
        let go_on = fields(json!({ "answer": super::GO_ON }));
        hand_in(&mut of, "乙办", |ask| matches!(ask, Ask::Question(_)), go_on, Vec::new());
        let put_off =
            Row { item: Some(1), outcome: Some("缓议".into()), reason: Some("略".into()), ..Row::default() };
        hand_in(&mut of, "乙办", |ask| *ask == Ask::Answer, Fields::new(), vec![put_off]);
        assert_eq!(of.case.open_batches("议").map(|batch| (batch.round, batch.wait)).collect::<Vec<_>>(), [(2, 1)]);
        let limits = |of: &Opened| of.case.running().filter(|c| matches!(c.of, ClockOf::Answer(_))).count();
        assert_eq!(limits(&of), 0, "nor would silence fall on it at once");
    }
}
