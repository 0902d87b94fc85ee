//! From a definition to its diagram.

use super::arrows::Arrows;
use super::words::Words;
use super::{Diagram, Node, Shape, Span, rows};
use crate::workflow::offices::Offices;
use crate::workflow::{ClockDefinition, Extension, Stage, Workflow};

/// The diagram of a definition; with `offices`, roles are told by the titles of the offices they mean.
///
/// Works on whatever could be read: a name that means nothing is shown as it is written.
pub fn of_workflow(workflow: &Workflow, offices: Option<&Offices>) -> Diagram {
    let words = Words { workflow, offices };
    let mut nodes = vec![node(Shape::Start, "开案".to_string(), rows::of_head(&words, &workflow.case))];
    nodes.extend(workflow.stages.iter().map(|stage| of_stage(&words, stage)));
    nodes.push(node(Shape::Finish, "办结".to_string(), rows::of_finish(workflow)));
    let arrows = Arrows::draw(&words, &mut nodes);
    Diagram {
        title: workflow.title.clone(),
        subtitle: subtitle(workflow),
        spans: workflow.clocks.values().map(|clock| span(&words, clock)).collect(),
        notes: notes(&words),
        nodes,
        arrows,
    }
}

/// Index of the node of a stage.
pub(super) fn node_of(stage: usize) -> usize {
    stage + 1
}

/// Index of the node where all that passed every stage ends.
pub(super) fn finish(workflow: &Workflow) -> usize {
    workflow.stages.len() + 1
}

/// A node of which nothing more is said.
pub(super) fn node(shape: Shape, title: String, rows: Vec<(&'static str, String)>) -> Node {
    Node { shape, title, rows, side: false, gate: false, now: Vec::new() }
}

fn of_stage(words: &Words<'_>, stage: &Stage) -> Node {
    let mut node = node(Shape::Stage(stage.kind), stage.title.clone(), rows::of_stage(words, stage));
    node.side = super::route::is_aside(words.workflow, stage);
    node.gate = node.rows.iter().any(|(name, _)| *name == rows::GATE);
    node
}

fn subtitle(workflow: &Workflow) -> Vec<String> {
    if workflow.basis.is_empty() { Vec::new() } else { vec![format!("依据：{}", workflow.basis.join("；"))] }
}

/// A clock from where it begins to run to what ends it for good.
fn span(words: &Words<'_>, clock: &ClockDefinition) -> Span {
    let workflow = words.workflow;
    let last = finish(workflow);
    let until = clock.until.as_ref().and_then(|stage| workflow.stage_index(stage)).map_or(last, node_of);
    let mut parts = vec![words.within(&clock.run, &clock.remind, clock.overdue.as_ref())];
    parts.push(format!("自{}起", if clock.from == "opened" { "开案" } else { &clock.from }));
    parts.extend(clock.when.as_ref().map(|w| format!("仅当 {}", super::words::expression(&w.source))));
    let stops = clock.stops.iter().map(|stop| stop.of.as_str());
    let stops: Vec<&str> = stops.chain(clock.reasons.iter().map(String::as_str)).collect();
    if !stops.is_empty() {
        parts.push(format!("{}期间停算", super::words::listed(&stops)));
    }
    parts.extend(clock.restarts.as_ref().map(|stage| format!("退回{stage}后重新起算")));
    if let Some(Extension { by, times, approve, document }) = &clock.extend {
        let paper = document.as_ref().map(|d| format!("，{}", words.document(d))).unwrap_or_default();
        parts.push(format!("经{}批准可延长{}，至多{times}次{paper}", words.role(approve), by.title()));
    }
    parts.extend(clock.basis.as_ref().map(|basis| format!("依据{basis}")));
    Span { name: clock.name.clone(), text: parts.join("；"), from: begins(workflow, clock).min(until), until }
}

/// The node a clock runs from: the stage it names, the one that asks for the date, or where its items come in.
fn begins(workflow: &Workflow, clock: &ClockDefinition) -> usize {
    if clock.from == "opened" {
        return 0;
    }
    let asks = |s: &Stage| s.form.case.contains_key(&clock.from) || s.form.item.contains_key(&clock.from);
    let of = std::slice::from_ref(&clock.of);
    let comes_in = || {
        let pairs = workflow.pairs(of);
        pairs.iter().flat_map(|pair| super::route::entries(workflow, pair)).min()
    };
    let side = || super::route::side_entry(workflow, &clock.of);
    let stage = workflow.stage_index(&clock.from).or_else(|| workflow.stages.iter().position(asks));
    stage.or_else(comes_in).or_else(side).map_or(0, node_of)
}

fn notes(words: &Words<'_>) -> Vec<(String, String)> {
    let workflow = words.workflow;
    let roles = workflow.roles.values().map(|role| (role.name.clone(), words.who(role)));
    let reports = workflow.reports.values().map(|report| {
        let by = report.by.as_ref().map(|r| format!("，由{}核发", words.role(r))).unwrap_or_default();
        let to = words.roles(&report.to);
        let number = report.number.as_ref().map(|series| format!("，文号{series}")).unwrap_or_default();
        (report.name.clone(), format!("{}：{} → {to}{by}{number}", report.schedule.title(), report.template))
    });
    roles.chain(reports).filter(|(name, text)| name != text).collect()
}
