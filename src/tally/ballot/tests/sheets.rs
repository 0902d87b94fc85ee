//! Sheets that are refused, by place, area, number and item; counts that differ.

use super::super::*;
use super::{TEN, ballot, ballots, items, plain, rules, said, votes};

fn refused(lines: &str) -> Vec<String> {
    said(&count_ballots(&rules(), &items(), &ballots(lines)).unwrap_err())
}

#[test]
fn a_number_counts_once_in_its_area() {
    let twice = format!("{TEN}\n城东 3 服务对象 满意 满意");
    let told = "选票!城东3|城东：第3号票已经录入（见选票!城东3），同一张票不能计两次，请核对票号。";
    assert_eq!(refused(&twice), [told]);
    let both = count_ballots(&rules(), &items(), &ballots("城东 1 服务对象 - -\n城西 1 服务对象 - -")).unwrap();
    assert_eq!(both.ballots, 2, "numbers run in each area");
}

#[test]
fn what_is_not_on_the_ballot_is_refused_and_not_taken_for_an_invalid_vote() {
    let told = [
        "选票!城北1|“城北”不是本次投票的片区，请核对。",
        "选票!城东2|城东：“路人”不是本次投票的投票人类别，请核对。",
        "选票!城东3|城东：第3号票填写的“很好”不是选项，请核对。",
        "选票!城东4|城东：表中有不在本次投票之列的对象（3号），请使用最新的表格。",
    ];
    let lines = "城北 1 服务对象 - -\n城东 2 路人 - -\n城东 3 服务对象 很好 满意\n城东 4 服务对象 - - 满意";
    assert_eq!(refused(lines), told);
    let bare = Ballot { area: String::new(), group: String::new(), ..ballot("城东 5 服务对象 - -") };
    let bare = said(&count_ballots(&rules(), &items(), &[bare]).unwrap_err());
    assert_eq!(bare, ["选票!城东5|没有写明片区，请补填。", "选票!城东5|没有写明投票人类别，请补填。"]);
    let named = said(&count_ballots(&plain(), &items(), &[ballot("城东 5 服务对象 - -")]).unwrap_err());
    assert_eq!(named.len(), 2, "where the rules name no areas and groups, none is written");
}

#[test]
fn a_tally_must_add_up_line_by_line() {
    let good = votes(5, 3, 1, 1, 0);
    let mut odd = Tally { area: "城东".into(), group: "服务对象".into(), place: "计票表!B3".into(), ..good };
    odd.lines.push(Line { item: 2, abstained: 9, ..odd.lines[0].clone() });
    odd.lines.push(Line { item: 2, ..odd.lines[0].clone() });
    odd.lines.push(Line { item: 2, ..odd.lines[0].clone() });
    odd.lines.push(Line { item: 7, ..odd.lines[0].clone() });
    odd.lines[0].options.push(("满意".into(), 1));
    let told = [
        "计票表!B3|城东：计票表中市教育局的“满意”不是选项或写了两次，请核对。",
        "计票表!B3|城东：计票表中市国税局的各选项、弃权与无效票合计18张，而本表收回10张，两者应当相等，请核对。",
        "计票表!B3|城东：计票表中市国税局出现了两行，请只保留一行。",
        "计票表!B3|城东：表中有不在本次投票之列的对象（7号），请使用最新的表格。",
    ];
    assert_eq!(said(&count_tallies(&rules(), &items(), &[odd]).unwrap_err()), told);
    let missing = said(&count_tallies(&plain(), &items(), &[votes(1, 0, 0, 0, 0)]).unwrap_err());
    assert_eq!(missing, ["计票表|计票表中没有市国税局，请补填。"]);
    let twice = [votes(1, 0, 0, 0, 0), votes(2, 0, 0, 0, 0)];
    let told = "计票表|计票表已经报送（见计票表），请核对是否重复；更正请先撤回前一份。";
    assert_eq!(said(&count_tallies(&plain(), &items()[..1], &twice).unwrap_err()), [told]);
}

#[test]
fn a_count_has_a_limit_and_points_too() {
    let told = "计票表|共1000001张票，一次最多计1000000张，请联系管理员。";
    let many = [votes(1_000_000, 0, 0, 0, 1)];
    assert_eq!(said(&count_tallies(&plain(), &items()[..1], &many).unwrap_err()), [told]);
    let endless = Tally { ballots: u64::MAX, ..votes(u64::MAX, 0, 0, 0, 0) };
    assert_eq!(count_tallies(&plain(), &items()[..1], &[votes(1, 0, 0, 0, 0), endless]).unwrap_err().len(), 1);
    let mut lying = votes(1, 0, 0, 0, 0);
    lying.lines[0].options = vec![("满意".into(), u64::MAX), ("基本满意".into(), u64::MAX)];
    assert!(said(&count_tallies(&plain(), &items()[..1], &[lying]).unwrap_err())[0].contains("两者应当相等"));
    let dear = Rules { options: vec![Choice { name: "满意".into(), points: Fraction::whole(i64::MAX) }], ..plain() };
    let mut tally = votes(2, 0, 0, 0, 0);
    tally.lines[0].options.truncate(1);
    assert_eq!(
        said(&count_tallies(&dear, &items()[..1], &[tally]).unwrap_err()),
        ["|市教育局的得分数太大，无法计算，请联系管理员。"]
    );
}

#[test]
fn two_tallies_are_compared_column_by_column() {
    let area = |name: &str, tally: Tally| Tally { area: name.into(), ..tally };
    let first = [area("城东", votes(5, 3, 1, 1, 0)), area("城西", votes(1, 0, 0, 0, 0))];
    let second = [area("城东", votes(5, 2, 2, 1, 1)), area("城南", votes(1, 0, 0, 0, 0))];
    let told: Vec<String> = recount_tallies(&first, &second).iter().map(|d| d.fault(&items()).say).collect();
    let expected = [
        "城东收回的票，前一次为10张，本次为11张，请核对。",
        "城东市教育局的“不满意”，前一次为1张，本次为2张，请核对。",
        "城东市教育局的“基本满意”，前一次为3张，本次为2张，请核对。",
        "城东市教育局的“无效票”，前一次为0张，本次为1张，请核对。",
        "城南的计票表只在本次计票中有，请核对。",
        "城西的计票表只在前一次计票中有，请核对。",
    ];
    assert_eq!(told, expected);
}

#[test]
fn of_a_secret_ballot_what_few_ballots_changed_is_not_told_by_item() {
    let item = |item: u32, yes: u64, no: u64| Line {
        item,
        options: vec![("满意".into(), yes), ("不满意".into(), no)],
        abstained: 0,
        invalid: 0,
    };
    let sheet = |ballots: u64, lines: Vec<Line>| {
        [Tally { place: "计票表".into(), area: "城东".into(), group: String::new(), ballots, lines }]
    };
    let before = sheet(12, vec![item(1, 6, 6), item(2, 6, 6), item(3, 6, 6)]);
    // one ballot more; of the first four ballots moved, of the second five, of the third one came
    let now = sheet(13, vec![item(1, 10, 3), item(2, 11, 2), item(3, 7, 6)]);
    let (told, hidden) = tellable(recount_tallies(&before, &now));
    let items: BTreeSet<u32> = told
        .iter()
        .filter_map(|it| if let Difference::CountDiffers { item, .. } = it { Some(*item) } else { None })
        .collect();
    assert_eq!((items, hidden), (BTreeSet::from([2]), 2));
    assert!(matches!(told.first(), Some(Difference::BallotsDiffer { first: 12, second: 13, .. })));
}
