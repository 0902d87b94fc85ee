//! Random definitions and random commands out of a few small numbers each: the smaller the numbers, the simpler what they mean,
//! so that a run that went wrong shrinks to what matters.

use crate::command::{Command, Entry};
use crate::definition::{
    ASKED, By, Definition, Each, Go, Kind, Late, List, NEVER, OFFICES, OPENER, OWNERS, Of, Outcome, Sign, Stage,
};
use crate::plain::{Hold, Model};
use std::collections::BTreeSet;

/// What a stage or a command is made of.
pub(crate) type Numbers = [u8; 8];

/// An outcome without anything beside it.
pub(crate) const fn outcome(name: &'static str, go: Go) -> Outcome {
    Outcome { name, go, when: None, once: false, about: None }
}

/// A definition: one intake or two, the stages of these numbers, perhaps a filing.
pub(crate) fn definition(head: Numbers, stages: &[Numbers]) -> Definition {
    let mut made = vec![intake(head, Of::All)];
    if head[0] % 4 == 3 {
        made[0].of = Of::Category(0);
        made.push(intake(head.map(|n| n / 2), Of::Category(1)));
    }
    if head[1] % 8 == 7 {
        made.insert(0, Stage::plain(Kind::Assess, Of::Case, By::One, Vec::new()));
    }
    for numbers in stages {
        let new = stage(&made, *numbers);
        made.push(new);
    }
    // a list is there for somebody
    if made.iter().any(|s| s.list.is_some()) && !made.iter().any(|s| s.of == Of::Listed) {
        let decide = Stage::plain(Kind::Decide, Of::Listed, By::One, Vec::new());
        made.push(Stage { outcomes: outcomes_of(&made, &decide, head[2], head[4]), ..decide });
    }
    // what is collected is handled somewhere
    let collects = made.iter().any(|s| s.collects);
    if collects && !made.iter().any(|s| s.of == Of::Side) {
        let side = side_stage(&made, head[2]);
        made.push(side);
    }
    if head[3] % 2 == 1 {
        made.push(Stage::plain(Kind::File, Of::All, By::One, Vec::new()));
        let last = made.len() - 1;
        made[last].outcomes = vec![outcome("归档", Go::Next)];
    }
    Definition { stages: made, rule: None, per: None }
}

fn intake(numbers: Numbers, of: Of) -> Stage {
    let [_, _, _, _, expects, quota, late, limit] = numbers;
    let mut stage = Stage::plain(Kind::Recommend, of, By::Owners, Vec::new());
    stage.expect_all = expects % 4 != 3;
    stage.within = (!stage.expect_all || limit % 2 == 1).then_some(2 + u32::from(limit % 5));
    stage.quota = (quota % 4 == 3).then_some(1 + usize::from(quota % 3));
    stage.late_items = late % 8 == 7;
    stage
}

/// Who handles side items; where an upheld one sends what it is about stands before whatever collects them.
fn side_stage(before: &[Stage], n: u8) -> Stage {
    let collects = before.iter().position(|s| s.collects).unwrap_or_default();
    let takes = |s: &Stage| s.of == Of::All || before.get(collects).is_some_and(|c| c.of == s.of);
    let earlier = |asks: bool| {
        let found = (0..collects).filter(|s| takes(&before[*s]) && !(asks && before[*s].kind == Kind::Recommend));
        pick(&found.collect::<Vec<_>>(), n / 8)
    };
    let about = match n % 8 {
        1 | 7 => Some(Go::End("撤下")),
        3 => earlier(false).map(|to| Go::Back(to, n / 8 % 2 == 0, None)),
        5 => earlier(true).map(Go::To),
        6 => Some(Go::Stay).filter(|_| !before.iter().any(|s| s.collects && s.kind == Kind::Publicise)),
        _ => None,
    };
    let sustained = Outcome { about, ..outcome("成立", Go::End("议成立")) };
    Stage::plain(Kind::Review, Of::Side, By::One, vec![sustained, outcome("不成立", Go::End("议不成立"))])
}

fn stage(before: &[Stage], numbers: Numbers) -> Stage {
    let [kind, of, each, when, by, outcomes, target, more] = numbers;
    let collects = before.iter().any(|s| s.collects);
    if kind % 16 == 15 {
        return Stage::plain(Kind::Assess, Of::Case, By::One, Vec::new());
    }
    if of % 8 == 7 && collects {
        let each = [Each::Item, Each::Case, Each::About][usize::from(each % 3)];
        let late = if each != Each::Item && when % 4 == 3 { Late::Wait } else { Late::Leave };
        return Stage { each, late, ..side_stage(before, by) };
    }
    let listed = before.iter().any(|s| s.list.is_some());
    if kind % 16 == 14 && !listed {
        let list = Some(List { least: i64::from(target % 5), others_end: more % 2 == 1 });
        let by = if by % 4 == 2 { By::Owner } else { By::One };
        let made = Stage { list, ..Stage::plain(Kind::Assess, Of::All, by, Vec::new()) };
        return Stage { outcomes: outcomes_of(before, &made, outcomes, target), ..made };
    }
    let kind = [Kind::Review, Kind::Assess, Kind::Publicise, Kind::Decide, Kind::Review, Kind::Publicise]
        [usize::from(kind % 6)];
    let of = match of % 8 {
        4..=6 if listed => Of::Listed,
        _ => [Of::All, Of::All, Of::All, Of::Category(0), Of::Category(1)][usize::from(of % 5)],
    };
    let each = [Each::Item, Each::Case, Each::Group][usize::from(each % 3)];
    let by = match (each, kind, by % 4) {
        (Each::Item, Kind::Review | Kind::Assess, 2) => By::Owner,
        (_, _, 1) => By::Two,
        (_, _, _) => By::One,
    };
    let mut made = Stage::plain(kind, of, by, Vec::new());
    made.each = each;
    made.when = match when % 16 {
        13 => Some(NEVER),
        5 | 12 if before.iter().any(|s| s.of == Of::Case) => Some(ASKED),
        6 | 7 | 14 | 15 => Some(i64::from(when % 4)),
        _ => None,
    };
    let lates = [Late::Leave, Late::Leave, Late::Exclude, Late::Wait, Late::Ask];
    made.late = if each == Each::Item { Late::Leave } else { lates[usize::from(more % 5)] };
    if kind == Kind::Publicise {
        made.collects = more % 2 == 0;
        // a limit of a notice would be one for putting it up, too
        made.late = if made.late == Late::Wait { Late::Wait } else { Late::Leave };
        made.period = (more % 8 != 7).then_some(1 + u32::from(target % 3));
        made.grace = made.period.filter(|_| target % 4 == 3).map(|_| 2);
        return made;
    }
    made.collects = kind == Kind::Review && more % 16 == 15;
    made.quota = (kind == Kind::Decide && more % 8 == 6).then_some(1);
    made.outcomes = outcomes_of(before, &made, outcomes, target);
    let limited = more % 8 == 5 || matches!(made.late, Late::Exclude | Late::Ask);
    made.within = limited.then_some(3);
    if made.by == By::Two {
        made.sign = [Sign::One, Sign::All, Sign::InOrder, Sign::Any][usize::from(numbers[4] / 4 % 4)];
        made.collects_all = made.several_sign() && numbers[4] / 16 % 2 == 1;
    }
    made.silent = made
        .within
        .filter(|_| outcomes % 2 == 1 && made.outcomes.len() > 1 && made.outcomes.iter().all(|o| o.when.is_none()))
        .map(|_| 1);
    made
}

/// The outcomes of a stage. Where it may send an item is decided by what passes there.
fn outcomes_of(before: &[Stage], stage: &Stage, outcomes: u8, target: u8) -> Vec<Outcome> {
    let (next, end) = (outcome("过", Go::Next), outcome("止", Go::End("未过")));
    let shares = |s: &Stage| s.of == stage.of || s.of == Of::All;
    let intake = before.iter().position(|s| s.kind == Kind::Recommend && shares(s));
    let earlier: Vec<usize> =
        (0..before.len()).filter(|s| shares(&before[*s]) && before[*s].kind != Kind::Recommend).collect();
    let earlier = earlier.get(usize::from(target) % earlier.len().max(1)).copied();
    let within = (target % 4 == 3).then_some(3);
    let straight = target.is_multiple_of(2);
    let once = target % 8 > 4;
    let back = |to: Option<usize>, name| {
        let go = to.map_or(Go::Stay, |to| Go::Back(to, straight, within));
        Outcome { once, ..outcome(name, go) }
    };
    let computed = |least| Outcome { when: Some(least), ..end };
    match outcomes % 10 {
        0 => vec![next, end],
        1 => vec![next, end, back(intake, "退")],
        2 => vec![next, end, back(earlier, "回")],
        3 => vec![next, end, outcome("转", earlier.map_or(Go::Stay, Go::To))],
        4 => vec![next, end, Outcome { once, ..outcome("缓", Go::Stay) }],
        5 => vec![computed(4), next],
        6 => vec![next, end, back(intake, "退"), outcome("缓", Go::Stay)],
        7 => vec![next],
        8 => vec![Outcome { when: Some(3), ..back(intake, "退") }, next],
        _ => vec![next, end, back(intake, "退"), back(earlier, "回")],
    }
}

/// What may be answered now.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) stage: usize,
    /// the case itself without any
    pub(crate) items: Vec<usize>,
    /// any of these
    pub(crate) offices: Vec<&'static str>,
}

pub(crate) fn answerable(model: &Model) -> Vec<Asked> {
    let mut found = Vec::new();
    for (number, batch) in model.batches.iter().enumerate().filter(|(_, b)| !b.done && model.is_answered(b.stage)) {
        let stage = batch.stage;
        if batch.items.is_empty() && !batch.answered {
            found.push(Asked { stage, items: Vec::new(), offices: model.actors(stage, None) });
        }
        let of_office = |office| {
            let asked = |id: &usize| model.askers(*id).contains(office);
            model.members(number).into_iter().filter(asked).collect::<Vec<usize>>()
        };
        let members = model.members(number);
        let offices: BTreeSet<&'static str> = members.iter().flat_map(|id| model.askers(*id)).collect();
        let offices: Vec<&'static str> = offices.into_iter().rev().collect();
        match (model.stage(stage).sign, offices.first()) {
            (Sign::One | Sign::Any, Some(first)) => found.push(Asked { stage, items: of_office(first), offices }),
            (Sign::All | Sign::InOrder, Some(_)) => {
                found.extend(offices.iter().map(|o| Asked { stage, items: of_office(o), offices: vec![*o] }));
            }
            (_, None) => {}
        }
    }
    found
}

/// What one of several said last, of items that are decided together: a workbook of them has one answer.
pub(crate) fn said_together(model: &Model) -> Vec<(usize, &'static str)> {
    let together = |id: &usize| model.items[id - 1].stage().is_some_and(|s| model.stage(s).each != Each::Item);
    let last = |id: usize| Some((id, model.items[id - 1].signed.last()?.office));
    model.living().into_iter().filter(together).filter(|id| model.asked(*id)).filter_map(last).collect()
}

fn pick<T: Clone>(from: &[T], n: u8) -> Option<T> {
    from.get(usize::from(n) % from.len().max(1)).cloned()
}

/// What the first number means here: what nobody could do now is something to answer instead, or time that passes.
fn kind(model: &Model, kind: u8, wrong: bool) -> u8 {
    let returned = |id: &usize| model.items[id - 1].holds.contains(&Hold::Returned);
    let possible = match kind % 32 {
        5..=9 | 19 => model.forms.iter().any(|f| f.open),
        20 if !said_together(model).is_empty() => true,
        20 => model.forms.iter().any(|f| f.answered) && model.intakes.values().any(|i| !i.closed),
        22..=24 => !model.living().is_empty(),
        25 | 26 => model.definition.stages.iter().any(|s| s.collects) && !model.living().is_empty(),
        27 | 28 => model.questions.iter().any(|q| q.open),
        29 => model.living().iter().any(returned),
        _ => true,
    };
    let kind = if possible || wrong { kind % 32 } else { 10 };
    match kind {
        10..=18 if answerable(model).is_empty() && !wrong => {
            [0, 2][usize::from(model.batches.iter().all(|b| !b.making))]
        }
        other => other,
    }
}

/// A command that mostly can be obeyed in this state, and sometimes cannot.
pub(crate) fn command(model: &Model, numbers: Numbers) -> Command {
    let [first, a, b, c, d, ..] = numbers;
    let wrong = d % 16 == 15;
    let any = OFFICES[usize::from(d / 16) % OFFICES.len()];
    let items = if wrong { (1..=model.items.len()).collect() } else { model.living() };
    let item = pick(&items, a).unwrap_or(1);
    let owner = model.item(item).map_or(OPENER, |i| i.owner);
    let owner = if wrong { any } else { owner };
    let open = model.forms.iter().filter(|f| f.open && !wrong).map(|f| (f.stage, f.office));
    let (stage, office) = pick(&open.collect::<Vec<_>>(), a).unwrap_or_else(|| {
        let stages = 0..model.definition.stages.len();
        let intakes: Vec<usize> = stages.filter(|s| crate::view::takes_in(model, *s)).collect();
        (pick(&intakes, a).unwrap_or_default(), if wrong { any } else { OWNERS[usize::from(b) % 2] })
    });
    match kind(model, first, wrong) {
        0 | 1 => Command::Settle,
        2..=4 => Command::Wait,
        5..=9 => nominate(model, stage, office, [a, b, c, d]),
        10..=18 => answer(model, [a, b, c, d]),
        19 => Command::Decline { stage, office },
        20 if !said_together(model).is_empty() => {
            let (item, by) = pick(&said_together(model), a).unwrap_or((item, any));
            if c % 2 == 1 {
                return answer_anew(model, item, if wrong { any } else { by }, [b, c, d]);
            }
            Command::Unsay { item, office: if wrong { any } else { by } }
        }
        20 => {
            let answered = model.forms.iter().rfind(|f| f.answered && !wrong);
            let (stage, office) = answered.map_or((stage, office), |f| (f.stage, f.office));
            if c % 2 == 1 {
                return nominate_anew(model, stage, office, [a, b, c, d]);
            }
            Command::TakeBack { stage, office }
        }
        21 => {
            let closed = model.intakes.get(&stage).is_some_and(|i| i.closed);
            let office = if c % 8 == 7 { any } else { OPENER };
            Command::Close { stage, office, reopen: closed != wrong }
        }
        22 => Command::AskBack { item, office: owner },
        23 if c % 4 == 3 => Command::Withdraw { item, office: owner },
        23 | 24 => Command::AskBack { item, office: owner },
        25 | 26 => raise(model, if wrong { Some(any) } else { None }, item, b),
        27 | 28 => {
            let open: Vec<usize> = (1..=model.questions.len()).filter(|q| model.questions[q - 1].open).collect();
            let question = pick(&open, a).unwrap_or(1);
            let to = model.questions.get(question - 1).map_or(any, |q| q.to);
            Command::Reply { question, office: if wrong { any } else { to }, yes: b % 2 == 0 }
        }
        29 => {
            let back = |id: &usize| model.item(*id).is_some_and(|i| i.holds.contains(&Hold::Returned));
            let returned: Vec<usize> = model.living().into_iter().filter(back).collect();
            let item = pick(&returned, a).filter(|_| !wrong).unwrap_or(item);
            let owner = model.item(item).map_or(OPENER, |i| i.owner);
            Command::Mend { item, office: owner, number: i64::from(b % 6) }
        }
        _ if model.held => Command::Release,
        30 if c % 4 == 3 => Command::Hold,
        31 if c % 32 == 31 => Command::Cancel,
        _ => Command::Wait,
    }
}

/// A side item, by the office of a stage that collects.
fn raise(model: &Model, office: Option<&'static str>, about: usize, n: u8) -> Command {
    let stages = 0..model.definition.stages.len();
    let collecting: Vec<usize> = stages.filter(|s| model.stage(*s).collects).collect();
    let stage = pick(&collecting, n).unwrap_or_default();
    let by = model.actors(stage, model.item(about)).first().copied().unwrap_or(OPENER);
    Command::Raise { about, office: office.unwrap_or(by) }
}

fn nominate(model: &Model, stage: usize, office: &'static str, [a, b, c, d]: [u8; 4]) -> Command {
    let count = if d % 32 == 31 { 0 } else { 1 + usize::from(c % 3) };
    let entry = |n: usize| {
        let category = match model.definition.stages[stage].of {
            Of::Category(category) if d % 16 != 14 => category,
            Of::All | Of::Category(_) | Of::Side | Of::Listed | Of::Case => (usize::from(b / 2) + n) % 2,
        };
        // sometimes the name of somebody who may still be there
        let number = if d % 16 == 13 { 1 } else { model.items.len() + n + 1 };
        let name = format!("人{number}");
        Entry {
            category,
            name,
            number: i64::from(a.wrapping_add(n as u8 * 3) % 6),
            group: (usize::from(c / 4) + n) % 2,
        }
    };
    Command::Nominate { stage, office, entries: (0..count).map(entry).collect(), complete: c % 4 != 3 }
}

/// The same people handed in again, otherwise; sometimes without the first, and with somebody besides.
fn nominate_anew(model: &Model, stage: usize, office: &'static str, [a, b, c, d]: [u8; 4]) -> Command {
    let Command::Nominate { mut entries, .. } = nominate(model, stage, office, [a, b, c, d]) else { unreachable!() };
    let form = model.forms.iter().rfind(|f| f.answered && f.stage == stage && f.office == office);
    let handed_in = form.map(|f| f.items.clone()).unwrap_or_default();
    let named = handed_in.iter().map(|id| &model.items[id - 1]);
    let named: Vec<Entry> = named
        .map(|i| Entry { category: i.category, name: i.name.clone(), number: i64::from(a % 6), group: i.group })
        .skip(usize::from(b % 4 == 3))
        .collect();
    entries.truncate(usize::from(b / 4) % 2);
    entries.splice(0..0, named);
    Command::NominateAnew { stage, office, entries, complete: c % 4 != 3 }
}

/// What one of several said last, otherwise: of this item and what it said of others with it.
fn answer_anew(model: &Model, item: usize, office: &'static str, [b, c, d]: [u8; 3]) -> Command {
    let stage = model.item(item).and_then(|i| i.stage()).unwrap_or_default();
    let at_once = |id: usize| model.item(id)?.signed.last().map(|s| s.at_once);
    let with_it: Vec<usize> = said_together(model).into_iter().map(|(id, _)| id).collect();
    let with_it = with_it.into_iter().filter(|id| *id == item || (d % 4 != 3 && at_once(*id) == at_once(item)));
    let of_stage = model.stage(stage);
    let computed = of_stage.outcomes.iter().any(|o| o.when.is_some());
    let offered = of_stage.outcomes.iter().enumerate().filter(|(n, _)| of_stage.silent != Some(*n));
    let offered: Vec<&'static str> = offered.map(|(_, o)| o.name).collect();
    let said = |n: usize| pick(&offered, b.wrapping_add((n as u8).wrapping_mul(c / 4))).filter(|_| !computed);
    let rows = with_it.enumerate().map(|(n, id)| (id, said(n))).collect();
    Command::AnswerAnew { stage, office, rows }
}

/// An answer to something that is asked; where it is wrong it is so in one of several ways.
fn answer(model: &Model, [a, b, c, d]: [u8; 4]) -> Command {
    let Some(Asked { stage, items, offices }) = pick(&answerable(model), a) else {
        let rows = vec![(1 + usize::from(b % 4), None)];
        return Command::Answer { stage: usize::from(a) % model.definition.stages.len(), office: "审办", rows };
    };
    let mut office = pick(&offices, c).unwrap_or(OPENER);
    let of_stage = model.stage(stage);
    let offered: Vec<&'static str> = of_stage
        .outcomes
        .iter()
        .enumerate()
        .filter(|(n, _)| of_stage.silent != Some(*n))
        .map(|(_, o)| o.name)
        .collect();
    let computed = of_stage.outcomes.iter().any(|o| o.when.is_some());
    let said = |n: usize| pick(&offered, b.wrapping_add((n as u8).wrapping_mul(c / 4))).filter(|_| !computed);
    let mut rows: Vec<(usize, Option<&'static str>)> = items.iter().enumerate().map(|(n, id)| (*id, said(n))).collect();
    match d % 32 {
        31 => office = OFFICES[usize::from(d / 32) % OFFICES.len()],
        30 => drop(rows.pop()),
        29 => rows.extend(rows.first().copied()),
        // an item of another workbook of the same stage would be wrong only for the kernel, which knows workbooks
        28 => {
            let other = 1 + usize::from(b) % (model.items.len() + 1);
            let asked = model.item(other).is_some() && model.asked(other);
            rows.push((if asked && of_stage.each == Each::Item { model.items.len() + 1 } else { other }, said(0)));
        }
        27 => rows.iter_mut().for_each(|row| row.1 = Some("没有")),
        _ => {}
    }
    Command::Answer { stage, office, rows }
}
