//! YAML and JSON as one bounded tree of values, with anchors, aliases, tags and repeated keys refused.
//!
//! A plain scalar is a truth value only when it is `true` or `false`, and a number only when it is a whole number of at
//! most fifteen digits without leading zeros: an identity number, `007`, `12.50`, `no` and `17:00` stay text.

use super::{TEXT_DEPTH_MAX, TEXT_KEYS_MAX, TEXT_NODES_MAX, mistake};
use crate::submission::Raw;
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::cell::Cell;

/// Reads one YAML document; the error is a sentence with its line.
pub(super) fn yaml(text: &str) -> Result<Raw, String> {
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    let mut nodes = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|e| {
            if e.info().contains("recursion limit") {
                return format!("第{}行：层次过深。", e.marker().line());
            }
            mistake::yaml(&e)
        })?;
        let done = match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => None,
            Event::DocumentStart(_) if root.is_some() => {
                return Err(at(&span, "一个文件只能写一份，请删去多余的“---”"));
            }
            Event::DocumentStart(_) => None,
            Event::Alias(_) => return Err(at(&span, "不能用“*”引用别处，请直接写出内容")),
            Event::Scalar(_, _, anchor, _) | Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _)
                if anchor > 0 =>
            {
                return Err(at(&span, "不能用“&”标记，请直接写出内容"));
            }
            Event::Scalar(_, _, _, Some(_)) | Event::SequenceStart(_, Some(_)) | Event::MappingStart(_, Some(_)) => {
                return Err(at(&span, "不能用“!”标签，请直接写出内容"));
            }
            Event::Scalar(text, style, _, None) => Some(scalar(&text, style == ScalarStyle::Plain)),
            Event::SequenceStart(_, None) => {
                open.push(Open::List(Vec::new()));
                None
            }
            Event::MappingStart(_, None) => {
                open.push(Open::Map(Vec::new(), None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(Open::close),
        };
        nodes += 1;
        if nodes > TEXT_NODES_MAX {
            return Err(format!("内容过多（超过{TEXT_NODES_MAX}项）。"));
        }
        if open.len() > TEXT_DEPTH_MAX {
            return Err(at(&span, "层次过深"));
        }
        if let Some(value) = done {
            match open.last_mut() {
                Some(parent) => parent.take(value).map_err(|say| at(&span, &say))?,
                None => root = Some(value),
            }
        }
    }
    Ok(root.unwrap_or(Raw::Empty))
}

fn at(span: &Span, say: &str) -> String {
    format!("第{}行：{say}。", span.start.line())
}

/// A list or mapping still being read.
enum Open {
    List(Vec<Raw>),
    Map(Vec<(String, Raw)>, Option<String>),
}

impl Open {
    fn take(&mut self, value: Raw) -> Result<(), String> {
        match self {
            Open::List(values) => values.push(value),
            Open::Map(entries, key) => match key.take() {
                Some(key) => entries.push((key, value)),
                None => *key = Some(new_key(entries, value)?),
            },
        }
        Ok(())
    }

    fn close(self) -> Raw {
        match self {
            Open::List(values) => Raw::List(values),
            Open::Map(entries, _) => Raw::Map(entries),
        }
    }
}

fn new_key(entries: &[(String, Raw)], value: Raw) -> Result<String, String> {
    let key = match value {
        Raw::Text(text) | Raw::Date(text) => text,
        Raw::Number(number) => number.to_string(),
        Raw::Flag(flag) => flag.to_string(),
        Raw::Empty | Raw::List(_) | Raw::Map(_) | Raw::Formula(_) | Raw::Broken(_) => {
            return Err("“:”前面应当是一个名称".to_string());
        }
    };
    if entries.len() >= TEXT_KEYS_MAX {
        return Err(format!("一处写了超过{TEXT_KEYS_MAX}个名称"));
    }
    if entries.iter().any(|(other, _)| *other == key) { Err(format!("“{key}”写了两次")) } else { Ok(key) }
}

fn scalar(text: &str, plain: bool) -> Raw {
    match text {
        "" | "~" | "null" if plain => Raw::Empty,
        "true" if plain => Raw::Flag(true),
        "false" if plain => Raw::Flag(false),
        text if plain && whole(text) => text.parse().map_or_else(|_| trimmed(text), Raw::Number),
        text => trimmed(text),
    }
}

fn whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let led = digits.len() > 1 && digits.starts_with('0');
    (1..=15).contains(&digits.len()) && !led && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Text without blanks around it, full-width ones included; nothing when nothing is left.
pub(super) fn trimmed(text: &str) -> Raw {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{200B}'));
    if text.is_empty() { Raw::Empty } else { Raw::Text(text.to_string()) }
}

/// Reads one JSON text; the error is a sentence with its line.
pub(super) fn json(text: &str) -> Result<Raw, String> {
    let nodes = Cell::new(0);
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Json { depth: 0, nodes: &nodes }.deserialize(&mut reader);
    let value = value.and_then(|value| reader.end().map(|()| value));
    value.map_err(|e| mistake::json(&e))
}

/// Builds the tree of a JSON text within the limits.
#[derive(Clone, Copy)]
struct Json<'a> {
    depth: usize,
    nodes: &'a Cell<usize>,
}

impl Json<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth == TEXT_DEPTH_MAX {
            Err(E::custom("层次过深"))
        } else {
            Ok(Json { depth: self.depth + 1, ..self })
        }
    }
}

impl<'de> DeserializeSeed<'de> for Json<'_> {
    type Value = Raw;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        self.nodes.set(self.nodes.get() + 1);
        if self.nodes.get() > TEXT_NODES_MAX {
            return Err(D::Error::custom(format!("内容过多（超过{TEXT_NODES_MAX}项）")));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Json<'_> {
    type Value = Raw;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Raw, E> {
        Ok(Raw::Empty)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Raw, E> {
        Ok(Raw::Flag(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Raw, E> {
        Ok(integer(&number.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Raw, E> {
        Ok(integer(&number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Raw, E> {
        Ok(Raw::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Raw, E> {
        Ok(trimmed(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let inner = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Raw::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let inner = self.deeper()?;
        let mut entries = Vec::new();
        while let Some(key) = items.next_key::<String>()? {
            let key = new_key(&entries, trimmed(&key)).map_err(A::Error::custom)?;
            entries.push((key, items.next_value_seed(inner)?));
        }
        Ok(Raw::Map(entries))
    }
}

/// A whole number a double keeps exactly, else its digits.
fn integer(digits: &str) -> Raw {
    if whole(digits) { digits.parse().map_or_else(|_| trimmed(digits), Raw::Number) } else { trimmed(digits) }
}
