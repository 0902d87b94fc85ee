//! Lists in Word files as people make them: totals, notes, groups, a second table, merged cells.

use super::paper::{ask, people, table};
use crate::submission::paper::Table;
use serde_json::Value;

const HEADINGS: &str = "序号|姓名|性别|出生日期|工作单位|主要事迹";
const ONE: &str = "1|张三|男|1990.1.2|甲村|好";
const TWO: &str = "2|李四|女|1991.2.3|乙村|";

/// A list with these rows below its headings.
fn list(rows: &[&str]) -> Table {
    table("表1", 0, &["推荐名单"], &[&[HEADINGS][..], rows].concat())
}

fn names(tables: Vec<Table>) -> Result<(Vec<String>, Vec<String>), Vec<String>> {
    let read = ask(&people(20), tables)?;
    let name =
        |row: &crate::submission::read::UnderstoodRow| row.values["姓名"].as_str().unwrap_or_default().to_string();
    Ok((read.rows.iter().map(name).collect(), read.remarks))
}

#[test]
fn totals_and_notes_are_no_lines() {
    let both = ["张三".to_string(), "李四".to_string()];
    let total = "表1 第4行是合计，没有作为一行读取。";
    let note = "表1 第4行是表下的说明，没有读取。";
    let cases = [
        ("合计|<|<|<|<|800", total),
        ("合计||||2人|", total),
        ("|共2人||||", total),
        ("备注：以上名单已公示。|<|<|<|<|<", note),
        ("注：以上属实|||||", note),
        ("填表人：王五|<|<|审核：赵六|<|<", note),
        // a label of the form is another matter
        ("主要事迹：都好。|<|<|<|<|<", "表1 第4行“主要事迹”不知道是哪一个对象的，没有读取：“都好。”。"),
    ];
    for (row, said) in cases {
        let (named, told) = names(vec![list(&[ONE, TWO, row])]).unwrap_or_else(|says| panic!("{row}: {says:?}"));
        assert_eq!((named.as_slice(), told.as_slice()), (&both[..], &[said.to_string()][..]), "{row}");
    }
    // what the form asks of all is read; one person is not given what is said of a numbered list
    let read = ask(&people(20), vec![list(&[ONE, TWO, "填报单位：香泉镇党委|<|<|<|<|<"])]).unwrap();
    assert_eq!((&read.head["填报单位"], read.rows.len(), read.remarks.len()), (&Value::from("香泉镇党委"), 2, 0));
    let one = ONE.replace("|好", "|");
    let prose = Table { prose: true, ..table("正文", 0, &[], &["主要事迹：名单已公示。"]) };
    let read = ask(&people(20), vec![list(&[&one]), prose]).unwrap();
    assert_eq!((read.rows.len(), read.rows[0].values.get("主要事迹")), (1, None));
    assert_eq!(read.remarks, ["正文 第1行“主要事迹”不知道是哪一个对象的，没有读取：“名单已公示。”。"]);
    // the name of a group stands among the lines
    let (named, told) = names(vec![list(&[ONE, "二、乙村|<|<|<|<|<", TWO])]).unwrap();
    assert_eq!(named, both);
    assert_eq!(told, ["表1 第3行只有一格文字，没有作为一行读取：“二、乙村”。"]);
}

#[test]
fn a_list_goes_on_in_a_table_without_headings() {
    let both = ["张三".to_string(), "李四".to_string()];
    let next = |captions: &[&str], rows: &[&str]| table("表2", 0, captions, rows);
    let read = |second: Table| names(vec![list(&[ONE]), second]);
    assert_eq!(read(next(&["续表"], &[TWO])), Ok((both.to_vec(), vec![])));
    let (named, told) = read(next(&[], &[TWO, "合计|2人||||"])).unwrap();
    assert_eq!((named, told), (both.to_vec(), vec!["表2 第2行是合计，没有作为一行读取。".to_string()]));
    // of other columns nobody knows what they are
    let says = read(next(&[], &["2|李四|女|1991.2.3"])).unwrap_err();
    assert_eq!(says.len(), 1);
    assert!(says[0].starts_with("表2：这张表没有表头，格数也和上一张名单不一样，没有读取。"), "{says:?}");
    // signatures are none
    let (named, _) = read(next(&[], &["支部意见|同意|（盖章）|党委意见|同意|（盖章）"])).unwrap();
    assert_eq!(named, ["张三"]);
    // without numbers, where nothing stands between the two, or that it goes on
    let bare =
        |rows: &[&str]| -> Vec<String> { rows.iter().map(|row| row.split_once('|').unwrap().1.to_string()).collect() };
    let unnumbered = |captions: &[&str], row: &str| {
        let (first, second) = (bare(&[HEADINGS, ONE]), bare(&[row]));
        let rows = |rows: &[String]| rows.iter().map(String::as_str).collect::<Vec<_>>().join("；");
        let (first, second) = (rows(&first), rows(&second));
        let table = |place: &str, captions: &[&str], rows: &str| {
            table(place, 0, captions, &rows.split('；').collect::<Vec<_>>())
        };
        names(vec![table("表1", &[], &first), table("表2", captions, &second)]).unwrap().0
    };
    assert_eq!(unnumbered(&["（续）"], TWO), both);
    assert_eq!(unnumbered(&["审批意见"], TWO), ["张三"]);
    assert_eq!(unnumbered(&[], "|负责人|王五|审核|赵六|"), ["张三"]);
}

#[test]
fn merged_cells_are_said_once() {
    let rows = ["1|张三|男|1990.1.2|甲村|好", "2|李四|女|1991.2.3|^|好"];
    let says = ask(&people(20), vec![list(&rows)]).unwrap_err();
    assert_eq!(says, ["表1 第2行“工作单位”：请取消合并单元格，每格分别填写。"]);
}
