//! Walks a YAML tree, key by key, and collects what is wrong with it.

use crate::diag::{Diagnostic, Place, Severity};
use crate::workflow::{Expression, Text};
use crate::yaml::{self, Node, Value};
use indexmap::IndexMap;
use unicode_normalization::UnicodeNormalization;

/// Longest name, in characters.
const NAME_CHARACTERS_MAX: usize = 40;

/// Collects problems; its methods read one node each and give what could be understood.
#[derive(Default)]
pub(in crate::workflow) struct Reader {
    problems: Vec<Diagnostic>,
}

/// A mapping being read: remembers which keys were asked for, so that the rest are unknown.
pub(in crate::workflow) struct Keys<'n> {
    /// the mapping
    pub(in crate::workflow) node: &'n Node,
    what: String,
    asked: Vec<&'static str>,
}

impl<'n> Keys<'n> {
    /// The value of a key; the key is known from now on.
    pub(in crate::workflow) fn take(&mut self, key: &'static str) -> Option<&'n Node> {
        self.asked.push(key);
        self.node.get(key)
    }
}

impl Reader {
    pub(in crate::workflow) fn into_problems(mut self) -> Vec<Diagnostic> {
        self.problems.sort_by(|a, b| a.place.cmp(&b.place));
        self.problems
    }

    pub(in crate::workflow) fn push(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    pub(in crate::workflow) fn error(&mut self, kind: &'static str, place: &Place, message: String, hint: &str) {
        let hint = (!hint.is_empty()).then(|| hint.to_owned());
        self.problems.push(Diagnostic { kind, severity: Severity::Error, place: place.clone(), message, hint });
    }

    /// A mapping, or `wrong-shape`.
    pub(in crate::workflow) fn keys<'n>(&mut self, node: &'n Node, what: &str) -> Option<Keys<'n>> {
        if node.map().is_some() {
            return Some(Keys { node, what: what.to_owned(), asked: Vec::new() });
        }
        self.shape(node, &format!("{what} is a mapping"));
        None
    }

    /// Says that the shape is wrong, or, when a full-width mark is why, that.
    pub(in crate::workflow) fn shape(&mut self, node: &Node, wanted: &str) {
        match yaml::in_scalar(node) {
            Some(problem) => self.push(problem),
            None => self.error("wrong-shape", &node.place, format!("{wanted}, this is {}", node.kind()), ""),
        }
    }

    /// Reports every key nobody asked for; those in `elsewhere` are said in another way, which the hint beside each tells.
    pub(in crate::workflow) fn finish(&mut self, keys: Keys<'_>, elsewhere: &[(&str, &str)]) {
        #[cfg(test)]
        super::tests::keys::note(&keys.what, &keys.asked, keys.node);
        for (key, _) in keys.node.map().unwrap_or_default() {
            let name = key.raw.as_str();
            if keys.asked.contains(&name) {
                continue;
            }
            let said = elsewhere.iter().find(|(other, _)| *other == name).map(|(_, hint)| (*hint).to_owned());
            let known = format!("known here: {}", keys.asked.join(", "));
            let hint = said.unwrap_or_else(|| meant(name, &keys.asked, &known));
            self.error("unknown-key", &key.place, format!("{} has no key `{name}`", keys.what), &hint);
        }
    }

    /// A mapping: `read` gives each entry with the name it goes by; or `wrong-shape`.
    pub(in crate::workflow) fn entries<T>(
        &mut self,
        node: &Node,
        wanted: &str,
        read: impl Fn(&mut Reader, &Node, &Node) -> Option<(String, T)>,
    ) -> IndexMap<String, T> {
        let Some(entries) = node.map() else {
            self.shape(node, wanted);
            return IndexMap::new();
        };
        entries.iter().filter_map(|(key, value)| read(self, key, value)).collect()
    }

    /// A scalar.
    pub(in crate::workflow) fn text(&mut self, node: &Node, what: &str) -> Option<String> {
        match node.text() {
            Some(text) => Some(text.to_owned()),
            None => {
                self.shape(node, &format!("{what} is a text"));
                None
            }
        }
    }

    /// One scalar or a list of them.
    pub(in crate::workflow) fn texts(&mut self, node: &Node, what: &str) -> Vec<String> {
        match node.list() {
            Some(elements) => elements.iter().filter_map(|e| self.text(e, what)).collect(),
            None => self.text(node, what).into_iter().collect(),
        }
    }

    /// One name or a list of names of things defined elsewhere; a full-width mark inside is why it is none.
    pub(in crate::workflow) fn refers(&mut self, node: &Node, what: &str) -> Vec<String> {
        let elements = node.list().unwrap_or(std::slice::from_ref(node));
        elements.iter().filter_map(|e| self.refer(e, what)).collect()
    }

    /// One name of a thing defined elsewhere.
    pub(in crate::workflow) fn refer(&mut self, node: &Node, what: &str) -> Option<String> {
        let text = self.text(node, what)?;
        if let Some(problem) = yaml::in_scalar(node) {
            self.push(problem);
            return None;
        }
        Some(text)
    }

    /// `true` or `false`.
    pub(in crate::workflow) fn flag(&mut self, node: Option<&Node>, default: bool, what: &str) -> bool {
        match node {
            None => default,
            Some(Node { value: Value::Bool(flag), .. }) => *flag,
            Some(other) => {
                self.shape(other, &format!("{what} is true or false"));
                default
            }
        }
    }

    /// A whole number from `min` on.
    pub(in crate::workflow) fn number(&mut self, node: &Node, what: &str, min: i64) -> Option<i64> {
        if let Value::Int(number) = node.value
            && number >= min
        {
            return Some(number);
        }
        self.shape(node, &format!("{what} is a whole number from {min} on"));
        None
    }

    /// One of some words, else `unknown-word`.
    pub(in crate::workflow) fn word<T: Copy>(
        &mut self,
        node: Option<&Node>,
        words: &[(&str, T)],
        default: T,
        what: &str,
    ) -> T {
        let Some(node) = node else { return default };
        let Some(text) = self.text(node, what) else { return default };
        if let Some((_, value)) = words.iter().find(|(w, _)| *w == text) {
            return *value;
        }
        let known: Vec<&str> = words.iter().map(|(w, _)| *w).collect();
        let hint = format!("one of: {}", known.join(", "));
        self.error("unknown-word", &node.place, format!("{what} cannot be `{text}`"), &hint);
        default
    }

    /// An expression; its grammar and types are checked later.
    pub(in crate::workflow) fn expression(&mut self, node: &Node, what: &str) -> Option<Expression> {
        self.text(node, what).map(|source| Expression { source, place: node.place.clone() })
    }

    /// A text with `{{ … }}`.
    pub(in crate::workflow) fn template(&mut self, node: &Node, what: &str) -> Option<Text> {
        self.text(node, what).map(|source| Text { source, place: node.place.clone() })
    }

    /// A name being defined (LANGUAGE §2): letters, digits and `_`, not beginning with a digit, NFC, at most 40 characters.
    pub(in crate::workflow) fn name(&mut self, node: &Node, what: &str) -> Option<String> {
        let text = self.text(node, what)?;
        if let Some(problem) = yaml::in_scalar(node) {
            self.push(problem);
            return None;
        }
        match name_fault(&text) {
            None => Some(text),
            Some((why, hint)) => {
                self.error("name-not-a-name", &node.place, format!("`{text}` is not a name: {why}"), &hint);
                None
            }
        }
    }
}

/// Why a text is not a name, and what to do.
fn name_fault(text: &str) -> Option<(&'static str, String)> {
    let first = text.chars().next();
    if first.is_none() {
        return Some(("it is empty", String::new()));
    }
    if let Some(odd) = text.chars().find(|c| ('\u{ff01}'..='\u{ff5e}').contains(c)) {
        let half = char::from_u32(odd as u32 - 0xfee0).unwrap_or(odd);
        return Some(("it has a full-width look-alike", format!("write `{half}` for `{odd}`")));
    }
    if first.is_some_and(char::is_numeric) {
        return Some(("it begins with a digit", "begin with a letter or `_`".to_owned()));
    }
    if let Some(odd) = text.chars().find(|c| !c.is_alphanumeric() && *c != '_') {
        return Some(("it holds another character than letters, digits and `_`", format!("remove `{odd}`")));
    }
    if text.chars().count() > NAME_CHARACTERS_MAX {
        return Some(("it is longer than 40 characters", "shorten it; a long wording belongs in `title:`".to_owned()));
    }
    let composed: String = text.nfc().collect();
    (composed != text).then(|| ("it is not in composed form (NFC)", format!("write `{composed}`")))
}

/// The known word nearest to a misspelt one, when it is near enough to be meant.
pub(crate) fn nearest<S: AsRef<str>>(word: &str, known: &[S]) -> Option<String> {
    let limit = (word.chars().count() / 3).max(1);
    let measured = known.iter().map(|k| (distance(word, k.as_ref()), k.as_ref()));
    measured.filter(|(d, _)| *d <= limit).min().map(|(_, k)| k.to_owned())
}

/// `did you mean`, when a known word is near enough; else what helps otherwise.
pub(crate) fn meant<S: AsRef<str>>(word: &str, known: &[S], otherwise: &str) -> String {
    nearest(word, known).map_or_else(|| otherwise.to_owned(), |close| format!("did you mean `{close}`?"))
}

/// Edits from one word to the other.
pub(in crate::workflow) fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let substituted = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}
