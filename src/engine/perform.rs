//! Doing what is owed, and recording its end. Each effect is harmless when done twice: files are named by their place and
//! written whole, letters carry one Message-ID, the page is written from the state.

mod letters;
mod papers;
mod sheets;

pub(super) use letters::owing;
pub(super) use papers::paper_name;
pub(super) use sheets::{Mark, note_mark, place_of};

use super::{Core, Engine, Error, acceptance, remember};
use crate::case::Case;
use crate::case::command::{Asked, Command};
use crate::case::decide::{self, Decision, ITSELF};
use crate::case::effect::Effect;
use crate::case::event::Mode;
use crate::case::program::Program;
use crate::clock::Moment;
use crate::files;
use crate::outbox::Handlers;
use crate::store::{self, Leased, Outcome, Settled, Verdict};
use futures::future::BoxFuture;
use serde_json::Value;

/// How long an effect waits for the others of its case before it looks again.
const WAIT_FOR_OTHERS_SECONDS: u32 = 60;

/// Why an effect was not done.
pub(super) enum Trouble {
    /// try again
    Later(String),
    /// what it needs is not there yet: look again after so many seconds, however long that takes
    Wait(String, u32),
    /// never
    Never(String),
}

impl From<files::Error> for Trouble {
    fn from(error: files::Error) -> Trouble {
        Trouble::Later(error.to_string())
    }
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Trouble {
        Trouble::Later(error.to_string())
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::Later(error.to_string())
    }
}

impl Handlers for Engine {
    fn perform<'a>(&'a self, effect: &'a Leased) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(owed) = serde_json::from_value::<Effect>(effect.payload.clone()) else {
                return Outcome::Dead { error: "the effect cannot be understood".to_string() };
            };
            match self.do_it(&effect.id, &owed).await {
                Ok(result) => Outcome::Done { result },
                Err(Trouble::Later(error)) => Outcome::Defer { error, after_seconds: None },
                Err(Trouble::Wait(error, seconds)) => Outcome::Postpone { error, after_seconds: seconds },
                Err(Trouble::Never(error)) => Outcome::Dead { error },
            }
        })
    }

    fn settle<'a>(
        &'a self,
        effect: &'a Leased,
        outcome: &'a Outcome,
        now: Moment,
    ) -> BoxFuture<'a, Result<Settled, store::Error>> {
        Box::pin(async move {
            let blown = |error: Error| store::Error::Transient(error.to_string());
            self.fuse.burn("an effect is settled").map_err(blown)?;
            let mut core = self.core.lock().await;
            let id = case_of(&effect.id);
            let known = core.cases.get(id).and_then(|c| core.programs.get(&c.closure)).cloned();
            if let Some(program) = known {
                let laid = self.lay_beside(&mut core, &program, Some(id), None, now).await;
                laid.map_err(|error| if let Error::Store(error) = error { error } else { blown(error) })?;
            }
            let (outcome, decision) = self.end_of(&core, effect, outcome, now);
            let Some((program, decision)) = decision else {
                return self.store.complete(effect, now, &outcome, None).await;
            };
            let kept = acceptance(&program, &decision, None).map_err(|e| store::Error::Malformed(e.to_string()))?;
            let settled = self.store.complete(effect, now, &outcome, Some(kept)).await?;
            remember(&mut core, decision);
            Ok(settled)
        })
    }
}

/// The case an effect belongs to: its id without the last two parts.
fn case_of(effect: &str) -> &str {
    effect.rsplitn(3, '/').last().unwrap_or(effect)
}

impl Engine {
    /// How an attempt ends, and what its case says to it. Done without its consequence is not done: it is tried again, and
    /// when that has no end the case hears that it was given up.
    fn end_of(
        &self,
        core: &Core,
        effect: &Leased,
        outcome: &Outcome,
        now: Moment,
    ) -> (Outcome, Option<(Program, Decision)>) {
        let refusal = match self.decided(core, effect, &effect.judge(outcome, now), now) {
            Ok(decision) => return (outcome.clone(), decision),
            Err(refusal) => refusal,
        };
        tracing::error!("{}: {refusal}", effect.id);
        let Outcome::Done { .. } = outcome else { return (outcome.clone(), None) };
        let deferred = Outcome::Defer { error: refusal, after_seconds: None };
        let decision = self.decided(core, effect, &effect.judge(&deferred, now), now).unwrap_or_else(|refusal| {
            tracing::error!("{}: {refusal}", effect.id);
            None
        });
        (deferred, decision)
    }

    /// What the case decides about a verdict; the sentences of a refusal.
    fn decided(
        &self,
        core: &Core,
        effect: &Leased,
        verdict: &Verdict,
        now: Moment,
    ) -> Result<Option<(Program, Decision)>, String> {
        let case_id = case_of(&effect.id);
        let Some(command) = self.consequence(core, case_id, effect, verdict) else { return Ok(None) };
        let Some(case) = core.cases.get(case_id) else { return Ok(None) };
        let Some(program) = core.programs.get(&case.closure).cloned() else { return Ok(None) };
        let asked = Asked { by: ITSELF.to_string(), on_behalf: None, cause: format!("effect {}", effect.id), command };
        match decide::decide(&program, case, &asked, &core.ledgers, now) {
            Ok(decision) if decision.events.is_empty() => Ok(None),
            Ok(decision) => Ok(Some((program, decision))),
            Err(refusal) => Err(super::sentences(&refusal)),
        }
    }

    /// What the end of an effect means to its case.
    fn consequence(&self, core: &Core, case_id: &str, effect: &Leased, verdict: &Verdict) -> Option<Command> {
        let owed = serde_json::from_value::<Effect>(effect.payload.clone()).ok();
        match (verdict, owed) {
            (Verdict::Wait { .. } | Verdict::Postponed { .. }, _) => None,
            // Told to the case, it would owe another supplement, without end; the effect itself says it.
            (Verdict::Dead { .. }, Some(Effect::Supplement { .. })) => None,
            (Verdict::Dead { error }, owed) => Some(Command::GivenUp {
                effect: effect.id.clone(),
                owed,
                result: error.clone(),
                attempts: effect.attempt,
            }),
            (Verdict::Done { .. }, None) => None,
            (Verdict::Done { result }, Some(owed)) => done(core.cases.get(case_id)?, owed, result, self.clock.now()),
        }
    }

    async fn do_it(&self, id: &str, owed: &Effect) -> Result<Value, Trouble> {
        let (case, program) = {
            let core = self.core.lock().await;
            let case =
                core.cases.get(case_of(id)).cloned().ok_or_else(|| Trouble::Never("its case is gone".to_string()))?;
            // A paper is made, named and shown by the version it was ordered under.
            let closure = paper_of(owed).and_then(|id| case.documents.get(&id)).map_or(&case.closure, |d| &d.closure);
            let program = core
                .programs
                .get(closure)
                .cloned()
                .ok_or_else(|| Trouble::Later("its closure is not loaded".to_string()))?;
            (case, program)
        };
        if let Some(reason) = case.held.as_ref().filter(|_| !matches!(owed, Effect::Render { .. })) {
            return Err(Trouble::Wait(format!("the case is held: {reason}"), WAIT_FOR_OTHERS_SECONDS));
        }
        match owed {
            Effect::Sheet { task } => self.sheet(&program, &case, *task).await,
            Effect::SheetGone { task } => self.sheet_gone(&case, *task).await,
            Effect::Render { document, draft } => self.render(&program, &case, *document, *draft).await,
            Effect::Deliver { document, office, draft } => {
                self.deliver(&program, &case, *document, office, *draft).await
            }
            Effect::Keep { document, office } => self.deliver(&program, &case, *document, office, false).await,
            Effect::Mail { document, office } => self.mail(id, &case, &program, *document, office).await,
            Effect::Publish { document } => self.publish_one(&case, *document).await,
            Effect::Unpublish { .. } => self.publish().await.map(|page| page.told()),
            Effect::Remind { clock, rung } => self.remind(id, &program, &case, *clock, rung).await,
            Effect::TellMissing { stage, key, office, missing } => {
                self.tell_missing(&program, &case, (stage, key), office, missing).await
            }
            Effect::TellOverdue { clock, office } => self.tell_overdue(id, &program, &case, *clock, office).await,
            Effect::Tell { seq, office, by_mail } => self.tell_of_event(id, &case, *seq, office, *by_mail).await,
            Effect::Archive => self.archive(id, &program, &case).await,
            Effect::Supplement { seq } => self.supplement(id, &case, *seq).await,
        }
    }
}

/// The paper an effect is about.
fn paper_of(owed: &Effect) -> Option<u32> {
    match owed {
        Effect::Render { document, .. }
        | Effect::Deliver { document, .. }
        | Effect::Keep { document, .. }
        | Effect::Mail { document, .. }
        | Effect::Publish { document } => Some(*document),
        Effect::Sheet { .. }
        | Effect::SheetGone { .. }
        | Effect::Unpublish { .. }
        | Effect::Remind { .. }
        | Effect::TellMissing { .. }
        | Effect::TellOverdue { .. }
        | Effect::Tell { .. }
        | Effect::Archive
        | Effect::Supplement { .. } => None,
    }
}

/// What a done effect tells its case.
fn done(case: &Case, owed: Effect, result: &Value, now: Moment) -> Option<Command> {
    let text = |name: &str| result.get(name).and_then(Value::as_str).map(str::to_string);
    match owed {
        Effect::Render { document, draft } => Some(Command::Rendered {
            document,
            draft,
            word: text("word")?,
            pdf: text("pdf"),
            no_pdf: text("no_pdf"),
            renderer: text("renderer")?,
            fonts: text("fonts")?,
        }),
        Effect::Deliver { document, office, draft: false } => {
            Some(Command::Delivered { document, recipient: office, mode: Mode::Folder, message: None })
        }
        Effect::Mail { document, office } => {
            Some(Command::Delivered { document, recipient: office, mode: Mode::Mail, message: text("message") })
        }
        Effect::Publish { document } => {
            let paper = case.documents.get(&document)?;
            match paper.batch.filter(|_| paper.notice) {
                Some(batch) => Some(Command::Posted { batch, channel: text("channel")?, on: now.date() }),
                None => Some(Command::Delivered {
                    document,
                    recipient: "public".to_string(),
                    mode: Mode::Page,
                    message: None,
                }),
            }
        }
        Effect::Archive => Some(Command::Sealed { digest: text("digest")?, number: text("number")? }),
        Effect::Sheet { .. }
        | Effect::SheetGone { .. }
        | Effect::Deliver { .. }
        | Effect::Keep { .. }
        | Effect::Unpublish { .. }
        | Effect::Remind { .. }
        | Effect::TellMissing { .. }
        | Effect::TellOverdue { .. }
        | Effect::Tell { .. }
        | Effect::Supplement { .. } => None,
    }
}

#[cfg(test)]
mod tests;
