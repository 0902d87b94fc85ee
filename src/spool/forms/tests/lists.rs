//! CSV, and text files in every encoding.

use super::made::asked;
use super::{Raw, cell, raw, read, read_for, words};
use crate::submission::{Fault, Filled};
use encoding_rs::GB18030;
use proptest::prelude::*;

fn good(name: &str, bytes: &[u8]) -> Filled {
    read_for(name, bytes, &asked()).unwrap_or_else(|faults| panic!("{name}: {faults:?}"))
}

fn bad(name: &str, bytes: &[u8]) -> Vec<Fault> {
    read_for(name, bytes, &asked()).unwrap_err()
}

const LIST: &str = "香泉镇推荐名单,,,\r\n\r\n序号,姓名,身份证号码,入党时间\r\n1,张三,\"342625197001010016\",1995/12/31\r\n\
    2,何䶮,=\"34262519700101001X\",\"1998年\r\n7月1日\"\r\n3,王五,'342625197001010016,20010101\r\n合计,3人,,\r\n\
    填表人：李四,联系电话：0565-5312345,,\r\n";

fn check(filled: &Filled) {
    assert_eq!(filled.answers, None);
    let (name, lines) = &filled.grids[0];
    assert_eq!((name.as_str(), lines.len()), ("推荐对象", 3));
    assert_eq!(raw(&lines[1], "姓名"), words("何䶮"));
    let ids = lines.iter().map(|line| raw(line, "身份证号码")).collect::<Vec<_>>();
    assert_eq!(ids, [words("342625197001010016"), words("34262519700101001X"), words("342625197001010016")]);
    let rows = lines.iter().map(|line| line.place.as_str()).collect::<Vec<_>>();
    assert_eq!(rows, ["名单 第4行", "名单 第5行", "名单 第6行"]);
    assert_eq!(cell(&lines[2].cells, "姓名").unwrap().place, "名单!B6");
    assert_eq!(cell(&filled.head, "填表人").unwrap().raw, words("李四"));
    assert_eq!(cell(&filled.head, "联系电话").unwrap().raw, words("0565-5312345"));
    assert_eq!(filled.remarks.first().map(String::as_str), Some("名单 第7行是合计，没有作为一行读取。"), "{filled:?}");
}

#[test]
fn a_list_is_read_in_every_encoding() {
    let wide = |mark: &[u8], order: fn(u16) -> [u8; 2]| {
        [mark.to_vec(), LIST.encode_utf16().flat_map(order).collect()].concat()
    };
    let files = [
        (LIST.as_bytes().to_vec(), None),
        (["\u{FEFF}", LIST].concat().into_bytes(), None),
        (GB18030.encode(LIST).0.into_owned(), Some("gb18030")),
        (wide(b"\xFF\xFE", u16::to_le_bytes), None),
        (wide(b"\xFE\xFF", u16::to_be_bytes), None),
        (wide(b"", u16::to_le_bytes), Some("UTF-16LE")),
        (wide(b"", u16::to_be_bytes), Some("UTF-16BE")),
    ];
    for (bytes, guessed) in files {
        let filled = good("名单.csv", &bytes);
        check(&filled);
        let said = filled.remarks.iter().find(|say| say.contains("没有注明文字编码"));
        assert_eq!(said.is_some(), guessed.is_some(), "{guessed:?}");
        assert!(guessed.is_none_or(|name| said.is_some_and(|say| say.contains(name))), "{said:?}");
    }
    // what it answers is not known yet, but the file is no fault
    assert_eq!(read("名单.csv", LIST.as_bytes()).unwrap().grids, []);
}

#[test]
fn tabs_semicolons_and_lists_without_an_ending_are_known() {
    let parted = |sign: &str| LIST.replace(',', sign);
    check(&good("名单.csv", parted("\t").as_bytes()));
    check(&good("名单.tsv", parted("\t").as_bytes()));
    check(&good("名单.csv", parted(";").as_bytes()));
    check(&good("名单.txt", parted("\t").as_bytes()));
    let said = good("名单.csv", format!("sep=;\r\n{}", parted(";")).as_bytes());
    assert_eq!((said.grids[0].1.len(), said.grids[0].1[0].place.as_str()), (3, "名单 第5行"));
}

#[test]
fn a_title_right_above_is_no_part_of_the_heading() {
    let text = "推荐名单,,,\n类别,姓名,身份证号,家庭住址\n推荐对象,张三,1,东村\n";
    let line = &good("名单.csv", text.as_bytes()).grids[0].1[0];
    let names = line.cells.iter().map(|cell| cell.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names, ["类别", "姓名", "身份证号", "家庭住址"]);
}

#[test]
fn lists_beyond_a_sheet_or_broken_are_said_so() {
    let tall = format!("姓名,身份证号\n{}", "张三,1\n".repeat(10_400));
    assert!(bad("名单.csv", tall.as_bytes())[0].say.contains("超过10000行"));
    let wide = format!("姓名,身份证号{}\n张三,1{}\n", ",".repeat(300), ",1".repeat(300));
    assert!(bad("名单.csv", wide.as_bytes())[0].say.contains("超过200列"));
    let long = format!("姓名,身份证号\n张三,{}\n", "字".repeat(32_768));
    let fault = &bad("名单.csv", long.as_bytes())[0];
    assert!(fault.place == "名单!B2" && fault.say.contains("超过32767个字"), "{fault:?}");
    assert!(bad("名单.csv", "甲,乙\n1,2\n".as_bytes())[0].say.contains("找不到它的栏目"));
    let mut damaged = LIST.as_bytes().to_vec();
    let at = LIST.find("张三").unwrap();
    damaged[at] = 0xFF;
    let fault = &bad("名单.csv", &damaged)[0];
    assert!(fault.say.contains("第4行") && fault.say.contains("损坏"), "{fault:?}");
}

#[test]
fn yaml_and_json_are_read_in_gbk_too() {
    let yaml = GB18030.encode("填表人: 李四\nrows:\n  - 姓名: 何䶮\n").0.into_owned();
    let filled = good("表.yaml", &yaml);
    assert_eq!((&filled.head[0].raw, raw(&filled.grids[0].1[0], "姓名")), (&words("李四"), words("何䶮")));
    assert!(filled.remarks[0].contains("gb18030"));
    let json = GB18030.encode("{ \"填表人\": \"李四\" }").0.into_owned();
    assert_eq!(good("表.json", &json).head[0].raw, Raw::Text("李四".to_string()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Bytes changed anywhere, in any encoding, give values or faults.
    #[test]
    fn mutated_lists_never_panic(
        kind in 0..4_usize,
        changes in prop::collection::vec((0..400_usize, any::<u8>()), 0..12),
        cut in 0..400_usize,
        name in prop::sample::select(vec!["名单.csv", "名单.txt", "名单.yaml", "名单"]),
    ) {
        let text = if kind == 3 { "rows:\n  - 姓名: 张三\n    身份证号: x\n" } else { LIST };
        let mut bytes = match kind {
            0 | 3 => text.as_bytes().to_vec(),
            1 => GB18030.encode(text).0.into_owned(),
            _ => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        };
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        bytes.truncate(bytes.len().saturating_sub(cut % 40));
        // read() would hide a panic of ours behind a fault
        let _ = super::super::read_by_content(name, &bytes, Some(&asked()));
    }
}

#[test]
fn totals_are_passed_over_in_the_words_of_people() {
    for said in [
        "以上人员共1名",
        "共3人",
        "人数合计：3人",
        "本表共3人",
        "以上共三人。",
        "总计",
        "小 计",
        "（合计）",
        "合计（大写）：伍佰元整",
    ] {
        check(&good("名单.csv", LIST.replace("合计,3人,,", &format!("{said},,,")).as_bytes()));
    }
    // somebody's name
    let filled = good("名单.csv", LIST.replace("合计,3人,,", "4,计三名,342625197001010016,20010101").as_bytes());
    assert_eq!(filled.grids[0].1.len(), 4);
    let filled = good("名单.csv", LIST.replace("合计,3人,,", "共三,,342625197001010016,20010101").as_bytes());
    assert_eq!(filled.grids[0].1.len(), 4);
}

/// Programs that write CSV keep digits apart from numbers as `="…"`, with the quotes doubled, or not, or none around it.
#[test]
fn digits_that_are_kept_from_a_workbook_are_text() {
    for said in [
        "=\"342625197001010016\"",
        "\"=\"\"342625197001010016\"\"\"",
        "\"=\"342625197001010016\"\"",
        "'342625197001010016",
    ] {
        let filled = good("名单.csv", format!("姓名,身份证号\n张三,{said}\n").as_bytes());
        assert_eq!(raw(&filled.grids[0].1[0], "身份证号"), words("342625197001010016"), "{said}");
    }
}
