//! Cases that open by themselves when a schedule falls (LANGUAGE §3 `opened: { every: … }`): on behalf of their owner, with
//! the defaults of their params, and not while a living case has the same key.

use super::{ITSELF, OpenCase, Refusal, open};
use crate::calendar::Calendar;
use crate::case::event::{Body, Event, Fields};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::clock::Moment;
use crate::deadline::{Fall, Fallen, Period};
use crate::submission::Fault;
use crate::workflow::Workflow;

/// The stream of a workflow's schedule.
pub fn schedule_stream(workflow: &str) -> String {
    format!("schedule/{workflow}")
}

/// What has fallen of a workflow's schedule and was not dealt with; `born` is when it came into force.
pub fn fallen(workflow: &Workflow, ledgers: &Ledgers, born: Moment, now: Moment) -> Fallen {
    let schedule = workflow.case.opened_every.as_ref();
    schedule.map(|s| s.fallen(last(workflow, ledgers), born, now, &ledgers.calendar)).unwrap_or_default()
}

/// When a workflow's schedule falls next after a moment up to which all was dealt with.
pub fn falls_next(workflow: &Workflow, after: Moment, calendar: &Calendar) -> Option<Moment> {
    workflow.case.opened_every.as_ref()?.falls_after(after, calendar).map(|fall| fall.at)
}

fn last(workflow: &Workflow, ledgers: &Ledgers) -> Option<Period> {
    ledgers.fallen.get(&workflow.name).and_then(|name| Period::parse(name))
}

/// The event that a schedule fell.
pub fn fell(workflow: &Workflow, fall: &Fall, skipped: &[Period], now: Moment, seq: u64) -> Event {
    Event {
        stream: schedule_stream(&workflow.name),
        seq,
        at: now,
        by: ITSELF.to_string(),
        on_behalf: None,
        cause: "timer".to_string(),
        body: Body::ScheduleFell {
            schedule: workflow.name.clone(),
            period: fall.period.name(),
            skipped: skipped.iter().map(|p| p.name()).collect(),
        },
    }
}

/// Opens the case of a fall.
///
/// # Errors
/// A refusal when nobody owns it, a living case has its key, or its first step cannot be taken.
pub fn open_fallen(program: &Program, fall: &Fall, ledgers: &Ledgers, now: Moment) -> Result<super::Decision, Refusal> {
    let Some(office) = owner_of(program.workflow(), ledgers) else {
        let say = format!("“{}”没有可以代为发起的单位", program.workflow().title);
        return Err(Refusal { faults: vec![Fault::at("", say)] });
    };
    let asked = OpenCase {
        office,
        by: ITSELF.to_string(),
        params: Fields::new(),
        one: None,
        period: Some(fall.period),
        parent: None,
        shared: false,
        cause: "timer".to_string(),
    };
    open(program, &asked, ledgers, now)
}

/// The office on whose behalf a case opens by itself.
pub fn owner_of(workflow: &Workflow, ledgers: &Ledgers) -> Option<String> {
    use crate::workflow::{Selector, Who};
    let Who::Offices(selectors) = &workflow.roles.get(workflow.case.owner.as_ref()?)?.who else { return None };
    selectors.iter().find_map(|selector| match selector {
        Selector::Id(id) => Some(id.clone()),
        Selector::Tag(tag) => ledgers.offices.tagged(tag).next().map(|o| o.id.clone()),
    })
}
