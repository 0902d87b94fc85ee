//! What an action tells reaches whom it names (LANGUAGE §12).

use super::Checker;
use crate::workflow::{Action, TellDefinition, Who};

pub(super) fn check(checker: &mut Checker<'_>, action: &Action, tell: &TellDefinition) {
    let place = &action.place;
    for name in &tell.to {
        let Some(role) = checker.workflow.roles.get(name) else { continue };
        if matches!(role.who, Who::Outside(_)) {
            let message = format!("`{name}` has no place on this spool where he could be told");
            checker.error("recipient-without-way", place, message, "let a paper go to him: `documents`, with `to:`");
            continue;
        }
        let deaf = checker.offices_of(name).unwrap_or_default();
        for office in deaf.into_iter().filter(|o| o.folder.is_none() && o.mail.is_none()) {
            let message = format!("`{}` has neither folder nor mailbox", office.id);
            checker.error("recipient-without-way", place, message, "give it `mail:` in offices.yaml");
        }
    }
}
