//! Whether a paper may be read by everybody: what was made is read back, text, tables, what is embedded and what the file says of
//! itself, and the page's HTML, before the paper goes anywhere.
//!
//! The page looks once more when it is written (`publish`); found there, a paper had been sealed and sent by then.

use crate::case::event::Fields;
use crate::document::inspect;
use crate::engine::making::{Made, PaperFiles};
use crate::publish::{self, Finding, Placed};
use serde_json::Value;

/// How the filler calls the pictures it puts into a Word file, before the beginning of their digests.
const PICTURE: &str = "图片banwen-";
/// Characters of a digest in such a name.
const DIGEST_CHARACTERS: usize = 16;
/// Characters of what an item is called by, at most.
const CALLED_CHARACTERS_MAX: usize = 20;
/// Levels of the data that are searched for a picture.
const LEVELS_MAX: usize = 8;

/// Nothing, or what must not be public and where it stands. Numbers in `meant` may be.
pub(super) fn examined(made: &Made, files: &PaperFiles, fields: &Fields, meant: &[String]) -> Result<(), String> {
    let (_, page) = made.page();
    let mut found: Vec<Finding> = publish::scan_word(&files.word, meant)?;
    for finding in &mut found {
        finding.within = whose(&finding.within, fields);
        *finding = finding.clone().within("Word 文件");
    }
    if let Ok(pdf) = &files.pdf {
        let of_pdf = publish::scan_placed(&placed(pdf)?, meant);
        let of_pictures = pictures(pdf)?.into_iter().flat_map(|(place, picture)| {
            let (_, found) = publish::picture_says(&picture);
            found.into_iter().map(move |finding| finding.within(&place))
        });
        found.extend(of_pdf.into_iter().chain(of_pictures).map(|finding| finding.within("PDF 文件")));
    }
    let of_page = publish::scan_private(&publish::text_of(&page), meant);
    found.extend(of_page.into_iter().map(|finding| {
        let place = format!("网页第{}行", finding.line);
        finding.within(&place)
    }));
    if found.is_empty() { Ok(()) } else { Err(publish::private(&found)) }
}

/// The place with a picture called by the field and the item it was handed in for, where the data says so.
fn whose(place: &str, fields: &Fields) -> String {
    let named = || {
        let (before, after) = place.split_once(PICTURE)?;
        let (digest, rest) = after.split_at_checked(DIGEST_CHARACTERS)?;
        let (_, rest) = rest.split_once("的")?;
        let holder = fields.values().find_map(|value| holder(value, digest, LEVELS_MAX));
        let (field, item) = holder.or_else(|| Some((held(fields, digest)?, String::new())))?;
        let item = if item.is_empty() { item } else { format!("（{item}）") };
        Some(format!("{before}“{field}”{item}的图片的{rest}"))
    };
    named().unwrap_or_else(|| place.to_owned())
}

/// The field with the picture, and what its item is called, of the first item that has it.
fn holder(value: &Value, digest: &str, levels: usize) -> Option<(String, String)> {
    let levels = levels.checked_sub(1)?;
    match value {
        Value::Array(several) => several.iter().find_map(|one| holder(one, digest, levels)),
        Value::Object(row) => match held(row, digest) {
            Some(field) => Some((field, called(row))),
            None => row.values().find_map(|one| holder(one, digest, levels)),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn held(row: &Fields, digest: &str) -> Option<String> {
    let is = |value: &Value| value.as_str().is_some_and(|text| text.starts_with(digest));
    let has = |value: &Value| is(value) || value.as_array().is_some_and(|several| several.iter().any(is));
    row.iter().find(|(_, value)| has(value)).map(|(name, _)| name.clone())
}

/// The number of an item and the first of its short texts.
fn called(row: &Fields) -> String {
    let number = row.get("id").and_then(Value::as_u64).map(|id| format!("{id}号")).unwrap_or_default();
    let own = row.iter().filter(|(name, _)| !["category", "subject"].contains(&name.as_str()));
    let short = |text: &&str| (1..=CALLED_CHARACTERS_MAX).contains(&text.chars().count());
    let name = own.filter_map(|(_, value)| value.as_str()).find(short).unwrap_or_default();
    format!("{number}{name}")
}

/// The pictures that stand in a PDF as files, each with its place.
fn pictures(pdf: &[u8]) -> Result<Vec<(String, Vec<u8>)>, String> {
    let pictures = inspect::pdf_pictures(pdf).map_err(|error| format!("the PDF file: {error}"))?;
    Ok(pictures.into_iter().enumerate().map(|(n, picture)| (format!("第{}张图片的信息", n + 1), picture)).collect())
}

/// What stands in a PDF, and in its pictures, as the page is told it.
pub(in crate::engine) fn placed(pdf: &[u8]) -> Result<Vec<Placed>, String> {
    let texts = inspect::pdf_texts(pdf).map_err(|error| format!("the PDF file: {error}"))?;
    let of_pictures = pictures(pdf)?.into_iter().flat_map(|(place, picture)| {
        let (texts, _) = publish::picture_says(&picture);
        texts.into_iter().map(move |text| (place.clone(), text))
    });
    Ok(texts.into_iter().chain(of_pictures).map(|(place, text)| Placed { place, text }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::fonts::Fonts;
    use crate::engine::making::Maker;
    use crate::spool::layout::Spool;
    use serde_json::json;

    /// Whether a notice with this text may be public.
    fn said(text: &str, meant: &[String]) -> Result<(), String> {
        let source = "---\n文种: 公示\n版式: 普通\n标题: 某事公示\n---\n{{ 文 }}\n\n| 项目 | 金额 | 余额 |\n|---|---|---|\n| 甲 | 138 | 12345678 |\n";
        let fields = json!({ "文": text }).as_object().cloned().unwrap();
        let made = Maker::new(&Spool::at(std::path::Path::new("spool")))
            .make("公示", source, &fields)
            .map_err(|it| it.line)?;
        let files = made.files(&fields, &Fonts::bundled(), None)?;
        examined(&made, &files, &fields, meant)
    }

    #[test]
    fn a_picture_is_called_by_its_field_and_item() {
        let digest = "2292b81ea3c86d87".to_owned() + &"0".repeat(48);
        let data =
            json!({ "年度": 2026, "items": [{ "id": 2, "category": "甲", "名称": "山下小院", "照片": [digest] }] });
        let fields = data.as_object().cloned().unwrap();
        let place = "图片banwen-2292b81ea3c86d87.png的信息";
        assert_eq!(whose(place, &fields), "“照片”（2号山下小院）的图片的信息");
        assert_eq!(whose("图片image1.png的信息", &fields), "图片image1.png的信息");
        let alone = json!({ "题图": digest }).as_object().cloned().unwrap();
        assert_eq!(whose(place, &alone), "“题图”的图片的信息");
        assert_eq!(whose(place, &Fields::new()), place);
    }

    #[test]
    fn a_paper_for_everybody_is_read_back_in_all_its_forms() {
        assert_eq!(said("香山镇现予公示。监督电话：12345。", &[]), Ok(()));
        let why = said("联系电话13812345678。", &[]).unwrap_err();
        for place in ["Word 文件第", "PDF 文件第1面第", "网页第"] {
            assert!(why.contains(place), "{place}: {why}");
        }
        assert!(why.contains("138******78") && !why.contains("13812345678"), "{why}");
        assert_eq!(said("联系电话13812345678。", &["138-1234-5678".to_owned()]), Ok(()));
        // over the end of a row
        let long = format!("{}13812345678。", "字".repeat(24));
        assert!(said(&long, &[]).unwrap_err().contains("PDF 文件"), "the row ends inside the number");
    }

    /// A PDF with one picture in it that says this.
    fn with_picture(payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
        let jpeg = [&[0xFF, 0xD8, 0xFF, 0xFE], &length[..], payload, &[0xFF, 0xDA, 0, 2]].concat();
        let head = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n";
        let image = format!(
            "4 0 obj\n<< /Type /XObject /Subtype /Image /Filter /DCTDecode /Length {} >>\nstream\n",
            jpeg.len()
        );
        let tail = "\nendstream\nendobj\ntrailer\n<< /Size 5 /Root 1 0 R >>\n%%EOF\n";
        [head.as_bytes(), image.as_bytes(), &jpeg, tail.as_bytes()].concat()
    }

    #[test]
    fn what_a_picture_in_a_pdf_was_given_along_is_read() {
        let texts = placed(&with_picture(b"tel 13812345678")).unwrap();
        let found = publish::scan_placed(&texts, &[]);
        assert_eq!(publish::summary(&found), "第1张图片的信息有手机号码138******78");
        assert!(publish::scan_placed(&placed(&with_picture(b"a red barn")).unwrap(), &[]).is_empty());
    }
}
