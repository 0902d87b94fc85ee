//! Decisions that hold no longer: given anew, or undone by a side item. Their papers stay, and say so.

use super::eval::who;
use super::ledger::Ledgers;
use super::program::Program;
use super::{Case, Document, Item, Life};
use crate::workflow::{Go, Kind, Stage, Verb};

/// What has become of a decision whose paper was issued, in Chinese; None where it stands, and of a paper that tells none.
/// Where another case ended what the decision entered into a register, it says why.
pub fn revoked(program: &Program, case: &Case, ledgers: &Ledgers, paper: &Document) -> Option<String> {
    let stage = program.workflow().stage(paper.stage.as_ref()?).filter(|s| s.kind == Kind::Decide)?;
    let out = matches!(paper.life, Life::Issued | Life::Replaced);
    if !out || !tells_a_decision(stage, &paper.template) {
        return None;
    }
    let items: Vec<&Item> = paper.items.iter().filter_map(|id| case.item(*id)).collect();
    let undone = items.iter().filter(|item| is_undone(program, case, stage, paper, item)).count();
    if undone > 0 {
        return Some(if undone == items.len() { "决定已撤销" } else { "决定已部分撤销" }.to_string());
    }
    let ended: Vec<String> = items.iter().filter_map(|item| entry_ended(program, case, ledgers, stage, item)).collect();
    let part = if ended.len() < items.len() { "部分" } else { "" };
    ended.first().map(|why| format!("所载{part}事项已终止：{why}"))
}

/// Why what the decision on an item entered into a register has ended.
fn entry_ended(program: &Program, case: &Case, ledgers: &Ledgers, stage: &Stage, item: &Item) -> Option<String> {
    let key = who(program.workflow(), item)?;
    let registers = stage.all_actions().filter_map(|action| match &action.verb {
        Verb::Enter(register, _) => Some(register),
        Verb::Leave(..) | Verb::Set(_) | Verb::Open(_) | Verb::Tell(_) | Verb::Clock(_) | Verb::Ask(_) => None,
    });
    let ours = |source: &str| source.rsplit_once('/').is_some_and(|(stream, _)| stream == case.id);
    let mut entries = registers.filter_map(|name| ledgers.registers.get(name)).flatten();
    entries.find(|entry| entry.key == key && ours(&entry.source)).and_then(|entry| entry.ended.clone())
}

/// Whether what decides makes a paper of this template; one of a postponement or a return tells no decision.
fn tells_a_decision(stage: &Stage, template: &str) -> bool {
    let decides = stage.outcomes.values().filter(|o| matches!(o.go, Go::Next | Go::End(_)));
    let listed = stage.confirms.values().flat_map(|list| &list.documents);
    let mut papers = stage.documents.iter().chain(decides.flat_map(|o| &o.documents)).chain(listed);
    papers.any(|paper| paper.template == template)
}

/// The item has been decided on anew since, or a side item has ended it when it had been decided on.
fn is_undone(program: &Program, case: &Case, stage: &Stage, paper: &Document, item: &Item) -> bool {
    let Some(answer) = item.answers.get(&stage.name) else { return false };
    let decided = answer.outcome.as_ref().and_then(|name| stage.outcomes.get(name));
    let holds = decided.is_some_and(|o| matches!(o.go, Go::Next | Go::End(_)));
    let anew = holds && answer.batch > paper.batch;
    anew || item.label().is_some_and(|label| holds && ended_by_a_side(program, case, item, label))
}

fn ended_by_a_side(program: &Program, case: &Case, item: &Item, label: &str) -> bool {
    let workflow = program.workflow();
    let ends = |side: &Item| {
        side.answers.iter().any(|(stage, answer)| {
            let chosen = workflow.stage(stage).zip(answer.outcome.as_ref());
            let outcome = chosen.and_then(|(stage, name)| stage.outcomes.get(name));
            matches!(outcome.and_then(|o| o.about.as_ref()), Some(Go::End(ended)) if ended == label)
        })
    };
    case.all_items().filter(|side| side.about == Some(item.id)).any(ends)
}
