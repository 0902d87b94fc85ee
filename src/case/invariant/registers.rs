//! 14. A register entry has exactly one source: what a case has entered stands there as its log says, and nothing else as its own.
//!
//! Which entries a decision saw is not recorded with it, so that cannot be checked. Entries keep when they were entered, put right
//! and ended, so what stood in a register at the moment of a decision can be told from its own log: by that its rules are
//! judged anew (`decided`), but for registers that others wrote at that very moment.

use crate::case::Case;
use crate::case::event::{Body, Change, Event};
use crate::case::ledger::{Entry, Ledgers};
use std::collections::{BTreeMap, BTreeSet};

/// Nothing is entered twice.
pub(super) fn entered_once(log: &[Event], found: &mut Vec<String>) {
    let mut entered: BTreeSet<(&str, u32)> = BTreeSet::new();
    for event in log {
        if let Body::RegisterWritten { register, entry, change: Change::Enter, .. } = &event.body
            && !entered.insert((register, *entry))
        {
            found.push(format!("14: entry {entry} of {register} was entered twice"));
        }
    }
}

/// The registers have what the log has entered, put right or ended, and of this case nothing else.
pub(super) fn kept(case: &Case, log: &[Event], ledgers: &Ledgers, found: &mut Vec<String>) {
    let mut sources: BTreeMap<(&str, u32), String> = BTreeMap::new();
    for event in log {
        let Body::RegisterWritten { register, entry, change, .. } = &event.body else { continue };
        let known = ledgers.registers.get(register).and_then(|all| all.iter().find(|e| e.id == *entry));
        match (change, known) {
            (_, None) => found.push(format!("14: entry {entry} of {register} was written, and does not stand there")),
            (Change::End, Some(known)) if known.ended.is_none() => {
                found.push(format!("14: entry {entry} of {register} was ended, and stands"));
            }
            (Change::Enter, Some(_)) => {
                sources.insert((register, *entry), format!("{}/{}", event.stream, event.seq));
            }
            (Change::Correct | Change::End, Some(_)) => {}
        }
    }
    for (register, entries) in &ledgers.registers {
        let own = |e: &&Entry| e.source.rsplit_once('/').is_some_and(|(stream, _)| stream == case.id);
        let strange = |e: &&Entry| sources.get(&(register.as_str(), e.id)) != Some(&e.source);
        let stranger = entries.iter().filter(own).find(strange);
        found.extend(stranger.map(|e| format!("14: entry {} of {register} stems from nothing in the log", e.id)));
    }
}
