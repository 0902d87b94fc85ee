//! Scores, ballots, rankings, lists and signing as the offices' own systems have them, and the edges of each kind.

use super::*;

const VETO: &str =
    "register: 一票否决\nkey: [person, organisation, office]\nfields: { 年度: year }\nvalid: { from: 年度 }\n";
const HONOUR: &str = "register: 荣誉\nkey: [单位]\nfields: { 单位: text, 称号: text }\n";

/// Every problem of a workflow of these roles, items, rules and stages, what is not run yet aside.
fn problems(head: &str) -> Vec<Diagnostic> {
    let text = format!(
        "workflow: 试\nbasis: [某办法]\n\
         case: {{ title: 试, key: [年度], opened: {{ by: 甲 }}, params: {{ 年度: year }} }}\n{head}"
    );
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    files.insert("workflow.yaml".to_owned(), text);
    files.insert("registers/一票否决.yaml".to_owned(), VETO.to_owned());
    files.insert("registers/荣誉.yaml".to_owned(), HONOUR.to_owned());
    let table = "{% for i in items %}{{ i.单位名称 }}{{ i.得分 }}{{ i.名次 }}{% endfor %}";
    files.insert("templates/计票汇总表.md".to_owned(), table.to_owned());
    for name in ["公示", "通报", "奖牌文"] {
        files.insert(format!("templates/{name}.md"), String::new());
    }
    let found = match deploy("x.yaml", &files, Some(&town()), &[2026]) {
        Ok(deployed) => deployed.warnings,
        Err(problems) => problems,
    };
    // roles left over and papers to nobody are not what is looked at here
    let aside = ["role-never-used", "document-to-nobody", "decision-before-publicity", "reviews-itself"];
    found.into_iter().filter(|d| !aside.contains(&d.kind)).collect()
}

fn clean(head: &str) {
    let found = problems(head);
    assert!(found.is_empty(), "{}", found.iter().map(|p| format!("{p}\n")).collect::<String>());
}

const ROLES: &str = "roles: { 甲: 镇组织办, 乙: 镇党委, 公证: 镇纪委, 支: { tag: 党支部 }, 三: { offices: [镇组织办, 镇党委, 镇纪委] } }\n";

/// The year's end of the thousand's appraisal (S11).
const THOUSAND: &str = "
items:
  单位:
    categories: { 地方管理部门类: office, 垂直管理部门类: office, 金融部门类: office }
    identity: [单位名称]
    fields: { 单位名称: name }
    public: [category, 单位名称, 年终评议.得分, 年终评议.名次]
rules:
  - { of: 单位, ask: 优胜单位 and 重点整改单位, by: 乙, answers: [保留优胜, 取消优胜], say: \"{{ 单位名称 }}同时列入优胜与重点整改\" }
stages:
  - { recommend: 报名, by: 支, expect: all }
  - assess: 年终评议
    each: case
    late: wait
    by: 甲
    ballot:
      options: { 满意: 2, 基本满意: 1, 不满意: 0 }
      abstain: 0.5
      denominator: valid
      voters: { 服务对象: 60%, 干部与各界代表: 40% }
      sheets: ballots
      batch: 片区
      secret: true
      witness: 公证
    rank: { by: [得分 down, 满意 down, 不满意 up], within: category, tie: share }
    lists:
      优胜单位:     { first: { 地方管理部门类: 5, 垂直管理部门类: 3, 金融部门类: 2 }, unless: \"一票否决.has(who, since=年度)\", refill: false }
      末位单位:     { last: 1 }
      重点整改单位: { where: \"满意率 < 90\", not_in: 末位单位 }
    conflicts: [[优胜单位, 重点整改单位]]
    documents: [计票汇总表]
  - { review: 计票复核, each: case, by: [甲, 公证], sign: all }
  - decide: 审定
    by: 乙
    form: { case: { 会议日期: date } }
    lists:
      优胜单位:
        do: [{ enter: 荣誉, with: { 单位: 单位名称, 称号: \"'优胜单位'\" } }, { set: { 奖金调整: \"'+10%'\" } }]
        documents: [{ template: 奖牌文, each: item, to: owner }]
      末位单位: { do: [{ set: { 当年评先资格: \"'取消'\" } }] }
    documents: [{ template: 通报, to: 支 }]
  - { publicise: 通报末位, of: 末位单位, by: 甲, to: 支, documents: [{ template: 通报, to: 支 }] }
  - { file: 归档, by: 甲 }
";

#[test]
fn the_thousands_appraisal_is_clean() {
    clean(&format!("{ROLES}{THOUSAND}"));
}

#[test]
fn the_learning_organs_are_clean() {
    clean(&format!(
        "{ROLES}
items: {{ 支部: {{ identity: [名], fields: {{ 名: name }}, public: [名] }} }}
stages:
  - {{ recommend: 参评, by: 支, expect: all }}
  - assess: 督导检查
    by: 三
    score: {{ criteria: {{ 政治理论: 25, 科学文化: 25, 市场经济: 25, 法律: 25 }}, scale: 100 }}
    rank: {{ by: [得分 down], tie: share }}
    lists: {{ 表扬: {{ where: \"得分 >= 90\" }}, 批评: {{ where: \"得分 < 60 or 法律 < 50\" }} }}
  - decide: 审定通报
    by: 乙
    form: {{ case: {{ 审定日期: date }} }}
    lists: {{ 表扬: {{ documents: [{{ template: 通报, to: 支 }}] }}, 批评: {{ documents: [{{ template: 通报, to: 支 }}] }} }}
  - {{ file: 归档, by: 甲 }}
"
    ));
}

/// The five types (S38), shortened to two categories.
const FIVE: &str = "
items:
  候选:
    categories: { 示范乡镇: office, 优秀监督员: person }
    identity: [category, 名称]
    fields: { 名称: name, 所在单位: { type: office, of: person } }
    public: [category, 名称]
stages:
  - { recommend: 申报, by: 支, expect: all }
  - assess: 核查
    each: case
    by: 甲
    score:
      criteria: { 乡村振兴: { weight: 60, of: 示范乡镇 }, 政务服务: { weight: 40, of: 示范乡镇 }, 精准监督: { weight: 100, of: person } }
      assessors: { min: 2 }
      drop: extremes
      recuse: \"考核人单位 == owner or 考核人 in names(优秀监督员) or 考核人 == 名称\"
    rank: { by: [得分 down], within: category }
    lists: { 拟表彰: { first: { 示范乡镇: 5, 优秀监督员: 2 }, unless: \"一票否决.has(who)\", others: { end: 未入选 } } }
  - { review: 候选名单, of: 拟表彰, each: case, by: 乙 }
  - decide: 评定
    of: 拟表彰
    by: 乙
    form: { case: { 会议日期: date } }
    sign: { vote: 三, quorum: 2/3, pass: more than 1/2 of present, veto: [镇党委], abstain: counts }
  - { file: 上报, of: 候选, by: 甲 }
";

#[test]
fn the_five_types_are_clean_and_recusal_is_typed() {
    clean(&format!("{ROLES}{FIVE}"));
    let kinds = |from: &str, to: &str| {
        assert!(FIVE.contains(from), "{from}");
        let found = problems(&format!("{ROLES}{}", FIVE.replace(from, to)));
        found.iter().map(|p| p.kind).collect::<Vec<_>>()
    };
    let clause = "考核人单位 == owner or 考核人 in names(优秀监督员) or 考核人 == 名称";
    assert_eq!(kinds(clause, "考核人单位 == 名称"), ["rule-wrong-type"]);
    assert_eq!(kinds(clause, "考核人 in names(监督员)"), ["rule-unknown-name"]);
    assert_eq!(kinds(clause, "考核人单位 == 所在单位"), ["value-may-be-missing"]);
    assert_eq!(kinds(clause, "得分 > 1"), ["rule-never-known"], "who is recused is said before anybody marks");
    assert_eq!(kinds("一票否决.has(who)", "考核人 == 名称"), ["rule-unknown-name"], "an assessor is known there only");
    assert_eq!(kinds("一票否决.has(who)", "名称 in names(优秀监督员)"), ["function-unknown"]);
    // a criterion of some is not there for others
    assert_eq!(kinds("[得分 down]", "[精准监督 down]"), ["value-may-be-missing"]);
    assert_eq!(kinds("100, of: person", "100, of: 企业"), ["weights-not-100", "criterion-of-unknown"]);
    assert_eq!(kinds("weight: 40", "weight: 41"), ["weights-not-100"]);
    assert_eq!(kinds("of: 拟表彰, each: case, by: 乙", "of: 拟表扬, each: case, by: 乙"), ["of-unknown"]);
}

/// The kinds of a workflow whose one assess stage has these keys; `后` is what comes after it.
fn of_stage(keys: &str, after: &str) -> Vec<&'static str> {
    let head = format!(
        "{ROLES}
items: {{ 事: {{ categories: {{ 一: matter, 二: matter }}, identity: [名], fields: {{ 名: name }}, public: [名] }} }}
stages:
  - {{ recommend: 报, by: 支, expect: all, quota: [{{ per: category, max: {{ 一: 3, 二: 4 }} }}] }}
  - {{ assess: 评, each: case, by: 甲, {keys} }}
{after}  - {{ file: 归, by: 甲 }}
"
    );
    problems(&head).iter().map(|p| p.kind).collect()
}

fn each(after: &str, cases: &[(&str, &str)]) {
    for (keys, wanted) in cases {
        let wanted: Vec<&str> = wanted.split_whitespace().collect();
        assert_eq!(of_stage(keys, after), wanted, "{keys}");
    }
}

#[test]
fn scores_and_ballots_say_all_that_is_needed() {
    each(
        "",
        &[
            ("score: { criteria: { 绩: 100 } }", ""),
            ("score: { criteria: { 绩: 100 }, assessors: { min: 0 } }", "wrong-shape"),
            ("score: { criteria: { 绩: 100 }, scale: 0 }", "wrong-shape"),
            ("score: { criteria: { 绩: 100 }, drop: lowest }", "unknown-word"),
            ("score: { scale: 100 }", "missing-key"),
            ("score: { criteria: { 绩: { of: 一 } } }", "missing-key"),
            ("score: { criteria: { 绩: { weight: 100, of: 一 } } }", "weights-not-100"),
            ("score: { criteria: { 绩: 100, 名: 1 } }", "form-field-taken weights-not-100"),
            ("score: { criteria: { 绩: 100 } }, form: { 得分: integer }", "form-field-taken"),
            ("score: { criteria: { 评: 100 } }", "name-taken"),
            ("score: { criteria: { today: 100 } }", "name-shadows-builtin"),
            ("ballot: { options: { 好: 1, 差: -0.5 } }", ""),
            ("ballot: { options: { 好: 1/2, 差: 0 } }", ""),
            ("ballot: { options: { 好: 1/3, 差: 0 } }", "point-not-half"),
            ("ballot: { options: { 好: 多, 差: 0 } }", "point-not-half"),
            ("ballot: { options: { 好: , 差: 0 } }", "options-without-points"),
            ("ballot: { options: {} }", "options-without-points"),
            ("ballot: { abstain: 1 }", "options-without-points"),
            ("ballot: { options: { 好: 1 }, abstain: 0.3 }", "point-not-half"),
            ("ballot: { options: { 好: 1 }, voters: { 外: 33.5%, 内: 66.5% } }", ""),
            ("ballot: { options: { 好: 1 }, voters: { 外: 33.5%, 内: 66% } }", "voters-not-100"),
            ("ballot: { options: { 好: 1 }, voters: { 外: 40, 内: 60 } }", "wrong-shape wrong-shape"),
            ("ballot: { options: { 好: 1 }, sheets: counts }", "unknown-word"),
            ("ballot: { options: { 好: 1 }, witness: 公正 }", "role-unknown"),
            ("ballot: { options: { 好: 1 }, witness: 甲 }", "witness-is-counter"),
            ("ballot: { options: { 好: 1 }, witness: 三 }", "witness-is-counter"),
            ("ballot: { options: { 无效: 1 } }", "form-field-taken"),
            ("ballot: { options: { 好: 1 } }, score: { criteria: { 绩: 100 } }", "form-field-taken"),
            ("tally: 1", "unknown-key"),
        ],
    );
}

#[test]
fn rankings_and_lists_are_made_of_what_is_there() {
    let score = "score: { criteria: { 绩: 100 } }";
    let ranked = format!("{score}, rank: {{ by: [得分 down] }}");
    let within = format!("{score}, rank: {{ by: [得分 down], within: category }}");
    let list = |keys: &str| format!("lists: {{ 优: {{ {keys}, others: {{ end: 落选 }} }} }}");
    let cases = [
        (format!("{score}, rank: {{ by: [得分 down, 绩 up] }}"), ""),
        (format!("{score}, rank: {{ by: 得分 }}"), "unknown-word"),
        (format!("{score}, rank: {{ by: [得分 falling] }}"), "unknown-word"),
        (format!("{score}, rank: {{ tie: share }}"), "missing-key"),
        (format!("{score}, rank: {{ by: [得分 down], tie: dense }}"), "unknown-word"),
        (format!("{score}, rank: {{ by: [得 down] }}"), "share-unknown-fact"),
        (format!("{score}, rank: {{ by: [名 down] }}"), "rule-wrong-type"),
        ("rank: { by: [得分 down] }".to_owned(), "rank-without-facts"),
        ("form: { 面积: integer }, rank: { by: [面积 down] }".to_owned(), ""),
        (format!("{ranked}, {}", list("first: 7")), ""),
        (format!("{ranked}, {}", list("first: 0")), "wrong-shape"),
        (format!("{ranked}, {}", list("refill: true")), "missing-key"),
        (format!("{ranked}, {}", list("first: 1, last: 1")), "wrong-shape"),
        (format!("{ranked}, {}", list("first: 1, not_in: 优")), "conflict-unknown-list"),
        (format!("{ranked}, {}", list("first: 1, not_in: 劣")), "conflict-unknown-list"),
        (format!("{ranked}, {}", list("first: { 一: 3, 二: 4 }")), ""),
        (format!("{ranked}, {}", list("first: { 一: 3 }")), "class-without-count"),
        (format!("{ranked}, {}", list("first: { 一: 3, 二: 4, 三等: 1 }")), "class-without-count"),
        (format!("{within}, {}", list("first: 3")), ""),
        (format!("{score}, {}", list("last: 1")), "cut-without-rank"),
        (format!("{score}, {}", list("where: \"得分 >= 90\"")), ""),
        (format!("{score}, {}", list("where: \"满意率 < 90\"")), "rule-unknown-name"),
        (format!("{score}, {}", list("where: 得分")), "rule-wrong-type"),
        (format!("{ranked}, {}", list("where: \"名次 <= 3\", unless: 优")), ""),
        (
            "ballot: { options: { 好: 1 } }, lists: { 劣: { where: \"满意率 < 90\", others: { end: 好 } } }".to_owned(),
            "",
        ),
        (
            "ballot: { options: { 好: 1 } }, lists: { 劣: { where: \"满意率 < 0.9\", others: { end: 好 } } }"
                .to_owned(),
            "rule-wrong-type",
        ),
        (format!("{score}, lists: {{ 甲: {{ where: \"得分 > 1\", others: {{ end: 落选 }} }} }}"), "name-taken"),
        (format!("{score}, lists: [优]"), "wrong-shape"),
        (format!("{score}, conflicts: [[优]]"), "wrong-shape"),
    ];
    for (keys, wanted) in &cases {
        each("", &[(keys, wanted)]);
    }
    // the second stage is fed by an intake of nine offices, three and four of each category in all
    each("", &[(&format!("{within}, {}", list("first: 4")), "cut-above-pool")]);
    each("", &[(&format!("{ranked}, {}", list("first: 8")), "cut-above-pool")]);
    each("", &[(&format!("{ranked}, {}", list("last: { 一: 4, 二: 1 }")), "cut-above-pool")]);
}

#[test]
fn a_list_is_used_where_it_is_named() {
    let keys = "score: { criteria: { 绩: 100 } }, lists: { 优: { where: \"得分 >= 90\" } }";
    let decide = |keys: &str| format!("  - {{ decide: 定, by: 乙, form: {{ case: {{ 日期: date }} }}, {keys} }}\n");
    each("", &[(keys, "list-never-used")]);
    each(&decide("lists: { 优: {} }"), &[(keys, "")]);
    each(&decide("lists: { 劣: {} }"), &[(keys, "list-never-used conflict-unknown-list")]);
    each(&decide("do: [{ set: { 奖: 1 }, of: 优 }]"), &[(keys, "")]);
    each(&decide("do: [{ set: { 奖: 1 }, when: 优 }]"), &[(keys, "")]);
    each(&decide("documents: [{ template: 通报, to: 支, when: 优 }]"), &[(keys, "")]);
    each(&decide("when: \"评.得分 > 90\""), &[(keys, "list-never-used")]);
    each("  - { review: 审, of: 优, by: 乙 }\n", &[(keys, "")]);
    let two = keys.replace("lists: {", "lists: { 劣: { where: \"得分 < 60\", not_in: 优, others: { end: 好 } },");
    each("", &[(&two, "")]);
    // a list means nothing before it is made
    let early = "  - { assess: 再评, of: 优, by: 乙, form: { 记: text } }\n";
    let own = "of: 优, score: { criteria: { 绩: 100 } }, lists: { 优: { where: \"得分 >= 90\" } }";
    assert!(of_stage(own, early).contains(&"of-unknown"));
    assert!(
        of_stage("when: 优, form: { 记: text }", &format!("  - {{ assess: 再评, by: 乙, {keys} }}\n"))
            .contains(&"rule-never-known")
    );
}

#[test]
fn facts_are_typed_and_known_from_their_stage_on() {
    let keys = "ballot: { options: { 好: 1, 差: 0 } }, rank: { by: [得分 down] }";
    let rule = |test: &str| {
        let after = format!(
            "  - {{ review: 审, by: 乙, outcomes: {{ 过: {{ next: true, when: \"{test}\" }}, 不过: {{ end: 不过 }} }} }}\n"
        );
        of_stage(keys, &after)
    };
    for good in ["得分 > 12", "好 + 差 <= 有效票", "评.满意率 >= 90", "名次 == 1 or 弃权 + 无效票 > 0"]
    {
        assert_eq!(rule(good), Vec::<&str>::new(), "{good}");
    }
    assert_eq!(rule("满意率 > 0.5"), ["rule-wrong-type"]);
    assert_eq!(rule("得分 == '高'"), ["rule-wrong-type"]);
    assert_eq!(rule("评.平均 > 1"), ["rule-unknown-name"]);
    let early = "when: \"得分 > 1\", ballot: { options: { 好: 1 } }";
    assert_eq!(of_stage(early, ""), ["rule-never-known", "value-may-be-missing"]);
    // two stages count: which is meant must be said
    let again = |test: &str| {
        let second = "  - { assess: 复评, each: case, by: 甲, ballot: { options: { 优: 1 } } }\n";
        let after = format!(
            "{second}  - {{ review: 审, by: 乙, outcomes: {{ 过: {{ next: true, when: \"{test}\" }}, 不过: {{ end: 不过 }} }} }}\n"
        );
        of_stage(keys, &after)
    };
    assert_eq!(again("得分 > 1"), ["rule-unknown-name"]);
    assert_eq!(again("复评.得分 > 评.得分 and 优 > 好"), Vec::<&str>::new());
}

#[test]
fn signing_needs_several_and_a_vote_its_terms() {
    let sign = |by: &str, sign: &str| {
        of_stage("form: { 记: text }", &format!("  - {{ review: 审, by: {by}, sign: {sign} }}\n"))
    };
    let half = "pass: more than 1/2 of present";
    for (by, written, wanted) in [
        ("[乙, 公证]", "all", ""),
        ("三", "any", ""),
        ("支", "all", ""),
        ("乙", "one", ""),
        ("乙", "any", "sign-without-several"),
        ("owner", "all", "sign-without-several"),
        ("[乙, 公证]", "both", "unknown-word"),
        ("[乙, 公证]", "in order", ""),
        ("三", "in order", ""),
        ("乙", "in order", "sign-without-several"),
        ("支", "in order", "in-order-without-order"),
        ("[乙, 支]", "in order", "in-order-without-order"),
        ("乙", "{ vote: 三, pass: more than 1/2 of present }", ""),
        ("乙", "{ vote: 三, pass: at least 2/3 of votes cast, abstain: left out }", ""),
        ("乙", "{ vote: 公证, pass: at least 2/3 of members }", "sign-without-several"),
        ("乙", "{ vote: 委员, pass: at least 2/3 of members }", "role-unknown"),
        ("乙", "{ pass: at least 2/3 of members }", "missing-key"),
        ("乙", "{ recorded: true, quorum: 2/3, pass: more than 1/2 of present }", ""),
        ("乙", "{ vote: 三 }", "vote-without-pass"),
        ("乙", "{ vote: 三, pass: half }", "unknown-word"),
        ("乙", "{ vote: 三, pass: more than 1/1 of members }", "unknown-word"),
        ("乙", "{ vote: 三, pass: at least 0 of members }", "unknown-word"),
        ("乙", "{ vote: 三, pass: at least 3/2 of members }", "unknown-word"),
        ("乙", "{ vote: 三, pass: at least 1 of members }", ""),
        ("乙", "{ vote: 三, quorum: 1, pass: more than 1/2 of present }", ""),
        ("乙", "{ vote: 三, quorum: 5, pass: more than 1/2 of present }", "quorum-above-members"),
        ("乙", "{ vote: 三, quorum: 0, pass: more than 1/2 of present }", "wrong-shape"),
        ("乙", "{ vote: 三, veto: 镇党委, pass: more than 1/2 of present }", ""),
        ("乙", "{ vote: 三, veto: [乙, 公证], pass: more than 1/2 of present }", ""),
        ("乙", "{ vote: 三, veto: 支, pass: more than 1/2 of present }", "veto-not-member"),
        ("乙", "{ vote: 三, veto: 县委组织部, pass: more than 1/2 of present }", "veto-not-member"),
        ("乙", "{ vote: 支, veto: 乙, pass: more than 1/2 of present }", "veto-not-member"),
        ("支", "{ vote: 支, veto: 第一党支部, pass: more than 1/2 of present }", ""),
    ] {
        let wanted: Vec<&str> = wanted.split_whitespace().collect();
        assert_eq!(sign(by, written), wanted, "by: {by}, sign: {written}");
    }
    assert_eq!(sign("[乙, 公证]", &format!("{{ vote: 三, {half} }}, first_return: collects-all")), Vec::<&str>::new());
    assert_eq!(sign("[乙, 公证]", "all, first_return: waits"), ["unknown-word"]);
    // the heads of the minutes are facts of the stage; a field of a form is written and not reckoned
    let minutes = format!("{{ recorded: true, {half} }}, form: {{ 到齐: {{ type: yes-no, is: 实到 == 应到 }} }}");
    assert_eq!(sign("乙", &minutes), ["computed-in-form"]);
}

#[test]
fn what_makes_no_sense_together_is_refused_by_name() {
    let refused = |from: &str, to: &str| -> Vec<String> {
        assert!(THOUSAND.contains(from), "{from}");
        let text = format!(
            "workflow: 试\nbasis: [某办法]\ncase: {{ title: 试, key: [年度], opened: {{ by: 甲 }}, params: {{ 年度: year }} }}\n{ROLES}{}",
            THOUSAND.replace(from, to)
        );
        let files = BTreeMap::from([("workflow.yaml".to_owned(), text)]);
        let found = deploy("x.yaml", &files, Some(&town()), &[2026]).err().unwrap_or_default();
        let kinds = ["ballot-of-one", "form-beside-ballot", "sign-with-ballot", "lists-where-several-sign"];
        found.iter().map(|p| p.kind).filter(|kind| kinds.contains(kind)).map(str::to_owned).collect()
    };
    assert_eq!(refused("late: wait", "late: wait"), Vec::<String>::new());
    assert_eq!(refused("each: case\n    late: wait", "each: item\n    late: wait"), ["ballot-of-one"]);
    assert_eq!(refused("    late: wait\n", "    form: { 记: text }\n"), ["form-beside-ballot"]);
    let signed = "    by: [甲, 乙]\n    sign: all\n    ballot:";
    assert_eq!(refused("    by: 甲\n    ballot:", signed), ["sign-with-ballot"]);
    let voted = "    by: [乙, 公证]\n    sign: all\n    form: { case";
    assert_eq!(refused("    by: 乙\n    form: { case", voted), ["lists-where-several-sign"]);
}
