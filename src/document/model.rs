//! The document model: what a paper says and which elements of GB/T 9704 it has, before any layout.
//!
//! Templates make it, Word and PDF are made from it. It holds text only; fonts, sizes and positions are the writers' business.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What kind of paper it is; decides the layout (GB/T 9704 §5–§9 and the papers beside it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// 文件格式: red mark, number, red rule, title … 版记 (9704 7.2–7.4)
    Document,
    /// 信函格式 (9704 8.1)
    Letter,
    /// 命令（令）格式 (9704 8.2): mark, running number, text, the signer's post and stamp; its title is not set
    Order,
    /// 纪要格式 (9704 8.3): mark, number, title, text, who attended
    Minutes,
    /// a plain paper without 版头 and 版记: 公示, 方案, 告知书
    Plain,
    /// 汇总表: a landscape page with a title and tables
    Sheet,
    /// 登记表, 送达回证: a portrait page with a title and tables, rows high enough to write in
    Form,
    /// 证书: one framed landscape page, large text
    Certificate,
    /// 奖牌文: the face of a plaque; who is honoured, the honour in the largest type, who gives it
    Plaque,
}

/// A whole paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// the layout it is set in
    pub layout: Layout,
    /// 发文机关标志, one line per organ, without 文件; empty when the layout has none
    pub mark: Vec<String>,
    /// whether the mark ends in 文件
    pub mark_file: bool,
    /// 份号, six digits
    #[serde(default)]
    pub serial: Option<String>,
    /// 紧急程度 (特急/加急)
    pub urgency: Option<String>,
    /// 发文字号, e.g. 香党发〔2022〕8号, or 令号, e.g. 第3号
    pub number: Option<String>,
    /// 签发人, upward papers only
    pub signers: Vec<String>,
    /// 标题, one string per line as broken by meaning; the writers balance a single long line
    pub title: Vec<String>,
    /// 题注 under the title, without the brackets: the meeting that adopted the paper and when
    #[serde(default)]
    pub adopted: Option<String>,
    /// of an attachment that is not bound with its paper: the paper's number, 附件 and its own number
    #[serde(default)]
    pub attached_to: Option<String>,
    /// 主送机关, without the colon
    pub main_to: Option<String>,
    /// 正文
    pub body: Vec<Block>,
    /// 附件说明: names of attachments in order
    pub attachments: Vec<Attachment>,
    /// 出席, 请假 and 列席 of 纪要, in this order
    #[serde(default)]
    pub attendance: Vec<Attendance>,
    /// 发文机关署名; where `posts` are given, the names of the persons who sign
    pub signature: Vec<String>,
    /// 职务 of those who sign themselves (命令, 议案), one for each name of the signature
    #[serde(default)]
    pub posts: Vec<String>,
    /// 成文日期
    pub date: Option<NaiveDate>,
    /// whether the seal slot stands on the signature (印章 or 签名章); false = signed without a seal
    pub seal: bool,
    /// 附注, without the brackets
    pub note: Option<String>,
    /// 抄送机关, without the label and the full stop
    pub copy_to: Option<String>,
    /// 分送 of 纪要, without the label and the full stop
    #[serde(default)]
    pub distributed: Option<String>,
    /// 印发机关 and 印发日期; None = no 版记 line
    pub printed_by: Option<(String, NaiveDate)>,
    /// 共印份数, a row of the 版记
    #[serde(default)]
    pub copies: Option<u32>,
    /// title for the file's properties
    pub subject: String,
    /// who issued it, for the file's properties
    pub author: String,
}

/// Who attended a meeting, or did not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attendance {
    /// 出席, 请假 or 列席
    pub label: String,
    /// units and names
    pub names: String,
}

/// An attachment bound with the body: its name and what stands in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// the same name in 附件说明 and on the attachment's own page
    pub name: String,
    /// its content
    pub body: Vec<Block>,
}

/// A block of the body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Block {
    /// a paragraph, first line indented by two characters
    Paragraph(Vec<Span>),
    /// a heading; level 1 = 一、黑体, 2 = （一）楷体, 3 = 1., 4 = （1）; the text has its numeral already
    Heading(u8, Vec<Span>),
    /// a line set in the middle (certificates, table titles)
    Centre(Vec<Span>),
    /// a table; `header` rows repeat on every page
    Table(Table),
    /// a picture of numbers
    Chart(Chart),
}

/// How a chart shows its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChartKind {
    /// 柱状图: a bar for each number
    Bars,
    /// 折线图: a line for each series
    Lines,
    /// 比例图: one series as parts of its sum
    Shares,
}

/// A chart: the numbers and what they are called. Every point has as many values as there are series; shares have one series, none
/// of its values missing or below zero, and a sum above zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// how the numbers are shown
    pub kind: ChartKind,
    /// 图题 under the picture
    pub caption: String,
    /// names of the series
    pub series: Vec<String>,
    /// the points along the axis, in order
    pub points: Vec<ChartPoint>,
}

/// A place on a chart's axis and its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChartPoint {
    /// what stands under it
    pub label: String,
    /// decimal numbers as they were written; `None` where there is none
    pub values: Vec<Option<String>>,
}

/// A run of text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// what it says; may hold any character but control characters
    pub text: String,
    /// **strong** in the template: 黑体 in a document, larger on a certificate
    pub strong: bool,
}

/// A table. Every row has as many cells as there are columns once spans are counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Table {
    /// 表题 over the table
    pub caption: Option<String>,
    /// relative widths, one per column
    pub widths: Vec<u32>,
    /// header rows, repeated on every page
    pub header: Vec<Vec<TableCell>>,
    /// body rows
    pub rows: Vec<Vec<TableCell>>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableCell {
    /// text; `\n` is a line break
    pub text: String,
    /// columns it spans, at least 1
    pub columns: u32,
    /// rows it spans, at least 1
    pub rows: u32,
    /// centred (true) or flush left (false)
    pub centre: bool,
}
