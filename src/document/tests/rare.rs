//! Rare characters and the marks of forms: every one of GB 18030 level 3 has a face, and those of every block are shown, can be copied out of the PDF, and name
//! their face in the Word file.

use super::*;
use crate::document::fonts::{LEVEL_CHARACTERS, Role, level};
use crate::document::inspect::placed;
use crate::document::model::Layout;
use crate::document::word::tests::all_below;
use crate::ooxml::package::Package;

/// The blocks level 3 reaches into: extensions A to F, the radicals and the components.
const BLOCKS: [(&str, u32, u32); 8] = [
    ("A", 0x3400, 0x4db5),
    ("B", 0x20000, 0x2a6d6),
    ("C", 0x2a700, 0x2b734),
    ("D", 0x2b740, 0x2b81d),
    ("E", 0x2b820, 0x2cea1),
    ("F", 0x2ceb0, 0x2ebe0),
    ("radicals", 0x2f00, 0x2fd5),
    ("components", 0x2e81, 0x2eca),
];

fn of_levels(first: u32, last: u32) -> Vec<char> {
    (first..=last).filter_map(char::from_u32).filter(|it| level(*it).is_some()).collect()
}

#[test]
fn no_character_of_level_3_is_without_a_face() {
    let fonts = Fonts::bundled();
    let all: String = of_levels(0, 0x3_ffff).into_iter().collect();
    assert_eq!(all.chars().count(), LEVEL_CHARACTERS[2]);
    assert_eq!(fonts.missing(&all), Vec::<char>::new());
}

#[test]
fn characters_of_every_block_are_shown_and_copied_and_name_their_face() {
    let fonts = Fonts::bundled();
    let sample = |(_, first, last): &(&str, u32, u32)| -> String {
        let all = of_levels(*first, *last);
        let step = (all.len() / 20).max(1);
        all.iter().step_by(step).chain(all.last()).collect()
    };
    let samples: Vec<String> = BLOCKS.iter().map(sample).collect();
    let body = samples.iter().map(|text| samples::paragraph(text)).collect();
    let document =
        Document { title: vec![samples[1].chars().take(8).collect()], body, ..samples::empty(Layout::Plain) };
    let both = both::both(&document, &fonts).unwrap();
    let copied: String = placed(&both.pdf).into_iter().map(|row| row.text).collect();
    let package = Package::read(&both.word).unwrap();
    let tree = package.xml("word/document.xml").unwrap();
    let mut runs = Vec::new();
    all_below(&tree, "w:r", &mut runs);
    for ((block, ..), text) in BLOCKS.iter().zip(&samples) {
        for character in text.chars() {
            assert!(copied.contains(character), "{block}: {character} (U+{:04X})", u32::from(character));
            let run = runs.iter().find(|run| run.find("w:t").is_some_and(|it| it.characters().contains(character)));
            let face = run.unwrap().find("w:rPr").and_then(|it| it.find("w:rFonts")?.get("w:eastAsia"));
            let named = face == fonts.set_in(Role::Plain, character).as_deref();
            assert!(named, "{block}: {character} (U+{:04X}) in {face:?}", u32::from(character));
        }
    }
}

/// What forms carry: boxes and ticks, as keyboards choose them too, numbers in circles, units.
const MARKS: &str = "☐☑☒✓✔✗√×□■○●△▲★☆①⑩⑪⑫⑮⑳㈠㎡㎥㎞㎏℃‰→☎";

#[test]
fn marks_of_forms_are_shown_and_copied_in_both_files() {
    let fonts = Fonts::bundled();
    assert_eq!(fonts.missing("☑\u{FE0F}✔\u{FE0E}"), Vec::<char>::new());
    let text = format!("是否公开：☑\u{FE0F}公开　☐不公开　□依申请公开。{MARKS}");
    let document = Document { body: vec![samples::paragraph(&text)], ..samples::empty(Layout::Plain) };
    let made = both::both(&document, &fonts).unwrap();
    let copied = |pdf: &[u8]| placed(pdf).into_iter().map(|row| row.text).collect::<String>();
    let lacking = |said: &str| MARKS.chars().filter(|it| !said.contains(*it)).collect::<String>();
    assert_eq!(lacking(&copied(&made.pdf)), "");
    let package = Package::read(&made.word).unwrap();
    let tree = package.xml("word/document.xml").unwrap();
    let mut runs = Vec::new();
    all_below(&tree, "w:r", &mut runs);
    let told = |character: char| {
        let run =
            runs.iter().find(|run| run.find("w:t").is_some_and(|it| it.characters().contains(character))).unwrap();
        let faces = run.find("w:rPr").and_then(|it| it.find("w:rFonts")).unwrap();
        (faces.get("w:hint"), faces.get("w:eastAsia"))
    };
    // those of GBK every Chinese face has; none is set in the Latin one
    let lent = (Some("eastAsia"), Some("Banwen Symbol Supplement"));
    assert_eq!(['☐', '☑', '✓', '⑪', '㎥'].map(told), [lent; 5]);
    assert_eq!(['√', '□', '⑩'].map(told), [(Some("eastAsia"), Some("宋体")); 3]);
    assert_eq!(told('●'), (Some("eastAsia"), None));
    let folder = tempfile::tempdir().unwrap();
    let Some(seen) = outside::converted(folder.path(), &[("marks".to_owned(), made.word)]) else { return };
    assert_eq!(lacking(&copied(&std::fs::read(seen.join("marks.pdf")).unwrap())), "");
}
