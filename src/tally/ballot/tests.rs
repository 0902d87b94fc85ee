//! The thousand's appraisal (S11), the survey of S12, the two groups of S9; recounts, and sums that must be kept.

mod sheets;

use super::*;
use proptest::prelude::*;

fn of(text: &str) -> Fraction {
    Fraction::parse(text).unwrap()
}

/// 满意 2, 基本满意 1, 不满意 0, 弃权 0.5.
fn rules() -> Rules {
    let options = [("满意", "2"), ("基本满意", "1"), ("不满意", "0")];
    let options = options.map(|(name, points)| Choice { name: name.into(), points: of(points) }).to_vec();
    let voters = [("服务对象", "60"), ("干部与各界代表", "40")];
    let voters = voters.map(|(name, share)| Voters { name: name.into(), share: of(share) }).to_vec();
    let areas = vec!["城东".to_owned(), "城西".to_owned()];
    Rules { options, abstain: of("0.5"), denominator: Denominator::Valid, voters, areas }
}

fn items() -> Vec<Item> {
    vec![Item::new(1, "市教育局"), Item::new(2, "市国税局")]
}

/// `城东 7 服务对象 满意 基本满意`: area, number, group, then for each item an option, `-` for none, `满意+不满意` for two, `无效`;
/// `作废` instead voids it whole.
fn ballot(line: &str) -> Ballot {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [area, number, group, ticks @ ..] = words.as_slice() else { panic!("{line}") };
    let void = ticks == ["作废"];
    let spoilt = ticks.iter().zip(1..).filter(|(word, _)| **word == "无效").map(|(_, item)| item).collect();
    let ticks = ticks.iter().filter(|_| !void).zip(1..).flat_map(|(word, item)| {
        let options = word.split('+').filter(|option| !["-", "无效"].contains(option));
        options.map(move |option| (item, option.to_owned()))
    });
    let place = format!("选票!{area}{number}");
    let (area, group) = ((*area).to_owned(), (*group).to_owned());
    Ballot { place, area, number: number.parse().unwrap(), group, void, ticks: ticks.collect(), spoilt }
}

fn ballots(lines: &str) -> Vec<Ballot> {
    lines.trim().lines().map(ballot).collect()
}

/// What the expectation on voters' shares has to say of a count; nothing where nobody voted.
fn missed(counted: &Counted) -> Vec<String> {
    let cast = counted.groups.iter().cloned().collect();
    shares_missed(&rules().voters, &cast).unwrap()
}

/// A sentence of all figures.
fn told(figures: &Figures) -> String {
    let options: Vec<String> = figures.options.iter().map(|(name, count)| format!("{name}{count}")).collect();
    let (abstained, valid, invalid) = (figures.abstained, figures.valid, figures.invalid);
    let satisfied = figures.satisfied.map_or("无".to_owned(), Fraction::say);
    let (options, score) = (options.join(" "), figures.score.say());
    format!("{options} 弃权{abstained} 有效{valid} 无效{invalid} 得分{score} 满意率{satisfied}")
}

fn said(refused: &[Refused]) -> Vec<String> {
    refused.iter().map(Refused::fault).map(|f| format!("{}|{}", f.place, f.say)).collect()
}

const TEN: &str = "
城东 1 服务对象 满意 满意
城东 2 服务对象 满意 基本满意
城东 3 服务对象 基本满意 -
城东 4 干部与各界代表 满意 满意+不满意
城东 5 干部与各界代表 不满意 满意
城西 1 服务对象 - -
城西 2 服务对象 满意 不满意
城西 3 服务对象 满意 满意
城西 4 干部与各界代表 作废
城西 5 干部与各界代表 基本满意 基本满意";

#[test]
fn points_are_summed_over_valid_ballots_and_abstentions_are_in_the_denominator() {
    let counted = count_ballots(&rules(), &items(), &ballots(TEN)).unwrap();
    assert_eq!(counted.ballots, 10);
    assert_eq!(told(&counted.items[0]), "满意5 基本满意2 不满意1 弃权1 有效9 无效1 得分12.5 满意率约77.78");
    assert_eq!(told(&counted.items[1]), "满意3 基本满意2 不满意1 弃权2 有效8 无效2 得分9 满意率62.5");
    let ticked = Rules { denominator: Denominator::Ticked, ..rules() };
    let ticked = count_ballots(&ticked, &items(), &ballots(TEN)).unwrap();
    assert_eq!(ticked.items[0].satisfied, Some(of("87.5")), "7 of 8");
    assert_eq!(ticked.items[0].score, of("12.5"), "the denominator touches no points");
    let silent = Rules { abstain: Fraction::ZERO, ..rules() };
    assert_eq!(count_ballots(&silent, &items(), &ballots(TEN)).unwrap().items[0].score, of("12"));
}

#[test]
fn several_ticks_spoil_a_ballot_for_that_unit_only() {
    let counted = count_ballots(&rules(), &items(), &ballots("城东 1 服务对象 满意+基本满意 满意")).unwrap();
    assert_eq!((counted.items[0].valid, counted.items[0].invalid), (0, 1));
    assert_eq!((counted.items[0].score, counted.items[0].satisfied), (Fraction::ZERO, None));
    assert_eq!((counted.items[1].valid, counted.items[1].invalid), (1, 0));
    let twice = count_ballots(&rules(), &items(), &ballots("城东 1 服务对象 满意+满意 满意")).unwrap();
    assert_eq!(twice.items[0].valid, 1, "the same option twice is one tick");
    let void = Ballot { void: true, ..ballot("城东 1 服务对象 满意 满意") };
    assert_eq!(count_ballots(&rules(), &items(), &[void]).unwrap().items[1].invalid, 1);
    let nobody = count_ballots(&rules(), &items(), &[]).unwrap();
    assert_eq!(told(&nobody.items[0]), "满意0 基本满意0 不满意0 弃权0 有效0 无效0 得分0 满意率无");
    assert_eq!(missed(&nobody), Vec::<String>::new());
}

/// A tally of one item in an area of no groups.
fn votes(satisfied: u64, fairly: u64, not: u64, abstained: u64, invalid: u64) -> Tally {
    let options = [("满意", satisfied), ("基本满意", fairly), ("不满意", not)];
    let options = options.map(|(name, count)| (name.to_owned(), count)).to_vec();
    let ballots = satisfied + fairly + not + abstained + invalid;
    let lines = vec![Line { item: 1, options, abstained, invalid }];
    Tally { place: "计票表".into(), area: String::new(), group: String::new(), ballots, lines }
}

fn plain() -> Rules {
    Rules { voters: Vec::new(), areas: Vec::new(), ..rules() }
}

fn figures(tally: Tally) -> Figures {
    count_tallies(&plain(), &items()[..1], &[tally]).unwrap().items[0].clone()
}

#[test]
fn a_unit_is_to_be_rectified_below_ninety_percent_strictly() {
    // 重点整改单位: 满意率 < 90; 10 (s + b) < 9 valid
    let ninety = of("90");
    for (tally, rectify) in [
        (votes(600, 300, 50, 50, 0), false),
        (votes(600, 299, 51, 50, 0), true),
        (votes(900, 0, 0, 100, 7), false),
        (votes(899, 0, 0, 101, 7), true),
        (votes(8, 1, 1, 0, 0), false),
        (votes(8999, 0, 1000, 0, 0), true),
        (votes(1, 0, 0, 0, 99), false),
    ] {
        let figures = figures(tally);
        assert_eq!(figures.satisfied.unwrap() < ninety, rectify, "{}", told(&figures));
    }
    assert_eq!(figures(votes(600, 299, 51, 50, 0)).satisfied, Some(of("89.9")));
}

#[test]
fn a_survey_of_an_area_and_a_window_is_a_tally_of_one_sheet() {
    // S12: 评议办 asks again what came of the opinions; S22: a third party asks at the window; 满意率 100% as in the reports
    let survey = figures(votes(110, 10, 0, 0, 3));
    assert_eq!(told(&survey), "满意110 基本满意10 不满意0 弃权0 有效120 无效3 得分230 满意率100");
    let none = Rules { denominator: Denominator::Ticked, ..plain() };
    let silent = count_tallies(&none, &items()[..1], &[votes(0, 0, 0, 12, 0)]).unwrap();
    assert_eq!((silent.items[0].satisfied, silent.items[0].score), (None, of("6")), "of no ticks there is no share");
}

#[test]
fn inner_party_and_masses_judge_a_report_as_two_groups() {
    // S9 双述双评: two voter groups, counted together
    let groups = ["党内", "群众"].map(|name| Voters { name: name.into(), share: of("50") }).to_vec();
    let rules = Rules { voters: groups, areas: Vec::new(), ..rules() };
    let inner = Tally { group: "党内".into(), ..votes(6, 2, 0, 0, 0) };
    let masses = Tally { group: "群众".into(), ..votes(2, 3, 3, 0, 1) };
    let counted = count_tallies(&rules, &items()[..1], &[masses, inner]).unwrap();
    let rate = |figures: &Figures| figures.satisfied.map(Fraction::say);
    assert_eq!(counted.groups, [("党内".to_owned(), 8), ("群众".to_owned(), 9)]);
    assert_eq!(rate(&counted.items[0]), Some("81.25".to_owned()));
    let cast = counted.groups.into_iter().collect();
    assert_eq!(shares_missed(&rules.voters, &cast), Ok(Vec::new()), "8 and 9 of 17 are as near to half as they can be");
}

#[test]
fn half_points_give_what_integer_half_points_give() {
    // the seeds count 4/2/0/1 and halve
    let figures = figures(votes(333, 222, 111, 77, 5));
    assert_eq!(figures.score, Fraction::new(4 * 333 + 2 * 222 + 77, 2).unwrap());
    assert_eq!(figures.score.say(), "926.5");
}

#[test]
fn a_late_area_is_simply_added() {
    let all = ballots(TEN);
    let east = count_ballots(&rules(), &items(), &all[..5]).unwrap();
    let both = count_ballots(&rules(), &items(), &all).unwrap();
    let west = count_ballots(&rules(), &items(), &all[5..]).unwrap();
    for ((one, other), sum) in east.items.iter().zip(&west.items).zip(&both.items) {
        assert_eq!(one.score.plus(other.score), Ok(sum.score));
        assert_eq!(one.valid + other.valid, sum.valid);
    }
    assert_eq!((east.ballots, west.ballots, both.ballots), (5, 5, 10));
}

#[test]
fn shares_of_voters_are_expected_as_near_as_whole_ballots_allow() {
    let vote = |number: u32, group: &str| ballot(&format!("城东 {number} {group} 满意 满意"));
    let count = |served: u32, others: u32| {
        let served = (1..=served).map(|n| vote(n, "服务对象"));
        let others = (1..=others).map(|n| vote(1000 + n, "干部与各界代表"));
        count_ballots(&rules(), &items(), &served.chain(others).collect::<Vec<_>>()).unwrap()
    };
    assert_eq!(missed(&count(600, 400)), Vec::<String>::new());
    // 60 % of 1,001 is 600.6
    assert_eq!(missed(&count(600, 401)), Vec::<String>::new());
    assert_eq!(missed(&count(601, 400)), Vec::<String>::new());
    let off = ["服务对象的票共599张，占59.9%，应占60%", "干部与各界代表的票共401张，占40.1%，应占40%"];
    assert_eq!(missed(&count(599, 401)), off);
    assert_eq!(count(6, 4).groups[0], ("服务对象".to_owned(), 6));
}

fn any_ballots() -> impl Strategy<Value = Vec<Ballot>> {
    let word = prop::sample::select(vec!["满意", "基本满意", "不满意", "-", "满意+不满意", "基本满意+满意"]);
    let group = prop::sample::select(vec!["服务对象", "干部与各界代表"]);
    let area = prop::sample::select(vec!["城东", "城西"]);
    let row = (area, group, word.clone(), word, prop::bool::weighted(0.1));
    prop::collection::vec(row, 0..40).prop_map(|rows| {
        let rows = rows.into_iter().zip(1..);
        let ballot = |((area, group, one, two, void), number): ((_, _, _, _, bool), u32)| Ballot {
            void,
            ..ballot(&format!("{area} {number} {group} {one} {two}"))
        };
        rows.map(ballot).collect()
    })
}

/// The tallies that each area and group would hand in of its own ballots.
fn tallied(ballots: &[Ballot]) -> Vec<Tally> {
    let mut tallies = Vec::new();
    for (area, group) in ["城东", "城西"].into_iter().flat_map(|a| [(a, "服务对象"), (a, "干部与各界代表")])
    {
        let own: Vec<Ballot> = ballots.iter().filter(|b| b.area == area && b.group == group).cloned().collect();
        let counted = count_ballots(&rules(), &items(), &own).unwrap();
        let line =
            |f: &Figures| Line { item: f.item, options: f.options.clone(), abstained: f.abstained, invalid: f.invalid };
        let lines = counted.items.iter().map(line).collect();
        let (area, group) = (area.to_owned(), group.to_owned());
        tallies.push(Tally { place: format!("{area}{group}"), area, group, ballots: counted.ballots, lines });
    }
    tallies
}

proptest! {
    #[test]
    fn every_ballot_is_somewhere_exactly_once(ballots in any_ballots()) {
        let counted = count_ballots(&rules(), &items(), &ballots).unwrap();
        let number = u64::try_from(ballots.len())?;
        prop_assert_eq!(counted.ballots, number);
        prop_assert_eq!(counted.groups.iter().map(|(_, ballots)| ballots).sum::<u64>(), number);
        for figures in &counted.items {
            let ticked: u64 = figures.options.iter().map(|(_, count)| count).sum();
            prop_assert_eq!(ticked + figures.abstained, figures.valid);
            prop_assert_eq!(figures.valid + figures.invalid, number);
            let halves = figures.options[0].1 * 4 + figures.options[1].1 * 2 + figures.abstained;
            prop_assert_eq!(figures.score, Fraction::count(halves)?.over(Fraction::whole(2))?);
            let below = 10 * (figures.options[0].1 + figures.options[1].1) < 9 * figures.valid;
            prop_assert_eq!(figures.satisfied.is_some_and(|rate| rate < Fraction::whole(90)), below);
        }
    }

    #[test]
    fn the_order_of_ballots_and_ticks_never_matters(
        (ballots, shuffled) in any_ballots().prop_flat_map(|b| (Just(b.clone()), Just(b).prop_shuffle())),
    ) {
        let shuffled: Vec<Ballot> = shuffled.into_iter().map(|mut b| { b.ticks.reverse(); b }).collect();
        prop_assert_eq!(count_ballots(&rules(), &items(), &ballots), count_ballots(&rules(), &items(), &shuffled));
    }

    #[test]
    fn tallies_of_the_same_ballots_give_the_same_count(ballots in any_ballots()) {
        let one = count_ballots(&rules(), &items(), &ballots).unwrap();
        let other = count_tallies(&rules(), &items(), &tallied(&ballots)).unwrap();
        prop_assert_eq!(one, other);
    }

    #[test]
    fn a_recount_of_the_same_sheets_finds_nothing_and_of_others_something(
        ballots in any_ballots(), which in any::<prop::sample::Index>(),
    ) {
        prop_assert_eq!(recount_tallies(&tallied(&ballots), &tallied(&ballots)), []);
        if ballots.is_empty() {
            return Ok(());
        }
        let mut changed = ballots.clone();
        let ballot = which.get_mut(&mut changed);
        ballot.void = !ballot.void;
        let (first, second) = (tallied(&ballots), tallied(&changed));
        // a ballot that was invalid for every item changes no count by being voided
        prop_assert_eq!(recount_tallies(&first, &second).is_empty(), first == second);
        prop_assert_eq!(recount_tallies(&first, &second).len(), recount_tallies(&second, &first).len());
    }
}
