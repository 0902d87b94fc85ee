//! Dates of facts: which of the days a definition asks for say when something happened, and not when it is meant to.

use super::{Field, Kind, Stage, Workflow};
use crate::submission::Type;

impl Workflow {
    /// The dates a stage asks for that are those of facts: what its own papers are dated by, what a clock is stopped by, and
    /// the day of a decision, or of a vote whose minutes are entered: where none dates a paper, the first that is asked.
    pub fn facts_at<'w>(&'w self, stage: &'w Stage) -> Vec<&'w Field> {
        let taken_in = self.items.values().filter(|of| stage.kind == Kind::Recommend && stage.of.contains(&of.name));
        let own: Vec<&Field> = taken_in.flat_map(|of| of.fields.values()).filter(|field| is_date(field)).collect();
        let form = stage.form.case.values().chain(stage.form.item.values());
        let form: Vec<&Field> = form.filter(|field| is_date(field)).collect();
        let dates_paper = |field: &&&Field| stage.all_documents().any(|d| d.date.as_ref() == Some(&field.name));
        let mut found: Vec<&Field> = form.iter().chain(&own).filter(dates_paper).copied().collect();
        if found.is_empty() && (stage.kind == Kind::Decide || stage.minutes().is_some()) {
            found.extend(form.first());
        }
        let stops = self.clocks.values().flat_map(|c| &c.stops).filter(|stop| stage.of.contains(&stop.of));
        let stops: Vec<&String> = stops.flat_map(|stop| stop.from.iter().chain(&stop.to)).collect();
        found.extend(form.into_iter().filter(|field| stops.contains(&&field.name)));
        if stage.kind == Kind::Recommend {
            found.extend(stage.of.iter().flat_map(|of| self.facts_of(of)));
        }
        found
    }

    /// Those that an item of a type brings with it: from when it stops a clock. When that will be over may be meant only.
    pub fn facts_of(&self, of: &str) -> Vec<&Field> {
        let stops = self.clocks.values().flat_map(|c| &c.stops).filter(|stop| stop.of == of);
        let fields = self.items.get(of).map(|of| &of.fields);
        let named = stops.filter_map(|stop| fields?.get(stop.from.as_ref()?));
        named.filter(|field| is_date(field)).collect()
    }
}

fn is_date(field: &Field) -> bool {
    field.kind == Type::Date && field.is.is_none()
}
