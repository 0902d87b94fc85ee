//! The order in which the schema of WordprocessingML wants the children of its property elements.
//!
//! Word calls a file with a wrong order damaged, other programs forgive it; so everything we write passes through [`sort`].
//! The table is ECMA-376 part 1, §17; children it does not name keep their order and come last.

use super::xml::{Element, Node};
use std::sync::LazyLock;

const PARAGRAPH: &str = "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs \
     suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind \
     contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr \
     pPrChange";
const RUN: &str = "ins del moveFrom moveTo rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof \
     snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang \
     eastAsianLayout specVanish oMath rPrChange";
const TABLE: &str = "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd \
     tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription tblPrChange";
// the row's own properties may stand in any order; one is chosen so that the same row gives the same bytes
const ROW: &str = "cnfStyle divId gridBefore gridAfter wBefore wAfter cantSplit trHeight tblHeader tblCellSpacing jc hidden ins del \
     trPrChange";
const CELL: &str = "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark cellIns \
     cellDel cellMerge tcPrChange";
const SECTION: &str = "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType cols \
     formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings sectPrChange";
const STYLE: &str = "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked personal \
     personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr";
const SIDES: &str = "top left start bottom right end between bar insideH insideV tl2br tr2bl";

/// The same, name by name: they are asked for every element that is written.
static ORDERS: LazyLock<[Vec<&'static str>; 8]> = LazyLock::new(|| {
    [PARAGRAPH, RUN, TABLE, ROW, CELL, SECTION, STYLE, SIDES].map(|order| order.split_whitespace().collect())
});

/// The children of the element of this name in schema order; `None` when any order is right.
fn children_of(name: &str) -> Option<&'static [&'static str]> {
    let [paragraph, run, table, row, cell, section, style, sides] = &*ORDERS;
    Some(match name {
        "w:pPr" => paragraph,
        "w:rPr" => run,
        "w:tblPr" => table,
        "w:trPr" => row,
        "w:tcPr" => cell,
        "w:sectPr" => section,
        "w:style" => style,
        "w:pBdr" | "w:tblBorders" | "w:tcBorders" | "w:pgBorders" | "w:tblCellMar" | "w:tcMar" => sides,
        "w:sdtPr" => &["rPr", "alias", "tag", "id", "lock", "placeholder", "temporary", "showingPlcHdr", "dataBinding"],
        "w:p" => &["pPr"],
        "w:r" => &["rPr"],
        "w:tbl" => &["tblPr", "tblGrid"],
        "w:tr" => &["tblPrEx", "trPr"],
        "w:tc" => &["tcPr"],
        _ => return None,
    })
}

fn rank(order: &[&str], node: &Node) -> usize {
    let Node::Element(element) = node else { return usize::MAX };
    let Some(local) = element.name.strip_prefix("w:") else { return usize::MAX };
    order.iter().position(|name| *name == local).unwrap_or(usize::MAX)
}

/// Sorts the children of this element and of all below it into schema order; equals keep their order.
pub fn sort(element: &mut Element) {
    element.visit(&mut |element| {
        if let Some(order) = children_of(&element.name) {
            element.children.sort_by_key(|node| rank(order, node));
        }
    });
}

/// The first element, this one or below it, whose children are out of order; `None` when all is well.
pub fn misplaced(element: &Element) -> Option<&Element> {
    let wrong =
        children_of(&element.name).is_some_and(|order| !element.children.is_sorted_by_key(|node| rank(order, node)));
    if wrong { Some(element) } else { element.elements().find_map(misplaced) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ooxml::xml::parse;

    #[test]
    fn every_property_element_is_sorted() {
        for name in [
            "w:pPr",
            "w:rPr",
            "w:tblPr",
            "w:trPr",
            "w:tcPr",
            "w:sectPr",
            "w:style",
            "w:pBdr",
            "w:tblBorders",
            "w:tcBorders",
        ] {
            let mut reversed = Element::new(name).child(Element::new("x:foreign"));
            let order = children_of(name).unwrap();
            for child in order.iter().rev() {
                reversed = reversed.child(Element::new(&format!("w:{child}")));
            }
            let mut root = Element::new("w:body").child(reversed);
            assert!(misplaced(&root).is_some());
            sort(&mut root);
            let sorted: Vec<&str> = root.find(name).unwrap().elements().map(|child| &child.name[2..]).collect();
            assert_eq!(sorted[..order.len()], *order);
            assert_eq!(sorted.last(), Some(&"foreign"));
            assert!(misplaced(&root).is_none());
        }
    }

    #[test]
    fn equals_keep_their_order_and_contents_stay_behind_properties() {
        let mut root = parse(b"<w:p><w:r><w:t>1</w:t><w:rPr/></w:r><w:r><w:t>2</w:t></w:r><w:pPr/></w:p>").unwrap();
        sort(&mut root);
        let text = String::from_utf8(root.write()).unwrap();
        assert!(text.ends_with("<w:p><w:pPr/><w:r><w:rPr/><w:t>1</w:t></w:r><w:r><w:t>2</w:t></w:r></w:p>"), "{text}");
    }
}
