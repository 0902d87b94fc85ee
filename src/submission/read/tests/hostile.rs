//! Nothing an office types makes a reader panic, and nothing that was refused comes through by another way.

use super::super::{read_value, understand};
use super::sheets::{filled, form, line};
use super::{entry, offices, strings};
use crate::submission::{Entry, Grid, Raw, TableKey, Type};

const PIECES: [&str; 30] = [
    "",
    "0",
    "9",
    "1234",
    "99999999999999999999",
    "-",
    "+",
    ".",
    ",",
    "E+",
    "%",
    "年",
    "月",
    "十",
    "〇",
    "Q",
    "W",
    "H",
    "~",
    ":",
    "@",
    "余",
    "约",
    "万",
    "、",
    "\n",
    "\u{301}",
    "\u{1F600}",
    "Ｘ",
    "𠮷",
];

fn kinds() -> Vec<Type> {
    let columns = vec![("数".to_string(), Type::Integer)];
    vec![
        Type::Text(5),
        Type::Name,
        Type::IdNumber,
        Type::CreditCode,
        Type::Phone,
        Type::Email,
        Type::Address,
        Type::Integer,
        Type::Decimal(2),
        Type::Money,
        Type::Percent,
        Type::AboutNumber,
        Type::Date,
        Type::Month,
        Type::Year,
        Type::Time,
        Type::Period,
        Type::YesNo,
        Type::Office,
        Type::File,
        Type::One(strings(&["甲"])),
        Type::Any(strings(&["甲", "乙"])),
        Type::List(Box::new(Type::Date), 1),
        Type::Table(columns.clone(), Some(TableKey::Office)),
        Type::Table(columns, None),
    ]
}

#[test]
fn nothing_panics() {
    let offices = offices();
    for kind in kinds() {
        let entry = entry("项", kind);
        for a in PIECES {
            for b in PIECES {
                for c in PIECES {
                    let raw = Raw::Text(format!("{a}{b}{c}"));
                    if let Err(say) = read_value(&entry, &raw, &offices) {
                        assert!(say.ends_with('。'), "{:?} {raw:?}: {say}", entry.kind);
                    }
                }
            }
        }
        let numbers = [f64::NAN, f64::INFINITY, -0.0, 0.5, 1e-300, -1e300, 9e14, 1e15, 20_220_230.0, 2020.1];
        for raw in
            numbers.map(Raw::Number).into_iter().chain([Raw::Date("十二月".to_string()), Raw::Date(String::new())])
        {
            let _ = read_value(&entry, &raw, &offices);
            let _ = read_value(&entry, &Raw::List(vec![raw.clone()]), &offices);
            let _ = read_value(&entry, &Raw::Map(vec![("香泉镇".to_string(), raw)]), &offices);
        }
    }
}

/// Numbers of persons in the wrong column come back veiled, whatever the column asks for, and as headings and keys too.
#[test]
fn numbers_of_persons_are_not_repeated() {
    let numbers = ["442000197803129058", "442000 19780312 9058", "13812345678", "138-1234-5678", "6222021234567890128"];
    for number in numbers {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let raw = Raw::Text(format!("{number}元"));
        let check = |kind: &Type, raw: Raw, heading: &str| {
            let columns = vec![entry("项", kind.clone())];
            let grid =
                Grid { name: "推荐".into(), columns: columns.clone(), lines: Vec::new(), blank: 3, called: None };
            let row = line("推荐!2", None, &[(heading, raw.clone())]);
            for (form, filled) in [
                (form(columns, Vec::new()), filled(&[(heading, raw.clone())], Vec::new())),
                (form(Vec::new(), vec![grid]), filled(&[], vec![("推荐", vec![row])])),
            ] {
                for fault in understand(&form, &filled, &offices()).err().into_iter().flatten() {
                    assert!(!digits(&fault.say).contains(&digits(number)), "{kind:?} {raw:?}: {fault:?}");
                }
            }
        };
        for kind in kinds() {
            let scored = Entry { max: Some("100".to_string()), ..entry("项", kind.clone()) };
            if let Err(fault) = understand(
                &form(vec![scored], Vec::new()),
                &filled(&[("项", Raw::Text(number.into()))], Vec::new()),
                &offices(),
            ) {
                assert!(!digits(&fault[0].say).contains(&digits(number)), "{kind:?}: {fault:?}");
            }
            for raw in [
                raw.clone(),
                Raw::Text(number.into()),
                Raw::List(vec![raw.clone()]),
                Raw::Map(vec![(number.into(), raw.clone())]),
            ] {
                check(&kind, raw, "项");
            }
            check(&kind, raw.clone(), number);
        }
    }
    // in a name it is a fault
    let name = |said: &str| read_value(&entry("姓名", Type::Name), &Raw::Text(said.into()), &offices());
    for said in ["442000197803129058", "44200019780312905X", "张三13812345678", "４４２０００ 19780312 9058"] {
        assert!(name(said).is_err_and(|say| say.contains("填错了栏")), "{said}");
    }
    for said in ["张三", "香山镇12345便民社", "2022-2023学年第1组"] {
        assert!(name(said).is_ok(), "{said}");
    }
}

#[test]
fn damaged_text_comes_through_nowhere() {
    for kind in kinds() {
        for damaged in ["\u{FFFD}", "锟斤拷", "\u{E000}", "甲\u{0}", "2022年6月1日\u{10FFFD}"] {
            let raw = Raw::Text(damaged.to_string());
            let map = Raw::Map(vec![("香泉镇".to_string(), raw.clone())]);
            for raw in [
                raw.clone(),
                Raw::List(vec![raw]),
                map,
                Raw::Formula("=1".to_string()),
                Raw::Broken("#N/A".to_string()),
            ] {
                assert!(read_value(&entry("项", kind.clone()), &raw, &offices()).is_err(), "{kind:?} {raw:?}");
            }
        }
    }
}
