//! Forms and what comes back in them: the vocabulary between the kernel, which says what to ask, and the spool, which
//! writes workbooks and reads what offices drop.
//!
//! A [`Form`] is what an office is asked; a [`Filled`] is what it answered, cell by cell, each with its place, not yet
//! understood. [`Type::read`] understands one cell. Nothing here knows files.

pub mod alike;
pub mod hint;
pub mod legacy;
pub mod paper;
pub mod read;
pub mod tables;

use crate::numerals;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a form answers; stands in the locked hidden sheet of a workbook and in `banwen:` of a YAML or JSON file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Answers {
    /// what kind of paper it is
    pub what: What,
    /// the office it was made for (its stable id)
    pub office: String,
    /// workflow or register name
    pub about: String,
    /// stage name, where there is one
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// case id, where there is one
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// task id within the case
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<u64>,
    /// revision of the task's workbook
    #[serde(default)]
    pub revision: u32,
}

/// The kinds of paper an office can hand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// opens a case (启动)
    Open,
    /// answers a task: nominate, answer, post, seal, question, report
    Task,
    /// raises a side item: objection, opinion
    Raise,
    /// withdraws an item (撤销对象)
    Withdraw,
    /// says an expected office has nothing to hand in (无推荐)
    Decline,
    /// asks for an item to be returned for correction (申请退回)
    RequestReturn,
    /// takes back an answer before the next person acts (撤回)
    TakeBack,
    /// closes or reopens an intake (结束收件)
    CloseIntake,
    /// changes a parameter of the case, with a reason
    Amend,
    /// asks for more time on a clock
    Extend,
    /// stops or resumes a clock (停止计时, 恢复计时)
    Halt,
    /// changes who signs (加签, 减签, 缺席)
    Signers,
    /// hands a task over (转办)
    Delegate,
    /// enters or corrects a register
    Register,
}

/// The type of a value (LANGUAGE §2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Type {
    /// text of at most so many characters
    Text(usize),
    /// name of a person or organisation, at most 40 characters
    Name,
    /// 18-digit resident identity number with a valid check digit (GB 11643)
    IdNumber,
    /// 18-character unified social credit code
    CreditCode,
    /// telephone
    Phone,
    /// e-mail address
    Email,
    /// postal address
    Address,
    /// whole number
    Integer,
    /// decimal with so many places, kept as text to stay exact
    Decimal(u8),
    /// money in yuan, two places, kept as text
    Money,
    /// percent, 0–100, kept as text
    Percent,
    /// a count that may carry 余, 多, 约
    AboutNumber,
    /// `YYYY-MM-DD`
    Date,
    /// `YYYY-MM`
    Month,
    /// `YYYY`
    Year,
    /// `HH:MM`
    Time,
    /// a period: `2026`, `2026-05`, `2026-Q2`, `2026-W14`
    Period,
    /// 是 / 否
    YesNo,
    /// an office of `offices.yaml`; kept as its id, entered by title or id
    Office,
    /// an attachment, kept as its digest
    File,
    /// a picture, kept as its digest
    Image,
    /// one of these
    One(Vec<String>),
    /// several of these
    Any(Vec<String>),
    /// a list of values of one type, at least so many
    List(Box<Type>, usize),
    /// a table: column name → type, rows keyed by `office`, `text` or nothing
    Table(Vec<(String, Type)>, Option<TableKey>),
}

impl Type {
    /// Whether it is such a type, or holds values of one: a list of them, a table with a column of them.
    pub fn holds(&self, such: &impl Fn(&Type) -> bool) -> bool {
        such(self)
            || match self {
                Type::List(inner, _) => inner.holds(such),
                Type::Table(columns, _) => columns.iter().any(|(_, kind)| kind.holds(such)),
                Type::Text(_)
                | Type::Name
                | Type::IdNumber
                | Type::CreditCode
                | Type::Phone
                | Type::Email
                | Type::Address
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
                | Type::Image
                | Type::One(_)
                | Type::Any(_) => false,
            }
    }

    /// An amount with the places of its type, as one that is entered has them; one that is more exact stays as it is.
    pub fn with_places(&self, value: serde_json::Value) -> serde_json::Value {
        let places = if let Type::Decimal(places) = self { Some(usize::from(*places)) } else { None };
        let Some(places) = places.or((*self == Type::Money).then_some(2)) else { return value };
        let told = value.as_str().map_or_else(|| value.to_string(), str::to_string);
        let (whole, fraction) = told.split_once('.').unwrap_or((&told, ""));
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        let amount = !whole.is_empty() && digits(whole.trim_start_matches('-')) && digits(fraction);
        if fraction.len() > places || !amount {
            return value;
        }
        let point = if places == 0 { "" } else { "." };
        serde_json::Value::from(format!("{whole}{point}{fraction:0<places$}"))
    }

    /// A number, mailbox or address by which a person is reached or known.
    pub fn is_personal(&self) -> bool {
        matches!(self, Type::IdNumber | Type::Phone | Type::Email | Type::Address)
    }
}

/// Every text a value holds: of a list each, of a table each cell.
pub fn texts(value: &serde_json::Value) -> Vec<&str> {
    match value {
        serde_json::Value::String(text) => vec![text],
        serde_json::Value::Array(list) => list.iter().flat_map(texts).collect(),
        serde_json::Value::Object(map) => map.values().flat_map(texts).collect(),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => Vec::new(),
    }
}

/// What a table's rows are keyed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableKey {
    /// an office
    Office,
    /// any text
    Text,
}

/// One thing to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// the name it is known by in the definition
    pub name: String,
    /// what the clerk reads; differs from `name` only when the definition says so
    pub title: String,
    /// other headings a form may use
    pub also: Vec<String>,
    /// what may stand in it
    pub kind: Type,
    /// may stay empty
    pub optional: bool,
    /// shown, not to be filled (locked, grey)
    pub shown: bool,
    /// smallest and largest value (numbers, dates)
    pub min: Option<String>,
    /// largest value
    pub max: Option<String>,
    /// unit, shown behind the heading
    pub unit: Option<String>,
    /// a sentence for the clerk
    pub hint: Option<String>,
    /// row conditions: the field is asked only of these categories; empty = all
    pub of: Vec<String>,
}

/// A row of a form that already stands there: an item to be answered, or an office of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Line {
    /// item id, kept in a hidden column; None for blank lines and table rows
    pub item: Option<u32>,
    /// values already known, by entry name
    pub values: serde_json::Map<String, serde_json::Value>,
}

/// A sheet of many rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// sheet name, unique in the form; at most 31 characters
    pub name: String,
    /// columns
    pub columns: Vec<Entry>,
    /// prefilled rows
    pub lines: Vec<Line>,
    /// how many blank rows are drawn after them (0 = the rows are fixed)
    pub blank: usize,
    /// the column a row is called by where lines elsewhere belong to it: those of its tables, each table on a sheet of its own
    pub called: Option<String>,
}

/// What an office is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// title on the first sheet and stem of the file name
    pub title: String,
    /// what it answers
    pub answers: Answers,
    /// sentences above the form: what to do, by when, what was said when it was returned
    pub notes: Vec<String>,
    /// quota lines shown on the first sheet: label, allowed, used
    pub quotas: Vec<(String, String, String)>,
    /// single values, label beside value, on the first sheet
    pub head: Vec<Entry>,
    /// values already known for the head
    pub head_values: serde_json::Map<String, serde_json::Value>,
    /// sheets of rows
    pub grids: Vec<Grid>,
    /// names of attachments demanded beside the form
    pub attach: Vec<String>,
}

/// Where a value stood in the dropped file, in words for the clerk: `推荐表!C7` or `rows[2].姓名`.
pub type CellPlace = String;

/// A value as it stood in the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Raw {
    /// nothing there
    Empty,
    /// text as typed, trimmed of surrounding blanks
    Text(String),
    /// a number as stored; whole numbers up to 2^53 are exact
    Number(f64),
    /// a date cell, `YYYY-MM-DD` (with `THH:MM` when it has a time)
    Date(String),
    /// true or false
    Flag(bool),
    /// a list (YAML, JSON only)
    List(Vec<Raw>),
    /// a mapping (YAML, JSON only)
    Map(Vec<(String, Raw)>),
    /// the cell holds a formula; its text
    Formula(String),
    /// the cell holds an error such as #REF!
    Broken(String),
}

impl From<&serde_json::Value> for Raw {
    /// A value of YAML, or of another case, as a form would have it; a number as it is written.
    fn from(value: &serde_json::Value) -> Raw {
        match value {
            serde_json::Value::Null => Raw::Empty,
            serde_json::Value::Bool(flag) => Raw::Flag(*flag),
            serde_json::Value::Number(number) => Raw::Text(number.to_string()),
            serde_json::Value::String(text) => Raw::Text(text.clone()),
            serde_json::Value::Array(list) => Raw::List(list.iter().map(Raw::from).collect()),
            serde_json::Value::Object(map) => {
                Raw::Map(map.iter().map(|(name, value)| (name.clone(), Raw::from(value))).collect())
            }
        }
    }
}

/// One answered value with its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// heading or key as it stood in the file
    pub name: String,
    /// value
    pub raw: Raw,
    /// where
    pub place: CellPlace,
}

/// One answered row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct FilledLine {
    /// item id from the hidden column
    pub item: Option<u32>,
    /// the row's place, `推荐表 第7行`
    pub place: CellPlace,
    /// its values; empty cells are left out, but where a file says by name that a value of an item is none
    pub cells: Vec<Cell>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Filled {
    /// what it says it answers; None when the file does not say (then the folder's open tasks decide)
    pub answers: Option<Answers>,
    /// single values
    pub head: Vec<Cell>,
    /// rows by sheet name; a file with one unnamed list has the name ""
    pub grids: Vec<(String, Vec<FilledLine>)>,
    /// by sheet name, the headings of its columns, whether or not anything stands under them
    pub headings: Vec<(String, Vec<String>)>,
    /// where a heading stands, by the place of a cell under it without its row: `推荐表!C` → `推荐表!C2`
    #[serde(default)]
    pub headings_at: BTreeMap<CellPlace, CellPlace>,
    /// tables of Word forms, whose labels nobody has looked for yet
    pub tables: Vec<paper::Table>,
    /// attachments beside the form
    pub attachments: Vec<Attachment>,
    /// pictures in the cells of its Word forms, kept like attachments; they are none until they are asked for
    #[serde(default)]
    pub pictures: Vec<Attachment>,
    /// how it was read, where that was not certain, and what was passed over: sentences for the clerk
    #[serde(default)]
    pub remarks: Vec<String>,
}

/// A file handed in beside a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// file name as dropped
    pub name: String,
    /// sha-256, hex, of its bytes; the spool keeps them under this name
    pub digest: String,
    /// size in bytes
    pub bytes: u64,
}

/// What is wrong with a submission: one sentence for the clerk, with its place and what to do. All are collected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// where: `推荐表!C7`, a file name, or empty for the whole
    pub place: String,
    /// what is wrong and what to do, in Chinese
    pub say: String,
}

impl Fault {
    /// A fault at a place. What it quotes may be anything that somebody has typed: numbers that name a person are not repeated.
    pub fn at(place: impl Into<String>, say: impl Into<String>) -> Fault {
        Fault { place: numerals::veiled_quotes(&place.into()), say: numerals::veiled_quotes(&say.into()) }
    }
}
