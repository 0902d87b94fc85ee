//! Whether a paper may go out: what was made is read back from its bytes and judged by GB/T 9704 (`document/inspect`, which knows
//! nothing of the writers).
//!
//! A paper of a text template is judged by the rules of its layout. A Word file of an office's own claims by its looks what it is: with a
//! 版头, and the name of an official document, it is judged as one of that kind; else it is a form of the office's own, and only
//! what holds of every paper holds of it.

use crate::document::fill::Filled;
use crate::document::inspect::{self, Finding, Kind, Report, Seen};
use crate::document::model::{Document, Layout};
use crate::engine::making::{Made, PaperFiles};

/// That nothing is left open, and that every character has a shape, is known of a paper of ours before it is made; what an office
/// entered may look like a gap and is none.
const KNOWN: [&str; 2] = ["unfilled", "missing-glyph"];
/// What holds of a form of an office's own: no rule about page, places and faces, which are the office's affair.
const OF_ANY: [&str; 7] =
    ["secret", "title-types", "report-asks", "printed-date", "fonts-embedded", "glyphs-drawn", "text-extractable"];

/// Nothing, or why a paper must not go out.
pub(super) fn examined(made: &Made, files: &PaperFiles) -> Result<(), String> {
    match made {
        Made::Text(document, _) => judged(files, kind_of(document), |rule| !KNOWN.contains(&rule)),
        Made::Word(filled) => match claimed(filled, &files.word)? {
            Some(kind) => judged(files, kind, |rule| !KNOWN.contains(&rule)),
            None => judged(files, Kind::Plain, |rule| OF_ANY.contains(&rule)),
        },
    }
}

/// The kind of official document a filled Word file claims to be; nothing where it is a form of the office's own.
fn claimed(filled: &Filled, word: &[u8]) -> Result<Option<Kind>, String> {
    let seems = report("Word", word, None)?.kind;
    Ok(Some(seems).filter(|kind| kind.has_head() && inspect::is_official(&filled.kind)))
}

fn report(file: &str, bytes: &[u8], kind: Option<Kind>) -> Result<Report, String> {
    inspect::examine(bytes, kind).map_err(|error| format!("the {file} file: {error}"))
}

/// The Word file says what its paragraphs are; in a PDF they are found by their places. What both could show and only the PDF
/// seems to is not held against a paper.
fn judged(files: &PaperFiles, kind: Kind, counts: impl Fn(&str) -> bool) -> Result<(), String> {
    let word = report("Word", &files.word, Some(kind))?;
    let pdf = files.pdf.as_ref().ok().map(|bytes| report("PDF", bytes, Some(kind))).transpose()?;
    let of_pdf = pdf.iter().flat_map(Report::grave).filter(|finding| finding.rule.seen == Seen::Pdf);
    let grave = word.grave().chain(of_pdf).filter(|finding| counts(finding.rule.id));
    let sentences: Vec<String> = grave.map(Finding::sentence).collect();
    if sentences.is_empty() {
        Ok(())
    } else {
        Err(format!("不符合公文格式，不能发出：{}", sentences.join("；")))
    }
}

/// The kind of paper a layout is, by whose rules it is examined.
fn kind_of(document: &Document) -> Kind {
    match document.layout {
        Layout::Document if document.signers.is_empty() => Kind::Document,
        Layout::Document => Kind::Upward,
        Layout::Letter => Kind::Letter,
        Layout::Plain => Kind::Plain,
        Layout::Order => Kind::Command,
        Layout::Minutes => Kind::Minutes,
        Layout::Sheet | Layout::Form => Kind::Sheet,
        Layout::Certificate | Layout::Plaque => Kind::Certificate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::fill::WordTemplate;
    use crate::document::template::Template;
    use crate::document::word;
    use serde_json::json;

    /// A Word file of ours becomes the office's own: its title goes by a tag, and `change` is done to its text.
    fn filled(kind: &str, change: &dyn Fn(&str) -> String) -> (Made, PaperFiles) {
        let source = include_str!("../../document/gallery/通知.md");
        let data = crate::document::gallery::Demand::Short.data();
        let document = Template::parse("通知", source).unwrap().render(&data).unwrap();
        let bytes = word::word(&document).unwrap();
        let mut package = crate::ooxml::package::Package::read(&bytes).unwrap();
        let text = String::from_utf8(package.part("word/document.xml").unwrap().to_vec()).unwrap();
        package.put("word/document.xml", change(&text).into_bytes());
        let front = format!("---\n文种: {kind}\n标题: 题\n---\n");
        let template = WordTemplate::read("试", "试.docx", &front, &package.write().unwrap()).unwrap();
        let filled = template.fill(&json!({}), &|_| None).unwrap();
        let word = filled.word().unwrap();
        let files = PaperFiles { word, pdf: Err("no suite".to_owned()), renderer: String::new(), pages: None };
        (Made::Word(Box::new(filled)), files)
    }

    fn said(kind: &str, change: &dyn Fn(&str) -> String) -> Result<(), String> {
        let (made, files) = filled(kind, change);
        examined(&made, &files)
    }

    #[test]
    fn a_filled_word_file_is_judged_as_what_it_claims_to_be() {
        assert_eq!(said("通知", &str::to_owned), Ok(()));
        let padded = |text: &str| text.replace("香政〔2022〕8号", "香政[2022]08号");
        let wrong = said("通知", &padded).unwrap_err();
        assert!(wrong.starts_with("不符合公文格式") && wrong.contains("六角括号"), "{wrong}");
        // a form with a red head is no 文件
        assert_eq!(said("回执", &padded), Ok(()));
        // of another size, too
        let small = |text: &str| text.replace("w:w=\"11906\" w:h=\"16838\"", "w:w=\"8391\" w:h=\"11906\"");
        assert_eq!(said("回执", &small), Ok(()));
        assert!(said("通知", &small).unwrap_err().contains("A4"), "a 文件 is A4");
    }

    #[test]
    fn no_secret_paper_goes_out_whatever_its_form() {
        let marked = "<w:body><w:p><w:r><w:t>秘密★1年</w:t></w:r></w:p>";
        let secret = |text: &str| text.replacen("<w:body>", marked, 1);
        for kind in ["通知", "回执"] {
            assert!(said(kind, &secret).unwrap_err().contains("密级"), "{kind}");
        }
    }
}
