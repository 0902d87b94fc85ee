//! Registers: what a query finds, and what a hand-written entry becomes.

use super::ledger::Entry;
use crate::workflow::Register;
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

/// Entries of the key that stand and began within the asked time, in order of entry.
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
    entries.iter().filter(|e| &e.key == key && e.ended.is_none() && fits(e) && !over(e)).cloned().collect()
}

/// Every entry that stands on a day, in order of entry.
pub fn standing(register: &Register, entries: &Vector<Entry>, today: &str) -> Vec<Entry> {
    entries.iter().filter(|e| e.ended.is_none() && !over(register, e, today)).cloned().collect()
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
