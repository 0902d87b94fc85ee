//! Votes: quorum, majority, veto, abstention (§8 `vote`).
//!
//! *Members* sign; *present* is who votes for, against or abstains. Without the quorum nothing is decided: 以上 in a quorum
//! includes the number itself (民法典1259), so two of three suffice for `2/3`. The majority is of members, of those present or
//! of the votes cast; abstentions that do not count are taken out of whichever it is. Of nobody there is no majority.

use super::{Answer, Impossible, Rules, Said, State, Why, strongest};
use crate::submission::Fault;
use crate::tally::Fraction;

/// How a vote is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    /// the share of members that must be present, reached exactly is enough; none: any number
    pub quorum: Option<Fraction>,
    /// the majority
    pub pass: Pass,
    /// whose vote against forbids it; who does not sign has none
    pub veto: Vec<String>,
    /// abstentions stay in what the majority is of
    pub abstain_counts: bool,
    /// the outcome when it passes; whoever says another outcome votes against
    pub passes: String,
    /// the outcome when it does not pass and nobody named a stronger one but for `passes`
    pub fails: String,
}

/// A majority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// `more than`: reaching the share is not enough
    pub more_than: bool,
    /// between nought and one
    pub share: Fraction,
    /// of what
    pub of: Base,
}

/// What a majority is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// 应到
    Members,
    /// 实到
    Present,
    /// 投票: for, against, abstained
    Votes,
}

/// Heads of a vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// 应到
    pub members: u32,
    /// 实到; while votes are missing, at most so many
    pub present: u32,
    /// 同意
    pub in_favour: u32,
    /// 不同意, and what else is not 同意
    pub against: u32,
    /// 弃权
    pub abstained: u32,
}

/// A vote of a meeting as its minutes have it: heads, not names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// where it is written
    pub place: String,
    /// the heads
    pub figures: Figures,
    /// who with a veto used it
    pub vetoed: Option<String>,
}

/// Minutes that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "a field is said by the sentence of its variant")]
pub enum Refused {
    /// more present than there are members
    PresentAboveMembers { place: String, present: u32, members: u32 },
    /// more votes than present
    VotesAbovePresent { place: String, votes: u64, present: u32 },
    /// a veto of one who has none
    NoVeto { place: String, who: String },
    /// a veto, and nobody against
    VetoWithoutVote { place: String, who: String },
}

/// Decides by the votes of members; `whom` is who has not voted yet.
pub(super) fn decide(rules: &Rules, vote: &Vote, members: &[String], votes: &[&Answer], whom: Vec<String>) -> State {
    let heads = |which: &dyn Fn(&Said) -> bool| count(votes.iter().filter(|answer| which(&answer.said)).count());
    let absent = heads(&|said| *said == Said::Absent);
    let abstained = heads(&|said| *said == Said::Abstains);
    let in_favour = heads(&|said| said.is(&vote.passes));
    let members = count(members.len());
    let present = members.saturating_sub(absent);
    let against = count(votes.len()).saturating_sub(absent + abstained + in_favour);
    let figures = Figures { members, present, in_favour, against, abstained };
    if !vote.quorate(&figures) {
        return State::Impossible(Impossible::Inquorate(figures));
    }
    if !whom.is_empty() {
        return State::Pending { whom };
    }
    let objects = |answer: &&&Answer| matches!(&answer.said, Said::Outcome(name) if *name != vote.passes);
    let against: Vec<&Answer> = votes.iter().filter(objects).copied().collect();
    let vetoed = against.iter().find(|answer| vote.veto.contains(&answer.signer)).map(|answer| answer.signer.clone());
    let failed = if against.is_empty() { vote.fails.clone() } else { strongest(rules, &against).0 };
    vote.decided(figures, vetoed, failed)
}

/// Decides by the heads of a meeting's minutes.
///
/// # Errors
/// Heads that cannot be so.
pub fn recorded(vote: &Vote, minutes: &Recorded) -> Result<State, Vec<Refused>> {
    let Recorded { place, figures, vetoed } = minutes;
    let mut refused = Vec::new();
    if figures.present > figures.members {
        let (present, members) = (figures.present, figures.members);
        refused.push(Refused::PresentAboveMembers { place: place.clone(), present, members });
    }
    if figures.votes() > u64::from(figures.present) {
        let (votes, present) = (figures.votes(), figures.present);
        refused.push(Refused::VotesAbovePresent { place: place.clone(), votes, present });
    }
    if let Some(who) = vetoed {
        let (place, stranger, who) = (place.clone(), !vote.veto.contains(who), who.clone());
        if stranger {
            refused.push(Refused::NoVeto { place, who });
        } else if figures.against == 0 {
            refused.push(Refused::VetoWithoutVote { place, who });
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    if !vote.quorate(figures) {
        return Ok(State::Impossible(Impossible::Inquorate(figures.clone())));
    }
    Ok(vote.decided(figures.clone(), vetoed.clone(), vote.fails.clone()))
}

impl Vote {
    fn decided(&self, figures: Figures, vetoed: Option<String>, failed: String) -> State {
        match (vetoed, self.passed(&figures)) {
            (Some(signer), _) => State::Decided { outcome: failed, why: Why::Vetoed(signer, figures) },
            (None, true) => State::Decided { outcome: self.passes.clone(), why: Why::Passed(figures) },
            (None, false) => State::Decided { outcome: failed, why: Why::NotPassed(figures) },
        }
    }

    fn quorate(&self, figures: &Figures) -> bool {
        let present = share(figures.present.into(), figures.members.into());
        figures.present > 0 && present.is_some_and(|present| self.quorum.is_none_or(|quorum| present >= quorum))
    }

    fn passed(&self, figures: &Figures) -> bool {
        let all = match self.pass.of {
            Base::Members => figures.members.into(),
            Base::Present => figures.present.into(),
            Base::Votes => figures.votes(),
        };
        let left_out = if self.abstain_counts { 0 } else { figures.abstained.into() };
        let in_favour = share(figures.in_favour.into(), all.saturating_sub(left_out));
        let reaches = |part: Fraction| {
            if self.pass.more_than { part > self.pass.share } else { part >= self.pass.share }
        };
        in_favour.is_some_and(reaches)
    }
}

/// A part of all; none of nothing.
fn share(part: u64, all: u64) -> Option<Fraction> {
    Fraction::count(part).ok()?.over(Fraction::count(all).ok()?).ok()
}

fn count(heads: usize) -> u32 {
    u32::try_from(heads).unwrap_or(u32::MAX)
}

impl Figures {
    /// Votes cast, abstentions among them.
    fn votes(&self) -> u64 {
        u64::from(self.in_favour) + u64::from(self.against) + u64::from(self.abstained)
    }

    /// The heads.
    pub fn say(&self) -> String {
        let Figures { members, present, in_favour, against, abstained } = self;
        format!("应到{members}人，实到{present}人，同意{in_favour}票、不同意{against}票、弃权{abstained}票")
    }
}

impl Refused {
    /// Where, and what to do about it.
    pub fn fault(&self) -> Fault {
        match self {
            Refused::PresentAboveMembers { place, present, members } => {
                Fault::at(place, format!("实到{present}人多于应到{members}人，请核对。"))
            }
            Refused::VotesAbovePresent { place, votes, present } => {
                Fault::at(place, format!("同意、不同意和弃权共{votes}票，多于实到{present}人，请核对。"))
            }
            Refused::NoVeto { place, who } => Fault::at(place, format!("{who}没有否决权，请核对。")),
            Refused::VetoWithoutVote { place, who } => {
                Fault::at(place, format!("{who}行使了否决权，但不同意票为0，请核对。"))
            }
        }
    }
}
