//! Who there is: offices, channels, and the series they own. Dated data, outside every closure; read by
//! [`crate::workflow::offices`].

use chrono::{NaiveDate, NaiveTime};
use indexmap::IndexMap;
use serde_json::{Map, Value};

/// All offices of a spool, its channels and the series they own, as they stand on a day.
#[derive(Debug, Clone, Default)]
pub struct Offices {
    /// by id, in the order written
    pub offices: IndexMap<String, Office>,
    /// tag → how the offices that have it are addressed together (统称)
    pub collective: IndexMap<String, String>,
    /// channel name → how it posts
    pub channels: IndexMap<String, Channel>,
    /// sha-256 (hex) of the text
    pub version: String,
    /// the day they are looked at: who is gone by then, a successor stands for
    pub day: NaiveDate,
}

/// How a channel posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// the page under `public/`, by itself
    Web,
    /// somebody puts it up and says so
    Hand,
}

/// One office.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Office {
    /// stable id
    pub id: String,
    /// full title as printed
    pub title: String,
    /// folder name under `offices/`; None = no folder on this spool
    pub folder: Option<String>,
    /// tags
    pub tags: Vec<String>,
    /// mailbox
    pub mail: Option<String>,
    /// id of its superior
    pub superior: Option<String>,
    /// id of who stands for it once it is gone
    pub successor: Option<String>,
    /// its last day; with a successor and without this it is gone already
    pub until: Option<NaiveDate>,
    /// who acts for it (代理), and when
    pub acting: Vec<Acting>,
    /// 机关代字 it owns
    pub series: Vec<String>,
    /// series it owns whose numbers are 第n号 and run on over the years, with the first number given here
    pub running: IndexMap<String, u32>,
    /// contact printed in notices
    pub phone: Option<String>,
    /// postal address
    pub address: Option<String>,
    /// the region in whose calendar its limits are counted; none: the national one
    pub calendar: Option<String>,
    /// the hour at which it closes, and its limits are over on their last day; none: 24:00
    pub closes: Option<NaiveTime>,
    /// the system's users (uid) that hand in for it, besides the owner of its folder; asked for with `owner_check: on`
    pub owners: Vec<u32>,
}

/// An office that acts for another over a span of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acting {
    /// who acts
    pub office: String,
    /// the first day
    pub from: NaiveDate,
    /// the last day
    pub until: NaiveDate,
}

impl Office {
    /// Whether a successor has taken its place by this day.
    pub fn is_gone(&self, day: NaiveDate) -> bool {
        self.successor.is_some() && self.until.is_none_or(|last| last < day)
    }
}

impl Offices {
    /// The same offices looked at on another day.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Offices {
        Offices { day, ..self.clone() }
    }

    /// The office that stands for an id now: that office itself or, when it is gone, who followed it, and so on.
    pub fn standing<'a>(&'a self, id: &'a str) -> &'a str {
        self.standing_on(id, self.day)
    }

    /// The office that stood for an id on a day.
    pub fn standing_on<'a>(&'a self, id: &'a str, day: NaiveDate) -> &'a str {
        let mut standing = id;
        // A circle is refused when the file is read; counting the steps keeps this from trusting it.
        for _ in 0..self.offices.len() {
            match self.offices.get(standing).filter(|o| o.is_gone(day)).and_then(|o| o.successor.as_deref()) {
                Some(next) => standing = next,
                None => break,
            }
        }
        standing
    }

    /// In whose calendar a limit of these offices together is counted, and at which hour its last day is over: what all of them
    /// say, else the national calendar and 24:00.
    pub fn counting<'a>(&self, offices: impl Iterator<Item = &'a str>) -> (Option<String>, Option<NaiveTime>) {
        let mut each = offices.filter_map(|id| self.offices.get(id)).map(|office| (&office.calendar, office.closes));
        let Some((calendar, closes)) = each.next() else { return (None, None) };
        let (mut calendar, mut closes) = (calendar.clone(), closes);
        for (other, time) in each {
            calendar = calendar.filter(|known| Some(known) == other.as_ref());
            closes = closes.filter(|known| Some(*known) == time);
        }
        (calendar, closes)
    }

    /// Who acts for an office today, and until when.
    pub fn stand_in(&self, id: &str) -> Option<(&str, NaiveDate)> {
        let acts = |a: &&Acting| a.from <= self.day && self.day <= a.until;
        let acting = self.offices.get(id)?.acting.iter().find(acts)?;
        let office = self.standing(&acting.office);
        (office != id).then_some((office, acting.until))
    }

    /// The next day on which a successor takes an office's place.
    pub fn next_succession(&self) -> Option<NaiveDate> {
        let first_days = self.offices.values().filter(|o| o.successor.is_some()).filter_map(|o| o.until?.succ_opt());
        first_days.filter(|first| *first > self.day).min()
    }

    /// Rows kept by office, as they count now: what stands under an office that is gone is added to its successor's.
    pub fn rows_standing(&self, rows: &Map<String, Value>) -> Map<String, Value> {
        let mut found = Map::new();
        for (id, row) in rows {
            match found.get_mut(self.standing(id)) {
                Some(sum) => add(sum, row),
                None => drop(found.insert(self.standing(id).to_string(), row.clone())),
            }
        }
        found
    }

    /// The offices with this tag that are not gone, in order.
    pub fn tagged<'a>(&'a self, tag: &'a str) -> impl Iterator<Item = &'a Office> {
        self.here().filter(move |o| o.tags.iter().any(|t| t == tag))
    }

    /// What stands for recipients where a paper names them: the 统称 of a tag for all who have it, when all of them are among them
    /// (but who issues it), and those who are left.
    pub fn addressed<'a>(&'a self, recipients: &[&'a str], issuer: &str) -> (Vec<&'a str>, Vec<&'a str>) {
        let (mut together, mut left) = (Vec::new(), recipients.to_vec());
        for (tag, name) in &self.collective {
            let all: Vec<&str> = self.tagged(tag).map(|o| o.id.as_str()).filter(|id| *id != issuer).collect();
            let some = left.iter().any(|id| all.contains(id));
            if some && all.len() > 1 && all.iter().all(|id| recipients.contains(id)) {
                left.retain(|id| !all.contains(id));
                together.push(name.as_str());
            }
        }
        (together, left)
    }

    /// The offices that are not gone, in order.
    pub fn here(&self) -> impl Iterator<Item = &Office> {
        self.offices.values().filter(|o| !o.is_gone(self.day))
    }

    /// The office that owns a 机关代字.
    pub fn series_owner(&self, code: &str) -> Option<&Office> {
        self.offices.values().find(|o| o.series.iter().any(|s| s == code) || o.running.contains_key(code))
    }

    /// Of a series that runs on over the years, the first number given here.
    pub fn runs_on(&self, code: &str) -> Option<u32> {
        self.offices.values().find_map(|o| o.running.get(code).copied())
    }

    /// The printed title, or the id when there is no such office.
    pub fn title<'a>(&'a self, id: &'a str) -> &'a str {
        self.offices.get(id).map_or(id, |o| o.title.as_str())
    }

    /// The office whose folder has this name.
    pub fn by_folder(&self, folder: &str) -> Option<&Office> {
        self.offices.values().find(|o| o.folder.as_deref() == Some(folder))
    }
}

/// Adds whole numbers, column by column; of what cannot be added the first stays.
fn add(sum: &mut Value, more: &Value) {
    match (sum, more) {
        (Value::Object(sum), Value::Object(more)) => {
            for (column, value) in more {
                match sum.get_mut(column) {
                    Some(own) => add(own, value),
                    None => drop(sum.insert(column.clone(), value.clone())),
                }
            }
        }
        (sum, more) => {
            if let (Some(own), Some(more)) = (sum.as_i64(), more.as_i64()) {
                *sum = Value::from(own.saturating_add(more));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn town() -> Offices {
        let office = |id: &str, successor: Option<&str>, until: Option<&str>| Office {
            id: id.to_string(),
            title: id.to_string(),
            folder: None,
            tags: vec!["支部".to_string()],
            mail: None,
            superior: None,
            acting: Vec::new(),
            calendar: None,
            closes: None,
            owners: Vec::new(),
            successor: successor.map(str::to_string),
            until: until.map(day),
            series: Vec::new(),
            running: IndexMap::new(),
            phone: None,
            address: None,
        };
        let all = [
            office("甲", Some("乙"), Some("2022-06-30")),
            office("乙", Some("丙"), Some("2022-12-31")),
            office("丙", None, None),
            office("丁", Some("丙"), None),
        ];
        let offices = all.into_iter().map(|o| (o.id.clone(), o)).collect();
        Offices { offices, ..Offices::default() }
    }

    #[test]
    fn an_office_stands_through_its_last_day_and_then_its_successors_do() {
        let town = town();
        let standing = |id: &'static str, on: &str| town.standing_on(id, day(on)).to_string();
        assert_eq!(standing("甲", "2022-06-30"), "甲");
        assert_eq!(standing("甲", "2022-07-01"), "乙");
        assert_eq!(standing("甲", "2023-01-01"), "丙");
        assert_eq!(standing("丁", "2000-01-01"), "丙", "without a day it is gone already");
        assert_eq!(standing("public", "2023-01-01"), "public", "what is no office stands for itself");
        let tagged = |on: &str| town.on(day(on)).tagged("支部").map(|o| o.id.clone()).collect::<String>();
        assert_eq!((tagged("2022-06-30").as_str(), tagged("2022-07-01").as_str()), ("甲乙丙", "乙丙"));
        assert_eq!(town.on(day("2022-06-30")).next_succession(), Some(day("2022-07-01")));
        assert_eq!(town.on(day("2022-07-01")).next_succession(), Some(day("2023-01-01")));
        assert_eq!(town.on(day("2023-01-01")).next_succession(), None);
    }

    #[test]
    fn rows_of_offices_that_are_gone_count_for_their_successor() {
        let rows = json!({ "甲": { "人": 2, "注": "a" }, "乙": { "人": 3, "组织": 1 }, "丁": 7, "类别": 4 });
        let rows = rows.as_object().unwrap();
        let on = |text: &str| Value::Object(town().on(day(text)).rows_standing(rows));
        assert_eq!(on("2022-06-30"), json!({ "甲": rows["甲"], "乙": rows["乙"], "丙": 7, "类别": 4 }));
        let merged = json!({ "乙": { "人": 5, "注": "a", "组织": 1 }, "丙": 7, "类别": 4 });
        assert_eq!(on("2022-07-01"), merged);
    }
}
