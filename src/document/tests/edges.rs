//! What stands at the edges of rows: no row of text begins with 间隔号 or 连接号 (GB/T 15834), and a letter has its 份号 at the left of the row
//! whose right end is its 发文字号 (9704 8.1).

use super::*;
use crate::document::inspect::placed;

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
