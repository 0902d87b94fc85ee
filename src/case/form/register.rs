//! The workbook of a register.

use super::{BLANK_ROWS, answers, blank, entry, plain};
use crate::case::ledger::{Entry as Standing, Ledgers};
use crate::case::register::valid;
use crate::submission::{Form, Grid, Line, Type, What};
use crate::workflow::{Register, RegisterKey, Subject};
use chrono::NaiveDate;
use serde_json::json;

/// Standing entries of a register laid out in its workbook; of more, the latest.
const REGISTER_LINES_MAX: usize = 2_000;

/// The blank of a register as it lies with its keeper on a day: how many of its entries are valid is told.
pub fn of_register_on(register: &Register, ledgers: &Ledgers, today: NaiveDate) -> Form {
    let mut form = of_register(register, ledgers);
    let known = ledgers.registers.get(&register.name);
    let valid = known.map_or(0, |entries| valid(register, entries, &today.to_string()));
    form.notes.push(format!("现有有效记录{valid}条。"));
    form
}

/// The workbook of a register, with the entries it has.
pub fn of_register(register: &Register, ledgers: &Ledgers) -> Form {
    of_entries(register, ledgers, |_| true)
}

/// The same with only those of its entries that are wanted: what came back is held against those it is about.
pub fn of_entries(register: &Register, ledgers: &Ledgers, wanted: impl Fn(u32) -> bool) -> Form {
    let office = register.by.as_deref().map(|by| ledgers.offices.standing(by).to_string()).unwrap_or_default();
    let mut form = blank(format!("台账：{}", register.title), answers(What::Register, &office, &register.name));
    form.notes.push("新增的记录填在空行。更正或终止已有记录的，在该行“变动”栏选择“更正”或“终止”，并写明理由；没有变动的行不必改动。".to_string());
    let mut columns = vec![plain("entry", "序号", Type::Integer, true, "新增的不填，已有的不要改")];
    columns.push(plain(
        "change",
        "变动",
        Type::One(["新增", "更正", "终止"].map(str::to_string).to_vec()),
        true,
        "不填视为新增",
    ));
    match &register.key {
        RegisterKey::Subjects(subjects) => {
            // an office is known by its id, which nobody types
            let (title, kind) = match subjects.as_slice() {
                [Subject::Office] => ("单位", Type::Office),
                _ => ("姓名或名称", Type::Name),
            };
            columns.push(plain("name", title, kind, false, ""));
            if subjects.contains(&Subject::Person) {
                columns.push(plain("id_number", "身份证号", Type::IdNumber, true, "组织不填"));
            }
        }
        RegisterKey::Fields(_) => {}
    }
    columns.extend(register.fields.values().map(entry));
    columns.push(plain("reason", "理由", Type::Text(500), true, "更正、终止须填"));
    let known = ledgers.registers.get(&register.name).cloned().unwrap_or_default();
    let kept: Vec<&Standing> = known.iter().filter(|e| e.ended.is_none()).collect();
    let laid_out = kept.iter().rev().take(REGISTER_LINES_MAX).rev().filter(|e| wanted(e.id));
    let lines = laid_out.map(|e| entry_line(register, e, ledgers)).collect();
    form.grids.push(Grid { name: register.title.clone(), columns, lines, blank: BLANK_ROWS, called: None });
    form
}

/// A standing entry of a register as a line of its workbook.
fn entry_line(register: &Register, entry: &Standing, ledgers: &Ledgers) -> Line {
    let mut values = entry.fields.clone();
    values.insert("entry".to_string(), json!(entry.id));
    if let RegisterKey::Subjects(subjects) = &register.key {
        let (name, id_number) = entry.key.split_once('|').unwrap_or((&entry.key, ""));
        let office = subjects.as_slice() == [Subject::Office];
        values.insert("name".to_string(), json!(if office { ledgers.offices.title(name) } else { name }));
        if !id_number.is_empty() {
            values.insert("id_number".to_string(), json!(id_number));
        }
    }
    Line { item: Some(entry.id), values }
}
