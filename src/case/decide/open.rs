//! Opening a case: who may, one living case per key, a title from its params.

use super::children::admitted;
use super::defaults::fill_in;
use super::opened::{after, with_computed};
use super::{Deciding, Decision, Refusal};
use crate::case::command::HandIn;
use crate::case::eval::{Sight, Target};
use crate::case::event::{Ask, Body, Event, Fields, Parent, Row};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::{Case, Task};
use crate::clock::Moment;
use crate::deadline::Period;
use crate::submission::{Attachment, Fault};
use crate::workflow::{Field, ItemType, Kind, Stage};

/// Opens a case for an office that handed in the opening form, or for another case.
///
/// # Errors
/// A refusal when the office may not open it, the other case may not, a param is not what is asked for, a living case has
/// the same key, or its first papers cannot be made.
pub fn open(program: &Program, asked: &OpenCase, ledgers: &Ledgers, now: Moment) -> Result<Decision, Refusal> {
    let workflow = program.workflow();
    let refuse = |say: String| Err(Refusal { faults: vec![Fault::at("", say)] });
    // Opened by hand before its time it is the case that would have opened next; for an item of today, that of today.
    let to_come =
        || Some(workflow.case.opened_every.filter(|_| !asked.shared)?.falls_after(now, &ledgers.calendar)?.period);
    let period = asked.period.or_else(to_come);
    let mut params = with_defaults(workflow, &asked.params, period, now);
    if let Some(parent) = &asked.parent {
        params = admitted(workflow, parent, &params, &ledgers.offices).map_err(|faults| Refusal { faults })?;
    }
    let key = key_in(workflow, &params);
    if let (Some(living), false) =
        (ledgers.living.get(&(workflow.name.clone(), key.clone())), workflow.case.key.is_empty())
    {
        return refuse(format!(
            "“{}”已有正在办理的案卷（{living}），同一{}只能有一个，请核对后再报。",
            workflow.title,
            workflow.case.key.join("、")
        ));
    }
    let id = case_id(&workflow.name, &key, ledgers);
    let opened = |title: String| Event {
        stream: id.clone(),
        seq: 1,
        at: now,
        by: asked.by.clone(),
        on_behalf: (asked.by != asked.office).then(|| asked.office.clone()),
        cause: asked.cause.clone(),
        body: Body::CaseOpened {
            workflow: workflow.name.clone(),
            closure: program.closure.digest.clone(),
            key: key.clone(),
            title,
            opener: asked.office.clone(),
            params: params.clone(),
            period: period.map(Period::name),
            parent: asked.parent.clone().filter(|_| !asked.shared),
        },
    };
    let Some(case) = Case::opened(&opened(workflow.title.clone())) else { unreachable!("the event opens a case") };
    let title = match title_of(program, &case, ledgers, now, asked) {
        Ok(title) => title,
        Err(why) => return refuse(format!("案卷标题无法生成：{why}")),
    };
    let on_behalf = (asked.by != asked.office).then(|| asked.office.clone());
    let mut deciding = Deciding::new(program, case, ledgers, now, &asked.by, on_behalf, &asked.cause);
    deciding.begin(opened(title));
    if asked.parent.is_none() && !deciding.may_open(&asked.office) {
        return refuse(format!(
            "{}不能发起“{}”，请由有权单位发起。",
            ledgers.offices.title(&asked.office),
            workflow.title
        ));
    }
    deciding.check_params(&params);
    deciding.judge_case(None);
    deciding.take_in_the_one(asked);
    if deciding.faults.is_empty() {
        deciding.advance();
    }
    deciding.finish()
}

/// The title of a case; where it is about one thing, the fields of that thing may stand in it.
fn title_of(
    program: &Program,
    case: &Case,
    ledgers: &Ledgers,
    now: Moment,
    asked: &OpenCase,
) -> Result<String, String> {
    let title = &program.workflow().case.title.source;
    let Some(only) = program.workflow().only_type() else {
        return Sight::new(program, case, ledgers, now).text(title, &Target::Case);
    };
    let first = program.workflow().stages.first().map(|s| s.name.clone()).unwrap_or_default();
    let one = with_computed(program, case, ledgers, now, the_one(only, asked, first))?;
    Sight::new(program, &after(case, now, one), ledgers, now).text(title, &Target::Item(1))
}

/// The item a case is about, as the opening form has it: what was entered, and defaults.
fn the_one(only: &ItemType, asked: &OpenCase, stage: String) -> Body {
    let entered = asked.one.as_ref().map(|(row, _)| row.fields.clone()).unwrap_or_default();
    let value = |field: &Field| {
        let known = entered.get(&field.name).or(field.default.as_ref());
        known.map(|v| (field.name.clone(), v.clone()))
    };
    Body::ItemOpened {
        item: 1,
        of: only.name.clone(),
        category: None,
        owner: asked.office.clone(),
        about: None,
        stage,
        fields: only.fields.values().filter_map(value).collect(),
        waiver: None,
        submission: None,
    }
}

impl Deciding<'_> {
    /// Where a case is about one thing, that thing comes with the opening form, or, where no stage takes it in, by itself.
    fn take_in_the_one(&mut self, asked: &OpenCase) {
        let program = self.program;
        let workflow = program.workflow();
        let Some(only) = workflow.only_type() else { return };
        if let (Some((stage, _)), Some((row, attachments))) = (workflow.opening_stage(), &asked.one) {
            self.open_intake(stage);
            let mine =
                |t: &&Task| t.ask == Ask::Nominate && t.stage.as_ref() == Some(&stage.name) && t.office == self.by;
            let Some(task) = self.case.open_tasks().find(mine).cloned() else { return };
            let hand_in = HandIn {
                task: task.id,
                revision: task.revision,
                rows: vec![(row.clone(), String::new())],
                attachments: attachments.clone(),
                complete: true,
                returned: Vec::new(),
                submission: asked.cause.strip_prefix("submission ").unwrap_or(&asked.cause).to_string(),
                fields: Fields::new(),
            };
            self.nominate(&task, &hand_in);
            return;
        }
        let taken_in = |s: &&Stage| s.kind == Kind::Recommend && workflow.means(&s.of, &only.name, None);
        if workflow.stages.iter().any(|s| taken_in(&s)) {
            return;
        }
        let passes = |s: &&Stage| !s.of_case && workflow.means(&s.of, &only.name, None);
        let Some((index, first)) = workflow.stages.iter().enumerate().find(|(_, s)| passes(s)) else { return };
        self.open_item(the_one(only, asked, first.name.clone()));
        self.set_out(1, first, index);
    }
}

/// What was entered, and the defaults of what was not.
fn with_defaults(
    workflow: &crate::workflow::Workflow,
    entered: &Fields,
    period: Option<Period>,
    now: Moment,
) -> Fields {
    let mut params = entered.clone();
    fill_in(workflow.case.params.values(), &mut params, period, now);
    params
}

/// Who opens a case with what.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenCase {
    /// office id
    pub office: String,
    /// who acts: the office, or `系统自动` on its behalf
    pub by: String,
    /// params as entered
    pub params: Fields,
    /// the one thing the case is about, with what lay beside it, where the opening form asks for it
    pub one: Option<(Row, Vec<Attachment>)>,
    /// the period of the schedule that opens it
    pub period: Option<Period>,
    /// the case that opens it
    pub parent: Option<Parent>,
    /// it takes items of many cases in, and is the child of none
    pub shared: bool,
    /// `submission <digest>`, `timer` or `opening <case>/<number>`
    pub cause: String,
}

/// The key a case of these params would have now.
pub fn key_of(workflow: &crate::workflow::Workflow, params: &Fields, now: Moment) -> Vec<String> {
    key_in(workflow, &with_defaults(workflow, params, None, now))
}

fn key_in(workflow: &crate::workflow::Workflow, params: &Fields) -> Vec<String> {
    let text = |v: &serde_json::Value| v.as_str().map_or_else(|| v.to_string(), str::to_string);
    workflow.case.key.iter().map(|k| params.get(k).map(text).unwrap_or_default()).collect()
}

fn case_id(workflow: &str, key: &[String], ledgers: &Ledgers) -> String {
    let mut stem = workflow.to_string();
    for part in key {
        let safe: String = part.chars().filter(|c| c.is_alphanumeric() || *c == '-').take(40).collect();
        stem = format!("{stem}-{safe}");
    }
    let taken = |id: &String| ledgers.cases.contains(id);
    std::iter::once(if key.is_empty() { format!("{stem}-1") } else { stem.clone() })
        .chain((2..).map(|n| format!("{stem}-{n}")))
        .find(|id| !taken(id))
        .unwrap_or(stem)
}
