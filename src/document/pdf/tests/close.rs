//! Papers whose head leaves the first page little room: what gives way, and what does not (9704 5.2.3, 7.3.2, 7.3.3).

use super::places::{PITCH, Row, laid, rows};
use super::*;
use crate::document::fit::{self, ImprintPage, Pages, Short};
use crate::document::word;

/// A joint request of three organs with five signers and a title of five rows.
fn crowded() -> Document {
    let organs = ["香岭县经济技术开发区管理委员会综合行政执法局", "香岭县人力资源和社会保障局", "香岭县退役军人事务局"];
    let title = "关于进一步加强和改进全县农村人居环境整治提升五年行动和乡村建设示范工作的请示";
    Document {
        mark: samples::strings(&organs),
        mark_file: true,
        number: Some("香经开综执发〔2022〕108号".to_owned()),
        signers: samples::strings(&["张三", "李四光", "阿卜杜热依木·买买提明", "王五", "赵六"]),
        title: vec![format!("{}{title}", organs.join("　"))],
        main_to: Some("香岭市人民政府全面推进依法行政工作领导小组办公室".to_owned()),
        body: (0..20).map(|_| Block::Paragraph(places::text(110))).collect(),
        attachments: Vec::new(),
        signature: samples::strings(&organs),
        seal: true,
        ..samples::report()
    }
}

/// The distances between neighbouring rows of the text on a page, in parts of the standard's.
fn pitches(rows: &[Row], page: usize) -> Vec<f64> {
    let on: Vec<f64> =
        rows.iter().filter(|row| row.page == page && (row.points - 15.8).abs() < 0.2).map(|it| it.y).collect();
    on.windows(2).map(|pair| (pair[1] - pair[0]) / PITCH).collect()
}

#[test]
fn rows_stand_closer_on_the_first_page_alone_and_a_superior_stays_above_the_text() {
    let document = crowded();
    let rows = rows(&laid(&document));
    let first: Vec<&Row> = rows.iter().filter(|row| row.page == 0).collect();
    let to = first.iter().position(|row| row.text.ends_with("领导小组办公室：")).unwrap();
    assert!(first[to + 1].text.starts_with("为做好"), "the first page shows text: {:?}", first[to + 1]);
    assert!(pitches(&rows, 0).iter().any(|pitch| *pitch < 0.97), "{:?}", pitches(&rows, 0));
    for page in 1..4 {
        let pitches = pitches(&rows, page);
        assert!(pitches.len() == 21 && pitches.iter().all(|it| (it - 1.0).abs() < 0.02), "page {page}: {pitches:?}");
    }
    // so it is in the Word file, down to the paragraph with which the first page ends
    let pages = set(&document, &Fonts::bundled()).unwrap().pages;
    let Some(Short::FirstCloser(part, 1)) = pages.short else { panic!("{:?}", pages.short) };
    let made = word::word_in(&document, &Fonts::bundled(), pages).unwrap();
    let package = crate::ooxml::package::Package::read(&made).unwrap();
    let text = String::from_utf8(package.part("word/document.xml").unwrap().to_vec()).unwrap();
    let close = format!("w:line=\"{}\"", (579.0 * part) as u32);
    let paragraphs: Vec<bool> = text
        .split("</w:p>")
        .filter(|it| it.contains("为做好乡村振兴"))
        .map(|it| it.rsplit("<w:p>").next().unwrap().contains(&close))
        .collect();
    assert_eq!(paragraphs.len(), 20);
    assert!(paragraphs[0] && paragraphs[1..].iter().all(|it| !it), "{paragraphs:?}");
}

#[test]
fn a_joint_mark_grows_smaller_before_anything_else_gives_way() {
    let crowded = crowded();
    let roomy = Document { title: vec!["关于村庄建设的请示".to_owned()], ..crowded.clone() };
    assert!(fit::mark_points(&roomy) > 24, "{}", fit::mark_points(&roomy));
    assert_eq!(fit::mark_points(&crowded), 24);
    // characters of a smaller mark are less narrow
    assert!(fit::mark_percent(&crowded) > fit::mark_percent(&roomy));
    let long = Document { main_to: Some("县农业农村局，".repeat(40)), ..crowded };
    assert!(fit::main_to_below(&long));
}

#[test]
fn a_signature_without_text_to_take_along_leaves_the_last_row_free() {
    let organs = ["香岭镇人民政府", "香岭镇总工会", "共青团香岭镇委"];
    let mut document = Document {
        mark: samples::strings(&organs),
        mark_file: true,
        title: samples::strings(&["香岭镇人民政府　香岭镇总工会", "共青团香岭镇委关于防汛值班的通知"]),
        main_to: Some("各村（社区）".to_owned()),
        signature: samples::strings(&organs),
        signers: Vec::new(),
        attachments: Vec::new(),
        note: None,
        seal: true,
        printed_by: Some(("香岭镇人民政府办公室".to_owned(), samples::day(2022, 7, 4))),
        ..samples::report()
    };
    let mut closer = 0;
    for characters in [20, 45] {
        document.body = vec![Block::Paragraph(places::text(characters))];
        let seen = laid(&document);
        let date = rows(&seen).into_iter().rfind(|row| row.text.contains("2022年7月1日")).unwrap();
        let Pages { short, imprint, .. } = set(&document, &Fonts::bundled()).unwrap().pages;
        assert!(date.page > 0 || date.y < 262.0 - PITCH, "{characters}: {date:?}");
        closer += usize::from(date.page == 0 && matches!(short, Some(Short::Closer(_))));
        assert!(date.page > 0 || imprint == ImprintPage::Back, "{characters}");
    }
    assert!(closer > 0);
}
