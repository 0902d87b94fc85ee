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
const MEMBERS_MAX: usize = 20;

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

    /// What no tag asks for before it reads it.
    fn needed(&self) -> impl Iterator<Item = &Mention> {
        self.mentions.iter().filter(|it| !it.optional && !it.perhaps)
    }
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
