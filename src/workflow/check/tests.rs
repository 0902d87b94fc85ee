//! Tests of the checker on the shipped definitions and edges.

mod children;
mod counting;
mod edges;
mod ends;
mod given;
mod inside;
mod names;
mod papers;
mod said;
mod sealing;
mod silence;
mod sources;
mod tables;
mod telling;
mod unread;
mod ways_out;

use super::*;
use crate::workflow::offices;
use std::collections::BTreeMap;

fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    files.insert("workflow.yaml".to_owned(), include_str!("../../../workflows/七一表彰.yaml").to_owned());
    files.insert("registers/一票否决.yaml".to_owned(), include_str!("../../../workflows/一票否决.yaml").to_owned());
    files.insert("registers/荣誉.yaml".to_owned(), include_str!("../../../workflows/荣誉.yaml").to_owned());
    for name in ["启动通知", "公示", "推荐汇总表", "表彰决定", "证书", "奖牌文", "备案报告", "进展报告"]
    {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("templates/{name}.md"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        files.insert(format!("templates/{name}.md"), text);
    }
    files
}

fn town() -> Offices {
    offices::parse::parse("offices.yaml", offices::EXAMPLE).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn the_worked_example_deploys_clean() {
    let town = town();
    let deployed = match deploy("七一表彰.yaml", &files(), Some(&town), &[2025, 2026]) {
        Ok(deployed) => deployed,
        Err(problems) => panic!("{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>()),
    };
    assert_eq!(deployed.warnings, []);
    let closure = deployed.closure;
    assert_eq!(closure.sources.len(), 11);
    assert_eq!(closure.registers.keys().collect::<Vec<_>>(), ["一票否决", "荣誉"]);
    let at: Vec<&[String]> = closure.workflow.rules.iter().map(|r| r.at.as_slice()).collect();
    assert!(at.iter().all(|a| *a == ["推荐", "研究决定"]), "{at:?}");
    let again = reload(&closure.sources).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(again.digest, closure.digest);
    assert_eq!(again.workflow.rules[0].at, closure.workflow.rules[0].at);
    let mut changed = files();
    changed.insert("templates/公示.md".to_owned(), "{{ 年度 }}".to_owned());
    changed.insert("templates/无关.md".to_owned(), "x".to_owned());
    let other = deploy("x", &changed, Some(&town), &[2026]).unwrap().closure;
    assert_ne!(other.digest, closure.digest);
    assert_eq!(other.sources.len(), 11);
}

#[test]
fn a_closure_holds_the_pieces_its_templates_include_and_its_digest_covers_them() {
    let mut files = files();
    files.insert("templates/公示.md".to_owned(), "{{ 年度 }}{% include '落款' %}".to_owned());
    files.insert("templates/落款.md".to_owned(), "{% import '电话.md' as 电话 %}{{ 电话.写() }}".to_owned());
    files.insert("templates/电话.md".to_owned(), "{% macro 写() %}{{ 受理.电话 }}{% endmacro %}".to_owned());
    let town = town();
    let deployed = |files: &BTreeMap<String, String>| deploy("x", files, Some(&town), &[2026]);
    let closure = deployed(&files).unwrap_or_else(|p| panic!("{p:#?}")).closure;
    assert_eq!(closure.sources.len(), 13);
    assert_eq!(reload(&closure.sources).map(|it| it.digest).ok().as_ref(), Some(&closure.digest));
    let mut other = files.clone();
    other.insert("templates/电话.md".to_owned(), "{% macro 写() %}电话：{{ 受理.电话 }}{% endmacro %}".to_owned());
    assert_ne!(deployed(&other).unwrap_or_else(|p| panic!("{p:#?}")).closure.digest, closure.digest);
    other.insert("templates/电话.md".to_owned(), "\n{% macro 写() %}{{ 受理电话 }}{{ 年渡 }}{% endmacro %}".to_owned());
    let problems = deployed(&other).unwrap_err();
    let told: Vec<String> = problems.iter().map(|it| format!("{} {}", it.place, it.kind)).collect();
    assert_eq!(
        told,
        ["templates/电话.md:2:19 template-variable-unknown", "templates/电话.md:2:29 template-variable-unknown"]
    );
}

#[test]
fn what_a_template_reads_in_vain_is_told_with_what_there_is_at_that_place() {
    let town = town();
    let told = |body: &str| -> Vec<String> {
        let mut files = files();
        files.insert("templates/公示.md".to_owned(), body.to_owned());
        let problems = deploy("x", &files, Some(&town), &[2026]).err().unwrap_or_default();
        let lines =
            problems.iter().map(|it| format!("{} {} | {}", it.place, it.message, it.hint.clone().unwrap_or_default()));
        lines.map(|line| line.replace("templates/公示.md:", "").replace("the template `公示` reads ", "")).collect()
    };
    let body = "{% macro 行(人) %}{{ 人.姓铭 }}{% endmacro %}\n{% for x in items|sort(attribute='姓名') %}{{ 行(x) }}{{ x.owner.名称 }}{% endfor %}\n{% set 案 = 案卷 %}{% if 案.编好 %}{{ 公示.开始 }}{% endif %}{{ 文书.决定书.文号 }}{{ 受理['电活'] }}\n{% for g in by_category %}{% for y in g.items %}{{ y.年度 }}{% endfor %}{% endfor %}";
    let expected = [
        "1:20 `items.姓铭`, which nothing fills | did you mean `姓名`?",
        "2:56 `items.owner.名称`, which nothing fills | there are id, title",
        "3:23 `案卷.编好`, which nothing fills | did you mean `编号`?",
    ];
    let told = told(body);
    assert_eq!(told[..3], expected);
    assert!(told.iter().any(|it| it.contains("`受理.电活`") && it.contains("`电话`")), "{told:?}");
    assert!(told.iter().any(|it| it.contains("`文书.决定书`") && it.contains("表彰决定")), "{told:?}");
    assert!(told.iter().any(|it| it.contains("`by_category.items.年度`")), "{told:?}");
}

#[test]
fn what_is_entered_and_read_by_nothing_is_listed() {
    let workflow =
        deploy("x", &files(), Some(&town()), &[2025, 2026]).unwrap_or_else(|p| panic!("{p:#?}")).closure.workflow;
    let names = |files: &BTreeMap<String, String>| -> Vec<String> {
        let found = never_used(&workflow, files);
        assert!(found.iter().all(|it| it.severity == Severity::Note && it.place.line > 0 && it.place.column > 0));
        found.iter().filter_map(|it| it.message.split('`').nth(1).map(str::to_owned)).collect()
    };
    let before = names(&files());
    assert!(!before.is_empty() && before.iter().all(|name| name.contains('.')), "{before:?}");
    let mut read = files();
    read.insert("templates/公示.md".to_owned(), format!("{{{{ x.{} }}}}", before[0]));
    assert!(!names(&read).contains(&before[0]), "{before:?}");
}

#[test]
fn every_problem_of_a_file_is_reported_at_once() {
    let text = include_str!("../../../workflows/七一表彰.yaml")
        .replace("within: 10 workdays\n    remind", "within: 10 weeks\n    remnid")
        .replace("党员类别 == '正式党员'", "党员类型 == '正式党员'")
        .replace("{ back: 推荐, resume: straight", "{ back: 推介, resume: straight")
        .replace("to: [public, 推荐单位]", "to: [public, 推荐单]");
    let mut files = files();
    files.insert("workflow.yaml".to_owned(), text);
    let problems = deploy("x.yaml", &files, None, &[2026]).err().unwrap_or_default();
    let kinds: Vec<&str> = problems.iter().map(|p| p.kind).collect();
    assert_eq!(
        kinds,
        ["limit-not-a-limit", "unknown-key", "rule-unknown-name", "outcome-target-unknown", "role-unknown"],
        "{problems:#?}"
    );
    let hints: Vec<&str> =
        problems.iter().filter_map(|p| p.hint.as_deref()).filter(|h| h.starts_with("did you")).collect();
    assert_eq!(
        hints,
        ["did you mean `remind`?", "did you mean `党员类别`?", "did you mean `推荐`?", "did you mean `推荐单位`?"]
    );
}

/// Whatever is left out of a definition, the checker says so in words and goes on.
#[test]
fn no_gap_in_a_definition_stops_the_checker() {
    let town = town();
    let text = include_str!("../../../workflows/七一表彰.yaml");
    let lines: Vec<&str> = text.lines().collect();
    for gap in 0..lines.len() {
        let rest: Vec<&str> = lines.iter().enumerate().filter(|(i, _)| *i != gap).map(|(_, l)| *l).collect();
        for text in [rest.join("\n"), lines[..gap].join("\n"), lines[gap..].join("\n")] {
            let mut files = files();
            files.insert("workflow.yaml".to_owned(), text);
            if let Err(problems) = deploy("x.yaml", &files, Some(&town), &[2026]) {
                assert!(!problems.is_empty());
                assert!(problems.iter().all(|p| crate::workflow::explain::explain(p.kind).is_some()), "{problems:#?}");
            }
        }
    }
}
