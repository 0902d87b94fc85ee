//! Elements of a template that are more than a line of text: numbers, and who attended.

use super::super::model::Attendance;
use super::{Template, TemplateError};
use minijinja::Value;

/// 紧急程度 (9704 7.2.3): of a paper, and of a telegram, whose mark says that it is one.
const URGENCIES: [&str; 2] = ["特急", "加急"];
const OF_TELEGRAMS: [&str; 4] = ["特提", "特急", "加急", "平急"];

/// The words of 紧急程度 that a paper with these marks may have.
pub(super) fn urgencies<'a>(mut marks: impl Iterator<Item = &'a str>) -> &'static [&'static str] {
    if marks.any(|mark| mark.contains('电')) { &OF_TELEGRAMS } else { &URGENCIES }
}

/// Whether this may be a 份号, before it is filled up to six digits.
pub(super) fn is_serial(text: &str) -> bool {
    (1..=6).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit())
}

impl Template {
    /// 9704 7.2.1: a number of six digits; a shorter one is filled up.
    pub(super) fn serial(&self, context: &Value) -> Result<Option<String>, TemplateError> {
        let Some(text) = self.one("份号", context)? else { return Ok(None) };
        if is_serial(&text) {
            Ok(Some(format!("{text:0>6}")))
        } else {
            Err(self.element("份号", "is not a number of six digits"))
        }
    }

    /// 9704 7.2.3: one of few words.
    pub(super) fn urgency(&self, context: &Value, marks: &[String]) -> Result<Option<String>, TemplateError> {
        let Some(text) = self.one("紧急程度", context)? else { return Ok(None) };
        if urgencies(marks.iter().map(String::as_str)).contains(&text.as_str()) {
            Ok(Some(text))
        } else {
            Err(self.element("紧急程度", "is none that papers have"))
        }
    }

    /// 9704 7.3.7: of an attachment that is not bound with its paper the paper's number, 附件 and its own number.
    pub(super) fn attached_to(&self, context: &Value) -> Result<Option<String>, TemplateError> {
        let Some(text) = self.one("单独附件", context)? else { return Ok(None) };
        let number = text.split_once("号附件").map(|(_, number)| number);
        if number.is_some_and(|number| number.bytes().all(|it| it.is_ascii_digit())) {
            Ok(Some(text))
        } else {
            Err(self.element("单独附件", "is not 发文字号, 附件 and a number"))
        }
    }

    /// 共印份数.
    pub(super) fn copies(&self, context: &Value) -> Result<Option<u32>, TemplateError> {
        let Some(text) = self.one("共印份数", context)? else { return Ok(None) };
        let number = text.parse().ok().filter(|it| *it > 0);
        number.map(Some).ok_or_else(|| self.element("共印份数", "is not a number"))
    }

    /// 出席, 请假 and 列席, in this order, those that are not empty.
    pub(super) fn attendance(&self, context: &Value) -> Result<Vec<Attendance>, TemplateError> {
        let mut attendance = Vec::new();
        for label in ["出席", "请假", "列席"] {
            let names = self.one(label, context)?;
            attendance.extend(names.map(|names| Attendance { label: label.to_owned(), names }));
        }
        Ok(attendance)
    }

    /// 职务 of those who sign in person: one for each name, or none at all.
    pub(super) fn posts(&self, context: &Value, names: usize) -> Result<Vec<String>, TemplateError> {
        let posts = self.lines("职务", context)?;
        if posts.is_empty() || posts.len() == names {
            return Ok(posts);
        }
        Err(self.element("职务", "is not given once for each 署名"))
    }
}
