//! Papers and how far they are.

use super::event::{Fields, Mode, Number};
use crate::clock::Moment;
use chrono::NaiveDate;

/// How far a paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// to be rendered
    Ordered,
    /// rendered; perhaps awaiting seal or confirmation
    Rendered,
    /// out
    Issued,
    /// replaced by another
    Replaced,
    /// void
    Void,
}

/// A paper.
#[derive(Debug, Clone)]
pub struct Document {
    /// id
    pub id: u32,
    /// draft
    pub draft: u32,
    /// template
    pub template: String,
    /// title
    pub title: String,
    /// stage it belongs to
    pub stage: Option<String>,
    /// batch it belongs to
    pub batch: Option<u32>,
    /// items it speaks of
    pub items: Vec<u32>,
    /// recipients: office ids, `public`
    pub to: Vec<String>,
    /// 抄送
    pub copy: Vec<String>,
    /// 成文日期
    pub date: NaiveDate,
    /// 文号
    pub number: Option<Number>,
    /// waits for the sealed scan
    pub seal: bool,
    /// waits for this office's word
    pub confirm: Option<String>,
    /// 保管期限 where it differs
    pub retention: Option<String>,
    /// office that issues it
    pub issuer: String,
    /// schedule it reports for
    pub report: Option<String>,
    /// it is the notice of its batch
    pub notice: bool,
    /// the document it replaces
    pub replaces: Option<u32>,
    /// what its template sees
    pub fields: Fields,
    /// where it is in its life
    pub life: Life,
    /// digests of Word and PDF; a paper made from a Word template may have no PDF
    pub digests: Option<(String, Option<String>)>,
    /// renderer and fonts digest it was made with
    pub renderer: Option<(String, String)>,
    /// the signed and sealed scan
    pub scan: Option<String>,
    /// when issued
    pub issued: Option<Moment>,
    /// recipients reached
    pub delivered: Vec<(String, Mode)>,
    /// the day it was last served by hand
    pub served: Option<NaiveDate>,
    /// event that ordered the present draft
    pub ordered_seq: u64,
    /// the closure that draft is made under
    pub closure: String,
}
