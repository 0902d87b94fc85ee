//! `score`, `ballot`, `rank`, `lists`, `conflicts` of an assess stage, and the lists a decide stage confirms (LANGUAGE §8).

use super::action;
use super::reader::{Keys, Reader};
use crate::tally::Fraction;
use crate::tally::ballot::Denominator;
use crate::tally::lists::Places;
use crate::tally::rank::Toward;
use crate::workflow::{
    BallotDefinition, Confirmation, ConflictDefinition, CriterionDefinition, ListDefinition, ListTake, RankDefinition,
    ScoreDefinition, Sheets, Stage,
};
use crate::yaml::{Node, Value};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// The full mark when nothing is written: 百分制.
const SCALE_DEFAULT: u32 = 100;

/// The keys an assess stage adds.
pub(super) fn counting(reader: &mut Reader, keys: &mut Keys<'_>, stage: &mut Stage) {
    stage.score = keys.take("score").and_then(|n| score(reader, n));
    stage.ballot = keys.take("ballot").and_then(|n| ballot(reader, n));
    stage.rank = keys.take("rank").and_then(|n| rank(reader, n));
    stage.lists = keys.take("lists").map(|n| named(reader, n, "a list", list)).unwrap_or_default();
    stage.conflicts = keys.take("conflicts").map(|n| conflicts(reader, n)).unwrap_or_default();
}

/// `lists` of a decide stage: what being on a list brings.
pub(super) fn confirms(reader: &mut Reader, node: &Node) -> IndexMap<String, Confirmation> {
    named(reader, node, "a list", |reader, key, node| {
        let mut keys = reader.keys(node, "what a list brings")?;
        let actions = keys.take("do").map(|n| action::actions(reader, n)).unwrap_or_default();
        let documents = keys.take("documents").map(|n| action::documents(reader, n, false)).unwrap_or_default();
        reader.finish(keys, &[]);
        Some(Confirmation { actions, documents, place: key.place.clone() })
    })
}

/// A mapping of names and what each means.
fn named<T>(
    reader: &mut Reader,
    node: &Node,
    what: &str,
    read: impl Fn(&mut Reader, &Node, &Node) -> Option<T>,
) -> IndexMap<String, T> {
    let wanted = format!("the name of {what} stands before it, in a mapping");
    reader.entries(node, &wanted, |reader, key, value| reader.name(key, what).zip(read(reader, key, value)))
}

fn score(reader: &mut Reader, node: &Node) -> Option<ScoreDefinition> {
    let mut keys = reader.keys(node, "`score`")?;
    let criteria = keys.take("criteria");
    if criteria.is_none() {
        let message = "a score has criteria".to_owned();
        reader.error("missing-key", &node.place, message, "add `criteria: { 名: WEIGHT }`");
    }
    let criteria = criteria.map(|n| named(reader, n, "a criterion", criterion)).unwrap_or_default();
    let scale = keys.take("scale").and_then(|n| reader.number(n, "the full mark", 1));
    let assessors_min = keys.take("assessors").and_then(|n| {
        let mut inner = reader.keys(n, "`assessors`")?;
        let min = inner.take("min").and_then(|n| reader.number(n, "`min`", 1));
        reader.finish(inner, &[]);
        min.and_then(|min| usize::try_from(min).ok())
    });
    let drop_extremes = reader.word(keys.take("drop"), &[("extremes", true)], false, "`drop`");
    let recuse = keys.take("recuse").and_then(|n| reader.expression(n, "`recuse`"));
    reader.finish(keys, &[]);
    Some(ScoreDefinition {
        criteria,
        scale: scale.and_then(|scale| u32::try_from(scale).ok()).unwrap_or(SCALE_DEFAULT),
        assessors_min: assessors_min.unwrap_or(1),
        drop_extremes,
        recuse,
        place: node.place.clone(),
    })
}

/// A weight, or `{ weight: 20, of: … }`.
fn criterion(reader: &mut Reader, key: &Node, node: &Node) -> Option<CriterionDefinition> {
    let weight = |reader: &mut Reader, node: &Node| {
        reader.number(node, "a weight", 1).and_then(|weight| u32::try_from(weight).ok())
    };
    if node.map().is_none() {
        let weight = weight(reader, node)?;
        return Some(CriterionDefinition { weight, of: Vec::new(), place: key.place.clone() });
    }
    let mut keys = reader.keys(node, "a criterion")?;
    let given = keys.take("weight").map(|n| weight(reader, n));
    if given.is_none() {
        reader.error("missing-key", &node.place, "a criterion has a weight".to_owned(), "add `weight: 20`");
    }
    let of = keys.take("of").map(|n| reader.refers(n, "`of`")).unwrap_or_default();
    reader.finish(keys, &[]);
    Some(CriterionDefinition { weight: given.flatten()?, of, place: key.place.clone() })
}

fn ballot(reader: &mut Reader, node: &Node) -> Option<BallotDefinition> {
    let mut keys = reader.keys(node, "`ballot`")?;
    let options = options(reader, node, keys.take("options"));
    let abstain = keys.take("abstain").and_then(|n| points(reader, n, "an abstention")).unwrap_or(Fraction::ZERO);
    let denominators = [("valid", Denominator::Valid), ("ticked", Denominator::Ticked)];
    let denominator = reader.word(keys.take("denominator"), &denominators, Denominator::Valid, "`denominator`");
    let voters = keys.take("voters").map(|n| voters(reader, n)).unwrap_or_default();
    let sheets = [("ballots", Sheets::Ballots), ("tally", Sheets::Tally)];
    let sheets = reader.word(keys.take("sheets"), &sheets, Sheets::Ballots, "`sheets`");
    let batch = keys.take("batch").and_then(|n| reader.refer(n, "`batch`"));
    let secret = reader.flag(keys.take("secret"), false, "`secret`");
    let witness = keys.take("witness").and_then(|n| reader.refer(n, "`witness`"));
    reader.finish(keys, &[]);
    let place = node.place.clone();
    Some(BallotDefinition { options, abstain, denominator, voters, sheets, batch, secret, witness, place })
}

fn options(reader: &mut Reader, ballot: &Node, node: Option<&Node>) -> IndexMap<String, Fraction> {
    let hint = "write `options: { 满意: 2, 基本满意: 1, 不满意: 0 }`";
    let entries = node.and_then(Node::map).unwrap_or_default();
    if entries.is_empty() {
        let place = node.map_or(&ballot.place, |n| &n.place);
        let message = "nothing says what can be ticked and how many points it gives".to_owned();
        reader.error("options-without-points", place, message, hint);
    }
    let mut found = IndexMap::new();
    for (key, value) in entries {
        let Some(name) = reader.name(key, "an option") else { continue };
        if value.value == Value::Null {
            let message = format!("`{name}` gives no points");
            reader.error("options-without-points", &key.place, message, hint);
        } else if let Some(points) = points(reader, value, &format!("`{name}`")) {
            found.insert(name, points);
        }
    }
    if !found.is_empty() && found.len() == entries.len() && found.values().all(|points| *points == Fraction::ZERO) {
        let message = "no option gives a point, so everybody comes to 0 and nobody is satisfied".to_owned();
        reader.error("options-without-points", node.map_or(&ballot.place, |n| &n.place), message, hint);
    }
    found
}

/// Points: a whole number or a half.
fn points(reader: &mut Reader, node: &Node, of: &str) -> Option<Fraction> {
    let number = node.text().and_then(|text| Fraction::parse(text).ok());
    let half = number.filter(|n| n.times(Fraction::whole(2)).is_ok_and(Fraction::is_whole));
    if half.is_none() {
        let what = node.text().unwrap_or_else(|| node.kind());
        let message = format!("{of} gives `{what}` points, and points are whole or half");
        reader.error("point-not-half", &node.place, message, "write `2`, `0.5`, …");
    }
    half
}

fn voters(reader: &mut Reader, node: &Node) -> IndexMap<String, Fraction> {
    let found = named(reader, node, "a voter group", |reader, _, value| {
        let share = value.text().and_then(|text| text.strip_suffix('%'));
        let share = share.and_then(|text| Fraction::parse(text).ok());
        if share.is_none() {
            reader.shape(value, "the share of a voter group is written `60%`");
        }
        share
    });
    let sum = Fraction::sum(found.values().copied());
    let whole = node.map().is_some_and(|entries| entries.len() == found.len());
    if whole && sum != Ok(Fraction::whole(100)) {
        let sum = sum.map_or_else(|why| why.to_string(), Fraction::say);
        let message = format!("the shares of the voter groups make {sum} percent");
        reader.error("voters-not-100", &node.place, message, "they make 100");
    }
    found
}

fn rank(reader: &mut Reader, node: &Node) -> Option<RankDefinition> {
    let mut keys = reader.keys(node, "`rank`")?;
    let written = keys.take("by");
    if written.is_none() {
        reader.error("missing-key", &node.place, "nothing says by what".to_owned(), "add `by: [得分 down]`");
    }
    let elements = written.map(|n| n.list().unwrap_or(std::slice::from_ref(n))).unwrap_or_default();
    let by = elements.iter().filter_map(|n| rank_key(reader, n)).collect();
    let within_category = reader.word(keys.take("within"), &[("category", true)], false, "`within`");
    // the only way to rank equals
    reader.word(keys.take("tie"), &[("share", ())], (), "`tie`");
    reader.finish(keys, &[]);
    Some(RankDefinition { by, within_category, place: node.place.clone() })
}

/// `得分 down`.
fn rank_key(reader: &mut Reader, node: &Node) -> Option<(String, Toward)> {
    let text = reader.refer(node, "a key of a ranking")?;
    let toward = |word: &str| match word {
        "up" => Some(Toward::Up),
        "down" => Some(Toward::Down),
        _ => None,
    };
    let found = text.split_once(' ').and_then(|(fact, word)| Some((fact.to_owned(), toward(word.trim())?)));
    if found.is_none() {
        let message = format!("`{text}` does not say which end comes first");
        reader.error("unknown-word", &node.place, message, "write `得分 down` (largest first) or `不满意 up`");
    }
    found
}

fn list(reader: &mut Reader, key: &Node, node: &Node) -> Option<ListDefinition> {
    let mut keys = reader.keys(node, "a list")?;
    let (first, last, condition) = (keys.take("first"), keys.take("last"), keys.take("where"));
    let unless = keys.take("unless").and_then(|n| reader.expression(n, "`unless`"));
    let not_in = keys.take("not_in").map(|n| reader.refers(n, "`not_in`")).unwrap_or_default();
    let refill = reader.flag(keys.take("refill"), false, "`refill`");
    let others = keys.take("others").and_then(|n| {
        let mut inner = reader.keys(n, "`others`")?;
        let end = inner.take("end").and_then(|n| reader.text(n, "`end`"));
        reader.finish(inner, &[]);
        end
    });
    reader.finish(keys, &[]);
    let take = match (first, last, condition) {
        (Some(n), None, None) => places(reader, n).map(ListTake::First),
        (None, Some(n), None) => places(reader, n).map(ListTake::Last),
        (None, None, Some(n)) => reader.expression(n, "`where`").map(ListTake::Where),
        (None, None, None) => {
            let hint = "add `first: 5`, `last: 1` or `where: \"得分 >= 90\"`";
            reader.error("missing-key", &node.place, "nothing says whom the list takes".to_owned(), hint);
            None
        }
        (Some(_) | None, Some(_) | None, Some(_) | None) => {
            let message = "a list takes the first, the last, or those a condition is true of".to_owned();
            reader.error("wrong-shape", &node.place, message, "keep one of first, last and where");
            None
        }
    };
    Some(ListDefinition { take: take?, unless, not_in, refill, others, place: key.place.clone() })
}

/// A number, or a number for each category.
fn places(reader: &mut Reader, node: &Node) -> Option<Places> {
    let number = |reader: &mut Reader, node: &Node, min: i64| {
        reader.number(node, "the places of a list", min).and_then(|n| usize::try_from(n).ok())
    };
    let Some(entries) = node.map() else { return number(reader, node, 1).map(Places::Each) };
    let mut table = BTreeMap::new();
    for (key, value) in entries {
        if let (Some(category), Some(places)) = (reader.refer(key, "a category"), number(reader, value, 0)) {
            table.insert(category, places);
        }
    }
    Some(Places::Category(table))
}

fn conflicts(reader: &mut Reader, node: &Node) -> Vec<ConflictDefinition> {
    let Some(groups) = node.list() else {
        reader.shape(node, "conflicts are a list of lists: `[[甲单, 乙单]]`");
        return Vec::new();
    };
    let mut found = Vec::new();
    for group in groups {
        if group.list().is_none_or(|names| names.len() < 2) {
            reader.shape(group, "a conflict names two lists or more: `[甲单, 乙单]`");
            continue;
        }
        let lists = reader.refers(group, "a list");
        found.push(ConflictDefinition { lists, place: group.place.clone() });
    }
    found
}
