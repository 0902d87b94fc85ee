//! Together: drops that are claimed at once, each step of all of them before the next.
//!
//! Guarantees: each goes the way of [`super::claim`], step by step, and every step is durable before the next begins. What
//! each waits for at the disk it waits for beside the others, and a folder is synced once for all that changed in it.

use super::{ClaimError, Claimed, keep_and_note, number, taken, unmarked};
use crate::clock::Moment;
use crate::files;
use crate::spool::layout::Spool;
use crate::spool::settle::Settled;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What became of one of several until now, or of all of them in the end.
type Tried<T> = Result<T, ClaimError>;

/// Claims complete drops, each with the folder of its office, as [`super::claim`] would one after the other: their numbers come in
/// their order. Gives what became of each, in their order.
pub fn claim_all(spool: &Spool, drops: &[(String, Settled)], now: Moment) -> Vec<Tried<Claimed>> {
    let looked = files::side_by_side(drops.iter().collect(), |(folder, settled): &(String, Settled)| {
        unmarked(spool, folder, settled, now)
    });
    let mut last = BTreeMap::new();
    let mut numbered = Vec::new();
    for ((folder, settled), looked) in drops.iter().zip(looked) {
        let above = last.get(folder).copied().unwrap_or_default();
        let claimed = looked.and_then(|()| Ok(number(spool, folder, settled, now, above)?));
        last.extend(claimed.as_ref().ok().map(|claimed| (folder, claimed.number())));
        numbered.push(claimed.map(|claimed| (claimed.came_from(spool, settled), claimed)));
    }
    let begun = begin_all(spool, numbered);
    let renamed = rename_all(spool, begun);
    // what lies on another file system is held there, each by itself
    files::side_by_side(renamed, |one| {
        let (from, mut claimed, renamed) = one?;
        taken(spool, &mut claimed, &from, renamed)?;
        keep_and_note(spool, claimed)
    })
}

/// Writes their journals.
fn begin_all(spool: &Spool, numbered: Vec<Tried<(PathBuf, Claimed)>>) -> Vec<Tried<(PathBuf, Claimed)>> {
    let lined = |(from, claimed): (PathBuf, Claimed)| Ok((claimed.line(spool)?, from, claimed));
    let lined: Vec<_> = numbered.into_iter().map(|one| one.and_then(lined)).collect();
    let journal =
        |(line, _, claimed): &(String, PathBuf, Claimed)| (claimed.journal(spool), format!("{line}\n").into_bytes());
    let journals = lined.iter().flatten().map(journal).collect();
    let mut written = files::write_all_atomic(journals).into_iter();
    let mut begun = |(_, from, claimed)| Ok(written.next().unwrap_or(Ok(())).map(|()| (from, claimed))?);
    lined.into_iter().map(|one| one.and_then(&mut begun)).collect()
}

/// A claim, where its drop lay, and what came of renaming that.
type Renamed = (PathBuf, Claimed, Result<(), files::Error>);

/// Renames them out of their offices' hands.
fn rename_all(spool: &Spool, begun: Vec<Tried<(PathBuf, Claimed)>>) -> Vec<Tried<Renamed>> {
    let places = |(from, claimed): &(PathBuf, Claimed)| (from.clone(), claimed.goes_to(spool, from));
    let renames: Vec<(PathBuf, PathBuf)> = begun.iter().flatten().map(places).collect();
    let mut renamed = files::rename_all_durable(&renames).into_iter();
    let mut told = |(from, claimed)| (from, claimed, renamed.next().unwrap_or(Ok(())));
    begun.into_iter().map(|one| one.map(&mut told)).collect()
}
