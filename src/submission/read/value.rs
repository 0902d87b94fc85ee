//! One value of a form: from what stood in the cell to what the kernel keeps (LANGUAGE §2).

use super::heading::{Headings, key, nearest};
use super::{date, identity, number, text};
use crate::offices::Offices;
use crate::submission::{Entry, Raw, TableKey, Type};
use serde_json::{Map, Value};

/// Choices listed in a sentence at most.
const CHOICES_LISTED_MAX: usize = 12;
/// What is written where there is nothing, beside dashes and a stroke; and dashes, at most.
const NONE: &str = "无";
const DASHES_MAX: usize = 4;
/// What is written for what stands above, or beside.
const AS_ABOVE: [&str; 7] = ["同上", "同前", "同左", "同右", "同下", "〃", "″"];
/// Values of a list at most.
const LIST_VALUES_MAX: usize = 500;

/// Reads one value. `Value::Null` when nothing was filled in; a file or picture is the name it was given in the form.
///
/// # Errors
/// What is wrong and what to do, in Chinese, to be put behind the heading in quotes.
pub fn read_value(entry: &Entry, raw: &Raw, offices: &Offices) -> Result<Value, String> {
    all(entry, raw, offices).map_err(|says| says.concat())
}

/// As [`read_value`], every sentence by itself: a table may have many.
pub(super) fn all(entry: &Entry, raw: &Raw, offices: &Offices) -> Result<Value, Vec<String>> {
    if text::is_empty(raw) {
        return Ok(Value::Null);
    }
    if let Some(said) = nothing(entry, raw) {
        let say = || vec![format!("写的是“{said}”，等于没有填写，这一栏必须填。")];
        return if entry.optional { Ok(Value::Null) } else { Err(say()) };
    }
    if let Some(said) = as_above(entry, raw) {
        return Err(vec![format!("不能写“{said}”：每一格单独读取，不看上一行。请把内容写全。")]);
    }
    if let Type::Table(columns, key) = &entry.kind {
        return table(columns, *key, raw, offices);
    }
    if let Type::List(inner, min) = &entry.kind {
        return list(entry, inner, *min, raw, offices);
    }
    single(entry, raw, offices).map_err(|say| vec![say])
}

/// What was written for nothing (无, a dash or a stroke alone) where it is no answer: in numbers, dates, choices, files. A name may be
/// 无, a text says what its office wrote.
pub(super) fn nothing(entry: &Entry, raw: &Raw) -> Option<String> {
    let inner = if let Type::List(inner, _) = &entry.kind { inner.as_ref() } else { &entry.kind };
    let Raw::Text(said) = raw else { return None };
    let bare = text::compact(said);
    let mark = bare == "/" || (1..=DASHES_MAX).contains(&bare.len()) && bare.chars().all(|c| c == '-');
    let is_nothing = match inner {
        Type::Text(_) | Type::Table(..) | Type::List(..) => false,
        Type::Name | Type::Address => mark,
        Type::One(choices) | Type::Any(choices) => {
            (mark || bare == NONE) && !choices.iter().any(|choice| key(choice) == key(said))
        }
        Type::IdNumber
        | Type::CreditCode
        | Type::Phone
        | Type::Email
        | Type::Integer
        | Type::Decimal(_)
        | Type::Money
        | Type::Percent
        | Type::AboutNumber
        | Type::Date
        | Type::Month
        | Type::Year
        | Type::Time
        | Type::Period
        | Type::YesNo
        | Type::Office
        | Type::File
        | Type::Image => mark || bare == NONE,
    };
    is_nothing.then(|| said.trim().to_string())
}

/// What was written for whatever stands in the cell above.
fn as_above(entry: &Entry, raw: &Raw) -> Option<String> {
    let Raw::Text(said) = raw else { return None };
    let chosen = if let Type::One(choices) | Type::Any(choices) = &entry.kind { choices.as_slice() } else { &[] };
    let is_above = AS_ABOVE.contains(&key(said).as_str()) && !chosen.iter().any(|choice| key(choice) == key(said));
    is_above.then(|| said.trim().to_string())
}

fn single(entry: &Entry, raw: &Raw, offices: &Offices) -> Result<Value, String> {
    match &entry.kind {
        Type::Text(max) => text::bounded(entry, raw, *max).map(Value::from),
        Type::Name => text::name(entry, raw).map(Value::from),
        Type::IdNumber => identity::id_number(raw).map(Value::from),
        Type::CreditCode => identity::credit_code(raw).map(Value::from),
        Type::Phone => identity::phone(raw).map(Value::from),
        Type::Email => identity::email(raw).map(Value::from),
        Type::Address => text::address(entry, raw).map(Value::from),
        Type::Integer => number::integer(entry, raw),
        Type::Decimal(places) => number::decimal(entry, raw, *places, ""),
        Type::Money => number::decimal(entry, raw, 2, "元"),
        Type::Percent => number::percent(entry, raw),
        Type::AboutNumber => number::about(entry, raw),
        Type::Date => date::day(entry, raw).map(Value::from),
        Type::Month => date::month(entry, raw).map(Value::from),
        Type::Year => date::year(entry, raw).map(Value::from),
        Type::Time => date::time(entry, raw).map(Value::from),
        Type::Period => date::period(entry, raw).map(Value::from),
        Type::YesNo => yes_no(raw),
        Type::Office => office(&text::of(raw)?, offices).map(Value::from),
        Type::File | Type::Image => text::of(raw).map(Value::from),
        Type::One(choices) => one(choices, &text::of(raw)?).map(Value::from),
        Type::Any(choices) => any(entry, choices, raw),
        Type::List(..) | Type::Table(..) => unreachable!("read by `all`"),
    }
}

fn yes_no(raw: &Raw) -> Result<Value, String> {
    let text = text::compact(&text::of(raw)?);
    match text.to_lowercase().as_str() {
        "是" | "true" | "√" | "✓" | "✔" => Ok(Value::Bool(true)),
        "否" | "false" | "×" | "✗" | "✘" => Ok(Value::Bool(false)),
        _ => Err(format!("只能填“是”或“否”，现在是“{text}”。")),
    }
}

/// The id of an office named by its id, its title or its folder.
fn office(said: &str, offices: &Offices) -> Result<String, String> {
    let wanted = key(said);
    if let Some(office) = offices.offices.get(said.trim()) {
        return Ok(office.id.clone());
    }
    let titled = offices.offices.values().find(|office| key(&office.title) == wanted);
    let foldered =
        || offices.offices.values().find(|office| office.folder.as_deref().map(key).as_ref() == Some(&wanted));
    match titled.or_else(foldered) {
        Some(office) => Ok(office.id.clone()),
        None => {
            let near = nearest(said, offices.offices.values().map(|office| office.title.as_str()));
            let near = near.map(|near| format!("，最接近的是“{near}”")).unwrap_or_default();
            Err(format!("没有“{said}”这个单位{near}，请填写单位全称。"))
        }
    }
}

fn one(choices: &[String], said: &str) -> Result<String, String> {
    let same = |choice: &&String| *choice == said || choice.trim() == said || key(choice) == key(said);
    choices.iter().find(same).cloned().ok_or_else(|| match numbered(choices, said).as_slice() {
        [] => format!("只能从{}中选择，现在是“{said}”。", listed(choices)),
        [only] => format!("只写了“{said}”，请连同号数写成“{only}”。"),
        several => {
            format!("叫“{said}”的有{}个：{}，分不清是哪一个。请连同号数写明其中一个。", several.len(), listed(several))
        }
    })
}

/// Choices that are called so, but for the number before the name and what stands behind it: `1号 路灯不亮：老街……`.
fn numbered<'c>(choices: &'c [String], said: &str) -> Vec<&'c str> {
    let called = |choice: &&str| {
        let name = choice.split_once("号 ").filter(|(number, _)| number.bytes().all(|b| b.is_ascii_digit()));
        let rest = name.and_then(|(_, name)| key(name).strip_prefix(&key(said)).map(str::to_string));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['：', '（']))
    };
    choices.iter().map(String::as_str).filter(called).collect()
}

/// `“甲”“乙”`, the first few of many.
pub(super) fn listed<S: AsRef<str>>(choices: &[S]) -> String {
    let shown: Vec<String> = choices.iter().take(CHOICES_LISTED_MAX).map(|c| format!("“{}”", c.as_ref())).collect();
    let more = if choices.len() > CHOICES_LISTED_MAX { format!("等{}项", choices.len()) } else { String::new() };
    format!("{}{more}", shown.concat())
}

fn any(entry: &Entry, choices: &[String], raw: &Raw) -> Result<Value, String> {
    let is_choice = |said: &str| choices.iter().any(|choice| key(choice) == key(said));
    let mut said: Vec<String> = Vec::new();
    if let Raw::List(values) = raw {
        said.extend(values.iter().map(text::of).collect::<Result<Vec<_>, _>>()?);
    } else {
        for piece in text::of(raw)?.split(['、', '\n']) {
            // a choice may itself hold a comma
            let pieces = if is_choice(piece) { vec![piece] } else { piece.split([',', '，', ';', '；']).collect() };
            said.extend(pieces.into_iter().map(|piece| piece.trim().to_string()));
        }
    }
    let mut chosen: Vec<String> = Vec::new();
    for said in said.iter().filter(|said| !said.is_empty()) {
        let choice = one(choices, said)?;
        if !chosen.contains(&choice) {
            chosen.push(choice);
        }
    }
    counted(entry, 0, chosen.len())?;
    Ok(Value::from(chosen))
}

fn list(entry: &Entry, inner: &Type, min: usize, raw: &Raw, offices: &Offices) -> Result<Value, Vec<String>> {
    // a value of a list is something
    let one = Entry { optional: false, ..column(&entry.title, inner) };
    let mut pieces: Vec<Raw> = if let Raw::List(values) = raw {
        values.clone()
    } else if let Raw::Text(text) = raw {
        let prose = matches!(inner, Type::Text(_) | Type::Address | Type::File | Type::Image);
        let between = |c: char| matches!(c, '\n' | '\r') || !prose && c == '、';
        text.split(between).map(|line| Raw::Text(line.to_string())).collect()
    } else {
        vec![raw.clone()]
    };
    pieces.retain(|piece| !text::is_empty(piece));
    if pieces.len() > LIST_VALUES_MAX {
        return Err(vec![format!("共{}项，最多{LIST_VALUES_MAX}项。", pieces.len())]);
    }
    let mut values = Vec::new();
    let mut says = Vec::new();
    for (place, piece) in pieces.iter().enumerate() {
        match all(&one, piece, offices) {
            Ok(value) => values.push(value),
            Err(wrong) => says.extend(wrong.into_iter().map(|say| format!("第{}项{say}", place + 1))),
        }
    }
    if let Err(say) = counted(entry, min, pieces.len()) {
        says.push(say);
    }
    if says.is_empty() { Ok(Value::Array(values)) } else { Err(says) }
}

/// How many values there may be.
fn counted(entry: &Entry, min: usize, count: usize) -> Result<(), String> {
    let own = |bound: &Option<String>| bound.as_ref().and_then(|bound| bound.parse::<usize>().ok());
    let min = own(&entry.min).unwrap_or(0).max(min);
    if count < min {
        return Err(format!("至少填{min}项，现在是{count}项。"));
    }
    match own(&entry.max).filter(|max| count > *max) {
        Some(max) => Err(format!("最多填{max}项，现在是{count}项。")),
        None => Ok(()),
    }
}

/// The column of a table, or the one value of a list, as an entry; it may always stay empty.
pub fn column(name: &str, kind: &Type) -> Entry {
    Entry {
        name: name.to_string(),
        title: name.to_string(),
        also: Vec::new(),
        kind: kind.clone(),
        optional: true,
        shown: false,
        min: None,
        max: None,
        unit: None,
        hint: None,
        of: Vec::new(),
    }
}

/// A table: rows by their key, or a list of rows where they have none. Empty cells and empty rows are left out.
fn table(
    columns: &[(String, Type)],
    key: Option<TableKey>,
    raw: &Raw,
    offices: &Offices,
) -> Result<Value, Vec<String>> {
    let entries: Vec<Entry> = columns.iter().map(|(name, kind)| column(name, kind)).collect();
    let table = Table { headings: Headings::of(&entries), entries, offices };
    let mut says = Vec::new();
    let value = match (key, raw) {
        (Some(key), Raw::Map(rows)) => Value::Object(table.keyed(key, rows, &mut says)),
        (None, Raw::List(rows)) => {
            let named = rows.iter().enumerate().map(|(n, row)| (format!("第{}行", n + 1), row));
            let read = named.filter_map(|(name, row)| table.row(&name, row, &mut says));
            Value::Array(read.map(Value::Object).collect())
        }
        (Some(TableKey::Office), _) => return Err(vec!["应当按单位逐行填写。".to_string()]),
        (Some(TableKey::Text), _) => return Err(vec!["应当按名称逐行填写。".to_string()]),
        (None, _) => return Err(vec!["应当逐行填写。".to_string()]),
    };
    if says.is_empty() { Ok(value) } else { Err(says) }
}

/// What a row of a table is kept under.
pub(super) fn row_key(key: TableKey, said: &str, offices: &Offices) -> Result<String, String> {
    match key {
        TableKey::Office => office(said, offices),
        TableKey::Text => text::clean(said),
    }
}

struct Table<'a> {
    entries: Vec<Entry>,
    headings: Headings,
    offices: &'a Offices,
}

impl Table<'_> {
    fn keyed(&self, key: TableKey, rows: &[(String, Raw)], says: &mut Vec<String>) -> Map<String, Value> {
        let mut read = Map::new();
        for (said, row) in rows.iter().filter(|(_, row)| !text::is_empty(row)) {
            let name = row_key(key, said, self.offices).map_err(|say| match key {
                TableKey::Office => say,
                TableKey::Text => format!("“{said}”{say}"),
            });
            let Some(values) = self.row(&format!("“{said}”一行"), row, says) else { continue };
            match name {
                Ok(name) if read.contains_key(&name) => says.push(format!("“{said}”写了两行，请合并成一行。")),
                Ok(name) => {
                    read.insert(name, Value::Object(values));
                }
                Err(say) => says.push(say),
            }
        }
        read
    }

    /// One row; nothing when all of it is empty.
    fn row(&self, name: &str, row: &Raw, says: &mut Vec<String>) -> Option<Map<String, Value>> {
        let alone: Vec<(String, Raw)>;
        let cells = match (row, self.entries.as_slice()) {
            (Raw::Map(cells), _) => cells,
            (other, [only]) => {
                alone = vec![(only.name.clone(), other.clone())];
                &alone
            }
            _ => {
                says.push(format!("{name}应当分栏填写。"));
                return None;
            }
        };
        let mut values = Map::new();
        let mut answered = false;
        for (heading, raw) in cells.iter().filter(|(_, raw)| !text::is_empty(raw)) {
            answered = true;
            let Some(entry) = self.headings.find(heading).first().and_then(|place| self.entries.get(*place)) else {
                let known: Vec<&str> = self.entries.iter().map(|entry| entry.name.as_str()).collect();
                says.push(format!("{name}没有“{heading}”这一栏，只有{}。", listed(&known)));
                continue;
            };
            match all(entry, raw, self.offices) {
                Ok(Value::Null) => {}
                Ok(_) if values.contains_key(&entry.name) => {
                    says.push(format!("{name}的“{heading}”写了两次，请只留一处。"));
                }
                Ok(value) => {
                    values.insert(entry.name.clone(), value);
                }
                Err(wrong) => says.extend(wrong.into_iter().map(|say| format!("{name}的“{heading}”{say}"))),
            }
        }
        answered.then_some(values)
    }
}
