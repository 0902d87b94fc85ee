//! Tasks told by the numbers that their files have in 待办: nobody takes what is still to be done for what was just handed in.

use super::{Owed, item_name};
use crate::case::Case;
use crate::case::program::Program;

/// Numbers in a sentence before it is cut.
const NUMBERS_MAX: usize = 5;

/// What is owed, an office's own tasks with their numbers: those that are called alike and due together in one line.
pub(super) fn numbered(program: &Program, case: &Case, owed: Vec<Owed>, office: &str) -> Vec<Owed> {
    let mut lines: Vec<(Owed, Vec<u64>)> = Vec::new();
    for one in owed {
        let task = one.task.filter(|_| one.office == office);
        let same = |(known, tasks): &&mut (Owed, Vec<u64>)| {
            task.is_some() && !tasks.is_empty() && (&known.what, &known.due) == (&one.what, &one.due)
        };
        match lines.iter_mut().find(same) {
            Some((known, tasks)) => {
                known.overdue |= one.overdue;
                tasks.extend(task);
            }
            None => lines.push((one, task.into_iter().collect())),
        }
    }
    let told = |(owed, tasks): (Owed, Vec<u64>)| {
        let shown: Vec<String> = tasks.iter().take(NUMBERS_MAX).map(|task| format!("{task}号")).collect();
        let which = match tasks.as_slice() {
            [] => return owed,
            [only] => format!("{only}号{}", about(program, case, *only, &owed.what)),
            several if several.len() > NUMBERS_MAX => format!("{}等{}份", shown.join("、"), several.len()),
            _ => shown.join("、"),
        };
        Owed { what: format!("{}（{which}）", owed.what), ..owed }
    };
    lines.into_iter().map(told).collect()
}

/// The only object of a task, where its title does not name it.
fn about(program: &Program, case: &Case, task: u64, title: &str) -> String {
    let mut items = case.tasks.get(&task).into_iter().flat_map(|task| task.items.iter());
    let only = items.next().filter(|_| items.next().is_none()).and_then(|id| case.item(*id));
    let name = only.map(|item| item_name(program.workflow(), item)).filter(|name| !title.contains(name.as_str()));
    name.map(|name| format!(" {name}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::decide::tests::opened;
    use crate::case::story::{next_steps, owed};

    const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办, 乙: 乙办 }
case: { title: 试, opened: { by: 甲 } }
items:
  事: { identity: [名称], fields: { 名称: name } }
stages:
  - { recommend: 提出, by: 甲, expect: all }
  - { review: 核, by: 乙, form: { item: { 意见: text } }, outcomes: { 准: next, 罢: { end: 罢 } } }
  - { file: 归档, by: 甲, fonds: \"0001\", class: SHI }
";

    #[test]
    fn what_is_still_to_be_done_is_told_by_its_numbers() {
        let of = opened(DEFINITION, None, "offices:\n  甲办: { title: 甲办 }\n  乙办: { title: 乙办 }\n");
        let next = |office: &str| next_steps(&of.program, &of.case, &of.ledgers, of.now, office);
        assert_eq!(next("甲办"), ["请办理：提出表（1号）"]);
        let own = owed(&of.program, &of.case, &of.ledgers, of.now).remove(0);
        let said = |tasks: std::ops::RangeInclusive<u64>| {
            let all = tasks.map(|task| Owed { task: Some(task), what: "审核表".into(), ..own.clone() }).collect();
            let lines = numbered(&of.program, &of.case, all, "甲办");
            lines.into_iter().map(|line| line.what).collect::<Vec<_>>()
        };
        assert_eq!(said(88..=90), ["审核表（88号、89号、90号）"]);
        assert_eq!(said(1..=12), ["审核表（1号、2号、3号、4号、5号等12份）"]);
    }
}
