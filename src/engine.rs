//! The motor: takes drops in, asks the kernel, keeps what it decided, and does what that owes the world.
//!
//! Only the engine knows all edges. What it keeps in memory (cases, ledgers) is the fold of the store's log, rebuilt at the
//! start; one lock serialises every decision. `daemon` and `simulate` drive the same calls: [`Engine::look`] takes drops in,
//! [`Engine::ring`] lets due time ring, the [`crate::outbox`] performs effects through [`Engine`]'s `Handlers`.
//!
//! After an error of the store or the disk nothing is half done: a drop stays claimed and is taken up again by
//! [`Engine::open`]; an effect stays leased and is performed again under the same id.

mod archiving;
pub mod asking;
mod beside;
mod blanks;
mod children;
pub mod commands;
mod deploy;
pub mod erasing;
mod fuse;
mod hands;
mod intake;
mod making;
mod memory;
mod migrating;
mod outage;
mod perform;
mod proof;
mod quiet;
pub mod reading;
mod schedule;
mod repairing;
pub mod render;
pub mod scenario;
mod site;
mod succession;
mod telling;
mod understand;
mod untaken;
pub mod verify;
#[cfg(test)]
mod tests;
pub mod viewing;

pub(crate) use deploy::{alone, nearest, too_long};
pub use deploy::{calendar_of, fonts_of, offices_of, settings_of};
pub use fuse::Fuse;
pub use intake::DROPS_TOGETHER_MAX;
pub(crate) use memory::{draft, remember, revive};
pub use render::Renderer;

use crate::case::command::{Asked, Command};
use crate::case::decide::{self, Decision, ITSELF, Refusal};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::{Case, effect};
use crate::clock::{Clock, Moment};
use crate::config::Settings;
use crate::diag::Diagnostic;
use crate::files;
use crate::spool::layout::Spool;
use crate::spool::lock::{self, Lock};
use crate::spool::settle::Patience;
use crate::store::chain::Secret;
use crate::store::{self, Acceptance, EffectDraft, Store, SubmissionRecord, sqlite};
use crate::workflow::Register;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Queues of the outbox, in the order the simulator drains them.
pub const QUEUES: [&str; 5] = ["render", "deliver", "mail", "publish", "archive"];
/// Events read from the store at once while rebuilding.
const REBUILD_EVENTS: u32 = 10_000;

/// Why the engine could not do something.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// the store
    #[error(transparent)]
    Store(#[from] store::Error),
    /// the disk
    #[error(transparent)]
    Files(#[from] files::Error),
    /// another daemon has the spool
    #[error(transparent)]
    Lock(#[from] lock::Error),
    /// definitions, offices or settings that cannot be read; nothing was changed
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Text(Vec<Diagnostic>),
    /// the fonts
    #[error("{0}")]
    Fonts(String),
    /// what is stored cannot be understood
    #[error("the log cannot be read: {0}")]
    Log(String),
    /// a test cut the power here
    #[error("the fuse blew before `{0}`")]
    Fuse(&'static str),
}

impl Error {
    /// Waiting may heal it.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Store(error) => error.is_transient(),
            Error::Files(error) => error.is_transient(),
            Error::Lock(_) | Error::Text(_) | Error::Fonts(_) | Error::Log(_) | Error::Fuse(_) => false,
        }
    }

    /// Nothing may go on after it: the store is damaged or newer, or a test cut the power.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Error::Fuse(_) | Error::Store(store::Error::Fault(_) | store::Error::Newer { .. }))
    }
}

/// How an engine is opened.
#[derive(Clone)]
pub struct Options {
    /// root of the spool
    pub spool: PathBuf,
    /// the clock
    pub clock: Clock,
    /// sync every acceptance to the disk; false only in simulations
    pub durable: bool,
    /// seed of the salts, for reproducible simulations
    pub seed: Option<u64>,
    /// how long a drop must stand still
    pub patience: Patience,
    /// where a test cuts the power
    pub fuse: Fuse,
    /// where papers are made
    pub renderer: Renderer,
    /// drops that are taken in together, so that the disk syncs them together; at least 1
    pub drops_together_max: usize,
}

/// The engine.
pub struct Engine {
    pub(crate) spool: Spool,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Clock,
    pub(crate) workshop: render::Workshop,
    pub(crate) renderer: Renderer,
    pub(crate) drops_together_max: usize,
    pub(crate) settings: Settings,
    pub(crate) core: Mutex<Core>,
    pub(crate) fuse: Fuse,
    /// by the digest of a public PDF, those of its texts that may hold something private
    suspects: std::sync::Mutex<BTreeMap<String, Vec<crate::publish::Placed>>>,
    mail_server: std::sync::OnceLock<scenario::MailServer>,
    on_progress: std::sync::OnceLock<fn()>,
    _lock: Lock,
}

/// What is kept in memory: the fold of the log, and what stands in the folders of definitions.
pub(crate) struct Core {
    pub(crate) programs: BTreeMap<String, Program>,
    pub(crate) deployed: BTreeMap<String, String>,
    pub(crate) registers: BTreeMap<String, Register>,
    pub(crate) cases: BTreeMap<String, Case>,
    pub(crate) ledgers: Ledgers,
    pub(crate) ends: BTreeMap<String, u64>,
    /// since when each schedule that opens cases is in force, by its stream
    pub(crate) scheduled_since: BTreeMap<String, Moment>,
    pub(crate) drops: intake::Drops,
    pub(crate) print: String,
    pub(crate) dirty: bool,
    /// folders of offices that could not be made yet
    pub(crate) unmade: Vec<String>,
}

impl Engine {
    /// Opens a spool: takes its lock, reads offices and definitions, rebuilds every case from the log, answers the drops
    /// a crash left without an answer.
    ///
    /// # Errors
    /// [`Error::Lock`] when another daemon has it; [`Error::Text`] when offices or settings cannot be read.
    pub async fn open(options: Options) -> Result<Arc<Engine>, Error> {
        let spool = Spool::at(&options.spool).read_by(reading::reader(&options.renderer));
        files::create_dirs(&spool.state())?;
        let lock = Lock::take(&spool.lock(), options.clock.now())?;
        spool.create()?;
        let settings = deploy::settings(&spool)?;
        let workshop = deploy::workshop(&spool, &settings)?;
        if let Some(office) = workshop.office() {
            // what a suite that was cut off still holds is not worth a start
            if let Err(error) = office.sweep() {
                tracing::warn!("the office suite's old folders stay: {error}");
            }
        }
        let secret = match options.seed {
            Some(seed) => Secret::fixed(seed),
            None => Secret::fresh()?,
        };
        let database = spool.state().join("banwen.db");
        let opened = sqlite::Sqlite::open(&database, sqlite::Settings { secret, durable: options.durable }).await?;
        let store: Arc<dyn Store> = Arc::new(opened);
        store.recover(options.clock.now()).await?;
        let (offices, calendar) = deploy::dated(&spool)?;
        let core = Core {
            programs: BTreeMap::new(),
            deployed: BTreeMap::new(),
            registers: BTreeMap::new(),
            cases: BTreeMap::new(),
            ledgers: Ledgers::new(Arc::new(offices), Arc::new(calendar)),
            ends: BTreeMap::new(),
            scheduled_since: BTreeMap::new(),
            drops: intake::Drops::new(options.patience),
            print: String::new(),
            dirty: true,
            unmade: Vec::new(),
        };
        let engine = Arc::new(Engine {
            spool,
            store,
            clock: options.clock,
            workshop,
            renderer: options.renderer,
            drops_together_max: options.drops_together_max.max(1),
            settings,
            core: Mutex::new(core),
            fuse: options.fuse,
            suspects: std::sync::Mutex::default(),
            mail_server: std::sync::OnceLock::new(),
            on_progress: std::sync::OnceLock::new(),
            _lock: lock,
        });
        engine.rebuild().await?;
        engine.reload().await?;
        engine.answer_left_over().await?;
        Ok(engine)
    }

    /// Passes on what offices that are gone still owe, and rings whatever is due now, in every case; gives how often one moved.
    ///
    /// # Errors
    /// The store's.
    pub async fn ring(&self) -> Result<usize, Error> {
        let mut core = self.core.lock().await;
        let now = self.clock.now();
        if core.drops.settling(now) {
            return Ok(0);
        }
        let mut rang = 0;
        let passing = succession::passing(&core, now).into_iter().map(|id| (id, "offices", Command::OfficesChanged));
        let due = due_cases(&core, now).into_iter().map(|id| (id, "timer", Command::Ring));
        for (id, cause, command) in passing.chain(due).collect::<Vec<_>>() {
            let asked = Asked { by: ITSELF.to_string(), on_behalf: None, cause: cause.to_string(), command };
            match self.ask(&mut core, &id, &asked, now).await {
                Ok(Ok(events)) => rang += usize::from(events > 0),
                Ok(Err(refusal)) => tracing::error!("{id}: what is due cannot happen: {}", sentences(&refusal)),
                Err(Error::Store(conflict)) if conflict.is_conflict() => {
                    tracing::warn!("{id}: not rung now: {conflict}")
                }
                Err(error) => return Err(error),
            }
        }
        let opened = self.open_scheduled(&mut core, now).await?;
        Ok(rang + opened + self.tend_children(&mut core, now).await?)
    }

    /// Calls this after every drop, so that many drops at once do not look like a loop that stands still.
    pub(crate) fn on_progress(&self, tell: fn()) {
        let _ = self.on_progress.set(tell);
    }

    pub(crate) fn progress(&self) {
        if let Some(tell) = self.on_progress.get() {
            tell();
        }
    }

    /// Lets the mail server of a scenario answer.
    pub(crate) fn answer_mail_with(&self, server: scenario::MailServer) {
        let _ = self.mail_server.set(server);
    }

    /// When something is due next: a clock or schedule of a case, a succession of offices, or an effect that waits.
    ///
    /// # Errors
    /// The store's.
    pub async fn next_wake(&self) -> Result<Option<Moment>, Error> {
        let core = self.core.lock().await;
        let timers = core.cases.values().filter_map(|case| {
            let program = core.programs.get(&case.closure)?;
            decide::next_wake(program, case, &core.ledgers.calendar)
        });
        let timer = timers.chain(schedule::next_opening(&core, self.clock.now())).min();
        let effect = self.store.next_due(&QUEUES).await?;
        Ok(timer.into_iter().chain(effect).chain(succession::next(&core)).min())
    }

    /// Puts a command to a case and keeps what it decides. Gives the number of events, or the refusal. When somebody else
    /// wrote to the case meanwhile, it is decided once more on what stands there now.
    pub(crate) async fn ask(
        &self,
        core: &mut Core,
        id: &str,
        asked: &Asked,
        now: Moment,
    ) -> Result<Result<usize, Refusal>, Error> {
        match self.ask_once(core, id, asked, now).await {
            Err(Error::Store(store::Error::Conflict { stream, .. })) => {
                self.catch_up(core, &stream).await?;
                self.ask_once(core, id, asked, now).await
            }
            answer => answer,
        }
    }

    async fn ask_once(
        &self,
        core: &mut Core,
        id: &str,
        asked: &Asked,
        now: Moment,
    ) -> Result<Result<usize, Refusal>, Error> {
        let Some(case) = core.cases.get(id) else {
            let fault = crate::submission::Fault::at("", format!("没有案卷“{id}”。"));
            return Ok(Err(Refusal { faults: vec![fault] }));
        };
        let Some(program) = core.programs.get(&case.closure).cloned() else {
            return Err(Error::Log(format!("the closure of case {id} is missing")));
        };
        self.lay_beside(core, &program, Some(id), Some(&asked.command), now).await?;
        let Some(case) = core.cases.get(id) else { return Ok(Ok(0)) };
        let decision = match decide::decide(&program, case, asked, &core.ledgers, now) {
            Ok(decision) => decision,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let count = decision.events.len();
        if count > 0 {
            self.keep(core, &program, decision, None).await?;
        }
        Ok(Ok(count))
    }

    /// Keeps a decision in one transaction with what it owes, and then in memory.
    pub(crate) async fn keep(
        &self,
        core: &mut Core,
        program: &Program,
        decision: Decision,
        submission: Option<SubmissionRecord>,
    ) -> Result<(), Error> {
        let acceptance = acceptance(program, &decision, submission)?;
        self.accept(acceptance).await?;
        remember(core, decision);
        Ok(())
    }
}

/// Cases in which something is due.
fn due_cases(core: &Core, now: Moment) -> Vec<String> {
    let due = core.cases.values().filter(|case| {
        let program = core.programs.get(&case.closure);
        let due = program.and_then(|p| decide::next_wake(p, case, &core.ledgers.calendar));
        // What was handed in before the limit is answered before the limit rings.
        due.is_some_and(|at| at <= now && !core.drops.postpone(at, now))
    });
    due.map(|c| c.id.clone()).collect()
}

/// One transaction's worth: events, the effects they owe, the submission they answer.
pub(crate) fn acceptance(
    program: &Program,
    decision: &Decision,
    submission: Option<SubmissionRecord>,
) -> Result<Acceptance, Error> {
    let at = decision.events.last().map_or_else(Moment::default, |e| e.at);
    let mut acceptance = Acceptance::at(at);
    for event in &decision.events {
        acceptance.events.push(draft(event)?);
        for (id, owed) in effect::owed(program.workflow(), &decision.ledgers.offices, &decision.case, event) {
            let payload = serde_json::to_value(&owed).map_err(|e| Error::Log(e.to_string()))?;
            let patience = store::Patience::default();
            acceptance.effects.push(EffectDraft {
                id,
                queue: owed.queue().to_string(),
                payload,
                run_at: event.at,
                patience,
            });
        }
    }
    if let Some(submission) = submission.as_ref().filter(|_| !decision.returned.is_empty()) {
        acceptance.marks.push((intake::partly_mark(&submission.id), String::new()));
    }
    acceptance.submission = submission.map(|mut s| {
        s.first_event = decision.events.first().map(|e| (e.stream.clone(), e.seq));
        s
    });
    Ok(acceptance)
}

/// A refusal's reasons on one line, for the log.
pub(crate) fn sentences(refusal: &Refusal) -> String {
    refusal.faults.iter().map(|f| f.say.clone()).collect::<Vec<_>>().join(" ")
}
