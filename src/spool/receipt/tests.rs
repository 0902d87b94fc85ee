//! Tests of what receipts and returns say.

use super::*;

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

#[test]
fn a_receipt_reads_so() {
    let text = receipt_text(&ReceiptFacts {
        number: "20220516-093000-1".into(),
        file: "推荐表.xlsx".into(),
        office_title: "香山村党支部".into(),
        at: at("2022-05-16T09:30:05"),
        taken_for: "推荐表（2022年“七一”表彰）".into(),
        accepted: vec!["优秀共产党员2名：张三、李四".into(), "优秀党务工作者1名：王五".into()],
        returned: vec![Fault::at("优秀共产党员 第5行", "李强重复")],
        next: vec!["组织办5月20日前审核，结果见“回执”".into()],
        again: None,
    });
    let expected = "回　　执\n\n香山村党支部：\n\n\
        贵单位2022年5月16日9时30分交来的“推荐表.xlsx”已收到，作为推荐表（2022年“七一”表彰）办理。\n\n\
        收到的内容：\n1. 优秀共产党员2名：张三、李四。\n2. 优秀党务工作者1名：王五。\n\n\
        以下各行没有收，原件已退回“退件”。请把这几行改正后，填入“待办”中的表格再报：\n1. 优秀共产党员 第5行：李强重复。\n\n\
        接下来：组织办5月20日前审核，结果见“回执”。\n\n收件号：20220516-093000-1\n（系统自动生成）\n";
    assert_eq!(text, expected.replace('\n', "\r\n"));
}

#[test]
fn a_return_lists_every_fault_with_its_place() {
    let text = return_text(&ReturnFacts {
        number: "20220516-090000-1".into(),
        file: "推荐\n表.xlsx".into(),
        office_title: "香山村党支部".into(),
        at: at("2022-05-16T09:00:00"),
        faults: vec![
            Fault::at("推荐表!C7", "身份证号码应为18位，现为17位，请核对后重填"),
            Fault::at("", "超出名额：优秀共产党员最多2名，现为3名，请减去1名。"),
        ],
        way_out: "请改好后把整个文件放入“交件”文件夹，5月20日24时前交齐".into(),
    });
    let expected = "退件说明\n\n香山村党支部：\n\n\
        贵单位2022年5月16日9时交来的“推荐 表.xlsx”有2处问题，未能受理，原件一并退回。问题如下：\n\n\
        1. 推荐表!C7：身份证号码应为18位，现为17位，请核对后重填。\n\
        2. 超出名额：优秀共产党员最多2名，现为3名，请减去1名。\n\n\
        怎么办：请改好后把整个文件放入“交件”文件夹，5月20日24时前交齐。\n\n收件号：20220516-090000-1\n（系统自动生成）\n";
    assert_eq!(text, expected.replace('\n', "\r\n"));
}

#[test]
fn ten_thousand_faults_are_counted_not_listed() {
    let faults = (0..10_000).map(|row| Fault::at(format!("推荐表 第{row}行"), "不能为空")).collect();
    let text = return_text(&ReturnFacts {
        number: "1".into(),
        file: "a".into(),
        office_title: "b".into(),
        at: at("2022-05-16T09:00:00"),
        faults,
        way_out: String::new(),
    });
    assert!(text.contains("有10000处问题") && text.contains("另有9500处"));
    assert!(!text.contains("怎么办"));
}

#[test]
fn names_carry_the_date_and_are_safe() {
    let date = at("2022-05-16T09:00:00").date();
    assert_eq!(receipt_name(date, "推荐表.xlsx"), "2022-05-16 推荐表 回执.txt");
    assert_eq!(return_name(date, "../推荐表.yaml"), "2022-05-16 _推荐表");
    assert!(receipt_name(date, &"长".repeat(255)).len() <= 255);
}

#[test]
fn a_sealed_file_is_not_named() {
    let text = sealed_text("党政办", at("2022-05-16T09:00:00"));
    assert!(text.contains("已就地封存") && text.ends_with("\r\n"));
}

#[test]
fn a_quotation_within_a_quotation_has_single_marks() {
    for (line, wanted) in [
        ("交来的“启动“七一”表彰.xlsx”已收到", "交来的“启动‘七一’表彰.xlsx”已收到"),
        ("“甲“乙“丙”丁”戊”、“己”", "“甲‘乙“丙”丁’戊”、“己”"),
        ("“七一”表彰", "“七一”表彰"),
        ("“甲“乙”", "“甲“乙”"),
        ("甲”乙“丙", "甲”乙“丙"),
    ] {
        assert_eq!(quoted(line), wanted);
    }
}
