//! YAML 1.2 as the definitions use it: a tree in which every node knows its line and column.
//!
//! Guarantees: only `true` and `false` are booleans; `17:00`, `01-31` and `1.5` are text; no key occurs twice; there are no
//! anchors, aliases, tags, merge keys and no second document; the tree is no deeper and no larger than the limits below.
//! Fails with `bad-yaml`, `duplicate-key` or `full-width-punctuation`, each with its place. A syntax error ends the
//! reading, so it is the only diagnostic of its file; everything else found is reported together.

mod fullwidth;
#[cfg(test)]
mod tests;

use crate::diag::{Diagnostic, Place, Severity};
use saphyr::{LoadableYamlNode, MarkedYaml, Marker, Scalar, YamlData};

pub use fullwidth::{half_width, in_scalar, offender};

/// Largest text taken, in bytes.
pub const YAML_BYTES_MAX: usize = 1024 * 1024;
/// Deepest nesting, in collections.
pub const YAML_DEPTH_MAX: usize = 24;
/// Most nodes of one text, keys included.
pub const YAML_NODES_MAX: usize = 50_000;

/// A node with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// where it starts
    pub place: Place,
    /// a scalar as it was written, without quotes; empty for collections and for nothing
    pub raw: String,
    /// what it is
    pub value: Value,
}

/// What a node can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// nothing, `null` or `~`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// a whole number; [`Node::raw`] keeps its leading zeros
    Int(i64),
    /// any other scalar
    Text(String),
    /// a list
    List(Vec<Node>),
    /// a mapping in the order written; keys are scalars
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// The scalar as text: a number, a boolean or a text as it was written. None for nothing and for collections.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Bool(_) | Value::Int(_) | Value::Text(_) => Some(&self.raw),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The entries of a mapping.
    pub fn map(&self) -> Option<&[(Node, Node)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) | Value::List(_) => None,
        }
    }

    /// The elements of a list.
    pub fn list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(elements) => Some(elements),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) | Value::Map(_) => None,
        }
    }

    /// The value of a key of a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.map()?.iter().find(|(k, _)| k.raw == key).map(|(_, v)| v)
    }

    /// The node as JSON; keys as they are written.
    pub fn json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(b) => (*b).into(),
            Value::Int(n) => (*n).into(),
            Value::Text(text) => text.clone().into(),
            Value::List(list) => list.iter().map(Node::json).collect(),
            Value::Map(map) => map.iter().map(|(key, value)| (key.raw.clone(), value.json())).collect(),
        }
    }

    /// What it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Int(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}

/// Reads one text. `path` goes into every place.
///
/// # Errors
/// Every problem found; never empty.
pub fn read(path: &str, text: &str) -> Result<Node, Vec<Diagnostic>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let whole = Place { path: path.to_owned(), line: 1, column: 1 };
    if text.len() > YAML_BYTES_MAX {
        let message = format!("the file has {} bytes, at most {YAML_BYTES_MAX} are taken", text.len());
        return Err(vec![bad(whole, message, "split it, or check that this is the right file")]);
    }
    if let Some(line) = text.lines().position(too_deep) {
        let place = Place { line: line + 1, ..whole };
        return Err(vec![bad(place, format!("nested deeper than {YAML_DEPTH_MAX}"), "write it flatter")]);
    }
    let mut documents = match MarkedYaml::load_from_str(text) {
        Ok(documents) => documents,
        Err(error) => return Err(vec![syntax(path, text, &error)]),
    };
    if documents.len() > 1 {
        let place = place(path, documents[1].span.start);
        return Err(vec![bad(
            place,
            "a second document begins here".to_owned(),
            "one file says one thing; remove `---`",
        )]);
    }
    let Some(document) = documents.pop() else {
        return Err(vec![bad(whole, "the file is empty".to_owned(), "begin with `workflow: NAME`")]);
    };
    let mut reader = Reader {
        path,
        characters: text.chars().collect(),
        masked: vec![false; text.chars().count()],
        nodes: 0,
        problems: Vec::new(),
    };
    let node = reader.node(&document, 0);
    reader.structure();
    if reader.problems.is_empty() { Ok(node) } else { Err(reader.problems) }
}

struct Reader<'a> {
    path: &'a str,
    characters: Vec<char>,
    /// characters that belong to a scalar; what is left is structure
    masked: Vec<bool>,
    nodes: usize,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn node(&mut self, yaml: &MarkedYaml<'_>, depth: usize) -> Node {
        let place = place(self.path, yaml.span.start);
        self.nodes += 1;
        if depth > YAML_DEPTH_MAX || self.nodes > YAML_NODES_MAX {
            if self.problems.is_empty() {
                let message = format!("nested deeper than {YAML_DEPTH_MAX} or larger than {YAML_NODES_MAX} nodes");
                self.problems.push(bad(place.clone(), message, "write it flatter, or split it"));
            }
            return Node { place, raw: String::new(), value: Value::Null };
        }
        // nothing but the content of a block scalar can begin with these; the loader has already resolved them
        if let Some(mark @ ('&' | '*' | '!')) = self.characters.get(yaml.span.start.index())
            && !matches!(&yaml.data, YamlData::Value(Scalar::String(text)) if text.starts_with(*mark))
        {
            self.problems.push(indirect(place.clone(), *mark));
        }
        match &yaml.data {
            YamlData::Sequence(elements) => {
                let elements = elements.iter().map(|e| self.node(e, depth + 1)).collect();
                Node { place, raw: String::new(), value: Value::List(elements) }
            }
            YamlData::Mapping(entries) => {
                let entries = entries.iter().map(|(k, v)| (self.key(k, depth + 1), self.node(v, depth + 1))).collect();
                Node { place, raw: String::new(), value: Value::Map(entries) }
            }
            YamlData::Value(scalar) => self.scalar(scalar, yaml, place),
            YamlData::Tagged(tag, inner) => {
                let message = format!("the tag `{tag}` is not part of this language");
                self.problems.push(bad(place, message, "remove it"));
                self.node(inner, depth)
            }
            YamlData::Representation(..) | YamlData::Alias(_) | YamlData::BadValue => {
                self.problems.push(bad(
                    place.clone(),
                    "this value cannot be read".to_owned(),
                    "write it as plain text",
                ));
                Node { place, raw: String::new(), value: Value::Null }
            }
        }
    }

    fn key(&mut self, yaml: &MarkedYaml<'_>, depth: usize) -> Node {
        let node = self.node(yaml, depth);
        if node.text().is_none() {
            let message = format!("a key must be a word, this is {}", node.kind());
            self.problems.push(bad(node.place.clone(), message, "quote it if it is meant as text"));
        } else if node.raw == "<<" {
            let message = "merge keys (`<<`) are not part of this language".to_owned();
            self.problems.push(bad(node.place.clone(), message, "write the keys out"));
        } else if let Some(problem) = fullwidth::in_key(&node) {
            self.problems.push(problem);
        }
        node
    }

    fn scalar(&mut self, scalar: &Scalar<'_>, yaml: &MarkedYaml<'_>, place: Place) -> Node {
        let (start, end) = (yaml.span.start.index(), yaml.span.end.index().min(self.characters.len()));
        if start < end {
            self.masked[start..end].fill(true);
        }
        let written: String = self.characters.get(start..end).unwrap_or_default().iter().collect();
        let written = written.trim().to_owned();
        let value = match scalar {
            Scalar::Null => Value::Null,
            Scalar::String(text) => return Node { place, raw: text.to_string(), value: Value::Text(text.to_string()) },
            Scalar::Boolean(flag) if written == "true" || written == "false" => Value::Bool(*flag),
            Scalar::Integer(number) => Value::Int(*number),
            Scalar::Boolean(_) | Scalar::FloatingPoint(_) => Value::Text(written.clone()),
        };
        let raw = if value == Value::Null { String::new() } else { written };
        Node { place, raw, value }
    }

    /// What is left when every scalar is masked is punctuation; anchors, aliases and tags stand out there.
    fn structure(&mut self) {
        let (mut line, mut column, mut comment) = (1, 0, false);
        for (index, character) in self.characters.iter().enumerate() {
            column += 1;
            match character {
                '\n' => (line, column, comment) = (line + 1, 0, false),
                _ if comment || self.masked[index] => {}
                '#' => comment = true,
                '&' | '*' | '!' => {
                    let place = Place { path: self.path.to_owned(), line, column };
                    if !self.problems.iter().any(|p| p.place == place) {
                        self.problems.push(indirect(place, *character));
                    }
                }
                _ => {}
            }
        }
    }
}

/// A line such as `- - - - …`: the one way to nest deep in few bytes that the scanner does not bound itself, and a tree
/// too deep cannot even be dropped.
fn too_deep(line: &str) -> bool {
    line.split_ascii_whitespace().take_while(|w| *w == "-" || *w == "?").count() > YAML_DEPTH_MAX
}

fn place(path: &str, marker: Marker) -> Place {
    Place { path: path.to_owned(), line: marker.line(), column: marker.col() + 1 }
}

fn bad(place: Place, message: String, hint: &str) -> Diagnostic {
    Diagnostic { kind: "bad-yaml", severity: Severity::Error, place, message, hint: Some(hint.to_owned()) }
}

fn indirect(place: Place, mark: char) -> Diagnostic {
    let message = format!("`{mark}…`: anchors, aliases and tags are not part of this language");
    bad(place, message, "write the value out where it is needed, or quote the text")
}

fn syntax(path: &str, text: &str, error: &saphyr::ScanError) -> Diagnostic {
    let at = place(path, *error.marker());
    let words = error.info();
    if words.contains("duplicate") {
        return Diagnostic {
            kind: "duplicate-key",
            severity: Severity::Error,
            place: at,
            message: "this key stands twice in the same mapping".to_owned(),
            hint: Some("keep one of them".to_owned()),
        };
    }
    fullwidth::near(path, text, at.line).unwrap_or_else(|| {
        bad(
            at,
            format!("this is not YAML: {words}"),
            "look at the indentation and quotes of this line and the one above",
        )
    })
}
