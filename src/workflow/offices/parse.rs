//! Reads `offices.yaml`.

use super::{Acting, Channel, Office, Offices};
use crate::calendar::Calendar;
use crate::diag::{Diagnostic, Place};
use crate::workflow::parse::Reader;
use crate::yaml::{self, Node, Value};
use chrono::{NaiveDate, NaiveTime};
use indexmap::IndexMap;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;

/// What the file has no key for beside `offices`, and how it is said.
const BESIDE_OFFICES: [(&str, &str); 3] = [
    ("calendars", "each calendar is a file calendars/NAME.csv; an office names it: `甲办: { calendar: NAME }`"),
    ("acting", "say it of the office: `甲办: { acting: { office: 乙办, from: 2022-06-01, until: 2022-06-30 } }`"),
    ("history", "say it of the office that is gone: `甲办: { successor: 乙办, until: 2022-06-30 }`"),
];

/// The same of one office.
const OF_AN_OFFICE: [(&str, &str); 2] = [
    ("from", "an office is there from when the file names it; one that follows another is its `successor`"),
    ("history", "who follows whom is said of the office that is gone: `successor: 乙办, until: 2022-06-30`"),
];

/// Reads the whole file; `path` goes into the places. Which day it is the file does not know: see [`Offices::on`].
///
/// # Errors
/// All its problems.
pub fn parse(path: &str, text: &str) -> Result<Offices, Vec<Diagnostic>> {
    let node = yaml::read(path, text)?;
    let mut reader = Reader::default();
    let found = offices(&mut reader, &node, text);
    let problems = reader.into_problems();
    match found {
        Some(offices) if problems.is_empty() => Ok(offices),
        _ => Err(problems),
    }
}

pub(in crate::workflow) fn offices(reader: &mut Reader, node: &Node, text: &str) -> Option<Offices> {
    let mut keys = reader.keys(node, "the offices file")?;
    let offices = keys.take("offices").map(|n| entries(reader, n)).unwrap_or_default();
    let collective = keys.take("collective").map(|n| collective(reader, n)).unwrap_or_default();
    let channels = keys.take("channels").map(|n| channels(reader, n)).unwrap_or_default();
    reader.finish(keys, &BESIDE_OFFICES);
    let version = Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        // writing to a text cannot fail
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let found = Offices { offices, collective, channels, version, day: NaiveDate::default() };
    whole(reader, &found, node);
    Some(found)
}

fn entries(reader: &mut Reader, node: &Node) -> IndexMap<String, Office> {
    reader.entries(node, "the offices are a mapping", |reader, key, value| {
        let found = office(reader, key, value)?;
        Some((found.id.clone(), found))
    })
}

fn office(reader: &mut Reader, key: &Node, node: &Node) -> Option<Office> {
    let id = reader.name(key, "an office's id")?;
    let mut found = Office { title: id.clone(), folder: Some(id.clone()), id, ..Office::default() };
    if node.value == Value::Null {
        return Some(found);
    }
    let mut keys = reader.keys(node, "an office")?;
    let mut text = |reader: &mut Reader, key: &'static str| keys.take(key).and_then(|n| reader.text(n, key));
    if let Some(title) = text(reader, "title") {
        found.title = title;
    }
    (found.mail, found.superior, found.successor) =
        (text(reader, "mail"), text(reader, "superior"), text(reader, "successor"));
    (found.phone, found.address) = (text(reader, "phone"), text(reader, "address"));
    found.tags = keys.take("tags").map(|n| reader.refers(n, "a tag")).unwrap_or_default();
    found.series = keys.take("series").map(|n| reader.refers(n, "a series")).unwrap_or_default();
    found.running = keys.take("running").map(|n| running(reader, n)).unwrap_or_default();
    found.until = keys.take("until").and_then(|n| last_day(reader, n, found.successor.is_some()));
    found.owners = keys.take("owners").map(|n| owners(reader, n)).unwrap_or_default();
    found.acting = keys.take("acting").map(|n| stand_ins(reader, n)).unwrap_or_default();
    match keys.take("folder") {
        None => {}
        Some(Node { value: Value::Bool(false), .. }) => found.folder = None,
        Some(node) => found.folder = reader.refer(node, "a folder"),
    }
    if let Some(bad) = found.mail.as_ref().filter(|m| !m.contains('@')) {
        let message = format!("`{bad}` is not an e-mail address");
        reader.error("office-mail-malformed", &node.place, message, "write name@example.org");
    }
    found.calendar = keys.take("calendar").and_then(|n| reader.refer(n, "a calendar"));
    found.closes = keys.take("closes").and_then(|n| closing(reader, n));
    reader.finish(keys, &OF_AN_OFFICE);
    Some(found)
}

/// Series that run on, each with the first number given here.
fn running(reader: &mut Reader, node: &Node) -> IndexMap<String, u32> {
    let wanted = "`running` names series and the first number of each given here: { 县政令: 1 }";
    reader.entries(node, wanted, |reader, key, value| {
        let first = reader.number(value, "the first number of a series", 1).and_then(|it| u32::try_from(it).ok());
        reader.name(key, "a series").zip(first)
    })
}

/// How the offices that have a tag are addressed together.
fn collective(reader: &mut Reader, node: &Node) -> IndexMap<String, String> {
    let wanted = "`collective` names tags and how their offices are addressed together: { 党支部: 各党支部 }";
    reader.entries(node, wanted, |reader, key, value| {
        reader.name(key, "a tag").zip(reader.text(value, "a collective name"))
    })
}

/// The hour at which an office closes.
fn closing(reader: &mut Reader, node: &Node) -> Option<NaiveTime> {
    let time = node.text().and_then(|text| NaiveTime::parse_from_str(text, "%H:%M").ok());
    if time.is_none() {
        reader.shape(node, "`closes` is an hour such as 17:30");
    }
    time
}

/// The numbers of the system's users that hand in for an office.
fn owners(reader: &mut Reader, node: &Node) -> Vec<u32> {
    let each = node.list().unwrap_or(std::slice::from_ref(node)).iter();
    let found: Option<Vec<u32>> = each.map(|n| n.raw.parse().ok()).collect();
    if found.is_none() {
        reader.shape(node, "`owners` is a list of users' numbers, as `id -u NAME` gives them, e.g. [1004, 1005]");
    }
    found.unwrap_or_default()
}

/// Who acts for an office, one span or several.
fn stand_ins(reader: &mut Reader, node: &Node) -> Vec<Acting> {
    let spans = node.list().unwrap_or(std::slice::from_ref(node));
    spans.iter().filter_map(|n| stand_in(reader, n)).collect()
}

fn stand_in(reader: &mut Reader, node: &Node) -> Option<Acting> {
    let mut keys = reader.keys(node, "who acts for an office")?;
    let office = keys.take("office").and_then(|n| reader.refer(n, "an office"));
    let mut day = |key: &'static str| {
        let text = keys.take(key).and_then(Node::text);
        text.and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
    };
    let (from, until) = (day("from"), day("until"));
    reader.finish(keys, &[]);
    let span = from.zip(until).filter(|(from, until)| from <= until);
    if office.is_none() || span.is_none() {
        reader.shape(node, "who acts is `{ office: 乙办, from: 2022-06-01, until: 2022-06-30 }`, the last day no earlier than the first");
    }
    let (from, until) = span?;
    Some(Acting { office: office?, from, until })
}

/// The last day of an office that a successor follows.
fn last_day(reader: &mut Reader, node: &Node, followed: bool) -> Option<NaiveDate> {
    if !followed {
        let message = "`until` is the last day before a successor takes over, and none is named".to_owned();
        reader.error("missing-key", &node.place, message, "add `successor: OFFICE`");
    }
    let day = node.text().and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok());
    if day.is_none() {
        reader.shape(node, "`until` is a day such as 2022-06-30");
    }
    day
}

fn channels(reader: &mut Reader, node: &Node) -> IndexMap<String, Channel> {
    let ways = [("web", Channel::Web), ("hand", Channel::Hand)];
    reader.entries(node, "the channels are a mapping", |reader, key, value| {
        let how = reader.word(Some(value), &ways, Channel::Hand, "a channel");
        Some((reader.name(key, "a channel")?, how))
    })
}

/// Where an office begins in the file.
fn place_of(node: &Node, id: &str) -> Place {
    let entry = node.get("offices").and_then(Node::map).and_then(|m| m.iter().find(|(k, _)| k.raw == id));
    entry.map_or_else(|| node.place.clone(), |(k, _)| k.place.clone())
}

/// Where the value of one of its keys stands.
fn place_of_key(node: &Node, id: &str, key: &str) -> Place {
    let value = node.get("offices").and_then(|n| n.get(id)).and_then(|n| n.get(key));
    value.map_or_else(|| place_of(node, id), |n| n.place.clone())
}

/// What only the whole file can tell: superiors and successors exist, folders and series have one owner.
fn whole(reader: &mut Reader, offices: &Offices, node: &Node) {
    let place = |id: &str| place_of(node, id);
    let mut series: IndexMap<&str, &str> = IndexMap::new();
    let mut folders: IndexMap<&str, &str> = IndexMap::new();
    let tagged = |tag: &String| offices.offices.values().any(|office| office.tags.contains(tag));
    for tag in offices.collective.keys().filter(|tag| !tagged(tag)) {
        let message = format!("`collective` names the tag `{tag}`, which no office has");
        reader.error("office-unknown", &node.place, message, "give it to those who are addressed so: `tags: [TAG]`");
    }
    for office in offices.offices.values() {
        for (key, other) in [("superior", &office.superior), ("successor", &office.successor)] {
            if let Some(other) = other.as_ref().filter(|other| !offices.offices.contains_key(*other)) {
                let message = format!("`{}` names `{other}`, which is no office", office.id);
                reader.error("office-unknown", &place_of_key(node, &office.id, key), message, "add it to `offices:`");
            }
        }
        for acting in office.acting.iter().map(|a| &a.office) {
            let place = place_of_key(node, &office.id, "acting");
            match offices.offices.get(acting) {
                None => {
                    let message = format!("`{acting}` acts for `{}`, and is no office", office.id);
                    reader.error("office-unknown", &place, message, "add it to `offices:`");
                }
                Some(other) if other.folder.is_none() || other.id == office.id => {
                    let message =
                        format!("`{acting}` cannot act for `{}`: it has no folder of its own for that", office.id);
                    let hint = "name another office that has a folder here";
                    reader.error("successor-without-folder", &place, message, hint);
                }
                Some(_) => {}
            }
        }
        for code in office.series.iter().chain(office.running.keys()) {
            if let Some(owner) = series.insert(code, &office.id) {
                let message = format!("the series `{code}` is owned by `{owner}` and by `{}`", office.id);
                reader.error("series-two-owners", &place(&office.id), message, "a 机关代字 has one owner");
            }
        }
        if let Some(folder) = &office.folder
            && let Some(owner) = folders.insert(folder, &office.id)
        {
            let message = format!("the folder `{folder}` is that of `{owner}` and of `{}`", office.id);
            reader.error("folder-taken", &place(&office.id), message, "every office has a folder of its own");
        }
    }
    successions(reader, offices, node);
}

/// What is wrong with a file whose offices count by calendars that are not there.
pub fn unknown_calendars(path: &str, text: &str, offices: &Offices, calendar: &Calendar) -> Vec<Diagnostic> {
    let Ok(node) = yaml::read(path, text) else { return Vec::new() };
    let mut reader = Reader::default();
    for office in offices.offices.values() {
        let Some(name) = office.calendar.as_ref().filter(|name| !calendar.regions().any(|known| known == *name)) else {
            continue;
        };
        let message = format!("`{}` counts by the calendar `{name}`, and there is no calendars/{name}.csv", office.id);
        let hint = match calendar.regions().collect::<Vec<&str>>() {
            none if none.is_empty() => "write the region's own days into that file".to_owned(),
            known => format!("known are {}", known.join(", ")),
        };
        reader.error("calendar-unknown", &place_of_key(&node, &office.id, "calendar"), message, &hint);
    }
    reader.into_problems()
}

/// Tasks that are passed on must arrive: a chain of successors has an end, and who had a folder is followed by one who has.
fn successions(reader: &mut Reader, offices: &Offices, node: &Node) {
    let next = |id: &str| offices.offices.get(id).and_then(|o| o.successor.as_deref());
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for office in offices.offices.values() {
        let Some(successor) = office.successor.as_ref().and_then(|id| offices.offices.get(id)) else { continue };
        let place = place_of_key(node, &office.id, "successor");
        if office.folder.is_some() && successor.folder.is_none() {
            let message = format!("`{}` follows `{}`, and has no folder for its tasks", successor.id, office.id);
            reader.error("successor-without-folder", &place, message, "name an office that has a folder here");
        }
        let chain = std::iter::successors(next(&office.id), |id| next(id));
        let chain: Vec<&str> = chain.take(offices.offices.len()).collect();
        let Some(end) = chain.iter().position(|id| *id == office.id) else { continue };
        let circle = chain.get(..=end).unwrap_or_default();
        if told.insert(&office.id) {
            let message = format!("`{}` is followed by itself: {} → {}", office.id, office.id, circle.join(" → "));
            reader.error("succession-circle", &place, message, "leave out the successor of the office that stays");
        }
        told.extend(circle);
    }
}

#[cfg(test)]
mod tests;
