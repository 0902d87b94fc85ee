//! What an office may nominate, shown above the form.

use super::sheets;
use crate::case::eval::{Sight, Target, whole_part};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::{Case, Item, decide};
use crate::workflow::{Bound, Stage};

/// Quota lines of an office: what it may nominate and what it has.
pub(super) fn lines(
    program: &Program,
    case: &Case,
    ledgers: &Ledgers,
    office: &str,
    stage: &Stage,
) -> Vec<(String, String, String)> {
    let (workflow, offices) = (program.workflow(), &ledgers.offices);
    let mut lines = Vec::new();
    for quota in stage.quota.iter().filter(|q| q.per.iter().any(|p| p == "owner")) {
        for (name, of, category) in sheets(program, stage) {
            if !workflow.means(&quota.of, &of, category.as_deref()) {
                continue;
            }
            let group: Vec<String> = quota
                .per
                .iter()
                .map(|p| if p == "owner" { office.to_string() } else { category.clone().unwrap_or_default() })
                .collect();
            let mine = |i: &&Item| {
                let lives = i.lives() || i.label() == Some("办结");
                lives && offices.standing(&i.owner) == office && i.of == of && i.category == category
            };
            let mine: Vec<u32> = case.all_items().filter(mine).map(|i| i.id).collect();
            let used = mine.len();
            let bound = |bound: &Bound| match bound {
                Bound::Expression(expression) => {
                    let sight = Sight::new(program, case, ledgers, case.latest);
                    whole_part(&sight.value(&expression.source, &Target::Group(mine)).ok()?)
                }
                Bound::Number(_) | Bound::Param(_) | Bound::Table(_) => {
                    decide::bound_of(offices, &case.params, bound, &group)
                }
            };
            let Some(max) = quota.max.as_ref().and_then(bound) else { continue };
            lines.push((name, max.to_string(), used.to_string()));
        }
    }
    lines
}
