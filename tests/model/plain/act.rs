//! What offices, operators and time may do, one by one (LANGUAGE §14). None: refused.

use super::{About, Batch, Form, Hold, Item, Model, Place, Question, Shut, Until, after_days, after_workdays};
use crate::command::{Command, Entry};
use crate::definition::{Each, GROUPS, Kind, Late, OPENER};
use chrono::{Days, TimeDelta};
use std::collections::{BTreeMap, BTreeSet};

/// Refuses unless it is so.
pub(super) fn only_if(so: bool) -> Option<()> {
    so.then_some(())
}

/// What a limit is of.
enum Limited {
    Intake(usize),
    Mending(usize),
    Gate(Shut),
}

impl Model {
    pub(super) fn act(&mut self, command: &Command) -> Option<()> {
        let of_an_office =
            !matches!(command, Command::Settle | Command::Wait | Command::Hold | Command::Release | Command::Cancel);
        only_if(!of_an_office || (!self.held && self.closed.is_none()))?;
        match command {
            Command::Nominate { stage, office, entries, complete } => self.nominate(*stage, office, entries, *complete),
            Command::NominateAnew { stage, office, entries, complete } => {
                self.nominate_anew(*stage, office, entries, *complete)
            }
            Command::AnswerAnew { stage, office, rows } => self.answer_anew(*stage, office, rows),
            Command::Decline { stage, office } => {
                let form = self.open_form(*stage, office)?;
                self.hand_in(form, Vec::new(), true)
            }
            Command::TakeBack { stage, office } => self.take_back(*stage, office),
            Command::Answer { stage, office, rows } => self.answer(*stage, office, rows),
            Command::Unsay { item, office } => self.unsay(*item, office),
            Command::Mend { item, office, number } => self.mend(*item, office, *number),
            Command::Close { stage, office, reopen } => self.close(*stage, office, *reopen),
            Command::Withdraw { item, office } => {
                let found = self.item(*item)?;
                only_if(found.owner == *office && found.stage().is_some() && !self.decided(found))?;
                self.end(*item, "撤回推荐");
                Some(())
            }
            Command::AskBack { item, office } => self.ask_back(*item, office),
            Command::Raise { about, office } => self.raise(*about, office),
            Command::Reply { question, office, yes } => self.reply(*question, office, *yes),
            Command::Settle => {
                self.settle();
                Some(())
            }
            Command::Wait => {
                self.wait();
                Some(())
            }
            Command::Hold => {
                only_if(self.closed.is_none() && !self.held)?;
                self.held = true;
                Some(())
            }
            Command::Release => {
                only_if(self.closed.is_none() && self.held)?;
                self.held = false;
                Some(())
            }
            Command::Cancel => {
                only_if(self.closed.is_none())?;
                for id in self.living() {
                    self.get(id).place = Place::Ended("撤销");
                    self.get(id).holds.clear();
                }
                self.closed = Some("撤销");
                Some(())
            }
        }
    }

    pub(super) fn open_form(&self, stage: usize, office: &str) -> Option<usize> {
        self.forms.iter().position(|f| f.open && f.stage == stage && f.office == office)
    }

    pub(super) fn new_form(&mut self, stage: usize, office: &'static str) {
        self.forms.push(Form { stage, office, open: true, answered: false, items: Vec::new() });
    }

    /// A workbook came back: its office is done, or gets another.
    fn hand_in(&mut self, form: usize, items: Vec<usize>, complete: bool) -> Option<()> {
        let Form { stage, office, .. } = self.forms[form];
        self.forms[form] = Form { stage, office, open: false, answered: true, items };
        if complete {
            self.intakes.get_mut(&stage)?.done.insert(office);
        } else {
            self.new_form(stage, office);
        }
        Some(())
    }

    fn nominate(&mut self, stage: usize, office: &'static str, entries: &[Entry], complete: bool) -> Option<()> {
        let form = self.open_form(stage, office)?;
        only_if(!self.intakes.get(&stage)?.closed || self.stage(stage).late_items)?;
        let before = self.items.iter().any(|i| i.owner == office && i.about.is_none());
        only_if(!entries.is_empty() || (before && complete))?;
        self.fill_in(form, entries, complete)
    }

    /// What a workbook says comes to be, and goes on.
    pub(super) fn fill_in(&mut self, form: usize, entries: &[Entry], complete: bool) -> Option<()> {
        let Form { stage, office, .. } = self.forms[form];
        let mut new = Vec::new();
        for entry in entries {
            let twin = self.living().into_iter().any(|id| {
                let known = &self.items[id - 1];
                known.about.is_none() && known.name == entry.name
            });
            only_if(!twin)?;
            self.items.push(Item {
                about: None,
                category: entry.category,
                owner: office,
                name: entry.name.clone(),
                number: entry.number,
                group: entry.group,
                listed: false,
                place: Place::At { stage, round: 1, batch: None, unjudged: false },
                holds: BTreeSet::new(),
                said: BTreeMap::new(),
                signed: Vec::new(),
                resume: None,
                had: BTreeSet::new(),
                mend_by: None,
                again: false,
            });
            let id = self.items.len();
            only_if(self.means(stage, &self.items[id - 1]))?;
            new.push(id);
        }
        if let (Some(max), false) = (self.stage(stage).quota, new.is_empty()) {
            let counts = |i: &&Item| {
                let there = !matches!(i.place, Place::Ended(label) if label != "办结");
                there && i.owner == office && self.means(stage, i)
            };
            only_if(self.items.iter().filter(counts).count() <= max)?;
        }
        self.hand_in(form, new.clone(), complete)?;
        for id in new {
            self.onward(id);
        }
        Some(())
    }

    /// What an office handed in last comes back to it, unless anybody has acted on it. What has come back, or was left, is
    /// not there any more.
    fn take_back(&mut self, stage: usize, office: &'static str) -> Option<()> {
        let theirs = |f: &Form| f.stage == stage && f.office == office;
        let last = self.forms.iter().rposition(|f| theirs(f) && f.answered)?;
        let later = self.forms.iter().rposition(theirs) != Some(last);
        only_if(!self.intakes.get(&stage)?.closed)?;
        let living = self.living();
        let mine: Vec<usize> = self.forms[last].items.iter().copied().filter(|id| living.contains(id)).collect();
        let untouched = |i: &Item| i.said.is_empty() && i.signed.is_empty();
        only_if(!(later && mine.is_empty()) && mine.iter().all(|id| untouched(&self.items[id - 1])))?;
        for id in mine {
            self.end(id, "撤回");
        }
        self.intakes.get_mut(&stage)?.done.remove(office);
        if self.open_form(stage, office).is_none() {
            self.new_form(stage, office);
        }
        Some(())
    }

    fn close(&mut self, stage: usize, office: &str, reopen: bool) -> Option<()> {
        only_if(office == OPENER)?;
        let now = self.now;
        let intake = self.intakes.get_mut(&stage)?;
        only_if(intake.closed == reopen)?;
        if !reopen {
            self.shut(stage);
            return Some(());
        }
        intake.closed = false;
        intake.done.clear();
        // a limit that has passed closed it once; a substitute is waited for
        let limit = intake.limit.filter(|limit| limit.at > now);
        let limit = limit.map(|limit| self.until(limit.at));
        self.intakes.get_mut(&stage)?.limit = limit;
        for owner in self.actors(stage, None) {
            if self.open_form(stage, owner).is_none() {
                self.new_form(stage, owner);
            }
        }
        Some(())
    }

    /// Nobody may hand in any more.
    pub(super) fn shut(&mut self, stage: usize) {
        let late = self.stage(stage).late_items;
        for form in self.forms.iter_mut().filter(|f| f.stage == stage) {
            form.open &= late;
        }
        if let Some(intake) = self.intakes.get_mut(&stage) {
            intake.closed = true;
        }
    }

    fn ask(&mut self, to: &'static str, about: About) {
        let item = about.item();
        self.questions.push(Question { to, about, open: true, denied: false });
        let question = self.questions.len();
        if let Some(item) = item {
            self.get(item).holds.insert(Hold::Question(question));
        }
    }

    fn ask_back(&mut self, id: usize, office: &str) -> Option<()> {
        let item = self.item(id)?;
        let stage = item.stage()?;
        only_if(item.owner == office && !matches!(self.stage(stage).kind, Kind::Decide | Kind::File))?;
        only_if(!item.holds.contains(&Hold::Returned) && self.intake_of(item).is_some())?;
        only_if(!self.questions.iter().any(|q| q.open && matches!(q.about, About::Return(it) if it == id)))?;
        let to = *self.actors(stage, Some(item)).first()?;
        self.ask(to, About::Return(id));
        Some(())
    }

    /// A side item is let in while its stage collects; one that comes later is asked about.
    fn raise(&mut self, about: usize, office: &'static str) -> Option<()> {
        let stages = 0..self.definition.stages.len();
        let collecting: Vec<usize> = stages.filter(|s| self.stage(*s).collects).collect();
        let item = self.item(about)?;
        let been = |s: &usize| self.batches.iter().any(|b| b.stage == *s && b.items.contains(&about));
        let here = collecting.iter().copied().find(|s| item.stage() == Some(*s));
        let stage = self.collector(about)?;
        only_if(self.actors(stage, Some(item)).contains(&office) && item.stage().is_some())?;
        let takes = |b: &Batch| !b.done && (self.stage(stage).kind != Kind::Publicise || b.up);
        if here.is_some() && item.batch().is_some_and(|b| takes(&self.batches[b])) {
            return self.let_in(about, office);
        }
        let filed = item.stage().is_some_and(|s| self.stage(s).kind == Kind::File);
        only_if(!self.decided_since(stage, item) && !filed && been(&stage))?;
        let to = *self.actors(stage, self.item(about)).first()?;
        self.ask(to, About::Late(about, office));
        Some(())
    }

    /// The stage that lets side items in about an item: the one it stands at, else the last that had it, else the first.
    fn collector(&self, about: usize) -> Option<usize> {
        let stages = 0..self.definition.stages.len();
        let collecting: Vec<usize> = stages.filter(|s| self.stage(*s).collects).collect();
        let at = self.item(about)?.stage();
        let been = |s: &usize| self.batches.iter().any(|b| b.stage == *s && b.items.contains(&about));
        let here = collecting.iter().copied().find(|s| at == Some(*s));
        here.or(collecting.iter().copied().rfind(been)).or(collecting.first().copied())
    }

    /// A side item comes to be, and holds what it is about.
    fn let_in(&mut self, about: usize, office: &'static str) -> Option<()> {
        let item = self.item(about)?;
        let collector = self.collector(about)?;
        only_if(item.stage().is_some() && !self.decided_since(collector, item))?;
        let side = Item {
            about: Some(about),
            owner: office,
            listed: false,
            holds: BTreeSet::new(),
            said: BTreeMap::new(),
            signed: Vec::new(),
            had: BTreeSet::new(),
            resume: None,
            mend_by: None,
            again: false,
            ..item.clone()
        };
        let first = (0..self.definition.stages.len()).find(|s| self.means(*s, &side))?;
        self.items.push(Item { place: Place::At { stage: first, round: 1, batch: None, unjudged: false }, ..side });
        let side = self.items.len();
        let collects = self.item(about)?.stage().is_some_and(|s| self.stage(s).collects);
        let item = self.get(about);
        item.holds.insert(Hold::Side(side));
        // the others of its batch go on without it
        if let (false, false, Place::At { batch, .. }) =
            (collects, item.holds.contains(&Hold::Returned), &mut item.place)
        {
            *batch = None;
            item.holds.remove(&Hold::Stay);
        }
        Some(())
    }

    fn reply(&mut self, question: usize, office: &str, yes: bool) -> Option<()> {
        let asked = self.questions.get_mut(question.checked_sub(1)?)?;
        only_if(asked.open && asked.to == office)?;
        (asked.open, asked.denied) = (false, !yes);
        let about = asked.about.clone();
        if let Some(item) = about.item() {
            self.get(item).holds.remove(&Hold::Question(question));
        }
        match about {
            About::Late(item, owner) if yes => self.let_in(item, owner),
            About::Return(item) if yes => self.return_to_owner(item),
            About::Late(..) | About::Return(_) | About::Gate(_) => Some(()),
        }
    }

    /// Every notice that is owed is made and put up, also those that are owed because of it.
    fn settle(&mut self) {
        let (definition, today) = (self.definition.clone(), self.now.date());
        while !self.held && self.closed.is_none() && self.batches.iter().any(|b| b.making) {
            for batch in self.batches.iter_mut().filter(|b| b.making) {
                batch.making = false;
                if !batch.up {
                    batch.up = true;
                    let days = definition.stages[batch.stage].period;
                    batch.period = days.map(|days| after_workdays(today, days));
                }
            }
            self.rest();
        }
    }

    fn wait(&mut self) {
        let tomorrow = self.now + TimeDelta::days(1);
        self.now = self.due().into_iter().min().map_or(tomorrow, |due| due.max(self.now));
        if self.held || self.closed.is_some() {
            return;
        }
        let now = self.now;
        self.run_out();
        for batch in 0..self.batches.len() {
            self.batches[batch].passed |= self.batches[batch].limit.is_some_and(|l| l <= now);
            let grace = self.stage(self.batches[batch].stage).grace;
            let open = &mut self.batches[batch];
            open.letters_in |= open.grace.is_some_and(|by| by <= now);
            if let Some(end) = open.period.filter(|end| !open.down && *end <= now) {
                open.down = true;
                open.making = false;
                let last = end.date() - Days::new(1);
                open.grace = grace.map(|days| after_days(last, days));
            }
        }
    }

    /// Intakes close, who did not mend in time ends, and gates have waited long enough: in the order in which they began.
    fn run_out(&mut self) {
        let now = self.now;
        let intakes = self.intakes.iter().filter(|(_, i)| !i.closed);
        let intakes = intakes.filter_map(|(stage, i)| Some((i.limit?, Limited::Intake(*stage))));
        let mending =
            self.living().into_iter().filter_map(|id| Some((self.items[id - 1].mend_by?, Limited::Mending(id))));
        let gates = self.gates.iter().map(|(gate, until)| (*until, Limited::Gate(gate.clone())));
        let mut over: Vec<(Until, Limited)> =
            intakes.chain(mending).chain(gates).filter(|(l, _)| l.at <= now).collect();
        over.sort_by_key(|(until, _)| until.begun);
        for (_, limited) in over {
            match limited {
                Limited::Intake(stage) => {
                    self.shut(stage);
                    self.intakes.entry(stage).and_modify(|intake| intake.limit = None);
                }
                Limited::Mending(id) if self.items[id - 1].mend_by.is_some() => self.end(id, "逾期未补正"),
                Limited::Mending(_) => {}
                Limited::Gate(gate) => {
                    self.gates.remove(&gate);
                    self.waited_enough(gate);
                }
            }
        }
    }

    /// What becomes of those who keep a gate shut at its limit.
    fn waited_enough(&mut self, gate: Shut) {
        let (stage, key, _) = &gate;
        let Some((waiting, behind)) = self.behind(*stage, key) else { return };
        let free = |id: &usize| self.items[id - 1].holds.is_empty();
        match self.stage(*stage).late {
            Late::Wait => {}
            Late::Exclude => behind.into_iter().for_each(|id| self.end(id, "逾期未参加")),
            Late::Leave if !behind.iter().any(free) => {}
            Late::Leave | Late::Ask => {
                let to = self.actors(*stage, self.item(waiting)).first().copied().unwrap_or(OPENER);
                self.ask(to, About::Gate(gate));
            }
        }
    }

    /// The value by which an item belongs to a batch of a stage.
    pub(super) fn key(&self, stage: usize, id: usize) -> String {
        match self.stage(stage).each {
            Each::Item => id.to_string(),
            Each::Case => String::new(),
            Each::Group => GROUPS[self.items[id - 1].group].to_string(),
            Each::About => self.items[id - 1].about.map(|about| about.to_string()).unwrap_or_default(),
        }
    }
}
