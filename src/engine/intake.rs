//! Taking drops in: settle, claim, understand, decide, answer. Every drop ends with exactly one answer.
//!
//! The answer is committed in the same transaction as what it caused; the receipt and the return are written after it, from
//! the record, and again after a crash. The same content for the same task again, in the same bytes or in others, is answered
//! with the first receipt, as long as that stands. What meets trouble stays claimed, is told in the log without names, and is taken up again by a
//! later look; the other drops do not wait for it.

mod again;
mod drops;
mod group;
mod owners;
mod record;
mod words;

pub(crate) use drops::Drops;
pub use group::DROPS_TOGETHER_MAX;
pub(super) use record::partly_mark;

use super::understand::{Act, Meant, ReadForm, Unmeant};
use super::{Core, Engine, Error, quiet};
use crate::case::command::{Asked, Command};
use crate::case::decide::{self, ITSELF, OpenCase, Refusal};
use crate::case::event::{Body, Event};
use crate::case::story;
use crate::clock::Moment;
use crate::spool::claim::{self, ClaimError, Claimed};
use crate::spool::receipt::{ReceiptFacts, ReturnFacts, receipt_text, return_text, sealed_text};
use crate::spool::settle::Settled;
use crate::store::{SubmissionOutcome, SubmissionRecord};
use crate::submission::Fault;

/// What came of it.
enum Carried {
    /// the record, and whether some of its rows were returned
    Accepted(Box<SubmissionRecord>, bool),
    Refused(Vec<Fault>),
}

impl Engine {
    /// Looks into every office's 交件 once, and answers what is complete; gives how many drops it answered. What met trouble
    /// is told, left where it is and taken up again later; the others do not wait for it.
    ///
    /// # Errors
    /// The store's, when it is damaged.
    pub async fn look(&self) -> Result<usize, Error> {
        let mut core = self.core.lock().await;
        let now = self.clock.now();
        let mut answered = 0;
        if let Some(since) = core.drops.retry(now, self.clock.is_scenario()) {
            answered += self.bring_back(&mut core).await?;
            core.drops.still_troubled(since);
        }
        let folders: Vec<String> = core.ledgers.offices.offices.values().filter_map(|o| o.folder.clone()).collect();
        let limit = limit_to_ring(&mut core, now);
        // What came after a limit that has not rung would be in time, were it answered now.
        let in_time = |settled: &Settled| limit.is_none_or(|limit| settled.first_seen_complete < limit);
        let mut complete = core.drops.complete(&self.spool, folders, now);
        complete.retain(|(_, settled)| in_time(settled));
        Ok(answered + self.take_in(&mut core, complete, now).await?)
    }

    /// Answers what a crash left claimed.
    pub(super) async fn answer_left_over(&self) -> Result<(), Error> {
        let mut core = self.core.lock().await;
        let since = self.last_alive().await?;
        core.drops.after_outage(since, self.clock.now());
        self.bring_back(&mut core).await?;
        match since {
            // A start in the very second the daemon last lived ends no outage.
            Some(since) if since < self.clock.now() => self.tell_outage(&mut core, since).await,
            Some(_) | None => Ok(()),
        }
    }

    /// Tells every case that the daemon was away; those with a notice on the page ask whether its time counts.
    async fn tell_outage(&self, core: &mut Core, since: Moment) -> Result<(), Error> {
        let now = self.clock.now();
        let open: Vec<String> = core.cases.values().filter(|c| c.closed.is_none()).map(|c| c.id.clone()).collect();
        for id in open {
            let command = Command::Outage { from: since, until: now };
            let asked = Asked { by: ITSELF.to_string(), on_behalf: None, cause: "outage".to_string(), command };
            if let Err(refusal) = self.ask(core, &id, &asked, now).await? {
                tracing::error!("{id}: the outage could not be told: {}", super::sentences(&refusal));
            }
        }
        Ok(())
    }

    /// Answers every claim that has no answer yet; gives how many it answered. No claim may be in hand.
    async fn bring_back(&self, core: &mut Core) -> Result<usize, Error> {
        self.fuse.burn("claims are brought back")?;
        let recovery = match claim::recover(&self.spool) {
            Ok(recovery) => recovery,
            Err(error) => {
                self.not_claimed(core, "state/claimed", error.into());
                return Ok(0);
            }
        };
        let mut answered = 0;
        for trouble in recovery.troubles {
            answered += usize::from(self.not_claimed(core, "a claim", trouble));
        }
        // Whoever handed in first is answered first, as if nothing had happened; each by itself, so that one that kills its
        // reader is known by its count.
        let mut claims = recovery.claims;
        claims.sort_by(|a, b| (a.handed_in, &a.folder).cmp(&(b.handed_in, &b.folder)));
        for claimed in claims {
            match claim::take_up(&self.spool, claimed) {
                Ok(claimed) => answered += self.answer(core, claimed).await?,
                Err(error) => answered += usize::from(self.not_claimed(core, "a claim", error)),
            }
        }
        Ok(answered)
    }

    /// Says why a drop is not in hand; true when that was its answer.
    fn not_claimed(&self, core: &mut Core, folder: &str, error: ClaimError) -> bool {
        let now = self.clock.now();
        match error {
            ClaimError::Secret { folder, mark, .. } => {
                tracing::error!("{folder}: a drop marked {mark} was sealed unread");
                let title = core.ledgers.offices.by_folder(&folder).map_or(folder.clone(), |o| o.title.clone());
                if let Err(error) = claim::sealed_note(&self.spool, &folder, now, &sealed_text(&title, now)) {
                    tracing::error!("{folder}: the office was not told of it: {}", quiet::error(&error.into()));
                }
                true
            }
            ClaimError::Vanished { .. } => false,
            error @ (ClaimError::Held { .. }
            | ClaimError::Unreturned { .. }
            | ClaimError::Journal { .. }
            | ClaimError::Failed(_)) => {
                tracing::warn!("{folder}: not claimed now: {}", quiet::claim(&error));
                core.drops.met_trouble(now);
                false
            }
        }
    }

    /// Decides on a claim whose content its office has handed in before, or not; gives the record of it, and whether some of its
    /// rows were returned.
    async fn decide_on(
        &self,
        core: &mut Core,
        claimed: &Claimed,
        id: &str,
        office: &str,
        read: Option<ReadForm>,
        before: bool,
    ) -> Result<(SubmissionRecord, bool), Error> {
        let now = self.clock.now().max(claimed.handed_in);
        let meant = match (self.put_by_a_stranger(core, claimed)?, claimed.faults.as_slice()) {
            (Some(stranger), _) => Err(vec![stranger].into()),
            (None, []) => self.understand(core, claimed, office, read).await?,
            (None, faults) => Err(faults.to_vec().into()),
        };
        let mut record = SubmissionRecord {
            id: id.to_string(),
            office: office.to_string(),
            task: None,
            digest: claimed.digest.clone(),
            name: claimed.name.clone(),
            received_at: claimed.handed_in,
            outcome: SubmissionOutcome::Returned,
            answer: String::new(),
            first_event: None,
        };
        let meant = match meant {
            Ok(meant) => meant,
            Err(unmeant) => return Ok((self.return_it(core, claimed, record, unmeant, None).await?, false)),
        };
        record.task.clone_from(&meant.task);
        if let Some(before) = self.said_before(core, office, &meant, &claimed.digest, before).await? {
            return Ok((self.repeat(core, claimed, record, &meant, before).await?, false));
        }
        record.outcome = SubmissionOutcome::Accepted;
        let case = match &meant.act {
            Act::Case { id, .. } => Some(id.clone()),
            Act::Open { .. } | Act::Register { .. } => None,
        };
        let (about, way) = (meant.act.about(), words::way_of(core, office, &meant.act));
        match self.carry_out(core, claimed, record.clone(), meant, now).await? {
            Carried::Accepted(record, partly) => Ok((*record, partly)),
            Carried::Refused(faults) => {
                record.outcome = SubmissionOutcome::Returned;
                let returned = self.return_it(core, claimed, record, Unmeant { faults, way, about }, case).await?;
                Ok((returned, false))
            }
        }
    }

    /// Records a return; a refusal of a case is told to the case too, once.
    async fn return_it(
        &self,
        core: &mut Core,
        claimed: &Claimed,
        mut record: SubmissionRecord,
        unmeant: Unmeant,
        case: Option<String>,
    ) -> Result<SubmissionRecord, Error> {
        let way_out = words::way_out(core, &record.office, &unmeant, self.clock.now());
        let faults = unmeant.faults;
        let facts = ReturnFacts {
            number: claimed.id.clone(),
            file: claimed.name.clone(),
            office_title: core.ledgers.offices.title(&record.office).to_string(),
            at: claimed.handed_in,
            faults: faults.clone(),
            way_out,
        };
        record.answer = return_text(&facts);
        let mut acceptance = crate::store::Acceptance::at(self.clock.now());
        let mut told = None;
        let living = case.and_then(|id| core.cases.get(&id)).filter(|c| c.closed.is_none()).cloned();
        if let Some(mut case) = living {
            let event = Event {
                stream: case.id.clone(),
                seq: case.seq + 1,
                at: self.clock.now().max(case.latest),
                by: record.office.clone(),
                on_behalf: None,
                cause: format!("submission {}", claimed.digest),
                body: Body::CommandRefused {
                    submission: claimed.digest.clone(),
                    office: record.office.clone(),
                    reasons: faults.iter().map(|f| f.say.clone()).collect(),
                },
            };
            acceptance.events.push(super::draft(&event)?);
            case.apply(&event);
            told = Some(case);
        }
        acceptance.submission = Some(record.clone());
        self.accept(acceptance).await?;
        if let Some(case) = told {
            core.ends.insert(case.id.clone(), case.seq);
            core.cases.insert(case.id.clone(), case);
        }
        Ok(record)
    }

    /// Puts what is meant to the kernel and keeps what it decides, with the record of the submission.
    async fn carry_out(
        &self,
        core: &mut Core,
        claimed: &Claimed,
        mut record: SubmissionRecord,
        meant: Meant,
        now: Moment,
    ) -> Result<Carried, Error> {
        let cause = format!("submission {}", claimed.digest);
        let (program, decided) = match meant.act {
            Act::Register { name, rows } => {
                return self.enter_register(core, claimed, record, &meant.title, &name, rows, meant.remarks, now).await;
            }
            Act::Open { workflow, params, one } => {
                let program = core.deployed.get(&workflow).and_then(|d| core.programs.get(d)).cloned();
                let Some(program) = program else {
                    return Ok(Carried::Refused(vec![Fault::at(
                        "",
                        format!("没有“{workflow}”这个流程，请联系管理员。"),
                    )]));
                };
                self.lay_beside(core, &program, None, None, now).await?;
                let asked = OpenCase {
                    by: record.office.clone(),
                    office: record.office.clone(),
                    params,
                    one,
                    period: None,
                    parent: None,
                    shared: false,
                    cause,
                };
                let decided = decide::open(&program, &asked, &core.ledgers, now);
                (program, decided)
            }
            Act::Case { id, command } => {
                let known = core.cases.get(&id).and_then(|c| core.programs.get(&c.closure)).cloned();
                if let Some(program) = &known {
                    self.lay_beside(core, program, Some(&id), Some(&command), now).await?;
                }
                let Some((case, program)) = core.cases.get(&id).zip(known) else {
                    return Ok(Carried::Refused(vec![Fault::at("", format!("没有案卷“{id}”。"))]));
                };
                let asked = Asked { by: record.office.clone(), on_behalf: None, cause, command };
                let decided = decide::decide(&program, case, &asked, &core.ledgers, now);
                (program, decided)
            }
        };
        let decision = match decided {
            Ok(decision) => decision,
            Err(Refusal { faults }) => return Ok(Carried::Refused(faults)),
        };
        let mut accepted = {
            let before = core.cases.get(&decision.case.id);
            words::told(&program, before, (&decision.case, &decision.ledgers), &decision.events)
        };
        accepted.extend(decision.notes.iter().cloned());
        accepted.extend(meant.remarks);
        let mut next = story::next_steps(&program, &decision.case, &decision.ledgers, now, &record.office);
        next.extend(words::to_add(&program, &decision.case, &decision.ledgers, &decision.events));
        let facts = self.receipt_facts(core, claimed, &record.office, &meant.title, accepted, next, None);
        let facts = ReceiptFacts { returned: decision.returned.clone(), ..facts };
        record.answer = receipt_text(&facts);
        let partly = !decision.returned.is_empty();
        self.keep(core, &program, decision, Some(record.clone())).await?;
        Ok(Carried::Accepted(Box::new(record), partly))
    }
}

/// The earliest limit that is due and waits with its ringing for what came before it.
fn limit_to_ring(core: &mut Core, now: Moment) -> Option<Moment> {
    let settling = core.drops.settling(now);
    let due = core.cases.values().filter_map(|case| {
        let program = core.programs.get(&case.closure)?;
        decide::next_wake(program, case, &core.ledgers.calendar)
    });
    due.filter(|due| *due <= now && (settling || drops::may_wait(*due, now))).min()
}
