//! 7. What a decision had to see: no item goes on past an open question, above a quota, or against a rule.

use crate::case::decide::bound_of;
use crate::case::eval::{Sight, Target};
use crate::case::event::{Body, Event, Hold, Row};
use crate::case::ledger::{Entry, Ledgers};
use crate::case::lists::is_meant;
use crate::case::program::Program;
use crate::case::{Case, Item, register};
use crate::workflow::rule;
use crate::workflow::{Bound, Expression, Go, Kind, Over, Quota, Rule, Stage, Strength, Workflow};
use std::collections::{BTreeMap, BTreeSet};

/// The decide stage a log's event answers, and the rows of it that go forwards.
struct Forward<'a> {
    stage: &'a Stage,
    rows: Vec<&'a Row>,
}

/// The decisions of a log, as it is read.
#[derive(Default)]
struct Decisions {
    tasks: BTreeMap<u64, String>,
    batches: BTreeMap<u32, String>,
}

impl Decisions {
    /// What this event decides forwards, if it decides.
    fn read<'a>(&mut self, workflow: &'a Workflow, event: &'a Event) -> Option<Forward<'a>> {
        let (stage, rows) = match &event.body {
            Body::TaskOpened { task, stage: Some(stage), .. } => {
                self.tasks.insert(*task, stage.clone());
                return None;
            }
            Body::BatchOpened { batch, stage, .. } => {
                self.batches.insert(*batch, stage.clone());
                return None;
            }
            Body::TaskAnswered { task, rows, part: false, .. } => (self.tasks.get(task)?, rows),
            Body::Counted { batch, rows, .. } => (self.batches.get(batch)?, rows),
            _ => return None,
        };
        let stage = workflow.stage(stage).filter(|s| s.kind == Kind::Decide)?;
        let next =
            |row: &&Row| row.outcome.as_ref().and_then(|o| stage.outcomes.get(o)).is_some_and(|o| o.go == Go::Next);
        let rows: Vec<&Row> = rows.iter().filter(next).collect();
        (!rows.is_empty()).then_some(Forward { stage, rows })
    }
}

/// No item is decided forwards while a question that holds it is open. What came before `since` another version judged.
pub(super) fn questions(program: &Program, log: &[Event], since: u64, found: &mut Vec<String>) {
    let mut decisions = Decisions::default();
    let mut asked: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for event in log {
        match &event.body {
            Body::ItemHeld { item, on: Hold::Question(question) } => {
                asked.entry(*item).or_default().insert(*question);
            }
            Body::ItemFreed { item, on: Hold::Question(question) } => {
                asked.entry(*item).or_default().remove(question);
            }
            Body::ItemEnded { item, .. } => drop(asked.remove(item)),
            _ => {}
        }
        let Some(forward) = decisions.read(program.workflow(), event).filter(|_| event.seq > since) else { continue };
        let open = |row: &&Row| row.item.is_some_and(|item| asked.get(&item).is_some_and(|all| !all.is_empty()));
        for row in forward.rows.into_iter().filter(open) {
            let item = row.item.unwrap_or_default();
            found.push(format!("7: item {item} was decided while a question about it was open"));
        }
    }
}

/// No item is decided forwards while a side item about it lives.
pub(super) fn sides(program: &Program, log: &[Event], found: &mut Vec<String>) {
    let mut decisions = Decisions::default();
    let mut living: BTreeMap<u32, u32> = BTreeMap::new();
    for event in log {
        if let Body::ItemOpened { item, about: Some(about), .. } = &event.body {
            living.insert(*item, *about);
        }
        if let Body::ItemEnded { item, .. } = &event.body {
            living.remove(item);
        }
        let Some(forward) = decisions.read(program.workflow(), event) else { continue };
        let items = forward.rows.iter().filter_map(|row| row.item);
        for item in items.filter(|item| living.values().any(|about| about == item)) {
            found.push(format!("7: item {item} was decided while a side item about it was open"));
        }
    }
}

/// No more of a group have gone on than a quota that refuses allows; counted anew from what the items were answered.
pub(super) fn quotas(program: &Program, case: &Case, log: &[Event], ledgers: &Ledgers, found: &mut Vec<String>) {
    let workflow = program.workflow();
    let by_hand =
        |e: &Event| matches!(e.body, Body::CaseAmended { .. } | Body::CaseMigrated { .. } | Body::CaseRepaired { .. });
    let fixed = |quota: &Quota| {
        let groups = quota.per.iter().all(|by| by == "owner" || by == "category");
        let listed = workflow.stages.iter().any(|s| s.lists.keys().any(|list| quota.of.contains(list)));
        quota.over == Over::Refuse && groups && !listed && !matches!(quota.max, None | Some(Bound::Expression(_)))
    };
    let stages = workflow.stages.iter().filter(|s| matches!(s.kind, Kind::Decide | Kind::Assess));
    let limited: Vec<(&Stage, &Quota)> =
        stages.flat_map(|s| s.quota.iter().map(move |q| (s, q))).filter(|(_, q)| fixed(q)).collect();
    // whoever changed the numbers or the answers by hand answers for it
    if limited.is_empty() || log.iter().any(by_hand) {
        return;
    }
    for (stage, quota) in limited {
        // offices that were merged since had a quota each
        let mut gone_on: BTreeMap<Vec<&str>, i64> = BTreeMap::new();
        for item in case.items.values().filter(|item| counts(workflow, stage, quota, item)) {
            let group = quota.per.iter().map(|by| match by.as_str() {
                "owner" => item.owner.as_str(),
                _ => item.category.as_deref().unwrap_or_default(),
            });
            *gone_on.entry(group.collect()).or_default() += 1;
        }
        for (group, count) in gone_on {
            let standing: Vec<String> = group.iter().map(|g| ledgers.offices.standing(g).to_string()).collect();
            let max = quota.max.as_ref().and_then(|max| bound_of(&ledgers.offices, &case.params, max, &standing));
            if let Some(max) = max.filter(|max| count > *max) {
                found.push(format!("7: {count} of {group:?} went on at `{}`, and {max} may", stage.name));
            }
        }
    }
}

fn counts(workflow: &Workflow, stage: &Stage, quota: &Quota, item: &Item) -> bool {
    let said = item.answers.get(&stage.name).and_then(|a| stage.outcomes.get(a.outcome.as_ref()?));
    said.is_some_and(|o| o.go == Go::Next)
        && (item.lives() || item.label() == Some("办结"))
        && is_meant(workflow, &stage.of, item)
        && is_meant(workflow, &quota.of, item)
}

/// Nothing decided by the last command breaks a `require`, or an `expect` for which nobody gave a reason. Judged as it stood
/// when it was decided, the registers as they stood then, of rules about an item, an owner or a category.
pub(super) fn rules(program: &Program, log: &[Event], ledgers: &Ledgers, found: &mut Vec<String>) {
    let workflow = program.workflow();
    let judged = |r: &&Rule| {
        let strict = matches!(r.strength, Strength::Require | Strength::Expect);
        let grouped = r.per.iter().all(|by| by == "owner" || by == "category");
        strict && grouped
    };
    let rules: Vec<&Rule> = workflow.rules.iter().filter(judged).collect();
    let Some(last) = log.last().filter(|_| !rules.is_empty()) else { return };
    let before = log.iter().rposition(|e| (&e.cause, e.at) != (&last.cause, last.at)).map_or(0, |n| n + 1);
    let mut decisions = Decisions::default();
    let mut decided: Vec<(usize, Forward<'_>)> = Vec::new();
    for (n, event) in log.iter().enumerate() {
        decided.extend(decisions.read(workflow, event).filter(|_| n >= before).map(|forward| (n, forward)));
    }
    let Some((end, _)) = decided.last() else { return };
    let confirmed = log[end + 1..].iter().take_while(|e| matches!(e.body, Body::Listed { .. })).count();
    let Some(seen) = Case::replay(&log[..=end + confirmed]) else { return };
    let first = decided.first().map_or(end, |(n, _)| n);
    let (then, unsure) = registers_then(ledgers, last, (log[*first].seq, log[*end].seq));
    let asks = |e: &Expression| rule::mentioned(&e.source).into_iter().filter_map(|path| path.into_iter().next());
    let sure = |r: &&&Rule| !asks(&r.test).chain(r.when.iter().flat_map(asks)).any(|name| unsure.contains(&name));
    let rules: Vec<&Rule> = rules.iter().filter(sure).copied().collect();
    let sight = Sight::new(program, &seen, &then, last.at);
    let waived = |rule: &Rule, item: u32| {
        let now = log[before..].iter().any(
            |e| matches!(&e.body, Body::RuleWaived { rule: r, items, .. } if *r == rule.name && items.contains(&item)),
        );
        let earlier = seen.item(item).is_some_and(|i| i.waivers.iter().any(|(r, _)| *r == rule.name));
        rule.strength == Strength::Expect && (now || earlier)
    };
    for (_, Forward { stage, rows }) in &decided {
        for item in rows.iter().filter_map(|row| row.item) {
            for rule in rules.iter().filter(|r| r.at.contains(&stage.name)) {
                let meant = seen.item(item).is_some_and(|i| is_meant(workflow, &rule.of, i));
                let target = judged_of(workflow, &seen, ledgers, rule, item);
                let due = rule.when.as_ref().is_none_or(|when| sight.holds(&when.source, &target) == Ok(true));
                if meant && due && sight.holds(&rule.test.source, &target) == Ok(false) && !waived(rule, item) {
                    found.push(format!("7: item {item} was decided against `{}`", rule.name));
                }
            }
        }
    }
}

/// The registers as a decision saw them, and those of which that cannot be told: they were written at its moment, by another or
/// between its own rows. What it entered itself came after it.
fn registers_then(ledgers: &Ledgers, decision: &Event, (first, end): (u64, u64)) -> (Ledgers, BTreeSet<String>) {
    let own = |entry: &Entry| {
        let (stream, seq) = entry.source.rsplit_once('/')?;
        (stream == decision.stream).then(|| seq.parse::<u64>().ok())?
    };
    let mut then = ledgers.clone();
    let mut unsure = BTreeSet::new();
    for (name, entries) in &ledgers.registers {
        let after = |entry: &Entry| own(entry).is_some_and(|seq| seq > end);
        let doubtful = |entry: &Entry| {
            let entered = entry.entered == decision.at && own(entry).is_none_or(|seq| seq > first && seq <= end);
            let changed = entry.before.iter().any(|(until, _)| *until == decision.at);
            entered || changed || entry.gone == Some(decision.at)
        };
        if entries.iter().any(|entry| !after(entry) && doubtful(entry)) {
            unsure.insert(name.clone());
        }
        let seen = register::as_of(entries, decision.at).into_iter().filter(|entry| !after(entry)).collect();
        then.registers.insert(name.clone(), seen);
    }
    (then, unsure)
}

/// What a rule about an item is judged of: the item, or all that live of its group.
fn judged_of(workflow: &Workflow, case: &Case, ledgers: &Ledgers, rule: &Rule, item: u32) -> Target {
    if rule.per.is_empty() {
        return Target::Item(item);
    }
    let of_group = |item: &Item, by: &String| match by.as_str() {
        "owner" => ledgers.offices.standing(&item.owner).to_string(),
        _ => item.category.clone().unwrap_or_default(),
    };
    let group = |item: &Item| rule.per.iter().map(|by| of_group(item, by)).collect::<Vec<String>>();
    let own = case.item(item).map(group);
    let all = case.living().filter(|i| is_meant(workflow, &rule.of, i) && Some(group(i)) == own);
    Target::Group(all.map(|i| i.id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Calendar;
    use crate::case::command::{Asked, Command, HandIn};
    use crate::case::decide::{OpenCase, decide, open};
    use crate::case::event::{Change, Fields};
    use crate::case::program::{Proof, Proofed};
    use crate::workflow::check::reload;
    use crate::workflow::parse::{Parsed, parse};
    use serde_json::json;
    use std::sync::Arc;

    const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办 }
case: { title: 试, opened: { by: 甲 } }
items: { 人: { subject: person, identity: [姓名], fields: { 姓名: name } } }
stages:
  - { recommend: 提出, of: 人, by: 甲 }
  - { decide: 定, of: 人, by: 甲, form: { case: { 日期: date } }, outcomes: { 通过: { next: true, do: [{ enter: 荣誉 }] }, 不通过: { end: 未通过 } } }
  - { file: 归档, of: 人, by: 甲 }
rules: [{ of: 人, require: not 荣誉.has(who), say: 已有荣誉 }]
";
    const REGISTER: &str =
        "register: 荣誉\nkey: [person]\nfields: { 备注: { type: text, optional: true } }\nby: 甲办\n";

    struct Anything;

    impl Proof for Anything {
        fn proof(&self, template: &str, _: &str, _: &Fields) -> Result<Proofed, Vec<String>> {
            Ok(Proofed { title: template.to_string() })
        }
    }

    fn fields(value: &serde_json::Value) -> Fields {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_rule_about_a_register_is_judged_by_what_stood_in_it() {
        let text = |text: &str| text.to_string();
        let sources = [("workflow.yaml", DEFINITION), ("registers/荣誉.yaml", REGISTER)];
        let sources = sources.into_iter().map(|(name, said)| (text(name), text(said))).collect();
        let program = Program::new(Arc::new(reload(&sources).unwrap()), Arc::new(Anything));
        let Parsed::Offices(town) = parse("offices.yaml", "offices: { 甲办: {} }").unwrap() else {
            panic!("offices")
        };
        let mut ledgers = Ledgers::new(Arc::new(town), Arc::new(Calendar::shipped().clone()));
        let at = |day| chrono::NaiveDate::from_ymd_opt(2025, 3, day).and_then(|d| d.and_hms_opt(9, 0, 0)).unwrap();
        let (office, cause) = (text("甲办"), text("submission 0"));
        let (params, by) = (Fields::new(), office.clone());
        let asked = OpenCase { office, by, params, one: None, period: None, parent: None, shared: false, cause };
        let opened = open(&program, &asked, &ledgers, at(3)).unwrap();
        let (mut case, mut log) = (opened.case, opened.events);
        for (row, head) in [
            (Row { fields: fields(&json!({ "姓名": "周平" })), ..Row::default() }, json!({})),
            (Row { item: Some(1), outcome: Some(text("通过")), ..Row::default() }, json!({ "日期": "2025-03-04" })),
        ] {
            let task = case.open_tasks().next().unwrap().clone();
            let (rows, submission) = (vec![(row, String::new())], task.id.to_string());
            let hand_in = HandIn { task: task.id, revision: task.revision, rows, submission, ..HandIn::default() };
            let command = Command::HandIn(HandIn { fields: fields(&head), complete: true, ..hand_in });
            let asked =
                Asked { by: text("甲办"), on_behalf: None, cause: format!("submission {}", task.id), command };
            let decided = decide(&program, &case, &asked, &ledgers, at(4)).unwrap_or_else(|r| panic!("{r:#?}"));
            log.extend(decided.events);
            (case, ledgers) = (decided.case, decided.ledgers);
        }
        let judged = |ledgers: &Ledgers| {
            let mut found = Vec::new();
            rules(&program, &log, ledgers, &mut found);
            found
        };
        let own = ledgers.registers["荣誉"].front().cloned().unwrap();
        assert_eq!(judged(&ledgers), Vec::<String>::new(), "what it entered itself came after it");
        let write = |day: u32| {
            let mut ledgers = ledgers.clone();
            let (register, key, fields) = (text("荣誉"), own.key.clone(), Fields::new());
            let body = Body::RegisterWritten { register, key, entry: 90, change: Change::Enter, fields, reason: None };
            let (stream, by, cause) = (text("register/荣誉"), text("甲办"), String::new());
            ledgers.apply(&Event { stream, seq: 1, at: at(day), by, on_behalf: None, cause, body });
            judged(&ledgers)
        };
        assert_eq!(write(3).len(), 1, "it stood there before");
        assert_eq!(write(4), Vec::<String>::new(), "who came first at that moment cannot be told");
        assert_eq!(write(5), Vec::<String>::new(), "it came later");
    }
}
