//! What an office finds for an answer, and answers that cause no event of a case: the first receipt repeated, entries of a
//! register.

use super::{Carried, SubmissionRecord};
use crate::case::decide::{self, EnterRegister, Refusal, RegisterRow};
use crate::case::event::Body;
use crate::clock::Moment;
use crate::engine::memory::revive;
use crate::engine::understand::{Act, Meant};
use crate::engine::{Core, Engine, Error, quiet};
use crate::spool::claim::{self, Answer, ClaimError, Claimed};
use crate::spool::layout::Spool;
use crate::spool::receipt::{ReceiptFacts, receipt_name, receipt_text};
use crate::store::SubmissionOutcome;
use crate::submission::Fault;
use std::collections::{BTreeMap, BTreeSet};

/// The mark of a submission of which some rows were returned.
pub(in crate::engine) fn partly_mark(submission: &str) -> String {
    format!("partly/{submission}")
}

/// What an answer that could not be given means to the engine.
pub(super) fn failed(error: ClaimError) -> Error {
    match error {
        ClaimError::Held { source, .. } | ClaimError::Failed(source) => Error::Files(source),
        other @ (ClaimError::Vanished { .. }
        | ClaimError::Secret { .. }
        | ClaimError::Unreturned { .. }
        | ClaimError::Journal { .. }) => Error::Log(quiet::claim(&other)),
    }
}

/// Gives the answer of what was not taken, or not whole: the original goes back with it, after the receipt for what was taken.
pub(super) fn give_back(spool: &Spool, claimed: &mut Claimed, record: &SubmissionRecord) -> Result<Answer, Error> {
    if record.outcome == SubmissionOutcome::Accepted {
        claim::receipt(spool, &claimed.folder, &receipt_of(claimed), &record.answer)?;
    }
    claim::return_whole(spool, claimed, &record.answer).map_err(failed)?;
    Ok(Answer::Returned)
}

/// What the receipt for a claim is called.
pub(super) fn receipt_of(claimed: &Claimed) -> String {
    receipt_name(claimed.handed_in.date(), &claimed.name)
}

impl Engine {
    /// Whether all that this content wrote into a register still stands as it was written, so that it would write it again.
    pub(super) async fn entered(&self, act: &Act, digest: &str) -> Result<bool, Error> {
        let Act::Register { name, .. } = act else { return Ok(false) };
        let cause = format!("submission {digest}");
        // by entry, whether what was written last of it is of this content
        let mut last: BTreeMap<u32, bool> = BTreeMap::new();
        let mut own: BTreeSet<u32> = BTreeSet::new();
        for recorded in self.store.events(&format!("register/{name}")).await? {
            let event = revive(recorded)?;
            if let Body::RegisterWritten { entry, .. } = event.body {
                own.extend((event.cause == cause).then_some(entry));
                last.insert(entry, event.cause == cause);
            }
        }
        Ok(!own.is_empty() && own.iter().all(|entry| last.get(entry) == Some(&true)))
    }

    /// The same content as was handed in before: the first receipt stands.
    pub(super) async fn repeat(
        &self,
        core: &Core,
        claimed: &Claimed,
        mut record: SubmissionRecord,
        meant: &Meant,
        before: Moment,
    ) -> Result<SubmissionRecord, Error> {
        record.outcome = SubmissionOutcome::Accepted;
        record.task = None;
        let facts =
            self.receipt_facts(core, claimed, &record.office, &meant.title, Vec::new(), Vec::new(), Some(before));
        record.answer = receipt_text(&facts);
        let mut acceptance = crate::store::Acceptance::at(self.clock.now());
        acceptance.submission = Some(record.clone());
        self.accept(acceptance).await?;
        Ok(record)
    }

    #[expect(clippy::too_many_arguments, reason = "the facts of one receipt")]
    pub(super) fn receipt_facts(
        &self,
        core: &Core,
        claimed: &Claimed,
        office: &str,
        title: &str,
        accepted: Vec<String>,
        next: Vec<String>,
        again: Option<Moment>,
    ) -> ReceiptFacts {
        ReceiptFacts {
            number: claimed.id.clone(),
            file: claimed.name.clone(),
            office_title: core.ledgers.offices.title(office).to_string(),
            at: claimed.handed_in,
            taken_for: title.to_string(),
            accepted,
            returned: Vec::new(),
            next,
            again,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one register's hand-in")]
    pub(super) async fn enter_register(
        &self,
        core: &mut Core,
        claimed: &Claimed,
        mut record: SubmissionRecord,
        title: &str,
        name: &str,
        rows: Vec<RegisterRow>,
        remarks: Vec<String>,
        now: Moment,
    ) -> Result<Carried, Error> {
        let Some(register) = core.registers.get(name).cloned() else {
            return Ok(Carried::Refused(vec![Fault::at("", format!("没有“{name}”这个台账。"))]));
        };
        let stream = format!("register/{name}");
        let seq = core.ends.get(&stream).copied().unwrap_or(0);
        let cause = format!("submission {}", claimed.digest);
        let asked = EnterRegister { register: name.to_string(), office: record.office.clone(), cause, rows, seq };
        let events = match decide::enter_register(&register, &asked, &core.ledgers, now) {
            Ok(events) => events,
            Err(Refusal { faults }) => return Ok(Carried::Refused(faults)),
        };
        let mut accepted = match events.len() {
            0 => vec!["表中没有变动。".to_string()],
            count => vec![format!("登记{count}条。")],
        };
        accepted.extend(remarks);
        let facts = self.receipt_facts(core, claimed, &record.office, title, accepted, Vec::new(), None);
        record.answer = receipt_text(&facts);
        let mut acceptance = crate::store::Acceptance::at(now);
        for event in &events {
            acceptance.events.push(crate::engine::draft(event)?);
        }
        acceptance.submission = Some(record.clone());
        self.accept(acceptance).await?;
        for event in &events {
            core.ledgers.apply(event);
            core.ends.insert(stream.clone(), event.seq);
        }
        core.dirty = true;
        Ok(Carried::Accepted(Box::new(record), false))
    }
}
