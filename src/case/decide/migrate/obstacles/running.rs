//! What is under way by rules of its own: a vote, marks, ballots, a list that is put up, a limit that runs.
//!
//! What somebody has answered he answered under the rules of that day, and what the new version says otherwise of it blocks;
//! what nobody has begun goes on by the new rules. A limit keeps what it was started with; what of it is looked up when it
//! comes to it is the new version's from now on.

use super::Look;
use super::terms::{Named, Terms, differing};
use crate::case::decide::offices_of;
use crate::case::decide::timers::deadline;
use crate::case::event::ClockOf;
use crate::case::migration::Mapping;
use crate::case::story::limit_title;
use crate::case::{Batch, Clock, Item};
use crate::workflow::{ClockDefinition, From, Kind, Sign, Stage};

impl Look<'_> {
    pub(super) fn batches(&mut self) {
        let open: Vec<Batch> = self.case.batches.values().filter(|b| b.done.is_none()).map(|b| (**b).clone()).collect();
        for batch in open {
            let what = format!("batch {} of {}", batch.id, batch.stage);
            let stages = self.old.stage(&batch.stage).zip(self.new.stage(self.mapping.stage(&batch.stage)));
            let Some((was, is)) = stages else {
                self.tell(what, "", vec!["its stage is gone".to_string()]);
                continue;
            };
            let mut wrong: Vec<String> = hindrance(was, is).into_iter().collect();
            wrong.extend(self.other_signers(&batch, was, is));
            let otherwise = self.otherwise(was, is, |named, stage| named.answering(stage));
            let mut becomes = "goes on".to_string();
            if !otherwise.is_empty() {
                let otherwise = otherwise.join("; ");
                match self.has_begun(&batch) {
                    true => wrong.push(format!(
                        "it has been answered in part under other rules ({otherwise}): wait until it is decided"
                    )),
                    false => becomes = format!("goes on by the new rules, for nobody has answered ({otherwise})"),
                }
            }
            let limited = self.case.clocks_of(&ClockOf::Answer(batch.id)).next().is_some();
            if let (false, None, Some(_)) = (limited, &was.within, &is.within) {
                becomes.push_str("; its limit begins now");
            }
            self.tell(what, &becomes, wrong);
        }
    }

    /// The rules that a stage has otherwise in the new version, of those that are asked for.
    fn otherwise(&self, was: &Stage, is: &Stage, asked: impl Fn(&Named<'_>, &Stage) -> Terms) -> Vec<String> {
        let same = Mapping::default();
        differing(&asked(&Named::new(self.old, self.mapping), was), &asked(&Named::new(self.new, &same), is))
    }

    /// Whether somebody has signed, marked or handed in a sheet of an open batch, or was entered as absent.
    fn has_begun(&self, batch: &Batch) -> bool {
        let signed = |item: &Item| {
            let all = item.signed.get(&batch.stage).into_iter().flatten();
            item.batch() == Some(batch.id) && all.into_iter().any(|s| s.batch == Some(batch.id))
        };
        let items = batch.items.iter().filter_map(|id| self.case.item(*id));
        !batch.sheets.is_empty()
            || !batch.counted.is_empty()
            || !batch.absent.is_empty()
            || items.into_iter().any(signed)
    }

    /// Who signs was settled when the batch opened.
    fn other_signers(&self, batch: &Batch, was: &Stage, is: &Stage) -> Option<String> {
        let whose = |stage: &Stage| match &stage.sign {
            Sign::Vote(vote) => vote.members.iter().cloned().collect(),
            Sign::One | Sign::All | Sign::Any | Sign::InOrder => stage.by.clone(),
        };
        let item = batch.items.first().copied();
        let before = offices_of(self.old, &self.ledgers.offices, self.case, &whose(was), item);
        let after = offices_of(self.new, &self.ledgers.offices, &self.moved, &whose(is), item);
        let differ = was.takes_several() && is.takes_several() && before != after;
        differ.then(|| format!("it is signed by {}, and would be by {}", before.join("、"), after.join("、")))
    }

    /// Those who wait to be ranked and listed together, and lists that a decision has still to confirm.
    pub(super) fn lists(&mut self) {
        for was in &self.old.stages {
            let Some(is) = self.new.stage(self.mapping.stage(&was.name)) else { continue };
            let waits = |item: &Item| {
                let batch = item.batch().filter(|_| item.stage() == Some(&was.name));
                batch.is_some_and(|b| self.case.outcome_in(item, b).is_some())
            };
            if (was.goes_together() || is.goes_together()) && self.case.living().any(waits) {
                let mut otherwise = self.otherwise(was, is, |named, stage| named.answering(stage));
                otherwise.extend(self.otherwise(was, is, |named, stage| named.listing(stage)));
                if !otherwise.is_empty() {
                    let why = otherwise.join("; ");
                    self.block(
                        format!("stage {}", was.name),
                        format!("it has been answered, and goes on together by other rules ({why}): wait until all have gone on"),
                    );
                }
            }
            for list in was.lists.keys() {
                self.list_put_up(list, was, is);
            }
        }
    }

    /// A list as it was made is what is decided on.
    fn list_put_up(&mut self, list: &str, was: &Stage, is: &Stage) {
        let Some(decides) = self.old.stages.iter().find(|s| s.confirms.contains_key(list)) else { return };
        let made = self.old.stage_index(&was.name);
        let behind = |item: &Item| item.stage().and_then(|s| self.old.stage_index(s)) > made;
        let put_up = |item: &Item| item.lists.contains(list) && !item.decided.contains(list) && behind(item);
        if !self.case.living().any(put_up) {
            return;
        }
        let whom = |named: &Named<'_>, stage: &Stage| -> Terms {
            let found = stage.lists.get(list).map(|found| named.list(found));
            vec![("takes".to_string(), found.unwrap_or_default())]
        };
        let otherwise = self.otherwise(was, is, whom);
        let what = format!("list {list}");
        match otherwise.first() {
            Some(how) => self.block(
                what,
                format!("it was made by another rule ({how}): wait until {} has decided on it", decides.title),
            ),
            None => self.tell(what, "is decided on as it was made", Vec::new()),
        }
    }

    pub(super) fn clocks(&mut self) {
        let running: Vec<Clock> = self.moved.running().cloned().collect();
        for clock in running {
            let title = self.case.clocks.get(&clock.id).map(|c| limit_title(self.from, self.case, c));
            let what = format!("clock {} {}", clock.id, title.unwrap_or_default());
            let (becomes, wrong) = match &clock.of {
                ClockOf::Named { clock: name, item } => self.named_clock(&clock, name, *item),
                ClockOf::Answer(batch) => self.limit_of_batch(&clock, *batch),
                ClockOf::Gate { stage, .. } => {
                    let gone = self.new.stage(stage).is_none().then(|| format!("stage {stage} is gone"));
                    (AS_IT_BEGAN.to_string(), gone.into_iter().collect())
                }
                ClockOf::Period(_) | ClockOf::Grace(_) | ClockOf::Keep(_) | ClockOf::Return(_) => {
                    (AS_IT_BEGAN.to_string(), Vec::new())
                }
            };
            self.tell(what, &becomes, wrong);
        }
    }

    /// The two definitions of a named clock, by its new name.
    fn clock_definitions(&self, name: &str) -> Option<(&ClockDefinition, &ClockDefinition)> {
        let was = self.old.clocks.values().find(|c| self.mapping.clock(&c.name) == name)?;
        Some((was, self.new.clocks.get(name)?))
    }

    fn named_clock(&self, clock: &Clock, name: &str, item: u32) -> (String, Vec<String>) {
        let Some((was, is)) = self.clock_definitions(name) else {
            return (String::new(), vec![format!("there is no clock {name}")]);
        };
        let same = Mapping::default();
        let (old, new) = (Named::new(self.old, self.mapping), Named::new(self.new, &same));
        let looked_up = differing(&old.looked_up(was), &new.looked_up(is));
        let mut wrong = Vec::new();
        if let Some(item) = self.moved.item(item) {
            wrong.extend((item.of != is.of).then(|| format!("it is of {} now, and this is {}", is.of, item.of)));
            wrong.extend(self.already_past(is, item));
        }
        wrong.extend(self.stays_stopped(clock, was, is));
        (self.limit_becomes(clock, &differing(&old.kept(was), &new.kept(is)), &looked_up), wrong)
    }

    /// The stage that ends the clock now, when the item has left it or stands behind it: the clock would end without having
    /// been kept, or never.
    fn already_past(&self, is: &ClockDefinition, item: &Item) -> Option<String> {
        let until = is.until.as_ref()?;
        let at = item.stage().and_then(|stage| self.new.stage_index(stage));
        let past = item.left.contains_key(until) || at > self.new.stage_index(until);
        let stands = item.stage().unwrap_or_default();
        past.then(|| {
            format!("it would run until {until}, and the item is at {stands}, past it: let it run until {stands} or a later stage")
        })
    }

    /// What has stopped a clock must be able to let it run again.
    fn stays_stopped(&self, clock: &Clock, was: &ClockDefinition, is: &ClockDefinition) -> Option<String> {
        let otherwise = was.restarts.as_ref().map(|stage| self.mapping.stage(stage)) != is.restarts.as_deref();
        let stops = |what: &str| is.stops.iter().any(|stop| stop.of == what);
        let open = clock.sources.iter().filter(|(_, entries)| **entries == 1).map(|(source, _)| source);
        let mut lost = open.filter_map(|source| match source.split_once('/')? {
            ("side", id) => {
                let side = id.parse().ok().and_then(|id: u32| self.moved.item(id))?;
                (!stops(&side.of)).then(|| side.of.clone())
            }
            ("stay", rest) => {
                let stage = rest.rsplit_once('/').map_or(rest, |(stage, _)| stage);
                (!stops(stage)).then(|| format!("a stay at {stage}"))
            }
            ("return", _) => otherwise.then(|| "a return".to_string()),
            ("hand", _) => is.reasons.is_empty().then(|| "what somebody entered by hand".to_string()),
            _ => None,
        });
        let first = lost.next()?;
        Some(format!("{first} has stopped it, and would not let it run again: keep that among its stops until it runs"))
    }

    fn limit_of_batch(&self, clock: &Clock, batch: u32) -> (String, Vec<String>) {
        let stage = self.case.batches.get(&batch).map(|b| b.stage.clone()).unwrap_or_default();
        let stages = self.old.stage(&stage).zip(self.new.stage(self.mapping.stage(&stage)));
        let Some((was, is)) = stages else { return (AS_IT_BEGAN.to_string(), Vec::new()) };
        let kept = self.otherwise(was, is, |named, stage| named.within(stage));
        let looked_up = self.otherwise(was, is, |named, stage| named.runs_out(stage));
        (self.limit_becomes(clock, &kept, &looked_up), Vec::new())
    }

    fn limit_becomes(&self, clock: &Clock, kept: &[String], looked_up: &[String]) -> String {
        let mut said = AS_IT_BEGAN.to_string();
        if !kept.is_empty() {
            let due = deadline(clock).due(&self.ledgers.calendar).map(|due| format!(", due {}", due.date));
            said.push_str(&format!(
                "{}; {} holds for those that begin later",
                due.unwrap_or_default(),
                kept.join("; ")
            ));
        }
        if !looked_up.is_empty() {
            said.push_str(&format!("; from now on {}", looked_up.join("; ")));
        }
        said
    }

    /// Why somebody who is asked for more time would be asked for something else.
    pub(super) fn extends_otherwise(&self, clock: u32) -> Option<String> {
        let ClockOf::Named { clock: name, .. } = &self.moved.clocks.get(&clock)?.of else { return None };
        let (was, is) = self.clock_definitions(name)?;
        let (was, is) = (was.extend.as_ref()?, is.extend.as_ref());
        let Some(is) = is else { return Some(format!("{name} can no longer be extended: have it answered first")) };
        (was.by != is.by)
            .then(|| format!("it was asked about {}, and would grant {}: have it answered first", was.by, is.by))
    }
}

/// What becomes of most limits.
const AS_IT_BEGAN: &str = "runs on as it began";

/// Why an open batch cannot go on under the new stage.
fn hindrance(was: &Stage, is: &Stage) -> Option<String> {
    let every = |stage: &Stage| match &stage.from {
        From::Every(schedule, field) => Some((*schedule, field.clone())),
        From::Submissions | From::Offices(_) | From::Table(_) | From::Register(..) | From::Case(..) => None,
    };
    let ordered = |stage: &Stage| std::mem::discriminant(&stage.sign);
    if is.kind == Kind::Publicise {
        return Some("its notice is up or goes up: wait until the period is over".to_string());
    }
    if was.each != is.each {
        return Some("items are taken together otherwise".to_string());
    }
    let several = was.takes_several() || is.takes_several();
    if was.takes_several() != is.takes_several()
        || was.several_sign() != is.several_sign()
        || (several && ordered(was) != ordered(is))
        || was.ballot.is_some() != is.ballot.is_some()
    {
        return Some("it is signed otherwise".to_string());
    }
    if every(was) != every(is) {
        return Some("it comes round otherwise".to_string());
    }
    None
}
