//! Which names an expression or a text with `{{ … }}` mentions, the files it includes among them.
//!
//! Names a text makes itself (`for`, `set`, `with`, macros) are followed back to the data where that is plain, and are not
//! mentioned themselves. Each element of the front matter is a text of its own, as it is when a paper is made.

use super::pieces::parted;
use super::scopes::Made;
use super::walk::Walk;
use minijinja::Value;
use minijinja::machinery::{self, ast};
use minijinja::syntax::SyntaxConfig;
use std::collections::BTreeMap;

/// A variable mentioned, with the attributes read of it: `考察.结论` is `["考察", "结论"]`; an attribute of an element of a
/// loop over `items` is `["items", "*", "姓名"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// the path; never empty
    pub path: Vec<String>,
    /// the piece it stands in where least of it is asked for, and first of such places; empty for the text itself
    pub piece: String,
    /// 1-based line in that text
    pub line: usize,
    /// 1-based column
    pub column: usize,
    /// the text says everywhere what to do without it (`|default`, `is defined`, and what stands under an `if` that asks so)
    pub optional: bool,
    /// how many of its parts are asked for wherever it is read: of `审.意见` under `if 审 is defined` one
    pub asked: usize,
    /// it is read only under conditions
    pub conditional: bool,
    /// it is one of several things that may be meant, and need not be read
    pub perhaps: bool,
    /// it is only asked whether it is there
    pub only_asked: bool,
}

/// Why a text, or a piece of it, is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct Unread {
    /// the piece; empty for the text itself
    pub piece: String,
    /// 1-based line of that text
    pub line: usize,
    /// what the reader says
    pub message: String,
}

/// What a text reads or calls that nobody could ever give, whatever the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// the name of the problem
    pub kind: &'static str,
    /// the piece it stands in; empty for the text itself
    pub piece: String,
    /// 1-based line in that text
    pub line: usize,
    /// 1-based column
    pub column: usize,
    /// one sentence
    pub message: String,
    /// what would fit
    pub hint: String,
}

/// What a text does with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// prints it
    Printed,
    /// prints it as it stands, put to no filter
    Plain,
    /// puts it to a filter that takes no empty text
    PutTo(String),
    /// reads a member by its place in figures
    Numbered(String),
}

/// A value of which a text takes for granted what it is: that it is there to be printed, no empty text, or a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bare {
    /// the path
    pub path: Vec<String>,
    /// what is done with it
    pub how: How,
    /// the piece it stands in; empty for the text itself
    pub piece: String,
    /// 1-based line in that text
    pub line: usize,
    /// 1-based column
    pub column: usize,
    /// under a condition
    pub conditional: bool,
}

/// A filter, a test or a function of the language that a text uses.
#[derive(Debug, Clone)]
pub struct Used {
    /// which of the three
    pub what: Word,
    /// its name
    pub name: String,
    /// what is handed to it: names, and values where they are written out; None where that cannot be told
    pub arguments: Option<Vec<(Option<String>, Option<Value>)>>,
    /// the piece it stands in; empty for the text itself
    pub piece: String,
    /// 1-based line in that text
    pub line: usize,
    /// 1-based column
    pub column: usize,
}

/// Words of the language that take arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// `x|filter`
    Filter,
    /// `x is test`
    Test,
    /// `function(x)`
    Function,
}

/// All that is known of a text by itself.
#[derive(Debug, Default)]
pub struct Reading {
    /// the variables it reads
    pub mentions: Vec<Mention>,
    /// what it makes and nothing of it reads
    pub unread: Vec<Made>,
    /// what it reads that nobody could give
    pub mistakes: Vec<Mistake>,
    /// what of the language it uses
    pub used: Vec<Used>,
    /// what it prints without asking
    pub bare: Vec<Bare>,
}

/// What would fit in place of a name: the nearest, else those there are.
pub(super) fn near(name: &str, there: &[String]) -> String {
    let alike = |close: &String| close.chars().any(|it| name.contains(it));
    match crate::workflow::parse::nearest(name, there).filter(alike) {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("there are {}", there.join(", ")),
    }
}

/// The variables a template text reads from outside, at the first place of each; `text` may be linked ([`super::linked`]).
///
/// # Errors
/// When the text, or a piece of it, is no template.
pub fn text_names(text: &str) -> Result<Vec<Mention>, Unread> {
    read(text).map(|reading| reading.mentions)
}

/// What a template text and its pieces make by `set`, `with`, `macro` and `import`, and nothing of them reads; none when it
/// is no template.
pub fn text_unread(text: &str) -> Vec<Made> {
    read(text).map(|reading| reading.unread).unwrap_or_default()
}

/// All that is known of a template text and its pieces by themselves.
///
/// # Errors
/// As [`text_names`].
pub fn read(text: &str) -> Result<Reading, Unread> {
    let (own, pieces) = parted(text);
    let parts = apart(own);
    let own: Result<Vec<ast::Stmt<'_>>, Unread> = parts.iter().map(|part| parsed(part, "")).collect();
    let own = own?;
    let trees: Result<BTreeMap<&str, ast::Stmt<'_>>, Unread> =
        pieces.iter().map(|(name, body)| Ok((*name, parsed(body, name)?))).collect();
    let trees = trees?;
    let mut walk = Walk::over(Some(&trees));
    own.iter().for_each(|tree| walk.text(tree));
    let (unread, mentions, used) = (walk.unread(), std::mem::take(&mut walk.found), std::mem::take(&mut walk.used));
    let bare = std::mem::take(&mut walk.bare);
    Ok(Reading { mentions, unread, mistakes: walk.mistaken(), used, bare })
}

/// Each element of the front matter, and the body, on the lines where they stand.
fn apart(own: &str) -> Vec<String> {
    let mut elements = Vec::new();
    let mut lines = own.split_inclusive('\n').enumerate();
    let front = lines.next().is_some_and(|(_, line)| line.trim_start_matches('\u{feff}').trim_end() == "---");
    let mut read = own.find('\n').map_or(own.len(), |end| end + 1);
    for (before, line) in lines.take_while(|_| front) {
        read += line.len();
        if line.trim_end() == "---" {
            elements.push("\n".repeat(before + 1) + own.get(read..).unwrap_or_default());
            return elements;
        }
        if line.contains('{') && !line.starts_with("# ") {
            elements.push("\n".repeat(before) + line);
        }
    }
    vec![own.to_owned()]
}

fn parsed<'a>(text: &'a str, piece: &'a str) -> Result<ast::Stmt<'a>, Unread> {
    machinery::parse(text, "text", SyntaxConfig::default()).map_err(|error| {
        let message = error.detail().unwrap_or("syntax error").to_owned();
        Unread { piece: piece.to_owned(), line: error.line().unwrap_or(1), message }
    })
}

/// The variables an expression mentions; functions called are no variables.
pub(super) fn of_expression(expression: &ast::Expr<'_>, found: &mut Vec<Mention>) {
    let mut walk = Walk::over(None);
    walk.expression(expression);
    found.extend(walk.found);
}
