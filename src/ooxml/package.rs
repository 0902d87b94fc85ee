//! A package of parts: the zip archive an Office file is.
//!
//! Guarantees: the same parts give the same bytes (the list of content types first, the rest by name, deflate level 6, one fixed time);
//! reading stops at its limits before it fills the memory.
//! Failures: an archive that is damaged, encrypted, too large, or holds one name twice or a name leading out of it, is an error.
//! Limits: [`PACKAGE_BYTES_MAX`], [`UNPACKED_BYTES_MAX`], [`PARTS_COUNT_MAX`], per part [`super::xml::XML_BYTES_MAX`].

use super::xml::{self, Element, XML_BYTES_MAX, XmlError};
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::sync::Arc;
use thiserror::Error;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// The longest archive that is read, in bytes.
pub const PACKAGE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most that all parts of an archive may unpack to, in bytes.
pub const UNPACKED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The most parts an archive may hold.
pub const PARTS_COUNT_MAX: usize = 4096;

const CONTENT_TYPES: &str = "[Content_Types].xml";
const CONTENT_TYPES_SPACE: &str = "http://schemas.openxmlformats.org/package/2006/content-types";
const RELATIONSHIPS_SPACE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const RELATIONSHIPS_TYPE: &str = "application/vnd.openxmlformats-package.relationships+xml";
const OFFICE_DOCUMENT: &str = "/officeDocument";

/// Why a package was not read or written.
#[derive(Debug, Error)]
pub enum PackageError {
    /// the archive is damaged or encrypted
    #[error("the archive cannot be read or written: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// reading or packing a part failed
    #[error("a part cannot be read or written: {0}")]
    Part(#[from] std::io::Error),
    /// a limit was reached; which one
    #[error("the archive is too large: {0}")]
    Large(&'static str),
    /// a part's name leads out of the archive or comes twice
    #[error("the archive holds the unusable name {0:?}")]
    Name(String),
    /// a part that must be there is missing
    #[error("the package has no part {0}")]
    Missing(String),
    /// a part is not XML
    #[error("the part {0} cannot be read: {1}")]
    Xml(String, XmlError),
}

/// Parts by name, without the leading slash, e.g. `word/document.xml`.
#[derive(Debug, Clone, Default)]
pub struct Package {
    parts: BTreeMap<String, Vec<u8>>,
    /// what is copied instead of packed again
    packed: Option<Packed>,
}

/// Parts as they were packed once, for the many packages that hold them unchanged.
#[derive(Debug, Clone)]
struct Packed {
    parts: Arc<BTreeMap<String, Vec<u8>>>,
    archive: ZipArchive<Cursor<Arc<[u8]>>>,
}

/// Two packages are equal when their parts are.
impl PartialEq for Package {
    fn eq(&self, other: &Package) -> bool {
        self.parts == other.parts
    }
}

impl Eq for Package {}

impl Package {
    /// A package without parts.
    pub fn new() -> Package {
        Package::default()
    }

    /// Reads an archive whole.
    pub fn read(bytes: &[u8]) -> Result<Package, PackageError> {
        if bytes.len() > PACKAGE_BYTES_MAX {
            return Err(PackageError::Large("the file"));
        }
        let mut archive = ZipArchive::new(Cursor::new(bytes))?;
        if archive.len() > PARTS_COUNT_MAX {
            return Err(PackageError::Large("the number of parts"));
        }
        let mut package = Package::new();
        let mut unpacked: u64 = 0;
        for index in 0..archive.len() {
            let mut file = archive.by_index(index)?;
            if file.is_dir() {
                continue;
            }
            let name = file.name().to_owned();
            if !usable(&name) || package.parts.contains_key(&name) {
                return Err(PackageError::Name(name));
            }
            // the size an archive declares is a claim; what comes out is what counts
            let mut data = Vec::new();
            let read = file.by_ref().take(XML_BYTES_MAX as u64 + 1).read_to_end(&mut data)?;
            unpacked = unpacked.saturating_add(read as u64);
            if read > XML_BYTES_MAX {
                return Err(PackageError::Large("a part"));
            }
            if unpacked > UNPACKED_BYTES_MAX {
                return Err(PackageError::Large("all parts together"));
            }
            package.parts.insert(name, data);
        }
        Ok(package)
    }

    /// The bytes of a part.
    pub fn part(&self, name: &str) -> Option<&[u8]> {
        self.parts.get(name).map(Vec::as_slice)
    }

    /// The names of all parts, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.keys().map(String::as_str)
    }

    /// The tree of a part.
    pub fn xml(&self, name: &str) -> Result<Element, PackageError> {
        let bytes = self.part(name).ok_or_else(|| PackageError::Missing(name.to_owned()))?;
        xml::parse(bytes).map_err(|error| PackageError::Xml(name.to_owned(), error))
    }

    /// Puts a part, replacing the one of its name; its content type is not touched.
    pub fn put(&mut self, name: &str, bytes: Vec<u8>) {
        self.parts.insert(name.to_owned(), bytes);
    }

    /// Puts a new part and names its content type.
    pub fn add(&mut self, name: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), PackageError> {
        let mut types = match self.part(CONTENT_TYPES) {
            Some(_) => self.xml(CONTENT_TYPES)?,
            None => Element::new("Types")
                .with("xmlns", CONTENT_TYPES_SPACE)
                .child(Element::new("Default").with("Extension", "rels").with("ContentType", RELATIONSHIPS_TYPE))
                .child(Element::new("Default").with("Extension", "xml").with("ContentType", "application/xml")),
        };
        let entry = Element::new("Override").with("PartName", format!("/{name}")).with("ContentType", content_type);
        self.put(CONTENT_TYPES, types_with(&mut types, entry));
        self.put(name, bytes);
        Ok(())
    }

    /// Relates the part `source` (empty: the package itself) to `target`, a path relative to the source's folder, and gives the
    /// relationship's id. `kind` is the relationship's type, a URI.
    pub fn relate(&mut self, source: &str, kind: &str, target: &str) -> Result<String, PackageError> {
        let name = relationships_of(source);
        let relationships = match self.part(&name) {
            Some(_) => self.xml(&name)?,
            None => Element::new("Relationships").with("xmlns", RELATIONSHIPS_SPACE),
        };
        let number = relationships.elements().count() + 1;
        let free = |id: &String| !relationships.elements().any(|old| old.get("Id") == Some(id));
        let id = (number..).map(|number| format!("rId{number}")).find(free).unwrap_or_default();
        let entry = Element::new("Relationship").with("Id", id.clone()).with("Type", kind).with("Target", target);
        self.put(&name, relationships.child(entry).write());
        Ok(id)
    }

    /// Takes a relationship of the part `source` (empty: the package itself) away, and the part it led to with it, when no other leads
    /// there.
    pub fn sever(&mut self, source: &str, id: &str) -> Result<(), PackageError> {
        let Some(gone) = self.related(source)?.into_iter().find(|one| one.id == id) else { return Ok(()) };
        let name = relationships_of(source);
        let mut relationships = self.xml(&name)?;
        relationships.children.retain(|node| !matches!(node, xml::Node::Element(it) if it.get("Id") == Some(id)));
        self.put(&name, relationships.write());
        let sources: Vec<String> = self.names().filter_map(source_of).collect();
        for source in sources {
            if self.related(&source)?.iter().any(|one| one.part == gone.part) {
                return Ok(());
            }
        }
        self.parts.remove(&gone.part);
        let mut types = self.xml(CONTENT_TYPES)?;
        let path = format!("/{}", gone.part);
        types.children.retain(|node| !matches!(node, xml::Node::Element(it) if it.get("PartName") == Some(&path)));
        self.put(CONTENT_TYPES, types.write());
        Ok(())
    }

    /// The parts the part `source` (empty: the package itself) is related to, with ids and types, in the order of the file; targets outside
    /// the package are left out.
    pub fn related(&self, source: &str) -> Result<Vec<Related>, PackageError> {
        let name = relationships_of(source);
        if self.part(&name).is_none() {
            return Ok(Vec::new());
        }
        let folder = source.rsplit_once('/').map_or("", |(folder, _)| folder);
        let relationships = self.xml(&name)?;
        let inside = relationships.elements().filter(|one| one.get("TargetMode") != Some("External"));
        let related = inside.filter_map(|one| {
            let part = resolve(folder, one.get("Target")?);
            Some(Related { id: one.get("Id")?.to_owned(), kind: one.get("Type")?.to_owned(), part })
        });
        Ok(related.collect())
    }

    /// The name of the main part, the document itself.
    pub fn main_part(&self) -> Result<String, PackageError> {
        let main = self.related("")?.into_iter().find(|one| one.kind.ends_with(OFFICE_DOCUMENT));
        main.map(|one| one.part).ok_or_else(|| PackageError::Missing("officeDocument".to_owned()))
    }

    /// The same, its parts packed now: those that a copy of it leaves as they are need not be packed again, which is most of what a
    /// small file takes. The archive has the same bytes.
    pub fn packed(self) -> Result<Package, PackageError> {
        let archive = ZipArchive::new(Cursor::new(Arc::from(self.write()?)))?;
        Ok(Package { packed: Some(Packed { parts: Arc::new(self.parts.clone()), archive }), parts: self.parts })
    }

    /// The archive.
    pub fn write(&self) -> Result<Vec<u8>, PackageError> {
        let mut packed = self.packed.clone();
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(6))
            .last_modified_time(DateTime::default());
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let first = self.parts.iter().filter(|(name, _)| *name == CONTENT_TYPES);
        let rest = self.parts.iter().filter(|(name, _)| *name != CONTENT_TYPES);
        for (name, bytes) in first.chain(rest) {
            if let Some(packed) = packed.as_mut().filter(|it| it.parts.get(name) == Some(bytes)) {
                archive.raw_copy_file(packed.archive.by_name(name)?)?;
                continue;
            }
            archive.start_file(name.as_str(), options)?;
            archive.write_all(bytes)?;
        }
        Ok(archive.finish()?.into_inner())
    }
}

/// A relationship to a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// id within its source
    pub id: String,
    /// type, a URI
    pub kind: String,
    /// the part's name
    pub part: String,
}

fn types_with(types: &mut Element, entry: Element) -> Vec<u8> {
    let name = entry.get("PartName").map(str::to_owned);
    types.children.retain(|node| match node {
        xml::Node::Element(old) => old.get("PartName").map(str::to_owned) != name || name.is_none(),
        xml::Node::Text(_) => false,
    });
    types.children.push(xml::Node::Element(entry));
    types.write()
}

fn usable(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('/')
        && !name.contains(['\\', '\0', ':'])
        && name.split('/').all(|piece| piece != "..")
}

fn relationships_of(source: &str) -> String {
    match source.rsplit_once('/') {
        Some((folder, file)) => format!("{folder}/_rels/{file}.rels"),
        None => format!("_rels/{source}.rels"),
    }
}

/// The part whose relationships a part holds; empty for those of the package itself, None when it holds none.
fn source_of(name: &str) -> Option<String> {
    let file = name.strip_suffix(".rels")?;
    match file.rsplit_once("_rels/")? {
        ("", file) => Some(file.to_owned()),
        (folder, file) => Some(format!("{folder}{file}")),
    }
}

fn resolve(folder: &str, target: &str) -> String {
    let start = if target.starts_with('/') { "" } else { folder };
    let mut path: Vec<&str> = Vec::new();
    for piece in start.split('/').chain(target.split('/')) {
        match piece {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            name => path.push(name),
        }
    }
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Package {
        let mut package = Package::new();
        package.add("word/document.xml", "a/b", b"<a/>".to_vec()).unwrap();
        package.relate("", "http://x/officeDocument", "word/document.xml").unwrap();
        assert_eq!(package.relate("word/document.xml", "http://x/styles", "styles.xml").unwrap(), "rId1");
        assert_eq!(package.relate("word/document.xml", "http://x/image", "/media/1.png").unwrap(), "rId2");
        package
    }

    #[test]
    fn the_same_parts_give_the_same_bytes_and_come_back() {
        let bytes = sample().write().unwrap();
        assert_eq!(bytes, sample().write().unwrap());
        let package = Package::read(&bytes).unwrap();
        assert_eq!(package, sample());
        assert_eq!(package.main_part().unwrap(), "word/document.xml");
        let parts: Vec<String> =
            package.related("word/document.xml").unwrap().into_iter().map(|one| one.part).collect();
        assert_eq!(parts, ["word/styles.xml", "media/1.png"]);
        assert_eq!(&bytes[30..49], b"[Content_Types].xml");
    }

    #[test]
    fn what_was_packed_before_gives_the_same_bytes() {
        let packed = sample().packed().unwrap();
        assert_eq!(packed.write().unwrap(), sample().write().unwrap());
        let changed = |mut package: Package| {
            package.put("word/document.xml", b"<b/>".to_vec());
            package.add("word/more.xml", "a/b", b"<c/>".to_vec()).unwrap();
            package.write().unwrap()
        };
        assert_eq!(changed(packed), changed(sample()));
    }

    #[test]
    fn a_part_added_again_has_one_content_type() {
        let mut package = sample();
        package.add("word/document.xml", "c/d", b"<b/>".to_vec()).unwrap();
        let types = String::from_utf8(package.part(CONTENT_TYPES).unwrap().to_vec()).unwrap();
        assert_eq!(types.matches("/word/document.xml").count(), 1);
        assert!(types.contains("c/d"));
    }

    #[test]
    fn bad_archives_are_refused() {
        assert!(matches!(Package::read(b"not a zip"), Err(PackageError::Archive(_))));
        for name in ["../x.xml", "/x.xml", "a\\b.xml", "a/../../b.xml"] {
            let mut package = Package::new();
            package.put(name, Vec::new());
            let error = Package::read(&package.write().unwrap()).unwrap_err();
            assert!(matches!(error, PackageError::Name(_)), "{name}: {error}");
        }
    }

    #[test]
    fn a_part_that_unpacks_without_end_is_refused() {
        let mut package = Package::new();
        package.put("bomb.xml", vec![b' '; XML_BYTES_MAX + 1]);
        let bytes = package.write().unwrap();
        assert!(bytes.len() < 1024 * 1024);
        assert!(matches!(Package::read(&bytes), Err(PackageError::Large("a part"))));
    }
}
