//! Where items come from without anybody handing in.

use super::edges::kinds_with_params;

#[test]
fn a_source_gives_what_the_items_need() {
    let run = |items: &str, recommend: &str, wanted: &[&str]| {
        let stages = format!(
            "[{{ recommend: 报, by: 甲, {recommend} }}, {{ review: 审, by: 乙 }}, {{ file: 归, by: 甲, fonds: '1', class: A }}]"
        );
        let params = "{ 名册: { type: { table: { 内容: text }, key: text } } }";
        assert_eq!(kinds_with_params(params, items, &stages), wanted, "{items}\n{recommend}");
    };
    let matter = "{ 事: { identity: [名称], fields: { 名称: name, 内容: text } } }";
    run(matter, "from: { table: 名册 }", &[]);
    run(matter, "from: { table: 名单 }", &["from-unknown"]);
    run(matter, "from: { table: 名册 }, attach: [报告]", &["from-and-submissions"]);
    let more = "{ 事: { identity: [名称], fields: { 名称: name, 内容: text, 日期: date } } }";
    run(more, "from: { table: 名册 }", &["from-unknown"]);
    let person = "{ 人: { subject: person, identity: [姓名], fields: { 姓名: name } } }";
    run(person, "from: { register: 人名录 }", &[]);
    run(person, "from: { register: 无此录 }", &["register-unknown"]);
    run(person, "from: { offices: 支 }", &["from-unknown", "from-unknown"]);
    let office =
        "{ 单位: { subject: office, identity: [subject], fields: { 名称: { type: text, is: subject.title } } } }";
    run(office, "from: { offices: 支 }", &[]);
    let weekly = "{ 周报: { identity: [owner, period], fields: { 内容: text } } }";
    run(weekly, "from: { every: week, day: Friday, until: 2026-12-31 }", &[]);
    run(weekly, "from: { every: week, day: Friday }", &["endless-period"]);
    run(weekly, "from: { every: week, day: Friday, until: 名册 }", &["from-unknown"]);
    run(weekly, "from: { every: week, day: Friday, until: 2026-12-31 }, within: 3 days", &["from-and-submissions"]);
    let two = "{ 事: { identity: [名称], fields: { 名称: name } }, 人: { subject: person, identity: [姓名], fields: { 姓名: name } } }";
    run(two, "from: { register: 人名录 }", &["from-unknown"]);
}
