//! Which papers of a case are made before a paper: only those it may read by `文书.NAME`.

use super::given::{Made, Missing, Paper};
use crate::workflow::{DocumentDefinition, Outcome, Stage};

/// When a paper is made: the stage, whether it is done by then, and the turn among the papers of that moment.
type Moment = (usize, bool, usize);

/// A paper that a stage makes.
struct Ordered<'a> {
    moment: Moment,
    stage: &'a Stage,
    /// None for the notice of the stage
    document: Option<&'a DocumentDefinition>,
    outcome: Option<&'a Outcome>,
    listed: bool,
}

impl<'a> Paper<'a> {
    /// Why there may be no paper of this template when the paper is made; None where there always is one.
    pub(super) fn earlier(&self, template: &str) -> Option<Missing> {
        let told = |why: String, unless: bool| Some(Missing { why, unless });
        let made: Vec<Ordered<'a>> = self.ordered().into_iter().filter(|it| it.template() == Some(template)).collect();
        let Some(now) = self.moment().filter(|_| !made.is_empty()) else {
            return told(format!("`{template}` may not have been made by then"), true);
        };
        let before: Vec<&Ordered<'a>> = made.iter().filter(|it| it.moment < now).collect();
        if before.iter().any(|it| self.is_certain(it)) {
            return None;
        }
        match before.first() {
            // what is made of some alone may be what the condition of the paper asks for
            Some(_) if self.passing().is_conditional() => None,
            Some(it) => told(format!("`{template}` is not made of everything that passes `{}`", it.stage.name), true),
            // whoever is sent back may come to a stage after those behind it
            None => {
                let sent = self.stage().is_some_and(|(_, stage)| stage.is_sent_to_alone());
                let at = made.first().map_or(template, |it| it.stage.name.as_str());
                told(format!("`{template}` is made at `{at}`, not before this paper"), sent)
            }
        }
    }

    /// When the paper itself is made, where that is known.
    fn moment(&self) -> Option<Moment> {
        let own = |it: &Ordered<'_>| match self.made {
            Made::Notice(at) => it.document.is_none() && it.moment.0 == at,
            Made::Stage(at, document) => it.moment.0 == at && it.document.is_some_and(|it| std::ptr::eq(it, document)),
            Made::Extension(_) | Made::Report(_) => false,
        };
        self.ordered().iter().find(|it| own(it)).map(|it| it.moment)
    }

    /// All papers of stages, in the order they are made.
    fn ordered(&self) -> Vec<Ordered<'a>> {
        let mut found = Vec::new();
        for (at, stage) in self.workflow.stages.iter().enumerate() {
            let mut turn = 0;
            let mut add =
                |done: bool, document: Option<&'a DocumentDefinition>, outcome: Option<&'a Outcome>, listed: bool| {
                    turn += 1;
                    found.push(Ordered { moment: (at, done, turn), stage, document, outcome, listed });
                };
            stage.documents.iter().filter(|it| it.at_open).for_each(|it| add(false, Some(it), None, false));
            stage.notice.iter().for_each(|_| add(false, None, None, false));
            stage.documents.iter().filter(|it| !it.at_open).for_each(|it| add(true, Some(it), None, false));
            stage.report.iter().for_each(|it| add(true, Some(it), None, false));
            let lists = stage.confirms.values().flat_map(|it| &it.documents);
            lists.for_each(|it| add(true, Some(it), None, true));
            for outcome in stage.outcomes.values() {
                outcome.documents.iter().for_each(|it| add(true, Some(it), Some(outcome), false));
            }
        }
        found
    }

    /// Whether a paper made before is always made, of whatever this one is of.
    fn is_certain(&self, it: &Ordered<'_>) -> bool {
        let Some(document) = it.document else { return self.passing().over(it.moment.0).is_none() };
        let meant = |kind: &str, category: Option<&str>| self.workflow.means(&document.of, kind, category);
        let of_all = self.pairs.iter().all(|pair| meant(&pair.kind, pair.category.as_deref()));
        let always = document.when.as_ref().is_none_or(|when| self.passing().implies(when));
        let same = match (self.made, it.outcome) {
            (_, None) => true,
            // two papers of one outcome are made together
            (Made::Stage(at, own), Some(outcome)) if at == it.moment.0 => {
                outcome.documents.iter().any(|other| std::ptr::eq(other, own))
            }
            (Made::Stage(..) | Made::Notice(_) | Made::Extension(_) | Made::Report(_), Some(outcome)) => {
                it.stage.outcomes.values().all(|other| other.name == outcome.name || !goes_on(other))
            }
        };
        of_all && always && same && !it.listed && self.passing().over(it.moment.0).is_none()
    }
}

/// Whether items of an outcome may come to a later stage.
fn goes_on(outcome: &Outcome) -> bool {
    use crate::workflow::Go;
    matches!(outcome.go, Go::Next | Go::To(_))
}

impl Ordered<'_> {
    fn template(&self) -> Option<&str> {
        self.document.map(|it| it.template.as_str()).or(self.stage.notice.as_deref())
    }
}
