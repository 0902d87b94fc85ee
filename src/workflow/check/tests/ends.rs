//! Who must answer can be asked, every gate can open, and a way that may be gone once is no way out the second time.

use super::*;

const OFFICES: &str = "offices:
  甲办: { phone: 8820-0001, series: [甲发], tags: [支部], superior: 市办 }
  乙办: { phone: 8820-0002, tags: [支部] }
  丙办: { superior: 乙办 }
  市办: { folder: false, mail: shi@example.org }
channels: { 网页: web, 公开栏: hand }
";

/// What is wrong when lines stand in place of the keys of a small definition; roles nobody mentions aside.
fn wrong(over: &str) -> Vec<(&'static str, String)> {
    let base = "workflow: 试
basis: [某办法]
roles: { 甲: 甲办, 乙: 乙办, 市: 市办, 窗: { offices: 市办, folder: false, through: 甲 }, 丙: 丙办 }
case: { title: 试, opened: { by: 甲 } }
items: { 事项: { identity: [名称], fields: { 名称: name, 日期: date }, public: [名称] } }
stages:
  - { recommend: 提出, by: 甲 }
  - { review: 审核, by: 乙 }
  - { file: 归档, by: 甲 }
";
    let key = |line: &str| line.split(':').next().map(|key| format!("{key}:")).unwrap_or_default();
    let over_keys: Vec<String> = over.lines().filter(|l| !l.starts_with([' ', '-'])).map(key).collect();
    let mut text = String::new();
    let mut kept = true;
    for line in base.lines() {
        if !line.starts_with(' ') {
            kept = !over_keys.contains(&key(line));
        }
        text.push_str(&if kept { format!("{line}\n") } else { String::new() });
    }
    text.push_str(over);
    let mut files = BTreeMap::from([("workflow.yaml".to_owned(), text)]);
    files.insert("templates/公示.md".to_owned(), String::new());
    let town = offices::parse::parse("offices.yaml", OFFICES).unwrap_or_else(|p| panic!("{p:#?}"));
    let found = match deploy("x.yaml", &files, Some(&town), &[2026]) {
        Ok(deployed) => deployed.warnings,
        Err(problems) => problems,
    };
    let aside = ["role-never-used", "reviews-itself"];
    found.into_iter().filter(|d| !aside.contains(&d.kind)).map(|d| (d.kind, d.message)).collect()
}

fn kinds(over: &str) -> Vec<&'static str> {
    wrong(over).into_iter().map(|(kind, _)| kind).collect()
}

/// The stages between the intake and the filing.
fn between(stages: &str) -> String {
    format!("stages:\n  - {{ recommend: 提出, by: 甲 }}\n{stages}  - {{ file: 归档, by: 甲 }}\n")
}

#[test]
fn whoever_must_answer_has_a_folder_or_somebody_serves_him() {
    let asked = [
        "case: { title: 试, opened: { by: ROLE } }\n".to_owned(),
        "stages:\n  - { recommend: 提出, by: [甲, ROLE], expect: all }\n  - { file: 归档, by: 甲 }\n".to_owned(),
        between("  - { assess: 查, by: ROLE, form: { 意见: text } }\n"),
        between("  - { review: 查, by: 乙, within: 3 workdays, overdue: { ask: ROLE } }\n"),
        between("  - { review: 查, by: 乙, each: case, within: 3 workdays, late: { ask: ROLE } }\n"),
        between("  - { review: 查, by: 乙, do: [{ ask: ROLE, say: 可否, answers: [可, 否] }] }\n"),
        between("  - { assess: 测, by: 乙, ballot: { options: { 好: 1, 差: 0 }, witness: ROLE } }\n"),
        between("  - { publicise: 公示, by: ROLE, to: public, notice: 公示, channels: [公开栏], for: 5 workdays }\n"),
        "rules: [{ of: 事项, at: [审核], by: ROLE, ask: 名称 == '某', answers: [可, 否], say: 问 }]\n".to_owned(),
        "clocks: { 限: { of: 事项, run: 5 workdays, from: 日期, until: 归档, remind: [-1 workday], extend: { by: 5 workdays, times: 1, approve: ROLE } } }\n"
            .to_owned(),
        "clocks: { 限: { of: 事项, run: 5 workdays, from: 日期, until: 归档, overdue: { ask: ROLE } } }\n".to_owned(),
    ];
    for over in asked {
        assert_eq!(kinds(&over.replace("ROLE", "市")), ["actor-without-folder"], "{over}");
        for served in ["窗", "丙"] {
            assert_eq!(wrong(&over.replace("ROLE", served)), [], "{over}");
        }
    }
}

#[test]
fn a_superior_a_window_and_a_role_without_folder_are_asked_too() {
    let with = |roles: &str| {
        let stages = between("  - { review: 审核, by: 乙 }\n  - { assess: 上批, by: 上, form: { 意见: text } }\n");
        wrong(&format!("roles: {{ 甲: 甲办, 乙: 乙办, 丙: 丙办, 市: 市办, {roles} }}\n{stages}"))
    };
    assert_eq!(with("上: { superior_of: 甲 }")[0].1, "`市办` of `上` has no folder here, and answers `上批`");
    assert_eq!(with("上: { superior_of: opener }")[0].0, "actor-without-folder");
    assert_eq!(with("上: { superior_of: 丙 }"), []);
    let bare = with("上: { offices: 丙办, folder: false }");
    assert!(bare.iter().any(|(_, m)| m == "`上` has no folder here, and no `through`, and answers `上批`"), "{bare:?}");
    let window = with("上: { offices: 丙办, folder: false, through: 市 }");
    assert_eq!(window[0].1, "`市办` of `市` has no folder here, and serves `上`");
    assert_eq!(with("上: { offices: 丙办, folder: false, through: 乙 }"), []);
    // who votes is asked whoever else is
    let voted = between("  - { review: 审核, by: 乙, sign: { vote: 委, pass: more than 1/2 of members } }\n");
    let voted = kinds(&format!("roles: {{ 甲: 甲办, 乙: 乙办, 委: {{ offices: [甲办, 市办] }} }}\n{voted}"));
    assert!(voted.contains(&"actor-without-folder"), "{voted:?}");
}

#[test]
fn a_subject_answers_only_where_something_says_which_office_it_is() {
    let stages = |intake: &str| {
        format!(
            "stages:\n  - {{ recommend: 提出, {intake}by: 甲 }}\n  - {{ assess: 自评, by: subject, form: {{ 评: text }} }}\n  \
             - {{ file: 归档, by: 甲 }}\n"
        )
    };
    let items = |subject: &str| {
        format!("items: {{ 事项: {{ subject: {subject}, identity: [名称], fields: {{ 名称: name }} }} }}\n")
    };
    for subject in ["person", "organisation", "matter", "office"] {
        assert_eq!(kinds(&(items(subject) + &stages(""))), ["stage-without-actor"], "{subject}");
    }
    let listed = "items: { 事项: { subject: office, identity: [subject], fields: { 名: { type: text, is: subject.title } } } }\n";
    assert_eq!(wrong(&format!("{listed}{}", stages("from: { offices: 乙 }, "))), []);
}

#[test]
fn a_word_of_the_language_is_not_looked_for_among_the_offices() {
    let town = offices::parse::parse("offices.yaml", OFFICES).unwrap_or_else(|p| panic!("{p:#?}"));
    let text = "workflow: 试
basis: [某办法]
roles: { 甲: 甲办, 启: opener }
case: { title: 试, opened: { by: 甲 } }
items: { 事项: { identity: [名称], fields: { 名称: name }, public: [名称] } }
stages:
  - { recommend: 提出, by: 甲 }
  - { review: 审核, by: 启 }
  - { file: 归档, by: 甲 }
";
    let files = BTreeMap::from([("workflow.yaml".to_owned(), text.to_owned())]);
    let found = deploy("x.yaml", &files, Some(&town), &[2026]).unwrap_err();
    let hints: Vec<&str> = found.iter().filter_map(|d| d.hint.as_deref()).collect();
    assert_eq!(hints, ["it is a word of the language, and a role already: write it where the role stands"]);
}

#[test]
fn a_gate_that_waits_for_the_held_does_not_take_what_holds_them() {
    let items = "items:
  事项: { identity: [名称], fields: { 名称: name }, public: [名称] }
  异议: { about: 事项, identity: [内容], fields: { 内容: text } }
";
    let run = |gate: &str, before: &str| {
        kinds(&format!(
            "{items}stages:\n  - {{ recommend: 提出, of: 事项, by: 甲 }}\n  \
             - {{ assess: 受, of: 事项, by: 乙, collects: 异议, form: {{ 情: text }} }}\n{before}  - {{ {gate} }}\n  \
             - {{ file: 归档, of: [事项, 异议], by: 甲 }}\n"
        ))
    };
    let both = "by: 乙, of: [事项, 异议], form: { 果: integer }";
    let ended = "  - { review: 核, of: 异议, by: 乙, outcomes: { 成立: { end: 成立 }, 驳回: { end: 驳回 } } }\n";
    for gate in [
        format!("assess: 汇, {both}, each: case, late: wait"),
        format!("assess: 汇, {both}, rank: {{ by: [果 down] }}"),
    ] {
        assert_eq!(run(&gate, ""), ["side-item-at-its-gate"], "{gate}");
        assert!(!run(&gate, ended).contains(&"side-item-at-its-gate"), "{gate}");
    }
    for fine in [
        format!("assess: 汇, {both}, each: case"),
        format!("assess: 汇, {both}, each: case, within: 5 workdays, late: ask"),
        format!("assess: 汇, {both}, each: case, within: 5 workdays, late: exclude"),
        format!("assess: 汇, {both}, each: about, late: wait"),
        format!("assess: 汇, {both}"),
    ] {
        assert_eq!(run(&fine, ""), Vec::<&str>::new(), "{fine}");
    }
}

#[test]
fn a_way_that_may_be_gone_once_is_no_way_out_when_an_item_is_back() {
    let run = |outcomes: &str, back: &str| {
        kinds(&between(&format!(
            "  - {{ review: 查, by: 乙, outcomes: {{ {outcomes} }} }}\n  - {{ review: 复, by: 甲, outcomes: {{ {back} }} }}\n"
        )))
    };
    let refused = ["loop-without-exit"];
    assert_eq!(run("过: { next: true, once: true }, 退: { back: 提出 }", "退回查: { back: 查 }, 可: next"), refused);
    assert_eq!(run("过: { next: true, once: true }", "退回查: { back: 查 }, 可: next"), refused, "nothing is left");
    for (outcomes, back) in [
        ("过: { next: true, once: true }, 止: { end: 未过 }, 退: { back: 提出 }", "退回查: { back: 查 }, 可: next"),
        ("过: { next: true }, 退: { back: 提出, once: true }", "退回查: { back: 查 }, 可: next"),
        ("过: { next: true, once: true }, 止: { end: 未过, once: true }", "退回查: { back: 查, once: true }, 可: next"),
    ] {
        assert_eq!(run(outcomes, back), Vec::<&str>::new(), "{outcomes}");
    }
}

#[test]
fn the_form_of_a_stage_about_the_case_is_asked_once() {
    let of_case = |form: &str| {
        between(&format!(
            "  - {{ assess: 论证, of: case, by: 乙, form: {form} }}\n  \
             - {{ assess: 实施, by: 乙, when: 可行, form: {{ 情况: text }} }}\n"
        ))
    };
    for form in ["{ 可行: yes-no, 论证日期: date }", "{ case: { 可行: yes-no } }"] {
        assert_eq!(wrong(&of_case(form)), [], "{form}");
    }
    assert!(kinds(&of_case("{ item: { 可行: yes-no } }")).contains(&"wrong-shape"));
}

#[test]
fn one_does_not_vote_and_a_ballot_is_about_points() {
    let of = |stage: &str| {
        let items = "{ 事: { identity: [名], fields: { 名: name } } }";
        let stages =
            format!("\n  - {{ recommend: 报, by: 支, expect: all }}\n  - {{ {stage} }}\n  - {{ file: 归, by: 甲 }}");
        super::edges::kinds_with_params("{}", items, &stages)
    };
    let vote = |who: &str| of(&format!("review: 定, by: 乙, sign: {{ vote: {who}, pass: more than 1/2 of members }}"));
    assert!(!vote("支").contains(&"sign-without-several"));
    for alone in ["owner", "opener", "乙"] {
        assert_eq!(vote(alone), ["sign-without-several"], "{alone}");
    }
    let ballot = |options: &str| of(&format!("assess: 评, by: 甲, ballot: {{ options: {{ {options} }} }}"));
    assert_eq!(ballot("好: 0, 差: 0"), ["options-without-points"]);
    assert!(!ballot("好: 0, 差: -1").contains(&"options-without-points"));
}
