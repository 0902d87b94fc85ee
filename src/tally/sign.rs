//! Signing: what several who must answer have answered together (§8 `sign`).
//!
//! [`sign`] is a function of who signs now, what they have said so far, and the rule. Adding and removing signers, handing
//! over and taking back are changes of what goes in: an answer of one who does not sign any more is not looked at.
//!
//! | `sign` | needed | decided |
//! |---|---|---|
//! | `one`, `any` (或签) | one answer | by the first answer |
//! | `all` (会签) | everybody's | by the strongest answer: of the outcomes in the order written the last is the strongest |
//! | `in order` | everybody's, asked one after the other | as `all` |
//! | a vote | everybody's vote, abstention or absence | as [`Vote`] says |
//!
//! `first_return: closes`: with `all` and `in order` the first answer that returns the item ends the round, and the strongest
//! of the answers given until then wins; in a vote, where one voice decides nothing, the return itself does. With
//! `collects-all` a return is an answer like others; in a vote it is a vote against.
//!
//! No answer but a return decides before the needed are in, not even one that nothing could outweigh: who signs is heard.

#[cfg(test)]
mod tests;
mod vote;

pub use vote::{Base, Figures, Pass, Recorded, Refused, Vote, recorded};

use std::collections::BTreeSet;

/// How a stage is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// its outcomes in the order written: the last is the strongest
    pub outcomes: Vec<Outcome>,
    /// whose answers are needed
    pub needed: Needed,
    /// `first_return: closes` and not `collects-all`
    pub first_return_closes: bool,
}

/// An outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// its name
    pub name: String,
    /// it sends the item back to be mended
    pub returns: bool,
}

/// Whose answers are needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needed {
    /// 会签: everybody's
    All,
    /// everybody's, one after the other in the order of the signers
    InOrder,
    /// votes
    Vote(Vote),
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// who
    pub signer: String,
    /// what
    pub said: Said,
}

/// What a signer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// an outcome, by name
    Outcome(String),
    /// 弃权 (votes only)
    Abstains,
    /// 缺席 (votes only): entered for him
    Absent,
}

/// How it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// these are asked
    Pending {
        /// in the order of the signers; one at a time when signing is in order
        whom: Vec<String>,
    },
    /// it is decided
    Decided {
        /// the outcome
        outcome: String,
        /// for the story
        why: Why,
    },
    /// it cannot be decided so
    Impossible(Impossible),
}

/// Why an outcome is the one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// all have answered; these gave the strongest answer
    Strongest(Vec<String>),
    /// his return closed the round
    Returned(String),
    /// the vote passed
    Passed(Figures),
    /// the vote did not pass
    NotPassed(Figures),
    /// the vote passed or not: he objected, and may forbid
    Vetoed(String, Figures),
}

/// Why nothing can be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Impossible {
    /// nobody signs
    NobodySigns,
    /// too many are absent for the quorum
    Inquorate(Figures),
    /// the answers of this signer are two
    AnsweredTwice(String),
    /// this signer gave an answer (the second) the stage does not know, or abstained where nobody votes
    AnswerUnknown(String, String),
}

/// How the signing of one item stands, given the present signers and the answers so far in the order they came.
pub fn sign(rules: &Rules, signers: &[String], answers: &[Answer]) -> State {
    if signers.is_empty() {
        return State::Impossible(Impossible::NobodySigns);
    }
    let present: Vec<&Answer> = answers.iter().filter(|a| signers.contains(&a.signer)).collect();
    if let Some(wrong) = wrong(rules, &present) {
        return State::Impossible(wrong);
    }
    let answered = |signer: &&String| present.iter().any(|a| a.signer == **signer);
    let whom: Vec<String> = signers.iter().filter(|s| !answered(s)).cloned().collect();
    if let Some(closed) = returned(rules, &present) {
        return closed;
    }
    match &rules.needed {
        Needed::Vote(vote) => vote::decide(rules, vote, signers, &present, whom),
        Needed::All if !whom.is_empty() => State::Pending { whom },
        Needed::InOrder if !whom.is_empty() => State::Pending { whom: whom.into_iter().take(1).collect() },
        Needed::All | Needed::InOrder => {
            let (outcome, who) = strongest(rules, &present);
            State::Decided { outcome, why: Why::Strongest(who) }
        }
    }
}

fn wrong(rules: &Rules, answers: &[&Answer]) -> Option<Impossible> {
    let mut seen = BTreeSet::new();
    for answer in answers {
        if !seen.insert(&answer.signer) {
            return Some(Impossible::AnsweredTwice(answer.signer.clone()));
        }
        let votes = matches!(rules.needed, Needed::Vote(_));
        let unknown = match &answer.said {
            Said::Outcome(name) if rules.outcomes.iter().any(|o| o.name == *name) => continue,
            Said::Outcome(name) => name.as_str(),
            Said::Abstains | Said::Absent if votes => continue,
            Said::Abstains => "弃权",
            Said::Absent => "缺席",
        };
        return Some(Impossible::AnswerUnknown(answer.signer.clone(), unknown.to_owned()));
    }
    None
}

/// What is decided by the first return, where one closes the round.
fn returned(rules: &Rules, answers: &[&Answer]) -> Option<State> {
    let returns = |answer: &&Answer| rules.outcomes.iter().any(|o| o.returns && answer.said.is(&o.name));
    let at = answers.iter().position(returns).filter(|_| rules.first_return_closes)?;
    let (closing, until) = (answers.get(at)?, answers.get(..=at)?);
    let outcome = match &rules.needed {
        Needed::All | Needed::InOrder => strongest(rules, until).0,
        Needed::Vote(_) => strongest(rules, &[closing]).0,
    };
    Some(State::Decided { outcome, why: Why::Returned(closing.signer.clone()) })
}

/// The strongest of some answers and who gave it.
fn strongest(rules: &Rules, answers: &[&Answer]) -> (String, Vec<String>) {
    let given = |outcome: &&Outcome| answers.iter().any(|a| a.said.is(&outcome.name));
    let outcome = rules.outcomes.iter().rfind(given).map(|o| o.name.clone()).unwrap_or_default();
    let who = answers.iter().filter(|a| a.said.is(&outcome)).map(|a| a.signer.clone()).collect();
    (outcome, who)
}

impl Said {
    fn is(&self, outcome: &str) -> bool {
        matches!(self, Said::Outcome(name) if name == outcome)
    }
}

impl Why {
    /// For the story of the case.
    pub fn say(&self) -> String {
        match self {
            Why::Strongest(who) => format!("全部答复已齐，以{}的答复为准", who.join("、")),
            Why::Returned(signer) => format!("{signer}退回，本轮即止"),
            Why::Passed(figures) => format!("{}，表决通过", figures.say()),
            Why::NotPassed(figures) => format!("{}，表决未通过", figures.say()),
            Why::Vetoed(signer, figures) => format!("{}，{signer}行使否决权，表决未通过", figures.say()),
        }
    }
}

impl Impossible {
    /// What to do about it.
    pub fn say(&self) -> String {
        match self {
            Impossible::NobodySigns => "没有须答复的人，请先指定。".to_owned(),
            Impossible::Inquorate(figures) => {
                let Figures { members, present, .. } = figures;
                format!("应到{members}人，至多实到{present}人，未达到法定人数，须重新组织表决。")
            }
            Impossible::AnsweredTwice(signer) => format!("{signer}答复了两次，请先撤回前一次。"),
            Impossible::AnswerUnknown(signer, said) => {
                format!("{signer}答复的“{said}”不是本环节的办理结果，请重新答复。")
            }
        }
    }
}
