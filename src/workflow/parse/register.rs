//! Registers (LANGUAGE §12).

use super::item::SUBJECTS;
use super::reader::Reader;
use super::{field, names};
use crate::workflow::{Register, RegisterKey, Subject};
use crate::yaml::Node;

/// A file whose first key is `register`.
pub(super) fn register(reader: &mut Reader, node: &Node) -> Option<Register> {
    let mut keys = reader.keys(node, "a register")?;
    let name = keys.take("register").and_then(|n| reader.name(n, "the register's name")).unwrap_or_default();
    let title = keys.take("title").and_then(|n| reader.text(n, "a title")).unwrap_or_else(|| name.clone());
    let fields = keys.take("fields").map(|n| field::fields(reader, n, "the fields")).unwrap_or_default();
    let key = match keys.take("key") {
        Some(node) => key(reader, node),
        None => {
            let message = "a register has a key".to_owned();
            let hint = "add `key: person`, `organisation`, `office` or `[FIELD]`";
            reader.error("missing-key", &node.place, message, hint);
            RegisterKey::Subjects(Vec::new())
        }
    };
    if let RegisterKey::Fields(list) = &key
        && let Some(unknown) = list.iter().find(|f| !fields.contains_key(*f))
    {
        let message = format!("the key `{unknown}` is neither a subject nor a field of the register");
        reader.error("register-field-missing", &node.place, message, "declare it under `fields:`");
    }
    let (valid_from, valid_to) = validity(reader, keys.take("valid"), &fields);
    let by = keys.take("by").and_then(|n| reader.refer(n, "`by`"));
    let public = keys.take("public").map(|n| reader.refers(n, "`public`")).unwrap_or_default();
    reader.finish(keys, &[]);
    let place = node.place.clone();
    let found = Register { name, title, key, fields, valid_from, valid_to, by, public, place };
    names::check_register(reader, &found);
    Some(found)
}

fn key(reader: &mut Reader, node: &Node) -> RegisterKey {
    let words = reader.refers(node, "`key`");
    let subjects: Vec<Subject> =
        words.iter().filter_map(|w| SUBJECTS.iter().find(|(s, _)| s == w)).map(|(_, s)| *s).collect();
    if !words.is_empty() && subjects.len() == words.len() {
        RegisterKey::Subjects(subjects)
    } else {
        RegisterKey::Fields(words)
    }
}

fn validity(
    reader: &mut Reader,
    node: Option<&Node>,
    fields: &indexmap::IndexMap<String, crate::workflow::Field>,
) -> (Option<String>, Option<String>) {
    let Some(mut keys) = node.and_then(|n| reader.keys(n, "`valid`")) else { return (None, None) };
    let found = ["from", "to"].map(|key| {
        let node = keys.take(key)?;
        let name = reader.refer(node, "a field")?;
        if !fields.contains_key(&name) {
            let message = format!("`{name}` is not a field of the register");
            reader.error("register-field-missing", &node.place, message, "declare it under `fields:`");
        }
        Some(name)
    });
    reader.finish(keys, &[]);
    let [from, to] = found;
    (from, to)
}
