//! Forms as offices type them: labels beside and above, lists, boxes, and what cannot be told apart.

use super::super::{Understood, understand};
use super::sheets::{filled, form};
use super::{entry, must, offices, strings};
use crate::submission::paper::{Slot, Table};
use crate::submission::{Entry, Filled, Form, Grid, Line, TableKey, Type};
use serde_json::{Value, json};

/// A table drawn with bars: `|` ends a cell, a cell `<` belongs to the one left of it, a cell `^` to the one above it.
pub(super) fn table(place: &str, paper: usize, captions: &[&str], rows: &[&str]) -> Table {
    let mut slots: Vec<Slot> = Vec::new();
    for (row, cells) in rows.iter().enumerate() {
        for (column, text) in cells.split('|').enumerate() {
            let covers = |slot: &&mut Slot, at: (usize, usize)| {
                (slot.row..slot.row + slot.rows).contains(&at.0)
                    && (slot.column..slot.column + slot.columns).contains(&at.1)
            };
            match text.trim() {
                "<" => {
                    let left = slots.iter_mut().find(|slot| covers(slot, (row, column - 1))).unwrap();
                    left.columns = left.columns.max(column + 1 - left.column);
                }
                "^" => {
                    let above = slots.iter_mut().find(|slot| covers(slot, (row - 1, column))).unwrap();
                    above.rows = above.rows.max(row + 1 - above.row);
                }
                text => {
                    let text = text.replace('/', "\n");
                    let (picture, numbered, image) = (false, None, None);
                    slots.push(Slot { row, column, rows: 1, columns: 1, text, numbered, picture, image });
                }
            }
        }
    }
    Table { place: place.to_string(), paper, captions: strings(captions), slots, prose: false }
}

pub(super) fn paper(tables: Vec<Table>) -> Filled {
    Filled { tables, answers: None, ..filled(&[], Vec::new()) }
}

pub(super) fn ask(form: &Form, tables: Vec<Table>) -> Result<Understood, Vec<String>> {
    let says = |faults: Vec<crate::submission::Fault>| {
        faults.into_iter().map(|fault| format!("{}：{}", fault.place, fault.say)).collect()
    };
    understand(form, &paper(tables), &offices()).map_err(says)
}

fn columns() -> Vec<Entry> {
    let family = Type::Table(vec![("称谓".to_string(), Type::Text(10)), ("姓名".to_string(), Type::Name)], None);
    let unit = Entry { also: strings(&["单位及职务"]), ..must("工作单位", Type::Name) };
    vec![
        must("姓名", Type::Name),
        must("性别", Type::One(strings(&["男", "女"]))),
        must("出生日期", Type::Date),
        unit,
        entry("奖惩", Type::Any(strings(&["表彰", "处分"]))),
        entry("家庭成员", family),
        entry("主要事迹", Type::Text(500)),
    ]
}

pub(super) fn people(blank: usize) -> Form {
    let lines = Vec::new();
    let grid =
        Grid { name: "推荐对象".to_string(), columns: columns(), lines, blank, called: Some("姓名".to_string()) };
    form(vec![entry("填报单位", Type::Name)], vec![grid])
}

fn values(understood: &Understood) -> Vec<Value> {
    understood.rows.iter().map(|row| Value::Object(row.values.clone())).collect()
}

#[test]
fn a_form_an_office_typed_is_read_by_its_labels() {
    let read = ask(
        &people(20),
        vec![table(
            "表1",
            0,
            &["推荐审批表"],
            &[
                "姓　名|欧阳䶮|性别|☑男 □女|照片",
                "出生/日期|一九八〇年六月一日|籍贯|广东|^",
                "单位及职务（全称）：|香泉镇/第一村|<|<|<",
                "家庭成员|称谓|姓名|备注|<",
                "^|妻|李四||<",
                "^|子|欧阳五||<",
                "主要事迹|<|<|<|<",
                "第一段。/第二段。|<|<|<|<",
                "奖惩|□表彰 √处分|填报单位|香泉镇党委|<",
                "基层党组织意见|（盖章） 年 月 日|<|<|<",
            ],
        )],
    );
    let says = read.unwrap_err();
    assert_eq!(says, ["表1 第3行“单位及职务（全称）：”：“工作单位”不能换行，一格只填一个名称。"]);
    let read = ask(
        &people(20),
        vec![table(
            "表1",
            0,
            &["推荐审批表"],
            &[
                "姓　名|欧阳䶮|性别|☑男 □女|照片",
                "出生/日期|一九八〇年六月一日|籍贯|广东|^",
                "单位及职务（全称）：|香泉镇第一村|<|<|<",
                "家庭成员|称谓|姓名|<|<",
                "^|妻|李四|<|<",
                "^|子|欧阳五|<|<",
                "主要事迹|<|<|<|<",
                "第一段。/第二段。|<|<|<|<",
                "奖惩|□表彰 √处分|填报单位|香泉镇党委|<",
                "社会关系|称谓|姓名|出生日期|工作单位",
                "^|舅|赵六|1955.2|某厂",
                "^||||",
                "基层党组织意见|（盖章） 年 月 日|<|<|<",
            ],
        )],
    )
    .unwrap();
    assert_eq!(read.head.get("填报单位"), Some(&json!("香泉镇党委")));
    assert_eq!(
        values(&read),
        [json!({
            "姓名": "欧阳䶮", "性别": "男", "出生日期": "1980-06-01", "工作单位": "香泉镇第一村", "奖惩": ["处分"],
            "主要事迹": "第一段。\n第二段。",
            "家庭成员": [{ "称谓": "妻", "姓名": "李四" }, { "称谓": "子", "姓名": "欧阳五" }],
        })]
    );
}

#[test]
fn dates_are_read_as_offices_write_them_and_a_month_is_no_day() {
    let form = form(vec![must("日期", Type::Date)], Vec::new());
    let read = |text: &str| {
        let cells = format!("日期|{text}");
        ask(&form, vec![table("表1", 0, &[], &[&cells])]).map(|read| read.head["日期"].clone())
    };
    for text in
        ["2022年6月1日", "二〇二二年六月一日", "二○二二年六月一日", "2022.6.1", "2022. 06. 01", "２０２２年６月１日"]
    {
        assert_eq!(read(text), Ok(json!("2022-06-01")), "{text}");
    }
    for text in ["2022.6", "2022年6月", "二〇二二年六月"] {
        let says = read(text).unwrap_err();
        assert!(says[0].contains("只写了年月") && says[0].starts_with("表1 第1行“日期”："), "{says:?}");
    }
    assert_eq!(read("　　年　月　日").unwrap_err(), ["表1 第1行“日期”：“日期”没有填写。"]);
}

#[test]
fn labels_above_and_lists_of_people() {
    let crosswise =
        table("表1", 0, &[], &["姓名|性别|出生日期", "张三|男|1990.1.2", "工作单位|主要事迹|<", "某村|好|<"]);
    let read = ask(&people(20), vec![crosswise]).unwrap();
    assert_eq!(
        values(&read),
        [json!({ "姓名": "张三", "性别": "男", "出生日期": "1990-01-02", "工作单位": "某村", "主要事迹": "好" })]
    );
    let list = table(
        "表1",
        0,
        &[],
        &[
            "序号|姓名|性别|出生日期|工作单位",
            "1|张三|男|1990.1.2|甲村",
            "2||||",
            "3|李四|女|1991年2月3日|乙村",
            "填表人：王五|<|<|<|<",
        ],
    );
    let read = ask(&people(20), vec![list]).unwrap();
    assert_eq!((read.rows.len(), read.rows[1].place.as_str()), (2, "表1 第4行"));
    assert_eq!(values(&read)[1]["工作单位"], "乙村");
    let list = |last: &str| table("表1", 0, &[], &["姓名|性别|出生日期|工作单位|绰号", "张三|男|1990.1.2|甲村|", last]);
    let says = ask(&people(20), vec![list("李四|女|1991.2|<|阿四")]).unwrap_err();
    assert_eq!(says, ["表1 第3行：这一行的格子与表头对不上。请不要合并或拆分单元格，每格分别填写。"]);
    let says = ask(&people(20), vec![list("李四||1991.2|乙村|阿四")]).unwrap_err();
    assert_eq!(says.len(), 3, "{says:?}");
    assert!(says[0].starts_with("表1 第3行“出生日期”：“出生日期”只写了年月"), "{says:?}");
    assert!(says[1].starts_with("表1 第3行“绰号”：没有“绰号”这一栏"), "{says:?}");
    assert_eq!(says[2], "表1 第3行“性别”：“性别”没有填写。");
}

#[test]
fn what_cannot_be_told_apart_comes_back_in_the_words_of_the_form() {
    let twice = |second: &str| {
        let row = format!("姓 名：|{second}|工作单位|某村");
        table("表1", 0, &[], &["姓名|张三|性别|男", "出生日期|1990.1.2|奖惩|", &row])
    };
    assert!(ask(&people(20), vec![twice("张三")]).is_ok());
    assert!(ask(&people(20), vec![twice("")]).is_ok());
    let says = ask(&people(20), vec![twice("张山")]).unwrap_err();
    assert_eq!(says, ["表1 第3行“姓名：”：“姓名：”与表1 第1行“姓名”填得不一样，请改成一致，或只留一处。"]);
    let both = |name: &str| Entry { also: strings(&["单位"]), ..entry(name, Type::Name) };
    let form = form(vec![both("工作单位"), both("推荐单位")], Vec::new());
    let says = ask(&form, vec![table("表1", 0, &[], &["单 位|某村"])]).unwrap_err();
    assert!(says[0].starts_with("表1 第1行“单位”：“单位”可以指“工作单位”“推荐单位”，分不清"), "{says:?}");
    assert!(ask(&form, vec![table("表1", 0, &[], &["单 位|"])]).is_ok());
    let says =
        ask(&people(20), vec![table("表1", 0, &[], &["姓名|张三|性别|□男 □女", "所在单位|某村|<|<"])]).unwrap_err();
    assert_eq!(
        says,
        [
            "表1 第1行“性别”：“性别”没有填写。",
            "表1：表里找不到“出生日期”这一栏。请在表中加上这一栏并填写，或用“待办”“表样”中的表填写。",
            "表1：表里找不到“工作单位”这一栏。请在表中加上这一栏并填写，或用“待办”“表样”中的表填写。",
        ]
    );
    let says = ask(&people(20), vec![table("甲.docx 表1", 0, &[], &["会议时间|三月"])]).unwrap_err();
    assert!(says.len() == 1 && says[0].starts_with("甲.docx 表1：这份 Word 文件的表里没有找到"), "{says:?}");
}

#[test]
fn the_category_stands_above_the_table_or_in_it() {
    let mut form = people(20);
    form.grids[0].name = "优秀党员".to_string();
    form.grids.push(Grid { name: "优秀党务工作者".to_string(), ..form.grids[0].clone() });
    let rows = ["姓名|张三|性别|男", "出生日期|1990.1.2|工作单位|某村"];
    let grid = |tables: Vec<Table>| ask(&form, tables).map(|read| read.rows[0].grid.clone());
    assert_eq!(grid(vec![table("表1", 0, &["某镇优秀党务工作者审批表"], &rows)]), Ok("优秀党务工作者".to_string()));
    let chosen = "推荐类别|☑优秀党员 □优秀党务工作者|<|<";
    assert_eq!(grid(vec![table("表1", 0, &[], &[rows[0], rows[1], chosen])]), Ok("优秀党员".to_string()));
    let both = &["优秀党员、优秀党务工作者审批表"];
    assert_eq!(grid(vec![table("表1", 0, both, &[rows[0], rows[1], chosen])]), Ok("优秀党员".to_string()));
    let says = grid(vec![table("表1", 0, &["审批表"], &rows)]).unwrap_err();
    assert!(says[0].contains("“姓名”分不清属于“优秀党员”“优秀党务工作者”中的哪一类"), "{says:?}");
}

#[test]
fn an_answer_finds_its_object() {
    let name = Entry { shown: true, title: "对象".to_string(), ..entry("~name", Type::Text(500)) };
    let opinion = must("考察意见", Type::Text(100));
    let line = |item: u32, name: &str| {
        let values = json!({ "~name": name }).as_object().cloned().unwrap_or_default();
        Line { item: Some(item), values }
    };
    let lines = vec![line(3, "3号 张三"), line(5, "5号 李四")];
    let grid =
        Grid {
            name: "考察".to_string(), columns: vec![name, opinion], lines, blank: 0, called: Some("~name".into())
        };
    let form = form(Vec::new(), vec![grid]);
    let items =
        |tables: Vec<Table>| ask(&form, tables).map(|read| read.rows.iter().map(|row| row.item).collect::<Vec<_>>());
    let list = table("表1", 0, &[], &["编号（勿改）|对象|考察意见", "3|3号 张三|好", "5|5号 李四|较好"]);
    assert_eq!(items(vec![list]), Ok(vec![Some(3), Some(5)]));
    let own = table("表1", 0, &[], &["对象|考察意见", "5号　李四|好"]);
    assert_eq!(items(vec![own]), Ok(vec![Some(5)]));
    let card = table("表1", 0, &[], &["对象|3号 张三", "考察意见|好"]);
    assert_eq!(items(vec![card]), Ok(vec![Some(3)]));
    let changed = table("表1", 0, &[], &["编号（勿改）|对象|考察意见", "三|3号 张三|好"]);
    assert_eq!(
        items(vec![changed]),
        Err(vec!["表1 第2行“编号（勿改）”：这一行的编号被改动。请重新取一份填写。".to_string()])
    );
}

#[test]
fn a_line_nobody_asked_for_in_a_table_we_drew_is_said() {
    let form = form(vec![entry("填报单位", Type::Name)], Vec::new());
    let drawn = |own: &str| table("表1", 0, &[], &[own, "填报单位|某村|全称", "联系电话|12345|"]);
    assert_eq!(
        ask(&form, vec![drawn("项目|填写内容|说明")]).unwrap_err(),
        ["表1 第3行“联系电话”：没有“联系电话”这一栏。请填到原有的栏目里，或删去这一栏。"]
    );
    assert!(ask(&form, vec![drawn("栏目|内容|备注")]).is_ok(), "a form of their own may say more than was asked");
}

#[test]
fn what_we_said_beside_a_cell_is_no_part_of_it_when_both_are_merged() {
    let hint = Some("写事实，不写空话。".to_string());
    let form =
        form(vec![Entry { hint, ..must("主要事迹", Type::Text(300)) }, entry("工作单位", Type::Name)], Vec::new());
    let asides = form.head.iter().map(crate::submission::hint::aside).collect::<Vec<_>>();
    assert_eq!(asides, ["写事实，不写空话。\n不超过300个字。", "请填写姓名或单位全称，不超过40个字。"]);
    let merged = |deeds: &str, place: &str| {
        let mut drawn = table("表1", 0, &[], &["项目|填写内容|说明", "主要事迹|", "工作单位|"]);
        drawn.slots.iter_mut().filter(|slot| slot.row > 0 && slot.column == 1).for_each(|slot| slot.columns = 2);
        drawn.slots[4].text = deeds.to_string();
        drawn.slots[6].text = place.to_string();
        ask(&form, vec![drawn]).map(|read| Value::Object(read.head))
    };
    let deeds = json!({ "主要事迹": "修好了水轮机。\n带出三名徒弟。" });
    assert_eq!(merged(&format!("修好了水轮机。\n带出三名徒弟。\n{}", asides[0]), &asides[1]), Ok(deeds.clone()));
    assert_eq!(merged("修好了水轮机。\n带出三名徒弟。", ""), Ok(deeds));
    assert_eq!(merged(&asides[0], ""), Err(vec!["表1 第2行“主要事迹”：“主要事迹”没有填写。".to_string()]));
    // what only resembles it is the office's own
    assert_eq!(merged("不超过300个字。", ""), Ok(json!({ "主要事迹": "不超过300个字。" })));
}

#[test]
fn tables_of_the_head_are_lists_under_their_name() {
    let quota = Type::Table(vec![("名额".to_string(), Type::Integer)], Some(TableKey::Text));
    let form = form(vec![entry("分配", quota)], Vec::new());
    let read = ask(&form, vec![table("表1", 0, &["分配"], &["名称|名额", "甲|1", "乙|2", "|"])]).unwrap();
    assert_eq!(Value::Object(read.head), json!({ "分配": { "甲": { "名额": 1 }, "乙": { "名额": 2 } } }));
}

#[test]
fn a_table_we_drew_says_whether_it_is_about_all_or_about_one() {
    let mut form = people(20);
    form.head = vec![entry("姓名", Type::Name)];
    let rows = ["姓名|张三|性别|男", "出生日期|1990.1.2|工作单位|某村"];
    let both = vec![table("表1", 0, &["综合情况"], &["姓名|李四"]), table("表2", 0, &["推荐对象"], &rows)];
    let read = ask(&form, both).unwrap();
    assert_eq!((&read.head["姓名"], &read.rows[0].values["姓名"]), (&json!("李四"), &json!("张三")));
}

#[test]
fn a_long_list_is_laid_line_by_line() {
    let mut rows = vec!["姓名|性别|出生日期|工作单位|主要事迹".to_string()];
    rows.extend((1..10_000).map(|n| format!("张三|男|1990.1.2|第{n}村|事迹{n}")));
    let mut list = table("表1", 0, &[], &["甲"]);
    list.slots = rows
        .iter()
        .enumerate()
        .flat_map(|(row, cells)| {
            cells.split('|').enumerate().map(move |(column, text)| Slot {
                row,
                column,
                rows: 1,
                columns: 1,
                text: text.to_string(),
                numbered: None,
                picture: false,
                image: None,
            })
        })
        .collect();
    let read = ask(&people(20_000), vec![list]).unwrap();
    assert_eq!((read.rows.len(), read.rows[9_998].place.as_str()), (9_999, "表1 第10000行"));
}

#[test]
fn several_labels_may_stand_in_one_cell_and_outside_of_tables() {
    let rows = &[
        "姓名：欧阳䶮　性别：男|照片",
        "出生日期|一九八〇年六月一日",
        "工作单位：香泉镇第一村；主要事迹：多次值守。时间：九点。|<",
    ];
    let lines = &["推荐审批表", "填报单位：香泉镇党委　　　2026年6月9日", "（此表一式两份）"];
    let prose = Table { prose: true, ..table("正文", 0, &[], lines) };
    let read = ask(&people(20), vec![table("表1", 0, &["推荐审批表"], rows), prose.clone()]).unwrap();
    let says = json!({
        "姓名": "欧阳䶮", "性别": "男", "出生日期": "1980-06-01", "工作单位": "香泉镇第一村", "主要事迹": "多次值守。时间：九点。",
    });
    assert_eq!(values(&read), [says]);
    assert_eq!(read.head["填报单位"], "香泉镇党委　　　2026年6月9日");
    // a form that is all lines; a blank is not filled by what happens to stand below it
    let lines = &[
        "姓名：欧阳䶮",
        "性别：男",
        "出生日期：1980年6月1日",
        "工作单位：",
        "（此表一式两份）",
        "主要事迹：",
        "多次值守。",
    ];
    let prose = Table { prose: true, ..table("正文", 0, &[], lines) };
    assert_eq!(ask(&people(20), vec![prose]).unwrap_err(), ["正文 第4行“工作单位：”：“工作单位：”没有填写。"]);
    let lines = &["姓名：欧阳䶮", "性别：男", "出生日期：1980年6月1日", "工作单位：香泉镇", "主要事迹：", "多次值守。"];
    let prose = Table { prose: true, ..table("正文", 0, &[], lines) };
    assert_eq!(values(&ask(&people(20), vec![prose]).unwrap())[0]["主要事迹"], "多次值守。");
}

#[test]
fn a_form_of_their_own_is_told_what_of_its_text_was_not_read() {
    let rows = &["姓名|欧阳䶮|性别|男", "出生日期|1980年6月1日|工作单位|某村"];
    let lines = &[
        "技术能手推荐审批表",
        "附：主要事迹",
        "他在抗洪中表现突出。",
        "（盖章）　年　月　日",
        "请领导审批。",
        "籍贯：和县",
    ];
    let prose = Table { prose: true, ..table("正文", 0, &[], lines) };
    let read = ask(&people(20), vec![table("表1", 0, &[], rows), prose]).unwrap();
    let told = "正文里表格以外的文字没有读取：“附：主要事迹”“他在抗洪中表现突出。”“请领导审批。”等4处。";
    assert_eq!(read.remarks, [told]);
    // below a list of several nobody knows whose it is
    let rows = &["姓名|性别|出生日期|工作单位", "张三|男|1980年6月1日|某村", "李四|男|1981年6月1日|某村"];
    let prose = Table { prose: true, ..table("正文", 0, &[], &["主要事迹：多次值守。"]) };
    let read = ask(&people(20), vec![table("表1", 0, &[], rows), prose]).unwrap();
    assert_eq!(read.rows.len(), 2);
    assert_eq!(read.remarks, ["正文 第1行“主要事迹”不知道是哪一个对象的，没有读取：“多次值守。”。"]);
}
