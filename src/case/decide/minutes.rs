//! The vote of a meeting as its minutes have it: the heads are entered, and what they come to is reckoned (§8 `recorded`).

use super::Deciding;
use crate::case::event::Row;
use crate::tally::sign::{self, Figures, Recorded, State};
use crate::workflow::{OF_MINUTES, Stage, VoteDefinition};

/// What the form asks for besides the heads, where somebody may forbid: who did.
pub(in crate::case) const VETOED: &str = "行使否决权";

impl Deciding<'_> {
    /// The outcome of a row of minutes; None when its heads cannot be, which is refused.
    pub(super) fn outcome_of_minutes(
        &mut self,
        stage: &Stage,
        vote: &VoteDefinition,
        row: &Row,
        place: &str,
    ) -> Option<String> {
        let head = |name: &str| row.fields.get(name).and_then(|v| v.as_u64()).and_then(|n| u32::try_from(n).ok());
        let missing: Vec<&str> = OF_MINUTES.into_iter().filter(|name| head(name).is_none()).collect();
        if !missing.is_empty() {
            self.refuse(place, format!("请填写{}的人数或票数。", missing.join("、")));
            return None;
        }
        let [members, present, in_favour, against, abstained] = OF_MINUTES.map(|name| head(name).unwrap_or_default());
        let vetoed = row.fields.get(VETOED).and_then(|v| v.as_str()).map(str::to_string);
        let figures = Figures { members, present, in_favour, against, abstained };
        let minutes = Recorded { place: place.to_string(), figures, vetoed };
        let mut rules = self.vote_rules(stage, vote, row.item)?;
        rules.veto.clone_from(&vote.veto);
        match sign::recorded(&rules, &minutes) {
            Ok(State::Decided { outcome, why }) => {
                self.notes.push(format!("{}，办理结果为“{outcome}”。", why.say()));
                Some(outcome)
            }
            Ok(State::Impossible(why)) => {
                self.refuse(place, why.say());
                None
            }
            Ok(State::Pending { .. }) => None,
            Err(refused) => {
                self.faults.extend(refused.iter().map(sign::Refused::fault));
                None
            }
        }
    }
}
