//! Papers an office may hand in by itself, beside its tasks.

use super::{answers, blank, entry, opening, plain};
use crate::case::event::{Ask, ClockOf, QuestionAbout};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::story::{item_label, item_of_label, named_limit};
use crate::case::{Case, Item, decide};
use crate::submission::{Entry, Form, Type, What};
use crate::workflow::{Field, From, ItemType, Kind, Stage, Workflow};

/// The entry that says which object such a paper is about.
const ITEM: &str = "item";

/// The papers an office may hand in by itself at this moment, beside its tasks; as they are read, with all its items.
pub fn standing(program: &Program, case: &Case, ledgers: &Ledgers, office: &str) -> Vec<Form> {
    if case.closed.is_some() {
        return Vec::new();
    }
    let workflow = program.workflow();
    let mut forms = Vec::new();
    for stage in workflow.stages.iter().filter(|s| !s.collects.is_empty()) {
        let acts = |i: &Item| {
            let offices = decide::offices_of(workflow, &ledgers.offices, case, &stage.by, Some(i.id));
            offices.iter().any(|o| o == office)
        };
        let came = |i: &Item| case.batches.values().any(|b| b.stage == stage.name && b.items.contains(&i.id));
        let reached: Vec<&Item> = case.living().filter(|i| came(i) && acts(i)).collect();
        let raised = stage.collects.iter().filter(|side| workflow.side_intake(side).is_none());
        let raised = raised.filter(|side| !reached.is_empty() && !is_about_case(workflow, side));
        forms.extend(raised.filter_map(|side| raise(program, case, office, stage, side, &reached)));
    }
    forms.extend(about_case(program, case, ledgers, office));
    let stands_for = |id: &str| ledgers.offices.standing(id) == office;
    let mine: Vec<&Item> = case.living().filter(|i| stands_for(&i.owner) && !workflow.is_side(&i.of)).collect();
    if !mine.is_empty() {
        forms.push(about_item(program, case, office, What::Withdraw, "撤回对象", &mine));
        forms.push(about_item(program, case, office, What::RequestReturn, "申请退回", &mine));
    }
    for task in case.tasks.values().filter(|t| stands_for(&t.office) && t.ask == Ask::Nominate) {
        if task.closed.is_none() {
            forms.push(with_reason(case, office, What::Decline, "无推荐对象", task.id));
        }
        if !task.submissions.is_empty() && decide::may_be_taken_back(case, task) && !decide::acted_upon(case, task) {
            let of = Some(&task.office).filter(|o| *o != office).map(|o| format!("（原{}）", ledgers.offices.title(o)));
            // of several parts each has a form of its own
            let part = (!decide::is_latest(case, task)).then(|| format!("（{}号表）", task.id));
            let title = format!("撤回报送{}{}", of.unwrap_or_default(), part.unwrap_or_default());
            forms.push(taking_back(case, office, &title, task.id));
        }
    }
    forms.extend(super::signers::papers(program, case, ledgers, office));
    forms.extend(super::retracting::papers(program, case, ledgers, office));
    forms.extend(workflow.clocks.values().filter_map(|clock| extend(program, case, office, &clock.name)));
    forms.extend(workflow.clocks.values().filter_map(|clock| super::halt::paper(program, case, office, clock)));
    if stands_for(&case.opener) {
        forms.push(close_intake(program, case, office));
        let fixed = |p: &&Field| p.fixed || workflow.case.key.contains(&p.name);
        forms.extend(
            workflow.case.params.values().filter(|p| !fixed(p)).map(|p| amend(program, case, ledgers, office, p)),
        );
    }
    forms
}

/// The papers of [`standing`] that are given out: of an office's items such a paper lists those only for which it would be taken. Who
/// hands in an older one is told why it is not.
pub fn offered(program: &Program, case: &Case, ledgers: &Ledgers, office: &str) -> Vec<Form> {
    standing(program, case, ledgers, office).into_iter().filter_map(|form| of_use(program, case, form)).collect()
}

/// The form with the items only that it is of use for; none where there are none.
fn of_use(program: &Program, case: &Case, mut form: Form) -> Option<Form> {
    let workflow = program.workflow();
    let asked = |item: &Item| case.open_questions().any(|q| q.about == QuestionAbout::Return { item: item.id });
    let returns = form.answers.what == What::RequestReturn;
    if !returns && form.answers.what != What::Withdraw {
        return Some(form);
    }
    let may = |item: &Item| match returns {
        true => decide::may_be_sent_back(workflow, item) && !asked(item),
        false => decide::may_be_withdrawn(workflow, case, item),
    };
    let item = form.head.iter_mut().find(|entry| entry.name == ITEM)?;
    let Type::One(labels) = &mut item.kind else { return None };
    labels.retain(|label| item_of_label(label).and_then(|id| case.item(id)).is_some_and(may));
    (!labels.is_empty()).then_some(form)
}

fn is_about_case(workflow: &Workflow, side: &str) -> bool {
    workflow.items.get(side).is_some_and(ItemType::is_about_case)
}

/// What an office may raise about the case: each type once, from the first batch of a stage that collects it until the case is
/// being filed.
fn about_case(program: &Program, case: &Case, ledgers: &Ledgers, office: &str) -> Vec<Form> {
    let workflow = program.workflow();
    let filed = case.batches.values().any(|b| workflow.stage(&b.stage).is_some_and(|s| s.kind == Kind::File));
    let takes_in = |stage: &&Stage| {
        let batches = || case.batches.values().filter(|b| b.stage == stage.name);
        let items = batches().flat_map(|b| b.items.iter().copied().map(Some));
        let by = |item| decide::offices_of(workflow, &ledgers.offices, case, &stage.by, item);
        batches().next().is_some()
            && std::iter::once(None).chain(items).any(|item| by(item).iter().any(|o| o == office))
    };
    let types = workflow.items.values().filter(|of| !filed && of.is_about_case());
    let raised = types.filter(|of| workflow.side_intake(&of.name).is_none());
    let form = |of: &ItemType| {
        let stage = workflow.stages.iter().filter(|s| s.collects.contains(&of.name)).find(takes_in)?;
        raise(program, case, office, stage, &of.name, &[])
    };
    raised.filter_map(form).collect()
}

pub(super) fn of_case(case: &Case, what: What, office: &str, title: &str) -> Form {
    let mut form = blank(format!("{title}（{}）", case.title), answers(what, office, &case.workflow));
    form.answers.case = Some(case.id.clone());
    form
}

fn raise(program: &Program, case: &Case, office: &str, stage: &Stage, side: &str, items: &[&Item]) -> Option<Form> {
    let workflow = program.workflow();
    let definition = workflow.items.get(side)?;
    let mut form = of_case(case, What::Raise, office, &format!("{}登记", definition.title));
    form.answers.about = side.to_string();
    form.answers.stage = Some(stage.name.clone());
    form.notes.push(format!("收到{}后填写本表放入“交件”，一件一表。", definition.title));
    if !definition.is_about_case() {
        let labels = items.iter().map(|i| item_label(workflow, i)).collect();
        form.head.push(plain("about", "对象", Type::One(labels), false, "从列表中选择"));
    }
    form.head.extend(definition.fields.values().map(entry));
    Some(form)
}

fn about_item(program: &Program, case: &Case, office: &str, what: What, title: &str, items: &[&Item]) -> Form {
    let mut form = of_case(case, what, office, title);
    let labels = items.iter().map(|i| item_label(program.workflow(), i)).collect();
    form.head.push(plain(ITEM, "对象", Type::One(labels), false, "从列表中选择"));
    form.head.push(plain("reason", "理由", Type::Text(500), false, ""));
    form
}

/// The form that takes back what an office handed in for a task, whether or not it still can.
pub fn taking_back(case: &Case, office: &str, title: &str, task: u64) -> Form {
    with_reason(case, office, What::TakeBack, title, task)
}

fn with_reason(case: &Case, office: &str, what: What, title: &str, task: u64) -> Form {
    let mut form = of_case(case, what, office, title);
    form.answers.task = Some(task);
    form.head.push(plain("reason", "理由", Type::Text(500), false, ""));
    form
}

/// Asks for more time on a clock, for the items this office has to do with, as long as there is more to be had.
fn extend(program: &Program, case: &Case, office: &str, clock: &str) -> Option<Form> {
    let times = program.workflow().clocks.get(clock)?.extend.as_ref()?.times;
    let of = |item: &Item| ClockOf::Named { clock: clock.to_string(), item: item.id };
    let more = |item: &&Item| case.clocks_of(&of(item)).last().is_some_and(|c| decide::extensions(c) < times as usize);
    let running = case.running_named(clock).filter(more);
    let deals = |i: &&Item| i.owner == office || case.tasks_of(i.id).any(|t| t.office == office);
    let mine: Vec<&Item> = running.filter(deals).collect();
    let mut form = about_item(program, case, office, What::Extend, &format!("申请延长{}", named_limit(clock)), &mine);
    form.answers.stage = Some(clock.to_string());
    (!mine.is_empty()).then_some(form)
}

fn close_intake(program: &Program, case: &Case, office: &str) -> Form {
    let mut form = of_case(case, What::CloseIntake, office, "结束或重开收件");
    // a duty that comes round closes by its schedule alone
    let closes = |s: &&Stage| s.kind == Kind::Recommend && !matches!(s.from, From::Every(..));
    let intakes = program.workflow().stages.iter().filter(closes).map(|s| s.name.clone()).collect();
    form.head.push(plain("stage", "环节", Type::One(intakes), false, ""));
    form.head.push(plain(
        "action",
        "办理",
        Type::One(["结束收件", "重开收件"].map(str::to_string).to_vec()),
        false,
        "",
    ));
    form.head.push(plain("reason", "理由", Type::Text(500), false, ""));
    form
}

/// Changes one parameter of the case, with a reason.
fn amend(program: &Program, case: &Case, ledgers: &Ledgers, office: &str, param: &Field) -> Form {
    let mut form = of_case(case, What::Amend, office, &format!("更改{}", param.title));
    form.answers.stage = Some(param.name.clone());
    form.head.push(Entry { optional: false, ..entry(param) });
    form.head.push(plain("reason", "更改理由", Type::Text(500), false, ""));
    let asked = opening(program, ledgers, office).head_values.get(&param.name).cloned();
    let now = case.params.get(&param.name).cloned().map(|v| super::tables::titled(v, &param.kind, ledgers));
    if let Some(value) = now.or(asked) {
        form.head_values.insert(param.name.clone(), value);
    }
    form
}
