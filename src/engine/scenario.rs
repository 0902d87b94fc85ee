//! Playing a scenario on a simulated clock through exactly the code the daemon runs: real files, the real store, real papers.
//!
//! A scenario is a YAML file: `scenario:` (its name), `start:`, optional `offices:`, `workflows:`, `templates:`, `calendar:`, `calendars:`
//! (paths relative to it, of folders also a list; default: the shipped ones), and `steps:`. Each step has `at:` and one of: `drop: PATH, by: OFFICE`;
//! `fill: FORM, by: OFFICE` with `head:`, `rows:`, `attach:` (what a clerk does in Excel: takes the workbook, fills it, moves
//! it to 交件); `operator: {do: …}`; `stop: true`; `start: true`; `calendar: PATH`; `calendars: PATH` (a region's, named as its file); `offices: PATH`; `definition: PATH`; `mail: [ANSWER…]`;
//! `clock: MOMENT`; or nothing (time passes). Between steps every timer rings and every effect is done at its moment.

mod clerk;
mod inspect;
mod mail;
mod read;
mod shipped;

pub(crate) use mail::MailServer;
pub use read::{Scenario, Step, StepKind, parse};
pub use shipped::{lay_out, shipped_scenario};

use super::commands::Request;
use super::{DROPS_TOGETHER_MAX, Engine, Error, Fuse, Options, QUEUES, Renderer, asking};
use crate::case::event::Event;
use crate::clock::{Clock, Moment};
use crate::spool::layout::Spool;
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
    mail: MailServer,
    said: Option<String>,
}

/// What of a scenario being played does not stand in its spool: with the spool and the steps that are left it is all that
/// the rest of the play depends on.
#[derive(Debug, Clone)]
pub struct Standing {
    now: Moment,
    running: bool,
    mail: mail::Answers,
}

impl Player {
    /// Lays the scenario's spool out in `out` and opens it.
    ///
    /// # Errors
    /// Those of opening.
    pub async fn begin(scenario: &Scenario, base: &Path, out: &Path, fuse: Fuse) -> Result<Player, PlayError> {
        let standing = Player::prepare(scenario, base, out)?;
        Player::resume(base, out, &standing, fuse).await
    }

    /// Lays the scenario's spool out in `out`, as an operator does before the daemon runs for the first time.
    ///
    /// # Errors
    /// The disk's.
    pub fn prepare(scenario: &Scenario, base: &Path, out: &Path) -> Result<Standing, PlayError> {
        shipped::lay_out_for(scenario, base, out)?;
        Ok(Standing { now: scenario.start, running: true, mail: mail::Answers::default() })
    }

    /// Goes on with a play whose spool stands in `out`.
    ///
    /// # Errors
    /// Those of opening.
    pub async fn resume(base: &Path, out: &Path, standing: &Standing, fuse: Fuse) -> Result<Player, PlayError> {
        let options = Options {
            spool: out.to_path_buf(),
            clock: Clock::scenario(standing.now),
            durable: false,
            seed: Some(7),
            patience: Patience::AT_ONCE,
            fuse,
            renderer: Renderer::Here,
            drops_together_max: DROPS_TOGETHER_MAX,
        };
        let mail = MailServer::of(standing.mail.clone());
        let mut player = Player { options, base: base.to_path_buf(), engine: None, mail, said: None };
        if standing.running {
            player.open().await?;
        }
        Ok(player)
    }

    /// What [`Player::resume`] needs besides the spool.
    pub fn standing(&self) -> Standing {
        let now = self.options.clock.now();
        Standing { now, running: self.engine.is_some(), mail: self.mail.answers() }
    }

    /// Leaves the spool as it stands: whoever looks at it afterwards sees it as of now.
    ///
    /// # Errors
    /// The store's.
    pub async fn leave(&self) -> Result<(), PlayError> {
        if let Some(engine) = &self.engine {
            engine.say_played().await?;
        }
        Ok(())
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

    /// What an operator was told last.
    pub fn said(&self) -> Option<&str> {
        self.said.as_deref()
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
            Some(at) => self.step(scenario.steps.len() + 1, &Step { at, kind: StepKind::Pass }).await,
            None => self.settle().await,
        }
    }

    /// Plays one step, crashing and starting again when the fuse blows on the way.
    ///
    /// # Errors
    /// A step that cannot be done.
    pub async fn step(&mut self, n: usize, step: &Step) -> Result<(), PlayError> {
        for _ in 0..WAKES_MAX {
            if self.part(n, step).await? {
                return Ok(());
            }
        }
        Err(PlayError::Step { step: n, why: "its moment never comes".to_string() })
    }

    /// Plays the next part of a step: lets time pass to the next moment before it at which something is due, or, when there
    /// is none, does the step itself. True when it was the step itself.
    ///
    /// # Errors
    /// A step that cannot be done.
    pub async fn part(&mut self, n: usize, step: &Step) -> Result<bool, PlayError> {
        self.settle().await?;
        if let Some(wake) = self.next_wake(step.at).await? {
            self.pass_to(wake).await?;
            return Ok(false);
        }
        self.pass_to(step.at).await?;
        self.perform(n, step).await?;
        self.settle().await?;
        Ok(true)
    }

    async fn perform(&mut self, n: usize, step: &Step) -> Result<(), PlayError> {
        let refused = |why: String| PlayError::Step { step: n, why };
        match &step.kind {
            StepKind::Pass => {}
            StepKind::Stop => self.engine = None,
            StepKind::Start => {
                self.open().await?;
                // the first turn of a daemon: days may have gone by
                self.refresh().await?;
            }
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
            }
            StepKind::Region(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                files::create_dirs(&self.options.spool.join("calendars"))
                    .map_err(|e| e.to_string())
                    .and_then(|()| self.lay(path, &format!("calendars/{name}")))
                    .map_err(refused)?;
            }
            // An operator may change it while the daemon is stopped.
            StepKind::Offices(path) => self.lay(path, "offices.yaml").map_err(refused)?,
            StepKind::Definition(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let folder =
                    if [".md", ".docx"].iter().any(|end| name.ends_with(end)) { "templates" } else { "workflows" };
                self.lay(path, &format!("{folder}/{name}")).map_err(refused)?;
            }
            StepKind::Mail(answers) => self.mail.will_say(answers),
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

    /// Asks as the command line asks a running daemon: the request lies in the spool, and a crash does not lose it.
    async fn operate(&mut self, n: usize, request: &Request) -> Result<(), PlayError> {
        self.running(n)?;
        let spool = Spool::at(&self.options.spool);
        let name = format!("step-{n}-{}", self.options.clock.now().format("%Y%m%d-%H%M%S"));
        asking::hand_over(&spool, &name, request)?;
        self.settle().await?;
        match asking::take_reply(&spool, &name)? {
            Some(reply) if reply.done => {
                self.said = Some(reply.says);
                Ok(())
            }
            Some(reply) => Err(PlayError::Step { step: n, why: reply.says }),
            None => Err(PlayError::Step { step: n, why: "the daemon does not answer".to_string() }),
        }
    }

    /// When something is due next, up to `until`.
    async fn next_wake(&self, until: Moment) -> Result<Option<Moment>, PlayError> {
        let Some(engine) = &self.engine else { return Ok(None) };
        Ok(engine.next_wake().await?.filter(|wake| *wake <= until && *wake > self.options.clock.now()))
    }

    /// Sets the clock and does what is due then.
    async fn pass_to(&mut self, moment: Moment) -> Result<(), PlayError> {
        let before = self.options.clock.now().date();
        self.options.clock.set(moment);
        self.was_alive().await?;
        if moment.date() != before {
            self.refresh().await?;
        }
        self.settle().await
    }

    /// The daemon that ran until now has said so every few seconds, so that a crash now is no outage since the last step.
    async fn was_alive(&self) -> Result<(), PlayError> {
        let Some(engine) = &self.engine else { return Ok(()) };
        if let Some((name, until)) = engine.alive_mark().await? {
            engine.store.set_mark(name, &until).await.map_err(Error::from)?;
        }
        Ok(())
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
            let rested = match round(&engine).await {
                Ok(true) => continue,
                // As the daemon does every few seconds: an outage begins with the last time.
                Ok(false) => engine.say_alive().await,
                Err(error) => Err(error),
            };
            match rested {
                Ok(()) => return Ok(()),
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
