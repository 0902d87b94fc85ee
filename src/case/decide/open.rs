//! Opening a case: who may, one living case per key, a title from its params.

use super::{Deciding, Decision, Refusal};
use crate::case::Case;
use crate::case::eval::Target;
use crate::case::event::{Body, Event, Fields};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::clock::Moment;
use crate::submission::Fault;

/// Opens a case for an office that handed in the opening form.
///
/// # Errors
/// A refusal when the office may not open it, a living case has the same key, or its first papers cannot be made.
pub fn open(program: &Program, asked: &OpenCase, ledgers: &Ledgers, now: Moment) -> Result<Decision, Refusal> {
    let workflow = program.workflow();
    let refuse = |say: String| Err(Refusal { faults: vec![Fault::at("", say)] });
    let text = |v: &serde_json::Value| v.as_str().map_or_else(|| v.to_string(), str::to_string);
    let params = with_defaults(workflow, &asked.params);
    let key: Vec<String> = workflow.case.key.iter().map(|k| params.get(k).map(text).unwrap_or_default()).collect();
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
    let opened = Body::CaseOpened {
        workflow: workflow.name.clone(),
        closure: program.closure.digest.clone(),
        key,
        title: workflow.title.clone(),
        opener: asked.office.clone(),
        params,
    };
    let first = Event {
        stream: id,
        seq: 1,
        at: now,
        by: asked.office.clone(),
        on_behalf: None,
        cause: asked.cause.clone(),
        body: opened,
    };
    let Some(case) = Case::opened(&first) else { unreachable!("the event opens a case") };
    let mut deciding = Deciding::new(program, case, ledgers, now, &asked.office, None, &asked.cause);
    let title = deciding.sight().text(&workflow.case.title.source, &Target::Case);
    let titled = match (title, first) {
        (
            Ok(title),
            Event {
                body: Body::CaseOpened { workflow, closure, key, opener, params, .. },
                stream,
                seq,
                at,
                by,
                on_behalf,
                cause,
            },
        ) => Event {
            body: Body::CaseOpened { workflow, closure, key, title, opener, params },
            stream,
            seq,
            at,
            by,
            on_behalf,
            cause,
        },
        (Err(why), _) => return refuse(format!("案卷标题无法生成：{why}")),
        (Ok(_), other) => other,
    };
    deciding.begin(titled);
    if !deciding.may_open(&asked.office) {
        return refuse(format!(
            "{}不能发起“{}”，请由有权单位发起。",
            ledgers.offices.title(&asked.office),
            workflow.title
        ));
    }
    deciding.advance();
    deciding.finish()
}

/// What was entered, and the defaults of what was not.
fn with_defaults(workflow: &crate::workflow::Workflow, entered: &Fields) -> Fields {
    let mut params = entered.clone();
    for field in workflow.case.params.values() {
        if let (false, Some(default)) = (params.contains_key(&field.name), &field.default) {
            params.insert(field.name.clone(), default.clone());
        }
    }
    params
}

/// Who opens a case with what.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenCase {
    /// office id
    pub office: String,
    /// params as entered
    pub params: Fields,
    /// `submission <digest>` or `timer`
    pub cause: String,
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
