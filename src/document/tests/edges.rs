//! What stands at the edges of rows: no row of text begins with 间隔号 or 连接号 (GB/T 15834), and a letter has its 份号 at the left of the row
//! whose right end is its 发文字号, and that row where the standard has it (9704 8.1).

use super::*;
use crate::document::inspect::{placed, red_rules};

#[test]
fn no_row_begins_with_a_mark_that_joins() {
    let shifted =
        |by: usize| samples::paragraph(&format!("{}买买提·买买提明2019—2022年由30%～60%增至甲—乙", "文".repeat(by)));
    let document = Document { body: (0..28).map(shifted).collect(), ..samples::decision() };
    let bytes = pdf::pdf(&document, &Fonts::bundled()).unwrap();
    let rows: Vec<String> = placed(&bytes).into_iter().map(|row| row.text).collect();
    let wrong: Vec<&String> =
        rows.iter().filter(|row| row.starts_with(['·', '—', '～']) && !row.ends_with('—')).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    // such a mark comes to every place of a row, the end of it too
    assert!(rows.iter().filter(|row| row.ends_with(['·', '—', '～'])).count() > 2, "{rows:?}");
}

#[test]
fn a_letter_has_its_serial_number_beside_its_number() {
    let letter = Document { serial: Some("000001".to_owned()), ..samples::letter() };
    let both = both::both(&letter, &Fonts::bundled()).unwrap();
    for (form, bytes) in [("Word", &both.word), ("PDF", &both.pdf)] {
        let report = inspect::examine(bytes, None).unwrap();
        let wrong: Vec<String> =
            report.findings.iter().map(ToString::to_string).filter(|it| it.contains("号")).collect();
        assert!(wrong.is_empty(), "{form}: {wrong:?}");
    }
}

/// 8.1: seven eighths of a character of 3号 below the upper double rule, 4.9 mm.
#[test]
fn the_number_of_a_letter_stands_as_far_below_the_rule_in_word_as_in_the_pdf() {
    let folder = tempfile::tempdir().unwrap();
    let fonts = Fonts::bundled();
    let with = |serial: Option<&str>| Document { serial: serial.map(str::to_owned), ..samples::letter() };
    let letters = [("bare", Document { urgency: None, ..samples::letter() }), ("serial", with(Some("000001")))];
    let made = letters.map(|(name, letter)| (name, both::both(&letter, &fonts).unwrap()));
    let files = made.clone().map(|(name, both)| (name.to_owned(), both.word));
    let Some(seen) = outside::converted(folder.path(), &files) else { return };
    for (name, both) in made {
        let theirs = std::fs::read(seen.join(format!("{name}.pdf"))).unwrap();
        for (form, bytes) in [("Word", &theirs), ("PDF", &both.pdf)] {
            let rows = placed(bytes);
            // the other double rule stands at the foot of the page
            let rule = red_rules(bytes).into_iter().rfind(|edge| *edge < 100.0).unwrap();
            let number = rows.iter().find(|row| row.text.contains("香组函〔2022〕3号")).unwrap();
            // the ink of a character of 16 pt begins eighty-five hundredths of it above the base line
            let gap = number.baseline - 0.85 * 16.0 * 25.4 / 72.0 - rule;
            assert!((gap - 4.9).abs() < 0.5, "{name}, {form}: {gap:.1} mm");
        }
    }
}
