//! PDF of a Word file by LibreOffice, where a machine has it.
//!
//! What an office drew in Word only an office suite sets as it was drawn; so papers made from a Word template go to PDF this
//! way, and all others do not. One process makes one paper, with a profile, a home and a folder of its own, under limits of time and
//! memory that hold for all its children. What fails is tried once more on a new profile. The suite is lent our faces, and told
//! which stands for which, so that a character that was proofed is there.
//!
//! Guarantees: a PDF has at least one page, and says what the Word file says, as far as that can be asked: of its different Chinese characters
//! nine in ten at least. (Pages cannot be compared: only the suite knows how many a Word file has.) The time the suite writes into it, and the two numbers it makes of that, are replaced by
//! values of the paper, so that the same paper gives the same bytes under the same version and faces. (That is not promised by
//! the suite: whoever records a PDF records its digest.)
//! Failures: a sentence for operators. Limits: [`PDF_BYTES_MAX`], [`SECONDS_MAX`], [`MEMORY_BYTES_MAX`].

use super::fonts::{Fonts, Role};
use super::inspect;
use crate::files;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

mod archival;

/// Longest PDF that is taken, in bytes.
pub const PDF_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How long one attempt may take; a paper takes two seconds.
pub const SECONDS_MAX: u32 = 120;
/// Memory one process of the suite may ask for, in bytes of addresses; it lives in a tenth of that.
pub const MEMORY_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;

/// Attempts, each on a new profile.
const ATTEMPTS: usize = 2;
/// Of so many different characters of the Word file one may be missing in the PDF: what the office hid, or a shape that two characters share.
const CHARACTERS_PER_MISSING: usize = 10;
/// Missing characters that are named.
const MISSING_SHOWN_MAX: usize = 10;
/// Ends of the time limit: the command that keeps it says so.
pub const TIMED_OUT: [i32; 2] = [124, 137];
/// PDF/A-2b (ISO 19005-2), with its faces in it.
const FILTER: &str = r#"pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"}}"#;
/// Families that Word files name, by the role of the face that stands for them.
const FAMILIES: [(Role, &[&str]); 5] = [
    (Role::Text, &["仿宋", "仿宋_GB2312", "FangSong", "FangSong_GB2312", "方正仿宋_GBK", "华文仿宋"]),
    (Role::Heading, &["黑体", "SimHei", "方正黑体_GBK", "华文黑体", "微软雅黑", "Microsoft YaHei", "等线", "DengXian"]),
    (Role::Script, &["楷体", "楷体_GB2312", "KaiTi", "KaiTi_GB2312", "方正楷体_GBK", "华文楷体"]),
    (Role::Title, &["方正小标宋_GBK", "方正小标宋简体", "FZXiaoBiaoSong-B05", "FZXiaoBiaoSong-B05S", "华文中宋"]),
    (Role::Plain, &["宋体", "SimSun", "NSimSun", "新宋体", "方正书宋_GBK", "华文宋体"]),
];

/// A program under limits of time and memory that hold for all its children; `timeout` leads a group of its own and kills the
/// whole of it.
pub fn limited(program: &Path, seconds: u32, memory_bytes: u64) -> Command {
    let mut command = Command::new("timeout");
    command
        .args(["--kill-after=5", &seconds.to_string(), "prlimit", &format!("--as={memory_bytes}"), "--"])
        .arg(program);
    command
}

/// The suite of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    program: PathBuf,
    folder: PathBuf,
    seconds: u32,
}

/// A PDF the suite made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// the file
    pub bytes: Vec<u8>,
    /// its pages, at least one
    pub pages: u32,
    /// what made it, e.g. `LibreOffice 7.4`
    pub producer: String,
}

impl Office {
    /// The suite started by `program`; below `folder` it gets its faces and, for each paper, a folder that is removed afterwards.
    pub fn new(program: PathBuf, folder: PathBuf) -> Office {
        Office { program, folder, seconds: SECONDS_MAX }
    }

    /// Removes what papers have left here whose making was cut short. Only for who knows that none is being made.
    pub fn sweep(&self) -> Result<(), files::Error> {
        let left = match files::list(&self.folder) {
            Err(error) if error.is_absent() => return Ok(()),
            listed => listed?,
        };
        let jobs = left.iter().filter(|name| name.to_string_lossy().starts_with("job-"));
        jobs.map(|name| self.folder.join(name)).try_for_each(|job| files::remove_tree(&job))
    }

    /// The PDF of a Word file. `date` is the day the paper bears.
    ///
    /// # Errors
    /// Why there is none.
    pub fn pdf(&self, word: &[u8], date: NaiveDate, fonts: &Fonts) -> Result<Pdf, String> {
        self.lend(fonts).map_err(|error| error.to_string())?;
        let mut why = String::new();
        for _ in 0..ATTEMPTS {
            match self.attempt(word).and_then(|bytes| told(bytes, word, date)) {
                Ok(pdf) => return Ok(pdf),
                Err(error) => why = error,
            }
        }
        Err(why)
    }

    fn attempt(&self, word: &[u8]) -> Result<Vec<u8>, String> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let job = self.folder.join(format!("job-{}-{number}", std::process::id()));
        let failed = |error: files::Error| error.to_string();
        if job.exists() {
            files::remove_tree(&job).map_err(failed)?;
        }
        files::create_dirs(&job).map_err(failed)?;
        let made = files::write_atomic(&job.join("paper.docx"), word).map_err(failed).and_then(|()| self.run(&job));
        // what is left of an attempt must not keep a paper that was made
        let _ = files::remove_tree(&job);
        made
    }

    fn run(&self, job: &Path) -> Result<Vec<u8>, String> {
        let output = limited(&self.program, self.seconds, MEMORY_BYTES_MAX)
            .arg(format!("-env:UserInstallation=file://{}/profile", job.display()))
            .args(["--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard"])
            .args(["--convert-to", FILTER, "--outdir"])
            .arg(job)
            .arg(job.join("paper.docx"))
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LANG", "C.UTF-8")
            .env("HOME", job)
            .env("FONTCONFIG_FILE", self.folder.join("fonts.conf"))
            .env("SAL_USE_VCLPLUGIN", "svp")
            .current_dir(job)
            .output()
            .map_err(|error| format!("`timeout` cannot be started: {error}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        let last =
            said.lines().rev().find(|line| !line.trim().is_empty() && !line.starts_with("Warning")).unwrap_or_default();
        if output.status.code().is_some_and(|code| TIMED_OUT.contains(&code)) {
            let seconds = self.seconds;
            return Err(format!("{} took longer than {seconds} seconds or was killed", self.program.display()));
        }
        if !output.status.success() {
            return Err(format!("{} failed ({}): {last}", self.program.display(), output.status));
        }
        match files::read_at_most(&job.join("paper.pdf"), PDF_BYTES_MAX) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(format!("the PDF is longer than {PDF_BYTES_MAX} bytes")),
            Err(_) => Err(format!("{} made no PDF: {last}", self.program.display())),
        }
    }

    /// Lays our faces out for the suite, once for each set of faces.
    fn lend(&self, fonts: &Fonts) -> Result<(), files::Error> {
        let place = self.folder.join(format!("faces-{}", &fonts.digest()[..16]));
        let settings = self.folder.join("fonts.conf");
        let text = configured(fonts, &place, &self.folder.join("cache"));
        if files::read_at_most(&settings, text.len() as u64).is_ok_and(|it| it.is_some_and(|it| it == text.as_bytes()))
        {
            return Ok(());
        }
        files::create_dirs(&place)?;
        for (name, bytes) in fonts.bundled_files() {
            files::write_atomic(&place.join(name), bytes)?;
        }
        files::write_atomic(&settings, text.as_bytes())
    }
}

/// The settings of the machine, our faces, and who stands for whom.
fn configured(fonts: &Fonts, place: &Path, cache: &Path) -> String {
    let mut text = String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">\n<fontconfig>\n");
    text.push_str("<include ignore_missing=\"yes\">/etc/fonts/fonts.conf</include>\n");
    let own = fonts.directories();
    for directory in own.iter().map(PathBuf::as_path).chain([place]) {
        let _ = writeln!(text, "<dir>{}</dir>", plain(&directory.display().to_string()));
    }
    // in the same directory, and damaged
    for unused in fonts.unused() {
        let path = plain(&unused.path.display().to_string());
        let _ = writeln!(text, "<selectfont><rejectfont><glob>{path}</glob></rejectfont></selectfont>");
    }
    let _ = writeln!(text, "<cachedir>{}</cachedir>", plain(&cache.display().to_string()));
    for (role, families) in FAMILIES {
        let ours = fonts.families(role);
        for family in families {
            let others = ours.iter().filter(|it| it != family).map(|it| format!("<family>{}</family>", plain(it)));
            let others: String = others.collect();
            let _ =
                writeln!(text, "<alias binding=\"same\"><family>{family}</family><accept>{others}</accept></alias>");
        }
    }
    text.push_str("</fontconfig>\n");
    text
}

fn plain(text: &str) -> String {
    let mut out = String::new();
    text.chars().for_each(|it| crate::ooxml::xml::escape_into(it, &mut out));
    out
}

/// Counts the pages, names the maker, and puts values of the paper where the suite put its own time.
fn told(mut bytes: Vec<u8>, word: &[u8], date: NaiveDate) -> Result<Pdf, String> {
    if !bytes.starts_with(b"%PDF") {
        return Err("what the suite made is no PDF".to_owned());
    }
    let pages = pages(&bytes);
    if pages == 0 {
        return Err("the PDF has no page that can be counted".to_owned());
    }
    compared(word, &bytes)?;
    let producer = producer(&bytes);
    bytes = archival::timeless(bytes);
    let digest = files::digest_hex(word).to_uppercase();
    let day = date.format("%Y%m%d000000").to_string();
    overwrite(&mut bytes, b"/CreationDate(D:", &day);
    overwrite(&mut bytes, b"/ModDate(D:", &day);
    for mark in [b"<xmp:CreateDate>", b"<xmp:ModifyDate>"] {
        overwrite(&mut bytes, mark, &date.format("%Y-%m-%dT00:00:00").to_string());
    }
    overwrite(&mut bytes, b"/DocChecksum /", &digest[..32]);
    if let Some(at) = last(&bytes, b"/ID [") {
        let trailer = &mut bytes[at..];
        let id = &digest.as_bytes()[..32];
        let starts: Vec<usize> = (0..trailer.len()).filter(|at| trailer[*at] == b'<').take(2).collect();
        for start in starts {
            if let Some(place) =
                trailer.get_mut(start + 1..start + 33).filter(|it| it.iter().all(u8::is_ascii_hexdigit))
            {
                place.copy_from_slice(id);
            }
        }
    }
    Ok(Pdf { bytes, pages, producer })
}

/// Whether the PDF says what the Word file says. What our reader cannot read is not compared; the paper is examined afterwards.
fn compared(word: &[u8], pdf: &[u8]) -> Result<(), String> {
    let (Ok(word), Ok(pdf)) = (inspect::text(word), inspect::text(pdf)) else { return Ok(()) };
    let wanted: BTreeSet<char> = word.chars().filter(|it| matches!(it, '\u{4E00}'..='\u{9FFF}')).collect();
    let missing: Vec<char> = wanted.iter().copied().filter(|it| !pdf.contains(*it)).collect();
    if missing.len() * CHARACTERS_PER_MISSING <= wanted.len() {
        return Ok(());
    }
    let named: String = missing.iter().take(MISSING_SHOWN_MAX).collect();
    let (lost, all) = (missing.len(), wanted.len());
    Err(format!("the PDF lacks {lost} of the {all} different Chinese characters of the Word file ({named} …)"))
}

/// Puts a value of the same length behind every mark, where a time, figures or hexadecimal digits stand.
fn overwrite(bytes: &mut [u8], mark: &[u8], value: &str) {
    let found: Vec<usize> = positions(bytes, mark).collect();
    for at in found {
        let start = at + mark.len();
        if let Some(place) = bytes.get_mut(start..start + value.len())
            && place.iter().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b':'))
        {
            place.copy_from_slice(value.as_bytes());
        }
    }
}

fn positions<'a>(bytes: &'a [u8], mark: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(mark.len()).enumerate().filter(move |(_, it)| *it == mark).map(|(at, _)| at)
}

fn last(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    positions(bytes, mark).last()
}

/// The pages of a PDF; 0 when none is found.
pub fn pages(bytes: &[u8]) -> u32 {
    inspect::pages(bytes).ok().and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
}

/// What the file says made it; the suite writes it in UTF-16, in hexadecimal digits.
fn producer(bytes: &[u8]) -> String {
    let unknown = || "an office suite".to_owned();
    let Some(at) = positions(bytes, b"/Producer<FEFF").next() else { return unknown() };
    let digits = bytes[at + b"/Producer<FEFF".len()..].iter().take_while(|it| it.is_ascii_hexdigit());
    let digits: String = digits.map(|it| char::from(*it)).collect();
    let unit = |at: usize| u16::from_str_radix(digits.get(at..at + 4)?, 16).ok();
    let units: Vec<u16> = (0..digits.len()).step_by(4).filter_map(unit).collect();
    String::from_utf16(&units).ok().filter(|it| !it.is_empty()).unwrap_or_else(unknown)
}

#[cfg(test)]
mod tests;
