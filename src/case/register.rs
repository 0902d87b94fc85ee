//! Registers: what a query finds, and what a hand-written entry becomes.

use super::eval::Sought;
use super::event::Fields;
use super::ledger::Entry;
use crate::clock::Moment;
use crate::workflow::{Field, Register};
use imbl::Vector;

/// A query of a register.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// key; None never matches
    pub key: Option<String>,
    /// only entries valid from this date, month or year on
    pub since: Option<String>,
    /// only entries valid from before this
    pub until: Option<String>,
    /// the command's day
    pub today: String,
    /// year of `running`
    pub year: Option<i64>,
}

/// Entries that may be of the key ([`Sought`]), stand, and began within the asked time, in order of entry.
///
/// Texts of dates, months and years are compared on their common length, so that a month meets a date of that month.
pub fn matching(register: &Register, entries: &Vector<Entry>, asked: &Asked) -> Vec<Entry> {
    let Some(key) = &asked.key else { return Vec::new() };
    let began = |entry: &Entry| register.valid_from.as_ref().and_then(|f| entry.fields.get(f)).map(text);
    let fits = |entry: &Entry| {
        let began = began(entry);
        let after = asked.since.as_ref().is_none_or(|s| began.as_ref().is_none_or(|b| not_before(b, s)));
        let before = asked.until.as_ref().is_none_or(|u| began.as_ref().is_none_or(|b| not_before(u, b)));
        after && before
    };
    let over = |entry: &Entry| asked.since.is_none() && over(register, entry, &asked.today);
    let sought = Sought::of(register, key);
    entries.iter().filter(|e| e.ended.is_none() && sought.may_be(&e.key) && fits(e) && !over(e)).cloned().collect()
}

/// Every entry that stands on a day, in order of entry.
pub fn standing(register: &Register, entries: &Vector<Entry>, today: &str) -> Vec<Entry> {
    entries.iter().filter(|e| e.ended.is_none() && !over(register, e, today)).cloned().collect()
}

/// How many entries are valid on a day: they stand, have begun, and are not over.
pub fn valid(register: &Register, entries: &Vector<Entry>, today: &str) -> usize {
    let began = |entry: &Entry| register.valid_from.as_ref().and_then(|f| entry.fields.get(f)).map(text);
    let begun = |entry: &&Entry| began(entry).is_none_or(|began| not_before(today, &began));
    standing(register, entries, today).iter().filter(begun).count()
}

/// The entries as they stood at a moment: what was entered by then, as it said then.
pub fn as_of(entries: &Vector<Entry>, at: Moment) -> Vector<Entry> {
    let known = entries.iter().filter(|e| e.entered <= at).map(|entry| {
        let mut then = entry.clone();
        if let Some((_, fields)) = entry.before.iter().find(|(until, _)| *until > at) {
            then.fields.clone_from(fields);
        }
        if entry.gone.is_some_and(|gone| gone > at) {
            then.ended = None;
        }
        then
    });
    known.collect()
}

/// Whether an entry would be over before it begins: the fields that say from when and until when it is valid.
pub fn backwards<'r>(register: &'r Register, fields: &Fields) -> Option<(&'r Field, &'r Field)> {
    let said = |name: &Option<String>| {
        let field = register.fields.get(name.as_ref()?)?;
        let said = fields.get(&field.name).map(text).filter(|said| !said.is_empty() && said != "null")?;
        Some((field, said))
    };
    let ((from, began), (to, ends)) = (said(&register.valid_from)?, said(&register.valid_to)?);
    (!not_before(&ends, &began)).then_some((from, to))
}

fn over(register: &Register, entry: &Entry, today: &str) -> bool {
    let to = register.valid_to.as_ref().and_then(|f| entry.fields.get(f)).map(text);
    to.is_some_and(|to| !to.is_empty() && !not_before(&to, today))
}

/// How many consecutive years, ending with the asked one, have an entry of the key.
pub fn running(register: &Register, entries: &Vector<Entry>, asked: &Asked) -> i64 {
    let Some(last) = asked.year else { return 0 };
    let has = |year: i64| {
        let wanted = Asked { since: Some(year.to_string()), until: Some(year.to_string()), ..asked.clone() };
        !matching(register, entries, &wanted).is_empty()
    };
    (0..).take_while(|back| has(last - back)).count() as i64
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

fn not_before(a: &str, b: &str) -> bool {
    let common = a.len().min(b.len());
    a.get(..common) >= b.get(..common)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::event::{Body, Change, Event};
    use crate::case::ledger::Ledgers;
    use chrono::NaiveDate;
    use serde_json::json;
    use std::sync::Arc;

    fn at(day: u32) -> Moment {
        NaiveDate::from_ymd_opt(2026, 3, day).unwrap().and_hms_opt(9, 0, 0).unwrap()
    }

    #[test]
    fn a_register_is_looked_at_as_it_stood() {
        let calendar = Arc::new(crate::calendar::Calendar::shipped().clone());
        let mut ledgers = Ledgers::new(Arc::default(), calendar);
        let mut write = |day, change, says: &str| {
            let fields = json!({ "事由": says }).as_object().cloned().unwrap();
            let (register, key, reason) = ("台账".to_string(), "甲".to_string(), Some("更正".to_string()));
            ledgers.apply(&Event {
                stream: "register/台账".to_string(),
                seq: u64::from(day),
                at: at(day),
                by: "甲办".to_string(),
                on_behalf: None,
                cause: String::new(),
                body: Body::RegisterWritten { register, key, entry: 1, change, fields, reason },
            });
        };
        write(2, Change::Enter, "一");
        write(5, Change::Correct, "二");
        write(7, Change::Correct, "三");
        write(9, Change::End, "三");
        let entries = ledgers.registers.get("台账").cloned().unwrap();
        let told = |day| {
            let then = as_of(&entries, at(day));
            then.iter().map(|e| (text(&e.fields["事由"]), e.ended.is_some())).collect::<Vec<_>>()
        };
        assert_eq!(told(1), []);
        assert_eq!(told(2), [("一".to_string(), false)]);
        assert_eq!(told(6), [("二".to_string(), false)]);
        assert_eq!(told(8), [("三".to_string(), false)]);
        assert_eq!(told(9), [("三".to_string(), true)]);
    }
}
