//! What an office is told about a drop: what was taken in, and what to do about what was not.

use super::super::Core;
use super::super::understand::{Act, Unmeant, Way};
use crate::case::ballots;
use crate::case::command::Command;
use crate::case::decide;
use crate::case::event::{Ask, Body, Event, Row};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::story;
use crate::case::{Case, Task};
use crate::clock::Moment;
use crate::workflow::{From, RANK, Selector, Who};
use chrono::Datelike;

/// Names of a sentence before it is cut.
const NAMES_MAX: usize = 8;

/// What helps against a refusal of the kernel.
pub(super) fn way_of(core: &Core, office: &str, act: &Act) -> Way {
    if core.ledgers.offices.standing(office) != office {
        return Way::Elsewhere;
    }
    let (id, command) = match act {
        Act::Open { workflow, .. } => return if may_open(core, office, workflow) { Way::Correct } else { Way::Final },
        Act::Register { name, .. } => {
            let keeper = core.registers.get(name).and_then(|r| r.by.as_deref());
            let others = keeper.is_some_and(|by| core.ledgers.offices.standing(by) != office);
            return if others { Way::Final } else { Way::Correct };
        }
        Act::Case { id, command } => (id, command),
    };
    let Some(case) = core.cases.get(id).filter(|c| c.closed.is_none()) else { return Way::Final };
    if case.held.is_some() {
        return Way::Later;
    }
    if let Command::HandIn(hand_in) = command
        && let Some(task) = case.tasks.get(&hand_in.task).filter(|t| t.office != office && t.closed.is_none())
    {
        return Way::Owner(task.office.clone());
    }
    if let Command::HandIn(hand_in) = command
        && let Some(task) = case.tasks.get(&hand_in.task).filter(|t| t.office == office && t.closed.is_some())
        && !is_replaceable(core, case, task)
    {
        return Way::AsSaid;
    }
    let correctable = match command {
        Command::HandIn(hand_in) => case.tasks.get(&hand_in.task).is_some_and(|t| t.office == office),
        Command::RaiseSide { .. } | Command::AmendCase { .. } | Command::ExtendClock { .. } => true,
        Command::StopClock { .. } | Command::ResumeClock { .. } => true,
        Command::ChangeSigners { .. } | Command::Delegate { .. } => true,
        // What these ask for is refused because of how the case stands; no other wording helps.
        Command::Decline { .. }
        | Command::TakeBack { .. }
        | Command::RequestReturn { .. }
        | Command::WithdrawItem { .. }
        | Command::CloseIntake { .. } => false,
        Command::Ring
        | Command::ChildOpened { .. }
        | Command::ChildRefused { .. }
        | Command::ChildClosed { .. }
        | Command::PutIn { .. }
        | Command::FileWithParent
        | Command::Rendered { .. }
        | Command::Delivered { .. }
        | Command::Posted { .. }
        | Command::Sealed { .. }
        | Command::GivenUp { .. }
        | Command::Hold { .. }
        | Command::Release { .. }
        | Command::Cancel { .. }
        | Command::VoidDocument { .. }
        | Command::ReplaceDocument { .. }
        | Command::Outage { .. }
        | Command::CalendarChanged
        | Command::OfficesChanged => false,
    };
    if correctable { Way::Correct } else { Way::Final }
}

/// Whether what was handed in for a task may be handed in otherwise.
fn is_replaceable(core: &Core, case: &Case, task: &Task) -> bool {
    let program = core.programs.get(&case.closure);
    program.is_some_and(|program| decide::replaceable(program.workflow(), case, task).is_some())
}

/// Whether the office is one of those that open this workflow; true when that depends on more than who it is.
fn may_open(core: &Core, office: &str, workflow: &str) -> bool {
    let Some(program) = core.deployed.get(workflow).and_then(|d| core.programs.get(d)) else { return true };
    let workflow = program.workflow();
    let mut roles =
        workflow.case.opened_by.iter().chain(workflow.case.owner.iter()).filter_map(|r| workflow.roles.get(r));
    roles.any(|role| match &role.who {
        Who::Offices(selectors) => selectors.iter().any(|s| match s {
            Selector::Id(id) => core.ledgers.offices.standing(id) == office,
            Selector::Tag(tag) => core.ledgers.offices.tagged(tag).any(|o| o.id == office),
        }),
        Who::SuperiorOf(_) | Who::Field(_) | Who::Outside(_) => true,
    })
}

/// What to do about a return, and by when.
pub(super) fn way_out(core: &Core, office: &str, unmeant: &Unmeant, now: Moment) -> String {
    let about = unmeant.about.as_ref();
    let case = about.and_then(|(id, _)| core.cases.get(id));
    match &unmeant.way {
        Way::Correct => {
            let due = case.zip(about.and_then(|(_, task)| *task)).and_then(|(case, task)| due(core, case, task, now));
            let due = due.map(|day| format!("于{}前", day_cn(day, now))).unwrap_or_default();
            format!("请按上述各条改正后，{due}重新放入“交件”文件夹。")
        }
        Way::Elsewhere => {
            let successor = core.ledgers.offices.title(core.ledgers.offices.standing(office));
            format!("请把此件放到{successor}的“交件”文件夹。")
        }
        Way::Owner(owner) => {
            let theirs = core.ledgers.offices.title(owner);
            format!("请把原件转给{theirs}，由其放入自己的“交件”文件夹；贵单位不必重交。")
        }
        Way::Later => "请待该案卷恢复办理后，重新放入“交件”文件夹。".to_string(),
        Way::AsSaid => {
            let whom = whom(core, office, case);
            format!("此件原样再交也不受理；要更正或者补报的，请照上面写的办。如有疑问，请联系{whom}。")
        }
        Way::Final => format!("此件不必重交。如有疑问，请联系{}。", whom(core, office, case)),
    }
}

fn whom(core: &Core, office: &str, case: Option<&Case>) -> String {
    let opener = case.map(|c| core.ledgers.offices.standing(&c.opener));
    let Some(opener) = opener.filter(|o| *o != office) else { return "管理员".to_string() };
    let phone = core.ledgers.offices.offices.get(opener).and_then(|o| o.phone.as_deref());
    let phone = phone.map(|p| format!("（电话{p}）")).unwrap_or_default();
    format!("{}{phone}", core.ledgers.offices.title(opener))
}

/// The day a task is due, while it is not past.
fn due(core: &Core, case: &Case, task: u64, now: Moment) -> Option<chrono::NaiveDate> {
    let task = case.tasks.get(&task).filter(|t| t.closed.is_none())?;
    let program = core.programs.get(&case.closure)?;
    let title = story::task_title(program, case, task);
    let owed = story::owed(program, case, &core.ledgers, now);
    let ours =
        owed.into_iter().filter(|l| l.office == task.office && l.what == title && l.since == task.opened && !l.overdue);
    ours.filter_map(|l| l.due).map(|d| d.0).min()
}

/// `6月1日`, with the year when it is another.
fn day_cn(day: chrono::NaiveDate, now: Moment) -> String {
    if day.year() == now.year() { format!("{}月{}日", day.month(), day.day()) } else { story::date_cn(day) }
}

/// How an office that has said that it has handed in everything adds to it: nothing else tells it that its intake is over.
#[expect(clippy::wildcard_enum_match_arm, reason = "only a nomination ends an intake for its office")]
pub(super) fn to_add(program: &Program, case: &Case, ledgers: &Ledgers, events: &[Event]) -> Option<String> {
    let workflow = program.workflow();
    let nominated = |event: &Event| match &event.body {
        Body::TaskAnswered { task, complete: true, declined: None, .. } => {
            case.tasks.get(task).filter(|task| task.ask == Ask::Nominate)
        }
        _ => None,
    };
    let task = events.iter().find_map(nominated).filter(|_| case.closed.is_none())?;
    let stage = workflow.stage(task.stage.as_ref()?)?;
    // of a duty, or of a case that is about one matter, there is nothing to add
    if matches!(stage.from, From::Every(..)) || workflow.only_type().is_some() {
        return None;
    }
    let asked = |t: &Task| t.office == task.office && t.stage == task.stage && t.ask == task.ask;
    let opener = ledgers.offices.standing(&case.opener);
    let way = match (case.open_tasks().any(asked), decide::replaceable(workflow, case, task)) {
        (true, _) => return None,
        (false, Some(_)) => together(case, task),
        (false, None) if opener == task.office => "请先交“表样”中的“结束或重开收件”表".to_string(),
        (false, None) => format!("请与{}联系，由其重开收件", ledgers.offices.title(opener)),
    };
    Some(format!("“报送完毕”没有填“否”，贵单位的报送到此结束；还要增加对象的，{way}"))
}

/// Which list is filled in again: where it was handed in in several parts, a correction takes the place of one of them.
fn together(case: &Case, task: &Task) -> String {
    let part = |t: &&Task| {
        let same = t.office == task.office && t.stage == task.stage && t.batch == task.batch && t.ask == task.ask;
        same && t.id != task.id
    };
    let stands = |t: &&Task| case.living().any(|item| item.task == Some(t.id));
    let others = case.tasks.values().map(AsRef::as_ref).filter(part).filter(stands);
    let others: Vec<String> = others.map(|t| format!("{}号", t.id)).collect();
    if others.is_empty() {
        return "请连同已报的对象一并填好，整份再交".to_string();
    }
    let (own, others) = (task.id, others.join("、"));
    format!("请连同{own}号表已报的对象一并填好，以{own}号表整份再交；{others}表已报的仍然有效，不要再填")
}

/// What was taken in, in the office's words.
#[expect(clippy::wildcard_enum_match_arm, reason = "a receipt speaks of few of the events")]
pub(super) fn told(
    program: &Program,
    before: Option<&Case>,
    (case, ledgers): (&Case, &Ledgers),
    events: &[Event],
) -> Vec<String> {
    let workflow = program.workflow();
    let name = |id: &u32| case.items.get(id).map(|i| story::item_label(workflow, i)).unwrap_or_default();
    let mut lines = Vec::new();
    for event in events {
        match &event.body {
            Body::CaseOpened { title, .. } => lines.push(format!("已启动：{title}")),
            Body::ItemOpened { item, submission, about, .. } => {
                let called = case.items.get(item).map(|i| story::item_called(workflow, i)).unwrap_or_default();
                lines.push(match submission.is_some() || about.is_some() {
                    true => format!("收到 {item}号 {called}"),
                    false => format!("列入 {item}号 {called}"),
                });
            }
            Body::TaskAnswered { count: Some(count), .. } => {
                let sheet = count.sheet.as_ref().filter(|s| s.ballots > 0);
                lines.extend(sheet.map(|s| format!("收到{}{}选票{}张", s.area, s.group, s.ballots)));
            }
            Body::TaskAnswered { rows, .. } => {
                let said = rows.iter().filter_map(|r| Some(format!("{}：{}", name(&r.item?), r.outcome.as_ref()?)));
                lines.extend(said);
            }
            Body::Counted { rows, why, sheets, .. } if !sheets.is_empty() => {
                lines.push(format!("计票结果（{why}）"));
                let figures = |r: &Row| Some(format!("{}：{}", name(&r.item?), ballots::say(&r.fields)));
                lines.extend(rows.iter().filter_map(figures));
            }
            Body::Counted { rows, why, .. } => {
                // a ranking says it again of everybody, and is for those who have the items now
                let first = |r: &&Row| !r.fields.contains_key(RANK);
                let said = rows.iter().filter(first).filter_map(|r| Some((name(&r.item?), r.outcome.as_ref()?)));
                lines.extend(said.map(|(item, outcome)| format!("{item}的办理结果：{outcome}（{why}）")));
            }
            // what takes its place is told of it
            Body::ItemEnded { reason: Some(reason), .. } if reason == decide::REPLACED => {}
            Body::ItemEnded { item, label, .. } if decide::is_taken_back(label) => {
                lines.push(format!("{}已撤回", name(item)));
            }
            Body::ItemEnded { item, label, merged_into, .. } => {
                let into = merged_into.as_ref().map(|into| format!("，并入{}", name(into))).unwrap_or_default();
                lines.push(format!("{}已办结（{label}{into}）", name(item)));
            }
            Body::DocumentOrdered { title, number, .. } => {
                let number = number.as_ref().map(|n| format!("，文号{n}")).unwrap_or_default();
                lines.push(format!("将生成《{title}》{number}"));
            }
            Body::DocumentIssued { document, .. } => {
                let title = case.documents.get(document).map(|d| d.title.clone()).unwrap_or_default();
                lines.push(format!("《{title}》已发出"));
            }
            Body::ChildOwed { workflow, fields: None, .. } => lines.push(format!("将开办“{workflow}”")),
            Body::ChildOwed { workflow, fields: Some(_), .. } => lines.push(format!("将转入“{workflow}”")),
            Body::SignersChanged { batch, signers, absent, .. } => {
                let known = before.and_then(|case| case.batches.get(batch));
                lines.extend(known.map(|known| story::signers_changed(program, ledgers, known, signers, absent)));
            }
            Body::RuleWaived { items, reason, .. } => {
                let names: Vec<String> = items.iter().take(NAMES_MAX).map(name).collect();
                let more = if items.len() > NAMES_MAX { format!("等{}个对象", items.len()) } else { String::new() };
                lines.push(format!("已记录{}{more}的情况说明：{reason}", names.join("、")));
            }
            _ => {}
        }
    }
    lines.dedup();
    lines
}
