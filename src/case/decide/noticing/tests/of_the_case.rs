//! Params and lists that a notice shows are what is decided, too.

use super::*;

const NOTICE_PRINTS: &str = "{{ 说明 }}{% for x in items %}{{ x.名称 }}{{ x.重点 }}{% endfor %}";

fn definition() -> String {
    let params = "opened: { by: 甲 }, params: { 说明: { type: text, default: 每村一名 } }";
    let lists =
        "附注: { type: text, optional: true } }, lists: { 重点: { where: \"附注 is defined and 附注 == '是'\" } }";
    let text = DEFINITION.replace("opened: { by: 甲 }", params).replace("public: [名称,", "public: [名称, 重点,");
    text.replace("附注: { type: text, optional: true } }", lists)
}

fn posted() -> Run {
    let mut run = Run::told_by(&definition(), NOTICE_PRINTS).looked_into();
    run.post();
    run
}

fn noticed() -> Run {
    let mut run = posted();
    run.rest();
    assert_eq!(run.stages(), ["核", "核"]);
    run
}

fn amend(run: &mut Run, to: &str) -> Result<(), Refusal> {
    let command = Command::AmendCase { param: "说明".into(), value: json!(to), reason: "更正".into() };
    run.tell("甲办", command)
}

fn explained(run: &Run, item: u32) -> Value {
    run.case.documents[&run.case.items[&item].noticed["公示"]].fields["说明"].clone()
}

#[test]
fn a_param_that_was_noticed_is_noticed_anew() {
    let mut run = noticed();
    amend(&mut run, "每村两名").unwrap();
    assert_eq!(run.stages(), ["公示", "公示"]);
    assert_eq!(explained(&run, 1), "每村两名");
    run.post();
    run.rest();
    assert_eq!(run.stages(), ["核", "核"], "from there straight on");
    run.review(1, "同意");
    run.decided(1);
    let refused = amend(&mut run, "每村三名").unwrap_err();
    assert!(refused.faults[0].say.contains("已随“公示”公布，一已经据此作出决定"), "{refused:#?}");
}

#[test]
fn a_param_changed_while_the_notice_is_up_begins_its_time_anew() {
    let mut run = posted();
    let before = run.case.items[&1].batch();
    amend(&mut run, "每村两名").unwrap();
    assert_eq!(run.stages(), ["公示", "公示"]);
    assert_ne!(run.case.items[&1].batch(), before);
    assert_eq!(explained(&run, 2), "每村两名");
}

#[test]
fn whoever_is_listed_otherwise_goes_by_the_notice() {
    let mut run = noticed();
    run.review(1, "重查");
    run.hand_in("查", vec![row(Some(1), json!({ "查情": "属实", "附注": "是" }))], &json!({})).unwrap();
    assert!(run.case.items[&1].lists.contains("重点"));
    assert_eq!(run.stages(), ["公示", "核"]);
    run.review(2, "重查");
    run.hand_in("查", vec![row(Some(2), json!({ "查情": "属实", "附注": "否" }))], &json!({})).unwrap();
    assert_eq!(run.stages(), ["公示", "核"], "the list is as it was shown");
}

#[test]
fn a_template_is_parsed_once_however_many_items_stand_on_its_notice() {
    let mut run = noticed();
    let parsed = || crate::case::notice::tests::PARSED.with(|parsed| parsed.replace(0));
    parsed();
    let command = Command::AmendCase { param: "说明".into(), value: json!("每村两名"), reason: "更正".into() };
    let asked = Asked { by: "甲办".into(), on_behalf: None, cause: "test".into(), command };
    let decision = decide(&run.program, &run.case, &asked, &run.ledgers, run.now).unwrap();
    assert_eq!(parsed(), 1);
    run.take(decision);
    assert_eq!(run.stages(), ["公示", "公示"]);
    parsed();
    // what no notice shows is not looked for on any
    let notices = crate::case::notice::Notices::default();
    assert!(notices.shows(&run.program, "说明") && !notices.shows(&run.program, "期限"));
    assert_eq!(parsed(), 1);
}
