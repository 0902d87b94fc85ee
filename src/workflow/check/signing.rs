//! Who of several must answer (LANGUAGE §8 review).

use super::roles::BUILT_IN;
use super::{Checker, stages};
use crate::workflow::{Overdue, Selector, Sign, Stage, VoteDefinition, Who};

pub(super) fn check(checker: &mut Checker<'_>) {
    for (_, stage) in checker.stages() {
        match &stage.sign {
            Sign::One => {}
            Sign::All | Sign::Any => several(checker, stage),
            Sign::InOrder => {
                several(checker, stage);
                order(checker, stage);
            }
            Sign::Vote(vote) => self::vote(checker, stage, vote),
        }
    }
}

/// One office need not agree with itself.
fn several(checker: &mut Checker<'_>, stage: &Stage) {
    let alone = match stage.by.as_slice() {
        [] => false,
        [one] => !stages::several(checker, one),
        [_, _, ..] => false,
    };
    if alone {
        let message = format!("one office answers `{}`, so nobody signs with it", stage.name);
        checker.error("sign-without-several", &stage.place, message, "name several in `by:`, or leave `sign` out");
    }
}

/// Roles stand in the order of `by:`; the offices of a tag stand in none.
fn order(checker: &mut Checker<'_>, stage: &Stage) {
    let workflow = checker.workflow;
    let unordered = |role: &&String| match workflow.roles.get(*role).map(|role| &role.who) {
        Some(Who::Offices(list)) => list.iter().any(|selector| matches!(selector, Selector::Tag(_))),
        Some(Who::Outside(_)) => true,
        Some(Who::SuperiorOf(_) | Who::Field(_)) | None => false,
    };
    if let Some(role) = stage.by.iter().find(unordered) {
        let message = format!("the offices of `{role}` stand in no order to sign in");
        let hint = "name them one by one: `by: [甲, 乙]`, or `offices: [甲办, 乙办]`";
        checker.error("in-order-without-order", &stage.place, message, hint);
    }
}

fn vote(checker: &mut Checker<'_>, stage: &Stage, vote: &VoteDefinition) {
    let computed = stage.outcomes.values().any(|o| o.when.is_some());
    if computed || stage.vote_ends().is_none() {
        let message = format!("`{}` is voted on, and nothing says what becomes of it either way", stage.name);
        let hint = "give it an outcome that goes on and one that ends, without `when`: the vote chooses between them";
        checker.error("vote-without-outcomes", &vote.place, message, hint);
    }
    if matches!(&stage.overdue, Some(Overdue::Outcome(..))) && !vote.recorded {
        let message =
            format!("silence at `{}` would be nobody's vote, and a vote is decided by those who vote", stage.name);
        let hint = "take `outcome` out of `overdue`, and tell or ask: the opener enters who does not come as absent";
        checker.error("silence-in-a-vote", &stage.place, message, hint);
    }
    let Some(members) = &vote.members else { return };
    checker.role(members, &vote.place, &BUILT_IN);
    let known = checker.workflow.roles.contains_key(members);
    // `owner` and its like are one office, too
    let named = known || BUILT_IN.contains(&members.as_str());
    if named && !vote.recorded && !stages::several(checker, members) {
        let message = format!("`{members}` is one office, and one does not vote at `{}`", stage.name);
        checker.error("sign-without-several", &vote.place, message, "let a role of several offices vote");
    }
    for name in &vote.veto {
        if !known || is_member(checker, members, name) {
            continue;
        }
        let message = format!("`{name}` may forbid what `{members}` decide, but is none of them");
        checker.error("veto-not-member", &vote.place, message, "name a role or an office that votes");
    }
    let fits = vote.veto.iter().all(|name| is_member(checker, members, name));
    let votes = known && !vote.recorded && stages::several(checker, members);
    silent(checker, stage, members, votes && fits);
}

/// Members vote, and `by` does not answer: it is who makes and seals papers, lets side items in and is told. Where there is
/// none of these, somebody was meant to answer.
fn silent(checker: &mut Checker<'_>, stage: &Stage, members: &str, votes: bool) {
    let papers = stage.all_documents().next().is_some();
    let idle = !papers && stage.within.is_none() && stage.collects.is_empty();
    if votes && idle && !stage.by.is_empty() && !stage.by.iter().any(|role| is_member(checker, members, role)) {
        let message =
            format!("`{members}` vote at `{}`, and `{}` is asked nothing there", stage.name, stage.by.join("`, `"));
        checker.warn("by-does-not-vote", &stage.place, message, "name in `by:` who votes, or let `by` vote, too");
    }
}

/// Whether a role or an office is among the offices of a role, as far as the definition and the offices file tell.
fn is_member(checker: &Checker<'_>, members: &str, name: &str) -> bool {
    let selectors = |role: &str| match checker.workflow.roles.get(role).map(|role| &role.who) {
        Some(Who::Offices(list)) => Some(list.as_slice()),
        Some(Who::SuperiorOf(_) | Who::Field(_) | Who::Outside(_)) | None => None,
    };
    let Some(all) = selectors(members) else { return true };
    let tagged = all.iter().any(|selector| matches!(selector, Selector::Tag(_)));
    let id = Selector::Id(name.to_owned());
    let own = match selectors(name) {
        Some(own) => own,
        // a role whose offices are found when the case runs
        None if checker.workflow.roles.contains_key(name) => return true,
        None => std::slice::from_ref(&id),
    };
    if own.iter().all(|selector| all.contains(selector)) {
        return true;
    }
    let Some(offices) = checker.offices_of(members).filter(|_| checker.around.offices.is_some()) else { return tagged };
    let member = |id: &String| offices.iter().any(|office| office.id == *id);
    own.iter().all(|selector| match selector {
        Selector::Id(id) => member(id),
        Selector::Tag(tag) => {
            let known = checker.around.offices.into_iter().flat_map(|all| all.tagged(tag));
            known.into_iter().all(|office| member(&office.id))
        }
    })
}
