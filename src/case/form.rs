//! What an office is asked, as a form: every kind of task and every paper it may hand in by itself.
//!
//! A form is a view of the case; the workbook is made from it, and what comes back is understood against it again.

mod ballots;
mod columns;
mod lists;
mod quotas;
mod register;
mod retracting;
mod scores;
pub mod halt;
pub mod signers;
mod small;
mod standing;
mod tables;

pub use ballots::{AGREES, AREA, BALLOTS, COUNTS, DIFFERS, GROUP, HANDED_IN, NUMBER, OVER, VOID, column_of, item_of};
pub use lists::{OFF, ON};
pub use register::{of_entries, of_register, of_register_on};
pub use scores::{ASSESSED, ASSESSOR, SCORES};
pub use standing::{offered, standing, taking_back};

use super::event::{Ask, Fields};
use super::ledger::Ledgers;
use super::program::Program;
use super::story::item_name;
use super::{Case, Item, Task, decide};
use crate::numerals::quoted;
use crate::submission::{Answers, Entry, Form, Grid, Line, TableKey, Type, What};
use crate::workflow::{Field, From, Go, Kind, Sign, Stage};
use serde_json::{Map, Value, json};

/// The column of a nomination that says what a side item is about.
pub const ABOUT: &str = "about";
/// Blank rows drawn on a sheet that takes new rows.
const BLANK_ROWS: usize = 20;

/// An entry of a form that no definition names.
fn plain(name: &str, title: &str, kind: Type, optional: bool, hint: &str) -> Entry {
    Entry {
        name: name.to_string(),
        title: title.to_string(),
        also: Vec::new(),
        kind,
        optional,
        shown: false,
        min: None,
        max: None,
        unit: None,
        hint: (!hint.is_empty()).then(|| hint.to_string()),
        of: Vec::new(),
    }
}

/// A definition's field as an entry; what is asked of this category only is asked of no other.
pub(in crate::case) fn entry(field: &Field) -> Entry {
    Entry {
        name: field.name.clone(),
        title: field.title.clone(),
        also: field.also.clone(),
        kind: field.kind.clone(),
        optional: field.optional || field.default.is_some(),
        shown: false,
        min: field.min.clone(),
        max: field.max.clone(),
        unit: field.unit.clone(),
        hint: field.hint.clone(),
        of: Vec::new(),
    }
}

fn blank(title: String, answers: Answers) -> Form {
    Form {
        title,
        answers,
        notes: Vec::new(),
        quotas: Vec::new(),
        head: Vec::new(),
        head_values: Map::new(),
        grids: Vec::new(),
        attach: Vec::new(),
    }
}

fn answers(what: What, office: &str, about: &str) -> Answers {
    Answers {
        what,
        office: office.to_string(),
        about: about.to_string(),
        stage: None,
        case: None,
        task: None,
        revision: 0,
    }
}

/// The form that opens a case.
pub fn opening(program: &Program, ledgers: &Ledgers, office: &str) -> Form {
    let workflow = program.workflow();
    let mut form = blank(format!("启动{}", workflow.title), answers(What::Open, office, &workflow.name));
    form.notes.push(format!("填好后放入“交件”，即启动{}流程。", quoted(&workflow.title)));
    if let Some((stage, only)) = workflow.opening_stage() {
        form.head.extend(item_columns(program, stage, &only.name, None));
        form.attach.extend(stage.attach.iter().map(|a| a.name.clone()));
        let defaults = only.fields.values().filter_map(|f| Some((f.name.clone(), f.default.clone()?)));
        form.head_values.extend(defaults);
    }
    for param in workflow.case.params.values() {
        form.head.push(entry(param));
        if let (Some(default), None) = (&param.default, param.default_of_the_day()) {
            form.head_values.insert(param.name.clone(), default.clone());
        }
        if let Type::Table(_, Some(key)) = &param.kind {
            let keys: Vec<String> = match key {
                TableKey::Office => expected_offices(program, ledgers),
                TableKey::Text => workflow.items.values().flat_map(|t| t.categories.keys().cloned()).collect(),
            };
            let rows: Map<String, Value> = keys.into_iter().map(|k| (k, json!({}))).collect();
            form.head_values.insert(param.name.clone(), Value::Object(rows));
        }
    }
    form
}

fn expected_offices(program: &Program, ledgers: &Ledgers) -> Vec<String> {
    let workflow = program.workflow();
    let mut found = Vec::new();
    for role in workflow.stages.iter().filter(|s| s.kind == Kind::Recommend).flat_map(|s| &s.by) {
        if let Some(crate::workflow::Who::Offices(selectors)) = workflow.roles.get(role).map(|r| &r.who) {
            for selector in selectors {
                match selector {
                    crate::workflow::Selector::Id(id) => {
                        found.push(ledgers.offices.title(ledgers.offices.standing(id)).to_string())
                    }
                    crate::workflow::Selector::Tag(tag) => {
                        found.extend(ledgers.offices.tagged(tag).map(|o| o.title.clone()))
                    }
                }
            }
        }
    }
    found
}

/// The form of a task.
pub fn of_task(program: &Program, case: &Case, ledgers: &Ledgers, task: &Task) -> Form {
    let stage = task.stage.as_ref().and_then(|s| program.workflow().stage(s));
    let mut form =
        blank(super::story::task_title(program, case, task), answers(What::Task, &task.office, &case.workflow));
    form.answers.stage.clone_from(&task.stage);
    form.answers.case = Some(case.id.clone());
    form.answers.task = Some(task.id);
    form.answers.revision = task.revision;
    form.notes.push(format!("案卷：{}", case.title));
    if let Some((office, until)) = &task.lent {
        let (office, until) = (ledgers.offices.title(office), super::story::date_cn(*until));
        form.notes.push(format!("本事项由贵单位代{office}办理，代办至{until}。"));
    }
    form.notes.extend(super::story::due_sentence(case, ledgers, task));
    if task.accepts_rows(program.workflow()) {
        form.notes.push("逐行收件：填写无误的行照收，有误的行退回。".to_string());
    }
    match (&task.ask, stage) {
        (Ask::Nominate, Some(stage)) => nominate(&mut form, program, case, ledgers, task, stage),
        (Ask::Correct, Some(stage)) => correct(&mut form, program, case, ledgers, task, stage),
        (Ask::Answer, Some(stage)) => answer(&mut form, program, case, ledgers, task, stage),
        (Ask::Witness(batch), Some(stage)) => ballots::witness(&mut form, program, case, stage, *batch),
        (Ask::Copies, Some(stage)) => small::copies(&mut form, program, case, task, stage),
        (ask, _) => small::small(&mut form, program.workflow(), case, ask),
    }
    form
}

/// The types and categories a recommend stage takes: (sheet name, type, category).
pub fn sheets(program: &Program, stage: &Stage) -> Vec<(String, String, Option<String>)> {
    let workflow = program.workflow();
    let mut sheets = Vec::new();
    for of in workflow.items.values() {
        if of.categories.is_empty()
            && workflow.means(&stage.of, &of.name, None)
            && (of.about.is_none() || stage.of.contains(&of.name))
        {
            sheets.push((of.title.clone(), of.name.clone(), None));
        }
        for category in of.categories.keys().filter(|c| workflow.means(&stage.of, &of.name, Some(c))) {
            sheets.push((category.clone(), of.name.clone(), Some(category.clone())));
        }
    }
    sheets
}

/// The columns of a nomination of this type and category.
fn item_columns(program: &Program, stage: &Stage, of: &str, category: Option<&str>) -> Vec<Entry> {
    let workflow = program.workflow();
    let asked = |f: &&Field| f.is.is_none() && workflow.means(&f.of, of, category);
    let fields = workflow
        .items
        .get(of)
        .map(|t| t.fields.values().filter(asked).map(entry).collect::<Vec<_>>())
        .unwrap_or_default();
    let of_stage = stage.form.item.values().filter(asked).map(entry);
    let mut columns: Vec<Entry> = fields.into_iter().chain(of_stage).collect();
    columns.push(plain("waiver", "情况说明", Type::Text(500), true, "不符合“一般应当”条件的，在此写明理由"));
    columns
}

fn nominate(form: &mut Form, program: &Program, case: &Case, ledgers: &Ledgers, task: &Task, stage: &Stage) {
    let once = matches!(stage.from, From::Every(..));
    if once {
        form.notes.push("填写一行交回，每期一份。".to_string());
    } else {
        form.notes.push("每个对象填一行，在 Word 表中填一份；不同类别分开填写。".to_string());
        form.head.push(plain("complete", "报送完毕", Type::YesNo, true, "还有对象要另行报送的填“否”"));
        form.head_values.insert("complete".to_string(), Value::Bool(true));
    }
    for (name, of, category) in sheets(program, stage) {
        let mut columns = item_columns(program, stage, &of, category.as_deref());
        columns.splice(0..0, columns::about(program, case, &of));
        let called = tables::called(program, &of, category.as_deref());
        let single = once || program.workflow().items.get(&of).is_some_and(|of| of.one);
        let blank = if single { 1 } else { BLANK_ROWS };
        form.grids.push(Grid { name, columns, lines: Vec::new(), blank, called });
    }
    form.attach.extend(stage.attach.iter().map(|a| a.name.clone()));
    form.quotas = quotas::lines(program, case, ledgers, &task.office, stage);
}

fn correct(form: &mut Form, program: &Program, case: &Case, ledgers: &Ledgers, task: &Task, stage: &Stage) {
    for item in task.items.iter().filter_map(|id| case.items.get(id)) {
        let name = item_name(program.workflow(), item);
        let reason = item.returned.as_deref().unwrap_or("请更正后重报");
        form.notes.push(format!("{name}被退回：{reason}"));
        let grid_name = item.category.clone().unwrap_or_else(|| item.of.clone());
        let of = program.workflow().items.get(&item.of).into_iter().flat_map(|of| of.fields.values());
        let values = tables::told(&item.fields, of.chain(stage.form.item.values()), ledgers);
        let line = Line { item: Some(item.id), values };
        match form.grids.iter_mut().find(|g| g.name == grid_name) {
            Some(grid) => grid.lines.push(line),
            None => {
                let columns = item_columns(program, stage, &item.of, item.category.as_deref());
                form.grids.push(Grid { name: grid_name, columns, lines: vec![line], blank: 0, called: None });
            }
        }
    }
    form.notes.push("请在原有内容上更正，不需要改动的保持原样；可不填的栏，清空即为删去。".to_string());
    form.attach.extend(stage.attach.iter().map(|a| a.name.clone()));
}

fn answer(form: &mut Form, program: &Program, case: &Case, ledgers: &Ledgers, task: &Task, stage: &Stage) {
    form.head.extend(stage.form.case.values().map(entry));
    retracting::head(form, case, ledgers, task, stage);
    if stage.report.is_some() {
        form.head.push(plain("signer", "签发人", Type::Name, false, "上行文须注明签发人"));
    }
    form.attach.extend(stage.attach.iter().map(|a| a.name.clone()));
    if let Some(ballot) = &stage.ballot {
        return ballots::sheet(form, program, case, task, ballot);
    }
    if stage.several_sign() {
        form.notes.extend(signers::notes(case, ledgers, task, stage));
    }
    if let Some(score) = &stage.score {
        scores::grid(form, program, case, task, score);
    }
    if !stage.asks_each() {
        let names: Vec<String> =
            task.items.iter().filter_map(|i| case.items.get(i)).map(|i| item_name(program.workflow(), i)).collect();
        form.notes.push(format!("本次对象：{}", names.join("、")));
        return;
    }
    let items: Vec<&Item> = task.items.iter().filter_map(|id| case.items.get(id).map(AsRef::as_ref)).collect();
    let mut columns = vec![columns::called(program, &items), shown("owner", "报送单位")];
    columns.extend(tables::shown_columns(form, seen_fields(program, case, task), &items));
    let mended = columns::to_mend(program, stage, &items);
    columns.extend(columns::said(form, program, &items, mended.map(|_| stage)));
    columns.push(shown("notes", "需要说明的情况"));
    columns.extend(stage.form.item.values().map(entry));
    columns.extend(stage.minutes().into_iter().flat_map(signers::minutes));
    if stage.is_chosen() {
        let mut names: Vec<String> = stage.offered().map(|o| o.name.clone()).collect();
        if stage.several_sign() && matches!(stage.sign, Sign::Vote(_)) {
            names.push(decide::ABSTAINS.to_string());
        }
        // a line may be left for later; one that is filled in says how it ends
        columns.push(plain("outcome", "办理结果", Type::One(names), false, ""));
    }
    columns.extend(stage.confirms.keys().map(|list| lists::change(list)));
    let reasons = stage.outcomes.values().any(|o| o.reason || matches!(o.go, Go::Back(..)));
    if reasons || !stage.confirms.is_empty() {
        columns.push(plain("reason", "办理理由", Type::Text(500), true, "退回、不同意等须写明理由"));
    }
    columns.extend(columns::merge_column(program, case, ledgers, task, stage));
    columns.push(plain("waiver", "情况说明", Type::Text(500), true, "与“一般应当”条件不符的，在此写明理由"));
    let mut lines: Vec<Line> = items.iter().map(|i| line(program, case, ledgers, i)).collect();
    let again = mended.map(|answer| tables::told(&answer.fields, stage.form.item.values(), ledgers));
    lines.iter_mut().zip(again).for_each(|(line, answer)| line.values.extend(answer));
    lines.iter_mut().zip(&items).for_each(|(line, item)| line.values.extend(retracting::said(ledgers, stage, item)));
    let name = if stage.title == SCORES { format!("{SCORES}结论") } else { stage.title.clone() };
    let mut grid = Grid { name, columns, lines, blank: 0, called: Some("~name".to_string()) };
    tables::tell_apart(program, &mut grid, &items);
    form.grids.push(grid);
}

fn shown(name: &str, title: &str) -> Entry {
    Entry { shown: true, ..plain(&format!("~{name}"), title, Type::Text(5000), true, "") }
}

/// Fields shown beside an item to whoever answers for it: those of its type that are not sealed, short ones only.
fn seen_fields<'a>(program: &'a Program, case: &Case, task: &Task) -> Vec<&'a Field> {
    let workflow = program.workflow();
    let Some(item) = task.items.front().and_then(|id| case.items.get(id)) else { return Vec::new() };
    let Some(of) = workflow.items.get(&item.of) else { return Vec::new() };
    let called = |f: &&Field| matches!(f.kind, Type::Name) && !of.identity.is_empty() && of.about.is_none();
    of.fields.values().filter(|f| !of.sealed.contains(&f.name) && !called(f)).collect()
}

fn line(program: &Program, case: &Case, ledgers: &Ledgers, item: &Item) -> Line {
    let mut values: Fields = Map::new();
    let about = item.about.and_then(|a| case.items.get(&a)).map(|a| item_name(program.workflow(), a));
    let name = about.map_or_else(
        || item_name(program.workflow(), item),
        |a| format!("{}（关于{a}）", item_name(program.workflow(), item)),
    );
    values.insert("~name".to_string(), json!(name));
    values.insert("~owner".to_string(), json!(ledgers.offices.title(&item.owner)));
    let of = program.workflow().items.get(&item.of).into_iter().flat_map(|of| of.fields.values());
    for (field, value) in tables::told(&item.fields, of, ledgers) {
        values.insert(format!("~{field}"), value);
    }
    values.extend(columns::answers(program, ledgers, item));
    let waived = |(_, reason): &(String, String)| format!("情况说明：{}", reason.trim_end_matches('。'));
    let mut notes: Vec<String> = item.waivers.iter().map(waived).collect();
    for (stage, answer) in &item.answers {
        let outcome = answer.outcome.clone().unwrap_or_default();
        let reason = answer.reason.as_ref().map(|r| format!("（{r}）")).unwrap_or_default();
        let chosen = program.workflow().stage(stage).and_then(|s| s.outcomes.get(&outcome));
        let basis = chosen.and_then(|o| o.basis.as_ref()).map(|b| format!("（依据：{b}）")).unwrap_or_default();
        notes.push(format!("{stage}：{outcome}{reason}{basis}{}", scores::facts(program, stage, answer)));
    }
    if let Some(why) =
        item.returned.as_ref().filter(|why| !item.answers.values().any(|a| a.reason.as_ref() == Some(*why)))
    {
        notes.push(format!("重新办理的原因：{why}"));
    }
    if let Some(answer) = item.fields.get(decide::TWIN).and_then(|v| v.as_str()) {
        notes.push(format!("是否重复：{answer}"));
    }
    if !item.merged.is_empty() {
        let merged = item.merged.iter().filter_map(|id| case.item(*id)).map(|i| item_name(program.workflow(), i));
        notes.push(format!("已并入：{}", merged.collect::<Vec<_>>().join("、")));
    }
    notes.extend(lists::told(program.workflow(), item));
    let signed = program.workflow().stages.iter().filter(|s| s.several_sign());
    notes.extend(signed.filter_map(|stage| signers::opinions(case, ledgers, stage, item)));
    values.insert("~notes".to_string(), json!(notes.join("；")));
    Line { item: Some(item.id), values }
}

/// The form as it is drawn: offices are chosen from a list of their titles.
pub fn drawn(mut form: Form, ledgers: &Ledgers) -> Form {
    let titles: Vec<String> = ledgers.offices.here().map(|o| o.title.clone()).collect();
    for entry in form.head.iter_mut().chain(form.grids.iter_mut().flat_map(|g| g.columns.iter_mut())) {
        if entry.kind == Type::Office {
            entry.kind = Type::One(titles.clone());
        }
    }
    form
}
