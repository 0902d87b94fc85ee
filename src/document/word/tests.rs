//! The writer as a whole: every layout, every guarantee.

use super::{WordError, text, word};
use crate::document::model::{Block, Document, Layout, Table};
use crate::document::tests::samples;
use crate::ooxml::order::misplaced;
use crate::ooxml::package::Package;
use crate::ooxml::xml::Element;

mod tables;

fn package(document: &Document) -> Package {
    Package::read(&word(document).unwrap()).unwrap()
}

pub(in crate::document) fn all_below<'a>(element: &'a Element, name: &str, found: &mut Vec<&'a Element>) {
    for child in element.elements() {
        if child.name == name {
            found.push(child);
        }
        all_below(child, name, found);
    }
}

fn count(element: &Element, name: &str) -> usize {
    let mut found = Vec::new();
    all_below(element, name, &mut found);
    found.len()
}

#[test]
fn every_part_is_in_schema_order_and_without_leftovers() {
    for (name, document) in samples::all() {
        let package = package(&document);
        for part in package.names().filter(|part| part.ends_with(".xml") || part.ends_with(".rels")) {
            let tree = package.xml(part).unwrap();
            let wrong = misplaced(&tree).map(|element| String::from_utf8(element.write()).unwrap());
            assert_eq!(wrong, None, "{name} {part}");
            let source = std::str::from_utf8(package.part(part).unwrap()).unwrap();
            for leftover in ["{{", "w14:paraId", "raw:", "<w:rPr/>"] {
                assert!(!source.contains(leftover), "{name} {part}: {leftover}");
            }
        }
    }
}

#[test]
fn every_relation_has_its_part_and_every_style_its_definition() {
    for (name, document) in samples::all() {
        let package = package(&document);
        let related = package.related("word/document.xml").unwrap();
        for one in &related {
            assert!(package.part(&one.part).is_some(), "{name}: {}", one.part);
        }
        let styles = package.xml("word/styles.xml").unwrap();
        for part in package.names().filter(|part| part.starts_with("word/") && part.ends_with(".xml")) {
            let tree = package.xml(part).unwrap();
            for kind in ["w:pStyle", "w:rStyle", "w:tblStyle", "w:basedOn", "w:next"] {
                let mut used = Vec::new();
                all_below(&tree, kind, &mut used);
                for style in used.iter().filter_map(|element| element.get("w:val")) {
                    assert!(styles.elements().any(|one| one.get("w:styleId") == Some(style)), "{name} {part}: {style}");
                }
            }
        }
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    for (name, document) in samples::all() {
        let first = word(&document).unwrap();
        let mut broken = document.clone();
        broken.body.push(Block::Table(Table {
            widths: vec![1, 1],
            rows: vec![vec![samples::cell("只有一格")]],
            ..Table::default()
        }));
        assert!(matches!(word(&broken), Err(WordError::Row(1))), "{name}");
        assert_eq!(word(&document).unwrap(), first, "{name}: after a failure");
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let document = document.clone();
                std::thread::spawn(move || word(&document).unwrap())
            })
            .collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), first, "{name}: in a thread");
        }
    }
}

#[test]
fn texts_stay_texts() {
    let hostile = "<w:p>&lt;&amp;{{x}}{{title}}\u{1}\u{B}\u{FFFE}]]>䶮㛃𬭊\"'";
    let kept = "<w:p>&lt;&amp;{{x}}{{title}}]]>䶮㛃𬭊\"'";
    let given = |text: &str| {
        let mut document = samples::decision();
        document.mark = vec![text.to_owned()];
        document.title = vec![text.to_owned()];
        document.body = vec![
            Block::Paragraph(samples::spans(text)),
            Block::Table(Table { widths: vec![1], rows: vec![vec![samples::cell(text)]], ..Table::default() }),
        ];
        document.signature = vec![text.to_owned()];
        document.copy_to = Some(text.to_owned());
        document.subject = text.to_owned();
        document.author = text.to_owned();
        document
    };
    for layout in [Layout::Document, Layout::Letter, Layout::Plain, Layout::Sheet, Layout::Certificate] {
        let bytes = word(&Document { layout, ..given(hostile) }).unwrap();
        let package = Package::read(&bytes).unwrap();
        let said = text(&bytes).unwrap().replace('\n', "");
        // 文件 and 信函 have a mark, the others the other five
        let marked = matches!(layout, Layout::Document | Layout::Letter);
        assert_eq!(said.matches(kept).count(), if marked { 6 } else { 5 }, "{layout:?}: {said}");
        assert_eq!(package.xml("docProps/core.xml").unwrap().find("dc:title").unwrap().characters(), kept);
    }
}

#[test]
fn header_rows_repeat_and_cells_merge() {
    let package = package(&samples::decision());
    let tree = package.xml("word/document.xml").unwrap();
    let mut rows = Vec::new();
    all_below(&tree, "w:tr", &mut rows);
    let headers: Vec<bool> = rows.iter().map(|row| row.find("w:trPr").unwrap().find("w:tblHeader").is_some()).collect();
    assert_eq!(headers.iter().filter(|header| **header).count(), 2);
    assert!(headers[0] && headers[1]);
    assert!(count(&tree, "w:vMerge") > 7);
    assert_eq!(count(&tree, "w:gridSpan"), 1);
    // a line feed in a cell is a line break
    assert_eq!(count(rows[2], "w:br"), 1);
}

#[test]
fn text_in_tables_is_never_smaller_than_12_points_nor_squeezed() {
    for (name, document) in samples::all() {
        let package = package(&document);
        let styles = package.xml("word/styles.xml").unwrap();
        let named = |id: &str| styles.elements().find(|it| it.get("w:styleId") == Some(id)).unwrap().clone();
        let mut tables = Vec::new();
        let tree = package.xml("word/document.xml").unwrap();
        all_below(&tree, "w:tbl", &mut tables);
        for table in tables {
            let mut looks = Vec::new();
            all_below(table, "w:rPr", &mut looks);
            let mut used = Vec::new();
            all_below(table, "w:pStyle", &mut used);
            let used: Vec<Element> = used.iter().map(|it| named(it.get("w:val").unwrap())).collect();
            looks.extend(used.iter().filter_map(|style| style.find("w:rPr")));
            // what organs of a joint mark and under seals have is told elsewhere
            let framed = table.find("w:tblPr").and_then(|it| it.find("w:tblStyle")?.get("w:val")) == Some("GWFrame");
            for look in looks.into_iter().filter(|_| !framed) {
                let value = |of: &str| look.find(of).and_then(|it| it.get("w:val")?.parse::<i32>().ok());
                assert!(value("w:sz").is_none_or(|size| size >= 24), "{name}: {look:?}");
                assert!(value("w:w").is_none_or(|percent| percent == 100), "{name}: {look:?}");
                assert!(value("w:spacing").is_none_or(|closer| closer >= 0), "{name}: {look:?}");
            }
        }
    }
}

#[test]
fn the_text_comes_in_reading_order() {
    let said = text(&word(&samples::decision()).unwrap()).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[..3], ["特急", "中共香泉镇委员会文件", "香党发〔2022〕8号"]);
    assert_eq!(
        lines[3..7],
        [
            "中共香泉镇委员会",
            "关于表彰先进基层党组织、优秀共产党员和",
            "优秀党务工作者的决定",
            "各党支部，镇直各单位党组织："
        ]
    );
    let places = [
        "附件：1.\t受表彰",
        "2022年6月20日",
        "（此件公开发布）",
        "附件1",
        "张建国",
        "附件2",
        "抄送：县委组织部",
        "2022年6月21日印发",
    ];
    let found: Vec<usize> = places.iter().map(|place| said.rfind(place).unwrap_or_else(|| panic!("{place}"))).collect();
    assert!(found.is_sorted(), "{found:?}");
    assert_eq!(said.matches("抄送：").count(), 1);
    let letter = text(&word(&samples::letter()).unwrap()).unwrap();
    assert!(letter.starts_with("中共香泉镇委员会组织办公室\n加急\t香组函〔2022〕3号\n"), "{letter}");
    assert!(letter.ends_with("抄送：县委组织部。\n"));
}

#[test]
fn a_rare_character_names_the_face_that_has_it_wherever_it_stands() {
    let mut document = samples::letter();
    document.mark = vec!["䶮山镇人民政府".to_owned()];
    document.title = vec!["关于𠉣村\t的函".to_owned()];
    document.copy_to = Some("王𬭊".to_owned());
    document.body = vec![Block::Paragraph(samples::spans("何䶮㛃𬭊，“张”𠉣喆。"))];
    let package = package(&document);
    let mut named = Vec::new();
    for part in package.names().filter(|part| part.starts_with("word/") && part.ends_with(".xml")) {
        let tree = package.xml(part).unwrap();
        let mut runs = Vec::new();
        all_below(&tree, "w:r", &mut runs);
        named.extend(runs.iter().filter_map(|run| {
            let face = run.find("w:rPr")?.find("w:rFonts")?.get("w:eastAsia")?.to_owned();
            Some((run.find("w:t")?.characters(), face))
        }));
    }
    named.sort();
    named.dedup();
    let of = |text: &str, face: &str| (text.to_owned(), face.to_owned());
    let (song, more) = ("Noto Serif SC", "Banwen Han Supplement");
    assert_eq!(named, [of("䶮", song), of("䶮㛃𬭊", song), of("𠉣", more), of("𬭊", song)]);
    let said = text(&word(&document).unwrap()).unwrap();
    assert!(said.contains("何䶮㛃𬭊，“张”𠉣喆。\n") && said.contains("抄送：王𬭊。"), "{said}");
    let table = String::from_utf8(package.part("word/fontTable.xml").unwrap().to_vec()).unwrap();
    assert!([song, more].iter().all(|face| table.contains(&format!("<w:font w:name=\"{face}\">"))), "{table}");
}

#[test]
fn text_refuses_what_is_no_word_file() {
    assert!(matches!(text(b"PK"), Err(WordError::Package(_))));
    assert!(matches!(text(&Package::new().write().unwrap()), Err(WordError::Package(_))));
}

#[test]
fn no_seal_is_ever_drawn() {
    for (name, document) in samples::all() {
        let package = package(&document);
        assert!(package.names().all(|part| !part.contains("media")), "{name}");
        assert_eq!(count(&package.xml("word/document.xml").unwrap(), "pic:pic"), 0, "{name}");
    }
}

#[test]
fn the_page_is_that_of_the_standard() {
    let package = package(&samples::decision());
    let tree = package.xml("word/document.xml").unwrap();
    let section = tree.find("w:body").unwrap().find("w:sectPr").unwrap();
    let values = |name: &str, keys: &[&str]| -> Vec<String> {
        let element = section.find(name).unwrap();
        keys.iter().map(|key| element.get(key).unwrap().to_owned()).collect()
    };
    assert_eq!(values("w:pgSz", &["w:w", "w:h"]), ["11906", "16838"]);
    assert_eq!(values("w:pgMar", &["w:top", "w:right", "w:bottom", "w:left"]), ["2098", "1474", "1984", "1587"]);
    assert_eq!(values("w:docGrid", &["w:type", "w:linePitch"]), ["lines", "579"]);
    let styles = std::str::from_utf8(package.part("word/styles.xml").unwrap()).unwrap();
    for face in ["方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"] {
        assert!(styles.contains(&format!("w:eastAsia=\"{face}\"")), "{face}");
    }
    for name in
        ["公文标题", "一级标题", "二级标题", "公文正文", "主送", "署名", "成文日期", "附件说明", "抄送", "发文字号"]
    {
        assert!(styles.contains(&format!("<w:name w:val=\"{name}\"/>")), "{name}");
    }
}

#[test]
fn properties_name_title_author_and_language() {
    let core = package(&samples::decision()).xml("docProps/core.xml").unwrap();
    let said: Vec<String> = ["dc:title", "dc:creator", "dc:language", "dcterms:created"]
        .iter()
        .map(|name| core.find(name).unwrap().characters())
        .collect();
    assert_eq!(said, ["关于表彰的决定", "中共香泉镇委员会", "zh-CN", "2022-06-20T00:00:00Z"]);
}

#[test]
fn tables_never_touch_and_never_end_a_paper() {
    let table = || Block::Table(Table { widths: vec![1], rows: vec![vec![samples::cell("甲")]], ..Table::default() });
    let document = Document { body: vec![table(), table()], signature: Vec::new(), date: None, ..samples::sheet() };
    let tree = package(&document).xml("word/document.xml").unwrap();
    let order: Vec<&str> = tree.find("w:body").unwrap().elements().map(|child| child.name.as_str()).collect();
    assert_eq!(order, ["w:p", "w:tbl", "w:p", "w:tbl", "w:p", "w:sectPr"]);
}

#[test]
fn an_empty_paper_is_still_a_paper() {
    for layout in [Layout::Document, Layout::Letter, Layout::Plain, Layout::Sheet, Layout::Certificate] {
        let document = Document {
            layout,
            mark: Vec::new(),
            number: None,
            title: Vec::new(),
            main_to: None,
            body: Vec::new(),
            attachments: Vec::new(),
            signature: Vec::new(),
            date: None,
            note: None,
            copy_to: None,
            printed_by: None,
            urgency: None,
            ..samples::decision()
        };
        assert_eq!(text(&word(&document).unwrap()).unwrap(), "", "{layout:?}");
    }
}

#[test]
fn odd_and_even_pages_have_their_own_numbers() {
    for (name, document) in samples::all() {
        let package = package(&document);
        let tree = package.xml("word/document.xml").unwrap();
        let section = tree.find("w:body").unwrap().find("w:sectPr").unwrap();
        let mut kinds: Vec<&str> = section
            .elements()
            .filter(|element| element.name == "w:footerReference")
            .map(|element| element.get("w:type").unwrap())
            .collect();
        kinds.sort_unstable();
        let wanted: &[&str] = match document.layout {
            Layout::Certificate | Layout::Plaque => &[],
            // page 1 of a letter has no number
            Layout::Letter => &["default", "even", "first"],
            Layout::Document | Layout::Order | Layout::Minutes | Layout::Plain | Layout::Sheet | Layout::Form => {
                &["default", "even"]
            }
        };
        assert_eq!(kinds, wanted, "{name}");
        assert!(package.xml("word/settings.xml").unwrap().find("w:evenAndOddHeaders").is_some(), "{name}");
    }
}

#[test]
fn text_goes_with_a_signature_only_where_it_must() {
    let kept = |count: usize| {
        let mut document = samples::notice();
        let text = "为做好示范片建设，现就有关事项通知如下。".repeat(count);
        document.body = vec![Block::Paragraph(samples::spans(&text))];
        let tree = package(&document).xml("word/document.xml").unwrap();
        let mut paragraphs = Vec::new();
        all_below(&tree, "w:p", &mut paragraphs);
        let properties = paragraphs.iter().filter_map(|it| it.find("w:pPr"));
        let body = properties.filter(|it| it.find("w:pStyle").and_then(|style| style.get("w:val")) == Some("GWBody"));
        body.filter(|it| it.find("w:keepNext").is_some() && it.find("w:widowControl").is_some()).count()
    };
    assert_eq!([3, 20, 40].map(kept), [0, 1, 0]);
}

#[test]
fn rows_of_a_short_paper_stand_closer() {
    let heights = |document: &Document| {
        let tree = package(document).xml("word/document.xml").unwrap();
        let mut found = Vec::new();
        all_below(&tree, "w:spacing", &mut found);
        found.iter().filter_map(|it| it.get("w:line")).filter_map(|it| it.parse().ok()).collect::<Vec<u32>>()
    };
    // four organs with their seals and two rows of text on the first page
    assert!(heights(&samples::joint()).iter().filter(|height| **height == 440).count() > 5);
    assert!(!heights(&samples::decision()).contains(&440));
}

#[test]
fn an_organ_too_long_for_its_row_of_the_imprint_stands_in_two_and_the_box_is_as_high() {
    let printed = |organ: &str| {
        let mut document = samples::decision();
        document.printed_by = Some((organ.to_owned(), samples::day(2022, 12, 31)));
        let package = package(&document);
        let said = text(&word(&document).unwrap()).unwrap();
        let tree = package.xml("word/document.xml").unwrap();
        let mut boxes = Vec::new();
        all_below(&tree, "wp:extent", &mut boxes);
        let height: u32 = boxes[0].get("cy").unwrap().parse().unwrap();
        (said.lines().rev().take(2).map(str::to_owned).collect::<Vec<_>>(), height / 635)
    };
    let (_, low) = printed("香泉镇党政办公室");
    let (rows, high) = printed("香岭县经济技术开发区管理委员会综合行政执法局办公室");
    assert_eq!(rows, ["执法局办公室\t2022年12月31日印发", "香岭县经济技术开发区管理委员会综合行政"]);
    assert_eq!(high - low, 460, "a row more");
    let mut document = samples::decision();
    document.copy_to = None;
    let package = package(&document);
    let tree = package.xml("word/document.xml").unwrap();
    let mut lines = Vec::new();
    all_below(&tree, "w:spacing", &mut lines);
    assert!(
        lines.iter().any(|line| line.get("w:line") == Some("579")),
        "one row between two rules is a row of the page"
    );
    // rows between three rules and nothing more: never higher than in the PDF, where it must find room on the same page
    assert_eq!((low - 3 * 60) % 460, 0, "{low}");
}
