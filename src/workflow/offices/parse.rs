//! Reads `offices.yaml`.

use super::{Channel, Office, Offices};
use crate::diag::Diagnostic;
use crate::workflow::parse::Reader;
use crate::yaml::{self, Node, Value};
use indexmap::IndexMap;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Reads the whole file; `path` goes into the places.
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
    let channels = keys.take("channels").map(|n| channels(reader, n)).unwrap_or_default();
    reader.finish(keys, &["calendars", "acting", "history"]);
    let version = Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        // writing to a text cannot fail
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let found = Offices { offices, channels, version };
    whole(reader, &found, node);
    Some(found)
}

fn entries(reader: &mut Reader, node: &Node) -> IndexMap<String, Office> {
    let Some(entries) = node.map() else {
        reader.shape(node, "the offices are a mapping");
        return IndexMap::new();
    };
    let found = entries.iter().filter_map(|(key, value)| office(reader, key, value));
    found.map(|o| (o.id.clone(), o)).collect()
}

fn office(reader: &mut Reader, key: &Node, node: &Node) -> Option<Office> {
    let id = reader.name(key, "an office's id")?;
    let mut found = Office { title: id.clone(), folder: Some(id.clone()), id, ..blank() };
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
    match keys.take("folder") {
        None => {}
        Some(Node { value: Value::Bool(false), .. }) => found.folder = None,
        Some(node) => found.folder = reader.refer(node, "a folder"),
    }
    if let Some(bad) = found.mail.as_ref().filter(|m| !m.contains('@')) {
        let message = format!("`{bad}` is not an e-mail address");
        reader.error("office-mail-malformed", &node.place, message, "write name@example.org");
    }
    reader.finish(keys, &["closes", "calendar", "from", "until", "acting", "history"]);
    Some(found)
}

fn blank() -> Office {
    Office {
        id: String::new(),
        title: String::new(),
        folder: None,
        tags: Vec::new(),
        mail: None,
        superior: None,
        successor: None,
        series: Vec::new(),
        phone: None,
        address: None,
    }
}

fn channels(reader: &mut Reader, node: &Node) -> IndexMap<String, Channel> {
    let Some(entries) = node.map() else {
        reader.shape(node, "the channels are a mapping");
        return IndexMap::new();
    };
    let mut found = IndexMap::new();
    for (key, value) in entries {
        let how =
            reader.word(Some(value), &[("web", Channel::Web), ("hand", Channel::Hand)], Channel::Hand, "a channel");
        if let Some(name) = reader.name(key, "a channel") {
            found.insert(name, how);
        }
    }
    found
}

/// What only the whole file can tell: superiors exist, folders and series have one owner.
fn whole(reader: &mut Reader, offices: &Offices, node: &Node) {
    let place = |id: &str| {
        let entry = node.get("offices").and_then(Node::map).and_then(|m| m.iter().find(|(k, _)| k.raw == id));
        entry.map_or_else(|| node.place.clone(), |(k, _)| k.place.clone())
    };
    let mut series: IndexMap<&str, &str> = IndexMap::new();
    let mut folders: IndexMap<&str, &str> = IndexMap::new();
    for office in offices.offices.values() {
        for other in [&office.superior, &office.successor].into_iter().flatten() {
            if !offices.offices.contains_key(other) {
                let message = format!("`{}` names `{other}`, which is no office", office.id);
                reader.error("office-unknown", &place(&office.id), message, "add it to `offices:`");
            }
        }
        for code in &office.series {
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
}
