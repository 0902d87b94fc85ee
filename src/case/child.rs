//! What a case has opened of other workflows: child cases, and items put into other cases.

use super::event::{Body, CaseEnd, Event, Fields, Hold, QuestionAbout};
use super::{Case, Item};
use crate::workflow::{Kind, Workflow};
use std::sync::Arc;

/// A child case, or an item of another case, from when it is owed.
#[derive(Debug, Clone)]
pub struct Opening {
    /// number within the case
    pub id: u32,
    /// the item that brought it about
    pub item: u32,
    /// workflow of the child
    pub workflow: String,
    /// its params
    pub params: Fields,
    /// fields of the item that is put into a case; none: a case of its own
    pub fields: Option<Fields>,
    /// the item waits for its end
    pub waits: bool,
    /// the case that was opened, or taken the item in
    pub child: Option<String>,
    /// the item there
    pub put: Option<u32>,
    /// how it ended, where that is waited for
    pub end: Option<CaseEnd>,
    /// somebody was asked why it cannot be opened, and has not answered
    pub asked: Option<u32>,
    /// it is not opened any more
    pub given_up: bool,
}

impl Opening {
    /// Whether it is still to be opened, as soon as it can be.
    pub fn is_owed(&self) -> bool {
        self.is_open() && self.asked.is_none()
    }

    /// Whether it has not been opened, nor given up.
    pub fn is_open(&self) -> bool {
        self.child.is_none() && !self.given_up
    }

    /// Whether its end is waited for and has not come.
    pub fn is_awaited(&self) -> bool {
        self.waits && self.child.is_some() && self.end.is_none()
    }
}

impl Case {
    /// What is to be opened, in the order it was brought about.
    pub fn owed_children(&self) -> impl Iterator<Item = &Opening> {
        self.index.owed.iter().filter_map(|id| self.openings.get(id)).map(AsRef::as_ref)
    }

    /// Children whose end is waited for.
    pub fn awaited_children(&self) -> impl Iterator<Item = &Opening> {
        self.index.awaited.iter().filter_map(|id| self.openings.get(id)).map(AsRef::as_ref)
    }

    /// The child an item waited for last.
    pub fn child_of(&self, item: &Item) -> Option<&Opening> {
        let of_item = self.openings.values().rev().find(|o| o.waits && o.item == item.id);
        of_item.map(AsRef::as_ref)
    }

    /// Whether what it leaves goes into the package of the case it was opened from.
    pub fn is_filed_with_parent(&self, workflow: &Workflow) -> bool {
        self.parent.is_some() && workflow.stages.iter().any(|s| s.kind == Kind::File && s.with_parent)
    }

    /// The children a living item waits for, by their ids.
    pub fn waited_for_by(&self, item: &Item) -> Vec<&str> {
        let held = item.holds.iter().filter_map(|hold| match hold {
            Hold::Child(opening) => self.openings.get(opening)?.child.as_deref(),
            Hold::Side(_) | Hold::Question(_) | Hold::Returned | Hold::Stay => None,
        });
        held.collect()
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the caller sends only these events here")]
    pub(super) fn apply_child(&mut self, event: &Event) {
        match &event.body {
            Body::ChildOwed { opening, item, workflow, params, fields, waits } => {
                let new = Opening {
                    id: *opening,
                    item: *item,
                    workflow: workflow.clone(),
                    params: params.clone(),
                    fields: fields.clone(),
                    waits: *waits,
                    child: None,
                    put: None,
                    end: None,
                    asked: None,
                    given_up: false,
                };
                self.index.opening(&new);
                self.openings.insert(*opening, Arc::new(new));
            }
            Body::ChildOpened { opening, child, put } => self.change_opening(*opening, |o| {
                o.child = Some(child.clone());
                o.put = *put;
            }),
            Body::ChildClosed { opening, end } => self.change_opening(*opening, |o| o.end = Some(*end)),
            Body::ChildGivenUp { opening, .. } => self.change_opening(*opening, |o| o.given_up = true),
            other => unreachable!("not an event of a child: {other:?}"),
        }
    }

    /// A question about a child that cannot be opened was asked, or answered.
    pub(super) fn ask_about_opening(&mut self, about: &QuestionAbout, question: Option<u32>) {
        if let QuestionAbout::Opening { opening } = about {
            self.change_opening(*opening, |o| o.asked = question);
        }
    }

    fn change_opening(&mut self, id: u32, change: impl FnOnce(&mut Opening)) {
        let Some(opening) = self.openings.get_mut(&id) else { return };
        change(Arc::make_mut(opening));
        self.index.opening(opening);
    }
}
