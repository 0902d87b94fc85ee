//! The day of a fact lies no later than today, whoever writes it and on whatever form: a decision of a year to come would be
//! numbered under that year, and a stop of a day to come would hold a clock that runs. Backwards any day is free.
//!
//! Which days those are the definition tells ([`crate::workflow::Workflow::facts_at`]); a day that is meant is none of them.

#[cfg(test)]
mod tests;

use super::Deciding;
use super::papers::Order;
use crate::case::command::HandIn;
use crate::case::event::Fields;
use crate::case::story::date_cn;
use crate::workflow::facts::said_to_be;
use crate::workflow::{Field, Register, Stage};
use chrono::NaiveDate;

impl Deciding<'_> {
    /// Refuses days to come in the head and the rows of what a stage asked.
    pub(super) fn check_facts(&mut self, stage: &Stage, hand_in: &HandIn) {
        let facts = self.program.workflow().facts_at(stage);
        for (field, day) in to_come(&facts, &hand_in.fields, self.now.date()) {
            self.refuse(field.title.clone(), not_yet(field, day));
        }
        for (row, place) in &hand_in.rows {
            for (field, day) in to_come(&facts, &row.fields, self.now.date()) {
                self.refuse(place.clone(), not_yet(field, day));
            }
        }
    }

    /// The same of a side item as it is raised.
    pub(super) fn check_raised(&mut self, kind: &str, fields: &Fields) {
        let facts = self.program.workflow().facts_of(kind);
        for (field, day) in to_come(&facts, fields, self.now.date()) {
            self.refuse(field.title.clone(), not_yet(field, day));
        }
    }

    /// The same of params, as a case opens and as one is changed.
    pub(super) fn check_params(&mut self, params: &Fields) {
        let facts: Vec<&Field> = said_to_be(&self.program.workflow().case.params).collect();
        for (field, day) in to_come(&facts, params, self.now.date()) {
            self.refuse(field.title.clone(), not_yet(field, day));
        }
    }

    /// Whether a paper may be dated so: none takes a number under a day to come. A report is dated by its plan.
    pub(super) fn may_bear(&mut self, order: &Order<'_>, day: NaiveDate) -> bool {
        let (Some(field), Some(_)) = (&order.definition.date, &order.definition.number) else { return true };
        if day <= self.now.date() || order.report.is_some() {
            return true;
        }
        self.refuse(field.clone(), format!("“{field}”是文书的成文日期，写的是{}，晚于今天，不能编号。", date_cn(day)));
        false
    }

    /// The same of what an operator puts right.
    pub(super) fn refuse_to_come(&mut self, facts: &[&Field], fields: &Fields) {
        for (field, day) in to_come(facts, fields, self.now.date()) {
            self.refuse("", format!("`{}` says when something happened, and {day} is still to come", field.name));
        }
    }
}

/// What of an entry of a register is said to have happened, and is still to come.
pub(super) fn entered_too_early(register: &Register, fields: &Fields, today: NaiveDate) -> Vec<String> {
    let facts: Vec<&Field> = said_to_be(&register.fields).collect();
    to_come(&facts, fields, today).into_iter().map(|(field, day)| not_yet(field, day)).collect()
}

fn to_come<'f>(facts: &[&'f Field], said: &Fields, today: NaiveDate) -> Vec<(&'f Field, NaiveDate)> {
    let day = |field: &&'f Field| {
        let said = said.get(&field.name)?.as_str().and_then(crate::case::eval::first_day)?;
        (said > today).then_some((*field, said))
    };
    facts.iter().filter_map(day).collect()
}

fn not_yet(field: &Field, day: NaiveDate) -> String {
    format!("“{}”写的是{}，晚于今天。这里填的是事情发生的日期，请核对后重报。", field.title, date_cn(day))
}
