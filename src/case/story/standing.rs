//! Where an item stands and whom it waits for, as offices read it.

use super::item_name;
use crate::case::event::Hold;
use crate::case::program::Program;
use crate::case::{Case, Item};
use crate::workflow::Workflow;

/// Where an item stands, in Chinese.
pub fn standing(program: &Program, case: &Case, item: &Item) -> String {
    let workflow = program.workflow();
    let Some(stage) = item.stage() else {
        return item.label().unwrap_or_default().to_string();
    };
    let title = workflow.stage(stage).map_or(stage, |s| s.title.as_str());
    let mut waits: Vec<String> = item.is_unjudged().then(|| "是否经过待定".to_string()).into_iter().collect();
    let barrier = case.barrier_before(workflow, stage).filter(|_| item.batch().is_none());
    waits.extend(barrier.map(|stage| format!("等候“{}”办结", stage.title)));
    waits.extend(holds(program, case, item));
    if waits.is_empty() { title.to_string() } else { format!("{title}（{}）", waits.join("，")) }
}

/// What holds an item, in Chinese.
pub fn holds(program: &Program, case: &Case, item: &Item) -> Vec<String> {
    item.holds.iter().map(|hold| hold_words(program.workflow(), case, hold)).collect()
}

fn hold_words(workflow: &Workflow, case: &Case, hold: &Hold) -> String {
    match hold {
        Hold::Side(id) => {
            case.items.get(id).map_or_else(|| "等候".to_string(), |s| format!("等候{}办结", item_name(workflow, s)))
        }
        Hold::Question(_) => "等候答复".to_string(),
        Hold::Returned => "已退回补正".to_string(),
        Hold::Stay => "缓议".to_string(),
        Hold::Child(id) => match case.openings.get(id).map(|o| (o.child.as_ref(), &o.workflow)) {
            Some((Some(child), _)) => format!("等候子案卷“{child}”办结"),
            Some((None, workflow)) => format!("等候“{workflow}”开办"),
            None => "等候".to_string(),
        },
    }
}
