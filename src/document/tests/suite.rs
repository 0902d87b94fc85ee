//! Our Word files as another program sets them: LibreOffice, in our faces.
//!
//! It is not Word and not WPS, but a typesetter that shares nothing with ours; what both of them set alike is in the file.

use super::super::fit;
use super::outside::converted;
use super::*;
use crate::document::model::{Attachment, Layout};
use crate::ooxml::package::Package;

/// Papers whose Word file comes to another number of pages than our PDF, and why: name, pages of Word, pages of the PDF.
const EXPLAINED: &str = include_str!("gallery_pages.txt");

fn pages(bytes: &[u8]) -> u32 {
    crate::document::office::pages(bytes)
}

/// The rows of text on each page, as poppler reads them; nothing where it is not here.
fn rows(file: &Path) -> Option<Vec<Vec<String>>> {
    let run = outside::told(Command::new("pdftotext").args(["-raw", "-enc", "UTF-8"]).arg(file).arg("-"))?;
    let text = String::from_utf8(run.stdout).unwrap();
    let rows = |page: &str| page.lines().map(squeezed).filter(|row| !row.is_empty()).collect();
    Some(text.split('\u{c}').map(rows).collect())
}

#[test]
fn another_program_sees_as_many_pages_in_word_as_we_set() {
    let folder = tempfile::tempdir().unwrap();
    let fonts = Fonts::bundled();
    let all = samples::all().into_iter().map(|(name, document)| (name, both::both(&document, &fonts).unwrap()));
    let all: Vec<(&str, both::Both)> = all.collect();
    let files = all.iter().map(|(name, both)| ((*name).to_owned(), both.word.clone()));
    let Some(seen) = converted(folder.path(), &files.collect::<Vec<_>>()) else { return };
    for (name, both) in &all {
        let theirs = std::fs::read(seen.join(format!("{name}.pdf"))).unwrap();
        assert_eq!(pages(&theirs), pages(&both.pdf), "{name}");
    }
}

/// What the examination finds on the pages of our Word file, in millimetres, that a clerk would mark; what the nasty data say is
/// meant to look wrong.
fn unlike(sheet: &gallery::Sheet, theirs: &[u8]) -> Vec<String> {
    if sheet.name.ends_with(gallery::Demand::Nasty.word()) {
        return Vec::new();
    }
    let kind = inspect::examine(&sheet.pdf, None).unwrap().kind;
    let report = inspect::examine(theirs, Some(kind)).unwrap();
    let asked = |it: &&inspect::Finding| outside::asked(it.rule.id);
    report.findings.iter().filter(asked).map(|it| format!("{}: {it}", sheet.name)).collect()
}

#[test]
fn every_paper_of_the_gallery_has_as_many_pages_in_word_or_it_is_said_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let fonts = Fonts::bundled();
    let mut sheets = Vec::new();
    for (kind, source) in KINDS {
        sheets.extend(DEMANDS.map(|demand| gallery::sheet(kind, source, demand, &fonts).unwrap()));
    }
    let files: Vec<(String, Vec<u8>)> = sheets.iter().map(|it| (it.name.clone(), it.word.clone())).collect();
    let Some(seen) = converted(folder.path(), &files) else { return };
    let mut explained = outside::explained(EXPLAINED);
    let mut wrong = Vec::new();
    for sheet in &sheets {
        let theirs = std::fs::read(seen.join(format!("{}.pdf", sheet.name))).unwrap();
        wrong.extend(unlike(sheet, &theirs));
        let theirs = pages(&theirs);
        let ours = pages(&sheet.pdf);
        let said = explained.remove(&(sheet.name.as_str(), ours)).unwrap_or(ours);
        if theirs != said {
            wrong.push(format!("{} {theirs} {ours}", sheet.name));
        }
    }
    assert!(wrong.is_empty(), "name, pages of Word, of the PDF, or what is found on the pages of Word: {wrong:#?}");
    assert!(explained.is_empty(), "papers that are not there: {explained:?}");
}

/// A 通知 of so many rows of text, with a note and so many attachments.
fn notice(rows: usize, attached: usize) -> Document {
    let text = "为做好乡村振兴示范片建设工作现就有关事项通知如下请予支持并";
    let body: String = text.chars().cycle().take(28 * rows - 6).collect();
    let attachment = |number: usize| Attachment {
        name: format!("管理办法{number}"),
        body: vec![samples::paragraph("第一条　为规范管理，制定本办法。")],
    };
    Document {
        urgency: None,
        body: vec![samples::paragraph(&body)],
        attachments: (0..attached).map(attachment).collect(),
        ..samples::decision()
    }
}

#[test]
fn the_first_page_of_a_document_shows_text_in_word_too() {
    let folder = tempfile::tempdir().unwrap();
    let all = (1..14).flat_map(|rows| [0, 1, 2].map(|attached| (rows, attached)));
    let name = |(rows, attached): (usize, usize)| format!("{rows}-{attached}");
    let files = all.clone().map(|of| (name(of), word::word(&notice(of.0, of.1)).unwrap()));
    let Some(seen) = converted(folder.path(), &files.collect::<Vec<_>>()) else { return };
    for of in all {
        // of a paragraph that is kept with the next Word moves the last rows, this program the whole
        let notice = notice(of.0, of.1);
        if fit::parts(&notice, fit::short(&notice)) {
            continue;
        }
        let Some(pages) = rows(&seen.join(format!("{}.pdf", name(of)))) else { return };
        assert!(pages[0].iter().any(|row| row.starts_with("为做好乡村振兴")), "{of:?}: {:?}", pages[0]);
        let signed = pages.iter().position(|page| page.iter().any(|row| row == "2022年6月20日")).unwrap();
        let company = signed == 0 || pages[signed].iter().position(|row| row == "中共香泉镇委员会") > Some(0);
        assert!(company, "{of:?}: the signature stands alone: {:?}", pages[signed]);
    }
}

#[test]
fn a_long_number_stays_whole_in_word_too() {
    let folder = tempfile::tempdir().unwrap();
    let number = "香经开综执发〔2022〕108号";
    let papers = [
        ("one", vec!["张三"], "签发人：张三"),
        ("three", vec!["张三", "李四光", "阿依古丽·买买提"], "阿依古丽·买买提"),
        // beside a name below the label there is room for it
        ("long", vec!["张三", "阿卜杜热依木·买买提明"], "阿卜杜热依木·买买提明"),
        ("longest", vec!["阿卜杜热依木·买买提明", "艾合买提江·阿布都热西提"], "艾合买提江·阿布都热西提"),
    ];
    let files = papers.iter().map(|(name, signers, _)| {
        let signers = samples::strings(signers);
        let document = Document { number: Some(number.to_owned()), signers, ..samples::report() };
        ((*name).to_owned(), word::word(&document).unwrap())
    });
    let Some(seen) = converted(folder.path(), &files.collect::<Vec<_>>()) else { return };
    for (name, signers, beside) in papers {
        let Some(pages) = rows(&seen.join(format!("{name}.pdf"))) else { return };
        let row = pages[0].iter().find(|row| row.contains(number)).unwrap_or_else(|| panic!("{name}: {:?}", pages[0]));
        assert_eq!(*row, format!("{number}{beside}"), "{name}: {:?}", pages[0]);
        assert!(signers.iter().all(|signer| pages[0].iter().any(|row| row.contains(signer))), "{:?}", pages[0]);
    }
}

/// The words on every page with their middle and their foot in millimetres, as poppler finds them; nothing where it is not here.
fn words(file: &Path) -> Option<Vec<(usize, String, f64, f64)>> {
    const MM: f64 = 25.4 / 72.0;
    let run = outside::told(Command::new("pdftotext").args(["-bbox", "-enc", "UTF-8"]).arg(file).arg("-"))?;
    let text = String::from_utf8(run.stdout).unwrap();
    let mut found = Vec::new();
    for (page, part) in text.split("<page ").enumerate().skip(1) {
        for word in part.split("<word ").skip(1) {
            let number = |name: &str| -> f64 {
                let after = word.split_once(&format!("{name}=\"")).unwrap().1;
                after.split_once('"').unwrap().0.parse().unwrap()
            };
            let shown = word.split_once('>').unwrap().1.split_once("</word>").unwrap().0.to_owned();
            found.push((page, shown, f64::midpoint(number("xMin"), number("xMax")) * MM, number("yMax") * MM));
        }
    }
    Some(found)
}

#[test]
fn names_under_seals_and_beside_stamps_stand_in_word_where_the_pdf_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let organs = ["县委办公室", "县政府办公室", "县委组织部", "县委宣传部", "县司法局", "县财政局", "县档案馆"];
    let joint = |count: usize| Document { signature: samples::strings(&organs[..count]), ..samples::joint() };
    let papers: Vec<(String, Document, Vec<&str>)> = (2..=7)
        .map(|count| (format!("{count} organs"), joint(count), organs[..count].to_vec()))
        .chain([("order".to_owned(), samples::order(), vec!["镇长"])])
        .collect();
    let files = papers.iter().map(|(name, document, _)| (name.clone(), word::word(document).unwrap()));
    let Some(seen) = converted(folder.path(), &files.collect::<Vec<_>>()) else { return };
    let mut wrong = Vec::new();
    for (name, document, signed) in &papers {
        let ours = folder.path().join("ours.pdf");
        std::fs::write(&ours, pdf::pdf(document, &Fonts::bundled()).unwrap()).unwrap();
        let Some(theirs) = words(&seen.join(format!("{name}.pdf"))) else { return };
        let Some(ours) = words(&ours) else { return };
        let places = |all: &[(usize, String, f64, f64)]| -> Vec<(usize, String, f64, f64)> {
            let last = |organ: &&str| {
                all.iter().rfind(|it| it.1 == **organ).cloned().unwrap_or_else(|| panic!("{name}: {organ}"))
            };
            signed.iter().map(last).collect()
        };
        // how far down they begin is the text's affair: another program may need a row more for it
        let (theirs, ours) = (places(&theirs), places(&ours));
        for (their, our) in theirs.iter().zip(&ours) {
            let (below, above) = (their.3 - theirs[0].3, our.3 - ours[0].3);
            if their.0 != our.0 || (their.2 - our.2).abs() > 1.0 || (below - above).abs() > 1.0 {
                wrong.push(format!("{name}: {their:?} {our:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "page, words, middle, foot; of Word, of the PDF: {wrong:#?}");
}

/// What must not begin a row, and what must not end one (GB/T 15834).
const NOT_FIRST: &str = "，。、：；！？”》）〕";
const NOT_LAST: &str = "“《（〔";

/// What a file can say of it is the rule (`kinsoku`), that no mark hangs over the edge (`overflowPunct`) and the language whose marks
/// are meant; a list of its own (`noLineBreaksBefore`) would replace the language's.
#[test]
fn no_row_of_a_word_file_begins_or_ends_with_a_mark_that_must_not_and_the_file_asks_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let texts: Vec<String> =
        (0..9).map(|shift| format!("{}{}", "请".repeat(shift), "甲乙、丙丁，“戊己”（庚）。".repeat(14))).collect();
    let wrong = |row: &str| row.starts_with(|it| NOT_FIRST.contains(it)) || row.ends_with(|it| NOT_LAST.contains(it));
    // cut where rows are full, every third row would be wrong
    let cut = |text: &String| -> Vec<String> {
        let characters: Vec<char> = text.chars().collect();
        characters.chunks(28).map(|row| row.iter().collect()).collect()
    };
    let full: Vec<String> = texts.iter().flat_map(cut).collect();
    assert!(full.iter().filter(|row| wrong(row)).count() > full.len() / 3);
    let body = texts.iter().map(|text| samples::paragraph(text)).collect();
    let document = Document { body, signature: Vec::new(), ..samples::empty(Layout::Plain) };
    let bytes = word::word(&document).unwrap();
    let package = Package::read(&bytes).unwrap();
    let part = |name: &str| String::from_utf8(package.part(name).unwrap().to_vec()).unwrap();
    let styles = part("word/styles.xml");
    for setting in ["<w:kinsoku/>", "<w:overflowPunct w:val=\"0\"/>", "w:eastAsia=\"zh-CN\""] {
        assert!(styles.contains(setting), "{setting}: {styles}");
    }
    assert!(!part("word/settings.xml").contains("noLineBreaks"));
    let Some(seen) = converted(folder.path(), &[("rows".to_owned(), bytes)]) else { return };
    let Some(pages) = rows(&seen.join("rows.pdf")) else { return };
    let found = pages.concat();
    assert!(found.len() > 60, "{found:?}");
    let wrong: Vec<&String> = found.iter().filter(|row| wrong(row)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
