//! Playing a scenario on a simulated clock through exactly the code the daemon runs: real files, the real store, real papers.
//!
//! A scenario is a YAML file: `scenario:` (its name), `start:`, optional `offices:`, `workflows:`, `templates:`, `calendar:`
//! (paths relative to it; default: the shipped ones), and `steps:`. Each step has `at:` and one of: `drop: PATH, by: OFFICE`;
//! `fill: FORM, by: OFFICE` with `head:`, `rows:`, `attach:` (what a clerk does in Excel: takes the workbook, fills it, moves
//! it to 交件); `operator: {do: …}`; `stop: true`; `start: true`; `calendar: PATH`; `offices: PATH`; `mail: [ANSWER…]`;
//! `clock: MOMENT`; or nothing (time passes). Between steps every timer rings and every effect is done at its moment.

mod clerk;
mod inspect;
mod read;
mod shipped;

pub use read::{Scenario, Step, StepKind, parse};
pub use shipped::{lay_out, shipped_scenario};

use super::commands::Request;
use super::{Engine, Error, Fuse, Options, QUEUES, Renderer};
use crate::case::event::Event;
use crate::clock::{Clock, Moment};
use crate::spool::settle::Patience;
use crate::{files, outbox};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rounds of one moment; more means that something answers itself for ever.
const ROUNDS_MAX: usize = 10_000;
/// Wakes between two steps.
const WAKES_MAX: usize = 100_000;

/// Why a scenario could not be played.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// the engine
    #[error(transparent)]
    Engine(#[from] Error),
    /// a step that cannot be done
    #[error("step {step}: {why}")]
    Step {
        /// 1-based
        step: usize,
        /// what is wrong
        why: String,
    },
}

/// A scenario being played.
pub struct Player {
    options: Options,
    base: PathBuf,
    engine: Option<Arc<Engine>>,
    mail: Arc<std::sync::Mutex<std::collections::VecDeque<String>>>,
}

impl Player {
    /// Lays the scenario's spool out in `out` and opens it.
    ///
    /// # Errors
    /// Those of opening.
    pub async fn begin(scenario: &Scenario, base: &Path, out: &Path, fuse: Fuse) -> Result<Player, PlayError> {
        shipped::lay_out_for(scenario, base, out)?;
        let options = Options {
            spool: out.to_path_buf(),
            clock: Clock::scenario(scenario.start),
            durable: false,
            seed: Some(7),
            patience: Patience::AT_ONCE,
            fuse,
            renderer: Renderer::Here,
        };
        let mut player = Player { options, base: base.to_path_buf(), engine: None, mail: Arc::default() };
        player.open().await?;
        Ok(player)
    }

    async fn open(&mut self) -> Result<(), PlayError> {
        let opened = match Engine::open(self.options.clone()).await {
            Err(_) if self.options.fuse.blown() => {
                self.options.fuse = Fuse::default();
                Engine::open(self.options.clone()).await
            }
            opened => opened,
        };
        let engine = opened?;
        engine.answer_mail_with(self.mail.clone());
        self.engine = Some(engine);
        Ok(())
    }

    /// The engine, while it runs.
    pub fn engine(&self) -> Option<&Arc<Engine>> {
        self.engine.as_ref()
    }

    /// Ends the engine as a crash would, and starts it again; a blown fuse stays blown.
    ///
    /// # Errors
    /// Those of opening.
    pub async fn restart(&mut self) -> Result<(), PlayError> {
        self.engine = None;
        self.open().await
    }

    /// Plays all steps until `until`, and lets what is due by then happen.
    ///
    /// # Errors
    /// The first step that cannot be done.
    pub async fn play(&mut self, scenario: &Scenario, until: Option<Moment>) -> Result<(), PlayError> {
        for (n, step) in scenario.steps.iter().enumerate() {
            if until.is_some_and(|u| step.at > u) {
                break;
            }
            self.step(n + 1, step).await?;
        }
        match until {
            Some(until) => self.pass_until(until).await,
            None => self.settle().await,
        }
    }

    /// Plays one step, crashing and starting again when the fuse blows on the way.
    ///
    /// # Errors
    /// A step that cannot be done.
    pub async fn step(&mut self, n: usize, step: &Step) -> Result<(), PlayError> {
        self.pass_until(step.at).await?;
        self.perform(n, step).await?;
        self.settle().await
    }

    async fn perform(&mut self, n: usize, step: &Step) -> Result<(), PlayError> {
        let refused = |why: String| PlayError::Step { step: n, why };
        match &step.kind {
            StepKind::Pass => {}
            StepKind::Stop => {
                // The running daemon leaves this mark every few seconds; the outage begins with the last one.
                if let Some(engine) = self.engine.take() {
                    let now = self.options.clock.now().format("%Y-%m-%dT%H:%M:%S").to_string();
                    engine.store.set_mark(super::ALIVE, &now).await.map_err(Error::from)?;
                }
            }
            StepKind::Start => self.open().await?,
            StepKind::Drop { path, by } => {
                clerk::drop(&self.options.spool, &self.base.join(path), by).map_err(refused)?;
            }
            StepKind::Fill(fill) => {
                let engine = self.running(n)?;
                clerk::fill(&engine, fill, &self.base).await.map_err(refused)?;
            }
            StepKind::Operator(request) => self.operate(n, request).await?,
            StepKind::Calendar(path) => {
                self.lay(path, "calendar.csv").map_err(refused)?;
                self.running(n)?.reload().await?;
            }
            // An operator may change it while the daemon is stopped.
            StepKind::Offices(path) => self.lay(path, "offices.yaml").map_err(refused)?,
            StepKind::Mail(answers) => {
                let mut queue = self.mail.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                queue.extend(answers.iter().cloned());
            }
            StepKind::Clock(moment) => self.options.clock.set(*moment),
        }
        Ok(())
    }

    /// Lays a file of the scenario over one of the spool.
    fn lay(&self, path: &Path, over: &str) -> Result<(), String> {
        let bytes = std::fs::read(self.base.join(path)).map_err(|e| format!("{}: {e}", path.display()))?;
        files::write_atomic(&self.options.spool.join(over), &bytes).map_err(|e| e.to_string())
    }

    fn running(&self, n: usize) -> Result<Arc<Engine>, PlayError> {
        self.engine.clone().ok_or_else(|| PlayError::Step { step: n, why: "the daemon is stopped".to_string() })
    }

    async fn operate(&self, n: usize, request: &Request) -> Result<(), PlayError> {
        let reply = self.running(n)?.operate(request).await?;
        if reply.done { Ok(()) } else { Err(PlayError::Step { step: n, why: reply.says }) }
    }

    /// Lets time pass: rings and does what is due, moment by moment, up to `until`.
    async fn pass_until(&mut self, until: Moment) -> Result<(), PlayError> {
        for _ in 0..WAKES_MAX {
            self.settle().await?;
            let Some(engine) = &self.engine else { break };
            let wake = engine.next_wake().await?.filter(|w| *w <= until && *w > self.options.clock.now());
            let Some(wake) = wake else { break };
            let before = self.options.clock.now().date();
            self.options.clock.set(wake);
            if wake.date() != before {
                self.refresh().await?;
            }
        }
        let before = self.options.clock.now().date();
        self.options.clock.set(until);
        if until.date() != before {
            self.refresh().await?;
        }
        self.settle().await
    }

    /// A new day: the page is written anew, after a crash again.
    async fn refresh(&mut self) -> Result<(), PlayError> {
        let Some(engine) = self.engine.clone() else { return Ok(()) };
        let Err(why) = engine.refresh_page().await else { return Ok(()) };
        if !self.options.fuse.blown() {
            tracing::error!("the page: {why}");
            return Ok(());
        }
        drop(engine);
        self.options.fuse = Fuse::default();
        self.restart().await?;
        if let Some(engine) = &self.engine {
            engine.refresh_page().await.map_err(Error::Log)?;
        }
        Ok(())
    }

    /// Does everything that can be done now; starts again after a crash.
    async fn settle(&mut self) -> Result<(), PlayError> {
        for _ in 0..ROUNDS_MAX {
            let Some(engine) = self.engine.clone() else { return Ok(()) };
            match round(&engine).await {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(_) if self.options.fuse.blown() => {
                    drop(engine);
                    self.options.fuse = Fuse::default();
                    self.restart().await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(PlayError::Step { step: 0, why: "the spool never comes to rest".to_string() })
    }

    /// Every event of every stream so far, in the order they were accepted.
    ///
    /// # Errors
    /// The store's.
    pub async fn events(&self) -> Result<Vec<Event>, PlayError> {
        let Some(engine) = &self.engine else { return Ok(Vec::new()) };
        let recorded = engine.store.all_events(0, u32::MAX).await.map_err(Error::from)?;
        let events: Result<Vec<Event>, Error> = recorded.into_iter().map(super::revive).collect();
        Ok(events?)
    }
}

/// One round: drops, due time, effects, blanks. True when anything happened.
///
/// # Errors
/// The engine's.
pub async fn round(engine: &Arc<Engine>) -> Result<bool, Error> {
    engine.operate_waiting().await?;
    let reloaded = engine.reload().await?;
    let answered = engine.look().await?;
    let rang = engine.ring().await?;
    let mut done = 0;
    while outbox::step(engine.store.as_ref(), engine.as_ref(), &engine.clock, &QUEUES).await?.is_some() {
        if engine.fuse.blown() {
            return Err(Error::Fuse("an effect"));
        }
        done += 1;
    }
    engine.lay_out_blanks().await?;
    Ok(reloaded || answered > 0 || rang > 0 || done > 0)
}
