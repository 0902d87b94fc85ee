//! Ballots: ticks become counts, points and shares (§8 `ballot`; the S11, S12, S9, S22 of the offices).
//!
//! The rule. A ballot has at most one tick for each item. Several ticks for one item make it invalid *for that item* (无效票),
//! as its being found spoilt does, and leave it good for the others; a ballot voided whole is invalid for every item. A valid ballot without a tick for the
//! item is an abstention (弃权) and gives `abstain` points. For each item
//! 有效票 = Σ options + 弃权, ballots = 有效票 + 无效票,
//! 得分 = Σ points × count + abstain × 弃权 (a sum over valid ballots, not a mean),
//! 满意率 = 100 × (ballots for options with points above nought) ÷ (有效票, or with `denominator: ticked` 有效票 − 弃权);
//! where that is nought there is none.
//!
//! Sheets come as ballots (a row each, with area, voter group and running number, which is of its area) or as tallies (an
//! area's counts, of one voter group where groups are told apart). A late area's sheets are simply counted with the others
//! once they come: a count of all is the sum of the counts of the parts.
//!
//! Secrecy (ANSWERS 73): what comes out are counts over all who voted; of a voter group nothing but how many ballots it cast.
//!
//! Failures: [`Refused`], all at once.

mod figures;
mod recount;
mod refused;
mod sheets;
#[cfg(test)]
mod tests;

pub use figures::{Counted, Figures};
pub use recount::{Difference, Which, recount_tallies, tellable};
pub use refused::Refused;

use super::{Fraction, Item, Unreckonable};
use std::collections::{BTreeMap, BTreeSet};

/// Fewer ballots are not counted by themselves: that would say what a few people ticked.
pub const GROUP_BALLOTS_MIN: u64 = 5;
/// Most ballots of one count.
pub const BALLOTS_MAX: u64 = 1_000_000;

/// How ballots are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// in the order written
    pub options: Vec<Choice>,
    /// points of a valid ballot without a tick; nought when the definition names none
    pub abstain: Fraction,
    /// what 满意率 is a share of
    pub denominator: Denominator,
    /// voter groups; empty when nobody asks who votes
    pub voters: Vec<Voters>,
    /// the areas whose sheets are expected; empty when sheets do not come by area
    pub areas: Vec<String>,
}

/// What can be ticked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// 满意
    pub name: String,
    /// what a tick gives the item
    pub points: Fraction,
}

/// A voter group and the share of ballots it is expected to cast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voters {
    /// 服务对象
    pub name: String,
    /// in percent
    pub share: Fraction,
}

/// What 满意率 is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denominator {
    /// valid ballots, abstentions among them
    Valid,
    /// ballots with a tick for the item
    Ticked,
}

/// One ballot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    /// where the row stands: 选票!A7
    pub place: String,
    /// 片区; empty when the rules know none
    pub area: String,
    /// running number, of its area
    pub number: u32,
    /// voter group; empty when the rules know none
    pub group: String,
    /// voided whole
    pub void: bool,
    /// item and option, one for each tick
    pub ticks: Vec<(u32, String)>,
    /// items for which whoever looked at the paper found it invalid: ticked twice, or not to be read
    pub spoilt: BTreeSet<u32>,
}

/// The counts of one area, or of one voter group of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// where the sheet stands
    pub place: String,
    /// 片区; empty when the rules know none
    pub area: String,
    /// voter group; empty when the rules know none
    pub group: String,
    /// ballots handed in there
    pub ballots: u64,
    /// one line for each item
    pub lines: Vec<Line>,
}

/// One item's counts on a tally.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// the item
    pub item: u32,
    /// option and count; what is not named was ticked by nobody
    pub options: Vec<(String, u64)>,
    /// 弃权
    pub abstained: u64,
    /// 无效票
    pub invalid: u64,
}

/// Counts ballots one by one.
///
/// # Errors
/// Everything that is wrong with any of them, at once.
pub fn count_ballots(rules: &Rules, items: &[Item], ballots: &[Ballot]) -> Result<Counted, Vec<Refused>> {
    figures::sum(rules, items, &sheets::of_ballots(rules, items, ballots)?)
}

/// What the expectation on voters' shares has to say: a sentence for each group whose ballots are not as near to their share
/// as whole ballots can be. A group without ballots need not be among `ballots`.
///
/// # Errors
/// Numbers too large to be reckoned with.
pub fn shares_missed(voters: &[Voters], ballots: &BTreeMap<String, u64>) -> Result<Vec<String>, Unreckonable> {
    figures::shares_missed(voters, ballots)
}

/// Adds up what areas have counted themselves.
///
/// # Errors
/// Everything that is wrong with any of them, at once.
pub fn count_tallies(rules: &Rules, items: &[Item], tallies: &[Tally]) -> Result<Counted, Vec<Refused>> {
    figures::sum(rules, items, &sheets::of_tallies(rules, items, tallies)?)
}
