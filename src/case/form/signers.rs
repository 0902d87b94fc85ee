//! What an office finds in 表样 while several sign: who signs changed, a task handed over, an answer taken back; and what the
//! workbook of one who signs says of the others.

use super::{plain, standing};
use crate::case::command::SignerChange;
use crate::case::decide::{VETOED, last_said, open_signing, signatures};
use crate::case::event::Ask;
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::story::{item_label, value_words};
use crate::case::{Batch, Case, Item, Signature, Task};
use crate::submission::{Entry, Form, Type, What};
use crate::workflow::{OF_MINUTES, Sign, Stage, VoteDefinition};

/// Changes of who signs, as the form calls them.
const CHANGES: [(&str, SignerChange); 3] =
    [("加签", SignerChange::Add), ("减签", SignerChange::Remove), ("缺席", SignerChange::Absent)];

/// The change a word of the form means.
pub fn change_of(word: &str) -> Option<SignerChange> {
    CHANGES.iter().find(|(name, _)| *name == word).map(|(_, change)| *change)
}

/// The papers of an office about stages that several sign.
pub(super) fn papers(program: &Program, case: &Case, ledgers: &Ledgers, office: &str) -> Vec<Form> {
    let workflow = program.workflow();
    let stands_for = |other: &str| ledgers.offices.standing(other) == office;
    let mut forms = Vec::new();
    for stage in workflow.stages.iter().filter(|s| s.takes_several()) {
        let open = |i: &&Item| open_signing(workflow, case, i).is_some();
        let items: Vec<&Item> = case.standing(&stage.name).filter(open).collect();
        if stands_for(&case.opener) && !items.is_empty() {
            forms.push(change(program, case, office, stage, &items));
        }
        let mine = |t: &&Task| stands_for(&t.office) && t.ask == Ask::Answer && t.stage.as_ref() == Some(&stage.name);
        let held = case.open_tasks().filter(mine);
        forms.extend(held.map(|task| delegate(case, office, stage, task)));
        let taken: Vec<&Task> = case.tasks.values().map(AsRef::as_ref).filter(mine).collect();
        let taken = taken.into_iter().filter(|t| !t.submissions.is_empty() && !items.is_empty());
        let back = taken.filter(|t| !last_said(workflow, case, t).is_empty());
        let title = format!("撤回答复：{}", stage.title);
        forms.extend(back.map(|task| standing::taking_back(case, office, &title, task.id)));
    }
    forms
}

fn change(program: &Program, case: &Case, office: &str, stage: &Stage, items: &[&Item]) -> Form {
    let mut form = standing::of_case(case, What::Signers, office, &format!("变更签署单位：{}", stage.title));
    form.answers.stage = Some(stage.name.clone());
    let votes = matches!(stage.sign, Sign::Vote(_));
    let words = CHANGES.iter().filter(|(_, change)| votes || *change != SignerChange::Absent);
    let words = words.map(|(word, _)| (*word).to_string()).collect();
    let labels = items.iter().map(|i| item_label(program.workflow(), i)).collect();
    let hint = if items.len() > 1 { "一并办理的对象，选其中任一个即可" } else { "从列表中选择" };
    form.head.push(plain("item", "对象", Type::One(labels), false, hint));
    form.head.push(plain("change", "变更", Type::One(words), false, ""));
    form.head.push(plain("office", "单位", Type::Office, false, ""));
    form.head.push(plain("reason", "理由", Type::Text(500), false, ""));
    form
}

fn delegate(case: &Case, office: &str, stage: &Stage, task: &Task) -> Form {
    let mut form = standing::of_case(case, What::Delegate, office, &format!("转办：{}{}号", stage.title, task.id));
    form.answers.task = Some(task.id);
    form.answers.stage = Some(stage.name.clone());
    form.notes.push("本单位不便办理的，可转由其他单位代为签署；转办后本单位不再签署。".to_string());
    form.head.push(plain("to", "承办单位", Type::Office, false, ""));
    form.head.push(plain(
        "until",
        "代办至",
        Type::Date,
        true,
        "只代办一段时间的填写最后一天，届时没有答复的自动转回本单位",
    ));
    form.head.push(plain("reason", "理由", Type::Text(500), false, ""));
    form
}

/// Who signs with an office, for the workbook of its task; what others said is shown where it is no vote.
pub(super) fn notes(case: &Case, ledgers: &Ledgers, task: &Task, stage: &Stage) -> Vec<String> {
    let batches = task.items.iter().filter_map(|id| case.item(*id)?.batch()).filter_map(|b| case.batches.get(&b));
    let mut found: Vec<String> = batches.map(|batch| said(ledgers, stage, batch)).collect();
    found.dedup();
    found
}

fn said(ledgers: &Ledgers, stage: &Stage, batch: &Batch) -> String {
    let titles: Vec<&str> = batch.signers.iter().map(|o| ledgers.offices.title(o)).collect();
    let titles = titles.join("、");
    match &stage.sign {
        Sign::InOrder => format!("本环节由{titles}依次签署，前一单位答复后交下一单位。"),
        Sign::Vote(_) => format!("本环节由{titles}表决。"),
        Sign::One | Sign::Any | Sign::All => format!("本环节由{titles}会签，全部答复后生效。"),
    }
}

/// What each of several said of an item, for whoever has it now: of a vote that is not over, nothing.
pub(super) fn opinions(case: &Case, ledgers: &Ledgers, stage: &Stage, item: &Item) -> Option<String> {
    let here = item.stage() == Some(stage.name.as_str());
    let open = item.batch().filter(|b| here && case.outcome_in(item, *b).is_none());
    let batch = match open {
        Some(_) if matches!(stage.sign, Sign::Vote(_)) => return None,
        Some(batch) => batch,
        None => item.answers.get(&stage.name)?.batch?,
    };
    let batch = case.batches.get(&batch)?;
    let said: Vec<String> =
        signatures(item, &stage.name, batch.id, &batch.signers).map(|s| opinion(ledgers, s)).collect();
    let verb = if open.is_some() { "已签署" } else { "签署意见" };
    (!said.is_empty()).then(|| format!("{}{verb}：{}", stage.title, said.join("；")))
}

fn opinion(ledgers: &Ledgers, signature: &Signature) -> String {
    let fields = signature.fields.iter().map(|(name, value)| format!("{name}：{}", value_words(value)));
    let reason = signature.reason.iter().map(|r| format!("理由：{r}"));
    let all: Vec<String> = signature.outcome.iter().cloned().chain(fields).chain(reason).collect();
    format!("{}（{}）", ledgers.offices.title(&signature.office), all.join("，"))
}

/// The columns in which the heads of a meeting's vote are entered.
pub(super) fn minutes(vote: &VoteDefinition) -> Vec<Entry> {
    let head = |name: &str| Entry { min: Some("0".to_string()), ..plain(name, name, Type::Integer, false, "") };
    let mut columns: Vec<Entry> = OF_MINUTES.into_iter().map(head).collect();
    if !vote.veto.is_empty() {
        let hint = "有否决权者投不同意票并行使否决权的，在此选择";
        columns.push(plain(VETOED, VETOED, Type::One(vote.veto.clone()), true, hint));
    }
    columns
}
