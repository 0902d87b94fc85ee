//! Understanding a drop: which of its files is the form, what it says, and what it asks for.
//!
//! Every fault of a drop is found at once and said in the office's words. Trouble of the disk is an error, never a fault:
//! a drop that cannot be read now is read later.

mod beside;
mod choosing;
mod finding;
mod papers;
mod reading;
mod rows;
mod words;

use super::{Core, Engine, Error};
use crate::case::command::{Command, HandIn};
use crate::case::decide::{self, RegisterRow};
use crate::case::event::{Ask, Fields, Row};
use crate::case::{Case, Task, form, story};
use crate::spool::claim::{self, Claimed};
use crate::submission::read::{understand, understand_rows};
use crate::submission::{Answers, Attachment, Fault, Filled, Form, What, legacy};
use papers::{attachment, register_row, standing_command};
pub(super) use reading::ReadForm;
use rows::{discreet, discreet_remarks, hand_in};
use std::collections::BTreeSet;

/// How a picture or PDF begins.
const SCANS: [&[u8]; 3] = [b"%PDF", b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1A\n"];

/// What a drop asks for, understood.
pub(super) struct Meant {
    pub(super) title: String,
    pub(super) task: Option<String>,
    /// how it was read, where that was not certain
    pub(super) remarks: Vec<String>,
    pub(super) act: Act,
}

pub(super) enum Act {
    Open { workflow: String, params: Fields, one: Option<(Row, Vec<Attachment>)> },
    Case { id: String, command: Command },
    Register { name: String, rows: Vec<RegisterRow> },
}

impl Act {
    /// The case and the task it is about.
    pub(super) fn about(&self) -> Option<(String, Option<u64>)> {
        match self {
            Act::Case { id, command: Command::HandIn(hand_in) } => Some((id.clone(), Some(hand_in.task))),
            Act::Case { id, .. } => Some((id.clone(), None)),
            Act::Open { .. } | Act::Register { .. } => None,
        }
    }

    /// The attachments it takes.
    fn attachments(&self) -> Vec<&Attachment> {
        match self {
            Act::Case { command: Command::HandIn(hand_in), .. } => hand_in.attachments.iter().collect(),
            Act::Open { one: Some((_, attachments)), .. } => attachments.iter().collect(),
            Act::Case { .. } | Act::Open { .. } | Act::Register { .. } => Vec::new(),
        }
    }
}

/// What helps against a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// mend it and hand it in again
    Correct,
    /// hand it in by the folder of the office's successor
    Elsewhere,
    /// wait, and hand it in again
    Later,
    /// give it to this office, whose it is
    Owner(String),
    /// not this again: what the reasons say
    AsSaid,
    /// nothing: it need not come again
    Final,
}

/// Why a drop is not taken, and what helps.
pub(super) struct Unmeant {
    pub(super) faults: Vec<Fault>,
    pub(super) way: Way,
    pub(super) about: Option<(String, Option<u64>)>,
}

impl From<Vec<Fault>> for Unmeant {
    /// Faults of reading can be mended.
    fn from(faults: Vec<Fault>) -> Unmeant {
        Unmeant { faults, way: Way::Correct, about: None }
    }
}

impl Unmeant {
    fn ended(say: String) -> Unmeant {
        Unmeant { faults: vec![Fault::at("", say)], way: Way::Final, about: None }
    }
}

impl Engine {
    /// What a claim says, and what it asks for; or why it cannot be taken. Its form may have been read already.
    ///
    /// # Errors
    /// The disk's, when an original cannot be read now.
    pub(super) async fn understand(
        &self,
        core: &Core,
        claimed: &Claimed,
        office: &str,
        read: Option<ReadForm>,
    ) -> Result<Result<Meant, Unmeant>, Error> {
        let handed_in = claimed.handed_in.date();
        if let Some(gone) = gone(core, office, handed_in) {
            return Ok(Err(gone));
        }
        let read = match read {
            Some(read) => read?,
            None => self.read_candidates(claimed).await?,
        };
        let found = match read {
            Ok(found) => found,
            Err(faults) => return Ok(Err(faults.into())),
        };
        let (answers, filled, forms) = match self.read_form(core, claimed, office, found).await? {
            Ok(read) => read,
            Err(faults) => return Ok(Err(faults.into())),
        };
        let attachments: Vec<Attachment> =
            claimed.contents().filter(|f| !forms.contains(&f.name)).map(attachment).collect();
        let other = |it: &Attachment| claim::unfit_attachment(&self.spool, &it.name, &it.digest).transpose();
        let others = attachments.iter().filter_map(other).collect::<Result<Vec<_>, _>>()?;
        if !others.is_empty() {
            return Ok(Err(others.into()));
        }
        let pictures = claimed.pictures(&forms).map(attachment).collect();
        let mut filled = Filled { attachments: attachments.clone(), pictures, ..filled };
        let exchanged = legacy::exchange(&mut filled);
        if exchanged > 0 {
            tracing::info!("{office}/{}: {exchanged} characters of before GB 18030-2022 exchanged", claimed.id);
        }
        // An answer handed in on the last day counts; everything else an office may do its successor does from now on.
        let acts = if answers.what == What::Task { handed_in } else { core.ledgers.offices.day };
        if let Some(gone) = gone(core, office, acts) {
            return Ok(Err(gone));
        }
        let about = answers.case.clone().map(|case| (case, answers.task));
        let remarks = std::mem::take(&mut filled.remarks);
        let meant = meant(core, &answers, &filled, office, &claimed.digest)
            .map(|meant| {
                let taken = words::taken(&meant.act.attachments(), &forms, &attachments);
                Meant { remarks: [taken, remarks, meant.remarks].concat(), ..meant }
            })
            .map_err(|unmeant| Unmeant { about, ..unmeant });
        let Ok(Meant { act: Act::Case { id, command: Command::HandIn(hand_in) }, .. }) = &meant else {
            return Ok(meant);
        };
        let task = core.cases.get(id).and_then(|c| c.tasks.get(&hand_in.task)).filter(|t| t.closed.is_none());
        if let (Some(Ask::Seal(_)), Some(fault)) = (task.map(|t| &t.ask), self.bad_scan(&hand_in.attachments)?) {
            return Ok(Err(Unmeant {
                faults: vec![fault],
                way: Way::Correct,
                about: meant.ok().and_then(|m| m.act.about()),
            }));
        }
        Ok(meant)
    }

    /// What is wrong with the scan of a sealed paper, by its first bytes.
    pub(super) fn bad_scan(&self, attachments: &[Attachment]) -> Result<Option<Fault>, Error> {
        let named = attachments.iter().find(|a| a.name.contains("盖章") || a.name.contains("扫描"));
        let Some(scan) = named.or(attachments.first()) else { return Ok(None) };
        let bytes = claim::read_original(&self.spool, &scan.digest)?;
        let good = SCANS.iter().any(|start| bytes.starts_with(start));
        Ok((!good).then(|| Fault::at(scan.name.clone(), "盖章扫描件须为 PDF、JPG 或 PNG 文件，请重新扫描后再交。")))
    }
}

/// An office that is gone on a day hands nothing in; its successor does.
fn gone(core: &Core, office: &str, day: chrono::NaiveDate) -> Option<Unmeant> {
    let offices = &core.ledgers.offices;
    let successor = offices.standing_on(office, day);
    if successor == office {
        return None;
    }
    let (theirs, ours) = (offices.title(successor), offices.title(office));
    let say = format!("{ours}已由{theirs}承接，不再由本文件夹收件。");
    Some(Unmeant { faults: vec![Fault::at("", say)], way: Way::Elsewhere, about: None })
}

fn meant(core: &Core, answers: &Answers, filled: &Filled, office: &str, digest: &str) -> Result<Meant, Unmeant> {
    let whose = core.ledgers.offices.standing(&answers.office);
    if answers.office != office && whose != office {
        let theirs = core.ledgers.offices.title(whose);
        let faults = vec![Fault::at("", format!("这是{theirs}的表格，不能由贵单位代交。"))];
        return Err(Unmeant { faults, way: Way::Owner(whose.to_string()), about: None });
    }
    // What the office was given in its predecessor's name is its own now.
    let answers = &Answers { office: office.to_string(), ..answers.clone() };
    match answers.what {
        What::Open => Ok(meant_open(core, answers, filled)?),
        What::Register => Ok(meant_register(core, answers, filled)?),
        What::Task
        | What::Raise
        | What::Withdraw
        | What::Decline
        | What::RequestReturn
        | What::TakeBack
        | What::CloseIntake
        | What::Extend
        | What::Halt
        | What::Signers
        | What::Delegate
        | What::Amend => meant_case(core, answers, filled, digest),
    }
}

fn meant_open(core: &Core, answers: &Answers, filled: &Filled) -> Result<Meant, Vec<Fault>> {
    let program = core.deployed.get(&answers.about).and_then(|d| core.programs.get(d));
    let Some(program) = program else {
        return Err(vec![Fault::at("", format!("没有“{}”这个流程，请联系管理员。", answers.about))]);
    };
    let form = form::opening(program, &core.ledgers, &answers.office);
    let understood = understand(&form, filled, &core.ledgers.offices)?;
    let remarks = understood.remarks;
    let mut params = understood.head;
    let one = program.workflow().opening_stage().map(|_| {
        let waiver = params.shift_remove("waiver").and_then(|v| v.as_str().map(str::to_string));
        let declared = &program.workflow().case.params;
        let (of_case, fields) = params.clone().into_iter().partition(|(name, _)| declared.contains_key(name));
        params = of_case;
        (Row { fields, waiver, ..Row::default() }, understood.attachments)
    });
    let act = Act::Open { workflow: answers.about.clone(), params, one };
    Ok(Meant { title: form.title, task: None, remarks, act })
}

fn meant_register(core: &Core, answers: &Answers, filled: &Filled) -> Result<Meant, Vec<Fault>> {
    let Some(register) = core.registers.get(&answers.about) else {
        return Err(vec![Fault::at("", format!("没有“{}”这个台账。", answers.about))]);
    };
    // the tables of a Word form have yet to say which entries they are about
    let lines = filled.grids.iter().flat_map(|(_, lines)| lines);
    let about: BTreeSet<u32> = lines.filter_map(|line| line.item).collect();
    let wanted = |entry: u32| !filled.tables.is_empty() || about.contains(&entry);
    let form = form::of_entries(register, &core.ledgers, wanted);
    let understood = understand(&form, filled, &core.ledgers.offices)?;
    let rows: Vec<_> = understood.rows.into_iter().map(|row| register_row(register, row.values)).collect();
    let remarks = understood.remarks.into_iter().chain(papers::by_name_alone(register, &rows, &core.ledgers)).collect();
    Ok(Meant { title: form.title, task: None, remarks, act: Act::Register { name: answers.about.clone(), rows } })
}

fn meant_case(core: &Core, answers: &Answers, filled: &Filled, digest: &str) -> Result<Meant, Unmeant> {
    let case = answers.case.as_ref().and_then(|id| core.cases.get(id));
    let Some((case, program)) = case.and_then(|c| Some((c, core.programs.get(&c.closure)?))) else {
        return Err(vec![Fault::at("", "表格所属的案卷不存在，请使用“待办”或“表样”文件夹中的最新表格。")].into());
    };
    if answers.what == What::Task {
        let Some(task) = answers.task.and_then(|id| case.tasks.get(&id)) else {
            return Err(vec![Fault::at("", "没有这项待办，请使用“待办”文件夹中的最新表格。")].into());
        };
        if let (Some(said), Some(stage)) = (&answers.stage, &task.stage)
            && said != stage
        {
            let say = format!(
                "这份表格是“{said}”环节的，{}号待办属于“{stage}”环节，请使用“待办”文件夹中的最新表格。",
                task.id
            );
            return Err(vec![Fault::at("", say)].into());
        }
        // What came before may be replaced by what comes now: then it is asked as it was.
        let again = decide::replaceable(program.workflow(), case, task);
        let over = task.closed.filter(|_| again.is_none()).map(|_| as_answered(case, task));
        let form = form::of_task(program, case, &core.ledgers, again.as_ref().or(over.as_ref()).unwrap_or(task));
        let title = format!("{}（{}）", form.title, case.title);
        let task_key = Some(format!("{}/{}", case.id, task.id));
        // An answer to a task that is over is refused by the kernel, which says why; its rows are understood as far as they
        // can be, to see whether they say again what was said.
        let offices = &core.ledgers.offices;
        let (understood, returned) = match over {
            Some(_) => (understand(&form, filled, offices).unwrap_or_default(), Vec::new()),
            None => {
                let read = match task.accepts_rows(program.workflow()) {
                    true => understand_rows(&form, filled, offices),
                    false => understand(&form, filled, offices).map(|understood| (understood, Vec::new())),
                };
                let all = |faults| [discreet(&form, faults), beside::missing(program, task, filled)].concat();
                read.map_err(all)?
            }
        };
        let remarks = discreet_remarks(&form, understood.remarks.clone());
        let hand_in = HandIn { returned, ..hand_in(program, task, answers, understood, digest) };
        return Ok(Meant {
            title,
            task: task_key,
            remarks,
            act: Act::Case { id: case.id.clone(), command: Command::HandIn(hand_in) },
        });
    }
    if case.closed.is_some() {
        return Err(Unmeant::ended(format!("案卷“{}”已办结，不再收件。", case.title)));
    }
    // one stage may let in side items of several types, each by a form of its own
    let wanted = |f: &&Form| {
        let (form, said) = (&f.answers, answers);
        form.what == said.what && form.about == said.about && form.task == said.task && form.stage == said.stage
    };
    let forms = form::standing(program, case, &core.ledgers, &answers.office);
    let late = too_late(case, answers);
    let Some(form) = forms.iter().find(wanted).or(late.as_ref()) else {
        let say = "这种表格现在不适用（对象已办结、环节已过或不属本单位），请使用“表样”文件夹中的最新表格。";
        return Err(vec![Fault::at("", say)].into());
    };
    let understood = understand(form, filled, &core.ledgers.offices)?;
    let remarks = understood.remarks;
    let command =
        standing_command(answers, understood.head, digest).ok_or_else(|| vec![Fault::at("", "表格内容不完整。")])?;
    Ok(Meant { title: form.title.clone(), task: None, remarks, act: Act::Case { id: case.id.clone(), command } })
}

/// A task that is over as it was asked: about the items that have their answer at its stage.
fn as_answered(case: &Case, task: &Task) -> Task {
    let stage = task.stage.as_ref().filter(|_| task.ask == Ask::Answer && task.items.is_empty());
    let answered = |stage: &String| case.living().filter(|i| i.answers.contains_key(stage)).map(|i| i.id).collect();
    stage.map_or_else(|| task.clone(), |stage| Task { items: answered(stage), ..task.clone() })
}

/// What comes too late to be taken back is refused by the kernel, which says what may be asked for instead.
fn too_late(case: &Case, answers: &Answers) -> Option<Form> {
    let task = answers.task.filter(|task| answers.what == What::TakeBack && case.tasks.contains_key(task))?;
    Some(form::taking_back(case, &answers.office, "撤回", task))
}

#[cfg(test)]
mod tests;
