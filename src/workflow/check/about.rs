//! Where the outcome of a side item sends what it is about (LANGUAGE §7 `about:`).
//!
//! What a side item is about waits at the stage that collects it, and goes on from there when its side items are over. Its
//! outcome may end it, send it to an earlier stage, or have the stage where it stands begin with it anew; nothing else.

use super::Checker;
use super::outcomes::stage_named;
use crate::workflow::rule::Pair;
use crate::workflow::{Go, Kind, Outcome, Stage};

pub(super) fn check(checker: &mut Checker<'_>, stage: &Stage, outcome: &Outcome) {
    let workflow = checker.workflow;
    let Some(go) = &outcome.about else { return };
    let pairs = workflow.pairs(&stage.of);
    let plain =
        |pair: &&Pair| workflow.items.get(&pair.kind).is_some_and(|of| of.about.is_none() || of.is_about_case());
    if let Some(pair) = pairs.iter().find(plain) {
        let message = format!("`{}` is about no item, so `about:` moves nothing", pair.kind);
        return checker.error("about-on-plain-item", &outcome.place, message, "`about` is for outcomes of side items");
    }
    match go {
        Go::Next => {
            let message = format!("`{}` lets what it is about go on, which it does without", outcome.name);
            let hint = "leave `about:` out: what a side item is about goes on when its side items are over";
            checker.error("about-goes-on", &outcome.place, message, hint);
        }
        Go::Stay => anew(checker, &pairs, outcome),
        Go::To(name) => sent(checker, &pairs, outcome, name, None),
        Go::Back(Some(name), straight) => sent(checker, &pairs, outcome, name, Some(*straight)),
        Go::End(_) | Go::Back(None, _) => {}
    }
}

/// The stages that let in side items of these types, with their places in the list.
fn collecting<'a>(checker: &Checker<'a>, pairs: &[Pair]) -> Vec<(usize, &'a Stage)> {
    let lets_in = |s: &Stage| pairs.iter().any(|pair| s.collects.contains(&pair.kind));
    checker.workflow.stages.iter().enumerate().filter(|(_, s)| lets_in(s)).collect()
}

/// A stage begins anew with an item by asking of it again; a notice asks nobody.
fn anew(checker: &mut Checker<'_>, pairs: &[Pair], outcome: &Outcome) {
    let notice = collecting(checker, pairs).into_iter().find(|(_, s)| s.kind == Kind::Publicise);
    if let Some((_, notice)) = notice {
        let message = format!("`{}` is a notice, of whose items nobody is asked again", notice.name);
        let hint =
            "send it back to be mended: `about: { back: STAGE, resume: straight }` publicises anew what has changed";
        checker.error("about-stays-in-notice", &outcome.place, message, hint);
    }
}

/// The target stands before every stage that lets the side item in, takes what it is about, and undoes no decision.
fn sent(checker: &mut Checker<'_>, pairs: &[Pair], outcome: &Outcome, name: &str, back: Option<bool>) {
    let workflow = checker.workflow;
    let Some((at, target)) = stage_named(checker, outcome, name) else { return };
    let collecting = collecting(checker, pairs);
    let Some((first, collector)) = collecting.first().copied() else { return };
    if at >= first {
        let message = format!("`{name}` does not come before `{}`, where the item waits", collector.name);
        let hint =
            "let the item come there on its way, with a `when` of that stage; `stay: true` begins anew where it stands";
        return checker.error("about-not-earlier", &outcome.place, message, hint);
    }
    let about = pairs.iter().filter_map(|pair| workflow.items.get(&pair.kind)?.about.clone());
    let mut meant = workflow.pairs(&about.collect::<Vec<String>>());
    meant.retain(|pair| collecting.iter().any(|(_, s)| workflow.takes(s, pair)));
    if let Some(strange) = meant.iter().find(|pair| target.of_case || !workflow.takes(target, pair)) {
        let what = strange.category.as_ref().unwrap_or(&strange.kind);
        let message = format!("`{}` sends `{what}` to `{name}`, which does not take it", outcome.name);
        let hint = "name a stage whose `of` has it, or add it there";
        return checker.error("outcome-target-excludes", &outcome.place, message, hint);
    }
    let Some(straight) = back else { return super::outcomes::intake(checker, outcome, target) };
    let between = workflow.stages.iter().take(first).skip(at);
    let passed = between.filter(|s| !s.of_case && meant.iter().any(|pair| workflow.takes(s, pair)));
    super::outcomes::mended(checker, outcome, passed.collect(), straight);
}
