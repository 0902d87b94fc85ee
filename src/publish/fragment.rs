//! HTML text: escaping what we write, and checking the fragments handed to us.
//!
//! A fragment is the body of a document, already escaped by whoever made it. It is checked all the same: only known
//! elements and attributes pass, so that a fault elsewhere cannot put a script on a public page.

/// Elements a fragment may hold.
const ELEMENTS: &[&str] = &[
    "a",
    "article",
    "b",
    "blockquote",
    "br",
    "caption",
    "col",
    "colgroup",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "section",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "u",
    "ul",
];
/// Attributes they may bear; `href` has its own rule.
const ATTRIBUTES: &[&str] =
    &["class", "id", "colspan", "rowspan", "span", "scope", "lang", "title", "start", "datetime"];
/// Elements that stand inside a word; all others part two words from each other.
const INLINE: &[&str] = &["a", "b", "em", "i", "span", "strong", "sub", "sup", "time", "u"];

/// Text as it stands in HTML, between tags or in a quoted attribute. Control characters but line breaks and tabs vanish.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Checks that a fragment holds nothing but known elements and attributes.
///
/// # Errors
/// The first thing that is not allowed, in words.
pub(super) fn check(fragment: &str) -> Result<(), String> {
    let mut rest = fragment;
    while let Some(at) = rest.find('<') {
        let (tag, after) =
            cut_tag(&rest[at..]).ok_or_else(|| format!("a '<' that begins no tag: {}", start(&rest[at..])))?;
        check_tag(tag)?;
        rest = after;
    }
    Ok(())
}

/// The text of HTML or XML, for reading only: tags gone, blocks parted by line ends, character references resolved.
pub fn text_of(markup: &str) -> String {
    let mut out = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        unescape(&rest[..at], &mut out);
        let Some((tag, after)) = cut_tag(&rest[at..]) else {
            rest = &rest[at + 1..];
            continue;
        };
        let name = tag.trim_start_matches('/').split([' ', '/', '\n', '\t']).next().unwrap_or_default();
        // inside a Word paragraph everything belongs together: a number may be cut over several runs
        let word = name.starts_with("w:") && !matches!(name, "w:p" | "w:br" | "w:tab" | "w:tc" | "w:cr");
        if !word && !INLINE.contains(&name) {
            out.push('\n');
        }
        rest = after;
    }
    unescape(rest, &mut out);
    out
}

/// Splits `<tag …>rest` into what is between the brackets and the rest; a '>' inside quotes does not end the tag.
pub(super) fn cut_tag(text: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, c) in text.char_indices().skip(1) {
        match (quote, c) {
            (None, '>') => return Some((&text[1..at], &text[at + 1..])),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    None
}

fn check_tag(tag: &str) -> Result<(), String> {
    let body = tag.strip_suffix('/').unwrap_or(tag).trim_end();
    let end = body.starts_with('/');
    let body = body.trim_start_matches('/');
    let (name, mut rest) = body.split_once([' ', '\n', '\t']).unwrap_or((body, ""));
    if !ELEMENTS.contains(&name) {
        return Err(format!("element {:?} is not allowed", start(name)));
    }
    rest = rest.trim();
    if end && !rest.is_empty() {
        return Err(format!("attributes on the end of {name:?}"));
    }
    while !rest.is_empty() {
        let (attribute, value, after) = cut_attribute(rest).ok_or_else(|| format!("unquoted attribute in {name:?}"))?;
        let link = name == "a" && attribute == "href" && link(value);
        if !link && !ATTRIBUTES.contains(&attribute) || value.contains('<') {
            return Err(format!("attribute {:?} of {name:?} is not allowed", start(attribute)));
        }
        rest = after.trim_start();
    }
    Ok(())
}

fn cut_attribute(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.split_once("=\"")?;
    let (value, after) = rest.split_once('"')?;
    Some((name, value, after))
}

/// A link out by http or https, a place on this page, or a neighbour; no scheme that runs anything.
fn link(value: &str) -> bool {
    let plain = value.chars().all(|c| !c.is_control() && c != '\\');
    let neighbour = !value.contains([':', '&']) && !value.starts_with("//");
    plain && (value.starts_with("https://") || value.starts_with("http://") || neighbour)
}

pub(super) fn unescape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let resolved = rest[at + 1..].split_once(';').and_then(|(name, after)| Some((reference(name)?, after)));
        match resolved {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push('&');
                rest = &rest[at + 1..];
            }
        }
    }
    out.push_str(rest);
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{A0}'),
        "ensp" => Some('\u{2002}'),
        "emsp" => Some('\u{2003}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// The first characters of something wrong, enough to find it.
fn start(text: &str) -> String {
    text.chars().take(30).collect()
}
