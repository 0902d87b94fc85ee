//! Forms out and in: every type, every way a clerk or his program can spoil a file, and the office suites themselves.

mod drawn;
mod hostile;
mod lists;
mod made;
mod memory;
mod numbers;
mod office;
mod older;
mod outside;
mod shown;
mod text;
mod word;

use super::{fill, read, read_for, write};
use crate::submission::{Answers, Cell, Entry, Filled, FilledLine, Form, Grid, Line, Raw, TableKey, Type, What};
use serde_json::{Map, Value, json};

/// An entry of a type, named and titled alike.
fn entry(name: &str, kind: Type) -> Entry {
    Entry {
        name: name.to_string(),
        title: name.to_string(),
        also: Vec::new(),
        kind,
        optional: false,
        shown: false,
        min: None,
        max: None,
        unit: None,
        hint: None,
        of: Vec::new(),
    }
}

fn map(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| word.to_string()).collect()
}

/// A commendation form such as an office gets: head, quotas, attachments, one table, one sheet with known items.
fn form() -> Form {
    let mut reason = entry("推荐理由", Type::Text(500));
    reason.hint = Some("写主要事迹，不要写空话。".to_string());
    let mut phone = entry("联系电话", Type::Phone);
    phone.optional = true;
    let mut name = entry("姓名", Type::Name);
    name.shown = true;
    let mut since = entry("入党时间", Type::Date);
    since.of = strings(&["优秀共产党员", "优秀党务工作者"]);
    since.max = Some("2026-06-30".to_string());
    let mut score = entry("得分", Type::Integer);
    (score.min, score.max, score.unit) = (Some("0".to_string()), Some("100".to_string()), Some("分".to_string()));
    let mut money = entry("慰问金", Type::Money);
    (money.unit, money.optional) = (Some("元".to_string()), true);
    let quota = Type::Table(
        vec![("先进基层党组织".to_string(), Type::Integer), ("优秀共产党员".to_string(), Type::Integer)],
        Some(TableKey::Office),
    );
    let offices: Vec<String> = (1..=60).map(|n| format!("香泉镇第{n}村党支部委员会")).collect();
    let answers = Answers {
        what: What::Task,
        office: "xiangquan".to_string(),
        about: "七一表彰".to_string(),
        stage: Some("推荐".to_string()),
        case: Some("2026-qiyi-1".to_string()),
        task: Some(7),
        revision: 2,
    };
    Form {
        title: "2026年度“两优一先”推荐表".to_string(),
        answers,
        notes: strings(&[
            "请各党支部按名额推荐，于2026年6月10日17:00前交回。",
            "上次退回的原因：第2行身份证号码校验不对。",
        ]),
        quotas: vec![("优秀共产党员".to_string(), "3".to_string(), "1".to_string())],
        head: vec![
            entry("填表人", Type::Name),
            phone,
            entry("报送日期", Type::Date),
            reason,
            entry("所在支部", Type::One(offices)),
            entry("名额", quota),
        ],
        head_values: map(json!({ "名额": { "香泉镇": { "先进基层党组织": 1 }, "善厚镇": {} } })),
        grids: vec![Grid {
            name: "推荐对象".to_string(),
            columns: vec![
                name,
                entry("身份证号", Type::IdNumber),
                entry("类别", Type::One(strings(&["优秀共产党员", "优秀党务工作者", "先进基层党组织"]))),
                since,
                entry("是否公示", Type::YesNo),
                score,
                money,
                entry("主要事迹", Type::Text(800)),
            ],
            lines: vec![
                Line { item: Some(3), values: map(json!({ "姓名": "张三" })) },
                Line { item: Some(5), values: map(json!({ "姓名": "欧阳䶮", "入党时间": "1998-07-01" })) },
            ],
            blank: 6,
            called: None,
        }],
        attach: strings(&["党员大会会议记录（扫描件）", "推荐对象近期二寸免冠照片"]),
    }
}

/// A part of a package, unpacked.
fn part(bytes: &[u8], name: &str) -> String {
    let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    std::io::read_to_string(package.by_name(name).unwrap()).unwrap()
}

fn cell<'a>(cells: &'a [Cell], name: &str) -> Option<&'a Cell> {
    cells.iter().find(|cell| cell.name == name)
}

fn raw(line: &FilledLine, name: &str) -> Raw {
    cell(&line.cells, name).map_or(Raw::Empty, |cell| cell.raw.clone())
}

fn words(text: &str) -> Raw {
    Raw::Text(text.to_string())
}

/// The form filled in by a clerk.
fn returned() -> Vec<u8> {
    let head = json!({
        "填表人": "李四", "报送日期": "2026-06-09", "推荐理由": "=cmd()|'/c calc'!A1", "所在支部": "香泉镇第60村党支部委员会",
        "名额": { "香泉镇": { "先进基层党组织": 2, "优秀共产党员": 5 }, "善厚镇": { "先进基层党组织": 1, "优秀共产党员": 4 } },
    });
    let rows = [
        (
            Some(3),
            map(json!({
                "身份证号": "342625197001010016", "类别": "优秀共产党员", "入党时间": "1995-12-31", "是否公示": true, "得分": 98,
                "慰问金": "1234567.80", "主要事迹": "第一行\n第二行 <script>alert(1)</script> 䶮㛃𬭊",
            })),
        ),
        (None, map(json!({ "姓名": "-王五", "身份证号": "34262519700101001X", "主要事迹": "@here +1" }))),
    ];
    fill(&form(), &map(head), &rows).unwrap()
}

/// What must come back from [`returned`], whoever saved it in between.
fn check(filled: &Filled, first: &str, table: &str) {
    assert_eq!(filled.answers, Some(form().answers));
    let head = |name: &str| cell(&filled.head, name).unwrap_or_else(|| panic!("{name} missing in {:?}", filled.head));
    assert_eq!((&head("填表人").raw, cell(&filled.head, "联系电话").map(|c| &c.raw)), (&words("李四"), None));
    assert!(head("填表人").place.starts_with("填写!B"), "{}", head("填表人").place);
    assert_eq!(head("报送日期").raw, Raw::Date("2026-06-09".to_string()));
    assert_eq!(head("推荐理由").raw, words("=cmd()|'/c calc'!A1"));
    assert_eq!(head("所在支部").raw, words("香泉镇第60村党支部委员会"));
    let row = |a: f64, b: f64| {
        Raw::Map(vec![("先进基层党组织".to_string(), Raw::Number(a)), ("优秀共产党员".to_string(), Raw::Number(b))])
    };
    assert_eq!(
        head("名额").raw,
        Raw::Map(vec![("香泉镇".to_string(), row(2.0, 5.0)), ("善厚镇".to_string(), row(1.0, 4.0))])
    );
    assert_eq!(head("名额").place, table);
    let (name, lines) = &filled.grids[0];
    assert_eq!((name.as_str(), filled.grids.len(), lines.len()), ("推荐对象", 1, 3));
    assert_eq!((lines[0].item, lines[1].item, lines[2].item), (Some(3), Some(5), None));
    assert_eq!(lines[0].place, format!("{first} 第3行"));
    assert_eq!(cell(&lines[0].cells, "身份证号").unwrap().place, format!("{first}!C3"));
    assert_eq!(raw(&lines[0], "身份证号"), words("342625197001010016"));
    assert_eq!(raw(&lines[0], "入党时间"), Raw::Date("1995-12-31".to_string()));
    assert_eq!(raw(&lines[0], "是否公示"), words("是"));
    assert_eq!((raw(&lines[0], "得分"), raw(&lines[0], "慰问金")), (Raw::Number(98.0), Raw::Number(1_234_567.8)));
    assert_eq!(raw(&lines[0], "主要事迹"), words("第一行\n第二行 <script>alert(1)</script> 䶮㛃𬭊"));
    assert_eq!((raw(&lines[1], "姓名"), raw(&lines[1], "得分")), (words("欧阳䶮"), Raw::Empty));
    assert_eq!((raw(&lines[2], "姓名"), raw(&lines[2], "主要事迹")), (words("-王五"), words("@here +1")));
}

#[test]
fn a_filled_form_comes_back_cell_by_cell() {
    check(&read("表.xlsx", &returned()).unwrap(), "推荐对象", "名额");
    // the name says nothing: the content does
    check(&read("表.docx", &returned()).unwrap(), "推荐对象", "名额");
}

#[test]
fn one_form_gives_the_same_bytes() {
    assert_eq!(write(&form()).unwrap(), write(&form()).unwrap());
}

#[test]
fn an_untouched_form_comes_back_with_what_was_shown() {
    let filled = read("表.xlsx", &write(&form()).unwrap()).unwrap();
    assert_eq!(filled.grids[0].1.len(), 2);
    assert_eq!(filled.head.iter().map(|cell| cell.name.as_str()).collect::<Vec<_>>(), ["名额"]);
}

#[test]
fn every_type_survives() {
    let one = Type::One(strings(&["甲", "乙,丙"]));
    let cases: Vec<(Type, Value, Raw)> = vec![
        (Type::Text(20), json!("1-2"), words("1-2")),
        (Type::Text(2000), json!("+86 0565"), words("+86 0565")),
        (Type::Name, json!("䶮㛃𬭊"), words("䶮㛃𬭊")),
        (Type::IdNumber, json!("342625197001010016"), words("342625197001010016")),
        (Type::CreditCode, json!("11341424003033333X"), words("11341424003033333X")),
        (Type::Phone, json!("05656811234"), words("05656811234")),
        (Type::Email, json!("a@example.org"), words("a@example.org")),
        (Type::Address, json!("和县香泉镇　"), words("和县香泉镇")),
        (Type::Integer, json!(-7), Raw::Number(-7.0)),
        (Type::Decimal(2), json!("12.50"), Raw::Number(12.5)),
        (Type::Decimal(2), json!("12345678901234567.89"), words("12345678901234567.89")),
        (Type::Money, json!("0.10"), Raw::Number(0.1)),
        (Type::Percent, json!("99.5"), words("99.5")),
        (Type::Text(2000), json!("a_x4E00_b\tc"), words("a_x4E00_b\tc")),
        (Type::AboutNumber, json!("300余"), words("300余")),
        (Type::Date, json!("2026-02-28"), Raw::Date("2026-02-28".to_string())),
        (Type::Date, json!("2026-02-30"), words("2026-02-30")),
        (Type::Month, json!("2026-05"), words("2026-05")),
        (Type::Year, json!("2026"), words("2026")),
        (Type::Time, json!("17:00"), words("17:00")),
        (Type::Period, json!("2026-W14"), words("2026-W14")),
        (Type::YesNo, json!(false), words("否")),
        (Type::Office, json!("香泉镇"), words("香泉镇")),
        (Type::File, json!("记录.pdf"), words("记录.pdf")),
        (Type::Image, json!("照片.jpg"), words("照片.jpg")),
        (one, json!("乙,丙"), words("乙,丙")),
        (Type::Any(strings(&["甲", "乙"])), json!(["甲", "乙"]), words("甲、乙")),
        (Type::List(Box::new(Type::Text(50)), 2), json!(["一、二", "三"]), words("一、二\n三")),
    ];
    let named = |n: usize| format!("项{n}");
    let mut form = form();
    form.head = cases.iter().enumerate().map(|(n, (kind, _, _))| entry(&named(n), kind.clone())).collect();
    form.head_values.clear();
    form.grids[0].columns.clone_from(&form.head);
    form.grids[0].lines.clear();
    let values: Map<String, Value> =
        cases.iter().enumerate().map(|(n, (_, value, _))| (named(n), value.clone())).collect();
    let filled = read("表.xlsx", &fill(&form, &values, &[(None, values.clone())]).unwrap()).unwrap();
    for (n, (kind, _, wanted)) in cases.iter().enumerate() {
        assert_eq!(&cell(&filled.head, &named(n)).unwrap().raw, wanted, "{kind:?}");
        assert_eq!(&raw(&filled.grids[0].1[0], &named(n)), wanted, "{kind:?}");
    }
}

#[test]
fn tables_without_keys_are_rows_and_names_are_made_to_fit() {
    let mut form = form();
    let kind = Type::Table(vec![("名称".to_string(), Type::Text(40)), ("已收".to_string(), Type::YesNo)], None);
    form.head = vec![entry("材料/清单[1]", kind)];
    form.grids.clear();
    let value = json!({ "材料/清单[1]": [{ "名称": "申请书", "已收": true }, { "名称": "附图" }] });
    let filled = read("x", &fill(&form, &map(value), &[]).unwrap()).unwrap();
    assert_eq!(filled.head, []);
    assert_eq!((filled.grids[0].0.as_str(), filled.grids[0].1.len()), ("材料/清单[1]", 2));
    assert_eq!(filled.grids[0].1[1].place, "材料清单1 第4行");
}

/// Two persons with papers each: on a sheet of their own, chosen by the names that stand on the sheet of the persons.
#[test]
fn tables_of_rows_have_sheets_and_their_lines_names() {
    let papers = Type::Table(vec![("名称".to_string(), Type::Text(40)), ("份数".to_string(), Type::Integer)], None);
    let person = |name: &str, papers: Value| (None, map(json!({ "得分": 1, "姓名": name, "材料": papers })));
    let mut form = form();
    form.head.clear();
    let columns = vec![entry("得分", Type::Integer), entry("姓名", Type::Name), entry("材料", papers)];
    form.grids =
        vec![Grid {
            name: "推荐's 表".to_string(), columns, lines: vec![], blank: 5, called: Some("姓名".into())
        }];
    let rows =
        [person("张三", json!([{ "名称": "申请书", "份数": 2 }, { "名称": "=1+1" }])), person("李四", json!([]))];
    let bytes = fill(&form, &Map::new(), &rows).unwrap();
    let filled = read("x", &bytes).unwrap();
    let names: Vec<&str> = filled.grids.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["推荐's 表", "材料"]);
    let lines = &filled.grids[1].1;
    assert_eq!((lines.len(), lines[0].place.as_str()), (2, "材料 第3行"));
    assert_eq!([raw(&lines[0], "所属对象"), raw(&lines[1], "名称")], [words("张三"), words("=1+1")]);
    assert_eq!(raw(&filled.grids[0].1[1], "姓名"), words("李四"));
    let sheet = part(&bytes, "xl/worksheets/sheet3.xml");
    assert!(sheet.contains("<formula1>'推荐s 表'!$C$3:$C$307</formula1>"), "{sheet}");
    // items that stand there are chosen from a list; one alone need not be named
    let stands = |item: u32, name: &str| Line {
        item: Some(item),
        values: map(json!({ "姓名": name, "材料": [{ "名称": "表" }] })),
    };
    form.grids[0] = Grid { lines: vec![stands(3, "张三"), stands(5, "李四")], blank: 0, ..form.grids[0].clone() };
    let bytes = write(&form).unwrap();
    assert_eq!(read("x", &bytes).unwrap().grids[1].1.len(), 2);
    assert!(part(&bytes, "xl/worksheets/sheet3.xml").contains("\"张三,李四\""));
    form.grids[0].lines.pop();
    let filled = read("x", &write(&form).unwrap()).unwrap();
    assert_eq!(raw(&filled.grids[1].1[0], "所属对象"), Raw::Empty);
    assert_eq!(raw(&filled.grids[1].1[0], "名称"), words("表"));
}

#[test]
fn what_does_not_fit_a_workbook_is_an_error() {
    let mut long = form();
    long.head_values.insert("推荐理由".to_string(), json!("字".repeat(40_000)));
    assert!(matches!(write(&long), Err(super::FormError::TooLong { units: 40_000, .. })));
    let mut tall = form();
    tall.grids[0].blank = 10_000;
    assert!(matches!(write(&tall), Err(super::FormError::TooManyRows { rows: 10_002, .. })));
    assert!(matches!(fill(&form(), &Map::new(), &[(Some(99), Map::new())]), Err(super::FormError::NoLine(Some(99)))));
}
