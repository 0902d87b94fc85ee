//! `banwen form`: a workbook or a Word form for an office, the same that lies in its 待办 or 表样.

use super::Answer;
use super::voice::{data, talk};
use crate::case::event::{Ask, Body, Event, Fields};
use crate::case::form;
use crate::case::program::Program;
use crate::case::{Case, Task};
use crate::clock::Moment;
use crate::engine::viewing::View;
use crate::files;
use crate::spool::{forms, names};
use crate::submission::Form;
use crate::workflow::Kind;
use std::path::PathBuf;

/// Words that mean the form which opens a case.
const OPENING: [&str; 3] = ["open", "启动", "opening"];

/// What is asked for.
pub(super) struct Asked {
    /// workflow or register
    pub(super) workflow: String,
    pub(super) stage: Option<String>,
    pub(super) office: Option<String>,
    /// a Word form, in place of a workbook
    pub(super) word: bool,
    pub(super) out: Option<PathBuf>,
}

/// Writes the workbook or the Word form to `out`, or to a file named by its title here.
pub(super) fn form(view: &View, asked: &Asked) -> anyhow::Result<Answer> {
    let found = match find(view, &asked.workflow, asked.stage.as_deref(), asked.office.as_deref()) {
        Ok(found) => found,
        Err(why) => {
            talk(format_args!("banwen: {why}"));
            return Ok(Answer::No);
        }
    };
    let drawn = form::drawn(found, &view.ledgers);
    let (bytes, kind) = if asked.word { (forms::write_word(&drawn)?, "docx") } else { (forms::write(&drawn)?, "xlsx") };
    let usual = || PathBuf::from(names::safe(&format!("{}.{kind}", drawn.title)));
    let path = asked.out.clone().unwrap_or_else(usual);
    files::write_atomic(&path, &bytes)?;
    data(path.display());
    Ok(Answer::Yes)
}

fn find(view: &View, workflow: &str, stage: Option<&str>, office: Option<&str>) -> Result<Form, String> {
    let register = [Some(workflow), stage].into_iter().flatten().find_map(|name| view.registers.get(name));
    if let Some(register) = register {
        return Ok(form::of_register_on(register, &view.ledgers, view.now.date()));
    }
    let Some(program) = view.deployed(workflow) else {
        let known: Vec<&str> = view.deployed.keys().chain(view.registers.keys()).map(String::as_str).collect();
        return Err(format!("there is no workflow or register `{workflow}`\n  hint: there are {}", known.join(", ")));
    };
    let known = || view.ledgers.offices.offices.keys().cloned().collect::<Vec<_>>().join(", ");
    let office = match office {
        Some(office) if view.ledgers.offices.offices.contains_key(office) => office,
        Some(office) => return Err(format!("there is no office `{office}`\n  hint: offices.yaml has {}", known())),
        None => return Err(format!("say for which office\n  hint: --office, one of {}", known())),
    };
    let stage = stage.unwrap_or("open");
    if OPENING.contains(&stage) {
        return Ok(form::opening(program, &view.ledgers, office));
    }
    if let Some(found) = of_living_case(view, workflow, stage, office) {
        return Ok(found);
    }
    blank(view, program, stage, office)
}

/// The workbook some case asks of this office now, or that it may hand in by itself.
fn of_living_case(view: &View, workflow: &str, stage: &str, office: &str) -> Option<Form> {
    for case in view.cases.values().filter(|c| c.workflow == workflow && c.closed.is_none()) {
        let Some(program) = view.program(case) else { continue };
        let mine = |t: &&Task| t.office == office && t.stage.as_deref() == Some(stage);
        if let Some(task) = case.open_tasks().find(mine) {
            return Some(form::of_task(program, case, &view.ledgers, task));
        }
        let standing = form::standing(program, case, &view.ledgers, office);
        if let Some(found) = standing.into_iter().find(|f| f.answers.about == stage || f.title.starts_with(stage)) {
            return Some(found);
        }
    }
    None
}

/// A blank form of a stage, to look at: no case waits for it.
fn blank(view: &View, program: &Program, stage: &str, office: &str) -> Result<Form, String> {
    let workflow = program.workflow();
    let Some(definition) = workflow.stage(stage) else {
        let stages: Vec<&str> = workflow.stages.iter().map(|s| s.name.as_str()).collect();
        return Err(format!("{} has no stage `{stage}`\n  hint: open, {}", workflow.name, stages.join(", ")));
    };
    let ask = match definition.kind {
        Kind::Recommend => Ask::Nominate,
        Kind::Assess | Kind::Review | Kind::Decide => Ask::Answer,
        // what these ask for names a paper or a channel, and there is none without a case
        Kind::Publicise | Kind::File => {
            return Err(format!("no case asks {office} for {stage} now\n  hint: `banwen due` says who owes what"));
        }
    };
    let now = view.now;
    let case = nobody(program, office, now).ok_or("a blank form needs a case")?;
    let task = Task {
        id: 0,
        batch: None,
        stage: Some(stage.to_string()),
        office: office.to_string(),
        opened_for: office.to_string(),
        lent: None,
        items: imbl::Vector::new(),
        revision: 0,
        ask,
        submissions: imbl::OrdSet::new(),
        attached: imbl::Vector::new(),
        answered_at: imbl::Vector::new(),
        closed: None,
        opened: now,
    };
    let mut form = form::of_task(program, &case, &view.ledgers, &task);
    form.answers.case = None;
    form.answers.task = None;
    form.quotas.clear();
    form.notes.clear();
    form.notes.push("空白样表，仅供查看。实际报送请使用“待办”文件夹中的表格。".to_string());
    talk("no case waits for it: this workbook is to look at; what is handed in must come from the office's 待办");
    Ok(form)
}

/// A case nobody opened, for a form nobody waits for.
fn nobody(program: &Program, office: &str, now: Moment) -> Option<Case> {
    let workflow = program.workflow();
    Case::opened(&Event {
        stream: workflow.name.clone(),
        seq: 1,
        at: now,
        by: office.to_string(),
        on_behalf: None,
        cause: String::new(),
        body: Body::CaseOpened {
            workflow: workflow.name.clone(),
            closure: program.closure.digest.clone(),
            key: Vec::new(),
            title: workflow.title.clone(),
            opener: office.to_string(),
            params: Fields::new(),
            period: None,
            parent: None,
        },
    })
}
