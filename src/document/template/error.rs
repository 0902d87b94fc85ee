//! Why there is no document.

use super::super::markdown::MarkdownError;
use super::hint::Hint;
use super::{RENDERED_BYTES_MAX, values};

/// Where a template fails. `Display` is for operators, [`At::sentence`] for offices.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{template}:{line}:{column}")]
pub struct At {
    /// the file: the template, or a piece of it
    pub template: String,
    /// 1-based line in that file
    pub line: usize,
    /// 1-based column
    pub column: usize,
}

impl At {
    /// The place in Chinese.
    pub fn sentence(&self) -> String {
        format!("模板“{}”第{}行第{}列", self.template, self.line, self.column)
    }
}

/// Why a document could not be made from a template and data. `Display` is for operators, [`TemplateError::sentence`] for offices.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// a variable has no value
    #[error("{at}: `{variable}` has no value\n  hint: {hint}")]
    Unfilled {
        /// where
        at: At,
        /// the expression as written
        variable: String,
        /// what would fit
        hint: Box<Hint>,
    },
    /// an expression cannot be evaluated
    #[error("{at}: `{expression}`: {reason}\n  hint: {hint}")]
    Evaluation {
        /// where
        at: At,
        /// the expression as written, empty when it is not known
        expression: String,
        /// what is wrong
        reason: String,
        /// what would fit
        hint: Box<Hint>,
    },
    /// names cannot be put in order: characters of them have no stroke count
    #[error(
        "{at}: `{variable}`: no stroke count is known for {}\n  hint: correct the names, or leave `by_strokes` out",
        values::named(.characters)
    )]
    Uncounted {
        /// where
        at: At,
        /// the list as written
        variable: String,
        /// the characters
        characters: Vec<char>,
    },
    /// the text that came out is not well-formed
    #[error("{at}: {} in {:?}\n  hint: the line is {written:?}", error.fault, error.text)]
    Markup {
        /// the line of the template that made it
        at: At,
        /// that line, as written
        written: String,
        /// what, and the line that came out
        error: MarkdownError,
    },
    /// an element the paper must have came out empty, or is not what it must be
    #[error("{at}: {element} {reason}{}\n  hint: {hint}", read(.variables))]
    Element {
        /// where it stands in the front matter, or what asks for it
        at: At,
        /// the element's name
        element: &'static str,
        /// the variables it reads
        variables: Vec<String>,
        /// what is wrong with it
        reason: &'static str,
        /// what would fit
        hint: Box<Hint>,
    },
    /// the rendered text is longer than [`RENDERED_BYTES_MAX`]
    #[error("template {template:?}: {size} bytes of text, at most {RENDERED_BYTES_MAX} are set")]
    TooLong {
        /// the template
        template: String,
        /// bytes
        size: usize,
    },
}

fn read(variables: &[String]) -> String {
    if variables.is_empty() { String::new() } else { format!(" (it reads `{}`)", variables.join("`, `")) }
}

impl TemplateError {
    /// One sentence in Chinese.
    pub fn sentence(&self) -> String {
        match self {
            TemplateError::Unfilled { at, variable, hint } => {
                format!("{}的“{variable}”没有内容{}，请先补齐。", at.sentence(), hint.sentence())
            }
            TemplateError::Evaluation { at, expression, hint, .. } => {
                format!("{}的“{expression}”无法计算{}，请检查模板。", at.sentence(), hint.sentence())
            }
            TemplateError::Uncounted { at, variable, characters } => {
                let named = characters.iter().map(|it| format!("“{it}”（U+{:04X}）", u32::from(*it)));
                let named = named.collect::<Vec<_>>().join("、");
                let at = at.sentence();
                format!("{at}的“{variable}”要按姓氏笔画排序，但{named}没有笔画数据，请核对姓名。")
            }
            TemplateError::Markup { at, written, error } => {
                let (at, fault) = (at.sentence(), error.fault.sentence());
                format!("{at}（“{}”）生成的文字有误：{fault}（“{}”）。", written.trim(), error.text)
            }
            TemplateError::Element { at, element, variables, hint, .. } => {
                let (at, hint) = (at.sentence(), hint.sentence());
                let read = variables.iter().map(|it| format!("“{it}”")).collect::<Vec<_>>().join("、");
                let read = if read.is_empty() { read } else { format!("（取自{read}）") };
                format!("{at}的“{element}”{read}为空或者格式不对{hint}，请补齐。")
            }
            TemplateError::TooLong { template, .. } => format!("按模板“{template}”生成的文字过长，请分开制作。"),
        }
    }
}
