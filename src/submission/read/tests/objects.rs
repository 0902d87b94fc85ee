//! One paper is about one object: several papers are several, and two in one are told of.

use super::paper::{ask, people, table};
use serde_json::json;

#[test]
fn every_paper_is_one_object() {
    let person = |place: &str, paper: usize, name: &str| {
        let name = format!("姓名|{name}|性别|男");
        vec![
            table(place, paper, &[], &[&name, "出生日期|1990.1.2|工作单位|某村"]),
            table(place, paper, &["家庭成员"], &["称谓|姓名", "父|某人"]),
        ]
    };
    let tables = [person("甲.docx 表1", 0, "张三"), person("乙.docx 表1", 1, "李四")].concat();
    let read = ask(&people(20), tables).unwrap();
    let names: Vec<&str> = read.rows.iter().filter_map(|row| row.values["姓名"].as_str()).collect();
    assert_eq!(names, ["张三", "李四"]);
    assert!(
        read.rows.iter().all(|row| row.values["家庭成员"] == json!([{ "称谓": "父", "姓名": "某人" }])),
        "{read:?}"
    );
}

#[test]
fn a_second_object_in_one_paper_is_told_of_once_and_how_it_is_handed_in() {
    let person = |place: &str, name: &str, day: &str, work: &str| {
        let rows = [format!("姓名|{name}|性别|男"), format!("出生日期|{day}|工作单位|{work}")];
        table(place, 0, &[], &rows.each_ref().map(String::as_str))
    };
    let first = || person("表2", "张三", "1990.1.2", "某村");
    let says = ask(&people(20), vec![first(), person("表3", "李四", "1985.3.4", "乙村")]).unwrap_err();
    assert_eq!(
        says,
        [
            "表3 第1行“姓名”：“姓名”等3栏与表2 第1行“姓名”填得不一样，看来是另一个对象。一份表只填一个对象：另报一个的，请复制成另一份文件填写，与这一份放进同一个文件夹再交；是同一个对象的，请改成一致，或只留一处。"
        ]
    );
    let says = ask(&people(20), vec![first(), person("表3", "李四", "1990.1.2", "某村")]).unwrap_err();
    assert!(says.len() == 1 && says[0].contains("“姓名”与表2 第1行“姓名”填得不一样，看来是另一个对象"), "{says:?}");
    // one field otherwise is a slip of the pen
    let says = ask(&people(20), vec![first(), person("表3", "张三", "1990.1.2", "乙村")]).unwrap_err();
    assert_eq!(says, ["表3 第2行“工作单位”：“工作单位”与表2 第2行“工作单位”填得不一样，请改成一致，或只留一处。"]);
    assert!(ask(&people(20), vec![first(), first()]).is_ok());
}
