//! The faces documents are set in: open ones inside the program, and before them those an office owns.
//!
//! A face serves a role of GB/T 9704 (仿宋 text, 黑体 headings, …). Characters a role's face lacks are taken from the other
//! faces in a fixed order; a character no face has is reported by [`Fonts::missing`], never set as a blank box. A file of an
//! office's that is damaged is not used, and told by [`Fonts::unused`].
//! Cheap to clone. Nothing is decoded until a face is needed: an idle daemon holds file names and coverage only.

use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use typst::foundations::Bytes;
use typst::text::{Font, FontInfo};

mod own;
mod reach;

pub use reach::{FaceReport, LEVEL_CHARACTERS, Reach, Report, level};

/// Largest font file an office may add; SimSun, the largest face offices own, is 18 MB.
pub const FONT_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Most font files read from an office's directory.
pub const FONT_FILES_MAX: usize = 32;

/// What a face is used for (9704 5.2.2, 7.2–7.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// 仿宋: text, lower headings, 版记
    Text,
    /// 黑体: first-level headings, labels
    Heading,
    /// 楷体: second-level headings, the signer's name
    Script,
    /// 小标宋: marks and titles
    Title,
    /// 宋体: page numbers, and every character the other faces lack
    Plain,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 5] = [Role::Text, Role::Heading, Role::Script, Role::Title, Role::Plain];

    /// The kind of face it asks for, and what that is used for.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Role::Text => ("仿宋", "text, lower headings, 版记"),
            Role::Heading => ("黑体", "first headings, labels"),
            Role::Script => ("楷体", "second headings, the signer"),
            Role::Title => ("小标宋", "marks and titles"),
            Role::Plain => ("宋体", "page numbers, rare characters"),
        }
    }
}

/// A directory of faces that cannot be listed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("cannot read {path}: {reason}", path = path.display())]
pub struct FontsError {
    /// the directory
    pub path: PathBuf,
    /// what the system said
    pub reason: String,
}

/// A file of an office's own that is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// the file
    pub path: PathBuf,
    /// what is wrong with it
    pub reason: String,
    /// what to do about it
    pub help: &'static str,
}

/// The faces in use. Clones share everything.
#[derive(Debug, Clone)]
pub struct Fonts {
    faces: Arc<Vec<Face>>,
    unused: Arc<Vec<Unused>>,
}

#[derive(Debug)]
struct Face {
    source: Source,
    /// sha256 of the whole file, hex
    digest: String,
    /// known at once for a bundled face, guessed from the family for an office's
    role: Option<Role>,
    info: OnceLock<Option<FontInfo>>,
    font: OnceLock<Option<Font>>,
}

#[derive(Debug)]
enum Source {
    Bundled { file: &'static str, bytes: &'static [u8] },
    File { path: PathBuf, index: u32 },
}

/// An open face that comes with the program.
struct Bundled {
    /// `None` for one that only lends characters
    role: Option<Role>,
    file: &'static str,
    bytes: &'static [u8],
    /// sha256 of the file, written down so that naming the faces of a document does not read 66 MB; a test compares
    digest: &'static str,
}

macro_rules! bundled {
    ($role:expr, $file:literal, $digest:literal) => {
        Bundled { role: $role, file: $file, bytes: include_bytes!(concat!("../../fonts/", $file)), digest: $digest }
    };
}

/// The open faces, in the order they are asked for a character that the role's own face lacks: the plain one first.
const BUNDLED: [Bundled; 7] = [
    bundled!(
        Some(Role::Text),
        "FandolFang-Regular.otf",
        "d838ad32ce2244d8144f408c37fe71065aba6fbbc80759a4d2aa2033948d5bc9"
    ),
    bundled!(
        Some(Role::Heading),
        "NotoSansSC-Regular-GBK.otf",
        "b39256e3bc9167400cf2b2e0ce002f86bbdbdae85b00db0cfd502b5330628788"
    ),
    bundled!(
        Some(Role::Script),
        "FandolKai-Regular.otf",
        "ea7e7fb4f9b3ac694a68d43946e04d21deed6e8c29a7c2d3081e1a4138f2f827"
    ),
    bundled!(
        Some(Role::Title),
        "NotoSerifSC-Bold-GBK.otf",
        "8e61fd9b728bbdefd17155d99222000ec0092402c141b61f3e3ab51fc207da53"
    ),
    bundled!(None, "SymbolSupplement.ttf", "dde49f42c4f5387e6d0731cedf1ecd684586c3d3db80667555a18628731d0f10"),
    bundled!(None, "HanSupplement.ttf", "52957ca8987207c2ce8e13a1f9f82acad0bb5cb32cc7674e78e9d90b431fb2fe"),
    bundled!(
        Some(Role::Plain),
        "NotoSerifSC-Regular-Han.otf",
        "f485562545f20637666e2480f045b8754bcaf37516c1c396b59008487c491ea1"
    ),
];

impl Fonts {
    /// The open faces that come with the program.
    pub fn bundled() -> Fonts {
        Fonts { faces: Arc::new(bundled_faces()), unused: Arc::default() }
    }

    /// The faces in `directory` (`.ttf`, `.otf`, `.ttc`, in the order of their names), then the bundled ones. Reads every file
    /// once to learn its family, coverage and digest, and whether it is whole; which role it serves follows from its family
    /// name. A damaged file is left out. A missing directory is an error: whether there is one is the caller's to know.
    pub fn with_directory(directory: &Path) -> Result<Fonts, FontsError> {
        let (mut faces, unused) = own::faces(directory)?;
        faces.extend(bundled_faces());
        Ok(Fonts { faces: Arc::new(faces), unused: Arc::new(unused) })
    }

    /// The office's own files that are not used, with why.
    pub fn unused(&self) -> &[Unused] {
        &self.unused
    }

    /// sha256 in hex over the digests of all faces in their order: recorded with every document made.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for face in self.faces.iter() {
            hash.update(face.digest.as_bytes());
            hash.update(b"\n");
        }
        hex(&hash.finalize())
    }

    /// The characters of `text` that no face has, each once, in the order they are met. Control characters are not counted.
    pub fn missing(&self, text: &str) -> Vec<char> {
        let mut met = BTreeSet::from([' ', '\u{3000}']);
        let new = text.chars().filter(|it| met.insert(*it) && !it.is_control());
        new.filter(|it| !self.covers(*it)).collect()
    }

    /// The faces inside the program, as files for another program to read.
    pub(crate) fn bundled_files(&self) -> impl Iterator<Item = (String, &'static [u8])> + '_ {
        self.faces.iter().filter_map(|face| match &face.source {
            Source::Bundled { bytes, .. } => Some((format!("{}.otf", &face.digest[..16]), *bytes)),
            Source::File { .. } => None,
        })
    }

    /// The directories of the office's own faces.
    pub(crate) fn directories(&self) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = Vec::new();
        for face in self.faces.iter() {
            if let Source::File { path, .. } = &face.source
                && let Some(directory) = path.parent()
                && !found.iter().any(|it| it == directory)
            {
                found.push(directory.to_owned());
            }
        }
        found
    }

    /// Families to try for `role`, best first; the last serves what the others lack.
    pub(crate) fn families(&self, role: Role) -> Vec<String> {
        let mut families: Vec<String> = Vec::new();
        let ours = self.faces.iter().filter(|face| face.role == Some(role));
        let plain = self.faces.iter().filter(|face| face.role == Some(Role::Plain));
        for face in ours.chain(plain).chain(self.faces.iter()) {
            if let Some(info) = face.info()
                && !families.contains(&info.family)
            {
                families.push(info.family.clone());
            }
        }
        families
    }

    /// What is known of every face, in order; the position is the index for [`Fonts::font`].
    pub(crate) fn infos(&self) -> impl Iterator<Item = FontInfo> + '_ {
        // A face that cannot be read any more still keeps its place, under a name nothing asks for.
        self.faces.iter().map(|face| face.info().cloned().unwrap_or_else(nameless))
    }

    /// The face at `index`, decoded on first use; `None` when there is none or its file has changed or gone since.
    pub(crate) fn font(&self, index: usize) -> Option<Font> {
        self.faces.get(index)?.font()
    }

    /// How many faces there are.
    pub(crate) fn count(&self) -> usize {
        self.faces.len()
    }

    fn covers(&self, character: char) -> bool {
        let covers = |info: &FontInfo| info.coverage.contains(u32::from(character));
        // The face with the widest repertoire stands last, so ask from the end.
        self.faces.iter().rev().any(|face| face.info().is_some_and(covers))
    }
}

impl Face {
    fn info(&self) -> Option<&FontInfo> {
        let read = || match &self.source {
            Source::Bundled { bytes, .. } => FontInfo::new(bytes, 0),
            Source::File { path, index } => FontInfo::new(&std::fs::read(path).ok()?, *index),
        };
        self.info.get_or_init(read).as_ref()
    }

    fn font(&self) -> Option<Font> {
        let read = || match &self.source {
            Source::Bundled { bytes, .. } => Font::new(Bytes::new(*bytes), 0),
            Source::File { path, index } => {
                let bytes = std::fs::read(path).ok()?;
                // Another file under the same name would make a document its digest does not describe.
                if digest(&bytes) != self.digest {
                    return None;
                }
                Font::new(Bytes::new(bytes), *index)
            }
        };
        self.font.get_or_init(read).clone()
    }
}

fn bundled_faces() -> Vec<Face> {
    let face = |it: Bundled| Face {
        source: Source::Bundled { file: it.file, bytes: it.bytes },
        digest: it.digest.to_owned(),
        role: it.role,
        info: OnceLock::new(),
        font: OnceLock::new(),
    };
    BUNDLED.into_iter().map(face).collect()
}

/// Which role a family an office owns serves, by the names foundries give: 方正小标宋_GBK, FZXiaoBiaoSong-B05S, 仿宋_GB2312,
/// FangSong, STFangsong, KaiTi_GB2312, SimHei, SimSun. None for a family that says nothing; it still lends rare characters.
fn role_of(family: &str) -> Option<Role> {
    let family = family.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| family.contains(word));
    // 小标宋 and 仿宋 contain 宋, so they are asked first.
    if has(&["小标宋", "xiaobiaosong", "xbs"]) {
        Some(Role::Title)
    } else if has(&["仿宋", "fangsong", "fang song"]) {
        Some(Role::Text)
    } else if has(&["楷", "kaiti", "kai"]) {
        Some(Role::Script)
    } else if has(&["黑", "simhei", "heiti"]) {
        Some(Role::Heading)
    } else if has(&["宋", "simsun", "song"]) {
        Some(Role::Plain)
    } else {
        None
    }
}

fn nameless() -> FontInfo {
    FontInfo {
        family: String::new(),
        variant: typst::text::FontVariant::default(),
        flags: typst::text::FontFlags::empty(),
        axes: Vec::new(),
        coverage: typst::text::Coverage::from_vec(Vec::new()),
    }
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
