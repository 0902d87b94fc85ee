//! What stands in the spool beside drops: offices, calendar, settings, definitions; read at the start and when it changes.
//!
//! A definition is deployed only when it checks clean; what is wrong with it is written beside it in `NAME.yaml.errors.txt`
//! and the version before stays in force, over a restart too, as long as the file stands there. Running cases keep the
//! closure they began with, whatever happens here.

use super::proof::Prover;
use super::{Core, Engine, Error};
use crate::calendar::Calendar;
use crate::case::Case;
use crate::case::command::{Asked, Command};
use crate::case::decide::{self, ITSELF};
use crate::case::program::Program;
use crate::config::{self, Settings};
use crate::diag::{Diagnostic, Place, Severity};
use crate::files;
use crate::spool::layout::Spool;
use crate::workflow::check;
use crate::workflow::offices::{Offices, unknown_calendars};
use crate::workflow::parse::{self, Parsed};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

mod among;
mod sources;
mod tools;
mod words;

pub(crate) use among::nearest;
pub(crate) use sources::{Sources, sources};
use sources::{is_template, is_yaml, walk};
pub(super) use tools::workshop;
pub use tools::{calendar_of, fonts_of, offices_of, settings_of};
pub(super) use words::fit;
pub(crate) use words::{alone, too_long};

/// Longest text file read from the folders of definitions.
const TEXT_BYTES_MAX: u64 = 1024 * 1024;

fn unreadable(path: &Path, message: String) -> Vec<Diagnostic> {
    let place = Place { path: path.display().to_string(), line: 0, column: 0 };
    vec![Diagnostic { kind: "bad-yaml", severity: Severity::Error, place, message, hint: None }]
}

/// The text of a file; None when there is no such file.
fn text(path: &Path) -> Result<Option<String>, Error> {
    match files::read_at_most(path, TEXT_BYTES_MAX) {
        Ok(Some(bytes)) => String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| Error::Text(unreadable(path, "the file is not UTF-8".to_string()))),
        Ok(None) => Err(Error::Text(unreadable(path, format!("the file is longer than {TEXT_BYTES_MAX} bytes")))),
        Err(error) if error.is_absent() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn settings(spool: &Spool) -> Result<Settings, Error> {
    let path = spool.root().join("banwen.yaml");
    match text(&path)? {
        Some(text) => config::read(&path.display().to_string(), &text).map_err(Error::Text),
        None => Ok(Settings::default()),
    }
}

pub(super) fn offices(spool: &Spool) -> Result<Offices, Error> {
    let path = spool.offices_file();
    let Some(text) = text(&path)? else {
        return Err(Error::Text(unreadable(&path, "there is no offices.yaml; every spool needs one".to_string())));
    };
    match parse::parse(&path.display().to_string(), &text).map_err(Error::Text)? {
        Parsed::Offices(offices) => Ok(offices),
        Parsed::Workflow(_) | Parsed::Register(_) => {
            Err(Error::Text(unreadable(&path, "offices.yaml must begin with `offices:`".to_string())))
        }
    }
}

/// `calendar.csv` of the spool laid over the shipped calendar, and beside it each region's of `calendars/`.
pub(super) fn calendar(spool: &Spool) -> Result<Calendar, Error> {
    let path = spool.calendar_file();
    let mut calendar = match text(&path)? {
        Some(text) => {
            let own = Calendar::parse(&path.display().to_string(), &text).map_err(Error::Text)?;
            Calendar::shipped().overlay(&own)
        }
        None => Calendar::shipped().clone(),
    };
    for path in regional(spool)? {
        let Some(text) = text(&path)? else { continue };
        let own = Calendar::parse_region(&path.display().to_string(), &text).map_err(Error::Text)?;
        calendar = calendar.with_region(&path.file_stem().unwrap_or_default().to_string_lossy(), &own);
    }
    Ok(calendar)
}

/// The files of regions' calendars.
fn regional(spool: &Spool) -> Result<Vec<std::path::PathBuf>, Error> {
    let names = listed(&spool.calendars())?.into_iter().filter(|name| name.ends_with(".csv"));
    Ok(names.map(|name| spool.calendars().join(name)).collect())
}

/// Who there is, and what they count by; refused together when an office counts by a calendar that is not there.
pub(super) fn dated(spool: &Spool) -> Result<(Offices, Calendar), Error> {
    let (offices, calendar) = (offices(spool)?, calendar(spool)?);
    let path = spool.offices_file();
    let text = text(&path)?.unwrap_or_default();
    let unknown = unknown_calendars(&path.display().to_string(), &text, &offices, &calendar);
    if unknown.is_empty() { Ok((offices, calendar)) } else { Err(Error::Text(unknown)) }
}

pub(super) fn listed(folder: &Path) -> Result<Vec<String>, Error> {
    match files::list(folder) {
        Ok(names) => {
            Ok(names.into_iter().map(|n| n.to_string_lossy().into_owned()).filter(|n| !n.starts_with('.')).collect())
        }
        Err(error) if error.is_absent() => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// The mark that keeps which version of a definition's file is in force.
pub(super) fn mark(spool: &Spool, path: &str) -> String {
    let folder = spool.workflows();
    let below = Path::new(path).strip_prefix(&folder).unwrap_or(Path::new(path));
    format!("deployed/{}", below.display())
}

impl Engine {
    /// Reads offices, calendar and definitions again when they changed; gives whether anything did.
    ///
    /// # Errors
    /// The store's and the disk's. Texts that cannot be read are told in the log and leave what was in force.
    pub async fn reload(&self) -> Result<bool, Error> {
        let mut core = self.core.lock().await;
        self.look_at_offices(&mut core);
        let print = self.print()?;
        let unmade = std::mem::take(&mut core.unmade);
        core.unmade = unmade.into_iter().filter(|folder| self.spool.create_office(folder).is_err()).collect();
        if print == core.print {
            return Ok(false);
        }
        core.unmade.clear();
        self.reload_dated(&mut core).await?;
        let found = sources(&self.spool.workflows(), &self.spool.templates())?;
        self.tell_unreadable(&found)?;
        let before = std::mem::take(&mut core.deployed);
        for (path, text) in &found.workflows {
            self.deploy(&mut core, path, text, &found, &before).await?;
        }
        for path in found.unread() {
            self.keep_version_before(&mut core, path).await?;
        }
        for text in found.registers.values() {
            if let Ok(Parsed::Register(register)) = parse::parse("register", text) {
                core.registers.insert(register.name.clone(), register);
            }
        }
        for office in core.ledgers.offices.clone().offices.values() {
            if let Some(folder) = &office.folder {
                // One folder that is away must not keep the others from working.
                if let Err(error) = self.spool.create_office(folder) {
                    tracing::warn!("{folder}: the office's folders cannot be made now: {error}");
                    core.unmade.push(folder.clone());
                }
            }
        }
        core.print = print;
        core.dirty = true;
        Ok(true)
    }

    /// A fingerprint of everything that may be dropped for an operator: paths, sizes and contents.
    fn print(&self) -> Result<String, Error> {
        let mut all = String::new();
        for path in [self.spool.offices_file(), self.spool.calendar_file()] {
            all.push_str(&text(&path).ok().flatten().unwrap_or_default());
        }
        for path in regional(&self.spool)? {
            all.push_str(&format!("{}{}", path.display(), text(&path).ok().flatten().unwrap_or_default()));
        }
        for path in walk(&self.spool.workflows(), is_yaml)? {
            all.push_str(&format!("{}{}", path.display(), text(&path).ok().flatten().unwrap_or_default()));
        }
        for path in walk(&self.spool.templates(), is_template)? {
            let digest = files::digest_file(&path).unwrap_or_default();
            all.push_str(&format!("{}{digest}", path.display()));
        }
        Ok(files::digest_hex(all.as_bytes()))
    }

    async fn reload_dated(&self, core: &mut Core) -> Result<(), Error> {
        match dated(&self.spool) {
            Ok((offices, calendar)) => {
                core.ledgers.offices = Arc::new(offices.on(self.clock.now().date()));
                core.ledgers.calendar = Arc::new(calendar);
                for (office, cases) in super::succession::missing(core) {
                    let cases = cases.join(", ");
                    tracing::error!(
                        "offices.yaml has no `{office}` any more, which has open tasks in {cases}: who opened them is asked; \
                         write its entry again, with `successor:` if another office takes over"
                    );
                }
            }
            Err(error) => tracing::error!("offices and calendars stay as they were: {error}"),
        }
        self.announce_calendar(core, None).await
    }

    /// Tells the calendars in force to every open case (or this one) with a clock that counts otherwise now: they may have
    /// changed while nobody was running, or the telling may have been cut short.
    pub(super) async fn announce_calendar(&self, core: &mut Core, only: Option<&str>) -> Result<(), Error> {
        let stale = |case: &&Case| {
            let asked = only.is_none_or(|id| id == case.id) && case.closed.is_none();
            let program = core.programs.get(&case.closure);
            asked && program.is_some_and(|program| decide::counts_otherwise(program, case, &core.ledgers))
        };
        let told: Vec<String> = core.cases.values().filter(stale).map(|c| c.id.clone()).collect();
        let asked = Asked {
            by: ITSELF.to_string(),
            on_behalf: None,
            cause: "calendar".to_string(),
            command: Command::CalendarChanged,
        };
        for id in told {
            match self.ask(core, &id, &asked, self.clock.now()).await {
                Ok(Ok(_)) => {}
                Ok(Err(refusal)) => tracing::error!("{id}: {}", super::sentences(&refusal)),
                Err(error) if error.is_final() => return Err(error),
                Err(error) => tracing::error!("{id}: the calendar was not announced: {error}"),
            }
        }
        Ok(())
    }

    /// Problems a line each, their files named from the spool's folder: it may be mounted elsewhere for whoever reads this.
    fn told<'a>(&self, problems: impl IntoIterator<Item = &'a Diagnostic>) -> String {
        let lines: String = problems.into_iter().map(|p| format!("{p}\n")).collect();
        lines.replace(&format!("{}/", self.spool.root().display()), "")
    }

    /// Says beside each file that is no YAML what is wrong with it; takes the word back when it reads again.
    fn tell_unreadable(&self, found: &Sources) -> Result<(), Error> {
        for path in walk(&self.spool.workflows(), is_yaml)? {
            let shown = path.display().to_string();
            let told = self.told(found.problems.iter().filter(|p| p.place.path == shown));
            let report = PathBuf::from(format!("{shown}.errors.txt"));
            if !told.is_empty() {
                tracing::error!("not read:\n{told}");
                self.write(&report, told.as_bytes())?;
            } else if report.exists() && !found.workflows.contains_key(&shown) {
                self.remove(&report)?;
            }
        }
        Ok(())
    }

    /// Deploys one definition when it checks clean, and says beside it what is wrong when it does not.
    async fn deploy(
        &self,
        core: &mut Core,
        path: &str,
        text: &str,
        found: &Sources,
        before: &BTreeMap<String, String>,
    ) -> Result<(), Error> {
        let mark = mark(&self.spool, path);
        let mut all = found.beside(path);
        all.insert("workflow.yaml".to_string(), text.to_string());
        let years = core.ledgers.calendar.official_years().to_vec();
        let report = PathBuf::from(format!("{path}.errors.txt"));
        let deployed = check::deploy_among(path, &all, Some(&core.ledgers.offices), &years, Some(&found.beside));
        let deployed = fit(found, path, text, deployed);
        match deployed {
            Ok(deployed) => {
                if report.exists() {
                    self.remove(&report)?;
                }
                for warning in &deployed.warnings {
                    tracing::warn!("{warning}");
                }
                let closure = deployed.closure;
                self.keep_words(found, &closure)?;
                let stored = serde_json::to_value(&closure.sources).map_err(|e| Error::Log(e.to_string()))?;
                self.put_closure(&closure.digest, &stored).await?;
                let (name, digest) = (closure.workflow.name.clone(), closure.digest.clone());
                if before.get(&name) != Some(&digest) {
                    tracing::info!("deployed {name} {}", digest.get(..12).unwrap_or(&digest));
                }
                if self.store.mark(&mark).await?.as_ref() != Some(&digest) {
                    self.set_mark(&mark, &digest).await?;
                }
                core.programs.entry(digest.clone()).or_insert_with(|| self.program(closure));
                core.deployed.insert(name, digest);
            }
            Err(problems) => {
                let told = self.told(&problems);
                // a line of the log each, with its hint
                let lines = told.replace("\n  ", "; ");
                lines.lines().for_each(|line| tracing::error!("not deployed: {line}"));
                self.write(&report, told.as_bytes())?;
                self.keep_version_before(core, path).await?;
            }
        }
        Ok(())
    }

    /// The last version of a definition's file that checked clean stays in force while the file stands there.
    async fn keep_version_before(&self, core: &mut Core, path: &str) -> Result<(), Error> {
        let Some(digest) = self.store.mark(&mark(&self.spool, path)).await? else { return Ok(()) };
        if let Some(program) = self.program_of(core, &digest).await? {
            core.deployed.insert(program.workflow().name.clone(), digest);
        }
        Ok(())
    }

    fn program(&self, closure: crate::workflow::Closure) -> Program {
        let proof = Arc::new(Prover::new(self.workshop.fonts.clone(), self.workshop.maker.clone()));
        Program::new(Arc::new(closure), proof)
    }

    /// The program of a closure that some case runs under, from memory or from the store.
    pub(super) async fn program_of(&self, core: &mut Core, digest: &str) -> Result<Option<Program>, Error> {
        if let Some(program) = core.programs.get(digest) {
            return Ok(Some(program.clone()));
        }
        let Some(stored) = self.store.closure(digest).await? else { return Ok(None) };
        let sources: BTreeMap<String, String> =
            serde_json::from_value(stored).map_err(|e| Error::Log(e.to_string()))?;
        let closure = check::reload(&sources).map_err(Error::Text)?;
        let program = self.program(closure);
        core.programs.insert(digest.to_string(), program.clone());
        Ok(Some(program))
    }
}
