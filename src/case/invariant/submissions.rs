//! 16. One submission answers one task once.

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
