//! All a PDF says: the rows of its pages, cells of tables apart, and every text in its objects.

use super::content::{Glyph, Marks, Reader};
use super::rows::{self, Area};
use super::sheet;
use crate::document::inspect::Unreadable;
use crate::document::inspect::facts::MM_PER_POINT;
use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, MaybeRef, Name, Object, Stream};

/// Levels of an object that are looked into; what it refers to is an object of its own.
const DEPTH_MAX: usize = 16;
/// Bytes of one stream of metadata, or of one embedded file, that are read.
const STREAM_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Glyphs of a row this far apart, in sizes, stand in different cells.
const CELL_SIZES: f64 = 0.9;

pub(super) fn all(bytes: Vec<u8>) -> Result<Vec<(String, String)>, Unreadable> {
    let pdf = Pdf::new(bytes).map_err(|error| Unreadable::Damaged(format!("{error:?}")))?;
    let mut out = Vec::new();
    let mut reader = Reader::of_all();
    for (at, page) in pdf.pages().iter().take(super::PAGES_COUNT_MAX).enumerate() {
        let marks = reader.page(page);
        page_texts(at + 1, &marks, sheet(page).width, &mut out);
    }
    for object in pdf.objects() {
        if let Object::Stream(stream) = &object {
            stream_text(stream, &mut out);
        }
        strings(&object, None, 0, &mut out);
    }
    Ok(out)
}

/// Paragraphs of running text, so that a number may go over the end of a row; of tables the cells of each row.
fn page_texts(number: usize, marks: &Marks, width: f64, out: &mut Vec<(String, String)>) {
    let sets = rows::rows(number, marks);
    let area = Area::of(&sets, width);
    let (tables, running): (Vec<_>, Vec<_>) = sets.into_iter().partition(|set| set.table);
    for paragraph in rows::paragraphs(running, area) {
        out.push((format!("第{number}面第{}段", paragraph.number), paragraph.text()));
    }
    for set in tables {
        let at = set.row.baseline;
        let row: Vec<&Glyph> =
            marks.glyphs.iter().filter(|glyph| (glyph.baseline - at).abs() < rows::BASELINE_MM).collect();
        out.push((format!("第{number}面表格中“{}”一行", first_word(&set.row.text)), cells(row)));
    }
    out.push((format!("第{number}面侧排文字"), marks.turned.clone()));
}

/// The first cell of a row, without what could itself be a number.
fn first_word(row: &str) -> String {
    row.trim().chars().take_while(|c| !c.is_whitespace() && !c.is_ascii_digit()).take(12).collect()
}

/// The text of a row, a cell a line.
fn cells(mut row: Vec<&Glyph>) -> String {
    row.sort_by(|a, b| a.left.total_cmp(&b.left));
    let mut text = String::new();
    let mut end: Option<f64> = None;
    for glyph in row {
        let size = glyph.points * MM_PER_POINT;
        if end.is_some_and(|end| glyph.left - end > CELL_SIZES * size) {
            text.push('\n');
        }
        end = Some(end.map_or(glyph.right, |end| end.max(glyph.right)));
        text.push_str(glyph.text.as_deref().unwrap_or_default());
    }
    text
}

/// What metadata and embedded files say.
fn stream_text(stream: &Stream<'_>, out: &mut Vec<(String, String)>) {
    let kind = stream.dict().get::<Name<'_>>("Type");
    let place = match kind.as_deref() {
        Some(b"Metadata") => "文件属性",
        Some(b"EmbeddedFile") => "内嵌文件",
        Some(_) | None => return,
    };
    let Ok(decoded) = stream.decoded() else { return };
    let text = String::from_utf8_lossy(&decoded[..decoded.len().min(STREAM_BYTES_MAX)]).into_owned();
    // tags part texts from each other
    out.push((place.to_owned(), text.replace(['<', '>', '"'], "\n")));
}

/// Every text of an object, by the name it stands under.
fn strings(object: &Object<'_>, under: Option<&str>, depth: usize, out: &mut Vec<(String, String)>) {
    if depth > DEPTH_MAX {
        return;
    }
    match object {
        Object::String(text) => out.push((titled(under), decoded(text.as_bytes()))),
        Object::Dict(dict) => dictionary(dict, depth, out),
        Object::Stream(stream) => dictionary(stream.dict(), depth, out),
        Object::Array(array) => list(array, under, depth, out),
        Object::Null(_) | Object::Boolean(_) | Object::Number(_) | Object::Name(_) => {}
    }
}

fn dictionary(dict: &Dict<'_>, depth: usize, out: &mut Vec<(String, String)>) {
    for (name, value) in dict.entries() {
        if let MaybeRef::NotRef(value) = value {
            strings(&value, std::str::from_utf8(&name).ok(), depth + 1, out);
        }
    }
}

fn list(array: &Array<'_>, under: Option<&str>, depth: usize, out: &mut Vec<(String, String)>) {
    for value in array.raw_iter() {
        if let MaybeRef::NotRef(value) = value {
            strings(&value, under, depth + 1, out);
        }
    }
}

fn titled(under: Option<&str>) -> String {
    match under {
        Some(name @ ("Title" | "Author" | "Subject" | "Keywords" | "Creator" | "Producer")) => {
            format!("文件属性“{name}”")
        }
        Some("Contents" | "RC" | "T" | "TU" | "V" | "DV") => "批注或表单".to_owned(),
        Some("URI" | "F" | "UF") => "链接".to_owned(),
        Some(_) | None => "不显示的文字".to_owned(),
    }
}

/// A text string of a PDF: UTF-16 or UTF-8 where it says so, else a character a byte.
fn decoded(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(&[0xFE, 0xFF]) {
        let units: Vec<u16> = rest.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        return String::from_utf16_lossy(&units);
    }
    match bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        Some(rest) => String::from_utf8_lossy(rest).into_owned(),
        None => bytes.iter().copied().map(char::from).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::pdf;
    use super::*;

    #[test]
    fn a_pdf_says_more_than_its_pages_show() {
        let content = "BT /F1 12 Tf 90 700 Td (13812345671) Tj ET BT /F1 12 Tf 3 Tr 90 600 Td (13812345672) Tj ET";
        let others = [
            "<< /Author (13812345673) /Title <FEFF00310033003800310032003300340035003600370034> >>",
            "<< /Type /Annot /Subtype /Text /Contents (13812345675) >>",
            "<< /Type /Metadata /Subtype /XML /Length 31 >>\nstream\n<dc:creator>13812345676</dc:creat\nendstream",
            "<< /Type /EmbeddedFile /Length 11 >>\nstream\n13812345677\nendstream",
            "<< /Type /Action /URI (tel:13812345678) >>",
        ];
        let texts = all(pdf(content, &others)).unwrap();
        let place = |number: &str| {
            let found: Vec<&str> =
                texts.iter().filter(|(_, text)| text.contains(number)).map(|(at, _)| at.as_str()).collect();
            found.join("、")
        };
        let places = (1..=8).map(|n| place(&format!("1381234567{n}"))).collect::<Vec<_>>();
        assert_eq!(
            places,
            [
                "第1面第1段",
                "第1面第2段",
                "文件属性“Author”",
                "文件属性“Title”",
                "批注或表单",
                "文件属性",
                "内嵌文件",
                "链接"
            ]
        );
        assert!(all(b"%PDF-1.7 broken".to_vec()).is_err());
    }
}
