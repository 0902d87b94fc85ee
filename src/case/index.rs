//! What of a case is looked up other than by id, so that a step costs the same in a case of ten items and of ten thousand.
//!
//! Kept by the fold with every event; [`Index::of`] makes it anew from the case, which is how the tests know it is true.

use super::event::{Ask, ClockOf};
use super::{Answer, Batch, Case, Clock, Document, Item, Life, Opening, Question, Task};
use imbl::{OrdMap, OrdSet};
use std::sync::Arc;

/// Sets of ids by what they are asked for by. A set that grows empty is taken away.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Index {
    /// living items by stage
    pub standing: OrdMap<String, OrdSet<u32>>,
    /// those of them that nothing holds
    pub free: OrdMap<String, OrdSet<u32>>,
    /// those of them that nothing holds and no batch has taken in
    pub waiting: OrdMap<String, OrdSet<u32>>,
    /// living items by what they are about
    pub sides: OrdMap<u32, OrdSet<u32>>,
    /// batches that are not done, by stage
    pub open: OrdMap<String, OrdSet<u32>>,
    /// by stage and key: what batches there were
    pub rounds: OrdMap<(Arc<str>, Arc<str>), Rounds>,
    /// open tasks
    pub tasks: OrdSet<u64>,
    /// open tasks by the items they ask of
    pub asked: OrdMap<u32, OrdSet<u64>>,
    /// open tasks by their batch
    pub of_batch: OrdMap<u32, OrdSet<u64>>,
    /// open tasks by what they ask, answers and nominations apart
    pub asks: OrdMap<Ask, OrdSet<u64>>,
    /// clocks by what they are about
    pub clocks: OrdMap<ClockOf, OrdSet<u32>>,
    /// clocks that run
    pub running: OrdSet<u32>,
    /// documents by batch
    pub papers: OrdMap<u32, OrdSet<u32>>,
    /// documents that are not out yet, by batch; those of no batch under 0
    pub making: OrdMap<u32, OrdSet<u32>>,
    /// questions nobody has answered
    pub questions: OrdSet<u32>,
    /// children that are to be opened
    pub owed: OrdSet<u32>,
    /// children whose end is waited for
    pub awaited: OrdSet<u32>,
}

/// The batches of a stage and key.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rounds {
    /// the first
    first: u32,
    /// how many there were
    count: u32,
    /// the round of the latest
    last: u32,
    /// the round of the last that came through the gate; none of what was put off did
    came: u32,
}

fn put<K: Ord + Clone, V: Ord + Clone>(map: &mut OrdMap<K, OrdSet<V>>, key: K, value: V) {
    map.entry(key).or_default().insert(value);
}

fn take<K: Ord + Clone, V: Ord + Clone>(map: &mut OrdMap<K, OrdSet<V>>, key: &K, value: &V) {
    if let Some(set) = map.get_mut(key) {
        set.remove(value);
        if set.is_empty() {
            map.remove(key);
        }
    }
}

fn set<K: Ord + Clone, V: Ord + Clone>(map: &mut OrdMap<K, OrdSet<V>>, key: K, value: V, there: bool) {
    if there { put(map, key, value) } else { take(map, &key, &value) }
}

fn key_of(batch: &Batch) -> (Arc<str>, Arc<str>) {
    (Arc::from(batch.stage.as_str()), Arc::from(batch.key.as_str()))
}

impl Rounds {
    fn add(&mut self, batch: &Batch) {
        self.count += 1;
        self.last = batch.round;
        self.came = if batch.again { self.came } else { batch.round };
    }
}

impl Index {
    /// The index of a case, made anew.
    pub fn of(case: &Case) -> Index {
        let mut index = Index::default();
        case.items.values().for_each(|i| index.item(None, Some(i)));
        case.batches.values().for_each(|b| index.batch(None, Some(b)));
        case.tasks.values().for_each(|t| index.task(None, Some(t)));
        case.clocks.values().for_each(|c| index.clock(None, Some(c)));
        case.documents.values().for_each(|d| index.document(None, Some(d)));
        case.questions.values().for_each(|q| index.question(q));
        case.openings.values().for_each(|o| index.opening(o));
        index
    }

    /// An item was one thing and is another.
    pub(super) fn item(&mut self, before: Option<&Item>, after: Option<&Item>) {
        for (item, there) in before.map(|i| (i, false)).into_iter().chain(after.map(|i| (i, true))) {
            let Some(stage) = item.stage() else { continue };
            set(&mut self.standing, stage.to_string(), item.id, there);
            if item.holds.is_empty() {
                set(&mut self.free, stage.to_string(), item.id, there);
                if item.batch().is_none() {
                    set(&mut self.waiting, stage.to_string(), item.id, there);
                }
            }
            if let Some(about) = item.about {
                set(&mut self.sides, about, item.id, there);
            }
        }
    }

    /// The first batch of a stage and key, and the round of the latest.
    pub fn rounds(&self, stage: &str, key: &str) -> Option<(u32, u32)> {
        self.rounds.get(&(Arc::from(stage), Arc::from(key))).map(|rounds| (rounds.first, rounds.last))
    }

    /// The wait of a gate for its next batch, the same whatever is taken up again meanwhile; known by the first round that batch
    /// could be, but that a log of before may know it by a later one.
    pub fn wait(&self, stage: &str, key: &str) -> u32 {
        let came = self.rounds.get(&(Arc::from(stage), Arc::from(key))).map_or(0, |rounds| rounds.came);
        let of = |round| ClockOf::Gate { stage: stage.to_string(), key: key.to_string(), round };
        match self.clocks.range(of(came + 1)..=of(u32::MAX)).next_back() {
            Some((ClockOf::Gate { round, .. }, _)) => *round,
            _ => came + 1,
        }
    }

    /// A batch was one thing and is another.
    pub(super) fn batch(&mut self, before: Option<&Batch>, after: Option<&Batch>) {
        if let (None, Some(new)) = (before, after.filter(|b| !b.undone)) {
            let rounds = self.rounds.entry(key_of(new)).or_insert(Rounds { first: new.id, ..Rounds::default() });
            rounds.add(new);
        }
        for (batch, there) in before.map(|b| (b, false)).into_iter().chain(after.map(|b| (b, true))) {
            if batch.done.is_none() {
                set(&mut self.open, batch.stage.clone(), batch.id, there);
            }
        }
    }

    /// A batch is as if it had never been opened; `all` are the batches of the case, it among them.
    pub(super) fn never_was<'a>(&mut self, batch: &Batch, all: impl Iterator<Item = &'a Batch>) {
        let key = key_of(batch);
        let Some(rounds) = self.rounds.get_mut(&key) else { return };
        let latest = batch.round == rounds.last;
        if latest && rounds.count == rounds.last && rounds.count > 1 {
            // none of those before it went this way: they need not be looked for
            rounds.count -= 1;
            rounds.last -= 1;
            rounds.came = if batch.again { rounds.came } else { batch.wait.saturating_sub(1) };
            return;
        }
        let mut left = None;
        if rounds.count > 1 {
            for one in all.filter(|one| !one.undone && one.stage == batch.stage && one.key == batch.key) {
                left.get_or_insert(Rounds { first: one.id, ..Rounds::default() }).add(one);
            }
        }
        match left {
            Some(left) => *rounds = left,
            None => drop(self.rounds.remove(&key)),
        }
    }

    /// A task was one thing and is another.
    pub(super) fn task(&mut self, before: Option<&Task>, after: Option<&Task>) {
        for (task, there) in before.map(|t| (t, false)).into_iter().chain(after.map(|t| (t, true))) {
            if task.closed.is_some() {
                continue;
            }
            if there {
                self.tasks.insert(task.id)
            } else {
                self.tasks.remove(&task.id)
            };
            task.items.iter().for_each(|item| set(&mut self.asked, *item, task.id, there));
            if let Some(batch) = task.batch {
                set(&mut self.of_batch, batch, task.id, there);
            }
            if !matches!(task.ask, Ask::Answer | Ask::Nominate | Ask::Correct) {
                set(&mut self.asks, task.ask.clone(), task.id, there);
            }
        }
    }

    /// A task no longer asks of these items.
    pub(super) fn asked_no_more(&mut self, task: u64, items: &[u32]) {
        items.iter().for_each(|item| take(&mut self.asked, item, &task));
    }

    /// A clock was one thing and is another.
    pub(super) fn clock(&mut self, before: Option<&Clock>, after: Option<&Clock>) {
        for (clock, there) in before.map(|c| (c, false)).into_iter().chain(after.map(|c| (c, true))) {
            set(&mut self.clocks, clock.of.clone(), clock.id, there);
            if there && !clock.ended {
                self.running.insert(clock.id)
            } else {
                self.running.remove(&clock.id)
            };
        }
    }

    /// A document was one thing and is another.
    pub(super) fn document(&mut self, before: Option<&Document>, after: Option<&Document>) {
        for (document, there) in before.map(|d| (d, false)).into_iter().chain(after.map(|d| (d, true))) {
            if let Some(batch) = document.batch {
                set(&mut self.papers, batch, document.id, there);
            }
            if matches!(document.life, Life::Ordered | Life::Rendered) {
                set(&mut self.making, document.batch.unwrap_or_default(), document.id, there);
            }
        }
    }

    /// A question was asked or answered.
    pub(super) fn question(&mut self, question: &Question) {
        if question.answer.is_none() {
            self.questions.insert(question.id);
        } else {
            self.questions.remove(&question.id);
        }
    }

    /// A child is to be opened, or was.
    pub(super) fn opening(&mut self, opening: &Opening) {
        for (set, there) in [(&mut self.owed, opening.is_owed()), (&mut self.awaited, opening.is_awaited())] {
            if there {
                set.insert(opening.id);
            } else {
                set.remove(&opening.id);
            }
        }
    }
}

impl Case {
    /// An item.
    pub fn item(&self, id: u32) -> Option<&Item> {
        self.items.get(&id).map(AsRef::as_ref)
    }

    /// Every item there ever was, in order of id.
    pub fn all_items(&self) -> impl Iterator<Item = &Item> {
        self.items.values().map(AsRef::as_ref)
    }

    /// Living items, stage by stage, in order of id within one.
    pub fn living(&self) -> impl Iterator<Item = &Item> {
        let ids = self.index.standing.values().flatten();
        ids.filter_map(|id| self.items.get(id)).map(AsRef::as_ref)
    }

    /// Living items at a stage, in order of id.
    pub fn standing(&self, stage: &str) -> impl Iterator<Item = &Item> {
        let ids = self.index.standing.get(stage).into_iter().flatten();
        ids.filter_map(|id| self.items.get(id)).map(AsRef::as_ref)
    }

    /// Open tasks, in order of id.
    pub fn open_tasks(&self) -> impl Iterator<Item = &Task> {
        self.index.tasks.iter().filter_map(|id| self.tasks.get(id)).map(AsRef::as_ref)
    }

    /// Open tasks that ask something of an item.
    pub fn tasks_of(&self, item: u32) -> impl Iterator<Item = &Task> {
        let ids = self.index.asked.get(&item).into_iter().flatten();
        ids.filter_map(|id| self.tasks.get(id)).map(AsRef::as_ref)
    }

    /// Open tasks of a batch.
    pub fn tasks_in(&self, batch: u32) -> impl Iterator<Item = &Task> {
        let ids = self.index.of_batch.get(&batch).into_iter().flatten();
        ids.filter_map(|id| self.tasks.get(id)).map(AsRef::as_ref)
    }

    /// The open task that asks this, no answer and no nomination.
    pub fn asks(&self, ask: &Ask) -> Option<&Task> {
        self.index.asks.get(ask)?.iter().find_map(|id| self.tasks.get(id)).map(AsRef::as_ref)
    }

    /// Batches of a stage that are not done.
    pub fn open_batches(&self, stage: &str) -> impl Iterator<Item = &Batch> {
        let ids = self.index.open.get(stage).into_iter().flatten();
        ids.filter_map(|id| self.batches.get(id)).map(AsRef::as_ref)
    }

    /// Clocks about something, in the order they were started.
    pub fn clocks_of(&self, of: &ClockOf) -> impl Iterator<Item = &Clock> {
        let ids = self.index.clocks.get(of).into_iter().flatten();
        ids.filter_map(|id| self.clocks.get(id)).map(AsRef::as_ref)
    }

    /// Clocks that run.
    pub fn running(&self) -> impl Iterator<Item = &Clock> {
        self.index.running.iter().filter_map(|id| self.clocks.get(id)).map(AsRef::as_ref)
    }

    /// The items for which a clock of the definition runs.
    pub fn running_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Item> {
        let of_it = move |(clock, item): (&str, u32)| self.item(item).filter(|_| clock == name);
        self.running().filter_map(|clock| clock.of.named()).filter_map(of_it)
    }

    /// Side items about an item that still live.
    pub fn living_sides(&self, item: u32) -> impl Iterator<Item = &Item> {
        let ids = self.index.sides.get(&item).into_iter().flatten();
        ids.filter_map(|id| self.items.get(id)).map(AsRef::as_ref)
    }

    /// Questions nobody has answered.
    pub fn open_questions(&self) -> impl Iterator<Item = &Question> {
        self.index.questions.iter().filter_map(|id| self.questions.get(id)).map(AsRef::as_ref)
    }

    /// The answer a batch was given for an item.
    pub fn outcome_in<'a>(&self, item: &'a Item, batch: u32) -> Option<&'a Answer> {
        item.answers.values().find(|a| a.batch == Some(batch))
    }

    /// Documents of a batch.
    pub fn papers(&self, batch: u32) -> impl Iterator<Item = &Document> {
        let ids = self.index.papers.get(&batch).into_iter().flatten();
        ids.filter_map(|id| self.documents.get(id)).map(AsRef::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_that_an_older_log_knows_by_a_later_round_goes_on() {
        let mut index = Index::default();
        let of = |round| ClockOf::Gate { stage: "议".into(), key: String::new(), round };
        assert_eq!(index.wait("议", ""), 1);
        // the first round came, and what was put off in it was taken up again as the second
        index.rounds.insert((Arc::from("议"), Arc::from("")), Rounds { first: 1, count: 2, last: 2, came: 1 });
        put(&mut index.clocks, of(1), 1);
        assert_eq!(index.wait("议", ""), 2);
        put(&mut index.clocks, of(3), 2);
        assert_eq!(index.wait("议", ""), 3);
    }
}
