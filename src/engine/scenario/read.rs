//! Reading a scenario file; every problem at once, with its place.

use crate::clock::Moment;
use crate::diag::{Diagnostic, Severity};
use crate::engine::commands::Request;
use crate::yaml::{self, Node};
use serde_json::{Map, Value};
use std::path::PathBuf;

/// A scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// its name
    pub name: String,
    /// where the clock stands at the beginning
    pub start: Moment,
    /// offices file
    pub offices: Option<PathBuf>,
    /// folders of definitions; none: the shipped ones
    pub workflows: Vec<PathBuf>,
    /// folders of templates; none: the shipped ones
    pub templates: Vec<PathBuf>,
    /// calendar laid over the shipped one
    pub calendar: Option<PathBuf>,
    /// calendars of regions, each named as its file
    pub calendars: Vec<PathBuf>,
    /// the steps in order
    pub steps: Vec<Step>,
}

/// A step.
#[derive(Debug, Clone)]
pub struct Step {
    /// when
    pub at: Moment,
    /// what
    pub kind: StepKind,
}

/// A workbook filled and moved to 交件.
#[derive(Debug, Clone, PartialEq)]
pub struct Fill {
    /// title of the task or blank, or how it begins
    pub form: String,
    /// office id
    pub by: String,
    /// single values by heading
    pub head: Map<String, Value>,
    /// rows by heading; `对象` names a line that stands there, `表` a sheet
    pub rows: Vec<Map<String, Value>>,
    /// files laid beside it
    pub attach: Vec<String>,
    /// the Word form is filled, one for each new row, in place of the workbook
    pub word: bool,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum StepKind {
    /// time passes
    Pass,
    /// a file or folder is dropped
    Drop {
        /// relative to the scenario
        path: PathBuf,
        /// office id
        by: String,
    },
    /// a workbook is filled and dropped
    Fill(Fill),
    /// an operator asks
    Operator(Request),
    /// the daemon stops
    Stop,
    /// and starts
    Start,
    /// a new calendar is laid over the shipped one
    Calendar(PathBuf),
    /// a new calendar of the region its file is named for
    Region(PathBuf),
    /// a new offices file takes the place of the one before
    Offices(PathBuf),
    /// a definition, or a template, is dropped over the one of its name
    Definition(PathBuf),
    /// the mail server's next answers
    Mail(Vec<String>),
    /// the clock is set; it never goes back
    Clock(Moment),
}

/// A moment as a scenario or command line writes it: `2022-06-06T09:00`, `2022-06-06 09:00:30` or a date.
pub(super) fn moment(text: &str) -> Option<Moment> {
    let forms = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"];
    let full = forms.iter().find_map(|f| Moment::parse_from_str(text, f).ok());
    full.or_else(|| {
        chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|d| d.and_time(chrono::NaiveTime::MIN))
    })
}

/// Reads a scenario.
///
/// # Errors
/// Every problem, with its place.
pub fn parse(path: &str, text: &str) -> Result<Scenario, Vec<Diagnostic>> {
    let node = yaml::read(path, text)?;
    let mut problems = Vec::new();
    let known = ["scenario", "start", "offices", "workflows", "templates", "calendar", "calendars", "steps"];
    for (key, _) in node.map().unwrap_or_default() {
        if !key.text().is_some_and(|k| known.contains(&k)) {
            problems.push(problem("unknown-key", key, format!("a scenario has no `{}`", key.raw)));
        }
    }
    let text_of = |name: &str| node.get(name).and_then(Node::text).map(str::to_string);
    let folders = |name: &str| -> Vec<PathBuf> {
        let nodes = node.get(name).map(|n| n.list().unwrap_or(std::slice::from_ref(n))).unwrap_or_default();
        nodes.iter().filter_map(Node::text).map(PathBuf::from).collect()
    };
    let start = node.get("start").and_then(|n| moment(&n.raw));
    if start.is_none() {
        problems.push(problem("bad-yaml", &node, "`start:` must be a moment such as 2022-05-04T08:30".to_string()));
    }
    let mut steps: Vec<Step> = Vec::new();
    for step in node.get("steps").and_then(Node::list).unwrap_or_default() {
        let read = read_step(step, &mut problems);
        let before = steps.last().map(|last| last.at).or(start);
        if let Some((at, before)) = read.as_ref().map(|it| it.at).zip(before).filter(|(at, before)| at < before) {
            let message = format!("steps stand in the order of time: {at} comes before {before}");
            problems.push(problem("bad-yaml", step, message));
        }
        steps.extend(read);
    }
    let Some(start) = start.filter(|_| problems.is_empty()) else { return Err(problems) };
    Ok(Scenario {
        name: text_of("scenario").unwrap_or_default(),
        start,
        offices: text_of("offices").map(PathBuf::from),
        workflows: folders("workflows"),
        templates: folders("templates"),
        calendar: text_of("calendar").map(PathBuf::from),
        calendars: folders("calendars"),
        steps,
    })
}

fn no_command(asked: &Node, error: &serde_json::Error) -> Diagnostic {
    let why = if asked.map().is_some() { error.to_string() } else { "it is no mapping".to_string() };
    problem("bad-yaml", asked, format!("this is no command of an operator: {why}"))
}

/// How the command that is meant is written, else how each is.
fn commanded(asked: &Node) -> String {
    let word = asked.get("do").map_or(asked.raw.split(' ').next().unwrap_or_default(), |word| word.raw.as_str());
    let begins = format!("{{ do: {word},");
    match Request::EXAMPLES.iter().find(|example| example.starts_with(&begins)) {
        Some(example) => format!("write `operator: {example}`"),
        None => format!("an operator says one of these: {}", Request::EXAMPLES.join(" ")),
    }
}

fn problem(kind: &'static str, at: &Node, message: String) -> Diagnostic {
    Diagnostic { kind, severity: Severity::Error, place: at.place.clone(), message, hint: None }
}

fn read_step(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<Step> {
    let known = [
        "at",
        "drop",
        "fill",
        "by",
        "head",
        "rows",
        "attach",
        "word",
        "operator",
        "stop",
        "start",
        "calendar",
        "calendars",
        "offices",
        "definition",
        "mail",
        "clock",
    ];
    for (key, _) in node.map().unwrap_or_default() {
        if !key.text().is_some_and(|k| known.contains(&k)) {
            problems.push(problem("unknown-key", key, format!("a step has no `{}`", key.raw)));
        }
    }
    let Some(at) = node.get("at").and_then(|n| moment(&n.raw)) else {
        problems.push(problem("bad-yaml", node, "a step needs `at:`, a moment such as 2022-06-06T09:00".to_string()));
        return None;
    };
    let kind = read_kind(node, problems)?;
    Some(Step { at, kind })
}

fn read_kind(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<StepKind> {
    let text = |name: &str| node.get(name).map(|n| n.text().map_or_else(|| n.raw.clone(), str::to_string));
    let flag = |name: &str| node.get(name).is_some();
    if let Some(path) = text("drop") {
        return by(node, problems).map(|by| StepKind::Drop { path: PathBuf::from(path), by });
    }
    if let Some(form) = text("fill") {
        let map = |n: &Node| n.json().as_object().cloned().unwrap_or_default();
        let fill = Fill {
            form,
            by: by(node, problems)?,
            head: node.get("head").map(map).unwrap_or_default(),
            rows: node.get("rows").and_then(Node::list).unwrap_or_default().iter().map(map).collect(),
            attach: node.get("attach").and_then(Node::list).unwrap_or_default().iter().map(|n| n.raw.clone()).collect(),
            word: node.get("word").is_some_and(|n| n.raw == "true"),
        };
        return Some(StepKind::Fill(fill));
    }
    if let Some(asked) = node.get("operator") {
        return match serde_json::from_value::<Request>(asked.json()) {
            Ok(request) => Some(StepKind::Operator(request)),
            Err(error) => {
                problems.push(Diagnostic { hint: Some(commanded(asked)), ..no_command(asked, &error) });
                None
            }
        };
    }
    if flag("stop") {
        return Some(StepKind::Stop);
    }
    if flag("start") {
        return Some(StepKind::Start);
    }
    if let Some(path) = text("calendar") {
        return Some(StepKind::Calendar(PathBuf::from(path)));
    }
    if let Some(path) = text("calendars") {
        return Some(StepKind::Region(PathBuf::from(path)));
    }
    if let Some(path) = text("offices") {
        return Some(StepKind::Offices(PathBuf::from(path)));
    }
    if let Some(path) = text("definition") {
        return Some(StepKind::Definition(PathBuf::from(path)));
    }
    if let Some(answers) = node.get("mail").and_then(Node::list) {
        return Some(StepKind::Mail(answers.iter().map(|n| n.raw.clone()).collect()));
    }
    if let Some(set) = node.get("clock") {
        return moment(&set.raw).map(StepKind::Clock);
    }
    Some(StepKind::Pass)
}

fn by(node: &Node, problems: &mut Vec<Diagnostic>) -> Option<String> {
    let by = node.get("by").and_then(Node::text).map(str::to_string);
    if by.is_none() {
        problems.push(problem("bad-yaml", node, "the step needs `by: OFFICE`".to_string()));
    }
    by
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_is_none_is_told_how_it_is_written() {
        let hint = |operator: &str| {
            let step = format!("  - {{ at: 2026-03-02T08:00, operator: {operator} }}\n");
            let read = parse("a.yaml", &format!("scenario: 试\nstart: 2026-03-01T08:00\nsteps:\n{step}"));
            let [problem] = &read.err().unwrap()[..] else { panic!("one problem") };
            assert!(!problem.message.contains("enum"), "{problem}");
            problem.hint.clone().unwrap()
        };
        let cancel = "write `operator: { do: cancel, case: 年度评选-2026, reason: 今年不开展 }`";
        assert_eq!(hint("cancel 年度评选-2026"), cancel);
        assert_eq!(hint("{ do: cancel }"), cancel);
        assert!(hint("{ do: stop }").contains("{ do: hold, case: "));
    }

    #[test]
    fn steps_stand_in_the_order_of_time() {
        let text = |second: &str| {
            format!(
                "scenario: 试\nstart: 2026-03-01T08:00\nsteps:\n  - {{ at: 2026-03-02T08:00, stop: true }}\n  - {{ at: {second}, start: true }}\n"
            )
        };
        assert_eq!(parse("a.yaml", &text("2026-03-02T08:00")).unwrap().steps.len(), 2);
        let problems = parse("a.yaml", &text("2026-03-01T09:00")).err().unwrap();
        assert!(problems[0].message.contains("order of time"), "{problems:?}");
        assert_eq!(problems[0].place.line, 5);
    }
}
