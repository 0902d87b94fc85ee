//! What an operator asks: hold, release, cancel, void, replace, retry, migrate, repair, erase. When a daemon has the spool, the command line hands the
//! request over through `state/operator/` and reads the answer there; otherwise it opens the engine and asks itself.

use super::erasing::SignedList;
use super::{Engine, Error};
use crate::case::command::{Asked, Command};
use crate::case::decide::{OPERATOR, Repair};
use crate::case::migration::Mapping;
use crate::files;
use crate::spool::layout::Spool;
use serde::{Deserialize, Serialize};

/// Longest request that is read: a list for erasure may be long.
const REQUEST_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// A request of an operator.
#[expect(missing_docs, reason = "a field is said by the sentence of its variant")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Request {
    /// stop a case's automatic moves
    Hold { case: String, reason: String },
    /// let them go on
    Release { case: String, reason: String },
    /// end a case
    Cancel { case: String, reason: String },
    /// give a document up
    Void { case: String, document: u32, reason: String },
    /// make it anew
    Replace { case: String, document: u32, reason: String },
    /// try an effect again
    Retry { effect: String },
    /// move a case to another version of its workflow; without `yes` only say what that would do
    Migrate {
        case: String,
        /// a version, or `deployed`
        to: String,
        #[serde(default)]
        mapping: Mapping,
        #[serde(default)]
        yes: bool,
    },
    /// erase personal fields that are due, by a signed list; without `yes` only say what that would do
    Erase {
        #[serde(flatten)]
        list: SignedList,
        #[serde(default)]
        yes: bool,
    },
    /// put right what is listed; without `yes` only say what that would do
    Repair {
        case: String,
        repair: Vec<Repair>,
        reason: String,
        #[serde(default)]
        yes: bool,
    },
}

impl Request {
    /// Each command as a scenario writes it.
    pub const EXAMPLES: [&'static str; 9] = [
        "{ do: hold, case: 年度评选-2026, reason: 核对材料 }",
        "{ do: release, case: 年度评选-2026, reason: 已核对 }",
        "{ do: cancel, case: 年度评选-2026, reason: 今年不开展 }",
        "{ do: void, case: 年度评选-2026, document: 4, reason: 重新研究 }",
        "{ do: replace, case: 年度评选-2026, document: 4, reason: 日期有误 }",
        "{ do: retry, effect: 年度评选-2026/65/3 }",
        "{ do: migrate, case: 年度评选-2026, to: deployed, \"yes\": true }",
        "{ do: repair, case: 年度评选-2026, reason: 登记时漏填, repair: [{ correct: { item: 1, fields: { 电话: \"8820001\" } } }], \"yes\": true }",
        "{ do: erase, items: [{ case: 年度评选-2026, item: 3 }], list: 销毁清单2026-1, signed: 赵明, \"yes\": true }",
    ];
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// whether it was done
    pub done: bool,
    /// what happened, or why not
    pub says: String,
}

impl Engine {
    /// Does what an operator asks.
    ///
    /// # Errors
    /// The store's.
    pub async fn operate(&self, request: &Request) -> Result<Reply, Error> {
        self.operate_for(request, OPERATOR).await
    }

    /// The same for a cause of its own, which is done once.
    async fn operate_for(&self, request: &Request, cause: &str) -> Result<Reply, Error> {
        let (case, command) = match request.clone() {
            Request::Hold { case, reason } => (case, Command::Hold { reason }),
            Request::Release { case, reason } => (case, Command::Release { reason }),
            Request::Cancel { case, reason } => (case, Command::Cancel { reason }),
            Request::Void { case, document, reason } => (case, Command::VoidDocument { document, reason }),
            Request::Replace { case, document, reason } => (case, Command::ReplaceDocument { document, reason }),
            Request::Retry { effect } => {
                return match self.retry(&effect).await {
                    Ok(()) => Ok(Reply { done: true, says: format!("{effect} will be tried again") }),
                    Err(Error::Store(error)) if !error.is_transient() && !error.is_fault() => {
                        Ok(Reply { done: false, says: error.to_string() })
                    }
                    Err(error) => Err(error),
                };
            }
            Request::Erase { list, yes } => return self.erase(&list, yes, cause).await,
            Request::Repair { case, repair, reason, yes } => {
                return self.repair(&case, (&repair, &reason), yes, cause).await;
            }
            Request::Migrate { case, to, mapping, yes } => return self.migrate(&case, &to, &mapping, yes, cause).await,
        };
        let asked = Asked { by: OPERATOR.to_string(), on_behalf: None, cause: cause.to_string(), command };
        let mut core = self.core.lock().await;
        if self.is_done(&case, cause).await? {
            return Ok(Reply { done: true, says: format!("{case}: done") });
        }
        let reply = match self.ask(&mut core, &case, &asked, self.clock.now()).await? {
            Ok(events) => Reply { done: true, says: format!("{case}: {events} events") },
            Err(refusal) => Reply { done: false, says: super::sentences(&refusal) },
        };
        if let (true, Request::Release { .. }) = (reply.done, request) {
            // A case that was held heard of no calendar.
            self.announce_calendar(&mut core, Some(&case)).await?;
        }
        Ok(reply)
    }

    /// A crash may have come between the doing and the reply.
    pub(super) async fn is_done(&self, case: &str, cause: &str) -> Result<bool, Error> {
        Ok(cause != OPERATOR && self.store.events(case).await?.iter().any(|e| e.cause == cause))
    }

    /// Answers the requests that lie in `state/operator/`.
    ///
    /// # Errors
    /// The store's and the disk's.
    pub async fn operate_waiting(&self) -> Result<(), Error> {
        let folder = operator_folder(&self.spool);
        for name in files::list(&folder).unwrap_or_default() {
            let name = name.to_string_lossy().into_owned();
            let Some(stem) = name.strip_suffix(".request.json") else { continue };
            let path = folder.join(&name);
            let read = match files::read_at_most(&path, REQUEST_BYTES_MAX) {
                Err(error) if error.is_transient() => return Err(error.into()),
                read => read.ok().flatten(),
            };
            let reply = match read.and_then(|bytes| serde_json::from_slice::<Request>(&bytes).ok()) {
                Some(request) => self.operate_for(&request, &format!("{OPERATOR} {stem}")).await?,
                None => Reply { done: false, says: "the request cannot be read".to_string() },
            };
            let answer = serde_json::to_vec(&reply).map_err(|e| Error::Log(e.to_string()))?;
            self.write(&folder.join(format!("{stem}.reply.json")), &answer)?;
            self.remove(&path)?;
        }
        Ok(())
    }
}

/// Where requests are handed over.
pub fn operator_folder(spool: &Spool) -> std::path::PathBuf {
    spool.state().join("operator")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_command_has_an_example_that_is_read() {
        let text: String = Request::EXAMPLES.iter().map(|example| format!("- {example}\n")).collect();
        let node = crate::yaml::read("examples.yaml", &text).unwrap();
        let said = node.list().unwrap().iter().map(|node| {
            let read = serde_json::from_value::<Request>(node.json());
            assert!(read.is_ok(), "{}: {}", node.raw, read.unwrap_err());
            node.get("do").unwrap().raw.clone()
        });
        let said: BTreeSet<String> = said.collect();
        // whoever reads the enum names all there are
        let unknown = serde_json::from_value::<Request>(serde_json::json!({ "do": "?" })).unwrap_err().to_string();
        let all = unknown.split('`').skip(1).step_by(2).filter(|word| *word != "?").map(str::to_string);
        assert_eq!(said, all.collect());
    }
}
