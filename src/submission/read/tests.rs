//! What offices type, well and badly, against what was asked.

mod blocks;
mod dates;
mod hostile;
mod nothing;
mod objects;
mod paper;
mod photos;
mod rows;
mod sheets;
mod tables;

use super::read_value;
use crate::offices::{Office, Offices};
use crate::submission::{Entry, Raw, Type};
use serde_json::{Value, json};

fn entry(name: &str, kind: Type) -> Entry {
    super::value::column(name, &kind)
}

fn must(name: &str, kind: Type) -> Entry {
    Entry { optional: false, ..entry(name, kind) }
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| word.to_string()).collect()
}

fn text(words: &str) -> Raw {
    Raw::Text(words.to_string())
}

fn offices() -> Offices {
    let office = |id: &str, title: &str, folder: Option<&str>| Office {
        id: id.to_string(),
        title: title.to_string(),
        folder: folder.map(str::to_string),
        tags: Vec::new(),
        mail: None,
        superior: None,
        acting: Vec::new(),
        calendar: None,
        closes: None,
        owners: Vec::new(),
        successor: None,
        until: None,
        series: Vec::new(),
        running: indexmap::IndexMap::new(),
        phone: None,
        address: None,
    };
    let all = [
        office("xiangquan", "中共香泉镇委员会", Some("香泉镇")),
        office("shanhou", "中共善厚镇委员会", Some("善厚镇")),
        office("zuzhi", "县委组织部", None),
    ];
    let offices = all.into_iter().map(|office| (office.id.clone(), office)).collect();
    Offices { offices, ..Offices::default() }
}

fn read(kind: &Type, raw: Raw) -> Result<Value, String> {
    read_value(&entry("项", kind.clone()), &raw, &offices())
}

fn good(kind: Type, pairs: &[(Raw, Value)]) {
    for (raw, value) in pairs {
        assert_eq!(read(&kind, raw.clone()).as_ref(), Ok(value), "{kind:?} {raw:?}");
    }
}

fn bad(kind: Type, pairs: &[(Raw, &str)]) {
    for (raw, say) in pairs {
        let said = read(&kind, raw.clone()).expect_err(&format!("{kind:?} {raw:?}"));
        assert!(said.contains(say), "{kind:?} {raw:?}: {said}");
        assert!(said.ends_with('。'), "{said}");
    }
}

fn same(words: &str) -> (Raw, Value) {
    (text(words), json!(words))
}

#[test]
fn text_is_kept_as_it_is() {
    good(
        Type::Text(40),
        &[
            same("<script>alert(1)</script>"),
            same("=cmd()|'/c calc'!A1"),
            same("../../etc/passwd"),
            same("第一行\n第二行"),
            same("䶮㛃𬭊龥"),
            same("\u{FA0C}"),
            (text("一\r\n二"), json!("一\n二")),
            (text("　有\u{200B}空白　"), json!("有空白")),
            (text("e\u{301}"), json!("é")),
            (Raw::Number(12.0), json!("12")),
            (Raw::Number(0.1 + 0.2), json!("0.3")),
            (Raw::Flag(true), json!("是")),
            (Raw::Empty, Value::Null),
            (text("　"), Value::Null),
        ],
    );
    assert_eq!(read(&Type::Text(3), text("䶮㛃𬭊")), Ok(json!("䶮㛃𬭊")));
    bad(
        Type::Text(3),
        &[
            (text("一二三四"), "共4字，最多3字"),
            (text("\u{E000}"), "自造字（U+E000）"),
            (text("龥\u{E815}"), "第2个字是自造字（U+E815）"),
            (text("\u{F0000}"), "自造字"),
            (text("王\u{FFFD}"), "第2个字是乱码"),
            (text("锟斤拷"), "乱码"),
            (text("a\u{7}b"), "控制符（U+0007"),
            (text("a\tb"), "制表符"),
            (text("a\u{202E}b"), "看不见"),
            (Raw::Formula("=A1".to_string()), "单元格是公式，请改为直接填写数值"),
            (Raw::Broken("#REF!".to_string()), "#REF!"),
            (Raw::List(vec![text("a")]), "只能填一项"),
            (Raw::Map(vec![("a".to_string(), text("b"))]), "只能填一项"),
            (Raw::Number(1e17), "Excel"),
            (Raw::Formula("=_xlfn.DISPIMG(\"ID_0A1B\",1)".to_string()), "单元格里是图片"),
        ],
    );
}

/// The digits are lost whether the cell holds the number or what it shows.
#[test]
fn a_number_that_was_shortened_is_no_text() {
    let spoilt = "现在是“6.22E+18”：被 Excel 当成数字存了";
    for kind in [Type::Text(40), Type::Address, Type::Name, Type::List(Box::new(Type::Text(40)), 0)] {
        bad(kind, &[(text("6.22202E+18"), spoilt), (text("６.２２E+18"), spoilt)]);
    }
    good(Type::Text(40), &[same("1.5E+3"), same("型号 6.22202E+18"), same("E+18"), same("2E+5")]);
}

#[test]
fn names_of_every_shape() {
    good(
        Type::Name,
        &[
            same("欧阳䶮"),
            same("阿依古丽·买买提"),
            same("Maria Li"),
            (text("张　三"), json!("张三")),
            (text("李  四"), json!("李四")),
        ],
    );
    bad(Type::Name, &[(text("张三\n李四"), "不能换行"), (text(&"名".repeat(41)), "共41字")]);
    // one person a cell, where a person's name is asked
    let read = |title: &str, name: &str| super::value::all(&entry(title, Type::Name), &text(name), &offices());
    for several in ["张三、李四", "张三，李四", "张三；李四"] {
        assert_eq!(read("姓名", several), Err(vec!["一格只填一个人的姓名；有几个人的，一人一行。".to_string()]));
        assert_eq!(read("户主", several), read("姓名", several));
        assert_eq!(read("事项名称", several), Ok(json!(several)));
    }
    for several in ["周大贵 李四海", "周大贵　　李四海", "张三 李四 王五"] {
        assert!(read("户主", several).unwrap_err()[0].starts_with("像是几个人的姓名"), "{several}");
        let joined: String = several.split_whitespace().collect();
        assert_eq!(read("组织名称", several), Ok(json!(joined)));
    }
    for (one, name) in [("张　三", "张三"), ("欧阳 锋", "欧阳锋"), ("郑 大 海", "郑大海"), ("John Smith", "John Smith")]
    {
        assert_eq!(read("户主", one), Ok(json!(name)));
    }
}

#[test]
fn numbers_that_name_somebody() {
    good(
        Type::IdNumber,
        &[
            same("11010519491231002X"),
            (text("11010519491231002x"), json!("11010519491231002X")),
            (text("１１０１０５１９４９１２３１００２Ｘ"), json!("11010519491231002X")),
            (text("110105 19491231 002X"), json!("11010519491231002X")),
        ],
    );
    bad(
        Type::IdNumber,
        &[
            (text("110105194912310021"), "校验不对"),
            (text("440524188001010014"), "不是一个日期"),
            (text("11010519491231"), "现在是14位"),
            (text("110105491231002"), "15位的旧号码"),
            (text("11010519491231O02X"), "17位数字"),
            (text("一1010519491231002X"), "17位数字"),
            (Raw::Number(110_105_194_912_310_000.0), "请先把该列设为“文本”格式"),
            (text("1.10105E+17"), "现在是“1.10E+17”：被 Excel 当成数字存了"),
            (Raw::Number(4.420_001_974e17), "现在是“4.42E+17”：被 Excel 当成数字存了"),
            (Raw::Number(4.420_001_974e17), "请先把该列设为“文本”格式，再对照原件重新输入完整号码"),
            (text("442000197403120000"), "现在是“…000”：被 Excel 当成数字存了"),
            (text("4.4252419780615e+17"), "现在是“4.42E+17”：被 Excel 当成数字存了"),
            (text("110105194912310000"), "Excel"),
        ],
    );
    good(Type::CreditCode, &[same("91350100M000100Y43"), (text("91350100m000100y43"), json!("91350100M000100Y43"))]);
    bad(
        Type::CreditCode,
        &[(text("91350100M000100Y44"), "校验不对"), (text("91350100I000100Y43"), "不能有“I”"), (text("123"), "18位")],
    );
    good(
        Type::Phone,
        &[
            same("13800138000"),
            same("0565-5312345"),
            same("12345"),
            (text("０５６５－５３１２３４５"), json!("0565-5312345")),
            (text("+86 138 0013 8000"), json!("+8613800138000")),
            (text("（0565）5312345转8"), json!("(0565)5312345转8")),
            (Raw::Number(13_800_138_000.0), json!("13800138000")),
        ],
    );
    bad(
        Type::Phone,
        &[
            (text("1380013800"), "不像电话"),
            (text("12800138000"), "不像电话"),
            (text("没有"), "不能有“没”"),
            (Raw::Number(5_655_312_345.0), "“0”被"),
        ],
    );
    good(Type::Email, &[same("a.b+c@example.org"), (text("ａ＠example.org"), json!("a@example.org"))]);
    bad(
        Type::Email,
        &[
            (text("a@b"), "不像邮箱"),
            (text("a b.c"), "不像"),
            (text("a@b@c.d"), "不像"),
            (text("张@example.org"), "不像"),
        ],
    );
    good(Type::Address, &[same("安徽省和县香泉镇1号")]);
    bad(Type::Address, &[(text("一\n二"), "不能换行")]);
}

#[test]
fn numbers_are_exact() {
    good(
        Type::Integer,
        &[
            (Raw::Number(5.0), json!(5)),
            (text("１２"), json!(12)),
            (text("-7"), json!(-7)),
            (text("1,234"), json!(1234)),
            (text("007"), json!(7)),
        ],
    );
    bad(
        Type::Integer,
        &[(Raw::Number(1.5), "整数"), (text("五"), "整数"), (text("1,23"), "整数"), (Raw::Number(1e15), "Excel")],
    );
    good(
        Type::Decimal(2),
        &[
            (Raw::Number(12.5), json!("12.50")),
            (text("-0.00"), json!("0.00")),
            (text("1.500"), json!("1.50")),
            (text("012"), json!("12.00")),
        ],
    );
    bad(
        Type::Decimal(2),
        &[(text("1.234"), "最多2位小数"), (text("1."), "数字"), (text("."), "数字"), (text("1e5"), "数字")],
    );
    good(Type::Decimal(0), &[(text("3.0"), json!("3"))]);
    good(
        Type::Money,
        &[(text("￥1,234,567.80元"), json!("1234567.80")), (Raw::Number(1_234_567.8), json!("1234567.80"))],
    );
    bad(Type::Money, &[(text("3万元"), "数字"), (text("1.2E+16"), "Excel"), (text("9999999999999999.00"), "数字")]);
    good(
        Type::Percent,
        &[
            (text("95%"), json!("95")),
            (text("９９.５０％"), json!("99.5")),
            (Raw::Number(95.0), json!("95")),
            (Raw::Number(0.0), json!("0")),
        ],
    );
    bad(
        Type::Percent,
        &[(Raw::Number(0.95), "连百分号"), (text("101%"), "100%"), (text("-1"), "100%"), (text("多"), "百分数")],
    );
    good(
        Type::AboutNumber,
        &[
            same("300余"),
            same("约300"),
            same("1.2万多"),
            (Raw::Number(300.0), json!("300")),
            (text("1,200余"), json!("1200余")),
        ],
    );
    bad(Type::AboutNumber, &[(text("很多"), "应当是数"), (text("-3"), "应当是数"), (text("1.5"), "应当是数")]);
    let bounded = Entry {
        min: Some("1".to_string()),
        max: Some("100".to_string()),
        unit: Some("分".to_string()),
        ..entry("得分", Type::Integer)
    };
    assert_eq!(read_value(&bounded, &text("98分"), &offices()), Ok(json!(98)));
    assert_eq!(read_value(&bounded, &text("0"), &offices()), Err("不能小于1分，现在是0。".to_string()));
    assert_eq!(read_value(&bounded, &Raw::Number(101.0), &offices()), Err("不能大于100分，现在是101。".to_string()));
}

#[test]
fn choices_offices_and_lists() {
    good(
        Type::YesNo,
        &[
            (text("是"), json!(true)),
            (Raw::Flag(false), json!(false)),
            (text("√"), json!(true)),
            (text("×"), json!(false)),
            (text("TRUE"), json!(true)),
        ],
    );
    bad(Type::YesNo, &[(text("有"), "只能填“是”或“否”"), (text("1"), "只能填")]);
    let xiangquan = |raw: &str| (text(raw), json!("xiangquan"));
    good(
        Type::Office,
        &[
            xiangquan("xiangquan"),
            xiangquan("中共 香泉镇委员会"),
            xiangquan("香泉镇"),
            (text("县委组织部"), json!("zuzhi")),
        ],
    );
    bad(
        Type::Office,
        &[(text("香泉镇委员会"), "最接近的是“中共香泉镇委员会”"), (text("XYZ"), "没有“XYZ”这个单位，请")],
    );
    let one = Type::One(strings(&["优秀", "合格", "e\u{301}"]));
    good(one.clone(), &[same("优秀"), (text(" 合 格 "), json!("合格")), (text("é"), json!("e\u{301}"))]);
    bad(one, &[(text("良好"), "只能从“优秀”“合格”")]);
    let any = Type::Any(strings(&["甲", "乙,丙", "丁"]));
    good(
        any.clone(),
        &[
            (text("甲、乙,丙"), json!(["甲", "乙,丙"])),
            (text("甲，丁；甲"), json!(["甲", "丁"])),
            (Raw::List(vec![text("丁")]), json!(["丁"])),
        ],
    );
    bad(any, &[(text("甲、戊"), "现在是“戊”")]);
    let list = Type::List(Box::new(Type::Name), 2);
    good(list.clone(), &[(text("张三\n李四"), json!(["张三", "李四"])), (text("张三、李四"), json!(["张三", "李四"]))]);
    bad(list.clone(), &[(text("张三"), "至少填2项"), (Raw::List(vec![text("\u{E000}"), text("李四")]), "第1项")]);
    good(Type::List(Box::new(Type::Text(9)), 0), &[(text("一、二\n三"), json!(["一、二", "三"]))]);
}

#[test]
fn two_that_are_called_alike_are_told_apart_by_their_numbers() {
    let labels = ["1号 路灯不亮", "4号 路灯不亮：老街口", "12号 路灯不亮了", "3号 张三（先进个人）"];
    let kind = Type::One(strings(&labels));
    let several = "叫“路灯不亮”的有2个：“1号 路灯不亮”“4号 路灯不亮：老街口”，分不清是哪一个。请连同号数写明其中一个。";
    assert_eq!(read(&kind, text("路灯不亮")), Err(several.to_string()));
    let only = "只写了“张三”，请连同号数写成“3号 张三（先进个人）”。";
    assert_eq!(read(&kind, text("张三")), Err(only.to_string()));
    good(kind, &[(text("1号路灯不亮"), json!("1号 路灯不亮"))]);
}
