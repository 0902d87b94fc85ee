//! What goes on under the new version: living items, schedules, tasks, questions, papers.

use super::Look;
use crate::case::decide::migrate::{Line, stage_tasks};
use crate::case::decide::offices_of;
use crate::case::event::{Ask, Hold, QuestionAbout};
use crate::case::lists::is_meant;
use crate::case::story::{item_name, task_title};
use crate::case::{Item, Life};
use crate::submission::Type;
use crate::workflow::Field;
use serde_json::Value;
use std::collections::BTreeSet;

impl Look<'_> {
    pub(super) fn items(&mut self) {
        let living: Vec<Item> = self.moved.living().cloned().collect();
        for item in living {
            let name = self.case.item(item.id).map(|old| item_name(self.old, old)).unwrap_or_default();
            let at = self.case.item(item.id).and_then(|i| i.stage()).unwrap_or_default().to_string();
            let now = item.stage().unwrap_or_default().to_string();
            let what = format!("item {} {name} at {at}", item.id);
            let becomes = if at == now { "stays there".to_string() } else { format!("stands at {now}") };
            let wrong = self.wrong_with(&item);
            self.tell(what, &becomes, wrong);
        }
    }

    fn wrong_with(&self, item: &Item) -> Vec<String> {
        let mut wrong = Vec::new();
        let Some(of) = self.new.items.get(&item.of) else { return vec![format!("there are no items {}", item.of)] };
        if let Some(category) = item.category.as_ref().filter(|c| !of.categories.contains_key(*c)) {
            wrong.push(format!("there is no category {category}"));
        }
        let stage_is = |name: &str| self.new.stage(name).is_some();
        let at = item.stage().unwrap_or_default();
        match self.new.stage(at) {
            None => wrong.push(format!("there is no stage {at}, and the mapping does not say what it is called")),
            Some(stage) if !is_meant(self.new, &stage.of, item) && !item.holds.contains(&Hold::Returned) => {
                wrong.push(format!("stage {at} is not for it"));
            }
            Some(_) => {}
        }
        let later: BTreeSet<&String> =
            item.resume.iter().chain(item.sent_back.iter().map(|(stage, _)| stage)).collect();
        wrong.extend(
            later.into_iter().filter(|s| !stage_is(s)).map(|s| format!("it is to go back to {s}, which is gone")),
        );
        wrong.extend(
            item.lists.iter().filter(|l| self.new.list_stage(l).is_none()).map(|l| format!("list {l} is gone")),
        );
        let old_type = self.old.items.get(&item.of);
        let defined = of.fields.values().filter(|f| self.new.means(&f.of, &item.of, item.category.as_deref()));
        wrong.extend(defined.filter_map(|field| {
            let before = old_type.and_then(|t| t.fields.values().find(|f| self.mapping.field(&f.name) == field.name));
            demanded(before, field, item.fields.get(&field.name))
        }));
        for (stage, answer) in &item.answers {
            let Some(is) = self.new.stage(stage) else { continue };
            let was = self.old.stages.iter().find(|s| self.mapping.stage(&s.name) == is.name);
            if let Some(outcome) = answer.outcome.as_ref().filter(|o| stage == at && !is.outcomes.contains_key(*o)) {
                wrong.push(format!("it was answered {outcome}, which is no outcome of {stage}"));
            }
            wrong.extend(is.form.item.values().filter_map(|field| {
                let before = was.and_then(|was| {
                    was.form.item.values().find(|f| self.mapping.form_field(&was.name, &f.name) == field.name)
                });
                let asked = self.new.means(&field.of, &item.of, item.category.as_deref());
                demanded(before, field, answer.fields.get(&field.name))
                    .filter(|_| asked)
                    .map(|why| format!("{stage}: {why}"))
            }));
        }
        wrong
    }

    pub(super) fn schedules(&mut self) {
        let fallen: Vec<(String, String)> = self.case.fallen.iter().map(|(n, p)| (n.clone(), p.clone())).collect();
        for (name, period) in fallen {
            let becomes = match (self.old.reports.get(&name), self.new.reports.get(&name)) {
                (Some(was), Some(is)) if was.schedule == is.schedule => "goes on",
                (_, Some(_)) => "goes on by its new schedule",
                (Some(_), None) => "falls no more",
                (None, None) => continue,
            };
            self.tell(format!("schedule {name}, which fell last for {period}"), becomes, Vec::new());
        }
        for name in self.new.reports.keys().filter(|name| !self.old.reports.contains_key(*name)) {
            self.lines.push(Line::ok(format!("schedule {name}"), "begins"));
        }
    }

    /// Whoever is asked now must be the one the new version would ask.
    pub(super) fn tasks(&mut self) {
        let tasks: Vec<_> = stage_tasks(&self.moved).cloned().collect();
        for task in tasks.into_iter().filter(|t| t.ask != Ask::Correct) {
            let stages = task.stage.as_ref().and_then(|is| {
                let was = self.old.stages.iter().find(|s| self.mapping.stage(&s.name) == *is)?;
                Some((was, self.new.stage(is)?))
            });
            let Some((was, is)) = stages else { continue };
            let item = task.items.front().copied();
            let before = offices_of(self.old, &self.ledgers.offices, self.case, &was.by, item);
            let after = offices_of(self.new, &self.ledgers.offices, &self.moved, &is.by, item);
            if before != after {
                let old = self.case.tasks.get(&task.id);
                let title = old.map(|t| task_title(self.from, self.case, t)).unwrap_or_default();
                let (before, after) = (before.join("、"), after.join("、"));
                self.block(
                    format!("task {} {title} of {}", task.id, task.office),
                    format!("it was for {before}, and would be for {after}"),
                );
            }
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the other questions name nothing of the definition")]
    pub(super) fn questions(&mut self) {
        let open: Vec<_> = self.moved.open_questions().cloned().collect();
        for question in open {
            let rule = |name: &String| self.new.rules.iter().any(|r| r.name == *name);
            let gone = match &question.about {
                QuestionAbout::Rule { rule: name, .. } => (!rule(name)).then(|| format!("rule {name} is gone")),
                QuestionAbout::LateSide { kind, .. } => {
                    (!self.new.items.contains_key(kind)).then(|| format!("there are no items {kind}"))
                }
                QuestionAbout::Report { report, .. } => {
                    (!self.new.reports.contains_key(report)).then(|| format!("report {report} is gone"))
                }
                QuestionAbout::Tie { list, .. } => {
                    self.new.list_stage(list).is_none().then(|| format!("list {list} is gone"))
                }
                QuestionAbout::Conflict { lists, .. } => {
                    lists.iter().find(|l| self.new.list_stage(l).is_none()).map(|l| format!("list {l} is gone"))
                }
                QuestionAbout::Blocked { stage, .. }
                | QuestionAbout::Late { stage, .. }
                | QuestionAbout::Above { stage, .. }
                | QuestionAbout::Short { stage, .. }
                | QuestionAbout::LeftOut { stage } => {
                    self.new.stage(stage).is_none().then(|| format!("stage {stage} is gone"))
                }
                QuestionAbout::Extend { clock, .. } => self.extends_otherwise(*clock),
                _ => None,
            };
            self.tell(
                format!("question {} of {}", question.id, question.to),
                "stays asked",
                gone.into_iter().collect(),
            );
        }
    }

    /// Papers that are out are out; one that is still made or sealed needs what made it.
    pub(super) fn papers(&mut self) {
        let making = self.moved.documents.values().filter(|d| matches!(d.life, Life::Ordered | Life::Rendered));
        let making: Vec<_> = making.map(|d| (**d).clone()).collect();
        for paper in making {
            let mut wrong = Vec::new();
            if let Some(stage) = paper.stage.as_ref().filter(|s| self.new.stage(s).is_none()) {
                wrong.push(format!("stage {stage} is gone"));
            }
            if let Some(report) = paper.report.as_ref().filter(|r| !self.new.reports.contains_key(*r)) {
                wrong.push(format!("report {report} is gone"));
            }
            self.tell(format!("document {} {}", paper.id, paper.template), "is finished as it was begun", wrong);
        }
    }
}

/// Why a field of the new version is not what the item has.
fn demanded(before: Option<&Field>, field: &Field, value: Option<&Value>) -> Option<String> {
    match (value.filter(|v| !v.is_null()), before) {
        (Some(value), Some(before)) => misfit(before, field, value),
        (Some(_), None) => None,
        (None, _) if field.optional || field.default.is_some() || field.is.is_some() => None,
        (None, Some(before)) if before.optional => {
            Some(format!("{} is no longer optional, and is missing", field.name))
        }
        (None, _) => {
            Some(format!("{} is new and must be filled in: make it optional, or give it a default", field.name))
        }
    }
}

/// Why a value that was entered as one type is none of another.
pub(super) fn misfit(before: &Field, field: &Field, value: &Value) -> Option<String> {
    if before.kind == field.kind {
        return None;
    }
    if let (Type::Text(_), Type::Text(_)) = (&before.kind, &field.kind) {
        return None;
    }
    if let (Type::One(_), Type::One(choices)) = (&before.kind, &field.kind) {
        let said = value.as_str().unwrap_or_default();
        let gone = !choices.iter().any(|c| c == said);
        return gone.then(|| format!("{} is {said}, which can no longer be chosen", field.name));
    }
    Some(format!("{} is of another type", field.name))
}
