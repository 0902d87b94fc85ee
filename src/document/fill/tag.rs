//! Tags in the words of a paragraph: `{{ … }}` prints, `{% … %}` controls, `{# … #}` is a remark.
//!
//! Word turns straight quotes into “ ” and ‘ ’ while a clerk types: inside a tag they are taken for straight ones. Full-width
//! braces and marks are not guessed at; they are named.

use super::problem::Fault;
use crate::document::template::filters;
use crate::document::template::origin::{Origin, syntax_error};
use crate::document::template::values;
use crate::yaml;
use minijinja::Environment;
use std::ops::Range;

/// The filter that merges equal neighbours down a column.
pub(super) const MERGE: &str = "merge_down";
/// Words that begin a control tag.
const STATEMENTS: [&str; 7] = ["for", "endfor", "if", "elif", "else", "endif", "set"];

/// What a tag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// prints a value
    Output,
    /// begins a loop
    For,
    /// begins a condition
    If,
    /// `elif` or `else`
    Else,
    /// `endfor`
    EndFor,
    /// `endif`
    EndIf,
    /// gives a name to a value
    Set,
    /// a remark of the template's writer
    Remark,
}

/// A tag as it is evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub kind: Kind,
    /// what stands between its marks, quotes made straight
    pub inner: String,
}

impl Tag {
    /// The tag in the language.
    pub(super) fn source(&self) -> String {
        match self.kind {
            Kind::Output => format!("{{{{ {} }}}}", self.inner),
            Kind::Remark => String::new(),
            Kind::For | Kind::If | Kind::Else | Kind::EndFor | Kind::EndIf | Kind::Set => {
                format!("{{% {} %}}", self.inner)
            }
        }
    }

    /// The tag with nothing in it that could fail, so that those after it can be looked at.
    pub(super) fn harmless(&self) -> String {
        let named = |word: &str, end: &str| {
            let rest = self.inner.strip_prefix(word).unwrap_or_default();
            rest.split_once(end).map_or_else(String::new, |(name, _)| name.trim().to_owned())
        };
        match self.kind {
            Kind::Output => "{{ '' }}".to_owned(),
            Kind::For => format!("{{% for {} in [] %}}", named("for", " in ")),
            Kind::If => "{% if false %}".to_owned(),
            Kind::Else if self.inner.starts_with("elif") => "{% elif false %}".to_owned(),
            Kind::Set => format!("{{% set {} = '' %}}", named("set", "=")),
            Kind::Else | Kind::EndFor | Kind::EndIf | Kind::Remark => self.source(),
        }
    }

    /// Whether it merges the cell it stands in with equal ones above.
    pub(super) fn merges(&self) -> bool {
        self.kind == Kind::Output && outside_strings(&self.inner).contains(MERGE)
    }
}

/// A tag where it stands in a text, or what is wrong there.
pub(super) type Found = (Range<usize>, Result<Tag, Fault>);

/// The tags of a text, and everything that was meant as one.
pub(super) fn scan(text: &str, environment: &Environment<'_>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut from = 0;
    while let Some((at, mark)) = next_mark(text, from) {
        let end = match mark {
            Mark::Opens(close) => {
                let (end, tag) = opened(text, at, close, environment);
                found.push((at..end, tag));
                end
            }
            Mark::Closes => {
                let end = at + 2;
                found.push((at..end, Err(Fault::Unopened)));
                end
            }
            Mark::FullWidth => {
                let brace = |it: char| "{}%｛｝％".contains(it);
                let after = |from: usize| text[from..].find(|it| !brace(it)).map_or(text.len(), |it| from + it);
                let opened = after(at);
                // a tag that is closed likewise is one mistake
                let closed =
                    text[opened..].find(brace).map(|it| opened + it).filter(|it| !text[*it..].starts_with(['{', '｛']));
                let end = closed.map_or(opened, after);
                found.push((at..end, Err(Fault::FullWidthBraces)));
                end
            }
        };
        from = end;
    }
    found
}

/// Whether a text ends inside a tag.
pub(super) fn is_open(text: &str) -> bool {
    let last = |marks: [&str; 3]| marks.iter().filter_map(|mark| text.rfind(mark)).max();
    last(["{{", "{%", "{#"]).is_some_and(|opened| last(["}}", "%}", "#}"]).is_none_or(|closed| closed < opened))
}

/// Whether a text has what was meant as a tag.
pub(super) fn is_in(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|mark| text.contains(mark))
}

/// The first tag of a text, as it stands there.
pub(super) fn first(text: &str) -> String {
    let from = ["{{", "{%", "{#"].iter().filter_map(|mark| text.find(mark)).min().unwrap_or(0);
    let rest = text.get(from..).unwrap_or_default();
    let end = ["}}", "%}", "#}"].iter().filter_map(|mark| rest.find(mark)).min().map_or(rest.len(), |at| at + 2);
    super::problem::begins(rest.get(..end).unwrap_or(rest))
}

enum Mark {
    /// opens a tag that ends with this
    Opens(&'static str),
    Closes,
    FullWidth,
}

fn next_mark(text: &str, from: usize) -> Option<(usize, Mark)> {
    const FULL: [&str; 11] = ["｛｛", "｛{", "{｛", "｛%", "｛％", "{％", "％}", "％｝", "%｝", "｝｝", "｝}"];
    let marks = [("{{", Some("}}")), ("{%", Some("%}")), ("{#", Some("#}")), ("}}", None), ("%}", None)];
    let plain = marks.into_iter().filter_map(|(mark, close)| {
        let at = from + text.get(from..)?.find(mark)?;
        Some((at, close.map_or(Mark::Closes, Mark::Opens)))
    });
    let full = FULL.iter().filter_map(|mark| Some((from + text.get(from..)?.find(mark)?, Mark::FullWidth)));
    plain.chain(full).min_by_key(|(at, _)| *at)
}

/// A tag that opens at `at`, and where it ends.
fn opened(text: &str, at: usize, close: &str, environment: &Environment<'_>) -> (usize, Result<Tag, Fault>) {
    let start = at + 2;
    let rest = &text[start..];
    let Some(length) = closing(rest, close).or_else(|| rest.find(close)) else {
        let full = rest.contains('｝') || rest.contains('％');
        let fault = if full { Fault::FullWidthBraces } else { Fault::Unclosed(close.to_owned()) };
        return (text.len(), Err(fault));
    };
    let inner = rest[..length].trim_start_matches(['-', '+']).trim_end_matches(['-', '+']);
    let tag = match close {
        "#}" => Ok(Tag { kind: Kind::Remark, inner: String::new() }),
        _ if inner.contains("{{") || inner.contains("{%") => Err(Fault::Unclosed(close.to_owned())),
        _ => straight(inner).map_err(Fault::FullWidthMark).and_then(|inner| read(close, inner, environment)),
    };
    (start + length + close.len(), tag)
}

/// Where a tag closes: the mark in a quoted text does not count.
fn closing(text: &str, close: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match quote {
            Some(end) if end == character => quote = None,
            Some(_) => {}
            None if text[at..].starts_with(close) => return Some(at),
            None => quote = closes_with(character),
        }
    }
    None
}

fn closes_with(character: char) -> Option<char> {
    match character {
        '"' | '\'' => Some(character),
        '“' => Some('”'),
        '‘' => Some('’'),
        _ => None,
    }
}

/// The text with straight quotes and plain spaces; the full-width mark that stands where the language has none of its own.
fn straight(inner: &str) -> Result<String, char> {
    let mut out = String::new();
    let mut quote: Option<char> = None;
    for character in inner.chars() {
        match quote {
            Some(end) if end == character => {
                quote = None;
                out.push(if end == '"' || end == '”' { '"' } else { '\'' });
            }
            Some(_) => out.push(character),
            None => {
                quote = closes_with(character);
                match character {
                    // two closing marks, or two opening ones, are what some keyboards give
                    '“' | '”' => {
                        out.push('"');
                        quote = Some('”');
                    }
                    '‘' | '’' => {
                        out.push('\'');
                        quote = Some('’');
                    }
                    // what is copied from elsewhere brings such along, and nobody sees it
                    '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}' => {}
                    blank if blank.is_whitespace() => out.push(' '),
                    other if quote.is_none() && half_width(other).is_some() => return Err(other),
                    other => out.push(other),
                }
            }
        }
    }
    Ok(out.trim().to_owned())
}

/// The mark that was meant by one of double width.
pub(super) fn half_width(character: char) -> Option<char> {
    let shifted = matches!(character, '\u{FF01}'..='\u{FF5E}').then(|| u32::from(character) - 0xFEE0);
    shifted.and_then(char::from_u32).or_else(|| yaml::half_width(character))
}

fn outside_strings(inner: &str) -> String {
    let mut quote = None;
    let mut out = String::new();
    for character in inner.chars() {
        match quote {
            Some(end) if end == character => quote = None,
            Some(_) => {}
            None if character == '"' || character == '\'' => quote = Some(character),
            None => out.push(character),
        }
    }
    out
}

fn read(close: &str, inner: String, environment: &Environment<'_>) -> Result<Tag, Fault> {
    let kind = if close == "}}" { Kind::Output } else { statement(&inner)? };
    let tag = Tag { kind, inner };
    // each tag by itself, so that one that is wrong does not hide the others
    let whole = match kind {
        Kind::Output | Kind::Set => tag.source(),
        Kind::For => format!("{}{{% endfor %}}", tag.source()),
        Kind::If => format!("{}{{% endif %}}", tag.source()),
        Kind::Else => format!("{{% if true %}}{}{{% endif %}}", tag.source()),
        Kind::EndFor => format!("{{% for x in [] %}}{}", tag.source()),
        Kind::EndIf => format!("{{% if true %}}{}", tag.source()),
        Kind::Remark => return Ok(tag),
    };
    let origin = Origin { path: "", text: &whole, lines: 0, columns: 0 };
    let mut problems = filters::unknown(&origin, environment);
    if let Err(error) = environment.template_from_str(&whole) {
        problems.push(syntax_error(&origin, &error));
    }
    if problems.is_empty() { Ok(tag) } else { Err(Fault::of(problems)) }
}

/// What a tag that cannot be read was meant to begin, to go on with or to end, as far as it can be guessed: so that what belongs to it
/// is not taken for wrong as well. What it was to print is not guessed at.
pub(super) fn meant(shown: &str, fault: &Fault, environment: &Environment<'_>) -> Option<Tag> {
    if !shown.chars().take(2).any(|it| matches!(it, '%' | '％')) {
        return None;
    }
    let around = |it: char| "{}%｛｝％-+".contains(it) || it.is_whitespace();
    let halved = |it: char| half_width(it).unwrap_or(it);
    let mut inner: String = shown.trim_matches(around).chars().map(halved).collect();
    if let Fault::Statement(word, Some(near)) = fault {
        inner = inner.replacen(word, near, 1);
    }
    let kind = statement(&inner).ok()?;
    let harmless = Tag { kind, inner: inner.clone() }.harmless();
    let word = |word: &str| Some(word.to_owned());
    let least = match kind {
        Kind::For => word("for _ in []"),
        Kind::If => word("if false"),
        Kind::Else => word("else"),
        Kind::EndFor => word("endfor"),
        Kind::EndIf => word("endif"),
        Kind::Set | Kind::Output | Kind::Remark => None,
    };
    let tried = [Some(inner), word(harmless.trim_matches(around)), least];
    tried.into_iter().flatten().find_map(|inner| read("%}", inner, environment).ok())
}

fn statement(inner: &str) -> Result<Kind, Fault> {
    let word: String = inner.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
    Ok(match word.as_str() {
        "for" => Kind::For,
        "if" => Kind::If,
        "elif" | "else" => Kind::Else,
        "endfor" => Kind::EndFor,
        "endif" => Kind::EndIf,
        "set" if inner.contains('=') => Kind::Set,
        _ => {
            // an end in two words: `end for`
            let joined = inner.split_whitespace().take(2).collect::<String>();
            let joined = Some(joined).filter(|it| word == "end" && STATEMENTS.contains(&it.as_str()));
            let near = crate::workflow::parse::nearest(&word, &STATEMENTS).filter(|near| *near != word);
            let near = joined.or(near);
            return Err(Fault::Statement(word, near));
        }
    })
}

/// The text of a value as it stands in the file: escaped, a line feed as a line break, a tab as a tab. What XML forbids is
/// left out.
pub(super) fn in_run(text: &str) -> String {
    const BROKEN: &str = "</w:t><w:br/><w:t xml:space=\"preserve\">";
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{B}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push_str(BROKEN),
            '\t' => out.push_str("</w:t><w:tab/><w:t xml:space=\"preserve\">"),
            other => crate::ooxml::xml::escape_into(other, &mut out),
        }
    }
    out
}

/// The text of a value where no line can break: in properties and attributes.
pub(super) fn in_line(value: &minijinja::Value) -> Result<minijinja::Value, minijinja::Error> {
    let mut out = String::new();
    for character in values::text(value)?.chars() {
        match character {
            '"' => out.push_str("&quot;"),
            control if control.is_control() => out.push(' '),
            other => crate::ooxml::xml::escape_into(other, &mut out),
        }
    }
    Ok(minijinja::Value::from_safe_string(out))
}
