//! Where every rule lives: (program, case, command, ledgers, now) → events, or a refusal. Pure.
//!
//! A decision works on its own copy of the case: each event is applied as it is emitted, so that the next rule sees it; a
//! refusal throws the copy away. After the command's own events, [`Deciding::advance`] moves all that can move by itself.

mod about;
mod actions;
mod advance;
mod answer;
mod ballots;
mod barrier;
mod children;
mod clocks;
mod confirming;
mod copies;
mod counted;
mod defaults;
mod facts;
mod filing;
mod freezing;
mod gate;
mod halting;
mod handover;
mod minutes;
mod late;
mod limits;
mod merging;
mod migrate;
mod movement;
mod nominate;
mod noticing;
mod open;
mod opened;
mod operate;
mod papers;
mod periods;
mod publicity;
mod question;
mod quotas;
mod register;
mod reissue;
mod repair;
mod replace;
mod reports;
mod roles;
mod rules;
mod scheduled;
mod scoring;
mod side;
mod signers;
mod signing;
mod silence;
mod singly;
mod source;
pub mod succession;
mod tasks;
mod telling;
#[cfg(test)]
pub(in crate::case) mod tests;
mod timers;
mod together;
mod touched;
mod trouble;
mod twins;
mod unmade;
mod whole;

pub(in crate::case) use clocks::extensions;
pub use counted::counts_otherwise;
pub(in crate::case) use counted::region_of;
pub(in crate::case) use gate::group_value;
pub use migrate::{Line, Plan, migrate, told};
pub(in crate::case) use minutes::VETOED;
pub use nominate::not_beside;
pub use open::{OpenCase, key_of, open};
pub(in crate::case) use operate::{acted_upon, is_latest, may_be_sent_back, may_be_taken_back, may_be_withdrawn};
pub(in crate::case) use papers::OUTSIDER;
pub(in crate::case) use quotas::bound_of;
pub use register::{EnterRegister, RegisterRow, enter_register};
pub use repair::{Repair, repair};
pub use replace::{REPLACED, is_taken_back, replaceable};
pub(in crate::case) use reports::reported_now;
pub use roles::actors;
pub(in crate::case) use roles::{offices_of, outsider};
pub use scheduled::{fallen, falls_next, fell, open_fallen, owner_of, schedule_stream};
pub(in crate::case) use scoring::ASSESSOR_OFFICE;
pub(in crate::case) use side::decided_at;
pub(in crate::case) use signers::{last_said, may_be_retracted, open_signing, paper_title};
pub(in crate::case) use signing::{ABSTAINS, signatures};
pub use timers::next_wake;
pub(in crate::case) use timers::{deadline as deadline_of, nothing_to_report};
pub(in crate::case) use trouble::asks_again;
pub(in crate::case) use twins::TWIN;

use super::command::{Asked, Command};
use super::eval::{Saw, Sight};
use super::event::{Body, Event};
use super::{Case, Life, ledger::Ledgers, program::Program};
use crate::clock::Moment;
use crate::submission::Fault;
use std::sync::Arc;

/// What was decided.
#[derive(Debug, Clone)]
pub struct Decision {
    /// what happened, in order; all of one stream
    pub events: Vec<Event>,
    /// remarks for the receipt, in Chinese
    pub notes: Vec<String>,
    /// rows that were not taken in, and why; the others were
    pub returned: Vec<Fault>,
    /// the case after them
    pub case: Case,
    /// the ledgers after them
    pub ledgers: Ledgers,
}

/// Why not: every reason at once, in Chinese, each with its place in what was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// the reasons
    pub faults: Vec<Fault>,
}

/// 系统自动: what the daemon does by itself.
pub const ITSELF: &str = "系统自动";
/// How an item ends whose office took back what it had handed in.
pub const TAKEN_BACK: &str = "撤回";
/// How an item ends that its office withdrew.
pub(in crate::case) const WITHDRAWN: &str = "撤回推荐";
/// The person at the command line.
pub const OPERATOR: &str = "operator";

/// What a case does about a command.
///
/// # Errors
/// A refusal: the command does not apply here; nothing changes.
pub fn decide(
    program: &Program,
    case: &Case,
    asked: &Asked,
    ledgers: &Ledgers,
    now: Moment,
) -> Result<Decision, Refusal> {
    let decided = decide_whole(program, case, asked, ledgers, now);
    decided.or_else(|refusal| singly::good_rows(program, case, asked, ledgers, now, refusal))
}

fn decide_whole(
    program: &Program,
    case: &Case,
    asked: &Asked,
    ledgers: &Ledgers,
    now: Moment,
) -> Result<Decision, Refusal> {
    let on_behalf = asked.on_behalf.clone();
    let mut deciding = Deciding::new(program, case.clone(), ledgers, now, &asked.by, on_behalf, &asked.cause);
    deciding.carry_out(&asked.command);
    deciding.finish()
}

/// Whether nothing in the case could go on by itself: every decision must leave it so.
pub fn at_rest(program: &Program, case: &Case, ledgers: &Ledgers, now: Moment) -> bool {
    let mut deciding = Deciding::new(program, case.clone(), ledgers, now, ITSELF, None, "test");
    if case.closed.is_none() {
        deciding.touched.all(case);
        deciding.advance();
    }
    deciding.events.is_empty() && deciding.faults.is_empty()
}

/// A decision in the making.
pub(super) struct Deciding<'a> {
    program: &'a Program,
    /// what the decision began with
    origin: (Case, Ledgers),
    case: Case,
    ledgers: Ledgers,
    now: Moment,
    by: String,
    on_behalf: Option<String>,
    cause: String,
    events: Vec<Event>,
    notes: Vec<String>,
    returned: Vec<Fault>,
    faults: Vec<Fault>,
    seen: Option<Arc<Sight>>,
    /// what was found in registers; fold and rules read nothing of it, whoever reads the log a year later does
    saw: Saw,
    touched: touched::Touched,
    notices: super::notice::Notices,
}

impl<'a> Deciding<'a> {
    fn new(
        program: &'a Program,
        case: Case,
        ledgers: &Ledgers,
        now: Moment,
        by: &str,
        on_behalf: Option<String>,
        cause: &str,
    ) -> Deciding<'a> {
        let now = now.max(case.latest);
        Deciding {
            program,
            origin: (case.clone(), ledgers.clone()),
            case,
            ledgers: ledgers.clone(),
            now,
            by: by.to_string(),
            on_behalf,
            cause: cause.to_string(),
            events: Vec::new(),
            notes: Vec::new(),
            returned: Vec::new(),
            faults: Vec::new(),
            seen: None,
            saw: Saw::default(),
            touched: touched::Touched::default(),
            notices: super::notice::Notices::default(),
        }
    }

    fn begin(&mut self, first: Event) {
        if let Some(case) = Case::opened(&first) {
            self.case = case;
            self.touched.all(&self.case);
        }
        self.ledgers.apply(&first);
        self.events.push(first);
        self.seen = None;
    }

    /// Records what happened and lets the copy of the case take it in.
    fn emit(&mut self, body: Body) {
        let event = Event {
            stream: self.case.id.clone(),
            seq: self.case.seq + 1,
            at: self.now,
            by: self.by.clone(),
            on_behalf: self.on_behalf.clone(),
            cause: self.cause.clone(),
            body,
        };
        self.seen = None;
        self.touched.before(&self.case, &event.body);
        self.case.apply(&event);
        self.touched.after(self.program.workflow(), &self.case, &event.body);
        self.ledgers.apply(&event);
        self.know(&event.body);
        self.events.push(event);
    }

    /// As it was after so many events of this decision: what came later has not happened.
    fn back_to(&mut self, events: usize) {
        self.events.truncate(events);
        (self.case, self.ledgers) = self.origin.clone();
        (self.seen, self.notices) = (None, super::notice::Notices::default());
        for event in &self.events {
            match Case::opened(event) {
                Some(case) => self.case = case,
                None => self.case.apply(event),
            }
            self.ledgers.apply(event);
            if let Some(item) = twins::item_of(&event.body) {
                self.ledgers.know(self.program.workflow(), &self.case, item);
            }
        }
    }

    fn refuse(&mut self, place: impl Into<String>, say: impl Into<String>) {
        self.faults.push(Fault::at(place, say));
    }

    fn sight(&mut self) -> Arc<Sight> {
        if self.seen.is_none() {
            self.seen = Some(self.sight_in(&self.case));
        }
        self.seen.clone().unwrap_or_else(|| unreachable!("it was just set"))
    }

    /// What would be seen if the case were so.
    fn sight_in(&self, case: &Case) -> Arc<Sight> {
        Sight::noting(self.program, case, &self.ledgers, self.now, &self.saw)
    }

    fn finish(self) -> Result<Decision, Refusal> {
        if self.faults.is_empty() {
            let Deciding { mut events, notes, returned, case, ledgers, saw: found, .. } = self;
            let answer = events.iter_mut().find_map(|event| {
                let Body::TaskAnswered { saw, .. } = &mut event.body else { return None };
                Some(saw)
            });
            if let (Some(saw), Ok(found)) = (answer, found.lock()) {
                saw.extend(found.iter().cloned());
            }
            return Ok(Decision { events, notes, returned, case, ledgers });
        }
        let mut faults = self.faults;
        faults.dedup();
        Err(Refusal { faults })
    }

    fn carry_out(&mut self, command: &Command) {
        if let (Some(reason), true) = (self.case.held.clone(), !command.is_taken_while_held()) {
            if !matches!(command, Command::Ring | Command::CalendarChanged | Command::OfficesChanged) {
                self.refuse("", format!("案卷“{}”已由管理员暂停（{reason}），恢复后再报。", self.case.title));
            }
            return;
        }
        if self.case.closed.is_some() && !command.is_taken_after_the_end(&self.case) {
            self.refuse("", format!("案卷“{}”已办结，不再收件。", self.case.title));
            return;
        }
        self.dispatch(command);
        if !matches!(command, Command::GivenUp { .. }) {
            self.done_after_all();
        }
        self.unmade_no_more();
        if self.faults.is_empty() && self.case.closed.is_none() {
            self.advance();
            self.count_for_others();
        }
    }

    fn dispatch(&mut self, command: &Command) {
        match command {
            Command::HandIn(hand_in) => self.hand_in(hand_in),
            Command::Decline { task, reason, submission } => self.decline(*task, reason, submission),
            Command::TakeBack { task, reason } => self.take_back(*task, reason),
            Command::RequestReturn { item, reason } => self.request_return(*item, reason),
            Command::RaiseSide { kind, about, fields, submission } => self.raise_side(kind, *about, fields, submission),
            Command::WithdrawItem { item, reason } => self.withdraw(*item, reason),
            Command::CloseIntake { stage, reopen, reason } => self.close_intake_by_hand(stage, *reopen, reason),
            Command::AmendCase { param, value, reason } => self.amend(param, value, reason),
            Command::ChangeSigners { item, change, office, reason } => {
                self.change_signers(*item, *change, office, reason);
            }
            Command::Delegate { task, to, until, reason } => self.delegate(*task, to, *until, reason),
            Command::ExtendClock { clock, item, reason } => self.ask_to_extend(clock, *item, reason),
            Command::StopClock { clock, item, date, reason } => self.stop_by_hand(clock, *item, *date, reason),
            Command::ResumeClock { clock, item, date } => self.resume_by_hand(clock, *item, *date),
            Command::Ring => self.ring(),
            Command::CalendarChanged => self.recount(),
            Command::OfficesChanged => self.pass_on(),
            Command::ChildOpened { opening, child, put } => self.child_opened(*opening, child, *put),
            Command::ChildRefused { opening, reasons } => self.child_refused(*opening, reasons),
            Command::ChildClosed { opening, end } => self.child_closed(*opening, *end),
            Command::PutIn { fields, owner, from } => self.put_in(fields, owner, from),
            Command::FileWithParent => self.file_with_parent(),
            Command::Rendered { document, draft, word, pdf, no_pdf, renderer, fonts } => {
                if self.case.documents.get(document).is_some_and(|d| d.draft == *draft && d.life == Life::Ordered) {
                    self.emit(Body::DocumentRendered {
                        document: *document,
                        draft: *draft,
                        word: word.clone(),
                        pdf: pdf.clone(),
                        no_pdf: no_pdf.clone(),
                        renderer: renderer.clone(),
                        fonts: fonts.clone(),
                    });
                }
            }
            Command::Delivered { document, recipient, mode, message } => {
                self.emit(Body::Delivered {
                    document: *document,
                    recipient: recipient.clone(),
                    mode: *mode,
                    message: message.clone(),
                    on: None,
                });
            }
            Command::Posted { batch, channel, on } => self.posted(*batch, channel, *on, None),
            Command::Sealed { digest, number } => {
                if self.case.sealed.is_none() {
                    self.emit(Body::CaseSealed { digest: digest.clone(), number: number.clone() });
                }
            }
            Command::GivenUp { effect, owed, result, attempts } => {
                self.given_up(effect, owed.as_ref(), result, *attempts);
            }
            Command::Outage { from, until } => self.outage(*from, *until),
            Command::Hold { reason } => self.hold(true, reason),
            Command::Release { reason } => self.hold(false, reason),
            Command::Cancel { reason } => self.cancel(reason),
            Command::VoidDocument { document, reason } => self.void_document(*document, reason),
            Command::ReplaceDocument { document, reason } => self.replace_document(*document, Some(reason)),
        }
    }
}
