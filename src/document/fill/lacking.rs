//! Which variables of a Word template the data lack, each with the tag that reads it.

use super::place::Placed;
use super::problem::{Fault, Problem};
use super::told::Places;
use super::{Contents, environment, safe};
use crate::diag::{Diagnostic, Place};
use crate::document::template::{Hint, ends};
use crate::workflow::rule::{self, Mention};
use crate::workflow::{WORD_MARK, WORD_MARK_END};
use serde_json::Value as Json;

/// Members of a list that are named where all lack the same.
pub(super) const MEMBERS_MAX: usize = 20;

/// Members of lists that are looked at one by one.
const MEMBERS_TRIED_MAX: usize = 1000;

/// What a tag reads of one member of a list.
pub(super) struct Member {
    /// what it is called, members counted from 1: `items[2].金额`
    pub(super) called: String,
    pub(super) value: Json,
    /// the data, in which each list on the way has this member alone
    pub(super) data: Json,
    /// what is said where it has no value
    pub(super) missing: Option<Fault>,
}

/// The variables a template reads, and where.
#[derive(Debug, Default)]
pub(super) struct Reads {
    mentions: Vec<Mention>,
    places: Places,
    /// lines above the paragraphs
    above: usize,
}

impl Reads {
    /// Of what a closure keeps of a template; `places` are those of its tags below so many lines.
    pub(super) fn of(source: &str, above: usize, places: Places) -> Reads {
        Reads { mentions: rule::text_names(source).unwrap_or_default(), places, above }
    }

    /// What the data lack of what a tag reads: each place of the data where something is missing, and what would fit there.
    pub(super) fn lacking(&self, data: &Json, n: usize, tag: &Placed) -> Vec<Fault> {
        let here = |it: &&Mention| self.places.tag_of(it, self.above) == Some(n);
        let own: Vec<Fault> = self.needed().filter(here).flat_map(|it| unfilled(data, it)).collect();
        if !own.is_empty() {
            return own;
        }
        // what is read in several places is known by the first
        let words: Vec<&str> = tag.tag.inner.split(|it: char| !it.is_alphanumeric() && it != '_').collect();
        let named =
            |it: &&Mention| it.path.iter().rev().find(|it| *it != "*").is_some_and(|it| words.contains(&it.as_str()));
        let named = self.needed().filter(named).find(|it| !ends(data, &it.path).is_empty());
        named.map(|it| unfilled(data, it)).unwrap_or_default()
    }

    /// What a tag reads of each member of the lists it goes through.
    pub(super) fn members(&self, data: &Json, n: usize) -> Vec<Member> {
        let here = |it: &&Mention| self.places.tag_of(it, self.above) == Some(n);
        let (mut found, mut left) = (Vec::new(), MEMBERS_TRIED_MAX);
        for mention in self.mentions.iter().filter(here).filter(|it| it.path.iter().any(|part| part == "*")) {
            let faults = unfilled(data, mention);
            let missing = |called: &str| {
                let of = |it: &&Fault| matches!(it, Fault::Unfilled(variable, _) if variable == called);
                faults.iter().find(of).cloned()
            };
            for (called, value, data) in alone(data, &mention.path, &mut left) {
                let called = called.trim_start_matches('.').to_owned();
                let missing = missing(&called);
                found.push(Member { called, value, data, missing });
            }
        }
        found
    }

    /// What no tag asks for before it reads it.
    fn needed(&self) -> impl Iterator<Item = &Mention> {
        self.mentions.iter().filter(|it| !it.optional && !it.perhaps)
    }
}

/// Where a path leads, member by member: what the place is called, the value there, and the data with that member alone.
fn alone(data: &Json, path: &[String], left: &mut usize) -> Vec<(String, Json, Json)> {
    let Some((name, rest)) = path.split_first() else {
        *left = left.saturating_sub(1);
        return vec![(String::new(), data.clone(), data.clone())];
    };
    let mut found = Vec::new();
    if name == "*" {
        for (member, n) in data.as_array().into_iter().flatten().zip(1..) {
            if *left == 0 {
                break;
            }
            let within = alone(member, rest, left);
            found.extend(
                within.into_iter().map(|(called, value, it)| (format!("[{n}]{called}"), value, Json::Array(vec![it]))),
            );
        }
        return found;
    }
    let Some(inner) = data.get(name).filter(|it| !it.is_null()) else {
        let called = rest.iter().fold(format!(".{name}"), |all, part| format!("{all}.{part}"));
        *left = left.saturating_sub(1);
        return vec![(called.replace(".*", "[]"), Json::Null, data.clone())];
    };
    // the rest of the data once, without the list itself
    let mut shell = data.as_object().cloned().unwrap_or_default();
    shell.insert(name.clone(), Json::Null);
    for (called, value, it) in alone(inner, rest, left) {
        let mut data = shell.clone();
        data.insert(name.clone(), it);
        found.push((format!(".{name}{called}"), value, Json::Object(data)));
    }
    found
}

fn unfilled(data: &Json, mention: &Mention) -> Vec<Fault> {
    let told = |(called, name, there): (String, String, Vec<String>)| {
        Fault::Unfilled(called, Box::new(Hint::of(&name, &there)))
    };
    ends(data, &mention.path).into_iter().take(MEMBERS_MAX).map(told).collect()
}

/// What could be read of a file that is refused.
pub(super) struct Partly {
    /// as a closure would keep it
    pub(super) source: String,
    tags: Vec<Placed>,
    reads: Reads,
}

/// Reads what can be read of a file that is refused; none where nothing can be said.
pub(super) fn partly(front: &str, bytes: &[u8]) -> Option<Partly> {
    let package = safe::open(bytes).ok()?;
    let above = format!("{}\n{WORD_MARK}{WORD_MARK_END}\n", front.replace("\r\n", "\n").trim_end());
    let (read, _) = Contents::of(&environment(), &package, None).ok()?;
    let (told, places) = read.told.written();
    let source = format!("{above}{told}");
    let mentions = rule::text_names(&source).ok()?;
    let reads = Reads { mentions, places, above: above.lines().count() };
    Some(Partly { source, tags: read.tags, reads })
}

impl Partly {
    /// What the data lack of what is read whatever they are. `front` is the path of the text beside the file, `path` that of the file.
    pub(super) fn problems(&self, data: &Json, (front, path): (&str, &str)) -> Vec<Diagnostic> {
        let lacking = |it: &&Mention| !it.conditional && !ends(data, &it.path).is_empty();
        let lacking: Vec<&Mention> = self.reads.needed().filter(lacking).collect();
        // what a whole lacks its parts lack
        let whole =
            |it: &Mention| lacking.iter().any(|of| of.path.len() < it.path.len() && it.path.starts_with(&of.path));
        let needed = lacking.iter().filter(|it| !whole(it));
        let problems = needed.flat_map(|mention| {
            let placed = self.reads.places.tag_of(mention, self.reads.above).and_then(|n| self.tags.get(n));
            let told = move |fault: Fault| {
                let (spot, shown) = placed.map(|it| (it.spot.clone(), it.shown.clone())).unzip();
                let told = Problem { spot, tag: shown.unwrap_or_default(), fault }.diagnostic(path);
                let above = Place { path: front.to_owned(), line: mention.line, column: mention.column };
                if placed.is_none() { Diagnostic { place: above, ..told } } else { told }
            };
            unfilled(data, mention).into_iter().map(told)
        });
        problems.collect()
    }
}
