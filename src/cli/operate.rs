//! An operator's commands: handed to the daemon that has the spool, or done here when none has.

use super::voice::{data, talk};
use super::{Answer, require};
use crate::case::Case;
use crate::case::decide::Repair;
use crate::case::migration::Mapping;
use crate::clock::Clock;
use crate::engine::commands::{Reply, Request};
use crate::engine::{DROPS_TOGETHER_MAX, Engine, Error, Fuse, Options, Renderer, asking, viewing};
use crate::spool::layout::Spool;
use crate::spool::lock;
use crate::spool::settle::Patience;
use crate::store::chain::Secret;
use crate::yaml;
use anyhow::{Context, anyhow, bail};
use std::path::Path;
use std::time::Duration;

/// What may be done to a document by hand.
#[derive(clap::Subcommand)]
pub(super) enum DocumentVerb {
    /// Give it up; its number is not used again
    Void {
        /// The case
        case: String,
        /// The document's number within the case, as `show` gives it
        document: u32,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Make it anew, as another document that replaces it
    Replace {
        /// The case
        case: String,
        /// The document's number within the case, as `show` gives it
        document: u32,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

/// A daemon that has not answered after so long is not waited for.
const REPLY_SECONDS_MAX: u64 = 15;
/// So often the answer is looked for.
const REPLY_POLL_MILLISECONDS: u64 = 50;

/// Does what is asked, or has it done.
pub(super) async fn operate(root: &Path, request: Request, as_json: bool) -> anyhow::Result<Answer> {
    require(root)?;
    let options = Options {
        spool: root.to_path_buf(),
        clock: Clock::machine(),
        durable: true,
        seed: None,
        patience: Patience::DAEMON,
        fuse: Fuse::default(),
        renderer: Renderer::Here,
        drops_together_max: DROPS_TOGETHER_MAX,
    };
    let reply = match Engine::open(options).await {
        Ok(engine) => {
            let reply = engine.operate(&request).await?;
            if reply.done && !tries_out(&request) {
                talk("no daemon runs here: what follows from it happens when `banwen run` does");
            }
            reply
        }
        Err(Error::Lock(lock::Error::Held { .. })) => hand_over(&Spool::at(root), &request).await?,
        Err(error) => return Err(error.into()),
    };
    if as_json {
        data(serde_json::to_string_pretty(&reply)?);
    } else if reply.done {
        data(&reply.says);
    } else {
        talk(format_args!("banwen: no: {}", reply.says));
    }
    Ok(Answer::of(reply.done))
}

/// Whether a request only asks what would happen.
fn tries_out(request: &Request) -> bool {
    match request {
        Request::Migrate { yes, .. } | Request::Repair { yes, .. } | Request::Erase { yes, .. } => !yes,
        Request::Hold { .. }
        | Request::Release { .. }
        | Request::Cancel { .. }
        | Request::Void { .. }
        | Request::Replace { .. }
        | Request::Retry { .. } => false,
    }
}

/// The cases that are to be moved: one, or all of a workflow.
pub(super) struct Which {
    pub(super) case: Option<String>,
    pub(super) all: Option<String>,
}

/// Moves cases to another version of their workflow, or says what that would do.
pub(super) async fn migrate(
    root: &Path,
    which: &Which,
    to: &str,
    mapping: Option<&Path>,
    yes: bool,
    as_json: bool,
) -> anyhow::Result<Answer> {
    let mapping: Mapping = mapping.map(read_yaml).transpose()?.unwrap_or_default();
    let mut cases: Vec<String> = which.case.iter().cloned().collect();
    if let Some(workflow) = &which.all {
        let view = viewing::look(root).await?;
        let stale = |case: &&Case| {
            let there =
                case.closure.starts_with(to) || to == "deployed" && view.deployed.get(workflow) == Some(&case.closure);
            case.workflow == *workflow && case.closed.is_none() && !there
        };
        cases.extend(view.cases.values().filter(stale).map(|case| case.id.clone()));
    }
    let mut answer = Answer::Yes;
    for case in cases {
        let request = Request::Migrate { case, to: to.to_string(), mapping: mapping.clone(), yes };
        if operate(root, request, as_json).await? == Answer::No {
            answer = Answer::No;
        }
    }
    Ok(answer)
}

/// What a file for `repair` holds.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Repairs {
    pub(super) repair: Vec<Repair>,
}

/// A YAML file as a value.
pub(super) fn read_yaml<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| shown.clone())?;
    let told = |problems: Vec<crate::diag::Diagnostic>| {
        anyhow!(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    };
    let node = yaml::read(&shown, &text).map_err(told)?;
    serde_json::from_value(node.json()).with_context(|| shown)
}

/// Hands the request to the daemon and waits for its answer.
async fn hand_over(spool: &Spool, request: &Request) -> anyhow::Result<Reply> {
    let name = format!("{}-{}", std::process::id(), Secret::fresh()?.name());
    let asked = asking::hand_over(spool, &name, request)?;
    let waited = tokio::time::timeout(Duration::from_secs(REPLY_SECONDS_MAX), reply(spool, &name)).await;
    let Ok(reply) = waited else {
        bail!(
            "the daemon has not answered within {REPLY_SECONDS_MAX} s; it will do what was asked when it can\n  hint: look at its log; {} withdraws the request when it is removed",
            asked.display()
        );
    };
    reply
}

async fn reply(spool: &Spool, name: &str) -> anyhow::Result<Reply> {
    loop {
        match asking::take_reply(spool, name)? {
            Some(reply) => return Ok(reply),
            None => tokio::time::sleep(Duration::from_millis(REPLY_POLL_MILLISECONDS)).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_repairs_and_a_mapping_are_read_and_an_unknown_word_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = |text: &str| {
            let path = folder.path().join("f.yaml");
            std::fs::write(&path, text).unwrap();
            path
        };
        let text = "repair:
  - correct: { item: 3, stage: 办理, fields: { 办理情况: 已办, 次数: 2 } }
  - free: { item: 3, on: { question: 5 } }
  - free: { item: 3, on: stay }
  - clock: { clock: 5, from: 2025-03-04 }
";
        let read: Repairs = read_yaml(&file(text)).unwrap();
        assert_eq!(read.repair.len(), 4);
        assert!(matches!(&read.repair[0], Repair::Correct { item: 3, stage: Some(stage), .. } if stage == "办理"));
        let wrong = read_yaml::<Repairs>(&file("repair: [{ rewrite: { event: 3 } }]")).err().unwrap();
        assert!(format!("{wrong:#}").contains("unknown variant `rewrite`"), "{wrong:#}");
        let mapping: Mapping = read_yaml(&file("stages: { 复核: 核查 }\n")).unwrap();
        assert_eq!(mapping.stage("复核"), "核查");
        let wrong = read_yaml::<Mapping>(&file("stage: { 复核: 核查 }\n")).err().unwrap();
        assert!(format!("{wrong:#}").contains("unknown field `stage`"), "{wrong:#}");
    }
}
