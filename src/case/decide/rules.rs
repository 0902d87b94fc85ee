//! Judging rules (§9): `require` refuses, `expect` wants a reason, `ask` asks, `note` remarks.

mod same;
#[cfg(test)]
mod tests;

use super::Deciding;
use super::gate::group_value;
use crate::case::eval::Target;
use crate::case::event::{Body, Hold, QuestionAbout, Row};
use crate::case::lists::is_meant;
use crate::workflow::{Rule, Strength};
use std::collections::BTreeMap;

/// What a rule found false (for `ask` and `note`: true).
struct Broken {
    items: Vec<u32>,
    place: String,
    waiver: Option<String>,
    say: String,
}

impl Deciding<'_> {
    /// Judges every rule that is due at this stage over the items of these rows.
    pub(super) fn judge(&mut self, stage: &str, rows: &[(u32, Row, String)]) {
        self.judge_those(stage, rows, |_| true);
    }

    /// Those of them that are about one item each.
    pub(super) fn judge_each(&mut self, stage: &str, rows: &[(u32, Row, String)]) {
        self.judge_those(stage, rows, |rule| rule.per.is_empty());
    }

    /// Those of them that are about a group.
    pub(super) fn judge_groups(&mut self, stage: &str, rows: &[(u32, Row, String)]) {
        self.judge_those(stage, rows, |rule| !rule.per.is_empty());
    }

    /// Judges the rules about the case itself: of a stage `of: case`, or, with none, those of its params.
    pub(super) fn judge_case(&mut self, stage: Option<&str>) {
        let program = self.program;
        for rule in program.workflow().rules.iter().filter(|r| r.of_case && r.is_judged_at(stage)) {
            if self.applies(rule, &Target::Case) && self.breaks(rule, &Target::Case) {
                let say = self.say(rule, &Target::Case);
                self.consequence(rule, Broken { items: Vec::new(), place: String::new(), waiver: None, say });
            }
        }
    }

    fn judge_those(&mut self, stage: &str, rows: &[(u32, Row, String)], which: impl Fn(&Rule) -> bool) {
        let program = self.program;
        let due = program.workflow().rules.iter().filter(|r| !r.of_case && r.is_judged_at(Some(stage)));
        for rule in due.filter(|r| which(r)) {
            rows.iter().for_each(|(id, ..)| self.forget_answer(rule, *id));
            let mut broken =
                if rule.per.is_empty() { self.broken_items(rule, rows) } else { self.broken_groups(rule, rows) };
            // a group that breaks it does so as a whole
            if !rule.per.is_empty() && program.workflow().stage(stage).is_some_and(|s| s.accept_rows) {
                broken.iter_mut().for_each(|each| each.place.clear());
            }
            for each in broken {
                self.consequence(rule, each);
            }
        }
    }

    /// What a decision must know is asked when it is put up: an answer given to it may not wait for another. Rules that look at
    /// what the decision itself says are not known yet.
    pub(super) fn ask_ahead(&mut self, stage: &str, items: &[u32]) {
        let program = self.program;
        let asks = |r: &&Rule| r.strength == Strength::Ask && r.per.is_empty() && r.at.iter().any(|s| s == stage);
        for rule in program.workflow().rules.iter().filter(asks) {
            for id in items.iter().copied().filter(|id| self.meant(rule, *id)).collect::<Vec<_>>() {
                self.forget_answer(rule, id);
                let target = Target::Item(id);
                let sight = self.sight();
                let due = rule.when.as_ref().is_none_or(|when| sight.holds(&when.source, &target) == Ok(true));
                if due && sight.holds(&rule.test.source, &target) == Ok(true) {
                    let say = self.say(rule, &target);
                    self.ask_rule(rule, Broken { items: vec![id], place: String::new(), waiver: None, say });
                }
            }
        }
    }

    fn broken_items(&mut self, rule: &Rule, rows: &[(u32, Row, String)]) -> Vec<Broken> {
        let mut broken = Vec::new();
        for (id, row, place) in rows {
            if self.meant(rule, *id) && self.applies(rule, &Target::Item(*id)) && self.breaks(rule, &Target::Item(*id))
            {
                let say = self.say(rule, &Target::Item(*id));
                broken.push(Broken { items: vec![*id], place: place.clone(), waiver: row.waiver.clone(), say });
            }
        }
        broken
    }

    fn broken_groups(&mut self, rule: &Rule, rows: &[(u32, Row, String)]) -> Vec<Broken> {
        let key = |this: &Self, id: u32| {
            let item = this.case.items.get(&id)?;
            Some(rule.per.iter().map(|by| group_value(&this.ledgers.offices, item, by)).collect::<Vec<_>>())
        };
        let mut touched: BTreeMap<Vec<String>, Vec<&(u32, Row, String)>> = BTreeMap::new();
        for row in rows.iter().filter(|r| self.meant(rule, r.0)) {
            touched.entry(key(self, row.0).unwrap_or_default()).or_default().push(row);
        }
        let mut broken = Vec::new();
        for (group, members) in touched {
            let living: Vec<u32> = self.case.living().map(|i| i.id).collect();
            let all: Vec<u32> = living
                .into_iter()
                .filter(|id| self.meant(rule, *id) && key(self, *id).as_ref() == Some(&group))
                .collect();
            let target = Target::Group(all);
            if !self.applies(rule, &target) || !self.breaks(rule, &target) {
                continue;
            }
            let say = self.say(rule, &target);
            let waiver = members.iter().find_map(|m| m.1.waiver.clone());
            let items = members.iter().map(|m| m.0).collect();
            broken.push(Broken { items, place: members.last().map(|m| m.2.clone()).unwrap_or_default(), waiver, say });
        }
        broken
    }

    fn meant(&self, rule: &Rule, id: u32) -> bool {
        let workflow = self.program.workflow();
        self.case.items.get(&id).is_some_and(|i| is_meant(workflow, &rule.of, i))
    }

    fn applies(&mut self, rule: &Rule, target: &Target) -> bool {
        rule.when.as_ref().is_none_or(|when| self.evaluate(rule, &when.source, target).unwrap_or(false))
    }

    fn breaks(&mut self, rule: &Rule, target: &Target) -> bool {
        let holds = self.evaluate(rule, &rule.test.source, target);
        match rule.strength {
            Strength::Require | Strength::Expect => holds == Some(false),
            Strength::Ask | Strength::Note => holds == Some(true),
        }
    }

    fn evaluate(&mut self, rule: &Rule, source: &str, target: &Target) -> Option<bool> {
        match self.sight().holds(source, target) {
            Ok(holds) => Some(holds),
            Err(why) => {
                self.refuse("", format!("规则“{}”无法判断：{why}。请联系管理员核对流程定义。", rule.name));
                None
            }
        }
    }

    fn say(&mut self, rule: &Rule, target: &Target) -> String {
        let source = rule.say.as_ref().map_or(rule.name.as_str(), |t| t.source.as_str());
        let said = self.sight().text(source, target).unwrap_or_else(|_| rule.name.clone());
        rule.basis.as_ref().map_or_else(|| said.clone(), |basis| format!("{said}（依据：{basis}）"))
    }

    fn consequence(&mut self, rule: &Rule, broken: Broken) {
        match rule.strength {
            Strength::Require => self.refuse(broken.place, format!("{}。", broken.say.trim_end_matches('。'))),
            Strength::Note => self.notes.push(broken.say),
            Strength::Expect => self.expect(rule, broken),
            Strength::Ask => self.ask_rule(rule, broken),
        }
    }

    fn expect(&mut self, rule: &Rule, broken: Broken) {
        if broken.items.iter().any(|id| self.is_waived(rule, *id)) {
            return;
        }
        match broken.waiver {
            Some(reason) => self.emit(Body::RuleWaived { rule: rule.name.clone(), items: broken.items, reason }),
            None => {
                let say = broken.say.trim_end_matches('。').to_string();
                self.refuse(broken.place, format!("{say}。如确需报送，请在“情况说明”栏写明理由后重报。"));
            }
        }
    }

    fn ask_rule(&mut self, rule: &Rule, broken: Broken) {
        for item in broken.items {
            if self.is_asked(rule, item) {
                continue;
            }
            let Some(to) =
                rule.by.as_ref().and_then(|r| self.actors(std::slice::from_ref(r), Some(item)).into_iter().next())
            else {
                continue;
            };
            let question = self.ask(
                &to,
                broken.say.clone(),
                rule.answers.clone(),
                QuestionAbout::Rule { rule: rule.name.clone(), item },
            );
            self.set_hold(item, Hold::Question(question), true);
        }
    }
}
