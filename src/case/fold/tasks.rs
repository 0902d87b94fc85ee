//! Tasks and their answers.

use crate::case::event::{Ask, Body, Event, Fields, Row};
use crate::case::intakes::intake_name;
use crate::case::{Answer, Case, Item, Task};
use crate::submission::Attachment;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Case {
    pub(super) fn apply_task(&mut self, event: &Event) {
        match &event.body {
            Body::TaskOpened { task, batch, stage, office, items, revision, ask } => {
                let intake = stage.as_ref().map(|stage| self.intake_named(stage, *batch));
                if let (Ask::Nominate, Some(intake)) = (ask, intake.and_then(|name| self.intakes.get_mut(&name))) {
                    intake.done.remove(office);
                }
                let new = Task {
                    id: *task,
                    batch: *batch,
                    stage: stage.clone(),
                    office: office.clone(),
                    opened_for: office.clone(),
                    lent: None,
                    items: items.iter().copied().collect(),
                    revision: *revision,
                    ask: ask.clone(),
                    submissions: imbl::OrdSet::new(),
                    attached: imbl::Vector::new(),
                    answered_at: imbl::Vector::new(),
                    closed: None,
                    opened: event.at,
                };
                self.index.task(None, Some(&new));
                self.tasks.insert(*task, Arc::new(new));
            }
            Body::TaskAnswered { .. } => self.answer_task(event),
            Body::TaskPassed { task, from, to, until, .. } => {
                let Some(open) = self.tasks.get_mut(task).map(Arc::make_mut) else { return };
                open.office.clone_from(to);
                open.lent = until.map(|until| (from.clone(), until));
                let items = open.items.clone();
                let intake = open.stage.as_ref().filter(|_| open.ask == Ask::Nominate);
                if let Some(intake) = intake.and_then(|s| self.intakes.get_mut(s)) {
                    intake.pass(from, to);
                }
                let items: Vec<u32> = items.into_iter().collect();
                self.sign_instead(&items, from, to);
            }
            Body::TaskRevised { task, without, revision } => {
                if let Some(open) = self.tasks.get_mut(task).map(Arc::make_mut) {
                    take_out(&mut open.items, without);
                    open.revision = *revision;
                    self.index.asked_no_more(*task, without);
                }
            }
            Body::TaskClosed { task, why } => {
                if let Some(t) = self.tasks.get_mut(task) {
                    self.index.task(Some(t), None);
                    Arc::make_mut(t).closed = Some(*why);
                }
            }
            other => unreachable!("not a task's event: {other:?}"),
        }
    }

    fn answer_task(&mut self, event: &Event) {
        let Body::TaskAnswered {
            task, submission, fields, rows, attachments, declined: _, complete, part, count, ..
        } = &event.body
        else {
            return;
        };
        let Some(open) = self.tasks.get_mut(task).map(Arc::make_mut) else { return };
        if open.submissions.insert(submission.clone()).is_none() {
            open.attached.extend(attachments.iter().map(|one| (submission.clone(), one.clone())));
        }
        open.answered_at.push_back(event.seq);
        let (stage, batch, ask, office) = (open.stage.clone(), open.batch, open.ask.clone(), open.office.clone());
        if let (Some(count), Some(batch)) = (count, batch) {
            if let Ask::Witness(_) = ask {
                self.take_testimony(batch, fields, count.over);
            } else {
                self.take_count(event, &office, batch, (fields, rows), count, submission);
            }
            self.change_batch(batch, |b| b.attachments.extend(attachments.iter().cloned()));
            return;
        }
        let answered: Vec<u32> = rows.iter().filter_map(|r| r.item).collect();
        take_out(&mut open.items, &answered);
        self.index.asked_no_more(*task, &answered);
        if ask == Ask::Nominate {
            self.came_by(*task, submission, event);
        }
        if let (Ask::Nominate, Some(stage), true) = (&ask, &stage, *complete) {
            let name = self.intake_named(stage, batch);
            self.intakes.entry(name).or_default().done.insert(office.clone());
        }
        if *part {
            self.take_signature(event, *task, fields, rows, attachments);
        } else if ask == Ask::Answer {
            self.remember_before(event, *task, rows);
            self.take_answer(event, stage, batch, &office, fields, rows, attachments);
        }
    }

    /// The items that were opened just now by this hand-in are of the task it answers.
    fn came_by(&mut self, task: u64, submission: &String, event: &Event) {
        let just = |item: &&Arc<Item>| {
            item.task.is_none() && item.opened == event.at && item.submission.as_ref() == Some(submission)
        };
        let came: Vec<u32> = self.items.values().rev().take_while(just).map(|item| item.id).collect();
        for id in came {
            self.change_item(id, |item| item.task = Some(task));
        }
    }

    fn intake_named(&self, stage: &str, batch: Option<u32>) -> String {
        intake_name(stage, batch.and_then(|id| self.batches.get(&id)).map_or("", |b| b.key.as_str()))
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one event, already taken apart")]
    pub(super) fn take_answer(
        &mut self,
        event: &Event,
        stage: Option<String>,
        batch: Option<u32>,
        office: &str,
        fields: &Fields,
        rows: &[Row],
        attachments: &[Attachment],
    ) {
        let Some(stage) = stage else { return };
        let of_batch = |item: &Item| item.batch().or(batch);
        let mut touched: BTreeSet<u32> = batch.into_iter().collect();
        for row in rows {
            let Some(id) = row.item else { continue };
            let at = self.item(id).and_then(of_batch);
            touched.extend(at);
            let answer = Answer {
                fields: row.fields.clone(),
                outcome: row.outcome.clone(),
                reason: row.reason.clone(),
                batch: at,
                office: office.to_string(),
                at: event.at,
            };
            self.change_item(id, |i| {
                i.used.extend(answer.outcome.clone().map(|outcome| (stage.clone(), outcome)));
                i.answers.insert(stage.clone(), answer);
            });
        }
        for id in touched {
            self.change_batch(id, |b| {
                b.answered = Some(event.at);
                b.fields.extend(fields.clone());
                b.attachments.extend(attachments.iter().cloned());
            });
        }
    }
}

/// Takes a few of many out in little time, and many in no more than it must.
fn take_out(items: &mut imbl::Vector<u32>, gone: &[u32]) {
    if let [only] = gone {
        if let Some(place) = items.iter().position(|i| i == only) {
            items.remove(place);
        }
    } else if !gone.is_empty() {
        let gone: BTreeSet<u32> = gone.iter().copied().collect();
        items.retain(|i| !gone.contains(i));
    }
}
