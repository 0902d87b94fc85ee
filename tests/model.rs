//! A model of the kernel: a second, slow, plain implementation of position, gates and rounds, told the same commands.
//!
//! After every command both must say the same of every item, batch, intake, workbook and question, and of when time matters
//! next; what one refuses the other refuses. Every invariant holds after every event, and the state is the fold of the log.
//! `BANWEN_MODEL_RUNS` says how many random runs, from a seed that is new each time; `BANWEN_MODEL_SEED` repeats one; the seeds are
//! printed.

#![expect(clippy::unwrap_used, reason = "a test that cannot set out has failed")]

#[path = "model/command.rs"]
mod command;
#[path = "model/definition.rs"]
mod definition;
#[path = "model/ending.rs"]
mod ending;
#[path = "model/found.rs"]
mod found;
#[path = "model/letter.rs"]
mod letter;
#[path = "model/listing.rs"]
mod listing;
#[path = "model/noticed.rs"]
mod noticed;
#[path = "model/plain.rs"]
mod plain;
#[path = "model/play.rs"]
mod play;
#[path = "model/random.rs"]
mod random;
#[path = "model/small.rs"]
mod small;
#[path = "model/spoilt.rs"]
mod spoilt;
#[path = "model/unsaid.rs"]
mod unsaid;
#[path = "model/view.rs"]
mod view;

use definition::{Go, Outcome};
use play::{Play, Wrong};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use random::Numbers;
use std::cell::Cell;

/// Random runs when nothing else is said, and where they begin: a suite says the same twice.
const RUNS: u64 = 2_000;
const FIRST_SEED: u64 = 121_736_553_037_824;
/// Stages of a definition beside its intakes and its filing.
const STAGES_MAX: usize = 4;
/// Commands of a run.
const COMMANDS_MAX: usize = 60;
/// Commands after the case has closed.
const AFTER_MAX: usize = 2;

/// What was tried and what came of it.
#[derive(Default)]
struct Counted {
    runs: Cell<u64>,
    refused_by_the_checker: Cell<u64>,
    obeyed: Cell<u64>,
    refused: Cell<u64>,
    closed: Cell<u64>,
    /// commands that it took to close the others
    to_the_end: Cell<u64>,
}

fn more(count: &Cell<u64>) {
    count.set(count.get() + 1);
}

/// A number that whoever runs this asks for.
fn said(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// One random run; nothing when the checker refuses the definition.
fn run(head: Numbers, stages: &[Numbers], commands: &[Numbers], counted: &Counted) -> Result<(), Wrong> {
    let definition = random::definition(head, stages);
    let Some(opened) = Play::open(&definition, true) else {
        more(&counted.refused_by_the_checker);
        return Ok(());
    };
    more(&counted.runs);
    let told = |said: &[String], wrong: Wrong| {
        format!("{wrong}\nafter:\n  {}\nunder:\n{}", said.join("\n  "), definition.yaml())
    };
    let (mut said, mut after) = (Vec::new(), 0);
    let mut play = opened.map_err(|wrong| told(&said, wrong))?;
    // from somewhere amid, where most is still under way, and from where it stands last
    let amid = usize::from(head[7]) % commands.len();
    for (n, numbers) in commands.iter().enumerate() {
        if n == amid {
            end(&play, counted).map_err(|wrong| told(&said, wrong))?;
        }
        let command = random::command(&play.model, *numbers);
        let obeyed = play.tell(&command).map_err(|wrong| told(&said, format!("{wrong}at {command:?}")))?;
        more(if obeyed { &counted.obeyed } else { &counted.refused });
        said.push(format!("{}{command:?}", if obeyed { "" } else { "refused: " }));
        after += usize::from(play.model.closed.is_some());
        if after > AFTER_MAX {
            break;
        }
    }
    if play.model.closed.is_some() {
        more(&counted.closed);
    }
    end(&play, counted).map_err(|wrong| told(&said, wrong))
}

/// From here on it can be brought to its end.
fn end(play: &Play, counted: &Counted) -> Result<(), Wrong> {
    let mut play = play.clone();
    let told = ending::close(&mut play)?;
    counted.to_the_end.set(counted.to_the_end.get() + told.len() as u64);
    Ok(())
}

/// Random runs of one seed, the first of which that goes wrong is shrunk and told.
fn run_seed(seed: u64, counted: &Counted) {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases: 1, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let numbers = || any::<Numbers>();
    let strategy = (numbers(), vec(numbers(), 1..=STAGES_MAX), vec(numbers(), 8..=COMMANDS_MAX));
    let ran = runner
        .run(&strategy, |(head, stages, commands)| run(head, &stages, &commands, counted).map_err(TestCaseError::fail));
    match ran {
        Ok(()) => {}
        Err(TestError::Fail(why, _)) => panic!("BANWEN_MODEL_SEED={seed} repeats this:\n{why}"),
        Err(TestError::Abort(why)) => panic!("BANWEN_MODEL_SEED={seed} was not run: {why}"),
    }
}

#[test]
fn random_runs_on_random_definitions_end_as_the_model_says() {
    let counted = Counted::default();
    let (first, runs) = match (said("BANWEN_MODEL_SEED"), said("BANWEN_MODEL_RUNS")) {
        (Some(seed), _) => (seed, 1),
        (None, Some(runs)) => (u64::from(std::process::id()) << 32, runs),
        (None, None) => (FIRST_SEED, RUNS),
    };
    println!("BANWEN_MODEL_SEED={first} and the {runs} from there");
    for seed in first..first + runs {
        run_seed(seed, &counted);
    }
    println!("{} answers taken back and given anew", unsaid::TAKEN_BACK.load(std::sync::atomic::Ordering::Relaxed));
    println!(
        "{} runs ({} definitions refused by the checker): {} commands obeyed, {} refused, {} cases closed; {} commands to close from elsewhere",
        counted.runs.get(),
        counted.refused_by_the_checker.get(),
        counted.obeyed.get(),
        counted.refused.get(),
        counted.closed.get(),
        counted.to_the_end.get()
    );
}
