//! Whole submissions: headings, rows, tables, files, and every fault at once.

use super::super::{FAULTS_MAX, Understood, understand, understand_rows};
use super::{entry, must, offices, strings, text};
use crate::submission::{
    Answers, Attachment, Cell, Entry, Fault, Filled, FilledLine, Form, Grid, Line, Raw, TableKey, Type, What,
};
use serde_json::{Map, Value, json};

pub(super) fn form(head: Vec<Entry>, grids: Vec<Grid>) -> Form {
    let answers = Answers {
        what: What::Task,
        office: "xiangquan".to_string(),
        about: "七一表彰".to_string(),
        stage: None,
        case: None,
        task: None,
        revision: 0,
    };
    Form {
        title: "推荐表".to_string(),
        answers,
        notes: Vec::new(),
        quotas: Vec::new(),
        head,
        head_values: Map::new(),
        grids,
        attach: Vec::new(),
    }
}

fn people(name: &str, blank: usize) -> Grid {
    let shown = Entry { shown: true, title: "对象".to_string(), ..entry("~name", Type::Text(5000)) };
    let money = Entry { unit: Some("元".to_string()), also: strings(&["补助"]), ..entry("慰问金", Type::Money) };
    let outcome =
        Entry { title: "办理结果".to_string(), ..entry("outcome", Type::One(strings(&["合格", "不合格"]))) };
    Grid {
        name: name.to_string(),
        columns: vec![shown, must("姓名", Type::Name), must("身份证号", Type::IdNumber), money, outcome],
        lines: vec![Line { item: Some(7), values: Map::new() }],
        blank,
        called: None,
    }
}

pub(super) fn line(place: &str, item: Option<u32>, cells: &[(&str, Raw)]) -> FilledLine {
    let cell =
        |(name, raw): &(&str, Raw)| Cell { name: name.to_string(), raw: raw.clone(), place: format!("{place}!{name}") };
    FilledLine { item, place: place.to_string(), cells: cells.iter().map(cell).collect() }
}

pub(super) fn filled(head: &[(&str, Raw)], grids: Vec<(&str, Vec<FilledLine>)>) -> Filled {
    Filled {
        answers: Some(form(Vec::new(), Vec::new()).answers),
        head: line("填写", None, head).cells,
        grids: grids.into_iter().map(|(name, lines)| (name.to_string(), lines)).collect(),
        ..Filled::default()
    }
}

fn ask(form: &Form, filled: &Filled) -> Result<Understood, Vec<Fault>> {
    understand(form, filled, &offices())
}

fn says(form: &Form, filled: &Filled) -> Vec<String> {
    ask(form, filled).unwrap_err().into_iter().map(|fault| format!("{}：{}", fault.place, fault.say)).collect()
}

fn person(place: &str, item: Option<u32>) -> FilledLine {
    line(place, item, &[("姓名", text("张三")), ("身份证号", text("11010519491231002X"))])
}

#[test]
fn headings_are_found_whatever_stands_around_them() {
    let cells = [
        ("对象", text("不是答案")),
        ("*姓　名：", text("欧阳䶮")),
        ("身份证号\n（必填）", text("11010519491231002x")),
        ("慰问金（元）\n（可不填）", Raw::Number(300.0)),
        ("办 理 结 果", text("合格")),
        ("空栏", Raw::Empty),
    ];
    let read = ask(
        &form(vec![], vec![people("优秀", 0)]),
        &filled(&[], vec![("优 秀", vec![line("优秀 第3行", Some(7), &cells)])]),
    );
    let read = read.unwrap();
    assert_eq!(
        (read.rows[0].grid.as_str(), read.rows[0].item, read.rows[0].place.as_str()),
        ("优秀", Some(7), "优秀 第3行")
    );
    let values = json!({ "姓名": "欧阳䶮", "身份证号": "11010519491231002X", "慰问金": "300.00", "outcome": "合格" });
    assert_eq!(Value::Object(read.rows[0].values.clone()), values);
    let also = [("姓名", text("李四")), ("身份证号", text("11010519491231002X")), ("补助（元）", text("1.5"))];
    let read = ask(&form(vec![], vec![people("优秀", 3)]), &filled(&[], vec![("优秀", vec![line("行", None, &also)])]))
        .unwrap();
    assert_eq!(read.rows[0].values["慰问金"], json!("1.50"));
}

#[test]
fn every_fault_is_said_at_once() {
    let head = vec![must("报送日期", Type::Date), must("填表人", Type::Name), entry("得分", Type::Integer)];
    let cells = [
        ("姓名", text("王\u{E000}")),
        ("身份证号", Raw::Number(110_105_194_912_310_000.0)),
        ("慰问金（万元）", text("3")),
        ("outcome", text("良好")),
    ];
    let rows = vec![
        line("优秀 第3行", None, &cells),
        line("优秀 第4行", None, &[("姓名", text("赵六")), ("慰问金（万元）", text("4"))]),
        line("优秀 第5行", Some(7), &[("对象", text("只显示"))]),
    ];
    let said = says(
        &form(head, vec![people("优秀", 3)]),
        &filled(&[("报送日期", text("昨天")), ("得分", Raw::Formula("=1+1".to_string()))], vec![("优秀", rows)]),
    );
    let wanted = [
        "填写!报送日期：“报送日期”不是一个日期",
        "填写!得分：“得分”单元格是公式",
        "优秀 第3行!姓名：“姓名”第2个字是自造字",
        "优秀 第3行!身份证号：“身份证号”现在是“1.10E+17”：被 Excel",
        "优秀 第3行!慰问金（万元）：没有“慰问金（万元）”这一栏，最接近的是“慰问金”。",
        "优秀 第3行!outcome：“办理结果”只能从“合格”“不合格”中选择",
        "优秀 第4行 身份证号：“身份证号”没有填写。",
        "填表人：“填表人”没有填写。",
    ];
    assert_eq!(said.len(), wanted.len(), "{said:#?}");
    for (said, wanted) in said.iter().zip(wanted) {
        assert!(said.starts_with(wanted), "{said} / {wanted}");
    }
}

#[test]
fn faults_are_counted_when_there_are_too_many() {
    let rows = (0..300)
        .map(|n| line(&format!("第{n}行"), None, &[("姓名", text("王\u{FFFD}")), ("身份证号", text("1"))]))
        .collect();
    let said = says(&form(vec![], vec![people("优秀", 0)]), &filled(&[], vec![("优秀", rows)]));
    assert_eq!(
        (said.len(), said.last().unwrap().as_str()),
        (FAULTS_MAX, "：另有401处问题没有列出，请先改正以上各处。")
    );
}

#[test]
fn rows_without_an_answer_are_not_there() {
    let rows = vec![
        line("第3行", Some(7), &[("对象", text("张三"))]),
        line("第4行", None, &[("姓名", text("　"))]),
        person("第5行", Some(99)),
    ];
    let read = ask(&form(vec![], vec![people("优秀", 0)]), &filled(&[], vec![("优秀", rows)])).unwrap();
    assert_eq!(read.rows.iter().map(|row| row.item).collect::<Vec<_>>(), [Some(99)]);
    let rows = vec![line("第3行", Some(7), &[("outcome", text("合格"))])];
    let said = says(&form(vec![], vec![people("优秀", 0)]), &filled(&[], vec![("优秀", rows)]));
    assert_eq!(said, ["第3行 姓名：“姓名”没有填写。", "第3行 身份证号：“身份证号”没有填写。"]);
}

#[test]
fn an_item_is_answered_once() {
    let rows = vec![person("第3行", Some(7)), person("第4行", None), person("第5行", Some(7))];
    let said = says(&form(vec![], vec![people("优秀", 3)]), &filled(&[], vec![("优秀", rows)]));
    assert_eq!(said, ["第5行：与“第3行”是同一个对象（编号7），请只留一行；新增的对象请填在空行里。"]);
    let twice =
        line("第3行", None, &[("姓名", text("甲")), ("姓 名", text("乙")), ("身份证号", text("11010519491231002X"))]);
    let said = says(&form(vec![], vec![people("优秀", 3)]), &filled(&[], vec![("优秀", vec![twice])]));
    assert_eq!(said, ["第3行!姓 名：“姓 名”写了两次，请只留一处。"]);
}

#[test]
fn two_entries_under_one_heading_are_told_apart_by_their_names_first() {
    let reason = Entry { title: "理由".to_string(), ..entry("reason", Type::Text(9)) };
    let asked = form(vec![reason, entry("理由", Type::Text(9))], vec![]);
    let read = ask(&asked, &filled(&[("理由", text("甲")), ("理由", text("乙"))], vec![])).unwrap();
    assert_eq!(Value::Object(read.head), json!({ "理由": "甲", "reason": "乙" }));
}

#[test]
fn rows_without_a_sheet_name_find_theirs() {
    let one = form(vec![], vec![people("优秀", 3)]);
    assert_eq!(ask(&one, &filled(&[], vec![("", vec![person("rows[1]", None)])])).unwrap().rows[0].grid, "优秀");
    let mut other = people("先进", 3);
    other.lines[0].item = Some(8);
    let two = form(vec![], vec![people("优秀", 3), other]);
    let of = |heading: &str, name: &str| {
        let mut line = person("rows[1]", None);
        line.cells.push(Cell { name: heading.to_string(), raw: text(name), place: "rows[1].类别".to_string() });
        line
    };
    let rows = vec![of("类别", "先进"), of("category", "优秀"), person("rows[3]", Some(8))];
    let read = ask(&two, &filled(&[], vec![("", rows)])).unwrap();
    assert_eq!(read.rows.iter().map(|row| row.grid.as_str()).collect::<Vec<_>>(), ["先进", "优秀", "先进"]);
    let said = says(&two, &filled(&[], vec![("", vec![of("类别", "落后"), person("rows[2]", None)])]));
    assert_eq!(said[0], "rows[1].类别：“类别”只能写“优秀”“先进”，现在是“落后”。");
    assert_eq!(said[1], "rows[2]：没有写“类别”，不知道属于哪一类。请写明“类别”：“优秀”“先进”。");
    let said = says(&two, &filled(&[], vec![("优秀者", vec![person("优秀者 第3行", None)])]));
    assert_eq!(said, ["优秀者 第3行：没有“优秀者”这一页，最接近的是“优秀”，本表有“优秀”“先进”。"]);
    let said = says(&form(vec![], vec![]), &filled(&[], vec![("", vec![person("rows[1]", None)])]));
    assert_eq!(said, ["rows[1]：本表没有要逐行填写的内容，请删去这些行。"]);
    let mut foreign = filled(&[], vec![("Sheet1", vec![person("Sheet1 第2行", None)])]);
    foreign.answers = None;
    assert_eq!(ask(&one, &foreign).unwrap().rows[0].grid, "优秀");
}

fn quota(key: Option<TableKey>) -> Entry {
    let columns = vec![("先进集体".to_string(), Type::Integer), ("先进个人".to_string(), Type::Integer)];
    must("名额", Type::Table(columns, key))
}

fn map(entries: &[(&str, Raw)]) -> Raw {
    Raw::Map(entries.iter().map(|(key, raw)| (key.to_string(), raw.clone())).collect())
}

#[test]
fn keyed_tables_know_offices_by_title() {
    let form = form(vec![quota(Some(TableKey::Office))], vec![]);
    let raw = map(&[
        ("中共香泉镇委员会", map(&[("先进集体", Raw::Number(2.0)), ("先进个人", Raw::Empty)])),
        ("善厚镇", map(&[("先 进 个 人", text("３"))])),
        ("县委组织部", map(&[("先进集体", Raw::Empty)])),
    ]);
    let value = json!({ "名额": { "xiangquan": { "先进集体": 2 }, "shanhou": { "先进个人": 3 } } });
    assert_eq!(Value::Object(ask(&form, &filled(&[("名额", raw)], vec![])).unwrap().head), value);
    let rows = vec![
        line("名额 第3行", None, &[("单位", text("香泉镇")), ("先进集体", Raw::Number(2.0))]),
        line("名额 第4行", None, &[("单位", text("shanhou")), ("先进个人", Raw::Number(3.0))]),
    ];
    assert_eq!(Value::Object(ask(&form, &filled(&[], vec![("名额", rows)])).unwrap().head), value);
    let raw = map(&[
        ("香泉镇", map(&[("先进集体", text("两个")), ("后进", text("1"))])),
        ("xiangquan", map(&[("先进集体", Raw::Number(1.0))])),
        ("某镇", map(&[("先进集体", Raw::Number(1.0))])),
    ]);
    let said = says(&form, &filled(&[("名额", raw)], vec![]));
    assert_eq!(
        said,
        [
            "填写!名额：“名额”“香泉镇”一行的“先进集体”应当是整数，现在是“两个”。",
            "填写!名额：“名额”“香泉镇”一行没有“后进”这一栏，只有“先进集体”“先进个人”。",
            "填写!名额：“名额”“xiangquan”写了两行，请合并成一行。",
            "填写!名额：“名额”没有“某镇”这个单位，最接近的是“中共香泉镇委员会”，请填写单位全称。",
        ]
    );
    let empty = map(&[("香泉镇", map(&[]))]);
    assert_eq!(says(&form, &filled(&[("名额", empty)], vec![])), ["名额：“名额”没有填写。"]);
}

#[test]
fn tables_without_keys_are_rows() {
    let rows = || {
        vec![
            line("名额 第3行", None, &[("先进集体", text("1"))]),
            line("名额 第4行", None, &[("先进集体", Raw::Empty)]),
        ]
    };
    let asked = form(vec![quota(None)], vec![]);
    for name in ["名额", ""] {
        let read = ask(&asked, &filled(&[], vec![(name, rows())])).unwrap();
        assert_eq!(Value::Object(read.head), json!({ "名额": [{ "先进集体": 1 }] }));
    }
    let text_keyed = form(vec![quota(Some(TableKey::Text))], vec![]);
    let read =
        ask(&text_keyed, &filled(&[("名额", map(&[("甲类", map(&[("先进个人", text("1"))]))]))], vec![])).unwrap();
    assert_eq!(Value::Object(read.head), json!({ "名额": { "甲类": { "先进个人": 1 } } }));
}

#[test]
fn files_are_known_by_their_digests() {
    let asked = form(vec![must("会议记录", Type::File), must("照片", Type::Image)], vec![]);
    let mut given = filled(&[("会议记录", text("记录"))], vec![]);
    let attachment =
        |name: &str, digest: &str| Attachment { name: name.to_string(), digest: digest.to_string(), bytes: 1 };
    given.attachments = vec![attachment("记录.pdf", "aa"), attachment("照片.jpg", "bb")];
    let read = ask(&asked, &given).unwrap();
    assert_eq!(Value::Object(read.head), json!({ "会议记录": "aa", "照片": "bb" }));
    assert_eq!(read.attachments.len(), 2);
    given.attachments.clear();
    let said = says(&asked, &given);
    assert!(said[0].contains("“会议记录”写的“记录”不在附件里，没有收到附件"), "{said:?}");
    assert_eq!(said[1], "照片：“照片”没有填写。");
}

#[test]
fn a_row_that_is_wrong_is_returned_by_itself_and_a_heading_returns_the_whole() {
    let form = form(Vec::new(), vec![people("党员", 5)]);
    let good = line("党员 第3行", None, &[("姓名", text("陈志强")), ("身份证号", text("442000197803120037"))]);
    let bad = line("党员 第4行", None, &[("姓名", text("李敏")), ("身份证号", text("442000197803120038"))]);
    let twice = |place: &str| line(place, Some(7), &[("姓名", text("何伟")), ("身份证号", text("442000197803120037"))]);
    let rows = |lines: Vec<FilledLine>| understand_rows(&form, &filled(&[], vec![("党员", lines)]), &offices());
    let (understood, returned) = rows(vec![good.clone(), bad.clone()]).unwrap();
    let places = |rows: &Understood| rows.rows.iter().map(|row| row.place.clone()).collect::<Vec<_>>();
    assert_eq!(places(&understood), ["党员 第3行"]);
    assert_eq!(returned.iter().map(|f| f.place.as_str()).collect::<Vec<_>>(), ["党员 第4行!身份证号"]);
    // of two rows about one item nobody could say which holds
    let (understood, returned) = rows(vec![good.clone(), twice("党员 第5行"), twice("党员 第6行")]).unwrap();
    assert_eq!((places(&understood), returned.len()), (vec!["党员 第3行".to_string()], 1));
    assert_eq!(rows(vec![bad.clone()]).unwrap_err().len(), 1);
    let mut strange = good;
    strange.cells.push(Cell { name: "籍贯".to_string(), raw: text("香山"), place: "党员!Z3".to_string() });
    assert_eq!(rows(vec![strange, bad]).unwrap_err().len(), 2);
}

#[test]
fn what_was_taken_out_of_an_items_cell_is_told_and_what_has_no_cell_is_not() {
    let mut grid = people("优秀", 0);
    let values = [("姓名", "张三"), ("身份证号", "11010519491231002X"), ("慰问金", "300.00")];
    grid.lines[0].values = values.iter().map(|(name, value)| (name.to_string(), json!(value))).collect();
    let asked = form(vec![], vec![grid]);
    let cleared = |headings: &[&str], cells: &[(&str, Raw)], item: Option<u32>| {
        let row = [&[("姓名", text("张三")), ("身份证号", text("11010519491231002X"))], cells].concat();
        let mut filled = filled(&[], vec![("优秀", vec![line("第3行", item, &row)])]);
        let headings = headings.iter().map(ToString::to_string).collect();
        filled.headings.push(("优秀".to_string(), headings));
        ask(&asked, &filled).unwrap().rows.remove(0).cleared
    };
    let all = ["姓名", "身份证号", "慰问金（元）", "办理结果"];
    assert_eq!(cleared(&all, &[], Some(7)), ["慰问金"]);
    assert!(cleared(&all, &[("慰问金", text("200"))], Some(7)).is_empty(), "it was changed");
    assert!(cleared(&all[..2], &[], Some(7)).is_empty(), "the column is not there");
    assert!(cleared(&all, &[], None).is_empty(), "a new row");
    assert_eq!(cleared(&[], &[("慰问金", Raw::Empty)], Some(7)), ["慰问金"], "a text file says so by name");
}

#[test]
fn a_heading_that_is_unknown_or_stands_twice_is_named_once_by_its_own_cell() {
    let row = |number: u32, id: &str| {
        let cells = [("姓名", "甲", "A"), ("身份证号", id, "B"), ("籍贯", "香泉", "C"), ("姓 名", "乙", "D")];
        let cell = |(name, words, column): (&str, &str, &str)| Cell {
            name: name.to_string(),
            raw: text(words),
            place: format!("名单!{column}{number}"),
        };
        FilledLine { item: None, place: format!("名单 第{number}行"), cells: cells.map(cell).to_vec() }
    };
    let rows = vec![row(13, "11010519491231002X"), row(14, "442000197803120037")];
    let mut filled = filled(&[], vec![("优秀", rows)]);
    filled.headings_at =
        ["C", "D"].map(|column| (format!("名单!{column}"), format!("名单!{column}12"))).into_iter().collect();
    let said = says(&form(vec![], vec![people("优秀", 3)]), &filled);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("名单!C12：没有“籍贯”这一栏"), "{said:?}");
    assert_eq!(said[1], "名单!D12：“姓 名”这一栏有两个，请只留一个。");
}
