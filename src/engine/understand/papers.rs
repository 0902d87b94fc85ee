//! What the papers beside tasks ask for: commands of an office, rows of a register.

use crate::case::command::Command;
use crate::case::decide::RegisterRow;
use crate::case::event::{Change, Fields};
use crate::case::form::{halt, signers};
use crate::case::ledger::Ledgers;
use crate::case::story;
use crate::spool::claim::ClaimedFile;
use crate::submission::{Answers, Attachment, What};
use crate::workflow::{Register, RegisterKey, Subject};

pub(super) fn standing_command(answers: &Answers, mut head: Fields, digest: &str) -> Option<Command> {
    let mut text = |name: &str| head.shift_remove(name).and_then(|v| v.as_str().map(str::to_string));
    let submission = digest.to_string();
    Some(match answers.what {
        What::Raise => {
            let about = text("about").and_then(|label| story::item_of_label(&label));
            let kind = answers.about.clone();
            Command::RaiseSide { kind, about, fields: head, submission }
        }
        What::Withdraw => {
            Command::WithdrawItem { item: story::item_of_label(&text("item")?)?, reason: text("reason")? }
        }
        What::RequestReturn => {
            Command::RequestReturn { item: story::item_of_label(&text("item")?)?, reason: text("reason")? }
        }
        What::Decline => Command::Decline { task: answers.task?, reason: text("reason")?, submission },
        What::TakeBack => Command::TakeBack { task: answers.task?, reason: text("reason")? },
        What::CloseIntake => {
            let reopen = text("action")? == "重开收件";
            Command::CloseIntake { stage: text("stage")?, reopen, reason: text("reason")? }
        }
        What::Signers => Command::ChangeSigners {
            item: story::item_of_label(&text("item")?)?,
            change: signers::change_of(&text("change")?)?,
            office: text("office")?,
            reason: text("reason")?,
        },
        What::Delegate => {
            let until = text("until").as_deref().and_then(crate::case::eval::first_day);
            Command::Delegate { task: answers.task?, to: text("to")?, until, reason: text("reason")? }
        }
        What::Extend => Command::ExtendClock {
            clock: answers.stage.clone()?,
            item: story::item_of_label(&text("item")?)?,
            reason: text("reason")?,
        },
        What::Halt => {
            let (clock, item) = (answers.stage.clone()?, story::item_of_label(&text("item")?)?);
            let (action, date) = (text("action")?, crate::case::eval::first_day(&text("date")?)?);
            match action == halt::RESUME {
                true => Command::ResumeClock { clock, item, date },
                false => Command::StopClock { clock, item, date, reason: text("reason").unwrap_or_default() },
            }
        }
        What::Amend => {
            let (param, reason) = (answers.stage.clone()?, text("reason")?);
            Command::AmendCase { value: head.get(&param)?.clone(), param, reason }
        }
        What::Open | What::Task | What::Register => return None,
    })
}

pub(super) fn register_row(register: &Register, mut values: Fields) -> RegisterRow {
    let text = |v: Option<serde_json::Value>| v.and_then(|v| v.as_str().map(str::to_string));
    let entry = values.shift_remove("entry").and_then(|v| v.as_u64()).and_then(|v| u32::try_from(v).ok());
    let change = match text(values.shift_remove("change")).as_deref() {
        Some("更正") => Change::Correct,
        Some("终止") => Change::End,
        Some(_) | None => Change::Enter,
    };
    let reason = text(values.shift_remove("reason"));
    let name = text(values.shift_remove("name"));
    let id_number = text(values.shift_remove("id_number"));
    let key = match (&register.key, name) {
        (RegisterKey::Fields(fields), _) => {
            let value = |f: &String| {
                values.get(f).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_string)).unwrap_or_default()
            };
            fields.iter().map(value).collect::<Vec<_>>().join("|")
        }
        (RegisterKey::Subjects(_), name) => {
            crate::case::eval::join_key(&name.unwrap_or_default(), id_number.as_deref())
        }
    };
    (entry, change, key, values, reason)
}

/// Names told in a sentence at most.
const NAMES_TOLD_MAX: usize = 5;

/// What to say of entries of persons that came without a number: a name alone means everybody who has it.
pub(super) fn by_name_alone(register: &Register, rows: &[RegisterRow], ledgers: &Ledgers) -> Option<String> {
    let RegisterKey::Subjects(subjects) = &register.key else { return None };
    if !subjects.contains(&Subject::Person) {
        return None;
    }
    let known = ledgers.registers.get(&register.name);
    let as_before = |row: &&RegisterRow| {
        let before = row.0.and_then(|id| known?.iter().find(|entry| entry.id == id));
        row.1 == Change::End || before.is_some_and(|entry| entry.key == row.2)
    };
    let alone = |row: &&RegisterRow| !crate::case::eval::has_number(&row.2) && !as_before(row);
    let mut names: Vec<String> = rows.iter().filter(alone).map(|row| format!("“{}”", row.2)).collect();
    if names.is_empty() {
        return None;
    }
    let more = if names.len() > NAMES_TOLD_MAX { "等" } else { "" };
    names.truncate(NAMES_TOLD_MAX);
    let organisations = if subjects.contains(&Subject::Organisation) { "；是组织的不用管" } else { "" };
    Some(format!(
        "{}{more}没有填身份证号，只能按姓名核对，同名同姓的人都会对上；知道号码的，请用“更正”补填{organisations}。",
        names.concat()
    ))
}

/// A file that lies beside the form.
pub(super) fn attachment(file: &ClaimedFile) -> Attachment {
    Attachment { name: file.name.clone(), digest: file.digest.clone(), bytes: file.bytes }
}
