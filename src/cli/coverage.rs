//! `banwen coverage`: plays scenarios and tells which parts of a definition none of them reached.

use super::Answer;
use super::play;
use super::scratch::Scratch;
use super::voice::{columns, data, talk};
use crate::case::coverage::{Coverage, PartKind};
use crate::engine::Fuse;
use crate::engine::scenario::{PlayError, Player, StepKind};
use crate::workflow::Workflow;
use crate::workflow::check;
use anyhow::{anyhow, bail};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Plays the scenarios one after the other, each in a folder that is gone afterwards.
pub(super) async fn coverage(
    definition: &Path,
    scenarios: &[PathBuf],
    strict: bool,
    as_json: bool,
) -> anyhow::Result<Answer> {
    let text = play::text_of(definition)?;
    let workflow = match read(definition, &text) {
        Ok(workflow) => workflow,
        Err(problems) => {
            problems.iter().for_each(data);
            return Ok(Answer::No);
        }
    };
    let mut coverage = Coverage::of(&workflow);
    for path in scenarios {
        played(path, &workflow.name, &text, &mut coverage).await?;
    }
    let never = coverage.never().len();
    if as_json {
        data(serde_json::to_string_pretty(&told(&workflow.name, scenarios, &coverage))?);
    } else {
        tell(&coverage);
    }
    let all = coverage.parts().count();
    talk(format_args!("{} of {all} parts of {} reached by {} scenarios", all - never, workflow.name, scenarios.len()));
    Ok(Answer::of(never == 0 || !strict))
}

/// The definition with its rules at their stages, as it would be read again from the store.
fn read(path: &Path, text: &str) -> Result<Workflow, Vec<crate::diag::Diagnostic>> {
    let sources = BTreeMap::from([("workflow.yaml".to_string(), text.to_string())]);
    let closure = check::reload(&sources).map_err(|mut problems| {
        problems.iter_mut().for_each(|p| p.place.path = path.display().to_string());
        problems
    });
    Ok(closure?.workflow)
}

async fn played(path: &Path, workflow: &str, text: &str, coverage: &mut Coverage) -> anyhow::Result<()> {
    let scenario = play::read(path)?.map_err(|problems| play::told(&problems))?;
    let scratch = Scratch::new()?;
    let mut player = Player::begin(&scenario, play::base(path), scratch.path(), Fuse::default()).await?;
    for (n, step) in scenario.steps.iter().enumerate() {
        match player.step(n + 1, step).await {
            // an operator who is told no is part of some scenarios
            Err(PlayError::Step { .. }) if matches!(step.kind, StepKind::Operator(_)) => {}
            played => played.map_err(|error| play::placed(error, step).context(path.display().to_string()))?,
        }
    }
    if player.engine().is_none() {
        player.restart().await?;
    }
    let definitions = player.definitions(workflow).await;
    if definitions.is_empty() {
        talk(format_args!("{} opens no case of {workflow}", path.display()));
    }
    if definitions.iter().any(|other| other != text) {
        bail!(
            "{} plays another text of {workflow}\n  hint: without `workflows: FOLDER` a scenario plays the shipped definitions",
            path.display()
        );
    }
    player.witness(&name(path), coverage).await.map_err(|error| anyhow!(error))
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn counted(coverage: &Coverage, kind: PartKind) -> (usize, usize) {
    let of_kind: Vec<bool> =
        coverage.parts().filter(|(part, _)| part.kind() == kind).map(|(_, by)| !by.is_empty()).collect();
    (of_kind.iter().filter(|reached| **reached).count(), of_kind.len())
}

fn tell(coverage: &Coverage) {
    let kinds = PartKind::ALL.into_iter().map(|kind| (kind, counted(coverage, kind)));
    let rows = kinds.filter(|(_, (_, all))| *all > 0).map(|(kind, (reached, all))| {
        vec![format!("{}s", kind.word()), format!("{reached} of {all}"), "reached".to_string()]
    });
    data(columns(&rows.collect::<Vec<_>>()));
    let never: Vec<Vec<String>> = coverage
        .never()
        .iter()
        .map(|part| vec!["never".to_string(), part.kind().word().to_string(), part.to_string()])
        .collect();
    if !never.is_empty() {
        data(format_args!("\n{}", columns(&never)));
    }
}

fn told(workflow: &str, scenarios: &[PathBuf], coverage: &Coverage) -> Value {
    let parts = coverage.parts().map(|(part, by)| {
        json!({ "kind": part.kind().word(), "part": part.to_string(), "reached": !by.is_empty(), "by": by })
    });
    let kinds: serde_json::Map<String, Value> = PartKind::ALL
        .into_iter()
        .map(|kind| {
            let (reached, all) = counted(coverage, kind);
            (kind.word().to_string(), json!({ "reached": reached, "all": all }))
        })
        .collect();
    json!({
        "workflow": workflow,
        "scenarios": scenarios.iter().map(|path| name(path)).collect::<Vec<_>>(),
        "kinds": kinds,
        "parts": parts.collect::<Vec<_>>(),
    })
}
