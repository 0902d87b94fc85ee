//! The watched 交件 folders: what stands in them, what is complete, and what waits.

use super::super::quiet;
use crate::clock::Moment;
use crate::spool::layout::Spool;
use crate::spool::settle::scan::{DropFolder, Look};
use crate::spool::settle::writers::{self, Written};
use crate::spool::settle::{Patience, Settled, Settler};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::Path;

/// How long limits wait at most for a drop that was there in time to be answered.
const POSTPONED_SECONDS_MAX: i64 = 300;
/// Least time between two tries to bring claims back that met trouble.
const RETRY_SECONDS_MIN: i64 = 10;
/// An unfinished drop not seen for so long is gone, or has changed and settles anew.
const UNSEEN_SECONDS_MAX: i64 = 60;

/// The watched folders, by folder name.
pub(crate) struct Drops {
    patience: Patience,
    watched: BTreeMap<String, (DropFolder, Settler)>,
    away: BTreeSet<String>,
    /// folders with a drop that cannot be looked into
    hindered: BTreeSet<String>,
    outage: Option<Moment>,
    handed_in_meanwhile: BTreeMap<(String, OsString), Moment>,
    /// drops that stand still and whose writer is not done: since when they do, and when they were seen so last
    unfinished: BTreeMap<(String, OsString), (Moment, Moment)>,
    patient_until: Option<Moment>,
    trouble: Option<Moment>,
    tried: Option<Moment>,
}

impl Drops {
    pub(in crate::engine) fn new(patience: Patience) -> Drops {
        Drops {
            patience,
            watched: BTreeMap::new(),
            away: BTreeSet::new(),
            hindered: BTreeSet::new(),
            outage: None,
            handed_in_meanwhile: BTreeMap::new(),
            unfinished: BTreeMap::new(),
            patient_until: None,
            trouble: None,
            tried: None,
        }
    }

    /// Drops found in the first look count as handed in when the outage began.
    pub(super) fn after_outage(&mut self, since: Option<Moment>, now: Moment) {
        self.outage = since;
        self.be_patient(now);
    }

    fn be_patient(&mut self, now: Moment) {
        self.patient_until = Some(now + chrono::TimeDelta::seconds(POSTPONED_SECONDS_MAX));
    }

    /// Whether drops of the outage are still settling: no limit may ring over them before they are answered.
    pub(in crate::engine) fn settling(&mut self, now: Moment) -> bool {
        if self.patient_until.is_some_and(|until| now >= until) {
            self.handed_in_meanwhile.clear();
        }
        self.outage.is_some() || !self.handed_in_meanwhile.is_empty()
    }

    /// Whether what is due at `due` waits: something handed in before it is not answered yet. Not for ever.
    pub(in crate::engine) fn postpone(&self, due: Moment, now: Moment) -> bool {
        let first = self.oldest_waiting(now).into_iter().chain(self.trouble).min();
        first.is_some_and(|first| first < due) && may_wait(due, now)
    }

    /// Up to when all that was handed in is answered: an outage that begins now must count drops that still settle from when
    /// they came. None while drops of the last outage settle.
    pub(in crate::engine) fn answered_until(&mut self, now: Moment) -> Option<Moment> {
        if self.settling(now) {
            return None;
        }
        let patience = chrono::TimeDelta::seconds(POSTPONED_SECONDS_MAX);
        Some(self.oldest_waiting(now).map_or(now, |first| first.max(now - patience)))
    }

    fn oldest_waiting(&self, now: Moment) -> Option<Moment> {
        let settling = self.watched.values().filter_map(|(_, settler)| settler.oldest_waiting(now));
        settling.map(|(_, first)| first).chain(self.unfinished.values().map(|(first, _)| *first)).min()
    }

    /// Whether somebody is not done with a drop that stands still; not for ever. `written` is what is open for writing now.
    fn waits_for_its_writer(
        &mut self,
        place: &Path,
        drop: &(String, OsString),
        first: Moment,
        now: Moment,
        written: &mut Option<Written>,
    ) -> bool {
        let still = (now - first).num_milliseconds();
        let name = Path::new(&drop.1);
        let why = if still < self.patience.broken_off_millis_min && writers::breaks_off(place, name) {
            "breaks off before the end of its format"
        } else if still < self.patience.written_millis_min
            && writers::is_written(place, name, written.get_or_insert_with(writers::written))
        {
            "is open for writing"
        } else {
            self.unfinished.remove(drop);
            return false;
        };
        if self.unfinished.insert(drop.clone(), (first, now)).is_none() {
            tracing::info!("{}: a drop stands still, but {why}: it is waited for", drop.0);
        }
        true
    }

    /// A claim could not be brought to its answer: it is to be taken up again.
    pub(super) fn met_trouble(&mut self, now: Moment) {
        self.trouble.get_or_insert(now);
        self.tried = Some(now);
    }

    /// Whether claims that met trouble are to be taken up now; gives since when there was trouble, and forgets it.
    pub(super) fn retry(&mut self, now: Moment, at_once: bool) -> Option<Moment> {
        let rested = self.tried.is_none_or(|tried| (now - tried).num_seconds() >= RETRY_SECONDS_MIN);
        self.trouble.take_if(|_| at_once || rested)
    }

    /// What met trouble again has been in trouble since it first was.
    pub(super) fn still_troubled(&mut self, since: Moment) {
        if let Some(trouble) = &mut self.trouble {
            *trouble = since.min(*trouble);
        }
    }

    /// Looks into every folder once; gives the complete drops in the order they were handed in.
    pub(super) fn complete(&mut self, spool: &Spool, folders: Vec<String>, now: Moment) -> Vec<(String, Settled)> {
        let mut complete: Vec<(String, Settled)> = Vec::new();
        let outage = self.outage.take();
        let patience = self.patience;
        let mut written = None;
        for folder in folders {
            let path = spool.office(&folder).handed_in();
            let fresh = || (DropFolder::new(path.clone()), Settler::new(patience));
            let (drop_folder, settler) = self.watched.entry(folder.clone()).or_insert_with(fresh);
            let (observations, more, unreadable, away_since) = match drop_folder.look(now) {
                Look::Here { observations, more, unreadable, away_since } => {
                    (observations, more, unreadable, away_since)
                }
                Look::Away { why, .. } => {
                    if self.away.insert(folder.clone()) {
                        tracing::warn!("{folder}: 交件 cannot be looked at: {}", quiet::away(&why));
                    }
                    continue;
                }
            };
            let settled = settler.observe_some(now, &observations);
            if !more {
                settler.end_round();
            }
            match unreadable {
                Some(why) if self.hindered.insert(folder.clone()) => {
                    tracing::warn!("{folder}: a drop cannot be looked into and waits: {}", quiet::file(&why));
                }
                Some(_) => {}
                None => drop(self.hindered.remove(&folder)),
            }
            if self.away.remove(&folder) {
                tracing::warn!("{folder}: 交件 is back");
            }
            // What the first look after an outage finds was handed in meanwhile, however long it takes to settle.
            if let Some(since) = away_since.into_iter().chain(outage).min() {
                let seen = observations.iter().filter_map(|o| o.path.iter().next());
                let names = seen.chain(drop_folder.waiting());
                self.handed_in_meanwhile.extend(names.map(|name| ((folder.clone(), name.to_os_string()), since)));
            }
            if away_since.is_some() {
                self.be_patient(now);
            }
            for mut settled in settled {
                let drop = (folder.clone(), settled.name.clone());
                if self.waits_for_its_writer(&path, &drop, settled.first_seen_complete, now, &mut written) {
                    continue;
                }
                let since = self.handed_in_meanwhile.remove(&drop);
                settled.first_seen_complete = since.unwrap_or(now).min(settled.first_seen_complete);
                complete.push((folder.clone(), settled));
            }
        }
        let gone = |seen: Moment| (now - seen).num_seconds() > UNSEEN_SECONDS_MAX;
        self.unfinished.retain(|_, (_, seen)| !gone(*seen));
        complete.sort_by(|a, b| {
            (a.1.first_seen_complete, &a.0, &a.1.name).cmp(&(b.1.first_seen_complete, &b.0, &b.1.name))
        });
        complete
    }
}

/// Whether what is due, and what has to come after it, may still wait.
pub(super) fn may_wait(due: Moment, now: Moment) -> bool {
    now < due + chrono::TimeDelta::seconds(POSTPONED_SECONDS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{NaiveDate, TimeDelta};

    fn at(second: i64) -> Moment {
        NaiveDate::from_ymd_opt(2022, 5, 16).unwrap().and_hms_opt(0, 0, 0).unwrap() + TimeDelta::seconds(second)
    }

    #[test]
    fn a_limit_waits_for_a_drop_that_was_there_in_time_but_not_for_ever() {
        let root = tempfile::tempdir().unwrap();
        let spool = Spool::at(root.path());
        let place = spool.office("甲").handed_in();
        std::fs::create_dir_all(&place).unwrap();
        let mut drops = Drops::new(Patience::DAEMON);
        std::fs::write(place.join("表.yaml"), "a: 1").unwrap();
        assert!(drops.complete(&spool, vec!["甲".to_string()], at(99)).is_empty());
        assert!(drops.postpone(at(100), at(100)), "it was there a second before");
        assert!(!drops.postpone(at(99), at(100)), "it came when it was late already");
        assert!(!drops.postpone(at(100), at(400)), "not for ever");
        for second in [101, 102] {
            drops.complete(&spool, vec!["甲".to_string()], at(second));
        }
        assert!(!drops.postpone(at(100), at(102)), "it is complete and has its answer");
    }

    #[test]
    fn a_copy_that_stalls_is_waited_for_while_its_end_is_missing_or_its_writer_is_there() {
        use std::io::Write;
        let root = tempfile::tempdir().unwrap();
        let spool = Spool::at(root.path());
        let place = spool.office("甲").handed_in();
        std::fs::create_dir_all(&place).unwrap();
        let mut drops = Drops::new(Patience::DAEMON);
        let mut look = |second: i64| {
            let complete = drops.complete(&spool, vec!["甲".to_string()], at(second));
            (complete.len(), drops.postpone(at(second), at(second + 1)))
        };
        // half a workbook: a minute, and limits wait with it; then it is taken as it is
        std::fs::write(place.join("表.xlsx"), b"PK\x03\x04half").unwrap();
        for second in 0..60 {
            assert_eq!(look(second).0, 0);
        }
        assert!(look(59).1);
        assert_eq!(look(60), (1, false));
        std::fs::remove_file(place.join("表.xlsx")).unwrap();
        // a list somebody holds open: until he is done
        let mut file = std::fs::File::create(place.join("名单.csv")).unwrap();
        file.write_all(b"a,b").unwrap();
        for second in 100..160 {
            assert_eq!(look(second).0, 0);
        }
        drop(file);
        assert_eq!(look(160).0, 1);
        std::fs::remove_file(place.join("名单.csv")).unwrap();
        assert_eq!(look(300), (0, false));
    }

    #[test]
    fn trouble_is_taken_up_again_after_a_rest_and_remembers_when_it_began() {
        let mut drops = Drops::new(Patience::DAEMON);
        assert_eq!(drops.retry(at(0), true), None);
        drops.met_trouble(at(0));
        assert_eq!(drops.retry(at(9), false), None);
        assert!(drops.postpone(at(5), at(9)));
        assert_eq!(drops.retry(at(10), false), Some(at(0)));
        drops.met_trouble(at(10));
        drops.still_troubled(at(0));
        assert_eq!(drops.retry(at(11), true), Some(at(0)));
    }

    #[test]
    fn a_folder_that_comes_back_makes_limits_wait_for_what_is_in_it() {
        let root = tempfile::tempdir().unwrap();
        let spool = Spool::at(root.path());
        let place = spool.office("甲").handed_in();
        let mut drops = Drops::new(Patience::DAEMON);
        drops.complete(&spool, vec!["甲".to_string()], at(0));
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(place.join("表.yaml"), "a: 1").unwrap();
        drops.complete(&spool, vec!["甲".to_string()], at(1000));
        assert!(drops.settling(at(1000)));
        assert!(!drops.settling(at(1300)));
    }
}
