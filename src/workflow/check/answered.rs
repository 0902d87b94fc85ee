//! What of an item's latest answer may be no value when a paper is made: a reason nobody gave, a basis the outcome has not.

use super::given::{Blank, Made, Paper};
use crate::workflow::{Go, Kind, Outcome, Stage, rule};

impl Paper<'_> {
    /// Why what the language tells of an item may be no value; None where it always is one.
    pub(super) fn unsaid(&self, name: &str) -> Option<Blank> {
        let told = |why: String, unless: bool| Some(Blank { why, unless, null: true });
        match name {
            "category" => {
                let bare = self.pairs.iter().find(|pair| pair.category.is_none())?;
                let every = self.pairs.iter().all(|pair| pair.category.is_none());
                told(format!("`{}` has no categories", bare.kind), !every)
            }
            "merged_into" => told("most items are merged into none".to_owned(), true),
            "outcome" => {
                let unanswered = self.stage().is_some_and(|(at, _)| self.is_unanswered(at));
                unanswered.then(|| told("nobody has answered anything about it yet".to_owned(), false)).flatten()
            }
            "reason" => self.lacking(|stage, it| it.reason && !stage.falls(&it.name), "`reason: true`"),
            "outcome_basis" => self.lacking(|_, it| it.basis.is_some(), "`basis:`"),
            _ => None,
        }
    }

    /// Whether all stages until the paper is made only take items in.
    fn is_unanswered(&self, at: usize) -> bool {
        let open = match self.made {
            Made::Notice(_) => true,
            Made::Stage(_, document) => document.at_open,
            Made::Extension(_) | Made::Report(_) => false,
        };
        let until = if open { at } else { at + 1 };
        self.workflow.stages.iter().take(until).all(|stage| stage.kind == Kind::Recommend)
    }

    /// The first outcome the paper may be made after that has not what gives the value.
    fn lacking(&self, has: impl Fn(&Stage, &Outcome) -> bool, key: &str) -> Option<Blank> {
        let (Some((_, stage)), Made::Stage(_, document)) = (self.stage(), self.made) else {
            let why = format!("the answer before it may be of an outcome without {key}");
            return Some(Blank { why, unless: true, null: true });
        };
        let of = |it: &&Outcome| {
            it.documents.iter().any(|it| it.place == document.place && it.template == document.template)
        };
        let own: Vec<&Outcome> = stage.outcomes.values().filter(of).collect();
        let goes_on = |it: &&Outcome| it.go == Go::Next;
        // a condition of the paper may name its outcome
        let named = document.when.as_ref().and_then(|when| rule::one_of(&when.source));
        let named = named.filter(|(field, _)| field == "outcome").map(|(_, words)| words);
        let may_be = |it: &&Outcome| named.as_ref().is_none_or(|words| words.contains(&it.name));
        let goes_on = |it: &&Outcome| goes_on(it) && may_be(it);
        let after: Vec<&Outcome> = if own.is_empty() { stage.outcomes.values().filter(goes_on).collect() } else { own };
        let bare = after.iter().find(|it| !has(stage, it));
        let why = match bare {
            Some(bare) => format!("`{}` has no {key}", bare.name),
            None if after.is_empty() || document.at_open => format!("nothing before it has {key}"),
            None => return None,
        };
        Some(Blank { why, unless: document.at_open, null: true })
    }
}
