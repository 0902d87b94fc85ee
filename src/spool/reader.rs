//! Reader: everything that reads what strangers wrote, in one place: the secrecy mark of a file, what a zip file holds, how large a
//! picture is, what a file brings along unseen, what a form says.
//!
//! The daemon has it done by children of its own program ([`apart`]), under limits of time and memory: what a file does to its
//! reader it does to no other file, and not to the daemon. A child reads one file after another, so that starting it costs
//! nothing; one that overran is killed, and its file has its answer: [`overran`]. Everybody else reads in its own process.
//! Failures: trouble of the disk is an error; what a file does to its reader is a [`Fault`] of the file.

pub(crate) mod apart;
#[cfg(test)]
mod tests;

use crate::files;
use crate::spool::claim::{SUBMISSION_BYTES_MAX, carried, fitting, picture, secrecy, zipped};
use crate::spool::forms;
use crate::submission::{Fault, Filled, Form};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use apart::{Children, MEMORY_BYTES_MAX, SECONDS_MAX, serve};

/// The beginning of the text of a PDF; whoever can read PDFs lends this.
pub type PdfHead = fn(&[u8]) -> Vec<String>;

/// What whoever can read PDFs lends.
#[derive(Debug, Clone, Copy)]
pub struct Pdfs {
    /// the beginning of the text of one
    pub head: PdfHead,
    /// what one brings along
    pub carried: fn(&[u8]) -> OfPdf,
}

/// What a PDF brings along unseen.
#[derive(Debug, Clone, Copy, Default)]
pub struct OfPdf {
    /// it opens with a password only
    pub locked: bool,
    /// it has scripts, or calls another program
    pub runs: bool,
    /// it has programs in it
    pub programs: bool,
    /// its reader makes nothing of it, and saw none of this
    pub unread: bool,
}

impl Pdfs {
    /// Of somebody who reads none.
    pub const NONE: Pdfs = Pdfs {
        head: |_| Vec::new(),
        carried: |_| OfPdf { locked: false, runs: false, programs: false, unread: false },
    };
}

/// Who reads.
#[derive(Debug, Clone)]
pub enum Reader {
    /// this process
    Here(Pdfs),
    /// children of this program
    Apart(Arc<Children>),
}

impl Default for Reader {
    fn default() -> Reader {
        Reader::Here(Pdfs::NONE)
    }
}

/// What is asked of a child; files are named by their paths, which may be bytes of any encoding.
#[derive(Debug, Serialize, Deserialize)]
enum Asked {
    Mark {
        #[serde(with = "in_bytes")]
        path: PathBuf,
        name: String,
    },
    Look {
        #[serde(with = "in_bytes")]
        path: PathBuf,
        name: String,
        unpack: bool,
    },
    Read {
        #[serde(with = "in_bytes")]
        path: PathBuf,
        name: String,
        form: Option<Box<Form>>,
    },
}

/// A path as the bytes it is.
mod in_bytes {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::ffi::OsString;
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::path::{Path, PathBuf};

    pub(super) fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
        path.as_os_str().as_bytes().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
        Vec::deserialize(from).map(|bytes| PathBuf::from(OsString::from_vec(bytes)))
    }
}

impl Asked {
    fn path(&self) -> &Path {
        match self {
            Asked::Mark { path, .. } | Asked::Look { path, .. } | Asked::Read { path, .. } => path,
        }
    }
}

/// What a child answers.
#[derive(Debug, Serialize, Deserialize)]
enum Told {
    Mark(Option<String>),
    /// names of a zip file's files, or of what is drawn in a Word form; their bytes follow one another behind the answer
    Look {
        too_large: Option<Fault>,
        drawn: bool,
        unread: bool,
        held: Result<Vec<(String, usize)>, Vec<Fault>>,
    },
    Read(Box<Result<Filled, Vec<Fault>>>),
    /// the file could not be opened or read
    Failed {
        absent: bool,
        why: String,
    },
}

/// What a look into a file found: too many pixels, and what it holds.
#[derive(Debug, Default)]
pub(super) struct Looked {
    pub(super) too_large: Option<Fault>,
    /// what it holds are pictures of a Word form, and no files of a package
    pub(super) drawn: bool,
    /// it is a PDF its reader makes nothing of
    pub(super) unread: bool,
    pub(super) held: Vec<zipped::Entry>,
    pub(super) faults: Vec<Fault>,
}

/// The fault of a file that made its reader overrun.
pub fn overran(name: &str) -> Fault {
    let say = format!(
        "读取时超过了限度（{SECONDS_MAX}秒或者{}兆字节内存），没有读完。请在 WPS 或 Excel 中打开，只保留要交的内容，另存一份再交。",
        MEMORY_BYTES_MAX / 1024 / 1024
    );
    Fault::at(name, say)
}

impl Reader {
    /// The secrecy mark a file bears. A file that makes its reader overrun bears none here; it has its answer when it is read.
    pub(super) fn mark(&self, path: &Path, name: &str) -> Result<Option<&'static str>, files::Error> {
        match self {
            Reader::Here(pdfs) => secrecy::mark_in(path, name, pdfs.head),
            // of most files the first bytes are enough
            Reader::Apart(_) if !secrecy::wants_reader(path)? => secrecy::mark_in(path, name, |_| Vec::new()),
            Reader::Apart(children) => {
                let asked = Asked::Mark { path: path.to_path_buf(), name: name.to_owned() };
                match children.ask(&asked)? {
                    Some((Told::Mark(mark), _)) => Ok(mark.and_then(|mark| secrecy::known(&mark))),
                    Some((Told::Look { .. } | Told::Read(_) | Told::Failed { .. }, _)) | None => Ok(None),
                }
            }
        }
    }

    /// Looks into a kept file: pixels, what it brings along, and with `unpack` what it holds.
    pub(super) fn look(&self, path: &Path, name: &str, bytes: &[u8], unpack: bool) -> Result<Looked, files::Error> {
        let looked = self.looked(path, name, bytes, unpack)?;
        if looked.unread {
            tracing::warn!("a damaged PDF is taken as it is, not looked into: {}", path.display());
        }
        Ok(looked)
    }

    fn looked(&self, path: &Path, name: &str, bytes: &[u8], unpack: bool) -> Result<Looked, files::Error> {
        if let Some(fault) = fitting::fault(name, bytes) {
            return Ok(Looked { faults: vec![fault], ..Looked::default() });
        }
        let children = match self {
            Reader::Here(pdfs) => return Ok(look(name, bytes, unpack, *pdfs)),
            Reader::Apart(children) => children,
        };
        let package = zipped::may_be(bytes) || !unpack && zipped::is_called(name);
        if !(picture::may_be(bytes) || carried::may_be(name, bytes) || package) {
            return Ok(Looked::default());
        }
        match children.ask(&Asked::Look { path: path.to_path_buf(), name: name.to_owned(), unpack })? {
            Some((Told::Look { too_large, drawn, unread, held: Ok(held) }, bytes)) => {
                let mut rest = bytes.as_slice();
                let mut cut = |(name, length): (String, usize)| {
                    let (one, after) = rest.split_at_checked(length)?;
                    rest = after;
                    Some((name, one.to_vec()))
                };
                let held: Option<Vec<zipped::Entry>> = held.into_iter().map(&mut cut).collect();
                let looked = |held| Looked { too_large, drawn, unread, held, faults: Vec::new() };
                Ok(held.map_or_else(|| Looked::overran(name), looked))
            }
            Some((Told::Look { too_large, held: Err(faults), .. }, _)) => {
                Ok(Looked { too_large, faults, ..Looked::default() })
            }
            Some((Told::Mark(_) | Told::Read(_) | Told::Failed { .. }, _)) | None => Ok(Looked::overran(name)),
        }
    }

    /// Reads a kept file as a form, as an answer to `form` where that is known.
    ///
    /// # Errors
    /// The disk's.
    pub fn read(
        &self,
        path: &Path,
        name: &str,
        form: Option<Form>,
    ) -> Result<Result<Filled, Vec<Fault>>, files::Error> {
        match self {
            Reader::Here(_) => read(path, name, form.as_ref()),
            Reader::Apart(children) => {
                let form = form.map(Box::new);
                match children.ask(&Asked::Read { path: path.to_path_buf(), name: name.to_owned(), form })? {
                    Some((Told::Read(read), _)) => Ok(*read),
                    Some((Told::Mark(_) | Told::Look { .. } | Told::Failed { .. }, _)) | None => {
                        Ok(Err(vec![overran(name)]))
                    }
                }
            }
        }
    }
}

/// What is seen in a dropped file before it is read: its mark, and everything wrong with its pixels or with what it holds. What a child
/// does, in this process: for those who throw damaged files at it.
pub fn looked_into(name: &str, bytes: &[u8], pdfs: Pdfs) -> (Option<&'static str>, Vec<Fault>) {
    let looked = look(name, bytes, true, pdfs);
    (secrecy::mark_of(bytes, name, pdfs.head), looked.too_large.into_iter().chain(looked.faults).collect())
}

impl Looked {
    fn overran(name: &str) -> Looked {
        Looked { faults: vec![overran(name)], ..Looked::default() }
    }
}

fn look(name: &str, bytes: &[u8], unpack: bool, pdfs: Pdfs) -> Looked {
    let too_large = picture::too_large(name, bytes);
    let of_pdf = carried::of_pdf(bytes, pdfs.carried);
    let mut faults = carried::faults(name, bytes, of_pdf);
    if !unpack {
        faults.extend(zipped::attached(name, bytes));
    }
    if !faults.is_empty() {
        return Looked { too_large, faults, ..Looked::default() };
    }
    match if unpack { zipped::unpack(name, bytes) } else { Ok(None) } {
        Ok(Some(held)) => Looked { too_large, held, ..Looked::default() },
        Ok(None) => {
            let held = forms::pictures(bytes);
            Looked { too_large, drawn: !held.is_empty(), unread: of_pdf.unread, held, faults: Vec::new() }
        }
        Err(faults) => Looked { too_large, faults, ..Looked::default() },
    }
}

fn read(path: &Path, name: &str, form: Option<&Form>) -> Result<Result<Filled, Vec<Fault>>, files::Error> {
    let bytes = bytes_of(path)?;
    Ok(match form {
        Some(form) => forms::read_for(name, &bytes, form),
        None => forms::read(name, &bytes),
    })
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, files::Error> {
    let long = std::io::Error::new(std::io::ErrorKind::InvalidData, "it is too long");
    files::read_at_most(path, SUBMISSION_BYTES_MAX)?.ok_or_else(|| files::failed("read", path)(long))
}

/// What a child makes of what it is asked, and the bytes that go with it.
fn answer(asked: &Asked, pdfs: Pdfs) -> (Told, Vec<u8>) {
    let failed =
        |error: &files::Error| (Told::Failed { absent: error.is_absent(), why: error.to_string() }, Vec::new());
    match asked {
        Asked::Mark { path, name } => match secrecy::mark_in(path, name, pdfs.head) {
            Ok(mark) => (Told::Mark(mark.map(str::to_owned)), Vec::new()),
            Err(error) => failed(&error),
        },
        Asked::Look { path, name, unpack } => match bytes_of(path) {
            Ok(bytes) => {
                let Looked { too_large, drawn, unread, held, faults } = look(name, &bytes, *unpack, pdfs);
                let names = held.iter().map(|(name, bytes)| (name.clone(), bytes.len())).collect();
                let bytes = held.into_iter().flat_map(|(_, bytes)| bytes).collect();
                let held = if faults.is_empty() { Ok(names) } else { Err(faults) };
                (Told::Look { too_large, drawn, unread, held }, bytes)
            }
            Err(error) => failed(&error),
        },
        Asked::Read { path, name, form } => match read(path, name, form.as_deref()) {
            Ok(read) => (Told::Read(Box::new(read)), Vec::new()),
            Err(error) => failed(&error),
        },
    }
}
