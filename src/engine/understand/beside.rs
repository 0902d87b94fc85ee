//! What has to lie beside a form that has faults of its own: all that is wrong is said at once.

use crate::case::Task;
use crate::case::decide;
use crate::case::form;
use crate::case::program::Program;
use crate::submission::read::is_photograph;
use crate::submission::{Fault, Filled};

/// The attachments a task demands of what was filled in, and that are not there. Rows that cannot be read are known by their sheets.
pub(super) fn missing(program: &Program, task: &Task, filled: &Filled) -> Vec<Fault> {
    let workflow = program.workflow();
    let Some(stage) = task.stage.as_ref().and_then(|name| workflow.stage(name)) else { return Vec::new() };
    let sheets = form::sheets(program, stage);
    let written = |name: &String| {
        filled.grids.iter().any(|(sheet, lines)| sheet == name && lines.iter().any(|line| !line.cells.is_empty()))
    };
    let wanted = |of: &[String]| {
        let among = |(name, of_type, category): &(String, String, Option<String>)| {
            written(name) && workflow.means(of, of_type, category.as_deref())
        };
        of.is_empty() || sheets.iter().any(among)
    };
    let drawn = |name: &str| is_photograph(name) && !filled.pictures.is_empty();
    let there = |name: &str| drawn(name) || filled.attachments.iter().any(|attachment| attachment.name.contains(name));
    let missing = stage.attach.iter().filter(|demanded| wanted(&demanded.of) && !there(&demanded.name));
    missing.map(|demanded| Fault::at("", decide::not_beside(&demanded.name))).collect()
}
