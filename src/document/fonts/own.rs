//! The faces an office owns, of the files in its directory that can be used.
//!
//! A file is asked more than what it says of itself: the character map stands at the beginning, so that a copy that was cut off
//! still claims every character and draws none. Its tables must end within it, and its characters must have outlines.

use super::{FONT_BYTES_MAX, FONT_FILES_MAX, Face, FontsError, Source, Unused, digest, role_of};
use crate::files;
use crate::numerals::han;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use typst::text::FontInfo;

/// Of so many characters one may draw nothing: old faces claim a few they were never given. A damaged one lacks more.
const BLANK_PARTS: usize = 100;

const COPY_AGAIN: &str = "copy it again from where it came from, or take it out, and start again";
const TAKE_OUT: &str = "take it out";

/// The faces in `directory`, and the files that are none.
pub(super) fn faces(directory: &Path) -> Result<(Vec<Face>, Vec<Unused>), FontsError> {
    let (mut faces, mut unused) = (Vec::new(), Vec::new());
    for (place, path) in font_files(directory)?.into_iter().enumerate() {
        let read = if place < FONT_FILES_MAX {
            of_file(&path)
        } else {
            Err((format!("at most {FONT_FILES_MAX} files are read, in the order of their names"), TAKE_OUT))
        };
        match read {
            Ok(found) => faces.extend(found),
            Err((reason, help)) => unused.push(Unused { path, reason, help }),
        }
    }
    Ok((faces, unused))
}

fn font_files(directory: &Path) -> Result<Vec<PathBuf>, FontsError> {
    let failed = |error: std::io::Error| FontsError { path: directory.to_owned(), reason: error.to_string() };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let extension = path.extension().map(|it| it.to_string_lossy().to_lowercase());
        if matches!(extension.as_deref(), Some("ttf" | "otf" | "ttc" | "otc")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The faces of a file; else why it is not used, and what to do.
fn of_file(path: &Path) -> Result<Vec<Face>, (String, &'static str)> {
    // where it lies may be told by a link; what is read is a file and no device
    let real = std::fs::canonicalize(path).map_err(|error| (error.to_string(), TAKE_OUT))?;
    let bytes = match files::read_at_most(&real, FONT_BYTES_MAX) {
        Ok(Some(bytes)) if bytes.is_empty() => return Err(("it is empty".to_owned(), COPY_AGAIN)),
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err((format!("it is longer than {FONT_BYTES_MAX} bytes"), TAKE_OUT)),
        Err(error) => return Err((error.to_string(), TAKE_OUT)),
    };
    let digest = digest(&bytes);
    let mut faces = Vec::new();
    for index in 0..ttf_parser::fonts_in_collection(&bytes).unwrap_or(1) {
        let info = checked(&bytes, index).map_err(|reason| (reason, COPY_AGAIN))?;
        faces.push(Face {
            source: Source::File { path: path.to_owned(), index },
            digest: digest.clone(),
            role: role_of(&info.family),
            info: OnceLock::from(Some(info)),
            font: OnceLock::new(),
        });
    }
    if faces.is_empty() { Err(("there is no font in it".to_owned(), TAKE_OUT)) } else { Ok(faces) }
}

/// What a face says of itself, when it is whole.
fn checked(bytes: &[u8], index: u32) -> Result<FontInfo, String> {
    let unreadable = || "it is no font this program can read".to_owned();
    let raw = ttf_parser::RawFace::parse(bytes, index).map_err(|_| unreadable())?;
    let end = |table: ttf_parser::TableRecord| u64::from(table.offset) + u64::from(table.length);
    if let Some(table) = raw.table_records.into_iter().find(|table| end(*table) > bytes.len() as u64) {
        let (tag, end, length) = (table.tag, end(table), bytes.len());
        return Err(format!("its table `{tag}` ends at byte {end}, the file at byte {length}: it was copied in part"));
    }
    let face = ttf_parser::Face::parse(bytes, index).map_err(|_| unreadable())?;
    let info = FontInfo::new(bytes, index).ok_or_else(unreadable)?;
    // blanks, fillers and the like are characters too; these are none
    let visible = |it: &char| han(*it) || it.is_ascii_alphanumeric();
    let characters: Vec<char> = info.coverage.iter().filter_map(char::from_u32).filter(visible).collect();
    let drawn = |it: &char| face.glyph_index(*it).and_then(|glyph| face.glyph_bounding_box(glyph)).is_some();
    let blank: Vec<&char> = characters.iter().filter(|it| !drawn(it)).collect();
    if info.coverage.iter().next().is_none() {
        return Err("it has no characters".to_owned());
    }
    match blank.first() {
        Some(first) if blank.len() * BLANK_PARTS > characters.len() => Err(format!(
            "it draws nothing for {} of the {} characters it says it has, `{first}` among them: it is damaged",
            blank.len(),
            characters.len()
        )),
        Some(_) | None => Ok(info),
    }
}
