//! The words of what a case opens of other workflows.

use super::Words;
use crate::case::event::Body;

impl Words<'_> {
    pub(super) fn of_child(&self, body: &Body) -> Option<String> {
        Some(match body {
            Body::ChildOwed { opening, item, workflow, fields, waits, .. } => {
                let what = if fields.is_some() { "an item of" } else { "a case of" };
                let waits = if *waits { ", and waits for its end" } else { "" };
                format!("{} brings about {what} {workflow} (opening {opening}){waits}", self.item(*item))
            }
            Body::ChildOpened { opening, child, put } => {
                let of = self.case.openings.get(opening).map(|o| self.item(o.item)).unwrap_or_default();
                match put {
                    Some(put) => format!("item {put} put into {child} for {of}"),
                    None => format!("child case {child} opened for {of}"),
                }
            }
            Body::ChildClosed { opening, end } => format!("{} closed: {end:?}", self.child(*opening)),
            Body::ChildGivenUp { opening, reason } => format!("{} not opened: {reason}", self.child(*opening)),
            Body::FiledWithParent { parent } => format!("filed with its parent {parent}"),
            _ => return None,
        })
    }

    pub(super) fn child(&self, opening: u32) -> String {
        match self.case.openings.get(&opening).map(|o| (o.child.as_ref(), &o.workflow)) {
            Some((Some(child), _)) => format!("child case {child}"),
            Some((None, workflow)) => format!("a case of {workflow}"),
            None => format!("opening {opening}"),
        }
    }
}
