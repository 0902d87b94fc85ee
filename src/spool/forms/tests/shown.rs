//! What a cell shows beside what it holds: a percentage, and words that are struck out.

use super::made::asked_of_list;
use super::{Raw, raw, read_for, words};

const XLSX: &[u8] = include_bytes!("../../../../tests/data/forms/shown.xlsx");
const XLS: &[u8] = include_bytes!("../../../../tests/data/forms/shown.xls");
const ODS: &[u8] = include_bytes!("../../../../tests/data/forms/shown.ods");

/// 96% that is 0.955, 7.000%, a row that is struck out, a name half of which is, and a number whose unit says `％以上`.
#[test]
fn struck_words_are_not_read_and_a_percentage_is_one() {
    for (name, bytes) in [("表.xlsx", XLSX), ("表.xls", XLS), ("表.ods", ODS)] {
        let read = read_for(name, bytes, &asked_of_list()).unwrap();
        let lines = &read.grids[0].1;
        let names: Vec<Raw> = lines.iter().map(|line| raw(line, "姓名")).collect();
        assert_eq!(names, [words("张三"), words("李四"), words("钱七")], "{name}");
        let notes: Vec<Raw> = lines.iter().map(|line| raw(line, "备注")).collect();
        assert_eq!(notes, [words("95.5%"), words("7%"), Raw::Number(0.95)], "{name}");
        let told = |cells: &str| {
            format!("表格里划掉（加删除线）的字没有读取（{cells}）。要报的，请去掉删除线，整份再交一次。")
        };
        assert_eq!(read.remarks, [told("A4、B4、C4、A5")], "{name}");
    }
}
