//! The signature never stands alone (9704 7.3.5.5): in every layout that has one, with seals, stamps and without, with 附件说明 and without,
//! wherever the text ends, in the PDF and in the Word file as another program sets it.

use super::outside::converted;
use super::*;
use crate::document::fit;
use crate::document::inspect::{Placed, placed};
use crate::document::model::{Attachment, Block, Chart, ChartKind, ChartPoint, Layout};

/// A row of text is one of these characters, all through.
const TEXT: &str = "为做好乡村振兴示范片建设工作现就有关事项通知如下请予支持并";
/// Rows of a paragraph.
const PARAGRAPH_ROWS: usize = 4;

/// So many rows of text, the first two characters of each paragraph left free; in paragraphs of four rows, or in one.
fn text(rows: usize, whole: bool) -> Vec<Block> {
    let full = if whole { rows } else { PARAGRAPH_ROWS };
    let parts = (0..rows).step_by(full.max(1)).map(|from| (rows - from).min(full));
    let characters = |rows: usize| -> String { TEXT.chars().cycle().take(28 * rows - 5).collect() };
    parts.map(|rows| samples::paragraph(&characters(rows))).collect()
}

/// Every way to sign, and in what of a paper; the words its signature begins with. Attachments that go by themselves are named alone.
fn papers(attachments: &[&str]) -> Vec<(&'static str, Document, &'static str)> {
    let organs = samples::strings(&["县委办公室", "县政府办公室", "县委组织部", "县司法局"]);
    let named = |name: &&str| Attachment { name: (*name).to_owned(), body: Vec::new() };
    let bare = |document: Document| Document {
        attachments: attachments.iter().map(named).collect(),
        note: None,
        urgency: None,
        ..document
    };
    let (decision, order) = (bare(samples::decision()), bare(samples::order()));
    let letter = Document { layout: Layout::Letter, mark_file: false, printed_by: None, ..decision.clone() };
    let plain =
        Document { layout: Layout::Plain, mark: Vec::new(), printed_by: None, copy_to: None, ..decision.clone() };
    let joint = Document { signature: organs, ..decision.clone() };
    let unsealed = |document: &Document| Document { seal: false, ..document.clone() };
    vec![
        ("文件", decision.clone(), "中共香泉镇委员会"),
        ("文件，无印章", unsealed(&decision), "中共香泉镇委员会"),
        ("联合行文", joint.clone(), "县委办公室"),
        ("联合行文，无印章", unsealed(&joint), "县委办公室"),
        ("信函", letter, "中共香泉镇委员会"),
        ("普通", plain, "中共香泉镇委员会"),
        ("命令，签名章", order.clone(), "镇长"),
        ("命令，签名", unsealed(&order), "镇长"),
    ]
}

/// What is wrong with where this signature stands, under a text of so many rows.
fn alone(rows: &[Placed], it: &Walked) -> Option<String> {
    let signed = it.signed;
    let small = |row: &Placed| (row.points - 16.0).abs() < 0.5;
    let at = rows.iter().rposition(|row| row.text.starts_with(signed) && small(row)).unwrap();
    let signature = &rows[at];
    let date = rows.iter().rfind(|row| row.text.contains("2022年6月20日") && small(row)).unwrap();
    // rows of the text itself: characters of it and nothing else
    let text = || rows.iter().filter(|row| row.text.chars().all(|it| TEXT.contains(it)) && row.baseline < 263.0);
    let with = text().filter(|row| row.page == signature.page && row.baseline < signature.baseline).count();
    if text().next().is_none_or(|row| row.page != 1) {
        return Some("no text on the first page".to_owned());
    }
    // the first page shows a row, whatever else
    let least = fit::company_rows(it.rows, !it.document.attachments.is_empty()).min(it.rows - 1);
    let enough = with >= least || signature.page == 1;
    (!enough || date.page != signature.page || date.baseline > 263.5).then(|| {
        format!("{with} rows with it on page {}, date on page {} at {:.0} mm", signature.page, date.page, date.baseline)
    })
}

/// A paper in some length, and the words its signature begins with.
struct Walked {
    name: String,
    rows: usize,
    signed: &'static str,
    document: Document,
}

/// Every paper in every length from one row to a page and a half.
fn walked(whole: bool, attachments: &[&str]) -> Vec<Walked> {
    let lengths = |(name, paper, signed): (&str, Document, &'static str)| -> Vec<Walked> {
        let of = |rows: usize| {
            let document = Document { body: text(rows, whole), ..paper.clone() };
            Walked { name: format!("{name}-{rows}"), rows, signed, document }
        };
        (1..=34).map(of).collect()
    };
    papers(attachments).into_iter().flat_map(lengths).collect()
}

#[test]
fn a_signature_takes_two_rows_of_text_along_be_they_of_one_paragraph() {
    let fonts = Fonts::bundled();
    let alone = |it: Walked| {
        let rows = placed(&pdf::pdf(&it.document, &fonts).unwrap());
        alone(&rows, &it).map(|why| format!("{}: {why}", it.name))
    };
    let wrong: Vec<String> = LISTED.iter().flat_map(|it| walked(true, it)).filter_map(alone).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is attached: nothing, one, and so many that their rows alone are two.
const LISTED: [&[&str]; 3] = [&[], &["示范片建设任务分工表"], &["示范片建设任务分工表", "联系方式"]];

/// Of a long paragraph that is kept with the next Word moves the last rows and LibreOffice the whole, so papers of short paragraphs are
/// shown to it.
#[test]
fn a_signature_stands_with_two_rows_of_text_in_both_files_wherever_the_text_ends() {
    in_both_files(LISTED[0]);
}

#[test]
fn what_is_attached_is_no_company_for_a_signature() {
    in_both_files(LISTED[2]);
}

fn in_both_files(listed: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let fonts = Fonts::bundled();
    let (mut files, mut wrong, mut parted) = (Vec::new(), Vec::new(), 0);
    let walked = walked(false, listed);
    for it in &walked {
        let set = pdf::set(&it.document, &fonts).unwrap();
        wrong.extend(alone(&placed(&set.bytes), it).map(|why| format!("{}, PDF: {why}", it.name)));
        parted += usize::from(set.pages.short == Some(fit::Short::Parted));
        files.push((it.name.clone(), word::word_in(&it.document, &fonts, set.pages).unwrap()));
    }
    // where the first page holds text and signature only with rows too close, the paragraph is parted in both files
    assert!((1..20).contains(&parted), "{parted}");
    let Some(seen) = converted(folder.path(), &files) else { return };
    for it in walked.iter().filter(|it| files.iter().any(|(name, _)| *name == it.name)) {
        let theirs = placed(&std::fs::read(seen.join(format!("{}.pdf", it.name))).unwrap());
        wrong.extend(alone(&theirs, it).map(|why| format!("{}, Word: {why}", it.name)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The signature of a paper of several pieces that finds no room by a row has it so too; tables and their names keep their heights in
/// both files.
#[test]
fn a_paper_with_a_table_is_closed_up_by_a_row_at_most_and_has_as_many_pages_in_both_files() {
    let folder = tempfile::tempdir().unwrap();
    let fonts = Fonts::bundled();
    let (mut files, mut closer) = (Vec::new(), 0);
    for (name, paper, _) in papers(LISTED[0]).into_iter().filter(|(_, paper, _)| paper.signature.len() == 1) {
        for rows in 1..=12 {
            let mut body = text(rows, false);
            body.push(Block::Table(samples::table(2)));
            body.push(samples::paragraph(&"请予支持".repeat(12)));
            let document = Document { body, ..paper.clone() };
            let set = pdf::set(&document, &fonts).unwrap();
            if let Some(fit::Short::Closer(part)) = set.pages.short {
                assert!(part >= fit::CLOSER_BY_A_ROW, "{name} {rows}: {part}");
                closer += 1;
            }
            let pages = crate::document::office::pages(&set.bytes);
            files.push((format!("{name} {rows}"), word::word_in(&document, &fonts, set.pages).unwrap(), pages));
        }
    }
    assert!((1..20).contains(&closer), "{closer}");
    let given: Vec<(String, Vec<u8>)> = files.iter().map(|(name, bytes, _)| (name.clone(), bytes.clone())).collect();
    let Some(seen) = converted(folder.path(), &given) else { return };
    let theirs = |name: &str| crate::document::office::pages(&std::fs::read(seen.join(format!("{name}.pdf"))).unwrap());
    let wrong: Vec<String> = files
        .iter()
        .filter_map(|(name, _, ours)| {
            let theirs = theirs(name);
            (theirs != *ours).then(|| format!("{name}: {theirs} {ours} pages of Word and of the PDF"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// 抄送 that finds no room below the signature of a letter: the letter is closed up by a row where that suffices, else it goes over in
/// company (9704 8.1).
#[test]
fn what_closes_a_letter_never_stands_alone_and_both_files_agree() {
    let folder = tempfile::tempdir().unwrap();
    let fonts = Fonts::bundled();
    let (mut files, mut closer, mut over) = (Vec::new(), 0, 0);
    let letter = papers(LISTED[0]).into_iter().find(|(name, ..)| *name == "信函").unwrap().1;
    for rows in 4..=36 {
        let document = Document { body: text(rows, false), ..letter.clone() };
        let set = pdf::set(&document, &fonts).unwrap();
        closer += usize::from(matches!(set.pages.short, Some(fit::Short::Closer(_))));
        over += usize::from(crate::document::office::pages(&set.bytes) > 1);
        let word = word::word_in(&document, &fonts, set.pages).unwrap();
        files.push((rows.to_string(), word, set.bytes));
    }
    assert!(closer > 0 && over > 0, "{closer} {over}");
    let alone = |bytes: &[u8]| {
        let rows = placed(bytes);
        let last = rows.iter().rfind(|row| row.text.starts_with("抄送")).map_or(0, |row| row.page);
        let dated = rows.iter().rfind(|row| row.text == "2022年6月20日").map_or(0, |row| row.page);
        (dated != last).then(|| format!("抄送 on page {last}, the date on page {dated}"))
    };
    let given: Vec<(String, Vec<u8>)> = files.iter().map(|(name, word, _)| (name.clone(), word.clone())).collect();
    let Some(seen) = converted(folder.path(), &given) else { return };
    let mut wrong = Vec::new();
    for (name, _, ours) in &files {
        let theirs = std::fs::read(seen.join(format!("{name}.pdf"))).unwrap();
        wrong.extend(alone(ours).map(|why| format!("{name}, PDF: {why}")));
        wrong.extend(alone(&theirs).map(|why| format!("{name}, Word: {why}")));
        let pages = crate::document::office::pages;
        let (of_word, of_pdf) = (pages(&theirs), pages(ours));
        if of_word != of_pdf {
            wrong.push(format!("{name}: {of_word} {of_pdf} pages of Word and of the PDF"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A chart is higher than two rows of text: the last one goes with the signature, and those before it stay where they find room.
#[test]
fn of_several_charts_the_last_alone_goes_with_the_signature_in_both_files() {
    let folder = tempfile::tempdir().unwrap();
    let fonts = Fonts::bundled();
    let point = |label: &str, value: &str| ChartPoint { label: label.to_owned(), values: vec![Some(value.to_owned())] };
    let chart = |caption: &str| {
        Block::Chart(Chart {
            kind: ChartKind::Bars,
            caption: caption.to_owned(),
            series: vec!["数".to_owned()],
            points: vec![point("甲", "1"), point("乙", "2")],
        })
    };
    let mut body = text(3, false);
    body.extend(["图一", "图二", "图三"].map(chart));
    let document = Document { body, note: None, urgency: None, attachments: Vec::new(), ..samples::decision() };
    let made = both::both(&document, &fonts).unwrap();
    let mut forms = vec![("PDF", made.pdf)];
    if let Some(seen) = converted(folder.path(), &[("charts".to_owned(), made.word)]) {
        forms.push(("Word", std::fs::read(seen.join("charts.pdf")).unwrap()));
    }
    for (form, bytes) in forms {
        let rows = placed(&bytes);
        let page = |text: &str| rows.iter().find(|row| row.text == text).map(|row| row.page);
        let pages = ["图一", "图二", "图三", "2022年6月20日"].map(page);
        assert_eq!(pages, [Some(2), Some(2), Some(3), Some(3)], "{form}: {rows:?}");
    }
}
