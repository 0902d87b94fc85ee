//! Workbooks people made themselves, or made of ours.

use super::hostile::{changed, one_for};
use super::{Raw, cell, entry, form, raw, read, read_for, returned, strings, words};
use crate::submission::{Filled, FilledLine, Form, Grid, Type};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

/// A form with two single values and one list.
pub(super) fn asked() -> Form {
    let mut identity = entry("身份证号", Type::IdNumber);
    identity.also = strings(&["身份证号码", "公民身份号码"]);
    let mut school = entry("学历", Type::Text(20));
    school.also = strings(&["文化程度", "教育情况学历"]);
    let mut note = entry("备注", Type::Text(100));
    (note.optional, school.optional) = (true, true);
    let columns = vec![entry("姓名", Type::Name), identity, entry("入党时间", Type::Date), school, note];
    let grid = Grid { name: "推荐对象".into(), columns, lines: Vec::new(), blank: 20, called: None };
    Form {
        head: vec![entry("填表人", Type::Name), entry("联系电话", Type::Phone)],
        head_values: Default::default(),
        grids: vec![grid],
        ..form()
    }
}

fn row(sheet: &mut Worksheet, row: u32, cells: &[&str]) {
    for (column, text) in (0..).zip(cells).filter(|(_, text)| !text.is_empty()) {
        sheet.write_string(row, column, *text).unwrap();
    }
}

fn saved(draw: impl Fn(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    draw(workbook.add_worksheet());
    workbook.save_to_buffer().unwrap()
}

fn good(bytes: &[u8]) -> Filled {
    read_for("名单.xlsx", bytes, &asked()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn lines(filled: &Filled) -> &[FilledLine] {
    assert_eq!((filled.grids.len(), filled.grids[0].0.as_str()), (1, "推荐对象"));
    &filled.grids[0].1
}

/// A list as offices lay it out: title, unit, headings of two rows with merged cells, numbers of the columns, a line of totals,
/// notes.
pub(super) fn list() -> Vec<u8> {
    saved(|sheet| {
        let plain = Format::new();
        sheet.merge_range(0, 0, 0, 5, "香泉镇“两优一先”推荐对象名单", &plain).unwrap();
        row(sheet, 1, &["填报单位：香泉镇", "", "", "联系电话：0565-5312345"]);
        sheet.merge_range(2, 0, 3, 0, "序号", &plain).unwrap();
        sheet.merge_range(2, 1, 3, 1, "公民身份\n号码", &plain).unwrap();
        sheet.merge_range(2, 2, 3, 2, " 姓 名 ", &plain).unwrap();
        sheet.merge_range(2, 3, 2, 4, "教育情况", &plain).unwrap();
        row(sheet, 3, &["", "", "", "学历", "备注"]);
        sheet.merge_range(2, 5, 3, 5, "入党时间（年月日）", &plain).unwrap();
        row(sheet, 4, &["1", "2", "3", "4", "5", "6"]);
        row(sheet, 5, &["1", "342625197001010016", "张三", "大专", "", "1995.12.31"]);
        row(sheet, 6, &["2", "３４２６２５１９７００１０１００１６", "何䶮", "本科", "无", ""]);
        sheet.write_number(6, 5, 35_977.0).unwrap();
        sheet.set_row_hidden(6).unwrap();
        sheet.set_column_hidden(3).unwrap();
        row(sheet, 9, &["3", "342625197001010016", "王五", "高中", "", "2001年1月1日"]);
        row(sheet, 10, &["合 计", "", "3人"]);
        row(sheet, 12, &["填表人：", "李四", "", "审核人：赵六", "", "2026年6月1日"]);
        row(sheet, 13, &["说明：1.按姓氏笔画排列。"]);
        row(sheet, 14, &["2.本表一式两份。"]);
    })
}

/// What must come back from [`list`], in whatever format it was saved.
pub(super) fn check_list(filled: &Filled, sheet: &str) {
    let lines = lines(filled);
    let names = lines.iter().map(|line| raw(line, "姓 名")).collect::<Vec<_>>();
    assert_eq!(names, [words("张三"), words("何䶮"), words("王五")]);
    let days = lines.iter().map(|line| raw(line, "入党时间（年月日）")).collect::<Vec<_>>();
    assert_eq!(days, [words("1995.12.31"), Raw::Date("1998-07-01".into()), words("2001年1月1日")]);
    assert_eq!((raw(&lines[1], "备注"), raw(&lines[1], "学历")), (words("无"), words("本科")));
    assert_eq!(lines[2].place, format!("{sheet} 第10行"));
    assert_eq!(cell(&filled.head, "填表人").map(|cell| &cell.raw), Some(&words("李四")));
    assert_eq!(cell(&filled.head, "联系电话").map(|cell| &cell.raw), Some(&words("0565-5312345")));
    let unread = format!("“{sheet}”页表格以外的文字没有读取（D13、F13、A14、A15）。");
    let others: Vec<&String> = filled.remarks.iter().filter(|say| !say.contains("隐藏的")).collect();
    assert_eq!(others, [&format!("{sheet} 第11行是合计，没有作为一行读取。"), &unread]);
}

/// The form asked for, its date known by the heading offices write.
pub(super) fn asked_of_list() -> Form {
    let mut form = asked();
    form.grids[0].columns[2].also = strings(&["入党时间（年月日）"]);
    form
}

#[test]
fn a_list_as_offices_lay_it_out_is_read() {
    let filled = read_for("名单.xlsx", &list(), &asked_of_list()).unwrap();
    check_list(&filled, "Sheet1");
    let hidden = "表格里有1行是隐藏的（第7行），照样读了。不想报的，请删去这些行，整份再交一次。";
    assert_eq!(filled.remarks.last().unwrap(), hidden);
    let column = "表格里有1列是隐藏的（D列），照样读了。不想报的，请删去这些列，整份再交一次。";
    assert_eq!(filled.remarks.iter().filter(|say| *say == column).count(), 1, "{:?}", filled.remarks);
}

#[test]
fn comments_on_cells_are_told_and_our_own_are_not() {
    let bytes = saved(|sheet| {
        row(sheet, 0, &["姓名", "身份证号"]);
        row(sheet, 1, &["张三", "342625197001010016"]);
        sheet.insert_note(1, 0, &rust_xlsxwriter::Note::new("注意此人")).unwrap();
        sheet.insert_note(0, 1, &rust_xlsxwriter::Note::new("仅下列类别填写：党员。")).unwrap();
    });
    let told = "表格里有1处批注没有读取（A2）。要报的内容请写进格子里，整份再交一次。";
    assert_eq!(good(&bytes).remarks, [told]);
    // a form of ours has notes of ours, and hides the column of its numbers
    let form = crate::spool::forms::write(&asked()).unwrap();
    assert_eq!(crate::spool::forms::read("表.xlsx", &form).unwrap().remarks, Vec::<String>::new());
}

#[test]
fn a_heading_nobody_asked_for_is_told_at_its_own_cell() {
    let bytes = saved(|sheet| {
        row(sheet, 0, &["名单"]);
        row(sheet, 1, &["姓名", "身份证号", "备考"]);
        row(sheet, 2, &["张三", "342625197001010016", "无"]);
    });
    assert_eq!(good(&bytes).headings_at.get("Sheet1!C").map(String::as_str), Some("Sheet1!C2"));
}

#[test]
fn headings_in_another_order_and_under_other_names_are_found() {
    let bytes = saved(|sheet| {
        row(sheet, 0, &["备注", "入党时间", "身份证号码*", "姓名："]);
        row(sheet, 1, &["", "19951231", "342625197001010016", "张三"]);
        row(sheet, 2, &["备注", "入党时间", "身份证号码*", "姓名："]);
        row(sheet, 3, &["", "1998-07-01", "342625197001010016", "李四"]);
    });
    let filled = good(&bytes);
    let lines = lines(&filled);
    assert_eq!((lines.len(), raw(&lines[1], "姓名：")), (2, words("李四")));
}

#[test]
fn days_are_counted_from_the_year_the_workbook_says() {
    let bytes = saved(|sheet| {
        row(sheet, 0, &["姓名", "入党时间", "身份证号"]);
        row(sheet, 1, &["张三"]);
        sheet.write_number(1, 1, 34_515.0).unwrap();
        let day = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
        sheet.write_datetime_with_format(2, 1, ExcelDateTime::from_ymd(1995, 7, 1).unwrap(), &day).unwrap();
        sheet.write_number(3, 1, 2026.0).unwrap();
        sheet.write_number(4, 1, 20_260_701.0).unwrap();
    });
    let days = |bytes: &[u8]| lines(&good(bytes)).iter().map(|line| raw(line, "入党时间")).collect::<Vec<_>>();
    let day = |text: &str| Raw::Date(text.to_string());
    let rest = [Raw::Number(2026.0), Raw::Number(20_260_701.0)];
    assert_eq!(days(&bytes), [&[day("1994-06-30"), day("1995-07-01")], &rest[..]].concat());
    let since_1904 = changed(&bytes, "xl/workbook.xml", |text| {
        let at = text.find("<workbookPr").unwrap() + "<workbookPr".len();
        format!("{} date1904=\"1\"{}", &text[..at], &text[at..])
    });
    assert_eq!(days(&since_1904), [&[day("1998-07-01"), day("1999-07-02")], &rest[..]].concat());
}

#[test]
fn sheets_without_the_headings_are_passed_over_and_told() {
    let mut workbook = Workbook::new();
    for (name, person) in [("东村", "张三"), ("西村", "李四")] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        row(sheet, 0, &["姓名", "身份证号"]);
        row(sheet, 1, &[person, "1"]);
    }
    row(workbook.add_worksheet().set_name("填表说明").unwrap(), 0, &["每人一行。"]);
    workbook.add_worksheet().set_name("空白").unwrap();
    let hidden = workbook.add_worksheet().set_name("字典").unwrap().set_hidden(true);
    row(hidden, 0, &["姓名", "身份证号"]);
    let filled = good(&workbook.save_to_buffer().unwrap());
    let names = filled.grids.iter().map(|(name, lines)| (name.as_str(), raw(&lines[0], "姓名"))).collect::<Vec<_>>();
    assert_eq!(names, [("推荐对象", words("张三")), ("推荐对象", words("李四"))]);
    assert_eq!(filled.remarks, ["“字典”页是隐藏的，没有读取。", "“填表说明”页里没有本表的栏目，没有读取。"]);
    let other = saved(|sheet| row(sheet, 0, &["品名", "数量"]));
    let fault = one_for(&asked(), &other);
    assert!(fault.place == "Sheet1" && fault.say.contains("“姓名”“身份证号”"), "{fault:?}");
}

/// Two columns of one name below two headings are told apart by both.
#[test]
fn headings_of_two_rows_are_put_together_where_one_says_too_little() {
    let mut form = asked();
    form.grids[0].columns.push(entry("在职学历", Type::Text(20)));
    let bytes = saved(|sheet| {
        row(sheet, 0, &["姓名", "身份证号", "教育情况", "在职"]);
        row(sheet, 1, &["", "", "学历", "学历"]);
        row(sheet, 2, &["张三", "1", "本科", "硕士"]);
    });
    let filled = read_for("名单.xlsx", &bytes, &form).unwrap();
    let names = filled.grids[0].1[0].cells.iter().map(|cell| cell.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names, ["姓名", "身份证号", "教育情况学历", "在职学历"]);
}

/// Two kinds of rows with nearly the same columns in one list: each row says what it is.
#[test]
fn rows_of_several_kinds_in_one_list_say_what_they_are() {
    let mut form = asked();
    let mut more = form.grids[0].clone();
    more.name = "党务工作者".into();
    more.columns.push(entry("从事党务工作起始", Type::Month));
    form.grids.push(more);
    let list = |category: &str| {
        let bytes = saved(|sheet| {
            row(sheet, 0, &["姓名", "身份证号", "从事党务工作起始", category]);
            row(sheet, 1, &["张三", "1", "", "推荐对象"]);
        });
        read_for("名单.xlsx", &bytes, &form).unwrap().grids[0].0.clone()
    };
    assert_eq!((list("类别"), list("备注")), (String::new(), "党务工作者".to_string()));
}

#[test]
fn single_values_stand_beside_their_labels_or_behind_a_colon() {
    let bytes = saved(|sheet| {
        row(sheet, 0, &["推荐情况登记表"]);
        row(sheet, 2, &["填 表 人", "", "李四", "联系电话", "0565-5312345"]);
        row(sheet, 3, &["时间：9:30  地点：会议室"]);
    });
    let filled = good(&bytes);
    let values = filled.head.iter().map(|cell| (cell.place.as_str(), &cell.raw)).collect::<Vec<_>>();
    assert_eq!(values, [("Sheet1!C3", &words("李四")), ("Sheet1!E3", &words("0565-5312345"))]);
    let bytes = saved(|sheet| row(sheet, 0, &["填表人:李四 联系电话：0565-5312345"]));
    let values = good(&bytes).head.into_iter().map(|cell| cell.raw).collect::<Vec<_>>();
    assert_eq!(values, [words("李四"), words("0565-5312345")]);
}

#[test]
fn what_is_merged_among_the_rows_is_returned() {
    let bytes = saved(|sheet| {
        row(sheet, 0, &["单位", "姓名", "身份证号"]);
        sheet.merge_range(1, 1, 2, 1, "张三", &Format::new()).unwrap();
        row(sheet, 2, &["", "", "2"]);
        sheet.merge_range(4, 0, 4, 2, "备注：无", &Format::new()).unwrap();
    });
    let fault = one_for(&asked(), &bytes);
    assert_eq!((fault.place.as_str(), fault.say.as_str()), ("Sheet1!B2:B3", "请取消合并单元格，每格分别填写。"));
}

/// A clerk writes a line of totals and notes below the rows of our own form.
#[test]
fn totals_and_notes_below_our_own_rows_are_no_rows() {
    let bytes = changed(&returned(), "xl/worksheets/sheet3.xml", |text| {
        let cell = |at: &str, words: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{words}</t></is></c>");
        let rows = format!(
            "<row r=\"400\">{}{}</row><row r=\"401\">{}</row></sheetData>",
            cell("B400", "合计"),
            cell("C400", "3"),
            cell("B401", "制表人：李四")
        );
        text.replace("</sheetData>", &rows)
    });
    let filled = read("表.xlsx", &bytes).unwrap();
    assert_eq!(filled.grids[0].1.len(), 3);
    let told = ["推荐对象 第400行是合计，没有作为一行读取。", "推荐对象 第401行是表下的说明，没有读取。"];
    assert_eq!(filled.remarks, told);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Texts changed anywhere in the sheet give values or faults.
    #[test]
    fn mutated_workbooks_never_panic(changes in prop::collection::vec((0..4000_usize, any::<u8>()), 1..10), part in 0..3_usize) {
        let part = ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"][part];
        let bytes = changed(&list(), part, |text| {
            let mut bytes = text.into_bytes();
            for (at, byte) in &changes {
                let at = at % bytes.len();
                bytes[at] = *byte;
            }
            String::from_utf8_lossy(&bytes).into_owned()
        });
        let _ = super::super::read_by_content("名单.xlsx", &bytes, Some(&asked_of_list()));
    }
}
