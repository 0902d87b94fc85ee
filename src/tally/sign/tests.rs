//! The decision table of signing, in text; changes of signers and answers; minutes; sentences.

use super::*;
use crate::tally::Fraction;
use proptest::prelude::*;

/// One line a case: `规则 | 答复人 | 答复 | 结果`; a line that begins with `#` says what follows.
const TABLE: &str = include_str!("tests/table.txt");
/// Fewest cases, so that a lost table is seen.
const CASES_MIN: usize = 60;

fn outcome(name: &str) -> Outcome {
    Outcome { name: name.into(), returns: name == "退回" }
}

/// `会签`, `会签收齐`, `依次`, `依次收齐`, or `表决` with its terms: `到会2/3`, `过半实到` (more than half of
/// present), `半数应到` (at least half of members), `2/3投票` (at least), `否决甲`, `弃权不计`, `退回即止`.
fn rules(text: &str) -> Rules {
    let words: Vec<&str> = text.split_whitespace().collect();
    let needed = match words[0].trim_end_matches("收齐") {
        "会签" => Needed::All,
        "依次" => Needed::InOrder,
        "表决" => Needed::Vote(vote(&words[1..])),
        other => panic!("{other}"),
    };
    let outcomes = ["同意", "退回", "不同意"].map(outcome).to_vec();
    let voting = matches!(needed, Needed::Vote(_));
    let closes = if voting { words.contains(&"退回即止") } else { !words[0].ends_with("收齐") };
    Rules { outcomes, needed, first_return_closes: closes }
}

fn vote(words: &[&str]) -> Vote {
    let pass = Pass { more_than: true, share: Fraction::new(1, 2).unwrap(), of: Base::Present };
    let (passes, fails) = ("同意".to_owned(), "不同意".to_owned());
    let mut vote = Vote { quorum: None, pass, veto: Vec::new(), abstain_counts: true, passes, fails };
    for word in words {
        let bases = [("应到", Base::Members), ("实到", Base::Present), ("投票", Base::Votes)];
        let majority = bases.iter().find_map(|(name, base)| Some((word.strip_suffix(name)?, *base)));
        if let Some(share) = word.strip_prefix("到会") {
            vote.quorum = Some(Fraction::parse(share).unwrap());
        } else if let Some(who) = word.strip_prefix("否决") {
            vote.veto.push(who.to_owned());
        } else if let Some((share, of)) = majority {
            let half = share.replace("过半", "1/2").replace("半数", "1/2");
            vote.pass = Pass { more_than: share == "过半", share: Fraction::parse(&half).unwrap(), of };
        } else if *word == "弃权不计" {
            vote.abstain_counts = false;
        } else {
            assert_eq!(*word, "退回即止");
        }
    }
    vote
}

fn signers(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// `甲同意 乙弃权`: the first character is the signer.
fn answers(text: &str) -> Vec<Answer> {
    let answer = |word: &str| {
        let (signer, said) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        let said = match said {
            "弃权" => Said::Abstains,
            "缺席" => Said::Absent,
            outcome => Said::Outcome(outcome.to_owned()),
        };
        Answer { signer: signer.to_owned(), said }
    };
    text.split_whitespace().map(answer).collect()
}

fn told(state: &State) -> String {
    match state {
        State::Pending { whom } => format!("待{}", whom.join("")),
        State::Decided { outcome, why } => {
            let why = match why {
                Why::Returned(who) | Why::Vetoed(who, _) => who.clone(),
                Why::Strongest(who) => who.join(""),
                Why::Passed(_) => "过".to_owned(),
                Why::NotPassed(_) => "不过".to_owned(),
            };
            format!("{outcome} {why}")
        }
        State::Impossible(why) => match why {
            Impossible::NobodySigns => "不能 无人".to_owned(),
            Impossible::Inquorate(_) => "不能 人数".to_owned(),
            Impossible::AnsweredTwice(who) => format!("不能 {who}两次"),
            Impossible::AnswerUnknown(who, said) => format!("不能 {who}{said}"),
        },
    }
}

fn ask(rule: &str, who: &str, said: &str) -> String {
    told(&sign(&rules(rule), &signers(who), &answers(said)))
}

#[test]
fn the_decision_table() {
    let mut cases = 0;
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let [rule, who, said, expected] = columns.as_slice() else { panic!("{line}") };
        assert_eq!(ask(rule, who, said), *expected, "{line}");
        cases += 1;
    }
    assert!(cases >= CASES_MIN, "{cases} cases");
}

#[test]
fn adding_removing_handing_over_and_taking_back_are_changes_of_what_goes_in() {
    assert_eq!(ask("会签", "甲 乙", "甲同意 乙同意"), "同意 甲乙");
    assert_eq!(ask("会签", "甲 乙 丙", "甲同意 乙同意"), "待丙", "丙 is added");
    assert_eq!(ask("会签", "甲 丙", "甲同意 乙不同意"), "待丙", "乙 is removed, and what he said with him");
    assert_eq!(ask("会签", "甲", "甲同意 乙退回"), "同意 甲", "乙, who closed the round, is removed");
    assert_eq!(ask("会签", "甲 丁", "甲同意"), "待丁", "乙 hands over to 丁");
    assert_eq!(ask("会签", "甲 丁", "甲同意 丁退回"), "退回 丁");
    assert_eq!(ask("会签", "甲 乙", "甲同意"), "待乙", "乙 takes his return back");
    assert_eq!(ask("依次", "甲 丁 乙", "甲同意 乙同意"), "待丁", "丁 is put before one who has answered");
    assert_eq!(ask("依次", "乙 甲", "甲同意"), "待乙", "the order is changed");
    assert_eq!(ask("表决 到会2/3", "甲 乙 丙", "甲缺席 乙缺席"), "不能 人数");
    assert_eq!(ask("表决 到会2/3", "甲 丁 丙", "甲缺席 丁同意"), "待丙", "乙 sends 丁 in his place");
    assert_eq!(ask("表决 否决书", "书 甲 乙", "书不同意 甲同意 乙同意"), "不同意 书");
    assert_eq!(ask("表决 否决书", "甲 乙", "书不同意 甲同意 乙同意"), "同意 过", "a veto goes with its member");
    assert_eq!(ask("会签", "", "甲同意"), "不能 无人", "all are removed");
}

#[test]
fn outcomes_named_otherwise_are_as_strong_as_they_stand_late() {
    let outcomes = ["通过", "不通过", "缓议"].map(outcome).to_vec();
    let rules = Rules { outcomes, needed: Needed::All, first_return_closes: true };
    let strongest = |said| told(&sign(&rules, &signers("甲 乙 丙"), &answers(said)));
    assert_eq!(strongest("甲通过 乙不通过 丙通过"), "不通过 乙");
    assert_eq!(strongest("甲缓议 乙不通过 丙通过"), "缓议 甲");
    let turned = Rules { outcomes: ["不同意", "同意"].map(outcome).to_vec(), ..rules };
    assert_eq!(told(&sign(&turned, &signers("甲 乙"), &answers("甲不同意 乙同意"))), "同意 乙");
}

fn minutes(members: u32, present: u32, [in_favour, against, abstained]: [u32; 3], vetoed: Option<&str>) -> Recorded {
    let figures = Figures { members, present, in_favour, against, abstained };
    Recorded { place: "会议情况!B4".into(), figures, vetoed: vetoed.map(str::to_owned) }
}

#[test]
fn a_recorded_meeting_needs_no_names() {
    let rule = vote(&["到会2/3", "过半实到", "否决书记"]);
    let decide = |minutes: &Recorded| recorded(&rule, minutes).map(|state| told(&state));
    assert_eq!(decide(&minutes(9, 6, [4, 1, 1], None)).unwrap(), "同意 过");
    assert_eq!(decide(&minutes(9, 6, [3, 0, 0], None)).unwrap(), "不同意 不过", "half of six, three without a vote");
    assert_eq!(decide(&minutes(9, 5, [5, 0, 0], None)).unwrap(), "不能 人数");
    assert_eq!(decide(&minutes(0, 0, [0, 0, 0], None)).unwrap(), "不能 人数");
    assert_eq!(decide(&minutes(9, 9, [8, 1, 0], Some("书记"))).unwrap(), "不同意 书记");
    let cast = vote(&["过半投票"]);
    assert_eq!(recorded(&cast, &minutes(9, 6, [3, 2, 0], None)).map(|s| told(&s)).unwrap(), "同意 过");
    let of_all = vote(&["过半应到", "弃权不计"]);
    assert_eq!(
        recorded(&of_all, &minutes(9, 6, [4, 1, 1], None)).map(|s| told(&s)).unwrap(),
        "不同意 不过",
        "four of eight"
    );
}

#[test]
fn minutes_that_cannot_be_are_refused_at_their_place() {
    let said = |minutes: &Recorded| -> Vec<String> {
        let refused = recorded(&vote(&["否决书记"]), minutes).unwrap_err();
        refused.iter().map(Refused::fault).map(|f| format!("{}|{}", f.place, f.say)).collect()
    };
    let told = [
        "会议情况!B4|实到10人多于应到9人，请核对。",
        "会议情况!B4|同意、不同意和弃权共11票，多于实到10人，请核对。",
        "会议情况!B4|镇长没有否决权，请核对。",
    ];
    assert_eq!(said(&minutes(9, 10, [9, 1, 1], Some("镇长"))), told);
    assert_eq!(
        said(&minutes(9, 9, [9, 0, 0], Some("书记"))),
        ["会议情况!B4|书记行使了否决权，但不同意票为0，请核对。"]
    );
    assert_eq!(said(&minutes(1, 1, [u32::MAX; 3], None)).len(), 1);
}

#[test]
fn the_story_says_why() {
    let say = |rule: &str, who: &str, said: &str| match sign(&rules(rule), &signers(who), &answers(said)) {
        State::Pending { whom } => whom.join("、"),
        State::Decided { outcome, why } => format!("{outcome}：{}", why.say()),
        State::Impossible(why) => why.say(),
    };
    assert_eq!(say("会签", "甲 乙 丙", "甲不同意 乙同意 丙不同意"), "不同意：全部答复已齐，以甲、丙的答复为准");
    assert_eq!(say("会签", "甲 乙 丙", "乙退回"), "退回：乙退回，本轮即止");
    let heads = "应到3人，实到2人，同意2票、不同意0票、弃权0票";
    assert_eq!(say("表决", "甲 乙 丙", "甲同意 乙同意 丙缺席"), format!("同意：{heads}，表决通过"));
    let vetoed = "不同意：应到3人，实到3人，同意2票、不同意1票、弃权0票，丙行使否决权，表决未通过";
    assert_eq!(say("表决 否决丙", "甲 乙 丙", "甲同意 乙同意 丙不同意"), vetoed);
    let short = "应到3人，至多实到1人，未达到法定人数，须重新组织表决。";
    assert_eq!(say("表决 到会2/3", "甲 乙 丙", "甲缺席 乙缺席"), short);
    assert_eq!(say("会签", "甲", "甲弃权"), "甲答复的“弃权”不是本环节的办理结果，请重新答复。");
    assert_eq!(say("会签", "甲 乙", "甲同意 甲退回"), "甲答复了两次，请先撤回前一次。");
    assert_eq!(say("会签", "", ""), "没有须答复的人，请先指定。");
}

const MEMBERS: [&str; 5] = ["甲", "乙", "丙", "丁", "戊"];

fn any_answers(said: &'static [&'static str]) -> impl Strategy<Value = Vec<Answer>> {
    let one = prop::option::weighted(0.8, prop::sample::select(said));
    let all = prop::collection::vec(one, MEMBERS.len());
    all.prop_map(|all| {
        let given = MEMBERS.iter().zip(all).filter_map(|(who, said)| Some(format!("{who}{} ", said?)));
        answers(&given.collect::<String>())
    })
}

proptest! {
    #[test]
    fn where_no_return_closes_the_round_the_order_of_answers_never_matters(
        (given, shuffled) in any_answers(&["同意", "退回", "不同意"]).prop_flat_map(|a| (Just(a.clone()), Just(a).prop_shuffle())),
        rule in prop::sample::select(vec!["会签收齐", "依次收齐", "表决 到会2/3 过半应到 否决丙"]),
    ) {
        let decide = |answers: &[Answer]| told(&sign(&rules(rule), &signers("甲 乙 丙 丁 戊"), answers));
        let sorted = |text: String| { let mut all: Vec<char> = text.chars().collect(); all.sort_unstable(); all };
        prop_assert_eq!(sorted(decide(&given)), sorted(decide(&shuffled)));
    }

    #[test]
    fn who_is_pending_has_not_answered_and_what_is_decided_was_said(
        given in any_answers(&["同意", "退回", "不同意"]),
        rule in prop::sample::select(vec!["会签", "会签收齐", "依次", "依次收齐", "表决", "表决 退回即止"]),
    ) {
        let answered = |who: &String| given.iter().any(|a| a.signer == *who);
        match sign(&rules(rule), &signers("甲 乙 丙 丁 戊"), &given) {
            State::Pending { whom } => prop_assert!(!whom.is_empty() && !whom.iter().any(answered)),
            State::Decided { outcome, .. } => prop_assert!(given.iter().any(|a| a.said.is(&outcome))),
            State::Impossible(why) => return Err(TestCaseError::fail(why.say())),
        }
    }

    #[test]
    fn one_more_vote_in_favour_never_makes_a_vote_fail(
        given in any_answers(&["同意", "不同意", "弃权", "缺席"]),
        rule in prop::sample::select(vec!["表决", "表决 半数应到", "表决 过半投票 弃权不计", "表决 到会2/3 2/3实到 否决甲"]),
    ) {
        let decide = |answers: &[Answer]| sign(&rules(rule), &signers("甲 乙 丙 丁 戊"), answers);
        let passed = |state: &State| matches!(state, State::Decided { why: Why::Passed(_), .. });
        if passed(&decide(&given)) {
            for index in 0..given.len() {
                let mut better = given.clone();
                better[index].said = Said::Outcome("同意".into());
                prop_assert!(passed(&decide(&better)), "{:?}", better);
            }
        }
    }
}
