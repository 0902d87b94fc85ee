//! Child cases, and items put into other cases (LANGUAGE §12 `open`).
//!
//! What an action opens is owed by an event, with everything it needs; whoever has all cases opens it, in one transaction
//! with the event that says so. What cannot be opened is a question to the opener, and is tried again when it is answered.

use super::Deciding;
use super::trouble::{MENDED, sentences};
use super::twins::Known;
use crate::case::event::{Body, CaseEnd, Fields, Hold, Parent, QuestionAbout, Row};
use crate::case::form::entry;
use crate::case::story::item_name;
use crate::offices::Offices;
use crate::submission::read::read_value;
use crate::submission::{Fault, Raw};
use crate::workflow::{Field, OpenDefinition, Workflow};
use serde_json::Value;

/// The answer that says a child is not wanted any more.
const NOT_OPENED: &str = "不再开办";
/// The same of an item.
const NOT_PUT: &str = "不再转入";

impl Deciding<'_> {
    /// Owes what an action opens for an item, with the values it stands for now.
    pub(super) fn owe_child(&mut self, open: &OpenDefinition, id: u32) {
        let params = self.values_there(&open.with, id);
        let fields = open.item.as_ref().map(|item| self.values_there(item, id));
        if !self.faults.is_empty() {
            return;
        }
        let opening = self.case.openings.keys().next_back().copied().unwrap_or(0) + 1;
        let waits = open.wait && self.case.item(id).is_some_and(|item| item.lives());
        let workflow = open.workflow.clone();
        self.emit(Body::ChildOwed { opening, item: id, workflow, params, fields, waits });
        self.set_hold(id, Hold::Child(opening), waits);
    }

    /// Values of expressions; what has none is left out.
    fn values_there(&mut self, with: &indexmap::IndexMap<String, crate::workflow::Expression>, id: u32) -> Fields {
        self.values(with, id).into_iter().filter(|(_, value)| !value.is_null()).collect()
    }

    pub(super) fn child_opened(&mut self, opening: u32, child: &str, put: Option<u32>) {
        if self.case.openings.get(&opening).is_some_and(|o| o.is_open()) {
            self.emit(Body::ChildOpened { opening, child: child.to_string(), put });
        }
    }

    /// It cannot be opened: the opener sees to it.
    pub(super) fn child_refused(&mut self, opening: u32, reasons: &[String]) {
        let Some(owed) = self.case.openings.get(&opening).filter(|o| o.is_owed()).cloned() else { return };
        let (cannot, no_more) =
            if owed.fields.is_some() { ("无法转入", NOT_PUT) } else { ("无法开办", NOT_OPENED) };
        let whose = self.case.item(owed.item).map(|i| item_name(self.program.workflow(), i)).unwrap_or_default();
        let text = format!("{whose}{cannot}“{}”：{}请处理后答复。", owed.workflow, sentences(reasons));
        self.ask_opener(text, &[MENDED, no_more], QuestionAbout::Opening { opening });
    }

    /// Its question was answered: it is tried again, or given up and no longer waited for.
    pub(super) fn opening_answered(&mut self, opening: u32, again: bool, reason: Option<String>) {
        if !again {
            self.give_up_child(opening, reason.as_deref().unwrap_or(NOT_OPENED));
        }
    }

    fn give_up_child(&mut self, opening: u32, reason: &str) {
        let Some(owed) = self.case.openings.get(&opening).cloned() else { return };
        self.emit(Body::ChildGivenUp { opening, reason: reason.to_string() });
        self.set_hold(owed.item, Hold::Child(opening), false);
    }

    /// What was brought about and not yet opened when the case is cancelled is not opened.
    pub(super) fn give_up_children(&mut self, reason: &str) {
        let open: Vec<u32> = self.case.openings.values().filter(|o| o.is_open()).map(|o| o.id).collect();
        for opening in open {
            self.give_up_child(opening, reason);
        }
    }

    /// A child that is waited for closed, however it ended.
    pub(super) fn child_closed(&mut self, opening: u32, end: CaseEnd) {
        let Some(waited) = self.case.openings.get(&opening).filter(|o| o.is_awaited()).cloned() else { return };
        self.emit(Body::ChildClosed { opening, end });
        self.set_hold(waited.item, Hold::Child(opening), false);
    }

    pub(super) fn file_with_parent(&mut self) {
        let Some(parent) = self.case.parent.clone().filter(|_| !self.case.filed) else { return };
        self.emit(Body::FiledWithParent { parent: parent.case });
    }

    /// An item that another case brings about comes in as if it had been handed in by its owner.
    pub(super) fn put_in(&mut self, fields: &Fields, owner: &str, from: &str) {
        let program = self.program;
        let workflow = program.workflow();
        let Some((index, stage, of)) = workflow.takes_items_in() else {
            return self.refuse("", format!("“{}”没有收件环节，不能转入事项", workflow.title));
        };
        match self.case.intakes.get(&stage.name) {
            Some(intake) if intake.closed => return self.refuse("", format!("“{}”已结束收件", stage.title)),
            None => return self.refuse("", format!("“{}”尚未开始收件", stage.title)),
            Some(_) => {}
        }
        let mut fields = fields.clone();
        let category = fields.shift_remove("category").and_then(|v| v.as_str().map(str::to_string));
        let asked =
            of.fields.values().filter(|f| f.is.is_none() && workflow.means(&f.of, &of.name, category.as_deref()));
        let fields = match understood(asked, &fields, &self.ledgers.offices) {
            Ok(fields) => fields,
            Err(faults) => return self.faults.extend(faults),
        };
        let waiver = Some(format!("由“{from}”转入"));
        let row = Row { category, fields, waiver, ..Row::default() };
        let place = String::new();
        let (twins, id) = (self.twins(), self.next_item());
        let suspected = self.look_for_twin(&twins, &Known::said(&of.name, owner, &row), id, &place);
        self.look_for_private(&of.name, &row, &place);
        self.open_item(Body::ItemOpened {
            item: id,
            of: of.name.clone(),
            category: row.category.clone(),
            owner: owner.to_string(),
            about: None,
            stage: stage.name.clone(),
            fields: row.fields.clone(),
            waiver: row.waiver.clone(),
            submission: None,
        });
        let rows = [(id, row, place)];
        self.check_quotas(stage, &rows, |_| true);
        self.judge(&stage.name, &rows);
        if !self.faults.is_empty() {
            return;
        }
        self.ask_about_twins(suspected.into_iter().collect());
        self.act(&stage.actions, &[id]);
        let outcome = stage.outcomes.keys().next().cloned().unwrap_or_default();
        self.onward(id, index + 1, &outcome, None, None);
    }
}

/// Whether a case of this workflow may be opened from another, with these params.
///
/// # Errors
/// Every reason why not.
pub(super) fn admitted(
    workflow: &Workflow,
    parent: &Parent,
    params: &Fields,
    offices: &Offices,
) -> Result<Fields, Vec<Fault>> {
    if !workflow.case.opened_from.contains(&parent.workflow) {
        let say = format!("“{}”不接受由“{}”开办", workflow.title, parent.workflow);
        return Err(vec![Fault::at("", say)]);
    }
    understood(workflow.case.params.values(), params, offices)
}

/// Values that another case gives, each by the type of its field, with the defaults of what it does not give.
fn understood<'f>(
    asked: impl Iterator<Item = &'f Field>,
    given: &Fields,
    offices: &Offices,
) -> Result<Fields, Vec<Fault>> {
    let (mut found, mut faults) = (Fields::new(), Vec::new());
    let mut known = Vec::new();
    for field in asked {
        known.push(&field.name);
        let value = given.get(&field.name).or(field.default.as_ref());
        match value.map(|value| read_value(&entry(field), &Raw::from(value), offices)) {
            Some(Ok(Value::Null)) | None if field.optional => {}
            Some(Ok(Value::Null)) | None => faults.push(Fault::at("", format!("“{}”没有值", field.title))),
            Some(Ok(value)) => drop(found.insert(field.name.clone(), value)),
            Some(Err(say)) => faults.push(Fault::at("", format!("“{}”{say}", field.title))),
        }
    }
    let unknown = given.keys().filter(|name| !known.contains(name) && *name != "subject");
    faults.extend(unknown.map(|name| Fault::at("", format!("没有“{name}”这一项"))));
    found.extend(given.get("subject").map(|subject| ("subject".to_string(), subject.clone())));
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}
