//! Fields of forms, params and registers (LANGUAGE §2).

use super::reader::Reader;
use super::value;
use crate::submission::Type;
use crate::workflow::Field;
use crate::yaml::Node;
use indexmap::IndexMap;

/// A mapping of fields.
pub(super) fn fields(reader: &mut Reader, node: &Node, what: &str) -> IndexMap<String, Field> {
    reader.entries(node, &format!("{what} are a mapping"), |reader, key, value| {
        let found = field(reader, key, value)?;
        Some((found.name.clone(), found))
    })
}

fn field(reader: &mut Reader, key: &Node, node: &Node) -> Option<Field> {
    let name = reader.name(key, "a field")?;
    let long = node.get("type").is_some() || node.get("is").is_some();
    let blank = Field {
        title: name.clone(),
        name,
        also: Vec::new(),
        kind: Type::Text(value::TEXT_CHARACTERS_DEFAULT),
        of: Vec::new(),
        optional: false,
        default: None,
        min: None,
        max: None,
        unit: None,
        hint: None,
        is: None,
        fixed: false,
        fact: None,
        place: key.place.clone(),
    };
    if long {
        return Some(long_form(reader, blank, node));
    }
    // a field whose type is wrong is kept, so that what mentions it is not reported too
    match value::kind(reader, node) {
        Some(kind) => Some(Field { kind, ..blank }),
        None => Some(blank),
    }
}

fn long_form(reader: &mut Reader, mut field: Field, node: &Node) -> Field {
    let Some(mut keys) = reader.keys(node, "a field") else { return field };
    if let Some(kind) = keys.take("type").and_then(|n| value::kind(reader, n)) {
        field.kind = kind;
    }
    if let Some(title) = keys.take("title").and_then(|n| reader.text(n, "a title")) {
        field.title = title;
    }
    field.also = keys.take("also").map(|n| reader.texts(n, "a heading")).unwrap_or_default();
    field.of = keys.take("of").map(|n| reader.refers(n, "`of`")).unwrap_or_default();
    field.optional = reader.flag(keys.take("optional"), false, "`optional`");
    field.fixed = reader.flag(keys.take("fixed"), false, "`fixed`");
    if let Some(node) = keys.take("fact") {
        field.fact = Some(reader.flag(Some(node), false, "`fact`"));
        if field.kind != Type::Date {
            reader.shape(node, &format!("`fact` is said of a date, and `{}` is none", field.name));
        }
    }
    field.unit = keys.take("unit").and_then(|n| reader.text(n, "a unit"));
    field.hint = keys.take("hint").and_then(|n| reader.text(n, "a hint"));
    field.is = keys.take("is").and_then(|n| reader.expression(n, "`is`"));
    let (min, max) = (keys.take("min"), keys.take("max"));
    field.min = min.and_then(|n| bound(reader, &field.kind, n, "`min`"));
    field.max = max.and_then(|n| bound(reader, &field.kind, n, "`max`"));
    if let (Some(low), Some(high), Some(at)) = (&field.min, &field.max, max)
        && above(&field.kind, low, high)
    {
        reader.error("min-above-max", &at.place, format!("`min` {low} is above `max` {high}"), "exchange them");
    }
    if let Some(node) = keys.take("default") {
        field.default = value::default(&field.kind, node);
        if field.default.is_none() {
            let message = format!("the default of `{}` is not of its type", field.name);
            reader.error("default-not-of-type", &node.place, message, "give a value the form itself would take");
        }
    }
    reader.finish(keys, &[]);
    field
}

fn bound(reader: &mut Reader, kind: &Type, node: &Node, what: &str) -> Option<String> {
    let text = reader.text(node, what)?;
    // of a list, a picture or a file the number is how many
    let counted =
        matches!(kind, Type::List(..) | Type::Any(_) | Type::Image | Type::File | Type::Text(_) | Type::AboutNumber);
    let fits = if counted { text.parse::<u32>().is_ok() } else { value::is_of(kind, &text) };
    if fits {
        return Some(text);
    }
    reader.error("default-not-of-type", &node.place, format!("{what} `{text}` is not of the field's type"), "");
    None
}

fn above(kind: &Type, low: &str, high: &str) -> bool {
    let numbers = (low.parse::<f64>(), high.parse::<f64>());
    match (kind, numbers) {
        // these sort as they are written
        (Type::Date | Type::Month | Type::Time, _) => low > high,
        (_, (Ok(low), Ok(high))) => low > high,
        _ => false,
    }
}
