//! Word forms out and in: as we write them, as LibreOffice saves them, as offices type them, and what must not be read.

use super::hostile::{changed, package};
use super::office::convert;
use super::{entry, form, map, strings};
use crate::offices::{Office, Offices};
use crate::spool::forms::{fill, fill_word, read, write_word};
use crate::submission::read::{Understood, understand};
use crate::submission::{Entry, Filled, Form, Grid, Type};
use serde_json::{Map, Value, json};

pub(super) fn offices() -> Offices {
    let office = |id: &str| Office {
        id: id.to_string(),
        title: id.to_string(),
        folder: None,
        tags: Vec::new(),
        mail: None,
        superior: None,
        acting: Vec::new(),
        successor: None,
        until: None,
        series: Vec::new(),
        running: indexmap::IndexMap::new(),
        phone: None,
        address: None,
        calendar: None,
        closes: None,
        owners: Vec::new(),
    };
    let all = ["香泉镇", "善厚镇"].map(|id| (id.to_string(), office(id)));
    Offices { offices: all.into_iter().collect(), ..Offices::default() }
}

pub(super) fn understood(form: &Form, bytes: &[u8]) -> Understood {
    understand(form, &read("表", bytes).unwrap(), &offices()).unwrap()
}

/// Rows to be filled in.
pub(super) type Rows = Vec<(Option<u32>, Map<String, Value>)>;

/// The values of what was understood; where they stood is another matter in every file.
pub(super) fn values(understood: Understood) -> (Map<String, Value>, Vec<String>, Rows) {
    let grids = understood.rows.iter().map(|row| row.grid.clone()).collect();
    let rows = understood.rows.into_iter().map(|row| (row.item, row.values));
    (understood.head, grids, rows.collect())
}

/// A head, a table of offices, and lines of two objects that stand there.
pub(super) fn lines() -> (Form, Map<String, Value>, Rows) {
    let head = json!({
        "填表人": "李四", "报送日期": "2026-06-09", "推荐理由": "=1+1\n第二段 <w:p/> & 䶮㛃𬭊", "所在支部": "香泉镇第60村党支部委员会",
        "名额": { "香泉镇": { "先进基层党组织": 2, "优秀共产党员": 5 }, "善厚镇": { "先进基层党组织": 1 } },
    });
    let row = |since: &str, shown: bool| {
        map(json!({
            "身份证号": "11010519491231002X", "类别": "优秀共产党员", "入党时间": since, "是否公示": shown, "得分": 98,
            "慰问金": "1234567.80", "主要事迹": "第一行\n第二行",
        }))
    };
    (form(), map(head), vec![(Some(3), row("1995-12-31", true)), (Some(5), row("1998-07-01", false))])
}

/// A person to be named, with a table of his own, in a form of two categories.
pub(super) fn person() -> (Form, Map<String, Value>, Rows) {
    let family = Type::Table(vec![("称谓".to_string(), Type::Text(10)), ("姓名".to_string(), Type::Name)], None);
    let must = |name: &str, kind: Type| Entry { optional: false, ..entry(name, kind) };
    let may = |name: &str, kind: Type| Entry { optional: true, ..entry(name, kind) };
    let columns = vec![
        must("姓名", Type::Name),
        must("性别", Type::One(strings(&["男", "女"]))),
        must("民族", Type::One((1..=56).map(|n| format!("民族{n}")).collect())),
        Entry { unit: Some("年".to_string()), ..must("党龄", Type::Integer) },
        must("出生日期", Type::Date),
        may("奖励", Type::Any(strings(&["国家级", "省级", "市级"]))),
        may("证书", Type::List(Box::new(Type::Text(50)), 1)),
        must("主要事迹", Type::Text(1500)),
        may("家庭成员", family),
        may("是否公开", Type::YesNo),
    ];
    let grid = |name: &str| Grid {
        name: name.to_string(),
        columns: columns.clone(),
        lines: Vec::new(),
        blank: 20,
        called: Some("姓名".to_string()),
    };
    let complete = may("报送完毕", Type::YesNo);
    let form =
        Form { head: vec![complete], grids: vec![grid("优秀党员"), grid("优秀党务工作者")], ..form() };
    let form = Form { head_values: map(json!({ "报送完毕": true })), ..form };
    let row = json!({
        "姓名": "欧阳䶮", "性别": "女", "民族": "民族56", "党龄": 12, "出生日期": "1980-02-29", "奖励": ["国家级", "市级"],
        "证书": ["甲证", "乙证"], "主要事迹": "第一段。\n第二段“引号”。", "是否公开": false,
    });
    (form, Map::new(), vec![(None, map(row))])
}

#[test]
fn a_word_form_says_what_the_workbook_says() {
    for (form, head, rows) in [lines(), person()] {
        let workbook = values(understood(&form, &fill(&form, &head, &rows).unwrap()));
        let word = fill_word(&form, &head, &rows).unwrap();
        assert_eq!(read("表.docx", &word).unwrap().answers, Some(form.answers.clone()));
        assert_eq!(values(understood(&form, &word)), workbook);
        assert_eq!(word, fill_word(&form, &head, &rows).unwrap(), "the same form, the same bytes");
    }
}

#[test]
fn a_word_form_saved_by_libreoffice_is_read_alike() {
    let directory = tempfile::tempdir().unwrap();
    for (number, (form, head, rows)) in [lines(), person()].into_iter().enumerate() {
        let word = fill_word(&form, &head, &rows).unwrap();
        let expected = values(understood(&form, &word));
        let name = format!("form{number}.docx");
        std::fs::write(directory.path().join(&name), &word).unwrap();
        if !convert(directory.path(), "docx:MS Word 2007 XML", &name) {
            return;
        }
        let again = std::fs::read(directory.path().join("out").join(&name)).unwrap();
        assert_eq!(read("表.docx", &again).unwrap().answers, Some(form.answers.clone()));
        assert_eq!(understood(&form, &again).remarks, [""; 0], "our own words are known again");
        assert_eq!(values(understood(&form, &again)), expected);
        // through the suite's own format
        assert!(convert(directory.path(), "odt", &name));
        assert!(convert(directory.path(), "docx:MS Word 2007 XML", &format!("out/form{number}.odt")));
        let again = std::fs::read(directory.path().join("out").join(&name)).unwrap();
        assert_eq!(read("表.docx", &again).unwrap().answers, Some(form.answers.clone()));
        assert_eq!(understood(&form, &again).remarks, [""; 0], "our own words are known again");
        assert_eq!(values(understood(&form, &again)), expected);
    }
}

#[test]
fn the_checker_finds_nothing_in_a_word_form() {
    let directory = tempfile::tempdir().unwrap();
    for (number, (form, head, rows)) in [lines(), person()].into_iter().enumerate() {
        for (kind, bytes) in
            [("blank", write_word(&form).unwrap()), ("filled", fill_word(&form, &head, &rows).unwrap())]
        {
            let file = directory.path().join(format!("{kind}{number}.docx"));
            std::fs::write(&file, bytes).unwrap();
            let run =
                std::process::Command::new("openxml-audit").args(["-f", "microsoft365", "-m", "0"]).arg(&file).output();
            let Ok(output) = run else {
                let mut err = std::io::stderr();
                std::io::Write::write_all(&mut err, b"SKIPPED: openxml-audit is not on this machine\n").unwrap();
                return;
            };
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(said.contains("no findings"), "{kind}{number}: {said}");
        }
    }
}

#[test]
fn an_empty_word_form_asks_for_everything_in_its_own_words() {
    let (form, ..) = lines();
    let faults = understand(&form, &read("表.docx", &write_word(&form).unwrap()).unwrap(), &offices()).unwrap_err();
    let says: Vec<String> = faults.iter().map(|fault| format!("{}：{}", fault.place, fault.say)).collect();
    assert!(says.contains(&"表1 第2行“填表人”：“填表人”没有填写。".to_string()), "{says:?}");
    assert!(!says.iter().any(|say| say.contains("找不到") || say.contains("点此选择")), "{says:?}");
}

/// A Word file with this body.
fn document(body: &str) -> Vec<u8> {
    with_parts(body, &[], "")
}

pub(super) fn with_parts(body: &str, parts: &[(&str, &[u8])], relations: &str) -> Vec<u8> {
    let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = format!(
        "<w:document xmlns:w=\"{space}\" xmlns:w14=\"http://schemas.microsoft.com/office/word/2010/wordml\" xmlns:mc=\"m\">\
         <w:body>{body}</w:body></w:document>"
    );
    let root = format!(
        "<Relationships><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"word/document.xml\"/></Relationships>"
    );
    let own = format!("<Relationships>{relations}</Relationships>");
    let types = "<Types/>";
    let mut all: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", root.as_bytes()),
        ("word/document.xml", main.as_bytes()),
        ("word/_rels/document.xml.rels", own.as_bytes()),
    ];
    all.extend(parts);
    package(&all)
}

fn texts(cells: &str) -> Vec<String> {
    let bytes = document(&format!("<w:tbl><w:tr>{cells}</w:tr></w:tbl>"));
    read("表.docx", &bytes).unwrap().tables[0].slots.iter().map(|slot| slot.text.clone()).collect()
}

#[test]
fn a_cell_says_what_its_reader_sees() {
    let run = |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let control = |properties: &str, content: &str| {
        format!("<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>")
    };
    let checked = |on: u8| format!("<w14:checkbox><w14:checked w14:val=\"{on}\"/></w14:checkbox>");
    let crossed =
        "<w14:checkbox><w14:checkedState w14:val=\"2611\"/><w14:uncheckedState w14:val=\"2612\"/></w14:checkbox>";
    let field = |inner: &str, result: &str| {
        format!(
            "<w:r><w:fldChar w:fldCharType=\"begin\">{inner}</w:fldChar></w:r><w:r><w:instrText> X </w:instrText></w:r>\
             <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>{result}<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"
        )
    };
    let cases = [
        (format!("<w:p>{}{}</w:p><w:p>{}</w:p>", run("香泉"), run("镇"), run("第一村")), "香泉镇\n第一村"),
        (format!("<w:p>{}<w:r><w:br/><w:tab/></w:r>{}</w:p>", run("甲"), run("乙")), "甲\n 乙"),
        (format!("<w:p>{}<w:del>{}</w:del><w:ins>{}</w:ins></w:p>", run("一"), run("二"), run("三")), "一三"),
        (format!("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>{}</w:p>", run("显")), "显"),
        (format!("<w:p>{}</w:p>", control("<w:showingPlcHdr/>", &run("单击此处"))), ""),
        (format!("<w:p>{}</w:p>", control("<w:date/>", &run("2022年6月1日"))), "2022年6月1日"),
        (control("<w:dropDownList/>", &format!("<w:p>{}</w:p>", run("汉族"))), "汉族"),
        (
            format!(
                "<w:p>{}{}{}{}</w:p>",
                control(&checked(1), &run("☒")),
                run("男"),
                control(&checked(0), &run("☐")),
                run("女")
            ),
            "☑男□女",
        ),
        // what is seen counts where the control keeps another state
        (format!("<w:p>{}{}</w:p>", control(&checked(1), &run("☐")), run("男")), "□男"),
        (format!("<w:p>{}{}</w:p>", control(&checked(0), &run("√")), run("男")), "☑男"),
        (format!("<w:p>{}{}</w:p>", control(&checked(0), &run("☑是")), run("的")), "☑是的"),
        (format!("<w:p>{}{}</w:p>", control(&checked(1), &run("R")), run("男")), "☑男"),
        (format!("<w:p>{}{}</w:p>", control(crossed, &run("☒")), run("男")), "□男"),
        (
            format!(
                "<w:p>{}</w:p>",
                field("<w:ffData><w:checkBox><w:default w:val=\"1\"/></w:checkBox></w:ffData>", "")
            ),
            "☑",
        ),
        (format!("<w:p>{}</w:p>", field("<w:ffData><w:textInput/></w:ffData>", &run("填的"))), "填的"),
        ("<w:p><w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/><w:t>是</w:t></w:r></w:p>".to_string(), "☑是"),
        (format!("<w:p><w:hyperlink>{}</w:hyperlink></w:p>", run("a@example.org")), "a@example.org"),
        ("<w:p><w:r><w:drawing><w:p><w:r><w:t>框里</w:t></w:r></w:p></w:drawing></w:r></w:p>".to_string(), ""),
    ];
    for (content, text) in cases {
        assert_eq!(texts(&format!("<w:tc>{content}</w:tc>")), [text], "{content}");
    }
}

#[test]
fn merged_cells_are_one_and_tables_within_tables_are_their_own() {
    let cell = |properties: &str, text: &str| {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
    };
    let (begin, on, wide) = ("<w:vMerge w:val=\"restart\"/>", "<w:vMerge/>", "<w:gridSpan w:val=\"2\"/>");
    let inner = format!("<w:tbl><w:tr>{}</w:tr></w:tbl>", cell("", "里"));
    let rows = [
        format!("<w:tr>{}{}{}</w:tr>", cell(begin, "甲"), cell(wide, "乙"), cell("", "丙")),
        format!("<w:tr>{}{}{}{}</w:tr>", cell(on, ""), cell("", "丁"), cell("", "戊"), cell("", "己")),
        format!("<w:tr><w:tc><w:p><w:r><w:t>家庭</w:t></w:r></w:p>{inner}</w:tc></w:tr>"),
        format!("<w:tr><w:trPr><w:del/></w:trPr>{}</w:tr>", cell("", "删去")),
    ];
    let body = format!("<w:p><w:r><w:t>审批表</w:t></w:r></w:p><w:tbl>{}</w:tbl>", rows.concat());
    let tables = read("表.docx", &document(&body)).unwrap().tables;
    let seen: Vec<(usize, usize, usize, usize, &str)> = tables[0]
        .slots
        .iter()
        .map(|slot| (slot.row, slot.column, slot.rows, slot.columns, slot.text.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (0, 0, 2, 1, "甲"),
            (0, 1, 1, 2, "乙"),
            (0, 3, 1, 1, "丙"),
            (1, 1, 1, 1, "丁"),
            (1, 2, 1, 1, "戊"),
            (1, 3, 1, 1, "己"),
            (2, 0, 1, 1, "家庭"),
        ]
    );
    assert_eq!((tables[0].place.as_str(), tables[0].captions.as_slice()), ("表1", strings(&["审批表"]).as_slice()));
    assert_eq!((tables[1].place.as_str(), tables[1].slots[0].text.as_str()), ("表2", "里"));
    assert_eq!(tables[1].captions, ["家庭"]);
}

#[test]
fn the_picture_of_a_cell_is_taken_out_as_the_file_it_is() {
    let drawing =
        |id: &str| format!("<w:r><w:drawing><a:graphic><pic:blip r:embed=\"{id}\"/></a:graphic></w:drawing></w:r>");
    let cell = |content: &str| format!("<w:tc><w:p>{content}</w:p></w:tc>");
    let old = "<w:r><w:pict><v:shape><v:imagedata r:id=\"p1\"/></v:shape></w:pict></w:r>";
    let cells = [cell(&drawing("p1")), cell(&drawing("p2")), cell(old), cell(&(drawing("p1") + &drawing("p2")))];
    let cells = cells.concat() + &cell(&drawing("p3")) + &cell(&drawing("none"));
    let relation =
        |id: &str, target: &str| format!("<Relationship Id=\"{id}\" Type=\"x/image\" Target=\"media/{target}\"/>");
    let relations = [relation("p1", "a.jpeg"), relation("p2", "b.png"), relation("p3", "c.emf")].concat();
    let (jpeg, png) = (b"\xFF\xD8\xFF a".as_slice(), b"\x89PNG\r\n\x1A\n b".as_slice());
    let parts = [("word/media/a.jpeg", jpeg), ("word/media/b.png", png), ("word/media/c.emf", b"emf".as_slice())];
    let bytes = with_parts(&format!("<w:tbl><w:tr>{cells}</w:tr></w:tbl>"), &parts, &relations);
    let taken = crate::spool::forms::pictures(&bytes);
    assert_eq!(taken, [("图片1.jpg".to_string(), jpeg.to_vec()), ("图片2.png".to_string(), png.to_vec())]);
    let digest = |bytes: &[u8]| Some(crate::files::digest_hex(bytes));
    let table = read("表.docx", &bytes).unwrap().tables.remove(0);
    assert!(table.slots.iter().all(|slot| slot.picture));
    let images: Vec<Option<String>> = table.slots.into_iter().map(|slot| slot.image).collect();
    assert_eq!(images, [digest(jpeg), digest(png), digest(jpeg), None, None, None]);
    assert!(crate::spool::forms::pictures(&document("<w:p/>")).is_empty());
    // one that floats over the table is held by a paragraph outside
    let floating = format!("<w:p>{}</w:p><w:tbl><w:tr>{}</w:tr></w:tbl>", drawing("p2"), cell(""));
    let tables = read("表.docx", &with_parts(&floating, &parts, &relations)).unwrap().tables;
    let outside = tables.last().unwrap();
    assert_eq!((tables.len(), outside.prose, outside.slots[0].image.clone()), (2, true, digest(png)));
    // of very many the first are taken out
    let most = crate::spool::forms::FORM_PICTURES_MAX;
    let (names, bytes): (Vec<String>, Vec<Vec<u8>>) =
        (0..=most).map(|n| (format!("word/media/{n}.png"), format!("\u{0}{n}").into_bytes())).unzip();
    let bytes: Vec<Vec<u8>> = bytes.iter().map(|own| [png, own].concat()).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(String::as_str).zip(bytes.iter().map(Vec::as_slice)).collect();
    let relations: String = (0..=most).map(|n| relation(&format!("p{n}"), &format!("{n}.png"))).collect();
    let cells: String = (0..=most).map(|n| cell(&drawing(&format!("p{n}")))).collect();
    let bytes = with_parts(&format!("<w:tbl><w:tr>{cells}</w:tr></w:tbl>"), &parts, &relations);
    assert_eq!(crate::spool::forms::pictures(&bytes).len(), most);
    let slots = read("表.docx", &bytes).unwrap().tables.remove(0).slots;
    assert_eq!(slots.iter().filter(|slot| slot.image.is_none()).count(), 1);
}

fn say(bytes: &[u8]) -> String {
    let faults = read("表.docx", bytes).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults[0].say.clone()
}

#[test]
fn what_cannot_be_read_says_what_to_do() {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let compound = |stream: &str| [vec![0xD0, 0xCF, 0x11, 0xE0, 0, 0], wide(stream)].concat();
    assert!(say(&compound("WordDocument")).contains("另存为” Word 文档（.docx"));
    assert!(say(&compound("EncryptedPackage")).contains("打开密码"));
    assert!(say(&document("<w:p><w:r><w:t>说明</w:t></w:r></w:p>")).contains("没有表格"));
    let deep = "<w:sdt><w:sdtContent>".repeat(200);
    assert!(say(&document(&deep)).contains("损坏"));
    let nested =
        (0..12).fold(String::new(), |inner, _| format!("<w:tbl><w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>"));
    assert!(say(&document(&nested)).contains("层层嵌套"));
    let span = "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"4000000000\"/></w:tcPr></w:tc></w:tr></w:tbl>";
    assert!(say(&document(span)).contains("过大"));
    let long = format!("<w:tbl>{}</w:tbl>", "<w:tr><w:tc/></w:tr>".repeat(10_001));
    assert!(say(&document(&long)).contains("过大"));
    let bomb = with_parts("", &[("word/media/a.png", &vec![0; 70 * 1024 * 1024])], "");
    assert!(say(&bomb).contains("展开后过大"));
    let (form, ..) = lines();
    let spoilt =
        changed(&write_word(&form).unwrap(), "docProps/custom.xml", |text| text.replace("2026-qiyi-1", "2026-qiyi-2"));
    assert!(say(&spoilt).contains("标记被改动"));
    let without = changed(&write_word(&form).unwrap(), "docProps/custom.xml", |_| "<x/>".to_string());
    assert_eq!(read("表.docx", &without).unwrap().answers, None);
}

#[test]
fn broken_bytes_are_refused_and_nothing_worse() {
    use proptest::prelude::*;
    let (form, head, rows) = person();
    let good = fill_word(&form, &head, &rows).unwrap();
    let text = part_of(&good);
    let tries = ProptestConfig::with_cases(64);
    proptest!(tries, |(cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20))| {
        let mut bytes = good.clone();
        for (at, byte) in &cuts {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        let _ = read("表.docx", &bytes).map(|filled: Filled| understand(&form, &filled, &offices()));
        // the same within the text, where a package that is whole holds what nobody wrote
        let mut characters: Vec<char> = text.chars().collect();
        for (at, byte) in &cuts {
            let at = at.index(characters.len());
            match byte % 3 {
                0 => drop(characters.remove(at)),
                1 => characters[at] = char::from(*byte),
                _ => characters.truncate(at.max(100)),
            }
        }
        let spoilt = changed(&good, "word/document.xml", |_| characters.iter().collect());
        let _ = read("表.docx", &spoilt).map(|filled: Filled| understand(&form, &filled, &offices()));
    });
}

fn part_of(bytes: &[u8]) -> String {
    super::part(bytes, "word/document.xml")
}
