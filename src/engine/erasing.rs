//! `banwen erase`: fields that are due are blanked by a signed list, in the log, in memory, and in the originals that speak of
//! nothing else.
//!
//! The event that says so is kept first; blanking is done again until all of it is done, so a crash in between leaves
//! nothing half: the request lies in the spool until it is answered, and who asks at the command line asks again.

use super::commands::Reply;
use super::{Core, Engine, Error, acceptance, revive};
use crate::case::decide::OPERATOR;
use crate::case::event::{Body, Event};
use crate::case::program::Program;
use crate::case::{Case, erasure};
use crate::store;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What stands for an answer that spoke of what was erased.
const FORGOTTEN: &str = "已按到期清除清单清除。";

/// An item of a list for erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// the case
    pub case: String,
    /// the item
    pub item: u32,
}

/// A signed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedList {
    /// what is on it
    pub items: Vec<Listed>,
    /// what tells it from others: its number, or the digest of its file
    pub list: String,
    /// who signed it
    pub signed: String,
}

impl Engine {
    /// Says what a list would erase; with `yes` erases it. Refused whole when something on it is not due.
    pub(super) async fn erase(&self, list: &SignedList, yes: bool, cause: &str) -> Result<Reply, Error> {
        let no = |says: String| Ok(Reply { done: false, says });
        if list.signed.trim().is_empty() || list.items.is_empty() {
            return no("a list for erasure has something on it, and somebody who signed it".to_string());
        }
        let mut cases: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for listed in &list.items {
            cases.entry(&listed.case).or_default().insert(listed.item);
        }
        let mut core = self.core.lock().await;
        let (mut wrong, mut says) = (Vec::new(), Vec::new());
        for (id, items) in &cases {
            self.erasable(&core, id, items, list, &mut wrong, &mut says);
        }
        if !wrong.is_empty() {
            return no(wrong.join("\n"));
        }
        if !yes {
            says.push("nothing was erased. Say --yes to erase it for good".to_string());
            return Ok(Reply { done: true, says: says.join("\n") });
        }
        for (id, items) in &cases {
            let blanked = self.erase_of(&mut core, id, items, list, cause).await?;
            says.push(format!("{id}: {blanked} values erased"));
        }
        Ok(Reply { done: true, says: says.join("\n") })
    }

    /// What of a case is to be erased, and what of it is not due. What this very list erased already may be on it again.
    fn erasable(
        &self,
        core: &Core,
        id: &str,
        items: &BTreeSet<u32>,
        list: &SignedList,
        wrong: &mut Vec<String>,
        says: &mut Vec<String>,
    ) {
        let known = core.cases.get(id).and_then(|case| Some((case, core.programs.get(&case.closure)?)));
        let Some((case, program)) = known else {
            wrong.push(format!("there is no case `{id}`"));
            return;
        };
        let due = erasure::due(program, case, &core.ledgers.calendar, self.clock.now().date());
        for item in items {
            let erased = case.item(*item).and_then(|i| i.erased.clone());
            match (due.iter().find(|due| due.item == *item), erased) {
                (Some(due), _) => says.push(format!("{id} item {item}: {}", due.fields.join("、"))),
                (None, Some(by)) if by == list.list => says.push(format!("{id} item {item}: erased by this list")),
                (None, Some(by)) => wrong.push(format!("{id} item {item}: erased already, by list {by}")),
                (None, None) => wrong.push(format!("{id} item {item}: nothing of it is due")),
            }
        }
    }

    /// Keeps the event, blanks what it is about, and folds the case anew; gives how many values were blanked now.
    async fn erase_of(
        &self,
        core: &mut Core,
        id: &str,
        items: &BTreeSet<u32>,
        list: &SignedList,
        cause: &str,
    ) -> Result<usize, Error> {
        let Some(case) = core.cases.get(id).cloned() else { return Ok(0) };
        let Some(program) = self.program_of(core, &case.closure).await? else { return Ok(0) };
        let open = items.iter().filter(|i| case.item(**i).is_some_and(|i| i.erased.is_none()));
        let fresh: Vec<u32> = open.copied().collect();
        if !fresh.is_empty() {
            let fields = |item: &u32| case.item(*item).map(|i| erasure::personal(&program, i)).unwrap_or_default();
            let names: BTreeSet<String> = fresh.iter().flat_map(fields).collect();
            self.keep_erasure(core, &program, &case, (fresh, names), list, cause).await?;
        }
        let log = self.log(id).await?;
        let mut blanked = 0;
        // first what tells of the values, and last the values that it is found by
        let telling: BTreeSet<String> =
            items.iter().filter_map(|item| Some(erasure::telling(&program, case.item(*item)?))).flatten().collect();
        self.forget_submissions(id, items, &telling, &log).await?;
        let words = erasure::words(&telling, &log);
        for (seq, pointer) in words.into_iter().chain(self.to_blank(core, &case, items, &log)) {
            self.fuse.burn("a value is erased")?;
            match self.store.erase(id, seq, &pointer).await {
                Ok(count) => blanked += count,
                // the event has no such field
                Err(store::Error::Unknown { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.refold(core, id).await?;
        self.remove_originals(core, id, &log).await?;
        Ok(blanked)
    }

    async fn log(&self, id: &str) -> Result<Vec<Event>, Error> {
        self.store.events(id).await?.into_iter().map(revive).collect()
    }

    async fn keep_erasure(
        &self,
        core: &mut Core,
        program: &Program,
        case: &Case,
        (items, names): (Vec<u32>, BTreeSet<String>),
        list: &SignedList,
        cause: &str,
    ) -> Result<(), Error> {
        let event = Event {
            stream: case.id.clone(),
            seq: case.seq + 1,
            at: self.clock.now().max(case.latest),
            by: OPERATOR.to_string(),
            on_behalf: None,
            cause: cause.to_string(),
            body: Body::FieldsErased {
                items,
                names: names.into_iter().collect(),
                list: list.list.clone(),
                signed: list.signed.clone(),
            },
        };
        let mut after = case.clone();
        after.apply(&event);
        let decision = crate::case::decide::Decision {
            events: vec![event],
            notes: Vec::new(),
            returned: Vec::new(),
            case: after,
            ledgers: core.ledgers.clone(),
        };
        self.accept(acceptance(program, &decision, None)?).await?;
        super::remember(core, decision);
        Ok(())
    }

    /// Where the values stand; what a paper prints stays with it.
    fn to_blank(&self, core: &Core, case: &Case, items: &BTreeSet<u32>, log: &[Event]) -> Vec<(u64, String)> {
        let names: Vec<(u32, Vec<String>)> = items
            .iter()
            .filter_map(|id| {
                let item = case.item(*id)?;
                Some((*id, erasure::personal(core.programs.get(&case.closure)?, item)))
            })
            .collect();
        let prints = |event: &Event, name: &str| {
            let Body::DocumentOrdered { document, template, .. } = &event.body else { return false };
            let closure = case.documents.get(document).map_or(&case.closure, |d| &d.closure);
            let source = core.programs.get(closure).and_then(|p| p.template(template));
            source.is_none_or(|source| source.contains(name))
        };
        names.iter().flat_map(|(id, fields)| erasure::places(*id, fields, log, prints)).collect()
    }

    /// Leaves nothing of the names and answers of this case's submissions that speak of these items alone, or tell who they are.
    async fn forget_submissions(
        &self,
        id: &str,
        items: &BTreeSet<u32>,
        telling: &BTreeSet<String>,
        log: &[Event],
    ) -> Result<(), Error> {
        let alone = erasure::spoken_of_alone(log, items);
        let tells = |words: &str| telling.iter().any(|value| words.contains(value.as_str()));
        // what was returned stands with its digest only
        let returned = |digest: &str| {
            log.iter()
                .any(|event| matches!(&event.body, Body::CommandRefused { submission, .. } if submission == digest))
        };
        for record in self.store.submissions(u32::MAX).await? {
            let first = record.first_event.as_ref().is_some_and(|(stream, _)| stream == id);
            let ours = first || returned(&record.digest);
            let speaks = alone.contains(&record.digest) || tells(&record.name) || tells(&record.answer);
            if ours && speaks && record.answer != FORGOTTEN {
                self.fuse.burn("a submission is forgotten")?;
                self.store.forget(&record.id, FORGOTTEN).await?;
            }
        }
        Ok(())
    }

    /// Removes the originals of this case's submissions that speak of erased items alone, unless another drop has the same.
    async fn remove_originals(&self, core: &Core, id: &str, log: &[Event]) -> Result<(), Error> {
        let Some(case) = core.cases.get(id) else { return Ok(()) };
        let erased: BTreeSet<u32> = case.all_items().filter(|i| i.erased.is_some()).map(|i| i.id).collect();
        let alone = erasure::spoken_of_alone(log, &erased);
        let (mut gone, mut kept): (BTreeSet<String>, BTreeSet<String>) = Default::default();
        for record in self.store.submissions(u32::MAX).await? {
            let ours = record.first_event.as_ref().is_some_and(|(stream, _)| stream == id);
            let files = self.digests_of(&record.id)?;
            if ours && alone.contains(&record.digest) { &mut gone } else { &mut kept }.extend(files);
        }
        for digest in gone.difference(&kept) {
            let path = self.spool.original(digest);
            if path.exists() {
                self.remove(&path)?;
            }
        }
        Ok(())
    }
}
