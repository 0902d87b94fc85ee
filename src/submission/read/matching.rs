//! Which object a row answers for that does not say its number: the one whose particulars, as the form shows them, it repeats; and how
//! well a file people made themselves fits a form.

use super::heading::{Headings, key};
use super::value::listed;
use super::{paper, text};
use crate::offices::Offices;
use crate::submission::{Cell, Entry, Fault, Filled, FilledLine, Form, Grid, Line, Type};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Objects named in a sentence, at most.
const NAMED_MAX: usize = 8;

/// How well a file fits a form; more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Fit {
    /// headings or labels of the file the form has, whether it asks for them or shows them
    pub known: usize,
    /// fields to fill in whose headings or labels the file has
    pub fields: usize,
    /// rows that repeat the particulars of an object of the form
    pub objects: usize,
    /// headings or labels of the file the form has not
    pub strange: Reverse<usize>,
}

impl Fit {
    /// Whether anything the form asks for is in the file, and most of what is in the file is of the form.
    pub fn mostly(&self) -> bool {
        self.fields > 0 && self.known >= self.strange.0
    }
}

/// How much of what a form asks for stands in a Word file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Likeness {
    /// one label at least
    pub any: bool,
    /// the labels of most of what has to be answered
    pub labelled: bool,
    /// and answers to most of it
    pub filled: bool,
}

/// How much of a form stands in the tables of one Word file. A paper that speaks of the same persons (a curriculum vitae, an
/// opinion) has some of the labels, the form itself has most.
pub fn likeness(form: &Form, filled: &Filled) -> Likeness {
    let laid = paper::lay(form, filled).0;
    let lines = laid.filled.grids.iter().flat_map(|(_, lines)| lines);
    let valued: BTreeSet<&String> =
        lines.flat_map(|line| &line.cells).chain(&laid.filled.head).map(|cell| &cell.name).collect();
    let labelled: BTreeSet<&String> = laid.stood.keys().map(|(_, name)| name).chain(valued.iter().copied()).collect();
    let head = Share::of(&form.head, &labelled, &valued);
    let grids: Vec<Share> = form.grids.iter().map(|grid| Share::of(&grid.columns, &labelled, &valued)).collect();
    // of several objects not every paper repeats what is said of all
    let alone = if grids.is_empty() { Some(head) } else { None };
    let either = grids.iter().flat_map(|grid| [*grid, grid.and(head)]).chain(alone);
    let most = |found: fn(&Share) -> usize| either.clone().any(|share| found(&share) * 2 > share.asked);
    Likeness { any: !labelled.is_empty(), labelled: most(|share| share.labels), filled: most(|share| share.values) }
}

/// How many of the fields to be answered stand in a file.
#[derive(Debug, Clone, Copy)]
struct Share {
    asked: usize,
    labels: usize,
    values: usize,
}

impl Share {
    fn of(entries: &[Entry], labelled: &BTreeSet<&String>, valued: &BTreeSet<&String>) -> Share {
        let headings = Headings::of(entries);
        let open = |entry: &&Entry| !entry.shown && !matches!(entry.kind, Type::Table(..) | Type::File | Type::Image);
        let must = |entry: &&Entry| open(entry) && !entry.optional;
        // where nothing has to be answered, all that may be
        let any = !entries.iter().any(|entry| must(&entry));
        let wanted = |place: &usize| entries.get(*place).is_some_and(|entry| must(&entry) || any && open(&entry));
        let count = |names: &BTreeSet<&String>| {
            let found = names.iter().filter_map(|name| headings.find(name).first().copied());
            found.filter(wanted).collect::<BTreeSet<usize>>().len()
        };
        let asked = (0..entries.len()).filter(wanted).count();
        Share { asked, labels: count(labelled), values: count(valued) }
    }

    fn and(self, other: Share) -> Share {
        Share {
            asked: self.asked + other.asked,
            labels: self.labels + other.labels,
            values: self.values + other.values,
        }
    }
}

/// How well a file that does not say what it answers fits a form by its headings and labels; its rows are not looked at. Of several
/// Word files some may be attachments.
pub fn fit(form: &Form, filled: &Filled) -> Fit {
    let laid = if filled.tables.is_empty() { None } else { Some(paper::lay(form, filled).0) };
    let filled = laid.as_ref().map_or(filled, |laid| &laid.filled);
    let lines = || filled.grids.iter().flat_map(|(_, lines)| lines);
    let stood = laid.as_ref().into_iter().flat_map(|laid| laid.stood.keys().map(|(_, name)| name));
    let headings = filled.headings.iter().flat_map(|(_, headings)| headings);
    let cells = lines().flat_map(|line| &line.cells).chain(&filled.head).map(|cell| &cell.name);
    let names: BTreeSet<&String> = headings.chain(cells).chain(stood).collect();
    let grids = form.grids.iter().map(|grid| (Headings::of(&grid.columns), &grid.columns));
    let owners: Vec<(Headings, &Vec<Entry>)> =
        std::iter::once((Headings::of(&form.head), &form.head)).chain(grids).collect();
    let asked = |(headings, entries): &(Headings, &Vec<Entry>)| {
        let found = names.iter().filter_map(|name| headings.find(name).first().copied());
        found.filter(|place| !entries[*place].shown).collect::<BTreeSet<usize>>().len()
    };
    let known_names = names.iter().filter(|name| owners.iter().any(|(headings, _)| !headings.find(name).is_empty()));
    let found = known_names.count();
    Fit { known: found, fields: owners.iter().map(asked).sum(), objects: 0, strange: Reverse(names.len() - found) }
}

/// How many rows of a file repeat the particulars of an object of a form: thousands may be held against thousands.
pub fn objects(form: &Form, filled: &Filled, offices: &Offices) -> usize {
    let laid = if filled.tables.is_empty() { None } else { Some(paper::lay(form, filled).0) };
    let filled = laid.as_ref().map_or(filled, |laid| &laid.filled);
    let lines = || filled.grids.iter().flat_map(|(_, lines)| lines);
    let known = |grid: &Grid| {
        let headings = Headings::of(&grid.columns);
        lines().filter(|line| matches!(object_of(grid, &headings, line, offices), Ok(Some(_)))).count()
    };
    form.grids.iter().map(known).sum()
}

/// The object a row is about, by what it repeats of the particulars the form shows; nothing, where it repeats none.
///
/// # Errors
/// What the row says is true of no object of the form, or of several.
pub(super) fn object_of(
    asked: &Grid,
    headings: &Headings,
    line: &FilledLine,
    offices: &Offices,
) -> Result<Option<u32>, Fault> {
    if line.item.is_some() || asked.blank > 0 || asked.lines.is_empty() || asked.lines.iter().any(|l| l.item.is_none())
    {
        return Ok(line.item);
    }
    let mut said: Vec<(&Entry, &Cell, String)> = Vec::new();
    for cell in &line.cells {
        let entry = headings.find(&cell.name).first().map(|place| &asked.columns[*place]);
        let Some(entry) = entry.filter(|entry| tells_apart(asked, entry)) else { continue };
        let Ok(value) = text::of(&cell.raw) else { continue };
        if !value.is_empty() {
            said.push((entry, cell, value));
        }
    }
    // what an object is called by counts first, and must be true of one; what else is said may only tell two apart
    said.sort_by_key(|(entry, ..)| asked.called.as_ref() != Some(&entry.name));
    let mut left: Vec<&Line> = asked.lines.iter().collect();
    let mut called = None;
    for (entry, cell, value) in said {
        let same: Vec<&Line> = left.iter().copied().filter(|line| says(line, entry, &value, offices)).collect();
        if called.is_none() {
            called = Some((cell.place.clone(), value.clone()));
            if same.is_empty() {
                return Err(Fault::at(&cell.place, stranger(asked, &value)));
            }
        }
        if !same.is_empty() {
            left = same;
        }
    }
    match (called, left.as_slice()) {
        (None, _) => Ok(None),
        (Some(_), [only]) => Ok(only.item),
        (Some((place, value)), several) => Err(Fault::at(place, ambiguous(asked, &value, several))),
    }
}

/// Whether a column says which object a row is about: it is shown, or, where nothing is, it is a name or number of a person.
fn tells_apart(asked: &Grid, entry: &Entry) -> bool {
    let any_shown = asked.columns.iter().any(|entry| entry.shown);
    entry.shown || !any_shown && matches!(entry.kind, Type::Name | Type::IdNumber | Type::CreditCode)
}

fn says(line: &Line, entry: &Entry, said: &str, offices: &Offices) -> bool {
    let Some(value) = line.values.get(&entry.name) else { return false };
    let texts = match value {
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Vec::new(),
    };
    // an office may be called by its id, and two of one name are told apart by numbers before it
    texts.iter().any(|text| {
        let bare = text.split_once("号 ").map_or(text.as_str(), |(_, name)| name);
        [text.as_str(), bare].iter().any(|text| key(text) == key(said) || key(text) == key(offices.title(said)))
    })
}

fn word(line: &Line, name: &str) -> Option<String> {
    line.values.get(name).and_then(Value::as_str).map(str::to_string)
}

fn stranger(asked: &Grid, said: &str) -> String {
    let called = asked.called.as_deref().unwrap_or_default();
    let mut names: Vec<String> = asked.lines.iter().filter_map(|line| word(line, called)).collect();
    if names.is_empty() {
        return format!("“{said}”不是本表的对象，请核对。");
    }
    let more = if names.len() > NAMED_MAX { format!("等{}个", names.len()) } else { String::new() };
    names.truncate(NAMED_MAX);
    format!("“{said}”不是本表的对象，本表的对象是{}{more}，请核对。", listed(&names))
}

fn ambiguous(asked: &Grid, said: &str, several: &[&Line]) -> String {
    let numbers: Vec<String> = several.iter().filter_map(|line| Some(format!("{}号", line.item?))).collect();
    let differs = |entry: &&Entry| {
        let values: BTreeSet<Option<String>> = several.iter().map(|line| word(line, &entry.name)).collect();
        tells_apart(asked, entry) && values.len() == several.len()
    };
    let way = asked.columns.iter().find(differs).map_or_else(
        || "请用“待办”中的表格填写。".to_string(),
        |entry| format!("请在表中加上“{}”一栏，写明是哪一个。", entry.title),
    );
    format!("叫“{said}”的有{}个（{}），分不清这一行是哪一个。{way}", several.len(), numbers.join("、"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::Raw;
    use serde_json::json;

    fn entry(name: &str, title: &str, shown: bool) -> Entry {
        let kind = if shown { Type::Text(5000) } else { Type::Date };
        let (name, title) = (name.to_string(), title.to_string());
        let of = Vec::new();
        let also = if name == "~name" { vec!["姓名".to_string()] } else { Vec::new() };
        Entry { name, title, also, kind, optional: false, shown, min: None, max: None, unit: None, hint: None, of }
    }

    fn asked() -> Grid {
        let line = |item: u32, name: &str, owner: &str| Line {
            item: Some(item),
            values: [("~name".to_string(), json!(name)), ("~owner".to_string(), json!(owner))].into_iter().collect(),
        };
        Grid {
            name: "考察".to_string(),
            columns: vec![
                entry("~name", "对象", true),
                entry("~owner", "报送单位", true),
                entry("日期", "日期", false),
            ],
            lines: vec![line(3, "张三", "第一党支部"), line(5, "张三", "第二党支部"), line(7, "李四", "第二党支部")],
            blank: 0,
            called: Some("~name".to_string()),
        }
    }

    fn found(cells: &[(&str, &str)]) -> Result<Option<u32>, String> {
        let cell = |(name, said): &(&str, &str)| Cell {
            name: (*name).to_string(),
            raw: Raw::Text((*said).to_string()),
            place: "名单!A2".to_string(),
        };
        let line =
            FilledLine { item: None, place: "名单 第2行".to_string(), cells: cells.iter().map(cell).collect() };
        let asked = asked();
        object_of(&asked, &Headings::of(&asked.columns), &line, &Offices::default()).map_err(|fault| fault.say)
    }

    #[test]
    fn a_row_is_about_the_object_whose_particulars_it_repeats() {
        assert_eq!(found(&[("姓名", "李 四"), ("日期", "2022-05-09")]), Ok(Some(7)));
        assert_eq!(found(&[("报送单位", "第二党支部"), ("对象", "张三")]), Ok(Some(5)));
        assert_eq!(found(&[("对象", "李四"), ("报送单位", "二支部")]), Ok(Some(7)), "the name says enough");
        assert_eq!(found(&[("日期", "2022-05-09")]), Ok(None));
    }

    #[test]
    fn a_row_about_nobody_or_about_several_says_so() {
        let several = found(&[("姓名", "张三")]).unwrap_err();
        assert_eq!(
            several,
            "叫“张三”的有2个（3号、5号），分不清这一行是哪一个。请在表中加上“报送单位”一栏，写明是哪一个。"
        );
        let nobody = found(&[("姓名", "王五")]).unwrap_err();
        assert_eq!(nobody, "“王五”不是本表的对象，本表的对象是“张三”“张三”“李四”，请核对。");
    }

    #[test]
    fn a_file_fits_the_form_whose_fields_and_objects_it_has() {
        let form = |title: &str| Form {
            title: title.to_string(),
            answers: crate::submission::Answers {
                what: crate::submission::What::Task,
                office: String::new(),
                about: String::new(),
                stage: None,
                case: None,
                task: None,
                revision: 0,
            },
            notes: Vec::new(),
            quotas: Vec::new(),
            head: Vec::new(),
            head_values: Default::default(),
            grids: vec![asked()],
            attach: Vec::new(),
        };
        let cell =
            |name: &str, said: &str| Cell { name: name.into(), raw: Raw::Text(said.into()), place: String::new() };
        let line =
            FilledLine { cells: vec![cell("姓名", "李四"), cell("日期", "2022-05-09")], ..FilledLine::default() };
        let filled = Filled { grids: vec![(String::new(), vec![line])], ..Filled::default() };
        assert_eq!(fit(&form("考察"), &filled), Fit { known: 2, fields: 1, objects: 0, strange: Reverse(0) });
        assert_eq!(objects(&form("考察"), &filled, &Offices::default()), 1);
        assert_eq!(fit(&form("考察"), &Filled::default()), Fit::default());
    }
}
