//! The cells of one row, or of the head, against the entries asked for.

use super::heading::{Headings, key, nearest};
use super::paper::Stood;
use super::{text, value};
use crate::offices::Offices;
use crate::submission::{Attachment, Cell, CellPlace, Entry, Fault, Type};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Reads cells and collects what is wrong with them.
pub(super) struct Reader<'a> {
    pub(super) offices: &'a Offices,
    pub(super) attachments: &'a [Attachment],
    pub(super) faults: Vec<Fault>,
    /// unknown headings already said, by sheet: one sentence for a column, not one for each of its cells
    pub(super) unknown: BTreeSet<(String, String)>,
    /// where the headings stand, see [`crate::submission::Filled::headings_at`]
    pub(super) headings_at: &'a BTreeMap<CellPlace, CellPlace>,
    /// fields in which nothing but 无, a dash or a stroke stands
    pub(super) nothing: Vec<String>,
    /// the labels of Word forms, where it is such a form
    pub(super) stood: Option<Stood>,
}

/// What was answered.
#[derive(Default)]
pub(super) struct Answered {
    /// values by entry name
    pub(super) values: Map<String, Value>,
    /// places of the entries that were filled in, well or badly
    pub(super) taken: BTreeSet<usize>,
}

impl Reader<'_> {
    /// Reads cells by the headings over them; empty ones are not there, shown ones are not answers.
    pub(super) fn cells(&mut self, sheet: &str, entries: &[Entry], headings: &Headings, cells: &[Cell]) -> Answered {
        let mut answered = Answered::default();
        for cell in cells.iter().filter(|cell| !text::is_empty(&cell.raw)) {
            let found = headings.find(&cell.name);
            if found.is_empty() {
                self.unknown(sheet, entries, cell);
                continue;
            }
            let free = |place: &&usize| !entries[**place].shown && !answered.taken.contains(place);
            let Some(place) = found.iter().find(free).copied() else {
                if let Some(heading) = self.heading_of(cell) {
                    // one sentence for the column, where one heading too many stands
                    let said = !self.unknown.insert((heading.clone(), key(&cell.name)));
                    if !said && !found.iter().any(|place| entries[*place].shown) {
                        self.faults.push(Fault::at(heading, format!("“{}”这一栏有两个，请只留一个。", cell.name)));
                    }
                } else if !found.iter().any(|place| entries[*place].shown) {
                    self.faults.push(Fault::at(&cell.place, format!("“{}”写了两次，请只留一处。", cell.name)));
                }
                continue;
            };
            let entry = &entries[place];
            let read = value::all(entry, &cell.raw, self.offices);
            match read.and_then(|value| self.attached(&entry.kind, value).map_err(|say| vec![say])) {
                Ok(Value::Null) => {
                    let title = entry.title.clone();
                    self.nothing.extend((!self.nothing.contains(&title)).then_some(title));
                }
                Ok(value) => {
                    answered.taken.insert(place);
                    answered.values.insert(entry.name.clone(), value);
                }
                Err(says) => {
                    answered.taken.insert(place);
                    let faults = says.into_iter().map(|say| Fault::at(&cell.place, format!("“{}”{say}", entry.title)));
                    self.faults.extend(faults);
                }
            }
        }
        answered
    }

    fn unknown(&mut self, sheet: &str, entries: &[Entry], cell: &Cell) {
        if !self.unknown.insert((sheet.to_string(), key(&cell.name))) {
            return;
        }
        let titles = entries.iter().filter(|entry| !entry.shown).map(|entry| entry.title.as_str());
        let near = nearest(&cell.name, titles);
        let near = near.map(|near| format!("，最接近的是“{near}”")).unwrap_or_default();
        let say = format!("没有“{}”这一栏{near}。请填到原有的栏目里，或删去这一栏。", cell.name);
        self.faults.push(Fault::at(self.heading_of(cell).unwrap_or_else(|| cell.place.clone()), say));
    }

    /// Where the heading over a cell stands.
    fn heading_of(&self, cell: &Cell) -> Option<CellPlace> {
        self.headings_at.get(cell.place.trim_end_matches(|c: char| c.is_ascii_digit())).cloned()
    }

    /// Says what had to be filled in and was not. What is asked of certain sheets only is asked of no other.
    pub(super) fn missing(&mut self, entries: &[Entry], answered: &Answered, place: &str, sheet: Option<&str>) {
        for (index, entry) in entries.iter().enumerate() {
            let asked = sheet.is_none_or(|sheet| entry.of.is_empty() || entry.of.iter().any(|of| of == sheet));
            if asked && !entry.optional && !entry.shown && !answered.taken.contains(&index) {
                if let Some(labels) = &self.stood {
                    self.faults.extend(missing_in_paper(labels, entry, place));
                    continue;
                }
                let place = format!("{place} {}", entry.title);
                // what is asked of rows as a table has a sheet of its own
                let table = sheet.is_some() && matches!(entry.kind, Type::Table(..));
                let how = if table { "，请在它的那一页逐行填写" } else { "" };
                self.faults.push(Fault::at(place.trim(), format!("“{}”没有填写{how}。", entry.title)));
            }
        }
    }

    /// Files of the head that lie beside the form under the name of their entry need not be named in it.
    pub(super) fn beside(&self, entries: &[Entry], head: &mut Answered) {
        for (place, entry) in entries.iter().enumerate() {
            if !matches!(entry.kind, Type::File | Type::Image) || entry.shown || head.taken.contains(&place) {
                continue;
            }
            let found = self.attachment(&entry.title).or_else(|| self.attachment(&entry.name));
            if let Some(attachment) = found {
                head.taken.insert(place);
                head.values.insert(entry.name.clone(), Value::from(attachment.digest.clone()));
            }
        }
    }

    /// The digests of the files a value names; other values as they are.
    fn attached(&self, kind: &Type, value: Value) -> Result<Value, String> {
        match (kind, value) {
            (Type::File | Type::Image, Value::String(name)) => {
                let found = self.attachment(&name).map(|attachment| Value::from(attachment.digest.clone()));
                found.ok_or_else(|| self.not_beside(&name))
            }
            (Type::List(inner, _), Value::Array(values)) => {
                let read: Result<Vec<Value>, String> =
                    values.into_iter().map(|value| self.attached(inner, value)).collect();
                read.map(Value::Array)
            }
            (Type::Table(columns, _), Value::Array(rows)) => {
                let read: Result<Vec<Value>, String> =
                    rows.into_iter().map(|row| self.attached_row(columns, row)).collect();
                read.map(Value::Array)
            }
            (Type::Table(columns, _), Value::Object(rows)) => {
                let read = rows.into_iter().map(|(key, row)| Ok((key, self.attached_row(columns, row)?)));
                read.collect::<Result<Map<String, Value>, String>>().map(Value::Object)
            }
            (_, value) => Ok(value),
        }
    }

    fn attached_row(&self, columns: &[(String, Type)], mut row: Value) -> Result<Value, String> {
        for (name, kind) in columns {
            if let Some(cell) = row.get_mut(name) {
                *cell = self.attached(kind, std::mem::take(cell))?;
            }
        }
        Ok(row)
    }

    /// The attachment of a name, written with its ending or without, or the only one so named.
    fn attachment(&self, name: &str) -> Option<&Attachment> {
        let wanted = key(name);
        let stem = |attachment: &Attachment| attachment.name.rsplit_once('.').map(|(stem, _)| key(stem));
        let exact = self.attachments.iter().find(|a| key(&a.name) == wanted || a.digest == name);
        exact.or_else(|| {
            let mut named = self.attachments.iter().filter(|a| stem(a).as_ref() == Some(&wanted));
            named.next().filter(|_| named.next().is_none())
        })
    }

    fn not_beside(&self, name: &str) -> String {
        let names: Vec<&str> = self.attachments.iter().map(|a| a.name.as_str()).collect();
        let got = if names.is_empty() {
            "没有收到附件".to_string()
        } else {
            format!("收到的附件有{}", value::listed(&names))
        };
        format!("写的“{name}”不在附件里，{got}。请把它和本表放进同一个文件夹再交。")
    }
}

/// The same of a Word form, in the words of its own label; nothing, where what stands there is wrong and said so already.
fn missing_in_paper(labels: &Stood, entry: &Entry, place: &str) -> Option<Fault> {
    if let Some(standing) = labels.get(&(place.to_string(), entry.name.clone())) {
        let say = format!("“{}”没有填写。", standing.label);
        return (!standing.wrong).then(|| Fault::at(&standing.place, say));
    }
    let say = format!("表里找不到“{}”这一栏。请在表中加上这一栏并填写，或用“待办”“表样”中的表填写。", entry.title);
    Some(Fault::at(place, say))
}
