//! Entries of a register handed in by the office that keeps it.

#[cfg(test)]
mod tests;

use super::Refusal;
use super::facts::entered_too_early;
use crate::case::event::{Body, Change, Event, Fields};
use crate::case::ledger::Ledgers;
use crate::case::register::backwards;
use crate::clock::Moment;
use crate::submission::Fault;

/// One row: entry (None = new), change, key, fields, reason.
pub type RegisterRow = (Option<u32>, Change, String, Fields, Option<String>);

/// An entry of a register handed in by its owner.
#[derive(Debug, Clone, PartialEq)]
pub struct EnterRegister {
    /// register name
    pub register: String,
    /// office id
    pub office: String,
    /// `submission <digest>`
    pub cause: String,
    /// changes: entry (None = new), change, key, fields, reason
    pub rows: Vec<RegisterRow>,
    /// sequence number of the register's last event
    pub seq: u64,
}

/// What a register does about entries handed in; its stream is `register/NAME`.
///
/// # Errors
/// A refusal when the office may not write it or an entry is not there.
pub fn enter_register(
    register: &crate::workflow::Register,
    asked: &EnterRegister,
    ledgers: &Ledgers,
    now: Moment,
) -> Result<Vec<Event>, Refusal> {
    let keeper = register.by.as_deref().map(|by| ledgers.offices.standing(by));
    if keeper != Some(asked.office.as_str()) {
        let owner = keeper.map_or("管理员", |id| ledgers.offices.title(id));
        return Err(Refusal {
            faults: vec![Fault::at("", format!("“{}”由{owner}登记，请转交该单位。", register.title))],
        });
    }
    let mut faults = Vec::new();
    let mut events: Vec<Event> = Vec::new();
    let mut next = ledgers.next_entry(&asked.register);
    for (entry, change, key, fields, reason) in &asked.rows {
        let standing = ledgers.registers.get(&asked.register);
        let standing = entry.and_then(|id| standing?.iter().find(|e| e.id == id));
        let known = standing.map(|e| e.id);
        // The workbook lays out what stands; a line nobody touched says nothing.
        if *change == Change::Enter && standing.is_some_and(|e| e.key == *key && e.fields == *fields) {
            continue;
        }
        if *change == Change::Enter && entry.is_some() {
            faults.push(Fault::at(key.clone(), "已有序号的记录须在“变动”栏选择“更正”或“终止”；新增的记录不填序号。"));
            continue;
        }
        if *change != Change::Enter && (known.is_none() || reason.is_none()) {
            faults.push(Fault::at(key.clone(), "更正或终止须写明台账中的序号和理由。"));
            continue;
        }
        let early = entered_too_early(register, fields, now.date());
        faults.extend(early.into_iter().map(|say| Fault::at(key.clone(), say)));
        if let Some((from, to)) = backwards(register, fields).filter(|_| *change != Change::End) {
            let (from, to) = (&from.title, &to.title);
            faults.push(Fault::at(key.clone(), format!("“{to}”早于“{from}”，请核对后重报。")));
        }
        let id = known.unwrap_or(next);
        next = next.max(id + 1);
        let body = Body::RegisterWritten {
            register: asked.register.clone(),
            key: key.clone(),
            entry: id,
            change: *change,
            fields: fields.clone(),
            reason: reason.clone(),
        };
        let seq = asked.seq + 1 + events.len() as u64;
        let stream = format!("register/{}", asked.register);
        events.push(Event {
            stream,
            seq,
            at: now,
            by: asked.office.clone(),
            on_behalf: None,
            cause: asked.cause.clone(),
            body,
        });
    }
    if faults.is_empty() { Ok(events) } else { Err(Refusal { faults }) }
}
