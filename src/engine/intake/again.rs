//! The same content again: what was handed in says what was handed in before and stands, in the same bytes or in others.
//!
//! Bytes are compared first. A workbook that was opened and saved once more has other bytes, so for answers to tasks what was
//! understood is compared as well: rows, fields, and the bytes of what lies beside. So are the fields of side items that are raised.
//! What the program filled in by itself then is not asked again.

use super::{Engine, Error};
use crate::case::command::{Command, HandIn};
use crate::case::decide;
use crate::case::event::{Ask, Body, Fields, QuestionAbout, Row};
use crate::case::program::Program;
use crate::case::{Case, Item, Task, form};
use crate::clock::Moment;
use crate::engine::Core;
use crate::engine::memory::revive;
use crate::engine::understand::{Act, Meant};
use crate::store::SubmissionOutcome;
use crate::submission::{Attachment, Entry, What};
use std::collections::BTreeSet;

/// An answer that stands, as it was recorded.
struct Given {
    submission: String,
    fields: Fields,
    rows: Vec<Row>,
    attachments: Vec<Attachment>,
    complete: bool,
    at: Moment,
}

impl Engine {
    /// When the same was handed in before, where that stands, so that it would change nothing. `before` says whether the office
    /// has handed these very bytes in before, for whatever.
    pub(super) async fn said_before(
        &self,
        core: &Core,
        office: &str,
        meant: &Meant,
        digest: &str,
        before: bool,
    ) -> Result<Option<Moment>, Error> {
        let first = match before {
            true => self.store.submission_by(office, meant.task.as_deref(), digest).await?,
            false => None,
        };
        let first = first.filter(|first| first.outcome == SubmissionOutcome::Accepted);
        let given = self.given_before(core, office, &meant.act).await?;
        if let Some(first) = first {
            let holds = match &given {
                Some((Ask::Answer, given)) => given.iter().any(|given| given.submission == digest),
                Some(_) | None => true,
            };
            let stands = holds && stands(core, &meant.act, digest);
            if stands || self.entered(&meant.act, digest).await? {
                return Ok(Some(first.received_at));
            }
        }
        if let Some(raised) = raised_before(core, office, &meant.act) {
            return Ok(Some(raised));
        }
        let (Act::Case { id, command: Command::HandIn(hand_in) }, Some((_, given))) = (&meant.act, given) else {
            return Ok(None);
        };
        let Some((case, program)) = core.cases.get(id).and_then(|c| Some((c, core.programs.get(&c.closure)?))) else {
            return Ok(None);
        };
        let Some(task) = case.tasks.get(&hand_in.task).filter(|task| !is_asked_anew(case, task)) else {
            return Ok(None);
        };
        let asked = asked_of(core, program, case, task);
        let same =
            |given: &&Given| says_the_same(&asked, hand_in, given) && stands(core, &meant.act, &given.submission);
        let Some(given) = given.iter().rev().find(same) else { return Ok(None) };
        let first = self.store.submission_by(office, meant.task.as_deref(), &given.submission).await?;
        Ok(Some(first.map_or(given.at, |first| first.received_at)))
    }

    /// What was asked of whom a task is answered by, and its answers that were not taken back; those of the tasks that took its
    /// place too. Nothing, where nothing was answered, and for ballots, which have their own way.
    async fn given_before(&self, core: &Core, office: &str, act: &Act) -> Result<Option<(Ask, Vec<Given>)>, Error> {
        let Act::Case { id, command: Command::HandIn(hand_in) } = act else { return Ok(None) };
        let Some(case) = core.cases.get(id) else { return Ok(None) };
        let Some(task) = case.tasks.get(&hand_in.task).filter(|t| !counts_ballots(case, t.id)) else { return Ok(None) };
        // what another office was asked and has said is not told by a receipt
        if task.submissions.is_empty() || core.ledgers.offices.standing(&task.office) != office {
            return Ok(None);
        }
        let replaces = |t: &Task| {
            let same = t.office == task.office && t.stage == task.stage && t.ask == task.ask;
            same && t.id > task.id && task.closed.is_some() && task.ask == Ask::Answer
        };
        let of_it = case.tasks.values().filter(|t| t.id == task.id || replaces(t));
        let numbers: Vec<u64> = of_it.flat_map(|t| t.answered_at.iter().copied()).collect();
        let mut given: Vec<Given> = Vec::new();
        // a case may have thousands of answers: only those are read that can be the same
        for recorded in self.store.events_at(id, &numbers).await? {
            let event = revive(recorded)?;
            let (at, body) = (event.at, event.body);
            if let Body::AnswerTakenBack { items, .. } = &body {
                let about = |row: &Row| row.item.is_some_and(|item| items.contains(&item));
                given.retain(|given| !given.rows.is_empty() && !given.rows.iter().any(about));
            }
            if let Body::TaskAnswered { submission, fields, rows, attachments, declined: None, complete, .. } = body {
                given.push(Given { submission, fields, rows, attachments, complete, at });
            }
        }
        Ok(Some((task.ask.clone(), given)))
    }
}

/// When an office raised a side item that says the same of the same, unless it was taken back.
fn raised_before(core: &Core, office: &str, act: &Act) -> Option<Moment> {
    let Act::Case { id, command: Command::RaiseSide { kind, about, fields, .. } } = act else { return None };
    let case = core.cases.get(id)?;
    let program = core.programs.get(&case.closure)?;
    let forms = form::standing(program, case, &core.ledgers, office);
    let form = forms.iter().find(|form| form.answers.what == What::Raise && form.answers.about == *kind)?;
    let asked: BTreeSet<String> = form.head.iter().filter(|entry| !entry.shown).map(|e| e.name.clone()).collect();
    let theirs = |owner: &str| core.ledgers.offices.standing(owner) == office;
    let same = |item: &&Item| {
        let of_it = (&item.of, item.about) == (kind, *about) && theirs(&item.owner) && item.erased.is_none();
        let stands = !item.label().is_some_and(decide::is_taken_back);
        of_it && stands && same_fields(&asked, fields, &item.fields)
    };
    case.all_items().find(same).map(|item| item.opened)
}

/// Whether another task asks by now what this one asked: then the same again may be its answer. Of a nomination another part is asked.
fn is_asked_anew(case: &Case, task: &Task) -> bool {
    let newer = |t: &Task| t.id > task.id && t.office == task.office && t.stage == task.stage && t.ask == task.ask;
    task.ask != Ask::Nominate && case.open_tasks().any(newer)
}

/// What a person may fill in for a task.
fn asked_of(core: &Core, program: &Program, case: &Case, task: &Task) -> BTreeSet<String> {
    let again = decide::replaceable(program.workflow(), case, task);
    let form = form::of_task(program, case, &core.ledgers, again.as_ref().unwrap_or(task));
    let entries = form.head.iter().chain(form.grids.iter().flat_map(|grid| &grid.columns));
    entries.filter(|entry: &&Entry| !entry.shown).map(|entry| entry.name.clone()).collect()
}

fn says_the_same(asked: &BTreeSet<String>, hand_in: &HandIn, given: &Given) -> bool {
    let digests = |of: &[Attachment]| of.iter().map(|a| a.digest.clone()).collect::<BTreeSet<String>>();
    let said: Vec<&Row> = hand_in.rows.iter().map(|(row, _)| row).filter(|row| !row.is_blank()).collect();
    let before: Vec<&Row> = given.rows.iter().filter(|row| !row.is_blank()).collect();
    let rows = || said.iter().zip(&before).all(|(said, before)| same_row(asked, said, before));
    let something = !said.is_empty() || !hand_in.fields.is_empty() || !hand_in.attachments.is_empty();
    something
        && hand_in.returned.is_empty()
        && hand_in.complete == given.complete
        && said.len() == before.len()
        && digests(&hand_in.attachments) == digests(&given.attachments)
        && same_fields(asked, &hand_in.fields, &given.fields)
        && rows()
}

fn same_row(asked: &BTreeSet<String>, said: &Row, before: &Row) -> bool {
    // an outcome that is not chosen is found by rules
    let outcome = said.outcome == before.outcome || said.outcome.is_none() && !asked.contains("outcome");
    outcome
        && (said.item, &said.assessor, &said.category) == (before.item, &before.assessor, &before.category)
        && (&said.reason, &said.waiver, said.merge_into) == (&before.reason, &before.waiver, before.merge_into)
        && same_fields(asked, &said.fields, &before.fields)
}

/// What is recorded beside what was said was filled in by the program.
fn same_fields(asked: &BTreeSet<String>, said: &Fields, before: &Fields) -> bool {
    let filled_in = |name: &String| !said.contains_key(name) && !asked.contains(name);
    said.iter().all(|(name, value)| before.get(name) == Some(value))
        && before.keys().all(|name| said.contains_key(name) || filled_in(name))
}

/// Whether a task has brought sheets of ballots.
fn counts_ballots(case: &Case, task: u64) -> bool {
    let batch = case.tasks.get(&task).and_then(|t| case.batches.get(&t.batch?));
    batch.is_some_and(|b| !b.sheets.is_empty())
}

/// Whether an acceptance of this content still holds, so that the same content again changes nothing. What somebody asked
/// for and somebody else has undone since is asked for anew.
#[expect(clippy::wildcard_enum_match_arm, reason = "of the other commands only nominations can be taken back")]
fn stands(core: &Core, act: &Act, digest: &str) -> bool {
    let Act::Case { id, command } = act else { return false };
    let Some(case) = core.cases.get(id) else { return false };
    match command {
        // a sheet of ballots stands while no other has taken its place
        Command::HandIn(hand_in) if counts_ballots(case, hand_in.task) && !hand_in.rows.is_empty() => {
            case.batches.values().flat_map(|b| &b.sheets).any(|sheet| sheet.digest == digest)
        }
        Command::CloseIntake { stage, reopen, .. } => case.intakes.get(stage).is_some_and(|i| i.closed != *reopen),
        Command::AmendCase { param, value, .. } => case.params.get(param) == Some(value),
        Command::RequestReturn { item, .. } => {
            case.open_questions().any(|q| q.about == QuestionAbout::Return { item: *item })
        }
        Command::StopClock { clock, item, .. } => case.is_stopped_by_hand(clock, *item),
        Command::ResumeClock { clock, item, .. } => !case.is_stopped_by_hand(clock, *item),
        Command::ExtendClock { .. } => case.open_questions().any(|q| matches!(q.about, QuestionAbout::Extend { .. })),
        _ => {
            let of_it = |item: &&Item| item.submission.as_deref() == Some(digest);
            !case.all_items().filter(of_it).any(|i| i.label().is_some_and(decide::is_taken_back))
        }
    }
}
