//! What events owe the world: a function of the event, nothing else. An effect's id is its place in the log.

use super::event::{Ask, Body, ClockOf, Event, QuestionAbout, Rung};
use super::{Case, Document, Life, decide};
use crate::workflow::offices::{Channel, Offices};
use crate::workflow::{Overdue, Workflow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is owed.
#[expect(missing_docs, reason = "a field is said by the sentence of its variant")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Effect {
    /// put the task's workbook into the office's 待办
    Sheet { task: u64 },
    /// take it away again
    SheetGone { task: u64 },
    /// make Word and PDF of a draft
    Render { document: u32, draft: u32 },
    /// put a paper (or its draft, for who confirms or seals it) into an office's 公文
    Deliver { document: u32, office: String, draft: bool },
    /// put a paper into the 公文 of the office that issued it, which is nobody's delivery
    Keep { document: u32, office: String },
    /// mail a paper
    Mail { document: u32, office: String },
    /// show a paper or a notice on the page
    Publish { document: u32 },
    /// take a notice off the page
    Unpublish { batch: u32 },
    /// remind or tell the offices a clock is about
    Remind { clock: u32, rung: Rung },
    /// tell an office that an intake closed without some who were expected
    TellMissing {
        stage: String,
        /// its period, of a duty that comes round
        #[serde(default, skip_serializing_if = "String::is_empty")]
        key: String,
        office: String,
        missing: Vec<String>,
    },
    /// tell an office that the time of a clock is over (督办)
    TellOverdue { clock: u32, office: String },
    /// tell an office what the event of this number says: a note in its folder, or a letter
    Tell { seq: u64, office: String, by_mail: bool },
    /// seal the package of a closed case
    Archive,
    /// put what came after sealing (the event of this number) into a supplement of the package
    Supplement { seq: u64 },
}

impl Effect {
    /// The queue it runs in.
    pub fn queue(&self) -> &'static str {
        match self {
            Effect::Render { .. } => "render",
            Effect::Sheet { .. }
            | Effect::SheetGone { .. }
            | Effect::Deliver { .. }
            | Effect::Keep { .. }
            | Effect::Remind { .. }
            | Effect::TellMissing { .. }
            | Effect::TellOverdue { .. }
            | Effect::Tell { by_mail: false, .. } => "deliver",
            Effect::Mail { .. } | Effect::Tell { by_mail: true, .. } => "mail",
            Effect::Publish { .. } | Effect::Unpublish { .. } => "publish",
            Effect::Archive | Effect::Supplement { .. } => "archive",
        }
    }
}

/// What one event owes, in order; its effects are numbered from 1 within the event: `case/seq/n`.
#[expect(clippy::wildcard_enum_match_arm, reason = "most events owe the world nothing")]
pub fn owed(workflow: &Workflow, offices: &Offices, after: &Case, event: &Event) -> Vec<(String, Effect)> {
    let effects = match &event.body {
        Body::TaskOpened { task, ask, office, .. } => {
            let mut effects = vec![Effect::Sheet { task: *task }];
            if let Ask::Seal(document) | Ask::Report(document) | Ask::Serve(document) = ask {
                let draft = !matches!(ask, Ask::Serve(_));
                effects.push(Effect::Deliver { document: *document, office: office.clone(), draft });
            }
            effects
        }
        Body::TaskRevised { task, .. } => vec![Effect::Sheet { task: *task }],
        Body::TaskPassed { task, to, .. } => passed(after, *task, to),
        Body::TaskClosed { task, .. } => vec![Effect::SheetGone { task: *task }],
        Body::DocumentOrdered { document, draft, .. } => vec![Effect::Render { document: *document, draft: *draft }],
        Body::DocumentIssued { document, .. } => issued(workflow, offices, after, *document),
        Body::NoticeDown { batch, channel, .. } if offices.channels.get(channel) == Some(&Channel::Web) => {
            vec![Effect::Unpublish { batch: *batch }]
        }
        Body::ClockRang { clock, rung: Rung::Due, .. } if tells(workflow, after, *clock) => {
            let mut effects = vec![Effect::Remind { clock: *clock, rung: Rung::Due }];
            let told = told_when_over(workflow, offices, after, *clock);
            effects.extend(told.into_iter().map(|office| Effect::TellOverdue { clock: *clock, office }));
            effects
        }
        Body::ClockRang { clock, rung, late: false } if tells(workflow, after, *clock) => {
            vec![Effect::Remind { clock: *clock, rung: rung.clone() }]
        }
        Body::Told { to, .. } => to.iter().flat_map(|office| told(offices, event.seq, office)).collect(),
        Body::IntakeClosed { stage, key, missing, reopened: false, .. } if !missing.is_empty() => {
            let opener = offices.standing(&after.opener).to_string();
            let told = missing.iter().chain(std::iter::once(&opener));
            let tell = |office: &String| Effect::TellMissing {
                stage: stage.clone(),
                key: key.clone(),
                office: office.clone(),
                missing: missing.clone(),
            };
            told.map(tell).collect()
        }
        Body::QuestionAnswered { question, answer, .. } if decide::asks_again(answer) => {
            match after.questions.get(question).map(|q| &q.about) {
                Some(QuestionAbout::Effect { owed, .. }) => vec![owed.clone()],
                Some(_) | None => Vec::new(),
            }
        }
        // What is filed with its parent is sealed when that is.
        Body::CaseClosed { .. } if !after.is_filed_with_parent(workflow) => vec![Effect::Archive],
        Body::FiledWithParent { .. } => vec![Effect::Archive],
        Body::Delivered { .. } | Body::EffectSettled { .. } | Body::QuestionAnswered { .. }
            if after.sealed.is_some() =>
        {
            vec![Effect::Supplement { seq: event.seq }]
        }
        _ => Vec::new(),
    };
    let id = |n: usize| format!("{}/{}/{}", event.stream, event.seq, n + 1);
    effects.into_iter().enumerate().map(|(n, effect)| (id(n), effect)).collect()
}

/// Only limits on what somebody must do are worth a word; periods run out by themselves.
fn tells(workflow: &Workflow, case: &Case, clock: u32) -> bool {
    match case.clocks.get(&clock).map(|c| &c.of) {
        Some(ClockOf::Answer(batch)) => case.batches.get(batch).is_some_and(|b| workflow.stage(&b.stage).is_some()),
        // where silence has ended it, nobody owes anything under it
        Some(ClockOf::Named { clock: name, .. }) => {
            workflow.clocks.contains_key(name) && case.clocks.get(&clock).is_some_and(|c| !c.ended)
        }
        Some(ClockOf::Period(_) | ClockOf::Grace(_) | ClockOf::Keep(_) | ClockOf::Return(_) | ClockOf::Gate { .. })
        | None => false,
    }
}

/// Who is told when a clock has run out, beside those who owe: `overdue: { tell: … }`.
fn told_when_over(workflow: &Workflow, offices: &Offices, case: &Case, clock: u32) -> Vec<String> {
    let Some(clock) = case.clocks.get(&clock) else { return Vec::new() };
    let (overdue, item) = match &clock.of {
        ClockOf::Named { clock, item } => (workflow.clocks.get(clock).and_then(|c| c.overdue.as_ref()), Some(*item)),
        ClockOf::Answer(batch) => {
            let batch = case.batches.get(batch);
            let stage = batch.and_then(|b| workflow.stage(&b.stage));
            (stage.and_then(|s| s.overdue.as_ref()), batch.and_then(|b| b.items.first().copied()))
        }
        ClockOf::Period(_) | ClockOf::Grace(_) | ClockOf::Keep(_) | ClockOf::Return(_) | ClockOf::Gate { .. } => {
            (None, None)
        }
    };
    let Some(Overdue::Tell(roles)) = overdue else { return Vec::new() };
    // Whoever owes is reminded already.
    let owes = |office: &String| item.into_iter().flat_map(|i| case.tasks_of(i)).any(|t| t.office == *office);
    let told = decide::offices_of(workflow, offices, case, roles, item);
    told.into_iter().filter(|office| !owes(office)).collect()
}

/// What an office needs for a task that was passed to it: the workbook, which leaves the office before, and the paper it is about.
fn passed(case: &Case, task: u64, to: &str) -> Vec<Effect> {
    let deliver = |document: u32, draft: bool| Effect::Deliver { document, office: to.to_string(), draft };
    let paper = case.tasks.get(&task).and_then(|task| {
        if let Ask::Seal(document) | Ask::Report(document) | Ask::Serve(document) = task.ask {
            return Some(deliver(document, true));
        }
        let batch = task.batch.filter(|_| matches!(task.ask, Ask::Post(_)))?;
        let notice = case.papers(batch).filter(|d| d.notice && d.life == Life::Issued).last();
        notice.map(|notice| deliver(notice.id, false))
    });
    std::iter::once(Effect::Sheet { task }).chain(paper).collect()
}

/// The ways an office hears of something: its folder, its mailbox.
fn told(offices: &Offices, seq: u64, office: &str) -> Vec<Effect> {
    let Some(known) = offices.offices.get(offices.standing(office)) else { return Vec::new() };
    let ways = [(known.folder.is_some(), false), (known.mail.is_some(), true)];
    let open = ways.into_iter().filter(|(open, _)| *open);
    open.map(|(_, by_mail)| Effect::Tell { seq, office: office.to_string(), by_mail }).collect()
}

fn issued(workflow: &Workflow, offices: &Offices, case: &Case, document: u32) -> Vec<Effect> {
    let Some(paper) = case.documents.get(&document).filter(|d| d.life == Life::Issued || d.life == Life::Replaced)
    else {
        return Vec::new();
    };
    let mut effects = Vec::new();
    for recipient in paper.to.iter().chain(paper.copy.iter()) {
        if recipient == "public" {
            effects.extend(on_the_page(workflow, offices, case, paper).then_some(Effect::Publish { document }));
            continue;
        }
        let Some(office) = offices.offices.get(offices.standing(recipient)) else { continue };
        if office.folder.is_some() {
            effects.push(Effect::Deliver { document, office: recipient.clone(), draft: false });
        }
        if office.mail.is_some() {
            effects.push(Effect::Mail { document, office: recipient.clone() });
        }
    }
    effects.extend(own_copies(offices, case, paper));
    effects
}

/// Of a paper with a number whoever issues it keeps a copy, and of a report whoever signed it, unless he is among those it goes to.
fn own_copies(offices: &Offices, case: &Case, paper: &Document) -> Vec<Effect> {
    let issuer = Some(&paper.issuer).filter(|_| paper.number.is_some());
    let reports = case.tasks.values().filter(|task| paper.report.is_some() && task.ask == Ask::Report(paper.id));
    let keep: BTreeSet<&str> =
        issuer.into_iter().chain(reports.map(|t| &t.office)).map(|o| offices.standing(o)).collect();
    let reached = |office: &str| paper.to.iter().chain(&paper.copy).any(|to| offices.standing(to) == office);
    let has_folder = |office: &str| offices.offices.get(office).is_some_and(|known| known.folder.is_some());
    let keep = keep.into_iter().filter(|office| has_folder(office) && !reached(office));
    keep.map(|office| Effect::Keep { document: paper.id, office: office.to_string() }).collect()
}

/// Whether a paper for the public is shown on the page: a notice only where its stage names a channel that is the page, or none.
pub fn on_the_page(workflow: &Workflow, offices: &Offices, case: &Case, paper: &Document) -> bool {
    let batch = paper.batch.filter(|_| paper.notice).and_then(|batch| case.batches.get(&batch));
    let stage = batch.and_then(|batch| workflow.stage(&batch.stage));
    let web = |channel: &String| offices.channels.get(channel) == Some(&Channel::Web);
    stage.is_none_or(|stage| stage.channels.is_empty() || stage.channels.iter().any(web))
}
