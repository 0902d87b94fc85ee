//! The ranks of S11, ties that share, and what makes a ranking one.

use super::*;
use proptest::prelude::*;

/// 得分 down, 满意 down, 不满意 up.
fn rules(within_category: bool) -> Rules {
    let keys = [("得分", Toward::Down), ("满意", Toward::Down), ("不满意", Toward::Up)];
    let keys = keys.map(|(fact, toward)| Key { fact: fact.into(), toward }).to_vec();
    Rules { keys, within_category }
}

/// `市教育局 地方 178.5 80 3`; `-` for a fact it has not.
fn contenders(lines: &str) -> Vec<Contender> {
    let read = |(id, line): (u32, &str)| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let facts = words[2..].iter().map(|word| Fraction::parse(word).ok()).collect();
        Contender { item: Item::new(id, words[0]), category: Some(words[1].to_owned()), facts }
    };
    (1..).zip(lines.trim().lines()).map(read).collect()
}

fn told(standings: &[Standing]) -> Vec<String> {
    standings.iter().map(|s| format!("{}{}{}", s.group.clone().unwrap_or_default(), s.rank, s.item.name)).collect()
}

const UNITS: &str = "
国税局 垂直 150 70 9
教育局 地方 178.5 80 3
公安局 地方 178.5 81 9
卫生局 地方 178.5 80 3
民政局 地方 178.5 80 2
人行   金融 99 1 1
交通局 地方 10 5 5
地税局 垂直 151 70 9";

#[test]
fn units_are_ranked_in_their_class_and_equals_share_a_rank() {
    let ranked = rank(&rules(true), &contenders(UNITS)).unwrap();
    let expected = [
        "地方1公安局",
        "地方2民政局",
        "地方3教育局",
        "地方3卫生局",
        "地方5交通局",
        "垂直1地税局",
        "垂直2国税局",
        "金融1人行",
    ];
    assert_eq!(told(&ranked), expected);
    let together = rank(&rules(false), &contenders(UNITS)).unwrap();
    let expected = ["1公安局", "2民政局", "3教育局", "3卫生局", "5地税局", "6国税局", "7人行", "8交通局"];
    assert_eq!(told(&together), expected);
    assert_eq!(together[4].category.as_deref(), Some("垂直"));
}

#[test]
fn all_equal_share_the_first_rank_and_none_is_no_error() {
    let lines = "甲 类 1 1 1\n乙 类 1 1 1\n丙 类 2/2 1 1";
    assert_eq!(told(&rank(&rules(true), &contenders(lines)).unwrap()), ["类1甲", "类1乙", "类1丙"]);
    assert_eq!(rank(&rules(true), &[]), Ok(vec![]));
}

#[test]
fn a_missing_fact_ranks_nobody() {
    let lines = "甲 类 1 1 1\n乙 类 - 1 -";
    let refused = rank(&rules(true), &contenders(lines)).unwrap_err();
    let said: Vec<String> = refused.iter().map(|r| r.fault().say).collect();
    assert_eq!(
        said,
        ["乙没有“得分”，无法排名，请核对其评分或计票。", "乙没有“不满意”，无法排名，请核对其评分或计票。"]
    );
    let short = Contender { facts: Vec::new(), ..contenders(lines).remove(0) };
    assert_eq!(rank(&rules(true), &[short]).unwrap_err().len(), 3);
}

fn any_contenders() -> impl Strategy<Value = Vec<Contender>> {
    let fact = (0_i64..4).prop_map(|halves| Fraction::new(halves, 2).ok());
    let one = (prop::option::of("[甲乙]"), prop::collection::vec(fact, 3));
    prop::collection::vec(one, 0..12).prop_map(|all| {
        let contender = |(id, (category, facts)): (u32, (Option<String>, Vec<Option<Fraction>>))| Contender {
            item: Item::new(id, format!("{id}号")),
            category,
            facts,
        };
        (1..).zip(all).map(contender).collect()
    })
}

proptest! {
    #[test]
    fn a_ranking_is_a_weak_order_and_no_order_of_input_matters(
        (contenders, shuffled) in any_contenders().prop_flat_map(|c| (Just(c.clone()), Just(c).prop_shuffle())),
        within in any::<bool>(),
    ) {
        let rules = rules(within);
        let ranked = rank(&rules, &contenders).unwrap();
        prop_assert_eq!(&ranked, &rank(&rules, &shuffled).unwrap());
        prop_assert_eq!(ranked.len(), contenders.len());
        let facts = |s: &Standing| contenders.iter().find(|c| c.item == s.item).unwrap();
        for one in &ranked {
            let before = ranked.iter().filter(|o| o.group == one.group).filter(|other| {
                let (a, b) = (facts(other), facts(one));
                (b.facts[0], b.facts[1], a.facts[2]) < (a.facts[0], a.facts[1], b.facts[2])
            });
            // its rank is one more than the number of items that are strictly better: total, transitive, ties shared
            prop_assert_eq!(one.rank, before.count() + 1);
            prop_assert_eq!(one.group.is_some(), within && one.category.is_some());
        }
    }
}
