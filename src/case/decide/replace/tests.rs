//! Tests of handing in again: the log counts each submission once, and the receipt says what is otherwise and nothing else.

use crate::case::command::{Asked, Command, HandIn};
use crate::case::decide::tests::{Opened, opened, row};
use crate::case::decide::{Refusal, decide};
use crate::case::event::{Fields, Row};
use crate::submission::Attachment;
use serde_json::json;

const TOWN: &str = "offices:\n  甲办: { title: 甲办 }\n  乙办: { title: 乙办 }\n  丙办: { title: 丙办 }\n";
const DEFINITION: &str = "workflow: 试
roles: { 报: [甲办, 丙办], 乙: 乙办, 甲: 甲办 }
case: { title: 试, opened: { by: 甲 } }
items:
  人: { identity: [姓名], twins: { in: case, then: refuse }, fields: { 姓名: name, 单位: text } }
stages:
  - { recommend: 提出, by: 报, expect: all, quota: [{ of: 人, per: owner, max: 2 }] }
  - { review: 核, by: 乙, outcomes: { 准: next, 罢: { end: 罢 } } }
  - { file: 归档, by: 甲, fonds: \"0001\", class: SHI }
";

fn told(of: &mut Opened, cause: &str, command: Command) -> Result<Vec<String>, Refusal> {
    told_by(of, "甲办", cause, command)
}

fn told_by(of: &mut Opened, office: &str, cause: &str, command: Command) -> Result<Vec<String>, Refusal> {
    of.now += chrono::Duration::minutes(30);
    let asked = Asked { by: office.into(), on_behalf: None, cause: cause.into(), command };
    let decision = decide(&of.program, &of.case, &asked, &of.ledgers, of.now)?;
    of.log.extend(decision.events);
    (of.case, of.ledgers) = (decision.case, decision.ledgers);
    let broken = crate::case::invariant::broken(&of.program, &of.case, &of.log, &of.ledgers);
    assert!(broken.is_empty(), "{broken:#?}");
    Ok(decision.notes)
}

/// 甲办 hands in a file with these people for its first task, or for what it is asked now.
fn hand_in(of: &mut Opened, file: &str, people: &[(&str, &str)], complete: bool) -> Result<Vec<String>, Refusal> {
    hand_in_with(of, file, people, complete, &[])
}

/// The same with files beside it, each with what stands in it.
fn hand_in_with(
    of: &mut Opened,
    file: &str,
    people: &[(&str, &str)],
    complete: bool,
    files: &[(&str, &str)],
) -> Result<Vec<String>, Refusal> {
    let first = of.case.tasks.values().find(|t| t.office == "甲办").unwrap();
    let open = of.case.open_tasks().find(|t| t.office == "甲办");
    let task = open.map_or_else(|| (first.id, first.revision), |t| (t.id, t.revision));
    let row = |(name, work): &(&str, &str)| {
        let fields = [("姓名", name), ("单位", work)].map(|(name, value)| (name.to_string(), json!(value)));
        (Row { fields: fields.into_iter().collect(), ..Row::default() }, format!("第{name}行"))
    };
    let command = HandIn {
        task: task.0,
        revision: task.1,
        fields: Fields::new(),
        rows: people.iter().map(row).collect(),
        attachments: attachments(files),
        complete,
        returned: Vec::new(),
        submission: file.into(),
    };
    told(of, &format!("submission {file}"), Command::HandIn(command))
}

fn attachments(files: &[(&str, &str)]) -> Vec<Attachment> {
    files.iter().map(|(name, text)| Attachment { name: (*name).into(), digest: (*text).into(), bytes: 1 }).collect()
}

#[test]
fn what_lies_beside_a_correction_is_compared_with_what_lay_beside_what_it_replaces() {
    let mut of = opened(DEFINITION, None, TOWN);
    let people = [("张三", "水电站")];
    let mut files = |name: &str, files: &[(&str, &str)]| {
        let notes = hand_in_with(&mut of, name, &people, true, files).unwrap();
        notes.get(1..).unwrap_or_default().to_vec()
    };
    assert!(files("甲", &[("廉政意见.pdf", "无"), ("说明.pdf", "一")]).is_empty());
    assert_eq!(files("乙", &[("廉政意见.pdf", "有"), ("说明.pdf", "一")]), ["附件已更换：廉政意见.pdf"]);
    // another name for the same is no change
    let told = files("丙", &[("意见.pdf", "有"), ("补充.pdf", "二"), ("照片.jpg", "三")]);
    assert_eq!(told, ["新附：照片.jpg、补充.pdf", "不再附：说明.pdf"]);
    // what was let go before is not let go again
    assert_eq!(files("丁", &[("意见.pdf", "有"), ("补充.pdf", "二")]), ["不再附：照片.jpg"]);
    assert_eq!(files("戊", &[("意见.pdf", "有"), ("补充.pdf", "二")]), ["与先前报送的内容没有不同。"]);
    assert_eq!(
        files("甲", &[("廉政意见.pdf", "无"), ("说明.pdf", "一")]),
        ["新附：廉政意见.pdf、说明.pdf", "不再附：意见.pdf、补充.pdf"]
    );
}

#[test]
fn the_same_file_comes_back_after_another_and_nobody_in_it_is_new() {
    let mut of = opened(DEFINITION, None, TOWN);
    let (a, b) = ([("张三", "水电站"), ("李四", "农机站")], [("张三", "林场"), ("李四", "农机站")]);
    hand_in(&mut of, "甲", &a, true).unwrap();
    let notes = hand_in(&mut of, "乙", &b, true).unwrap();
    assert_eq!(notes[1..], ["张三：“单位”由“水电站”改为“林场”"]);
    let notes = hand_in(&mut of, "甲", &a, true).unwrap();
    assert_eq!(notes[1..], ["张三：“单位”由“林场”改为“水电站”"]);
    assert_eq!(of.case.living().count(), 2);
}

#[test]
fn after_one_was_withdrawn_the_same_file_brings_only_him_back() {
    let mut of = opened(DEFINITION, None, TOWN);
    let both = [("张三", "水电站"), ("李四", "农机站")];
    hand_in(&mut of, "甲", &both, true).unwrap();
    told(&mut of, "submission 撤", Command::WithdrawItem { item: 1, reason: "本人不愿意".into() }).unwrap();
    let notes = hand_in(&mut of, "甲", &both, true).unwrap();
    assert_eq!(notes[1..], ["新增：张三"]);
}

#[test]
fn whoever_is_there_already_takes_no_place_of_the_quota_again() {
    let mut of = opened(DEFINITION, None, TOWN);
    hand_in(&mut of, "甲", &[("张三", "水电站")], false).unwrap();
    let faults = hand_in(&mut of, "乙", &[("张三", "水电站"), ("李四", "农机站")], true).unwrap_err().faults;
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert!(faults[0].say.starts_with("张三已由贵单位于"), "{faults:#?}");
}

#[test]
fn two_offices_that_hand_in_the_same_bytes_are_told_apart() {
    let definition = DEFINITION.replace("identity: [姓名]", "identity: [owner, 姓名]");
    let mut of = opened(&definition.replace("报: [甲办, 丙办]", "报: [甲办, 乙办, 丙办]"), None, TOWN);
    for office in ["甲办", "丙办"] {
        let task = of.case.open_tasks().find(|t| t.office == office).cloned().unwrap();
        let rows = vec![(row(None, &json!({ "姓名": "张三" })), String::new())];
        let (task, revision, submission) = (task.id, task.revision, "同".to_string());
        let hand_in = HandIn { task, revision, rows, complete: true, submission, ..HandIn::default() };
        told_by(&mut of, office, "submission 同", Command::HandIn(hand_in)).unwrap();
    }
    let task = of.case.tasks.values().find(|t| t.office == "丙办").unwrap().id;
    told_by(&mut of, "丙办", "submission 撤", Command::TakeBack { task, reason: "报错了".into() }).unwrap();
    let owners: Vec<&str> = of.case.living().map(|item| item.owner.as_str()).collect();
    assert_eq!(owners, ["甲办"], "what the other handed in stays");
}

#[test]
fn of_a_list_in_two_parts_one_is_added_to_and_the_other_stands() {
    let mut of = opened(&DEFINITION.replace("max: 2", "max: 3"), None, TOWN);
    hand_in(&mut of, "一", &[("张三", "水电站")], false).unwrap();
    hand_in(&mut of, "二", &[("李四", "农机站")], true).unwrap();
    let last = of.case.tasks.values().rfind(|t| t.office == "甲办").unwrap();
    let person = |name: &str, work: &str| (row(None, &json!({ "姓名": name, "单位": work })), String::new());
    let hand_in = HandIn {
        task: last.id,
        revision: last.revision,
        rows: vec![person("李四", "农机站"), person("王五", "林场")],
        complete: true,
        submission: "三".into(),
        ..HandIn::default()
    };
    let notes = told(&mut of, "submission 三", Command::HandIn(hand_in)).unwrap();
    assert_eq!(notes[1..], ["新增：王五"]);
    assert_eq!(of.case.living().count(), 3);
}

/// A person is one whatever name stands beside the number, and no office is told whom another has handed in under it.
#[test]
fn an_identity_number_is_one_persons_whatever_the_name() {
    let by_number = DEFINITION
        .replace("identity: [姓名]", "subject: person, identity: [姓名, 证号]")
        .replace("单位: text", "证号: { type: id-number, title: 身份证号, optional: true }");
    let town = "offices:\n  甲办: { title: 甲办 }\n  乙办: { title: 乙办 }\n  丙办: { title: 丙办 }\n";
    let mut of = opened(&by_number, None, town);
    let hand = |of: &mut Opened, office: &str, file: &str, people: &[(&str, Option<&str>)]| {
        let task = of.case.tasks.values().find(|t| t.office == office).map(|t| (t.id, t.revision)).unwrap();
        let person = |(name, number): &(&str, Option<&str>)| {
            let said = json!({ "姓名": name, "证号": number });
            let fields = said.as_object().unwrap().iter().filter(|(_, value)| !value.is_null());
            let fields = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
            (Row { fields, ..Row::default() }, format!("{name}行"))
        };
        let rows = people.iter().map(person).collect();
        let command = HandIn { task: task.0, revision: task.1, rows, complete: true, ..HandIn::default() };
        told_by(of, office, file, Command::HandIn(command))
    };
    let (one, other) = ("342625197001010016", "34262519700101001X");
    let said = |refused: Refusal| refused.faults.into_iter().map(|fault| fault.say).collect::<Vec<_>>();
    let twice = hand(&mut of, "甲办", "submission 1", &[("张三", Some(one)), ("李四", Some(one))]).unwrap_err();
    assert_eq!(said(twice), ["与李四“身份证号”相同的张三在这份材料里已有一处，不能重复报送。请只留一处。"]);
    hand(&mut of, "甲办", "submission 2", &[("张三", Some(one)), ("王五", None)]).unwrap();
    let elsewhere = hand(&mut of, "丙办", "submission 3", &[("李四", Some(one))]).unwrap_err();
    assert_eq!(said(elsewhere), ["与李四“身份证号”相同的一件已由甲办报送过，不能重复报送。"]);
    // two of one name are two, and without a number the name is all there is
    let homonyms = hand(&mut of, "丙办", "submission 4", &[("张三", Some(other)), ("王五", None)]).unwrap_err();
    assert_eq!(said(homonyms), ["王五已由甲办报送过，不能重复报送。"]);
    // a name that was written wrong is put right: the same person, told by what is otherwise
    let told = hand(&mut of, "甲办", "submission 5", &[("章三", Some(one)), ("王五", None)]).unwrap();
    assert!(told.iter().any(|line| line.contains("“姓名”由“张三”改为“章三”")), "{told:?}");
}

/// Another keyboard makes no other person, and another spelling of a place no other place.
#[test]
fn the_same_in_other_spelling_is_the_same() {
    let definition = DEFINITION.replace("identity: [姓名]", "identity: [姓名, 单位]").replace("max: 2", "max: 9");
    let mut of = opened(&definition, None, TOWN);
    hand_in(&mut of, "一", &[("买买提·艾力", "香山镇一村3组")], true).unwrap();
    let second = of.case.tasks.values().find(|t| t.office == "丙办").map(|t| (t.id, t.revision)).unwrap();
    for (name, work) in
        [("买买提•艾力", "香山镇一村3组"), ("买买提・艾力", "香山镇 一村３组"), ("买买提．艾力", "香山镇一村 3组")]
    {
        let rows = vec![(row(None, &json!({ "姓名": name, "单位": work })), String::new())];
        let command = HandIn { task: second.0, revision: second.1, rows, ..HandIn::default() };
        let refused = told_by(&mut of, "丙办", name, Command::HandIn(command)).unwrap_err();
        assert!(refused.faults[0].say.contains("已由甲办报送过"), "{refused:#?}");
    }
    let told = hand_in(&mut of, "二", &[("买买提•艾力", "香山镇一村3组")], true).unwrap();
    assert_eq!(of.case.living().count(), 1, "{told:?}");
}
