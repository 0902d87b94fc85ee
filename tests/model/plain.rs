//! The plain model: positions, gates and rounds as LANGUAGE says them, found by looking at everything again each time.
//!
//! Written from the text and not from the kernel; nothing is kept that could be looked up, and nothing is quick.

#[path = "plain/act.rs"]
mod act;
#[path = "plain/anew.rs"]
mod anew;
#[path = "plain/answer.rs"]
mod answer;
#[path = "plain/arrive.rs"]
mod arrive;
#[path = "plain/list.rs"]
mod list;
#[path = "plain/rest.rs"]
mod rest;
#[path = "plain/sign.rs"]
mod sign;

use crate::command::Command;
use crate::definition::{By, Definition, Kind, Of, Sign, Stage};
use banwen::calendar::Calendar;
use banwen::clock::Moment;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place {
    At {
        stage: usize,
        round: u32,
        batch: Option<usize>,
        /// its condition cannot be judged yet
        unjudged: bool,
    },
    Ended(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Hold {
    Side(usize),
    Question(usize),
    Returned,
    Stay,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) about: Option<usize>,
    pub(crate) category: usize,
    pub(crate) owner: &'static str,
    pub(crate) name: String,
    pub(crate) number: i64,
    pub(crate) group: usize,
    /// it is on the list
    pub(crate) listed: bool,
    pub(crate) place: Place,
    pub(crate) holds: BTreeSet<Hold>,
    /// what each stage said last: outcome and batch
    pub(crate) said: BTreeMap<usize, (usize, usize)>,
    /// what those who sign together said, in the order they did
    pub(crate) signed: Vec<Signed>,
    /// where it goes straight to once it is mended
    pub(crate) resume: Option<usize>,
    /// it is publicised again on its way there
    pub(crate) again: bool,
    /// outcomes it has had
    pub(crate) had: BTreeSet<(usize, usize)>,
    /// until when it must be mended
    pub(crate) mend_by: Option<Until>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Batch {
    pub(crate) stage: usize,
    pub(crate) key: String,
    pub(crate) round: u32,
    /// it takes up again what was put off
    pub(crate) again: bool,
    /// items it took in
    pub(crate) items: Vec<usize>,
    pub(crate) left: BTreeSet<usize>,
    pub(crate) answered: bool,
    /// what a stage about the case was answered
    pub(crate) yes: bool,
    pub(crate) done: bool,
    pub(crate) limit: Option<Moment>,
    pub(crate) passed: bool,
    /// its notice is being made
    pub(crate) making: bool,
    pub(crate) up: bool,
    pub(crate) down: bool,
    /// when the notice may come down
    pub(crate) period: Option<Moment>,
    /// when the wait for letters is over
    pub(crate) grace: Option<Moment>,
    pub(crate) letters_in: bool,
}

/// A workbook of an intake.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Form {
    pub(crate) stage: usize,
    pub(crate) office: &'static str,
    pub(crate) open: bool,
    pub(crate) answered: bool,
    pub(crate) items: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Intake {
    pub(crate) done: BTreeSet<&'static str>,
    pub(crate) closed: bool,
    pub(crate) limit: Option<Until>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum About {
    /// an owner wants his item back
    Return(usize),
    /// a side item came too late: what it is about, and who brought it
    Late(usize, &'static str),
    /// a gate has waited for those who are late: whether it is to wait on
    Gate(Shut),
}

/// A gate that is shut: stage, key, and the first round that its next batch could be. What was put off may be taken up again
/// before it, as that round.
pub(crate) type Shut = (usize, String, u32);

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Question {
    pub(crate) to: &'static str,
    pub(crate) about: About,
    pub(crate) open: bool,
    /// its second answer was given
    pub(crate) denied: bool,
}

/// What one of several has said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Signed {
    batch: usize,
    pub(crate) office: &'static str,
    /// none where conditions choose
    outcome: Option<usize>,
    /// what was said at once has the same number
    pub(crate) at_once: usize,
}

/// Until when something is waited for. What was begun first runs out first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Until {
    pub(crate) at: Moment,
    begun: usize,
}

/// A case as the model sees it. Items and questions are numbered from 1 in the order they come to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Model {
    pub(crate) definition: Arc<Definition>,
    pub(crate) now: Moment,
    pub(crate) items: Vec<Item>,
    pub(crate) batches: Vec<Batch>,
    pub(crate) forms: Vec<Form>,
    pub(crate) intakes: BTreeMap<usize, Intake>,
    pub(crate) questions: Vec<Question>,
    /// gates that wait for the late alone
    pub(crate) gates: BTreeMap<Shut, Until>,
    /// limits that have begun to run
    begun: usize,
    /// answers of those who sign together
    answers: usize,
    pub(crate) held: bool,
    pub(crate) closed: Option<&'static str>,
}

impl Model {
    /// A case that has just been opened.
    pub(crate) fn open(definition: Arc<Definition>, now: Moment) -> Model {
        let mut model = Model {
            definition,
            now,
            items: Vec::new(),
            batches: Vec::new(),
            forms: Vec::new(),
            intakes: BTreeMap::new(),
            questions: Vec::new(),
            gates: BTreeMap::new(),
            begun: 0,
            answers: 0,
            held: false,
            closed: None,
        };
        model.rest();
        model
    }

    /// Does what it is told, or refuses and stays as it was.
    pub(crate) fn obey(&mut self, command: &Command) -> bool {
        let before = self.clone();
        if self.act(command).is_none() {
            *self = before;
            return false;
        }
        self.rest();
        true
    }

    pub(crate) fn stage(&self, stage: usize) -> &Stage {
        &self.definition.stages[stage]
    }

    pub(crate) fn item(&self, id: usize) -> Option<&Item> {
        self.items.get(id.checked_sub(1)?)
    }

    pub(crate) fn get(&mut self, id: usize) -> &mut Item {
        &mut self.items[id - 1]
    }

    /// Every item there ever was.
    pub(crate) fn ids(&self) -> impl Iterator<Item = usize> + use<> {
        1..=self.items.len()
    }

    pub(crate) fn living(&self) -> Vec<usize> {
        self.ids().filter(|id| self.items[id - 1].stage().is_some()).collect()
    }

    pub(crate) fn at(&self, stage: usize) -> Vec<usize> {
        self.ids().filter(|id| self.items[id - 1].stage() == Some(stage)).collect()
    }

    /// Living side items about an item.
    pub(crate) fn sides(&self, id: usize) -> Vec<usize> {
        self.living().into_iter().filter(|side| self.items[side - 1].about == Some(id)).collect()
    }

    /// Whether a stage is on the route of an item, conditions apart.
    pub(crate) fn means(&self, stage: usize, item: &Item) -> bool {
        match self.stage(stage).of {
            Of::All => item.about.is_none(),
            Of::Category(category) => item.about.is_none() && item.category == category,
            Of::Side => item.about.is_some(),
            Of::Listed => item.listed,
            Of::Case => false,
        }
    }

    /// The items that are in a batch.
    pub(crate) fn members(&self, batch: usize) -> Vec<usize> {
        self.ids().filter(|id| self.items[id - 1].batch() == Some(batch)).collect()
    }

    /// Who answers a stage for an item.
    pub(crate) fn actors(&self, stage: usize, item: Option<&Item>) -> Vec<&'static str> {
        match self.stage(stage).by {
            By::Owners => crate::definition::OWNERS.to_vec(),
            By::One => vec!["审办"],
            By::Two => vec!["审办", "复办"],
            By::Owner => item.map(|i| i.owner).into_iter().collect(),
        }
    }

    /// Whether somebody fills in a form at a stage.
    pub(crate) fn is_answered(&self, stage: usize) -> bool {
        !matches!(self.stage(stage).kind, Kind::Recommend | Kind::Publicise)
    }

    /// The items that are asked about now: in an open batch, and not answered in it.
    pub(crate) fn asked(&self, id: usize) -> bool {
        let item = &self.items[id - 1];
        let (Some(stage), Some(batch)) = (item.stage(), item.batch()) else { return false };
        self.is_answered(stage) && !self.batches[batch].done && !item.answered_in(batch)
    }

    /// Who is asked about it: of several who sign those who have not, or the next of them, until it is decided.
    pub(crate) fn askers(&self, id: usize) -> Vec<&'static str> {
        let item = &self.items[id - 1];
        let (Some(stage), true) = (item.stage(), self.asked(id)) else { return Vec::new() };
        let mut all = self.actors(stage, Some(item));
        if !self.stage(stage).several_sign() {
            return all;
        }
        if self.signed_together(id).is_some() {
            return Vec::new();
        }
        all.retain(|office| !self.signatures(id).iter().any(|s| s.office == *office));
        all.truncate(if self.stage(stage).sign == Sign::InOrder { 1 } else { all.len() });
        all
    }

    /// Whether a decision has said that an item goes on, or ends.
    pub(crate) fn decided(&self, item: &Item) -> bool {
        self.decided_since(0, item)
    }

    /// The same of the decisions that do not stand before a stage.
    pub(crate) fn decided_since(&self, first: usize, item: &Item) -> bool {
        item.said.iter().filter(|(stage, _)| **stage >= first).any(|(stage, (outcome, _))| {
            let go = self.stage(*stage).outcomes[*outcome].go;
            let decides = self.stage(*stage).kind == Kind::Decide;
            decides && matches!(go, crate::definition::Go::Next | crate::definition::Go::End(_))
        })
    }

    /// The recommend stage an item came in by.
    pub(crate) fn intake_of(&self, item: &Item) -> Option<usize> {
        let stages = 0..self.definition.stages.len();
        stages.into_iter().find(|s| self.stage(*s).kind == Kind::Recommend && self.means(*s, item))
    }

    /// A limit that begins to run.
    fn until(&mut self, at: Moment) -> Until {
        self.begun += 1;
        Until { at, begun: self.begun }
    }

    /// Moments at which something is due.
    pub(crate) fn due(&self) -> Vec<Moment> {
        if self.held || self.closed.is_some() {
            return Vec::new();
        }
        let intakes = self.intakes.values().filter(|i| !i.closed).filter_map(|i| i.limit).map(|l| l.at);
        let open = || self.batches.iter().filter(|b| !b.done);
        let limits = open().filter(|b| !b.passed).filter_map(|b| b.limit);
        let periods = open().filter(|b| !b.down).filter_map(|b| b.period);
        let letters = open().filter(|b| !b.letters_in).filter_map(|b| b.grace);
        let mending = self.living().into_iter().filter_map(|id| self.items[id - 1].mend_by).map(|l| l.at);
        let gates = self.gates.values().map(|l| l.at);
        intakes.chain(limits).chain(periods).chain(letters).chain(mending).chain(gates).collect()
    }
}

impl About {
    /// The item that the question holds.
    pub(crate) fn item(&self) -> Option<usize> {
        match self {
            About::Return(item) | About::Late(item, _) => Some(*item),
            About::Gate(_) => None,
        }
    }
}

impl Item {
    pub(crate) fn stage(&self) -> Option<usize> {
        match self.place {
            Place::At { stage, .. } => Some(stage),
            Place::Ended(_) => None,
        }
    }

    pub(crate) fn round(&self) -> u32 {
        match self.place {
            Place::At { round, .. } => round,
            Place::Ended(_) => 0,
        }
    }

    pub(crate) fn unjudged(&self) -> bool {
        matches!(self.place, Place::At { unjudged: true, .. })
    }

    pub(crate) fn batch(&self) -> Option<usize> {
        match self.place {
            Place::At { batch, .. } => batch,
            Place::Ended(_) => None,
        }
    }

    pub(crate) fn answered_in(&self, batch: usize) -> bool {
        self.said.values().any(|(_, at)| *at == batch)
    }
}

/// The first moment after the last day of so many days, rolled to a working day.
pub(crate) fn after_days(from: NaiveDate, days: u32) -> Moment {
    let mut day = from + TimeDelta::days(i64::from(days));
    while !Calendar::shipped().is_workday(day) {
        day += TimeDelta::days(1);
    }
    end_of(day)
}

/// The first moment after so many working days.
pub(crate) fn after_workdays(from: NaiveDate, days: u32) -> Moment {
    let mut day = from;
    let mut left = days;
    while left > 0 {
        day += TimeDelta::days(1);
        left -= u32::from(Calendar::shipped().is_workday(day));
    }
    end_of(day)
}

fn end_of(day: NaiveDate) -> Moment {
    (day + TimeDelta::days(1)).and_time(NaiveTime::MIN)
}
