//! What the checker accepts can be brought to its end: whoever does what is asked of him, so that things go on, closes the case.
//!
//! The player releases a case that is held, puts notices up, answers questions (one with its first answer, the next with its
//! second, or with the other where that is refused), hands in nobody, mends what came back so that no condition sends it back again, lets go on what may, lets time
//! pass, and only where nothing goes on any more ends items, or sends them elsewhere.

use crate::command::Command;
use crate::definition::{Go, Kind, Outcome};
use crate::plain::{About, Hold, Model};
use crate::play::{Play, Wrong};
use crate::random::{Asked, answerable};

/// Commands that a case may take to its end, for each item (and one more) at each stage (and one more).
const COMMANDS_EACH: usize = 6;
/// A number above which no condition asks for: what is mended so goes on.
const GOES_ON: i64 = 0;

/// Closes the case; what was told for it.
pub(crate) fn close(play: &mut Play) -> Result<Vec<Command>, Wrong> {
    let mut told = Vec::new();
    while play.model.closed.is_none() {
        let (items, stages) = (play.model.items.len(), play.model.definition.stages.len());
        let stuck = |why: &str| {
            let last: Vec<_> = told.iter().rev().take(12).rev().collect();
            format!("the case {why}, {} commands after it was to be closed; the last of them: {last:#?}\n", told.len())
        };
        if told.len() > COMMANDS_EACH * (items + 1) * (stages + 1) {
            return Err(stuck("does not end"));
        }
        let mut obeyed = None;
        for command in moves(&play.model) {
            if play.tell(&command).map_err(|wrong| format!("{wrong}at {command:?}, {}", stuck("was being closed")))? {
                obeyed = Some(command);
                break;
            }
        }
        match obeyed {
            Some(command) => told.push(command),
            None => return Err(stuck("cannot be brought to its end")),
        }
    }
    Ok(told)
}

/// What would help here, the best first.
fn moves(model: &Model) -> Vec<Command> {
    let mut moves = Vec::new();
    moves.extend(model.held.then_some(Command::Release));
    moves.extend(model.batches.iter().any(|b| b.making).then_some(Command::Settle));
    for (n, question) in model.questions.iter().enumerate().filter(|(_, q)| q.open) {
        let wanted = matches!(question.about, About::Return(item) if circles(model, item));
        let first = wanted || n % 2 == 0;
        moves.extend([first, !first].map(|yes| Command::Reply { question: n + 1, office: question.to, yes }));
    }
    let open = model.forms.iter().filter(|f| f.open && !model.intakes[&f.stage].closed);
    moves.extend(open.map(|f| Command::Decline { stage: f.stage, office: f.office }));
    for id in model.living() {
        let item = &model.items[id - 1];
        if item.holds.contains(&Hold::Returned) {
            moves.push(Command::Mend { item: id, office: item.owner, number: GOES_ON });
        } else if circles(model, id) {
            moves.push(Command::AskBack { item: id, office: item.owner });
        }
    }
    let asked = answerable(model);
    let may = |stage: usize, id: &usize| fits(model, stage, *id) || computed(model, stage);
    let go_on = asked.iter().filter(|a| a.items.is_empty() || a.items.iter().any(|id| may(a.stage, id)));
    moves.extend(go_on.map(|a| answer(model, a, a.items.len())));
    moves.extend((!model.due().is_empty()).then_some(Command::Wait));
    for a in &asked {
        moves.extend((0..a.items.len()).rev().map(|go_on| answer(model, a, go_on)));
    }
    moves
}

/// Whether a quota lets an item go on.
fn fits(model: &Model, stage: usize, id: usize) -> bool {
    model.stage(stage).kind != Kind::Decide || model.room(stage, model.items[id - 1].category) > 0
}

/// Whether conditions choose the outcome.
fn computed(model: &Model, stage: usize) -> bool {
    model.stage(stage).outcomes.iter().any(|o| o.when.is_some())
}

/// Whether a condition would send an item round again that mending could let go on.
fn circles(model: &Model, id: usize) -> bool {
    let item = &model.items[id - 1];
    let Some(stage) = item.stage().filter(|_| model.asked(id) && item.number != GOES_ON) else { return false };
    let outcomes = &model.stage(stage).outcomes;
    let had = |n: usize| outcomes[n].once && item.had.contains(&(stage, n));
    let holds = |n: usize, o: &Outcome| o.when.is_some_and(|least| item.number > least) && !had(n);
    let chosen = outcomes.iter().enumerate().find(|(n, o)| holds(*n, o));
    chosen.is_some_and(|(_, o)| matches!(o.go, Go::To(_) | Go::Stay))
        && !item.holds.iter().any(|h| matches!(h, Hold::Question(_)))
}

/// An answer by which the first so many items go on, as far as a quota lets them, and the others end or go elsewhere.
fn answer(model: &Model, asked: &Asked, go_on: usize) -> Command {
    let Asked { stage, items, offices } = asked;
    let (stage, office) = (*stage, offices.first().copied().unwrap_or(crate::definition::OPENER));
    let of_stage = model.stage(stage);
    let computed = computed(model, stage);
    let mut room = [0, 1].map(|category| model.room(stage, category));
    let row = |(n, id): (usize, &usize)| {
        let item = &model.items[id - 1];
        let fits = of_stage.kind != Kind::Decide || room[item.category] > 0;
        let goes_on = n < go_on && fits;
        if goes_on {
            room[item.category] = room[item.category].saturating_sub(1);
        }
        (*id, chosen(model, stage, *id, goes_on).filter(|_| !computed))
    };
    Command::Answer { stage, office, rows: items.iter().enumerate().map(row).collect() }
}

/// The name of the outcome that lets an item go on; or ends it, or sends it anywhere.
fn chosen(model: &Model, stage: usize, id: usize, goes_on: bool) -> Option<&'static str> {
    let of_stage = model.stage(stage);
    let offered = |n: &usize| {
        let spent = of_stage.outcomes[*n].once && model.items[id - 1].had.contains(&(stage, *n));
        of_stage.silent != Some(*n) && !spent
    };
    let rank = |n: &usize| match of_stage.outcomes[*n].go {
        Go::Next => usize::from(!goes_on) * 9,
        Go::End(_) => 1,
        Go::Back(..) => 2,
        Go::To(_) => 3,
        Go::Stay => 4,
    };
    (0..of_stage.outcomes.len()).filter(offered).min_by_key(rank).map(|n| of_stage.outcomes[n].name)
}
