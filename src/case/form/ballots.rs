//! The sheet on which ballots are entered, a row each or an area's counts, and the one on which a witness confirms a count.

use super::{plain, seen_fields, shown, tables};
use crate::case::ballots::{self, Counting};
use crate::case::event::Fields;
use crate::case::program::Program;
use crate::case::story::{date_cn, fact_words};
use crate::case::{Batch, Case, Task};
use crate::submission::{Entry, Form, Grid, Line, Type};
use crate::workflow::{ABSTAINED, BallotDefinition, INVALID, SPOILT, Sheets, Stage};
use serde_json::{Value, json};

/// The sheet of ballots.
pub const BALLOTS: &str = "选票";
/// The sheet of an area's counts.
pub const COUNTS: &str = "计票";
/// What a witness says of a count.
pub const AGREES: &str = "相符";
/// What he says otherwise.
pub const DIFFERS: &str = "不符";
/// Names of the cells: area, running number, voter group, voided whole, ballots handed in, counting is over.
pub const AREA: &str = "area";
/// See [`AREA`].
pub const NUMBER: &str = "number";
/// See [`AREA`].
pub const GROUP: &str = "group";
/// See [`AREA`].
pub const VOID: &str = "void";
/// See [`AREA`].
pub const HANDED_IN: &str = "ballots";
/// See [`AREA`].
pub const OVER: &str = "over";
/// Rows drawn for ballots; more may be written below them.
const BALLOT_ROWS: usize = 200;

/// The name of the column of an item.
pub fn column_of(item: u32) -> String {
    format!("{item}号")
}

/// The item of a column.
pub fn item_of(column: &str) -> Option<u32> {
    column.strip_suffix('号')?.parse().ok()
}

pub(super) fn sheet(form: &mut Form, program: &Program, case: &Case, task: &Task, ballot: &BallotDefinition) {
    let batch = task.batch.and_then(|b| case.batches.get(&b));
    let tally = ballot.sheets == Sheets::Tally;
    if let Some(area) = &ballot.batch {
        form.head.push(plain(AREA, area, Type::Text(40), true, "一份表只填一处；同一处再报的，以后报的为准"));
    }
    if tally {
        if !ballot.voters.is_empty() {
            form.head.push(plain(GROUP, "投票人类别", groups(ballot), true, "一份表只填一类"));
        }
        form.head.push(whole(HANDED_IN, "收回票数", true, "收回的全部选票，含弃权和无效的"));
    }
    form.head.push(plain(OVER, "计票完毕", Type::YesNo, true, "全部选票都已录入的填“是”，还有的填“否”"));
    form.head_values.insert(OVER.to_string(), Value::Bool(ballot.batch.is_none()));
    form.head.push(plain("waiver", "情况说明", Type::Text(500), true, "投票人比例与规定不符的，在此写明理由"));
    let titles = ballots::titles(program.workflow(), case, &task.items.iter().copied().collect::<Vec<_>>());
    if tally {
        counts(form, program, case, task, ballot, &titles)
    } else {
        rows(form, ballot, &titles)
    }
    if ballot.secret {
        form.notes
            .push("本次为无记名投票：交来的选票表密封存档，回执和办理记录只有票数，不含任何一张票的内容。".to_string());
    }
    form.notes.extend(batch.into_iter().flat_map(|batch| standing(ballot, batch)));
}

/// What is in already, and what is doubted.
fn standing(ballot: &BallotDefinition, batch: &Batch) -> Vec<String> {
    let mut notes = Vec::new();
    if !batch.sheets.is_empty() {
        notes.push(format!("已收{}。需要更正的，把该表全部重填再报，以后报的为准。", ballots::say_sheets(batch)));
    }
    notes.extend(
        batch.doubt.as_ref().map(|doubt| format!("确认计票的单位认为不符：{doubt}。请复核后重报，并填“计票完毕”。")),
    );
    if ballot.witness.is_some() && !batch.counted.is_empty() {
        notes.push("计票已经完毕，正在等候确认。确认之前可以复核重报；没有更正的，本表不必再交。".to_string());
    }
    notes
}

fn groups(ballot: &BallotDefinition) -> Type {
    Type::One(ballot.voters.keys().cloned().collect())
}

fn whole(name: &str, title: &str, optional: bool, hint: &str) -> Entry {
    Entry { min: Some("0".to_string()), ..plain(name, title, Type::Integer, optional, hint) }
}

/// A row for each ballot, a column for each item.
fn rows(form: &mut Form, ballot: &BallotDefinition, titles: &[(u32, String)]) {
    let number =
        Entry { min: Some("1".to_string()), ..plain(NUMBER, "票号", Type::Integer, false, "选票上的编号") };
    let mut columns = vec![number];
    if !ballot.voters.is_empty() {
        columns.push(plain(GROUP, "投票人类别", groups(ballot), false, ""));
    }
    columns.push(plain(VOID, "整票作废", Type::YesNo, true, "整张作废的填“是”，其余各栏不填"));
    let mut choices: Vec<String> = ballot.options.keys().cloned().collect();
    choices.push(SPOILT.to_string());
    let hint = format!("没有填写的留空，计为弃权；选了两项以上或看不清的选“{SPOILT}”");
    columns.extend(
        titles.iter().map(|(id, title)| plain(&column_of(*id), title, Type::One(choices.clone()), true, &hint)),
    );
    form.notes.push("一张选票填一行，按票号逐张录入，不写投票人姓名。".to_string());
    form.grids.push(Grid { name: BALLOTS.to_string(), columns, lines: Vec::new(), blank: BALLOT_ROWS, called: None });
}

/// A row for each item, a column for each count.
fn counts(
    form: &mut Form,
    program: &Program,
    case: &Case,
    task: &Task,
    ballot: &BallotDefinition,
    titles: &[(u32, String)],
) {
    let mut columns = vec![shown("name", "对象")];
    columns
        .extend(seen_fields(program, case, task).into_iter().map(|f| tables::shown_field(&f.name, &f.title, &f.kind)));
    let names = ballot.options.keys().map(String::as_str).chain([ABSTAINED, INVALID]);
    columns.extend(names.map(|name| whole(name, name, false, "票数，没有的填0")));
    let line = |(id, title): &(u32, String)| {
        let own = case.item(*id).map(|i| i.fields.clone()).unwrap_or_default();
        let own = own.into_iter().map(|(name, value)| (format!("~{name}"), value));
        let values: Fields = own.chain([("~name".to_string(), json!(title))]).collect();
        Line { item: Some(*id), values }
    };
    form.notes.push(format!(
        "每一行各栏之和应当等于收回票数；没有填写的票计入“{ABSTAINED}”，选了两项以上的计入“{INVALID}”。"
    ));
    form.grids.push(Grid {
        name: COUNTS.to_string(),
        columns,
        lines: titles.iter().map(line).collect(),
        blank: 0,
        called: None,
    });
}

/// What a witness sees of a count, and what he says of it.
pub(super) fn witness(form: &mut Form, program: &Program, case: &Case, stage: &Stage, batch: u32) {
    let Some((ballot, batch)) = stage.ballot.as_ref().zip(case.batches.get(&batch)) else { return };
    form.notes.push(format!("{}。请与密封的选票核对，相符的确认，不符的写明理由。", ballots::say_sheets(batch)));
    let changed = |s: &&Counting| !s.sheet.changed.is_empty();
    for sheet in ballots::standing(batch).filter(changed) {
        let day = date_cn(sheet.at.date());
        form.notes.push(format!("{}{day}复核更正：{}", sheet.name(), sheet.sheet.changed.join("")));
    }
    form.head.push(plain("agree", "确认意见", Type::One(vec![AGREES.to_string(), DIFFERS.to_string()]), false, ""));
    form.head.push(plain("reason", "理由", Type::Text(500), true, "不符的写明在哪一处不符，不要写票面内容"));
    let Ok(counted) = ballots::counted(program.workflow(), case, ballot, batch) else { return };
    let ids: Vec<u32> = counted.items.iter().map(|f| f.item).collect();
    let titles = ballots::titles(program.workflow(), case, &ids);
    let facts: Vec<Fields> = counted.items.iter().map(ballots::facts_of).collect();
    let names = stage.facts().into_iter().map(|f| f.name).filter(|name| facts.iter().any(|f| f.contains_key(name)));
    let mut columns = vec![shown("name", "对象")];
    columns.extend(names.map(|name| shown(&name, &name)));
    let line = |((id, title), facts): (&(u32, String), &Fields)| {
        let told = facts.iter().map(|(name, value)| (format!("~{name}"), json!(fact_words(value))));
        Line { item: Some(*id), values: told.chain([("~name".to_string(), json!(title))]).collect() }
    };
    let lines = titles.iter().zip(&facts).map(line).collect();
    form.grids.push(Grid { name: "计票结果".to_string(), columns, lines, blank: 0, called: None });
}
