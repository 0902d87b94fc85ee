//! What an assess stage scores, counts, ranks and lists, and how a stage is signed (LANGUAGE §8).
//!
//! The arithmetic is [`crate::tally`]'s; here is what a definition says of it, each with its place.

use super::{Action, DocumentDefinition, Expression, Go, Stage};
use crate::diag::Place;
use crate::tally::Fraction;
use crate::tally::ballot::Denominator;
use crate::tally::lists::Places;
use crate::tally::rank::Toward;
use crate::tally::sign::Pass;
use indexmap::IndexMap;

/// `score`: several assessors mark criteria.
#[derive(Debug, Clone)]
pub struct ScoreDefinition {
    /// by name, in the order written
    pub criteria: IndexMap<String, CriterionDefinition>,
    /// the full mark of each criterion and of 得分
    pub scale: u32,
    /// fewest assessors
    pub assessors_min: usize,
    /// one highest and one lowest total are dropped
    pub drop_extremes: bool,
    /// true of an assessor who is not to mark the item
    pub recuse: Option<Expression>,
    /// where
    pub place: Place,
}

/// A criterion.
#[derive(Debug, Clone)]
pub struct CriterionDefinition {
    /// in percent
    pub weight: u32,
    /// types, categories, subjects it applies to; empty = all of the stage
    pub of: Vec<String>,
    /// where
    pub place: Place,
}

/// `ballot`: voters tick options.
#[derive(Debug, Clone)]
pub struct BallotDefinition {
    /// option → points
    pub options: IndexMap<String, Fraction>,
    /// points of a valid ballot without a tick
    pub abstain: Fraction,
    /// what 满意率 is a share of
    pub denominator: Denominator,
    /// voter group → expected share of ballots, in percent
    pub voters: IndexMap<String, Fraction>,
    /// how the sheets are filled
    pub sheets: Sheets,
    /// what sheets arrive by: 片区
    pub batch: Option<String>,
    /// rows are in no log
    pub secret: bool,
    /// the role that confirms the count before it stands
    pub witness: Option<String>,
    /// where
    pub place: Place,
}

/// How ballots come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheets {
    /// a row each
    Ballots,
    /// an area's counts
    Tally,
}

/// `rank`.
#[derive(Debug, Clone)]
pub struct RankDefinition {
    /// facts and which end comes first
    pub by: Vec<(String, Toward)>,
    /// each category by itself
    pub within_category: bool,
    /// where
    pub place: Place,
}

/// A list of an assess stage.
#[derive(Debug, Clone)]
pub struct ListDefinition {
    /// whom it takes
    pub take: ListTake,
    /// true of an item that is not to be on it
    pub unless: Option<Expression>,
    /// lists whose members are not on it
    pub not_in: Vec<String>,
    /// struck members are replaced by the next
    pub refill: bool,
    /// how items that are not on it end
    pub others: Option<String>,
    /// where
    pub place: Place,
}

/// Whom a list takes.
#[derive(Debug, Clone)]
pub enum ListTake {
    /// the best of the ranking
    First(Places),
    /// the worst
    Last(Places),
    /// whoever the condition is true of
    Where(Expression),
}

/// Lists of which an item is on one at most; on two, somebody is asked.
#[derive(Debug, Clone)]
pub struct ConflictDefinition {
    /// the lists
    pub lists: Vec<String>,
    /// where
    pub place: Place,
}

/// What being on a list brings, once a decide stage has confirmed it.
#[derive(Debug, Clone)]
pub struct Confirmation {
    /// done for its members
    pub actions: Vec<Action>,
    /// papers
    pub documents: Vec<DocumentDefinition>,
    /// where
    pub place: Place,
}

/// Who of several must answer.
#[derive(Debug, Clone, Default)]
pub enum Sign {
    /// the first answer counts
    #[default]
    One,
    /// 会签
    All,
    /// 或签
    Any,
    /// one after the other
    InOrder,
    /// a vote
    Vote(VoteDefinition),
}

/// A vote.
#[derive(Debug, Clone)]
pub struct VoteDefinition {
    /// the role whose offices vote; none when the minutes give the heads
    pub members: Option<String>,
    /// the heads of a meeting are entered: 应到 实到 同意 不同意 弃权
    pub recorded: bool,
    /// the share of members that must be present
    pub quorum: Option<Fraction>,
    /// the majority; none only where `vote-without-pass` was reported
    pub pass: Option<Pass>,
    /// roles or offices whose vote against forbids it
    pub veto: Vec<String>,
    /// abstentions stay in what the majority is of
    pub abstain_counts: bool,
    /// where
    pub place: Place,
}

/// A value that counting gives an item, read like a field of the stage's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// its name
    pub name: String,
    /// 0 to 100
    pub percent: bool,
    /// whom it is given to; empty = every item of the stage
    pub of: Vec<String>,
}

/// What every score gives.
const OF_SCORE: [&str; 1] = ["得分"];
/// What every ballot gives besides its options.
const OF_BALLOT: [&str; 5] = [ABSTAINED, VALID, INVALID, "得分", SATISFIED];
/// What every ranking gives.
const OF_RANK: [&str; 1] = [RANK];
/// The fact a ranking gives.
pub const RANK: &str = "名次";
/// What the minutes of a recorded vote give.
pub const OF_MINUTES: [&str; 5] = ["应到", "实到", "同意", "不同意", "弃权"];
/// What each of several who signed said, as templates read it of a stage.
pub const OPINIONS: &str = "会签意见";
/// The one fact that is a percentage: of the ballots of an item, those for an option with points.
pub const SATISFIED: &str = "满意率";
/// Valid ballots without a tick for an item.
pub const ABSTAINED: &str = "弃权";
/// Ballots that are good for an item.
pub const VALID: &str = "有效票";
/// What is chosen on a sheet for an item that a ballot is invalid for.
pub const SPOILT: &str = "无效";
/// Ballots that are not.
pub const INVALID: &str = "无效票";

impl Stage {
    /// The facts counting gives its items, in the order they come about; one that two keys give stands twice.
    pub fn facts(&self) -> Vec<Fact> {
        let fact = |name: &str| Fact { name: name.to_owned(), percent: name == SATISFIED, of: Vec::new() };
        let mut found = Vec::new();
        if let Some(score) = &self.score {
            let criterion = |(name, c): (&String, &CriterionDefinition)| Fact { of: c.of.clone(), ..fact(name) };
            found.extend(score.criteria.iter().map(criterion).chain(OF_SCORE.map(fact)));
        }
        if let Some(ballot) = &self.ballot {
            found.extend(ballot.options.keys().map(|name| fact(name)).chain(OF_BALLOT.map(fact)));
        }
        if self.rank.is_some() {
            found.extend(OF_RANK.map(fact));
        }
        if self.minutes().is_some() {
            found.extend(OF_MINUTES.map(fact));
        }
        found
    }

    /// Whether the answers of several make the answer of the stage; where the first counts, one does.
    pub fn several_sign(&self) -> bool {
        match &self.sign {
            Sign::One | Sign::Any => false,
            Sign::All | Sign::InOrder => true,
            Sign::Vote(vote) => !vote.recorded,
        }
    }

    /// Whether the stage takes several answers for an item and makes one of them.
    pub fn takes_several(&self) -> bool {
        self.several_sign() || self.score.is_some()
    }

    /// Whether its items, answered one by one, go on together: they are ranked, or put on lists.
    pub fn goes_together(&self) -> bool {
        self.rank.is_some() || !self.lists.is_empty()
    }

    /// The vote whose heads are entered from the minutes of a meeting.
    pub fn minutes(&self) -> Option<&VoteDefinition> {
        match &self.sign {
            Sign::Vote(vote) if vote.recorded => Some(vote),
            Sign::One | Sign::Any | Sign::All | Sign::InOrder | Sign::Vote(_) => None,
        }
    }

    /// What becomes of an item when a vote passes, and when it does not: the first outcome that goes on, and the last that ends.
    /// Where no outcome goes on, or none ends, the first and the last outcome stand for them. None when they are one.
    pub fn vote_ends(&self) -> Option<(&str, &str)> {
        let passes = self.offered().find(|o| o.go == Go::Next).or_else(|| self.offered().next())?;
        let fails = self.offered().filter(|o| matches!(o.go, Go::End(_))).last().or_else(|| self.offered().last())?;
        (passes.name != fails.name).then_some((passes.name.as_str(), fails.name.as_str()))
    }

    /// Whether a field of its form or a fact has this name.
    pub fn gives(&self, name: &str) -> bool {
        self.form.item.contains_key(name)
            || self.form.case.contains_key(name)
            || self.facts().iter().any(|fact| fact.name == name)
    }

    /// The expressions of what it counts.
    pub fn counting_expressions(&self) -> impl Iterator<Item = &Expression> {
        let lists = self.lists.values().flat_map(|list| {
            let taken = match &list.take {
                ListTake::Where(condition) => Some(condition),
                ListTake::First(_) | ListTake::Last(_) => None,
            };
            taken.into_iter().chain(&list.unless)
        });
        self.score.iter().filter_map(|score| score.recuse.as_ref()).chain(lists)
    }

    /// Every action it can bring about: its own, those of its outcomes and of the lists it confirms.
    pub fn all_actions(&self) -> impl Iterator<Item = &Action> {
        let outcomes = self.outcomes.values().flat_map(|outcome| &outcome.actions);
        self.actions.iter().chain(outcomes).chain(self.confirms.values().flat_map(|list| &list.actions))
    }

    /// Every paper it can make: its own, those of its outcomes and of the lists it confirms, its report.
    pub fn all_documents(&self) -> impl Iterator<Item = &DocumentDefinition> {
        let outcomes = self.outcomes.values().flat_map(|outcome| &outcome.documents);
        let lists = self.confirms.values().flat_map(|list| &list.documents);
        self.documents.iter().chain(outcomes).chain(lists).chain(&self.report)
    }
}
