//! Scores of the learning organs (S16) and of the five types (S38), extremes, recusal, and what no order may change.

use super::*;
use proptest::prelude::*;

fn of(text: &str) -> Fraction {
    Fraction::parse(text).unwrap()
}

fn rules(criteria: &[(&str, u32)], assessors_min: usize, drop_extremes: bool) -> Rules {
    let criteria = criteria.iter().map(|(name, weight)| Criterion { name: (*name).into(), weight: *weight });
    Rules { criteria: criteria.collect(), scale: 100, assessors_min, drop_extremes }
}

/// The four contents of S16, a quarter each.
fn learning(assessors_min: usize, drop_extremes: bool) -> Rules {
    rules(&[("政治理论", 25), ("科学文化", 25), ("市场经济", 25), ("法律", 25)], assessors_min, drop_extremes)
}

/// `张三 90 80 70 60`: marks in the order of the criteria.
fn sheet(rules: &Rules, line: &str) -> Sheet {
    let mut words = line.split_whitespace();
    let assessor = words.next().unwrap().to_owned();
    let marks = rules.criteria.iter().map(|c| c.name.clone()).zip(words.map(of)).collect();
    Sheet { place: format!("评分表!{assessor}"), assessor, marks }
}

fn sheets(rules: &Rules, lines: &[&str]) -> Vec<Sheet> {
    lines.iter().map(|line| sheet(rules, line)).collect()
}

fn scored(rules: &Rules, lines: &[&str], recused: &[&str]) -> Result<Score, Vec<String>> {
    let recused = recused.iter().map(|name| (*name).to_owned()).collect();
    let say =
        |refused: Vec<Refused>| refused.iter().map(|r| r.fault()).map(|f| format!("{}|{}", f.place, f.say)).collect();
    score(&Item::new(1, "第一支部"), rules, &sheets(rules, lines), &recused).map_err(say)
}

#[test]
fn a_learning_branch_is_praised_from_ninety_exactly() {
    let rules = learning(1, false);
    let praised = scored(&rules, &["张三 90 90 90 90", "李四 89 91 88 92"], &[]).unwrap();
    assert_eq!(praised.score, of("90"));
    assert!(praised.score >= of("90"), "表扬: 得分 >= 90");
    let short = scored(&rules, &["张三 90 90 90 90", "李四 89 91 88 91.99"], &[]).unwrap();
    assert_eq!(short.score.to_string(), "71999/800");
    assert!(short.score < of("90"));
    assert_eq!(
        short.means.iter().map(|(c, m)| format!("{c}{}", m.say())).collect::<Vec<_>>().join(" "),
        "政治理论89.5 科学文化90.5 市场经济89 法律90.995"
    );
}

#[test]
fn a_town_of_the_five_types_has_five_criteria_and_a_unit_one() {
    let town = [("乡村振兴", 20), ("政务服务", 20), ("人居环境", 20), ("社会治理", 20), ("民生福祉", 20)];
    let rules = rules(&town, 2, false);
    let score = scored(&rules, &["张三 95 90 85 80 75", "李四 90 85 80 75 70"], &["王五"]).unwrap();
    assert_eq!(score.score, of("82.5"));
    assert_eq!(score.say(), "2名考核人评分，按2名的平均分计，得分82.5");
    let unit = super::Rules { criteria: vec![Criterion { name: "集体四项".into(), weight: 100 }], ..rules };
    assert_eq!(scored(&unit, &["张三 91", "李四 92"], &[]).unwrap().score, of("91.5"));
}

#[test]
fn who_is_recused_is_left_out_before_the_fewest_are_counted() {
    let rules = learning(2, false);
    let lines = ["张三 80 80 80 80", "李四 90 90 90 90", "王五 100 100 100 100"];
    let left = scored(&rules, &lines, &["王五"]).unwrap();
    assert_eq!(left.score, of("85"));
    assert_eq!(left.say(), "2名考核人评分（另有王五回避，不计），按2名的平均分计，得分85");
    let refused = scored(&rules, &lines, &["王五", "李四"]).unwrap_err();
    assert_eq!(refused, ["|第一支部只有1名考核人评分（另有2名回避，不计），至少须2名，请补齐后重报。"]);
    let all = scored(&learning(0, false), &lines, &["张三", "李四", "王五"]).unwrap_err();
    assert_eq!(all, ["|第一支部只有0名考核人评分（另有3名回避，不计），至少须1名，请补齐后重报。"]);
    // what a recused assessor wrote is not looked into
    assert!(scored(&rules, &["张三 80 80 80 80", "李四 90 90 90 90", "王五 500"], &["王五"]).is_ok());
}

#[test]
fn one_highest_and_one_lowest_total_are_dropped_from_three_assessors_on() {
    let rules = learning(1, true);
    let five = ["甲 60 60 60 60", "乙 80 80 80 80", "丙 82 82 82 82", "丁 84 84 84 84", "戊 100 100 100 100"];
    let score = scored(&rules, &five, &[]).unwrap();
    assert_eq!(score.score, of("82"));
    assert_eq!(score.say(), "5名考核人评分，去掉一个最高分100（戊）和一个最低分60（甲），按3名的平均分计，得分82");
    assert_eq!(scored(&rules, &five[2..], &[]).unwrap().score, of("84"), "of three one is left");
    let two = scored(&rules, &five[3..], &[]).unwrap();
    assert_eq!((two.score, two.account.dropped), (of("92"), None), "of two none is dropped");
    let recusal_first = scored(&rules, &five[2..], &["戊"]).unwrap();
    assert_eq!((recusal_first.score, recusal_first.account.dropped), (of("83"), None));
}

#[test]
fn of_equal_extremes_one_goes_by_name_and_the_score_does_not_move() {
    let rules = learning(1, true);
    let equal = ["甲 100 0 50 50", "乙 0 100 50 50", "丙 50 50 100 0", "丁 50 50 0 100"];
    let score = scored(&rules, &equal, &[]).unwrap();
    let [(highest, _), (lowest, _)] = score.account.dropped.clone().unwrap();
    // code points: 丁 4E01, 丙 4E19, 乙 4E59, 甲 7532
    assert_eq!((score.score, highest.as_str(), lowest.as_str()), (of("50"), "甲", "丁"));
    assert_eq!(score.means[0], ("政治理论".to_owned(), of("25")), "of 丙 and 乙");
    let three = scored(&rules, &["甲 90 90 90 90", "乙 90 90 90 90", "丙 70 70 70 70"], &[]).unwrap();
    assert_eq!(three.account.counted, [("乙".to_owned(), of("90"))]);
}

#[test]
fn everything_that_is_wrong_is_said_at_once_with_its_place() {
    let rules = learning(4, false);
    let mut sheets = sheets(&rules, &["张三 90 101 -1 80", "李四 90 90", "张三 1 2 3 4"]);
    sheets[1].marks.push(("外语".into(), of("90")));
    sheets[1].marks.push(("政治理论".into(), of("95")));
    sheets[2].place = "补充表!张三".into();
    let refused = score(&Item::new(1, "第一支部"), &rules, &sheets, &BTreeSet::new()).unwrap_err();
    let said: Vec<String> = refused.iter().map(Refused::fault).map(|f| format!("{}|{}", f.place, f.say)).collect();
    let expected = [
        "评分表!张三|张三给“科学文化”的评分为101，应在0到100之间。",
        "评分表!张三|张三给“市场经济”的评分为-1，应在0到100之间。",
        "评分表!李四|“外语”不是第一支部的评分指标，请删去李四的这一项评分。",
        "评分表!李四|李四对“政治理论”评了两次分，请只保留一个。",
        "评分表!李四|李四没有给第一支部的“市场经济”评分，请补填。",
        "评分表!李四|李四没有给第一支部的“法律”评分，请补填。",
        "补充表!张三|张三对第一支部已经评过分（见评分表!张三），每人只能评一次。",
        "|第一支部只有2名考核人评分，至少须4名，请补齐后重报。",
    ];
    assert_eq!(said, expected);
}

#[test]
fn weights_that_do_not_make_a_hundred_and_numbers_too_long_score_nothing() {
    let light = rules(&[("甲", 50), ("乙", 49)], 1, false);
    assert_eq!(
        scored(&light, &["张三 1 2"], &[]).unwrap_err(),
        ["|第一支部各项指标的权重合计为99，应为100。请联系管理员。"]
    );
    let heavy = rules(&[("甲", u32::MAX), ("乙", u32::MAX)], 1, false);
    assert_eq!(scored(&heavy, &["张三 1 2"], &[]).unwrap_err().len(), 1);
    let one = rules(&[("甲", 100)], 1, false);
    let long = ["张三 1/9223372036854775807", "李四 1/9223372036854775806"];
    assert_eq!(scored(&one, &long, &[]).unwrap_err(), ["|第一支部的得分无法计算：数太大，无法计算，请核对评分。"]);
}

fn any_rules() -> impl Strategy<Value = Rules> {
    (1_u32..98, any::<bool>(), 1_usize..4).prop_map(|(first, drop_extremes, assessors_min)| {
        rules(&[("甲", first), ("乙", 98 - first), ("丙", 2)], assessors_min, drop_extremes)
    })
}

fn any_sheets() -> impl Strategy<Value = Vec<Sheet>> {
    let mark = (0_i64..=400).prop_map(|quarters| Fraction::new(quarters, 4).unwrap());
    let marks = prop::collection::vec([mark.clone(), mark.clone(), mark], 0..8);
    marks.prop_map(|all| {
        let names = ["甲", "乙", "丙"].map(str::to_owned);
        let sheet = |(index, marks): (usize, [Fraction; 3])| Sheet {
            place: format!("评分表!{index}"),
            assessor: format!("{}号", index * 7 % 8),
            marks: names.iter().cloned().zip(marks).collect(),
        };
        all.into_iter().enumerate().map(sheet).collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_assessors_and_of_marks_never_matters(
        rules in any_rules(),
        (sheets, shuffled) in any_sheets().prop_flat_map(|s| (Just(s.clone()), Just(s).prop_shuffle())),
        recused in prop::collection::btree_set("[0-7]号", 0..3),
    ) {
        let item = Item::new(1, "支部");
        let shuffled: Vec<Sheet> = shuffled.into_iter().map(|mut s| { s.marks.reverse(); s }).collect();
        let (one, other) = (score(&item, &rules, &sheets, &recused), score(&item, &rules, &shuffled, &recused));
        prop_assert_eq!(one.is_ok(), other.is_ok());
        if let (Ok(one), Ok(other)) = (one, other) {
            prop_assert_eq!(one, other);
        }
    }

    #[test]
    fn the_score_is_the_weighed_sum_of_the_means_and_lies_on_the_scale(rules in any_rules(), sheets in any_sheets()) {
        let Ok(scored) = score(&Item::new(1, "支部"), &rules, &sheets, &BTreeSet::new()) else { return Ok(()) };
        let weighed = rules.criteria.iter().zip(&scored.means).map(|(c, (_, mean))| Fraction::whole(c.weight.into()).times(*mean).unwrap());
        prop_assert_eq!(Fraction::sum(weighed)?.over(Fraction::whole(100))?, scored.score);
        prop_assert!(scored.score >= Fraction::ZERO && scored.score <= Fraction::whole(rules.scale.into()));
        let accounted = scored.account.counted.len() + scored.account.dropped.as_ref().map_or(0, |pair| pair.len());
        prop_assert_eq!(accounted, sheets.len());
        for (_, total) in &scored.account.counted {
            if let Some([(_, most), (_, least)]) = &scored.account.dropped {
                prop_assert!(least <= total && total <= most);
            }
        }
    }
}
