//! What the typesetter may see: our layout, one document's data, our faces. Nothing else exists for it.

use super::super::fonts::Fonts;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

/// The layout's files; the first is the main one. Ids are interned for ever, so they are made once.
static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    [
        ("gongwen.typ", include_str!("../gongwen.typ")),
        ("parts.typ", include_str!("../parts.typ")),
        ("ends.typ", include_str!("../ends.typ")),
        ("papers.typ", include_str!("../papers.typ")),
        ("sheets.typ", include_str!("../sheets.typ")),
        ("frames.typ", include_str!("../frames.typ")),
    ]
    .into_iter()
    .map(|(name, text)| Source::new(id(name), text.to_owned()))
    .collect()
});
static DATA: LazyLock<FileId> = LazyLock::new(|| id("document.json"));
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// One document to be set.
pub(super) struct Paper {
    fonts: Fonts,
    book: LazyHash<FontBook>,
    data: Bytes,
    font_gone: AtomicBool,
}

impl Paper {
    pub(super) fn new(fonts: &Fonts, data: &serde_json::Value) -> Paper {
        let book = LazyHash::new(FontBook::from_infos(fonts.infos()));
        Paper {
            fonts: fonts.clone(),
            book,
            data: Bytes::from_string(data.to_string()),
            font_gone: AtomicBool::new(false),
        }
    }

    /// True when a face that was chosen could not be read.
    pub(super) fn font_gone(&self) -> bool {
        self.font_gone.load(Ordering::Relaxed)
    }
}

impl World for Paper {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        id("gongwen.typ")
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        SOURCES.iter().find(|source| source.id() == id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == *DATA { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        let font = self.fonts.font(index);
        // The typesetter may ask for an index of another document's book when it looks into its cache.
        if font.is_none() && index < self.fonts.count() {
            self.font_gone.store(true, Ordering::Relaxed);
        }
        font
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn id(name: &str) -> FileId {
    let path = VirtualPath::new(name).unwrap_or_else(|_| unreachable!("{name} is a plain file name"));
    RootedPath::new(VirtualRoot::Project, path).intern()
}
