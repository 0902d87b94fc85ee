//! Answers that are one of several, and what they come to together.

use crate::case::event::{Body, Event, Fields, Row};
use crate::case::{Case, Signature};
use crate::submission::Attachment;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Case {
    pub(super) fn apply_signing(&mut self, event: &Event) {
        match &event.body {
            Body::SignersChanged { batch, signers, absent, .. } => self.change_batch(*batch, |b| {
                b.signers.clone_from(signers);
                b.absent = absent.iter().cloned().collect();
            }),
            Body::Counted { batch, fields, rows, .. } => {
                let stage = self.batches.get(batch).map(|b| b.stage.clone());
                self.take_answer(event, stage, Some(*batch), &event.by, fields, rows, &[]);
            }
            Body::Listed { list, items, off, provisional, .. } => {
                if !provisional {
                    self.confirmed.insert(list.clone());
                }
                for id in items {
                    self.change_item(*id, |i| {
                        i.lists.extend([list.clone()]);
                        i.decided.extend((!provisional).then(|| list.clone()));
                    });
                }
                for id in off {
                    self.change_item(*id, |i| i.lists.retain(|l| l != list));
                }
            }
            Body::AnswerTakenBack { task, items, waiting, .. } => {
                if let Some(answered) = self.tasks.get_mut(task).map(Arc::make_mut) {
                    answered.answered_at.push_back(event.seq);
                }
                self.as_before(*task, items, waiting);
                let Some(stage) = self.tasks.get(task).and_then(|t| t.stage.clone()) else { return };
                for id in items {
                    self.change_item(*id, |i| {
                        let batch = i.batch();
                        let signed = i.signed.entry(stage.clone()).or_default();
                        signed.retain(|s| s.batch != batch || s.task != *task);
                    });
                }
            }
            other => unreachable!("not an event of signing: {other:?}"),
        }
    }

    /// One of several has answered; nothing is decided by it yet.
    pub(super) fn take_signature(
        &mut self,
        event: &Event,
        task: u64,
        head: &Fields,
        rows: &[Row],
        attachments: &[Attachment],
    ) {
        let Some(answered) = self.tasks.get(&task).cloned() else { return };
        let Some(stage) = &answered.stage else { return };
        let mut batches: BTreeSet<u32> = answered.batch.into_iter().collect();
        for row in rows {
            let Some(id) = row.item else { continue };
            let batch = self.item(id).and_then(|i| i.batch());
            batches.extend(batch);
            let mut fields = if row.assessor.is_some() { Fields::new() } else { head.clone() };
            fields.extend(row.fields.clone());
            let signature = Signature {
                office: answered.office.clone(),
                assessor: row.assessor.clone(),
                task,
                batch,
                fields,
                outcome: row.outcome.clone(),
                reason: row.reason.clone(),
                waiver: row.waiver.clone(),
                at: event.at,
            };
            self.change_item(id, |i| {
                let signed = i.signed.entry(stage.clone()).or_default();
                let same = |s: &Signature| (&s.office, &s.assessor) == (&signature.office, &signature.assessor);
                signed.retain(|s| s.batch != batch || !same(s));
                signed.push(signature);
            });
        }
        for id in batches {
            self.change_batch(id, |b| b.attachments.extend(attachments.iter().cloned()));
        }
    }

    /// Who owed an answer no longer does, and another does in his place.
    pub(super) fn sign_instead(&mut self, items: &[u32], from: &str, to: &str) {
        let batches: BTreeSet<u32> = items.iter().filter_map(|id| self.item(*id)?.batch()).collect();
        for id in batches {
            self.change_batch(id, |b| {
                if let Some(place) = b.signers.iter().position(|s| s == from) {
                    b.signers[place] = to.to_string();
                    let mut seen = BTreeSet::new();
                    b.signers.retain(|s| seen.insert(s.clone()));
                }
            });
        }
    }
}
