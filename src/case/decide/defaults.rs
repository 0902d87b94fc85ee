//! What is left empty, and has a default: params of a case, fields of an item that is opened, fields of an answer
//! (LANGUAGE §2 `default:`).

use super::Deciding;
use crate::case::event::{Fields, Row};
use crate::clock::Moment;
use crate::deadline::{Every, Period, date_literal};
use crate::submission::Type;
use crate::workflow::{Field, Stage};

/// Fills in the defaults of what was not entered.
pub(super) fn fill_in<'f>(
    asked: impl Iterator<Item = &'f Field>,
    entered: &mut Fields,
    period: Option<Period>,
    now: Moment,
) {
    for field in asked.filter(|field| field.is.is_none()) {
        if let (false, Some(default)) = (entered.contains_key(&field.name), &field.default) {
            let value = of_the_day(field, period, now).unwrap_or_else(|| default.clone());
            entered.insert(field.name.clone(), value);
        }
    }
}

/// A default that is told by the day: `today`, `period`, or a day of the year, which is the next one.
fn of_the_day(field: &Field, period: Option<Period>, now: Moment) -> Option<serde_json::Value> {
    let word = field.default_of_the_day()?;
    let period = period.filter(|_| word == "period");
    let within = |own: Every| period.unwrap_or_else(|| Period::containing(own, None, now.date()));
    let told = if field.kind == Type::Year {
        within(Every::Year).start().format("%Y").to_string()
    } else if field.kind == Type::Month {
        within(Every::Month).start().format("%Y-%m").to_string()
    } else if field.kind == Type::Period {
        within(Every::Month).name()
    } else if word == "today" {
        now.date().to_string()
    } else {
        date_literal(word, now.date()).ok()?.to_string()
    };
    let year = matches!(field.kind, Type::Year).then(|| told.parse::<i64>().ok()).flatten();
    Some(year.map_or_else(|| told.into(), serde_json::Value::from))
}

impl Deciding<'_> {
    fn fill(&self, asked: Vec<&Field>, entered: &mut Fields) {
        let period = self.case.period.as_deref().and_then(Period::parse);
        fill_in(asked.into_iter(), entered, period, self.now);
    }

    /// What a new item leaves empty; a recommend stage asks its own fields beside those of the type.
    pub(super) fn fill_item(&self, stage: Option<&Stage>, of: &str, category: Option<&str>, fields: &mut Fields) {
        let workflow = self.program.workflow();
        let own = workflow.items.get(of).into_iter().flat_map(|of| of.fields.values());
        let asked = own.chain(stage.into_iter().flat_map(|stage| stage.form.item.values()));
        self.fill(asked.filter(|field| workflow.means(&field.of, of, category)).collect(), fields);
    }

    /// What an answer about an item leaves empty.
    pub(super) fn fill_answer(&self, stage: &Stage, row: &mut Row) {
        let workflow = self.program.workflow();
        let Some(item) = row.item.and_then(|id| self.case.item(id)) else { return };
        let meant = |field: &&Field| workflow.means(&field.of, &item.of, item.category.as_deref());
        self.fill(stage.form.item.values().filter(meant).collect(), &mut row.fields);
    }

    /// What the head of an answer leaves empty.
    pub(super) fn fill_head(&self, stage: &Stage, head: &Fields) -> Fields {
        let mut head = head.clone();
        self.fill(stage.form.case.values().collect(), &mut head);
        head
    }
}
