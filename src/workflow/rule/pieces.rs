//! A template and the files it includes, as one text.
//!
//! `{% include "落款" %}` and `{% import "表头" as 表头 %}` name a file of the template folder that is no whole paper: a piece.
//! A closure keeps each file; whoever makes a paper gets them linked: the template, then every piece it reaches, each after a
//! line `{#===== NAME =====#}`, which no reader of templates takes for anything but a comment. So one text says all of a
//! paper, and its digest too.

use minijinja::machinery::{self, ast};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Most files one template reaches.
pub const PIECES_MAX: usize = 32;

/// An `include` or `import` of a text, and what file it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Included {
    /// the piece, without `.md`; None when it is not named by a plain text
    pub piece: Option<String>,
    /// 1-based line in the text
    pub line: usize,
    /// 1-based column
    pub column: usize,
    /// it is no include at all, but wants to extend another template
    pub extends: bool,
}

/// A fault of an include, with the file it stands in: empty for the template itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// the piece whose text has it; empty for the template itself
    pub piece: String,
    /// 1-based line
    pub line: usize,
    /// 1-based column
    pub column: usize,
    /// what is wrong
    pub message: String,
    /// what to do
    pub hint: String,
}

/// The piece an include means: its name without `.md`.
pub fn piece_name(written: &str) -> &str {
    written.strip_suffix(".md").unwrap_or(written)
}

/// The files a text includes or imports, in their order; none when it cannot be read.
pub fn included(text: &str) -> Vec<Included> {
    if !["include", "import", "extends", "block"].iter().any(|word| text.contains(word)) {
        return Vec::new();
    }
    let Ok(tree) = machinery::parse(text, "text", minijinja::syntax::SyntaxConfig::default()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    walk(&tree, &mut found);
    found
}

fn walk(statement: &ast::Stmt<'_>, found: &mut Vec<Included>) {
    let mut all = |list: &[ast::Stmt<'_>]| list.iter().for_each(|it| walk(it, found));
    match statement {
        ast::Stmt::Template(s) => all(&s.children),
        ast::Stmt::ForLoop(s) => [&s.body, &s.else_body].into_iter().for_each(|it| all(it)),
        ast::Stmt::IfCond(s) => [&s.true_body, &s.false_body].into_iter().for_each(|it| all(it)),
        ast::Stmt::WithBlock(s) => all(&s.body),
        ast::Stmt::SetBlock(s) => all(&s.body),
        ast::Stmt::AutoEscape(s) => all(&s.body),
        ast::Stmt::FilterBlock(s) => all(&s.body),
        ast::Stmt::Block(s) => found.push(extending(s.span())),
        ast::Stmt::Extends(s) => found.push(extending(s.span())),
        ast::Stmt::Macro(s) => all(&s.body),
        ast::Stmt::CallBlock(s) => all(&s.macro_decl.body),
        ast::Stmt::Include(s) => found.push(named(&s.name, s.span())),
        ast::Stmt::Import(s) => found.push(named(&s.expr, s.span())),
        ast::Stmt::FromImport(s) => found.push(named(&s.expr, s.span())),
        ast::Stmt::EmitExpr(_) | ast::Stmt::EmitRaw(_) | ast::Stmt::Set(_) | ast::Stmt::Do(_) => {}
    }
}

fn named(name: &ast::Expr<'_>, span: machinery::Span) -> Included {
    let written = if let ast::Expr::Const(it) = name { it.value.as_str() } else { None };
    let piece = written.map(|it| piece_name(it).to_owned());
    Included { piece, extends: false, ..extending(span) }
}

fn extending(span: machinery::Span) -> Included {
    let (line, column) = (usize::from(span.start_line), usize::from(span.start_col) + 1);
    Included { piece: None, line, column, extends: true }
}

/// The pieces a template reaches, by name, with every fault of the includes on the way. `files`: `templates/NAME.md`.
pub fn reached<'a>(text: &str, files: &'a BTreeMap<String, String>) -> (BTreeMap<String, &'a str>, Vec<Fault>) {
    let mut search = Search { files, found: BTreeMap::new(), faults: Vec::new() };
    search.text("", text, &mut Vec::new());
    (search.found, search.faults)
}

struct Search<'a> {
    files: &'a BTreeMap<String, String>,
    found: BTreeMap<String, &'a str>,
    faults: Vec<Fault>,
}

impl<'a> Search<'a> {
    /// Looks through a text; `above` are the pieces on the way to it.
    fn text(&mut self, within: &str, text: &str, above: &mut Vec<String>) {
        for include in included(text) {
            match self.piece(&include, above) {
                Ok((name, body)) => {
                    let new = self.found.insert(name.clone(), body).is_none();
                    if new {
                        above.push(name.clone());
                        self.text(&name, body, above);
                        above.pop();
                    }
                }
                Err((message, hint)) => {
                    let (line, column) = (include.line, include.column);
                    self.faults.push(Fault { piece: within.to_owned(), line, column, message, hint });
                }
            }
        }
    }

    fn piece(&self, include: &Included, above: &[String]) -> Result<(String, &'a str), (String, String)> {
        if include.extends {
            let hint = "include what both need: {% include \"NAME\" %}".to_owned();
            return Err(("a template does not extend another".to_owned(), hint));
        }
        let Some(name) = include.piece.clone() else {
            let message = "the file that is included is not named by a plain text".to_owned();
            return Err((message, "write its name in quotes: {% include \"NAME\" %}".to_owned()));
        };
        if above.contains(&name) {
            let circle = [above, &[name]].concat().join(" → ");
            return Err((format!("the includes go in a circle: {circle}"), "break the circle".to_owned()));
        }
        let Some(body) = self.files.get(&format!("templates/{name}.md")) else {
            let known: Vec<&str> = pieces(self.files).collect();
            let hint = crate::workflow::parse::meant(&name, &known, &format!("add templates/{name}.md"));
            return Err((format!("there is no file `{name}` to include"), hint));
        };
        if is_whole(body) {
            let hint = "move the common part into a file without front matter, and include that in both";
            return Err((format!("`{name}` is a whole paper and cannot be included"), hint.to_owned()));
        }
        if self.found.len() >= PIECES_MAX {
            let message = format!("a template reaches at most {PIECES_MAX} other files");
            return Err((message, "put some of them together".to_owned()));
        }
        Ok((name, body))
    }
}

/// The names of the files that are no whole papers.
pub fn pieces(files: &BTreeMap<String, String>) -> impl Iterator<Item = &str> {
    let named = |(path, text): (&'_ String, &String)| {
        path.starts_with("templates/") && path.ends_with(".md") && !is_whole(text)
    };
    let names = files.iter().filter(move |(path, text)| named((path, text)));
    names.filter_map(|(path, _)| path.strip_prefix("templates/")?.strip_suffix(".md"))
}

/// Whether a text of the template folder is a whole paper: it begins with front matter.
pub fn is_whole(text: &str) -> bool {
    text.strip_prefix('\u{feff}').unwrap_or(text).lines().next().is_some_and(|line| line.trim_end() == "---")
}

const MARK: (&str, &str) = ("{#===== ", " =====#}");

/// A template linked with the pieces it reaches; itself when it includes nothing.
pub fn linked<'a>(text: &'a str, files: &BTreeMap<String, String>) -> Cow<'a, str> {
    let (pieces, _) = reached(text, files);
    if pieces.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut all = text.to_owned();
    for (name, body) in pieces {
        let gap = if all.ends_with('\n') { "" } else { "\n" };
        all.push_str(&format!("{gap}{}{name}{}\n{body}", MARK.0, MARK.1));
    }
    Cow::Owned(all)
}

/// The template and the pieces of a linked text, by name.
pub fn parted(linked: &str) -> (&str, BTreeMap<&str, &str>) {
    let mut marks: Vec<(usize, usize, &str)> = Vec::new();
    let mut at = 0;
    for line in linked.split_inclusive('\n') {
        if let Some(name) = line.trim_end().strip_prefix(MARK.0).and_then(|it| it.strip_suffix(MARK.1)) {
            marks.push((at, at + line.len(), name));
        }
        at += line.len();
    }
    let ends = marks.iter().skip(1).map(|mark| mark.0).chain([linked.len()]);
    let pieces = marks.iter().zip(ends).map(|((_, begin, name), end)| (*name, &linked[*begin..end])).collect();
    (&linked[..marks.first().map_or(linked.len(), |mark| mark.0)], pieces)
}
