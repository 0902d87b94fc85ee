//! An operator's commands: handed to the daemon that has the spool, or done here when none has.

use super::voice::{data, talk};
use super::{Answer, require};
use crate::clock::Clock;
use crate::engine::commands::{Reply, Request};
use crate::engine::{Engine, Error, Fuse, Options, Renderer, asking};
use crate::spool::layout::Spool;
use crate::spool::lock;
use crate::spool::settle::Patience;
use crate::store::chain::Secret;
use anyhow::bail;
use std::path::Path;
use std::time::Duration;

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
    };
    let reply = match Engine::open(options).await {
        Ok(engine) => {
            let reply = engine.operate(&request).await?;
            if reply.done {
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
