//! The case told to people: names of items and tasks, due dates with their reason, what is next and whose turn it is.

mod asked;
pub mod lines;
mod numbered;
mod signed;
mod standing;
#[cfg(test)]
mod tests;

use asked::matter;
pub use asked::unmade;
use numbered::numbered;
pub use signed::signers_changed;
pub use standing::{holds, standing};

use super::event::{Ask, ClockOf, Rung};
use super::ledger::Ledgers;
use super::program::Program;
use super::{Batch, Case, Clock, Item, Life, Task, decide};
use crate::clock::Moment;
use crate::deadline::Period;
use crate::submission::Type;
use crate::workflow::{Each, Workflow};

/// A longer text is no name.
const CALLED_CHARACTERS_MAX: usize = 40;

/// How an item is called: its name, else its type and number.
pub fn item_name(workflow: &Workflow, item: &Item) -> String {
    let of = workflow.items.get(&item.of).filter(|_| item.about.is_none());
    let said = |name: &String| item.fields.get(name)?.as_str();
    let open = |of: &&crate::workflow::ItemType, f: &&crate::workflow::Field| {
        matches!(f.kind, Type::Name) && !of.sealed.contains(&f.name)
    };
    let name = of.and_then(|of| of.fields.values().filter(|f| open(&of, f)).find_map(|f| said(&f.name)));
    // A matter without a name is called by what it is known by.
    let known = || {
        let of = of?;
        let texts = of.identity.iter().filter(|name| {
            of.fields.get(*name).is_some_and(|f| matches!(f.kind, Type::Text(_))) && !of.sealed.contains(name)
        });
        texts.filter_map(said).find(|text| text.chars().count() <= CALLED_CHARACTERS_MAX)
    };
    // An office is called by its title where that is computed, else by its id, which offices read, too.
    let titled = || {
        let mut computed =
            of?.fields.values().filter(|f| f.is.as_ref().is_some_and(|is| is.source.trim() == "subject.title"));
        computed.find_map(|f| said(&f.name)).or_else(|| item.fields.get("subject")?.as_str())
    };
    let period = || item.fields.get("period").and_then(|v| v.as_str()).and_then(Period::parse);
    let reported = || period().map(|p| format!("{}{}{}", item.owner, p.title(), item.of));
    let named = name.or_else(titled).map(str::to_string).or_else(reported).or_else(|| known().map(str::to_string));
    named.unwrap_or_else(|| format!("{}{}号", item.of, item.id))
}

/// The basis of what an item was last answered, where the definition names one.
pub fn outcome_basis<'a>(workflow: &'a Workflow, item: &Item) -> Option<&'a str> {
    let (stage, answer) = item.answers.iter().max_by_key(|(_, answer)| answer.at)?;
    workflow.stage(stage)?.outcomes.get(answer.outcome.as_ref()?)?.basis.as_deref()
}

/// How an item is chosen from a list: number, name, category.
pub fn item_label(workflow: &Workflow, item: &Item) -> String {
    format!("{}号 {}", item.id, item_called(workflow, item))
}

/// The same without its number.
pub fn item_called(workflow: &Workflow, item: &Item) -> String {
    if item.about.is_some() {
        return item.of.clone();
    }
    let category = item.category.as_ref().map(|c| format!("（{c}）")).unwrap_or_default();
    format!("{}{category}", item_name(workflow, item))
}

/// The item a label means.
pub fn item_of_label(label: &str) -> Option<u32> {
    label.split('号').next()?.trim().parse().ok()
}

/// A value as people write it.
pub fn value_words(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "是".to_string(),
        Value::Bool(false) => "否".to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(value_words).collect::<Vec<_>>().join("、"),
        Value::Object(map) => {
            map.iter().map(|(name, v)| format!("{name}：{}", value_words(v))).collect::<Vec<_>>().join("；")
        }
    }
}

/// What was counted, as people read it: `85.5`, `约85.67`.
pub fn fact_words(value: &serde_json::Value) -> String {
    let exact = value.as_str().and_then(|text| crate::tally::Fraction::parse(text).ok());
    exact.map_or_else(|| value_words(value), crate::tally::Fraction::say)
}

/// The title of a task, which is also the stem of its workbook's name.
pub fn task_title(program: &Program, case: &Case, task: &Task) -> String {
    let stage = task.stage.as_ref().and_then(|s| program.workflow().stage(s)).map(|s| s.title.clone());
    let stage = stage.unwrap_or_else(|| program.workflow().title.clone());
    let paper = |id: &u32| case.documents.get(id).map(|d| d.template.clone()).unwrap_or_default();
    match &task.ask {
        Ask::Nominate => format!("{stage}表{}", period_of(case, task)),
        Ask::Correct => {
            let names: Vec<String> =
                task.items.iter().filter_map(|i| case.items.get(i)).map(|i| item_name(program.workflow(), i)).collect();
            format!("{stage}补正表（{}）", names.join("、"))
        }
        Ask::Answer => format!("{stage}表"),
        Ask::Post(channel) => format!("{stage}张贴回执（{channel}{}）", noticed(program, case, task)),
        Ask::Seal(document) => format!("{}用印件交回表", paper(document)),
        Ask::Question(question) => format!("待定事项答复表{}", matter(program, case, *question)),
        Ask::Report(document) => format!("{}报送确认表", paper(document)),
        Ask::Serve(document) => format!("{}送达回证", paper(document)),
        Ask::Witness(_) => format!("{stage}计票确认表"),
        Ask::Copies => format!("{stage}纸质件收讫登记表"),
        Ask::Acknowledge(document) => format!("{}签收登记表", paper(document)),
    }
}

/// The period of a duty that comes round, in brackets: an office may have several before it.
fn period_of(case: &Case, task: &Task) -> String {
    let batch = task.batch.and_then(|b| case.batches.get(&b));
    batch.and_then(|b| Period::parse(&b.key)).map(|p| format!("（{}）", p.title())).unwrap_or_default()
}

/// Which of the notices of a stage that puts up several is meant: that of an item, of what they are about, of a value.
fn noticed(program: &Program, case: &Case, task: &Task) -> String {
    let Some(batch) = task.batch.and_then(|b| case.batches.get(&b)) else { return String::new() };
    let item = |id: &u32| case.items.get(id).map(|i| item_name(program.workflow(), i));
    let of = match program.workflow().stage(&batch.stage).map(|s| &s.each) {
        None | Some(Each::Case) => None,
        Some(Each::Item) => batch.items.first().and_then(item),
        Some(Each::About) => batch.key.parse().ok().and_then(|about| item(&about)),
        Some(Each::Fields(_)) => {
            let time = Period::parse(&batch.key).map(|p| p.title());
            Some(time.unwrap_or_else(|| batch.key.replace('/', "，")))
        }
    };
    of.filter(|of| !of.is_empty()).map(|of| format!("，{of}")).unwrap_or_default()
}

/// The clock that limits a task.
pub fn clock_of_task<'a>(case: &'a Case, task: &Task) -> Option<&'a Clock> {
    let running = |of: ClockOf| case.clocks_of(&of).find(|c| !c.ended);
    let batches = task.items.iter().filter_map(|i| case.items.get(i)?.batch()).chain(task.batch);
    let returned = task.items.iter().find_map(|i| running(ClockOf::Return(*i)));
    returned.or_else(|| batches.into_iter().find_map(|batch| running(ClockOf::Answer(batch))))
}

/// The limit that closed an intake to which somebody may still hand in late.
fn limit_passed<'a>(case: &'a Case, task: &Task) -> Option<&'a Clock> {
    let batch = task.batch.filter(|_| task.ask == Ask::Nominate)?;
    case.clocks_of(&ClockOf::Answer(batch)).filter(|c| c.rang.contains(&Rung::Due)).last()
}

/// When a task is due, and why then; None when nothing limits it.
pub fn due_sentence(case: &Case, ledgers: &Ledgers, task: &Task) -> Option<String> {
    let own = clock_of_task(case, task).map(|c| (String::new(), c));
    let named = case.running().filter_map(|c| {
        let (clock, _) = c.of.named().filter(|(_, item)| task.items.contains(item))?;
        Some((format!("“{clock}”期限："), c))
    });
    let said: Vec<String> = own.into_iter().chain(named).filter_map(|(what, c)| said(ledgers, &what, c)).collect();
    (!said.is_empty()).then(|| said.join(""))
}

/// What a clock limits, as offices call it.
pub fn limit_title(program: &Program, case: &Case, clock: &Clock) -> String {
    let name = |id: &u32| case.items.get(id).map(|i| item_name(program.workflow(), i)).unwrap_or_default();
    match &clock.of {
        ClockOf::Answer(batch) => {
            let stage = case.batches.get(batch).and_then(|b| program.workflow().stage(&b.stage));
            format!("“{}”办理期限", stage.map_or("本环节", |s| s.title.as_str()))
        }
        ClockOf::Period(_) => "公示期".to_string(),
        ClockOf::Grace(_) => "公示期满后的邮寄宽限期".to_string(),
        ClockOf::Keep(_) => "公示保留期".to_string(),
        ClockOf::Return(item) => format!("{}的补正期限", name(item)),
        ClockOf::Gate { stage, .. } => {
            let title = program.workflow().stage(stage).map_or(stage.as_str(), |s| s.title.as_str());
            format!("“{title}”等候未到对象的期限")
        }
        ClockOf::Named { clock, item } => format!("{}的{}", name(item), named_limit(clock)),
    }
}

/// A clock of a definition as a limit people speak of: 答复期限, and 审核期限 of one that is called so already.
pub fn named_limit(clock: &str) -> String {
    match clock.strip_suffix('期') {
        Some(before) => format!("{before}期限"),
        None if clock.ends_with('限') => clock.to_string(),
        None => format!("{clock}期限"),
    }
}

/// Why a clock runs out when it does.
pub fn reason_of(clock: &Clock, ledgers: &Ledgers) -> String {
    decide::deadline_of(clock).explain(&ledgers.calendar).sentence
}

fn said(ledgers: &Ledgers, what: &str, clock: &Clock) -> Option<String> {
    let deadline = decide::deadline_of(clock);
    let why = deadline.explain(&ledgers.calendar).sentence;
    let until = match deadline.due(&ledgers.calendar) {
        Some(due) => format!("请于{}前办结。", date_cn(due.date)),
        None => "暂停计时。".to_string(),
    };
    Some(format!("{what}{until}{why}"))
}

/// When a clock's time is over.
pub fn due_of_clock(clock: &Clock, ledgers: &Ledgers) -> Option<crate::deadline::Due> {
    decide::deadline_of(clock).due(&ledgers.calendar)
}

/// When a task is due; None when nothing limits it.
pub fn due_of_task(case: &Case, ledgers: &Ledgers, task: &Task) -> Option<crate::deadline::Due> {
    due_of_clock(clock_of_task(case, task)?, ledgers)
}

/// `2022年6月1日` (9704 7.3.5.4).
pub fn date_cn(date: chrono::NaiveDate) -> String {
    use chrono::Datelike;
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// A line of `due`: who owes what, since when, until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// case id
    pub case: String,
    /// office id, or `系统自动`
    pub office: String,
    /// what
    pub what: String,
    /// since when
    pub since: Moment,
    /// due date and its reason
    pub due: Option<(chrono::NaiveDate, String)>,
    /// the region in whose calendar it is counted; none: the national one
    pub region: Option<String>,
    /// it is past due
    pub overdue: bool,
    /// the task it is; none for a limit that runs by itself
    pub task: Option<u64>,
}

/// Everything the case waits for, in order of due date.
pub fn owed(program: &Program, case: &Case, ledgers: &Ledgers, now: Moment) -> Vec<Owed> {
    let line = |office: &str, what: String, since: Moment, clock: Option<&Clock>, task: Option<u64>| {
        let deadline = clock.map(decide::deadline_of);
        let due = deadline.as_ref().and_then(|d| d.due(&ledgers.calendar));
        Owed {
            case: case.id.clone(),
            office: office.to_string(),
            what,
            since,
            overdue: due.as_ref().is_some_and(|d| d.at <= now),
            task,
            region: deadline.as_ref().and_then(|d| d.region.clone()),
            due: due.zip(deadline).map(|(d, c)| (d.date, c.explain(&ledgers.calendar).sentence)),
        }
    };
    let tasks = case.open_tasks().filter(|t| !case.is_counted(t));
    let limit = |t| clock_of_task(case, t).or_else(|| limit_passed(case, t));
    let tasks = tasks.map(|t| line(&t.office, task_title(program, case, t), t.opened, limit(t), Some(t.id)));
    let clocks = case.running().filter(|c| !matches!(c.of, ClockOf::Answer(_) | ClockOf::Return(_)));
    let began = |clock: &Clock| clock.from.and_time(chrono::NaiveTime::MIN);
    let clocks = clocks.map(|c| line(decide::ITSELF, limit_title(program, case, c), began(c), Some(c), None));
    let mut lines: Vec<Owed> = tasks.chain(clocks).collect();
    lines.sort_by_key(|l| (l.due.as_ref().map_or(chrono::NaiveDate::MAX, |d| d.0), l.since, l.what.clone()));
    lines
}

/// What happens next, for the receipt of an office: what it owes itself, by when; and who has in hand what it handed in.
pub fn next_steps(program: &Program, case: &Case, ledgers: &Ledgers, now: Moment, office: &str) -> Vec<String> {
    if let Some((end, _)) = &case.closed {
        return vec![format!("案卷已办结（{end:?}）。")];
    }
    let mut lines: Vec<String> = Vec::new();
    for paper in case
        .documents
        .values()
        .filter(|d| d.life == Life::Ordered && d.seal && seals(program, case, ledgers, d, office))
    {
        lines.push(format!(
            "《{}》定稿随后放入“公文”文件夹，请印制、签发、用印，并交回盖章扫描件；交回之前文件不会发出",
            paper.title
        ));
    }
    for owed in numbered(program, case, owed(program, case, ledgers, now), office) {
        let region = owed.region.as_ref().map(|region| format!("（按{region}日历）")).unwrap_or_default();
        let due = owed.due.as_ref().map(|(date, _)| format!("{}{region}", date_cn(*date)));
        let line = match (owed.office == office, owed.office == decide::ITSELF) {
            (_, true) => due.map(|d| format!("{}至{d}届满", owed.what)),
            (true, false) => Some(match due {
                Some(d) if owed.overdue => format!("请尽快办理：{}，应于{d}前办理，现已逾期", owed.what),
                Some(d) => format!("请于{d}前办理：{}", owed.what),
                None => format!("请办理：{}", owed.what),
            }),
            (false, false) => None,
        };
        lines.extend(line.filter(|l| !lines.contains(l)));
    }
    for line in elsewhere(program, case, ledgers, office) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

fn seals(program: &Program, case: &Case, ledgers: &Ledgers, paper: &super::Document, office: &str) -> bool {
    let stage = paper.stage.as_ref().and_then(|s| program.workflow().stage(s));
    stage.is_some_and(|s| decide::actors(program, case, ledgers, &s.by).iter().any(|o| o == office))
}

/// Stages of main items of an office that others have in hand; no item is named, and what is sealed from most (objections) is not told.
fn elsewhere(program: &Program, case: &Case, ledgers: &Ledgers, office: &str) -> Vec<String> {
    let workflow = program.workflow();
    let main = |stage: &crate::workflow::Stage| {
        let about = |of: &String| workflow.items.get(of).is_some_and(|t| t.about.is_some());
        !stage.of.iter().any(about)
    };
    let told = |ask: &Ask| matches!(ask, Ask::Answer | Ask::Witness(_));
    let own = |task: &Task| task.items.iter().any(|id| case.item(*id).is_some_and(|item| item.owner == office));
    let theirs = case.open_tasks().filter(|t| t.office != office && told(&t.ask) && own(t) && !case.is_counted(t));
    let told = theirs.filter_map(|task| {
        let stage = workflow.stage(task.stage.as_ref()?).filter(|s| main(s))?;
        Some(format!("“{}”由{}办理", stage.title, ledgers.offices.title(&task.office)))
    });
    told.collect()
}

/// How far a paper is, in Chinese.
pub fn life(paper: &super::Document) -> &'static str {
    match paper.life {
        Life::Ordered => "正在生成",
        Life::Rendered if paper.seal => "待用印",
        Life::Rendered if paper.confirm.is_some() => "待确认",
        Life::Rendered => "待发",
        Life::Issued => "已发出",
        Life::Replaced => "已被替代",
        Life::Void => "作废",
    }
}

/// The period of a notice: first and last day, and why.
pub fn period(
    case: &Case,
    ledgers: &Ledgers,
    batch: &Batch,
) -> Option<(chrono::NaiveDate, crate::deadline::Due, String)> {
    let clock = case.clocks_of(&ClockOf::Period(batch.id)).next()?;
    let deadline = decide::deadline_of(clock);
    let due = deadline.due(&ledgers.calendar)?;
    Some((clock.from, due, deadline.explain(&ledgers.calendar).sentence))
}
