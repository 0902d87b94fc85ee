//! Item types (LANGUAGE §5).

use super::reader::Reader;
use super::{field, limit};
use crate::workflow::{ItemType, Subject, Twins, TwinsThen};
use crate::yaml::Node;
use indexmap::IndexMap;

/// The subjects as words.
pub(super) const SUBJECTS: [(&str, Subject); 5] = [
    ("person", Subject::Person),
    ("organisation", Subject::Organisation),
    ("office", Subject::Office),
    ("matter", Subject::Matter),
    ("document", Subject::Document),
];

pub(super) fn items(reader: &mut Reader, node: &Node) -> IndexMap<String, ItemType> {
    reader.entries(node, "the item types are a mapping", |reader, key, value| {
        let found = item(reader, key, value)?;
        Some((found.name.clone(), found))
    })
}

fn item(reader: &mut Reader, key: &Node, node: &Node) -> Option<ItemType> {
    let name = reader.name(key, "an item type")?;
    let mut keys = reader.keys(node, "an item type")?;
    let title = keys.take("title").and_then(|n| reader.text(n, "a title")).unwrap_or_else(|| name.clone());
    let categories = keys.take("categories").map(|n| categories(reader, n)).unwrap_or_default();
    let fallback = categories.values().next().copied().unwrap_or(Subject::Matter);
    let subject = reader.word(keys.take("subject"), &SUBJECTS, fallback, "`subject`");
    let about = keys.take("about").and_then(|n| reader.refer(n, "`about`"));
    let one = reader.flag(keys.take("one"), false, "`one`");
    let identity = keys.take("identity").map(|n| reader.refers(n, "`identity`")).unwrap_or_default();
    let twins = twins(reader, keys.take("twins"));
    let fields = keys.take("fields").map(|n| field::fields(reader, n, "the fields")).unwrap_or_default();
    let mut list = |key: &'static str| keys.take(key).map(|n| reader.refers(n, key)).unwrap_or_default();
    let (public, inside, sealed) = (list("public"), list("inside"), list("sealed"));
    let keep = keys.take("keep").and_then(|n| limit::span(reader, n));
    reader.finish(keys, &[]);
    let place = key.place.clone();
    if one && !categories.is_empty() {
        let message = format!("`{name}` holds one item, so it has no categories to tell apart");
        reader.error("one-with-categories", &place, message, "remove `one` or `categories`");
    }
    Some(ItemType {
        name,
        title,
        categories,
        subject,
        about,
        one,
        identity,
        twins,
        fields,
        public,
        inside,
        sealed,
        keep,
        place,
    })
}

fn categories(reader: &mut Reader, node: &Node) -> IndexMap<String, Subject> {
    reader.entries(node, "the categories are a mapping of name and subject", |reader, key, value| {
        let subject = reader.word(Some(value), &SUBJECTS, Subject::Matter, "the subject of a category");
        Some((reader.name(key, "a category")?, subject))
    })
}

fn twins(reader: &mut Reader, node: Option<&Node>) -> Twins {
    let refused = Twins { in_workflow: false, then: TwinsThen::Refuse };
    let Some(mut keys) = node.and_then(|n| reader.keys(n, "`twins`")) else { return refused };
    let in_workflow = reader.word(keys.take("in"), &[("case", false), ("workflow", true)], false, "`in`");
    let answers = [("refuse", TwinsThen::Refuse), ("ask", TwinsThen::Ask), ("note", TwinsThen::Note)];
    let then = reader.word(keys.take("then"), &answers, TwinsThen::Refuse, "`then`");
    reader.finish(keys, &[]);
    Twins { in_workflow, then }
}
