//! A quota above what can be there binds nobody: one of two numbers is wrong (LANGUAGE §8).
//!
//! Only numbers written in the definition are compared; params and expressions are known when a case runs. Every estimate
//! errs upwards, so what is reported really cannot be reached.

use super::Checker;
use crate::workflow::rule::Pair;
use crate::workflow::{Bound, From, Kind, Over, Quota, Stage};

pub(super) fn check(checker: &mut Checker<'_>) {
    for (index, stage) in checker.stages() {
        for quota in &stage.quota {
            one(checker, index, stage, quota);
        }
    }
}

fn one(checker: &mut Checker<'_>, index: usize, stage: &Stage, quota: &Quota) {
    let Some(groups) = groups(checker, stage, quota) else { return };
    for (name, pairs, max) in groups {
        let whole = !quota.per.iter().any(|p| p == "owner");
        let pool = if stage.kind == Kind::Recommend {
            intake(checker, stage, &pairs, whole, Some(quota))
        } else {
            pool(checker, index, &pairs, whole)
        };
        let Some(pool) = pool.filter(|pool| max > *pool) else { continue };
        let whom = name.map(|n| format!(" of `{n}`")).unwrap_or_default();
        let message = format!("`{}` lets {max}{whom} through, but no more than {pool} can be there", stage.name);
        let hint = "one of the two numbers is wrong; a quota nobody can reach is left out";
        return checker.warn("quota-above-pool", &quota.place, message, hint);
    }
}

/// A group of a quota: its value, the pairs in it, its number.
type Group = (Option<String>, Vec<Pair>, i64);

/// The groups a quota speaks of, each with the pairs in it and its number; None where a group is formed by fields.
fn groups(checker: &Checker<'_>, stage: &Stage, quota: &Quota) -> Option<Vec<Group>> {
    let workflow = checker.workflow;
    let of_stage = workflow.pairs(&stage.of).into_iter();
    let meant: Vec<Pair> = of_stage.filter(|p| workflow.means(&quota.of, &p.kind, p.category.as_deref())).collect();
    if quota.per.iter().any(|p| p != "owner" && p != "category") {
        return None;
    }
    let number = |pair: Option<&Pair>| match quota.max.as_ref()? {
        Bound::Number(number) => Some(*number),
        // a table is asked for the last group, which must be the category to be known here
        Bound::Table(table) if quota.per.last().is_some_and(|p| p == "category") => {
            table.get(pair?.category.as_ref()?).copied()
        }
        Bound::Table(_) | Bound::Param(_) | Bound::Expression(_) => None,
    };
    if quota.per.iter().any(|p| p == "category") {
        let one = |p: Pair| number(Some(&p)).map(|max| (p.category.clone(), vec![p], max));
        Some(meant.into_iter().filter_map(one).collect())
    } else {
        Some(number(None).map(|max| (None, meant, max)).into_iter().collect())
    }
}

/// The most items of these pairs that can come to a stage, of all offices or of one; None when nothing limits them.
pub(super) fn pool(checker: &Checker<'_>, index: usize, pairs: &[Pair], whole: bool) -> Option<i64> {
    let workflow = checker.workflow;
    let feeds = |s: &Stage| s.kind == Kind::Recommend && pairs.iter().any(|p| workflow.takes(s, p));
    let side = pairs.iter().any(|p| workflow.stages.iter().any(|s| s.collects.contains(&p.kind)));
    // one listed later brings items in too, by a way back
    let intakes: Vec<&Stage> = workflow.stages.iter().filter(|s| feeds(s)).collect();
    if side || intakes.is_empty() || !checker.stages().take(index).any(|(_, s)| feeds(s)) {
        return None;
    }
    intakes.into_iter().map(|s| intake(checker, s, pairs, whole, None)).sum()
}

/// The most items of these pairs one intake lets in, by its own quotas besides `but`.
fn intake(checker: &Checker<'_>, stage: &Stage, pairs: &[Pair], whole: bool, but: Option<&Quota>) -> Option<i64> {
    if !matches!(stage.from, From::Submissions) {
        return None;
    }
    let pairs: Vec<&Pair> = pairs.iter().filter(|p| checker.workflow.takes(stage, p)).collect();
    let offices = if whole { number_of_offices(checker, stage) } else { Some(1) };
    let limits = stage.quota.iter().filter(|q| q.over == Over::Refuse && !but.is_some_and(|b| std::ptr::eq(b, *q)));
    limits.filter_map(|quota| within(checker, stage, quota, &pairs, offices)).min()
}

/// The most items of these pairs one quota lets in; None when it leaves some of them free.
fn within(checker: &Checker<'_>, stage: &Stage, quota: &Quota, pairs: &[&Pair], offices: Option<i64>) -> Option<i64> {
    let groups = groups(checker, stage, quota)?;
    if !pairs.iter().all(|p| groups.iter().any(|(_, members, _)| members.contains(p))) {
        return None;
    }
    let touched = groups.iter().filter(|(_, members, _)| pairs.iter().any(|p| members.contains(p)));
    let sum: i64 = touched.map(|(_, _, max)| *max).sum();
    if quota.per.iter().any(|p| p == "owner") { offices.map(|n| sum.saturating_mul(n)) } else { Some(sum) }
}

/// How many offices may hand in at a stage, when the offices file settles it.
fn number_of_offices(checker: &Checker<'_>, stage: &Stage) -> Option<i64> {
    let mut found = Vec::new();
    for role in &stage.by {
        found.extend(checker.offices_of(role)?.into_iter().map(|o| &o.id));
    }
    found.sort_unstable();
    found.dedup();
    i64::try_from(found.len()).ok()
}
