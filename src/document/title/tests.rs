//! Titles as offices write them, and what no title may be.

use super::shape::has_waist;
use super::*;
use crate::document::tests::samples;

/// Titles of towns and counties as they are to stand, `/` between lines, after the blank between organs; after a tab the organs that sign, where the title needs them.
const TOWNSHIPS: &str = include_str!("tests/titles.txt");

/// As they are to stand, `/` between lines.
const TITLES: [&str; 30] = [
    "中共香山镇委员会/关于表彰2022年度先进基层党组织、/优秀共产党员和优秀党务工作者的决定",
    "中共香山镇委员会组织办公室/关于做好2022年“七一”表彰的通知",
    "关于2022年度“七一”表彰情况的备案报告",
    "香山县人民政府办公室/关于转发县农业农村局等部门/《香山县农村人居环境整治提升三年行动/实施方案（2022—2024年）》的通知",
    "中共香山县委办公室香山县人民政府办公室/关于印发《香山县乡镇（街道）权责清单/管理办法（试行）》的通知",
    "关于征求/《香山镇集镇管理办法（征求意见稿）》/意见的函",
    "香山镇人民政府关于同意/撤销香山镇东风村村民委员会/设立东风社区居民委员会的批复",
    "关于报送香山镇2022年第三季度安全生产/大检查大整治专项行动开展情况的报告",
    "香山镇人民政府关于开展/2022年度城乡居民基本养老保险和/基本医疗保险集中征缴工作的通知",
    "关于印发香山县贯彻落实/GB/T 9704—2012国家标准规范/党政机关公文格式工作方案的通知",
    "香山县卫生健康委员会/关于新型冠状病毒感染疫情防控/2022年12月30日工作情况的通报",
    "香山镇人民政府/关于2021年财政预算执行情况和/2022年财政预算草案的报告",
    "关于召开香山镇第十九届人民代表大会/第二次会议的通知",
    "中共香山县委组织部/香山县人力资源和社会保障局/关于2022年度香山县事业单位/公开招聘工作人员拟聘用人员的公示",
    "关于成立香山县推进乡村振兴/示范片建设工作领导小组的通知",
    "香山县住房和城乡建设局/关于加强农村自建房安全管理和既有/建筑安全隐患排查整治工作的实施意见",
    "关于商请支持香山镇乡村振兴/示范片建设有关事项的函",
    "香山镇人民政府/关于张建国等15名同志/职务任免的通知",
    "关于对香山镇2022年秸秆禁烧和/综合利用工作第二次督查情况的通报",
    "香山县人民政府关于印发香山县“十四五”/数字乡村和5G网络建设发展规划的通知",
    "关于申请拨付香山镇2022年中央财政衔接/推进乡村振兴补助资金1,250.5万元的请示",
    "关于转发《关于转发〈安徽省生态环境厅/关于进一步加强秸秆禁烧工作的/紧急通知〉的通知》的通知",
    "关于阿卜杜拉·买买提艾力同志任职的通知",
    "香山县人民政府办公室/关于印发《农村人居环境整治/提升五年行动实施方案》的通知",
    "关于做好乡村振兴/五年规划中期评估工作的通知",
    "香山县人民政府办公室关于做好/国家卫生县城复审迎检工作的通知",
    "香山县人民政府关于进一步做好/保障农民工工资支付工作的实施意见",
    "关于转发县发展改革委等部门/促进中小企业融资实施办法的通知",
    "香泉县生态环境分局/关于香泉镇张集村集中式饮用水水源保护区/划分技术报告审查意见的批复",
    "中国共产党香山镇第十二届委员会/第三次全体会议关于深入学习贯彻/党的二十大精神全面推进乡村振兴的决议",
];

fn broken(title: &str) -> Vec<String> {
    lines(&[title.to_owned()], 19, &Names::default())
}

#[test]
fn titles_of_offices_are_broken_by_meaning() {
    let wrong: Vec<(String, &str)> = TITLES
        .iter()
        .map(|wanted| {
            // a slash between Latin letters belongs to the title
            let title = wanted.replace("/T", "~T").replace('/', "").replace('~', "/");
            (broken(&title).join("/"), *wanted)
        })
        .filter(|(said, wanted)| said != wanted)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn organs_parted_by_blanks_stay_whole() {
    let title = "香岭镇人民政府　香岭镇总工会　共青团香岭镇委关于防汛值班的通知";
    assert_eq!(broken(title), ["香岭镇人民政府", "香岭镇总工会　共青团香岭镇委", "关于防汛值班的通知"]);
    let title =
        "香岭县经济技术开发区管理委员会　香岭县人力资源和社会保障局　香岭县退役军人事务局关于印发工作方案的通知";
    let rows = broken(title);
    for organ in ["香岭县经济技术开发区管理委员会", "香岭县人力资源和社会保障局", "香岭县退役军人事务局"]
    {
        assert!(rows.iter().any(|row| row.contains(organ)), "{rows:?}");
    }
    assert!(rows.iter().all(|row| !row.starts_with('　') && !row.ends_with('　')), "{rows:?}");
}

#[test]
fn a_blank_between_organs_is_one_however_it_is_typed() {
    for blank in [' ', '\u{a0}', '　'] {
        let title = ["香泉镇人民政府", "县自然资源和规划局", "县水利局关于联合开展得胜河流域综合治理的请示"];
        let rows = broken(&title.join(&blank.to_string()));
        assert!(rows.iter().all(|row| !row.starts_with(blank) && !row.ends_with(blank)), "{rows:?}");
        for organ in ["香泉镇人民政府", "县自然资源和规划局", "县水利局"] {
            assert!(rows.iter().any(|row| row.contains(organ)), "{rows:?}");
        }
    }
    // one within Latin still parts nothing
    let title = "关于印发香山县贯彻落实GB/T 9704—2012国家标准规范党政机关公文格式工作方案的通知";
    assert!(broken(title).iter().any(|row| row.contains("GB/T 9704—2012")));
}

#[test]
fn of_several_organs_the_one_too_long_for_a_line_alone_is_parted() {
    let title = "香岭县经济技术开发区管理委员会综合行政执法局　香岭县人力资源和社会保障局　香岭县退役军人事务局\
                 关于进一步加强和改进全县农村人居环境整治提升五年行动和乡村建设示范工作的请示";
    let rows = broken(title);
    for organ in ["行政执法局　香岭县人力资源和社会保障局", "香岭县退役军人事务局"] {
        assert!(rows.iter().any(|row| row.contains(organ)), "{rows:?}");
    }
}

#[test]
fn a_line_has_room_for_what_other_programs_put_between_chinese_and_latin() {
    let title = "3.5%增长率2022年6月1日起执行情况告知书";
    assert_eq!(measure(&title.chars().collect::<Vec<char>>()), 38);
    assert_eq!(broken(title).len(), 2, "{:?}", broken(title));
}

/// A title of the table, the organs that sign it, and its lines as wanted.
fn township(row: &str) -> (String, Vec<String>, &str) {
    let (wanted, organs) = row.split_once('\t').unwrap_or((row, ""));
    (wanted.replace('/', ""), organs.split('|').map(str::to_owned).collect(), wanted)
}

/// What a break before each character of a title costs, and where it is broken.
fn breaks_of(title: &str, organs: &[String], lines: &[String]) -> Vec<u64> {
    let text: Vec<char> = title.chars().collect();
    let costs = breaks::costs(&with_blanks(&text), &Names::of(title, organs.iter().map(String::as_str)));
    let mut at = 0;
    let places = lines.iter().map(|line| {
        at += line.chars().count();
        at += usize::from(text.get(at).is_some_and(|it| it.is_whitespace()));
        at
    });
    let places: Vec<usize> = places.collect();
    places[..places.len() - 1].iter().map(|place| costs[*place]).collect()
}

#[test]
fn titles_of_towns_and_counties_are_broken_between_words() {
    let mut wrong: Vec<(String, &str)> = Vec::new();
    for row in TOWNSHIPS.lines() {
        let (title, organs, wanted) = township(row);
        let document =
            Document { title: vec![title.clone()], mark: Vec::new(), signature: organs.clone(), ..samples::notice() };
        let lines = of(&document);
        if lines.join("/") != wanted.replace(" /", "/") {
            wrong.push((lines.join("/"), wanted));
        }
        // where the name of an organ is parted, no word is
        let within = breaks_of(&title, &organs, &lines).into_iter().filter(|cost| cost % NAME >= UNKNOWN).count();
        assert_eq!(within, 0, "{lines:?}");
        let widths: Vec<i64> = lines.iter().map(|line| measure(&line.chars().collect::<Vec<char>>()) as i64).collect();
        assert!(!has_waist(&widths, 0) || title.contains(' '), "{lines:?}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(TOWNSHIPS.lines().count() > 150);
}

#[test]
fn a_place_is_known_by_the_organs_of_the_paper() {
    let title = "关于印发《平安县振兴镇新建村集体经济组织财务管理及收益分配制度（试行）》的通知";
    let of = |signature: &[&str]| {
        let signature = samples::strings(signature);
        let document =
            Document { title: vec![title.to_owned()], mark: Vec::new(), main_to: None, signature, ..samples::notice() };
        of(&document).join("/")
    };
    assert!(of(&["中共平安县振兴镇委员会"]).contains("振兴镇"), "{}", of(&["中共平安县振兴镇委员会"]));
    let names = Names::of("平安县振兴镇新建村", ["中共平安县振兴镇委员会", "平安县人民政府文件", "云岭市水利局"]);
    let text: Vec<char> = "平安县".chars().collect();
    assert!(breaks::costs(&text, &names)[2] >= WORD);
    assert!(breaks::costs(&text, &Names::default())[2] < WORD);
    // what the title does not name is not looked at
    assert_eq!(names.organs.len(), 2);
}

#[test]
fn no_title_is_an_hourglass_or_parts_a_number() {
    for wanted in TITLES {
        let title = wanted.replace("/T", "~T").replace('/', "").replace('~', "/");
        let lines = broken(&title);
        let widths: Vec<i64> = lines.iter().map(|line| measure(&line.chars().collect::<Vec<char>>()) as i64).collect();
        assert!(!has_waist(&widths, 0), "{wanted}: {widths:?}");
        assert!(breaks_of(&title, &[], &lines).into_iter().all(|cost| cost < WORD), "{wanted}");
    }
}

#[test]
fn no_line_is_too_long_and_nothing_is_lost() {
    for length in 1..200 {
        let title: String = "关于表彰二〇二二年度某某某先进集体和个人的决定".chars().cycle().take(length).collect();
        let lines = broken(&title);
        assert_eq!(lines.concat(), title);
        assert!(lines.iter().all(|line| line.chars().count() <= 19), "{lines:?}");
    }
    let given = ["中共香山镇委员会".to_owned(), "关于表彰的决定".to_owned()];
    assert_eq!(lines(&given, 19, &Names::default()), given);
}
