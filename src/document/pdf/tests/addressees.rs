//! 主送 of any length: above the text, in the 版记, or refused, with nothing between.

use super::*;
use crate::document::fit;
use crate::document::inspect::{Severity, examine};
use crate::document::word::word_in;

/// A paper to so many villages.
fn to(villages: usize, document: &Document) -> Document {
    let names: Vec<String> = (1..=villages).map(|it| format!("第{it}村民委员会")).collect();
    Document { main_to: Some(names.join("、")), ..document.clone() }
}

/// What is graver than a blemish in the two files of a paper that was made.
fn wrong(document: &Document) -> Vec<String> {
    let fonts = Fonts::bundled();
    let set = set(document, &fonts).unwrap_or_else(|error| panic!("{error}"));
    let word = word_in(document, &fonts, set.pages).unwrap();
    let grave = |bytes: &[u8]| -> Vec<String> {
        let findings = examine(bytes, None).unwrap().findings;
        findings.iter().filter(|it| it.rule.severity != Severity::P2).map(|it| it.sentence()).collect()
    };
    [grave(&set.bytes), grave(&word)].concat()
}

/// The most villages of which something is true, between one and two hundred.
fn most(document: &Document, is: impl Fn(&Document) -> bool) -> usize {
    (1..200).rfind(|villages| is(&to(*villages, document))).unwrap_or(0)
}

#[test]
fn a_paper_to_any_number_can_be_issued_or_is_refused_before_it_is_made() {
    let printed_by = Some(("香岭镇人民政府办公室".to_owned(), samples::day(2022, 12, 30)));
    let body = vec![Block::Paragraph(places::text(60))];
    let notice = Document { body: body.clone(), printed_by, ..paper(Layout::Document) };
    let letter = Document { body, ..paper(Layout::Letter) };
    let copied = Document { copy_to: Some("县农业农村局，县财政局，".repeat(20)), ..notice.clone() };
    for (name, document, least) in [("notice", notice, 70), ("letter", letter, 70), ("copied", copied, 40)] {
        let above = most(&document, |it| !fit::main_to_below(it) && fit::main_to_overlong(it).is_none());
        let below = most(&document, |it| fit::main_to_overlong(it).is_none());
        assert!(above >= 10 && below >= least, "{name}: {above}, {below}");
        // once it is below it is so to the end, and then it is refused to the end
        assert!((above + 1..=below).all(|it| fit::main_to_below(&to(it, &document))), "{name}");
        assert!((below + 1..200).all(|it| fit::main_to_overlong(&to(it, &document)).is_some()), "{name}");
        for villages in [above, above + 1, below] {
            assert_eq!(wrong(&to(villages, &document)), [""; 0], "{name}, {villages} villages");
        }
        let refused = to(below + 1, &document);
        let rows = fit::main_to_overlong(&refused).unwrap();
        let fonts = Fonts::bundled();
        assert_eq!(fits(&refused, &fonts), Err(RenderError::Addressees { rows }), "{name}");
        assert_eq!(set(&refused, &fonts), Err(RenderError::Addressees { rows }), "{name}");
    }
}
