//! 证书 as large as the PDF has it: the writer of the PDF tries sizes until the page is full, this one is told the size.

use super::measure::text_width;
use super::piece::{Line, Piece, Words, style};
use crate::document::fit::characters;
use crate::document::model::Layout;

/// A row is so many twips high for each point of its characters, as that of the PDF is.
const ROW_TWIPS_A_POINT: u32 = 37;
/// Largest characters of the signature, in points.
const SIGNER_POINTS_MAX: u32 = 24;
/// Strong words are larger by this part, in hundredths.
const STRONG_PERCENT: u32 = 145;

/// Sets the text of a certificate in characters of `points`; what its styles say stays where the size is not known.
pub(super) fn size(pieces: &mut [Piece], points: Option<u32>) {
    let Some(points) = points else { return };
    let signer = points.min(SIGNER_POINTS_MAX);
    let lines = || {
        pieces.iter().filter_map(|piece| match piece {
            Piece::Line(line) => Some(line),
            Piece::Grid(_) => None,
        })
    };
    let longest = lines().filter(|line| line.style == style::CERTIFICATE_SIGNER).map(width).max().unwrap_or(0);
    // two characters free at either side
    let left = text_width(Layout::Certificate).saturating_sub((longest + 4) * signer * 20);
    for piece in pieces {
        let Piece::Line(line) = piece else { continue };
        match line.style {
            style::CERTIFICATE_TO | style::CERTIFICATE_BODY | style::CERTIFICATE_CENTRE => sized(line, points),
            style::CERTIFICATE_SIGNER => {
                sized(line, signer);
                line.indent = line.indent.map(|indent| super::piece::Indent { left, ..indent });
            }
            _ => {}
        }
    }
}

fn sized(line: &mut Line, points: u32) {
    line.size = Some(points * 2);
    line.height = Some(points * ROW_TWIPS_A_POINT);
    line.spread = Some(points * 4 / 5);
}

fn width(line: &Line) -> u32 {
    line.words.iter().map(|words| characters(&words.text)).sum()
}

/// The size of words in a line of characters of `size`, both in half points: a strong name is larger, but in one row where it can be.
pub(super) fn size_of(words: &Words, size: u32) -> u32 {
    if words.style != Some(style::CERTIFICATE_STRONG) {
        return size;
    }
    let row = text_width(Layout::Certificate) / 10 * 93 / 100 / (characters(&words.text) + 1);
    (size * STRONG_PERCENT / 100).min(row).max(size)
}

#[cfg(test)]
mod tests {
    use crate::document::fonts::Fonts;
    use crate::document::gallery::{Demand, KINDS, sheet};
    use crate::document::word::tests::all_below;
    use crate::ooxml::package::Package;

    #[test]
    fn a_certificate_is_as_large_as_the_pdf_has_it_and_its_title_as_wide() {
        let source = KINDS.iter().find(|(name, _)| *name == "证书").unwrap().1;
        let made = sheet("证书", source, Demand::Short, &Fonts::bundled()).unwrap();
        let tree = Package::read(&made.word).unwrap().xml("word/document.xml").unwrap();
        let mut runs = Vec::new();
        all_below(&tree, "w:r", &mut runs);
        let value = |text: &str, name: &str| {
            let run = runs
                .iter()
                .find(|run| run.find("w:t").is_some_and(|it| it.characters().contains(text)))
                .unwrap_or_else(|| panic!("{text}"));
            run.find("w:rPr")?.find(name)?.get("w:val").map(str::to_owned)
        };
        let of = |text: &str| (value(text, "w:sz").unwrap(), value(text, "w:spacing").unwrap());
        let pair = |size: &str, spread: &str| (size.to_owned(), spread.to_owned());
        // 48 points and six tenths of them after each character; the text in 24, a size at which no row of two characters is left over
        assert_eq!(of("荣誉证书"), pair("96", "576"));
        assert_eq!(of("成绩突出"), pair("48", "19"));
        assert_eq!(of("张　三"), pair("69", "19"));
        assert_eq!(of("2022年6月1日"), pair("48", "19"));
    }
}
