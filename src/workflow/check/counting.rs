//! What assess stages score, count, rank and list (LANGUAGE §8).

use super::{Checker, head, pools, roles};
use crate::tally::lists::Places;
use crate::tally::score::WEIGHTS_SUM;
use crate::workflow::rule::{self, Pair, Scope};
use crate::workflow::{
    BallotDefinition, From, Kind, ListDefinition, ListTake, RankDefinition, SPOILT, ScoreDefinition, Stage,
};
use std::collections::BTreeSet;

pub(super) fn check(checker: &mut Checker<'_>) {
    for (index, stage) in checker.stages() {
        names(checker, stage);
        if let Some(score) = &stage.score {
            self::score(checker, index, stage, score);
        }
        if let Some(ballot) = &stage.ballot {
            witness(checker, stage, ballot);
        }
        if let Some(rank) = &stage.rank {
            self::rank(checker, index, stage, rank);
        }
        for (name, list) in &stage.lists {
            self::list(checker, index, stage, name, list);
        }
        lists_named(checker, index, stage);
    }
    unused(checker);
}

/// Facts are read like fields, so they are called like none.
fn names(checker: &mut Checker<'_>, stage: &Stage) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let kinds: BTreeSet<String> = checker.workflow.pairs(&stage.of).into_iter().map(|pair| pair.kind).collect();
    for fact in stage.facts() {
        let name = &fact.name;
        let field = kinds.iter().any(|k| checker.workflow.items.get(k).is_some_and(|i| i.fields.contains_key(name)));
        let asked = stage.form.item.contains_key(name) || stage.form.case.contains_key(name);
        // a ballot may be invalid for an item, and its sheet has a word for that
        let word = stage.ballot.is_some() && name == SPOILT;
        if field || asked || word || !seen.insert(name.clone()) {
            let message = format!("`{name}` is what `{}` counts, and something else is called so too", stage.name);
            let hint = "rename the field, the criterion or the option; one stage has `score` or `ballot`, not both";
            checker.error("form-field-taken", &stage.place, message, hint);
        }
    }
}

fn score(checker: &mut Checker<'_>, index: usize, stage: &Stage, score: &ScoreDefinition) {
    let workflow = checker.workflow;
    let pairs = workflow.pairs(&stage.of);
    for (name, criterion) in &score.criteria {
        let means = |word: &String| {
            pairs.iter().any(|p| workflow.means(std::slice::from_ref(word), &p.kind, p.category.as_deref()))
        };
        if let Some(word) = criterion.of.iter().find(|word| !means(word)) {
            let message = format!("`{name}` applies to `{word}`, and no item of `{}` is one", stage.name);
            let hint = "name a type, category or subject of the items of this stage";
            checker.error("criterion-of-unknown", &criterion.place, message, hint);
        }
    }
    let known = |p: &Pair| {
        let apply = score.criteria.values().filter(|c| workflow.means(&c.of, &p.kind, p.category.as_deref()));
        apply.map(|c| u64::from(c.weight)).sum::<u64>()
    };
    let wrong = pairs.iter().map(|pair| (pair, known(pair))).find(|(_, sum)| *sum != u64::from(WEIGHTS_SUM));
    if let Some((pair, sum)) = wrong.filter(|_| !score.criteria.is_empty()) {
        let whose = pair.category.as_ref().unwrap_or(&pair.kind);
        let message = format!("the weights of what `{whose}` is scored by make {sum}");
        checker.error("weights-not-100", &score.place, message, "for every item they make 100");
    }
    let scope = Scope { recusing: true, ..checker.scope_at(index, false) };
    checker.condition(score.recuse.as_ref(), &scope);
}

/// Who confirms a count is not who counted.
fn witness(checker: &mut Checker<'_>, stage: &Stage, ballot: &BallotDefinition) {
    let Some(witness) = &ballot.witness else { return };
    checker.role(witness, &ballot.place, &roles::BUILT_IN);
    let offices = |role: &String| -> Vec<String> {
        checker.offices_of(role).unwrap_or_default().into_iter().map(|office| office.id.clone()).collect()
    };
    let confirm = offices(witness);
    let shared = stage.by.iter().find(|role| *role == witness || offices(role).iter().any(|o| confirm.contains(o)));
    if let Some(role) = shared.cloned() {
        let message = format!("`{witness}` confirms what `{role}` counts, and they are one");
        checker.error("witness-is-counter", &ballot.place, message, "let another office confirm the count");
    }
}

fn rank(checker: &mut Checker<'_>, index: usize, stage: &Stage, rank: &RankDefinition) {
    let counts = stage.score.is_some() || stage.ballot.is_some();
    let scope = checker.scope_at(index, true);
    for (fact, _) in &rank.by {
        let found = rule::infer(fact, &scope);
        let unknown = found.problems.iter().any(|problem| problem.kind == "rule-unknown-name");
        if unknown && !counts {
            let message = format!("`{}` gives its items no `{fact}` to be ranked by", stage.name);
            return checker.error("rank-without-facts", &rank.place, message, "add `score:` or `ballot:`");
        }
        if unknown {
            let known: Vec<String> = stage.facts().into_iter().map(|fact| fact.name).collect();
            let hint = crate::workflow::parse::meant(fact, &known, &format!("facts: {}", known.join(" ")));
            let message = format!("`{fact}`, by which items rank or share a rank, is no fact of `{}`", stage.name);
            checker.error("share-unknown-fact", &rank.place, message, &hint);
        } else if found.problems.is_empty() && !found.typed.kind.numeric() {
            let message = format!("`{fact}` is {}, and items are ranked by numbers", found.typed.kind.word());
            checker.error("rule-wrong-type", &rank.place, message, "rank by a fact or a field of type number");
        } else if found.problems.is_empty() && found.typed.maybe {
            let message = format!("not every item of `{}` has `{fact}` to be ranked by", stage.name);
            checker.error("value-may-be-missing", &rank.place, message, "rank by what each of them gets: 得分, …");
        } else {
            checker.report(&rank.place, &found, |kind| kind);
        }
    }
}

fn list(checker: &mut Checker<'_>, index: usize, stage: &Stage, name: &str, list: &ListDefinition) {
    let scope = checker.scope_at(index, true);
    checker.condition(list.unless.as_ref(), &scope);
    let places = match &list.take {
        ListTake::Where(condition) => return checker.condition(Some(condition), &scope),
        ListTake::First(places) | ListTake::Last(places) => places,
    };
    let Some(rank) = &stage.rank else {
        let message = format!("`{name}` takes the first or last of items that nothing ranks");
        return checker.error("cut-without-rank", &list.place, message, "add `rank: { by: [得分 down] }`");
    };
    let pairs = checker.workflow.pairs(&stage.of);
    let categories: Vec<&String> = pairs.iter().filter_map(|p| p.category.as_ref()).collect();
    if let Places::Category(table) = places {
        let without = pairs.iter().find(|p| p.category.as_ref().is_none_or(|c| !table.contains_key(c)));
        let stranger = table.keys().find(|c| !categories.contains(c));
        let what = match (without, stranger) {
            (Some(pair), _) => {
                Some(format!("`{name}` has no number for `{}`", pair.category.as_ref().unwrap_or(&pair.kind)))
            }
            (None, Some(stranger)) => {
                Some(format!("`{name}` has a number for `{stranger}`, which is no category here"))
            }
            (None, None) => None,
        };
        if let Some(message) = what {
            let hint = "name every category of the stage's items and no other, or give one number for all";
            return checker.error("class-without-count", &list.place, message, hint);
        }
    }
    for (whom, pairs, places) in groups(rank, places, &pairs) {
        let pool = pools::pool(checker, index, &pairs, true);
        let Some(pool) = pool.filter(|pool| i64::try_from(places).is_ok_and(|places| places > *pool)) else { continue };
        let message = format!("`{name}` has {places} places{whom}, but no more than {pool} can be there");
        let hint = "one of the two numbers is wrong; a cut nobody is cut off by is left out";
        return checker.warn("cut-above-pool", &list.place, message, hint);
    }
}

/// The groups a cut is made in: what is said of each, the pairs in it, its places.
fn groups(rank: &RankDefinition, places: &Places, pairs: &[Pair]) -> Vec<(String, Vec<Pair>, usize)> {
    let whole = match places {
        Places::Each(number) if !rank.within_category => Some(*number),
        Places::Each(_) | Places::Category(_) => None,
    };
    if let Some(number) = whole {
        return vec![(String::new(), pairs.to_vec(), number)];
    }
    let number = |category: &String| match places {
        Places::Each(number) => Some(*number),
        Places::Category(table) => table.get(category).copied(),
    };
    let categories: BTreeSet<&String> = pairs.iter().filter_map(|p| p.category.as_ref()).collect();
    let group = |category: &String| {
        let own = pairs.iter().filter(|p| p.category.as_ref() == Some(category)).cloned().collect();
        number(category).map(|number| (format!(" for `{category}`"), own, number))
    };
    categories.into_iter().filter_map(group).collect()
}

/// Lists that are named somewhere are made somewhere, and before.
fn lists_named(checker: &mut Checker<'_>, index: usize, stage: &Stage) {
    let here = |name: &String| stage.lists.contains_key(name);
    let before = |name: &String| checker.workflow.list_stage(name).is_some_and(|at| at < index);
    let mut unknown = Vec::new();
    for (name, list) in &stage.lists {
        unknown.extend(list.not_in.iter().filter(|other| *other == name || !here(other)).map(|o| (o, &list.place)));
    }
    for conflict in &stage.conflicts {
        unknown.extend(conflict.lists.iter().filter(|name| !here(name)).map(|name| (name, &conflict.place)));
    }
    for (name, list) in stage.confirms.iter().filter(|(name, _)| !before(name)) {
        unknown.push((name, &list.place));
    }
    for (name, place) in unknown {
        let known: Vec<&String> = checker.workflow.stages.iter().flat_map(|s| s.lists.keys()).collect();
        // one that is made elsewhere is not misspelt
        let known = if known.contains(&name) { Vec::new() } else { known };
        let otherwise = "name another list of this stage; a `decide` stage names those of an `assess` stage before it";
        let hint = crate::workflow::parse::meant(name, &known, otherwise);
        checker.error("conflict-unknown-list", place, format!("`{name}` is no list here"), &hint);
    }
}

/// Every list is good for something: a way, a decision, a condition, an end for those who are not on it, the items of another
/// workflow. Those beside are looked at; one that is not there yet may take it, so it is not refused.
fn unused(checker: &mut Checker<'_>) {
    let workflow = checker.workflow;
    let mut used = head::used_names(checker);
    for stage in checker.around.beside.unwrap_or_default().iter().flat_map(|other| &other.stages) {
        if let From::Case(from, list) = &stage.from {
            used.extend(Some(list.clone()).filter(|_| *from == workflow.name));
        }
    }
    // a paper reads of each item which lists it is on
    for template in super::templates_of(workflow) {
        used.extend((checker.around.templates)(&template).unwrap_or_default().into_iter().flat_map(|(path, _)| path));
    }
    used.extend(workflow.rules.iter().flat_map(|rule| rule.of.iter().cloned()));
    for stage in &workflow.stages {
        used.extend(stage.of.iter().chain(stage.quota.iter().flat_map(|quota| &quota.of)).cloned());
        used.extend(stage.all_actions().flat_map(|action| action.of.iter().cloned()));
        used.extend(stage.all_documents().flat_map(|document| document.of.iter().cloned()));
        used.extend(stage.attach.iter().flat_map(|attach| attach.of.iter().cloned()));
        used.extend(stage.lists.values().flat_map(|list| list.not_in.iter().cloned()));
        used.extend(stage.conflicts.iter().flat_map(|conflict| conflict.lists.iter().cloned()));
        used.extend(stage.confirms.keys().cloned());
        let forms = stage.form.item.values().chain(stage.form.case.values());
        used.extend(forms.flat_map(|field| field.of.iter().cloned()));
    }
    for stage in workflow.stages.iter().filter(|stage| stage.kind == Kind::Assess) {
        for (name, list) in stage.lists.iter().filter(|(name, list)| list.others.is_none() && !used.contains(*name)) {
            let message = format!("nothing comes of being on `{name}`");
            let hint = "name it in an `of:`, a rule or under the `lists:` of a `decide` stage, or let another workflow take its items from it";
            checker.warn("list-never-used", &list.place, message, hint);
        }
    }
}
