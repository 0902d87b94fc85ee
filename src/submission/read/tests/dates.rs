//! Days, months, years, times and periods.

use super::super::read_value;
use super::{bad, entry, good, offices, same, text};
use crate::submission::{Entry, Raw, Type};
use serde_json::json;

#[expect(clippy::too_many_lines, reason = "one table of dates")]
#[test]
fn dates_in_every_way_they_are_written() {
    let day = |raw: &str| (text(raw), json!("2022-06-01"));
    good(
        Type::Date,
        &[
            day("2022-06-01"),
            day("2022-6-1"),
            day("2022/6/1"),
            day("2022.6.1"),
            day("20220601"),
            day("2022年6月1日"),
            day("２０２２年 ６月 １日"),
            day("二〇二二年六月一日"),
            day("二○二二年六月一号"),
            (Raw::Number(20_220_601.0), json!("2022-06-01")),
            (Raw::Date("2022-06-01".to_string()), json!("2022-06-01")),
            (Raw::Date("2022-06-01T08:30".to_string()), json!("2022-06-01")),
            (text("二〇二五年十二月三十一日"), json!("2025-12-31")),
            (text("2025年十月二十日"), json!("2025-10-20")),
        ],
    );
    bad(
        Type::Date,
        &[
            (text("2022-02-30"), "没有“2022-02-30”这一天"),
            (text("1978年2月30日"), "没有“1978年2月30日”这一天"),
            (text("20230229"), "没有“20230229”这一天"),
            (text("2022-06-45"), "不是一个日期"),
            (text("22.6.1"), "不是一个日期"),
            (text("6月1日"), "不是一个日期"),
            (text("2022年6月"), "缺少日"),
            (text("上月"), "不是一个日期"),
            (Raw::Number(44713.0), "是数字44713"),
            (text("0022-01-01"), "不是"),
        ],
    );
    let month = |raw: &str| (text(raw), json!("2020-05"));
    good(
        Type::Month,
        &[
            month("2020-05"),
            month("2020.5"),
            month("2020年5月"),
            month("202005"),
            month("二〇二〇年五月"),
            (Raw::Date("2020-05-01".to_string()), json!("2020-05")),
            (Raw::Number(2020.05), json!("2020-05")),
            (Raw::Number(202_005.0), json!("2020-05")),
        ],
    );
    bad(Type::Month, &[(text("2020-13"), "年月"), (Raw::Number(2020.1), "10月"), (text("2020"), "年月")]);
    good(
        Type::Year,
        &[
            (text("2026"), json!(2026)),
            (text("2026年"), json!(2026)),
            (Raw::Number(2026.0), json!(2026)),
            (text("二〇二六"), json!(2026)),
        ],
    );
    bad(Type::Year, &[(text("26"), "年份"), (text("3026"), "年份"), (Raw::Date("2026-01-01".to_string()), "年份")]);
    good(
        Type::Time,
        &[
            same("17:00"),
            (text("9：05"), json!("09:05")),
            (text("17时30分"), json!("17:30")),
            (text("8点"), json!("08:00")),
            (Raw::Number(0.375), json!("09:00")),
            (Raw::Number(0.999_99), json!("23:59")),
            (Raw::Date("1899-12-31T17:00".to_string()), json!("17:00")),
        ],
    );
    bad(Type::Time, &[(text("25:00"), "时间"), (text("17"), "时间"), (text("下午"), "时间")]);
    good(
        Type::Period,
        &[
            same("2026"),
            same("2026-05"),
            same("2026-Q2"),
            same("2026-H1"),
            same("2026-W14"),
            same("2026-05~2026-06"),
            (text("2026年第二季度"), json!("2026-Q2")),
            (text("2026年下半年"), json!("2026-H2")),
            (text("2026年第7周"), json!("2026-W07")),
            (text("2026年5月"), json!("2026-05")),
            (Raw::Number(2026.0), json!("2026")),
        ],
    );
    bad(
        Type::Period,
        &[(text("2026-Q5"), "期间"), (text("2026-W54"), "期间"), (text("本月"), "期间"), (text("第一季度"), "期间")],
    );
    let bounded = Entry { max: Some("2026-06-30".to_string()), ..entry("日期", Type::Date) };
    assert_eq!(
        read_value(&bounded, &text("2026.7.1"), &offices()),
        Err("不能晚于2026-06-30，现在是2026-07-01。".to_string())
    );
}

/// Forms about persons have the age behind the date of birth.
#[test]
fn an_age_in_brackets_behind_a_date_is_no_part_of_it() {
    let month = |raw: &str| (text(raw), json!("1974-03"));
    good(
        Type::Month,
        &[
            month("1974年3月（48岁）"),
            month("1974.03(48岁)"),
            month("1974.03\n（48周岁）"),
            month("一九七四年三月（四十八岁）"),
        ],
    );
    good(Type::Date, &[(text("1974年3月5日（４８岁）"), json!("1974-03-05"))]);
    good(Type::Year, &[(text("1974年（48岁）"), json!(1974))]);
    bad(Type::Month, &[(text("1974.03（约）"), "年月"), (text("（48岁）"), "年月"), (text("1974.03 48岁"), "年月")]);
    bad(Type::Date, &[(text("1974年3月（48岁）"), "缺少日")]);
}
