//! The answer to a tie or a conflict holds for the round, and the marks, it was asked about.

use crate::case::decide::tests::{Opened, opened, row, says};
use crate::clock::Moment;
use serde_json::json;

const TOWN: &str = "offices:\n  甲办: { title: 甲办公室 }\n  乙办: { title: 乙办公室 }\nchannels: { 网页: web }\n";

const DEFINITION: &str = "workflow: 评先
roles: { 甲: 甲办, 乙: 乙办 }
case: { title: 评先, opened: { by: 甲 } }
items: { 事项: { identity: [名称], categories: { 工贸: matter, 建筑: matter }, fields: { 名称: text } } }
stages:
  - { recommend: 提出, by: 甲 }
  - assess: 打分
    by: 乙
    form: { 分数: integer }
    rank: { by: [分数 down], within: category }
    lists: { 优胜: { first: 1 }, 重点: { where: 分数 < 20 } }
    conflicts: [[优胜, 重点]]
  - { review: 复核, by: 甲, outcomes: { 同意: next, 重评: { back: 打分, reason: true } } }
  - { decide: 审定, by: 甲, form: { case: { 会议日期: date } }, lists: { 优胜: {}, 重点: {} } }
  - { file: 归档, by: 甲, of: [优胜, 重点, 事项] }
";

fn nine(day: u32) -> Moment {
    chrono::NaiveDate::from_ymd_opt(2025, 3, day).unwrap().and_hms_opt(9, 0, 0).unwrap()
}

/// Three marks in 工贸 and two in 建筑.
fn marked(marks: [i64; 5]) -> Opened {
    let mut run = opened(DEFINITION, None, TOWN);
    let names = [("一", "工贸"), ("二", "工贸"), ("三", "工贸"), ("四", "建筑"), ("五", "建筑")];
    let of = |(name, category): (&str, &str)| crate::case::event::Row {
        category: Some(category.into()),
        ..row(None, &json!({ "名称": name }))
    };
    run.fill(nine(3), "甲办", names.into_iter().map(of).collect()).unwrap();
    for (item, mark) in (1..).zip(marks) {
        run.fill(nine(4), "乙办", vec![row(Some(item), &json!({ "分数": mark }))]).unwrap();
    }
    run
}

/// Who is on 优胜.
fn winners(run: &Opened) -> Vec<u32> {
    run.case.all_items().filter(|i| i.lists.contains("优胜")).map(|i| i.id).collect()
}

#[test]
fn marked_anew_without_a_tie_the_old_answer_blocks_nothing() {
    let mut run = marked([50, 50, 30, 60, 40]);
    run.answer(nine(5), 1, json!(["1号 一"]));
    assert_eq!(winners(&run), [1, 4]);
    [1, 2].iter().for_each(|item| drop(run.fill(nine(6), "甲办", vec![says(*item, "重评")]).unwrap()));
    run.fill(nine(7), "乙办", vec![row(Some(1), &json!({ "分数": 40 }))]).unwrap();
    run.fill(nine(7), "乙办", vec![row(Some(2), &json!({ "分数": 41 }))]).unwrap();
    assert_eq!(run.questions(), [], "nothing is tied any more");
    assert_eq!(winners(&run), [2, 4]);
    assert!(run.case.standing("打分").next().is_none(), "and nobody waits");
}

#[test]
fn a_new_tie_is_asked_anew() {
    for marks in [40, 50] {
        let mut run = marked([50, 50, 30, 60, 40]);
        run.answer(nine(5), 1, json!(["1号 一"]));
        [1, 2].iter().for_each(|item| drop(run.fill(nine(6), "甲办", vec![says(*item, "重评")]).unwrap()));
        for item in [1, 2] {
            run.fill(nine(7), "乙办", vec![row(Some(item), &json!({ "分数": marks }))]).unwrap();
        }
        assert_eq!(run.questions().len(), 1, "of this round nobody has said anything");
        run.answer(nine(8), 2, json!(["2号 二"]));
        assert_eq!(winners(&run), [2, 4]);
    }
}

#[test]
fn a_tie_elsewhere_blocks_nobody_and_one_where_nothing_moved_keeps_its_answer() {
    // 四 and 五 are tied, and answered; of 工贸 one comes back alone
    let mut run = marked([50, 45, 30, 60, 60]);
    run.answer(nine(5), 1, json!(["5号 五"]));
    run.fill(nine(6), "甲办", vec![says(1, "重评")]).unwrap();
    run.fill(nine(7), "乙办", vec![row(Some(1), &json!({ "分数": 35 }))]).unwrap();
    assert_eq!(run.questions(), []);
    assert_eq!(winners(&run), [1, 5]);
    // two ties at once: the answer to the first stands while the second is asked
    let mut run = marked([50, 50, 30, 60, 60]);
    assert_eq!(run.questions().len(), 2);
    run.answer(nine(5), 2, json!(["5号 五"]));
    assert_eq!(run.questions().len(), 1);
    run.answer(nine(5), 1, json!(["2号 二"]));
    assert_eq!(winners(&run), [2, 5]);
}

#[test]
fn the_answer_to_a_conflict_is_of_its_round() {
    let mut run = marked([10, 9, 8, 60, 40]);
    assert_eq!(run.questions().len(), 1, "一 is the best, and bad");
    run.answer(nine(5), 1, json!("保留“优胜”"));
    assert_eq!(winners(&run), [1, 4]);
    run.fill(nine(6), "甲办", vec![says(1, "重评")]).unwrap();
    run.fill(nine(7), "乙办", vec![row(Some(1), &json!({ "分数": 11 }))]).unwrap();
    assert_eq!(run.questions().len(), 1, "it is asked again");
    run.answer(nine(8), 2, json!("保留“重点”"));
    assert_eq!(winners(&run), [4]);
}
