//! What an office answers a task with: its head, its rows, the marks of its assessors.

use crate::case::command::HandIn;
use crate::case::event::{Ask, Fields, Row};
use crate::case::program::Program;
use crate::case::{Task, form, story};
use crate::submission::read::Understood;
use crate::submission::{Answers, Fault, Form};

pub(super) fn hand_in(
    program: &Program,
    task: &Task,
    answers: &Answers,
    understood: Understood,
    digest: &str,
) -> HandIn {
    let mut head = understood.head;
    let complete = head.shift_remove("complete").and_then(|v| v.as_bool()).unwrap_or(true);
    let sheets = task
        .stage
        .as_ref()
        .and_then(|s| program.workflow().stage(s))
        .map(|s| form::sheets(program, s))
        .unwrap_or_default();
    let rows = understood.rows.into_iter().map(|row| {
        let mut values = row.values;
        let mut text = |name: &str| values.shift_remove(name).and_then(|v| v.as_str().map(str::to_string));
        let (outcome, reason, waiver) = (text("outcome"), text("reason"), text("waiver"));
        let merge_into = text("merge_into").and_then(|label| story::item_of_label(&label));
        values.retain(|name, _| !name.starts_with('~'));
        if task.ask == Ask::Answer && row.grid == form::SCORES {
            return marks(values, row.place);
        }
        if task.ask == Ask::Correct {
            values.extend(row.cleared.into_iter().map(|name| (name, serde_json::Value::Null)));
        }
        let nominated = task.ask == Ask::Nominate;
        let category = sheets.iter().find(|(name, ..)| nominated && *name == row.grid).and_then(|(_, _, c)| c.clone());
        (
            Row { item: row.item, assessor: None, category, fields: values, outcome, reason, waiver, merge_into },
            row.place,
        )
    });
    HandIn {
        task: task.id,
        revision: answers.revision,
        fields: head,
        // a line that was laid out for an assessor and left as it was
        rows: rows.filter(|(row, _)| row.assessor.as_deref() != Some("") || !row.fields.is_empty()).collect(),
        attachments: understood.attachments,
        complete,
        returned: Vec::new(),
        submission: digest.to_string(),
    }
}

/// A row of the sheet on which assessors mark.
fn marks(mut values: Fields, place: String) -> (Row, String) {
    let mut text = |name: &str| values.shift_remove(name).and_then(|v| v.as_str().map(str::to_string));
    let item = text(form::ASSESSED).and_then(|label| story::item_of_label(&label));
    let assessor = Some(text(form::ASSESSOR).unwrap_or_default());
    (Row { item, assessor, fields: values, ..Row::default() }, place)
}

/// What is wrong with a sheet of ballots, without what it says: of a ballot nothing is repeated but its place. A sheet that is not
/// laid out as ours may have a ballot where a heading should be, so headings are not repeated either.
pub(super) fn discreet(form: &Form, faults: Vec<Fault>) -> Vec<Fault> {
    if !form.grids.iter().any(|grid| grid.name == form::BALLOTS) {
        return faults;
    }
    let safe = |fault: &Fault| {
        let of_head = form.head.iter().any(|entry| fault.say.starts_with(&format!("“{}”", entry.title)));
        of_head || fault.say.ends_with("没有填写。")
    };
    let tell = |fault: Fault| match safe(&fault) {
        true => fault,
        // the place in a Word form quotes what stands over it
        false => Fault::at(
            fault.place.split('“').next().unwrap_or_default().trim(),
            "填写有误。请用“待办”中的表格，对照原票从下拉列表中选择后重报。",
        ),
    };
    faults.into_iter().map(tell).collect()
}

/// What is told of a sheet of ballots that was read: where it would repeat what stands on one, only that something was passed over.
pub(super) fn discreet_remarks(form: &Form, remarks: Vec<String>) -> Vec<String> {
    let ballots = form.grids.iter().any(|grid| grid.name == form::BALLOTS);
    if !ballots || !remarks.iter().any(|remark| remark.contains('“')) {
        return remarks;
    }
    let mut kept: Vec<String> = remarks.into_iter().filter(|remark| !remark.contains('“')).collect();
    kept.push("表里有的地方没有读取，或者按没有填写读取，请对照原票核对。".to_string());
    kept
}
