//! What is told of a sheet that takes the place of another, and which sheet is too small to be counted by itself.

use crate::case::command::{Command, HandIn};
use crate::case::decide::tests::{Opened, opened, row};
use crate::case::event::{Ask, Row};
use serde_json::{Value, json};

const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办, 乙: 乙办 }
case: { title: 试, opened: { by: 甲 } }
items: { 人: { identity: [姓名], fields: { 姓名: name } } }
stages:
  - { recommend: 报, of: 人, by: 甲, expect: all }
  - { assess: 评, of: 人, by: 乙, ballot: { options: { 好: 1, 差: 0 }, sheets: tally, batch: 片区SECRET } }
  - { file: 归档, of: 人, by: 甲 }
";

/// A case in which two persons are voted on.
fn voting(secret: bool) -> Opened {
    let definition = DEFINITION.replace("SECRET", if secret { ", secret: true" } else { "" });
    let mut run = opened(&definition, None, "offices:\n  甲办: {}\n  乙办: {}\n");
    let now = run.now;
    let named = |name: &str| row(None, &json!({ "姓名": name }));
    run.fill(now, "甲办", vec![named("张一"), named("李二")]).unwrap();
    run
}

/// Hands in the counts of an area: of each person how many ticked 好, the others 差.
fn count(run: &mut Opened, ballots: u64, good: [u64; 2]) -> Result<Vec<String>, Vec<String>> {
    let asked = run.case.open_tasks().find(|t| t.office == "乙办" && t.ask == Ask::Answer).unwrap();
    let (task, revision) = (asked.id, asked.revision);
    let line = |(item, good): (u32, u64)| -> (Row, String) {
        (row(Some(item), &json!({ "好": good, "差": ballots - good, "弃权": 0, "无效票": 0 })), String::new())
    };
    let fields: Value = json!({ "area": "东片", "ballots": ballots, "over": false });
    let hand_in = HandIn {
        task,
        revision,
        fields: fields.as_object().cloned().unwrap(),
        rows: [1, 2].into_iter().zip(good).map(line).collect(),
        complete: true,
        submission: run.log.len().to_string(),
        ..HandIn::default()
    };
    run.tell(run.now, "乙办", Command::HandIn(hand_in))
}

/// What is told of the last sheet beside where it is kept.
fn recounted(secret: bool, good: [u64; 2]) -> String {
    let mut run = voting(secret);
    count(&mut run, 9, [8, 8]).unwrap();
    count(&mut run, 6, [5, 5]).unwrap();
    let told = count(&mut run, 7, good).unwrap();
    told.into_iter().find(|line| line.contains("以本次为准")).unwrap()
}

#[test]
fn a_recount_is_of_the_sheet_before_and_of_a_secret_ballot_shows_nobody() {
    let open = recounted(false, [5, 6]);
    assert_eq!(
        open,
        "东片此前报送的表以本次为准：收回的票，前一次为6张，本次为7张。张一的“差”，前一次为1张，本次为2张。李二的“好”，前一次为5张，本次为6张。"
    );
    let secret = recounted(true, [5, 6]);
    assert_eq!(
        secret,
        "东片此前报送的表以本次为准：收回的票，前一次为6张，本次为7张。2个对象的票数有变动，涉及的票不足5张，为保守投票秘密不逐项列出。"
    );
    // five ballots and more are no single voter any longer
    let many = recounted(true, [0, 6]);
    assert!(many.contains("张一的“好”，前一次为5张，本次为0张。") && many.contains("1个对象的票数有变动"), "{many}");
    assert!(!many.contains("李二"), "{many}");
}

#[test]
fn an_area_of_few_is_counted_with_another_where_voting_is_secret_however_it_was_counted() {
    let refused = count(&mut voting(true), 4, [4, 3]).unwrap_err();
    assert_eq!(refused, ["只有4张票，少于5张，单独计票会看出各人的意见，请并入相邻的片区一起报送。"]);
    count(&mut voting(false), 4, [4, 3]).unwrap();
    count(&mut voting(true), 5, [4, 3]).unwrap();
}
