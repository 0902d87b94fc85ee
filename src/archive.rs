//! The archive: a closed case as a read-only folder that can be checked without us, numbered by DA/T 22-2015.
//!
//! Guarantees: a package is there whole or not at all (built beside its place, synced, renamed); sealing a case again
//! answers with the package that is there; every file's digest stands in `manifest.json`; what comes after sealing goes to
//! `补充-n/` with a manifest of its own that names the digest of the one before, so that nothing can be slipped in
//! unnoticed; nothing here deletes a sealed thing. Failures: [`ArchiveError`]. Limits: files are held in memory one at a
//! time; whoever may write the folder can still change it, [`verify`] only tells.

mod manifest;
mod names;
mod package;
mod supplement;
#[cfg(test)]
mod tests;

use crate::clock::Moment;
use crate::files;
use chrono::NaiveDate;
use std::path::PathBuf;

pub use manifest::{Problem, holds_child, verify};
pub use names::{archive_number, child_log, safe_name};
pub use package::seal;
pub use supplement::supplement;

/// Bytes of one file that goes into a package.
pub const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Files of one package.
pub const FILES_MAX: usize = 50_000;
/// The highest 件号: four digits by DA/T 22.
pub const PIECE_NUMBER_MAX: u32 = 9999;

/// How long a piece is kept (国家档案局令第8号).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// 永久
    Permanent,
    /// 30年
    Years30,
    /// 10年
    Years10,
}

impl Retention {
    /// 保管期限代码 (DA/T 22-2015).
    pub fn code(self) -> &'static str {
        match self {
            Retention::Permanent => "Y",
            Retention::Years30 => "D30",
            Retention::Years10 => "D10",
        }
    }

    /// As offices write it.
    pub fn title(self) -> &'static str {
        match self {
            Retention::Permanent => "永久",
            Retention::Years30 => "30年",
            Retention::Years10 => "10年",
        }
    }

    /// From what a definition says: `永久`, `30年` or `10年`.
    pub fn parse(text: &str) -> Option<Retention> {
        [Retention::Permanent, Retention::Years30, Retention::Years10].into_iter().find(|one| one.title() == text)
    }
}

/// Where a file's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// here
    Bytes(Vec<u8>),
    /// in this file, at most [`FILE_BYTES_MAX`] bytes
    Path(PathBuf),
}

/// A file for the archive; its name is data and may be anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveFile {
    /// name, made safe when written
    pub name: String,
    /// content
    pub source: Source,
}

/// One 件: a paper with its attachments, one row of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// 题名
    pub title: String,
    /// 文号, empty when it has none
    pub number: String,
    /// 责任者
    pub responsible: String,
    /// 日期
    pub date: NaiveDate,
    /// 密级, normally empty: secret papers never come here
    pub secrecy: String,
    /// 页数, `None` when nobody counted
    pub pages: Option<u32>,
    /// 备注
    pub note: String,
    /// 正本, attachments, 定稿, in this order
    pub files: Vec<ArchiveFile>,
}

/// A closed case, complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// the case; one package per case
    pub case_id: String,
    /// what it was about
    pub title: String,
    /// 全宗号, e.g. `0123`
    pub fonds: String,
    /// 门类代码, `WS` for 文书
    pub class: String,
    /// 机构（问题）代码, e.g. `ZZB`
    pub office: String,
    /// 保管期限
    pub retention: Retention,
    /// 年度
    pub year: i32,
    /// its pieces in order, at least one
    pub pieces: Vec<Piece>,
    /// what offices handed in, as they handed it in
    pub submissions: Vec<ArchiveFile>,
    /// the case's log, one JSON object a line
    pub events_jsonl: Vec<u8>,
    /// the logs of the cases that are filed with it, each under [`child_log`]
    pub children: Vec<ArchiveFile>,
    /// when the case closed
    pub closed_at: Moment,
}

/// A sealed package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// its folder
    pub path: PathBuf,
    /// sha-256 of its `manifest.json`, hex
    pub digest: String,
    /// 档号 of the first piece
    pub first: String,
    /// 档号 of the last piece
    pub last: String,
    /// true when the case had been sealed before and this is what was found
    pub already: bool,
}

/// What comes after sealing: a late delivery receipt, a corrected scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplement {
    /// the effect that brings it; the same id again changes nothing
    pub id: String,
    /// why it comes now
    pub reason: String,
    /// the files
    pub files: Vec<ArchiveFile>,
    /// when it was added
    pub at: Moment,
}

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// the package cannot be sealed as it is
    #[error("cannot archive {case}: {reason}")]
    Invalid {
        /// the case
        case: String,
        /// what is wrong
        reason: String,
    },
    /// another case has these numbers
    #[error("{number} is taken by {by}")]
    NumberTaken {
        /// the first number that overlaps
        number: String,
        /// folder of the other package
        by: String,
    },
    /// the folder could not be read or written; nothing half-made counts
    #[error(transparent)]
    Folder(#[from] files::Error),
}

impl ArchiveError {
    /// True when the same package may be sealed later without being changed.
    pub fn is_transient(&self) -> bool {
        match self {
            ArchiveError::Folder(error) => error.is_transient(),
            ArchiveError::Invalid { .. } | ArchiveError::NumberTaken { .. } => false,
        }
    }
}
