//! A spool as it stands, for those who only look: no lock is taken and nothing is decided, so a daemon may run beside it.
//!
//! Cases and ledgers are folded from the log exactly as the engine folds them. What cannot be read of the definitions is
//! left out and named in [`View::missing`]; a spool without a log has no cases.

use super::{Error, REBUILD_EVENTS, deploy, outage, revive};
use crate::case::Case;
use crate::case::event::{Event, Fields};
use crate::case::ledger::Ledgers;
use crate::case::program::{Program, Proof, Proofed};
use crate::clock::{Clock, Moment};
use crate::spool::layout::Spool;
use crate::store::chain::Secret;
use crate::store::{Store, sqlite};
use crate::workflow::check;
use crate::workflow::parse::{self, Parsed};
use crate::workflow::{Closure, Register};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Name of the database below `state/`.
const DATABASE: &str = "banwen.db";

/// What there is to see.
pub struct View {
    /// the spool
    pub spool: Spool,
    /// its log; None when no daemon ever ran here
    pub store: Option<Arc<dyn Store>>,
    /// closures by digest: those cases run under, and those that stand in the folders now
    pub programs: BTreeMap<String, Program>,
    /// digest of the closure a workflow would be opened with now
    pub deployed: BTreeMap<String, String>,
    /// registers by name
    pub registers: BTreeMap<String, Register>,
    /// every case by id
    pub cases: BTreeMap<String, Case>,
    /// everything cases share
    pub ledgers: Ledgers,
    /// what could not be read, one sentence each
    pub missing: Vec<String>,
    /// the present moment of the spool: the machine's, or that at which the play stopped that left it so
    pub now: Moment,
}

/// Nothing is proofed by looking.
struct NoProof;

impl Proof for NoProof {
    fn proof(&self, _: &str, _: &str, _: &Fields) -> Result<Proofed, Vec<String>> {
        Err(vec!["this is a view; papers are made by the daemon".to_string()])
    }
}

fn program(closure: Closure) -> Program {
    Program::new(Arc::new(closure), Arc::new(NoProof))
}

/// Looks at the spool below `root`.
///
/// # Errors
/// [`Error::Text`] when offices or calendar cannot be read; the store's; [`Error::Log`] when an event cannot be understood.
pub async fn look(root: &Path) -> Result<View, Error> {
    let spool = Spool::at(root);
    let (offices, calendar) = deploy::dated(&spool)?;
    let database = spool.state().join(DATABASE);
    let store: Option<Arc<dyn Store>> = if database.is_file() {
        // Whoever only looks salts nothing.
        let settings = sqlite::Settings { secret: Secret::fixed(0), durable: true };
        Some(Arc::new(sqlite::Sqlite::open(&database, settings).await?))
    } else {
        None
    };
    let now = match &store {
        Some(store) => outage::played_until(store.as_ref()).await?,
        None => None,
    };
    let now = now.unwrap_or_else(|| Clock::machine().now());
    let ledgers = Ledgers::new(Arc::new(offices.on(now.date())), Arc::new(calendar));
    let mut view = View {
        spool,
        store,
        programs: BTreeMap::new(),
        deployed: BTreeMap::new(),
        registers: BTreeMap::new(),
        cases: BTreeMap::new(),
        ledgers,
        missing: Vec::new(),
        now,
    };
    view.read_definitions().await?;
    view.fold().await?;
    view.read_closures().await?;
    Ok(view)
}

impl View {
    /// The program a case runs under.
    pub fn program(&self, case: &Case) -> Option<&Program> {
        self.programs.get(&case.closure)
    }

    /// The program a workflow would be opened with now.
    pub fn deployed(&self, workflow: &str) -> Option<&Program> {
        self.programs.get(self.deployed.get(workflow)?)
    }

    /// The events of one stream, in order.
    ///
    /// # Errors
    /// The store's; [`Error::Log`] when one cannot be understood.
    pub async fn log(&self, stream: &str) -> Result<Vec<Event>, Error> {
        let Some(store) = &self.store else { return Ok(Vec::new()) };
        store.events(stream).await?.into_iter().map(revive).collect()
    }

    async fn fold(&mut self) -> Result<(), Error> {
        let Some(store) = self.store.clone() else { return Ok(()) };
        let mut after = 0;
        loop {
            let events = store.all_events(after, REBUILD_EVENTS).await?;
            let Some(last) = events.last() else { return Ok(()) };
            after = last.position;
            for recorded in events {
                let event = revive(recorded)?;
                self.ledgers.apply(&event);
                match self.cases.get_mut(&event.stream) {
                    Some(case) => case.apply(&event),
                    None => {
                        if let Some(case) = Case::opened(&event) {
                            self.cases.insert(event.stream.clone(), case);
                        }
                    }
                }
            }
        }
    }

    async fn read_definitions(&mut self) -> Result<(), Error> {
        let found = deploy::sources(&self.spool.workflows(), &self.spool.templates())?;
        self.missing.extend(found.problems.iter().map(ToString::to_string));
        let years = self.ledgers.calendar.official_years().to_vec();
        for (path, text) in &found.workflows {
            let mut all = found.beside(path);
            all.insert("workflow.yaml".to_string(), text.clone());
            let deployed = check::deploy_among(path, &all, Some(&self.ledgers.offices), &years, Some(&found.beside));
            let deployed = deploy::fit(&found, path, text, deployed);
            match deployed {
                Ok(deployed) => {
                    let (name, digest) = (deployed.closure.workflow.name.clone(), deployed.closure.digest.clone());
                    self.programs.insert(digest.clone(), program(deployed.closure));
                    self.deployed.insert(name, digest);
                }
                Err(problems) => {
                    self.missing.extend(problems.iter().map(ToString::to_string));
                    self.read_version_before(path).await?;
                }
            }
        }
        for path in found.unread() {
            self.read_version_before(path).await?;
        }
        for (name, text) in &found.registers {
            if let Ok(Parsed::Register(register)) = parse::parse(name, text) {
                self.registers.insert(register.name.clone(), register);
            }
        }
        Ok(())
    }

    /// What is in force while a definition's file does not check: the version before.
    async fn read_version_before(&mut self, path: &str) -> Result<(), Error> {
        let Some(store) = self.store.clone() else { return Ok(()) };
        let Some(digest) = store.mark(&deploy::mark(&self.spool, path)).await? else { return Ok(()) };
        self.read_closure(&store, &digest).await?;
        if let Some(program) = self.programs.get(&digest) {
            self.deployed.insert(program.workflow().name.clone(), digest);
        }
        Ok(())
    }

    async fn read_closures(&mut self) -> Result<(), Error> {
        let Some(store) = self.store.clone() else { return Ok(()) };
        let wanted: Vec<String> = self.cases.values().flat_map(|c| c.closures()).map(str::to_string).collect();
        for digest in wanted {
            self.read_closure(&store, &digest).await?;
        }
        Ok(())
    }

    async fn read_closure(&mut self, store: &Arc<dyn Store>, digest: &str) -> Result<(), Error> {
        if self.programs.contains_key(digest) {
            return Ok(());
        }
        let Some(stored) = store.closure(digest).await? else {
            self.missing.push(format!("closure {digest} is not in the store"));
            return Ok(());
        };
        let sources: BTreeMap<String, String> =
            serde_json::from_value(stored).map_err(|e| Error::Log(e.to_string()))?;
        match check::reload(&sources) {
            Ok(closure) => drop(self.programs.insert(digest.to_string(), program(closure))),
            Err(problems) => self.missing.extend(problems.iter().map(|p| format!("closure {digest}: {p}"))),
        }
        Ok(())
    }
}
