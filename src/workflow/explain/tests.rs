//! Every page of `explain` is a test: the broken snippet has its kind, the mended one has not.

use super::*;
use crate::calendar::{CALENDAR_ROWS_MAX, Calendar};
use crate::diag::Diagnostic;
use crate::workflow::check::{deploy_among, never_used};
use crate::workflow::offices;
use crate::workflow::{Workflow, parse};
use std::collections::{BTreeMap, BTreeSet};

const OFFICES: &str = "offices:
  甲办: { phone: 8820-0001, series: [甲发], running: { 甲令: 1 }, tags: [支部], superior: 市办 }
  乙办: { phone: 8820-0002, tags: [支部] }
  丙办: {}
  市办: { folder: false, mail: shi@example.org }
  省办: { folder: false }
channels: { 网页: web, 公开栏: hand }
";
const REGISTER: &str = "register: 台账\nkey: [person, matter]\nfields: { 年度: year }\n";

/// Examples that are templates: who reads those tests them.
const TEMPLATES: [&str; 3] = ["```paper broken", "```word broken", "```beside broken"];

/// The definitions beside the example.
const BESIDE: &str = "workflow: 总案
roles: { 甲: 甲办 }
case: { title: 总案, opened: { by: 甲 } }
items: { 事项: { one: true, fields: { 事由: text } } }
stages: [{ recommend: 提出, by: 甲 }, { file: 归档, by: 甲 }]
---
workflow: 子案
roles: { 甲: 甲办 }
case: { title: 子案, opened: { from: [示例] }, params: { 年度: year } }
items: { 事项: { one: true, fields: { 事由: { type: text, optional: true } } } }
stages: [{ review: 办理, by: 甲 }, { file: 归档, by: 甲, with: parent }]
---
workflow: 年案
roles: { 甲: 甲办 }
case: { title: 年案, key: [年度], opened: { every: year, day: 01-10, owner: 甲, from: [示例] }, params: { 年度: { type: year, default: today } } }
items: { 事项: { identity: [事由], fields: { 事由: text } } }
stages: [{ recommend: 收件, by: 甲 }, { file: 归档, by: 甲 }]
---
workflow: 回案
roles: { 甲: 甲办 }
case: { title: 回案, opened: { from: [示例] } }
items: { 单位: { subject: office, identity: [subject], fields: { 名称: { type: text, is: subject.title } } } }
stages: [{ recommend: 列出, from: { offices: 甲 }, by: 甲, do: [{ open: 示例 }] }, { file: 归档, by: 甲 }]
";

fn workflow(text: &str) -> Workflow {
    match parse::parse("beside.yaml", text) {
        Ok(parse::Parsed::Workflow(workflow)) => *workflow,
        other => panic!("{other:#?}"),
    }
}

/// The fenced text of a page with this heading.
fn fence<'a>(page: &'a str, heading: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("```{heading}\n"))?;
    rest.split_once("```").map(|(text, _)| text)
}

/// The example of a page, a definition or a calendar.
fn example<'a>(page: &'a str, which: &str) -> Option<&'a str> {
    ["yaml", "csv"].iter().find_map(|language| fence(page, &format!("{language} {which}")))
}

/// Top-level keys of a text with the lines that belong to them.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match line.split_once(':').filter(|_| !line.starts_with([' ', '-', '#'])) {
            Some((key, _)) => found.push((key.to_owned(), format!("{line}\n"))),
            None => {
                if let Some((_, block)) = found.last_mut() {
                    block.push_str(line);
                    block.push('\n');
                }
            }
        }
    }
    found
}

/// The example laid over the smallest definition; keys given twice stay twice.
fn laid_over(example: &str) -> String {
    let over = blocks(example);
    let mut text: String = blocks(SMALLEST)
        .into_iter()
        .filter(|(key, _)| !over.iter().any(|(k, _)| k == key))
        .map(|(_, block)| block)
        .collect();
    for (_, block) in over {
        text.push_str(&block);
    }
    text
}

/// An example too long to stand on a page says so in its last line.
fn written_out(example: &str) -> String {
    let Some(head) = example.strip_suffix("#and so on, 20,001 lines\n") else { return example.to_owned() };
    let first = chrono::NaiveDate::from_ymd_opt(1950, 1, 1).unwrap();
    let lines = first.iter_days().take(CALENDAR_ROWS_MAX + 1).map(|day| format!("{day},holiday,县庆,某令\n"));
    head.lines().take(1).map(|line| format!("{line}\n")).chain(lines).collect()
}

fn run(page: &str, example: &str) -> Vec<Diagnostic> {
    let example = &written_out(example);
    if example.starts_with("date,") {
        return Calendar::parse_region("example.csv", example).err().unwrap_or_default();
    }
    let whole = ["workflow", "register:", "offices:"].iter().any(|w| example.starts_with(w));
    let text = if whole { example.to_owned() } else { laid_over(example) };
    if text.starts_with("register:") || text.starts_with("offices:") {
        let (read, mut problems) = parse::read("example.yaml", &text);
        if let Some(parse::Parsed::Offices(offices)) = read {
            let own =
                Calendar::parse_region("云岭县.csv", "date,kind,name,source\n2026-05-20,holiday,县庆,某令\n").unwrap();
            let calendar = Calendar::shipped().clone().with_region("云岭县", &own);
            problems.extend(offices::unknown_calendars("example.yaml", &text, &offices, &calendar));
        }
        return problems;
    }
    let mut files = BTreeMap::new();
    for name in ["公示", "月报", "登记表", "批复", "报告", "回执", "名单"] {
        files.insert(format!("templates/{name}.md"), String::new());
    }
    for chunk in page.split("```template ").skip(1) {
        let (name, rest) = chunk.split_once('\n').unwrap_or_default();
        let body = rest.split_once("```").map(|(body, _)| body).unwrap_or_default();
        files.insert(format!("templates/{name}.md"), body.to_owned());
    }
    let years: &[i32] = if text.contains("无日历") { &[] } else { &[2026] };
    files.insert("workflow.yaml".to_owned(), text);
    files.insert("registers/台账.yaml".to_owned(), REGISTER.to_owned());
    let town = offices::parse::parse("offices.yaml", OFFICES).unwrap_or_else(|p| panic!("{p:#?}"));
    let mut beside: Vec<Workflow> = BESIDE.split("---\n").map(workflow).collect();
    let one = SMALLEST.replace("workflow: 示例", "workflow: 申请").replace("{ identity", "{ one: true, identity");
    beside.push(workflow(&one));
    match deploy_among("example.yaml", &files, Some(&town), years, Some(&beside)) {
        // what is entered for nothing is told by who asks, not by deploying
        Ok(deployed) if page.starts_with("# field-never-read") => never_used(&deployed.closure.workflow, &files),
        Ok(deployed) => deployed.warnings,
        Err(problems) => problems,
    }
}

#[test]
fn every_page_shows_what_it_says() {
    let mut wrong = String::new();
    for Page { kind, severity, text: page, .. } in pages() {
        if TEMPLATES.iter().any(|fence| page.contains(fence)) {
            continue;
        }
        let (Some(broken), Some(mended)) = (example(page, "broken"), example(page, "mended")) else {
            wrong.push_str(&format!("{kind}: an example is missing\n"));
            continue;
        };
        let found = run(page, broken);
        if found.iter().map(|d| d.kind).collect::<BTreeSet<_>>() != BTreeSet::from([*kind]) {
            wrong
                .push_str(&format!("{kind}, broken: {}\n", found.iter().map(|d| format!("{d}\n")).collect::<String>()));
        }
        if found.iter().any(|d| d.severity != *severity) {
            wrong.push_str(&format!("{kind}: the page says {severity:?}, the check does not\n"));
        }
        let found = run(page, mended);
        if !found.is_empty() {
            wrong
                .push_str(&format!("{kind}, mended: {}\n", found.iter().map(|d| format!("{d}\n")).collect::<String>()));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(pages().len() > 140, "{}", pages().len());
}

#[test]
fn the_smallest_definition_is_clean() {
    let found = run("", SMALLEST);
    assert_eq!(found, []);
}

#[test]
fn no_kind_has_two_pages() {
    let unique: BTreeSet<_> = pages().iter().map(|page| page.kind).collect();
    assert_eq!(unique.len(), pages().len());
    assert!(explain("no-such-kind").is_none());
}

#[test]
fn every_page_is_told_in_one_sentence() {
    for Page { kind, says, .. } in pages() {
        assert!(says.len() > 10 && says.len() < 300 && says.ends_with(['.', '…']), "{kind}: {says}");
        assert!(!says.contains("Warning"), "{kind}: {says}");
    }
    let unknown = explain("unknown-key").unwrap();
    assert_eq!((unknown.severity, unknown.says), (Severity::Error, "The mapping has no such key."));
    assert_eq!(explain("no-file").unwrap().severity, Severity::Warning);
}

#[test]
fn a_misspelt_kind_finds_the_one_that_is_meant() {
    assert_eq!(nearest("unknow-key").first(), Some(&"unknown-key"));
    assert!(nearest("quota").iter().all(|kind| kind.contains("quota")));
    assert_eq!(nearest("quota").len(), 5);
    assert!(nearest("zzzzzzzz").is_empty() && nearest("").is_empty());
}
