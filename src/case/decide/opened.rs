//! Items come to be with all that is known of them: what was entered, what was taken from elsewhere, and what is computed
//! of both (LANGUAGE §2 `is:`).

use super::Deciding;
use crate::case::eval::{Sight, Target};
use crate::case::event::{Body, Event, Fields};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::{Case, Item};
use crate::clock::Moment;
use crate::workflow::{Field, rule};

/// The case as it would be after this event, and nothing emitted.
pub(super) fn after(case: &Case, now: Moment, body: Body) -> Case {
    let mut trial = case.clone();
    trial.apply(&Event {
        stream: case.id.clone(),
        seq: case.seq + 1,
        at: now,
        by: super::ITSELF.to_string(),
        on_behalf: None,
        cause: String::new(),
        body,
    });
    trial
}

/// An `ItemOpened` with what is computed of the item.
///
/// # Errors
/// Which field cannot be computed, and why, in Chinese.
pub(super) fn with_computed(
    program: &Program,
    case: &Case,
    ledgers: &Ledgers,
    now: Moment,
    mut opened: Body,
) -> Result<Body, String> {
    if let Body::ItemOpened { item, .. } = &opened {
        let id = *item;
        let found = computed(program, after(case, now, opened.clone()), ledgers, now, id)?;
        if let Body::ItemOpened { fields, .. } = &mut opened {
            fields.extend(found);
        }
    }
    Ok(opened)
}

/// What is computed of an item, each field after those it is computed from.
pub(super) fn computed(
    program: &Program,
    mut case: Case,
    ledgers: &Ledgers,
    now: Moment,
    id: u32,
) -> Result<Fields, String> {
    let mut found = Fields::new();
    let mut open: Vec<&Field> = case.item(id).map(|item| to_compute(program, item)).unwrap_or_default();
    while !open.is_empty() {
        let reads = |field: &Field, other: &str| {
            field.is.as_ref().is_some_and(|is| rule::names(&is.source).iter().any(|name| name == other))
        };
        let ready = open.iter().position(|field| !open.iter().any(|other| reads(field, &other.name)));
        // The checker refuses circles; should there be one, its first field is told.
        let field = open.remove(ready.unwrap_or(0));
        let Some(is) = &field.is else { continue };
        let value = Sight::new(program, &case, ledgers, now).value(&is.source, &Target::Item(id));
        let value = value.map_err(|why| format!("“{}”无法计算：{why}", field.title))?;
        let value = field.kind.with_places(serde_json::to_value(&value).unwrap_or_default());
        let known = case.item(id).is_some_and(|item| item.fields.contains_key(&field.name));
        if !value.is_null() || known {
            let fields: Fields = [(field.name.clone(), value)].into_iter().collect();
            found.extend(fields.clone());
            case = after(&case, now, Body::ItemChanged { item: id, fields, why: String::new() });
        }
    }
    Ok(found)
}

fn to_compute<'a>(program: &'a Program, item: &Item) -> Vec<&'a Field> {
    let workflow = program.workflow();
    let fields = workflow.items.get(&item.of).into_iter().flat_map(|of| of.fields.values());
    let asked = |f: &&Field| f.is.is_some() && workflow.means(&f.of, &item.of, item.category.as_deref());
    fields.filter(asked).collect()
}

impl Deciding<'_> {
    /// Emits an `ItemOpened` with what is computed of the item.
    pub(super) fn open_item(&mut self, opened: Body) {
        match with_computed(self.program, &self.case, &self.ledgers, self.now, opened) {
            Ok(opened) => self.emit(opened),
            Err(why) => self.refuse("", format!("{why}。请联系管理员。")),
        }
    }

    /// What changes of an item, with what is computed anew because of it.
    pub(super) fn changed_with_computed(&mut self, id: u32, mut changed: Fields) -> Fields {
        let change = Body::ItemChanged { item: id, fields: changed.clone(), why: String::new() };
        let trial = after(&self.case, self.now, change);
        match computed(self.program, trial, &self.ledgers, self.now, id) {
            Ok(found) => {
                let known = self.case.item(id).map(|item| item.fields.clone()).unwrap_or_default();
                changed.extend(found.into_iter().filter(|(name, value)| known.get(name) != Some(value)));
            }
            Err(why) => self.refuse("", format!("{why}。请联系管理员。")),
        }
        changed
    }

    /// The number of the next item.
    pub(super) fn next_item(&self) -> u32 {
        self.case.items.keys().next_back().copied().unwrap_or(0) + 1
    }
}
