//! Papers in a frame, 证书 and 奖牌文: the Word file, as another program shows it, looks as the PDF does.

use super::outside::converted;
use super::*;
use crate::document::gallery::{Demand, Sheet};

/// Every framed paper of the gallery with the PDF another program makes of its Word file; nothing where that is not here.
fn framed(folder: &Path) -> Option<Vec<(Sheet, std::path::PathBuf)>> {
    let kinds = KINDS.iter().filter(|(kind, _)| matches!(*kind, "证书" | "奖牌文"));
    let demands = kinds.flat_map(|kind| DEMANDS.map(|demand| (kind, demand)));
    let fonts = Fonts::bundled();
    let sheets: Vec<Sheet> =
        demands.map(|((kind, source), demand)| gallery::sheet(kind, source, demand, &fonts).unwrap()).collect();
    assert_eq!(sheets.len(), 6);
    let files: Vec<(String, Vec<u8>)> = sheets.iter().map(|it| (it.name.clone(), it.word.clone())).collect();
    let seen = converted(folder, &files)?;
    let with_theirs = |sheet: Sheet| {
        let theirs = seen.join(format!("{}.pdf", sheet.name));
        (sheet, theirs)
    };
    Some(sheets.into_iter().map(with_theirs).collect())
}

#[test]
fn every_row_of_a_framed_paper_stands_in_word_where_the_pdf_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let Some(all) = framed(folder.path()) else { return };
    let mut wrong = Vec::new();
    for (sheet, theirs) in all.iter().filter(|(sheet, _)| !sheet.name.ends_with(Demand::Nasty.word())) {
        let theirs = inspect::placed(&std::fs::read(theirs).unwrap());
        let ours = inspect::placed(&sheet.pdf);
        let texts = |rows: &[inspect::Placed]| rows.iter().map(|row| row.text.clone()).collect::<Vec<_>>();
        assert_eq!(texts(&theirs), texts(&ours), "{}", sheet.name);
        assert!(ours.len() >= 4, "{}: {ours:?}", sheet.name);
        for (their, our) in theirs.iter().zip(&ours) {
            // a size in half points, and room that the other program puts between digits and characters
            let near = (their.baseline - our.baseline).abs() < 0.7 && (their.middle() - our.middle()).abs() < 2.0;
            if !near || (their.points - our.points).abs() > 0.6 {
                wrong.push(format!("{}: {their:?} {our:?}", sheet.name));
            }
        }
    }
    assert!(wrong.is_empty(), "of Word, of the PDF: {wrong:#?}");
}

/// A page as a picture of five dots to the millimetre: its width and its dots. Nothing where poppler is not here.
fn picture(pdf: &Path) -> Option<(usize, Vec<[u8; 3]>)> {
    let to = pdf.with_extension("");
    outside::told(Command::new("pdftoppm").args(["-r", "127", "-singlefile"]).arg(pdf).arg(&to))?;
    let bytes = std::fs::read(to.with_extension("ppm")).unwrap();
    let end = |count: usize| bytes.iter().enumerate().filter(|(_, it)| **it == b'\n').nth(count).unwrap().0;
    let size = std::str::from_utf8(&bytes[end(0) + 1..end(1)]).unwrap();
    let width = size.split(' ').next().unwrap().parse().unwrap();
    Some((width, bytes[end(2) + 1..].as_chunks::<3>().0.to_vec()))
}

/// Dots of a picture from the edges inwards, for 26 mm: at the left and the right in the middle of the height, above and below at 30 mm.
fn edges((width, dots): &(usize, Vec<[u8; 3]>)) -> [Vec<[u8; 3]>; 4] {
    const DOTS: usize = 26 * 5;
    let height = dots.len() / width;
    let at = |x: usize, y: usize| dots[y * width + x];
    [
        (0..DOTS).map(|it| at(it, height / 2)).collect(),
        (0..DOTS).map(|it| at(width - 1 - it, height / 2)).collect(),
        (0..DOTS).map(|it| at(150, it)).collect(),
        (0..DOTS).map(|it| at(150, height - 1 - it)).collect(),
    ]
}

/// Whether every dot of one is, within four tenths of a millimetre, in the other; dots that an edge goes through are mixed.
fn like(one: &[[u8; 3]], other: &[[u8; 3]]) -> bool {
    let alike = |a: &[u8; 3], b: &[u8; 3]| a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) < 24);
    one.windows(2).enumerate().filter(|(_, pair)| pair[0] == pair[1]).all(|(at, pair)| {
        let mut near = other.iter().skip(at.saturating_sub(2)).take(6);
        near.any(|it| alike(&pair[0], it))
    })
}

#[test]
fn the_frames_and_the_plate_are_those_of_the_pdf() {
    let folder = tempfile::tempdir().unwrap();
    let Some(all) = framed(folder.path()) else { return };
    for (sheet, theirs) in &all {
        let ours = folder.path().join("ours.pdf");
        std::fs::write(&ours, &sheet.pdf).unwrap();
        let Some((ours, theirs)) = picture(&ours).zip(picture(theirs)) else { return };
        assert_eq!((ours.0, ours.1.len()), (theirs.0, theirs.1.len()), "{}", sheet.name);
        for (side, (our, their)) in edges(&ours).iter().zip(edges(&theirs).iter()).enumerate() {
            let red = |dots: &[[u8; 3]]| dots.iter().any(|[red, green, _]| *red > 200 && *green < 60);
            assert!(red(our) && red(their), "{}, side {side}: {their:?}", sheet.name);
            assert!(like(our, their) && like(their, our), "{}, side {side}: {our:?} {their:?}", sheet.name);
        }
    }
}
