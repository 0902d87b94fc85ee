//! What must always hold (LANGUAGE §14, DESIGN §12): each a checker that the tests run after every step of every scenario.

#![expect(clippy::wildcard_enum_match_arm, reason = "a checker looks at few of the events")]

mod arrivals;
mod ballots;
mod children;
mod clocks;
mod decided;
mod more;
mod registers;
mod shown;
mod sides;
mod submissions;
mod taken;

pub use children::{children_tended, children_whole};

use super::effect::Effect;
use super::event::{Ask, Body, ClockOf, Event, Number, QuestionAbout};
use super::ledger::Ledgers;
use super::program::Program;
use super::{Case, Life, decide};
use std::collections::{BTreeMap, BTreeSet};

/// Every invariant that is broken, in words; empty when all hold. `log` is the whole log of the case.
pub fn broken(program: &Program, case: &Case, log: &[Event], ledgers: &Ledgers) -> Vec<String> {
    let mut found = broken_amid(program, case, log, ledgers);
    rests(program, case, ledgers, &mut found);
    everything_waits_for_somebody(program, case, ledgers, &mut found);
    if let (None, None, Some(last)) = (&case.held, &case.closed, log.last()) {
        found.extend(super::notice::untrue(program, case, ledgers, last.at));
    }
    arrivals::wait(program, case, &mut found);
    sides::sides_hold(program, case, &mut found);
    decided::quotas(program, case, log, ledgers, &mut found);
    decided::rules(program, log, ledgers, &mut found);
    registers::kept(case, log, ledgers, &mut found);
    found
}

/// Those that hold after every event, also within a decision that has more to say.
pub fn broken_amid(program: &Program, case: &Case, log: &[Event], ledgers: &Ledgers) -> Vec<String> {
    let mut found = Vec::new();
    fold_is_state(case, log, &mut found);
    positions(program, case, log, &mut found);
    gates(program, case, log, &mut found);
    notices_stay(program, case, log, ledgers, &mut found);
    numbers(log, &mut found);
    papers(log, &mut found);
    clocks::rungs(log, &mut found);
    periods(log, &mut found);
    submissions::check(log, &mut found);
    arrivals::taken_in(log, &mut found);
    taken::back(log, &mut found);
    more::check(program, case, log, &mut found);
    ballots::check(program, case, log, &mut found);
    let since = migrated(log);
    sides::case_waits(program, log, since, &mut found);
    decided::questions(program, log, since, &mut found);
    shown::named(program, case, log, since, &mut found);
    clocks::check(case, log, ledgers, &mut found);
    found
}

/// The last event that moved the case to another version: what came before was judged by the version of its time, whose
/// names and periods the present one does not know.
fn migrated(log: &[Event]) -> u64 {
    log.iter().rev().find(|e| matches!(e.body, Body::CaseMigrated { .. })).map_or(0, |e| e.seq)
}

/// 1. State is the fold of events.
fn fold_is_state(case: &Case, log: &[Event], found: &mut Vec<String>) {
    let Some(replayed) = Case::replay(log) else {
        found.push("1: the log does not begin with CaseOpened".to_string());
        return;
    };
    if format!("{replayed:?}") != format!("{case:?}") {
        found.push("1: the state is not the fold of the log".to_string());
    }
    if case.index != super::Index::of(case) {
        found.push("1: the index is not that of the case".to_string());
    }
    for (n, event) in log.iter().enumerate() {
        if event.seq != n as u64 + 1 {
            found.push(format!("1: event {} stands at place {}", event.seq, n + 1));
        }
    }
}

/// 2. A living item stands at exactly one stage; an ended one never moves.
fn positions(program: &Program, case: &Case, log: &[Event], found: &mut Vec<String>) {
    for item in case.items.values() {
        let places = case.index.standing.values().filter(|ids| ids.contains(&item.id)).count();
        if places != usize::from(item.lives()) {
            found.push(format!("2: item {} stands at {places} stages", item.id));
        }
        if let Some(stage) = item.stage().filter(|s| program.workflow().stage(s).is_none()) {
            found.push(format!("2: item {} stands at `{stage}`, which is no stage", item.id));
        }
    }
    let mut ended = BTreeSet::new();
    for event in log {
        match &event.body {
            Body::ItemEnded { item, .. } if !ended.insert(*item) => {
                found.push(format!("2: item {item} ended twice"));
            }
            Body::ItemMoved { item, .. } if ended.contains(item) => {
                found.push(format!("2: item {item} moved after its end"))
            }
            _ => {}
        }
    }
}

/// 3. No batch of many opens while an intake that feeds it is open; no item is in two open batches of a stage.
fn gates(program: &Program, case: &Case, log: &[Event], found: &mut Vec<String>) {
    let mut open_intakes: BTreeSet<String> = BTreeSet::new();
    let since = migrated(log);
    // what was put off has passed its gate, and comes before its office again whatever has been opened since
    let mut let_in: BTreeMap<u32, String> = BTreeMap::new();
    for event in log {
        let again = |stage, items: &[u32]| items.iter().all(|item| let_in.get(item) == Some(stage));
        let again = matches!(&event.body, Body::BatchOpened { stage, items, .. } if again(stage, items));
        match &event.body {
            Body::CaseMigrated { mapping, .. } => {
                open_intakes = open_intakes.iter().map(|stage| mapping.stage(stage).to_string()).collect();
                let_in.values_mut().for_each(|stage| *stage = mapping.stage(stage).to_string());
            }
            Body::ItemMoved { item, .. } => drop(let_in.remove(item)),
            Body::AnswerTakenBack { task, items, waiting, .. } => {
                waiting.iter().for_each(|item| drop(let_in.remove(item)));
                let stage = case.tasks.get(task).and_then(|t| t.stage.clone()).unwrap_or_default();
                let_in.extend(items.iter().map(|item| (*item, stage.clone())));
            }
            // an intake of a period keeps only the gates of that time shut
            Body::BatchOpened { stage, expected, key, .. } if !expected.is_empty() && key.is_empty() => {
                open_intakes.insert(stage.clone());
            }
            Body::IntakeClosed { stage, reopened, .. } => {
                if *reopened {
                    open_intakes.insert(stage.clone());
                } else {
                    open_intakes.remove(stage);
                }
            }
            Body::BatchOpened { stage, items, .. } if items.len() > 1 && !again => {
                let fed = program.workflow().stage_index(stage).unwrap_or_default();
                for intake in &open_intakes {
                    let upstream = program.workflow().stage_index(intake).is_some_and(|i| i < fed);
                    let shares = program
                        .workflow()
                        .stage(intake)
                        .zip(program.workflow().stage(stage))
                        .is_some_and(|(a, b)| a.of == b.of);
                    if upstream && shares && event.seq > since {
                        found.push(format!("3: `{stage}` opened while `{intake}` was open"));
                    }
                }
            }
            _ => {}
        }
        if let Body::BatchOpened { stage, items, .. } = &event.body {
            let_in.extend(items.iter().map(|item| (*item, stage.clone())));
        }
    }
    let mut seen: BTreeMap<(String, u32), u32> = BTreeMap::new();
    for batch in case.batches.values().filter(|b| b.done.is_none()) {
        for item in batch.items.iter().filter(|i| case.items.get(*i).is_some_and(|it| it.batch() == Some(batch.id))) {
            if let Some(other) = seen.insert((batch.stage.clone(), *item), batch.id) {
                found.push(format!("3: item {item} is in open batches {other} and {} of `{}`", batch.id, batch.stage));
            }
        }
    }
}

/// Every decision leaves the case at rest: nothing could go on by itself.
fn rests(program: &Program, case: &Case, ledgers: &Ledgers, found: &mut Vec<String>) {
    if case.held.is_none() && !decide::at_rest(program, case, ledgers, case.latest) {
        found.push("the case is not at rest: something could go on by itself".to_string());
    }
}

/// 4. Whatever is not ended says whom or what it waits for.
fn everything_waits_for_somebody(program: &Program, case: &Case, ledgers: &Ledgers, found: &mut Vec<String>) {
    if case.closed.is_some() || case.held.is_some() {
        return;
    }
    let making = case.documents.values().any(|d| d.life == Life::Ordered);
    let posting = case.documents.values().any(|d| d.life == Life::Issued && d.delivered.is_empty());
    for batch in case.batches.values().filter(|b| b.done.is_none()) {
        let task =
            case.open_tasks().any(|t| t.batch == Some(batch.id) || t.items.iter().any(|i| batch.items.contains(i)));
        let clock = case.clocks.values().any(|c| {
            !c.ended && matches!(c.of, ClockOf::Period(b) | ClockOf::Grace(b) | ClockOf::Answer(b) if b == batch.id)
        });
        let serves = |t: &super::Task| {
            if let Ask::Question(question) = t.ask {
                return asks_how_to_publish(case, question, batch.id);
            }
            let Ask::Serve(document) = t.ask else { return false };
            let paper = case.documents.get(&document);
            let answering = |id: &u32| case.item(*id).map(|item| case.answers_for(item).id);
            paper.is_some_and(|d| d.items.iter().filter_map(answering).any(|i| batch.items.contains(&i)))
        };
        let task = task || case.open_tasks().any(serves);
        let held = batch.items.iter().any(|i| case.items.get(i).is_some_and(|it| !it.holds.is_empty()));
        if !(task || clock || held || making || posting) {
            found.push(format!("4: batch {} of `{}` waits for nobody", batch.id, batch.stage));
        }
    }
    let wakes = decide::next_wake(program, case, &ledgers.calendar).is_some();
    let children = !case.index.owed.is_empty() || !case.index.awaited.is_empty();
    if case.open_tasks().next().is_none()
        && !wakes
        && !children
        && !making
        && !posting
        && case.living().next().is_some()
    {
        found.push("4: the case waits for nobody".to_string());
    }
}

/// Whether a question is what to do about a notice of the batch that the page does not take.
fn asks_how_to_publish(case: &Case, question: u32, batch: u32) -> bool {
    let Some(QuestionAbout::Effect { owed: Effect::Publish { document }, .. }) =
        case.questions.get(&question).map(|q| &q.about)
    else {
        return false;
    };
    case.documents.get(document).is_some_and(|paper| paper.batch == Some(batch))
}

/// 6. No publicise batch is done before its last channel has been up for the whole period.
fn notices_stay(program: &Program, case: &Case, log: &[Event], ledgers: &Ledgers, found: &mut Vec<String>) {
    let mut stages: BTreeMap<u32, String> = BTreeMap::new();
    let mut items: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let mut up: BTreeMap<u32, chrono::NaiveDate> = BTreeMap::new();
    let mut ended: BTreeSet<u32> = BTreeSet::new();
    // the batch of a stage that an item is in, or was last; none once it was sent back
    let mut latest: BTreeMap<(&str, u32), Option<u32>> = BTreeMap::new();
    let place = |stage: &str| program.workflow().stage_index(stage);
    let since = migrated(log);
    for event in log {
        match &event.body {
            Body::BatchOpened { batch, stage, items: taken, .. } => {
                stages.insert(*batch, stage.clone());
                items.insert(*batch, taken.clone());
                latest.extend(taken.iter().map(|item| ((stage.as_str(), *item), Some(*batch))));
            }
            Body::NoticeUp { batch, on, .. } => {
                let last = up.entry(*batch).or_insert(*on);
                *last = (*last).max(*on);
            }
            Body::ItemEnded { item, .. } => {
                ended.insert(*item);
            }
            Body::ItemMoved { item, from, to, .. } if place(to) < place(from) => {
                latest.insert((from.as_str(), *item), None);
            }
            Body::BatchDone { batch, .. } if event.seq > since => {
                let again = |name: &str, i: u32| latest.get(&(name, i)).is_some_and(|later| *later != Some(*batch));
                let named = stages.get(batch).map(String::as_str).unwrap_or_default();
                let stage = stages.get(batch).and_then(|s| program.workflow().stage(s));
                let Some(crate::deadline::Span::Workdays(n)) = stage.and_then(|s| s.period) else { continue };
                let gone =
                    items.get(batch).is_some_and(|all| all.iter().all(|i| ended.contains(i) || again(named, *i)));
                let region = case.clocks_of(&ClockOf::Period(*batch)).find_map(|c| c.region.as_deref());
                let calendar = ledgers.calendar.of(region);
                let long_enough = up.get(batch).is_some_and(|on| {
                    let full =
                        calendar.add_workdays(*on, i64::from(n) - i64::from(stage.is_some_and(|s| s.count_start)));
                    event.at.date() > full
                });
                if !long_enough && !gone {
                    found.push(format!("6: batch {batch} was done before its notice had been up {n} working days"));
                }
            }
            _ => {}
        }
    }
}

/// 8. Numbers of a series and year are without gap or double; each belongs to one document.
fn numbers(log: &[Event], found: &mut Vec<String>) {
    let mut owners: BTreeMap<&Number, u32> = BTreeMap::new();
    for event in log {
        if let Body::DocumentOrdered { document, number: Some(number), .. } = &event.body {
            let owner = *owners.entry(number).or_insert(*document);
            if owner != *document {
                let series = &number.series;
                found.push(format!("8: {number} of {series} belongs to documents {owner} and {document}"));
            }
        }
    }
}

/// Numbers of all cases together: per series and year 1..n; of a series that runs on, from the first that was taken.
pub fn series_whole(logs: &[&[Event]]) -> Vec<String> {
    let mut taken: BTreeMap<(String, Option<i32>), BTreeSet<u32>> = BTreeMap::new();
    for event in logs.iter().flat_map(|log| log.iter()) {
        if let Body::DocumentOrdered { number: Some(number), .. } = &event.body {
            taken.entry((number.series.clone(), number.year)).or_default().insert(number.n);
        }
    }
    let gap = |((series, year), numbers): (&(String, Option<i32>), &BTreeSet<u32>)| {
        let first = if year.is_some() { 1 } else { numbers.first().copied().unwrap_or(1) };
        let whole = numbers.iter().copied().eq((first..).take(numbers.len()));
        let year = year.map(|it| format!("〔{it}〕")).unwrap_or_default();
        (!whole).then(|| format!("8: {series}{year} has a gap: {numbers:?}"))
    };
    taken.iter().filter_map(gap).collect()
}

/// 9. A document is issued at most once; nothing is delivered that is not issued; what flows from a sealed paper waits for it.
fn papers(log: &[Event], found: &mut Vec<String>) {
    let mut issued: BTreeSet<u32> = BTreeSet::new();
    let mut sealed: BTreeMap<u32, u32> = BTreeMap::new();
    let mut batch_of: BTreeMap<u32, u32> = BTreeMap::new();
    let mut drafts: BTreeMap<u32, (u32, bool)> = BTreeMap::new();
    let mut closed: BTreeSet<u32> = BTreeSet::new();
    for event in log {
        match &event.body {
            Body::DocumentOrdered { document, draft, .. } => drop(drafts.insert(*document, (*draft, false))),
            Body::DocumentRendered { document, draft, .. } => {
                drafts.entry(*document).and_modify(|(last, made)| *made |= last == draft);
            }
            Body::DocumentClosed { document, .. } => drop(closed.insert(*document)),
            Body::DocumentIssued { document, .. } => {
                if !drafts.get(document).is_some_and(|(_, made)| *made) {
                    found.push(format!("9: document {document} was issued before its last draft was made"));
                }
                if closed.contains(document) {
                    found.push(format!("9: document {document} was issued after it was given up"));
                }
            }
            _ => {}
        }
        match &event.body {
            Body::DocumentOrdered { document, batch: Some(batch), seal, .. } => {
                batch_of.insert(*document, *batch);
                if *seal {
                    sealed.insert(*batch, *document);
                }
            }
            Body::DocumentIssued { document, scan } => {
                if !issued.insert(*document) {
                    found.push(format!("9: document {document} was issued twice"));
                }
                let first = batch_of.get(document).and_then(|b| sealed.get(b));
                if first.is_some_and(|s| s == document) && scan.is_none() {
                    found.push(format!("9: document {document} was issued without its sealed scan"));
                }
                if first.is_some_and(|s| s != document && !issued.contains(s)) {
                    found.push(format!("9: document {document} was issued before the sealed paper it flows from"));
                }
            }
            Body::Delivered { document, .. } if !issued.contains(document) => {
                found.push(format!("9: document {document} was delivered before it was issued"));
            }
            Body::DocumentClosed { document, replaced_by: Some(_), .. } if !issued.contains(document) => {
                found.push(format!("9: document {document} was replaced before it was issued"));
            }
            _ => {}
        }
    }
}

/// 13. Each schedule period falls at most once.
fn periods(log: &[Event], found: &mut Vec<String>) {
    let mut fallen: BTreeSet<(String, String)> = BTreeSet::new();
    for event in log {
        if let Body::ScheduleFell { schedule, period, .. } = &event.body
            && !fallen.insert((schedule.clone(), period.clone()))
        {
            found.push(format!("13: `{schedule}` fell twice for {period}"));
        }
    }
}
