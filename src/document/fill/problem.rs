//! What is wrong with a Word template, or with filling one: which tag, in whose words, in which part, and what to do.

use super::picture::PICTURE_BYTES_MAX;
use crate::diag::{Diagnostic, Place, Severity};
use crate::document::template::Hint;
use std::fmt;

/// Characters of a paragraph that are shown.
const WORDS_SHOWN_MAX: usize = 30;

/// Where something stands in a Word file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// which paragraph with a tag it is, counted through the file
    pub line: usize,
    /// 正文, 页眉, 页脚, 脚注, 尾注, 属性
    pub part: &'static str,
    /// how the paragraph begins
    pub words: String,
}

/// One problem. `Display` is for operators, [`Problem::sentence`] for offices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// where; `None` when the file is meant
    pub spot: Option<Spot>,
    /// the tag as it stands there
    pub tag: String,
    /// what is wrong
    pub fault: Fault,
}

/// Kinds of problems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// a tag without its end; which end
    Unclosed(String),
    /// an end without its tag
    Unopened,
    /// braces or per cents of double width
    FullWidthBraces,
    /// a mark of double width inside a tag
    FullWidthMark(char),
    /// not what the language has
    Syntax(String, Option<String>),
    /// a statement Word templates do not have, and the nearest they have
    Statement(String, Option<String>),
    /// `for` or `if` that nothing ends
    NoEnd(&'static str),
    /// an end, `else` or `elif` that nothing began
    NoBegin,
    /// begins in one place and ends in another: the words of that
    Crossed(String),
    /// `merge_down` outside a cell
    MergeOutside,
    /// a value that is missing: of which variable, where that is known, and what would fit
    Unfilled(String, Box<Hint>),
    /// cannot be evaluated: of which member of a list, where it is one; why; and what to do
    Evaluation(String, String, Box<Hint>),
    /// a tag where nothing is filled: what that is, and what to do
    Elsewhere(&'static str, &'static str),
    /// a picture that cannot be put in: of which member of a list, where it is one; the value; and why
    Picture(String, String, NoPicture),
    /// what was meant as a tag and is none; what to write
    Missed(String),
    /// longer than is set, in bytes
    TooLong(usize),
    /// the file is refused, by name, and what to do about it
    Refused(String, &'static str),
}

/// Why a picture cannot be put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPicture {
    /// no file of that name is at hand, or none as short as is taken
    Absent,
    /// the file is no picture that Word shows
    Format,
}

impl Fault {
    /// The fault of one tag by what the language's reader says of it.
    pub(super) fn of(problems: Vec<Diagnostic>) -> Fault {
        let first = problems.into_iter().next();
        first.map_or_else(|| Fault::Syntax(String::new(), None), |it| Fault::Syntax(it.message, it.hint))
    }

    fn says(&self) -> String {
        match self {
            Fault::Unclosed(end) => format!("the tag is not closed by `{end}`"),
            Fault::Unopened => "this closes a tag that was not opened".to_owned(),
            Fault::FullWidthBraces => "the tag has full-width braces or per cent signs".to_owned(),
            Fault::FullWidthMark(mark) => format!("the full-width `{mark}` stands inside the tag"),
            Fault::Syntax(reason, _) => reason.clone(),
            Fault::Statement(word, _) => format!("there is no statement `{word}` in a Word template"),
            Fault::NoEnd(end) => format!("no `{{% {end} %}}` follows"),
            Fault::NoBegin => "nothing was begun that this could end or go on with".to_owned(),
            Fault::Crossed(other) => format!("it begins in one place and ends in another (“{other}”)"),
            Fault::MergeOutside => "`merge_down` stands outside a table's cell".to_owned(),
            Fault::Unfilled(variable, _) if variable.is_empty() => "it has no value".to_owned(),
            Fault::Unfilled(variable, _) => format!("`{variable}` has no value"),
            Fault::Evaluation(member, reason, _) if member.is_empty() => reason.clone(),
            Fault::Evaluation(member, reason, _) => format!("`{member}`: {reason}"),
            Fault::Picture(member, value, why) => {
                let of = if member.is_empty() { String::new() } else { format!("`{member}`: ") };
                match why {
                    NoPicture::Absent => {
                        format!("{of}there is no file {value:?}, or it is longer than {PICTURE_BYTES_MAX} bytes")
                    }
                    NoPicture::Format => format!("{of}{value:?} is no picture in PNG or JPEG"),
                }
            }
            Fault::Missed(_) => "this is no tag, it would stand in the paper as it is written".to_owned(),
            Fault::Elsewhere(what, _) => format!("it stands in {what}, where nothing is filled"),
            Fault::TooLong(size) => format!("{size} bytes of text came out"),
            Fault::Refused(reason, _) => reason.clone(),
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Fault::Unclosed(end) => format!("write `{end}` behind it, in the same paragraph"),
            Fault::Unopened => "write `{{` or `{%` before it, or delete it".to_owned(),
            Fault::FullWidthBraces => "write half-width `{{ }}` and `{% %}`".to_owned(),
            Fault::FullWidthMark(mark) => {
                let half = super::tag::half_width(*mark).unwrap_or(' ');
                format!("write the half-width `{half}`")
            }
            Fault::Syntax(_, hint) => return hint.clone(),
            Fault::Statement(_, Some(near)) => format!("did you mean `{near}`?"),
            Fault::Statement(_, None) => "there are for, endfor, if, elif, else, endif, and set NAME = VALUE".to_owned(),
            Fault::NoEnd(end) => format!("write `{{% {end} %}}` where it ends"),
            Fault::NoBegin => "write its `{% for … %}` or `{% if … %}` before it, or delete it".to_owned(),
            Fault::Crossed(_) => {
                "both ends stand in one paragraph, or each alone in a paragraph of the same cell, or each alone in a row of the \
                 same table, or each alone in a cell of the same row"
                    .to_owned()
            }
            Fault::MergeOutside => "take it out, or move the tag into a cell".to_owned(),
            Fault::Unfilled(_, hint) if matches!(**hint, Hint::Beside(..)) => {
                format!("{hint}; where it may be missing write `|default(\"\")` behind it")
            }
            Fault::Unfilled(_, hint) | Fault::Evaluation(_, _, hint) => hint.to_string(),
            Fault::Elsewhere(_, hint) => (*hint).to_owned(),
            Fault::Picture(_, _, NoPicture::Format) => "hand in a PNG or JPEG picture".to_owned(),
            Fault::Picture(_, _, NoPicture::Absent) => {
                "a picture is a file beside the data, in a case one that was handed in; where there may be none write \
                 `|default(\"\")` behind it"
                    .to_owned()
            }
            Fault::Missed(hint) => hint.clone(),
            Fault::TooLong(_) => "make the paper in parts".to_owned(),
            Fault::Refused(_, hint) => (*hint).to_owned(),
        })
    }
}

impl Problem {
    /// One sentence in Chinese.
    pub fn sentence(&self) -> String {
        let place = self.spot.as_ref().map(|it| format!("{}“{}”中的", it.part, it.words)).unwrap_or_default();
        let tag = if self.tag.is_empty() { String::new() } else { format!("“{}”", self.tag) };
        // of a list it is said which member is meant
        let of = |variable: &str| {
            Some(variable).filter(|it| it.contains('[')).map(|it| format!("（{it}）")).unwrap_or_default()
        };
        match &self.fault {
            Fault::Unfilled(variable, hint) => {
                let member = of(variable);
                format!("Word模板{place}{tag}{member}没有内容{}，请先补齐。", hint.sentence())
            }
            Fault::Evaluation(variable, _, hint) => {
                format!("Word模板{place}{tag}{}无法计算{}，请检查模板。", of(variable), hint.sentence())
            }
            Fault::Picture(variable, value, why) => {
                let what = match why {
                    NoPicture::Absent => "没有找到，请补上",
                    NoPicture::Format => "无法放入，请提供PNG或JPEG格式的图片",
                };
                format!("Word模板{place}{tag}{}要放的图片“{value}”{what}。", of(variable))
            }
            Fault::TooLong(_) => "按Word模板生成的文字过长，请分开制作。".to_owned(),
            Fault::Unclosed(_)
            | Fault::Unopened
            | Fault::FullWidthBraces
            | Fault::FullWidthMark(_)
            | Fault::Syntax(..)
            | Fault::Statement(..)
            | Fault::NoEnd(_)
            | Fault::NoBegin
            | Fault::Crossed(_)
            | Fault::MergeOutside
            | Fault::Elsewhere(..)
            | Fault::Missed(_)
            | Fault::Refused(..) => format!("Word模板{place}{tag}无法计算，请检查模板。"),
        }
    }

    /// As the check of a definition tells it. `path` is the template's.
    pub fn diagnostic(&self, path: &str) -> Diagnostic {
        let kind = if matches!(self.fault, Fault::Refused(..)) { "word-template-refused" } else { "word-template-tag" };
        let place = match &self.spot {
            Some(spot) => {
                Place { path: format!("{path} 【{}】{}", spot.part, spot.words), line: spot.line, column: 1 }
            }
            None => Place { path: path.to_owned(), line: 0, column: 0 },
        };
        let tag = if self.tag.is_empty() { String::new() } else { format!("`{}`: ", self.tag) };
        let message = format!("{tag}{}", self.fault.says());
        Diagnostic { kind, severity: Severity::Error, place, message, hint: self.fault.hint() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(spot) = &self.spot {
            write!(f, "{} “{}”: ", spot.part, spot.words)?;
        }
        let tag = if self.tag.is_empty() { String::new() } else { format!("`{}`: ", self.tag) };
        write!(f, "{tag}{}", self.fault.says())
    }
}

/// How a paragraph begins.
pub(super) fn begins(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(WORDS_SHOWN_MAX).collect();
    if short.len() < line.len() { format!("{short}…") } else { short }
}
