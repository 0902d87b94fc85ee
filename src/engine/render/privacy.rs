//! Whether a paper may be read by everybody: what was made is read back, text, tables, what is embedded and what the file says of
//! itself, and the page's HTML, before the paper goes anywhere.
//!
//! The page looks once more when it is written (`publish`); found there, a paper had been sealed and sent by then.

use crate::document::inspect;
use crate::engine::making::{Made, PaperFiles};
use crate::publish::{self, Finding, Placed};

/// Nothing, or what must not be public and where it stands. Numbers in `meant` may be.
pub(super) fn examined(made: &Made, files: &PaperFiles, meant: &[String]) -> Result<(), String> {
    let (_, page) = made.page();
    let mut found: Vec<Finding> = publish::scan_word(&files.word, meant)?;
    found.iter_mut().for_each(|finding| *finding = finding.clone().within("Word 文件"));
    if let Ok(pdf) = &files.pdf {
        let of_pdf = publish::scan_placed(&placed(pdf)?, meant);
        found.extend(of_pdf.into_iter().map(|finding| finding.within("PDF 文件")));
    }
    let of_page = publish::scan_private(&publish::text_of(&page), meant);
    found.extend(of_page.into_iter().map(|finding| {
        let place = format!("网页第{}行", finding.line);
        finding.within(&place)
    }));
    if found.is_empty() { Ok(()) } else { Err(publish::private(&found)) }
}

/// What stands in a PDF, as the page is told it.
pub(in crate::engine) fn placed(pdf: &[u8]) -> Result<Vec<Placed>, String> {
    let texts = inspect::pdf_texts(pdf).map_err(|error| format!("the PDF file: {error}"))?;
    Ok(texts.into_iter().map(|(place, text)| Placed { place, text }).collect())
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
        examined(&made, &files, meant)
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
}
