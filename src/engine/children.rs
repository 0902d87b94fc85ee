//! Child cases: what cases owe of other workflows is opened, in one transaction with the event that says so; parents hear
//! that a child they wait for closed; children that are filed with their parent hear that its package is sealed.
//!
//! Nothing is remembered of it: what is owed stands in the cases, so a crash before any of it leaves it owed.

use super::{Core, Engine, Error, acceptance, remember, sentences};
use crate::case::Opening;
use crate::case::command::{Asked, Command};
use crate::case::decide::{self, Decision, ITSELF, OpenCase, Refusal};
use crate::case::event::{Body, Parent};
use crate::case::program::Program;
use crate::clock::Moment;
use crate::store::Acceptance;

/// Decisions that are kept together, in the order they were made, each with the program it was made by.
type Together = Vec<(Program, Decision)>;

impl Engine {
    /// Does for children and parents whatever can be done now; gives how often something was.
    pub(super) async fn tend_children(&self, core: &mut Core, now: Moment) -> Result<usize, Error> {
        let mut done = 0;
        for (parent, opening) in owed(core) {
            done += usize::from(self.open_child(core, &parent, &opening, now).await?);
        }
        for (id, cause, command) in closed(core).into_iter().chain(to_file(core)) {
            done += usize::from(self.tell(core, &id, cause, command, now).await?);
        }
        Ok(done)
    }

    async fn tell(
        &self,
        core: &mut Core,
        id: &str,
        cause: String,
        command: Command,
        now: Moment,
    ) -> Result<bool, Error> {
        let asked = Asked { by: ITSELF.to_string(), on_behalf: None, cause, command };
        match self.ask(core, id, &asked, now).await {
            Ok(Ok(events)) => Ok(events > 0),
            Ok(Err(refusal)) => {
                tracing::error!("{id}: {}", sentences(&refusal));
                Ok(false)
            }
            Err(Error::Store(conflict)) if conflict.is_conflict() => {
                tracing::warn!("{id}: not told now: {conflict}");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Opens one child, or puts one item into a case; what cannot be is told to the parent.
    async fn open_child(&self, core: &mut Core, id: &str, opening: &Opening, now: Moment) -> Result<bool, Error> {
        let Some(case) = core.cases.get(id) else { return Ok(false) };
        let parent =
            Parent { case: id.to_string(), workflow: case.workflow.clone(), opening: opening.id, item: opening.item };
        match together(core, &parent, opening, now) {
            Ok(decisions) => match self.keep_together(core, decisions).await {
                Err(Error::Store(crate::store::Error::Conflict { stream, .. })) => {
                    self.catch_up(core, &stream).await?;
                    Ok(false)
                }
                kept => kept.map(|()| true),
            },
            Err(refusal) => {
                let reasons = refusal.faults.into_iter().map(|f| f.say).collect();
                let refused = Command::ChildRefused { opening: opening.id, reasons };
                self.tell(core, id, parent.cause(), refused, now).await
            }
        }
    }

    async fn keep_together(&self, core: &mut Core, decisions: Together) -> Result<(), Error> {
        let at = decisions.iter().filter_map(|(_, d)| d.events.last()).map(|e| e.at).max().unwrap_or_default();
        let mut all = Acceptance::at(at);
        for (program, decision) in &decisions {
            let one = acceptance(program, decision, None)?;
            all.events.extend(one.events);
            all.effects.extend(one.effects);
        }
        self.accept(all).await?;
        decisions.into_iter().for_each(|(_, decision)| remember(core, decision));
        Ok(())
    }
}

/// What cases owe that are not held by an operator.
fn owed(core: &Core) -> Vec<(String, Opening)> {
    let cases = core.cases.values().filter(|c| c.held.is_none());
    cases.flat_map(|c| c.owed_children().map(|o| (c.id.clone(), o.clone()))).collect()
}

/// Parents that wait for a child that has closed.
fn closed(core: &Core) -> Vec<(String, String, Command)> {
    let mut found = Vec::new();
    for case in core.cases.values().filter(|c| c.held.is_none() && c.closed.is_none()) {
        for opening in case.awaited_children() {
            let child = opening.child.as_ref().and_then(|id| core.cases.get(id));
            let Some((child, (end, _))) = child.and_then(|child| Some((child, child.closed?))) else { continue };
            let told = Command::ChildClosed { opening: opening.id, end };
            found.push((case.id.clone(), format!("child {}", child.id), told));
        }
    }
    found
}

/// Closed children whose parent's package is sealed, where what they leave goes there.
fn to_file(core: &Core) -> Vec<(String, String, Command)> {
    let waits = core.cases.values().filter(|c| c.closed.is_some() && c.sealed.is_none() && !c.filed);
    let ready = waits.filter_map(|case| {
        let workflow = core.programs.get(&case.closure)?.workflow();
        let parent = core.cases.get(&case.parent.as_ref()?.case)?;
        (case.is_filed_with_parent(workflow) && parent.sealed.is_some())
            .then(|| (case.id.clone(), format!("parent {}", parent.id), Command::FileWithParent))
    });
    ready.collect()
}

/// Everything that is decided when something owed is opened: what happens there, and that the parent knows.
fn together(core: &Core, parent: &Parent, opening: &Opening, now: Moment) -> Result<Together, Refusal> {
    let deployed = core.deployed.get(&opening.workflow).and_then(|digest| core.programs.get(digest));
    let Some(program) = deployed else {
        return Err(refusal(format!("没有部署“{}”这个流程，请联系管理员", opening.workflow)));
    };
    let workflow = program.workflow();
    if !workflow.case.opened_from.contains(&parent.workflow) {
        return Err(refusal(format!("“{}”不接受由“{}”转入", workflow.title, parent.workflow)));
    }
    let mut decisions = match &opening.fields {
        None => vec![(program.clone(), open(core, program, parent, opening, now)?)],
        Some(_) => put(core, program, parent, opening, now)?,
    };
    let (child, put, ledgers) = match decisions.last() {
        Some((_, last)) => {
            let item = last
                .events
                .iter()
                .find_map(|event| if let Body::ItemOpened { item, .. } = &event.body { Some(*item) } else { None });
            (last.case.id.clone(), item.filter(|_| opening.fields.is_some()), last.ledgers.clone())
        }
        None => return Err(refusal("没有可以开办的案卷".to_string())),
    };
    let Some((case, program)) = core.cases.get(&parent.case).and_then(|c| Some((c, core.programs.get(&c.closure)?)))
    else {
        return Err(refusal(format!("案卷“{}”的流程定义缺失，请联系管理员", parent.case)));
    };
    let command = Command::ChildOpened { opening: opening.id, child, put };
    let asked = Asked { by: ITSELF.to_string(), on_behalf: None, cause: parent.cause(), command };
    decisions.push((program.clone(), decide::decide(program, case, &asked, &ledgers, now)?));
    Ok(decisions)
}

fn open(core: &Core, program: &Program, parent: &Parent, opening: &Opening, now: Moment) -> Result<Decision, Refusal> {
    let opener = core.cases.get(&parent.case).map(|c| c.opener.as_str()).unwrap_or_default();
    let offices = &core.ledgers.offices;
    let shared = opening.fields.is_some();
    let owner = decide::owner_of(program.workflow(), &core.ledgers).filter(|_| shared);
    let asked = OpenCase {
        office: owner.unwrap_or_else(|| offices.standing(opener).to_string()),
        by: ITSELF.to_string(),
        params: opening.params.clone(),
        one: None,
        period: None,
        parent: Some(parent.clone()),
        shared,
        cause: parent.cause(),
    };
    decide::open(program, &asked, &core.ledgers, now)
}

/// Puts an item into the living case of its key, which is opened if there is none.
fn put(core: &Core, program: &Program, parent: &Parent, opening: &Opening, now: Moment) -> Result<Together, Refusal> {
    let workflow = program.workflow();
    let key = decide::key_of(workflow, &opening.params, now);
    let living = core.ledgers.living.get(&(workflow.name.clone(), key)).and_then(|id| core.cases.get(id));
    let owner = core.cases.get(&parent.case).map(|c| core.ledgers.offices.standing(&c.opener).to_string());
    let command = Command::PutIn {
        fields: opening.fields.clone().unwrap_or_default(),
        owner: owner.clone().unwrap_or_default(),
        from: parent.workflow.clone(),
    };
    let asked = Asked { by: ITSELF.to_string(), on_behalf: owner, cause: parent.cause(), command };
    if let Some(case) = living {
        let Some(program) = core.programs.get(&case.closure) else {
            return Err(refusal(format!("案卷“{}”的流程定义缺失，请联系管理员", case.id)));
        };
        return Ok(vec![(program.clone(), decide::decide(program, case, &asked, &core.ledgers, now)?)]);
    }
    let opened = open(core, program, parent, opening, now)?;
    let taken = decide::decide(program, &opened.case, &asked, &opened.ledgers, now)?;
    Ok(vec![(program.clone(), opened), (program.clone(), taken)])
}

fn refusal(say: String) -> Refusal {
    Refusal { faults: vec![crate::submission::Fault::at("", say)] }
}
