//! What stops a text, a Word file or a picture, what passes, and where a finding is said to stand.

use super::*;
use std::io::Write;

mod pieces;

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut package = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        package.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        package.write_all(bytes).unwrap();
    }
    package.finish().unwrap().into_inner()
}

fn told(parts: &[(&str, &[u8])]) -> String {
    summary(&scan_word(&zipped(parts), &[]).unwrap())
}

fn body(text: &str) -> String {
    told(&[("word/document.xml", format!("<w:document><w:body>{text}</w:body></w:document>").as_bytes())])
}

/// TIFF particulars, little-endian: a list with the place's list, and in that a latitude.
fn particulars(degrees: u32) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let mut entry = |tag: u16, kind: u16, count: u32, value: u32| {
        tiff.extend([1, 0]);
        tiff.extend([&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat());
        tiff.extend([0; 4]);
    };
    entry(0x8825, 4, 1, 26);
    entry(2, 5, 3, 44);
    tiff.extend([degrees, 1, 0, 1, 0, 1].iter().flat_map(|it| it.to_le_bytes()));
    tiff
}

fn jpeg(marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, 0xD8, 0xFF, marker], &length[..], payload, &[0xFF, 0xDA, 0, 2]].concat()
}

#[test]
fn a_finding_in_a_word_file_says_where_it_stands() {
    let phone = "13812345678";
    let cases = [
        (
            body(
                "<w:p><w:r><w:t>一</w:t></w:r></w:p><w:p/><w:p><w:r><w:t>138</w:t></w:r><w:r><w:t>12345678</w:t></w:r></w:p>",
            ),
            "第2段有手机号码138******78",
        ),
        // over the end of a line inside a paragraph
        (body("<w:p><w:r><w:t>138</w:t><w:br/><w:t>12345678</w:t></w:r></w:p>"), "第1段有手机号码138******78"),
        (
            body(&format!(
                "<w:tbl><w:tr><w:tc><w:p><w:t>a</w:t></w:p></w:tc></w:tr><w:tr><w:tc/><w:tc><w:p><w:t>{phone}</w:t></w:p></w:tc></w:tr></w:tbl>"
            )),
            "第1个表格第2行第2格有手机号码138******78",
        ),
        // a box of text within a paragraph
        (
            body(&format!(
                "<w:p><w:t>138</w:t><w:txbxContent><w:p><w:t>{phone}</w:t></w:p></w:txbxContent><w:t>9</w:t></w:p>"
            )),
            "第1段有手机号码138******78",
        ),
        (
            body(&format!("<w:p><w:ins w:author=\"张三{phone}\"><w:t>好</w:t></w:ins></w:p>")),
            "第1段标注“w:author”有手机号码138******78",
        ),
        (body(&format!("<w:p><w:del><w:delText>{phone}</w:delText></w:del></w:p>")), "第1段有手机号码138******78"),
        (
            told(&[("word/comments.xml", format!("<w:p><w:t>{phone}</w:t></w:p>").as_bytes())]),
            "批注第1段有手机号码138******78",
        ),
        (
            told(&[("word/header1.xml", format!("<w:p><w:t>{phone}</w:t></w:p>").as_bytes())]),
            "页眉第1段有手机号码138******78",
        ),
        (
            told(&[("docProps/core.xml", format!("<dc:creator>{phone}</dc:creator>").as_bytes())]),
            "文件属性有手机号码138******78",
        ),
        (
            told(&[("word/_rels/document.xml.rels", format!("<Relationship Target='tel:{phone}'/>").as_bytes())]),
            "部件document.xml.rels标注“Target”有手机号码138******78",
        ),
        (
            told(&[("word/embeddings/名单13812345678\n.bin", phone.as_bytes())]),
            "文件内部的名称有手机号码138******78；内嵌对象名单138123***** .bin有手机号码138******78",
        ),
        (told(&[("word/media/照片13812345678.png", b"\x89PNG\r\n\x1A\n")]), "文件内部的名称有手机号码138******78"),
    ];
    for (said, wanted) in cases {
        assert_eq!(said, wanted);
    }
}

#[test]
fn a_number_in_boxes_is_one_number_and_a_row_of_figures_is_none() {
    let row = |texts: &str| {
        let cells: String = texts.chars().map(|c| format!("<w:tc><w:p><w:t>{c}</w:t></w:p></w:tc>")).collect();
        body(&format!("<w:tbl><w:tr>{cells}</w:tr></w:tbl>"))
    };
    assert_eq!(row("号11010519491231002X"), "第1个表格第1行有身份证号110*************2X");
    assert_eq!(row("110105194912310021"), "第1个表格第1行有身份证号110*************21", "a digit is mistyped");
    assert_eq!(row("110105194913310021"), "", "no day of birth, no identity number");
    // figures side by side in a table of money are no telephone
    let figures = "<w:tc><w:p><w:t>138</w:t></w:p></w:tc><w:tc><w:p><w:t>12345678</w:t></w:p></w:tc>";
    assert_eq!(body(&format!("<w:tbl><w:tr>{figures}</w:tr></w:tbl>")), "");
}

#[test]
fn what_is_embedded_is_looked_into() {
    let sheet = zipped(&[
        (
            "xl/sharedStrings.xml",
            "<sst><si><r><t>138</t></r><r><t>12345678</t></r></si><si><t>好</t></si></sst>".as_bytes(),
        ),
        ("xl/worksheets/sheet1.xml", b"<row><c r=\"B3\"><v>13900000000</v></c><c r=\"B4\"><v>5</v></c></row>"),
    ]);
    let said = told(&[("word/embeddings/b.xlsx", &sheet)]);
    assert!(said.contains("内嵌文件b.xlsx的表格文字有手机号码138******78"), "{said}");
    assert!(said.contains("内嵌文件b.xlsx的部件sheet1.xml单元格B3有手机号码139******00"), "{said}");
    let wide: Vec<u8> = "电话13812345678".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let object = [&b"\xD0\xCF\x11\xE0"[..], &wide].concat();
    assert_eq!(told(&[("word/embeddings/oleObject1.bin", &object)]), "内嵌对象oleObject1.bin有手机号码138******78");
    let deep = (0..4).fold(zipped(&[("a.xml", b"<a/>")]), |inner, _| zipped(&[("a.docx", &inner)]));
    assert!(scan_word(&deep, &[]).unwrap_err().contains("within"), "not passed unread");
}

#[test]
fn pictures_tell_what_their_makers_wrote_into_them() {
    let of = |name: &str, bytes: &[u8]| told(&[(&format!("word/media/{name}"), bytes)]);
    assert_eq!(of("a.jpeg", &jpeg(0xFE, b"tel 13812345678")), "图片a.jpeg的信息有手机号码138******78");
    let exif = |degrees: u32| [&b"Exif\0\0"[..], &particulars(degrees)].concat();
    assert_eq!(of("a.jpeg", &jpeg(0xE1, &exif(22))), "图片a.jpeg的信息有拍摄位置（经纬度）");
    assert_eq!(of("a.jpeg", &jpeg(0xE1, &exif(0))), "", "a place that is nowhere");
    let chunk = |kind: &[u8], data: &[u8]| {
        [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], kind, data, &[0; 4]].concat()
    };
    let png =
        |kind: &[u8], data: &[u8]| [&b"\x89PNG\r\n\x1A\n"[..], &chunk(b"IHDR", &[0; 13]), &chunk(kind, data)].concat();
    assert_eq!(of("a.png", &png(b"tEXt", b"Comment\0 13812345678")), "图片a.png的信息有手机号码138******78");
    assert_eq!(of("a.png", &png(b"eXIf", &particulars(22))), "图片a.png的信息有拍摄位置（经纬度）");
    assert_eq!(of("a.png", &png(b"IDAT", b"13812345678")), "", "the picture itself is not read");
    assert_eq!(of("a.png", &png(b"iTXt", b"Comment\0\0\0zh\0\0 13812345678")), "图片a.png的信息有手机号码138******78");
    // what is packed may say anything
    let packed = "图片a.png的信息有压缩的附注（读不出，请把图片另存为 JPG）";
    assert_eq!(of("a.png", &png(b"zTXt", b"Comment\0\0x\x9c\x03")), packed);
    assert_eq!(of("a.png", &png(b"iTXt", b"Comment\0\x01\0zh\0\0x\x9c\x03")), packed);
    let part =
        |kind: &[u8], data: &[u8]| [&u32::try_from(data.len() + 8).unwrap().to_be_bytes()[..], kind, data].concat();
    let newer = |kind: &[u8], data: &[u8]| {
        [&b"\0\0\0\x0CjP  \r\n\x87\n"[..], &part(kind, data), &[0, 0, 0, 0], b"jp2cx"].concat()
    };
    assert_eq!(of("a.jp2", &newer(b"xml ", b"<x>13812345678</x>")), "图片a.jp2的信息有手机号码138******78");
    let own = [&b"JpgTiffExif->JP2"[..], &particulars(22)].concat();
    assert_eq!(of("a.jp2", &newer(b"uuid", &own)), "图片a.jp2的信息有拍摄位置（经纬度）");
    assert_eq!(of("a.jp2", &newer(b"jp2c", b"13812345678")), "", "the picture itself is not read");
    for cut in 0..120 {
        let whole = newer(b"uuid", &own);
        drop(of("a.jp2", &whole[..whole.len().min(cut)]));
    }
    // what breaks off is read as far as it goes
    for cut in 0..80 {
        let whole = jpeg(0xE1, &exif(22));
        drop(of("a.jpeg", &whole[..whole.len().min(cut)]));
    }
}

#[test]
fn what_an_office_says_is_public_passes_and_an_identity_number_never_does() {
    let meant = ["0760-88881234、13812345678".to_owned(), "88885678".to_owned(), "6228480402564890018".to_owned()];
    let harmless = ["电话0760-88881234", "138 1234 5678", "（0760）88885678", "账号6228 4804 0256 4890 018"];
    for text in harmless {
        assert_eq!(scan_private(text, &meant), [], "{text}");
    }
    let id = ["11010519491231002X".to_owned()];
    assert_eq!(scan_private("11010519491231002X", &id).len(), 1);
    assert_eq!(scan_private("0760-88885679", &meant).len(), 1);
}

#[test]
fn amounts_and_codes_are_not_taken_for_telephones_and_cards() {
    let harmless = [
        "投资13800000000元",
        "投资13800000000.00元",
        "投资13 800 000 000元",
        "蓄水13812345678立方米",
        "共13812345678.5平方米",
        "行政区划代码442000001001",
        "统一社会信用代码12442000007332336W",
        "纳税人识别号442000123401234",
        "项目代码：4111111111111111",
        "监督电话12345、12380、110，400-123-4567",
        "香府发〔2022〕8号，粤府函〔2021〕123号",
        "2022年1月1日至12月31日",
        "13.8亿元，2022-2023",
    ];
    for text in harmless {
        assert_eq!(scan_private(text, &[]), [], "{text}");
    }
    // what only stands near such words is what it is
    for text in ["代码13812345678", "识别号11010519491231002X", "13812345678，预算5元", "13812345678人工"] {
        assert_eq!(scan_private(text, &[]).len(), 1, "{text}");
    }
}

#[test]
fn a_figure_or_a_holiday_behind_a_number_makes_no_amount_of_it() {
    for text in [
        "账号6222021234567890128 500元",
        "账号6222021234567890128元",
        "户主13812345678 3.5亩",
        "户主13812345678亩产千斤",
        "联系电话13812345678元旦前",
        "过节13812345678元宵",
        "电话13812345678元",
        "138 1234 5678元",
        "0716-5123457元",
        "工资卡6222021234567890128.5元",
    ] {
        assert_eq!(scan_private(text, &[]).len(), 1, "{text}");
    }
}

#[test]
fn a_mail_address_in_full_width_is_one() {
    for text in [
        "ｚｈａｎｇ＠ｑｑ．ｃｏｍ",
        "邮箱zhang＠qq．com。",
        "zhang@qq。com",
        "zhang@qq.com。请查收",
        "zhang @ qq.com",
        "zhang@\nqq.com",
        "邮箱：zhang　＠　qq．com",
    ] {
        let found = scan_private(text, &[]);
        assert_eq!(found.iter().map(|it| it.masked.as_str()).collect::<Vec<_>>(), ["z***@qq.com"], "{text}");
    }
    for text in ["得分５０＠３", "@李四。请办", "每人@所有人．好", "单价50 @ 3.5", "zhang    @    qq.com"]
    {
        assert_eq!(scan_private(text, &[]), [], "{text}");
    }
}

#[test]
fn an_identity_number_with_a_mistyped_digit_is_one_and_other_long_numbers_are_none() {
    for text in [
        "442000197803120030",
        "身份证号44200019780312003X",
        "442000 19780312 0030",
        "４４２０００１９７８０３１２００３０",
    ] {
        let found = scan_private(text, &[]);
        assert_eq!(found.iter().map(|it| it.kind).collect::<Vec<_>>(), [FindingKind::Identity], "{text}");
    }
    let cut = scan_private("三人：442000、19780312\n0037", &[]);
    assert_eq!(cut.iter().map(|it| it.kind).collect::<Vec<_>>(), [FindingKind::Identity], "it proves itself");
    for text in [
        "统一社会信用代码442000197803120030",
        "采购编号442000202206120035",
        "442000197813120030",
        "992000197803120030",
        "香政发〔2022〕197803号",
        "2022060219780312003",
        "总投资442000197803.12元",
        "442000，19780312，0030",
        "91340100MA2N19780X",
    ] {
        assert_eq!(scan_private(text, &[]), [], "{text}");
    }
}

/// The text with something put in at some of its places.
fn cut_up(text: &str, places: &[bool], with: &[&str]) -> String {
    let mut pieces = with.iter().cycle();
    let mut put = |cut: bool| if cut { pieces.next().copied().unwrap_or_default() } else { "" };
    text.chars().enumerate().map(|(at, c)| format!("{}{c}", put(at > 0 && places[at]))).collect()
}

#[test]
fn an_identity_number_is_found_whatever_stands_between_its_digits() {
    use proptest::prelude::*;
    const BETWEEN: [&str; 16] =
        [" ", "-", "，", ",", "\n", "\r\n", "、", "；", "/", "|", "\t", "：", " — ", "）（", "\u{200B}", "*"];
    const IDS: [&str; 2] = ["442000197803120037", "11010519491231002X"];
    proptest!(|(id in prop::sample::select(&IDS[..]), places in prop::collection::vec(any::<bool>(), 18),
                with in prop::collection::vec(prop::sample::select(&BETWEEN[..]), 1..6))| {
        let text = format!("身份证{}号", cut_up(id, &places, &with));
        let found = scan_private(&text, &[]);
        prop_assert!(found.iter().any(|it| it.kind == FindingKind::Identity), "{text:?}: {found:?}");
    });
    // what is no day, no province or has another check character is a list
    for list in ["442000，19780231，0035", "992000、19780312、0030", "442000，19780312，0038", "19，78，03，12，95"]
    {
        assert_eq!(scan_private(list, &[]), [], "{list}");
    }
}

#[test]
fn a_mobile_telephone_by_itself_is_found_in_whatever_pieces() {
    use proptest::prelude::*;
    const BETWEEN: [&str; 8] = [" ", "-", "　", "－", "  ", " - ", "）", "\u{200B}"];
    proptest!(|(places in prop::collection::vec(any::<bool>(), 11), rest in 0_u64..10_u64.pow(9),
                with in prop::collection::vec(prop::sample::select(&BETWEEN[..]), 1..6))| {
        let text = format!("户主{}，好", cut_up(&format!("13{rest:09}"), &places, &with));
        let found = scan_private(&text, &[]);
        prop_assert!(found.iter().any(|it| it.kind == FindingKind::Mobile), "{text:?}: {found:?}");
    });
}

#[test]
fn many_findings_are_told_by_number() {
    let text: String = (0..12).map(|n| format!("138123456{n:02}\n")).collect();
    let said = summary(&scan_private(&text, &[]));
    assert!(said.ends_with("；等12处") && said.matches("手机号码").count() == 10, "{said}");
}
