//! Everything that keeps a Word template from being filled, found at once.
//!
//! The language stops at the first thing that has no value. That tag is tried with each member of the lists it goes through, written
//! down and made harmless, and the rest is tried again, until nothing fails or enough is known.

use super::emit::{self, Piece};
use super::lacking::MEMBERS_MAX;
use super::picture::Pictures;
use super::problem::{Fault, Problem};
use super::tag::Kind;
use super::{WHOLE, WordTemplate};
use crate::document::template::{Hint, values};
use minijinja::{Error, ErrorKind};
use serde_json::Value as Json;

/// Problems that are looked for.
const PROBLEMS_MAX: usize = 40;

impl WordTemplate {
    /// The problems of filling with these data; `first` is what stopped it.
    pub(super) fn failures(&self, data: &Json, first: &Error, pictures: Pictures<'_>) -> Vec<Problem> {
        let inner = &self.0;
        let mut harmless: Vec<usize> = Vec::new();
        let mut problems = Vec::new();
        let mut places = inner.places.clone();
        let mut error = Some(self.problems(data, first, &places, &harmless));
        while let Some((n, found)) = error.take() {
            problems.extend(found);
            let Some(n) = n.filter(|n| !harmless.contains(n)) else { break };
            harmless.push(n);
            if harmless.len() >= PROBLEMS_MAX {
                break;
            }
            let (text, found) = emit::source(&inner.pieces, &inner.tags, &harmless);
            places = found;
            let again =
                inner.environment.template_from_named_str(WHOLE, &text).and_then(|it| it.render(values::value(data)));
            match again {
                // what is left can be filled: its pictures are looked for as well
                Ok(text) => problems.extend(self.placed(&text, data, pictures).unwrap_or_default().2),
                Err(again) => error = Some(self.problems(data, &again, &places, &harmless)),
            }
        }
        problems.sort_by(|a, b| a.spot.cmp(&b.spot));
        // the older copy of a text box says the same again
        problems.dedup_by(|a, b| a.tag == b.tag && a.fault == b.fault && words(a) == words(b));
        problems
    }

    /// The tag an error is about, and what is wrong with it.
    fn problems(
        &self,
        data: &Json,
        error: &Error,
        places: &[(usize, usize)],
        harmless: &[usize],
    ) -> (Option<usize>, Vec<Problem>) {
        let n = tag_of(error, places);
        let placed = n.and_then(|n| Some((n, self.0.tags.get(n)?)));
        let mut faults = Vec::new();
        if error.kind() == ErrorKind::UndefinedError {
            faults = placed.map(|(n, placed)| self.0.reads.lacking(data, n, placed)).unwrap_or_default();
            if faults.is_empty() {
                let inner = placed.map_or("", |(_, it)| &it.tag.inner);
                faults.push(Fault::Unfilled(String::new(), Box::new(Hint::of(inner, &[]))));
            }
        }
        // the language stops at the first member of a list; the others are looked at, too
        let of_members = placed.map(|(n, _)| self.of_members(data, n, harmless)).unwrap_or_default();
        let new: Vec<Fault> = of_members.into_iter().filter(|it| !faults.contains(it)).collect();
        faults.extend(new);
        if faults.is_empty() {
            faults.push(evaluation(String::new(), error));
        }
        let told = |fault: Fault| {
            let (spot, tag) = placed.map(|(_, it)| (it.spot.clone(), it.shown.clone())).unzip();
            Problem { spot, tag: tag.unwrap_or_default(), fault }
        };
        (n, faults.into_iter().map(told).collect())
    }

    /// What is wrong with a tag for each member of the lists it goes through, tried with that member alone.
    fn of_members(&self, data: &Json, n: usize, harmless: &[usize]) -> Vec<Fault> {
        let inner = &self.0;
        let prints = |it: usize| inner.tags.get(it).is_some_and(|it| it.tag.kind == Kind::Output);
        let others: Vec<usize> =
            (0..inner.tags.len()).filter(|it| *it != n && (prints(*it) || harmless.contains(it))).collect();
        // what stands between the tags makes no difference
        let tags: Vec<Piece> = inner.pieces.iter().filter(|it| matches!(it, Piece::Tag(_))).cloned().collect();
        let (text, places) = emit::source(&tags, &inner.tags, &others);
        let Ok(template) = inner.environment.template_from_named_str(WHOLE, &text) else { return Vec::new() };
        let mut found: Vec<(String, bool, Fault)> = Vec::new();
        for member in inner.reads.members(data, n) {
            let Err(error) = template.render(values::value(&member.data)) else { continue };
            if tag_of(&error, &places) != Some(n) {
                continue;
            }
            let (called, undefined) = (member.called, error.kind() == ErrorKind::UndefinedError);
            let Some(fault) = (if undefined { member.missing } else { Some(evaluation(called.clone(), &error)) })
            else {
                continue;
            };
            // of several things a tag reads of one member it is the one whose value the error repeats
            let own = called.rsplit_once(']').map_or(called.as_str(), |(list, _)| list).to_owned();
            let value = member.value.as_str().map_or_else(|| member.value.to_string(), str::to_owned);
            let named = undefined || error.detail().is_some_and(|it| it.starts_with(&value));
            match found.iter_mut().find(|(of, ..)| *of == own) {
                Some(known) if named && !known.1 => *known = (own, named, fault),
                Some(_) => {}
                None => found.push((own, named, fault)),
            }
            if found.len() >= MEMBERS_MAX {
                break;
            }
        }
        found.into_iter().map(|(.., fault)| fault).collect()
    }
}

fn tag_of(error: &Error, places: &[(usize, usize)]) -> Option<usize> {
    let at = error.range()?.start;
    places.iter().rev().find(|(from, _)| *from <= at).map(|(_, n)| *n)
}

fn evaluation(member: String, error: &Error) -> Fault {
    let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let hint = Box::new(Hint::of_evaluation(error.kind(), &reason));
    Fault::Evaluation(member, reason, hint)
}

fn words(problem: &Problem) -> Option<&str> {
    problem.spot.as_ref().map(|it| it.words.as_str())
}
