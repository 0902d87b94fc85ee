//! What the expressions of a definition read: what must be known for certain, and what is used at all.

use super::{Bound, Limit, Stage, Verb, Who, Workflow, rule};

impl Workflow {
    /// Every expression and every field that is read without one: rules, conditions, limits, actions, computed fields, roles.
    pub fn sources(&self) -> Vec<&str> {
        self.located().into_iter().map(|(_, source)| source).collect()
    }

    /// The same, each with the stages it stands at; none of what stands at no stage.
    pub fn located(&self) -> Vec<(Vec<&str>, &str)> {
        let mut found: Vec<(Vec<&str>, &str)> = Vec::new();
        for rule in &self.rules {
            let at: Vec<&str> = rule.at.iter().map(String::as_str).collect();
            found.push((at.clone(), &rule.test.source));
            found.extend(rule.when.iter().map(|e| (at.clone(), e.source.as_str())));
        }
        for stage in &self.stages {
            found.extend(of_stage(stage).into_iter().map(|source| (vec![stage.name.as_str()], source)));
        }
        let mut elsewhere: Vec<&str> = self.inside_first.iter().map(|e| e.source.as_str()).collect();
        elsewhere.extend(
            self.roles.values().filter_map(|r| if let Who::Field(f) = &r.who { Some(f.as_str()) } else { None }),
        );
        elsewhere.extend(self.clocks.values().flat_map(|c| limit(Some(&c.run)).into_iter().chain([c.from.as_str()])));
        let fields = self.items.values().flat_map(|i| i.fields.values());
        elsewhere.extend(fields.filter_map(|f| f.is.as_ref()).map(|e| e.source.as_str()));
        elsewhere.extend(self.tables.values().flat_map(super::TableDefinition::sources));
        elsewhere.extend(self.reports.values().filter_map(|r| r.until.as_deref()));
        elsewhere.extend(self.reports.values().filter_map(|r| r.date.as_deref()));
        found.into_iter().chain(elsewhere.into_iter().map(|source| (Vec::new(), source))).collect()
    }

    /// Fields named by themselves, each with the stages they are named at: what batches and counts are made by, what ranks,
    /// what dates a paper, and what stops a clock.
    pub fn named_fields(&self) -> Vec<(Vec<&str>, &str)> {
        let mut found: Vec<(Vec<&str>, &str)> = Vec::new();
        for stage in &self.stages {
            let mut of_stage: Vec<&String> = stage.quota.iter().flat_map(|q| &q.per).collect();
            if let super::Each::Fields(fields) = &stage.each {
                of_stage.extend(fields);
            }
            of_stage.extend(stage.rank.iter().flat_map(|rank| &rank.by).map(|(fact, _)| fact));
            of_stage.extend(stage.all_documents().filter_map(|d| d.date.as_ref()));
            found.extend(of_stage.into_iter().map(|name| (vec![stage.name.as_str()], name.as_str())));
        }
        for clock in self.clocks.values() {
            let stops = clock.stops.iter().flat_map(|stop| stop.from.iter().chain(&stop.to));
            let extension = clock.extend.iter().filter_map(|e| e.document.as_ref()?.date.as_ref());
            found.extend(stops.chain(extension).map(|name| (Vec::new(), name.as_str())));
        }
        for rule in &self.rules {
            found.extend(rule.per.iter().map(|name| (rule.at.iter().map(String::as_str).collect(), name.as_str())));
        }
        found
    }

    /// Whether some condition, limit, date, group or ranking reads what is called so.
    pub fn reads(&self, name: &str) -> bool {
        let named = |source: &str| rule::mentioned(source).iter().flatten().any(|part| part == name);
        self.named_fields().iter().any(|(_, field)| *field == name) || self.sources().into_iter().any(named)
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
