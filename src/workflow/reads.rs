//! What the expressions of a definition read: what must be known for certain, and what is used at all.

use super::{Bound, Limit, Stage, Verb, Who, Workflow, rule};

impl Workflow {
    /// Every expression and every field that is read without one: rules, conditions, limits, actions, computed fields, roles.
    pub fn sources(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for rule in &self.rules {
            found.push(&rule.test.source);
            found.extend(rule.when.iter().map(|e| e.source.as_str()));
        }
        found.extend(self.stages.iter().flat_map(of_stage));
        found.extend(
            self.roles.values().filter_map(|r| if let Who::Field(f) = &r.who { Some(f.as_str()) } else { None }),
        );
        found.extend(self.clocks.values().flat_map(|c| limit(Some(&c.run)).into_iter().chain([c.from.as_str()])));
        let fields = self.items.values().flat_map(|i| i.fields.values());
        found.extend(fields.filter_map(|f| f.is.as_ref()).map(|e| e.source.as_str()));
        found.extend(self.tables.values().flat_map(super::TableDefinition::sources));
        found.extend(self.reports.values().filter_map(|r| r.until.as_deref()));
        found.extend(self.reports.values().filter_map(|r| r.date.as_deref()));
        found
    }

    /// Whether some condition, limit, date, group or ranking reads what is called so.
    pub fn reads(&self, name: &str) -> bool {
        let named = |source: &str| rule::mentioned(source).iter().flatten().any(|part| part == name);
        let stages = || self.stages.iter();
        let grouped = stages().any(|s| match &s.each {
            super::Each::Fields(fields) => fields.iter().any(|f| f == name),
            super::Each::Item | super::Each::Case | super::Each::About => false,
        });
        let counted =
            stages().flat_map(|s| &s.quota).flat_map(|q| &q.per).chain(self.rules.iter().flat_map(|r| &r.per));
        let ranked = stages().filter_map(|s| s.rank.as_ref()).flat_map(|rank| &rank.by).map(|(fact, _)| fact);
        let dated = stages().flat_map(Stage::all_documents).filter_map(|d| d.date.as_ref());
        grouped || counted.chain(ranked).chain(dated).any(|f| f == name) || self.sources().into_iter().any(named)
    }
}

fn limit(limit: Option<&Limit>) -> Option<&str> {
    match limit? {
        Limit::Span(_) => None,
        Limit::From(_, field) => Some(field).filter(|f| *f != crate::workflow::SERVED).map(String::as_str),
        Limit::By(expression) => Some(&expression.source),
    }
}

fn of_stage(stage: &Stage) -> Vec<&str> {
    let mut found: Vec<&str> = stage.when.iter().map(|e| e.source.as_str()).collect();
    if let super::From::Register(_, Some(filter)) = &stage.from {
        found.push(&filter.source);
    }
    found.extend(limit(stage.within.as_ref()));
    let outcomes = stage.outcomes.values();
    found.extend(outcomes.clone().filter_map(|o| o.when.as_ref()).map(|e| e.source.as_str()));
    found.extend(outcomes.filter_map(|o| limit(o.within.as_ref())));
    found.extend(stage.counting_expressions().map(|e| e.source.as_str()));
    found.extend(stage.all_documents().filter_map(|d| d.when.as_ref()).map(|e| e.source.as_str()));
    for action in stage.all_actions() {
        found.extend(action.when.iter().map(|e| e.source.as_str()));
        match &action.verb {
            Verb::Enter(_, with) | Verb::Set(with) => found.extend(with.values().map(|e| e.source.as_str())),
            Verb::Open(open) => found.extend(open.expressions().map(|e| e.source.as_str())),
            Verb::Clock(action) => found.push(&action.date.source),
            Verb::Leave(..) | Verb::Ask(_) | Verb::Tell(_) => {}
        }
    }
    for bound in stage.quota.iter().flat_map(|q| q.max.iter().chain(&q.min)) {
        if let Bound::Expression(expression) = bound {
            found.push(&expression.source);
        }
    }
    found
}
