//! Why there is no document.

use super::super::markdown::MarkdownError;
use super::{RENDERED_BYTES_MAX, values};

/// Why a document could not be made from a template and data. `Display` is for operators, [`TemplateError::sentence`] for offices.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// a variable has no value
    #[error("template {template:?}, line {line}: `{variable}` has no value")]
    Unfilled {
        /// the template
        template: String,
        /// 1-based line in the template's file
        line: usize,
        /// the expression as written
        variable: String,
    },
    /// an expression cannot be evaluated
    #[error("template {template:?}, line {line}: `{expression}`: {reason}")]
    Evaluation {
        /// the template
        template: String,
        /// 1-based line in the template's file
        line: usize,
        /// the expression as written, empty when it is not known
        expression: String,
        /// what is wrong
        reason: String,
    },
    /// names cannot be put in order: characters of them have no stroke count
    #[error("template {template:?}, line {line}: no stroke count is known for {}", values::named(.characters))]
    Uncounted {
        /// the template
        template: String,
        /// 1-based line in the template's file
        line: usize,
        /// the characters
        characters: Vec<char>,
    },
    /// the rendered text is not well-formed
    #[error("template {template:?}, rendered text, {error}")]
    Markup {
        /// the template
        template: String,
        /// where and what
        error: MarkdownError,
    },
    /// an element the paper must have came out empty, or is not what it must be
    #[error("template {template:?}: {element} {reason}")]
    Element {
        /// the template
        template: String,
        /// the element's name
        element: &'static str,
        /// what is wrong with it
        reason: &'static str,
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

impl TemplateError {
    /// One sentence in Chinese.
    pub fn sentence(&self) -> String {
        match self {
            TemplateError::Unfilled { template, line, variable } => {
                format!("模板“{template}”第{line}行的“{variable}”没有内容，请先补齐。")
            }
            TemplateError::Evaluation { template, line, expression, .. } => {
                format!("模板“{template}”第{line}行的“{expression}”无法计算，请检查模板。")
            }
            TemplateError::Uncounted { template, line, characters } => {
                let named = characters.iter().map(|it| format!("“{it}”（U+{:04X}）", u32::from(*it)));
                let named = named.collect::<Vec<_>>().join("、");
                format!("模板“{template}”第{line}行要按姓氏笔画排序，但{named}没有笔画数据，请核对姓名。")
            }
            TemplateError::Markup { template, error } => {
                format!("模板“{template}”生成的文字有误：{}（“{}”）。", error.fault.sentence(), error.text)
            }
            TemplateError::Element { template, element, .. } => {
                format!("按模板“{template}”制作公文时，“{element}”为空或者格式不对，请补齐。")
            }
            TemplateError::TooLong { template, .. } => format!("按模板“{template}”生成的文字过长，请分开制作。"),
        }
    }
}
