//! Templates: a text file and data make a document.
//!
//! A template is front matter between two `---` lines and a body in the Markdown subset of [`super::markdown`]; both hold
//! MiniJinja expressions, strict: a variable without a value is an error that names it, never a gap in a paper. Values cannot
//! bring markup with them. No clock, no random number, no file but the pieces it includes, which are part of it: the same template and data give the same document.
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
//! Front matter keys: `文种 版式` (文件 信函 命令 纪要 普通 表格 证书 奖牌), `发文机关标志 标题 主送 抄送 附件 署名 签发人 附注 份号
//! 紧急程度 印发机关 共印份数 题注 单独附件`, `职务` of who signs in person, `出席 请假 列席 分送` of 纪要, `印章` (true/false), `方向` of 表格 (横 纵),
//! `公开属性` (主动公开 依申请公开 不予公开). `发文机关标志 标题 附件 署名 签发人 职务` may be repeated, one line each.
//! An element whose text is empty is left out. There is no 密级: secret papers are not made here.
//!
//! # Data
//! Every document is given: `案卷 {标题, 编号}`; each param of the case by name; `basis` [text]; `today`, `成文日期`, `印发日期`
//! (YYYY-MM-DD; the last defaults to 成文日期); `文号` (text, may be absent); `本次 {轮次, 重新}`; `发文机关 {title}`; `opener {title}`;
//! `主送`, `抄送` (text); `签发人` (text, upward papers); `单位` {office id: title}; `items` [{id, category, subject, owner {id, title},
//! fields by name, stage forms by stage name, outcome, reason, waivers [{rule, reason}]}] in the batch's order; `by_category`
//! [{category, subject, items}]; case forms by stage name; `文书` {template name: {文号, 标题, 成文日期}}. A document of one item has that
//! item's fields at top level too. A notice has `公示 {开始日期, 截止日期, 期限, 计算说明, 暂定}` and `受理 {单位, 电话, 邮箱, 地址}`; a
//! periodic report `期间 {名称}`, the paper of an extension `延期 {原因}`, a corrected draft `更正 {原因}`, one that replaces another
//! `替代 {文号, 标题, 原因}`; and a table by its name, `{columns, rows [{label, values, total}], totals, missing}`.
//! A member that may lack a value is written `x|default("")`; null counts as lacking.
//!
//! Besides MiniJinja's own: `date_cn date_han month_cn cn rmb pad_name mask` (filters and functions), `join` (、 between by
//! default), and lists of people in 姓氏笔画 order: `names|by_strokes`, `items|by_strokes(attribute="姓名")` ([`super::strokes`]).

use super::markdown;
use super::model::{Attachment, Document, Layout};
use crate::diag::{Diagnostic, Place, Severity};
use crate::workflow::rule::{self, Mention, pieces};
use chrono::NaiveDate;
use minijinja::{Environment, Value};
use origin::Origin;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

mod bare;
mod elements;
mod error;
pub(in crate::document) mod calls;
pub(super) mod filters;
mod example;
mod front;
pub(super) mod hint;
mod lacking;
pub(in crate::document) mod missed;
pub(super) mod origin;
mod shown;
mod traced;
pub(super) mod values;
mod failing;

pub use error::{At, TemplateError};
pub(in crate::document) use example::example;
pub use front::Openness;
use front::{Front, Key};
pub use hint::Hint;
pub use lacking::Lacking;
pub(in crate::document) use lacking::ends;

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
    variables: Vec<Mention>,
    /// each text as it was written, by the name it is run under
    written: BTreeMap<String, String>,
}

impl Template {
    /// Reads a template, linked with the pieces it includes ([`pieces::linked`]). `name` is what workflows call it and the
    /// path diagnostics name; a piece is named `templates/NAME.md`. All problems are reported at once.
    pub fn parse(name: &str, text: &str) -> Result<Template, Vec<Diagnostic>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        Template::read(name, &text, front::parse, true)
    }

    /// Reads a template that a closure keeps: what was deployed once goes on, be it refused since.
    pub fn kept(name: &str, text: &str) -> Result<Template, Vec<Diagnostic>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        Template::read(name, &text, front::kept, false)
    }

    /// Reads what stands beside a Word template: front matter without a text. It has a title and a kind; the rest is the
    /// Word file's.
    pub(super) fn of_word(name: &str, text: &str) -> Result<Template, Vec<Diagnostic>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Template::read(name, text, front::of_word, false)
    }

    fn read(
        name: &str,
        text: &str,
        front: for<'a> fn(&str, &'a str) -> front::Parts<'a>,
        is_new: bool,
    ) -> Result<Template, Vec<Diagnostic>> {
        let (own, included) = pieces::parted(text);
        let (front, body, body_line, mut problems) = front(name, own);
        let mut environment = values::environment();
        let sources = front.keys.iter().map(|key| (key.source(), key.text.as_str(), key.line - 1, key.column - 1));
        for (source, text, lines, columns) in sources.chain([(BODY.to_owned(), body, body_line, 0)]) {
            let origin = Origin { path: name, text, lines, columns };
            problems.extend(added(&mut environment, &origin, source));
            problems.extend(filters::unknown(&origin, &environment));
        }
        for (piece, text) in &included {
            let origin = Origin { path: &format!("templates/{piece}.md"), text, lines: 0, columns: 0 };
            problems.extend(filters::unknown(&origin, &environment));
            // An include may name it with its ending or without.
            for source in [(*piece).to_owned(), format!("{piece}.md")] {
                problems.extend(added(&mut environment, &origin, source));
            }
        }
        problems.extend(include_faults(name, own, &included, body_line));
        if is_new {
            problems.extend(shown::of_text(name, front.layout, (body, body_line), &included));
            // where the front matter is not closed, what is the body is not known
            if problems.iter().all(|it| it.kind != "template-front-matter") {
                problems.extend(shown::foreign(name, (body, body_line), &included));
                problems.extend(missed::of_text(name, text, (body, body_line), &included));
            }
            problems.extend(mistakes(name, text, &environment));
        }
        problems.sort_by(|a, b| (&a.place, a.kind).cmp(&(&b.place, b.kind)));
        problems.dedup_by(|a, b| a.place == b.place && a.kind == b.kind);
        if !problems.is_empty() {
            return Err(problems);
        }
        let digest = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        // What cannot be read was told above.
        let variables = rule::text_names(text).unwrap_or_default();
        let mut written: BTreeMap<String, String> =
            included.iter().map(|(piece, text)| ((*piece).to_owned(), (*text).to_owned())).collect();
        written.extend(included.iter().map(|(piece, text)| (format!("{piece}.md"), (*text).to_owned())));
        written.extend(front.keys.iter().map(|key| (key.source(), key.text.clone())));
        written.insert(BODY.to_owned(), body.to_owned());
        let name = name.to_owned();
        Ok(Template(Arc::new(Inner { name, digest, front, environment, body_line, variables, written })))
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
    pub fn variables(&self) -> &[Mention] {
        &self.0.variables
    }

    /// Makes the document. The data's members are described at the head of this file.
    pub fn render(&self, data: &Json) -> Result<Document, TemplateError> {
        self.made(data).map_err(|error| self.with_names(data, error))
    }

    fn made(&self, data: &Json) -> Result<Document, TemplateError> {
        let context = values::value(data);
        let body = self.text(BODY, &context)?;
        if body.len() > RENDERED_BYTES_MAX {
            return Err(TemplateError::TooLong { template: self.0.name.clone(), size: body.len() });
        }
        let parsed = markdown::parse(&body).map_err(|error| self.markup(&context, error))?;
        let mut document = self.assembled(data, &context)?;
        markdown::whole(&parsed, &body, self.layout()).map_err(|error| self.markup(&context, error))?;
        document.body = parsed.body;
        document.attachments.extend(parsed.attachments);
        Ok(document)
    }

    /// The title alone, on one line.
    pub(super) fn title(&self, data: &Json) -> Result<String, TemplateError> {
        let title = self.lines("标题", &values::value(data)).map_err(|error| self.with_names(data, error))?.concat();
        if title.is_empty() { Err(self.element("标题", "came out empty")) } else { Ok(title) }
    }

    /// Everything but the body.
    fn assembled(&self, data: &Json, context: &Value) -> Result<Document, TemplateError> {
        let layout = self.layout();
        let mut marks = self.lines("发文机关标志", context)?;
        // one 文件 stands beside several organs, wherever and however often it is written (9704 7.2.4)
        let mark_file = marks.iter().any(|mark| mark.ends_with("文件"));
        marks.iter_mut().for_each(|mark| *mark = mark.strip_suffix("文件").unwrap_or(mark).to_owned());
        let date = self.date(data, "成文日期")?;
        let signature = self.lines("署名", context)?;
        if date.is_none()
            && (!signature.is_empty() || matches!(layout, Layout::Document | Layout::Letter | Layout::Order))
        {
            return Err(self.element("成文日期", "is missing"));
        }
        let mut title = self.lines("标题", context)?;
        let Some(last) = title.last_mut() else { return Err(self.element("标题", "came out empty")) };
        *last = bare::without_stop(std::mem::take(last));
        let printer = self.one("印发机关", context)?;
        let printed = match self.date(data, "印发日期")? {
            Some(printed) => Some(printed),
            None => date,
        };
        let has_mark = !marks.is_empty();
        if has_mark && marks.iter().any(String::is_empty) {
            return Err(self.element("发文机关标志", "came out empty"));
        }
        // one that its template prints where it belongs does not stand below the title, too
        let printed_elsewhere = self.0.variables.iter().any(|it| it.path == ["文号"]);
        let number = data.get("文号").and_then(Json::as_str);
        let below = !printed_elsewhere && layout != Layout::Plaque;
        let number = number.filter(|it| (has_mark || below) && !it.is_empty());
        let names = self.lines("签发人", context)?;
        let signers =
            names.iter().flat_map(|it| it.split('、')).map(str::to_owned).filter(|it| !it.is_empty()).collect();
        let posts = self.posts(context, signature.len())?;
        let urgency = self.urgency(context, &marks)?;
        Ok(Document {
            layout,
            author: signature.first().or(marks.first()).cloned().unwrap_or_default(),
            mark: marks,
            mark_file,
            serial: self.serial(context)?,
            urgency,
            number: number.map(str::to_owned),
            signers,
            subject: title.concat(),
            title,
            adopted: self.one("题注", context)?.map(bare::unbracketed),
            attached_to: self.attached_to(context)?,
            main_to: self.one("主送", context)?.map(bare::without_colon),
            body: Vec::new(),
            attachments: self.listed(context)?,
            attendance: self.attendance(context)?,
            signature,
            posts,
            date,
            seal: self.0.front.seal,
            note: self.one("附注", context)?.map(bare::unbracketed),
            copy_to: self.one("抄送", context)?.map(bare::without_stop),
            distributed: self.one("分送", context)?.map(bare::without_stop),
            printed_by: printer.zip(printed),
            copies: self.copies(context)?,
        })
    }

    /// Attachments that are only listed, not bound in.
    fn listed(&self, context: &Value) -> Result<Vec<Attachment>, TemplateError> {
        let names = self.lines("附件", context)?;
        Ok(names.into_iter().map(|name| Attachment { name: bare::without_stop(name), body: Vec::new() }).collect())
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

    fn date(&self, data: &Json, name: &'static str) -> Result<Option<NaiveDate>, TemplateError> {
        match data.get(name) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => match value.as_str().and_then(|text| text.parse().ok()) {
                Some(date) => Ok(Some(date)),
                None => Err(self.element(name, "is not a date written YYYY-MM-DD")),
            },
        }
    }
}

/// What a text reads or calls that nobody could give, whatever the data; a text that cannot be read has been told of already.
fn mistakes(name: &str, text: &str, environment: &Environment<'_>) -> Vec<Diagnostic> {
    let reading = rule::read(text).unwrap_or_default();
    let called = reading.used.iter().filter_map(|used| calls::wrong(used, environment));
    let told = |it: rule::Mistake| {
        let path = if it.piece.is_empty() { name.to_owned() } else { format!("templates/{}.md", it.piece) };
        let place = Place { path, line: it.line, column: it.column };
        let (kind, severity) = (it.kind, Severity::Error);
        Diagnostic { kind, severity, place, message: it.message, hint: Some(it.hint).filter(|it| !it.is_empty()) }
    };
    reading.mistakes.into_iter().chain(called).map(told).collect()
}

/// Adds a text under a name: as it was written, so that what is wrong with it has its place, and then as it is run.
fn added(environment: &mut Environment<'static>, origin: &Origin<'_>, name: String) -> Option<Diagnostic> {
    let (written, run) = (origin.text.to_owned(), rule::asked_text(origin.text));
    let tried = environment.add_template_owned(name.clone(), written);
    let result = tried.and_then(|()| environment.add_template_owned(name, run));
    result.err().map(|error| origin::syntax_error(origin, &error))
}

/// What is wrong with the includes of a template and its pieces.
fn include_faults(name: &str, own: &str, included: &BTreeMap<&str, &str>, body_line: usize) -> Vec<Diagnostic> {
    let files = included.iter().map(|(piece, text)| (format!("templates/{piece}.md"), (*text).to_owned())).collect();
    let told = |piece: String, line: usize, column: usize, message: String, hint: String| {
        let path = if piece.is_empty() { name.to_owned() } else { format!("templates/{piece}.md") };
        let (kind, place) = ("template-include", Place { path, line, column });
        Diagnostic { kind, severity: Severity::Error, place, message, hint: Some(hint) }
    };
    let (_, faults) = pieces::reached(own, &files);
    let mut problems: Vec<Diagnostic> =
        faults.into_iter().map(|it| told(it.piece, it.line, it.column, it.message, it.hint)).collect();
    for it in pieces::included(own).into_iter().filter(|it| it.line <= body_line) {
        let message = "an element of the front matter includes no file".to_owned();
        problems.push(told(String::new(), it.line, it.column, message, "write its text there".to_owned()));
    }
    problems
}

/// The source name of the body; keys have `name@line`, pieces their own name.
const BODY: &str = "@正文";

impl Key {
    fn source(&self) -> String {
        format!("{}@{}", self.name, self.line)
    }
}

#[cfg(test)]
mod tests;
