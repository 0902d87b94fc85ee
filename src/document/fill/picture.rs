//! Pictures put where the template has one: its alternative text says which, its frame how large. The one that stood there goes.

use super::WordTemplate;
use super::lacking::MEMBERS_MAX;
use super::place::PICTURE;
use super::problem::{Fault, NoPicture, Problem};
use crate::ooxml::package::{Package, PackageError};
use crate::ooxml::xml::{Element, Node};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Longest picture that is put into a paper.
pub const PICTURE_BYTES_MAX: usize = 8 * 1024 * 1024;

const IMAGE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image";

/// Gives the bytes of a picture by the value a template prints: the digest a form's file is kept under.
pub type Pictures<'a> = &'a dyn Fn(&str) -> Option<Vec<u8>>;

/// The number of a tag that asks for a picture, the value, and why it is none.
pub(super) type Wrong = (usize, String, NoPicture);

/// What a picture is.
struct Picture {
    extension: &'static str,
    width: u64,
    height: u64,
}

/// Puts pictures into one part.
pub(super) struct Placing<'a> {
    pub package: &'a mut Package,
    pub part: String,
    pub pictures: Pictures<'a>,
    /// relationships of this part by the picture's name
    pub known: BTreeMap<String, String>,
    /// tags whose values are no pictures
    pub wrong: Vec<Wrong>,
    /// relationships to the pictures that stood in the template instead
    pub stood: Vec<String>,
}

impl Placing<'_> {
    /// Fills every drawing below; one whose value is empty is taken out.
    pub(super) fn fill(&mut self, element: &mut Element) -> Result<(), PackageError> {
        let mut children = Vec::new();
        for node in std::mem::take(&mut element.children) {
            let Node::Element(mut child) = node else {
                children.push(node);
                continue;
            };
            let value = if child.name == "w:drawing" { asked(&mut child) } else { None };
            if value.is_some() {
                child.visit(&mut |element| self.stood.extend(element.get("r:embed").map(str::to_owned)));
            }
            match value.as_ref().map(|(n, value)| (*n, value.trim())) {
                Some((_, "")) => {}
                Some((n, value)) => {
                    self.one(&mut child, n, value)?;
                    children.push(Node::Element(child));
                }
                None => {
                    self.fill(&mut child)?;
                    children.push(Node::Element(child));
                }
            }
        }
        element.children = children;
        Ok(())
    }

    /// Takes the pictures away that stood in the template instead and are shown nowhere else: somebody's photograph does not travel
    /// in everybody's paper.
    pub(super) fn clear(&mut self, tree: &mut Element) -> Result<(), PackageError> {
        let mut shown: Vec<String> = Vec::new();
        tree.visit(&mut |element| {
            let related = element.attributes.iter().filter(|(name, _)| name.starts_with("r:"));
            shown.extend(related.map(|(_, id)| id.clone()));
        });
        for id in self.stood.iter().filter(|id| !shown.contains(id)) {
            self.package.sever(&self.part, id)?;
        }
        Ok(())
    }

    fn is_wrong(&mut self, n: usize, value: &str, why: NoPicture) {
        let wrong = (n, value.to_owned(), why);
        // what several members of a list name is told of each by its place in the data
        if !self.wrong.contains(&wrong) {
            self.wrong.push(wrong);
        }
    }

    fn one(&mut self, drawing: &mut Element, n: usize, value: &str) -> Result<(), PackageError> {
        let Some(bytes) = (self.pictures)(value).filter(|it| it.len() <= PICTURE_BYTES_MAX) else {
            self.is_wrong(n, value, NoPicture::Absent);
            return Ok(());
        };
        let Some(picture) = of(&bytes) else {
            self.is_wrong(n, value, NoPicture::Format);
            return Ok(());
        };
        let digest: String = Sha256::digest(&bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let name = format!("word/media/banwen-{digest}.{}", picture.extension);
        let id = match self.known.get(&name) {
            Some(id) => id.clone(),
            None => {
                self.package.add(&name, &format!("image/{}", picture.extension), bytes)?;
                let id = self.package.relate(&self.part, IMAGE, &format!("/{name}"))?;
                self.known.insert(name, id.clone());
                id
            }
        };
        drawing.visit(&mut |element| match element.name.as_str() {
            "a:blip" => {
                element.attributes.retain(|(name, _)| name != "r:link");
                element.set("r:embed", id.clone());
                // another form of the picture that stood here
                element.children.clear();
            }
            "pic:blipFill" => element.children.retain(|it| !matches!(it, Node::Element(it) if it.name == "a:srcRect")),
            "wp:extent" => picture.fit(element),
            "a:xfrm" => element.elements_mut().filter(|it| it.name == "a:ext").for_each(|it| picture.fit(it)),
            _ => {}
        });
        Ok(())
    }
}

impl Picture {
    /// Keeps the frame's size where the picture allows it: no picture is stretched.
    fn fit(&self, extent: &mut Element) {
        let of = |name: &str| extent.get(name).and_then(|it| it.parse::<u64>().ok());
        let (Some(width), Some(height)) = (of("cx"), of("cy")) else { return };
        let narrow = width.saturating_mul(self.height) <= height.saturating_mul(self.width);
        let (width, height) = if narrow {
            (width, width.saturating_mul(self.height) / self.width)
        } else {
            (height.saturating_mul(self.width) / self.height, height)
        };
        extent.set("cx", width.max(1).to_string());
        extent.set("cy", height.max(1).to_string());
    }
}

impl WordTemplate {
    /// What is told of a picture that cannot be put in: of each member of a list that names it.
    pub(super) fn no_picture(&self, data: &Json, (n, value, why): &Wrong) -> Vec<Problem> {
        let placed = self.0.tags.get(*n);
        let members = self.0.reads.members(data, *n).into_iter();
        let own = members.filter(|it| it.value.as_str().is_some_and(|it| it.trim() == value));
        let mut called: Vec<String> = own.map(|it| it.called).take(MEMBERS_MAX).collect();
        if called.is_empty() {
            called.push(String::new());
        }
        let told = |called: String| {
            let (spot, tag) = placed.map(|it| (it.spot.clone(), it.shown.clone())).unzip();
            Problem { spot, tag: tag.unwrap_or_default(), fault: Fault::Picture(called, value.clone(), *why) }
        };
        called.into_iter().map(told).collect()
    }
}

/// The tag and the value that say which picture a drawing shows, when the template asked for one.
fn asked(drawing: &mut Element) -> Option<(usize, String)> {
    let mut value = None;
    drawing.visit(&mut |element| {
        let tag = element.get(PICTURE).and_then(|it| it.parse().ok());
        if let Some(n) = tag.filter(|_| element.name == "wp:docPr") {
            value = element.get("descr").map(|it| (n, it.to_owned()));
            element.attributes.retain(|(name, _)| name != PICTURE && name != "descr");
        }
    });
    value
}

/// What a file is, when it is a picture Word shows and its size can be told.
fn of(bytes: &[u8]) -> Option<Picture> {
    let (extension, width, height) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        ("png", number(16)?, number(20)?)
    } else if bytes.starts_with(&[0xFF, 0xD8]) {
        let (width, height) = jpeg(bytes)?;
        ("jpeg", u32::from(width), u32::from(height))
    } else {
        return None;
    };
    let (width, height) = (u64::from(width), u64::from(height));
    (width > 0 && height > 0).then_some(Picture { extension, width, height })
}

/// Width and height as the frame header of a JPEG says them.
fn jpeg(bytes: &[u8]) -> Option<(u16, u16)> {
    let number = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xFF {
            return None;
        }
        match *bytes.get(at + 1)? {
            0xFF => at += 1,
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => return Some((number(at + 7)?, number(at + 5)?)),
            _ => at += 2 + usize::from(number(at + 2)?),
        }
    }
}
