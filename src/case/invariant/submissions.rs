//! 16. One submission answers one task once.
//!
//! A submission is known by the digest of what was handed in: two drops of the same bytes have one cause. That each has one
//! receipt or one return is held by the store, which knows claims, and cannot be told from the log of a case.

use crate::case::event::{Body, Event};
use std::collections::BTreeSet;

pub(super) fn check(log: &[Event], found: &mut Vec<String>) {
    let mut answered: BTreeSet<(u64, String)> = BTreeSet::new();
    for event in log {
        if let Body::TaskAnswered { task, submission, .. } = &event.body
            && !answered.insert((*task, submission.clone()))
        {
            found.push(format!("16: submission {submission} answered task {task} twice"));
        }
    }
}
