//! The mark of a joint paper (9704 7.2.4): names one below the other, spread to the width of the longest, 文件 beside their middle; in the
//! PDF and in the Word file as another program sets it.

use super::outside::converted;
use super::*;
use crate::document::fit;
use crate::document::inspect::{Placed, placed};

/// Organs of a joint mark, the longest among them anywhere; the first names are short beside it.
fn marks() -> Vec<(String, Document)> {
    let lists: [&[&str]; 4] = [
        &["香泉局", "中共香泉镇委员会"],
        &["中共香泉镇委员会", "香泉镇人民政府"],
        &["中共香泉县委组织部", "香泉局", "香泉县财政局", "香泉县人力资源和社会保障局"],
        &["香泉县委", "香泉县人大常委会", "香泉县人民政府", "政协香泉县委员会"],
    ];
    let paper = |organs: &&[&str]| Document {
        mark: samples::strings(organs),
        mark_file: true,
        signature: samples::strings(organs),
        urgency: None,
        ..samples::joint()
    };
    lists.iter().map(paper).enumerate().map(|(at, document)| (format!("标志{at}"), document)).collect()
}

/// What is wrong with the mark of this paper; nothing is wrong by more than a millimetre.
fn wrong(rows: &[Placed], document: &Document) -> Vec<String> {
    let row = |text: &str| {
        let found = rows.iter().find(|row| row.text == *text && row.baseline < 160.0);
        found.unwrap_or_else(|| panic!("{text} in {rows:#?}"))
    };
    let names: Vec<&Placed> = document.mark.iter().map(|name| row(name)).collect();
    let file = row("文件");
    let left = names.iter().map(|it| it.left).fold(f64::INFINITY, f64::min);
    let right = names.iter().map(|it| it.right).fold(f64::NEG_INFINITY, f64::max);
    let mut wrong = Vec::new();
    for name in &names {
        if (name.left - left).abs() > 1.0 || (name.right - right).abs() > 1.0 {
            wrong
                .push(format!("{} from {:.1} to {:.1}, not {left:.1} to {right:.1}", name.text, name.left, name.right));
        }
        if (name.points - f64::from(fit::mark_points(document))).abs() > 0.6 || (file.points - name.points).abs() > 0.1
        {
            wrong.push(format!("{} of {} points, 文件 of {}", name.text, name.points, file.points));
        }
    }
    let pitch: Vec<f64> = names.windows(2).map(|pair| pair[1].baseline - pair[0].baseline).collect();
    if pitch.iter().any(|it| (it - pitch[0]).abs() > 0.5 || *it < file.points / 2.9) {
        wrong.push(format!("rows of names {pitch:?} apart"));
    }
    let middle = f64::midpoint(names[0].baseline, names[names.len() - 1].baseline);
    if (file.baseline - middle).abs() > 1.0 {
        wrong.push(format!("文件 at {:.1}, the middle of the names at {middle:.1}", file.baseline));
    }
    // beside the names, near and not over them; the whole in the middle of the page's text
    if file.left < right || file.left - right > file.points * 0.36 {
        wrong.push(format!("文件 begins at {:.1}, the names end at {right:.1}", file.left));
    }
    if (f64::midpoint(left, file.right) - 106.0).abs() > 1.5 {
        wrong.push(format!("from {left:.1} to {:.1}", file.right));
    }
    // the ink of the first name stands 35 mm below the type area's edge
    let top = names[0].baseline - names[0].points * 0.8 * 25.4 / 72.0;
    if (top - 72.0).abs() > 2.0 {
        wrong.push(format!("its upper edge at {top:.1}"));
    }
    wrong
}

#[test]
fn names_of_a_joint_mark_are_spread_to_the_longest_and_file_stands_beside_their_middle() {
    let folder = tempfile::tempdir().unwrap();
    let fonts = Fonts::bundled();
    let made: Vec<(String, Document, both::Both)> =
        marks().into_iter().map(|(name, it)| (name, it.clone(), both::both(&it, &fonts).unwrap())).collect();
    let mut found = Vec::new();
    let mut told = |name: &str, pdf: &[u8], document: &Document, of: &str| {
        found.extend(wrong(&placed(pdf), document).into_iter().map(|why| format!("{name}, {of}: {why}")));
    };
    made.iter().for_each(|(name, document, both)| told(name, &both.pdf, document, "PDF"));
    let files: Vec<(String, Vec<u8>)> = made.iter().map(|(name, _, both)| (name.clone(), both.word.clone())).collect();
    if let Some(seen) = converted(folder.path(), &files) {
        for (name, document, _) in &made {
            told(name, &std::fs::read(seen.join(format!("{name}.pdf"))).unwrap(), document, "Word");
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
