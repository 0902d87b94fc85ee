//! Papers and how far they are.

use super::effect::Effect;
use super::event::{Fields, Mode, Number, QuestionAbout};
use super::{Case, Question};
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
    /// why this draft could not be made, until somebody has said what becomes of it
    pub unmade: Option<String>,
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
    /// when its tables were reckoned: a draft that prints the same ones does not tell of what came in since
    pub reckoned: Moment,
    /// the closure that draft is made under
    pub closure: String,
}

/// The answer that has papers made anew that could not be made.
pub const MAKE_ANEW: &str = "已更正，重新制作";

impl Document {
    /// Whether both were ordered for the same: what is said of the one holds for the other.
    fn is_like(&self, other: &Document) -> bool {
        self.id == other.id || (self.batch.is_some() && self.batch == other.batch && self.template == other.template)
    }
}

impl Question {
    /// The first of the papers that could not be made, when it asks what becomes of them.
    pub fn unmade(&self) -> Option<u32> {
        let QuestionAbout::Effect { owed: Effect::Render { document, .. }, .. } = &self.about else { return None };
        self.answers.iter().any(|a| a == MAKE_ANEW).then_some(*document)
    }
}

impl Case {
    /// The papers ordered together with this one, itself among them, that could not be made and of which nobody has said
    /// what becomes of them.
    pub fn unmade_like(&self, paper: u32) -> Vec<&Document> {
        let Some(one) = self.documents.get(&paper) else { return Vec::new() };
        match one.batch {
            Some(batch) => self.papers(batch).filter(|d| d.unmade.is_some() && d.is_like(one)).collect(),
            None => Some(one.as_ref()).filter(|d| d.unmade.is_some()).into_iter().collect(),
        }
    }

    /// The open question that asks about papers like this one.
    pub fn asks_of_unmade(&self, paper: u32) -> Option<&Question> {
        let one = self.documents.get(&paper)?;
        let like = |first: u32| self.documents.get(&first).is_some_and(|first| first.is_like(one));
        self.open_questions().find(|q| q.unmade().is_some_and(like))
    }
}
