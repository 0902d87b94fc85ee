//! Templates: a text file and data make a document.
//!
//! A template is front matter between two `---` lines and a body in the Markdown subset of [`super::markdown`]; both hold
//! MiniJinja expressions, strict: a variable without a value is an error that names it, never a gap in a paper. Values cannot
//! bring markup with them. No clock, no random number, no file: the same template and data give the same document.
//!
//! ```text
//! ---
//! 文种: 决定
//! 版式: 文件
//! 发文机关标志: {{ 发文机关.title }}文件
//! 标题: {{ 发文机关.title }}关于表彰{{ 年度 }}年度先进的决定
//! 署名: {{ 发文机关.title }}
//! 印章: true
//! ---
//! 为表彰先进，决定：
//!
//! ## 名单
//! {% for x in items %}
//! {{ x.姓名 }}，{{ x.单位及职务 }}
//! {% endfor %}
//! ```
//!
//! Front matter keys: `文种 版式` (文件 信函 普通 表格 证书), `发文机关标志 标题 主送 抄送 附件 署名 签发人 附注 紧急程度 印发机关`,
//! `印章` (true/false), `公开属性` (主动公开 依申请公开 不予公开). `发文机关标志 标题 附件 署名 签发人` may be repeated, one line each.
//! An element whose text is empty is left out.
//!
//! # Data
//! Every document is given: `案卷 {标题, 编号}`; each param of the case by name; `basis` [text]; `today`, `成文日期`, `印发日期`
//! (YYYY-MM-DD; the last defaults to 成文日期); `文号` (text, may be absent); `本次 {轮次}`; `发文机关 {title}`; `opener {title}`;
//! `主送`, `抄送` (text); `签发人` (text, upward papers); `单位` {office id: title}; `items` [{id, category, subject, owner {id, title},
//! fields by name, stage forms by stage name, outcome, reason, waivers [{rule, reason}]}] in the batch's order; `by_category`
//! [{category, subject, items}]; case forms by stage name; `文书` {template name: {文号, 标题, 成文日期}}. A document of one item has that
//! item's fields at top level too. A notice has `公示 {开始日期, 截止日期, 期限, 计算说明, 暂定}` and `受理 {单位, 电话, 邮箱, 地址}`; a
//! periodic report `期间 {名称}`, the paper of an extension `延期 {原因}`, a corrected draft `更正 {原因}`, one that replaces another
//! `替代 {文号, 标题, 原因}`; and a table by its name, `{columns, rows [{label, values, total}], totals, missing}`.
//! A member that may lack a value is written `x|default("")`; null counts as lacking.
//!
//! Besides MiniJinja's own: `date_cn month_cn cn rmb pad_name mask` (filters and functions), `join` (、 between by default).
//! 姓氏笔画 order is not offered: there is no table of strokes in the program.

use super::markdown::{self, MarkdownError};
use super::model::{Attachment, Document, Layout};
use crate::diag::{Diagnostic, Place};
use chrono::NaiveDate;
use minijinja::{Environment, Value};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::sync::Arc;

mod front;
pub(super) mod values;
pub(super) mod variables;

pub use front::Openness;
use front::{Front, Key};

/// Longest template that is read.
pub const TEMPLATE_BYTES_MAX: usize = 256 * 1024;
/// Longest text one rendering may produce; a list of ten thousand people stays below it.
pub const RENDERED_BYTES_MAX: usize = 8 * 1024 * 1024;
/// MiniJinja instructions one rendering may take.
pub const RENDER_FUEL_INSTRUCTIONS: u64 = 20_000_000;

/// A template that has been read and found well-formed. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Template(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    digest: String,
    front: Front,
    environment: Environment<'static>,
    /// lines before the body's first
    body_line: usize,
    variables: Vec<Variable>,
}

/// A variable a template refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// its path from the top of the data; `*` stands for the members of a list or map a loop runs over
    pub path: Vec<String>,
    /// where it stands first
    pub place: Place,
    /// true when the template says what to do without it (`|default`, `is defined`, and what stands under an
    /// `if` that asks so)
    pub optional: bool,
}

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

impl Template {
    /// Reads a template. `name` is what workflows call it and the path diagnostics name. All problems are reported at once.
    pub fn parse(name: &str, text: &str) -> Result<Template, Vec<Diagnostic>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        Template::read(name, &text, front::parse(name, &text))
    }

    /// Reads what stands beside a Word template: front matter without a text. It has a title and a kind; the rest is the
    /// Word file's.
    pub(super) fn of_word(name: &str, text: &str) -> Result<Template, Vec<Diagnostic>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Template::read(name, text, front::of_word(name, text))
    }

    fn read(
        name: &str,
        text: &str,
        (front, body, body_line, mut problems): front::Parts<'_>,
    ) -> Result<Template, Vec<Diagnostic>> {
        let mut environment = values::environment();
        let mut found = Vec::new();
        let sources = front.keys.iter().map(|key| (key.source(), key.text.as_str(), key.line - 1, key.column - 1));
        for (source, text, lines, columns) in sources.chain([(BODY.to_owned(), body, body_line, 0)]) {
            let origin = variables::Origin { path: name, text, lines, columns };
            match variables::of(&origin, &environment) {
                Ok(variables) => found.extend(variables),
                Err(diagnostics) => problems.extend(diagnostics),
            }
            if let Err(error) = environment.add_template_owned(source, text.to_owned()) {
                problems.push(variables::syntax_error(&origin, &error));
            }
        }
        // A name MiniJinja cannot parse is reported by both readers.
        problems.sort_by(|a, b| (&a.place, a.kind).cmp(&(&b.place, b.kind)));
        problems.dedup_by(|a, b| a.place == b.place && a.kind == b.kind);
        if !problems.is_empty() {
            return Err(problems);
        }
        let digest = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let variables = variables::merged(found);
        Ok(Template(Arc::new(Inner { name: name.to_owned(), digest, front, environment, body_line, variables })))
    }

    /// What workflows call it.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// sha256 of its text (line ends unified), hex.
    pub fn digest(&self) -> &str {
        &self.0.digest
    }

    /// 文种.
    pub fn kind(&self) -> &str {
        &self.0.front.kind
    }

    /// The layout it is set in.
    pub fn layout(&self) -> Layout {
        self.0.front.layout
    }

    /// 公开属性, when the template states one.
    pub fn openness(&self) -> Option<Openness> {
        self.0.front.openness
    }

    /// Every variable it refers to, by path; the first place of each.
    pub fn variables(&self) -> &[Variable] {
        &self.0.variables
    }

    /// Makes the document. The data's members are described at the head of this file.
    pub fn render(&self, data: &Json) -> Result<Document, TemplateError> {
        let context = values::value(data);
        let body = self.text(BODY, &context)?;
        if body.len() > RENDERED_BYTES_MAX {
            return Err(TemplateError::TooLong { template: self.0.name.clone(), size: body.len() });
        }
        let parsed =
            markdown::parse(&body).map_err(|error| TemplateError::Markup { template: self.0.name.clone(), error })?;
        let mut document = self.assembled(data, &context)?;
        document.body = parsed.body;
        document.attachments.extend(parsed.attachments);
        Ok(document)
    }

    /// The title alone, on one line.
    pub(super) fn title(&self, data: &Json) -> Result<String, TemplateError> {
        let title = self.lines("标题", &values::value(data))?.concat();
        if title.is_empty() { Err(self.element("标题", "came out empty")) } else { Ok(title) }
    }

    /// Everything but the body.
    fn assembled(&self, data: &Json, context: &Value) -> Result<Document, TemplateError> {
        let layout = self.layout();
        let mut marks = self.lines("发文机关标志", context)?;
        let mark_file = marks.last_mut().is_some_and(|mark| strip_suffix(mark, "文件"));
        let date = self.date(data, "成文日期")?;
        let signature = self.lines("署名", context)?;
        if date.is_none() && (!signature.is_empty() || layout == Layout::Document || layout == Layout::Letter) {
            return Err(self.element("成文日期", "is missing"));
        }
        let title = self.lines("标题", context)?;
        if title.is_empty() {
            return Err(self.element("标题", "came out empty"));
        }
        let printer = self.one("印发机关", context)?;
        let printed = match self.date(data, "印发日期")? {
            Some(printed) => Some(printed),
            None => date,
        };
        let has_mark = !marks.is_empty();
        if has_mark && marks.iter().any(String::is_empty) {
            return Err(self.element("发文机关标志", "came out empty"));
        }
        let number = data.get("文号").and_then(Json::as_str).filter(|it| has_mark && !it.is_empty());
        let names = self.lines("签发人", context)?;
        let signers =
            names.iter().flat_map(|it| it.split('、')).map(str::to_owned).filter(|it| !it.is_empty()).collect();
        Ok(Document {
            layout,
            author: signature.first().or(marks.first()).cloned().unwrap_or_default(),
            mark: marks,
            mark_file,
            urgency: self.one("紧急程度", context)?,
            number: number.map(str::to_owned),
            signers,
            subject: title.concat(),
            title,
            main_to: self.one("主送", context)?,
            body: Vec::new(),
            attachments: self.listed(context)?,
            signature,
            date,
            seal: self.0.front.seal,
            note: self.one("附注", context)?,
            copy_to: self.one("抄送", context)?,
            printed_by: printer.zip(printed),
        })
    }

    /// Attachments that are only listed, not bound in.
    fn listed(&self, context: &Value) -> Result<Vec<Attachment>, TemplateError> {
        let names = self.lines("附件", context)?;
        Ok(names.into_iter().map(|name| Attachment { name, body: Vec::new() }).collect())
    }

    fn one(&self, name: &str, context: &Value) -> Result<Option<String>, TemplateError> {
        Ok(self.lines(name, context)?.into_iter().next())
    }

    /// The texts of a key, one for each time it stands there; empty ones are left out.
    fn lines(&self, name: &str, context: &Value) -> Result<Vec<String>, TemplateError> {
        let keys = self.0.front.keys.iter().filter(|key| key.name == name);
        let texts = keys.map(|key| self.text(&key.source(), context));
        texts
            .map(|text| text.map(|it| it.trim().to_owned()))
            .filter(|it| !matches!(it, Ok(text) if text.is_empty()))
            .collect()
    }

    fn text(&self, source: &str, context: &Value) -> Result<String, TemplateError> {
        let template = self.0.environment.get_template(source);
        template.and_then(|it| it.render(context.clone())).map_err(|error| self.failure(source, &error))
    }

    fn failure(&self, source: &str, error: &minijinja::Error) -> TemplateError {
        let key = self.0.front.keys.iter().find(|key| key.source() == source);
        let before = key.map_or(self.0.body_line, |key| key.line - 1);
        let line = before + error.line().unwrap_or(1);
        let expression =
            error.range().zip(error.template_source()).map(|(range, text)| values::expression(text, range));
        let expression = expression.unwrap_or_default();
        let template = self.0.name.clone();
        if error.kind() == minijinja::ErrorKind::UndefinedError {
            return TemplateError::Unfilled { template, line, variable: expression };
        }
        let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        TemplateError::Evaluation { template, line, expression, reason }
    }

    fn date(&self, data: &Json, name: &'static str) -> Result<Option<NaiveDate>, TemplateError> {
        match data.get(name) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => match value.as_str().and_then(|text| text.parse().ok()) {
                Some(date) => Ok(Some(date)),
                None => Err(self.element(name, "is not a date written YYYY-MM-DD")),
            },
        }
    }

    fn element(&self, element: &'static str, reason: &'static str) -> TemplateError {
        TemplateError::Element { template: self.0.name.clone(), element, reason }
    }
}

/// The source name of the body; keys have `name@line`.
const BODY: &str = "正文";

impl Key {
    fn source(&self) -> String {
        format!("{}@{}", self.name, self.line)
    }
}

fn strip_suffix(text: &mut String, suffix: &str) -> bool {
    let stripped = text.strip_suffix(suffix).map(str::to_owned);
    let found = stripped.is_some();
    if let Some(stripped) = stripped {
        *text = stripped;
    }
    found
}

#[cfg(test)]
mod tests;
