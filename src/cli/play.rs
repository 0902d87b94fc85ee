//! `banwen demo` and `banwen simulate`: a scenario on a simulated clock, told as it happens.

use super::Answer;
use super::scratch::Scratch;
use super::voice::{data, talk};
use crate::case::Case;
use crate::case::event::Event;
use crate::case::story::lines;
use crate::diag::Diagnostic;
use crate::engine::scenario::{self, PlayError, Player, Scenario, Step, StepKind};
use crate::engine::{Engine, Fuse, revive};
use crate::files;
use crate::spool::layout::Spool;
use crate::spool::lock::Lock;
use crate::store::SubmissionOutcome;
use anyhow::{Context, anyhow, bail};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use std::collections::BTreeSet;
use std::path::Path;

/// Tells a demo's spool from a spool somebody needs.
const DEMO_MARK: &str = ".banwen-demo";
/// What the demo's offices lay beside their workbooks, by the paths its scenario names.
const ATTACHMENTS: [(&str, &[u8]); 2] = [
    ("附件/廉政意见.pdf", include_bytes!("../../workflows/scenarios/附件/廉政意见.pdf")),
    ("附件/盖章扫描件.pdf", include_bytes!("../../workflows/scenarios/附件/盖章扫描件.pdf")),
];
/// Longest scenario or definition that is read.
const TEXT_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Plays the shipped round, and says where to look.
pub(super) async fn demo(out: &Path) -> anyhow::Result<Answer> {
    clear(out)?;
    let text = scenario::shipped_scenario("demo").context("the program was built without its demo")?;
    let scenario = scenario::parse("demo.yaml", text).map_err(|problems| told(&problems))?;
    files::create_dirs(out)?;
    files::write_atomic(&out.join(DEMO_MARK), b"laid out by `banwen demo`; played anew the next time\n")?;
    let scratch = Scratch::new()?;
    for (path, bytes) in ATTACHMENTS {
        let target = scratch.path().join(path);
        files::create_dirs(target.parent().unwrap_or(scratch.path()))?;
        files::write_atomic(&target, bytes)?;
    }
    play(&scenario, scratch.path(), out, None).await?;
    where_to_look(out);
    Ok(Answer::Yes)
}

/// A place for the demo: empty, absent, or an earlier demo's.
fn clear(out: &Path) -> anyhow::Result<()> {
    if files::list(out)?.is_empty() {
        return Ok(());
    }
    let shown = out.display();
    if !out.join(DEMO_MARK).is_file() {
        bail!(
            "{shown} is not empty, and no earlier demo\n  hint: --out DIR puts the demo elsewhere, or remove {shown} yourself"
        );
    }
    if let Some(holder) = Lock::holder(&Spool::at(out).lock())? {
        bail!("a daemon serves {shown} ({holder})\n  hint: stop it, or --out DIR puts the demo elsewhere");
    }
    talk(format_args!("{shown} is an earlier demo: it is played anew"));
    files::remove_tree(out).with_context(|| {
        format!("the earlier demo cannot be removed; its archive is read-only: `chmod -R u+w {shown} && rm -r {shown}`, or --out DIR")
    })
}

/// Plays a scenario file.
pub(super) async fn simulate(path: &Path, out: &Path, until: Option<&str>) -> anyhow::Result<Answer> {
    let until = until.map(moment).transpose()?;
    let scenario = match read(path)? {
        Ok(scenario) => scenario,
        Err(problems) => {
            data(told(&problems));
            return Ok(Answer::No);
        }
    };
    if !files::list(out)?.is_empty() {
        bail!("{} is not empty\n  hint: a scenario begins with a new spool; give another --out DIR", out.display());
    }
    play(&scenario, base(path), out, until).await?;
    talk(format_args!("the spool is {0}; look at it with `banwen list --spool {0}`", out.display()));
    Ok(Answer::Yes)
}

/// The text of a file somebody wrote.
pub(super) fn text_of(path: &Path) -> anyhow::Result<String> {
    let bytes = files::read_at_most(path, TEXT_BYTES_MAX)?;
    let bytes = bytes.ok_or_else(|| anyhow!("{} is longer than {TEXT_BYTES_MAX} bytes", path.display()))?;
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))
}

/// A scenario, or every problem of it.
pub(super) fn read(path: &Path) -> anyhow::Result<Result<Scenario, Vec<Diagnostic>>> {
    Ok(scenario::parse(&path.display().to_string(), &text_of(path)?))
}

/// The folder a scenario's paths are relative to.
pub(super) fn base(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Problems as one error.
pub(super) fn told(problems: &[Diagnostic]) -> anyhow::Error {
    anyhow!(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

fn moment(text: &str) -> anyhow::Result<NaiveDateTime> {
    let forms = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
    let full = forms.iter().find_map(|f| NaiveDateTime::parse_from_str(text, f).ok());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|d| d.and_time(NaiveTime::MIN));
    full.or_else(day).ok_or_else(|| anyhow!("`{text}` is not a moment such as 2022-06-06T09:00"))
}

async fn play(scenario: &Scenario, base: &Path, out: &Path, until: Option<NaiveDateTime>) -> anyhow::Result<()> {
    let mut player = Player::begin(scenario, base, out, Fuse::default()).await?;
    let mut after = 0;
    let mut returned = BTreeSet::new();
    let mut wrong = BTreeSet::new();
    tell_problems(out, &mut wrong)?;
    for (n, step) in scenario.steps.iter().enumerate() {
        if until.is_some_and(|u| step.at > u) {
            break;
        }
        let played = player.step(n + 1, step).await;
        tell(&player, &mut after, &mut returned).await?;
        tell_problems(out, &mut wrong)?;
        if let Err(error) = played {
            player.leave().await?;
            return Err(placed(error, step));
        }
    }
    if let Some(until) = until {
        player.step(scenario.steps.len() + 1, &Step { at: until, kind: StepKind::Pass }).await?;
        tell(&player, &mut after, &mut returned).await?;
    }
    Ok(player.leave().await?)
}

/// Tells why definitions were not deployed, as `check` does, each text once.
fn tell_problems(out: &Path, told: &mut BTreeSet<String>) -> anyhow::Result<()> {
    let workflows = Spool::at(out).workflows();
    let inner = files::list(&workflows)?.into_iter().map(|name| workflows.join(name)).filter(|path| path.is_dir());
    for folder in inner.chain([workflows.clone()]).collect::<Vec<_>>() {
        for name in files::list(&folder)?.into_iter().filter(|name| name.to_string_lossy().ends_with(".errors.txt")) {
            let text = text_of(&folder.join(&name))?;
            if told.insert(text.clone()) {
                data(text.trim_end());
            }
        }
    }
    Ok(())
}

/// Where a scenario could not go on.
pub(super) fn placed(error: PlayError, step: &Step) -> anyhow::Error {
    anyhow!(error).context(format!("the scenario cannot go on at {}", step.at.format("%Y-%m-%dT%H:%M")))
}

/// Tells what happened since `after`.
async fn tell(player: &Player, after: &mut u64, returned: &mut BTreeSet<String>) -> anyhow::Result<()> {
    let Some(engine) = player.engine() else { return Ok(()) };
    let mut run: Vec<Event> = Vec::new();
    for recorded in engine.store.all_events(*after, u32::MAX).await? {
        *after = recorded.position;
        let event = revive(recorded)?;
        if run.last().is_some_and(|last| last.stream != event.stream) {
            tell_run(engine, &std::mem::take(&mut run)).await;
        }
        run.push(event);
    }
    tell_run(engine, &run).await;
    tell_returns(engine, returned).await
}

/// Tells of forms that came back and belong to no case, or could not be read: no event speaks of these.
async fn tell_returns(engine: &Engine, told: &mut BTreeSet<String>) -> anyhow::Result<()> {
    let mut fresh = engine.store.submissions(u32::MAX).await?;
    fresh.retain(|record| record.outcome == SubmissionOutcome::Returned && told.insert(record.id.clone()));
    fresh.reverse();
    for record in fresh {
        let cause = format!("submission {}", record.digest);
        let in_a_case = engine.store.all_events(0, u32::MAX).await?.iter().any(|event| event.cause == cause);
        if !in_a_case {
            let numbered = |line: &&str| line.split_once(". ").is_some_and(|(n, _)| n.parse::<u32>().is_ok());
            let why: Vec<&str> = record.answer.lines().filter(numbered).collect();
            let at = record.received_at.format("%Y-%m-%d %H:%M");
            data(format_args!("{at}  {0}  returned to {0}: {1}: {2}", record.office, record.name, why.join(" ")));
        }
    }
    Ok(())
}

/// Tells events of one stream.
async fn tell_run(engine: &Engine, events: &[Event]) {
    let Some(first) = events.first() else { return };
    let core = engine.core.lock().await;
    let program_of = |case: &Case| core.programs.get(&case.closure).cloned();
    let told = match core.cases.get(&first.stream).and_then(|case| Some((case, program_of(case)?))) {
        Some((case, program)) => lines::timeline(&program, case, events, &core.ledgers),
        None => events.iter().map(lines::shared).collect(),
    };
    told.iter().for_each(data);
}

fn where_to_look(out: &Path) {
    let spool = Spool::at(out);
    let shown = out.display();
    data(format_args!("\nWhere to look"));
    let places = [
        (spool.public().join("index.html").display().to_string(), "the page, as the public sees it"),
        (format!("{shown}/offices/…/公文"), "the papers, Word and PDF, as each office got them"),
        (format!("{shown}/offices/…/回执 and …/退件"), "receipts, and what was returned with its reasons"),
        (spool.mail().display().to_string(), "letters, as .eml files"),
        (spool.archive().display().to_string(), "the sealed package"),
        (format!("banwen list --spool {shown}"), "the case; `show`, `due` and `verify` tell more"),
        (format!("banwen run --spool {shown}"), "serves it: drop a workbook into an office's 交件"),
    ];
    for (place, what) in places {
        data(format_args!("  {place}\n      {what}"));
    }
}
