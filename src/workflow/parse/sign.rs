//! `sign`: who of several must answer, and how a vote is decided (LANGUAGE §8 review).

use super::reader::Reader;
use crate::tally::Fraction;
use crate::tally::sign::{Base, Pass};
use crate::workflow::{Sign, VoteDefinition};
use crate::yaml::Node;

/// Words of `sign` besides a vote.
const WORDS: [(&str, Word); 4] =
    [("one", Word::One), ("all", Word::All), ("any", Word::Any), ("in order", Word::InOrder)];

#[derive(Clone, Copy)]
enum Word {
    One,
    All,
    Any,
    InOrder,
}

pub(super) fn sign(reader: &mut Reader, node: &Node) -> Sign {
    if node.map().is_some() {
        return vote(reader, node).map_or(Sign::One, Sign::Vote);
    }
    match reader.word(Some(node), &WORDS, Word::One, "`sign`") {
        Word::One => Sign::One,
        Word::All => Sign::All,
        Word::Any => Sign::Any,
        Word::InOrder => Sign::InOrder,
    }
}

fn vote(reader: &mut Reader, node: &Node) -> Option<VoteDefinition> {
    let mut keys = reader.keys(node, "a vote")?;
    let members = keys.take("vote").and_then(|n| reader.refer(n, "`vote`"));
    let recorded = reader.flag(keys.take("recorded"), false, "`recorded`");
    let quorum = keys.take("quorum").and_then(|n| quorum(reader, n));
    let written = keys.take("pass");
    if written.is_none() {
        let message = "nothing says when the vote passes".to_owned();
        reader.error("vote-without-pass", &node.place, message, PASS);
    }
    let pass = written.and_then(|n| pass(reader, n));
    let veto = keys.take("veto").map(|n| reader.refers(n, "`veto`")).unwrap_or_default();
    let abstains = [("counts", true), ("left out", false)];
    let abstain_counts = reader.word(keys.take("abstain"), &abstains, true, "`abstain`");
    reader.finish(keys, &[]);
    if !recorded && node.get("vote").is_none() {
        let hint = "add `vote: ROLE`, or `recorded: true` where the minutes give the heads";
        reader.error("missing-key", &node.place, "nothing says who votes".to_owned(), hint);
    }
    let place = node.place.clone();
    Some(VoteDefinition { members, recorded, quorum, pass, veto, abstain_counts, place })
}

/// A share of the members: `2/3`.
fn quorum(reader: &mut Reader, node: &Node) -> Option<Fraction> {
    let hint = "it is a share of the members: `quorum: 2/3`";
    let Some(share) = node.text().and_then(|text| Fraction::parse(text).ok()).filter(|s| *s > Fraction::ZERO) else {
        reader.shape(node, "a quorum is a share of the members, such as `2/3`");
        return None;
    };
    if share > Fraction::whole(1) {
        let message = format!("a quorum of {share} is more than all members");
        reader.error("quorum-above-members", &node.place, message, hint);
        return None;
    }
    Some(share)
}

const PASS: &str =
    "write `pass: more than 1/2 of present`; `more than` or `at least`, of `present`, `members` or `votes cast`";

/// `more than 1/2 of present`.
fn pass(reader: &mut Reader, node: &Node) -> Option<Pass> {
    let text = reader.text(node, "`pass`")?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let read = |more_than: bool, share: &str, base: &[&str]| {
        let of = match base.join(" ").as_str() {
            "present" => Base::Present,
            "members" => Base::Members,
            "votes cast" => Base::Votes,
            _ => return None,
        };
        let share = Fraction::parse(share).ok()?;
        // more than all never passes, at least nothing always does
        let fits = Fraction::ZERO <= share && share <= Fraction::whole(1);
        let bound = if more_than { Fraction::whole(1) } else { Fraction::ZERO };
        (fits && share != bound).then_some(Pass { more_than, share, of })
    };
    let found = match words.as_slice() {
        ["more", "than", share, "of", base @ ..] => read(true, share, base),
        ["at", "least", share, "of", base @ ..] => read(false, share, base),
        _ => None,
    };
    if found.is_none() {
        reader.error("unknown-word", &node.place, format!("`{text}` is not a majority"), PASS);
    }
    found
}
