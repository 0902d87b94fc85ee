//! Lines about others in a form about somebody, signs that contradict each other, and what nobody asked for.

use super::super::{Understood, likeness, understand};
use super::paper::{ask, paper, people, table};
use super::sheets::form;
use super::{entry, must, offices};
use crate::submission::Type;
use crate::submission::paper::Table;
use serde_json::{Value, json};

/// A form about 张三 with these rows between his own and the last.
fn with(rows: &[&str]) -> Vec<Table> {
    let own = ["姓名|张三|性别|男|民族|汉", "出生日期|1990.1.2|工作单位|甲村|<|<"];
    let all = [&own[..], rows, &["主要事迹|好|<|<|<|<"]].concat();
    vec![table("表1", 0, &["审批表"], &all)]
}

fn is_zhang_san(read: &Understood) {
    let values: Vec<Value> = read.rows.iter().map(|row| Value::Object(row.values.clone())).collect();
    let own = json!({ "姓名": "张三", "性别": "男", "出生日期": "1990-01-02", "工作单位": "甲村", "主要事迹": "好" });
    assert_eq!(values, [own], "{:?}", read.remarks);
}

#[test]
fn headings_of_lines_about_others_are_no_labels_of_the_person() {
    let blocks: [&[&str]; 6] = [
        &[
            "家庭主要成员|<|<|<|<|<",
            "称谓|姓名|年龄|政治面貌|工作单位|备注",
            "妻|李四|40|群众|乙厂|",
            "子|张五|12|||",
            "|||||",
        ],
        // twice side by side
        &["关系|姓名|年龄|关系|姓名|年龄", "妻|李四|40|子|张五|12", "父|张六|70|||"],
        // without a word that says so
        &["家庭成员情况|姓名|年龄|政治面貌|工作单位|备注", "|李四|40|群众|乙厂|无", "|张五|12|||"],
        // with more of the form's labels than others, in the way of a list of the form
        &["家庭|姓名|性别|出生日期|工作单位|备注", "^|李四|女|1991.2.3|乙厂|无", "^|张五|男|2014.1.1||"],
        &["姓名|性别|出生日期|工作单位|现状|备注", "李四|女|1991.2.3|乙厂|好|无"],
        &["简历|起止年月|工作单位|职务|证明人|备注", "^|2010.1—2015.3|丙厂|工人|王五|", "^|2015.4—|甲村|委员|王五|"],
    ];
    for block in blocks {
        let read = ask(&people(20), with(block)).unwrap_or_else(|says| panic!("{block:?}: {says:?}"));
        is_zhang_san(&read);
        let told = read.remarks.iter().filter(|say| say.contains("起的名单（")).count();
        assert_eq!(told, 1, "{block:?}: {:?}", read.remarks);
    }
    // a table within a cell is one of its own
    let inner = table("表2", 0, &["家庭情况"], &["姓名|工作单位|政治面貌", "李四|乙厂|群众"]);
    is_zhang_san(&ask(&people(20), [with(&[]), vec![inner]].concat()).unwrap());
    // nobody filled it in: nothing to tell
    let read = ask(&people(20), with(&["称谓|姓名|年龄|政治面貌|工作单位|备注", "|||||"])).unwrap();
    assert_eq!(read.remarks, ["表1里的“民族”不是本表要填的，没有读取。"]);
    // two that could both be meant stay two
    let says = ask(&people(20), with(&["姓名|张山|<|<|<|<"])).unwrap_err();
    assert_eq!(says, ["表1 第3行“姓名”：“姓名”与表1 第1行“姓名”填得不一样，请改成一致，或只留一处。"]);
    // without a name of his own, a name among his family is not his
    let only = ["称谓|姓名|年龄", "妻|李四|40", "子|张五|12"];
    let says = ask(&people(20), vec![table("表1", 0, &[], &[&["性别|男|籍贯"][..], &only].concat())]).unwrap_err();
    assert!(says.iter().any(|say| say.contains("找不到“姓名”")), "{says:?}");
}

#[test]
fn lines_are_the_text_that_is_asked_for_under_their_name() {
    let mut form = people(20);
    form.grids[0].columns.push(entry("家庭情况", Type::Text(200)));
    let beside = ["家庭情况|称谓|姓名|年龄|工作单位|备注", "^|妻|李四|40|乙厂|", "^|子|张五|12||"];
    let below = ["家庭情况|<|<|<|<|<", "称谓|姓名|年龄|工作单位|电话|备注", "妻|李四|40|乙厂||", "子|张五|12|||"];
    for (rows, headings) in
        [(&beside[..], "称谓　姓名　年龄　工作单位　备注"), (&below, "称谓　姓名　年龄　工作单位　电话　备注")]
    {
        let read = ask(&form, with(rows)).unwrap();
        assert_eq!(read.rows[0].values["家庭情况"], json!(format!("{headings}\n妻　李四　40　乙厂\n子　张五　12")));
        assert_eq!(read.rows[0].values["姓名"], "张三");
    }
}

#[test]
fn a_name_down_the_side_of_labels_and_values_hides_none_of_them() {
    let rows = [
        "基本情况|姓名|张三|性别|男",
        "^|出生日期|1990.1.2|工作单位|甲村",
        "^|籍贯|广东|学历|本科",
        "主要事迹|好|<|<|<",
    ];
    let read = ask(&people(20), vec![table("表1", 0, &[], &rows)]).unwrap();
    is_zhang_san(&read);
    assert_eq!(read.remarks, ["表1里的“籍贯”“学历”不是本表要填的，没有读取。"]);
}

#[test]
fn what_nobody_asked_for_is_told_and_what_is_printed_is_not() {
    let rows = [
        "籍贯|广东|党支部意见|同意。（盖章）2026年6月1日|<|<",
        "县委意见|（盖章）　　年　月　日|<|照片||",
        "联系人|||||",
    ];
    let read = ask(&people(20), with(&rows)).unwrap();
    assert_eq!(read.remarks, ["表1里的“民族”“籍贯”“党支部意见”不是本表要填的，没有读取。"]);
}

/// A form of ours shows lists and labels of others: that they are not read again is nothing to tell.
#[test]
fn what_our_own_form_shows_is_not_told() {
    let tables = with(&["籍贯|广东|<|<|<|<", "称谓|姓名|年龄|政治面貌|电话|备注", "妻|李四|40|||"]);
    let ours = crate::submission::Filled { answers: Some(people(20).answers), ..paper(tables) };
    assert!(understand(&people(20), &ours, &offices()).unwrap().remarks.is_empty());
}

#[test]
fn of_what_is_wrong_with_a_box_one_thing_is_said() {
    let both =
        |sex: &str| vec![table("表1", 0, &[], &[&format!("姓名|张三|性别|{sex}"), "出生日期|1990.1.2|工作单位|甲村"])];
    let says = ask(&people(20), both("☑男 ☑女")).unwrap_err();
    assert_eq!(says, ["表1 第1行“性别”：“性别”只能选一项，现在勾了“男”“女”。"]);
    let list = table("表1", 0, &[], &["姓名|性别|出生日期|工作单位", "张三|√男 √女|1990.1.2|甲村"]);
    let says = ask(&people(20), vec![list]).unwrap_err();
    assert_eq!(says, ["表1 第2行“性别”：“性别”只能选一项，现在勾了“男”“女”。"]);
    // the same of a label that could mean two fields
    let unit = |name: &str| crate::submission::Entry { also: vec!["单位".to_string()], ..must(name, Type::Name) };
    let both = form(vec![unit("工作单位"), unit("推荐单位")], Vec::new());
    let says = ask(&both, vec![table("表1", 0, &[], &["单位|某村"])]).unwrap_err();
    assert!(says.len() == 1 && says[0].contains("分不清"), "{says:?}");
}

#[test]
fn a_paper_is_like_a_form_that_has_most_of_its_labels() {
    let like = |rows: &[&str]| {
        let like = likeness(&people(20), &paper(vec![table("表1", 0, &[], rows)]));
        (like.any, like.labelled, like.filled)
    };
    assert_eq!(like(&["姓名|张三|性别|男", "出生日期|1990.1.2|籍贯|广东"]), (true, true, true));
    assert_eq!(like(&["姓名||性别|", "出生日期||籍贯|"]), (true, true, false));
    assert_eq!(like(&["姓名|张三|性别|男", "简历|1990年入学"]), (true, false, false));
    assert_eq!(like(&["会议时间|三月"]), (false, false, false));
    assert_eq!(like(&["姓名|性别|工作单位", "张三|男|甲村"]), (true, true, true));
}
