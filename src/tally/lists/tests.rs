//! Winners, last places and units to be rectified of S11; the five types' candidates (S38); ties, struck members, conflicts.

use super::*;
use crate::tally::Fraction;
use crate::tally::rank::{Contender, Key, Rules, Toward, rank};
use proptest::prelude::*;

/// `甲 地方 90`: name, category, 得分; ids from 1.
fn ranked(lines: &str) -> Vec<Standing> {
    let read = |(id, line): (u32, &str)| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let facts = vec![Fraction::parse(words[2]).ok()];
        Contender { item: Item::new(id, words[0]), category: Some(words[1].to_owned()), facts }
    };
    let contenders: Vec<Contender> = (1..).zip(lines.trim().lines()).map(read).collect();
    let keys = vec![Key { fact: "得分".into(), toward: Toward::Down }];
    rank(&Rules { keys, within_category: true }, &contenders).unwrap()
}

fn list(name: &str, take: Take) -> List {
    List { name: name.into(), take, unless: BTreeSet::new(), not_in: Vec::new(), refill: false }
}

fn first(number: usize) -> Take {
    Take::First(Places::Each(number))
}

fn settled(members: &[u32], struck: &[u32], vacant: usize, others: &[u32]) -> Cut {
    let (members, struck, others) = (members.to_vec(), struck.to_vec(), others.to_vec());
    Cut::Settled { members, struck, vacant, others }
}

fn tie(group: &str, tied: &[u32], places: usize, struck: &[u32]) -> Tie {
    Tie { group: Some(group.into()), tied: tied.to_vec(), places, struck: struck.to_vec() }
}

fn only(standings: &[Standing], list: List, choices: &[Choice]) -> Cut {
    lists(standings, &[list], choices).unwrap().remove(0).1
}

fn choice(list: &str, group: &str, chosen: &[u32]) -> Choice {
    Choice { list: list.into(), group: Some(group.into()), chosen: chosen.to_vec() }
}

fn said(refused: Vec<Refused>) -> Vec<String> {
    refused.iter().map(|r| r.fault().say).collect()
}

/// 45 units of the local class, 12 vertical, 9 of finance, the first of each the best.
fn thousand() -> Vec<Standing> {
    let class = |(name, number, best): (&str, u32, u32)| {
        let line = |n: u32| format!("{name}{n} {name} {}\n", best - n);
        (1..=number).map(line).collect::<String>()
    };
    ranked(&[("地方", 45, 1000), ("垂直", 12, 900), ("金融", 9, 800)].map(class).concat())
}

#[test]
fn the_thousand_appraise_sixty_six_units() {
    let units = thousand();
    let id = |name: &str| units.iter().find(|s| s.item.name == name).unwrap().item.id;
    let places = [("地方", 5), ("垂直", 3), ("金融", 2)].map(|(class, n)| (class.to_owned(), n));
    let winners = List {
        unless: [id("地方2")].into(),
        ..list("优胜单位", Take::First(Places::Category(places.into_iter().collect())))
    };
    // below ninety percent: two of the middle, one of the last, one of the winners
    let below = [id("地方30"), id("垂直12"), id("金融2"), id("地方44")].into();
    let rectify = List { not_in: vec!["末位单位".into()], ..list("重点整改单位", Take::Where(below)) };
    let last = list("末位单位", Take::Last(Places::Each(1)));
    let cuts = lists(&units, &[winners, rectify, last], &[]).unwrap();
    let names = |index: usize| {
        let (name, cut): &(String, Cut) = &cuts[index];
        let items: Vec<Item> = units.iter().map(|s| s.item.clone()).collect();
        format!("{name}：{}", names(&items, cut.members().unwrap()))
    };
    assert_eq!(names(0), "优胜单位：地方1、地方3、地方4、地方5、垂直1、垂直2、垂直3、金融1、金融2");
    assert_eq!(names(1), "重点整改单位：地方30、地方44、金融2", "垂直12 is 末位 already");
    assert_eq!(names(2), "末位单位：地方45、垂直12、金融9");
    let Cut::Settled { vacant, struck, others, .. } = &cuts[0].1 else { panic!("{:?}", cuts[0]) };
    assert_eq!((*vacant, struck.as_slice(), others.len()), (1, &[id("地方2")][..], 57));
    assert!(matches!(&cuts[1].1, Cut::Settled { vacant: 0, .. }), "a condition has no places");
    let excluding = [vec!["优胜单位".to_owned(), "重点整改单位".to_owned()]];
    let found = conflicts(&excluding, &cuts);
    let items: Vec<Item> = units.iter().map(|s| s.item.clone()).collect();
    let asked: Vec<String> = found.iter().map(|c| c.ask(&items)).collect();
    assert_eq!(asked, ["金融2同时列入“优胜单位”和“重点整改单位”，请确定如何处理。"]);
}

#[test]
fn demonstration_sites_are_kept_or_lose_their_title_and_none_is_on_both() {
    // S36 保留/撤销, S16 表扬/批评: by a condition on 得分, nothing is cut and no place is vacant
    let sites = ranked("甲 类 90\n乙 类 60\n丙 类 59.99\n丁 类 60");
    let cuts = [list("保留", Take::Where([1, 2, 4].into())), list("撤销", Take::Where([3].into()))];
    let cuts = lists(&sites, &cuts, &[]).unwrap();
    assert_eq!(cuts[0].1, settled(&[1, 2, 4], &[], 0, &[3]));
    assert_eq!(cuts[1].1, settled(&[3], &[], 0, &[1, 2, 4]));
    assert_eq!(conflicts(&[vec!["保留".to_owned(), "撤销".to_owned()]], &cuts), []);
}

#[test]
fn the_five_types_take_five_ten_ten_and_two() {
    // S38: 5 towns, 10 units, 10 persons, 2 supervisors; the rest end as 未入选
    let quotas = [("示范乡镇", 5), ("先进集体", 10), ("先进个人", 10), ("优秀监督员", 2)];
    let lines = quotas.map(|(category, places)| {
        let line = |n: usize| format!("{category}{n} {category} {}\n", 100 - n);
        (0..places + 2).map(line).collect::<String>()
    });
    let candidates = ranked(&lines.concat());
    let table = quotas.map(|(category, places)| (category.to_owned(), places)).into();
    let Cut::Settled { members, others, vacant, .. } =
        only(&candidates, list("拟表彰", Take::First(Places::Category(table))), &[])
    else {
        panic!("nothing is tied")
    };
    assert_eq!((members.len(), others.len(), vacant), (27, 8, 0));
}

#[test]
fn a_tie_for_the_last_place_is_asked_and_what_excludes_it_waits() {
    let units = ranked("甲 地方 90\n乙 地方 80\n丙 地方 80\n丁 垂直 80\n戊 垂直 70");
    let last = list("末位单位", Take::Last(Places::Each(1)));
    let below = Take::Where([2, 3, 4].into());
    let rectify = List { not_in: vec!["末位单位".into()], ..list("重点整改单位", below) };
    let cuts = lists(&units, &[rectify.clone(), last.clone()], &[]).unwrap();
    assert_eq!(cuts[0].1, Cut::Waits { on: "末位单位".into() });
    let tie = tie("地方", &[2, 3], 1, &[]);
    assert_eq!(cuts[1].1, Cut::Tied { certain: vec![5], ties: vec![tie.clone()] });
    let items: Vec<Item> = units.iter().map(|s| s.item.clone()).collect();
    assert_eq!(tie.ask("末位单位", &items), "“末位单位”（地方）还有1个名额，乙、丙并列，请确定由谁列入。");
    let answered = lists(&units, &[rectify, last], &[choice("末位单位", "地方", &[3])]).unwrap();
    assert_eq!(answered[0].1, settled(&[2, 4], &[3], 0, &[1, 3, 5]));
    assert_eq!(answered[1].1, settled(&[3, 5], &[], 0, &[1, 2, 4]));
}

#[test]
fn only_a_tie_that_crosses_the_cut_is_asked() {
    let units = ranked("甲 类 90\n乙 类 90\n丙 类 80\n丁 类 80\n戊 类 80\n己 类 70");
    let cut = |number| only(&units, list("名单", first(number)), &[]);
    assert_eq!(cut(0), settled(&[], &[], 0, &[1, 2, 3, 4, 5, 6]));
    assert_eq!(cut(1), Cut::Tied { certain: vec![], ties: vec![tie("类", &[1, 2], 1, &[])] });
    assert_eq!(cut(2), settled(&[1, 2], &[], 0, &[3, 4, 5, 6]));
    assert_eq!(cut(3), Cut::Tied { certain: vec![1, 2], ties: vec![tie("类", &[3, 4, 5], 1, &[])] });
    assert_eq!(cut(4), Cut::Tied { certain: vec![1, 2], ties: vec![tie("类", &[3, 4, 5], 2, &[])] });
    assert_eq!(cut(5), settled(&[1, 2, 3, 4, 5], &[], 0, &[6]));
    assert_eq!(cut(7), settled(&[1, 2, 3, 4, 5, 6], &[], 1, &[]));
    let last = |number| only(&units, list("名单", Take::Last(Places::Each(number))), &[]);
    assert_eq!(last(2), Cut::Tied { certain: vec![6], ties: vec![tie("类", &[3, 4, 5], 1, &[])] });
    assert_eq!(last(4), settled(&[3, 4, 5, 6], &[], 0, &[1, 2]));
}

#[test]
fn a_struck_member_leaves_its_place_vacant_unless_it_is_refilled() {
    let units = ranked("甲 类 90\n乙 类 80\n丙 类 70\n丁 类 60");
    let vetoed = List { unless: [1].into(), ..list("拟表彰", first(2)) };
    assert_eq!(only(&units, vetoed.clone(), &[]), settled(&[2], &[1], 1, &[1, 3, 4]));
    assert_eq!(only(&units, List { refill: true, ..vetoed }, &[]), settled(&[2, 3], &[], 0, &[1, 4]));
    let shrunk = List { unless: [1, 2, 3].into(), refill: true, ..list("拟表彰", first(2)) };
    assert_eq!(only(&units, shrunk, &[]), settled(&[4], &[], 1, &[1, 2, 3]));
    let other = list("甲单", first(1));
    let not_in = |refill| List { not_in: vec!["甲单".into()], refill, ..list("乙单", first(2)) };
    let cuts = |refill| lists(&units, &[not_in(refill), other.clone()], &[]).unwrap().remove(0).1;
    assert_eq!(cuts(false), settled(&[2], &[1], 1, &[1, 3, 4]));
    assert_eq!(cuts(true), settled(&[2, 3], &[], 0, &[1, 4]));
}

#[test]
fn a_tie_with_one_who_would_be_struck_is_asked_and_with_only_such_is_not() {
    let units = ranked("甲 类 90\n乙 类 80\n丙 类 80");
    let struck = |unless: &[u32]| List { unless: unless.iter().copied().collect(), ..list("优胜", first(2)) };
    let open = tie("类", &[2, 3], 1, &[3]);
    assert_eq!(only(&units, struck(&[3]), &[]), Cut::Tied { certain: vec![1], ties: vec![open.clone()] });
    let items: Vec<Item> = units.iter().map(|s| s.item.clone()).collect();
    assert!(open.ask("优胜", &items).ends_with("其中丙按规定不得列入，选定后名额空缺。"));
    let choose = |chosen| only(&units, struck(&[3]), &[choice("优胜", "类", &[chosen])]);
    assert_eq!(choose(2), settled(&[1, 2], &[], 0, &[3]));
    assert_eq!(choose(3), settled(&[1], &[3], 1, &[2, 3]));
    assert_eq!(only(&units, struck(&[2, 3]), &[]), settled(&[1], &[2, 3], 1, &[2, 3]));
    let refilled = List { refill: true, ..struck(&[3]) };
    assert_eq!(only(&units, refilled, &[]), settled(&[1, 2], &[], 0, &[3]), "the struck one is no equal any more");
}

#[test]
fn a_choice_takes_as_many_of_the_tied_as_there_are_places() {
    let units = ranked("甲 类 90\n乙 类 80\n丙 类 80\n丁 类 80");
    let ask = |chosen: &[u32]| lists(&units, &[list("名单", first(3))], &[choice("名单", "类", chosen)]).map_err(said);
    assert_eq!(ask(&[2, 4]).unwrap()[0].1, settled(&[1, 2, 4], &[], 0, &[3]));
    assert_eq!(ask(&[2]).unwrap_err(), ["“名单”的并列者中应选定2个，现选定1个，请核对。"]);
    assert_eq!(ask(&[2, 2]).unwrap_err(), ["“名单”的并列者中应选定2个，现选定1个，请核对。"]);
    assert_eq!(ask(&[2, 3, 4]).unwrap_err(), ["“名单”的并列者中应选定2个，现选定3个，请核对。"]);
    assert_eq!(ask(&[1, 2]).unwrap_err(), ["甲不在“名单”的并列之中，请只在并列者中选定。"]);
    assert_eq!(ask(&[2, 9]).unwrap_err(), ["9号不在“名单”的并列之中，请只在并列者中选定。"]);
    let untied = |take, choices: &[Choice]| lists(&units, &[list("名单", take)], choices).map_err(said).unwrap_err();
    assert_eq!(untied(first(4), &[choice("名单", "类", &[2])]), ["“名单”类没有并列，无须确定。"]);
    assert_eq!(untied(first(3), &[choice("名单", "别类", &[2, 3])]), ["“名单”别类没有并列，无须确定。"]);
    assert_eq!(untied(first(3), &[choice("别单", "类", &[2, 3])]), ["“别单”类没有并列，无须确定。"]);
    assert_eq!(untied(Take::Where([2].into()), &[choice("名单", "类", &[2])]), ["“名单”类没有并列，无须确定。"]);
}

#[test]
fn lists_that_cannot_be_made_are_refused_by_name() {
    let units = ranked("甲 地方 90\n乙 垂直 80");
    let table = Take::First(Places::Category([("地方".to_owned(), 1)].into()));
    let told = said(lists(&units, &[list("优胜", table.clone())], &[]).unwrap_err());
    assert_eq!(told, ["“优胜”没有规定“垂直”的名额，请联系管理员。"]);
    let not_in = |name: &str, other: &str| List { not_in: vec![other.into()], ..list(name, first(1)) };
    let told = said(lists(&units, &[not_in("一", "二"), not_in("二", "一"), not_in("三", "四")], &[]).unwrap_err());
    let ring = |name: &str| format!("“{name}”与所排除的名单互相排除，无法确定，请联系管理员。");
    assert_eq!(told, ["“三”所排除的名单“四”不存在，请联系管理员。".to_owned(), ring("一"), ring("二")]);
    let told = said(lists(&units, &[not_in("一", "二"), not_in("二", "一"), list("优胜", table)], &[]).unwrap_err());
    assert_eq!(told, ["“优胜”没有规定“垂直”的名额，请联系管理员。".to_owned(), ring("一"), ring("二")]);
    assert_eq!(said(lists(&units, &[not_in("一", "一")], &[]).unwrap_err()), [ring("一")]);
    assert_eq!(lists(&[], &[list("空", first(2))], &[]).unwrap()[0].1, settled(&[], &[], 0, &[]));
}

#[test]
fn conflicts_look_at_every_two_lists_of_a_group_and_at_settled_ones_only() {
    let units = ranked("甲 类 90\n乙 类 80\n丙 类 80");
    let all = [
        list("一", first(1)),
        list("二", Take::Where([1, 2].into())),
        list("三", Take::Where([2, 3].into())),
        list("四", first(2)),
    ];
    let cuts = lists(&units, &all, &[]).unwrap();
    let group = |names: &[&str]| vec![names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>()];
    let conflict = |one: &str, other: &str, items: &[u32]| Conflict {
        lists: [one.to_owned(), other.to_owned()],
        items: items.to_vec(),
    };
    assert_eq!(conflicts(&group(&["一", "三"]), &cuts), []);
    let found = conflicts(&group(&["一", "二", "三"]), &cuts);
    assert_eq!(found, [conflict("一", "二", &[1]), conflict("二", "三", &[2])]);
    assert_eq!(conflicts(&group(&["二", "四"]), &cuts), [], "四 is tied: 甲 is on it, but it is not settled");
}

fn any_standings() -> impl Strategy<Value = Vec<Standing>> {
    let one = ("[甲乙]", 0_u32..5);
    prop::collection::vec(one, 0..12).prop_map(|all| {
        let lines = all.iter().enumerate().map(|(index, (category, score))| format!("{index}号 {category} {score}\n"));
        ranked(&lines.collect::<String>())
    })
}

proptest! {
    #[test]
    fn a_cut_never_includes_a_tied_item_silently_and_no_order_matters(
        (standings, shuffled) in any_standings().prop_flat_map(|s| (Just(s.clone()), Just(s).prop_shuffle())),
        number in 0_usize..6,
        last in any::<bool>(),
        unless in prop::collection::btree_set(1_u32..12, 0..4),
        refill in any::<bool>(),
    ) {
        let take = if last { Take::Last(Places::Each(number)) } else { first(number) };
        let list = List { unless: unless.clone(), refill, ..list("名单", take) };
        let cut = only(&standings, list.clone(), &[]);
        prop_assert_eq!(&cut, &only(&shuffled, list.clone(), &[]));
        let equal = |a: u32, b: u32| {
            let of = |id| standings.iter().find(|s| s.item.id == id).unwrap();
            of(a).group == of(b).group && of(a).rank == of(b).rank
        };
        let all: Vec<u32> = standings.iter().map(|s| s.item.id).collect();
        let (inside, outside) = match &cut {
            Cut::Settled { members, others, vacant, .. } => {
                let groups = standings.iter().map(|s| &s.group).collect::<BTreeSet<_>>().len();
                prop_assert_eq!(members.len() + vacant, number * groups);
                prop_assert_eq!(members.len() + others.len(), all.len());
                (members.clone(), others.clone())
            }
            Cut::Tied { certain, ties } => {
                for tie in ties {
                    prop_assert!(0 < tie.places && tie.places < tie.tied.len());
                    prop_assert!(tie.tied.iter().all(|id| equal(*id, tie.tied[0]) && !certain.contains(id)));
                }
                (certain.clone(), ties.iter().flat_map(|tie| tie.tied.clone()).collect())
            }
            Cut::Waits { .. } => return Err(TestCaseError::fail("it waits for nothing")),
        };
        for one in inside {
            prop_assert!(!unless.contains(&one));
            // whoever equals a member and is not on the list has been struck, not cut off
            let equals = outside.iter().filter(|other| equal(one, **other));
            prop_assert!(equals.into_iter().all(|other| unless.contains(other)));
        }
    }

    #[test]
    fn answering_every_tie_settles_the_list(standings in any_standings(), number in 1_usize..6) {
        let list = list("名单", first(number));
        let Cut::Tied { certain, ties } = only(&standings, list.clone(), &[]) else { return Ok(()) };
        let choose = |tie: &Tie| choice("名单", tie.group.as_deref().unwrap(), &tie.tied[..tie.places]);
        let choices: Vec<Choice> = ties.iter().map(choose).collect();
        let Cut::Settled { members, vacant, .. } = only(&standings, list, &choices) else {
            return Err(TestCaseError::fail("still open"));
        };
        let groups = standings.iter().map(|s| &s.group).collect::<BTreeSet<_>>().len();
        prop_assert_eq!(members.len() + vacant, number * groups);
        prop_assert!(certain.iter().chain(choices.iter().flat_map(|c| &c.chosen)).all(|id| members.contains(id)));
    }
}
