//! Tests of reading definitions.

pub(super) mod keys;

use super::*;
use crate::deadline::Span;
use crate::submission::{TableKey, Type};
use crate::tally::Fraction;
use crate::tally::ballot::Denominator;
use crate::tally::lists::Places;
use crate::tally::rank::Toward;
use crate::tally::sign::{Base, Pass};
use crate::workflow::{
    Bound, DocumentEach, Each, Go, Kind, Limit, ListTake, RegisterKey, Retention, Selector, Sheets, Sign, Subject,
    Verb, Who,
};

fn workflow(text: &str) -> Workflow {
    match parse("x.yaml", text) {
        Ok(Parsed::Workflow(workflow)) => *workflow,
        other => panic!("{other:#?}"),
    }
}

#[test]
fn the_worked_example_is_read_as_it_is_meant() {
    let w = workflow(include_str!("../../../workflows/七一表彰.yaml"));
    assert_eq!((w.title.as_str(), w.retention), ("“七一”表彰", Retention::Years30));
    assert_eq!(w.roles["推荐单位"].who, Who::Offices(vec![Selector::Tag("党支部".to_owned())]));
    let superior = &w.roles["县委组织部"];
    assert_eq!((superior.folder, superior.through.as_deref()), (false, Some("组织办")));
    let Type::Table(columns, key) = &w.case.params["名额"].kind else { panic!() };
    assert_eq!((columns.len(), *key), (3, Some(TableKey::Office)));
    assert_eq!(w.case.params["一票否决起算"].default, Some("2021-01".into()));
    let item = &w.items["候选对象"];
    assert_eq!(item.categories["优秀共产党员"], Subject::Person);
    assert_eq!(item.fields["姓名"].also, ["名称"]);
    assert_eq!(item.fields["主要事迹"].kind, Type::Text(1500));
    assert_eq!(w.items["异议"].about.as_deref(), Some("候选对象"));

    let [launch, nominate, inspect, ..] = w.stages.as_slice() else { panic!() };
    assert!(launch.of_case && launch.of.is_empty() && launch.documents[0].at_open);
    assert_eq!((nominate.kind, &nominate.each, nominate.expect_all), (Kind::Recommend, &Each::Item, true));
    assert_eq!(nominate.within, Some(Limit::Span(Span::Workdays(10))));
    assert!(matches!(&nominate.quota[0].max, Some(Bound::Param(name)) if name == "名额"));
    assert_eq!(nominate.outcomes["报送"].go, Go::Next);
    assert_eq!(inspect.of, ["候选对象"], "a stage without `of` takes the main types");
    assert_eq!(inspect.form.item["考察人"].kind, Type::List(Box::new(Type::Name), 2));
    assert!(inspect.outcomes["合格"].when.is_some());
    let notice = w.stage("公示").unwrap();
    assert_eq!((notice.period, notice.grace), (Some(Span::Workdays(5)), Some(Span::Workdays(3))));
    assert_eq!(notice.outcomes.keys().collect::<Vec<_>>(), ["期满"]);
    assert_eq!(w.stage("审核").unwrap().outcomes["退回"].go, Go::Back(Some("推荐".to_owned()), true));
    assert_eq!(w.stage("异议核查").unwrap().outcomes["成立"].about, Some(Go::End("异议成立".to_owned())));
    let decide = w.stage("研究决定").unwrap();
    assert_eq!(decide.each, Each::Case);
    assert_eq!(decide.form.case.len(), 4);
    assert!(matches!(&decide.outcomes["表彰"].actions[0].verb, Verb::Enter(r, with) if r == "荣誉" && with.len() == 2));
    let sealed = &decide.documents[1];
    assert_eq!((sealed.seal, sealed.at_open, sealed.retention), (true, false, Some(Retention::Permanent)));
    assert_eq!(decide.documents[2].each, DocumentEach::Item);
    let file = w.stages.last().unwrap();
    assert_eq!((file.fonds.as_deref(), file.class.as_deref(), file.run_empty), (Some("0123"), Some("ZZB"), true));
    assert_eq!(w.reports["月度进展"].tables, ["进度"]);
}

#[test]
fn defaults_are_those_of_the_kind() {
    let w = workflow(crate::workflow::explain::SMALLEST);
    let names: Vec<Vec<&str>> = w.stages.iter().map(|s| s.outcomes.keys().map(String::as_str).collect()).collect();
    assert_eq!(names, [vec!["报送"], vec!["同意", "退回", "不同意"], vec!["归档"]]);
    assert_eq!(w.stages[1].outcomes["退回"].go, Go::Back(None, false));
    assert_eq!(w.title, "示例");
}

#[test]
fn registers_and_calendars_are_told_by_their_first_key() {
    let text = "register: 末位\nkey: [届次, 单位]\nfields: { 届次: year, 单位: office }\nvalid: { from: 届次 }\n";
    let Ok(Parsed::Register(register)) = parse("r.yaml", text) else { panic!() };
    assert_eq!(register.key, RegisterKey::Fields(vec!["届次".to_owned(), "单位".to_owned()]));
    assert_eq!(register.valid_from.as_deref(), Some("届次"));
    let calendar = parse("c.yaml", "calendar: 全国\n").unwrap_err();
    assert!(calendar[0].hint.as_ref().is_some_and(|hint| hint.contains("calendars/NAME.csv")), "{calendar:?}");
    let kinds: Vec<&str> =
        parse("x.yaml", "workflw: 示例\n").err().unwrap_or_default().iter().map(|p| p.kind).collect();
    assert_eq!(kinds, ["unknown-key"]);
    let kinds: Vec<&str> =
        parse("x.yaml", "workflow：示例\n").err().unwrap_or_default().iter().map(|p| p.kind).collect();
    assert_eq!(kinds, ["full-width-punctuation"]);
}

#[test]
fn what_is_counted_and_how_it_is_signed_is_read_exactly() {
    let stages = "stages:
  - { recommend: 提出, by: 甲 }
  - assess: 评议
    by: 乙
    ballot: { options: { 满意: 2, 基本满意: 1, 不满意: 0 }, abstain: 0.5, voters: { 外: 60%, 内: 40% }, sheets: tally, batch: 片区, secret: true }
    rank: { by: [得分 down, 不满意 up], within: category, tie: share }
    lists:
      优胜: { first: { 一: 5, 二: 2 }, refill: true, others: { end: 落选 } }
      末位: { last: 1, not_in: [优胜] }
    conflicts: [[优胜, 末位]]
  - { review: 审核, by: 乙, sign: { vote: 甲, quorum: 2/3, pass: at least 2/3 of votes cast, veto: 乙, abstain: left out }, first_return: collects-all }
  - { decide: 审定, by: 乙, lists: { 优胜: { do: [{ set: { 奖: 1 } }] } } }
  - { file: 归档, by: 甲 }
";
    let head = crate::workflow::explain::SMALLEST.split("stages:").next().unwrap_or_default();
    let w = workflow(&format!("{head}{stages}"));
    let half = Fraction::new(1, 2).unwrap();
    let assess = w.stage("评议").unwrap();
    let ballot = assess.ballot.as_ref().unwrap();
    assert_eq!(ballot.options.values().copied().collect::<Vec<_>>(), [2, 1, 0].map(Fraction::whole));
    assert_eq!((ballot.abstain, ballot.denominator, ballot.sheets), (half, Denominator::Valid, Sheets::Tally));
    assert_eq!((ballot.voters["外"], ballot.secret, ballot.witness.as_ref()), (Fraction::whole(60), true, None));
    let rank = assess.rank.as_ref().unwrap();
    assert_eq!(rank.by, [("得分".to_owned(), Toward::Down), ("不满意".to_owned(), Toward::Up)]);
    assert!(rank.within_category);
    let table = [("一".to_owned(), 5), ("二".to_owned(), 2)].into();
    assert!(matches!(&assess.lists["优胜"].take, ListTake::First(places) if *places == Places::Category(table)));
    assert!(assess.lists["优胜"].refill && assess.lists["优胜"].others.as_deref() == Some("落选"));
    assert!(matches!(&assess.lists["末位"].take, ListTake::Last(Places::Each(1))));
    assert_eq!(assess.lists["末位"].not_in, ["优胜"]);
    assert_eq!(assess.conflicts[0].lists, ["优胜", "末位"]);
    let facts: Vec<String> = assess.facts().into_iter().map(|fact| fact.name).collect();
    assert_eq!(facts, ["满意", "基本满意", "不满意", "弃权", "有效票", "无效票", "得分", "满意率", "名次"]);
    let review = w.stage("审核").unwrap();
    let Sign::Vote(vote) = &review.sign else { panic!("{:?}", review.sign) };
    let two_thirds = Fraction::new(2, 3).unwrap();
    assert_eq!((vote.members.as_deref(), vote.quorum, vote.abstain_counts), (Some("甲"), Some(two_thirds), false));
    assert_eq!(vote.pass, Some(Pass { more_than: false, share: two_thirds, of: Base::Votes }));
    assert!(!review.first_return_closes && vote.veto == ["乙"] && !vote.recorded);
    assert_eq!(w.stage("审定").unwrap().confirms["优胜"].actions.len(), 1);
    assert!(w.stages.iter().all(|s| s.first_return_closes || s.name == "审核"));
}

#[test]
fn what_is_said_in_another_way_is_told_which() {
    let told = |from: &str, to: &str| {
        let text = crate::workflow::explain::SMALLEST.replace(from, to);
        let problems = parse("w.yaml", &text).unwrap_err();
        problems.into_iter().map(|p| (p.kind, p.hint.unwrap_or_default())).collect::<Vec<_>>()
    };
    let noted = "{ review: 审核, by: 乙, do: [{ tell: 甲, say: 好, template: 知会 }] }";
    let found = told("{ review: 审核, by: 乙 }", noted);
    assert!(
        matches!(found.as_slice(), [("unknown-key", hint)] if hint.contains("`documents: [{ template: NAME")),
        "{found:?}"
    );
}
