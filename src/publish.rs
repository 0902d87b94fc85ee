//! The public page: plain HTML and CSS in `public/`, written from a value that says all that is to stand there.
//!
//! Guarantees: what is not in the [`Site`] is not in the folder; a notice that ended is gone with its files, a decision
//! stays; everything is escaped, no script can stand there; no identity number, telephone, bank card or mail address
//! passes that the office has not white-listed; the same site gives the same bytes. A notice or paper that is not fit stays
//! off the page with all its files (older ones go) and is told in [`Written::refused`]; the rest is written. What has to
//! go goes first. Only files of our own manifest are ever removed, and a crash in the middle is mended by the next [`write`].
//! Failures: [`PublishError`]. Limits: a PDF is not read here; whoever offers one says what stands in it ([`Download::texts`]).

mod fragment;
mod page;
mod render;
mod scan;
#[cfg(test)]
mod tests;

use crate::clock::Moment;
use crate::files;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

pub use fragment::{escape, text_of};
pub use scan::{Finding, FindingKind, picture_says, scan_private, scan_word, summary};

/// Bytes of one document's HTML.
pub const FRAGMENT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes of the manifest that are read.
const MANIFEST_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// The list of what we wrote; the only files we remove stand in it.
const MANIFEST: &str = "assets/manifest.json";
const STYLE: &str = include_str!("publish/style.css");

/// A document offered for download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// name the reader's machine saves it under
    pub file_name: String,
    /// content
    pub bytes: Vec<u8>,
    /// what stands in a PDF, with its place
    pub texts: Vec<Placed>,
}

/// A text of a file and where it stands, e.g. `第2面第3段`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// for offices
    pub place: String,
    /// the text
    pub text: String,
}

/// Where readers turn to, an office's public particulars; they are white-listed on its own papers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// the office
    pub office: String,
    /// telephone as written
    pub phone: String,
    /// mail address, may be empty
    pub email: String,
    /// postal address, may be empty
    pub address: String,
}

/// Whether a notice still stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// on the page
    Current,
    /// its period is over or it was withdrawn: off the page with all its files
    Ended,
}

/// A notice that stands for a period (公示).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// unique among notices and papers; any script
    pub id: String,
    /// title
    pub title: String,
    /// whose notice
    pub office: String,
    /// 文种, e.g. 公示
    pub kind: String,
    /// body as HTML, already escaped
    pub html_body: String,
    /// Word file
    pub word: Option<Download>,
    /// PDF file
    pub pdf: Option<Download>,
    /// first day
    pub from: NaiveDate,
    /// last day; `None` when it stands until taken down
    pub until: Option<NaiveDate>,
    /// e.g. 还剩 3 个工作日
    pub days_left_text: String,
    /// how the last day was counted
    pub count_explanation: String,
    /// true when the last day rests on a calendar not yet announced
    pub provisional: bool,
    /// where to object
    pub contact: Contact,
    /// numbers that are meant to be public in it
    pub public_numbers: Vec<String>,
    /// on the page or gone
    pub state: State,
}

/// A paper that stays (决定, 通报).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// unique among notices and papers; any script
    pub id: String,
    /// title
    pub title: String,
    /// whose paper
    pub office: String,
    /// 文种, e.g. 决定
    pub kind: String,
    /// 发文字号
    pub number: Option<String>,
    /// 成文日期
    pub date: NaiveDate,
    /// body as HTML, already escaped
    pub html_body: String,
    /// Word file
    pub word: Option<Download>,
    /// PDF file
    pub pdf: Option<Download>,
    /// whom to ask
    pub contact: Option<Contact>,
    /// what has become of it, where it holds no longer as it reads
    pub standing: Option<String>,
    /// numbers that are meant to be public in it
    pub public_numbers: Vec<String>,
}

/// All that is to stand in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// whose page
    pub office_title: String,
    /// notices, in any order, ended ones too
    pub notices: Vec<Notice>,
    /// papers that stay, in any order
    pub papers: Vec<Paper>,
    /// telephones and mail addresses that may stand in any text
    pub public_contacts: Vec<String>,
    /// what the page gives as its own date
    pub now: Moment,
}

/// What a [`write`] did, paths relative to the folder, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// new or changed
    pub written: Vec<String>,
    /// ours and no longer wanted
    pub removed: Vec<String>,
    /// left out because they are not fit for the page: id and reason, private particulars masked; the page's own title
    /// is told under [`PAGE_ID`]
    pub refused: Vec<(String, String)>,
}

/// Under this id [`Written::refused`] tells that the page's own title is not fit; [`PLAIN_TITLE`] stands instead.
pub const PAGE_ID: &str = "index";
/// The page's title when the one given is not fit.
const PLAIN_TITLE: &str = "公示栏";

/// Why nothing, or not everything, was published. [`write`] itself fails with `Folder` only; the others word what it refused.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// a body or a file holds something that has no place on a public page
    #[error("{id}: not fit for the page: {reason}")]
    Unsafe {
        /// whose
        id: String,
        /// what, in words
        reason: String,
    },
    /// a text holds private particulars
    #[error("{id}: {}", private(findings))]
    Private {
        /// whose
        id: String,
        /// all of them, masked
        findings: Vec<Finding>,
    },
    /// two notices or papers bear one id
    #[error("two notices or papers bear the id {0}")]
    Duplicate(String),
    /// the folder could not be written; the next [`write`] mends it
    #[error(transparent)]
    Folder(#[from] files::Error),
}

impl PublishError {
    /// True when the same site may be published later without being changed.
    pub fn is_transient(&self) -> bool {
        match self {
            PublishError::Folder(error) => error.is_transient(),
            PublishError::Unsafe { .. } | PublishError::Private { .. } | PublishError::Duplicate(_) => false,
        }
    }

    /// The reason without the id.
    fn reason(&self) -> String {
        match self {
            PublishError::Unsafe { reason, .. } => format!("not fit for the page: {reason}"),
            PublishError::Private { findings, .. } => private(findings),
            PublishError::Duplicate(_) | PublishError::Folder(_) => self.to_string(),
        }
    }
}

/// Why a text with private particulars is not public: the office that wrote it reads this.
pub fn private(findings: &[Finding]) -> String {
    format!("含有个人信息，不能公开：{}", scan::summary(findings))
}

/// Every private particular in a text of a file.
pub fn scan_placed(texts: &[Placed], allowed: &[String]) -> Vec<Finding> {
    let of = |it: &Placed| {
        scan_private(&it.text, allowed).into_iter().map(|found| found.within(&it.place)).collect::<Vec<_>>()
    };
    texts.iter().flat_map(of).collect()
}

/// Name of the page of a notice or paper, without folder and ending: ASCII, the same for the same id.
pub fn page_name(id: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !id.is_empty() && id.len() <= 64 && id.chars().all(plain) && !id.starts_with('-') {
        return id.to_owned();
    }
    let readable: String =
        id.chars().map(|c| c.to_ascii_lowercase()).map(|c| if plain(c) { c } else { '-' }).take(40).collect();
    let parts: Vec<&str> = readable.split('-').filter(|part| !part.is_empty()).collect();
    let digest = &files::digest_hex(id.as_bytes())[..12];
    if parts.is_empty() { format!("n-{digest}") } else { format!("{}-{digest}", parts.join("-")) }
}

/// Makes the folder say what `site` says, but for entries that are not fit; files that did not change are not touched.
/// One at a time within the daemon; of two sites the one written last stands.
///
/// # Errors
/// [`PublishError::Folder`]; what had to go was tried first.
pub fn write(dir: &Path, site: &Site) -> Result<Written, PublishError> {
    static TURN: Mutex<()> = Mutex::new(());
    let (wanted, refused) = render::render(site);
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let before = read_manifest(dir)?;
    let names: BTreeSet<String> = wanted.keys().cloned().collect();
    for folder in ["", "assets", "notices"] {
        files::create_dirs(&dir.join(folder))?;
        // half a file that a crash left may be half a notice that has to go
        files::sweep_temporaries(&dir.join(folder))?;
    }
    let mut done = Written { refused, ..Written::default() };
    // taking down comes first, and one file that cannot go does not keep the others
    let mut stuck = None;
    for name in before.difference(&names) {
        match files::remove_file(&dir.join(name)) {
            Ok(()) => done.removed.push(name.clone()),
            Err(error) => stuck = Some(error),
        }
    }
    // ownership is written down before the files are: what a crash leaves behind is still known as ours
    write_manifest(dir, before.union(&names))?;
    for (name, bytes) in &wanted {
        if write_changed(&dir.join(name), bytes)? {
            done.written.push(name.clone());
        }
    }
    if let Some(error) = stuck {
        return Err(error.into());
    }
    write_manifest(dir, names.iter())?;
    Ok(done)
}

/// Takes one notice off the page: its page and files go, the list no longer names it, all else stays.
///
/// # Errors
/// As [`write`].
pub fn unpublish(dir: &Path, site: &Site, id: &str) -> Result<Written, PublishError> {
    let mut rest = site.clone();
    rest.notices.retain(|notice| notice.id != id);
    write(dir, &rest)
}

/// True when the file was written, false when it was so already.
fn write_changed(path: &Path, bytes: &[u8]) -> Result<bool, PublishError> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    // whatever stands there that is not this very file is written over
    if let Ok(Some(there)) = files::read_at_most(path, size)
        && there == bytes
    {
        return Ok(false);
    }
    files::write_atomic(path, bytes)?;
    Ok(true)
}

/// The paths we own. The folder may be written by others: a path that is not one of ours by its form is not believed.
fn read_manifest(dir: &Path) -> Result<BTreeSet<String>, PublishError> {
    let bytes = match files::read_at_most(&dir.join(MANIFEST), MANIFEST_BYTES_MAX) {
        Ok(bytes) => bytes.unwrap_or_default(),
        Err(error) if error.is_absent() => return Ok(BTreeSet::new()),
        Err(error) => return Err(error.into()),
    };
    let listed: Vec<String> = serde_json::from_slice::<serde_json::Value>(&bytes)
        .ok()
        .and_then(|value| serde_json::from_value(value.get("files")?.clone()).ok())
        .unwrap_or_default();
    let ours = |path: &String| match path.split_once('/') {
        Some(("notices", name)) => {
            let stem = name.strip_suffix(".html").or(name.strip_suffix(".docx")).or(name.strip_suffix(".pdf"));
            stem.is_some_and(|stem| !stem.is_empty() && page_name(stem) == stem)
        }
        Some(("assets", name)) => name == "style.css",
        Some(_) => false,
        None => path == "index.html",
    };
    Ok(listed.into_iter().filter(ours).collect())
}

fn write_manifest<'a>(dir: &Path, names: impl Iterator<Item = &'a String>) -> Result<(), PublishError> {
    let value = serde_json::json!({ "format": 1, "files": names.collect::<Vec<_>>() });
    write_changed(&dir.join(MANIFEST), format!("{value:#}\n").as_bytes())?;
    Ok(())
}
